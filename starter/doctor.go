package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/words"
)

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
			who, err := a.viewer()
			if err != nil {
				return err
			}
			c, err := host.Examine(cmd.Context(), a.cfg, host.Examination{Who: who, Mend: mend, Now: a.now, Say: a.sentence, Log: a.log})
			if err != nil {
				return a.told(err)
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
	asks, err := h.Asking(ctx)
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

// mostShown is how many lines of one kind are shown.
const mostShown = 20

func (a *app) showCondition(c host.Condition, mend bool) {
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
