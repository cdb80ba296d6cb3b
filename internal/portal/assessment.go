package portal

import (
	"bytes"
	"errors"
	"net/http"
	"slices"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/form"
	"duban/internal/query"
	"duban/internal/words"
)

// assessPage is the scores and ranks of a plan's units in a period.
type assessPage struct {
	None       bool // no plan has rules of assessment
	Plan, Id   string
	Head       string
	Status     string
	Ranked     bool
	File       string
	Periods    []Option
	Units      []assessUnit
	One        *assessOne    // a unit's points, and what they rest on
	Entries    []assessEntry // of the unit that is chosen, or of all
	Objections []assessObjection
	Doings     []link
	pager      // of the entries
}

type assessUnit struct {
	assessment.Score
	Name, Path, Change string
	Chosen             bool
}

type assessOne struct {
	Head, Base, Bounded string
	Lines               []assessLine
}

type assessLine struct {
	Head, Source string
	Facts        []assessFact
}

type assessFact struct {
	assessment.Scored
	Words, Path, PointsText string
}

type assessEntry struct {
	act.Entry
	Kind, Name, StruckWords, Strike string
	Files                           []link
}

// firstWords are the first words of an objection, as much as fits in a list of choices.
func firstWords(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

type assessObjection struct {
	act.Objection
	Name, Settled, Settle string
	Files                 []link
}

// periodAsked is the period of the address; "" where it names none, or none that can be read.
func (v *visit) periodAsked() assessment.Period {
	p, err := assessment.ReadPeriod(v.r.URL.Query().Get("period"))
	if err != nil {
		return ""
	}
	return p
}

// assessment shows scores and ranks: of all units to the office and the leadership, of
// itself to a unit.
func (v *visit) assessment() error {
	a, err := v.Reader.Assess(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), v.periodAsked())
	if errors.Is(err, query.ErrNoRules) || errors.Is(err, query.ErrNotYours) {
		return v.show("assessment", v.say.T("assess.page"), assessPage{None: true})
	}
	if err != nil {
		return err
	}
	say := v.speak()
	p := assessPage{Plan: a.Title, Id: a.Plan, Status: say.AssessmentStatus(a.Status, a.Sheet, a.Example), Ranked: !a.Own || a.Status.State == act.SheetIssued,
		Head: v.say.T("assess.title", words.Data{"Title": a.Sheet.Table.Title, "Period": say.Period(string(a.Period))}),
		File: v.at("/assessment/sheet", "plan", a.Plan, "period", string(a.Period))}
	for _, one := range a.Periods(a.Year) {
		p.Periods = append(p.Periods, Option{string(one), say.Period(string(one)), one == a.Period})
	}
	chosen := v.r.URL.Query().Get("unit")
	if a.Own {
		chosen = v.who.Account.Unit
	}
	for _, u := range a.Sheet.Units {
		one := assessUnit{Score: u, Name: a.People.Name(u.Unit), Change: say.RankChange(u), Chosen: u.Unit == chosen}
		if !a.Own || one.Chosen {
			one.Path = v.at("/assessment", "plan", a.Plan, "period", string(a.Period), "unit", u.Unit) + "#made-of"
		}
		p.Units = append(p.Units, one)
		if one.Chosen {
			p.One = v.madeOf(a, u)
		}
	}
	office := v.who.Account.Unit == a.People.Office
	entries := a.Entries
	if chosen != "" {
		entries = slices.DeleteFunc(slices.Clone(entries), func(e act.Entry) bool { return e.Unit != chosen })
	}
	skip := min(v.skip(), len(entries))
	shown := entries[skip:min(skip+pageOf, len(entries))]
	p.pager = v.pager(skip, len(shown), len(entries))
	for _, e := range shown {
		one := assessEntry{Entry: e, Kind: v.say.T("assess.kind_" + string(e.Fact)), Name: a.People.Name(e.Unit), Files: v.proofs(a, e.Proof)}
		if e.Struck != nil {
			one.StruckWords = v.say.T("assess.entry_struck", words.Data{"By": e.Struck.By, "Day": say.Day(e.Struck.On), "Words": e.Struck.Words})
		} else if office {
			one.Strike = v.assessPath(a, act.Strike, "ref", e.ID)
		}
		p.Entries = append(p.Entries, one)
	}
	decides := office || v.who.Account.Unit == a.People.Leadership
	for _, o := range a.Status.Objections {
		one := assessObjection{Objection: o, Name: a.People.Name(o.Unit), Settled: say.Settled(o), Files: v.proofs(a, o.Proof)}
		if decides && o.Decided == nil {
			one.Settle = v.assessPath(a, act.Settle, "ref", o.ID)
		}
		p.Objections = append(p.Objections, one)
	}
	for _, row := range act.ByHand(act.OnPlan) {
		if row.Takes(act.FieldRef) || !v.mayAssess(a, row) { // acts on an objection or an entry are offered beside it
			continue
		}
		p.Doings = append(p.Doings, link{v.assessPath(a, row.Kind), v.say.T("act.kind_" + string(row.Kind))})
	}
	return v.show("assessment", v.say.T("assess.page"), p)
}

// proofs are links to the files that prove an entry or an objection.
func (v *visit) proofs(a query.Assessment, all []act.Evidence) (files []link) {
	for _, e := range all {
		files = append(files, link{v.at("/assessment/files/"+e.SHA256, "plan", a.Plan, "period", string(a.Period)), e.Name})
	}
	return files
}

// assessFile gives a file to whoever sees the entry or the objection that it proves.
func (v *visit) assessFile() error {
	a, err := v.Reader.Assess(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), v.periodAsked())
	if errors.Is(err, query.ErrNoRules) {
		return query.ErrNotYours
	}
	if err != nil {
		return err
	}
	var named []act.Act
	for _, e := range a.Entries {
		named = append(named, act.Act{Evidence: e.Proof})
	}
	for _, o := range a.Status.Objections {
		named = append(named, act.Act{Evidence: o.Proof})
	}
	return v.give(v.r.PathValue("hash"), named)
}

// mayAssess tells that an act is for the viewer's unit to do in the assessment's present
// state.
func (v *visit) mayAssess(a query.Assessment, row act.Row) bool {
	s := a.Status
	s.Office, s.Leadership = a.People.Office, a.People.Leadership
	return !a.Example && slices.Contains(row.From, s.State) && s.MayDo(v.who.actor(), row.Kind)
}

func (v *visit) assessPath(a query.Assessment, k act.Kind, pairs ...string) string {
	return v.at("/assessment/do/"+string(k), append([]string{"plan", a.Plan, "period", string(a.Period)}, pairs...)...)
}

// madeOf is what a unit's points rest on, each with the address of the page about it.
func (v *visit) madeOf(a query.Assessment, u assessment.Score) *assessOne {
	say := v.speak()
	one := &assessOne{Head: v.say.T("assess.made_of", words.Data{"Unit": a.People.Name(u.Unit), "Score": u.Score.String()}), Base: v.say.T("assess.base", words.Data{"Base": a.Sheet.Table.Base.String()})}
	if !u.Sum.Equal(u.Score) {
		one.Bounded = v.say.T("assess.bounded", words.Data{"Sum": u.Sum.String(), "Score": u.Score.String()})
	}
	for _, l := range u.Lines {
		rule := say.RuleOf(a.Sheet, l.Rule)
		key := "assess.rule_sum"
		if !l.Sum.Equal(l.Count) {
			key = "assess.rule_limited"
		}
		line := assessLine{Head: v.say.T(key, words.Data{"Title": rule.Title, "Sum": say.Points(l.Sum), "Count": say.Points(l.Count)})}
		if rule.Source != "" {
			line.Source = v.say.T("assess.rule_source", words.Data{"Source": rule.Source})
		}
		for _, f := range l.Facts {
			fact := assessFact{Scored: f, Words: say.FactWords(f.Fact), PointsText: say.Points(f.Points)}
			switch f.Where {
			case assessment.ToTask:
				fact.Path = taskPath(a.Plan, f.ID)
			case assessment.ToTalk:
				fact.Path = talkPath(a.Plan, f.ID)
			case assessment.ToSection:
				fact.Path = v.sectionPath(a.Plan, f.ID)
			case assessment.ToComplaint:
				fact.Path = v.at("/complaints", "plan", a.Plan)
				if f.ID != "" {
					fact.Path = v.at("/complaints/"+f.ID, "plan", a.Plan)
				}
			case assessment.ToEntry:
				fact.Path = "#entries"
			case assessment.ToObjection:
				fact.Path = "#objections"
			}
			line.Facts = append(line.Facts, fact)
		}
		one.Lines = append(one.Lines, line)
	}
	return one
}

// assessmentSheet is the scores and what they rest on as an Excel file.
func (v *visit) assessmentSheet() error {
	a, err := v.Reader.Assess(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), v.periodAsked())
	if errors.Is(err, query.ErrNoRules) || errors.Is(err, query.ErrNotYours) {
		http.Redirect(v.w, v.r, "/assessment", http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := a.Write(&out, v.say); err != nil {
		return err
	}
	return v.sendXLSX(v.say.T("assess.file_name", words.Data{"Period": string(a.Period)})+".xlsx", out.Bytes())
}

// assessThing is what an act on an assessment is done to, for its form.
func (v *visit) assessThing() (t thing, row act.Row, a query.Assessment, err error) {
	row, ok := act.Of(act.OnPlan, act.Kind(v.r.PathValue("kind")))
	if !ok || row.Command == "" {
		return t, row, a, query.ErrNotYours
	}
	if a, err = v.Reader.Assess(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), v.periodAsked()); err != nil {
		if errors.Is(err, query.ErrNoRules) {
			err = query.ErrNotYours
		}
		return t, row, a, err
	}
	l, err := v.Reader.AssessedPlan(v.ctx(), v.asks(), a.Plan)
	return thing{Subject: query.Subject{Plan: l}, assess: &a}, row, a, err
}

// assessForm is the form of an act on an assessment.
func (v *visit) assessForm() error {
	t, row, a, err := v.assessThing()
	if err != nil {
		return err
	}
	if !v.mayAssess(a, row) {
		return query.ErrNotYours
	}
	return v.showForm(t, row, doing{Thing: v.say.T("assess.title", words.Data{"Title": a.Sheet.Table.Title, "Period": v.speak().Period(string(a.Period))}),
		Back: v.at("/assessment", "plan", a.Plan, "period", string(a.Period))})
}

// assess does an act on an assessment. A form sent twice acts once.
func (v *visit) assess() error {
	t, row, a, err := v.assessThing()
	if err != nil {
		return err
	}
	does, ok, err := v.typedAct(t, row)
	if !ok {
		return err
	}
	sheet, err := form.Sheet(v.ctx(), v.Reader, v.asks(), a.Plan, does)
	if err != nil {
		return err
	}
	cal, err := v.Reader.Holidays(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	err = v.Acts.Assess(v.ctx(), a.Plan, does, sheet, cal)
	return v.afterAct(err, does, a.People.Name, v.at("/assessment", "plan", a.Plan, "period", string(a.Period)))
}

// offerAssessed fills in what may be chosen for an act on an assessment.
func (v *visit) offerAssessed(in *Input, a *query.Assessment) {
	if in.Value == "" {
		in.Value = v.r.URL.Query().Get(in.Name)
	}
	option := func(value, name string) {
		in.Options = append(in.Options, Option{value, name, value == in.Value})
	}
	switch in.Name {
	case "period":
		in.Value = string(a.Period)
		option(in.Value, v.speak().Period(in.Value))
	case "fact":
		for _, k := range assessment.Entered {
			option(string(k), v.say.T("assess.kind_"+string(k)))
		}
	case "unit":
		for _, u := range a.Sheet.Units {
			option(u.Unit, a.People.Name(u.Unit))
		}
	case "ref":
		for _, e := range a.Entries {
			if act.Kind(v.r.PathValue("kind")) == act.Strike && e.Struck == nil {
				option(e.ID, e.ID+" "+a.People.Name(e.Unit)+" "+e.Title)
			}
		}
		for _, o := range a.Status.Objections {
			if act.Kind(v.r.PathValue("kind")) == act.Settle && o.Decided == nil {
				option(o.ID, o.ID+" "+a.People.Name(o.Unit)+v.say.T("page.colon")+firstWords(o.Words))
			}
		}
	}
}
