package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// ListFilter chooses lines of a list. Empty fields choose all.
type ListFilter struct {
	Units       []string // that lead or assist
	Seat        string   // a unit that leads, assists or was asked for a part
	Lights      []plan.Light
	Phases      []act.State
	Kinds       []plan.Kind
	Occurrences bool // occurrences of duties: only them, or beside Kinds
}

// Place says where a line stands in a list.
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
	Talks  []Talk
	Total  int // lines that were chosen, on whatever page
}

// mostStale is how many tasks a reader works out for itself; beyond it, reading
// all of them is no dearer.
const mostStale = 2000

// List is one page of a plan's tasks on a day, the gravest first. l is the plan's
// Frame, cal the reader's calendar. ok is false when the outlooks kept are of
// another basis, or too many are stale: then read everything. l gets what the
// document says of the tasks of the page.
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
		if page.Total, err = r.total(f, today); err != nil || page.Total == 0 {
			return err
		}
		most := page.Total // no light is asked for once all have been found
		if limit > 0 {
			most = min(most, skip+limit)
		}
		places, err := r.places(f, today, most)
		if err != nil {
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

// Places are where the first lines of a list stand, all when most is 0, and how many
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
		if total, err = r.total(f, today); err != nil || total == 0 {
			return err
		}
		if most == 0 || most > total {
			most = total
		}
		places, err = r.places(f, today, most)
		return err
	})
	return places, total, ok, err
}

// Counted is how many tasks show a light.
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
	Talks  int  // called, of tasks that are not cancelled
	Next   Page // of the task of which something is said next, if of any
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
		err = r.one(&tally.Talks, `SELECT COUNT(*) FROM talks k JOIN tasks t ON t.plan = k.plan AND t.id = k.task
			WHERE k.plan = ? AND k.what <> 'circular' AND k.state NOT IN ('void', 'declined', 'carried') AND t.state NOT IN ('cancelled', 'carried') AND t.kind = 'dated'`, l.Plan.ID)
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

// outlookReader reads outlooks of one plan in one state of the ledger, and works
// out those that are stale.
type outlookReader struct {
	s     *Store
	l     *Launched
	one   reading
	all   reading
	ok    bool
	stale []workedTask
}

// outlook reads in one state of the ledger.
func (s *Store) outlook(ctx context.Context, l *Launched, basis string, cal *calendar.Calendar, do func(*outlookReader) error) error {
	book, err := BookOf(*l, cal)
	if err != nil {
		return err
	}
	return s.read(ctx, func(ctx context.Context) error {
		v, err := s.reader.BeginTxx(ctx, s.d.snapshot())
		if err != nil {
			return err
		}
		defer v.Rollback() //nolint:errcheck // it only read
		r := &outlookReader{s: s, l: l,
			one: func(dest any, query string, args ...any) error {
				return found(v.GetContext(ctx, dest, v.Rebind(query), args...))
			},
			all: func(dest any, query string, args ...any) error {
				return v.SelectContext(ctx, dest, v.Rebind(query), args...)
			},
		}
		if err := r.begin(book, basis); err != nil {
			return err
		}
		return do(r)
	})
}

// begin works out what is stale.
func (r *outlookReader) begin(book act.Book, basis string) error {
	var now string
	switch err := r.one(&now, `SELECT o.basis FROM outlook_plans o JOIN plans p ON p.id = o.plan AND p.version = o.version WHERE o.plan = ?`, r.l.Plan.ID); {
	case errors.Is(err, ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	var ids []string
	if err := r.all(&ids, fmt.Sprintf(`SELECT task FROM outlook_stale WHERE plan = ? ORDER BY task LIMIT %d`, mostStale+1), r.l.Plan.ID); err != nil {
		return err
	}
	if r.ok = now == basis && len(ids) <= mostStale; !r.ok || len(ids) == 0 {
		return nil
	}
	var err error
	r.stale, err = workOut(r.all, r.s.d, *r.l, book, r.s.d.list(ids))
	return err
}

// fresh is a condition on outlook o: it is not stale.
const fresh = `NOT EXISTS (SELECT 1 FROM outlook_stale s WHERE s.plan = o.plan AND s.task = o.task)`

func (r *outlookReader) where(f ListFilter) (w where) {
	w.add("o.plan = ?", r.l.Plan.ID)
	w.kinds(f)
	w.oneOf("o.phase", texts(f.Phases))
	if len(f.Units) > 0 {
		w.add("o.task IN (SELECT u.task FROM outlook_units u WHERE u.plan = ? AND u.part IN ('lead', 'assist') AND "+r.s.d.among("u.unit")+")", r.l.Plan.ID, r.s.d.list(f.Units))
	}
	if f.Seat != "" {
		w.add("o.task IN (SELECT u.task FROM outlook_units u WHERE u.plan = ? AND u.unit = ?)", r.l.Plan.ID, f.Seat)
	}
	if len(r.stale) > 0 {
		w.add(fresh)
	}
	return w
}

// kinds adds the condition that a line is of one of the kinds asked for.
func (w *where) kinds(f ListFilter) {
	switch {
	case f.Occurrences && len(f.Kinds) == 0:
		w.add("o.duty <> ''")
	case f.Occurrences:
		some := where{}
		some.oneOf("o.kind", texts(f.Kinds))
		w.add("("+some.terms[0]+" OR o.duty <> '')", some.args...)
	default:
		w.oneOf("o.kind", texts(f.Kinds))
	}
}

func texts[T ~string](values []T) (all []string) {
	for _, v := range values {
		all = append(all, string(v))
	}
	return all
}

// showOne adds the condition that one of several lights is shown on a day; none asks
// for nothing.
func (w *where) showOne(lights []plan.Light, day string) {
	var terms []string
	for _, light := range lights {
		one := where{}
		one.shows(light, day)
		terms, w.args = append(terms, "("+one.terms[0]+")"), append(w.args, one.args...)
	}
	if len(terms) > 0 {
		w.terms = append(w.terms, "("+strings.Join(terms, " OR ")+")")
	}
}

// shows adds the condition that a light is shown on a day.
func (w *where) shows(light plan.Light, day string) {
	switch light {
	case plan.DoneLate, plan.Done:
		w.add("o.lamp = ?", string(light))
	case plan.Red: // whose first day is after the due date: so the index gives no others
		w.add("o.lamp = 'open' AND o.red <= ? AND o.due < ?", day, day)
	case plan.Yellow:
		w.add("o.lamp = 'open' AND o.yellow <= ? AND o.red > ?", day, day)
	case plan.Blue:
		w.add("o.lamp = 'open' AND o.blue <= ? AND o.yellow > ? AND o.red > ?", day, day, day)
	case plan.Green:
		w.add("o.lamp = 'open' AND o.blue > ? AND o.yellow > ? AND o.red > ?", day, day, day)
	default:
		w.add("o.lamp = ''")
	}
}

// takes is the same of a stale task.
func (f ListFilter) takes(t workedTask, today calendar.Day) bool {
	part := func(parts ...string) func([2]string) bool {
		return func(p [2]string) bool { return slices.Contains(parts, p[1]) && slices.Contains(f.Units, p[0]) }
	}
	seat := func(p [2]string) bool { return p[0] == f.Seat }
	kind := len(f.Kinds) == 0 && !f.Occurrences || slices.Contains(f.Kinds, t.now.Kind) || f.Occurrences && t.now.Duty != ""
	return kind && (len(f.Phases) == 0 || slices.Contains(f.Phases, t.Outlook.State)) &&
		(len(f.Units) == 0 || slices.ContainsFunc(t.parts, part(partLead, partAssist))) &&
		(f.Seat == "" || slices.ContainsFunc(t.parts, seat)) && (len(f.Lights) == 0 || slices.Contains(f.Lights, t.Outlook.Light(today)))
}

// places are the first lines of a list, at most so many.
func (r *outlookReader) places(f ListFilter, today calendar.Day, most int) (all []Place, err error) {
	if len(f.Units) > 0 || f.Seat != "" { // a unit's tasks are few: all of them, at once
		w := r.where(f)
		w.showOne(f.Lights, today.String())
		day := today.String()
		err := r.all(&all, `SELECT o.task, o.due, o.position, o.duty, `+lightOn+` AS light FROM outlook o`+w.String(), append([]any{day, day, day}, w.args...)...)
		if err != nil {
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
	return len(r.stale) == 0 && len(f.Units) == 0 && f.Seat == ""
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
			var n int
			if err := r.one(&n, `SELECT COUNT(*) FROM outlook o`+w.String(), w.args...); err != nil {
				return nil, 0, err
			}
			if skip >= n {
				skip -= n
				continue
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

// lightOn is the light of outlook o on a day, given three times.
const lightOn = `CASE WHEN o.lamp <> 'open' THEN o.lamp WHEN o.red <= ? THEN 'red' WHEN o.yellow <= ? THEN 'yellow' WHEN o.blue <= ? THEN 'blue' ELSE 'green' END`

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
	err = r.one(&n, `SELECT COUNT(*) FROM outlook o`+w.String(), w.args...)
	for _, t := range r.stale {
		if f.takes(t, today) {
			n++
		}
	}
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
	slices.Sort(ids)
	var said []struct {
		Task    string `db:"task"`
		Written string `db:"written"`
	}
	if err := r.all(&said, `SELECT task, written FROM outlook WHERE plan = ? AND `+r.s.d.among("task"), r.l.Plan.ID, r.s.d.list(slices.Compact(ids))); err != nil {
		return false, err
	}
	known := map[string]bool{}
	r.l.Plan.Tasks = nil
	for _, row := range said {
		var w written
		if err := json.Unmarshal([]byte(row.Written), &w); err != nil {
			return false, fmt.Errorf("ledger: outlook of %s: %w", row.Task, err)
		}
		known[row.Task] = true
		r.l.Plan.Tasks = append(r.l.Plan.Tasks, plan.Task{ID: row.Task, Milestone: w.Milestone, Note: w.Note, Publish: w.Publish, Recur: w.Recur})
	}
	return !slices.ContainsFunc(tasks, func(t Task) bool { return !known[t.ID] && !known[t.Duty] }), nil
}

// counts tallies by what the counts of a plan ask.
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

// next is the task of which something is said next, if of any.
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
