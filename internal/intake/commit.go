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
	behind    bool   // its bracket stands before it, and covers it loosely
	opening   string // where else its subject may stand
	phrase    span   // the words that were read as a time
	rule      string
	sure      deadline.Sureness
	readAsk   string // the reading's own question
	words     string // the phrase
	reading   deadline.Reading
	row       *row         // of an annex
	until     calendar.Day // of a duty: the latest limit of its clause
	from      *para        // the heading that its time comes from
}

// committer makes the entries of clauses.
type committer struct {
	facts  facts
	ctx    deadline.Context
	asker  *asker
	reg    *registry
	aside  []Aside
	stages map[*node]*stage
	asks   []asksOf     // words that became a question and no entry
	found  []Expression // every expression of time, once accounted for
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
	readings := deadline.Read(c.unnumbered(), k.ctx)
	c.readings = slices.Clone(readings)
	for _, r := range readings { // 每月通报，2024年底前完成: the duty goes on till then
		if r.Kind == deadline.Due && r.Due.After(c.latest) && !k.vision(r) {
			c.latest = r.Due
		}
	}
	k.limits(c, readings)
	k.headLimits(c, readings)
	for _, s := range c.sentences(readings) {
		k.sentence(c, s)
	}
	k.backrefs(c, readings)
	k.underHeading(c)
	for _, r := range readings {
		if r.BackRef {
			c.back = append(c.back, r)
		}
	}
	for i, e := range c.entries {
		e.ID = c.id + "-" + strconv.Itoa(i+1)
		e.At = c.placeAt(e.span.from)
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
		for _, one := range read {
			whole := wholeYear.MatchString(tight(fold(one.Words)))
			if len(read) > 1 && (whole || atOnce(one, read)) || whole && c.recursBefore(readings, from, bracket) {
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
			if len(c.found) > 1 {
				topic = tidyTitle(firstSentence(c.text[region.from:region.to]))
			}
			e.Title = shorten(topic, 40)
			if len(read) > 1 {
				e.Title = shorten(topic+"："+what, 48)
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
			made = true
		}
		if made {
			c.covered(bracket)
		}
	}
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

// headLimits makes the entry of a time in the heading, which covers what
// stands below: （一）动员部署阶段（4月15日前）.
func (k *committer) headLimits(c *clause, readings []deadline.Reading) {
	m, _ := readMark(c.text)
	from := len(string([]rune(c.text)[:min(m.length, utf8.RuneCountInString(c.text))]))
	for _, r := range readings {
		if r.Begin < from || r.End > c.headLen || c.above && c.bodyless() || !k.counts(c, r, span{from, c.headLen}, true) || attached(r) {
			continue
		}
		if (r.Kind == deadline.Window || r.Rule == "D2" || r.Rule == "Y1") && (c.stepsWithin(readings, r) || c.allDated(readings, r)) { // the steps have times of their own
			k.aside = append(k.aside, Aside{Place: c.place, Words: r.Words, Why: "stage", at: span{r.Begin, r.End}, c: c})
			continue
		}
		to := c.headLen
		for _, s := range c.sentences(readings) {
			if timeInBrackets.MatchString(fold(c.text[:c.headLen])) || !slices.ContainsFunc(s.readings, func(o deadline.Reading) bool {
				return o.Begin >= c.headLen && (o.Kind == deadline.Recurring || !o.Due.IsZero())
			}) { // a sentence with a time of its own is not the heading's matter
				to = max(to, s.to)
			}
			break
		}
		s := span{from, to}
		s.from, s.to = trimSpan(c.text, s.from, s.to)
		e := k.dated(c, r, s, c.bracketFor(0))
		if e == nil {
			continue
		}
		e.Source = strings.ReplaceAll(e.Source, "\n", "")
		e.Title = shorten(strings.Trim(strings.Replace(clauseTopic(c), tight(r.Words), "", 1), "（）() "), 40)
		e.opening = strings.TrimLeft(c.text[min(c.headLen, s.to):s.to], "。：: \n")
		if hanIn(e.opening) >= 4 {
			e.Title = shorten(e.Title+"："+tidyTitle(e.opening), 48)
		}
		k.owner(c, e, "")
		c.entries = append(c.entries, e)
		k.otherActors(c, e, readings)
		c.covered(everything)
	}
}

// helps are words behind a unit's name that make it assist.
var helps = regexp.MustCompile(`^(?:等)?(?:要|应|须)?(?:积极|主动|密切|做好|按职责|分别)?(?:配合|协助|协同|参与|参加|协办|按职责分工|按照职责|指导|督导|监督|负责督)`)

// otherActor is who a comma part begins with when it is another unit's work: 县公安局路面
// 执法，县市场监管局检查改装企业. "" when it is nobody, or who helps, which who begins a
// sentence of its own does not.
func (k *committer) otherActor(part, first string, sentence bool) string {
	t := tight(fold(part))
	name := k.plainSubject(t)
	if name == "" || isCollective(name) || !organEnd.MatchString(name) || levelOf(name) == "" || first == "" || k.sameUnit(name, first) {
		return ""
	}
	if !sentence && helps.MatchString(strings.TrimPrefix(t, name)) {
		return ""
	}
	return name
}

// otherActors makes entries of the sentences and parts below a dated heading that
// another unit is to do: the heading's time is theirs too.
func (k *committer) otherActors(c *clause, e *entry, readings []deadline.Reading) {
	first := e.Lead
	if first == "" {
		if br := order(k.bracketOf(c, e)); len(br) > 0 {
			first = br[0].name
		} else if len(e.Each) > 0 {
			first = e.Each[0]
		}
	}
	for n, s := range c.sentences(readings) {
		if s.from < c.headLen || slices.ContainsFunc(s.readings, func(r deadline.Reading) bool { return !r.Due.IsZero() || r.Kind == deadline.Recurring }) {
			continue
		}
		parts := commaSpans(c.text, s.span)
		for i, p := range parts {
			if n == 0 && i == 0 {
				continue
			}
			name := k.otherActor(c.text[p.from:p.to], first, i == 0)
			if name == "" {
				continue
			}
			to := p.to
			for j := i + 1; j < len(parts) && k.otherActor(c.text[parts[j].from:parts[j].to], name, false) == ""; j++ {
				to = parts[j].to
			}
			own := *e
			own.Notes, own.Assist, own.SetAssist, own.Each, own.Lead, own.opening = slices.Clone(e.Notes), nil, false, nil, "", ""
			own.span.from, own.span.to = trimSpan(c.text, p.from, to)
			own.sentence, own.Source = s.span, c.text[own.span.from:own.span.to]
			own.Title = shorten(tidyTitle(own.Source), 40)
			k.owner(c, &own, "")
			c.entries = append(c.entries, &own)
			first = name
		}
	}
}

// allDated tells that every sentence below a heading begins with a time of its own
// within the heading's: 总结（12月）。各县12月10日前报送总结.
func (c *clause) allDated(readings []deadline.Reading, of deadline.Reading) bool {
	n := 0
	for _, s := range c.sentences(readings) {
		if s.to <= c.headLen {
			continue
		}
		parts := commaSpans(c.text, s.span)
		i := slices.IndexFunc(s.readings, func(r deadline.Reading) bool {
			return r.Begin >= c.headLen && (r.Kind == deadline.Recurring && r.Recurrence != "" || r.Kind == deadline.Due && !r.Due.IsZero() && !r.Due.After(of.Due))
		})
		if i < 0 {
			return false
		}
		if p := partOf(parts, s.readings[i].Begin); p > 0 && !adverbial(c.text, parts[:p]) {
			return false
		}
		n++
	}
	return n > 0
}

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

// besideDate tells that a date stands in the comma part of r too.
func besideDate(parts []span, rs []deadline.Reading, r deadline.Reading) bool {
	p := parts[partOf(parts, r.Begin)]
	return slices.ContainsFunc(rs, func(o deadline.Reading) bool {
		return o.Rule != "A10" && o.Kind == deadline.Due && !o.Due.IsZero() && o.Begin >= p.from && o.Begin < p.to
	})
}

// atOnce is true of 立行立改 where a date stands beside it.
func atOnce(r deadline.Reading, beside []deadline.Reading) bool {
	return r.Rule == "L1" && slices.ContainsFunc(beside, func(o deadline.Reading) bool { return o.Rule != "L1" && !o.Due.IsZero() })
}

// runsIn tells that a duty's sentence begins with the time in which it is owed:
// 6月1日至9月30日，市水文局每日8时前报送.
func runsIn(text string, w, r deadline.Reading) bool {
	before := strings.TrimRight(text[:w.Begin], " \n")
	between := text[w.End:max(w.End, r.Begin)]
	begins := before == "" || strings.HasSuffix(before, "。") || strings.HasSuffix(before, "；") || strings.HasSuffix(before, "、") || strings.HasSuffix(before, "）") || strings.HasSuffix(before, ".")
	return begins && strings.HasPrefix(strings.TrimLeft(fold(between), "期间内 "), ",") && len(between) < 120 && !strings.ContainsAny(fold(between), "。;")
}

var untilWord = regexp.MustCompile(`(?:直至|直到|持续至|持续到)$`)

// untilThen ends a recurrence where the sentence says 直至2023年3月底.
func untilThen(text string, rs []deadline.Reading) []deadline.Reading {
	var out []deadline.Reading
	for i, r := range rs {
		n := len(out)
		if i+1 < len(rs) && r.Kind == deadline.Recurring && rs[i+1].Kind == deadline.Recurring && r.Recurrence == rs[i+1].Recurrence && strings.HasPrefix(tight(r.Words), "按") {
			continue // 按季拨付补贴，每季度首月15日前到位: one rhythm
		}
		if r.Kind == deadline.Window && !r.Start.IsZero() && i+1 < len(rs) && rs[i+1].Kind == deadline.Recurring && runsIn(text, r, rs[i+1]) {
			rs[i+1].Start, rs[i+1].Recur.Until = r.Start, r.Due
			continue
		}
		if n > 0 && out[n-1].Kind == deadline.Recurring && r.Kind == deadline.Due && !r.Due.IsZero() && untilWord.MatchString(text[max(0, r.Begin-12):r.Begin]) {
			out[n-1].Recur.Until = r.Due
			continue
		}
		out = append(out, r)
	}
	return out
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

// everything stands for all brackets of a clause in covered.
const everything = -2

func (c *clause) isCovered(bracket int) bool { return c.wholly[bracket] || c.wholly[everything] }

// region is the text that the k-th bracket covers, up to the byte to: nil when
// it is too long to be quoted.
func (c *clause) region(k, to int) span {
	from := min(c.headLen, len(c.text))
	if k > 0 {
		from = c.f.rawAt(c.found[k-1].to)
	} else if c.headLen == 0 || hanIn(c.text[from:c.f.rawAt(c.found[k].from)]) < 4 {
		m, _ := readMark(c.text)
		from = len(string([]rune(c.text)[:min(m.length, utf8.RuneCountInString(c.text))]))
	}
	from, to = trimSpan(c.text, min(from, to), to)
	return span{from, to}
}

// clauseTopic is the clause's title without its mark.
func clauseTopic(c *clause) string {
	title := c.title
	if m, ok := readMark(title); ok {
		title = strings.TrimSpace(string([]rune(title)[m.length:]))
	}
	if rest := timeInBrackets.ReplaceAllString(title, ""); hanIn(rest) >= 2 {
		return rest
	}
	return title
}

// timeInBrackets is a heading's time: 组织实施（2022年5月—11月）.
var timeInBrackets = regexp.MustCompile(`[（(][^（）()]*\d ?[年月日][^（）()]*[）)]`)

// sentence makes the entries of one sentence: one for each time it names, and
// a standing one for what is left.
func (k *committer) sentence(c *clause, s sentence) {
	parts := commaSpans(c.text, s.span)
	var marks []marked
	s.readings = untilThen(c.text, s.readings)
	for i, r := range s.readings {
		if i+1 < len(s.readings) && bareYear.MatchString(tight(fold(r.Words))) && s.readings[i+1].Due.Year == r.Due.Year && !s.readings[i+1].Due.IsZero() && partOf(parts, s.readings[i+1].Begin) == partOf(parts, r.Begin) {
			continue // 2022年计划任务于12月20日前竣工: one time
		}
		if c.isCovered(s.bracket) && wholeYear.MatchString(tight(fold(r.Words))) && (c.dates(r.Due) || !severalYears(s.readings)) {
			continue // a quantity of the year, whose limit the bracket gives
		}
		if r.Rule == "A10" && besideDate(parts, s.readings, r) {
			continue // 3月底前完成汛前检查
		}
		if k.counts(c, r, s.span, false) && !attached(r) {
			marks = append(marks, marked{r, partOf(parts, r.Begin)})
		}
	}
	segs := shareWords(c.text, parts, marks, segments(c.text, parts, marks))
	if len(segs) == 0 {
		return
	}
	for _, g := range segs {
		if g.reading == nil {
			k.standing(c, s, g.span, "")
			continue
		}
		e := k.dated(c, *g.reading, g.span, s.bracket)
		if e == nil {
			k.standing(c, s, g.span, g.reading.Words)
			continue
		}
		e.sentence, e.behind = s.span, s.behind || c.inherited
		e.Title = k.title(c, g)
		if g.reading.BackRef && e.Kind == plan.Duty && backWords.MatchString(e.Title) { // 每年1月底前完成上述工作
			e.Title = clauseTopic(c)
			if n := len(c.entries); n > 0 {
				e.Title, e.opening = c.entries[n-1].Title, c.entries[n-1].Source
			}
		}
		k.publish(c, e, s)
		k.attach(c, e, s)
		k.split(c, e, g, s)
	}
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
		if r.Soft {
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

// headTopic is the clause's topic where that is a heading, and not the first sentence
// of the item with a time of its own.
func headTopic(c *clause) string {
	t := clauseTopic(c)
	if timeWord.MatchString(fold(t)) || yearRe.MatchString(fold(t)) {
		return ""
	}
	return t
}

// title is what the segment says to do, without the time.
func (k *committer) title(c *clause, g segment) string {
	r := g.reading
	if g.words != "" {
		if t := headTopic(c); t != "" && hanIn(g.words) < 6 {
			return shorten(t+"："+g.words, 40)
		}
		return shorten(g.words, 40)
	}
	text := ""
	if r.Begin >= g.from && r.End <= g.to && r.Kind != deadline.Recurring {
		text = danglers.ReplaceAllString(c.text[g.from:r.Begin], "") + yearTail.ReplaceAllString(c.text[r.End:g.to], "$1")
	} else {
		text = c.text[g.from:g.to]
	}
	text = tidyTitle(text)
	topic := headTopic(c)
	if hanIn(text) >= 8 && howFar.MatchString(fold(text)) {
		if t := topic; hanIn(t) >= 4 && !strings.Contains(t, text) {
			return shorten(t+"："+text, 40)
		}
	}
	if hanIn(text) < 8 {
		if g.thing != "" && r.Kind != deadline.Recurring && !strings.Contains(text, g.thing) {
			return shorten(g.thing+text, 40)
		}
		if t := c.topicBefore(g.from); t != "" {
			return shorten(t+"："+text, 40)
		}
		if g.context != (span{}) && g.context.from < g.from {
			return shorten(tidyTitle(c.text[g.context.from:g.context.to])+"，"+text, 40)
		}
		if strings.Contains(clauseTopic(c), text) { // the item is one sentence: its words are its title
			return shorten(tidyTitle(c.text[g.from:g.to]), 40)
		}
		if t := topic; t != "" && hanIn(text) < 6 {
			return shorten(t+"："+text, 40)
		}
	}
	return shorten(text, 40)
}

// howFar is a title that says how far the work is to be and not what it is:
// 形成初步成果并上报.
var howFar = regexp.MustCompile(`^(?:形成|完成|通过|报送|上报|报批|提交|出台|印发|取得|达到|落实|并|和|及|初步|阶段性?|明显|显著|成果|成效|进展|初稿|送审稿|方案|报告|评审|验收|审批|批复|审查|结果|全部|全面|基本|任务|工作|目标|其中|主体|工程|市政府|省级|市级|,)+$`)

// topicBefore is the short first sentence that names the matter of a paragraph:
// ——背街小巷整治。6月底前完成60条.
func (c *clause) topicBefore(at int) string {
	from := 0
	for _, s := range c.starts {
		if s <= at {
			from = s
		}
	}
	line := c.text[from:at]
	head := strings.TrimLeft(line, "—-－●■◆ ")
	if len(head) == len(line) {
		return ""
	}
	first := firstSentence(head)
	if n := hanIn(first); n < 3 || n > 20 || len(first) >= len(head) {
		return ""
	}
	return tight(first)
}

// danglers are what a time leaves behind when it is taken out: 于, 在, 至.
var danglers = regexp.MustCompile(`(?:务必|必须)?[于在至到自从]$`)

// yearTail is the second half of 年度, where the time is 2024年.
var yearTail = regexp.MustCompile(`^度([^假过日])`)

var titleHead = regexp.MustCompile(`^(并|且|要|应|须|需|将|于|在|至|到|前|底|同时|其中|力争|争取|确保|原则上|,|、|:|。|;|分别)+`)

// wholeWords begin like an auxiliary and are none.
var wholeWords = regexp.MustCompile(`^(?:应[急对用届聘]|要[素点件]|需求|前[期置沿端]|底[数线泥图册]|在[线建校岗编]|到[位户人]|并[网联购轨]|将来|至今|于是)`)

func tidyTitle(s string) string {
	s = tight(s)
	f := fold(s)
	if m := titleHead.FindString(f); m != "" && len(m) < len(f) {
		rs := []rune(s)
		n := len([]rune(m))
		if wholeWords.MatchString(string(rs[n-1 : min(len(rs), n+1)])) { // 应急, 在线: no auxiliary
			n--
		}
		s = string(rs[n:])
	}
	s = strings.NewReplacer("（）", "", "()", "", "〔〕", "").Replace(doubleComma.ReplaceAllString(s, "，"))
	if i := strings.IndexAny(fold(s), ":"); i > 0 && i < 120 {
		if names := labelUnits(s); len(names) > 0 {
			_, rest, _ := strings.Cut(strings.ReplaceAll(s, ":", "："), "：")
			if rest = strings.TrimPrefix(rest, "负责"); hanIn(rest) >= 2 {
				s = rest
			}
		}
	}
	return strings.Trim(s, "，。；：、,;: ")
}

var doubleComma = regexp.MustCompile(`[，,、]{2,}`)
