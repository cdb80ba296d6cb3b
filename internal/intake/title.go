package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/internal/deadline"
)

// figureOnly is how large a work is, and not what it is.
var figureOnly = regexp.MustCompile(`^(?:计划|估算|概算|项目)?(?:总?投资|占地|全长|总长|总?建筑面积|面积|规模|预算|工程费用?)(?:约|为|达)?[\d.]+[^,]{0,8}$`)

// measureOnly says whom or how many the work before it reaches, and passedOn what becomes of the
// paper before it.
var (
	measureOnly = regexp.MustCompile(`^(?:全面|基本|实现)?(?:覆盖|惠及|涵盖|轮训|参训率|参加率|全员)|^[\p{Han}]{2,8}(?:不少于|不低于|不超过|达到|超过)[\d.]+[\p{Han}%]{1,6}(?:以上|左右)?$|^全部(?:接入|纳入|上线|入库|联网|安装|投用)`)
	passedOn    = regexp.MustCompile(`^(?:并)?经[^，]{2,16}(?:审查|审核|审定|审议|批准|同意|研究)(?:通过)?后?(?:，)?(?:印发|实施|公布|报送|发布|报|执行)|^(?:并)?按(?:照)?(?:程序|规定|规定程序)(?:印发|报批|发布|公布|实施|上报)`)
)

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
	if rest := aboutHead.ReplaceAllString(t, ""); hanIn(rest) >= 4 {
		return rest
	}
	return t
}

// aboutHead begins a heading of minutes: 研究市第二医院迁建项目, 关于施工组织.
var aboutHead = regexp.MustCompile(`^(?:关于|研究|审议|讨论)+`)

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
	if inPlace.MatchString(text) && !actsVerb.MatchString(fold(text)) { // 在主会场设置医疗点2处，9月21日前人员和急救车辆到位
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

// inPlace says that those are there who the work before it needs.
var inPlace = regexp.MustCompile(`^[\p{Han}、]{2,14}(?:到位|就位|上岗|到岗|齐备)$`)

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
		if r.Begin >= from && r.End < len(end) && r.Kind == deadline.Due && !r.Due.IsZero() && !bareYear.MatchString(tight(fold(r.Words))) {
			from = r.End
		}
	}
	what := tidyTitle(nthIsHead.ReplaceAllString(tight(unmarked(strings.TrimSpace(end[from:]))), ""))
	if hanIn(what) > 30 || timeWord.MatchString(yearGoesOn.ReplaceAllString(yearHead.ReplaceAllString(fold(what), ""), "")) {
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
		if wholeWords.MatchString(string(rs[n-1:min(len(rs), n+1)])) || isWhere(string(rs[n-1:])) { // 应急, 在线: no auxiliary; 在市县两级大厅设置窗口
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

// isWhere tells that words begin with where something is done.
func isWhere(t string) bool { return strings.HasPrefix(t, "在") && doneThere.MatchString(t) }

// emptyBracket is what a time that was taken out leaves of its bracket: （完成）.
var emptyBracket = regexp.MustCompile(`[（(〔](?:前|底前)?(?:全部|全面)?(?:完成|建成|完工|竣工|办结)?[）)〕]`)

// narrowComma is a half-width comma that is none of a number.
var narrowComma = regexp.MustCompile(`([^\d０-９]),`)

var doubleComma = regexp.MustCompile(`[，,、]{2,}`)
