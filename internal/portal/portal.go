package portal

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	// Single is a sign-in service beside the portal's own passwords; nil without one.
	Single Single
	// Accounts is the accounts file as it is now.
	Accounts func() (*accounts.List, error)
	// Rehearsing rehearses plans of drafts; nil where none can be.
	Rehearsing Rehearsing
	// Trying tries out plans of drafts; nil where none can be.
	Trying Trying
	// Trial says that these pages are of a plan that is tried out; nil: the plans are in earnest.
	Trial *Trial
	// Rewrite makes changes of the accounts file, all or none: see accounts.Rewrite. nil
	// where the file cannot be written here.
	Rewrite func([]accounts.Change) (done int, err error)
	Now     func() time.Time
	// URL is what links begin with, such as https://duban.example.gov.cn; with "" they
	// begin with the host that the request names.
	URL string
	// TLS tells that this process itself serves the portal with TLS.
	TLS  bool
	Lang string // zh or en: for whoever's browser asks for neither
	Log  *slog.Logger
	// Files keeps what proves an act; nil takes none.
	Files *Files
	// Drafts keeps what an office prepares; nil prepares nothing.
	Drafts *draft.Service
	// Key, when it is set, takes the place of passwords: whoever comes with it
	// (/signin?key=) chooses as whom to look. A key is for reading a ledger on one's own
	// machine: see Looking and LookOnly.
	Key string
	// Patience is how long a page may read from the ledger; 10 s when 0. An act waits for
	// its answer as long as Acts does.
	Patience time.Duration
	// Silence is how long a browser may send nothing of a form that it has begun to send;
	// 30 s when 0.
	Silence time.Duration
	// Checkup examines the machine, a line for each thing examined; nil where no engine
	// runs here.
	Checkup func(ctx context.Context, who query.Viewer, w *words.Words) (lines []string, well bool, err error)
	// More are handlers that check for themselves who asks: the interface for programs,
	// calendar feeds, health.
	More []Mount
}

// Mount is a handler beside the pages. Its requests have no session and no form token;
// limits of size, headers and deadlines are those of the pages.
type Mount struct {
	Pattern string // of net/http: "GET /healthz", "/api/v1/"
	Handler http.Handler
	What    string // in English, for the table of routes
}

// portal serves the pages.
type portal struct {
	Options
	mux      *http.ServeMux
	pages    map[string]map[string]*page // by language and name
	assets   assets
	origins  *http.CrossOriginProtection
	secure   bool         // cookies only over TLS
	sealKey  string       // of sealOf; every program has one of its own
	jar      string       // ends the names of cookies: see cookieName
	streams  atomic.Int64 // streams of news that are open: see live
	pictures pictures

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
	p.secure, p.sealKey = o.TLS, random(32)
	if o.Key != "" {
		sum := sha256.Sum256([]byte(o.Key))
		p.jar = "-" + hex.EncodeToString(sum[:6])
	}
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
	p.pages = map[string]map[string]*page{}
	for lang, parsed := range pagesIn {
		if p.pages[lang], err = parsed(); err != nil {
			return nil, err
		}
	}
	for _, r := range routes {
		p.mux.HandleFunc(r.pattern, p.serve(r))
	}
	for _, m := range o.More {
		p.mux.Handle(m.Pattern, m.Handler)
	}
	p.mux.HandleFunc("GET /static/{name}", p.assets.serve)
	if err := p.openSite(); err != nil {
		return nil, err
	}
	return p, nil
}

// ServeHTTP serves every request, whatever its address.
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

// unknown answers a request that no route takes: 405 where the page has another method,
// else 404.
func (p *portal) unknown(w http.ResponseWriter, r *http.Request) {
	v := p.newVisit(w, r)
	for _, other := range []string{http.MethodGet, http.MethodPost} {
		asked := r.Clone(r.Context())
		asked.Method = other
		_, pattern := p.mux.Handler(asked)
		public := strings.HasPrefix(pattern, "GET /public") // nothing tells whether the office has switched it on
		if pattern != "" && !public && other != r.Method {
			w.Header().Set("Allow", other)
			v.refuse(http.StatusMethodNotAllowed, "portal.wrong_method")
			return
		}
	}
	v.enter() // so that the page of an error has its person's menu
	v.refuse(http.StatusNotFound, "portal.no_page")
}

// words is the catalogue in a language; each is read once.
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

// seen remembers the status of an answer.
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
