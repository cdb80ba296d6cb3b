package report

import (
	"encoding/json"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// Moment is one event of a case's history, taken apart. Fields an event does
// not have are left out of the JSON.
type Moment struct {
	Seq       int64              `json:"seq"`
	Kind      string             `json:"kind"`             // as in the chain: stage.decided, message.failed …
	Actor     string             `json:"actor"`            // "engine", or the account that acted
	Real      time.Time          `json:"real_at"`          // real clock, in the plan's zone
	Plan      time.Time          `json:"plan_at"`          // plan clock, in the plan's zone
	Task      string             `json:"task,omitempty"`   // in a duty's history: the occurrence that the event is about
	Stages    []Step             `json:"stages,omitempty"` // that were decided or voided, or that the message said of this task
	To        []people.Recipient `json:"to,omitempty"`     // recipients of the stage or the message
	Channel   string             `json:"channel,omitempty"`
	MessageID string             `json:"message_id,omitempty"`
	Attempt   int                `json:"attempt,omitempty"`
	Error     string             `json:"error,omitempty"`
	Talk      string             `json:"talk,omitempty"`  // ID of the talk that the event is about or opens
	Calls     bool               `json:"calls,omitempty"` // the stage opens the talk
	Period    string             `json:"period,omitempty"`
	Due       calendar.Day       `json:"due,omitzero"`
	Light     plan.Light         `json:"light,omitempty"`
	Reason    string             `json:"reason,omitempty"`
	Act       *act.Act           `json:"act,omitempty"`     // of an act, done or refused
	Refused   *act.Refusal       `json:"refused,omitempty"` // why it was not done
	DueFrom   calendar.Day       `json:"due_from,omitzero"` // when the act moved the due date
	DueTo     calendar.Day       `json:"due_to,omitzero"`
	LeadFrom  string             `json:"lead_from,omitempty"` // ID of the former lead, when the act gave the task to another unit
	// Grounds are the facts, as they were then, on which a rule of consequences proposed,
	// and Before those of them that a former proposal had named.
	Grounds []act.Ground `json:"grounds,omitempty"`
	Before  []act.Ground `json:"before,omitempty"`
	Rule    string       `json:"rule,omitempty"` // ID of that rule
	// From is the task of another plan from which this one was carried on.
	From *act.Elsewhere `json:"from,omitempty"`
	// Origin is what a task that the plan's document does not name was opened for.
	Origin act.Origin `json:"origin,omitzero"`
}

// units are the IDs of the units an act names.
func (m Moment) units() []string {
	var ids []string
	if m.LeadFrom != "" {
		ids = append(ids, m.LeadFrom)
	}
	if a := m.Act; a != nil {
		ids = append(ids, a.Units...)
		for _, id := range []string{a.Unit, a.By.Unit} {
			if id != "" {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// parts has the fields of the events' data; each kind of event has some of them.
type parts struct {
	Stage     json.RawMessage  `json:"stage"` // a stage, or its ID
	Revision  int              `json:"revision"`
	Talk      string           `json:"talk"`
	Opens     string           `json:"opens"`
	Recipient people.Recipient `json:"recipient"`
	Channel   string           `json:"channel"`
	Message   string           `json:"message"`
	Attempt   int              `json:"attempt"`
	Error     string           `json:"error"`
	Notice    string           `json:"notice"`
	Period    string           `json:"period"`
	Due       json.RawMessage  `json:"due"` // a day, or, in an act, an object with from and to
	Light     plan.Light       `json:"light"`
	Reason    string           `json:"reason"`
	Act       json.RawMessage  `json:"act"` // the whole of a person's act; where a task was carried, the act's ID
	Refused   *act.Refusal     `json:"refused"`
	Grounds   []act.Ground     `json:"grounds"`
	Before    []act.Ground     `json:"before"`
	Rule      json.RawMessage  `json:"rule"` // in a proposal, the ID of the rule; in another act, the recurrence that it sets
	Lead      struct {
		From string `json:"from"`
	} `json:"lead"`
	From   *act.Elsewhere  `json:"from"`
	Origin json.RawMessage `json:"origin"` // what a task, or a proposal's talk, was opened for
}

// act is the act of a person in an event's data; nil when there is none.
func (p parts) act() *act.Act {
	var a act.Act
	if json.Unmarshal(p.Act, &a) != nil || a.Kind == "" {
		return nil
	}
	return &a
}

// due is the due date of an event, or the two dates from and to which an act moved it;
// zero days when there are none.
func (p parts) due() (day, from, to calendar.Day) {
	var moved struct {
		From calendar.Day `json:"from"`
		To   calendar.Day `json:"to"`
	}
	if json.Unmarshal(p.Due, &day) != nil {
		_ = json.Unmarshal(p.Due, &moved) // of another shape: moved stays zero
	}
	return day, moved.From, moved.To
}

// partsOf reads the data of an event, as far as its fields are those of parts: an event
// of an unknown kind is still shown, with its place, actor and times.
func partsOf(e ledger.Event) (p parts) {
	_ = json.Unmarshal(e.Data, &p)
	return p
}

func (b *binder) history(r Records) []Moment {
	rungs := map[stageKey]Step{}
	for _, s := range r.Stages {
		rungs[stageKey{s.Task, s.Talk, s.ID, s.Revision}] = b.step(s)
	}
	carried, notices := map[string][]ledger.Notice{}, map[string]ledger.Notice{}
	for _, n := range r.Notices {
		carried[n.Message], notices[n.Key()] = append(carried[n.Message], n), n
	}
	moments := []Moment{}
	for _, e := range r.Events {
		if r.Task.Kind == plan.Duty && e.Task != r.Task.ID && !ofDuty(e.Kind) {
			continue
		}
		p := partsOf(e)
		m := Moment{
			Seq: e.Seq, Kind: e.Kind, Actor: e.Actor, Real: b.local(e.Real), Plan: b.local(e.PlanAt), Talk: p.Talk, Channel: p.Channel,
			MessageID: p.Message, Attempt: p.Attempt, Error: p.Error, Period: p.Period, Light: p.Light, Reason: p.Reason,
			Act: p.act(), From: p.From, Refused: p.Refused, LeadFrom: p.Lead.From,
		}
		if len(p.Grounds) > 0 {
			m.Grounds, m.Before = p.Grounds, p.Before
			_ = json.Unmarshal(p.Rule, &m.Rule) // not a string: Rule stays ""
		}
		if e.Kind == ledger.TaskOpened {
			_ = json.Unmarshal(p.Origin, &m.Origin) // not an origin: Origin stays zero
		}
		m.Due, m.DueFrom, m.DueTo = p.due()
		if e.Task != r.Task.ID {
			m.Task = e.Task
		}
		if p.Opens != "" {
			m.Talk, m.Calls = p.Opens, true
		}
		b.stageOf(&m, e, p, rungs)
		said := carried[p.Message]
		if p.Message == "" {
			said = nil
		}
		if n, ok := notices[p.Notice]; ok {
			said, m.Channel = []ledger.Notice{n}, n.Channel
		}
		for _, n := range said {
			m.Stages = append(m.Stages, rungs[stageKey{n.Task, n.Talk, n.Stage, n.Revision}])
			m.To = []people.Recipient{n.Recipient}
		}
		moments = append(moments, m)
	}
	return moments
}

// ofDuty tells whether a duty's history shows events of this kind of its occurrences: only
// their opening and the acts that end them.
func ofDuty(kind string) bool {
	return kind == ledger.OccurrenceOpened || kind == ledger.PlanLaunched ||
		slices.ContainsFunc(act.On(act.OnTask), func(r act.Row) bool { return r.Ends() && ledger.ActKind(r.Kind) == kind })
}

// stageOf fills in the stage that an event decided or voided. rungs are the stages in the
// ledger's table; a stage that is not there is taken from the event.
func (b *binder) stageOf(m *Moment, e ledger.Event, p parts, rungs map[stageKey]Step) {
	var stage plan.Stage
	var id string
	switch {
	case json.Unmarshal(p.Stage, &id) == nil && id != "":
		step, ok := rungs[stageKey{e.Task, p.Talk, id, p.Revision}]
		if !ok {
			step = Step{Stage: id}
		}
		m.Stages = []Step{step}
	case json.Unmarshal(p.Stage, &stage) == nil && stage.ID != "":
		step, ok := rungs[stageKey{e.Task, p.Talk, stage.ID, p.Revision}]
		if !ok {
			step = b.step(ledger.Stage{Talk: p.Talk, Stage: stage})
		}
		m.Stages, m.To = []Step{step}, stage.To
	}
}

func (b *binder) step(s ledger.Stage) Step {
	return Step{Stage: s.ID, Kind: s.Kind, At: b.local(s.At), Talk: s.Talk, Topic: s.Topic, Rule: s.Scene.Rule(s.ID)}
}
