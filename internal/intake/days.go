package intake

import (
	"strings"
	"time"

	"duban/internal/calendar"
)

var calendarZero calendar.Day

func calendarDay(y, m, d int) calendar.Day { return calendar.NewDay(y, time.Month(m), d) }

// parseAnswerDay reads a date from an answer: 2021-06-30, 2021年6月30日, 2021.6.30.
func parseAnswerDay(s string) (calendar.Day, bool) {
	s = strings.NewReplacer("年", "-", "月", "-", "日", "", ".", "-", "/", "-").Replace(tight(fold(s)))
	p := strings.Split(s, "-")
	if len(p) != 3 {
		return calendarZero, false
	}
	d, err := calendar.ParseDay(p[0] + "-" + two(p[1]) + "-" + two(p[2]))
	return d, err == nil
}
