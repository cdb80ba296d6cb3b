package portal

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// taskRow is a line of the list of tasks.
type taskRow struct {
	query.TaskLine
	Path, Name, LightWord, StateWord, Left, NextStep string
}

type tasksPage struct {
	Lines  []taskRow
	Plans  []Option
	Units  []Option
	Lights []Option
	States []Option
	Leads  bool     // only tasks that the unit leads are asked for
	Only   []Option // what else the list is narrowed to: name of the field, value, word
	AsOf   string
	Saved  []savedFilter
	Now    string // the saved filter that is shown; "" for all tasks
	pager
}

// lights are the lights by which the list can be filtered, the gravest first.
var lights = report.Gravity

// tasks is the list of tasks that the viewer may see, the gravest first.
func (v *visit) tasks() error { return v.then(v.tasksIn) }

// narrowed applies to a filter what the address narrows the list to beside unit, light and
// state, and shows it on the page.
func (v *visit) narrowed(q url.Values, f *query.TaskFilter, out *tasksPage) {
	if unit := q.Get("lead"); unit != "" {
		f.Leads, out.Leads = []string{unit}, true
	}
	if month, err := calendar.ParseDay(q.Get("month") + "-01"); err == nil {
		f.From, f.Until = month, month.MonthEnd()
		out.Only = append(out.Only, Option{Value: q.Get("month"), Name: "month"})
	}
	if f.Clause = q.Get("clause"); f.Clause != "" {
		out.Only = append(out.Only, Option{Value: f.Clause, Name: "clause"})
	}
	if !v.past.IsZero() {
		out.AsOf = v.past.String()
	}
}

func (v *visit) tasksIn(r *query.Reader) error {
	q := v.r.URL.Query()
	var out tasksPage
	f := query.TaskFilter{Plan: q.Get("plan"), Skip: v.skip(), Limit: pageOf}
	if unit := q.Get("unit"); unit != "" {
		f.Units = []string{unit}
	}
	v.narrowed(q, &f, &out)
	for _, l := range lights {
		if slices.Contains(q["light"], string(l)) {
			f.Lights = append(f.Lights, l)
		}
	}
	for _, s := range act.States {
		if slices.Contains(q["state"], string(s)) {
			f.States = append(f.States, s)
		}
	}
	names, err := r.Names(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	page, err := r.Tasks(v.ctx(), v.asks(), f)
	if err != nil {
		return err
	}
	out.pager, out.Plans, out.Units = v.pager(f.Skip, len(page.Lines), page.Total), options(names.Plans, q.Get("plan")), options(names.Units, cmp.Or(q.Get("unit"), q.Get("lead")))
	for _, l := range lights {
		out.Lights = append(out.Lights, Option{string(l), v.speak().Light(report.Row{Light: l}), slices.Contains(f.Lights, l)})
	}
	for _, s := range act.States {
		out.States = append(out.States, Option{string(s), v.say.T("act.state_" + string(s)), slices.Contains(f.States, s)})
	}
	for _, l := range page.Lines {
		out.Lines = append(out.Lines, v.taskRow(l))
	}
	if err := v.savedFilters(&out); err != nil {
		return err
	}
	return v.show("tasks", v.say.T("portal.title_tasks"), out)
}

func (v *visit) taskRow(l query.TaskLine) taskRow {
	row := taskRow{TaskLine: l, Path: v.at(taskPath(l.Plan, l.ID)), Name: v.speak().Title(l.Row), LightWord: v.speak().Light(l.Row), StateWord: v.speak().State(l.Row), Left: v.speak().Left(l.Row)}
	if l.Next != nil {
		row.NextStep = v.speak().Step(l.Next)
	}
	return row
}

// options are choices by ID and name, sorted by name.
func options(names map[string]string, chosen string) (all []Option) {
	for id, name := range names {
		all = append(all, Option{id, name, id == chosen})
	}
	slices.SortFunc(all, func(a, b Option) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
	})
	return all
}

// casePage is a case file with what the viewer can do.
type casePage struct {
	Subtitle string
	Light    plan.Light
	Sections []report.Section
	Can      []actLine
	Cannot   []actLine
	Enter    []forUnit // what the office can enter for a unit
	Files    []fileRow
	Talks    []link // of the task
	Lines    []lifeLine
	Task     *link // of the talk
	Then     string
	Charge   *chargePart
	Water    string // address of the section that the line is about
	Incident string // address of the incident that the task was opened for
}

type link struct{ Path, Name string }

// fileRow is a file that proves an act.
type fileRow struct{ Path, Name, Of string }

// did says what was just done, from the address that the browser was sent to.
func (v *visit) did() {
	k := act.Kind(v.r.URL.Query().Get("did"))
	if row, ok := act.Topic(k); ok && row.On != act.OnPlan && row.On != act.OnIncident {
		v.note = v.say.T("portal.did", words.Data{"Act": v.say.T("act.kind_" + string(k))})
	}
}

// lifeLine is a line of a task's timeline.
type lifeLine struct {
	report.Line
	LightWord string
	Path      string // of the talk that the line is about
	Today     bool   // the mark of today is drawn before this line
}

// life is a case's timeline, with today in its place.
func (v *visit) life(c report.Case, planID string) (lines []lifeLine) {
	ahead := false
	for _, l := range v.speak().Timeline(c) {
		one := lifeLine{Line: l, LightWord: v.speak().Light(report.Row{Light: l.Light}), Today: l.Ahead && !ahead}
		ahead = ahead || l.Ahead
		if l.Talk != "" {
			one.Path = v.at(talkPath(planID, l.Talk))
		}
		lines = append(lines, one)
	}
	return lines
}

func (v *visit) task() error { v.did(); return v.then(v.taskIn) }

func (v *visit) taskIn(r *query.Reader) error {
	planID, id := v.r.PathValue("plan"), v.r.PathValue("task")
	c, err := r.Case(v.ctx(), v.asks(), planID, id)
	if err != nil {
		return err
	}
	t, err := v.thingOf(false)
	if err != nil {
		return err
	}
	title, subtitle, sections := v.speak().Head(c)
	out := casePage{Lines: v.life(c, planID), Subtitle: subtitle, Light: c.Task.Light, Sections: sections, Files: filesOf(c, t.path())}
	if !t.Hidden {
		out.Charge = v.chargeOf(t)
	}
	if c.Task.Kind != plan.Standing {
		out.Then = v.speak().Then(c)
	}
	if s := c.Facts.Section; s != nil && c.Facts.Registered {
		out.Water = v.sectionPath(planID, s.ID)
	} else if c.Facts.MeasureOf != "" {
		out.Water = v.sectionPath(planID, c.Facts.MeasureOf)
	}
	if incident, _, _ := act.IncidentOf(t.Task.Origin); incident != "" {
		out.Incident = v.incidentPath(planID, incident)
	}
	for _, k := range c.Talks {
		out.Talks = append(out.Talks, link{v.at(talkPath(planID, k.ID)), v.speak().TalkWhat(k.TalkRow) + " " + k.ID + " " + v.speak().TalkState(k.TalkRow)})
	}
	if v.past.IsZero() { // nobody acts on a day that has passed
		if out.Can, out.Cannot, err = v.actLines(t); err != nil {
			return err
		}
		if out.Enter, err = v.enterable(t); err != nil {
			return err
		}
	}
	return v.show("case", title, out)
}

// filesOf are the files that acts of a case name, the latest first.
func filesOf(c report.Case, path string) (all []fileRow) {
	for _, m := range slices.Backward(c.History) {
		if m.Act == nil || m.Refused != nil {
			continue
		}
		for _, e := range m.Act.Evidence {
			if e.SHA256 != "" {
				all = append(all, fileRow{path + "/files/" + e.SHA256, e.Name, m.Act.By.Name + " " + m.Act.On.String()})
			}
		}
	}
	return all
}

// actsOf are the acts of a case that were done.
func actsOf(c report.Case) (all []act.Act) {
	for _, m := range c.History {
		if m.Act != nil && m.Refused == nil {
			all = append(all, *m.Act)
		}
	}
	return all
}

func (v *visit) taskFile() error {
	c, err := v.Reader.Case(v.ctx(), v.asks(), v.r.PathValue("plan"), v.r.PathValue("task"))
	if err != nil {
		return err
	}
	return v.give(v.r.PathValue("hash"), actsOf(c))
}

func (v *visit) talkFile() error {
	c, err := v.Reader.TalkCase(v.ctx(), v.asks(), v.r.PathValue("plan"), v.r.PathValue("talk"))
	if err != nil {
		return err
	}
	return v.give(v.r.PathValue("hash"), actsOf(c))
}

// talkRow is a line of the list of talks.
type talkRow struct {
	query.TalkLine
	Path, What, About, StateWord, NextStep string
}

type talksPage struct {
	Action string // where it is filtered
	Lines  []talkRow
	States []Option
	pager
}

// talkStates are the states by which the list of talks can be filtered.
var talkStates = []act.TalkState{act.TalkProposed, act.TalkOpen, act.TalkClosed, act.TalkDeclined}

func (v *visit) talks() error { return v.then(v.talksIn) }

// circulars are the circulars alone, in a list of their own.
func (v *visit) circulars() error {
	return v.then(func(r *query.Reader) error { return v.talkList(r, plan.ProposeCircular, "portal.title_circulars") })
}

func (v *visit) talksIn(r *query.Reader) error { return v.talkList(r, "", "portal.title_talks") }

// talkList is the list of talks, of circulars, or of both.
func (v *visit) talkList(r *query.Reader, what, title string) error {
	q := v.r.URL.Query()
	f := query.TalkFilter{Plan: q.Get("plan"), Unit: q.Get("unit"), What: what, Skip: v.skip(), Limit: pageOf}
	if state := act.TalkState(q.Get("state")); slices.Contains(talkStates, state) {
		f.State = state
	}
	page, err := r.Talks(v.ctx(), v.asks(), f)
	if err != nil {
		return err
	}
	out := talksPage{Action: v.r.URL.Path, pager: v.pager(f.Skip, len(page.Lines), page.Total)}
	for _, s := range talkStates {
		out.States = append(out.States, Option{string(s), v.say.T("act.talk_" + string(s)), s == f.State})
	}
	for _, l := range page.Lines {
		out.Lines = append(out.Lines, talkRow{l, v.at(talkPath(l.Plan, l.ID)), v.speak().TalkWhat(l.TalkRow), v.speak().TalkAbout(l.TalkRow), v.speak().TalkState(l.TalkRow), v.speak().TalkNext(l.TalkRow)})
	}
	return v.show("talks", v.say.T(title), out)
}

func (v *visit) talk() error { v.did(); return v.then(v.talkIn) }

func (v *visit) talkIn(r *query.Reader) error {
	planID, id := v.r.PathValue("plan"), v.r.PathValue("talk")
	c, err := r.TalkCase(v.ctx(), v.asks(), planID, id)
	if err != nil {
		return err
	}
	t, err := v.thingOf(true)
	if err != nil {
		return err
	}
	title, subtitle, sections := v.speak().Talk(c)
	out := casePage{Subtitle: subtitle, Sections: sections, Files: filesOf(c, t.path()), Then: v.speak().ThenOfTalk(c)}
	if !t.Hidden {
		out.Task = &link{v.at(taskPath(planID, c.Task.ID)), c.Task.Title}
	}
	if v.past.IsZero() {
		if out.Can, out.Cannot, err = v.actLines(t); err != nil {
			return err
		}
		if out.Enter, err = v.enterable(t); err != nil {
			return err
		}
	}
	return v.show("case", title, out)
}
