package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/front"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/portal/feed"
	"duban/internal/query"
	"duban/internal/signin"
	"duban/internal/terminal"
	"duban/internal/words"
)

// actor is who acts: the account of --as, or of DUBAN_AS, from the accounts
// file.
func (a *app) actor() (act.Actor, error) {
	if a.as == "" {
		return act.Actor{}, a.w.Err("cli.as_whom", words.Data{"File": a.cfg.Accounts})
	}
	found, err := a.account(a.as)
	return act.Actor{Account: found.ID, Name: found.Name, Unit: found.Unit}, err
}

// known are the accounts of the file.
func (a *app) known() (*accounts.List, error) { return accounts.Open(a.w, a.cfg.Accounts) }

// account is an account of the file.
func (a *app) account(id string) (accounts.Account, error) {
	list, err := a.known()
	if err != nil {
		return accounts.Account{}, err
	}
	return list.Named(a.w, id)
}

// stranger is a sentence about an account whose unit a plan does not know: it can
// do nothing there. nil for all others.
func (a *app) stranger(by act.Actor, plan people.Directory) error {
	list, err := a.known()
	if err == nil {
		err = list.Stranger(a.w, by.Account, plan)
	}
	return err
}

// accountNames are the accounts and whose they are.
func (a *app) accountNames(context.Context) (map[string]string, error) {
	list, err := a.known()
	if err != nil {
		return nil, err
	}
	return list.Names(), nil
}

// accountCommand is what the machine's operator does about accounts, and accounts about
// themselves.
func (a *app) accountCommand() *cobra.Command {
	return a.group("account", "account.cmd", a.accountToken(), a.accountCalendar(), a.accountTokens(), a.accountRevoke(), a.accountLog(), a.accountInvite())
}

// ofAccount is a command whose first argument is an account.
func (a *app) ofAccount(use, short, long string, args cobra.PositionalArgs, run func(ctx context.Context, args []string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: a.w.T(short), Long: a.w.T(long), Args: args, ValidArgsFunction: terminal.Named(a.accountNames),
		RunE: func(cmd *cobra.Command, args []string) error { return run(cmd.Context(), args) },
	}
}

// itself refuses an account that acts (--as) for another than itself; the machine's
// operator acts for everybody.
func (a *app) itself(id string) error {
	if a.as != "" && a.as != id {
		return &query.OwnError{Account: a.as}
	}
	return nil
}

// signsIn has the service by which people sign in do something.
func (a *app) signsIn(ctx context.Context, do func(*signin.Service) error) error {
	return a.writingLedger(ctx, func(store *ledger.Store) error { return do(signin.Open(store, signin.Options{Now: a.now})) })
}

// makes makes a token for an account and prints it, as show has it, after what is said of it.
func (a *app) makes(ctx context.Context, id string, n ledger.Token, until calendar.Day, said string, show func(secret string) string) error {
	account, err := a.account(id)
	if err == nil {
		err = a.itself(id)
	}
	switch {
	case err != nil:
		return err
	case n.Unit != "" && a.as != "" && account.Unit != n.Unit:
		return a.w.Err("token.own_unit_only")
	case !until.IsZero():
		n.EndsAt = signin.Until(until.End(time.Local))
	}
	n.Account = account.ID
	return a.signsIn(ctx, func(s *signin.Service) error {
		_, secret, err := s.NewToken(ctx, n, a.as)
		if err == nil {
			a.complain(said, words.Data{"Account": n.Account, "Scope": a.w.T("token.scope_" + n.Scope)})
			fmt.Fprintln(a.out, show(secret))
		}
		return err
	})
}

func (a *app) accountToken() *cobra.Command {
	var acts bool
	var until calendar.Day
	n := ledger.Token{Kind: signin.API, Scope: signin.ScopeRead}
	c := a.ofAccount("token ID", "token.cmd", "token.cmd_long", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		if acts {
			n.Scope = signin.ScopeAct
		}
		return a.makes(ctx, args[0], n, until, "token.made", func(secret string) string { return secret })
	})
	c.Flags().BoolVar(&acts, "act", false, a.w.T("token.flag_act"))
	c.Flags().StringVar(&n.Name, "name", "", a.w.T("token.flag_name"))
	a.show().Day(c, &until, "until", "token.flag_until")
	return c
}

func (a *app) accountCalendar() *cobra.Command {
	n := ledger.Token{Kind: signin.Calendar, Scope: signin.ScopePerson}
	c := a.ofAccount("calendar ID", "token.cmd_calendar", "token.cmd_calendar_long", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		if n.Unit != "" {
			n.Scope = signin.ScopeUnit
		}
		return a.makes(ctx, args[0], n, calendar.Day{}, "token.calendar_made", feed.Address)
	})
	c.Flags().StringVar(&n.Name, "name", "", a.w.T("token.flag_name"))
	c.Flags().StringVar(&n.Unit, "unit", "", a.w.T("token.flag_unit"))
	return c
}

// named is the account that a list is asked for; "" is all.
func (a *app) named(args []string) (string, error) {
	if len(args) == 0 {
		return "", nil
	}
	account, err := a.account(args[0])
	return account.ID, err
}

func (a *app) accountTokens() *cobra.Command {
	c := a.ofAccount("tokens [ID]", "token.cmd_tokens", "", cobra.MaximumNArgs(1), nil)
	return shows(a, c, func(r *query.Reader, ctx context.Context, who query.Viewer, args []string) ([]terminal.TokenRow, error) {
		account, err := a.named(args)
		if err != nil {
			return nil, err
		}
		all, err := r.Tokens(ctx, who, account)
		return terminal.TokenRows(all), err
	}, (*terminal.Screen).Tokens)
}

func (a *app) accountLog() *cobra.Command {
	var skip, limit int
	c := a.ofAccount("log [ID]", "token.cmd_log", "", cobra.MaximumNArgs(1), nil)
	shows(a, c, func(r *query.Reader, ctx context.Context, who query.Viewer, args []string) ([]ledger.SignInEntry, error) {
		account, err := a.named(args)
		if err != nil {
			return nil, err
		}
		return r.SignIns(ctx, who, account, skip, limit)
	}, (*terminal.Screen).SignIns)
	return a.paged(c, &skip, &limit)
}

func (a *app) accountRevoke() *cobra.Command {
	return a.ofAccount("revoke ID TOKEN", "token.cmd_revoke", "", cobra.ExactArgs(2), func(ctx context.Context, args []string) error {
		if err := a.itself(args[0]); err != nil { // of one who left the file the operator can end tokens
			return err
		}
		return a.signsIn(ctx, func(s *signin.Service) error {
			ended, err := s.EndToken(ctx, args[0], args[1], a.as)
			if err != nil {
				return err
			}
			if !ended {
				return a.w.Err("token.no_such", words.Data{"Account": args[0], "ID": args[1]})
			}
			a.say("token.revoked", words.Data{"ID": args[1]})
			return nil
		})
	})
}

// accountInvite makes the link with which somebody chooses a password.
func (a *app) accountInvite() *cobra.Command {
	return a.ofAccount("invite ID", "account.cmd_invite", "account.cmd_invite_long", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		account, err := a.account(args[0])
		if err != nil {
			return err
		}
		return a.signsIn(ctx, func(s *signin.Service) error {
			at := a.cfg.URL
			if _, port, ok := strings.Cut(cmp.Or(a.cfg.Listen, front.Wish), ":"); ok && at == "" {
				at = "http://127.0.0.1:" + port
			}
			secret, ends, err := s.Invite(ctx, account.ID, a.as)
			if err == nil {
				a.link("account.invited", account, at, secret, ends)
			}
			return err
		})
	})
}

// link says with which link an account chooses its password.
func (a *app) link(key string, account accounts.Account, at, secret string, ends time.Time) {
	a.say(key, words.Data{"Account": account.ID, "Name": account.Name, "Link": strings.TrimSuffix(at, "/") + "/invitation/" + secret, "Until": ends.Local().Format("2006-01-02 15:04")})
}
