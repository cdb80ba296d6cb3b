package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

func (a *app) taskShow() *cobra.Command {
	var planID string
	c := a.looksBack(a.listing(&cobra.Command{
		Use: "show TASK", Short: a.w.T("case.cmd_show"), Args: cobra.ExactArgs(1), ValidArgsFunction: a.completeThings(deed{on: onTask}),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.pastLedger(cmd.Context(), true, func(store *ledger.Store) error {
				c, err := a.caseFile(cmd.Context(), store, planID, args[0])
				if err != nil {
					return err
				}
				if a.format == "json" {
					return a.json(c)
				}
				a.printCase(c)
				return nil
			})
		},
	}))
	c.Flags().StringVar(&planID, "plan", "", a.w.T("case.flag_plan"))
	a.completeFlag(c, "plan", a.planNames)
	return c
}

// caseFile assembles the case file of a task; without a plan, of the one plan
// that has such a task. A viewer whose it is not is refused.
func (a *app) caseFile(ctx context.Context, store *ledger.Store, planID, task string) (report.Case, error) {
	t, err := a.findTask(ctx, store, planID, task)
	if err != nil {
		return report.Case{}, err
	}
	v, err := a.viewer()
	if err != nil {
		return report.Case{}, err
	}
	if !v.sees(t) {
		return report.Case{}, a.hidden()
	}
	return a.caseOf(ctx, store, t, v)
}

// caseOf is the case file of a task as a viewer may read it.
func (a *app) caseOf(ctx context.Context, store *ledger.Store, t ledger.Task, v viewer) (report.Case, error) {
	l, err := store.Plan(ctx, t.Plan)
	if err != nil {
		return report.Case{}, err
	}
	today, err := a.today(ctx, store, l)
	if err != nil {
		return report.Case{}, err
	}
	cal, err := a.calendarOf(ctx, store)
	if err != nil {
		return report.Case{}, err
	}
	r, err := records(ctx, store, t)
	if err != nil {
		return report.Case{}, err
	}
	r = r.WithoutTalks(func(k ledger.Talk) bool { return v.seesTalk(l.Plan.Directory, k) })
	return report.CaseFile(l, r, today, cal), nil
}

func (a *app) findTask(ctx context.Context, store *ledger.Store, planID, id string) (ledger.Task, error) {
	plans, err := a.planIDs(ctx, store, planID)
	if err != nil {
		return ledger.Task{}, err
	}
	v, err := a.viewer()
	if err != nil {
		return ledger.Task{}, err
	}
	var found []ledger.Task
	for _, p := range plans {
		if planID != "" {
			if _, err := store.Plan(ctx, p); err != nil {
				return ledger.Task{}, err
			}
		}
		t, err := store.Task(ctx, p, id)
		switch {
		case err == nil:
			found = append(found, t)
		case !errors.Is(err, ledger.ErrNotFound):
			return ledger.Task{}, err
		}
	}
	if ours := slices.DeleteFunc(slices.Clone(found), func(t ledger.Task) bool { return !v.sees(t) }); len(ours) > 0 {
		found = ours
	} else if len(found) > 0 {
		return found[0], nil // whoever asks may look at none of them, and need not choose
	}
	switch len(found) {
	case 0:
		return ledger.Task{}, a.noTask(ctx, store, plans, id)
	case 1:
		return found[0], nil
	}
	var lines []string
	for _, t := range found {
		lines = append(lines, "  "+t.Plan+"  "+t.Title)
	}
	return ledger.Task{}, errors.New(a.w.T("case.which_plan", words.Data{"Count": len(found), "Task": id, "Plans": strings.Join(lines, "\n")}))
}

// nearTasks is how many tasks are suggested for one that is not there.
const nearTasks = 5

// noTask is the error that a task is not there, with those that may be meant:
// by their IDs, then by words of their titles.
func (a *app) noTask(ctx context.Context, store *ledger.Store, plans []string, typed string) error {
	v, err := a.viewer()
	if err != nil {
		return err
	}
	var lines []string
	for _, p := range plans {
		l, err := store.Plan(ctx, p)
		if err != nil {
			return err
		}
		tasks, err := store.Tasks(ctx, ledger.TaskFilter{Plan: p})
		if err != nil {
			return err
		}
		tasks = slices.DeleteFunc(tasks, func(t ledger.Task) bool { return !v.sees(t) })
		byID := map[string]ledger.Task{}
		var ids []string
		for _, t := range tasks {
			byID[t.ID] = t
			ids = append(ids, t.ID)
		}
		near := plan.Near(typed, ids)
		for _, t := range tasks {
			if t.Duty == "" && strings.Contains(t.Title, typed) && !slices.Contains(near, t.ID) {
				near = append(near, t.ID)
			}
		}
		for _, id := range near {
			line := a.w.T("case.near_task", words.Data{"ID": id, "Title": byID[id].Title, "Lead": l.Plan.Directory.Name(byID[id].Lead)})
			if len(plans) > 1 {
				line += " --plan " + p
			}
			lines = append(lines, line)
		}
	}
	lines = lines[:min(len(lines), nearTasks)]
	return errors.New(a.w.T("case.no_task", words.Data{"Task": typed, "Near": strings.Join(lines, "\n")}))
}

// records are all the ledger holds about one task; about a duty, what it holds
// of its occurrences.
func records(ctx context.Context, store *ledger.Store, t ledger.Task) (r report.Records, err error) {
	r.Task = t
	of := []ledger.Task{t}
	if t.Kind == plan.Duty {
		if r.Occurrences, err = store.Tasks(ctx, ledger.TaskFilter{Plan: t.Plan, Duty: t.ID}); err != nil {
			return r, err
		}
		of = append([]ledger.Task{t}, r.Occurrences...)
	}
	if t.Duty == "" {
		if r.Events, err = store.Events(ctx, ledger.EventFilter{Plan: t.Plan, Limit: 1}); err != nil {
			return r, err
		}
	}
	for _, o := range of {
		if err := gather(ctx, store, o, &r); err != nil {
			return r, err
		}
	}
	if t.Kind != plan.Duty {
		if err := messages(ctx, store, t, &r); err != nil {
			return r, err
		}
	}
	waits, err := store.Waits(ctx, t.Plan)
	r.Stuck = slices.DeleteFunc(waits, func(w ledger.Wait) bool {
		thing, _, _ := strings.Cut(w.Thing, "#") // a talk hangs on its task
		return !slices.ContainsFunc(of, func(o ledger.Task) bool { return o.ID == thing })
	})
	slices.SortFunc(r.Events, func(a, b ledger.Event) int { return int(a.Seq - b.Seq) })
	return r, err
}

func gather(ctx context.Context, store *ledger.Store, t ledger.Task, r *report.Records) error {
	stages, err := store.Stages(ctx, t.Plan, t.ID)
	if err != nil {
		return err
	}
	talks, err := store.Talks(ctx, t.Plan, t.ID)
	if err != nil {
		return err
	}
	events, err := store.Events(ctx, ledger.EventFilter{Plan: t.Plan, Task: t.ID})
	r.Stages, r.Talks, r.Events = append(r.Stages, stages...), append(r.Talks, talks...), append(r.Events, events...)
	return err
}

// messages adds a task's notices and the events of the messages that carried them.
func messages(ctx context.Context, store *ledger.Store, t ledger.Task, r *report.Records) (err error) {
	if r.Notices, err = store.Notices(ctx, ledger.NoticeFilter{Plan: t.Plan, Task: t.ID}); err != nil {
		return err
	}
	var ids []string
	for _, n := range r.Notices {
		if n.Message != "" {
			ids = append(ids, n.Message)
		}
	}
	slices.Sort(ids)
	events, err := store.MessageEvents(ctx, slices.Compact(ids))
	r.Events = append(r.Events, events...)
	return err
}

// Widths of a printed case, in half-width characters.
const (
	caseWidth  = 110
	labelWidth = 10
)

func (a *app) printCase(c report.Case) { a.printSections(report.Speak(a.w).Case(c)) }

func (a *app) printSections(title, subtitle string, sections []report.Section) {
	fmt.Fprintln(a.out, title)
	fmt.Fprintln(a.out, subtitle)
	for _, s := range sections {
		fmt.Fprintf(a.out, "\n%s\n", s.Heading)
		label := labelWidth
		for _, f := range s.Facts {
			label = max(label, report.Wide(f.Label)+2)
		}
		for _, f := range s.Facts {
			lines := report.Fold(f.Text, caseWidth-label)
			fmt.Fprintf(a.out, "  %s%s%s\n", f.Label, strings.Repeat(" ", label-report.Wide(f.Label)), lines[0])
			for _, l := range lines[1:] {
				fmt.Fprintf(a.out, "  %s%s\n", strings.Repeat(" ", label), l)
			}
		}
		for _, g := range s.Tables {
			a.printGrid(g)
		}
		for _, l := range s.Lines {
			fmt.Fprintln(a.out, "  "+l)
		}
	}
}

// cellWidth is where a cell of a case's table folds.
const cellWidth = 60

func (a *app) printGrid(g report.Grid) {
	if g.Head != "" {
		for _, l := range report.Fold(g.Head, caseWidth) {
			fmt.Fprintln(a.out, "  "+l)
		}
	}
	if len(g.Rows) == 0 {
		return
	}
	t := a.table(nil)
	t.ResetHeaders()
	head := table.Row{}
	for _, c := range g.Columns {
		head = append(head, c)
	}
	t.AppendHeader(head)
	for _, r := range g.Rows {
		row := table.Row{}
		for _, cell := range r {
			row = append(row, foldCell(cell))
		}
		t.AppendRow(row)
	}
	t.Render()
}

func foldCell(cell string) string {
	var lines []string
	for l := range strings.Lines(cell) {
		lines = append(lines, report.Fold(strings.TrimSuffix(l, "\n"), cellWidth)...)
	}
	return strings.Join(lines, "\n")
}
