package deadline

import "strings"

// eventOf looks back from the number at i for the event a term is counted from:
// 自收到…之日起, 约谈结束后, 会后, 次日起. It returns the event's words, where the
// phrase begins, and whether the next day is said to be the first.
func (s *scan) eventOf(i int) (event string, from int, next bool) {
	end := i
	for {
		w := s.before(end, "，", ",", "的", "应当", "应", "须", "在", "于", "要", "必须", "急件", " ")
		if w == "" || w == "急件" {
			break
		}
		end -= runes(w)
	}
	w := s.before(end, "之日的次日起", "次日起", "的第二日起", "第二天起", "之日起计算", "之日起", "当日起", "之日后", "日起", "之后", "以后", "后起", "后", "起算", "起")
	if w == "" {
		return s.farEvent(i)
	}
	next = strings.Contains(w, "次日") || strings.Contains(w, "第二")
	stop := end - runes(w)
	from = s.eventStart(stop)
	event = s.str(s.skip(from, "自", "从", "在", "于", "经", "应自", "应在"), stop)
	return strings.TrimRight(event, "的之"), from, next
}

// eventStart steps back from stop to where the event's words begin: 自, 从, a
// comma, or the last reading's end.
func (s *scan) eventStart(stop int) int {
	from := max(s.clause[max(0, min(stop, len(s.c)-1))].from, stop-40)
	if stop > 0 {
		from = max(s.clause[stop-1].from, stop-40)
	}
	if len(s.spans) > 0 {
		from = max(from, min(stop, s.spans[len(s.spans)-1].to))
	}
	for k := stop - 1; k >= from; k-- {
		if s.lit(k, "自") && !s.one2(k, "自然", "自查", "自治", "自行", "自主", "自评", "自筹", "自来", "自身", "自建") || s.lit(k, "从") && !s.one2(k, "从事", "从业") {
			return k
		}
	}
	for k := stop - 1; k >= from; k-- {
		if (s.lit(k, "在") || s.lit(k, "于")) && !s.one2(k, "在建", "在线", "在职", "在编", "在册", "于是") && !s.back(k+1, "存在") && !s.back(k+1, "现在") && !s.back(k+1, "关于") && !s.back(k+1, "对于") && !s.back(k+1, "由于") {
			return k
		}
	}
	for from < stop && strings.ContainsRune("、)〕\"", s.at(from)) {
		from++
	}
	return from
}

// sameEvent is the event of the reading before in the same sentence, from which a
// second term is counted too: 接件后1日内联系，5日内办结.
func (s *scan) sameEvent(i int) string {
	n := len(s.out)
	if n == 0 || s.out[n-1].Kind != Relative || s.out[n-1].Offset.Before || s.sent[s.spans[n-1].from] != s.sent[i] {
		return ""
	}
	return s.out[n-1].Event
}

// farEvent looks further back in the sentence: 约谈后，被约谈方应在5个工作日内.
func (s *scan) farEvent(i int) (string, int, bool) {
	floor := max(s.sent[i].from, i-40)
	if len(s.spans) > 0 {
		floor = max(floor, s.spans[len(s.spans)-1].to)
	}
	for k := i - 1; k >= floor; k-- {
		for _, w := range []string{"之日起", "后,", "后，", "后…", "之后，"} {
			if s.lit(k, w) {
				from := s.eventStart(k)
				if from < k {
					return s.str(s.skip(from, "自", "从", "在", "于", "经"), k), i, false
				}
			}
		}
	}
	return "", i, false
}

// casesBefore are the cases of which each has its own day, in the clause before:
// 对新发现的企业，一个月内完成.
func (s *scan) casesBefore(i int) string {
	from := s.sent[i].from
	if len(s.spans) > 0 {
		from = max(from, s.spans[len(s.spans)-1].to)
	}
	end := s.clause[i].from
	if end <= from || end-from > 40 {
		return ""
	}
	for k := from; k < end; k++ {
		if s.lit(k, "对") && !s.back(k, "针") && s.has(k, end, "新发现", "发现的", "新增的", "查出的", "排查出", "检查出", "举报", "投诉", "受理", "反馈的", "交办的", "逾期", "新投", "违法", "违规") {
			return s.str(k, s.noComma(k, end))
		}
	}
	return ""
}

// noComma leaves out commas and spaces before end.
func (s *scan) noComma(from, end int) int {
	for end > from && (s.at(end-1) == ',' || s.at(end-1) == '，' || s.at(end-1) == ' ') {
		end--
	}
	return end
}

// backEvents are the events that a term can be counted back from.
var backEvents = []string{"届满", "期满", "到期", "召开", "举行", "举办", "开工", "结束", "实施", "开始", "离任", "投运", "启用", "会议", "活动", "施工", "开庭", "换届"}

// eventBefore is the event whose word ends right before i (届满90日前), or "".
func (s *scan) eventBefore(i int) string {
	end := i
	if s.back(end, "的") {
		end--
	}
	return s.before(end, backEvents...)
}

// backward is the event when 前 follows the term and one is before it, or 提前.
func (s *scan) backward(t term) string {
	if s.before(t.from, "提前") != "" {
		return "提前"
	}
	if s.at(t.to) != '前' && !s.lit(t.to, "之前") && !s.lit(t.to, "以前") {
		return ""
	}
	return s.eventBefore(t.from)
}

func (s *scan) beforeEvent(t term, event string) ([]hit, int) {
	h := hit{Reading{Kind: Relative, Relative: true, Rule: "A17", Sure: Sure, Offset: Offset{N: t.n, Least: t.least, Unit: t.unit, Before: true}}, t.span}
	if event == "提前" {
		h.from -= 2
		h.Event = ""
		ask(&h, "deadline.event_missing")
		return []hit{h}, t.to
	}
	h.to = s.skip(t.to, "之前", "以前", "前")
	h.from = s.eventStart(t.from)
	h.Event = s.str(s.skip(h.from, "自", "从", "在", "于"), t.from)
	return []hit{h}, h.to
}
