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
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/plan"
	"duban/internal/terminal"
	"duban/internal/whatif"
	"duban/internal/words"
)

// amendFlags are what the flags of an amendment say.
type amendFlags struct {
	paper, reason string
	yes           bool
	same          []string // pairs OLD=NEW, all or none
	takeBack      []string // tasks whose granted extension is taken back
	samePaper     bool     // another amendment by the same paper is meant
	apart         bool     // what seems to be open in another plan is other work
	successors    []string // UNIT=SUCCESSOR or UNIT=none, of units that are gone from the files
}

func (a *app) planAmend() *cobra.Command {
	var f amendFlags
	c := a.listing(&cobra.Command{
		Use: "amend FILE", Short: a.w.T("amend.cmd"), Long: a.w.T("amend.cmd_long"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.amend(cmd.Context(), args[0], f, cmd.InOrStdin())
		},
	})
	c.Flags().StringVar(&f.paper, "paper", "", a.w.T("amend.flag_paper"))
	c.Flags().StringVarP(&f.reason, "reason", "m", "", a.w.T("amend.flag_reason"))
	c.Flags().BoolVar(&f.yes, "yes", false, a.w.T("amend.flag_yes"))
	c.Flags().StringSliceVar(&f.same, "same", nil, a.w.T("amend.flag_same"))
	c.Flags().StringSliceVar(&f.takeBack, "take-back", nil, a.w.T("amend.flag_take_back"))
	c.Flags().StringSliceVar(&f.successors, "successor", nil, a.w.T("amend.flag_successor"))
	c.Flags().BoolVar(&f.samePaper, "same-paper", false, a.w.T("amend.flag_same_paper"))
	c.Flags().BoolVar(&f.apart, "apart", false, a.w.T("follow.flag_apart"))
	return c
}

// amend shows what the files would change, asks, and does it; files that are in
// force already are only finished.
func (a *app) amend(ctx context.Context, file string, f amendFlags, in io.Reader) error {
	by, err := a.actor()
	if err != nil {
		return err
	}
	cal, err := a.calendarInForce(ctx)
	if err != nil {
		return err
	}
	p, problems := plan.Load(file, cal)
	if errs := a.tell(problems); errs > 0 {
		fmt.Fprintln(a.err, a.w.T("cli.check_failed", words.Data{"Errors": errs, "Warnings": len(problems) - errs}))
		return errSaid
	}
	if p, err = a.samePairs(p, f.same); err != nil {
		return err
	}
	out, l, open, err := a.amending(ctx, &p, &f, in)
	if err != nil {
		return err
	}
	if len(out.Likely) > 0 && len(f.same) == 0 {
		same, err := a.sameTasks(out, terminal.Consent{Yes: f.yes, In: in})
		if err != nil {
			return err
		}
		if same {
			renamed := p.Same(out.Likely)
			p = &renamed
			if out, l, open, err = a.amending(ctx, &p, &f, in); err != nil {
				return err
			}
		}
	}
	if out.Paper > 0 && !f.samePaper {
		if f.yes || !a.show().CanConsent(terminal.Consent{In: in}) {
			return sentenceError(a.w.T("amend.same_paper", words.Data{"N": out.Paper, "Paper": f.paper}))
		}
		fmt.Fprintln(a.err, a.w.T("amend.same_paper", words.Data{"N": out.Paper, "Paper": f.paper}))
		if f.samePaper = a.show().Ask("amend", in); !f.samePaper {
			return nil
		}
	}
	if err := a.wholePlan(l); err != nil {
		_, refused := a.doAmend(ctx, l, p, by, f) // which records that it was tried
		return cmp.Or(refused, err)
	}
	if a.format == "table" {
		a.show().Amending(out, l, p, f.paper)
	}
	if len(out.Twins)+len(out.Gaps) > 0 && !f.apart {
		a.show().Twins(out.Twins)
		a.show().Gaps(out.Gaps)
		if f.yes {
			return sentenceError(a.w.T("amend.apart"))
		}
	}
	switch {
	case out.InForce && !open:
	case out.InForce, a.show().Consents("amend", terminal.Consent{Yes: f.yes, In: in}):
		for i, t := range f.takeBack {
			f.takeBack[i] = out.Changes.Key(t)
		}
		if out.Report, err = a.doAmend(ctx, l, p, by, f); err != nil {
			return err
		}
		out.Applied = true
	}
	if a.format == "json" {
		if err := a.show().JSON(out); err != nil {
			return err
		}
	} else if out.Applied {
		a.show().Amended(out)
	}
	if out.Report != nil {
		if len(out.Report.Ended) > 0 && a.format == "table" {
			fmt.Fprintln(a.out, a.w.T("amend.ended", words.Data{"N": len(out.Report.Ended), "Tasks": terminal.Some(out.Changes.Called(out.Report.Ended), 8)}))
		}
		if len(out.Report.Kept) > 0 && a.format == "table" {
			fmt.Fprintln(a.out, a.w.T("amend.kept", words.Data{"N": len(out.Report.Kept), "Tasks": terminal.Some(out.Changes.Called(out.Report.Kept), 8)}))
		}
		left := out.Report.Left
		for _, o := range out.Report.Others {
			for _, u := range o.Left {
				u.Task = o.Plan + "/" + u.Task
				left = append(left, u)
			}
		}
		if a.show().LeftUndone(left, l.Plan) {
			return errSaid
		}
		return nil
	}
	return nil
}

// samePairs is the plan with the pairs of --same written into it.
func (a *app) samePairs(p *plan.Plan, typed []string) (*plan.Plan, error) {
	var pairs []plan.Pair
	for _, t := range typed {
		was, now, ok := strings.Cut(t, "=")
		switch {
		case t == "none" || t == "all":
		case !ok || was == "" || !slices.ContainsFunc(p.Tasks, func(t plan.Task) bool { return t.ID == now }):
			return nil, sentenceError(a.w.T("amend.bad_same", words.Data{"Value": t}))
		default:
			pairs = append(pairs, plan.Pair{Was: was, Now: now})
		}
	}
	same := p.Same(pairs)
	return &same, nil
}

// sameTasks asks whether the tasks that look alike are the same. Where nobody can be
// asked it says what to write.
func (a *app) sameTasks(out terminal.AmendOutcome, agree terminal.Consent) (bool, error) {
	titles := map[string]string{}
	for _, c := range out.Changes.Tasks {
		if c.New != nil {
			titles[c.Shown()] = c.New.Title
		}
	}
	if a.format == "table" {
		fmt.Fprintln(a.err, a.w.T("amend.pairs"))
		for _, p := range out.Likely {
			fmt.Fprintln(a.err, a.w.T("amend.pair", words.Data{"Was": p.Was, "Now": p.Now, "Title": titles[p.Now]}))
		}
	}
	switch {
	case agree.Yes:
		return true, nil
	case !a.show().CanConsent(agree):
		first := out.Likely[0]
		return false, sentenceError(a.w.T("amend.pairs_write", words.Data{"Was": first.Was, "Now": first.Now}))
	}
	return a.show().Answers("amend.pairs_ask", agree.In), nil
}

// amending is what the ledger says of an amendment to a plan. open tells that what is
// in force is not finished; f takes its paper and reason then. The plan is given the
// units that its files do not have any more, with those that take over from them.
func (a *app) amending(ctx context.Context, of **plan.Plan, f *amendFlags, in io.Reader) (out terminal.AmendOutcome, l ledger.Launched, open bool, err error) {
	p := *of
	out.Plan = p.ID
	err = a.withLedger(ctx, func(store *ledger.Store) error {
		if l, err = store.Plan(ctx, p.ID); errors.Is(err, ledger.ErrNotFound) {
			return sentenceError(a.w.T("amend.not_launched", words.Data{"Plan": p.ID}))
		} else if err != nil {
			return err
		}
		if err := a.wholePlan(l); err != nil {
			if f.yes {
				return nil // the engine refuses, and nothing is shown
			}
			return err
		}
		changes, fault, err := a.succeeding(ctx, store, of, f, in)
		if err != nil {
			return err
		}
		p = *of
		if out.InForce = fault == nil && changes.Empty(); !out.InForce {
			if strings.TrimSpace(f.paper) == "" {
				return sentenceError(a.w.T("cli.needs_flag", words.Data{"Field": a.w.T("act.field_paper"), "Flag": "paper"}))
			}
			if fault != nil {
				return a.amendFault(fault)
			}
			out.Changes, out.Likely = changes, changes.Likely()
			if out.Paper, err = store.AmendedBy(ctx, p.ID, f.paper); err != nil {
				return err
			}
			twins, err := a.whatIf(store).NewTwins(ctx, p.ID, out.Changes)
			if err != nil {
				return err
			}
			gaps, err := a.whatIf(store).NewGaps(ctx, p.ID, out.Changes)
			if err != nil {
				return err
			}
			out.Twins, out.Gaps = terminal.TwinRows(twins), terminal.GapRows(gaps)
			out.Now, err = a.whatIf(store).SinceChanged(ctx, p.ID, out.Changes, f.takeBack)
			return err
		}
		last, err := store.LastAmendment(ctx, p.ID)
		if err != nil {
			return err
		}
		out.Changes, f.paper, f.reason = last.Changes, last.Paper, last.Reason
		waiting, err := store.Unarmed(ctx, p.ID)
		open = last.N > 0 && (!last.Carried || len(last.Left)+len(waiting) > 0)
		return err
	})
	return out, l, open, err
}

// whatIf asks a ledger what something would change.
func (a *app) whatIf(store *ledger.Store) whatif.WhatIf { return whatif.New(store, a.now) }

// doAmend has the running engine do it.
func (a *app) doAmend(ctx context.Context, l ledger.Launched, p *plan.Plan, by act.Actor, f amendFlags) (*engine.AmendReport, error) {
	h, err := host.Open(ctx, a.cfg, host.Options{Log: a.log})
	if err != nil {
		return nil, err
	}
	defer h.Close()
	cal, err := a.calendarOf(ctx, h.Ledger)
	if err != nil {
		return nil, err
	}
	reason := f.reason
	if strings.TrimSpace(reason) == "" {
		reason = a.w.T("amend.reason", words.Data{"Paper": f.paper})
	}
	watch, end := a.show().Progress("cli.acting")
	report, err := h.Engine.Watched(watch).Amend(ctx, p, cal, engine.AmendOptions{Paper: f.paper, Reason: reason, By: by, TakeBack: f.takeBack, SamePaper: f.samePaper})
	end()
	if unarmed, ok := asUnarmed(err); ok {
		return nil, sentenceError(a.w.T("cli.unarmed", words.Data{"Count": len(unarmed.Tasks), "Tasks": terminal.Some(unarmed.Tasks, 8), "Error": unarmed.First}))
	}
	return &report, a.carrySaid(a.amendFault(err), &l.Plan)
}

// amendFault is why a change cannot be made, as a sentence.
func (a *app) amendFault(err error) error {
	var gone *whatif.GoneError
	if errors.As(err, &gone) {
		return sentenceError(whatif.GoneSaid(a.w, gone) + "\n" + a.w.T("amend.gone_write", words.Data{"ID": gone.Unit.ID}))
	}
	if text, ok := whatif.Sentence(a.w, err); ok {
		return sentenceError(text)
	}
	var fault *whatif.AmendError
	if !errors.As(err, &fault) {
		return a.otherUnit(err)
	}
	return err
}

// refusedSaid is a refusal as a sentence.
func (a *app) refusedSaid(err error, p plan.Plan) error {
	var refused *engine.RefusedError
	if !errors.As(err, &refused) {
		return err
	}
	return sentenceError(notice.Refused(a.w, refused.Refusal, p.Directory.Name))
}
