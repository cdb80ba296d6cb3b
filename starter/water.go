package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/bulletin"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/terminal"
	"duban/internal/water"
	"duban/internal/words"
)

// waterCommand brings in and shows what was measured of the sections of rivers.
func (a *app) waterCommand() *cobra.Command {
	c := a.group("water", "water.cmd", a.waterImport(), a.waterShow(), a.waterExport())
	c.Long = a.w.T("water.cmd_long")
	return c
}

// ofMonth gives a command the flags of a plan and a month.
func (a *app) ofMonth(c *cobra.Command, plan *string, month *water.Month) *cobra.Command {
	a.planFlag(c, plan, "water.flag_plan")
	terminal.Take(c, month, "month", a.w.T("water.flag_month"), func(text string) (water.Month, error) {
		m, err := water.ReadMonth(text)
		if err != nil {
			err = a.w.Err("water.bad_month", words.Data{"Value": text})
		}
		return m, err
	})
	return c
}

func (a *app) waterImport() *cobra.Command {
	var plan, reason string
	var month water.Month
	var correct bool
	c := a.listing(&cobra.Command{
		Use: "import FILE…", Short: a.w.T("water.cmd_import"), Long: a.w.T("water.cmd_import_long"), Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			reason = strings.TrimSpace(reason)
			if correct && reason == "" {
				return a.w.Err("water.needs_reason")
			}
			return a.writes(cmd.Context(), func(store *ledger.Store, by act.Actor) error {
				l, err := a.reader(store).WaterPlan(cmd.Context(), query.As(by), plan)
				if err != nil {
					return err
				}
				read, bad, err := bulletin.ReadFiles(cmd.Context(), files, bulletin.Options{Register: l.Plan.Water, Outlets: l.Plan.Incidents.Places(), Month: month})
				if err != nil {
					return err
				}
				all, im := a.show().Bulletins(read)
				if bad > 0 { // where a cell of any file cannot be taken, nothing is recorded
					a.complain("water.nothing_taken", words.Data{"Count": bad})
					return errSaid
				}
				changes, err := store.WouldRead(cmd.Context(), l.Plan.Directory.Office, all)
				if err != nil {
					return err
				}
				im.Come(l.Plan, len(all), changes)
				if im.Applied = len(im.Corrects) == 0 || correct; !im.Applied {
					err = a.w.Err("water.must_correct", words.Data{"Count": len(im.Corrects)})
				} else if _, err := engine.BringReadings(cmd.Context(), store, a.now(), l, all, correct, reason, by); err != nil {
					return err
				}
				return errors.Join(a.show().Print(im, func() { a.show().WaterImport(im) }), err)
			})
		},
	})
	a.ofMonth(c, &plan, &month)
	c.Flags().BoolVar(&correct, "correct", false, a.w.T("water.flag_correct"))
	c.Flags().StringVarP(&reason, "message", "m", "", a.w.T("water.flag_reason"))
	return c
}

// waterShow shows a month's table, or one section over time.
func (a *app) waterShow() *cobra.Command {
	var plan string
	var month water.Month
	c := a.listing(&cobra.Command{
		Use: "show [SECTION]", Short: a.w.T("water.cmd_show"), Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				if len(args) == 1 {
					w, err := r.WaterSection(cmd.Context(), who, plan, args[0])
					if err != nil {
						return err
					}
					return a.show().Print(w, func() { a.show().WaterSection(w) })
				}
				w, err := r.WaterMonth(cmd.Context(), who, plan, month)
				if err != nil {
					return err
				}
				return a.show().Print(w, func() { a.show().WaterMonth(w) })
			})
		},
	})
	return a.ofMonth(c, &plan, &month)
}

func (a *app) waterExport() *cobra.Command {
	var plan, file string
	var month water.Month
	c := &cobra.Command{
		Use: "export", Short: a.w.T("water.cmd_export"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				w, err := r.WaterMonth(cmd.Context(), who, plan, month)
				if err != nil {
					return err
				}
				return a.show().ExportWater(w, file)
			})
		},
	}
	c.Flags().StringVarP(&file, "file", "f", "", a.w.T("report.flag_file"))
	return a.ofMonth(c, &plan, &month)
}
