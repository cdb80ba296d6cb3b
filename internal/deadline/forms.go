package deadline

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// forms maps characters that are only another form of a usual one, as many PDF
// printers write them: Kangxi radicals (⽉ ⽔), radicals of the supplement (⻋), and
// compatibility ideographs.
var forms = func() map[rune]rune {
	m := pairs("⺀乙⺁厂⺃乙⺅人⺆冂⺈刀⺉刀⺊卜⺌小⺍小⺎兀⺏尢⺒巳⺓幺⺔彐⺖心⺗心⺘手⺙攴⺛无⺝月⺟母⺠民⺡水⺢水⺣火⺤爪⺨犬⺩王⺫目⺬示⺭示⺮竹⺯糸⺰纟⺱网⺲网⺳网⺴网⺶羊⺷羊⺸羊⺹老⺺聿⺻聿⺼月⺽臼⺾艸⺿艸" +
		"⻀艸⻁虎⻂衣⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑长⻒长⻓长⻔门⻖阜⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻟食⻠饣⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻬齐⻮齿⻯龙⻰龙⻳龟")
	add := func(from, to rune) {
		for r := from; r <= to; r++ {
			if s := norm.NFKC.String(string(r)); utf8.RuneCountInString(s) == 1 {
				if plain, _ := utf8.DecodeRuneInString(s); plain != r {
					m[r] = plain
				}
			}
		}
	}
	add(0x2F00, 0x2FDF)
	add(0xF900, 0xFAD9)
	return m
}()

// Plain is the usual form of a character that is only another form of it (⽉ is
// 月), and any other rune itself. It does not simplify.
func Plain(r rune) rune {
	if r < 0x2E80 || r > 0x2FDF && r < 0xF900 || r > 0xFAD9 {
		return r
	}
	if s, ok := forms[r]; ok {
		return s
	}
	return r
}

// Invisible is true of characters that print nothing: soft hyphens, zero-width
// spaces and joiners, direction marks, variation selectors.
func Invisible(r rune) bool {
	switch {
	case r == '\u00ad', r == '\u034f', r == '\u061c', r == '\u180e', r == '\ufeff':
		return true
	case r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u206f':
		return true
	case r >= '\ufe00' && r <= '\ufe0f', r >= 0xE0100 && r <= 0xE01EF, r >= '\ufff9' && r <= '\ufffb':
		return true
	}
	return false
}
