package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"duban/internal/ledger"
	"duban/internal/portal/feed"
	"duban/internal/signin"
	"duban/internal/terminal"
	"duban/internal/words"
)

// tokenCommands are what is done about the tokens of accounts, and the log of who
// signed in.
func (a *app) tokenCommands() []*cobra.Command {
	return []*cobra.Command{a.accountToken(), a.accountCalendar(), a.accountTokens(), a.accountRevoke(), a.accountLog()}
}

// accountOf is an account of the file. An account that acts (--as) does what it does
// about itself alone; the machine's operator about everybody.
func (a *app) accountOf(id string) error {
	if _, err := a.account(id); err != nil {
		return err
	}
	if a.as != "" && a.as != id {
		return a.w.Err("token.own_only", words.Data{"Account": a.as})
	}
	return nil
}

// signsIn has the service by which people sign in do something.
func (a *app) signsIn(ctx context.Context, do func(*signin.Service) error) error {
	return a.writingLedger(ctx, func(store *ledger.Store) error { return do(signin.Open(store, signin.Options{Now: a.now})) })
}

// made makes a token and says what says makes of it.
func (a *app) made(ctx context.Context, n ledger.Token, until string, say func(ledger.Token, string) error) error {
	if err := a.accountOf(n.Account); err != nil {
		return err
	}
	last, err := a.day("until", until)
	if err != nil {
		return err
	}
	if !last.IsZero() {
		n.EndsAt = signin.Until(last.End(time.Local))
	}
	return a.signsIn(ctx, func(s *signin.Service) error {
		made, secret, err := s.NewToken(ctx, n, a.as)
		if err != nil {
			return err
		}
		return say(made, secret)
	})
}

func (a *app) accountToken() *cobra.Command {
	var acts bool
	var until string
	n := ledger.Token{Kind: signin.API, Scope: signin.ScopeRead}
	c := &cobra.Command{
		Use: "token ID", Short: a.w.T("token.cmd"), Long: a.w.T("token.cmd_long"), Args: cobra.ExactArgs(1), ValidArgsFunction: terminal.Named(a.accountNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			n.Account = args[0]
			if acts {
				n.Scope = signin.ScopeAct
			}
			return a.made(cmd.Context(), n, until, func(_ ledger.Token, secret string) error {
				a.complain("token.made", words.Data{"Account": n.Account, "Scope": a.w.T("token.scope_" + n.Scope)})
				fmt.Fprintln(a.out, secret)
				return nil
			})
		},
	}
	c.Flags().BoolVar(&acts, "act", false, a.w.T("token.flag_act"))
	c.Flags().StringVar(&n.Name, "name", "", a.w.T("token.flag_name"))
	c.Flags().StringVar(&until, "until", "", a.w.T("token.flag_until"))
	return c
}

func (a *app) accountCalendar() *cobra.Command {
	n := ledger.Token{Kind: signin.Calendar, Scope: signin.ScopePerson}
	c := &cobra.Command{
		Use: "calendar ID", Short: a.w.T("token.cmd_calendar"), Long: a.w.T("token.cmd_calendar_long"), Args: cobra.ExactArgs(1), ValidArgsFunction: terminal.Named(a.accountNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			n.Account = args[0]
			if n.Unit != "" {
				n.Scope = signin.ScopeUnit
				if err := a.unitOf(n); err != nil {
					return err
				}
			}
			return a.made(cmd.Context(), n, "", func(_ ledger.Token, secret string) error {
				a.complain("token.calendar_made", words.Data{"Account": n.Account})
				fmt.Fprintln(a.out, feed.Address(secret))
				return nil
			})
		},
	}
	c.Flags().StringVar(&n.Name, "name", "", a.w.T("token.flag_name"))
	c.Flags().StringVar(&n.Unit, "unit", "", a.w.T("token.flag_unit"))
	return c
}

// unitOf refuses a unit that an account which acts may not read: any but its own.
func (a *app) unitOf(n ledger.Token) error {
	account, err := a.account(n.Account)
	if err != nil {
		return err
	}
	if a.as != "" && account.Unit != n.Unit {
		return a.w.Err("token.own_unit_only")
	}
	return nil
}

// mine is the account that a list is narrowed to: of those who act, themselves.
func (a *app) mine(args []string) (string, error) {
	if len(args) == 0 {
		return a.as, nil
	}
	return args[0], a.accountOf(args[0])
}

func (a *app) accountTokens() *cobra.Command {
	return a.listing(&cobra.Command{
		Use: "tokens [ID]", Short: a.w.T("token.cmd_tokens"), Args: cobra.MaximumNArgs(1), ValidArgsFunction: terminal.Named(a.accountNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			account, err := a.mine(args)
			if err != nil {
				return err
			}
			return a.withLedger(cmd.Context(), func(store *ledger.Store) error {
				all, err := store.Tokens(cmd.Context(), account)
				if err != nil {
					return err
				}
				return a.show().Tokens(terminal.TokenRows(all))
			})
		},
	})
}

func (a *app) accountRevoke() *cobra.Command {
	return &cobra.Command{
		Use: "revoke ID TOKEN", Short: a.w.T("token.cmd_revoke"), Args: cobra.ExactArgs(2), ValidArgsFunction: terminal.Named(a.accountNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.as != "" && a.as != args[0] { // one who left the file can be ended by the operator
				return a.w.Err("token.own_only", words.Data{"Account": a.as})
			}
			return a.signsIn(cmd.Context(), func(s *signin.Service) error {
				ended, err := s.EndToken(cmd.Context(), args[0], args[1], a.as)
				if err != nil {
					return err
				}
				if !ended {
					return a.w.Err("token.no_such", words.Data{"Account": args[0], "ID": args[1]})
				}
				a.say("token.revoked", words.Data{"ID": args[1]})
				return nil
			})
		},
	}
}

func (a *app) accountLog() *cobra.Command {
	var skip, limit int
	p := page{&skip, &limit, ""}
	c := a.listing(&cobra.Command{
		Use: "log [ID]", Short: a.w.T("token.cmd_log"), Args: cobra.MaximumNArgs(1), ValidArgsFunction: terminal.Named(a.accountNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := p.check(a, cmd); err != nil {
				return err
			}
			account, err := a.mine(args)
			if err != nil {
				return err
			}
			return a.withLedger(cmd.Context(), func(store *ledger.Store) error {
				all, err := store.SignInLog(cmd.Context(), account, skip, limit)
				if err != nil {
					return err
				}
				return a.show().SignIns(all)
			})
		},
	})
	p.flags(a, c)
	return c
}
