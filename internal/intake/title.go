package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/internal/deadline"
	"duban/internal/plan"
)

var (
	modalHead      = regexp.MustCompile(`^(?:要在|要于|应在|应于|须在|须于|须|需|要|应当|应|务必|负责组织|负责|牵头负责|牵头组织|牵头|将|请|分别|于|在|的|:|：|，|,)+`)
	doneTail       = regexp.MustCompile(`[，,、：:](?:并|要|须|应|需|确保|力争|争取|要求|全部|全面|基本|如期|按期|按时|务必|于|在|前)*(?:完成|完工|落实|落实到位|到位|办结|完成任务|完成工作|整改完成|整改到位|完成整改|完成目标|完成建设|执行|实施|结束)?(?:并?(?:长期|持续)(?:坚持|推进))?$`)
	onlyDone       = regexp.MustCompile(`^(?:并|要|须|应|需|确保|力争|争取|要求|全部|全面|基本|如期|按期|按时|务必|于|在|前)*(?:完成|完工|落实|到位|办结|实施|执行|启动|开工|建成|投用|投运|验收|报送|上报|实现)?$`)
	mustVerb       = regexp.MustCompile(`(\p{Han})(?:须|应|要|应当|必须)(验收|完成|建成|开工|启动|投用|投运|办结|报送|到位)$`)
	listTimes      = regexp.MustCompile(`^在[\d年月底、和及，,]*$`)
	labelTail      = regexp.MustCompile(`[（(]?(?:牵头单位|责任单位|主办单位|牵头部门|责任部门|主办|牵头)[：:]?$`)
	limitLabelTail = regexp.MustCompile(`[，,。；;、]?(?:完成|办结|整改|办理|落实|截止)?(?:时限|期限|时间|日期)(?:要求)?(?:为|是)?[：:]?$`)
	limitIs        = regexp.MustCompile(`(?:截止|完成|办结|整改|办理)(?:时间|时限|期限|日期)(?:为|是)?[，,]`)
	whyHead        = regexp.MustCompile(`^(?:为|根据|按照|依据|围绕|结合)[^，,]{2,40}[，,]|^在?[^，,]{2,20}(?:指导|领导|配合|支持|协助)下[，,]`)
	noticeWords    = regexp.MustCompile(`^(?:现就|现将|特制定|制定本|现通知)|通知如下|有关事项`)
	yearHead       = regexp.MustCompile(`^(?:19|20)\d\d年度?(?:前)?`)
)

// matters makes every title say the matter alone: without who acts, which is the
// lead, without the time, and without a bare “完成” behind it.
func (k *committer) matters(d *Draft) {
	for _, c := range d.clauses {
		for _, e := range c.entries {
			lead := e.Lead
			if br := order(k.bracketOf(c, e)); lead == "" && len(br) > 0 {
				lead = br[0].name
			}
			if e.Lead != k.reg.officeName { // who acts was found after it was missed
				e.Notes = slices.DeleteFunc(e.Notes, func(n string) bool { return n == k.asker.words.T("intake.note_lead") })
			}
			e.Title = k.matter(e, clauseTopic(c), lead)
			if c.role == roleHead && noticeWords.MatchString(e.Title) && d.Title != "" { // 为…，现就有关事项通知如下
				e.Title = shorten(d.Title, 40)
			}
		}
	}
	for _, p := range d.projects {
		for _, e := range p.entries {
			lead := e.Lead
			if lead == "" && len(p.names) > 0 {
				lead = p.names[0]
			}
			e.Title = k.matter(e, p.title, lead)
		}
	}
}

func (k *committer) matter(e *entry, topic, lead string) string {
	t, clauseWords := nthIsHead.ReplaceAllString(e.Title, ""), topic
	if i := strings.Index(t, "分别"); i > 0 && strings.HasPrefix(t, "在") && listTimes.MatchString(t[:i]) {
		t = t[i+len("分别"):]
	}
	if w := tight(e.words); w != "" && e.Recur == nil && !e.Due.IsZero() && len(w) < len(tight(t)) {
		if strings.HasSuffix(w, "年") && strings.Contains(tight(t), w+"度") {
			w += "度"
		}
		t = strings.Replace(tight(t), w, "", 1)
	}
	if m := whyHead.FindString(t); m != "" && hanIn(t[len(m):]) >= 4 && !forWhom.MatchString(m) {
		t = t[len(m):]
	}
	if m := saidHead.FindString(t); m != "" && hanIn(t[len(m):]) >= 4 {
		t = t[len(m):]
	}
	for _, w := range []string{"请", "责成", "交由"} { // 资金|请市财政局|拨付
		if i := strings.Index(t, w+tight(lead)); lead != "" && i > 0 && hanIn(t[:i]) <= 10 {
			t = t[:i] + t[i+len(w+tight(lead)):]
		}
	}
	if e.Recur == nil && !e.Due.IsZero() {
		t = k.withoutPast(t, topic)
	}
	if m := startHead.FindString(t); m != "" && e.Recur != nil && hanIn(t[len(m):]) >= 6 { // a duty has its first day
		t = t[len(m):]
	}
	for _, name := range append([]string{lead}, e.Each...) {
		if rest, ok := k.withoutActor(t, name); ok {
			t = rest
			break
		}
		if label := stepLabel.FindString(t); label != "" { // 集中检查阶段：县教育局对机构逐一检查
			if rest, ok := k.withoutActor(t[len(label):], name); ok && hanIn(rest) >= 4 {
				t = label + rest
				break
			}
		}
	}
	if m := yourHead.FindString(t); m != "" && hanIn(t[len(m):]) >= 2 {
		t = t[len(m):]
	}
	t = thenOn.ReplaceAllString(nthHead.ReplaceAllString(t, ""), "")
	if m := mainBody.FindString(t); m != "" {
		t = t[len(m):]
	}
	if m, ok := readMark(t); ok && m.style == styleDigit {
		t = unmarked(t)
	}
	if e.Recur == nil && !e.Due.IsZero() {
		t = k.withoutPast(t, topic) // once more: who acts stood before it
		if rest := yearHead.ReplaceAllString(t, ""); hanIn(rest) >= 4 && !monthFirst.MatchString(rest) {
			t = rest
		}
	}
	if rest := withoutRoles(t); rest != t {
		if t = rest; hanIn(t) < 4 || thinVerb.MatchString(t) && hanIn(topic) >= 4 {
			t = topic
		}
	}
	t = mustVerb.ReplaceAllString(t, "$1$2")
	if rest := doneTail.ReplaceAllString(t, ""); rest != "" && (!adverb.MatchString(rest) || strings.Contains(rest, "，") || doneWhole.MatchString(rest)) { // not 对排查出的问题
		t = rest
	}
	if i := strings.Index(t, "（"+tight(lead)); i > 0 && lead != "" { // …条例（市住建局起草，报送市司法局审查）
		if in := whoDrafts.FindString(t[i+len("（"+tight(lead)):]); in != "" {
			t = t[:i] + strings.TrimRight("，"+strings.Replace(t[i+len("（"+tight(lead)+in):], "）", "", 1), "，")
		}
	}
	if k.facts.We != "" && k.sameUnit(lead, k.facts.We) {
		if m := weRe.FindString(t); m != "" && hanIn(t[len(m):]) >= 4 { // 我部组织专家评审
			t = modalHead.ReplaceAllString(t[len(m):], "")
		}
	}
	if i := strings.Index(t, "，"+tight(lead)); i > 0 && lead != "" { // 对不能运行的设施，各县政府完成修复
		if rest := modalHead.ReplaceAllString(t[i+len("，"+tight(lead)):], ""); hanIn(rest) >= 4 && !strings.HasPrefix(rest, "、") && !strings.HasPrefix(rest, "和") {
			t = t[:i] + "，" + rest
		}
	}
	if i := strings.Index(t, "由"+tight(lead)); i > 0 && lead != "" { // 整治总结由镇村建办报县专项整治办
		if rest := t[:i] + leadTail.ReplaceAllString(t[i+len("由"+tight(lead)):], ""); hanIn(rest) >= 4 {
			t = strings.Trim(rest, "，")
		}
	}
	t = limitLabelTail.ReplaceAllString(limitIs.ReplaceAllString(balanced(t), ""), "")
	if a, b, ok := strings.Cut(t, "："); ok && a == b {
		t = a
	}
	t = labelTail.ReplaceAllString(t, "")
	t = strings.TrimLeft(strings.TrimRight(strings.ReplaceAll(t, "（）", ""), "（(，。；：、,;: "), "）)，。；：、,;: ")
	if hanIn(t) < 3 || onlyDone.MatchString(t) {
		if timeWord.MatchString(fold(topic)) && !strings.Contains(topic, tight(e.Source)) && !strings.Contains(tight(e.Source), topic) { // another sentence's words
			topic = strings.Trim(strings.Replace(tight(e.Source), tight(e.words), "", 1), "，。；：、,;: ")
		}
		topic = strings.Trim(yearHead.ReplaceAllString(strings.Replace(tight(topic), tight(e.words), "", 1), ""), "，。；：、,;: ")
		topic = strings.Trim(doneTail.ReplaceAllString(topic, ""), "，。；：、,;: ")
		if timeWord.MatchString(fold(topic)) && hanIn(t) >= 2 { // it has the times of others
			topic = ""
		}
		switch {
		case hanIn(topic) >= 2 && strings.ContainsAny(t, "0123456789") && hanIn(t) >= 1 && !strings.HasSuffix(topic, "："+t): // 20公里
			t = topic + "：" + t
		case hanIn(t) >= 2 && hanIn(topic) >= 2 && !onlyDone.MatchString(t) && !strings.Contains(topic, t) && actsVerb.MatchString(fold(t)): // 进场
			t = topic + "：" + t
		case hanIn(t) >= 2 && e.Kind == plan.Standing && strings.Contains(topic, tight(e.Source)): // the topic is the whole sentence
		case hanIn(topic) >= 2 && !onlyDone.MatchString(topic):
			t = topic
		case hanIn(t) < 2:
			t = shorten(strings.Replace(tight(e.Source), tight(e.words), "", 1), 40)
		}
	}
	if t = firstNonEmpty(t, e.Title); hanIn(t) == 0 && hanIn(clauseWords) > 0 && !anyLetter.MatchString(t) { // never a bracket alone
		t = clauseWords
	}
	return t
}

var anyLetter = regexp.MustCompile(`\pL`)

var (
	nthHead = regexp.MustCompile(`^(?:首先|其次|再次|最后|[一二三四五六七八九十]是)[，,]`)
	thenOn  = regexp.MustCompile(`[，,](?:完成|落实)[，,](?:(?:19|20)\d\d年)?(?:起)?(?:长期|持续)(?:坚持|推进|保持)$`)
)

// pastHead is a clause that says what was done in a year, and monthFirst a month.
var (
	pastHead   = regexp.MustCompile(`^[在于自从]?((?:19|20)\d\d)年(?:度|\d{1,2}月)[^，,]{0,24}(?:[，,]|$)`)
	monthFirst = regexp.MustCompile(`^\d{1,2}月`)
)

// withoutPast takes off a title what it begins with that was done before the paper's year:
// 2021年11月启动绿化，扩种…. A title that says nothing else is the topic.
func (k *committer) withoutPast(t, topic string) string {
	m := pastHead.FindStringSubmatch(t)
	if m == nil || k.facts.Issued.IsZero() || number(m[1]) >= k.facts.Issued.Year {
		return t
	}
	switch rest := t[len(m[0]):]; {
	case hanIn(rest) >= 4 && !onlyDone.MatchString(rest):
		return rest
	case hanIn(topic) >= 2 && !pastHead.MatchString(topic):
		return topic
	}
	return t
}

// startHead is from when a duty is done, before who does it: 从7月15日起，各乡镇每周五….
var startHead = regexp.MustCompile(`^[自从]?(?:即日|(?:(?:19|20)\d\d年)?(?:\d{1,2}月)?(?:\d{1,2}日|[上中下]旬|底|初)?)(?:起|开始)，`)

// leadTail is behind who acts: 由县防办负责|组织….
var leadTail = regexp.MustCompile(`^(?:具体|统一)?(?:负责|牵头)?(?:，)?`)

// figureOnly is how large a work is, and not what it is.
var figureOnly = regexp.MustCompile(`^(?:计划|估算|概算|项目)?(?:总?投资|占地|全长|总长|总?建筑面积|面积|规模|预算|工程费用?)(?:约|为|达)?[\d.]+[^,]{0,8}$`)

// measureOnly says whom or how many the work before it reaches, and passedOn what becomes of the
// paper before it.
var (
	measureOnly = regexp.MustCompile(`^(?:全面|基本|实现)?(?:覆盖|惠及|涵盖|轮训|参训率|参加率|全员)|^[\p{Han}]{2,8}(?:不少于|不低于|不超过|达到|超过)[\d.]+[\p{Han}%]{1,6}(?:以上|左右)?$|^全部(?:接入|纳入|上线|入库|联网|安装|投用)`)
	passedOn    = regexp.MustCompile(`^(?:并)?经[^，]{2,16}(?:审查|审核|审定|审议|批准|同意|研究)(?:通过)?后?(?:，)?(?:印发|实施|公布|报送|发布|报|执行)`)
)

// doneWhole is work that begins like what it is done to: 对照评分表逐项自查.
var doneWhole = regexp.MustCompile(`^对照|^对[^，]{2,40}(?:进行|开展|实施|予以|逐)`)

// forWhom is what is done for somebody, and no reason: 为残疾儿童提供康复救助，应救尽救.
var forWhom = regexp.MustCompile(`^为.*(?:提供|免费|实施|建设|开展|发放|办理|配备|配置|安装|改造|减免|购买|补贴|补助|配发|代缴|缴纳)`)

// whoDrafts is behind who is named in a bracket: 市住建局|起草，….
var whoDrafts = regexp.MustCompile(`^(?:负责|起草|牵头|承办|编制|制定|修订|实施)*(?:，|完成|$)?`)

// stepLabel is the name of a step before what is done in it.
var stepLabel = regexp.MustCompile(`^[\p{Han}“”]{2,12}：`)

// yourHead is how a letter begins what it demands of the body it addresses.
var yourHead = regexp.MustCompile(`^(?:请|望|希)?[你贵](?:们|单位|局|委|办|部|公司|学校|校|院|街道|街道办事处|镇|乡|县|区|市)(?:要|应|须|需|务必|尽快|于|在)*`)

// mainBody says that who acts answers for it: 各区政府|为责任主体，….
var mainBody = regexp.MustCompile(`^为(?:责任|实施|第一责任|工作)?(?:主体|责任人)[，,]`)

// partRole is a comma part that only says who takes part: 区民政局牵头, 各街道配合.
var partRole = regexp.MustCompile(`^(?:由)?[\p{Han}（）()、“”]{1,40}?(?:局|委|办|厅|部|会|政府|单位|部门|街道|乡镇|镇|乡|公司|中心|院|社区|村|处|县|区|市|支队|大队|队|所|站|科|股|室)(?:等部门|等单位)?(?:负责)?(?:牵头|承建|代建|承办|配合|协助|参与|协同|指导|督导|督促|监督|负责|落实)(?:负责|落实|实施|督导|推进|办理|抓总)?$`)

// withoutRoles leaves out the comma parts of a title that only say who takes part.
func withoutRoles(t string) string {
	parts := strings.Split(t, "，")
	kept := slices.DeleteFunc(slices.Clone(parts), func(p string) bool { return partRole.MatchString(strings.TrimSpace(p)) })
	if len(kept) == len(parts) {
		return t
	}
	return strings.Join(kept, "，")
}

// balanced cuts what a bracket that was cut in two left over.
func balanced(t string) string {
	open, shut := strings.Count(t, "（"), strings.Count(t, "）")
	switch {
	case open > shut:
		if i := strings.LastIndex(t, "（"); hanIn(t[:i]) >= 3 {
			return t[:i]
		}
	case shut > open:
		return strings.Replace(t, "）", "", 1)
	}
	return t
}

// withoutActor is a title behind the name of who acts, and those named beside it.
func (k *committer) withoutActor(t, name string) (string, bool) {
	for _, w := range []string{"请", "由", "限", "责成", "责令", "交由"} {
		if name != "" && strings.HasPrefix(fold(t), w+fold(tight(name))) {
			t = strings.TrimPrefix(t, w)
		}
	}
	f, n := fold(t), fold(tight(name))
	if n == "" || !strings.HasPrefix(f, n) {
		return t, false
	}
	rs := []rune(t)
	rest := string(rs[len([]rune(n)):])
	for range 20 {
		more := strings.TrimLeft(rest, "、和及与")
		if len(more) == len(rest) {
			break
		}
		other := k.reg.prefixName(fold(more))
		if other == "" {
			if other = k.plainSubject(fold(more)); other == "" {
				return t, false
			}
		}
		rest = string([]rune(more)[len([]rune(fold(tight(other)))):])
	}
	rest = modalHead.ReplaceAllString(rest, "")
	return rest, hanIn(rest) >= 2
}

// clauseTopic is the clause's title without its mark.
func clauseTopic(c *clause) string {
	title := c.title
	if m, ok := readMark(title); ok {
		title = strings.TrimSpace(string([]rune(title)[m.length:]))
	}
	if i := strings.Index(title, "。"); i > 0 && stageTime.MatchString(fold(title[i+len("。"):])) {
		title = title[:i]
	}
	if rest := timeInBrackets.ReplaceAllString(title, ""); hanIn(rest) >= 2 {
		if len(rest) < len(title) && strings.IndexAny(fold(title), "(") == 0 { // （2021年5月）为动员部署阶段
			rest = strings.TrimPrefix(strings.TrimPrefix(rest, "为"), "是")
		}
		return rest
	}
	return title
}

// timeInBrackets is a heading's time: 组织实施（2022年5月—11月）.
var timeInBrackets = regexp.MustCompile(`[（(][^（）()]*[\d０-９] ?[年月日][^（）()]*[）)]`)

// headTopic is the clause's topic where that is a heading, and not the first sentence
// of the item with a time of its own.
func headTopic(c *clause) string {
	t := clauseTopic(c)
	if c.untitled && labelUnits(t) == nil && !strings.Contains(fold(c.text[:min(len(c.text), 200)]), fold(t)+":") {
		return ""
	}
	if timeWord.MatchString(fold(t)) || yearRe.MatchString(fold(t)) {
		return ""
	}
	return t
}

// title is what the segment says to do, without the time.
func (k *committer) title(c *clause, g segment) string {
	r := g.reading
	if g.words != "" {
		if t := headTopic(c); t != "" && hanIn(g.words) < 6 && !strings.Contains(t, "，") {
			return shorten(t+"："+g.words, 40)
		}
		return shorten(g.words, 40)
	}
	text := ""
	if r.Begin >= g.from && r.End <= g.to && r.Kind != deadline.Recurring {
		text = danglers.ReplaceAllString(c.text[g.from:r.Begin], "") + yearTail.ReplaceAllString(c.text[r.End:g.to], "$1")
	} else {
		text = c.text[g.from:g.to]
	}
	if slices.Contains(c.starts, g.from) { // 1.5月底前完成招标
		text = unmarked(text)
	}
	text = monthLabel.ReplaceAllString(text, "") // 七月：7月15日前开设课堂
	text = whoseMatter.ReplaceAllString(withoutElse(tidyTitle(text)), "$1：")
	topic := headTopic(c)
	if r.Kind == deadline.Recurring {
		text = sinceYear.ReplaceAllString(text, "")
		if bare := strings.Replace(tight(text), tight(r.Words), "", 1); hanIn(bare) <= 6 && onceMore.MatchString(bare) && hanIn(topic) >= 2 && !strings.Contains(topic, "，") { // 以后每年6月底前开展一次
			return shorten(topic+"："+text, 40)
		}
	}
	if strings.HasPrefix(topic, "《") && !strings.Contains(text, "《") && r.Kind != deadline.Recurring { // 1.《…办法》。6月底前报市司法局审查
		return shorten(topic+"："+text, 48)
	}
	if t := c.beforeBracket(g.from); t != "" && hanIn(text) < 8 { // 健身广场12个（6月底前完成6个，10月底前全部完成）
		return shorten(t+"："+text, 40)
	}
	if whenWhere.MatchString(text) && hanIn(topic) >= 2 { // 开幕式。9月28日晚，在广场举行
		return shorten(topic, 40)
	}
	if first, _, _ := strings.Cut(text, "，"); hanIn(text) >= 8 && (howFar.MatchString(fold(text)) || howFar.MatchString(fold(first)) && hanIn(first) <= 8) {
		if t := topic; hanIn(t) >= 4 && !strings.Contains(t, text) {
			return shorten(t+"："+text, 40)
		}
	}
	if thingEnd.MatchString(topic) && hanIn(topic) <= 16 && !strings.Contains(text, topic) && !strings.Contains(c.text[g.from:g.to], topic) && g.thing == "" && hanIn(text) >= 8 && r.Kind != deadline.Recurring {
		return shorten(topic+"："+text, 40)
	}
	if g.context != (span{}) && g.context.from < g.from && reportsOn.MatchString(text) {
		return shorten(tidyTitle(c.text[g.context.from:g.context.to])+"，"+text, 48)
	}
	if what := g.context; what != (span{}) && figureOnly.MatchString(tight(fold(c.text[what.from:what.to]))) && hanIn(topic) >= 2 { // 总投资6200万元，7月底前开工
		g.context = span{}
		if hanIn(text) < 8 && !strings.Contains(text, topic) {
			return shorten(topic+"："+text, 40)
		}
	}
	if hanIn(text) >= 4 && hanIn(text) <= 20 && (measureOnly.MatchString(fold(text)) || passedOn.MatchString(text)) {
		if what := c.partBefore(g.from); hanIn(what) >= 4 {
			return shorten(what+"，"+text, 40)
		}
	}
	if hanIn(text) >= 8 && hanIn(text) <= 16 && thinReport.MatchString(text) { // 填写登记表，7月10日前报所在乡镇中心校
		if what := c.partBefore(g.from); hanIn(what) >= 4 && !strings.Contains(text, "材料") {
			return shorten(what+"，"+text, 40)
		}
	}
	if hanIn(text) < 8 {
		if g.thing != "" && r.Kind != deadline.Recurring && !strings.Contains(text, g.thing) {
			return shorten(g.thing+text, 40)
		}
		if t := c.topicBefore(g.from); t != "" {
			return shorten(t+"："+text, 40)
		}
		if g.context != (span{}) && g.context.from < g.from {
			return shorten(tidyTitle(c.text[g.context.from:g.context.to])+"，"+text, 40)
		}
		if b := g.behind; b.to > b.from && b.to <= g.from {
			if t := withoutRoles(tidyTitle(c.text[b.from:b.to])); hanIn(t) >= 3 && hanIn(t) <= 30 {
				return shorten(t+"，"+text, 40)
			}
		}
		if thinReport.MatchString(text) { // 起草管理意见，8月10日前报区政府
			if what := c.partBefore(g.from); hanIn(what) >= 4 {
				return shorten(what+"，"+text, 40)
			}
		}
		if hanIn(text) >= 3 && strings.Contains(clauseTopic(c), text) { // the item is one sentence: its words are its title
			return shorten(tidyTitle(c.text[g.from:g.to]), 40)
		}
		if t := topic; t != "" && (hanIn(text) < 6 || thinReport.MatchString(text)) {
			return shorten(t+"："+text, 40)
		}
	}
	return shorten(text, 40)
}

// reportsOn is the paper on a work that the words before it name: 开展食堂检查，3月25日前向县食安
// 办报送检查报告.
var reportsOn = regexp.MustCompile(`^(?:并)?(?:向[\p{Han}]{2,12})?(?:报送|上报|提交|形成|报告|反馈|通报)(?:专项)?(?:检查|自查|排查|整改|调研|评估|督查|抽查|整治|核查|巡查|工作)?(?:工作|情况|结果)?(?:报告|总结|情况|结果|材料|台账|问题清单)$`)

// partBefore is the comma part before a place of the clause's text, "" where a sentence
// begins there: what is handed in by the time that follows.
func (c *clause) partBefore(at int) string {
	head := strings.TrimRight(c.text[:min(at, len(c.text))], " 　")
	end := strings.TrimSuffix(strings.TrimSuffix(head, "，"), ",")
	if end == head {
		return ""
	}
	from := 0
	if i := strings.LastIndexAny(end, "，,。；;：:\n"); i >= 0 {
		_, n := utf8.DecodeRuneInString(end[i:])
		from = i + n
	}
	for _, r := range c.readings { // behind its own time: 9月底前完成规划修编，11月底前印发
		if r.Begin >= from && r.End < len(end) && r.Kind == deadline.Due && !r.Due.IsZero() {
			from = r.End
		}
	}
	what := tidyTitle(nthIsHead.ReplaceAllString(tight(unmarked(strings.TrimSpace(end[from:]))), ""))
	if hanIn(what) > 30 || timeWord.MatchString(fold(what)) {
		return ""
	}
	return what
}

// nthIsHead begins one thing of several: 三是人事科举办培训.
var nthIsHead = regexp.MustCompile(`^[一二三四五六七八九十]是`)

// whoseMatter is a matter and whose it is at the beginning of a title.
var whoseMatter = regexp.MustCompile(`^([\p{Han}“”（）]{2,20})由[\p{Han}（）、]{2,24}(?:负责|牵头|承担|实施|落实|承办)(?:组织|实施|落实)?，`)

// monthLabel is the month at the head of a calendar's line.
var monthLabel = regexp.MustCompile(`^(?:[一二三四五六七八九十]{1,3}|\d{1,2})月份?[：:]`)

// orElse begins a comma part that says what follows where the time is missed.
var orElse = regexp.MustCompile(`^(?:逾期|过期|超期|否则|到期未)`)

// withoutElse leaves such parts out of a title, where others are left.
func withoutElse(t string) string {
	parts := strings.Split(t, "，")
	for len(parts) > 1 && orElse.MatchString(parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, "，")
}

// sinceYear is a beginning in time of a rhythm, and onceMore words that say only that it
// is done.
var (
	sinceYear = regexp.MustCompile(`^[自从](?:19|20)\d\d年(?:\d{1,2}月)?(?:起|开始)，?(?:于|在)?`)
	onceMore  = regexp.MustCompile(`^(?:以后|此后|之后|今后|并|再|各)*(?:开展|组织|进行|完成|评估|检查)?[一1两2]次$`)
)

// beforeBracket is what the bracket around a place of the text is about.
func (c *clause) beforeBracket(at int) string {
	before := c.text[max(0, at-300):at]
	i := strings.LastIndexAny(before, "（(")
	if i < 0 || strings.ContainsAny(before[i:], "）)。；;\n") {
		return ""
	}
	head := before[:i]
	if j := strings.LastIndexAny(head, "。；;：:\n"); j >= 0 {
		_, n := utf8.DecodeRuneInString(head[j:])
		head = head[j+n:]
	}
	if t := tidyTitle(head); hanIn(t) >= 4 && hanIn(t) <= 30 && !timeWord.MatchString(fold(t)) {
		return t
	}
	return ""
}

// whenWhere says at what time of the day, where and how often something is held.
var whenWhere = regexp.MustCompile(`^(?:每[天日]|上午|下午|晚上?|中午|当[天日晚]|[、，]|各|[一二两三四\d]+场|在[^，]{2,20}(?:举行|举办|召开|进行|开展)|举行|举办|召开|进行)+$`)

// howFar is a title that says how far the work is to be and not what it is:
// 形成初步成果并上报.
var howFar = regexp.MustCompile(`^(?:形成|完成|通过|报送|上报|报批|提交|出台|印发|取得|达到|落实|并|和|及|初步|阶段性?|明显|显著|成果|成效|进展|初稿|送审稿|整治|整改|治理|改造|方案|报告|评审|验收|审批|批复|审查|结果|全部|全面|基本|任务|工作|目标|其中|主体|工程|市政府|省级|市级|,)+$`)

// topicBefore is the short first sentence that names the matter of a paragraph:
// ——背街小巷整治。6月底前完成60条.
func (c *clause) topicBefore(at int) string {
	from := 0
	for _, s := range c.starts {
		if s <= at {
			from = s
		}
	}
	line := c.text[from:at]
	head := strings.TrimLeft(line, "—-－●■◆ ")
	if len(head) == len(line) {
		return ""
	}
	first := firstSentence(head)
	if n := hanIn(first); n < 3 || n > 20 || len(first) >= len(head) {
		return ""
	}
	return tight(first)
}

// danglers are what a time leaves behind when it is taken out: 于, 在, 至.
var danglers = regexp.MustCompile(`(?:务必|必须)?[于在至到自从]$`)

// yearTail is the second half of 年度, where the time is 2024年.
var yearTail = regexp.MustCompile(`^度([^假过日])`)

var titleHead = regexp.MustCompile(`^(并|且|要|应|须|需|将|于|在|至|到|前|底|同时|其中|力争|争取|确保|原则上|,|、|:|。|;|分别)+`)

// wholeWords begin like an auxiliary and are none.
var wholeWords = regexp.MustCompile(`^(?:应[急对用届聘]|要[素点件求]|需求|前[期置沿端]|底[数线泥图册]|在[线建校岗编研册产营租职售]|到[位户人]|并[网联购轨]|将来|至[今少多迟]|于是)`)

func tidyTitle(s string) string {
	s = narrowComma.ReplaceAllString(tight(s), "$1，") // as the rest of a title is written
	if m := blockLine.FindString(fold(s)); m != "" {
		if rest := string([]rune(s)[utf8.RuneCountInString(m):]); hanIn(rest) >= 3 {
			s = rest
		}
	}
	f := fold(s)
	if m := titleHead.FindString(f); m != "" && len(m) < len(f) {
		rs := []rune(s)
		n := len([]rune(m))
		if wholeWords.MatchString(string(rs[n-1 : min(len(rs), n+1)])) { // 应急, 在线: no auxiliary
			n--
		}
		s = string(rs[n:])
	}
	s = emptyBracket.ReplaceAllString(doubleComma.ReplaceAllString(s, "，"), "")
	if i := strings.IndexAny(fold(s), ":"); i > 0 && i < 120 {
		if names := labelUnits(s); len(names) > 0 {
			_, rest, _ := strings.Cut(strings.ReplaceAll(s, ":", "："), "：")
			if rest = strings.TrimPrefix(rest, "负责"); hanIn(rest) >= 2 {
				s = rest
			}
		}
	}
	return strings.Trim(s, "，。；：、,;: ")
}

// emptyBracket is what a time that was taken out leaves of its bracket: （完成）.
var emptyBracket = regexp.MustCompile(`[（(〔](?:前|底前)?(?:全部|全面)?(?:完成|建成|完工|竣工|办结)?[）)〕]`)

// narrowComma is a half-width comma that is none of a number.
var narrowComma = regexp.MustCompile(`([^\d０-９]),`)

var doubleComma = regexp.MustCompile(`[，,、]{2,}`)
