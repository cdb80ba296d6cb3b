package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"duban/internal/deadline"
	"duban/internal/plan"
	"duban/internal/words"
)

// Expression is an expression of time in the documents and the one thing that
// became of it.
type Expression struct {
	Place  Place  `json:"place"`
	Words  string `json:"words"`
	Became string `json:"became"` // task, duty, question or aside
	Of     string `json:"of"`     // the task's or question's id, or why it was set aside: a key intake.aside_<of>
	Rule   string `json:"rule"`   // of internal/deadline; "" where the phrase reader takes it for no time
	entry  *entry
	span   span // in its paragraph or cell
}

const (
	becameTask     = "task"
	becameDuty     = "duty"
	becameQuestion = "question"
	becameAside    = "aside"
)

// asksOf marks words of a clause or row of which a question was asked instead of
// making an entry.
type asksOf struct {
	c  *clause
	at span
	id string
}

// plainTime finds what looks like a time without knowing what times are: it holds
// the phrase reader to account.
var plainTime = regexp.MustCompile(`[0-9〇○零一二三四五六七八九十两]+ ?个?(?:年度?|月份?|季度|旬|周|工作日|天|日)(?:[0-9]{1,2}[日号])?(?:[上下]半年|上旬|中旬|下旬|底|末|初|中|内)?(?:之前|以前|前|止)?|[本今明次当全半]年度?(?:底|末|内|终)?(?:之前|以前|前)?|年[底末终](?:之前|以前|前)?|[上下]半年|每个?[年月季周旬日天]度?|[上中下]旬|月底前?|季度末?|底前`)

// plainLimit is true of such words that say by when, so that a person must look.
var plainLimit = regexp.MustCompile(`(?:前|止|底|末)$`)

// account walks every paragraph and cell of the documents, finds the expressions
// of time, and says of each what became of it. What became nothing is asked about,
// so that no time is lost in silence.
func (k *committer) account(d *Draft, tables []headedTable) {
	a := &accountant{k: k, d: d, of: map[paraKey][]*clause{}, rows: map[paraKey][]*project{}, tables: map[*Table]headedTable{}, rowAsides: map[paraKey][]Aside{}}
	for _, c := range d.clauses {
		for _, p := range c.paras {
			key := keyOf(p.place)
			a.of[key] = append(a.of[key], c)
		}
	}
	for _, p := range d.projects {
		key := keyOf(p.place)
		a.rows[key] = append(a.rows[key], p)
	}
	for _, t := range tables {
		if t.printed != nil {
			t = t.asPrinted(a.tables[t.printed])
		}
		a.tables[t.Table] = t
	}
	a.asides, a.asks = map[*clause][]Aside{}, map[*clause][]asksOf{}
	for _, s := range k.aside {
		switch {
		case s.c == nil:
		case len(s.c.starts) == 0:
			key := keyOf(s.c.at)
			a.rowAsides[key] = append(a.rowAsides[key], s)
		default:
			a.asides[s.c] = append(a.asides[s.c], s)
		}
	}
	for _, q := range k.asks {
		a.asks[q.c] = append(a.asks[q.c], q)
	}
	for _, e := range d.Entries() {
		if e.from != nil {
			a.headed = append(a.headed, e)
		}
	}
	for _, doc := range d.Docs {
		for _, b := range doc.Blocks {
			if b.Table != nil {
				a.table(b)
			} else {
				a.paragraph(para{b.Text, b.Place})
			}
		}
	}
	k.found = a.out
	k.damage(d)
}

// damage asks about characters that could not be read where they touch a unit's
// name: what is made of such a name is another unit.
func (k *committer) damage(d *Draft) {
	for _, u := range k.reg.units {
		if strings.ContainsRune(u.Name, utf8.RuneError) {
			k.asker.ask("damage", weightLead+2, u.where, u.Name, "", nil, nil)
		}
	}
}

type accountant struct {
	k         *committer
	d         *Draft
	of        map[paraKey][]*clause
	rows      map[paraKey][]*project
	tables    map[*Table]headedTable
	rowAsides map[paraKey][]Aside
	asides    map[*clause][]Aside
	asks      map[*clause][]asksOf
	headed    []*entry // whose time comes from a heading
	taken     []int    // by byte of the paragraph or cell: the expression, counted from 1
	out       []Expression
}

// paragraph accounts for the times of a paragraph.
func (a *accountant) paragraph(p para) {
	a.taken = make([]int, len(p.text))
	clauses := a.of[keyOf(p.place)]
	for _, c := range clauses {
		start, end := c.paraSpan(p.place)
		for _, r := range c.readings {
			if r.Begin >= start && r.Begin < end {
				a.add(p, span{r.Begin - start, min(r.End, end) - start}, r.Rule, a.inClause(c, r))
			}
		}
	}
	if len(clauses) == 0 {
		kind := a.kindOf(p)
		for _, r := range deadline.Read(p.text, a.k.ctx) {
			a.add(p, span{r.Begin, r.End}, r.Rule, a.outside(p, kind, r))
		}
	}
	a.plain(p)
}

// fate is what became of an expression.
type fate struct {
	became, of string
	entry      *entry
}

func aside(why string) fate { return fate{became: becameAside, of: why} }

func (a *accountant) add(p para, s span, rule string, f fate) {
	if s.to <= s.from || s.to > len(p.text) {
		return
	}
	if i := a.at(s); i > 0 { // read in two clauses: the one that made something counts
		if o := &a.out[i-1]; o.Became == becameAside && f.became != becameAside {
			o.Became, o.Of, o.entry, o.Rule = f.became, f.of, f.entry, rule
		}
		return
	}
	a.out = append(a.out, Expression{Place: p.place, Words: p.text[s.from:s.to], Became: f.became, Of: f.of, Rule: rule, entry: f.entry, span: s})
	for i := s.from; i < s.to; i++ {
		a.taken[i] = len(a.out)
	}
}

// at is the number, from 1, of the expression that takes a byte of s; 0 for none.
func (a *accountant) at(s span) int {
	for i := s.from; i < min(s.to, len(a.taken)); i++ {
		if a.taken[i] > 0 {
			return a.taken[i]
		}
	}
	return 0
}

// ofEntry is the fate of a time that an entry took.
func (a *accountant) ofEntry(e *entry, place string) fate {
	switch {
	case e.SameAs != "" || e.Kind == plan.Dated:
		return fate{becameTask, e.ID, e}
	case e.Kind == plan.Duty:
		return fate{becameDuty, e.ID, e}
	}
	if id := a.questionOf(e, place); id != "" {
		return fate{became: becameQuestion, of: id}
	}
	if e.Kind == plan.Standing && !e.Begin.IsZero() {
		return aside("start")
	}
	return aside("open")
}

// questionOf is the open question about an entry's limit, "" for none.
func (a *accountant) questionOf(e *entry, place string) string {
	for _, kind := range []string{"date", "which_date", "past", "cycle", "rhythm", "limit"} {
		for _, text := range []string{e.Source, e.Title} {
			id := questionID(kind, place, text)
			if i, ok := a.k.asker.seen[id]; ok && a.k.asker.list[i].said == "" {
				return id
			}
		}
	}
	if name := seasonName(e.words); name != "" {
		id := questionID("season", "", name)
		if i, ok := a.k.asker.seen[id]; ok && a.k.asker.list[i].said == "" {
			return id
		}
	}
	return ""
}

// inClause is what became of a reading of a clause.
func (a *accountant) inClause(c *clause, r deadline.Reading) fate {
	at := span{r.Begin, r.End}
	for _, e := range c.entries {
		if e.phrase.from < at.to && at.from < e.phrase.to {
			return a.ofEntry(e, c.place)
		}
	}
	for _, s := range a.asides[c] {
		if s.at.from < at.to && at.from < s.at.to {
			return aside(s.Why)
		}
	}
	for _, q := range a.asks[c] {
		if q.at.from < at.to && at.from < q.at.to {
			return fate{became: becameQuestion, of: q.id}
		}
	}
	for _, e := range c.entries { // said of the work above, or of the entry's words as a whole
		if e.words == r.Words && (r.BackRef || e.span.from <= at.from && at.to <= e.span.to) {
			return a.ofEntry(e, c.place)
		}
	}
	if f, ok := a.undated(c, r); ok {
		return f
	}
	if r.Kind == deadline.Start && r.Begin < c.headLen {
		return aside("start")
	}
	if c.above && r.Begin < c.headLen {
		if f, ok := a.ofHeading(c.paras[0].place); ok && !(f.became == becameAside && headDoes.MatchString(c.text[:c.headLen])) {
			return f
		}
	}
	line := nearLine(c.text, r.Begin)
	for _, e := range c.entries {
		near := e.span.from < line.to && line.from < e.span.to || r.BackRef || c.wholly != nil
		if near && !e.Due.IsZero() && e.Due == r.Due || near && e.Recur != nil && (r.Kind == deadline.Recurring || !r.Due.IsZero() && e.Recur.Until == r.Due) {
			return a.ofEntry(e, c.place)
		}
	}
	for _, e := range c.entries {
		if wholeYear.MatchString(tight(fold(r.Words))) && (!e.Due.IsZero() || e.Recur != nil) && (e.span.from < line.to && line.from < e.span.to || len(c.wholly) > 0) {
			return aside("year")
		}
	}
	if a.gone(r) {
		return aside("past")
	}
	if r.Rule == "A10" && len(c.entries) > 0 {
		return aside("season")
	}
	return a.lost(c, para{}, c.text, r)
}

// headDoes is a heading that is a sentence: somebody does something by its time.
var headDoes = regexp.MustCompile(`(?:负责|确保|完成|要)[^，。]{3,}[，,].*(?:前|底)`)

// undated is the fate of readings that give no day.
func (a *accountant) undated(c *clause, r deadline.Reading) (fate, bool) {
	switch {
	case r.Kind == deadline.Target:
		return aside("target"), true
	case r.Effect:
		return aside("effect"), true
	case r.Kind == deadline.None || r.Kind == deadline.Standing:
		if r.Rule == "A15" {
			return aside("vision"), true
		}
		return aside("open"), true
	case r.Kind == deadline.Relative && r.Due.IsZero():
		return aside("event"), true
	case r.Due.IsZero() && (r.Kind == deadline.Season || r.Kind == deadline.Due) && !r.BackRef:
		for _, e := range c.entries {
			if e.span.from <= r.Begin && r.Begin < e.span.to {
				if id := a.questionOf(e, c.place); id != "" {
					return fate{became: becameQuestion, of: id}, true
				}
			}
		}
		if r.Kind == deadline.Season {
			return aside("season"), true
		}
		return aside("elsewhere"), true
	}
	return fate{}, false
}

// issueWords are the lines of a letter: who signs, when, that it is made public.
var issueWords = regexp.MustCompile(`^[\p{Han}]{0,24}(?:19|20)\d\d年\d{1,2}月\d{1,2}日(?:印发|发布)?$|^\(?(?:19|20)\d\d年\d{1,2}月\d{1,2}日.{0,30}(?:通过|批准|印发|公布)\)?$|印发$`)

// kindOf says why no time of a paragraph can be a limit, "" where it can.
func (a *accountant) kindOf(p para) string {
	if len(p.text) > 600 {
		return ""
	}
	f := tight(fold(p.text))
	switch {
	case issueWords.MatchString(f), endMatter.MatchString(fold(p.text)):
		return "issue"
	case f == tight(fold(a.d.Title)) && !strings.Contains(f, "。") || planTitle.MatchString(f) && !strings.ContainsAny(f, "。;") || isAnnexHead(p.text) || annexList.MatchString(fold(p.text)):
		return "name"
	}
	return ""
}

// outside is the fate of a reading in a paragraph of no clause.
func (a *accountant) outside(p para, kind string, r deadline.Reading) fate {
	if kind != "" {
		return aside(kind)
	}
	c := &clause{place: shortPlace(p.place), role: roleTasks, text: p.text, at: p.place}
	if f, ok := a.undated(c, r); ok {
		return f
	}
	switch {
	case r.Kind == deadline.Start:
		return aside("start")
	case r.Kind == deadline.Window && isStageTime(p.text): // 行动时间为6月20日至9月30日
		return aside("stage")
	case a.k.vision(r):
		return aside("vision")
	case r.Superior:
		return aside("superior")
	case r.Condition:
		return aside("condition")
	case !r.Due.IsZero() && r.Due.Year < a.k.facts.Issued.Year || a.gone(r):
		return aside("past")
	case bareYear.MatchString(tight(fold(r.Words))) && !says(p.text, r):
		return aside("target")
	}
	if f, ok := a.ofHeading(p.place); ok {
		return f
	}
	return a.lost(nil, p, p.text, r)
}

// ofHeading is the fate of a time in a heading: its items took it, or have times
// of their own.
func (a *accountant) ofHeading(at Place) (fate, bool) {
	for _, e := range a.headed {
		if e.from.place == at {
			return a.ofEntry(e, ""), true
		}
	}
	return aside("stage"), a.k.stageUsed(at)
}

// gone is true of a day before the issue that no word makes a limit: 6月28日，市委督查
// 室开展了督查.
func (a *accountant) gone(r deadline.Reading) bool {
	return !r.Due.IsZero() && r.Due.Before(a.k.facts.Issued) && !strings.ContainsAny(r.Words, "前底末内止")
}

// lost asks about a dated expression that nothing was made of; a person's yes or
// day makes a task of its sentence.
func (a *accountant) lost(c *clause, p para, text string, r deadline.Reading) fate {
	k := a.k
	place, line := shortPlace(p.place), nearLine(text, r.Begin)
	if c != nil {
		place = c.place
	}
	said := strings.ReplaceAll(text[line.from:max(line.to, line.from)], "\n", "")
	if len([]rune(said)) > 160 {
		said = text[r.Begin:r.End]
	}
	proposal := ""
	if !r.Due.IsZero() {
		proposal = r.Due.String()
	}
	answer := k.asker.ask("unread", weightDate+2, place, said+" / "+r.Words, proposal, []string{"none"}, words.Data{"Sentence": said, "Phrase": r.Words})
	id := questionID("unread", place, said+" / "+r.Words)
	day, ok := parseAnswerDay(answer)
	if answer == "none" {
		return aside("answered")
	}
	if !ok {
		return fate{became: becameQuestion, of: id}
	}
	if c == nil {
		c = &clause{id: "t" + strings.TrimPrefix(id, "unread-"), role: roleTasks, paras: []para{p}, place: place}
		c.fill()
		c.title = shorten(firstSentence(p.text), 30)
		a.d.clauses = append(a.d.clauses, c)
	}
	e := &entry{Kind: plan.Dated, Due: day, Bracket: c.bracketFor(0), span: line, phrase: span{r.Begin, r.End}, Source: said, Title: shorten(tidyTitle(strings.Replace(said, r.Words, "", 1)), 40),
		words: r.Words, rule: r.Rule, sure: deadline.Sure, Milestone: "完成", sentence: line}
	e.At = c.placeAt(line.from)
	k.owner(c, e, "")
	c.entries = append(c.entries, e)
	return fate{becameTask, "", e}
}

// nearLine is lineOf within what a sentence can hold.
func nearLine(text string, at int) span {
	from, to := max(0, at-900), min(len(text), at+900)
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to++
	}
	s := lineOf(text[from:to], at-from)
	return span{s.from + from, s.to + from}
}

// paraSpan is where the paragraph at a place stands in the clause's text.
func (c *clause) paraSpan(at Place) (from, to int) {
	for i, p := range c.paras {
		if p.place == at {
			return c.starts[i], c.starts[i] + len(p.text)
		}
	}
	return 0, 0
}

// plain adds what the plain search finds and the phrase reader does not: names,
// numbers, lengths of time. What says by when is asked about.
func (a *accountant) plain(p para) {
	f, back := foldTight(p.text)
	for _, m := range plainTime.FindAllStringIndex(f, -1) {
		s := span{back[m[0]], back[m[1]]}
		if a.at(s) > 0 {
			continue
		}
		before := p.text[max(0, s.from-400):s.from]
		var why fate
		switch {
		case strings.LastIndex(before, "《") > strings.LastIndex(before, "》"), docNumber.MatchString(p.text[max(0, s.from-60):min(len(p.text), s.to+24)]):
			why = aside("name")
		case plainLimit.MatchString(f[m[0]:m[1]]) && strings.ContainsAny(f[m[0]:m[1]], "年月日底") && !slices.Contains(plainNames, f[m[0]:m[1]]):
			why = a.lost(nil, p, p.text, deadline.Reading{Kind: deadline.Due, Begin: s.from, End: s.to, Words: p.text[s.from:s.to]})
		default:
			why = aside("plain")
		}
		a.add(p, s, "", why)
	}
}

// plainNames are words of the plain search that no limit can be alone.
var plainNames = []string{"季度末", "年终", "上半年", "下半年"}

// foldTight is a text folded and without spaces, with the byte of the text that
// each of its bytes came from.
func foldTight(s string) (string, []int) {
	var b strings.Builder
	var back []int
	for i, r := range s {
		t := tight(string(foldRune(r)))
		b.WriteString(t)
		for range len(t) {
			back = append(back, i)
		}
	}
	return b.String(), append(back, len(s))
}
