package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/terminal"
	"duban/internal/words"
)

// messageCommand shows the messages that are not sent and settles them by hand.
func (a *app) messageCommand() *cobra.Command {
	return a.group("message", "message.cmd", a.messageList(), a.messageResend(), a.messageDrop())
}

// chooseMessages gives a command the flags that choose messages: of a plan, of a morning.
func (a *app) chooseMessages(c *cobra.Command, f *query.MessageFilter) {
	a.planFlag(c, &f.Plan, "cli.say_plan")
	a.show().Day(c, &f.Day, "day", "message.flag_day")
}

func (a *app) messageList() *cobra.Command {
	var f query.MessageFilter
	var all bool
	c := shows(a, &cobra.Command{Use: "list", Short: a.w.T("message.cmd_list"), Long: a.w.T("message.cmd_list_long"), Args: cobra.NoArgs},
		func(r *query.Reader, ctx context.Context, who query.Viewer, _ []string) (query.MessagePage, error) {
			if f.States = ledger.Unsettled; all {
				f.States = nil
			}
			return r.Messages(ctx, who, f)
		},
		func(sc *terminal.Screen, page query.MessagePage) {
			if len(page.All()) == 0 && !all && f.Day.IsZero() {
				a.say("message.none_unsent")
				return
			}
			sc.Messages(page, f.Skip)
		})
	a.chooseMessages(c, &f)
	c.Flags().BoolVar(&all, "all", false, a.w.T("message.flag_all"))
	return a.paged(c, &f.Skip, &f.Limit)
}

func (a *app) messageResend() *cobra.Command {
	f := query.MessageFilter{States: ledger.Unsettled}
	var failed bool
	c := &cobra.Command{
		Use: "resend [ID …]", Short: a.w.T("message.cmd_resend"), Long: a.w.T("message.cmd_resend_long"), ValidArgsFunction: terminal.Named(a.messageNames),
		RunE: func(cmd *cobra.Command, ids []string) error {
			if len(ids) == 0 && !failed && f.Day.IsZero() {
				return a.w.Err("message.which")
			}
			return a.onMessages(cmd.Context(), f, ids, "resent", (*engine.Engine).Resend)
		},
	}
	a.chooseMessages(c, &f)
	c.Flags().BoolVar(&failed, "failed", false, a.w.T("message.flag_failed"))
	return c
}

func (a *app) messageDrop() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "drop ID …", Short: a.w.T("message.cmd_drop"), Long: a.w.T("message.cmd_drop_long"), ValidArgsFunction: terminal.Named(a.messageNames),
		RunE: func(cmd *cobra.Command, ids []string) error {
			if len(ids) == 0 {
				return a.w.Err("message.which_one")
			}
			if strings.TrimSpace(reason) == "" {
				return a.needsFlag("reason")
			}
			return a.onMessages(cmd.Context(), query.MessageFilter{}, ids, "dropped", func(e *engine.Engine, ctx context.Context, m ledger.MessageInfo, by act.Actor) (bool, error) {
				return e.DropMessage(ctx, m, by, reason)
			})
		},
	}
	c.Flags().StringVarP(&reason, "reason", "m", "", a.w.T("message.flag_reason"))
	return c
}

// onMessages does something to the named messages, or to those of a filter, and says of
// each whether it was done.
func (a *app) onMessages(ctx context.Context, f query.MessageFilter, ids []string, said string, do func(*engine.Engine, context.Context, ledger.MessageInfo, act.Actor) (bool, error)) error {
	return a.acting(ctx, func(h *host.Host, by act.Actor) error {
		page, err := a.reader(h.Ledger).Chosen(ctx, query.As(by), f, ids)
		if err != nil {
			return err
		}
		if len(page.Messages) == 0 {
			a.say("message.none")
		}
		for _, m := range page.Messages {
			done, err := do(h.Engine, ctx, m, by)
			if err != nil {
				return err
			}
			key := "message." + said
			if !done {
				key = "message.not_" + said
			}
			of := page.Of(m.Plan)
			a.say(key, words.Data{"ID": m.ID[:12], "To": report.Speak(a.w).Seats(of.People, []people.Recipient{m.Recipient}), "At": terminal.Minute(of.Zone, m.SpeakAt)})
		}
		return nil
	})
}

// messageNames are the messages that are not settled, for completion.
func (a *app) messageNames(ctx context.Context) (map[string]string, error) {
	names := map[string]string{}
	return names, a.reads(ctx, func(r *query.Reader, who query.Viewer) error {
		page, err := r.Messages(ctx, who, query.MessageFilter{States: ledger.Unsettled})
		for _, m := range page.Messages {
			names[m.ID[:12]] = m.Recipient.String() + " " + terminal.Minute(page.Of(m.Plan).Zone, m.SpeakAt)
		}
		return err
	})
}
