package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/portal"
	"duban/internal/signin"
	"duban/internal/terminal"
	"duban/internal/words"
)

// portalWish is where `up` and `portal` serve when nothing else is said, if it is free.
const portalWish = "127.0.0.1:8230"

// portalCommand opens a ledger to be read in a browser.
func (a *app) portalCommand() *cobra.Command {
	var dir, listen string
	c := &cobra.Command{
		Use: "portal", Short: a.w.T("account.cmd_portal"), Long: a.w.T("account.cmd_portal_long"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if dir != "" {
				whole, err := filepath.Abs(dir)
				if err != nil {
					return err
				}
				if info, err := os.Stat(whole); err != nil || !info.IsDir() {
					return a.w.Err("account.no_folder", words.Data{"Dir": dir})
				}
				a.cfg.Dir, a.cfg.DatabaseURL, a.cfg.Accounts = whole, "", filepath.Join(whole, "accounts.yaml")
			}
			a.serves.Store(true)
			return a.withLedger(cmd.Context(), func(store *ledger.Store) error {
				o, _ := a.house(store, nil).Options()
				h, err := portal.New(o)
				if err != nil {
					return err
				}
				l := portal.Listening{Address: listen, Wish: !cmd.Flags().Changed("listen")}
				s, err := portal.Open(cmd.Context(), l, h)
				if err != nil {
					return a.w.Err("settings.listen", words.Data{"Error": err})
				}
				a.say("account.look_at", words.Data{"URL": s.URL + "/signin?key=" + o.Key, "Dir": a.cfg.Dir})
				return s.Wait()
			})
		},
	}
	c.Flags().StringVar(&dir, "dir", "", a.w.T("account.flag_dir"))
	c.Flags().StringVar(&listen, "listen", portalWish, a.w.T("account.flag_listen"))
	return c
}

// house is what this process has of which a portal is made; h is nil to look only.
func (a *app) house(store *ledger.Store, h *host.Host) portal.House {
	house := portal.House{Ledger: store, AccountsFile: a.cfg.Accounts, Dir: a.cfg.Dir, URL: a.cfg.URL, Lang: a.cfg.Lang, Log: a.log,
		Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return host.Calendar(a.cfg, imported...) }}
	if h != nil {
		house.Engine, house.TLS, house.Checkup, house.More = h.Engine, a.cfg.TLSCert != "", h.Checkup(a.cfg, a.log), portal.Answers(h.Health())
		house.OIDC = portal.OIDC(a.cfg.OIDC)
	} else {
		house.URL = "" // of the portal of those who work
	}
	return house
}

// servePortal serves the pages of `up`: at DUBAN_LISTEN, or on the loopback address. It
// says where, and gives the office its first link when nobody can sign in yet.
func (a *app) servePortal(ctx context.Context, h *host.Host) (*portal.Server, error) {
	o, people := a.house(h.Ledger, h).Options()
	pages, err := portal.New(o)
	if err != nil {
		return nil, err
	}
	l := portal.Listening{Address: a.cfg.Listen, Cert: a.cfg.TLSCert, Key: a.cfg.TLSKey}
	if l.Address == "" {
		l.Address, l.Wish = portalWish, true
	}
	s, err := portal.Open(ctx, l, pages)
	if err != nil {
		return nil, a.w.Err("settings.listen", words.Data{"Error": err})
	}
	at := s.URL
	if a.cfg.URL != "" {
		at = strings.TrimSuffix(a.cfg.URL, "/")
	}
	a.say("account.portal_at", words.Data{"URL": at})
	return s, a.firstLink(ctx, h, people, o, at)
}

// firstLink prints a link, good once, with which the office chooses its password, where
// no account can sign in yet.
func (a *app) firstLink(ctx context.Context, h *host.Host, people *signin.Service, o portal.Options, at string) error {
	able, err := people.AnyoneCan(ctx)
	if err != nil || able {
		return err
	}
	book, err := o.Accounts()
	if err != nil {
		return err
	}
	account, ok, err := portal.First(ctx, h.Ledger, book)
	if err != nil {
		return err
	}
	if !ok {
		a.say("account.no_office", words.Data{"File": a.cfg.Accounts})
		return nil
	}
	secret, ends, err := people.Invite(ctx, account.ID, "")
	if err != nil {
		return err
	}
	a.say("account.first_link", words.Data{"Account": account.ID, "Name": account.Name, "Link": at + "/invitation/" + secret, "Until": ends.Local().Format("2006-01-02 15:04")})
	return nil
}

// accountCommand is what the machine's operator does about accounts.
func (a *app) accountCommand() *cobra.Command {
	return a.group("account", "account.cmd", append(a.tokenCommands(), a.accountInvite())...)
}

// accountInvite makes the link with which somebody chooses a password.
func (a *app) accountInvite() *cobra.Command {
	return &cobra.Command{
		Use: "invite ID", Short: a.w.T("account.cmd_invite"), Long: a.w.T("account.cmd_invite_long"), Args: cobra.ExactArgs(1), ValidArgsFunction: terminal.Named(a.accountNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			account, err := a.account(args[0])
			if err != nil {
				return err
			}
			return a.writingLedger(cmd.Context(), func(store *ledger.Store) error {
				secret, ends, err := signin.Open(store, signin.Options{}).Invite(cmd.Context(), account.ID, a.as)
				if err != nil {
					return err
				}
				at := strings.TrimSuffix(a.cfg.URL, "/")
				if at == "" {
					at = "http://" + portalWish
					if _, port, ok := strings.Cut(a.cfg.Listen, ":"); ok {
						at = "http://127.0.0.1:" + port
					}
				}
				a.say("account.invited", words.Data{"Account": account.ID, "Name": account.Name, "Link": at + "/invitation/" + secret, "Until": ends.Local().Format("2006-01-02 15:04")})
				return nil
			})
		},
	}
}
