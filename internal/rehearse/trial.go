package rehearse

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"time"

	"go.temporal.io/sdk/client"

	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/ledger"
)

// TrialDay is how long a plan day of a trial lasts when nothing else is said.
const TrialDay = time.Minute

// Trial is a plan that is tried out 试用: it runs on an engine, a ledger and an outbox of its own
// in a folder, with the plan's time running fast, and people act in it by hand. Nothing is
// compared, and no message leaves the folder. It must be closed.
type Trial struct {
	Ledger *ledger.Store
	Engine *engine.Engine
	Clock  calendar.Clock
	Outbox string // folder of its messages

	site    *folder
	client  client.Client
	release func()
}

// Try begins a trial and returns when the plan's deadlines are set. Of Options it takes Plan,
// Calendar, Dir, Spawn, Window, Log, Watch, From, and Day, which is TrialDay when zero. A folder
// of an earlier trial or rehearsal is emptied first. The errors are those of Run.
func Try(ctx context.Context, o Options) (t *Trial, err error) {
	if o.From.IsZero() {
		o.From = o.Plan.Issued
	}
	o.Day = cmp.Or(o.Day, TrialDay)
	t = &Trial{Outbox: filepath.Join(o.Dir, "outbox")}
	if t.release, err = claim(o.Dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.Close())
			t = nil
		}
	}()
	if err = sweep(o.Dir); err != nil {
		return t, err
	}
	site, err := newFolder(o.Dir, o.Spawn, nil, o.Log)
	if err != nil {
		return t, err
	}
	if err = knowNotices(ctx, site.Ledger(), o.Calendar); err != nil {
		return t, err
	}
	if err = site.Start(ctx); err != nil {
		return t, err
	}
	t.site = site
	if t.Ledger, err = ledger.Open(ctx, site.Ledger()); err != nil {
		return t, err
	}
	if t.client, err = site.Dial(); err != nil {
		return t, err
	}
	t.Engine = engine.New(t.client, t.Ledger, o.Window, time.Now, o.Log)
	r := &rehearsal{Options: o, from: o.From.At(0, 0, o.Plan.Location())}
	t.Clock = calendar.Clock{Epoch: time.Now().Add(3 * time.Second), Start: r.from, Rate: float64(24*time.Hour) / float64(o.Day)}
	_, err = r.launch(ctx, t.Engine, t.Clock)
	return t, err
}

// Wait returns nil when ctx ends, and an error that wraps ErrEngineDead when the trial's engine
// ended by itself.
func (t *Trial) Wait(ctx context.Context) error {
	for pause(ctx, time.Second) {
		if err := t.site.Gone(); err != nil {
			return err
		}
	}
	return nil
}

// Close ends the trial. Its folder stays, to be looked at.
func (t *Trial) Close() error {
	var err error
	if t.client != nil {
		t.client.Close()
	}
	if t.Ledger != nil {
		err = t.Ledger.Close()
	}
	if t.site != nil {
		err = errors.Join(err, t.site.Stop())
	}
	t.release()
	return err
}
