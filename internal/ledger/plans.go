package ledger

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// PlanInfo is one line about a plan under supervision.
type PlanInfo struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Hash      string         `json:"hash"`
	Zone      string         `json:"zone"`
	Launched  time.Time      `json:"launched"` // plan clock
	Clock     calendar.Clock `json:"clock"`
	Tasks     int            `json:"tasks"` // dated, occurrences of duties among them
	Duties    int            `json:"duties"`
	Standing  int            `json:"standing"`
	Open      int            `json:"open"` // of Tasks
	Closed    int            `json:"closed"`
	Cancelled int            `json:"cancelled"`
	Carried   int            `json:"carried"`        // into another plan
	Ended     time.Time      `json:"ended,omitzero"` // plan clock; zero while it goes on
	Archived  time.Time      `json:"archived,omitzero"`
	Unarmed   int            `json:"unarmed"` // of what must be armed: see Unarmed
}

var taskValueColumns = []string{"plan", "id", "position", "duty", "period", "kind", "title", "clause", "lead", "assist", "due", "first_due",
	"policy", "soft", "priority", "revision", "state", "light", "last_stage", "armed", "assigned_at", "closed_at", "publish", "course", "label", "origin"}

// AddPlan writes a plan with its tasks, as one event plan.launched, the words that tell the
// tasks' units of them (see Order), and the plan's units into the office's directory, where
// they are in force for every plan. Where the ledger has a plan of this ID, whatever that
// says, nothing changes: added is false. Errors wrap ErrOtherUnit.
func (s *Store) AddPlan(ctx context.Context, l Launched, tasks []Task, when When) (added bool, err error) {
	doc, err := json.Marshal(l.Plan)
	if err != nil {
		return false, fmt.Errorf("ledger: plan %s: %w", l.Plan.ID, err)
	}
	clock, err := json.Marshal(l.Clock)
	if err != nil {
		return false, fmt.Errorf("ledger: plan %s: clock: %w", l.Plan.ID, err)
	}
	taskRows := rowsOf(l.Plan, tasks)
	sum := sha256.Sum256(doc)
	return writeWithin(ctx, s, s.o.Limits.Bulk, func(t *tx) (bool, error) {
		var hash string
		switch err := t.one(&hash, `SELECT hash FROM plans WHERE id = ?`, l.Plan.ID); {
		case err == nil:
			return false, nil
		case !errors.Is(err, ErrNotFound):
			return false, err
		}
		err := t.make("plans", `INSERT INTO plans (id, title, hash, zone, doc, clock, launched_at, grace) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			l.Plan.ID, l.Plan.Title, l.Plan.Hash, l.Plan.Zone, string(doc), string(clock), instant(l.At), int64(l.Grace))
		if err != nil {
			return false, err
		}
		if err := t.revise(nil, l.Plan.Directory.Units); err != nil {
			return false, err
		}
		if err := t.insert("tasks", taskValueColumns, taskRows); err != nil {
			return false, err
		}
		err = t.append(Event{Key: l.Plan.ID, Plan: l.Plan.ID, Kind: PlanLaunched}, when, map[string]any{
			"title": l.Plan.Title, "number": l.Plan.Number, "hash": l.Plan.Hash, "doc_sha256": hex.EncodeToString(sum[:]),
			"clock": l.Clock, "at": instant(l.At), "tasks": len(taskRows),
		})
		if err != nil {
			return false, err
		}
		return true, t.give(l.Plan.ID, tasks, when)
	})
}

// rowsOf are the tasks at their places in the plan's document.
func rowsOf(p plan.Plan, tasks []Task) (rows [][]any) {
	places := map[string]int{}
	for i, t := range p.Tasks {
		places[t.ID] = i + 1
	}
	for i, t := range tasks {
		rows = append(rows, taskValues(p.ID, cmp.Or(places[t.ID], i+1), t))
	}
	return rows
}

// taskValues are the values of taskValueColumns. An empty State is written as TaskOpen, an
// empty Light of a dated task as Green, and a zero FirstDue as Due.
func taskValues(planID string, position int, t Task) []any {
	assist, first, light := t.Assist, t.FirstDue, t.Light
	if assist == nil {
		assist = []string{}
	}
	if first.IsZero() {
		first = t.Due
	}
	if light == "" && t.Kind == plan.Dated {
		light = plan.Green
	}
	return []any{planID, t.ID, position, t.Duty, t.Period, t.Kind, t.Title, t.Clause, t.Lead, asJSON(assist), t.Due.String(), first.String(),
		t.Policy, t.Soft, t.Priority, t.Revision, cmp.Or(t.State, TaskOpen), light, t.LastStage, t.Armed, instant(t.Assigned), nullable(t.ClosedAt), t.Publish, asFacts(t.Facts), t.Label, t.Origin.String()}
}

// OpenTask opens one task of a plan under supervision that the plan's document does not
// name: an occurrence of a duty, at the duty's place, as event occurrence.opened; any other
// after all others, as event task.opened with its origin, and its units are told (see
// Order). n names its Plan. The same again changes nothing: added is false. ErrOtherTask when
// a task of another origin has its ID.
func (s *Store) OpenTask(ctx context.Context, n Task, when When) (added bool, err error) {
	key := n.Plan + "/" + n.ID + "/opened"
	return write(ctx, s, func(t *tx) (bool, error) {
		switch there, err := t.task(n.Plan, n.ID); {
		case err == nil && n.Duty == "" && there.Origin != n.Origin:
			return false, fmt.Errorf("task %s of %s, opened for %s: %w", n.ID, n.Plan, there.Origin, ErrOtherTask)
		case !errors.Is(err, ErrNotFound):
			return false, err
		}
		if n.Duty != "" {
			return true, t.openOccurrence(n, key, when)
		}
		var position sql.NullInt64
		if err := t.one(&position, `SELECT MAX(position) FROM tasks WHERE plan = ?`, n.Plan); err != nil {
			return false, err
		}
		if !position.Valid {
			return false, fmt.Errorf("plan %s: %w", n.Plan, ErrNotFound)
		}
		if err := t.insert("tasks", taskValueColumns, [][]any{taskValues(n.Plan, int(position.Int64)+1, n)}); err != nil {
			return false, err
		}
		if err := t.append(Event{Key: key, Plan: n.Plan, Task: n.ID, Kind: TaskOpened}, when, map[string]any{"origin": n.Origin, "due": n.Due}); err != nil {
			return false, err
		}
		return true, t.give(n.Plan, []Task{n}, when)
	})
}

// openOccurrence writes an occurrence, and in the facts of its duty the due date up to which
// occurrences have been opened.
func (t *tx) openOccurrence(n Task, key string, when When) error {
	var position int
	if err := t.one(&position, `SELECT position FROM tasks WHERE plan = ? AND id = ?`, n.Plan, n.Duty); err != nil {
		return fmt.Errorf("duty %s of %s: %w", n.Duty, n.Plan, err)
	}
	if err := t.insert("tasks", taskValueColumns, [][]any{taskValues(n.Plan, position, n)}); err != nil {
		return err
	}
	duty, err := t.task(n.Plan, n.Duty)
	if err != nil {
		return err
	}
	if err := t.putFacts(duty, duty.Facts.AsOpened(n.Due)); err != nil {
		return err
	}
	return t.append(Event{Key: key, Plan: n.Plan, Task: n.ID, Kind: OccurrenceOpened}, when, map[string]any{
		"duty": n.Duty, "period": n.Period, "due": n.Due,
	})
}

// planVersion names what a plan was between two amendments, and what the directory
// was between two changes.
type planVersion struct {
	id        string
	version   int
	directory int
}

// Plan is a launched plan; ErrNotFound without one. What it gives is shared:
// do not change it. It costs one small query unless the plan or the directory has changed.
func (s *Store) Plan(ctx context.Context, id string) (Launched, error) {
	var now struct {
		Version   int    `db:"version"`
		Directory int    `db:"directory"`
		Floor     string `db:"floor"`
		calendarRow
	}
	if err := s.one(ctx, &now, `SELECT p.version AS version, (SELECT COALESCE(MAX(version), 0) FROM units) AS directory, c.since AS since, c.undone AS undone,
		COALESCE((SELECT value FROM office WHERE name = 'rank_floor'), '0') AS floor FROM plans p
		LEFT JOIN calendars c ON c.year = (SELECT year FROM calendars WHERE since IS NOT NULL ORDER BY since DESC LIMIT 1) WHERE p.id = ?`, id); err != nil {
		return Launched{}, fmt.Errorf("plan %s: %w", id, err)
	}
	l, err := s.planAt(ctx, planVersion{id, now.Version, now.Directory})
	if err != nil {
		return l, err
	}
	l.RankFloor, _ = strconv.Atoi(now.Floor) // SetOffice's caller has seen that it is a number
	return l, now.on(&l)
}

// planAt is the plan of a planVersion, as last read or read anew.
func (s *Store) planAt(ctx context.Context, v planVersion) (Launched, error) {
	s.mu.Lock()
	l, ok := s.plans[v]
	s.mu.Unlock()
	if ok {
		return l, nil
	}
	var row struct {
		Version int          `db:"version"`
		Doc     string       `db:"doc"`
		Clock   string       `db:"clock"`
		At      time.Time    `db:"launched_at"`
		Grace   int64        `db:"grace"`
		Ended   sql.NullTime `db:"ended_at"`
		Put     sql.NullTime `db:"archived_at"`
	}
	if err := s.one(ctx, &row, `SELECT version, doc, clock, launched_at, grace, ended_at, archived_at FROM plans WHERE id = ?`, v.id); err != nil {
		return Launched{}, fmt.Errorf("plan %s: %w", v.id, err)
	}
	units, err := s.units(ctx)
	if err != nil {
		return Launched{}, err
	}
	l = Launched{At: row.At.UTC(), Grace: time.Duration(row.Grace), Version: row.Version, Ended: fromNull(row.Ended), Archived: fromNull(row.Put)}
	if l.Plan, err = planOf(v.id, row.Doc); err != nil {
		return Launched{}, err
	}
	l.Plan.Directory = taking(l.Plan.Directory, units)
	if err := json.Unmarshal([]byte(row.Clock), &l.Clock); err != nil {
		return Launched{}, fmt.Errorf("ledger: plan %s: clock: %w", v.id, err)
	}
	v.version = row.Version
	s.mu.Lock()
	for old := range s.plans { // nobody asks for an older version any more
		if old.id == v.id && old.version <= v.version && old.directory <= v.directory {
			delete(s.plans, old)
		}
	}
	s.plans[v] = l
	s.mu.Unlock()
	return l, nil
}

// planOf is a plan from its document.
func planOf(id, doc string) (p plan.Plan, err error) {
	if err := json.Unmarshal([]byte(doc), &p); err != nil {
		return p, fmt.Errorf("ledger: plan %s: %w", id, err)
	}
	return p, nil
}

// PlanIDs are all plans, the earliest launched first.
func (s *Store) PlanIDs(ctx context.Context) (ids []string, err error) {
	err = s.all(ctx, &ids, `SELECT id FROM plans ORDER BY launched_at, id`)
	return ids, err
}

// EverydayPlanIDs are the plans of everyday lists, the earliest launched first: all that are
// not archived.
func (s *Store) EverydayPlanIDs(ctx context.Context) (ids []string, err error) {
	err = s.all(ctx, &ids, `SELECT id FROM plans WHERE archived_at IS NULL ORDER BY launched_at, id`)
	return ids, err
}

// Zone is the time zone of the plan launched last: days and hours of what belongs to no
// plan, such as a backup, are told in it. Before there is a plan it is Beijing's.
func (s *Store) Zone(ctx context.Context) (*time.Location, error) {
	var names []string
	err := s.all(ctx, &names, `SELECT zone FROM plans ORDER BY launched_at DESC, id DESC LIMIT 1`)
	return calendar.Zone(strings.Join(names, "")), err
}

// Plans are all plans with their counts, the earliest launched first.
func (s *Store) Plans(ctx context.Context) ([]PlanInfo, error) {
	var rows []struct {
		PlanInfo
		Clock    string       `db:"clock"`
		Launched time.Time    `db:"launched_at"`
		Ended    sql.NullTime `db:"ended_at"`
		Archived sql.NullTime `db:"archived_at"`
	}
	err := s.all(ctx, &rows, `SELECT p.id, p.title, p.hash, p.zone, p.clock, p.launched_at, p.ended_at, p.archived_at,
		COUNT(CASE WHEN t.kind = 'dated' THEN 1 END) AS tasks,
		COUNT(CASE WHEN t.kind = 'duty' THEN 1 END) AS duties,
		COUNT(CASE WHEN t.kind = 'standing' THEN 1 END) AS standing,
		COUNT(CASE WHEN t.kind = 'dated' AND t.state = 'open' THEN 1 END) AS open,
		COUNT(CASE WHEN t.kind = 'dated' AND t.state = 'closed' THEN 1 END) AS closed,
		COUNT(CASE WHEN t.kind = 'dated' AND t.state = 'cancelled' THEN 1 END) AS cancelled,
		COUNT(CASE WHEN t.kind = 'dated' AND t.state = 'carried' THEN 1 END) AS carried,
		COUNT(CASE WHEN t.kind <> 'standing' AND t.state = 'open' AND NOT t.armed THEN 1 END) AS unarmed
		FROM plans p LEFT JOIN tasks t ON t.plan = p.id
		GROUP BY p.id, p.title, p.hash, p.zone, p.clock, p.launched_at, p.ended_at, p.archived_at ORDER BY p.launched_at, p.id`)
	if err != nil {
		return nil, err
	}
	infos := make([]PlanInfo, len(rows))
	for i, r := range rows {
		infos[i] = r.PlanInfo
		infos[i].Launched, infos[i].Ended, infos[i].Archived = r.Launched.UTC(), fromNull(r.Ended), fromNull(r.Archived)
		if err := json.Unmarshal([]byte(r.Clock), &infos[i].Clock); err != nil {
			return nil, fmt.Errorf("ledger: plan %s: clock: %w", r.ID, err)
		}
	}
	return infos, nil
}

// Calendar is every notice that was imported, in order of year. What it gives is
// shared: do not change it. It costs one small query unless a notice has changed.
func (s *Store) Calendar(ctx context.Context) ([]calendar.Year, error) {
	var versions []struct {
		Year    int `db:"year"`
		Version int `db:"version"`
	}
	if err := s.all(ctx, &versions, `SELECT year, version FROM calendars ORDER BY year`); err != nil {
		return nil, err
	}
	have := fmt.Sprint(versions)
	s.mu.Lock()
	years, known := s.years, have == s.yearsAre
	s.mu.Unlock()
	if known {
		return years, nil
	}
	var docs []string
	if err := s.all(ctx, &docs, `SELECT doc FROM calendars ORDER BY year`); err != nil {
		return nil, err
	}
	years = make([]calendar.Year, len(docs))
	for i, doc := range docs {
		if err := json.Unmarshal([]byte(doc), &years[i]); err != nil {
			return nil, fmt.Errorf("ledger: calendar: %w", err)
		}
	}
	s.mu.Lock()
	s.years, s.yearsAre = years, have
	s.mu.Unlock()
	return years, nil
}
