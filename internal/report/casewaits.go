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
	c := b.book.Course(ledger.CaseOf(t)).Case
	c.Known = nil // of no interest to a reader
	return c
}

// waits are what a case waits for beside the task itself, the earliest limit first.
func (b *binder) waits(c act.Case) []Wait {
	all := []Wait{}
	requests := map[string]*act.Pending{act.TopicReturn: c.Return, act.TopicReport: c.Report, act.TopicExtension: c.Extension}
	for _, o := range b.book.Owed(c) {
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

// pauses are the intervals between acts that suspended and resumed a case.
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
