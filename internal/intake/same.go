package intake

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// linker finds where the body and an annex name the same work. Two names are
// compared by their pairs of characters, a pair weighing more the fewer rows
// have it: 薛庄 tells a row apart, 污水 does not.
type linker struct {
	k     *committer
	rows  []*project
	pairs []map[string]bool
	count map[string]int   // rows that have a pair
	index map[string][]int // pair → the first rows that have it
	sums  []float64        // weight of a row's pairs
	known map[string]float64
}

// mostRows is how many rows a pair may lead to: one that more rows share tells
// nothing, and a long ledger must not make every name a search through it.
const mostRows = 200

func newLinker(k *committer, rows []*project) *linker {
	l := &linker{k: k, rows: rows, count: map[string]int{}, index: map[string][]int{}, known: map[string]float64{}}
	for _, p := range rows {
		set := pairSet(p.title)
		l.pairs = append(l.pairs, set)
		for pair := range set {
			l.count[pair]++
			if len(l.index[pair]) < mostRows {
				l.index[pair] = append(l.index[pair], len(l.pairs)-1)
			}
		}
	}
	for _, set := range l.pairs {
		sum := 0.0
		for pair := range set {
			sum += l.weight(pair)
		}
		l.sums = append(l.sums, sum)
	}
	return l
}

// filler are words that say nothing about which work is meant.
var filler = regexp.MustCompile(`(建设|改造|工程|项目|设施|处理|综合治理|治理|完成|主体|全面|任务|工作|及配套|管网|生活|集中|投运|建成|启动|推进|实施|加快)`)

func pairSet(s string) map[string]bool {
	set := map[string]bool{}
	var prev rune
	for _, r := range tight(fold(s)) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			prev = 0
			continue
		}
		if prev != 0 {
			set[string([]rune{prev, r})] = true
		}
		prev = r
	}
	return set
}

func (l *linker) weight(pair string) float64 {
	if w, ok := l.known[pair]; ok {
		return w
	}
	n := l.count[pair]
	if n == 0 {
		n = min(3, len(l.rows)) // words of the body only: they describe, they do not name
	}
	w := math.Log(float64(len(l.rows)+2) / float64(n+1))
	if filler.MatchString(pair) {
		w *= 0.25
	}
	l.known[pair] = w + 0.05
	return w + 0.05
}

// score compares a name with a row, from 0 to 1: the weight of what they share
// over the weight of both.
func (l *linker) score(name map[string]bool, i int) (both, ofName float64) {
	var shared, sumA float64
	sumB := l.sums[i]
	for p := range name {
		w := l.weight(p)
		sumA += w
		if l.pairs[i][p] {
			shared += w
		}
	}
	if sumA == 0 || sumB == 0 {
		return 0, 0
	}
	return shared / (sumA + sumB - shared), shared / sumA
}

// match finds the row that a name means; sure is false when a person should look.
func (l *linker) match(name string) (i int, sure, ok bool) {
	set := pairSet(name)
	if len(set) == 0 {
		return 0, false, false
	}
	best, second, at := 0.0, 0.0, -1
	for _, i := range l.candidates(set) {
		both, ofName := l.score(set, i)
		s := both
		if len(set) <= 3 && ofName > 0.99 { // a bare place name: 米山
			s = l.bare(name, i)
		}
		if s > best {
			best, second, at = s, best, i
		} else if s > second {
			second = s
		}
	}
	if at < 0 || best < 0.34 || best-second < 0.08 {
		return 0, false, false
	}
	return at, best >= 0.5, true
}

// candidates are the rows that share a pair with a name, in order.
func (l *linker) candidates(set map[string]bool) []int {
	seen := map[int]bool{}
	var out []int
	for p := range set {
		for _, i := range l.index[p] {
			if !seen[i] {
				seen[i] = true
				out = append(out, i)
			}
		}
	}
	slices.Sort(out)
	return out
}

// bare scores a name of two or three characters that is all in one row only.
func (l *linker) bare(name string, i int) float64 {
	n := tight(fold(name))
	for _, k := range l.candidates(pairSet(n)) {
		if k != i && strings.Contains(tight(fold(l.rows[k].title)), n) {
			return 0
		}
	}
	if strings.Contains(tight(fold(l.rows[i].title)), n) {
		return 0.6
	}
	return 0
}

var (
	nameVerb  = regexp.MustCompile(`^(?:全面|基本|力争|加快|推进|确保|并|要|应|开工|投运|完成|建成|启动|实施|新建|改造|改扩建|扩建|建设|续建|推动|开展|做好|抓好|在|于|前)+`)
	nameTail  = regexp.MustCompile(`(?:等)?(?:共)?\d+(?:个|座|处|项|条|所|家)[\p{Han}]*$|等[\p{Han}]*$`)
	countTail = regexp.MustCompile(`等 ?\d+ ?(?:个|座|处|项|条|所|家)|等(?:项目|工程|重点)`)
)

// names are the works that a segment lists between 、，和及.
func (l *linker) names(text string) []string {
	var out []string
	for _, part := range splitNames(tight(text)) {
		if i := strings.LastIndexAny(part, "：:"); i >= 0 {
			_, n := utf8.DecodeRuneInString(part[i:])
			part = part[i+n:]
		}
		if n := utf8.RuneCountInString(part); n >= 2 && n <= 40 {
			out = append(out, part)
		}
	}
	return out
}

func splitNames(f string) []string {
	var out []string
	depth, from := 0, 0
	for i, r := range f {
		switch foldRune(r) {
		case '(', '[', '“', '《':
			depth++
		case ')', ']', '”', '》':
			depth = max(0, depth-1)
		case '、', ',', ';', '和', '及', '与':
			if depth == 0 {
				out = append(out, f[from:i])
				from = i + len(string(r))
			}
		}
	}
	return append(out, f[from:])
}

// link replaces, in the entries of a clause, the works that a row of the annex
// names too by mentions of that row.
func (l *linker) link(c *clause) {
	if len(l.rows) == 0 {
		return
	}
	var out []*entry
	for _, e := range c.entries {
		if e.Kind != plan.Dated || len(e.Each) > 0 {
			out = append(out, e)
			continue
		}
		mentions, left := l.mentions(c, e)
		out = append(out, mentions...)
		if left {
			out = append(out, e)
		}
	}
	c.entries = out
}

// mentions are the rows that an entry's words name; left says whether more is
// named than those.
func (l *linker) mentions(c *clause, e *entry) (out []*entry, left bool) {
	body := e.Source
	if i := strings.Index(body, e.words); i >= 0 && e.words != "" {
		body = body[:i] + body[i+len(e.words):]
	}
	if countTail.MatchString(fold(tight(body))) {
		left = true
	}
	seen := map[int]bool{}
	any := false
	names := l.names(body)
	var rest []string
	defer func() {
		if left && len(out) > 0 {
			narrowTo(e, rest, body)
		}
	}()
	for n, raw := range names {
		name := nameVerb.ReplaceAllString(raw, "")
		short := nameTail.ReplaceAllString(name, "")
		i, sure, ok := l.match(name)
		if !ok && short != name && len([]rune(short)) >= 2 {
			i, sure, ok = l.match(short)
		}
		if !ok {
			// What follows the last work says only what it is for.
			if !any || n < len(names)-1 && !purpose.MatchString(name) {
				if !purpose.MatchString(name) {
					left = true
					rest = append(rest, raw)
				}
			}
			continue
		}
		if ok && len(l.rows[i].entries[0].Each) > 0 { // a link must end at one task
			left = true
			continue
		}
		if !sure {
			answer := l.k.asker.ask("same", weightSame, c.place, name+" / "+l.rows[i].title, "same", []string{"same", "different"},
				words.Data{"Name": name, "Title": l.rows[i].title, "Row": rowPlace(l.rows[i].annex, l.rows[i].no)})
			if answer == "different" {
				left = true
				continue
			}
		}
		any = true
		if seen[i] {
			continue
		}
		seen[i] = true
		out = append(out, l.mention(c, e, l.rows[i], name))
	}
	if len(out) == 0 {
		return nil, true
	}
	return out, left
}

var startVerb = regexp.MustCompile(`启动|开工|投运|投用|验收|建成|完成`)

// narrowTo gives an entry, whose other works are chased elsewhere, the title
// and milestone of what is left.
func narrowTo(e *entry, rest []string, body string) {
	for _, part := range strings.FieldsFunc(body, func(r rune) bool { return foldRune(r) == ',' || r == '；' }) {
		if countTail.MatchString(fold(tight(part))) {
			e.Title = shorten(tidyTitle(part), 40)
			return
		}
	}
	if len(rest) == 0 {
		return
	}
	e.Title = shorten(tidyTitle(strings.Join(rest, "、")), 40)
	if v := startVerb.FindString(rest[0]); v != "" {
		e.Milestone = v
	}
}

var purpose = regexp.MustCompile(`^(进一步|提升|提高|确保|实现|减少|削减|改善|保障|促进|有效|切实|不断|增强)`)

// mention makes the entry that names a row's work. Where the dates disagree it
// proposes which place rules, and asks.
func (l *linker) mention(c *clause, e *entry, p *project, name string) *entry {
	target := p.entries[len(p.entries)-1]
	for _, t := range p.entries {
		if t.Due == e.Due {
			target = t
		}
	}
	m := *e
	m.Title = shorten(tidyTitle(name), 40)
	m.SameAs, m.Each, m.Lead, m.Assist, m.SetAssist, m.Notes = target.ID, nil, "", nil, false, nil
	if target.Milestone == "完成" && e.Milestone != "" {
		target.Milestone = e.Milestone
	}
	if e.Bracket >= 0 && e.Bracket < len(c.brackets) && len(c.brackets[e.Bracket]) > 0 {
		lead := c.brackets[e.Bracket][0]
		if us, several := l.k.reg.resolve(lead, c.place); !several && len(us) == 1 && us[0].Kind != people.CountyGovernment && us[0].Kind != people.ZoneCommittee && !l.k.holds(p, us[0]) {
			p.addAssist(lead)
		}
	}
	if target.Due == e.Due {
		return &m
	}
	place := rowPlace(p.annex, p.no)
	rule := "annex"
	answer := l.k.asker.ask("conflict", weightConflict, c.place, tight(e.Source)+" / "+p.raw, "annex", []string{"annex", "body"}, words.Data{
		"Name": p.title, "Body": dayOr(e.Due.String()), "BodyPlace": c.place, "Row": place, "RowDue": dayOr(target.Due.String())})
	if answer == "body" {
		rule = "body"
		target.Due, target.Kind = e.Due, plan.Dated
	}
	key := "intake.ruling_" + rule
	if answer == "" {
		key = "intake.ruling_open"
	}
	if rule == "annex" {
		m.Ruling = l.k.asker.words.T(key, words.Data{"BodyPlace": c.place, "Body": dayOr(e.Due.String()), "Row": place, "RowDue": dayOr(target.Due.String())})
	}
	return &m
}

func dayOr(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// holds says whether a unit answers for a row already.
func (k *committer) holds(p *project, u *unit) bool {
	for _, n := range p.names {
		if us, _ := k.reg.resolve(n, ""); len(us) == 1 && us[0] == u {
			return true
		}
	}
	return false
}

func (p *project) addAssist(name string) {
	for _, n := range p.extra {
		if n == name {
			return
		}
	}
	p.extra = append(p.extra, name)
}
