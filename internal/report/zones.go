package report

import (
	"io"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"duban/internal/people"
	"duban/internal/water"
	"duban/internal/words"
)

// ZoneMonth is a month of a plan's functional zones 水环境功能区, with what is said of them.
type ZoneMonth struct {
	Month    water.Month
	Rows     []water.ZoneRow
	Basins   []water.ZoneSum
	Kinds    []water.ZoneSum
	Register *water.Register
	People   people.Directory
}

// zoneColumns are the keys of the columns of a month's zones, in order.
var zoneColumns = []string{"water.col_no", "zone.col_name", "zone.col_kind", "zone.col_basin", "water.col_river", "water.col_county", "zone.col_sections", "water.col_target",
	"water.col_month", "water.col_month_over", "water.col_month_met", "water.col_last_year", "water.col_year", "water.col_year_met", "water.col_note"}

// ZoneColumns are the names of the columns of ZoneRow.
func (s Speaker) ZoneColumns() (names []string) {
	for _, key := range zoneColumns {
		names = append(names, s.w.T(key))
	}
	return names
}

// ZoneRow is a zone's line, by ZoneColumns.
func (s Speaker) ZoneRow(m ZoneMonth, r water.ZoneRow) []string {
	no, county := "", ""
	if r.Zone.No > 0 {
		no = strconv.Itoa(r.Zone.No)
	}
	if r.Zone.County != "" {
		county = m.People.Name(r.Zone.County)
	}
	var sections, notes []string
	for _, id := range r.Zone.Sections {
		section, _ := m.Register.Section(id)
		sections = append(sections, section.Name)
	}
	if r.Known > 0 && r.Known < r.Of {
		notes = append(notes, s.w.T("zone.partly", words.Data{"Of": r.Of, "Known": r.Known}))
	}
	if r.Zone.Note != "" {
		notes = append(notes, r.Zone.Note)
	}
	return []string{no, r.Zone.Name, r.Zone.Kind, r.Zone.Basin, r.Zone.River, county, strings.Join(sections, s.w.T("cli.list_comma")), s.zoneTarget(r.Zone),
		s.Result(r.Month), s.Overs(r.Month.Over), s.outcome(r.Month.Outcome), s.Result(r.LastYear), s.Result(r.Year), s.outcome(r.Year.Outcome), strings.Join(notes, s.w.T("water.semicolon"))}
}

func (s Speaker) zoneTarget(z water.Zone) string {
	if z.Target == water.NoClass {
		return s.w.T("zone.own_target")
	}
	return s.Target(water.Target{Class: z.Target})
}

// rate is how many of the zones whose outcome is known have met their target, in percent with
// one decimal; "" where none is known.
func rate(of water.Sum) string {
	if of.Met+of.Missed == 0 {
		return ""
	}
	return decimal.NewFromInt(int64(of.Met)*100).DivRound(decimal.NewFromInt(int64(of.Met+of.Missed)), 1).String()
}

func zoneData(of water.Sum) words.Data {
	return words.Data{"Of": of.Of, "Known": of.Known, "Met": of.Met, "Missed": of.Missed, "Open": of.Known - of.Met - of.Missed, "Rate": rate(of)}
}

// ZoneSum says how many zones have reached their target.
func (s Speaker) ZoneSum(of water.Sum) string { return s.w.T("zone.sum", zoneData(of)) }

// Part is the name of a basin or a kind of zones.
func (s Speaker) Part(name string) string {
	if name == "" {
		return s.w.T("zone.other")
	}
	return name
}

// ZoneTitle is the title of a month's zones.
func (s Speaker) ZoneTitle(month water.Month) string {
	return s.w.T("zone.table_title", words.Data{"Year": month.Year, "Month": month.Month})
}

// ZoneBulletin is the text by which a month's zones are made known 通报文稿, a paragraph a line: how
// many reached their target, by basin and by kind, and which did not.
func (s Speaker) ZoneBulletin(m ZoneMonth) []string {
	rows := []water.Row{}
	for _, r := range m.Rows {
		rows = append(rows, water.Row{Month: r.Month, Year: r.Year})
	}
	month, year := zoneData(water.SumOf(rows, water.OfMonth)), zoneData(water.SumOf(rows, water.OfYear))
	for _, d := range []words.Data{month, year} {
		d["Year"], d["Month"] = m.Month.Year, m.Month.Month
	}
	lines := []string{s.w.T("zone.text_head", month)}
	if m.Month.Month > 1 {
		lines = append(lines, s.w.T("zone.text_year", year))
	}
	for key, parts := range [][]water.ZoneSum{m.Basins, m.Kinds} {
		if len(parts) < 2 {
			continue
		}
		var texts []string
		for _, p := range parts {
			d := zoneData(p.Month)
			d["Name"] = s.Part(p.Name)
			texts = append(texts, s.w.T("zone.text_part", d))
		}
		lines = append(lines, s.w.T("zone.text_parts", words.Data{"Head": s.w.T([]string{"zone.by_basin", "zone.by_kind"}[key]), "List": strings.Join(texts, s.w.T("water.semicolon"))}))
	}
	var missed, none []string
	for _, r := range m.Rows {
		switch {
		case r.Month.Outcome == water.Missed:
			county := ""
			if r.Zone.County != "" {
				county = m.People.Name(r.Zone.County)
			}
			missed = append(missed, s.w.T("zone.text_zone", words.Data{"Name": r.Zone.Name, "County": county, "Class": s.w.T("water.class", words.Data{"Class": r.Month.Class.String()}), "Target": s.zoneTarget(r.Zone), "Over": s.Overs(r.Month.Over)}))
		case r.Month.Class == water.NoClass:
			none = append(none, r.Zone.Name)
		}
	}
	switch {
	case len(missed) > 0:
		lines = append(lines, s.w.T("zone.text_missed", words.Data{"List": strings.Join(missed, s.w.T("water.semicolon"))}))
	case month["Known"] != 0 && month["Open"] == 0:
		lines = append(lines, s.w.T("zone.text_all"))
	}
	if len(none) > 0 {
		lines = append(lines, s.w.T("zone.text_none", words.Data{"List": strings.Join(none, s.w.T("cli.list_comma"))}))
	}
	if len(missed) > 0 {
		lines = append(lines, s.w.T("zone.text_asks"))
	}
	return lines
}

// ZoneSumColumns are the names of the columns of ZoneSumRow.
func (s Speaker) ZoneSumColumns() (names []string) {
	for _, key := range []string{"of", "known", "met", "missed", "rate", "year_met"} {
		names = append(names, s.w.T("zone.col_"+key))
	}
	return names
}

// ZoneSumRow is the line of a basin or a kind, by ZoneSumColumns.
func (s Speaker) ZoneSumRow(p water.ZoneSum) []string {
	percent := "—"
	if r := rate(p.Month); r != "" {
		percent = r + "%"
	}
	return []string{strconv.Itoa(p.Month.Of), strconv.Itoa(p.Month.Known), strconv.Itoa(p.Month.Met), strconv.Itoa(p.Month.Missed), percent, strconv.Itoa(p.Year.Met)}
}

// WriteZones writes a month's zones as a workbook: the zones, and their sums by basin and kind.
func (s Speaker) WriteZones(out io.Writer, m ZoneMonth) error {
	f := excelize.NewFile()
	defer f.Close()
	sheet, sums := s.w.T("zone.sheet", words.Data{"Month": m.Month.String()}), s.w.T("zone.sheet_sums")
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	if _, err := f.NewSheet(sums); err != nil {
		return err
	}
	rows := []water.Row{}
	for _, r := range m.Rows {
		rows = append(rows, water.Row{Month: r.Month, Year: r.Year})
	}
	lines := [][]string{{s.ZoneTitle(m.Month)}, {s.w.T("water.of_month") + s.ZoneSum(water.SumOf(rows, water.OfMonth))}, {s.w.T("water.of_year") + s.ZoneSum(water.SumOf(rows, water.OfYear))}, s.ZoneColumns()}
	for _, r := range m.Rows {
		lines = append(lines, s.ZoneRow(m, r))
	}
	var parts [][]string
	for i, all := range [][]water.ZoneSum{m.Basins, m.Kinds} {
		parts = append(parts, append([]string{s.w.T([]string{"zone.by_basin", "zone.by_kind"}[i])}, s.ZoneSumColumns()...))
		for _, p := range all {
			parts = append(parts, append([]string{s.Part(p.Name)}, s.ZoneSumRow(p)...))
		}
		parts = append(parts, []string{})
	}
	for name1, all := range map[string][][]string{sheet: lines, sums: parts} {
		for i, row := range all {
			if err := f.SetSheetRow(name1, name(1, i+1), &row); err != nil {
				return err
			}
		}
	}
	if err := f.SetColWidth(sums, "A", "A", 20); err != nil {
		return err
	}
	if err := waterLooks(f, sheet, len(lines)); err != nil {
		return err
	}
	return f.Write(out)
}
