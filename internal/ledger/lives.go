package ledger

import (
	"context"
	"errors"
	"time"

	"duban/internal/people"
)

// Lives are the acts that were done on tasks of a plan and on their talks, with the events
// occurrence.opened and course.ahead, by task and in the order of the chain, and the words
// that were decided about them, by task and in order of time; words that acts have taken
// back are left out. The events have Seq, Task, Kind, PlanAt and Data alone, the words no Scene.
func (s *Store) Lives(ctx context.Context, planID string, tasks []string) (acts []Event, words []Stage, err error) {
	list := s.d.list(tasks)
	var rows []eventRow
	err = s.all(ctx, &rows, `SELECT seq, task, kind, plan_at, data FROM events WHERE plan = ? AND `+s.d.among("task")+`
		AND (kind LIKE 'act.%' AND kind <> ? OR kind IN (?, ?)) ORDER BY task, seq`, planID, list, ActRefused, OccurrenceOpened, CourseAhead)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		acts = append(acts, r.event())
	}
	words, err = s.stages(ctx, `SELECT `+sceneless+` FROM stages WHERE plan = ? AND `+s.d.among("task")+` AND state = 'decided' ORDER BY task, at, id, talk, revision`, planID, list)
	return acts, words, err
}

// HolidayNotices are the events of all notices of holidays that came, in order.
func (s *Store) HolidayNotices(ctx context.Context) ([]Event, error) {
	var rows []eventRow
	err := s.all(ctx, &rows, `SELECT seq, key, plan, task, kind, actor, real_at, plan_at, data, prev, hash FROM events
		WHERE plan = '' AND task = '' AND kind IN (?, ?) ORDER BY seq`, CalendarPut, CalendarBack)
	events := make([]Event, len(rows))
	for i, r := range rows {
		events[i] = r.event()
	}
	return events, err
}

// Reseated is when a launched plan, an amendment or the office last said who sits where, by
// the plan clock of that event; zero before the first plan.
func (s *Store) Reseated(ctx context.Context) (last time.Time, err error) {
	for _, query := range []string{
		`SELECT plan_at FROM events WHERE key IN (SELECT id FROM plans) ORDER BY plan_at DESC LIMIT 1`,
		`SELECT plan_at FROM events WHERE kind = 'plan.amended' ORDER BY plan_at DESC LIMIT 1`,
		`SELECT plan_at FROM events WHERE key > 'office/contact/' AND key < 'office/contact0' ORDER BY plan_at DESC LIMIT 1`,
	} {
		var at time.Time
		if err := s.one(ctx, &at, query); err != nil && !errors.Is(err, ErrNotFound) {
			return last, err
		}
		if at = at.UTC(); at.After(last) {
			last = at
		}
	}
	return last, nil
}

// SentSince are the notices of a plan to some units that messages have carried, or are to
// carry, spoken after an instant of the plan clock.
func (s *Store) SentSince(ctx context.Context, planID string, units []string, since time.Time) ([]Notice, error) {
	w := where{}
	w.add("plan = ?", planID)
	w.add(s.d.among("unit"), s.d.list(units))
	w.add("message <> ''")
	w.add("speak_at > ?", instant(since))
	return s.noticesWhere(ctx, w)
}

// Said is a word that a message carried, with when the word was decided and the message
// gathered.
type Said struct {
	Plan     string      `db:"plan"`
	Task     string      `db:"task"`
	Talk     string      `db:"talk"`
	Stage    string      `db:"stage"`
	Unit     string      `db:"unit"`
	Role     people.Role `db:"role"`
	Channel  string      `db:"channel"`
	SpeakAt  time.Time   `db:"speak_at"`
	Message  string      `db:"message"`
	Decided  time.Time   `db:"decided_at"`  // the word, plan clock
	Gathered time.Time   `db:"gathered_at"` // the message, plan clock
}

// SaidSince are the words of all plans that messages have carried, or are to carry,
// spoken after an instant; what acts tell at once is not among them. In order of time
// and message.
func (s *Store) SaidSince(ctx context.Context, since time.Time) (all []Said, err error) {
	err = s.all(ctx, &all, `SELECT n.plan, n.task, n.talk, n.stage, n.unit, n.role, n.channel, d.speak_at, n.message, s.decided_at, d.gathered_at FROM notices n
		JOIN stages s ON s.plan = n.plan AND s.task = n.task AND s.revision = n.revision AND s.talk = n.talk AND s.id = n.stage
		JOIN digests d ON d.key = n.digest
		WHERE d.speak_at > ? AND n.message <> '' AND n.kind <> 'told' AND d.gathered_at IS NOT NULL AND s.decided_at IS NOT NULL
		ORDER BY d.speak_at, n.message, n.key`, instant(since))
	return all, err
}
