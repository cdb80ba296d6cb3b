package deadline

import (
	"strings"

	"duban/internal/calendar"
)

// scan is one pass over a text.
type scan struct {
	text   string
	c      []cell
	ctx    Context
	cal    *calendar.Calendar
	mask   []bool // inside 《》, a document number, a law's clause: no dates there
	clause []span // per cell: the stretch between commas
	sent   []span // per cell: the stretch between full stops
	year   int    // carried forward; 0 none
	month  int    // month of the last written date, for a bare day; 0 none
	out    []Reading
	spans  []span // cells of each reading in out
}

// span is a stretch of cells, end excluded.
type span struct{ from, to int }

func newScan(text string, ctx Context) *scan {
	s := &scan{text: text, ctx: ctx, cal: ctx.Calendar, c: normalise(text), year: ctx.Inherit}
	if s.cal == nil {
		s.cal = calendar.New()
	}
	s.mask = s.masked()
	s.clause = s.stretches("，,。；;：:！!？?")
	s.sent = s.stretches("。；;！!？?")
	return s
}

// stretches cuts the cells at the marks and at hard breaks; a mark belongs to
// the stretch that it ends. Marks inside brackets cut too: 〔…〕 is rarely long.
func (s *scan) stretches(marks string) []span {
	out := make([]span, len(s.c))
	from := 0
	closeAt := func(to int) {
		for k := from; k < to; k++ {
			out[k] = span{from, to}
		}
		from = to
	}
	for i, c := range s.c {
		if c.r == hard || strings.ContainsRune(marks, c.r) && !(strings.ContainsRune(":：", c.r) && digit(s.at(i-1)) && digit(s.at(i+1))) { // not 8:00
			closeAt(i + 1)
		}
	}
	closeAt(len(s.c))
	return out
}

// at is the rune at i, or 0 outside the text.
func (s *scan) at(i int) rune {
	if i < 0 || i >= len(s.c) {
		return 0
	}
	return s.c[i].r
}

// lit tells that word is at i.
func (s *scan) lit(i int, word string) bool {
	for _, r := range word {
		if s.at(i) != r {
			return false
		}
		i++
	}
	return true
}

// one finds the first of words (longest first, as listed) at i and says where it
// ends; 0 when none is there.
func (s *scan) one(i int, words ...string) (string, int) {
	for _, w := range words {
		if s.lit(i, w) {
			return w, i + runes(w)
		}
	}
	return "", 0
}

// skip is the place after the first of words at i, or i itself.
func (s *scan) skip(i int, words ...string) int {
	if _, j := s.one(i, words...); j > 0 {
		return j
	}
	return i
}

// back tells that word ends right before i.
func (s *scan) back(i int, word string) bool {
	return i >= runes(word) && s.lit(i-runes(word), word)
}

// before finds the first of words that ends right before i.
func (s *scan) before(i int, words ...string) string {
	for _, w := range words {
		if s.back(i, w) {
			return w
		}
	}
	return ""
}

func runes(w string) int {
	n := 0
	for range w {
		n++
	}
	return n
}

// str is the normalised text between two cells.
func (s *scan) str(from, to int) string {
	var b strings.Builder
	for k := max(0, from); k < min(to, len(s.c)); k++ {
		b.WriteRune(s.c[k].r)
	}
	return b.String()
}

// find is the first place in [from, to) that has one of words, or -1.
func (s *scan) find(from, to int, words ...string) int {
	for k := max(0, from); k < min(to, len(s.c)); k++ {
		if w, j := s.one(k, words...); w != "" && j <= to {
			return k
		}
	}
	return -1
}

// has tells that one of words is in [from, to).
func (s *scan) has(from, to int, words ...string) bool { return s.find(from, to, words...) >= 0 }

// rule reads one family of phrases at i; next is 0 when nothing is there.
type rule func(s *scan, i int) (found []hit, next int)

// hit is a reading and the cells it is on.
type hit struct {
	Reading
	span
}

// rules in the order they are tried at every place: the longer families before
// the shorter, and lengths of time that limit nothing before those that do.
var rules = []rule{
	(*scan).readSeason,
	(*scan).readRecurring,
	(*scan).readMeasure,
	(*scan).readLunar,
	(*scan).readFestival,
	(*scan).readEventBefore,
	(*scan).readTerm,
	(*scan).readEffect,
	(*scan).readFiveYears,
	(*scan).readVision,
	(*scan).readSpan,
	(*scan).readMoments,
	(*scan).readOpen,
}

func (s *scan) read() []Reading {
	for i := 0; i < len(s.c); {
		if s.newItem(i) {
			s.year, s.month = 0, 0
		}
		if s.mask[i] {
			i++
			continue
		}
		i = s.step(i)
	}
	s.finish()
	return s.out
}

// opens holds every rune that a phrase can begin with, so that the many others
// cost nothing.
var opens = func() map[rune]bool {
	m := map[rune]bool{}
	words := []string{"0123456789", numerals, "Q\"每逢按逐半双单季月周旬星礼年岁上下前后首末本当次翌来去今明同元第这之即从自到各重法节学工定不全21元下"}
	for _, w := range yearWords {
		words = append(words, w[:3])
	}
	for _, w := range seasonWords {
		words = append(words, w.word[:3])
	}
	for _, f := range festivals {
		words = append(words, f.word[:3])
	}
	for _, f := range lunarDays {
		words = append(words, f.word[:3])
	}
	for _, w := range openWords {
		words = append(words, w.word[:3])
	}
	for _, w := range eventWords {
		words = append(words, w[:3])
	}
	for _, r := range strings.Join(append(words, "入汛春国现日农阴正冬腊"), "") {
		m[r] = true
	}
	return m
}()

// step reads what is at i and returns the next place to look at.
func (s *scan) step(i int) int {
	if !opens[s.c[i].r] {
		return i + 1
	}
	for _, read := range rules {
		found, next := read(s, i)
		if next <= i {
			continue
		}
		for _, h := range found {
			s.add(h)
		}
		return next
	}
	if digit(s.c[i].r) { // the rest of a number that nothing claimed
		for i < len(s.c) && digit(s.c[i].r) {
			i++
		}
		return i
	}
	return i + 1
}

func (s *scan) add(h hit) {
	h.from, h.to = max(0, h.from), min(h.to, len(s.c))
	for n := len(s.out) - 1; n >= 0 && h.from < s.spans[n].to; n-- { // a reading that h reaches over is part of it
		if h.from > s.spans[n].from || s.out[n].Kind != Target {
			h.from = s.spans[n].to
			break
		}
		s.out, s.spans = s.out[:n], s.spans[:n]
	}
	if h.from >= h.to {
		return
	}
	h.Begin, h.End = s.c[h.from].b, s.c[h.to-1].e
	h.Words = s.text[h.Begin:h.End]
	if h.Sure == "" {
		h.Sure = Sure
	}
	if y := carried(h.Reading); y != 0 {
		s.year = y
	}
	s.out = append(s.out, h.Reading)
	s.spans = append(s.spans, h.span)
}

// newItem tells that a numbered item begins on a line of its own at i: the year
// is not inherited across it (A3).
func (s *scan) newItem(i int) bool {
	if i == 0 || s.c[i-1].r != hard {
		return false
	}
	b := s.c[i].b
	return opensItem(s.text[b:min(len(s.text), b+64)]) && !s.subItem(i)
}

// subItem tells that the number is of the lowest level, （1） or ①: it stays
// within its item.
func (s *scan) subItem(i int) bool { return s.at(i) == '(' && digit(s.at(i+1)) }
