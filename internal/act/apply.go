package act

import (
	"slices"
)

// known is how many acts a case remembers by ID. An act that is sent again because its answer
// was lost comes again before as many others are done.
const known = 8

// apply is the case after an act that Check allows. Limits that rest on the
// calendar are set by Rules.limits.
func (c Case) apply(a Act) Case {
	row, _ := Of(c.thing(), a.Kind)
	if row.To != "" {
		c.State = row.To
	}
	c = c.acted(a.ID)
	byUnit := a.By.Unit == c.Lead && slices.Contains(row.By, Lead)
	if apply := Effects[a.Kind].Apply; apply != nil {
		apply(&c, a)
	}
	if byUnit {
		c.heard(a)
	}
	if row.Restarts {
		c.Restarted = a.At
	}
	return c
}

// acted is the case with one act more.
func (c Case) acted(id string) Case {
	c.Acts, c.Known = c.Acts+1, remembered(c.Known, id)
	return c
}

// remembered are the IDs of the last few acts with one more.
func remembered(ids []string, id string) []string {
	ids = append(slices.Clone(ids), id)
	return ids[max(0, len(ids)-known):]
}

// heard takes an act of the lead as a sign of life. All but a return say that the
// task has been received.
func (c *Case) heard(a Act) {
	c.Heard = a.On
	if c.Acknowledged.IsZero() && a.Kind != Return {
		c.Acknowledged = a.On
	}
}

// waited records the interval in which the request q waited for the office, which ends with act
// a: the clock of the unit was halted in it, see halts.
func (c *Case) waited(q *Pending, a Act) {
	if q != nil && a.On.After(q.On) {
		c.Waits = append(slices.Clone(c.Waits), Halt{From: q.On, Until: a.On})
	}
}

func (c *Case) pending(a Act) *Pending {
	return &Pending{N: c.Acts, On: a.On, By: a.By.Name, Words: a.Reason, Due: a.Due}
}

// fixed makes a date that is set during a pause final: the length of that pause is not added to
// it when the task goes on (Pause.Moves).
func (c *Case) fixed() {
	if c.Pause != nil && c.Pause.Moves {
		pause := *c.Pause
		pause.Moves = false
		c.Pause = &pause
	}
}

func (c *Case) end() { c.Return, c.Extension, c.Report, c.Pause = nil, nil, nil, nil }
