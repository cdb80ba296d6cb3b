package act

import (
	"slices"

	"duban/internal/plan"
)

// What people write stays in the ledger. A workflow carries keys: who owes what by
// when, and the numbers of what was asked. So what it hands from run to run stays small,
// however much is written, and Temporal's pages show nobody's words.

// Keys is the case without what people wrote.
func (c Case) Keys() Case {
	c.Title = ""
	c.Return, c.Extension, c.Report = c.Return.keys(), c.Extension.keys(), c.Report.keys()
	c.Parts = slices.Clone(c.Parts)
	for i := range c.Parts {
		c.Parts[i].Words = ""
	}
	c.Instructions = slices.Clone(c.Instructions)
	for i := range c.Instructions {
		c.Instructions[i].Words = ""
	}
	return c
}

func (p *Pending) keys() *Pending {
	if p == nil {
		return nil
	}
	q := *p
	q.Words = ""
	return &q
}

// Keys is the course without what people wrote.
func (c Course) Keys() Course { return Course{c.Case.Keys(), stageKeys(c.Next)} }

func stageKeys(s *plan.Stage) *plan.Stage {
	if s == nil {
		return nil
	}
	k := *s
	k.Words, k.Paper = "", ""
	return &k
}

// Worded is a case without words (Keys) that has them filled in from another case of the same
// thing, the ledger's. What from lacks stays without words.
func (c Case) Worded(from Case) Case {
	if c.Title == "" {
		c.Title = from.Title
	}
	for _, of := range []struct {
		to   **Pending
		from *Pending
	}{{&c.Return, from.Return}, {&c.Extension, from.Extension}, {&c.Report, from.Report}} {
		if p := *of.to; p != nil && p.Words == "" && of.from != nil && of.from.N == p.N {
			q := *p
			q.Words = of.from.Words
			*of.to = &q
		}
	}
	c.Parts = slices.Clone(c.Parts)
	for i, p := range c.Parts {
		if j := slices.IndexFunc(from.Parts, func(q Part) bool { return q.ID == p.ID }); p.Words == "" && j >= 0 {
			c.Parts[i].Words = from.Parts[j].Words
		}
	}
	c.Instructions = slices.Clone(c.Instructions)
	for i, n := range c.Instructions {
		if j := slices.IndexFunc(from.Instructions, func(q Instruction) bool { return q.ID == n.ID }); n.Words == "" && j >= 0 {
			c.Instructions[i].Words = from.Instructions[j].Words
		}
	}
	return c
}

// Keys is the talk's case without what people wrote.
func (c TalkCase) Keys() TalkCase {
	c.Grounds, c.Minutes = "", ""
	c.Notice, c.Record = c.Notice.keys(), c.Record.keys()
	for _, marks := range []*[]Mark{&c.Absences, &c.Returns, &c.Agains} {
		*marks = slices.Clone(*marks)
		for i := range *marks {
			(*marks)[i].Words = ""
		}
	}
	if c.Doubt != nil {
		doubt := *c.Doubt
		doubt.Words = ""
		c.Doubt = &doubt
	}
	return c
}

func (f *TalkFacts) keys() *TalkFacts {
	if f == nil {
		return nil
	}
	return &TalkFacts{What: f.What, Time: f.Time, Public: f.Public}
}

// Keys is the talk's course without what people wrote.
func (c TalkCourse) Keys() TalkCourse { return TalkCourse{c.TalkCase.Keys(), stageKeys(c.Next)} }

// Worded is Case.Worded of a talk.
func (c TalkCase) Worded(from TalkCase) TalkCase {
	if c.Grounds == "" {
		c.Grounds = from.Grounds
	}
	if c.Round() == from.Round() {
		if c.Minutes == "" {
			c.Minutes = from.Minutes
		}
		c.Notice, c.Record = c.Notice.worded(from.Notice), c.Record.worded(from.Record)
	}
	for _, of := range []struct {
		to   *[]Mark
		from []Mark
	}{{&c.Absences, from.Absences}, {&c.Returns, from.Returns}, {&c.Agains, from.Agains}} {
		*of.to = slices.Clone(*of.to)
		for i, m := range *of.to {
			if m.Words == "" && i < len(of.from) {
				(*of.to)[i].Words = of.from[i].Words
			}
		}
	}
	if c.Doubt != nil && c.Doubt.Words == "" && from.Doubt != nil && c.Doubt.On == from.Doubt.On {
		doubt := *c.Doubt
		doubt.Words = from.Doubt.Words
		c.Doubt = &doubt
	}
	return c
}

func (f *TalkFacts) worded(from *TalkFacts) *TalkFacts {
	if f == nil || from == nil || !f.Time.Equal(from.Time) || f.Number != "" || f.Place != "" || f.Chair != "" {
		return f
	}
	return from
}
