package intake

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"
)

// numbering shows list numbers as Word does: from numbering.xml and the styles
// that name a list.
type numbering struct {
	lists  map[string]map[int]level // abstract list → level
	nums   map[string]string        // numId → abstract list
	styles map[string]styleNum
	counts map[string]map[int]int // numId's abstract list → level → count
}

type level struct {
	start int
	kind  string
	text  string // %1、
	legal bool
}

type styleNum struct{ numID, level, base string }

func readNumbering(p parts) (*numbering, error) {
	n := &numbering{lists: map[string]map[int]level{}, nums: map[string]string{}, styles: map[string]styleNum{}, counts: map[string]map[int]int{}}
	if err := eachStart(p, "word/numbering.xml", n.readList()); err != nil {
		return nil, err
	}
	if err := eachStart(p, "word/styles.xml", n.readStyle()); err != nil {
		return nil, err
	}
	return n, nil
}

// eachStart calls f with every start element of a part; a missing or broken
// part is as good as none, one over the limits is an error.
func eachStart(p parts, name string, f func(xml.StartElement)) error {
	if !p.has(name) {
		return nil
	}
	part, err := p.open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	toks := newTokens(part)
	for {
		tok, err := toks.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := tok.(xml.StartElement); ok {
			f(e)
		}
	}
}

func (n *numbering) readList() func(xml.StartElement) {
	abstract, num, lvl := "", "", -1
	set := func(f func(*level)) {
		if abstract == "" || lvl < 0 {
			return
		}
		l := n.lists[abstract][lvl]
		f(&l)
		n.lists[abstract][lvl] = l
	}
	return func(e xml.StartElement) {
		switch e.Name.Local {
		case "abstractNum":
			abstract, lvl = attr(e, "abstractNumId"), -1
			n.lists[abstract] = map[int]level{}
		case "lvl":
			lvl = atoi(attr(e, "ilvl"))
			set(func(l *level) { l.start = 1 })
		case "start":
			set(func(l *level) { l.start = atoi(attr(e, "val")) })
		case "numFmt":
			set(func(l *level) { l.kind = attr(e, "val") })
		case "lvlText":
			set(func(l *level) { l.text = attr(e, "val") })
		case "isLgl":
			set(func(l *level) { l.legal = true })
		case "num":
			num, abstract, lvl = attr(e, "numId"), "", -1
		case "abstractNumId":
			n.nums[num] = attr(e, "val")
		}
	}
}

func (n *numbering) readStyle() func(xml.StartElement) {
	id := ""
	set := func(f func(*styleNum)) {
		s := n.styles[id]
		f(&s)
		n.styles[id] = s
	}
	return func(e xml.StartElement) {
		switch e.Name.Local {
		case "style":
			id = attr(e, "styleId")
		case "basedOn":
			set(func(s *styleNum) { s.base = attr(e, "val") })
		case "numId":
			set(func(s *styleNum) { s.numID = attr(e, "val") })
		case "ilvl":
			set(func(s *styleNum) { s.level = attr(e, "val") })
		}
	}
}

// label is the number shown in front of a paragraph, "" when it has none.
func (n *numbering) label(style, numID, lvl string) string {
	for hops := 0; numID == "" && style != "" && hops < 10; hops++ {
		s := n.styles[style]
		numID, style = s.numID, s.base
		if lvl == "" {
			lvl = s.level
		}
	}
	list := n.nums[numID]
	if numID == "" || numID == "0" || n.lists[list] == nil {
		return ""
	}
	at := atoi(lvl)
	l, ok := n.lists[list][at]
	if !ok {
		return ""
	}
	c := n.counts[list]
	if c == nil {
		c = map[int]int{}
		n.counts[list] = c
	}
	if _, seen := c[at]; !seen {
		c[at] = l.start - 1
	}
	c[at]++
	for deeper := range c {
		if deeper > at {
			delete(c, deeper)
		}
	}
	if l.kind == "bullet" || l.kind == "none" {
		return ""
	}
	return n.show(list, l, c)
}

func (n *numbering) show(list string, l level, c map[int]int) string {
	out := l.text
	for i := 0; i < 9; i++ {
		hole := "%" + strconv.Itoa(i+1)
		if !strings.Contains(out, hole) {
			continue
		}
		of := n.lists[list][i]
		count, seen := c[i]
		if !seen {
			count = max(of.start, 1)
		}
		kind := of.kind
		if l.legal {
			kind = "decimal"
		}
		out = strings.ReplaceAll(out, hole, formatNumber(kind, count))
	}
	if out != "" && strings.ContainsAny(out[len(out)-1:], "0123456789") {
		out += " "
	}
	return out
}

// formatNumber writes a count in one of Word's number formats.
func formatNumber(kind string, n int) string {
	switch kind {
	case "chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital", "taiwaneseCounting", "taiwaneseCountingThousand", "japaneseDigitalTenThousand", "koreanCounting":
		return chinese(n)
	case "decimalEnclosedCircle", "decimalEnclosedCircleChinese", "ideographEnclosedCircle":
		if n >= 1 && n <= 20 {
			return string(rune('①' + n - 1))
		}
	case "ideographTraditional":
		if n >= 1 && n <= 10 {
			return string([]rune("甲乙丙丁戊己庚辛壬癸")[n-1])
		}
	case "lowerLetter", "upperLetter":
		if n >= 1 && n <= 26 {
			base := 'a'
			if kind == "upperLetter" {
				base = 'A'
			}
			return string(base + rune(n-1))
		}
	case "lowerRoman", "upperRoman":
		r := roman(n)
		if kind == "lowerRoman" {
			r = strings.ToLower(r)
		}
		return r
	}
	return strconv.Itoa(n)
}

func roman(n int) string {
	if n <= 0 || n > 3999 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, s := range []struct {
		v int
		t string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= s.v; n -= s.v {
			b.WriteString(s.t)
		}
	}
	return b.String()
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1_000_000 {
		return 0
	}
	return n
}
