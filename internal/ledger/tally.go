package ledger

import (
	"cmp"
	"context"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// Counted is N tasks that are alike in the other fields.
type Counted struct {
	Kind       plan.Kind
	Occurrence bool
	Phase      act.State
	Light      plan.Light
	Overdue    bool
	N          int
}

// Tally is what a plan's tasks come to on a day.
type Tally struct {
	Counts []Counted
	Talks  int  // how many talks units were called to: see talksCounted
	Next   Page // of the one task about which the next word is said; empty where no word is to come
}

// Count tallies a plan on a day. See List.
func (s *Store) Count(ctx context.Context, l *Launched, basis string, cal *calendar.Calendar, today calendar.Day) (tally Tally, ok bool, err error) {
	if Basis(*l, cal) != basis {
		return tally, false, nil
	}
	err = s.outlook(ctx, l, basis, cal, func(r *outlookReader) error {
		if ok = r.ok; !ok {
			return nil
		}
		tally = Tally{}
		var err error
		if tally.Counts, err = r.counts(today); err != nil {
			return err
		}
		err = r.one(&tally.Talks, `SELECT COUNT(*)`+talksCounted, l.Plan.ID)
		if err != nil {
			return err
		}
		next, err := r.next()
		if err != nil {
			return err
		}
		ok, err = r.fill(&tally.Next, next)
		return err
	})
	return tally, ok, err
}

// counts counts the tasks that are alike in the fields of Counted.
func (r *outlookReader) counts(today calendar.Day) ([]Counted, error) {
	day := today.String()
	w := r.where(ListFilter{})
	var rows []struct {
		Kind       plan.Kind  `db:"kind"`
		Occurrence bool       `db:"occurrence"`
		Phase      act.State  `db:"phase"`
		Light      plan.Light `db:"light"`
		Overdue    bool       `db:"overdue"`
		N          int        `db:"n"`
	}
	query := `SELECT kind, occurrence, phase, light, runs AND light = 'red' AS overdue, COUNT(*) AS n FROM (SELECT o.kind, o.duty <> '' AS occurrence, o.phase, o.runs,
		` + lightOn + ` AS light FROM outlook o` + w.String() + `) AS lights GROUP BY kind, occurrence, phase, light, runs AND light = 'red'`
	if err := r.all(&rows, query, append([]any{day, day, day}, w.args...)...); err != nil {
		return nil, err
	}
	var all []Counted
	for _, c := range rows {
		all = append(all, Counted(c))
	}
	for _, t := range r.stale {
		light := t.Outlook.Light(today)
		all = append(all, Counted{t.now.Kind, t.now.Duty != "", t.Outlook.State, light, light == plan.Red && t.Runs, 1})
	}
	return all, nil
}

// next is the one task about which the next word is said; empty where no word is to come.
func (r *outlookReader) next() ([]Place, error) {
	type row struct {
		Place
		At time.Time `db:"next_at"`
	}
	w := r.where(ListFilter{})
	w.add("o.next_at IS NOT NULL")
	var all []row
	if err := r.all(&all, `SELECT o.task, o.due, o.position, o.duty, o.next_at FROM outlook o`+w.String()+` ORDER BY o.next_at, o.position, o.duty, o.due, o.task LIMIT 1`, w.args...); err != nil {
		return nil, err
	}
	for _, t := range r.stale {
		if !t.Next.IsZero() {
			all = append(all, row{Place{Task: t.now.ID, Due: t.now.Due.String(), Position: t.Position, Duty: t.now.Duty}, instant(t.Next)})
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	first := slices.MinFunc(all, func(a, b row) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Position, b.Position), cmp.Compare(a.Duty, b.Duty), cmp.Compare(a.Due, b.Due), cmp.Compare(a.Task, b.Task))
	})
	return []Place{first.Place}, nil
}
