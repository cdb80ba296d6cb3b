package portal

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/text/language"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/draft"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/signin"
	"duban/internal/words"
)

// Role is what somebody is to the plans, for the table of routes.
type Role uint8

const (
	Anybody Role = 1 << iota // not signed in
	Unit                     // a unit of some plan
	Office                   // the office of some plan
	Leader                   // the leadership of some plan
	Idle                     // signed in, with no role in any plan

	Working = Unit | Office | Leader
	Signed  = Working | Idle
)

// roleNames are the roles by their names, in order.
var roleNames = []struct {
	role Role
	name string
}{{Anybody, "anybody"}, {Unit, "unit"}, {Office, "office"}, {Leader, "leader"}, {Idle, "idle"}}

// person is who is signed in; the zero person is nobody. While they stand in for somebody
// who is away, Account has the ID of whoever is signed in, the unit and the seat of whoever
// is away, and the names of both.
type person struct {
	accounts.Account
	self    accounts.Account // their own account
	away    signin.ActingFor // for whom they stand in; its zero value: for nobody
	cookie  string           // the session's
	session string           // its ID
	roles   Role
	seats   query.Seats
}

func (p person) is(r Role) bool { return p.roles&r != 0 }

func (p person) viewer() query.Viewer { return query.As(p.actor()) }

func (p person) actor() act.Actor {
	return act.Actor{Account: p.ID, Name: p.Name, Unit: p.Account.Unit, StandsFor: p.away.Account}
}

// visit is one request of one person.
type visit struct {
	*portal
	w     http.ResponseWriter
	r     *http.Request
	who   person
	whole context.Context // of the request, which ends when whoever asked has gone
	// half is the cookie of somebody whose password was good and whose code is still
	// asked for; "" of all others.
	half string
	say  *words.Words
	// typed is what was typed into the form that is drawn, where it is drawn again.
	typed url.Values
	// form are the posted fields; files is the evidence posted with them. files are only
	// taken after the form's token was found good.
	form  url.Values
	files []act.Evidence
	// papers are the posted files of which a draft is made, taken as files are.
	papers   []draft.File
	note     string // a sentence above the form
	head     int64  // number of the last event when the visit began
	older    bool   // something on the page is older than head: a big plan is being counted again
	circular bool   // the page is about a circular, which has the address of a talk
	// past is the past day that the page shows; zero for now.
	past calendar.Day
}

// newVisit is the visit of a request before it is known whose it is: see enter.
func (p *portal) newVisit(w http.ResponseWriter, r *http.Request) *visit {
	if r.Method == http.MethodGet && r.URL.Path != "/live" { // an act changes plans, and what is live goes on for hours
		r = r.WithContext(query.Once(r.Context()))
	}
	return &visit{portal: p, w: w, r: r, say: p.words(p.language(r, ""))}
}

// languages that the portal speaks; the first is what others get.
var languages = language.NewMatcher([]language.Tag{language.Chinese, language.English})

// language is the language that was chosen, else the one that the browser asks for, else
// the office's.
func (p *portal) language(r *http.Request, chosen string) string {
	chosen = cmp.Or(chosen, p.cookie(r, langCookie))
	if chosen == "zh" || chosen == "en" {
		return chosen
	}
	asked, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err == nil && len(asked) > 0 {
		if _, at, sure := languages.Match(asked...); sure >= language.High {
			return []string{"zh", "en"}[at]
		}
	}
	return cmp.Or(p.Lang, "zh")
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// since notes the last event that something on the page takes into account.
func (v *visit) since(head int64) { v.older = v.older || v.past.IsZero() && head < v.head }

// speak puts reports into words of the reader's language.
func (v *visit) speak() report.Speaker { return report.Speak(v.say) }

// asks is the viewer for whom everything on the page is read.
func (v *visit) asks() query.Viewer { return v.who.viewer() }

// enter finds out who is signed in and sets v.who. Where nobody is, v.who stays zero and
// the error is nil.
func (v *visit) enter() error {
	cookie := v.cookie(v.r, sessionCookie)
	if cookie == "" {
		return nil
	}
	in, err := v.SignIn.Who(v.ctx(), cookie)
	if errors.Is(err, signin.ErrNoSession) {
		if _, err = v.SignIn.Pending(v.ctx(), cookie); err == nil {
			v.half = cookie
		}
		if errors.Is(err, signin.ErrNoSession) {
			return nil
		}
		return err
	}
	if err != nil {
		return err
	}
	return v.be(in, cookie)
}

// be makes the visit that of a session's account; of nobody where the accounts file has the
// account no more.
func (v *visit) be(in signin.Session, cookie string) error {
	list, err := v.Accounts()
	if err != nil {
		return err
	}
	account, ok := list.Find(in.Account)
	if !ok {
		return nil
	}
	v.who = person{Account: account, self: account, cookie: cookie, session: in.ID}
	if err := v.standIn(list); err != nil {
		return err
	}
	v.who.seats, err = v.Reader.Seats(v.ctx(), v.asks())
	v.who.roles = rolesOf(v.who.seats, v.who.Account)
	return err
}

// rolesOf are the roles of an account. Before the first plan nobody's role can follow
// from one: the seat in the accounts file decides.
func rolesOf(s query.Seats, a accounts.Account) (roles Role) {
	if len(s.Office) > 0 || s.Plans == 0 && a.Seat == "office" {
		roles |= Office
	}
	if len(s.Leadership) > 0 || s.Plans == 0 && a.Seat == "leader" {
		roles |= Leader
	}
	if len(s.Unit) > 0 {
		roles |= Unit
	}
	if roles == 0 {
		roles = Idle
	}
	return roles
}

// serve is a route as a handler.
func (p *portal) serve(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		asked := r.Context()
		if r.Method != http.MethodPost { // where the ledger hangs, the page of an error is sent while somebody still waits for it
			ctx, cancel := context.WithTimeout(asked, p.Patience)
			defer cancel()
			r = r.WithContext(ctx)
		}
		v := p.newVisit(w, r)
		v.whole = asked
		if kept, ok := r.Context().Value(againKey{}).(again); ok {
			v.typed, v.note = kept.typed, kept.note
		}
		if err := v.enter(); err != nil {
			if r.Method == http.MethodPost && !v.read(rt, false) { // the page of the error has the form, to be sent again
				return
			}
			v.fail(err)
			return
		}
		if v.who.ID == "" && rt.who&Anybody == 0 {
			v.toDoor(rt)
			return
		}
		if v.who.ID != "" && rt.who&(v.who.roles|Anybody) == 0 {
			v.refuse(http.StatusForbidden, "portal.not_your_page")
			return
		}
		if r.Method == http.MethodPost && !v.received(rt) {
			return
		}
		if v.who.is(Working) {
			v.head, _ = v.Reader.Head(v.ctx(), v.asks()) // where the head cannot be read, reading the page's rows fails, too, and the page says so
		}
		if err := rt.do(v); err != nil {
			v.fail(err)
		}
	}
}

// again is in the context of a request that draws a form once more: what was typed, and the
// note above it.
type again struct {
	typed url.Values
	note  string
}

type againKey struct{}

// drawAgain answers a post with its own form, filled in as it was typed, with a note above
// it and the given status.
func (v *visit) drawAgain(status int, note string) {
	r := v.r.Clone(context.WithValue(v.ctx(), againKey{}, again{v.form, note}))
	r.Method, r.Body, r.ContentLength, r.Form, r.PostForm, r.MultipartForm = http.MethodGet, http.NoBody, 0, nil, nil, nil
	_, pattern := v.mux.Handler(r)
	if !strings.HasPrefix(pattern, "GET ") {
		v.refuseText(status, note)
		return
	}
	v.mux.ServeHTTP(&under{ResponseWriter: v.w, status: status}, r)
}

// under writes another status in place of 200.
type under struct {
	http.ResponseWriter
	status int
	done   bool
}

func (u *under) WriteHeader(status int) {
	if status == http.StatusOK {
		status = u.status
	}
	u.done = true
	u.ResponseWriter.WriteHeader(status)
}

func (u *under) Write(b []byte) (int, error) {
	if !u.done {
		u.WriteHeader(http.StatusOK)
	}
	return u.ResponseWriter.Write(b)
}

func (u *under) Unwrap() http.ResponseWriter { return u.ResponseWriter }

// to sends the browser elsewhere after something was done.
func (v *visit) to(path string) error {
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}
