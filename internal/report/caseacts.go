package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/plan"
	"duban/internal/words"
)

// dayOr is a day written out, "" for none.
func (d caseWords) dayOr(day calendar.Day) string {
	if day.IsZero() {
		return ""
	}
	return d.Day(day)
}

func (d caseWords) acknowledged() string {
	r := d.c.Task
	switch {
	case r.Kind != plan.Dated:
		return ""
	case !r.Acknowledged.IsZero():
		return d.Day(r.Acknowledged)
	case r.State == ledger.TaskOpen:
		return d.say("unacknowledged")
	}
	return ""
}

func (d caseWords) progress() string {
	r := d.c.Task
	heard := d.dayOr(d.c.Course.Heard)
	switch {
	case r.Kind != plan.Dated:
		return ""
	case r.ProgressLight != "":
		return d.say("progress", words.Data{"Percent": r.Percent, "Light": d.Light(Row{Light: r.ProgressLight}), "Behind": max(r.PointsBehind, 0), "Heard": heard})
	case r.Percent > 0:
		return d.say("progress", words.Data{"Percent": r.Percent, "Light": "", "Behind": 0, "Heard": heard})
	}
	return ""
}

func (d caseWords) pause(p Interval) string {
	return d.say("pause", words.Data{"From": d.Day(p.From), "To": d.dayOr(p.To), "Until": d.dayOr(p.Until), "Moves": p.Moves, "Words": d.quoted(p.Reason)})
}

// wait says what somebody owes, who it is and until when.
func (d caseWords) wait(w Wait) string {
	who := d.c.Units[w.Unit]
	if w.Seat == act.Office || w.Seat == act.Leadership {
		who = d.w.T("act.seat_" + string(w.Seat))
	}
	return d.say("wait_"+w.For, words.Data{"Who": cmp.Or(who, w.Unit), "By": w.By, "On": d.dayOr(w.On), "Words": d.quoted(w.Words),
		"New": d.dayOr(w.New), "Limit": d.dayOr(w.Limit), "Ref": w.Ref})
}

// may says until which days the unit may still return the task or ask for an extension;
// "" when it may do neither.
func (d caseWords) may() string {
	c, r := d.c.Course, d.c.Task
	if r.Kind != plan.Dated || c.State != act.Open {
		return ""
	}
	var parts []string
	if len(c.Returned) == 0 && !d.c.AsOf.After(c.ReturnUntil) && !c.ReturnUntil.IsZero() {
		parts = append(parts, d.say("may_return", words.Data{"Day": d.Day(c.ReturnUntil)}))
	}
	if c.Granted < c.MostGrants && c.Extension == nil && !d.c.AsOf.After(c.ExtendUntil) && !c.ExtendUntil.IsZero() {
		parts = append(parts, d.say("may_extend", words.Data{"Day": d.Day(c.ExtendUntil)}))
	}
	return d.join(parts...)
}

// matters is the section of what is owed under the task beside the task itself: the parts
// of assisting units and the answers to leaders' instructions.
func (d caseWords) matters() Section {
	out := Section{Heading: d.say("part_matters")}
	if parts := d.c.Course.Parts; len(parts) > 0 {
		g := Grid{Head: d.say("parts_head"), Columns: d.heads("ref", "part_unit", "content", "asked", "limit", "given")}
		for _, p := range parts {
			g.Rows = append(g.Rows, []string{p.ID, cmp.Or(d.c.Units[p.Unit], p.Unit), p.Words, p.Asked.String(), p.Due.String(), d.given(p)})
		}
		out.Tables = append(out.Tables, g)
	}
	if said := d.c.Course.Instructions; len(said) > 0 {
		g := Grid{Head: d.say("instructions_head"), Columns: d.heads("ref", "leader", "content", "on", "answer_by", "answered")}
		for _, n := range said {
			g.Rows = append(g.Rows, []string{n.ID, n.By, n.Words, n.On.String(), n.Due.String(), d.settled(n.Answered, n.Due)})
		}
		out.Tables = append(out.Tables, g)
	}
	return out
}

// given says when a part was given, or that it is no longer asked for.
func (d caseWords) given(p act.Part) string {
	if p.Dropped {
		return d.say("dropped", words.Data{"Day": p.Given.String()})
	}
	return d.settled(p.Given, p.Due)
}

// settled says when a matter with a limit was settled, and whether late, or that it is not
// settled.
func (d caseWords) settled(on, limit calendar.Day) string {
	switch {
	case !on.IsZero() && !limit.IsZero() && on.After(limit):
		return d.say("settled_late", words.Data{"Day": on.String()})
	case !on.IsZero():
		return on.String()
	case !limit.IsZero() && d.c.AsOf.After(limit):
		return d.say("unsettled_late")
	case limit.IsZero():
		return ""
	}
	return d.say("unsettled")
}

// matterOf says what a stage about a matter other than the task's due date is about: the
// matter's limit and words.
func (d caseWords) matterOf(s StageRow) string {
	limit := ""
	if !s.Limit.IsZero() && s.Topic != act.TopicSilent {
		limit = s.Limit.String()
	}
	return d.say("matter", words.Data{"Limit": limit, "Words": d.quoted(s.Words)})
}

// did says what was done, or tried and why it was refused.
func (d caseWords) did(m Moment) string {
	a := *m.Act
	what := d.say("did", words.Data{"Kind": d.w.T("act.kind_" + string(a.Kind)), "Facts": d.join(d.saidIn(m)...), "Task": d.c.now(m.Task), "Talk": d.c.now(m.Talk)})
	if m.Refused == nil {
		return what
	}
	why := notice.Refused(d.w, *m.Refused, func(id string) string { return cmp.Or(d.c.Units[id], id) })
	return d.say("not_done", words.Data{"What": what, "Why": why})
}

// intoOf names the plan and the task there into which an act carries a task.
func (s Speaker) intoOf(a act.Act) []string {
	if planID, task, ok := strings.Cut(a.Ref, "/"); ok {
		return []string{s.w.T("case.act_into", words.Data{"Plan": planID, "Task": s.call(planID, task)})}
	}
	return nil
}

// saidIn are the facts that an act gives, each in a few words.
func (d caseWords) saidIn(m Moment) (all []string) {
	a := *m.Act
	add := func(name, value string) {
		if value != "" {
			all = append(all, d.say("act_"+name, words.Data{"Value": value}))
		}
	}
	unit := func(id string) string {
		if id == "" {
			return ""
		}
		return cmp.Or(d.c.Units[id], id)
	}
	row, _ := act.Topic(a.Kind)
	if a.Kind == act.Carry { // the act's other fields describe the task in the other plan
		all = append(all, d.intoOf(a)...)
		add("reason", d.reasonOf(m))
		add("paper", a.Paper)
		return all
	}
	switch {
	case !m.DueTo.IsZero():
		all = append(all, d.say("act_due_moved", words.Data{"From": d.dayOr(m.DueFrom), "To": d.Day(m.DueTo)}))
	case row.News.Owes == act.TopicExtension:
		add("due_asked", d.dayOr(a.Due))
	default:
		add("due", d.dayOr(a.Due))
	}
	if m.LeadFrom != "" {
		all = append(all, d.say("act_lead_moved", words.Data{"From": unit(m.LeadFrom), "To": unit(a.Unit)}))
	} else {
		add("unit", unit(a.Unit))
	}
	var units []string
	for _, id := range a.Units {
		units = append(units, unit(id))
	}
	add("units", d.list(units))
	if a.Entered != nil {
		add("entered", a.Entered.Name)
	}
	if slices.Contains(row.Must, act.FieldPercent) {
		add("percent", fmt.Sprintf("%d%%", a.Percent))
	}
	add("until", d.dayOr(a.Until))
	if a.Moves {
		all = append(all, d.say("act_moves"))
	}
	add("policy", a.Policy)
	add("title", a.Title)
	if a.Begin != nil {
		add("begin", d.dayOr(*a.Begin))
	}
	if row.Takes(act.FieldRef) { // an act of another kind has in Ref the task, or the unit that goes
		add("ref", a.Ref)
	}
	add("rule", d.ruleOf(a.Rule))
	if t := a.Talk; t != nil {
		all = append(all, d.talkFacts(*t)...)
	}
	add("reason", d.reasonOf(m))
	add("paper", a.Paper)
	for _, e := range a.Evidence {
		all = append(all, d.evidence(e))
	}
	return all
}

// reasonOf is why an act was done: the person's words, or for a rule's proposal the rule's
// title and the facts it rests on, in the reader's language.
func (d caseWords) reasonOf(m Moment) string {
	if len(m.Grounds) == 0 {
		return m.Act.Reason
	}
	return d.ruleTitle(m.Rule) + "\n" + notice.Grounds(d.w, m.Grounds, m.Before)
}

func (s Speaker) ruleOf(rule string) string {
	if r, err := act.RuleOf(rule); rule != "" && err == nil {
		return r.Rhythm(s.w)
	}
	return rule
}

// talkFacts are what an act on a talk gives of its papers, each in a few words.
func (d caseWords) talkFacts(t act.TalkFacts) (all []string) {
	add := func(name, value string) {
		if value != "" {
			all = append(all, d.say("act_talk_"+name, words.Data{"Value": value}))
		}
	}
	if t.What != "" {
		add("what", d.w.T("matter.what_"+t.What))
	}
	add("number", t.Number)
	if !t.Time.IsZero() {
		add("time", clock(t.Time.In(d.c.Facts.Assigned.Location())))
	}
	add("place", t.Place)
	add("chair", t.Chair)
	add("called", d.list(t.Called))
	add("missing", d.list(t.Missing))
	add("bring", t.Bring)
	if t.Public {
		all = append(all, d.say("act_talk_public"))
	}
	return all
}

// evidence names an address, or a file by its name, size and the beginning of its SHA-256.
func (d caseWords) evidence(e act.Evidence) string {
	if e.URL != "" {
		name := e.Name
		if name == e.URL {
			name = ""
		}
		return d.say("evidence_url", words.Data{"Name": name, "URL": e.URL})
	}
	return d.say("evidence_file", words.Data{"Name": e.Name, "Size": size(e.Size), "Sum": e.SHA256[:min(len(e.SHA256), 12)]})
}

func size(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}

// Then says what follows in a case after an act, a line each: what is owed and by whom,
// and which stage the engine says next and when.
func (s Speaker) Then(c Case) string {
	d := caseWords{s, c}
	switch {
	case c.Task.Kind == plan.Duty:
		return d.thenOfDuty()
	case c.Task.Phase == act.Closed:
		return d.say("then_closed", words.Data{"Light": d.Light(c.Task), "Left": d.Left(c.Task)})
	case c.Task.Phase == act.Cancelled:
		return d.say("then_cancelled")
	case c.Task.Phase == act.Carried:
		return d.say("then_carried")
	}
	var parts []string
	for _, w := range c.Waits {
		parts = append(parts, d.say("then_waits", words.Data{"What": d.wait(w)}))
	}
	return strings.Join(append(parts, d.say("then_next", words.Data{"Next": d.next()})), "\n")
}

func (d caseWords) thenOfDuty() string {
	switch p, u := d.c.Course.Pause, d.c.Upcoming; {
	case p != nil:
		return d.say("then_duty_paused", words.Data{"Until": d.dayOr(p.Until)})
	case u != nil:
		return d.say("then_upcoming", words.Data{"Period": d.Period(u.Period), "Due": d.Day(u.Due), "Opens": d.Day(calendar.DayOf(u.Opens))})
	}
	return d.say("then_none_upcoming")
}
