package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"duban/activities"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/words"
)

// condition is what `starter doctor -o json` says.
type condition struct {
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
	Plans     []planCondition      `json:"plans"`
	Strangers []engine.Finding     `json:"strangers"` // what runs and is not in the ledger
	Waits     []ledger.Wait        `json:"waits"`
	Messages  []ledger.MessageInfo `json:"messages"` // not delivered
	Channels  []host.ChannelAnswer `json:"channels"`
}

// planCondition is one plan: what must run and runs, what speaks late, what an
// amendment still owes.
type planCondition struct {
	engine.Health
	Late []ledger.Stage      `json:"late"`
	Laws []activities.Broken `json:"laws"` // of who is chased, that the ledger shows to be broken
	Owed []ledger.LeftUndone `json:"owed"`
}

// doctorCommand says how the office's machine is, and mends what can be mended.
func (a *app) doctorCommand() *cobra.Command {
	var mend bool
	var take string
	c := a.listing(&cobra.Command{
		Use: "doctor [WORKFLOW …]", Short: a.w.T("doctor.cmd"), Long: a.w.T("doctor.cmd_long"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if take != "" || len(args) > 0 {
				return a.take(cmd.Context(), engine.Rule(take), args)
			}
			c, err := a.examine(cmd.Context(), mend)
			if err != nil {
				return err
			}
			if a.format == "json" {
				err = a.json(c)
			} else {
				a.showCondition(c, mend)
			}
			if err == nil && !c.Well {
				err = errSaid
			}
			return err
		},
	})
	c.Flags().BoolVar(&mend, "mend", false, a.w.T("doctor.flag_mend"))
	c.Flags().StringVar(&take, "take", "", a.w.T("doctor.flag_take"))
	return c
}

// take answers, for the workflows named, the findings that ask a person.
func (a *app) take(ctx context.Context, rule engine.Rule, named []string) error {
	if rule != engine.LedgerRules && rule != engine.TemporalRules || len(named) == 0 {
		return sentenceError(a.w.T("doctor.take_how"))
	}
	by, err := a.actor()
	if err != nil {
		return err
	}
	h, err := host.Open(ctx, a.cfg, host.Options{Log: a.log})
	if err != nil {
		return err
	}
	defer h.Close()
	asks, err := a.asking(ctx, h)
	if err != nil {
		return err
	}
	for _, id := range named {
		f, ok := asks[id]
		if !ok {
			return sentenceError(a.w.T("doctor.take_no_such", words.Data{"Workflow": id}))
		}
		l, err := h.Ledger.Plan(ctx, f.Plan)
		switch {
		case errors.Is(err, ledger.ErrNotFound): // of a plan that the ledger does not have
		case err != nil:
			return err
		case by.Unit != l.Plan.Directory.Office:
			return sentenceError(a.w.T("doctor.take_only_office", words.Data{"Office": l.Plan.Directory.Name(l.Plan.Directory.Office)}))
		}
		err = h.Engine.Take(ctx, f, rule, by.Account)
		if errors.Is(err, engine.ErrCannotTake) {
			return sentenceError(a.w.T("doctor.take_cannot", words.Data{"Workflow": id}))
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(a.out, a.w.T("doctor.taken_"+string(rule), words.Data{"Workflow": id, "Why": a.w.T("doctor.why_" + string(f.Why))}))
	}
	return nil
}

// asking are the findings that ask a person, by workflow.
func (a *app) asking(ctx context.Context, h *host.Host) (map[string]engine.Finding, error) {
	found, err := h.Engine.Strangers(ctx)
	if err != nil {
		return nil, err
	}
	plans, err := h.Ledger.Plans(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		health, err := h.Engine.Examine(ctx, p.ID, false)
		if err != nil {
			return nil, err
		}
		found = append(found, health.Found...)
	}
	asks := map[string]engine.Finding{}
	for _, f := range found {
		if f.Asks {
			asks[f.Workflow] = f
		}
	}
	return asks, nil
}

func (a *app) examine(ctx context.Context, mend bool) (condition, error) {
	c := condition{Plans: []planCondition{}, Strangers: []engine.Finding{}, Waits: []ledger.Wait{}, Messages: []ledger.MessageInfo{}, Channels: []host.ChannelAnswer{}}
	h, err := host.Open(ctx, a.cfg, host.Options{Log: a.log})
	if err == nil {
		defer h.Close()
		c.Engine.Address, c.Engine.UI, c.Engine.Namespace = h.Address, h.UI, h.Namespace()
		err = a.examineOn(ctx, &c, h.Ledger, h.Engine, mend)
		return c, err
	}
	c.Engine.Error = a.sentence(err)
	err = a.withLedger(ctx, func(store *ledger.Store) error { return a.examineOn(ctx, &c, store, nil, false) })
	return c, err
}

// examineOn fills in what a ledger says and, where there is one, what its engine has.
func (a *app) examineOn(ctx context.Context, c *condition, store *ledger.Store, eng *engine.Engine, mend bool) (err error) {
	c.Ledger.URL, c.Ledger.ID = host.Redact(host.LedgerURL(a.cfg)), store.ID()
	if c.Ledger.Events, _, err = store.Head(ctx); err != nil {
		return err
	}
	who, err := a.viewer()
	if err != nil {
		return err
	}
	if err := a.reader(store).Office(ctx, who); err != nil { // it names whatever is wrong anywhere
		return a.told(err)
	}
	skew, err := store.Skew(ctx)
	if err != nil {
		return err
	}
	if skew.Abs() >= ledger.SkewWarned {
		c.Ledger.Skew = skew.Round(time.Millisecond).String()
	}
	plans, err := store.Plans(ctx)
	if err != nil {
		return err
	}
	for _, p := range plans {
		one, err := a.examinePlan(ctx, store, eng, p.ID, mend)
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
	if c.Messages, err = store.Messages(ctx, ledger.MessageFilter{States: ledger.Unsettled}); err != nil {
		return err
	}
	if c.Channels, err = host.TryChannels(ctx, a.cfg, store, io.Discard); err != nil {
		c.Channels = []host.ChannelAnswer{{Name: "", Error: a.sentence(err)}}
	}
	c.Well = c.well()
	return nil
}

// lateFor is how late a stage may be before the doctor names it.
const lateFor = 20 * time.Minute

func (a *app) examinePlan(ctx context.Context, store *ledger.Store, eng *engine.Engine, id string, mend bool) (one planCondition, err error) {
	one.Plan, one.Found = id, []engine.Finding{}
	l, err := store.Plan(ctx, id)
	if err != nil {
		return one, err
	}
	if eng != nil {
		if one.Health, err = eng.Examine(ctx, id, mend); err != nil {
			return one, err
		}
	}
	if one.Late, err = activities.Missing(ctx, store, id, l.Clock.Plan(a.now().Add(-lateFor))); err != nil {
		return one, err
	}
	if one.Laws, err = activities.Breaches(ctx, store, id, func() time.Time { return l.Clock.Plan(a.now()) }); err != nil {
		return one, err
	}
	last, err := store.LastAmendment(ctx, id)
	one.Owed = append(last.Left, last.Owed...)
	return one, err
}

// well tells that nothing is wrong: what was mended is well again, what a task
// refuses of an amendment is its right, and a broken law of which the office was told
// is history.
func (c condition) well() bool {
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

// asks tells that something asks a person who is right.
func (c condition) asks() bool {
	all := slices.Clone(c.Strangers)
	for _, p := range c.Plans {
		all = append(all, p.Found...)
	}
	return slices.ContainsFunc(all, func(f engine.Finding) bool { return f.Asks })
}

// mostShown is how many lines of one kind are shown.
const mostShown = 20

func (a *app) showCondition(c condition, mend bool) {
	say := func(key string, data words.Data) { fmt.Fprintln(a.out, a.w.T("doctor."+key, data)) }
	say("ledger", words.Data{"URL": c.Ledger.URL, "ID": c.Ledger.ID, "Events": c.Ledger.Events})
	if c.Ledger.Skew != "" {
		say("clock", words.Data{"Ahead": !strings.HasPrefix(c.Ledger.Skew, "-"), "By": strings.TrimPrefix(c.Ledger.Skew, "-")})
	}
	if c.Engine.Error != "" {
		say("no_engine", words.Data{"Error": c.Engine.Error})
	} else {
		say("engine", words.Data{"Address": c.Engine.Address, "Namespace": c.Engine.Namespace, "UI": c.Engine.UI})
	}
	for _, ch := range c.Channels {
		say("channel", words.Data{"Name": ch.Name, "Error": ch.Error, "Took": ch.Took.Round(time.Millisecond).String()})
	}
	for _, p := range c.Plans {
		if c.Engine.Error == "" {
			say("plan", words.Data{"Plan": p.Plan, "Things": p.Things, "Running": p.Running, "Mended": p.Mended()})
		} else {
			say("plan_unasked", words.Data{"Plan": p.Plan})
		}
		a.showFindings(p.Found)
		for _, s := range p.Late[:min(mostShown, len(p.Late))] {
			say("late", words.Data{"Task": s.Task, "Stage": s.ID, "At": s.At.Format("2006-01-02 15:04")})
		}
		a.more(len(p.Late))
		for _, b := range p.Laws[max(0, len(p.Laws)-mostShown):] { // the latest
			fmt.Fprintln(a.out, a.w.T("law.found", words.Data{"Thing": b.Thing, "Title": b.Title, "Law": notice.LawWords(a.w, b.Law),
				"At": minute(calendar.Beijing, b.At), "Of": b.Of, "Told": b.Told}))
		}
		a.more(len(p.Laws))
		for _, u := range p.Owed[:min(mostShown, len(p.Owed))] {
			say("owed", words.Data{"Task": u.Task, "Kind": a.w.T("act.kind_" + string(u.Kind))})
		}
		a.more(len(p.Owed))
	}
	a.showFindings(c.Strangers)
	for _, w := range c.Waits[:min(mostShown, len(c.Waits))] {
		say("wait", words.Data{"Workflow": w.Workflow, "What": w.What, "Since": w.Since.In(calendar.Beijing).Format("2006-01-02 15:04:05"), "Rounds": w.Rounds, "Error": w.Error})
	}
	a.more(len(c.Waits))
	if len(c.Messages) > 0 {
		say("messages", words.Data{"N": len(c.Messages)})
	}
	if c.asks() {
		say("may_take", nil)
	}
	switch {
	case c.Well:
		say("well", nil)
	case !mend && c.Engine.Error == "":
		say("may_mend", nil)
	}
}

func (a *app) showFindings(found []engine.Finding) {
	for _, f := range found[:min(mostShown, len(found))] {
		fmt.Fprintln(a.out, a.w.T("doctor.found", words.Data{
			"Workflow": f.Workflow, "Why": a.w.T("doctor.why_" + string(f.Why)), "Status": f.Status, "Mended": f.Mended, "Acts": f.Acts, "Asks": f.Asks, "Again": again(f), "Next": minute(calendar.Beijing, f.Next),
		}))
	}
	a.more(len(found))
}

// again is how often a workflow was mended that is not mended now for that reason, else 0.
func again(f engine.Finding) int {
	if f.Mended {
		return 0
	}
	return f.Again
}

// more says how many lines of a kind are not shown.
func (a *app) more(all int) {
	if all > mostShown {
		fmt.Fprintln(a.out, a.w.T("doctor.more", words.Data{"N": all - mostShown}))
	}
}
