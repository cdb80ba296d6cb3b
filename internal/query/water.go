package query

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"

	"duban/internal/ledger"
	"duban/internal/people"
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
// it concerns: the one named, or the only one there is, of several of one office the
// last. ErrNoSections, *WhichPlanError.
func (r *Reader) WaterPlan(ctx context.Context, v Viewer, planID string) (ledger.Launched, error) {
	in, err := r.as(v)
	if err != nil {
		return ledger.Launched{}, err
	}
	return in.waterPlan(ctx, planID)
}

// WaterMonth is a month's table of the sections of a plan.
type WaterMonth struct {
	Plan   string           `json:"plan"`
	Title  string           `json:"title"`
	Month  water.Month      `json:"month"`
	Rows   []water.Row      `json:"rows"`
	Sum    water.Sum        `json:"sum"`
	Year   water.Sum        `json:"year"`
	Months []water.Month    `json:"months"` // of which anything is known, the last first
	People people.Directory `json:"-"`
	Rivers []WaterRiver     `json:"rivers"`
}

// Write writes a month's table as a workbook.
func (m WaterMonth) Write(to io.Writer, in *words.Words) error {
	return report.Speak(in).WriteWater(to, m.People, report.WaterBook{Title: m.Title, Month: m.Month, Rows: m.Rows, Sum: m.Sum, Year: m.Year})
}

// WaterRiver is a river's grade in the month and in the year so far.
type WaterRiver struct {
	Name  string    `json:"name"`
	Month water.Sum `json:"month"`
	Year  water.Sum `json:"year"`
}

// WaterMonth is a month's table, the zero month the last of which anything is known, for
// everybody whom the plan concerns. ErrNoSections, *WhichPlanError.
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
	w = WaterMonth{Plan: l.Plan.ID, Title: l.Plan.Title, Months: monthsOf(l.Plan.Water, all), People: l.Plan.Directory}
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

// monthsOf are the months of which sections of a register have anything, the last first.
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
	Months  []WaterPoint     `json:"months"` // the first first
	People  people.Directory `json:"-"`
}

// WaterPoint is a section's month: how it stood, and all that came in of it, of the month
// first and then of the year up to it.
type WaterPoint struct {
	Row      water.Row               `json:"row"`
	Month    water.Month             `json:"month"`
	Versions []ledger.ReadingVersion `json:"versions"`
}

// WaterSection is a section by its ID or name, with every month of which anything is
// known, for everybody whom the plan concerns. ErrNoSections, ErrNoSuchSection.
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
	own := []water.Reading{}
	for _, one := range all {
		if one.Section == s.ID {
			own = append(own, one)
		}
	}
	months := monthsOf(&water.Register{Sections: []water.Section{s}}, own)
	for i := len(months) - 1; i >= 0; i-- {
		p := WaterPoint{Month: months[i]}
		for _, row := range water.Table(l.Plan.Water, all, p.Month) {
			if row.Section.ID == s.ID {
				p.Row = row
			}
		}
		for _, span := range []water.Span{water.OfMonth, water.OfYear} {
			came, err := r.store.ReadingVersions(ctx, office, water.Reading{Section: s.ID, Month: p.Month, Span: span})
			if err != nil {
				return w, err
			}
			p.Versions = append(p.Versions, came...)
		}
		w.Months = append(w.Months, p)
	}
	return w, nil
}

// waterPlan is the plan that was named, or the only one with a register that concerns
// the viewer; of several of one office the last.
func (r reading) waterPlan(ctx context.Context, named string) (found ledger.Launched, err error) {
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
		l.Plan.Tasks, l.Plan.Clauses, l.Plan.Sections = nil, nil, nil // not everybody's to read
		if l.Plan.Water != nil && r.who.knows(l.Plan.Directory) {
			all = append(all, l)
		}
	}
	if len(all) == 0 {
		return found, ErrNoSections
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
