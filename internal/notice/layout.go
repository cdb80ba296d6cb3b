package notice

import (
	"fmt"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// unitsFrom is how many tasks make a count by unit worth its space.
const unitsFrom = 6

// page lays the sentences out for both renderings. All entries, and all that is
// undecided, are counted, and the first so many are listed.
func (s *speaker) page(entries []entry, listed, open int) page {
	document := s.t("plan", words.Data{"Title": clean(s.d.Plan.Title), "Number": clean(s.d.Plan.Number)})
	data := words.Data{"Plan": document, "Unit": clean(s.d.Unit), "Tasks": s.many(entries), "Office": s.office(), "Link": s.d.Link != ""}
	if len(entries) == 0 {
		data["Tasks"] = s.count("matters", len(s.d.Open))
	}
	p := page{
		Lang: s.w.Lang(), Office: s.signature(), Plan: document, Total: len(entries) + len(s.d.Open),
		Heading: s.heading(entries),
		When:    s.dayAndWeekday(s.today),
		Salute:  s.salute(),
		Contact: s.contact(), Link: s.d.Link, Where: s.where(),
		Labels: s.labels(),
	}
	p.Opening, p.Closing, p.Footer = s.frame(entries, data)
	if s.d.Recipient.Role == people.Deputy {
		p.Heading = s.t("heading_copy", words.Data{"Heading": p.Heading})
	}
	leads := map[string]bool{}
	for _, e := range entries {
		leads[e.Lead] = true
	}
	showLead := len(leads) > 1 || !leads[s.d.Unit]
	p.Totals = s.standing()
	var rest []string
	for len(entries) > 0 {
		k := entries[0].heap()
		n := slices.IndexFunc(entries, func(e entry) bool { return e.heap() != k })
		if n < 0 {
			n = len(entries)
		}
		name := s.nameOf(k)
		if last := len(p.Summary) - 1; last >= 0 && p.Summary[last].Name == name { // the same to different readers
			p.Summary[last].N += n
		} else {
			p.Summary = append(p.Summary, chip{name, n, k.tone()})
		}
		shown := min(n, listed-p.rows())
		if shown > 0 {
			p.Groups = append(p.Groups, s.group(k, entries[:shown], n, p.rows()+1, len(p.Groups)+1, showLead))
		}
		if shown < n {
			rest = append(rest, s.t("rest_of", words.Data{"Name": name, "N": n - shown}))
		}
		p.countUnits(entries[:n], name)
		entries = entries[n:]
	}
	if of := len(s.d.Open); of > 0 {
		name := s.t("name_open")
		p.Summary = append(p.Summary, chip{name, of, crimson})
		if open > 0 {
			p.Groups = append(p.Groups, s.openGroup(open, p.rows()+1, len(p.Groups)+1))
		}
		if open < of {
			rest = append(rest, s.t("rest_of", words.Data{"Name": name, "N": of - open}))
		}
	}
	if len(p.Units) < 2 || p.Total < unitsFrom {
		p.Units = nil
	}
	if len(rest) > 0 {
		p.Rest = s.t("rest", words.Data{"N": p.Total - p.rows(), "Of": strings.Join(rest, s.t("comma")), "Where": s.d.Rest, "Link": s.d.Link != "", "Office": s.office()})
	}
	return p
}

// standing is a sentence with the numbers of the plan (Totals); "" where all are zero.
func (s *speaker) standing() string {
	t := s.d.Totals
	if t == nil || *t == (Totals{}) {
		return ""
	}
	var parts []string
	for _, c := range []struct {
		key string
		n   int
	}{{"overdue", t.Overdue}, {"talks", t.Talks}, {"proposals", t.Proposals}} {
		if c.n > 0 {
			parts = append(parts, s.count("standing_"+c.key, c.n))
		}
	}
	return s.t("standing", words.Data{"Of": strings.Join(parts, s.t("comma"))})
}

// heading is the message's heading: that of its gravest heap, or a common one for a message
// that tells of different acts.
func (s *speaker) heading(entries []entry) string {
	if len(entries) == 0 {
		return s.t("heading_open")
	}
	k := entries[0].heap()
	switch {
	case k.matter == "":
		return s.t("heading_" + k.class.String())
	case k.class == news && slices.ContainsFunc(entries, func(e entry) bool { return e.matter() != k.matter }):
		return s.say("heading_told_" + s.seat())
	}
	if own := s.say("heading_" + k.matter); own != "" {
		return own
	}
	return s.nameOf(k)
}

// seat is what a reader is to the plan: unit, office or leader.
func (s *speaker) seat() string {
	if r := s.d.Recipient.Role; r == people.Office || r == people.Leader {
		return string(r)
	}
	return "unit"
}

// frame is what comes before and after the groups: the words for the reader's seat when all
// entries are about tasks' own limits, else words that fit other matters, or news that asks
// for nothing.
func (s *speaker) frame(entries []entry, data words.Data) (opening, closing, footer string) {
	role, limits, asked, rungs := string(s.d.Recipient.Role), true, false, false
	for _, e := range entries {
		limits = limits && e.matter() == ""
		rungs = rungs || !e.told()
		if !asked {
			_, asked = s.ask(e.heap(), e)
		}
	}
	decides := len(s.d.Open) > 0 || slices.ContainsFunc(entries, s.decides)
	if limits {
		closing = s.t("closing_"+role, data)
		if decides {
			closing = s.say("closing_decide", data)
		}
		return s.t("opening_"+role, data), closing, s.t("footer")
	}
	opening, closing, footer = s.say("opening_"+s.seat(), data), s.say("closing_"+s.seat(), data), s.t("footer")
	if !asked {
		opening, closing = s.say("opening_told_"+s.seat(), data), s.say("closing_told_"+s.seat(), data)
	}
	if decides {
		closing = s.say("closing_decide", data)
	}
	if !rungs && len(entries) > 0 {
		footer = s.say("footer_told")
		k := entries[0].heap()
		if own := s.say("opening_"+k.reader+"_"+k.matter, data); own != "" && s.alone(entries) {
			opening = own
		}
	}
	return opening, closing, footer
}

// alone tells that a message has one heap only.
func (s *speaker) alone(entries []entry) bool {
	return !slices.ContainsFunc(entries, func(e entry) bool { return e.heap() != entries[0].heap() })
}

func (s *speaker) labels() labels {
	return labels{Summary: s.t("label_summary"), Units: s.t("label_units"), Next: s.t("label_next"), Due: s.t("label_due"), Colon: s.t("colon")}
}

func (s *speaker) contact() string {
	desk := words.Data{"Email": clean(s.d.Office.Email), "Phone": clean(s.d.Desk.Phone), "Name": ""}
	if name := strings.TrimPrefix(clean(s.d.Desk.Name), clean(s.d.Office.Name)); name != "" {
		desk["Name"] = name
	}
	if desk["Email"] == "" && desk["Phone"] == "" {
		return ""
	}
	return strings.TrimSpace(s.t("contact", desk))
}

// where is a sentence saying that the portal is where to act; "" without a portal.
func (s *speaker) where() string {
	if s.d.Link == "" {
		return ""
	}
	return s.t("link_" + s.seat())
}

// ordinals is how many numerals of headings the catalogue has.
const ordinals = 20

// group words the entries of one heap that are listed, out of `of` in all, numbered on from
// first. What comes next is said once when it is the same for all.
func (s *speaker) group(k heap, entries []entry, of, first, ordinal int, showLead bool) group {
	g := group{
		Ordinal: s.t(fmt.Sprintf("ordinal_%d", min(ordinal, ordinals))), Name: s.nameOf(k), Tone: k.tone(),
		Count: s.t("group_count", words.Data{"Count": s.many(entries)}),
	}
	if len(entries) < of {
		g.Count = s.t("group_count", words.Data{"Count": s.t("group_first", words.Data{"N": len(entries), "Of": of})})
	}
	g.Ask, _ = s.ask(k, entries...)
	if ordinal > ordinals {
		g.Ordinal = fmt.Sprintf("%d. ", ordinal)
	}
	for i, e := range entries {
		g.Rows = append(g.Rows, s.row(e, first+i, showLead))
	}
	if len(g.Rows) > 1 && !slices.ContainsFunc(g.Rows, func(r row) bool { return r.Next != g.Rows[0].Next }) {
		g.Next = g.Rows[0].Next
		for i := range g.Rows {
			g.Rows[i].Next = ""
		}
	}
	return g
}

func (s *speaker) row(e entry, no int, showLead bool) row {
	r := row{No: no, Title: s.title(e)}
	if !e.Due.IsZero() {
		r.Due = s.day(e.Due)
	}
	if e.matter() == "" {
		r.Next = s.next(e.Next)
	} else {
		r.Next = s.matterNext(e)
	}
	if e.matter() == "" || !e.over() {
		r.Left, r.Days, r.Workdays = s.left(e.Left)
		r.Late = e.Left.Days < 0
	}
	r.Light = s.lamp(e.Item)
	for _, badge := range []struct {
		on  bool
		key string
	}{{e.Priority, "badge_priority"}, {e.Soft, "badge_soft"}, {e.CatchUp, "badge_catchup"}} {
		if badge.on {
			r.Badges = append(r.Badges, s.t(badge.key))
		}
	}
	if _, asked := s.ask(e.heap(), e); asked && s.types() && e.number() != "" {
		r.Meta = append(r.Meta, s.t("meta_number", words.Data{"Number": e.number()}))
	}
	if e.Clause != "" {
		r.Meta = append(r.Meta, s.t("meta_clause", words.Data{"Clause": clean(e.Clause)}))
	}
	if showLead && (e.Lead != "" || e.matter() == "") {
		r.Meta = append(r.Meta, s.t("meta_lead", words.Data{"Lead": clean(e.Lead)}))
	}
	if e.Talk != nil && (e.Talk.Number > 0 || e.matter() == "") {
		r.Notes = append(r.Notes, s.talk(*e.Talk))
	}
	r.Lines = append(s.matterLines(e), s.calledFor(e)...)
	if e.Talk != nil {
		for _, other := range e.Talk.Elsewhere {
			r.Lines = append(r.Lines, line{Text: s.t("talk_elsewhere", words.Data{"Plan": clean(other.Plan), "Number": other.Number, "Day": s.day(other.Opened)})})
		}
	}
	for _, t := range e.also {
		r.Notes = append(r.Notes, s.talk(t))
	}
	switch {
	case e.CatchUp && e.Merged > 0:
		r.Notes = append(r.Notes, s.count("caughtup", e.Merged))
	case e.Stage == plan.Passed:
		r.Notes = append(r.Notes, s.t("passed"))
	}
	return r
}

// types tells that the reader works with commands: the office, where there is no portal.
// Only such a reader is told the ID that commands have for a thing; everybody else answers
// by a reply, or calls the office.
func (s *speaker) types() bool { return s.d.Link == "" && s.d.Recipient.Role == people.Office }

// mostCalled is how many tasks of a talk one message lists.
const mostCalled = 15

// oneByOne are the steps of a talk that take up each of its tasks.
var oneByOne = map[string]bool{act.StepMinutes: true, act.StepPlan: true, act.StepReport: true}

// calledFor are the tasks that a talk is about, each with its own date: in what is told
// of the talk, and in the words of the steps that take them up one by one, the minutes and
// what the unit is to do about each. A reminder of another step says how many they are.
func (s *speaker) calledFor(e entry) []line {
	if len(e.Of) < 2 {
		return nil
	}
	lines := []line{{s.say("words_called"), s.count("tasks", len(e.Of))}}
	if !e.told() && (e.Talk == nil || !oneByOne[e.Talk.Step]) {
		return lines
	}
	for i, t := range e.Of[:min(len(e.Of), mostCalled)] {
		data := words.Data{"Title": clean(t.Title), "Task": "", "Due": s.day(t.Due)}
		if s.types() {
			data["Task"] = clean(t.Task)
		}
		lines = append(lines, line{Text: s.say("listed", map[string]any{"No": i + 1, "Words": s.say("called", data)})})
	}
	if more := len(e.Of) - mostCalled; more > 0 {
		data := words.Data{"N": more, "Talk": ""}
		if s.types() {
			data["Talk"] = e.number()
		}
		lines = append(lines, line{Text: s.say("called_more", data)})
	}
	return lines
}

// number is what commands call the thing: the talk, or the task.
func (it Item) number() string {
	if it.Talk != nil && it.Talk.ID != "" {
		return clean(it.Talk.ID)
	}
	return clean(it.Task)
}

// lamp is the word and colour of a task's light. A task that is done has a word and no
// colour; one that is cancelled has neither.
func (s *speaker) lamp(it Item) lamp {
	switch it.Light {
	case "":
		return lamp{}
	case plan.Done, plan.DoneLate:
		return lamp{Word: s.t("light_" + string(it.Light))}
	}
	if row, _ := act.Topic(act.Kind(it.Matter.Topic)); it.told() && row.Ends() {
		return lamp{}
	}
	return lamp{s.t("light", words.Data{"Light": s.w.T("term." + string(it.Light))}), lampColours[it.Light]}
}
