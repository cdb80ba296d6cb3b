package act

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Judged is what an act is judged on: a Case, a TalkCase, or a plan.
type Judged interface {
	// Seats are what an actor is to the thing judged; none: the actor may neither look at it nor
	// act on it.
	Seats(Actor) []Seat
	// Done tells that an act of this ID is in the thing's acts already.
	Done(id string) bool

	thing() Thing // "": a standing task, to which nothing is done
	state() State
	what() string // plan.ProposeTalk or plan.ProposeCircular; "": no talk
	heads() (office, leadership string)
	asks(Row, Act) *Refusal // refuses an act by what its Row does not say; nil is yes
}

// Allowed tells whether an actor may do an act at all, whatever the state of the thing it is
// done to; nil is yes. Who may do what is decided here alone.
func Allowed(on Judged, by Actor, k Kind) *Refusal {
	seats := on.Seats(by)
	if len(seats) == 0 && on.thing() != OnPlan { // first: whoever may not look learns not even what kind of thing it is
		return refuse("not_yours")
	}
	if on.thing() == "" {
		return refuse("standing")
	}
	row, ok := Of(on.thing(), k)
	switch {
	case !ok:
		return refuse("no_such_act", "Kind", string(k))
	case row.Named && (by.Account == "" || by.Account == EngineActor.Account || strings.TrimSpace(by.Name) == ""):
		return refuse("talk_named")
	case slices.ContainsFunc(seats, func(s Seat) bool { return slices.Contains(row.By, s) }):
		return nil
	case row.Named:
		return refuse("talk_leader")
	}
	return refuse("seat", "Seats", joinSeats(row.By))
}

// judge tells whether an act is possible now; nil is yes. An act that is done already is
// possible and changes nothing.
func judge(on Judged, a Act) *Refusal {
	if on.Done(a.ID) {
		return nil
	}
	if r := Allowed(on, a.By, a.Kind); r != nil {
		return r
	}
	if r := a.enteredBy(on.heads()); r != nil {
		return r
	}
	sayable := Sayable
	if on.thing() == OnPlan {
		sayable = Lengths // an act on a plan has no ID that a person chose: Named is not asked
	}
	if r := sayable(a); r != nil {
		return r
	}
	row, _ := Of(on.thing(), a.Kind)
	if !slices.Contains(row.From, on.state()) {
		key := map[Thing]string{OnTalk: "talk_state", OnPlan: "assess_state", OnIncident: "incident_state", OnComplaint: "complaint_state", OnText: "text_state"}[row.On]
		return refuse(cmp.Or(key, "state"), "Kind", string(a.Kind), "State", string(on.state()))
	}
	if row.What != "" && row.What != on.what() {
		return refuse("talk_other", "Kind", string(a.Kind), "What", on.what())
	}
	if r := a.lacks(row); r != nil {
		return r
	}
	return on.asks(row, a)
}

// Check tells whether an act is possible now; nil is yes. An act that is done
// already is possible and changes nothing.
func (c Case) Check(a Act) *Refusal { return judge(c, a) }

// Done tells that this very act is in the case already.
func (c Case) Done(id string) bool { return slices.Contains(c.Known, id) }

func (c Case) thing() Thing {
	switch c.Kind {
	case plan.Standing:
		return ""
	case plan.Duty:
		return OnDuty
	}
	return OnTask
}

func (c Case) state() State { return c.State }

func (c Case) what() string { return "" }

func (c Case) heads() (office, leadership string) { return c.Office, c.Leadership }

func (c Case) asks(_ Row, a Act) *Refusal {
	if check := Effects[a.Kind].Check; check != nil {
		return check(c, a)
	}
	return nil
}

// planJudged is a running plan as something judged: only its office and its leadership have
// seats.
type planJudged struct{ Case }

// CheckOnPlan tells whether an act on a plan with this office and this leadership (unit IDs) is
// allowed, and has all the fields that its Row asks for; nil is yes.
func CheckOnPlan(office, leadership string, a Act) *Refusal {
	return judge(planJudged{Case{Office: office, Leadership: leadership}}, a)
}

func (p planJudged) thing() Thing { return OnPlan }

func (p planJudged) asks(Row, Act) *Refusal { return nil }

func (p planJudged) Seats(by Actor) []Seat {
	if by.Unit == "" {
		return nil
	}
	return p.Case.Seats(by)
}

// lacks refuses an act that leaves out a field of row.Must or row.Implied. Evidence of any act
// must be either a file with its SHA-256 or an http(s) address.
func (a Act) lacks(row Row) *Refusal {
	for _, f := range slices.Concat(row.Must, row.Implied) {
		if !f.saidBy(a) {
			return refuse("needs", "Field", f.Key())
		}
	}
	for _, e := range a.Evidence {
		if (e.SHA256 == "") == (e.URL == "") || e.URL != "" && !e.published() {
			return refuse("evidence", "Name", e.Name)
		}
	}
	return nil
}

func (a Act) published() bool { return slices.ContainsFunc(a.Evidence, Evidence.published) }

// published tells evidence that anybody can read: an address on the web.
func (e Evidence) published() bool {
	u, err := url.Parse(e.URL)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// BeginBy is the day on which the task begins once an act is done. An act sets that day no
// earlier than the task's present first day or the act's own day, whichever comes first: a task
// that has begun does not begin earlier, and none begins before its unit hears of it.
func (c Case) BeginBy(a Act) calendar.Day {
	if a.Begin == nil {
		return c.Begin
	}
	first := c.Begin
	if first.After(a.On) {
		first = a.On
	}
	if a.Begin.Before(first) {
		return first
	}
	return *a.Begin
}

// begun refuses a date that comes before the day on which the task begins.
func (c Case) begun(a Act) *Refusal {
	begin, due := c.BeginBy(a), a.Due
	if due.IsZero() {
		due = c.Due
	}
	if due.Before(begin) && (a.Begin != nil || !a.Due.IsZero()) {
		return refuse("before_begin", "Due", due.String(), "Begin", begin.String())
	}
	return nil
}

func same(is bool) *Refusal {
	if is {
		return refuse("same")
	}
	return nil
}

// checkPublished refuses to end a task that is to be made public (Case.Publish) while none of
// the act's evidence is an address on the web.
func checkPublished(c Case, a Act) *Refusal {
	if c.Publish && !a.published() {
		return refuse("publish_url")
	}
	return nil
}

// checkExtend: an extension is asked for while none is pending, at most MostGrants times, for a
// later date, and by Case.ExtendUntil, which leaves time to decide before the due date.
func checkExtend(c Case, a Act) *Refusal {
	switch {
	case c.Extension != nil:
		return refuse("extend_pending", "Due", c.Extension.Due.String())
	case c.Granted >= c.MostGrants:
		return refuse("extend_no_more", "Most", strconv.Itoa(c.MostGrants))
	case a.On.After(c.Due):
		return refuse("due_passed", "Due", c.Due.String())
	case a.On.After(c.ExtendUntil):
		return refuse("extend_late", "Until", c.ExtendUntil.String())
	case !a.Due.After(c.Due):
		return refuse("extend_not_later", "Due", c.Due.String())
	case a.Percent < 0 || a.Percent > 100:
		return refuse("percent", "Percent", strconv.Itoa(a.Percent))
	}
	return nil
}

// checkDecideExtension: the first extension of a task is the office's to decide, every further
// one the leadership's.
func checkDecideExtension(c Case, a Act) *Refusal {
	seats := c.Seats(a.By)
	switch {
	case c.Extension == nil:
		return refuse("extend_none_pending")
	case c.Granted == 0 && !slices.Contains(seats, Office):
		return refuse("extend_office")
	case c.Granted > 0 && !slices.Contains(seats, Leadership):
		return refuse("extend_leader")
	case a.Kind == Grant && !c.newDue(a).After(c.Due): // a pause may have moved the due date past the date asked for
		return refuse("extend_not_later", "Due", c.Due.String())
	case a.Kind == Grant && !c.newDue(a).After(a.On):
		return refuse("part_date", "Due", c.newDue(a).String())
	}
	return nil
}

// newDue is the due date that a Grant sets: the one it names, or else the one that was asked
// for.
func (c Case) newDue(a Act) calendar.Day {
	if a.Due.IsZero() && c.Extension != nil {
		return c.Extension.Due
	}
	return a.Due
}
