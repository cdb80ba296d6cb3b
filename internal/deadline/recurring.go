package deadline

import (
	"strings"
	"time"

	"duban/internal/calendar"
)

// head is how a recurrence begins: 每月, 按季度, 一月一调度, 月调度.
type head struct {
	span
	unit  string // Daily … Yearly; "" undefined (定期)
	every int
	loose bool // 每天, 每日: only with a verb of reporting or inspecting is it a duty
}

// units of 每…, longest first. 旬 is ten days, 双周 two weeks.
var everyUnits = []struct {
	word, unit string
	every      int
}{
	{"半年度", HalfYearly, 1}, {"半年", HalfYearly, 1}, {"半个月", Weekly, 2}, {"半月", Weekly, 2}, {"年度", Yearly, 1}, {"学年", Yearly, 1}, {"学期", HalfYearly, 1},
	{"季度", Quarterly, 1}, {"季", Quarterly, 1}, {"月度", Monthly, 1}, {"月份", Monthly, 1}, {"月", Monthly, 1}, {"双周", Weekly, 2}, {"周", Weekly, 1},
	{"星期", Weekly, 1}, {"礼拜", Weekly, 1}, {"旬", Daily, 10}, {"工作日", Daily, 1}, {"年", Yearly, 1}, {"日", Daily, 1}, {"天", Daily, 1},
}

// readRecurring reads every family of recurrences (A8, A9).
func (s *scan) readRecurring(i int) ([]hit, int) {
	if h, next := s.afterPeriod(i); next > i {
		return h, next
	}
	if h, next := s.nextMonth(i); next > i {
		return h, next
	}
	if h, next := s.quarterEndPlain(i); next > i {
		return h, next
	}
	if w, j := s.one(i, "定期或不定期", "定期不定期", "定期、不定期", "不定期", "定期"); w != "" {
		if s.one2(j, "存款", "存单", "合同", "限", "间") || s.before(i, "固", "特") != "" {
			return nil, j
		}
		h := hit{Reading{Kind: Recurring, Rule: "A9"}, span{i, j}}
		ask(&h, "deadline.period_missing")
		return []hit{h}, j
	}
	hd, ok := s.head(i)
	if !ok {
		return nil, 0
	}
	if s.eachIsMeasure(hd) {
		return []hit{{Reading{Kind: Target, Rule: "A14"}, hd.span}}, hd.to
	}
	if hd.loose && !s.has(hd.to, min(s.clauseEnd(hd.to), hd.to+30), dutyVerbs...) {
		return nil, hd.to
	}
	return s.recur(hd)
}

// dutyVerbs make 每天 a duty and not a measure.
var dutyVerbs = []string{"报", "调度", "监测", "巡", "检查", "更新", "公布", "公开", "发布", "开展", "清理", "保洁", "排查", "消毒", "研判", "会商", "汇总", "统计", "查", "通风", "清扫", "养护", "推送", "召开", "前"}

// head reads the beginning of a recurrence at i.
func (s *scan) head(i int) (head, bool) {
	hd := head{span: span{i, i}, every: 1}
	switch {
	case s.lit(i, "每"):
		return s.everyHead(hd)
	case s.lit(i, "逢双月"), s.lit(i, "逢单月"):
		hd.unit, hd.every, hd.to = Monthly, 2, i+3
		return hd, true
	case s.lit(i, "逢"):
		if d, e := s.weekdayAfter(i + 1); e > 0 && d > 0 {
			hd.unit, hd.to = Weekly, i+1
			return hd, true
		}
		return hd, false
	case s.lit(i, "按"):
		return s.byHead(hd)
	}
	return s.terseHead(hd)
}

func (s *scan) weekdayAfter(i int) (int, int) {
	j := s.skip(i, "周", "星期")
	if j == i {
		return 0, 0
	}
	d, e := s.weekday(j)
	return d, e
}

// everyHead reads 每月, 每个季度, 每两月, 每3个月, 每隔半年, 每逢周五.
func (s *scan) everyHead(hd head) (head, bool) {
	j := s.skip(hd.from+1, "隔", "满", "逢")
	if n, ok := s.num(j); ok && n.v >= 1 && n.v <= 60 {
		hd.every, j = n.v, n.end
	}
	k := s.skip(j, "个自然", "个", "自然")
	for _, u := range everyUnits {
		if !s.lit(k, u.word) || u.word == "月" && s.one2(k, "月子", "月票") || u.word == "日" && s.one2(k, "日用") || u.word == "季" && s.one2(k, "季节") {
			continue
		}
		hd.unit, hd.every, hd.to = u.unit, hd.every*u.every, k+runes(u.word)
		hd.loose = u.unit == Daily && u.every == 1
		return hd, true
	}
	return hd, false
}

// byHead reads 按月, 按季度, 按年; 按季节 and 按年度计划 are other words.
func (s *scan) byHead(hd head) (head, bool) {
	w, j := s.one(hd.from+1, "季度", "季", "月度", "月", "半年", "年度", "年", "旬", "周", "日")
	if w == "" || s.one2(j, "节", "龄", "份", "级", "程", "计划", "目标", "任务", "计罚", "期", "工作计划", "预算", "薪", "底", "末", "边") {
		return hd, false
	}
	units := map[string]string{"季度": Quarterly, "季": Quarterly, "月度": Monthly, "月": Monthly, "半年": HalfYearly, "年度": Yearly, "年": Yearly, "旬": Daily, "周": Weekly, "日": Daily}
	hd.unit, hd.to = units[w], j
	if w == "旬" {
		hd.every = 10
	}
	return hd, true
}

// terse words that follow a bare unit and make a duty of it: 月调度, 季通报.
var terseVerbs = []string{"调度", "通报", "报告", "会商", "点评", "排名", "研判", "推进会", "例会", "督查", "督导", "巡查", "检查", "考核", "评估", "小结", "汇总", "晾晒", "分析", "盘点", "公示", "报制度", "巡河", "监测"}

// terseHead reads 月调度, 一月一调度, 逐月, 半月一次, 季度通报.
func (s *scan) terseHead(hd head) (head, bool) {
	i := hd.from
	if w, j := s.one(i, "逐月", "逐季度", "逐季", "逐周", "逐日"); w != "" {
		if s.one2(j, "增", "下降", "提高", "减少", "上升", "递", "改善") {
			return hd, false
		}
		hd.unit = map[string]string{"逐月": Monthly, "逐季": Quarterly, "逐季度": Quarterly, "逐周": Weekly, "逐日": Daily}[w]
		hd.to = j
		return hd, true
	}
	if w, j := s.one(i, "双月", "单月"); w != "" {
		hd.unit, hd.every, hd.to = Monthly, 2, j
		return hd, true
	}
	once := s.at(i) == '一'
	j := i
	if once {
		if numeral(s.at(i-1)) || s.at(i-1) == '第' {
			return hd, false
		}
		j++
	}
	for _, u := range everyUnits {
		if !s.lit(j, u.word) {
			continue
		}
		e := j + runes(u.word)
		pair := (once || strings.HasPrefix(u.word, "半")) && s.at(e) == '一' && !s.one2(e, "一度", "一体", "一般", "一季", "一个")
		if !pair && (once || !s.terse(i, e, u.word)) {
			return hd, false
		}
		hd.unit, hd.every, hd.to = u.unit, u.every, e
		if pair {
			hd.to = s.skip(e+1, "次", "报告", "报", "调度", "通报", "会商", "点评", "排名", "检查", "研判", "总结", "考核", "督查", "巡查", "评比")
		}
		return hd, true
	}
	return hd, false
}

// terse tells that a bare unit before e stands alone in front of a duty's verb.
func (s *scan) terse(i, e int, word string) bool {
	p := s.at(i - 1)
	if digit(p) || numeral(p) || p == '个' || p == '每' || p == '按' || p == '本' || p == '上' || p == '下' || p == '当' || p == '全' || p == '今' || p == '去' || p == '次' {
		return false
	}
	if word == "年" || word == "日" || word == "天" || word == "工作日" || word == "年度" {
		return s.one2(e, "考核", "通报", "调度", "报告制度", "研判", "评估制度") && strings.ContainsRune("、，,行-度", p) && p != 0 || s.one2(e, "调度", "报告制度")
	}
	return s.one2(e, terseVerbs...)
}

// eachIsMeasure: 每年80%以上, 每人每年200元, 每日处理3万吨 measure, they do not recur.
func (s *scan) eachIsMeasure(hd head) bool {
	if s.before(hd.from, "每人", "人均", "户均", "每户", "每亩", "每村", "每头", "每吨", "元/人", "每生", "生均", "每床") != "" {
		return true
	}
	k := hd.to
	for digit(s.at(k)) || s.at(k) == '.' || s.at(k) == '-' {
		k++
	}
	if k > hd.to && (s.at(k) == '%' || s.one2(k, "元", "万元", "亿元", "吨", "万吨", "立方", "小时", "万立方")) {
		return true
	}
	if k := s.find(hd.to, min(s.clauseEnd(hd.to), hd.to+16), "不少于", "不低于", "不得少于", "至少", "达到", "累计"); k >= 0 {
		k = s.skip(k, "不少于", "不低于", "不得少于", "至少", "达到", "累计")
		if n, ok := s.num(k); ok && s.one2(n.end, "天", "小时", "个小时", "元", "万元", "日", "吨", "学时", "课时", "个工作日", "平方") {
			return true
		}
	}
	return s.one2(hd.to, "不低于", "不超过", "低于", "超过", "平均", "人均", "处理能力", "24小时", "工资", "的比例", "减少", "下降", "增长", "递增", "以") && !s.one2(hd.to, "不低于一次", "不低于1次", "不低于2次", "以书面", "以正式")
}

// recur reads what follows the head and makes the reading.
func (s *scan) recur(hd head) ([]hit, int) {
	h := hit{Reading{Kind: Recurring, Rule: "A8", Recurrence: hd.unit, Sure: Sure}, hd.span}
	if hd.every > 1 {
		h.Recur.Every = hd.every
	}
	k := s.skip(hd.to, "的")
	end := k
	switch hd.unit {
	case Yearly:
		end = s.yearDetail(k, &h)
	case HalfYearly, Quarterly:
		end = s.quarterDetail(k, &h)
	case Monthly:
		end = s.monthDetail(k, &h)
	case Weekly:
		end = s.weekDetail(k, &h)
	}
	if end == k {
		end = hd.to
	}
	if e, clock := s.clock(end); clock != "" {
		h.Clock, end = clock, e
	}
	if h.to != end || h.Clock != "" {
		if _, e := s.one(end, "之前", "以前", "下班前", "前"); e > 0 && s.endsBefore("前", e) {
			end = e
		}
	}
	h.to = end
	s.merge(&h)
	s.recurAround(&h)
	return []hit{h}, h.to
}

// yearDetail reads what stands behind 每年: 1月底前, 底, 3月和9月, 汛前.
func (s *scan) yearDetail(k int, h *hit) int {
	k0 := k
	k = s.skip(k, "在", "于", "应于", "须于", "都要在", "要在")
	back := moment{grain: ofYear}
	back.to = k
	if e := s.yearEdge(k, &back); e > k && back.edge == '底' {
		h.Recur.Months, h.Recur.Day = []time.Month{12}, -1
		return e
	}
	if a, j, ok := s.spanHead(k); ok && a.year == 0 {
		if b, ok := s.spanEnd(j, a); ok {
			h.Recur.Months, h.Recur.Day = []time.Month{time.Month(b.month)}, dayOf(b)
			return s.skip(b.to, "期间", "底", "底前")
		}
	}
	ms := s.moments(k)
	if len(ms) == 0 || ms[0].year != 0 || ms[0].yearWord != "" {
		return k0
	}
	for _, m := range ms {
		h.Recur.Months = append(h.Recur.Months, monthOf(m))
		h.Recur.Day = dayOf(m)
	}
	last := ms[len(ms)-1]
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

// quarterDetail reads 首月20日前, 第一个月的5日前, 末, 次月10日前 behind 每季度 or 每半年.
func (s *scan) quarterDetail(k int, h *hit) int {
	if w, e := s.one(k, "末月", "最后一个月", "最后1个月"); w != "" {
		h.Recur.MonthOf = 3
		if h.Recurrence == HalfYearly {
			h.Recur.MonthOf = 6
		}
		return s.dayDetail(s.skip(e, "的"), h, -1)
	}
	if w, e := s.one(k, "末", "底", "终了前", "结束前"); w != "" {
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

// dayDetail reads a day of the month at k; whole is the Day when none is said.
func (s *scan) dayDetail(k int, h *hit, whole int) int {
	h.Recur.Day = whole
	k0 := k
	k = s.skip(k, "在", "于")
	if w, e := s.one(k, "月底", "月末", "底", "末", "最后一天", "最后一日"); w != "" {
		h.Recur.Day = -1
		return s.skip(e, "之前", "以前", "前")
	}
	if w, e := s.one(k, "最后一个工作日", "最后1个工作日"); w != "" {
		h.Recur.Day, h.Recur.Workday = 0, -1
		return s.skip(e, "之前", "前")
	}
	if w, e := s.one(k, "上旬", "中旬", "下旬"); w != "" {
		h.Recur.Day = map[string]int{"上旬": 10, "中旬": 20, "下旬": -1}[w]
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
	for _, sep := range []string{"-", "至", "到", "、", "和"} { // 1-5日; 10日、20日: the last counts
		from := j
		if u > 0 {
			from = u
		}
		if s.lit(from, sep) {
			if b, ok := s.num(from + 1); ok && b.v >= a.v && b.v <= 31 && s.dayUnit(b.end) > 0 {
				n, j = b, b.end
				u = s.dayUnit(j)
			}
		}
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
	w, e := s.one(e, "个工作日", "工作日", "个周", "周", "天", "日")
	if w == "" {
		return k
	}
	switch {
	case strings.Contains(w, "工作日"):
		h.Recur.Day, h.Recur.Workday = 0, n.v
	case strings.Contains(w, "周"):
		h.Recur.Day = 7 * n.v
		if d, f := s.weekday(e); f > e {
			h.Recur.Weekday, e = d, f
		}
	default:
		h.Recur.Day = n.v
	}
	return s.skip(e, "之内", "以内", "内", "之前", "前")
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
	for s.at(e) == '、' || s.at(e) == '和' || s.at(e) == '至' || s.at(e) == '-' {
		f := s.skip(e+1, "周", "星期")
		d2, e2 := s.weekday(f)
		if e2 == f {
			break
		}
		d, e = d2, e2
	}
	h.Recur.Weekday = d
	return s.skip(e, "之前", "以前", "前")
}

// afterPeriod reads 季度结束后15日内, 季后10日内, 每月终了后5个工作日内: a recurrence
// counted from the period's end.
func (s *scan) afterPeriod(i int) ([]hit, int) {
	j := s.skip(i, "每个", "每一", "每", "各")
	if j == i && (digit(s.at(i-1)) || numeral(s.at(i-1))) {
		return nil, 0
	}
	for _, u := range everyUnits {
		if !s.lit(j, u.word) || u.unit == Daily || u.unit == Weekly && u.every == 1 && j == i {
			continue
		}
		e := j + runes(u.word)
		_, k := s.one(e, "结束之日起", "终了之日起", "结束后的", "结束后", "终了后的", "终了后", "届满后", "后")
		if k == 0 || s.at(i-1) == '半' {
			return nil, 0
		}
		t, ok := s.term(s.skip(k, "的", "，", ","))
		if !ok || !t.closed || (u.word == "年" || u.word == "周") && !s.one2(e, "结束", "终了") {
			return nil, 0
		}
		h := hit{Reading{Kind: Recurring, Rule: "A8", Recurrence: u.unit, Sure: Sure}, span{i, t.to}}
		h.Recur.After, h.Recur.AfterWD, h.Recur.Previous = t.n, t.unit == "workdays", true
		if t.unit == "months" {
			h.Recur.After, h.Recur.Next, h.Recur.Day = 0, true, -1
		}
		s.merge(&h)
		return []hit{h}, t.to
	}
	return nil, 0
}

// nextMonth reads 次月5日前: monthly where the sentence speaks of months; alone,
// it asks. A month written before it in the sentence makes it a plain date.
func (s *scan) nextMonth(i int) ([]hit, int) {
	w, j := s.one(i, "次月", "下月", "下个月")
	if w == "" || s.month != 0 && s.year != 0 && len(s.at2) > 0 && s.sent[s.at2[len(s.at2)-1].from] == s.sent[i] && s.out[len(s.out)-1].Kind != Recurring {
		return nil, 0
	}
	h := hit{Reading{Kind: Recurring, Rule: "A8", Recurrence: Monthly, Sure: Likely}, span{i, i}}
	end := s.dayDetail(j, &h, 0)
	if end == j || w != "次月" && !s.recurNear(i) {
		return nil, 0
	}
	h.to, h.Recur.Next, h.Recur.Previous = end, true, true
	if !s.recurNear(i) {
		ask(&h, "deadline.next_month")
	} else if last := s.out[len(s.out)-1]; last.Recurrence == Quarterly || last.Recurrence == HalfYearly || last.Recurrence == Yearly {
		h.Recurrence = last.Recurrence
	}
	return []hit{h}, end
}

// recurNear tells that a recurrence was read in this sentence already.
func (s *scan) recurNear(i int) bool {
	n := len(s.out)
	return n > 0 && s.out[n-1].Kind == Recurring && s.sent[s.at2[n-1].from] == s.sent[i]
}

// quarterEndPlain reads 季度末 and 季末前 that name no quarter.
func (s *scan) quarterEndPlain(i int) ([]hit, int) {
	w, j := s.one(i, "季度末", "季末", "季度底")
	if p := s.at(i - 1); w == "" || digit(p) || numeral(p) || p == '本' || p == '每' || p == '下' || p == '上' || p == '该' {
		return nil, 0
	}
	h := hit{Reading{Kind: Recurring, Rule: "A8", Recurrence: Quarterly, Sure: Likely}, span{i, s.skip(j, "前")}}
	h.Recur.Day = -1
	return []hit{h}, h.to
}

// merge joins to the recurrence the Start or Window right before it (从2022年第二季度
// 起，每…; 2021年至2023年每年) and the bound 连续3年.
func (s *scan) merge(h *hit) {
	if k := s.find(max(0, h.from-5), h.from, "连续"); k >= 0 {
		if n, ok := s.num(k + 2); ok && n.v < 30 {
			h.Recur.Times, h.from = n.v, k
		}
	}
	if n := len(s.out); n > 0 && s.out[n-1].Kind == Window && h.from-s.at2[n-1].to >= 0 && h.from-s.at2[n-1].to <= 3 &&
		strings.Trim(s.str(s.at2[n-1].to, h.from), "，,要在应于须各") == "" { // 2021年至2023年每年
		h.from, h.Start, h.Recur.Until, h.YearFrom = s.at2[n-1].from, s.out[n-1].Start, s.out[n-1].Due, s.out[n-1].YearFrom
		s.out, s.at2 = s.out[:n-1], s.at2[:n-1]
	}
	for n := len(s.out) - 1; n >= 0 && s.out[n].Kind == Target && s.at2[n].from >= h.from; n-- { // 连续3年 was seen as a length
		s.out, s.at2 = s.out[:n], s.at2[:n]
	}
	if n := len(s.out); n > 0 && s.out[n-1].Kind == Start && h.from-s.at2[n-1].to <= 6 && h.from >= s.at2[n-1].to &&
		strings.Trim(s.str(s.at2[n-1].to, h.from), "，,要在应于须按各、 ") == "" && !s.out[n-1].Effect {
		start := s.out[n-1]
		h.from, h.Start, h.YearFrom = s.at2[n-1].from, start.Start, start.YearFrom
		if d, ok := h.Reading.first(start.Start, s.cal); ok {
			h.Start = d
		}
		s.out, s.at2 = s.out[:n-1], s.at2[:n-1]
	}
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
