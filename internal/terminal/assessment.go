package terminal

import (
	"cmp"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/act"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// Assessment shows the scores and ranks of units; with facts, what each point rests on.
func (sc *Screen) Assessment(a query.Assessment, facts bool) {
	say := report.Speak(sc.W)
	fmt.Fprintln(sc.Out, sc.W.T("assess.title", words.Data{"Title": a.Sheet.Table.Title, "Period": say.Period(string(a.Period))}))
	fmt.Fprintln(sc.Out, say.AssessmentStatus(a.Status, a.Sheet, a.Example))
	ranked := !a.Own || a.Status.State == act.SheetIssued
	t := sc.WordedTable("assess", nil, "group", "rank", "unit", "score", "change")
	for _, u := range a.Sheet.Units {
		rank := ""
		if ranked {
			rank = fmt.Sprint(u.Rank)
		}
		t.AppendRow(table.Row{u.Group, rank, a.People.Name(u.Unit), u.Score.String(), say.RankChange(u)})
	}
	t.Render()
	if !facts {
		return
	}
	t = sc.WordedTable("assess", map[string]int{"title": 40, "note": 24}, "rule", "fact", "day", "points", "id", "title", "note")
	for _, u := range a.Sheet.Units {
		for _, l := range u.Lines {
			for _, f := range l.Facts {
				t.AppendRow(table.Row{say.RuleOf(a.Sheet, l.Rule).Title, say.FactWords(f.Fact), f.On, say.Points(f.Points), f.ID, f.Title, f.Note})
			}
		}
	}
	t.Render()
	for _, o := range a.Status.Objections {
		fmt.Fprintf(sc.Out, "%s %s %s %s: %s\n", sc.W.T("assess.objections"), o.ID, a.People.Name(o.Unit), o.On, o.Words)
		fmt.Fprintln(sc.Out, "  "+say.Settled(o))
	}
}

// Rechecked says of each sheet that went out whether the ledger still gives the same scores.
func (sc *Screen) Rechecked(c query.Rechecked) {
	for _, s := range c.Sheets {
		name, key := "assess.sheet_sent", "assess.checked"
		if s.Issued {
			name = "assess.sheet_issued"
		}
		if !s.Same() {
			key = "assess.differs"
		}
		fmt.Fprintln(sc.Out, sc.W.T(key, words.Data{"Sheet": sc.W.T(name), "AsOf": c.AsOf, "Hash": s.Hash, "Kept": s.Kept, "Anew": s.Anew}))
	}
}

// ExportAssessment saves a sheet as a workbook.
func (sc *Screen) ExportAssessment(a query.Assessment, file string) error {
	file = cmp.Or(file, sc.W.T("assess.file_name", words.Data{"Period": string(a.Period)})+".xlsx")
	return sc.export(file, func(w io.Writer) error { return a.Write(w, sc.W) }, func() {
		sc.W.Say(sc.Out, "assess.exported", words.Data{"File": file})
	})
}
