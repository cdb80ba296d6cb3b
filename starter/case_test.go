package main

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
	"duban/seeds"
)

var update = flag.Bool("update", false, "write the expected case files anew")

// filed is a plan with a line of every kind and a ledger in which something
// went wrong in every way, written by the ledger's own calls. The plan was
// launched on Tuesday 1 June 2021; the Dragon Boat rest is from the 12th to the 14th.
type filed struct {
	*desk
	plan  plan.Plan
	rules act.Rules
	ahead time.Duration // of the wall clock before the plan's
	tasks map[string]ledger.Task
}

func newFiled(t *testing.T, today, ahead time.Time, clock calendar.Clock) *filed {
	t.Helper()
	d := newDesk(t, today)
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	f := &filed{desk: d, tasks: map[string]ledger.Task{}, plan: plan.Plan{
		ID: "water", Title: "治水计划", Number: "市办〔2021〕1号", Zone: "Asia/Shanghai", Year: 2021, Hash: "h", Policies: policies,
		Issued: calendar.NewDay(2021, 6, 1),
		Directory: people.Directory{Office: "office", Leadership: "leaders", Units: []people.Unit{
			{ID: "shuiwu", Name: "市水务局"}, {ID: "gaoping", Name: "高平市人民政府", Aliases: []string{"高平市政府"}},
			{ID: "office", Name: "市治水办"}, {ID: "leaders", Name: "市治水领导小组"},
		}},
		Sections: []plan.Section{{ID: "s01", No: 1, County: "gaoping", Name: "赵庄", Target: "Ⅲ类", Level: "national"}},
		Tasks: []plan.Task{
			{ID: "over", Clause: "三（二）1", Kind: plan.Dated, Title: "建成污水处理厂", Lead: "shuiwu", Assist: []string{"gaoping"}, Due: calendar.NewDay(2021, 6, 15), Policy: "standard",
				Milestone: "投运", Priority: true, Source: "市水务局2021年6月15日前建成污水处理厂并投入运行", Note: "以竣工验收为准。",
				Also: []plan.Mention{{ID: "p14", Clause: "附件2第14行", Due: calendar.NewDay(2021, 10, 31), Source: "污水处理厂 2021年10月底", Ruling: "以正文为准"}}},
			{ID: "late", Clause: "三（二）2", Kind: plan.Dated, Title: "完成管网改造", Lead: "gaoping", Due: calendar.NewDay(2021, 6, 15), Policy: "soft", Soft: true, Source: "力争6月中旬完成管网改造"},
			{ID: "watch", Clause: "三（三）1", Kind: plan.Duty, Title: "监测断面水质", Lead: "gaoping", Policy: "standard", Publish: true, Source: "按季度监测并公布断面水质",
				Recur: &plan.Recurrence{Every: "quarter", From: calendar.NewDay(2021, 6, 1), Until: calendar.NewDay(2021, 12, 31)}},
			{ID: "s01", Clause: "附件1第1行", Kind: plan.Standing, Title: "赵庄断面水质达到目标", Lead: "gaoping", Policy: "standard", Source: "赵庄，Ⅲ类"},
		},
	}}
	if !ahead.IsZero() {
		f.ahead = ahead.Sub(at(6, 1, 0))
	}
	cal, err := d.calendar()
	require.NoError(t, err)
	f.rules, err = act.NewRules(&f.plan, cal)
	require.NoError(t, err)
	var tasks []ledger.Task
	for _, written := range f.plan.Tasks {
		n := ledger.TaskOf(&f.plan, written, at(6, 1, 0))
		tasks, f.tasks[n.ID] = append(tasks, n), n
	}
	_, err = d.store.AddPlan(t.Context(), ledger.Launched{Plan: f.plan, Clock: clock, At: at(6, 1, 0)}, tasks, f.when(at(6, 1, 0)))
	require.NoError(t, err)
	require.NoError(t, d.store.MarkArmed(t.Context(), "water", []string{"late", "over", "watch"}, f.when(at(6, 1, 0))))
	return f
}

func (f *filed) when(plan time.Time) ledger.When {
	return ledger.When{Real: plan.Add(f.ahead), Plan: plan}
}

// decide decides one stage of a task an hour before it speaks, for everyone
// but the empty seats, and gives its digests by seat.
func (f *filed) decide(task, talk string, s plan.Stage, empty ...people.Role) map[people.Role]string {
	f.t.Helper()
	channels := map[people.Recipient][]string{}
	for _, to := range s.To {
		if !slices.Contains(empty, to.Role) {
			channels[to] = []string{"smtp"}
		}
	}
	digests, _, err := ledgertest.Decide(f.t.Context(), f.store, ledger.Decision{Plan: "water", Task: task, Revision: 1, Talk: talk, Stage: s, Channels: channels, OpensTalk: s.Kind == plan.Talk},
		f.when(s.At.Add(-time.Hour)))
	require.NoError(f.t, err)
	keys := map[people.Role]string{}
	for _, g := range digests {
		keys[g.Recipient.Role] = g.Key
	}
	return keys
}

// send gathers a digest at the instant and records what became of each message.
func (f *filed) send(digest string, at time.Time, fate ledger.Fate, failure string) {
	f.t.Helper()
	messages, err := f.store.Gather(f.t.Context(), digest, f.when(at), func(string, []ledger.Item) bool { return false })
	require.NoError(f.t, err)
	for _, m := range messages {
		require.NoError(f.t, f.store.Receipt(f.t.Context(), ledger.Outcome{Message: m.ID, Attempt: m.Attempt, Fate: fate, Error: failure}, f.when(at.Add(2*time.Second))))
	}
}

func (f *filed) stage(task, id string) plan.Stage {
	f.t.Helper()
	stages := f.rules.Ahead(f.tasks[task].Facts)
	i := slices.IndexFunc(stages, func(s plan.Stage) bool { return s.ID == id })
	require.GreaterOrEqual(f.t, i, 0, "%s of %s", id, task)
	return stages[i]
}

// lives is the year until 5 July.
func (f *filed) lives() *filed {
	f.t.Helper()
	ctx := f.t.Context()
	f.watches()
	for _, id := range []string{"catch-up", "study-1", "unacknowledged-3", "remind-7", "remind-1"} {
		s := f.stage("late", id)
		for _, digest := range f.decide("late", "", s) {
			f.send(digest, s.At, ledger.Delivered, "")
		}
	}
	// 完成管网改造 was closed late, half an hour before it would have been said again.
	again := f.stage("late", "late-5")
	digest := f.decide("late", "", again)[people.Liaison]
	f.closed(f.t, "water", "late", "验收合格", f.when(again.At.Add(-30*time.Minute)))
	f.send(digest, again.At, ledger.Delivered, "")
	for _, id := range []string{"catch-up", "study-1", "unacknowledged-3", "remind-7", "remind-1", "due", "urge", "warn", "talk"} {
		s := f.stage("over", id)
		switch id {
		case "remind-7": // the mail server was away for ten minutes
			digest := f.decide("over", "", s)[people.Liaison]
			f.send(digest, s.At, ledger.PutOff, "451 try again later")
			f.send(digest, s.At.Add(10*time.Minute), ledger.Delivered, "")
		case "urge": // the deputy's mailbox is gone
			digests := f.decide("over", "", s)
			f.send(digests[people.Liaison], s.At, ledger.Delivered, "")
			f.send(digests[people.Deputy], s.At, ledger.Refused, "550 no such mailbox")
			// An act of a kind the case file has no words for yet.
			_, err := f.store.Record(ctx, ledger.Event{Key: "water/over/r1/noted", Plan: "water", Task: "over", Kind: "task.noted", Actor: "wang",
				Real: at(6, 17, 15).Add(f.ahead), PlanAt: at(6, 17, 15), Data: json.RawMessage(`{"reason": "设备未到货"}`)})
			require.NoError(f.t, err)
		case "warn": // killed between sending and its receipt; the office has no address
			digest := f.decide("over", "", s, people.Office)[people.Head]
			for i := range 2 {
				messages, err := f.store.Gather(ctx, digest, f.when(s.At), func(string, []ledger.Item) bool { return false })
				require.NoError(f.t, err)
				if i == 0 {
					require.NoError(f.t, f.store.Leaving(ctx, messages[0].ID, 1, f.when(s.At)))
				}
			}
		default:
			for _, digest := range f.decide("over", "", s) {
				f.send(digest, s.At, ledger.Delivered, "")
			}
		}
	}
	return f.talks()
}

// talks opens the talk and passes its first limit.
func (f *filed) talks() *filed {
	f.t.Helper()
	opens := f.stage("over", "talk").At
	ctx := f.t.Context()
	k, err := f.store.Talk(ctx, "water", "over#1")
	require.NoError(f.t, err)
	row, err := f.store.Task(ctx, "water", "over")
	require.NoError(f.t, err)
	open := f.rules.OpenTalk(ledger.TalkCaseOf(&f.plan, row, k), opens)
	_, err = f.store.OpenTalk(ctx, ledger.Opening{Plan: "water", Talk: "over#1", Open: func(ledger.Task, ledger.Talk) act.TalkCase { return open.TalkCase }}, f.when(opens))
	require.NoError(f.t, err)
	for _, s := range f.rules.TalkAhead(open.TalkCase)[:2] {
		digests := f.decide("over", "over#1", s)
		if strings.HasSuffix(s.ID, "-remind") {
			for _, digest := range digests {
				f.send(digest, s.At, ledger.Delivered, "")
			}
		}
	}
	return f
}

// watches opens the duty's first occurrence.
func (f *filed) watches() *filed {
	f.t.Helper()
	policy, duty := f.plan.Policies["standard"], f.plan.Tasks[2]
	o, ok := f.rules.NextOccurrence(policy, duty, f.plan.Issued, at(6, 1, 0))
	require.True(f.t, ok)
	task := ledger.TaskOf(&f.plan, act.OccurrenceOf(duty, o), o.Opens)
	task.Duty, task.Period = duty.ID, o.Period
	_, err := f.store.OpenTask(f.t.Context(), task, f.when(o.Opens))
	require.NoError(f.t, err)
	return f
}

// aMessage is the beginning of a message's ID.
var aMessage = regexp.MustCompile(`\bn[0-9a-f]{11}\b`)

// Each kind of line has a whole case file, in both languages; `go test -update`
// writes them anew, to be read before they are believed.
func TestCaseFiles(t *testing.T) {
	t.Parallel()
	for name, fast := range map[string]bool{"over": false, "late": true, "watch": false, "s01": false, "watch.2021Q2": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The plan of "late" ran in a rehearsal, years after it: two clocks.
			ahead, clock := time.Time{}, calendar.Clock{}
			if fast {
				ahead = at(6, 1, 0).AddDate(5, 0, 0)
				clock = calendar.Clock{Epoch: ahead, Start: at(6, 1, 0), Rate: 1000}
			}
			f := newFiled(t, at(7, 5, 10), ahead, clock).lives()
			for _, lang := range []string{"zh", "en"} {
				f.w = words.New(lang)
				got, file := f.say("task", "show", name), filepath.Join("testdata", "case", name+"."+lang+".txt")
				got = aMessage.ReplaceAllString(got, "n00000000000") // each ledger has its own
				if *update {
					require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
					require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
				}
				want, err := os.ReadFile(file)
				require.NoError(t, err)
				require.Equal(t, string(want), got)
			}
			ledgertest.Proven(t, f.store)
		})
	}
}

func TestCaseAsJSON(t *testing.T) {
	t.Parallel()
	f := newFiled(t, at(7, 5, 10), time.Time{}, calendar.Clock{}).lives()
	var c report.Case
	require.NoError(t, json.Unmarshal([]byte(f.say("task", "show", "over", "--plan", "water", "-o", "json")), &c))
	require.Equal(t, map[ledger.NoticeState]int{ledger.Sent: 12, ledger.Failed: 1, ledger.Unknown: 1, ledger.Pending: 2}, c.Tally())
	require.Nil(t, c.Next(), "the notice was not served, and that has been said")
	require.Equal(t, []report.TalkStep{
		{ID: "served", Limit: calendar.NewDay(2021, 7, 1), Late: true, WorkdaysLate: 2},
		{ID: "held", Limit: calendar.NewDay(2021, 7, 8)},
	}, c.Talks[0].Steps[:2])
	var kinds []string
	for i, m := range c.History {
		kinds = append(kinds, m.Kind)
		require.True(t, i == 0 || m.Seq > c.History[i-1].Seq)
	}
	want, err := f.store.Events(t.Context(), ledger.EventFilter{Plan: "water", Task: "over"})
	require.NoError(t, err)
	for _, e := range want {
		require.Contains(t, kinds, e.Kind)
	}
	for _, kind := range []string{ledger.PlanLaunched, ledger.MessageDeferred, ledger.MessageFailed, ledger.MessageUnknown, ledger.MessageSent} {
		require.Contains(t, kinds, kind)
	}
}

func TestTaskList(t *testing.T) {
	t.Parallel()
	f := newFiled(t, at(7, 5, 10), time.Time{}, calendar.Clock{}).lives()
	for args, want := range map[string][]string{
		"":                             {"over", "watch.2021Q2", "late", "watch", "s01"},
		"--light red":                  {"over", "watch.2021Q2"},
		"--light 红灯":                   {"over", "watch.2021Q2"},
		"--unit gaoping":               {"over", "watch.2021Q2", "late", "watch", "s01"},
		"--unit 高平市政府 --state closed":  {"late"},
		"--unit 市水务局":                  {"over"},
		"--state 在办 --kind dated":      {"over", "watch.2021Q2"},
		"--kind occurrence":            {"watch.2021Q2"},
		"--kind duty":                  {"watch"},
		"--kind standing --plan water": {"s01"},
		"--state cancelled":            {},
		"--light done_late --kind 任务和期次":          {"late"},
		"--unit 市治水办":                             {},
		"--light green --unit 高平市人民政府":            {},
		"--kind standing --unit 市水务局":             {},
		"--kind duty --state open --unit gaoping": {"watch"},
	} {
		var lines []query.TaskLine
		require.NoError(t, json.Unmarshal([]byte(f.say(append(append([]string{"task", "list"}, strings.Fields(args)...), "-o", "json")...)), &lines))
		ids := []string{}
		for _, l := range lines {
			ids = append(ids, l.ID)
			require.Equal(t, "water", l.Plan)
			require.Equal(t, strings.Contains(args, "--unit"), l.Part != "")
		}
		require.Equal(t, want, ids, args)
	}
	table := f.say("task", "list", "--unit", "高平市政府", "--light", "red")
	require.Contains(t, table, "配合")
	require.Contains(t, table, "共 2 项。")
	require.Equal(t, "共 0 项。\n", f.say("task", "list", "--state", "cancelled"))
}

func TestTaskCommandsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	f := newFiled(t, at(7, 5, 10), time.Time{}, calendar.Clock{})
	f.launched("air", calendar.Clock{})
	for args, want := range map[string]string{
		"task show ovr":             "没有编号为“ovr”的任务。是不是：\n  over  建成污水处理厂（市水务局） --plan air\n  over  建成污水处理厂（市水务局） --plan water",
		"task show 断面 --plan water": "没有编号为“断面”的任务。是不是：\n  watch  监测断面水质（高平市人民政府）\n  s01  赵庄断面水质达到目标（高平市人民政府）",
		"task show zzzzzzzz":        "没有编号为“zzzzzzzz”的任务。全部编号见 task list。",
		"task show over":            "有 2 个计划都有编号为“over”的任务，请用 --plan 指明：\n  air  建成污水处理厂\n  water  建成污水处理厂",
		"task list --unit 高平市":      "没有叫“高平市”的单位。是不是：高平市人民政府",
		"task list --light purple":  "--light purple：只能是 red（红）、yellow（黄）、blue（蓝）、green（绿）、done_late（逾期办结）、done（按期办结）",
		"task list --state away":    "--state away：只能是 open（在办）、reported（办结待核）、suspended（暂停）、closed（销号）、cancelled（撤销）、carried（结转）",
	} {
		_, err := f.says(strings.Fields(args)...)
		require.EqualError(t, err, want, args)
	}
	_, err := f.says("task", "show", "over", "--plan", "nothing")
	require.ErrorIs(t, err, ledger.ErrNotFound)
	require.Contains(t, f.say("task", "show", "soon"), "完成清淤　督办卷宗\n治水计划（市办〔2021〕1号）", "the only plan that has such a task")
	list := f.say("task", "list")
	require.Contains(t, list, "共 8 项。")
	require.Contains(t, list, "│ 计划")
	var lines []query.TaskLine
	require.NoError(t, json.Unmarshal([]byte(f.say("task", "list", "-o", "json", "--light", "red")), &lines))
	require.Equal(t, []string{"air over", "water over", "water late"}, []string{lines[0].Plan + " " + lines[0].ID, lines[1].Plan + " " + lines[1].ID, lines[2].Plan + " " + lines[2].ID})
}
