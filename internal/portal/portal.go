package portal

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"duban/internal/accounts"
	"duban/internal/draft"
	"duban/internal/query"
	"duban/internal/words"
)

// Options are what a portal is made of. All but URL, Lang, Files, Drafts and More are needed.
type Options struct {
	Reader *query.Reader
	Acts   Acts
	SignIn SignIn
	// Single is another service by which people sign in too; nil without one.
	Single Single
	// Accounts is the accounts file as it is now.
	Accounts func() (*accounts.Book, error)
	Now      func() time.Time
	// URL is what links are made of, such as https://duban.example.gov.cn; "" makes
	// them of the address that was asked.
	URL string
	// TLS tells that it is served with TLS by this process itself.
	TLS  bool
	Lang string // of whoever's browser asks for none that is known: zh or en
	Log  *slog.Logger
	// Files keeps what proves an act; nil takes none.
	Files *Files
	// Drafts keeps what an office prepares; nil prepares nothing.
	Drafts *draft.Service
	// Key, when it is set, is all that is asked for: whoever comes with it (/signin?key=)
	// chooses as whom to look. It is for reading a ledger on one's own machine: see
	// Looking and LookOnly.
	Key string
	// Patience is how long what a page shows is read for; 10 s when 0. An act waits for
	// its answer as long as Acts does.
	Patience time.Duration
	// Silence is how long a browser may send nothing of a form that it has begun to send;
	// 30 s when 0.
	Silence time.Duration
	// Checkup is how the machine is, a line for each thing; nil where nothing works.
	Checkup func(ctx context.Context, who query.Viewer, w *words.Words) (lines []string, well bool, err error)
	// More is what guards itself: the interface for programs, calendar feeds, health.
	More []Mount
}

// Mount is something beside the pages. Its requests have no session and no form token;
// sizes, headers and times are those of the pages.
type Mount struct {
	Pattern string // of net/http: "GET /healthz", "/api/v1/"
	Handler http.Handler
	What    string // in English, for the table of routes
}

// portal serves the pages.
type portal struct {
	Options
	mux     *http.ServeMux
	pages   map[string]*page
	assets  assets
	origins *http.CrossOriginProtection
	secure  bool         // cookies only over TLS
	streams atomic.Int64 // of news that are open

	mu  sync.Mutex
	lag map[string]*words.Words
}

// New is the pages as a handler.
func New(o Options) (http.Handler, error) { return build(o) }

func build(o Options) (*portal, error) {
	if o.Reader == nil || o.Acts == nil || o.SignIn == nil || o.Accounts == nil || o.Now == nil {
		return nil, errors.New("portal: Reader, Acts, SignIn, Accounts and Now are needed")
	}
	if o.Patience == 0 {
		o.Patience = 10 * time.Second
	}
	if o.Silence == 0 {
		o.Silence = silence
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	p := &portal{Options: o, mux: http.NewServeMux(), origins: http.NewCrossOriginProtection()}
	p.secure = o.TLS
	if o.URL != "" {
		u, err := url.Parse(o.URL)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, errors.New("portal: URL is no address such as https://duban.example.gov.cn")
		}
		p.URL, p.secure = strings.TrimSuffix(o.URL, "/"), p.secure || u.Scheme == "https"
		if err := p.origins.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, err
		}
	}
	var err error
	if p.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	if p.pages, err = loadPages(); err != nil {
		return nil, err
	}
	for _, r := range routes {
		p.mux.HandleFunc(r.pattern, p.serve(r))
	}
	for _, m := range o.More {
		p.mux.Handle(m.Pattern, m.Handler)
	}
	p.mux.HandleFunc("GET /static/{name}", p.assets.serve)
	return p, nil
}

// ServeHTTP is what every request goes through, whatever it asks for.
func (p *portal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := p.Now()
	seen := &seen{ResponseWriter: w}
	defer func() {
		if broken := recover(); broken != nil {
			if broken == http.ErrAbortHandler {
				panic(broken)
			}
			p.Log.Error("A page broke", "route", r.Pattern, "panic", broken)
			p.crash(seen, r)
		}
		p.Log.Debug("Request", "method", r.Method, "route", r.Pattern, "status", seen.status, "took", p.Now().Sub(began))
	}()
	p.headers(seen)
	if err := p.origins.Check(r); err != nil {
		p.newVisit(seen, r).refuse(http.StatusForbidden, "portal.cross_origin")
		return
	}
	r.Body = http.MaxBytesReader(seen, r.Body, mostBody)
	if _, pattern := p.mux.Handler(r); pattern == "" {
		p.unknown(seen, r)
		return
	}
	p.mux.ServeHTTP(seen, r)
}

// unknown answers what no route takes: another method of a page is told so.
func (p *portal) unknown(w http.ResponseWriter, r *http.Request) {
	v := p.newVisit(w, r)
	for _, other := range []string{http.MethodGet, http.MethodPost} {
		asked := r.Clone(r.Context())
		asked.Method = other
		if _, pattern := p.mux.Handler(asked); pattern != "" && other != r.Method {
			w.Header().Set("Allow", other)
			v.refuse(http.StatusMethodNotAllowed, "portal.wrong_method")
			return
		}
	}
	v.enter() // so that the page of an error has its person's menu
	v.refuse(http.StatusNotFound, "portal.no_page")
}

// words speaks a language; each is read once.
func (p *portal) words(lang string) *words.Words {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lag == nil {
		p.lag = map[string]*words.Words{}
	}
	w := p.lag[lang]
	if w == nil {
		w = words.New(lang)
		p.lag[lang] = w
	}
	return w
}

// seen remembers which status was given.
type seen struct {
	http.ResponseWriter
	status int
}

func (s *seen) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *seen) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

// Unwrap lets a handler set deadlines and flush.
func (s *seen) Unwrap() http.ResponseWriter { return s.ResponseWriter }
