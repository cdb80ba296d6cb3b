package query_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/complaint"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	quality "duban/internal/water"
	"duban/internal/words"
)

// Every figure of the year's report is the figure of the page it is from, and the groups of
// its tasks add up to the whole.
func TestTheYearsReportAddsUp(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			r, office := w.reader(), person("zhao", "office")
			y, err := r.YearEnd(t.Context(), office, "water")
			require.NoError(t, err)

			overview, err := r.Overview(t.Context(), office, "water")
			require.NoError(t, err)
			require.Equal(t, overview.Counts.Tally, y.Counts)
			require.Equal(t, overview.Counts.ByUnit, y.Units)
			total, late, lines := 0, 0, 0
			for _, c := range append(y.Clauses, y.Projects, y.Opened) {
				total, late, lines = total+c.Tally.Total, late+c.Tally.Overdue, lines+len(c.Lines)
			}
			require.Equal(t, []int{overview.Counts.Total, overview.Counts.Overdue}, []int{total, late})
			require.Equal(t, 3, lines, "two tasks and a duty; the section's line is among the sections")
			require.Equal(t, 14, y.Opened.Lines[0].Late, "as in the book, in working days")
			require.Equal(t, []int{1, overview.Counts.Talks}, []int{y.Opened.Lines[0].Talked, y.Counts.Talks})

			month, err := r.WaterMonth(t.Context(), office, "water", quality.Month{Year: 2021, Month: 5})
			require.NoError(t, err)
			require.Equal(t, month.Year, y.Water.Sum)
			require.Equal(t, []any{"2021-05", 1, 1}, []any{y.Water.Month.String(), y.Water.Rows[0].Measured, y.Water.Rows[0].Missed})
			money, err := r.Compensation(t.Context(), office, "water", month.Month, 1)
			require.NoError(t, err)
			require.Len(t, y.Money, 1, "the table that is an example charges nobody")
			require.Equal(t, money.Balances, y.Money[0].Balances)
			scores, err := r.Assess(t.Context(), office, "water", assessment.Period("2021"))
			require.NoError(t, err)
			require.Equal(t, scores.Sheet, y.Scores.Sheet)
			head, err := r.Head(t.Context(), office)
			require.NoError(t, err)
			require.Contains(t, y.Chain, fmt.Sprint(head, ":"))

			in := words.New("zh")
			var out bytes.Buffer
			require.NoError(t, y.Write(&out, in))
			f, err := excelize.OpenReader(&out)
			require.NoError(t, err)
			require.Equal(t, []string{"总体情况", "断面水质", "任务", "重点工程", "生态补偿", "考核", "12345诉求", "应急事件", "佐证材料"}, f.GetSheetList())
			rows, err := f.GetRows("总体情况")
			require.NoError(t, err)
			require.Contains(t, fmt.Sprint(rows), y.Chain)
			require.Contains(t, fmt.Sprint(rows), report.Speak(in).YearSum(overview.Counts.Tally))
		})
	}
}

// What the office writes about the year is kept, and of a past day it is what was written by
// then; who has the report is known with the ledger's head at that moment.
func TestWhatIsWrittenOfAYear(t *testing.T) {
	t.Parallel()
	for name, address := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, address(t))
			l, err := w.store.Plan(t.Context(), "water")
			require.NoError(t, err)
			l.Plan.Report = nil
			clerk := act.Actor{Account: "zhao", Name: "赵科长", Unit: "office"}
			does := func(id string, k act.Kind, by act.Actor, facts act.ReportFacts) error {
				return engine.Report(t.Context(), w.store, w.now, l, act.Act{ID: id, Kind: k, By: by, Report: &facts, Paper: "晋市水防办〔2022〕1号",
					Evidence: []act.Evidence{{Name: "回执.pdf", SHA256: fmt.Sprintf("%064d", 7)}}})
			}
			var refused *engine.RefusedError
			require.ErrorAs(t, does("r0", act.WriteReport, act.Actor{Account: "li", Name: "li", Unit: "gaoping"}, act.ReportFacts{Problems: "x"}), &refused)
			require.NoError(t, does("r1", act.WriteReport, clerk, act.ReportFacts{Problems: "管网欠账多"}))
			w.now = at(7, 6, 10)
			require.NoError(t, does("r2", act.WriteReport, clerk, act.ReportFacts{Problems: "管网欠账多", Proposals: "请省里支持"}))
			require.NoError(t, does("r2", act.WriteReport, clerk, act.ReportFacts{Problems: "sent twice"}))
			require.ErrorAs(t, does("r3", act.HandIn, clerk, act.ReportFacts{To: "市政府", Day: calendar.NewDay(2021, 7, 6)}), &refused, "the plan names nobody")
			require.Equal(t, "act.refused_report_to", refused.Refusal.Key)

			y, err := w.reader().YearEnd(t.Context(), query.Operator(), "water")
			require.NoError(t, err)
			require.Equal(t, []string{"管网欠账多", "请省里支持"}, []string{y.Wrote.Problems, y.Wrote.Proposals})
			was, done, err := w.reader().Past(t.Context(), query.Operator(), calendar.NewDay(2021, 7, 5))
			require.NoError(t, err)
			defer done()
			then, err := was.YearEnd(t.Context(), query.Operator(), "water")
			require.NoError(t, err)
			require.Equal(t, []string{"管网欠账多", "", "2021-07-05"}, []string{then.Wrote.Problems, then.Wrote.Proposals, then.AsOf.String()})
			require.NotEqual(t, y.Chain, then.Chain)

			head, hash, err := w.store.Head(t.Context())
			require.NoError(t, err)
			l.Plan.Report = append(l.Plan.Report, plan.Addressee{Name: "市政府", By: calendar.NewDay(2021, 12, 31)})
			require.NoError(t, does("r4", act.HandIn, clerk, act.ReportFacts{To: "市政府", Day: calendar.NewDay(2021, 7, 6)}))
			kept, err := w.store.YearReport(t.Context(), "water")
			require.NoError(t, err)
			require.Equal(t, report.HeadOf(ledger.Proof{Seq: head, Hash: hash}), kept.SentTo("市政府").Chain)
			y, err = w.reader().YearEnd(t.Context(), query.Operator(), "water")
			require.NoError(t, err)
			require.Equal(t, []string{"回执.pdf", "赵科长"}, []string{y.Proof[len(y.Proof)-1].Name, y.Proof[len(y.Proof)-1].By})
			_, err = w.store.Prove(t.Context(), ledger.Check{Full: true})
			require.NoError(t, err, "the tables are what the chain makes of them")
		})
	}
}

// The year's report has the year's complaints in numbers and its incidents, as of any day, and
// nothing of who complained or in which words.
func TestWhatHappenedInAYear(t *testing.T) {
	t.Parallel()
	w := newWorld(t, databases["SQLite"](t))
	w.opensIncident()
	l, err := w.store.Plan(t.Context(), "water")
	require.NoError(t, err)
	clerk := act.Actor{Account: "zhao", Name: "赵科长", Unit: "office"}
	y, err := w.reader().YearEnd(t.Context(), query.Operator(), "water")
	require.NoError(t, err)
	require.Equal(t, &report.YearComplaints{Taken: 1, Waiting: 1, Measures: []complaint.Measure{}, Sums: []complaint.Measure{}}, y.Complaints)
	require.NoError(t, engine.Complain(t.Context(), w.store, w.now, "water", 1, act.Act{ID: "c2", Kind: act.Sort, By: clerk, Unit: "gaoping", Complaint: &act.ComplaintFacts{Limit: "ordinary"}}))
	w.now = at(7, 20, 10)
	y, err = w.reader().YearEnd(t.Context(), query.Operator(), "water")
	require.NoError(t, err)
	late := complaint.Measure{Unit: "gaoping", Month: "2021-07", Got: 1, Late: 1}
	require.Equal(t, &report.YearComplaints{Taken: 1, Measures: []complaint.Measure{late}, Sums: []complaint.Measure{{Unit: "gaoping", Got: 1, Late: 1}}}, y.Complaints)
	require.Len(t, y.Incidents.Rows, 1)
	i := y.Incidents.Rows[0]
	require.Equal(t, []any{"1", "赵庄", act.Handling, 1, at(6, 10, 8).UTC()}, []any{i.ID, i.Section, i.State, i.Looked, i.Found.UTC()})

	in := words.New("zh")
	var out bytes.Buffer
	require.NoError(t, y.Write(&out, in))
	f, err := excelize.OpenReader(&out)
	require.NoError(t, err)
	require.Equal(t, []string{"12345诉求", "应急事件", "佐证材料"}, f.GetSheetList()[6:])
	everything, err := json.Marshal(y)
	require.NoError(t, err)
	text := string(everything)
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		require.NoError(t, err)
		text += fmt.Sprint(rows)
		switch sheet {
		case "12345诉求":
			require.Equal(t, []string{"2021-07", "高平市人民政府", "1", "0", "0", "1", "0%", "0", "0", "—", "0", "0"}, rows[len(rows)-2])
		case "应急事件":
			require.Equal(t, []string{"1", "氨氮超标", "赵庄", "", "2021-06-10 08:00", "没有补水", "", "排查1处\n处置中"}, rows[len(rows)-1])
		}
	}
	for _, told := range []string{"钱二", "河水发黑", "桥下", "夜间排污"} {
		require.NotContains(t, text, told)
	}

	then := func(month time.Month, day int) query.YearEnd {
		was, done, err := w.reader().Past(t.Context(), query.Operator(), calendar.NewDay(2021, month, day))
		require.NoError(t, err)
		defer done()
		y, err := was.YearEnd(t.Context(), query.Operator(), "water")
		require.NoError(t, err)
		return y
	}
	require.Equal(t, complaint.Measure{Unit: "gaoping", Month: "2021-07", Got: 1}, then(7, 5).Complaints.Measures[0], "its time was not over")
	_, err = engine.Incident(t.Context(), w.store, w.now, l, "1", act.Act{ID: "i9", Kind: act.WithdrawIncident, By: clerk, Reason: "误报"})
	require.NoError(t, err)
	y, err = w.reader().YearEnd(t.Context(), query.Operator(), "water")
	require.NoError(t, err)
	require.Empty(t, y.Incidents.Rows, "it was none")
	require.Len(t, then(7, 19).Incidents.Rows, 1)

	l.Plan.ID, l.Plan.Year = "next", 2022
	_, err = w.store.AddPlan(t.Context(), l, nil, when(w.now))
	require.NoError(t, err)
	y, err = w.reader().YearEnd(t.Context(), query.Operator(), "next")
	require.NoError(t, err)
	require.Zero(t, y.Complaints.Taken)
}
