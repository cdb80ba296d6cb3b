package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.temporal.io/api/workflow/v1"
	"golang.org/x/sync/errgroup"

	"duban/internal/ledger"
)

// Why says what is wrong with a workflow that the ledger says goes on.
type Why string

const (
	Unarmed Why = "unarmed" // it was never known to be started
	Missing Why = "missing" // Temporal has none
	Ended   Why = "ended"   // it failed, was terminated, cancelled or timed out, or completed before its time: see Status
	Behind  Why = "behind"  // the ledger knows acts, or an occurrence, that it does not
	Ahead   Why = "ahead"   // it knows acts, or an occurrence, that the ledger does not
	Differs Why = "differs" // each knows another last act
	Passed  Why = "passed"  // it is past the stage that comes next by the ledger
	Stuck   Why = "stuck"   // its program fails again and again
	Spoken  Why = "spoken"  // it has spoken, and the ledger does not know what became of it
	Unknown Why = "unknown" // it runs for something that the ledger does not have
	Over    Why = "over"    // it runs for something that is over in the ledger
)

// Finding is one workflow that is not as the ledger says.
type Finding struct {
	Plan     string `json:"plan"`
	Thing    string `json:"thing"` // task, duty, talk or digest; "" for the plan's audit
	Workflow string `json:"workflow"`
	Run      string `json:"run,omitempty"` // that was found; "" without one
	Why      Why    `json:"why"`
	Status   string `json:"status,omitempty"` // of that run: Failed, Terminated, …
	Mended   bool   `json:"mended"`           // the ledger's course goes on in a new run, or the ledger has what it lacked
	Acts     int    `json:"acts,omitempty"`   // acts that the ledger has got back
	Asks     bool   `json:"asks,omitempty"`   // a person must look
	// Again is how often the workflow was mended within a day when that is so often
	// that it is not mended again before Next, real.
	Again int       `json:"again,omitempty"`
	Next  time.Time `json:"next,omitzero"`
}

// Health is how far Temporal has what the ledger of one plan says goes on.
type Health struct {
	Plan    string    `json:"plan"`
	Things  int       `json:"things"`  // tasks, duties, talks, digests and the audit that must have a running workflow
	Running int       `json:"running"` // that have it, where the ledger has it
	Found   []Finding `json:"found"`   // the others, in the order of the plan
}

// Mended counts what was mended: what was never started before is not among it.
func (h Health) Mended() (n int) {
	for _, f := range h.Found {
		if f.Mended && f.Why != Unarmed {
			n++
		}
	}
	return n
}

// Reconcile starts again what the ledger of a plan says goes on and Temporal has
// lost, has ended or has at an earlier place; of every plan when planID is "". It
// says nothing twice and leaves out nothing. It gives how many were mended, each
// an event workflow.mended. What a notice of holidays in force moves and has not moved
// yet is moved. What refused an amendment is asked once more. On an error what could be
// looked at is mended still.
func (e *Engine) Reconcile(ctx context.Context, planID string) (mended int, err error) {
	return e.reconcile(ctx, planID, false)
}

// ReconcileDaily is Reconcile of one plan for whoever does it every day: see reconciling.list.
func (e *Engine) ReconcileDaily(ctx context.Context, planID string) (mended int, err error) {
	return e.reconcile(ctx, planID, true)
}

func (e *Engine) reconcile(ctx context.Context, planID string, daily bool) (mended int, err error) {
	_, err = e.MoveCalendar(ctx, ledger.Engine)
	errs := []error{err}
	plans := []string{planID}
	if planID == "" {
		all, err := e.ledger.Plans(ctx)
		if err != nil {
			return 0, errors.Join(append(errs, err)...)
		}
		plans = nil
		for _, p := range all {
			plans = append(plans, p.ID)
		}
	}
	for _, id := range plans {
		h, err := e.examine(ctx, reconciling{Engine: e, mend: true, late: overdue, daily: daily}, id)
		mended += h.Mended()
		if errs = append(errs, err); err != nil {
			continue
		}
		l, err := e.ledger.Plan(ctx, id)
		if err == nil {
			_, err = e.payOwed(ctx, l)
		}
		errs = append(errs, err)
	}
	return mended, errors.Join(errs...)
}

// ReconcileLate is Reconcile of one plan that asks workflows whose stages are late by
// less than usual whether they still have them.
func (e *Engine) ReconcileLate(ctx context.Context, planID string, late time.Duration) (mended int, err error) {
	h, err := e.examine(ctx, reconciling{Engine: e, mend: true, late: late}, planID)
	return h.Mended(), err
}

// Examine compares Temporal with what the ledger of a plan says goes on, and mends
// what is not so when mend is set. It needs no worker. On an error the Health is
// of what could be looked at.
func (e *Engine) Examine(ctx context.Context, planID string, mend bool) (Health, error) {
	return e.examine(ctx, reconciling{Engine: e, mend: mend, late: overdue}, planID)
}

func (e *Engine) examine(ctx context.Context, r reconciling, planID string) (_ Health, err error) {
	if r.launched, err = e.ledger.Plan(ctx, planID); err != nil {
		return Health{Plan: planID}, err
	}
	things, err := r.things(ctx)
	if err != nil {
		return Health{Plan: planID}, err
	}
	if r.mend {
		if r.mends, err = r.ledger.Mends(ctx, planID, r.now().Add(-24*time.Hour)); err != nil {
			return Health{Plan: planID}, err
		}
	}
	listed, failed := r.listed(ctx)
	if r.daily {
		r.list = listed
	}
	h, err := r.all(ctx, things)
	err = errors.Join(err, failed)
	strays, failed := r.strays(ctx, things, listed)
	h.Found = append(h.Found, strays...)
	for _, f := range h.Found {
		if r.mend && f.Asks {
			r.log.Error("A workflow differs from the ledger and a person must say who is right: starter doctor", "workflow", f.Workflow, "why", f.Why)
		}
	}
	err = errors.Join(err, failed)
	if r.mend && err == nil {
		err = r.forgetWaits(ctx, h.Found)
	}
	return h, err
}

// reconciling is one look at one plan.
type reconciling struct {
	*Engine
	launched ledger.Launched
	mend     bool
	mends    map[string][]time.Time                     // of the last day, by workflow; nil where somebody waits for the mend
	late     time.Duration                              // how late a stage must be, on the real clock, before its workflow is asked about it
	daily    bool                                       // a look that comes again tomorrow
	list     map[string]*workflow.WorkflowExecutionInfo // of a daily look: what the list of workflows has of those that run, by ID
}

// overdue is reconciling.late as a rule.
const overdue = 2 * time.Minute

// all looks at several things at once. When ten looks in a row have failed, the
// rest is left: nobody answers.
func (r reconciling) all(ctx context.Context, things []thing) (Health, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	found := make([]*Finding, len(things))
	health := Health{Plan: r.launched.Plan.ID, Things: len(things)}
	var mu sync.Mutex
	var errs []error
	failures := 0
	var group errgroup.Group
	group.SetLimit(lanes)
	for i, t := range things {
		group.Go(func() error {
			if ctx.Err() != nil {
				return nil
			}
			f, err := r.one(ctx, t)
			mu.Lock()
			defer mu.Unlock()
			found[i] = f
			switch {
			case err != nil:
				errs = append(errs, err)
				if failures++; failures >= 10 {
					cancel()
				}
				return nil
			case f == nil:
				health.Running++
			}
			failures = 0
			return nil
		})
	}
	_ = group.Wait() // errors are in errs
	var armed []string
	for i, f := range found {
		if f == nil {
			continue
		}
		health.Found = append(health.Found, *f)
		if f.Mended && things[i].task && things[i].fresh {
			armed = append(armed, things[i].id)
		}
	}
	if err := r.ledger.MarkArmed(ctx, health.Plan, armed, r.when(r.launched.Clock)); err != nil {
		errs = append(errs, err)
	}
	if len(errs) > 10 {
		errs = append(errs[:10], fmt.Errorf("and %d more", len(errs)-10))
	}
	if err := context.Cause(ctx); err != nil && len(errs) == 0 {
		errs = append(errs, err)
	}
	return health, errors.Join(errs...)
}

// one looks at one thing and mends it when it is to be mended. Nothing is found
// where all is well or the thing goes on no more.
func (r reconciling) one(ctx context.Context, t thing) (*Finding, error) {
	if r.vouched(t) {
		return nil, nil
	}
	f, err := r.compare(ctx, t)
	if f == nil || err != nil || !r.mend {
		return f, err
	}
	if wait, err := r.tooSoon(ctx, f); wait || err != nil {
		return f, err
	}
	return f, r.repair(ctx, t, f)
}
