package portal

import (
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/words"
)

// Trying tries the plan of a draft out 试用: it runs on a ledger and an engine of its own with pages
// at a port of their own, where people act by hand and nothing is sent.
type Trying interface {
	// Begin begins a trial under a name, in place of an earlier one, and does not wait until its
	// pages are served. day is how long a plan day lasts. ErrTrying while any trial is under way.
	Begin(name string, p *plan.Plan, cal *calendar.Calendar, day time.Duration) error
	// Of is the last trial under a name since the program began.
	Of(name string) (t Tried, ok bool)
	// End ends the trial under way under a name, and does not wait for its end.
	End(name string)
}

// ErrTrying: a plan is tried out on this machine already.
var ErrTrying = errors.New("portal: a trial is under way")

// Tried is a trial of a draft's plan.
type Tried struct {
	Begun        time.Time
	Under        bool // under way
	Armed, Total int  // deadlines that are set, while it is made ready
	Port         string
	Key          string
	Failed       string // a sentence; "" where it did not fail
	Dir          string
}

// Trial says of pages that their plan is tried out.
type Trial struct {
	Clock   calendar.Clock
	Zone    *time.Location // of the plan
	Letters Letters
}

// Letters are the messages of a trial, which are kept and not sent.
type Letters interface {
	// List are the messages, the last first, without their text, and how many there are.
	List(skip, limit int) (all []Kept, total int, err error)
	// Read is one of them; ErrNoLetter.
	Read(name string) (Kept, error)
}

// ErrNoLetter: there is no message of that name.
var ErrNoLetter = errors.New("portal: no such letter")

// Kept is a message that was kept and not sent.
type Kept struct {
	Name              string // in addresses
	At                string // instant of the plan, in its zone
	To, Subject, Text string
}

// lasts is a duration in words: in hours, minutes or seconds, whichever is whole.
func lasts(say *words.Words, d time.Duration) string {
	unit, name := time.Second, "seconds"
	switch {
	case d%time.Hour == 0:
		unit, name = time.Hour, "hours"
	case d%time.Minute == 0:
		unit, name = time.Minute, "minutes"
	}
	return say.T("portal.lasts_"+name, words.Data{"N": int(d / unit)})
}

// addressOf is the address of a trial's pages: at the name by which the browser reached these pages,
// at a port of their own.
func (v *visit) addressOf(t Tried) string {
	host, _, err := net.SplitHostPort(v.r.Host)
	if err != nil {
		host = v.r.Host
	}
	scheme := "http"
	if v.TLS {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, t.Port) + "/signin?key=" + t.Key
}

// try begins a trial of a draft's plan, or ends the one that is under way.
func (v *visit) try() error {
	d, err := v.draftOf()
	if err != nil {
		return err
	}
	back := "/drafts/" + d.ID + "/rehearsal#trial"
	if v.Trying != nil && v.form.Has("stop") {
		v.Trying.End(d.ID)
		return v.to(back)
	}
	r, done, err := v.ready(d)
	if done || err != nil {
		return err
	}
	seconds, err := strconv.Atoi(v.form.Get("day"))
	if v.Trying == nil || r.Plan == nil || err != nil || seconds < 1 || seconds > 86400 {
		return v.showRehearsal(http.StatusUnprocessableEntity, d, r)
	}
	cal, err := v.Reader.Holidays(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	switch err := v.Trying.Begin(d.ID, r.Plan, cal, time.Duration(seconds)*time.Second); {
	case errors.Is(err, ErrTrying):
		if t, ok := v.Trying.Of(d.ID); !ok || !t.Under { // the same form sent twice has begun this trial
			v.note = v.say.T("draft.trial_busy")
			return v.showRehearsal(http.StatusConflict, d, r)
		}
	case err != nil:
		return err
	default:
		v.Log.Info("A trial was begun", "draft", d.ID, "plan", r.Plan.ID, "account", v.who.ID)
	}
	return v.to(back)
}

type lettersPage struct {
	pager
	Letters []Kept
}

// letters lists the messages of a trial. Elsewhere there is no such page.
func (v *visit) letters() error {
	if v.Trial == nil {
		return ledger.ErrNotFound
	}
	skip := v.skip()
	all, total, err := v.Trial.Letters.List(skip, pageOf)
	if err != nil {
		return err
	}
	return v.show("letters", v.say.T("portal.title_letters"), lettersPage{v.pager(skip, len(all), total), all})
}

// letter shows one message of a trial.
func (v *visit) letter() error {
	if v.Trial == nil {
		return ledger.ErrNotFound
	}
	l, err := v.Trial.Letters.Read(v.r.PathValue("letter"))
	if errors.Is(err, ErrNoLetter) {
		return ledger.ErrNotFound
	}
	if err != nil {
		return err
	}
	return v.show("letter", l.Subject, l)
}
