package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/people"
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
}

func (a *app) chooseMessages(c *cobra.Command, f *messageFlags) {
	c.Flags().StringVar(&f.plan, "plan", "", a.w.T("cli.say_plan"))
	c.Flags().StringVar(&f.day, "day", "", a.w.T("message.flag_day"))
	a.completeFlag(c, "plan", a.planNames)
}

// filter is what the flags choose: of a plan, of a morning, in which state.
func (a *app) filter(f messageFlags) (ledger.MessageFilter, error) {
	out := ledger.MessageFilter{Plan: f.plan, States: ledger.Unsettled}
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
			return a.withLedger(cmd.Context(), func(store *ledger.Store) error {
				seen, whole, err := a.overseen(cmd.Context(), store, f.plan)
				if err != nil {
					return err
				}
				all, err := store.Messages(cmd.Context(), filter)
				if err != nil {
					return err
				}
				overdue, err := a.overdue(cmd.Context(), store, filter)
				if err != nil {
					return err
				}
				all = append(overdue, all...)
				if !whole {
					all = slices.DeleteFunc(all, func(m ledger.MessageInfo) bool {
						return !slices.ContainsFunc(seen, func(l ledger.Launched) bool { return l.Plan.ID == m.Plan })
					})
				}
				if a.format == "json" {
					if all == nil {
						all = []ledger.MessageInfo{}
					}
					return a.json(all)
				}
				if len(all) == 0 && !f.all && f.day == "" {
					fmt.Fprintln(a.out, a.w.T("message.none_unsent"))
					return nil
				}
				return a.messageTable(cmd.Context(), store, all)
			})
		},
	})
	a.chooseMessages(c, &f)
	c.Flags().BoolVar(&f.all, "all", false, a.w.T("message.flag_all"))
	return c
}

// overdue are the messages that should have gone out and of which nothing was tried:
// no worker reaches the mail server, or none runs. They have no ID yet.
func (a *app) overdue(ctx context.Context, store *ledger.Store, f ledger.MessageFilter) ([]ledger.MessageInfo, error) {
	notices, err := store.Notices(ctx, ledger.NoticeFilter{Plan: f.Plan, States: []string{ledger.Pending}})
	if err != nil {
		return nil, err
	}
	var out []ledger.MessageInfo
	at := map[string]int{}
	for _, n := range notices {
		l, err := store.Plan(ctx, n.Plan)
		if err != nil {
			return nil, err
		}
		if n.SpeakAt.Add(time.Minute).After(l.Clock.Plan(a.now())) || !f.From.IsZero() && n.SpeakAt.Before(f.From) || !f.Before.IsZero() && !n.SpeakAt.Before(f.Before) {
			continue
		}
		key := n.Digest + "|" + n.Channel
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, ledger.MessageInfo{Plan: n.Plan, Digest: n.Digest, Recipient: n.Recipient, SpeakAt: n.SpeakAt, Channel: n.Channel, State: n.State})
		}
		out[i].Notices++
	}
	return out, nil
}

func (a *app) messageTable(ctx context.Context, store *ledger.Store, all []ledger.MessageInfo) error {
	if len(all) == 0 {
		fmt.Fprintln(a.out, a.w.T("message.none"))
		return nil
	}
	t := a.roomTable("message", map[string]int{"error": 60}, "id", "at", "to", "channel", "state", "tries", "notices", "error")
	dirs := map[string]people.Directory{}
	for _, m := range all {
		if _, known := dirs[m.Plan]; !known {
			l, err := store.Plan(ctx, m.Plan)
			if err != nil {
				return err
			}
			dirs[m.Plan] = l.Plan.Directory
		}
		state := m.State
		if state == ledger.Sent && m.Doubts > 0 {
			state = "twice"
		}
		channel := m.Channel
		if m.Via != "" {
			channel = m.Via
		}
		t.AppendRow(table.Row{m.ID[:min(12, len(m.ID))], minute(m.SpeakAt), a.seats(dirs[m.Plan], []people.Recipient{m.Recipient}), a.channel(channel),
			a.w.T("report.message_" + state), m.Attempt, m.Notices, m.Error})
	}
	t.Render()
	return nil
}

func (a *app) channel(name string) string {
	if text := a.w.T("report.channel_" + name); text != "report.channel_"+name {
		return text
	}
	return name
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
	chosen, err := a.chosenMessages(ctx, h.Ledger, filter, ids)
	if err != nil {
		return err
	}
	if len(chosen) == 0 {
		fmt.Fprintln(a.out, a.w.T("message.none"))
		return nil
	}
	for _, m := range chosen {
		l, err := h.Ledger.Plan(ctx, m.Plan)
		if err != nil {
			return err
		}
		if by.Unit != l.Plan.Directory.Office {
			return sentenceError(a.w.T("message.only_office", words.Data{"Office": l.Plan.Directory.Name(l.Plan.Directory.Office)}))
		}
		said, err := do(h, m, by)
		if err != nil {
			return err
		}
		fmt.Fprintln(a.out, a.w.T(said, words.Data{"ID": m.ID[:12], "To": a.seats(l.Plan.Directory, []people.Recipient{m.Recipient}), "At": minute(m.SpeakAt)}))
	}
	return nil
}

// chosenMessages are those whose IDs begin so, whatever their state, or those of the filter.
func (a *app) chosenMessages(ctx context.Context, store *ledger.Store, filter ledger.MessageFilter, ids []string) ([]ledger.MessageInfo, error) {
	if len(ids) == 0 {
		return store.Messages(ctx, filter)
	}
	var chosen []ledger.MessageInfo
	for _, id := range ids {
		found, err := store.Messages(ctx, ledger.MessageFilter{Plan: filter.Plan, ID: strings.Trim(strings.TrimSpace(id), "<>")})
		switch {
		case err != nil:
			return nil, err
		case len(found) == 0:
			return nil, sentenceError(a.w.T("message.no_such", words.Data{"ID": id}))
		case len(found) > 1:
			return nil, sentenceError(a.w.T("message.several", words.Data{"ID": id, "N": len(found)}))
		}
		chosen = append(chosen, found[0])
	}
	return chosen, nil
}

// messageNames are the messages that are not settled, for completion.
func (a *app) messageNames(ctx context.Context) (map[string]string, error) {
	names := map[string]string{}
	err := a.withLedger(ctx, func(store *ledger.Store) error {
		seen, _, err := a.overseen(ctx, store, "")
		if err != nil {
			return err
		}
		all, err := store.Messages(ctx, ledger.MessageFilter{States: ledger.Unsettled})
		for _, m := range all {
			if !slices.ContainsFunc(seen, func(l ledger.Launched) bool { return l.Plan.ID == m.Plan }) {
				continue
			}
			names[m.ID[:12]] = m.Recipient.String() + " " + minute(m.SpeakAt)
		}
		return err
	})
	if errors.Is(err, ledger.ErrNoLedger) {
		return names, nil
	}
	return names, err
}
