package report

import (
	"encoding/json"
	"slices"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// Assessed gives the facts of a plan that its rules of assessment 考核细则 may count. t is
// the plan's book with its stages, tasks are those it was made of, and events those of the
// kinds Judged, in the order of the chain. A task that was cancelled or carried into another
// plan gives no facts. The fact of a project that is not done is dated on the book's day, or
// on the period's last day when that is earlier.
func Assessed(t Table, p *plan.Plan, tasks []ledger.Task, events []ledger.Event, period assessment.Period) []assessment.Fact {
	a := assessed{of: byID(tasks), projects: map[string]bool{}, counted: map[string]Row{}, told: map[string]int{}, at: min(t.AsOf.String(), period.Last())}
	for _, k := range p.Tasks {
		if k.Project > 0 {
			a.projects[k.ID] = true
		}
	}
	for _, r := range t.Tasks {
		if r.Kind == plan.Dated && r.State != ledger.TaskCancelled && r.State != ledger.TaskCarried {
			a.counted[r.ID] = r
			a.task(r)
		}
	}
	for _, s := range t.Stages {
		a.stage(s)
	}
	for _, k := range t.Talks {
		a.talk(k)
	}
	a.returned(events)
	return a.all
}

type assessed struct {
	of       map[string]ledger.Task // by the ledger's ID
	projects map[string]bool        // by the ledger's ID: the task is a project
	counted  map[string]Row         // by the shown ID
	at       string                 // the day, YYYY-MM-DD, that the fact of an unfinished project bears
	told     map[string]int         // how many facts of a kind there are of a task: their number tells apart several of one day
	all      []assessment.Fact
}

func (a *assessed) nth(kind assessment.Kind, id string) int {
	a.told[string(kind)+" "+id]++
	return a.told[string(kind)+" "+id]
}

// about is a fact of a task, without the unit it is counted for.
func (a *assessed) about(kind assessment.Kind, r Row, on calendar.Day) assessment.Fact {
	f := assessment.Fact{Kind: kind, Where: assessment.ToTask, ID: r.ID, Title: r.Title, On: on.String(), Of: assessment.OfTasks, Project: a.projects[r.Key], Priority: r.Priority, Finished: r.State == ledger.TaskClosed}
	if r.Duty != "" {
		f.Of, f.Note = assessment.OfOccurrences, r.Period
	}
	return f
}

// shared adds a fact for the lead of a task and for the units that assist in it.
func (a *assessed) shared(f assessment.Fact, r Row) {
	f.Unit = r.LeadID
	a.all = append(a.all, f)
	for _, u := range a.of[r.Key].Assist {
		f.Unit, f.Assist = u, true
		a.all = append(a.all, f)
	}
}

func (a *assessed) task(r Row) {
	for i, m := range r.Misses {
		f := a.about(assessment.Late, r, m.Due)
		f.Unit, f.Amount, f.N = m.UnitID, m.WorkdaysLate, i+1
		a.all = append(a.all, f)
	}
	switch {
	case r.Light == plan.Done:
		a.shared(a.about(assessment.OnTime, r, r.Due), r)
	case r.Inherited: // late already when the present unit was given the task: a fact of the unit before, among Misses
	case r.Light == plan.DoneLate:
		f := a.about(assessment.Late, r, r.Due)
		f.Amount = r.WorkdaysLate
		a.shared(f, r)
	case r.Light == plan.Red:
		f := a.about(assessment.Late, r, r.Due)
		if r.Duty != "" && r.Overdue {
			f.Kind = assessment.Missing
		}
		if r.WorkdaysLeft != nil {
			f.Amount = max(0, -*r.WorkdaysLeft)
		}
		a.shared(f, r)
	}
	if !a.projects[r.Key] {
		return
	}
	f := a.about(assessment.Project, r, r.DoneOn)
	f.Amount, f.OutOf = 100, 100
	if !f.Finished {
		f.Amount, f.On = r.Percent, a.at
	}
	a.shared(f, r)
}

// stage adds the fact of a decided stage that is a warning about the task's own due date
// or tells that the unit has reported nothing for long. Other stages give no fact.
func (a *assessed) stage(s StageRow) {
	r, ok := a.counted[s.Task]
	if !ok || s.State != ledger.Decided || s.Talk != "" {
		return
	}
	kind := assessment.Warned
	switch {
	case s.Topic == act.TopicSilent:
		kind = assessment.Silent
	case s.Kind != plan.Warn || s.Topic != "":
		return
	}
	f := a.about(kind, r, calendar.DayOf(s.At))
	f.Unit, f.N = s.UnitID, a.nth(kind, r.ID)
	a.all = append(a.all, f)
	for _, u := range a.of[r.Key].Assist {
		if f.Unit == r.LeadID { // a former lead's assisting units are not known
			f.Unit, f.Assist = u, true
			a.all = append(a.all, f)
			f.Unit = r.LeadID
		}
	}
}

// talk adds the facts of a talk that was opened, one for each time the unit was called, or of
// a circular that went out.
func (a *assessed) talk(k TalkRow) {
	if k.Opened.IsZero() || k.State != act.TalkOpen && k.State != act.TalkClosed {
		return
	}
	f := assessment.Fact{Kind: assessment.Talked, Unit: k.UnitID, Where: assessment.ToTalk, ID: k.ID, Title: k.Title, On: k.Opened.String()}
	if k.What == plan.ProposeCircular {
		f.Kind = assessment.Circular
	}
	a.all = append(a.all, f)
	for range k.Rounds { // for each further time that the unit was called
		f.N++
		a.all = append(a.all, f)
	}
}

// Judged are the kinds of events that Assessed asks for.
var Judged = []string{ledger.ActKind(act.Reject), ledger.ActKind(act.Reassign), ledger.ActKind(act.TakeOver)}

// returned adds the completion reports that the office sent back, each for the unit that
// led the task at that time. It reads the events from the last to the first, and goes back
// from the present lead at each act that changed the lead.
func (a *assessed) returned(events []ledger.Event) {
	lead := map[string]string{}
	for _, e := range slices.Backward(events) {
		t, ok := a.of[e.Task]
		r, counts := a.counted[t.Shown()]
		if e.Task == "" || !ok {
			continue
		}
		var d struct {
			Lead *struct {
				From string `json:"from"`
			} `json:"lead"`
			Act act.Act `json:"act"`
		}
		if json.Unmarshal(e.Data, &d) != nil {
			continue // the event is not of an act
		}
		if _, known := lead[e.Task]; !known {
			lead[e.Task] = t.Lead
		}
		if e.Kind == ledger.ActKind(act.Reject) && counts {
			f := a.about(assessment.Returned, r, d.Act.On)
			f.Unit, f.N = lead[e.Task], a.nth(f.Kind, r.ID)
			a.all = append(a.all, f)
		}
		if d.Lead != nil {
			lead[e.Task] = d.Lead.From
		}
	}
}
