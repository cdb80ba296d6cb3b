package main

import (
	"context"
	"encoding/json"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// exportFormats are what `ledger export` writes. The JSON is report.Table; an
// events file has one ledger.Event a line, as it stands in the chain.
var exportFormats = []string{"xlsx", "csv", "json", "events"}

// exportRequest is what the flags ask for.
type exportRequest struct {
	plan, format, file string
}

func (a *app) ledgerExport() *cobra.Command {
	var r exportRequest
	var output string
	c := a.looksBack(&cobra.Command{
		Use: "export", Short: a.w.T("report.cmd_export"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			given := cmd.Flags().Changed("format")
			switch {
			case output != "" && output != "json":
				return a.w.Err("report.bad_export_output", words.Data{"Format": output})
			case output == "json" && given && r.format != "json":
				return a.w.Err("report.format_twice", words.Data{"Output": output, "Format": r.format})
			case output == "json":
				r.format = "json"
				if r.file == "" {
					r.file = "-"
				}
			case !slices.Contains(exportFormats, r.format):
				return a.w.Err("report.bad_format", words.Data{"Format": r.format})
			}
			return a.readsPast(cmd.Context(), false, func(from *query.Reader, who query.Viewer) error { return a.export(cmd.Context(), from, who, r) })
		},
	})
	c.Flags().StringVar(&r.plan, "plan", "", a.w.T("report.flag_export_plan"))
	c.Flags().StringVar(&r.format, "format", "xlsx", a.w.T("report.flag_format"))
	c.Flags().StringVarP(&r.file, "file", "f", "", a.w.T("report.flag_file"))
	c.Flags().StringVarP(&output, "output", "o", "", a.w.T("report.flag_export_output"))
	return c
}

// export writes one plan's book, or its events, to a file or to the output.
func (a *app) export(ctx context.Context, from *query.Reader, who query.Viewer, r exportRequest) error {
	if r.format == "events" {
		return a.exportEvents(ctx, from, who, r)
	}
	t, err := from.Book(ctx, who, r.plan)
	if err != nil {
		return err
	}
	file := a.fileName(r, "report.file_name", t.Plan.ID, t.AsOf)
	err = a.show().Save(file, func(w io.Writer) error {
		switch r.format {
		case "csv":
			return report.WriteCSV(w, t, a.w)
		case "json":
			return report.WriteJSON(w, t)
		}
		return report.WriteXLSX(w, t, a.w)
	})
	if err != nil || file == "-" {
		return err
	}
	a.say("report.exported", words.Data{"File": file, "Plan": t.Plan.Title, "Day": report.Speak(a.w).Day(t.AsOf), "Tasks": len(t.Tasks)})
	return nil
}

func (a *app) fileName(r exportRequest, key, id string, day calendar.Day) string {
	if r.file != "" {
		return r.file
	}
	ext := r.format
	if ext == "events" {
		ext = "jsonl"
	}
	return a.w.T(key, words.Data{"Plan": id, "Day": day.String()}) + "." + ext
}

func (a *app) exportEvents(ctx context.Context, from *query.Reader, who query.Viewer, r exportRequest) error {
	events, err := from.EventFile(ctx, who, r.plan)
	if err != nil {
		return err
	}
	file := a.fileName(r, "report.events_name", events.Plan, events.AsOf)
	n := 0
	err = a.show().Save(file, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		n, err = events.Each(ctx, func(line any) error { return enc.Encode(line) })
		return err
	})
	if err != nil || file == "-" {
		return err
	}
	a.say("report.exported_events", words.Data{"File": file, "Plan": events.Title, "Events": n})
	return nil
}
