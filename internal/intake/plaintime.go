package intake

import (
	"regexp"
	"slices"
	"strings"

	"duban/internal/calendar"
	"duban/internal/deadline"
)

// plainTime finds what looks like a time without knowing what times are: it holds
// the phrase reader to account.
var plainTime = regexp.MustCompile(`(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])日?(?:之前|以前|前)|[0-9〇○零一二三四五六七八九十两]+ ?个?(?:年度?|月份?|季度|旬|周|工作日|天|日)(?:[0-9]{1,2}[日号])?(?:[上下]半年|上旬|中旬|下旬|底|末|初|中|内)?(?:之前|以前|前|止)?|[本今明次当全半]年度?(?:底|末|内|终)?(?:之前|以前|前)?|年[底末终](?:之前|以前|前)?|[上下]半年|每个?[年月季周旬日天]度?|[上中下]旬|月底前?|季度末?|底前|\p{Han}节(?:之|以)?前`)

// plainLimit is true of such words that say by when, so that a person must look.
var plainLimit = regexp.MustCompile(`(?:前|止|底|末)$`)

// plain adds what the plain search finds and the phrase reader does not: names,
// numbers, lengths of time. What says by when is asked about, unless the place says
// why it is none: of is that reason, "" for none.
func (a *accountant) plain(p para, of string) {
	f, back := foldTight(p.text)
	for _, m := range plainTime.FindAllStringIndex(f, -1) {
		s := span{back[m[0]], back[m[1]]}
		if a.at(s) > 0 {
			continue
		}
		before := p.text[max(0, s.from-400):s.from]
		var why fate
		switch {
		case of != "":
			why = aside(of)
		case strings.LastIndex(before, "《") > strings.LastIndex(before, "》"), docNumber.MatchString(p.text[max(0, s.from-60):min(len(p.text), s.to+24)]):
			why = aside("name")
		case plainLimit.MatchString(f[m[0]:m[1]]) && (strings.ContainsAny(f[m[0]:m[1]], "年月日底") || !digitDay(f[m[0]:m[1]]).IsZero()) && !slices.Contains(plainNames, f[m[0]:m[1]]):
			why = a.lost(nil, p, p.text, deadline.Reading{Kind: deadline.Due, Due: digitDay(f[m[0]:m[1]]), Begin: s.from, End: s.to, Words: p.text[s.from:s.to]})
		default:
			why = aside("plain")
		}
		a.add(p, s, "", why)
	}
}

// digitDay is the day of 20220630前; zero for other words.
func digitDay(w string) calendar.Day {
	w = strings.TrimRight(w, "日之以前")
	if m := eightDigits.FindStringSubmatch(w); m != nil {
		d, _ := civil(m[1], m[2], m[3])
		return d
	}
	return calendarZero
}

// plainNames are words of the plain search that no limit can be alone.
var plainNames = []string{"季度末", "年终", "上半年", "下半年"}

// foldTight is a text folded and without spaces, with the byte of the text that
// each of its bytes came from.
func foldTight(s string) (string, []int) {
	var b strings.Builder
	var back []int
	for i, r := range s {
		t := tight(string(foldRune(r)))
		b.WriteString(t)
		for range len(t) {
			back = append(back, i)
		}
	}
	return b.String(), append(back, len(s))
}
