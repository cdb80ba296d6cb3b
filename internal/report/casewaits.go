package report

import (
	"cmp"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
)

// Wait is one thing that somebody owes beside the task itself: a ruling, a
// decision, a verification, a part, an answer.
type Wait struct {
	For   string       `json:"for"`             // return, extension, report, part, instruction
	Seat  act.Seat     `json:"seat"`            // that owes it: office, leadership, assisting, lead
	Unit  string       `json:"unit"`            // ID of the unit that owes it
	Ref   string       `json:"ref,omitempty"`   // number of the part or instruction
	By    string       `json:"by,omitempty"`    // who asked for it
	On    calendar.Day `json:"on"`              // the day it was asked for
	Words string       `json:"words,omitempty"` // the words of the request, part or instruction
	New   calendar.Day `json:"new,omitzero"`    // the due date that an extension asks for
	Limit calendar.Day `json:"limit,omitzero"`  // the last day to give it; left out when there is none
}

// Interval is a pause 暂停 of a task, in which no stages speak.
type Interval struct {
	From   calendar.Day `json:"from"`
	Until  calendar.Day `json:"until,omitzero"`  // the last day, as said when the pause began
	To     calendar.Day `json:"to,omitzero"`     // the day it ended; left out while it lasts
	Moves  bool         `json:"moves,omitempty"` // the due date moves by the pause
	Reason string       `json:"reason,omitempty"`
}

// course is what acts have made of a line, with the limits by which acts are judged.
func (b *binder) course(t ledger.Task) act.Case {
	c := b.rules.Course(ledger.CaseOf(t)).Case
	c.Known = nil // the IDs of acts, which no reader needs
	return c
}

// waits are what somebody owes in a case beside the task itself, the earliest limit first.
func (b *binder) waits(c act.Case) []Wait {
	all := []Wait{}
	requests := map[string]*act.Pending{act.TopicReturn: c.Return, act.TopicReport: c.Report, act.TopicExtension: c.Extension}
	for _, o := range b.rules.Owed(c) {
		topic, ref, _ := strings.Cut(o.ID, "-")
		w := Wait{For: topic, Seat: act.Office, Unit: o.By[0].Unit, On: o.Since, Limit: o.Limit}
		switch topic {
		case act.TopicReturn, act.TopicReport, act.TopicExtension:
			q := requests[topic]
			w.By, w.Words, w.New = q.By, q.Words, q.Due
			if o.By[0].Unit == c.Leadership {
				w.Seat = act.Leadership
			}
		case act.TopicPart:
			i := slices.IndexFunc(c.Parts, func(p act.Part) bool { return p.ID == ref })
			w.Seat, w.Ref, w.By, w.Words = act.Assisting, ref, b.people.Name(c.Lead), c.Parts[i].Words
		case act.TopicInstruction:
			i := slices.IndexFunc(c.Instructions, func(n act.Instruction) bool { return n.ID == ref })
			w.Seat, w.Ref, w.By, w.Words = act.Lead, ref, c.Instructions[i].By, c.Instructions[i].Words
		default:
			continue
		}
		all = append(all, w)
	}
	slices.SortStableFunc(all, func(a, b Wait) int { return cmp.Compare(a.Limit.String(), b.Limit.String()) })
	return all
}

// pauses are the intervals from each act that suspended the case to the act that resumed
// or ended it.
func pauses(history []Moment) []Interval {
	all := []Interval{}
	for _, m := range history {
		if m.Act == nil || m.Refused != nil || m.Task != "" {
			continue
		}
		row, _ := act.Topic(m.Act.Kind)
		switch last := len(all) - 1; {
		case row.Pauses():
			all = append(all, Interval{From: m.Act.On, Until: m.Act.Until, Moves: m.Act.Moves, Reason: m.Act.Reason})
		case last < 0 || !all[last].To.IsZero():
		case row.On != act.OnTalk && row.To != "":
			all[last].To = m.Act.On
		}
	}
	return all
}
