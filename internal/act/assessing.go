package act

import (
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"duban/internal/assessment"
	"duban/internal/calendar"
)

// Acts on a plan's assessment 考核. They are done to the plan as a whole.
const (
	Enter      Kind = "enter"       // 登记考核事项: what no task tells of, with the paper that says it
	Strike     Kind = "strike"      // 撤销登记
	SendSheet  Kind = "send_sheet"  // 发送初评表
	Object     Kind = "object"      // 提出异议
	Settle     Kind = "settle"      // 裁定异议
	IssueSheet Kind = "issue_sheet" // 印发考核结果
)

// States of the assessment of a period, beside Unborn.
const (
	SheetSent   State = "sent"   // the preliminary sheet is out, and may be objected to
	SheetIssued State = "issued" // the result is out, and stays
)

// AssessFacts are what acts on an assessment say.
type AssessFacts struct {
	Period assessment.Period `json:"period,omitempty"`
	Fact   assessment.Kind   `json:"fact,omitempty"`   // of what is entered
	Day    calendar.Day      `json:"day,omitzero"`     // the day of what is entered
	Points string            `json:"points,omitempty"` // that the ruling on an objection adds or takes, as written: 2, -0.5; "" is none
	Hash   string            `json:"hash,omitempty"`   // SHA-256 of the sheet that is sent or issued
}

// Entry is one thing that the office entered for a unit because no task tells of it 考核事项登记.
type Entry struct {
	ID     string          `json:"id"` // 1, 2, …
	Fact   assessment.Kind `json:"fact"`
	Unit   string          `json:"unit"`
	Day    calendar.Day    `json:"day"`
	Title  string          `json:"title"`
	Reason string          `json:"reason,omitempty"`
	Paper  string          `json:"paper,omitempty"`
	Proof  []Evidence      `json:"proof,omitempty"`
	By     string          `json:"by"` // account's name
	On     calendar.Day    `json:"on"`
	Struck *Decided        `json:"struck,omitempty"` // when set, the entry counts no more
}

// Decided is a ruling on an objection, or why an entry was struck: by whom, when and in which
// words. Points are as in AssessFacts.
type Decided struct {
	By     string       `json:"by"` // account's name
	On     calendar.Day `json:"on"`
	Words  string       `json:"words"`
	Paper  string       `json:"paper,omitempty"`
	Points string       `json:"points,omitempty"`
}

// Objection is what a unit says against a preliminary sheet 异议.
type Objection struct {
	ID      string       `json:"id"` // 1, 2, … in the period
	Unit    string       `json:"unit"`
	By      string       `json:"by"` // account's name
	On      calendar.Day `json:"on"`
	Words   string       `json:"words"`
	Proof   []Evidence   `json:"proof,omitempty"`
	Decided *Decided     `json:"decided,omitempty"`
}

// Assessing is the assessment of one period: what acts on it are judged by.
type Assessing struct {
	Office     string   `json:"-"`
	Leadership string   `json:"-"`
	Example    bool     `json:"-"` // nobody has adopted the plan's table of assessment: no sheet is sent by it
	Scored     []string `json:"-"` // units that the plan's rules score
	Entries    []Entry  `json:"-"` // of the plan, whatever the period

	Period     assessment.Period `json:"period"`
	State      State             `json:"state"`
	Units      []string          `json:"units,omitempty"` // that the sheet names
	AsOf       string            `json:"as_of,omitempty"` // the day at whose end the ledger was read for it
	SentOn     calendar.Day      `json:"sent_on,omitzero"`
	Until      calendar.Day      `json:"until,omitzero"` // the last day to object
	Hash       string            `json:"hash,omitempty"` // of the sheet that was sent last
	Objections []Objection       `json:"objections,omitempty"`
	Issued     *IssuedSheet      `json:"issued,omitempty"`
	Known      []string          `json:"known,omitempty"` // IDs of the acts done
}

// IssuedSheet is the result of a period as a document.
type IssuedSheet struct {
	Paper string       `json:"paper"`
	On    calendar.Day `json:"on"`
	By    string       `json:"by"` // account's name
	Hash  string       `json:"hash"`
}

// assessments are the acts on a plan's assessment. A preliminary sheet may be sent again, worked
// out anew from the ledger, as long as nobody has objected to it.
var assessments = []Row{
	{Kind: Enter, Command: "enter", By: byOffice, From: states{Unborn, SheetSent, SheetIssued}, Must: fields{FieldUnit, FieldFact, FieldDay, FieldTitle}, May: fields{FieldReason, FieldPaper, FieldURL, FieldFile}},
	{Kind: Strike, Command: "strike", By: byOffice, From: states{Unborn, SheetSent, SheetIssued}, Must: fields{FieldRef, FieldReason}, May: paper},
	{Kind: SendSheet, Command: "send", By: byOffice, From: states{Unborn, SheetSent}, To: SheetSent, Must: fields{FieldPeriod}, May: reason},
	{Kind: Object, Command: "object", By: seats{Assessed}, From: states{SheetSent}, Must: fields{FieldPeriod, FieldReason}, May: fields{FieldURL, FieldFile}},
	{Kind: Settle, Command: "settle", By: decide, From: states{SheetSent}, Must: fields{FieldPeriod, FieldRef, FieldReason}, May: fields{FieldPoints, FieldPaper}},
	{Kind: IssueSheet, Command: "issue", By: byOffice, From: states{SheetSent}, To: SheetIssued, Must: fields{FieldPeriod, FieldPaper}, May: reason},
}

// OfAssessment tells that the act is one on a plan's assessment.
func (k Kind) OfAssessment() bool {
	return slices.ContainsFunc(assessments, func(r Row) bool { return r.Kind == k })
}

// Check tells whether an act is possible now; nil is yes.
func (s Assessing) Check(a Act) *Refusal { return judge(assessingOf{s}, a) }

// MayDo tells that an act is an actor's to do at all.
func (s Assessing) MayDo(by Actor, k Kind) bool { return Allowed(assessingOf{s}, by, k) == nil }

type assessingOf struct{ Assessing }

func (s assessingOf) thing() Thing { return OnPlan }

func (s assessingOf) state() State { return s.State }

func (s assessingOf) what() string { return "" }

func (s assessingOf) heads() (office, leadership string) { return s.Office, s.Leadership }

func (s assessingOf) Done(id string) bool { return slices.Contains(s.Known, id) }

func (s assessingOf) Seats(by Actor) []Seat {
	if by.Unit == "" {
		return nil
	}
	seats := Case{Office: s.Office, Leadership: s.Leadership}.Seats(by)
	if slices.Contains(s.Units, by.Unit) {
		seats = append(seats, Assessed)
	}
	return seats
}

func (s assessingOf) asks(_ Row, a Act) *Refusal {
	said := AssessFacts{}
	if a.Assess != nil {
		said = *a.Assess
	}
	switch a.Kind {
	case Enter:
		switch {
		case !slices.Contains(assessment.Entered, said.Fact):
			return refuse("entered_fact", "Fact", string(said.Fact))
		case !slices.Contains(s.Scored, a.Unit):
			return refuse("not_scored", "Unit", a.Unit)
		case said.Day.After(a.On):
			return refuse("entered_ahead", "Day", said.Day.String())
		}
	case Strike:
		i := slices.IndexFunc(s.Entries, func(e Entry) bool { return e.ID == a.Ref })
		switch {
		case i < 0:
			return refuse("no_entry", "Ref", a.Ref)
		case s.Entries[i].Struck != nil:
			return refuse("struck", "Day", s.Entries[i].Struck.On.String())
		}
	case SendSheet:
		switch {
		case s.Example:
			return refuse("example_rules")
		case a.On.String() <= said.Period.Last():
			return refuse("period_goes_on", "Day", said.Period.Last())
		case len(s.Objections) > 0:
			return refuse("objected")
		}
	case Object:
		switch {
		case a.On.After(s.Until):
			return refuse("object_late", "Until", s.Until.String())
		case slices.ContainsFunc(s.Objections, func(o Objection) bool { return o.Unit == a.By.Unit && o.Decided == nil }):
			return refuse("object_pending")
		}
	case Settle:
		i := slices.IndexFunc(s.Objections, func(o Objection) bool { return o.ID == a.Ref })
		_, err := assessment.ReadPoints(said.Points)
		switch {
		case i < 0:
			return refuse("no_objection", "Ref", a.Ref)
		case s.Objections[i].Decided != nil:
			return refuse("objection_decided", "Day", s.Objections[i].Decided.On.String())
		case err != nil:
			return refuse("points", "Points", said.Points)
		}
	case IssueSheet:
		open := 0
		for _, o := range s.Objections {
			if o.Decided == nil {
				open++
			}
		}
		switch {
		case open > 0:
			return refuse("objections_open", "N", strconv.Itoa(open))
		case !a.On.After(s.Until):
			return refuse("object_until", "Until", s.Until.String())
		}
	}
	return nil
}

// Sheet is what the assessment keeps of the sheet that was worked out for SendSheet or
// IssueSheet.
type Sheet struct {
	Units []string
	AsOf  string
	Hash  string
	Until calendar.Day // the last day to object
}

// After is the assessment after an act that Check allows. sheet is of SendSheet and IssueSheet.
// What Enter and Strike change is in EntryAfter.
func (s Assessing) After(a Act, sheet Sheet) Assessing {
	s.Known = append(slices.Clone(s.Known), a.ID)
	s.Objections = slices.Clone(s.Objections)
	switch a.Kind {
	case SendSheet:
		s.Period, s.State, s.Units, s.AsOf, s.Hash, s.SentOn, s.Until = a.Assess.Period, SheetSent, sheet.Units, sheet.AsOf, sheet.Hash, a.On, sheet.Until
	case Object:
		s.Objections = append(s.Objections, Objection{ID: strconv.Itoa(len(s.Objections) + 1), Unit: a.By.Unit, By: a.By.Name, On: a.On, Words: a.Reason, Proof: a.Evidence})
	case Settle:
		for i := range s.Objections {
			if s.Objections[i].ID == a.Ref {
				s.Objections[i].Decided = &Decided{By: a.By.Name, On: a.On, Words: a.Reason, Paper: a.Paper, Points: a.Assess.Points}
			}
		}
	case IssueSheet:
		s.State, s.Issued = SheetIssued, &IssuedSheet{Paper: a.Paper, On: a.On, By: a.By.Name, Hash: sheet.Hash}
	}
	return s
}

// EntryAfter is the entry that an Enter makes or a Strike changes.
func (s Assessing) EntryAfter(a Act) Entry {
	if a.Kind == Enter {
		return Entry{ID: strconv.Itoa(len(s.Entries) + 1), Fact: a.Assess.Fact, Unit: a.Unit, Day: a.Assess.Day, Title: a.Title, Reason: a.Reason, Paper: a.Paper, Proof: a.Evidence, By: a.By.Name, On: a.On}
	}
	i := slices.IndexFunc(s.Entries, func(e Entry) bool { return e.ID == a.Ref })
	e := s.Entries[i]
	e.Struck = &Decided{By: a.By.Name, On: a.On, Words: a.Reason, Paper: a.Paper}
	return e
}

// Adjustments are the points that the rulings on objections add or take. A ruling of no points
// makes none.
func (s Assessing) Adjustments() (all []assessment.Adjustment) {
	for _, o := range s.Objections {
		if o.Decided == nil || o.Decided.Points == "" {
			continue
		}
		points, err := assessment.ReadPoints(o.Decided.Points)
		if err != nil || points.Equal(decimal.Zero) {
			continue
		}
		all = append(all, assessment.Adjustment{Points: points, Fact: assessment.Fact{Kind: assessment.Adjusted, Unit: o.Unit, Where: assessment.ToObjection, ID: o.ID, Title: o.Words, On: o.Decided.On.String(), Note: o.Decided.Words}})
	}
	return all
}

// AsFact is the entry as a fact that is scored; false when the entry was struck.
func (e Entry) AsFact() (assessment.Fact, bool) {
	return assessment.Fact{Kind: e.Fact, Unit: e.Unit, Where: assessment.ToEntry, ID: e.ID, Title: e.Title, On: e.Day.String(), Note: e.Paper}, e.Struck == nil
}
