package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/form"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/query"
	"duban/internal/terminal"
	"duban/internal/whatif"
	"duban/internal/words"
)

// amending is an amendment that somebody makes: what the flags say, and what it would do.
type amending struct {
	*app
	paper, reason string
	same          []string // pairs OLD=NEW, all or none
	takeBack      []string // tasks whose granted extension is taken back
	samePaper     bool     // another amendment by the same paper is meant
	apart         bool     // --apart: tasks that seem to be open in another plan are other work
	successors    []string // UNIT=SUCCESSOR or UNIT=none

	agree terminal.Consent
	found query.Amendment
}

func (a *app) planAmend() *cobra.Command {
	m := amending{app: a}
	c := a.listing(&cobra.Command{
		Use: "amend FILE", Short: a.w.T("amend.cmd"), Long: a.w.T("amend.cmd_long"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m.agree.In = cmd.InOrStdin()
			return m.amend(cmd.Context(), args[0])
		},
	})
	c.Flags().StringVar(&m.paper, "paper", "", a.w.T("amend.flag_paper"))
	c.Flags().StringVarP(&m.reason, "reason", "m", "", a.w.T("amend.flag_reason"))
	c.Flags().BoolVar(&m.agree.Yes, "yes", false, a.w.T("amend.flag_yes"))
	c.Flags().StringSliceVar(&m.same, "same", nil, a.w.T("amend.flag_same"))
	c.Flags().StringSliceVar(&m.takeBack, "take-back", nil, a.w.T("amend.flag_take_back"))
	c.Flags().StringSliceVar(&m.successors, "successor", nil, a.w.T("amend.flag_successor"))
	c.Flags().BoolVar(&m.samePaper, "same-paper", false, a.w.T("amend.flag_same_paper"))
	c.Flags().BoolVar(&m.apart, "apart", false, a.w.T("follow.flag_apart"))
	return c
}

// amend shows what the files would change, asks, and does it; files that are in
// force already are only finished.
func (m *amending) amend(ctx context.Context, file string) error {
	if _, err := m.actor(); err != nil {
		return err
	}
	cal, err := m.calendarInForce(ctx)
	if err != nil {
		return err
	}
	p, problems := planfile.Load(file, cal)
	if err := m.verdict(problems); err != nil {
		return err
	}
	err = m.look(ctx, p)
	if errors.Is(err, query.ErrNotWhole) && m.agree.Yes {
		_, refused := m.do(ctx, p) // the engine refuses, and records that the amendment was tried
		return cmp.Or(refused, err)
	}
	if err != nil {
		return err
	}
	if m.found.Changes.Empty() {
		m.paper, m.reason = m.found.LastPaper, m.found.LastReason
	}
	if goes, err := m.paperMeant(); err != nil || !goes {
		return err
	}
	out := terminal.AmendmentOf(p.ID, m.found)
	if m.format == "table" {
		m.show().Amending(out, m.found.Before, m.found.After, m.paper)
	}
	if !m.apart && m.show().Elsewhere(m.found.Twins, m.found.Gaps, m.found.Hidden) && m.agree.Yes {
		return m.w.Err("amend.apart")
	}
	if out.InForce && m.found.Left || !out.InForce && m.show().Consents("amend", m.agree) {
		for i, t := range m.takeBack {
			m.takeBack[i] = out.Changes.Key(t)
		}
		if out.Report, err = m.do(ctx, m.found.After); err != nil {
			return err
		}
		out.Applied = true
	}
	if err := m.show().Print(out, func() { m.show().Amended(out) }); err != nil {
		return err
	}
	if out.Report != nil && m.show().LeftUndone(out.Report.AllLeft(), m.found.Before.Plan) {
		return errSaid
	}
	return nil
}

// look finds what the amendment would do, once it is said, by the flags or whoever is asked,
// who takes over from units that are gone from the files and which tasks are the same.
func (m *amending) look(ctx context.Context, p *plan.Plan) error {
	pairs, err := form.SameTasks(m.w, p, m.same)
	if err != nil {
		return err
	}
	successors, err := form.Successors(m.w, p, m.successors)
	if err != nil {
		return err
	}
	unnamed := strings.TrimSpace(m.paper) == ""
	same := p.Same(pairs)
	err = m.reads(ctx, func(r *query.Reader, who query.Viewer) (err error) {
		m.found, err = r.Amending(ctx, who, &same, m.paper, m.takeBack, query.Answers{Same: m.sameTasks, Successor: func(gone *whatif.GoneError) (to string, known bool) {
			if to, known = successors[gone.Unit.ID]; known || unnamed || m.agree.Yes || !m.show().CanConsent(m.agree) {
				return to, known
			}
			fmt.Fprintln(m.err, whatif.GoneSaid(m.w, gone))
			fmt.Fprint(m.err, m.w.T("amend.gone_ask"))
			return p.Successor(strings.TrimSpace(terminal.Line(m.agree.In)))
		}})
		return err
	})
	var gone *whatif.GoneError
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		return m.w.Err("amend.not_launched", words.Data{"Plan": p.ID})
	case !errors.Is(err, query.ErrNotWhole) && unnamed && !m.found.Changes.Empty():
		return m.needsFlag("paper")
	case errors.As(err, &gone):
		return words.Sentence(whatif.GoneSaid(m.w, gone) + "\n" + m.w.T("amend.gone_write", words.Data{"ID": gone.Unit.ID}))
	}
	return err
}

// sameTasks are the pairs of tasks that are the same, out of those that look alike, by --same
// or the answers of whoever is asked. Where nobody can be asked, it says what to write.
func (m *amending) sameTasks(a query.Amendment) ([]plan.Pair, error) {
	switch {
	case slices.Contains(m.same, "all"):
		return a.Likely, nil
	case len(m.same) > 0 || strings.TrimSpace(m.paper) == "":
		return nil, nil
	}
	if m.format == "table" {
		m.show().Pairs(a)
	}
	switch {
	case m.agree.Yes:
		return a.Likely, nil
	case !m.show().CanConsent(m.agree):
		return nil, m.w.Err("amend.pairs_write", words.Data{"Was": a.Likely[0].Was, "Now": a.Likely[0].Now})
	case m.show().Answers("amend.pairs_ask", m.agree.In):
		return a.Likely, nil
	}
	return nil, nil
}

// paperMeant asks, of a paper by which an amendment was done before, whether another one
// is meant.
func (m *amending) paperMeant() (bool, error) {
	if m.found.Paper == 0 || m.samePaper {
		return true, nil
	}
	said := m.w.Err("amend.same_paper", words.Data{"N": m.found.Paper, "Paper": m.paper})
	if m.agree.Yes || !m.show().CanConsent(m.agree) {
		return false, said
	}
	fmt.Fprintln(m.err, said)
	m.samePaper = m.show().Ask("amend", m.agree.In)
	return m.samePaper, nil
}

// do has the running engine do it.
func (m *amending) do(ctx context.Context, p *plan.Plan) (report *engine.AmendReport, err error) {
	return report, m.acting(ctx, func(h *host.Host, by act.Actor) error {
		cal, err := m.calendarOf(ctx, h.Ledger)
		if err != nil {
			return err
		}
		if strings.TrimSpace(m.reason) == "" {
			m.reason = m.w.T("amend.reason", words.Data{"Paper": m.paper})
		}
		watch, end := m.show().Progress("cli.acting")
		done, err := h.Engine.Watched(watch).Amend(ctx, p, cal, engine.AmendOptions{Paper: m.paper, Reason: m.reason, By: by, TakeBack: m.takeBack, SamePaper: m.samePaper})
		end()
		report = &done
		return err
	})
}

// planApplyPolicy shows which open tasks would follow another version and how their
// stages would move, asks, and does it.
func (a *app) planApplyPolicy() *cobra.Command {
	var file, reason string
	var agree terminal.Consent
	c := a.listing(&cobra.Command{
		Use: "apply-policy PLAN NAME", Short: a.w.T("amend.cmd_policy"), Long: a.w.T("amend.cmd_policy_long"), Args: cobra.ExactArgs(2),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			find := a.policyTitles
			if len(args) == 0 {
				find = a.planNames
			}
			return terminal.Named(find)(cmd, args, typed)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := a.actor(); err != nil {
				return err
			}
			if strings.TrimSpace(reason) == "" {
				return a.needsFlag("reason")
			}
			p, problems, err := form.PolicyOf(a.w, file, args[1])
			if err == nil && a.tell(problems) > 0 {
				err = errSaid
			}
			if err != nil {
				return err
			}
			agree.In = cmd.InOrStdin()
			return a.applyPolicy(cmd.Context(), args[0], p, reason, agree)
		},
	})
	c.Flags().StringVar(&file, "policies", "", a.w.T("amend.flag_policies"))
	_ = c.MarkFlagFilename("policies", "yaml", "yml") // the flag is there
	c.Flags().StringVarP(&reason, "reason", "m", "", a.w.T("amend.flag_reason_policy"))
	c.Flags().BoolVar(&agree.Yes, "yes", false, a.w.T("amend.flag_yes"))
	return c
}

func (a *app) applyPolicy(ctx context.Context, planID string, p plan.Policy, reason string, agree terminal.Consent) error {
	out := terminal.PolicyOutcome{Plan: planID, Policy: p.Name, Version: p.Version, Left: []engine.LeftUndone{}}
	do := func() error {
		return a.acting(ctx, func(h *host.Host, by act.Actor) error {
			watch, end := a.show().Progress("cli.acting")
			moved, left, err := h.Engine.Watched(watch).ApplyPolicy(ctx, planID, p, by, reason)
			end()
			out.Applied, out.Moved, out.Left = err == nil, moved, append(out.Left, left...)
			return err
		})
	}
	var l ledger.Launched
	err := a.reads(ctx, func(r *query.Reader, who query.Viewer) (err error) {
		if l, err = r.Plan(ctx, who, planID); err != nil {
			return err
		}
		out.Moves, err = r.PolicyMoves(ctx, who, planID, p)
		return err
	})
	if errors.Is(err, query.ErrNotWhole) && agree.Yes { // the engine refuses, and records that the change was tried
		return cmp.Or(do(), err)
	}
	if err != nil {
		return err
	}
	if a.format == "table" {
		a.show().PolicyMoves(out, l)
	}
	if len(out.Moves) > 0 && a.show().Consents("amend", agree) {
		if err := do(); err != nil {
			return err
		}
	}
	err = a.show().Print(out, func() {
		if out.Applied {
			a.say("amend.policy_done", words.Data{"Moved": out.Moved, "Policy": p.Name, "Version": p.Version})
		}
	})
	if a.show().LeftUndone(out.Left, l.Plan) {
		return errSaid
	}
	return err
}
