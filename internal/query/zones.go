package query

import (
	"context"
	"errors"
	"io"

	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/water"
	"duban/internal/words"
)

// ErrNoZones: no plan that the viewer knows has a list of functional zones.
var ErrNoZones = errors.New("query: no plan has a list of functional zones")

// WaterZones is a month of a plan's functional zones 水环境功能区.
type WaterZones struct {
	Plan     string           `json:"plan"`
	Title    string           `json:"title"` // of the plan
	Example  bool             `json:"example,omitempty"`
	Month    water.Month      `json:"month"` // the zero month: there are no readings yet
	Months   []water.Month    `json:"months"`
	Zones    []water.ZoneRow  `json:"zones"`
	Basins   []water.ZoneSum  `json:"basins"`
	Kinds    []water.ZoneSum  `json:"kinds"`
	Duty     string           `json:"duty,omitempty"` // ID of the duty to issue how they stand, where the viewer may see it
	People   people.Directory `json:"-"`
	Register *water.Register  `json:"-"`
}

// Report is the month for those who put it into words.
func (z WaterZones) Report() report.ZoneMonth {
	return report.ZoneMonth{Month: z.Month, Rows: z.Zones, Basins: z.Basins, Kinds: z.Kinds, Register: z.Register, People: z.People}
}

// Write writes the month as an Excel workbook in the language of in.
func (z WaterZones) Write(to io.Writer, in *words.Words) error {
	return report.Speak(in).WriteZones(to, z.Report())
}

// WaterZones is a month of the functional zones, for everybody whom the plan concerns; the zero
// month means the last one with readings. ErrNoZones, *WhichPlanError.
func (r *Reader) WaterZones(ctx context.Context, v Viewer, planID string, month water.Month) (z WaterZones, err error) {
	in, err := r.as(v)
	if err != nil {
		return z, err
	}
	l, err := in.planWith(ctx, planID, func(p *plan.Plan) bool { return p.Water != nil && len(p.Water.Zones) > 0 }, ErrNoZones)
	if err != nil {
		return z, err
	}
	all, err := r.store.Readings(ctx, l.Plan.Directory.Office, ledger.ReadingFilter{})
	if err != nil {
		return z, err
	}
	reg := l.Plan.Water
	z = WaterZones{Plan: l.Plan.ID, Title: l.Plan.Title, Example: reg.ZonesExample, Month: month, Months: monthsOf(reg, all), Zones: []water.ZoneRow{}, People: l.Plan.Directory, Register: reg}
	if reg.ZoneDuty != "" {
		t, err := r.store.Task(ctx, l.Plan.ID, reg.ZoneDuty)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return z, err
		}
		if err == nil && (v.oversees(l.Plan.Directory) || v.sees(t)) {
			z.Duty = t.ID
		}
	}
	if z.Month == (water.Month{}) && len(z.Months) > 0 {
		z.Month = z.Months[0]
	}
	if z.Month == (water.Month{}) {
		return z, nil
	}
	z.Zones = water.ZoneTable(reg, all, z.Month)
	z.Basins = water.ZonesOf(z.Zones, func(z water.Zone) string { return z.Basin })
	z.Kinds = water.ZonesOf(z.Zones, func(z water.Zone) string { return z.Kind })
	return z, nil
}
