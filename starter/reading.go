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
	"duban/internal/notice"
	"duban/internal/query"
	"duban/internal/words"
)

// viewer is for whom the command reads: the account of --as or DUBAN_AS. Nobody named
// is whoever can open the ledger itself, and sees everything.
func (a *app) viewer() (query.Viewer, error) {
	if a.as == "" {
		return query.Operator(), nil
	}
	by, err := a.actor()
	return query.As(by), err
}

// reader reads a ledger, or what it was at the moment of --as-of.
func (a *app) reader(store *ledger.Store) *query.Reader {
	return query.New(store, query.Options{
		Now:  a.now,
		Live: a.past.live, AsOf: a.past.day,
		Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return host.Calendar(a.cfg, imported...) },
	})
}

// reads opens the ledger to be read for whoever asks; what is refused is a sentence.
func (a *app) reads(ctx context.Context, do func(*query.Reader, query.Viewer) error) error {
	return a.withLedger(ctx, a.readsIt(do))
}

// readsPast is reads of the ledger at the moment of --as-of.
func (a *app) readsPast(ctx context.Context, says bool, do func(*query.Reader, query.Viewer) error) error {
	return a.pastLedger(ctx, says, a.readsIt(do))
}

func (a *app) readsIt(do func(*query.Reader, query.Viewer) error) func(*ledger.Store) error {
	return func(store *ledger.Store) error {
		who, err := a.viewer()
		if err != nil {
			return err
		}
		return a.told(do(a.reader(store), who))
	}
}

// told is why something could not be read, as a sentence.
func (a *app) told(err error) error {
	var unit *query.UnitError
	var task *query.TaskError
	var talk *query.TalkError
	var which *query.WhichPlanError
	switch {
	case errors.Is(err, query.ErrNotYours):
		return a.hidden()
	case errors.Is(err, query.ErrNotWhole):
		return sentenceError(a.w.T("cli.whole_book"))
	case errors.Is(err, query.ErrNoPlans):
		return errors.New(a.w.T("report.no_plans"))
	case errors.Is(err, query.ErrAhead):
		return errors.New(a.w.T("proof.ahead_as_of", words.Data{"Given": a.past.given}))
	case errors.As(err, &unit):
		return errors.New(a.w.T("case.no_unit", words.Data{"Unit": unit.Name, "Near": strings.Join(unit.Near, " / ")}))
	case errors.As(err, &task):
		return errors.New(a.w.T("case.no_task", words.Data{"Task": task.Task, "Near": a.nearTasks(task)}))
	case errors.As(err, &talk):
		return sentenceError(a.w.T("cli.no_talk", words.Data{"Talk": talk.Talk, "Near": strings.Join(talk.Near, " / ")}))
	case errors.As(err, &which):
		return a.whichPlan(which)
	}
	return err
}

func (a *app) nearTasks(missing *query.TaskError) string {
	var lines []string
	for _, t := range missing.Near {
		line := a.w.T("case.near_task", words.Data{"ID": t.ID, "Title": t.Title, "Lead": t.Lead})
		if missing.Several {
			line += " --plan " + t.Plan
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func (a *app) whichPlan(which *query.WhichPlanError) error {
	var lines []string
	for _, c := range which.Plans {
		lines = append(lines, "  "+c.Plan+"  "+c.What)
	}
	data := words.Data{"Count": len(which.Plans), "Task": which.Thing, "Plans": strings.Join(lines, "\n")}
	if which.Thing == "" {
		return errors.New(a.w.T("report.which_plan", data))
	}
	return errors.New(a.w.T("case.which_plan", data))
}

// tellOnly says for which unit a list was narrowed, if for one.
func (a *app) tellOnly(unit string) {
	if unit != "" {
		fmt.Fprintln(a.out, a.w.T("cli.only_of", words.Data{"Unit": unit, "Account": a.as}))
	}
}

// wholePlan refuses whoever may not see all of a plan.
func (a *app) wholePlan(l ledger.Launched) error {
	who, err := a.viewer()
	if err != nil {
		return err
	}
	return a.told(who.Oversees(l))
}

// calendarOf is the notices in force with those the ledger holds.
func (a *app) calendarOf(ctx context.Context, store *ledger.Store) (*calendar.Calendar, error) {
	imported, err := store.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	return host.Calendar(a.cfg, imported...)
}

// hidden tells a person of a unit that a task is none of theirs: the words the
// engine has for it.
func (a *app) hidden() error {
	return sentenceError(notice.Refused(a.w, act.Refusal{Key: "act.refused_not_yours"}, nil))
}

// pageOf is how many lines a table shows that nobody asked for more of.
const pageOf = 200

// pages are the flags that choose a page of a list.
func (a *app) pages(c *cobra.Command, skip, limit *int) {
	number(c, limit, "limit", pageOf, a.w.T("case.flag_limit"))
	number(c, skip, "skip", 0, a.w.T("case.flag_skip"))
}

// paging checks them; JSON is all of a list unless a limit was given.
func (a *app) paging(c *cobra.Command, skip, limit *int) error {
	if a.format == "json" && !c.Flags().Changed("limit") {
		*limit = 0
	}
	if *skip < 0 || *limit < 0 {
		return errors.New(a.w.T("case.bad_page"))
	}
	return nil
}
