package front

import (
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"

	"duban/internal/ledger"
	"duban/internal/portal"
	"duban/internal/rehearse"
	"duban/internal/settings"
	"duban/internal/words"
)

// Onlook serves the pages of a rehearsal's ledger while its year passes, to be looked at.
// The ledger comes with the rehearsal's start, and is another one after each new start.
type Onlook struct {
	Address string // of the pages, with the key to them

	ctx   context.Context
	cfg   settings.Config
	log   *slog.Logger
	say   *words.Words
	look  portal.Options // whose key and sessions all ledgers have, so that a browser stays in
	close func() error

	mu    sync.Mutex
	pages http.Handler // nil while there is no ledger
	store *ledger.Store
}

// Watching serves the pages of the rehearsal in the folder dir until Close. The error may
// be a *ListenError.
func Watching(ctx context.Context, cfg settings.Config, dir string, l portal.Listening, log *slog.Logger) (*Onlook, error) {
	cfg.Dir, cfg.DatabaseURL, cfg.Accounts = dir, "", filepath.Join(dir, "accounts.yaml")
	o := &Onlook{ctx: ctx, cfg: cfg, log: log, say: words.New(cfg.Lang)}
	o.look, _ = partsOf(cfg, nil, nil, log).Options()
	serving, end := context.WithCancel(ctx)
	s, err := portal.Open(serving, l, o)
	if err != nil {
		end()
		return nil, &ListenError{err}
	}
	o.Address = s.URL + "/signin?key=" + o.look.Key
	o.close = func() error { end(); return s.Wait() }
	return o, nil
}

// ServeHTTP asks the browser to come again while there is no ledger to look at.
func (o *Onlook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	pages := o.pages
	o.mu.Unlock()
	if pages == nil {
		w.Header().Set("Refresh", "2")
		http.Error(w, o.say.T("cli.rehearse_soon"), http.StatusServiceUnavailable)
		return
	}
	pages.ServeHTTP(w, r)
}

// Watch is rehearse.Options.Watch: the plan is in the ledger once a task is armed, and the
// ledger is emptied when the rehearsal begins again.
func (o *Onlook) Watch(p rehearse.Progress) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case p.Again:
		o.leave()
	case o.pages == nil && (p.Armed > 0 || !p.Now.IsZero()):
		if err := o.open(); err != nil {
			o.log.Warn("The rehearsal's pages are not served yet", "error", err)
			o.leave()
		}
	}
}

func (o *Onlook) open() (err error) {
	if o.store, err = ledger.OpenWith(o.ctx, "sqlite:"+filepath.Join(o.cfg.Dir, "ledger.db"), ledger.Options{}); err != nil {
		return err
	}
	made, _ := partsOf(o.cfg, o.store, nil, o.log).Options()
	made.SignIn, made.Key = o.look.SignIn, o.look.Key
	o.pages, err = portal.New(made)
	return err
}

func (o *Onlook) leave() {
	if o.store != nil {
		if err := o.store.Close(); err != nil {
			o.log.Warn("The rehearsal's ledger was not closed", "error", err)
		}
	}
	o.pages, o.store = nil, nil
}

// Close ends serving.
func (o *Onlook) Close() error {
	err := o.close()
	o.mu.Lock()
	defer o.mu.Unlock()
	o.leave()
	return err
}
