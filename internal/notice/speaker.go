package notice

import (
	"fmt"
	"slices"
	"strings"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// speaker turns one digest's facts into sentences of one language.
type speaker struct {
	w     *words.Words
	d     Digest
	today calendar.Day
	days  map[calendar.Day]string // said before: a herd falls due on one day
	lefts map[Distance][3]string
}

func newSpeaker(w *words.Words, d Digest) *speaker {
	return &speaker{w: w, d: d, today: calendar.DayOf(d.At.In(d.Zone)), days: map[calendar.Day]string{}, lefts: map[Distance][3]string{}}
}

func (s *speaker) t(key string, data ...words.Data) string { return s.w.T("notice."+key, data...) }

// count is "3 项任务": the word has a form for one and a form for many.
func (s *speaker) count(what string, n int) string {
	form := "_many"
	if n == 1 {
		form = "_one"
	}
	return s.t(what+form, words.Data{"N": n})
}

func (s *speaker) day(d calendar.Day) string {
	text, ok := s.days[d]
	if !ok {
		text = dayIn(s.w, d)
		s.days[d] = text
	}
	return text
}

// dayIn is a day as people write it: 2021年4月30日, 30 April 2021.
func dayIn(w *words.Words, d calendar.Day) string {
	return w.T("notice.day", words.Data{"Year": d.Year, "Month": w.T(fmt.Sprintf("notice.month_%d", d.Month)), "Day": d.Date})
}

func (s *speaker) dayAndWeekday(d calendar.Day) string {
	return s.t("day_weekday", words.Data{"Day": s.day(d), "Weekday": s.t(fmt.Sprintf("weekday_%d", d.Weekday()))})
}

// left is how far away a day is, in one piece, "还有 7 天（5 个工作日）", and in two
// for a narrow column.
func (s *speaker) left(d Distance) (whole, days, workdays string) {
	said, ok := s.lefts[d]
	if !ok {
		said = s.sayLeft(d)
		s.lefts[d] = said
	}
	return said[0], said[1], said[2]
}

func (s *speaker) sayLeft(d Distance) [3]string {
	way, sign := "ahead", 1
	switch {
	case d.Days == 0:
		return [3]string{s.t("left_today"), s.t("short_today"), s.t("short_midnight")}
	case d.Days < 0:
		way, sign = "over", -1
	}
	days, work := s.count("days", sign*d.Days), s.count("workdays", max(0, sign*d.Workdays))
	return [3]string{
		s.t("left_"+way, words.Data{"Days": days, "Workdays": work}),
		s.t("short_"+way, words.Data{"Days": days}), strings.TrimSpace(s.t("group_count", words.Data{"Count": work})),
	}
}

// step names a talk's step; steps are data, so one without words is its ID.
func (s *speaker) step(id string) string {
	if name := s.t("step_" + id); name != "notice.step_"+id {
		return name
	}
	return clean(id)
}

func (s *speaker) talk(t Talk) string {
	left, _, _ := s.left(t.Left)
	data := words.Data{"Number": t.Number, "Step": s.step(t.Step), "Limit": s.day(t.Limit), "Left": left}
	switch {
	case t.Proposed:
		return s.t("talk_proposed", data)
	case t.Limit.IsZero():
		return s.t("talk_open", data)
	}
	return s.t("talk_step", data)
}

// next says what happens if nothing is done.
func (s *speaker) next(n *Next) string {
	if n == nil {
		return s.t("next_none", words.Data{"Office": s.office()})
	}
	var to []string
	for _, role := range n.To {
		if role == people.Office && len(n.To) > 1 && n.Kind != plan.Remind {
			continue // the office signs this: it need not say that it tells itself
		}
		to = append(to, s.role(role))
	}
	data := words.Data{"Day": s.dayAndWeekday(n.Day), "To": strings.Join(to, s.t("comma")), "Step": s.step(n.Step)}
	switch {
	case n.Topic != "":
		return s.firstOf(data, "next_"+n.Topic, "next_other")
	case n.Step != "" && n.Kind == plan.Escalate:
		return s.t("next_step_missed", data)
	case n.Step != "":
		return s.t("next_step", data)
	case n.Kind == plan.Talk && n.Approval:
		return s.t("next_talk_approval", data)
	case n.Kind.Gravity() < 0:
		return s.t("next_remind", data)
	}
	return s.t("next_"+string(n.Kind), data)
}

// role names a seat as the message speaks of it.
func (s *speaker) role(r people.Role) string {
	if r == people.Office {
		return s.office()
	}
	return s.t("seat_" + string(r))
}

// office is how the message speaks of the office that signs it: 我办, or 本办 when
// the office itself reads it.
func (s *speaker) office() string {
	if s.d.Recipient.Role == people.Office {
		return s.t("office_own")
	}
	return s.t("office_signing")
}

// signature is the office's full name.
func (s *speaker) signature() string {
	if s.d.Office.Name == "" {
		return s.w.T("term.office")
	}
	return clean(s.d.Office.Name)
}

// subject names the gravest heap, how many tasks are in it, and how many more.
func (s *speaker) subject(entries []entry) string {
	worst := entries[0].heap()
	n := 0
	for _, e := range entries {
		if e.heap() == worst {
			n++
		}
	}
	text := s.subjectOf(worst, entries[:n], len(entries) == 1)
	switch {
	case len(entries) == 1:
		text = s.t("subject_only", words.Data{"Subject": text, "Title": short(s.title(entries[0]), 40)})
	case len(entries) > n:
		text = s.t("subject_more", words.Data{"Subject": text, "Total": s.many(entries)})
	}
	if s.d.Recipient.Role == people.Deputy {
		text = s.t("subject_copy", words.Data{"Subject": text})
	}
	return clean(text)
}

// subjectOf speaks of one heap; alone, its title follows and needs no count.
func (s *speaker) subjectOf(k heap, entries []entry, alone bool) string {
	data := words.Data{"Plan": clean(s.d.Plan.Title), "Tasks": s.many(entries)}
	if k.matter == "" {
		return s.t("subject_"+k.class.String(), data)
	}
	data["Tag"], data["Name"] = s.firstOf(nil, "tag_"+k.matter, "tag_"+k.class.String()), s.say("subject_" + k.reader + "_" + k.matter)
	if data["Name"] == "" {
		data["Name"] = s.nameOf(k)
	}
	if alone {
		return s.say("subject_one", data)
	}
	return s.say("subject", data)
}

// many counts entries: tasks, unless one has several or is of none.
func (s *speaker) many(entries []entry) string {
	tasks := map[string]bool{}
	for _, e := range entries {
		if e.Task == "" || tasks[e.Task] {
			return s.count("matters", len(entries))
		}
		tasks[e.Task] = true
	}
	return s.count("tasks", len(entries))
}

// title is the task's; what is no task's may have none and is named by its matter.
func (s *speaker) title(e entry) string {
	if t := clean(e.Title); t != "" || e.matter() == "" {
		return t
	}
	return s.nameOf(e.heap())
}

// line is the whole digest in one line of a terminal.
func (s *speaker) line(key string, p page) string {
	parts := make([]string, len(p.Summary))
	for i, c := range p.Summary {
		parts[i] = fmt.Sprintf("%s %d", c.Name, c.N)
	}
	return visible(s.t(key, words.Data{
		"At": s.d.At.In(s.d.Zone).Format("2006-01-02 15:04"), "Name": s.name(), "Plan": clean(s.d.Plan.Title),
		"N": p.Total, "Counts": strings.Join(parts, s.t("comma")),
	}))
}

// name is who is spoken to: the contact, or unit and seat when it has no name.
func (s *speaker) name() string {
	if n := clean(s.d.Contact.Name); n != "" {
		return n
	}
	return s.t("unnamed", words.Data{"Unit": clean(s.d.Unit), "Seat": s.t("seat_" + string(s.d.Recipient.Role))})
}

// unitsFrom is how many tasks make a count by unit worth its space.
const unitsFrom = 6

// page lays the sentences out for both renderings.
func (s *speaker) page(entries []entry) page {
	plan := s.t("plan", words.Data{"Title": clean(s.d.Plan.Title), "Number": clean(s.d.Plan.Number)})
	data := words.Data{"Plan": plan, "Unit": clean(s.d.Unit), "Tasks": s.many(entries), "Office": s.office()}
	p := page{
		Lang: s.w.Lang(), Office: s.signature(), Plan: plan, Total: len(entries),
		Heading: s.heading(entries),
		When:    s.dayAndWeekday(s.today),
		Salute:  s.t("salute", words.Data{"Name": s.name()}),
		Contact: s.contact(),
		Labels:  s.labels(),
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
		p.Groups = append(p.Groups, s.group(k, entries[:n], p.rows()+1, len(p.Groups)+1, showLead))
		p.countUnits(entries[:n], name)
		entries = entries[n:]
	}
	if len(p.Units) < 2 || p.Total < unitsFrom {
		p.Units = nil
	}
	return p
}

// heading is the gravest heap's; a message that tells of different acts has a
// common one.
func (s *speaker) heading(entries []entry) string {
	k := entries[0].heap()
	switch {
	case k.matter == "":
		return s.t("heading_" + k.class.String())
	case k.class == news && slices.ContainsFunc(entries, func(e entry) bool { return e.matter() != k.matter }):
		return s.say("heading_told_" + s.seat())
	}
	return s.firstOf(nil, "heading_"+k.matter, "name_"+k.matter)
}

// seat is what a reader is to the plan: unit, office or leader.
func (s *speaker) seat() string {
	if r := s.d.Recipient.Role; r == people.Office || r == people.Leader {
		return string(r)
	}
	return "unit"
}

// frame is what stands before and after the groups: the seat's words when all
// are tasks' own limits, else words that fit matters, or news that asks nothing.
func (s *speaker) frame(entries []entry, data words.Data) (opening, closing, footer string) {
	role, limits, asked, rungs := string(s.d.Recipient.Role), true, false, false
	for _, e := range entries {
		limits = limits && e.matter() == ""
		rungs = rungs || !e.told()
		if !asked {
			_, asked = s.ask(e.heap())
		}
	}
	if limits {
		return s.t("opening_"+role, data), s.t("closing_"+role, data), s.t("footer")
	}
	opening, closing, footer = s.say("opening_"+s.seat(), data), s.say("closing_"+s.seat(), data), s.t("footer")
	if !asked {
		opening, closing = s.say("opening_told_"+s.seat(), data), s.say("closing_told_"+s.seat(), data)
	}
	if !rungs {
		footer = s.say("footer_told")
	}
	return opening, closing, footer
}

func (s *speaker) labels() labels {
	return labels{Summary: s.t("label_summary"), Units: s.t("label_units"), Next: s.t("label_next"), Due: s.t("label_due"), Colon: s.t("colon")}
}

func (s *speaker) contact() string {
	if s.d.Office.Email == "" {
		return ""
	}
	return s.t("contact", words.Data{"Email": clean(s.d.Office.Email)})
}

// ordinals is how many numerals of headings the catalogue has.
const ordinals = 20

// group words the entries of one heap, numbered on from first. What comes next
// is said once when it is the same for all.
func (s *speaker) group(k heap, entries []entry, first, ordinal int, showLead bool) group {
	g := group{
		Ordinal: s.t(fmt.Sprintf("ordinal_%d", min(ordinal, ordinals))), Name: s.nameOf(k), Tone: k.tone(),
		Count: s.t("group_count", words.Data{"Count": s.many(entries)}),
	}
	g.Ask, _ = s.ask(k)
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
	if e.Light != "" {
		r.Light = lamp{s.t("light", words.Data{"Light": s.w.T("term." + string(e.Light))}), lampColours[e.Light]}
	}
	for _, badge := range []struct {
		on  bool
		key string
	}{{e.Priority, "badge_priority"}, {e.Soft, "badge_soft"}, {e.CatchUp, "badge_catchup"}} {
		if badge.on {
			r.Badges = append(r.Badges, s.t(badge.key))
		}
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
	r.Lines = s.matterLines(e)
	for _, t := range e.also {
		r.Notes = append(r.Notes, s.talk(t))
	}
	switch {
	case e.CatchUp && e.Merged > 0:
		r.Notes = append(r.Notes, s.count("caughtup", e.Merged))
	case e.Merged > 0:
		r.Notes = append(r.Notes, s.count("merged", e.Merged))
	}
	return r
}
