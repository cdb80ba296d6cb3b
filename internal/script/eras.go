package script

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// era is a stretch of the year under one plan and one calendar: an amendment and
// a holiday notice begin another.
type era struct {
	from  time.Time
	plan  *plan.Plan
	cal   *calendar.Calendar
	book  act.Book
	begun *Entry // by what; nil for the first
	n     int    // number of the amendment
	// Of an amendment: new commitments, and the changes of running ones.
	added   []plan.Task
	changed map[string]plan.TaskChange
	duty    map[string]string // occurrence → changed duty, filled as they open
}

// divide parts the year into eras.
func (f *foreteller) divide(p *plan.Plan, cal *calendar.Calendar) error {
	book, err := act.NewBook(p, cal)
	if err != nil {
		return err
	}
	now := era{from: f.launched, plan: p, cal: cal, book: book}
	f.eras = []era{now}
	for i, e := range f.script.Entries {
		at, done := f.done(e.Key(), e.At)
		if !done || e.Sort != Amends && e.Sort != Notice {
			continue
		}
		next := era{from: at.UTC(), plan: now.plan, cal: now.cal, begun: &f.script.Entries[i], n: now.n}
		if e.Sort == Notice {
			next.cal = calendar.New(append(now.cal.Years(), *e.Year)...)
		} else {
			next.n++
			next.amend(now.plan, e.Plan)
		}
		if next.book, err = act.NewBook(next.plan, next.cal); err != nil {
			return err
		}
		f.eras, now = append(f.eras, next), next
	}
	return nil
}

// amend is an era under an amended plan. A policy that comes with another version
// has a key of its own, name@version, for new tasks; running ones keep theirs.
func (e *era) amend(old, new *plan.Plan) {
	merged := *new
	merged.Policies = maps.Clone(old.Policies)
	key := map[string]string{}
	for name, p := range new.Policies {
		before, there := old.Policies[name]
		key[name] = name
		if there && before.Version != p.Version {
			key[name] = name + "@" + strconv.Itoa(p.Version)
		}
		if _, there := merged.Policies[key[name]]; !there {
			merged.Policies[key[name]] = p
		}
	}
	running := map[string]string{}
	for _, t := range old.Tasks {
		running[t.ID] = t.Policy
	}
	merged.Tasks = slices.Clone(new.Tasks)
	for i, t := range merged.Tasks {
		if now, ok := running[t.ID]; ok && strings.Split(now, "@")[0] == t.Policy {
			merged.Tasks[i].Policy = now
		} else if k, ok := key[t.Policy]; ok {
			merged.Tasks[i].Policy = k
		}
	}
	e.plan, e.changed, e.duty = &merged, map[string]plan.TaskChange{}, map[string]string{}
	for _, c := range plan.Diff(old, &merged).Tasks {
		if c.What == plan.Added {
			e.added = append(e.added, *c.New)
		} else if c.Old.Kind != plan.Standing {
			e.changed[c.ID] = c
		}
	}
}

// eraAt is the era an instant is in.
func (f *foreteller) eraAt(at time.Time) era {
	for i := len(f.eras) - 1; i > 0; i-- {
		if !at.Before(f.eras[i].from) {
			return f.eras[i]
		}
	}
	return f.eras[0]
}

// eraAfter is when the next era after an instant begins, or never.
func (f *foreteller) eraAfter(at time.Time) time.Time {
	for _, e := range f.eras {
		if e.from.After(at) {
			return e.from
		}
	}
	return never
}

// own are the acts that the engine does on one running thing when an era begins.
func (f *foreteller) own(e era, thing string, kind plan.Kind) (all []moment) {
	add := func(a act.Act) {
		at, done := f.done(thing+"/"+a.ID, e.from)
		if !done {
			return
		}
		a.At, a.On = at.UTC(), calendar.DayOf(at.In(e.book.Zone))
		all = append(all, moment{act: a})
	}
	if e.begun.Sort == Notice {
		add(act.Act{ID: e.begun.Act.ID, Kind: act.Recalendar, By: act.EngineActor, Reason: e.begun.Act.Reason})
		return all
	}
	c, touched := e.changed[thing]
	duty, occurrence := e.duty[thing]
	if occurrence {
		c, touched = e.changed[duty]
	}
	if !touched || kind == plan.Dated && c.Old.Kind == plan.Duty && !occurrence {
		return nil
	}
	for _, a := range changesOf(c, occurrence) {
		a.ID = fmt.Sprintf("amend-%d-%s", e.n, a.Kind)
		a.By, a.Reason, a.Paper = e.begun.Act.By, e.begun.Act.Reason, e.begun.Act.Paper
		add(a)
	}
	return all
}

// changesOf are the acts that make a running task what the amended plan says: of
// a duty's open occurrence only what it takes from its duty.
func changesOf(c plan.TaskChange, occurrence bool) (all []act.Act) {
	if c.What == plan.Removed {
		if c.Old.Kind == plan.Duty && !occurrence {
			return []act.Act{{Kind: act.EndDuty}}
		}
		return []act.Act{{Kind: act.Cancel}}
	}
	for _, f := range c.Fields {
		switch {
		case f.Field == plan.FieldTitle && !occurrence:
			all = append(all, act.Act{Kind: act.Reword, Title: c.New.Title})
		case f.Field == plan.FieldLead:
			all = append(all, act.Act{Kind: act.Reassign, Unit: c.New.Lead})
		case f.Field == plan.FieldAssist:
			all = append(all, act.Act{Kind: act.Assist, Units: c.New.Assist})
		case f.Field == plan.FieldDue && !occurrence && c.New.Kind == plan.Dated:
			all = append(all, act.Act{Kind: act.Correct, Due: c.New.Due})
		case f.Field == plan.FieldPolicy:
			all = append(all, act.Act{Kind: act.SetPolicy, Policy: c.New.Policy})
		case f.Field == plan.FieldRecur && !occurrence && c.New.Recur != nil:
			all = append(all, act.Act{Kind: act.SetRule, Rule: act.RuleText(*c.New.Recur)})
		}
	}
	return all
}

// same tells that two courses say the same at the same instants and judge acts alike.
func same(a, b act.Course) bool {
	a.Acts, a.Known, a.Ahead, b.Acts, b.Known, b.Ahead = 0, nil, nil, 0, nil, nil
	if len(a.Ladder)+len(a.Held)+len(b.Ladder)+len(b.Held) == 0 {
		a.Ladder, a.Held, b.Ladder, b.Held = nil, nil, nil, nil
	}
	return reflect.DeepEqual(a, b)
}
