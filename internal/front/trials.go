package front

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"duban/internal/calendar"
	"duban/internal/channel/outbox"
	"duban/internal/plan"
	"duban/internal/portal"
	"duban/internal/rehearse"
	"duban/internal/settings"
	"duban/internal/words"
)

// Trial is a plan that is tried out, with the pages on which people act in it.
type Trial struct {
	Address string // of the pages, with the key to them
	key     string
	trial   *rehearse.Trial
	pages   *portal.Server
	end     context.CancelFunc
}

// Try begins a trial and serves its pages until Close: rehearse.Try says of o and of errors, which
// may be a *ListenError too.
func Try(ctx context.Context, cfg settings.Config, o rehearse.Options, l portal.Listening) (*Trial, error) {
	tried, err := rehearse.Try(ctx, o)
	if err != nil {
		return nil, err
	}
	cfg.Dir, cfg.DatabaseURL, cfg.Accounts = o.Dir, "", filepath.Join(o.Dir, "accounts.yaml")
	parts := partsOf(cfg, tried.Ledger, nil, o.Log)
	parts.Engine, parts.TLS = tried.Engine, l.Cert != ""
	parts.Trial = &portal.Trial{Clock: tried.Clock, Zone: o.Plan.Location(), Letters: letters(tried.Outbox)}
	look, _ := parts.Options()
	serving, end := context.WithCancel(ctx)
	s, err := open(serving, look, l)
	if err != nil {
		end()
		return nil, errors.Join(err, tried.Close())
	}
	return &Trial{Address: s.URL + "/signin?key=" + look.Key, key: look.Key, trial: tried, pages: s, end: end}, nil
}

// Wait returns nil when ctx ends, and an error where the trial's engine ended by itself.
func (t *Trial) Wait(ctx context.Context) error { return t.trial.Wait(ctx) }

// Close ends the pages and the engine.
func (t *Trial) Close() error {
	t.end()
	return errors.Join(t.pages.Wait(), t.trial.Close())
}

// letters is a folder of messages as portal.Letters.
type letters string

func (dir letters) List(skip, limit int) (all []portal.Kept, total int, err error) {
	names, err := outbox.List(string(dir))
	if err != nil {
		return nil, 0, err
	}
	slices.Reverse(names)
	for _, name := range names[min(skip, len(names)):min(skip+limit, len(names))] {
		l, err := dir.Read(name)
		if err != nil {
			return nil, 0, err
		}
		l.Text = ""
		all = append(all, l)
	}
	return all, len(names), nil
}

func (dir letters) Read(name string) (portal.Kept, error) {
	m, err := outbox.Read(string(dir), name)
	if errors.Is(err, os.ErrNotExist) {
		return portal.Kept{}, portal.ErrNoLetter
	}
	return portal.Kept{Name: name, At: m.Date.Format("2006-01-02 15:04"), To: m.To, Subject: m.Subject, Text: m.Text}, err
}

// trials are those of a portal, one at a time, each in a folder of its own in the data folder. They
// end with the program.
type trials struct {
	ctx   context.Context // trials end when it does
	cfg   settings.Config
	say   *words.Words
	spawn rehearse.Spawn
	log   *slog.Logger
	under sync.WaitGroup

	mu   sync.Mutex
	name string // of the last one; "" for none
	last portal.Tried
	stop context.CancelFunc
}

func newTrials(ctx context.Context, cfg settings.Config, spawn rehearse.Spawn, log *slog.Logger) *trials {
	return &trials{ctx: ctx, cfg: cfg, say: words.New(cfg.Lang), spawn: spawn, log: log}
}

func (t *trials) Begin(name string, p *plan.Plan, cal *calendar.Calendar, day time.Duration) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last.Under || t.ctx.Err() != nil {
		return portal.ErrTrying
	}
	ctx, stop := context.WithCancel(t.ctx)
	t.name, t.stop = name, stop
	t.last = portal.Tried{Begun: time.Now(), Under: true, Dir: filepath.Join(t.cfg.Dir, "trial-draft-"+name)}
	o := rehearse.Options{Plan: p, Calendar: cal, Day: day, Dir: t.last.Dir, Spawn: t.spawn, Window: t.cfg.WakeWindow, Log: t.log, Watch: t.watch}
	t.under.Go(func() {
		defer stop()
		err := t.hold(ctx, o)
		t.mu.Lock()
		defer t.mu.Unlock()
		t.last.Under, t.last.Port, t.last.Key = false, "", ""
		if err != nil && ctx.Err() == nil {
			t.log.Error("A trial could not be held", "folder", o.Dir, "error", err)
			t.last.Failed = t.say.T("draft.trial_broke")
			if sentence, known := rehearse.Sentence(t.say, err); known {
				t.last.Failed = sentence
			}
		}
	})
	return nil
}

// hold holds a trial until ctx ends. Its pages are at a free port of the address at which the office's
// are.
func (t *trials) hold(ctx context.Context, o rehearse.Options) (err error) {
	host, _, err := net.SplitHostPort(cmp.Or(t.cfg.Listen, Wish))
	if err != nil {
		return err
	}
	held, err := Try(ctx, t.cfg, o, portal.Listening{Address: net.JoinHostPort(host, "0"), Cert: t.cfg.TLSCert, Key: t.cfg.TLSKey})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.Close()) }()
	at, err := url.Parse(held.Address)
	if err != nil {
		return fmt.Errorf("front: the address of a trial: %w", err)
	}
	t.mu.Lock()
	t.last.Port, t.last.Key = at.Port(), held.key
	t.mu.Unlock()
	return held.Wait(ctx)
}

// watch notes how many deadlines are set.
func (t *trials) watch(p rehearse.Progress) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last.Armed, t.last.Total = p.Armed, p.Total
}

func (t *trials) Of(name string) (portal.Tried, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last, t.name == name && name != ""
}

func (t *trials) End(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.name == name && t.last.Under && t.stop != nil {
		t.stop()
	}
}
