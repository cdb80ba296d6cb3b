package report_test

import (
	"encoding/json"
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

// spring is the small plan in which t6 was reminded and urged in June while it was
// another unit's, under another title and date, by a policy with another ladder.
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

// Rows of last spring name the unit, its name, the title and the date of last
// spring, however the task stands now.
func TestARowStandsAsItWasSaid(t *testing.T) {
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

// The case file names the rungs of a ladder that was replaced by the policy of that
// time, where they stand, where they were merged, and in the history.
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
