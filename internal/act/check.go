package act

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"duban/internal/calendar"
)

// Done tells that this very act is in the case already.
func (c Case) Done(id string) bool { return slices.Contains(c.Known, id) }

// Check tells whether an act is possible now; nil is yes. An act that is done
// already is possible and changes nothing.
func (c Case) Check(a Act) *Refusal {
	if c.Done(a.ID) {
		return nil
	}
	if r := Allowed(c, a.By, a.Kind); r != nil {
		return r
	}
	if r := a.enteredBy(c.Office, c.Leadership); r != nil {
		return r
	}
	if r := Sayable(a); r != nil {
		return r
	}
	row, _ := Of(c.table(), a.Kind)
	if !slices.Contains(row.From, c.State) {
		return refuse("state", "Kind", string(a.Kind), "State", string(c.State))
	}
	if r := a.lacks(row.Needs); r != nil {
		return r
	}
	if check := checks[a.Kind]; check != nil {
		return check(c, a)
	}
	return nil
}

func (a Act) has(f Field) bool {
	switch f {
	case NeedReason:
		return strings.TrimSpace(a.Reason) != ""
	case NeedPaper:
		return strings.TrimSpace(a.Paper) != ""
	case NeedDue:
		return !a.Due.IsZero() || a.Begin != nil
	case NeedUnit:
		return a.Unit != ""
	case NeedPolicy:
		return a.Policy != ""
	case NeedTitle:
		return strings.TrimSpace(a.Title) != ""
	case NeedRef:
		return a.Ref != ""
	case NeedRule:
		return a.Rule != ""
	case NeedWhat, NeedNumber, NeedTime, NeedPlace, NeedCalled:
		return a.Talk != nil && a.Talk.has(f)
	}
	return true
}

// lacks refuses an act that does not say what it must, or whose evidence is neither a
// file by its sum nor an address on the web, whatever it is given for.
func (a Act) lacks(needs []Field) *Refusal {
	for _, f := range needs {
		if !a.has(f) {
			return refuse("needs", "Field", string(f))
		}
	}
	for _, e := range a.Evidence {
		if (e.SHA256 == "") == (e.URL == "") || e.URL != "" && !e.published() {
			return refuse("evidence", "Name", e.Name)
		}
	}
	return nil
}

func (a Act) published() bool { return slices.ContainsFunc(a.Evidence, Evidence.published) }

// published tells evidence that anybody can read: an address on the web.
func (e Evidence) published() bool {
	u, err := url.Parse(e.URL)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// checks are what each act asks beyond its row in the table.
var checks = map[Kind]func(Case, Act) *Refusal{
	Acknowledge: func(c Case, a Act) *Refusal {
		if !c.Acknowledged.IsZero() {
			return refuse("acknowledged_already", "Day", c.Acknowledged.String())
		}
		return nil
	},
	Return: func(c Case, a Act) *Refusal {
		switch {
		case slices.Contains(c.Returned, c.Lead):
			return refuse("returned_before")
		case a.On.After(c.ReturnUntil):
			return refuse("return_late", "Until", c.ReturnUntil.String())
		}
		return nil
	},
	Uphold: func(c Case, a Act) *Refusal {
		if c.Return == nil {
			return refuse("return_not_pending")
		}
		return nil
	},
	Progress: func(c Case, a Act) *Refusal {
		if a.Percent < 0 || a.Percent > 100 {
			return refuse("percent", "Percent", strconv.Itoa(a.Percent))
		}
		return nil
	},
	AskPart: func(c Case, a Act) *Refusal {
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
		return room(c, open, "part")
	},
	GivePart: func(c Case, a Act) *Refusal {
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
	Complete: checkPublished,
	Verify: func(c Case, a Act) *Refusal {
		if c.State == Reported {
			return nil
		}
		return checkPublished(c, a)
	},
	Extend: checkExtend,
	Grant:  checkDecideExtension,
	Refuse: checkDecideExtension,
	Chase: func(c Case, a Act) *Refusal {
		if a.On.Before(c.ChaseFrom) {
			return refuse("chase_soon", "From", c.ChaseFrom.String())
		}
		return nil
	},
	Suspend: func(c Case, a Act) *Refusal {
		if !a.Until.IsZero() && !a.Until.After(a.On) {
			return refuse("until_past", "Until", a.Until.String())
		}
		return nil
	},
	Reassign: func(c Case, a Act) *Refusal {
		if !a.Due.IsZero() && !a.Due.After(a.On) {
			return refuse("part_date", "Due", a.Due.String())
		}
		if r := c.begun(a); r != nil {
			return r
		}
		return same(a.Unit == c.Lead)
	},
	Assist: func(c Case, a Act) *Refusal {
		return same(slices.Equal(slices.Sorted(slices.Values(a.Units)), slices.Sorted(slices.Values(c.Assist))))
	},
	TakeOver:  func(c Case, a Act) *Refusal { return same(a.Ref == a.Unit || !c.Names(a.Ref)) },
	SetPolicy: func(c Case, a Act) *Refusal { return same(a.Policy == c.Policy) },
	Correct: func(c Case, a Act) *Refusal {
		if r := c.begun(a); r != nil {
			return r
		}
		return same((a.Due.IsZero() || a.Due == c.Due) && c.BeginBy(a) == c.Begin)
	},
	Reword: func(c Case, a Act) *Refusal { return same(a.Title == c.Title) },
	Instruct: func(c Case, a Act) *Refusal {
		if !a.Due.IsZero() && !a.Due.After(a.On) {
			return refuse("part_date", "Due", a.Due.String())
		}
		open := 0
		for _, n := range c.Instructions {
			if n.Answered.IsZero() {
				open++
			}
		}
		return room(c, open, "instruction")
	},
	Answer: func(c Case, a Act) *Refusal {
		i := slices.IndexFunc(c.Instructions, func(n Instruction) bool { return n.ID == a.Ref })
		switch {
		case i < 0:
			return refuse("instruction_unknown", "Ref", a.Ref)
		case !c.Instructions[i].Answered.IsZero():
			return refuse("instruction_answered", "Day", c.Instructions[i].Answered.String())
		}
		return nil
	},
	SetRule: func(c Case, a Act) *Refusal {
		if _, err := RuleOf(a.Rule); err != nil {
			return refuse("rule", "Rule", a.Rule)
		}
		return same(c.HasRule(a))
	},
}

// BeginBy is the day on which the task begins once an act is done. What has begun does
// not begin earlier, and nothing begins before its unit hears of it.
func (c Case) BeginBy(a Act) calendar.Day {
	if a.Begin == nil {
		return c.Begin
	}
	first := c.Begin
	if first.After(a.On) {
		first = a.On
	}
	if a.Begin.Before(first) {
		return first
	}
	return *a.Begin
}

// begun refuses a date that comes before the day on which the task begins.
func (c Case) begun(a Act) *Refusal {
	begin, due := c.BeginBy(a), a.Due
	if due.IsZero() {
		due = c.Due
	}
	if due.Before(begin) && (a.Begin != nil || !a.Due.IsZero()) {
		return refuse("before_begin", "Due", due.String(), "Begin", begin.String())
	}
	return nil
}

func same(is bool) *Refusal {
	if is {
		return refuse("same")
	}
	return nil
}

// checkPublished: what is to be made public is done when it can be read.
func checkPublished(c Case, a Act) *Refusal {
	if c.Publish && !a.published() {
		return refuse("publish_url")
	}
	return nil
}

// checkExtend: filed before expiry, with time left to decide; at most MostGrants.
func checkExtend(c Case, a Act) *Refusal {
	switch {
	case c.Extension != nil:
		return refuse("extend_pending", "Due", c.Extension.Due.String())
	case c.Granted >= c.MostGrants:
		return refuse("extend_no_more", "Most", strconv.Itoa(c.MostGrants))
	case a.On.After(c.Due):
		return refuse("due_passed", "Due", c.Due.String())
	case a.On.After(c.ExtendUntil):
		return refuse("extend_late", "Until", c.ExtendUntil.String())
	case !a.Due.After(c.Due):
		return refuse("extend_not_later", "Due", c.Due.String())
	case a.Percent < 0 || a.Percent > 100:
		return refuse("percent", "Percent", strconv.Itoa(a.Percent))
	}
	return nil
}

// checkDecideExtension: the first is the office's to decide, the next the leadership's.
func checkDecideExtension(c Case, a Act) *Refusal {
	seats := c.Seats(a.By)
	switch {
	case c.Extension == nil:
		return refuse("extend_none_pending")
	case c.Granted == 0 && !slices.Contains(seats, Office):
		return refuse("extend_office")
	case c.Granted > 0 && !slices.Contains(seats, Leadership):
		return refuse("extend_leader")
	case a.Kind == Grant && !c.newDue(a).After(c.Due): // a pause may have moved it past the date asked for
		return refuse("extend_not_later", "Due", c.Due.String())
	case a.Kind == Grant && !c.newDue(a).After(a.On):
		return refuse("part_date", "Due", c.newDue(a).String())
	}
	return nil
}

// newDue is the date a grant sets: its own, or the one asked for.
func (c Case) newDue(a Act) calendar.Day {
	if a.Due.IsZero() && c.Extension != nil {
		return c.Extension.Due
	}
	return a.Due
}
