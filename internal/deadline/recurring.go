package deadline

import (
	"regexp"
	"slices"
	"strings"
)

// head is how a recurrence begins: 每月, 按季度, 一月一调度, 月调度.
type head struct {
	span
	unit  string // Daily … Yearly; "" undefined (定期)
	every int
	half  bool  // 半月
	odd   bool  // 单月
	days  []int // 旬, 逢八: days of each month
	loose bool  // 每天, 每日: a measure in some sentences, see dailyMeasure
	apart bool  // 每隔一周: every week, or every second one
}

// units of 每…, longest first. 旬 is ten days, 双周 two weeks.
var everyUnits = []struct {
	word, unit string
	every      int
}{
	{"半年度", HalfYearly, 1}, {"半年", HalfYearly, 1}, {"半个月", Weekly, 2}, {"半月", Weekly, 2}, {"双月", Monthly, 2}, {"单月", Monthly, 2}, {"年度", Yearly, 1}, {"学年", Yearly, 1}, {"学期", HalfYearly, 1},
	{"季度", Quarterly, 1}, {"季", Quarterly, 1}, {"月度", Monthly, 1}, {"月份", Monthly, 1}, {"月", Monthly, 1}, {"双周", Weekly, 2}, {"周", Weekly, 1},
	{"星期", Weekly, 1}, {"礼拜", Weekly, 1}, {"旬", Monthly, 1}, {"工作日", Daily, 1}, {"年", Yearly, 1}, {"日", Daily, 1}, {"天", Daily, 1}, {"小时", Daily, 1},
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
	if end := min(s.clauseEnd(hd.to), hd.to+30); hd.loose && !s.has(hd.to, end, dutyVerbs...) && (dailyMeasure.MatchString(s.str(hd.to, end)) || end-hd.to < 2) {
		return nil, hd.to
	}
	return s.recur(hd)
}

// dailyMeasure is behind 每天 where that measures and nothing is done each day: 每天处理污水5万吨,
// 每天约产生, 每天的工作量, 每天8时至18时开门.
var dailyMeasure = regexp.MustCompile(`^(?:的|平均|约|可|能|产生|供水|供应|发电|消耗|开门|营业)|^(?:约|近|超)?\d+(?:\.\d+)?个?(?:小时|分钟)|\d(?:余|多)?[万亿]?(?:蒸?吨|立方|元|人次|公斤|千克|千瓦|毫克|毫升|升)|\d{1,2}时至`)

// dutyVerbs make 每天 a duty, whatever is measured behind them.
var dutyVerbs = []string{"报", "调度", "监测", "巡", "检查", "更新", "公布", "公开", "发布", "开展", "清理", "保洁", "排查", "消毒", "研判", "会商", "汇总", "统计", "查", "通风", "清扫", "养护", "推送", "召开", "前",
	"一次", "1次", "两次", "2次", "3次", "三次", "一遍", "两遍", "清运", "清掏", "洒水", "冲洗", "打捞", "登记", "记录", "签到", "点名", "核对", "消杀", "测温", "抽检", "填写", "上传", "洗扫", "值守", "轮巡"}

// head reads the beginning of a recurrence at i.
func (s *scan) head(i int) (head, bool) {
	hd := head{span: span{i, i}, every: 1}
	switch {
	case s.lit(i, "每"):
		return s.everyHead(hd)
	case s.lit(i, "逢双月"), s.lit(i, "逢单月"):
		hd.unit, hd.every, hd.to, hd.odd = Monthly, 2, i+3, s.lit(i, "逢单月")
		return hd, true
	case s.lit(i, "逢"):
		if d, e := s.weekdayAfter(i + 1); e > 0 && d > 0 {
			hd.unit, hd.to = Weekly, i+1
			return hd, true
		}
		return s.tenHead(hd)
	case s.lit(i, "按"):
		return s.byHead(hd)
	}
	return s.terseHead(hd)
}

// wordOf takes what a unit's word says beside its length: 旬, 半月, 单月.
func (s *scan) wordOf(hd *head, word string) {
	switch word {
	case "旬":
		if hd.every <= 1 {
			hd.days = []int{10, 20, -1}
		}
	case "半月", "半个月":
		hd.half = hd.every == 2
	case "单月":
		hd.odd = true
	}
}

// tenHead reads 逢八 and 逢五逢十: those days of every ten.
func (s *scan) tenHead(hd head) (head, bool) {
	j := hd.from
	for e := s.skip(j, "逢"); e > j; e = s.skip(s.skip(j, "、", "和"), "逢") {
		n, ok := s.num(e)
		if !ok || n.v < 1 || n.v > 10 || n.digits > 1 && n.v != 10 || s.one2(n.end, "年", "月", "周", "个", "次", "%") {
			break
		}
		for d := n.v; d <= 30; d += 10 {
			hd.days = append(hd.days, d)
		}
		j = s.skip(n.end, "的日子", "之日", "日", "号")
	}
	if len(hd.days) == 0 {
		return hd, false
	}
	slices.Sort(hd.days)
	hd.unit, hd.to = Monthly, j
	return hd, true
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
	hd.apart = s.at(hd.from+1) == '隔' && !s.one2(j, "半")
	if n, ok := s.num(j); ok && n.v >= 1 && n.v <= 60 {
		hd.every, j = n.v, n.end
	}
	k := s.skip(j, "个自然", "个", "自然")
	for _, u := range everyUnits {
		if !s.lit(k, u.word) || u.word == "月" && s.one2(k, "月子", "月票") || u.word == "日" && s.one2(k, "日用") || u.word == "季" && s.one2(k, "季节") {
			continue
		}
		hd.unit, hd.every, hd.to = u.unit, hd.every*u.every, k+runes(u.word)
		s.wordOf(&hd, u.word)
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
	units := map[string]string{"季度": Quarterly, "季": Quarterly, "月度": Monthly, "月": Monthly, "半年": HalfYearly, "年度": Yearly, "年": Yearly, "旬": Monthly, "周": Weekly, "日": Daily}
	hd.unit, hd.to = units[w], j
	s.wordOf(&hd, w)
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
	if w, j := s.one(i, "月月", "季季", "周周", "天天"); w != "" && s.one2(j, "有", "调度", "通报", "报", "查", "清", "督") {
		hd.unit, hd.to = map[string]string{"月月": Monthly, "季季": Quarterly, "周周": Weekly, "天天": Daily}[w], j
		return hd, true
	}
	if w, j := s.one(i, "上下半年", "上、下半年"); w != "" { // 上下半年各开展一次
		hd.unit, hd.to = HalfYearly, j
		return hd, true
	}
	if w, j := s.one(i, "双月", "单月"); w != "" {
		hd.unit, hd.every, hd.to, hd.odd = Monthly, 2, j, w == "单月"
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
		s.wordOf(&hd, u.word)
		if pair {
			hd.to = s.skip(e+1, "次", "报告", "报", "调度", "通报", "会商", "点评", "排名", "检查", "研判", "总结", "考核", "督查", "巡查", "评比")
		}
		return hd, true
	}
	return hd, false
}

// terse tells that a bare unit of time before e has a duty's verb right after it.
func (s *scan) terse(i, e int, word string) bool {
	p := s.at(i - 1)
	if digit(p) || numeral(p) || p == '个' || p == '每' || p == '按' || p == '本' || p == '上' || p == '下' || p == '当' || p == '全' || p == '今' || p == '去' || p == '次' {
		return false
	}
	if strings.HasPrefix(word, "季") && strings.ContainsRune("春夏秋冬雨旱汛淡旺四", p) && p != 0 {
		return false // 冬季考核: of the season
	}
	if s.before(i, "报送", "上报", "提交", "形成", "提供", "报告", "编写", "撰写") != "" && s.one2(e, "小结", "总结", "报告", "评估", "分析") {
		return false // 报送半年小结: a name
	}
	if word == "年" || word == "日" || word == "天" || word == "工作日" || word == "年度" {
		return s.one2(e, "考核", "通报", "调度", "报告制度", "研判", "评估制度") && strings.ContainsRune("、，,行-度", p) && p != 0 || s.one2(e, "调度", "报告制度")
	}
	return s.one2(e, terseVerbs...)
}

// eachIsMeasure: 每年80%以上, 每人每年200元, 每日处理3万吨 measure, they do not recur.
func (s *scan) eachIsMeasure(hd head) bool {
	if s.before(hd.from, "每人", "人均", "户均", "每户", "每亩", "每村", "每头", "每吨", "每座", "每个", "每所", "每处", "每公里", "每名", "每家", "元/人", "每生", "生均", "每床") != "" {
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
		if n, ok := s.num(k); ok && s.one2(n.end, "天", "小时", "个小时", "日", "学时", "课时", "个工作日", "平方") {
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
	h.Recur.Half = hd.half
	if hd.apart {
		ask(&h, "deadline.period_missing")
	}
	if hd.odd {
		h.Recur.MonthOf = 1
	}
	k := s.skip(hd.to, "的")
	end := k
	switch hd.unit {
	case Yearly:
		end = s.yearDetail(k, &h)
	case HalfYearly, Quarterly:
		end = s.quarterDetail(k, &h)
	case Monthly:
		if tens, ok := s.tenHead(head{span: span{k, k}}); ok && s.lit(k, "逢") { // 每月逢五、逢十
			h.Recur.Days, h.Recur.Day = tens.days, tens.days[len(tens.days)-1]
			end = tens.to
			break
		}
		if len(hd.days) == 0 {
			end = s.monthDetail(k, &h)
			break
		}
		h.Recur.Days, h.Recur.Day = hd.days, hd.days[len(hd.days)-1]
		if h.Recur.Day < 0 { // 每旬最后一日前, 每旬末
			end = s.skip(s.skip(k, "的"), "最后一天", "最后一日", "结束前", "末", "底")
		}
	case Weekly:
		end = s.weekDetail(k, &h)
	}
	if end == k {
		end = hd.to
		if e := s.find(k, min(s.clauseEnd(k), k+8), "结束后", "截止后", "完成后", "终了后"); e >= 0 && (hd.unit == Monthly || hd.unit == Quarterly || hd.unit == Yearly) {
			ask(&h, "deadline.period_missing") // 每月征期结束后3个工作日内
		}
		if s.at(k) == '第' && !s.one2(k, "第三方") || s.one2(k, "最后") { // 每月第二个和第四个星期五: a detail that cannot be read
			ask(&h, "deadline.period_missing")
		}
	}
	if e, clock := s.clock(end); clock != "" {
		h.Clock, end = clock, e
	}
	if h.to != end || h.Clock != "" || len(hd.days) > 0 {
		if _, e := s.one(end, "之前", "以前", "下班前", "前"); e > 0 && s.endsBefore("前", e) {
			end = e
		}
	}
	h.to = end
	s.merge(&h)
	s.recurAround(&h)
	return []hit{h}, h.to
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
	if w, j := s.one(i, "次季度首月", "下季度首月", "下一季度首月", "次季度第一个月", "下季度第一个月", "次季首月"); w != "" && !(i > 0 && s.at(i-1) == '每') {
		h := hit{Reading{Kind: Recurring, Rule: "A8", Recurrence: Quarterly, Sure: Likely}, span{i, i}}
		if end := s.dayDetail(s.skip(j, "的"), &h, 0); end > j {
			h.to, h.Recur.Next, h.Recur.Previous = end, true, true
			return []hit{h}, end
		}
	}
	w, j := s.one(i, "次月", "下月", "下个月")
	if w == "" || s.month != 0 && s.year != 0 && len(s.spans) > 0 && s.sent[s.spans[len(s.spans)-1].from] == s.sent[i] && s.out[len(s.out)-1].Kind != Recurring {
		return nil, 0
	}
	h := hit{Reading{Kind: Recurring, Rule: "A8", Recurrence: Monthly, Sure: Likely}, span{i, i}}
	if t, ok := s.term(s.skip(j, "的", "前")); ok && t.closed && (t.unit == "workdays" || t.unit == "days") { // 次月5个工作日内
		h.to, h.Recur.After, h.Recur.AfterWD, h.Recur.Previous = t.to, t.n, t.unit == "workdays", true
		if !s.recurNear(i) {
			ask(&h, "deadline.next_month")
		}
		return []hit{h}, t.to
	}
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
	return n > 0 && s.out[n-1].Kind == Recurring && s.sent[s.spans[n-1].from] == s.sent[i]
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
