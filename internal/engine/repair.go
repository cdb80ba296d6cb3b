package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"go.temporal.io/api/enums/v1"

	"duban/internal/ledger"
)

// runs starts or mends a task's workflow when it does not run as it must; wait tells
// whether the caller must wait for its first workflow task.
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

// repair mends the workflow of a finding: first the ledger gets back acts that only the
// workflow knows (Ahead), then the workflow is started anew from the ledger's state,
// unless the running one agrees with the ledger by then. For Spoken see unsure.
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
				f.Mended = true // the ledger has got back the acts it lacked, and the run goes on
				return r.note(ctx, *f, f.Run)
			}
		}
		run, err := r.begin(ctx, j, f.Status == running)
		if err != nil || run == "" {
			return err // somebody else has started the workflow meanwhile
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

// note writes the event workflow.mended to the ledger, once for each new run.
func (r reconciling) note(ctx context.Context, f Finding, run string) error {
	r.log.Warn("A workflow was not as the ledger says and was mended", "workflow", f.Workflow, "why", f.Why, "status", f.Status)
	return r.putOn(ctx, ledger.WorkflowMended, fmt.Sprintf("%s/mended/%s/%s/%d", f.Plan, f.Workflow, run, f.Acts), f, ledger.Engine, r.when(r.launched.Clock),
		map[string]any{"workflow": f.Workflow, "thing": f.Thing, "why": f.Why, "status": f.Status, "run": f.Run, "goes_on": run, "acts": f.Acts})
}

// putOn writes an event about a finding to the ledger, under the finding's task, or for a
// talk the task in its ID; a digest's is under no task.
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
