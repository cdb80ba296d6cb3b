package portal

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"duban/internal/version"
	"duban/internal/words"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed static/*
var static embed.FS

// page is one template within the layout.
type page struct{ tmpl *template.Template }

// functions are those of templates that do not depend on the reader; the others are methods
// of scene.
var functions = template.FuncMap{
	"add":  func(a, b int) int { return a + b },
	"list": func(all ...any) []any { return all },
}

// pagesIn are the pages in every language, parsed once in a process: they are part of the program, and
// each portal that parsed its own kept some 25 MB of them.
var pagesIn = map[string]func() (map[string]*page, error){
	"zh": sync.OnceValues(func() (map[string]*page, error) { return loadPages(words.New("zh")) }),
	"en": sync.OnceValues(func() (map[string]*page, error) { return loadPages(words.New("en")) }),
}

// loadPages parses every page in a language, with the layout and the parts that pages share,
// which are the files whose names begin with an underscore.
func loadPages(say *words.Words) (map[string]*page, error) {
	files, err := fs.Glob(templates, "templates/*.html")
	if err != nil {
		return nil, err
	}
	sources := map[string]string{} // by the name of the file
	var shared, own []string
	for _, f := range files {
		raw, err := templates.ReadFile(f)
		if err != nil {
			return nil, err
		}
		name := path.Base(f)
		sources[name] = spokenBy(say, string(raw))
		if strings.HasPrefix(name, "_") || name == layout {
			shared = append(shared, name)
		} else {
			own = append(own, name)
		}
	}
	pages := map[string]*page{}
	for _, f := range own {
		all := template.New(layout).Funcs(functions)
		for _, name := range append(slices.Clone(shared), f) {
			t := all
			if name != layout {
				t = all.New(name)
			}
			if _, err := t.Parse(sources[name]); err != nil {
				return nil, fmt.Errorf("portal: %s: %w", name, err)
			}
		}
		pages[strings.TrimSuffix(f, ".html")] = &page{all}
	}
	return pages, nil
}

// layout is the template of what all pages have around them.
const layout = "layout.html"

// wording is a text of the catalogue in a template that leaves nothing open.
var wording = regexp.MustCompile(`{{\$\.T "([\w.]+)"}}`)

// spokenBy is a template with these texts written into it, as a table names its columns in every
// cell and to ask the catalogue was most of drawing a long page. A text with signs that HTML
// writes otherwise stays with the template, which escapes it.
func spokenBy(say *words.Words, source string) string {
	return wording.ReplaceAllStringFunc(source, func(call string) string {
		text := say.T(wording.FindStringSubmatch(call)[1])
		if template.HTMLEscapeString(text) != text || strings.ContainsAny(text, "+{}") {
			return call
		}
		return text
	})
}

// scene is $ in the templates of every page.
type scene struct {
	v     *visit
	Page  string // name of the page
	Title string // of the browser's tab and the heading
	Data  any
}

// T is a text of the catalogue in the reader's language; pairs are the names and values of
// what the text leaves open.
func (s scene) T(key string, pairs ...any) string {
	if len(pairs) == 0 {
		return s.v.say.T(key)
	}
	data := words.Data{}
	for i := 0; i+1 < len(pairs); i += 2 {
		data[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return s.v.say.T(key, data)
}

// Has tells that the catalogue has a text.
func (s scene) Has(key string) bool { return s.v.say.T(key) != key }

// Lang is the language of the page for the html element.
func (s scene) Lang() string {
	if s.v.say.Lang() == "zh" {
		return "zh-CN"
	}
	return s.v.say.Lang()
}

// Token is a new form token.
func (s scene) Token() string { return s.v.newToken() }

// ActID is a new ID of an act.
func (s scene) ActID() string { return newActID() }

// Who is the name of whoever is signed in; "" when nobody is.
func (s scene) Who() string { return s.v.who.Name }

// Account is the account ID of whoever is signed in.
func (s scene) Account() string { return s.v.who.ID }

// Away is who is stood in for; nil when whoever is signed in acts for themselves.
func (s scene) Away() *standingRow {
	if s.v.who.away.Account == "" {
		return nil
	}
	return &standingRow{Account: s.v.who.away.Account, Name: s.v.who.Name, Until: s.v.lastDay(s.v.who.away.Until)}
}

// Is tells whether whoever is signed in has a role.
func (s scene) Is(role string) bool {
	if role == "working" {
		return s.v.who.is(Working)
	}
	for _, r := range roleNames {
		if r.name == role {
			return s.v.who.is(r.role)
		}
	}
	return false
}

// Head is the number of the last event before the page's rows were read.
func (s scene) Head() int64 { return s.v.head }

// Older tells that something on the page was worked out before the event Head: see
// visit.since.
func (s scene) Older() bool { return s.v.older }

// Working tells that whoever is signed in has a role in some plan: the page then offers a
// search and follows the news.
func (s scene) Working() bool { return s.v.who.is(Working) }

// Here is the path and the query of the page.
func (s scene) Here() string { return s.v.r.URL.RequestURI() }

// Note is a sentence above the page, such as the result of the last form.
func (s scene) Note() string { return s.v.note }

// Asset is the address of a style or a script, which changes with what is in it.
func (s scene) Asset(name string) string { return s.v.assets.address(name) }

// Open tells that nobody needs a password here: the ledger is only looked at, or a plan is tried out.
func (s scene) Open() bool { return s.v.Key != "" }

// Trial is what the head of every page says where a plan is tried out; "" elsewhere.
func (s scene) Trial() string {
	t := s.v.Trial
	if t == nil {
		return ""
	}
	return s.v.say.T("portal.trying", words.Data{"Now": t.Clock.Plan(s.v.Now()).In(t.Zone).Format("2006-01-02 15:04"), "Day": lasts(s.v.say, time.Duration(float64(24*time.Hour)/t.Clock.Rate).Round(time.Second))})
}

// Version is the program's.
func (s scene) Version() string { return version.String() }

// Menu are the entries in the head of every page. On the page of a task the entry of all
// tasks is marked as here, on that of a talk the entry of all talks, on that of a circular the
// entry of all circulars.
func (s scene) Menu() (all []MenuItem) {
	at := s.v.r.URL.Path
	if parts := strings.Split(at, "/"); len(parts) > 3 && parts[1] == "plans" && (parts[3] == "tasks" || parts[3] == "talks") {
		at = "/" + parts[3]
		if s.v.circular {
			at = "/circulars"
		}
	}
	for _, m := range menu {
		if s.v.who.is(m.who) && s.v.serves(m.path) {
			all = append(all, MenuItem{m.path, s.T("portal.menu_" + m.name), at == m.path || strings.HasPrefix(at, m.path+"/")})
		}
	}
	return all
}

// serves tells that there is something behind an entry of the menu: a part that a plan may leave
// out stands there only for whom a plan with it concerns.
func (v *visit) serves(path string) bool {
	has := v.who.seats.Has
	switch path {
	case "/drafts":
		return v.Drafts != nil
	case "/water":
		return has.Water
	case "/assessment":
		return has.Assessment
	case "/complaints":
		return has.Complaints
	case "/incidents":
		return has.Incidents
	}
	return true
}

// MenuItem is one entry of the menu.
type MenuItem struct {
	Path, Name string
	Here       bool
}

// show writes a page.
func (v *visit) show(name string, title string, data any) error {
	return v.showUnder(http.StatusOK, name, title, data)
}

func (v *visit) showUnder(status int, name, title string, data any) error {
	p := v.pages[v.say.Lang()][name]
	if p == nil {
		return fmt.Errorf("portal: no page %s", name)
	}
	var out bytes.Buffer
	if err := p.tmpl.Execute(&out, scene{v, name, title, data}); err != nil {
		return fmt.Errorf("portal: %s: %w", name, err)
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("Content-Language", v.say.Lang())
	v.send(status, out.Bytes())
	return nil
}

// smallest is from how many bytes on an answer is compressed.
const smallest = 1 << 10

// compressors are kept: making one takes longer than compressing a page.
var compressors = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// send writes an answer, compressed where the browser takes it.
func (v *visit) send(status int, body []byte) {
	h := v.w.Header()
	h.Add("Vary", "Accept-Encoding")
	if len(body) >= smallest && strings.Contains(v.r.Header.Get("Accept-Encoding"), "gzip") {
		var small bytes.Buffer
		z := compressors.Get().(*gzip.Writer)
		defer compressors.Put(z)
		z.Reset(&small)
		_, err := z.Write(body)
		if err == nil && z.Close() == nil {
			h.Set("Content-Encoding", "gzip")
			body = small.Bytes()
		}
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	v.w.WriteHeader(status)
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(body) // an error tells that the browser has gone away
	}
}

// assets are the styles and scripts by name.
type assets map[string]asset

type asset struct {
	body []byte
	kind string
	sum  string // a part of its SHA-256
}

func loadAssets() (assets, error) {
	files, err := fs.Glob(static, "static/*")
	if err != nil {
		return nil, err
	}
	all := assets{}
	for _, f := range files {
		body, err := static.ReadFile(f)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(body)
		all[path.Base(f)] = asset{body, mime.TypeByExtension(path.Ext(f)), hex.EncodeToString(sum[:6])}
	}
	return all, nil
}

func (a assets) address(name string) string { return "/static/" + name + "?v=" + a[name].sum }

// serve gives a style or a script. A browser may keep for good one whose address has its
// sum.
func (a assets) serve(w http.ResponseWriter, r *http.Request) {
	file, ok := a[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == file.sum {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.Header().Set("Content-Type", file.kind)
	v := visit{w: w, r: r}
	v.send(http.StatusOK, file.body)
}
