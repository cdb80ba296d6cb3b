package engine

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/wire"
	"duban/workflows"
)

// held is a Temporal client whose talk workflow refuses every act with the reason key,
// encoded as Temporal's server sends it, until it has been signalled to look at the
// ledger behind times.
type held struct {
	client.Client
	key     string // of the refusal's reason
	behind  int    // how many look signals the workflow needs before it stops refusing
	gone    error  // what the workflow answers from then on; nil: it accepts
	looks   int    // look signals so far
	unheard error  // what sending a signal fails with; nil: it arrives
}

func (h *held) UpdateWorkflow(_ context.Context, o client.UpdateWorkflowOptions) (client.WorkflowUpdateHandle, error) {
	if o.WorkflowID != workflows.TalkWorkflowID("p", "a#1") {
		return nil, errors.New("another workflow")
	}
	if h.looks < h.behind {
		failures := temporal.GetDefaultFailureConverter()
		return nil, failures.FailureToError(failures.ErrorToFailure(wire.Refused(&act.Refusal{Key: h.key})))
	}
	return accepted{}, h.gone
}

func (h *held) SignalWorkflow(_ context.Context, id, _, name string, _ any) error {
	if id == workflows.TalkWorkflowID("p", "a#1") && name == workflows.LookSignal {
		h.looks++
	}
	return h.unheard
}

type accepted struct{ client.WorkflowUpdateHandle }

func (accepted) Get(context.Context, any) error { return nil }

// A worker may have opened a talk in the ledger and died before it told the talk's
// workflow. The workflow then refuses an act that the ledger allows, which is not the
// person's mistake: the engine signals the workflow to look at the ledger and asks again,
// for some seconds.
func TestAWorkflowBehindTheLedgerIsAskedAgain(t *testing.T) {
	t.Parallel()
	const state = "act.refused_talk_state"
	away, ended := serviceerror.NewUnavailable("away"), serviceerror.NewNotFound("ended")
	for name, c := range map[string]struct {
		of      held
		refused string
		err     error
		looks   int
	}{
		"it looks":               {of: held{key: state, behind: 1}, looks: 1},
		"it looks late":          {of: held{key: state, behind: 5}, looks: 5},
		"it never looks":         {of: held{key: state, behind: 1000}, refused: state, looks: 8},
		"another reason":         {of: held{key: "act.refused_talk_order", behind: 1000}, refused: "act.refused_talk_order"},
		"it has ended meanwhile": {of: held{key: state, behind: 1, gone: ended}, err: ended, looks: 1},
		"Temporal goes away":     {of: held{key: state, behind: 1, gone: away}, err: away, looks: 1},
		"it cannot be told":      {of: held{key: state, behind: 1000, unheard: away}, err: away, refused: state, looks: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := New(&c.of, nil, time.Hour, time.Now, slog.New(slog.DiscardHandler))
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				a := act.Act{ID: "again", Kind: act.Again, By: act.Actor{Account: "clerk", Unit: "office"}, Reason: "另行约谈", On: calendar.NewDay(2021, 5, 20)}
				open := act.TalkCase{State: act.TalkOpen, What: plan.ProposeTalk, Lead: "unit", Office: "office", Leadership: "city"}
				require.Nil(t, open.Check(a))
				refused, err := e.askTalk(ctx, ledger.Talk{Plan: "p", ID: "a#1"}, open, a)
				require.ErrorIs(t, err, c.err)
				key := ""
				if refused != nil {
					key = refused.Key
				}
				require.Equal(t, c.refused, key)
				require.Equal(t, c.looks, c.of.looks)
			})
		})
	}
}
