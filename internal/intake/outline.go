package intake

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// role says what a chapter is for.
type role int

const (
	roleTasks  role = iota // 重点任务: commitments
	roleGoals              // 指导思想, 工作目标: no commitments unless a unit is named
	roleGuards             // 保障措施: duties of everyone
	roleHead               // the letter before the plan
)

// node is an item of the outline with its own paragraphs and its items.
type node struct {
	mark   mark
	title  string // the heading's words without the mark; "" when there is none
	paras  []para
	kids   []*node
	parent *node
	role   role
	annex  string
}

type para struct {
	text  string
	place Place
}

// tableAt is a table with the annex and the title above it.
type tableAt struct {
	*Table
	place Place
	annex string // 附件2, or ""
	title string
	whose []named // who is responsible for all of it, as a line above it says
	group string  // the merged head over its columns, where several have the same parts

	printed  *Table // what it was made of, where its header took two rows
	lastHead int    // rows of printed down to the last of its header
	columns  []int  // which columns of printed it has; nil for all
}

// outline is a document taken apart.
type outline struct {
	head   []para // before the first chapter
	top    []*node
	tables []tableAt
	flat   []para // every paragraph, for the report and the facts of the document
}

var (
	goalHead  = regexp.MustCompile(`指导思想|总体要求|总体思路|总体目标|工作目标|主要目标|目标要求|工作思路|基本原则|工作原则|编制依据|基本情况|基础现状|现状$|概况$|形势|背景|重要意义|预期目标|主要指标|指标体系|适用范围|发展目标|规划目标|阶段目标|年度目标|行动目标|目标指标|工作依据|主要预期|具体指标|约束性指标|^指标$|整治目标|改造目标|创建目标|(?:核查|检查|排查|整治|普查|调查|培训|参训|参赛|参评|活动|评选|申报|认定|补助|补贴|奖励|救助|保障|支持|实施|抽查|监测|统计|评估|考核|治理|行动)(?:的)?(?:对象|范围)|(?:检查|抽查|核查|督查|督导|考核|评估|巡查|调研|评价|评比|考评|整治|治理|排查|打击)(?:的)?(?:主要|重点)?(?:内容|重点|要点)(?:和方式|及方式|和要求)?$|^(?:对象|范围|对象范围|范围对象|对象和范围|范围和对象)$`)
	guardHead = regexp.MustCompile(`保障措施|组织保障|保障机制|组织领导|组织实施|工作要求|有关要求|相关要求|保障要求|实施保障|监督考核|考核问责|附则|强化保障|工作保障|组织推进|组织和保障|措施保障|政策保障|保障体系|推进机制|加强领导`)
	taskHead  = regexp.MustCompile(`任务|举措|重点工作|主要内容|工作内容|工作措施|分工|行动内容|步骤|安排|主要措施|重点工程|整治内容`)
	knownHead = regexp.MustCompile(`^(总体要求|指导思想|总体目标|工作目标|主要目标|基本原则|工作原则|重点任务|主要任务|工作任务|重点工作|工作重点|工作措施|主要措施|保障措施|组织保障|组织实施|工作要求|有关要求|实施步骤|工作步骤)`)
	annexList = regexp.MustCompile(`^[- ]*附 ?(件|表) ?[:：]|^[- ]*附 ?(件|表) ?\d? ?[:：.] ?1 ?[.．、]`)
	endMatter = regexp.MustCompile(`^(抄送|主送|分送|联系人|联系电话|主题词) ?[:：]|^(此件|本文)(主动|依申请|不予|公开)|^\(此件.{0,8}公开.{0,4}\)$`)
)

func makeOutline(docs []Document) outline {
	var o outline
	for _, d := range docs {
		b := &outliner{o: &o}
		for i, blk := range d.Blocks {
			b.next = ""
			if i+1 < len(d.Blocks) {
				b.next = d.Blocks[i+1].Text
			}
			b.block(blk)
		}
	}
	for _, n := range o.top {
		classify(n, roleTasks)
	}
	return o
}

type outliner struct {
	o       *outline
	open    []*node // from chapter to the item being read
	annex   string
	lastPar string  // the last heading-like paragraph, a table's title
	list    bool    // inside the list of annexes
	over    bool    // after 抄送
	next    string  // the paragraph that follows
	whose   []named // who the line of a label before the first item names: 责任单位：市水务局
}

func (b *outliner) block(blk Block) {
	if blk.Table != nil {
		b.o.tables = append(b.o.tables, tableAt{Table: blk.Table, place: blk.Place, annex: b.annex, title: b.lastPar, whose: b.whose})
		b.over = false
		b.notes(blk)
		return
	}
	p := para{blk.Text, blk.Place}
	b.o.flat = append(b.o.flat, p)
	f := fold(p.text)
	if isAnnexHead(p.text) && !annexList.MatchString(f) {
		b.startAnnex(f)
		return
	}
	if annexList.MatchString(f) {
		b.list = true
		return
	}
	m, marked := readMark(p.text)
	if !marked {
		m, marked = b.nextInCount(f)
	}
	if b.list {
		if marked && (m.style == styleDigit || m.style == styleDash) && utf8.RuneCountInString(p.text) < 80 {
			return
		}
		b.list = false
	}
	if endMatter.MatchString(f) {
		b.over = strings.HasPrefix(f, "抄送") || b.over
		return
	}
	if b.over && !marked {
		return
	}
	b.over = false
	if utf8.RuneCountInString(p.text) < 60 {
		b.lastPar = p.text
	}
	if _, names := titleAndBody(p.text); len(names) > 0 {
		b.whose = names
	} else if isLabel(p.text) && len(b.open) == 0 {
		for _, r := range findBrackets(f) {
			b.whose = r.names
		}
	}
	if !marked || m.style == styleDash || b.sentence(m, f) {
		b.plain(p)
		return
	}
	b.item(m, p)
}

// titleAndBody parts a title from who is responsible for all that it names: …任务表（责任
// 单位：市生态环境局）. Without such a bracket names is empty.
func titleAndBody(text string) (title string, names []named) {
	f := fold(strings.TrimSpace(text))
	i := strings.LastIndexByte(f, '(')
	if i <= 0 || !strings.HasSuffix(f, ")") || !isLabel(f[i:]) || !planTitle.MatchString(tight(f[:i])) || strings.ContainsAny(f[:i], ".;:") || strings.Contains(f[:i], "。") {
		return text, nil
	}
	for _, r := range findBrackets(f[i:]) {
		names = append(names, r.names...)
	}
	if len(names) == 0 {
		return text, nil
	}
	return string([]rune(strings.TrimSpace(text))[:utf8.RuneCountInString(f[:i])]), names
}

// nextInCount reads 3.50米以上的旧围堰 as the third item where the second is open.
func (b *outliner) nextInCount(f string) (mark, bool) {
	m := regexpCount.FindStringSubmatch(f)
	if m == nil || len(b.open) == 0 {
		return mark{}, false
	}
	last := b.open[len(b.open)-1].mark
	if n := number(m[1]); last.style != styleDigit || n != last.num+1 {
		return mark{}, false
	}
	return mark{style: styleDigit, num: last.num + 1, text: m[0], length: utf8.RuneCountInString(m[0])}, true
}

var regexpCount = regexp.MustCompile(`^(\d{1,2})[.．] *`)

var noteRow = regexp.MustCompile(`^(?:备?注|说明)\d? ?[:：.]`)

// notes takes the notes that stand in a table's last rows: 注：每月25日前报送进展.
func (b *outliner) notes(blk Block) {
	for _, r := range blk.Table.Rows {
		full := nonEmpty(r.Cells)
		if len(full) == 2 && isNote(full) { // 注 | 各备课组每周集体备课一次；保卫科每月组织演练。
			full = []string{full[0] + "：" + full[1]}
		}
		if len(full) == 0 || len(distinct(full)) > 1 || !noteRow.MatchString(fold(full[0])) {
			continue
		}
		at := blk.Table.at(blk.Place, r)
		p := para{oneLine(full[0]), at}
		b.o.flat = append(b.o.flat, p)
		b.o.head = append(b.o.head, p)
	}
}

// isNote tells that a row's full cells are the word for a note and the note.
func isNote(full []string) bool {
	return len(full) == 2 && noteCell.MatchString(tight(fold(full[0]))) && strings.ContainsAny(full[1], "。；;，")
}

// sentence is true of a paragraph that only looks like an item: 2021.4, 第一条 quoted.
func (b *outliner) sentence(m mark, f string) bool {
	rest := string([]rune(f)[min(m.length, utf8.RuneCountInString(f)):])
	return strings.TrimSpace(rest) == "" && m.style != stylePart && !reProblemLine.MatchString(strings.TrimSpace(f))
}

func (b *outliner) startAnnex(f string) {
	b.open, b.over, b.list, b.whose = nil, false, false, nil
	name := tight(f)
	if m := regexp.MustCompile(`^附(件|表|录)([一二三四五六七八九十]+|\d{1,2}(-\d{1,2})?)?`).FindString(name); m != "" {
		rest := strings.Trim(name[len(m):], ":.、 ")
		b.annex, b.lastPar = m, rest
		return
	}
	b.annex = name
}

// monthHead is a line that is a month or quarter and no more, over what is due in it.
var monthHead = regexp.MustCompile(`^(?:(?:19|20)\d\d年)?(?:(?:[一二三四五六七八九十]{1,3}|\d{1,2})月份?|第?[一二三四1-4]季度|[上下]半年)[:。]?$`)

// partHead is a line that is a part of the year and what goes on in it, over numbered
// items: 上半年征兵.
var partHead = regexp.MustCompile(`^(?:(?:19|20)\d\d年)?(?:(?:[一二三四五六七八九十]{1,3}|\d{1,2})月份?|第?[一二三四1-4]季度|[上下]半年)[\p{Han}]{2,6}$`)

// mayHead tells that a line without a number may head what follows: nothing is open,
// or a chapter that has said nothing yet, or items that it ends.
func (b *outliner) mayHead() bool {
	if len(b.open) == 0 {
		return b.annex == ""
	}
	last := b.open[len(b.open)-1]
	return last.mark.style >= styleMonth || len(last.paras) == 1
}

// unitHead tells that a line is the names of units and no more, over numbered items.
func (b *outliner) unitHead(t string) bool {
	m, ok := readMark(b.next)
	return ok && m.style == styleDigit && utf8.RuneCountInString(t) <= 24 && !strings.ContainsAny(t, "。;:,") && (labelUnits(t) != nil && !strings.ContainsAny(t, "()") || eachSubject.FindString(t) == t)
}

// partHead tells that a line is such a part's, without a verb, over numbered items.
func (b *outliner) partHead(t string) bool {
	m, ok := readMark(b.next)
	return ok && m.style == styleDigit && partHead.MatchString(t) && !builtWord.MatchString(t) && !strings.Contains(t, "前")
}

// restHead tells that a line behind the months of a calendar heads what is done all along:
// 常规工作.
func (b *outliner) restHead(t string) bool {
	return len(b.open) > 0 && b.open[0].mark.style == styleMonth && restOfYear.MatchString(t) && !isLabel(t)
}

var restOfYear = regexp.MustCompile(`^(?:全年|常年|长期|平时|(?:常规|日常|经常|常态|常态化|其他|其它|全年|常年|每月|月月|长期|持续|平时|不定期|贯穿全[年程])+(?:性|推进|坚持|开展|落实|的)*(?:重点)?(?:工作|事项|任务|活动|安排|工作安排))$`)

// boxHead is the head of a box with items of its own: 专栏1 重点治水工程.
var boxHead = regexp.MustCompile(`^专栏(?:[一二三四五六七八九十]{1,3}|\d{1,2})?[:.、]?[\p{Han}“”、]{0,30}$`)

func (b *outliner) plain(p para) {
	if m, ok := readMark(b.next); ok && m.style > styleMonth && len(b.open) > 0 && boxHead.MatchString(tight(fold(p.text))) {
		b.item(mark{style: styleMonth, num: len(b.o.top) + 1, box: true}, p)
		return
	}
	if t := tight(fold(p.text)); (monthHead.MatchString(t) || b.partHead(t) || leadsWhat.MatchString(t) || b.unitHead(t)) && b.mayHead() || b.restHead(t) {
		b.item(mark{style: styleMonth, num: len(b.o.top) + 1}, p)
		return
	}
	if t := tight(fold(p.text)); len(b.open) > 0 && utf8.RuneCountInString(t) >= 8 && utf8.RuneCountInString(t) <= 50 && planTitle.MatchString(t) && !strings.ContainsAny(t, "。,;:、") && titleRe.MatchString(t) {
		b.open, b.lastPar = nil, p.text // the title of the next plan in the file
		return
	}
	if len(b.open) == 0 {
		if noteRow.MatchString(fold(p.text)) || b.annex == "" || len(b.o.top) == 0 {
			b.o.head = append(b.o.head, p)
		}
		return
	}
	b.endBlock(p)
	if b.closes(p) {
		if len(b.open) > 1 { // it is no part of the item before it
			b.open = b.open[:len(b.open)-1]
		}
		b.item(mark{style: styleMonth, num: len(b.o.top) + 1}, p)
		b.open[len(b.open)-1].title = "" // its first sentence is work, and heads nothing
		return
	}
	n := b.open[len(b.open)-1]
	n.paras = append(n.paras, p)
}

func (b *outliner) item(m mark, p para) {
	// Pop to the parent of this style: an open item of the same style is a
	// sibling; deeper ones end.
	at := len(b.open)
	for i, n := range b.open {
		if n.mark.style == m.style && n.mark.sub == m.sub {
			at = i
			break
		}
	}
	if at == len(b.open) { // a style not yet open: nest below, but not above its rank
		for at > 0 && b.open[at-1].mark.style > m.style && !(m.style == styleParen && strings.Contains(b.open[at-1].mark.text, "条")) { // （一） is of its 第四条
			at--
		}
	}
	b.open = b.open[:at]
	n := &node{mark: m, annex: b.annex}
	rest := strings.TrimSpace(string([]rune(p.text)[m.length:]))
	n.title = headingOf(rest)
	if n.title == "" && m.style <= styleParen {
		n.title = knownHead.FindString(rest) // 一、总体要求坚持…, where a line break was lost
	}
	n.paras = []para{p}
	if at > 0 {
		n.parent = b.open[at-1]
		n.parent.kids = append(n.parent.kids, n)
	} else {
		b.o.top = append(b.o.top, n)
	}
	b.open = append(b.open, n)
}

// timedHead is a heading with its time in brackets and a colon behind it.
var timedHead = regexp.MustCompile(`^[\p{Han}“”]{2,16} ?\([^()]{0,40}\d[^()]{0,40}\) ?:`)

// stageTime is the time of a stage as a sentence behind its name.
var stageTime = regexp.MustCompile(`^ ?(?:实施|起止|阶段|具体|工作|行动|活动|整治|治理|检查|专项行动|专项整治|宣传|培训)?(?:时间|时段)(?:安排|节点)?(?:为|是)? ?:?[^。;:,]{0,4}\d[^。;:,]{2,36}`)

// headingOf is the run-in or whole-paragraph heading of an item, "" when the
// paragraph is a sentence from its first word.
func headingOf(rest string) string {
	f := fold(rest)
	if m := timedHead.FindString(f); m != "" && len(m) < len(f) { // 准备阶段（9月1日-9月20日）：县疾控中心完成…
		return strings.TrimRight(string([]rune(rest)[:utf8.RuneCountInString(m)]), ":： ")
	}
	if i := strings.IndexRune(f, '。'); i >= 0 {
		head := f[:i]
		n := utf8.RuneCountInString(head)
		if n <= 40 && i+len("。") < len(f) && !strings.ContainsAny(head, ";:") && (strings.Count(head, ",") <= 1 && n <= 30 || !strings.Contains(head, ",")) {
			if m := stageTime.FindString(f[i+len("。"):]); m != "" { // （一）宣传发动阶段。时间：3月10日至3月31日。
				n += 1 + utf8.RuneCountInString(m)
			}
			return string([]rune(rest)[:n])
		}
		return ""
	}
	n := utf8.RuneCountInString(f)
	if i := strings.IndexByte(f, ':'); i > 0 && utf8.RuneCountInString(f[:i]) <= 30 && !isLabel(f) && !strings.ContainsAny(f[:i], "([,") {
		return string([]rune(rest)[:utf8.RuneCountInString(f[:i])])
	}
	if i := bracketStart(f); i > 0 && utf8.RuneCountInString(f[:i]) <= 40 && !strings.Contains(f[:i], ";") {
		return string([]rune(rest)[:utf8.RuneCountInString(f[:i])])
	}
	if n <= 45 && !strings.Contains(f, ";") {
		return strings.TrimRight(rest, "：: ")
	}
	return ""
}

// bracketStart is where a bracket of responsibility begins in a folded text.
func bracketStart(f string) int {
	for _, b := range findBrackets(f) {
		return b.from
	}
	return -1
}

// classify gives a node and its items their role from their headings.
func classify(n *node, inherited role) {
	n.role = inherited
	title := fold(n.title)
	if utf8.RuneCountInString(title) <= 24 {
		switch {
		case n.parent == nil && guardHead.MatchString(title) && !strings.Contains(title, "任务"):
			n.role = roleGuards
		case goalHead.MatchString(title) && !taskHead.MatchString(title):
			n.role = roleGoals
		case n.parent == nil && guardHead.MatchString(title):
			n.role = roleGuards
		}
	}
	if n.title == "" && len(n.kids) > 0 {
		rest := strings.TrimSpace(string([]rune(n.paras[0].text)[n.mark.length:]))
		if utf8.RuneCountInString(rest) <= 40 {
			n.title = strings.TrimRight(rest, "。：: ")
		}
	}
	for _, k := range n.kids {
		classify(k, n.role)
	}
}

var placeBrackets = strings.NewReplacer("(", "（", ")", "）", "[", "（", "]", "）")

// place is the marks from the chapter down: 三（二）4.
func (n *node) place() string {
	if n == nil {
		return ""
	}
	own := strings.TrimRight(fold(n.mark.text), "、., :")
	own = placeBrackets.Replace(own)
	if n.mark.style == styleDotted {
		return n.top().placeOf() + own
	}
	return n.parent.place() + own
}

func (n *node) placeOf() string {
	if n.mark.style == styleDotted {
		return ""
	}
	return n.place()
}

func (n *node) top() *node {
	for n.parent != nil {
		n = n.parent
	}
	return n
}

// label is the mark and heading as printed: 三、重点任务.
func (n *node) label() string {
	if n == nil {
		return ""
	}
	return tight(n.mark.text + n.title)
}
