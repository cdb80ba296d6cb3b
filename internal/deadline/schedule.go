package deadline

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Schedule is a recurrence as a plan's file writes it: either every (month,
// quarter, halfyear, year: due on the period's last day plus shift calendar days)
// or cron (five fields, the day it fires is the due date). ok is false for what
// neither can say exactly (每两周, 最后一个工作日, 定期): a person then writes the rule.
func (r Reading) Schedule() (every string, shift int, cron string, ok bool) {
	c := r.Recur
	if r.Kind != Recurring || c.Workday != 0 || c.AfterWD {
		return "", 0, "", false
	}
	switch r.Recurrence {
	case Daily:
		return "", 0, "0 0 * * *", c.Every <= 1
	case Weekly:
		return "", 0, "0 0 * * " + list(r.weekdays()), c.Every <= 1
	}
	unit, step := periodOf(r.Recurrence, max(1, c.Every))
	switch {
	case unit == "":
		return "", 0, "", false
	case len(c.Months) > 0:
		return r.byMonths()
	case c.After > 0:
		return unit, c.After, "", true
	case c.Next && c.Day > 0:
		return unit, c.Day, "", c.Day <= 28 && len(c.Days) == 0
	case c.Next:
		return "", 0, "", false
	case c.Day <= 0 && (c.MonthOf == 0 || c.MonthOf == step):
		return unit, 0, "", true
	case c.Day <= 0 || c.Day > 28:
		return "", 0, "", false
	}
	month := "*"
	if step > 1 {
		first := c.MonthOf
		if first == 0 {
			first = step
		}
		var ms []int
		for m := first; m <= 12; m += step {
			ms = append(ms, m)
		}
		month = list(ms)
	}
	days := c.Days
	if len(days) == 0 {
		days = []int{c.Day}
	}
	return "", 0, fmt.Sprintf("0 0 %s %s *", list(days), month), true
}

// list writes a cron field.
func list(ns []int) string {
	var out []string
	for _, n := range ns {
		out = append(out, fmt.Sprint(n))
	}
	return strings.Join(out, ",")
}

// periodOf names n periods of a unit as one period, and its length in months.
func periodOf(unit string, n int) (string, int) {
	months := map[string]int{Monthly: 1, Quarterly: 3, HalfYearly: 6, Yearly: 12}[unit] * n
	return map[int]string{1: "month", 3: "quarter", 6: "halfyear", 12: "year"}[months], months
}

// byMonths is the cron of a yearly duty in named months; the months' last days
// must agree for one expression to hold them.
func (r Reading) byMonths() (string, int, string, bool) {
	if r.Recurrence != Yearly || r.Recur.Every > 1 || len(r.Recur.Days) > 0 {
		return "", 0, "", false
	}
	if r.Recur.Day < 0 && slices.Equal(r.Recur.Months, []time.Month{12}) {
		return "year", 0, "", true
	}
	day := 0
	var ms []string
	for _, m := range r.Recur.Months {
		last := time.Date(2021, m+1, 0, 0, 0, 0, 0, time.UTC).Day()
		d := r.Recur.Day
		if d < 0 || d > last {
			d = last
		}
		if day != 0 && d != day {
			return "", 0, "", false
		}
		day, ms = d, append(ms, fmt.Sprint(int(m)))
	}
	return "", 0, fmt.Sprintf("0 0 %d %s *", day, strings.Join(ms, ",")), true
}
