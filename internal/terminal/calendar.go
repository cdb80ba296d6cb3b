package terminal

import (
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/calendar"
	"duban/internal/whatif"
)

// YearRow is one year in `calendar list -o json`, an array of them in order. The
// last is next year at the earliest; a provisional year rests on weekends
// and the days of the law.
type YearRow struct {
	Year        int      `json:"year"`
	Papers      []string `json:"papers"`
	Workdays    int      `json:"workdays"`
	OffDays     int      `json:"off_days"`     // that the notice names, or the law
	MakeUpDays  int      `json:"make_up_days"` // 调休上班
	Provisional bool     `json:"provisional"`
}

// YearRows are the years from the first notice to the last, and to the year
// through where that is later.
func YearRows(cal *calendar.Calendar, through int) []YearRow {
	known := map[int]calendar.Year{}
	first := through
	for _, y := range cal.Years() {
		known[y.Year] = y
		first, through = min(first, y.Year), max(through, y.Year)
	}
	rows := []YearRow{}
	for year := first; year <= through; year++ {
		row := YearRow{Year: year, Papers: []string{}, Workdays: cal.WorkdaysIn(year), Provisional: !cal.Governed(year)}
		row.Papers = append(row.Papers, known[year].Papers...)
		for _, h := range cal.InForce(year).Days {
			if h.IsOffDay {
				row.OffDays++
			} else {
				row.MakeUpDays++
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func (sc *Screen) Years(rows []YearRow) {
	t := sc.WordedTable("calendar", map[string]int{"papers": 70}, "year", "state", "workdays", "off", "make_up", "papers")
	for _, r := range rows {
		state := sc.W.T("calendar.in_force")
		if r.Provisional {
			state = sc.W.T("calendar.provisional")
		}
		t.AppendRow(table.Row{r.Year, state, r.Workdays, r.OffDays, r.MakeUpDays, strings.Join(r.Papers, " ")})
	}
	t.Render()
	for _, r := range rows {
		if r.Provisional {
			fmt.Fprintln(sc.Out, sc.W.T("calendar.about_provisional"))
			return
		}
	}
}

func Clock(t time.Time) string { return t.Format("2006-01-02 15:04") }

// Changes shows the days on which two notices differ.
func (sc *Screen) Changes(changes []calendar.Change) {
	if len(changes) == 0 {
		return
	}
	t := sc.WordedTable("calendar", nil, "change", "date", "was", "is")
	for _, c := range changes {
		key := "calendar.changed"
		if c.Was == nil {
			key = "calendar.added"
		} else if c.Is == nil {
			key = "calendar.removed"
		}
		t.AppendRow(table.Row{sc.W.T(key), c.Date, whatif.HolidaySaid(sc.W, c.Date, c.Was), whatif.HolidaySaid(sc.W, c.Date, c.Is)})
	}
	t.Render()
}
