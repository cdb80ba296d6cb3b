package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"duban/internal/ledger"
	"duban/workflows"
)

// SilentError is an act that was not answered in time, and what is the matter, as
// far as it can be seen from here. The act may have been accepted: it is done once
// then, when what is the matter is over, and the same ID asks for its answer.
type SilentError struct {
	Why Silence
	Err error // of whoever was asked, or of the act
}

func (e *SilentError) Error() string { return fmt.Sprintf("engine: no answer (%s): %v", e.Why, e.Err) }
func (e *SilentError) Unwrap() error { return e.Err }

// Silence is why an act is not answered.
type Silence string

// What can be the matter, in the order in which it is looked for.
const (
	LedgerAway  Silence = "ledger_away" // reading it fails
	LedgerStuck Silence = "ledger_full" // it can be read and not written: Err says why
	EngineAway  Silence = "engine_away" // Temporal does not answer
	NobodyWorks Silence = "nobody_works"
	ClockBack   Silence = "clock_back" // this machine's clock is behind what the ledger has
	Slow        Silence = "slow"       // all of them answer
)

// clockBehind is how far the clock may be behind the latest of the ledger's last lines,
// and lastLines how many of them are looked at: since the clock was set back some may
// have been written by it.
const (
	clockBehind = time.Minute
	lastLines   = 200
)

// look is how long Temporal, the ledger and the worker are each asked, once an act had no
// answer, whether it is they who are silent.
const look = 2 * time.Second

// AnswerWithin sets how long an act of a person waits for its answer before it
// fails with *SilentError; zero, as at first, is for ever.
func (e *Engine) AnswerWithin(limit time.Duration) { e.patience = limit }

// Patient is an engine that answers people within a limit: see AnswerWithin.
func (e *Engine) Patient(limit time.Duration) *Engine {
	patient := *e
	patient.patience = limit
	return &patient
}

// within does what a person asked for, and looks what is the matter when it is not
// answered in time. Looking takes a few seconds.
func (e *Engine) within(ctx context.Context, do func(context.Context) error) error {
	if e.patience == 0 {
		return do(ctx)
	}
	limited, cancel := context.WithTimeout(ctx, e.patience)
	defer cancel()
	err := do(limited)
	if err == nil || ctx.Err() != nil || limited.Err() == nil && !timedOut(err) {
		return err
	}
	return e.whySilent(ctx, err)
}

// timedOut tells that there was no answer in time. The Temporal server and the SDK
// watch the deadline too, and may say so a moment before it has come here.
func timedOut(err error) bool {
	var update *client.WorkflowUpdateServiceTimeoutOrCanceledError
	var deadline *serviceerror.DeadlineExceeded
	return errors.As(err, &update) || errors.As(err, &deadline) || errors.Is(err, context.DeadlineExceeded)
}

// whySilent asks each party that an act needs (the ledger, the clock, Temporal, a worker),
// a moment each.
func (e *Engine) whySilent(ctx context.Context, err error) error {
	ask := func(f func(context.Context) error) error {
		ctx, cancel := context.WithTimeout(ctx, min(look, e.patience))
		defer cancel()
		return f(ctx)
	}
	var last int64
	if away := ask(func(ctx context.Context) (err error) { last, _, err = e.ledger.Head(ctx); return err }); away != nil {
		return &SilentError{LedgerAway, away}
	}
	// The clock comes before the rest: a clock that was set back stops timers and polls too.
	if events, err := e.ledger.Events(ctx, ledger.EventFilter{AfterSeq: max(0, last-lastLines), Limit: lastLines}); err == nil {
		var latest time.Time
		for _, line := range events {
			if line.Real.After(latest) {
				latest = line.Real
			}
		}
		if behind := latest.Sub(e.now()); behind > clockBehind {
			return &SilentError{ClockBack, fmt.Errorf("the clock is %s behind the ledger's last lines", behind.Round(time.Second))}
		}
	}
	if stuck := ask(e.ledger.TryWrite); stuck != nil {
		return &SilentError{LedgerStuck, stuck}
	}
	pollers := 0
	if away := ask(func(ctx context.Context) error {
		queue, err := e.client.DescribeTaskQueue(ctx, workflows.TaskQueue, enums.TASK_QUEUE_TYPE_WORKFLOW)
		pollers = len(queue.GetPollers())
		return err
	}); away != nil {
		return &SilentError{EngineAway, away}
	}
	if pollers == 0 {
		return &SilentError{NobodyWorks, errors.New("nobody polls the task queue")}
	}
	return &SilentError{Slow, err}
}
