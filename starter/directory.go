package main

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/terminal"
	"duban/internal/whatif"
	"duban/internal/words"
)

// officeContacts lists who sits where.
func (a *app) officeContacts() *cobra.Command {
	return a.listing(&cobra.Command{
		Use: "contacts [UNIT]", Short: a.w.T("office.cmd_contacts"), Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				units, err := r.Contacts(cmd.Context(), who)
				if err != nil {
					return err
				}
				if len(args) > 0 {
					units = slices.DeleteFunc(units, func(u people.Unit) bool { return u.ID != args[0] && people.Fold(u.Name) != people.Fold(args[0]) })
					if len(units) == 0 {
						return sentenceError(a.w.T("office.no_such_unit", words.Data{"Unit": args[0]}))
					}
				}
				return a.showContacts(units)
			})
		},
	})
}

func (a *app) showContacts(units []people.Unit) error {
	seats := query.ContactRows(units)
	if a.format == "json" {
		return a.show().JSON(seats)
	}
	t := a.show().RoomTable("office", nil, "unit", "seat", "contact", "email")
	for _, s := range seats {
		t.AppendRow(table.Row{s.Unit + " " + s.UnitID, a.w.T("term." + string(s.Role)), s.Name, s.Email})
	}
	t.Render()
	return nil
}

// officeContact seats somebody, for every plan.
func (a *app) officeContact() *cobra.Command {
	var c people.Contact
	var empty bool
	cmd := &cobra.Command{
		Use: "contact UNIT/SEAT", Short: a.w.T("office.cmd_contact"), Long: a.w.T("office.cmd_contact_long"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, ok := people.ParseRecipient(args[0])
			if !ok {
				return sentenceError(a.w.T("office.bad_seat", words.Data{"Value": args[0]}))
			}
			c.Name, c.Email = strings.TrimSpace(c.Name), strings.TrimSpace(c.Email)
			if at, err := mail.ParseAddress(c.Email); !empty && (c.Name == "" || err != nil || at.Address != c.Email) {
				return sentenceError(a.w.T("office.needs_contact"))
			}
			if c.Pace != "" && c.Pace != ledger.UsualPace && !slices.Contains(plan.OwnPaces, plan.Pace(c.Pace)) {
				return sentenceError(a.w.T("office.bad_pace", words.Data{"Value": c.Pace}))
			}
			if empty {
				c = people.Contact{}
			}
			return a.seat(cmd.Context(), r, c)
		},
	}
	cmd.Flags().StringVar(&c.Name, "name", "", a.w.T("office.flag_name"))
	cmd.Flags().StringVar(&c.Email, "email", "", a.w.T("office.flag_email"))
	cmd.Flags().StringVar(&c.Pace, "pace", "", a.w.T("office.flag_pace"))
	cmd.Flags().BoolVar(&empty, "empty", false, a.w.T("office.flag_empty"))
	return cmd
}

func (a *app) seat(ctx context.Context, r people.Recipient, c people.Contact) error {
	by, err := a.actor()
	if err != nil {
		return err
	}
	return a.writingLedger(ctx, func(store *ledger.Store) error {
		before, err := engine.SetContact(ctx, store, a.now(), r, c, by)
		var only *engine.OfficeError
		switch {
		case errors.As(err, &only) && len(only.Offices) > 0:
			return sentenceError(a.w.T("message.only_office", words.Data{"Office": strings.Join(only.Offices, a.w.T("cli.list_comma"))}))
		case only != nil, errors.Is(err, ledger.ErrNotFound):
			return sentenceError(a.w.T("office.no_such_unit", words.Data{"Unit": r.Unit}))
		case err != nil:
			return err
		}
		units, err := store.Units(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintln(a.out, a.w.T("office.seated", words.Data{
			"Unit": people.Directory{Units: units}.Name(r.Unit), "Seat": a.w.T("term." + string(r.Role)), "Before": a.show().Contact(before), "Now": a.show().Contact(c),
		}))
		return nil
	})
}

// otherUnit is a clash of unit IDs, or a task for a unit that is dissolved, as a sentence.
func (a *app) otherUnit(err error) error {
	var other *ledger.OtherUnitError
	if errors.As(err, &other) {
		return sentenceError(a.w.T("office.other_unit", words.Data{"ID": other.ID, "Have": other.Have, "Want": other.Want}))
	}
	var gone *whatif.DissolvedError
	if errors.As(err, &gone) {
		return sentenceError(a.w.T("office.dissolved", words.Data{"Unit": gone.Unit.Name, "ID": gone.Unit.ID, "To": gone.To.Name, "What": terminal.Some(gone.Tasks, 8)}))
	}
	return err
}
