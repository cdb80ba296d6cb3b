package script

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/bulletin"
	"duban/internal/calendar"
	"duban/internal/intake"
	"duban/internal/plan"
	"duban/internal/strictyaml"
	"duban/internal/water"
	"duban/internal/words"
)

// measured reads the table of sections that an entry names.
func (r *reader) measured(o strictyaml.Object, e *Entry) {
	if r.plan.Water == nil {
		o.Fault("readings", "no_sections", nil)
		return
	}
	source, err := intake.Open(e.Thing)
	if err != nil {
		o.Fault("readings", "no_file", words.Data{"Value": e.Thing})
		return
	}
	b, err := bulletin.Read(context.Background(), source, bulletin.Options{Register: r.plan.Water, Outlets: r.plan.Incidents.Places()})
	if err != nil {
		o.Fault("readings", "bad_readings", words.Data{"Value": e.Thing, "Detail": err.Error()})
		return
	}
	for _, f := range b.Faults {
		if !f.Warning {
			o.Fault("readings", "bad_readings", words.Data{"Value": e.Thing, "Detail": f.Text(words.New("zh"))})
		}
	}
	e.Readings = b.Readings
}

// facts reads what an act on a complaint, on an incident or on the assessment says beside its
// words.
func (r *reader) facts(f strictyaml.Object, e *Entry) {
	section := f.Text("section")
	if s, ok := r.plan.Water.ByName(section); ok {
		section = s.ID
	}
	switch a := &e.Act; e.Sort {
	case OnComplaint:
		a.Complaint = &act.ComplaintFacts{Hotline: f.Text("hotline"), Matter: f.Text("matter"), Where: f.Text("where"), Section: section, Limit: f.Text("limit"),
			Outcome: act.Outcome(f.Text("outcome")), Again: f.Flag("again"), Into: f.Number("into", 0, 1e6)}
	case OnIncident:
		a.Incident = &act.IncidentFacts{Section: section, Source: f.Text("source"), Time: instant(f, "time", r.zone), Ends: instant(f, "ends", r.zone), Supply: f.Text("supply"),
			Flow: f.Text("flow"), Orderer: f.Text("orderer"), Value: f.Text("value"), Outlets: strictyaml.Plain(f.Texts(f.List("outlets")))}
		if text := f.Text("item"); text != "" {
			item, err := water.ReadItem(text)
			if err != nil {
				f.Fault("item", "bad_item", words.Data{"Value": text})
			}
			a.Incident.Item = item
		}
	case Assesses:
		a.Assess = &act.AssessFacts{Fact: assessment.Kind(f.Text("fact")), Day: f.Day("day")}
	default:
		a.Talk = &act.TalkFacts{What: f.Text("what"), Number: f.Text("number"), Time: instant(f, "time", r.zone), Place: f.Text("place"),
			Chair: f.Text("chair"), Called: strictyaml.Plain(f.Texts(f.List("called"))), Missing: strictyaml.Plain(f.Texts(f.List("missing"))), Bring: f.Text("bring"), Public: f.Flag("public")}
	}
}

// followed is what follows in a plan from what is measured, complained of and noted: tasks that
// are opened, and acts on tasks that the engine does. Whether those acts on sections, complaints
// and incidents are accepted is not foretold: they are taken to be answered as the script expects.
type followed struct {
	opened []opened
	acts   map[string][]moment // by task
	tasks  map[string]bool     // IDs of opened
}

type opened struct {
	task plan.Task
	at   time.Time
}

// Opened is the key under which When has the instant at which a task was opened that the plan's
// document does not name.
func Opened(task string) string { return task + "/opened" }

// follow works out what follows from the entries.
func (f *foreteller) follow() {
	f.follows = followed{acts: map[string][]moment{}, tasks: map[string]bool{}}
	var readings []water.Reading
	complaints, incidents := map[string][]string{}, map[string]act.Incident{}
	for _, e := range f.script.Entries {
		at, done := f.done(e.Key(), e.At)
		if !done || e.Task() {
			continue
		}
		a := e.at(at, f.eras[0].rules.Zone)
		switch e.Sort {
		case Measured:
			readings = append(readings, e.Readings...)
			f.judge(readings, at)
		case OnComplaint:
			if !e.Refused {
				complaints[e.Thing] = f.complain(e.Thing, complaints[e.Thing], a)
			}
		case OnIncident:
			if !e.Refused {
				incidents[e.Thing] = f.handle(e.Thing, incidents[e.Thing], a)
			}
		}
		f.acted[e.Key()] = true
		if e.Refused {
			f.Refused[e.Key()] = e.Why
		}
	}
}

// open notes a task that opens because of something at an instant, unless it is open already.
// date gives the task's date from the instant at which it really opened.
func (f *foreteller) open(t plan.Task, at time.Time, date func(time.Time) calendar.Day) {
	if f.follows.tasks[t.ID] {
		return
	}
	if was, ok := f.when[Opened(t.ID)]; ok {
		at = was
	}
	if date != nil {
		t.Due = date(at)
	}
	f.follows.tasks[t.ID] = true
	f.follows.opened = append(f.follows.opened, opened{t, at.UTC().Truncate(time.Microsecond)})
}

// does notes an act on a task that follows from something at an instant.
func (f *foreteller) does(task string, a act.Act, at time.Time) {
	if slices.ContainsFunc(f.follows.acts[task], func(m moment) bool { return m.act.ID == a.ID }) {
		return
	}
	if was, ok := f.when[task+"/"+a.ID]; ok {
		at = was
	}
	a.At, a.On = at.UTC(), calendar.DayOf(at.In(f.eras[0].rules.Zone))
	f.follows.acts[task] = append(f.follows.acts[task], moment{act: a})
}

// judge opens what the rules over sections call for, and ends the duties to hand in data of which
// nothing is missing.
func (f *foreteller) judge(readings []water.Reading, at time.Time) {
	e := f.eraAt(at)
	if e.plan.Water == nil {
		return
	}
	months := map[water.Month]bool{}
	for _, r := range readings {
		months[r.Month] = true
	}
	for _, places := range []*water.Register{e.plan.Water, e.plan.Incidents.Places()} {
		for _, duty := range places.Duties {
			for m := range months {
				if len(water.Missing(places, readings, duty.Unit, m)) == 0 {
					f.does(duty.Task+"."+m.String(), act.Act{ID: act.ReadingsID(act.Verify), Kind: act.Verify, By: act.EngineActor, Reason: "·"}, at)
				}
			}
		}
	}
	for _, found := range water.Findings(e.plan.Water, readings) {
		var within plan.Offset
		if within.UnmarshalText([]byte(found.Rule.Within)) != nil {
			continue // planfile refuses it
		}
		t := plan.Task{ID: found.Rule.Task(found.Row.Section.ID, found.Of), Kind: plan.Dated, Lead: found.Row.Section.County, Policy: found.Rule.Policy}
		f.open(t, at, func(at time.Time) calendar.Day {
			return within.After(calendar.DayOf(at.In(e.rules.Zone)), e.rules.Calendar)
		})
	}
}

// complain is what follows from an act on a complaint, but for a call after which it is to be done
// again. units are those to which it was sorted so far.
func (f *foreteller) complain(number string, units []string, a act.Act) []string {
	e := f.eraAt(a.At)
	n, err := strconv.Atoi(number)
	if err != nil || e.plan.Complaints == nil || a.Complaint == nil && a.Kind == act.Sort {
		return units
	}
	task, do := act.ComplaintTask(n), act.Act{By: a.By, Unit: a.Unit, Reason: "·", Paper: "·"}
	of := 0
	switch a.Kind {
	case act.Sort:
		limit, _ := e.plan.Complaints.Limit(a.Complaint.Limit)
		_, do.Due = limit.From(a.At, e.cal, e.rules.Zone)
		units = append(units, a.Unit)
		if of = len(units); of == 1 {
			f.open(plan.Task{ID: task, Kind: plan.Dated, Lead: a.Unit, Policy: limit.Policy, Due: do.Due}, a.At, nil)
			return units
		}
		if do.Kind = act.Reassign; units[of-2] == a.Unit {
			do.Kind, do.Unit, do.Due = act.Uphold, "", calendar.Day{}
		}
	case act.CloseComplaint:
		do.Kind, do.Unit = act.Verify, ""
	case act.JoinComplaint:
		do.Kind, do.Unit = act.Cancel, ""
	default:
		return units
	}
	do.ID = act.ComplaintID(n, of, do.Kind)
	f.does(task, do, a.At)
	return units
}

// handle is an incident after an act on it, and what follows from the act.
func (f *foreteller) handle(id string, i act.Incident, a act.Act) act.Incident {
	e := f.eraAt(a.At)
	if e.plan.Incidents == nil || (i.ID == "") != (a.Kind == act.OpenIncident) {
		return i
	}
	i.Registry, i.Sections = e.plan.Incidents, e.plan.Water
	if a.Kind == act.OrderWater && i.Registry.Replenish == nil {
		return i
	}
	i = i.After(a, id)
	switch a.Kind {
	case act.OrderWater, act.TraceUp:
		n := i.Notes[len(i.Notes)-1]
		if a.Kind == act.OrderWater {
			if t, err := e.rules.ReplenishTask(e.plan, i, n); err == nil {
				f.open(t, a.At, nil)
			}
		}
		for _, o := range n.Outlets {
			if t, err := e.rules.LookTask(e.plan, i, n, o); err == nil {
				f.open(t, a.At, nil)
			}
		}
	case act.WaterEnded:
		f.does(act.IncidentTask(i.ID, a.Ref, ""), act.Act{ID: act.IncidentID(act.Verify), Kind: act.Verify, By: act.EngineActor, Reason: "·"}, a.At)
	}
	return i
}

// later tells that a task may be one that opens in the course of the year, because of a section,
// a complaint or an incident.
func (r *reader) later(task string) bool {
	for prefix, has := range map[string]bool{"section-": r.plan.Water != nil, "complaint-": r.plan.Complaints != nil, "incident-": r.plan.Incidents != nil} {
		if has && strings.HasPrefix(task, prefix) {
			return true
		}
	}
	return false
}
