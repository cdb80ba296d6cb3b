package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Wait is one thing that somebody owes beside the task itself: a ruling, a
// decision, a verification, a part, an answer.
type Wait struct {
	For   string       `json:"for"`             // return, extension, report, part, instruction
	Seat  act.Seat     `json:"seat"`            // who owes it: office, leadership, assisting, lead
	Unit  string       `json:"unit"`            // ID of the unit that owes it
	Ref   string       `json:"ref,omitempty"`   // number of the part or instruction
	By    string       `json:"by,omitempty"`    // who asked
	On    calendar.Day `json:"on"`              // when
	Words string       `json:"words,omitempty"` // what was said
	New   calendar.Day `json:"new,omitzero"`    // the due date asked for
	Limit calendar.Day `json:"limit,omitzero"`  // until when; "" when there is none
}

// Interval is a time without stages 暂停.
type Interval struct {
	From   calendar.Day `json:"from"`
	Until  calendar.Day `json:"until,omitzero"` // as said when it began
	To     calendar.Day `json:"to,omitzero"`    // when it ended; "" while it lasts
	Moves  bool         `json:"moves,omitempty"`
	Reason string       `json:"reason,omitempty"`
}

// course is what acts know about a line, with the days they are judged by.
func (b *binder) course(t ledger.Task) act.Case {
	c := ledger.CaseOf(&b.launched.Plan, t)
	if t.Course == nil && t.Kind == plan.Dated && !c.Over() {
		if book, err := act.NewBook(&b.launched.Plan, b.cal); err == nil {
			c = book.Open(c, nil).Case
		}
	}
	c.Known = nil // of no interest to a reader
	return c
}

// waits are what a case waits for, the earliest limit first.
func (b *binder) waits(c act.Case, stages []ledger.Stage) []Wait {
	all := []Wait{}
	if c.Over() {
		return all
	}
	pending := func(topic string, q *act.Pending, seat act.Seat, unit string) {
		if q == nil {
			return
		}
		w := Wait{For: topic, Seat: seat, Unit: unit, By: q.By, On: q.On, Words: q.Words, New: q.Due}
		i := slices.IndexFunc(stages, func(s ledger.Stage) bool {
			return s.Talk == "" && s.Topic == topic && strings.HasPrefix(s.ID, fmt.Sprintf("%s-%d-", topic, q.N))
		})
		if i >= 0 {
			w.Limit = stages[i].Limit
		}
		all = append(all, w)
	}
	pending(act.TopicReturn, c.Return, act.Office, c.Office)
	pending(act.TopicReport, c.Report, act.Office, c.Office)
	if c.Granted == 0 {
		pending(act.TopicExtension, c.Extension, act.Office, c.Office)
	} else {
		pending(act.TopicExtension, c.Extension, act.Leadership, c.Leadership)
	}
	for _, p := range c.Parts {
		if p.Given.IsZero() {
			all = append(all, Wait{For: act.TopicPart, Seat: act.Assisting, Unit: p.Unit, Ref: p.ID, By: b.people.Name(c.Lead), On: p.Asked, Words: p.Words, Limit: p.Due})
		}
	}
	for _, n := range c.Instructions {
		if n.Answered.IsZero() && !n.Due.IsZero() {
			all = append(all, Wait{For: act.TopicInstruction, Seat: act.Lead, Unit: c.Lead, Ref: n.ID, By: n.By, On: n.On, Words: n.Words, Limit: n.Due})
		}
	}
	slices.SortStableFunc(all, func(a, b Wait) int { return cmp.Compare(a.Limit.String(), b.Limit.String()) })
	return all
}

// pauses are the intervals between acts that suspended and resumed a case.
func pauses(history []Moment) []Interval {
	all := []Interval{}
	for _, m := range history {
		if m.Act == nil || m.Refused != nil || m.Task != "" {
			continue
		}
		switch last := len(all) - 1; {
		case m.Act.Kind == act.Suspend:
			all = append(all, Interval{From: m.Act.On, Until: m.Act.Until, Moves: m.Act.Moves, Reason: m.Act.Reason})
		case last < 0 || !all[last].To.IsZero():
		case m.Act.Kind == act.Resume, m.Act.Kind == act.Cancel, m.Act.Kind == act.EndDuty:
			all[last].To = m.Act.On
		}
	}
	return all
}
