package portal

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"duban/internal/accounts"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/portal/feed"
	"duban/internal/signin"
	"duban/internal/words"
)

// mine is what the page of one's own account shows.
type mine struct {
	Account  accounts.Account
	Unit     string
	Wrong    string
	Sessions []sessionRow
	Away     awayPart
	Acts     []standingRow // for whom I act
	Feeds    []feedRow
	Address  string // of a calendar that was just made
	Programs []programRow
	Secret   string // of a program's token that was just made

	TokenName, TokenUntil, TokenWrong string // of the form for another
	TokenActs                         bool
}

// feedRow is a calendar address; the address itself is shown once, when it is made.
type feedRow struct{ ID, Made, Seen string }

// programRow is a token of a program; the token itself is shown once, when it is made.
type programRow struct{ ID, Name, Scope, Made, Seen, Ends string }

type sessionRow struct {
	signin.Session
	Here  bool
	Since string
	Last  string
}

func (v *visit) me() error { return v.showMe(http.StatusOK, mine{}) }

// showMe shows one's account, with what was just made and what was wrong.
func (v *visit) showMe(status int, m mine) error {
	all, err := v.SignIn.Sessions(v.ctx(), v.who.ID)
	if err != nil {
		return err
	}
	m.Account, m.Unit = v.who.self, v.unitName(v.who.self.Unit)
	if m.Acts, err = v.standings(false); err != nil {
		return err
	}
	if m.Away, err = v.awayOf(v.who.self, "/me/standins", m.Away.Wrong); err != nil {
		return err
	}
	tokens, err := v.SignIn.Tokens(v.ctx(), v.who.ID)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if t.EndedAt.Valid {
			continue
		}
		if t.Kind == signin.Calendar {
			m.Feeds = append(m.Feeds, feedRow{t.ID, v.clock(t.MadeAt), v.clock(t.SeenAt.Time)})
		}
		if t.Kind == signin.API {
			m.Programs = append(m.Programs, programRow{t.ID, t.Name, v.say.T("token.scope_" + t.Scope), v.clock(t.MadeAt), v.clock(t.SeenAt.Time), v.clock(t.EndsAt.Time)})
		}
	}
	for _, s := range all {
		m.Sessions = append(m.Sessions, sessionRow{s, s.ID == v.who.session, v.clock(s.Begun), v.clock(s.Seen)})
	}
	return v.showUnder(status, "me", v.say.T("portal.title_me"), m)
}

func (v *visit) endSessions() (err error) {
	if which := v.form.Get("session"); which == "others" {
		err = v.SignIn.EndAll(v.ctx(), v.who.ID, v.who.session, v.who.ID)
	} else {
		_, err = v.SignIn.End(v.ctx(), v.who.ID, which, v.who.ID)
	}
	if err != nil {
		return err
	}
	return v.to("/me")
}

// calendarAddress makes an address at which a telephone subscribes to what the viewer's
// unit owes (see package feed), or takes such an address back.
func (v *visit) calendarAddress() error {
	if id := v.form.Get("end"); id != "" {
		if _, err := v.SignIn.EndToken(v.ctx(), v.who.ID, id, v.who.ID); err != nil {
			return err
		}
		return v.to("/me")
	}
	_, secret, err := v.SignIn.NewToken(v.ctx(), ledger.Token{Account: v.who.ID, Kind: signin.Calendar, Scope: signin.ScopePerson}, v.who.ID)
	if err != nil {
		return err
	}
	return v.showMe(http.StatusOK, mine{Address: v.base() + feed.Address(secret)})
}

// mostTokenName is how long the name of a program may be, in characters.
const mostTokenName = 60

// programToken makes a token with which a program reads or acts as the viewer, or takes
// one back.
func (v *visit) programToken() error {
	if id := v.form.Get("end"); id != "" {
		if _, err := v.SignIn.EndToken(v.ctx(), v.who.ID, id, v.who.ID); err != nil {
			return err
		}
		return v.to("/me")
	}
	m := mine{TokenName: strings.TrimSpace(v.form.Get("name")), TokenUntil: v.form.Get("until"), TokenActs: v.form.Get("acts") != ""}
	n := ledger.Token{Account: v.who.ID, Kind: signin.API, Scope: signin.ScopeRead, Name: m.TokenName}
	if m.TokenActs {
		n.Scope = signin.ScopeAct
	}
	if n.Name == "" || len([]rune(n.Name)) > mostTokenName {
		m.TokenWrong = v.say.T("portal.token_named", words.Data{"Most": mostTokenName})
		return v.showMe(http.StatusUnprocessableEntity, m)
	}
	if m.TokenUntil != "" {
		day, err := calendar.ParseDay(m.TokenUntil)
		if err != nil {
			m.TokenWrong = v.say.T("portal.token_until")
			return v.showMe(http.StatusUnprocessableEntity, m)
		}
		n.EndsAt = signin.Until(day.End(v.zone()))
	}
	_, secret, err := v.SignIn.NewToken(v.ctx(), n, v.who.ID)
	if errors.Is(err, signin.ErrTokenAsked) {
		m.TokenWrong = v.say.T("portal.token_until")
		return v.showMe(http.StatusUnprocessableEntity, m)
	}
	if err != nil {
		return err
	}
	return v.showMe(http.StatusOK, mine{Secret: secret})
}

func (v *visit) changePassword() error {
	if v.form.Get("password") != v.form.Get("repeated") {
		return v.showMe(http.StatusUnprocessableEntity, mine{Wrong: v.say.T("portal.not_repeated")})
	}
	err := v.SignIn.ChangePassword(v.ctx(), v.who.cookie, v.form.Get("old"), v.form.Get("password"), address(v.r))
	if status, sentence := v.wrongAtDoor(err); status != 0 {
		return v.showMe(status, mine{Wrong: sentence})
	}
	if err != nil {
		return err
	}
	v.note = v.say.T("portal.password_changed")
	return v.showMe(http.StatusOK, mine{})
}

// clock is an instant of the real clock as text, in the zone of the first of the viewer's
// plans; "" for the zero time.
func (v *visit) clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(v.zone()).Format("2006-01-02 15:04")
}
