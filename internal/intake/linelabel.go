package intake

import (
	"regexp"
	"strings"

	"duban/internal/deadline"
)

// labelsOthers tells that the first time of a sentence is the label of a line whose works have times
// of their own: 七月：7月15日前开课, 5月：县防指5月中旬组织演练, 11月：县防办总结全年工作，11月15日前将总结报市防办.
func (k *committer) labelsOthers(c *clause, s sentence, parts []span, marks []marked) bool {
	if len(marks) < 2 {
		return false
	}
	label, next := marks[0], marks[1]
	month := monthOnly.MatchString(tight(fold(label.Words)))
	if label.Kind != deadline.Window && !month || hanIn(c.text[s.from:max(s.from, label.Begin)]) > 0 || !labelColon.MatchString(tight(fold(c.text[label.End:min(s.to, label.End+30)]))) {
		return false
	}
	between := c.text[label.End:max(label.End, next.Begin)]
	if hanIn(between) <= 1 || k.namesAlone(between) {
		return true
	}
	return month && next.part == label.part+1 && next.Due.Month == label.Due.Month && next.Due.Year == label.Due.Year &&
		sumsWork.MatchString(tight(fold(c.text[label.End:parts[label.part].to]))) && sumHandedIn.MatchString(tight(fold(c.text[min(next.End, parts[next.part].to):parts[next.part].to])))
}

// labelMark is between a label and what it labels.
var labelMark = regexp.MustCompile(`^[）)]?(?:之?前|内|期间)?(?:重点|主要)?(?:任务|工作|计划|安排)?[：:]`)

// sumsWork is work that ends in a paper on it, and sumHandedIn that this paper is handed in.
var (
	sumsWork    = regexp.MustCompile(`总结|自查|自评|汇总`)
	sumHandedIn = regexp.MustCompile(`^前?(?:将|把)?[\p{Han}]{0,6}(?:总结|报告|材料|情况|汇总表)(?:报|送|上报)`)
)

// namesAlone tells that words are the names of who acts and no more: 5月：|县防指|5月中旬组织演练.
func (k *committer) namesAlone(t string) bool {
	t = strings.Trim(tight(fold(t)), ":, ")
	if strings.ContainsAny(t, ",;。") || hanIn(t) > 24 {
		return false
	}
	names, _ := k.subjectAt(t + "于")
	left := hanIn(t)
	for _, n := range names {
		left -= hanIn(n)
	}
	return len(names) > 0 && left <= 1
}
