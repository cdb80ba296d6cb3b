package act

import (
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Case is all that acts know and change about one task, occurrence or duty. Its Keys
// travel with the workflow, so that an act is judged without asking anybody.
type Case struct {
	Track
	Kind       plan.Kind      `json:"kind"`
	State      State          `json:"state"`
	Title      string         `json:"title"`
	Lead       string         `json:"lead"`             // unit ID
	Assist     []string       `json:"assist,omitempty"` // unit IDs
	Office     string         `json:"office"`           // unit ID
	Leadership string         `json:"leadership"`       // unit ID
	Policy     string         `json:"policy"`           // key in Plan.Policies
	Due        calendar.Day   `json:"due,omitzero"`
	Number     int            `json:"number"`           // of the present due date: see renumbered
	Missed     []Dated        `json:"missed,omitempty"` // former due dates that the unit missed, with the numbers under which it was told so
	Publish    bool           `json:"publish,omitempty"`
	Begin      calendar.Day   `json:"begin,omitzero"`   // the day the task begins, where its plan says one
	Begins     []calendar.Day `json:"begins,omitempty"` // former values of Begin, in order; zero: at once
	Occurs     bool           `json:"occurs,omitempty"` // the case is of an occurrence of a duty: its unit hears of it by its first reminder, not by an order
	Assigned   time.Time      `json:"assigned"`         // to the present lead
	Waits      []Halt         `json:"waits,omitempty"`  // in which a report or a return waited for the office
	Misses     []Miss         `json:"misses,omitempty"` // dates that were missed by units that led before

	Acknowledged calendar.Day `json:"acknowledged,omitzero"`
	Heard        calendar.Day `json:"heard,omitzero"`     // the day of the lead's last act
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
	Pauses       []Halt           `json:"pauses,omitempty"` // that are over; Until is the day it went on
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

// Dated is a former due date, and its number.
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
	Until   calendar.Day `json:"until,omitzero"`    // the day on which the task goes on by itself, if known
	UntilAt time.Time    `json:"until_at,omitzero"` // the midnight with which Until begins
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
	// Dropped tells that on the day Given the part was not given: it is asked for no more,
	// because its unit assists no longer or was given the whole task.
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
	On   calendar.Day `json:"on"`   // the day on which that happened
	// Number is that date's Case.Number, kept only of a miss that was carried into another plan;
	// 0 of others.
	Number int `json:"number,omitempty"`
}

// Names tells that a unit leads the task, assists in it, or owes a part.
func (c Case) Names(unit string) bool {
	return c.Lead == unit || slices.Contains(c.Assist, unit) || slices.ContainsFunc(c.Parts, func(p Part) bool { return p.Unit == unit && p.Given.IsZero() })
}

// Over tells that the task is closed, cancelled or carried into another plan. Nothing more
// happens by itself, and Reinstate alone is possible, though not of a carried task.
func (c Case) Over() bool { return c.State == Closed || c.Uncounted() }

// Uncounted tells that nothing of the task is measured or counted any more: it was
// cancelled, or goes on in another plan, which counts it.
func (c Case) Uncounted() bool { return c.State == Cancelled || c.State == Carried }

// Seats are what an actor is to this task; none: the task is no concern of the actor's unit.
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
