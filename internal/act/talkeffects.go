package act

import (
	"maps"
	"slices"

	"duban/internal/plan"
)

// TalkEffect is what an act on a talk asks beyond its row, and what it changes beyond its
// state and the step it takes. Either may be nil.
type TalkEffect struct {
	Check func(TalkCase, Act) *Refusal
	Apply func(*TalkCase, Act)
}

// TalkEffects are those of all acts on talks.
var TalkEffects = map[Kind]TalkEffect{
	Approve: {
		Check: func(c TalkCase, a Act) *Refusal {
			switch {
			case a.Due.IsZero():
				return nil
			case c.What != plan.ProposeCircular:
				return refuse("talk_other_due")
			case !a.Due.After(a.On):
				return refuse("part_date", "Due", a.Due.String())
			}
			return nil
		},
		Apply: func(c *TalkCase, a Act) {
			c.Approver = a.By.Name
			if c.What == plan.ProposeCircular {
				c.Opened, c.AnswerBy = a.On, a.Due
				return
			}
			c.begin(a.On)
		},
	},
	Decline: {
		Apply: func(c *TalkCase, a Act) { c.Approver = a.By.Name },
	},
	Serve: {
		Check: func(c TalkCase, _ Act) *Refusal { return same(c.took(StepHeld)) },
		Apply: func(c *TalkCase, a Act) { c.Notice = a.Talk },
	},
	Held: {
		Check: TalkCase.early,
		Apply: func(c *TalkCase, a Act) { c.Record = a.Talk },
	},
	Absent: {
		Check: func(c TalkCase, a Act) *Refusal {
			if r := c.early(a); r != nil {
				return r
			}
			if c.took(StepHeld) {
				return same(true)
			}
			return fits(c, 0, "") // the case keeps every absence, and its size is limited
		},
		Apply: func(c *TalkCase, a Act) {
			c.Absences = append(slices.Clone(c.Absences), a.mark())
			c.next(a.On)
		},
	},
	Minutes: {
		Apply: func(c *TalkCase, a Act) { c.Minutes = a.Reason },
	},
	ReturnPlan: {
		Check: func(c TalkCase, _ Act) *Refusal { return fits(c, 0, "") }, // the case keeps every return, and its size is limited
		Apply: func(c *TalkCase, a Act) {
			c.Restarted = a.At
			c.Revision++ // the steps are chased anew, under other names in the ledger than before
			c.Returns = append(slices.Clone(c.Returns), a.mark())
			c.Taken = maps.Clone(c.Taken)
			for _, step := range []string{StepPlan, StepReport, StepVerified} {
				delete(c.Taken, step)
			}
			c.recheck()
		},
	},
	VerifyTalk: {
		Check: func(c TalkCase, a Act) *Refusal {
			if a.Ref != "" && c.member(a.Ref) < 0 {
				return refuse("talk_member", "Task", a.Ref)
			}
			return nil
		},
		Apply: func(c *TalkCase, a Act) { *c = c.checked(a) },
	},
	Keep: {
		Check: func(c TalkCase, _ Act) *Refusal {
			if c.Doubt == nil {
				return refuse("talk_no_doubt")
			}
			return nil
		},
		Apply: func(c *TalkCase, a Act) {
			c.Approver, c.Kept = a.By.Name, true
			c.settle(a)
		},
	},
	Again: {
		Check: func(c TalkCase, _ Act) *Refusal { return fits(c, 0, "") }, // the case keeps every call, and its size is limited
		Apply: func(c *TalkCase, a Act) {
			c.Agains = append(slices.Clone(c.Agains), a.mark())
			if slices.Contains(c.Seats(a.By), Leadership) {
				c.Approver = a.By.Name
			}
			c.next(a.On)
		},
	},
	TakeOver: {
		Check: func(c TalkCase, a Act) *Refusal { return same(a.Ref != c.Lead || a.Unit == c.Lead) },
		Apply: func(c *TalkCase, a Act) {
			if a.Unit == "" {
				c.State = TalkVoid
				return
			}
			c.Formerly = append(slices.Clone(c.Formerly), c.Lead)
			c.Lead, c.Restarted = a.Unit, a.At
		},
	},
}
