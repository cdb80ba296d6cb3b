package report

import (
	"cmp"
	"slices"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/words"
)

// Kinds of lines of a timeline.
const (
	LineOrdered = "ordered" // the task was assigned, with the document's words
	LineDone    = "done"    // an act was done, by whom and why
	LineRefused = "refused" // an act was refused, and why
	LineSaid    = "said"    // a stage was decided, to whom and what became of each message
	LineSilent  = "silent"  // a stage was due and is not in the ledger: see Case.Silent
	LineVoid    = "void"    // a stage that will not be said any more
	LineHeard   = "heard"   // another event of the ledger: a talk opened, an alarm
	LineLimit   = "limit"   // the due date itself
	LineComing  = "coming"  // a stage that comes if nobody acts
)

// Line is one line of a task's timeline, in words.
type Line struct {
	Kind  string
	At    time.Time // plan clock
	When  string    // At in the plan's zone, or the due date, in words
	What  string
	Who   string   // who did the act
	Texts []string // a stage's recipients with their results, or what was said
	Why   string   // why a stage is on that day
	Light plan.Light
	Talk  string // ID of the talk that the line is about or that the stage opened, with the task's ID of the plan's document
	Ahead bool   // whether the line is still to come
}

// Timeline gives the lines of a task's or duty's timeline by instant: the assignment with
// the document's words, every stage with its delivery, every act with who and why, then the
// stages that come if nobody acts. A standing line has none.
func (s Speaker) Timeline(c Case) (lines []Line) {
	d := caseWords{s, c}
	if c.Task.Kind == plan.Standing {
		return nil
	}
	ordered := Line{Kind: LineOrdered, At: c.Facts.Assigned, What: d.say("line_ordered", words.Data{"Title": c.Task.Title})}
	if c.Facts.Source != "" {
		ordered.Texts = []string{d.say("line_source", words.Data{"Clause": c.Task.Clause, "Source": c.Facts.Source})}
	}
	lines = append(lines, ordered)
	for _, m := range c.History {
		if l, ok := d.lineOf(m); ok {
			lines = append(lines, l)
		}
	}
	for _, row := range c.All() {
		if l, ok := d.wordLine(row); ok {
			lines = append(lines, l)
		}
	}
	if due := c.Task.Due; !due.IsZero() {
		lines = append(lines, d.limitLine("line_due", due))
		if first := c.Task.FirstDue; first != due && !first.IsZero() {
			lines = append(lines, d.limitLine("line_first_due", first))
		}
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return a.At.Compare(b.At) })
	for i := range lines {
		if lines[i].When == "" {
			lines[i].When = clock(lines[i].At)
		}
	}
	return lines
}

func (d caseWords) limitLine(key string, day calendar.Day) Line {
	end := day.End(d.c.Facts.Assigned.Location()).Add(-time.Second)
	return Line{Kind: LineLimit, At: end, When: d.say("end_of_day", words.Data{"Day": d.weekday(day)}), What: d.say(key), Ahead: !day.Before(d.c.AsOf)}
}

// lineOf is the line of an event of the history; ok is false for events of stages and
// messages, which wordLine tells, and for those that no reader needs.
func (d caseWords) lineOf(m Moment) (l Line, ok bool) {
	l = Line{Kind: LineHeard, At: m.Plan, Talk: d.c.now(m.Talk)}
	if m.Act != nil {
		l.Kind, l.Who, l.What = LineDone, cmp.Or(m.Act.By.Name, m.Actor), d.did(m)
		if m.Refused != nil {
			l.Kind = LineRefused
		}
		if m.Actor == ledger.Engine {
			l.Who = d.say("engine")
		}
		return l, true
	}
	switch m.Kind {
	case ledger.StageDecided, ledger.TaskOrdered, ledger.StageVoid, ledger.PlanLaunched, ledger.TaskArmed, ledger.MessageIntent, ledger.MessageSent, ledger.MessageLeaving, ledger.NoticeDropped:
		return l, false // in the line of its stage, or of no use to a reader
	}
	l.What = d.event(m)
	return l, l.What != ""
}

// wordLine is the line of a stage: what was said, or will be.
func (d caseWords) wordLine(s StageRow) (l Line, ok bool) {
	l = Line{Kind: LineSaid, At: s.At, What: d.stage(s), Light: s.Light, Talk: s.Talk, Why: d.Why(d.c, s)}
	switch {
	case s.State == ledger.Void:
		if aside(s) {
			return l, false
		}
		l.Kind, l.What = LineVoid, d.say("line_void")+" "+l.What
		l.Why = ""
		return l, true
	case s.State == ledger.Decided:
		if results := d.results(s, false); results != "" {
			l.Texts = append(l.Texts, results)
		}
		return l, true
	case d.c.Silent(s):
		l.Kind = LineSilent
	default:
		l.Kind, l.Ahead = LineComing, true
	}
	l.Texts = []string{d.say("line_to", words.Data{"To": d.seats(s.To)})}
	if topic := d.matterOf(s); s.Topic != "" && topic != "" {
		l.Texts = append(l.Texts, topic)
	}
	if s.Provisional {
		l.Texts = append(l.Texts, d.say("provisional"))
	}
	return l, true
}

// Head puts into words the parts of a case file that are not in its timeline: its facts,
// what is owed under it, its talks with their steps.
func (s Speaker) Head(c Case) (title, subtitle string, sections []Section) {
	d := caseWords{s, c}
	title, subtitle, _ = s.Case(c)
	sections = []Section{d.facts()}
	switch c.Task.Kind {
	case plan.Duty:
		sections = append(sections, d.rule())
	case plan.Dated:
		if len(c.Course.Parts)+len(c.Course.Instructions) > 0 {
			sections = append(sections, d.matters())
		}
		if len(c.Talks) > 0 {
			sections = append(sections, d.talks())
		}
	}
	return title, subtitle, sections
}
