package main

import (
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"duban/internal/channel/carriers"
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
	if !slices.Contains(ledger.OfficeSettings, name) {
		return sentenceError(a.w.T("office.no_such", words.Data{"Name": name, "Known": strings.Join(ledger.OfficeSettings, a.w.T("cli.list_comma"))}))
	}
	if !validOffice(name, value) {
		return sentenceError(a.w.T("office.bad_"+name, words.Data{"Value": value}))
	}
	return a.writingLedger(ctx, func(store *ledger.Store) error {
		plans, err := store.Plans(ctx)
		if err != nil {
			return err
		}
		for _, p := range plans {
			l, err := store.Plan(ctx, p.ID)
			if err != nil {
				return err
			}
			if dir := l.Plan.Directory; by.Unit != dir.Office {
				return sentenceError(a.w.T("message.only_office", words.Data{"Office": dir.Name(dir.Office)}))
			}
		}
		now := a.now()
		before, err := store.SetOffice(ctx, name, value, by.Account, ledger.When{Real: now, Plan: now})
		if err != nil {
			return err
		}
		if before == "" {
			before = a.w.T("office.undecided")
		}
		fmt.Fprintln(a.out, a.w.T("office.done", words.Data{"Name": name, "Before": before, "Value": value}))
		return nil
	})
}

// validOffice tells whether a setting can have a value.
func validOffice(name, value string) bool {
	switch name {
	case ledger.OfficeLanguage:
		return value == "zh" || value == "en"
	case ledger.OfficeRankFloor:
		n, err := strconv.Atoi(value)
		return err == nil && n >= 1 && n <= 1000
	case ledger.OfficeSecondFactor:
		for role := range strings.SplitSeq(value, ",") {
			if value != ledger.NoSecondFactor && !slices.Contains(ledger.SecondFactorRoles, role) {
				return false
			}
		}
		return true
	case ledger.OfficeSender:
		_, err := mail.ParseAddress(value)
		return err == nil
	}
	for c := range strings.SplitSeq(value, ",") {
		if _, ok := carriers.Of(c); !ok {
			return false
		}
	}
	return true
}
