package portaltest_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/portal/portaltest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	portaltest.Close()
	os.Exit(code)
}

// TestTheCheckOfStylesFindsWhatIsNew: what offices' browsers do not know, of every kind.
func TestTheCheckOfStylesFindsWhatIsNew(t *testing.T) {
	t.Parallel()
	for css, want := range map[string]string{
		`a { inset: 0 }`:                                     "property inset",
		`a { aspect-ratio: 1 }`:                              "property aspect-ratio",
		`a { margin-inline: 1em }`:                           "property margin-inline",
		`a { width: clamp(1px, 2px, 3px) }`:                  "function clamp()",
		`a { color: color-mix(in srgb, red, blue) }`:         "function color-mix()",
		`a { height: 100dvh }`:                               "unit dvh",
		`a:has(b) { color: red }`:                            "selector :has",
		`a:focus-visible { color: red }`:                     "selector :focus-visible",
		`:is(h1, h2) { color: red }`:                         "selector :is",
		`@layer x { a { color: red } }`:                      "at-rule @layer",
		`@container (min-width: 1px) { a { color: red } }`:   "at-rule @container",
		`a { b { color: red } }`:                             "nesting: b in a",
		`@media (width > 3px) { a { color: red } }`:          "media range @media (width > 3px)",
		`.row { display: flex; gap: 1em }`:                   "gap without a grid: .row",
		`a { color: red } }`:                                 "a brace too many",
		`a { overflow: clip }`:                               "overflow: clip",
		`@media print { @page { size: A4 } p { inset: 0 } }`: "property inset",
	} {
		require.Equal(t, []string{want}, portaltest.NewerStyle(css), css)
	}
	require.Empty(t, portaltest.NewerStyle(`/* : {inset: 0} */ @media (max-width: 600px) { .x > a:hover::before { content: "inset: 0; {"; display: grid; gap: 4px; width: calc(100% - 2em) } }
		@page { size: A4; margin: 12mm } :root { --line: #ccc } a:not(.b):focus { outline: 2px solid var(--line) } @keyframes k { from { opacity: 0 } to { opacity: 1 } }`))
}

// TestTheCheckOfScriptsFindsWhatIsNew: words of the language and members of objects.
func TestTheCheckOfScriptsFindsWhatIsNew(t *testing.T) {
	t.Parallel()
	for js, want := range map[string]string{
		`let a = b?.c`:                            "younger than ES2017: let a = b?.c;",
		`let a = b ?? c`:                          "younger than ES2017: let a = b ?? c;",
		`let a = {...b}`:                          "younger than ES2017: let a = { ...b };",
		`class A { #x = 1 }`:                      "younger than ES2017: class A {",
		`s.replaceAll("a", "b")`:                  "member replaceAll",
		`list.at(-1)`:                             "member at",
		`dialog.showModal()`:                      "member showModal",
		`Object.hasOwn(a, "b")`:                   "member hasOwn",
		`const copy = structuredClone(something)`: "member structuredClone",
	} {
		require.Equal(t, []string{want}, portaltest.NewerScript(js), js)
	}
	require.NotEmpty(t, portaltest.NewerScript(`let let = (`))
	require.Empty(t, portaltest.NewerScript(`(function () { 'use strict'; const s = new EventSource('/x'); s.onmessage = (e) => { document.querySelector('a').textContent = JSON.parse(e.data).text } })()`+"\n"+`// list.replaceAll`))
}

const head = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>页</title><link rel="icon" href="data:,"></head>`

func serve(t *testing.T, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/next" {
			w.Write([]byte(head + `<body><main><h1>` + r.Header.Get("Accept-Language") + `</h1></main></body></html>`)) //nolint:errcheck // a test's page
			return
		}
		w.Write([]byte(head + `<body><main>` + body + `</main></body></html>`)) //nolint:errcheck // a test's page
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// fake is a test that only notes whether it failed.
type fake struct {
	testing.TB
	failed bool
}

func (f *fake) Errorf(string, ...any) { f.failed = true }
func (f *fake) Helper()               {}
func (f *fake) Failed() bool          { return f.failed }

// TestWhatIsAskedOfEveryPageBites: a good page passes the checks, and each fault is found.
func TestWhatIsAskedOfEveryPageBites(t *testing.T) {
	t.Parallel()
	good := `<h1>好</h1><p><a href="/next">下一页</a></p><form action="/next"><label>姓名 <input name="a"></label> <button>送</button></form>`
	page := portaltest.Open(t, serve(t, good), portaltest.Look{})
	page.EveryPage()
	page.ByKeyboard()
	page.Type("input", "王")
	page.Type("input", "李")
	page.Focus("button")
	require.Equal(t, 200, page.Enter())
	require.Equal(t, "/next?a=%E6%9D%8E", page.Path())
	require.Equal(t, "zh-CN", page.Text("h1"))

	for name, c := range map[string]struct {
		body string
		ask  func(*portaltest.Page)
	}{
		"a field without a label": {`<h1>x</h1><input name="a">`, (*portaltest.Page).Accessible},
		"without a label":         {`<h1>x</h1><input name="a">`, (*portaltest.Page).InOtherWords},
		"two headings":            {`<h1>x</h1><h1>y</h1>`, (*portaltest.Page).InOtherWords},
		"grey on white":           {`<h1>x</h1><p style="color:#ccc">浅色的字看不清楚</p>`, (*portaltest.Page).Accessible},
		"too wide":                {`<h1>x</h1><div style="width:500px">宽</div>`, (*portaltest.Page).Narrow},
		"not by keyboard":         {`<h1>x</h1><button onfocus="this.blur()">x</button><a href="/next">y</a>`, (*portaltest.Page).ByKeyboard},
		"one does not see where":  {`<h1>x</h1><button style="outline:none">x</button>`, (*portaltest.Page).ByKeyboard},
	} {
		f := &fake{TB: t}
		c.ask(portaltest.Open(f, serve(t, c.body), portaltest.Look{}))
		require.True(t, f.failed, name)
	}
}

// TestPagesWithoutScripts: nothing of the page runs, and a press still leads on.
func TestPagesWithoutScripts(t *testing.T) {
	t.Parallel()
	body := `<h1>静</h1><p id="p">原样</p><a href="/next">下一页</a><script>document.getElementById('p').textContent = '改了'</script>`
	require.Equal(t, "改了", portaltest.Open(t, serve(t, body), portaltest.Look{}).Text("#p"))
	plain := portaltest.Open(t, serve(t, body), portaltest.Look{Plain: true, Language: "en"})
	require.Equal(t, "原样", plain.Text("#p"))
	require.Equal(t, 200, plain.Press("a"))
	require.Equal(t, "en", plain.Text("h1"))
}

// TestSheets: how many sheets of A4 a page takes.
func TestSheets(t *testing.T) {
	t.Parallel()
	page := portaltest.Open(t, serve(t, `<h1>一</h1>`), portaltest.Look{})
	require.Equal(t, 1, page.Sheets())
	page = portaltest.Open(t, serve(t, `<h1>一</h1><p style="break-before:page">二</p>`), portaltest.Look{})
	require.Equal(t, 2, page.Sheets())
}
