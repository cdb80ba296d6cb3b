package report_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

// spring is the small plan in which t6 was reminded and urged in June, when another unit
// led it and it had another title, due date and ladder.
func spring(t testing.TB) rows {
	t.Helper()
	r := small(t)
	liaison := people.Recipient{Unit: "chengguan", Role: people.Liaison}
	r.speak("t6", "", "remind-10", plan.Remind, day(6, 17), ledger.Decided, calendar.Day{}, liaison)
	ten, five := plan.Offset{N: 10, Work: true}, plan.Offset{N: 5, Work: true}
	s := &r.stages[len(r.stages)-1]
	s.Merged = []string{"remind-5"}
	s.Scene = ledger.Scene{Title: "清理旧河道", Unit: "chengguan", Due: day(6, 30), Names: map[string]string{"chengguan": "市市政管理局"},
		Rules: []plan.Rule{{ID: "remind-10", Kind: plan.Remind, Before: &ten}, {ID: "remind-5", Kind: plan.Remind, Before: &five}}}
	policy := r.launched.Plan.Policies["standard"]
	seven := plan.Offset{N: 7, Work: true}
	policy.Stages = []plan.Rule{{ID: "remind-10", Kind: plan.Remind, Before: &seven}, {ID: "remind-5", Kind: plan.Remind, Before: &seven}}
	r.launched.Plan.Policies = map[string]plan.Policy{"standard": policy}
	r.tasks[5].Revision = 2
	return r
}

// The rows of stages decided last spring have the unit, its name, the title and the due
// date of that time, though the task has others now.
func TestARowIsAsItWasSaid(t *testing.T) {
	t.Parallel()
	book := spring(t).book(t, calendar.NewDay(2022, 7, 1))
	var row report.StageRow
	for _, s := range book.Stages {
		if s.Stage == "remind-10" && s.State == ledger.Decided {
			row = s
		}
	}
	require.Equal(t, []any{"清理旧河道", "市市政管理局", "chengguan", day(6, 30), "市市政管理局"}, []any{row.Title, row.Unit, row.UnitID, row.Due, row.Messages[0].Name})
	require.Equal(t, []any{"完成清淤", "高平市人民政府", day(7, 6)}, []any{book.Tasks[5].Title, book.Tasks[5].Lead, book.Tasks[5].Due})

	file := workbook(t, book, "zh")
	var said []string
	for _, line := range sheetRows(t, file, "督办记录") {
		if strings.Contains(strings.Join(line, "|"), "清理旧河道") {
			said = line
		}
	}
	require.Contains(t, said, "市市政管理局")
	require.Contains(t, said, "市市政管理局联络员")
	require.NotContains(t, said, "高平市人民政府")
}

// The case file names the rungs of a replaced ladder by the policy of that time: in the
// ladder, among merged stages, and in the history.
func TestTheRungsOfAReplacedLadderKeepTheirNames(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string][]string{
		"zh": {"到期前10个工作日提醒", "到期前5个工作日提醒"}, "en": {"10 working days before", "5 working days before"},
	} {
		decided := ledger.Event{Seq: 1, Kind: ledger.StageDecided, Task: "t6", Actor: ledger.Engine, Real: nine(day(6, 17)), PlanAt: nine(day(6, 17)),
			Data: json.RawMessage(`{"revision": 1, "stage": {"id": "remind-10", "kind": "remind", "at": "2021-06-17T01:00:00Z", "to": ["chengguan/liaison"]}}`)}
		c := spring(t).file(t, "t6", day(7, 1), decided)
		_, _, sections := report.Speak(words.New(lang)).Case(c)
		whole, err := json.Marshal(sections)
		require.NoError(t, err)
		require.GreaterOrEqual(t, strings.Count(string(whole), want[0]), 3, "on the ladder, among the messages, in the history: %s", whole)
		require.Contains(t, string(whole), want[1])
	}
}

// The facts of a rule's proposal are put into words when they are read: in the reader's
// language, and with the numbers of the day on which the rule counted, also a year later.
func TestTheFactsOfAProposalAreWordedWhenTheyAreRead(t *testing.T) {
	t.Parallel()
	proposed := ledger.Event{Seq: 1, Kind: ledger.ActKind(act.Propose), Plan: "small", Task: "t1", Actor: ledger.Engine, Real: nine(day(6, 25)), PlanAt: nine(day(6, 25)),
		Data: json.RawMessage(`{"act": {"id": "engine:rule", "kind": "propose", "by": {"account": "engine", "name": "engine"}, "at": "2021-06-25T01:00:00Z", "on": "2021-06-25", "reason": "写下时的文字"},
			"talk": "t1#1", "rule": "two", "grounds": [{"count": "overdue", "task": "t1", "title": "当时的题目", "day": "2021-06-24", "on": "2021-06-25", "days": 1, "workdays": 1}]}`)}
	for lang, want := range map[string]string{"zh": "“当时的题目”2021年6月24日到期，至2021年6月25日逾期1天（1个工作日），当时未办结", "en": "was 1 day overdue (1 working day) and not done"} {
		c := small(t).file(t, "t1", calendar.NewDay(2022, 7, 1), proposed)
		_, _, sections := report.Speak(words.New(lang)).Case(c)
		whole, err := json.Marshal(sections)
		require.NoError(t, err)
		require.Contains(t, string(whole), want)
		require.NotContains(t, string(whole), "写下时的文字")
		talk, ok := c.OfTalk("t1#1")
		require.True(t, ok)
		_, _, sections = report.Speak(words.New(lang)).Talk(talk)
		require.Contains(t, fmt.Sprint(sections[0]), want)
		require.Contains(t, report.Speak(words.New(lang)).Event(people.Directory{}, calendar.Beijing, proposed), want)
	}
}

// An event's line says what the act was about: the date, the unit, the percentage.
func TestAnEventSaysWhatTheActWasAbout(t *testing.T) {
	t.Parallel()
	dir := small(t).launched.Plan.Directory
	for data, want := range map[string][]string{
		`{"act": {"kind": "extend", "by": {"name": "王"}, "due": "2021-07-31", "percent": 55, "reason": "审批未完"}}`: {"2021-07-31", "55%", "审批未完"},
		`{"act": {"kind": "reassign", "by": {"name": "王"}, "unit": "gaoping", "reason": "职责调整"}}`:                {"高平市人民政府", "职责调整"},
		`{"act": {"kind": "progress", "by": {"name": "王"}, "percent": 60}}`:                                      {"60%"},
		`{"act": {"kind": "reword", "by": {"name": "王"}, "title": "新题目"}}`:                                       {"新题目"},
		`{"act": {"kind": "set_rule", "by": {"name": "王"}, "rule": "year+31"}}`:                                  {"每年一期，期末后第 31 天为限"},
		`{"act": {"kind": "correct", "by": {"name": "王"}, "begin": "2021-06-01"}}`:                               {"起始日：2021-06-01"},
		`{"act": {"kind": "answer", "by": {"name": "王"}, "ref": "2", "reason": "已办"}}`:                           {"第 2 项", "已办"},
		`{"act": {"kind": "carry", "by": {"name": "王"}, "ref": "w27/1-1", "title": "建厂", "paper": "1号"}}`:        {"王：转入 w27 的 1-1；依据1号"},
	} {
		said := report.Speak(words.New("zh")).Event(dir, calendar.Beijing, ledger.Event{Kind: "act.extend", Data: json.RawMessage(data)})
		for _, w := range want {
			require.Contains(t, said, w)
		}
	}
}

// The events of an audit, of a carried task and of a plan's end are shown as sentences and
// not as their JSON data.
func TestAnEventThatIsNoActIsASentence(t *testing.T) {
	t.Parallel()
	dir := small(t).launched.Plan.Directory
	from := `"from": {"plan": "water-2021", "task": "p14", "on": "2022-01-20"}`
	for _, c := range []struct {
		kind, data string
		want       []string
	}{
		{ledger.AuditUnattended, `{"unit": "gaoping", "tasks": ["a", "b"]}`, []string{"高平市人民政府", "2"}},
		{ledger.AuditAlarm, `{"unattended": [{"unit": "gaoping"}]}`, []string{"1"}},
		{ledger.AuditProvisional, `{"year": 2022}`, []string{"2022"}},
		{ledger.TaskTaken, `{` + from + `, "act": "carry-1", "due": "2022-06-30"}`, []string{"water-2021", "p14"}},
		{ledger.TaskTaken, `{` + from + `, "over": true}`, []string{"water-2021", "p14"}},
		{ledger.OccurrenceCarried, `{` + from + `, "duty": "m", "period": "2021Q4"}`, []string{"water-2021", "p14"}},
		{ledger.PlanEnded, `{"act": {"kind": "end_plan", "by": {"name": "王"}, "reason": "年度终了"}}`, []string{"年度终了"}},
	} {
		for _, lang := range []string{"zh", "en"} {
			said := report.Speak(words.New(lang)).Event(dir, calendar.Beijing, ledger.Event{Kind: c.kind, Data: json.RawMessage(c.data)})
			for _, w := range c.want {
				require.Contains(t, said, w, c.kind)
			}
			require.NotContains(t, said, "{", c.kind)
		}
	}
}
