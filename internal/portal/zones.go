package portal

import (
	"bytes"
	"errors"
	"net/http"

	"duban/internal/query"
	"duban/internal/water"
	"duban/internal/words"
)

// zonesPage is a month of a plan's functional zones.
type zonesPage struct {
	None, Empty, Example bool
	Plan, ID             string
	Months               []Option
	Head, Sum, Year      string
	Sheet, Duty          string // addresses
	Columns, SumColumns  []string
	Lines                []zoneLine
	Parts                []zonePart
	Bulletin             []string
}

// zoneLine is a zone's cells by zonesPage.Columns.
type zoneLine struct {
	Cells  []string
	Missed bool
}

// zonePart are the zones summed by basin or by kind.
type zonePart struct {
	Head  string
	Lines []zonePartLine
}

type zonePartLine struct {
	Name  string
	Cells []string
}

// waterZones shows how the functional zones stand in a month, with the text of the circular.
func (v *visit) waterZones() error {
	month, ok := v.monthAsked()
	if !ok {
		v.note = v.say.T("water.bad_month", words.Data{"Value": v.r.URL.Query().Get("month")})
	}
	return v.then(func(r *query.Reader) error {
		z, err := r.WaterZones(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), month)
		if errors.Is(err, query.ErrNoZones) {
			return v.show("zones", v.say.T("zone.page"), zonesPage{None: true})
		}
		if err != nil {
			return err
		}
		p := zonesPage{Plan: z.Title, ID: z.Plan, Example: z.Example, Empty: z.Month == (water.Month{})}
		for _, one := range z.Months {
			p.Months = append(p.Months, Option{one.String(), v.monthName(one), one == z.Month})
		}
		if p.Empty {
			return v.show("zones", v.say.T("zone.page"), p)
		}
		say, m := v.speak(), z.Report()
		p.Head, p.Columns, p.SumColumns, p.Bulletin = say.ZoneTitle(z.Month), say.ZoneColumns(), say.ZoneSumColumns(), say.ZoneBulletin(m)
		p.Sheet = v.at("/water/zones/sheet", "plan", z.Plan, "month", z.Month.String())
		if z.Duty != "" {
			p.Duty = taskPath(z.Plan, z.Duty)
		}
		var rows []water.Row
		for _, row := range z.Zones {
			rows = append(rows, water.Row{Month: row.Month, Year: row.Year})
			p.Lines = append(p.Lines, zoneLine{say.ZoneRow(m, row), row.Month.Outcome == water.Missed})
		}
		p.Sum, p.Year = v.say.T("water.of_month")+say.ZoneSum(water.SumOf(rows, water.OfMonth)), v.say.T("water.of_year")+say.ZoneSum(water.SumOf(rows, water.OfYear))
		for head, all := range [][]water.ZoneSum{z.Basins, z.Kinds} {
			part := zonePart{Head: v.say.T([]string{"zone.by_basin", "zone.by_kind"}[head])}
			for _, one := range all {
				part.Lines = append(part.Lines, zonePartLine{say.Part(one.Name), say.ZoneSumRow(one)})
			}
			p.Parts = append(p.Parts, part)
		}
		return v.show("zones", v.say.T("zone.page"), p)
	})
}

// zonesSheet is a month of the functional zones as an Excel file.
func (v *visit) zonesSheet() error {
	month, _ := v.monthAsked()
	z, err := v.Reader.WaterZones(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), month)
	if errors.Is(err, query.ErrNoZones) || err == nil && z.Month == (water.Month{}) {
		http.Redirect(v.w, v.r, "/water/zones", http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := z.Write(&out, v.say); err != nil {
		return err
	}
	return v.sendXLSX(v.say.T("zone.file_name", words.Data{"Month": z.Month.String()})+".xlsx", out.Bytes())
}
