package activities

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/letter"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/water"
)

// complaintsName is the name of the announcement of complaints that wait for the office; it ends
// the key of its digest.
const complaintsName = "complaints"

// chases tells that a digest announces what is chased and is no task's: see notice.Chase.
func chases(digest string) bool {
	name := announced(digest)
	return name == complaintsName || strings.HasPrefix(name, docket.WaterCalls)
}

// announced is the name of a digest's announcement; of a digest without one it is a part of its
// key that is no such name.
func announced(digest string) string { return digest[strings.LastIndex(digest, "|")+1:] }

// chase is what a digest chases as the ledger is now, without the names of who sends it to whom;
// owed is false where nothing is owed any more.
func (a *Activities) chase(ctx context.Context, l ledger.Launched, digest string) (c notice.Chase, owed bool, err error) {
	at, err := ledger.SpeakingTime(digest)
	if err != nil {
		return c, false, err
	}
	if name := announced(digest); name != complaintsName {
		all, err := a.Ledger.Incidents(ctx, l.Plan.ID)
		if err != nil {
			return c, false, err
		}
		for _, i := range all {
			i.Registry = l.Plan.Incidents
			for _, call := range i.Calls() {
				if docket.WaterCallName(call.WaterCall) == name && call.At.Equal(at) {
					c.Water = &notice.OwedWater{Incident: i.ID, Section: sectionName(l.Plan.Water, i.Section), Unit: l.Plan.Directory.Name(i.Lead(call.Order)), Step: call.Step, Rung: call.Rung, By: call.By}
				}
			}
		}
		return c, c.Water != nil && l.Ended.IsZero(), nil
	}
	rules, err := a.Ledger.Rules(ctx, l)
	if err != nil || l.Plan.Complaints == nil || !l.Ended.IsZero() {
		return c, false, err
	}
	all, err := a.Ledger.JudgedComplaints(ctx, l)
	if err != nil {
		return c, false, err
	}
	today := calendar.DayOf(at.In(rules.Zone))
	_, rest, _ := strings.Cut(digest, "|")
	seat, _, _ := strings.Cut(rest, "|")
	to, _ := people.ParseRecipient(seat)
	c.Upward = to.Role == people.Leader
	for _, one := range all {
		o, owes := rules.DeskOwes(one.Complaint)
		from := o.Limit
		if c.Upward {
			from = o.Told(rules.Calendar)
		}
		if owes && !from.After(today) {
			c.Complaints = append(c.Complaints, notice.OwedComplaint{Number: one.Number, Title: one.Title, DeskOwed: o})
		}
	}
	return c, len(c.Complaints) > 0, nil
}

// sectionName is the name of a section, or its ID where the register has none of it.
func sectionName(r *water.Register, id string) string {
	if s, ok := r.Section(id); ok {
		return s.Name
	}
	return id
}

// chased words the message of a digest that chases something.
func (a *Activities) chased(ctx context.Context, l ledger.Launched, o office, m ledger.Message, again bool) (letter.Letter, error) {
	to := m.Digest.Recipient
	c, _, err := a.chase(ctx, l, m.Digest.Key)
	if err != nil {
		return letter.Letter{}, err
	}
	dir := l.Plan.Directory
	contact, _ := dir.Contact(to)
	desk, _ := dir.Contact(people.Recipient{Unit: dir.Office, Role: people.Office})
	c.Digest = notice.Digest{
		ID: m.ID, Plan: notice.PlanRef{ID: l.Plan.ID, Title: l.Plan.Title, Number: l.Plan.Number}, Recipient: to, Unit: dir.Name(to.Unit),
		Contact: letter.Address{Name: contact.Name, Email: contact.Email}, Copies: copies(contact), Post: contact.Post, Desk: notice.Desk{Name: desk.Name, Phone: desk.Phone}, Link: a.link(to),
		Office: letter.Address{Name: dir.Name(dir.Office), Email: desk.Email}, At: m.Digest.SpeakAt, Date: a.Now(), Zone: l.Plan.Location(), Sender: o.sender, Again: again,
	}
	mail, err := notice.ComposeChase(o.words, c)
	return mail, wording(err)
}

// remindOfComplaints tells the office of complaints that it has not sorted, or not called back
// about, on the day of their limit, and the office and the leadership on the working day after
// it: see act.Rules.DeskOwes. days are the instants of the audits that this one is for; one
// message tells each seat of all. What is done before the message is sent is not in it.
func (a *Activities) remindOfComplaints(ctx context.Context, l ledger.Launched, rules act.Rules, days []time.Time) error {
	if l.Plan.Complaints == nil || !l.Ended.IsZero() {
		return nil
	}
	all, err := a.Ledger.JudgedComplaints(ctx, l)
	if err != nil {
		return err
	}
	at := days[len(days)-1]
	first, last := calendar.DayOf(days[0].In(rules.Zone)), calendar.DayOf(at.In(rules.Zone))
	within := func(day calendar.Day) bool { return !day.Before(first) && !day.After(last) }
	dir := l.Plan.Directory
	tells := map[people.Recipient]bool{}
	for _, c := range all {
		o, owes := rules.DeskOwes(c.Complaint)
		if !owes {
			continue
		}
		up := within(o.Told(rules.Calendar))
		if up || within(o.Limit) {
			tells[people.Recipient{Unit: dir.Office, Role: people.Office}] = true
		}
		if up {
			tells[people.Recipient{Unit: dir.Leadership, Role: people.Leader}] = true
		}
	}
	if len(tells) == 0 {
		return nil
	}
	o, err := a.office(ctx)
	if err != nil {
		return err
	}
	words, err := json.Marshal(map[string]any{"day": last})
	if err != nil {
		return err
	}
	var digests []ledger.Digest
	for _, to := range []people.Recipient{{Unit: dir.Office, Role: people.Office}, {Unit: dir.Leadership, Role: people.Leader}} {
		if !tells[to] {
			continue
		}
		d, err := a.Ledger.Announce(ctx, ledger.Announcement{Name: complaintsName, Plan: l.Plan.ID, Recipient: to, SpeakAt: at, Channels: o.channels, Words: words}, a.when(l.Clock))
		if err != nil {
			return err
		}
		digests = append(digests, d)
	}
	return a.docket().StartDigests(ctx, l, digests)
}
