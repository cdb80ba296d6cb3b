package act

import (
	"slices"

	"duban/internal/calendar"
)

// Acts on the report of a plan's year 年终报告. They are done to the plan as a whole.
const (
	WriteReport Kind = "write_report" // 填写年终报告: problems and proposals, in the office's words
	HandIn      Kind = "hand_in"      // 报送年终报告: to one of those whom the plan names
)

// ReportFacts are what acts on the year's report say.
type ReportFacts struct {
	Problems  string       `json:"problems,omitempty"`
	Proposals string       `json:"proposals,omitempty"`
	To        string       `json:"to,omitempty"`    // name of the one to whom the report goes
	Day       calendar.Day `json:"day,omitzero"`    // on which it was handed in
	AsOf      calendar.Day `json:"as_of,omitzero"`  // of the report that was handed in
	Chain     string       `json:"chain,omitempty"` // the ledger's head when the act was done: NUMBER:HASH
}

// Reporting is what people have done about the report of a plan's year, and what acts on it
// are judged by.
type Reporting struct {
	Office string   `json:"-"`
	To     []string `json:"-"` // names of those to whom the plan says that the report goes

	Problems  string       `json:"problems,omitempty"`
	Proposals string       `json:"proposals,omitempty"`
	By        string       `json:"by,omitempty"` // account's name of whoever wrote last
	On        calendar.Day `json:"on,omitzero"`
	Sent      []SentReport `json:"sent,omitempty"`  // in the order of the acts
	Known     []string     `json:"known,omitempty"` // IDs of the acts done
}

// SentReport is a report that was handed in.
type SentReport struct {
	To    string       `json:"to"`
	Day   calendar.Day `json:"day"`
	AsOf  calendar.Day `json:"as_of"`
	Chain string       `json:"chain"` // NUMBER:HASH
	Paper string       `json:"paper,omitempty"`
	Words string       `json:"words,omitempty"`
	Proof []Evidence   `json:"proof,omitempty"`
	By    string       `json:"by"` // account's name
	On    calendar.Day `json:"on"`
}

// reports are the acts on the report of a plan's year. What was written may be written anew,
// and a report handed in again, as when it was returned: the chain keeps each.
var reports = []Row{
	{Kind: WriteReport, By: byOffice, From: states{Unborn}, May: fields{FieldProblems, FieldProposals}},
	{Kind: HandIn, By: byOffice, From: states{Unborn}, Must: fields{FieldTo, FieldDay}, May: fields{FieldPaper, FieldReason, FieldURL, FieldFile}},
}

// OfReport tells that the act is one on the report of a plan's year.
func (k Kind) OfReport() bool {
	return slices.ContainsFunc(reports, func(r Row) bool { return r.Kind == k })
}

// Check tells whether an act is possible now; nil is yes.
func (s Reporting) Check(a Act) *Refusal { return judge(reportingOf{s}, a) }

// MayDo tells that an act is an actor's to do at all.
func (s Reporting) MayDo(by Actor, k Kind) bool { return Allowed(reportingOf{s}, by, k) == nil }

type reportingOf struct{ Reporting }

func (s reportingOf) thing() Thing { return OnPlan }

func (s reportingOf) state() State { return Unborn }

func (s reportingOf) what() string { return "" }

func (s reportingOf) heads() (office, leadership string) { return s.Office, "" }

func (s reportingOf) Done(id string) bool { return slices.Contains(s.Known, id) }

func (s reportingOf) Seats(by Actor) []Seat {
	if by.Unit == "" {
		return nil
	}
	return Case{Office: s.Office}.Seats(by)
}

func (s reportingOf) asks(_ Row, a Act) *Refusal {
	if a.Kind != HandIn || a.Report == nil {
		return nil
	}
	switch {
	case !slices.Contains(s.To, a.Report.To):
		return refuse("report_to", "To", a.Report.To)
	case a.Report.Day.After(a.On):
		return refuse("entered_ahead", "Day", a.Report.Day.String())
	}
	return nil
}

// After is what is known of the report after an act that Check allows.
func (s Reporting) After(a Act) Reporting {
	s.Known = append(slices.Clone(s.Known), a.ID)
	said := ReportFacts{}
	if a.Report != nil {
		said = *a.Report
	}
	switch a.Kind {
	case WriteReport:
		s.Problems, s.Proposals, s.By, s.On = said.Problems, said.Proposals, a.By.Name, a.On
	case HandIn:
		s.Sent = append(slices.Clone(s.Sent), SentReport{To: said.To, Day: said.Day, AsOf: said.AsOf, Chain: said.Chain, Paper: a.Paper, Words: a.Reason, Proof: a.Evidence, By: a.By.Name, On: a.On})
	}
	return s
}

// SentTo is the last time that the report was handed in to somebody; nil: not yet.
func (s Reporting) SentTo(name string) *SentReport {
	for i := len(s.Sent) - 1; i >= 0; i-- {
		if s.Sent[i].To == name {
			return &s.Sent[i]
		}
	}
	return nil
}
