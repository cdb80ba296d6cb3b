package query

import (
	"context"
	"slices"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/report"
)

// TalkFilter chooses talks; empty fields choose all.
type TalkFilter struct {
	Plan  string
	Unit  string // the unit that is called, by ID, name or collective name
	State act.TalkState
	What  string // talk or circular; "": both
	// Skip talks are left out at the beginning, and at most Limit shown; 0: all.
	Skip, Limit int
}

// TalkLine is one talk or circular, and its plan.
type TalkLine struct {
	Plan string `json:"plan"`
	report.TalkRow
}

// TalkPage is a part of the list of talks.
type TalkPage = Page[TalkLine]

// Talks are the chosen talks that the viewer may see, of every plan that concerns the viewer
// or of one: by state, those that wait for somebody first, then by plan, the earliest opened
// first. *UnitError: no such plan has the unit.
func (r *Reader) Talks(ctx context.Context, v Viewer, f TalkFilter) (TalkPage, error) {
	in, err := r.as(v)
	if err != nil {
		return TalkPage{}, err
	}
	return in.talks(ctx, f)
}

func (r reading) talks(ctx context.Context, f TalkFilter) (page TalkPage, err error) {
	plans, err := r.planIDs(ctx, f.Plan)
	if err != nil {
		return page, err
	}
	page.Lines = []TalkLine{}
	named := naming{name: f.Unit}
	known := map[string]*framed{}
	var choice ledger.TalkFilter
	for _, id := range plans {
		p, err := r.framed(ctx, id)
		if err != nil {
			return page, err
		}
		dir := p.Plan.Directory
		if !r.who.knows(dir) {
			continue
		}
		units := named.in(dir)
		if r.who.named() {
			page.For = dir.Name(r.who.by.Unit)
		}
		if f.Unit != "" && len(units) == 0 {
			continue
		}
		if !r.who.oversees(dir) {
			if f.Unit != "" && !slices.Contains(units, r.who.by.Unit) {
				continue
			}
			units = []string{r.who.by.Unit}
		}
		known[id] = p
		choice.Of = append(choice.Of, ledger.CalledIn{Plan: id, Units: units, Known: !r.who.oversees(dir)})
	}
	if err := named.fault(); err != nil || len(known) == 0 {
		return page, err
	}
	choice.State, choice.What, choice.Skip, choice.Limit = f.State, f.What, f.Skip, f.Limit
	talks, total, err := r.store.ListTalks(ctx, choice)
	if err != nil {
		return page, err
	}
	page.Total = total
	page.Lines, err = r.talkLines(ctx, known, talks)
	return page, err
}

// talkLines are the lines of talks, in the order of talks. known are their plans by ID.
func (r reading) talkLines(ctx context.Context, known map[string]*framed, talks []ledger.Talk) ([]TalkLine, error) {
	rows := map[string]report.TalkRow{}
	key := func(plan, talk string) string { return plan + "\x00" + talk }
	for id, p := range known {
		var of []ledger.Talk
		var tasks []string
		for _, k := range talks {
			if k.Plan == id {
				of, tasks = append(of, k), append(tasks, k.Task)
				if k.Facts != nil {
					for _, m := range k.Facts.Of() {
						tasks = append(tasks, m.Task)
					}
				}
			}
		}
		if len(of) == 0 {
			continue
		}
		slices.Sort(tasks)
		hung, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: id, IDs: slices.Compact(tasks)})
		if err != nil {
			return nil, err
		}
		for _, row := range report.TalkRows(p.Launched, hung, of, p.today, p.cal) {
			rows[key(id, row.Key)] = row
		}
	}
	lines := make([]TalkLine, len(talks))
	for i, k := range talks {
		lines[i] = TalkLine{k.Plan, rows[key(k.Plan, k.ID)]}
	}
	return lines, nil
}
