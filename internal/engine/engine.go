// Package engine is the typed client of running plans: it launches a plan,
// starts what activities ask for, and carries people's acts to the workflows.
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

// Watched is an engine whose acts on many tasks, and whose launches, tell how far
// they are, from many goroutines, one at a time.
func (e *Engine) Watched(watch func(done, total int)) *Engine {
	watched := *e
	watched.watch = watch
	return &watched
}

// New makes an engine. window is the wake window that started tasks are given;
// now is the wall clock.
func New(c client.Client, l *ledger.Store, window time.Duration, now func() time.Time, log *slog.Logger) *Engine {
	return &Engine{records: records{l, now}, client: c, window: window, log: log}
}

// records is what an engine knows and writes without Temporal.
type records struct {
	ledger *ledger.Store
	now    func() time.Time
}

// whatIf asks the ledger what something would change.
func (r records) whatIf() whatif.WhatIf { return whatif.New(r.ledger, r.now) }

// docket is where things are opened and acts recorded that no workflow is asked for.
func (e *Engine) docket() docket.Docket {
	return docket.Docket{Ledger: e.ledger, Starter: e, Accounts: e.accounts, Now: e.now}
}

// refusal parts a refusal, which is an answer, from what went wrong.
func refusal(err error) (*act.Refusal, error) {
	var r *act.Refusal
	if errors.As(err, &r) {
		return r, nil
	}
	return nil, err
}

// HoldAgainst has people who propose something held against their accounts, as the
// worker holds those who act; nil, which is so at first, holds nobody.
func (e *Engine) HoldAgainst(accounts *docket.Accounts) { e.accounts = accounts }

// StartTask starts the workflow of a task or an occurrence, from where the ledger
// has it. One that runs or ran already, or a task that has ended, is no error.
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

// windowOn is the wake window on a clock. On a fast one hours are milliseconds,
// too short to decide a morning in: it becomes nearly a day, so that a
// rehearsal too says a morning's notices in one message a reader.
func (e *Engine) windowOn(clock calendar.Clock) time.Duration {
	if clock.Rate <= 1 {
		return e.window
	}
	return max(e.window, 20*time.Hour)
}

// StartDigest starts what speaks a digest, delayed until a few seconds before it
// is to speak: its activity waits for the moment itself, so that what speaks at
// one instant has its workflow task behind it by then. The seconds are spread by
// the key.
func (e *Engine) StartDigest(ctx context.Context, l ledger.Launched, d ledger.Digest) error {
	return e.start(ctx, e.speechJob(l, d))
}

// again is how long a digest waits that its morning could not deliver, before it is
// tried again.
const again = time.Second

// SpeakApart starts a workflow of its own for a digest that its morning could not
// deliver; one that runs is left alone.
func (e *Engine) SpeakApart(ctx context.Context, l ledger.Launched, d ledger.Digest) error {
	j := e.digestJob(l, d)
	j.opts.StartDelay, j.opts.EnableEagerStart = again, false
	j.arg = workflows.DigestInput{Key: d.Key, Tries: 1}
	_, err := e.begin(ctx, j, false)
	return err
}

// collecting is how long a digest that is late already waits for what else is
// late, on the real clock: after an outage a reader gets one message, not one a task.
const collecting = 3 * time.Second

// early is how long before it speaks a digest's workflow starts, on the real
// clock: long enough for a thousand others of that morning, short enough for one
// workflow task (ten seconds).
func early(key string) time.Duration {
	h := fnv.New32a()
	h.Write([]byte(key))
	return time.Second + time.Duration(h.Sum32()%4000)*time.Millisecond
}

// attributes are a workflow's search attributes, whole from the start.
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
