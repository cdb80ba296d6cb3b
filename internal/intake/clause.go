package intake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"duban/internal/calendar"
	"duban/internal/deadline"
)

// clause 条目 is a numbered item of the document with who is responsible for it.
type clause struct {
	id, chapter, heading, title, place string
	role                               role
	at                                 Place  // where its text begins
	paras                              []para // its paragraphs, in order
	text                               string // paragraphs joined with line ends
	starts                             []int  // byte offset of each paragraph in text
	f                                  ftext
	found                              []responsibility // in f
	brackets                           [][]string       // as written to the plan: 责任单位 by bracket
	seats                              [][]named        // the same with their roles
	inherited                          bool             // the brackets are those of another item
	parent                             *node
	back                               []deadline.Reading // times said of 以上工作
	spread                             bool               // they stand in the words of an item below, and may be that item's alone
	inheritFrom                        string
	entries                            []*entry
	readings                           []deadline.Reading // of its text
	latest                             calendar.Day       // its latest limit
	wholly                             map[int]bool       // brackets whose 完成时限 covers every undated sentence
	within                             *deadline.Reading  // the time of its duties, by their bracket
	untitled                           bool               // a paragraph of its own: its first words head nothing
	above                              bool               // it is the heading of items below
	stage                              *deadline.Reading  // the time in its heading, where its steps have their own
	headLen                            int                // bytes of the mark and run-in heading at the start of text
}

func (c *clause) inherit(from *clause) {
	if len(from.found) == 0 {
		return
	}
	r := from.found[0]
	if len(r.names) == 0 {
		return
	}
	c.seats = [][]named{r.names}
	c.inherited, c.inheritFrom = true, from.place
}

// collapses is true of an item whose parts are one clause with it: parts of
// the deeper kinds that have no bracket of their own, or only a last one.
func (n *node) collapses() bool {
	if n.mark.style < styleParen || n.mark.box || n.textLen() > 6000 {
		return false
	}
	if t := strings.TrimRight(fold(n.paras[0].text), " "); len(n.kids) > 1 && (strings.HasSuffix(t, ":") || strings.HasSuffix(t, "。")) && len(n.paras) == 1 && timeWord.MatchString(t) && listWord.MatchString(t) {
		return false // 9月底前落实以下资金: each is its own
	}
	if n.mark.style == styleParen && n.kids[0].mark.style == styleDigit && n.headed() {
		return false // （一） over headed 1. 2. 3.
	}
	with, lastOnly := 0, true
	for i, k := range n.kids {
		if len(k.kids) > 0 && !k.collapses() {
			return false
		}
		if k.hasBracket() {
			with++
			lastOnly = lastOnly && i == len(n.kids)-1
		}
	}
	return with == 0 && n.kids[0].mark.style > styleDigit || with == 0 && n.clauseOf(n.paras).namesWho() || with == 1 && lastOnly && n.kids[0].mark.style > styleDigit
}

// namesWho tells that one of the clause's brackets or labels names a unit.
func (c *clause) namesWho() bool {
	return slices.ContainsFunc(c.found, func(r responsibility) bool { return len(r.names) > 0 })
}

// headed is true when the items below have headings of their own.
func (n *node) headed() bool {
	with := 0
	for _, k := range n.kids {
		if k.title != "" {
			with++
		}
	}
	return with*2 > len(n.kids)
}

func (n *node) textLen() int {
	total := 0
	for _, p := range n.paras {
		total += len(p.text)
	}
	for _, k := range n.kids {
		total += k.textLen()
	}
	return total
}

func (n *node) hasBracket() bool {
	if len(n.clauseOf(n.paras).found) > 0 {
		return true
	}
	for _, k := range n.kids {
		if k.hasBracket() {
			return true
		}
	}
	return false
}

func (n *node) all() []para {
	ps := n.paras
	for _, k := range n.kids {
		ps = append(ps[:len(ps):len(ps)], k.all()...)
	}
	return ps
}

// ownText is what an item with parts says before them, without its heading.
func ownText(n *node) string {
	if len(n.paras) == 0 {
		return ""
	}
	rest := strings.TrimSpace(string([]rune(n.paras[0].text)[min(n.mark.length, utf8.RuneCountInString(n.paras[0].text)):]))
	rest = strings.TrimLeft(strings.TrimPrefix(rest, n.title), "。：: ")
	f := fold(rest)
	for _, b := range findBrackets(f) {
		f = strings.Replace(f, f[b.from:min(b.to, len(f))], "", 1)
		break
	}
	for _, p := range n.paras[1:] {
		if !isLabel(p.text) && !isStageTime(p.text) {
			f += p.text
		}
	}
	return f
}

func (n *node) clauseOf(ps []para) *clause {
	c := &clause{role: n.role, paras: ps}
	c.fill()
	return c
}

const clauseBytes = 60 << 10 // the plan's loader takes 64 KiB

func (c *clause) fill() {
	var b strings.Builder
	for i, p := range c.paras {
		if b.Len()+len(p.text) > clauseBytes {
			c.paras = c.paras[:i]
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		c.starts = append(c.starts, b.Len())
		b.WriteString(p.text)
	}
	c.text = b.String()
	c.f = newFtext(c.text)
	c.found = findBrackets(c.f.f)
	if len(c.paras) > 0 {
		c.at = c.paras[0].place
	}
}

func (w *clauseWalk) add(n *node, from *clause) {
	ps := n.all()
	dropped := len(ps) > 1 && n.headingOnly() && !sayNothing(ps[1:])
	if dropped {
		ps = ps[1:] // the heading has a field of its own
	}
	made := len(w.out)
	w.addClause(n, n.clauseOf(ps), from)
	if dropped && made < len(w.out) && (timeWord.MatchString(fold(n.title)) || monthHead.MatchString(tight(fold(n.title))) || stageYear.MatchString(tight(fold(n.title)))) {
		w.out[made].parent = n // the heading's time is that of the items below it
	}
}

// sayNothing is true of paragraphs that name who is responsible, without a time, and
// no more: the heading above them is the work.
func sayNothing(ps []para) bool {
	return !slices.ContainsFunc(ps, func(p para) bool {
		f := fold(p.text)
		return timeWord.MatchString(f) || limitLike.MatchString(onGoing.ReplaceAllString(f, "")) || !isLabel(p.text) && !onGoing.MatchString(strings.TrimSpace(f))
	})
}

// onGoing is a line, or the value of a limit, that lays down no day.
var onGoing = regexp.MustCompile(`(?:^|[:,])(?:要|须|并)?(?:长期|持续|常年|常态化)(?:坚持|推进|保持|开展)?[。;]?$`)

// headingOnly is true of an item whose first paragraph is its heading and no
// more.
func (n *node) headingOnly() bool {
	rest := strings.TrimSpace(string([]rune(n.paras[0].text)[min(n.mark.length, utf8.RuneCountInString(n.paras[0].text)):]))
	return n.title != "" && !isLabel(n.title) && strings.Trim(rest, "。：: ") == strings.Trim(n.title, "。：: ")
}

func (w *clauseWalk) addClause(n *node, c *clause, from *clause) {
	if c.text == "" {
		return
	}
	c.role = n.role
	top := n.top()
	c.chapter = top.label()
	if n.parent != nil && n.parent != top {
		c.heading = n.parent.label()
	}
	title := n.title
	if title == "" {
		title = shorten(firstSentence(strings.TrimSpace(string([]rune(n.paras[0].text)[n.mark.length:]))), 30)
	}
	c.title = tight(n.mark.text + title)
	if c.heading == "" && n.parent != nil && n.role == roleGuards {
		c.heading = c.title
	}
	c.place = n.place()
	if n.annex != "" {
		c.place = n.annex + c.place
	}
	if len(c.paras) > 0 && c.paras[0] == n.paras[0] {
		c.headLen = headBytes(n)
	}
	c.id = w.id(n)
	if c.headLen > 0 && !c.above && c.bare() { // the heading is all the item says
		c.headLen = len(string([]rune(n.paras[0].text)[:min(n.mark.length, utf8.RuneCountInString(n.paras[0].text))]))
	}
	for _, r := range c.found {
		c.seats = append(c.seats, r.names)
	}
	if c.named() == 0 {
		c.seats = nil
		if from != nil {
			c.inherit(from)
		}
	}
	c.parent = n.parent
	w.out = append(w.out, c)
}

// bare is true of a clause that says nothing beside its heading and brackets.
func (c *clause) bare() bool {
	rest, pos := 0, min(c.headLen, len(c.text))
	for _, r := range c.found {
		from, to := c.f.rawAt(r.from), c.f.rawAt(r.to)
		if said := c.text[pos:max(pos, from)]; !onGoing.MatchString(strings.TrimSpace(fold(said))) {
			rest += hanIn(said)
		}
		pos = max(pos, to)
	}
	tail := signedDay.ReplaceAllString(tight(fold(c.text[pos:])), "")
	return rest+hanIn(tail) < 4 || rest < 4 && len(c.found) > 0 && issuerRe.MatchString(strings.Trim(tail, "。;"))
}

// bodyless is true of a heading that says little beside itself.
func (c *clause) bodyless() bool {
	rest := min(c.headLen, len(c.text))
	to := len(c.text)
	if len(c.found) > 0 {
		to = max(rest, c.f.rawAt(c.found[0].from))
	}
	return hanIn(c.text[rest:to]) < 8
}

// named is how many units the clause's own brackets name.
func (c *clause) named() int {
	n := 0
	for _, s := range c.seats {
		n += len(s)
	}
	return n
}

// headBytes is how much of the first paragraph is mark and heading.
func headBytes(n *node) int {
	rs := []rune(n.paras[0].text)
	k := min(n.mark.length, len(rs))
	if n.title == "" {
		return len(string(rs[:k]))
	}
	used := strings.Index(string(rs[k:]), n.title)
	return len(string(rs[:k])) + max(used, 0) + len(n.title)
}

func (w *clauseWalk) id(n *node) string {
	var nums []string
	for at := n; at != nil; at = at.parent {
		if at.parent == nil && !w.many && len(nums) > 0 && n.role == roleTasks && n.annex == "" {
			break
		}
		s := strconv.Itoa(at.mark.num)
		if at.mark.style == styleDotted {
			nums = append([]string{at.mark.text}, nums...)
			break
		}
		if at.parent == nil && n.role == roleGuards {
			s += "s"
		}
		nums = append([]string{s}, nums...)
	}
	id := strings.Join(nums, ".")
	if n.annex != "" {
		id = "a" + strings.Trim(idSafe.ReplaceAllString(strconv.Itoa(number(n.annex)), ""), "-") + "." + id
	}
	w.ids[id]++
	if k := w.ids[id]; k > 1 {
		id += "-" + strconv.Itoa(k)
	}
	return id
}

var headDate = regexp.MustCompile(`\([^)]*\d{1,2} ?月[^)]*\)`)

var idSafe = regexp.MustCompile(`[^A-Za-z0-9._-]`)

func firstSentence(s string) string {
	f := fold(s)
	if i := strings.IndexAny(f, "。;"); i >= 0 {
		return string([]rune(s)[:utf8.RuneCountInString(f[:i])])
	}
	return s
}

// shorten cuts a title at a comma or at n runes.
func shorten(s string, n int) string {
	s = strings.Trim(tight(s), "，。；：、,;: ")
	rs := []rune(s)
	if len(rs) > n {
		s = teamHead.ReplaceAllString(s, "$1")
		rs = []rune(s)
	}
	if len(rs) <= n {
		return s
	}
	cut := 0
	depth := 0
	for i, r := range rs[:n+1] {
		switch foldRune(r) {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		}
		if depth == 0 && strings.ContainsRune("，,；;", r) && i >= 8 {
			cut = i
		}
	}
	if cut > 0 {
		return strings.TrimRight(string(rs[:cut]), "，,；;、")
	}
	return string(rs[:n]) + "…"
}

// teamHead is who makes up a team with whom, before what the team does; $1 is the label before it.
var teamHead = regexp.MustCompile(`^([^：，。；]{2,20}：)?[\p{Han}（）()、“”]{2,80}?(?:会同|联合|抽调|协同)[\p{Han}（）()、]{2,120}?(?:组成|组建|成立)[\p{Han}\d“”]{0,12}(?:组|队|专班)[，,]`)

// place of a byte of the clause's text.
func (c *clause) placeAt(off int) Place {
	for i := len(c.starts) - 1; i >= 0; i-- {
		if off >= c.starts[i] {
			return c.paras[i].place
		}
	}
	return c.at
}
