package intake

import (
	"regexp"
	"strings"

	"duban/internal/deadline"
)

// shareWords gives the times of a list the words that follow it: 6月底、12月底分别
// 组织中期评估和年终考核. After 分别 the words are dealt out in order when there are
// as many as times.
func shareWords(text string, parts []span, marks []marked, segs []segment) []segment {
	for i := 0; i < len(marks); i++ {
		last := i
		for last+1 < len(marks) && listed(text[min(marks[last].End, marks[last+1].Begin):marks[last+1].Begin]) && oneDay(marks[last+1]) {
			last++
		}
		if last == i || !oneDay(marks[i]) {
			continue
		}
		from, to := parts[marks[i].part].from, parts[marks[last].part].to
		for n := marks[last].part + 1; n < len(parts) && (last+1 == len(marks) || marks[last+1].part > n) && listed(text[marks[last].End:parts[marks[last].part].to]); n++ {
			to = parts[n].to
		}
		if last+1 < len(marks) && marks[last+1].part == marks[last].part {
			to = marks[last+1].Begin
		}
		head, tail := text[from:marks[i].Begin], text[marks[last].End:to]
		if i == 0 && marks[i].part > 0 && (hanIn(head) <= 2 || setFor.MatchString(tight(head))) && (hanIn(tail) == 0 || thinVerb.MatchString(tidyTitle(tail)) || onlyDone.MatchString(tidyTitle(tail))) { // 各组织一次灭鼠，5月和10月完成
			from = parts[marks[i].part-1].from
			head = text[from:parts[marks[i].part].from]
		}
		dealt := dealOut(tail, last-i+1)
		for n := i; n <= last; n++ {
			for s := range segs {
				if segs[s].reading == nil || segs[s].reading.Begin != marks[n].Begin {
					continue
				}
				segs[s].from, segs[s].to = trimSpan(text, from, to)
				segs[s].words = tidyTitle(danglers.ReplaceAllString(head, "") + dealt[n-i])
			}
		}
		i = last
	}
	return shareVerb(text, parts, marks, segs)
}

// setFor is before times that are set for what was said before them: 分别安排在5月和10月.
var setFor = regexp.MustCompile(`^(?:分别|各|分)?(?:安排|计划|定|拟|放|集中|分布)?(?:在|于|至|为)$`)

var timesApart = regexp.MustCompile(`^(?:之?前|前)?[、,，]$`)

// shareVerb gives the things of a list that have times of their own the verb behind
// the last: 东河6月底、西河9月底、南河12月底前完成清淤.
func shareVerb(text string, parts []span, marks []marked, segs []segment) []segment {
	for i := 0; i < len(marks); i++ {
		last := i
		for last+1 < len(marks) && marks[last+1].part == marks[i].part {
			between := tight(text[marks[last].End:max(marks[last].End, marks[last+1].Begin)])
			cut := strings.Index(between, "、")
			if cut < 0 || !timesApart.MatchString(between[:cut+len("、")]) || hanIn(between[cut:]) < 1 || hanIn(between[cut:]) > 8 {
				break
			}
			last++
		}
		if last == i {
			continue
		}
		tail := tight(text[marks[last].End:parts[marks[last].part].to])
		tail = strings.TrimPrefix(strings.TrimPrefix(tail, "之前"), "前")
		if last+1 < len(marks) && marks[last+1].part == marks[last].part || !doneVerb.MatchString(tail) && !thinVerb.MatchString(tail) && !actsVerb.MatchString(tail) && !strings.HasPrefix(tail, "将") {
			continue
		}
		from := parts[marks[i].part].from
		for n := i; n <= last; n++ {
			own := tidyTitle(danglers.ReplaceAllString(text[min(from, marks[n].Begin):marks[n].Begin], ""))
			for s := range segs {
				if segs[s].reading != nil && segs[s].reading.Begin == marks[n].Begin && segs[s].words == "" {
					segs[s].words = own + tail
				}
			}
			from = marks[n].End + strings.Index(text[marks[n].End:], "、") + len("、")
		}
		i = last
	}
	return segs
}

// oneDay is true of a limit, and of a month that work falls in: 5月、10月各开展一次.
func oneDay(m marked) bool {
	return m.Kind == deadline.Due || m.Kind == deadline.Window && m.Rule == "Y1"
}

func listed(between string) bool {
	switch tight(fold(between)) {
	case "、", ",", "和", "及", "与", "以及", "前、", "前和", "":
		return true
	}
	return false
}

// dealOut hands out what follows 分别 to n times, or all of it to each.
func dealOut(tail string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = tail
	}
	before, after, ok := strings.Cut(tail, "分别")
	if !ok {
		return out
	}
	pieces := strings.FieldsFunc(strings.NewReplacer("和", "、", "以及", "、", "及", "、").Replace(after), func(r rune) bool { return r == '、' || r == '，' || r == ',' })
	if len(pieces) < n {
		return out
	}
	verb := ""
	for _, v := range []string{"不低于", "不少于", "不超过", "达到", "完成", "组织", "开展", "实现", "报送", "上报"} {
		if strings.HasPrefix(pieces[0], v) {
			verb = v
		}
	}
	for i := range out {
		piece := pieces[i]
		if i > 0 && hanIn(piece) < 3 {
			piece = verb + piece
		}
		out[i] = before + piece
	}
	return out
}

var (
	thenWho  = regexp.MustCompile(`^(?:至少|不少于)?[、,]([\p{Han}()]{2,16})$`)
	whoFirst = regexp.MustCompile(`(?:^|[,:;。])(?:由|并|要|实行|建立)?([\p{Han}()]{2,16})$`)
	atLeast  = regexp.MustCompile(`^(?:至少|不少于)`)
)

// shareLevels gives each of several bodies with a rhythm of its own the work that is
// written after the last: 市级河长每季度、县级河长每月、乡级河长每周巡河一次.
func shareLevels(text string, parts []span, marks []marked, segs []segment) []segment {
	for i := 0; i < len(marks); i++ {
		last := i
		who := []string{""}
		for last+1 < len(marks) && marks[last].Kind == deadline.Recurring && marks[last+1].Kind == deadline.Recurring {
			m := thenWho.FindStringSubmatch(tight(fold(text[min(marks[last].End, marks[last+1].Begin):marks[last+1].Begin])))
			if m == nil || actsVerb.MatchString(m[1]) {
				break
			}
			who = append(who, m[1])
			last++
		}
		p := parts[marks[i].part]
		m := whoFirst.FindStringSubmatch(tight(fold(text[p.from:max(p.from, marks[i].Begin)])))
		end := parts[marks[last].part].to
		if last+1 < len(marks) && marks[last+1].part == marks[last].part {
			end = cutBefore(text, marks[last].End, marks[last+1].Begin)
		}
		tail := tidyTitle(atLeast.ReplaceAllString(strings.TrimSpace(text[marks[last].End:max(marks[last].End, end)]), ""))
		if last == i || m == nil || hanIn(tail) < 2 {
			continue
		}
		who[0] = m[1]
		for n := i; n <= last; n++ {
			for s := range segs {
				if segs[s].reading == nil || segs[s].reading.Begin != marks[n].Begin {
					continue
				}
				segs[s].from, segs[s].to = trimSpan(text, p.from, end)
				segs[s].words, segs[s].who = tail, who[n-i]
			}
		}
		i = last
	}
	return segs
}
