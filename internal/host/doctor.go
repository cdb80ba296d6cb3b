package host

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"duban/internal/engine"
	"duban/internal/notice"
	"duban/internal/query"
	"duban/internal/settings"
	"duban/internal/words"
)

// teller writes lines of a Condition, by the catalogue's keys doctor.*.
type teller struct {
	out io.Writer
	w   *words.Words
	c   Condition
}

func (t teller) say(key string, data words.Data) { fmt.Fprintln(t.out, t.w.T("doctor."+key, data)) }

// zone is a plan's time zone; for a plan that is not in c.Plans, the office's.
func (c Condition) zone(plan string) *time.Location {
	for _, p := range c.Plans {
		if p.Plan == plan && p.zone != nil {
			return p.zone
		}
	}
	return cmp.Or(c.office, time.UTC)
}

func (c Condition) minute(plan string, at time.Time) string {
	return at.In(c.zone(plan)).Format("2006-01-02 15:04")
}

// mostShown is how many lines of one kind are shown.
const mostShown = 20

// Tell writes the condition to out in the language of w, a line for each thing. mend tells
// that the examination has mended what it could. Instants are in the zone of their plan.
func (c Condition) Tell(out io.Writer, w *words.Words, mend bool) {
	t := teller{out, w, c}
	say := t.say
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
		t.findings(p.Found)
		for _, s := range p.Late[:min(mostShown, len(p.Late))] {
			say("late", words.Data{"Task": s.Task, "Stage": s.ID, "At": c.minute(p.Plan, s.At)})
		}
		t.more(len(p.Late))
		for _, b := range p.Laws[max(0, len(p.Laws)-mostShown):] { // the latest
			fmt.Fprintln(out, w.T("law.found", words.Data{"Thing": b.Thing, "Title": b.Title, "Law": notice.LawWords(w, b.Law),
				"At": c.minute(p.Plan, b.At), "Of": b.Of, "Told": b.Told}))
		}
		t.more(len(p.Laws))
		for _, u := range p.Owed[:min(mostShown, len(p.Owed))] {
			say("owed", words.Data{"Task": u.Task, "Kind": w.T("act.kind_" + string(u.Kind))})
		}
		t.more(len(p.Owed))
	}
	t.findings(c.Strangers)
	for _, w := range c.Waits[:min(mostShown, len(c.Waits))] {
		say("wait", words.Data{"Workflow": w.Workflow, "What": w.What, "Since": w.Since.In(c.zone(w.Plan)).Format("2006-01-02 15:04:05"), "Rounds": w.Rounds, "Error": w.Error})
	}
	t.more(len(c.Waits))
	if len(c.Messages) > 0 {
		say("messages", words.Data{"N": len(c.Messages)})
	}
	if c.Asks() {
		say("may_take", nil)
	}
	switch {
	case c.Well:
		say("well", nil)
	case !mend && c.Engine.Error == "":
		say("may_mend", nil)
	}
}

func (t teller) findings(found []engine.Finding) {
	for _, f := range found[:min(mostShown, len(found))] {
		t.say("found", words.Data{
			"Workflow": f.Workflow, "Why": t.w.T("doctor.why_" + string(f.Why)), "Status": f.Status, "Mended": f.Mended, "Acts": f.Acts, "Asks": f.Asks, "Again": again(f), "Next": t.c.minute(f.Plan, f.Next),
		})
	}
	t.more(len(found))
}

// again is how often a workflow was mended within a day, when that is why it is not mended
// now; else 0.
func again(f engine.Finding) int {
	if f.Mended {
		return 0
	}
	return f.Again
}

// more writes how many lines beyond mostShown are not shown; all is their number.
func (t teller) more(all int) {
	if all > mostShown {
		t.say("more", words.Data{"N": all - mostShown})
	}
}

// Checkup gives a function that examines this running process for its pages: the lines of
// Tell, without passwords, and whether nothing is wrong. A viewer who may not see all of
// every plan gets query.ErrNotWhole.
func (h *Host) Checkup(cfg settings.Config, log *slog.Logger) func(ctx context.Context, who query.Viewer, w *words.Words) (lines []string, well bool, err error) {
	return func(ctx context.Context, who query.Viewer, w *words.Words) ([]string, bool, error) {
		c := newCondition()
		c.Engine.Address, c.Engine.UI, c.Engine.Namespace = h.Address, "", h.Namespace() // the address of the web UI has a key in it, which only the machine's operator may know
		e := Examination{Who: who, Now: time.Now, Say: func(err error) string { return Redact(err.Error()) }, Log: log}
		if err := e.on(ctx, cfg, &c, h.Ledger, h.Engine); err != nil {
			return nil, false, err
		}
		var out bytes.Buffer
		c.Tell(&out, w, false)
		text := strings.NewReplacer(secrets(cfg)...).Replace(Redact(out.String())) // errors of waits and channels may quote passwords
		return strings.Split(strings.TrimSpace(text), "\n"), c.Well, nil
	}
}
