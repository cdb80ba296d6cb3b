package host

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"time"

	"duban/internal/audit"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/settings"
)

// Condition is the state of an office's machine, as `starter doctor -o json` prints it.
type Condition struct {
	Well   bool `json:"well"`
	Ledger struct {
		URL    string `json:"url"`
		ID     string `json:"id"`
		Events int64  `json:"events"`
		Skew   string `json:"clock_ahead,omitempty"` // how far this machine's clock is ahead of the ledger's, as a Go duration; "" below ledger.SkewWarned
	} `json:"ledger"`
	Engine struct {
		Address   string `json:"address,omitempty"`
		UI        string `json:"ui,omitempty"`
		Namespace string `json:"namespace,omitempty"`
		Error     string `json:"error,omitempty"` // why the engine cannot be asked; "" when it can
	} `json:"engine"`
	office    *time.Location       // zone for instants that belong to no plan
	Plans     []PlanCondition      `json:"plans"`
	Strangers []engine.Finding     `json:"strangers"` // running workflows of plans that are not in the ledger
	Waits     []ledger.Wait        `json:"waits"`     // what workflows cannot get done at present
	Messages  []ledger.MessageInfo `json:"messages"`  // messages that are neither sent nor dropped
	Channels  []ChannelAnswer      `json:"channels"`  // what each channel says when it is tried
}

// PlanCondition is the state of one plan: what must run and runs, what is late, which laws
// are broken, and what an amendment could not change yet.
type PlanCondition struct {
	engine.Health
	zone *time.Location
	Late []ledger.Stage      `json:"late"` // stages that were due more than lateFor ago and are not in the ledger
	Laws []audit.Broken      `json:"laws"` // breaches of the laws of package laws
	Owed []ledger.LeftUndone `json:"owed"` // changes of amendments that running tasks have refused
}

// Examination is who wants to know how a machine is, and how it is asked.
type Examination struct {
	Who  query.Viewer       // must be allowed to see all of every plan, because every fault is named; else query.ErrNotWhole
	Mend bool               // start again workflows that must run and do not
	Now  func() time.Time   // the wall clock
	Say  func(error) string // words an error for the reader
	Log  *slog.Logger
}

func newCondition() Condition {
	return Condition{Plans: []PlanCondition{}, Strangers: []engine.Finding{}, Waits: []ledger.Wait{}, Messages: []ledger.MessageInfo{}, Channels: []ChannelAnswer{}}
}

// Examine gives the state of the machine with these settings. When the engine cannot be
// asked, Condition.Engine.Error says why, and the rest is what the ledger alone shows. A
// viewer who may not see all of every plan gets query.ErrNotWhole.
func Examine(ctx context.Context, cfg settings.Config, e Examination) (Condition, error) {
	c := newCondition()
	h, err := Open(ctx, cfg, Options{Log: e.Log})
	if err == nil {
		defer h.Close()
		c.Engine.Address, c.Engine.UI, c.Engine.Namespace = h.Address, h.UI, h.Namespace()
		err = e.on(ctx, cfg, &c, h.Ledger, h.Engine)
		return c, err
	}
	c.Engine.Error = e.Say(err)
	store, err := OpenLedger(ctx, cfg, true, e.Log)
	if err != nil {
		return c, err
	}
	err = errors.Join(e.on(ctx, cfg, &c, store, nil), store.Close())
	return c, err
}

// on fills in c from a ledger and its engine; eng is nil when the engine cannot be asked.
func (e Examination) on(ctx context.Context, cfg settings.Config, c *Condition, store *ledger.Store, eng *engine.Engine) (err error) {
	c.Ledger.URL, c.Ledger.ID = Redact(LedgerURL(cfg)), store.ID()
	if c.Ledger.Events, _, err = store.Head(ctx); err != nil {
		return err
	}
	if err := query.New(store, query.Options{Now: e.Now}).Office(ctx, e.Who); err != nil {
		return err
	}
	skew, err := store.Skew(ctx)
	if err != nil {
		return err
	}
	if skew.Abs() >= ledger.SkewWarned {
		c.Ledger.Skew = skew.Round(time.Millisecond).String()
	}
	if c.office, err = store.Zone(ctx); err != nil {
		return err
	}
	plans, err := store.PlanIDs(ctx)
	if err != nil {
		return err
	}
	for _, id := range plans {
		one, err := e.plan(ctx, store, eng, id)
		if err != nil {
			return err
		}
		c.Plans = append(c.Plans, one)
	}
	if eng != nil {
		if c.Strangers, err = eng.Strangers(ctx); err != nil {
			return err
		}
	}
	if c.Waits, err = store.Waits(ctx, ""); err != nil {
		return err
	}
	c.Waits = slices.DeleteFunc(c.Waits, func(w ledger.Wait) bool { return w.LeftOver(time.Now()) })
	if c.Messages, err = store.Messages(ctx, ledger.MessageFilter{States: ledger.Unsettled}); err != nil {
		return err
	}
	if c.Channels, err = TryChannels(ctx, cfg, store, io.Discard); err != nil {
		c.Channels = []ChannelAnswer{{Name: "", Error: e.Say(err)}}
	}
	c.Well = c.IsWell()
	return nil
}

// lateFor is how late, on the real clock, a stage may be before the doctor names it.
const lateFor = 20 * time.Minute

func (e Examination) plan(ctx context.Context, store *ledger.Store, eng *engine.Engine, id string) (one PlanCondition, err error) {
	one.Plan, one.Found = id, []engine.Finding{}
	l, err := store.Plan(ctx, id)
	if err != nil {
		return one, err
	}
	one.zone = l.Plan.Location()
	if eng != nil {
		if one.Health, err = eng.Examine(ctx, id, e.Mend); err != nil {
			return one, err
		}
	}
	if one.Late, err = audit.Missing(ctx, store, id, l.Clock.Plan(e.Now().Add(-lateFor))); err != nil {
		return one, err
	}
	if one.Laws, err = audit.Breaches(ctx, store, id, func() time.Time { return l.Clock.Plan(e.Now()) }, nil); err != nil {
		return one, err
	}
	last, err := store.LastAmendment(ctx, id)
	one.Owed = append(last.Left, last.Owed...)
	return one, err
}

// IsWell tells whether nothing is wrong. These count as well: a workflow that was mended, a
// change of an amendment that a task refuses, since it may, and a broken law of which the
// office was told.
func (c Condition) IsWell() bool {
	bad := c.Engine.Error != "" || c.Ledger.Skew != "" || len(c.Strangers)+len(c.Waits)+len(c.Messages) > 0
	for _, p := range c.Plans {
		bad = bad || len(p.Late) > 0 || slices.ContainsFunc(p.Laws, func(b audit.Broken) bool { return !b.Told })
		for _, f := range p.Found {
			bad = bad || !f.Mended || f.Asks
		}
	}
	for _, ch := range c.Channels {
		bad = bad || ch.Error != ""
	}
	return !bad
}

// Asks tells whether a finding needs a person to say who is right, ledger or Temporal.
func (c Condition) Asks() bool {
	all := slices.Clone(c.Strangers)
	for _, p := range c.Plans {
		all = append(all, p.Found...)
	}
	return slices.ContainsFunc(all, func(f engine.Finding) bool { return f.Asks })
}
