// Package portaltest looks at pages as people do: one real Chromium for the tests of a
// package, and the checks that every page must pass (accessible, no wider than a telephone,
// usable by the keyboard alone, nothing loaded from other hosts, nothing that browsers of
// 2020 do not know). Only tests import this package.
package portaltest

import (
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// patience is how long a test waits for the browser; it only ends a test that hangs.
const patience = 15 * time.Minute

var (
	starting sync.Once
	running  context.Context
	stop     = func() {}
	broken   error
)

// chromium is the program to start. Chromium's headless shell is the same engine without the
// browser's own window: chromium --headless draws a tab strip that nobody sees, which takes
// twice the processor time of the pages.
func chromium() (string, error) {
	for _, name := range []string{"chromium-headless-shell", "chromium"} {
		if program, err := exec.LookPath(name); err == nil {
			return program, nil
		}
	}
	return "", errors.New("these tests look at pages with Chromium: sh internal/deploy/needs.sh installs it")
}

// browser starts Chromium once for the whole test program.
func browser(t testing.TB) context.Context {
	t.Helper()
	starting.Do(func() {
		program, err := chromium()
		if err != nil {
			broken = err
			return
		}
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.DisableGPU, chromedp.WindowSize(1280, 900))
		if os.Getuid() == 0 {
			options = append(options, chromedp.NoSandbox)
		}
		all, end := chromedp.NewExecAllocator(context.Background(), options...)
		var endBrowser func()
		running, endBrowser = chromedp.NewContext(all)
		stop = func() { endBrowser(); end() }
		broken = chromedp.Do(running)
	})
	require.NoError(t, broken)
	return running
}

// Close ends Chromium, if it was started: TestMain calls it after the tests.
func Close() { stop() }

// Page is a tab of somebody who has never been here: it has cookies of its own. A test
// that opened one fails at its end when a script of the page failed, or when the page broke
// its own security policy or asked another host for anything.
type Page struct {
	t    testing.TB
	ctx  context.Context
	host string

	mutex  sync.Mutex
	faults []string
}

// Look is how a page is looked at.
type Look struct {
	Width    int64  // 1280 without one; a telephone below 600
	Language string // of the browser; zh-CN without one
	Plain    bool   // JavaScript is off
}

// Open opens a page in a new tab.
func Open(t testing.TB, address string, look Look) *Page {
	t.Helper()
	ctx, end := chromedp.NewContext(browser(t), chromedp.WithNewBrowserContext())
	t.Cleanup(end)
	limited, over := context.WithTimeout(ctx, patience)
	t.Cleanup(over)
	u, err := url.Parse(address)
	require.NoError(t, err)
	p := &Page{t: t, ctx: limited, host: u.Host}
	require.NoError(t, chromedp.Do(p.ctx))
	require.NoError(t, chromedp.Listen(p.ctx, p.hear))
	p.set(log.Enable, cdp.Empty{})
	language := look.Language
	if language == "" {
		language = "zh-CN"
	}
	must(p, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": language}})
	must(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: look.Plain})
	width := look.Width
	if width == 0 {
		width = 1280
	}
	p.Wide(width)
	t.Cleanup(func() {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		if !t.Failed() && len(p.faults) > 0 {
			t.Errorf("the page is at fault:\n%s", strings.Join(p.faults, "\n"))
		}
	})
	p.Go(address)
	return p
}

func must[P, R any](p *Page, c cdp.Command[P, R], params P) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, c, params)
	require.NoError(p.t, err)
}

func (p *Page) set(c cdp.Command[cdp.Empty, cdp.Empty], e cdp.Empty) {
	p.t.Helper()
	must(p, c, e)
}

// hear notes the faults that the browser tells of the page.
func (p *Page) hear(event any) {
	fault := ""
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" && e.Entry.Source != "network" { // a failed answer, such as 404, is for the test to judge
			fault = string(e.Entry.Source) + ": " + e.Entry.Text
		}
	case *runtime.EventExceptionThrown:
		fault = "script: " + e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			fault += " " + x.Description
		}
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != p.host {
			fault = "it asks another host: " + e.Request.URL
		}
	}
	if fault != "" {
		p.mutex.Lock()
		p.faults = append(p.faults, fault)
		p.mutex.Unlock()
	}
}

// Wide gives the window another width; below 600 it is a telephone's.
func (p *Page) Wide(width int64) {
	p.t.Helper()
	var options []chromedp.EmulateViewportOption
	if width < 600 {
		options = append(options, chromedp.EmulateMobile)
	}
	p.do(chromedp.EmulateViewport(width, 900, options...))
}

func (p *Page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, steps...))
}

func eval[T any](p *Page, script string, options ...chromedp.EvaluateOption) T {
	p.t.Helper()
	out, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](script, options...))
	require.NoError(p.t, err, "%s at %s", script[:min(len(script), 200)], p.address())
	return out
}

func (p *Page) address() string {
	at, err := chromedp.Run(p.ctx, chromedp.Location())
	if err != nil {
		return err.Error()
	}
	return at
}

// Go goes to an address, a path of the same host or a whole one, and gives the status.
func (p *Page) Go(address string) int {
	p.t.Helper()
	if strings.HasPrefix(address, "/") {
		u, err := url.Parse(p.address())
		require.NoError(p.t, err)
		address = u.Scheme + "://" + u.Host + address
	}
	r, err := chromedp.Run(p.ctx, chromedp.NavigateResponse(address))
	require.NoError(p.t, err, address)
	if r == nil {
		return 0
	}
	return int(r.Status)
}

// Path is the path and the query of the tab's address.
func (p *Page) Path() string {
	p.t.Helper()
	u, err := url.Parse(p.address())
	require.NoError(p.t, err)
	return u.RequestURI()
}

// Press clicks a link or the button of a form, waits for the page that it leads to, and
// gives that page's status.
func (p *Page) Press(selector string) int {
	p.t.Helper()
	r, err := chromedp.RunResponse(p.ctx, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
	require.NoError(p.t, err, "%s at %s", selector, p.address())
	if r == nil {
		return 0
	}
	return int(r.Status)
}

// Tick clicks a checkbox or a radio button, which leads to no page.
func (p *Page) Tick(selector string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// Type writes into a field in place of the field's text.
func (p *Page) Type(selector, text string) {
	p.t.Helper()
	p.do(chromedp.Focus(chromedp.CSS(selector), chromedp.NodeVisible), chromedp.KeyEvent("a", chromedp.KeyModifiers(kb.ModifierCtrl)), chromedp.KeyEvent(kb.Delete))
	p.Keys(text)
}

// PressAnyway is Press without the browser's own check of required fields, so that the
// server's check is tested.
func (p *Page) PressAnyway(selector string) int {
	p.t.Helper()
	eval[bool](p, `(() => { for (const f of document.forms) f.noValidate = true; return true })()`)
	return p.Press(selector)
}

// Attach chooses a file in a field of files.
func (p *Page) Attach(selector, file string) {
	p.t.Helper()
	p.do(chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
}

// Values are the values of all fields that selector matches.
func (p *Page) Values(selector string) []string {
	p.t.Helper()
	return eval[[]string](p, `[...document.querySelectorAll(`+quote(selector)+`)].map(e => e.value)`)
}

// Has tells whether the page has an element that selector matches.
func (p *Page) Has(selector string) bool {
	p.t.Helper()
	return eval[bool](p, `!!document.querySelector(`+quote(selector)+`)`)
}

// Text is the visible text of the first element that selector matches; "" without one.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	return strings.TrimSpace(eval[string](p, `(document.querySelector(`+quote(selector)+`) || {innerText: ''}).innerText`))
}

// Texts are the visible texts of all elements that selector matches.
func (p *Page) Texts(selector string) []string {
	p.t.Helper()
	return eval[[]string](p, `[...document.querySelectorAll(`+quote(selector)+`)].map(e => e.innerText.trim())`)
}

// Contents are the texts of all elements that selector matches, visible or not.
func (p *Page) Contents(selector string) []string {
	p.t.Helper()
	return eval[[]string](p, `[...document.querySelectorAll(`+quote(selector)+`)].map(e => e.textContent.trim())`)
}

// HTML is the page as the browser has it now, scripts having run.
func (p *Page) HTML() string {
	p.t.Helper()
	return eval[string](p, `document.documentElement.outerHTML`)
}

// Attributes are the values of an attribute, of all elements that selector matches; "" for
// an element without it.
func (p *Page) Attributes(selector, name string) []string {
	p.t.Helper()
	return eval[[]string](p, `[...document.querySelectorAll(`+quote(selector)+`)].map(e => e.getAttribute(`+quote(name)+`) || '')`)
}

// Picture is the whole page as PNG.
func (p *Page) Picture() []byte {
	p.t.Helper()
	out, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	require.NoError(p.t, err)
	return out
}

// Window is the part of the page that the window shows, as PNG.
func (p *Page) Window() []byte {
	p.t.Helper()
	out, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	require.NoError(p.t, err)
	return out
}

// Print is the page on sheets of A4, as PDF, by its own print styles.
func (p *Page) Print() []byte {
	p.t.Helper()
	out, err := chromedp.Run(p.ctx, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4), chromedp.PDFMargin(0.4)))
	require.NoError(p.t, err)
	return out
}

func (p *Page) String() string { return p.address() }

// Fill sets the value of a field directly. It is for fields that browsers have typed in
// parts: a date, a time.
func (p *Page) Fill(selector, value string) {
	p.t.Helper()
	require.True(p.t, eval[bool](p, `(() => { const e = document.querySelector(`+quote(selector)+`); if (!e) return false; e.value = `+quote(value)+`; return e.value === `+quote(value)+` })()`), selector)
}
