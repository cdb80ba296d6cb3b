package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/engine"
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

// messageFlags choose messages.
type messageFlags struct {
	plan, day   string
	failed, all bool
}

func (a *app) chooseMessages(c *cobra.Command, f *messageFlags) {
	a.planFlag(c, &f.plan, "cli.say_plan")
	c.Flags().StringVar(&f.day, "day", "", a.w.T("message.flag_day"))
}

// filter is what the flags choose: of a plan, of a morning, in which state.
func (a *app) filter(f messageFlags) (out query.MessageFilter, err error) {
	out = query.MessageFilter{Plan: f.plan, States: ledger.Unsettled}
	if f.all {
		out.States = nil
	}
	out.Day, err = a.day("day", f.day)
	return out, err
}

func (a *app) messageList() *cobra.Command {
	var f messageFlags
	var skip, limit int
	p := page{&skip, &limit, ""}
	c := a.listing(&cobra.Command{
		Use: "list", Short: a.w.T("message.cmd_list"), Long: a.w.T("message.cmd_list_long"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := a.filter(f)
			if err != nil {
				return err
			}
			if err := p.check(a, cmd); err != nil {
				return err
			}
			filter.Skip, filter.Limit = skip, limit
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				page, err := r.Messages(cmd.Context(), who, filter)
				if err != nil {
					return err
				}
				all := append(page.Untried, page.Messages...)
				return a.show().Print(all, func() {
					switch {
					case len(all) == 0 && !f.all && f.day == "":
						a.say("message.none_unsent")
					case len(all) == 0:
						a.say("message.none")
					default:
						a.show().Messages(all, page)
						a.show().Mending(all)
						a.show().Page(len(page.Messages), page.Total, skip)
					}
				})
			})
		},
	})
	a.chooseMessages(c, &f)
	p.flags(a, c)
	c.Flags().BoolVar(&f.all, "all", false, a.w.T("message.flag_all"))
	return c
}

func (a *app) messageResend() *cobra.Command {
	var f messageFlags
	c := &cobra.Command{
		Use: "resend [ID …]", Short: a.w.T("message.cmd_resend"), Long: a.w.T("message.cmd_resend_long"), ValidArgsFunction: terminal.Named(a.messageNames),
		RunE: func(cmd *cobra.Command, ids []string) error {
			if len(ids) == 0 && !f.failed && f.day == "" {
				return a.w.Err("message.which")
			}
			return a.onMessages(cmd.Context(), f, ids, "resent", func(e *engine.Engine, m ledger.MessageInfo, by act.Actor) (bool, error) {
				return e.Resend(cmd.Context(), m, by)
			})
		},
	}
	a.chooseMessages(c, &f)
	c.Flags().BoolVar(&f.failed, "failed", false, a.w.T("message.flag_failed"))
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
			return a.onMessages(cmd.Context(), messageFlags{}, ids, "dropped", func(e *engine.Engine, m ledger.MessageInfo, by act.Actor) (bool, error) {
				return e.DropMessage(cmd.Context(), m, by, reason)
			})
		},
	}
	c.Flags().StringVarP(&reason, "reason", "m", "", a.w.T("message.flag_reason"))
	return c
}

// onMessages does something to the named messages, or to those the flags choose,
// and says of each whether it was done.
func (a *app) onMessages(ctx context.Context, f messageFlags, ids []string, said string, do func(*engine.Engine, ledger.MessageInfo, act.Actor) (bool, error)) error {
	by, err := a.actor()
	if err != nil {
		return err
	}
	filter, err := a.filter(f)
	if err != nil {
		return err
	}
	h, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	page, err := a.reader(h.Ledger).Chosen(ctx, query.As(by), filter, ids)
	if err != nil {
		return err
	}
	if len(page.Messages) == 0 {
		a.say("message.none")
		return nil
	}
	for _, m := range page.Messages {
		done, err := do(h.Engine, m, by)
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
