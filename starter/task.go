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
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

// taskCommand reads tasks from the ledger alone, and carries people's acts to
// the engine.
func (a *app) taskCommand() *cobra.Command {
	return a.group(&cobra.Command{Use: "task", Short: a.w.T("case.cmd")}, append([]*cobra.Command{a.taskList(), a.taskShow()}, a.deedsOn(onTask)...)...)
}

// taskLine is one line of `task list -o json`, an array of them: report.Row and
// its plan. Part is set when --unit or --as was given.
type taskLine struct {
	Plan string `json:"plan"`
	Part string `json:"part,omitempty"` // lead, assist
	report.Row
}

// taskFilter is what the flags of `task list` ask for; empty fields ask for
// nothing.
type taskFilter struct {
	plan, unit, light, state, kind string
	skip, limit                    int // lines left out at the beginning, and shown at the most; 0: all
}

// pageOf is how many lines a table shows that nobody asked for more of.
const pageOf = 200

func (a *app) taskList() *cobra.Command {
	var f taskFilter
	lights := a.choices("light", "red", "yellow", "blue", "green", "done_late", "done")
	states := a.choices("state", string(act.Open), string(act.Reported), string(act.Suspended), string(act.Closed), string(act.Cancelled))
	kinds := a.choices("kind", string(plan.Dated), report.KindOccurrence, string(plan.Duty), string(plan.Standing))
	c := a.looksBack(a.listing(&cobra.Command{
		Use: "list", Short: a.w.T("case.cmd_list"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			for value, of := range map[*string]choice{&f.light: lights, &f.state: states, &f.kind: kinds} {
				if err := of.read(a, value); err != nil {
					return err
				}
			}
			if a.format == "json" && !cmd.Flags().Changed("limit") {
				f.limit = 0
			}
			if f.skip < 0 || f.limit < 0 {
				return errors.New(a.w.T("case.bad_page"))
			}
			return a.pastLedger(cmd.Context(), true, func(store *ledger.Store) error {
				lines, total, only, err := a.taskLines(cmd.Context(), store, f)
				if err != nil {
					return err
				}
				if a.format == "json" {
					return a.json(lines)
				}
				a.taskListTable(lines, slices.ContainsFunc(lines, func(l taskLine) bool { return l.Part != "" }))
				fmt.Fprintln(a.out, a.w.T("case.total", words.Data{"Total": total}))
				if len(lines) < total && len(lines) > 0 {
					fmt.Fprintln(a.out, a.w.T("case.page", words.Data{"From": f.skip + 1, "To": f.skip + len(lines)}))
				}
				a.tellOnly(only)
				return nil
			})
		},
	}))
	c.Flags().StringVar(&f.plan, "plan", "", a.w.T("case.flag_list_plan"))
	c.Flags().StringVar(&f.unit, "unit", "", a.w.T("case.flag_unit"))
	c.Flags().StringVar(&f.light, "light", "", a.w.T("case.flag_light", words.Data{"Values": lights.said(a)}))
	c.Flags().StringVar(&f.state, "state", "", a.w.T("case.flag_state", words.Data{"Values": states.said(a)}))
	c.Flags().StringVar(&f.kind, "kind", "", a.w.T("case.flag_kind", words.Data{"Values": kinds.said(a)}))
	c.Flags().IntVar(&f.limit, "limit", pageOf, a.w.T("case.flag_limit"))
	c.Flags().IntVar(&f.skip, "skip", 0, a.w.T("case.flag_skip"))
	a.completeFlag(c, "plan", a.planNames)
	return c
}

// choice is a flag that takes one of a few values, or the word for one.
type choice struct {
	flag          string
	values, words []string
}

func (a *app) choices(flag string, values ...string) choice {
	c := choice{flag: flag, values: values}
	for _, v := range values {
		key := map[string]string{"light": "term." + v, "state": "report.state_" + v, "kind": "term." + v}[flag]
		if flag == "kind" && (v == string(plan.Dated) || v == report.KindOccurrence) {
			key = "case.kind_" + v
		}
		c.words = append(c.words, a.w.T(key))
	}
	return c
}

// said is the values with their words, for reading.
func (c choice) said(a *app) string {
	all := make([]string, len(c.values))
	for i, v := range c.values {
		all[i] = v
		if c.words[i] != v {
			all[i] = a.w.T("case.value", words.Data{"Value": v, "Word": c.words[i]})
		}
	}
	return strings.Join(all, a.w.T("cli.list_comma"))
}

// read brings what was given to the value it means.
func (c choice) read(a *app, given *string) error {
	if *given == "" || slices.Contains(c.values, *given) {
		return nil
	}
	i := slices.IndexFunc(c.words, func(w string) bool { return w == *given || w == strings.TrimSuffix(*given, "灯") })
	if i < 0 {
		return errors.New(a.w.T("case.bad_value", words.Data{"Flag": c.flag, "Value": *given, "Values": c.said(a)}))
	}
	*given = c.values[i]
	return nil
}

// taskLines are the chosen lines of every plan, or of one, the gravest first: the
// page that was asked for, and how many there are in all. only says for whom, when
// --as narrows them to what a unit may see.
func (a *app) taskLines(ctx context.Context, store *ledger.Store, f taskFilter) (lines []taskLine, total int, only string, err error) {
	who, err := a.viewer()
	if err != nil {
		return nil, 0, "", err
	}
	plans, err := a.planIDs(ctx, store, f.plan)
	if err != nil {
		return nil, 0, "", err
	}
	lines, known := []taskLine{}, f.unit == ""
	var names []string
	for _, id := range plans {
		v, err := a.view(ctx, store, id)
		if err != nil {
			return nil, 0, "", err
		}
		if !who.knows(v.Plan.Directory) {
			continue
		}
		if who.named {
			only = a.only(v.Launched, who.Actor)
		}
		units, ok := unitsNamed(v.Plan.Directory, f.unit)
		known = known || ok
		for _, u := range v.Plan.Directory.Units {
			names = append(names, u.Name)
		}
		if f.unit != "" && len(units) == 0 {
			continue
		}
		some, n, err := a.linesOf(ctx, store, v, f, units, who)
		if err != nil {
			return nil, 0, "", err
		}
		lines, total = append(lines, some...), total+n
	}
	if !known {
		return nil, 0, "", errors.New(a.w.T("case.no_unit", words.Data{"Unit": f.unit, "Near": strings.Join(plan.Near(f.unit, names), " / ")}))
	}
	slices.SortStableFunc(lines, func(a, b taskLine) int { return report.Graver(a.Row, b.Row) })
	lines = lines[min(f.skip, len(lines)):]
	if f.limit > 0 {
		lines = lines[:min(f.limit, len(lines))]
	}
	return lines, total, only, nil
}

// linesOf are the chosen lines of one plan, at least as many of the first as the
// page needs, and how many there are in all.
func (a *app) linesOf(ctx context.Context, store *ledger.Store, v *view, f taskFilter, units []string, who viewer) (lines []taskLine, total int, err error) {
	dir := v.Plan.Directory
	line := func(r report.Row) taskLine {
		l := taskLine{Plan: v.Plan.ID, Row: r}
		switch {
		case f.unit != "":
			l.Part = part(r, units, dir)
		case who.named:
			l.Part = part(r, []string{who.Unit}, dir)
		}
		return l
	}
	chosen := ledger.ListFilter{Units: units, Light: plan.Light(f.light), Phase: act.State(f.state), Kind: plan.Kind(f.kind)}
	if f.kind == report.KindOccurrence {
		chosen.Kind, chosen.Occurrences = "", true
	}
	if !who.oversees(dir) {
		chosen.Seat = who.Unit
	}
	most := 0
	if f.limit > 0 {
		most = f.skip + f.limit
	}
	page, ok, err := v.list(ctx, store, chosen, most)
	if err != nil {
		return nil, 0, err
	}
	if ok {
		numbers := map[string]int{}
		if a.format == "json" {
			if numbers, err = store.Numbers(ctx, v.Plan.ID); err != nil {
				return nil, 0, err
			}
		}
		for i, r := range v.rows(page) {
			if !who.sees(page.Tasks[i]) {
				return nil, 0, fmt.Errorf("task %s of %s is chosen for %s, who may not see it", r.ID, v.Plan.ID, who.Unit)
			}
			r.No = numbers[r.ID]
			lines = append(lines, line(r))
		}
		return lines, page.Total, nil
	}
	seen, err := seenBy(ctx, store, v.Plan.ID, who)
	if err != nil {
		return nil, 0, err
	}
	t, err := a.book(ctx, store, v.Plan.ID, false)
	if err != nil {
		return nil, 0, err
	}
	for _, r := range report.ByGravity(t.Tasks) {
		if l := line(r); f.takes(l) && (!who.named || seen[r.ID]) {
			lines = append(lines, l)
		}
	}
	return lines, len(lines), nil
}

// seenBy are the tasks of a plan that somebody may look at.
func seenBy(ctx context.Context, store *ledger.Store, planID string, v viewer) (map[string]bool, error) {
	seen := map[string]bool{}
	if !v.named {
		return seen, nil
	}
	tasks, err := store.Tasks(ctx, ledger.TaskFilter{Plan: planID})
	for _, t := range tasks {
		seen[t.ID] = v.sees(t)
	}
	return seen, err
}

// planIDs is the one plan that was named, or all.
func (a *app) planIDs(ctx context.Context, store *ledger.Store, named string) ([]string, error) {
	if named != "" {
		return []string{named}, nil
	}
	plans, err := store.Plans(ctx)
	ids := make([]string, len(plans))
	for i, p := range plans {
		ids[i] = p.ID
	}
	return ids, err
}

// unitsNamed are the IDs of the units a name means: the office and the
// leadership among them.
func unitsNamed(d people.Directory, name string) ([]string, bool) {
	if name == "" {
		return nil, true
	}
	ids, _, ok := d.Resolve(name)
	return ids, ok
}

// part is what some of these units do in a line: lead, assist, or nothing.
func part(r report.Row, units []string, d people.Directory) string {
	if slices.Contains(units, r.LeadID) {
		return "lead"
	}
	if slices.ContainsFunc(units, func(id string) bool { return slices.Contains(r.Assist, d.Name(id)) }) {
		return "assist"
	}
	return ""
}

func (f taskFilter) takes(l taskLine) bool {
	kind := f.kind == "" || string(l.Kind) == f.kind || f.kind == report.KindOccurrence && l.Duty != ""
	return kind && (f.unit == "" || l.Part != "") && (f.light == "" || string(l.Light) == f.light) && (f.state == "" || string(l.Phase) == f.state)
}

func (a *app) taskListTable(lines []taskLine, parts bool) {
	say := report.Speak(a.w)
	several := slices.ContainsFunc(lines, func(l taskLine) bool { return l.Plan != lines[0].Plan })
	headings := []string{"state", "light", "due", "left", "progress", "id", "lead", "title", "next", "talk"}
	if parts {
		headings = append(headings, "part")
	}
	if several {
		headings = append(headings, "plan")
	}
	t := a.reportTable(map[string]int{"lead": 18, "title": 40}, headings...)
	for _, l := range lines {
		next := ""
		if l.Next != nil {
			next = l.Next.At.Format("2006-01-02 15:04") + " " + say.Stage(*l.Next)
		}
		row := table.Row{say.State(l.Row), say.Light(l.Row), say.Due(l.Row), say.Left(l.Row), say.Progress(l.Row), l.ID, l.Lead, say.Title(l.Row), next, say.Talks(l.Row)}
		if parts {
			role := ""
			if l.Part != "" {
				role = a.w.T("case.part_" + l.Part)
			}
			row = append(row, role)
		}
		if several {
			row = append(row, l.Plan)
		}
		t.AppendRow(row)
	}
	if len(lines) > 0 {
		t.Render()
	}
}
