package terminal

import (
	"cmp"
	"context"
	"io"

	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// ExportBook writes a plan's book to a file, "" for one with a name of its own, or "-".
func (sc *Screen) ExportBook(t report.Table, format, file string) error {
	file = cmp.Or(file, sc.W.T("report.file_name", words.Data{"Plan": t.Plan.ID, "Day": t.AsOf.String()})+"."+format)
	return sc.export(file, func(w io.Writer) error { return report.Write(w, format, t, sc.W) }, func() {
		sc.W.Say(sc.Out, "report.exported", words.Data{"File": file, "Plan": t.Plan.Title, "Day": report.Speak(sc.W).Day(t.AsOf), "Tasks": len(t.Tasks)})
	})
}

// ExportEvents writes a plan's events, a line each, as ExportBook does.
func (sc *Screen) ExportEvents(ctx context.Context, f query.EventFile, file string) error {
	file = cmp.Or(file, sc.W.T("report.events_name", words.Data{"Plan": f.Plan, "Day": f.AsOf.String()})+".jsonl")
	n := 0
	return sc.export(file, func(w io.Writer) (err error) {
		n, err = f.Write(ctx, w, nil)
		return err
	}, func() {
		sc.W.Say(sc.Out, "report.exported_events", words.Data{"File": file, "Plan": f.Title, "Events": n})
	})
}

// ExportWater writes the sections of a plan in a month, as ExportBook does.
func (sc *Screen) ExportWater(m query.WaterMonth, file string) error {
	file = cmp.Or(file, sc.W.T("water.file_name", words.Data{"Month": m.Month.String()})+".xlsx")
	return sc.export(file, func(w io.Writer) error { return m.Write(w, sc.W) }, func() {
		sc.W.Say(sc.Out, "water.exported", words.Data{"File": file})
	})
}

// export saves a file and says so; what went to the output says nothing beside itself.
func (sc *Screen) export(file string, write func(io.Writer) error, said func()) error {
	err := sc.Save(file, write)
	if err == nil && file != "-" {
		said()
	}
	return err
}
