package report

import (
	"cmp"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// Records are all the ledger holds about one line of a plan.
type Records struct {
	Task        ledger.Task
	Occurrences []ledger.Task   // of a duty, in order of their due dates
	Stages      []ledger.Stage  // of the task; of a duty's occurrences
	Notices     []ledger.Notice // of the task
	Talks       []ledger.Talk   // of the task or of a duty's occurrences, and the talks that these have joined
	About       []ledger.Task   // other tasks that the talks are about
	// Events are those of the task and of the messages that carried its notices;
	// for a duty, of its occurrences. The plan's own first event may be among them.
	Events []ledger.Event
	Stuck  []ledger.Wait // of the task and its talks; of a duty's occurrences
	// Called has, by plan ID, the IDs that people use for tasks and talks: of this plan, and
	// of the plans that the task was carried from or into.
	Called map[string]ledger.Labels
}

// Case is the case file 卷宗 of one line of a plan as it is on one day. Its
// JSON is what `task show -o json` prints: fields are only added.
//
// Of a duty the occurrences and the next one to be opened are filled in, of a
// dated task the ladder and the talks; a standing line has neither.
type Case struct {
	Plan        Head                   `json:"plan"`
	AsOf        calendar.Day           `json:"as_of"`
	Units       map[string]string      `json:"units"` // names by ID, of those the case names
	Seats       map[people.Role]string `json:"seats"` // names of the plan's office and leadership
	Task        Row                    `json:"task"`
	Facts       Facts                  `json:"facts"`
	Course      act.Case               `json:"course"` // the task's facts as people's acts have made them: see act.Case
	Waits       []Wait                 `json:"waits"`  // what somebody owes, the earliest limit first
	Pauses      []Interval             `json:"pauses"` // in order
	Ladder      []StageRow             `json:"ladder"` // of every revision, the newest first, by time
	Talks       []CaseTalk             `json:"talks"`  // by number
	Occurrences []Row                  `json:"occurrences"`
	Upcoming    *Upcoming              `json:"upcoming"`        // the next occurrence of a duty; null when there is none
	History     []Moment               `json:"history"`         // in the order of the chain
	Stuck       []ledger.Wait          `json:"stuck,omitempty"` // what the task's workflows cannot get done at present
	Rules       map[string]string      `json:"-"`               // titles of the plan's rules of consequences

	called map[string]ledger.Labels
}

// calls is the ID that people use for the task or talk of a plan with this ID in the ledger.
func (c Case) calls(plan, thing string) string { return c.called[plan].Of(thing) }

// now is calls for a task or a talk of the case's own plan.
func (c Case) now(thing string) string { return c.calls(c.Plan.ID, thing) }

// Facts are what the plan's document and data say of a line beyond its Row.
type Facts struct {
	Source        string           `json:"source"` // the sentence, word for word
	Begin         calendar.Day     `json:"begin"`
	Assigned      time.Time        `json:"assigned_at"` // plan clock
	PolicyTitle   string           `json:"policy_title"`
	PolicyVersion int              `json:"policy_version"`
	Rules         []plan.Rule      `json:"rules"`    // the policy's ladder
	Revision      int              `json:"revision"` // of its ladder
	Armed         bool             `json:"armed"`    // the ledger says that its workflow was started
	Recurrence    *plan.Recurrence `json:"recurrence,omitempty"`
	Section       *plan.Section    `json:"section,omitempty"`    // the section 断面 whose target the line is
	MeasureOf     string           `json:"measure_of,omitempty"` // ID of the section whose scheme has the task as a measure
	Registered    bool             `json:"-"`                    // the plan's register has the section
	County        string           `json:"county,omitempty"`     // name of the section's responsible government
	Also          []plan.Mention   `json:"also"`
}

// CaseTalk is a talk with the stages of its own ladder.
type CaseTalk struct {
	TalkRow
	Stages []StageRow `json:"stages"`
}

// Upcoming is an occurrence that is still to be opened.
type Upcoming struct {
	ID     string       `json:"id"`
	Period string       `json:"period"`
	Due    calendar.Day `json:"due"`
	Opens  time.Time    `json:"opens_at"`
}

// CaseFile makes the case file of one line for the day today, by the calendar cal. r is
// all that the ledger holds about the line.
func CaseFile(l ledger.Launched, r Records, today calendar.Day, cal *calendar.Calendar) Case {
	b := newBinder(l, today, cal)
	tasks := append([]ledger.Task{r.Task}, r.Occurrences...)
	own := slices.DeleteFunc(slices.Clone(r.Talks), func(k ledger.Talk) bool {
		return !slices.ContainsFunc(tasks, func(t ledger.Task) bool { return t.ID == k.Task })
	})
	book := Book(l, tasks, r.Stages, r.Notices, own, today, cal)
	about := append(slices.Clone(tasks), r.About...)
	called := b.called(about, r.Talks)
	for i, t := range tasks {
		if called[t.ID] != nil {
			book.Tasks[i].Talks = called[t.ID]
		}
	}
	book.Talks = b.talkRows(about, own)
	c := Case{Plan: book.Plan, AsOf: today, Task: book.Tasks[0], Seats: b.seats(r.Task), Facts: b.facts(r.Task), Course: b.course(r.Task), Occurrences: book.Tasks[1:],
		Ladder: []StageRow{}, Talks: []CaseTalk{}, History: b.history(r), Stuck: r.Stuck, called: r.Called}
	c.Rules = map[string]string{}
	for _, rule := range l.Plan.Consequences {
		c.Rules[rule.ID] = rule.Title
	}
	if l.Plan.Water != nil {
		for _, rule := range l.Plan.Water.Rules {
			c.Rules[rule.ID] = rule.Title
		}
	}
	c.Task.No = 0 // No counts lines of a list, which a case file is not
	c.Waits, c.Pauses = b.waits(c.Course), pauses(c.History)
	for i := range c.Occurrences {
		c.Occurrences[i].No = i + 1
	}
	if r.Task.Kind == plan.Duty {
		c.Upcoming, c.Units = b.upcoming(r, c.Course), b.units(c)
		return c
	}
	spoken(book.Stages, r.Events)
	for i := range book.Stages {
		book.Stages[i].MovedBy = b.movedBy(book.Stages[i])
	}
	for _, t := range book.Talks {
		c.Talks = append(c.Talks, CaseTalk{TalkRow: t, Stages: []StageRow{}})
	}
	slices.SortFunc(c.Talks, func(a, b CaseTalk) int { return cmp.Or(a.OpensAt.Compare(b.OpensAt), cmp.Compare(a.ID, b.ID)) })
	for _, s := range book.Stages {
		i := slices.IndexFunc(c.Talks, func(t CaseTalk) bool { return t.ID == s.Talk })
		if i >= 0 {
			c.Talks[i].Stages = append(c.Talks[i].Stages, s)
		} else {
			c.Ladder = append(c.Ladder, s)
		}
	}
	slices.SortStableFunc(c.Ladder, func(a, b StageRow) int { return b.Revision - a.Revision })
	b.whys(&c)
	c.Units = b.units(c)
	return c
}

// units are the names, by ID, of all units that the case names.
func (b *binder) units(c Case) map[string]string {
	names := map[string]string{c.Task.LeadID: c.Task.Lead}
	for _, w := range c.Waits {
		names[w.Unit] = b.people.Name(w.Unit)
	}
	for _, p := range c.Course.Parts {
		names[p.Unit] = b.people.Name(p.Unit)
	}
	for _, s := range c.All() {
		for _, to := range s.To {
			names[to.Unit] = b.people.Name(to.Unit)
		}
	}
	for _, m := range c.History {
		for _, to := range m.To {
			names[to.Unit] = b.people.Name(to.Unit)
		}
		for _, id := range m.units() {
			names[id] = b.people.Name(id)
		}
	}
	return names
}

// seats are the names of the plan's office and leadership, which stages may reach beside
// the lead; none for a standing line, which has no stages.
func (b *binder) seats(t ledger.Task) map[people.Role]string {
	seats := map[people.Role]string{}
	if t.Kind == plan.Standing {
		return seats
	}
	for role, id := range map[people.Role]string{people.Office: b.people.Office, people.Leader: b.people.Leadership} {
		if id != "" {
			seats[role] = b.people.Name(id)
		}
	}
	return seats
}

func (b *binder) facts(t ledger.Task) Facts {
	written, ok := b.planned[t.ID]
	if !ok {
		written = b.planned[t.Duty]
	}
	policy := b.launched.Plan.Policies[t.Policy]
	f := Facts{
		Source: written.Source, Begin: written.Begin, Assigned: b.local(t.Assigned), PolicyTitle: policy.Title, PolicyVersion: policy.Version, Rules: full(policy.Stages),
		Revision: t.Revision, Armed: t.Armed, Recurrence: written.Recur, Also: full(written.Also),
	}
	if t.Kind == plan.Duty {
		f.Recurrence = b.ruled(t).Recur
	}
	if s, ok := b.launched.Plan.Water.MeasureOf(t.ID); ok {
		f.MeasureOf = s.ID
	}
	sections := b.launched.Plan.Sections
	if i := slices.IndexFunc(sections, func(s plan.Section) bool { return s.ID == t.ID }); i >= 0 {
		_, f.Registered = b.launched.Plan.Water.Section(t.ID)
		f.Section, f.County = &sections[i], b.people.Name(sections[i].County)
	}
	return f
}

// ruled is a duty of the plan as people's acts have changed it since.
func (b *binder) ruled(t ledger.Task) plan.Task {
	return act.AsRuled(b.planned[t.ID], ledger.CaseOf(t))
}

// upcoming is the occurrence after the last one that was opened; nil when there is none,
// and for a duty that is not open or is suspended.
func (b *binder) upcoming(r Records, c act.Case) *Upcoming {
	written := b.ruled(r.Task)
	if written.Recur == nil || r.Task.State != ledger.TaskOpen || c.State == act.Suspended {
		return nil
	}
	after := b.day(r.Task.Assigned).AddDays(-1)
	if n := len(r.Occurrences); n > 0 {
		after = r.Occurrences[n-1].Due
	}
	next, ok := b.ladderer.NextOccurrence(b.launched.Plan.Policies[r.Task.Policy], written, after, r.Task.Assigned)
	if !ok {
		return nil
	}
	return &Upcoming{ID: next.Task, Period: next.Period, Due: next.Due, Opens: b.local(next.Opens)}
}

// spoken fills in SentPlan of the stages' sent messages: the instant, on the plan clock,
// of the event that records the message as sent.
func spoken(stages []StageRow, events []ledger.Event) {
	at := map[string]time.Time{}
	for _, e := range events {
		if e.Kind == ledger.MessageSent {
			at[partsOf(e).Message] = e.PlanAt
		}
	}
	for _, s := range stages {
		for i, m := range s.Messages {
			if t, ok := at[m.MessageID]; ok && m.State == ledger.Sent {
				s.Messages[i].SentPlan = t.In(s.At.Location()).Truncate(time.Second)
			}
		}
	}
}

// Why a stage is not on the day that its rung says.
const (
	movedByRest = "rest" // that day was a rest day
	movedByDue  = "due"  // an earlier day: the due date leaves no later one
	movedLate   = "late" // a later day: the task was assigned after that day
)

// movedBy says why a stage was moved from its day; "" when it was not.
func (b *binder) movedBy(s StageRow) string {
	at := calendar.DayOf(s.At)
	switch {
	case s.MovedFrom.IsZero():
		return ""
	case at == b.cal.OnOrBefore(s.MovedFrom), at == b.cal.OnOrAfter(s.MovedFrom):
		return movedByRest
	case at.Before(s.MovedFrom):
		return movedByDue
	}
	return movedLate
}

// All are the stages of the case and of its talks, by instant.
func (c Case) All() []StageRow {
	all := slices.Clone(c.Ladder)
	for _, t := range c.Talks {
		all = append(all, t.Stages...)
	}
	slices.SortStableFunc(all, func(a, b StageRow) int { return a.At.Compare(b.At) })
	return all
}

// Next is the first expected stage on AsOf or later; nil without one. An expected stage
// of an earlier day is Silent.
func (c Case) Next() *StageRow {
	for _, s := range c.All() {
		if s.State == ledger.Expected && !c.Silent(s) {
			return &s
		}
	}
	return nil
}

// Silent tells whether a stage is still expected though its day is before AsOf: the
// engine should have decided it, and somebody must find out why it has not.
func (c Case) Silent(s StageRow) bool {
	return s.State == ledger.Expected && calendar.DayOf(s.At).Before(c.AsOf)
}

// Revised tells whether a stage belongs to a ladder that was replaced.
func (c Case) Revised(s StageRow) bool { return s.Revision < c.Facts.Revision }

// Tally counts the case's messages by what became of them.
func (c Case) Tally() map[ledger.NoticeState]int {
	n := map[ledger.NoticeState]int{}
	for _, s := range c.All() {
		for _, m := range s.Messages {
			n[m.State]++
		}
	}
	return n
}
