package docket

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/letter"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/words"
)

// assessedPrefix begins the last part of the key of a digest that tells of an assessment.
const assessedPrefix = "assessment-"

// TellsOfAssessment tells from a digest's key that its words are notice.Assessed.
func TellsOfAssessment(digest string) bool {
	return strings.HasPrefix(digest[strings.LastIndex(digest, "|")+1:], assessedPrefix)
}

// toldWithin is for how many days after a sheet was sent or a result issued units are told of it:
// who was away for longer reads it on the page.
const toldWithin = 30

// reminded begins the name of what reminds a unit of the last day to object.
const reminded = assessedPrefix + "remind-"

// RemindsOfAssessment tells from a digest's key that it reminds a unit of the last day to object: whether
// it is still to be said, ReminderHolds tells.
func RemindsOfAssessment(digest string) bool {
	return strings.HasPrefix(digest[strings.LastIndex(digest, "|")+1:], reminded)
}

// reminder is when the units of a sheet that was sent are reminded of the last day to object: at the
// speaking time of the working day before it. ok is false where that is not later than the word that the
// sheet is out.
func reminder(l ledger.Launched, rules act.Rules, a act.Assessing) (at time.Time, ok bool) {
	day := rules.Calendar.AddWorkdays(a.Until, -1)
	return rules.At(l.Plan.Policies[l.Plan.Policy], day).UTC(), day.After(rules.Calendar.OnOrAfter(a.SentOn.AddDays(1)))
}

// mayObject tells that a unit may still object to a sheet, and has not.
func mayObject(a act.Assessing, unit string, today calendar.Day) bool {
	return a.State == act.SheetSent && !today.After(a.Until) && slices.Contains(a.Units, unit) &&
		!slices.ContainsFunc(a.Objections, func(o act.Objection) bool { return o.Unit == unit })
}

// ReminderHolds tells whether a unit is still to be reminded of the last day to object: it has not
// objected, and neither that day nor the sheet is another since.
func (d Docket) ReminderHolds(ctx context.Context, planID, digest string) (bool, error) {
	l, rules, err := d.Plan(ctx, planID)
	if err != nil {
		return false, err
	}
	at, err := ledger.SpeakingTime(digest)
	if err != nil {
		return false, err
	}
	period, _ := strings.CutPrefix(digest[strings.LastIndex(digest, "|")+1:], reminded)
	a, err := d.Ledger.Assessment(ctx, planID, assessment.Period(period))
	if err != nil {
		return false, err
	}
	_, rest, _ := strings.Cut(digest, "|")
	unit, _, _ := strings.Cut(rest, "/")
	on, ok := reminder(l, rules, a.Assessing)
	return ok && on.Equal(at) && mayObject(a.Assessing, unit, calendar.DayOf(d.when(l.Clock).Plan.In(rules.Zone))), nil
}

// Assessments tells the units that a sheet of the plan's assessments names that the preliminary
// sheet was sent, with the last day to object, and that the result was issued: each unit's liaison,
// at the speaking time of the next working day. Who has not objected is reminded once, on the working
// day before that last day. Doing it again changes nothing; a plan without an
// assessment has nothing to do.
func (d Docket) Assessments(ctx context.Context, planID string, _ *words.Words) error {
	l, rules, err := d.Plan(ctx, planID)
	if err != nil || l.Plan.Assessment == nil {
		return err
	}
	all, err := d.Ledger.Assessments(ctx, planID)
	if err != nil {
		return err
	}
	today := calendar.DayOf(d.when(l.Clock).Plan.In(rules.Zone))
	var digests []ledger.Digest
	for _, a := range all {
		tell := notice.Assessed{Period: string(a.Period), On: a.SentOn, Until: a.Until, Hash: a.Hash}
		name := assessedPrefix + "sent-"
		if a.Issued != nil {
			tell.On, tell.Paper, tell.Hash = a.Issued.On, a.Issued.Paper, a.Issued.Hash
			name = assessedPrefix + "issued-"
		}
		if a.State != act.SheetSent && a.Issued == nil || tell.On.AddDays(toldWithin).Before(today) {
			continue
		}
		remind, reminds := reminder(l, rules, a.Assessing)
		reminds = reminds && !today.Before(rules.Calendar.AddWorkdays(a.Until, -2))
		for _, unit := range a.Units {
			if reminds && mayObject(a.Assessing, unit, today) {
				again := tell
				again.Remind, again.At = true, remind
				g, err := d.tellOfAssessment(ctx, l, rules, unit, reminded+string(a.Period), again)
				if err != nil {
					return err
				}
				if g.Key != "" && !g.Started {
					digests = append(digests, g)
				}
			}
			g, err := d.tellOfAssessment(ctx, l, rules, unit, name+string(a.Period), tell)
			if err != nil {
				return err
			}
			if g.Key != "" && !g.Started {
				digests = append(digests, g)
			}
		}
	}
	return d.StartDigests(ctx, l, digests)
}

// tellOfAssessment announces to the liaison of a unit what is told; a unit without one is told
// nothing.
func (d Docket) tellOfAssessment(ctx context.Context, l ledger.Launched, rules act.Rules, unit, name string, tell notice.Assessed) (ledger.Digest, error) {
	dir, to := l.Plan.Directory, people.Recipient{Unit: unit, Role: people.Liaison}
	contact, there := dir.Contact(to)
	if !there {
		return ledger.Digest{}, nil
	}
	office, _ := dir.Contact(people.Recipient{Unit: dir.Office, Role: people.Office})
	tell.Plan, tell.Recipient = notice.PlanRef{ID: l.Plan.ID, Title: l.Plan.Title, Number: l.Plan.Number}, to
	tell.Contact, tell.Office = letter.Address{Name: contact.Name, Email: contact.Email}, letter.Address{Name: dir.Name(dir.Office), Email: office.Email}
	for _, o := range contact.Others() {
		tell.Copies = append(tell.Copies, letter.Address{Name: o.Name, Email: o.Email})
	}
	if tell.At.IsZero() {
		tell.At = rules.At(l.Plan.Policies[l.Plan.Policy], rules.Calendar.OnOrAfter(tell.On.AddDays(1))).UTC()
	}
	words, err := json.Marshal(tell)
	if err != nil {
		return ledger.Digest{}, err
	}
	channels, err := d.Channels(ctx)
	if err != nil {
		return ledger.Digest{}, err
	}
	return d.Ledger.Announce(ctx, ledger.Announcement{Name: name, Plan: l.Plan.ID, Recipient: to, SpeakAt: tell.At, Channels: channels, Words: words}, d.when(l.Clock))
}
