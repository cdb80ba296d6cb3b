package report

import (
	"slices"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/words"
)

// Why says how a stage came to its day: the rung of the policy, the day from
// which the rung counts, the clause of the document that sets it, and the rest day from
// which the stage was moved. A stage that is told because of an act has none.
type Why struct {
	Rule   *plan.Rule   `json:"rule,omitempty"`   // the rung; none for a stage of a talk's step or of another matter
	Base   string       `json:"base"`             // what From is: due, assigned, or limit (of the step or matter)
	From   calendar.Day `json:"from"`             // the due date, the day the task was assigned, or the limit
	Clause string       `json:"clause,omitempty"` // of the document, that sets the due date
	Day    calendar.Day `json:"day"`              // the day that the rung gives
	Rest   string       `json:"rest,omitempty"`   // why nothing is said on Day: a festival's name, saturday, sunday
	// Stood tells that the stage is later because days on which the unit's clock was
	// halted (a pause, a wait for the office) are not counted.
	Stood bool `json:"stood,omitempty"`
}

// whys fills in why each stage of a case is on its day.
func (b *binder) whys(c *Case) {
	for i := range c.Ladder {
		c.Ladder[i].Why = b.why(*c, c.Ladder[i])
	}
	for i := range c.Talks {
		for j := range c.Talks[i].Stages {
			c.Talks[i].Stages[j].Why = b.why(*c, c.Talks[i].Stages[j])
		}
	}
}

// why is nil when the stage was told because of an act, and when the day cannot be
// explained by the rung.
func (b *binder) why(c Case, s StageRow) *Why {
	if s.Kind == plan.Told {
		return nil
	}
	at := calendar.DayOf(s.At)
	w := &Why{Day: at}
	if s.MovedBy == movedByRest {
		w.Day = s.MovedFrom
		w.Rest = b.restOf(w.Day)
	}
	own := s.Talk == "" && (s.Topic == "" || s.Topic == plan.TopicAcknowledge)
	if !own {
		if s.Limit.IsZero() {
			return nil
		}
		w.Base, w.From = "limit", s.Limit
		return w
	}
	w.Rule = s.rule(s.Stage)
	if w.Rule == nil {
		i := slices.IndexFunc(c.Facts.Rules, func(r plan.Rule) bool { return r.ID == s.Stage })
		if i < 0 {
			return nil
		}
		w.Rule = &c.Facts.Rules[i]
	}
	w.Base, w.From, w.Clause = "due", s.Due, c.Task.Clause
	if w.Rule.From == plan.FromAssigned {
		w.Base, w.From, w.Clause = "assigned", b.day(c.Facts.Assigned), ""
	}
	gives := w.From
	switch {
	case w.Rule.Before != nil:
		gives = w.Rule.Before.Before(gives, b.cal)
	case w.Rule.After != nil:
		gives = w.Rule.After.After(gives, b.cal)
	}
	switch stood := len(c.Course.Pauses)+len(c.Course.Waits) > 0 || c.Course.Pause != nil || !c.Course.Runs(); {
	case s.MovedBy == movedByDue, s.MovedBy == movedLate, gives == w.Day:
	case stood && gives.Before(w.Day):
		w.Stood = true
	default:
		return nil // the rung does not explain the day: no reason is better than a wrong one
	}
	return w
}

// restOf is why a day is a rest day: the holiday's name in the notice, or its weekday.
func (b *binder) restOf(day calendar.Day) string {
	for _, year := range []int{day.Year, day.Year + 1, day.Year - 1} {
		for _, h := range b.cal.InForce(year).Days {
			if h.Date == day && h.IsOffDay && h.Name != "" {
				return h.Name
			}
		}
	}
	return map[bool]string{true: "saturday", false: "sunday"}[day.Weekday() == 6]
}

// Why says why a stage is on its day; "" when row.Why is nil.
func (s Speaker) Why(c Case, row StageRow) string {
	d, w := caseWords{s, c}, row.Why
	if w == nil {
		return ""
	}
	at := calendar.DayOf(row.At)
	data := words.Data{"Policy": c.Facts.PolicyTitle, "From": d.weekday(w.From), "Clause": w.Clause, "Day": d.weekday(w.Day), "At": d.weekday(at), "Moved": w.Rest != "", "Earlier": at.Before(w.Day), "Stood": w.Stood}
	data["Rest"] = w.Rest
	if w.Rest == "saturday" || w.Rest == "sunday" {
		data["Rest"] = d.say("why_weekend")
	}
	if w.Rule != nil {
		data["Rule"] = d.ruleName(w.Rule, w.Rule.ID)
	}
	text := d.say("why_"+w.Base, data)
	if row.MovedBy != movedByRest {
		if moved := d.why(StageRow{MovedFrom: row.MovedFrom, MovedBy: row.MovedBy, At: row.At}); moved != "" {
			text = d.say("why_and", words.Data{"Why": text, "And": moved})
		}
	}
	return text
}
