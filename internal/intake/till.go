package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/internal/deadline"
)

// runsIn tells that a duty's sentence begins with the time in which it is owed:
// 6月1日至9月30日，市水文局每日8时前报送.
func runsIn(text string, w, r deadline.Reading) bool {
	before := strings.TrimRight(text[:w.Begin], " \n")
	between := text[w.End:max(w.End, r.Begin)]
	last, _ := utf8.DecodeLastRuneInString(before)
	begins := before == "" || strings.ContainsRune("。;、).", foldRune(last))
	return begins && strings.HasPrefix(strings.TrimLeft(fold(between), "期间内 "), ",") && len(between) < 120 && !strings.ContainsAny(fold(between), "。;")
}

var (
	untilWord = regexp.MustCompile(`(?:直至|直到|持续至|持续到)$`)
	// untilGap and untilEnd are around 至2024年底 and 到2024年12月 where the words say how long
	// a rhythm goes on.
	untilGap = regexp.MustCompile(`(?:直|持续|延续|[,，])$`)
	untilEnd = regexp.MustCompile(`^(?:止|为止|结束|期满)?[。;；，,）)\n]|^(?:止|为止|结束|期满)?$`)
)

// goesOnTill is true of a day that ends the rhythm before it in the sentence.
func goesOnTill(text string, r deadline.Reading) bool {
	before := text[max(0, r.Begin-12):r.Begin]
	return untilWord.MatchString(before) || (strings.HasPrefix(r.Words, "至") || strings.HasPrefix(r.Words, "到")) && untilGap.MatchString(before) && untilEnd.MatchString(text[r.End:])
}

// dayAlone is a day of the month without its month.
var dayAlone = regexp.MustCompile(`^(?:月[末底]|\d{1,2}[日号])前?$`)

// mechanism is before a rhythm that is the name of a way of working.
var mechanism = regexp.MustCompile(`(?:实行|建立|落实|执行|坚持|健全|推行|实施|完善)(?:[\p{Han}]{2,4})?$`)

// mechanismOf is behind such a rhythm.
var mechanismOf = regexp.MustCompile(`^[\p{Han}“”]{0,6}(?:机制|制度)`)

// wayOfWorking is a comma part that only says how one works: 实行日调度、周通报制度.
var wayOfWorking = regexp.MustCompile(`(?:实行|建立|落实|执行|坚持|健全|推行|实施|完善)[^,。;]*(?:制度|机制)$`)

// inName tells that a rhythm is part of the name of such a way.
func inName(text string, r deadline.Reading) bool {
	from := strings.LastIndexAny(text[:r.Begin], "，,。；;\n") + 1
	to := len(text)
	if i := strings.IndexAny(text[r.End:], "，,。；;\n"); i >= 0 {
		to = r.End + i
	}
	for from < r.Begin && !utf8.RuneStart(text[from]) {
		from++
	}
	m := wayOfWorking.FindStringIndex(tight(fold(text[from:to])))
	return m != nil && m[0] <= len(tight(fold(text[from:r.Begin])))
}

// untilThen ends a recurrence where the sentence says 直至2023年3月底.
func untilThen(text string, rs []deadline.Reading) []deadline.Reading {
	var out []deadline.Reading
	for i, r := range rs {
		n := len(out)
		if i+1 < len(rs) && r.Kind == deadline.Recurring && rs[i+1].Kind == deadline.Recurring && r.Recurrence == rs[i+1].Recurrence && len(r.Recur.Days) == 0 && strings.HasPrefix(tight(r.Words), "按") {
			continue // 按季拨付补贴，每季度首月15日前到位: one rhythm
		}
		if r.Kind == deadline.Recurring && i+1 < len(rs) && rs[i+1].Kind == deadline.Recurring && r.Recurrence == rs[i+1].Recurrence && mechanism.MatchString(text[max(0, r.Begin-18):r.Begin]) {
			if i > 0 && rs[i-1].Kind == deadline.Window && !rs[i-1].Start.IsZero() && len(out) > 0 && out[len(out)-1].Begin == rs[i-1].Begin && strings.TrimSpace(text[rs[i-1].End:r.Begin]) == strings.TrimSpace(mechanism.FindString(text[rs[i-1].End:r.Begin])) {
				rs[i+1].Start, rs[i+1].Recur.Until = rs[i-1].Start, rs[i-1].Due
				out = out[:len(out)-1]
			}
			continue // 3月至4月实行周调度，各区每周四报送进度: one rhythm, in that time
		}
		if r.Kind == deadline.Recurring && inName(text, r) && slices.ContainsFunc(rs[i+1:], func(o deadline.Reading) bool {
			return o.Kind == deadline.Recurring && o.Recurrence == r.Recurrence && !inName(text, o)
		}) {
			continue // 实行专班调度、周通报制度，各县每周四前报送进展: one rhythm
		}
		if r.Kind == deadline.Recurring && i+1 < len(rs) && rs[i+1].Kind == deadline.Recurring && mechanismOf.MatchString(text[r.End:min(len(text), r.End+60)]) && mechanism.MatchString(text[max(0, r.Begin-18):r.Begin]) {
			continue // 建立半月调度机制，每月1日、16日通报: the name of the way of working
		}
		if r.Kind == deadline.Recurring && i+1 < len(rs) && rs[i+1].Kind == deadline.Due && strings.ContainsAny(text[r.End:max(r.End, rs[i+1].Begin)], "（(") && !strings.ContainsAny(text[r.End:max(r.End, rs[i+1].Begin)], "）)。；") && dayAlone.MatchString(tight(fold(rs[i+1].Words))) {
			r.Sure, r.Ask = deadline.Ask, "deadline.period_missing" // 每半月上报（15日、月末）: its days are said elsewhere
			out = append(out, r)
			for i+1 < len(rs) && dayAlone.MatchString(tight(fold(rs[i+1].Words))) {
				rs[i+1].Kind = deadline.Target
				i++
			}
			continue
		}
		if r.Kind == deadline.Window && !r.Start.IsZero() && i+1 < len(rs) && rs[i+1].Kind == deadline.Recurring && runsIn(text, r, rs[i+1]) {
			rs[i+1].Start, rs[i+1].Recur.Until = r.Start, r.Due
			continue
		}
		if n > 0 && out[n-1].Kind == deadline.Recurring && r.Kind == deadline.Due && !r.Due.IsZero() && goesOnTill(text, r) {
			out[n-1].Recur.Until = r.Due
			continue
		}
		out = append(out, r)
	}
	return out
}
