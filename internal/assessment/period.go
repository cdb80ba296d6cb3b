package assessment

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Period is a year, a half, a quarter or a month: 2021, 2021H1, 2021Q3, 2021-06.
type Period string

var (
	plainPeriod = regexp.MustCompile(`^(\d{4})(?:H([12])|Q([1-4])|-(0[1-9]|1[0-2]))?$`)
	saidPeriod  = regexp.MustCompile(`^(\d{4})年(?:(上|下)半年|第?([一二三四1-4])季度|(\d{1,2})月|度)?$`)
)

// ReadPeriod reads a period as programs or as people write it: 2021年, 2021年上半年,
// 2021年第三季度, 2021年6月.
func ReadPeriod(text string) (Period, error) {
	text = strings.ToUpper(strings.Join(strings.Fields(text), ""))
	if m := saidPeriod.FindStringSubmatch(text); m != nil {
		text = m[1]
		switch {
		case m[2] != "":
			text += map[string]string{"上": "H1", "下": "H2"}[m[2]]
		case m[3] != "":
			n := strings.Index("一二三四", m[3])/3 + 1
			if m[3][0] <= '4' {
				n, _ = strconv.Atoi(m[3])
			}
			text += "Q" + strconv.Itoa(n)
		case m[4] != "":
			n, _ := strconv.Atoi(m[4])
			text += fmt.Sprintf("-%02d", n)
		}
	}
	if !plainPeriod.MatchString(text) || text < "1949" || text[:4] > "2100" {
		return "", fmt.Errorf("assessment: %q is no period", text)
	}
	return Period(text), nil
}

// span is the period's first month and how many it has.
func (p Period) span() (first time.Time, months int) {
	m := plainPeriod.FindStringSubmatch(string(p))
	if m == nil {
		return time.Time{}, 0
	}
	year, _ := strconv.Atoi(m[1])
	part := func(s string) int { n, _ := strconv.Atoi(s); return n }
	month, months := 1, 12
	switch {
	case m[2] != "":
		month, months = part(m[2])*6-5, 6
	case m[3] != "":
		month, months = part(m[3])*3-2, 3
	case m[4] != "":
		month, months = part(m[4]), 1
	}
	return time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC), months
}

// First and Last are the period's days; both count.
func (p Period) First() string {
	first, _ := p.span()
	return first.Format(time.DateOnly)
}

// Last is the period's last day.
func (p Period) Last() string {
	first, months := p.span()
	return first.AddDate(0, months, -1).Format(time.DateOnly)
}

// Has tells that a day is of the period.
func (p Period) Has(day string) bool { return day >= p.First() && day <= p.Last() }

// Before tells that a period of the same sort is an earlier one than another.
func (p Period) Before(q Period) bool {
	_, months := p.span()
	_, others := q.span()
	return months == others && p.First() < q.First()
}
