package docket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/water"
	"duban/internal/words"
)

// Sections brings a plan to what the present readings of its sections and outlets say. It verifies the
// occurrence of a duty to hand in data when all data of its month are in. It opens the task that
// a rule in force calls for. It cancels a task that a rule opened and whose ground a corrected
// reading has taken away, unless somebody has closed it. What it writes people read in the
// language of say. Doing it again changes nothing; a plan without sections has nothing to do.
func (d Docket) Sections(ctx context.Context, planID string, say *words.Words) error {
	l, rules, err := d.Plan(ctx, planID)
	if err != nil || l.Plan.Water == nil || !l.Ended.IsZero() || len(l.Plan.Measured().Duties)+len(l.Plan.Water.Rules) == 0 {
		return err
	}
	readings, err := d.Ledger.Readings(ctx, l.Plan.Directory.Office, ledger.ReadingFilter{})
	if err != nil {
		return err
	}
	if err := d.provenDuties(ctx, l, l.Plan.Water, readings, say, "water.all_in"); err != nil {
		return err
	}
	if outlets := l.Plan.Incidents.Places(); len(outlets.Duties) > 0 {
		measured, err := d.Ledger.Readings(ctx, l.Plan.Directory.Office, ledger.ReadingFilter{Outlets: true})
		if err != nil {
			return err
		}
		if err := d.provenDuties(ctx, l, outlets, measured, say, "outlet.all_in"); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(l.Plan.Water.Rules, water.Rule.InForce) {
		return nil
	}
	all, err := d.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: planID, From: string(act.OriginSection) + ":"})
	if err != nil {
		return err
	}
	tasks, cancelled := map[string]ledger.Task{}, []string{}
	for _, t := range all {
		if tasks[t.ID] = t; t.Facts.State == act.Cancelled {
			cancelled = append(cancelled, t.ID)
		}
	}
	why, err := d.Ledger.LastActs(ctx, planID, act.Cancel, cancelled)
	if err != nil {
		return err
	}
	called := map[string]bool{}
	for _, f := range water.Findings(l.Plan.Water, readings) {
		first := f.Rule.Task(f.Row.Section.ID, f.Of)
		id := first
		for n := 2; tasks[id].Facts.State == act.Cancelled && why[id].ID == act.ReadingsID(act.Cancel); n++ {
			id = first + "." + strconv.Itoa(n)
		}
		called[id] = true
		if err := d.callFor(ctx, l, rules, f, id, tasks[id], say); err != nil {
			return fmt.Errorf("rule %s, section %s, %s: %w", f.Rule.ID, f.Row.Section.ID, f.Of, err)
		}
	}
	for _, t := range all {
		if !called[t.ID] && t.State == ledger.TaskOpen && ruled(l.Plan.Water, t) {
			a := d.asEngine(l, act.Act{ID: act.ReadingsID(act.Cancel), Kind: act.Cancel, Reason: say.T("water.ground_gone"), Paper: say.T("water.ground_paper")})
			if err := d.actOnRunning(ctx, planID, t.ID, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// provenDuties verifies the open occurrences of the duties to hand in data of places for which no reading
// of the month is missing. why is a key of the catalogue.
func (d Docket) provenDuties(ctx context.Context, l ledger.Launched, places *water.Register, readings []water.Reading, say *words.Words, why string) error {
	for _, duty := range places.Duties {
		open, err := d.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: l.Plan.ID, Duty: duty.Task, State: ledger.TaskOpen})
		if err != nil {
			return err
		}
		for _, t := range open {
			month, err := water.ReadMonth(t.Period)
			if err != nil || t.Facts.State == act.Suspended || len(water.Missing(places, readings, duty.Unit, month)) > 0 {
				continue // the period is no month because another rule was set by hand, the occurrence is paused, or data are missing
			}
			a := d.asEngine(l, act.Act{ID: act.ReadingsID(act.Verify), Kind: act.Verify, Reason: say.T(why, words.Data{"Year": month.Year, "Month": month.Month})})
			if err := d.actOnRunning(ctx, l.Plan.ID, t.ID, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// asEngine is a as an act of the engine, done now.
func (d Docket) asEngine(l ledger.Launched, a act.Act) act.Act {
	a.By, a.At = act.EngineActor, d.when(l.Clock).Plan.UTC().Truncate(time.Microsecond)
	a.On = calendar.DayOf(a.At.In(l.Plan.Location()))
	return a
}

// actOnRunning records an act of the engine on a task, and tells the task's workflow to look at
// the ledger. A refused act, as when a person was faster, is no error.
func (d Docket) actOnRunning(ctx context.Context, planID, task string, a act.Act) error {
	for {
		course, err := d.Course(ctx, planID, task)
		if err != nil {
			return err
		}
		_, behind, err := d.Act(ctx, planID, task, a, course, time.Time{})
		var refused *act.Refusal
		switch {
		case errors.As(err, &refused):
			return nil
		case err != nil:
			return err
		case !behind:
			return d.Starter.LookTask(ctx, planID, task)
		}
	}
}

// ruled tells that a task was opened by a rule that the register still has in force.
func ruled(reg *water.Register, t ledger.Task) bool {
	if t.Origin.Kind != act.OriginSection {
		return false
	}
	section, month, _ := strings.Cut(t.Origin.Of, "/")
	return slices.ContainsFunc(reg.Rules, func(r water.Rule) bool {
		of, err := water.ReadMonth(month)
		first := r.Task(section, of)
		return err == nil && r.InForce() && (t.ID == first || strings.HasPrefix(t.ID, first+"."))
	})
}

// callFor opens what a finding calls for: a task of the section's county, which has the given
// ID, and a proposal about it where the rule says so. row is the task as the ledger has it, zero
// when it was never opened.
func (d Docket) callFor(ctx context.Context, l ledger.Launched, rules act.Rules, f water.Finding, id string, row ledger.Task, say *words.Words) error {
	s, r := f.Row.Section, f.Rule
	if row.ID != "" && row.Armed && row.State == ledger.TaskOpen { // an earlier call may have been interrupted before the units were told
		digests, err := d.Ledger.Unstarted(ctx, l.Plan.ID, row.ID)
		if err != nil {
			return err
		}
		if err := d.StartDigests(ctx, l, digests); err != nil {
			return err
		}
	}
	if row.ID == "" || !row.Armed {
		var within plan.Offset
		if err := within.UnmarshalText([]byte(r.Within)); err != nil {
			return err
		}
		at := d.when(l.Clock).Plan // the date counts from the day on which the task is given, though it be midnight meanwhile
		t := plan.Task{ID: id, Kind: plan.Dated, Lead: s.County, Policy: r.Policy,
			Title: say.T("water.task_title", words.Data{"Section": s.Name, "Year": f.Of.Year, "Month": f.Of.Month, "What": r.Title, "Asks": r.Asks})}
		if t.Due = row.Due; t.Due.IsZero() {
			t.Due = within.After(calendar.DayOf(at.In(rules.Zone)), rules.Calendar)
		}
		var err error
		if row, err = d.openAt(ctx, l.Plan.ID, t, act.FromSection(s.ID, f.Of.String()), at); err != nil {
			return err
		}
	}
	what := map[string]string{water.OpensTalk: plan.ProposeTalk, water.OpensCircular: plan.ProposeCircular}[r.Opens]
	if what == "" || row.State != "" && row.State != ledger.TaskOpen {
		return nil
	}
	return d.proposeAbout(ctx, l, f, row, what, say)
}

// proposeAbout proposes a talk or a circular about the task that a finding has opened, once.
func (d Docket) proposeAbout(ctx context.Context, l ledger.Launched, f water.Finding, row ledger.Task, what string, say *words.Words) error {
	before, err := d.Ledger.Talks(ctx, l.Plan.ID, row.ID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(before, func(k ledger.Talk) bool {
		return k.What == what && k.Origin.Kind == act.OriginRule && k.Origin.Of == f.Rule.ID
	}) {
		return nil
	}
	key := "section:" + f.Row.Section.ID + ":" + f.Of.String()
	p := act.Proposal{Rule: f.Rule.ID, Unit: row.Lead, What: what, Task: row.ID, Facts: []string{key}, Key: f.Rule.ID + "/" + row.ID}
	a := d.asEngine(l, act.Act{ID: act.RuleID(p.Key), Kind: act.Propose, Ref: row.ID, Unit: row.Lead, Talk: &act.TalkFacts{What: what},
		Reason: f.Rule.Title + "\n" + f.Row.Section.Name + " " + f.Of.String() + " " + Stands(say, f.Row)})
	_, err = d.Propose(ctx, l, a, &p)
	var refused *act.Refusal
	if errors.Is(err, ledger.ErrNotOpen) || errors.As(err, &refused) {
		return nil
	}
	return err
}

// Stands says in words which class of water a section had in a month, which class it is to have,
// and what exceeded its limit.
func Stands(say *words.Words, row water.Row) string {
	target := say.T("water.by_province")
	if row.Target.Known() {
		target = row.Target.Class.String()
	}
	var over []string
	for _, o := range row.Month.Over {
		text := ItemName(say, o.Item)
		if o.Times != nil {
			text += "(" + o.Times.Round(3).String() + ")"
		}
		over = append(over, text)
	}
	return say.T("water.stands", words.Data{"Class": row.Month.Class.String(), "Target": target, "Year": row.Year.Class.String(), "Over": strings.Join(over, say.T("cli.list_comma"))})
}
