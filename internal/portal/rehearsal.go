package portal

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/draft"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/words"
)

// Rehearsing runs the year of a draft's plan at speed, on a ledger and an engine of its own;
// no message leaves them.
type Rehearsing interface {
	// Begin begins a rehearsal under a name, in place of an earlier one, and does not wait
	// for its end. ErrRehearsing while any rehearsal is under way.
	Begin(name string, p *plan.Plan, cal *calendar.Calendar) error
	// Of is the last rehearsal under a name, also one of an earlier run of the program.
	Of(name string) (r Rehearsal, ok bool)
	// Stop gives up the rehearsal under way under a name, and does not wait for its end.
	Stop(name string)
}

// ErrRehearsing: the machine rehearses a plan already.
var ErrRehearsing = errors.New("portal: a rehearsal is under way")

// Rehearsal is how far a rehearsal is, or what it found.
type Rehearsal struct {
	Hash    string // of the plan
	Begun   time.Time
	Under   bool // under way
	Percent int
	Failed  string // why the rehearsal did not come to its end, "stopped" where somebody gave it up; "" for neither

	Tasks, Stages, Messages, Foretold int
	Events                            int64
	Took                              time.Duration
	Dir                               string
	Differences                       []Differing // the first of them, to be shown
	Differ                            int         // how many there are in all
}

// Differing is one point in which a rehearsal differed from the preview; What is a key of
// the catalogue.
type Differing struct{ Day, Task, Stage, To, What, Detail string }

type rehearsalPage struct {
	Path, Draft  string
	Able         bool // a rehearsal can be begun
	Why          string
	Held         *Rehearsal
	Begun        string
	Sum, Verdict string
	Wrong        bool
	Changed      bool // the draft has changed since the rehearsal
	Lines        []Differing
	More         int
	Try          bool // a trial can be begun
	Trial        *Tried
	TrialBegun   string
	TrialAddress string
	Speeds       []speed
}

// speed is a choice of how long a plan day of a trial lasts.
type speed struct{ Value, Name string }

// speeds are the choices, in seconds a plan day.
var speeds = []int{10, 60, 300, 1800, 86400}

// rehearsal is the page on which a draft's plan is rehearsed: the form that begins the
// rehearsal, how far it is, and what it found.
func (v *visit) rehearsal() error {
	d, r, done, err := v.draftReady("")
	if done || err != nil {
		return err
	}
	return v.showRehearsal(http.StatusOK, d, r)
}

func (v *visit) showRehearsal(status int, d ledger.Draft, r draft.Ready) error {
	out := rehearsalPage{Path: "/drafts/" + d.ID, Draft: d.Title}
	switch {
	case v.Rehearsing == nil:
		out.Why = v.say.T("draft.rehearse_not_here")
	case r.Plan == nil: // what only keeps a plan from its launch, such as a placeholder, is rehearsed
		out.Why = v.say.T("draft.obstacle_problems")
	default:
		out.Able = true
	}
	if v.Rehearsing != nil {
		if held, ok := v.Rehearsing.Of(d.ID); ok {
			out.Held, out.Begun = &held, v.clock(held.Begun)
			v.rehearsed(&out, r)
		}
	}
	if v.Trying != nil {
		out.Try = r.Plan != nil
		if t, ok := v.Trying.Of(d.ID); ok {
			out.Trial, out.TrialBegun, out.TrialAddress = &t, v.clock(t.Begun), v.addressOf(t)
		}
		for _, s := range speeds {
			out.Speeds = append(out.Speeds, speed{strconv.Itoa(s), v.say.T("draft.trial_speed", words.Data{"Day": lasts(v.say, time.Duration(s)*time.Second)})})
		}
	}
	if out.Held != nil && out.Held.Under || out.Trial != nil && out.Trial.Under && out.Trial.Port == "" {
		v.w.Header().Set("Refresh", "3")
	}
	return v.showUnder(status, "draftrehearsal", v.say.T("draft.title_rehearsal", words.Data{"Title": d.Title}), out)
}

// rehearsed says what a rehearsal found.
func (v *visit) rehearsed(out *rehearsalPage, r draft.Ready) {
	h := out.Held
	out.Changed = !h.Under && (r.Plan == nil || r.Plan.Hash != h.Hash)
	switch {
	case h.Under:
	case h.Failed == "stopped":
		out.Verdict = v.say.T("draft.rehearse_stopped")
	case h.Failed != "":
		out.Wrong, out.Verdict = true, v.say.T("draft.rehearse_failed", words.Data{"Why": h.Failed})
	default:
		out.Sum = v.say.T("cli.rehearse_sum", words.Data{"Tasks": h.Tasks, "Stages": h.Stages, "Messages": h.Messages, "Events": h.Events, "Took": h.Took.Round(time.Second).String(), "Foretold": h.Foretold})
		out.Verdict = v.say.T("cli.rehearse_equal", words.Data{"Foretold": h.Foretold})
		if h.Differ > 0 {
			out.Wrong, out.Verdict = true, v.say.T("cli.rehearse_differs", words.Data{"Count": h.Differ})
		}
		for _, d := range h.Differences {
			d.What = v.say.T(d.What)
			out.Lines = append(out.Lines, d)
		}
		out.More = h.Differ - len(out.Lines)
	}
}

// rehearse begins a rehearsal of a draft's plan, or gives up the one that is under way.
func (v *visit) rehearse() error {
	d, err := v.draftOf()
	if err != nil {
		return err
	}
	if v.Rehearsing != nil && v.form.Has("stop") {
		v.Rehearsing.Stop(d.ID)
		return v.to("/drafts/" + d.ID + "/rehearsal")
	}
	r, done, err := v.ready(d)
	if done || err != nil {
		return err
	}
	if v.Rehearsing == nil || r.Plan == nil {
		return v.showRehearsal(http.StatusUnprocessableEntity, d, r)
	}
	cal, err := v.Reader.Holidays(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	switch err := v.Rehearsing.Begin(d.ID, r.Plan, cal); {
	case errors.Is(err, ErrRehearsing):
		if held, ok := v.Rehearsing.Of(d.ID); !ok || !held.Under { // the same form sent twice has begun this rehearsal
			v.note = v.say.T("draft.rehearse_busy")
			return v.showRehearsal(http.StatusConflict, d, r)
		}
	case err != nil:
		return err
	}
	v.Log.Info("A rehearsal was begun", "draft", d.ID, "plan", strings.TrimSpace(r.Plan.ID), "account", v.who.ID)
	return v.to("/drafts/" + d.ID + "/rehearsal")
}
