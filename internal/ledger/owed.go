package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"duban/internal/act"
	"duban/internal/calendar"
)

// Obligation is one thing that one unit owes about a task or one of its talks: see
// act.Owed. Of what several units owe there is one each.
type Obligation struct {
	Task  string `db:"task"`
	Talk  string `db:"talk"` // "" is the task itself
	ID    string `db:"id"`
	Unit  string `db:"unit"`
	Since string `db:"since"` // YYYY-MM-DD
	Due   string `db:"due"`   // the last day; NeverDue when it has none of its own
	Runs  bool   `db:"runs"`  // its clock runs: somebody may be chased for it now
}

// NeverDue is in place of the day of what has none of its own; it sorts after every day.
const NeverDue = never

// Compare orders obligations of one plan: the earliest limit first.
func (o Obligation) Compare(p Obligation) int {
	return cmp.Or(cmp.Compare(o.Due, p.Due), cmp.Compare(o.Task, p.Task), cmp.Compare(o.Talk, p.Talk), cmp.Compare(o.ID, p.ID), cmp.Compare(o.Unit, p.Unit))
}

// Obligations are what is owed about a task and its talks, by the rules of a plan.
func Obligations(l Launched, rules act.Rules, t Task, talks []Talk) (all []Obligation) {
	add := func(talk string, owed []act.Owed) {
		for _, o := range owed {
			for _, unit := range unitsOf(o) {
				all = append(all, Obligation{t.ID, talk, o.ID, unit, o.Since.String(), turnsOn(o.Limit), o.Runs})
			}
		}
	}
	if t.State == TaskOpen {
		add("", rules.Owed(CaseOf(t)))
	}
	for _, k := range talks {
		if k.GoesOn() && k.Facts != nil {
			add(k.ID, rules.TalkOwed(TalkCaseOf(&l.Plan, t, k)))
		}
	}
	return all
}

// unitsOf are the units whose seats owe an obligation.
func unitsOf(o act.Owed) (units []string) {
	for _, r := range o.By {
		if r.Unit != "" && !slices.Contains(units, r.Unit) {
			units = append(units, r.Unit)
		}
	}
	return units
}

// OwedFilter chooses obligations. Empty fields choose all.
type OwedFilter struct {
	Units []string
	Held  bool // those too whose clock is halted
}

func (f OwedFilter) takes(o Obligation) bool {
	return (f.Held || o.Runs) && (f.Units == nil || slices.Contains(f.Units, o.Unit))
}

// Owed are the first of the chosen obligations of a plan, the earliest limit first,
// all when most is 0, and how many there are. See List for ok and the parameters.
func (s *Store) Owed(ctx context.Context, l *Launched, basis string, cal *calendar.Calendar, f OwedFilter, most int) (all []Obligation, total int, ok bool, err error) {
	if Basis(*l, cal) != basis {
		return nil, 0, false, nil
	}
	err = s.outlook(ctx, l, basis, cal, func(r *outlookReader) error {
		if ok = r.ok; !ok {
			return nil
		}
		var err error
		all, total, err = r.owed(f, most)
		return err
	})
	return all, total, ok, err
}

func (r *outlookReader) owed(f OwedFilter, most int) (all []Obligation, total int, err error) {
	w := where{}
	w.add("o.plan = ?", r.l.Plan.ID)
	switch {
	case len(f.Units) == 1: // by an index that has a unit's obligations in this order; of several the whole plan's are read
		w.equal("o.unit", f.Units[0])
	case f.Units != nil:
		w.add(r.s.d.among("o.unit"), r.s.d.list(f.Units))
	}
	if !f.Held {
		w.add("o.runs = TRUE")
	}
	if len(r.stale) > 0 {
		w.add(fresh)
	}
	if err := r.one(&total, `SELECT COUNT(*) FROM outlook_owed o`+w.String(), w.args...); err != nil {
		return nil, 0, err
	}
	limit := ""
	if most > 0 {
		limit = fmt.Sprintf(" LIMIT %d", most)
	}
	err = r.all(&all, `SELECT o.task, o.talk, o.id, o.unit, o.since, o.due, o.runs FROM outlook_owed o`+w.String()+` ORDER BY o.due, o.task, o.talk, o.id, o.unit`+limit, w.args...)
	if err != nil {
		return nil, 0, err
	}
	for _, t := range r.stale {
		for _, o := range t.owed {
			if f.takes(o) {
				all = append(all, o)
				total++
			}
		}
	}
	slices.SortFunc(all, Obligation.Compare)
	if most > 0 {
		all = all[:min(most, len(all))]
	}
	return all, total, nil
}

// OwedOfAll are the chosen obligations of a plan, worked out from every task and talk
// of it: where what is kept is of another basis.
func (s *Store) OwedOfAll(ctx context.Context, l Launched, cal *calendar.Calendar, f OwedFilter) (all []Obligation, err error) {
	rules, err := RulesOf(l, cal)
	if err != nil {
		return nil, err
	}
	tasks, err := s.Tasks(ctx, TaskFilter{Plan: l.Plan.ID})
	if err != nil {
		return nil, err
	}
	talks, err := s.Talks(ctx, l.Plan.ID, "")
	if err != nil {
		return nil, err
	}
	of := map[string][]Talk{}
	for _, k := range talks {
		of[k.Task] = append(of[k.Task], k)
	}
	for _, t := range tasks {
		for _, o := range Obligations(l, rules, t, of[t.ID]) {
			if f.takes(o) {
				all = append(all, o)
			}
		}
	}
	slices.SortFunc(all, Obligation.Compare)
	return all, nil
}
