package portal

import (
	"bytes"
	"errors"
	"net/http"
	"slices"

	"duban/internal/incident"
	"duban/internal/query"
	"duban/internal/water"
	"duban/internal/words"
)

// outletsPage is a month of a plan's measured outlets, or one of them over time.
type outletsPage struct {
	None, Empty bool
	Plan, ID    string
	Back        string // of one outlet: address of the month
	Enter       string // address of the page where data are brought in; "" for whoever may not
	Months      []Option
	Head, Sum   string
	Sheet       string
	Columns     []string
	Lines       []outletLine
}

// outletLine is an outlet's or a month's cells by outletsPage.Columns.
type outletLine struct {
	Path     string // of the outlet's own page; "" on it
	Cells    []string
	Missed   bool
	Versions []string
}

// outlets is a month of the measured outlets, or with outlet in the address that one over time.
func (v *visit) outlets() error {
	q := v.r.URL.Query()
	month, ok := v.monthAsked()
	if !ok {
		v.note = v.say.T("water.bad_month", words.Data{"Value": q.Get("month")})
	}
	return v.then(func(r *query.Reader) error {
		if id := q.Get("outlet"); id != "" {
			return v.outlet(r, id)
		}
		m, err := r.WaterOutlets(v.ctx(), v.asks(), q.Get("plan"), month)
		if errors.Is(err, query.ErrNoOutlets) {
			return v.show("outlets", v.say.T("outlet.page"), outletsPage{None: true})
		}
		if err != nil {
			return err
		}
		p := outletsPage{Plan: m.Title, ID: m.Plan, Empty: m.Month == (water.Month{})}
		if v.past.IsZero() && v.mayEnterOf(m.Plan, func(s water.Section) bool { _, of := water.OutletAt(s.ID); return of }) {
			p.Enter = v.at("/water/readings", "plan", m.Plan)
		}
		for _, one := range m.Months {
			p.Months = append(p.Months, Option{one.String(), v.monthName(one), one == m.Month})
		}
		if p.Empty {
			return v.show("outlets", v.say.T("outlet.page"), p)
		}
		say, of := v.speak(), m.Report()
		p.Head, p.Sum, p.Columns = say.OutletTitle(m.Month), say.OutletSum(m.Discharges), say.OutletColumns()
		p.Sheet = v.at("/water/outlets/sheet", "plan", m.Plan, "month", m.Month.String())
		for _, d := range m.Discharges {
			p.Lines = append(p.Lines, outletLine{Path: v.outletPath(m.Plan, d.Outlet), Cells: say.OutletRow(of, d), Missed: d.Outcome == water.Missed})
		}
		return v.show("outlets", v.say.T("outlet.page"), p)
	})
}

func (v *visit) outletPath(planID string, o incident.Outlet) string {
	return v.at("/water/outlets", "plan", planID, "outlet", o.ID)
}

// outlet is one measured outlet over time, with every version of its data.
func (v *visit) outlet(r *query.Reader, id string) error {
	w, err := r.WaterOutlet(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), id)
	if err != nil {
		return err
	}
	say := v.speak()
	p := outletsPage{Plan: w.Title, ID: w.Plan, Back: v.at("/water/outlets", "plan", w.Plan), Head: w.Outlet.Name, Sum: say.OutletLimits(w.Outlet)}
	place := water.PlaceOfOutlet(id)
	if v.past.IsZero() && v.mayEnterOf(w.Plan, func(s water.Section) bool { return s.ID == place }) {
		p.Enter = v.at(typedPath(place), "plan", w.Plan)
	}
	for _, key := range []string{"water.col_of", "outlet.col_values", "water.col_month_over", "outlet.col_met"} {
		p.Columns = append(p.Columns, v.say.T(key))
	}
	for _, m := range w.Months {
		cells := say.OutletCells(m.Discharge)
		p.Lines = append(p.Lines, outletLine{Cells: append([]string{v.monthName(m.Month)}, cells...), Missed: m.Discharge.Outcome == water.Missed, Versions: v.versions(m.Versions)})
	}
	return v.show("outlets", v.say.T("outlet.one", words.Data{"Outlet": w.Outlet.Name}), p)
}

// mayEnterOf tells whether the viewer's unit brings in data of a place of a plan.
func (v *visit) mayEnterOf(planID string, place func(water.Section) bool) bool {
	_, own, err := v.entered(planID)
	return err == nil && slices.ContainsFunc(own, place)
}

// outletsSheet is a month of the measured outlets as an Excel file.
func (v *visit) outletsSheet() error {
	month, _ := v.monthAsked()
	m, err := v.Reader.WaterOutlets(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), month)
	if errors.Is(err, query.ErrNoOutlets) || err == nil && m.Month == (water.Month{}) {
		http.Redirect(v.w, v.r, "/water/outlets", http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := m.Write(&out, v.say); err != nil {
		return err
	}
	return v.sendXLSX(v.say.T("outlet.file_name", words.Data{"Month": m.Month.String()})+".xlsx", out.Bytes())
}
