package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/intake"
	"duban/internal/ledger"
	"duban/internal/planfile"
	"duban/internal/query"
	"duban/internal/rollover"
	"duban/internal/terminal"
	"duban/internal/words"
)

// planImport drafts plan files from an issued document.
func (a *app) planImport() *cobra.Command {
	var args intake.Args
	var out []string
	var askThem bool
	c := &cobra.Command{
		Use: "import FILE…", Short: a.w.T("cli.plan_import"), Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) (err error) {
			if os.Getenv("GOGC") == "" {
				debug.SetGCPercent(200) // a plan of two hundred pages within 300 MB, as fast as with the 400 of other commands
			}
			dir, reports, ok := intake.Outputs(out)
			if !ok {
				return a.w.Err("cli.import_where")
			}
			args.Files, args.Out, args.Lang = files, dir, a.w.Lang()
			if args.Calendar, err = a.calendar(); err != nil {
				return err
			}
			sum, err := intake.Run(cmd.Context(), args)
			for open := sum.Open; err == nil && askThem && len(open) > 0; open = refused(sum.Open) { // what was refused, once more
				var given map[string]string
				if given, err = a.show().AskAll(cmd.InOrStdin(), open); err != nil || len(given) == 0 {
					break
				}
				if err = intake.GiveAnswers(dir, given); err == nil {
					sum, err = intake.Run(cmd.Context(), args)
				}
			}
			if err == nil {
				err = intake.CopyReports(dir, reports)
			}
			if err != nil {
				return err
			}
			a.show().Imported(sum, dir)
			if sum.Lost() {
				return a.w.Err("cli.import_lost")
			}
			return nil
		},
	}
	a.show().Day(c, &args.Issued, "issued", "cli.flag_issued_import")
	c.Flags().StringVar(&args.ID, "id", "", a.w.T("cli.flag_id"))
	c.Flags().StringVar(&args.Units, "units", "", a.w.T("cli.flag_units"))
	c.Flags().StringVar(&args.Answers, "answers", "", a.w.T("cli.flag_answers"))
	c.Flags().BoolVar(&askThem, "ask", false, a.w.T("cli.flag_import_ask"))
	c.Flags().StringArrayVarP(&out, "output", "o", nil, a.w.T("cli.flag_import_output"))
	return c
}

// refused are the questions whose answers were not understood.
func refused(open []intake.Question) []intake.Question {
	return slices.DeleteFunc(slices.Clone(open), func(q intake.Question) bool { return q.Refused == "" })
}

// planRollover drafts next year's plan from this year's file and, when there is
// one, the ledger. It needs no engine.
func (a *app) planRollover() *cobra.Command {
	var year int
	var dir string
	var at calendar.Day
	c := &cobra.Command{
		Use: "rollover FILE", Short: a.w.T("rollover.cmd"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case year == 0:
				return a.w.Err("rollover.no_year")
			case dir == "":
				return a.w.Err("rollover.no_output")
			}
			return a.rollOver(cmd.Context(), args[0], dir, year, at)
		},
	}
	terminal.Number(c, &year, "year", 0, a.w.T("rollover.flag_year"))
	c.Flags().StringVarP(&dir, "output", "o", "", a.w.T("rollover.flag_output"))
	a.show().Day(c, &at, "at", "rollover.flag_at")
	return c
}

// rollOver drafts a year's plan from a file and what the ledger knows; without a ledger, or
// when the plan is not in it, it says so in a line.
func (a *app) rollOver(ctx context.Context, file, dir string, year int, at calendar.Day) error {
	p, cal, err := a.load(ctx, file)
	if err != nil {
		return err
	}
	if err := rollover.CheckYear(p, year); err != nil {
		return err
	}
	var d rollover.Draft
	err = a.reads(ctx, func(r *query.Reader, who query.Viewer) error {
		next, err := r.NextYear(ctx, who, p, year, at)
		if err == nil && next.Was != p.Hash {
			a.complain("rollover.other_file", words.Data{"File": file})
		}
		if err == nil {
			d, cal = next.Draft, next.Calendar
		}
		return err
	})
	switch noLedger := errors.Is(err, ledger.ErrNoLedger); {
	case noLedger || errors.Is(err, ledger.ErrNotFound):
		if noLedger {
			a.complain("rollover.no_record")
		} else {
			a.complain("rollover.not_launched", words.Data{"Plan": p.ID})
		}
		if at.IsZero() {
			at = calendar.DayOf(a.now().In(p.Location()))
		}
		d = rollover.Roll(p, nil, year, at)
	case err != nil:
		return err
	}
	files, err := d.FilesOf(file, a.w)
	if err != nil {
		return err
	}
	if err := rollover.Write(dir, files); err != nil {
		return err
	}
	return a.rolled(d, files, dir, cal)
}

// rolled says what was written and what is left for a person, as `plan check`
// will see it.
func (a *app) rolled(d rollover.Draft, files []rollover.File, dir string, cal *calendar.Calendar) error {
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	draft := filepath.Join(dir, files[0].Name)
	a.say("rollover.done", words.Data{"Title": d.Title, "Dir": dir, "Files": strings.Join(names, " "),
		"Redo": d.Count(rollover.Redo), "Move": d.Count(rollover.Move), "Carry": d.Count(rollover.Carry), "Drop": d.Count(rollover.Drop)})
	_, problems := planfile.Load(draft, cal)
	marks, wrong := planfile.Left(problems)
	a.say("rollover.marks", words.Data{"Count": marks, "File": draft})
	if n := a.tell(wrong); n > 0 {
		a.complain("rollover.wrong", words.Data{"Count": n})
	}
	return nil
}
