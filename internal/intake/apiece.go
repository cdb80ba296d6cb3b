package intake

import (
	"regexp"
	"strings"

	"duban/internal/plan"
)

// allDone are words that say that the work before it is done, and no more.
var allDone = regexp.MustCompile(`^(?:确保|如期|按期)?(?:全部|全面)(?:完成|建成|完工|竣工)(?:任务|目标任务|全年任务|年度任务)?$`)

// allByThen makes one of a year's amount and the day of that year by which it is all
// done: 2023年新改建农村公路85公里，其中6月底前完成30公里，12月底前全部完成.
func (k *committer) allByThen(c *clause, s sentence) {
	n := len(c.entries)
	if n < 2 || c.entries[n-1].sentence != s.span || c.entries[n-1].Kind != plan.Dated || !allDone.MatchString(tight(tidyTitle(strings.Replace(c.entries[n-1].Source, c.entries[n-1].words, "", 1)))) {
		return
	}
	last := c.entries[n-1]
	for _, e := range c.entries[:n-1] {
		if e.sentence != s.span || e.Kind != plan.Dated || e.Due != last.Due || !wholeYear.MatchString(tight(fold(e.words))) {
			continue
		}
		k.aside = append(k.aside, Aside{Place: c.place, Words: e.words, Why: "target", at: e.phrase, c: c})
		e.phrase, e.words, e.rule, e.sure, e.reading = last.phrase, last.words, last.rule, last.sure, last.reading
		e.Begin, e.span.to = calendarZero, max(e.span.to, last.span.to)
		e.Source = c.text[e.span.from:e.span.to]
		c.entries = c.entries[:n-1]
		return
	}
}

var apiece = regexp.MustCompile(`分别(?:于|在)?$`)

// eachHisOwn deals the times of 市水务局、市财政局分别于6月底、9月底前完成自查 out to who is
// named, where they are as many.
func (k *committer) eachHisOwn(c *clause, s sentence, marks []marked) {
	if len(marks) < 2 || !apiece.MatchString(c.text[s.from:max(s.from, marks[0].Begin)]) {
		return
	}
	names, several := k.subject(c.text[s.from:s.to], &entry{})
	if len(names) != len(marks) {
		names = k.ofList(c.text[s.from:max(s.from, marks[0].Begin)], names, len(marks))
	}
	if several || len(names) != len(marks) {
		return
	}
	for i, m := range marks {
		for _, e := range c.entries {
			if e.phrase.from == m.Begin && e.Kind == plan.Dated {
				k.reg.resolve(names[i], c.place)
				e.Lead, e.Assist, e.SetAssist = names[i], nil, true
				if at := strings.Index(e.Title, "分别"); at > 0 {
					e.Title = e.Title[at+len("分别"):]
				}
				if br := k.bracketOf(c, e); len(br) > 0 {
					k.rest(e, br, names[i])
				}
			}
		}
	}
}

// ofList are the n names before 分别, also those that are no known bodies, where the first is
// one: 区委网信办、三大运营商分别在7月10日、7月31日前….
func (k *committer) ofList(head string, known []string, n int) []string {
	head, _, _ = strings.Cut(tight(fold(head)), "分别")
	var out []string
	for _, name := range strings.FieldsFunc(head, func(r rune) bool { return strings.ContainsRune("、和及与", r) }) {
		if hanIn(name) < 2 || hanIn(name) > 16 || strings.ContainsAny(name, ",:;。") {
			return known
		}
		out = append(out, k.printed(name))
	}
	if len(out) != n || len(known) > 0 && tight(fold(out[0])) != tight(fold(known[0])) || len(known) == 0 && !looksUnit(out[0]) {
		return known
	}
	return out
}
