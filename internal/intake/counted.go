package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/internal/deadline"
)

var (
	// mustBy is between who acts and a time.
	mustBy = regexp.MustCompile(`(?:须|需|应当?|要|必须|务必|请|限|在|于|,)+$`)
	// ofCases is in words about what may come at any time, each case with a day of its own.
	// servedBy is behind a term within which each matter that comes is served.
	servedBy = regexp.MustCompile(`^(?:全部|一律|应|须)?(?:办结|办理|办完|受理|答复|送达|响应|回复|审批|审结|核发|发证|出证|到场|上门|接通|理赔|赔付|兑付)`)
	// toldOnce is an event that comes once, soon after the issue: that the paper arrives.
	toldOnce = regexp.MustCompile(`(?:接到?|收到?)(?:本|此|该)?(?:通知|文件?|函)$`)
	ofCases  = regexp.MustCompile(`对|的,|[接收]到|接报|发现|发生|出现|受理|举报|投诉|信访[件事问]|诉求|申请|如|若|凡|遇|逾期|每|各类|问题|情形|联审|并联审批|审批中|绿色通道|后,|\p{Han}{2,}后由`)
)

// countedOn gives a term that is counted from nothing the text names the day on which it
// ends from the issue on, and has it asked, where somebody does something by it once:
// 请市财政局5日内拨付资金. What is said of cases (群众投诉5日内答复) has no day.
func (k *committer) countedOn(c *clause, rs []deadline.Reading) []deadline.Reading {
	out := slices.Clone(rs)
	for i, r := range rs {
		if isTerm(r) && (told(r) || r.Ask == "deadline.event_missing" && k.once(c, rs, out, i)) {
			out[i] = k.fromIssue(r)
		}
	}
	return out
}

func isTerm(r deadline.Reading) bool {
	return r.Kind == deadline.Relative && r.Due.IsZero() && r.Offset.Unit != "" && !r.Offset.Before
}

// told tells that a term is counted from the arrival of the paper.
func told(r deadline.Reading) bool {
	return toldOnce.MatchString(tight(fold(r.Event))) && !strings.ContainsAny(r.Event, "每凡")
}

// fromIssue makes a limit of a term, counted from the issue, which a person confirms.
func (k *committer) fromIssue(r deadline.Reading) deadline.Reading {
	due := r.FromIssue(k.facts.Issued, k.ctx.Calendar)
	r.Kind, r.Relative, r.Sure, r.Due = deadline.Due, false, deadline.Ask, due
	return r
}

// once tells that the words before the i-th time of a clause, in its sentence, name who
// acts, give a limit counted from the issue, or are none, and speak of no cases.
func (k *committer) once(c *clause, rs, out []deadline.Reading, i int) bool {
	from, at, goesOn := 0, rs[i].Begin, false
	if i > 0 {
		from = min(at, out[i-1].End)
	}
	if stop := strings.LastIndexFunc(c.text[from:at], func(r rune) bool { return strings.ContainsRune("。；;！？!?\n", r) }); stop >= 0 || i == 0 {
		if stop >= 0 {
			_, n := utf8.DecodeRuneInString(c.text[from+stop:])
			from += stop + n
		}
		if m, ok := readMark(c.text[from:rs[i].End]); ok {
			from = min(at, from+len(string([]rune(c.text[from:rs[i].End])[:m.length])))
		}
	} else {
		goesOn = rs[i-1].Kind == deadline.Relative && out[i-1].Kind == deadline.Due
	}
	before := tight(fold(c.text[from:at]))
	if ofCases.MatchString(before) {
		return false
	}
	if own := mustBy.ReplaceAllString(before[strings.LastIndex(before, ",")+1:], ""); own != "" && servedBy.MatchString(tight(fold(c.text[rs[i].End:min(len(c.text), rs[i].End+40)]))) && !looksUnit(own) {
		if names, _ := k.subject(own, &entry{}); len(names) == 0 {
			return false // 用电报装5个工作日内办结: each of them, whenever it comes
		}
	}
	who := strings.TrimPrefix(mustBy.ReplaceAllString(before, ""), "请")
	if goesOn || who == "" || looksUnit(who[strings.LastIndexAny(who, ",、")+1:]) {
		return true
	}
	names, _ := k.subject(before, &entry{})
	return len(names) > 0
}
