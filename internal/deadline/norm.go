package deadline

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cell is one normalised rune and the bytes of the original it was made of.
type cell struct {
	r    rune
	b, e int
}

// hard is the rune that ends a paragraph or a table cell: no phrase crosses it.
const hard = '\n'

// fold is the one form of a rune: half width, simplified, one dash, one zero.
func fold(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		r -= '！' - '!'
	case r == '　':
		return ' '
	}
	switch r {
	case '－', '—', '–', '―', '‐', '‑', '−', '─', '━', '﹣', '~', '∼', '〜', '﹏':
		return '-'
	case '○', '零', '◯', 'Ο':
		return '〇'
	case '·', '．':
		return '.'
	case '﹑':
		return '、'
	case '【', '﹝', '［':
		return '〔'
	case '】', '﹞', '］':
		return '〕'
	case '「', '『', '“', '”', '"', '＂', '」', '』', '‘', '’':
		return '"'
	case '、', '。':
		return r
	}
	return Simplified(r)
}

// normalise folds every rune and drops the spaces that layout put between them.
// A blank stays (as ' ') only where it parts two numbers or letters that would
// otherwise run together; a tab, a blank line and the line break after a full
// stop become hard. Each cell keeps its bytes, so that positions map back exactly.
func normalise(text string) []cell {
	out := make([]cell, 0, len(text)/2)
	blank, breaks, tab := -1, 0, false
	for b := 0; b < len(text); {
		r, n := utf8.DecodeRuneInString(text[b:])
		e := b + n
		switch {
		case Invisible(r):
		case unicode.IsSpace(r):
			if blank < 0 {
				blank = b
			}
			switch r {
			case '\n', '\u2028', '\u2029':
				breaks++
			case '\t', '\v', '\f':
				tab = true
			}
		default:
			r = fold(r)
			if blank >= 0 && len(out) > 0 {
				if gap := between(out, r, text[b:], breaks, tab); gap != 0 {
					out = append(out, cell{gap, blank, b})
				}
			}
			blank, breaks, tab = -1, 0, false
			if r == '-' && len(out) > 0 && out[len(out)-1].r == '-' { // a doubled dash —— is one
				out[len(out)-1].e = e
			} else {
				out = append(out, cell{r, b, e})
			}
		}
		b = e
	}
	return mistyped(out)
}

// mistyped makes digits of the letters that are typed for them in a number before 年, 月
// or 日: 2O22年, l0月.
func mistyped(cs []cell) []cell {
	for k, c := range cs {
		if c.r != '年' && c.r != '月' && c.r != '日' {
			continue
		}
		from, digits, letters := k, 0, 0
		for from > 0 && k-from < 4 && (digit(cs[from-1].r) || strings.ContainsRune("OolI", cs[from-1].r)) {
			from--
			if digit(cs[from].r) {
				digits++
			} else {
				letters++
			}
		}
		if letters == 0 || digits == 0 || from > 0 && parts(cs[from-1].r) {
			continue
		}
		for i := from; i < k; i++ {
			switch cs[i].r {
			case 'O', 'o':
				cs[i].r = '0'
			case 'l', 'I':
				cs[i].r = '1'
			}
		}
	}
	return cs
}

// between says what the blank before next leaves: hard, ' ' or nothing.
func between(out []cell, next rune, rest string, breaks int, tab bool) rune {
	last := out[len(out)-1].r
	switch {
	case tab, breaks > 1, breaks == 1 && (strings.ContainsRune("。；;!?：:〕", last) || opensItem(rest)):
		return hard
	case !parts(last) || !parts(next), breaks == 0 && yearDot(out):
		return 0
	case breaks == 0 && digit(last) && digit(next) && (spelled(out) || cutYear(out, rest)):
		return 0
	}
	return ' '
}

// yearDot tells that out ends in the dot of a dotted date, 2021. 6. 30.
func yearDot(out []cell) bool {
	i := len(out) - 1
	if i < 0 || out[i].r != '.' {
		return false
	}
	run := 0
	for i--; i >= 0 && len(out)-i < 10 && (digit(out[i].r) || out[i].r == '.'); i-- {
		if run++; out[i].r == '.' {
			run = 0
		}
	}
	return run == 4
}

// cutYear tells that a year was cut in two, 20 21年: the digits before and behind
// the blank make four, are a year of ours, and 年 follows.
func cutYear(out []cell, rest string) bool {
	i := len(out)
	for i > 0 && len(out)-i < 4 && digit(out[i-1].r) {
		i--
	}
	v, n := 0, 0
	for _, c := range out[i:] {
		v, n = v*10+int(c.r-'0'), n+1
	}
	for _, r := range rest {
		switch r = fold(r); {
		case r == ' ' || r == '\u00a0':
		case digit(r) && n < 4:
			v, n = v*10+int(r-'0'), n+1
		default:
			return r == '年' && n == 4 && v >= 1990 && v <= 2100
		}
	}
	return false
}

// spelled tells that the digits at the end of out are being written one by one
// (2 0 2 1 年, or 1 2 月 after 年), so that the next belongs to them.
func spelled(out []cell) bool {
	i := len(out)
	for i > 0 && digit(out[i-1].r) {
		if len(out)-i >= 4 {
			return false
		}
		i--
	}
	run := out[i:]
	for k := 1; k < len(run); k++ {
		if run[k].b == run[k-1].e { // two digits without a space between: not letter-spaced
			return false
		}
	}
	if len(run) == 1 {
		return i == 0 || out[i-1].r == '年' || out[i-1].r == '月' || out[i-1].r == '至' || out[i-1].r == '-' || !ascii(out[i-1].r)
	}
	return true
}

func ascii(r rune) bool { return r < 0x80 }

// parts tells that a blank beside r may be all that parts two numbers or words.
func parts(r rune) bool {
	return digit(r) || r == '.' || r == ',' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
func digit(r rune) bool { return r >= '0' && r <= '9' }

const numerals = "〇一二三四五六七八九十百廿卅两"

func numeral(r rune) bool { return strings.ContainsRune(numerals, r) }

// opensItem tells that a line begins with an item's number: 一、 （一） 1. 第一条 附件.
func opensItem(line string) bool {
	rs := make([]rune, 0, 8)
	for _, r := range line {
		if len(rs) == 8 {
			break
		}
		if !unicode.IsSpace(r) && !Invisible(r) {
			rs = append(rs, fold(r))
		}
	}
	i := 0
	for i < len(rs) && (rs[i] == '(' || rs[i] == '第') {
		i++
	}
	from := i
	for i < len(rs) && (digit(rs[i]) || numeral(rs[i])) {
		i++
	}
	if i == from || i == len(rs) {
		return len(rs) > 1 && rs[0] == '附' && rs[1] == '件'
	}
	if from > 0 {
		return rs[i] == ')' || rs[i] == '条' || rs[i] == '章'
	}
	if rs[i] == '.' { // 1. and 1.2021年 and 1.6月底, not 1.5
		k := i + 1
		for k < len(rs) && digit(rs[k]) {
			k++
		}
		return k == i+1 || k < len(rs) && (rs[k] == '年' || rs[k] == '月')
	}
	return rs[i] == '、' || rs[i] == ')'
}

// folded is a phrase in the one form that rules compare.
func folded(words string) string {
	var b strings.Builder
	for _, c := range normalise(words) {
		b.WriteRune(c.r)
	}
	return b.String()
}
