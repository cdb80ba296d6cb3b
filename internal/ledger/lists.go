package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// ListFilter chooses lines of a list. Empty fields choose all.
type ListFilter struct {
	Units       []string     // that lead or assist
	Leads       []string     // that lead
	From, Until calendar.Day // due on one of these days or between; zero asks for nothing
	Clause      string
	Seat        string // a unit that leads, assists or was asked for a part
	Lights      []plan.Light
	Phases      []act.State
	Kinds       []plan.Kind
	Occurrences bool // occurrences of duties; a line that Kinds, Occurrences or Tasks chooses is chosen
	Tasks       bool // tasks with a date that are no occurrences; likewise
}

// Place says where a line is in a list.
type Place struct {
	Task     string     `db:"task"`
	Due      string     `db:"due"`
	Position int        `db:"position"`
	Duty     string     `db:"duty"`
	Light    plan.Light `db:"light"`
}

// gravity is the lights in the order of a list, what has none last.
var gravity = []plan.Light{plan.Red, plan.Yellow, plan.Blue, plan.Green, plan.DoneLate, plan.Done, ""}

// compare orders lines: the gravest light first, then the earliest due date, then the document's order.
func (p Place) compare(q Place) int {
	return cmp.Or(slices.Index(gravity, p.Light)-slices.Index(gravity, q.Light), cmp.Compare(p.Due, q.Due), cmp.Compare(p.Position, q.Position),
		cmp.Compare(p.Duty, q.Duty), cmp.Compare(p.Task, q.Task))
}

// Page is one page of a list, and what its lines need.
type Page struct {
	Places []Place // of Tasks, in order
	Tasks  []Task
	Stages []Stage // decided, of these tasks
	Talks  []Talk  // about these tasks, and the talks that these have joined
	Total  int     // lines that were chosen, on whatever page
}

// List is one page of a plan's tasks on a day, the gravest first, read from outlooks. l
// and basis are what Frame gave, cal is the reader's calendar. ok is false when the
// outlooks kept are of another basis, or too many are stale: then the caller reads every
// task. List puts into l what the document says of the tasks of the page.
func (s *Store) List(ctx context.Context, l *Launched, basis string, cal *calendar.Calendar, today calendar.Day, f ListFilter, skip, limit int) (page Page, ok bool, err error) {
	if Basis(*l, cal) != basis {
		return page, false, nil
	}
	err = s.outlook(ctx, l, basis, cal, func(r *outlookReader) error {
		if ok = r.ok; !ok {
			return nil
		}
		page = Page{}
		var err error
		if limit > 0 && r.straight(f) {
			var places []Place
			if places, page.Total, err = r.stretch(f, today, skip, limit); err != nil {
				return err
			}
			ok, err = r.fill(&page, places)
			return err
		}
		most := 0
		if limit > 0 {
			most = skip + limit
		}
		places, total, err := r.first(f, today, most)
		if page.Total = total; err != nil || total == 0 {
			return err
		}
		if limit > 0 {
			places = places[min(skip, len(places)):min(skip+limit, len(places))]
		}
		ok, err = r.fill(&page, places)
		return err
	})
	return page, ok, err
}

// Places are where the first lines of a list are, all when most is 0, and how many
// lines there are: for lists of several plans. See List.
func (s *Store) Places(ctx context.Context, l *Launched, basis string, cal *calendar.Calendar, today calendar.Day, f ListFilter, most int) (places []Place, total int, ok bool, err error) {
	if Basis(*l, cal) != basis {
		return nil, 0, false, nil
	}
	err = s.outlook(ctx, l, basis, cal, func(r *outlookReader) error {
		if ok = r.ok; !ok {
			return nil
		}
		var err error
		places, total, err = r.first(f, today, most)
		return err
	})
	return places, total, ok, err
}

// first are the first lines of a list, at most so many, all when most is 0, and how many lines
// there are.
func (r *outlookReader) first(f ListFilter, today calendar.Day, most int) (places []Place, total int, err error) {
	if ofUnits(f) { // all are read in any case
		places, err = r.places(f, today, math.MaxInt)
		total = len(places)
		return places[:min(total, cmp.Or(most, total))], total, err
	}
	if total, err = r.total(f, today); err != nil || total == 0 {
		return nil, total, err
	}
	places, err = r.places(f, today, min(total, cmp.Or(most, total))) // no further light is asked for once so many are found
	return places, total, err
}

// ofUnits tells that a list is chosen by units: their lines are few.
func ofUnits(f ListFilter) bool { return len(f.Units)+len(f.Leads) > 0 || f.Seat != "" }

// places are the first lines of a list, at most so many.
func (r *outlookReader) places(f ListFilter, today calendar.Day, most int) (all []Place, err error) {
	if ofUnits(f) { // all of them, at once
		var queries []string
		var args []any
		for _, w := range r.ofThem(f) {
			queries = append(queries, `SELECT o.task, o.due, o.position, o.duty, `+lightOn+` AS light FROM outlook o`+w.String())
			args = append(append(args, today.String(), today.String(), today.String()), w.args...)
		}
		lit := where{} // asked of the lights as worked out, so that the lines are found by their units and not by their lights
		lit.oneOf("light", texts(f.Lights))
		if err := r.all(&all, `SELECT task, due, position, duty, light FROM (`+strings.Join(queries, " UNION ALL ")+`) AS lines`+lit.String(), append(args, lit.args...)...); err != nil {
			return nil, err
		}
		return r.withStale(all, f, today, most), nil
	}
	for _, light := range gravity {
		if len(f.Lights) > 0 && !slices.Contains(f.Lights, light) {
			continue
		}
		w := r.where(f)
		w.shows(light, today.String())
		query := fmt.Sprintf(`SELECT o.task, o.due, o.position, o.duty FROM outlook o%s ORDER BY o.due, o.position, o.duty, o.task LIMIT %d`, w.String(), most-len(all))
		var some []Place
		if err := r.all(&some, query, w.args...); err != nil {
			return nil, err
		}
		for i := range some {
			some[i].Light = light
		}
		if all = append(all, some...); len(all) >= most {
			break
		}
	}
	return r.withStale(all, f, today, most), nil
}

// straight tells that the list can be walked light by light in its order: nothing is
// stale, and it is not chosen by units.
func (r *outlookReader) straight(f ListFilter) bool {
	return len(r.stale) == 0 && !ofUnits(f)
}

// stretch is one page of a list that is straight, and how many lines there are: what
// comes before the page is counted and not read.
func (r *outlookReader) stretch(f ListFilter, today calendar.Day, skip, limit int) (places []Place, total int, err error) {
	if total, err = r.total(f, today); err != nil || total <= skip {
		return nil, total, err
	}
	for _, light := range gravity {
		if len(f.Lights) > 0 && !slices.Contains(f.Lights, light) {
			continue
		}
		w := r.where(f)
		w.shows(light, today.String())
		if skip > 0 {
			n, err := r.count(f, w)
			if err != nil {
				return nil, 0, err
			}
			if skip >= n {
				skip -= n
				continue
			}
			if skip, err = r.advance(f, &w, skip); err != nil {
				return nil, 0, err
			}
		}
		query := `SELECT o.task, o.due, o.position, o.duty FROM outlook o` + w.String() + ` ORDER BY o.due, o.position, o.duty, o.task` + page(skip, limit-len(places))
		var some []Place
		if err := r.all(&some, query, w.args...); err != nil {
			return nil, 0, err
		}
		for i := range some {
			some[i].Light = light
		}
		if places, skip = append(places, some...), 0; len(places) == min(limit, total) {
			break
		}
	}
	return places, total, nil
}

// advance has w, the conditions of a list by due date, begin with the date on which the line
// stands before which skip others do, and gives how many of that date stand before it: what is
// due earlier is not walked. A list that outlook_counts cannot count is left as it is.
func (r *outlookReader) advance(f ListFilter, w *where, skip int) (rest int, err error) {
	if !r.counted(f) {
		return skip, nil
	}
	var days []struct {
		Due string `db:"due"`
		N   int    `db:"n"`
	}
	if err := r.all(&days, `SELECT o.due AS due, SUM(o.n) AS n FROM outlook_counts o`+w.String()+` GROUP BY o.due ORDER BY o.due`, w.args...); err != nil {
		return 0, err
	}
	for _, d := range days {
		if skip < d.N {
			w.add("o.due >= ?", d.Due)
			return skip, nil
		}
		skip -= d.N
	}
	return 0, fmt.Errorf("ledger: %d lines are missing from the counts of %s", skip+1, r.l.Plan.ID)
}

// counted tells that outlook_counts has the columns that the list is chosen by, and counts what
// outlook has.
func (r *outlookReader) counted(f ListFilter) bool { return r.straight(f) && f.Clause == "" }

// withStale are the first of these lines and of the stale ones that are chosen.
func (r *outlookReader) withStale(all []Place, f ListFilter, today calendar.Day, most int) []Place {
	for _, t := range r.stale {
		if f.takes(t, today) {
			all = append(all, Place{t.now.ID, t.now.Due.String(), t.Position, t.now.Duty, t.Outlook.Light(today)})
		}
	}
	slices.SortFunc(all, Place.compare)
	return all[:min(most, len(all))]
}

func (r *outlookReader) total(f ListFilter, today calendar.Day) (n int, err error) {
	w := r.where(f)
	w.showOne(f.Lights, today.String())
	n, err = r.count(f, w)
	for _, t := range r.stale {
		if f.takes(t, today) {
			n++
		}
	}
	return n, err
}

// count is how many outlooks meet conditions that follow from f: from outlook_counts, which has
// the columns of outlook that the conditions ask, unless they ask for a unit, a clause, or what
// is not stale.
func (r *outlookReader) count(f ListFilter, w where) (n int, err error) {
	if r.counted(f) {
		err = r.one(&n, `SELECT COALESCE(SUM(o.n), 0) FROM outlook_counts o`+w.String(), w.args...)
		return n, err
	}
	err = r.one(&n, `SELECT COUNT(*) FROM outlook o`+w.String(), w.args...)
	return n, err
}

// fill reads the rows of a page. ok is false when the document's words on one of
// them are not known yet.
func (r *outlookReader) fill(page *Page, places []Place) (ok bool, err error) {
	page.Places = places
	if len(places) == 0 {
		return true, nil
	}
	var ids, documents []string
	for _, p := range places {
		ids, documents = append(ids, p.Task), append(documents, p.Task, p.Duty)
	}
	list := r.s.d.list(ids)
	var rows []taskRow
	if err := r.all(&rows, `SELECT `+taskColumns+` FROM tasks WHERE plan = ? AND `+r.s.d.among("id"), r.l.Plan.ID, list); err != nil {
		return false, err
	}
	tasks, err := tasksOf(rows)
	if err != nil || len(tasks) != len(places) {
		return false, err
	}
	at := map[string]int{}
	for i, p := range places {
		at[p.Task] = i
	}
	slices.SortFunc(tasks, func(a, b Task) int { return at[a.ID] - at[b.ID] })
	page.Tasks = tasks
	var stages []stageRow
	if err := r.all(&stages, `SELECT `+stageList+` FROM stages WHERE plan = ? AND `+r.s.d.among("task")+` ORDER BY at, task, id, talk, revision`, r.l.Plan.ID, list); err != nil {
		return false, err
	}
	if page.Stages, err = stagesOf(stages); err != nil {
		return false, err
	}
	if page.Talks, err = talksOf(r.all, r.s.d, r.l.Plan.ID, list); err != nil {
		return false, err
	}
	return r.documents(documents, tasks)
}

// documents adds to the plan what its document says of tasks.
func (r *outlookReader) documents(ids []string, tasks []Task) (ok bool, err error) {
	known, err := documents(r.all, r.s.d, r.l, ids)
	return !slices.ContainsFunc(tasks, func(t Task) bool { return !known[t.ID] && !known[t.Duty] }), err
}

// documents puts what a plan's document says of tasks into the plan's frame l, as far as
// outlooks hold it; known are the tasks of which they do.
func documents(all reading, d dialect, l *Launched, ids []string) (known map[string]bool, err error) {
	slices.Sort(ids)
	var said []struct {
		Task    string `db:"task"`
		Written string `db:"written"`
	}
	if err := all(&said, `SELECT task, written FROM outlook WHERE plan = ? AND `+d.among("task"), l.Plan.ID, d.list(slices.Compact(ids))); err != nil {
		return nil, err
	}
	known = map[string]bool{}
	l.Plan.Tasks, l.Plan.Sections = nil, nil
	for _, row := range said {
		var w written
		if row.Written == "" { // of the plan before an amendment
			continue
		}
		if err := json.Unmarshal([]byte(row.Written), &w); err != nil {
			return nil, fmt.Errorf("ledger: outlook of %s: %w", row.Task, err)
		}
		known[row.Task] = true
		l.Plan.Tasks = append(l.Plan.Tasks, w.task(row.Task))
		if w.Section != nil {
			l.Plan.Sections = append(l.Plan.Sections, *w.Section)
		}
	}
	return known, nil
}

// Documents puts what a plan's document says of some tasks into l, the plan's Frame, for
// callers who do not need the whole document. ok is false when outlooks do not hold it for
// every task, or are of another basis: then the caller reads the Plan. Stale outlooks serve
// too: acts do not change the document.
func (s *Store) Documents(ctx context.Context, l *Launched, basis string, cal *calendar.Calendar, tasks []Task) (ok bool, err error) {
	if basis == "" || Basis(*l, cal) != basis {
		return false, nil
	}
	var ids []string
	for _, t := range tasks {
		ids = append(ids, t.ID)
		if t.Duty != "" {
			ids = append(ids, t.Duty)
		}
	}
	known, err := documents(func(dest any, query string, args ...any) error { return s.all(ctx, dest, query, args...) }, s.d, l, ids)
	return err == nil && !slices.ContainsFunc(tasks, func(t Task) bool { return !known[t.ID] && !known[t.Duty] }), err
}

// Numbers are the places of a plan's tasks in its list, from 1.
func (s *Store) Numbers(ctx context.Context, planID string) (map[string]int, error) {
	var ids []string
	if err := s.all(ctx, &ids, `SELECT id FROM tasks WHERE plan = ? ORDER BY position, duty, due, id`, planID); err != nil {
		return nil, err
	}
	numbers := make(map[string]int, len(ids))
	for i, id := range ids {
		numbers[id] = i + 1
	}
	return numbers, nil
}
