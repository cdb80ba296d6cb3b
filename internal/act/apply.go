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
	c = c.acted(a.ID)
	byUnit := a.By.Unit == c.Lead && slices.Contains(row.By, Lead)
	if apply := applies[a.Kind]; apply != nil {
		apply(&c, a)
	}
	if byUnit {
		c.heard(a)
	}
	if restarts[a.Kind] {
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

// restarts are the acts after which whoever owes the task is left the policy's
// grace: its clock begins to run again, or its date, its ladder or its unit is
// another.
var restarts = map[Kind]bool{Uphold: true, Reject: true, Resume: true, Reassign: true, Correct: true, Grant: true, SetPolicy: true, SetRule: true, Reinstate: true, TakeOver: true}

// heard takes an act of the lead as a sign of life. All but a return say that the
// task has been received.
func (c *Case) heard(a Act) {
	c.Heard = a.On
	if c.Acknowledged.IsZero() && a.Kind != Return {
		c.Acknowledged = a.On
	}
}

// waited ends an interval in which something waited for the office.
func (c *Case) waited(q *Pending, a Act) {
	if q != nil && a.On.After(q.On) {
		c.Waits = append(slices.Clone(c.Waits), Stand{From: q.On, Until: a.On})
	}
}

func (c *Case) pending(a Act) *Pending {
	return &Pending{N: c.Acts, On: a.On, By: a.By.Name, Words: a.Reason, Due: a.Due}
}

// applies are what each act changes beyond the state.
var applies = map[Kind]func(*Case, Act){
	Return: func(c *Case, a Act) {
		c.Return = c.pending(a)
		c.Returned = append(slices.Clone(c.Returned), c.Lead)
	},
	Uphold: func(c *Case, a Act) {
		c.waited(c.Return, a)
		c.Return = nil
	},
	Progress: func(c *Case, a Act) { c.Percent = a.Percent },
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
	Complete: func(c *Case, a Act) { c.Report = c.pending(a) },
	Verify: func(c *Case, a Act) {
		c.ClosedOn = a.On
		if c.Report != nil {
			c.ClosedOn = c.Report.On
		}
		c.waited(c.Return, a)
		c.end()
	},
	Reject: func(c *Case, a Act) {
		c.waited(c.Report, a)
		c.Report = nil
	},
	Extend: func(c *Case, a Act) {
		c.Extension = c.pending(a)
		if a.Percent != 0 { // not said: as reported last
			c.Percent = a.Percent
		}
	},
	Grant: func(c *Case, a Act) {
		c.Due, c.Extension, c.DateSet = c.newDue(a), nil, a.On
		c.Granted++
		c.fixed()
	},
	Refuse: func(c *Case, a Act) { c.Extension = nil },
	Suspend: func(c *Case, a Act) {
		c.Pause = &Pause{From: a.On, Until: a.Until, Moves: a.Moves}
	},
	Resume: func(c *Case, a Act) {
		if c.Pause == nil {
			return
		}
		if c.Pause.Moves && c.Kind != plan.Duty {
			c.Due = c.Due.AddDays(a.On.Sub(c.Pause.From))
		}
		if a.On.After(c.Pause.From) {
			c.Pauses = append(slices.Clone(c.Pauses), Stand{From: c.Pause.From, Until: a.On})
		}
		c.Pause = nil
	},
	Reassign: func(c *Case, a Act) {
		c.waited(c.Return, a)
		c.Lead, c.Assigned = a.Unit, a.At
		if !a.Due.IsZero() {
			c.Due = a.Due
			c.fixed()
		}
		c.Assist = slices.DeleteFunc(slices.Clone(c.Assist), func(u string) bool { return u == a.Unit })
		c.Parts = slices.Clone(c.Parts)
		for i, p := range c.Parts {
			if p.Unit == a.Unit && p.Given.IsZero() {
				c.Parts[i].Given, c.Parts[i].Dropped = a.On, true // it has the whole task by now
			}
		}
		c.Return, c.Extension, c.Acknowledged, c.Heard = nil, nil, calendar.Day{}, calendar.Day{}
	},
	Assist: func(c *Case, a Act) {
		c.Assist = nil
		for _, u := range a.Units {
			if u != c.Lead && !slices.Contains(c.Assist, u) {
				c.Assist = append(c.Assist, u)
			}
		}
		c.Parts = slices.Clone(c.Parts)
		for i, p := range c.Parts {
			if p.Given.IsZero() && !slices.Contains(c.Assist, p.Unit) {
				c.Parts[i].Given, c.Parts[i].Dropped = a.On, true
			}
		}
	},
	Reinstate: func(c *Case, a Act) {
		if a.On.After(c.ClosedOn) {
			c.Pauses = append(slices.Clone(c.Pauses), Stand{From: c.ClosedOn, Until: a.On})
		}
		c.ClosedOn = calendar.Day{}
	},
	TakeOver: func(c *Case, a Act) { // what was done, asked, said and granted stands
		replace := func(unit *string) {
			if *unit == a.Ref {
				*unit = a.Unit
			}
		}
		replace(&c.Lead)
		before := c.Assist
		c.Assist = nil
		for _, u := range before {
			if replace(&u); u != c.Lead && !slices.Contains(c.Assist, u) {
				c.Assist = append(c.Assist, u)
			}
		}
		c.Returned = slices.Clone(c.Returned)
		for i := range c.Returned {
			replace(&c.Returned[i])
		}
		c.Parts = slices.Clone(c.Parts)
		for i := range c.Parts {
			p := &c.Parts[i]
			if !p.Given.IsZero() {
				continue
			}
			if replace(&p.Unit); p.Unit == c.Lead {
				p.Given, p.Dropped = a.On, true // it has the whole task by now
			}
		}
	},
	SetPolicy: func(c *Case, a Act) { c.Policy = a.Policy },
	Correct: func(c *Case, a Act) {
		c.DateSet = a.On
		if begin := c.BeginBy(a); begin != c.Begin {
			c.Begins, c.Begin = append(slices.Clone(c.Begins), c.Begin), begin
		}
		if a.Due.IsZero() {
			return
		}
		c.Due = a.Due
		c.fixed()
		if c.Extension != nil && !c.Extension.Due.After(a.Due) { // it has what it asked for
			c.Extension = nil
		}
	},
	Reword: func(c *Case, a Act) { c.Title = a.Title },
	Cancel: func(c *Case, a Act) {
		c.waited(c.Return, a)
		c.waited(c.Report, a)
		if c.Pause != nil && a.On.After(c.Pause.From) {
			c.Pauses = append(slices.Clone(c.Pauses), Stand{From: c.Pause.From, Until: a.On})
		}
		c.ClosedOn = a.On
		c.end()
	},
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
			from := a.On
			if a.Due.After(from) {
				from = a.Due
			}
			was := r
			if c.Rule != nil {
				was, r.Until = *c.Rule, c.Rule.Until
			}
			if !c.Fresh { // what was opened last is this rule's, however often it changes now
				c.Asked, c.Fresh = was.AskedFor(c.Opened), !c.Opened.IsZero()
			}
			r.From = r.Follows(c.Asked, from)
			c.Rule = &r
		}
	},
}

// fixed makes the date the date, also in a pause: nothing that runs when it is given
// is added to it.
func (c *Case) fixed() {
	if c.Pause != nil && c.Pause.Moves {
		pause := *c.Pause
		pause.Moves = false
		c.Pause = &pause
	}
}

func (c *Case) end() { c.Return, c.Extension, c.Report, c.Pause = nil, nil, nil, nil }
