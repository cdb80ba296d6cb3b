package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/terminal"
	"duban/internal/whatif"
	"duban/internal/words"
)

// amending is an amendment that somebody makes: what the flags say, what it would do, and
// the plan as it is to be, once it is said which tasks are the same and who takes over
// from units that are gone from the files.
type amending struct {
	*app
	paper, reason string
	yes           bool
	same          []string // pairs OLD=NEW, all or none
	takeBack      []string // tasks whose granted extension is taken back
	samePaper     bool     // another amendment by the same paper is meant
	apart         bool     // what seems to be open in another plan is other work
	successors    []string // UNIT=SUCCESSOR or UNIT=none

	in    io.Reader
	by    act.Actor
	plan  *plan.Plan
	found query.Amendment
}

func (a *app) planAmend() *cobra.Command {
	m := amending{app: a}
	c := a.listing(&cobra.Command{
		Use: "amend FILE", Short: a.w.T("amend.cmd"), Long: a.w.T("amend.cmd_long"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m.in = cmd.InOrStdin()
			return m.amend(cmd.Context(), args[0])
		},
	})
	c.Flags().StringVar(&m.paper, "paper", "", a.w.T("amend.flag_paper"))
	c.Flags().StringVarP(&m.reason, "reason", "m", "", a.w.T("amend.flag_reason"))
	c.Flags().BoolVar(&m.yes, "yes", false, a.w.T("amend.flag_yes"))
	c.Flags().StringSliceVar(&m.same, "same", nil, a.w.T("amend.flag_same"))
	c.Flags().StringSliceVar(&m.takeBack, "take-back", nil, a.w.T("amend.flag_take_back"))
	c.Flags().StringSliceVar(&m.successors, "successor", nil, a.w.T("amend.flag_successor"))
	c.Flags().BoolVar(&m.samePaper, "same-paper", false, a.w.T("amend.flag_same_paper"))
	c.Flags().BoolVar(&m.apart, "apart", false, a.w.T("follow.flag_apart"))
	return c
}

func (m *amending) agree() terminal.Consent { return terminal.Consent{Yes: m.yes, In: m.in} }

// amend shows what the files would change, asks, and does it; files that are in
// force already are only finished.
func (m *amending) amend(ctx context.Context, file string) (err error) {
	if m.by, err = m.actor(); err != nil {
		return err
	}
	if m.plan, err = m.checked(ctx, file); err != nil {
		return err
	}
	if err := m.samePairs(); err != nil {
		return err
	}
	err = m.look(ctx)
	if errors.Is(err, query.ErrNotWhole) && m.yes {
		_, refused := m.do(ctx) // which records that it was tried
		return cmp.Or(refused, err)
	}
	if err != nil {
		return err
	}
	if len(m.found.Likely) > 0 && len(m.same) == 0 {
		same, err := m.sameTasks()
		if err != nil {
			return err
		}
		if same {
			renamed := m.plan.Same(m.found.Likely)
			m.plan = &renamed
			if err := m.look(ctx); err != nil {
				return err
			}
		}
	}
	if goes, err := m.paperMeant(); err != nil || !goes {
		return err
	}
	out := terminal.AmendmentOf(m.plan.ID, m.found)
	if m.format == "table" {
		m.show().Amending(out, m.found.Before, m.plan, m.paper)
	}
	if !m.apart && m.show().Elsewhere(m.found.Twins, m.found.Gaps, m.found.Hidden) && m.yes {
		return m.w.Err("amend.apart")
	}
	if out.InForce && m.found.Left || !out.InForce && m.show().Consents("amend", m.agree()) {
		for i, t := range m.takeBack {
			m.takeBack[i] = out.Changes.Key(t)
		}
		if out.Report, err = m.do(ctx); err != nil {
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

// samePairs writes the pairs of --same into the plan.
func (m *amending) samePairs() error {
	var pairs []plan.Pair
	for _, t := range m.same {
		was, now, ok := strings.Cut(t, "=")
		switch {
		case t == "none" || t == "all":
		case !ok || was == "" || !slices.ContainsFunc(m.plan.Tasks, func(t plan.Task) bool { return t.ID == now }):
			return m.w.Err("amend.bad_same", words.Data{"Value": t})
		default:
			pairs = append(pairs, plan.Pair{Was: was, Now: now})
		}
	}
	same := m.plan.Same(pairs)
	m.plan = &same
	return nil
}

// look finds what the amendment would do. Of each unit that is gone from the files, and
// has something that goes on, the flags say who takes over, or whoever is asked.
func (m *amending) look(ctx context.Context) error {
	said := map[string]string{}
	for _, s := range m.successors {
		unit, to, ok := strings.Cut(s, "=")
		to, known := m.plan.Successor(to)
		if !ok || !known {
			return m.w.Err("amend.bad_successor", words.Data{"Value": s})
		}
		said[unit] = to
	}
	for asked := map[string]bool{}; ; {
		err := m.reads(ctx, func(r *query.Reader, who query.Viewer) (err error) {
			m.found, err = r.Amendment(ctx, who, m.plan, m.paper, m.takeBack)
			return err
		})
		var gone *whatif.GoneError
		switch {
		case errors.Is(err, ledger.ErrNotFound):
			return m.w.Err("amend.not_launched", words.Data{"Plan": m.plan.ID})
		case errors.Is(err, query.ErrNotWhole):
			return err
		case !m.found.Changes.Empty() && strings.TrimSpace(m.paper) == "":
			return m.needsFlag("paper")
		case err == nil && m.found.Changes.Empty():
			m.paper, m.reason = m.found.LastPaper, m.found.LastReason
			return nil
		case !errors.As(err, &gone):
			return err
		}
		fault := words.Sentence(whatif.GoneSaid(m.w, gone) + "\n" + m.w.T("amend.gone_write", words.Data{"ID": gone.Unit.ID}))
		if len(gone.Leads) > 0 || asked[gone.Unit.ID] {
			return fault
		}
		asked[gone.Unit.ID] = true
		to, known := said[gone.Unit.ID]
		if !known {
			if m.yes || !m.show().CanConsent(m.agree()) {
				return fault
			}
			fmt.Fprintln(m.err, whatif.GoneSaid(m.w, gone))
			fmt.Fprint(m.err, m.w.T("amend.gone_ask"))
			if to, known = m.plan.Successor(strings.TrimSpace(terminal.Line(m.in))); !known {
				return fault
			}
		}
		next := m.plan.Succeeded(gone.Unit, to)
		m.plan = &next
	}
}

// sameTasks asks whether the tasks that look alike are the same. Where nobody can be
// asked it says what to write.
func (m *amending) sameTasks() (bool, error) {
	if m.format == "table" {
		m.show().Pairs(m.found)
	}
	switch {
	case m.yes:
		return true, nil
	case !m.show().CanConsent(m.agree()):
		first := m.found.Likely[0]
		return false, m.w.Err("amend.pairs_write", words.Data{"Was": first.Was, "Now": first.Now})
	}
	return m.show().Answers("amend.pairs_ask", m.in), nil
}

// paperMeant asks, of a paper by which an amendment was done before, whether another one
// is meant.
func (m *amending) paperMeant() (bool, error) {
	if m.found.Paper == 0 || m.samePaper {
		return true, nil
	}
	said := m.w.Err("amend.same_paper", words.Data{"N": m.found.Paper, "Paper": m.paper})
	if m.yes || !m.show().CanConsent(m.agree()) {
		return false, said
	}
	fmt.Fprintln(m.err, said)
	m.samePaper = m.show().Ask("amend", m.in)
	return m.samePaper, nil
}

// do has the running engine do it.
func (m *amending) do(ctx context.Context) (*engine.AmendReport, error) {
	h, err := m.open(ctx)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	cal, err := m.calendarOf(ctx, h.Ledger)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(m.reason) == "" {
		m.reason = m.w.T("amend.reason", words.Data{"Paper": m.paper})
	}
	watch, end := m.show().Progress("cli.acting")
	report, err := h.Engine.Watched(watch).Amend(ctx, m.plan, cal, engine.AmendOptions{Paper: m.paper, Reason: m.reason, By: m.by, TakeBack: m.takeBack, SamePaper: m.samePaper})
	end()
	return &report, m.whoCarriesSaid(err)
}
