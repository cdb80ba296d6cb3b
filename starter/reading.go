package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/terminal"
	"duban/internal/words"
)

// viewer is for whom the command reads: the account of --as or DUBAN_AS. Without an account
// it is the machine's operator, who can open the ledger itself and sees everything.
func (a *app) viewer() (query.Viewer, error) {
	if a.as == "" {
		return query.Operator(), nil
	}
	by, err := a.actor()
	return query.As(by), err
}

// withLedger opens the ledger to be read, which needs no engine. It makes no ledger where
// there is none: in a wrong folder an empty one would look like an office without plans.
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

// options are those of a reader of the ledger as it is.
func (a *app) options() query.Options {
	return query.Options{
		Now:      a.now,
		Reaches:  func(decided map[string]string) bool { return host.Reaches(a.cfg, decided) },
		Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return host.Calendar(a.cfg, imported...) },
	}
}

// reader reads a ledger as it is.
func (a *app) reader(store *ledger.Store) *query.Reader { return query.New(store, a.options()) }

// reads opens the ledger for whoever asks, as it is, or as it was at the moment of --as-of.
// Who looks back sees what the same account would have seen then.
func (a *app) reads(ctx context.Context, do func(*query.Reader, query.Viewer) error) error {
	return a.withLedger(ctx, func(live *ledger.Store) error {
		who, err := a.viewer()
		if err != nil {
			return err
		}
		if a.asOf == "" {
			return do(a.reader(live), who)
		}
		day, clock, err := calendar.ReadMoment(a.asOf)
		if err != nil {
			return a.w.Err("proof.bad_as_of", words.Data{"Given": a.asOf})
		}
		was, err := live.AsOf(ctx, func(zone *time.Location) time.Time { return calendar.LastInstant(day, clock, zone) })
		if err != nil {
			return err
		}
		seq, _, err := was.Head(ctx)
		if err == nil {
			if a.format == "table" { // the moment is printed above the table
				a.say("proof.as_of", words.Data{"At": a.asOf, "Seq": seq})
			}
			o := a.options()
			o.Live, o.AsOf = live, day
			err = do(query.New(was, o), who)
		}
		if errors.Is(err, query.ErrAhead) {
			err = a.w.Err("proof.ahead_as_of", words.Data{"Given": a.asOf})
		}
		return errors.Join(err, was.Close())
	})
}

// looksBack adds --as-of to a command that reads the ledger.
func (a *app) looksBack(c *cobra.Command) *cobra.Command {
	c.Flags().StringVar(&a.asOf, "as-of", "", a.w.T("proof.flag_as_of"))
	return c
}

// A reading is what a command reads with its arguments for whoever asks.
type reading[T any] = func(r *query.Reader, ctx context.Context, who query.Viewer, args []string) (T, error)

// listed has a shape of its own for programs: -o json prints Listing.
type listed interface{ Listing() any }

// shows makes a command of a reading: what is read is printed, as it is for a program, by
// show for people.
func shows[T any](a *app, c *cobra.Command, read reading[T], show func(*terminal.Screen, T)) *cobra.Command {
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
			found, err := read(r, cmd.Context(), who, args)
			if err != nil {
				return err
			}
			printed := any(found)
			if list, ok := printed.(listed); ok {
				printed = list.Listing()
			}
			return a.show().Print(printed, func() { show(a.show(), found) })
		})
	}
	return a.listing(c)
}

// pageOf is how many lines a table shows without --limit.
const pageOf = 200

// paged gives a command of a list the flags that choose a page of it. JSON is all of a
// list unless a limit was given.
func (a *app) paged(c *cobra.Command, skip, limit *int) *cobra.Command {
	terminal.Number(c, limit, "limit", pageOf, a.w.T("case.flag_limit"))
	terminal.Number(c, skip, "skip", 0, a.w.T("case.flag_skip"))
	run := c.RunE
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if a.format == "json" && !cmd.Flags().Changed("limit") {
			*limit = 0
		}
		if *skip < 0 || *limit < 0 {
			return a.w.Err("case.bad_page")
		}
		return run(cmd, args)
	}
	return c
}

// lists makes a command show a page of a list, chosen by the flags of a filter f, of which
// planID, skip and limit are fields. none is what is said of an empty list instead of an
// empty table.
func lists[F, L any](a *app, c *cobra.Command, f *F, planID *string, skip, limit *int, none string, read func(*query.Reader, context.Context, query.Viewer, F) (query.Page[L], error), show func(*terminal.Screen, query.Page[L])) *cobra.Command {
	c.Args = cobra.NoArgs
	shows(a, c, func(r *query.Reader, ctx context.Context, who query.Viewer, _ []string) (query.Page[L], error) {
		return read(r, ctx, who, *f)
	}, func(sc *terminal.Screen, found query.Page[L]) {
		if found.Total == 0 && none != "" {
			a.say(none)
		} else {
			show(sc, found)
			sc.Page(len(found.Lines), found.Total, *skip)
		}
		if a.as != "" && found.For != "" { // without an account the lines of all units are listed
			a.say("cli.only_of", words.Data{"Unit": found.For, "Account": a.as})
		}
	})
	a.planFlag(c, planID, "case.flag_list_plan")
	return a.paged(c, skip, limit)
}

// planFlag is the flag that names a plan.
func (a *app) planFlag(c *cobra.Command, to *string, key string) {
	c.Flags().StringVar(to, "plan", "", a.w.T(key))
	terminal.CompleteFlag(c, "plan", a.planNames)
}

// planNames are the launched plans and their titles.
func (a *app) planNames(ctx context.Context) (map[string]string, error) {
	return a.names(ctx, func(n query.Names) map[string]string { return n.Plans })
}

// unitNames are the IDs of the units of the launched plans and their names.
func (a *app) unitNames(ctx context.Context) (map[string]string, error) {
	return a.names(ctx, func(n query.Names) map[string]string { return n.Units })
}

// policyTitles are the policies of the launched plans and their titles.
func (a *app) policyTitles(ctx context.Context) (map[string]string, error) {
	return a.names(ctx, func(n query.Names) map[string]string { return n.Policies })
}

func (a *app) names(ctx context.Context, of func(query.Names) map[string]string) (found map[string]string, err error) {
	err = a.reads(ctx, func(r *query.Reader, who query.Viewer) error {
		names, err := r.Names(ctx, who)
		found = of(names)
		return err
	})
	return found, err
}
