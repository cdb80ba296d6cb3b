package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

// talkCommand reads talks and circulars, and takes their steps.
func (a *app) talkCommand() *cobra.Command {
	return a.group(&cobra.Command{Use: "talk", Short: a.w.T("cli.talk")}, append([]*cobra.Command{a.talkList(), a.talkShow()}, a.deedsOn(onTalk)...)...)
}

// talkLine is one line of `talk list -o json`, an array of them: report.TalkRow
// and its plan.
type talkLine struct {
	Plan string `json:"plan"`
	report.TalkRow
}

func (a *app) talkList() *cobra.Command {
	var planID, unit, state string
	states := a.choices("state", string(act.TalkPending), string(act.TalkProposed), string(act.TalkOpen), string(act.TalkDeclined), string(act.TalkClosed), string(act.TalkVoid))
	for i, s := range states.values {
		states.words[i] = a.w.T("report.talk_" + s)
	}
	c := a.listing(&cobra.Command{
		Use: "list", Short: a.w.T("cli.talk_list"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := states.read(a, &state); err != nil {
				return err
			}
			return a.withLedger(cmd.Context(), func(store *ledger.Store) error {
				lines, only, err := a.talkLines(cmd.Context(), store, planID, unit, state)
				if err != nil {
					return err
				}
				if a.format == "json" {
					return a.json(lines)
				}
				a.talkTable(lines)
				a.tellOnly(only)
				return nil
			})
		},
	})
	c.Flags().StringVar(&planID, "plan", "", a.w.T("case.flag_list_plan"))
	c.Flags().StringVar(&unit, "unit", "", a.w.T("cli.flag_talk_unit"))
	c.Flags().StringVar(&state, "state", "", a.w.T("case.flag_state", words.Data{"Values": states.said(a)}))
	a.completeFlag(c, "plan", a.planNames)
	return c
}

// talkLines are the chosen talks of every plan, or of one, those that wait
// first. only says for whom, when --as narrows them.
func (a *app) talkLines(ctx context.Context, store *ledger.Store, planID, unit, state string) (lines []talkLine, only string, err error) {
	who, err := a.viewer()
	if err != nil {
		return nil, "", err
	}
	plans, err := a.planIDs(ctx, store, planID)
	if err != nil {
		return nil, "", err
	}
	lines, known := []talkLine{}, unit == ""
	var names []string
	for _, id := range plans {
		v, err := a.view(ctx, store, id)
		if err != nil {
			return nil, "", err
		}
		if !who.knows(v.Plan.Directory) {
			continue
		}
		units, ok := unitsNamed(v.Plan.Directory, unit)
		known = known || ok
		for _, u := range v.Plan.Directory.Units {
			names = append(names, u.Name)
		}
		talks, err := v.talks(ctx, store, state)
		if err != nil {
			return nil, "", err
		}
		for _, t := range talks {
			switch {
			case state != "" && t.State != state, unit != "" && !slices.Contains(units, t.UnitID), who.named && !t.Course.Sees(who.Actor):
				continue
			}
			lines = append(lines, talkLine{id, t})
		}
		if who.named {
			only = a.only(v.Launched, who.Actor)
		}
	}
	if !known {
		return nil, "", errors.New(a.w.T("case.no_unit", words.Data{"Unit": unit, "Near": strings.Join(plan.Near(unit, names), " / ")}))
	}
	slices.SortStableFunc(lines, func(x, y talkLine) int { return place(x.State) - place(y.State) })
	return lines, only, nil
}

// place is where talks of a state stand in a list: what waits for somebody first.
func place(state string) int {
	return slices.Index([]string{ledger.TalkProposed, ledger.TalkOpen, ledger.TalkPending, ledger.TalkClosed, ledger.TalkDeclined, ledger.TalkVoid}, state)
}

func (a *app) talkTable(lines []talkLine) {
	say := report.Speak(a.w)
	t := a.reportTable(map[string]int{"unit_called": 18, "title": 36}, "talk_state", "talk_id", "what", "unit_called", "title", "opened", "next", "decided_by")
	for _, l := range lines {
		opened := ""
		if l.State == ledger.TalkOpen || l.State == ledger.TalkClosed {
			opened = l.OpensAt.Format("2006-01-02")
		}
		t.AppendRow(table.Row{say.TalkState(l.TalkRow), l.ID, say.TalkWhat(l.TalkRow), l.Unit, l.Title, opened, say.TalkNext(l.TalkRow), l.Approver})
	}
	if len(lines) > 0 {
		t.Render()
	}
	fmt.Fprintln(a.out, a.w.T("case.total", words.Data{"Total": len(lines)}))
}

// tellOnly says for whom a list was narrowed.
func (a *app) tellOnly(only string) {
	if only != "" {
		fmt.Fprintln(a.out, only)
	}
}

func (a *app) talkShow() *cobra.Command {
	var planID string
	c := a.listing(&cobra.Command{
		Use: "show TALK", Short: a.w.T("cli.talk_show"), Args: cobra.ExactArgs(1),
		ValidArgsFunction: a.completeThings(deed{on: onTalk}),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withLedger(cmd.Context(), func(store *ledger.Store) error {
				talk, err := a.findTalk(cmd.Context(), store, planID, args[0])
				if err != nil {
					return err
				}
				c, err := a.talkFile(cmd.Context(), store, talk)
				if err != nil {
					return err
				}
				if a.format == "json" {
					return a.json(c)
				}
				a.printSections(report.Speak(a.w).Talk(c))
				return nil
			})
		},
	})
	c.Flags().StringVar(&planID, "plan", "", a.w.T("cli.say_plan"))
	a.completeFlag(c, "plan", a.planNames)
	return c
}

// talkFile is the case file of a talk's task, narrowed to the talk. A viewer whose
// the talk is not is refused.
func (a *app) talkFile(ctx context.Context, store *ledger.Store, talk ledger.Talk) (report.Case, error) {
	v, err := a.viewer()
	if err != nil {
		return report.Case{}, err
	}
	t, err := store.Task(ctx, talk.Plan, talk.Task)
	if err != nil {
		return report.Case{}, err
	}
	c, err := a.caseOf(ctx, store, t, v)
	if err != nil {
		return c, err
	}
	if i := slices.IndexFunc(c.Talks, func(t report.CaseTalk) bool { return t.ID == talk.ID }); v.named && (i < 0 || !c.Talks[i].Course.Sees(v.Actor)) {
		return c, a.hidden()
	}
	if !v.sees(t) {
		c = c.OnlyTalk()
	}
	c, ok := c.OfTalk(talk.ID)
	if !ok {
		return c, fmt.Errorf("talk %s of %s: %w", talk.ID, talk.Plan, ledger.ErrNotFound)
	}
	return c, nil
}

// findTalk is the talk of an ID; without a plan, of the one plan that has it.
// The ID of a task means its last talk.
func (a *app) findTalk(ctx context.Context, store *ledger.Store, planID, id string) (ledger.Talk, error) {
	plans, err := a.planIDs(ctx, store, planID)
	if err != nil {
		return ledger.Talk{}, err
	}
	v, err := a.viewer()
	if err != nil {
		return ledger.Talk{}, err
	}
	var found, others []ledger.Talk
	var ids, lines []string
	for _, p := range plans {
		l, err := store.Plan(ctx, p)
		if err != nil {
			return ledger.Talk{}, err
		}
		talks, err := store.Talks(ctx, p, "")
		if err != nil {
			return ledger.Talk{}, err
		}
		var last *ledger.Talk
		for _, t := range talks {
			if !v.seesTalk(l.Plan.Directory, t) {
				if t.ID == id {
					others = append(others, t)
				}
				continue
			}
			ids = append(ids, t.ID)
			if t.ID == id || t.Task == id && (last == nil || t.Number > last.Number) {
				last = &t
			}
		}
		if last != nil {
			found, lines = append(found, *last), append(lines, "  "+p+"  "+last.ID)
		}
	}
	if len(found) == 0 && len(others) > 0 {
		return others[0], nil // and whoever asks is refused
	}
	switch len(found) {
	case 0:
		return ledger.Talk{}, sentenceError(a.w.T("cli.no_talk", words.Data{"Talk": id, "Near": strings.Join(plan.Near(id, ids), " / ")}))
	case 1:
		return found[0], nil
	}
	return ledger.Talk{}, errors.New(a.w.T("case.which_plan", words.Data{"Count": len(found), "Task": id, "Plans": strings.Join(lines, "\n")}))
}

// thenOfTalk says what comes next of a talk; of one proposed a second time on a
// day, which learns no ID, of the task's last.
func (a *app) thenOfTalk(ctx context.Context, store *ledger.Store, o order) error {
	id := o.talk.ID
	if id == "" {
		id = o.task.ID
	}
	talk, err := a.findTalk(ctx, store, o.task.Plan, id)
	if err != nil {
		return err
	}
	c, err := a.talkFile(ctx, store, talk)
	if err != nil {
		return err
	}
	if o.kind == act.Propose {
		fmt.Fprintln(a.out, a.w.T("cli.proposed", words.Data{"Talk": talk.ID}))
	}
	fmt.Fprintln(a.out, report.Speak(a.w).ThenOfTalk(c))
	return nil
}
