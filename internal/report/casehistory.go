package report

import (
	"encoding/json"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// Moment is one event of a case's history, taken apart. Fields an event does
// not have are left out of the JSON.
type Moment struct {
	Seq       int64              `json:"seq"`
	Kind      string             `json:"kind"`    // as in the chain: stage.decided, message.failed …
	Actor     string             `json:"actor"`   // "engine", or the account that acted
	Real      time.Time          `json:"real_at"` // in the plan's zone
	Plan      time.Time          `json:"plan_at"`
	Task      string             `json:"task,omitempty"`   // of a duty's history: the occurrence
	Stages    []Step             `json:"stages,omitempty"` // decided or void, or what the message said of this task
	To        []people.Recipient `json:"to,omitempty"`     // whom it was or is to be said to
	Channel   string             `json:"channel,omitempty"`
	MessageID string             `json:"message_id,omitempty"`
	Attempt   int                `json:"attempt,omitempty"`
	Error     string             `json:"error,omitempty"`
	Talk      string             `json:"talk,omitempty"` // ID of the talk it concerns or called for
	Calls     bool               `json:"calls,omitempty"`
	Period    string             `json:"period,omitempty"`
	Due       calendar.Day       `json:"due,omitzero"`
	Light     plan.Light         `json:"light,omitempty"`
	Reason    string             `json:"reason,omitempty"`
}

// parts are what the events' data may hold; each kind has some.
type parts struct {
	Stage     json.RawMessage  `json:"stage"` // a stage, or its ID
	Talk      string           `json:"talk"`
	Opens     string           `json:"opens"`
	Recipient people.Recipient `json:"recipient"`
	Channel   string           `json:"channel"`
	Message   string           `json:"message"`
	Attempt   int              `json:"attempt"`
	Error     string           `json:"error"`
	Notice    string           `json:"notice"`
	Period    string           `json:"period"`
	Due       calendar.Day     `json:"due"`
	Light     plan.Light       `json:"light"`
	Reason    string           `json:"reason"`
}

// partsOf reads what it can: a kind that is not known here still has its
// place, its actor and its times.
func partsOf(e ledger.Event) (p parts) {
	_ = json.Unmarshal(e.Data, &p)
	return p
}

func (b *binder) history(r Records) []Moment {
	rungs := map[string]Step{}
	for _, s := range r.Stages {
		rungs[s.Task+"\x00"+s.ID+"\x00"+s.Talk] = b.step(s.Stage, s.Talk)
	}
	carried, notices := map[string][]ledger.Notice{}, map[string]ledger.Notice{}
	for _, n := range r.Notices {
		carried[n.Message], notices[n.Key()] = append(carried[n.Message], n), n
	}
	moments := []Moment{}
	for _, e := range r.Events {
		if r.Task.Kind == plan.Duty && e.Task != r.Task.ID && e.Kind != ledger.OccurrenceOpened && e.Kind != ledger.TaskClosed && e.Kind != ledger.PlanLaunched {
			continue
		}
		p := partsOf(e)
		m := Moment{
			Seq: e.Seq, Kind: e.Kind, Actor: e.Actor, Real: b.local(e.Real), Plan: b.local(e.PlanAt), Talk: p.Talk, Channel: p.Channel,
			MessageID: p.Message, Attempt: p.Attempt, Error: p.Error, Period: p.Period, Due: p.Due, Light: p.Light, Reason: p.Reason,
		}
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
			m.Stages = append(m.Stages, rungs[n.Task+"\x00"+n.Stage+"\x00"+n.Talk])
			m.To = []people.Recipient{n.Recipient}
		}
		moments = append(moments, m)
	}
	return moments
}

// stageOf fills in the stage an event decided or found void.
func (b *binder) stageOf(m *Moment, e ledger.Event, p parts, rungs map[string]Step) {
	var stage plan.Stage
	var id string
	switch {
	case json.Unmarshal(p.Stage, &id) == nil && id != "":
		step, ok := rungs[e.Task+"\x00"+id+"\x00"+p.Talk]
		if !ok {
			step = Step{Stage: id}
		}
		m.Stages = []Step{step}
	case json.Unmarshal(p.Stage, &stage) == nil && stage.ID != "":
		talk := p.Talk
		m.Stages, m.To = []Step{b.step(stage, talk)}, stage.To
	}
}

func (b *binder) step(s plan.Stage, talk string) Step {
	return Step{Stage: s.ID, Kind: s.Kind, At: b.local(s.At), Talk: talk}
}
