package query

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/incident"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/water"
)

// ErrNoIncidents: no plan that the viewer knows has a registry of outlets for incidents.
var ErrNoIncidents = errors.New("query: no plan has a registry of outlets")

// Incidents are the incidents 应急事件 of a plan, the last one first.
type Incidents struct {
	Plan    string           `json:"plan"`
	Title   string           `json:"title"`
	Example bool             `json:"example,omitempty"` // the plan's registry is an example, by which no incident is opened
	Rows    []IncidentRow    `json:"rows"`
	People  people.Directory `json:"-"`
	Zone    *time.Location   `json:"-"`
	Now     time.Time        `json:"-"` // plan clock
	Opening act.Incident     `json:"-"` // what an act that opens one is judged by
}

// IncidentRow is an incident in a list.
type IncidentRow struct {
	ID      string     `json:"id"`
	State   act.State  `json:"state"`
	Title   string     `json:"title"`
	Section string     `json:"section"` // name
	Item    water.Item `json:"item,omitempty"`
	Source  string     `json:"source"`
	Found   time.Time  `json:"found"`
	Open    int        `json:"open"`           // tasks of it that are not over
	Owed    *Owed      `json:"owed,omitempty"` // what the order that is due first owes by the hour
	Seats   []act.Seat `json:"-"`              // of the viewer; none for the operator
	Known   []string   `json:"-"`              // IDs of the acts done
	Ready   bool       `json:"ready"`          // nothing is left to be done but to end its handling
	Idle    bool       `json:"idle"`           // neither water nor a look at an outlet was ordered
}

// Owed is what an order to replenish owes by the hour.
type Owed struct {
	Order string        `json:"order"`
	Step  incident.Step `json:"step"`
	By    time.Time     `json:"by"`
	Late  bool          `json:"late"`
}

// Incident is one incident with what follows from its records at an instant.
type Incident struct {
	Plan      string             `json:"plan"`
	PlanTitle string             `json:"plan_title"`
	Section   string             `json:"section_name"`
	Record    act.Incident       `json:"incident"`
	Now       time.Time          `json:"now"` // plan clock; of a past day its end
	Orders    []Replenished      `json:"orders"`
	Effects   []act.WaterEffect  `json:"effects"`
	Looks     []Look             `json:"looks"` // at outlets: all of them, or those of the viewer's unit
	Months    []IncidentMonth    `json:"months"`
	Row       IncidentRow        `json:"-"`
	Above     []incident.Above   `json:"-"` // outlets that may be looked at
	Registry  *incident.Registry `json:"-"`
	People    people.Directory   `json:"-"`
	Zone      *time.Location     `json:"-"`
	Head      int64              `json:"head"` // number of the ledger's last event
	Hash      string             `json:"hash"` // of that event
}

// Replenished is an order to replenish with what came of it.
type Replenished struct {
	Order   string           `json:"order"` // ID of its note
	Planned string           `json:"planned"`
	Volume  string           `json:"volume"` // m³ until now
	Limits  []ReplenishLimit `json:"limits"`
	Task    string           `json:"task,omitempty"` // ID; "" until it is opened
	Note    act.Note         `json:"-"`
	Supply  incident.Supply  `json:"-"`
}

// ReplenishLimit is a limit of an order by the hour.
type ReplenishLimit struct {
	Step incident.Step `json:"step"`
	By   time.Time     `json:"by"`
	Done time.Time     `json:"done,omitzero"`
	Late time.Duration `json:"late_ns"` // 0: in time, or not due yet
}

// Look is an outlet that is looked at, and what was found.
type Look struct {
	incident.Outlet
	Note    string       `json:"note_id"`
	Task    string       `json:"task,omitempty"` // ID; "" until it is opened
	State   act.State    `json:"state,omitempty"`
	Due     calendar.Day `json:"due,omitzero"`
	On      calendar.Day `json:"reported_on,omitzero"`
	Finding string       `json:"finding,omitempty"` // what its unit reported last
	Verdict string       `json:"verdict,omitempty"` // what the office found of that
	Cause   bool         `json:"cause,omitempty"`   // it was the cause
}

// IncidentMonth is what was reported of the incident's section for a month.
type IncidentMonth struct {
	Month water.Month  `json:"month"`
	State water.State  `json:"state,omitempty"`
	Class water.Class  `json:"class"`
	Value *water.Value `json:"value,omitempty"` // of the incident's item
}

// Incidents are a plan's incidents: all for those who may see all of the plan, for others those
// in which their unit has a seat. ErrNoIncidents, *WhichPlanError.
func (r *Reader) Incidents(ctx context.Context, v Viewer, planID string) (Incidents, error) {
	return r.incidents(ctx, v, planID, r.readIncidents(""))
}

// HandledIncidents are those of Incidents that are being handled.
func (r *Reader) HandledIncidents(ctx context.Context, v Viewer, planID string) (Incidents, error) {
	return r.incidents(ctx, v, planID, r.readIncidents(act.Handling))
}

// OpeningIncident is Incidents without its rows: what an act that opens an incident is judged by.
func (r *Reader) OpeningIncident(ctx context.Context, v Viewer, planID string) (Incidents, error) {
	return r.incidents(ctx, v, planID, func(context.Context, string) ([]ledger.Incident, error) { return nil, nil })
}

func (r *Reader) readIncidents(state act.State) func(context.Context, string) ([]ledger.Incident, error) {
	return func(ctx context.Context, planID string) ([]ledger.Incident, error) {
		return r.store.ReadIncidents(ctx, planID, state)
	}
}

// IncidentsPlan tells that a plan has incidents, by the errors that Incidents gives.
func (r *Reader) IncidentsPlan(ctx context.Context, v Viewer, planID string) error {
	in, err := r.as(v)
	if err != nil {
		return err
	}
	_, _, err = in.incidentPlan(ctx, planID)
	return err
}

func (r *Reader) incidents(ctx context.Context, v Viewer, planID string, read func(context.Context, string) ([]ledger.Incident, error)) (out Incidents, err error) {
	in, err := r.as(v)
	if err != nil {
		return out, err
	}
	l, now, err := in.incidentPlan(ctx, planID)
	if err != nil {
		return out, err
	}
	out = Incidents{Plan: l.Plan.ID, Title: l.Plan.Title, Example: l.Plan.Incidents.Example, Rows: []IncidentRow{}, People: l.Plan.Directory, Zone: l.Plan.Location(), Now: now, Opening: judgedBy(l, act.Incident{})}
	all, err := read(ctx, l.Plan.ID)
	if err != nil {
		return out, err
	}
	open, err := in.openFor(ctx, l.Plan.ID)
	if err != nil {
		return out, err
	}
	slices.Reverse(all)
	for _, i := range all {
		one := judgedBy(l, i.Incident)
		if row := rowOf(l, one, open[i.ID], now, one.Seats(v.by)); v.oversees(l.Plan.Directory) || len(row.Seats) > 0 {
			out.Rows = append(out.Rows, row)
		}
	}
	return out, nil
}

// Incident is an incident of a plan, for those whom Incidents gives it. A unit sees of the
// outlets its own. ErrNotYours, ErrNoIncidents, *WhichPlanError; ledger.ErrNotFound only for
// those who may see all of the plan.
func (r *Reader) Incident(ctx context.Context, v Viewer, planID, id string) (out Incident, err error) {
	in, err := r.as(v)
	if err != nil {
		return out, err
	}
	l, now, err := in.incidentPlan(ctx, planID)
	if err != nil {
		return out, err
	}
	whole := v.oversees(l.Plan.Directory)
	have, err := r.store.Incident(ctx, l.Plan.ID, id)
	if errors.Is(err, ledger.ErrNotFound) && !whole {
		err = ErrNotYours
	}
	if err != nil {
		return out, err
	}
	i := judgedBy(l, have.Incident)
	seats := i.Seats(v.by)
	if !whole && len(seats) == 0 {
		return out, ErrNotYours
	}
	tasks, err := in.tasksFor(ctx, l.Plan.ID, i.ID)
	if err != nil {
		return out, err
	}
	for _, t := range tasks {
		if t.State == ledger.TaskOpen {
			i.Open++
		}
	}
	out = Incident{Plan: l.Plan.ID, PlanTitle: l.Plan.Title, Section: sectionName(l, i.Section), Record: i, Now: now, Orders: []Replenished{}, Effects: i.Effects(), Looks: []Look{},
		Row: rowOf(l, i, i.Open, now, seats), Above: l.Plan.Incidents.Upstream(l.Plan.Water, i.Section), Registry: l.Plan.Incidents, People: l.Plan.Directory, Zone: l.Plan.Location()}
	for _, n := range i.Live(act.OrderWater) {
		out.Orders = append(out.Orders, replenished(l, i, n, tasks, now))
	}
	if out.Looks, err = in.looks(ctx, l, i, tasks, whole); err != nil {
		return out, err
	}
	if out.Months, err = in.monthsAround(ctx, l, i, now); err != nil {
		return out, err
	}
	if !whole {
		out.Record = ownOutlets(i, v.by.Unit)
	}
	out.Head, out.Hash, err = r.store.Head(ctx)
	return out, err
}

// ownOutlets leaves of the outlets that an incident's notes name those of a unit.
func ownOutlets(i act.Incident, unit string) act.Incident {
	foreign := func(o incident.Outlet) bool { return o.Unit != unit }
	notes := slices.Clone(i.Notes)
	for n := range notes {
		notes[n].Outlets = slices.DeleteFunc(slices.Clone(notes[n].Outlets), foreign)
	}
	i.Notes = slices.DeleteFunc(notes, func(n act.Note) bool { return n.Kind == act.TraceUp && len(n.Outlets) == 0 })
	if i.Over != nil {
		over := *i.Over
		over.Outlets = slices.DeleteFunc(slices.Clone(over.Outlets), func(id string) bool { _, own := i.Traced(id); return !own })
		i.Over = &over
	}
	return i
}

// incidentPlan is the plan that was named, or the only one with a registry of outlets that
// concerns the viewer, and the instant for which it is read.
func (r reading) incidentPlan(ctx context.Context, named string) (l ledger.Launched, now time.Time, err error) {
	if l, err = r.planWith(ctx, named, func(p *plan.Plan) bool { return p.Incidents != nil && p.Water != nil }, ErrNoIncidents); err != nil {
		return l, now, err
	}
	return l, r.instant(l).UTC(), nil
}

// instant is the instant for which a plan is read: now by its clock, or the end of the past day.
func (b base) instant(l ledger.Launched) time.Time {
	if b.Live != nil {
		return b.AsOf.AddDays(1).At(0, 0, l.Plan.Location())
	}
	return l.Clock.Plan(b.Now())
}

// judgedBy is an incident with what acts on it are judged by.
func judgedBy(l ledger.Launched, i act.Incident) act.Incident {
	i.Office, i.Leadership, i.Registry, i.Sections = l.Plan.Directory.Office, l.Plan.Directory.Leadership, l.Plan.Incidents, l.Plan.Water
	return i
}

func sectionName(l ledger.Launched, id string) string {
	s, _ := l.Plan.Water.Section(id)
	return cmp.Or(s.Name, id)
}

// tasksFor are the tasks opened for an incident.
func (r reading) tasksFor(ctx context.Context, planID, id string) ([]ledger.Task, error) {
	return r.store.Tasks(ctx, ledger.TaskFilter{Plan: planID, From: string(act.OriginIncident) + ":" + id + "/", Prefix: act.IncidentTask(id, "", "")})
}

// openFor is how many tasks of each incident are not over, by the incident's ID.
func (r reading) openFor(ctx context.Context, planID string) (map[string]int, error) {
	origins, err := r.store.OpenFor(ctx, planID, act.IncidentTasks)
	open := map[string]int{}
	for o, n := range origins {
		if id, _, _ := act.IncidentOf(o); id != "" {
			open[id] = n
		}
	}
	return open, err
}

func rowOf(l ledger.Launched, i act.Incident, open int, now time.Time, seats []act.Seat) IncidentRow {
	row := IncidentRow{ID: i.ID, State: i.State, Title: i.Title, Section: sectionName(l, i.Section), Item: i.Item, Source: i.Source, Found: i.Found, Open: open, Seats: seats, Known: i.Known}
	if i.State != act.Handling {
		return row
	}
	orders := i.Live(act.OrderWater)
	row.Idle = len(orders)+len(i.Live(act.TraceUp)) == 0
	row.Ready = !row.Idle && open == 0
	for _, n := range orders {
		s := i.Supply(n.ID)
		row.Ready = row.Ready && !s.Ended.IsZero()
		if l.Plan.Incidents.Replenish == nil {
			continue
		}
		if owed, any := s.Owed(*l.Plan.Incidents.Replenish); any && (row.Owed == nil || owed.By.Before(row.Owed.By)) {
			row.Owed = &Owed{n.ID, owed.Step, owed.By, owed.Late(now) > 0}
		}
	}
	return row
}

func replenished(l ledger.Launched, i act.Incident, n act.Note, tasks []ledger.Task, now time.Time) Replenished {
	s := i.Supply(n.ID)
	out := Replenished{Order: n.ID, Planned: s.Planned().Round(0).String(), Volume: s.Volume(now).Round(0).String(), Limits: []ReplenishLimit{}, Note: n, Supply: s}
	if rules := l.Plan.Incidents.Replenish; rules != nil {
		for _, one := range s.Limits(*rules) {
			out.Limits = append(out.Limits, ReplenishLimit{one.Step, one.By, one.Done, one.Late(now)})
		}
	}
	for _, t := range tasks {
		if _, note, outlet := act.IncidentOf(t.Origin); note == n.ID && outlet == "" {
			out.Task = t.ID // the last of them is the one that goes on
		}
	}
	return out
}

// looks are the outlets that are looked at, with what was reported of each.
func (r reading) looks(ctx context.Context, l ledger.Launched, i act.Incident, tasks []ledger.Task, whole bool) ([]Look, error) {
	all, ids := []Look{}, []string{}
	for _, t := range tasks {
		ids = append(ids, t.ID)
	}
	said := map[act.Kind]map[string]act.Act{}
	for _, k := range []act.Kind{act.Complete, act.Verify} {
		acts, err := r.store.LastActs(ctx, l.Plan.ID, k, ids)
		if err != nil {
			return nil, err
		}
		said[k] = acts
	}
	for _, n := range i.Live(act.TraceUp) {
		for _, o := range n.Outlets {
			if !whole && o.Unit != r.who.by.Unit {
				continue
			}
			look := Look{Outlet: o, Note: n.ID, Cause: i.Over != nil && slices.Contains(i.Over.Outlets, o.ID)}
			for _, t := range tasks {
				if _, note, outlet := act.IncidentOf(t.Origin); note != n.ID || outlet != o.ID {
					continue
				}
				look.Task, look.State, look.Due = t.ID, t.Facts.State, t.Due
				look.On, look.Finding, look.Verdict = said[act.Complete][t.ID].On, said[act.Complete][t.ID].Reason, said[act.Verify][t.ID].Reason
			}
			all = append(all, look)
		}
	}
	return all, nil
}

// monthsAround are the monthly readings of the incident's section from the month before it was
// found to the one after its handling ended, or up to now.
func (r reading) monthsAround(ctx context.Context, l ledger.Launched, i act.Incident, now time.Time) ([]IncidentMonth, error) {
	month := func(at time.Time) water.Month {
		day := at.In(l.Plan.Location())
		return water.Month{Year: day.Year(), Month: int(day.Month())}
	}
	end := now
	if i.Over != nil {
		end = i.Over.At
	}
	readings, err := r.store.Readings(ctx, l.Plan.Directory.Office, ledger.ReadingFilter{Section: i.Section, From: month(i.Found).Add(-1), To: month(end).Add(1)})
	if err != nil {
		return nil, err
	}
	all := []IncidentMonth{}
	for _, one := range readings {
		if one.Span != water.OfMonth {
			continue
		}
		m := IncidentMonth{Month: one.Month, State: one.State, Class: one.Class}
		for _, row := range water.Table(l.Plan.Water, readings, one.Month) {
			if row.Section.ID == i.Section {
				m.Class = row.Month.Class
			}
		}
		if v, has := one.Values[i.Item]; has {
			m.Value = &v
		}
		all = append(all, m)
	}
	return all, nil
}
