package terminal

import (
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/calendar"
	"duban/internal/words"
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
	t := sc.RoomTable("calendar", map[string]int{"papers": 70}, "year", "state", "workdays", "off", "make_up", "papers")
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

// CalendarFault is what is wrong in a notice's file, where, and what to do.
func (sc *Screen) CalendarFault(file string, f *calendar.Fault) string {
	where := file
	if f.Line > 0 {
		where += fmt.Sprintf(":%d", f.Line)
	}
	if f.Field != "" {
		where += ": " + f.Field
	}
	data := words.Data{}
	for k, v := range f.Data {
		data[k] = fmt.Sprint(v)
	}
	return where + ": " + sc.W.T("calendar.fault_"+f.Key, data)
}

func Clock(t time.Time) string { return t.Format("2006-01-02 15:04") }

// Changes is what two notices say otherwise of days.
func (sc *Screen) Changes(changes []calendar.Change) {
	if len(changes) == 0 {
		return
	}
	t := sc.RoomTable("calendar", nil, "change", "date", "was", "is")
	for _, c := range changes {
		key := "calendar.changed"
		if c.Was == nil {
			key = "calendar.added"
		} else if c.Is == nil {
			key = "calendar.removed"
		}
		t.AppendRow(table.Row{sc.W.T(key), c.Date, sc.holiday(c.Date, c.Was), sc.holiday(c.Date, c.Is)})
	}
	t.Render()
}

// holiday is what a notice says of a day: 国庆节休息, 国庆节调休上班; or, of a day
// it does not name, what the weekday says.
func (sc *Screen) holiday(d calendar.Day, h *calendar.Holiday) string {
	switch {
	case h == nil && (d.Weekday() == time.Saturday || d.Weekday() == time.Sunday):
		return sc.W.T("calendar.weekend")
	case h == nil:
		return sc.W.T("calendar.weekday")
	case h.IsOffDay:
		return sc.W.T("calendar.rests", words.Data{"Name": h.Name})
	}
	return sc.W.T("calendar.works", words.Data{"Name": h.Name})
}
