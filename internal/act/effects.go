package act

import (
	"slices"
	"strconv"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// Effect is what an act on a task or a duty asks beyond its row, and what it changes beyond the
// state. Each of the three may be nil.
type Effect struct {
	Check func(Case, Act) *Refusal
	Apply func(*Case, Act)
	// Offers are the values among which a unit may choose in a field of the act; nil: the case
	// does not limit them.
	Offers func(c Case, f Field, unit string) []Offer
}

// Offer is one value that may be chosen in a field of an act.
type Offer struct{ Value, Words string }

// Offers are the values among which a unit may choose in field f of act k; nil: the case names
// none.
func (c Case) Offers(k Kind, f Field, unit string) []Offer {
	if offers := Effects[k].Offers; offers != nil {
		return offers(c, f, unit)
	}
	return nil
}

// Effects are those of all acts on tasks and duties.
var Effects = map[Kind]Effect{
	Acknowledge: {
		Check: func(c Case, a Act) *Refusal {
			if !c.Acknowledged.IsZero() {
				return refuse("acknowledged_already", "Day", c.Acknowledged.String())
			}
			return nil
		},
	},
	Return: {
		Check: func(c Case, a Act) *Refusal {
			switch {
			case slices.Contains(c.Returned, c.Lead):
				return refuse("returned_before")
			case a.On.After(c.ReturnUntil):
				return refuse("return_late", "Until", c.ReturnUntil.String())
			}
			return nil
		},
		Apply: func(c *Case, a Act) {
			c.Return = c.pending(a)
			c.Returned = append(slices.Clone(c.Returned), c.Lead)
		},
	},
	Uphold: {
		Check: func(c Case, a Act) *Refusal {
			if c.Return == nil {
				return refuse("return_not_pending")
			}
			return nil
		},
		Apply: func(c *Case, a Act) {
			c.waited(c.Return, a)
			c.Return = nil
		},
	},
	Progress: {
		Check: func(c Case, a Act) *Refusal {
			if a.Percent < 0 || a.Percent > 100 {
				return refuse("percent", "Percent", strconv.Itoa(a.Percent))
			}
			return nil
		},
		Apply: func(c *Case, a Act) { c.Percent = a.Percent },
	},
	AskPart: {
		Check: func(c Case, a Act) *Refusal {
			switch {
			case !slices.Contains(c.Assist, a.Unit):
				return refuse("part_unit", "Unit", a.Unit)
			case !a.Due.After(a.On):
				return refuse("part_date", "Due", a.Due.String())
			}
			open := 0
			for _, p := range c.Parts {
				if p.Given.IsZero() {
					open++
				}
			}
			return fits(c, open, "part")
		},
		Apply: func(c *Case, a Act) {
			c.Parts = append(slices.Clone(c.Parts), Part{ID: strconv.Itoa(len(c.Parts) + 1), Unit: a.Unit, Words: a.Reason, Asked: a.On, Due: a.Due})
		},
		Offers: offerAssisting,
	},
	GivePart: {
		Check: func(c Case, a Act) *Refusal {
			i := slices.IndexFunc(c.Parts, func(p Part) bool { return p.ID == a.Ref })
			switch {
			case i < 0 || c.Parts[i].Unit != a.By.Unit:
				return refuse("part_unknown", "Ref", a.Ref)
			case c.Parts[i].Dropped:
				return refuse("part_dropped", "Day", c.Parts[i].Given.String())
			case !c.Parts[i].Given.IsZero():
				return refuse("part_done", "Day", c.Parts[i].Given.String())
			}
			return nil
		},
		Apply: func(c *Case, a Act) {
			c.Parts = slices.Clone(c.Parts)
			for i := range c.Parts {
				if c.Parts[i].ID == a.Ref {
					c.Parts[i].Given = a.On
				}
			}
		},
		Offers: offerParts,
	},
	Extend: {
		Check: checkExtend,
		Apply: func(c *Case, a Act) {
			c.Extension = c.pending(a)
			if a.Percent != 0 { // without a percentage the last one reported stays
				c.Percent = a.Percent
			}
		},
	},
	Complete: {
		Check: checkPublished,
		Apply: func(c *Case, a Act) { c.Report = c.pending(a) },
	},
	Verify: {
		Check: func(c Case, a Act) *Refusal {
			if c.State == Reported {
				return nil
			}
			return checkPublished(c, a)
		},
		Apply: func(c *Case, a Act) {
			c.ClosedOn = a.On
			if c.Report != nil {
				c.ClosedOn = c.Report.On
			}
			c.waited(c.Return, a)
			c.end()
		},
	},
	Reject: {
		Apply: func(c *Case, a Act) {
			c.waited(c.Report, a)
			c.Report = nil
		},
	},
	Grant: {
		Check: checkDecideExtension,
		Apply: func(c *Case, a Act) {
			c.Due, c.Extension, c.DateSet = c.newDue(a), nil, a.On
			c.Granted++
			c.fixed()
		},
	},
	Refuse: {
		Check: checkDecideExtension,
		Apply: func(c *Case, a Act) { c.Extension = nil },
	},
	Instruct: {
		Check: func(c Case, a Act) *Refusal {
			if !a.Due.IsZero() && !a.Due.After(a.On) {
				return refuse("part_date", "Due", a.Due.String())
			}
			open := 0
			for _, n := range c.Instructions {
				if n.Answered.IsZero() {
					open++
				}
			}
			return fits(c, open, "instruction")
		},
		Apply: func(c *Case, a Act) {
			c.Instructions = append(slices.Clone(c.Instructions), Instruction{ID: strconv.Itoa(len(c.Instructions) + 1), By: a.By.Name, Words: a.Reason, On: a.On, Due: a.Due})
		},
	},
	Answer: {
		Check: func(c Case, a Act) *Refusal {
			i := slices.IndexFunc(c.Instructions, func(n Instruction) bool { return n.ID == a.Ref })
			switch {
			case i < 0:
				return refuse("instruction_unknown", "Ref", a.Ref)
			case !c.Instructions[i].Answered.IsZero():
				return refuse("instruction_answered", "Day", c.Instructions[i].Answered.String())
			}
			return nil
		},
		Apply: func(c *Case, a Act) {
			c.Instructions = slices.Clone(c.Instructions)
			for i := range c.Instructions {
				if c.Instructions[i].ID == a.Ref {
					c.Instructions[i].Answered = a.On
				}
			}
		},
		Offers: offerInstructions,
	},
	Chase: {
		Check: func(c Case, a Act) *Refusal {
			if a.On.Before(c.ChaseFrom) {
				return refuse("chase_soon", "From", c.ChaseFrom.String())
			}
			return nil
		},
	},
	Correct: {
		Check: func(c Case, a Act) *Refusal {
			if r := c.begun(a); r != nil {
				return r
			}
			return same((a.Due.IsZero() || a.Due == c.Due) && c.BeginBy(a) == c.Begin)
		},
		Apply: func(c *Case, a Act) {
			c.DateSet = a.On
			if begin := c.BeginBy(a); begin != c.Begin {
				c.Begins, c.Begin = append(slices.Clone(c.Begins), c.Begin), begin
			}
			if a.Due.IsZero() {
				return
			}
			c.Due = a.Due
			c.fixed()
			if c.Extension != nil && !c.Extension.Due.After(a.Due) { // the unit has the date it asked for
				c.Extension = nil
			}
		},
	},
	Cancel: {
		Apply: func(c *Case, a Act) {
			c.waited(c.Return, a)
			c.waited(c.Report, a)
			if c.Pause != nil && a.On.After(c.Pause.From) {
				c.Pauses = append(slices.Clone(c.Pauses), Halt{From: c.Pause.From, Until: a.On})
			}
			c.ClosedOn = a.On
			c.end()
		},
	},
	Reinstate: {
		Apply: func(c *Case, a Act) {
			if a.On.After(c.ClosedOn) {
				c.Pauses = append(slices.Clone(c.Pauses), Halt{From: c.ClosedOn, Until: a.On})
			}
			c.ClosedOn = calendar.Day{}
		},
	},
	Suspend: {
		Check: func(c Case, a Act) *Refusal {
			if !a.Until.IsZero() && !a.Until.After(a.On) {
				return refuse("until_past", "Until", a.Until.String())
			}
			return nil
		},
		Apply: func(c *Case, a Act) {
			c.Pause = &Pause{From: a.On, Until: a.Until, Moves: a.Moves}
		},
	},
	Resume: {
		Apply: func(c *Case, a Act) {
			if c.Pause == nil {
				return
			}
			if c.Pause.Moves && c.Kind != plan.Duty {
				c.Due = c.Due.AddDays(a.On.Sub(c.Pause.From))
			}
			if a.On.After(c.Pause.From) {
				c.Pauses = append(slices.Clone(c.Pauses), Halt{From: c.Pause.From, Until: a.On})
			}
			c.Pause = nil
		},
	},
	Reassign: {
		Check: func(c Case, a Act) *Refusal {
			if !a.Due.IsZero() && !a.Due.After(a.On) {
				return refuse("part_date", "Due", a.Due.String())
			}
			if r := c.begun(a); r != nil {
				return r
			}
			return same(a.Unit == c.Lead)
		},
		Apply: func(c *Case, a Act) {
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
					c.Parts[i].Given, c.Parts[i].Dropped = a.On, true // the unit now has the whole task
				}
			}
			c.Return, c.Extension, c.Acknowledged, c.Heard = nil, nil, calendar.Day{}, calendar.Day{}
		},
	},
	TakeOver: {
		Check: func(c Case, a Act) *Refusal { return same(a.Ref == a.Unit || !c.Names(a.Ref)) },
		Apply: func(c *Case, a Act) { // what was done, asked, said and granted is kept
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
					p.Given, p.Dropped = a.On, true // the unit now has the whole task
				}
			}
		},
	},
	SetPolicy: {
		Check: func(c Case, a Act) *Refusal { return same(a.Policy == c.Policy) },
		Apply: func(c *Case, a Act) { c.Policy = a.Policy },
	},
	Assist: {
		Check: func(c Case, a Act) *Refusal {
			return same(slices.Equal(slices.Sorted(slices.Values(a.Units)), slices.Sorted(slices.Values(c.Assist))))
		},
		Apply: func(c *Case, a Act) {
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
	},
	Reword: {
		Check: func(c Case, a Act) *Refusal { return same(a.Title == c.Title) },
		Apply: func(c *Case, a Act) { c.Title = a.Title },
	},
	EndDuty: {
		Apply: func(c *Case, a Act) { c.ClosedOn = a.On; c.end() },
	},
	SetRule: {
		Check: func(c Case, a Act) *Refusal {
			if _, err := RuleOf(a.Rule); err != nil {
				return refuse("rule", "Rule", a.Rule)
			}
			return same(c.HasRule(a))
		},
		Apply: func(c *Case, a Act) {
			if r, err := RuleOf(a.Rule); err == nil {
				from := a.On
				if a.Due.After(from) {
					from = a.Due
				}
				was := r
				if c.Rule != nil {
					was, r.Until = *c.Rule, c.Rule.Until
				}
				if !c.Fresh { // a fresh rule opened nothing yet: Asked stays that of the rule which opened the last occurrence
					c.Asked, c.Fresh = was.AskedFor(c.Opened), !c.Opened.IsZero()
				}
				r.From = r.Follows(c.Asked, from)
				c.Rule = &r
			}
		},
	},
}

// offerParts are the parts that a unit owes.
func offerParts(c Case, f Field, unit string) (all []Offer) {
	for _, p := range c.Parts {
		if f == FieldRef && p.Unit == unit && p.Given.IsZero() {
			all = append(all, Offer{p.ID, p.Words})
		}
	}
	return all
}

// offerInstructions are the instructions that wait for an answer.
func offerInstructions(c Case, f Field, _ string) (all []Offer) {
	for _, n := range c.Instructions {
		if f == FieldRef && n.Answered.IsZero() {
			all = append(all, Offer{n.ID, n.Words})
		}
	}
	return all
}

// offerAssisting are the units that may be asked for a part.
func offerAssisting(c Case, f Field, _ string) []Offer {
	if f != FieldUnit {
		return nil
	}
	all := []Offer{} // empty and not nil: no other unit may be chosen
	for _, unit := range c.Assist {
		all = append(all, Offer{Value: unit})
	}
	return all
}
