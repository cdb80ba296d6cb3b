package query

import (
	"context"
	"errors"
	"slices"
	"strings"

	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/whatif"
	"duban/internal/words"
)

// Launching is what the office must know before it launches a plan.
type Launching struct {
	Known   bool              // the ledger has a plan of this ID: the plan would be amended, not launched
	Carries []whatif.Carrying // tasks that the plan carries on from other plans
	// Twins are the plan's tasks that seem to be open already in another plan that the
	// viewer oversees: they would be chased twice. Hidden counts the twins and gaps with
	// plans that the viewer does not oversee.
	Twins  []whatif.Twin
	Hidden int
	Gaps   []whatif.Gap // duties that do not continue where the same duty of another plan stopped, in the same way
	// Unreachable is how many contacts have placeholders for addresses, though mail is sent.
	Unreachable int
	// Foreign are the names of units for which the plan has other contacts than the ledger,
	// and which no plan of the viewer's office names: the office may not change them.
	Foreign []string
}

// Launching is what is to be known before p is launched, for the plan's office: ErrNotWhole
// for anybody else but the operator. *whatif.CarryError, as launching would give.
func (r *Reader) Launching(ctx context.Context, v Viewer, p *plan.Plan) (out Launching, err error) {
	in, err := r.as(v)
	if err != nil {
		return out, err
	}
	if v.is != operator && v.by.Unit != p.Directory.Office {
		return out, ErrNotWhole
	}
	switch _, err := in.whole(ctx, p.ID); {
	case errors.Is(err, ledger.ErrNotFound):
	case err != nil:
		return out, err
	default:
		out.Known = true
		return out, nil
	}
	what := whatif.New(r.store, r.Now)
	if out.Carries, err = what.Carrying(ctx, p); err != nil {
		return out, err
	}
	twins, err := what.Twins(ctx, p)
	if err != nil {
		return out, err
	}
	gaps, err := what.Gaps(ctx, p)
	if err != nil {
		return out, err
	}
	if out.Twins, out.Gaps, out.Hidden, err = in.elsewhere(ctx, twins, gaps); err != nil {
		return out, err
	}
	decided, err := r.store.Office(ctx)
	if err != nil {
		return out, err
	}
	reaches := slices.Contains(strings.Split(decided[ledger.OfficeChannels], ","), "smtp")
	if r.Reaches != nil {
		reaches = r.Reaches(decided)
	}
	if reaches {
		out.Unreachable = p.Unreachable()
	}
	out.Foreign, err = in.foreign(ctx, p)
	return out, err
}

// CarryLines say which tasks the plan carries on from other plans.
func (l Launching) CarryLines(w *words.Words) (lines []string) {
	for _, c := range l.Carries {
		lines = append(lines, w.T("follow.carries", words.Data{"Task": c.Task.Shown(), "Title": c.Task.Title, "From": c.Task.Carries}))
	}
	return lines
}

// Obstacles say why the plan cannot be launched as it is.
func (l Launching) Obstacles(w *words.Words) (lines []string) {
	if l.Unreachable > 0 {
		lines = append(lines, w.T("cli.launch_example", words.Data{"Count": l.Unreachable}))
	}
	if len(l.Foreign) > 0 {
		lines = append(lines, w.T("draft.obstacle_foreign", words.Data{"Units": strings.Join(l.Foreign, w.T("cli.list_comma"))}))
	}
	return lines
}

// elsewhere gives the twins and gaps with plans that the viewer oversees, and how many there
// are with other plans.
func (r reading) elsewhere(ctx context.Context, twins []whatif.Twin, gaps []whatif.Gap) (ours []whatif.Twin, ourGaps []whatif.Gap, hidden int, err error) {
	sees := func(planID string) bool {
		if err != nil {
			return false
		}
		var l ledger.Launched
		l, _, err = r.frame(ctx, planID)
		if err != nil || !r.who.oversees(l.Plan.Directory) {
			hidden++
			return false
		}
		return true
	}
	for _, t := range twins {
		if sees(t.Other.Plan) {
			ours = append(ours, t)
		}
	}
	for _, g := range gaps {
		if sees(g.Other.Plan) {
			ourGaps = append(ourGaps, g)
		}
	}
	return ours, ourGaps, hidden, err
}

// foreign are the names of the units for Launching.Foreign; none for the operator, who may
// change every unit.
func (r reading) foreign(ctx context.Context, p *plan.Plan) (names []string, err error) {
	if r.who.is == operator {
		return nil, nil
	}
	now, err := r.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	ours := map[string]bool{}
	plans, err := r.store.PlanIDs(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range plans {
		l, _, err := r.frame(ctx, id)
		if err != nil {
			return nil, err
		}
		if r.who.by.Unit == l.Plan.Directory.Office {
			for _, u := range l.Plan.Directory.Units {
				ours[u.ID] = true
			}
		}
	}
	in := people.Directory{Units: now}
	is := people.Directory{Units: p.Directory.Units}
	for _, u := range is.Units {
		was, known := in.Unit(u.ID)
		if !known || ours[u.ID] {
			continue
		}
		if len(plan.SeatChanges(people.Directory{Units: []people.Unit{was}}, people.Directory{Units: []people.Unit{u}})) > 0 {
			names = append(names, was.Name)
		}
	}
	return names, nil
}
