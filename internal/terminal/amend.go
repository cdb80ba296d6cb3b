package terminal

import (
	"fmt"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/whatif"
	"duban/internal/words"
)

// AmendOutcome is `plan amend -o json`.
type AmendOutcome struct {
	Plan    string              `json:"plan"`
	InForce bool                `json:"in_force"` // the files were in force before
	Changes plan.Changes        `json:"changes"`
	Now     []whatif.TaskNow    `json:"now,omitempty"`      // what changed tasks have become by acts since the launch
	Likely  []plan.Pair         `json:"likely,omitempty"`   // tasks that may be the same under another ID
	Paper   int                 `json:"paper_of,omitempty"` // number of an amendment done by the same paper
	Twins   []TwinRow           `json:"twins,omitempty"`    // new tasks that seem to be open in another plan
	Gaps    []GapRow            `json:"gaps,omitempty"`     // new recurring tasks that do not go on where another plan's stopped
	Applied bool                `json:"applied"`
	Report  *engine.AmendReport `json:"report,omitempty"` // of what was done now
}

// AmendmentOf is an amendment to a plan before it is done.
func AmendmentOf(planID string, a query.Amendment) AmendOutcome {
	return AmendOutcome{Plan: planID, InForce: a.Changes.Empty(), Changes: a.Changes, Now: a.Now, Likely: a.Likely, Paper: a.Paper, Twins: TwinRows(a.Twins), Gaps: GapRows(a.Gaps)}
}

// Pairs shows which tasks of an amendment may be the same under another number.
func (sc *Screen) Pairs(a query.Amendment) {
	fmt.Fprintln(sc.Err, sc.W.T("amend.pairs"))
	for _, p := range a.Likely {
		fmt.Fprintln(sc.Err, sc.W.T("amend.pair", words.Data{"Was": p.Was, "Now": p.Now, "Title": a.Changes.Title(p.Now)}))
	}
}

// Amending shows what an amendment by a paper would change.
func (sc *Screen) Amending(out AmendOutcome, l ledger.Launched, p *plan.Plan, paper string) {
	if out.InForce {
		key := "amend.in_force"
		if paper == "" {
			key = "amend.as_launched"
		}
		fmt.Fprintln(sc.Out, sc.W.T(key, words.Data{"Title": p.Title, "Paper": paper}))
		return
	}
	fmt.Fprintln(sc.Out, sc.W.T("amend.shows", words.Data{"Title": p.Title, "Paper": paper}))
	sc.Lines(sc.Out, whatif.Lines(sc.W, out.Changes, out.Now, l.Plan, p))
}

// Amended shows what an amendment has done, if it was done.
func (sc *Screen) Amended(out AmendOutcome) {
	r := out.Report
	if r == nil {
		return
	}
	key := "amend.done"
	if r.Resumed {
		key = "amend.finished"
	}
	fmt.Fprintln(sc.Out, sc.W.T(key, words.Data{"N": r.N, "Paper": r.Paper, "Armed": r.Armed, "Changed": r.Changed, "Cancelled": r.Cancelled}))
	for _, o := range r.Others {
		fmt.Fprintln(sc.Out, sc.W.T("amend.done_too", words.Data{"Title": o.Title, "Plan": o.Plan, "N": o.N}))
	}
	if len(r.Ended) > 0 {
		sc.Say("amend.ended", words.Data{"N": len(r.Ended), "Tasks": Some(out.Changes.Called(r.Ended), 8)})
	}
	if len(r.Kept) > 0 {
		sc.Say("amend.kept", words.Data{"N": len(r.Kept), "Tasks": Some(out.Changes.Called(r.Kept), 8)})
	}
}

// LeftUndone says what running tasks refused; refused is whether they did.
func (sc *Screen) LeftUndone(left []engine.LeftUndone, p plan.Plan) (refused bool) {
	if len(left) == 0 {
		return false
	}
	fmt.Fprintln(sc.Err, sc.W.T("amend.left", words.Data{"N": len(left)}))
	for _, u := range left {
		fmt.Fprintln(sc.Err, sc.W.T("amend.left_one", words.Data{"Task": u.Task, "Kind": sc.W.T("act.kind_" + string(u.Kind)), "Why": notice.Refused(sc.W, u.Refused, p.Directory.Name)}))
	}
	return true
}

// PolicyOutcome is `plan apply-policy -o json`.
type PolicyOutcome struct {
	Plan    string              `json:"plan"`
	Policy  string              `json:"policy"`
	Version int                 `json:"version"`
	Moves   []whatif.PolicyMove `json:"moves"` // what would move, before it was done
	Applied bool                `json:"applied"`
	Moved   int                 `json:"moved"`
	Left    []engine.LeftUndone `json:"left"`
}

// PolicyMoves shows what another version of a policy would move.
func (sc *Screen) PolicyMoves(out PolicyOutcome, l ledger.Launched) {
	data := words.Data{"Title": l.Plan.Title, "Policy": out.Policy, "Version": out.Version, "N": len(out.Moves)}
	if len(out.Moves) == 0 {
		fmt.Fprintln(sc.Out, sc.W.T("amend.policy_none", data))
		return
	}
	zone := l.Plan.Location()
	at := func(t time.Time) string {
		if t.IsZero() {
			return "—"
		}
		return Clock(t.In(zone))
	}
	t := sc.WordedTable("amend", map[string]int{"title": 40}, "task", "title", "version", "stage", "from", "to")
	for _, m := range out.Moves {
		version := fmt.Sprintf("%d → %d", m.From, m.To)
		if m.Refused != nil {
			t.AppendRow(table.Row{m.Task, m.Title, version, notice.Refused(sc.W, *m.Refused, l.Plan.Directory.Name), "", ""})
			continue
		}
		if len(m.Stages) == 0 {
			t.AppendRow(table.Row{m.Task, m.Title, version, sc.W.T("amend.no_stage"), "", ""})
		}
		for _, s := range m.Stages {
			t.AppendRow(table.Row{m.Task, m.Title, version, sc.StageName(StageRow{Stage: s.Stage, Kind: s.Kind}), at(s.From), at(s.To)})
		}
	}
	t.Render()
	fmt.Fprintln(sc.Out, sc.W.T("amend.policy_shows", data))
}
