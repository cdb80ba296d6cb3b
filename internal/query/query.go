// Package query is where everything is read: plans, tasks, case files, talks,
// duties, events, messages, counts, what somebody owes and may do. Each reading takes
// its Viewer and gives what that viewer may see, so that the command line and any
// other door show the same rows to the same person. It reads the ledger alone and
// writes nothing. Words are the caller's, but for what is owed (Obligation.Said), which
// lists, pages and calendar feeds call alike.
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

// Options are what readings need beside the ledger.
type Options struct {
	Now func() time.Time // the wall clock
	// Calendar is the holiday notices in force: those of the program, of the
	// operator, and those given, which the ledger holds.
	Calendar func(imported ...calendar.Year) (*calendar.Calendar, error)
	// Live is the ledger as it is and AsOf the day that is looked back at, where the
	// ledger that is read is one of the past (ledger.Store.AsOf).
	Live *ledger.Store
	AsOf calendar.Day
	// Patience is how long somebody waits for what takes long to work out before they are
	// told ErrWorking; 0 waits until it is there.
	Patience time.Duration
	// Reaches tells whether messages leave the house, by what the office has decided; nil
	// is where it has decided to send mail.
	Reaches func(decided map[string]string) bool
}

// Reader reads one ledger.
type Reader struct {
	base
	pasts  pasts  // days that are looked back at
	memory memory // what is dear to work out
}

// New reads a ledger, or what ledger.Store.AsOf made of it.
func New(store *ledger.Store, o Options) *Reader { return &Reader{base: base{store, o}} }

// base is what every reading needs.
type base struct {
	store *ledger.Store
	Options
}

// reading is a Reader for one viewer.
type reading struct {
	base
	who Viewer
}

// as is the one way to a reading.
func (r *Reader) as(v Viewer) (reading, error) {
	if v.is == nobody {
		return reading{}, ErrNobody
	}
	return reading{r.base, v}, nil
}

// calendar is the notices in force with those that the ledger holds.
func (b base) calendar(ctx context.Context) (*calendar.Calendar, error) {
	imported, err := b.store.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	return b.Calendar(imported...)
}

// today is the plan's day: that which is looked back at; or by the plan's clock; or,
// where that ran fast and has run past the year (a rehearsal), the day of the last
// thing that happened.
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

// clockDay is the day by a plan's clock, in its zone.
func (b base) clockDay(l ledger.Launched) calendar.Day {
	return calendar.DayOf(l.Clock.Plan(b.Now()).In(l.Plan.Location()))
}

// lastEvent is the last event of a plan; it looks from the end of the chain
// backwards, so that it costs little however long the chain is.
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

// framed is one plan as lists look at it: without its tasks where the ledger keeps
// the rest apart, on the plan's own day.
type framed struct {
	ledger.Launched
	basis string // of the outlooks kept; "" without them
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

// frame is a launched plan without its tasks where the ledger keeps the rest apart,
// with the basis of the outlooks kept; otherwise whole, without a basis.
func (b base) frame(ctx context.Context, id string) (l ledger.Launched, basis string, err error) {
	l, basis, ok, err := b.store.Frame(ctx, id)
	if err != nil || ok {
		return l, basis, err
	}
	l, err = b.store.Plan(ctx, id)
	return l, "", err
}

// planIDs is the one plan that was named, or all.
func (b base) planIDs(ctx context.Context, named string) ([]string, error) {
	if named != "" {
		return []string{named}, nil
	}
	return b.store.PlanIDs(ctx)
}

// absent tells that the ledger does not have it.
func absent(err error) bool { return errors.Is(err, ledger.ErrNotFound) }

// whole is a launched plan with its tasks, for whoever may see all of it.
func (r reading) whole(ctx context.Context, id string) (ledger.Launched, error) {
	l, err := r.store.Plan(ctx, id)
	if err == nil && !r.who.oversees(l.Plan.Directory) {
		return ledger.Launched{}, ErrNotWhole
	}
	return l, err
}

// seen are what was decided of tasks and their talks, without the talks that the
// viewer may not see and the rungs that called for them.
func (r reading) seen(d people.Directory, stages []ledger.Stage, talks []ledger.Talk) ([]ledger.Stage, []ledger.Talk) {
	if r.who.oversees(d) {
		return stages, talks
	}
	hidden := map[string]bool{} // tasks of which a rung called for a talk that is not to be seen
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
