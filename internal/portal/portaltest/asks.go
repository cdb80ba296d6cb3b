package portaltest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// axe is axe-core 4.14.1 from npm, MPL-2.0.
//
//go:embed testdata/axe.min.js
var axe string

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always can
	}
	return string(b)
}

// Accessible has axe-core examine the page; the test fails on whatever it finds.
func (p *Page) Accessible() {
	p.t.Helper()
	p.examined(`{}`)
}

// examined is Accessible with rules of axe-core switched on or off.
func (p *Page) examined(rules string) {
	p.t.Helper()
	if !eval[bool](p, `!!window.axe`) {
		p.do(chromedp.Evaluate[chromedp.Void](axe))
	}
	found := eval[[]string](p, `axe.run(document, {resultTypes: ['violations'], rules: `+rules+`}).then(r => r.violations.map(v =>
		v.id + ' (' + v.help + '): ' + v.nodes.slice(0, 4).map(n => n.target.join(' ') + ' ' + n.html.slice(0, 160) + ' ' + (n.failureSummary || '').split('\n').slice(1).join(';')).join(' | ')))`,
		chromedp.EvalAwaitPromise)
	assert.Empty(p.t, found, "axe at %s", p)
}

// Narrow checks that the page need not be scrolled sideways on a telephone of 360 pixels.
// An element that scrolls within itself, such as a picture, may be wider.
func (p *Page) Narrow() {
	p.t.Helper()
	p.Wide(360)
	wide := eval[[]string](p, `(() => {
		if (document.documentElement.scrollWidth <= 360) return [];
		const inside = (e) => { for (let o = e.parentElement; o; o = o.parentElement) { const s = getComputedStyle(o).overflowX; if (o !== document.body && o !== document.documentElement && s !== 'visible') return true } return false };
		const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 361 && !inside(e)).map(e => e.outerHTML.slice(0, 120));
		return ['the page is ' + document.documentElement.scrollWidth + ' wide', ...out.slice(0, 8)];
	})()`)
	assert.Empty(p.t, wide, "360 pixels wide, at %s", p)
	p.Wide(1280)
}

// focusable is an expression in JavaScript for the elements that a person must be able to
// reach and use.
const focusable = `[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')].filter(e =>
	!e.disabled && e.tabIndex >= 0 && e.type !== 'hidden' && e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length > 0 &&
	!(e.type === 'radio' && !e.checked && [...document.getElementsByName(e.name)].some(o => o.checked)))`

// ByKeyboard checks that the tab key reaches every element that can be used, that no
// element holds the focus, and that the focused element looks different. The page itself
// notes where the focus comes by, since asking after each key costs more than the key.
func (p *Page) ByKeyboard() {
	p.t.Helper()
	most := eval[int](p, `(() => { window.asked = `+focusable+`; window.met = new Set(); window.dark = [];
		if (document.activeElement) document.activeElement.blur();
		document.addEventListener('focusin', (event) => { const e = event.target; window.met.add(e); const s = getComputedStyle(e);
			if (!(e.type || '').startsWith('date') && !(s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) && s.boxShadow === 'none') window.dark.push(e.outerHTML.slice(0, 120)) });
		window.missed = () => window.asked.filter(a => !window.met.has(a) && a.type !== 'radio');
		return window.asked.length })()`)
	most += 12 + 6*eval[int](p, `document.querySelectorAll('input[type^=date]').length`) // each part of a date is a stop, and shows itself
	for most > 0 {
		left := min(eval[int](p, `window.missed().length`), most)
		if left == 0 {
			break
		}
		p.do(chromedp.KeyEvent(strings.Repeat(kb.Tab, left)))
		most -= left
	}
	assert.Empty(p.t, eval[[]string](p, `window.missed().map(e => e.outerHTML.slice(0, 120)).slice(0, 8)`), "the keyboard does not reach, at %s", p)
	assert.Empty(p.t, eval[[]string](p, `window.dark.slice(0, 8)`), "one does not see where one is, at %s", p)
}

// Focus presses the tab key until an element that selector matches has the focus.
func (p *Page) Focus(selector string) {
	p.t.Helper()
	n := eval[int](p, focusable+`.length`)
	for range n + 12 {
		p.do(chromedp.KeyEvent(kb.Tab))
		if eval[bool](p, `document.activeElement.matches(`+quote(selector)+`)`) {
			return
		}
	}
	require.Fail(p.t, "the keyboard does not reach "+selector, p.String())
}

// Keys types a text into the element that has the focus.
func (p *Page) Keys(text string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(text))
}

// Enter presses the enter key on the element that has the focus, waits for the page that
// comes and gives its status.
func (p *Page) Enter() int {
	p.t.Helper()
	r, err := chromedp.RunResponse(p.ctx, chromedp.KeyEvent(kb.Enter))
	require.NoError(p.t, err, p.address())
	if r == nil {
		return 0
	}
	return int(r.Status)
}

// Sheets is how many sheets of A4 the page is printed on.
func (p *Page) Sheets() int {
	p.t.Helper()
	return strings.Count(string(p.Print()), "/Type /Page\n") + strings.Count(string(p.Print()), "/Type/Page/")
}

// EveryPage makes the checks that every page must pass, all but ByKeyboard, which is slow
// and is called by itself.
func (p *Page) EveryPage() {
	p.t.Helper()
	p.headed()
	p.Accessible()
	p.Narrow()
}

// InOtherWords is EveryPage for a page that has passed it in another language: its colours
// do not depend on its words, and to compare them is most of what axe-core does.
func (p *Page) InOtherWords() {
	p.t.Helper()
	p.headed()
	p.examined(`{'color-contrast': {enabled: false}}`)
	p.Narrow()
}

func (p *Page) headed() {
	p.t.Helper()
	assert.NotEmpty(p.t, p.Text("h1"), "a heading, at %s", p)
	assert.Equal(p.t, 1, eval[int](p, `document.querySelectorAll('h1').length`), "one heading of the first order, at %s", p)
}

// WithoutScripts checks that a page that is looked at without JavaScript has its heading and
// what is beneath it, shows nothing that only a script could end, and that whatever can be
// pressed does something: each form has a button that sends it, each button a form, each link
// an address.
func (p *Page) WithoutScripts() {
	p.t.Helper()
	assert.NotEmpty(p.t, p.Text("h1"), "a heading, at %s", p)
	assert.NotEmpty(p.t, p.Text("main"), "at %s", p)
	assert.Empty(p.t, eval[[]string](p, `[
		...[...document.forms].filter(f => ![...f.elements].some(e => e.type === 'submit')),
		...[...document.querySelectorAll('button')].filter(b => b.type !== 'submit' || !b.form),
		...[...document.querySelectorAll('a')].filter(a => !(a.getAttribute('href') || '').match(/^([/?]|#.|https?:|mailto:|tel:)/)),
	].map(e => e.outerHTML.slice(0, 160))`), "without JavaScript these do nothing, at %s", p)
}

// Missing are the keys of the catalogue that a page shows in place of words; a good page
// has none.
func (p *Page) Missing() []string {
	p.t.Helper()
	return eval[[]string](p, fmt.Sprintf(`(document.body.innerText.match(/(?<![-.\w])(%s)\.(?!yaml\b)[a-z_]+\b/g) || [])`, "portal|case|report|cli|act|matter|notice|todo|plan|draft"))
}
