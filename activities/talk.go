package activities

import (
	"context"
	"fmt"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// TalkInput opens a talk at the plan instant OpensAt.
type TalkInput struct {
	Plan    string    `json:"plan"`
	Talk    string    `json:"talk"`
	OpensAt time.Time `json:"opens_at"`
}

// TalkOpened is what became of opening or deciding a talk. The zero value is a
// talk that is open and has no ladder.
type TalkOpened struct {
	Void     bool         `json:"void,omitempty"`     // the task was closed before, or the leader declined
	Proposed bool         `json:"proposed,omitempty"` // waits for a named leader
	Ladder   []plan.Stage `json:"ladder,omitempty"`
}

// OpenTalk opens a talk, or proposes it when its policy asks for approval.
func (a *Activities) OpenTalk(ctx context.Context, in TalkInput) (TalkOpened, error) {
	l, talk, p, err := a.talk(ctx, in.Plan, in.Talk)
	if err != nil {
		return TalkOpened{}, translate(err)
	}
	ladder, err := a.talkLadder(ctx, l, talk, p, in.OpensAt)
	if err != nil {
		return TalkOpened{}, err
	}
	talk, open, err := a.Ledger.OpenTalk(ctx, in.Talk, in.Plan, p.Talk.Open, ladder, a.when(l.Clock))
	if err != nil {
		return TalkOpened{}, translate(err)
	}
	switch {
	case !open:
		return TalkOpened{Void: true}, nil
	case talk.State == ledger.TalkProposed:
		return TalkOpened{Proposed: true}, nil
	}
	return TalkOpened{Ladder: ladder}, nil
}

// ApprovalInput is a named leader's decision on a proposed talk.
type ApprovalInput struct {
	Plan    string `json:"plan"`
	Talk    string `json:"talk"`
	By      string `json:"by"`
	Approve bool   `json:"approve"`
	Reason  string `json:"reason"`
}

// ApproveTalk records the decision; an approved talk opens that day.
func (a *Activities) ApproveTalk(ctx context.Context, in ApprovalInput) (TalkOpened, error) {
	l, talk, p, err := a.talk(ctx, in.Plan, in.Talk)
	if err != nil {
		return TalkOpened{}, translate(err)
	}
	when := a.when(l.Clock)
	var ladder []plan.Stage
	if in.Approve {
		if ladder, err = a.talkLadder(ctx, l, talk, p, when.Plan); err != nil {
			return TalkOpened{}, err
		}
	}
	if talk, err = a.Ledger.ApproveTalk(ctx, in.Plan, in.Talk, in.By, in.Approve, in.Reason, ladder, when); err != nil {
		return TalkOpened{}, translate(err)
	}
	if talk.State != ledger.TalkOpen {
		return TalkOpened{Void: true}, nil
	}
	ladder, err = a.talkLadder(ctx, l, talk, p, talk.OpensAt) // a second try answers as the first
	return TalkOpened{Ladder: ladder}, err
}

func (a *Activities) talk(ctx context.Context, planID, id string) (ledger.Launched, ledger.Talk, plan.Policy, error) {
	l, err := a.launched(ctx, planID)
	if err != nil {
		return l, ledger.Talk{}, plan.Policy{}, err
	}
	talk, err := a.Ledger.Talk(ctx, planID, id)
	if err != nil {
		return l, talk, plan.Policy{}, err
	}
	task, err := a.Ledger.Task(ctx, planID, talk.Task)
	if err != nil {
		return l, talk, plan.Policy{}, err
	}
	p, ok := l.Plan.Policies[task.Policy]
	if !ok || p.Talk == nil {
		return l, talk, p, fmt.Errorf("policy %q of task %s has no talks: %w", task.Policy, task.ID, ledger.ErrNotFound)
	}
	return l, talk, p, nil
}

func (a *Activities) talkLadder(ctx context.Context, l ledger.Launched, t ledger.Talk, p plan.Policy, opened time.Time) ([]plan.Stage, error) {
	lad, err := a.ladderer(ctx, l)
	if err != nil {
		return nil, err
	}
	return lad.TalkLadder(p, t.Lead, calendar.DayOf(opened.In(lad.Zone)), t.Taken), nil
}
