package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	footer   = regexp.MustCompile(`^[-—–－·• ]*(第)?\s*[0-9０-９]{1,4}\s*(页)?[-—–－·• ]*$|^第\s*[0-9０-９]+\s*页[,，/ ]*共\s*[0-9０-９]+\s*页$|^[0-9]{1,3}\s*/\s*[0-9]{1,3}$|^Page \d+( of \d+)?$`)
	terminal = "。；！？：:;!?〕】］]）)”’》…"
)

// dropFooters takes out page numbers, and lines at the foot or head of most pages.
func dropFooters(lines []line) []line {
	seen, pages := map[string]int{}, 0
	for i, l := range lines {
		edge := i == 0 || i == len(lines)-1 || lines[i-1].page != l.page || lines[i+1].page != l.page
		if i == 0 || lines[i-1].page != l.page {
			pages++
		}
		if edge && l.page > 0 {
			seen[tight(l.text)]++
		}
	}
	out := lines[:0:0]
	gap := false
	for i, l := range lines {
		edge := i == 0 || i == len(lines)-1 || lines[i-1].page != l.page || lines[i+1].page != l.page
		lone := l.gap && (i == len(lines)-1 || lines[i+1].gap)
		running := edge && l.page > 0 && pages > 3 && seen[tight(l.text)]*2 > pages
		if running || footer.MatchString(clean(l.text)) && (edge && l.page > 0 || lone || strings.ContainsAny(l.text, "-—–－页")) {
			gap = true
			continue
		}
		l.gap = l.gap || gap
		gap = false
		out = append(out, l)
	}
	return out
}

// joiner puts lines together that a page or a line break cut.
type joiner struct {
	wrapped  bool // lines are broken at a fixed width
	full     int  // a line this wide was broken because it was full
	base     int  // usual indent
	indented bool // paragraphs begin with an indent
	parts    []string
	last     line
	open     bool // a bracket is open in what was gathered
	runes    int
}

func newJoiner(lines []line, printed bool) *joiner {
	j := &joiner{}
	var widths []int
	indents := map[int]int{}
	for _, l := range lines {
		if strings.Contains(l.text, "\t") {
			continue
		}
		widths = append(widths, l.indent+width(l.text))
		indents[l.indent]++
	}
	if len(widths) < 8 && !printed || len(widths) == 0 {
		return j
	}
	slices.Sort(widths)
	w := widths[len(widths)*95/100]
	near, cut := 0, 0
	for _, l := range lines {
		if strings.Contains(l.text, "\t") || l.indent+width(l.text) < w-8 {
			continue
		}
		near++
		if !endsSentence(l.text) {
			cut++
		}
	}
	// A text of fixed width shows many lines of nearly the same length, and most of
	// them end within a sentence.
	j.wrapped = printed || w <= 130 && near*10 >= len(widths)*3 && cut*2 > near
	j.full = w - 8
	best := 0
	for in, n := range indents {
		if n > best || n == best && in < j.base {
			j.base, best = in, n
		}
	}
	if printed { // the left edge of the text, not of its first lines
		for in, n := range indents {
			if in < j.base && n*50 >= len(widths) {
				j.base = in
			}
		}
	}
	for in, n := range indents {
		j.indented = j.indented || in >= j.base+2 && in <= j.base+8 && n*12 >= len(widths)
	}
	return j
}

func (j *joiner) add(l line, d *Document) {
	if len(j.parts) > 0 && !j.continues(l) {
		j.flush(d)
	}
	j.parts = append(j.parts, l.text)
	j.last = l
	j.runes += utf8.RuneCountInString(l.text)
	j.open = openBracket(strings.Join(j.parts[max(0, len(j.parts)-8):], ""))
}

func (j *joiner) flush(d *Document) {
	if len(j.parts) == 0 {
		return
	}
	if text := clean(glue(j.parts)); text != "" {
		d.Blocks = append(d.Blocks, Block{Text: text, Place: Place{Page: j.last.page}})
	}
	j.parts, j.runes, j.open = nil, 0, false
}

func glue(parts []string) string {
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			r, _ := utf8.DecodeRuneInString(p)
			l, _ := utf8.DecodeLastRuneInString(parts[i-1])
			if unicode.IsLetter(r) && unicode.IsLetter(l) && narrow(r) && narrow(l) {
				b.WriteByte(' ')
			}
		}
		b.WriteString(p)
	}
	return b.String()
}

// continues says whether l belongs to the paragraph gathered so far.
func (j *joiner) continues(l line) bool {
	if strings.Contains(l.text, "\t") || j.runes > 20_000 {
		return false
	}
	m, marked := readMark(l.text)
	if isLabel(l.text) && strings.ContainsRune("([", foldRune([]rune(l.text)[0])) && !headingLike(j.parts) {
		return true // a bracket on a line of its own belongs to what is before it
	}
	if j.open && !(marked && m.style <= styleParen) {
		return true
	}
	if labelDone(j.parts) && strings.HasSuffix(strings.TrimSpace(l.text), "。") && !j.wrapped {
		return false // 责任单位：县文旅局⏎经费由县财政局于4月底前拨付。
	}
	if marked || isLabel(l.text) || noteRow.MatchString(fold(l.text)) || blockLine.MatchString(fold(l.text)) || isAnnexHead(l.text) || addresses(l.text) && !endsOpen(j.parts) || labelRe.MatchString(fold(j.parts[len(j.parts)-1])) && !endsOpen(j.parts) && (closing.MatchString(tight(fold(l.text))) || speaksAnew.MatchString(tight(fold(l.text)))) {
		return false
	}
	prev := strings.TrimSpace(j.parts[len(j.parts)-1])
	end, _ := utf8.DecodeLastRuneInString(prev)
	ended := strings.ContainsRune(terminal, end) || hangingHead(prev)
	wide := j.last.indent + width(prev)
	if j.wrapped {
		if l.indent >= j.base+2 && l.indent != j.last.indent && !l.gap {
			return false
		}
		if l.gap { // a page break in a paragraph, or a new paragraph
			return !ended && wide >= j.full && !headingLike(j.parts)
		}
		if !ended && j.indented && l.indent <= j.base+1 && wide*10 >= j.full*6 && !headingLike(j.parts) {
			return true // paragraphs begin with an indent here, and this line has none
		}
		return wide >= j.full
	}
	// One line a paragraph: only a page break cuts.
	return !ended && !headingLike(j.parts) && (wide >= 40 || strings.ContainsRune("、，,", end)) && l.indent < 8
}

// labelDone tells that lines end with a label and the whole name of a unit.
func labelDone(parts []string) bool {
	f := fold(strings.TrimSpace(parts[len(parts)-1]))
	at := strings.LastIndexByte(f, ':')
	for at >= 0 && !endsInLabel(f[:at]) {
		at = strings.LastIndexByte(f[:at], ':')
	}
	return at >= 0 && !endsOpen(parts) && looksUnit(lastOf(strings.TrimPrefix(f[at+1:], " ")))
}

// speaksAnew begins a paragraph behind a line that says who is responsible: 责任单位：
// 市林业局⏎请各县（市、区）于3月15日前报送名单.
var speaksAnew = regexp.MustCompile(`^(?:请[各于在将你按有结认]|联系人|联系电话|特此|以上|上述|各[\p{Han}()、]{1,22}?(?:要|请|须|应当?|务必|于|在|\d|每[月周季年旬日])|(?:此项|该项)(?:工作|任务))`)

// addresses is true of a line that names the bodies that a letter is to and no more.
func addresses(line string) bool { return len(line) < 360 && addressed.MatchString(tight(fold(line))) }

// endsOpen is true of lines that go on by their last mark: 市水务局、⏎市林业局：.
func endsOpen(parts []string) bool {
	end, _ := utf8.DecodeLastRuneInString(strings.TrimSpace(parts[len(parts)-1]))
	return strings.ContainsRune("、，,（(", end)
}

// endsSentence is true of a line that ends where a sentence may.
func endsSentence(line string) bool {
	end, _ := utf8.DecodeLastRuneInString(strings.TrimSpace(line))
	return strings.ContainsRune(terminal, end)
}

// hangingHead is true of a line at whose end the next heading hangs: …完成绿化。三、保障.
func hangingHead(line string) bool {
	i := strings.LastIndexAny(line, "。；")
	if i < 0 {
		return false
	}
	_, n := utf8.DecodeRuneInString(line[i:])
	tail := strings.TrimSpace(line[i+n:])
	m, ok := readMark(tail)
	return ok && m.style <= styleParen && utf8.RuneCountInString(tail) <= 20
}

// headingLike is true of a short line that is a heading or a title by itself.
func headingLike(parts []string) bool {
	if len(parts) > 1 {
		return false
	}
	t := strings.TrimSpace(parts[0])
	if isAnnexHead(t) || docNumber.MatchString(t) {
		return true
	}
	m, ok := readMark(t)
	n := utf8.RuneCountInString(t)
	if f := tight(fold(t)); n <= 70 && !ok && !strings.ContainsAny(f, "。,;:") && (planTitle.MatchString(f) || strings.HasSuffix(f, "通知") || ownTitle.MatchString(f)) {
		return true
	}
	return ok && m.style <= stylePart+3 && n <= 30 && !strings.ContainsAny(t, "，。；") || n < 16 && !strings.ContainsAny(t, "，。；、（〔")
}

// openBracket says whether a bracket stays open; nesting is not counted beyond
// what a paragraph of these documents shows.
func openBracket(s string) bool {
	depth := 0
	for _, r := range fold(s) {
		switch r {
		case '(', '[':
			depth++
		case ')', ']', '\ufffd': // what could not be read may have been the bracket's end
			depth = max(0, depth-1)
		}
	}
	return depth > 0
}

// splitRunTogether cuts long paragraphs that hold several outline items, as in
// documents whose line breaks were lost.
func splitRunTogether(blocks []Block) []Block {
	out := make([]Block, 0, len(blocks))
	next := map[int]int{}
	for _, b := range blocks {
		if b.Table != nil {
			out = append(out, b)
			continue
		}
		for _, t := range cutAtMarks(b.Text, next) {
			out = append(out, Block{Text: t, Place: b.Place})
		}
	}
	return out
}

// cutAtMarks cuts before a mark that follows the end of a sentence or a
// bracket, or that is the next in a running count.
func cutAtMarks(text string, next map[int]int) []string {
	count := func(m mark) { next[m.style] = m.num + 1 } // 1. 2. may go on counting under the next （二）

	if m, ok := readMark(text); ok {
		count(m)
	}
	if utf8.RuneCountInString(text) < 50 && !hungHead.MatchString(text) && !inlineList.MatchString(fold(text)) {
		return []string{text}
	}
	rs := []rune(text)
	var cuts []int
	depth := 0
	fs := []rune(fold(text))
	for i, r := range fs {
		if depth == 0 && i > 0 && markStart(r) {
			m, ok := readMarkRunes(fs[i:min(len(fs), i+12)])
			if at := regexpCount.FindStringSubmatch(string(fs[i:min(len(fs), i+6)])); !ok && fs[i-1] == ';' && at != nil && number(at[1]) > 1 && number(at[1]) == next[styleDigit] {
				m, ok = mark{style: styleDigit, num: number(at[1]), length: utf8.RuneCountInString(at[0])}, true // ；3.50米以上的旧围堰
			}
			if ok && m.style <= styleDigit && plausible(fs, i, m, next, len(cuts) == 0) {
				cuts = append(cuts, i)
				count(m)
			}
		}
		switch r {
		case '(', '[':
			depth++
		case ')', ']':
			depth = max(0, depth-1)
		}
	}
	var out []string
	from := 0
	for _, c := range append(cuts, len(rs)) {
		if t := strings.TrimSpace(string(rs[from:c])); t != "" {
			out = append(out, t)
		}
		from = c
	}
	return out
}

// hungHead is a chapter's heading that hangs on the words before it, where a line
// break was lost.
var hungHead = regexp.MustCompile(`\p{Han}[二三四五六七八九十]、(?:总体要求|指导思想|总体目标|工作目标|主要目标|基本原则|工作原则|重点任务|主要任务|工作任务|重点工作|工作措施|主要措施|保障措施|组织保障|组织实施|工作要求|有关要求|实施步骤|工作步骤|时间安排|任务分工)`)

// inlineList is a count within a short line: 1.东门泵站；2.西门泵站.
var inlineList = regexp.MustCompile(`(?:^|[:。;,]) ?1 ?[.、] ?\p{Han}[^;。]*; ?2 ?[.、] ?\p{Han}`)

// labelEnds is a line up to the end of who is responsible, where a heading hangs on it.
var labelEnds = regexp.MustCompile(`(?:` + labelWords + `) ?:[^。;:]{2,60}$`)

func plausible(fs []rune, i int, m mark, next map[int]int, first bool) bool {
	after := rune(0)
	if i+m.length < len(fs) {
		after = fs[i+m.length]
	}
	if !unicode.Is(unicode.Han, after) && after != '“' && after != '"' && after != '(' && after != '《' && !unicode.IsDigit(after) {
		return false
	}
	ended := strings.ContainsRune("。；！？)]”…;!?", fs[i-1])
	expected := next[m.style] == m.num || m.num == 1
	if m.style == styleParen && m.num > 1 && next[m.style] == m.num && labelEnds.MatchString(string(fs[max(0, i-80):i])) {
		return true // 责任单位：市水务局（二）植树。
	}
	switch m.style {
	case styleDigit: // 1. 2. …
		if unicode.IsDigit(after) && !(m.num > 1 && next[m.style] == m.num && fs[i-1] == ';') || unicode.IsDigit(fs[i-1]) { // 2.废弃闸门；3.50米以上的旧围堰
			return false
		}
		return expected && (ended || m.num == 1 && (shortSince(fs, i) || fs[i-1] == ':' && strings.Contains(string(fs[i:]), ";2")))
	case styleParen: // （一）
		return expected && (ended || shortSince(fs, i))
	case styleHan: // 一、
		if next[m.style] == m.num && hungHead.MatchString("字"+string(fs[i:min(len(fs), i+12)])) {
			return true
		}
		return expected && (ended || next[m.style] == m.num && m.num > 1 && shortSince(fs, i) || m.num == 1 && i < 80 && planTitle.MatchString(strings.TrimSpace(string(fs[:i]))))
	case styleArticle, stylePart:
		return expected && ended
	}
	return false
}

// shortSince is true when the text just before i looks like a heading: no
// sentence mark for at most 30 runes, then a mark or the start.
func shortSince(fs []rune, i int) bool {
	for k := i - 1; k >= 0 && i-k <= 30; k-- {
		if strings.ContainsRune("，。；,;", fs[k]) {
			return false
		}
		if k == 0 {
			return true
		}
		if markStart(fs[k]) {
			if _, ok := readMarkRunes(fs[k:min(len(fs), k+12)]); ok {
				return true
			}
		}
	}
	return false
}
