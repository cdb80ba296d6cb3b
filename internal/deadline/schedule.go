package deadline

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Schedule is a recurrence as a plan's file writes it: either every (month,
// quarter, halfyear, year: due on the period's last day plus shift calendar days)
// or cron (five fields, the day it fires is the due date; L, 30L, 1#2 and 5L as
// plan.ParseCron has them). ok is false for what neither can say exactly (每两周,
// 最后一个工作日, 定期): a person then writes the rule.
func (r Reading) Schedule() (every string, shift int, cron string, ok bool) {
	c := r.Recur
	if r.Kind != Recurring || c.Workday != 0 || c.AfterWD {
		return "", 0, "", false
	}
	switch r.Recurrence {
	case Daily:
		return "", 0, "0 9 * * *", c.Every <= 1
	case Weekly:
		if c.Half {
			return "", 0, "0 9 15,L * *", true
		}
		return "", 0, "0 9 * * " + list(r.weekdays()), c.Every <= 1
	}
	if c.Day == 31 && len(c.Days) == 0 && len(c.Months) == 0 {
		c.Day = -1
	}
	unit, step := periodOf(r.Recurrence, max(1, c.Every))
	switch {
	case step > 12 || step == 0:
		return "", 0, "", false
	case len(c.Months) > 0:
		return r.byMonths()
	case c.After > 0:
		return unit, c.After, "", unit != ""
	case c.Next && c.Day > 0:
		return unit, c.Day, "", unit != "" && c.Day <= 28 && len(c.Days) == 0
	case c.Next:
		return "", 0, "", false
	case unit != "" && c.Day <= 0 && c.Nth == 0 && len(c.Days) == 0 && (c.MonthOf == 0 || c.MonthOf == step):
		return unit, 0, "", true
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
	if c.Nth != 0 {
		nth := fmt.Sprintf("%d#%d", c.Weekday%7, c.Nth)
		if c.Nth < 0 {
			nth = fmt.Sprintf("%dL", c.Weekday%7)
		}
		return "", 0, fmt.Sprintf("0 9 * %s %s", month, nth), c.Nth <= 4
	}
	days := c.Days
	if len(days) == 0 {
		days = []int{c.Day}
	}
	return "", 0, fmt.Sprintf("0 9 %s %s *", doms(days), month), true
}

// doms writes days of the month: the last is L, the 30th 30L, which is the last
// day of a shorter month.
func doms(days []int) string {
	var out []string
	for _, d := range days {
		switch {
		case d <= 0 || d == 31:
			out = append(out, "L")
		case d > 28:
			out = append(out, fmt.Sprintf("%dL", d))
		default:
			out = append(out, fmt.Sprint(d))
		}
	}
	return strings.Join(out, ",")
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

// byMonths is the cron of a yearly duty in named months, whose days must agree
// for one expression to hold them.
func (r Reading) byMonths() (string, int, string, bool) {
	if r.Recurrence != Yearly || r.Recur.Every > 1 || len(r.Recur.Days) > 0 {
		return "", 0, "", false
	}
	if r.Recur.Nth != 0 {
		var ms []int
		for _, m := range r.Recur.Months {
			ms = append(ms, int(m))
		}
		return "", 0, fmt.Sprintf("0 9 * %s %d#%d", list(ms), r.Recur.Weekday%7, r.Recur.Nth), r.Recur.Nth > 0 && r.Recur.Nth <= 4
	}
	if r.Recur.Day < 0 && slices.Equal(r.Recur.Months, []time.Month{12}) {
		return "year", 0, "", true
	}
	if r.Recur.Day < 0 && slices.Equal(r.Recur.Months, []time.Month{6, 12}) {
		return "halfyear", 0, "", true
	}
	if r.Recur.Day < 0 && slices.Equal(r.Recur.Months, []time.Month{3, 6, 9, 12}) {
		return "quarter", 0, "", true
	}
	var ms []int
	for _, m := range r.Recur.Months {
		ms = append(ms, int(m))
	}
	return "", 0, fmt.Sprintf("0 9 %s %s *", doms([]int{r.Recur.Day}), list(ms)), true
}
