// Package rehearse runs a plan's year against the real engine with plan time
// running fast, and then compares what the ledger holds with what the preview
// foretold, stage by stage and recipient by recipient. Only the clock's speed
// differs from an office's: the engine is a process of its own that can be killed,
// the ledger is a database, and messages are sent to a mail server or the outbox.
package rehearse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/script"
)

// Options say what to rehearse. Plan, Calendar, Dir and Spawn are required.
type Options struct {
	Plan     *plan.Plan
	Calendar *calendar.Calendar
	Day      time.Duration  // real time of one plan day; zero: chosen from what arming takes, 250 ms at the least
	From, To calendar.Day   // zero: the date of issue, the last foretold stage
	Window   time.Duration  // wake window, plan time
	Script   *script.Script // what people do meanwhile; nil: nobody does anything
	Faults   []string       // names of the faults that happen, one after the other: see Site and FaultNames
	Hold     time.Duration  // how long a fault lasts; a minute when zero
	Gap      time.Duration  // between two faults, on average; 8 s when zero
	Seed     uint64         // of the order and the gaps of the faults
	Dir      string         // folder of the ledger, the engine and the outbox; a new one, or an earlier rehearsal's, which is emptied first unless GoOn
	Spawn    Spawn          // for a rehearsal in a folder
	Site     Site           // where the rehearsal is held, when not in a folder: the site's ledger is empty and its engine is not running
	Still    time.Duration  // how long an engine that answers may leave the ledger unchanged while something is due; 15 minutes when zero
	// Leave is the plan day on which the engine is stopped and the rehearsal left
	// unfinished, without a comparison; zero: it is held to its end. With GoOn a
	// rehearsal that was left in Dir is continued, on the plan clock in its ledger and
	// with the same Plan and To. The program that began it may be an older one with other
	// rules: stages up to the day of leaving are not compared with what this program
	// foretells.
	Leave calendar.Day
	GoOn  bool
	Watch func(Progress) // called now and then while the year runs; may be nil
	Log   *slog.Logger
}

// Progress is how far the year is.
type Progress struct {
	Zone     *time.Location
	Now      time.Time     // plan clock; zero while tasks are being armed
	Day      time.Duration // real time of one plan day
	Through  time.Time     // plan clock: every stage and message due before this instant is decided or sent
	Behind   int           // plan days since the oldest stage or message that is due and not decided or sent; 0: the engine keeps up
	Ended    bool          // the plan clock has reached the last day: only what is due is waited for
	Again    bool          // the machine was too slow: the rehearsal begins again, with plan days as long as Day
	Armed    int
	Total    int
	Foretold []plan.Foretold // all stages foretold for the period
	Stages   []plan.Stage    // the period's stages that are decided so far
	Faults   int             // faults that happened so far
}

// Result is what the rehearsal found.
type Result struct {
	Differences []Difference  `json:"differences"`
	Foretold    int           `json:"foretold"` // stages × recipients
	Stages      int           `json:"stages"`   // decided in the period
	Messages    int           `json:"messages"`
	Events      int64         `json:"events"` // verified lines of the ledger's chain
	Faults      []Suffered    `json:"faults"` // in the order in which they were asked for
	Lost        int           `json:"lost"`   // notices that were due and did not arrive
	Twice       int           `json:"twice"`  // notices that arrived in two messages
	Acts        int           `json:"acts"`   // entries of the script that were answered
	Late        int           `json:"late"`   // of these, how many were answered otherwise than the script expects, as acts came late: see asActed
	Ruled       int           `json:"ruled"`  // talks and circulars proposed by rules: not foretold
	Tasks       int           `json:"tasks"`
	Day         time.Duration `json:"day_ns"`  // real time of one plan day
	Took        time.Duration `json:"took_ns"` // real time from the first plan instant to the last message
}

var (
	// ErrDiffers: the ledger does not hold what the preview foretold.
	ErrDiffers = errors.New("rehearse: the ledger differs from the preview")
	// ErrEngineDead: the engine ended by itself, or does not answer: nothing is compared.
	ErrEngineDead = errors.New("rehearse: the engine is dead")
	// ErrNoFault: there is no fault of that name where the rehearsal is held.
	ErrNoFault = errors.New("rehearse: no such fault")
	// ErrNothing: no stage is foretold in the period.
	ErrNothing = errors.New("rehearse: nothing is foretold in the period")
)

// Run rehearses. The error wraps ErrDiffers when Result.Differences is not
// empty; any other error means that the rehearsal itself could not be held.
func Run(ctx context.Context, o Options) (Result, error) {
	r, err := prepare(o)
	if err != nil {
		return Result{}, err
	}
	release, err := claim(o.Dir)
	if err != nil {
		return Result{}, err
	}
	defer release()
	allowance := 3*time.Second + time.Duration(len(o.Plan.Tasks))*15*time.Millisecond
	if o.Site != nil {
		allowance += 25 * time.Second // a Site is not emptied: its tasks can be armed only once, so there is no second start
	}
	return r.tries(allowance, func(allowance time.Duration) (Result, error) { return r.hold(ctx, allowance) })
}

// tries holds the rehearsal, each time with a longer allowance and longer days, until
// it was not too fast for this machine. The differences of a start that was given up
// are logged. When two whole years differ in the same place, the machine's speed is
// not the reason: the second year is the result. A year whose plan day is longestDay
// is not given up, so the tries end.
func (r *rehearsal) tries(allowance time.Duration, hold func(allowance time.Duration) (Result, error)) (Result, error) {
	for {
		result, err := hold(allowance)
		var slow *slowError
		if r.Site != nil || !errors.As(err, &slow) {
			return result, err
		}
		r.Log.Warn("The rehearsal begins again", "because", slow.why, "differences", len(slow.differences))
		again := false
		for _, d := range slow.differences { // of a whole year: no other start is compared
			r.Log.Warn("A difference of the start that was given up", "what", d.What, "task", d.Task, "stage", d.Stage, "recipient", d.Recipient, "day", d.Day, "detail", d.Detail)
			again = again || r.differed[d.place()]
			r.differed[d.place()] = true
		}
		if again {
			return result, fmt.Errorf("%w in %d places, in the same as in an earlier start", ErrDiffers, len(slow.differences))
		}
		// More time to arm, and longer days unless they are set.
		allowance = max(allowance, 2*slow.arming)
		if r.chosen {
			r.Day = max(r.Day, min(slow.day, longestDay))
		}
		r.watch(Progress{Day: r.Day, Again: true})
	}
}

// slowError: this machine needs more time to arm the tasks, or longer days.
type slowError struct {
	why         string
	arming      time.Duration // real time that arming took
	day         time.Duration // real time of one plan day to try next
	differences []Difference  // of a year that was held to its end
}

func (e *slowError) Error() string { return "rehearse: too fast for this machine: " + e.why }

const (
	// shortest is the real time of one plan day on a machine that arms a task within the duration armed.
	shortest = 250 * time.Millisecond
	armed    = 15 * time.Millisecond
	// undoing is how long it takes at most to undo a fault, such as starting a killed engine again.
	undoing = 3 * time.Second
	// longestArmed is the longest real time of one plan day that is chosen from what arming
	// took. Arming is the thickest work of a year, and other programs may have been busy just
	// then; what comes late for that is waited for, and judged by the day on which it came. A year
	// that turns out to be far too fast begins again with days twice as long.
	longestArmed = time.Second
	// longestDay is the longest real time of one plan day that is tried.
	longestDay = 10 * time.Second
)

// pace is the real time of one plan day for a machine that took arming to arm n
// tasks: the plan's year is work of the same sort, so its days grow in proportion, up to
// longestArmed.
func pace(arming time.Duration, n int) time.Duration {
	days := float64(arming) / float64(time.Duration(n)*armed)
	return min(longestArmed, time.Duration(float64(shortest)*max(1, days)).Round(time.Millisecond))
}

type rehearsal struct {
	Options
	lad      plan.Ladderer
	chosen   bool         // Day is not set, but chosen
	from, to time.Time    // plan clock, to exclusive
	horizon  calendar.Day // occurrences due later are not foretold
	foretold []plan.Foretold
	left     calendar.Day   // with GoOn: the day of the last stage that was decided before
	differed map[place]bool // where whole years that were given up differed
}

func prepare(o Options) (*rehearsal, error) {
	chosen := o.Day == 0
	if chosen {
		o.Day = shortest
	}
	o.Still = cmp.Or(o.Still, 15*time.Minute)
	o.Hold = cmp.Or(o.Hold, time.Minute)
	o.Gap = cmp.Or(o.Gap, 8*time.Second)
	if o.From.IsZero() {
		o.From = o.Plan.Issued
	}
	lad, err := plan.NewLadderer(o.Plan, o.Calendar)
	if err != nil {
		return nil, err
	}
	r := &rehearsal{Options: o, chosen: chosen, lad: lad, differed: map[place]bool{}, from: o.From.At(0, 0, lad.Zone)}
	if r.horizon = o.To; !o.To.IsZero() {
		r.horizon = o.To.AddDays(120) // an occurrence due later may be reminded before To
		if o.Script != nil {
			s := o.Script.Until(o.To.End(lad.Zone))
			r.Script = &s
		}
	}
	all := script.Foretell(o.Plan, o.Calendar, r.from, r.horizon, r.Script, nil).Stages
	if o.To.IsZero() && len(all) > 0 {
		r.To = calendar.DayOf(all[len(all)-1].At.In(lad.Zone))
	}
	r.to = r.To.End(lad.Zone)
	if days := r.to.Sub(r.from) / (24 * time.Hour); chosen && days > 0 { // days so long that each fault happens at least once
		r.Day = max(r.Day, time.Duration(len(o.Faults))*(o.Hold+2*o.Gap+undoing)/days).Round(time.Millisecond)
	}
	r.foretold = before(all, r.to)
	if len(r.foretold) == 0 {
		return nil, fmt.Errorf("%w: %s to %s", ErrNothing, o.From, r.To)
	}
	return r, nil
}

// hold is one rehearsal whose plan clock begins after allowance. The clock stops in
// the last second of the period, so that an engine started later on the same folder
// finds that day and says nothing new. The error is a *slowError when the rehearsal
// has to begin again.
func (r *rehearsal) hold(ctx context.Context, allowance time.Duration) (result Result, err error) {
	site := r.Site
	if site == nil {
		if !r.GoOn {
			if err := sweep(r.Dir); err != nil {
				return Result{}, err
			}
		}
		if site, err = newFolder(r.Dir, r.Spawn, r.Faults, r.Log); err != nil {
			return Result{}, err
		}
	}
	faults, err := named(site.Faults(), r.Faults)
	if err != nil {
		return Result{}, err
	}
	if err := knowNotices(ctx, site.Ledger(), r.Calendar); err != nil {
		return Result{}, err
	}
	if r.GoOn {
		if r.left, err = lastDecided(ctx, site.Ledger(), r.Plan); err != nil {
			return Result{}, err
		}
	}
	if err := site.Start(ctx); err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, site.Stop()) }()
	store, err := ledger.Open(ctx, site.Ledger())
	if err != nil {
		return Result{}, err
	}
	defer store.Close()
	c, err := site.Dial()
	if err != nil {
		return Result{}, err
	}
	defer c.Close()

	if r.GoOn {
		l, err := store.Plan(ctx, r.Plan.ID)
		if err != nil {
			return Result{}, err
		}
		return r.live(ctx, store, site, faults, c, l.Clock)
	}
	began := time.Now()
	clock := calendar.Clock{Epoch: began.Add(allowance), Start: r.from, Rate: float64(24*time.Hour) / float64(r.Day), End: r.to.Add(-time.Second)}
	eng := engine.New(c, store, r.Window, time.Now, r.Log)
	if _, err := r.launch(ctx, eng, clock); err != nil {
		return Result{}, err
	}
	arming := time.Since(began)
	// At a Site, where tasks cannot be armed again, the first days' stages only come late.
	if day := pace(arming, len(r.Plan.Tasks)); r.Site == nil && (time.Now().After(clock.Epoch) || r.chosen && day > 2*r.Day) {
		return Result{}, &slowError{why: "arming took " + arming.String(), arming: arming, day: day}
	}
	return r.live(ctx, store, site, faults, c, clock)
}

// armed counts the plan's tasks and duties that have a deadline: all but the standing ones.
func (r *rehearsal) armed() (n int) {
	for _, t := range r.Plan.Tasks {
		if t.Kind != plan.Standing {
			n++
		}
	}
	return n
}

// live lets a year whose tasks are armed pass on the plan clock, and compares the
// ledger with the preview, unless Options.Leave ends the year before.
func (r *rehearsal) live(ctx context.Context, store *ledger.Store, site Site, faults []Fault, c client.Client, clock calendar.Clock) (Result, error) {
	y := &year{rehearsal: r, store: store, site: site, faults: faults, clock: clock, vigil: &vigil{site: site, client: c}}
	y.driver = &driver{year: y, engine: engine.New(c, store, r.Window, time.Now, r.Log), answers: map[string]answer{}, doing: map[string]time.Time{}}
	if err := y.act(ctx); errors.Is(err, errLeft) {
		return Result{Tasks: r.armed(), Day: r.Day}, nil
	} else if err != nil {
		return Result{}, err
	}
	result, err := y.compare(ctx)
	result.Tasks, result.Day = r.armed(), r.Day
	if errors.Is(err, ErrDiffers) && r.chosen && r.Day < longestDay {
		if chain, err := keep(ctx, store, r.Plan.ID); err == nil && chain.longest > 24*time.Hour {
			// An act came into the chain more than a plan day after its instant. Meanwhile
			// the engine said what the act makes untrue, so this year proves nothing. A
			// difference that is the engine's fault comes again in the next try.
			return result, &slowError{why: "an act was under way for days", day: 2 * r.Day, differences: result.Differences}
		}
	}
	return result, err
}

// knowNotices imports the holiday notices by which the year is foretold into the
// rehearsal's ledger, before the engine starts. The notices that the program brings
// with it never replace imported ones, so the engine reckons with the same calendar.
func knowNotices(ctx context.Context, address string, cal *calendar.Calendar) error {
	store, err := ledger.Open(ctx, address)
	if err != nil {
		return err
	}
	now := time.Now()
	for _, y := range cal.Years() {
		if err := store.PutCalendar(ctx, y, importer, ledger.When{Real: now, Plan: now}); err != nil {
			return errors.Join(err, store.Close())
		}
	}
	return store.Close()
}

// importer is the account that the ledger names for the import of the holiday notices.
const importer = "rehearsal"

// lastDecided is the day, in the plan's time zone, of the last decided stage in the
// ledger at address.
func lastDecided(ctx context.Context, address string, p *plan.Plan) (day calendar.Day, err error) {
	store, err := ledger.Open(ctx, address)
	if err != nil {
		return day, err
	}
	defer store.Close()
	stages, err := store.Stages(ctx, p.ID, "")
	for _, s := range stages {
		if d := calendar.DayOf(s.At.In(p.Location())); s.State == ledger.Decided && d.After(day) {
			day = d
		}
	}
	return day, err
}

// arms is how long launch waits for one more task to be armed before it gives up.
// Launching again goes on with what the last try left undone: tasks that are not armed, or
// that could not be noted as armed while the engine's process held the ledger's lock.
const arms = 15 * time.Minute

func (r *rehearsal) launch(ctx context.Context, eng *engine.Engine, clock calendar.Clock) (report engine.LaunchReport, err error) {
	until, left := time.Now().Add(arms), len(r.Plan.Tasks)
	watched := eng.Watched(func(done, total int) { r.watch(Progress{Armed: done, Total: total}) })
	for {
		report, err = watched.Launch(ctx, r.Plan, r.Calendar, engine.LaunchOptions{
			At: r.from, Clock: clock, Grace: clock.Plan(clock.Epoch.Add(30 * time.Second)).Sub(r.from),
		})
		var unarmed *engine.UnarmedError
		var silent *serviceerror.DeadlineExceeded
		if err == nil || ctx.Err() != nil || !errors.As(err, &unarmed) && !errors.As(err, &silent) && !ledger.Later(err) {
			return report, err
		}
		if unarmed != nil && len(unarmed.Tasks) < left {
			until, left = time.Now().Add(arms), len(unarmed.Tasks)
		}
		if time.Now().After(until) {
			return report, err
		}
		r.Log.Warn("Arming goes on: the machine is slow", "left", left, "error", err)
		pause(ctx, look)
	}
}

func (r *rehearsal) watch(p Progress) {
	if r.Watch != nil {
		r.Watch(p)
	}
}

// quiet drops the log of the Temporal client, which warns whenever the engine is killed.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
