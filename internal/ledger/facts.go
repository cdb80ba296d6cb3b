package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// Facts are what the consequences of a plan are counted from, as of an instant
// (plan clock): every dated task and occurrence, unless cancelled, whose due
// day's 24:00 in the plan's zone has passed; and every talk opened, open or
// closed since (a circular is none). Tasks come first; the order is by due day
// of the task, unit, task and talk. ErrNotFound without the plan.
//
// It is one statement over the ledger. Closings, openings, suspensions and
// reports after the instant are not seen. Of what a task keeps no history — its
// unit, its due day, its cancelling — it gives what stands now: a fact is told of
// the unit that leads the task today.
func (s *Store) Facts(ctx context.Context, planID string, at time.Time) ([]act.Fact, error) {
	l, err := s.Plan(ctx, planID)
	if err != nil {
		return nil, err
	}
	lad, err := plan.NewLadderer(&l.Plan, nil)
	if err != nil {
		return nil, err
	}
	at = instant(at)
	today := calendar.DayOf(at.In(lad.Zone))
	var rows []factRow
	err = s.all(ctx, &rows, factQuery, at, planID, today.String(), at, planID, at)
	if err != nil {
		return nil, fmt.Errorf("facts of %s: %w", planID, err)
	}
	facts := make([]act.Fact, len(rows))
	for i, r := range rows {
		if facts[i], err = r.fact(at, lad.Zone); err != nil {
			return nil, fmt.Errorf("facts of %s: task %s: %w", planID, r.Task, err)
		}
	}
	return facts, nil
}

// factRow is a fact as the two tables keep it. Opened is a talk's; a task's row
// has its assignment there and does not use it.
type factRow struct {
	Kind   act.FactKind `db:"kind"`
	Unit   string       `db:"unit"`
	Task   string       `db:"task"`
	Talk   string       `db:"talk"`
	Due    string       `db:"due"`
	State  string       `db:"state"`
	Opened time.Time    `db:"opened"`
	Closed sql.NullTime `db:"closed"`
	Course string       `db:"course"` // of a closed task: it knows the day that counts
	Moved  string       `db:"moved"`  // the last act that moved the task from state to state
}

var factQuery = `SELECT 'due' AS kind, t.lead AS unit, t.id AS task, '' AS talk, t.due AS due, t.state AS state,
		t.assigned_at AS opened, t.closed_at AS closed, CASE t.state WHEN 'closed' THEN t.course ELSE '' END AS course, ` + lastMove() + ` AS moved
	FROM tasks t WHERE t.plan = ? AND t.kind = 'dated' AND t.state <> 'cancelled' AND t.due <> '' AND t.due < ?
	UNION ALL
	SELECT 'talk', k.lead, k.task, k.id, t.due, t.state, k.opens_at, t.closed_at, CASE t.state WHEN 'closed' THEN t.course ELSE '' END, ` + lastMove() + `
	FROM talks k JOIN tasks t ON t.plan = k.plan AND t.id = k.task
	WHERE k.plan = ? AND k.what = 'talk' AND k.state IN ('open', 'closed') AND k.opens_at <= ?
	ORDER BY kind, due, unit, task, talk`

// lastMove reads the kind of the event of the last act up to an instant that
// moved task t between being open, reported and suspended: the tables keep no
// such states. Which acts those are, the table of acts says.
func lastMove() string {
	var kinds []string
	for _, r := range act.Tasks {
		if r.To == act.Open || r.To == act.Reported || r.To == act.Suspended {
			kinds = append(kinds, "'"+ActKind(r.Kind)+"'")
		}
	}
	return `COALESCE((SELECT e.kind FROM events e WHERE e.plan = t.plan AND e.task = t.id AND e.kind IN (` + strings.Join(kinds, ", ") + `)
		AND e.plan_at <= ? ORDER BY e.seq DESC LIMIT 1), '')`
}

func (r factRow) fact(at time.Time, zone *time.Location) (f act.Fact, err error) {
	f = act.Fact{Kind: r.Kind, Unit: r.Unit, Task: r.Task, Talk: r.Talk}
	closed := fromNull(r.Closed)
	switch {
	case r.State == Cancelled:
		f.State = act.Cancelled
	case !closed.IsZero() && !closed.After(at):
		f.State = act.Closed
		if f.Closed, err = r.closedOn(closed.In(zone)); err != nil {
			return f, err
		}
	default:
		f.State = r.running()
	}
	if r.Kind == act.FactTalk {
		f.Day = calendar.DayOf(r.Opened.In(zone))
		return f, nil
	}
	f.Day, err = day(r.Due)
	return f, err
}

// running is the state the last act left a task in that is not over.
func (r factRow) running() act.State {
	for _, row := range act.Tasks {
		if ActKind(row.Kind) == r.Moved {
			return row.To
		}
	}
	return act.Open
}

// closedOn is the day a closed task counts as done: that of the report that was
// verified, or else of its closing.
func (r factRow) closedOn(closed time.Time) (calendar.Day, error) {
	var c struct {
		ClosedOn calendar.Day `json:"closed_on"`
	}
	if r.Course != "" {
		if err := json.Unmarshal([]byte(r.Course), &c); err != nil {
			return c.ClosedOn, err
		}
	}
	if c.ClosedOn.IsZero() {
		return calendar.DayOf(closed), nil
	}
	return c.ClosedOn, nil
}
