package deadline

import (
	"strings"
	"time"
)

// besideOthers settles readings that mean something else beside another one of their
// sentence: 用三年时间 before the day itself, 每年…的防火期内 before a rhythm in it, 12月底前
// behind 每年3月底前.
func (s *scan) besideOthers() {
	for i := range s.out {
		r, at := &s.out[i], s.spans[i]
		sent := s.sent[at.from]
		for j := i + 1; j < min(i+9, len(s.out)) && s.sent[s.spans[j].from] == sent; j++ {
			o := &s.out[j]
			if r.Rule == "A19" && r.Kind == Due && r.Ask == "deadline.approximate" && o.Kind == Due && !o.Due.IsZero() && o.YearFrom == "written" {
				r.Kind, r.Rule, r.Sure, r.Ask, r.Due, r.Soft = Target, "A14", Sure, "", noDay, false
				o.Soft = o.Soft || s.softNear(s.clause[at.from].from, at.from)
			}
			if r.Kind == Recurring && o.Kind == Due && !o.Due.IsZero() && s.ofMechanism(at) { // 建立月调度机制（8月底前）
				r.Kind, r.Rule, r.Recurrence, r.Recur, r.Sure, r.Ask = Target, "T1", "", Recur{}, Sure, ""
			}
			if !r.Due.IsZero() && o.Kind == Due && s.clause[at.from] == s.clause[s.spans[j].from] && s.namesCheck(s.spans[j]) { // 7月底前开展年中督查
				o.Kind, o.Rule, o.Sure, o.Ask, o.Due, o.Other, o.Milestone = Target, "T1", Sure, "", noDay, noDay, ""
			}
			if r.Kind == Recurring && r.Recurrence == Yearly && o.Kind == Recurring && s.seasonBehind(at) {
				r.Kind, r.Rule, r.Recurrence, r.Recur = Target, "T1", "", Recur{}
			}
			if r.Kind == Recurring && r.Recurrence == Yearly && len(r.Recur.Months) > 0 && r.Recur.Until.IsZero() && o.Kind == Due && o.Rule != "F2" && !o.Due.IsZero() && s.monthOnly(s.spans[j]) {
				day := o.Due.Date
				if o.Due == o.Due.MonthEnd() {
					day = -1
				}
				o.Kind, o.Rule, o.Recurrence, o.Sure, o.Ask, o.Other = Recurring, "A8", Yearly, Likely, "", noDay
				o.Recur, o.Due, o.Start = Recur{Months: []time.Month{o.Due.Month}, Day: day}, noDay, noDay
			}
		}
	}
}

// namesCheck tells that 年中 or 年底 is the name of the check or the report behind it.
func (s *scan) namesCheck(at span) bool {
	switch s.str(at.from, at.to) {
	case "年中", "年底", "年末", "年初":
		return s.one2(at.to, "督查", "检查", "考核", "评估", "总结", "考评", "盘点", "述职", "调度", "推进会", "分析", "评价", "测评", "验收", "报告")
	}
	return false
}

// seasonBehind tells that a span of days in every year is the time of a season that
// is behind it: 每年10月1日至次年5月31日的防火期内.
func (s *scan) seasonBehind(at span) bool {
	if !s.has(at.from, at.to, "至", "-", "到") {
		return false
	}
	k := s.skip(at.to, "的", "为", "是")
	for _, w := range seasonWords {
		if s.lit(k, w.word) {
			return true
		}
	}
	return s.one2(k, "禁渔期", "休渔期", "禁猎期", "封山期", "禁烧期", "高火险期", "防汛期")
}

// ofMechanism tells that a rhythm is in the name of a way of working that is set up.
func (s *scan) ofMechanism(at span) bool {
	return s.has(max(s.clause[at.from].from, at.from-16), at.from, "建立", "健全", "完善", "制定") && s.has(at.to, min(s.clauseEnd(at.to-1), at.to+8), "机制", "制度")
}

// monthOnly tells that a limit begins with a month and names no year: 12月底前.
func (s *scan) monthOnly(at span) bool {
	text := s.str(at.from, at.to)
	return strings.Contains(text, "月") && !strings.Contains(text, "年") && (digit(s.at(at.from)) || numeral(s.at(at.from)))
}
