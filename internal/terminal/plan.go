package terminal

import (
	"fmt"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

func (sc *Screen) PlanTasks(p *plan.Plan) {
	t := sc.Table(map[string]int{"title": 48, "lead": 22}, "id", "clause", "title", "kind", "lead", "due", "milestone", "policy")
	for _, r := range p.Tasks {
		due := r.Due.String()
		if r.Recur != nil {
			due = sc.recurrence(*r.Recur)
		}
		t.AppendRow(table.Row{r.ID, r.Clause, r.Title, sc.W.T("term." + string(r.Kind)), p.Directory.Name(r.Lead), due, r.Milestone, r.Policy})
	}
	t.Render()
}

func (sc *Screen) recurrence(r plan.Recurrence) string {
	if r.Cron != "" {
		return r.Rhythm(sc.W)
	}
	return sc.W.T("case.every_" + r.Every)
}

func (sc *Screen) Preview(p *plan.Plan, rows []StageRow) {
	titles := map[string]string{}
	for _, t := range p.Tasks {
		titles[t.ID] = t.Title
	}
	t := sc.Table(map[string]int{"task": 26, "to": 40, "unit": 22, "stage": 24}, "at", "task", "unit", "due", "stage", "to", "moved", "light")
	provisional := 0
	for _, r := range rows {
		light := "" // of what is told at once
		if r.Light != "" {
			light = sc.W.T("term." + string(r.Light))
		}
		at := strings.Replace(r.At[:16], "T", " ", 1)
		if r.Provisional {
			provisional++
			at += sc.W.T("cli.preview_mark")
		}
		t.AppendRow(table.Row{
			at, r.Task, r.Unit, r.Due, sc.StageName(r),
			report.Speak(sc.W).Seats(p.Directory, r.To), r.MovedFrom, light,
		})
	}
	t.Render()
	sc.zone(p.Location())
	fmt.Fprintln(sc.Out, sc.W.T("cli.preview_total", words.Data{"Stages": len(rows)}))
	if provisional > 0 {
		fmt.Fprintln(sc.Out, sc.W.T("cli.preview_provisional", words.Data{"N": provisional}))
	}
	fmt.Fprintln(sc.Out, sc.W.T("cli.preview_messages"))
}

// StageName is what a stage is called, and its ID where several of a ladder
// are called the same. What is not about the task's own limit says what it is about.
func (sc *Screen) StageName(r StageRow) string {
	if r.Topic == plan.TopicAcknowledge {
		if r.Kind == plan.Remind {
			return sc.W.T("matter.name_acknowledge_due")
		}
		return sc.W.T("matter.name_acknowledge_missed")
	}
	name := report.Speak(sc.W).Stage(report.Step{Stage: r.Stage, Kind: r.Kind, Talk: report.TalkOf(r.Stage), Topic: r.Topic})
	if r.Words != "" && (r.Topic == string(act.Propose) || r.Topic == act.TopicProposal) {
		name = sc.W.T("cli.preview_because", words.Data{"Name": name, "Why": r.Words})
	}
	if r.Kind == plan.Remind && r.Topic == "" && report.TalkOf(r.Stage) == "" && r.Stage != plan.CatchUp && r.Stage != plan.Passed {
		name += " " + r.Stage
	}
	return name
}

type TaskRow struct {
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

func TaskRows(p *plan.Plan) []TaskRow {
	rows := make([]TaskRow, len(p.Tasks))
	for i, t := range p.Tasks {
		rows[i] = TaskRow{
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

type StageRow struct {
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
	Merged    []string           `json:"merged"`          // milder stages of the same day that became this one
	Words     string             `json:"words,omitempty"` // of what a rule proposes: the rule's title
	// Provisional: the year has no notice of holidays yet, and the day may move with it.
	Provisional bool `json:"provisional"`
}

func StageRows(p *plan.Plan, cal *calendar.Calendar, foretold []plan.Foretold) []StageRow {
	lad := p.Ladderer(cal)
	rows := make([]StageRow, len(foretold))
	for i, f := range foretold {
		rows[i] = StageRow{
			Task: f.Task, Unit: p.Directory.Name(f.Unit), Due: f.Due, Stage: f.Stage.ID, Kind: f.Kind, Topic: f.Topic,
			At: f.At.In(lad.Zone).Format(time.RFC3339), MovedFrom: f.MovedFrom, To: f.To, Light: f.Light, Merged: f.Merged,
			Words: f.Words, Provisional: lad.Provisional(f.Stage, f.Due),
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

// AttentionRow is how many messages a seat gets, as JSON.
type AttentionRow struct {
	To     people.Recipient `json:"to"`
	Unit   string           `json:"unit"`
	Silent int              `json:"silent"` // in the first year, if nobody acts
	Acting int              `json:"acting"` // if everybody does in time
	Budget int              `json:"budget"` // 0: none
	Months []monthRow       `json:"months"`
}

type monthRow struct {
	Month  string `json:"month"` // 2021-04
	Silent int    `json:"silent"`
	Acting int    `json:"acting"`
}

func AttentionRows(p *plan.Plan, all []act.Attention) []AttentionRow {
	rows := make([]AttentionRow, len(all))
	for i, a := range all {
		rows[i] = AttentionRow{To: a.To, Unit: p.Directory.Name(a.To.Unit), Silent: a.Silent, Acting: a.Acting, Budget: a.Budget, Months: []monthRow{}}
		for _, m := range a.Months {
			rows[i].Months = append(rows[i].Months, monthRow{fmt.Sprintf("%d-%02d", m.Year, int(m.Month)), m.Silent, m.Acting})
		}
	}
	return rows
}

func (sc *Screen) Attentions(p *plan.Plan, all []act.Attention) {
	fmt.Fprintln(sc.Out, sc.W.T("cli.attention_head"))
	t := sc.Table(map[string]int{"to": 26, "months": 44}, "to", "silent", "acting", "budget", "months")
	for _, r := range all {
		var months []string
		for _, m := range r.Months {
			months = append(months, sc.W.T("cli.attention_month", words.Data{"Year": m.Year, "Month": int(m.Month), "Silent": m.Silent, "Acting": m.Acting}))
		}
		t.AppendRow(table.Row{report.Speak(sc.W).Seats(p.Directory, []people.Recipient{r.To}), r.Silent, r.Acting, orNone(r.Budget), strings.Join(months, sc.W.T("cli.attention_comma"))})
	}
	t.Render()
}

func orNone(n int) any {
	if n == 0 {
		return ""
	}
	return n
}
