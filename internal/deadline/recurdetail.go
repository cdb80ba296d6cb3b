package deadline

import (
	"strings"
	"time"
)

// yearDetail reads what is behind 每年: 1月底前, 底, 3月和9月, 汛前.
func (s *scan) yearDetail(k int, h *hit) int {
	k0 := k
	k = s.skip(k, "在", "于", "应于", "须于", "都要在", "要在")
	if _, e := s.one(k, "春秋两季", "春、秋两季", "春秋季", "春季和秋季", "春季、秋季", "夏秋两季", "秋冬两季", "冬春两季", "秋冬季", "冬春季", "春季", "夏季", "秋季", "冬季", "寒暑假", "寒假", "暑假", "两季"); e > 0 {
		ask(h, "deadline.period_missing") // a season has no day, and two are not one a year
		return s.skip(e, "期间", "前", "后")
	}
	if e := s.festivalWord(k); e > k { // 每年清明节前: the day is another each year
		ask(h, "deadline.period_missing")
		return s.skip(e, "期间", "之前", "前", "后")
	}
	back := moment{grain: ofYear}
	back.to = k
	if e := s.yearEdge(k, &back); e > k && s.lit(s.skip(e, "、", "和"), "年") {
		ask(h, "deadline.period_missing") // 每年年初、年中、年末
		for f := e; f > k; f = s.yearEdge(s.skip(f, "、", "和"), &back) {
			if e = f; s.skip(f, "、", "和") == f {
				break
			}
		}
		return e
	} else if e > k && back.edge == '底' {
		h.Recur.Months, h.Recur.Day = []time.Month{12}, -1
		return e
	}
	if a, j, ok := s.spanHead(k); ok && a.year == 0 {
		if b, ok := s.spanEnd(j, a); ok {
			h.Recur.Months, h.Recur.Day = []time.Month{time.Month(b.month)}, dayOf(b)
			e := s.skip(b.to, "期间", "底", "底前")
			for f := s.skip(e, "、", "和"); f > e; f = s.skip(e, "、", "和") { // 3月至5月、9月至11月
				a, j, ok := s.spanHead(f)
				if !ok || a.year != 0 {
					break
				}
				b, ok := s.spanEnd(j, a)
				if !ok {
					break
				}
				if h.Recur.Months, e = append(h.Recur.Months, time.Month(b.month)), s.skip(b.to, "期间", "底", "底前"); dayOf(b) != h.Recur.Day {
					ask(h, "deadline.period_missing")
				}
			}
			return e
		}
	}
	ms := s.moments(k)
	if len(ms) == 0 || ms[0].year != 0 || ms[0].yearWord != "" {
		return k0
	}
	same := true
	var days []int
	for _, m := range ms {
		h.Recur.Months = append(h.Recur.Months, monthOf(m))
		days = append(days, dayOf(m))
		h.Recur.Day = days[len(days)-1]
		same = same && days[0] == h.Recur.Day
	}
	if !same {
		h.Recur.Days = days
	}
	last := ms[len(ms)-1]
	if s.at(last.to) == '第' && last.grain == ofMonth {
		if e := s.nthWorkday(last.to, h); e > last.to && h.Recur.Nth != 0 { // 每年5月第三个星期日
			return e
		}
		ask(h, "deadline.period_missing")
	}
	if _, _, end := s.suffix(last.to); end > last.to {
		return end
	}
	return last.to
}

// monthOf is the month in which a yearly moment ends.
func monthOf(m moment) time.Month {
	switch m.grain {
	case ofHalf:
		return time.Month(m.half * 6)
	case ofQuarter:
		return time.Month(m.quarter * 3)
	case ofYear:
		if m.edge == '中' {
			return 6
		}
		if m.edge == '初' {
			return 1
		}
		return 12
	}
	return time.Month(m.month)
}

// dayOf is the day of the month of a recurring moment; -1 its last.
func dayOf(m moment) int {
	switch {
	case m.grain == ofDay && !m.lastDay:
		return m.day
	case m.grain == ofTen && m.ten < 3:
		return 10 * m.ten
	case m.grain == ofMonth && m.edge == '初':
		return 10
	case m.grain == ofMonth && m.edge == '中':
		return 15
	}
	return -1
}

// bracketDays reads the days of a half-year or quarter in brackets: （6月底、12月底前）.
func (s *scan) bracketDays(k int, h *hit) int {
	if s.at(k) != '(' && s.at(k) != '（' {
		return k
	}
	of := hit{Reading: Reading{Recur: h.Recur}}
	e := s.skip(s.yearDetail(k+1, &of), "前", "之前")
	if len(of.Recur.Months) < 2 || s.at(e) != ')' && s.at(e) != '）' {
		return k
	}
	h.Recurrence, h.Recur = Yearly, of.Recur
	return e + 1
}

// quarterDetail reads 首月20日前, 第一个月的5日前, 末, 次月10日前 behind 每季度 or 每半年.
func (s *scan) quarterDetail(k int, h *hit) int {
	if e := s.bracketDays(k, h); e > k {
		return e
	}
	if s.lit(k, "开学") { // 每学期开学后两周内: the day hangs on the school's calendar
		e := s.skip(k+2, "之后", "后", "前")
		if t, ok := s.term(e); ok && t.closed {
			e = t.to
		}
		h.Sure = Likely
		return s.skip(e, "第一周", "首周")
	}
	if _, e := s.one(k, "最后一个工作日", "最后1个工作日"); e > 0 {
		h.Recur.Workday, h.Recur.MonthOf = -1, 3
		if h.Recurrence == HalfYearly {
			h.Recur.MonthOf = 6
		}
		return s.skip(e, "之前", "前")
	}
	if e := s.nthWorkday(k, h); e > k && h.Recur.Workday > 0 {
		h.Recur.MonthOf = 1
		return e
	}
	if w, e := s.one(k, "末月", "最后一个月", "最后1个月"); w != "" {
		h.Recur.MonthOf = 3
		if h.Recurrence == HalfYearly {
			h.Recur.MonthOf = 6
		}
		return s.dayDetail(s.skip(e, "的"), h, -1)
	}
	if w, e := s.one(k, "末", "底", "终了前", "结束前"); w != "" {
		if n, ok := s.num(e); ok && s.one2(n.end, "日", "号") { // 每季度末25日前: of the quarter's last month
			h.Recur.MonthOf = 3
			if h.Recurrence == HalfYearly {
				h.Recur.MonthOf = 6
			}
			return s.dayDetail(e, h, -1)
		}
		h.Recur.Day = -1
		return s.skip(e, "前")
	}
	if w, e := s.one(k, "首月", "首个月", "第一个月", "第1个月", "第一月"); w != "" {
		h.Recur.MonthOf = 1
		return s.dayDetail(s.skip(e, "的"), h, -1)
	}
	if w, e := s.one(k, "第二个月", "第2个月", "第三个月", "第3个月"); w != "" {
		h.Recur.MonthOf = 2
		if strings.ContainsAny(w, "三3") {
			h.Recur.MonthOf = 3
		}
		return s.dayDetail(s.skip(e, "的"), h, -1)
	}
	if w, e := s.one(k, "次月", "下一个月", "下月", "下季度首月", "下一季度首月", "的次月"); w != "" {
		h.Recur.Next = true
		return s.dayDetail(s.skip(e, "的"), h, -1)
	}
	if _, e := s.one(k, "初"); e > 0 && !s.one2(k, "初步") {
		h.Recur.MonthOf, h.Recur.Day = 1, 10
		return e
	}
	return k
}

// monthDetail reads 5日前, 底, 上旬, 最后一个工作日 behind 每月.
func (s *scan) monthDetail(k int, h *hit) int {
	if w, e := s.one(k, "次月", "下月"); w != "" {
		h.Recur.Next = true
		k = e
	}
	return s.dayDetail(k, h, 0)
}

// ends are the last days of the parts of a month; -1 is its last.
var ends = map[string]int{"上旬": 10, "中旬": 20, "下旬": -1}

// dayDetail reads a day of the month at k; whole is the Day when none is said.
func (s *scan) dayDetail(k int, h *hit, whole int) int {
	h.Recur.Day = whole
	k0 := k
	k = s.skip(s.skip(k, "在", "于"), "逢")
	if w, e := s.one(k, "月底", "月末", "底", "末", "最后一天", "最后一日"); w != "" {
		h.Recur.Day = -1
		return s.skip(e, "之前", "以前", "前")
	}
	if w, e := s.one(k, "最后一个工作日", "最后1个工作日"); w != "" {
		h.Recur.Day, h.Recur.Workday = 0, -1
		return s.skip(e, "之前", "前")
	}
	if e := s.lastWeekday(k, h); e > k {
		return e
	}
	if w, e := s.one(k, "上旬", "中旬", "下旬"); w != "" {
		h.Recur.Day = ends[w]
		days := []int{h.Recur.Day}
		for len(days) < 3 { // 上旬、下旬各一次
			more, next := s.one(s.skip(e, "、", "和", "及"), "中旬", "下旬")
			if more == "" || ends[more] == days[len(days)-1] {
				break
			}
			days, e = append(days, ends[more]), next
		}
		if len(days) > 1 {
			h.Recur.Days, h.Recur.Day = days, days[len(days)-1]
		}
		return s.skip(e, "之前", "前")
	}
	if w, e := s.one(k, "月初", "初"); w != "" && !s.one2(k, "初步") {
		h.Recur.Day = 10
		return s.skip(e, "之前", "前")
	}
	if w, e := s.one(k, "月中", "中旬"); w != "" {
		h.Recur.Day = 15
		return s.skip(e, "之前", "前")
	}
	if e := s.nthWorkday(k, h); e > k {
		return e
	}
	a, ok := s.num(k)
	if !ok || a.v < 1 || a.v > 31 || a.digits > 2 {
		return k0
	}
	n := a
	j := n.end
	u := s.dayUnit(j)
	list := []int{a.v}
	for len(list) < 8 { // 1-5日: the last counts; 10日、20日: each
		from := max(j, u)
		sep, next := s.one(from, "-", "至", "到", "、", "和")
		b, ok := s.num(next)
		if sep == "" || !ok || b.v <= n.v || b.v > 31 || b.digits > 2 {
			break
		}
		if sep == "、" || sep == "和" {
			list = append(list, b.v)
		}
		n, j = b, b.end
		u = s.dayUnit(j)
	}
	if len(list) > 1 {
		h.Recur.Days = list
	}
	if u == 0 {
		if !s.one2(j, "日之内", "日以内", "日内", "日均") {
			return k0
		}
		u = j + 1
	}
	h.Recur.Day = n.v
	return s.skip(u, "之前", "以前", "前", "左右", "之内", "以内", "内")
}

// nthWorkday reads 前5个工作日(内), 第3个工作日.
func (s *scan) nthWorkday(k int, h *hit) int {
	j := s.skip(k, "前", "第", "首")
	if j == k {
		return k
	}
	n, ok := s.num(j)
	e := n.end
	if !ok {
		if s.at(k) != '首' {
			return k
		}
		n.v, e = 1, j
	}
	w, e := s.one(e, "个工作日", "工作日", "个周", "个星期", "个礼拜", "周", "星期", "天", "日")
	if w == "" {
		return k
	}
	switch {
	case strings.Contains(w, "工作日"):
		h.Recur.Day, h.Recur.Workday = 0, n.v
	case strings.Contains(w, "周"), strings.Contains(w, "星期"), strings.Contains(w, "礼拜"):
		h.Recur.Day = 7 * n.v
		if d, f := s.weekday(e); f > e {
			h.Recur.Weekday, h.Recur.Nth, h.Recur.Day, e = d, n.v, 0, f
		}
	default:
		h.Recur.Day = n.v
	}
	return s.skip(e, "之内", "以内", "内", "之前", "前")
}

// lastWeekday reads 最后一个星期五.
func (s *scan) lastWeekday(k int, h *hit) int {
	_, e := s.one(k, "最后一个星期", "最后一个周", "最后1个星期", "最后1个周", "最后一个礼拜", "最后一周的周", "最后一周周")
	if e == 0 {
		return k
	}
	d, f := s.weekday(e)
	if f == e {
		return k
	}
	h.Recur.Weekday, h.Recur.Nth, h.Recur.Day = d, -1, 0
	return s.skip(f, "之前", "以前", "前")
}

// weekDetail reads 五, 一至周五, 二前, 末 behind 每周.
func (s *scan) weekDetail(k int, h *hit) int {
	j := s.skip(k, "周", "星期")
	d, e := s.weekday(j)
	if e == j {
		if s.lit(k, "末") {
			h.Recur.Weekday = 7
			return s.skip(k+1, "前")
		}
		return k
	}
	list := []int{d}
	for s.at(e) == '、' || s.at(e) == '和' || s.at(e) == '至' || s.at(e) == '-' {
		f := s.skip(e+1, "周", "星期")
		d2, e2 := s.weekday(f)
		if e2 == f || len(list) == 7 {
			break
		}
		if r := s.at(e); r == '、' || r == '和' {
			list = append(list, d2)
		}
		d, e = d2, e2
	}
	if len(list) > 1 {
		h.Recur.Days = list
	}
	h.Recur.Weekday = d
	return s.skip(e, "之前", "以前", "前")
}
