package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/terminal"
)

// calendarCommand shows and brings in holiday notices 放假安排.
func (a *app) calendarCommand() *cobra.Command {
	return a.group(&cobra.Command{Use: "calendar", Short: a.w.T("calendar.cmd")}, a.calendarList(), a.calendarImport(), a.calendarBack())
}

func (a *app) calendarList() *cobra.Command {
	return a.listing(&cobra.Command{
		Use: "list", Short: a.w.T("calendar.cmd_list"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cal, err := a.calendarInForce(cmd.Context())
			if err != nil {
				return err
			}
			rows := terminal.YearRows(cal, a.now().In(calendar.Beijing).Year()+1)
			if a.format == "json" {
				return a.show().JSON(rows)
			}
			a.show().Years(rows)
			return nil
		},
	})
}

// calendarInForce is the holiday notices with those of the ledger, where there is one.
func (a *app) calendarInForce(ctx context.Context) (cal *calendar.Calendar, err error) {
	err = a.withLedger(ctx, func(store *ledger.Store) error {
		cal, err = a.calendarOf(ctx, store)
		return err
	})
	if errors.Is(err, ledger.ErrNoLedger) {
		return a.calendar()
	}
	return cal, err
}
