package intake

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"duban/internal/deadline"
)

// fold brings full-width forms to half width, brackets to one of ()[], and the
// traditional characters of this vocabulary to simplified ones. It maps rune to
// rune: offsets in the folded text are offsets in the text.
func fold(s string) string { return strings.Map(foldRune, s) }

func foldRune(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		r -= '！' - '!'
	case r == '　' || r == ' ' || r == '\t':
		return ' '
	}
	switch r {
	case '〔', '【', '［', '〖':
		return '['
	case '〕', '】', '］', '〗':
		return ']'
	case '﹝':
		return '['
	case '﹞':
		return ']'
	case '–', '—', '－', '―':
		return '-'
	}
	return deadline.Simplified(r)
}

// tight drops all white space: two texts that differ only in spaces are one.
func tight(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || deadline.Invisible(r) {
			return -1
		}
		return r
	}, s)
}

// clean makes one line of a paragraph as people meant it: control characters
// out, runs of space to one, and none beside a Chinese character, where
// typesetting put it.
func clean(s string) string {
	rs := make([]rune, 0, len(s)/2)
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) || r == '\u3000' || r == '\u00a0':
			space = true
			continue
		case unicode.IsControl(r) || deadline.Invisible(r):
			continue
		}
		r = deadline.Plain(r)
		if space && len(rs) > 0 && narrow(rs[len(rs)-1]) && narrow(r) {
			rs = append(rs, ' ')
		}
		space = false
		rs = append(rs, r)
	}
	return string(rs)
}

// cellClean is clean for a table cell: a space between Chinese characters may
// part two names there, and stays as a line end.
func cellClean(s string) string {
	var out []string
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) }) {
		if f = clean(f); f == "" {
			continue
		}
		if n := len(out); n > 0 && (narrowEnd(out[n-1]) || narrowStart(f)) {
			if narrowEnd(out[n-1]) && narrowStart(f) {
				f = " " + f
			}
			out[n-1] += f
			continue
		}
		out = append(out, f)
	}
	return strings.Join(out, "\n")
}

func narrowEnd(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return narrow(r)
}

func narrowStart(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return narrow(r)
}

// narrow is true of letters and digits of the Latin world.
func narrow(r rune) bool { return r < 0x2000 && !unicode.IsSpace(r) }

// width is how many columns a line takes: two for a wide character.
func width(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	if r >= 0x1100 && (r >= 0x2e80 && r <= 0xffe6 || r >= 0x20000 || r == '“' || r == '”') {
		return 2
	}
	return 1
}
