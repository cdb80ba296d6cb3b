package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.temporal.io/api/workflow/v1"
	"golang.org/x/sync/errgroup"

	"duban/internal/ledger"
)

// Why says how a workflow differs from what the ledger says of its thing (see glossary).
type Why string

const (
	Unarmed Why = "unarmed" // the workflow was never known to be started
	Missing Why = "missing" // Temporal has no such workflow
	Ended   Why = "ended"   // the workflow failed, was terminated, cancelled or timed out, or completed though its thing goes on: see Status
	Behind  Why = "behind"  // the ledger has acts, or an occurrence, that the workflow does not know
	Ahead   Why = "ahead"   // the workflow knows acts, or an occurrence, that the ledger does not have
	Differs Why = "differs" // as many acts in both, but another last one
	Passed  Why = "passed"  // the workflow is past the stage that comes next by the ledger
	Stuck   Why = "stuck"   // the workflow's program fails again and again
	Spoken  Why = "spoken"  // the digest was spoken, and the ledger does not know what became of its messages
	Unknown Why = "unknown" // the workflow runs for something that the ledger does not have
	Over    Why = "over"    // the workflow runs for something that is over in the ledger
)

// Finding is one workflow that differs from what the ledger says.
type Finding struct {
	Plan     string `json:"plan"`
	Thing    string `json:"thing"` // ID of the task, duty, talk or digest; "" for the plan's audit
	Workflow string `json:"workflow"`
	Run      string `json:"run,omitempty"` // ID of the workflow's last run; "" when Temporal has none
	Why      Why    `json:"why"`
	Status   string `json:"status,omitempty"` // of that run: Failed, Terminated, …
	Mended   bool   `json:"mended"`           // a new run goes on from the ledger's state, or the ledger has got back the acts it lacked
	Acts     int    `json:"acts,omitempty"`   // acts that the ledger has got back from the workflow's history
	Asks     bool   `json:"asks,omitempty"`   // a person must say who is right: see Take
	// Again is how often the workflow was mended within a day, set only when that is so
	// often that it is not mended again before Next, an instant of the real clock.
	Again int       `json:"again,omitempty"`
	Next  time.Time `json:"next,omitzero"`
}

// Health is how the workflows of one plan compare with what the ledger says must run.
type Health struct {
	Plan    string    `json:"plan"`
	Things  int       `json:"things"`  // tasks, duties, talks, digests and the audit that must have a running workflow
	Running int       `json:"running"` // those whose workflow runs and agrees with the ledger
	Found   []Finding `json:"found"`   // the others, in the order of the plan, then workflows that should not run
}

// Mended counts the findings that were mended, without those of workflows that had never
// been started before (Unarmed).
func (h Health) Mended() (n int) {
	for _, f := range h.Found {
		if f.Mended && f.Why != Unarmed {
			n++
		}
	}
	return n
}

// Reconcile compares the workflows of a plan, or of every plan when planID is "", with
// the ledger, and starts again those that must run and are lost, have ended or are behind;
// workflows that cannot be judged are left to a person (Finding.Asks). No message is sent
// twice and none is left out. It gives the number of workflows mended, each with an event
// workflow.mended. It also carries out holiday notices that are in force and were not
// carried out (MoveCalendar), and sends changes of amendments that tasks have refused once
// more. On an error everything that could be compared is mended all the same.
func (e *Engine) Reconcile(ctx context.Context, planID string) (mended int, err error) {
	return e.reconcile(ctx, planID, false)
}

// ReconcileDaily is Reconcile of one plan for the daily audit: it relies on Temporal's
// list of workflows for most of them (see vouched).
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

// ReconcileWaiting compares and mends, like ReconcileDaily, each plan with a workflow whose
// next mend had to wait (see tooSoon) and has waited long enough. The daily audit alone
// would come to it a day later, and never to the workflow of the audit itself. It gives the
// number of workflows mended.
func (e *Engine) ReconcileWaiting(ctx context.Context) (mended int, err error) {
	waits, err := e.ledger.Waits(ctx, "")
	if err != nil {
		return 0, err
	}
	var plans []string
	for _, w := range waits {
		if w.What == ledger.MendWait && !e.now().Before(w.TriedAt.Add(gapBefore(w.Rounds))) && !slices.Contains(plans, w.Plan) {
			plans = append(plans, w.Plan)
		}
	}
	var errs []error
	for _, id := range plans {
		n, err := e.ReconcileDaily(ctx, id)
		mended += n
		errs = append(errs, err)
	}
	return mended, errors.Join(errs...)
}

// ReconcileLate compares and mends one plan like Examine, but asks a workflow whether it
// still has its next stage as soon as the stage is late by more than late, on the real
// clock. It gives the number of workflows mended.
func (e *Engine) ReconcileLate(ctx context.Context, planID string, late time.Duration) (mended int, err error) {
	h, err := e.examine(ctx, reconciling{Engine: e, mend: true, late: late}, planID)
	return h.Mended(), err
}

// Examine compares the workflows of a plan with the ledger, and with mend set also mends
// those that differ. No worker has to run. On an error the Health covers what could be
// compared.
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
		if r.mends, err = r.mendsOfDay(ctx); err != nil {
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

// reconciling is one comparison of one plan's workflows with the ledger.
type reconciling struct {
	*Engine
	launched ledger.Launched
	mend     bool
	mends    map[string][]time.Time                     // see mendsOfDay; nil where a person waits for the mend
	late     time.Duration                              // how late a stage must be, on the real clock, before its workflow is asked about it
	daily    bool                                       // a comparison that is done again tomorrow
	list     map[string]*workflow.WorkflowExecutionInfo // for a daily comparison: Temporal's list of the plan's running workflows, by ID
}

// overdue is the reconciling.late of every reconciling but ReconcileLate's.
const overdue = 2 * time.Minute

// all compares and mends things, lanes at a time. After ten failures in a row Temporal is
// taken to be away, and no further thing is begun.
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

// one compares one thing, and mends it when r.mend is set and its last mend was not too
// recent. The Finding is nil when the workflow agrees with the ledger or the thing has
// ended.
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
