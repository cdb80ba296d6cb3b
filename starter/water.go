package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

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

// month is what a flag says of a month; the zero value where it says nothing.
func (a *app) month(text string) (m water.Month, err error) {
	if text == "" {
		return m, nil
	}
	if m, err = water.ReadMonth(text); err != nil {
		return m, a.w.Err("water.bad_month", words.Data{"Value": text})
	}
	return m, nil
}

// ofMonth gives a command the flags of a plan and a month.
func (a *app) ofMonth(c *cobra.Command, plan, month *string) *cobra.Command {
	a.planFlag(c, plan, "water.flag_plan")
	c.Flags().StringVar(month, "month", "", a.w.T("water.flag_month"))
	return c
}

func (a *app) waterImport() *cobra.Command {
	var plan, month, reason string
	var correct bool
	c := a.listing(&cobra.Command{
		Use: "import FILE…", Short: a.w.T("water.cmd_import"), Long: a.w.T("water.cmd_import_long"), Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			reason = strings.TrimSpace(reason)
			if correct && reason == "" {
				return a.w.Err("water.needs_reason")
			}
			of, err := a.month(month)
			if err != nil {
				return err
			}
			by, err := a.actor()
			if err != nil {
				return err
			}
			return a.writingLedger(cmd.Context(), func(store *ledger.Store) error {
				l, err := a.reader(store).WaterPlan(cmd.Context(), query.As(by), plan)
				if err != nil {
					return err
				}
				all, im, err := a.readBulletins(cmd.Context(), files, bulletin.Options{Register: l.Plan.Water, Month: of})
				if err != nil {
					return err
				}
				changes, err := store.WouldRead(cmd.Context(), l.Plan.Directory.Office, all)
				if err != nil {
					return err
				}
				im.Come(l.Plan, len(all), changes)
				if im.Applied = len(im.Corrects) == 0 || correct; !im.Applied {
					err = a.w.Err("water.must_correct", words.Data{"Count": len(im.Corrects)})
				} else if _, err := engine.BringReadings(cmd.Context(), store, a.now(), l, all, correct, reason, by); err != nil {
					return a.waterRefused(err)
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

// readBulletins reads every file; where a cell of one cannot be taken nothing is.
func (a *app) readBulletins(ctx context.Context, files []string, o bulletin.Options) (all []water.Reading, im terminal.WaterImported, err error) {
	read, bad, err := bulletin.ReadFiles(ctx, files, o)
	if err != nil {
		return nil, im, err
	}
	im = terminal.WaterImported{Aside: []string{}, Warnings: []string{}}
	for _, b := range read {
		im.Warnings = append(im.Warnings, a.show().WaterFaults(b)...)
		im.Aside = append(im.Aside, b.Aside...)
		all = b.Readings
	}
	a.show().Lines(a.err, im.Warnings)
	if bad > 0 {
		a.complain("water.nothing_taken", words.Data{"Count": bad})
		return nil, im, errSaid
	}
	return all, im, nil
}

func (a *app) waterRefused(err error) error {
	var only *engine.OfficeError
	if errors.As(err, &only) {
		return a.w.Err("water.only", words.Data{"Office": strings.Join(only.Offices, a.w.T("cli.list_comma"))})
	}
	if errors.Is(err, ledger.ErrCorrects) { // others brought readings in since these were compared
		return a.w.Err("water.meanwhile")
	}
	return err
}

// waterShow shows a month's table, or one section over time.
func (a *app) waterShow() *cobra.Command {
	var plan, month string
	c := a.listing(&cobra.Command{
		Use: "show [SECTION]", Short: a.w.T("water.cmd_show"), Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			of, err := a.month(month)
			if err != nil {
				return err
			}
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				if len(args) == 1 {
					w, err := r.WaterSection(cmd.Context(), who, plan, args[0])
					if err != nil {
						return err
					}
					return a.show().Print(w, func() { a.show().WaterSection(w) })
				}
				w, err := r.WaterMonth(cmd.Context(), who, plan, of)
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
	var plan, month, file string
	c := &cobra.Command{
		Use: "export", Short: a.w.T("water.cmd_export"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			of, err := a.month(month)
			if err != nil {
				return err
			}
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				w, err := r.WaterMonth(cmd.Context(), who, plan, of)
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
