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

// No workflow ends because an activity failed. Whatever an activity gives, other
// than an answer or a refusal, means "not now": the ledger is away, the worker
// knows no such activity, the machine is slow. Then the workflow sleeps on a
// durable timer and looks again, for ever. It holds nobody up meanwhile: the turn
// is given back before it sleeps.
const (
	firstGap = time.Second
	lastGap  = 5 * time.Minute
	// longGap is the gap once a run's history is long and cannot be handed over,
	// because an act waits in it: the server ends a run of 51,200 events, which
	// are then half a year away.
	longGap = time.Hour
	// inHaste is how many rounds are made of local activities. A machine on which
	// a few seconds are not enough gets more time from the next on.
	inHaste = 3
)

// patience is what a workflow cannot get done at present.
type patience struct {
	plan, thing string
	zone        Zone
	waits       []wait
}

type wait struct {
	what   string // as in ledger.Wait
	since  time.Time
	rounds int
	why    string
	noted  bool // the ledger may have it
}

func (p *patience) find(what string) int {
	return slices.IndexFunc(p.waits, func(w wait) bool { return w.what == what })
}

// write runs one round of an activity that writes the ledger or starts a
// workflow: a few short tries, inside the workflow task while there is hope. what
// names it until it has worked.
func (p *patience) write(ctx workflow.Context, what, activity string, in, out any) error {
	if i := p.find(what); i >= 0 && p.waits[i].rounds >= inHaste {
		return workflow.ExecuteActivity(recording(ctx), activity, in).Get(ctx, out)
	}
	return local(deciding(ctx), activity, in, out)
}

// record has an act recorded. It is a durable activity, so that a person's act is in
// the history before anything of it is in the ledger. One of many is a local activity
// at first: whoever orders them does so again when it is broken off, and the order waits
// for no worker to be given each of them.
func (p *patience) record(ctx workflow.Context, in wire.ActInput) (after wire.ActResult, err error) {
	if i := p.find(waitOf(in.Act)); act.OfMany(in.Act.ID) && (i < 0 || p.waits[i].rounds < inHaste) {
		var of wire.RecordedOfMany
		err = local(deciding(ctx), wire.RecordOfManyName, in, &of)
		return of.Result, err
	}
	err = workflow.ExecuteActivity(recording(ctx), wire.RecordActName, in).Get(ctx, &after)
	return after, err
}

// waitOf is what an act that cannot be recorded is called among the waits.
func waitOf(a act.Act) string { return "act " + string(a.Kind) + " " + a.ID }

// local runs a local activity. It is of the same program as the workflow: one that
// is not registered is a defect, of which the history must keep nothing.
func local(ctx workflow.Context, activity string, in, out any) error {
	err := workflow.ExecuteLocalActivity(ctx, activity, in).Get(ctx, out)
	if err != nil && strings.HasSuffix(err.Error(), "is not registered by the worker") {
		panic(err)
	}
	return err
}

// errNothingNew: the ledger answered, and after its answer the same is to be done
// as before. Asking at once again would go on for ever.
var errNothingNew = errors.New("the ledger gives nothing new")

// atOnce is how often an act that the ledger is ahead of is judged anew without a wait.
const atOnce = 3

// settle takes what became of a round of what. After one that worked nothing
// waits any more. After another it says since when and why the workflow waits, and
// sleeps a gap that grows, or until changed; then the caller looks again at what
// is to be done. The error is the cancellation of ctx.
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
	w.noted = w.rounds > 1 // what works again in a second needs no note
	p.waits[i] = w
	workflow.SetCurrentDetails(ctx, p.details())
	if w.noted {
		p.note(ctx, w)
	}
	return sleep(ctx, gapAfter(w.rounds, workflow.GetInfo(ctx).GetContinueAsNewSuggested()), "等待重试："+what, changed)
}

// untilDone makes rounds of a person's act until it is recorded or refused, and
// gives the refusal. A round tells whether it answered: one that found the ledger
// further on did not, and the act is judged anew. moved counts what has been
// recorded: when it changes, the act is looked at again without waiting.
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

// gapAfter is how long to wait after so many rounds, on the real clock.
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

// note writes a wait into the ledger. It is tried once: the ledger may be what is
// waited for.
func (p *patience) note(ctx workflow.Context, w wait) {
	info := workflow.GetInfo(ctx)
	in := ledger.Wait{Workflow: info.WorkflowExecution.ID, What: w.what, Plan: p.plan, Thing: p.thing,
		Since: w.since, TriedAt: workflow.Now(ctx), Rounds: w.rounds, Error: w.why}
	if err := local(noting(ctx), wire.NoteWaitName, in, nil); err != nil {
		workflow.GetLogger(ctx).Warn("Waits", "what", w.what, "since", w.since, "rounds", w.rounds, "error", w.why)
	}
}

// forget ends a wait, if there is one. A note that stays in the ledger because
// this very moment fails again is left over: see ledger.Wait.
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

// details say what waits, since when and why; "" when nothing does.
func (p *patience) details() string {
	text := ""
	for _, w := range p.waits {
		text += fmt.Sprintf("⚠ 自 %s 起等待 %s（已试 %d 轮）：%s\n\n", p.zone.show(w.since, "2006-01-02 15:04:05"), w.what, w.rounds, w.why)
	}
	return text
}

// refusedBy tells that an error is an answer: the act is refused.
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

// handlersDone waits until every update has its answer, on whatever way out: a
// run that is cancelled still answers.
func handlersDone(ctx workflow.Context) {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	_ = workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }) // never cancelled
}

// must is for what only a defect of the program makes fail: it stops this workflow
// task, which is tried again, and never ends the workflow.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// inTurn has an act recorded when its turn has come, for as long as it takes: record
// is told when it was heard.
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

// follow has an activity done and goes on from the course it gives.
func follow[C any](ctx workflow.Context, p *patience, course *C, what, activity string, in any) error {
	var after C // a fresh one: what the answer leaves out is to be empty
	err := p.write(ctx, what, activity, in, &after)
	if err == nil {
		*course = after
	}
	return err
}
