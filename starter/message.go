package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/calendar"
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
	return a.group(&cobra.Command{Use: "message", Short: a.w.T("message.cmd")}, a.messageList(), a.messageResend(), a.messageDrop())
}

// messageFlags choose messages.
type messageFlags struct {
	plan, day   string
	failed, all bool
	skip, limit int
}

func (a *app) chooseMessages(c *cobra.Command, f *messageFlags) {
	c.Flags().StringVar(&f.plan, "plan", "", a.w.T("cli.say_plan"))
	c.Flags().StringVar(&f.day, "day", "", a.w.T("message.flag_day"))
	a.completeFlag(c, "plan", a.planNames)
}

// filter is what the flags choose: of a plan, of a morning, in which state.
func (a *app) filter(f messageFlags) (query.MessageFilter, error) {
	out := query.MessageFilter{Plan: f.plan, States: ledger.Unsettled}
	if f.all {
		out.States = nil
	}
	day, err := a.day("day", f.day)
	if err != nil || day.IsZero() {
		return out, err
	}
	out.From, out.Before = day.At(0, 0, calendar.Beijing), day.AddDays(1).At(0, 0, calendar.Beijing)
	return out, nil
}

func (a *app) messageList() *cobra.Command {
	var f messageFlags
	c := a.listing(&cobra.Command{
		Use: "list", Short: a.w.T("message.cmd_list"), Long: a.w.T("message.cmd_list_long"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := a.filter(f)
			if err != nil {
				return err
			}
			if err := a.paging(cmd, &f.skip, &f.limit); err != nil {
				return err
			}
			filter.Skip, filter.Limit = f.skip, f.limit
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				page, err := r.Messages(cmd.Context(), who, filter)
				if err != nil {
					return err
				}
				all := append(page.Untried, page.Messages...)
				switch {
				case a.format == "json":
					return a.show().JSON(all)
				case len(all) == 0 && !f.all && f.day == "":
					fmt.Fprintln(a.out, a.w.T("message.none_unsent"))
				case len(all) == 0:
					fmt.Fprintln(a.out, a.w.T("message.none"))
				default:
					a.show().Messages(all, page)
					a.show().Mending(all)
					a.show().Page(len(page.Messages), page.Total, f.skip)
				}
				return nil
			})
		},
	})
	a.chooseMessages(c, &f)
	a.pages(c, &f.skip, &f.limit)
	c.Flags().BoolVar(&f.all, "all", false, a.w.T("message.flag_all"))
	return c
}

func (a *app) messageResend() *cobra.Command {
	var f messageFlags
	c := &cobra.Command{
		Use: "resend [ID …]", Short: a.w.T("message.cmd_resend"), Long: a.w.T("message.cmd_resend_long"), ValidArgsFunction: named(a.messageNames),
		RunE: func(cmd *cobra.Command, ids []string) error {
			if len(ids) == 0 && !f.failed && f.day == "" {
				return sentenceError(a.w.T("message.which"))
			}
			return a.onMessages(cmd.Context(), f, ids, func(h *host.Host, m ledger.MessageInfo, by act.Actor) (string, error) {
				done, err := h.Engine.Resend(cmd.Context(), m, by)
				if !done {
					return "message.not_resent", err
				}
				return "message.resent", err
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
		Use: "drop ID …", Short: a.w.T("message.cmd_drop"), Long: a.w.T("message.cmd_drop_long"), ValidArgsFunction: named(a.messageNames),
		RunE: func(cmd *cobra.Command, ids []string) error {
			if len(ids) == 0 {
				return sentenceError(a.w.T("message.which_one"))
			}
			if strings.TrimSpace(reason) == "" {
				return sentenceError(a.w.T("cli.needs_flag", words.Data{"Field": a.w.T("act.field_reason"), "Flag": "reason"}))
			}
			return a.onMessages(cmd.Context(), messageFlags{}, ids, func(h *host.Host, m ledger.MessageInfo, by act.Actor) (string, error) {
				done, err := h.Engine.DropMessage(cmd.Context(), m, by, reason)
				if !done {
					return "message.not_dropped", err
				}
				return "message.dropped", err
			})
		},
	}
	c.Flags().StringVarP(&reason, "reason", "m", "", a.w.T("message.flag_reason"))
	return c
}

// onMessages does something to the named messages, or to those the flags choose,
// and says of each what was done. Only the office of a message's plan may.
func (a *app) onMessages(ctx context.Context, f messageFlags, ids []string, do func(*host.Host, ledger.MessageInfo, act.Actor) (string, error)) error {
	by, err := a.actor()
	if err != nil {
		return err
	}
	filter, err := a.filter(f)
	if err != nil {
		return err
	}
	h, err := host.Open(ctx, a.cfg, host.Options{Log: a.log})
	if err != nil {
		return err
	}
	defer h.Close()
	page, err := a.chosenMessages(ctx, h.Ledger, filter, ids)
	if err != nil {
		return err
	}
	if len(page.Messages) == 0 {
		fmt.Fprintln(a.out, a.w.T("message.none"))
		return nil
	}
	for _, m := range page.Messages {
		dir := page.Of(m.Plan).People
		if by.Unit != dir.Office {
			return sentenceError(a.w.T("message.only_office", words.Data{"Office": dir.Name(dir.Office)}))
		}
		said, err := do(h, m, by)
		if err != nil {
			return err
		}
		fmt.Fprintln(a.out, a.w.T(said, words.Data{"ID": m.ID[:12], "To": report.Speak(a.w).Seats(dir, []people.Recipient{m.Recipient}), "At": terminal.Minute(page.Of(m.Plan).Zone, m.SpeakAt)}))
	}
	return nil
}

// chosenMessages are those whose IDs begin so, whatever their state, or those of the filter.
func (a *app) chosenMessages(ctx context.Context, store *ledger.Store, filter query.MessageFilter, ids []string) (query.MessagePage, error) {
	who, err := a.viewer()
	if err != nil {
		return query.MessagePage{}, err
	}
	page, err := a.reader(store).Chosen(ctx, who, filter, ids)
	var which *query.MessageError
	switch {
	case errors.As(err, &which) && which.Count == 0:
		return page, sentenceError(a.w.T("message.no_such", words.Data{"ID": which.ID}))
	case errors.As(err, &which):
		return page, sentenceError(a.w.T("message.several", words.Data{"ID": which.ID, "N": which.Count}))
	}
	return page, a.told(err)
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
