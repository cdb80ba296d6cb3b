package query

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
)

// TaskFilter chooses lines of the list of tasks; empty fields choose all.
type TaskFilter struct {
	Plan string
	// Units, by ID, name or collective name: lines that one of them leads or assists in.
	Units []string
	// Leads, by ID, name or collective name: lines that one of them leads.
	Leads []string
	// From and Until are the first and the last due date; a zero one is no bound.
	From, Until calendar.Day
	Clause      string // as in the document
	Lights      []plan.Light
	States      []act.State
	Kinds       []string // dated, duty, standing; report.KindTask and KindOccurrence for the two sorts of dated lines
	// Skip lines are left out at the beginning, and at most Limit shown; 0: all.
	Skip, Limit int
	Numbered    bool // with each line's number in its plan, for which all of the plan's IDs are read
	withoutNext bool // Row.Next may be nil though there is a next step
	brief       bool // a row needs no more than ID, Key, Title, Lead, LeadID and Due
}

// TaskLine is a line of the list: a line of the book, and its plan. Part is what the unit
// that was asked for, or else the viewer's unit, does in it.
type TaskLine struct {
	Plan string `json:"plan"`
	Part string `json:"part,omitempty"` // lead, assist
	report.Row
}

// TaskPage is a part of the list of tasks.
type TaskPage = Page[TaskLine]

// Tasks are the chosen lines that the viewer may see, of every plan that concerns the viewer
// or of one, the gravest light first, then the earliest due date, then the document's order.
// *UnitError: no such plan has the unit.
func (r *Reader) Tasks(ctx context.Context, v Viewer, f TaskFilter) (TaskPage, error) {
	in, err := r.as(v)
	if err != nil {
		return TaskPage{}, err
	}
	return in.tasks(ctx, f)
}

func (r reading) tasks(ctx context.Context, f TaskFilter) (page TaskPage, err error) {
	sources, only, err := r.taskSources(ctx, f)
	if err != nil {
		return page, err
	}
	page.For = only
	page.Lines, page.Total, err = tasksOf(ctx, sources, f)
	return page, err
}

// tasksOf are the lines of one page, and how many there are in all.
func tasksOf(ctx context.Context, sources []*taskSource, f TaskFilter) (lines []TaskLine, total int, err error) {
	if len(sources) == 1 {
		return sources[0].lines(ctx, f.Skip, f.Limit)
	}
	most := 0
	if f.Limit > 0 {
		most = f.Skip + f.Limit
	}
	order, total, err := merged(ctx, sources, most)
	if err != nil {
		return nil, 0, err
	}
	order = order[min(f.Skip, len(order)):]
	if f.Limit > 0 {
		order = order[:min(f.Limit, len(order))]
	}
	lines, err = laidOut(ctx, sources, order)
	return lines, total, err
}

// taskSources gives a source for each plan of the list, and the name of the unit to which
// the list is narrowed.
func (r reading) taskSources(ctx context.Context, f TaskFilter) (sources []*taskSource, only string, err error) {
	plans, err := r.planIDs(ctx, f.Plan)
	if err != nil {
		return nil, "", err
	}
	named, leading := make([]naming, len(f.Units)), make([]naming, len(f.Leads))
	for i, name := range f.Units {
		named[i].name = name
	}
	for i, name := range f.Leads {
		leading[i].name = name
	}
	for _, id := range plans {
		p, err := r.framed(ctx, id)
		if err != nil {
			return nil, "", err
		}
		dir := p.Plan.Directory
		if !r.who.knows(dir) {
			continue
		}
		if r.who.named() {
			only = dir.Name(r.who.by.Unit)
		}
		var units []string
		for i := range named {
			units = append(units, named[i].in(dir)...)
		}
		var leads []string
		for i := range leading {
			leads = append(leads, leading[i].in(dir)...)
		}
		if len(f.Units) > 0 && len(units) == 0 || len(f.Leads) > 0 && len(leads) == 0 {
			continue
		}
		sources = append(sources, &taskSource{reading: r, plan: p, filter: f, units: units, leads: leads})
	}
	for _, n := range append(named, leading...) {
		if err := n.fault(); err != nil {
			return nil, "", err
		}
	}
	return sources, only, nil
}

// naming finds the units that a name means in several plans.
type naming struct {
	name  string
	known bool
	names []string // of all units, to suggest one when the name is unknown
}

// in are the IDs of the units that the name means in a plan, the office and the
// leadership among them; nil without a name.
func (n *naming) in(d people.Directory) []string {
	for _, u := range d.Units {
		n.names = append(n.names, u.Name)
	}
	if n.name == "" {
		return nil
	}
	ids, _, ok := d.Resolve(n.name)
	n.known = n.known || ok
	return ids
}

// fault is the *UnitError when no plan had a unit of the name, and nil otherwise.
func (n *naming) fault() error {
	if n.name == "" || n.known {
		return nil
	}
	return &UnitError{n.name, people.Near(n.name, n.names)}
}

// taskSource is one plan's part of the list.
type taskSource struct {
	reading
	plan   *framed
	filter TaskFilter
	units  []string // IDs of the units that filter.Units means in the plan
	leads  []string // IDs of the units that filter.Leads means in the plan

	all  []TaskLine // the chosen lines, when they were chosen by linesOfAll
	read bool       // all is set
}

func (s *taskSource) chosen() ledger.ListFilter {
	f := ledger.ListFilter{Units: s.units, Leads: s.leads, From: s.filter.From, Until: s.filter.Until, Clause: s.filter.Clause,
		Lights: s.filter.Lights, Phases: s.filter.States}
	for _, kind := range s.filter.Kinds {
		switch kind {
		case report.KindOccurrence:
			f.Occurrences = true
		case report.KindTask:
			f.Tasks = true
		default:
			f.Kinds = append(f.Kinds, plan.Kind(kind))
		}
	}
	if !s.who.oversees(s.plan.Plan.Directory) {
		f.Seat = s.who.by.Unit
	}
	return f
}

// lines are the plan's chosen lines from skip on, at most limit (0: all), and how many there
// are in all.
func (s *taskSource) lines(ctx context.Context, skip, limit int) (lines []TaskLine, total int, err error) {
	if s.plan.basis == "" || s.read {
		return s.linesOfAll(ctx, skip, limit)
	}
	if s.filter.brief {
		return s.briefLines(ctx, skip, limit)
	}
	page, ok, err := s.store.List(ctx, &s.plan.Launched, s.plan.basis, s.plan.cal, s.plan.today, s.chosen(), skip, limit)
	if err != nil {
		return nil, 0, err
	}
	if !ok {
		return s.linesOfAll(ctx, skip, limit)
	}
	numbers := map[string]int{}
	if s.filter.Numbered {
		if numbers, err = s.store.Numbers(ctx, s.plan.Plan.ID); err != nil {
			return nil, 0, err
		}
	}
	lines = []TaskLine{}
	stages, talks := s.seen(s.plan.Plan.Directory, page.Stages, page.Talks)
	rowsOf := report.Rows
	if s.filter.withoutNext {
		rowsOf = report.RowsWithoutNext
	}
	for i, row := range rowsOf(s.plan.Launched, page.Tasks, stages, talks, s.plan.today, s.plan.cal) {
		if !s.who.sees(page.Tasks[i]) {
			return nil, 0, fmt.Errorf("query: task %s of %s is chosen for %s, who may not see it", row.ID, s.plan.Plan.ID, s.who.by.Unit)
		}
		row.No = numbers[row.Key]
		lines = append(lines, s.line(row))
	}
	return lines, page.Total, nil
}

// briefLines are lines for a brief filter.
func (s *taskSource) briefLines(ctx context.Context, skip, limit int) (lines []TaskLine, total int, err error) {
	most := 0
	if limit > 0 {
		most = skip + limit
	}
	places, total, ok, err := s.store.Places(ctx, &s.plan.Launched, s.plan.basis, s.plan.cal, s.plan.today, s.chosen(), most)
	if err != nil {
		return nil, 0, err
	}
	if !ok {
		return s.linesOfAll(ctx, skip, limit)
	}
	var ids []string
	for _, p := range places[min(skip, len(places)):] {
		ids = append(ids, p.Task)
	}
	named, err := s.store.Named(ctx, s.plan.Plan.ID, ids)
	if err != nil {
		return nil, 0, err
	}
	dir := s.plan.Plan.Directory
	lines = []TaskLine{}
	for _, id := range ids {
		if t, there := named[id]; there {
			lines = append(lines, TaskLine{Plan: s.plan.Plan.ID, Row: report.Row{ID: t.Shown(), Key: t.ID, Title: t.Title, Lead: dir.Name(t.Lead), LeadID: t.Lead, Due: t.Due}})
		}
	}
	return lines, total, nil
}

// places are the sort keys of the plan's first lines, at most most of them, and how many lines
// there are in all.
func (s *taskSource) places(ctx context.Context, most int) (places []ledger.Place, total int, err error) {
	if s.plan.basis != "" {
		places, total, ok, err := s.store.Places(ctx, &s.plan.Launched, s.plan.basis, s.plan.cal, s.plan.today, s.chosen(), most)
		if ok || err != nil {
			return places, total, err
		}
	}
	lines, total, err := s.linesOfAll(ctx, 0, most)
	for _, l := range lines {
		places = append(places, ledger.Place{Task: l.Key, Due: l.Due.String(), Light: l.Light})
	}
	return places, total, err
}

// linesOfAll chooses from all lines of the plan, when the ledger cannot: its outlooks follow
// other rules or another calendar, or are not computed yet.
func (s *taskSource) linesOfAll(ctx context.Context, skip, limit int) ([]TaskLine, int, error) {
	if !s.read {
		l, err := s.store.Plan(ctx, s.plan.Plan.ID)
		if err != nil {
			return nil, 0, err
		}
		tasks, err := s.store.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID})
		if err != nil {
			return nil, 0, err
		}
		seen := map[string]bool{}
		for _, t := range tasks {
			seen[t.ID] = s.who.sees(t)
		}
		book, err := s.book(ctx, l, tasks, false)
		if err != nil {
			return nil, 0, err
		}
		for _, row := range report.ByGravity(book.Tasks) {
			if line := s.line(row); seen[row.Key] && s.takes(line) {
				s.all = append(s.all, line)
			}
		}
		s.plan.Launched, s.read = l, true
	}
	lines := s.all[min(skip, len(s.all)):]
	if limit > 0 {
		lines = lines[:min(limit, len(lines))]
	}
	return append([]TaskLine{}, lines...), len(s.all), nil
}

func (s *taskSource) line(row report.Row) TaskLine {
	l := TaskLine{Plan: s.plan.Plan.ID, Row: row}
	switch {
	case len(s.filter.Units) > 0:
		l.Part = part(row, s.units, s.plan.Plan.Directory)
	case s.who.named():
		l.Part = part(row, []string{s.who.by.Unit}, s.plan.Plan.Directory)
	}
	return l
}

// part is what some of these units do in a line: lead, assist, or nothing.
func part(row report.Row, units []string, d people.Directory) string {
	if slices.Contains(units, row.LeadID) {
		return "lead"
	}
	if slices.ContainsFunc(units, func(id string) bool { return slices.Contains(row.Assist, d.Name(id)) }) {
		return "assist"
	}
	return ""
}

func (s *taskSource) takes(l TaskLine) bool {
	f := s.filter
	kind := len(f.Kinds) == 0 || slices.Contains(f.Kinds, string(l.Kind)) || slices.Contains(f.Kinds, report.KindOccurrence) && l.Duty != "" ||
		slices.Contains(f.Kinds, report.KindTask) && l.Kind == plan.Dated && l.Duty == ""
	placed := (f.From.IsZero() || !l.Due.Before(f.From)) && (f.Until.IsZero() || !l.Due.IsZero() && !l.Due.After(f.Until)) && (f.Clause == "" || l.Clause == f.Clause)
	return kind && placed && (len(f.Leads) == 0 || slices.Contains(s.leads, l.LeadID)) && (len(f.Units) == 0 || l.Part != "") && (len(f.Lights) == 0 || slices.Contains(f.Lights, l.Light)) && (len(f.States) == 0 || slices.Contains(f.States, l.Phase))
}

// placed is the place of a line in a list of several plans: the index of its source, and of
// the line within the source.
type placed struct {
	ledger.Place
	source, at int
}

// merged are the first lines of several plans in the order of the list.
func merged(ctx context.Context, sources []*taskSource, most int) (order []placed, total int, err error) {
	for i, s := range sources {
		places, n, err := s.places(ctx, most)
		if err != nil {
			return nil, 0, err
		}
		for at, p := range places {
			order = append(order, placed{p, i, at})
		}
		total += n
	}
	slices.SortStableFunc(order, func(a, b placed) int {
		return cmp.Or(report.Graver(report.Row{Light: a.Light, Due: dayOf(a.Due)}, report.Row{Light: b.Light, Due: dayOf(b.Due)}), a.source-b.source, a.at-b.at)
	})
	return order, total, nil
}

func dayOf(text string) (d calendar.Day) {
	_ = d.UnmarshalText([]byte(text)) // the ledger writes days as YYYY-MM-DD
	return d
}

// laidOut reads the lines of a page of several plans, with one read for each plan, for its
// lines on a page follow one another.
func laidOut(ctx context.Context, sources []*taskSource, order []placed) ([]TaskLine, error) {
	lines := make([]TaskLine, 0, len(order))
	stretches := make([][]TaskLine, len(sources))
	first := make([]int, len(sources))
	for i, s := range sources {
		count := 0
		for _, p := range order {
			if p.source == i {
				if count == 0 {
					first[i] = p.at
				}
				count++
			}
		}
		if count == 0 {
			continue
		}
		var err error
		if stretches[i], _, err = s.lines(ctx, first[i], count); err != nil {
			return nil, err
		}
	}
	for _, p := range order {
		if at := p.at - first[p.source]; at < len(stretches[p.source]) { // a line may have gone since places was read
			lines = append(lines, stretches[p.source][at])
		}
	}
	return lines, nil
}
