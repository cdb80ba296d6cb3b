package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/terminal"
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

// withLedger opens the ledger alone and to be read: reading it needs no engine. It makes none:
// in the wrong folder an empty ledger would look whole.
func (a *app) withLedger(ctx context.Context, do func(*ledger.Store) error) error {
	return a.openedLedger(ctx, true, do)
}

// writingLedger opens it for the few commands that write without the engine.
func (a *app) writingLedger(ctx context.Context, do func(*ledger.Store) error) error {
	return a.openedLedger(ctx, false, do)
}

func (a *app) openedLedger(ctx context.Context, readOnly bool, do func(*ledger.Store) error) error {
	store, err := host.OpenLedger(ctx, a.cfg, readOnly, a.log)
	if err != nil {
		return err
	}
	return errors.Join(do(store), store.Close())
}

// reader reads a ledger, or what it was at the moment of --as-of.
func (a *app) reader(store *ledger.Store) *query.Reader {
	return query.New(store, query.Options{
		Now:  a.now,
		Live: a.past.live, AsOf: a.past.day,
		Reaches:  func(decided map[string]string) bool { return host.Reaches(a.cfg, decided) },
		Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return host.Calendar(a.cfg, imported...) },
	})
}

// readings is what reads for whoever asks.
type readings = func(*query.Reader, query.Viewer) error

// reads opens the ledger to be read for whoever asks.
func (a *app) reads(ctx context.Context, do readings) error {
	return a.withLedger(ctx, a.readsIt(do))
}

// readsPast is reads of the ledger at the moment of --as-of.
func (a *app) readsPast(ctx context.Context, says bool, do readings) error {
	return a.pastLedger(ctx, says, a.readsIt(do))
}

func (a *app) readsIt(do readings) func(*ledger.Store) error {
	return func(store *ledger.Store) error {
		who, err := a.viewer()
		if err != nil {
			return err
		}
		err = do(a.reader(store), who)
		if errors.Is(err, query.ErrAhead) {
			return a.w.Err("proof.ahead_as_of", words.Data{"Given": a.past.given})
		}
		return err
	}
}

// wholePlan refuses whoever may not see all of a plan.
func (a *app) wholePlan(l ledger.Launched) error {
	who, err := a.viewer()
	if err != nil {
		return err
	}
	return who.Oversees(l)
}

// calendarOf is the notices in force with those the ledger holds.
func (a *app) calendarOf(ctx context.Context, store *ledger.Store) (*calendar.Calendar, error) {
	imported, err := store.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	return host.Calendar(a.cfg, imported...)
}

// pageOf is how many lines a table shows that nobody asked for more of.
const pageOf = 200

// page is which part of a list is asked for. none is what is said of an empty list
// instead of an empty table.
type page struct {
	skip, limit *int
	none        string
}

// flags are those that choose a page of a list.
func (p page) flags(a *app, c *cobra.Command) {
	terminal.Number(c, p.limit, "limit", pageOf, a.w.T("case.flag_limit"))
	terminal.Number(c, p.skip, "skip", 0, a.w.T("case.flag_skip"))
}

// check checks them; JSON is all of a list unless a limit was given.
func (p page) check(a *app, c *cobra.Command) error {
	if a.format == "json" && !c.Flags().Changed("limit") {
		*p.limit = 0
	}
	if *p.skip < 0 || *p.limit < 0 {
		return a.w.Err("case.bad_page")
	}
	return nil
}

// tellOnly says for which unit a list was narrowed, if for one.
func (a *app) tellOnly(unit string) {
	if unit != "" {
		a.say("cli.only_of", words.Data{"Unit": unit, "Account": a.as})
	}
}

// planFlag is the flag that names a plan.
func (a *app) planFlag(c *cobra.Command, to *string, key string) {
	c.Flags().StringVar(to, "plan", "", a.w.T(key))
	terminal.CompleteFlag(c, "plan", a.planNames)
}
