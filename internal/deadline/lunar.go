package deadline

import (
	"strings"

	"duban/internal/calendar"
)

// lunarMonths are the months that have names of their own; the others are lunar behind 农历
// and before a day such as 初九.
var lunarMonths = []struct {
	word  string
	month int
}{{"正月", 1}, {"冬月", 11}, {"腊月", 12}}

// lunarDays are days of the lunar calendar with names of their own.
var lunarDays = []struct {
	word        string
	month, date int
}{{"元宵节", 1, 15}, {"元宵", 1, 15}, {"腊八节", 12, 8}, {"腊八", 12, 8}, {"小年", 12, 23}, {"除夕", 12, 30}, {"七夕节", 7, 7}, {"七夕", 7, 7}, {"重阳节", 9, 9}, {"重阳", 9, 9}}

// readLunar reads 正月十六前, 农历九月初九前, 除夕前 (F4): a day of the lunar calendar by which
// something is done. Without 前 it is one only in a column of limits.
func (s *scan) readLunar(i int) ([]hit, int) {
	m := moment{}
	j := s.yearPart(i, &m)
	if m.year == 0 && m.yearWord == "" {
		j = i
	}
	month, date, e := s.lunarDay(j)
	if e == 0 {
		return nil, 0
	}
	e = s.skip(s.skip(e, "日"), "夜", "当天", "当日")
	w, to := s.one(e, "之前", "以前", "前夕", "前")
	if w == "" || s.one2(e, "前后") {
		if !s.ctx.ColumnCell || s.one2(e, "至", "到", "-", "—", "~", "、") {
			return nil, e
		}
		to = e
	}
	h := hit{Reading{Kind: Due, Rule: "F4", Sure: Likely}, span{i, to}}
	y, from := s.yearOf(m)
	if y == 0 {
		ask(&h, "deadline.year_missing")
		return []hit{h}, to
	}
	h.YearFrom = from
	d, ok := calendar.LunarDay(y, month, date)
	if from != "written" && from != "word" && ok && !s.ctx.Issued.IsZero() && d.Before(s.ctx.Issued) {
		d, ok = calendar.LunarDay(y+1, month, date)
	}
	if !ok {
		return nil, e
	}
	if h.Due = d; w != "" && s.ctx.ExclusiveBefore {
		h.Due = d.AddDays(-1)
	}
	return []hit{h}, to
}

// lunarDay reads a day of the lunar calendar at i; e is 0 where there is none.
func (s *scan) lunarDay(i int) (month, date, e int) {
	for _, f := range lunarDays {
		if s.lit(i, f.word) {
			return f.month, f.date, i + runes(f.word)
		}
	}
	k := s.skip(i, "农历", "阴历")
	for _, f := range lunarMonths {
		if s.lit(k, f.word) {
			month, k = f.month, k+runes(f.word)
		}
	}
	if n, ok := s.num(k); month == 0 && ok && s.at(n.end) == '月' && (k > i || n.han && s.at(n.end+1) == '初' && numeral(s.at(n.end+2))) {
		month, k = n.v, n.end+1 // 农历9月9日, 九月初九
	}
	if month < 1 || month > 12 {
		return 0, 0, 0
	}
	if s.at(k) == '底' {
		return month, 30, k + 1
	}
	early := s.skip(k, "初")
	n, ok := s.num(early)
	if !ok || n.v < 1 || n.v > 30 || early > k && n.v > 10 || s.at(n.end) == '月' || strings.ContainsRune("个年周天", s.at(n.end)) {
		return 0, 0, 0
	}
	return month, n.v, n.end
}
