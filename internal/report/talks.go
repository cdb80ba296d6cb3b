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
	ID       string        `json:"id"` // task#1, as the plan calls the task now
	Key      string        `json:"-"`  // the ID in the ledger, which never changes
	Task     string        `json:"task"`
	Title    string        `json:"title"`
	Number   int           `json:"number"` // from 1 among the unit's talks in the plan, or among its circulars; 0: not opened
	Unit     string        `json:"unit"`
	UnitID   string        `json:"unit_id"`
	Due      calendar.Day  `json:"due"`             // of the task
	Tasks    []TalkTask    `json:"tasks,omitempty"` // the tasks of a talk about several, its own first
	State    act.TalkState `json:"state"`
	OpensAt  time.Time     `json:"opens_at"`           // plan clock; of a proposal, when it was made
	Opened   calendar.Day  `json:"opened"`             // "" when it was not opened
	Approver string        `json:"approver"`           // who approved the talk, or ended or kept it last; "" when it was declined
	Decliner string        `json:"decliner,omitempty"` // who declined it
	What     string        `json:"what"`               // talk or circular 通报
	Origin   act.Origin    `json:"origin"`             // stage, hand, or the rule that proposed it, rule:ID
	// Unfounded tells that the talk was opened and its grounds no longer hold: the missed
	// due date was moved.
	Unfounded bool         `json:"unfounded,omitempty"`
	Course    act.TalkCase `json:"course"`           // the talk's facts as people's acts have made them: see act.TalkCase
	Steps     []TalkStep   `json:"steps"`            // in the order of the policy
	Rounds    []TalkRound  `json:"rounds,omitempty"` // the former rounds, each ended when the unit was called again
}

// TalkTask is one of several tasks of a talk.
type TalkTask struct {
	Task  string       `json:"task"`
	Title string       `json:"title"`
	Due   calendar.Day `json:"due"` // the date that was missed
}

// TalkRound is a former round of a talk.
type TalkRound struct {
	Number int          `json:"number"` // from 1
	Since  calendar.Day `json:"since"`
	Until  calendar.Day `json:"until"` // the day the unit was called again
	Steps  []TalkStep   `json:"steps"`
}

// TalkStep is one step of a talk: its limit, and the day it was taken.
type TalkStep struct {
	ID    string       `json:"id"`    // served, held, minutes, plan, report, verified; answer for a circular
	Limit calendar.Day `json:"limit"` // "" when the step is no longer owed: the talk, or the round, is over
	Taken calendar.Day `json:"taken"` // "" until it is taken
	Late  bool         `json:"late"`  // taken after its limit, or not taken though it has passed
	// WorkdaysLate counts working days from the limit to the day the step was taken, or
	// to today; 0 when there are only rest days between.
	WorkdaysLate int `json:"workdays_late,omitempty"`
}

func (b *binder) talkRows(tasks []ledger.Task, talks []ledger.Talk) []TalkRow {
	of, named := byID(tasks), map[string]ledger.Talk{}
	for _, k := range talks {
		named[k.ID] = k
	}
	talks = inOrder(talks)
	rows := make([]TalkRow, len(talks))
	for i, k := range talks {
		t := of[k.Task]
		rows[i] = TalkRow{
			ID: t.ShownTalk(k.ID), Key: k.ID, Task: nameNow(t, k.Task), Title: t.Title, Number: nth(k), Unit: b.people.Name(k.Lead), UnitID: k.Lead,
			Due: t.Due, State: k.State, OpensAt: b.local(k.OpensAt), Approver: k.Approver, Steps: b.talkSteps(t, k),
			What: cmp.Or(k.What, plan.ProposeTalk), Origin: k.Origin, Course: b.talkCourse(t, k),
		}
		switch k.State {
		case act.TalkOpen, act.TalkClosed:
			rows[i].Opened = b.day(k.OpensAt)
		case act.TalkCarried: // the talk may have been opened before, or still have been a proposal
			if k.Facts != nil {
				rows[i].Opened = k.Facts.Opened
			}
		case act.TalkDeclined:
			rows[i].Approver, rows[i].Decliner = "", k.Approver
		}
		rows[i].Rounds = b.talkRounds(rows[i].Course)
		if host, joined := named[k.Host]; joined {
			rows[i].Number = nth(host)
		}
		if all := rows[i].Course.Of(); len(all) > 1 {
			for _, m := range all {
				rows[i].Tasks = append(rows[i].Tasks, TalkTask{nameNow(of[m.Task], m.Task), of[m.Task].Title, m.Due})
			}
			rows[i].Unfounded = (k.State == act.TalkOpen || k.State == act.TalkClosed) && !rows[i].Course.Rests()
			continue
		}
		rows[i].Unfounded = k.Facts != nil && (k.State == act.TalkOpen || k.State == act.TalkClosed) && !rows[i].Course.Founded(ledger.CaseOf(t))
	}
	slices.SortStableFunc(rows, func(a, b TalkRow) int { return cmp.Or(a.OpensAt.Compare(b.OpensAt), cmp.Compare(a.ID, b.ID)) })
	return rows
}

// nameNow is the ID that the plan's document uses now for a task; id where t is zero.
func nameNow(t ledger.Task, id string) string {
	if t.ID == "" {
		return id
	}
	return t.Shown()
}

// talkCourse is what acts have made of a talk.
func (b *binder) talkCourse(t ledger.Task, k ledger.Talk) act.TalkCase {
	c := ledger.TalkCaseOf(&b.launched.Plan, t, k)
	c.Known, c.Said = nil, nil // the IDs of acts and of what was said, which no reader needs
	return c
}

// talkSteps are the steps of an open or closed talk; a talk in any other state has none.
func (b *binder) talkSteps(t ledger.Task, k ledger.Talk) []TalkStep {
	steps := []TalkStep{}
	c := b.talkCourse(t, k)
	if k.State != act.TalkOpen && k.State != act.TalkClosed {
		return steps
	}
	return b.stepsOf(c, k.State == act.TalkOpen)
}

// stepsOf are the steps of one round of a talk. owed: the steps that were not taken are
// still owed.
func (b *binder) stepsOf(c act.TalkCase, owed bool) []TalkStep {
	steps, ids := []TalkStep{}, []string{}
	if policy := b.launched.Plan.Policies[c.Policy]; c.What == plan.ProposeCircular {
		ids = []string{act.StepAnswer}
	} else if policy.Talk != nil {
		for _, s := range policy.Talk.Steps {
			ids = append(ids, s.ID)
		}
	}
	for _, id := range ids {
		one, until := TalkStep{ID: id, Limit: b.rules.StepLimit(c, id), Taken: c.Taken[id]}, b.today
		if !one.Taken.IsZero() {
			until = one.Taken
		}
		if owed || !one.Taken.IsZero() {
			one.WorkdaysLate, one.Late = b.rules.StepLate(c, one.Limit, until)
		} else {
			one.Limit = calendar.Day{}
		}
		steps = append(steps, one)
	}
	return steps
}

// talkRounds are the rounds of a talk before its last one.
func (b *binder) talkRounds(c act.TalkCase) (rounds []TalkRound) {
	for i, r := range c.Rounds {
		then := c
		then.Since, then.Taken = r.Since, r.Taken
		rounds = append(rounds, TalkRound{Number: i + 1, Since: r.Since, Until: r.Until, Steps: b.stepsOf(then, false)})
	}
	return rounds
}
