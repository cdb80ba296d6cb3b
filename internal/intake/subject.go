package intake

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// subject reads who acts at the beginning of a sentence, also after its time.
func (k *committer) subject(text string, e *entry) (names []string, several bool) {
	for _, t := range starts(text, e) {
		if n, many := k.subjectAt(t); len(n) > 0 {
			return n, many
		}
	}
	return nil, false
}

// starts are the places where a subject may stand: the beginning, and after a
// time at the beginning.
func starts(text string, e *entry) []string {
	f := tight(fold(text))
	f = strings.TrimPrefix(strings.TrimPrefix(f, "并"), "同时,")
	out := []string{f}
	if e.words == "" {
		return out
	}
	w := tight(fold(e.words))
	if i := strings.Index(f, w); i >= 0 && i < 60 && utf8.RuneCountInString(f[:i]) <= 3 {
		out = append(out, strings.TrimLeft(f[i+len(w):], "前,、:"))
	}
	return out
}

func (k *committer) subjectAt(f string) ([]string, bool) {
	f = strings.TrimPrefix(f, "请")
	if m := eachSubject.FindStringSubmatch(f); m != nil && !notSubject.MatchString(f[len(m[0]):]) {
		names := []string{k.printed(m[1])}
		rest := f[len(m[0]):]
		for {
			more := strings.TrimLeft(rest, "、和及")
			if len(more) == len(rest) {
				break
			}
			n := k.reg.prefixName(more)
			if n == "" {
				break
			}
			names = append(names, n)
			rest = more[len(fold(tight(n))):]
		}
		return names, true
	}
	if m := manySubject.FindStringSubmatch(f); m != nil && utf8.RuneCountInString(m[1]) >= 3 {
		return []string{k.printed(m[1])}, true
	}
	if n := k.reg.prefixName(strings.TrimPrefix(f, "由")); n != "" {
		rest := strings.TrimPrefix(f, "由")[len(fold(tight(n))):]
		if afterName.MatchString(rest) || strings.HasPrefix(rest, "、") || strings.HasPrefix(rest, "等") {
			return append([]string{n}, k.listed(rest)...), isCollective(n)
		}
	}
	if m := bodyUnit.FindStringSubmatch(f); m != nil && looksUnit(m[1]) {
		return append([]string{m[1]}, k.listed(strings.TrimPrefix(f, m[1]))...), false
	}
	if m := headUnit.FindStringSubmatch(f); m != nil && looksUnit(m[1]) {
		rest := strings.TrimPrefix(strings.TrimPrefix(f, "由"), m[1])
		return append([]string{m[1]}, k.listed(rest)...), false
	}
	if m := listUnit.FindString(f); m != "" && strings.HasPrefix(f[len(m):], "、") && looksUnit(m) && levelOf(m) != "" {
		if more := k.listed(f[len(m):]); len(more) > 0 {
			return append([]string{m}, more...), false
		}
	}
	return nil, false
}

// bodyUnit is a body that no level's prefix marks: 国网滨江供电公司在….
var bodyUnit = regexp.MustCompile(`^([\p{Han}]{3,16}?(?:公司|集团|银行|医院|大学|学院))(?:要|应当?|须|负责|牵头|会同|具体负责|\d|每[年月季周日半]|[于在按])`)

var listUnit = regexp.MustCompile(`^[\p{Han}]{2,16}?(?:局|委员会|委|办公室|厅|部|办|管委会|政府|中心|公司|院|会)`)

// listed are the further subjects of a sentence: 、市财政局和市审计局要….
func (k *committer) listed(rest string) []string {
	var out []string
	for len(out) < 20 {
		more := rest
		for _, w := range []string{"、", "和", "及", "会同", "联合"} {
			more = strings.TrimPrefix(more, w)
		}
		if len(more) == len(rest) {
			return out
		}
		n := k.reg.prefixName(more)
		if m := eachSubject.FindStringSubmatch(more); m != nil && len(m[1]) > len(fold(tight(n))) {
			n = m[1]
		}
		if n == "" {
			n = listUnit.FindString(more)
		}
		if n == "" || !looksUnit(n) {
			return out
		}
		after := more[len(fold(tight(n))):]
		if after != "" && !afterName.MatchString(after) && !strings.HasPrefix(after, ":") && !strings.HasPrefix(after, "、") && !strings.HasPrefix(after, "和") && !strings.HasPrefix(after, "等") {
			return out
		}
		out, rest = append(out, n), after
	}
	return out
}

// labelled are the units that a paragraph, or its heading, begins with as its
// label: 市财政局：负责…；年底前…. What no bracket covers is theirs.
func (k *committer) labelled(c *clause, e *entry) []string {
	from := 0
	for _, s := range c.starts {
		if s <= e.span.from {
			from = s
		}
	}
	line := c.text[from:min(len(c.text), from+300)]
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	for _, head := range []string{line, c.title, c.heading} {
		if names := labelUnits(head); len(names) > 0 {
			return names
		}
	}
	return nil
}

// labelUnits are the units before the colon or stop that a text begins with.
func labelUnits(line string) []string {
	if len(line) > 300 {
		line = line[:300]
	}
	head := []rune(fold(line))
	if m, ok := readMark(line); ok {
		head = head[min(m.length, len(head)):]
	}
	s := string(head[:min(len(head), 80)])
	i := strings.IndexAny(s, ":。")
	if i < 0 && len(head) < 80 {
		i = len(s)
	}
	if i <= 0 {
		return nil
	}
	names, _, _ := readUnits(s[:i], seatOwner)
	var out []string
	for _, n := range order(names) {
		if !looksUnit(n.name) || levelOf(tight(fold(n.name))) == "" && !orgTail.MatchString(n.name) {
			return nil
		}
		out = append(out, n.name)
	}
	return out
}

// orgTail are the ends of names that nothing but a body has.
var orgTail = regexp.MustCompile(`(?:局|委员会|委|办公室|政府|管委会|公司|集团|银行|医院|指挥部|领导小组|街道|街道办事处)$`)

// printed is a folded name with the brackets that documents print.
func (k *committer) printed(f string) string {
	return strings.NewReplacer("(", "（", ")", "）").Replace(f)
}

// prefixName is the longest known unit or group name that a folded text begins
// with, as the registry writes it.
func (r *registry) prefixName(f string) string {
	best, size := "", 0
	head, _ := utf8.DecodeRuneInString(f)
	try := func(name string) {
		if h, _ := utf8.DecodeRuneInString(name); foldRune(h) != head || len(name) <= size {
			return
		}
		n := tight(fold(name))
		if len(n) > size && len(n) > 6 && strings.HasPrefix(f, n) {
			best, size = name, len(n)
		}
	}
	for _, u := range r.units {
		try(u.Name)
		for _, a := range u.Aliases {
			try(a)
		}
	}
	for _, g := range r.groups {
		try(g.Name)
		for _, a := range g.Aliases {
			try(a)
		}
	}
	return best
}
