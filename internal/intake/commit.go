package intake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"duban/internal/calendar"
	"duban/internal/deadline"
	"duban/internal/plan"
)

// entry 承诺 is one commitment on its way to the plan file.
type entry struct {
	ID        string
	Title     string
	Kind      plan.Kind
	Bracket   int // index into the clause's brackets, -1 none
	Lead      string
	Assist    []string
	SetAssist bool
	Each      []string
	Due       calendar.Day
	Begin     calendar.Day
	Milestone string
	Soft      bool
	Priority  bool
	Publish   bool
	Recur     *plan.Recurrence
	Source    string
	Notes     []string
	SameAs    string
	Ruling    string
	At        Place
	span      span   // in the clause's text
	sentence  span   // the sentence it is of
	behind    bool   // its bracket is before it, and covers it loosely
	who       string // who does it, where the sentence gives each his rhythm
	opening   string // other words in which its subject may be named
	phrase    span   // the words that were read as a time
	rule      string
	sure      deadline.Sureness
	readAsk   string // the reading's own question
	words     string // the phrase
	reading   deadline.Reading
	row       *row         // of an annex
	whole     bool         // its limit is that of a problem with goals and measures
	until     calendar.Day // of a duty: the latest limit of its clause
	from      *para        // the heading that its time comes from
}

// committer makes the entries of clauses.
type committer struct {
	facts     facts
	ctx       deadline.Context
	asker     *asker
	reg       *registry
	aside     []Aside
	stages    map[*node]*stage
	lastLimit *deadline.Reading     // of the last labelled limit, for 同上
	asks      []asksOf              // words that became a question and no entry
	unfit     map[*Table]unfitTable // tables with times that fit no header
	begins    map[string]string     // plainSubject of the texts that were asked about: many are, several times
	cutShort  string                // the collective name last read whose text may go on with more of it; "" none
	found     []Expression          // every expression of time, once accounted for
}

// Aside is a phrase that looks like a time and was made no task of, with why.
type Aside struct {
	Place string `json:"place"`
	Words string `json:"words"`
	Why   string `json:"why"` // key intake.aside_<why>
	at    span
	c     *clause
}

// clause makes the entries of one clause.
func (k *committer) clause(c *clause) {
	readings := k.forTheStage(c, k.inStage(c, k.countedOn(c, glosses(c.text, c.behindMarks(deadline.Read(c.unnumbered(), k.ctx))))))
	c.yearly(readings, k.facts)
	c.saysItself(readings)
	fromThen(c.text, readings)
	c.readings = slices.Clone(readings)
	for _, r := range readings { // 每月通报，2024年底前完成: the duty goes on till then
		if r.Kind == deadline.Due && r.Due.After(c.latest) && !k.vision(r) {
			c.latest = r.Due
		}
	}
	k.limits(c, readings)
	k.headLimits(c, readings)
	for _, s := range k.stageLines(c, c.sentences(readings)) {
		k.sentence(c, s)
	}
	k.backrefs(c, readings)
	k.underHeading(c)
	for _, r := range readings {
		if r.BackRef {
			c.back = append(c.back, r)
		}
	}
	c.entries = slices.DeleteFunc(c.entries, func(e *entry) bool { // the goal says what is reached by the problem's limit
		return e.whole && slices.ContainsFunc(c.entries, func(o *entry) bool { return !o.whole && o.Kind == plan.Dated && o.Due == e.Due })
	})
	c.entries = slices.DeleteFunc(c.entries, func(e *entry) bool { return k.saidByLimits(c, e) })
	for i, e := range c.entries {
		e.ID = c.id + "-" + strconv.Itoa(i+1)
		e.At = c.placeAt(e.span.from)
	}
}

// saidByLimits tells that undated work is said whole by limits behind it in its sentence: of
// 改造小区46个，10月底前完工 the limit's title says what is done.
func (k *committer) saidByLimits(c *clause, e *entry) bool {
	if e.Kind != plan.Standing || e.words != "" || !e.Begin.IsZero() || len(e.Notes) > 0 && e.Lead != k.reg.officeName || e.sentence.to == 0 {
		return false
	}
	said := slices.ContainsFunc(c.entries, func(o *entry) bool {
		if o.Kind != plan.Dated || o.sentence != e.sentence || o.span.from < e.span.to || o.Lead != e.Lead || !slices.Equal(o.Each, e.Each) {
			return false
		}
		rest, ok := strings.CutPrefix(k.matter(o, "", o.Lead), k.matter(e, "", e.Lead)+"，")
		return ok && !partOnlyOf.MatchString(fold(rest))
	})
	if said {
		k.asker.forget("lead", c.place, e.Source)
	}
	return said
}

// partOnlyOf is of a limit for a part of the work, or for a step before its end: 新建泵站3座，6月底前完成初步设计.
var partOnlyOf = regexp.MustCompile(`首|第[一二三]|部分|其中|先行|\d|[一二三四五六七八九]成|过半|一半|试点|设计|施工图|招标|招投标|中标|采购|开工|动工|进场|启动|前期|立项|可研|选址|征收|征地|拆迁|用地|主体|基础|论证|签约|入场`)

// saysItself takes from times beside 上述工作 that they are said of it, where their own
// comma part says what else is done by them: 以上任务由县委改革办每月调度，11月30日前组织验收.
func (c *clause) saysItself(rs []deadline.Reading) {
	for i, r := range rs {
		if !r.BackRef || r.Kind != deadline.Due || r.Due.IsZero() {
			continue
		}
		from := strings.LastIndexAny(c.text[:r.Begin], "。；;\n") + 1
		line := lineOf(c.text, r.Begin)
		p := partHolding(c.text, r, span{min(from, line.from), line.to})
		own := tight(c.text[min(r.End, p.to):p.to])
		if !backWords.MatchString(c.text[p.from:p.to]) && (strings.HasPrefix(own, "组织") || strings.HasPrefix(own, "开展") || strings.HasPrefix(own, "报送") || strings.HasPrefix(own, "通报") || strings.HasPrefix(own, "形成")) && hanIn(own) >= 4 {
			rs[i].BackRef = false
		}
	}
}

// unnumbered is the clause's text with the numbers of its paragraphs blanked:
// 5、10月 is no list of months.
func (c *clause) unnumbered() string {
	b := []byte(c.text)
	for _, at := range c.starts {
		m, ok := readMark(c.text[at:])
		if !ok || m.style != styleDigit {
			continue
		}
		rs := []rune(c.text[at:min(len(c.text), at+60)])
		for i := range len(string(rs[:min(m.length, len(rs))])) {
			b[at+i] = ' '
		}
	}
	return string(b)
}

// behindMarks are readings without the number of a paragraph that they took for a part of
// their words: 六、接此函后3日内.
func (c *clause) behindMarks(rs []deadline.Reading) []deadline.Reading {
	for _, at := range c.starts {
		for i, r := range rs {
			if r.Begin != at {
				continue
			}
			m, ok := readMark(c.text[at:r.End])
			if n := len(string([]rune(c.text[at:r.End])[:min(m.length, utf8.RuneCountInString(c.text[at:r.End]))])); ok && m.style <= styleParen && n < r.End-at {
				rs[i].Begin += n
				rs[i].Words = c.text[rs[i].Begin:r.End]
			}
		}
	}
	return rs
}

// besideDate tells that the comma part of r has a date too.
func besideDate(parts []span, rs []deadline.Reading, r deadline.Reading) bool {
	p := parts[partOf(parts, r.Begin)]
	return slices.ContainsFunc(rs, func(o deadline.Reading) bool {
		return o.Rule != "A10" && o.Kind == deadline.Due && !o.Due.IsZero() && o.Begin >= p.from && o.Begin < p.to
	})
}

// atOnce is true of 立行立改 with a date beside it.
func atOnce(r deadline.Reading, beside []deadline.Reading) bool {
	return r.Rule == "L1" && slices.ContainsFunc(beside, func(o deadline.Reading) bool { return o.Rule != "L1" && !o.Due.IsZero() })
}

// severalYears tells a share for each year, 2018年、2019年分别…, from a quantity of
// the one year.
func severalYears(rs []deadline.Reading) bool {
	years := map[int]bool{}
	for _, r := range rs {
		if r.Kind != deadline.Target && fourDigits.MatchString(fold(r.Words)) {
			years[r.Due.Year] = true
		}
	}
	return len(years) > 1
}

// dates tells that an entry of the clause has that day already.
func (c *clause) dates(d calendar.Day) bool {
	return slices.ContainsFunc(c.entries, func(e *entry) bool { return e.Due == d })
}

// sentence makes the entries of one sentence: one for each time it names, and
// a standing one for what is left.
func (k *committer) sentence(c *clause, s sentence) {
	parts := commaSpans(c.text, s.span)
	var marks []marked
	s.readings = untilThen(c.text, s.readings)
	s.readings = k.fromStart(c, parts, eachYear(c.text, s.readings))
	for i, r := range s.readings {
		if i+1 < len(s.readings) && !formula.MatchString(c.text[s.from:s.to]) && bareYear.MatchString(tight(fold(r.Words))) && s.readings[i+1].Due.Year == r.Due.Year && !s.readings[i+1].Due.IsZero() && (partOf(parts, s.readings[i+1].Begin) == partOf(parts, r.Begin) || partOf(parts, s.readings[i+1].Begin) == partOf(parts, r.Begin)+1 && (loneYear(c.text, parts, r) || i+2 == len(s.readings) && thin(c.text, parts[partOf(parts, s.readings[i+1].Begin)], s.readings[i+1]))) {
			continue // 2022年计划任务于12月20日前竣工, 2022年，12月20日前竣工: one time
		}
		if i+1 < len(s.readings) && bareYear.MatchString(tight(fold(r.Words))) && r.Begin <= s.from+1 && s.readings[i+1].Due.Year == r.Due.Year && s.readings[i+1].Kind == deadline.Due && byWhomPart.MatchString(tight(fold(c.text[min(r.End, parts[0].to):parts[0].to]))) {
			continue // 2024年市级演练由市防指办公室牵头，…，于5月18日前举行
		}
		if c.isCovered(s.bracket) && wholeYear.MatchString(tight(fold(r.Words))) && (c.dates(r.Due) || !severalYears(s.readings)) {
			continue // a quantity of the year, whose limit the bracket gives
		}
		if r.Rule == "L1" && i+1 < len(s.readings) && !s.readings[i+1].Due.IsZero() && hanIn(c.text[r.End:max(r.End, s.readings[i+1].Begin)]) <= 1 { // 立行立改，4月底前完成
			k.aside = append(k.aside, Aside{Place: c.place, Words: r.Words, Why: "target", at: span{r.Begin, r.End}, c: c})
			continue
		}
		if r.Rule == "A10" && besideDate(parts, s.readings, r) {
			continue // 3月底前完成汛前检查
		}
		if k.counts(c, r, s.span, false) && !attached(r) {
			marks = append(marks, marked{r, partOf(parts, r.Begin)})
		}
	}
	if k.labelsOthers(c, s, parts, marks) {
		label := marks[0]
		k.aside = append(k.aside, Aside{Place: c.place, Words: label.Words, Why: "stage", at: span{label.Begin, label.End}, c: c})
		behind := c.text[label.End:s.to]
		s.from, _ = trimSpan(c.text, s.to-len(behind)+len(labelMark.FindString(behind)), s.to)
		parts, marks = commaSpans(c.text, s.span), marks[1:]
		for i := range marks {
			marks[i].part = partOf(parts, marks[i].Begin)
		}
	}
	segs := k.ownLimits(c, s, marks)
	if segs == nil {
		segs = shareLevels(c.text, parts, marks, shareWords(c.text, parts, marks, segments(c.text, parts, marks)))
	}
	if len(segs) == 0 {
		return
	}
	for _, g := range segs {
		if g.reading == nil {
			if s.stage != nil && comesTo.MatchString(tight(fold(c.text[g.from:g.to])[timeHead(fold(c.text[g.from:g.to])):])) {
				continue // 9月2日下午报到, behind the times of the courses
			}
			if s.stage == nil || hanIn(c.text[g.from:g.to]) < 4 || namesSpan.MatchString(strings.TrimLeft(tight(fold(c.text[g.from:g.to])), "0123456789年")) || slices.ContainsFunc(s.readings, func(o deadline.Reading) bool {
				return o.Kind == deadline.Relative && o.Begin >= g.from && o.Begin < g.to // 采集样品15日内送达
			}) {
				k.standing(c, s, g.span, "")
				continue
			}
			g.reading = s.stage
		}
		e := k.dated(c, *g.reading, g.span, s.bracket)
		if e == nil {
			k.standing(c, s, g.span, g.reading.Words)
			continue
		}
		e.sentence, e.behind = s.span, s.behind || c.inherited
		if s.begin > 0 {
			e.sentence.from = s.begin
		}
		e.Title, e.who = k.title(c, g), g.who
		if t := headTopic(c); e.Recur != nil && hanIn(t) >= 3 && onlyWhen.MatchString(tight(fold(c.text[g.from:g.to]))) { // （四）读书分享会⏎时间：每季度一次
			e.Title = shorten(t, 40)
		}
		if g.reading.BackRef && e.Kind == plan.Duty && backWords.MatchString(e.Title) { // 每年1月底前完成上述工作
			e.Title = clauseTopic(c)
			if n := len(c.entries); n > 0 {
				e.Title, e.opening = c.entries[n-1].Title, c.entries[n-1].Source
			}
		}
		k.ofWhat(c, e, s)
		k.publish(c, e, s)
		k.attach(c, e, s)
		k.split(c, e, g, s)
	}
	k.eachHisOwn(c, s, marks)
	k.allByThen(c, s)
}

// onlyWhen is a line that says how often and no more.
var onlyWhen = regexp.MustCompile(`^(?:举办|活动|开展|实施|组织)?(?:时间|频次|周期|频率)(?:安排|要求)?:(?:每|按)[\p{Han}\d]{1,6}?[\d一二两三四]*[次场期回]?$`)

var yearEach = regexp.MustCompile(`^((?:19|20)\d\d)年(?:度)?每年$`)

// eachYear are the years that a list ends with 每年: 2025年、2026年每年引进150名.
func eachYear(text string, rs []deadline.Reading) []deadline.Reading {
	for i := 1; i < len(rs); i++ {
		m := yearEach.FindStringSubmatch(tight(fold(rs[i].Words)))
		if m == nil || !bareYear.MatchString(tight(fold(rs[i-1].Words))) || rs[i-1].Due.IsZero() || !listed(text[min(rs[i-1].End, rs[i].Begin):rs[i].Begin]) {
			continue
		}
		r := rs[i-1]
		r.Begin, r.End, r.Words = rs[i].Begin, rs[i].End, rs[i].Words
		r.Start, r.Due = calendarDay(number(m[1]), 1, 1), calendarDay(number(m[1]), 12, 31)
		rs = slices.Clone(rs)
		rs[i] = r
	}
	return rs
}

// fromStart begins a rhythm that says only how often by the start before it in the
// sentence: 6月起，区融媒体中心开设专栏，每两周播出一期.
func (k *committer) fromStart(c *clause, parts []span, rs []deadline.Reading) []deadline.Reading {
	for i := 0; i+1 < len(rs); i++ {
		r, next := rs[i], rs[i+1]
		p := partOf(parts, next.Begin)
		if r.Kind != deadline.Start || r.Start.IsZero() || next.Kind != deadline.Recurring || !next.Start.IsZero() || p <= partOf(parts, r.Begin)+1 || !thin(c.text, parts[p], next) {
			continue
		}
		k.aside = append(k.aside, Aside{Place: c.place, Words: r.Words, Why: "start", at: span{r.Begin, r.End}, c: c})
		rs = slices.Delete(slices.Clone(rs), i, i+1)
		rs[i].Start = r.Start
	}
	return rs
}

// monthOnly is a month and no more.
var monthOnly = regexp.MustCompile(`^(?:\d{1,2}|[一二三四五六七八九十]{1,2})月份?$`)

// loneYear is true of a year that is a comma part by itself.
func loneYear(text string, parts []span, r deadline.Reading) bool {
	p := parts[partOf(parts, r.Begin)]
	return hanIn(text[p.from:max(p.from, r.Begin)]) == 0 && hanIn(text[min(r.End, p.to):p.to]) <= 1
}

var backWords = regexp.MustCompile(`(?:上述|以上|该项|此项)(?:各项)?(?:工作|任务)`)

var wholeYear = regexp.MustCompile(`^(全年|年内|年度|本年度?|今年|\d{4}年度?)$`)

// attached is true of a reading that says something of its sentence and gives
// it no date: 汛期, 按时.
func attached(r deadline.Reading) bool {
	return r.Due.IsZero() && (r.Kind == deadline.Season || r.Kind == deadline.Due)
}

// attach notes such readings on the entry whose words hold them, and asks.
func (k *committer) attach(c *clause, e *entry, s sentence) {
	for _, r := range s.readings {
		if r.Begin < e.span.from || r.Begin >= e.span.to {
			continue
		}
		if r.Soft && r.Rule != "L1" {
			e.Soft = true
		}
		switch {
		case r.Kind == deadline.Relative && r.Due.IsZero():
			k.note(e, "note_relative", r.Words)
		case !attached(r) || !k.counts(c, r, s.span, false):
		case r.Kind == deadline.Season:
			k.season(c.place, e, r)
		case c.role != roleGuards && e.Kind == plan.Standing:
			if !k.askDate(c.place, e, r, "date") {
				k.note(e, "note_date", r.Words)
			}
		default:
			k.note(e, "note_date", r.Words)
		}
	}
}
