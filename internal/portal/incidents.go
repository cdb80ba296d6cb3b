package portal

import (
	"errors"
	"net/url"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/incident"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/water"
	"duban/internal/words"
)

// incidentsPage is the list of a plan's incidents.
type incidentsPage struct {
	None    bool // no plan has a registry of outlets
	Plan    string
	Example bool
	Open    string // address of the form that opens one; "" for whoever may not
	Lines   []incidentLine
}

type incidentLine struct {
	query.IncidentRow
	Path, Item, Source, Found, StateWord string
	Next                                 []string // what is to be done
}

// incidents is the list of incidents.
func (v *visit) incidents() error {
	return v.then(func(r *query.Reader) error {
		all, err := r.Incidents(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"))
		if errors.Is(err, query.ErrNoIncidents) {
			return v.show("incidents", v.say.T("incident.page"), incidentsPage{None: true})
		}
		if err != nil {
			return err
		}
		p := incidentsPage{Plan: all.Title, Example: all.Example}
		if v.past.IsZero() && !all.Example && all.Opening.MayDo(v.who.actor(), act.OpenIncident) {
			p.Open = v.incidentDo(all.Plan, "", act.OpenIncident, "")
		}
		for _, row := range all.Rows {
			p.Lines = append(p.Lines, v.incidentLine(all, row))
		}
		return v.show("incidents", v.say.T("incident.page"), p)
	})
}

func (v *visit) incidentLine(all query.Incidents, row query.IncidentRow) incidentLine {
	say := v.speak()
	return incidentLine{IncidentRow: row, Path: v.incidentPath(all.Plan, row.ID), Item: say.Item(row.Item), Source: v.say.T("incident.source_" + row.Source), Found: say.Clock(row.Found, all.Zone),
		StateWord: v.say.T("act.state_" + string(row.State)), Next: v.incidentNext(say, row, all)}
}

// incidentNext is what is to be done about an incident now, in words.
func (v *visit) incidentNext(say report.Speaker, row query.IncidentRow, all query.Incidents) (next []string) {
	if row.Idle {
		next = append(next, v.say.T("incident.next_idle"))
	}
	if row.Owed != nil {
		next = append(next, say.StepOwed(row.Owed.Order, row.Owed.Step, row.Owed.By, all.Now, all.Zone))
	}
	if row.Open > 0 {
		next = append(next, v.say.T("incident.next_tasks", words.Data{"N": row.Open}))
	}
	if row.Ready {
		next = append(next, v.say.T("incident.next_ready"))
	}
	return next
}

func (v *visit) incidentPath(planID, id string) string {
	return v.at("/incidents/"+url.PathEscape(id), "plan", planID)
}

// incidentDo is the address of the form of an act on an incident; id is "" of one that opens it.
func (v *visit) incidentDo(planID, id string, k act.Kind, ref string) string {
	return v.at("/incidents/do/"+string(k), "plan", planID, "incident", id, "ref", ref)
}

// incidentPage is an incident with what is known of it; printed, it is the incident's report.
type incidentPage struct {
	Plan, Back string
	File       string // address of the Excel file
	Status     string
	Facts      [][2]string
	Words      string
	Next       []string
	Doings     []link
	Orders     []orderPart
	Effects    []string
	Samples    []sampleLine
	Months     []string
	Looks      []lookLine
	Over       *overPart
	Notes      []noteLine
	Files      []fileRow
	Source     string // where the figures are from
}

type orderPart struct {
	Head, Words, Task, Done string
	Facts                   [][2]string
	Limits                  [][2]string
	Flows                   []flowLine
}

type flowLine struct{ At, Rate, By, Strike string }

type sampleLine struct{ At, Item, Value, Class, Phase, By, Strike string }

type lookLine struct {
	query.Look
	KindWord, Name, SectionName, Path, StateWord, Due, On string
}

type overPart struct{ Head, Words, Paper, Causes, By string }

type noteLine struct{ ID, At, What, By, Struck, Strike string }

// incident is one incident.
func (v *visit) incident() error {
	return v.then(func(r *query.Reader) error {
		i, err := r.Incident(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), v.r.PathValue("incident"))
		if errors.Is(err, query.ErrNoIncidents) {
			err = query.ErrNotYours
		}
		if err != nil {
			return err
		}
		return v.show("incident", v.say.T("incident.title", words.Data{"N": i.Record.ID, "Title": i.Record.Title}), v.incidentParts(i))
	})
}

func (v *visit) incidentParts(i query.Incident) incidentPage {
	say, rec := v.speak(), i.Record
	p := incidentPage{Plan: i.PlanTitle, Back: v.at("/incidents", "plan", i.Plan), File: v.at("/incidents/sheet/"+url.PathEscape(rec.ID), "plan", i.Plan), Status: v.say.T("act.state_" + string(rec.State)), Words: rec.Words,
		Source: v.say.T("incident.figures", words.Data{"At": say.Clock(i.Now, i.Zone), "Head": i.Head, "Hash": i.Hash})}
	fact := func(label, value string) {
		if value != "" {
			p.Facts = append(p.Facts, [2]string{v.say.T(label), value})
		}
	}
	fact("incident.section", i.Section)
	fact("incident.item", say.Item(rec.Item))
	fact("incident.source", v.say.T("incident.source_"+rec.Source))
	fact("incident.found", say.Clock(rec.Found, i.Zone))
	fact("incident.entered", say.Clock(rec.At, i.Zone)+"　"+rec.By)
	fact("incident.county", i.People.Name(rec.County))
	fact("incident.paper", rec.Paper)
	if rec.State == act.Handling {
		p.Next = v.incidentNext(say, i.Row, query.Incidents{Now: i.Now, Zone: i.Zone})
	}
	p.Doings = v.incidentDoings(i)
	for _, o := range i.Orders {
		p.Orders = append(p.Orders, v.orderPart(i, o))
	}
	section, _ := rec.Sections.Section(rec.Section)
	for _, e := range i.Effects {
		p.Effects = append(p.Effects, say.WaterEffect(e, section.Body))
	}
	for _, n := range rec.Sampled() {
		line := sampleLine{At: say.Clock(n.Said.Time, i.Zone), Item: say.Item(n.Said.Item), Value: n.Said.Value, By: v.whoNoted(i, n), Strike: v.strikePath(i, n)}
		if value, err := water.ReadValue(n.Said.Value); err == nil {
			if class, ok := n.Said.Item.Class(section.Body, value); ok {
				line.Class = class.String()
			}
		}
		if phase := rec.PhaseOf(n.Said.Time); phase != "" {
			line.Phase = v.say.T("incident.phase_" + string(phase))
		}
		p.Samples = append(p.Samples, line)
	}
	for _, m := range i.Months {
		p.Months = append(p.Months, v.incidentMonth(say, m, i))
	}
	for _, l := range i.Looks {
		line := lookLine{Look: l, KindWord: v.say.T("incident.kind_" + string(l.Kind)), Name: i.People.Name(l.Unit)}
		if s, ok := rec.Sections.Section(l.Section); ok {
			line.SectionName = s.Name
		}
		if l.Task != "" {
			line.Path, line.StateWord, line.Due = v.at(taskPath(i.Plan, l.Task)), v.say.T("act.state_"+string(l.State)), say.Day(l.Due)
		}
		if !l.On.IsZero() {
			line.On = say.Day(l.On)
		}
		p.Looks = append(p.Looks, line)
	}
	if rec.Over != nil {
		p.Over = v.overPart(say, i)
	}
	for _, n := range rec.Notes {
		line := noteLine{ID: n.ID, At: say.Clock(n.At, i.Zone), What: v.noteWords(say, i, n), By: v.whoNoted(i, n)}
		if n.Struck != nil {
			line.Struck = v.say.T("incident.struck", words.Data{"By": n.Struck.By, "Day": say.Day(n.Struck.On), "Words": n.Struck.Words})
		} else if n.Kind == act.OrderWater || n.Kind == act.TraceUp || n.Kind == act.WaterEnded {
			line.Strike = v.strikePath(i, n)
		}
		p.Notes = append(p.Notes, line)
	}
	for _, a := range i.Record.Evidence() {
		for _, e := range a.Evidence {
			if e.URL != "" {
				p.Files = append(p.Files, fileRow{e.URL, e.Name, a.By.Name})
			} else {
				p.Files = append(p.Files, fileRow{v.at("/incidents/"+url.PathEscape(rec.ID)+"/files/"+e.SHA256, "plan", i.Plan), e.Name, a.By.Name})
			}
		}
	}
	return p
}

// incidentDoings are the forms of what the viewer may do now; those about one order name it.
func (v *visit) incidentDoings(i query.Incident) (all []link) {
	if !v.past.IsZero() || i.Record.State != act.Handling {
		return nil
	}
	add := func(k act.Kind, ref, more string) {
		if i.Record.MayDo(v.who.actor(), k) {
			all = append(all, link{v.incidentDo(i.Plan, i.Record.ID, k, ref), v.say.T("act.kind_"+string(k)) + more})
		}
	}
	for _, o := range i.Orders {
		more := ""
		if len(i.Orders) > 1 {
			more = v.say.T("incident.of_order", words.Data{"N": o.Order})
		}
		switch {
		case !o.Supply.Ended.IsZero():
		case len(o.Supply.Flows) == 0:
			add(act.WaterBegun, o.Order, more)
		default:
			add(act.WaterFlows, o.Order, more)
			add(act.WaterEnded, o.Order, more)
		}
	}
	add(act.Sample, "", "")
	if i.Registry.Replenish != nil {
		add(act.OrderWater, "", "")
	}
	untraced := func(o incident.Above) bool { _, traced := i.Record.Traced(o.ID); return !traced }
	if i.Registry.Trace != nil && slices.ContainsFunc(i.Above, untraced) {
		add(act.TraceUp, "", "")
	}
	if i.Row.Ready || i.Row.Idle {
		add(act.CloseIncident, "", "")
	}
	add(act.WithdrawIncident, "", "")
	return all
}

func (v *visit) orderPart(i query.Incident, o query.Replenished) orderPart {
	say, n := v.speak(), o.Note
	p := orderPart{Head: v.say.T("incident.order", words.Data{"N": o.Order}), Words: n.Words}
	fact := func(label, value string) {
		if value != "" {
			p.Facts = append(p.Facts, [2]string{v.say.T(label), value})
		}
	}
	fact("incident.supply", n.Said.Supply)
	fact("incident.orderer", n.Said.Orderer)
	fact("incident.given", say.Clock(n.At, i.Zone))
	fact("incident.unit", i.People.Name(n.Lead))
	fact("incident.asked", v.say.T("incident.asked_words", words.Data{"From": say.Clock(n.Said.Time, i.Zone), "Until": say.Clock(n.Said.Ends, i.Zone), "Flow": n.Said.Flow, "Volume": say.Cubic(o.Planned)}))
	if len(o.Supply.Flows) > 0 {
		fact("incident.actual", v.say.T("incident.actual_words", words.Data{"From": say.Clock(o.Supply.Flows[0].At, i.Zone), "Until": say.Clock(o.Supply.Ended, i.Zone), "Volume": say.Cubic(o.Volume)}))
	}
	fact("incident.paper", n.Paper)
	if o.Task != "" {
		p.Task = v.at(taskPath(i.Plan, o.Task))
	}
	for _, l := range o.Limits {
		p.Limits = append(p.Limits, [2]string{v.say.T("incident.step_" + string(l.Step)), say.StepDone(l.By, l.Done, l.Late, i.Zone)})
	}
	for _, r := range i.Record.Notes {
		if r.Of != o.Order || r.Struck != nil {
			continue
		}
		line := flowLine{At: say.Clock(r.Said.Time, i.Zone), Rate: r.Said.Flow, By: v.whoNoted(i, r), Strike: v.strikePath(i, r)}
		if r.Kind == act.WaterEnded {
			line.Rate = v.say.T("incident.stopped")
		}
		p.Flows = append(p.Flows, line)
	}
	return p
}

func (v *visit) overPart(say report.Speaker, i query.Incident) *overPart {
	over := i.Record.Over
	p := &overPart{Head: v.say.T("incident.over_" + string(i.Record.State)), Words: over.Words, Paper: over.Paper, By: over.By + "　" + say.Clock(over.At, i.Zone)}
	var causes []string
	for _, id := range over.Outlets {
		if o, ok := i.Record.Traced(id); ok {
			causes = append(causes, o.Name)
		}
	}
	if len(causes) > 0 {
		p.Causes = v.say.T("incident.causes", words.Data{"Names": v.list(causes)})
	}
	return p
}

// noteWords is a note in a sentence.
func (v *visit) noteWords(say report.Speaker, i query.Incident, n act.Note) string {
	var names []string
	for _, o := range n.Outlets {
		names = append(names, o.Name)
	}
	text := v.say.T("incident.noted_"+string(n.Kind), words.Data{"Of": n.Of, "Time": say.Clock(n.Said.Time, i.Zone), "Ends": say.Clock(n.Said.Ends, i.Zone), "Flow": n.Said.Flow,
		"Supply": n.Said.Supply, "Item": say.Item(n.Said.Item), "Value": n.Said.Value, "Names": v.list(names), "N": len(names)})
	if n.Words != "" {
		text += "　" + n.Words
	}
	return text
}

// list joins names as the language does.
func (v *visit) list(names []string) (text string) {
	for k, name := range names {
		if k > 0 {
			text += v.say.T("cli.list_comma")
		}
		text += name
	}
	return text
}

// whoNoted is who made a note, and of which unit where the name does not say it.
func (v *visit) whoNoted(i query.Incident, n act.Note) string {
	if unit := i.People.Name(n.Unit); !strings.Contains(n.By, unit) {
		return n.By + "　" + unit
	}
	return n.By
}

// strikePath is the address of the form that strikes a note; "" where the viewer cannot.
func (v *visit) strikePath(i query.Incident, n act.Note) string {
	a := act.Act{ID: "ask", Kind: act.StrikeNote, By: v.who.actor(), Ref: n.ID, Reason: "-", At: i.Now}
	if !v.past.IsZero() || i.Record.Check(a) != nil {
		return ""
	}
	return v.incidentDo(i.Plan, i.Record.ID, act.StrikeNote, n.ID)
}

func (v *visit) incidentMonth(say report.Speaker, m query.IncidentMonth, i query.Incident) string {
	data := words.Data{"Month": v.monthName(m.Month), "Class": m.Class.String(), "Item": say.Item(i.Record.Item), "Value": ""}
	if m.State != "" {
		data["Class"] = v.say.T("water.state_" + string(m.State))
	}
	if m.Value != nil {
		data["Value"] = m.Value.String()
	}
	return v.say.T("incident.month", data)
}

// incidentLines are what waits in incidents for the viewer, for the page of what waits.
func (v *visit) incidentLines() (lines []doubtLine, err error) {
	all, err := v.Reader.HandledIncidents(v.ctx(), v.asks(), "")
	var which *query.WhichPlanError
	if errors.Is(err, query.ErrNoIncidents) || errors.As(err, &which) || errors.Is(err, query.ErrNoPlans) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, row := range all.Rows {
		ours := slices.ContainsFunc(row.Seats, func(s act.Seat) bool { return s == act.Office || s == act.Replenishing && row.Owed != nil })
		if !ours {
			continue
		}
		if !slices.Contains(row.Seats, act.Office) { // what others do is not theirs to chase
			row.Open, row.Idle, row.Ready = 0, false, false
		}
		line := v.incidentLine(all, row)
		lines = append(lines, doubtLine{v.say.T("incident.todo", words.Data{"N": row.ID, "Title": row.Title, "Next": strings.Join(line.Next, v.say.T("incident.semicolon"))}), line.Path})
	}
	return lines, nil
}
