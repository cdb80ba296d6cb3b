package report

import (
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// Section is one part of a case file in words: facts, then tables, then lines.
type Section struct {
	Heading string
	Facts   []Fact
	Tables  []Grid
	Lines   []string // under the tables
}

// Fact is one line of facts.
type Fact struct{ Label, Text string }

// Grid is a table in words; a cell may have several lines. Head is the text above the table.
type Grid struct {
	Head    string
	Columns []string
	Rows    [][]string
}

// caseWords is one case being put into words.
type caseWords struct {
	Speaker
	c Case
}

// Case puts a case file into words.
func (s Speaker) Case(c Case) (title, subtitle string, sections []Section) {
	d := caseWords{s, c}
	title = d.say("title", words.Data{"Title": s.Title(c.Task)})
	subtitle = d.subtitle()
	sections = []Section{d.facts()}
	switch c.Task.Kind {
	case plan.Duty:
		sections = append(sections, d.rule())
	case plan.Dated:
		if len(c.Course.Parts)+len(c.Course.Instructions) > 0 {
			sections = append(sections, d.matters())
		}
		sections = append(sections, d.ladder())
		if len(c.Talks) > 0 {
			sections = append(sections, d.talks())
		}
		sections = append(sections, d.messages())
	}
	if len(c.History) > 0 {
		sections = append(sections, d.history())
	}
	return title, subtitle, d.numbered(sections)
}

// subtitle says of which plan a case file is, and of which day.
func (d caseWords) subtitle() string {
	return d.say("subtitle", words.Data{"Plan": d.c.Plan.Title, "Number": d.c.Plan.Number, "Day": d.Day(d.c.AsOf), "Zone": d.Zone(d.c.Facts.Assigned.Location().String())})
}

func (d caseWords) say(name string, data ...words.Data) string { return d.w.T("case."+name, data...) }

func (d caseWords) days(n int, work bool) string {
	key := "notice.days"
	if work {
		key = "notice.workdays"
	}
	if n == 1 {
		return d.w.T(key + "_one")
	}
	return d.w.T(key+"_many", words.Data{"N": n})
}

func (d caseWords) weekday(day calendar.Day) string {
	return d.say("day", words.Data{"Day": d.Day(day), "Weekday": d.w.T("notice.weekday_" + itoa(int(day.At(0, 0, time.UTC).Weekday())))})
}

func (d caseWords) quoted(s string) string {
	if s == "" {
		return ""
	}
	return d.say("quoted", words.Data{"Text": s})
}

func (d caseWords) facts() Section {
	r, f := d.c.Task, d.c.Facts
	out := Section{Heading: d.say("part_facts")}
	add := func(label, text string) {
		if text != "" {
			out.Facts = append(out.Facts, Fact{d.say("label_" + label), text})
		}
	}
	add("id", r.ID)
	add("kind", d.kind(r))
	if r.Duty != "" {
		add("period", d.say("occurrence_of", words.Data{"Period": d.Period(r.Period), "Duty": r.Duty}))
	}
	add("clause", r.Clause)
	add("source", d.quoted(f.Source))
	if s := f.Section; s != nil {
		add("section", d.say("section_of", words.Data{"Name": s.Name, "Level": d.say("level_" + s.Level), "Target": s.Target, "County": d.c.Facts.County}))
	}
	add("lead", r.Lead)
	add("assist", d.list(r.Assist))
	for _, role := range []people.Role{people.Office, people.Leader} {
		add(string(role), d.c.Seats[role])
	}
	if !r.Due.IsZero() {
		add("due", d.say("end_of_day", words.Data{"Day": d.weekday(r.Due)}))
	}
	if r.FirstDue != r.Due && !r.FirstDue.IsZero() {
		add("first_due", d.weekday(r.FirstDue))
	}
	if from := d.c.Course.From; from != nil {
		add("carried_from", d.carriedFrom(*from))
	}
	if into := d.c.Course.Into; into != nil {
		add("carried_into", d.say("carried_into_is", words.Data{"Plan": into.Plan, "Task": d.c.calls(into.Plan, into.Task), "On": d.Day(into.On)}))
	}
	if n := d.c.Course.Granted; n > 0 {
		add("extended", d.say("extended", words.Data{"N": n, "Most": d.c.Course.MostGrants}))
	}
	if !f.Begin.IsZero() {
		add("begin", d.Day(f.Begin))
	}
	add("state", d.state())
	add("acknowledged", d.acknowledged())
	add("progress", d.progress())
	for _, p := range d.c.Pauses {
		add("pause", d.pause(p))
	}
	for _, w := range d.c.Waits {
		add("waits", d.wait(w))
	}
	add("next", d.next())
	add("may", d.may())
	add("policy", d.policy())
	add("assigned", clock(f.Assigned))
	add("milestone", r.Milestone)
	add("remark", d.remark(Row{Priority: r.Priority, Soft: r.Soft, Publish: r.Publish}))
	for _, m := range f.Also {
		add("also", d.mention(m))
	}
	add("note", r.Note)
	for _, w := range d.warnings() {
		add("warning", w)
	}
	return out
}

func (d caseWords) mention(m plan.Mention) string {
	due := ""
	if !m.Due.IsZero() {
		due = d.Day(m.Due)
	}
	return d.say("mention", words.Data{"Clause": m.Clause, "ID": m.ID, "Due": due, "Source": m.Source, "Ruling": m.Ruling})
}

// carriedFrom says from which task of which plan a task was carried, and when, and what it
// brings along: due date, lateness, talks, extensions.
func (d caseWords) carriedFrom(from act.Elsewhere) string {
	data := words.Data{"Plan": from.Plan, "Task": d.c.calls(from.Plan, from.Task), "On": d.Day(from.On), "Late": from.Late, "Talks": from.Talks, "Extended": d.c.Course.Granted}
	if !from.Due.IsZero() {
		data["Due"] = d.Day(from.Due)
	}
	return d.say("carried_from_is", data)
}

func (d caseWords) state() string {
	r := d.c.Task
	if r.Kind == plan.Standing && r.State == ledger.TaskOpen {
		return d.say("standing")
	}
	parts := []string{d.State(r)}
	if !r.Closed.IsZero() {
		done := ""
		if r.DoneOn != r.Closed && !r.DoneOn.IsZero() {
			done = d.Day(r.DoneOn)
		}
		parts[0] = d.say("ended_on", words.Data{"Day": d.Day(r.Closed), "State": parts[0], "Done": done})
	}
	return d.commas(append(parts, d.Light(r), d.Left(r))...)
}

func (d caseWords) commas(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), d.say("comma"))
}

// next says which stage the engine will say next, when and to whom; "" for a line that is
// not chased.
func (d caseWords) next() string {
	r := d.c.Task
	if r.Kind != plan.Dated || r.State != ledger.TaskOpen {
		return ""
	}
	if p := d.c.Course.Pause; p != nil {
		until := ""
		if !p.Until.IsZero() {
			until = d.Day(p.Until)
		}
		return d.say("next_paused", words.Data{"Until": until})
	}
	s := d.c.Next()
	if s == nil {
		return d.say("next_none")
	}
	return d.say("next", words.Data{"At": clock(s.At), "Stage": d.stage(*s), "To": d.seats(s.To)})
}

func (d caseWords) policy() string {
	if d.c.Task.Kind == plan.Standing {
		return ""
	}
	f := d.c.Facts
	text := d.say("policy", words.Data{"Title": f.PolicyTitle, "Name": d.c.Task.Policy, "Version": f.PolicyVersion})
	if f.Revision > 1 {
		text = d.say("policy_revision", words.Data{"Policy": text, "Revision": f.Revision})
	}
	return text
}

// stuck says what the task's workflows cannot get done at present, since when and why.
func (d caseWords) stuck() (all []string) {
	for _, w := range d.c.Stuck {
		all = append(all, d.Stuck(w, d.c.Facts.Assigned.Location()))
	}
	return all
}

// Stuck says what a workflow cannot get done at present: since when, in zone, how often it
// was tried, and why it failed.
func (s Speaker) Stuck(w ledger.Wait, zone *time.Location) string {
	return notice.Wait{What: w.What, Since: w.Since, Tried: w.TriedAt, Rounds: w.Rounds, Error: w.Error}.Words(s.w, zone)
}

// warnings say what somebody must look at: what is stuck, a task without a workflow, stages
// that were due and not decided, messages that did not arrive or may not have.
func (d caseWords) warnings() (all []string) {
	all = d.stuck()
	r := d.c.Task
	if !d.c.Facts.Armed && r.Kind != plan.Standing && r.State == ledger.TaskOpen {
		all = append(all, d.say("unarmed"))
	}
	var silent, to []string
	for _, s := range d.c.All() {
		if d.c.Silent(s) {
			silent = append(silent, clock(s.At)+" "+d.stage(s))
		}
		for _, m := range s.Messages {
			if name := d.seatOf(m.To); doubtful(m.State) && !slices.Contains(to, name) {
				to = append(to, name)
			}
		}
	}
	if len(silent) > 0 {
		all = append(all, d.say("silent", words.Data{"N": len(silent), "Stages": d.list(silent)}))
	}
	n := d.c.Tally()
	if lost := n[ledger.Failed] + n[ledger.Unknown]; lost > 0 && r.State == ledger.TaskOpen {
		all = append(all, d.say("undelivered", words.Data{"N": lost, "States": d.tally(ledger.Failed, ledger.Unknown), "To": d.list(to)}))
	}
	return all
}

func doubtful(state ledger.NoticeState) bool {
	return state == ledger.Failed || state == ledger.Unknown
}

// tally says how many of the case's messages are in each of these states.
func (d caseWords) tally(states ...ledger.NoticeState) string {
	n := d.c.Tally()
	var parts []string
	for _, state := range states {
		if n[state] > 0 {
			parts = append(parts, d.say("tally_state", words.Data{"State": d.t("message_" + string(state)), "N": n[state]}))
		}
	}
	return d.list(parts)
}

// stage is the name of a stage in a case file: its rung in words, such as 到期前30天提醒.
func (d caseWords) stage(s StageRow) string {
	return d.stageOf(Step{Stage: s.Stage, Kind: s.Kind, Talk: s.Talk, Topic: s.Topic, Rule: s.rule(s.Stage)})
}

func (d caseWords) stageOf(s Step) string {
	if s.Talk == "" && s.Stage != plan.CatchUp && s.Stage != plan.Passed {
		if name := d.ruleName(s.Rule, s.Stage); name != "" {
			return name
		}
	}
	return d.Stage(s)
}

// ruleName is a rung of a policy in words: 到期前30天提醒. r is the rung by which a stage was
// decided; for nil it is the rung id of the policy in force, and "" when the policy has
// none.
func (d caseWords) ruleName(r *plan.Rule, id string) string {
	if r == nil {
		i := slices.IndexFunc(d.c.Facts.Rules, func(r plan.Rule) bool { return r.ID == id })
		if i < 0 {
			return ""
		}
		r = &d.c.Facts.Rules[i]
	}
	key, by := "rule_after", r.After
	switch {
	case r.Kind == plan.DueDay:
		return d.say("rule_due")
	case r.From == plan.FromAssigned:
		key = "rule_assigned"
	case r.Before != nil:
		key, by = "rule_before", r.Before
	}
	if by == nil {
		return ""
	}
	return d.say(key, words.Data{"Days": d.days(by.N, by.Work), "Kind": d.term(string(r.Kind))})
}

// Rung is a rung of a policy in words: 到期前30天提醒.
func (s Speaker) Rung(r plan.Rule) string { return caseWords{Speaker: s}.ruleName(&r, r.ID) }

// seats names recipients. The accountable unit's seats, the office and the leadership are
// named without their units, which are among the facts.
func (d caseWords) seats(to []people.Recipient) string {
	names := make([]string, len(to))
	for i, r := range to {
		names[i] = d.seatOf(r)
	}
	return d.list(names)
}

func (d caseWords) seatOf(to people.Recipient) string {
	if to.Unit == d.c.Task.LeadID || d.c.Seats[to.Role] != "" {
		return d.term(string(to.Role))
	}
	name := d.c.Units[to.Unit]
	if name == "" {
		name = to.Unit
	}
	return d.seat(to, name)
}

// rule is the section of a duty's recurrence and its occurrences.
func (d caseWords) rule() Section {
	out := Section{Heading: d.say("part_rule")}
	out.Facts = []Fact{{d.say("label_rule"), d.recurrence()}}
	if u := d.c.Upcoming; u != nil {
		out.Facts = append(out.Facts, Fact{d.say("label_upcoming"), d.say("upcoming", words.Data{
			"Period": d.Period(u.Period), "ID": u.ID, "Due": d.Day(u.Due), "Opens": clock(u.Opens)})})
	} else {
		out.Facts = append(out.Facts, Fact{d.say("label_upcoming"), d.say("ended")})
	}
	g := Grid{Columns: []string{d.say("col_period"), d.t("col_id"), d.t("col_due"), d.t("col_state"), d.t("col_light"), d.t("col_left"), d.t("col_last"), d.t("col_next"), d.t("col_talk")}}
	for _, r := range d.c.Occurrences {
		next := ""
		if r.Next != nil {
			next = clock(r.Next.At) + "\n" + d.Stage(*r.Next)
		}
		g.Rows = append(g.Rows, []string{d.Period(r.Period), r.ID, r.Due.String(), d.State(r), d.Light(r), d.Left(r), strings.Replace(d.Step(r.Last), " ", "\n", 1), next, d.Talks(r)})
	}
	out.Tables = []Grid{g}
	return out
}

// Recurrence is a duty's recurrence in words; "" for any other line.
func (s Speaker) Recurrence(c Case) string { return caseWords{s, c}.recurrence() }

func (d caseWords) recurrence() string {
	if d.c.Facts.Recurrence == nil {
		return ""
	}
	return d.c.Facts.Recurrence.Text(d.w)
}
