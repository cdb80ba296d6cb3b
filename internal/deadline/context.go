package deadline

import "strings"

// clauseEnd and sentEnd are the ends of the stretches that hold the cell i.
func (s *scan) clauseEnd(i int) int {
	if i >= len(s.c) {
		return len(s.c)
	}
	return s.clause[i].to
}

func (s *scan) sentEnd(i int) int {
	if i >= len(s.c) {
		return len(s.c)
	}
	return s.sent[i].to
}

// predicateZone is where the verb of a phrase that ends at i is looked for: the
// rest of its clause, or the next clause when a comma follows at once.
func (s *scan) predicateZone(i int) (int, int) {
	for strings.ContainsRune("，,)（( ", s.at(i)) && s.at(i) != 0 {
		i++
	}
	end := s.clauseEnd(i)
	return i, min(end, i+60)
}

// finishVerbs make a year or month alone a limit: something is over, or begun,
// when they are true.
var finishVerbs = []string{"完成", "建成", "竣工", "完工", "投运", "投产", "投入使用", "投入运行", "投入运营", "投用", "启用", "启动",
	"开工", "动工", "验收", "印发", "出台", "发布", "上报", "报送", "公布", "有所突破", "取得突破", "基本实现", "全面实现", "实现全覆盖",
	"通车", "通水", "通气", "开通", "上线", "交付", "入驻", "摘牌", "挂牌", "销号", "收官", "清零", "制定", "制订", "编制", "出让",
	"签约", "开业", "开园", "封顶", "全部退出", "全部淘汰", "脱贫摘帽", "达标", "到位"}

func (s *scan) finishes(from, to int) bool { return s.has(from, to, finishVerbs...) }

// actVerbs tell that a clause says something is done, as against a name.
var actVerbs = []string{"要", "将", "应", "须", "力争", "确保", "争取", "新建", "新增", "发展", "开展", "组织", "推进", "实施", "控制",
	"达到", "达", "超过", "增长", "下降", "降低", "提高", "提升", "实现", "培育", "建立", "打造", "引进", "举办", "召开", "淘汰", "关闭",
	"纳入", "改造", "建设", "消除", "改善", "推广", "创建", "争创", "种植", "造林", "投入", "安排", "支持", "整治", "完善", "持续",
	"继续", "加快", "加强", "深化", "优化", "强化", "全面", "不低于", "不少于", "保持", "解决", "减轻", "减免", "新登记", "发放", "培训", "帮扶", "救助", "压减", "削减", "退出", "搬迁", "覆盖"}

// predicate tells that a verb of either kind is in [from, to).
func (s *scan) predicate(from, to int) bool {
	return s.finishes(from, to) || s.has(from, to, actVerbs...)
}

// nameEnds close the name of a paper, a meeting or a list: 2021年…行动计划.
var nameEnds = []string{"会议精神", "精神", "计划", "方案", "要点", "报告", "考核", "考核中", "考评", "明细表", "名单", "清单", "目录",
	"预算", "任务", "目标", "通知", "意见", "纲要", "规划", "要求", "情况", "指标", "水平", "资金", "数据", "标准", "会议", "行动",
	"基数", "评估", "评价", "结果", "台账", "责任书", "责任状", "总结", "公报", "年报", "工作", "工程", "专项行动", "一览表", "分工", "汇总表", "统计表"}

// named tells that [from, to) is a name: it ends like one, no strong verb is in
// it, and it does not begin with so many to be done: 实施3处安防工程.
func (s *scan) named(from, to int) bool {
	end := s.trimEnd(from, to)
	if end <= from || s.countedWork(from) || s.has(from, end, "要", "将", "力争", "确保", "完成", "印发", "出台", "启动", "开工", "建成", "制定", "实现", "开展", "推进", "继续") {
		return false
	}
	return s.before(end, nameEnds...) != ""
}

// countedWork tells that a verb is at i and at once how many it is to do: 新建2处,
// 提升改造5项.
func (s *scan) countedWork(i int) bool {
	verbs := 0
	for {
		verb, end := s.one(i, "组织", "实施", "新建", "改建", "扩建", "改造", "建设", "打造", "培育", "新增", "创建", "整治", "治理", "修复", "提升", "举办", "发展", "推广")
		if verb == "" {
			break
		}
		verbs, i = verbs+1, end
	}
	_, counted := s.num(i)
	return verbs > 0 && counted
}

// citeVerbs before a year make it part of what is cited or listed: 贯彻2021年….
var citeVerbs = []string{"贯彻", "落实", "按照", "根据", "依据", "对照", "关于", "印发", "制定", "编制", "制订", "纳入", "下达", "列入", "做好",
	"申报", "公布", "超过", "高于", "低于", "优于", "达到", "提高到", "增加到", "围绕", "结合", "总结", "关于印发", "参照", "使用", "利用", "完成", "即", "属于", "作为"}

// soft tells that a soft word governs the phrase: in its own clause before it, or
// between it and the next phrase (A5).
func (s *scan) softNear(from, to int) bool {
	words := []string{"力争", "争取", "原则上", "努力", "尽量", "尽可能", "有所突破", "预计"}
	check := func(a, b int) bool {
		if s.has(a, b, words...) {
			return true
		}
		if k := s.find(a, b, "一般"); k >= 0 && s.one2(k+2, "于", "在", "应", "不", "每", "情况下") {
			return true
		}
		return s.has(a, b, "基本完成", "基本建成", "基本到位", "基本办结", "基本完工")
	}
	return check(from, to)
}

// noLimit tells the moments that are no limit: history, baselines, names, papers'
// own dates. It returns the rule's name, or "".
func (s *scan) noLimit(p phrase) string {
	switch {
	case p.tail == since:
		return "T2"
	case s.validity(p):
		return "T4"
	case s.baseline(p):
		return "T3"
	case s.cited(p):
		return "T1"
	case s.history(p):
		return "T2"
	case s.ownDate(p):
		return "T5"
	}
	return ""
}

// validity: 有效期至2025年12月31日 ends a paper, not a task.
func (s *scan) validity(p phrase) bool {
	i := p.from
	if w := s.before(i, "自", "从", "至", "到"); w != "" {
		i--
	}
	if w := s.before(i, "为", ":"); w != "" {
		i--
	}
	return s.before(i, "有效期", "有效期限", "执行期限", "政策期限", "实施期限", "执行期", "合同期", "任期", "聘期", "过渡期") != ""
}

// baseline: 较2020年下降, 比2015年, 在2020年基础上, 2020年水平, 达到2019年的两倍.
func (s *scan) baseline(p phrase) bool {
	if p.tail == before || p.tail == start {
		return false
	}
	if s.back(p.from, "以") && p.m.grain == ofYear && s.has(p.to, min(s.clauseEnd(p.to), p.to+16), "为基础", "为基准", "为基数", "为依据", "为准") {
		return true // 以2021年预算为基础
	}
	if s.before(p.from, "较", "相较", "相较于", "比", "同比", "与", "相比", "对比", "以", "达到", "超过", "高于", "低于", "优于", "在") != "" &&
		(p.m.grain == ofYear && p.m.edge != '内' || p.m.grain == ofHalf || s.one2(p.to, "相比", "同期", "为基")) {
		in := s.back(p.from, "在")
		return !in && !s.back(p.from, "以") || s.one2(p.to, "基础上", "的基础", "水平", "同期", "为基", "基数", "年均")
	}
	return s.one2(p.to, "基础上", "的基础上", "的水平", "同期", "年均水平", "为基准", "为基数", "水平")
}

// cited: a bare year or year range in a name, or before 的, 版, 修订, 度.
func (s *scan) cited(p phrase) bool {
	if p.tail != bare || p.lead != "" || s.ctx.ColumnCell {
		return false
	}
	if s.one2(p.to, "版", "修订", "修正", "第一次修", "以前年度", "级毕业", "届") {
		return true
	}
	if s.one2(p.to, "印发的", "发布的", "出台的", "制定的", "公布的", "下发的", "修订的", "颁布的", "实施的") {
		return true
	}
	if (p.m.grain == ofHalf || p.m.grain == ofQuarter) && p.m.year == 0 && s.ofItsLimit(p) {
		return true
	}
	if p.m.grain == ofYear && p.m.edge == '底' && s.yearsReview(p) {
		return true
	}
	if p.m.grain == ofYear && p.m.edge == '初' && s.one2(p.to, "预算", "部门预算", "财政预算", "计划", "预算安排", "确定", "下达的", "既定", "工作会议", "全会", "两会", "部署") {
		return true
	}
	if p.m.grain != ofYear || p.m.edge != 0 {
		return false
	}
	if s.lit(p.to, "度") {
		if s.before(p.from, "力争", "争取", "确保") != "" {
			return false
		}
		from, to := s.predicateZone(p.to + 1)
		return !s.one2(p.to, "度内", "度末", "度底") && !s.countedWork(from) && (!s.finishes(from, min(to, from+4)) || s.before(p.from, citeVerbs...) != "")
	}
	if s.eventAhead(p.to) || s.termAhead(p.to) {
		return true
	}
	if s.one2(p.to, "的", "和2", "国民", "中央", "全国两会") || s.before(p.from, citeVerbs...) != "" {
		return true
	}
	from, to := s.predicateZone(p.to)
	return s.named(from, to)
}

// ofItsLimit: 5月20日前，完成上半年抽检1200批次: the half-year says which work is done by
// the day before it.
func (s *scan) ofItsLimit(p phrase) bool {
	n := len(s.out) - 1
	if n < 0 || s.out[n].Kind != Due || s.out[n].Due.IsZero() || s.sent[s.spans[n].from] != s.sent[p.from] {
		return false
	}
	gap := strings.Trim(s.str(s.spans[n].to, p.from), "，, ")
	switch gap {
	case "完成", "全面完成", "汇总", "形成", "报送", "上报", "通报", "公布", "开展", "组织", "做好", "提交", "将", "组织开展", "发放", "兑付", "拨付", "清算":
		return true
	}
	return false
}

// yearsReview: 纳入年底绩效考核, 与年底考核挂钩: the year's end names the review.
func (s *scan) yearsReview(p phrase) bool {
	if !s.one2(p.to, "绩效", "考核", "考评", "目标责任", "目标考核", "综合考", "述职", "评优", "评先", "总评", "考绩", "责任制考核", "奖惩", "奖励", "评比", "总结表彰") {
		return false
	}
	end := s.clauseEnd(min(p.to, len(s.c)-1))
	if p.tail == bare && p.lead == "" && s.one2(p.to, "述职", "评优", "评先", "评比", "绩效", "目标责任", "目标考核") && (s.has(s.clause[p.from].from, p.from, "纳入", "列入", "计入", "作为") || s.has(p.to, min(end, p.to+16), "优先", "内容", "依据", "加分", "扣分")) {
		return true
	}
	return s.before(p.from, "纳入", "列入", "计入", "作为", "结合", "与", "同", "和", "参与", "并入", "记入", "用于", "影响", "挂钩") != "" ||
		s.has(p.to, min(end, p.to+16), "考核时", "考核中", "考评时", "考评中", "考核结果", "考核内容", "考核指标", "考核依据", "考核范围", "挂钩", "的依据", "的内容", "重要内容", "重要依据")
}

// history: before the day of issue, and the words look back.
func (s *scan) history(p phrase) bool {
	if !p.d.ok || s.ctx.Issued.IsZero() || s.ctx.ColumnCell {
		return false
	}
	c := s.clause[p.from]
	if p.d.last.Before(s.ctx.Issued) {
		behind := s.clauseEnd(min(p.to, len(s.c)-1))
		if s.at(p.to) == '，' || s.at(p.to) == ',' {
			behind = s.clauseEnd(p.to + 1)
		}
		switch {
		case s.attributive(p.to):
			return true
		case s.has(p.to, min(behind, p.to+40), "已", "累计", "共有", "以来", "曾", "共完成", "印发的", "获批", "批复", "被评为", "荣获", "我市共", "全市共"):
			return true
		case p.lead == "自" && p.tail == bare:
			return true
		case strings.HasPrefix(p.lead, "截") && p.tail == bare:
			return !s.has(c.from, behind, "要", "须", "应", "力争", "确保")
		case p.m.grain != ofDay && p.m.grain != ofYear && p.m.edge == 0 && p.tail == bare && p.lead == "" && p.m.year != 0 &&
			(p.m.year < s.ctx.Issued.Year || s.has(p.to, min(behind, p.to+16), "增长", "同比", "下降")):
			return true
		case p.m.grain == ofYear && p.m.edge == 0 && p.tail == bare && p.lead == "" && p.m.year < max(s.ctx.Issued.Year, s.ctx.PlanYear):
			return !s.has(c.from, behind, "要", "力争", "确保")
		case p.m.yearWord == "去年" || p.m.yearWord == "上年":
			return p.tail != before
		case p.m.rel != "" && strings.HasPrefix(p.m.rel, "上"):
			return true
		}
	}
	return false
}

// attributive: …建成的, …注册的, …建成但未投用的项目: the date describes a thing.
func (s *scan) attributive(i int) bool {
	k := s.find(i, min(i+14, s.clauseEnd(i)), "的")
	if k <= i {
		return false
	}
	verbs := []string{"建成", "建设", "完成", "成立", "注册", "开工", "投运", "投产", "批准", "竣工", "出生", "登记", "参加工作", "形成", "签订", "认定", "备案", "购买", "取得", "入学", "毕业", "交付", "验收"}
	return k < i+8 && s.before(k, verbs...) != "" || s.one2(i, verbs...) && s.one2(k+1, "项目", "企业", "小区", "住房", "房屋", "工程", "设施", "单位", "人员", "老旧", "车辆", "机组", "学校")
}

// ownDate: the paper's own day of issue, alone or before 印发.
func (s *scan) ownDate(p phrase) bool {
	if p.m.grain != ofDay || p.tail != bare || p.lead != "" || p.m.year == 0 {
		return false
	}
	if s.one2(p.to, "印发", "发布", "成文", "签发") {
		return true
	}
	return p.d.ok && p.d.last == s.ctx.Issued && !s.ctx.ColumnCell
}

// finish settles what needs the whole text: the weak readings beside strong ones,
// softness, milestones, the superior's own acts.
func (s *scan) finish() {
	s.besideOthers()
	s.dropWeak()
	for i := range s.out {
		if r := &s.out[i]; r.Kind != Target {
			s.surround(i, r)
		}
	}
	for i := len(s.out) - 1; i > 0; i-- { // 1月、7月分别召开: the verb is that of the whole list
		if s.out[i-1].Milestone == "" && s.listed(i) {
			s.out[i-1].Milestone = s.out[i].Milestone
		}
	}
	for i := 1; i < len(s.out); i++ { // 力争6月、9月底前: so is the softness
		s.out[i].Soft = s.out[i].Soft || s.out[i-1].Soft && s.listed(i)
	}
}

// listed tells that reading i goes on a list of limits with the one before it.
func (s *scan) listed(i int) bool {
	if s.out[i].Kind != s.out[i-1].Kind || s.out[i].Kind != Due && s.out[i].Kind != Window {
		return false
	}
	return s.one2(s.spans[i-1].to, "、", "和", "及", "与") && s.spans[i].from-s.spans[i-1].to <= 2
}

// surround fills in what the words around reading i say of it.
func (s *scan) surround(i int, r *Reading) {
	at := s.spans[i]
	from, to := s.clause[at.from].from, s.clauseEnd(at.to-1)
	if x := at.to; x < len(s.c) && (s.at(x) == '，' || s.at(x) == ',') && x+1 < len(s.c) {
		to = s.clauseEnd(x + 1)
	}
	sent := s.sent[at.from]
	floor, ceil := sent.from, s.sentEnd(at.to-1)
	if i > 0 {
		floor = max(floor, s.spans[i-1].to)
	}
	if i+1 < len(s.spans) {
		ceil = min(ceil, s.spans[i+1].from)
	}
	lo, hi := max(from, floor), min(to, ceil)
	if s.softNear(lo, at.from) || s.softNear(at.to, s.upTo(at.to, hi)) || s.softNear(at.from, at.to) {
		r.Soft = true
	}
	if r.Milestone == "" && r.Kind != None && r.Kind != Standing {
		r.Milestone = s.milestone(at, floor, ceil)
	}
	r.Superior = s.before(at.from, "将于", "将在", "拟于", "拟在") != ""
	r.BackRef = s.has(max(sent.from, at.from-40), min(s.sentEnd(at.to-1), at.to+40), "上述工作", "以上工作", "该项工作", "上述任务", "以上任务", "以上各项", "上述各项", "此项工作")
	if r.Kind == Due && s.one2(at.to, "未", "已", "仍未", "尚未", "不能", "没有", "还未", "仍不") {
		r.Condition = true
	}
}

// upTo cuts a look ahead at a soft word that belongs to the next phrase: one that
// is right before it.
func (s *scan) upTo(from, to int) int {
	if w := s.before(to, "力争", "争取", "原则上", "力争于", "争取于", "原则上于", "力争在", "争取在", "原则上在", "力争到", "争取到", "原则上应在"); w != "" && to-runes(w) >= from {
		return to - runes(w)
	}
	return to
}
