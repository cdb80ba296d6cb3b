// Package engine is the typed client of running plans: it launches and amends plans,
// starts the workflows that activities ask for, carries people's acts to workflows, and
// compares Temporal's workflows with the ledger and mends them.
package engine

import (
	"context"
	"errors"
	"hash/fnv"
	"log/slog"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/whatif"
	"duban/workflows"
)

// Engine speaks to one Temporal namespace and one ledger.
type Engine struct {
	records
	client client.Client
	window time.Duration
	log    *slog.Logger

	patience time.Duration         // see AnswerWithin
	watch    func(done, total int) // see Watched; may be nil
	accounts *docket.Accounts      // see HoldAgainst
}

// Watched is a copy of the engine that calls watch for progress whenever it acts on many
// tasks or launches a plan: done of total. The calls come from many goroutines, one at a time.
func (e *Engine) Watched(watch func(done, total int)) *Engine {
	watched := *e
	watched.watch = watch
	return &watched
}

// New makes an engine. window is the wake window that started tasks are given (see
// docs/glossary.md); now is the wall clock.
func New(c client.Client, l *ledger.Store, window time.Duration, now func() time.Time, log *slog.Logger) *Engine {
	return &Engine{records: records{l, now}, client: c, window: window, log: log}
}

// records is the part of an engine that reads and writes the ledger without Temporal.
type records struct {
	ledger *ledger.Store
	now    func() time.Time
}

// At is a copy of the engine whose clock stands still at an instant of the wall clock.
func (e *Engine) At(now time.Time) *Engine {
	still := *e
	still.now = func() time.Time { return now }
	return &still
}

// whatIf asks the ledger what something would change.
func (r records) whatIf() whatif.WhatIf { return whatif.New(r.ledger, r.now) }

// docket opens tasks, talks and proposals and records acts, where no workflow is asked.
func (e *Engine) docket() docket.Docket {
	return docket.Docket{Ledger: e.ledger, Starter: e, Accounts: e.accounts, Now: e.now}
}

// refusal takes an *act.Refusal out of err: a refusal is an answer. Every other error is
// returned as it is.
func refusal(err error) (*act.Refusal, error) {
	var r *act.Refusal
	if errors.As(err, &r) {
		return r, nil
	}
	return nil, err
}

// HoldAgainst has people who propose a talk, act on an assessment, carry tasks over or
// end a plan checked against the accounts (docket.Accounts.Credible), as the worker checks
// those who act on a task. With nil, as New leaves it, nobody is checked.
func (e *Engine) HoldAgainst(accounts *docket.Accounts) { e.accounts = accounts }

// StartTask starts the workflow of a task or an occurrence from the state that the ledger
// has. A workflow that runs or ran already, or a task that has ended, is no error.
func (e *Engine) StartTask(ctx context.Context, l ledger.Launched, t ledger.Task) error {
	now, err := e.ledger.Task(ctx, t.Plan, t.ID)
	if err != nil || now.State != ledger.TaskOpen {
		return err
	}
	j, err := e.taskJob(ctx, l, now)
	if err != nil {
		return err
	}
	return e.start(ctx, j)
}

// windowOn is the wake window on a plan's clock. On a fast clock an hour lasts
// milliseconds, too short to decide all stages of a morning: there the window is nearly
// a day, so that a rehearsal too has one message a reader for each morning.
func (e *Engine) windowOn(clock calendar.Clock) time.Duration {
	if clock.Rate <= 1 {
		return e.window
	}
	return max(e.window, 20*time.Hour)
}

// StartDigest starts the workflow that speaks a digest (its morning, or one of its own),
// delayed until a few seconds before the speaking time. Its activity waits for the speaking
// time itself, so that all workflows that speak at one time have had their workflow task
// before it. The key decides how many seconds before (see early), which spreads the starts.
func (e *Engine) StartDigest(ctx context.Context, l ledger.Launched, d ledger.Digest) error {
	return e.start(ctx, e.speechJob(l, d))
}

// again is how long, on the real clock, a digest that its morning could not deliver waits
// before it is tried again.
const again = time.Second

// SpeakApart starts a workflow of its own for a digest that its morning could not
// deliver. Such a workflow that already runs is left alone.
func (e *Engine) SpeakApart(ctx context.Context, l ledger.Launched, d ledger.Digest) error {
	j := e.digestJob(l, d)
	j.opts.StartDelay, j.opts.EnableEagerStart = again, false
	j.arg = workflows.DigestInput{Key: d.Key, Tries: 1}
	_, err := e.begin(ctx, j, false)
	return err
}

// collecting is how long, on the real clock, a digest whose speaking time is over waits
// before it is spoken: after an outage other late notices for the same reader join it, so
// that the reader gets one message and not one a task.
const collecting = 3 * time.Second

// early is how long before its speaking time a workflow that speaks starts, on the real
// clock: between one and five seconds, by its key. That is long enough to start a thousand
// others of that morning, and shorter than a workflow task may take (ten seconds).
func early(key string) time.Duration {
	h := fnv.New32a()
	h.Write([]byte(key))
	return time.Second + time.Duration(h.Sum32()%4000)*time.Millisecond
}

// attributes are all search attributes of a workflow, its own and those about the program.
func attributes(own ...temporal.SearchAttributeUpdate) temporal.SearchAttributes {
	return temporal.NewSearchAttributes(append(own, workflows.Builds())...)
}

func options(id string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                                       id,
		TaskQueue:                                workflows.TaskQueue,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		EnableEagerStart:                         true,
	}
}
