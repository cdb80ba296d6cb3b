package deadline

import (
	"strings"

	"duban/internal/calendar"
)

// term is a length of time: 7个工作日, 6个月, 1—5日, 半年.
type term struct {
	span
	n, least int
	unit     string // hours, days, workdays, weeks, months, years; "" for what is no term of a plan (分钟)
	closed   bool   // 内, 以内 follows: to is behind it
}

var termUnits = []struct{ word, unit string }{
	{"个工作日", "workdays"}, {"工作日", "workdays"}, {"个自然日", "days"}, {"自然日", "days"}, {"个日历天", "days"}, {"日历天", "days"},
	{"个小时", "hours"}, {"小时", "hours"}, {"分钟", ""}, {"个星期", "weeks"}, {"星期", "weeks"}, {"周年", "years"}, {"个周", "weeks"},
	{"周", "weeks"}, {"个季度", "quarters"}, {"个月", "months"}, {"个半月", "halfmonths"}, {"年", "years"}, {"天", "days"}, {"日", "days"},
}

// term reads a length of time at i.
func (s *scan) term(i int) (term, bool) {
	t := term{span: span{i, i}}
	if w, j := s.one(i, "半年", "半个月", "半月", "一年半"); w != "" {
		t.n, t.unit, t.to = map[string]int{"半年": 6, "半个月": 15, "半月": 15, "一年半": 18}[w], map[string]string{"半年": "months", "半个月": "days", "半月": "days", "一年半": "months"}[w], j
		return s.closeTerm(t), true
	}
	n, ok := s.num(i)
	if !ok {
		return t, false
	}
	j := n.end
	t.n = n.v
	if s.at(j) == '-' || s.at(j) == '至' || s.at(j) == '到' {
		if m, ok := s.num(j + 1); ok && m.v > n.v {
			t.least, t.n, j = n.v, m.v, m.end
		}
	}
	for _, u := range termUnits {
		if !s.lit(j, u.word) {
			continue
		}
		if u.unit == "years" && (n.digits == 4 || t.n > 99) || u.word == "日" && s.lit(j, "日均") || u.word == "周" && s.one2(j, "周边", "周围", "周期") {
			return t, false
		}
		t.unit, t.to = u.unit, j+runes(u.word)
		switch u.unit {
		case "quarters":
			t.n, t.least, t.unit = t.n*3, t.least*3, "months"
		case "halfmonths":
			t.n, t.unit = t.n*30+15, "days"
		}
		return s.closeTerm(t), true
	}
	return t, false
}

// closeTerm takes 内, 以内, 之内 and (不含…).
func (s *scan) closeTerm(t term) term {
	k := s.skip(t.to, "时间", "的时间", "左右", "左右时间")
	if _, e := s.one(k, "以内", "之内", "内"); e > 0 && !s.one2(k, "内部", "内外", "内容", "内涝") {
		t.closed, t.to = true, e
	}
	return t
}

// readMeasure steps over lengths of time that limit nothing: 30年一遇, 24小时值守,
// 3个月以上, 近三年. A length inside a target (压缩至4个月以内, 5年内享受) is shown
// as Target (A14).
func (s *scan) readMeasure(i int) ([]hit, int) {
	if w, j := s.one(i, "一年两次", "一年一次", "一年多次", "一年三次", "一年四次"); w != "" && !s.back(i, "每") {
		return []hit{{Reading{Kind: Target, Rule: "A14"}, span{i, j}}}, j
	}
	t, ok := s.term(i)
	if !ok || t.to == i {
		return nil, 0
	}
	if t.unit == "" {
		return nil, t.to
	}
	if s.inTarget(t) {
		return []hit{{Reading{Kind: Target, Rule: "A14"}, t.span}}, t.to
	}
	if t.closed || s.isDay(t) || s.backward(t) != "" || s.fromPeriod(t) || s.takes(t) {
		return nil, 0
	}
	if w, j := s.one(t.to, "以上", "以下", "及以上", "以来", "来", "左右"); w != "" {
		return []hit{{Reading{Kind: Target, Rule: "A14"}, span{i, j}}}, j
	}
	return nil, t.to
}

// isDay tells that the term may be a day of the month: 15日, not 15天.
func (s *scan) isDay(t term) bool { return t.unit == "days" && s.at(t.to-1) == '日' }

// fromPeriod tells 提前N日 and N日前 apart from lengths.
func (s *scan) fromPeriod(t term) bool { return s.before(t.from, "提前") != "" }

// inTarget tells that the term is what is aimed at, not when (A14).
func (s *scan) inTarget(t term) bool {
	c := s.clause[t.from]
	if s.has(max(c.from, t.from-16), t.from, "压缩", "缩短", "压减", "缩减", "控制在", "减至", "减少到", "减少至", "降至", "降到", "稳定在",
		"保持在", "限制在", "不超过", "不少于", "不低于", "平均", "延长", "提速", "达到", "持续时间", "时长", "间隔", "使用年限", "服务期", "合同期") &&
		!s.has(max(c.from, t.from-16), t.from, "之日起", "日起", "最长") {
		return true
	}
	if s.back(t.from, "提前") {
		return !s.has(t.to, min(s.clauseEnd(t.to), t.to+10), "告知", "通知", "报", "申请", "公告", "公示", "书面", "提出", "函告", "提交")
	}
	if s.before(t.from, "近", "过去", "最近", "毕业", "离校", "退役", "退伍", "注册", "入职", "从业", "连续", "满", "未满", "超过", "每", "前", "达") != "" && s.before(t.from, "每", "期满", "届满") != "每" && s.before(t.from, "期满", "届满") == "" {
		return true
	}
	if !t.closed {
		return false
	}
	if s.one2(t.to, "免征", "减征", "免缴", "免收", "免费", "享受", "补贴", "补助", "给予", "减半", "不得", "不再", "禁止", "有效", "可", "免予", "免于",
		"按", "每年", "累计", "发生", "出现", "无", "未", "新增", "曾", "达到", "保持", "返还", "奖励", "逐年", "予以", "两次", "三次", "连续", "的企业", "的项目", "的住房", "的房", "的人员") {
		return true
	}
	return s.has(t.to, min(s.clauseEnd(t.to), t.to+14), "免征", "减征", "享受", "免收", "补贴", "给予补助", "不得再", "减半") && !s.has(t.to, s.clauseNear(t.to), "完成", "整改", "制定")
}

func (s *scan) clauseNear(i int) int { return min(s.clauseEnd(i), i+40) }

// readTerm reads a limit counted from an event, or before one: 收到之日起7个工作日内,
// 会后7日内, 届满90日前, 印发后6个月内, 三年内 (A17, A19).
func (s *scan) readTerm(i int) ([]hit, int) {
	t, ok := s.term(i)
	if !ok || t.unit == "" {
		return nil, 0
	}
	if event := s.backward(t); event != "" {
		return s.beforeEvent(t, event)
	}
	if s.takes(t) {
		return s.takesYears(t)
	}
	if !t.closed {
		return nil, 0
	}
	h := hit{Reading{Kind: Relative, Rule: "A17", Sure: Sure, Offset: Offset{N: t.n, Least: t.least, Unit: t.unit}}, t.span}
	if from, y, ok := s.yearStart(i); ok { // 2012年起5年内
		return s.yearsFrom(h, t, from, y), t.to
	}
	event, from, next := s.eventOf(i)
	if event == "" && !next {
		event = s.sameEvent(i)
	}
	if event == "" && !next {
		event = s.casesBefore(i)
	}
	if n := len(s.spans); event == "" && !next && n > 0 && s.spans[n-1].to == i && s.out[n-1].Due.IsZero() && s.back(i, "后") { // 开学后|一个月内
		event, from = s.str(s.spans[n-1].from, i), i
	}
	h.Event, h.from, h.Offset.Next = event, from, next
	switch {
	case s.isIssue(event) && s.before(from, "规范性文件", "政策", "政策文件", "公文", "各类文件", "各类政策", "政务信息", "信息", "决定书", "批复", "许可证") == "" && !(strings.HasPrefix(event, "文") && s.has(s.sent[i].from, i, "政策", "规范性文件", "公文", "每", "各类")):
		s.fromIssue(&h, t)
	case event == "" && (t.unit == "months" || t.unit == "years"):
		h.Rule = "A19"
		h.Kind = Due
		s.fromIssue(&h, t)
		if h.Sure == Sure {
			h.Sure = Likely
		}
		if s.clause[i].from > s.sent[i].from { // behind another clause, which may name the event
			ask(&h, "deadline.event_missing")
		}
	case event == "":
		h.Relative = true
		ask(&h, "deadline.event_missing")
	default:
		h.Relative = true
	}
	return []hit{h}, t.to
}

// takes tells 用3年时间, 利用三年左右时间: a term without 内.
func (s *scan) takes(t term) bool {
	return (t.unit == "years" || t.unit == "months") && !t.closed && s.before(t.from, "用", "利用", "通过", "经过", "再用") != "" &&
		s.one2(t.to, "时间", "的时间", "左右时间", "左右的时间", "左右", "努力", "的努力")
}

// takesYears is 用3年时间: from the start named right before it, or else from the
// issue, roughly, which is asked.
func (s *scan) takesYears(t term) ([]hit, int) {
	end := s.skip(t.to, "左右的时间", "左右时间", "的时间", "时间", "左右", "的努力", "努力")
	h := hit{Reading{Kind: Due, Rule: "A19", Soft: true, Offset: Offset{N: t.n, Least: t.least, Unit: t.unit}}, span{t.from, end}}
	if n := len(s.out); n > 0 && s.out[n-1].Kind == Start && !s.out[n-1].Start.IsZero() && t.from-s.spans[n-1].to <= 4 {
		h.Soft, h.Sure = s.has(t.to, end, "左右"), Sure
		return s.yearsFrom(h, t, s.spans[n-1].from, s.out[n-1].Start), end
	}
	s.fromIssue(&h, t)
	ask(&h, "deadline.approximate")
	return []hit{h}, end
}

// termAhead tells that a term counted from an event is right behind i, whose
// words the year before it belongs to: 2024年秋粮收购结束后1个月内.
func (s *scan) termAhead(i int) bool {
	for k := i; k < min(i+14, s.clauseEnd(i)); k++ {
		if _, j := s.one(k, "之日起", "之后", "后"); j > 0 {
			t, ok := s.term(j)
			return ok && t.closed
		}
	}
	return false
}

// yearStart tells that the last reading is a Start that ends right before i.
func (s *scan) yearStart(i int) (int, calendar.Day, bool) {
	if len(s.out) == 0 {
		return 0, noDay, false
	}
	last, at := s.out[len(s.out)-1], s.spans[len(s.spans)-1]
	if last.Kind != Start || last.Start.IsZero() || strings.Trim(s.str(at.to, i), "，,的") != "" {
		return 0, noDay, false
	}
	return at.from, last.Start, true
}

// yearsFrom is A19: from the first day of the year named, N years less a day.
func (s *scan) yearsFrom(h hit, t term, from int, first calendar.Day) []hit {
	s.out, s.spans = s.out[:len(s.out)-1], s.spans[:len(s.spans)-1]
	h.Kind, h.Rule, h.Start, h.from, h.YearFrom = Window, "A19", first, from, "written"
	h.Due = addTerm(s.cal, first, t.n, t.unit).AddDays(-1)
	return []hit{h}
}

// addTerm counts a term on from a day that is not counted itself.
func addTerm(cal *calendar.Calendar, d calendar.Day, n int, unit string) calendar.Day {
	switch unit {
	case "hours":
		return d.AddDays((n + 23) / 24)
	case "workdays":
		return cal.AddWorkdays(d, n)
	case "weeks":
		return d.AddDays(7 * n)
	case "months":
		return d.AddMonths(n)
	case "years":
		return d.AddMonths(12 * n)
	}
	return d.AddDays(n)
}

// fromIssue counts from the day of issue, when that is known; a term of days,
// weeks or months that ends on a rest day ends the next working day (A17).
func (s *scan) fromIssue(h *hit, t term) {
	if s.ctx.Issued.IsZero() {
		h.Relative = true
		if h.Event == "" {
			h.Event = "印发"
		}
		return
	}
	// 次日起 changes nothing: the day itself is never counted.
	h.Due, h.YearFrom = addTerm(s.cal, s.ctx.Issued, t.n, t.unit), "issued"
	if h.Rule == "A17" {
		h.Due = s.cal.OnOrAfter(h.Due)
	}
}

// FromIssue is the day on which a term of no known event ends where it is counted from
// the issue, as one that names the issue is; zero where the reading is no such term or
// the day of issue is not known. A nil calendar has no festivals.
func (r Reading) FromIssue(issued calendar.Day, cal *calendar.Calendar) calendar.Day {
	if r.Kind != Relative || r.Offset.Unit == "" || r.Offset.Before || issued.IsZero() {
		return noDay
	}
	if cal == nil {
		cal = calendar.New()
	}
	return cal.OnOrAfter(addTerm(cal, issued, r.Offset.N, r.Offset.Unit))
}

var issueEvents = []string{"印发", "发布", "下发", "公布", "施行", "实施", "发文", "出台"}
var ownNames = []string{"本", "该", "此"}

// isIssue tells that the event is the issue of this very paper: 印发, 本通知印发.
func (s *scan) isIssue(event string) bool {
	for _, e := range issueEvents {
		if event == e {
			return true
		}
		if strings.HasSuffix(event, e) || strings.HasSuffix(event, e+"实施") {
			for _, own := range ownNames {
				if strings.HasPrefix(event, own) {
					return true
				}
			}
			switch strings.TrimSuffix(event, e) {
			case "通知", "方案", "文件", "意见", "计划", "办法", "文":
				return true
			}
		}
	}
	return false
}
