package plan

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"duban/internal/words"
)

// Text is a rule in words, with its days: 每月一期，期末当日为限，自2026年11月2日起.
func (r Recurrence) Text(w *words.Words) string {
	parts := []string{r.Rhythm(w)}
	for _, bound := range []struct {
		name string
		zero bool
		at   time.Time
	}{{"from", r.From.IsZero(), r.From.At(0, 0, time.UTC)}, {"until", r.Until.IsZero(), r.Until.At(0, 0, time.UTC)}} {
		if !bound.zero {
			parts = append(parts, w.T("case."+bound.name, words.Data{"Day": bound.at.Format(w.T("report.day_layout"))}))
		}
	}
	return strings.Join(parts, w.T("case.comma"))
}

// Rhythm is a rule in words without its days.
func (r Recurrence) Rhythm(w *words.Words) string {
	switch {
	case r.Cron != "":
		if days, ok := cronDays(w, r.Cron); ok {
			return days
		}
		return w.T("case.cron", words.Data{"Cron": r.Cron})
	case r.Shift == 0:
		return w.T("case.shift_0", words.Data{"Every": w.T("case.every_" + r.Every)})
	}
	return w.T("case.shift_n", words.Data{"Every": w.T("case.every_" + r.Every), "Days": r.Shift})
}

var (
	cronDay     = regexp.MustCompile(`^(\d{1,2})?(L)?$`)     // 25, L, 30L
	cronWeekday = regexp.MustCompile(`^([0-7])(#[1-5]|L)?$`) // 5, 1#1, 5L
)

// cronDays are the days of a cron expression in words: 每月25日为限. ok is false for an
// expression that people seldom write, which is shown as it is.
func cronDays(w *words.Words, expr string) (text string, ok bool) {
	f := strings.Fields(expr)
	if len(f) != 5 || f[2] != "*" && f[4] != "*" || f[2] == f[4] {
		return "", false
	}
	say := func(key string, data words.Data) string { return w.T("case.cron_"+key, data) }
	list := func(field string, item func(string) string) (string, bool) {
		var parts []string
		for _, one := range strings.Split(field, ",") {
			part := item(one)
			if part == "" {
				return "", false
			}
			parts = append(parts, part)
		}
		return strings.Join(parts, w.T("notice.comma")), true
	}
	months := say("every_month", nil)
	if f[3] != "*" {
		names, ok := list(f[3], func(m string) string {
			if n, err := strconv.Atoi(m); err == nil && n >= 1 && n <= 12 {
				return w.T("notice.month_" + strconv.Itoa(n))
			}
			return ""
		})
		if !ok {
			return "", false
		}
		months = say("months", words.Data{"Months": names})
	}
	if f[4] == "*" {
		days, ok := list(f[2], func(d string) string {
			m := cronDay.FindStringSubmatch(d)
			switch {
			case m == nil || d == "":
				return ""
			case m[1] == "":
				return say("last", nil)
			case m[2] != "":
				return say("day_or_last", words.Data{"Day": m[1]})
			}
			return say("day", words.Data{"Day": m[1]})
		})
		return say("days", words.Data{"Months": months, "Days": days}), ok
	}
	if f[3] == "*" && !strings.ContainsAny(f[4], "#L") {
		days, ok := list(f[4], func(d string) string {
			if m := cronWeekday.FindStringSubmatch(d); m != nil {
				return weekday(w, m[1])
			}
			return ""
		})
		return say("week", words.Data{"Days": days}), ok
	}
	days, ok := list(f[4], func(d string) string {
		m := cronWeekday.FindStringSubmatch(d)
		switch {
		case m == nil || m[2] == "": // every Friday of some months
			return ""
		case m[2] == "L":
			return say("last_weekday", words.Data{"Day": weekday(w, m[1])})
		}
		return say("weekday", words.Data{"Day": weekday(w, m[1]), "Which": w.T("case.cron_which_" + m[2][1:])})
	})
	return say("days", words.Data{"Months": months, "Days": days}), ok
}

// weekday names a day of the week by its number: both 0 and 7 are Sunday.
func weekday(w *words.Words, n string) string {
	if n == "7" {
		n = "0"
	}
	return w.T("notice.weekday_" + n)
}
