package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/query"
	"duban/internal/rollover"
	"duban/internal/strictyaml"
	"duban/internal/terminal"
	"duban/internal/words"
)

// planRollover drafts next year's plan from this year's file and, when there is
// one, the ledger. It needs no engine.
func (a *app) planRollover() *cobra.Command {
	var year int
	var dir, at string
	c := &cobra.Command{
		Use: "rollover FILE", Short: a.w.T("rollover.cmd"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			day, err := a.day("at", at)
			switch {
			case err != nil:
				return err
			case year == 0:
				return a.w.Err("rollover.no_year")
			case dir == "":
				return a.w.Err("rollover.no_output")
			}
			return a.rollOver(cmd.Context(), args[0], dir, year, day)
		},
	}
	terminal.Number(c, &year, "year", 0, a.w.T("rollover.flag_year"))
	c.Flags().StringVarP(&dir, "output", "o", "", a.w.T("rollover.flag_output"))
	c.Flags().StringVar(&at, "at", "", a.w.T("rollover.flag_at"))
	return c
}

func (a *app) rollOver(ctx context.Context, file, dir string, year int, at calendar.Day) error {
	p, cal, err := a.load(ctx, file)
	if err != nil {
		return err
	}
	if year <= p.Year || year > 2100 {
		return a.w.Err("rollover.bad_year", words.Data{"Year": year, "Old": p.Year})
	}
	known, err := a.whatIsKnown(ctx, p, file, at)
	if err != nil {
		return err
	}
	if known.cal != nil {
		cal = known.cal
	}
	if at.IsZero() {
		at = known.today
	}
	d := rollover.Roll(p, known.records, year, at)
	files, err := a.draftFiles(d, file)
	if err != nil {
		return err
	}
	var differs *rollover.DiffersError
	if err := rollover.Write(dir, files); errors.As(err, &differs) {
		return a.w.Err("rollover.exists", words.Data{"Path": differs.Path})
	} else if err != nil {
		return err
	}
	return a.rolled(d, files, dir, cal)
}

// lastYear is what the ledger says about the plan that is rolled over.
type lastYear struct {
	records []rollover.Record // nil: nothing is known
	cal     *calendar.Calendar
	today   calendar.Day
}

// whatIsKnown asks the ledger; without one, or when the plan is not in it, it
// says so in a line.
func (a *app) whatIsKnown(ctx context.Context, p *plan.Plan, file string, at calendar.Day) (lastYear, error) {
	known := lastYear{today: calendar.DayOf(a.now().In(p.Location()))}
	err := a.reads(ctx, func(r *query.Reader, who query.Viewer) error {
		was, err := r.PlanRecord(ctx, who, p.ID)
		if err != nil {
			return err
		}
		if was.Plan.Hash != p.Hash {
			a.complain("rollover.other_file", words.Data{"File": file})
		}
		known.cal, known.today = was.Calendar, was.Today
		if !at.IsZero() {
			known.today = at
		}
		known.records, err = was.Records(known.today)
		return err
	})
	switch {
	case errors.Is(err, ledger.ErrNoLedger):
		a.complain("rollover.no_record")
		return known, nil
	case errors.Is(err, ledger.ErrNotFound):
		a.complain("rollover.not_launched", words.Data{"Plan": p.ID})
		return known, nil
	}
	return known, err
}

func (a *app) draftFiles(d rollover.Draft, file string) ([]rollover.File, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return d.Files(raw, func(name string) ([]byte, error) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(file), name)
		}
		return os.ReadFile(name)
	}, a.w)
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
	marks := 0
	var wrong []strictyaml.Problem
	for _, p := range problems {
		switch {
		case p.Key == planfile.TodoKey:
			marks++
		case !p.Warning:
			wrong = append(wrong, p)
		}
	}
	a.say("rollover.marks", words.Data{"Count": marks, "File": draft})
	if n := a.tell(wrong); n > 0 {
		a.complain("rollover.wrong", words.Data{"Count": n})
	}
	return nil
}
