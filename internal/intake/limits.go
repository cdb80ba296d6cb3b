package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/internal/calendar"
	"duban/internal/deadline"
)

// limits makes the entry of a bracket that names a time for the whole clause:
// 完成时限：2021年6月底.
func (k *committer) limits(c *clause, readings []deadline.Reading) {
	for i, r := range c.found {
		if r.limit == "" {
			continue
		}
		from := c.f.rawAt(r.limitAt)
		to := from + len(k.rawLimit(c, r))
		ctx := k.ctx
		ctx.ColumnCell = true
		ctx.Inherit = 0
		read := deadline.Read(c.text[from:to], ctx)
		bracket := c.bracketFor(i)
		made := false
		if asAbove.MatchString(tight(fold(r.limit))) && k.lastLimit != nil { // 完成时限：同上
			same := *k.lastLimit
			same.Begin, same.End, same.Words = 0, to-from, c.text[from:to]
			read = []deadline.Reading{same}
		} else if len(read) == 1 {
			k.lastLimit = &read[0]
		}
		for _, one := range read {
			if isTerm(one) { // 完成时限：5个工作日内
				one = k.fromIssue(one)
			}
			whole := wholeYear.MatchString(tight(fold(one.Words)))
			if atOnce(one, read) { // 立行立改，5月底前完成
				k.aside = append(k.aside, Aside{Place: c.place, Words: one.Words, Why: "target", at: span{from + one.Begin, from + one.End}, c: c})
				continue
			}
			if tight(fold(one.Words)) == "全年" && byLaw.MatchString(tight(fold(c.text[:from]))) {
				k.aside = append(k.aside, Aside{Place: c.place, Words: one.Words, Why: "target", at: span{from + one.Begin, from + one.End}, c: c})
				continue // 对混装混运行为依法查处。时间要求：全年
			}
			if len(read) > 1 && whole && !byWholeYear(c.text[from:to], one) || whole && c.recursBefore(readings, from, bracket) {
				continue
			}
			if one.Kind == deadline.Window && !one.Start.IsZero() && c.recursBefore(readings, from, bracket) { // 每周夜查（9月至12月，交警大队）
				c.within = &one
				k.aside = append(k.aside, Aside{Place: c.place, Words: one.Words, Why: "stage", at: span{from + one.Begin, from + one.End}, c: c})
				continue
			}
			if !k.counts(c, one, span{from, to}, true) {
				continue
			}
			one.Begin += from
			one.End += from
			e := k.dated(c, one, span{from, to}, bracket)
			if e == nil {
				continue
			}
			what := strings.Trim(c.text[from:to], " 。；;")
			topic := clauseTopic(c)
			region := c.region(i, to)
			for _, s := range c.sentences(readings) { // a sentence with a time of its own is not under this limit
				if s.from >= region.from && s.to < c.f.rawAt(r.from) && hanIn(c.text[s.to:c.f.rawAt(r.from)]) >= 3 && slices.ContainsFunc(s.readings, func(o deadline.Reading) bool {
					return o.Kind == deadline.Recurring && o.Recurrence != "" || !o.Due.IsZero() && !wholeYear.MatchString(tight(fold(o.Words)))
				}) {
					region.from, region.to = trimSpan(c.text, s.to, region.to)
					topic = tidyTitle(firstSentence(c.text[region.from:region.to]))
				}
			}
			if !c.ofProblem(r) && len(read) == 1 && k.saysItsDay(c, readings, min(c.f.rawAt(r.from), from), one) { // …，12月20日前通过验收。整改时限：12月底前
				k.aside = append(k.aside, Aside{Place: c.place, Words: one.Words, Why: "stage", at: span{one.Begin, one.End}, c: c})
				made = true
				continue
			}
			if len(c.found) > 1 {
				topic = tidyTitle(firstSentence(c.text[region.from:region.to]))
			}
			if c.ofProblem(r) { // 整改时限 is the whole problem's
				region.from = min(c.headStart(), region.to)
				topic = clauseTopic(c)
				e.whole = true
			}
			e.Title = shorten(c.withMeasure(topic), 40)
			if len(read) > 1 {
				e.Title = shorten(topic+"："+partOnly(c.text, span{from, to}, one, read), 48)
			}
			e.Source = what
			if utf8.RuneCountInString(c.text[region.from:region.to]) < 400 {
				e.Source = strings.ReplaceAll(c.text[region.from:region.to], "\n", "")
			}
			at := e.span
			e.span = span{} // 问题厕所5月底前: the words of a limit name no actor
			k.owner(c, e, "")
			e.span = at
			c.entries = append(c.entries, e)
			if len(c.found) == 1 && hanIn(c.text[c.f.rawAt(r.to):]) > 8 && !c.ofProblem(r) { // 治理内涝点（8月底前）：市水务局扩容。市住建局改造
				k.otherActors(c, e, readings)
			}
			made = true
		}
		if made {
			c.covered(bracket)
		}
	}
}

// saysItsDay tells that the sentence before a label, the last of several that all have days, has
// one in the month of the label's limit, which then adds nothing.
func (k *committer) saysItsDay(c *clause, readings []deadline.Reading, label int, limit deadline.Reading) bool {
	var last *sentence
	n := 0
	for _, s := range c.sentences(readings) {
		if s.to > label || s.from < c.headLen || hanIn(c.text[s.from:s.to]) <= 6 && len(s.readings) == 0 { // 整改措施：
			continue
		}
		if !slices.ContainsFunc(s.readings, func(o deadline.Reading) bool { return o.Kind == deadline.Due && !o.Due.IsZero() }) {
			return false
		}
		last = &s
		n++
	}
	if n < 2 {
		return false
	}
	o := last.readings[len(last.readings)-1]
	return o.Kind == deadline.Due && o.Due.Year == limit.Due.Year && o.Due.Month == limit.Due.Month && !o.Due.After(limit.Due)
}

// byLaw is before the labels of an item that is done whenever there is cause.
var byLaw = regexp.MustCompile(`(?:依法|依规|从严|严肃|严厉)(?:依规|从严|从快)?(?:查处|处理|处罚|打击|惩处|问责)[^。;]{0,12}[。;,]?(?:[^。;:]{2,6}:[^。;:]*[。;])*[\p{Han}]{2,6}:$`)

// byWholeYear tells that a limit says how much of the work the whole year is for, beside
// another time: 上半年实现30项，全年实现60项.
func byWholeYear(text string, r deadline.Reading) bool {
	p := partHolding(text, r, span{0, len(text)})
	return strings.ContainsAny(fold(text[min(r.End, p.to):max(r.End, p.to)]), "0123456789")
}

// ofProblem tells that a limit has a line of its own under a problem's goals and
// measures, and so is the problem's.
func (c *clause) ofProblem(r responsibility) bool {
	if c.f.f[r.from] == '(' || c.f.f[r.from] == '[' || len(c.paras) < 3 {
		return false
	}
	return slices.ContainsFunc(c.paras[1:], func(p para) bool { return blockLine.MatchString(fold(p.text)) })
}

// headStart is where the words of the clause begin behind its number.
func (c *clause) headStart() int {
	m, _ := readMark(c.text)
	return len(string([]rune(c.text)[:min(m.length, utf8.RuneCountInString(c.text))]))
}

// asAbove refers to what was said of the item before.
var asAbove = regexp.MustCompile(`^同[上前](?:项|条)?$`)

// partOnly is the part of a limit, between commas or semicolons, in which one of its times is
// written; the whole limit where another time is in the same part.
func partOnly(text string, s span, r deadline.Reading, all []deadline.Reading) string {
	within := s
	if i := strings.LastIndexAny(text[s.from:r.Begin], "；;"); i >= 0 {
		within.from = s.from + i
		_, n := utf8.DecodeRuneInString(text[within.from:])
		within.from += n
	}
	if i := strings.IndexAny(text[r.End:s.to], "；;"); i >= 0 {
		within.to = r.End + i
	}
	p := partHolding(text, r, within)
	for _, o := range all {
		if o.Begin += s.from; o.Begin != r.Begin && o.Begin >= p.from && o.Begin < p.to {
			p = s
		}
	}
	return strings.Trim(text[p.from:p.to], " ，,。；;")
}

// recursBefore tells that the text of a bracket is a duty: 每月巡查（市政中心，全年） is
// no work due at the year's end.
func (c *clause) recursBefore(readings []deadline.Reading, to, bracket int) bool {
	from := c.headLen
	if bracket > 0 && bracket < len(c.found) {
		from = c.f.rawAt(c.found[bracket-1].to)
	}
	return slices.ContainsFunc(readings, func(r deadline.Reading) bool {
		return r.Kind == deadline.Recurring && r.Recurrence != "" && r.Begin >= from && r.End <= to
	})
}

// measureLine is the line of a block that says what is done, by its label.
var measureLine = regexp.MustCompile(`(?m)^ *(?:整改|治理|工作|建设|整治|修复|改造|实施|项目|服务|具体|主要|办理)?(?:措施|任务|内容)[:：] *([^\n]+)$`)

// withMeasure is a block's heading with what is done, where a line of its own says that in one sentence
// and the heading only names a thing (梅塘河) or what is wrong.
func (c *clause) withMeasure(topic string) string {
	m := measureLine.FindStringSubmatch(c.text)
	if m == nil || len(measureLine.FindAllString(c.text, 2)) > 1 {
		return topic
	}
	wrong := wrongLine.FindString(fold(topic))
	said := tidyTitle(m[1])
	if hanIn(said) < 4 || strings.ContainsAny(said, "。；;") || timeWord.MatchString(fold(said)) || saysDone(topic) && wrong == "" {
		return string([]rune(topic)[utf8.RuneCountInString(wrong):])
	}
	if wrong == "" && hanIn(topic) <= 8 {
		return topic + "：" + said
	}
	return said
}

// headLimits makes the entry of a time in the heading, which covers the
// paragraphs below: （一）动员部署阶段（4月15日前）.
func (k *committer) headLimits(c *clause, readings []deadline.Reading) {
	m, _ := readMark(c.text)
	from := len(string([]rune(c.text)[:min(m.length, utf8.RuneCountInString(c.text))]))
	for _, r := range readings {
		if r.Begin >= from && r.End <= c.headLen && atOnce(r, readingsIn(readings, from, c.headLen)) { // 5月31日前，完成立行立改
			k.aside = append(k.aside, Aside{Place: c.place, Words: r.Words, Why: "target", at: span{r.Begin, r.End}, c: c})
			continue
		}
		if r.Begin < from || r.End > c.headLen || c.above && c.bodyless() || !k.counts(c, r, span{from, c.headLen}, true) || attached(r) {
			continue
		}
		if r.Kind == deadline.Recurring && r.Recurrence == "" && hanIn(c.text[from:c.headLen]) <= 8 && slices.ContainsFunc(readings, func(o deadline.Reading) bool {
			return o.Begin >= c.headLen && o.Kind == deadline.Recurring && o.Recurrence != ""
		}) { // （二）定期调度。每月3日前报送进展
			k.aside = append(k.aside, Aside{Place: c.place, Words: r.Words, Why: "open", at: span{r.Begin, r.End}, c: c})
			continue
		}
		if r.Rule == "A10" && slices.ContainsFunc(readings, func(o deadline.Reading) bool {
			return o.Begin >= c.headLen && (o.Kind == deadline.Due && !o.Due.IsZero() || o.Kind == deadline.Window && !o.Due.IsZero())
		}) { // 1.开展汛前检查。各县局4月22日前完成自查: a name of the work
			k.aside = append(k.aside, Aside{Place: c.place, Words: r.Words, Why: "target", at: span{r.Begin, r.End}, c: c})
			continue
		}
		undated := k.undatedBelow(c, r, readings)
		if undated == nil && (r.Kind == deadline.Window || r.Rule == "D2" || r.Rule == "Y1" || bareYear.MatchString(tight(fold(r.Words))) || c.stepUntil(r)) && (c.stepsWithin(readings, r) || c.allDated(readings, r)) && !k.headSays(c, r, from) { // the steps have times of their own
			k.aside = append(k.aside, Aside{Place: c.place, Words: r.Words, Why: "stage", at: span{r.Begin, r.End}, c: c})
			c.stage = &r
			continue
		}
		to, year := c.headLen, ofYear.MatchString(tight(fold(clauseTopic(c)))) // （一）2020年。启动改造24个，6月底前公布名单
		if c.onlyThenDated(readings, r) {
			k.aside = append(k.aside, Aside{Place: c.place, Words: r.Words, Why: "stage", at: span{r.Begin, r.End}, c: c})
			c.stage = &r
			continue
		}
		for _, s := range c.sentences(readings) {
			if undated == nil && (timeInBrackets.MatchString(fold(c.text[:c.headLen])) || year || stageSaid.MatchString(strings.TrimRight(tight(fold(c.text[r.End:c.headLen])), "。:;")) || !slices.ContainsFunc(s.readings, func(o deadline.Reading) bool {
				return o.Begin >= c.headLen && (o.Kind == deadline.Recurring || !o.Due.IsZero())
			})) { // a sentence with a time of its own is not the heading's matter
				to = max(to, c.undatedTo(s))
			}
			break
		}
		alone := r.Kind == deadline.Recurring && r.Recurrence != "" && k.headSays(c, r, from) // 县河长办每半个月编发简报。对敷衍应付的予以通报
		if alone {
			to = c.headLen
		}
		s, opens := span{from, to}, c.headLen
		if undated != nil { // 8月31日前完成鉴定。各所联合执法: the stage's end is for what has no day
			s = span{undated.from, c.undatedTo(*undated)}
			opens = s.from
		}
		s.from, s.to = trimSpan(c.text, s.from, s.to)
		e := k.dated(c, r, s, c.bracketFor(0))
		if e == nil {
			continue
		}
		e.Source = strings.ReplaceAll(e.Source, "\n", "")
		e.Title = shorten(strings.Trim(strings.Replace(clauseTopic(c), tight(r.Words), "", 1), "（）() "), 40)
		e.opening = strings.TrimLeft(c.text[min(opens, s.to):s.to], "。：:，, \n")
		if strings.Contains(e.opening, "前者") { // who of several does it is not said
			e.opening = ""
			e.span.to = min(e.span.to, c.headLen)
			e.Source = c.text[e.span.from:e.span.to]
		}
		if hanIn(e.opening) >= 4 {
			e.Title = shorten(strings.TrimPrefix(e.Title+"："+tidyTitle(e.opening), "："), 48)
		}
		k.owner(c, e, "")
		c.entries = append(c.entries, e)
		if alone {
			continue
		}
		k.otherActors(c, e, readings)
		c.covered(everything)
	}
}

// undatedBelow is the first sentence that leaves its day to a stage, below a heading with the
// stage's time in brackets and behind others that have days of their own; nil for none.
func (k *committer) undatedBelow(c *clause, r deadline.Reading, readings []deadline.Reading) *sentence {
	below := c.sentences(readings)
	if !lasts(r) || !timeInBrackets.MatchString(fold(c.text[:c.headLen])) || len(below) < 2 || !c.datesItself(below[0], r, false) {
		return nil
	}
	i := slices.IndexFunc(below, func(s sentence) bool { return !dates(s.readings) })
	if i < 0 {
		return nil
	}
	return &below[i]
}

// lasts tells that a time is a stretch of days, of which a month named alone is one, and no day by which.
func lasts(r deadline.Reading) bool {
	return r.Kind == deadline.Window || r.Kind == deadline.Due && monthOnly.MatchString(strings.TrimLeft(yearRe.ReplaceAllString(tight(fold(r.Words)), ""), "年"))
}

// stepUntil tells that a time in brackets ends a step of the work: 总结提升（12月底前）, below
// 治理步骤.
func (c *clause) stepUntil(r deadline.Reading) bool {
	return r.Kind == deadline.Due && c.parent != nil && stepsHead.MatchString(c.parent.title) && timeInBrackets.MatchString(fold(c.text[:c.headLen]))
}

// readingsIn are the readings between two places of a text.
func readingsIn(rs []deadline.Reading, from, to int) []deadline.Reading {
	return slices.DeleteFunc(slices.Clone(rs), func(r deadline.Reading) bool { return r.Begin < from || r.End > to })
}

// headSays is true of a heading that is a sentence, in which somebody does something
// by its time: 市林业局4月完成普查。
func (k *committer) headSays(c *clause, r deadline.Reading, from int) bool {
	head := c.text[min(from, c.headLen):c.headLen]
	if timeInBrackets.MatchString(fold(head)) || strings.Contains(head, "阶段") || strings.Contains(head, "步骤") || strings.Contains(head, "安排") {
		return false
	}
	names, _ := k.subject(head, &entry{words: r.Words})
	return len(names) > 0 || doneVerb.MatchString(tight(c.text[min(r.End, c.headLen):c.headLen]))
}

// onlyThenDated tells that all that a stage says is one sentence whose work has a time
// of its own, behind words that finish nothing: 各市要认真总结，11月5日前报送报告; or is a look at
// oneself whose report is due before the stage ends.
func (c *clause) onlyThenDated(readings []deadline.Reading, of deadline.Reading) bool {
	if !lasts(of) {
		return false
	}
	var below []sentence
	for _, s := range c.sentences(readings) {
		if s.to > c.headLen {
			below = append(below, s)
		}
	}
	if len(below) == 0 {
		return false
	}
	to := c.undatedTo(below[0])
	if to >= below[0].to {
		return false
	}
	work, said := c.text[max(c.headLen, below[0].from):to], tight(fold(c.text[to:below[0].to]))
	if len(below) == 1 && sumsUp.MatchString(work) {
		return true
	}
	return (looksAtSelf.MatchString(work) && selfReport.MatchString(said) || goesThrough.MatchString(work) && listsThem.MatchString(said)) &&
		slices.ContainsFunc(below[0].readings, func(r deadline.Reading) bool { return r.Begin >= to && !r.Due.IsZero() && r.Due.Before(of.Due) }) &&
		!slices.ContainsFunc(below[1:], func(s sentence) bool { return !dates(s.readings) })
}

// sumsUp is what is done on the way to a report, which has the day.
var sumsUp = regexp.MustCompile(`^[^，。]{0,16}?(?:要|应|须)?(?:认真|全面|及时|系统|深入)*总结[^，。]{0,20}$`)

// undatedTo is where the first of a sentence's comma parts with a time of its own
// begins behind others, else where the sentence ends.
func (c *clause) undatedTo(s sentence) int {
	parts := commaSpans(c.text, s.span)
	for _, r := range s.readings {
		if p := partOf(parts, r.Begin); r.Begin >= c.headLen && p > 0 && (r.Kind == deadline.Recurring || !r.Due.IsZero()) {
			if from, to := trimSpan(c.text, max(c.headLen, parts[0].from), parts[p-1].to); to > from && hanIn(c.text[from:to]) >= 4 {
				return to
			}
			break
		}
	}
	return s.to
}

// allDated tells that every sentence below a heading has a time of its own within the
// heading's: 总结（12月）。各县12月10日前报送总结.
func (c *clause) allDated(readings []deadline.Reading, of deadline.Reading) bool {
	n := 0
	for _, s := range c.sentences(readings) {
		if s.to <= c.headLen {
			continue
		}
		if !c.datesItself(s, of, n > 0) {
			return false
		}
		n++
	}
	return n > 0
}

// datesItself tells that a sentence below a heading begins with a time of its own within
// the heading's, or, behind others, has the heading's own day behind what leads to it: 市局梳理
// 问题，12月底前出台清单, below 总结（12月）.
func (c *clause) datesItself(s sentence, of deadline.Reading, later bool) bool {
	i := slices.IndexFunc(s.readings, func(r deadline.Reading) bool {
		return r.Begin >= c.headLen && (r.Kind == deadline.Recurring && r.Recurrence != "" || r.Kind == deadline.Due && !r.Due.IsZero() && !r.Due.After(of.Due))
	})
	if i < 0 {
		return false
	}
	parts := commaSpans(c.text, s.span)
	p := partOf(parts, s.readings[i].Begin)
	return p <= 0 || later && s.readings[i].Due == of.Due || adverbial(c.text, parts[:p]) || thin(c.text, parts[p], s.readings[i]) ||
		drafts.MatchString(tight(fold(c.text[parts[p-1].from:parts[p-1].to]))) && issues.MatchString(tight(fold(c.text[min(s.readings[i].End, parts[p].to):parts[p].to])))
}

// drafts ends in a paper that is drawn up, and issues is what is done with it by its day: 制定任务
// 分工，6月20日前印发各县区.
var (
	drafts = regexp.MustCompile(`(?:制定|编制|起草|修订|拟定|拟订|编印)[\p{Han}《》“”、()]{2,30}$`)
	issues = regexp.MustCompile(`^(?:之?前)?(?:并)?(?:正式)?(?:印发|下发|发布|公布|出台|报批|报[市县区省州])`)
)

// stepsWithin tells that the text below a heading begins with a step dated within
// its time.
func (c *clause) stepsWithin(readings []deadline.Reading, of deadline.Reading) bool {
	from := of.Start
	if from.IsZero() {
		from = calendar.NewDay(of.Due.Year, of.Due.Month, 1)
	}
	return slices.ContainsFunc(readings, func(r deadline.Reading) bool {
		return r.Begin >= c.headLen && hanIn(c.text[c.headLen:r.Begin]) < 4 && r.Kind == deadline.Due && !r.Due.IsZero() && !r.Due.Before(from) && !r.Due.After(of.Due)
	})
}

func (k *committer) rawLimit(c *clause, r responsibility) string {
	from := c.f.rawAt(r.limitAt)
	end := min(r.limitAt+len(r.limit), len(c.f.f))
	return c.text[from:c.f.rawAt(end)]
}

// covered marks that the undated sentences of a bracket belong to a dated entry.
func (c *clause) covered(bracket int) {
	if c.wholly == nil {
		c.wholly = map[int]bool{}
	}
	c.wholly[bracket] = true
}

// everything is the key of clause.wholly that means all brackets of the clause.
const everything = -2

func (c *clause) isCovered(bracket int) bool { return c.wholly[bracket] || c.wholly[everything] }

// region is the text that the k-th bracket covers, up to the byte to.
func (c *clause) region(k, to int) span {
	from := min(c.headLen, len(c.text))
	if k > 0 {
		from = c.f.rawAt(c.found[k-1].to)
	} else if c.headLen == 0 || hanIn(c.text[from:max(from, c.f.rawAt(c.found[k].from))]) < 4 {
		m, _ := readMark(c.text)
		from = len(string([]rune(c.text)[:min(m.length, utf8.RuneCountInString(c.text))]))
	}
	from, to = trimSpan(c.text, min(from, to), to)
	return span{from, to}
}
