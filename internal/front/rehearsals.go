package front

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/portal"
	"duban/internal/rehearse"
	"duban/internal/settings"
	"duban/internal/words"
)

// mostDiffering is how many differences of a rehearsal are kept for its page.
const mostDiffering = 100

// rehearsals are those of a portal, one at a time, each in a folder of its own in the data
// folder. What it found is in a file beside that folder, since rehearse.Run empties the
// folder and refuses one that holds what no rehearsal put there.
type rehearsals struct {
	ctx   context.Context // rehearsals end when it does
	dir   string
	say   *words.Words
	now   func() time.Time
	log   *slog.Logger
	hold  func(ctx context.Context, o rehearse.Options) (rehearse.Result, error)
	o     rehearse.Options // the options that all rehearsals have
	under sync.WaitGroup

	mu   sync.Mutex
	name string // of the one under way; "" for none
	last portal.Rehearsal
	stop context.CancelFunc
}

func newRehearsals(ctx context.Context, cfg settings.Config, spawn rehearse.Spawn, log *slog.Logger) *rehearsals {
	return &rehearsals{ctx: ctx, dir: cfg.Dir, say: words.New(cfg.Lang), now: time.Now, log: log, hold: rehearse.Run,
		o: rehearse.Options{Spawn: spawn, Window: cfg.WakeWindow, Log: log}}
}

func (r *rehearsals) folder(name string) string { return filepath.Join(r.dir, "rehearsal-draft-"+name) }

func (r *rehearsals) result(name string) string { return r.folder(name) + ".json" }

func (r *rehearsals) Begin(name string, p *plan.Plan, cal *calendar.Calendar) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.name != "" || r.ctx.Err() != nil {
		return portal.ErrRehearsing
	}
	ctx, stop := context.WithCancel(r.ctx)
	r.name, r.stop = name, stop
	r.last = portal.Rehearsal{Hash: p.Hash, Begun: r.now(), Under: true, Dir: r.folder(name)}
	broken := r.last // what is known of the rehearsal should the program die before its end
	broken.Under, broken.Failed = false, "stopped"
	r.keep(name, broken)
	o := r.o
	o.Plan, o.Calendar, o.Dir, o.Watch = p, cal, r.folder(name), r.watch
	r.under.Go(func() {
		defer stop()
		found, err := r.hold(ctx, o)
		r.end(ctx, found, err)
	})
	return nil
}

// watch notes how far a rehearsal is in percent: arming all tasks counts as the first tenth.
func (r *rehearsals) watch(p rehearse.Progress) {
	percent := 0
	switch {
	case p.Again:
	case p.Now.IsZero() && p.Total > 0:
		percent = 10 * p.Armed / p.Total
	case len(p.Foretold) > 0:
		come := 0
		for _, f := range p.Foretold {
			if f.At.Before(p.Through) {
				come++
			}
		}
		percent = 10 + 89*come/len(p.Foretold)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last.Percent = percent
}

// end keeps what a rehearsal found.
func (r *rehearsals) end(ctx context.Context, found rehearse.Result, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	made := r.last
	made.Under, made.Percent = false, 100
	made.Tasks, made.Stages, made.Messages, made.Foretold, made.Events, made.Took = found.Tasks, found.Stages, found.Messages, found.Foretold, found.Events, found.Took
	switch sentence, known := rehearse.Sentence(r.say, err); {
	case err == nil, errors.Is(err, rehearse.ErrDiffers):
		made.Differ = len(found.Differences)
		for _, d := range found.Differences[:min(made.Differ, mostDiffering)] {
			made.Differences = append(made.Differences, portal.Differing{Day: d.Day.String(), Task: d.Task, Stage: d.Stage, To: d.Recipient, What: differs(d.What), Detail: d.Detail})
		}
	case ctx.Err() != nil:
		made.Failed = "stopped"
	case known:
		made.Failed = sentence
	default:
		made.Failed = r.say.T("draft.rehearse_broke")
	}
	if made.Failed != "" && made.Failed != "stopped" {
		r.log.Error("A rehearsal could not be held", "folder", made.Dir, "error", err)
	}
	r.keep(r.name, made)
	r.name, r.stop = "", nil
}

// differs is the word for a difference.
func differs(what string) string {
	if what == rehearse.Answer || what == rehearse.Groundless {
		return "script.differs_" + what
	}
	return "cli.differs_" + what
}

func (r *rehearsals) keep(name string, made portal.Rehearsal) {
	raw, err := json.Marshal(made)
	if err == nil {
		err = os.MkdirAll(r.dir, 0o750)
	}
	if err == nil {
		err = os.WriteFile(r.result(name), raw, 0o600)
	}
	if err != nil {
		r.log.Error("What a rehearsal found could not be kept", "folder", made.Dir, "error", err)
	}
}

func (r *rehearsals) Of(name string) (portal.Rehearsal, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.name == name {
		return r.last, true
	}
	var made portal.Rehearsal
	raw, err := os.ReadFile(r.result(name))
	if err != nil || json.Unmarshal(raw, &made) != nil {
		return made, false
	}
	return made, true
}

func (r *rehearsals) Stop(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.name == name && r.stop != nil {
		r.stop()
	}
}
