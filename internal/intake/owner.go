package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

var (
	eachSubject = regexp.MustCompile(`^(?:由)?((?:其余|其他|其它)?(?:有关|相关)(?:县|区|市|乡镇|镇|街道)(?:\([市县区旗、]+\))?(?:人民政府|政府)|(?:其余|其他|其它)?各(?:设区|地级以上|地级)?(?:县|区|市|旗|州)(?:\([市县区旗、州]*\)|[市县区旗]*(?:\([市县区旗、州]*\))?)?(?:、[市县区旗]{1,2}(?:\([市县区旗、]+\))?)*(?:党委、?政府|人民政府|政府|教育局)?|(?:其余|其他|其它)?各(?:沿河|沿江|沿湖|沿线|沿海|涉农|涉河|涉水|项目|试点|重点|库区|湖区|林区|山区|创建|整治|任务|责任)?(?:乡镇|镇|乡|街道)(?:\([\p{Han}、]{1,10}\)|、?(?:街道|街|乡镇|镇|乡|办事处|场))*(?:(?:人民政府|党委政府|政府|办事处)(?:\([\p{Han}、]{2,12}\))?)?|县(?:\([市区、]+\)|区)(?:人民政府|政府)?|(?:乡镇|镇|乡|街道)\((?:街道|街|镇|乡|办|场|、)+\)|村\(社区\)(?:网格员|两委)?)`)
	manySubject = regexp.MustCompile(`^(?:由)?(各[A-Z\d]{1,2}级[\p{Han}]{2,4}?|各级(?:党委、?)?(?:人民)?政府(?:和有关部门|及有关部门)?|各(?:有关|相关|成员|责任|牵头|参建|级|业务|职能|行业|主管|地)?(?:地区)?(?:、?各?(?:有关|相关|级|直属)?(?:部门|单位|科室|处室|学校|企业|地|街道|镇))*|[省市县区州](?:直|属|级)(?:各|有关|相关)*[\p{Han}]{0,4}?(?:单位|部门|学校|医院|企业|机关|科室)|(?:其余|其他|其它)?各(?:校|村|园|局|办|科|站|所|厂|矿|院|企)|(?:各|[省市县区乡镇村])级[\p{Han}]{1,3}长)(?:、|请|完|开|落实|组织|制定|加强|做好|认真|严格|及时|定期|要|应|须|于|在|将|按|结合|每|对|根据|负责|\d|,)`)
	afterName   = regexp.MustCompile(`^(分别|组成|组建|成立|抽调|请|各自|共同|同步|要|应|须|需|负责|牵头|将|会同|于|在|按|结合|组织|具体|是|对|加|督|指|制|完|开|建|\d|每|每年|每月|每季|,|会|联合|定期|及时|依|根据|统筹|做|切实|充分|全面|认真|严格|积极|进一步|强化|力争|把|为|通过|以)`)
	notSubject  = regexp.MustCompile(`^(部门|城[市区镇]|之间|的|级|属|所属|域|内|范围|财政|门|直)`)
	byUnit      = regexp.MustCompile(`(?:由|会同)([\p{Han}]{2,16}?(?:局|委|办公室|厅|部|办|管委会|政府|中心|公司|院|会))(?:牵头|负责|组织|统筹|会同|具体)`)
	headUnit    = regexp.MustCompile(`^(?:由)?((?:市|省|县|区|州|旗)(?:级)?财政|(?:市|省|县|区|州|旗)[\p{Han}]{1,14}?(?:局|委|委员会|办公室|督查室|研究室|厅|部|办|管委会|政府|中心|公司|院|总队|支队|大队|领导小组|指挥部|专班))(?:要|应当?|须|负责|牵头|会同|具体负责|将|组织|\d|每[年月季周日半]|[于在按]|[一二三四上下第]|定期|及时|完成|开展|制定)`)
	territory   = regexp.MustCompile(`县\([市区、]+\)(?:建成区|城|级)?|各县|县区|区县|县级|各乡镇|乡镇级|各辖区|本辖区|本地区|本行政区`)
	surveyWord  = regexp.MustCompile(`排查|摸底|普查|制定.{0,20}(?:方案|计划|清单)|编制.{0,20}(?:方案|规划|计划)|建立.{0,6}台账|自查|划定`)
)

// owner gives an entry its lead or its `each` from the sentence's subject, else
// from the bracket.
func (k *committer) owner(c *clause, e *entry, context string) {
	text := ""
	if e.span.to > e.span.from {
		text = c.text[e.span.from:e.span.to]
	}
	var br []named
	if e.Bracket >= 0 && e.Bracket < len(c.seats) {
		br = c.seats[e.Bracket]
	}
	if c.laterParagraph(e) { // a closing paragraph is not the last item's
		br, e.Bracket, e.SetAssist = nil, -1, true
	}
	if e.who != "" {
		k.doer(c, e, br)
		return
	}
	if k.bySubject(c, e, text, context, br) {
		return
	}
	if name := k.agent(c, e, len(br) > 0 && !c.inherited); name != "" {
		e.Lead = name
		k.reg.resolve(e.Lead, c.place)
		k.rest(e, br, e.Lead)
		return
	}
	if m := byUnit.FindStringSubmatch(tight(fold(text))); c.inherited && m != nil && looksUnit(m[1]) { // 由市应急局牵头
		e.Lead = m[1]
		k.reg.resolve(e.Lead, c.place)
		k.rest(e, br, e.Lead)
		return
	}
	if len(br) == 0 {
		k.noBracket(c, e, text)
		return
	}
	if !slices.ContainsFunc(br, func(n named) bool { return n.seat != seatAssist }) && e.Kind != plan.Standing {
		k.noBracket(c, e, text) // only those who take part are named
		for _, n := range br {
			if !k.sameUnit(n.name, e.Lead) {
				e.Assist = append(e.Assist, n.name)
			}
		}
		e.SetAssist = true
		return
	}
	k.byBracket(c, e, br, text, context)
}

// doer gives an entry to who does it at the rhythm of its own.
func (k *committer) doer(c *clause, e *entry, br []named) {
	name := k.printed(e.who)
	if members, several := k.reg.resolve(name, c.place); several && !(len(members) == 1 && members[0].dummy) {
		e.Each = []string{name}
		return
	}
	e.Lead = name
	k.rest(e, br, name)
}

// bySubject is true when the sentence itself names who acts.
func (k *committer) bySubject(c *clause, e *entry, text, context string, br []named) bool {
	text, helpers := k.withoutHelpers(c, e, text)
	if !k.subjectLeads(c, e, text, context, br, &helpers) {
		return false
	}
	k.assisted(c, e, br, helpers)
	return true
}

// subjectLeads is bySubject without those who only take part, whom it adds to helpers.
func (k *committer) subjectLeads(c *clause, e *entry, text, context string, br []named, helpers *[]string) bool {
	names, several := k.subject(text, e)
	if k.facts.We == "" && len(names) == 0 && slices.ContainsFunc(starts(text, e), weRe.MatchString) {
		return false // who 我部 is, nothing says
	}
	if len(br) > 0 && k.placesCounted(c, e, text) {
		return false
	}
	carried := false                                                                       // from what was said before
	nobody := !slices.ContainsFunc(br, func(n named) bool { return n.seat != seatAssist }) // none, or only those who take part
	if len(names) == 0 && e.span.to > e.span.from && e.span.to-e.span.from < 1200 {        // 为…，请各县于…
		parts := commaSpans(c.text, e.span)
		for i := 1; i < len(parts) && i < 6 && len(names) == 0 && adverbial(c.text, parts[:i]); i++ {
			names, several = k.subject(c.text[parts[i].from:parts[i].to], e)
		}
	}
	if len(names) == 0 && e.span.to > e.span.from && e.span.to-e.span.from < 1200 {
		names, several = k.ofTimedPart(c, e)
	}
	if len(names) == 0 && e.opening != "" {
		names, several = k.subject(e.opening, e)
	}
	if len(names) == 0 && nobody && e.sentence.to > 0 && e.sentence.from < e.span.from && strings.Contains(text, "由") && k.agent(c, e, false) != "" {
		return false // 过期试剂由保卫处统一处置, behind what others do
	}
	if len(names) == 0 && e.sentence.to > 0 && e.sentence.from < e.span.from {
		before := commaSpans(c.text, span{max(e.sentence.from, e.span.from-2000), e.span.from})
		for i := len(before) - 1; i >= max(0, len(before)-12) && len(names) == 0; i-- { // the last who was named goes on
			if more := k.helpers(c.text[before[i].from:before[i].to]); len(more) > 0 && i > 0 { // 市住建局牵头，相关区政府配合，6月15日前完成
				*helpers = append(more, *helpers...)
			} else if n := k.reviewer(c.text[before[i].from:before[i].to]); n != "" { // 费用由市财政局审核，5月15日前支付70%
				names, several = []string{n}, false
			} else if m := partByAll.FindStringSubmatch(tight(fold(c.text[before[i].from:before[i].to]))); m != nil { // 散养户由各村负责，8月10日前划定区域
				names, several = []string{k.printed(m[1])}, true
			} else if n, many := k.subject(c.text[before[i].from:before[i].to], e); i == 0 || !many || len(br) == 0 && len(n) > 0 {
				names, several = n, many
			}
			carried = carried || len(names) > 0
		}
	}
	if len(names) == 0 && (nobody || c.inherited) {
		names, several = k.inBracket(c, e)
	}
	if len(names) == 0 && nobody {
		names = k.labelled(c, e)
	}
	if len(names) == 0 && nobody {
		names = k.headSubject(c, e)
	}
	if len(names) == 0 && e.span.to > e.span.from && e.span.to-e.span.from < 1200 {
		for _, p := range commaSpans(c.text, e.span) { // …，由各乡镇指挥所负责
			if m := byAll.FindStringSubmatch(tight(fold(c.text[p.from:p.to]))); m != nil {
				names, several = []string{k.printed(m[1])}, true
			} else if _, by, ok := strings.Cut(tight(fold(c.text[p.from:p.to])), "由各"); ok && nobody && m == nil { // 学籍信息9月20日前由各学校录入系统
				if n, many := k.subjectAt("各" + by); many && len(n) == 1 && !partByAll.MatchString(tight(fold(c.text[p.from:p.to]))) {
					names, several = n, true
				}
			}
			if m := partByAll.FindStringSubmatch(tight(fold(c.text[p.from:p.to]))); m != nil && e.phrase.from >= p.to {
				names, several = []string{k.printed(m[1])}, true
			}
		}
	}
	if len(names) == 0 && nobody {
		names, several = k.ofWhomItCounts(c, e)
		carried = len(names) > 0
	}
	if len(names) == 0 && context != "" {
		names, several = k.subject(context, e)
		if !several {
			names = nil
		}
	}
	if len(names) == 0 && len(br) == 0 && k.agent(c, e, false) == "" && !byUnit.MatchString(tight(fold(text))) {
		names, several = k.goesOn(c, e, text)
		carried = len(names) > 0
	}
	if carried {
		names, several = k.orOwn(c, e, text, names, several)
	}
	if other := k.doesIt(c, e, names); other != "" { // 县消防大队指导，城关镇落实
		k.reg.resolve(names[0], c.place)
		e.Lead = other
		k.rest(e, br, other)
		if len(br) == 0 || e.SetAssist {
			e.Assist, e.SetAssist = append(e.Assist, names...), true
		}
		return true
	}
	if len(names) == 1 && yourBody.MatchString(names[0]) { // 请你街道于8月15日前完成
		if len(k.facts.To) == 0 || len(k.facts.To) > 4 {
			return false
		}
		k.addressee(c, e)
		return true
	}
	if len(names) == 0 || len(br) > 0 && !several && anyBody.MatchString(names[0]) && !bodyOfPlace.MatchString(names[0]) && k.reg.prefixName(fold(names[0])) == "" {
		return false
	}
	if several && len(names) == 1 && names[0] == k.cutShort {
		k.cutShort = ""
		if own := k.doubtLead(c.place, e.Source, names[0]); len(own) > 0 {
			names, several = own, isCollective(own[0])
		}
	}
	assist := br
	if c.spread || !carried && len(names) > 0 && allBodies.MatchString(fold(names[0])) && !c.bracketBehind(e) { // the bracket is for other items, whose bodies have no part in this one's
		assist, e.SetAssist = nil, true
	}
	if several {
		names, with := beside(text, names)
		*helpers = append(with, *helpers...)
		return k.collective(c, e, names, br, assist)
	}
	for _, n := range names {
		k.reg.resolve(n, c.place)
	}
	if unitKind(names[0]) == people.Enterprise && !k.isParty(names[0]) && (carried && c.bracketBehind(e) || levelOf(tight(fold(names[0]))) == "") { // 首钢公司完成改造。市生态环境局负责, but 区水务集团每月清淤
		if first := order(br); len(first) > 0 && first[0].seat != seatAssist && unitKind(first[0].name) == people.CityDepartment {
			e.Assist, e.SetAssist = k.others(first, names[0]), true
			return true
		}
	}
	e.Lead = names[0]
	k.rest(e, assist, names[0])
	for _, n := range names[1:] {
		if !slices.ContainsFunc(e.Assist, func(a string) bool { return k.sameUnit(a, n) }) && (len(br) == 0 || e.SetAssist) {
			e.Assist, e.SetAssist = append(e.Assist, n), true
		}
	}
	return true
}

// collective gives an entry to all of names, each for itself: 各县水务局, 各乡镇. It is false where
// nobody knows whom the name means and the bracket names others.
func (k *committer) collective(c *clause, e *entry, names []string, br, assist []named) bool {
	for _, n := range names {
		members, _ := k.reg.resolve(n, c.place)
		if len(members) == 1 && members[0].dummy && len(names) == 1 { // nobody knows the members
			if len(br) > 0 && !anyCollective(br) && !c.inherited && !(allBodies.MatchString(fold(n)) && c.behindBracket(e)) && !countyWords.MatchString(fold(n)) && !townWords.MatchString(n) {
				return false
			}
			e.Lead = n
			k.rest(e, assist, n)
			return true
		}
	}
	e.Each = names
	return true
}

// countedPlace is a place at which something is done, of several of which a number was said.
var countedPlace = regexp.MustCompile(`^(?:其中)?[,、]?([\p{Han}、()]{2,30}?)(?:建成投用|建成|完工|开工|投用|竣工|投入使用|完成|启用|封顶)$`)

// placesCounted tells that an entry begins with places that are counted behind 其中: 建成养老中心
// 3个，其中河东街道6月底前建成，新港街道11月底前建成.
func (k *committer) placesCounted(c *clause, e *entry, text string) bool {
	if e.words == "" || e.sentence.to <= e.sentence.from || e.span.to > len(c.text) || !strings.Contains(c.text[min(e.sentence.from, e.span.from):e.span.to], "其中") {
		return false
	}
	m := countedPlace.FindStringSubmatch(strings.Replace(tight(fold(text)), tight(fold(e.words)), "", 1))
	return m != nil && isPlace(lastOf(m[1]))
}

// ofTimedPart is who acts by the comma part that has the time, behind others that name
// nobody: 建立周调度机制，各责任单位每周四报送情况.
func (k *committer) ofTimedPart(c *clause, e *entry) ([]string, bool) {
	parts := commaSpans(c.text, e.span)
	i := slices.IndexFunc(parts, func(p span) bool { return e.phrase.from >= p.from && e.phrase.from < p.to })
	if i <= 0 || e.phrase.to <= e.phrase.from {
		return nil, false
	}
	names, several := k.subject(c.text[parts[i].from:parts[i].to], e)
	if len(names) == 0 || strings.HasPrefix(tight(c.text[parts[i].from:parts[i].to]), tight(e.words)) { // the time is before who acts: it may be another's
		return nil, false
	}
	return names, several
}

// nthIs is the beginning of one thing of several behind a sentence that leads to them, with
// what ends that sentence.
var nthIs = regexp.MustCompile(`(?:^|[。；;：:，,\n])[ \x{3000}]*一(?:是|要)`)

// ofWhomItCounts is who acts by the sentence before 一是…，二是…, of which an entry is one:
// 各学校要抓好“三个一”。一是…；二是7月5日前签订承诺书.
func (k *committer) ofWhomItCounts(c *clause, e *entry) ([]string, bool) {
	if e.sentence.to == 0 || e.sentence.from > len(c.text) {
		return nil, false
	}
	line := strings.LastIndexByte(c.text[:e.sentence.from], '\n') + 1
	text := c.text[line:min(len(c.text), e.sentence.from+len("一要"))]
	all := nthIs.FindAllStringIndex(text, -1)
	if len(all) == 0 {
		return nil, false
	}
	last := all[len(all)-1]
	if i := strings.LastIndex(text[last[0]:], "。"); i > 0 && !saysNth.MatchString(strings.TrimLeft(c.text[line+last[0]+i+len("。"):], " \u3000")) {
		return nil, false // the count is over
	}
	before := text[:last[0]]
	from := max(strings.LastIndex(before, "。"), strings.LastIndex(before, "；"))
	if from >= 0 {
		before = before[from+len("。"):]
	}
	return k.subject(unmarked(strings.TrimSpace(before)), &entry{})
}

// inBracket is who acts by the bracket that holds a time: 《…办法》（市城管局起草，6月
// 底前送审）.
func (k *committer) inBracket(c *clause, e *entry) ([]string, bool) {
	from := max(e.sentence.from, e.phrase.from-240)
	if e.phrase.from <= from || e.phrase.from > len(c.text) {
		return nil, false
	}
	before := c.text[from:e.phrase.from]
	i := strings.LastIndexAny(before, "（(")
	if i < 0 || strings.ContainsAny(before[i:], "）)。；;") {
		return nil, false
	}
	_, n := utf8.DecodeRuneInString(before[i:])
	return k.subject(c.text[from+i+n:min(len(c.text), e.phrase.to+60)], e)
}

// anyBody is a word for bodies of one kind and the name of none: who a bracket names
// sees that they act. 供水单位每日检测（县卫健局）.
var anyBody = regexp.MustCompile(`^[\p{Han}]{0,5}(?:单位|企业|机构|学校|医院|法人|负责人|商户|农户|场馆|场所|设施|体育馆|文化馆|图书馆)$`)

// bodyOfPlace is the name of the one such body of a place: 县图书馆, 市中心医院.
var bodyOfPlace = regexp.MustCompile(`^[省市县区州旗](?:第[一二三四五六]|人民|中心|中医|妇幼保健|少儿|青少年)?[\p{Han}]{0,3}(?:医院|体育馆|文化馆|图书馆|体育场馆)$`)

// bracketBehind tells that the bracket of an entry is behind the beginning of its sentence.
func (c *clause) bracketBehind(e *entry) bool {
	return !c.inherited && e.Bracket >= 0 && e.Bracket < len(c.found) && c.f.rawAt(c.found[e.Bracket].from) > e.sentence.from
}

// others are those of a bracket behind its first, and who the sentence names.
func (k *committer) others(ordered []named, actor string) []string {
	out := []string{actor}
	for _, n := range ordered[1:] {
		if !k.sameUnit(n.name, actor) {
			out = append(out, n.name)
		}
	}
	return out
}

func anyCollective(ns []named) bool {
	return slices.ContainsFunc(ns, func(n named) bool { return isCollective(n.name) })
}

// rest makes the others of a bracket assist when the lead is not its first.
func (k *committer) rest(e *entry, br []named, lead string) {
	if len(br) == 0 {
		return
	}
	ordered := order(br)
	if k.sameUnit(ordered[0].name, lead) {
		e.Lead = ""
		return
	}
	e.SetAssist = true
	for _, n := range ordered {
		if !k.sameUnit(n.name, lead) {
			e.Assist = append(e.Assist, n.name)
		}
	}
}

func (k *committer) sameUnit(a, b string) bool { return k.reg.key(a) == k.reg.key(b) }

// noBracket finds the owner of a sentence that no bracket covers.
func (k *committer) noBracket(c *clause, e *entry, text string) {
	if m := byUnit.FindStringSubmatch(tight(fold(text))); m != nil && looksUnit(m[1]) && !strings.Contains(text, "分别由") {
		e.Lead = m[1]
		k.reg.resolve(e.Lead, c.place)
		return
	}
	if e.sentence.to > e.span.to && e.sentence.to <= len(c.text) { // 每年4月举办春茶节，由县文旅局牵头承办
		if m := byUnit.FindAllStringSubmatch(tight(fold(c.text[e.sentence.from:e.sentence.to])), 2); len(m) == 1 && looksUnit(m[0][1]) {
			e.Lead = m[0][1]
			k.reg.resolve(e.Lead, c.place)
			return
		}
	}
	if e.Kind != plan.Standing && len(k.facts.To) > 0 && len(k.facts.To) <= 4 && e.span.to > e.span.from && politely.MatchString(tight(fold(c.text[min(max(0, e.sentence.from), e.span.from):e.span.to]))) {
		k.addressee(c, e)
		return
	}
	if e.Kind != plan.Standing && k.facts.Yours && len(k.facts.To) == 1 && !isCollective(k.facts.To[0].name) {
		k.addressee(c, e) // 现责令你局：一、…
		return
	}
	if c.role == roleHead { // a letter goes on speaking to those it named
		for i := len(c.entries) - 1; i >= 0; i-- {
			if p := c.entries[i]; len(p.Each) > 0 || p.Lead != "" && p.Lead != k.reg.officeName {
				e.Each, e.Lead = p.Each, p.Lead
				return
			}
		}
	}
	weight := weightLead
	if e.Kind == plan.Standing {
		weight = weightSmall + 5
	}
	if answer := k.asker.ask("lead", weight, c.place, e.Source, k.reg.officeName, nil, words.Data{"Words": e.Source}); answer != "" {
		names, _, _ := readUnits(fold(answer), seatOwner)
		if len(names) > 0 {
			e.Lead = names[0].name
			k.reg.resolve(e.Lead, c.place)
			for _, n := range names[1:] {
				k.reg.resolve(n.name, c.place)
				e.Assist, e.SetAssist = append(e.Assist, n.name), true
			}
			return
		}
	}
	e.Lead = k.reg.officeName
	e.Notes = append(e.Notes, k.asker.words.T("intake.note_lead"))
}

// byBracket gives the bracket's lead, or `each` where it lays the work on every
// county or zone itself.
func (k *committer) byBracket(c *clause, e *entry, br []named, text, context string) {
	if c.spread && e.Kind != plan.Standing && k.notSpread(c, e, br) {
		return
	}
	ordered := order(br)
	first := ordered[0]
	members, several := k.reg.resolve(first.name, c.place)
	var collectives []string
	for _, n := range ordered {
		if m, s := k.reg.resolve(n.name, c.place); s && len(m) > 0 && !m[0].dummy && n.seat != seatAssist {
			collectives = append(collectives, n.name)
		}
	}
	zones := func() []string {
		var out []string
		for _, n := range ordered {
			if m, s := k.reg.resolve(n.name, c.place); !s && len(m) == 1 && m[0].Kind == people.ZoneCommittee {
				out = append(out, n.name)
			}
		}
		return out
	}
	if several && !(len(members) == 1 && members[0].dummy) {
		each := append(collectives, zones()...)
		proposal := "each"
		answer := k.asker.ask("each", weightEach, c.place, e.Source, proposal, []string{"each", "joint"}, words.Data{"Units": strings.Join(each, "、")})
		if answer == "joint" {
			for _, n := range ordered[1:] {
				if m, s := k.reg.resolve(n.name, c.place); !s && len(m) == 1 {
					e.Lead = n.name
					k.rest(e, br, n.name)
					return
				}
			}
			e.Lead = k.reg.officeName
			return
		}
		if len(each) == 0 {
			each = []string{first.name}
		}
		e.Each = each
		return
	}
	said := fold(tight(context + text))
	if e.Kind == plan.Dated && len(collectives) > 0 && territory.MatchString(said) && surveyed(said) {
		each := append(slices.Clone(collectives), zones()...)
		answer := k.asker.ask("each", weightEach, c.place, firstNonEmpty(context, e.Source), "each", []string{"each", "joint"}, words.Data{"Units": strings.Join(each, "、")})
		if answer != "joint" {
			e.Each = each
			return
		}
	}
	// The first named leads: the plan's default.
}

func surveyed(said string) bool { return surveyWord.MatchString(said) }
