package portal

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"duban/internal/accounts"
	"duban/internal/calendar"
	"duban/internal/draft"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/portal/api"
	"duban/internal/portal/feed"
	"duban/internal/query"
	"duban/internal/signin"
	"duban/internal/words"
)

// House is what a process has of which a portal is made.
type House struct {
	Ledger *ledger.Store
	// Engine does what people say; nil looks only.
	Engine *engine.Engine
	// Calendar is as in query.Options.
	Calendar     func(imported ...calendar.Year) (*calendar.Calendar, error)
	AccountsFile string
	Dir          string // the data folder: evidence/ in it keeps the files of evidence
	URL, Lang    string
	TLS          bool // as in Options
	Log          *slog.Logger
	Checkup      func(ctx context.Context, who query.Viewer, w *words.Words) (lines []string, well bool, err error)
	// OIDC is another service by which people sign in; its zero value is none.
	OIDC OIDC
	More []Mount
}

// OIDC is how the portal is known to a sign-in service that speaks OpenID Connect.
type OIDC struct{ Issuer, Client, Secret, Claim string }

// answerTime is how long an act from a form waits for its answer.
const answerTime = 15 * time.Second

// patient is how long a page waits for what takes long to work out before it says so.
const patient = 2 * time.Second

// Options are those of a portal on the house, and the service by which people sign in,
// which is nil where the ledger is only looked at.
func (h House) Options() (Options, *signin.Service) {
	file := &accountsFile{path: h.AccountsFile}
	o := Options{
		Reader:   query.New(h.Ledger, query.Options{Now: time.Now, Calendar: h.Calendar, Patience: patient}),
		Accounts: file.book, Now: time.Now, URL: h.URL, TLS: h.TLS, Lang: h.Lang, Log: h.Log, Checkup: h.Checkup, More: h.More,
		Files: &Files{Dir: filepath.Join(h.Dir, "evidence")},
	}
	if h.Engine == nil {
		o.Acts, o.SignIn, o.Key = LookOnly{}, &Looking{}, random(16)
		o.Accounts = h.onlookers(o.Accounts)
		return o, nil
	}
	unit := func(id string) (string, bool) {
		book, err := file.book()
		if err != nil {
			return "", false
		}
		account, ok := book.Find(id)
		return account.Unit, ok
	}
	known := func(id string) bool { _, ok := unit(id); return ok }
	s := signin.Open(h.Ledger, signin.Options{Now: time.Now, Known: known, Second: signin.AskedOf(h.Ledger, unit)})
	acts := h.Engine.Patient(answerTime)
	o.Acts, o.SignIn, o.Drafts = acts, s, draft.Open(h.Ledger, time.Now)
	o.More = append(o.More,
		Mount{api.Pattern, api.New(api.Options{Reader: o.Reader, Acts: acts, SignIn: s, Accounts: file.book, Now: o.Now, Lang: h.Lang, Log: h.Log}), "the interface for programs, by tokens of accounts"},
		Mount{feed.Pattern, feed.New(feed.Options{Reader: o.Reader, SignIn: s, Dates: h.Ledger.TellDates, Accounts: file.book, Now: o.Now, URL: h.URL, Lang: h.Lang, Log: h.Log}), "calendar feeds, by tokens in their addresses"},
	)
	if h.OIDC.Issuer != "" {
		single := &signin.Single{Issuer: h.OIDC.Issuer, ClientID: h.OIDC.Client, ClientSecret: h.OIDC.Secret, Claim: h.OIDC.Claim, Redirect: strings.TrimSuffix(h.URL, "/") + SingleBack}
		o.Single = s.By(single)
	}
	return o, s
}

// accountsFile is the accounts as they are now, or as they were before the file was
// spoilt; none while there is no file.
type accountsFile struct {
	path string

	mu   sync.Mutex
	last *accounts.Book
	at   time.Time // the file's, when it was read
	size int64
}

func (f *accountsFile) book() (*accounts.Book, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &accounts.Book{}, nil
	case err != nil:
		return nil, err
	case f.last != nil && info.ModTime().Equal(f.at) && info.Size() == f.size:
		return f.last, nil
	}
	book, problems := accounts.Load(f.path)
	if len(problems) > 0 {
		if f.last == nil {
			return &accounts.Book{}, nil
		}
		book = f.last
	}
	f.last, f.at, f.size = book, info.ModTime(), info.Size()
	return book, nil
}

// onlookers are the accounts of the file, and where it has none, one for each unit of
// the plans: as whom a ledger can be looked at.
func (h House) onlookers(file func() (*accounts.Book, error)) func() (*accounts.Book, error) {
	return func() (*accounts.Book, error) {
		book, err := file()
		if err != nil || len(book.All) > 0 {
			return book, err
		}
		ctx, cancel := context.WithTimeout(context.Background(), answerTime)
		defer cancel()
		plans, err := h.Ledger.PlanIDs(ctx)
		if err != nil {
			return nil, err
		}
		book = &accounts.Book{}
		for _, id := range plans {
			l, _, _, err := h.Ledger.Frame(ctx, id)
			if err != nil {
				return nil, err
			}
			for _, u := range l.Plan.Directory.Units {
				if _, known := book.Find(u.ID); !known {
					book.All = append(book.All, accounts.Account{ID: u.ID, Name: u.Name, Unit: u.ID, Seat: seatOf(l.Plan.Directory, u.ID)})
				}
			}
		}
		return book, nil
	}
}

func seatOf(d people.Directory, unit string) people.Role {
	switch unit {
	case d.Office:
		return people.Office
	case d.Leadership:
		return people.Leader
	}
	return people.Liaison
}

// FirstLink is a link, good once, with which the office chooses its password. Secret is ""
// where the file has no account of an office.
type FirstLink struct {
	Account accounts.Account
	Secret  string
	Ends    time.Time
}

// FirstLink makes one where no account can sign in yet; otherwise it is nil.
func (h House) FirstLink(ctx context.Context, o Options, people *signin.Service) (*FirstLink, error) {
	if able, err := people.AnyoneCan(ctx); err != nil || able {
		return nil, err
	}
	book, err := o.Accounts()
	if err != nil {
		return nil, err
	}
	account, ok, err := First(ctx, h.Ledger, book)
	link := &FirstLink{Account: account}
	if err != nil || !ok {
		return link, err
	}
	link.Secret, link.Ends, err = people.Invite(ctx, account.ID, "")
	return link, err
}

// First is the account to which the first link of all is given: the first of the file
// that is of an office, by a plan's directory or, before the first plan, by its seat.
func First(ctx context.Context, store *ledger.Store, book *accounts.Book) (a accounts.Account, ok bool, err error) {
	plans, err := store.PlanIDs(ctx)
	if err != nil {
		return a, false, err
	}
	offices := map[string]bool{}
	for _, id := range plans {
		l, _, _, err := store.Frame(ctx, id)
		if err != nil {
			return a, false, err
		}
		offices[l.Plan.Directory.Office] = true
	}
	for _, one := range book.All {
		if offices[one.Unit] {
			return one, true, nil
		}
	}
	for _, one := range book.All {
		if one.Seat == people.Office {
			return one, true, nil
		}
	}
	return a, false, nil
}

// Answers is where a process says whether it lives and is ready, for House.More.
func Answers(health http.Handler) []Mount {
	return []Mount{{"GET /healthz", health, "whether the process lives"}, {"GET /readyz", health, "whether what it needs answers"}}
}
