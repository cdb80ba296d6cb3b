package deadline

import "strings"

// grain is how fine a moment is.
type grain int

const (
	noGrain grain = iota
	ofYear
	ofHalf
	ofQuarter
	ofMonth
	ofTen // 旬
	ofDay
)

// moment is a date expression without its modifiers: 2021年6月底, 三季度末, 下月20日.
type moment struct {
	span
	grain    grain
	year     int    // 0: not written
	yearWord string // 今年, 次年 …
	half     int
	quarter  int
	month    int
	rel      string // 本月, 下月 … in place of a number; 月 when no month is named (月底前)
	ten      int    // 1 上旬, 2 中旬, 3 下旬
	day      int    // 31 means 最后一天 of a shorter month too
	lastDay  bool
	edge     rune // 底 end, 初 beginning, 中 middle, 内 within; 0 none
	short    bool // two-digit year
	week     bool // 9月第一周: the day is its seventh, roughly
	garbled  bool // a month or day that cannot be read is in it
	dotted   bool // 2021.6.30, 6.30
	weekRel  string
	weekday  int
}

var yearWords = []string{"今年", "本年度", "本年", "当年", "明年", "次年", "翌年", "来年", "去年", "上年", "同年", "后年"}

// moment reads a date expression at i. Bare numbers and bare days are read only
// where a date has been begun or the form leaves no doubt.
func (s *scan) moment(i int) (moment, bool) {
	if m, ok := s.dottedDate(i); ok {
		return m, true
	}
	m := moment{span: span{i, i}}
	j := s.yearPart(i, &m)
	k := s.skip(j, "的")
	if k > j && j == i {
		k = j
	}
	if e := s.belowYear(k, &m); e > k {
		m.to = e
		return m, true
	}
	if e := s.unread(k, j > i); e > k { // 2021年13月底前 is not 2021年
		m.garbled, m.grain, m.to = true, ofMonth, e
		return m, true
	}
	if j > i {
		m.to = j
		return m, true
	}
	if e := s.weekPart(i, &m); e > i {
		m.to = e
		return m, true
	}
	return m, false
}

// unread is the place after a month or day that cannot be read and that a limit's
// words follow: 13月底, □月底, 12底 after a year. afterYear tells that a year ends at i;
// then a few unread characters may be between.
func (s *scan) unread(i int, afterYear bool) int {
	if n, ok := s.num(i); ok && n.digits <= 2 && (n.v > 12 || n.v == 0) && s.at(n.end) == '月' {
		if e := s.skip(n.end+1, "底", "末"); e > n.end+1 || s.at(e) == '前' || digit(s.at(e)) && s.at(e+1) != '个' {
			return e
		}
	}
	if n, ok := s.num(s.skip(i, "第")); ok && n.digits <= 1 && n.v >= 5 && n.v <= 9 && s.lit(n.end, "季度") { // 第五季度
		return s.skip(n.end+2, "末", "底")
	}
	if !afterYear {
		return i
	}
	for k := i; k < i+4; k++ {
		r := s.at(k)
		if r == 0 || r == hard || strings.ContainsRune("，,。；;：:、()《》", r) {
			return i
		}
		fresh := moment{}
		if s.belowYear(k, &fresh) > k && !(r == '月' && k > i) {
			return i
		}
		if s.one2(k, "底前", "底之前", "底以前", "月底", "月末") && k > i {
			return s.skip(k, "底", "月底", "月末")
		}
		if s.one2(k, "日前", "日之前", "号前", "月前") && k > i && s.hasDigit(i, k) {
			return k + 1
		}
	}
	return i
}

func (s *scan) hasDigit(from, to int) bool {
	for k := from; k < to; k++ {
		if digit(s.at(k)) {
			return true
		}
	}
	return false
}

// yearPart reads 2021年, 二〇二一年, 21年6月, 今年; it returns i when there is none.
func (s *scan) yearPart(i int, m *moment) int {
	if w, j := s.one(i, yearWords...); w != "" {
		if w == "当年" && s.back(i, "的") || s.lit(j, "度") && w != "本年度" && !s.one2(j+1, "内", "末", "底") {
			return i
		}
		if w == "上年" && s.before(i, "原则", "基本", "大体", "总体") != "" { // 原则上年底前完成
			return i
		}
		m.yearWord, m.grain = w, ofYear
		return s.skip(j, "度")
	}
	n, ok := s.num(i)
	if !ok || s.at(n.end) != '年' {
		return i
	}
	switch {
	case n.digits == 4 && n.v >= 1900 && n.v <= 2100:
		m.year, m.grain = n.v, ofYear
		return n.end + 1
	case n.digits == 2 && !n.han && s.shortYear(n.end+1):
		m.year, m.grain, m.short = 2000+n.v, ofYear, true
		return n.end + 1
	}
	return i
}

// shortYear tells that a month or a year's edge follows, so that 21年 is 2021.
func (s *scan) shortYear(j int) bool {
	if n, ok := s.num(j); ok && s.at(n.end) == '月' && n.v >= 1 && n.v <= 12 {
		return true
	}
	return s.one2(j, "底前", "底完成", "上半年", "下半年")
}

func (s *scan) one2(i int, words ...string) bool { w, _ := s.one(i, words...); return w != "" }

// belowYear reads what may follow a year, or be written without one: 年底, 上半年,
// 三季度末, 6月底, 6月30日. It returns i when there is none.
func (s *scan) belowYear(i int, m *moment) int {
	for _, part := range []func(int, *moment) int{s.yearEdge, s.halfPart, s.quarterPart, s.monthPart} {
		if j := part(i, m); j > i {
			return j
		}
	}
	return i
}

// yearEdge reads 年底, 底, 末, 年初, 年内, 年中.
func (s *scan) yearEdge(i int, m *moment) int {
	afterYear := m.grain == ofYear && m.to <= i
	j := i
	if s.at(i) == '年' && (s.at(i-1) != '年' || m.grain == ofYear) || s.at(i) == '岁' {
		if m.grain == noGrain && !s.bareYearEdge(i) {
			return i
		}
		j++
	} else if !afterYear {
		return i
	}
	edge := rune(0)
	switch s.at(j) {
	case '底', '末', '终':
		if !s.one2(j, "终奖", "底子", "底线", "底数", "末位", "末端", "终考核", "终总结") {
			edge = '底'
		}
	case '初':
		if !s.one2(j, "初步", "初始", "初级", "初中", "初期", "初雨", "初审", "初验", "初次", "初选", "初稿") {
			edge = '初'
		}
	case '内':
		if !s.one2(j, "内蒙", "内部", "内外", "内河", "内涝", "内控", "内容", "内陆", "内需", "内设") {
			edge = '内'
		}
	case '中':
		if s.one2(j, "中前", "中之前", "中以前", "中完成", "中,", "中，", "中检查", "中督查", "中开展", "中实现", "中评估", "中考核", "中召开", "中组织", "中进行", "中举行", "中举办", "中集中", "中和年底", "中、年底", "中报") || j+1 == len(s.c) {
			edge = '中'
		}
	}
	if edge == 0 {
		return i
	}
	m.edge, m.grain = edge, ofYear
	return j + 1
}

// bareYearEdge guards 年底 and 年内 without a year: 5年内 is a term, 每年底 recurs.
func (s *scan) bareYearEdge(i int) bool {
	p := s.at(i - 1)
	school := p == '学' && strings.ContainsRune("中小大", s.at(i-2)) // 第三小学年底前, not 学年
	return !digit(p) && (!numeral(p) || p == '〇') && p != '半' && p != '周' && (p != '学' || school) && p != '多' && p != '数' && p != '近' && p != '历'
}

// halfPart reads 上半年, 下半年 and what follows (末, 底).
func (s *scan) halfPart(i int, m *moment) int {
	w, j := s.one(i, "上半年", "下半年", "前半年", "后半年")
	if w == "" {
		return i
	}
	m.grain, m.half = ofHalf, 1
	if strings.HasPrefix(w, "下") || strings.HasPrefix(w, "后") {
		m.half = 2
	}
	return s.edge(j, m)
}

// edge takes 末, 底, 初, 内 after a half-year or a quarter.
func (s *scan) edge(j int, m *moment) int {
	switch s.at(j) {
	case '末', '底':
		m.edge = '底'
		return j + 1
	case '初':
		if !s.one2(j, "初步", "初期") {
			m.edge = '初'
			return j + 1
		}
	case '内':
		if !s.one2(j, "内部", "内外", "内容") {
			m.edge = '内'
			return j + 1
		}
	}
	return j
}

// quarterPart reads 一季度, 第三季度末, 首季度, 前三季度, 本季度, Q3.
func (s *scan) quarterPart(i int, m *moment) int {
	if w, j := s.one(i, "本季度", "下季度", "下一季度", "当季度", "上季度", "上一季度"); w != "" {
		m.grain, m.rel = ofQuarter, w
		return s.edge(j, m)
	}
	if s.at(i) == 'Q' && s.at(i+1) >= '1' && s.at(i+1) <= '4' && !digit(s.at(i+2)) {
		m.grain, m.quarter = ofQuarter, int(s.at(i+1)-'0')
		return i + 2
	}
	q, j := 0, s.skip(i, "第", "前")
	if w, e := s.one(i, "首季度", "首季", "末季度", "四个季度"); w != "" {
		q, j = 1, e
		if strings.HasPrefix(w, "末") {
			q = 4
		} else if w == "四个季度" {
			return i
		}
	} else if n, ok := s.num(j); ok && n.v >= 1 && n.v <= 4 && n.digits <= 1 {
		e := n.end
		if s.at(i) == '前' {
			e = s.skip(e, "个")
		}
		if !s.one2(e, "季度", "季末", "季初", "季底") {
			return i
		}
		q, j = n.v, s.skip(e, "季度", "季")
	} else {
		return i
	}
	m.grain, m.quarter = ofQuarter, q
	return s.edge(j, m)
}

var monthWords = []string{"本月份", "本月", "当月", "下个月", "下月份", "下月", "次月", "翌月", "上个月", "上月"}

// monthPart reads 6月, 元月, 下月, 月底, with their edge, 旬 or day.
func (s *scan) monthPart(i int, m *moment) int {
	j := i
	if w, e := s.one(i, monthWords...); w != "" {
		m.grain, m.rel, j = ofMonth, w, e
	} else if s.lit(i, "元月") {
		m.grain, m.month, j = ofMonth, 1, s.skip(i+2, "份")
	} else if n, ok := s.num(i); ok && n.v >= 1 && n.v <= 12 && n.digits <= 2 && s.at(n.end) == '月' {
		m.grain, m.month, j = ofMonth, n.v, s.skip(n.end+1, "份")
	} else if e := s.bareMonth(i); e > i {
		m.grain, m.rel, j = ofMonth, "月", e
	} else {
		return i
	}
	return s.belowMonth(j, m)
}

// bareMonth reads the 月 of 月底, 月末, 月内, 月初 that names no month.
func (s *scan) bareMonth(i int) int {
	if s.at(i) != '月' || !s.one2(i, "月底", "月末", "月内", "月初", "月中旬", "月中前") {
		return i
	}
	if p := s.at(i - 1); digit(p) || numeral(p) || strings.ContainsRune("个每逐按岁正腊元冬半", p) && p != 0 {
		return i
	}
	return i + 1
}

// belowMonth reads 底, 上旬, 30日, 最后一天 after a month.
func (s *scan) belowMonth(j int, m *moment) int {
	j = s.skip(j, "的")
	k := s.skip(j, "月") // 6月月底
	if w, e := s.one(j, "上旬", "中旬", "下旬"); w != "" {
		m.grain, m.ten = ofTen, 1+strings.Index("上中下", w[:3])/3
		return s.tenEdge(e, m)
	}
	if w, e := s.one(j, "最后一天", "最后一日"); w != "" {
		m.grain, m.lastDay = ofDay, true
		return e
	}
	if n, ok := s.num(j); ok && n.v >= 1 && n.v <= 31 && n.digits <= 2 {
		if e := s.dayUnit(n.end); e > 0 {
			m.grain, m.day = ofDay, n.v
			return e
		}
	}
	if w, e := s.one(j, "最后一周", "最后一个星期"); w != "" && s.at(e) != '周' {
		m.grain, m.lastDay, m.week = ofDay, true, true
		return e
	}
	if n, ok := s.num(s.skip(j, "第")); ok && s.at(j) == '第' && n.v >= 1 && n.v <= 4 {
		if w, e := s.one(n.end, "个星期", "个礼拜", "周", "星期"); w != "" {
			if _, f := s.weekday(e); f == e {
				m.grain, m.day, m.week = ofDay, 7*n.v, true
				return e
			}
		}
	}
	if strings.ContainsRune("地低抵氐厎庭", s.at(k)) && s.one2(k+1, "前", "之前", "以前") { // 六月地前: written for 底
		m.garbled = true
		return k + 1
	}
	switch s.at(k) {
	case '底', '末':
		m.edge = '底'
		return k + 1
	case '初':
		if !s.one2(k, "初步", "初期") {
			m.edge = '初'
			return k + 1
		}
	case '内':
		m.edge = '内'
		return k + 1
	case '中':
		if s.one2(k, "中前", "中之前", "中完成", "中开展", "中,", "中，") || k+1 == len(s.c) {
			m.edge = '中'
			return k + 1
		}
	}
	return j
}

func (s *scan) tenEdge(j int, m *moment) int {
	if s.at(j) == '末' || s.at(j) == '底' {
		return j + 1
	}
	return s.skip(j, "内")
}

// dayUnit is the place after 日 or 号 that ends a day of the month; 0 when what
// follows makes it something else (日均, 号文, 日常).
func (s *scan) dayUnit(j int) int {
	switch {
	case s.at(j) == '日' && !s.one2(j, "日均", "日常", "日内", "日以内", "日之内", "日龄", "日游", "日照"):
		return j + 1
	case s.at(j) == '号' && !s.one2(j, "号文", "号楼", "号院", "号令", "号线", "号公告", "号)", "号井", "号机组"):
		return j + 1
	}
	return 0
}

// weekPart reads 本周五, 下周末, 周五.
func (s *scan) weekPart(i int, m *moment) int {
	w, j := s.one(i, "本周", "这周", "下周", "下个星期", "本星期")
	if w == "" {
		return i
	}
	m.weekRel, m.grain = w[:3], ofDay
	if d, e := s.weekday(j); e > j {
		m.weekday = d
		return e
	}
	m.weekday = 7
	return s.skip(j, "末", "内")
}

// weekday reads 一 to 六, 日, 天, 末.
func (s *scan) weekday(j int) (int, int) {
	for d, w := range []string{"一", "二", "三", "四", "五", "六", "日"} {
		if s.lit(j, w) && s.at(j+1) != '次' && s.at(j+1) != '期' && s.at(j+1) != '个' && s.at(j+1) != '天' {
			return d + 1, j + 1
		}
	}
	if s.lit(j, "天") {
		return 7, j + 1
	}
	return 0, j
}
