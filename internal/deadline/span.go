package deadline

import (
	"strings"
	"time"

	"duban/internal/calendar"
)

func day(y, m, d int) calendar.Day { return calendar.NewDay(y, time.Month(m), d) }

// readSpan reads from–to: 2021年4月15日至5月15日, 4—6月, 2021-2023年, 10月至次年3月,
// 即日起至6月底, 自印发之日起至2021年12月31日.
func (s *scan) readSpan(i int) ([]hit, int) {
	if h, next := s.fromNow(i); next > i {
		return h, next
	}
	a, j, ok := s.spanHead(i)
	if !ok {
		return nil, 0
	}
	b, ok := s.spanEnd(j, a)
	if h, next := s.untilFestival(j, a, b); next > j {
		return h, next
	}
	if !ok {
		return nil, 0
	}
	t, clock, end := s.suffix(b.to)
	from := a.from
	if w := s.before(from, "从", "自"); w != "" && !s.taken(from-1) {
		from--
	}
	return []hit{s.window(a, b, t, clock, from, end)}, end
}

// untilFestival reads 2021年11月10日至2022年春节前: a span to the eve of a festival. b is
// what else was read behind the sign, the year perhaps.
func (s *scan) untilFestival(j int, a, b moment) ([]hit, int) {
	if b.to > j && b.grain != ofYear || a.grain < ofMonth {
		return nil, 0
	}
	year := s.year
	defer func() { s.year = year }()
	first := s.resolve(a)
	if !first.ok {
		return nil, 0
	}
	s.year = first.first.Year
	found, next := s.readFestival(j)
	if next <= j || len(found) != 1 || found[0].Kind != Due || found[0].Due.IsZero() {
		return nil, 0
	}
	h := found[0]
	if h.Due.Before(first.first) && b.to <= j {
		s.year++
		if found, next = s.readFestival(j); len(found) != 1 || found[0].Due.IsZero() {
			return nil, 0
		}
		h = found[0]
	}
	if h.Due.Before(first.first) {
		return nil, 0
	}
	h.Kind, h.Rule, h.Start, h.YearFrom, h.span = Window, "W1", first.first, first.from, span{a.from, next}
	return []hit{h}, next
}

// fromNow reads a span that begins with the issue: 即日起至…, …之日起至….
func (s *scan) fromNow(i int) ([]hit, int) {
	w, j := s.one(i, "从即日起", "自即日起", "即日起", "从现在起", "自现在起", "现在起", "之日起")
	if w == "" || s.at(j) != '至' && s.at(j) != '到' {
		return nil, 0
	}
	from := i
	if w == "之日起" {
		from = s.eventStart(i)
		if !s.isIssue(s.str(s.skip(from, "自", "从"), i)) {
			return nil, 0
		}
	}
	m, ok := s.moment(j + 1)
	if !ok {
		return nil, 0
	}
	t, clock, end := s.suffix(m.to)
	_ = t
	d := s.resolve(m)
	h := hit{Reading{Kind: Window, Rule: "E1", Start: s.ctx.Issued, Due: d.last, Clock: clock, YearFrom: d.from, Sure: Sure}, span{from, end}}
	if !d.ok || s.ctx.Issued.IsZero() {
		ask(&h, "deadline.year_missing")
	}
	return []hit{h}, end
}

// spanHead reads the first half and the sign between: a moment, or a number that
// borrows its unit from the second half (4—6月, 2021-2023年, 1-3季度).
func (s *scan) spanHead(i int) (moment, int, bool) {
	if m, ok := s.moment(i); ok {
		k, _ := s.clock(m.to)
		if j := s.joint(k); j > 0 {
			return m, j, true
		}
	}
	head := moment{}
	j := s.yearPart(i, &head)
	k := s.skip(j, "第")
	n, ok := s.num(k)
	if !ok {
		return s.dayHead(i)
	}
	q := s.joint(n.end)
	if q == 0 {
		return s.dayHead(i)
	}
	b, ok := s.num(s.skip(q, "第"))
	if !ok {
		return s.dayHead(i)
	}
	m := head
	m.span = span{i, n.end}
	switch {
	case j == i && n.digits == 4 && b.digits == 4 && s.at(b.end) == '年' && n.v >= 1900 && b.v <= 2100:
		m.grain, m.year = ofYear, n.v
	case n.digits <= 2 && b.digits <= 2 && n.v >= 1 && n.v <= 12 && s.at(b.end) == '月':
		m.grain, m.month = ofMonth, n.v
	case n.v >= 1 && n.v <= 4 && s.lit(b.end, "季度"):
		m.grain, m.quarter = ofQuarter, n.v
	default:
		return s.dayHead(i)
	}
	return m, q, true
}

// dayHead reads 4月15—20日: the second half is a bare day.
func (s *scan) dayHead(i int) (moment, int, bool) {
	m := moment{}
	j := s.yearPart(i, &m)
	n, ok := s.num(j)
	if !ok || n.v < 1 || n.v > 12 || s.at(n.end) != '月' {
		return m, 0, false
	}
	d, ok := s.num(n.end + 1)
	if !ok || d.v < 1 || d.v > 31 {
		return m, 0, false
	}
	q := s.joint(d.end)
	if q == 0 {
		return m, 0, false
	}
	m.span, m.month, m.day, m.grain = span{i, d.end}, n.v, d.v, ofDay
	return m, q, true
}

// joint is the place after the sign of a span at j: 至, 到, —, 起至; 0 when none.
func (s *scan) joint(j int) int {
	if _, e := s.one(j, "(含)至", "开始至", "开始到", "起至", "起到", "始至", "-", "至", "到"); e > 0 {
		return e
	}
	return 0
}

// spanEnd reads the second half, which borrows what it leaves out from the first.
func (s *scan) spanEnd(j int, a moment) (moment, bool) {
	if m, ok := s.moment(j); ok && m.grain != noGrain {
		return m, true
	}
	if n, ok := s.num(j); ok && a.grain == ofDay && n.v >= 1 && n.v <= 31 && n.digits <= 2 {
		if e := s.dayUnit(n.end); e > 0 {
			m := a
			m.span, m.day, m.lastDay = span{j, e}, n.v, false
			return m, true
		}
	}
	if k := s.skip(j, "第"); a.grain == ofQuarter {
		if m, ok := s.moment(k); ok {
			return m, true
		}
	}
	return moment{}, false
}

// window resolves both halves: the second takes its year from the first, and the
// next one when it would lie before it.
func (s *scan) window(a, b moment, t tail, clock string, from, end int) hit {
	first := s.resolve(a)
	year := s.year
	if first.ok {
		s.year = first.first.Year
	}
	last := s.resolve(b)
	s.year = year
	h := hit{Reading{Kind: Window, Rule: "W1", Clock: clock, YearFrom: first.from, Sure: Sure}, span{from, end}}
	if !first.ok || !last.ok {
		ask(&h, "deadline.year_missing")
		return h
	}
	h.Start, h.Due = first.first, last.last
	if a.grain == ofMonth && a.edge == '底' {
		h.Start = first.last
	}
	if h.Due.Before(h.Start) && b.year == 0 && b.yearWord == "" {
		h.Due = h.Due.AddMonths(12)
	}
	if b.month != 0 {
		s.month = b.month
	}
	p := phrase{m: b, tail: t, from: from, to: end, d: days{first.first, last.last, first.from, false, true}}
	switch {
	case h.Due.Before(h.Start):
		ask(&h, "deadline.reversed")
	case s.validity(p):
		h.Kind, h.Rule, h.Start, h.Due = Target, "T4", noDay, noDay
	case t == since || s.spanIsName(from, end, a, b) || s.history(p) || t == bare && s.one2(end, "期间已", "年均"):
		h.Kind, h.Rule, h.Start, h.Due = Target, "T1", noDay, noDay
	case !s.ctx.Issued.IsZero() && h.Due.Before(s.ctx.Issued):
		ask(&h, "deadline.before_issue")
	case first.from == "plan" || first.from == "issued":
		h.Sure = Likely
	}
	return h
}

// spanIsName: (2021—2023年) behind the title of a plan, or 2021-2023年行动计划.
func (s *scan) spanIsName(from, end int, a, b moment) bool {
	if a.grain != ofYear || s.ctx.ColumnCell {
		return false
	}
	if s.at(from-1) == '(' && s.at(end) == ')' && s.before(from-1, nameEnds...) != "" {
		return true
	}
	if s.before(from, citeVerbs...) != "" {
		return true
	}
	lo, hi := s.predicateZone(end)
	return s.at(end) != ')' && s.named(lo, hi) || s.at(end) == ')' && strings.ContainsRune("(", s.at(from-1)) && s.at(from-2) == '》'
}
