package act

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/incident"
	"duban/internal/water"
)

// Acts on an incident at a monitored section 应急事件.
const (
	OpenIncident     Kind = "open_incident"     // 登记应急事件
	OrderWater       Kind = "order_water"       // 下达补水指令
	WaterBegun       Kind = "water_begun"       // 报补水开始
	WaterFlows       Kind = "water_flows"       // 报补水流量
	WaterEnded       Kind = "water_ended"       // 报补水结束
	Sample           Kind = "sample"            // 登记应急监测值
	TraceUp          Kind = "trace"             // 下达溯源排查
	StrikeNote       Kind = "strike_note"       // 撤销一条记录
	CloseIncident    Kind = "close_incident"    // 结束处置
	WithdrawIncident Kind = "withdraw_incident" // 撤销应急事件
)

// States of an incident.
const (
	Handling  State = "handling"  // 处置中
	Handled   State = "handled"   // 处置结束
	Withdrawn State = "withdrawn" // 已撤销: it was none
)

// Seats of units in an incident.
const (
	Replenishing Seat = "replenishing" // 补水单位: carries out an order to replenish
	Sampling     Seat = "sampling"     // 监测单位: owes the section's data, or is judged by them
	Tracing      Seat = "tracing"      // 排查单位: looks at an outlet above the section
)

// Sources by which an incident becomes known.
var Sources = []string{"station", "report", "complaint"}

// IncidentFacts are what acts on an incident say.
type IncidentFacts struct {
	Section string     `json:"section,omitempty"` // ID
	Item    water.Item `json:"item,omitempty"`    // which item is over; of Sample: which was measured
	Source  string     `json:"source,omitempty"`  // one of Sources
	Time    time.Time  `json:"time,omitzero"`     // UTC: when it was found, when water is to begin, when what is reported was so
	Ends    time.Time  `json:"ends,omitzero"`     // UTC, of OrderWater: when water is to end
	Supply  string     `json:"supply,omitempty"`  // of OrderWater: where the water comes from
	Flow    string     `json:"flow,omitempty"`    // m³/s as written: see incident.ReadRate
	Orderer string     `json:"orderer,omitempty"` // of OrderWater: who ordered it, with the post
	Value   string     `json:"value,omitempty"`   // of Sample, as water.ReadValue reads it
	Outlets []string   `json:"outlets,omitempty"` // IDs: those to be looked at; of CloseIncident: those that were the cause
}

// Note is one thing that was ordered, reported or measured in an incident. Its number is its
// place among them, from 1.
type Note struct {
	ID      string            `json:"id"`
	Kind    Kind              `json:"kind"`
	At      time.Time         `json:"at"` // plan clock, UTC: when it was done
	By      string            `json:"by"` // account's name
	Unit    string            `json:"unit"`
	Said    IncidentFacts     `json:"said"`
	Of      string            `json:"of,omitempty"`   // ID of the order that a report is about
	Lead    string            `json:"lead,omitempty"` // of an order: unit ID of who carries it out
	Outlets []incident.Outlet `json:"outlets,omitempty"`
	Words   string            `json:"words,omitempty"`
	Paper   string            `json:"paper,omitempty"`
	Proof   []Evidence        `json:"proof,omitempty"`
	Struck  *Decided          `json:"struck,omitempty"` // when set, the note counts no more
}

// Incident is an incident at a section: what acts on it are judged by, and what they have done.
type Incident struct {
	Office     string             `json:"-"`
	Leadership string             `json:"-"`
	Registry   *incident.Registry `json:"-"` // of the plan; nil: it has none
	Sections   *water.Register    `json:"-"`
	Open       int                `json:"-"` // tasks opened for it that are not over

	ID      string       `json:"id"` // 1, 2, … in the plan; "": it is not opened yet
	State   State        `json:"state"`
	Title   string       `json:"title"`
	Section string       `json:"section"` // ID
	Item    water.Item   `json:"item,omitempty"`
	Source  string       `json:"source"`
	Found   time.Time    `json:"found"` // UTC
	Words   string       `json:"words,omitempty"`
	Paper   string       `json:"paper,omitempty"`
	Proof   []Evidence   `json:"proof,omitempty"`
	At      time.Time    `json:"at"` // plan clock, UTC: when it was entered
	By      string       `json:"by"` // account's name
	County  string       `json:"county,omitempty"`
	Data    string       `json:"data,omitempty"` // unit ID of whoever owes the section's data
	Notes   []Note       `json:"notes,omitempty"`
	Over    *IncidentEnd `json:"over,omitempty"`  // how it ended
	Known   []string     `json:"known,omitempty"` // IDs of the acts done
}

// IncidentEnd is how the handling of an incident ended, or why the incident was withdrawn.
type IncidentEnd struct {
	At      time.Time  `json:"at"` // plan clock, UTC
	By      string     `json:"by"` // account's name
	Words   string     `json:"words"`
	Paper   string     `json:"paper,omitempty"`
	Proof   []Evidence `json:"proof,omitempty"`
	Outlets []string   `json:"outlets,omitempty"` // IDs of those that were the cause
}

var (
	handling = states{Handling}
	byWater  = seats{Replenishing, Office} // the unit ordered, or the office on its behalf
)

// incidents are the acts on an incident. They are done in the portal and by programs.
var incidents = []Row{
	{Kind: OpenIncident, Command: "open", By: byOffice, From: states{Unborn}, To: Handling, Must: fields{FieldSection, FieldSource, FieldTime, FieldTitle}, May: fields{FieldItem, FieldReason, FieldPaper, FieldURL, FieldFile}},
	{Kind: OrderWater, Command: "order", By: decide, From: handling, Must: fields{FieldSupply, FieldFlow, FieldTime, FieldEnds, FieldOrderer}, May: fields{FieldReason, FieldPaper, FieldFile}},
	{Kind: WaterBegun, Command: "begun", By: byWater, From: handling, Must: fields{FieldRef, FieldTime, FieldFlow}, May: fields{FieldReason, FieldFile}},
	{Kind: WaterFlows, Command: "flow", By: byWater, From: handling, Must: fields{FieldRef, FieldTime, FieldFlow}, May: fields{FieldReason, FieldFile}},
	{Kind: WaterEnded, Command: "ended", By: byWater, From: handling, Must: fields{FieldRef, FieldTime}, May: fields{FieldReason, FieldFile}},
	{Kind: Sample, Command: "sample", By: seats{Office, Sampling}, From: handling, Must: fields{FieldItem, FieldValue, FieldTime}, May: fields{FieldReason, FieldFile}},
	{Kind: TraceUp, Command: "trace", By: byOffice, From: handling, Must: fields{FieldOutlets}, May: fields{FieldReason, FieldPaper}},
	{Kind: StrikeNote, Command: "strike", By: seats{Office, Replenishing, Sampling}, From: handling, Must: fields{FieldRef, FieldReason}},
	{Kind: CloseIncident, Command: "close", By: byOffice, From: handling, To: Handled, Must: reason, May: fields{FieldOutlets, FieldPaper, FieldURL, FieldFile}},
	{Kind: WithdrawIncident, Command: "withdraw", By: byOffice, From: handling, To: Withdrawn, Must: reason, May: paper},
}

// Check tells whether an act is possible now; nil is yes.
func (i Incident) Check(a Act) *Refusal { return judge(incidentOf{i}, a) }

// MayDo tells that an act is an actor's to do at all.
func (i Incident) MayDo(by Actor, k Kind) bool { return Allowed(incidentOf{i}, by, k) == nil }

// Seats are what an actor is to the incident; none: the actor may not see it.
func (i Incident) Seats(by Actor) []Seat {
	if by.Unit == "" {
		return nil
	}
	seats := Case{Office: i.Office, Leadership: i.Leadership}.Seats(by)
	sits := func(is bool, seat Seat) {
		if is {
			seats = append(seats, seat)
		}
	}
	ordered := func(n Note) bool { return n.Kind == OrderWater && n.Lead == by.Unit }
	traces := func(n Note) bool {
		return slices.ContainsFunc(n.Outlets, func(o incident.Outlet) bool { return o.Unit == by.Unit })
	}
	sits(slices.ContainsFunc(i.Notes, ordered), Replenishing)
	sits(i.ID != "" && (by.Unit == i.Data || by.Unit == i.County), Sampling)
	sits(slices.ContainsFunc(i.Notes, traces), Tracing)
	return seats
}

type incidentOf struct{ Incident }

func (i incidentOf) thing() Thing { return OnIncident }

func (i incidentOf) state() State { return i.State }

func (i incidentOf) what() string { return "" }

func (i incidentOf) heads() (office, leadership string) { return i.Office, i.Leadership }

func (i incidentOf) Done(id string) bool { return slices.Contains(i.Known, id) }

func (i incidentOf) asks(_ Row, a Act) *Refusal {
	said := a.incident()
	switch a.Kind {
	case OpenIncident:
		_, known := i.Sections.Section(said.Section)
		switch {
		case i.Registry == nil:
			return refuse("no_registry")
		case i.Registry.Example:
			return refuse("example_registry")
		case !known:
			return refuse("no_section", "Section", clip(said.Section))
		case !slices.Contains(Sources, said.Source):
			return refuse("source", "Source", clip(said.Source))
		case said.Time.After(a.At):
			return refuse("time_ahead")
		}
	case OrderWater:
		rate, err := incident.ReadRate(said.Flow)
		switch {
		case i.Registry == nil || i.Registry.Replenish == nil:
			return refuse("no_replenish")
		case err != nil || !rate.IsPositive():
			return refuse("flow", "Flow", clip(said.Flow))
		case !said.Ends.After(said.Time):
			return refuse("ends_first")
		}
	case WaterBegun, WaterFlows, WaterEnded:
		return i.asksOfWater(a, said)
	case Sample:
		_, err := water.ReadValue(said.Value)
		switch {
		case !slices.Contains(water.Items(), said.Item):
			return refuse("item", "Item", clip(string(said.Item)))
		case err != nil:
			return refuse("value", "Value", clip(said.Value))
		case said.Time.After(a.At):
			return refuse("time_ahead")
		}
	case TraceUp:
		return i.asksOfTrace(said)
	case StrikeNote:
		return i.asksOfStrike(a)
	case CloseIncident, WithdrawIncident:
		for _, n := range i.Live(OrderWater) {
			s := i.Supply(n.ID)
			if s.Ended.IsZero() && (a.Kind == CloseIncident || len(s.Flows) > 0) {
				return refuse("water_flows", "Ref", n.ID)
			}
		}
		for _, id := range said.Outlets {
			if _, traced := i.Traced(id); !traced {
				return refuse("not_traced", "Outlet", clip(id))
			}
		}
		if a.Kind == CloseIncident && i.Open > 0 {
			return refuse("tasks_open", "N", strconv.Itoa(i.Open))
		}
	}
	return nil
}

// asksOfWater judges a report on an order: water begins once, flows after it has begun, and
// ends after the last flow that was reported.
func (i Incident) asksOfWater(a Act, said IncidentFacts) *Refusal {
	_, there := i.note(a.Ref, OrderWater)
	s := i.Supply(a.Ref)
	begun := len(s.Flows) > 0
	_, err := incident.ReadRate(said.Flow)
	switch {
	case !there:
		return refuse("no_order", "Ref", clip(a.Ref))
	case a.Kind != WaterEnded && err != nil:
		return refuse("flow", "Flow", clip(said.Flow))
	case said.Time.After(a.At):
		return refuse("time_ahead")
	case !s.Ended.IsZero():
		return refuse("water_ended")
	case a.Kind == WaterBegun && begun:
		return refuse("water_begun")
	case a.Kind != WaterBegun && !begun:
		return refuse("water_not_begun")
	case a.Kind == WaterFlows && said.Time.Before(s.Flows[0].At),
		a.Kind == WaterEnded && said.Time.Before(s.Flows[len(s.Flows)-1].At):
		return refuse("time_before")
	}
	return nil
}

func (i Incident) asksOfTrace(said IncidentFacts) *Refusal {
	if i.Registry == nil || i.Registry.Trace == nil {
		return refuse("no_trace")
	}
	above := i.Registry.Upstream(i.Sections, i.Section)
	for n, id := range said.Outlets {
		_, traced := i.Traced(id)
		switch {
		case !slices.ContainsFunc(above, func(o incident.Above) bool { return o.ID == id }):
			return refuse("not_upstream", "Outlet", clip(id))
		case traced || slices.Contains(said.Outlets[:n], id):
			return refuse("traced", "Outlet", clip(id))
		}
	}
	return nil
}

// asksOfStrike judges the striking of a note. A unit strikes only its own; an order is struck
// before anything was reported of it, and the beginning of a flow before what came after it.
func (i Incident) asksOfStrike(a Act) *Refusal {
	n, there := i.note(a.Ref, "")
	of := func(all []Note) bool { return slices.ContainsFunc(all, func(r Note) bool { return r.Of == n.ID }) }
	switch {
	case !there:
		return refuse("no_note", "Ref", clip(a.Ref))
	case a.By.Unit != i.Office && a.By.Unit != n.Unit:
		return refuse("note_of_others")
	case n.Kind == OrderWater && of(slices.Concat(i.Live(WaterBegun), i.Live(WaterFlows), i.Live(WaterEnded))):
		return refuse("note_rested_on")
	}
	s := i.Supply(n.Of)
	if n.Kind == WaterBegun && (len(s.Flows) > 1 || !s.Ended.IsZero()) {
		return refuse("note_rested_on")
	}
	return nil
}

// incident is what the act says of an incident.
func (a Act) incident() IncidentFacts {
	if a.Incident == nil {
		return IncidentFacts{}
	}
	return *a.Incident
}

// note is a note that counts, of a kind if one is given.
func (i Incident) note(id string, k Kind) (Note, bool) {
	at := slices.IndexFunc(i.Notes, func(n Note) bool { return n.ID == id && n.Struck == nil && (k == "" || n.Kind == k) })
	if at < 0 {
		return Note{}, false
	}
	return i.Notes[at], true
}

// Live are the notes of a kind that count.
func (i Incident) Live(k Kind) (all []Note) {
	for _, n := range i.Notes {
		if n.Kind == k && n.Struck == nil {
			all = append(all, n)
		}
	}
	return all
}

// Traced is an outlet that is looked at for the incident, as the registry had it then.
func (i Incident) Traced(id string) (incident.Outlet, bool) {
	for _, n := range i.Live(TraceUp) {
		for _, o := range n.Outlets {
			if o.ID == id {
				return o, true
			}
		}
	}
	return incident.Outlet{}, false
}

// Supply is an order to replenish by its ID, and what was reported of it.
func (i Incident) Supply(order string) (s incident.Supply) {
	n, there := i.note(order, OrderWater)
	if !there {
		return s
	}
	s = incident.Supply{Given: n.At, From: n.Said.Time, Until: n.Said.Ends}
	s.Rate, _ = incident.ReadRate(n.Said.Flow) // Check has read it
	for _, r := range i.Notes {
		if r.Struck != nil || r.Of != order {
			continue
		}
		switch r.Kind {
		case WaterBegun, WaterFlows:
			rate, _ := incident.ReadRate(r.Said.Flow)
			s.Flows = append(s.Flows, incident.Flow{At: r.Said.Time, Rate: rate})
		case WaterEnded:
			s.Ended = r.Said.Time
		}
	}
	s.InOrder()
	return s
}

// After is the incident after an act that Check allows. id is the number of an incident that is
// opened.
func (i Incident) After(a Act, id string) Incident {
	said := a.incident()
	i.Known = append(slices.Clone(i.Known), a.ID)
	i.Notes = slices.Clone(i.Notes)
	switch a.Kind {
	case OpenIncident:
		s, _ := i.Sections.Section(said.Section)
		i.ID, i.State, i.Title, i.Section, i.Item, i.Source, i.Found = id, Handling, strings.TrimSpace(a.Title), said.Section, said.Item, said.Source, said.Time
		i.Words, i.Paper, i.Proof, i.At, i.By, i.County, i.Data = a.Reason, a.Paper, a.Evidence, a.At, a.By.Name, s.County, s.Data
	case StrikeNote:
		for n := range i.Notes {
			if i.Notes[n].ID == a.Ref {
				i.Notes[n].Struck = &Decided{By: a.By.Name, On: a.On, Words: a.Reason}
			}
		}
	case CloseIncident, WithdrawIncident:
		i.State = Handled
		if a.Kind == WithdrawIncident {
			i.State = Withdrawn
		}
		i.Over = &IncidentEnd{At: a.At, By: a.By.Name, Words: a.Reason, Paper: a.Paper, Proof: a.Evidence, Outlets: said.Outlets}
	default:
		n := Note{ID: strconv.Itoa(len(i.Notes) + 1), Kind: a.Kind, At: a.At, By: a.By.Name, Unit: a.By.Unit, Said: said, Words: a.Reason, Paper: a.Paper, Proof: a.Evidence}
		switch a.Kind {
		case OrderWater:
			n.Lead = i.Registry.Replenish.Unit
		case WaterBegun, WaterFlows, WaterEnded:
			n.Of = a.Ref
		case TraceUp:
			n.Said.Outlets = nil
			for _, id := range said.Outlets {
				o, _ := i.Registry.Outlet(id)
				n.Outlets = append(n.Outlets, o)
			}
		}
		i.Notes = append(i.Notes, n)
	}
	return i
}

// Sampled are the values that were measured for the incident, the earliest first.
func (i Incident) Sampled() []Note {
	all := i.Live(Sample)
	slices.SortStableFunc(all, func(a, b Note) int { return a.Said.Time.Compare(b.Said.Time) })
	return all
}

// WaterCall names a word by which a step of an order to replenish is chased. An announcement is
// kept as this: what is said is worked out when it is sent.
type WaterCall struct {
	Incident string        `json:"incident"` // ID
	Order    string        `json:"order"`    // ID of its note
	Step     incident.Step `json:"step"`
	Rung     incident.Rung `json:"rung"`
	By       time.Time     `json:"by"` // the step's limit
}

// TimedCall is a WaterCall with its instant.
type TimedCall struct {
	WaterCall
	At time.Time
}

// Calls are the words by which the orders of an open incident are chased by the hour.
func (i Incident) Calls() (all []TimedCall) {
	if i.State != Handling || i.Registry == nil || i.Registry.Replenish == nil {
		return nil
	}
	for _, n := range i.Live(OrderWater) {
		for _, c := range i.Supply(n.ID).Calls(*i.Registry.Replenish) {
			all = append(all, TimedCall{WaterCall{i.ID, n.ID, c.Step, c.Rung, c.By}, c.At})
		}
	}
	return all
}

// Lead is the unit that carries an order out.
func (i Incident) Lead(order string) string {
	n, _ := i.note(order, OrderWater)
	return n.Lead
}
