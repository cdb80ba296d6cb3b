package deadline

import "duban/internal/calendar"

// noDay is "no date".
var noDay calendar.Day

// phrase is a moment with what is before and behind it.
type phrase struct {
	m        moment
	lead     string // 到, 自, 不迟于 …
	tail     tail
	clock    string
	from, to int
	d        days
}

// readMoments reads one date or a list of dates that share their tail:
// 6月底前; 6月、9月、12月底前; 6月底和7月底.
func (s *scan) readMoments(i int) ([]hit, int) {
	ms := s.moments(i)
	if len(ms) == 0 {
		return nil, 0
	}
	last := ms[len(ms)-1]
	t, clock, end := s.suffix(last.to)
	if len(ms) == 1 && s.bareWord(last, t) {
		return nil, last.to
	}
	var out []hit
	for k, m := range ms {
		p := phrase{m: m, tail: t, clock: clock, from: m.from, to: m.to}
		if k == len(ms)-1 {
			p.to = end
		} else if m.edge == 0 && m.grain == last.grain && (m.grain == ofMonth || m.grain == ofYear) {
			p.m.edge = last.edge
		}
		if k == 0 {
			p.lead, p.from = s.lead(m.from)
		}
		h := s.point(p)
		if (p.m.year != 0 || p.m.month != 0) && !p.m.garbled {
			s.note(p.m)
		}
		out = append(out, h)
		if y := carried(h.Reading); y != 0 {
			s.year = y
		}
	}
	return out, end
}

// note keeps the month for a later 次月 or bare day.
func (s *scan) note(m moment) {
	if m.grain >= ofMonth && m.month != 0 {
		s.month = m.month
	}
}

// bareWord tells that a lone moment is too vague to be read by itself: 当月, 年初
// as plain words, 本周, a bare month or year word without verb or tail.
func (s *scan) bareWord(m moment, t tail) bool {
	if t != bare {
		return false
	}
	if m.yearWord != "" && m.grain == ofYear && m.edge == 0 {
		if s.year == 0 && (m.yearWord == "次年" || m.yearWord == "翌年") { // the year after which?
			return true
		}
		return s.one2(m.to, "的", "度") || m.yearWord == "当年" || m.yearWord == "同年" || m.yearWord == "上年" || m.yearWord == "去年"
	}
	if (s.back(m.to, "年终") || s.back(m.to, "岁末")) && m.year == 0 {
		return !s.ctx.ColumnCell && !s.finishes(m.to, min(s.clauseEnd(m.to), m.to+8))
	}
	if m.rel != "" && m.grain != ofDay && m.grain != ofTen && m.edge == 0 {
		return !s.ctx.ColumnCell && !s.predicate(m.to, s.clauseEnd(m.to))
	}
	if m.grain == ofMonth && m.edge == 0 && m.year == 0 && m.yearWord == "" {
		return s.one2(m.to, "龄", "报", "度", "均", "薪", "租", "调", "球", "通报", "嫂", "色", "饼")
	}
	return false
}

// leads are the words before a moment that belong to the phrase.
var leads = []string{"截止到", "截至到", "截止至", "截止", "截至", "最迟不超过", "最迟不晚于", "最迟于", "最迟在", "最迟", "最晚于",
	"最晚在", "最晚", "不迟于", "不晚于", "不得迟于", "不得晚于", "赶在", "自", "从", "到", "至"}

// lead is the leading word that ends at i, and where it begins.
func (s *scan) lead(i int) (string, int) {
	w := s.before(i, leads...)
	if w == "" {
		return "", i
	}
	j := i - runes(w)
	switch w {
	case "到", "至":
		if s.before(i, "达到", "提高到", "提升到", "增加到", "下降到", "降低到", "降到", "提高至", "提升至", "增加至", "降至", "甚至", "得到", "做到", "直至", "延长至", "推迟至", "延期至", "延至") != "" {
			return "", i
		}
	case "自":
		if s.before(i, "各自", "来自", "亲自", "独自") != "" {
			return "", i
		}
	}
	if j < len(s.mask) && s.mask[j] || s.taken(j) {
		return "", i
	}
	return w, j
}

// taken tells that the cell belongs to the last reading already.
func (s *scan) taken(i int) bool { return len(s.spans) > 0 && i < s.spans[len(s.spans)-1].to }

// point decides what one phrase is. Each case is a rule with its own function.
func (s *scan) point(p phrase) hit {
	if p.m.garbled {
		h := hit{Reading{Kind: Due, Clock: p.clock, Rule: "G1"}, span{p.from, p.to}}
		ask(&h, "deadline.unreadable")
		return h
	}
	p.d = s.resolve(p.m)
	if p.m.rel == "日" && p.m.weekRel == "" {
		p.d = s.bareDayIn(p.m)
	}
	h := hit{Reading{Kind: Due, Clock: p.clock, YearFrom: p.d.from, Sure: Sure}, span{p.from, p.to}}
	if rule := s.noLimit(p); rule != "" {
		h.Kind, h.Rule = Target, rule
		return h
	}
	switch {
	case p.tail == start || (p.lead == "自" || p.lead == "从") && p.tail == bare:
		s.startAt(&h, p)
	case p.tail == after:
		s.startAfter(&h, p)
	case p.tail == during:
		h.Kind, h.Rule, h.Start, h.Due = Window, "Y1", p.d.first, p.d.last
	case p.tail == before:
		s.dueBefore(&h, p)
	case p.tail == around || p.tail == about:
		h.Rule, h.Due, h.Soft = "D4", p.d.last, true
		ask(&h, "deadline.approximate")
	case p.tail == until || p.tail == within || p.lead != "":
		s.dueBy(&h, p)
	default:
		s.bareMoment(&h, p)
	}
	s.doubt(&h, p)
	if p.m.week && h.Kind == Due {
		ask(&h, "deadline.approximate")
	}
	return h
}

func ask(h *hit, key string) { h.Sure, h.Ask = Ask, key }

// startAt is A1: 起 begins on the first day covered, and has no end.
func (s *scan) startAt(h *hit, p phrase) { h.Kind, h.Rule, h.Start = Start, "A1", p.d.first }

// startAfter: 2022年以后 begins the day after what is covered.
func (s *scan) startAfter(h *hit, p phrase) {
	h.Kind, h.Rule = Start, "A1"
	if p.d.ok {
		h.Start = p.d.last.AddDays(1)
	}
	h.Sure = Likely
}

// dueBefore is A4: X前 is due on the last day of X, unless the switch excludes a
// day named. A whole month, quarter or year before 前 (6月前) can also mean the
// day before it begins: that is asked.
func (s *scan) dueBefore(h *hit, p phrase) {
	h.Rule, h.Due = "A4", p.d.last
	if !p.d.ok {
		return
	}
	switch {
	case p.m.grain == ofTen:
		h.Rule = "A2"
	case p.m.grain == ofDay:
		if s.ctx.ExclusiveBefore {
			h.Due = p.d.last.AddDays(-1)
		}
	case p.m.edge == '初':
		h.Rule, h.Sure = "D3", Likely
	case p.m.edge == '底', p.m.edge == '内':
	case p.m.edge == '中':
		h.Rule, h.Sure = "D3", Likely
	case p.m.grain == ofHalf:
	default:
		h.Other = p.d.first.AddDays(-1)
		if s.ctx.ExclusiveBefore {
			h.Due, h.Other = h.Other, h.Due
		}
		ask(h, "deadline.before_whole")
	}
}

// dueBy is the limit after 到, 截至, 不迟于, or before 内 and 止: the last day
// covered (A15 for years).
func (s *scan) dueBy(h *hit, p phrase) {
	h.Rule, h.Due = "A4", p.d.last
	switch {
	case p.m.grain == ofYear && p.m.edge == 0 && p.tail == bare:
		h.Rule = "A15"
		if s.farAway(p.d.last.Year) {
			h.Kind, h.Due, h.Start = None, noDay, noDay
		}
	case p.m.grain == ofTen:
		h.Rule = "A2"
	case p.m.edge == '初' || p.m.edge == '中':
		h.Rule, h.Sure = "D3", Likely
	}
}

// bareMoment is a moment with nothing before or behind it.
func (s *scan) bareMoment(h *hit, p phrase) {
	h.Due = p.d.last
	switch {
	case p.m.grain == ofTen:
		h.Rule = "A2"
	case p.m.edge == '初':
		h.Rule = "D3"
		ask(h, "deadline.beginning")
	case p.m.edge == '中':
		h.Rule, h.Sure = "D3", Likely
	case p.m.edge != 0:
		h.Rule = "A6"
	case p.m.grain == ofYear && s.one2(p.to, "长期", "持续", "常态化", "继续坚持"): // 2022年长期坚持
		h.Kind, h.Rule, h.Start, h.Due = Start, "A1", p.d.first, noDay
	case p.m.grain == ofYear:
		s.wholeYear(h, p)
	case p.m.grain == ofHalf || p.m.grain == ofQuarter:
		h.Rule = "D1"
	case p.m.grain == ofMonth:
		s.wholeMonth(h, p)
	default:
		h.Rule = "D2"
	}
}

// wholeYear is a year alone. With a verb that finishes or starts something it is
// a limit at the year's end (A7); otherwise the year is the stretch in which a
// quantity or state holds (Y1).
func (s *scan) wholeYear(h *hit, p phrase) {
	if e := s.occasion(p.to); e > p.to { // 2025年春运投入使用: the year alone would say December
		h.Kind, h.Rule, h.Due, h.to = Season, "A10", noDay, e
		ask(h, "deadline.season_unset")
		return
	}
	from, to := s.predicateZone(p.to)
	if s.ctx.ColumnCell || s.finishes(from, to) {
		h.Rule = "A7"
		return
	}
	h.Kind, h.Rule, h.Start, h.Sure = Window, "Y1", p.d.first, Likely
}

// wholeMonth is a month alone: a stretch when something is carried on in it,
// otherwise a limit at its end.
func (s *scan) wholeMonth(h *hit, p phrase) {
	h.Rule = "D2"
	from, to := s.predicateZone(p.to)
	if !s.ctx.ColumnCell && s.before(p.from, "于", "在") == "" && !s.finishes(from, to) && s.has(from, min(to, from+12), "开展", "集中", "组织", "进行", "举办", "实施") {
		h.Kind, h.Rule, h.Start = Window, "Y1", p.d.first
	}
	h.Sure = Likely
}

// farAway tells a vision from a limit (A15): eight years off and more, or 2030
// and later seen from before 2026.
func (s *scan) farAway(year int) bool {
	now := max(s.ctx.Issued.Year, s.ctx.PlanYear)
	if now == 0 {
		return year >= 2030
	}
	return year-now >= 8 || year >= 2030 && now <= 2025
}

// doubt marks what A3 could not settle: no year, a day that does not exist, a
// date before the issue, a year filled in.
func (s *scan) doubt(h *hit, p phrase) {
	if h.Kind == Target || h.Kind == None {
		return
	}
	if !p.d.ok {
		h.Due, h.Start = noDay, noDay
		ask(h, "deadline.year_missing")
		return
	}
	end := h.Due
	if end.IsZero() {
		end = h.Start
	}
	switch {
	case p.m.grain == ofDay && p.m.day > 0 && !p.m.lastDay && p.m.weekRel == "" && p.d.last.Date != p.m.day:
		ask(h, "deadline.no_such_day")
	case !s.ctx.Issued.IsZero() && end.Before(s.ctx.Issued) && (h.Kind != Start || p.d.from != "written"):
		ask(h, "deadline.before_issue")
		if p.d.from != "written" && h.Kind == Due {
			h.Other = p.d.last.AddMonths(12)
			if p.m.edge == '底' || p.m.grain != ofDay {
				h.Other = h.Other.MonthEnd()
			}
		}
	case p.d.month:
		ask(h, "deadline.month_missing")
	case p.m.yearWord != "" && s.ctx.PlanYear != 0 && s.ctx.Issued.Year != 0 && s.ctx.PlanYear != s.ctx.Issued.Year:
		ask(h, "deadline.year_word")
		if h.Kind == Due {
			h.Other = h.Due.AddMonths(12 * (s.ctx.PlanYear - s.ctx.Issued.Year))
		}
	case h.Sure == Sure && (p.d.from == "plan" || p.d.from == "issued" || p.m.short):
		h.Sure = Likely
	}
	if h.Rule == "A4" && p.m.year == 0 && p.m.yearWord == "" && p.m.rel == "" && p.m.grain != ofDay {
		h.Rule = "A3"
	}
}

// bareDayIn places 25日 in the month last written, or in the next one that has
// not passed since the issue.
func (s *scan) bareDayIn(m moment) days {
	if s.month != 0 && s.year != 0 {
		m.rel, m.year, m.month = "", s.year, s.month
		d := s.resolve(m)
		d.from = "item"
		return d
	}
	now := s.ctx.Issued
	if now.IsZero() {
		return days{}
	}
	if m.day < now.Date {
		now = now.AddMonths(1)
	}
	m.rel, m.year, m.month = "", now.Year, int(now.Month)
	d := s.resolve(m)
	d.from, d.month = "issued", true
	return d
}
