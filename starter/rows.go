package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/people"
	"duban/internal/plan"
)

// The JSON that listings print is documented in README.md and stable: fields
// are only added. An empty date is "".

type taskRow struct {
	ID         string           `json:"id"`
	Clause     string           `json:"clause"`
	Title      string           `json:"title"`
	Kind       plan.Kind        `json:"kind"`
	Lead       string           `json:"lead"` // unit name
	LeadID     string           `json:"lead_id"`
	Assist     []string         `json:"assist"`
	Due        calendar.Day     `json:"due"`
	Begin      calendar.Day     `json:"begin"`
	Milestone  string           `json:"milestone"`
	Policy     string           `json:"policy"`
	Soft       bool             `json:"soft"`
	Priority   bool             `json:"priority"`
	Recurrence *plan.Recurrence `json:"recurrence,omitempty"`
	Source     string           `json:"source"`
	Also       []plan.Mention   `json:"also"`
	Note       string           `json:"note,omitempty"`
}

func taskRows(p *plan.Plan) []taskRow {
	rows := make([]taskRow, len(p.Tasks))
	for i, t := range p.Tasks {
		rows[i] = taskRow{
			ID: t.ID, Clause: t.Clause, Title: t.Title, Kind: t.Kind,
			Lead: p.Directory.Name(t.Lead), LeadID: t.Lead, Assist: names(p.Directory, t.Assist),
			Due: t.Due, Begin: t.Begin, Milestone: t.Milestone, Policy: t.Policy, Soft: t.Soft, Priority: t.Priority,
			Recurrence: t.Recur, Source: t.Source, Also: t.Also, Note: t.Note,
		}
		if rows[i].Also == nil {
			rows[i].Also = []plan.Mention{}
		}
	}
	return rows
}

func names(d people.Directory, ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = d.Name(id)
	}
	return out
}

type stageRow struct {
	Task      string             `json:"task"`
	Unit      string             `json:"unit"` // name of the accountable unit
	Due       calendar.Day       `json:"due"`
	Stage     string             `json:"stage"`
	Kind      plan.StageKind     `json:"kind"`
	Topic     string             `json:"topic,omitempty"` // what it is about when that is not the task itself
	At        string             `json:"at"`              // RFC 3339 with the plan's offset
	MovedFrom calendar.Day       `json:"moved_from"`
	To        []people.Recipient `json:"to"`
	Light     plan.Light         `json:"light"`
	Merged    []string           `json:"merged"` // milder stages of the same day that became this one
}

func stageRows(p *plan.Plan, foretold []plan.Foretold) []stageRow {
	zone := calendar.Beijing
	if lad, err := plan.NewLadderer(p, nil); err == nil {
		zone = lad.Zone
	}
	rows := make([]stageRow, len(foretold))
	for i, f := range foretold {
		rows[i] = stageRow{
			Task: f.Task, Unit: p.Directory.Name(f.Unit), Due: f.Due, Stage: f.Stage.ID, Kind: f.Kind, Topic: f.Topic,
			At: f.At.In(zone).Format(time.RFC3339), MovedFrom: f.MovedFrom, To: f.To, Light: f.Light, Merged: f.Merged,
		}
		if rows[i].To == nil {
			rows[i].To = []people.Recipient{}
		}
		if rows[i].Merged == nil {
			rows[i].Merged = []string{}
		}
	}
	return rows
}

type checkResult struct {
	OK       bool           `json:"ok"`
	Counts   map[string]any `json:"counts,omitempty"`
	Problems []problemRow   `json:"problems"`
}

type problemRow struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Field   string `json:"field"`
	Message string `json:"message"`
	Warning bool   `json:"warning"`
}

func (a *app) checkJSON(p *plan.Plan, problems []plan.Problem) error {
	result := checkResult{OK: true, Problems: []problemRow{}}
	for _, pr := range problems {
		result.OK = result.OK && pr.Warning && len(plan.Blocking([]plan.Problem{pr})) == 0
		result.Problems = append(result.Problems, problemRow{pr.File, pr.Line, pr.Column, pr.Field, pr.Message(a.w), pr.Warning})
	}
	if result.OK {
		result.Counts = map[string]any{}
		for k, v := range checkCounts(p, problems) {
			result.Counts[strings.ToLower(k)] = v
		}
	}
	if err := a.json(result); err != nil {
		return err
	}
	if !result.OK {
		return errSaid
	}
	return nil
}

// json prints v for programs: indented, Chinese as it is.
func (a *app) json(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

func asUnarmed(err error) (*engine.UnarmedError, bool) {
	var unarmed *engine.UnarmedError
	return unarmed, errors.As(err, &unarmed)
}
