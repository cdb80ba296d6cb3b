package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/internal/calendar"
	"duban/internal/deadline"
)

// saidWords are the words in which people choose an option.
var saidWords = map[string][]string{
	"yes":       {"yes", "y", "是", "是的", "对", "对的", "要", "好", "可以", "同意", "确认", "立项", "ok"},
	"no":        {"no", "n", "否", "不", "不是", "不要", "不用", "不同意", "不立项", "非"},
	"none":      {"none", "无", "没有", "不设", "不设时限", "无时限", "没有时限", "长期", "不定"},
	"same":      {"same", "同一", "同一个", "同一个单位", "同一单位", "同一项", "相同", "一样", "是同一个", "是同一项", "yes", "y", "是", "是的", "对"},
	"different": {"different", "不同", "不同的", "不是同一个", "不是同一项", "两个", "两个单位", "两项", "no", "n", "否", "不", "不是"},
	"each":      {"each", "各自", "各自完成", "分别", "分别完成", "各自负责", "逐个"},
	"joint":     {"joint", "共同", "共同完成", "一项", "一项共同任务", "合并", "联合", "共同任务"},
	"body":      {"body", "正文", "以正文为准"},
	"annex":     {"annex", "附件", "附表", "以附件为准", "以附表为准"},
	"month":     {"month", "每月", "按月", "月", "一月一次", "每月一次", "monthly"},
	"quarter":   {"quarter", "每季度", "按季度", "每季", "季度", "每季度一次", "quarterly"},
	"halfyear":  {"halfyear", "每半年", "半年", "半年一次", "每半年一次"},
	"year":      {"year", "每年", "按年", "一年一次", "每年一次", "yearly"},
}

// filledIn are words for contacts that were filled in where they stand.
var filledIn = regexp.MustCompile(`^(?:已|都|全)*(?:补|填|改|录|更新|完善|ok|yes|是|好|done)`)

// noAnswer are words that answer nothing.
var noAnswer = regexp.MustCompile(`^(?:待定|不知道|不清楚|不详|未知|另定|再说|待补|待补录|待核|不确定|unknown|tbd|todo|\?+)$`)

// understand reads an answer in the words people use and returns it as the code
// takes it: an option's own word, a day as 2021-06-30, or the text itself. ok is
// false for what the question cannot take.
func (a *asker) understand(kind, proposal string, options []string, raw string) (said string, ok bool) {
	word := strings.ToLower(strings.Trim(tight(fold(raw)), ".。!;"))
	if noAnswer.MatchString(word) {
		return "", false
	}
	for _, o := range options {
		if slices.Contains(saidWords[o], word) {
			return o, true
		}
	}
	switch kind {
	case "which_date", "date", "limit", "past", "unread", "aside", "issued", "damage":
		if kind != "issued" && slices.Contains(saidWords["none"], word) || (kind == "unread" || kind == "aside") && slices.Contains(saidWords["no"], word) {
			return "none", true
		}
		if proposal != "" && slices.Contains(saidWords["yes"], word) {
			return proposal, true
		}
		if d, ok := a.day(raw); ok {
			return d.String(), true
		}
		return "", false
	case "lead", "members", "office", "leadership", "name":
		if kind != "members" && proposal != "" && slices.Contains(saidWords["yes"], word) {
			return proposal, true
		}
		names, _, _ := readUnits(fold(raw), seatOwner)
		for _, n := range names {
			if slices.Contains(saidWords["yes"], n.name) || slices.Contains(saidWords["no"], n.name) || utf8.RuneCountInString(n.name) < 2 || notUnit.MatchString(fold(n.name)) {
				return "", false
			}
		}
		return raw, len(names) > 0
	case "season":
		return raw, seasonDays.MatchString(tight(fold(raw)))
	case "contacts":
		return raw, filledIn.MatchString(word)
	case "rhythm":
		_, ok := oneRhythm(raw, a.ctx)
		return raw, ok
	case "table":
		if proposal != "" && slices.Contains(saidWords["yes"], word) {
			return proposal, true
		}
		_, ok := tableAnswer(raw, options)
		return raw, ok
	case "title":
		return raw, hanIn(raw) >= 2
	}
	return raw, len(options) == 0
}

var eightDigits = regexp.MustCompile(`^((?:19|20)\d\d)(\d\d)(\d\d)$`)

// day reads a date from an answer: 2021-06-30, 20210630, 2021年6月30日, or a limit
// as plans word it, 6月底前.
func (a *asker) day(raw string) (calendar.Day, bool) {
	if d, ok := parseAnswerDay(raw); ok {
		return d, true
	}
	t := tight(fold(raw))
	if m := eightDigits.FindStringSubmatch(t); m != nil {
		return civil(m[1], m[2], m[3])
	}
	ctx := a.ctx
	ctx.ColumnCell, ctx.Inherit = true, 0
	read := deadline.Read(t, ctx)
	if len(read) != 1 || read[0].Kind != deadline.Due && read[0].Kind != deadline.Window || read[0].Due.IsZero() || read[0].Sure == deadline.Ask {
		return calendarZero, false
	}
	return read[0].Due, hanIn(t[:read[0].Begin]+t[read[0].End:]) <= 4
}
