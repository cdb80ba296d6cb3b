package rehearse

import (
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
	"duban/internal/water"
	"duban/internal/words"
)

// driver does a script's acts at their plan instants, through the engine's own
// client. The engine may be killed meanwhile: an act is sent again with the same ID
// until it is answered.
type driver struct {
	*year
	engine *engine.Engine
	whole  sync.RWMutex              // held alone by an amendment or a holiday notice, shared by all other acts
	turns  atomic.Int64              // how many amendments and notices have been sent
	late   atomic.Pointer[slowError] // an act that came far too late for its answer

	mu      sync.Mutex
	answers map[string]answer    // by script.Entry.Key
	doing   map[string]time.Time // by script.Entry.Key: acts whose instant, the value, has come, and that have no answer yet
}

// answer is what became of one entry.
type answer struct {
	at      time.Time // plan clock: of the act as recorded, or as refused
	refused string    // the key of the reason for which the act was refused; "": accepted
	err     error     // set when the act was never answered
}

const (
	// guard is real time: within this time before the next stage about a task no act on
	// the task is sent; the act waits until the stage has been said. settled takes a
	// quarter of a plan day when that is shorter, or an act would never find a time
	// between two mornings.
	guard = 60 * time.Millisecond
	// look is the real time between two looks at the ledger while something is waited for. What
	// an act waits for is looked for more rarely where a look takes long, or the acts that wait
	// would take from the engine the processor that it needs to go on.
	look = 30 * time.Millisecond
	// hush is how long an act waits for messages that are late. After that it is sent
	// before them, and the engine drops those that the act has made untrue.
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
		switch {
		case e.Sort == script.Amends || e.Sort == script.Notice:
			id = "" // all amendments and notices share one lane
		case !e.Task():
			id = "\x00" + string(e.Sort) // complaints are numbered in the order in which they come in, and months follow each other
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
				d.mu.Lock()
				d.doing[e.Key()] = e.At
				d.mu.Unlock()
				a := d.perform(ctx, e)
				if days := a.at.Sub(e.At) / (24 * time.Hour); days > tooFar && !e.Expects(a.refused) && a.err == nil {
					d.late.CompareAndSwap(nil, &slowError{why: fmt.Sprintf("%s was done %d days late and answered otherwise", e.Key(), days), day: 2 * d.Day})
				}
				d.mu.Lock()
				d.answers[e.Key()] = a
				delete(d.doing, e.Key())
				d.mu.Unlock()
			}
		})
	}
	all.Wait()
}

// heldUp tells whether an act has been waiting for its answer for more than a plan day.
func (d *driver) heldUp(now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, at := range d.doing {
		if d.clock.Plan(now).Sub(at) > 24*time.Hour {
			return true
		}
	}
	return false
}

// perform sends one entry until it is answered, or ctx ends: year.run ends it when
// nothing more can come.
func (d *driver) perform(ctx context.Context, e script.Entry) answer {
	for tries := time.Duration(1); ; tries++ {
		turn := d.turns.Load()
		now, err := d.settled(ctx, e)
		at := d.instant(now)
		if err == nil {
			err = d.alone(ctx, e, now, turn, min(tries*attempt, 2*time.Minute))
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

// instant is the instant of an act that was found settled at a real instant: see settled.
func (d *driver) instant(now time.Time) time.Time {
	return d.clock.Plan(now).UTC().Truncate(time.Microsecond)
}

// alone sends one entry, an amendment or a notice while no other act is under way.
// When an amendment or a notice was sent after turn, the count at which the act's
// real instant now was taken, the error is errUnsettled: the act needs a new instant.
func (d *driver) alone(ctx context.Context, e script.Entry, now time.Time, turn int64, within time.Duration) error {
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
	return d.send(ctx, e, now)
}

// send carries one entry to the engine. What follows at once from readings, and from acts on
// complaints, on incidents and on the assessment, is written here and not by a worker: it bears
// the act's own instant, too, however long the writing takes. Nothing waits for the stages that
// come due meanwhile.
func (d *driver) send(ctx context.Context, e script.Entry, now time.Time) error {
	a, at, still := e.Act, d.instant(now), d.engine.At(now)
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
	case script.Measured:
		_, err := still.BringReadings(ctx, d.Plan.ID, e.Readings, false, "", a.By, written())
		return err
	case script.OnComplaint:
		return d.complain(ctx, still, e, a)
	case script.OnIncident:
		id := e.Thing
		if a.Kind == act.OpenIncident {
			id = ""
		}
		got, err := still.Incident(ctx, d.Plan.ID, id, a, written())
		return numbered(e, got, err)
	case script.Assesses:
		return still.Assess(ctx, d.Plan.ID, a, nil, nil)
	case script.OnTask, script.OnDuty:
	}
	return d.engine.Act(ctx, d.Plan.ID, e.Thing, a)
}

// written is the language of what the engine writes into the ledger.
func written() *words.Words { return words.New("zh") }

// complain does an act on a complaint.
func (d *driver) complain(ctx context.Context, still *engine.Engine, e script.Entry, a act.Act) error {
	if a.Kind == act.TakeIn {
		numbers, err := still.TakeIn(ctx, d.Plan.ID, []engine.Taking{{Act: a}})
		var taking *engine.TakingError
		if errors.As(err, &taking) {
			err = taking.Err
		}
		got := ""
		if len(numbers) > 0 {
			got = strconv.Itoa(numbers[0])
		}
		return numbered(e, got, err)
	}
	n, err := strconv.Atoi(e.Thing)
	if err != nil {
		return err
	}
	return still.Complain(ctx, d.Plan.ID, n, a, written())
}

// numbered tells whether a complaint or an incident has the number that its script gives it.
func numbered(e script.Entry, got string, err error) error {
	if err == nil && got != e.Thing {
		err = fmt.Errorf("rehearse: %s has number %s", e.Key(), got)
	}
	return err
}

var errUnsettled = errors.New("rehearse: the plan or the calendar has changed since the act's instant was taken")

// settled waits until every stage about the entry's task that is due by now has been
// decided and said, so that acts and notices come in the order of their instants, as
// the preview has them. It gives the real instant at which it found this: the act
// bears it (instant). An act on a task that is not in the ledger yet has no instant: one taken before
// the task opened would be before it in the preview, and the act after it in the ledger.
func (d *driver) settled(ctx context.Context, e script.Entry) (time.Time, error) {
	if e.Sort == script.OnTask || e.Sort == script.OnDuty {
		if _, err := d.store.Task(ctx, d.Plan.ID, e.Thing); err != nil {
			return time.Time{}, err
		}
	}
	began := time.Now()
	for {
		now := time.Now()
		soon := d.clock.Plan(now.Add(min(guard, d.Day/4)))
		waits, err := d.undecided(ctx, e, d.clock.Plan(now).UTC(), soon)
		if !waits && err == nil && time.Since(began) < hush {
			waits, err = d.unsaid(ctx, e, soon)
		}
		if err != nil || !waits {
			return now, err
		}
		if !pause(ctx, max(look, 5*time.Since(now))) {
			return now, ctx.Err()
		}
	}
}

// about is the ID of the task whose stages an entry has to wait for; "" for all
// tasks, as an amendment and a notice do.
func about(e script.Entry) string {
	if e.Sort == script.Amends || e.Sort == script.Notice || !e.Task() {
		return ""
	}
	task, _, _ := strings.Cut(e.Thing, "#")
	return task
}

// touched gives a test whether an entry has to wait for the stages of a task. An
// amendment waits for the tasks it changes and the occurrences of the duties it
// changes; every other entry for all that about names.
func (d *driver) touched(e script.Entry) func(task string) bool {
	if !e.Task() {
		return func(task string) bool { return touches(d.Plan, e, task) }
	}
	if e.Sort != script.Amends || e.Plan == nil {
		return func(string) bool { return true }
	}
	changes := plan.Diff(d.Plan, e.Plan).Tasks
	return func(task string) bool {
		return slices.ContainsFunc(changes, func(c plan.TaskChange) bool { return c.ID == task || strings.HasPrefix(task, c.ID+".") })
	}
}

// touches tells whether what follows from an entry may end a task or pass it on: the month's
// duty to hand in data, the task of a complaint, those of an incident.
func touches(p *plan.Plan, e script.Entry, task string) bool {
	switch e.Sort {
	case script.Measured:
		return slices.ContainsFunc(p.Measured().Duties, func(w water.Duty) bool { return strings.HasPrefix(task, w.Task+".") })
	case script.OnComplaint:
		n, err := strconv.Atoi(e.Thing)
		return err == nil && task == act.ComplaintTask(n)
	case script.OnIncident:
		return strings.HasPrefix(task, act.IncidentTask(e.Thing, "", ""))
	}
	return false
}

// undecided tells whether a stage about the entry's task that speaks before soon is
// not decided yet, or a pause that ends before soon goes on; for a duty, whether an occurrence
// that opens before at is not opened yet. A talk that is not in the ledger yet is not waited for here: the act on it
// fails, and perform tries again.
func (d *driver) undecided(ctx context.Context, e script.Entry, at, soon time.Time) (bool, error) {
	l, err := d.store.Plan(ctx, d.Plan.ID)
	if err != nil {
		return false, err
	}
	rules, err := d.store.Rules(ctx, l)
	if err != nil {
		return false, err
	}
	if e.Sort == script.OnDuty {
		return unopened(ctx, d.store, l, rules, e.Thing, at)
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
		c := rules.Course(ledger.CaseOf(t))
		if _, resumes := c.ResumesBy(soon); resumes || c.Next != nil && c.Next.At.Before(soon) {
			return true, nil
		}
	}
	talks, err := d.talks(ctx, about(e))
	return slices.ContainsFunc(talks, func(k ledger.Talk) bool {
		next := rules.TalkCourse(ledger.TalkCaseOf(&l.Plan, tasks[k.Task], k)).Next
		return k.GoesOn() && ofTalk(k, touched) && (k.State == act.TalkPending && k.OpensAt.Before(soon) || next != nil && next.At.Before(soon))
	}), err
}

// talks are the plan's talks about a task, or all of them when task is "".
func (d *driver) talks(ctx context.Context, task string) ([]ledger.Talk, error) {
	if task == "" {
		return d.store.Talks(ctx, d.Plan.ID, "")
	}
	return d.store.TalksAbout(ctx, d.Plan.ID, task)
}

// ofTalk tells whether a talk, or one of its members, is about a task for which some
// is true.
func ofTalk(k ledger.Talk, some func(task string) bool) bool {
	if k.Facts == nil {
		return some(k.Task)
	}
	return slices.ContainsFunc(k.Facts.Of(), func(m act.Member) bool { return some(m.Task) })
}

// unsaid tells whether a notice about the entry's task that speaks before soon is
// decided and not sent yet.
func (d *driver) unsaid(ctx context.Context, e script.Entry, soon time.Time) (bool, error) {
	touched := d.touched(e)
	notices, err := d.store.Notices(ctx, ledger.NoticeFilter{Plan: d.Plan.ID, Task: about(e), States: []ledger.NoticeState{ledger.Pending, ledger.Sending}})
	return slices.ContainsFunc(notices, func(n ledger.Notice) bool { return n.Kind != plan.Told && n.In().Before(soon) && touched(n.Task) }), err
}

// unopened tells whether an occurrence of a duty that opens before at is not opened
// yet, or a pause of the duty that ends before at goes on. It is computed from the duty as it is in the ledger: the occurrences that the
// act itself will open are not waited for.
func unopened(ctx context.Context, store *ledger.Store, l ledger.Launched, rules act.Rules, duty string, at time.Time) (bool, error) {
	row, err := store.Task(ctx, l.Plan.ID, duty)
	i := slices.IndexFunc(l.Plan.Tasks, func(t plan.Task) bool { return t.ID == duty })
	if err != nil || row.State != ledger.TaskOpen {
		return false, err
	}
	if row.Facts.Pause != nil || i < 0 {
		_, resumes := rules.Course(ledger.CaseOf(row)).ResumesBy(at)
		return resumes, nil
	}
	o, ok := rules.OccurrenceAfter(l.Plan.Tasks[i], row.Facts, row.Facts.OpenedUpTo())
	return ok && o.Opens.Before(at), nil
}

// recorded is the instant of an accepted act in the ledger. It can differ from the
// one sent last: the act may have been accepted when it was sent before, and the
// answer lost.
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
	case script.Measured:
		return k.measured, nil
	case script.OnComplaint, script.OnIncident, script.Assesses:
		if a, ok := k.besides[e.Act.ID]; ok {
			return a.at, nil
		}
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

// amend amends the plan. Called again after an interruption it finishes the amendment.
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

// recalendar puts a holiday notice in force, and lets the engine move the due days
// and stages that depend on it.
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

// talk is the ID of the talk that a script calls TASK#N: the Nth about the task, not
// counting those that rules of consequences proposed, which no script can know of. The
// error wraps ledger.ErrNotFound when there are fewer.
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

// decide answers each proposal of a rule of consequences as the script's Proposals say,
// until ctx ends: otherwise the leadership would be reminded of it again and again.
func (d *driver) decide(ctx context.Context) {
	if d.Script == nil || d.Script.Proposals == nil {
		return
	}
	for pause(ctx, 10*look) {
		talks, err := d.store.Talks(ctx, d.Plan.ID, "")
		if err != nil {
			continue // the ledger may be unreachable because of a fault: the next look reads it
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
