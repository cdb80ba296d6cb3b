package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/words"
)

// calendarCommand shows and brings in holiday notices 放假安排.
func (a *app) calendarCommand() *cobra.Command {
	return a.group(&cobra.Command{Use: "calendar", Short: a.w.T("calendar.cmd")}, a.calendarList(), a.calendarImport(), a.calendarBack())
}

// yearRow is one year in `calendar list -o json`, an array of them in order. The
// last is next year at the earliest; of a provisional year only weekends rest.
type yearRow struct {
	Year        int      `json:"year"`
	Papers      []string `json:"papers"`
	Workdays    int      `json:"workdays"`
	OffDays     int      `json:"off_days"`     // that the notice names
	MakeUpDays  int      `json:"make_up_days"` // 调休上班
	Provisional bool     `json:"provisional"`
}

func (a *app) calendarList() *cobra.Command {
	return a.listing(&cobra.Command{
		Use: "list", Short: a.w.T("calendar.cmd_list"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cal, err := a.calendarInForce(cmd.Context())
			if err != nil {
				return err
			}
			rows := yearRows(cal, a.now().In(calendar.Beijing).Year()+1)
			if a.format == "json" {
				return a.json(rows)
			}
			a.yearTable(rows)
			return nil
		},
	})
}

// calendarInForce is the holiday notices with those of the ledger, where there is one.
func (a *app) calendarInForce(ctx context.Context) (cal *calendar.Calendar, err error) {
	err = a.withLedger(ctx, func(store *ledger.Store) error {
		cal, err = a.calendarOf(ctx, store)
		return err
	})
	if errors.Is(err, ledger.ErrNoLedger) {
		return a.calendar()
	}
	return cal, err
}

// yearRows are the years from the first notice to the last, and to the year
// through where that is later.
func yearRows(cal *calendar.Calendar, through int) []yearRow {
	known := map[int]calendar.Year{}
	first := through
	for _, y := range cal.Years() {
		known[y.Year] = y
		first, through = min(first, y.Year), max(through, y.Year)
	}
	rows := []yearRow{}
	for year := first; year <= through; year++ {
		row := yearRow{Year: year, Papers: []string{}, Workdays: cal.WorkdaysIn(year), Provisional: !cal.Governed(year)}
		row.Papers = append(row.Papers, known[year].Papers...)
		for _, h := range known[year].Days {
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

func (a *app) yearTable(rows []yearRow) {
	t := a.roomTable("calendar", map[string]int{"papers": 70}, "year", "state", "workdays", "off", "make_up", "papers")
	for _, r := range rows {
		state := a.w.T("calendar.in_force")
		if r.Provisional {
			state = a.w.T("calendar.provisional")
		}
		t.AppendRow(table.Row{r.Year, state, r.Workdays, r.OffDays, r.MakeUpDays, strings.Join(r.Papers, " ")})
	}
	t.Render()
	for _, r := range rows {
		if r.Provisional {
			fmt.Fprintln(a.out, a.w.T("calendar.about_provisional"))
			return
		}
	}
}

// faultText is what is wrong in a notice's file, where, and what to do.
func (a *app) faultText(file string, f *calendar.Fault) string {
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
	return where + ": " + a.w.T("calendar.fault_"+f.Key, data)
}
