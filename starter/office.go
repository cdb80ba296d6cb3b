package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/query"
	"duban/internal/terminal"
	"duban/internal/words"
)

// officeCommand shows and changes what the office decides for every worker, and who sits
// where.
func (a *app) officeCommand() *cobra.Command {
	decided := shows(a, &cobra.Command{Use: "show", Short: a.w.T("office.cmd_show"), Args: cobra.NoArgs},
		func(r *query.Reader, ctx context.Context, who query.Viewer, _ []string) (map[string]string, error) {
			return r.Decided(ctx, who)
		}, (*terminal.Screen).Decided)
	c := a.group("office", "office.cmd", decided, a.officeSet(), a.officeContacts(), a.officeContact())
	c.Long = a.w.T("office.cmd_long")
	return c
}

func (a *app) officeSet() *cobra.Command {
	return &cobra.Command{
		Use: "set NAME VALUE", Short: a.w.T("office.cmd_set"), Args: cobra.ExactArgs(2), ValidArgs: ledger.OfficeSettings,
		RunE: func(cmd *cobra.Command, args []string) error {
			name, value := args[0], strings.TrimSpace(args[1])
			return a.writes(cmd.Context(), func(store *ledger.Store, by act.Actor) error {
				before, err := engine.SetOffice(cmd.Context(), store, a.now(), name, value, by)
				if err == nil {
					a.say("office.done", words.Data{"Name": name, "Before": cmp.Or(before, a.w.T("office.undecided")), "Value": value})
				}
				return err
			})
		},
	}
}

// officeContacts lists who sits where.
func (a *app) officeContacts() *cobra.Command {
	c := &cobra.Command{Use: "contacts [UNIT]", Short: a.w.T("office.cmd_contacts"), Args: cobra.MaximumNArgs(1)}
	return shows(a, c, func(r *query.Reader, ctx context.Context, who query.Viewer, args []string) ([]query.ContactRow, error) {
		units, err := r.Contacts(ctx, who)
		if err == nil && len(args) > 0 {
			units = slices.DeleteFunc(units, func(u people.Unit) bool { return u.ID != args[0] && people.Fold(u.Name) != people.Fold(args[0]) })
			if len(units) == 0 {
				err = a.w.Err("office.no_such_unit", words.Data{"Unit": args[0]})
			}
		}
		return query.ContactRows(units), err
	}, (*terminal.Screen).Contacts)
}

// officeContact names who is in a seat, for every plan.
func (a *app) officeContact() *cobra.Command {
	var c people.Contact
	var empty bool
	var beside []string
	cmd := &cobra.Command{
		Use: "contact UNIT/SEAT", Short: a.w.T("office.cmd_contact"), Long: a.w.T("office.cmd_contact_long"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, ok := people.ParseRecipient(args[0])
			if !ok {
				return a.w.Err("office.bad_seat", words.Data{"Value": args[0]})
			}
			c.Name, c.Email = strings.TrimSpace(c.Name), strings.TrimSpace(c.Email)
			others, bad := people.ReadBeside(strings.Join(beside, "\n"))
			if bad > 0 {
				return a.w.Err("office.bad_beside", words.Data{"Value": beside[bad-1]})
			}
			c.Beside = people.Besides(others)
			switch {
			case empty:
				c = people.Contact{}
			case c == people.Contact{}:
				return a.w.Err("office.needs_contact")
			}
			return a.writes(cmd.Context(), func(store *ledger.Store, by act.Actor) error {
				return a.seat(cmd.Context(), store, r, c, cmd.Flags().Changed, by)
			})
		},
	}
	cmd.Flags().StringArrayVar(&beside, "beside", nil, a.w.T("office.flag_beside"))
	for name, to := range map[string]*string{"name": &c.Name, "email": &c.Email, "post": &c.Post, "phone": &c.Phone, "pace": &c.Pace} {
		cmd.Flags().StringVar(to, name, "", a.w.T("office.flag_"+name))
	}
	cmd.Flags().BoolVar(&empty, "empty", false, a.w.T("office.flag_empty"))
	return cmd
}

// seat puts a contact on a seat. Fields that the command does not give, for the same person,
// are left as they are.
func (a *app) seat(ctx context.Context, store *ledger.Store, r people.Recipient, c people.Contact, said func(flag string) bool, by act.Actor) error {
	units, err := store.Units(ctx)
	if err != nil {
		return err
	}
	unit, _ := people.Directory{Units: units}.Unit(r.Unit)
	if now, _ := unit.Seat(r.Role); c != (people.Contact{}) && now.Email == c.Email {
		if !said("post") {
			c.Post = now.Post
		}
		if !said("phone") {
			c.Phone = now.Phone
		}
	}
	if now, _ := unit.Seat(r.Role); c != (people.Contact{}) && !said("beside") { // B 岗 belongs to the seat, whoever is in it
		c.Beside = now.Beside
	}
	before, err := engine.SetContact(ctx, store, a.now(), r, c, by)
	if errors.Is(err, ledger.ErrNotFound) {
		return a.w.Err("office.no_such_unit", words.Data{"Unit": r.Unit})
	}
	if err == nil {
		a.say("office.seated", words.Data{"Unit": unit.Name, "Seat": a.w.T("term." + string(r.Role)), "Before": a.show().Contact(before), "Now": a.show().Contact(c)})
	}
	return err
}
