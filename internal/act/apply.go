package act

import (
	"slices"
	"strconv"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// known is how many acts a case remembers by ID: the same act sent again while
// its first answer was lost comes within a few.
const known = 8

// apply is the case after an act that Check allows. Limits that rest on the
// calendar are set by Book.limits.
func (c Case) apply(a Act) Case {
	row, _ := Of(c.table(), a.Kind)
	if row.To != "" {
		c.State = row.To
	}
	c.Acts++
	c.Known = append(slices.Clone(c.Known), a.ID)
	if n := len(c.Known); n > known {
		c.Known = c.Known[n-known:]
	}
	if apply := applies[a.Kind]; apply != nil {
		apply(&c, a)
	}
	return c
}

func (c *Case) pending(a Act) *Pending {
	return &Pending{N: c.Acts, On: a.On, By: a.By.Name, Words: a.Reason, Due: a.Due}
}

// reported is a sign of life: who reports on a task has received it.
func (c *Case) reported(a Act) {
	c.Heard = a.On
	if c.Acknowledged.IsZero() {
		c.Acknowledged = a.On
	}
}

// applies are what each act changes beyond the state.
var applies = map[Kind]func(*Case, Act){
	Acknowledge: func(c *Case, a Act) { c.Acknowledged, c.Heard = a.On, a.On },
	Return: func(c *Case, a Act) {
		c.Return = c.pending(a)
		c.Returned = append(slices.Clone(c.Returned), c.Lead)
	},
	Uphold: func(c *Case, a Act) { c.Return = nil },
	Progress: func(c *Case, a Act) {
		c.Percent = a.Percent
		c.reported(a)
	},
	AskPart: func(c *Case, a Act) {
		c.Parts = append(slices.Clone(c.Parts), Part{ID: strconv.Itoa(len(c.Parts) + 1), Unit: a.Unit, Words: a.Reason, Asked: a.On, Due: a.Due})
	},
	GivePart: func(c *Case, a Act) {
		c.Parts = slices.Clone(c.Parts)
		for i := range c.Parts {
			if c.Parts[i].ID == a.Ref {
				c.Parts[i].Given = a.On
			}
		}
	},
	Complete: func(c *Case, a Act) { c.Report = c.pending(a); c.reported(a) },
	Verify: func(c *Case, a Act) {
		c.ClosedOn = a.On
		if c.Report != nil {
			c.ClosedOn = c.Report.On
		}
		c.end()
	},
	Reject: func(c *Case, a Act) { c.Report, c.Heard = nil, a.On },
	Extend: func(c *Case, a Act) {
		c.Extension = c.pending(a)
		if a.Percent != 0 { // not said: as reported last
			c.Percent = a.Percent
		}
		c.reported(a)
	},
	Grant: func(c *Case, a Act) {
		due := c.newDue(a)
		c.Extension = nil
		c.Granted++
		c.newLadder(a)
		c.Due = due
	},
	Refuse: func(c *Case, a Act) { c.Extension = nil },
	Suspend: func(c *Case, a Act) {
		c.Pause = &Pause{From: a.On, Until: a.Until, Moves: a.Moves}
	},
	Resume: func(c *Case, a Act) {
		if c.Pause != nil && c.Pause.Moves && c.Kind != plan.Duty {
			c.newLadder(a)
			c.Due = c.Due.AddDays(a.On.Sub(c.Pause.From))
		}
		if c.Pause != nil {
			c.Pauses = append(slices.Clone(c.Pauses), Pause{From: c.Pause.From, Until: a.On, Moves: c.Pause.Moves})
		}
		c.Pause = nil
	},
	Reassign: func(c *Case, a Act) {
		c.newLadder(a)
		c.Lead, c.Assigned = a.Unit, a.At
		c.Assist = slices.DeleteFunc(slices.Clone(c.Assist), func(u string) bool { return u == a.Unit })
		c.Return, c.Extension, c.Acknowledged, c.Heard = nil, nil, calendar.Day{}, calendar.Day{}
	},
	Assist: func(c *Case, a Act) {
		c.Revision++
		c.Assist = slices.DeleteFunc(union(a.Units, nil), func(u string) bool { return u == c.Lead })
	},
	SetPolicy: func(c *Case, a Act) {
		c.Revision++
		c.Policy = a.Policy
	},
	Correct: func(c *Case, a Act) {
		c.newLadder(a)
		c.Due, c.Extension = a.Due, nil
	},
	Reword: func(c *Case, a Act) { c.Title = a.Title },
	Cancel: func(c *Case, a Act) { c.ClosedOn = a.On; c.end() },
	Instruct: func(c *Case, a Act) {
		c.Instructions = append(slices.Clone(c.Instructions), Instruction{ID: strconv.Itoa(len(c.Instructions) + 1), By: a.By.Name, Words: a.Reason, On: a.On, Due: a.Due})
	},
	Answer: func(c *Case, a Act) {
		c.Instructions = slices.Clone(c.Instructions)
		for i := range c.Instructions {
			if c.Instructions[i].ID == a.Ref {
				c.Instructions[i].Answered = a.On
			}
		}
	},
	EndDuty: func(c *Case, a Act) { c.ClosedOn = a.On; c.end() },
	SetRule: func(c *Case, a Act) {
		if r, err := RuleOf(a.Rule); err == nil {
			r.From = a.On
			if !a.Due.IsZero() {
				r.From = a.Due
			}
			c.Rule = &r
		}
	},
}

// newLadder begins a ladder of its own at the act: a new revision.
func (c *Case) newLadder(a Act) {
	c.Revision++
	c.Based = a.At
}

func (c *Case) end() { c.Return, c.Extension, c.Report, c.Pause = nil, nil, nil, nil }

// Speaks tells whether a stage still has something to say about this case.
func (c Case) Speaks(s plan.Stage) bool {
	switch {
	case s.Kind == plan.Told:
		return true // it has happened
	case c.Over():
		return false
	case c.State == Suspended:
		return false
	case c.State == Reported:
		return s.Topic == TopicReport
	}
	return c.wants(s)
}

// wants tells whether a stage's matter is still there.
func (c Case) wants(s plan.Stage) bool {
	if s.Unless == plan.UnlessAcknowledged {
		return c.Acknowledged.IsZero()
	}
	switch s.Topic {
	case "":
		return true
	case TopicReport:
		return c.Report != nil && s.ID == strandID(TopicReport, c.Report.N, step(s.ID))
	case TopicReturn:
		return c.Return != nil && s.ID == strandID(TopicReturn, c.Return.N, step(s.ID))
	case TopicExtension:
		return c.Extension != nil && s.ID == strandID(TopicExtension, c.Extension.N, step(s.ID))
	case TopicSilent:
		return s.ID == silentID(c.Heard)
	case TopicPart:
		return slices.ContainsFunc(c.Parts, func(p Part) bool { return p.Given.IsZero() && s.ID == "part-"+p.ID+"-"+step(s.ID) })
	case TopicInstruction:
		return slices.ContainsFunc(c.Instructions, func(n Instruction) bool { return n.Answered.IsZero() && s.ID == "instruction-"+n.ID+"-"+step(s.ID) })
	}
	return false
}
