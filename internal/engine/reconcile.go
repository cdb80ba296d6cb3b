package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"
	"golang.org/x/sync/errgroup"

	"duban/activities"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/workflows"
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
// an event workflow.mended. What refused an amendment is asked once more. On an error what could be looked at is mended still.
func (e *Engine) Reconcile(ctx context.Context, planID string) (mended int, err error) {
	plans := []string{planID}
	if planID == "" {
		all, err := e.ledger.Plans(ctx)
		if err != nil {
			return 0, err
		}
		plans = nil
		for _, p := range all {
			plans = append(plans, p.ID)
		}
	}
	var errs []error
	for _, id := range plans {
		h, err := e.Examine(ctx, id, true)
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
	h, err := e.examine(ctx, planID, true, late)
	return h.Mended(), err
}

// Examine compares Temporal with what the ledger of a plan says goes on, and mends
// what is not so when mend is set. It needs no worker. On an error the Health is
// of what could be looked at.
func (e *Engine) Examine(ctx context.Context, planID string, mend bool) (Health, error) {
	return e.examine(ctx, planID, mend, overdue)
}

func (e *Engine) examine(ctx context.Context, planID string, mend bool, late time.Duration) (Health, error) {
	r := reconciling{Engine: e, mend: mend, late: late}
	var err error
	if r.launched, err = e.ledger.Plan(ctx, planID); err != nil {
		return Health{Plan: planID}, err
	}
	things, err := r.things(ctx)
	if err != nil {
		return Health{Plan: planID}, err
	}
	if mend {
		if r.mends, err = r.ledger.Mends(ctx, planID, r.now().Add(-24*time.Hour)); err != nil {
			return Health{Plan: planID}, err
		}
	}
	h, err := r.all(ctx, things)
	strays, failed := r.strays(ctx, things)
	h.Found = append(h.Found, strays...)
	for _, f := range h.Found {
		if mend && f.Asks {
			r.log.Error("A workflow differs from the ledger and a person must say who is right: starter doctor", "workflow", f.Workflow, "why", f.Why)
		}
	}
	err = errors.Join(err, failed)
	if mend && err == nil {
		err = r.forgetMends(ctx, h.Found)
	}
	return h, err
}

// thing is what must have a running workflow.
type thing struct {
	id       string // of the task, duty, talk or digest
	workflow string
	at       *workflows.Position // as the ledger has it; nil: it has none
	late     *plan.Stage         // comes next by the ledger, though its time is over; nil: none does
	task     bool                // a task, an occurrence or a duty
	fresh    bool                // was never known to run
	anew     bool                // was started by this look
	young    bool                // may be about to be started by whoever made it
	digest   bool
	morning  bool // speaks many digests, of which id is one
	handed   bool // a digest whose morning has ended
	returns  bool // may have ended rightly before, and is wanted again
	// job is the thing as the ledger has it by now; on is false when it goes on no more.
	job func(ctx context.Context) (j job, on bool, err error)
}

// reconciling is one look at one plan.
type reconciling struct {
	*Engine
	launched ledger.Launched
	mend     bool
	mends    map[string][]time.Time // of the last day, by workflow; nil where somebody waits for the mend
	late     time.Duration          // how late a stage must be, on the real clock, before its workflow is asked about it
}

// overdue is reconciling.late as a rule.
const overdue = 2 * time.Minute

// things are all that must run, as the ledger has it.
func (r reconciling) things(ctx context.Context) ([]thing, error) {
	id := r.launched.Plan.ID
	tasks, err := r.ledger.Tasks(ctx, ledger.TaskFilter{Plan: id})
	if err != nil {
		return nil, err
	}
	talks, err := r.ledger.Talks(ctx, id, "")
	if err != nil {
		return nil, err
	}
	digests, err := r.ledger.Unspoken(ctx, id)
	if err != nil {
		return nil, err
	}
	book, err := activities.BookOf(ctx, r.ledger, r.launched)
	if err != nil {
		return nil, err
	}
	late := func(next *plan.Stage) *plan.Stage {
		if next != nil && next.At.Before(r.launched.Clock.Plan(r.now().Add(-r.late))) {
			return next
		}
		return nil
	}
	rows := map[string]ledger.Task{}
	var all []thing
	for _, t := range tasks {
		rows[t.ID] = t
		if t.State == ledger.TaskOpen && t.Kind != plan.Standing {
			all = append(all, r.task(t, late(book.Next(ledger.CaseOf(t)))))
		}
	}
	for _, k := range talks {
		if k.GoesOn() {
			next := book.TalkCourse(ledger.TalkCaseOf(&r.launched.Plan, rows[k.Task], k)).Next
			if k.State == ledger.TalkPending {
				next = &plan.Stage{At: k.OpensAt} // to be opened, which is no stage of its own
			}
			all = append(all, r.talk(k, late(next)))
		}
	}
	speeches, err := r.speeches(ctx, digests)
	if err != nil {
		return nil, err
	}
	all = append(all, speeches...)
	if len(all) > 0 {
		armed := slices.ContainsFunc(tasks, func(t ledger.Task) bool { return t.Armed })
		all = append(all, r.audit(!armed))
	}
	return all, nil
}

func (r reconciling) task(t ledger.Task, late *plan.Stage) thing {
	at := workflows.PositionOf(ledger.CaseOf(t))
	out := thing{id: t.ID, workflow: workflows.TaskWorkflowID(t.Plan, t.ID), at: &at, late: late, task: true, fresh: !t.Armed}
	if t.Kind == plan.Duty {
		out.workflow = workflows.DutyWorkflowID(t.Plan, t.ID)
		at.After = t.Facts.OpenedUpTo()
	}
	out.job = func(ctx context.Context) (job, bool, error) {
		now, err := r.ledger.Task(ctx, t.Plan, t.ID)
		switch {
		case err != nil || now.State != ledger.TaskOpen:
			return job{}, false, err
		case now.Kind == plan.Duty:
			return r.openDuty(ctx, now)
		}
		j, err := r.taskJob(ctx, r.launched, now)
		return j, true, err
	}
	return out
}

// openDuty is a duty's job; one that falls due no more is recorded as ended instead.
func (r reconciling) openDuty(ctx context.Context, t ledger.Task) (job, bool, error) {
	j, err := r.dutyJob(ctx, r.launched, t)
	if err != nil {
		return job{}, false, err
	}
	more, err := r.fallsDue(ctx, r.launched, t, j.at.After)
	if err != nil || more {
		return j, more, err
	}
	return job{}, false, r.ledger.EndDuty(ctx, t.Plan, t.ID, r.when(r.launched.Clock))
}

// fallsDue tells whether a duty, or one that is paused, falls due once more after a day.
func (e *Engine) fallsDue(ctx context.Context, l ledger.Launched, t ledger.Task, after calendar.Day) (bool, error) {
	if t.Facts.Pause != nil {
		return true, nil
	}
	i := slices.IndexFunc(l.Plan.Tasks, func(p plan.Task) bool { return p.ID == t.ID })
	if i < 0 {
		return false, nil
	}
	years, err := e.ledger.Calendar(ctx)
	if err != nil {
		return false, err
	}
	lad, err := plan.NewLadderer(&l.Plan, calendar.New(years...))
	if err != nil {
		return false, err
	}
	_, more := lad.NextOccurrence(l.Plan.Policies[t.Policy], act.AsRuled(l.Plan.Tasks[i], t.Facts), after, t.Assigned)
	return more, nil
}

func (r reconciling) talk(k ledger.Talk, late *plan.Stage) thing {
	at := workflows.Position{}
	if k.Facts != nil {
		at = workflows.TalkPositionOf(*k.Facts)
	}
	return thing{id: k.ID, workflow: workflows.TalkWorkflowID(k.Plan, k.ID), at: &at, late: late, young: true, job: func(ctx context.Context) (job, bool, error) {
		now, err := r.ledger.Talk(ctx, k.Plan, k.ID)
		if err != nil || !now.GoesOn() {
			return job{}, false, err
		}
		j, err := r.talkJob(ctx, r.launched, now)
		return j, true, err
	}}
}

// speeches are what must speak digests that are not spoken: their mornings, and for
// those whose morning has spoken a workflow of their own.
func (r reconciling) speeches(ctx context.Context, digests []ledger.Digest) (all []thing, err error) {
	spoke := map[string]bool{} // by morning: its workflow has come to its end
	for _, d := range digests {
		over, known := spoke[d.Morning]
		switch {
		case d.Morning == "":
			all = append(all, r.digest(d))
		case known && over:
			all = append(all, r.handed(d))
		case !known:
			run, err := r.describe(ctx, workflows.MorningWorkflowID(d.Morning))
			if err != nil {
				return nil, err
			}
			over = run.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_COMPLETED
			spoke[d.Morning] = over
			if over {
				all = append(all, r.handed(d))
			} else {
				all = append(all, r.morning(d))
			}
		}
	}
	return all, nil
}

// morning is the morning that speaks a digest.
func (r reconciling) morning(d ledger.Digest) thing {
	return thing{id: d.Key, workflow: workflows.MorningWorkflowID(d.Morning), morning: true, digest: true, fresh: !d.Started, job: func(ctx context.Context) (job, bool, error) {
		on, err := r.ledger.MorningWaits(ctx, d.Morning)
		return r.speechJob(d, r.launched.Clock), on, err
	}}
}

// handed is a digest that its morning has handed over, or has spoken without the
// ledger's knowing: then there is no workflow of its own.
func (r reconciling) handed(d ledger.Digest) thing {
	t := r.digest(d)
	t.handed, t.fresh = true, false
	return t
}

func (r reconciling) digest(d ledger.Digest) thing {
	return thing{id: d.Key, workflow: workflows.DigestWorkflowID(d.Key), digest: true, fresh: !d.Started, job: func(ctx context.Context) (job, bool, error) {
		on, err := r.ledger.DigestWaits(ctx, d.Key)
		return r.digestJob(d, r.launched.Clock), on, err
	}}
}

func (r reconciling) audit(fresh bool) thing {
	return thing{fresh: fresh, returns: true, workflow: workflows.AuditWorkflowID(r.launched.Plan.ID), job: func(ctx context.Context) (job, bool, error) {
		years, err := r.ledger.Calendar(ctx)
		if err != nil {
			return job{}, false, err
		}
		j, err := r.auditJob(r.launched, calendar.New(years...))
		return j, true, err
	}}
}

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
	f, err := r.compare(ctx, t)
	if f == nil || err != nil || !r.mend {
		return f, err
	}
	if wait, err := r.tooSoon(ctx, f); wait || err != nil {
		return f, err
	}
	return f, r.repair(ctx, t, f)
}

// answerIn is how long Temporal has to answer one question.
const answerIn = 20 * time.Second

// settleIn is how long a workflow that is at work has to come to rest before it is
// judged by what it knows.
const settleIn = 10 * time.Second

// youth is how long whoever has written a talk has to start it.
const youth = 2 * time.Second

// stuckAt is how often a workflow task must have failed before its workflow counts as stuck.
const stuckAt = 20

// compare tells what is wrong with a thing's workflow, if anything is.
func (r reconciling) compare(ctx context.Context, t thing) (*Finding, error) {
	f := &Finding{Plan: r.launched.Plan.ID, Thing: t.id, Workflow: t.workflow}
	at := t.at
	began := time.Now()
	for pause := 100 * time.Millisecond; ; pause *= 2 {
		d, err := r.describe(ctx, t.workflow)
		switch {
		case err != nil:
			return nil, err
		case d == nil && t.young && time.Since(began) < youth:
			if err := rest(ctx, pause); err != nil {
				return nil, err
			}
			continue
		case d == nil:
			switch f.Why = Missing; {
			case t.fresh:
				f.Why = Unarmed
			case t.handed:
				f.Why, f.Asks = Spoken, true
			}
			return r.still(ctx, t, f)
		}
		info := d.GetWorkflowExecutionInfo()
		f.Run, f.Status = info.GetExecution().GetRunId(), info.GetStatus().String()
		knows := positionIn(d)
		if info.GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
			f.Why = Ended
			switch {
			case info.GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_COMPLETED:
			case t.morning:
				return nil, nil // just now: what it left has a workflow of its own, and is looked at next time
			case t.returns:
				f.Why = Unarmed
			case t.digest:
				f.Why, f.Asks = Spoken, true
			case knows != nil && at != nil && knows.Acts > at.Acts:
				f.Why = Ahead
			}
			return r.still(ctx, t, f)
		}
		if d.GetPendingWorkflowTask().GetAttempt() >= stuckAt {
			f.Why = Stuck
			return f, nil
		}
		// A run that goes on from another waits up to a second for its first workflow task (ContinueAsNewMinBackoff), with
		// the memo of the run before it and nothing pending: its history is one event long.
		rests := d.GetPendingWorkflowTask() == nil && len(d.GetPendingActivities()) == 0 && info.GetHistoryLength() > 1
		same := knows == nil || at == nil || *knows == *at
		switch {
		case same && (!rests || t.late == nil):
			return nil, r.handOver(ctx, t, d)
		case same:
			return r.passed(ctx, t, f)
		case rests || time.Since(began) > settleIn:
			// The ledger was read before, and may have moved on with the workflow.
			j, on, err := t.job(ctx)
			if err != nil || !on {
				return nil, err
			}
			if again, err := r.describe(ctx, t.workflow); err != nil {
				return nil, err
			} else if again == nil || positionIn(again) == nil || *positionIn(again) == j.at {
				return nil, nil
			}
			f.Why = apart(*knows, j.at)
			return f, nil
		}
		if err := rest(ctx, pause); err != nil {
			return nil, err
		}
	}
}

func rest(ctx context.Context, pause time.Duration) error {
	select {
	case <-time.After(pause):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// apart tells how a workflow that knows one position stands to a ledger that has another.
func apart(knows, has workflows.Position) Why {
	switch {
	case knows.Acts < has.Acts || knows.Acts == has.Acts && knows.Last == has.Last && knows.After.Before(has.After):
		return Behind
	case knows.Acts == has.Acts && knows.Last != has.Last:
		return Differs
	}
	return Ahead
}

// still is the finding, unless the thing has come to its end meanwhile.
func (r reconciling) still(ctx context.Context, t thing, f *Finding) (*Finding, error) {
	_, on, err := t.job(ctx)
	if err != nil || !on {
		return nil, err
	}
	return f, nil
}

// describe is a workflow's last run; nil when Temporal has none.
func (r reconciling) describe(ctx context.Context, workflow string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	d, err := r.client.DescribeWorkflowExecution(ctx, workflow, "")
	var gone *serviceerror.NotFound
	switch {
	case errors.As(err, &gone):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("engine: describe %s: %w", workflow, err)
	}
	return d, nil
}

// positionIn is what a run has noted of how far it is; nil without it.
func positionIn(d *workflowservice.DescribeWorkflowExecutionResponse) *workflows.Position {
	return noted[workflows.Position](d, workflows.PositionMemo)
}

// noted is what a run's memo has under a name; nil when it has nothing.
func noted[T any](d *workflowservice.DescribeWorkflowExecutionResponse, name string) *T {
	payload, ok := d.GetWorkflowExecutionInfo().GetMemo().GetFields()[name]
	if !ok {
		return nil
	}
	var v T
	if converter.GetDefaultDataConverter().FromPayload(payload, &v) != nil {
		return nil
	}
	return &v
}

// handOver asks a run that began under an older program to go on in a new one, by the
// program of now. It is no fault, and nothing is noted of it.
func (r reconciling) handOver(ctx context.Context, t thing, d *workflowservice.DescribeWorkflowExecutionResponse) error {
	g := noted[int](d, workflows.GenerationMemo)
	if !r.mend || g == nil || *g >= workflows.Generation() {
		return nil
	}
	return r.signal(ctx, t.workflow, workflows.HandOverSignal)
}

// passed asks a resting workflow whether it still has the stage that is late. One
// that is only late itself, or cannot be asked, is left alone.
func (r reconciling) passed(ctx context.Context, t thing, f *Finding) (*Finding, error) {
	ctx, cancel := context.WithTimeout(ctx, answerIn)
	defer cancel()
	value, err := r.client.QueryWorkflow(ctx, t.workflow, "", workflows.StateQuery)
	if err != nil {
		r.log.Warn("A workflow with late stages cannot be asked; it is asked again later", "workflow", t.workflow, "error", err)
		return nil, nil
	}
	var state struct {
		Course struct {
			State string      `json:"state"`
			Next  *plan.Stage `json:"next"`
		} `json:"course"`
	}
	if err := value.Get(&state); err != nil {
		return nil, fmt.Errorf("engine: ask %s: %w", t.workflow, err)
	}
	if state.Course.State == ledger.TalkPending {
		return nil, nil // a talk that is still to open itself
	}
	if next := state.Course.Next; next == nil || next.At.After(t.late.At) {
		f.Why = Passed
		return r.still(ctx, t, f)
	}
	return nil, nil
}

// runs makes a task's workflow run and tells whether its first workflow task is to
// be waited for.
func (r reconciling) runs(ctx context.Context, t *thing) (wait bool, err error) {
	if t.fresh {
		j, on, err := t.job(ctx)
		if err != nil || !on {
			return false, err
		}
		_, err = r.begin(ctx, j, false)
		return true, err
	}
	f, err := r.one(ctx, *t)
	if f != nil {
		t.anew = f.Mended
	}
	return f != nil, err
}

// repair starts what was found from where the ledger has it.
func (r reconciling) repair(ctx context.Context, t thing, f *Finding) error {
	switch f.Why {
	case Spoken:
		return r.unsure(ctx, t, f)
	case Ahead:
		if err := r.recover(ctx, t, f); err != nil {
			return err
		}
	}
	for range 3 { // an act may come while the new run is started
		j, on, err := t.job(ctx)
		switch {
		case err != nil:
			return err
		case !on && f.Acts > 0: // the acts that the ledger has got back have ended it
			f.Mended = true
			return r.note(ctx, *f, f.Run)
		case !on:
			return nil
		}
		if f.Why == Ahead && f.Status == running && f.Acts > 0 {
			if d, err := r.describe(ctx, t.workflow); err == nil && d != nil && positionIn(d) != nil && *positionIn(d) == j.at {
				f.Mended = true // the ledger has got back what it lacked: the run goes on
				return r.note(ctx, *f, f.Run)
			}
		}
		run, err := r.begin(ctx, j, f.Status == running)
		if err != nil || run == "" {
			return err // another has started it
		}
		f.Mended = true
		if f.Why != Unarmed {
			if err := r.note(ctx, *f, run); err != nil {
				return err
			}
		}
		if t.digest {
			return r.ledger.MarkStarted(ctx, []string{t.id})
		}
		if now, on, err := t.job(ctx); err != nil || !on || now.at == j.at {
			return err
		}
	}
	return nil
}

var running = enums.WORKFLOW_EXECUTION_STATUS_RUNNING.String()

// note keeps in the chain that a workflow was mended, once for each new run.
func (r reconciling) note(ctx context.Context, f Finding, run string) error {
	r.log.Warn("A workflow was not as the ledger says and was mended", "workflow", f.Workflow, "why", f.Why, "status", f.Status)
	return r.putOn(ctx, ledger.WorkflowMended, fmt.Sprintf("%s/mended/%s/%s/%d", f.Plan, f.Workflow, run, f.Acts), f, ledger.Engine, r.when(r.launched.Clock),
		map[string]any{"workflow": f.Workflow, "thing": f.Thing, "why": f.Why, "status": f.Status, "run": f.Run, "goes_on": run, "acts": f.Acts})
}

// putOn writes an event about a finding, under its task.
func (e *Engine) putOn(ctx context.Context, kind, key string, f Finding, actor string, when ledger.When, what map[string]any) error {
	data, err := json.Marshal(what)
	if err != nil {
		return err
	}
	task, _, _ := strings.Cut(f.Thing, "#")
	if strings.Contains(task, "|") {
		task = ""
	}
	_, err = e.ledger.Record(ctx, ledger.Event{Key: key, Plan: f.Plan, Task: task, Kind: kind, Actor: actor, Real: when.Real, PlanAt: when.Plan, Data: data})
	return err
}
