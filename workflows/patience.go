package workflows

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/wire"
)

// No workflow ends because an activity failed. Any result of an activity other than
// an answer or a refusal means "not now": the ledger is away, the worker has no such
// activity, the machine is slow. Then the workflow sleeps on a durable timer and tries
// again, without end. It gives back the turn before it sleeps, so that others can act
// meanwhile.
const (
	firstGap = time.Second
	lastGap  = 5 * time.Minute
	// longGap is the gap once a run's history is long and the run cannot hand over,
	// because an act waits in it: the server ends a run that has 51,200 events, which
	// at this gap takes another half a year.
	longGap = time.Hour
	// inHaste is how many rounds use a local activity, which has a few seconds. Later
	// rounds use an ordinary activity with more time, for a machine that is too slow.
	inHaste = 3
)

// patience has the waits of a workflow: what it cannot get done at present.
type patience struct {
	plan, thing string
	zone        Zone
	waits       []wait
}

type wait struct {
	what   string    // as in ledger.Wait
	since  time.Time // real clock
	rounds int
	why    string // the error of the last round
	noted  bool   // the wait was sent to the ledger, and must be deleted there
}

func (p *patience) find(what string) int {
	return slices.IndexFunc(p.waits, func(w wait) bool { return w.what == what })
}

// write runs one round of an activity that writes the ledger or starts a workflow: a
// few short tries as a local activity in the first inHaste rounds, later an ordinary
// activity. what names the wait for the activity.
func (p *patience) write(ctx workflow.Context, what, activity string, in, out any) error {
	if i := p.find(what); i >= 0 && p.waits[i].rounds >= inHaste {
		return workflow.ExecuteActivity(recording(ctx), activity, in).Get(ctx, out)
	}
	return local(deciding(ctx), activity, in, out)
}

// record has an act recorded by an ordinary activity, so that a person's act is in the
// history before anything of it is in the ledger. An act of many (one order for many
// tasks) is recorded by a local activity in the first inHaste rounds, which is faster,
// for no worker need be given each of them; if it is lost, the order is repeated.
func (p *patience) record(ctx workflow.Context, in wire.ActInput) (after wire.ActResult, err error) {
	if i := p.find(waitOf(in.Act)); act.OfMany(in.Act.ID) && (i < 0 || p.waits[i].rounds < inHaste) {
		var of wire.RecordedOfMany
		err = local(deciding(ctx), wire.RecordOfManyName, in, &of)
		return of.Result, err
	}
	err = workflow.ExecuteActivity(recording(ctx), wire.RecordActName, in).Get(ctx, &after)
	return after, err
}

// waitOf is the name of the wait for an act to be recorded.
func waitOf(a act.Act) string { return "act " + string(a.Kind) + " " + a.ID }

// local runs a local activity. It runs in the same program as the workflow: when it is
// not registered there, that is a defect, and the panic keeps it out of the history.
func local(ctx workflow.Context, activity string, in, out any) error {
	err := workflow.ExecuteLocalActivity(ctx, activity, in).Get(ctx, out)
	if err != nil && strings.HasSuffix(err.Error(), "is not registered by the worker") {
		panic(err)
	}
	return err
}

// errNothingNew: the ledger answered, and after its answer the workflow is to do the
// same again. Asking again without a wait would be an endless loop.
var errNothingNew = errors.New("the ledger gives nothing new")

// atOnce is how often an act is judged anew without a wait because the ledger has acts
// that the run does not know.
const atOnce = 3

// settle ends a round of what, whose result was err. After a round that worked, the
// wait is forgotten. After any other it notes since when and why the workflow waits,
// and sleeps for a gap that grows with the rounds, or until changed is true; then the
// caller finds out again what is to be done. The error is the cancellation of ctx.
func (p *patience) settle(ctx workflow.Context, what string, err error, changed func() bool) error {
	if err == nil {
		p.forget(ctx, what)
		return ctx.Err()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	i := p.find(what)
	if i < 0 {
		i = len(p.waits)
		p.waits = append(p.waits, wait{what: what, since: workflow.Now(ctx)})
	}
	w := p.waits[i]
	w.rounds++
	w.why = innermost(err).Error()
	w.noted = w.rounds > 1 // a wait of one second is not worth a row in the ledger
	p.waits[i] = w
	workflow.SetCurrentDetails(ctx, p.details())
	if w.noted {
		p.note(ctx, w)
	}
	return sleep(ctx, gapAfter(w.rounds, workflow.GetInfo(ctx).GetContinueAsNewSuggested()), "等待重试："+what, changed)
}

// untilDone makes rounds of a person's act until it is recorded or refused; the error
// is the refusal or the cancellation of ctx. answered is false when the ledger has acts
// that the run does not know, and the act is judged anew. moved counts the recorded
// acts: when it changes, the next round begins without waiting.
func (p *patience) untilDone(ctx workflow.Context, a act.Act, moved *int, round func() (answered bool, err error)) error {
	what := waitOf(a)
	for behind := 1; ; behind++ {
		answered, err := round()
		if answered || refusedBy(err) {
			p.forget(ctx, what)
			return err
		}
		if err == nil && behind <= atOnce {
			continue
		}
		if err == nil {
			err = errNothingNew
		}
		before := *moved
		if err := p.settle(ctx, what, err, func() bool { return *moved != before }); err != nil {
			return err
		}
	}
}

// gapAfter is how long, in real time, to wait after the given number of rounds; long
// tells that the run's history is long.
func gapAfter(rounds int, long bool) time.Duration {
	gap := lastGap
	if rounds < 10 {
		gap = min(gap, firstGap<<(rounds-1))
	}
	if long {
		gap = longGap
	}
	return gap
}

// note writes a wait into the ledger. It is tried only once: the ledger itself may be
// what cannot be reached.
func (p *patience) note(ctx workflow.Context, w wait) {
	info := workflow.GetInfo(ctx)
	in := ledger.Wait{Workflow: info.WorkflowExecution.ID, What: w.what, Plan: p.plan, Thing: p.thing,
		Since: w.since, TriedAt: workflow.Now(ctx), Rounds: w.rounds, Error: w.why}
	if err := local(noting(ctx), wire.NoteWaitName, in, nil); err != nil {
		workflow.GetLogger(ctx).Warn("Waits", "what", w.what, "since", w.since, "rounds", w.rounds, "error", w.why)
	}
}

// forget ends a wait, if there is one, and deletes it in the ledger. When the deletion
// fails, the row is a leftover, which is recognised by its age: see ledger.Wait.LeftOver.
func (p *patience) forget(ctx workflow.Context, what string) {
	i := p.find(what)
	if i < 0 {
		return
	}
	w := p.waits[i]
	p.waits = slices.Delete(p.waits, i, i+1)
	if w.noted {
		key := wire.WaitKey{Workflow: workflow.GetInfo(ctx).WorkflowExecution.ID, What: w.what}
		_ = local(deciding(ctx), wire.ForgetWaitName, key, nil)
	}
}

// details is the text of the waits for the web UI, each with since when and why; ""
// without any.
func (p *patience) details() string {
	text := ""
	for _, w := range p.waits {
		text += fmt.Sprintf("⚠ 自 %s 起等待 %s（已试 %d 轮）：%s\n\n", p.zone.show(w.since, "2006-01-02 15:04:05"), w.what, w.rounds, w.why)
	}
	return text
}

// refusedBy tells whether an activity's error is a refusal of the act.
func refusedBy(err error) bool {
	var app *temporal.ApplicationError
	return errors.As(err, &app) && app.Type() == wire.ErrTypeRefused
}

// innermost is the error that others are wrapped around.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// handlersDone waits until every update has its answer, also when the run is cancelled.
func handlersDone(ctx workflow.Context) {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	_ = workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }) // never cancelled
}

// must panics on an error that only a defect of the program can cause. The panic fails
// the workflow task, which the server gives out again; it does not end the workflow.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// inTurn has an act recorded when it has the turn, in as many rounds as are needed, and
// gives back the turn between them. record gets the instant at which the act arrived.
func (p *patience) inTurn(ctx workflow.Context, a act.Act, turn workflow.Mutex, moved *int, record func(workflow.Context, act.Act, time.Time) (bool, error)) error {
	heard := workflow.Now(ctx)
	return p.untilDone(ctx, a, moved, func() (bool, error) {
		if err := turn.Lock(ctx); err != nil {
			return true, err
		}
		defer turn.Unlock()
		return record(ctx, a, heard)
	})
}

// follow runs one round of an activity whose answer is the new course.
func follow[C any](ctx workflow.Context, p *patience, course *C, what, activity string, in any) error {
	var after C // a new value, so that a field missing in the answer is empty
	err := p.write(ctx, what, activity, in, &after)
	if err == nil {
		*course = after
	}
	return err
}
