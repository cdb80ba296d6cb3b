package ledger

import "context"

// Lives are the acts that were done on tasks of a plan and on their talks, in the
// order of the chain, and the words that were decided about them, in order of
// time; those that acts have taken back are left out. Events have no chain and no
// real time.
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
	words, err = s.stages(ctx, `SELECT `+stageList+` FROM stages WHERE plan = ? AND `+s.d.among("task")+` AND state = 'decided' ORDER BY task, at, id, talk, revision`, planID, list)
	return acts, words, err
}

// HolidayNotices are the events of all notices of holidays that came, in order.
func (s *Store) HolidayNotices(ctx context.Context) ([]Event, error) {
	var rows []eventRow
	err := s.all(ctx, &rows, `SELECT seq, key, plan, task, kind, actor, real_at, plan_at, data, prev, hash FROM events
		WHERE plan = '' AND task = '' AND kind = ? ORDER BY seq`, CalendarPut)
	events := make([]Event, len(rows))
	for i, r := range rows {
		events[i] = r.event()
	}
	return events, err
}

// SentSince are the notices to some units that messages have carried, or are to
// carry, since the plan was amended last.
func (s *Store) SentSince(ctx context.Context, planID string, units []string) ([]Notice, error) {
	w := where{}
	w.add("plan = ?", planID)
	w.add(s.d.among("unit"), s.d.list(units))
	w.add("message <> ''")
	w.add("NOT EXISTS (SELECT 1 FROM events e WHERE e.plan = notices.plan AND e.task = '' AND e.kind = ? AND e.plan_at >= notices.speak_at)", PlanAmended)
	return s.noticesWhere(ctx, w)
}
