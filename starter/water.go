package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/bulletin"
	"duban/internal/engine"
	"duban/internal/intake"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/report"
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

// waterRequest is what a command about sections is asked.
type waterRequest struct {
	plan, month, reason, file string
	correct                   bool
}

func (a *app) waterFlags(c *cobra.Command, r *waterRequest) {
	c.Flags().StringVar(&r.plan, "plan", "", a.w.T("water.flag_plan"))
	c.Flags().StringVar(&r.month, "month", "", a.w.T("water.flag_month"))
	terminal.CompleteFlag(c, "plan", a.planNames)
}

// of is the month that was asked for; the zero value where none was.
func (r waterRequest) of(a *app) (m water.Month, err error) {
	if r.month == "" {
		return m, nil
	}
	if m, err = water.ReadMonth(r.month); err != nil {
		return m, a.w.Err("water.bad_month", words.Data{"Value": r.month})
	}
	return m, nil
}

func (a *app) waterImport() *cobra.Command {
	var r waterRequest
	c := a.listing(&cobra.Command{
		Use: "import FILE…", Short: a.w.T("water.cmd_import"), Long: a.w.T("water.cmd_import_long"), Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if r.correct && strings.TrimSpace(r.reason) == "" {
				return a.w.Err("water.needs_reason", nil)
			}
			return a.writingLedger(cmd.Context(), func(store *ledger.Store) error { return a.bringWater(cmd.Context(), store, args, r) })
		},
	})
	a.waterFlags(c, &r)
	c.Flags().BoolVar(&r.correct, "correct", false, a.w.T("water.flag_correct"))
	c.Flags().StringVarP(&r.reason, "message", "m", "", a.w.T("water.flag_reason"))
	return c
}

// bringWater reads files and brings in what they say, all or none.
func (a *app) bringWater(ctx context.Context, store *ledger.Store, files []string, r waterRequest) error {
	by, err := a.actor()
	if err != nil {
		return err
	}
	month, err := r.of(a)
	if err != nil {
		return err
	}
	l, err := a.reader(store).WaterPlan(ctx, query.As(by), r.plan)
	if err != nil {
		return a.noWater(err)
	}
	all, im, err := a.readBulletins(ctx, files, bulletin.Options{Register: l.Plan.Water, Month: month})
	if err != nil {
		return err
	}
	im.Plan, im.Readings = l.Plan.ID, len(all)
	if im.Changes, err = store.WouldRead(ctx, l.Plan.Directory.Office, all); err != nil {
		return err
	}
	im.Corrects = terminal.Corrections(l.Plan.Water, im.Changes)
	for _, c := range im.Changes {
		switch {
		case c.Version == 1:
			im.New++
		case len(c.Corrected) == 0:
			im.More++
		}
	}
	im.Applied = len(im.Corrects) == 0 || r.correct
	if im.Applied {
		if _, err := engine.BringReadings(ctx, store, a.now(), l, all, r.correct, strings.TrimSpace(r.reason), by); err != nil {
			return a.waterRefused(err)
		}
	}
	if a.format == "json" {
		err = a.show().JSON(im)
	} else {
		a.show().WaterImport(im)
	}
	if err == nil && !im.Applied {
		err = a.w.Err("water.must_correct", words.Data{"Count": len(im.Corrects)})
	}
	return err
}

// readBulletins reads every file; where a cell of one cannot be taken nothing is.
func (a *app) readBulletins(ctx context.Context, files []string, o bulletin.Options) (all []water.Reading, im terminal.WaterImported, err error) {
	im.Aside, im.Warnings = []string{}, []string{}
	bad := 0
	for _, file := range files {
		source, err := intake.Open(file)
		if err != nil {
			return nil, im, a.refused(err)
		}
		o.Before = all
		b, err := bulletin.Read(ctx, source, o)
		if err != nil {
			return nil, im, a.refused(err)
		}
		for _, line := range a.show().WaterFaults(source.Name, b) {
			im.Warnings = append(im.Warnings, line)
			fmt.Fprintln(a.err, line)
		}
		for _, f := range b.Faults {
			if !f.Warning {
				bad++
			}
		}
		im.Aside = append(im.Aside, b.Aside...)
		all = b.Readings
	}
	if bad > 0 {
		fmt.Fprintln(a.err, a.w.T("water.nothing_taken", words.Data{"Count": bad}))
		return nil, im, errSaid
	}
	return all, im, nil
}

// refused is a file that cannot be read at all, as a sentence.
func (a *app) refused(err error) error {
	var no *intake.Refusal
	if errors.As(err, &no) {
		return errors.New(no.Text(a.w))
	}
	return err
}

func (a *app) waterRefused(err error) error {
	var only *engine.OfficeError
	if errors.As(err, &only) {
		return a.w.Err("water.only", words.Data{"Office": strings.Join(only.Offices, a.w.T("cli.list_comma"))})
	}
	if errors.Is(err, ledger.ErrCorrects) { // others brought readings in since these were compared
		return a.w.Err("water.meanwhile", nil)
	}
	return err
}

// noWater is why there is nothing of sections, as a sentence.
func (a *app) noWater(err error) error {
	switch {
	case errors.Is(err, query.ErrNoSections):
		return a.w.Err("water.no_sections", nil)
	case errors.Is(err, query.ErrNoSuchSection):
		return a.w.Err("water.no_section", nil)
	}
	return err
}

func (a *app) waterShow() *cobra.Command {
	var r waterRequest
	c := a.listing(&cobra.Command{
		Use: "show [SECTION]", Short: a.w.T("water.cmd_show"), Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			month, err := r.of(a)
			if err != nil {
				return err
			}
			return a.reads(cmd.Context(), func(from *query.Reader, who query.Viewer) error {
				if len(args) == 1 {
					w, err := from.WaterSection(cmd.Context(), who, r.plan, args[0])
					if err != nil {
						return a.noWater(err)
					}
					if a.format == "json" {
						return a.show().JSON(w)
					}
					a.show().WaterSection(w)
					return nil
				}
				w, err := from.WaterMonth(cmd.Context(), who, r.plan, month)
				if err != nil {
					return a.noWater(err)
				}
				if a.format == "json" {
					return a.show().JSON(w)
				}
				a.show().WaterMonth(w)
				return nil
			})
		},
	})
	a.waterFlags(c, &r)
	return c
}

func (a *app) waterExport() *cobra.Command {
	var r waterRequest
	c := &cobra.Command{
		Use: "export", Short: a.w.T("water.cmd_export"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			month, err := r.of(a)
			if err != nil {
				return err
			}
			return a.reads(cmd.Context(), func(from *query.Reader, who query.Viewer) error {
				w, err := from.WaterMonth(cmd.Context(), who, r.plan, month)
				if err != nil {
					return a.noWater(err)
				}
				file := r.file
				if file == "" {
					file = a.w.T("water.file_name", words.Data{"Month": w.Month.String()}) + ".xlsx"
				}
				err = a.show().Save(file, func(out io.Writer) error {
					return report.Speak(a.w).WriteWater(out, w.People, report.WaterBook{Title: w.Title, Month: w.Month, Rows: w.Rows, Sum: w.Sum, Year: w.Year})
				})
				if err == nil && file != "-" {
					a.say("water.exported", words.Data{"File": file})
				}
				return err
			})
		},
	}
	a.waterFlags(c, &r)
	c.Flags().StringVarP(&r.file, "file", "f", "", a.w.T("report.flag_file"))
	return c
}
