package main

import (
	"context"
	"errors"
	"fmt"

	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/terminal"
	"duban/internal/whatif"
	"duban/internal/words"
)

// ended is what `plan end` says as JSON.
type ended struct {
	Plan      string   `json:"plan"`
	Ended     bool     `json:"ended"`
	Undecided []goesOn `json:"undecided"` // open tasks, occurrences and duties
	Talks     []string `json:"talks"`     // talks about tasks that are over
}

// goesOn is a task that keeps its plan from being ended.
type goesOn struct {
	ID      string       `json:"id"`
	Title   string       `json:"title"`
	Lead    string       `json:"lead"`
	Due     calendar.Day `json:"due"`
	State   act.State    `json:"state"`
	Late    int          `json:"workdays_late"`
	Talks   []string     `json:"talks"`     // about it, that go on
	MayBeIn string       `json:"may_be_in"` // PLAN/TASK of another plan that seems to be the same work; "" without one
}

// planEnd ends a plan of which nothing goes on any more, or says what does.
func (a *app) planEnd() *cobra.Command {
	var reason, paper string
	c := a.listing(&cobra.Command{
		Use: "end PLAN", Short: a.w.T("follow.cmd"), Long: a.w.T("follow.cmd_long"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.endPlan(cmd.Context(), args[0], reason, paper) },
	})
	c.Flags().StringVarP(&reason, "reason", "m", "", a.w.T("follow.flag_reason"))
	c.Flags().StringVar(&paper, "paper", "", a.w.T("follow.flag_paper"))
	return c
}

func (a *app) endPlan(ctx context.Context, id, reason, paper string) error {
	by, err := a.actor()
	if err != nil {
		return err
	}
	var out ended
	var l ledger.Launched
	err = a.withLedger(ctx, func(store *ledger.Store) error {
		return a.readsIt(func(r *query.Reader, who query.Viewer) error {
			record, err := r.PlanRecord(ctx, who, id)
			if err != nil {
				return err
			}
			l = record.Launched
			out, err = a.undecided(ctx, store, record)
			return err
		})(store)
	})
	if errors.Is(err, ledger.ErrNotFound) {
		return sentenceError(a.w.T("cli.launch_what", words.Data{"Name": id}))
	}
	if err != nil {
		return err
	}
	if len(out.Undecided)+len(out.Talks) == 0 && l.Ended.IsZero() {
		if strings.TrimSpace(reason) == "" {
			reason = paper
		}
		if strings.TrimSpace(reason) == "" {
			return sentenceError(a.w.T("cli.needs_flag", words.Data{"Field": a.w.T("act.field_reason"), "Flag": "m"}))
		}
		h, err := host.Open(ctx, a.cfg, host.Options{Log: a.log})
		if err != nil {
			return err
		}
		defer h.Close()
		if err := h.Engine.EndPlan(ctx, id, by, reason, paper); err != nil {
			return a.refusedSaid(err, l.Plan)
		}
		out.Ended = true
	}
	out.Ended = out.Ended || !l.Ended.IsZero()
	if a.format == "json" {
		err = a.show().JSON(out)
	} else {
		a.sayEnded(l.Plan, out)
	}
	if err == nil && !out.Ended {
		return errSaid
	}
	return err
}

// undecided is what of a plan goes on.
func (a *app) undecided(ctx context.Context, store *ledger.Store, p query.PlanRecord) (ended, error) {
	out := ended{Plan: p.Plan.ID, Undecided: []goesOn{}, Talks: []string{}}
	u, err := a.whatIf(store).Undecided(ctx, p.Plan.ID)
	if err != nil {
		return out, err
	}
	book, err := act.NewBook(&p.Plan, p.Calendar)
	if err != nil {
		return out, err
	}
	for _, t := range u.Tasks {
		c := ledger.CaseOf(t)
		one := goesOn{ID: t.Shown(), Title: t.Title, Lead: p.Plan.Directory.Name(t.Lead), Due: t.Due, State: c.State, Talks: []string{}}
		if m := book.Measure(c, p.Today); m.Overdue {
			one.Late = m.Late
		}
		for _, k := range p.Talks {
			if k.Task == t.ID && k.GoesOn() {
				one.Talks = append(one.Talks, t.ShownTalk(k.ID))
			}
		}
		if twin, ok := u.Likely[t.ID]; ok {
			one.MayBeIn = twin.Plan + "/" + twin.Task.Shown()
		}
		out.Undecided = append(out.Undecided, one)
	}
	for _, k := range u.Talks {
		out.Talks = append(out.Talks, k.ID)
	}
	return out, nil
}

func (a *app) sayEnded(p plan.Plan, out ended) {
	if out.Ended {
		fmt.Fprintln(a.out, a.w.T("follow.ended", words.Data{"Title": p.Title}))
		return
	}
	fmt.Fprintln(a.out, a.w.T("follow.undecided", words.Data{"Title": p.Title, "N": len(out.Undecided) + len(out.Talks)}))
	for _, t := range out.Undecided {
		data := words.Data{"Task": t.ID, "Title": t.Title, "Lead": t.Lead, "State": a.w.T("act.state_" + string(t.State)), "Late": t.Late, "Talks": strings.Join(t.Talks, " "), "MayBeIn": t.MayBeIn}
		if !t.Due.IsZero() {
			data["Due"] = t.Due
		}
		fmt.Fprintln(a.out, a.w.T("follow.undecided_one", data))
	}
	for _, k := range out.Talks {
		fmt.Fprintln(a.out, a.w.T("follow.undecided_talk", words.Data{"Talk": k}))
	}
	fmt.Fprintln(a.out, a.w.T("follow.decide", words.Data{"Plan": p.ID}))
}

// whoCarries is who orders what a plan carries on from another one: nobody where it
// carries nothing on.
func (a *app) whoCarries(ctx context.Context, store *ledger.Store, p *plan.Plan) (act.Actor, error) {
	all, err := a.whatIf(store).Carrying(ctx, p)
	if err != nil {
		return act.Actor{}, a.carrySaid(err, p)
	}
	if len(all) == 0 {
		return act.Actor{}, nil
	}
	return a.actor()
}

// carrySaid is why a plan cannot carry on what it says, as a sentence.
func (a *app) carrySaid(err error, p *plan.Plan) error {
	var fault *whatif.CarryError
	switch {
	case errors.As(err, &fault):
		return sentenceError(a.w.T("follow.cannot", words.Data{"Task": fault.Task, "From": fault.From, "Why": notice.Refused(a.w, fault.Refusal, p.Directory.Name)}))
	case errors.Is(err, engine.ErrWhoCarries):
		_, err = a.actor()
	}
	return a.refusedSaid(err, *p)
}

// checkFollowing shows what a new plan carries on from others, and asks about work
// that seems to be open in another plan already: it would be chased twice.
func (a *app) checkFollowing(ctx context.Context, store *ledger.Store, p *plan.Plan, agree terminal.Consent) error {
	all, err := a.whatIf(store).Carrying(ctx, p)
	if err != nil {
		return a.carrySaid(err, p)
	}
	for _, c := range all {
		fmt.Fprintln(a.out, a.w.T("follow.carries", words.Data{"Task": c.Task.Shown(), "Title": c.Task.Title, "From": c.Task.Carries}))
	}
	twins, err := a.whatIf(store).Twins(ctx, p)
	if err != nil {
		return err
	}
	gaps, err := a.whatIf(store).Gaps(ctx, p)
	if err != nil || len(twins)+len(gaps) == 0 {
		return err
	}
	a.sayTwins(twinsOf(twins))
	a.sayGaps(gapsOf(gaps))
	if a.show().Consents("follow", agree) {
		return nil
	}
	return errSaid
}

// twin is a task that seems to be the same work as one that is open in another plan.
type twin struct {
	Task  string `json:"task"`
	Title string `json:"title"`
	Other string `json:"other"` // PLAN/TASK
	Plan  string `json:"plan"`  // that plan's title
}

func twinsOf(all []whatif.Twin) (rows []twin) {
	for _, t := range all {
		rows = append(rows, twin{t.Task.Shown(), t.Task.Title, t.Other.Plan + "/" + t.Other.Shown(), t.Plan})
	}
	return rows
}

// sayTwins names tasks whose work would be chased twice, and what can be done about it.
func (a *app) sayTwins(all []twin) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintln(a.err, a.w.T("follow.twins", words.Data{"N": len(all)}))
	for _, t := range all {
		fmt.Fprintln(a.err, a.w.T("follow.twin", words.Data{"Task": t.Task, "Title": t.Title, "Other": t.Other, "Plan": t.Plan}))
	}
	fmt.Fprintln(a.err, a.w.T("follow.twins_say"))
}

// gapRow is a recurring task that does not go on where the same one of another plan
// stopped.
type gapRow struct {
	twin
	Missing []string `json:"missing"` // periods that are asked of nobody
	Twice   []string `json:"twice"`   // periods that were asked for already
}

func gapsOf(all []whatif.Gap) (rows []gapRow) {
	for _, g := range all {
		rows = append(rows, gapRow{twin{g.Task.Shown(), g.Task.Title, g.Other.Plan + "/" + g.Other.Shown(), g.Plan}, g.Missing, g.Twice})
	}
	return rows
}

// sayGaps names recurring tasks of which a period is asked of nobody, or twice, and what
// can be done about it.
func (a *app) sayGaps(all []gapRow) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintln(a.err, a.w.T("follow.gaps", words.Data{"N": len(all)}))
	periods := func(names []string) string {
		said := make([]string, len(names))
		for i, n := range names {
			said[i] = report.Speak(a.w).Period(n)
		}
		return a.periods(said)
	}
	for _, g := range all {
		fmt.Fprintln(a.err, a.w.T("follow.gap", words.Data{"Task": g.Task, "Title": g.Title, "Other": g.Other, "Plan": g.Plan, "Missing": periods(g.Missing), "Twice": periods(g.Twice)}))
	}
	fmt.Fprintln(a.err, a.w.T("follow.gaps_say"))
}

// periods are the names of some periods that follow each other: the first and the last of
// many.
func (a *app) periods(names []string) string {
	if len(names) > 3 {
		return a.w.T("follow.periods", words.Data{"First": names[0], "Last": names[len(names)-1], "N": len(names)})
	}
	return strings.Join(names, a.w.T("cli.list_comma"))
}
