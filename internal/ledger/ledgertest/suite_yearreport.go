package ledgertest

import (
	"errors"
	"testing"

	"duban/internal/act"
	"duban/internal/ledger"
)

// wrote is an act that writes what the year's report says, judged by a version.
func wrote(id string, version int, have act.Reporting) ledger.Reporting {
	a := actAt(18, 10, clerk, act.WriteReport)
	a.ID, a.Report = id, &act.ReportFacts{Problems: "管网欠账多", Proposals: "请省里支持"}
	return ledger.Reporting{Plan: "jincheng", Act: a, Version: version, After: have.After(a)}
}

// reported: what was written about the year and who was given the report is kept with its
// event, once, and not over what somebody else has written meanwhile.
func reported(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	holds := w.holds()
	w.ok(w.Report(w.ctx, wrote("r1", 0, act.Reporting{}), evening))
	w.ok(w.Report(w.ctx, wrote("r1", 0, act.Reporting{}), evening))
	w.is("the same again changes nothing", w.holds(), holds+1)
	w.is("events", w.last(1), []string{ledger.ActKind(act.WriteReport)})
	w.is("written by another meanwhile", errors.Is(w.Report(w.ctx, wrote("r2", 0, act.Reporting{}), evening), ledger.ErrBehind), true)
	have, err := w.YearReport(w.ctx, "jincheng")
	w.ok(err)
	w.is("kept", []any{have.Version, have.Problems, have.Proposals, have.On.String()}, []any{1, "管网欠账多", "请省里支持", "2021-05-18"})
	a := actAt(19, 10, clerk, act.HandIn)
	a.Report = &act.ReportFacts{To: "市政府", Chain: "7:ab"}
	w.ok(w.Report(w.ctx, ledger.Reporting{Plan: "jincheng", Act: a, Version: 1, After: have.After(a)}, evening))
	have, err = w.YearReport(w.ctx, "jincheng")
	w.ok(err)
	w.is("handed in", []any{have.Version, have.Problems, have.SentTo("市政府").Chain, have.SentTo("省厅") == nil}, []any{2, "管网欠账多", "7:ab", true})
}
