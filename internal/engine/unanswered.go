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

// SilentError is the error for an act that was not answered in time, with the cause as far
// as this process can see it. The act may have been accepted: then it is done, once, when
// the cause is over. Sending the act again under the same ID gets its answer.
type SilentError struct {
	Why Silence
	Err error // the error of the party that did not answer; for Slow, of the act
}

func (e *SilentError) Error() string { return fmt.Sprintf("engine: no answer (%s): %v", e.Why, e.Err) }
func (e *SilentError) Unwrap() error { return e.Err }

// Silence is why an act is not answered.
type Silence string

// The causes of silence, in the order in which whySilent looks for them.
const (
	LedgerAway  Silence = "ledger_away"  // the ledger cannot be read
	LedgerStuck Silence = "ledger_full"  // the ledger can be read and not written: Err says why
	EngineAway  Silence = "engine_away"  // Temporal does not answer
	NobodyWorks Silence = "nobody_works" // no worker polls Temporal's task queue
	ClockBack   Silence = "clock_back"   // this machine's clock is behind the ledger's last events
	Slow        Silence = "slow"         // ledger, Temporal and worker all answer
)

// clockBehind is how far this machine's clock may be behind the latest of the ledger's
// last lastLines events. Several events are read because the very last may have been
// written after the clock was set back, with its time.
const (
	clockBehind = time.Minute
	lastLines   = 200
)

// look is how long whySilent waits for each of the ledger, Temporal and the workers.
const look = 2 * time.Second

// AnswerWithin sets how long a person's act waits for its answer before it fails with
// *SilentError; zero, as New leaves it, sets no limit beside those of Temporal's client, and the
// act is asked for once: who asks for ever would be held up by one workflow that never answers.
func (e *Engine) AnswerWithin(limit time.Duration) { e.patience = limit }

// Patient is a copy of the engine that answers people within a limit: see AnswerWithin.
func (e *Engine) Patient(limit time.Duration) *Engine {
	patient := *e
	patient.patience = limit
	return &patient
}

// lastAsk is how much time must be left for within to ask once more.
const lastAsk = time.Second

// within calls do with the limit of AnswerWithin. do can be called again: an act under the same ID
// is done once. So it is where Temporal's server or the SDK, whose own limits for a request are
// shorter, gives up before the limit. When there is no answer in time, within looks for the cause,
// which takes a few seconds more, and gives *SilentError. Without a limit do is called once.
func (e *Engine) within(ctx context.Context, do func(context.Context) error) error {
	if e.patience == 0 {
		return do(ctx)
	}
	limited, cancel := context.WithTimeout(ctx, e.patience)
	defer cancel()
	ends := time.Now().Add(e.patience)
	for {
		err := do(limited)
		if err == nil || ctx.Err() != nil || limited.Err() == nil && !timedOut(err) {
			return err
		}
		if time.Until(ends) < lastAsk {
			return e.whySilent(ctx, err)
		}
		select {
		case <-limited.Done():
		case <-time.After(lastAsk / 10):
		}
	}
}

// timedOut tells whether an error says that there was no answer in time. Temporal's server
// and the SDK watch the deadline too, and may report it a moment before ctx has ended here.
func timedOut(err error) bool {
	var update *client.WorkflowUpdateServiceTimeoutOrCanceledError
	var deadline *serviceerror.DeadlineExceeded
	return errors.As(err, &update) || errors.As(err, &deadline) || errors.Is(err, context.DeadlineExceeded)
}

// whySilent asks each party that an act needs (the ledger, the clock, Temporal, a worker)
// for a moment, and gives *SilentError with the first that is at fault.
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
	// The clock is checked before Temporal and the workers: a clock that was set back stops
	// timers and polls, so that these seem silent too.
	var events []ledger.Event // none where they cannot be read
	_ = ask(func(ctx context.Context) (err error) {
		events, err = e.ledger.Events(ctx, ledger.EventFilter{AfterSeq: max(0, last-lastLines), Limit: lastLines})
		return err
	})
	var latest time.Time
	for _, line := range events {
		if line.Real.After(latest) {
			latest = line.Real
		}
	}
	if behind := latest.Sub(e.now()); behind > clockBehind {
		return &SilentError{ClockBack, fmt.Errorf("the clock is %s behind the ledger's last lines", behind.Round(time.Second))}
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
