package notice

import (
	"fmt"
	"time"

	"duban/internal/calendar"
	"duban/internal/letter"
	"duban/internal/people"
	"duban/internal/words"
)

// Assessed tells a unit of its plan's assessment 考核: that the preliminary sheet is out and until
// when it may object, with Remind that this time ends, or, with Paper, that the result is issued.
type Assessed struct {
	ID        string `json:"-"` // the message's name for ever, ASCII
	Domain    string `json:"-"` // see MessageID
	Plan      PlanRef
	Recipient people.Recipient
	Contact   letter.Address
	Copies    []letter.Address `json:",omitempty"`
	Office    letter.Address
	At        time.Time      // plan clock
	Date      time.Time      `json:"-"` // real clock
	Zone      *time.Location `json:"-"`
	Sender    letter.Address `json:"-"`
	Link      string         `json:"-"` // the portal's address; "" where there is none
	Again     bool           `json:"-"` // sent before, and nobody knows whether it arrived

	Period string       // 2021, 2021H1
	Called string       `json:"-"` // the period, as people call it
	On     calendar.Day // when the sheet was sent, or the result issued
	Until  calendar.Day // the last day to object
	Remind bool         `json:",omitempty"`
	Paper  string       `json:",omitempty"` // number of the document that issues the result
	Hash   string       // SHA-256 of the sheet
}

// ComposeAssessed words what a unit is told of an assessment.
func ComposeAssessed(w *words.Words, a Assessed) (letter.Letter, error) {
	if a.ID == "" || a.Zone == nil {
		return letter.Letter{}, fmt.Errorf("assessment to %q: no ID or no zone", a.Recipient)
	}
	what := "assessed_sent_"
	switch {
	case a.Paper != "":
		what = "assessed_issued_"
	case a.Remind:
		what = "assessed_remind_"
	}
	d := Digest{Plan: a.Plan, Recipient: a.Recipient, Contact: a.Contact, Office: a.Office, At: a.At, Zone: a.Zone, Link: a.Link, Again: a.Again}
	s := newSpeaker(w, d)
	data := words.Data{"Plan": clean(a.Plan.Title), "Period": clean(a.Called), "On": s.day(a.On), "Until": s.day(a.Until), "Paper": clean(a.Paper), "Name": s.name(), "At": s.clock(a.At)}
	p := page{
		Lang: s.w.Lang(), Office: s.signature(), Plan: s.t("plan", words.Data{"Title": clean(a.Plan.Title), "Number": clean(a.Plan.Number)}), Total: 1,
		Heading: s.t(what+"heading", data), When: s.dayAndWeekday(s.today), Salute: s.t("salute", words.Data{"Name": s.name()}),
		Opening: s.t(what+"opening", data), Closing: s.t(what+"closing", data), Footer: s.t("assessed_footer"), Contact: s.contact(), Labels: s.labels(),
	}
	if a.Link != "" {
		p.Where, p.Link = s.t("assessed_where"), a.Link
	}
	r := row{No: 1, Title: s.t(what+"row", data), Meta: []string{"SHA-256 " + clean(a.Hash)}}
	p.Summary = []chip{{s.t(what+"heading", data), 1, navy}}
	p.Groups = []group{{Ordinal: s.t("ordinal_1"), Name: s.t(what+"heading", data), Ask: s.t(what+"ask", data), Tone: navy, Rows: []row{r}}}
	m := letter.Letter{
		ID: a.ID, MessageID: letter.MessageID(a.ID, a.Domain), Thread: thread(a.Plan.ID+"|assessment|"+a.Period, a.Recipient, a.Domain),
		Recipient: a.Recipient, From: a.Sender, To: letter.Address{Name: clean(a.Contact.Name), Email: a.Contact.Email}, Copies: a.Copies, ReplyTo: a.Office.Email,
		Subject: clean(s.t(what+"subject", data)), Line: clean(s.t(what+"line", data)), At: a.At, Date: a.Date.In(a.Zone),
	}
	return render(m, []page{p})
}
