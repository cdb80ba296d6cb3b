package query

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/water"
	"duban/internal/words"
)

// Refusals of a reading of sections.
var (
	// ErrNoSections: no plan that the viewer knows has a register of sections.
	ErrNoSections = errors.New("query: no plan has a register of sections")
	// ErrNoSuchSection: the register has no section of that name.
	ErrNoSuchSection = errors.New("query: no such section")
)

// WaterPlan is a plan with a register of sections, without its tasks, for everybody whom
// it concerns: the one named, or the only one; among several of one office the last.
// ErrNoSections, *WhichPlanError.
func (r *Reader) WaterPlan(ctx context.Context, v Viewer, planID string) (ledger.Launched, error) {
	in, err := r.as(v)
	if err != nil {
		return ledger.Launched{}, err
	}
	return in.waterPlan(ctx, planID)
}

// WaterReadings are the readings of a plan's sections, for everybody whom the plan
// concerns. ErrNoSections, *WhichPlanError.
func (r *Reader) WaterReadings(ctx context.Context, v Viewer, planID string, f ledger.ReadingFilter) ([]water.Reading, error) {
	in, err := r.as(v)
	if err != nil {
		return nil, err
	}
	l, err := in.waterPlan(ctx, planID)
	if err != nil {
		return nil, err
	}
	all, err := r.store.Readings(ctx, l.Plan.Directory.Office, f)
	return slices.DeleteFunc(all, func(one water.Reading) bool {
		_, ok := l.Plan.Water.Section(one.Section)
		return !ok
	}), err
}

// WaterWould is what readings would change in the ledger, for everybody whom the plan
// concerns; of outlets that the viewer may not see it says nothing. ErrNoSections, *WhichPlanError.
func (r *Reader) WaterWould(ctx context.Context, v Viewer, planID string, all []water.Reading) ([]ledger.ReadingChange, error) {
	in, err := r.as(v)
	if err != nil {
		return nil, err
	}
	l, err := in.waterPlan(ctx, planID)
	if err != nil {
		return nil, err
	}
	foreign := func(one water.Reading) bool {
		id, of := water.OutletAt(one.Section)
		o, _ := l.Plan.Incidents.Outlet(id)
		return of && !v.oversees(l.Plan.Directory) && !v.ofOutlet(o)
	}
	return r.store.WouldRead(ctx, l.Plan.Directory.Office, slices.DeleteFunc(slices.Clone(all), foreign))
}

// WaterMonth is a month's table of the sections of a plan.
type WaterMonth struct {
	Plan   string           `json:"plan"`
	Title  string           `json:"title"`
	Month  water.Month      `json:"month"`
	Rows   []water.Row      `json:"rows"`
	Sum    water.Sum        `json:"sum"`
	Year   water.Sum        `json:"year"`
	Months []water.Month    `json:"months"` // months with readings, the last first
	People people.Directory `json:"-"`
	Rivers []WaterRiver     `json:"rivers"`
	Tables int              `json:"-"` // number of the plan's tables of compensation
	Zones  int              `json:"-"` // number of its functional zones
}

// Write writes a month's table as an Excel workbook in the language of in.
func (m WaterMonth) Write(to io.Writer, in *words.Words) error {
	return report.Speak(in).WriteWater(to, m.People, report.WaterSheet{Title: m.Title, Month: m.Month, Rows: m.Rows, Sum: m.Sum, Year: m.Year})
}

// WaterRiver is a river's grade in the month and in the year so far.
type WaterRiver struct {
	Name  string    `json:"name"`
	Month water.Sum `json:"month"`
	Year  water.Sum `json:"year"`
}

// WaterMonth is a month's table, for everybody whom the plan concerns; the zero month means
// the last one with readings. ErrNoSections, *WhichPlanError.
func (r *Reader) WaterMonth(ctx context.Context, v Viewer, planID string, month water.Month) (w WaterMonth, err error) {
	in, err := r.as(v)
	if err != nil {
		return w, err
	}
	l, err := in.waterPlan(ctx, planID)
	if err != nil {
		return w, err
	}
	all, err := r.store.Readings(ctx, l.Plan.Directory.Office, ledger.ReadingFilter{})
	if err != nil {
		return w, err
	}
	w = WaterMonth{Plan: l.Plan.ID, Title: l.Plan.Title, Months: monthsOf(l.Plan.Water, all), People: l.Plan.Directory, Tables: len(l.Plan.Compensation), Zones: len(l.Plan.Water.Zones)}
	if month == (water.Month{}) && len(w.Months) > 0 {
		month = w.Months[0]
	}
	w.Month, w.Rows = month, []water.Row{}
	if month == (water.Month{}) {
		return w, nil
	}
	w.Rows = water.Table(l.Plan.Water, all, month)
	w.Sum, w.Year = water.SumOf(w.Rows, water.OfMonth), water.SumOf(w.Rows, water.OfYear)
	for _, river := range l.Plan.Water.Rivers() {
		var rows []water.Row
		for _, row := range w.Rows {
			if row.Section.River == river {
				rows = append(rows, row)
			}
		}
		w.Rivers = append(w.Rivers, WaterRiver{river, water.SumOf(rows, water.OfMonth), water.SumOf(rows, water.OfYear)})
	}
	return w, nil
}

// monthsOf are the months with readings of a register's sections, the last first.
func monthsOf(reg *water.Register, all []water.Reading) (months []water.Month) {
	seen := map[water.Month]bool{}
	for _, r := range all {
		if _, ok := reg.Section(r.Section); ok && !seen[r.Month] {
			seen[r.Month] = true
			months = append(months, r.Month)
		}
	}
	sortMonths(months)
	return months
}

// WaterSection is one section over time.
type WaterSection struct {
	Plan    string           `json:"plan"`
	Title   string           `json:"title"`
	Section water.Section    `json:"section"`
	Months  []WaterPoint     `json:"months"` // the earliest first
	Opened  []WaterTask      `json:"opened"` // tasks that rules have opened for the section and the viewer may see
	Scheme  *WaterScheme     `json:"scheme,omitempty"`
	People  people.Directory `json:"-"`
}

// WaterTask is a task that a rule has opened for a section's month.
type WaterTask struct {
	ID    string       `json:"id"`
	Title string       `json:"title"`
	State act.State    `json:"state"`
	Due   calendar.Day `json:"due"`
}

// WaterPoint is a section's month: its result, and all versions of its readings, first those
// of the month and then those of the year up to it.
type WaterPoint struct {
	Row      water.Row               `json:"row"`
	Month    water.Month             `json:"month"`
	Versions []ledger.ReadingVersion `json:"versions"`
}

// WaterSection is a section by its ID or name, with every month that has readings, for
// everybody whom the plan concerns. ErrNoSections, ErrNoSuchSection, *WhichPlanError.
func (r *Reader) WaterSection(ctx context.Context, v Viewer, planID, name string) (w WaterSection, err error) {
	in, err := r.as(v)
	if err != nil {
		return w, err
	}
	l, err := in.waterPlan(ctx, planID)
	if err != nil {
		return w, err
	}
	s, ok := l.Plan.Water.Section(name)
	if !ok {
		if s, ok = l.Plan.Water.ByName(name); !ok {
			return w, ErrNoSuchSection
		}
	}
	office := l.Plan.Directory.Office
	all, err := r.store.Readings(ctx, office, ledger.ReadingFilter{})
	if err != nil {
		return w, err
	}
	w = WaterSection{Plan: l.Plan.ID, Title: l.Plan.Title, Section: s, Months: []WaterPoint{}, People: l.Plan.Directory}
	if w.Scheme, err = in.scheme(ctx, l.Plan.ID, s); err != nil {
		return w, err
	}
	w.Opened = []WaterTask{}
	tasks, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID, From: string(act.OriginSection) + ":" + s.ID + "/", Prefix: water.SectionTasks(s.ID)})
	if err != nil {
		return w, err
	}
	for _, t := range tasks {
		if v.oversees(l.Plan.Directory) || v.sees(t) {
			w.Opened = append(w.Opened, WaterTask{t.ID, t.Title, t.Facts.State, t.Due})
		}
	}
	own := []water.Reading{}
	for _, one := range all {
		if one.Section == s.ID {
			own = append(own, one)
		}
	}
	came, err := r.store.ReadingVersions(ctx, office, s.ID)
	if err != nil {
		return w, err
	}
	months := monthsOf(&water.Register{Sections: []water.Section{s}}, own)
	slices.Reverse(months)
	for i, row := range water.Course(l.Plan.Water, all, s, months) {
		p := WaterPoint{Month: months[i], Row: row}
		for _, v := range came {
			if v.Reading.Month == p.Month {
				p.Versions = append(p.Versions, v)
			}
		}
		w.Months = append(w.Months, p)
	}
	return w, nil
}

// waterPlan is the plan that was named, or the only one with a register that concerns
// the viewer; among several of one office it is the last.
func (r reading) waterPlan(ctx context.Context, named string) (ledger.Launched, error) {
	return r.planWith(ctx, named, func(p *plan.Plan) bool { return p.Water != nil }, ErrNoSections)
}

// planWith is the plan that was named, or the only one for which sort is true and that
// concerns the viewer, without its tasks; among several of one office it is the last. none is
// the error when there is no such plan. *WhichPlanError.
func (r reading) planWith(ctx context.Context, named string, sort func(*plan.Plan) bool, none error) (found ledger.Launched, err error) {
	ids, err := r.planIDs(ctx, named)
	if err != nil {
		return found, err
	}
	var all []ledger.Launched
	for _, id := range ids {
		l, _, err := r.frame(ctx, id)
		if err != nil {
			return found, err
		}
		l.Plan.Tasks, l.Plan.Clauses, l.Plan.Sections = nil, nil, nil // a viewer whom the plan concerns may not see all of these
		if sort(&l.Plan) && r.who.knows(l.Plan.Directory) {
			all = append(all, l)
		}
	}
	if len(all) == 0 {
		return found, none
	}
	found = all[0]
	which := &WhichPlanError{}
	for _, l := range all {
		which.Plans = append(which.Plans, Choice{l.Plan.ID, l.Plan.Title})
		if l.Plan.Directory.Office != found.Plan.Directory.Office {
			err = which
		} else if l.Plan.Year >= found.Plan.Year {
			found = l
		}
	}
	return found, err
}

// sortMonths puts the last first.
func sortMonths(months []water.Month) {
	slices.SortFunc(months, func(a, b water.Month) int { return cmp.Compare(b.Year*12+b.Month, a.Year*12+a.Month) })
}
