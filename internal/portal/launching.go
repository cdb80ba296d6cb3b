package portal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/draft"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/whatif"
	"duban/internal/words"
)

// launching is the part of a draft's page about launching its plan.
type launching struct {
	Version   int
	Plan      string   // ID
	Title     string   // of the plan
	Known     bool     // the plan is in the ledger: an interrupted launch is finished, or the plan is amended
	Obstacles []string // why the plan cannot be launched
	Carries   []string
	Twins     []string
	Apart     bool // a box must be ticked: the twins in other plans are other work
}

// launching is nil where there is no plan to be launched.
func (v *visit) launching(d ledger.Draft, r draft.Ready) (*launching, error) {
	if r.Plan == nil || d.State != ledger.DraftOpen {
		return nil, nil
	}
	l := &launching{Version: d.Version, Plan: r.Plan.ID, Title: r.Plan.Title}
	if r.Failed() {
		l.Obstacles = append(l.Obstacles, v.say.T("draft.obstacle_problems"))
	}
	known, err := v.Reader.Launching(v.ctx(), v.asks(), r.Plan)
	var fault *whatif.CarryError
	switch {
	case errors.Is(err, query.ErrNotWhole):
		l.Obstacles = append(l.Obstacles, v.say.T("draft.obstacle_office", words.Data{"Office": r.Plan.Directory.Name(r.Plan.Directory.Office), "Unit": v.who.Account.Unit}))
		return l, nil
	case errors.As(err, &fault):
		l.Obstacles = append(l.Obstacles, v.say.T("follow.cannot", words.Data{"Task": fault.Task, "From": fault.From, "Why": notice.Refused(v.say, fault.Refusal, v.unitName)}))
		return l, nil
	case err != nil:
		return nil, err
	}
	l.Known, l.Carries = known.Known, known.CarryLines(v.say)
	l.Twins = v.elsewhere(known.Twins, known.Gaps, known.Hidden)
	l.Apart = len(l.Twins) > 0
	l.Obstacles = append(l.Obstacles, known.Obstacles(v.say)...)
	return l, nil
}

// elsewhere are lines about the tasks of a plan that seem to be open in another plan too,
// and about the periods of its duties that neither plan asks for, or both do. Twins in
// plans that the viewer may not see are only counted, in hidden.
func (v *visit) elsewhere(twins []whatif.Twin, gaps []whatif.Gap, hidden int) (lines []string) {
	for _, t := range twins {
		lines = append(lines, v.say.T("follow.twin", words.Data{"Task": t.Task.Shown(), "Title": t.Task.Title, "Other": t.Other.Plan + "/" + t.Other.Shown(), "Plan": t.Plan}))
	}
	periods := func(names []string) string {
		said := make([]string, len(names))
		for i, n := range names {
			said[i] = v.speak().Period(n)
		}
		return strings.Join(said, v.say.T("report.comma"))
	}
	for _, g := range gaps {
		lines = append(lines, v.say.T("follow.gap", words.Data{"Task": g.Task.Shown(), "Title": g.Task.Title, "Other": g.Other.Plan + "/" + g.Other.Shown(), "Plan": g.Plan, "Missing": periods(g.Missing), "Twice": periods(g.Twice)}))
	}
	if hidden > 0 {
		lines = append(lines, v.say.T("draft.twins_hidden", words.Data{"N": hidden}))
	}
	return lines
}

// launchKey is the key in draft.Service of the work that launches a draft's plan.
func launchKey(id string) string { return "launch " + id }

// launched is the result of a launch.
type launched struct {
	report engine.LaunchReport
	err    error
}

// launchDraft launches the plan of a draft as the page has shown it. Launching again
// finishes a launch that was interrupted.
func (v *visit) launchDraft() error {
	d, err := v.draftOf()
	if err != nil {
		return err
	}
	if d.State != ledger.DraftOpen {
		return v.to("/drafts/" + d.ID)
	}
	r, done, err := v.ready(d)
	if done || err != nil {
		return err
	}
	say := func(status int, text string) error {
		v.note = text
		return v.showDraft(status, d, r, "")
	}
	l, err := v.launching(d, r)
	switch {
	case err != nil:
		return err
	case l == nil || len(l.Obstacles) > 0:
		return say(http.StatusUnprocessableEntity, v.say.T("draft.cannot_launch"))
	case fmt.Sprint(l.Version) != v.form.Get("version"):
		return say(http.StatusConflict, v.say.T("draft.changed_meanwhile"))
	case l.Apart && v.form.Get("apart") == "":
		return say(http.StatusUnprocessableEntity, v.say.T("draft.say_apart"))
	}
	if _, look := v.Acts.(LookOnly); look {
		return ErrLookOnly
	}
	cal, err := v.Reader.Holidays(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	if w := v.Drafts.Under(launchKey(d.ID)); w != nil && w.Ended(ended) { // the earlier launch has ended, well or not: the plan is launched once more
		v.Drafts.Forget(launchKey(d.ID), w)
	}
	acts, drafts, by, now := v.Acts, v.Drafts, v.who.actor(), v.Now()
	log := v.Log
	v.Drafts.Do(launchKey(d.ID), func(ctx context.Context, watch func(int)) (any, error) {
		report, err := acts.Launch(ctx, r.Plan, cal, engine.LaunchOptions{At: now, Grace: engine.AuditGrace, By: by, Watch: func(done, total int) { watch(100 * done / max(total, 1)) }})
		if err == nil && report.Differs == nil {
			err = drafts.Done(ctx, d.ID)
		}
		if err != nil {
			log.Error("A launch failed", "draft", d.ID, "plan", r.Plan.ID, "account", by.Account, "error", err)
		}
		return launched{report, err}, nil
	})
	return v.to("/drafts/" + d.ID)
}

// launchSaid is a sentence about the last launch or change of a draft, and whether it went
// wrong.
func (v *visit) launchSaid(w *draft.Work) (text string, wrong bool) {
	if u, ok := w.Made().(undertaken); ok {
		return v.undertakenSaid(u)
	}
	l, ok := w.Made().(launched)
	if !ok {
		return v.say.T("draft.launch_broke"), true
	}
	var unarmed *engine.UnarmedError
	var fault *whatif.CarryError
	switch {
	case errors.As(l.err, &unarmed):
		return v.say.T("draft.unarmed", words.Data{"Count": len(unarmed.Tasks)}), true
	case errors.As(l.err, &fault):
		return v.say.T("follow.cannot", words.Data{"Task": fault.Task, "From": fault.From, "Why": notice.Refused(v.say, fault.Refusal, v.unitName)}), true
	case l.err != nil:
		if f, _ := v.trouble(l.err); f.text != "" {
			return v.say.T("draft.launch_failed", words.Data{"Why": f.text}), true
		}
		return v.say.T("draft.launch_broke"), true
	case l.report.Differs != nil:
		return v.say.T("draft.launch_differs"), true
	}
	return v.say.T("draft.launched", words.Data{"Tasks": l.report.Tasks, "Standing": l.report.Standing}), false
}

// seatMonths is a line of the preview: how many messages a seat gets.
type seatMonths struct {
	To             string
	Silent, Acting int
	Budget         string
	Over           bool
	Months         []string // of the columns, "silent / acting"
}

type previewPage struct {
	Path, Draft string
	Months      []string
	Lines       []seatMonths
	Warnings    []string
	pager
}

// draftPreview shows how many messages each seat gets by month, the seats with the most
// first.
func (v *visit) draftPreview() error {
	d, r, done, err := v.draftReady("")
	if done || err != nil {
		return err
	}
	if r.Plan == nil {
		return v.to("/drafts/" + d.ID)
	}
	out := previewPage{Path: "/drafts/" + d.ID, Draft: d.Title}
	var months []string
	for _, a := range r.Messages {
		for _, m := range a.Months {
			if name := fmt.Sprintf("%d-%02d", m.Year, int(m.Month)); !slices.Contains(months, name) {
				months = append(months, name)
			}
		}
	}
	slices.Sort(months)
	out.Months = months
	all := slices.Clone(r.Messages)
	slices.SortStableFunc(all, func(a, b act.Attention) int { return max(b.Silent, b.Acting) - max(a.Silent, a.Acting) })
	skip := v.skip()
	shown := all[min(skip, len(all)):min(skip+pageOf, len(all))]
	out.pager = v.pager(skip, len(shown), len(all))
	for _, a := range shown {
		row := seatMonths{To: report.Speak(v.say).Seats(r.Plan.Directory, []people.Recipient{a.To}), Silent: a.Silent, Acting: a.Acting, Over: a.Budget > 0 && max(a.Silent, a.Acting) > a.Budget, Months: make([]string, len(months))}
		if a.Budget > 0 {
			row.Budget = fmt.Sprint(a.Budget)
		}
		for _, m := range a.Months {
			row.Months[slices.Index(months, fmt.Sprintf("%d-%02d", m.Year, int(m.Month)))] = fmt.Sprintf("%d / %d", m.Silent, m.Acting)
		}
		out.Lines = append(out.Lines, row)
	}
	for _, p := range r.Problems {
		if p.Key == "cli.budget_over" {
			out.Warnings = append(out.Warnings, p.Message(v.say))
		}
	}
	return v.show("draftpreview", v.say.T("draft.title_preview", words.Data{"Title": d.Title}), out)
}
