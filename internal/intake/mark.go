package intake

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Styles of outline marks, in the order in which documents nest them; a
// document may leave some out, and outline.go nests by first appearance.
const (
	stylePart       = iota // 第一部分, 第一章
	styleHan               // 一、
	styleParen             // （一）
	styleMonth             // 九月份, a line of its own
	styleArticle           // 第一条
	styleDigit             // 1.  1、  1．
	styleDotted            // 1.1  1.1.1
	styleParenDigit        // （1）
	styleHalfParen         // 1）
	styleCircle            // ①
	styleDash              // ——
)

// mark is the number in front of an item.
type mark struct {
	style  int
	num    int
	sub    int    // dots in a dotted number
	box    bool   // the head of a box: 专栏1
	text   string // as printed, without spaces: （一）
	length int    // runes it takes, with the spaces after it
}

var (
	rePart        = regexp.MustCompile(`^第([一二三四五六七八九十百零〇]+|\d{1,3})(部分|章|编|篇|节) *`)
	reArticle     = regexp.MustCompile(`^第([一二三四五六七八九十百零〇]+|\d{1,3})条 *[、.:]?`)
	reStage       = regexp.MustCompile(`^第([一二三四五六七八]|\d)(?:阶段|步) *[:：,，]? *`)
	reProblem     = regexp.MustCompile(`^(?:问题|任务|事项|整改事项|榜题|课题|议题|提案|举措|行动)([一二三四五六七八九十]{1,3}|\d{1,3}) ?[:.、] *`)
	reProblemLine = regexp.MustCompile(`^(?:反馈)?(?:问题|任务|事项|整改事项|榜题|课题|议题|提案|举措|行动)([一二三四五六七八九十]{1,3}|\d{1,3})$`)
	reHan         = regexp.MustCompile(`^([一二三四五六七八九十百]{1,4}) ?[、.,] *`)
	reParen       = regexp.MustCompile(`^[(\[] ?([一二三四五六七八九十百]{1,4}) ?[)\]] *[、.]? *`)
	reDotted      = regexp.MustCompile(`^(\d{1,2}(?:\.\d{1,2}){1,3})[、. ] *`)
	reDotted2     = regexp.MustCompile(`^(\d{1,2}(?:\.\d{1,2}){1,3})\p{Han}`)
	reDigit       = regexp.MustCompile(`^(\d{1,3}) ?([、.]) *`)
	dateStart     = regexp.MustCompile(`^(?:(?:19|20)\d\d ?年|\d{1,2} ?月)`)
	reDigitSpace  = regexp.MustCompile(`^(\d{1,2}) +`)
	reParenDigit  = regexp.MustCompile(`^[(\[] ?(\d{1,3}) ?[)\]] *[、.]? *`)
	reHalfParen   = regexp.MustCompile(`^(\d{1,3}) ?\) *`)
	reDash        = regexp.MustCompile(`^(-{1,2}|[●■◆▲★·•]) *`)

	annexHead = regexp.MustCompile(`^附(件|表|录|图)? *([一二三四五六七八九十]+|\d{1,2}(?:-\d{1,2})?)? *[:：.、]? *$|^附(件|表) *([一二三四五六七八九十]+|\d{1,2}(?:-\d{1,2})?) *[:：.、]? *\p{Han}`)
	docNumber = regexp.MustCompile(`[\p{Han}]{1,12}(?:〔|\[|［|【|﹝|\(|（) ?(?:19|20)\d\d ?(?:〕|\]|］|】|﹞|\)|）) ?第? ?\d{1,4} ?号`)
)

func markStart(r rune) bool {
	switch {
	case r == '第' || strings.ContainsRune("问任事整榜课议提举行", r) || r == '(' || r == '[' || r == '-':
		return true
	case r >= '0' && r <= '9', r >= '①' && r <= '⑳', r >= '⑴' && r <= '⒇':
		return true
	}
	return strings.ContainsRune("一二三四五六七八九十", r)
}

func readMark(text string) (mark, bool) {
	if utf8.RuneCountInString(text) == 0 {
		return mark{}, false
	}
	head := text
	if n := 0; len(head) > 96 {
		for i := range head {
			if n++; n > 24 {
				head = head[:i]
				break
			}
		}
	}
	return readMarkRunes([]rune(fold(strings.TrimLeft(head, " \u3000"))))
}

func readMarkRunes(rs []rune) (mark, bool) {
	if len(rs) == 0 || !markStart(rs[0]) && !strings.ContainsRune("●■◆▲★·•", rs[0]) {
		return mark{}, false
	}
	if rs[0] >= '①' && rs[0] <= '⑳' {
		return mark{style: styleCircle, num: int(rs[0]-'①') + 1, text: string(rs[0]), length: 1}, true
	}
	if rs[0] >= '⑴' && rs[0] <= '⒇' {
		return mark{style: styleParenDigit, num: int(rs[0]-'⑴') + 1, text: string(rs[0]), length: 1}, true
	}
	s := string(rs)
	try := func(re *regexp.Regexp, style int) (mark, bool) {
		m := re.FindStringSubmatch(s)
		if m == nil {
			return mark{}, false
		}
		num := 0
		if len(m) > 1 {
			num = number(m[1])
		}
		return mark{style: style, num: num, text: tight(m[0]), length: utf8.RuneCountInString(m[0])}, true
	}
	for _, r := range []struct {
		re    *regexp.Regexp
		style int
	}{{rePart, stylePart}, {reArticle, styleArticle}, {reProblem, styleArticle}, {reProblemLine, styleArticle}, {reStage, styleArticle}, {reParen, styleParen}, {reHan, styleHan}, {reParenDigit, styleParenDigit}, {reHalfParen, styleHalfParen}} {
		if m, ok := try(r.re, r.style); ok {
			return m, true
		}
	}
	if m := reDotted.FindStringSubmatch(s); m != nil && !(strings.HasSuffix(m[0], ".") && len(m[0]) < len(s) && s[len(m[0])] >= '0' && s[len(m[0])] <= '9') { // 3.1.1市防办 is not 3.1. and 1
		return mark{style: styleDotted, num: lastNumber(m[1]), sub: strings.Count(m[1], "."), text: m[1], length: utf8.RuneCountInString(m[0])}, true
	}
	if m := reDotted2.FindStringSubmatch(s); m != nil && !unitAfter(s[len(m[1]):]) {
		return mark{style: styleDotted, num: lastNumber(m[1]), sub: strings.Count(m[1], "."), text: m[1], length: utf8.RuneCountInString(m[1])}, true
	}
	if m := reDigit.FindStringSubmatch(s); m != nil {
		rest := s[len(m[0]):]
		if rest == "" || dateStart.MatchString(rest) || !(rest[0] >= '0' && rest[0] <= '9' && m[2] == ".") {
			return mark{style: styleDigit, num: number(m[1]), text: m[1] + m[2], length: utf8.RuneCountInString(m[0])}, true
		}
		return mark{}, false
	}
	if m := reDigitSpace.FindStringSubmatch(s); m != nil {
		if r, _ := utf8.DecodeRuneInString(s[len(m[0]):]); unicode.Is(unicode.Han, r) && !strings.ContainsRune("年月日个项家座条处万亿", r) {
			return mark{style: styleDigit, num: number(m[1]), text: m[1], length: utf8.RuneCountInString(m[0])}, true
		}
	}
	return try(reDash, styleDash)
}

// unitAfter is true when what follows a dotted number makes it a quantity:
// 2.1万亩.
func unitAfter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("万亿千百亩元米公平立吨个倍年月日度级小时%％", r)
}

// number reads 十二 or 12.
func number(s string) int {
	n, digits := 0, false
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n = n*10 + int(r-'0')
			digits = true
		}
	}
	if digits {
		return n
	}
	total, cur := 0, 0
	for _, r := range s {
		switch {
		case r == '百':
			total += max(cur, 1) * 100
			cur = 0
		case r == '十':
			total += max(cur, 1) * 10
			cur = 0
		default:
			cur = max(0, strings.IndexRune("零一二三四五六七八九", r)/len("零"))
			if r == '两' {
				cur = 2
			}
		}
	}
	return total + cur
}

func lastNumber(s string) int { return number(s[strings.LastIndex(s, ".")+1:]) }

// chinese writes 12 as 十二, as numbering.xml's chineseCounting does.
func chinese(n int) string {
	const digits = "零一二三四五六七八九"
	d := func(i int) string { return string([]rune(digits)[i]) }
	switch {
	case n < 0 || n > 999:
		return ""
	case n < 10:
		return d(n)
	case n < 20:
		return "十" + tail(n%10, d)
	case n < 100:
		return d(n/10) + "十" + tail(n%10, d)
	}
	rest := ""
	if n%100 > 0 {
		rest = chinese(n % 100)
		if n%100 < 10 {
			rest = "零" + rest
		} else if n%100 < 20 {
			rest = "一" + rest
		}
	}
	return d(n/100) + "百" + rest
}

func tail(n int, d func(int) string) string {
	if n == 0 {
		return ""
	}
	return d(n)
}

func isAnnexHead(t string) bool {
	return utf8.RuneCountInString(t) <= 60 && annexHead.MatchString(fold(strings.TrimSpace(t)))
}
