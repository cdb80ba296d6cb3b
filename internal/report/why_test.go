package report_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

// reasons are the sentences of Why for the stages of a task's own ladder, by stage ID.
func reasons(c report.Case, lang string) map[string]string {
	all := map[string]string{}
	for _, s := range c.Ladder {
		all[s.Stage] = report.Speak(words.New(lang)).Why(c, s)
	}
	return all
}

// TestWhyThatDay: the reason names the rung, the clause that sets the due date, and the rest
// day from which the stage was moved, a holiday by its name in the notice.
func TestWhyThatDay(t *testing.T) {
	t.Parallel()
	r := small(t)
	c := r.file(t, "t6", day(7, 1)) // due on Tuesday 6 July: three days before is a Saturday
	require.Equal(t, "标准督办规则：到期前3天提醒。时限是2021年7月6日（星期二）（三（二）4），算得2021年7月3日（星期六），是周末休息日，提前到2021年7月2日（星期五）。", reasons(c, "zh")["remind-3"])
	require.Equal(t, "标准督办规则：到期当日提醒。时限是2021年7月6日（星期二）（三（二）4），算得2021年7月6日（星期二）。", reasons(c, "zh")["due"])
	require.Contains(t, reasons(c, "en")["remind-3"], "a rest day (weekend), brought forward to")

	r.tasks[5].Due, r.tasks[5].Facts.Due = day(10, 8), day(10, 8) // the day before is in the National Day holiday
	c = r.file(t, "t6", day(7, 1))
	require.Contains(t, reasons(c, "zh")["remind-1"], "算得2021年10月7日（星期四），是国庆节休息日，提前到2021年9月30日（星期四）")
}

// TestTheReasonIsTheRule: for every stage of every task, Why.Day is the day that the rung
// gives, counted from Why.From, and when the stage is on another day the sentence says why
// it was moved.
func TestTheReasonIsTheRule(t *testing.T) {
	t.Parallel()
	cal, counted, unsaid := holidays(t), 0, 0
	r := wholeYear(t, day(7, 1))
	for _, task := range r.tasks {
		if task.Kind != plan.Dated {
			continue
		}
		c := r.file(t, task.ID, day(7, 1))
		for _, s := range c.Ladder {
			if s.Kind == plan.Told || s.Topic != "" && s.Topic != plan.TopicAcknowledge || len(s.Merged) > 0 {
				continue
			}
			text := report.Speak(words.New("zh")).Why(c, s)
			if s.Why == nil || s.Why.Rule == nil {
				unsaid++
				continue
			}
			counted++
			rule := *s.Why.Rule
			want := s.Why.From
			switch {
			case rule.Before != nil:
				want = rule.Before.Before(want, cal)
			case rule.After != nil:
				want = rule.After.After(want, cal)
			}
			switch s.MovedBy {
			case "", "rest":
				require.Equal(t, want, s.Why.Day, "%s of %s due %s: %s", s.Stage, task.ID, task.Due, text)
			default:
				require.Contains(t, text, s.MovedFrom.String())
			}
			require.Equal(t, s.MovedBy == "rest", strings.Contains(text, "休息日"), text)
			if s.MovedBy == "rest" {
				require.False(t, cal.IsWorkday(s.Why.Day), text)
			}
		}
	}
	require.Zero(t, unsaid, "stages of which nobody is told why")
	require.Greater(t, counted, 300)
}

// TestTheTimelineTellsALife: the assignment is the first line, all lines are by instant, and
// each stage that is still to come is marked Ahead, with its recipients and its reason.
func TestTheTimelineTellsALife(t *testing.T) {
	t.Parallel()
	r := small(t)
	to := people.Recipient{Unit: "gaoping", Role: people.Liaison}
	r.speak("t6", "", "remind-7", plan.Remind, day(6, 29), ledger.Decided, calendar.Day{}, to)
	c := r.file(t, "t6", day(7, 1), ledger.Event{Seq: 1, Kind: ledger.TaskOrdered, Task: "t6", Real: nine(day(4, 8)), PlanAt: nine(day(4, 8)), Data: []byte(`{"stage": {"id": "act-0-order"}}`)})
	c.Facts.Source = "7月6日前完成清淤。"
	lines := report.Speak(words.New("zh")).Timeline(c)
	require.Equal(t, report.LineOrdered, lines[0].Kind)
	require.Contains(t, lines[0].Texts[0], "三（二）4原文：“7月6日前完成清淤。”")
	kinds := map[string]int{}
	for i, l := range lines {
		kinds[l.Kind]++
		require.NotEmpty(t, l.When)
		require.NotEmpty(t, l.What)
		require.NotEqual(t, report.LineHeard, l.Kind, "the order is told by the first line and by its word")
		require.False(t, i > 0 && l.At.Before(lines[i-1].At))
		if l.Kind == report.LineComing {
			require.True(t, l.Ahead)
			require.NotEmpty(t, l.Texts, "to whom")
			require.NotEmpty(t, l.Why, "%s", l.What)
		}
	}
	require.Positive(t, kinds[report.LineSaid])
	require.Positive(t, kinds[report.LineComing])
	require.Equal(t, 2, kinds[report.LineLimit], "the limit, and the first one")
	require.Empty(t, report.Speak(words.New("zh")).Timeline(r.file(t, "s1", day(7, 1))))
}
