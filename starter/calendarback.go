package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/terminal"
	"duban/internal/words"
)

// calendarBack takes a year's notice back that was brought in by mistake.
func (a *app) calendarBack() *cobra.Command {
	var yes bool
	var reason string
	c := a.listing(&cobra.Command{
		Use: "back YEAR", Short: a.w.T("calendar.cmd_back"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			year, err := strconv.Atoi(args[0])
			if err != nil {
				return errors.New(a.w.T("calendar.no_notice", words.Data{"Year": args[0]}))
			}
			return a.writingLedger(cmd.Context(), func(store *ledger.Store) error {
				return a.takeBack(cmd.Context(), store, year, reason, terminal.Consent{Yes: yes, In: cmd.InOrStdin()})
			})
		},
	})
	c.Flags().BoolVar(&yes, "yes", false, a.w.T("calendar.flag_yes"))
	c.Flags().StringVarP(&reason, "message", "m", "", a.w.T("calendar.flag_reason"))
	return c
}

func (a *app) takeBack(ctx context.Context, store *ledger.Store, year int, reason string, agree terminal.Consent) error {
	back, err := store.WouldTakeBack(ctx, year)
	if errors.Is(err, ledger.ErrNoNotice) {
		return errors.New(a.w.T("calendar.no_notice", words.Data{"Year": year}))
	}
	if err != nil {
		return err
	}
	was, is := back.Was, back.Is
	said := terminal.BackOutcome{Year: year, Was: was.Papers, Is: is.Papers, Changes: calendar.Changes(was, calendar.New(is).InForce(year))}
	if a.format == "table" {
		key := "calendar.back"
		if len(is.Days) == 0 {
			key = "calendar.back_none"
		}
		fmt.Fprintln(a.out, a.w.T(key, words.Data{"Year": year, "Was": strings.Join(was.Papers, " "), "Is": strings.Join(is.Papers, " "), "N": len(said.Changes)}))
		a.show().Changes(said.Changes)
	}
	by := ""
	if a.show().CanConsent(agree) {
		if by, err = a.importer(ctx, store, reason); err != nil {
			return err
		}
	}
	if a.show().Consents("calendar", agree) {
		said.Tasks, err = a.movingCalendar(ctx, store, by, func(when ledger.When) error { return store.TakeBackCalendar(ctx, back, by, reason, when) })
		if errors.Is(err, ledger.ErrBehind) {
			return errors.New(a.w.T("calendar.back_behind", words.Data{"Year": year}))
		}
		if err != nil {
			return err
		}
		said.Applied = true
	}
	if a.format == "json" {
		return a.show().JSON(said)
	}
	if said.Applied {
		fmt.Fprintln(a.out, a.w.T("calendar.taken_back", words.Data{"Year": year, "Tasks": said.Tasks}))
	}
	return nil
}
