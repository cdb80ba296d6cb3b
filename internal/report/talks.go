package report

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// TalkRow is one warning talk 约谈 with its steps.
type TalkRow struct {
	ID       string       `json:"id"` // task#1
	Task     string       `json:"task"`
	Title    string       `json:"title"`
	Number   int          `json:"number"` // first, second … talk on this task
	Unit     string       `json:"unit"`
	UnitID   string       `json:"unit_id"`
	Due      calendar.Day `json:"due"`   // of the task
	State    string       `json:"state"` // pending, proposed, open, declined, closed, void
	OpensAt  time.Time    `json:"opens_at"`
	Approver string       `json:"approver"`
	What     string       `json:"what"`   // talk or circular 通报
	Origin   string       `json:"origin"` // stage, hand, or the ID of the rule that proposed it
	Course   act.TalkCase `json:"course"` // all that people's acts have made of it: see act.TalkCase
	Steps    []TalkStep   `json:"steps"`  // in the order of the policy
}

// TalkStep is one step of a talk: its limit, and the day it was taken.
type TalkStep struct {
	ID    string       `json:"id"` // served, held, minutes, plan, report, verified
	Limit calendar.Day `json:"limit"`
	Taken calendar.Day `json:"taken"` // "" until it is taken
	Late  bool         `json:"late"`  // taken after its limit, or not taken though it has passed
	// WorkdaysLate counts working days from the limit to the day it was taken, or
	// to today; 0 when only rest days lie between.
	WorkdaysLate int `json:"workdays_late,omitempty"`
}

func (b *binder) talkRows(tasks []ledger.Task, talks []ledger.Talk) []TalkRow {
	of := map[string]ledger.Task{}
	for _, t := range tasks {
		of[t.ID] = t
	}
	rows := make([]TalkRow, len(talks))
	for i, k := range talks {
		t := of[k.Task]
		rows[i] = TalkRow{
			ID: k.ID, Task: k.Task, Title: t.Title, Number: k.Number, Unit: b.people.Name(k.Lead), UnitID: k.Lead,
			Due: t.Due, State: k.State, OpensAt: b.local(k.OpensAt), Approver: k.Approver, Steps: b.talkSteps(t, k),
			What: cmp.Or(k.What, plan.ProposeTalk), Origin: k.Origin, Course: b.talkCourse(t, k),
		}
	}
	slices.SortStableFunc(rows, func(a, b TalkRow) int { return cmp.Or(a.OpensAt.Compare(b.OpensAt), cmp.Compare(a.ID, b.ID)) })
	return rows
}

// talkCourse is what acts know about a talk.
func (b *binder) talkCourse(t ledger.Task, k ledger.Talk) act.TalkCase {
	c := ledger.TalkCaseOf(&b.launched.Plan, t, k)
	c.Known, c.Said = nil, nil // of no interest to a reader
	return c
}

// talkSteps are the steps of a talk that was opened; one that waits, was
// declined or is void has none.
func (b *binder) talkSteps(t ledger.Task, k ledger.Talk) []TalkStep {
	steps := []TalkStep{}
	c := b.talkCourse(t, k)
	policy := b.launched.Plan.Policies[c.Policy]
	if policy.Talk == nil || c.What == plan.ProposeCircular || k.State != ledger.TalkOpen && k.State != ledger.TalkClosed {
		return steps
	}
	for _, s := range policy.Talk.Steps {
		before := maps.Clone(c.Taken) // a step's own limit rests on the steps before it
		delete(before, s.ID)
		one := TalkStep{ID: s.ID, Limit: b.ladderer.TalkLimit(policy, s.ID, c.Since, before)}
		if d, ok := c.Taken[s.ID]; ok {
			one.Taken, one.Late = d, d.After(one.Limit)
		} else {
			one.Late = k.State == ledger.TalkOpen && b.today.After(one.Limit)
		}
		if one.Late {
			until := b.today
			if !one.Taken.IsZero() {
				until = one.Taken
			}
			one.WorkdaysLate = max(0, b.cal.Workdays(one.Limit, until))
		}
		steps = append(steps, one)
	}
	return steps
}
