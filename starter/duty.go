package main

import (
	"context"
	"fmt"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

// dutyCommand reads duties and does what is done to a duty as a whole; its
// occurrences are tasks.
func (a *app) dutyCommand() *cobra.Command {
	show := a.taskShow()
	show.Use, show.Short = "show DUTY", a.w.T("cli.duty_show")
	show.ValidArgsFunction = a.completeThings(deed{on: onDuty})
	return a.group(&cobra.Command{Use: "duty", Short: a.w.T("cli.duty")}, append([]*cobra.Command{a.dutyList(), show}, a.deedsOn(onDuty)...)...)
}

// dutyLine is one line of `duty list -o json`, an array of them.
type dutyLine struct {
	Plan     string           `json:"plan"`
	ID       string           `json:"id"`
	Title    string           `json:"title"`
	Lead     string           `json:"lead"` // unit name
	LeadID   string           `json:"lead_id"`
	Phase    act.State        `json:"phase"` // open, suspended, closed (ended)
	Recurs   *plan.Recurrence `json:"recurrence"`
	Opened   int              `json:"opened"`   // occurrences so far
	Open     int              `json:"open"`     // of them not closed yet
	Overdue  int              `json:"overdue"`  // of those, past their due dates
	Upcoming *report.Upcoming `json:"upcoming"` // the next one to be opened; null without one
}

func (a *app) dutyList() *cobra.Command {
	var planID string
	c := a.listing(&cobra.Command{
		Use: "list", Short: a.w.T("cli.duty_list"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withLedger(cmd.Context(), func(store *ledger.Store) error {
				lines, rules, only, err := a.dutyLines(cmd.Context(), store, planID)
				if err != nil {
					return err
				}
				if a.format == "json" {
					return a.json(lines)
				}
				a.dutyTable(lines, rules)
				a.tellOnly(only)
				return nil
			})
		},
	})
	c.Flags().StringVar(&planID, "plan", "", a.w.T("case.flag_list_plan"))
	a.completeFlag(c, "plan", a.planNames)
	return c
}

// dutyLines are the duties of every plan, or of one, in the order of the
// document, with their rules in words.
func (a *app) dutyLines(ctx context.Context, store *ledger.Store, planID string) (lines []dutyLine, rules []string, only string, err error) {
	v, err := a.viewer()
	if err != nil {
		return nil, nil, "", err
	}
	plans, err := a.planIDs(ctx, store, planID)
	if err != nil {
		return nil, nil, "", err
	}
	lines = []dutyLine{}
	for _, id := range plans {
		l, err := store.Plan(ctx, id)
		if err != nil {
			return nil, nil, "", err
		}
		if !v.knows(l.Plan.Directory) {
			continue
		}
		if v.named {
			only = a.only(l, v.Actor)
		}
		duties, err := store.Tasks(ctx, ledger.TaskFilter{Plan: id, Kind: plan.Duty})
		if err != nil {
			return nil, nil, "", err
		}
		for _, t := range duties {
			if !v.sees(t) {
				continue
			}
			c, err := a.caseFile(ctx, store, id, t.ID)
			if err != nil {
				return nil, nil, "", err
			}
			lines, rules = append(lines, dutyLineOf(c)), append(rules, report.Speak(a.w).Recurrence(c))
		}
	}
	return lines, rules, only, nil
}

func dutyLineOf(c report.Case) dutyLine {
	l := dutyLine{Plan: c.Plan.ID, ID: c.Task.ID, Title: c.Task.Title, Lead: c.Task.Lead, LeadID: c.Task.LeadID, Phase: c.Task.Phase,
		Recurs: c.Facts.Recurrence, Opened: len(c.Occurrences), Upcoming: c.Upcoming}
	for _, o := range c.Occurrences {
		if o.State == ledger.TaskOpen {
			l.Open++
		}
		if o.Overdue {
			l.Overdue++
		}
	}
	return l
}

func (a *app) dutyTable(lines []dutyLine, rules []string) {
	say := report.Speak(a.w)
	t := a.reportTable(map[string]int{"lead": 18, "title": 36, "rule": 24}, "state", "id", "lead", "title", "rule", "occurrences", "upcoming")
	for i, l := range lines {
		upcoming := ""
		if u := l.Upcoming; u != nil {
			upcoming = a.w.T("cli.upcoming", words.Data{"Due": u.Due.String(), "Opens": u.Opens.Format("2006-01-02")})
		}
		count := a.w.T("cli.occurrences", words.Data{"Opened": l.Opened, "Open": l.Open, "Overdue": l.Overdue})
		t.AppendRow(table.Row{say.State(report.Row{Kind: plan.Duty, Phase: l.Phase}), l.ID, l.Lead, l.Title, rules[i], count, upcoming})
	}
	if len(lines) > 0 {
		t.Render()
	}
	fmt.Fprintln(a.out, a.w.T("case.total", words.Data{"Total": len(lines)}))
}
