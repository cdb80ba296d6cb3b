package report_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/report"
	"duban/seeds"
)

func holidays(t testing.TB) *calendar.Calendar {
	t.Helper()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	return cal
}

func day(month time.Month, date int) calendar.Day { return calendar.NewDay(2021, month, date) }

func nine(d calendar.Day) time.Time { return d.At(9, 0, calendar.Beijing).UTC() }

// rows are the rows of a ledger about one plan.
type rows struct {
	launched ledger.Launched
	tasks    []ledger.Task
	stages   []ledger.Stage
	notices  []ledger.Notice
	talks    []ledger.Talk
}

func (r rows) book(t testing.TB, today calendar.Day) report.Table {
	return report.Book(r.launched, r.tasks, r.stages, r.notices, r.talks, today, holidays(t))
}

// small is a plan with every kind of line, written by hand and so small that the text of
// each sheet can be checked on paper. 2021-07-01 is a Thursday.
func small(t testing.TB) rows {
	t.Helper()
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	p := plan.Plan{
		ID: "small", Title: "晋城市2021年水生态环境保护行动计划", Number: "晋市政办〔2021〕9号", Issuer: "晋城市人民政府办公室",
		Issued: day(4, 1), Year: 2021, Zone: "Asia/Shanghai", Policies: policies,
		Directory: people.Directory{Office: "xietiao", Leadership: "lingdao", Units: []people.Unit{
			{ID: "shuiwu", Name: "市水务局"}, {ID: "chengguan", Name: "市城市管理局"}, {ID: "gaoping", Name: "高平市人民政府"},
			{ID: "xietiao", Name: "市水污染防治协调办"}, {ID: "lingdao", Name: "市水污染防治领导小组"},
		}},
		Tasks: []plan.Task{
			{ID: "t1", Milestone: "投运", Note: "以竣工验收为准。"}, {ID: "t2", Publish: true}, {ID: "d1"}, {ID: "s1"},
		},
	}
	task := func(id, title, lead string, due calendar.Day) ledger.Task {
		return ledger.Task{Plan: "small", ID: id, Kind: plan.Dated, Title: title, Clause: "三（二）4", Lead: lead, Due: due, FirstDue: due,
			Policy: "standard", Revision: 1, State: ledger.TaskOpen, Light: plan.Green, Assigned: nine(day(4, 1))}
	}
	over := task("t1", "建成丹河污水处理厂", "shuiwu", day(6, 15))
	over.Assist, over.Priority = []string{"chengguan", "gaoping"}, true
	rest := task("t2", "=公布断面水质", "gaoping", day(6, 26)) // a Saturday
	rest.Soft = true
	done := task("t3", "完成管网改造", "chengguan", day(6, 30))
	done.State, done.Light, done.ClosedAt = ledger.TaskClosed, plan.Done, nine(day(6, 30))
	late := task("t4", "完成雨污分流", "chengguan", day(6, 18))
	late.State, late.Light, late.ClosedAt = ledger.TaskClosed, plan.DoneLate, nine(day(6, 23))
	gone := task("t5", "启动搬迁", "shuiwu", day(6, 20))
	gone.State = ledger.TaskCancelled
	soon := task("t6", "完成清淤", "gaoping", day(7, 6))
	soon.FirstDue = day(6, 30)
	duty := task("d1", "巡查排污口", "shuiwu", calendar.Day{})
	duty.Kind, duty.Light = plan.Duty, ""
	occurrence := task("d1.2021Q3", "巡查排污口", "shuiwu", day(9, 30))
	occurrence.Duty, occurrence.Period = "d1", "2021Q3"
	standing := task("s1", "持续推进节水", "shuiwu", calendar.Day{})
	standing.Kind, standing.Light = plan.Standing, ""

	r := rows{
		launched: ledger.Launched{Plan: p, At: nine(day(4, 1))},
		tasks:    []ledger.Task{over, rest, done, late, gone, soon, duty, occurrence, standing},
		talks: []ledger.Talk{{ID: "t1#1", Plan: "small", Task: "t1", Revision: 1, Number: 1, Lead: "shuiwu", State: act.TalkOpen,
			OpensAt: nine(day(6, 25)), Taken: map[string]calendar.Day{"served": day(6, 28)}}},
	}
	r.speak("t1", "", "warn", plan.Warn, day(6, 22), ledger.Decided, calendar.Day{}, people.Recipient{Unit: "shuiwu", Role: people.Head}, people.Recipient{Unit: "xietiao", Role: people.Office})
	r.speak("t1", "", "talk", plan.Talk, day(6, 30), ledger.Decided, calendar.Day{}, people.Recipient{Unit: "lingdao", Role: people.Leader})
	r.speak("t2", "", "due", plan.DueDay, day(6, 25), ledger.Decided, day(6, 26), people.Recipient{Unit: "gaoping", Role: people.Liaison})
	r.speak("t6", "", "catch-up", plan.Remind, day(6, 30), ledger.Decided, calendar.Day{})
	r.speak("t3", "", "due", plan.DueDay, day(6, 30), ledger.Void, calendar.Day{}, people.Recipient{Unit: "chengguan", Role: people.Liaison})
	r.notices[1].State, r.notices[1].Error = ledger.Failed, "550 no such mailbox"
	rules, err := act.NewRules(&p, holidays(t))
	require.NoError(t, err)
	for i, row := range r.tasks { // everything until the first of July has been said
		c := factsOf(&p, row)
		for _, s := range rules.Ahead(c) {
			if s.At.Before(nine(day(7, 1))) {
				c = rules.Say(c, s)
			}
		}
		r.tasks[i].Facts = c
	}
	r.talks[0].Facts = &act.TalkCase{Task: "t1", What: plan.ProposeTalk, State: act.TalkOpen, Number: 1, Nth: 1, Lead: "shuiwu", Office: "xietiao", Leadership: "lingdao",
		Policy: "standard", Opened: day(6, 25), Since: day(6, 25), Taken: r.talks[0].Taken}
	return r
}

// factsOf is the case of a task with the state and dates of its row.
func factsOf(p *plan.Plan, row ledger.Task) act.Case {
	c := act.NewCase(p, plan.Task{ID: row.ID, Kind: row.Kind, Title: row.Title, Lead: row.Lead, Assist: row.Assist, Policy: row.Policy, Due: row.Due, Publish: row.Publish}, row.Assigned)
	switch row.State {
	case ledger.TaskClosed:
		c.State, c.ClosedOn = act.Closed, calendar.DayOf(row.ClosedAt.In(calendar.Beijing))
	case ledger.TaskCancelled:
		c.State = act.Cancelled
	}
	return c
}

// speak adds a stage and, when it is decided, a sent notice to each recipient.
func (r *rows) speak(task, talk, id string, kind plan.StageKind, at calendar.Day, state ledger.StageState, moved calendar.Day, to ...people.Recipient) {
	light := plan.Red
	if kind == plan.DueDay || kind == plan.Remind {
		light = plan.Yellow
	}
	s := ledger.Stage{Plan: "small", Task: task, Revision: 1, Talk: talk, State: state,
		Stage: plan.Stage{ID: id, Kind: kind, At: nine(at), MovedFrom: moved, To: to, Light: light}}
	if state == ledger.Decided {
		s.DecidedAt = s.At.Add(-time.Hour)
		for _, one := range to {
			r.notices = append(r.notices, ledger.Notice{Effect: ledger.Effect{Task: task, Revision: 1, Stage: id, Recipient: one, Channel: "smtp"},
				Plan: "small", Talk: talk, Kind: kind, Light: light, SpeakAt: s.At, State: ledger.Sent, Message: "m@duban.local", SentAt: s.At.Add(time.Second)})
		}
	}
	r.stages = append(r.stages, s)
}

// wholeYear is the seeded plan with every stage before today decided and said; people have
// acted on a few tasks only.
func wholeYear(t testing.TB, today calendar.Day) rows {
	t.Helper()
	cal := holidays(t)
	p, problems := planfile.Load("../../seeds/jincheng-2021-water/plan.yaml", cal)
	for _, pr := range problems {
		require.True(t, pr.Warning, "%+v", pr)
	}
	rules, err := act.NewRules(p, cal)
	require.NoError(t, err)
	at := p.Issued.At(0, 0, rules.Zone)
	r := rows{launched: ledger.Launched{Plan: *p, At: at}}
	for i, written := range p.Tasks {
		r.chase(rules, ledger.TaskOf(p, written, at), i, today)
		occurrence, ok := rules.NextOccurrence(p.Policies[written.Policy], written, p.Issued, at)
		if ok {
			task := ledger.TaskOf(p, act.OccurrenceOf(written, occurrence), at)
			task.Duty, task.Period = written.ID, occurrence.Period
			r.chase(rules, task, i, today)
		}
	}
	return r
}

func (r *rows) chase(rules act.Rules, task ledger.Task, i int, today calendar.Day) {
	end := today.End(rules.Zone)
	if task.Kind == plan.Dated && i%4 == 0 && task.Due.AddDays(i%13-8).Before(today) {
		closed := task.Due.AddDays(i%13 - 8)
		task.State, task.ClosedAt = ledger.TaskClosed, nine(closed)
		task.Facts.State, task.Facts.ClosedOn = act.Closed, closed
		end = nine(closed)
	}
	if task.Kind == plan.Dated {
		begin := task.Facts
		begin.State = act.Open
		for _, s := range rules.Ahead(begin) {
			if !s.At.Before(end) {
				break
			}
			task.Facts = rules.Say(task.Facts, s)
			r.stages = append(r.stages, ledger.Stage{Plan: task.Plan, Task: task.ID, Revision: 1, Stage: s, State: ledger.Decided, DecidedAt: s.At.Add(-time.Hour)})
			for _, to := range s.To {
				r.notices = append(r.notices, ledger.Notice{Effect: ledger.Effect{Task: task.ID, Revision: 1, Stage: s.ID, Recipient: to, Channel: "outbox"},
					Plan: task.Plan, Kind: s.Kind, SpeakAt: s.At, State: ledger.Sent, SentAt: s.At.Add(time.Second)})
			}
			if s.Kind == plan.Talk {
				r.talks = append(r.talks, ledger.Talk{ID: task.ID + "#1", Plan: task.Plan, Task: task.ID, Revision: 1, Number: 1, Lead: task.Lead, State: act.TalkOpen, OpensAt: s.At})
			}
		}
	}
	r.tasks = append(r.tasks, task)
}
