package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/words"
)

// officeCommand shows and changes what the office decides for every worker.
func (a *app) officeCommand() *cobra.Command {
	c := a.group(&cobra.Command{Use: "office", Short: a.w.T("office.cmd"), Long: a.w.T("office.cmd_long")}, a.officeShow(), a.officeSet(), a.officeContacts(), a.officeContact())
	return c
}

func (a *app) officeShow() *cobra.Command {
	return a.listing(&cobra.Command{
		Use: "show", Short: a.w.T("office.cmd_show"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				decided, err := r.Decided(cmd.Context(), who)
				if err != nil {
					return err
				}
				if a.format == "json" {
					return a.show().JSON(decided)
				}
				t := a.show().RoomTable("office", nil, "name", "value", "about")
				for _, name := range ledger.OfficeSettings {
					value := decided[name]
					if value == "" {
						value = a.w.T("office.undecided")
					}
					t.AppendRow(table.Row{name, value, a.w.T("office.about_" + name)})
				}
				t.Render()
				return nil
			})
		},
	})
}

func (a *app) officeSet() *cobra.Command {
	return &cobra.Command{
		Use: "set NAME VALUE", Short: a.w.T("office.cmd_set"), Args: cobra.ExactArgs(2),
		ValidArgs: ledger.OfficeSettings,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.setOffice(cmd.Context(), args[0], strings.TrimSpace(args[1]))
		},
	}
}

func (a *app) setOffice(ctx context.Context, name, value string) error {
	by, err := a.actor()
	if err != nil {
		return err
	}
	return a.writingLedger(ctx, func(store *ledger.Store) error {
		before, err := engine.SetOffice(ctx, store, a.now(), name, value, by)
		var only *engine.OfficeError
		switch {
		case errors.Is(err, engine.ErrNoSetting):
			return sentenceError(a.w.T("office.no_such", words.Data{"Name": name, "Known": strings.Join(ledger.OfficeSettings, a.w.T("cli.list_comma"))}))
		case errors.Is(err, engine.ErrBadSetting):
			return sentenceError(a.w.T("office.bad_"+name, words.Data{"Value": value}))
		case errors.As(err, &only):
			return sentenceError(a.w.T("message.only_office", words.Data{"Office": strings.Join(only.Offices, a.w.T("cli.list_comma"))}))
		case err != nil:
			return err
		}
		fmt.Fprintln(a.out, a.w.T("office.done", words.Data{"Name": name, "Before": cmp.Or(before, a.w.T("office.undecided")), "Value": value}))
		return nil
	})
}
