package intake

import (
	"regexp"
	"slices"
	"strings"

	"duban/internal/calendar"
	"duban/internal/deadline"
	"duban/internal/plan"
	"duban/internal/words"
)

// lost asks about a dated expression that nothing was made of; a person's yes or
// day makes a task of its sentence.
func (a *accountant) lost(c *clause, p para, text string, r deadline.Reading) fate {
	return a.putBefore("unread", weightDate+2, c, p, text, r, nil)
}

// doubtful are reasons for which a time is set aside by the words around it, which may
// have been taken wrongly. Not among them is what the form of the paper says: its name,
// its day of issue, the head of a table, a day that is over.
var doubtful = []string{"target", "condition", "policy", "effect", "moved", "superior", "column", "stage", "plain", "elsewhere", "purpose", "year", "goal"}

// saysBy is true of words that say by when: 9月底前, 12月20日前, 年底.
var saysBy = regexp.MustCompile(`(?:前|底|末)$`)

// orAsk puts before a person what was set aside for a doubtful reason though its words say
// by when and its day is still to come: no limit is set aside in silence.
func (a *accountant) orAsk(c *clause, p para, text string, r deadline.Reading, f fate) fate {
	w := tight(fold(r.Words))
	unread := r.Rule == "G1" // 36月底前: its month or day cannot be read
	if f.became != becameAside {
		return f
	}
	if a.doneThen(c, text, r, f) {
		return a.putBefore("aside", weightSmall+3, c, p, text, r, &f)
	}
	if !unread && !slices.Contains(doubtful, f.of) || !saysBy.MatchString(w) {
		return f
	}
	switch {
	case unread:
	case r.Due.IsZero() || r.Due.Before(a.k.facts.Issued) || r.Kind == deadline.Target && r.Rule != "T1":
		return f
	case r.Kind == deadline.Window && f.of == "stage":
		return f // its steps have their own times, or its items took it
	}
	return a.putBefore("aside", weightSmall+3, c, p, text, r, &f)
}

// byContext are the reasons that the words around a time give, and not its own. For a time
// that lies after the issue in a sentence that says what is done then they are too weak.
var byContext = []string{"target", "condition", "policy", "moved", "superior", "stage", "column", "plain", "elsewhere", "purpose", "year", "goal", "vision"}

var (
	// dayOrMonth is in words that name a day or a part of one month: 6月中旬, 9月30日.
	dayOrMonth = regexp.MustCompile(`\d{1,2}月|[一二三四五六七八九十]月|\d{1,2}日|旬|周[一二三四五六日]`)
	// namesSpan is behind a time that it names and not what is done in it: 3月为宣传阶段.
	namesSpan = regexp.MustCompile(`^为[^,。;]{0,12}(?:阶段|时期|期|月|周|日|步)$`)
)

// doneThen tells that a time set aside by the words around it has behind it, in its own comma
// part or else in the next, what somebody does then: 6月中旬开展复查.
func (a *accountant) doneThen(c *clause, text string, r deadline.Reading, f fate) bool {
	if !slices.Contains(byContext, f.of) || r.Kind != deadline.Due && r.Kind != deadline.Window && r.Kind != deadline.Recurring || !dayOrMonth.MatchString(tight(fold(r.Words))) {
		return false
	}
	if r.Kind != deadline.Recurring && (r.Due.IsZero() || r.Due.Before(a.k.facts.Issued)) || c != nil && r.Begin < c.headLen || quoted(text, r) {
		return false
	}
	parts := commaSpans(text, nearLine(text, r.Begin))
	n := partOf(parts, r.Begin)
	after := tight(fold(text[min(r.End, parts[n].to):parts[n].to]))
	if hanIn(after) == 0 && hanIn(text[parts[n].from:r.Begin]) <= 1 && n+1 < len(parts) {
		after = tight(fold(text[parts[n+1].from:parts[n+1].to]))
	}
	return !namesSpan.MatchString(after) && (actsVerb.MatchString(after) || a.k.plainSubject(after) != "")
}

// putBefore asks about an expression of time: was is what becomes of it without an answer,
// nil where nothing does.
func (a *accountant) putBefore(kind string, weight int, c *clause, p para, text string, r deadline.Reading, was *fate) fate {
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
	data := words.Data{"Sentence": said, "Phrase": r.Words}
	if was != nil {
		data["Why"] = k.asker.words.T("intake.aside_" + was.of)
	}
	answer := k.asker.ask(kind, weight, place, said+" / "+r.Words, proposal, []string{"none"}, data)
	id := questionID(kind, place, said+" / "+r.Words)
	day, ok := parseAnswerDay(answer)
	switch {
	case answer == "none" && was != nil:
		return *was
	case answer == "none":
		return aside("answered")
	case !ok:
		return fate{became: becameQuestion, of: id}
	}
	return a.answered(c, p, said, line, r, day, strings.TrimPrefix(id, kind+"-"))
}

// answered makes the task that a person's day makes of an expression's sentence.
func (a *accountant) answered(c *clause, p para, said string, line span, r deadline.Reading, day calendar.Day, id string) fate {
	if c == nil {
		c = &clause{id: "t" + id, role: roleTasks, paras: []para{p}, place: shortPlace(p.place)}
		c.fill()
		c.title = shorten(firstSentence(p.text), 30)
		a.d.clauses = append(a.d.clauses, c)
	}
	e := &entry{Kind: plan.Dated, Due: day, Bracket: c.bracketFor(0), span: line, phrase: span{r.Begin, r.End}, Source: said, Title: shorten(tidyTitle(strings.Replace(said, r.Words, "", 1)), 40),
		words: r.Words, rule: r.Rule, sure: deadline.Sure, Milestone: "完成", sentence: line}
	e.At = c.placeAt(line.from)
	a.k.owner(c, e, "")
	c.entries = append(c.entries, e)
	return fate{becameTask, "", e}
}
