package intake

import (
	"regexp"
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
	row       *row // of an annex
}

// committer makes the entries of clauses.
type committer struct {
	facts facts
	ctx   deadline.Context
	asker *asker
	reg   *registry
	aside []Aside
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
	readings := deadline.Read(c.text, k.ctx)
	k.limits(c, readings)
	k.headLimits(c, readings)
	for _, s := range c.sentences(readings) {
		k.sentence(c, s)
	}
	k.backrefs(c, readings)
	for i, e := range c.entries {
		e.ID = c.id + "-" + strconv.Itoa(i+1)
		e.At = c.placeAt(e.span.from)
	}
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
			if len(read) > 1 && wholeYear.MatchString(tight(fold(one.Words))) {
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
			k.owner(c, e, "")
			c.entries = append(c.entries, e)
			made = true
		}
		if made {
			c.covered(bracket)
		}
	}
}

// headLimits makes the entry of a time in the heading, which covers what
// stands below: （一）动员部署阶段（4月15日前）.
func (k *committer) headLimits(c *clause, readings []deadline.Reading) {
	m, _ := readMark(c.text)
	from := len(string([]rune(c.text)[:min(m.length, utf8.RuneCountInString(c.text))]))
	for _, r := range readings {
		if r.Begin < from || r.End > c.headLen || !k.counts(c, r, span{from, c.headLen}, true) || attached(r) {
			continue
		}
		to := c.headLen
		for _, s := range c.sentences(nil) {
			to = max(to, s.to)
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
		k.owner(c, e, "")
		c.entries = append(c.entries, e)
		c.covered(everything)
	}
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
	if m, ok := readMark(c.title); ok {
		return strings.TrimSpace(string([]rune(c.title)[m.length:]))
	}
	return c.title
}

// sentence makes the entries of one sentence: one for each time it names, and
// a standing one for what is left.
func (k *committer) sentence(c *clause, s sentence) {
	parts := commaSpans(c.text, s.span)
	var marks []marked
	for _, r := range s.readings {
		if c.isCovered(s.bracket) && wholeYear.MatchString(tight(fold(r.Words))) {
			continue // a quantity of the year, whose limit the bracket gives
		}
		if k.counts(c, r, s.span, false) && !attached(r) {
			marks = append(marks, marked{r, partOf(parts, r.Begin)})
		}
	}
	segs := segments(c.text, parts, marks)
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
		k.publish(c, e, s)
		k.attach(c, e, s)
		k.split(c, e, g, s)
	}
}

var wholeYear = regexp.MustCompile(`^(全年|年内|年度|本年度?|今年|\d{4}年度?)$`)

// marked is a reading with the comma part it stands in.
type marked struct {
	deadline.Reading
	part int
}

func partOf(parts []span, at int) int {
	for i, p := range parts {
		if at < p.to {
			return i
		}
	}
	return max(0, len(parts)-1)
}

// segment is a stretch of a sentence that one time governs, or none.
type segment struct {
	span
	context span // words before it that say what the work is
	reading *deadline.Reading
}

var (
	thinVerb   = regexp.MustCompile(`^(并|要|应|须|需|将|均|全部|全面|基本|力争|争取|确保|努力|原则上|于|在|前|完成|实现|建成|落实|到位|达到|取得|目标|任务|工作|验收|整改|整治|实施|启动|开工|投运|投用|使用|投入|办结|报送|上报|提交|结束|竣工|见效|成效|明显|以)+$`)
	thinReport = regexp.MustCompile(`^(?:并|前|于|,)*(?:报|上报|报送|送|报请)[\p{Han}]{0,12}(?:备案|审批|审定|批准|审核|审查|政府|局|办|办公室|委)$`)
	freshWord  = regexp.MustCompile(`^(并加快|并推进|并积极|同时|鼓励|进一步|加快推进|推进|加强|强化|持续|不断|深入|探索|支持|引导|严格|积极)`)
)

// segments divides a sentence's comma parts among its times. A time at the
// beginning of a sentence governs it up to the next time; one that stands in a
// later part takes the parts before it along when it says too little itself.
func segments(text string, parts []span, marks []marked) []segment {
	if len(parts) == 0 {
		return nil
	}
	whole := span{parts[0].from, parts[len(parts)-1].to}
	if len(marks) == 0 {
		return []segment{{span: whole}}
	}
	var out []segment
	next := 0 // first part not yet given away
	var context span
	for i := range marks {
		m := marks[i]
		from := m.part
		if i > 0 && marks[i-1].part == m.part { // two times in one part: divide it
			from = -1
		}
		end := len(parts) - 1
		if i+1 < len(marks) {
			end = marks[i+1].part - 1
			if marks[i+1].part == m.part {
				end = m.part
			}
		}
		g := segment{reading: &marks[i].Reading, context: context}
		if from >= 0 && next < from {
			before := span{parts[next].from, parts[from-1].to}
			if i == 0 && (thin(text, parts[from], m.Reading) || openerOf(text, before)) {
				g.context, context = before, before
				if thin(text, parts[from], m.Reading) {
					g.from = before.from
				}
			} else if i == 0 && adverbial(text, parts[next:from]) {
				g.from = before.from
			} else if last := parts[from-1]; i == 0 && doneVerb.MatchString(tight(text[last.from:last.to])) {
				g.from = before.from
			} else if i == 0 {
				out = append(out, segment{span: before})
				context = before
			}
		}
		switch {
		case from < 0:
			g.from = m.Begin
		case g.from == 0:
			g.from = parts[from].from
		}
		last := end
		if end < m.part { // the next time is in the next part at once
			last = m.part
		}
		oneOff := m.Kind == deadline.Recurring
		late := g.context != span{} || i == 0 && m.part > 0
		for j := m.part + 1; j <= last; j++ {
			if oneOff && !publishWord.MatchString(text[parts[j].from:parts[j].to]) || late && freshWord.MatchString(fold(strings.TrimSpace(text[parts[j].from:parts[j].to]))) {
				last = j - 1
				break
			}
		}
		g.to = parts[last].to
		if i+1 < len(marks) && marks[i+1].part == last && marks[i+1].Begin > g.from {
			g.to = marks[i+1].Begin
		}
		g.from, g.to = trimSpan(text, g.from, max(g.from, g.to))
		out = append(out, g)
		next = last + 1
		if next <= end && i+1 <= len(marks) { // what a recurring or late time leaves over
			rest := span{parts[next].from, parts[end].to}
			switch {
			case purposeOnly(text, parts[next:end+1]):
				out[len(out)-1].to = rest.to
			case hanIn(text[rest.from:rest.to]) >= 6:
				out = append(out, segment{span: rest})
			}
			next = end + 1
		}
	}
	return out
}

// doneVerb begins words that the time after them dates too: 完成…，6月底前形成报告.
var doneVerb = regexp.MustCompile(`^(全面|基本|抓紧|尽快|加快)?(完成|制定|编制|出台|修订|新建|改建|扩建|建成|梳理|印发|起草|建设|改造|选定|确定|打造|培育|推出|引进|建立|成立|新增|组建)`)

var purposeWord = regexp.MustCompile(`^(严防|确保|防止|掌握|形成|实现|提升|提高|保障|保证|促进|有效|切实|推动形成|为|力求|以便|做到|防范|杜绝|避免|督促)`)

// purposeOnly is true of parts that only say what the work is for.
func purposeOnly(text string, parts []span) bool {
	for _, p := range parts {
		if !purposeWord.MatchString(tight(text[p.from:p.to])) {
			return false
		}
	}
	return true
}

var adverb = regexp.MustCompile(`^(?:对|按照|按|根据|依据|针对|结合|围绕|除|以|将|经|坚持|依托|通过|利用|借助|发挥|聚焦|统筹|为|同时$|在[^，]*(?:上|下|中|内|时|后)$|[^，]*(?:的|时|后|前提下|基础上)$)`)

// adverbial is true of parts that only say on what, by what or where: what
// follows them is the work.
func adverbial(text string, parts []span) bool {
	for _, p := range parts {
		if !adverb.MatchString(tight(text[p.from:p.to])) {
			return false
		}
	}
	return true
}

var openVerb = regexp.MustCompile(`^(开展|组织开展|实施|组织实施|推进|推动|持续|抓好|做好|启动|加快|加强|全面开展|深入开展|扎实开展|组织)[^，]*(工作|行动|整治|排查|活动|建设|工程|改造|调查|评估|检查|治理|试点)$`)

// openerOf is true of 开展…工作: the work whose stages the times then name.
func openerOf(text string, s span) bool {
	return openVerb.MatchString(tight(text[s.from:s.to]))
}

// thin is true of a part that says when but hardly what: 力争年底前完成.
func thin(text string, p span, r deadline.Reading) bool {
	if r.Begin < p.from || r.End > p.to {
		return false
	}
	rest := fold(tight(text[p.from:r.Begin] + text[r.End:p.to]))
	if hanIn(rest) <= 16 && thinReport.MatchString(strings.Trim(rest, ",。;、()")) {
		return true
	}
	return rest == "" || hanIn(rest) <= 6 && thinVerb.MatchString(strings.Trim(rest, ",。;、()"))
}

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
			k.season(e, r)
		case c.role != roleGuards && e.Kind == plan.Standing:
			if !k.askDate(c.place, e, r, "date") {
				k.note(e, "note_date", r.Words)
			}
		default:
			k.note(e, "note_date", r.Words)
		}
	}
}

// title is what the segment says to do, without the time.
func (k *committer) title(c *clause, g segment) string {
	r := g.reading
	text := ""
	if r.Begin >= g.from && r.End <= g.to && r.Kind != deadline.Recurring {
		text = danglers.ReplaceAllString(c.text[g.from:r.Begin], "") + c.text[r.End:g.to]
	} else {
		text = c.text[g.from:g.to]
	}
	text = tidyTitle(text)
	if hanIn(text) < 8 {
		if g.context != (span{}) && g.context.from < g.from {
			return shorten(tidyTitle(c.text[g.context.from:g.context.to])+"，"+text, 40)
		}
		if t := clauseTopic(c); t != "" && hanIn(text) < 6 {
			return shorten(t+"："+text, 40)
		}
	}
	return shorten(text, 40)
}

// danglers are what a time leaves behind when it is taken out: 于, 在, 至.
var danglers = regexp.MustCompile(`(?:务必|必须)?[于在至到]$`)

var titleHead = regexp.MustCompile(`^(并|且|要|应|须|需|将|于|在|至|到|自|从|前|底|同时|其中|力争|争取|确保|原则上|,|、|:|。|;|分别)+`)

func tidyTitle(s string) string {
	s = tight(s)
	f := fold(s)
	if m := titleHead.FindString(f); m != "" && len(m) < len(f) {
		n := len([]rune(m))
		s = string([]rune(s)[n:])
	}
	s = doubleComma.ReplaceAllString(s, "，")
	return strings.Trim(s, "，。；：、,;: ")
}

var doubleComma = regexp.MustCompile(`[，,、]{2,}`)
