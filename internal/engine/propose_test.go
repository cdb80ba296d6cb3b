package engine

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/workflows"
)

// starting is a Temporal client that has no workflow, and starts workflows once each of
// its faults has answered one call.
type starting struct {
	client.Client
	faults  []func(context.Context) error
	started []string
}

func (s *starting) DescribeWorkflowExecution(context.Context, string, string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	return nil, serviceerror.NewNotFound("never")
}

func (s *starting) ExecuteWorkflow(ctx context.Context, o client.StartWorkflowOptions, _ any, _ ...any) (client.WorkflowRun, error) {
	if len(s.faults) > 0 {
		f := s.faults[0]
		s.faults = s.faults[1:]
		return nil, f(ctx)
	}
	s.started = append(s.started, o.ID)
	return nil, nil
}

// onePlan is a ledger with a plan of one task.
func onePlan(t *testing.T, at time.Time) (*ledger.Store, ledger.Launched) {
	t.Helper()
	store, err := ledger.OpenWith(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"), ledger.Options{Create: true, Migrate: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	p := plan.Plan{ID: "p", Title: "p", Year: 2021, Zone: "Asia/Shanghai", Policy: "standard", Hash: "1", Policies: map[string]plan.Policy{"standard": {Name: "standard", Version: 1}},
		Tasks:     []plan.Task{{ID: "a", Kind: plan.Dated, Title: "a", Lead: "shuiwu", Due: calendar.NewDay(2021, 12, 31), Policy: "standard"}},
		Directory: people.Directory{Office: "ban", Leadership: "zu", Units: []people.Unit{{ID: "ban", Name: "办公室"}, {ID: "zu", Name: "领导小组"}, {ID: "shuiwu", Name: "市水务局"}}}}
	l := ledger.Launched{Plan: p, At: at}
	_, err = store.AddPlan(t.Context(), l, []ledger.Task{ledger.TaskOf(&p, p.Tasks[0], at)}, ledger.When{Real: at, Plan: at})
	require.NoError(t, err)
	return store, l
}

// A proposal asked for again after any answer of Temporal is in the ledger once, and the
// workflow of its talk is started. The proposal of a person without a valid account is
// recorded as refused and starts nothing.
func TestAProposalIsRecordedOnceAndStarted(t *testing.T) {
	t.Parallel()
	hangs := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for name, faults := range map[string][]func(context.Context) error{
		"answers":      nil,
		"refuses":      {func(context.Context) error { return errors.New("refused") }},
		"hangs":        {hangs},
		"is there":     {func(context.Context) error { return serviceerror.NewWorkflowExecutionAlreadyStarted("there", "", "") }},
		"fails thrice": {hangs, func(context.Context) error { return errors.New("refused") }, hangs},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at := calendar.NewDay(2021, 4, 8).At(9, 0, calendar.Beijing).UTC()
			store, _ := onePlan(t, at)
			temporal := &starting{faults: faults}
			e := New(temporal, store, time.Hour, func() time.Time { return at }, slog.New(slog.DiscardHandler))
			proposal := act.Act{ID: "c", By: act.Actor{Account: "wang", Name: "王", Unit: "ban"}, Ref: "a", Reason: "久催未办", Talk: &act.TalkFacts{What: plan.ProposeTalk}}
			for i := 0; ; i++ {
				require.Less(t, i, 5)
				ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
				id, err := e.Propose(ctx, "p", proposal, nil)
				cancel()
				if err == nil {
					require.Equal(t, "a#1", id)
					break
				}
			}
			talks, err := store.Talks(t.Context(), "p", "a")
			require.NoError(t, err)
			require.Len(t, talks, 1)
			require.Equal(t, act.Origin{Kind: act.OriginHand}, talks[0].Origin)
			if name != "is there" {
				require.Equal(t, []string{workflows.TalkWorkflowID("p", "a#1")}, temporal.started)
			}

			e.HoldAgainst(&docket.Accounts{File: filepath.Join(t.TempDir(), "accounts.yaml"), Named: true}) // an accounts file that is named and missing
			proposal.ID = "d"
			var refused *RefusedError
			_, err = e.Propose(t.Context(), "p", proposal, nil)
			require.ErrorAs(t, err, &refused)
			require.Equal(t, "act.refused_no_accounts", refused.Key)
			events, err := store.Events(t.Context(), ledger.EventFilter{Plan: "p", Task: "a"})
			require.NoError(t, err)
			require.Equal(t, ledger.ActRefused, events[len(events)-1].Kind)
			require.LessOrEqual(t, len(temporal.started), 1)
		})
	}
}

// A talk is written to the ledger before its workflow is started. When it has ended between
// the two, or has joined another, no workflow is started for it.
func TestATalkThatIsOverIsNotStarted(t *testing.T) {
	t.Parallel()
	at := calendar.NewDay(2021, 4, 8).At(9, 0, calendar.Beijing).UTC()
	store, l := onePlan(t, at)
	temporal := &starting{faults: []func(context.Context) error{func(context.Context) error { return errors.New("away") }}}
	e := New(temporal, store, time.Hour, func() time.Time { return at }, slog.New(slog.DiscardHandler))
	_, err := e.Propose(t.Context(), "p", act.Act{ID: "c", By: act.Actor{Account: "wang", Name: "王", Unit: "ban"}, Ref: "a", Reason: "久催未办", Talk: &act.TalkFacts{What: plan.ProposeTalk}}, nil)
	require.ErrorContains(t, err, "away", "the talk is in the ledger, and its workflow is not started")
	k, err := store.Talk(t.Context(), "p", "a#1")
	require.NoError(t, err)
	course, err := e.docket().TalkCourse(t.Context(), "p", "a#1")
	require.NoError(t, err)
	_, _, err = e.docket().ActOnTalk(t.Context(), "p", "a#1", act.Act{ID: "no", Kind: act.Decline, By: act.Actor{Account: "zu", Name: "组长", Unit: "zu"}, Reason: "已办", At: at, On: calendar.NewDay(2021, 4, 8)}, course, at)
	require.NoError(t, err)
	require.NoError(t, e.StartTalk(t.Context(), l, k), "as it was before the decision")
	require.NotContains(t, temporal.started, workflows.TalkWorkflowID("p", "a#1"))
}
