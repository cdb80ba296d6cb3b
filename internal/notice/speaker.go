package notice

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"duban/internal/act"
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
	days  map[calendar.Day]string // days already worded, since many tasks fall due on one day
	lefts map[Distance][3]string

	seated bool // the message speaks to several seats: each is named
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
	case d.Halted:
		return [3]string{s.t("left_stood"), s.t("short_stood"), ""}
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
	data := words.Data{"Number": t.Number, "Step": s.step(t.Step), "Limit": s.day(t.Limit), "Left": left, "Office": s.office()}
	switch {
	case t.Proposed:
		return s.t("talk_proposed", data)
	case t.Limit.IsZero():
		return s.t("talk_open", data)
	}
	if t.Joins {
		return s.t("talk_joins", data)
	}
	if act.OfficeStep(t.Step) && s.d.Recipient.Role != people.Office && t.Left.Days >= 0 {
		return s.t("talk_office_step", data)
	}
	return s.t("talk_step", data)
}

// next says what happens if nothing is done.
func (s *speaker) next(n *Next) string {
	if n == nil {
		return s.t("next_none", words.Data{"Office": s.office()})
	}
	if s.ofTheOffice(n) {
		return ""
	}
	var to []string
	for _, role := range n.To {
		if role == people.Office && len(n.To) > 1 && n.Kind != plan.Remind {
			continue // the office signs the message: it need not say that it tells itself
		}
		if role == s.d.Recipient.Role && (role == people.Head || role == people.Deputy) {
			to = append(to, s.t("you"))
			continue
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

// ofTheOffice tells that what comes next is the office's own work, which the reader need
// not know: that the office is reminded, or, to a unit, that the leadership hears of it.
func (s *speaker) ofTheOffice(n *Next) bool {
	switch {
	case s.d.Recipient.Role == people.Office:
		return false
	case n.Topic == "" && act.OfficeStep(n.Step):
		return s.d.Recipient.Role != people.Leader || n.Kind != plan.Escalate
	case n.Topic == act.TopicReturn, n.Topic == act.TopicExtension, n.Topic == act.TopicReport:
		return !slices.Contains(n.To, people.Leader)
	}
	return false
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

// subject names the gravest heap, how many tasks are in it, how many more, and
// last the plan: a list of mails cuts a subject off at its end. more is how many
// other parts the message has.
func (s *speaker) subject(entries []entry, more int) string {
	if len(entries) == 0 {
		return s.framed(s.t("subject_open", words.Data{"N": len(s.d.Open)}), more)
	}
	worst := entries[0].heap()
	n := 0
	for _, e := range entries {
		if e.heap() == worst {
			n++
		}
	}
	text, petition := s.petition(worst, entries[:n])
	if !petition {
		text = s.subjectOf(worst, entries[:n], len(entries) == 1)
	}
	switch {
	case petition && len(entries) == n:
	case len(entries) == 1:
		text = s.t("subject_only", words.Data{"Subject": text, "Title": short(s.title(entries[0]), 40)})
	case len(entries) > n:
		text = s.t("subject_more", words.Data{"Subject": text, "Total": s.many(entries)})
	}
	return s.framed(text, more)
}

// framed is a subject with what it says beside the matter: to whom it is a copy, what
// else is in the message, and the plan.
func (s *speaker) framed(text string, more int) string {
	if s.d.Recipient.Role == people.Deputy {
		text = s.t("subject_copy", words.Data{"Subject": text})
	}
	if more > 0 {
		form := "subject_parts_many"
		if more == 1 {
			form = "subject_parts_one"
		}
		text = s.t(form, words.Data{"Subject": text, "N": more})
	}
	text = s.t("subject_plan", words.Data{"Subject": text, "Plan": clean(s.d.Plan.Title)})
	if s.d.Again {
		text = s.t("subject_again", words.Data{"Subject": text})
	}
	return clean(text)
}

// petition is the subject of proposals that a leader is asked to decide: what is to be
// done, and to whom 关于……的请示.
func (s *speaker) petition(k heap, entries []entry) (text string, is bool) {
	if s.d.Recipient.Role != people.Leader || !slices.Contains([]string{"told_propose", "proposal_due", "proposal_missed"}, k.matter) && (k.class != talkProposed || k.matter != "") {
		return "", false
	}
	units := map[string]bool{}
	for _, e := range entries {
		units[cmp.Or(clean(e.Unit), clean(e.Lead))] = true
	}
	e := entries[0]
	data := words.Data{"N": len(units), "Unit": cmp.Or(clean(e.Unit), clean(e.Lead)), "Again": k.matter == "proposal_missed",
		"Circular": e.Talk != nil && e.Talk.Facts.What == plan.ProposeCircular}
	if len(units) > 1 {
		return s.say("petitions", data), true
	}
	return s.say("petition", data), true
}

// subjectOf is the part of a subject about one heap. alone tells that the title of the
// heap's only entry follows, so that no count is needed.
func (s *speaker) subjectOf(k heap, entries []entry, alone bool) string {
	data := words.Data{"Tasks": s.many(entries)}
	if k.class == talkProposed && k.matter == "" && s.d.Recipient.Role != people.Leader {
		return s.t("subject_proposed_told", data)
	}
	if k.matter == "" {
		return s.t("subject_"+k.class.String(), data)
	}
	data["Tag"], data["Name"] = s.firstOf(nil, "tag_"+k.reader+"_"+k.matter, "tag_"+k.matter, "tag_"+k.class.String()), s.say("subject_"+k.reader+"_"+k.matter)
	if data["Name"] == "" {
		data["Name"] = s.nameOf(k)
	}
	if alone {
		return s.say("subject_one", data)
	}
	return s.say("subject", data)
}

// many is the count of entries in words: as tasks, or as matters where one task has several
// entries, or an entry has no task.
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

// title is the entry's title; an entry without one, which has no task, is named by its
// matter.
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
	return s.seatName()
}

// seatName is unit and seat: 市水务局联络员.
func (s *speaker) seatName() string {
	return s.t("unnamed", words.Data{"Unit": clean(s.d.Unit), "Seat": s.t("seat_" + string(s.d.Recipient.Role))})
}

// salute names the reader, and the seat where one message speaks to several.
//
// A person with a post is called by family name and post, or by unit and post. The office
// is addressed as a body. Words in brackets in a contact's name are left out.
func (s *speaker) salute() string {
	name := s.name()
	if unit := clean(s.d.Unit); s.d.Recipient.Role == people.Office && unit != "" && !s.seated {
		name = unit
	}
	if bare, _, ok := strings.Cut(name, "（"); ok && bare != "" && strings.HasSuffix(name, "）") {
		name = bare
	}
	if post := clean(s.d.Post); post != "" && s.d.Recipient.Role != people.Office {
		family := people.Family(name)
		if family == name { // a seat's name, not a person's
			family = clean(s.d.Unit)
		}
		name = s.t("called", words.Data{"Family": family, "Post": post})
	}
	if seat := s.seatName(); s.seated && name != seat {
		name = s.t("name_on_seat", words.Data{"Name": name, "Seat": seat})
	}
	return s.t("salute", words.Data{"Name": name})
}
