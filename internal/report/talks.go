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
	Key      string        `json:"-"`  // as the ledger calls it for ever
	Task     string        `json:"task"`
	Title    string        `json:"title"`
	Number   int           `json:"number"` // first, second … talk of its unit in the plan, or circular: each counts by itself
	Unit     string        `json:"unit"`
	UnitID   string        `json:"unit_id"`
	Due      calendar.Day  `json:"due"`             // of the task
	Tasks    []TalkTask    `json:"tasks,omitempty"` // those that it is about, its own first, where they are several
	State    act.TalkState `json:"state"`
	OpensAt  time.Time     `json:"opens_at"`           // of a proposal, when it was made
	Opened   calendar.Day  `json:"opened"`             // "" of what has not opened
	Approver string        `json:"approver"`           // who approved it, or ended or kept it last; "" of what was declined
	Decliner string        `json:"decliner,omitempty"` // who declined it
	What     string        `json:"what"`               // talk or circular 通报
	Origin   act.Origin    `json:"origin"`             // stage, hand, or the rule that proposed it, rule:ID
	// Unfounded tells that what it rests on is no longer so: the date was moved.
	Unfounded bool         `json:"unfounded,omitempty"`
	Course    act.TalkCase `json:"course"`           // all that people's acts have made of it: see act.TalkCase
	Steps     []TalkStep   `json:"steps"`            // in the order of the policy
	Rounds    []TalkRound  `json:"rounds,omitempty"` // those before this one: the unit was called again
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
	ID    string       `json:"id"`    // served, held, minutes, plan, report, verified; of a circular answer
	Limit calendar.Day `json:"limit"` // "" when it is asked for no more: the talk, or the round, is over
	Taken calendar.Day `json:"taken"` // "" until it is taken
	Late  bool         `json:"late"`  // taken after its limit, or not taken though it has passed
	// WorkdaysLate counts working days from the limit to the day it was taken, or
	// to today; 0 when only rest days lie between.
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
		case act.TalkCarried: // it had opened, or waited for a leader still
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

// nameNow is what the plan calls a task now; id where the task is not given.
func nameNow(t ledger.Task, id string) string {
	if t.ID == "" {
		return id
	}
	return t.Shown()
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
	if k.State != act.TalkOpen && k.State != act.TalkClosed {
		return steps
	}
	return b.stepsOf(c, k.State == act.TalkOpen)
}

// stepsOf are the steps of one round of a talk. owed tells that those not taken are
// still asked for.
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
		one, until := TalkStep{ID: id, Limit: b.book.StepLimit(c, id), Taken: c.Taken[id]}, b.today
		if !one.Taken.IsZero() {
			until = one.Taken
		}
		if owed || !one.Taken.IsZero() {
			one.WorkdaysLate, one.Late = b.book.StepLate(c, one.Limit, until)
		} else {
			one.Limit = calendar.Day{}
		}
		steps = append(steps, one)
	}
	return steps
}

// talkRounds are the rounds of a talk before the one that goes on, or went on last.
func (b *binder) talkRounds(c act.TalkCase) (rounds []TalkRound) {
	for i, r := range c.Rounds {
		then := c
		then.Since, then.Taken = r.Since, r.Taken
		rounds = append(rounds, TalkRound{Number: i + 1, Since: r.Since, Until: r.Until, Steps: b.stepsOf(then, false)})
	}
	return rounds
}
