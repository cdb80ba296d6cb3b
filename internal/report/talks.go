package report

import (
	"cmp"
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
	// Unfounded tells that what it rests on is no longer so: the date was moved.
	Unfounded bool         `json:"unfounded,omitempty"`
	Course    act.TalkCase `json:"course"` // all that people's acts have made of it: see act.TalkCase
	Steps     []TalkStep   `json:"steps"`  // in the order of the policy
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
		rows[i].Unfounded = k.Facts != nil && (k.State == ledger.TalkOpen || k.State == ledger.TalkClosed) && !rows[i].Course.Founded(ledger.CaseOf(t))
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
		one, until := TalkStep{ID: s.ID, Limit: b.book.StepLimit(c, s.ID), Taken: c.Taken[s.ID]}, b.today
		if !one.Taken.IsZero() {
			until = one.Taken
		}
		if k.State == ledger.TalkOpen || !one.Taken.IsZero() {
			one.WorkdaysLate, one.Late = b.book.StepLate(c, one.Limit, until)
		}
		steps = append(steps, one)
	}
	return steps
}
