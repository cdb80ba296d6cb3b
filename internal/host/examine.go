package host

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"time"

	"duban/activities"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/settings"
)

// Condition is how an office's machine is: what `starter doctor -o json` says.
type Condition struct {
	Well   bool `json:"well"`
	Ledger struct {
		URL    string `json:"url"`
		ID     string `json:"id"`
		Events int64  `json:"events"`
		Skew   string `json:"clock_ahead,omitempty"` // of this machine; "" below a second
	} `json:"ledger"`
	Engine struct {
		Address   string `json:"address,omitempty"`
		UI        string `json:"ui,omitempty"`
		Namespace string `json:"namespace,omitempty"`
		Error     string `json:"error,omitempty"` // why it cannot be asked
	} `json:"engine"`
	office    *time.Location       // the zone of what is of no plan
	Plans     []PlanCondition      `json:"plans"`
	Strangers []engine.Finding     `json:"strangers"` // what runs and is not in the ledger
	Waits     []ledger.Wait        `json:"waits"`
	Messages  []ledger.MessageInfo `json:"messages"` // not delivered
	Channels  []ChannelAnswer      `json:"channels"`
}

// PlanCondition is one plan: what must run and runs, what speaks late, what an
// amendment still owes.
type PlanCondition struct {
	engine.Health
	zone *time.Location
	Late []ledger.Stage      `json:"late"`
	Laws []activities.Broken `json:"laws"` // of who is chased, that the ledger shows to be broken
	Owed []ledger.LeftUndone `json:"owed"`
}

// Examination is who wants to know how a machine is, and how it is asked.
type Examination struct {
	Who  query.Viewer // refused unless all of every plan is theirs to see: whatever is wrong anywhere is named
	Mend bool         // start again what must run and does not
	Now  func() time.Time
	Say  func(error) string // an error in the words of whoever reads
	Log  *slog.Logger
}

func newCondition() Condition {
	return Condition{Plans: []PlanCondition{}, Strangers: []engine.Finding{}, Waits: []ledger.Wait{}, Messages: []ledger.MessageInfo{}, Channels: []ChannelAnswer{}}
}

// Examine says how the machine with these settings is. Where the engine cannot be
// asked, it says why and what the ledger shows. query.ErrNotWhole to who may not know.
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

// on fills in what a ledger says and, where there is one, what its engine has.
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

// lateFor is how late a stage may be before the doctor names it.
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
	if one.Late, err = activities.Missing(ctx, store, id, l.Clock.Plan(e.Now().Add(-lateFor))); err != nil {
		return one, err
	}
	if one.Laws, err = activities.Breaches(ctx, store, id, func() time.Time { return l.Clock.Plan(e.Now()) }); err != nil {
		return one, err
	}
	last, err := store.LastAmendment(ctx, id)
	one.Owed = append(last.Left, last.Owed...)
	return one, err
}

// IsWell tells that nothing is wrong: what was mended is well again, what a task
// refuses of an amendment is its right, and a broken law of which the office was told
// is history.
func (c Condition) IsWell() bool {
	bad := c.Engine.Error != "" || c.Ledger.Skew != "" || len(c.Strangers)+len(c.Waits)+len(c.Messages) > 0
	for _, p := range c.Plans {
		bad = bad || len(p.Late) > 0 || slices.ContainsFunc(p.Laws, func(b activities.Broken) bool { return !b.Told })
		for _, f := range p.Found {
			bad = bad || !f.Mended || f.Asks
		}
	}
	for _, ch := range c.Channels {
		bad = bad || ch.Error != ""
	}
	return !bad
}

// Asks tells that something asks a person who is right.
func (c Condition) Asks() bool {
	all := slices.Clone(c.Strangers)
	for _, p := range c.Plans {
		all = append(all, p.Found...)
	}
	return slices.ContainsFunc(all, func(f engine.Finding) bool { return f.Asks })
}
