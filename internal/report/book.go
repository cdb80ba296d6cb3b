// Package report turns the ledger's rows into the tables people ask for: the
// book 台账 as Excel, CSV and JSON, the counts over it, and the case files 卷宗. It is
// pure: the day that a table shows is a parameter, and nothing here reads a database.
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

// Table is one plan's book as it is on one day. Its JSON is what
// `ledger export --format json` prints and it is stable: fields are only added.
//
//	{"plan": {…}, "as_of": "2021-07-01", "counts": {…}, "tasks": […], "stages": […], "talks": […]}
//
// Dates are YYYY-MM-DD and "" when there is none, instants RFC 3339 with the
// plan's offset. Units are given by name, and by ID where the field says so.
type Table struct {
	Plan   Head         `json:"plan"`
	AsOf   calendar.Day `json:"as_of"` // the day for which lights and days to the due date are computed
	Counts Counts       `json:"counts"`
	Tasks  []Row        `json:"tasks"`  // in document order; an occurrence follows its duty
	Stages []StageRow   `json:"stages"` // by time; see StageRow
	Talks  []TalkRow    `json:"talks"`  // by opening
}

// Head says which plan it is.
type Head struct {
	ID       string       `json:"id"`
	Title    string       `json:"title"`
	Number   string       `json:"number"`
	Issuer   string       `json:"issuer"`
	Issued   calendar.Day `json:"issued"`
	Zone     string       `json:"zone"`        // of its clock: Asia/Shanghai
	Launched time.Time    `json:"launched_at"` // plan clock
}

// Row is one line of the book: a task, an occurrence 期次 of a duty (duty and
// period are set), a duty or a standing line. Duties and standing lines have no
// due date and no light, and are never overdue.
type Row struct {
	No        int              `json:"no"`               // 序号, from 1
	ID        string           `json:"id"`               // as the plan calls it now
	Key       string           `json:"-"`                // the ID in the ledger, which never changes
	Duty      string           `json:"duty,omitempty"`   // ID of the occurrence's duty
	Period    string           `json:"period,omitempty"` // 2021-06, 2021Q2, 2021H1, 2021 or a date
	Kind      plan.Kind        `json:"kind"`             // dated, duty, standing
	Clause    string           `json:"clause"`
	Title     string           `json:"title"`
	Lead      string           `json:"lead"` // name of the accountable unit 责任主体
	LeadID    string           `json:"lead_id"`
	Assist    []string         `json:"assist"`    // names 配合单位
	Due       calendar.Day     `json:"due"`       // 完成时限
	FirstDue  calendar.Day     `json:"first_due"` // before any extension; never changes
	Milestone string           `json:"milestone"`
	Policy    string           `json:"policy"`
	Soft      bool             `json:"soft"`
	Priority  bool             `json:"priority"`
	Publish   bool             `json:"publish"`
	Note      string           `json:"note"`
	State     ledger.TaskState `json:"state"`
	// Phase is the state as people's acts left it: open, reported (a completion
	// report waits for the office), suspended, closed, cancelled. The first three
	// are open in State.
	Phase        act.State    `json:"phase"`
	Acknowledged calendar.Day `json:"acknowledged"` // 签收; "" until then
	Percent      int          `json:"percent"`      // last reported progress, 0 to 100
	// ProgressLight is today's light of the reported progress beside the share of
	// time gone by: green, yellow, red; "" for what is not open or has no date.
	// PointsBehind is the lag in percentage points, negative when ahead.
	ProgressLight plan.Light `json:"progress_light"`
	PointsBehind  int        `json:"points_behind"`
	// Misses are due dates that former units missed before the task was given to another
	// unit; they count for the former units. Inherited tells that the task was late already
	// when the present unit was given it: that lateness does not count for the present unit.
	Misses    []Miss `json:"misses,omitempty"`
	Inherited bool   `json:"inherited,omitempty"`
	// Light is today's for an open task: green, blue, yellow, red; done or
	// done_late for a closed one for ever; "" when it has none.
	Light   plan.Light   `json:"light"`
	Overdue bool         `json:"overdue"` // the due date has passed, and the unit owes the task: its clock is not halted
	Closed  calendar.Day `json:"closed"`
	// DoneOn is the day that counts for a closed task: that of the completion
	// report that was verified, otherwise that of the closing.
	DoneOn calendar.Day `json:"done_on"`
	// WorkdaysLeft counts working days from today to the due date, negative once
	// it is late (0 when only rest days lie between): see act.Measure; null for a
	// closed, cancelled or undated line. DaysLeft is the same in calendar days.
	WorkdaysLeft *int `json:"workdays_left"`
	DaysLeft     *int `json:"days_left"`
	Stood        bool `json:"stood,omitempty"` // the due date has passed, but halts 停止计时 cover every day since
	WorkdaysLate int  `json:"workdays_late"`   // of a task done late: see act.Measure
	// Last is the last stage that was decided, Next the first that is still to
	// come (its own ladder's or its talks'); null when there is none.
	Last  *Step    `json:"last"`
	Next  *Step    `json:"next"`
	Talks []Called `json:"talks"` // one for each talk, in order
}

// Step is a stage in short.
type Step struct {
	Stage string         `json:"stage"`
	Kind  plan.StageKind `json:"kind"`
	At    time.Time      `json:"at"`
	Talk  string         `json:"talk,omitempty"` // when it is a talk's step
	// Topic is what the stage is about when it is not the task's own due date: see plan.Matter.
	Topic string `json:"topic,omitempty"`
	// Rule is the policy's rung by which the stage was decided, as it was then; in a case
	// file's history only.
	Rule *plan.Rule `json:"rule,omitempty"`
}

// Called is a talk or a circular in short; in place of one that has joined another
// (合并约谈), the other one. Number counts from 1 among the unit's talks, or circulars, that
// were opened in the plan; 0: it is proposed and not opened.
type Called struct {
	ID      string        `json:"id"`
	Number  int           `json:"number"`
	State   act.TalkState `json:"state"`
	What    string        `json:"what"` // talk or circular
	Unit    string        `json:"unit"` // name of the unit it calls
	UnitID  string        `json:"unit_id"`
	Doubted bool          `json:"doubted,omitempty"` // a leader is to say whether it goes on
	occurs  bool          // its task is an occurrence of a duty
}

// Miss is a date that a unit missed while it led a task.
type Miss struct {
	Unit         string       `json:"unit"`
	UnitID       string       `json:"unit_id"`
	Due          calendar.Day `json:"due"`
	WorkdaysLate int          `json:"workdays_late"`
	Until        calendar.Day `json:"until"` // the day another unit was given the task
}

// Book computes the table of one plan for the day today, by the calendar cal. All
// arguments are rows of this plan only. Without stages and notices, the table's stages
// are only those still to come.
func Book(l ledger.Launched, tasks []ledger.Task, stages []ledger.Stage, notices []ledger.Notice, talks []ledger.Talk,
	today calendar.Day, cal *calendar.Calendar) Table {
	b := newBinder(l, today, cal)
	stages = append(slices.Clone(stages), b.ahead(tasks, talks)...)
	t := Table{
		Plan: Head{ID: l.Plan.ID, Title: l.Plan.Title, Number: l.Plan.Number, Issuer: l.Plan.Issuer,
			Issued: l.Plan.Issued, Zone: b.ladderer.Zone.String(), Launched: b.local(l.At)},
		AsOf: today, Tasks: b.rows(tasks, stages, talks),
	}
	t.Stages = b.stageRows(tasks, stages, notices)
	t.Talks = b.talkRows(tasks, talks)
	t.Counts = Count(t.Tasks, l.RankFloor)
	return t
}

// Rows are the lines of some tasks of a plan on the day today, in the order of tasks,
// with No from 1. stages are the decided stages of these tasks, talks the talks about
// them.
func Rows(l ledger.Launched, tasks []ledger.Task, stages []ledger.Stage, talks []ledger.Talk, today calendar.Day, cal *calendar.Calendar) []Row {
	b := newBinder(l, today, cal)
	return b.rows(tasks, append(slices.Clone(stages), b.ahead(tasks, talks)...), talks)
}

// RowsWithoutNext are Rows without the work of finding what comes next: Row.Next may be nil
// though there is a next step.
func RowsWithoutNext(l ledger.Launched, tasks []ledger.Task, stages []ledger.Stage, talks []ledger.Talk, today calendar.Day, cal *calendar.Calendar) []Row {
	return newBinder(l, today, cal).rows(tasks, stages, talks)
}

// TalkRows are the lines of some talks of a plan, the earliest opened first. tasks
// are the tasks that the talks are about.
func TalkRows(l ledger.Launched, tasks []ledger.Task, talks []ledger.Talk, today calendar.Day, cal *calendar.Calendar) []TalkRow {
	return newBinder(l, today, cal).talkRows(tasks, talks)
}

func (b *binder) rows(tasks []ledger.Task, stages []ledger.Stage, talks []ledger.Talk) []Row {
	steps, called := b.steps(tasks, stages), b.called(tasks, slices.Clone(talks))
	rows := []Row{}
	for i, task := range tasks {
		row := b.row(task, steps[task.ID])
		row.No, row.Talks = i+1, called[task.ID]
		if row.Talks == nil {
			row.Talks = []Called{}
		}
		rows = append(rows, row)
	}
	return rows
}

// binder has what every line of the table is computed from.
type binder struct {
	launched ledger.Launched
	people   people.Directory
	planned  map[string]plan.Task // the plan's tasks and duties by the ledger's ID
	ladderer plan.Ladderer
	rules    act.Rules
	today    calendar.Day
	cal      *calendar.Calendar
}

func newBinder(l ledger.Launched, today calendar.Day, cal *calendar.Calendar) *binder {
	lad := l.Plan.Ladderer(cal)
	b := &binder{launched: l, people: l.Plan.Directory, planned: map[string]plan.Task{}, ladderer: lad, today: today, cal: cal,
		rules: act.Rules{Ladderer: lad, Policies: l.Plan.Policies, Since: l.CalendarSince, Undone: l.CalendarUndone}}
	for _, t := range l.Plan.Tasks {
		b.planned[t.ID] = t
	}
	return b
}

// local is an instant in the plan's time zone, to the second.
func (b *binder) local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(b.ladderer.Zone).Truncate(time.Second)
}

func (b *binder) day(t time.Time) calendar.Day {
	if t.IsZero() {
		return calendar.Day{}
	}
	return calendar.DayOf(t.In(b.ladderer.Zone))
}

func (b *binder) names(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = b.people.Name(id)
	}
	return out
}

func (b *binder) row(t ledger.Task, s steps) Row {
	written, ok := b.planned[t.ID]
	if !ok {
		written = b.planned[t.Duty]
	}
	r := Row{
		ID: t.Shown(), Key: t.ID, Duty: b.shown(t.Duty), Period: t.Period, Kind: t.Kind, Clause: t.Clause, Title: t.Title,
		Lead: b.people.Name(t.Lead), LeadID: t.Lead, Assist: b.names(t.Assist),
		Due: t.Due, FirstDue: t.FirstDue, Milestone: written.Milestone, Policy: t.Policy,
		Soft: t.Soft, Priority: t.Priority, Publish: written.Publish, Note: written.Note,
		State: t.State, Closed: b.day(t.ClosedAt), Last: s.last,
	}
	c := ledger.CaseOf(t)
	r.Phase, r.Acknowledged, r.Percent = c.State, c.Acknowledged, c.Percent
	if t.State == ledger.TaskOpen {
		r.Next = s.next
	}
	if t.Kind != plan.Dated || t.Due.IsZero() {
		return r
	}
	for _, m := range c.Misses {
		r.Misses = append(r.Misses, Miss{Unit: b.people.Name(m.Unit), UnitID: m.Unit, Due: m.Due, WorkdaysLate: m.Late, Until: m.On})
	}
	r.Inherited = c.Inherited(b.rules)
	m := b.rules.Measure(c, b.today)
	switch t.State {
	case ledger.TaskOpen:
		r.Light, r.Overdue, r.PointsBehind, r.ProgressLight = m.Light, m.Overdue, m.Behind, m.Progress
		work, days := m.Left, m.LeftDays
		if m.LateDays > 0 { // counted from the due date: on Monday a due date on Saturday is over by one working day
			work, days = -m.Late, -m.LateDays
		}
		r.WorkdaysLeft, r.DaysLeft, r.Stood = &work, &days, m.Halted
	case ledger.TaskClosed:
		if r.DoneOn = c.ClosedOn; r.DoneOn.IsZero() {
			r.DoneOn = r.Closed
		}
		r.Light, r.WorkdaysLate = m.Light, m.Late
	}
	return r
}

// ahead gives the stages to come of the open tasks, and of the talks that go on, if
// nobody acts, by instant.
func (b *binder) ahead(tasks []ledger.Task, talks []ledger.Talk) (all []ledger.Stage) {
	of := map[string]ledger.Task{}
	for _, t := range tasks {
		of[t.ID] = t
		if t.State != ledger.TaskOpen || t.Kind != plan.Dated {
			continue
		}
		scene := ledger.Scene{Title: t.Title, Unit: t.Lead, Due: t.Due}
		for _, s := range b.rules.Ahead(ledger.CaseOf(t)) {
			all = append(all, ledger.Stage{Plan: t.Plan, Task: t.ID, Revision: t.Revision, Stage: s, State: ledger.Expected, Scene: scene})
		}
	}
	for _, k := range talks {
		if !k.GoesOn() {
			continue
		}
		scene := ledger.Scene{Title: of[k.Task].Title, Unit: k.Lead, Due: of[k.Task].Due}
		for _, s := range b.rules.TalkAhead(ledger.TalkCaseOf(&b.launched.Plan, of[k.Task], k)) {
			all = append(all, ledger.Stage{Plan: k.Plan, Task: k.Task, Talk: k.ID, Revision: k.Revision, Stage: s, State: ledger.Expected, Scene: scene})
		}
	}
	order := make([]int, len(all)) // a stage is too big to be moved about
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		x, y := &all[i], &all[j]
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Task, y.Task), cmp.Compare(x.ID, y.ID), i-j)
	})
	sorted := make([]ledger.Stage, len(all))
	for to, from := range order {
		sorted[to] = all[from]
	}
	return sorted
}

// urges tells whether the act with this topic is itself supervision, as a stage is: an
// urging by hand 催办, a leader's instruction 批示.
func urges(topic string) bool {
	row, _ := act.Topic(act.Kind(topic))
	return row.On == act.OnTask && row.News.Rank == act.RankDemand
}

// steps are a task's last decided and next expected stage. A stage that was expected on a
// day before today and is not decided is neither: see Case.Silent.
type steps struct{ last, next *Step }

func (b *binder) steps(tasks []ledger.Task, stages []ledger.Stage) map[string]steps {
	all, of := map[string]steps{}, byID(tasks)
	for _, s := range stages {
		one, now := Step{Stage: s.ID, Kind: s.Kind, At: b.local(s.At), Talk: of[s.Task].ShownTalk(s.Talk), Topic: s.Topic}, all[s.Task]
		switch {
		case s.Kind == plan.Told && !urges(s.Topic): // what is told because of an act is no supervision
		case s.State == ledger.Expected && calendar.DayOf(one.At).Before(b.today): // see Case.Silent
		case s.State == ledger.Decided && (now.last == nil || !one.At.Before(now.last.At)):
			now.last = &one
		case s.State == ledger.Expected && (now.next == nil || one.At.Before(now.next.At)):
			now.next = &one
		}
		all[s.Task] = now
	}
	return all
}

// byID gives tasks by their ID in the ledger.
func byID(tasks []ledger.Task) map[string]ledger.Task {
	of := make(map[string]ledger.Task, len(tasks))
	for _, t := range tasks {
		of[t.ID] = t
	}
	return of
}

// shown is the ID that the plan's document uses now for the task with this ledger ID.
func (b *binder) shown(id string) string {
	if t, ok := b.planned[id]; ok {
		return t.Shown()
	}
	return id
}

// called gives, by ledger ID of a task, the talks about it. A talk that has joined another
// is replaced by the other one, if it is among talks.
func (b *binder) called(tasks []ledger.Task, talks []ledger.Talk) map[string][]Called {
	all, of, named := map[string][]Called{}, byID(tasks), map[string]ledger.Talk{}
	for _, t := range talks {
		named[t.ID] = t
	}
	for _, t := range inOrder(talks) {
		task := t.Task
		for host, ok := named[t.Host]; ok; host, ok = named[t.Host] {
			t = host
		}
		id := of[t.Task].ShownTalk(t.ID)
		if slices.ContainsFunc(all[task], func(k Called) bool { return k.ID == id }) {
			continue
		}
		all[task] = append(all[task], Called{ID: id, Number: nth(t), State: t.State, What: cmp.Or(t.What, plan.ProposeTalk),
			Unit: b.people.Name(t.Lead), UnitID: t.Lead, Doubted: t.State == act.TalkOpen && t.Facts != nil && t.Facts.Doubt != nil, occurs: of[t.Task].Duty != ""})
	}
	return all
}

// inOrder sorts talks by task, and each task's by number.
func inOrder(talks []ledger.Talk) []ledger.Talk {
	return slices.SortedStableFunc(slices.Values(talks), func(a, b ledger.Talk) int { return cmp.Or(cmp.Compare(a.Task, b.Task), a.Number-b.Number) })
}

// nth is the number of a talk among the talks of its unit in the plan, or of a circular
// among the unit's circulars; 0 when it is proposed and not opened.
func nth(k ledger.Talk) int {
	if k.Facts == nil {
		return 0
	}
	return k.Facts.Nth
}
