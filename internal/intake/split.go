package intake

import (
	"regexp"
	"slices"
	"strings"

	"duban/internal/deadline"
	"duban/internal/plan"
)

// split adds the entry of a segment, and entries of their own for those comma
// parts that lay the work on every county: 各县（市）建成区完成….
func (k *committer) split(c *clause, e *entry, g segment, s sentence) {
	context := ""
	if g.context != (span{}) {
		context = c.text[g.context.from:g.context.to]
	}
	parts := commaSpans(c.text, e.span)
	soft := softParts(c.text, parts, e)
	kept := []span{}
	var each []*entry
	for i, p := range parts {
		t := tight(fold(c.text[p.from:p.to]))
		names, several := []string(nil), false
		if i > 0 && e.Kind != plan.Duty && !adverbial(c.text, parts[:i]) {
			if m := eachSubject.FindStringSubmatch(t); m != nil && !byAll.MatchString(t) && !notSubject.MatchString(t[len(m[0]):]) && (i > 1 || !onlyTime(c.text[parts[0].from:parts[0].to], e)) {
				names, several = k.subjectAt(t)
			}
		}
		other, late := "", false
		if i > 0 && e.Kind != plan.Duty && !several && len(k.bracketOf(c, e)) == 0 {
			for _, q := range parts[:i] { // 9月底前，市水务局…，市住建局…
				if who, _ := k.subject(c.text[q.from:q.to], e); len(who) > 0 {
					if at := strings.Index(c.text[q.from:q.to], who[0]); at >= 0 && e.phrase.from > q.from+at && e.phrase.from < q.to {
						late = !together.MatchString(t) // 市住建局6月底前提供房源，市人社局受理申请: the time is the first one's
					}
					other = k.otherActor(c.text[p.from:p.to], who[0], false)
					break
				} else if !onlyTime(c.text[q.from:q.to], e) {
					break
				}
			}
		}
		if !several && !soft[i] && other == "" {
			kept = append(kept, p)
			continue
		}
		own := *e
		if soft[i] {
			own.Soft = true
		}
		own.Notes = append([]string(nil), e.Notes...)
		own.Each = names
		if other != "" {
			own.span.from, own.span.to = p.from, p.to
			own.span.from, own.span.to = trimSpan(c.text, own.span.from, own.span.to)
			own.Source = c.text[own.span.from:own.span.to]
			own.Title = shorten(tidyTitle(own.Source), 40)
			if c.stage != nil && own.Kind == plan.Dated && c.stage.Due.After(own.Due) {
				own.Due = c.stage.Due // the day is the first one's, the stage is everybody's
			} else if late && own.Kind == plan.Dated {
				own.Kind, own.Due, own.Begin, own.Milestone, own.words, own.phrase = plan.Standing, calendarZero, calendarZero, "", "", span{}
			}
			own.who = other
			k.owner(c, &own, "")
			each = append(each, &own)
			continue
		}
		for _, n := range names {
			if m, _ := k.reg.resolve(n, c.place); len(m) == 1 && m[0].dummy {
				own.Each, own.Lead = nil, n
				k.rest(&own, k.bracketOf(c, e), n)
			}
		}
		own.span.to = p.to
		own.span.from, own.span.to = trimSpan(c.text, own.span.from, own.span.to)
		own.Source = c.text[own.span.from:own.span.to]
		own.Title = shorten(tidyTitle(c.text[p.from:p.to]), 40)
		if i == 0 || !several {
			own.Title = shorten(tidyTitle(strings.Replace(c.text[p.from:p.to], e.words, "", 1)), 40)
			own.Each, own.Lead = nil, ""
			k.owner(c, &own, context)
		}
		each = append(each, &own)
	}
	if len(kept) > 0 {
		e.Title = withoutParts(c.text, e.Title, parts, kept)
		k.owner(c, e, context)
		c.entries = append(c.entries, e)
	}
	c.entries = append(c.entries, each...)
}

// together is what a second body does by the time of the first: 市水务局同步开工.
var together = regexp.MustCompile(`^[\p{Han}（）()、]{2,20}?(?:同步|同时|一并|一同|同期|共同|也要|也应)`)

// withoutParts is a title without the comma parts that became entries of their own.
func withoutParts(text, title string, parts, kept []span) string {
	for _, p := range parts {
		if !slices.Contains(kept, p) {
			if rest := strings.Replace(title, "，"+tight(text[p.from:p.to]), "", 1); hanIn(rest) >= 3 {
				title = rest
			}
		}
	}
	return title
}

// timesAlone tells that a span has nothing but times: 项目完工后30日内，由各区组织验收.
func timesAlone(text string, rs []deadline.Reading, sp span) bool {
	left := hanIn(text[sp.from:sp.to])
	for _, r := range rs {
		if r.Begin >= sp.from && r.End <= sp.to {
			left -= hanIn(text[r.Begin:r.End])
		}
	}
	return left <= 2
}

// What was done is no work: 2021年全市共检查1126家, 截至1月底，各区已完成申报. What was left of it is: 2021年结转的12个项目.
var (
	doneSince = regexp.MustCompile(`^(?:截至|截止)[^,]{2,16},?[^,]{0,16}(?:已|共|累计)|^[\p{Han}()]{1,12}?已(?:经|全部|基本)?(?:完成|建成|累计|实现|纳入|印发|出台|启动|开工|投用)[^的]*$`)
	doneYear  = regexp.MustCompile(`^((?:19|20)\d\d)年度?,?[^,]{0,24}?(?:共|累计|已|\d)`)
	toBeDone  = regexp.MustCompile(`[要须应未尚由]|确保|力争|务必|负责|牵头|结转|续建|继续|剩余|遗留|抓紧|尽快|加快|推进|下一步`)
)

// wasDone tells that folded words say what was done before the paper.
func (k *committer) wasDone(t string) bool {
	if toBeDone.MatchString(t) {
		return false
	}
	m := doneYear.FindStringSubmatch(t)
	if doneThen.MatchString(t) {
		return true
	}
	return doneSince.MatchString(t) || m != nil && !k.facts.Issued.IsZero() && number(m[1]) < k.facts.Issued.Year
}

// saysNoWork is who was at a meeting, and what is wrong or why.
var saysNoWork = regexp.MustCompile(`^会议(?:原则)?(?:同意|通过|审议通过|听取|传达|学习)[^,。]*$|^(?:活动|会议|培训|竞赛|比赛|宣传|今年)?(?:的)?主题(?:为|是|:)|^(?:自查|检查|督查|排查|整治|考核|评估|抽查|活动|招生|补助|申报)(?:的)?(?:内容|范围|对象|重点|方式)(?:主要)?(?:包括|为|是|:)|^为[^。]{4,40},经[^,。]{2,16}(?:同意|批准|研究)(?:,(?:决定|现|拟).*)?$|^(?:参加|出席|列席|主持|记录|请假|缺席|参会)(?:人员|单位|会议|人)?:|^(?:存在的?)?(?:主要|突出)?(?:问题|原因|成因|症结|难点|短板)(?:是|为|在于|主要是|有|:)[^,]|^[\p{Han}]{0,10}(?:时点|基准日|考核期|评价期|统计期)(?:为|是)|^[^,。;]{0,16}(?:政策|办法|标准|规定|细则|方案|制度)[^,。;]{0,4}(?:执行|有效|实施|适用)(?:期限|期|时间)?(?:至|到|截至|为)|^(?:存在|主要存在)[\p{Han}]{0,20}(?:等)?问题$`)

// finishedBy is behind a thing that somebody finishes by a time.
var finishedBy = regexp.MustCompile(`^,由[\p{Han}]{2,16}?(?:于|在)?\d[^,。;]{1,16}(?:化解|办结|解决|销号|清零|到位|拆除|关停|清退|消除|完成)$`)

// countsFor is what a result is used for, where nobody is named who sees to it: 考核结果作为评先评优的依据.
var countsFor = regexp.MustCompile(`^[^,。]{0,12}(?:结果|成绩|情况)(?:将)?(?:作为|纳入)[^。]{2,30}(?:依据|考核|绩效|评价|内容|参考)$`)

// howToReach is how a body is reached, which is nobody's work.
var howToReach = regexp.MustCompile(`^(?:联系|咨询|举报|监督|值班|报送|收件|电子)?(?:人|电话|邮箱|方式|传真|地址|微信群|信箱)(?:及(?:电话|邮箱))?(?:[:：\d]|另行|见|为|是|如下|附后|同上)`)

// formulaIs is true of a sentence that is a formula.
var formulaIs = regexp.MustCompile(`[=＝].*[×÷+/／*]|[×÷].*[=＝]`)

// asideAs tells that a time within a span of the clause was set aside for a reason.
func (k *committer) asideAs(c *clause, sp span, why string) bool {
	return slices.ContainsFunc(k.aside, func(a Aside) bool {
		return a.c == c && a.Why == why && a.at.from >= sp.from && a.at.from < sp.to
	})
}

var softWord = regexp.MustCompile(`力争|争取|原则上|基本(?:消除|完成|建成|实现|形成|解决|建立|淘汰|达到|做到|满足|杜绝|覆盖|具备)|努力(?:实现|完成|达到|争取)`)

// softParts are the comma parts of a dated segment that alone are softened
// (基本消除…); an entry that is soft in all it says is marked as a whole.
func softParts(text string, parts []span, e *entry) map[int]bool {
	if e.Soft || e.Kind != plan.Dated {
		return nil
	}
	soft, hard := map[int]bool{}, 0
	for i, p := range parts {
		t := tight(text[p.from:p.to])
		switch {
		case i == 0 && softWord.MatchString(t) && onlyTime(softWord.ReplaceAllString(t, ""), e): // 力争在6月30日前，…
			e.Soft = true
			return nil
		case i > 0 && standardOf.MatchString(fold(t)): // 完成38对服务区建设，每个服务区车位原则上不低于10%
		case i > 0 && strings.HasPrefix(t, "原则上") && !softDone.MatchString(fold(t)): // 原则上与小区改造同步实施: how, and nothing to reach
		case i > 0 && winsFor.MatchString(fold(t)): // 同时积极向上争取补助资金
			hard++
		case softWord.MatchString(t):
			soft[i] = true
		case i == 0 && onlyTime(text[p.from:p.to], e), purposeWord.MatchString(t):
		default:
			hard++
		}
	}
	if hard == 0 && len(soft) > 0 {
		e.Soft = true
		return nil
	}
	return soft
}

// softDone is in a softened part that says what is reached.
var softDone = regexp.MustCompile(`[\d%]|完成|建成|达到|实现|全部|全面|投用|办结|消除|解决|形成|[一两]半|过半`)

// winsFor is a part in which something is asked of those above, and no striving.
var winsFor = regexp.MustCompile(`^(?:并|同时)?(?:积极|主动|努力)?(?:向上|向[国中省市县区][\p{Han}]{0,8})?争取(?:上级|[国中省市县区][\p{Han}]{0,6}?)?(?:更多)?(?:的)?(?:补助|专项|政策|资金|项目|支持|债券|指标|试点|奖补)`)

// standardOf is a part that says how large each of the works before it is.
var standardOf = regexp.MustCompile(`^(?:每[个座处家所条类户]|单[个座])[^,]*(?:不低于|不少于|不超过|不大于|不小于|不高于)`)

// onlyTime is true of a first part that is nothing but the time: 2021年10月底前.
func onlyTime(t string, e *entry) bool {
	rest := strings.Replace(tight(t), tight(e.words), "", 1)
	return len([]rune(strings.Trim(rest, "在于到至前，,"))) <= 2
}

func (k *committer) bracketOf(c *clause, e *entry) []named {
	if e.Bracket >= 0 && e.Bracket < len(c.seats) {
		return c.seats[e.Bracket]
	}
	return nil
}

// signedDay is the day behind a signature.
var signedDay = regexp.MustCompile(`(?:19|20)\d\d年\d{1,2}月\d{1,2}日$`)

// standing makes the standing entry of undated words; words that several
// counties each must do become an entry of their own. skipped is a phrase that
// was read and gave nothing.
func (k *committer) standing(c *clause, s sentence, sp span, skipped string) {
	if c.isCovered(s.bracket) || c.role == roleGoals && len(c.found) == 0 {
		return
	}
	from, to := trimSpan(c.text, sp.from, sp.to)
	if to <= from || hanIn(c.text[from:to]) < 5 {
		return
	}
	if c.role == roleHead {
		return // the letter's undated words are courtesy
	}
	if (len(s.readings) > 0 || hanIn(c.text[to:min(len(c.text), to+30)]) > 2) && withoutRoles(narrowComma.ReplaceAllString(tight(c.text[from:to]), "$1，")) == "" {
		return // 县水务局牵头，…: who does what follows
	}
	if formulaIs.MatchString(c.text[from:to]) || k.asideAs(c, span{from, to}, "policy") {
		return // how a figure is worked out, or a rule's own time, is nobody's work
	}
	if len(k.helpers(c.text[from:to])) > 0 {
		return // 各街道、有关企业参与
	}
	if t := tight(fold(c.text[from:to])); finishedBy.MatchString(tight(fold(c.text[to:max(to, min(len(c.text), s.to))]))) && !actsVerb.MatchString(t) {
		return // 2020年遗留的6件积案，由权益维护股6月底前全部化解
	}
	if howToReach.MatchString(tight(fold(c.text[from:to]))) {
		return // 联系邮箱另行通知
	}
	if listHead.MatchString(strings.TrimLeft(tight(fold(c.text[from:to])), "今本年0123456789")) {
		return // 今年要抓好以下工作：
	}
	if issuerRe.MatchString(signedDay.ReplaceAllString(tight(fold(c.text[from:to])), "")) {
		return // a signature
	}
	if t := tight(fold(c.text[from:to])); saysNoWork.MatchString(t) || s.bracket < 0 && countsFor.MatchString(t) || ruleStarts.MatchString(strings.SplitN(t, ",", 2)[0]) {
		return // 参加：市水务局、市财政局; 主要问题是污水直排
	}
	if timesAlone(c.text, s.readings, span{from, to}) && len(s.readings) > 0 {
		return // 2023年6月15日至12月15日。
	}
	if t := tight(fold(c.text[from:to])); k.wasDone(t) || slices.ContainsFunc(s.readings, func(r deadline.Reading) bool {
		return r.Begin >= from && r.Begin < to && k.isPast(r)
	}) && wasSo.MatchString(t) && !toBeDone.MatchString(t) {
		return
	}
	parts := commaSpans(c.text, span{from, to})
	for i := 1; i < len(parts); i++ {
		t := tight(fold(c.text[parts[i].from:parts[i].to]))
		if m := eachSubject.FindString(t); m != "" && !notSubject.MatchString(t[len(m):]) && !timesAlone(c.text, s.readings, span{from, parts[i-1].to}) {
			k.standing(c, s, span{from, parts[i-1].to}, skipped)
			k.standing(c, s, span{parts[i].from, to}, skipped)
			return
		}
	}
	for _, r := range s.readings {
		if r.Begin >= from && r.Begin < to && (r.BackRef && (!r.Due.IsZero() || r.Kind == deadline.Recurring) || r.Effect) {
			return // it dates the work above, or the document itself
		}
	}
	e := &entry{Kind: plan.Standing, Bracket: s.bracket, span: span{from, to}, Source: c.text[from:to], sentence: s.span, behind: s.behind || c.inherited}
	e.Title = shorten(tidyTitle(e.Source), 40)
	k.attach(c, e, s)
	k.ofWhomItIs(c, e)
	k.owner(c, e, "")
	c.entries = append(c.entries, e)
}
