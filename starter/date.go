package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/deadline"
	"duban/internal/terminal"
)

// dateCommand reads one phrase by the very code that reads documents.
func (a *app) dateCommand() *cobra.Command {
	var issued string
	var year int
	var cell bool
	c := a.listing(&cobra.Command{
		Use: "date TEXT", Short: a.w.T("cli.date"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			day, err := a.day("issued", issued)
			if err != nil {
				return err
			}
			if day.IsZero() {
				day = calendar.DayOf(a.now().In(calendar.Beijing))
			}
			cal, err := a.calendar()
			if err != nil {
				return err
			}
			readings := deadline.Read(args[0], deadline.Context{Issued: day, PlanYear: year, Calendar: cal, ColumnCell: cell})
			if a.format == "json" {
				return a.show().JSON(deadline.JSON(readings))
			}
			a.show().Readings(readings)
			return nil
		},
	})
	c.Flags().StringVar(&issued, "issued", "", a.w.T("cli.flag_issued"))
	terminal.Number(c, &year, "year", 0, a.w.T("cli.flag_year"))
	c.Flags().BoolVar(&cell, "cell", false, a.w.T("cli.flag_cell"))
	return c
}

// outputs sorts the -o values of an import: one folder, and copies of its report.
func outputs(values []string) (dir string, reports []string, err error) {
	for _, v := range values {
		switch {
		case strings.HasSuffix(v, ".html"), strings.HasSuffix(v, ".json"):
			reports = append(reports, v)
		case dir != "":
			return "", nil, errors.New("-o: give one folder")
		default:
			dir = v
		}
	}
	return dir, reports, nil
}
