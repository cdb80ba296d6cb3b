package report_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

// file is the case file of one task of the rows.
func (r rows) file(t testing.TB, id string, today calendar.Day, events ...ledger.Event) report.Case {
	t.Helper()
	records := report.Records{Events: events}
	for _, task := range r.tasks {
		if task.ID == id {
			records.Task = task
		}
		if task.Duty == id {
			records.Occurrences = append(records.Occurrences, task)
		}
	}
	require.Equal(t, id, records.Task.ID)
	for _, s := range r.stages {
		if s.Task == id {
			records.Stages = append(records.Stages, s)
		}
	}
	for _, n := range r.notices {
		if n.Task == id {
			records.Notices = append(records.Notices, n)
		}
	}
	for _, k := range r.talks {
		if k.Task == id {
			records.Talks = append(records.Talks, k)
		}
	}
	return report.CaseFile(r.launched, records, today, holidays(t))
}

// An extension replaced the ladder: the new one comes first, the old one says
// that it was replaced, and the first due date stays to be seen.
func TestCaseOfAnExtendedTask(t *testing.T) {
	t.Parallel()
	r := small(t)
	r.tasks[5].Revision = 2
	r.speak("t6", "", "late-5", plan.Remind, day(7, 7), ledger.Void, calendar.Day{}, people.Recipient{Unit: "gaoping", Role: people.Liaison})
	_, _, sections := report.Speak(words.New("zh")).Case(r.file(t, "t6", day(7, 1)))
	require.Contains(t, sections[0].Facts, report.Fact{Label: "完成时限", Text: "2021年7月6日（星期二）24:00前"})
	require.Contains(t, sections[0].Facts, report.Fact{Label: "首次时限", Text: "2021年6月30日（星期三）"})
	require.Contains(t, sections[0].Facts, report.Fact{Label: "督办规则", Text: "标准督办规则（standard，第 2 版），现行第 2 次阶梯"})
	require.Contains(t, sections[0].Facts, report.Fact{Label: "下一步", Text: "2021-07-02 09:00 到期前3天提醒，对象：联络员"})
	columns := []string{"督办时间", "督办", "亮灯", "决定", "对象和结果", "说明"}
	require.Equal(t, []string{"2021-07-06 09:00", "到期当日提醒", "黄灯", "未到时间", "联络员", ""}, sections[1].Tables[0].Rows[2])
	sections[1].Tables = sections[1].Tables[1:]
	require.Equal(t, report.Section{Heading: "二、督办阶梯", Tables: []report.Grid{
		{Head: "此前的第 1 次阶梯（已被替换）", Columns: columns, Rows: [][]string{
			{"2021-06-30 09:00", "补提醒", "黄灯", "2021-06-30 08:00", "无人接收", ""},
			{"2021-07-07 09:00", "提醒", "黄灯", "不再督办", "联络员", ""},
		}},
	}}, sections[1])
}

// MovedBy follows from the calendar: 26 June 2021 is a Saturday, the 23rd a Wednesday.
func TestWhatMovedAStage(t *testing.T) {
	t.Parallel()
	r := small(t)
	r.tasks[5].State = ledger.TaskClosed // so that no stages to come are added
	for _, to := range []calendar.Day{day(6, 25), day(6, 28), day(6, 24), day(6, 30)} {
		r.speak("t6", "", "due", plan.DueDay, to, ledger.Expected, day(6, 26))
	}
	r.speak("t6", "", "due", plan.DueDay, day(6, 24), ledger.Expected, day(6, 23))
	c := r.file(t, "t6", day(6, 20))
	got := map[string]string{}
	for _, s := range c.Ladder {
		got[s.MovedFrom.String()+" to "+calendar.DayOf(s.At).String()] = s.MovedBy
	}
	require.Equal(t, map[string]string{
		" to 2021-06-30": "", "2021-06-26 to 2021-06-25": "rest", "2021-06-26 to 2021-06-28": "rest", "2021-06-26 to 2021-06-24": "due",
		"2021-06-26 to 2021-06-30": "late", "2021-06-23 to 2021-06-24": "late",
	}, got)
}

// A step that was taken late is not shown as missed, and a step whose limit is still to
// come is not shown as late.
func TestCaseOfATalkUnderWay(t *testing.T) {
	t.Parallel()
	r := small(t)
	r.talks[0].Taken["held"] = day(7, 8)
	r.talks = append(r.talks, ledger.Talk{ID: "t1#2", Task: "t1", Number: 2, Lead: "shuiwu", State: act.TalkDeclined, OpensAt: nine(day(7, 9)), Approver: "liu"},
		ledger.Talk{ID: "t1#3", Task: "t1", Number: 3, Lead: "shuiwu", State: act.TalkPending, OpensAt: nine(day(7, 14))})
	_, _, sections := report.Speak(words.New("zh")).Case(r.file(t, "t1", day(7, 9)))
	talks := sections[2]
	require.Equal(t, "三、约谈", talks.Heading)
	require.Equal(t, [][]string{
		{"送达通知书", "2021-06-29", "2021-06-28", "按时完成"},
		{"召开约谈", "2021-07-05", "2021-07-08", "迟3个工作日完成"},
		{"约谈纪要", "2021-07-13", "", "未到时限"},
	}, talks.Tables[0].Rows[:3])
	require.Equal(t, []string{
		"约谈（t1#2）：不予批准。被约谈单位：市水务局。决定人：liu。",
		"约谈（t1#3）：待启动。被约谈单位：市水务局。定于2021-07-14 09:00 启动。",
	}, []string{talks.Tables[2].Head, talks.Tables[3].Head})
}

// Every kind of origin has words of its own in both languages.
func TestEveryOriginHasWords(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		said := map[string]bool{}
		for _, kind := range act.OriginKinds {
			o := act.Origin{Kind: kind, Of: "牛村/2027-03"}
			text := report.Speak(words.New(lang)).Origin(o)
			require.NotContains(t, text, "event.", kind)
			require.NotContains(t, text, "<no value>", kind)
			said[text] = true
		}
		require.Len(t, said, len(act.OriginKinds))
	}
	require.Equal(t, "断面牛村 2027-03 水质", report.Speak(words.New("zh")).Origin(act.FromSection("牛村", "2027-03")))
}

// Every kind of event about a task has words in both languages.
func TestEveryEventHasWords(t *testing.T) {
	t.Parallel()
	r := small(t)
	for _, lang := range []string{"zh", "en"} {
		for _, kind := range []string{
			ledger.PlanLaunched, ledger.OccurrenceOpened, ledger.TaskOpened, ledger.TaskArmed, ledger.StageDecided, ledger.StageVoid, ledger.NoticeDropped,
			ledger.MessageFailed, ledger.MessageDeferred, ledger.MessageUnknown, ledger.MessageResent, ledger.MessageDropped, ledger.TalkOpened, ledger.TalkAsked, ledger.TalkHasJoined, ledger.TalkVoided,
			ledger.WorkflowMended, ledger.WorkflowTaken, ledger.TalkGivenBack, ledger.DutyEnded, ledger.DutyReopened,
		} {
			for _, data := range []string{`null`, `"what nobody expected"`, `{"stage": "warn", "revision": 1, "talk": "t1#1", "reason": "x"}`, `{"stage": {"id": "talk", "kind": "talk", "to": ["lingdao/leader"]}, "opens": "t1#1"}`} {
				c := r.file(t, "t1", day(7, 1), ledger.Event{Seq: 1, Kind: kind, Task: "t1", Actor: "wang", Real: nine(day(7, 1)), PlanAt: nine(day(7, 1)), Data: json.RawMessage(data)})
				_, _, sections := report.Speak(words.New(lang)).Case(c)
				rows := sections[len(sections)-1].Tables[0].Rows
				require.Len(t, rows, 1)
				require.NotContains(t, rows[0][2], kind, lang)
				require.NotContains(t, rows[0][2], "case.", lang)
				require.NotContains(t, rows[0][2], "<no value>", lang)
			}
		}
	}
}

// Folding loses nothing but blanks and keeps to the width.
func TestFold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("ab ，。（）中文督办1")), 0, 120, -1).Draw(t, "text")
		w := rapid.IntRange(4, 40).Draw(t, "width")
		lines := report.Fold(s, w)
		require.NotEmpty(t, lines)
		for _, l := range lines {
			require.LessOrEqual(t, report.Wide(l), w)
		}
		bare := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		require.Equal(t, bare(s), bare(strings.Join(lines, "")))
	})
	require.Equal(t, []string{"2021年6月底前完", "成（验收），并", "投运"}, report.Fold("2021年6月底前完成（验收），并投运", 15))
	require.Equal(t, []string{"the mail server", "was away"}, report.Fold("the mail server was away", 16))
}

// Where the plan clock differs from the real one, the plan time of a message is that of
// its receipt.
func TestCaseOnTwoClocks(t *testing.T) {
	t.Parallel()
	r := small(t)
	sent := nine(day(6, 22)).Add(time.Minute)
	c := r.file(t, "t1", day(7, 1), ledger.Event{Seq: 9, Kind: ledger.MessageSent, Real: sent.AddDate(5, 0, 0), PlanAt: sent, Data: json.RawMessage(`{"message": "m@duban.local"}`)})
	require.Equal(t, local(day(6, 22), 9, 1), c.Ladder[0].Messages[0].SentPlan)
	require.Equal(t, []report.Step{{Stage: "warn", Kind: plan.Warn, At: local(day(6, 22), 9, 0)}}, c.History[0].Stages[:1])
}
