package intake

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/deadline"
)

// inStage gives times that are written without a year the year in which they lie
// within the stage above them: 总结验收（2022年3月至4月）⏎3月20日前组织自验.
func (k *committer) inStage(c *clause, rs []deadline.Reading) []deadline.Reading {
	st, from := k.stageOver(c, rs)
	out := slices.Clone(rs)
	k.notOfPolicy(c, out)
	if st == nil {
		k.nextYears(out)
		k.notPast(c, out)
		return out
	}
	for i, r := range out {
		if r.Begin < from || r.Kind != deadline.Due && r.Kind != deadline.Window || r.Due.IsZero() || r.YearFrom == "written" || r.YearFrom == "word" || within(*st, r.Due) {
			continue
		}
		for y := st.Start.Year; y <= st.Due.Year; y++ {
			due := inYear(r.Due, y)
			if !within(*st, due) {
				continue
			}
			if !r.Start.IsZero() {
				r.Start = inYear(r.Start, r.Start.Year+y-r.Due.Year)
			}
			r.Due, r.Other, r.YearFrom = due, calendarZero, "item"
			if r.Ask == "deadline.before_issue" {
				r.Sure, r.Ask = deadline.Likely, ""
			}
			out[i] = r
			break
		}
	}
	k.notPast(c, out)
	return out
}

// forTheStage gives rhythms below a stage that has a first and a last day those days, where they
// name none themselves: 集中整治阶段（9月11日—11月30日）…每周开展2次行动.
func (k *committer) forTheStage(c *clause, rs []deadline.Reading) []deadline.Reading {
	st, from := k.stageOver(c, rs)
	if st == nil || st.Words == "" || st.Start.IsZero() || st.Due.Before(k.facts.Issued) {
		return rs
	}
	out := slices.Clone(rs)
	for i, r := range out {
		if r.Begin >= from {
			out[i] = forTheTime(c.text, r, *st)
		}
	}
	return out
}

// forTheTime is a rhythm with the first and last day of the time over it; what is to last is left.
func forTheTime(text string, r, over deadline.Reading) deadline.Reading {
	if r.Kind != deadline.Recurring || r.Recurrence == "" || r.Recurrence == deadline.Yearly || !r.Start.IsZero() || !r.Recur.Until.IsZero() || !r.Due.IsZero() {
		return r
	}
	line := lineOf(text, r.Begin)
	if toLast.MatchString(text[line.from:min(line.to, r.End)]) {
		return r
	}
	r.Start, r.Recur.Until = over.Start, over.Due
	return r
}

// toLast is said of what goes on behind the stage that it is in.
var toLast = regexp.MustCompile(`长效|常态|长期|今后|以后|此后|持续`)

// inSeason is inStage for a cell of a table in a paper whose times are the next ones.
func (k *committer) inSeason(c *clause, rs []deadline.Reading) []deadline.Reading {
	if !k.facts.Season {
		return rs
	}
	return k.inStage(c, rs)
}

// notOfPolicy gives a time without a year, which stands behind the time for which a policy
// holds, the year of the plan: 自2019年6月1日起至2025年12月31日免征增值税。…8月底前出台办法.
func (k *committer) notOfPolicy(c *clause, rs []deadline.Reading) {
	year := k.facts.Year
	for i, r := range rs {
		if i == 0 || year == 0 || r.Kind != deadline.Due || r.YearFrom != "item" || r.Due.IsZero() {
			continue
		}
		o := rs[i-1]
		if o.Kind != deadline.Window || o.Start.IsZero() || o.Due.Year != r.Due.Year || o.Start.Year == o.Due.Year || o.End > len(c.text) || !policyTerm.MatchString(tight(fold(c.text[o.End:min(len(c.text), o.End+60)]))) {
			continue
		}
		if due := inYear(r.Due, year); year != r.Due.Year && !due.Before(k.facts.Issued) {
			rs[i].Due, rs[i].YearFrom = due, "plan"
			if r.Ask == "deadline.before_issue" || r.Sure == deadline.Sure {
				rs[i].Sure, rs[i].Ask = deadline.Likely, ""
			}
		}
	}
}

// onThatGround is between what has been done and what is to be done next.
var onThatGround = regexp.MustCompile(`^[^。；]{0,24}(?:的?基础上|之后|后)，`)

// notPast gives a limit without a year, which stands beside a past year, the year of issue
// where it is then still to come: 2021年12月前完成排查的基础上，6月底前完成整治. The past year is
// asked about, unless it only says what has been done already.
func (k *committer) notPast(c *clause, rs []deadline.Reading) {
	issued := k.facts.Issued
	for i, r := range rs {
		if issued.IsZero() || r.Kind != deadline.Due || r.YearFrom != "item" || r.Due.IsZero() || r.Due.Year >= issued.Year {
			continue
		}
		alt := inYear(r.Due, issued.Year)
		if alt.Before(issued) {
			continue
		}
		done := i > 0 && (rs[i-1].Condition || rs[i-1].Kind == deadline.Target || rs[i-1].End <= r.Begin && onThatGround.MatchString(c.text[rs[i-1].End:min(r.Begin, len(c.text))]))
		rs[i].Due, rs[i].Other, rs[i].YearFrom, rs[i].Sure, rs[i].Ask = alt, r.Due, "issued", deadline.Ask, "intake.why_past_year"
		if done {
			rs[i].Other, rs[i].Sure, rs[i].Ask = calendarZero, deadline.Likely, ""
		}
	}
}

// within tells that a day lies in a stage's time.
func within(st deadline.Reading, d calendar.Day) bool {
	return !d.Before(st.Start) && !d.After(st.Due)
}

// inYear is the day of another year; a month's last day stays the last.
func inYear(d calendar.Day, year int) calendar.Day {
	end := d == d.MonthEnd()
	d = calendar.NewDay(year, d.Month, min(d.Date, 28)).AddDays(max(0, d.Date-28))
	if end {
		return calendar.NewDay(year, d.Month, 1).MonthEnd()
	}
	return d
}

// ofYear is a heading that is a year and no more: 2023年度任务.
var ofYear = regexp.MustCompile(`^((?:19|20)\d\d)年度?(?:重点|主要)?(?:任务|目标|目标任务|安排|工作|工作任务|计划|建设任务|工作安排|项目)?:?$`)

// nextYears gives the times of a paper that is about the next year, and was issued well
// before it, the year of issue where they are then still to come: the next year is asked
// about, and is not meant where the paper prepares that year (编制2022年部门预算).
func (k *committer) nextYears(rs []deadline.Reading) {
	issued := k.facts.Issued
	if issued.IsZero() || !k.facts.Titled || k.facts.Year != issued.Year+1 || issued.Month > 10 {
		return
	}
	for i, r := range rs {
		if r.Kind != deadline.Due || r.YearFrom != "plan" || r.Due.IsZero() || r.Sure == deadline.Ask {
			continue
		}
		if alt := inYear(r.Due, issued.Year); !alt.Before(issued) {
			rs[i].Sure, rs[i].Ask, rs[i].Other = deadline.Ask, "intake.why_year", alt
		}
	}
}

// stageOver is the stage that a clause's times belong to, by the clause's own heading or
// one above it, and the byte of the clause's text from which they do.
func (k *committer) stageOver(c *clause, rs []deadline.Reading) (*deadline.Reading, int) {
	for _, r := range rs {
		if r.Begin < c.headLen && r.Kind == deadline.Window && !r.Start.IsZero() && !r.Due.IsZero() {
			return &r, r.End
		}
	}
	if m := stageYear.FindStringSubmatch(strings.TrimRight(tight(fold(c.text[:c.headLen])), "。:;")); m != nil {
		y := number(m[1])
		return &deadline.Reading{Kind: deadline.Window, Start: calendar.NewDay(y, 1, 1), Due: calendar.NewDay(y, 12, 31)}, c.headLen
	}
	for n := c.parent; n != nil; n = n.parent {
		if m := ofYear.FindStringSubmatch(tight(fold(n.title))); m != nil { // （二）2023年⏎1.上半年建成…
			y := number(m[1])
			return &deadline.Reading{Kind: deadline.Window, Start: calendar.NewDay(y, 1, 1), Due: calendar.NewDay(y, 12, 31)}, 0
		}
		if m := stageYear.FindStringSubmatch(tight(fold(n.title))); m != nil { // （四）迎检阶段（2023年）
			y := number(m[1])
			return &deadline.Reading{Kind: deadline.Window, Start: calendar.NewDay(y, 1, 1), Due: calendar.NewDay(y, 12, 31)}, 0
		}
		if s := k.stageOf(n); s.reading != nil {
			if r := s.reading; r.Kind == deadline.Window && !r.Start.IsZero() {
				return r, 0
			}
			return nil, 0
		}
	}
	if d := k.facts.Issued; k.facts.Season && !d.IsZero() {
		return &deadline.Reading{Kind: deadline.Window, Start: d, Due: d.AddDays(240)}, 0
	}
	return nil, 0
}

// stageYear is the year of a stage in brackets behind its name.
var stageYear = regexp.MustCompile(`(?:阶段|时期|步)\(((?:19|20)\d\d)年度?\)$`)

// nextYear is how a rhythm's sentence names the year after each of its years.
var nextYear = regexp.MustCompile(`^(?:次年|翌年|下一年度?|第二年|下年度?)`)

// yearly makes a duty of a day of the next year that follows a yearly rhythm, or what is
// said of each year in a paper of several: 每年开展一次评估，评估报告于次年2月15日前报送.
func (c *clause) yearly(rs []deadline.Reading, f facts) {
	for i, r := range rs {
		if r.Kind != deadline.Due || r.Due.IsZero() || !nextYear.MatchString(tight(fold(r.Words))) {
			continue
		}
		from := strings.LastIndexAny(c.text[:r.Begin], "。\n") + 1
		often := false
		for _, o := range rs[:i] {
			often = often || o.Begin >= from && o.Kind == deadline.Recurring && (o.Recurrence == deadline.Yearly || f.LastYear > f.Year)
		}
		if !often && !(f.LastYear > f.Year && strings.Contains(c.text[from:r.Begin], "年度")) {
			continue
		}
		day := r.Due.Date
		if r.Due == r.Due.MonthEnd() {
			day = -1
		}
		rs[i].Kind, rs[i].Recurrence, rs[i].Recur = deadline.Recurring, deadline.Yearly, deadline.Recur{Months: []time.Month{r.Due.Month}, Day: day}
		rs[i].Start, rs[i].Due, rs[i].Other = calendar.NewDay(r.Due.Year, 1, 1), calendarZero, calendarZero
		if rs[i].Sure == deadline.Likely {
			rs[i].Sure = deadline.Sure
		}
	}
}
