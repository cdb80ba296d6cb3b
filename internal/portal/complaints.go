package portal

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"duban/internal/act"
	"duban/internal/complaint"
	"duban/internal/engine"
	"duban/internal/form"
	"duban/internal/ledger"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/query"
	"duban/internal/words"
)

// complaintsPage is the complaints of a plan, and how units did with them.
type complaintsPage struct {
	None      bool // no plan handles complaints
	ID, Plan  string
	Example   bool
	New, File string // addresses of the forms that take complaints in; "" for who may not
	States    []Option
	Lines     []complaintRow
	Measures  []measureRow
	pager
}

// complaintRow is a complaint in a list.
type complaintRow struct {
	query.ComplaintLine
	Path, UnitName, UntilText, StateText string
}

// measureRow is how a unit did in a month.
type measureRow struct {
	complaint.Measure
	UnitName, MonthText, OnTimeText, SatisfiedText string
}

// complaintPath is where a complaint is shown.
func (v *visit) complaintPath(planID string, number int) string {
	return v.at("/complaints/"+strconv.Itoa(number), "plan", planID)
}

// stateOfComplaint is what people call a state of complaints.
func (v *visit) stateOfComplaint(s act.State) string {
	if s == act.Closed {
		return v.say.T("complain.state_closed")
	}
	return v.say.T("act.state_" + string(s))
}

// complaintState is how far a complaint has come, in words.
func (v *visit) complaintState(l query.ComplaintLine) string {
	text := v.stateOfComplaint(l.State)
	switch {
	case l.State != act.ComplaintSorted:
	case l.Returned:
		text = v.say.T("complain.state_returned")
	case l.Complaint.Answered():
		text = v.say.T("complain.state_answered")
	}
	if l.Late {
		text += " " + v.say.T("complain.state_late")
	}
	return text
}

func (v *visit) complaintRow(c query.Complaints, l query.ComplaintLine) complaintRow {
	row := complaintRow{ComplaintLine: l, Path: v.complaintPath(c.Plan, l.Number), StateText: v.complaintState(l)}
	if l.Unit != "" {
		row.UnitName = c.People.Name(l.Unit)
	}
	if !l.Until.IsZero() {
		row.UntilText = v.until(c, l)
	}
	return row
}

// until is when a complaint is to be answered: a day, or a day and a time of day.
func (v *visit) until(c query.Complaints, l query.ComplaintLine) string {
	at := l.Until.In(c.Zone)
	if at.Hour() == 0 && at.Minute() == 0 { // the end of the day before
		return at.AddDate(0, 0, -1).Format("2006-01-02")
	}
	return at.Format("2006-01-02 15:04")
}

// complaints lists the complaints of a plan: all for the office and the leadership, its own for a
// unit.
func (v *visit) complaints() error {
	state, skip := v.r.URL.Query().Get("state"), v.skip()
	c, total, err := v.Reader.ComplaintPage(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), act.State(state), skip, pageOf)
	if errors.Is(err, query.ErrNoComplaints) {
		return v.show("complaints", v.say.T("complain.page"), complaintsPage{None: true})
	}
	if err != nil {
		return err
	}
	p := complaintsPage{ID: c.Plan, Plan: c.Title, Example: c.Rules.Example}
	if v.who.Account.Unit == c.People.Office && !c.Rules.Example {
		p.New, p.File = v.at("/complaints/new", "plan", c.Plan), v.at("/complaints/file", "plan", c.Plan)
	}
	p.States = append(p.States, Option{"", v.say.T("complain.every_state"), state == ""})
	for _, s := range []act.State{act.ComplaintNew, act.ComplaintSorted, act.ComplaintJoined, act.Closed} {
		p.States = append(p.States, Option{string(s), v.stateOfComplaint(s), state == string(s)})
	}
	for _, l := range c.Lines {
		p.Lines = append(p.Lines, v.complaintRow(c, l))
	}
	p.pager = v.pager(min(skip, total), len(c.Lines), total)
	p.Measures = v.measureRows(slices.Concat(c.Measures, c.Sums), c.People)
	return v.show("complaints", v.say.T("complain.page"), p)
}

// measureRows are measures of units in words.
func (v *visit) measureRows(all []complaint.Measure, dir people.Directory) (rows []measureRow) {
	rate := func(n, rate int) string {
		if rate < 0 {
			return strconv.Itoa(n)
		}
		return v.say.T("complain.rate", words.Data{"N": n, "Rate": rate})
	}
	for _, m := range all {
		row := measureRow{Measure: m, UnitName: dir.Name(m.Unit), MonthText: m.Month, OnTimeText: rate(m.OnTime, m.OnTimeRate()), SatisfiedText: rate(m.Satisfied, m.SatisfiedRate())}
		if m.Month == "" {
			row.MonthText = v.say.T("complain.every")
		}
		rows = append(rows, row)
	}
	return rows
}

// complaintPage is one complaint.
type complaintPage struct {
	complaintRow
	List        string
	Plan        string
	SectionName string
	LimitText   string
	Knows       bool
	Caller      complaint.Caller
	Gone        string
	Course      []string
	TaskPath    string
	Like, Joins []complaintRow
	JoinPath    string
	Doings      []link
}

// complaint shows a complaint, what was done, and what the viewer may do.
func (v *visit) complaint() error {
	o, err := v.complaintAsked()
	if err != nil {
		return err
	}
	p := complaintPage{complaintRow: v.complaintRow(o.All, o.ComplaintLine), List: v.at("/complaints", "plan", o.Plan), Plan: o.All.Title, Knows: o.Knows, Caller: o.Caller, Course: v.complaintCourse(o)}
	if o.In.Plan.Water != nil {
		s, _ := o.In.Plan.Water.Section(o.Section)
		p.SectionName = s.Name
	}
	if !o.Forgotten.IsZero() {
		p.Gone = v.say.T("complain.caller_gone", words.Data{"Day": o.Forgotten.String()})
	}
	if o.TaskID != "" {
		p.TaskPath = taskPath(o.Plan, o.TaskID)
	}
	for _, l := range o.Like {
		p.Like = append(p.Like, v.complaintRow(o.All, l))
	}
	for _, l := range o.Joins {
		p.Joins = append(p.Joins, v.complaintRow(o.All, l))
	}
	for _, row := range act.On(act.OnComplaint) {
		if row.From[0] == act.Unborn || o.MayDo(v.who.actor(), row.Kind) != nil {
			continue
		}
		path := v.at("/complaints/"+strconv.Itoa(o.Number)+"/do/"+string(row.Kind), "plan", o.Plan)
		if row.Kind == act.JoinComplaint {
			p.JoinPath = path
		}
		p.Doings = append(p.Doings, link{path, v.say.T("act.kind_" + string(row.Kind))})
	}
	return v.show("complaint", v.say.T("complain.title_one", words.Data{"N": o.Number}), p)
}

// complaintCourse is what was done on a complaint, a line each.
func (v *visit) complaintCourse(o query.OneComplaint) (lines []string) {
	say := func(day, by, key string, data words.Data) {
		lines = append(lines, strings.TrimSpace(day+" "+by+" "+v.say.T("complain.did_"+key, data)))
	}
	say(v.speak().Day(o.Complaint.On), "", "taken", words.Data{"By": o.By})
	for _, s := range o.Sorted {
		limit, _ := o.All.Rules.Limit(s.Limit)
		one := o.ComplaintLine
		one.Until = s.Until
		say(s.At.In(o.All.Zone).Format("2006-01-02 15:04"), s.By.Name, "sorted", words.Data{"Unit": o.All.People.Name(s.Unit), "Limit": limit.Title, "Until": v.until(o.All, one), "Words": s.Words})
	}
	for _, c := range o.Calls {
		say(c.At.In(o.All.Zone).Format("2006-01-02 15:04"), c.By.Name, "called", words.Data{"Outcome": v.say.T("complain.outcome_" + string(c.Outcome)), "Again": c.Again, "Words": c.Words})
	}
	if e := o.Closed; e != nil {
		key := "closed"
		if o.State == act.ComplaintJoined {
			key = "joined"
		}
		say(e.At.In(o.All.Zone).Format("2006-01-02 15:04"), e.By.Name, key, words.Data{"N": o.Into, "Words": e.Words})
	}
	return lines
}

// complaintAsked is the complaint of the address.
func (v *visit) complaintAsked() (o query.OneComplaint, err error) {
	number, err := strconv.Atoi(v.r.PathValue("number"))
	if err != nil {
		return o, query.ErrNotYours
	}
	return v.Reader.Complaint(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), number)
}

// complaintThing is what an act on a complaint is done to, for its form. Without a number in the
// address it is one that is to be taken in.
func (v *visit) complaintThing() (t thing, row act.Row, o query.OneComplaint, err error) {
	kind := act.TakeIn
	if v.r.PathValue("number") != "" {
		if kind = act.Kind(v.r.PathValue("kind")); kind == act.TakeIn {
			return t, row, o, query.ErrNotYours
		}
		o, err = v.complaintAsked()
	} else if o.In, err = v.takingPlan(v.r.URL.Query().Get("plan")); err == nil {
		o.Plan, o.Complaint = o.In.Plan.ID, ledger.NewComplaint(o.In, act.Complaint{})
		o.All.Rules, o.All.People, o.All.Title = *o.In.Plan.Complaints, o.In.Plan.Directory, o.In.Plan.Title
	}
	if err != nil {
		return t, row, o, err
	}
	row, ok := act.Of(act.OnComplaint, kind)
	if !ok || v.who.Account.Unit != o.In.Plan.Directory.Office {
		return t, row, o, query.ErrNotYours
	}
	return thing{Subject: query.Subject{Plan: o.In}, complaint: &o}, row, o, nil
}

// takingPlan is the plan under which the viewer, of its office, takes complaints in.
// query.ErrNotYours where there is none.
func (v *visit) takingPlan(planID string) (l ledger.Launched, err error) {
	l, err = v.Reader.ComplaintsPlan(v.ctx(), v.asks(), planID)
	if errors.Is(err, query.ErrNoComplaints) || err == nil && v.who.Account.Unit != l.Plan.Directory.Office {
		err = query.ErrNotYours
	}
	return l, err
}

// callerFields are the fields of the form that takes a complaint in which tell who made it. Their
// names are those of no act's field.
var callerFields = []string{"name", "phone", "address"}

// complaintForm is the form of an act on a complaint.
func (v *visit) complaintForm() error {
	t, row, o, err := v.complaintThing()
	if errors.Is(err, query.ErrNotYours) && v.r.PathValue("number") == "" {
		return v.show("complaints", v.say.T("complain.page"), complaintsPage{None: true})
	}
	if err != nil {
		return err
	}
	d := doing{Thing: v.say.T("complain.title_one", words.Data{"N": o.Number}) + "　" + o.Title, Back: v.complaintPath(o.Plan, o.Number), Inputs: v.inputs(t, row, "")}
	if row.Kind == act.TakeIn {
		d.Thing, d.Back = o.All.Title, v.at("/complaints", "plan", o.Plan)
		for i, name := range callerFields {
			in := Input{Name: "caller-" + name, Kind: "text", Label: v.say.T("complain.caller") + v.say.T("complain.col_"+name), Value: v.typed.Get("caller-" + name), Most: 300}
			if i == 0 {
				in.Help = v.say.T("complain.caller_help")
			}
			d.Inputs = append(d.Inputs, in)
		}
	}
	if refused := o.MayDo(v.who.actor(), row.Kind); refused != nil {
		d.Refused = notice.Refused(v.say, *refused, o.All.People.Name)
	}
	return v.showForm(t, row, d)
}

// complain does an act on a complaint, or takes one in. A form sent twice acts once.
func (v *visit) complain() error {
	t, row, o, err := v.complaintThing()
	if err != nil {
		return err
	}
	does, ok, err := v.typedAct(t, row)
	if !ok {
		return err
	}
	number := o.Number
	if row.Kind == act.TakeIn {
		said := func(name string) string { return strings.TrimSpace(v.form.Get("caller-" + name)) }
		var numbers []int
		if numbers, err = v.Acts.TakeIn(v.ctx(), o.Plan, []engine.Taking{{Act: does, Caller: complaint.Caller{Name: said("name"), Phone: said("phone"), Address: said("address")}}}); err == nil {
			number = numbers[0]
		}
	} else {
		err = v.Acts.Complain(v.ctx(), o.Plan, number, does, v.words(v.Lang))
	}
	return v.afterAct(err, does, o.All.People.Name, v.complaintPath(o.Plan, number))
}

// complaintsFile is where complaints are taken in from a file.
type complaintsFile struct {
	ID, Plan, Back string
	Faults         []string
}

func (v *visit) showComplaintsFile(status int, l ledger.Launched, faults []string) error {
	return v.showUnder(status, "complaintsfile", v.say.T("complain.import"), complaintsFile{ID: l.Plan.ID, Plan: l.Plan.Title, Back: v.at("/complaints", "plan", l.Plan.ID), Faults: faults})
}

func (v *visit) complaintsForm() error {
	l, err := v.takingPlan(v.r.URL.Query().Get("plan"))
	if errors.Is(err, query.ErrNotYours) {
		return v.show("complaints", v.say.T("complain.page"), complaintsPage{None: true})
	}
	if err != nil {
		return err
	}
	return v.showComplaintsFile(http.StatusOK, l, nil)
}

// bringComplaints takes the complaints of a file in, all or none.
func (v *visit) bringComplaints() error {
	l, err := v.takingPlan(v.form.Get("plan"))
	if err != nil {
		return err
	}
	if len(v.papers) != 1 || len(v.papers[0].Body) == 0 {
		v.note = v.say.T("complain.import_one_file")
		return v.showComplaintsFile(http.StatusUnprocessableEntity, l, nil)
	}
	all, faults, err := form.ReadComplaints(v.ctx(), v.papers[0].Name, v.papers[0].Body, &l.Plan)
	if err != nil {
		return err
	}
	wrong := func(status int, faults ...form.ComplaintFault) error {
		var texts []string
		for _, f := range faults {
			texts = append(texts, f.Text(v.say))
		}
		v.note = v.say.T("complain.import_faults")
		return v.showComplaintsFile(status, l, texts)
	}
	if len(faults) > 0 {
		return wrong(http.StatusUnprocessableEntity, faults...)
	}
	var given []engine.Taking
	for _, t := range all {
		given = append(given, engine.Taking{Act: t.Act("file", v.who.actor()), Caller: t.Caller})
	}
	_, err = v.Acts.TakeIn(v.ctx(), l.Plan.ID, given)
	var which *engine.TakingError
	var refused *engine.RefusedError
	switch {
	case errors.As(err, &which) && errors.As(err, &refused):
		v.note = v.say.T("complain.import_faults")
		return v.showComplaintsFile(http.StatusConflict, l, []string{v.say.T("complain.bad_row", words.Data{"Row": all[which.At].Row, "Column": v.say.T("complain.col_hotline"), "Why": notice.Refused(v.say, refused.Refusal, l.Plan.Directory.Name)})})
	case errors.Is(err, ErrLookOnly):
		v.note = v.say.T("portal.look_only")
		return v.showComplaintsFile(http.StatusForbidden, l, nil)
	case err != nil:
		return err
	}
	return v.to(v.at("/complaints", "plan", l.Plan.ID))
}

// offerComplaint fills in what may be chosen for an act on a complaint.
func (v *visit) offerComplaint(in *Input, o *query.OneComplaint) {
	if in.Value == "" {
		in.Value = v.r.URL.Query().Get(in.Name)
	}
	option := func(value, name string) {
		in.Options = append(in.Options, Option{value, name, value == in.Value})
	}
	switch in.Name {
	case "matter":
		for _, m := range o.All.Rules.Matters {
			option(m, m)
		}
	case "limit":
		for _, l := range o.All.Rules.Limits {
			option(l.ID, l.Title)
		}
	case "section":
		option("", v.say.T("complain.no_section"))
		if o.In.Plan.Water != nil {
			for _, s := range o.In.Plan.Water.Sections {
				option(s.ID, s.Name)
			}
		}
	case "outcome":
		for _, x := range act.Outcomes {
			option(string(x), v.say.T("complain.outcome_"+string(x)))
		}
	case "unit":
		for _, id := range o.Units {
			option(id, o.All.People.Name(id))
		}
	case "into":
		for _, l := range o.All.Lines {
			if l.Number != o.Number && (l.State == act.ComplaintNew || l.State == act.ComplaintSorted) {
				option(strconv.Itoa(l.Number), v.say.T("complain.like_line", words.Data{"N": l.Number, "On": l.On.String(), "Where": l.Where, "Title": l.Title}))
			}
		}
	}
}
