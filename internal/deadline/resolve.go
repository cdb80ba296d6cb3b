package deadline

import (
	"strings"
	"time"

	"duban/internal/calendar"
)

// days is what a moment covers: first and last day, where its year came from,
// and what is open about it.
type days struct {
	first, last calendar.Day
	from        string // written, word, item, plan, issued; "" no year at all
	month       bool   // the month was filled in too
	ok          bool
}

// yearOf fills in the year by A3: written, a word for it, the nearest earlier
// date of the item, the plan's, the issue's.
func (s *scan) yearOf(m moment) (int, string) {
	switch {
	case m.year != 0:
		return m.year, "written"
	case m.yearWord != "":
		return s.wordYear(m.yearWord)
	case s.year != 0:
		return s.year, "item"
	case s.ctx.PlanYear != 0:
		return s.ctx.PlanYear, "plan"
	case !s.ctx.Issued.IsZero():
		return s.ctx.Issued.Year, "issued"
	}
	return 0, ""
}

// wordYear resolves 今年, 次年 and their kin.
func (s *scan) wordYear(w string) (int, string) {
	base := s.ctx.Issued.Year
	if base == 0 {
		base = s.ctx.PlanYear
	}
	if base == 0 {
		return 0, ""
	}
	switch w {
	case "明年", "来年":
		return base + 1, "word"
	case "后年":
		return base + 2, "word"
	case "去年", "上年":
		return base - 1, "word"
	}
	near := base
	if s.ctx.PlanYear != 0 {
		near = s.ctx.PlanYear
	}
	if s.year != 0 {
		near = s.year
	}
	switch w {
	case "次年", "翌年":
		return near + 1, "word"
	case "当年", "同年", "本年", "本年度":
		return near, "word"
	}
	return base, "word"
}

// resolve turns a moment into the days it covers. An impossible day (6月31日) is
// the month's last and not ok for sure; ok is false when no year can be found.
func (s *scan) resolve(m moment) days {
	if m.weekRel != "" {
		return s.week(m)
	}
	y, from := s.yearOf(m)
	d := days{from: from}
	if y == 0 {
		return d
	}
	d.ok = true
	if m.grain == ofMonth && m.rel == "" && m.month == 0 {
		return days{}
	}
	switch m.grain {
	case ofYear:
		d.first, d.last = calendar.NewDay(y, 1, 1), calendar.NewDay(y, 12, 31)
	case ofHalf:
		d.first = calendar.NewDay(y, time.Month(m.half*6-5), 1)
		d.last = d.first.HalfEnd()
	case ofQuarter:
		d.first = s.quarterStart(m, y)
		d.last = d.first.QuarterEnd()
	default:
		d = s.inMonth(m, d, y)
	}
	return edged(m, d)
}

func (s *scan) quarterStart(m moment, y int) calendar.Day {
	if m.rel == "" {
		return calendar.NewDay(y, time.Month(m.quarter*3-2), 1)
	}
	now := s.ctx.Issued
	start := calendar.NewDay(now.Year, (now.Month-1)/3*3+1, 1)
	switch {
	case strings.HasPrefix(m.rel, "下"):
		return start.AddMonths(3)
	case strings.HasPrefix(m.rel, "上"):
		return start.AddMonths(-3)
	}
	return start
}

// inMonth resolves a month, 旬 or day.
func (s *scan) inMonth(m moment, d days, y int) days {
	month := m.month
	if m.rel != "" {
		y, month = s.relMonth(m.rel)
		if d.from = "issued"; m.rel == "月" {
			d.month = true
		}
		if y == 0 {
			return days{}
		}
	}
	first := calendar.NewDay(y, time.Month(month), 1)
	last := first.MonthEnd()
	switch m.grain {
	case ofMonth:
		d.first, d.last = first, last
	case ofTen:
		d.first, d.last = first.AddDays(10*(m.ten-1)), first.AddDays(10*m.ten-1)
		if m.ten == 3 {
			d.last = last
		}
	case ofDay:
		d.first = last
		if !m.lastDay && m.day <= last.Date {
			d.first = first.AddDays(m.day - 1)
		}
		d.last = d.first
	}
	return d
}

// relMonth resolves 本月, 下月, 月(底) against the month last written, or else the issue.
func (s *scan) relMonth(rel string) (year, month int) {
	now := s.ctx.Issued
	if now.IsZero() {
		return 0, 0
	}
	now.Date = 1
	if strings.HasPrefix(rel, "次") || strings.HasPrefix(rel, "翌") || strings.HasPrefix(rel, "当") {
		if s.month != 0 && s.year != 0 {
			now = calendar.NewDay(s.year, time.Month(s.month), 1)
		}
	}
	switch {
	case strings.HasPrefix(rel, "下"), strings.HasPrefix(rel, "次"), strings.HasPrefix(rel, "翌"):
		now = now.AddMonths(1)
	case strings.HasPrefix(rel, "上"):
		now = now.AddMonths(-1)
	}
	return now.Year, int(now.Month)
}

// week resolves 本周五 and 下周 against the day of issue.
func (s *scan) week(m moment) days {
	if s.ctx.Issued.IsZero() {
		return days{}
	}
	monday := s.ctx.Issued.AddDays(-(int(s.ctx.Issued.Weekday()) + 6) % 7)
	if m.weekRel == "下" {
		monday = monday.AddDays(7)
	}
	d := monday.AddDays(m.weekday - 1)
	return days{first: d, last: d, from: "issued", ok: true}
}

// edged narrows the days to 底, 初 or 中. 底 ends with the whole; 初 ends a tenth
// in for months, with January for years; 中 ends in the middle.
func edged(m moment, d days) days {
	switch m.edge {
	case '初':
		switch m.grain {
		case ofYear, ofHalf, ofQuarter:
			d.last = d.first.MonthEnd()
		case ofMonth:
			d.last = d.first.AddDays(9)
		}
	case '中':
		switch m.grain {
		case ofYear:
			d.last = calendar.NewDay(d.first.Year, 6, 30)
		case ofMonth:
			d.last = d.first.AddDays(14)
		}
	}
	return d
}
