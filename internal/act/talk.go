package act

import (
	"maps"
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// TalkState is the state of a talk or a circular as people see it.
type TalkState string

const (
	TalkPending  TalkState = "pending"  // called for; opens when its stage speaks
	TalkProposed TalkState = "proposed" // waits for a named leader 待批
	TalkOpen     TalkState = "open"
	TalkDeclined TalkState = "declined"
	TalkClosed   TalkState = "closed"
	TalkVoid     TalkState = "void"    // its task ended before it opened, or was cancelled
	TalkCarried  TalkState = "carried" // its task, and the talk, go on in another plan
	TalkJoined   TalkState = "joined"  // goes on as part of another talk or proposal of its unit 并入
)

// TalkStates in the order of a talk's life.
var TalkStates = []TalkState{TalkPending, TalkProposed, TalkOpen, TalkDeclined, TalkClosed, TalkVoid, TalkCarried, TalkJoined}

// TalkCase is all that acts know and change about one talk 约谈 or circular 通报.
// Its Keys travel with the talk's workflow.
type TalkCase struct {
	Track
	Task       string       `json:"task"`
	What       string       `json:"what"` // plan.ProposeTalk or plan.ProposeCircular
	State      TalkState    `json:"state"`
	Number     int          `json:"number"`            // among the talks and circulars that bear its task's ID
	Nth        int          `json:"nth,omitempty"`     // which talk, or circular, of its unit in the plan it is, counted from 1 as they open; of a proposal, which one it would be
	Into       string       `json:"into,omitempty"`    // ID of the talk or proposal that it has joined
	From       string       `json:"from,omitempty"`    // the talk of an earlier plan as which it began: PLAN/TALK
	Lead       string       `json:"lead"`              // the unit called: unit ID
	Office     string       `json:"office"`            // unit ID
	Leadership string       `json:"leadership"`        // unit ID
	Policy     string       `json:"policy"`            // key in Plan.Policies
	Origin     Origin       `json:"origin"`            // of kind OriginStage, OriginHand or OriginRule
	About      int          `json:"about,omitempty"`   // Case.Number of the date it rests on
	Members    []Member     `json:"members,omitempty"` // the tasks it is about, its own first; none: its own alone
	Grounds    string       `json:"grounds,omitempty"` // what it rests on, in words, a line each
	Facts      []string     `json:"facts,omitempty"`   // keys of what it rests on: Proposal.Facts
	By         string       `json:"by,omitempty"`      // who proposed it: an account's name
	Asked      calendar.Day `json:"asked,omitzero"`    // the day it was proposed
	AskedAt    time.Time    `json:"asked_at,omitzero"` // the instant, when a person or a rule proposed it
	Approver   string       `json:"approver,omitempty"`
	Opened     calendar.Day `json:"opened,omitzero"`

	Since    calendar.Day            `json:"since,omitzero"`   // the day this round's limits count from
	Taken    map[string]calendar.Day `json:"taken,omitempty"`  // steps taken in this round, with their days
	Notice   *TalkFacts              `json:"notice,omitempty"` // 约谈通知书 as served last
	Record   *TalkFacts              `json:"record,omitempty"` // how it was held
	Minutes  string                  `json:"minutes,omitempty"`
	Absences []Mark                  `json:"absences,omitempty"`     // not attended, and why
	Returns  []Mark                  `json:"plan_returns,omitempty"` // rectification plans returned
	Agains   []Mark                  `json:"agains,omitempty"`       // called again, by whom
	Rounds   []Round                 `json:"rounds,omitempty"`       // those before this one, in order
	ClosedOn calendar.Day            `json:"closed_on,omitzero"`
	AnswerBy calendar.Day            `json:"answer_by,omitzero"` // of a circular that is out: the last day on which its unit reports what it did 整改情况; it is named in the circular and does not move

	Formerly []string     `json:"formerly,omitempty"` // units that it was about, and that another has taken over from
	Voided   *Voided      `json:"voided,omitempty"`   // the talk is void because its task was cancelled, or given a date to come
	Doubt    *Mark        `json:"doubt,omitempty"`    // what the talk rests on has gone: a leader is to end the talk or keep it
	Kept     bool         `json:"kept,omitempty"`     // a leader has said that it goes on all the same
	Halts    []Halt       `json:"stood,omitempty"`    // in which its clock did not run: its tasks were paused, it was in doubt, or it was void
	Paused   calendar.Day `json:"paused,omitzero"`    // its task is paused since
}

// Round is a round of a talk that is over: its unit was called again.
type Round struct {
	Since calendar.Day            `json:"since"` // the day from which the limits of the round counted
	Until calendar.Day            `json:"until"` // the day the unit was called again
	Taken map[string]calendar.Day `json:"taken,omitempty"`
}

// Voided is what a talk was when its task was cancelled, or given a date to come, and
// since when it is void.
type Voided struct {
	From  TalkState    `json:"from"`
	On    calendar.Day `json:"on"`
	Moved bool         `json:"moved,omitempty"` // the task was given a date to come
}

// Mark is what somebody did on a day, in words.
type Mark struct {
	On    calendar.Day `json:"on"`
	By    string       `json:"by"` // account's name
	Words string       `json:"words"`
}

// Round is the talk's round, from 1; 0 of one that has not opened.
func (c TalkCase) Round() int {
	if c.Since.IsZero() {
		return 0
	}
	return len(c.Rounds) + 1
}

// Over tells that nothing more can happen.
func (c TalkCase) Over() bool {
	return c.State == TalkDeclined || c.State == TalkClosed || c.State == TalkVoid || c.State == TalkCarried || c.State == TalkJoined
}

// Seats are what an actor is to this talk: Lead is the unit called.
func (c TalkCase) Seats(by Actor) []Seat {
	return Case{Lead: c.Lead, Office: c.Office, Leadership: c.Leadership}.Seats(by)
}

// Sees tells whether an actor may look at the talk.
func (c TalkCase) Sees(by Actor) bool { return len(c.Seats(by)) > 0 }

// Check tells whether an act is possible now; nil is yes. An act that is done
// already is possible and changes nothing.
func (c TalkCase) Check(a Act) *Refusal { return judge(c, a) }

// Done tells that this very act is in the case already.
func (c TalkCase) Done(id string) bool { return slices.Contains(c.Known, id) }

func (c TalkCase) thing() Thing { return OnTalk }

func (c TalkCase) state() State { return State(c.State) }

func (c TalkCase) what() string { return c.What }

func (c TalkCase) heads() (office, leadership string) { return c.Office, c.Leadership }

// asks is what an act asks beyond its row: a step comes after the one before it, and
// once a round, unless its row says otherwise.
func (c TalkCase) asks(row Row, a Act) *Refusal {
	if row.After != "" && !c.took(row.After) && !slices.ContainsFunc(c.Seats(a.By), func(s Seat) bool { return slices.Contains(row.Early, s) }) {
		return refuse("talk_order", "Step", row.After)
	}
	if check := TalkEffects[a.Kind].Check; check != nil {
		if r := check(c, a); r != nil {
			return r
		}
	}
	return same(row.Step != "" && !row.Anew && c.took(row.Step))
}

// WithGrounds is a talk or proposal with the grounds of another added, each line once.
func (c TalkCase) WithGrounds(more string) TalkCase {
	for _, line := range strings.Split(more, "\n") {
		if !slices.Contains(strings.Split(c.Grounds, "\n"), line) {
			c.Grounds = strings.TrimPrefix(c.Grounds+"\n"+line, "\n")
		}
	}
	return c
}

// early refuses an act that says of a talk that it was held, or that nobody came to it,
// before the time that its notice names, or that the act itself names.
func (c TalkCase) early(a Act) *Refusal {
	if a.Talk != nil && a.Talk.Time.After(a.At) || c.Notice != nil && c.Notice.Time.After(a.At) {
		return refuse("talk_early")
	}
	return nil
}

func (c TalkCase) took(step string) bool {
	_, ok := c.Taken[step]
	return ok
}

// stepDay is the day on which an act takes its step: that of the act; of a talk that
// was held, the day that the act names, which is neither after the act nor before
// the talk was called. zone is the plan's.
func (c TalkCase) stepDay(a Act, zone *time.Location) calendar.Day {
	if a.Kind != Held || a.Talk == nil || a.Talk.Time.IsZero() {
		return a.On
	}
	first := c.Since
	if served, ok := c.Taken[StepServed]; ok && served.After(first) {
		first = served
	}
	switch day := calendar.DayOf(a.Talk.Time.In(zone)); {
	case day.After(a.On):
		return a.On
	case day.Before(first):
		return first
	default:
		return day
	}
}

// apply is the case after an act that Check allows. zone is the plan's.
func (c TalkCase) apply(a Act, zone *time.Location) TalkCase {
	row, _ := Of(OnTalk, a.Kind)
	if row.To != "" {
		c.State = TalkState(row.To)
	}
	c.Acts, c.Known = c.Acts+1, remembered(c.Known, a.ID)
	if apply := TalkEffects[a.Kind].Apply; apply != nil {
		apply(&c, a)
	}
	verified := row.Step != StepVerified || !c.unchecked() // the step StepVerified is taken when the last task of the talk is verified
	if row.Step != "" && verified && !c.took(row.Step) {
		c.Taken = maps.Clone(c.Taken)
		if c.Taken == nil {
			c.Taken = map[string]calendar.Day{}
		}
		c.Taken[row.Step] = c.stepDay(a, zone)
	}
	if c.Over() {
		c.ClosedOn = a.On
	}
	return c
}

// settle ends the doubt about a talk: its clock runs again. The revision grows, so that the
// words about a later doubt are other words.
func (c *TalkCase) settle(a Act) {
	if c.Doubt != nil && a.On.After(c.Doubt.On) {
		c.Halts = append(slices.Clone(c.Halts), Halt{From: c.Doubt.On, Until: a.On})
	}
	c.Doubt, c.Restarted = nil, a.At
	c.Revision++
}

func (a Act) mark() Mark { return Mark{On: a.On, By: a.By.Name, Words: a.Reason} }

// begin opens the talk's first round on a day.
func (c *TalkCase) begin(on calendar.Day) {
	c.State, c.Opened, c.Since = TalkOpen, on, on
}

// next begins another round: every step is to be taken again.
func (c *TalkCase) next(on calendar.Day) {
	c.Rounds = append(slices.Clone(c.Rounds), Round{Since: c.Since, Until: on, Taken: c.Taken})
	c.Since, c.Taken, c.Notice, c.Record, c.Minutes = on, nil, nil, nil, ""
	c.recheck()
}

// recheck takes back the verification of every task.
func (c *TalkCase) recheck() {
	c.Members = slices.Clone(c.Members)
	for i := range c.Members {
		c.Members[i].Checked = calendar.Day{}
	}
}

// TalkPolicy is the policy whose limits a talk about a task of a policy has: that
// one, or the plan's when it has no talks.
func TalkPolicy(p *plan.Plan, policy string) string {
	if p.Policies[policy].Talk == nil && p.Policies[p.Policy].Talk != nil {
		return p.Policy
	}
	return policy
}
