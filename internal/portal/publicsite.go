package portal

import (
	"bytes"
	_ "embed"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"duban/internal/query"
	"duban/internal/words"
)

//go:embed public.html
var publicHTML string

const (
	sitePage  = 20              // public texts on one page of the list
	siteMost  = 4               // requests of the public page that read from the ledger at a time
	sitePause = 2 * time.Second // how long one more waits for its turn
)

// site is the page of approved texts which anybody may read without signing in, where the office has
// switched it on. It knows no session, sets no cookie and reads nothing but those texts. With the
// switch off its addresses are as unknown as any other.
type site struct {
	*portal
	read query.Public
	tmpl *template.Template
	turn chan struct{} // of siteMost
}

// siteScene is $ in public.html.
type siteScene struct {
	say          *words.Words
	Style        string // address of the style
	Title        string
	One          *siteNotice
	All          []siteNotice
	Newer, Older string // addresses; "" at the ends
}

type siteNotice struct {
	query.PublicNotice
	Path string
}

func (s siteScene) T(key string, pairs ...any) string {
	return scene{v: &visit{say: s.say}}.T(key, pairs...)
}

func (s siteScene) Lang() string { return scene{v: &visit{say: s.say}}.Lang() }

// openSite adds the public page's addresses to those of the portal.
func (p *portal) openSite() error {
	tmpl, err := template.New("public.html").Parse(publicHTML)
	if err != nil {
		return err
	}
	s := &site{p, query.PublicOf(p.Reader), tmpl, make(chan struct{}, siteMost)}
	p.mux.HandleFunc("GET /public", s.served(s.list))
	p.mux.HandleFunc("GET /public/{plan}/{number}", s.served(s.one))
	p.mux.HandleFunc("GET /public/{plan}/{number}/text", s.served(s.file))
	return nil
}

// served is a handler of the public page: it answers as an unknown address does where the switch is
// off, and where a text is not public.
func (s *site) served(do func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		wait := time.NewTimer(sitePause)
		defer wait.Stop()
		select {
		case s.turn <- struct{}{}:
			defer func() { <-s.turn }()
		case <-wait.C:
			w.Header().Set("Retry-After", "10")
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
			return
		case <-r.Context().Done():
			return
		}
		on, err := s.read.On(r.Context())
		if err == nil && (!on || s.Key != "") {
			err = query.ErrNotYours
		}
		if err == nil {
			err = do(w, r)
		}
		switch {
		case errors.Is(err, query.ErrNotYours):
			s.unknown(w, r)
		case err != nil && r.Context().Err() == nil:
			s.Log.Error("The public page failed", "route", r.Pattern, "error", err)
			w.Header().Set("Retry-After", "10")
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		}
	}
}

func (s *site) draw(w http.ResponseWriter, r *http.Request, scene siteScene) error {
	scene.say, scene.Style = s.words(s.language(&http.Request{Header: http.Header{}}, s.Lang)), s.assets.address("portal.css")
	if scene.Title == "" {
		scene.Title = scene.say.T("public.site")
	}
	var out bytes.Buffer
	if err := s.tmpl.Execute(&out, scene); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	(&visit{portal: s.portal, w: w, r: r}).send(http.StatusOK, out.Bytes())
	return nil
}

// list are the titles of what is public, the newest first.
func (s *site) list(w http.ResponseWriter, r *http.Request) error {
	skip, err := strconv.Atoi(r.URL.Query().Get("skip"))
	if err != nil || skip < 0 || skip > 1_000_000 {
		skip = 0
	}
	all, total, err := s.read.Notices(r.Context(), skip, sitePage)
	if err != nil {
		return err
	}
	var page siteScene
	for _, n := range all {
		page.All = append(page.All, siteNotice{n, noticePath(n)})
	}
	if skip > 0 {
		page.Newer = "/public?skip=" + strconv.Itoa(max(0, skip-sitePage))
	}
	if skip+len(all) < total {
		page.Older = "/public?skip=" + strconv.Itoa(skip+sitePage)
	}
	return s.draw(w, r, page)
}

// asked is the text that an address names.
func (s *site) asked(r *http.Request) (query.PublicNotice, error) {
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return query.PublicNotice{}, query.ErrNotYours
	}
	return s.read.Notice(r.Context(), r.PathValue("plan"), number)
}

// one is one public text.
func (s *site) one(w http.ResponseWriter, r *http.Request) error {
	n, err := s.asked(r)
	if err != nil {
		return err
	}
	return s.draw(w, r, siteScene{Title: n.Title, One: &siteNotice{n, noticePath(n)}})
}

// file is one public text as a plain file.
func (s *site) file(w http.ResponseWriter, r *http.Request) error {
	n, err := s.asked(r)
	if err != nil {
		return err
	}
	sendText(w, n.Title, plainNotice(n))
	return nil
}
