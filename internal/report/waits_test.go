package report_test

import (
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

// The column of talks shows the gravest talk that is not over, also when a later one is
// over, and numbers circulars apart from talks.
func TestAListShowsTheGravestThatWaits(t *testing.T) {
	t.Parallel()
	talk, circular := plan.ProposeTalk, plan.ProposeCircular
	for _, c := range []struct {
		zh, en string
		talks  []report.Called
	}{
		{"第1次：进行中", "no. 1: going on", []report.Called{{Number: 1, State: act.TalkOpen, What: talk}, {Number: 1, State: act.TalkClosed, What: circular}}},
		{"第2次：待批准，另有1项待办", "no. 2: awaiting approval, 1 more waiting", []report.Called{{Number: 1, State: act.TalkOpen, What: talk}, {Number: 2, State: act.TalkProposed, What: talk}, {Number: 3, State: act.TalkVoid, What: talk}}},
		{"通报：待批准，另有1项待办", "circular: awaiting approval, 1 more waiting", []report.Called{{Number: 1, State: act.TalkProposed, What: circular}, {Number: 1, State: act.TalkOpen, What: talk}}},
		{"第1次：进行中（依据已变，待定）", "no. 1: going on (grounds gone, to be kept or ended)", []report.Called{{Number: 1, State: act.TalkOpen, What: talk, Doubted: true}, {Number: 1, State: act.TalkClosed, What: circular}}},
		{"第1次：已解除", "no. 1: closed", []report.Called{{Number: 1, State: act.TalkClosed, What: talk}, {Number: 2, State: act.TalkDeclined, What: talk}, {Number: 1, State: act.TalkClosed, What: circular}}},
		{"通报：已通报，待报整改情况", "circular: issued, answer awaited", []report.Called{{Number: 1, State: act.TalkOpen, What: circular}}},
		{"通报：已通报，已报整改情况", "circular: issued, answered", []report.Called{{Number: 1, State: act.TalkClosed, What: circular}}},
		{"第1次：待启动", "no. 1: to be opened", []report.Called{{Number: 1, State: act.TalkPending, What: talk}}},
	} {
		require.Equal(t, c.zh, report.Speak(words.New("zh")).Talks(report.Row{Talks: c.talks}))
		require.Equal(t, c.en, report.Speak(words.New("en")).Talks(report.Row{Talks: c.talks}))
	}
}

// A unit's first talk after a circular has the number 1; a proposal has no opening day; a
// declined talk has a decliner and no approver; a closed talk owes no steps; the rows of a
// second round keep the first round.
func TestTalksAreToldAsTheyWere(t *testing.T) {
	t.Parallel()
	r := small(t)
	of := func(number int, what string, state act.TalkState, facts act.TalkCase) ledger.Talk {
		facts.Task, facts.What, facts.State, facts.Number, facts.Policy, facts.Lead = "t1", what, state, number, "standard", "shuiwu"
		return ledger.Talk{ID: "t1#" + string(rune('0'+number)), Plan: "small", Task: "t1", Number: number, Lead: "shuiwu", State: state, What: what,
			OpensAt: nine(day(5, number)), Facts: &facts}
	}
	declined := of(3, plan.ProposeTalk, act.TalkDeclined, act.TalkCase{Nth: 2})
	declined.Approver = "刘副市长"
	closed := of(2, plan.ProposeTalk, act.TalkClosed, act.TalkCase{Nth: 1, Opened: day(5, 2), Since: day(5, 20), Taken: map[string]calendar.Day{"served": day(5, 21)},
		Rounds: []act.Round{{Since: day(5, 2), Until: day(5, 20), Taken: map[string]calendar.Day{"served": day(5, 10)}}}})
	r.talks = []ledger.Talk{of(1, plan.ProposeCircular, act.TalkClosed, act.TalkCase{Nth: 1}), closed, declined, of(4, plan.ProposeTalk, act.TalkProposed, act.TalkCase{Nth: 2}),
		of(5, plan.ProposeTalk, act.TalkCarried, act.TalkCase{Nth: 3, Opened: day(5, 5)}), of(6, plan.ProposeTalk, act.TalkCarried, act.TalkCase{Nth: 4})}
	book := r.book(t, day(7, 1))
	rows := map[string]report.TalkRow{}
	for _, k := range book.Talks {
		rows[k.ID] = k
	}
	require.Equal(t, []int{1, 1, 2, 2}, []int{rows["t1#1"].Number, rows["t1#2"].Number, rows["t1#3"].Number, rows["t1#4"].Number})
	require.True(t, rows["t1#4"].Opened.IsZero())
	require.Equal(t, day(5, 5), rows["t1#5"].Opened, "what goes on in another plan keeps its day")
	require.True(t, rows["t1#6"].Opened.IsZero(), "and has none that had not opened")
	require.Equal(t, []string{"", "刘副市长"}, []string{rows["t1#3"].Approver, rows["t1#3"].Decliner})
	for _, s := range rows["t1#2"].Steps {
		require.Equal(t, s.Taken.IsZero(), s.Limit.IsZero(), "a closed talk owes no %s", s.ID)
		require.False(t, s.Late && s.Taken.IsZero())
	}
	first := rows["t1#2"].Rounds[0]
	require.Equal(t, []any{1, day(5, 2), day(5, 20), day(5, 10), true}, []any{first.Number, first.Since, first.Until, first.Steps[0].Taken, first.Steps[0].Late})
	require.Equal(t, 2, book.Counts.Talks, "neither the circular nor the one declined")

	sheet := sheetRows(t, workbook(t, book, "zh"), "约谈通报")
	text := func(i int, cells ...int) (out []string) {
		for _, c := range cells {
			out = append(out, sheet[i][c])
		}
		return out
	}
	require.Equal(t, []string{"通报", "1", "", "已通报，已报整改情况"}, text(4, 4, 5, 6, 7))
	require.Equal(t, []string{"约谈", "1", "1", "已解除", "2021-05-02", "", "2021-05-10（迟）", ""}, text(5, 4, 5, 6, 7, 8, 9, 10, 11))
	require.Equal(t, []string{"约谈", "1", "2", "已解除", "2021-05-20", "", "2021-05-21", ""}, text(6, 4, 5, 6, 7, 8, 9, 10, 11))
	require.Equal(t, []string{"约谈", "2", "", "不予批准", "", "刘副市长"}, text(7, 4, 5, 6, 7, 8, 9))
	require.Equal(t, []string{"约谈", "2", "", "待批准", "", ""}, text(8, 4, 5, 6, 7, 8, 9))
}

// Last is also an urging by hand or a leader's instruction; Next is never a stage whose day
// has passed; the progress of a closed task is 100%, that of a suspended one the last
// reported.
func TestTheLastTheNextAndTheProgress(t *testing.T) {
	t.Parallel()
	r := small(t)
	to := people.Recipient{Unit: "shuiwu", Role: people.Liaison}
	for i, topic := range []string{string(act.Progress), string(act.Chase), string(act.Instruct)} {
		task := []string{"t2", "t1", "t6"}[i]
		r.speak(task, "", "told-9-"+topic, plan.Told, day(7, 1), ledger.Decided, calendar.Day{}, to)
		r.stages[len(r.stages)-1].Topic = topic
	}
	r.tasks[1].Facts.State, r.tasks[1].Facts.Percent = act.Suspended, 60
	r.tasks[1].Facts.Pause = &act.Pause{From: day(6, 20)}
	book := r.book(t, day(7, 1))
	say := report.Speak(words.New("zh"))
	require.Equal(t, []string{"催办", "领导批示", "到期"}, []string{say.Stage(*book.Tasks[0].Last), say.Stage(*book.Tasks[5].Last), say.Stage(*book.Tasks[1].Last)})
	require.Equal(t, []string{"60%", "100%", "0% 红灯"}, []string{say.Progress(book.Tasks[1]), say.Progress(book.Tasks[2]), say.Progress(book.Tasks[0])})
	require.Equal(t, []string{"暂停", "销号", "撤销"}, []string{say.State(book.Tasks[1]), say.State(book.Tasks[2]), say.State(book.Tasks[4])})
	for _, row := range r.book(t, day(7, 20)).Tasks { // nothing was said for three weeks: the engine did not run
		if row.Next != nil {
			require.False(t, calendar.DayOf(row.Next.At).Before(day(7, 20)), row.ID)
		}
		if row.Kind == plan.Dated && row.State == ledger.TaskOpen {
			next := r.file(t, row.ID, day(7, 20)).Next()
			require.Equal(t, next == nil, row.Next == nil, row.ID)
			if next != nil {
				require.Equal(t, next.At, row.Next.At, "one next for the list and the case file: %s", row.ID)
			}
		}
	}
}

// Left has sentences of its own for tomorrow, for one day, and for a time of rest days only.
func TestDistancesArePlainWords(t *testing.T) {
	t.Parallel()
	dist := func(work, days int, overdue bool) report.Row {
		return report.Row{Light: plan.Yellow, WorkdaysLeft: &work, DaysLeft: &days, Overdue: overdue}
	}
	for _, c := range []struct {
		row    report.Row
		zh, en string
	}{
		{dist(1, 1, false), "明日到期", "due tomorrow"},
		{dist(0, 1, false), "明日到期", "due tomorrow"},
		{dist(0, 2, false), "时限前仅剩休息日", "only rest days left"},
		{dist(1, 3, false), "剩1个工作日", "1 working day left"},
		{dist(2, 2, false), "剩2个工作日", "2 working days left"},
		{dist(-1, -1, true), "逾期1个工作日", "1 working day over"},
		{dist(0, -2, true), "逾期（其间为休息日）", "over (rest days since)"},
		{dist(-1, -1, false), "时限已过1个工作日", "1 working day after its date"},
		{dist(-3, -5, false), "时限已过3个工作日", "3 working days after its date"},
		{report.Row{Light: plan.DoneLate, WorkdaysLate: 1}, "迟1个工作日办结", "done 1 working day late"},
	} {
		require.Equal(t, c.zh, report.Speak(words.New("zh")).Left(c.row))
		require.Equal(t, c.en, report.Speak(words.New("en")).Left(c.row))
	}
}
