package rehearse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/script"
)

// driver does a script's acts at their plan instants, through the engine's own
// client, whatever becomes of the engine meanwhile: an act is sent again with the
// same ID until it is answered.
type driver struct {
	*year
	engine *engine.Engine
	whole  sync.RWMutex              // an amendment and a notice have the plan to themselves
	turns  atomic.Int64              // how many of them there were
	late   atomic.Pointer[slowError] // an act that came too late for its answer

	mu      sync.Mutex
	answers map[string]answer // by Entry.Key
}

// answer is what became of one entry.
type answer struct {
	at      time.Time // plan clock: of the act as recorded, or as refused
	refused string    // the reason's key
	err     error     // never answered
}

const (
	// guard is how long before the next word about a task, on the real clock, no act
	// is sent any more: it waits until that has been said. It is at most a quarter
	// of a plan day, or there would never be a time between two mornings.
	guard = 60 * time.Millisecond
	// look is how often the ledger is looked at while something is waited for.
	look = 30 * time.Millisecond
	// hush is how long an act waits for messages that are late: after that it goes
	// before them, and they are dropped where it has made them untrue.
	hush = 500 * time.Millisecond
	// attempt is how long the first sending of an act may take; each further one
	// may take as much longer.
	attempt = 8 * time.Second
)

// drive does all entries: those about one task in order, and different tasks side
// by side. It ends when every entry has its answer.
func (d *driver) drive(ctx context.Context) {
	lanes := map[string][]script.Entry{}
	for _, e := range d.Script.Entries {
		id, _, _ := strings.Cut(e.Thing, "#")
		if e.Sort == script.Amends || e.Sort == script.Notice {
			id = "" // in order too
		}
		lanes[id] = append(lanes[id], e)
	}
	var all sync.WaitGroup
	for _, lane := range lanes {
		all.Go(func() {
			for _, e := range lane {
				if !pause(ctx, time.Until(d.clock.Epoch)+d.clock.Until(e.At, d.clock.Epoch)) {
					return
				}
				a := d.perform(ctx, e)
				if days := a.at.Sub(e.At) / (24 * time.Hour); days > 0 && !e.Expects(a.refused) && a.err == nil {
					d.late.CompareAndSwap(nil, &slowError{
						why: fmt.Sprintf("%s was done %d days late and answered otherwise", e.Key(), days), day: 2 * d.Day,
						differences: []Difference{answered(e, d.lad.Zone, string(e.Act.Kind)+": "+cmp.Or(a.refused, "accepted"))},
					})
				}
				d.mu.Lock()
				d.answers[e.Key()] = a
				d.mu.Unlock()
			}
		})
	}
	all.Wait()
}

// perform does one entry until it is answered, or ctx ends: the year decides when
// waiting has no sense any more.
func (d *driver) perform(ctx context.Context, e script.Entry) answer {
	for tries := time.Duration(1); ; tries++ {
		turn := d.turns.Load()
		at, err := d.settled(ctx, e)
		if err == nil {
			err = d.alone(ctx, e, at, turn, min(tries*attempt, 2*time.Minute))
		}
		var refused *engine.RefusedError
		switch {
		case errors.As(err, &refused):
			return answer{at: at, refused: refused.Key}
		case err == nil:
			if at, err = d.recorded(ctx, e); err == nil {
				return answer{at: at}
			}
		}
		if ctx.Err() != nil {
			return answer{err: err}
		}
		pause(ctx, look)
	}
}

// alone sends one entry: an amendment and a notice while no other act is under
// way. An act whose instant was taken in another turn needs a new one.
func (d *driver) alone(ctx context.Context, e script.Entry, at time.Time, turn int64, within time.Duration) error {
	if e.Sort == script.Amends || e.Sort == script.Notice {
		d.whole.Lock()
		defer d.whole.Unlock()
		d.turns.Add(1)
	} else {
		d.whole.RLock()
		defer d.whole.RUnlock()
		if d.turns.Load() != turn {
			return errUnsettled
		}
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return d.send(ctx, e, at)
}

// send carries one entry to the engine.
func (d *driver) send(ctx context.Context, e script.Entry, at time.Time) error {
	a := e.Act
	a.At = at
	switch e.Sort {
	case script.OnTalk:
		id, err := d.talk(ctx, e.Thing)
		if err != nil {
			return err
		}
		return d.engine.ActOnTalk(ctx, d.Plan.ID, id, a)
	case script.Propose:
		a.Ref = e.Thing
		_, err := d.engine.Propose(ctx, d.Plan.ID, a, nil)
		return err
	case script.Amends:
		return d.amend(ctx, e, at)
	case script.Notice:
		return d.recalendar(ctx, e)
	case script.OnTask, script.OnDuty:
	}
	return d.engine.Act(ctx, d.Plan.ID, e.Thing, a)
}

var errUnsettled = errors.New("rehearse: the plan or the calendar has changed since the act's instant was taken")

// settled waits until all that was to be said before now about the entry's task
// has been said, so that acts and words come in the order that is foretold. It
// gives the instant up to which that is so: the act's own.
func (d *driver) settled(ctx context.Context, e script.Entry) (time.Time, error) {
	began := time.Now()
	for {
		now := time.Now()
		at := d.clock.Plan(now).UTC()
		soon := d.clock.Plan(now.Add(min(guard, d.Day/4)))
		waits, err := d.undecided(ctx, e, at, soon)
		if !waits && err == nil && time.Since(began) < hush {
			waits, err = d.unsaid(ctx, e, soon)
		}
		if err != nil || !waits {
			return at.Truncate(time.Microsecond), err
		}
		if !pause(ctx, look) {
			return at, ctx.Err()
		}
	}
}

// about is the task whose stages an entry has to wait for; "" is all of them.
func about(e script.Entry) string {
	if e.Sort == script.Amends || e.Sort == script.Notice {
		return ""
	}
	task, _, _ := strings.Cut(e.Thing, "#")
	return task
}

// touched tells of which tasks an entry has to wait for the stages: an amendment
// for those of the tasks it changes.
func (d *driver) touched(e script.Entry) func(task string) bool {
	if e.Sort != script.Amends || e.Plan == nil {
		return func(string) bool { return true }
	}
	changes := plan.Diff(d.Plan, e.Plan).Tasks
	return func(task string) bool {
		return slices.ContainsFunc(changes, func(c plan.TaskChange) bool { return c.ID == task || strings.HasPrefix(task, c.ID+".") })
	}
}

// undecided tells whether a stage about the entry's task that speaks before soon
// is not decided yet. A thing that is not there yet is waited for by the act itself.
func (d *driver) undecided(ctx context.Context, e script.Entry, at, soon time.Time) (bool, error) {
	l, err := d.store.Plan(ctx, d.Plan.ID)
	if err != nil {
		return false, err
	}
	book, err := d.store.Book(ctx, l)
	if err != nil {
		return false, err
	}
	if e.Sort == script.OnDuty {
		return unopened(ctx, d.store, l, book, e.Thing, at)
	}
	rows, err := d.store.Tasks(ctx, ledger.TaskFilter{Plan: d.Plan.ID})
	if err != nil {
		return false, err
	}
	touched, tasks := d.touched(e), map[string]ledger.Task{}
	for _, t := range rows {
		tasks[t.ID] = t
		if t.State != ledger.TaskOpen || about(e) != "" && about(e) != t.ID || !touched(t.ID) {
			continue
		}
		if next := book.Next(ledger.CaseOf(t)); next != nil && next.At.Before(soon) {
			return true, nil
		}
	}
	talks, err := d.talks(ctx, about(e))
	return slices.ContainsFunc(talks, func(k ledger.Talk) bool {
		next := book.TalkCourse(ledger.TalkCaseOf(&l.Plan, tasks[k.Task], k)).Next
		return k.GoesOn() && ofTalk(k, touched) && (k.State == act.TalkPending && k.OpensAt.Before(soon) || next != nil && next.At.Before(soon))
	}), err
}

// talks are those about a task, or all.
func (d *driver) talks(ctx context.Context, task string) ([]ledger.Talk, error) {
	if task == "" {
		return d.store.Talks(ctx, d.Plan.ID, "")
	}
	return d.store.TalksAbout(ctx, d.Plan.ID, task)
}

// ofTalk tells whether a talk is about one of some tasks.
func ofTalk(k ledger.Talk, some func(task string) bool) bool {
	if k.Facts == nil {
		return some(k.Task)
	}
	return slices.ContainsFunc(k.Facts.Of(), func(m act.Member) bool { return some(m.Task) })
}

// unsaid tells whether a word about the entry's task is decided and not out yet.
func (d *driver) unsaid(ctx context.Context, e script.Entry, soon time.Time) (bool, error) {
	touched := d.touched(e)
	notices, err := d.store.Notices(ctx, ledger.NoticeFilter{Plan: d.Plan.ID, Task: about(e), States: []ledger.NoticeState{ledger.Pending, ledger.Sending}})
	return slices.ContainsFunc(notices, func(n ledger.Notice) bool { return n.Kind != plan.Told && n.In().Before(soon) && touched(n.Task) }), err
}

// unopened tells whether an occurrence of a duty that was to be opened before now is
// not there. It follows from the duty as it stands: what the act to come will open
// at once is not waited for.
func unopened(ctx context.Context, store *ledger.Store, l ledger.Launched, book act.Book, duty string, at time.Time) (bool, error) {
	row, err := store.Task(ctx, l.Plan.ID, duty)
	i := slices.IndexFunc(l.Plan.Tasks, func(t plan.Task) bool { return t.ID == duty })
	if err != nil || i < 0 || row.State != ledger.TaskOpen || row.Facts.Pause != nil {
		return false, err
	}
	o, ok := book.OccurrenceAfter(l.Plan.Tasks[i], row.Facts, row.Facts.OpenedUpTo())
	return ok && o.Opens.Before(at), nil
}

// recorded is the instant of an accepted act as the ledger has it: an earlier
// sending may be the one that counted.
func (d *driver) recorded(ctx context.Context, e script.Entry) (time.Time, error) {
	k, err := keep(ctx, d.store, d.Plan.ID)
	if err != nil {
		return time.Time{}, err
	}
	switch e.Sort {
	case script.Amends:
		return k.amended, nil
	case script.Notice:
		return k.noticed, nil
	case script.OnTask, script.OnDuty, script.OnTalk, script.Propose:
	}
	thing := e.Thing
	if e.Sort == script.OnTalk {
		if thing, err = d.talk(ctx, e.Thing); err != nil {
			return time.Time{}, err
		}
	}
	if a, ok := k.acts[thing+"/"+e.Act.ID]; ok {
		return a.at, nil
	}
	return time.Time{}, fmt.Errorf("rehearse: the act %s was accepted and is not in the ledger", e.Key())
}

// amend amends the plan. Done again it finishes what an interruption left.
func (d *driver) amend(ctx context.Context, e script.Entry, at time.Time) error {
	years, err := d.store.Calendar(ctx)
	if err != nil {
		return err
	}
	_, err = d.engine.Amend(ctx, e.Plan, calendar.New(years...), engine.AmendOptions{
		Paper: e.Act.Paper, Reason: e.Act.Reason, By: e.Act.By, LaunchOptions: engine.LaunchOptions{At: at},
	})
	return err
}

// recalendar puts a holiday notice in force, and moves what it moves.
func (d *driver) recalendar(ctx context.Context, e script.Entry) error {
	years, err := d.store.Calendar(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	if err := d.store.PutCalendar(ctx, calendar.Merged(calendar.New(years...).Notice(e.Year.Year), *e.Year), e.Act.By.Account, ledger.When{Real: now, Plan: d.clock.Plan(now)}); err != nil {
		return err
	}
	_, err = d.engine.MoveCalendar(ctx, e.Act.By.Account)
	return err
}

// talk is the ID of the talk that a script calls TASK#N: it does not count what
// rules of consequences proposed, for no script can know of that.
func (d *driver) talk(ctx context.Context, name string) (string, error) {
	task, number, _ := strings.Cut(name, "#")
	n, err := strconv.Atoi(number)
	if err != nil {
		return name, nil
	}
	talks, err := d.store.Talks(ctx, d.Plan.ID, task)
	if err != nil {
		return "", err
	}
	talks = slices.DeleteFunc(talks, byRule)
	if n < 1 || n > len(talks) {
		return "", fmt.Errorf("talk %s: %w", name, ledger.ErrNotFound)
	}
	return talks[n-1].ID, nil
}

// decide answers what rules of consequences propose as the script says, as soon
// as it is there: otherwise the leadership would be asked again and again.
func (d *driver) decide(ctx context.Context) {
	if d.Script == nil || d.Script.Proposals == nil {
		return
	}
	for pause(ctx, 10*look) {
		talks, err := d.store.Talks(ctx, d.Plan.ID, "")
		if err != nil {
			continue // the engine may be dead for now; the next look will do
		}
		for _, t := range talks {
			if byRule(t) && t.State == act.TalkProposed {
				try, cancel := context.WithTimeout(ctx, attempt)
				if err := d.engine.ActOnTalk(try, d.Plan.ID, t.ID, d.Script.Proposals.Decision(t.What)); err != nil {
					d.Log.Debug("Proposal not decided yet", "talk", t.ID, "error", err)
				}
				cancel()
			}
		}
	}
}
