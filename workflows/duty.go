package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"duban/internal/act"
	"duban/internal/wire"
)

// Duty opens each occurrence of a recurring duty 周期性任务 as a Task of its own
// when its time comes, and continues in a new run after each, so that its history
// does not grow with the years. A missed occurrence does not delay the next one.
// While the duty is paused no occurrence is opened, and those that fell due in the
// pause are left out.
func Duty(ctx workflow.Context, state DutyState) error {
	d := &duty{DutyState: state, turn: workflow.NewMutex(ctx), seam: seams(ctx),
		search: search{state.keywords()}, patience: patience{plan: state.Plan, zone: state.Zone, thing: state.Duty}, at: begun(ctx, state.mark(), state.Position())}
	d.listen(ctx)
	for {
		over, err := d.wait(ctx)
		if over || err != nil {
			handlersDone(ctx)
			return err
		}
		d.search.follow(ctx, d.keywords())
		if !d.Course.Over() && d.opens(ctx, (d.opened || d.acted) && len(d.waits) == 0) {
			return workflow.NewContinueAsNewError(ctx, DutyType, d.DutyState)
		}
		d.at.note(ctx, d.mark(), d.Position())
	}
}

type duty struct {
	DutyState
	patience
	search search
	seam
	turn   workflow.Mutex
	moved  int  // acts recorded in this run
	acted  bool // one of the acts was not one of many: see task.handsOver
	opened bool // an occurrence was opened in this run
	at     position
}

// wait sleeps until the next occurrence is to be opened and opens it, or until
// an act has changed something. over: the duty has ended.
func (d *duty) wait(ctx workflow.Context) (over bool, err error) {
	before := d.moved
	changed := func() bool { return d.moved != before || d.looks.Len() > 0 || d.isAsked(ctx) }
	switch {
	case d.Course.Over():
		return true, nil
	case d.Course.Pause != nil && d.looks.Len() == 0:
		return false, d.paused(ctx, changed)
	}
	var next wire.NextOccurrence
	in, asked := wire.LookInput{Plan: d.Plan, Thing: d.Duty}, d.looks.Len()
	err = d.write(ctx, "next", wire.NextOccurrenceName, in, &next)
	if failed := d.settle(ctx, "next", err, changed); err != nil || failed != nil {
		return false, failed
	}
	take(d.looks, asked)
	if !changed() {
		d.Course = next.Course
	}
	if d.Course.Over() || d.Course.Pause != nil {
		return false, nil
	}
	if next.Ended {
		return false, d.end(ctx, in, changed)
	}
	o := next.Occurrence
	workflow.SetCurrentDetails(ctx, d.details()+"下一期 "+o.Period+"，时限 "+o.Due.String()+"，开立 "+d.Zone.minute(o.Opens))
	if err := sleepUntil(ctx, d.Clock, o.Opens, "开立 "+o.Task, changed); err != nil || changed() {
		return false, err
	}
	if err := d.turn.Lock(ctx); err != nil {
		return false, err
	}
	if changed() {
		d.turn.Unlock()
		return false, nil
	}
	var after act.Course
	open := wire.OccurrenceInput{Plan: d.Plan, Duty: d.Duty, Occurrence: o}
	if err = d.write(ctx, "occurrence "+o.Task, wire.OpenOccurrenceName, open, &after); err == nil {
		d.Course, d.opened = after, true
	}
	d.turn.Unlock()
	return false, d.settle(ctx, "occurrence "+o.Task, err, changed)
}

// end records that the duty has no further occurrence, unless an act has changed the
// duty meanwhile.
func (d *duty) end(ctx workflow.Context, in wire.LookInput, changed func() bool) error {
	if err := d.turn.Lock(ctx); err != nil {
		return err
	}
	if changed() {
		d.turn.Unlock()
		return nil
	}
	err := d.write(ctx, "end", wire.EndDutyName, in, nil)
	if err == nil {
		d.Course.State = act.Closed // an act that waits for its turn is refused
	}
	d.turn.Unlock()
	return d.settle(ctx, "end", err, changed)
}

// paused waits for the end of the pause and resumes the duty. A pause without a known
// end lasts until an act or a signal changes something.
func (d *duty) paused(ctx workflow.Context, changed func() bool) error {
	workflow.SetCurrentDetails(ctx, d.details()+"已暂停")
	until := d.Course.Pause.UntilAt
	if until.IsZero() {
		return workflow.Await(ctx, changed)
	}
	if err := sleepUntil(ctx, d.Clock, until, "恢复 "+d.Duty, changed); err != nil || changed() {
		return err
	}
	if err := d.turn.Lock(ctx); err != nil {
		return err
	}
	var err error
	if !changed() {
		_, err = d.record(ctx, d.Course.Resumption(), time.Time{})
		err = stillPaused(err, d.Course.Case, until)
	}
	d.turn.Unlock()
	return d.settle(ctx, "resume", err, changed)
}

func (d *duty) listen(ctx workflow.Context) {
	must(workflow.SetQueryHandler(ctx, StateQuery, func() (DutyState, error) { return d.DutyState, nil }))
	for _, row := range act.On(act.OnDuty) {
		must(workflow.SetUpdateHandlerWithOptions(ctx, string(row.Kind), d.act, workflow.UpdateHandlerOptions{
			Validator: func(a act.Act) error { return refusal(d.Course.Check(a)) },
		}))
	}
}

// act handles an update: it returns when the act is recorded or refused, see task.act.
func (d *duty) act(ctx workflow.Context, a act.Act) error {
	return d.inTurn(ctx, a, d.turn, &d.moved, d.record)
}

// record has an act recorded and takes the course after it. written is false when the
// ledger has acts that this run does not know: then nothing was written, and the course
// is the ledger's. heard is when the act arrived, zero for the duty's own.
func (d *duty) record(ctx workflow.Context, a act.Act, heard time.Time) (written bool, err error) {
	in := wire.ActInput{Plan: d.Plan, Task: d.Duty, Act: a, Course: d.Course, Heard: heard}
	after, err := d.patience.record(ctx, in)
	if err != nil {
		return false, err // for untilDone or settle
	}
	d.Course = after.Course
	d.moved++
	d.acted = d.acted || !act.OfMany(a.ID)
	return !after.Behind, nil
}
