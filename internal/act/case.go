package act

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Case is all that acts know and change about one task, occurrence or duty. Its Keys
// travel with the workflow, so that an act is judged without asking anybody.
type Case struct {
	Kind       plan.Kind    `json:"kind"`
	State      State        `json:"state"`
	Title      string       `json:"title"`
	Lead       string       `json:"lead"`             // unit ID
	Assist     []string     `json:"assist,omitempty"` // unit IDs
	Office     string       `json:"office"`           // unit ID
	Leadership string       `json:"leadership"`       // unit ID
	Policy     string       `json:"policy"`           // key in Plan.Policies
	Due        calendar.Day `json:"due,omitzero"`
	FirstDue   calendar.Day `json:"first_due,omitzero"` // before any extension; never changes
	Number     int          `json:"number"`             // of the date that counts: grows when another is set, or another unit leads
	Missed     []Dated      `json:"missed,omitempty"`   // dates that the unit missed and that count no more, with the numbers under which it was told
	Revision   int          `json:"revision"`           // grows when what was decided is to be said another time: see Effect
	Publish    bool         `json:"publish,omitempty"`
	Begin      calendar.Day `json:"begin,omitzero"`     // the day the task begins, where its plan says one
	Assigned   time.Time    `json:"assigned"`           // to the present lead
	Restarted  time.Time    `json:"restarted,omitzero"` // the last act that let the unit's clock, or its ladder, begin anew
	Said       []Said       `json:"said,omitempty"`     // what has been said of what is owed now
	Waits      []Stand      `json:"waits,omitempty"`    // in which a report or a return waited for the office
	Misses     []Miss       `json:"misses,omitempty"`   // dates that were missed by units that led before

	Acts  int      `json:"acts,omitempty"`  // how many so far
	Known []string `json:"known,omitempty"` // IDs of the last few

	Acknowledged calendar.Day `json:"acknowledged,omitzero"`
	Heard        calendar.Day `json:"heard,omitzero"`     // last acknowledged or reported on
	DateSet      calendar.Day `json:"date_set,omitzero"`  // the day on which the office last set another date
	LateFrom     calendar.Day `json:"late_from,omitzero"` // the day on which a date that had not passed was replaced by one that had
	Percent      int          `json:"percent,omitempty"`
	ReturnUntil  calendar.Day `json:"return_until,omitzero"` // last day to return it
	ExtendUntil  calendar.Day `json:"extend_until,omitzero"` // last day to ask for an extension
	ChaseFrom    calendar.Day `json:"chase_from,omitzero"`   // no chase by hand before this day
	MostGrants   int          `json:"most_grants,omitempty"`

	Returned     []string         `json:"returned,omitempty"`  // units that have used their return
	Return       *Pending         `json:"return,omitempty"`    // waits for the office's ruling
	Extension    *Pending         `json:"extension,omitempty"` // waits for a decision
	Granted      int              `json:"granted,omitempty"`   // extensions so far
	Report       *Pending         `json:"report,omitempty"`    // waits to be verified
	Pause        *Pause           `json:"pause,omitempty"`
	Pauses       []Stand          `json:"pauses,omitempty"` // that are over; Until is the day it went on
	Parts        []Part           `json:"parts,omitempty"`
	Instructions []Instruction    `json:"instructions,omitempty"`
	ClosedOn     calendar.Day     `json:"closed_on,omitzero"` // the day that counts: of the report that was verified
	Rule         *plan.Recurrence `json:"rule,omitempty"`     // of a duty: as acts have made it
	Opened       calendar.Day     `json:"opened,omitzero"`    // of a duty: due date of the occurrence opened last
	Asked        calendar.Day     `json:"asked,omitzero"`     // of a fresh rule: the last day that was asked for before it
	Fresh        bool             `json:"fresh,omitempty"`    // of a duty: its rule is younger than what was opened last
	From         *Elsewhere       `json:"from,omitempty"`     // the task of another plan that goes on as this one
	Into         *Elsewhere       `json:"into,omitempty"`     // the task of another plan that this one goes on as
}

// Dated is a date that counted, and its number.
type Dated struct {
	Number int          `json:"number"`
	Due    calendar.Day `json:"due"`
}

// Pending is something asked that somebody must decide.
type Pending struct {
	N     int          `json:"n"` // number of the act that asked
	On    calendar.Day `json:"on"`
	By    string       `json:"by"`           // account's name
	Words string       `json:"words"`        // what it says
	Due   calendar.Day `json:"due,omitzero"` // the new due date asked for
}

// Pause is an interval without stages 暂停.
type Pause struct {
	From    calendar.Day `json:"from"`
	Until   calendar.Day `json:"until,omitzero"`    // the day it goes on by itself
	UntilAt time.Time    `json:"until_at,omitzero"` // its midnight
	Moves   bool         `json:"moves,omitempty"`   // the due date moves by its length
}

// Part is what an assisting unit owes the lead 配合事项.
type Part struct {
	ID    string       `json:"id"` // 1, 2, …
	Unit  string       `json:"unit"`
	Words string       `json:"words"`
	Asked calendar.Day `json:"asked"`
	Due   calendar.Day `json:"due"`
	Given calendar.Day `json:"given,omitzero"`
	// Dropped tells that it was not given on that day, but is asked for no more: its
	// unit assists no longer, or was given the whole task.
	Dropped bool `json:"dropped,omitempty"`
}

// Instruction is a leader's word on a task 批示.
type Instruction struct {
	ID       string       `json:"id"` // 1, 2, …
	By       string       `json:"by"`
	Words    string       `json:"words"`
	On       calendar.Day `json:"on"`
	Due      calendar.Day `json:"due,omitzero"` // to be answered by, if set
	Answered calendar.Day `json:"answered,omitzero"`
}

// Miss is a date that a unit missed while it led the task. It stays the unit's,
// whoever leads the task now.
type Miss struct {
	Unit string       `json:"unit"`
	Due  calendar.Day `json:"due"`
	Late int          `json:"late"` // working days, until another unit was given the task, or it was carried into another plan
	On   calendar.Day `json:"on"`   // that day
	// Number is the date's, of a miss that was carried into another plan; 0 of others.
	Number int `json:"number,omitempty"`
}

// Names tells that a unit leads the task, assists in it, or owes a part.
func (c Case) Names(unit string) bool {
	return c.Lead == unit || slices.Contains(c.Assist, unit) || slices.ContainsFunc(c.Parts, func(p Part) bool { return p.Unit == unit && p.Given.IsZero() })
}

// Over tells that nothing more can happen by itself: Reinstate alone is possible,
// and not of what goes on in another plan.
func (c Case) Over() bool { return c.State == Closed || c.Uncounted() }

// Uncounted tells that nothing of the task is measured or counted any more: it was
// cancelled, or goes on in another plan, which counts it.
func (c Case) Uncounted() bool { return c.State == Cancelled || c.State == Carried }

func (c Case) table() []Row {
	if c.Kind == plan.Duty {
		return Duties
	}
	return Tasks
}

// Seats are what an actor is to this task: none when it is none of theirs.
func (c Case) Seats(by Actor) []Seat {
	if by.Account == EngineActor.Account {
		return []Seat{Engine}
	}
	var seats []Seat
	sits := func(is bool, seat Seat) {
		if is {
			seats = append(seats, seat)
		}
	}
	owes := func(p Part) bool { return p.Unit == by.Unit }
	sits(slices.Contains(c.Assist, by.Unit) || slices.ContainsFunc(c.Parts, owes), Assisting)
	sits(by.Unit == c.Lead, Lead)
	sits(by.Unit == c.Leadership, Leadership)
	sits(by.Unit == c.Office, Office)
	return seats
}

// EngineActor is who acts when nobody does it by hand.
var EngineActor = Actor{Account: "engine", Name: "engine"}

// Sees tells whether an actor may look at the task.
func (c Case) Sees(by Actor) bool { return len(c.Seats(by)) > 0 }

// Allowed tells whether an actor may do an act on this task at all, whatever its
// state. It is the one place where that is decided.
func Allowed(c Case, by Actor, k Kind) *Refusal {
	seats := c.Seats(by)
	if len(seats) == 0 { // first: whoever may not look learns not even what kind of thing it is
		return refuse("not_yours")
	}
	if c.Kind == plan.Standing {
		return refuse("standing")
	}
	row, ok := Of(c.table(), k)
	if !ok {
		return refuse("no_such_act", "Kind", string(k))
	}
	for _, s := range seats {
		if slices.Contains(row.By, s) {
			return nil
		}
	}
	return refuse("seat", "Seats", joinSeats(row.By))
}

func joinSeats(seats []Seat) string {
	var names []string
	for _, s := range seats {
		if s != Engine || len(seats) == 1 {
			names = append(names, string(s))
		}
	}
	return strings.Join(names, ",")
}

// refuse makes a refusal from a name and pairs of placeholder and value.
func refuse(why string, pairs ...string) *Refusal {
	r := &Refusal{Key: "act.refused_" + why}
	for i := 0; i+1 < len(pairs); i += 2 {
		if r.Data == nil {
			r.Data = map[string]string{}
		}
		r.Data[pairs[i]] = pairs[i+1]
	}
	return r
}

// Done tells that this very act is in the case already.
func (c Case) Done(id string) bool { return slices.Contains(c.Known, id) }

// Check tells whether an act is possible now; nil is yes. An act that is done
// already is possible and changes nothing.
func (c Case) Check(a Act) *Refusal {
	if c.Done(a.ID) {
		return nil
	}
	if r := Allowed(c, a.By, a.Kind); r != nil {
		return r
	}
	if r := a.enteredBy(c.Office, c.Leadership); r != nil {
		return r
	}
	if r := Sayable(a); r != nil {
		return r
	}
	row, _ := Of(c.table(), a.Kind)
	if !slices.Contains(row.From, c.State) {
		return refuse("state", "Kind", string(a.Kind), "State", string(c.State))
	}
	if r := a.lacks(row.Needs); r != nil {
		return r
	}
	if check := checks[a.Kind]; check != nil {
		return check(c, a)
	}
	return nil
}

func (a Act) has(f Field) bool {
	switch f {
	case NeedReason:
		return strings.TrimSpace(a.Reason) != ""
	case NeedPaper:
		return strings.TrimSpace(a.Paper) != ""
	case NeedDue:
		return !a.Due.IsZero()
	case NeedUnit:
		return a.Unit != ""
	case NeedPolicy:
		return a.Policy != ""
	case NeedTitle:
		return strings.TrimSpace(a.Title) != ""
	case NeedRef:
		return a.Ref != ""
	case NeedRule:
		return a.Rule != ""
	case NeedWhat, NeedNumber, NeedTime, NeedPlace, NeedCalled:
		return a.Talk != nil && a.Talk.has(f)
	}
	return true
}

// lacks refuses an act that does not say what it must, or whose evidence is neither a
// file by its sum nor an address on the web, whatever it is given for.
func (a Act) lacks(needs []Field) *Refusal {
	for _, f := range needs {
		if !a.has(f) {
			return refuse("needs", "Field", string(f))
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

// checks are what each act asks beyond its row in the table.
var checks = map[Kind]func(Case, Act) *Refusal{
	Acknowledge: func(c Case, a Act) *Refusal {
		if !c.Acknowledged.IsZero() {
			return refuse("acknowledged_already", "Day", c.Acknowledged.String())
		}
		return nil
	},
	Return: func(c Case, a Act) *Refusal {
		switch {
		case slices.Contains(c.Returned, c.Lead):
			return refuse("returned_before")
		case a.On.After(c.ReturnUntil):
			return refuse("return_late", "Until", c.ReturnUntil.String())
		}
		return nil
	},
	Uphold: func(c Case, a Act) *Refusal {
		if c.Return == nil {
			return refuse("return_not_pending")
		}
		return nil
	},
	Progress: func(c Case, a Act) *Refusal {
		if a.Percent < 0 || a.Percent > 100 {
			return refuse("percent", "Percent", strconv.Itoa(a.Percent))
		}
		return nil
	},
	AskPart: func(c Case, a Act) *Refusal {
		switch {
		case !slices.Contains(c.Assist, a.Unit):
			return refuse("part_unit", "Unit", a.Unit)
		case !a.Due.After(a.On):
			return refuse("part_date", "Due", a.Due.String())
		}
		open := 0
		for _, p := range c.Parts {
			if p.Given.IsZero() {
				open++
			}
		}
		return room(c, open, "part")
	},
	GivePart: func(c Case, a Act) *Refusal {
		i := slices.IndexFunc(c.Parts, func(p Part) bool { return p.ID == a.Ref })
		switch {
		case i < 0 || c.Parts[i].Unit != a.By.Unit:
			return refuse("part_unknown", "Ref", a.Ref)
		case c.Parts[i].Dropped:
			return refuse("part_dropped", "Day", c.Parts[i].Given.String())
		case !c.Parts[i].Given.IsZero():
			return refuse("part_done", "Day", c.Parts[i].Given.String())
		}
		return nil
	},
	Complete: checkPublished,
	Verify: func(c Case, a Act) *Refusal {
		if c.State == Reported {
			return nil
		}
		return checkPublished(c, a)
	},
	Extend: checkExtend,
	Grant:  checkDecideExtension,
	Refuse: checkDecideExtension,
	Chase: func(c Case, a Act) *Refusal {
		if a.On.Before(c.ChaseFrom) {
			return refuse("chase_soon", "From", c.ChaseFrom.String())
		}
		return nil
	},
	Suspend: func(c Case, a Act) *Refusal {
		if !a.Until.IsZero() && !a.Until.After(a.On) {
			return refuse("until_past", "Until", a.Until.String())
		}
		return nil
	},
	Reassign: func(c Case, a Act) *Refusal {
		if !a.Due.IsZero() && !a.Due.After(a.On) {
			return refuse("part_date", "Due", a.Due.String())
		}
		return same(a.Unit == c.Lead)
	},
	Assist: func(c Case, a Act) *Refusal {
		return same(slices.Equal(slices.Sorted(slices.Values(a.Units)), slices.Sorted(slices.Values(c.Assist))))
	},
	TakeOver:  func(c Case, a Act) *Refusal { return same(a.Ref == a.Unit || !c.Names(a.Ref)) },
	SetPolicy: func(c Case, a Act) *Refusal { return same(a.Policy == c.Policy) },
	Correct:   func(c Case, a Act) *Refusal { return same(a.Due == c.Due) },
	Reword:    func(c Case, a Act) *Refusal { return same(a.Title == c.Title) },
	Instruct: func(c Case, a Act) *Refusal {
		if !a.Due.IsZero() && !a.Due.After(a.On) {
			return refuse("part_date", "Due", a.Due.String())
		}
		open := 0
		for _, n := range c.Instructions {
			if n.Answered.IsZero() {
				open++
			}
		}
		return room(c, open, "instruction")
	},
	Answer: func(c Case, a Act) *Refusal {
		i := slices.IndexFunc(c.Instructions, func(n Instruction) bool { return n.ID == a.Ref })
		switch {
		case i < 0:
			return refuse("instruction_unknown", "Ref", a.Ref)
		case !c.Instructions[i].Answered.IsZero():
			return refuse("instruction_answered", "Day", c.Instructions[i].Answered.String())
		}
		return nil
	},
	SetRule: func(c Case, a Act) *Refusal {
		if _, err := RuleOf(a.Rule); err != nil {
			return refuse("rule", "Rule", a.Rule)
		}
		return nil
	},
}

// longestShift is how many days after a period's end it may fall due at most.
const longestShift = 366

// RuleOf reads a duty's rule: month, quarter, halfyear or year, with the days
// after the period's end if there are any (quarter+20), or five cron fields.
func RuleOf(text string) (plan.Recurrence, error) {
	every, shift, late := strings.Cut(text, "+")
	switch every {
	case "month", "quarter", "halfyear", "year":
		r := plan.Recurrence{Every: every}
		if !late {
			return r, nil
		}
		days, err := strconv.Atoi(shift)
		if err == nil && (days < 0 || days > longestShift || shift[0] == '+') {
			err = fmt.Errorf("%s days after the period: want 0 to %d", shift, longestShift)
		}
		r.Shift = days
		return r, err
	}
	_, err := plan.ParseCron(text)
	return plan.Recurrence{Cron: text}, err
}

// RuleText is a rule as RuleOf reads it.
func RuleText(r plan.Recurrence) string {
	switch {
	case r.Cron != "":
		return r.Cron
	case r.Shift != 0:
		return r.Every + "+" + strconv.Itoa(r.Shift)
	}
	return r.Every
}

func same(is bool) *Refusal {
	if is {
		return refuse("same")
	}
	return nil
}

// checkPublished: what is to be made public is done when it can be read.
func checkPublished(c Case, a Act) *Refusal {
	if c.Publish && !a.published() {
		return refuse("publish_url")
	}
	return nil
}

// checkExtend: filed before expiry, with time left to decide; at most MostGrants.
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

// checkDecideExtension: the first is the office's to decide, the next the leadership's.
func checkDecideExtension(c Case, a Act) *Refusal {
	seats := c.Seats(a.By)
	switch {
	case c.Extension == nil:
		return refuse("extend_none_pending")
	case c.Granted == 0 && !slices.Contains(seats, Office):
		return refuse("extend_office")
	case c.Granted > 0 && !slices.Contains(seats, Leadership):
		return refuse("extend_leader")
	case a.Kind == Grant && !c.newDue(a).After(c.Due): // a pause may have moved it past the date asked for
		return refuse("extend_not_later", "Due", c.Due.String())
	case a.Kind == Grant && !c.newDue(a).After(a.On):
		return refuse("part_date", "Due", c.newDue(a).String())
	}
	return nil
}

// newDue is the date a grant sets: its own, or the one asked for.
func (c Case) newDue(a Act) calendar.Day {
	if a.Due.IsZero() && c.Extension != nil {
		return c.Extension.Due
	}
	return a.Due
}
