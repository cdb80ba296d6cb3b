package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/settings"
	"duban/internal/words"
	"duban/seeds"
)

// desk is a person at a ledger of their own.
type desk struct {
	*app
	t     *testing.T
	store *ledger.Store
	said  *bytes.Buffer
}

func at(month time.Month, date, hour int) time.Time {
	return calendar.NewDay(2021, month, date).At(hour, 0, calendar.Beijing)
}

func newDesk(t *testing.T, now time.Time) *desk {
	t.Helper()
	dir := t.TempDir()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(dir, "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	said := &bytes.Buffer{}
	return &desk{t: t, store: store, said: said, app: &app{
		cfg: settings.Config{Dir: dir}, w: words.New("zh"), out: said, err: io.Discard, bar: io.Discard, log: slog.New(slog.DiscardHandler),
		now: func() time.Time { return now }, format: "table",
	}}
}

// says runs the starter and gives what it printed.
func (d *desk) says(args ...string) (string, error) {
	d.said.Reset()
	root := d.root()
	root.SetArgs(args)
	root.SetOut(d.said)
	root.SetErr(io.Discard)
	err := root.ExecuteContext(d.t.Context())
	if err != nil && !errors.Is(err, errSaid) {
		err = told{err, d.sentence(err)}
	}
	return d.said.String(), err
}

// told is an error as the person reads it.
type told struct {
	error
	text string
}

func (t told) Error() string { return t.text }
func (t told) Unwrap() error { return t.error }

func (d *desk) say(args ...string) string {
	d.t.Helper()
	out, err := d.says(args...)
	require.NoError(d.t, err)
	return out
}

// launched writes a plan of three tasks: one long overdue, one due in two days,
// one done late.
func (d *desk) launched(id string, clock calendar.Clock) {
	d.t.Helper()
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(d.t, problems)
	p := plan.Plan{
		ID: id, Title: "治水计划", Number: "市办〔2021〕1号", Zone: "Asia/Shanghai", Year: 2021, Hash: id, Policies: policies,
		Directory: people.Directory{Office: "office", Leadership: "leaders", Units: []people.Unit{{ID: "shuiwu", Name: "市水务局"}, {ID: "gaoping", Name: "高平市人民政府"}}},
		Tasks: []plan.Task{
			{ID: "soon", Kind: plan.Dated, Title: "完成清淤", Lead: "gaoping", Due: calendar.NewDay(2021, 7, 5), Policy: "standard"},
			{ID: "over", Kind: plan.Dated, Title: "建成污水处理厂", Lead: "shuiwu", Due: calendar.NewDay(2021, 6, 15), Policy: "standard"},
			{ID: "late", Kind: plan.Dated, Title: "完成管网改造", Lead: "shuiwu", Due: calendar.NewDay(2021, 6, 18), Policy: "soft"},
			{ID: "always", Kind: plan.Standing, Title: "推进节水", Lead: "shuiwu", Policy: "standard"},
		},
	}
	cal, err := d.calendar()
	require.NoError(d.t, err)
	rules, err := act.NewRules(&p, cal)
	require.NoError(d.t, err)
	began := at(6, 1, 0)
	var tasks []ledger.Task
	for _, t := range p.Tasks {
		tasks = append(tasks, ledger.TaskOf(&p, t, began))
	}
	ctx, when := d.t.Context(), func(t time.Time) ledger.When { return ledger.When{Real: t, Plan: t} }
	added, err := d.store.AddPlan(ctx, ledger.Launched{Plan: p, Clock: clock, At: began}, tasks, when(began))
	require.NoError(d.t, err)
	require.True(d.t, added)
	d.decide(ctx, rules, id, tasks, at(6, 30, 20), when)
	d.closed(d.t, id, "late", "验收合格", when(at(6, 23, 10)))
	require.NoError(d.t, d.store.MarkArmed(ctx, id, []string{"soon", "over"}, when(at(7, 1, 8))))
}

// decide decides every stage that speaks before the instant.
func (d *desk) decide(ctx context.Context, rules act.Rules, id string, tasks []ledger.Task, before time.Time, when func(time.Time) ledger.When) {
	for _, t := range tasks {
		for _, s := range rules.Ahead(ledger.CaseOf(t)) {
			if !s.At.Before(before) || t.ID == "late" && s.At.After(at(6, 18, 0)) {
				continue
			}
			channels := map[people.Recipient][]string{}
			for _, r := range s.To {
				channels[r] = []string{"outbox"}
			}
			_, _, err := ledgertest.Decide(ctx, d.store, ledger.Decision{Plan: id, Task: t.ID, Revision: 1, Stage: s, Channels: channels, OpensTalk: s.Kind == plan.Talk}, when(s.At))
			require.NoError(d.t, err)
		}
	}
}

func TestStatusOfPlans(t *testing.T) {
	t.Parallel()
	d := newDesk(t, at(7, 1, 10))
	require.Contains(t, d.say("plan", "status"), "还没有已启动的计划")
	require.JSONEq(t, `[]`, d.say("plan", "status", "-o", "json"))

	d.launched("water", calendar.Clock{})
	require.JSONEq(t, `[{"id": "water", "title": "治水计划", "number": "市办〔2021〕1号", "launched_at": "2021-06-01T00:00:00+08:00", "as_of": "2021-07-01",
		"tasks": 3, "open": 2, "overdue": 1, "done": 1, "done_late": 1, "red": 1, "yellow": 1, "blue": 0, "green": 0, "duties": 0, "standing": 1,
		"talks": 1, "unarmed": 0,
		"next": {"task": "soon", "title": "完成清淤", "unit": "高平市人民政府", "stage": "remind-1", "kind": "remind", "at": "2021-07-02T09:00:00+08:00"}}]`,
		d.say("plan", "status", "-o", "json"))
	table := d.say("plan", "status")
	for _, want := range []string{"water", "治水计划", "下一次督办", "1（逾期 1）", "2021-07-02 09:00"} {
		require.Contains(t, table, want)
	}
}

func TestStatusOfOnePlan(t *testing.T) {
	t.Parallel()
	d := newDesk(t, at(7, 1, 10))
	d.launched("water", calendar.Clock{})
	out := d.say("plan", "status", "water")
	lines := strings.Split(out, "\n")
	require.Equal(t, "治水计划（市办〔2021〕1号）  截至2021年7月1日", lines[0])
	require.Equal(t, "应办 3 项：红灯 1、黄灯 1、蓝灯 0、绿灯 0、逾期办结 1、按期办结 0。按期办结率 0.0%。", lines[1])
	var rows []string
	for _, l := range lines {
		if strings.Contains(l, "│") {
			rows = append(rows, strings.Join(strings.Fields(strings.ReplaceAll(l, "│", " ")), " "))
		}
	}
	require.Equal(t, []string{
		"状态 亮灯 完成时限 距时限／逾期 编号 责任主体 工作任务 最近督办 下一步 约谈通报",
		"在办 红灯 2021-06-15 逾期12个工作日 over 市水务局 建成污水处理厂 2021-06-29 约谈 待启动",
		"在办 黄灯 2021-07-05 剩2个工作日 soon 高平市人民政府 完成清淤 2021-06-28 提醒 2021-07-02 09:00 提醒",
		"销号 逾期办结 2021-06-18 迟3个工作日办结 late 市水务局 完成管网改造 2021-06-17 提醒",
	}, rows)

	var book query.StatusTable
	require.NoError(t, json.Unmarshal([]byte(d.say("plan", "status", "water", "-o", "json")), &book))
	require.Equal(t, []string{"over", "soon", "late", "always"}, []string{book.Tasks[0].ID, book.Tasks[1].ID, book.Tasks[2].ID, book.Tasks[3].ID})
	require.Equal(t, 3, book.Counts.Total)

	_, err := d.says("plan", "status", "nothing")
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

// The clock of a rehearsal that is over shows its last event, however long ago
// that is; a real plan goes on with the wall clock.
func TestARehearsalEndsAtItsLastEvent(t *testing.T) {
	t.Parallel()
	d := newDesk(t, at(7, 1, 10).AddDate(5, 0, 0))
	d.launched("real", calendar.Clock{})
	d.launched("fast", calendar.Clock{Epoch: at(6, 1, 0), Start: at(6, 1, 0), Rate: 345600})
	var rows []query.PlanRow
	require.NoError(t, json.Unmarshal([]byte(d.say("plan", "status", "-o", "json")), &rows))
	days := map[string]string{}
	for _, r := range rows {
		days[r.ID] = r.AsOf.String()
	}
	require.Equal(t, map[string]string{"real": "2026-07-01", "fast": "2021-07-01"}, days)
}

func TestExportToFiles(t *testing.T) {
	d := newDesk(t, at(7, 1, 10))
	_, err := d.says("ledger", "export")
	require.ErrorContains(t, err, "还没有已启动的计划")
	d.launched("water", calendar.Clock{})
	t.Chdir(t.TempDir())

	require.Equal(t, "已导出到 台账-water-2021-07-01.xlsx：治水计划，截至2021年7月1日，4 行。\n", d.say("ledger", "export"))
	f, err := excelize.OpenFile("台账-water-2021-07-01.xlsx")
	require.NoError(t, err)
	rows, err := f.GetRows("台账")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Len(t, rows, 8)

	require.NoError(t, os.WriteFile("book.csv", []byte("old"), 0o600))
	d.say("ledger", "export", "--format", "csv", "-f", "book.csv")
	raw, err := os.ReadFile("book.csv")
	require.NoError(t, err)
	require.Equal(t, d.say("ledger", "export", "--format", "csv", "-f", "-"), string(raw))
	require.True(t, strings.HasPrefix(string(raw), "\ufeff序号,工作任务"))

	d.say("ledger", "export", "--format", "events")
	raw, err = os.ReadFile("事件-water-2021-07-01.jsonl")
	require.NoError(t, err)
	want, err := d.store.Events(t.Context(), ledger.EventFilter{Changes: true}) // those of no plan too: the chain has no hole
	require.NoError(t, err)
	var got []ledger.Event
	for line := range strings.Lines(string(raw)) {
		var e ledger.Event
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		if e.Kind != "" { // a line without is a document that events name
			got = append(got, e)
		}
	}
	require.Equal(t, want, got)

	_, err = d.says("ledger", "export", "-f", "no/such/folder.xlsx")
	require.Error(t, err)
	left, err := os.ReadDir(".")
	require.NoError(t, err)
	require.Len(t, left, 3, "a temporary file was left behind")
}

func TestExportJSON(t *testing.T) {
	t.Parallel()
	d := newDesk(t, at(7, 1, 10))
	d.launched("water", calendar.Clock{})
	out := d.say("ledger", "export", "-o", "json")
	require.Equal(t, out, d.say("ledger", "export", "--format", "json", "-f", "-"))
	var table report.Table
	require.NoError(t, json.Unmarshal([]byte(out), &table))
	require.Equal(t, 4, len(table.Tasks))
	require.Equal(t, "over#1", table.Talks[0].ID)
	for _, s := range table.Stages {
		if s.Task == "over" && s.Stage == "urge" {
			require.Equal(t, []string{"市水务局 outbox pending", "市水务局 outbox pending"}, []string{
				s.Messages[0].Name + " " + s.Messages[0].Channel + " " + string(s.Messages[0].State), s.Messages[1].Name + " " + s.Messages[1].Channel + " " + string(s.Messages[1].State)})
		}
	}
}

func TestExportRefusesWhatItCannotTell(t *testing.T) {
	t.Parallel()
	d := newDesk(t, at(7, 1, 10))
	d.launched("water", calendar.Clock{})
	d.launched("air", calendar.Clock{})
	for want, args := range map[string][]string{
		"已启动的计划有 2 个，请用 --plan 指明导出哪一个：\n  air  治水计划\n  water  治水计划": {"ledger", "export"},
		"--format pdf：只能是 xlsx、csv、json 或 events":                    {"ledger", "export", "--format", "pdf"},
		"-o table：只能是 json；其他格式用 --format":                           {"ledger", "export", "-o", "table"},
		"-o json 与 --format csv 不一致：只写一个":                            {"ledger", "export", "-o", "json", "--format", "csv"},
	} {
		_, err := d.says(args...)
		require.EqualError(t, err, want)
	}
	require.Contains(t, d.say("ledger", "export", "--plan", "air", "-o", "json"), `"id": "air"`)
}

// What lists say is the same, byte for byte, whether the ledger chooses by what it
// has worked out, or every task is read; also where some has been written since.
func TestListsSayTheSameFromIndexes(t *testing.T) {
	t.Parallel()
	f := newFiled(t, at(7, 5, 10), time.Time{}, calendar.Clock{}).lives()
	f.launched("air", calendar.Clock{})
	cal, err := f.calendarOf(t.Context(), f.store)
	require.NoError(t, err)
	var asked [][]string
	for _, light := range []string{"", "red", "yellow", "blue", "green", "done", "done_late"} {
		for _, kind := range []string{"", "dated", "task", "occurrence", "duty", "standing"} {
			for _, unit := range []string{"", "市水务局", "高平市政府", "office"} {
				args := []string{"task", "list"}
				for flag, value := range map[string]string{"--light": light, "--kind": kind, "--unit": unit} {
					if value != "" {
						args = append(args, flag, value)
					}
				}
				asked = append(asked, args, append(slices.Clone(args), "-o", "json"))
			}
		}
	}
	asked = append(asked, []string{"plan", "status"}, []string{"plan", "status", "-o", "json"}, []string{"talk", "list"}, []string{"talk", "list", "-o", "json"},
		[]string{"talk", "list", "--state", "open", "-o", "json"}, []string{"task", "list", "--limit", "2", "--skip", "1"}, []string{"task", "list", "--limit", "3"},
		[]string{"task", "list", "--state", "open"}, []string{"task", "list", "--state", "closed"})
	want := map[string]string{}
	for _, args := range asked {
		want[strings.Join(args, " ")] = f.say(args...)
	}
	same := func(when string) {
		for _, args := range asked {
			require.Equal(t, want[strings.Join(args, " ")], f.say(args...), when+": "+strings.Join(args, " "))
		}
	}
	for _, id := range []string{"water", "air"} {
		n, err := f.store.Refresh(t.Context(), id, cal)
		require.NoError(t, err)
		require.Positive(t, n)
	}
	_, _, kept, err := f.store.Frame(t.Context(), "water")
	require.NoError(t, err)
	require.True(t, kept)
	same("worked out")
	require.Contains(t, f.say("task", "list", "--limit", "3"), "--skip 3")

	f.closed(t, "air", "soon", "验收合格", ledger.When{Real: at(7, 4, 10), Plan: at(7, 4, 10)})
	stale, err := f.store.Stale(t.Context(), cal)
	require.NoError(t, err)
	require.Equal(t, []string{"air"}, stale)
	for _, args := range asked {
		want[strings.Join(args, " ")] = f.say(args...)
	}
	_, err = f.store.Refresh(t.Context(), "air", cal)
	require.NoError(t, err)
	same("one was written and is worked out")
}
