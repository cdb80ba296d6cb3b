package query

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
)

// Ahead is how many days ahead Overview tells what will be said.
const Ahead = 28

// mostAhead is how many of them it names; the rest is counted.
const mostAhead = 300

// Overview is a plan on one page: where it stands, its light board, what is said next if
// nobody acts, and how many messages each seat gets.
type Overview struct {
	Plan    report.Head       `json:"plan"`
	AsOf    calendar.Day      `json:"as_of"`
	Counts  report.Counts     `json:"counts"`
	Months  report.Board      `json:"months"`
	Clauses report.Board      `json:"clauses"`
	Ahead   []report.StageRow `json:"ahead"` // from now on to the end of the 28th day, by time
	Coming  int               `json:"coming"`
	Loads   report.Loads      `json:"loads"` // from AsOf on foretold: what is said when nobody acts
	At      time.Time         `json:"at"`    // when it was worked out, wall clock
}

// Overview is a plan on one page, for those who may see all of it. Of a big plan it may
// be half a minute old: At says so.
func (r *Reader) Overview(ctx context.Context, v Viewer, planID string) (Overview, error) {
	in, err := r.as(v)
	if err != nil {
		return Overview{}, err
	}
	f, err := in.framed(ctx, planID)
	if err != nil {
		return Overview{}, err
	}
	if !v.oversees(f.Plan.Directory) {
		return Overview{}, ErrNotWhole
	}
	return remembered(ctx, r, "overview "+planID, f.today, func(ctx context.Context) (Overview, error) { return in.overview(ctx, planID) })
}

func (r reading) overview(ctx context.Context, planID string) (o Overview, err error) {
	o.At = r.Now()
	t, err := r.bookOf(ctx, planID, false)
	if err != nil {
		return o, err
	}
	l, err := r.store.Plan(ctx, planID)
	if err != nil {
		return o, err
	}
	sent, err := r.store.Loads(ctx, planID)
	if err != nil {
		return o, err
	}
	o.Plan, o.AsOf, o.Counts, o.Ahead = t.Plan, t.AsOf, t.Counts, []report.StageRow{}
	o.Months, o.Clauses = report.BoardOf(t.Tasks, report.MonthOf, true), report.BoardOf(t.Tasks, report.ClauseOf, false)
	zone, last := l.Plan.Location(), t.AsOf.AddDays(Ahead)
	said := map[people.Recipient]bool{} // today's message has gone already
	for _, s := range sent {
		if calendar.DayOf(s.SpeakAt.In(zone)) == t.AsOf {
			said[s.Recipient] = true
		}
	}
	var foretold []plan.Foretold
	keys := map[string]string{} // as the ledger calls a task, by what the plan calls it now
	for _, row := range t.Tasks {
		keys[row.ID] = row.Key
	}
	for _, s := range t.Stages {
		day := calendar.DayOf(s.At)
		if s.State != ledger.Expected || day.Before(t.AsOf) {
			continue
		}
		foretold = append(foretold, plan.Foretold{Task: keys[s.Task], Unit: s.UnitID, Due: s.Due, Stage: plan.Stage{ID: s.Stage, Kind: s.Kind, At: s.At, To: s.To, Light: s.Light, Matter: s.Matter}})
		if !day.After(last) && s.Kind != plan.Told {
			if o.Coming++; len(o.Ahead) < mostAhead {
				o.Ahead = append(o.Ahead, s)
			}
		}
	}
	waiting, err := r.store.Unspoken(ctx, planID)
	if err != nil {
		return o, err
	}
	for _, d := range waiting { // decided, and said with a page to come
		if !calendar.DayOf(d.SpeakAt.In(zone)).Before(t.AsOf) {
			sent = append(sent, ledger.Load{Recipient: d.Recipient, SpeakAt: d.SpeakAt, N: 1})
		}
	}
	cal, err := r.calendar(ctx)
	if err != nil {
		return o, err
	}
	book, err := ledger.BookOf(l, cal)
	if err != nil {
		return o, err
	}
	slices.SortStableFunc(foretold, func(x, y plan.Foretold) int { return x.At.Compare(y.At) })
	for _, m := range report.Foreloads(book, &l.Plan, foretold, sent) {
		if calendar.DayOf(m.SpeakAt.In(zone)) != t.AsOf || !said[m.Recipient] {
			sent = append(sent, m)
		}
	}
	o.Loads = report.LoadsOf(sent, zone, l.Plan.Directory.Name)
	return o, nil
}

// Since is what has become otherwise in a plan since the end of a day, for those who may
// see all of it: since the last meeting. ErrAhead: the day is not past.
func (r *Reader) Since(ctx context.Context, v Viewer, planID string, day calendar.Day) (report.Change, error) {
	in, err := r.as(v)
	if err != nil {
		return report.Change{}, err
	}
	f, err := in.framed(ctx, planID)
	if err != nil {
		return report.Change{}, err
	}
	if !v.oversees(f.Plan.Directory) {
		return report.Change{}, ErrNotWhole
	}
	if !day.Before(f.today) {
		return report.Change{}, ErrAhead
	}
	return remembered(ctx, r, "since "+planID+" "+day.String(), f.today, func(ctx context.Context) (report.Change, error) {
		was, done, err := r.Past(ctx, v, day)
		if err != nil {
			return report.Change{}, err
		}
		defer done()
		now, err := in.bookOf(ctx, planID, false)
		if err != nil {
			return report.Change{}, err
		}
		then, err := reading{was.base, v}.bookOf(ctx, planID, false)
		if absent(err) { // the plan was not launched yet
			return report.ChangeOf(report.Table{AsOf: day}, now), nil
		}
		if err != nil {
			return report.Change{}, err
		}
		return report.ChangeOf(then, now), nil
	})
}

// Head is the number of the last event: what was read before it may have changed.
func (r *Reader) Head(ctx context.Context, v Viewer) (int64, error) {
	if _, err := r.as(v); err != nil {
		return 0, err
	}
	head, _, err := r.store.Head(ctx)
	return head, err
}

// LastWorkday is the last working day before a plan's today: what has changed since is
// what a leader has not seen. Of a plan that the viewer knows.
func (r *Reader) LastWorkday(ctx context.Context, v Viewer, planID string) (last, today calendar.Day, err error) {
	in, err := r.as(v)
	if err != nil {
		return last, today, err
	}
	f, err := in.framed(ctx, planID)
	if err != nil {
		return last, today, err
	}
	if !v.knows(f.Plan.Directory) {
		return last, today, ErrNotWhole
	}
	return f.cal.OnOrBefore(f.today.AddDays(-1)), f.today, nil
}

// What is dear to work out is remembered until something is written. Where it took
// longer than dear, one that is not older than stale is given meanwhile, and the next
// is worked out behind it.
const (
	dear  = 200 * time.Millisecond
	stale = 30 * time.Second
)

// memory is what was worked out of one ledger.
type memory struct {
	mu  sync.Mutex
	all map[string]*memo
}

type memo struct {
	mu      sync.Mutex // held while it is worked out
	head    int64
	today   calendar.Day
	value   any
	took    time.Duration
	made    time.Time // by the machine's own clock
	working bool      // in the background
}

// mostMemos is how much is remembered: what comes beyond it takes the place of all.
const mostMemos = 64

func (m *memory) of(key string) *memo {
	m.mu.Lock()
	defer m.mu.Unlock()
	one := m.all[key]
	if one == nil {
		if m.all == nil || len(m.all) >= mostMemos {
			m.all = map[string]*memo{}
		}
		one = &memo{}
		m.all[key] = one
	}
	return one
}

// remembered is what work gives, of a ledger in which nothing was written since it was
// worked out. All who may ask get the same.
func remembered[T any](ctx context.Context, r *Reader, key string, today calendar.Day, work func(context.Context) (T, error)) (T, error) {
	var none T
	head, _, err := r.store.Head(ctx)
	if err != nil {
		return none, err
	}
	m := r.memory.of(key)
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok := m.value.(T)
	if ok && m.head == head && m.today == today {
		return value, nil
	}
	anew := func(ctx context.Context) (T, error) {
		began := time.Now()
		value, err := work(ctx)
		if err != nil {
			return none, fmt.Errorf("query: %s: %w", key, err)
		}
		m.head, m.today, m.value, m.took, m.made = head, today, value, time.Since(began), time.Now()
		return value, nil
	}
	if ok && m.today == today && m.took > dear && time.Since(m.made) < stale {
		if !m.working {
			m.working = true
			go func() {
				ctx, end := context.WithTimeout(context.WithoutCancel(ctx), longest)
				defer end()
				began := time.Now()
				value, err := work(ctx)
				m.mu.Lock()
				defer m.mu.Unlock()
				m.working = false
				if err == nil { // otherwise whoever asks next is told
					m.head, m.today, m.value, m.took, m.made = head, today, value, time.Since(began), time.Now()
				}
			}()
		}
		return value, nil
	}
	return anew(ctx)
}
