package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/query"
	"duban/internal/words"
)

// initCommand makes a new office: its folder and its empty ledger. Nothing else
// does, so that a folder that was mistyped stays without one and is refused.
func (a *app) initCommand() *cobra.Command {
	var admit string
	c := &cobra.Command{
		Use: "init", Short: a.w.T("cli.init"), Long: a.w.T("cli.init_long"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			url := host.LedgerURL(a.cfg)
			data := words.Data{"Dir": a.cfg.Dir, "Ledger": host.Redact(url), "Role": admit}
			if admit != "" {
				return a.admit(cmd.Context(), url, admit, data)
			}
			err := a.withLedger(cmd.Context(), func(*ledger.Store) error { return nil })
			switch {
			case err == nil, errors.Is(err, ledger.ErrSchemaOlder):
				a.say("cli.init_there", data)
				return nil
			case !errors.Is(err, ledger.ErrNoLedger):
				return err
			case a.cfg.FromRoot:
				return a.w.Err("cli.init_root", data)
			}
			if err := ledger.Make(cmd.Context(), url); err != nil {
				return err
			}
			a.say("cli.init_made", data)
			return nil
		},
	}
	c.Flags().StringVar(&admit, "admit", "", a.w.T("cli.flag_admit"))
	return c
}

// admit makes the ledger's tables or brings them up to date, as their owner, and gives
// the role of the PostgreSQL server that worker and starter use its rights on them.
func (a *app) admit(ctx context.Context, url, role string, data words.Data) error {
	if strings.HasPrefix(url, "sqlite:") {
		return a.w.Err("cli.admit_file", data)
	}
	if err := ledger.Make(ctx, url); err != nil {
		return err
	}
	switch err := ledger.Admit(ctx, url, role); {
	case errors.Is(err, ledger.ErrNoRole):
		return a.w.Err("cli.admit_no_role", data)
	case errors.Is(err, ledger.ErrRoleMayAll):
		return a.w.Err("cli.admit_may_all", data)
	case err != nil:
		return err
	}
	a.say("cli.admitted", data)
	return nil
}

// officeCommand shows and changes what the office decides for every worker, and who sits
// where.
func (a *app) officeCommand() *cobra.Command {
	c := a.group("office", "office.cmd", a.officeShow(), a.officeSet(), a.officeContacts(), a.officeContact())
	c.Long = a.w.T("office.cmd_long")
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
				return a.show().Print(decided, func() { a.show().Decided(decided) })
			})
		},
	})
}

func (a *app) officeSet() *cobra.Command {
	return &cobra.Command{
		Use: "set NAME VALUE", Short: a.w.T("office.cmd_set"), Args: cobra.ExactArgs(2), ValidArgs: ledger.OfficeSettings,
		RunE: func(cmd *cobra.Command, args []string) error {
			by, err := a.actor()
			if err != nil {
				return err
			}
			name, value := args[0], strings.TrimSpace(args[1])
			return a.writingLedger(cmd.Context(), func(store *ledger.Store) error {
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
						return a.w.Err("office.no_such_unit", words.Data{"Unit": args[0]})
					}
				}
				seats := query.ContactRows(units)
				return a.show().Print(seats, func() { a.show().Contacts(seats) })
			})
		},
	})
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
				return a.w.Err("office.bad_seat", words.Data{"Value": args[0]})
			}
			c.Name, c.Email = strings.TrimSpace(c.Name), strings.TrimSpace(c.Email)
			switch {
			case empty:
				c = people.Contact{}
			case c == people.Contact{}:
				return a.w.Err("office.needs_contact")
			}
			return a.seat(cmd.Context(), r, c, cmd.Flags().Changed)
		},
	}
	cmd.Flags().StringVar(&c.Name, "name", "", a.w.T("office.flag_name"))
	cmd.Flags().StringVar(&c.Email, "email", "", a.w.T("office.flag_email"))
	cmd.Flags().StringVar(&c.Post, "post", "", a.w.T("office.flag_post"))
	cmd.Flags().StringVar(&c.Phone, "phone", "", a.w.T("office.flag_phone"))
	cmd.Flags().StringVar(&c.Pace, "pace", "", a.w.T("office.flag_pace"))
	cmd.Flags().BoolVar(&empty, "empty", false, a.w.T("office.flag_empty"))
	return cmd
}

// seat puts a contact on a seat. What is not said of the same person stays as it was.
func (a *app) seat(ctx context.Context, r people.Recipient, c people.Contact, said func(flag string) bool) error {
	by, err := a.actor()
	if err != nil {
		return err
	}
	return a.writingLedger(ctx, func(store *ledger.Store) error {
		units, err := store.Units(ctx)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(units, func(u people.Unit) bool { return u.ID == r.Unit }); i >= 0 && c != (people.Contact{}) {
			if now, _ := units[i].Seat(r.Role); now.Email == c.Email {
				if !said("post") {
					c.Post = now.Post
				}
				if !said("phone") {
					c.Phone = now.Phone
				}
			}
		}
		before, err := engine.SetContact(ctx, store, a.now(), r, c, by)
		if errors.Is(err, ledger.ErrNotFound) {
			return a.w.Err("office.no_such_unit", words.Data{"Unit": r.Unit})
		}
		if err != nil {
			return err
		}
		if units, err = store.Units(ctx); err != nil {
			return err
		}
		a.say("office.seated", words.Data{
			"Unit": people.Directory{Units: units}.Name(r.Unit), "Seat": a.w.T("term." + string(r.Role)), "Before": a.show().Contact(before), "Now": a.show().Contact(c),
		})
		return nil
	})
}
