package intake

import (
	"regexp"
	"slices"
	"strings"

	"duban/internal/calendar"
	"duban/internal/deadline"
)

var (
	// stageSaid follows a time that is a stage's: 3月|为宣传阶段. Or stageLabel is before
	// the time (时间：, 动员部署阶段：), and stageShut after it.
	stageSaid  = regexp.MustCompile(`^,?(?:期间)?,?(?:为|是|作为|属)[\p{Han}“”、]{1,12}(?:阶段|时期|期)$`)
	stageLabel = regexp.MustCompile(`^(?:[\p{Han}“”]{2,16}[:,。(])?(?:实施|起止|阶段|具体|工作)?(?:时间|时段)(?:安排|节点)?(?:为|是)?:?$|^[\p{Han}“”]{2,16}(?:阶段|期)[:,(]$|^第[一二三四五六](?:步|阶段)[:,]?[\p{Han}“”]{0,12}\($`)
	stageShut  = regexp.MustCompile(`^\)?[:,]?$`)
)

// isStageTime is true of a line that is a stage's time and no more: 时间：3月10日至3月31日.
func isStageTime(line string) bool {
	if len(line) > 120 {
		return false
	}
	f := strings.TrimRight(tight(fold(line)), "。;")
	if m := stageLimit.FindString(f); m != "" {
		f = "时间:" + f[len(m):]
	}
	m := stageTime.FindString(f)
	return m != "" && len(m) == len(f) && !strings.Contains(m, ",")
}

// stageLimit are labels of a time that is for all of a stage's work.
var stageLimit = regexp.MustCompile(`^(?:起止时间|实施时间|推进时间|时间安排|时间节点|时间要求|工作时限):`)

// stageLines takes the sentences that only name a stage and its time out of a
// clause's sentences, and gives that time to those behind them that have none:
// 3月为宣传阶段。市水务局编制宣传册。
func (k *committer) stageLines(c *clause, all []sentence) []sentence {
	var out []sentence
	var now, label *deadline.Reading
	reach := 0 // where the line that begins with label ends
	all, several := k.seasonsOf(c, all)
	for i, s := range all {
		if len(several) > 0 && s.from >= several[len(several)-1].End && !dates(s.readings) { // the work is done in each of them
			for n := range several {
				s.stage = &several[n]
				out = append(out, s)
			}
			continue
		}
		r, end, ok := k.stageHead(c, s)
		if !ok {
			s.stage = now
			of := k.lineTime(c, s)
			if of != nil {
				label, reach = of, lineEnd(c.text, s.from)
			}
			if label != nil && s.from < reach {
				s.readings = inMonth(s.readings, *label)
				for n, o := range s.readings {
					if o.Begin >= label.End && !label.Due.Before(k.facts.Issued) {
						s.readings[n] = forTheTime(c.text, o, labelled(*label))
					}
				}
			}
			if of == nil && label != nil && s.from < reach && s.stage == nil && monthOnly.MatchString(tight(fold(label.Words))) && firstUndated(c.text, s) {
				s.stage = label
			}
			if of == nil && label != nil && s.from < reach && !c.isCovered(s.bracket) && !slices.ContainsFunc(s.readings, func(o deadline.Reading) bool {
				return (o.Kind == deadline.Recurring || !o.Due.IsZero()) && tight(o.Words) != "年度"
			}) {
				s.stage = label
			}
			out = append(out, s)
			continue
		}
		rest := s
		rest.from, rest.to = trimSpan(c.text, end, s.to)
		rest.readings = slices.DeleteFunc(slices.Clone(s.readings), func(o deadline.Reading) bool { return o.Begin < end })
		follows := hanIn(c.text[rest.from:max(rest.from, rest.to)]) >= 4
		if !follows && (i+1 >= len(all) || r.Kind != deadline.Window && i > 0 && !stageSaid.MatchString(tight(fold(c.text[r.End:s.to])))) {
			out = append(out, s) // nothing follows the time, or it is the label of the words before it
			continue
		}
		now = &r
		if !c.dates(r.Due) {
			k.aside = append(k.aside, Aside{Place: c.place, Words: r.Words, Why: "stage", at: span{r.Begin, r.End}, c: c})
		}
		if follows {
			rest.stage = now
			out = append(out, rest)
		}
	}
	return out
}

// firstUndated tells that a sentence begins with work that names no time, before others that do.
func firstUndated(text string, s sentence) bool {
	parts := commaSpans(text, s.span)
	return len(parts) > 1 && !slices.ContainsFunc(s.readings, func(r deadline.Reading) bool { return r.Begin < parts[0].to }) && !adverbial(text, parts[:1])
}

// labelled is the time of a label with its first day: of 5月 the first of May.
func labelled(r deadline.Reading) deadline.Reading {
	if r.Start.IsZero() {
		r.Start = calendar.NewDay(r.Due.Year, r.Due.Month, 1)
	}
	return r
}

// dates tells that one of the readings gives a day or a rhythm.
func dates(rs []deadline.Reading) bool {
	return slices.ContainsFunc(rs, func(o deadline.Reading) bool { return o.Kind == deadline.Recurring || !o.Due.IsZero() })
}

// seasonLabel is a short label before one of several times: 午季：5月20日至5月24日.
var seasonLabel = regexp.MustCompile(`^[\p{Han}“”]{2,6}:$`)

// seasonsOf takes times with labels out of a clause's sentences where several stand together
// before work without a time, which is done in each: 午季：5月20日至24日；秋季：9月20日至24日。各村
// 召开动员会.
func (k *committer) seasonsOf(c *clause, all []sentence) ([]sentence, []deadline.Reading) {
	var several []deadline.Reading
	for i, s := range all {
		if len(s.readings) == 1 {
			r := s.readings[0]
			before := tight(fold(c.text[s.from:max(s.from, r.Begin)]))
			own := before == "" && r.Kind == deadline.Season && strings.Contains(fold(r.Words), ":") // 秋季：9月20日至24日 is one reading
			if (own || r.Kind == deadline.Window && seasonLabel.MatchString(before)) && !r.Start.IsZero() && !r.Due.Before(k.facts.Issued) && r.End <= s.to && hanIn(c.text[r.End:s.to]) == 0 {
				several = append(several, r)
				continue
			}
		}
		if len(several) < 2 || i != len(several) || dates(s.readings) || c.role == roleGoals || c.role == roleHead {
			return all, nil
		}
		for _, r := range several {
			k.aside = append(k.aside, Aside{Place: c.place, Words: r.Words, Why: "stage", at: span{r.Begin, r.End}, c: c})
		}
		return all[i:], several
	}
	return all, nil
}

// lineTime is the time that a sentence begins with as the label of its line, which is
// for the words after a semicolon too: 4月1日至4月20日：市水务局…；市城管局….
func (k *committer) lineTime(c *clause, s sentence) *deadline.Reading {
	if c.role == roleGoals || c.role == roleHead || len(s.readings) == 0 {
		return nil
	}
	r := s.readings[0]
	if r.Due.IsZero() || r.Kind != deadline.Window && r.Kind != deadline.Due || r.End > s.to || hanIn(c.text[s.from:r.Begin]) > 1 || !labelColon.MatchString(tight(fold(c.text[r.End:min(s.to, r.End+30)]))) {
		return nil
	}
	if !k.counts(c, r, s.span, true) {
		return nil
	}
	return &r
}

var monthEnd = regexp.MustCompile(`^(?:[当本该]?月)[底末]前?$`)

// inMonth gives 月底前 under the label of a month the end of that month.
func inMonth(rs []deadline.Reading, label deadline.Reading) []deadline.Reading {
	out := slices.Clone(rs)
	for i, r := range out {
		if r.Kind == deadline.Due && r.Begin >= label.End && monthEnd.MatchString(tight(fold(r.Words))) && (label.Start.IsZero() || label.Start.Month == label.Due.Month) {
			out[i].Due = label.Due
		}
	}
	return out
}

// labelColon is behind a time that is the label of a line.
var labelColon = regexp.MustCompile(`^\)?(?:之?前|内|期间)?(?:重点|主要)?(?:任务|工作|计划|安排)?:`)

// lineEnd is where the line that holds a place in a text ends.
func lineEnd(text string, at int) int {
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i
	}
	return len(text)
}

// stageHead reads a sentence that begins with the name and time of a stage; end is
// where what else it says begins.
func (k *committer) stageHead(c *clause, s sentence) (r deadline.Reading, end int, ok bool) {
	if c.role == roleGoals || c.role == roleHead || len(s.readings) == 0 {
		return r, 0, false
	}
	r = s.readings[0]
	if r.Due.IsZero() || r.Kind != deadline.Window && r.Kind != deadline.Due || r.Superior || r.Condition || k.vision(r) || !k.facts.Issued.IsZero() && r.Due.Before(k.facts.Issued) {
		return r, 0, false
	}
	p := partHolding(c.text, r, s.span)
	if r.End > p.to {
		return r, 0, false
	}
	for _, o := range s.readings[1:] { // an overview: 3月为宣传阶段，4月至10月为整治阶段
		q := partHolding(c.text, o, s.span)
		if o.Begin < p.to || stageSaid.MatchString(tight(fold(c.text[min(o.End, q.to):q.to]))) {
			return r, 0, false
		}
	}
	before, after := tight(fold(c.text[s.from:r.Begin])), tight(fold(c.text[r.End:p.to]))
	switch {
	case (before == "" || strings.HasSuffix(before, "阶段:")) && stageSaid.MatchString(after):
	case stageLabel.MatchString(before) && (stageShut.MatchString(after) || stageSaid.MatchString(strings.TrimPrefix(after, ")"))):
	default:
		return r, 0, false
	}
	return r, p.to, true
}
