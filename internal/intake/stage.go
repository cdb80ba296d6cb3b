package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/internal/deadline"
	"duban/internal/plan"
)

// stage is what an item's heading gives to the items below it: its time, its
// matter, and who acts.
type stage struct {
	head    para
	text    string
	reading *deadline.Reading // nil: the heading names no time
	list    bool              // it introduces a list: …下列闸坝：
	matter  string
	used    bool // an item below made an entry
}

var listWord = regexp.MustCompile(`(?:下列|以下|如下)(?:各项|各类|几项|几类|所列|所示)?`)

// stageOf reads the heading of an item that has items below.
func (k *committer) stageOf(n *node) *stage {
	if s, ok := k.stages[n]; ok {
		return s
	}
	s := &stage{head: n.paras[0]}
	text := n.paras[0].text
	from := len(string([]rune(text)[:min(n.mark.length, utf8.RuneCountInString(text))]))
	to := headBytes(n)
	if t := strings.TrimRight(text, " "); strings.HasSuffix(t, "：") || strings.HasSuffix(t, ":") {
		to = len(t)
		s.list = true
		if i := strings.LastIndexAny(text[:max(to-4, 0)], "。；\n"); i > from {
			_, size := utf8.DecodeRuneInString(text[i:])
			from = i + size
		}
	}
	if n.title == "" && !s.list {
		to = from
	}
	s.text = strings.Trim(text[min(from, to):to], "：: ")
	s.list = s.list || listWord.MatchString(s.text)
	ctx := k.ctx
	if m := yearRe.FindStringSubmatch(fold(s.text)); m != nil && strings.HasPrefix(fold(s.text), m[1]) {
		ctx.PlanYear, ctx.Inherit = number(m[1]), number(m[1]) // 二、2023年度（6座，5月底前开工，12月底前完工）
	}
	for i, p := range n.paras[:min(2, len(n.paras))] {
		if i > 0 { // the stage's time on a line of its own
			if s.reading != nil || !isStageTime(p.text) {
				break
			}
			from, to = 0, len(p.text)
		}
		for _, r := range deadline.Read(p.text, ctx) {
			if r.Begin < from || r.End > to || r.Due.IsZero() || r.Kind != deadline.Due && r.Kind != deadline.Window || k.vision(r) && !(r.Kind == deadline.Window && strings.Contains(n.paras[0].text, "阶段")) || r.Superior || r.Condition {
				continue
			}
			if !k.facts.Issued.IsZero() && r.Due.Before(k.facts.Issued) || bareYear.MatchString(tight(fold(r.Words))) {
				continue
			}
			if s.reading != nil && (s.reading.Kind != deadline.Due || r.Kind != deadline.Due || !r.Due.After(s.reading.Due)) {
				continue
			}
			s.reading, s.head = &r, p // of 5月底前开工，12月底前完工 the last
			if r.Kind == deadline.Window {
				break
			}
		}
	}
	s.matter = s.text
	if s.reading != nil {
		s.matter = strings.Replace(s.matter, s.reading.Words, "", 1)
	}
	s.matter = strings.Trim(tidyTitle(listWord.ReplaceAllString(s.matter, "")), "（）()")
	k.stages[n] = s
	return s
}

// thingOfWhom is an item that names a thing and whose it is, and no more.
var thingOfWhom = regexp.MustCompile(`^([\p{Han}\d()]{2,24}):([\p{Han}]{2,16})$`)

// ofWhomItIs gives an entry that is such an item its title and lead: 1.龙潭水库：清水乡.
func (k *committer) ofWhomItIs(c *clause, e *entry) {
	if m := thingOfWhom.FindStringSubmatch(tight(fold(e.Source))); m != nil && looksUnit(m[2]) && !looksUnit(m[1]) && len(c.seats) == 0 {
		e.who, e.Title = m[2], k.printed(m[1])
	}
}

// underHeading gives the undated entries of a clause the time of the heading above
// them, and makes an entry of an item of a list that is too short to be one
// by itself: 1.旧泵站.
func (k *committer) underHeading(c *clause) {
	if c.parent == nil || c.role == roleGoals {
		return
	}
	var s *stage
	for n := c.parent; n != nil; n = n.parent {
		if above := k.stageOf(n); above.reading != nil || above.list && n == c.parent {
			s = above
			break
		}
	}
	if s == nil {
		return
	}
	if direct := k.stages[c.parent] == s; direct && s.list && len(c.entries) == 0 && len(c.text) < 240 && (s.reading != nil || len(c.seats) > 0) {
		m, _ := readMark(c.text)
		from := len(string([]rune(c.text)[:min(m.length, utf8.RuneCountInString(c.text))]))
		to := len(c.text)
		if len(c.found) > 0 && !c.inherited {
			to = c.f.rawAt(c.found[0].from)
		}
		if from, to = trimSpan(c.text, from, to); from < to && hanIn(c.text[from:to]) >= 2 {
			e := &entry{Kind: plan.Standing, Bracket: c.bracketFor(0), span: span{from, to}, sentence: span{from, to}, Source: c.text[from:to], opening: s.text}
			e.Title = shorten(tidyTitle(e.Source), 40)
			k.ofWhomItIs(c, e)
			k.owner(c, e, "")
			c.entries = append(c.entries, e)
		}
	}
	s.used = s.used || len(c.entries) > 0
	for _, e := range c.entries {
		if s.list && k.stages[c.parent] == s && hanIn(e.Source) < 12 && s.matter != "" && !strings.Contains(e.Title, s.matter) {
			e.Title = shorten(s.matter, 30) + "：" + e.Title
		}
		if s.reading == nil || e.Kind != plan.Standing || e.words != "" || !e.Begin.IsZero() || k.notByStage(c, e, s) {
			continue
		}
		e.Kind, e.rule, e.words, e.reading, e.sure = plan.Dated, s.reading.Rule, s.reading.Words, *s.reading, s.reading.Sure
		k.timed(c.place, e, *s.reading)
		if e.Kind == plan.Dated && e.Milestone == "" {
			e.Milestone = "完成"
		}
		e.from = &s.head
		k.noteHeading(e, s)
	}
}

// byOthers is what waits for others to say when.
var byOthers = regexp.MustCompile(`适时|择机|另行通知|以[\p{Han}]{2,20}(?:通知|公告|安排|规定|文件|要求|批复)为准|按(?:照)?(?:国家|省|市|上级)[\p{Han}]{0,6}(?:统一)?(?:安排|部署|要求)`)

// onceFound is what is done at once whenever there is cause: 发现飞线充电的立即制止.
var onceFound = regexp.MustCompile(`^(?:各[\p{Han}]{1,8})?(?:一经|一旦|如|凡|若)?(?:发现|遇有?|出现|接到|接报)[^,。;]{2,40}?(?:的|后|时)?,?(?:要|应|须)?(?:立即|及时|当场|第一时间|马上|随时|即时|迅速)`)

// verbEnd ends in a verb of which what follows says of what time the work is.
var verbEnd = regexp.MustCompile(`(?:完成|开展|做好|抓好|组织|落实|部署|制定|安排|加强|编制|印发|发布|启动|举办)$`)

// withWhom is who acts with whom, and not yet what.
var withWhom = regexp.MustCompile(`^[\p{Han}、()]{2,40}?(?:会同|联合|协同)[\p{Han}、()]{2,30}(?:局|委|办|部门|机构|队|单位|政府|公司)$`)

// notByStage is true of work below a stage that goes on to a limit in its own sentence, of what others
// say when to do, and of words about what was.
func (k *committer) notByStage(c *clause, e *entry, s *stage) bool {
	return byOthers.MatchString(tight(e.Source)) || onceFound.MatchString(tight(fold(e.Source))) || slices.ContainsFunc(c.readings, func(r deadline.Reading) bool {
		if r.Rule == "L1" && r.Begin >= e.span.from && r.Begin < e.span.to && restLater(c.text, r, e.span) {
			return true // what cannot be done at once has the limit of all
		}
		if strings.HasSuffix(tight(r.Words), "期间") && r.Begin > e.span.from && r.Begin < e.span.to && verbEnd.MatchString(tight(c.text[e.span.from:r.Begin])) {
			return false // 完成春节期间库房检查, below 一月
		}
		return r.Kind == deadline.Relative && r.Due.IsZero() && r.Event != "" && r.Begin >= e.span.from && r.Begin < e.span.to // 评审结束后10个工作日内提交报告
	}) ||
		slices.ContainsFunc(c.entries, func(o *entry) bool {
			return o.Kind == plan.Dated && o.sentence.to > 0 && o.span.from >= e.span.to && o.sentence.from <= e.span.from && (o.Due == s.reading.Due || withWhom.MatchString(tight(fold(e.Source))) || saysWhen(e, o))
		}) ||
		slices.ContainsFunc(c.readings, func(r deadline.Reading) bool {
			return r.Begin == e.span.from && (r.Kind == deadline.Target && r.Rule == "T1" || r.Kind == deadline.Window && !r.Due.IsZero() && r.Due.Before(k.facts.Issued))
		})
}

func (k *committer) noteHeading(e *entry, s *stage) { k.note(e, "note_heading", s.reading.Words) }

// headSubject is who acts by the heading above a clause: 市水务局4月底前完成下列排查.
func (k *committer) headSubject(c *clause, e *entry) []string {
	for n := c.parent; n != nil; n = n.parent {
		s := k.stageOf(n)
		if s.text == "" || !s.list && s.reading == nil {
			continue
		}
		of := *e
		if s.reading != nil {
			of.words = s.reading.Words
		}
		if names, several := k.subject(s.text, &of); len(names) > 0 && !several {
			return names
		}
	}
	return nil
}

// stageUsed tells that a heading gave its time, or that the items below it have
// times of their own.
func (k *committer) stageUsed(at Place) bool {
	for _, s := range k.stages {
		if s.head.place == at {
			return s.used
		}
	}
	return false
}

// laterParagraph tells that an entry is in a paragraph of its own after the
// one that its bracket closes.
func (c *clause) laterParagraph(e *entry) bool {
	if e.Bracket < 0 || e.Bracket >= len(c.found) || c.inherited {
		return false
	}
	r := c.found[e.Bracket]
	from, to := c.f.rawAt(r.from), c.f.rawAt(r.to)
	if e.span.from < to || !strings.Contains(c.text[to:e.span.from], "\n") {
		return false
	}
	if open := c.f.f[r.from]; open != '(' && open != '[' && c.blockAfter(to) {
		return false // 责任单位：…⏎整改目标：…⏎整改措施：…: whose the problem is
	}
	start := strings.LastIndexByte(c.text[:from], '\n') + 1
	return hanIn(c.text[max(start, min(c.headLen, from)):from]) >= 4 || from >= c.headLen && start > 0 && hanIn(c.text[c.headLen:from]) >= 4
}

// blockAfter tells that the paragraph behind a place of the clause's text opens a part of
// what is said of its matter: 整改目标：.
func (c *clause) blockAfter(to int) bool {
	for i, at := range c.starts {
		if at > to {
			return blockLine.MatchString(fold(c.paras[i].text))
		}
	}
	return false
}
