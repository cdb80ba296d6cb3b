package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/form"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/terminal"
	"duban/internal/words"
)

// assessCommand shows the scores of units by a plan's rules of assessment, and does the acts
// on an assessment.
func (a *app) assessCommand() *cobra.Command {
	c := a.group("assess", "assess.cmd", append([]*cobra.Command{a.assessShow(), a.assessExport(), a.assessCheck()}, a.assessActs()...)...)
	c.Long = a.w.T("assess.cmd_long")
	return c
}

// ofPeriod gives a command the flags of a plan and a period.
func (a *app) ofPeriod(c *cobra.Command, plan *string, p *assessment.Period) *cobra.Command {
	a.planFlag(c, plan, "assess.flag_plan")
	terminal.Take(c, p, "period", a.w.T("assess.flag_period"), func(text string) (assessment.Period, error) {
		p, err := assessment.ReadPeriod(text)
		if err != nil {
			err = a.w.Err("assess.bad_period", words.Data{"Value": text})
		}
		return p, err
	})
	return c
}

func (a *app) assessShow() *cobra.Command {
	var plan string
	var p assessment.Period
	c := a.listing(&cobra.Command{
		Use: "show [UNIT]", Short: a.w.T("assess.cmd_show"), Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				all, err := r.Assess(cmd.Context(), who, plan, p)
				if err != nil {
					return err
				}
				if len(args) == 1 {
					unit, err := form.Unit(all.People, args[0])
					if err != nil {
						return err
					}
					if all.Sheet = all.Sheet.Only(unit); len(all.Sheet.Units) == 0 {
						return a.w.Err("assess.no_unit", words.Data{"Unit": args[0]})
					}
				}
				return a.show().Print(all, func() { a.show().Assessment(all, len(args) == 1 || all.Own) })
			})
		},
	})
	return a.ofPeriod(c, &plan, &p)
}

func (a *app) assessExport() *cobra.Command {
	var plan, file string
	var p assessment.Period
	c := &cobra.Command{
		Use: "export", Short: a.w.T("assess.cmd_export"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				all, err := r.Assess(cmd.Context(), who, plan, p)
				if err != nil {
					return err
				}
				return a.show().ExportAssessment(all, file)
			})
		},
	}
	c.Flags().StringVarP(&file, "file", "f", "", a.w.T("report.flag_file"))
	return a.ofPeriod(c, &plan, &p)
}

// assessCheck works the sheets of a period out anew: one that differs is an error.
func (a *app) assessCheck() *cobra.Command {
	var plan string
	var p assessment.Period
	c := a.listing(&cobra.Command{
		Use: "check", Short: a.w.T("assess.cmd_check"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				all, err := r.Assess(cmd.Context(), who, plan, p)
				if err != nil {
					return err
				}
				checked, err := r.Recheck(cmd.Context(), who, all.Plan, all.Period)
				if err != nil {
					return err
				}
				if err := a.show().Print(checked, func() { a.show().Rechecked(checked) }); err != nil {
					return err
				}
				for _, s := range checked.Sheets {
					if !s.Same() {
						return errSaid
					}
				}
				return nil
			})
		},
	})
	return a.ofPeriod(c, &plan, &p)
}

// assessActs are the commands of all acts on an assessment.
func (a *app) assessActs() (all []*cobra.Command) {
	for _, row := range act.ByHand(act.OnPlan) {
		var plan, id string
		said := form.Said{}
		short, long := terminal.ActHelp(a.w, row)
		c := &cobra.Command{
			Use: row.Command, Short: short, Long: long, Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error { return a.assess(cmd.Context(), row, plan, id, said) },
		}
		terminal.ActFlags(a.w, c, row, &said)
		a.planFlag(c, &plan, "assess.flag_plan")
		c.Flags().StringVar(&id, "id", "", a.w.T("cli.say_id"))
		all = append(all, c)
	}
	return all
}

// assess does one act on a plan's assessment. It needs no engine.
func (a *app) assess(ctx context.Context, row act.Row, plan, id string, said form.Said) error {
	return a.writes(ctx, func(store *ledger.Store, by act.Actor) error {
		r, who := a.reader(store), query.As(by)
		l, err := r.AssessedPlan(ctx, who, plan)
		if err != nil {
			return err
		}
		for _, file := range said.Values["file"] {
			e, err := form.ReadEvidence(file)
			if err != nil {
				return err
			}
			said.Files = append(said.Files, e)
		}
		does, err := form.Fill(query.Subject{Plan: l}, row, said, by)
		var fault *form.Fault
		if errors.As(err, &fault) {
			return errors.New(fault.Text(a.w, "--"+fault.Field))
		}
		if err != nil {
			return err
		}
		if does.ID = id; id == "" {
			does.ID = form.AssessID(l.Plan.ID, does, calendar.DayOf(l.Clock.Plan(a.now()).In(l.Plan.Location())))
		}
		sheet, err := form.Sheet(ctx, r, who, l.Plan.ID, does)
		if err != nil {
			return err
		}
		cal, err := a.calendarOf(ctx, store)
		if err != nil {
			return err
		}
		if err := engine.Assess(ctx, store, a.now(), l, does, sheet, cal); err != nil {
			return err
		}
		a.say("assess.did", words.Data{"Act": a.w.T("act.kind_" + string(row.Kind))})
		return nil
	})
}
