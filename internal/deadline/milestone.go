package deadline

import "strings"

// milestoneWords map the words that close a stage to the milestone's name (A7).
// Longer words come before shorter ones that they contain.
var milestoneWords = []struct{ word, name string }{
	{"主体工程", "主体工程"}, {"主体完工", "主体工程"}, {"主体封顶", "主体工程"}, {"主体建设", "主体工程"}, {"完成主体", "主体工程"},
	{"土石方工程", "土石方工程"}, {"前期工作", "前期工作"}, {"可行性研究", "前期工作"}, {"招投标", "招投标"},
	{"建成投运", "投运"}, {"投入运行", "投运"}, {"投入运营", "投运"}, {"投运", "投运"}, {"正式运行", "投运"}, {"试运行", "试运行"},
	{"建成投用", "投用"}, {"投入使用", "投用"}, {"投用", "投用"}, {"启用", "投用"}, {"建成投产", "投产"}, {"投产", "投产"},
	{"通车", "通车"}, {"通水", "通水"}, {"通气", "通气"}, {"开通", "开通"}, {"上线", "上线"},
	{"开工建设", "开工"}, {"开工", "开工"}, {"动工", "开工"}, {"破土", "开工"},
	{"启动", "启动"},
	{"通过验收", "验收"}, {"验收", "验收"}, {"销号", "销号"},
	{"印发", "印发"}, {"出台", "印发"}, {"下发", "印发"},
	{"报送", "上报"}, {"上报", "上报"}, {"报告", "上报"}, {"报备", "上报"}, {"备案", "上报"}, {"报市", "上报"}, {"报省", "上报"},
	{"报县", "上报"}, {"报上", "上报"}, {"提交", "上报"}, {"反馈", "上报"},
	{"完成", "完成"}, {"竣工", "完成"}, {"完工", "完成"}, {"办结", "办结"}, {"建成", "建成"}, {"基本实现", "实现"}, {"实现", "实现"},
	{"制定", "制定"}, {"制订", "制定"}, {"编制", "制定"}, {"公布", "公布"}, {"公开", "公布"}, {"发布", "公布"}, {"通报", "通报"},
	{"整改到位", "整改"}, {"整改", "整改"}, {"达到", "达到"}, {"达标", "达到"}, {"召开", "召开"}, {"建立", "建立"}, {"消除", "消除"},
	{"淘汰", "淘汰"}, {"关闭", "关闭"}, {"拆除", "拆除"}, {"停止", "停止"}, {"缴纳", "缴纳"}, {"落实", "落实"}, {"覆盖", "覆盖"},
}

// partial milestones override the 完成 beside them: 完成主体工程 is not 完成.
const partials = 9

// firstMilestone is the first milestone word in [from, to) and its place.
func (s *scan) firstMilestone(from, to int) (string, int) {
	for k := from; k < to; k++ {
		for _, m := range milestoneWords {
			if s.lit(k, m.word) && k+runes(m.word) <= to && !s.noMilestone(k, m.word) {
				if m.name == "完成" || m.name == "建成" || m.name == "实现" {
					return s.partial(k, min(to, s.clauseEnd(k)), m.name), k
				}
				return m.name, k
			}
		}
	}
	return "", -1
}

// partial is the narrower milestone that 完成, 建成 or 实现 at k governs, or name.
func (s *scan) partial(k, to int, name string) string {
	to = min(to, k+40)
	for _, m := range milestoneWords[:partials] {
		// 完成甲、乙、丙主体工程: only the last of them is partial
		if at := s.find(k, to, m.word); at >= 0 && !s.has(k, at, "、") {
			return m.name
		}
	}
	switch {
	case name == "完成" && s.back(s.trimEnd(k, to), "验收") && !s.has(k, to, "并", "及"):
		return "验收"
	case name == "建成" && s.one2(k+2, "并投入使用", "并投用", "并启用"):
		return "投用"
	case name == "建成" && s.one2(k+2, "并投入运", "并投运", "并正式运行"):
		return "投运"
	}
	return name
}

// trimEnd steps back from to over closing marks.
func (s *scan) trimEnd(from, to int) int {
	for to > from && strings.ContainsRune("，,。；;：:、!?)》\"〕 \n", s.at(to-1)) {
		to--
	}
	return to
}

// noMilestone guards words that contain a milestone by accident.
func (s *scan) noMilestone(k int, w string) bool {
	switch w {
	case "报告":
		return s.one2(k+2, "制度", "会", "》", "精神", "书") || s.before(k, "工作", "评估", "研究", "调研", "总结", "监测") != ""
	case "完成":
		return s.one2(k+2, "率", "情况", "时限", "时间", "质量")
	case "建成":
		return s.one2(k+2, "区", "面积")
	case "落实":
		return s.one2(k+2, "情况", "措施", "机制")
	case "整改":
		return s.one2(k+2, "方案", "任务", "清单", "措施", "台账", "报告")
	case "公开":
		return s.one2(k+2, "招", "制度", "平台", "目录")
	case "建立":
		return s.one2(k+2, "健全机制")
	case "启动":
		return s.one2(k+2, "条件", "资金", "会议")
	case "达标":
		return s.one2(k+2, "率", "排放", "创建")
	}
	return false
}

// milestone finds what closes the phrase at: after it in its clause, then before
// it in its clause, then after it up to the next phrase or the sentence's end,
// then before it in the sentence.
func (s *scan) milestone(at span, floor, ceil int) string {
	clause := span{max(s.clause[at.from].from, floor), min(s.clauseEnd(at.to-1), ceil)}
	if name, _ := s.firstMilestone(at.to, clause.to); name != "" {
		return name
	}
	if name := s.lastMilestone(clause.from, at.from); name != "" {
		return name
	}
	if name, _ := s.firstMilestone(at.to, ceil); name != "" {
		return name
	}
	if s.trimEnd(at.to, ceil) > at.to { // words follow, so what is further ahead is another matter
		return ""
	}
	return s.lastMilestone(floor, at.from)
}

// lastMilestone is the milestone word in [from, to) nearest to its end.
func (s *scan) lastMilestone(from, to int) string {
	last := ""
	for k := from; k < to; {
		name, at := s.firstMilestone(k, to)
		if at < 0 {
			break
		}
		last, k = name, at+1
	}
	return last
}
