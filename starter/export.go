package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/leftover"
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
				return errors.New(a.w.T("report.bad_export_output", words.Data{"Format": output}))
			case output == "json" && given && r.format != "json":
				return errors.New(a.w.T("report.format_twice", words.Data{"Output": output, "Format": r.format}))
			case output == "json":
				r.format = "json"
				if r.file == "" {
					r.file = "-"
				}
			case !slices.Contains(exportFormats, r.format):
				return errors.New(a.w.T("report.bad_format", words.Data{"Format": r.format}))
			}
			return a.pastLedger(cmd.Context(), false, func(store *ledger.Store) error { return a.export(cmd.Context(), store, r) })
		},
	})
	c.Flags().StringVar(&r.plan, "plan", "", a.w.T("report.flag_export_plan"))
	c.Flags().StringVar(&r.format, "format", "xlsx", a.w.T("report.flag_format"))
	c.Flags().StringVarP(&r.file, "file", "f", "", a.w.T("report.flag_file"))
	c.Flags().StringVarP(&output, "output", "o", "", a.w.T("report.flag_export_output"))
	return c
}

// export writes one plan's book, or its events, to a file or to the output.
func (a *app) export(ctx context.Context, store *ledger.Store, r exportRequest) error {
	id, err := a.onePlan(ctx, store, r.plan)
	if err != nil {
		return err
	}
	if r.format == "events" {
		return a.exportEvents(ctx, store, id, r.file)
	}
	t, err := a.book(ctx, store, id, true)
	if err != nil {
		return err
	}
	file := a.fileName(r, "report.file_name", id, t.AsOf)
	err = a.save(file, func(w io.Writer) error {
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
	fmt.Fprintln(a.out, a.w.T("report.exported", words.Data{"File": file, "Plan": t.Plan.Title, "Day": report.Speak(a.w).Day(t.AsOf), "Tasks": len(t.Tasks)}))
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

// eventsAtOnce is how many events are held in memory.
const eventsAtOnce = 5000

func (a *app) exportEvents(ctx context.Context, store *ledger.Store, id, file string) error {
	l, err := store.Plan(ctx, id)
	if err != nil {
		return err
	}
	today, err := a.today(ctx, store, l)
	if err != nil {
		return err
	}
	file = a.fileName(exportRequest{file: file, format: "events"}, "report.events_name", id, today)
	n := 0
	err = a.save(file, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		f := ledger.EventFilter{Plan: id, Limit: eventsAtOnce, Changes: true}
		for {
			events, err := store.Events(ctx, f)
			if err != nil || len(events) == 0 {
				return err
			}
			for _, e := range events {
				if err := enc.Encode(e); err != nil {
					return err
				}
			}
			n += len(events)
			f.AfterSeq = events[len(events)-1].Seq
		}
	})
	if err != nil || file == "-" {
		return err
	}
	fmt.Fprintln(a.out, a.w.T("report.exported_events", words.Data{"File": file, "Plan": l.Plan.Title, "Events": n}))
	return nil
}

// onePlan is the plan that was named, or the only one there is that may be seen
// whole.
func (a *app) onePlan(ctx context.Context, store *ledger.Store, named string) (string, error) {
	plans, _, err := a.overseen(ctx, store, named)
	switch {
	case err != nil:
		return "", err
	case len(plans) == 0:
		return "", errors.New(a.w.T("report.no_plans"))
	case len(plans) == 1:
		return plans[0].Plan.ID, nil
	}
	lines := make([]string, len(plans))
	for i, p := range plans {
		lines[i] = "  " + p.Plan.ID + "  " + p.Plan.Title
	}
	return "", errors.New(a.w.T("report.which_plan", words.Data{"Count": len(plans), "Plans": strings.Join(lines, "\n")}))
}

// save writes to the standard output ("-") or to a file that appears whole or
// not at all.
func (a *app) save(file string, write func(io.Writer) error) (err error) {
	if file == "-" {
		to := a.out
		if o, ok := a.out.(*output); ok && !isTerminal(o.to) {
			o.raw = true // the file's own bytes, for another program
		}
		out := bufio.NewWriterSize(to, 1<<20)
		return errors.Join(write(out), out.Flush())
	}
	passing := "." + filepath.Base(file) + "-"
	leftover.Clear(filepath.Dir(file), passing)
	f, err := os.CreateTemp(filepath.Dir(file), passing+"*")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("export: %w", err)
			os.Remove(f.Name())
		}
	}()
	out := bufio.NewWriter(f)
	if err := errors.Join(write(out), out.Flush(), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

// book is one plan's book as it stands on the plan's own day; without records
// the stages' messages are left out.
func (a *app) book(ctx context.Context, store *ledger.Store, id string, records bool) (report.Table, error) {
	l, err := store.Plan(ctx, id)
	if err != nil {
		return report.Table{}, err
	}
	today, err := a.today(ctx, store, l)
	if err != nil {
		return report.Table{}, err
	}
	cal, err := a.calendarOf(ctx, store)
	if err != nil {
		return report.Table{}, err
	}
	tasks, err := store.Tasks(ctx, ledger.TaskFilter{Plan: id})
	if err != nil {
		return report.Table{}, err
	}
	stages, err := store.Stages(ctx, id, "")
	if err != nil {
		return report.Table{}, err
	}
	talks, err := store.Talks(ctx, id, "")
	if err != nil {
		return report.Table{}, err
	}
	v, err := a.viewer()
	if err != nil {
		return report.Table{}, err
	}
	if !v.oversees(l.Plan.Directory) { // lines then show no talks but the viewer's own, nor their stages
		r := report.Records{Stages: stages, Talks: talks}.WithoutTalks(func(k ledger.Talk) bool { return v.seesTalk(l.Plan.Directory, k) })
		stages, talks = r.Stages, r.Talks
	}
	var notices []ledger.Notice
	if records {
		if notices, err = store.Notices(ctx, ledger.NoticeFilter{Plan: id}); err != nil {
			return report.Table{}, err
		}
	}
	return report.Book(l, tasks, stages, notices, talks, today, cal), nil
}

// calendarOf is the notices in force with those the ledger holds.
func (a *app) calendarOf(ctx context.Context, store *ledger.Store) (*calendar.Calendar, error) {
	imported, err := store.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	return host.Calendar(a.cfg, imported...)
}

// today is the plan's day: that of --as-of; or by its clock; or, where that ran
// fast and has run past the year (a rehearsal), the day of the last thing that
// happened.
func (a *app) today(ctx context.Context, store *ledger.Store, l ledger.Launched) (calendar.Day, error) {
	if a.past.live == nil {
		return a.presentDay(ctx, store, l)
	}
	now, err := a.presentDay(ctx, a.past.live, l)
	if err == nil && now.Before(a.past.day) && clockDay(l, a.now()).Before(a.past.day) {
		return now, errors.New(a.w.T("proof.ahead_as_of", words.Data{"Given": a.past.given}))
	}
	return a.past.day, err
}

func (a *app) presentDay(ctx context.Context, store *ledger.Store, l ledger.Launched) (calendar.Day, error) {
	if l.Clock.Rate == 0 {
		return clockDay(l, a.now()), nil
	}
	last, err := lastEvent(ctx, store, l.Plan.ID)
	if err != nil {
		return calendar.Day{}, err
	}
	at := l.At
	if last.PlanAt.After(at) {
		at = last.PlanAt
	}
	return calendar.DayOf(at.In(zoneOf(&l.Plan))), nil
}

// clockDay is the day by a plan's clock, in its zone.
func clockDay(l ledger.Launched, now time.Time) calendar.Day {
	return calendar.DayOf(l.Clock.Plan(now).In(zoneOf(&l.Plan)))
}

// lastEvent is the last event of a plan; it looks from the end of the chain
// backwards, so that it costs little however long the chain is.
func lastEvent(ctx context.Context, store *ledger.Store, id string) (ledger.Event, error) {
	head, _, err := store.Head(ctx)
	if err != nil {
		return ledger.Event{}, err
	}
	for span := int64(16); ; span *= 8 {
		events, err := store.Events(ctx, ledger.EventFilter{Plan: id, AfterSeq: max(0, head-span)})
		if err != nil {
			return ledger.Event{}, err
		}
		if n := len(events); n > 0 {
			return events[n-1], nil
		}
		if span >= head {
			return ledger.Event{}, nil
		}
	}
}
