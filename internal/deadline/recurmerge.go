package deadline

import (
	"strings"

	"duban/internal/calendar"
)

// merge joins to the recurrence the Start or Window right before it (从2022年第二季度
// 起，每…; 2021年至2023年每年) and the bound 连续3年.
func (s *scan) merge(h *hit) {
	if k := s.find(max(0, h.from-5), h.from, "连续"); k >= 0 {
		if n, ok := s.num(k + 2); ok && n.v < 30 {
			h.Recur.Times, h.from = n.v, k
		}
	}
	if n := len(s.out); n > 0 && s.out[n-1].Kind == Window && h.from-s.spans[n-1].to >= 0 && h.from-s.spans[n-1].to <= 3 &&
		strings.Trim(s.str(s.spans[n-1].to, h.from), "，,要在应于须各") == "" { // 2021年至2023年每年
		h.from, h.Start, h.Recur.Until, h.YearFrom = s.spans[n-1].from, s.out[n-1].Start, s.out[n-1].Due, s.out[n-1].YearFrom
		s.out, s.spans = s.out[:n-1], s.spans[:n-1]
	}
	for n := len(s.out) - 1; n >= 0 && s.out[n].Kind == Target && s.spans[n].from >= h.from; n-- { // 连续3年 was seen as a length
		s.out, s.spans = s.out[:n], s.spans[:n]
	}
	if n := len(s.out); n > 0 && s.out[n-1].Kind == Start && !s.out[n-1].Effect && s.subjectOnly(s.spans[n-1].to, h.from) {
		start := s.out[n-1]
		h.from, h.Start, h.YearFrom = s.spans[n-1].from, start.Start, start.YearFrom
		if d, ok := h.Reading.first(start.Start, s.cal); ok {
			h.First = d
		}
		s.out, s.spans = s.out[:n-1], s.spans[:n-1]
	}
}

// subjectOnly tells that nothing but a comma and a subject is between a start
// and its recurrence: 从二季度起，各牵头单位要在每季度….
func (s *scan) subjectOnly(from, to int) bool {
	if to < from || to-from > 18 {
		return false
	}
	gap := s.str(from, to)
	if strings.Trim(gap, "，,要在应于须按各、 ") == "" {
		return true
	}
	rest, ok := strings.CutPrefix(strings.Replace(gap, ",", "，", 1), "，")
	return ok && !strings.ContainsAny(rest, "，,。；;\n") && !s.predicateIn(from, to)
}

// predicateIn tells that a verb other than an auxiliary is in [from, to).
func (s *scan) predicateIn(from, to int) bool {
	return s.finishes(from, to) || s.has(from, to, actVerbs[4:]...)
}

// recurAround reads how often in a period (编发二期) and whether the period before
// is reported on (通报上月).
func (s *scan) recurAround(h *hit) {
	end := min(s.clauseEnd(h.to-1), h.to+24)
	for k := h.to; k < end; k++ {
		n, ok := s.num(k)
		if ok && n.v >= 1 && n.v <= 30 && s.one2(n.end, "次", "期", "轮", "遍", "篇", "场") && !s.one2(n.end, "次性", "次会议", "期工程") {
			if n.v > 1 {
				h.Recur.Count = n.v
			}
			break
		}
		if ok {
			k = n.end - 1
		}
	}
	if s.has(h.to, min(s.sentEnd(h.to-1), h.to+60), "上月", "上个月", "上一个月", "上一月", "上季度", "上一季度", "上个季度", "上一个季度", "上一年", "上年度", "上周", "前一") {
		h.Recur.Previous = true
	}
}

// first is the first occurrence on or after day d, when the fine print fixes one.
func (r Reading) first(d calendar.Day, cal *calendar.Calendar) (calendar.Day, bool) {
	if r.Recur.Day == 0 && r.Recur.Workday == 0 && r.Recur.Weekday == 0 && r.Recur.After == 0 {
		return d, false
	}
	return r.Next(d.AddDays(-1), cal)
}
