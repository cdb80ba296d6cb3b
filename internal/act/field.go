package act

import (
	"slices"
	"strings"

	"duban/internal/plan"
)

// Field is one thing that an act can say. Its name is that of the command line's flag, of
// the field of a form and, with _ for -, of a request and of the catalogue's label.
type Field string

const (
	FieldCircular Field = "circular"
	FieldNumber   Field = "number"
	FieldTime     Field = "time"
	FieldPlace    Field = "place"
	FieldChair    Field = "chair"
	FieldCalled   Field = "called"
	FieldMissing  Field = "missing"
	FieldBring    Field = "bring"
	FieldPercent  Field = "percent"
	FieldRef      Field = "ref"
	FieldUnit     Field = "unit"
	FieldUnits    Field = "units"
	FieldDue      Field = "due"
	FieldUntil    Field = "until"
	FieldMoves    Field = "moves-due"
	FieldPolicy   Field = "policy"
	FieldRule     Field = "rule"
	FieldTitle    Field = "title"
	FieldReason   Field = "reason"
	FieldPaper    Field = "paper"
	FieldPublic   Field = "public"
	FieldURL      Field = "url"
	FieldFile     Field = "file"
	FieldPeriod   Field = "period"
	FieldFact     Field = "fact"
	FieldDay      Field = "day"
	FieldPoints   Field = "points"
	FieldSection  Field = "section"
	FieldItem     Field = "item"
	FieldSource   Field = "source"
	FieldEnds     Field = "ends"
	FieldSupply   Field = "supply"
	FieldFlow     Field = "flow"
	FieldOrderer  Field = "orderer"
	FieldValue    Field = "value"
	FieldOutlets  Field = "outlets"

	FieldTo        Field = "to"
	FieldProblems  Field = "problems"
	FieldProposals Field = "proposals"

	FieldHotline Field = "hotline"
	FieldMatter  Field = "matter"
	FieldWhere   Field = "where"
	FieldLimit   Field = "limit"
	FieldOutcome Field = "outcome"
	FieldAgain   Field = "again"
	FieldInto    Field = "into"

	FieldText Field = "text"
)

// Takes is what may be typed into a field.
type Takes string

const (
	TakesLine    Takes = "line"    // one line of text
	TakesText    Takes = "text"    // several lines
	TakesChoice  Takes = "choice"  // one of what the plan or the case has
	TakesPercent Takes = "percent" // a whole number
	TakesDay     Takes = "day"
	TakesMoment  Takes = "moment" // a day and a time of day
	TakesSwitch  Takes = "switch" // set or not
	TakesNames   Takes = "names"  // several names
	TakesUnits   Takes = "units"  // several units of the plan
	TakesMany    Takes = "many"   // several of what the plan or the case has
	TakesURLs    Takes = "urls"   // several addresses on the web
	TakesFiles   Takes = "files"
)

// Several tells that a field may have several values.
func (t Takes) Several() bool {
	return t == TakesNames || t == TakesUnits || t == TakesMany || t == TakesURLs || t == TakesFiles
}

// FieldRow says what a field takes, and how much. Texts are limited because a workflow carries
// them, whose state Temporal keeps below 2 MiB, and because everybody concerned is told them.
type FieldRow struct {
	Field   Field
	Takes   Takes
	Most    int // characters, of each value; 0: no text
	Entries int // values at most, where there may be several
	// has tells that an act says the field. Where it is nil, a field with texts is said when one
	// of them is not blank, and a field without texts always is: its zero value says something,
	// such as no percent.
	has   func(Act) bool
	texts func(*Act) []*string
}

// Fields is the one table of what acts can say, in the order of a form.
var Fields = []FieldRow{
	{FieldCircular, TakesSwitch, 0, 0, func(a Act) bool {
		return a.Talk != nil && (a.Talk.What == plan.ProposeTalk || a.Talk.What == plan.ProposeCircular)
	}, nil},
	{FieldPeriod, TakesChoice, 0, 0, func(a Act) bool { return a.Assess != nil && a.Assess.Period != "" }, nil},
	{FieldFact, TakesChoice, 0, 0, func(a Act) bool { return a.Assess != nil && a.Assess.Fact != "" }, nil},
	{FieldTo, TakesChoice, 0, 0, func(a Act) bool { return a.Report != nil && a.Report.To != "" }, nil},
	{FieldDay, TakesDay, 0, 0, func(a Act) bool {
		return a.Assess != nil && !a.Assess.Day.IsZero() || a.Report != nil && !a.Report.Day.IsZero()
	}, nil},
	{FieldNumber, TakesLine, 200, 0, nil, ofTalk(func(t *TalkFacts) []*string { return []*string{&t.Number} })},
	{FieldSection, TakesChoice, 100, 0, nil, func(a *Act) []*string {
		if a.Complaint != nil {
			return []*string{&a.Complaint.Section}
		}
		return ofIncident(func(i *IncidentFacts) []*string { return []*string{&i.Section} })(a)
	}},
	{FieldSource, TakesChoice, 100, 0, nil, ofIncident(func(i *IncidentFacts) []*string { return []*string{&i.Source} })},
	{FieldSupply, TakesLine, 200, 0, nil, ofIncident(func(i *IncidentFacts) []*string { return []*string{&i.Supply} })},
	{FieldTime, TakesMoment, 0, 0, func(a Act) bool {
		return a.Talk != nil && !a.Talk.Time.IsZero() || a.Incident != nil && !a.Incident.Time.IsZero()
	}, nil},
	{FieldEnds, TakesMoment, 0, 0, func(a Act) bool { return a.Incident != nil && !a.Incident.Ends.IsZero() }, nil},
	{FieldItem, TakesChoice, 0, 0, func(a Act) bool { return a.Incident != nil && a.Incident.Item != "" }, nil},
	{FieldFlow, TakesLine, 20, 0, nil, ofIncident(func(i *IncidentFacts) []*string { return []*string{&i.Flow} })},
	{FieldValue, TakesLine, 30, 0, nil, ofIncident(func(i *IncidentFacts) []*string { return []*string{&i.Value} })},
	{FieldOrderer, TakesLine, 100, 0, nil, ofIncident(func(i *IncidentFacts) []*string { return []*string{&i.Orderer} })},
	{FieldOutlets, TakesMany, 100, 200, nil, ofIncident(func(i *IncidentFacts) []*string { return each(i.Outlets) })},
	{FieldPlace, TakesLine, 200, 0, nil, ofTalk(func(t *TalkFacts) []*string { return []*string{&t.Place} })},
	{FieldChair, TakesLine, 200, 0, nil, ofTalk(func(t *TalkFacts) []*string { return []*string{&t.Chair} })},
	{FieldCalled, TakesNames, 200, 50, nil, ofTalk(func(t *TalkFacts) []*string { return each(t.Called) })},
	{FieldMissing, TakesNames, 200, 50, nil, ofTalk(func(t *TalkFacts) []*string { return each(t.Missing) })},
	{FieldBring, TakesText, 2000, 0, nil, ofTalk(func(t *TalkFacts) []*string { return []*string{&t.Bring} })},
	{FieldHotline, TakesLine, 40, 0, nil, ofComplaint(func(c *ComplaintFacts) *string { return &c.Hotline })},
	{FieldMatter, TakesChoice, 100, 0, nil, ofComplaint(func(c *ComplaintFacts) *string { return &c.Matter })},
	{FieldWhere, TakesLine, 200, 0, nil, ofComplaint(func(c *ComplaintFacts) *string { return &c.Where })},
	{FieldLimit, TakesChoice, 100, 0, nil, ofComplaint(func(c *ComplaintFacts) *string { return &c.Limit })},
	{FieldOutcome, TakesChoice, 0, 0, func(a Act) bool { return a.Complaint != nil && a.Complaint.Outcome != "" }, nil},
	{FieldAgain, TakesSwitch, 0, 0, nil, nil},
	{FieldInto, TakesChoice, 0, 0, func(a Act) bool { return a.Complaint != nil && a.Complaint.Into > 0 }, nil},
	{FieldPercent, TakesPercent, 0, 0, nil, nil},
	{FieldRef, TakesChoice, 200, 0, nil, func(a *Act) []*string { return []*string{&a.Ref} }},
	{FieldUnit, TakesChoice, 100, 0, nil, func(a *Act) []*string { return []*string{&a.Unit} }},
	{FieldUnits, TakesUnits, 100, 50, always, func(a *Act) []*string { return each(a.Units) }},
	{FieldDue, TakesDay, 0, 0, func(a Act) bool { return !a.Due.IsZero() || a.Begin != nil }, nil},
	{FieldUntil, TakesDay, 0, 0, func(a Act) bool { return !a.Until.IsZero() }, nil},
	{FieldMoves, TakesSwitch, 0, 0, nil, nil},
	{FieldPolicy, TakesChoice, 100, 0, nil, func(a *Act) []*string { return []*string{&a.Policy} }},
	{FieldRule, TakesChoice, 100, 0, nil, func(a *Act) []*string { return []*string{&a.Rule} }},
	{FieldTitle, TakesLine, 500, 0, nil, func(a *Act) []*string { return []*string{&a.Title} }},
	{FieldProblems, TakesText, 10000, 0, nil, ofReport(func(r *ReportFacts) []*string { return []*string{&r.Problems} })},
	{FieldProposals, TakesText, 10000, 0, nil, ofReport(func(r *ReportFacts) []*string { return []*string{&r.Proposals} })},
	{FieldText, TakesText, 20000, 0, nil, func(a *Act) []*string {
		if a.Text == nil {
			return nil
		}
		return []*string{&a.Text.Text}
	}},
	{FieldReason, TakesText, 2000, 0, nil, func(a *Act) []*string { return []*string{&a.Reason} }},
	{FieldPoints, TakesLine, 0, 0, func(a Act) bool { return a.Assess != nil && a.Assess.Points != "" }, nil},
	{FieldPaper, TakesLine, 200, 0, nil, func(a *Act) []*string { return []*string{&a.Paper} }},
	{FieldPublic, TakesSwitch, 0, 0, nil, nil},
	{FieldURL, TakesURLs, 500, 0, nil, func(a *Act) []*string {
		return evidence(*a, func(e *Evidence) *string { return &e.URL })
	}},
	{FieldFile, TakesFiles, 200, 20, nil, func(a *Act) []*string {
		return evidence(*a, func(e *Evidence) *string { return &e.Name })
	}},
}

func always(Act) bool { return true }

func each(all []string) (texts []*string) {
	for i := range all {
		texts = append(texts, &all[i])
	}
	return texts
}

func ofTalk(texts func(*TalkFacts) []*string) func(*Act) []*string {
	return func(a *Act) []*string {
		if a.Talk == nil {
			return nil
		}
		return texts(a.Talk)
	}
}

func ofIncident(texts func(*IncidentFacts) []*string) func(*Act) []*string {
	return func(a *Act) []*string {
		if a.Incident == nil {
			return nil
		}
		return texts(a.Incident)
	}
}

func ofReport(texts func(*ReportFacts) []*string) func(*Act) []*string {
	return func(a *Act) []*string {
		if a.Report == nil {
			return nil
		}
		return texts(a.Report)
	}
}

func ofComplaint(text func(*ComplaintFacts) *string) func(*Act) []*string {
	return func(a *Act) []*string {
		if a.Complaint == nil {
			return nil
		}
		return []*string{text(a.Complaint)}
	}
}

func evidence(a Act, text func(*Evidence) *string) (texts []*string) {
	for i := range a.Evidence {
		texts = append(texts, text(&a.Evidence[i]))
	}
	return texts
}

// Row is the field's row of the table.
func (f Field) Row() FieldRow {
	i := slices.IndexFunc(Fields, func(r FieldRow) bool { return r.Field == f })
	if i < 0 {
		return FieldRow{Field: f, Takes: TakesLine, Most: mostNames}
	}
	return Fields[i]
}

// Key is the field's name as the catalogue and a request have it.
func (f Field) Key() string { return strings.ReplaceAll(string(f), "-", "_") }

// Label is the catalogue's key for what people call the field.
func (f Field) Label() string { return "act.field_" + f.Key() }

// saidBy tells that an act says what it must under this field.
func (f Field) saidBy(a Act) bool {
	row := f.Row()
	switch {
	case row.has != nil:
		return row.has(a)
	case row.texts == nil:
		return true
	}
	return slices.ContainsFunc(row.texts(&a), func(text *string) bool { return strings.TrimSpace(*text) != "" })
}

// inOrder are some fields in the order of the table, each once.
func inOrder(some ...Field) (all []Field) {
	for _, row := range Fields {
		if slices.Contains(some, row.Field) {
			all = append(all, row.Field)
		}
	}
	return all
}
