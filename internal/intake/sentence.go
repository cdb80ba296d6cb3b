package intake

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"duban/internal/deadline"
)

// span is a stretch of a clause's raw text.
type span struct{ from, to int }

// sentence is a span with the bracket that covers it and what it dates.
type sentence struct {
	span
	bracket  int  // index into clause.seats, -1 none
	behind   bool // that bracket is before the sentence
	readings []deadline.Reading
	stage    *deadline.Reading // of the stage that a sentence before it names
	begin    int               // where the sentence begins whose last piece it is, behind a bracket of another piece; 0 where it is whole
}

// sentences cuts a clause's text into sentences, leaving out brackets, labelled
// lines and the heading. A sentence belongs to the next bracket, or to the last
// one when none follows.
func (c *clause) sentences(readings []deadline.Reading) []sentence {
	var out []sentence
	pos := min(c.headLen, len(c.text))
	for k, r := range c.found {
		from, to := c.f.rawAt(r.from), c.f.rawAt(r.to)
		here := cutSentences(c.text, pos, max(pos, from), c.bracketFor(k))
		if len(c.found) > 1 && c.inSentence(k) {
			for i := range max(0, len(here)-1) { // a bracket within a sentence is of that sentence alone
				here[i].bracket = -1
				if i == 0 && k > 0 && c.inSentence(k-1) && !strings.ContainsAny(c.text[pos:here[0].from], "。；;\n") {
					here[i].bracket = c.bracketFor(k - 1)
				}
			}
		}
		out = append(out, here...)
		pos = max(pos, to)
	}
	ahead := len(out)
	out = append(out, cutSentences(c.text, pos, len(c.text), c.bracketFor(len(c.found)))...)
	for i := ahead; i < len(out); i++ {
		out[i].behind = len(c.found) > 0
	}
	if n := len(c.found) - 1; n > 0 && ahead > 0 && ahead < len(out) && c.inSentence(n) && c.inSentence(n-1) && !c.inherited {
		last := &out[ahead]
		if gap := c.text[out[ahead-1].to:last.from]; !strings.ContainsAny(gap, "。；;\n") && !linkHead.MatchString(tight(fold(c.text[last.from:last.to]))) { // A（市水务局），B（市林业局），C: who does C the brackets do not say
			last.bracket, last.behind, last.begin = -1, false, c.sentenceStart(last.from)
		}
	}
	for i := range out {
		for _, r := range readings {
			if r.Begin >= out[i].from && r.Begin < out[i].to {
				out[i].readings = append(out[i].readings, r)
			}
		}
	}
	return out
}

// inSentence tells that the k-th bracket is written before the end of its sentence, and
// not on a line of its own or after a whole sentence.
func (c *clause) inSentence(k int) bool {
	r := c.found[k]
	return r.from > 0 && r.from < len(c.f.f) && (c.f.f[r.from] == '(' || c.f.f[r.from] == '[') && !afterStop(c.f.f[:r.from]) && !strings.HasSuffix(strings.TrimRight(c.f.f[:r.from], " "), "\n")
}

// sentenceStart is where the sentence that holds a place of the text begins, whatever
// brackets it has.
func (c *clause) sentenceStart(at int) int {
	from := strings.LastIndexAny(c.text[:at], "。；;\n")
	if from >= 0 {
		_, n := utf8.DecodeRuneInString(c.text[from:])
		from += n
	}
	from, _ = trimSpan(c.text, max(from, 0), at)
	if m, ok := readMark(c.text[from:at]); ok {
		from += len(string([]rune(c.text[from:at])[:m.length]))
	}
	return from
}

// bracketFor is the bracket that covers the text before the k-th one found: the k-th
// or, where it names no units, the next that does, else the last before it that does.
func (c *clause) bracketFor(k int) int {
	if c.inherited {
		return 0
	}
	for i := k; i < len(c.found); i++ {
		if len(c.found[i].names) > 0 {
			return i
		}
	}
	for i := min(k, len(c.found)) - 1; i >= 0; i-- {
		if len(c.found[i].names) > 0 {
			return i
		}
	}
	return -1
}

// cutSentences cuts raw[from:to] at 。！？； and line ends, and before inline
// marks, outside brackets and quotes.
func cutSentences(raw string, from, to, bracket int) []sentence {
	var out []sentence
	start, depth := from, 0
	add := func(end int) {
		s, e := trimSpan(raw, start, end)
		if e > s && hanIn(raw[s:e]) >= 4 {
			out = append(out, sentence{span: span{s, e}, bracket: bracket})
		}
	}
	for i, r := range raw[from:to] {
		at := from + i
		switch f := foldRune(r); f {
		case '(', '[', '“', '《':
			if f == '(' && depth == 0 && inlineMark(raw[at:to]) {
				add(at)
				start = at
			}
			depth++
		case ')', ']', '”', '》':
			depth = max(0, depth-1)
		case '。', '!', '?', ';', '\n':
			if depth == 0 || r == '\n' || r == '。' && depth < 2 && !inQuote(raw[start:at]) {
				add(at)
				start = at + utf8.RuneLen(r)
				depth = 0
			}
		case ',':
			if depth == 0 && at-start > longSentence {
				add(at)
				start = at + utf8.RuneLen(r)
			}
		case '一', '二', '三', '四', '五', '六', '七', '八', '九', '十':
			if depth == 0 && firstly(raw[start:at], raw[at:to]) {
				add(at)
				start = at
			}
		default:
			if f >= '①' && f <= '⑳' && depth == 0 {
				add(at)
				start = at
			}
		}
	}
	add(to)
	return out
}

// saysNth is 一是, 二要: the beginning of one thing of several.
var saysNth = regexp.MustCompile(`^[一二三四五六七八九十]{1,2}(?:是|要)`)

// firstly tells that 一是… begins here behind words that lead to it, and that no time
// before it is for all that follow: 要做好以下工作：一是市水务局6月底前…，二是….
func firstly(before, after string) bool {
	if !saysNth.MatchString(after[:min(len(after), 12)]) {
		return false
	}
	t := strings.TrimRight(before, " \n\u3000")
	end, n := utf8.DecodeLastRuneInString(t)
	if !strings.ContainsRune("：:，,、", end) {
		return false
	}
	t = strings.TrimSpace(t[:len(t)-n])
	return saysNth.MatchString(t[:min(len(t), 12)]) || end != '、' && !timeWord.MatchString(fold(t)) && !yearRe.MatchString(fold(t))
}

// longSentence is more bytes than a sentence has: what is longer is a list that
// lacks its stops, and is cut at a comma.
const longSentence = 1200

func inQuote(s string) bool { return strings.Count(s, "“") > strings.Count(s, "”") }

var inlineMarkRe = regexp.MustCompile(`^\((\d{1,2}|[一二三四五六七八九十]{1,3})\)`)

func inlineMark(s string) bool {
	return inlineMarkRe.MatchString(fold(s[:min(len(s), 24)]))
}

var leadIn = regexp.MustCompile(`^(\(\d{1,2}\)|\([一二三四五六七八九十]{1,3}\)|[①-⑳]|\d{1,2}(?:\.\d{1,2}){2,3}[、. ]*|\d{1,2}[.、](?:[^\d]|$)|[一二三四五六七八九十]是要?|一方面,?|另一方面,?|首先,?|其次,?|再次,?|接着,?|最后,|同时,?|[-—]+|[●■◆▲★·•◇○□▪➢]+)`)

// numberThenYear is a number of three parts at once before a year: 3.2.22024年.
var numberThenYear = regexp.MustCompile(`^\d{1,2}(?:\.\d{1,2}){1,2}\.\d{1,2}?(?:19|20)\d\d年`)

// trimSpan leaves out the spaces, stops and inline marks at the ends.
func trimSpan(raw string, from, to int) (int, int) {
	s := raw[from:to]
	t := strings.TrimLeft(s, " \n\u3000。；;，,：:、")
	from += len(s) - len(t)
	t = strings.TrimRight(t, " \n\u3000。；;，,：:、")
	to = from + len(t)
	if m := numberThenYear.FindString(fold(t)); m != "" {
		n := utf8.RuneCountInString(m) - len("2024") - 1
		return to - len(strings.TrimLeft(t[len(string([]rune(t)[:n])):], " \u3000")), to
	}
	if m := leadIn.FindString(fold(t)); m != "" && !strings.HasPrefix(m, "同时") {
		n := utf8.RuneCountInString(m)
		if last, _ := utf8.DecodeLastRuneInString(m); unicode.IsLetter(last) && !strings.ContainsAny(m, "是面先次着") {
			n--
		}
		k := len(string([]rune(t)[:n]))
		rest := strings.TrimLeft(t[k:], " \u3000，,、")
		from = to - len(rest)
	}
	return from, to
}

func hanIn(s string) int {
	n := 0
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

// pieces of a sentence between commas, outside brackets and quotes.
func commaSpans(raw string, s span) []span {
	var out []span
	depth, from := 0, s.from
	add := func(to int) {
		if strings.TrimSpace(raw[from:to]) != "" {
			out = append(out, span{from, to})
		}
	}
	for i, r := range raw[s.from:s.to] {
		at := s.from + i
		switch foldRune(r) {
		case '(', '[', '“', '《':
			depth++
		case ')', ']', '”', '》':
			depth = max(0, depth-1)
		case ',':
			if depth == 0 {
				add(at)
				from = at + utf8.RuneLen(r)
			}
		}
	}
	add(s.to)
	return out
}
