package docket

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/incident"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/water"
	"duban/internal/words"
)

// Incidents brings the tasks of a plan to what its incidents say. It opens a task for each order
// to replenish, of the unit that carries it out, and one for each outlet that is to be looked at,
// of the outlet's unit. It verifies the task of an order whose end was reported, and opens
// another one where that report was struck. It cancels the task of what was struck or withdrawn.
// What it writes people read in the language of say. Doing it again changes nothing; a plan
// without incidents has nothing to do.
func (d Docket) Incidents(ctx context.Context, planID string, say *words.Words) error {
	l, rules, err := d.Plan(ctx, planID)
	if err != nil || l.Plan.Incidents == nil || !l.Ended.IsZero() {
		return err
	}
	all, err := d.Ledger.Incidents(ctx, planID)
	if err != nil || len(all) == 0 {
		return err
	}
	tasks, err := d.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: planID, From: string(act.OriginIncident) + ":", Prefix: act.IncidentTasks})
	if err != nil {
		return err
	}
	h := handling{Docket: d, l: l, rules: rules, say: say, tasks: map[string]ledger.Task{}, wanted: map[string]bool{}}
	var closed []string
	for _, t := range tasks {
		if h.tasks[t.ID] = t; t.Facts.State == act.Closed {
			closed = append(closed, t.ID)
		}
	}
	if h.verified, err = d.Ledger.LastActs(ctx, planID, act.Verify, closed); err != nil {
		return err
	}
	for _, i := range all {
		if err := h.incident(ctx, i); err != nil {
			return fmt.Errorf("incident %s: %w", i.ID, err)
		}
		i.Registry = l.Plan.Incidents
		if err := h.call(ctx, i); err != nil {
			return fmt.Errorf("incident %s: %w", i.ID, err)
		}
	}
	for _, t := range tasks {
		if !h.wanted[t.ID] && t.State == ledger.TaskOpen {
			a := d.asEngine(l, act.Act{ID: act.IncidentID(act.Cancel), Kind: act.Cancel, Reason: say.T("incident.ground_gone"), Paper: say.T("incident.ground_paper")})
			if err := d.actOnRunning(ctx, planID, t.ID, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// handling is one run of Incidents.
type handling struct {
	Docket
	l        ledger.Launched
	rules    act.Rules
	say      *words.Words
	tasks    map[string]ledger.Task // by ID: those that incidents have opened
	verified map[string]act.Act     // by the ID of a closed task: the act that closed it
	wanted   map[string]bool        // by ID: tasks that an incident calls for
}

func (h handling) incident(ctx context.Context, i ledger.Incident) error {
	if i.State == act.Withdrawn {
		return nil
	}
	for _, n := range i.Live(act.OrderWater) {
		if err := h.order(ctx, i, n); err != nil {
			return err
		}
	}
	for _, n := range i.Live(act.TraceUp) {
		for _, o := range n.Outlets {
			if err := h.look(ctx, i, n, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// order opens and ends the task of an order to replenish.
func (h handling) order(ctx context.Context, i ledger.Incident, n act.Note) error {
	t, err := h.rules.ReplenishTask(&h.l.Plan, i.Incident, n)
	if err != nil {
		return err
	}
	first, s := t.ID, i.Supply(n.ID)
	id := first
	for k := 2; s.Ended.IsZero() && h.verified[id].ID == act.IncidentID(act.Verify); k++ { // the end that closed the task was struck
		id = first + "." + strconv.Itoa(k)
	}
	if !s.Ended.IsZero() {
		for k := 2; h.tasks[first+"."+strconv.Itoa(k)].ID != ""; k++ {
			id = first + "." + strconv.Itoa(k)
		}
	}
	h.wanted[id] = true
	t.ID = id
	t.Title = h.say.T("incident.order_title", words.Data{"N": i.ID, "Section": h.section(i), "From": n.Said.Supply, "Flow": n.Said.Flow, "Begin": h.clock(s.From), "End": h.clock(s.Until)})
	if err := h.open(ctx, t, act.FromIncident(i.ID, n.ID, "")); err != nil {
		return err
	}
	if s.Ended.IsZero() || h.tasks[id].ID != "" && h.tasks[id].State != ledger.TaskOpen {
		return nil
	}
	a := h.asEngine(h.l, act.Act{ID: act.IncidentID(act.Verify), Kind: act.Verify, Reason: h.say.T("incident.order_done", words.Data{"Begin": h.clock(s.Flows[0].At), "End": h.clock(s.Ended), "Volume": s.Volume(s.Ended).Round(0).String()})})
	return h.actOnRunning(ctx, h.l.Plan.ID, id, a)
}

// WaterCalls begins the names of announcements that chase an order to replenish.
const WaterCalls = "water-"

// WaterCallName is the name of the announcement of a call.
func WaterCallName(c act.WaterCall) string {
	return WaterCalls + c.Incident + "-" + c.Order + "-" + string(c.Step) + "-" + string(c.Rung)
}

// call has the words spoken by which the orders of an incident are chased by the hour: each at
// its own instant, whatever the hour, by a message of its own that Temporal starts then. What is
// reported meanwhile takes a word back when it is to be spoken. Of words whose instant was over
// when they were first known only the last is said. Where the unit has nobody who receives
// messages, the office does.
func (h handling) call(ctx context.Context, i ledger.Incident) error {
	calls := i.Calls()
	if len(calls) == 0 {
		return nil
	}
	channels, err := h.Channels(ctx)
	if err != nil {
		return err
	}
	dir, when := h.l.Plan.Directory, h.when(h.l.Clock)
	office := people.Recipient{Unit: dir.Office, Role: people.Office}
	last := map[string]int{} // by order: the last of its words whose instant is over
	for n, c := range calls {
		if c.At.Before(when.Plan) {
			last[c.Order] = n
		}
	}
	var digests []ledger.Digest
	for n, c := range calls {
		if n < last[c.Order] {
			continue
		}
		to := office
		if c.Rung != incident.Escalate {
			to = people.Recipient{Unit: i.Lead(c.Order), Role: people.Liaison}
			if _, sits := dir.Contact(to); !sits {
				to = office
			}
		}
		raw, err := json.Marshal(c.WaterCall)
		if err != nil {
			return err
		}
		d, err := h.Ledger.Announce(ctx, ledger.Announcement{Name: WaterCallName(c.WaterCall), Plan: h.l.Plan.ID, Recipient: to, SpeakAt: c.At, Channels: channels, Words: raw}, when)
		if err != nil {
			return err
		}
		if !d.Started {
			digests = append(digests, d)
		}
	}
	return h.StartDigests(ctx, h.l, digests)
}

// look opens the task of an outlet that is to be looked at.
func (h handling) look(ctx context.Context, i ledger.Incident, n act.Note, o incident.Outlet) error {
	t, err := h.rules.LookTask(&h.l.Plan, i.Incident, n, o)
	if err != nil {
		return err
	}
	h.wanted[t.ID] = true
	t.Title = h.say.T("incident.look_title", words.Data{"N": i.ID, "Section": h.section(i), "Outlet": o.Name, "Item": ItemName(h.say, i.Item)})
	return h.open(ctx, t, act.FromIncident(i.ID, n.ID, o.ID))
}

// open opens a task unless it is opened already. An earlier call may have been interrupted
// before the units were told.
func (h handling) open(ctx context.Context, t plan.Task, from act.Origin) error {
	row := h.tasks[t.ID]
	if row.ID == "" || !row.Armed {
		if !row.Due.IsZero() {
			t.Due = row.Due
		}
		_, err := h.Open(ctx, h.l.Plan.ID, t, from)
		return err
	}
	if row.State != ledger.TaskOpen {
		return nil
	}
	digests, err := h.Ledger.Unstarted(ctx, h.l.Plan.ID, t.ID)
	if err != nil {
		return err
	}
	return h.StartDigests(ctx, h.l, digests)
}

// section is the name of the incident's section.
func (h handling) section(i ledger.Incident) string {
	if s, ok := h.l.Plan.Water.Section(i.Section); ok {
		return s.Name
	}
	return i.Section
}

func (h handling) clock(at time.Time) string {
	return at.In(h.rules.Zone).Format("2006-01-02 15:04")
}

// ItemName is what people call an item of water quality; "" for none.
func ItemName(say *words.Words, i water.Item) string {
	if i == "" {
		return ""
	}
	return say.T("water.item_" + strings.ToLower(strings.ReplaceAll(string(i), "-", "")))
}
