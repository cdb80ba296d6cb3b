package intake

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"duban/internal/deadline"
	"duban/internal/plan"
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
	unfit     fate     // of the times in a table that makes no task; zero elsewhere
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
				a.add(p, span{r.Begin - start, min(r.End, end) - start}, r.Rule, a.orAsk(c, para{}, c.text, r, a.inClause(c, r)))
			}
		}
	}
	if len(clauses) == 0 {
		kind := a.kindOf(p)
		for _, r := range deadline.Read(p.text, a.k.ctx) {
			a.add(p, span{r.Begin, r.End}, r.Rule, a.orAsk(nil, p, p.text, r, a.outside(p, kind, r)))
		}
	}
	a.plain(p, "")
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
		said := []string{e.Source, e.Title}
		if e.row != nil { // asked of its cell alone
			said = append(said, e.row.limit)
		}
		for _, text := range said {
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

// paraSpan is the byte range of the clause's text that holds the paragraph at a place;
// 0, 0 where the clause has none there.
func (c *clause) paraSpan(at Place) (from, to int) {
	for i, p := range c.paras {
		if p.place == at {
			return c.starts[i], c.starts[i] + len(p.text)
		}
	}
	return 0, 0
}
