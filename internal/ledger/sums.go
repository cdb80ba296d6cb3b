package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// Summed is N tasks of one unit, month and clause that are alike in the other fields too.
type Summed struct {
	Lead, Clause string
	Month        string // of the due date: 2021-06
	Kind         plan.Kind
	Occurrence   bool
	Phase        act.State
	Light        plan.Light
	Overdue      bool
	Inherited    bool // late already when the unit was given them
	N            int
	First        int // place of the first of them in the plan's document
}

// SummedTalks is how many talks, opened for tasks or for occurrences, a unit was called to.
type SummedTalks struct {
	Unit       string `db:"unit"`
	Occurrence bool   `db:"occurrence"`
	N          int    `db:"n"`
}

// Sums are what a plan's tasks come to on a day, by unit, month and clause.
type Sums struct {
	Tasks  []Summed
	Talks  []SummedTalks  // to which units were called: see talksCounted
	Missed map[string]int // by unit: how many dates it missed of tasks that were given to another unit afterwards
}

// Sum sums a plan up on a day. See List.
func (s *Store) Sum(ctx context.Context, l *Launched, basis string, cal *calendar.Calendar, today calendar.Day) (sums Sums, ok bool, err error) {
	if Basis(*l, cal) != basis {
		return sums, false, nil
	}
	err = s.outlook(ctx, l, basis, cal, func(r *outlookReader) error {
		if ok = r.ok; !ok {
			return nil
		}
		var err error
		if sums.Tasks, err = r.sums(today); err != nil {
			return err
		}
		err = r.all(&sums.Talks, `SELECT k.lead AS unit, t.duty <> '' AS occurrence, COUNT(*) AS n`+talksCounted+`
			GROUP BY k.lead, t.duty <> '' ORDER BY k.lead, t.duty <> ''`, l.Plan.ID)
		if err != nil {
			return err
		}
		sums.Missed, err = r.missed()
		return err
	})
	return sums, ok, err
}

// talksCounted chooses the talks k that count, and the tasks t that they were opened for:
// one of the tasks that each is about is neither cancelled nor carried on. What has joined
// another counts with that one.
const talksCounted = ` FROM talks k JOIN tasks t ON t.plan = k.plan AND t.id = k.task
	WHERE k.plan = ? AND k.what <> 'circular' AND k.state NOT IN ('void', 'declined', 'carried', 'joined')
	AND EXISTS (SELECT 1 FROM talks p JOIN tasks o ON o.plan = p.plan AND o.id = p.task
		WHERE p.plan = k.plan AND (p.id = k.id OR p.host = k.id) AND o.state NOT IN ('cancelled', 'carried') AND o.kind = 'dated')`

func (r *outlookReader) sums(today calendar.Day) (all []Summed, err error) {
	day := today.String()
	w := r.where(ListFilter{})
	var rows []struct {
		Lead       string     `db:"lead"`
		Clause     string     `db:"clause"`
		Month      string     `db:"month"`
		Kind       plan.Kind  `db:"kind"`
		Occurrence bool       `db:"occurrence"`
		Phase      act.State  `db:"phase"`
		Light      plan.Light `db:"light"`
		Overdue    bool       `db:"overdue"`
		Inherited  bool       `db:"inherited"`
		N          int        `db:"n"`
		First      int        `db:"first"`
	}
	query := `SELECT lead, clause, month, kind, occurrence, phase, light, runs AND light = 'red' AS overdue, inherited, COUNT(*) AS n, MIN(position) AS first FROM (SELECT o.lead, o.clause,
		substr(o.due, 1, 7) AS month, o.kind, o.duty <> '' AS occurrence, o.phase, o.runs, o.inherited, o.position, ` + lightOn + ` AS light FROM outlook o` + w.String() + `) AS lights
		GROUP BY lead, clause, month, kind, occurrence, phase, light, runs AND light = 'red', inherited`
	if err := r.all(&rows, query, append([]any{day, day, day}, w.args...)...); err != nil {
		return nil, err
	}
	for _, row := range rows {
		all = append(all, Summed(row))
	}
	for _, t := range r.stale {
		light := t.Outlook.Light(today)
		month := t.now.Due.String()
		all = append(all, Summed{Lead: t.now.Lead, Clause: t.now.Clause, Month: month[:min(7, len(month))], Kind: t.now.Kind, Occurrence: t.now.Duty != "", Phase: t.Outlook.State,
			Light: light, Overdue: light == plan.Red && t.Runs, Inherited: t.inherited, N: 1, First: t.Position})
	}
	return all, nil
}

// Lights are the lights that a plan's tasks show on a day, without those that show none.
// See List.
func (s *Store) Lights(ctx context.Context, l *Launched, basis string, cal *calendar.Calendar, today calendar.Day) (lights map[string]plan.Light, ok bool, err error) {
	if Basis(*l, cal) != basis {
		return nil, false, nil
	}
	err = s.outlook(ctx, l, basis, cal, func(r *outlookReader) error {
		if ok = r.ok; !ok {
			return nil
		}
		lights = map[string]plan.Light{}
		day := today.String()
		w := r.where(ListFilter{Kinds: []plan.Kind{plan.Dated}})
		w.add("o.lamp <> ''")
		var rows []Place
		if err := r.all(&rows, `SELECT o.task, `+lightOn+` AS light FROM outlook o`+w.String(), append([]any{day, day, day}, w.args...)...); err != nil {
			return err
		}
		for _, row := range rows {
			lights[row.Task] = row.Light
		}
		for _, t := range r.stale {
			if light := t.Outlook.Light(today); t.now.Kind == plan.Dated && light != "" {
				lights[t.now.ID] = light
			}
		}
		return nil
	})
	return lights, ok, err
}

func (r *outlookReader) missed() (map[string]int, error) {
	w := r.where(ListFilter{})
	w.add("o.missed <> ''")
	var all []string
	if err := r.all(&all, `SELECT o.missed FROM outlook o`+w.String(), w.args...); err != nil {
		return nil, err
	}
	missed := map[string]int{}
	for _, text := range all {
		var units []string
		if err := json.Unmarshal([]byte(text), &units); err != nil {
			return nil, fmt.Errorf("ledger: outlooks of %s: %w", r.l.Plan.ID, err)
		}
		for _, u := range units {
			missed[u]++
		}
	}
	for _, t := range r.stale {
		for _, u := range t.missed {
			missed[u]++
		}
	}
	return missed, nil
}

// charged tells against whom a task's misses count: inherited is true where the task was
// late already when its present unit was given it, so that the miss is not that unit's;
// missed are the units that led it before and missed a date, once for each date, sorted.
func charged(rules act.Rules, t Task) (inherited bool, missed []string) {
	c := CaseOf(t)
	if t.Kind != plan.Dated || t.Due.IsZero() || t.State == TaskCancelled || t.State == TaskCarried {
		return false, nil
	}
	for _, m := range c.Misses {
		missed = append(missed, m.Unit)
	}
	slices.Sort(missed)
	return c.Inherited(rules), missed
}

// asMissed is how an outlook holds the units that missed a date.
func asMissed(units []string) string {
	if len(units) == 0 {
		return ""
	}
	return asJSON(units)
}
