package workflows_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/activities"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/plan"
	"duban/internal/words"
)

// dies is a starter that fails until it is mended.
type dies struct {
	*starts
	dead bool
}

var errDead = errors.New("killed")

func (d *dies) StartTalk(ctx context.Context, l ledger.Launched, t ledger.Talk) error {
	if d.dead {
		return errDead
	}
	return d.starts.StartTalk(ctx, l, t)
}

// A proposal is in the ledger and whoever made it died before its workflow was
// started: the next audit starts it, so that it is reminded and can be decided.
func TestAuditStartsAProposalThatWasOnlyWritten(t *testing.T) {
	t.Parallel()
	at := day(2021, 5, 8).Add(10 * time.Hour)
	b := newBench(t, day(2021, 4, 8), task("a", calendar.NewDay(2021, 12, 31)))
	starter := &dies{b.starts, true}
	l, err := b.store.Plan(t.Context(), "p")
	require.NoError(t, err)
	a := act.Act{ID: "rule", By: act.EngineActor, At: at.UTC(), On: calendar.NewDay(2021, 5, 8), Ref: "a", Reason: "逾期",
		Talk: &act.TalkFacts{What: plan.ProposeCircular}}
	_, _, err = activities.Propose(t.Context(), b.store, starter, l, a, &act.Proposal{Rule: "two-overdue", Unit: "shuiwu"}, ledger.When{Real: at, Plan: at})
	require.ErrorIs(t, err, errDead)
	audit := &activities.Activities{Ledger: b.store, Starter: starter, Channels: notice.Set{b.post}, Words: words.New("zh"),
		Now: func() time.Time { return at }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	in := activities.AuditInput{Plan: "p", At: at, Before: day(2021, 4, 8)}
	_, err = audit.Audit(t.Context(), in)
	require.ErrorIs(t, err, errDead)
	starter.dead = false
	_, err = audit.Audit(t.Context(), in)
	require.NoError(t, err)
	require.Len(t, b.starts.talks, 1)
	require.Equal(t, []string{"a#1", ledger.TalkProposed, "two-overdue"}, []string{b.starts.talks[0].ID, b.starts.talks[0].State, b.starts.talks[0].Origin})
}
