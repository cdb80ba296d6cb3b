package intake

import (
	"regexp"
	"slices"
	"strings"

	"duban/internal/plan"
)

var (
	modalHead      = regexp.MustCompile(`^(?:要在|要于|应在|应于|须在|须于|须|需|要|应当|应|务必|负责组织|负责|牵头负责|牵头组织|牵头|将|请|分别|于|在|的|:|：|，|,)+`)
	doneTail       = regexp.MustCompile(`[，,、：:](?:并|要|须|应|需|确保|力争|争取|要求|全部|全面|基本|如期|按期|按时|务必|于|在|前)*(?:完成|完工|落实|落实到位|到位|办结|完成任务|完成工作|整改完成|整改到位|完成整改|完成目标|完成建设|执行|实施|结束)?(?:并?(?:长期|持续)(?:坚持|推进))?$`)
	onlyDone       = regexp.MustCompile(`^(?:并|要|须|应|需|确保|力争|争取|要求|全部|全面|基本|如期|按期|按时|务必|于|在|前)*(?:完成|完工|落实|到位|办结|实施|执行|启动|开工|建成|投用|投运|验收|报送|上报|实现)?$`)
	mustVerb       = regexp.MustCompile(`(\p{Han})(?:须|应|要|应当|必须)(验收|完成|建成|开工|启动|投用|投运|办结|报送|到位)$`)
	listTimes      = regexp.MustCompile(`^在[\d年月底、和及，,]*$`)
	labelTail      = regexp.MustCompile(`[（(]?(?:牵头单位|责任单位|主办单位|牵头部门|责任部门|主办|牵头)[：:]?$`)
	ofBodies       = regexp.MustCompile(`[和及与、或各的]$|(?:明确|确定|落实|通报|督促|约谈|压实)$`)
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
			if what := k.finishedThing(c, e, lead); what != "" {
				e.Title = what
			}
			e.Title = k.matter(e, aboutHead.ReplaceAllString(clauseTopic(c), ""), lead)
			if what := headTopic(c); e.Kind == plan.Dated && stepOnly.MatchString(tight(fold(e.Title))) && hanIn(what) >= 4 && hanIn(what) <= 24 && !onlyHeading.MatchString(what) && !strings.ContainsAny(what, "，。：") && !strings.Contains(e.Title, what) {
				e.Title = shorten(what+"："+e.Title, 40)
			}
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

// finishes is what is done to all of the thing that the words before it name.
var finishes = regexp.MustCompile(`^(?:全部|全面|按期|如期|基本)*(?:化解|办结|解决|销号|清零|整改到位|发放到位|处置到位|拆除|关停|清退|消除|完成)$`)

// finishedThing is the title of an entry that only says that somebody finishes what the comma
// part before it names, "" for others: 2020年遗留的6件积案，由权益维护股6月底前全部化解.
func (k *committer) finishedThing(c *clause, e *entry, lead string) string {
	if e.Kind != plan.Dated || e.span.to <= e.span.from {
		return ""
	}
	said, ok := k.withoutActor(tidyTitle(e.Title), lead)
	what := c.partBefore(e.span.from)
	if !ok || !finishes.MatchString(said) || hanIn(what) < 4 || actsVerb.MatchString(fold(what)) {
		return ""
	}
	return what + "，" + said
}

// oneStep is a step that is not the end of all.
var oneStep = regexp.MustCompile(`^(?:启动|开工|验收|投用|投运|完工|竣工)$`)

// meetingSays begins what a meeting decides: 会议同意|对马家沟山塘清淤整治.
var meetingSays = regexp.MustCompile(`^会议(?:原则)?(?:同意|决定|明确|要求|强调|议定|指出)[，：,:]?`)

// stepOnly is a title that says a step of building something, and not of what.
var stepOnly = regexp.MustCompile(`^(?:加快推进|抓紧推进|加快|抓紧|全面|全部|尽快|力争|,|并|完成|启动|取得|办理|通过|实现|组织)*(?:(?:施工|设备)?招标|招投标|开工|开工建设|动工|动工建设|完工|竣工|建成|建成通车|通车|建成投用|投用|投入使用|试运行|投产|主体(?:工程|结构)?(?:封顶|完工|施工)?|初步设计|施工图设计|方案设计|规划设计|可研|可行性研究报告|立项|征地|拆迁|征地拆迁|前期工作|前期手续|竣工验收|施工许可证?|桩基施工|进场施工|竣工交付|交付使用)(?:报批|批复|审批|编制|评审)?(?:工作|任务)?$`)

// onlyHeading is a heading that names a part of the paper and no thing.
var onlyHeading = regexp.MustCompile(`^(?:重点|主要|具体|工作|年度|目标|任务|要求|安排|步骤|措施|内容|项目|计划|季度|推进|实施|建设|其他|有关|事项|组织|保障|[一二三四]季度|第|[上下]半年)+$`)

func (k *committer) matter(e *entry, topic, lead string) string {
	t, clauseWords := meetingSays.ReplaceAllString(nthIsHead.ReplaceAllString(e.Title, ""), ""), topic
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
		if rest := yearHead.ReplaceAllString(t, ""); hanIn(rest) >= 4 && !monthFirst.MatchString(rest) && !yearGoesOn.MatchString(rest) {
			t = rest
		}
	}
	for {
		first, rest, ok := strings.Cut(t, "，")
		if !ok || hanIn(rest) < 2 || len(k.helpers(first)) == 0 {
			break
		}
		t = rest
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
			t = withoutModal(t[len(m):])
		}
	}
	if i := strings.Index(t, "，"+tight(lead)); i > 0 && lead != "" { // 对不能运行的设施，各县政府完成修复
		if rest := withoutModal(t[i+len("，"+tight(lead)):]); hanIn(rest) >= 4 && !nameGoesOn(rest) {
			t = t[:i] + "，" + rest
		}
	}
	if i := strings.Index(t, "由"+tight(lead)); i > 0 && lead != "" { // 整治总结由镇村建办报县专项整治办
		if rest := t[:i] + leadTail.ReplaceAllString(t[i+len("由"+tight(lead)):], ""); hanIn(rest) >= 4 && !nameGoesOn(t[i+len("由"+tight(lead)):]) {
			t = strings.Trim(rest, "，")
		}
	}
	t = limitLabelTail.ReplaceAllString(limitIs.ReplaceAllString(balanced(t), ""), "")
	if a, b, ok := strings.Cut(t, "："); ok && a == b {
		t = a
	}
	if m := labelTail.FindStringIndex(t); m != nil && !ofBodies.MatchString(t[:m[0]]) { // not 明确包案领导和责任部门
		t = t[:m[0]]
	}
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
		case hanIn(topic) >= 2 && !onlyDone.MatchString(topic) && !strings.Contains(topic, t) && oneStep.MatchString(t): // 验收
			t = topic + "：" + t
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

// yearGoesOn is behind a year that says which things are meant: 2020年|遗留的积案.
var yearGoesOn = regexp.MustCompile(`^(?:以来|遗留|结转|剩余|未|尚未)`)

// startHead is from when a duty is done, before who does it: 从7月15日起，各乡镇每周五….
var startHead = regexp.MustCompile(`^[自从]?(?:即日|(?:(?:19|20)\d\d年)?(?:\d{1,2}月)?(?:\d{1,2}日|[上中下]旬|底|初)?)(?:起|开始)，`)

// nameGoesOn tells that what is behind a name is more of a longer one, or another beside it: 由市政府|督查室督办.
func nameGoesOn(rest string) bool {
	f := fold(rest)
	return bodyPart.MatchString(f) || theirOwn(f) != "" || strings.HasPrefix(f, "、") || strings.HasPrefix(f, "和") || strings.HasPrefix(f, "及")
}

// leadTail is behind who acts: 由县防办负责|组织….
var leadTail = regexp.MustCompile(`^(?:具体|统一)?(?:负责|牵头)?(?:，)?`)

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
var partRole = regexp.MustCompile(`^(?:由)?[\p{Han}（）()、“”]{1,40}?(?:局|委|办|厅|部|会|政府|单位|部门|街道|乡镇|镇|乡|公司|中心|院|社区|村|处|县|区|市|支队|大队|队|所|站|科|股|室)(?:等部门|等单位)?(?:负责)?(?:牵头|承建|代建|承办|具体实施|具体负责|组织实施|配合|协助|参与|协同|指导|督导|督促|监督|负责|落实)(?:负责|落实|实施|督导|推进|办理|抓总)?$`)

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

// withoutModal is what somebody does without 要, 须, 牵头 and their like before it.
func withoutModal(t string) string {
	m := modalHead.FindString(t)
	if i := strings.LastIndex(m, "在"); i >= 0 && isWhere(t[i:]) { // 要在老旧小区新增充电桩
		return t[i:]
	}
	return t[len(m):]
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
	rest = withoutModal(rest)
	return rest, hanIn(rest) >= 2
}
