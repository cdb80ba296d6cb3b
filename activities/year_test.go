package activities_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"duban/activities"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/channel"
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/letter"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/script"
	"duban/internal/strictyaml"
	"duban/internal/wire"
	"duban/internal/words"
	"duban/seeds"
)

// year plays a plan's time with the activities and without workflows: the things for which
// an engine's workflows would wait happen one after the other, each at its own instant, so
// that the same plan and script always give the same messages.
type year struct {
	t     *testing.T
	ctx   context.Context
	now   time.Time
	plan  *plan.Plan
	cal   *calendar.Calendar
	store *ledger.Store
	acts  *activities.Activities

	things   map[string]*thing    // tasks, duties and talks that go on
	speeches map[string]time.Time // mornings by key, with their instants
	alone    map[string]time.Time // digests without a morning, with their instants
	looks    map[string]bool      // talks that are to look at the ledger
	last     bool                 // things of one instant happen in descending order of their IDs

	mu      sync.Mutex // guards letters: the digests of a morning are sent at the same time
	letters []arrived
}

// thing is what one workflow would wait for: an instant, and what it would do then.
type thing struct {
	at time.Time // zero: it waits for an act only
	do func() error
}

// arrived is a message that was sent, and when, on the plan clock.
type arrived struct {
	at time.Time
	letter.Letter
}

const seedPlan = "../seeds/jincheng-2021-water/plan.yaml"

// newYear launches the seed's plan.
func newYear(t *testing.T, lang string) *year {
	t.Helper()
	return newYearOf(t, lang, func(*plan.Plan) {})
}

// newYearOf is newYear with the plan edited.
func newYearOf(t *testing.T, lang string, edit func(*plan.Plan)) *year {
	t.Helper()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	p, problems := planfile.Load(seedPlan, cal)
	require.False(t, strictyaml.Failed(problems), "%v", problems)
	edit(p)
	y := &year{t: t, ctx: t.Context(), plan: p, cal: cal, now: p.Issued.At(10, 0, calendar.Beijing).UTC(),
		things: map[string]*thing{}, speeches: map[string]time.Time{}, alone: map[string]time.Time{}, looks: map[string]bool{}}
	y.store, err = ledger.OpenWith(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"), ledger.Options{Create: true, Migrate: true, Now: func() time.Time { return y.now }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, y.store.Close()) })
	y.acts = &activities.Activities{Ledger: y.store, Starter: y, Channels: channel.Set{y}, Words: words.New(lang),
		Now: func() time.Time { return y.now }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	when := ledger.When{Real: y.now, Plan: y.now}
	for _, one := range cal.Years() {
		require.NoError(t, y.store.PutCalendar(t.Context(), one, "test", when))
	}
	rows, err := docket.Docket{Ledger: y.store, Own: []string{y.Name()}}.Rows(t.Context(), p, cal, p.Tasks, y.now) // as a launch does
	require.NoError(t, err)
	_, err = y.store.AddPlan(t.Context(), ledger.Launched{Plan: *p, At: y.now}, rows, when)
	require.NoError(t, err)
	orders, err := y.store.Unspoken(t.Context(), p.ID)
	require.NoError(t, err)
	for _, d := range orders {
		require.NoError(t, y.StartDigest(t.Context(), ledger.Launched{}, d))
	}
	for _, row := range rows {
		y.follow(row.ID, row.Kind)
	}
	return y
}

// The year is the channel.Channel over which its messages are sent.
func (y *year) Name() string         { return "outbox" }
func (y *year) Twice() channel.Twice { return channel.TwiceIsOne }
func (y *year) Send(_ context.Context, m letter.Letter, _ channel.Leaving) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.letters = append(y.letters, arrived{y.now, m})
	return nil
}

// The year is the activities.Starter: in place of starting a workflow it notes what the
// workflow would wait for.
func (y *year) StartDigest(_ context.Context, _ ledger.Launched, d ledger.Digest) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	if d.Morning == "" {
		y.alone[d.Key] = d.SpeakAt
		return nil
	}
	y.speeches[d.Morning] = d.SpeakAt
	return nil
}

func (y *year) SpeakApart(_ context.Context, _ ledger.Launched, d ledger.Digest) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.alone[d.Key] = d.SpeakAt
	return nil
}

func (y *year) StartTalk(_ context.Context, _ ledger.Launched, k ledger.Talk) error {
	y.looks[k.ID] = true
	return nil
}

func (y *year) UnusedTalk(_ context.Context, _, _ string, from int, _ time.Time) (int, error) {
	return from, nil
}

func (y *year) LookTask(_ context.Context, _, task string) error {
	y.looks[task] = true
	return nil
}

func (y *year) LookTalk(_ context.Context, _, talk string) error {
	y.looks[talk] = true
	return nil
}
func (y *year) ReviveTalk(ctx context.Context, planID, talk string) error {
	return y.LookTalk(ctx, planID, talk)
}
func (y *year) Recover(context.Context, string, string) error { return nil }
func (y *year) StartTask(_ context.Context, _ ledger.Launched, row ledger.Task) error {
	y.follow(row.ID, row.Kind)
	return nil
}
func (y *year) ReconcileDaily(context.Context, string) (int, error) { return 0, nil }

// follow notes what a task or a duty waits for now.
func (y *year) follow(id string, kind plan.Kind) {
	if kind == plan.Standing {
		return
	}
	look := wire.LookInput{Plan: y.plan.ID, Thing: id}
	course, err := y.acts.Course(y.ctx, look)
	require.NoError(y.t, err, id)
	delete(y.things, id)
	again := func(do func() error) func() error {
		return func() error {
			err := do()
			y.follow(id, kind)
			return err
		}
	}
	switch {
	case course.Over():
	case course.Pause != nil && !course.Pause.UntilAt.IsZero() && (course.Next == nil || course.Pause.UntilAt.Before(course.Next.At)):
		y.things[id] = &thing{course.Pause.UntilAt, again(func() error { return y.act(id, course.Resumption()) })}
	case course.Pause != nil && kind == plan.Duty:
	case kind == plan.Duty:
		next, err := y.acts.NextOccurrence(y.ctx, look)
		require.NoError(y.t, err, id)
		if next.Ended {
			require.NoError(y.t, y.acts.EndDuty(y.ctx, look))
			return
		}
		y.things[id] = &thing{next.Occurrence.Opens, again(func() error {
			_, err := y.acts.OpenOccurrence(y.ctx, wire.OccurrenceInput{Plan: y.plan.ID, Duty: id, Occurrence: next.Occurrence})
			return err
		})}
	case course.Next != nil:
		y.things[id] = &thing{course.Next.At, again(func() error {
			_, err := y.acts.DecideStage(y.ctx, wire.StageInput{Plan: y.plan.ID, Task: id, Course: course})
			return err
		})}
	}
}

// followTalk notes what a talk waits for now.
func (y *year) followTalk(id string) {
	delete(y.things, id)
	k, err := y.store.Talk(y.ctx, y.plan.ID, id)
	require.NoError(y.t, err)
	course, err := y.acts.TalkCourse(y.ctx, wire.LookInput{Plan: y.plan.ID, Thing: id})
	require.NoError(y.t, err)
	in := wire.TalkInput{Plan: y.plan.ID, Talk: id, OpensAt: k.OpensAt, Course: course}
	switch {
	case course.Over():
	case course.State == act.TalkPending:
		y.things[id] = &thing{k.OpensAt, func() error { return y.open(id, in) }}
	case course.Next != nil:
		y.things[id] = &thing{course.Next.At, func() error { _, err := y.acts.DecideTalkStage(y.ctx, in); y.followTalk(id); return err }}
	}
}

// open opens a talk; one that may not open yet is tried again a second later.
func (y *year) open(id string, in wire.TalkInput) error {
	_, err := y.acts.OpenTalk(y.ctx, in)
	y.followTalk(id)
	var first *ledger.NotCalledError
	if y.last && errors.As(err, &first) {
		y.things[id].at = y.now.Add(time.Second)
		return nil
	}
	return err
}

// act does an act on a task or a duty now.
func (y *year) act(id string, a act.Act) error {
	course, err := y.acts.Course(y.ctx, wire.LookInput{Plan: y.plan.ID, Thing: id})
	if err != nil {
		return err
	}
	if a.At.IsZero() {
		a.At, a.On = y.now, calendar.DayOf(y.now.In(calendar.Beijing))
	}
	_, err = y.acts.RecordAct(y.ctx, wire.ActInput{Plan: y.plan.ID, Task: id, Act: a, Course: course})
	return err
}

func (y *year) actOnTalk(id string, a act.Act) error {
	course, err := y.acts.TalkCourse(y.ctx, wire.LookInput{Plan: y.plan.ID, Thing: id})
	if err != nil {
		return err
	}
	a.At, a.On = y.now, calendar.DayOf(y.now.In(calendar.Beijing))
	_, err = y.acts.RecordTalkAct(y.ctx, wire.TalkActInput{Plan: y.plan.ID, Talk: id, Act: a, Course: course})
	y.looks[id] = true
	return err
}

// perform does one entry of a script.
func (y *year) perform(e script.Entry) {
	a, err := e.Act, error(nil)
	switch e.Sort {
	case script.OnTalk:
		id := e.Thing
		if task, number, ok := strings.Cut(e.Thing, "#"); ok {
			talks, failed := y.store.Talks(y.ctx, y.plan.ID, task)
			require.NoError(y.t, failed)
			talks = slices.DeleteFunc(talks, ruled)
			n, failed := strconv.Atoi(number)
			require.NoError(y.t, failed)
			require.LessOrEqual(y.t, n, len(talks), "%s at %s", e.Key(), e.At)
			id = talks[n-1].ID
		}
		err = y.actOnTalk(id, a)
	case script.Propose:
		a.Ref, a.At, a.On = e.Thing, y.now, calendar.DayOf(y.now.In(calendar.Beijing))
		l, failed := y.store.Plan(y.ctx, y.plan.ID)
		require.NoError(y.t, failed)
		var refused *act.Refusal
		if _, err = (docket.Docket{Ledger: y.store, Starter: y, Now: y.acts.Now}).Propose(y.ctx, l, a, nil); errors.As(err, &refused) {
			err = wire.Refused(refused)
		}
	case script.OnTask, script.OnDuty:
		err = y.act(e.Thing, a)
		row, failed := y.store.Task(y.ctx, y.plan.ID, e.Thing)
		if failed == nil {
			y.follow(row.ID, row.Kind)
		}
	default:
		y.t.Fatalf("%s: a year without an engine cannot do this", e.Key())
	}
	if err != nil {
		var no *temporal.ApplicationError
		require.True(y.t, e.Refused && (errors.As(err, &no) || errors.Is(err, ledger.ErrNotFound)), "%s: %v", e.Key(), err)
	}
}

// ruled tells whether a rule of consequences proposed the talk.
func ruled(k ledger.Talk) bool { return k.Origin.Kind == act.OriginRule }

// until lets everything happen that is due before an instant, and the script's acts; after
// each audit the leadership decides about proposals as the script says.
func (y *year) until(to time.Time, s *script.Script) {
	var entries []script.Entry
	if s != nil {
		entries = slices.Clone(s.Until(to).Entries)
		slices.SortStableFunc(entries, func(a, b script.Entry) int { return a.At.Compare(b.At) })
	}
	audit := y.auditAfter(y.now)
	for {
		for id := range y.looks {
			delete(y.looks, id)
			y.followTalk(id)
		}
		at, do := to, func() error { return nil }
		next := func(when time.Time, what func() error) {
			if !when.IsZero() && when.Before(at) {
				at, do = when, what
			}
		}
		ids := slices.Sorted(keysOf(y.things))
		if y.last {
			slices.Reverse(ids)
		}
		for _, id := range ids {
			next(y.things[id].at, y.things[id].do)
		}
		for _, key := range slices.Sorted(keysOf(y.speeches)) {
			next(y.speeches[key], func() error {
				delete(y.speeches, key)
				_, err := y.acts.SpeakMorning(y.ctx, wire.MorningInput{Morning: key, At: y.now})
				return err
			})
		}
		for _, key := range slices.Sorted(keysOf(y.alone)) {
			next(y.alone[key], func() error {
				delete(y.alone, key)
				_, err := y.acts.Speak(y.ctx, wire.SpeakInput{Digest: key})
				return err
			})
		}
		if len(entries) > 0 {
			next(entries[0].At, func() error {
				e := entries[0]
				entries = entries[1:]
				y.perform(e)
				return nil
			})
		}
		next(audit, func() error {
			day := audit
			audit = y.auditAfter(audit)
			_, err := y.acts.Audit(y.ctx, wire.AuditInput{Plan: y.plan.ID, At: day, Before: day.Add(-20 * time.Minute)})
			if err == nil && s != nil && s.Proposals != nil {
				y.decide(s)
			}
			return err
		})
		if !at.Before(to) {
			y.now = to
			return
		}
		if at.After(y.now) {
			y.now = at.UTC()
		}
		require.NoError(y.t, do(), fmt.Sprint(y.now))
	}
}

// decide answers the proposals of rules as the script says.
func (y *year) decide(s *script.Script) {
	talks, err := y.store.Talks(y.ctx, y.plan.ID, "")
	require.NoError(y.t, err)
	for _, k := range talks {
		if ruled(k) && k.State == act.TalkProposed {
			require.NoError(y.t, y.actOnTalk(k.ID, s.Proposals.Decision(k.What)))
		}
	}
}

// auditAfter is the instant of the audit on the next working day after t.
func (y *year) auditAfter(t time.Time) time.Time {
	day := y.cal.AddWorkdays(calendar.DayOf(t.In(calendar.Beijing)), 1)
	return day.At(9, 30, calendar.Beijing).UTC()
}

func keysOf[K comparable, V any](m map[K]V) func(func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
