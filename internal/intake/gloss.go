package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/internal/deadline"
)

var (
	// glossed ends the words that a day in brackets explains: 国庆节前（9月30日前）.
	glossed = regexp.MustCompile(`(?:[于在至到][\p{Han}“”·0-9]{2,10}|(?:元旦|春节|清明|五一|劳动|端午|中秋|国庆|儿童|妇女|植树|建军|教师|重阳)节?(?:假期)?|(?:[本下]个?)?(?:周|星期|礼拜)[一二三四五六日天末]|(?:主?汛期|入汛|汛|采暖季?|供暖|入冬|放假|开学|月底|月末|年底|年末|季末|季度末))(?:之前|以前|前)?$`)
	// notGloss is work before a bracket and no name of a time.
	notGloss = regexp.MustCompile(`完成|建成|启动|开展|报送|上报|印发|出台|实现|制定|整改|验收|办结|落实|工程|项目`)
	// dayName is behind a day and says it once more, with its hour: （周二）下午5点前.
	dayName = regexp.MustCompile(`^ ?[（(](?:(?:周|星期|礼拜)[一二三四五六日天]|[\p{Han}]{2,6}[节日])[）)] ?(?:上午|下午|晚上?|中午)? ?(?:\d{1,2}(?:[:：]\d{2}|[点时](?:\d{1,2}分|半|整)?))?(?:下班)?(?:之前|以前|前)`)
	// behind and afterIt follow the bracket: （9月30日）前, （6月9日）后.
	behind  = regexp.MustCompile(`^(?:之前|以前|前|止)`)
	afterIt = regexp.MustCompile(`^ ?(?:之后|以后|后)`)
	// hasDay is a written day.
	hasDay = regexp.MustCompile(`\d日|\d号|\d\.\d`)
	// inTime is all that may follow the day within its bracket: （4月底前完成）.
	inTime = regexp.MustCompile(`^(?:之?前|以前|内)?(?:全部|全面)?(?:完成|整改到位|办结|建成|落实|启动|到位|投用|竣工)?$`)
)

// bracketAround is the bracket that holds a reading and no more, but for words such as
// 前 and 完成; ok is false where there is none.
func bracketAround(text string, r deadline.Reading) (from, to int, ok bool) {
	head := strings.TrimRight(text[:r.Begin], " \u3000")
	if rest, cut := strings.CutSuffix(head, "于"); cut {
		head = rest
	}
	last, n := utf8.DecodeLastRuneInString(head)
	if foldRune(last) != '(' {
		return 0, 0, false
	}
	tail := text[r.End:min(len(text), r.End+60)]
	i := strings.IndexAny(tail, "）)")
	if i < 0 || !inTime.MatchString(tight(fold(tail[:i]))) {
		return 0, 0, false
	}
	_, m := utf8.DecodeRuneInString(tail[i:])
	return len(head) - n, r.End + i + m, true
}

// glosses makes one reading of a time and of the day in brackets that explains it:
// 于本周五（3月4日）前, 国庆节前（9月30日前）.
func glosses(text string, rs []deadline.Reading) []deadline.Reading {
	var out []deadline.Reading
	for _, r := range rs {
		if r.Kind == deadline.Due && !r.Due.IsZero() && r.End < len(text) {
			if m := dayName.FindString(text[r.End:min(len(text), r.End+120)]); m != "" { // 3月15日（周二）下午5点前
				r.End += len(m)
				r.Words = text[r.Begin:r.End]
			}
		}
		from, to, ok := bracketAround(text, r)
		if ok && r.Kind == deadline.Due && !r.Due.IsZero() {
			if after := afterIt.FindString(text[to:]); after != "" { // 高考结束（6月9日）后
				r.Kind, r.Start, r.Due = deadline.Start, r.Due, calendarZero
				r.End = to + len(after)
				r.Words = text[r.Begin:r.End]
			}
		}
		if !ok || r.Kind != deadline.Due || r.Due.IsZero() {
			out = append(out, r)
			continue
		}
		n := len(out)
		before := tight(fold(text[max(0, from-60):from]))
		if i := strings.LastIndexAny(before, ",。;:、)"); i >= 0 {
			before = before[i+1:]
		}
		said := glossed.FindString(before)
		front := behind.FindString(strings.TrimLeft(text[to:], " "))
		begin := -1
		switch {
		case n > 0 && out[n-1].End <= from && (out[n-1].Kind == deadline.Due || out[n-1].Kind == deadline.Season) && hanIn(text[out[n-1].End:from]) <= 2 && behind.MatchString(strings.TrimSpace(text[out[n-1].End:from])+"前"):
			begin = out[n-1].Begin
			if o := out[n-1]; hasDay.MatchString(fold(o.Words)) && !hasDay.MatchString(fold(r.Words)) { // 1月25日（春节前）
				r.Due, r.Start, r.Rule, r.Sure, r.Ask, r.YearFrom = o.Due, o.Start, o.Rule, o.Sure, o.Ask, o.YearFrom
			}
		case said != "" && !notGloss.MatchString(said) && (front != "" || strings.HasSuffix(said, "前") || !strings.ContainsAny(said[:3], "于在至到")):
			begin = glossFrom(text, from, said)
		}
		if begin < 0 {
			out = append(out, r)
			continue
		}
		out = slices.DeleteFunc(out, func(o deadline.Reading) bool { return o.Begin >= begin })
		r.Begin = begin
		r.End = to
		if front != "" {
			r.End += strings.Index(text[to:], front) + len(front)
		}
		r.Words = text[r.Begin:r.End]
		out = append(out, r)
	}
	return out
}

// glossFrom is where the words that a bracket explains begin, without 于 before them.
func glossFrom(text string, from int, said string) int {
	at := from
	for left := utf8.RuneCountInString(said); left > 0 && at > 0; {
		r, n := utf8.DecodeLastRuneInString(text[:at])
		at -= n
		if r != ' ' && r != '\u3000' {
			left--
		}
	}
	for _, w := range []string{"于", "在", "至", "到"} {
		at += len(text[at:]) - len(strings.TrimPrefix(text[at:], w))
	}
	return at
}

// ownLimits are the items of a sentence that each have their limit in a bracket behind
// them: 第二季度：完成招标（4月底前）、建成泵站（5月20日前）. A time before them is of the
// whole and the limit of what has none. nil where the sentence is not of that kind.
func (k *committer) ownLimits(c *clause, s sentence, marks []marked) []segment {
	var outer *marked
	var own []int
	for i, m := range marks {
		if _, _, ok := bracketAround(c.text, m.Reading); ok && m.Kind == deadline.Due && !m.Due.IsZero() {
			own = append(own, i)
		} else if i == 0 && hanIn(c.text[s.from:m.Begin]) <= 4 && labelEnd.MatchString(tight(fold(c.text[m.End:min(len(c.text), m.End+30)]))) {
			outer = &marks[0]
		} else {
			return nil
		}
	}
	if len(own) == 0 || len(own) == 1 && outer == nil {
		return nil
	}
	var out []segment
	pos := s.from
	if outer != nil {
		pos = outer.End + strings.IndexAny(c.text[outer.End:], "：:，,")
	}
	for _, i := range own {
		from, to, _ := bracketAround(c.text, marks[i].Reading)
		if outer != nil { // the words before the item that have no limit of their own
			if cut := strings.LastIndexAny(c.text[pos:from], "；;"); cut > 0 {
				if a, b := trimSpan(c.text, pos, pos+cut); hanIn(c.text[a:b]) >= 4 {
					out = append(out, segment{span: span{a, b}, reading: &outer.Reading, words: tidyTitle(c.text[a:b])})
				}
				pos += cut
			}
		}
		g := segment{reading: &marks[i].Reading}
		g.from, g.to = trimSpan(c.text, pos, to)
		if g.from >= from || hanIn(c.text[g.from:from]) < 2 {
			return nil
		}
		g.words = tidyTitle(c.text[g.from:from])
		out = append(out, g)
		pos = to
	}
	if a, b := trimSpan(c.text, pos, s.to); hanIn(c.text[a:max(a, b)]) >= 4 {
		g := segment{span: span{a, b}}
		if outer != nil {
			g.reading, g.words = &outer.Reading, tidyTitle(c.text[a:b])
		}
		out = append(out, g)
	}
	if outer != nil && !slices.ContainsFunc(out, func(g segment) bool { return g.reading == &outer.Reading }) {
		k.aside = append(k.aside, Aside{Place: c.place, Words: outer.Words, Why: "stage", at: span{outer.Begin, outer.End}, c: c})
	}
	return out
}

// labelEnd is behind a time that is the label of what follows.
var labelEnd = regexp.MustCompile(`^\)?(?:之?前|内|期间)?(?:重点|主要)?(?:任务|工作|计划|安排|目标)?[:,]`)
