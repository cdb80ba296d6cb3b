package notice

import (
	"fmt"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/incident"
	"duban/internal/letter"
	"duban/internal/words"
)

// Chase is what chases something that is no task's: a report on an order to replenish that is owed
// by the hour 催报, or complaints that the office has not sorted or called back about in time. Of
// Digest it has who sends it to whom, and when.
type Chase struct {
	Digest
	Water      *OwedWater
	Complaints []OwedComplaint
	Upward     bool // the complaints are told to the leadership
}

// OwedWater is a report on an order to replenish that was owed at an instant.
type OwedWater struct {
	Incident string // ID
	Section  string // name
	Unit     string // name of who carries the order out
	Step     incident.Step
	Rung     incident.Rung
	By       time.Time
}

// OwedComplaint is a complaint that waits for the office.
type OwedComplaint struct {
	Number int
	Title  string
	act.DeskOwed
}

// ComposeChase words what is chased. ErrEmpty where there is nothing.
func ComposeChase(w *words.Words, c Chase) (letter.Letter, error) {
	d := c.Digest
	if d.ID == "" || d.Zone == nil {
		return letter.Letter{}, fmt.Errorf("chase to %q: no ID, or no zone", d.Recipient)
	}
	if c.Water == nil && len(c.Complaints) == 0 {
		return letter.Letter{}, fmt.Errorf("chase %s: %w", d.ID, ErrEmpty)
	}
	s := newSpeaker(w, d)
	about, topic, footer, data := "complaints", "desk", "chase_footer", words.Data{"N": len(c.Complaints)}
	if c.Upward {
		topic = "late"
	}
	var rows []row
	if o := c.Water; o != nil {
		about, topic, footer = o.Incident, string(o.Rung), "chase_footer_water"
		what := s.t("chase_" + string(o.Step))
		data = words.Data{"What": what, "N": o.Incident, "Section": clean(o.Section), "Unit": clean(o.Unit), "By": s.day(calendar.DayOf(o.By.In(d.Zone))) + o.By.In(d.Zone).Format(" 15:04")}
		rows = []row{{No: 1, Title: s.t("chase_water", data), Left: s.t("chase_by", data)}}
	}
	for i, o := range c.Complaints {
		one := words.Data{"N": o.Number, "Title": clean(o.Title), "Day": s.day(o.Limit), "Late": o.Limit.Before(s.today)}
		rows = append(rows, row{No: i + 1, Title: s.t("chase_"+string(o.Step), one), Left: s.t("chase_limit", one)})
	}
	name := s.t("chase_name_" + topic)
	p := page{
		Lang: w.Lang(), Office: s.signature(), Plan: s.t("plan", words.Data{"Title": clean(d.Plan.Title), "Number": clean(d.Plan.Number)}), Total: len(rows),
		Heading: s.t("chase_heading_" + topic), When: s.dayAndWeekday(s.today), Salute: s.salute(), Contact: s.contact(), Link: d.Link, Where: s.where(), Labels: s.labels(),
		Opening: s.t("chase_opening_"+topic, data), Closing: s.t("chase_closing_"+topic, data), Footer: s.t(footer),
		Summary: []chip{{name, len(rows), crimson}},
		Groups:  []group{{Ordinal: s.t("ordinal_1"), Name: name, Count: s.t("group_count", words.Data{"Count": s.count("matters", len(rows))}), Tone: crimson, Rows: rows}},
	}
	return render(letter.Letter{
		ID: d.ID, MessageID: letter.MessageID(d.ID, d.Domain), Thread: thread(d.Plan.ID+"|chase|"+about, d.Recipient, d.Domain),
		Recipient: d.Recipient, From: d.Sender, To: letter.Address{Name: clean(d.Contact.Name), Email: d.Contact.Email}, Copies: d.Copies, ReplyTo: d.Office.Email,
		Subject: clean(s.t("chase_subject_"+topic, data)), Line: s.line("chase_line", p), At: d.At, Date: d.Date.In(d.Zone),
	}, []page{p})
}
