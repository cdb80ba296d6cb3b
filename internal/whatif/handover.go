package whatif

import (
	"errors"
	"slices"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// ErrUnitGone: a unit is dissolved, or is no longer among the amended plan's units, and tasks or
// talks of it go on. The *GoneError says which.
var ErrUnitGone = errors.New("the unit is gone, and something of it goes on")

// GoneError is a unit that is dissolved or left out, and whose tasks and talks the amendment
// passes to nobody.
type GoneError struct {
	Unit  people.Unit
	Tasks []string // that it leads or assists in, or owes a part of, as the plan calls them now
	Talks []string // that it is called to, or named in
	// Leads are those of the tasks that the unit would still lead although it is dissolved: only
	// another unit can take them over.
	Leads []string
}

func (e *GoneError) Error() string { return e.Unit.ID + ": " + ErrUnitGone.Error() }

func (e *GoneError) Unwrap() error { return ErrUnitGone }

// rests are the tasks and talks of a plan that go on after an amendment.
type rests struct {
	tasks []ledger.Task
	talks []ledger.Talk
	lead  map[string]string // by ID: the lead that the amendment gives a task
	shown map[string]string // by ID: what the amended plan calls a task
}

// resting are the tasks and talks that go on after an amendment: without those that have ended
// and those that the amendment ends, with those that it restores.
func resting(tasks []ledger.Task, talks []ledger.Talk, merged plan.Plan, changes plan.Changes) rests {
	r := rests{lead: map[string]string{}, shown: map[string]string{}}
	ends := map[string]bool{}
	restored := map[string]bool{}
	for _, c := range changes.Tasks {
		ends[c.ID], restored[c.ID] = c.What == plan.Removed, c.What == plan.Restored
		if f, ok := c.Field(plan.FieldLead); ok {
			r.lead[c.ID] = f.New
		}
		if c.What == plan.Restored {
			r.lead[c.ID] = c.New.Lead
		}
	}
	duty := map[string]string{}
	for _, t := range merged.Tasks {
		r.shown[t.ID] = t.Shown()
	}
	for _, t := range tasks {
		duty[t.ID] = t.Duty
		if ends[t.ID] || ends[t.Duty] || t.Kind == plan.Standing {
			continue
		}
		if r.shown[t.ID] == "" {
			r.shown[t.ID] = t.Shown()
		}
		if lead := r.lead[t.Duty]; lead != "" {
			r.lead[t.ID] = lead
		}
		if t.State == ledger.TaskOpen || restored[t.ID] {
			r.tasks = append(r.tasks, t)
		}
	}
	for _, k := range talks {
		again := k.Facts != nil && k.Facts.Voided != nil && slices.ContainsFunc(k.Facts.Of(), func(m act.Member) bool { return restored[m.Task] })
		if (k.GoesOn() || again) && !k.Without(func(task string) bool { return ends[task] || ends[duty[task]] }) {
			r.talks = append(r.talks, k)
		}
	}
	return r
}

// of are the tasks and talks that a unit has to hand over to the unit to, as the plan calls
// them. A task that the amendment gives another lead than to is not among them. leads are those
// of the tasks that the unit leads and for which the amendment names no lead.
func (r rests) of(unit, to string) (tasks, talks, leads []string) {
	for _, t := range r.tasks {
		c, lead := ledger.CaseOf(t), r.lead[t.ID]
		if !c.Names(unit) || c.Lead == unit && lead != "" && lead != to {
			continue
		}
		tasks = append(tasks, r.shown[t.ID])
		if c.Lead == unit && lead == "" {
			leads = append(leads, r.shown[t.ID])
		}
	}
	for _, k := range r.talks {
		if k.Lead == unit {
			t := ledger.Task{ID: k.Task, Label: r.shown[k.Task]}
			talks = append(talks, t.ShownTalk(k.ID))
		}
	}
	return tasks, talks, leads
}

// handovers are what the units that are dissolved hand over; others is what they have in other
// plans. It fails with *GoneError where the amendment does not say who takes over.
func handovers(stated []people.Unit, next *plan.Plan, r rests, others map[string]had) (all []plan.Handover, err error) {
	said := map[string]bool{}
	for _, h := range next.Handovers(stated) {
		said[h.Unit] = true
		var leads []string
		h.Tasks, h.Talks, leads = r.of(h.Unit, h.To)
		h.Elsewhere = others[h.Unit].things
		leads = append(leads, others[h.Unit].leads...)
		if h.To == "" && len(leads) > 0 {
			return nil, &GoneError{unit(stated, next, h.Unit), h.Tasks, h.Talks, leads}
		}
		if len(h.Tasks)+len(h.Talks)+len(h.Elsewhere) > 0 {
			all = append(all, h)
		}
	}
	for _, u := range stated {
		if _, stays := next.Directory.Unit(u.ID); stays || said[u.ID] {
			continue
		}
		if tasks, talks, _ := r.of(u.ID, ""); len(tasks)+len(talks) > 0 {
			return nil, &GoneError{Unit: u, Tasks: tasks, Talks: talks}
		}
	}
	return all, nil
}

func unit(stated []people.Unit, next *plan.Plan, id string) people.Unit {
	if u, ok := next.Directory.Unit(id); ok {
		return u
	}
	i := slices.IndexFunc(stated, func(u people.Unit) bool { return u.ID == id })
	return stated[i]
}
