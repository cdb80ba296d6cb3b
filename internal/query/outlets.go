package query

import (
	"context"
	"errors"
	"io"
	"slices"

	"duban/internal/incident"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/water"
	"duban/internal/words"
)

// ErrNoOutlets: no plan that the viewer knows has outlets whose discharge is measured.
var ErrNoOutlets = errors.New("query: no plan has outlets that are measured")

// WaterOutlets is a month of a plan's measured outlets 入河排污口监测.
type WaterOutlets struct {
	Plan       string               `json:"plan"`
	Title      string               `json:"title"` // of the plan
	Month      water.Month          `json:"month"` // the zero month: there are no readings yet
	Months     []water.Month        `json:"months"`
	Discharges []incident.Discharge `json:"outlets"`
	People     people.Directory     `json:"-"`
	Sections   *water.Register      `json:"-"`
}

// Report is the month for those who put it into words.
func (w WaterOutlets) Report() report.OutletMonth {
	return report.OutletMonth{Month: w.Month, Rows: w.Discharges, People: w.People, Sections: w.Sections}
}

// Write writes the month as an Excel workbook in the language of in.
func (w WaterOutlets) Write(to io.Writer, in *words.Words) error {
	return report.Speak(in).WriteOutlets(to, w.Report())
}

// WaterOutlet is one measured outlet over time.
type WaterOutlet struct {
	Plan   string           `json:"plan"`
	Title  string           `json:"title"`
	Outlet incident.Outlet  `json:"outlet"`
	Months []OutletPoint    `json:"months"` // the last first
	People people.Directory `json:"-"`
}

// OutletPoint is an outlet's month with all versions of its readings.
type OutletPoint struct {
	Month     water.Month             `json:"month"`
	Discharge incident.Discharge      `json:"discharge"`
	Versions  []ledger.ReadingVersion `json:"versions"`
}

// ofOutlet tells that the viewer's unit looks at an outlet, or measures it.
func (v Viewer) ofOutlet(o incident.Outlet) bool {
	return v.by.Unit != "" && (o.Unit == v.by.Unit || o.Data == v.by.Unit)
}

// outletPlan is the plan that was named, or the only one with measured outlets, and those of its outlets
// that the viewer may see: all for those who may see all of the plan, for a unit those that it looks at
// or measures. ErrNoOutlets, *WhichPlanError.
func (r reading) outletPlan(ctx context.Context, planID string) (l ledger.Launched, own incident.Registry, err error) {
	l, err = r.planWith(ctx, planID, func(p *plan.Plan) bool { return len(p.Incidents.Places().Sections) > 0 }, ErrNoOutlets)
	if err != nil {
		return l, own, err
	}
	whole := r.who.oversees(l.Plan.Directory)
	for _, o := range l.Plan.Incidents.Outlets {
		if o.Measured() && (whole || r.who.ofOutlet(o)) {
			own.Outlets = append(own.Outlets, o)
		}
	}
	if len(own.Outlets) == 0 {
		return l, own, ErrNoOutlets
	}
	return l, own, nil
}

// OutletsPlan tells that the viewer may see measured outlets of a plan, by the errors that WaterOutlets
// gives.
func (r *Reader) OutletsPlan(ctx context.Context, v Viewer, planID string) error {
	in, err := r.as(v)
	if err != nil {
		return err
	}
	_, _, err = in.outletPlan(ctx, planID)
	return err
}

// WaterOutlets is a month of the measured outlets that the viewer may see; the zero month means the last
// one with readings. ErrNoOutlets, *WhichPlanError.
func (r *Reader) WaterOutlets(ctx context.Context, v Viewer, planID string, month water.Month) (w WaterOutlets, err error) {
	in, err := r.as(v)
	if err != nil {
		return w, err
	}
	l, own, err := in.outletPlan(ctx, planID)
	if err != nil {
		return w, err
	}
	all, err := r.store.Readings(ctx, l.Plan.Directory.Office, ledger.ReadingFilter{Outlets: true})
	if err != nil {
		return w, err
	}
	w = WaterOutlets{Plan: l.Plan.ID, Title: l.Plan.Title, Month: month, Months: monthsOf(own.Places(), all), Discharges: []incident.Discharge{}, People: l.Plan.Directory, Sections: l.Plan.Water}
	if w.Month == (water.Month{}) && len(w.Months) > 0 {
		w.Month = w.Months[0]
	}
	if w.Month != (water.Month{}) {
		w.Discharges = own.Discharges(all, w.Month)
	}
	return w, nil
}

// WaterOutlet is a measured outlet by its ID, with every month that has readings, for those to whom
// WaterOutlets gives it. ErrNotYours, *WhichPlanError.
func (r *Reader) WaterOutlet(ctx context.Context, v Viewer, planID, id string) (w WaterOutlet, err error) {
	in, err := r.as(v)
	if err != nil {
		return w, err
	}
	l, own, err := in.outletPlan(ctx, planID)
	if errors.Is(err, ErrNoOutlets) {
		return w, ErrNotYours
	}
	if err != nil {
		return w, err
	}
	own.Outlets = slices.DeleteFunc(own.Outlets, func(o incident.Outlet) bool { return o.ID != id })
	if len(own.Outlets) == 0 {
		return w, ErrNotYours
	}
	office, place := l.Plan.Directory.Office, water.PlaceOfOutlet(id)
	all, err := r.store.Readings(ctx, office, ledger.ReadingFilter{Section: place})
	if err != nil {
		return w, err
	}
	came, err := r.store.ReadingVersions(ctx, office, place)
	if err != nil {
		return w, err
	}
	w = WaterOutlet{Plan: l.Plan.ID, Title: l.Plan.Title, Outlet: own.Outlets[0], Months: []OutletPoint{}, People: l.Plan.Directory}
	for _, month := range monthsOf(own.Places(), all) {
		p := OutletPoint{Month: month, Discharge: own.Discharges(all, month)[0]}
		for _, v := range came {
			if v.Reading.Month == month {
				p.Versions = append(p.Versions, v)
			}
		}
		w.Months = append(w.Months, p)
	}
	return w, nil
}
