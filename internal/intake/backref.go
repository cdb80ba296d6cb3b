package intake

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"duban/internal/deadline"
	"duban/internal/plan"
	"duban/internal/words"
)

// otherYear asks when a year comes from an earlier sentence of the item and the
// year of issue would do as well: 2024年3月底前全部完成。…于11月15日前联网, in a paper
// of 2023. In another paragraph the plan's year is the likelier.
func (k *committer) otherYear(c *clause, r deadline.Reading) deadline.Reading {
	year := k.facts.Issued.Year
	if r.YearFrom != "item" || r.Kind != deadline.Due || r.Due.Year <= year || year == 0 || r.Begin > len(c.text) || r.Sure == deadline.Ask {
		return r
	}
	alt := r.Due
	if alt.Year = year; alt.Before(k.facts.Issued) || alt.Month == time.February {
		return r
	}
	before := c.text[:r.Begin]
	from := max(strings.LastIndex(before, "。"), strings.LastIndex(before, "\n"))
	if from < 0 || fourDigits.MatchString(fold(before[from:])) {
		return r
	}
	if st, from := k.stageOver(c, c.readings); st != nil && r.Begin >= from && within(*st, r.Due) && !within(*st, alt) {
		return r // the stage's heading gives the year
	}
	r.Sure, r.Ask, r.Other = deadline.Ask, "intake.why_year", alt
	if i := strings.LastIndex(before, "\n"); i >= 0 && !fourDigits.MatchString(fold(before[i:])) {
		r.Due, r.Other = alt, r.Due
	}
	return r
}

// backrefs applies a time said of 上述工作 to the clause's undated entries (A16).
func (k *committer) backrefs(c *clause, readings []deadline.Reading) {
	for _, r := range readings {
		if !r.BackRef || r.Kind != deadline.Due || r.Due.IsZero() {
			continue
		}
		if c.headLen > 0 && !slices.ContainsFunc(c.entries, func(e *entry) bool { return e.span.from < r.Begin }) { // the heading is the work
			m, _ := readMark(c.text)
			from := len(string([]rune(c.text)[:min(m.length, utf8.RuneCountInString(c.text))]))
			from, to := trimSpan(c.text, min(from, c.headLen), c.headLen)
			e := &entry{Kind: plan.Standing, Bracket: c.bracketFor(0), span: span{from, to}, Source: c.text[from:to], Title: shorten(tidyTitle(c.text[from:to]), 40)}
			k.owner(c, e, "")
			c.entries = append(c.entries, e)
		}
		k.dateBack(c, r, r.Begin)
	}
}

// dateBack gives a time to the undated entries that begin before at.
func (k *committer) dateBack(c *clause, r deadline.Reading, at int) {
	for _, e := range c.entries {
		if e.Kind == plan.Standing && e.Begin.IsZero() && e.span.from < at {
			e.Kind, e.rule, e.words = plan.Dated, r.Rule, r.Words
			k.timed(c.place, e, r)
			if e.Milestone == "" {
				e.Milestone = "完成"
			}
			e.Notes = append(e.Notes, k.asker.words.T("intake.note_backref", words.Data{"Words": r.Words}))
		}
	}
}

// backOver applies 以上工作 at the last item under a heading to the items before
// it (A16).
func (k *committer) backOver(cs []*clause) {
	for i, c := range cs {
		for _, r := range c.back {
			if r.Kind != deadline.Due || r.Due.IsZero() || c.parent == nil {
				continue
			}
			for j := i - 1; j >= 0 && cs[j].parent == c.parent; j-- {
				k.dateBack(cs[j], r, len(cs[j].text))
			}
		}
	}
}

// goalLine is what is to be reached of a problem, on a line of its own.
var goalLine = regexp.MustCompile(`(?m)^(?:整改|治理)?目标[:：] ?([^\n]+)$`)

// problemsLimit gives the limit of a problem to its numbered measures that have no time: 整改
// 时限：4月底⏎整改措施：⏎1.…⏎2.…. What else the limit is for is the problem's goal; where none
// is said and a measure has the limit, it is not the problem's.
func (k *committer) problemsLimit(cs []*clause) {
	for _, c := range cs {
		i := slices.IndexFunc(c.entries, func(e *entry) bool { return e.whole && e.Kind == plan.Dated && e.rule != "L1" })
		if i < 0 {
			continue
		}
		of, measured := c.entries[i], false
		for _, d := range cs {
			if d == c || d.parent == nil || len(d.parent.paras) == 0 || d.parent.paras[0].place != c.at {
				continue
			}
			for _, e := range d.entries {
				if e.Kind == plan.Standing && e.Begin.IsZero() && e.words == "" && !d.hasTimes() {
					e.Kind, e.rule, e.words, e.reading, e.sure = plan.Dated, of.rule, of.words, of.reading, of.sure
					e.Due, e.Soft, e.Milestone = of.Due, of.Soft, firstNonEmpty(of.Milestone, "完成")
					k.note(e, "note_heading", of.words)
				}
				measured = measured || e.Kind == plan.Dated && e.Due == of.Due
			}
		}
		if m := goalLine.FindStringSubmatchIndex(c.text); m != nil && hanIn(c.text[m[2]:m[3]]) >= 4 && m[3]-c.headStart() < 1200 {
			if from := min(c.headStart(), m[2]); strings.HasPrefix(strings.ReplaceAll(c.text[from:m[3]], "\n", ""), of.Source) {
				of.Source = strings.ReplaceAll(c.text[from:m[3]], "\n", "")
			}
			continue
		}
		if measured {
			c.entries = slices.Delete(c.entries, i, i+1)
		}
	}
}

// hasTimes tells that words of the clause were read as a time.
func (c *clause) hasTimes() bool {
	return slices.ContainsFunc(c.readings, func(r deadline.Reading) bool { return r.Kind != deadline.Target && r.Kind != deadline.None })
}

// aboveLead names who leads all the work above a sentence: 上述工作由市水利局牵头.
var aboveLead = regexp.MustCompile(`(?:上述|以上)(?:各项|几项|所有|全部)?(?:工作|任务|项目|措施|事项|内容)?(?:均|都|统一|全部)?由([\p{Han}]{2,16}?(?:局|委|委员会|办公室|办|厅|部|政府|管委会|中心|公司|集团|专班|指挥部))(?:牵头|负责|总牵头|统筹|组织|落实|实施|承担|具体)`)

// saysBeside tells that words follow other work with a time in the same paragraph, and so
// are about that work: 6月20日召开推进会；…。以上工作由市食安办组织。
func (c *clause) saysBeside(words string) bool {
	return slices.ContainsFunc(c.paras, func(p para) bool {
		before, _, ok := strings.Cut(tight(fold(p.text)), words)
		return ok && timeWord.MatchString(before) && strings.ContainsAny(before, "。;")
	})
}

// leadsAbove gives the entries above such a sentence, and those of its own item, its
// lead: all that name nobody who acts themselves. Who a bracket named assists.
func (k *committer) leadsAbove(cs []*clause) {
	for i, c := range cs {
		m := aboveLead.FindStringSubmatch(tight(fold(c.text)))
		if m == nil || !looksUnit(m[1]) {
			continue
		}
		k.reg.resolve(m[1], c.place)
		own := c.saysBeside(m[0])
		for _, above := range cs[:i+1] {
			if c.parent != nil && above.chapter != c.chapter || own && above != c {
				continue
			}
			for _, e := range above.entries {
				asked := e.Lead == k.reg.officeName && e.Bracket < 0
				if len(e.Each) > 0 || above != c && (above.role != roleTasks || !asked && e.Lead != "") {
					continue
				}
				var rest []string
				for _, n := range order(k.bracketOf(above, e)) {
					if !k.sameUnit(n.name, m[1]) {
						rest = append(rest, n.name)
					}
				}
				k.asker.forget("lead", above.place, e.Source)
				e.Lead, e.Assist, e.SetAssist = m[1], rest, true
				e.Notes = slices.DeleteFunc(e.Notes, func(n string) bool { return n == k.asker.words.T("intake.note_lead") })
			}
		}
	}
}
