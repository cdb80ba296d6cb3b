// Package query reads the ledger for people: plans, tasks, case files, talks, duties,
// events, messages, counts, what somebody owes and may do. Each method of Reader takes a
// Viewer and gives what that viewer may see, so that the command line, the portal and any
// other reader show the same rows to the same person. The package reads only the ledger
// and writes nothing. Its callers put the results into words, but for Obligation.Said,
// Sentence and the workbooks.
package query

import (
	"context"
	"errors"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
)

// Options are what a Reader needs beside the ledger.
type Options struct {
	Now func() time.Time // the wall clock
	// Calendar gives the calendar of the holiday notices in force: those of the program,
	// of the operator, and the imported ones, which are in the ledger.
	Calendar func(imported ...calendar.Year) (*calendar.Calendar, error)
	// Live is the present ledger and AsOf the past day, when the ledger that is read is
	// that of a past day (ledger.Store.AsOf); otherwise they are nil and zero.
	Live *ledger.Store
	AsOf calendar.Day
	// Patience is how long, in real time, a reading waits for an answer that takes long to
	// compute before it gives ErrWorking; 0: as long as it takes.
	Patience time.Duration
	// Reaches tells whether messages are sent out of the machine, by the settings that the
	// office has put in the ledger. nil: they are when the settings name mail.
	Reaches func(decided map[string]string) bool
}

// Reader reads one ledger.
type Reader struct {
	base
	pasts  pasts  // ledgers of past days
	memory memory // answers that take long to compute
	sheets sheets // of assessments, as they went out
}

// New makes a Reader of a ledger, or of one of a past day by ledger.Store.AsOf.
func New(store *ledger.Store, o Options) *Reader { return &Reader{base: base{store, o}} }

// base has the ledger and the options, which every reading needs.
type base struct {
	store *ledger.Store
	Options
}

// reading is a Reader for one viewer.
type reading struct {
	base
	who Viewer
}

// as makes the reading for a viewer. Every method of Reader begins with it or calls one that
// does: ErrNobody for the zero Viewer.
func (r *Reader) as(v Viewer) (reading, error) {
	if v.is == nobody {
		return reading{}, ErrNobody
	}
	return reading{r.base, v}, nil
}

// calendar is the calendar of the notices in force, with those that the ledger has.
func (b base) calendar(ctx context.Context) (*calendar.Calendar, error) {
	return once(ctx, b.store, "calendar", func() (*calendar.Calendar, error) {
		imported, err := b.store.Calendar(ctx)
		if err != nil {
			return nil, err
		}
		return b.Calendar(imported...)
	})
}

// today is the day for which a plan is read: AsOf in a past ledger; otherwise the day by the
// plan clock, or, when that ran fast (a rehearsal) and has passed the end of the year, the
// day of the plan's last event. ErrAhead: AsOf has not come in the plan.
func (b base) today(ctx context.Context, l ledger.Launched) (calendar.Day, error) {
	if b.Live == nil {
		return b.presentDay(ctx, b.store, l)
	}
	now, err := b.presentDay(ctx, b.Live, l)
	if err == nil && now.Before(b.AsOf) && b.clockDay(l).Before(b.AsOf) {
		return now, ErrAhead
	}
	return b.AsOf, err
}

func (b base) presentDay(ctx context.Context, store *ledger.Store, l ledger.Launched) (calendar.Day, error) {
	if l.Clock.Rate == 0 {
		return b.clockDay(l), nil
	}
	last, err := lastEvent(ctx, store, l.Plan.ID)
	if err != nil {
		return calendar.Day{}, err
	}
	at := l.At
	if last.PlanAt.After(at) {
		at = last.PlanAt
	}
	return calendar.DayOf(at.In(l.Plan.Location())), nil
}

// clockDay is the present day by a plan's clock, in its zone.
func (b base) clockDay(l ledger.Launched) calendar.Day {
	return calendar.DayOf(l.Clock.Plan(b.Now()).In(l.Plan.Location()))
}

// lastEvent is the last event of a plan. It searches from the end of the chain backwards,
// so that a long chain does not make it slow.
func lastEvent(ctx context.Context, store *ledger.Store, id string) (ledger.Event, error) {
	head, _, err := store.Head(ctx)
	if err != nil {
		return ledger.Event{}, err
	}
	for span := int64(16); ; span *= 8 {
		events, err := store.Events(ctx, ledger.EventFilter{Plan: id, AfterSeq: max(0, head-span)})
		if err != nil {
			return ledger.Event{}, err
		}
		if n := len(events); n > 0 {
			return events[n-1], nil
		}
		if span >= head {
			return ledger.Event{}, nil
		}
	}
}

// framed is one plan as lists need it: its frame, its today and the calendar.
type framed struct {
	ledger.Launched
	basis string // basis of the outlooks that the ledger keeps; "" without outlooks
	today calendar.Day
	cal   *calendar.Calendar
}

func (b base) framed(ctx context.Context, id string) (*framed, error) {
	f := &framed{}
	var err error
	if f.Launched, f.basis, err = b.frame(ctx, id); err != nil {
		return nil, err
	}
	if f.today, err = b.today(ctx, f.Launched); err != nil {
		return nil, err
	}
	f.cal, err = b.calendar(ctx)
	return f, err
}

// frame is a launched plan without its tasks, where the ledger keeps outlooks by which they
// can be read apart, with the basis of these outlooks. Otherwise it is the whole plan, and
// the basis is "".
func (b base) frame(ctx context.Context, id string) (l ledger.Launched, basis string, err error) {
	f, err := once(ctx, b.store, "frame "+id, func() (f framed, err error) {
		var ok bool
		if f.Launched, f.basis, ok, err = b.store.Frame(ctx, id); err == nil && !ok {
			f.basis = ""
			f.Launched, err = b.store.Plan(ctx, id)
		}
		return f, err
	})
	return f.Launched, f.basis, err
}

// planIDs is the ID that was named, or with "" the IDs of the plans of everyday lists: one
// that is archived is read only where it is named.
func (b base) planIDs(ctx context.Context, named string) ([]string, error) {
	if named != "" {
		return []string{named}, nil
	}
	return once(ctx, b.store, "plans", func() ([]string, error) { return b.store.EverydayPlanIDs(ctx) })
}

// allPlans are the IDs of all plans, those of everyday lists first.
func (b base) allPlans(ctx context.Context) ([]string, error) {
	everyday, err := b.planIDs(ctx, "")
	if err != nil {
		return nil, err
	}
	return once(ctx, b.store, "all plans", func() ([]string, error) {
		all, err := b.store.PlanIDs(ctx)
		return slices.Concat(everyday, slices.DeleteFunc(all, func(id string) bool { return slices.Contains(everyday, id) })), err
	})
}

// absent tells whether an error says that the ledger does not have what was asked for.
func absent(err error) bool { return errors.Is(err, ledger.ErrNotFound) }

// whole is a launched plan with its tasks, for a viewer who may see all of it: ErrNotWhole.
func (r reading) whole(ctx context.Context, id string) (ledger.Launched, error) {
	l, err := r.store.Plan(ctx, id)
	if err == nil && !r.who.oversees(l.Plan.Directory) {
		return ledger.Launched{}, ErrNotWhole
	}
	return l, err
}

// seen are the stages and talks without the talks that the viewer may not see, their
// stages, and the stages that opened them.
func (r reading) seen(d people.Directory, stages []ledger.Stage, talks []ledger.Talk) ([]ledger.Stage, []ledger.Talk) {
	if r.who.oversees(d) {
		return stages, talks
	}
	hidden := map[string]bool{} // tasks with a stage that opened a talk which the viewer may not see
	known := map[string]ledger.Talk{}
	for _, k := range talks {
		known[k.ID] = k
	}
	for _, k := range talks {
		of, joined := known[k.Host]
		if !joined {
			of = k
		}
		if !r.who.seesTalk(d, of) && k.Origin.Kind == act.OriginStage {
			hidden[k.Task] = true
		}
	}
	left := report.Records{Stages: stages, Talks: talks}.WithoutTalks(func(k ledger.Talk) bool { return r.who.seesTalk(d, k) })
	left.Stages = slices.DeleteFunc(left.Stages, func(s ledger.Stage) bool { return s.Kind == plan.Talk && hidden[s.Task] })
	return left.Stages, left.Talks
}
