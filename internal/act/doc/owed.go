package doc

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// The days of the cases that the table of obligations is drawn from: far enough
// apart to tell since when something counts, and each with its name.
var (
	given    = calendar.NewDay(2021, time.April, 8)
	received = calendar.NewDay(2021, time.April, 12)
	returned = calendar.NewDay(2021, time.April, 14)
	opened   = calendar.NewDay(2021, time.May, 6)
	asked    = calendar.NewDay(2021, time.May, 10)
	date     = calendar.NewDay(2021, time.June, 2)
	due      = calendar.NewDay(2021, time.December, 31)
)

// obligations is the table of who owes what to whom, since when, by when, when its
// clock halts and which acts end it: each found by playing acts on a task.
func (w *writer) obligations() {
	w.head("## ", "owed")
	w.line(w.t("owed_note") + "\n")
	seen := map[string]bool{}
	var cells [][]string
	for _, c := range w.cases() {
		for _, o := range w.rules.Owed(c.Case) {
			name, _, _ := strings.Cut(o.ID, "-")
			if !seen[name] {
				seen[name] = true
				cells = append(cells, w.obligation(w.t("owed_"+name), o, w.taskEnds(c, o), w.haltsIn(c, o)))
			}
		}
	}
	for _, c := range w.talkCases() {
		for _, o := range w.rules.TalkOwed(c.TalkCase) {
			if seen["talk-"+o.ID] {
				continue
			}
			seen["talk-"+o.ID] = true
			name := w.t("owed_talk_step", words.Data{"Step": w.T("report.step_" + o.ID)})
			if !slices.Contains(steps, o.ID) {
				name = w.t("owed_" + o.ID)
			}
			halts := w.t("halts_decision")
			switch {
			case slices.Contains(steps, o.ID):
				halts = w.t("halts_talk")
			case o.ID == act.StepAnswer:
				halts = w.t("nothing")
			}
			cells = append(cells, w.obligation(name, o, w.talkEnds(c, o), halts))
		}
	}
	w.table([]string{"owed", "by", "since", "by_when", "said", "halts", "ended"}, cells)
}

func (w *writer) obligation(name string, o act.Owed, ended, halts string) []string {
	since := w.since(o.Since)
	if o.ID == act.StepAnswer {
		since = w.t("since_circular")
	}
	return []string{name, w.seatsOf(o.By), since, w.byWhen(o), w.said(o), halts, ended}
}

// seatsOf names seats, the units once.
func (w *writer) seatsOf(to []people.Recipient) string {
	var all []string
	for _, r := range to {
		name := w.T("term." + string(r.Role))
		if r.Unit == "help" {
			name = w.t("seat_of_help", words.Data{"Role": name})
		}
		all = append(all, name)
	}
	return strings.Join(all, w.t("list"))
}

func (w *writer) since(d calendar.Day) string {
	switch d {
	case given:
		return w.t("since_given")
	case received:
		return w.t("since_heard")
	case asked, returned:
		return w.t("since_asked")
	case opened:
		return w.t("since_opened")
	}
	return w.t("since_step")
}

func (w *writer) byWhen(o act.Owed) string {
	switch o.Limit {
	case calendar.Day{}:
		return w.t("nothing")
	case due:
		return w.t("by_due")
	case date:
		return w.t("by_date")
	}
	for _, s := range w.policy.Talk.Steps {
		if s.ID == o.ID {
			return w.offset(s.Limit)
		}
	}
	return w.offset(plan.Offset{N: w.rules.Calendar.Workdays(o.Since, o.Limit), Work: true})
}

// said are the words by which it is chased: each with its distance, and to whom.
func (w *writer) said(o act.Owed) string {
	var all []string
	for _, r := range o.Rungs {
		day := ""
		switch {
		case r.Before != nil && r.Before.N == 0:
			day = w.t("said_on")
		case r.Before != nil:
			day = w.t("said_before", words.Data{"Offset": w.offset(*r.Before)})
		case r.After != nil:
			day = w.t("said_after", words.Data{"Offset": w.offset(*r.After)})
		default:
			day = w.t("said_since", words.Data{"Offset": w.offset(*r.Since)})
		}
		all = append(all, w.t("said", words.Data{"Day": day, "Kind": w.T("term." + string(r.Kind)), "To": w.seatsOf(r.To)}))
	}
	return strings.Join(all, "<br>")
}

// doing is an act with all that it may have to say, by the first seat that may.
func doing(k act.Kind, by act.Seat, on calendar.Day) act.Act {
	unit := map[act.Seat]string{act.Lead: "unit", act.Assisting: "help", act.Office: "office", act.Leadership: "group"}[by]
	a := act.Act{ID: string(k) + on.String(), Kind: k, By: act.Actor{Account: "x", Name: "x", Unit: unit}, At: on.At(12, 0, calendar.Beijing), On: on, Reason: "x",
		Paper: "x", Due: due.AddDays(30), Unit: "other", Units: []string{"help"}, Policy: "standard", Title: "x", Ref: "1", Percent: 50}
	switch k {
	case act.Suspend:
		a.Due = calendar.Day{}
	case act.AskPart:
		a.Unit, a.Due = "help", date
	case act.Instruct:
		a.Due = date
	}
	if by == act.Engine {
		a.By = act.EngineActor
	}
	return a
}

// done is a case after acts on a day; an act that is refused is a fault of this page.
func (w *writer) done(c act.Course, on calendar.Day, kinds ...act.Kind) act.Course {
	for _, k := range kinds {
		row, _ := act.Of(act.OnTask, k)
		after, _, refused := w.rules.Act(c, doing(k, row.By[0], on))
		if refused != nil {
			panic(fmt.Sprintf("%s is refused: %s", k, refused.Key))
		}
		c = after
	}
	return c
}

// cases are tasks of which, together, everything is owed that can be.
func (w *writer) cases() []act.Course {
	fresh := w.rules.Open(act.Case{Kind: plan.Dated, Title: "x", Lead: "unit", Assist: []string{"help"}, Office: "office", Leadership: "group",
		Policy: "standard", Due: due, Track: act.Track{Revision: 1}, Assigned: given.At(8, 0, calendar.Beijing)})
	known := w.done(fresh, received, act.Acknowledge)
	return []act.Course{
		fresh, known,
		w.done(known, asked, act.AskPart, act.Instruct, act.Extend),
		w.done(fresh, returned, act.Return),
		w.done(known, asked, act.Complete),
	}
}

// taskEnds are the acts after which something is not owed any more, or by another.
func (w *writer) taskEnds(c act.Course, o act.Owed) string {
	var ends []act.Kind
	for _, r := range act.On(act.OnTask) {
		a := doing(r.Kind, r.By[0], asked.AddDays(1))
		if r.Kind == act.Uphold || r.Kind == act.Return {
			a = doing(r.Kind, r.By[0], returned.AddDays(1))
		}
		after, _, refused := w.rules.Act(c, a)
		if refused != nil {
			continue
		}
		still := slices.ContainsFunc(w.rules.Owed(after.Case), func(x act.Owed) bool {
			return (x.ID == o.ID || strings.HasPrefix(o.ID, act.TopicSilent) && x.ID == o.ID && x.Since == o.Since) && slices.Equal(x.By, o.By) && x.Since == o.Since
		})
		if !still {
			ends = append(ends, r.Kind)
		}
	}
	return named(w, "act.kind_", ends, w.t("list"))
}

// haltsIn are the states of the task in which nobody is chased for what is owed.
func (w *writer) haltsIn(c act.Course, o act.Owed) string {
	var all []string
	for _, k := range []act.Kind{act.Suspend, act.Complete, act.Return} {
		row, _ := act.Of(act.OnTask, k)
		on := received.AddDays(1)
		if o.Since == asked {
			on = asked.AddDays(1)
		}
		as := c
		as.Case.ReturnUntil = due // whatever the day
		as.Case.Extension = nil
		if strings.HasPrefix(o.ID, act.TopicExtension) {
			as.Case.Extension = c.Case.Extension
		}
		after, _, refused := w.rules.Act(as, doing(k, row.By[0], on))
		if refused != nil {
			continue
		}
		for _, x := range w.rules.Owed(after.Case) {
			if x.ID == o.ID && !x.Runs {
				all = append(all, w.t("halts_"+string(k)))
			}
		}
	}
	if len(all) == 0 {
		return w.t("nothing")
	}
	return strings.Join(all, w.t("list"))
}

// talkCases are talks of which, together, everything is owed that can be.
func (w *writer) talkCases() []act.TalkCourse {
	c := act.TalkCase{Task: "t", What: plan.ProposeTalk, Lead: "unit", Office: "office", Leadership: "group", Policy: "standard", Number: 1}
	proposed, doubted := c, c
	proposed.State, proposed.Asked = act.TalkProposed, asked
	c.State, c.Since, c.Opened, c.Taken = act.TalkOpen, opened, opened, map[string]calendar.Day{}
	doubted = c
	doubted.Doubt = &act.Mark{On: asked}
	all := []act.TalkCourse{w.rules.TalkCourse(proposed)}
	for i := range steps {
		at := c
		at.Taken = map[string]calendar.Day{}
		for n, s := range steps[:i] {
			at.Taken[s] = calendar.NewDay(2021, time.July, 1+n)
		}
		all = append(all, w.rules.TalkCourse(at))
	}
	circular := c
	circular.What, circular.AnswerBy = plan.ProposeCircular, w.rules.Calendar.AddWorkdays(opened, w.policy.Acts.Circular.N)
	return append(all, w.rules.TalkCourse(doubted), w.rules.TalkCourse(circular))
}

// talkEnds are the acts after which something about a talk is not owed any more.
func (w *writer) talkEnds(c act.TalkCourse, o act.Owed) string {
	var ends []act.Kind
	for _, r := range act.On(act.OnTalk) {
		for _, seat := range r.By {
			one := r
			one.By = []act.Seat{seat}
			after, _, refused := w.rules.ActOnTalk(c, fullAct(one))
			still := slices.ContainsFunc(w.rules.TalkOwed(after.TalkCase), func(x act.Owed) bool { return x.ID == o.ID && x.Since == o.Since })
			if refused == nil && r.Kind != act.Propose && !still && !slices.Contains(ends, r.Kind) {
				ends = append(ends, r.Kind)
			}
		}
	}
	return named(w, "act.kind_", ends, w.t("list"))
}
