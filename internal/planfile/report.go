package planfile

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/words"
)

// monthDay is a day without its year: 12-31, 01-05.
var monthDay = regexp.MustCompile(`^(\d{1,2})-(\d{1,2})$`)

// report reads those to whom the report of the year goes, each with its day. A day from July
// on is of the plan's year, an earlier one of the next.
func (l *loader) report(root object) {
	lines := map[string]int{}
	for _, o := range root.objects("report", "addressee") {
		o.Need("to", "by")
		a := plan.Addressee{Name: o.Text("to"), Basis: o.Text("basis")}
		if line := lines[a.Name]; line > 0 {
			o.Fault("to", "addressee_twice", words.Data{"Value": a.Name, "Line": line})
		}
		lines[a.Name] = o.Where("to").Line()
		text, ok := o.Text("by"), false
		if a.By, ok = dayOfReport(text, l.plan.Year); !ok && text != "" {
			o.Fault("by", "bad_month_day", words.Data{"Value": text})
		}
		l.plan.Report = append(l.plan.Report, a)
	}
	slices.SortStableFunc(l.plan.Report, func(a, b plan.Addressee) int { return a.By.Compare(b.By) })
}

func dayOfReport(text string, year int) (calendar.Day, bool) {
	m := monthDay.FindStringSubmatch(text)
	if m == nil {
		return calendar.Day{}, false
	}
	month, _ := strconv.Atoi(m[1])
	date, _ := strconv.Atoi(m[2])
	if time.Month(month) < time.July {
		year++
	}
	d, err := calendar.ParseDay(fmt.Sprintf("%04d-%02d-%02d", year, month, date))
	return d, err == nil
}
