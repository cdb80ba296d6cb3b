package portal

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
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

// Parts are what a process makes its portal of.
type Parts struct {
	Ledger *ledger.Store
	// Engine does the acts of people; where it is nil the ledger is only looked at.
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
	// Trial says that the plan is tried out: whoever has the key acts as anybody of its units.
	Trial *Trial
}

// OIDC is how the portal is known to a sign-in service that speaks OpenID Connect.
type OIDC struct{ Issuer, Client, Secret, Claim string }

// answerTime is how long an act from a form waits for its answer.
const answerTime = 15 * time.Second

// patient is how long a page waits for a count that takes long, before it says that the
// count is being worked out.
const patient = 2 * time.Second

// Options are those of a portal made of these parts, and the service by which people sign in,
// which is nil where the ledger is only looked at.
func (h Parts) Options() (Options, *signin.Service) {
	file := &accountsFile{path: h.AccountsFile}
	o := Options{
		Reader:   query.New(h.Ledger, query.Options{Now: time.Now, Calendar: h.Calendar, Patience: patient}),
		Accounts: file.list, Now: time.Now, URL: h.URL, TLS: h.TLS, Lang: h.Lang, Log: h.Log, Checkup: h.Checkup, More: h.More,
		Files: &Files{Dir: filepath.Join(h.Dir, "evidence")},
	}
	if h.Engine == nil || h.Trial != nil {
		o.Acts, o.SignIn, o.Key, o.Trial = LookOnly{}, &Looking{}, random(16), h.Trial
		o.Accounts = h.onlookers(o.Accounts)
		if h.Trial != nil {
			o.Acts = h.Engine.Patient(answerTime)
		}
		return o, nil
	}
	unit := func(id string) (string, bool) {
		list, err := file.list()
		if err != nil {
			return "", false
		}
		account, ok := list.Find(id)
		return account.Unit, ok
	}
	known := func(id string) bool { _, ok := unit(id); return ok }
	s := signin.Open(h.Ledger, signin.Options{Now: time.Now, Known: known, Second: signin.AskedOf(h.Ledger, unit)})
	o.Rewrite = func(all []accounts.Change) (int, error) { return accounts.Rewrite(h.AccountsFile, all) }
	acts := h.Engine.Patient(answerTime)
	o.Acts, o.SignIn, o.Drafts = acts, s, draft.Open(h.Ledger, time.Now)
	o.More = append(o.More,
		Mount{api.Pattern, api.New(api.Options{Reader: o.Reader, Acts: acts, SignIn: s, Accounts: file.list, Now: o.Now, Lang: h.Lang, Log: h.Log}), "the interface for programs, by tokens of accounts"},
		Mount{feed.Pattern, feed.New(feed.Options{Reader: o.Reader, SignIn: s, Dates: h.Ledger.TellDates, Accounts: file.list, Now: o.Now, URL: h.URL, Lang: h.Lang, Log: h.Log}), "calendar feeds, by tokens in their addresses"},
	)
	if h.OIDC.Issuer != "" {
		single := &signin.Single{Issuer: h.OIDC.Issuer, ClientID: h.OIDC.Client, ClientSecret: h.OIDC.Secret, Claim: h.OIDC.Claim, Redirect: strings.TrimSuffix(h.URL, "/") + SingleBack}
		o.Single = s.By(single)
	}
	return o, s
}

// accountsFile is the accounts of the file as it is now, or, while the file has faults, as
// it was read last; no accounts while there is no file.
type accountsFile struct {
	path string

	mu   sync.Mutex
	last *accounts.List
	at   time.Time // the file's time of change when it was read
	size int64
}

func (f *accountsFile) list() (*accounts.List, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &accounts.List{}, nil
	case err != nil:
		return nil, err
	case f.last != nil && info.ModTime().Equal(f.at) && info.Size() == f.size:
		return f.last, nil
	}
	list, problems := accounts.Load(f.path)
	if len(problems) > 0 {
		if f.last == nil {
			return &accounts.List{}, nil
		}
		list = f.last
	}
	f.last, f.at, f.size = list, info.ModTime(), info.Size()
	return list, nil
}

// onlookers are the accounts as which a ledger can be looked at: those of the file, or,
// where it has none, one for each unit of the plans: leadership and offices first.
func (h Parts) onlookers(file func() (*accounts.List, error)) func() (*accounts.List, error) {
	return func() (*accounts.List, error) {
		list, err := file()
		if err != nil || len(list.All) > 0 {
			return list, err
		}
		ctx, cancel := context.WithTimeout(context.Background(), answerTime)
		defer cancel()
		plans, err := h.Ledger.PlanIDs(ctx)
		if err != nil {
			return nil, err
		}
		list = &accounts.List{}
		for _, id := range plans {
			l, _, quick, err := h.Ledger.Frame(ctx, id)
			if err == nil && !quick { // nothing has been counted yet since the launch
				l, err = h.Ledger.Plan(ctx, id)
			}
			if err != nil {
				return nil, err
			}
			for _, u := range l.Plan.Directory.Units {
				if _, known := list.Find(u.ID); !known {
					list.All = append(list.All, accounts.Account{ID: u.ID, Name: u.Name, Unit: u.ID, Seat: seatOf(l.Plan.Directory, u.ID)})
				}
			}
		}
		slices.SortStableFunc(list.All, func(a, b accounts.Account) int { return cmp.Compare(seatRank(a.Seat), seatRank(b.Seat)) })
		return list, nil
	}
}

// seatRank orders the accounts as which a ledger is looked at.
func seatRank(seat people.Role) int {
	return slices.Index([]people.Role{people.Leader, people.Office, people.Liaison}, seat)
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

// FirstLink makes the first link of all; nil where some account can sign in already.
func (h Parts) FirstLink(ctx context.Context, o Options, people *signin.Service) (*FirstLink, error) {
	if able, err := people.AnyoneCan(ctx); err != nil || able {
		return nil, err
	}
	list, err := o.Accounts()
	if err != nil {
		return nil, err
	}
	account, ok, err := First(ctx, h.Ledger, list)
	link := &FirstLink{Account: account}
	if err != nil || !ok {
		return link, err
	}
	link.Secret, link.Ends, err = people.Invite(ctx, account.ID, "")
	return link, err
}

// First is the account to which the first link of all is given: the first of the file
// that is of an office, by a plan's directory or, before the first plan, by its seat.
func First(ctx context.Context, store *ledger.Store, list *accounts.List) (a accounts.Account, ok bool, err error) {
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
	for _, one := range list.All {
		if offices[one.Unit] {
			return one, true, nil
		}
	}
	for _, one := range list.All {
		if one.Seat == people.Office {
			return one, true, nil
		}
	}
	return a, false, nil
}

// Answers are the addresses at which a process says whether it lives and is ready, for
// Parts.More.
func Answers(health http.Handler) []Mount {
	return []Mount{{"GET /healthz", health, "whether the process lives"}, {"GET /readyz", health, "whether what it needs answers"}}
}
