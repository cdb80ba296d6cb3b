package portal

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/query"
	"duban/internal/words"
)

// messageRow is a line of the log of messages.
type messageRow struct {
	ledger.MessageInfo
	At, To, Address, Way, StateWord string
	Unsettled                       bool     // the message can be sent again, or given up
	Copies                          []string // what became of copies that were not taken
}

type messagesPage struct {
	Lines  []messageRow
	Plans  []Option
	All    bool
	Day    string
	Office bool // the viewer is of an office, and may send again
	Failed []failedAddress
	pager
}

// failedAddress is an address at which messages were refused, or are not delivered.
type failedAddress struct {
	To, Address, Error, Edit string
	Count                    int
}

// messages shows the log of messages: those that are not sent and why, or all of them.
func (v *visit) messages() error {
	q := v.r.URL.Query()
	if again, err := strconv.Atoi(q.Get("resent")); err == nil {
		settled, _ := strconv.Atoi(q.Get("settled")) // 0 where the address has no number
		v.note = v.say.T("portal.resent", words.Data{"N": again, "Settled": settled})
	}
	out := messagesPage{All: q.Get("all") != "", Day: q.Get("day"), Office: v.who.is(Office)}
	f := query.MessageFilter{Plan: q.Get("plan"), States: ledger.Unsettled, Tried: v.skip() > 0, Skip: v.skip(), Limit: pageOf}
	if out.All {
		f.States = nil
	}
	if day, err := calendar.ReadDay(out.Day); out.Day != "" && err == nil {
		f.Day = day
	}
	page, err := v.Reader.Messages(v.ctx(), v.asks(), f)
	if err != nil {
		return err
	}
	names, err := v.Reader.Names(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	out.Plans, out.pager = options(names.Plans, f.Plan), v.pager(f.Skip, len(page.Messages), page.Total)
	for _, m := range append(page.Untried, page.Messages...) {
		out.Lines = append(out.Lines, v.messageRow(m, page.Peoples))
	}
	if out.Failed, err = v.failedAddresses(f.Plan); err != nil {
		return err
	}
	return v.show("messages", v.say.T("portal.title_messages"), out)
}

func (v *visit) messageRow(m ledger.MessageInfo, of query.Peoples) messageRow {
	in := of.Of(m.Plan)
	row := messageRow{MessageInfo: m, At: m.SpeakAt.In(in.Zone).Format("2006-01-02 15:04"), To: v.speak().Seats(in.People, []people.Recipient{m.Recipient}), Way: v.channel(cmp.Or(m.Via, m.Channel)),
		StateWord: v.say.T("report.message_" + string(m.State)), Unsettled: m.ID != "" && slices.Contains(ledger.Unsettled, m.State)}
	if m.State == ledger.Sent && m.Doubts > 0 {
		row.StateWord = v.say.T("report.message_twice")
	}
	if c, ok := in.People.Contact(m.Recipient); ok {
		row.Address = c.Email
	}
	for _, c := range m.Missed {
		row.Copies = append(row.Copies, v.say.T("portal.copy_missed", words.Data{"Name": c.Name, "Error": c.Error}))
	}
	return row
}

func (v *visit) channel(name string) string {
	if text := v.say.T("report.channel_" + name); text != "report.channel_"+name {
		return text
	}
	return name
}

// mostFailed is how many messages are looked at for addresses that fail.
const mostFailed = 500

// missedFor is how long a copy that was not taken is shown among the addresses that fail.
const missedFor = 14 * 24 * time.Hour

// failedAddresses are the seats whose messages were refused or are not delivered, and those who
// sit beside a seat whose copies were not taken of late, the addresses with the most such
// messages first.
func (v *visit) failedAddresses(planID string) ([]failedAddress, error) {
	page, err := v.Reader.Messages(v.ctx(), v.asks(), query.MessageFilter{Plan: planID, States: []ledger.NoticeState{ledger.Failed, ledger.Undelivered}, Tried: true, Limit: mostFailed})
	if err != nil {
		return nil, err
	}
	var all []failedAddress
	at := map[string]int{}
	for _, m := range page.Messages {
		row := v.messageRow(m, page.Peoples)
		key := m.Recipient.String()
		i, known := at[key]
		if !known {
			i = len(all)
			at[key] = i
			all = append(all, failedAddress{To: row.To, Address: row.Address, Edit: contactPath(m.Recipient)})
		}
		all[i].Count++
		all[i].Error = m.Error
	}
	if page, err = v.Reader.Messages(v.ctx(), v.asks(), query.MessageFilter{Plan: planID, Missed: true, Recent: missedFor, Tried: true, Limit: mostFailed}); err != nil {
		return nil, err
	}
	for _, m := range page.Messages {
		in := page.Of(m.Plan)
		contact, _ := in.People.Contact(m.Recipient)
		for _, c := range m.Missed {
			if !slices.ContainsFunc(contact.Others(), func(o people.Other) bool { return o.Email == c.Email }) {
				continue // somebody else sits there now, or the address was changed
			}
			key := m.Recipient.String() + " " + c.Email
			i, known := at[key]
			if !known {
				i = len(all)
				at[key] = i
				to := v.say.T("portal.copy_to", words.Data{"Seat": v.speak().Seats(in.People, []people.Recipient{m.Recipient}), "Name": c.Name})
				all = append(all, failedAddress{To: to, Address: c.Email, Edit: contactPath(m.Recipient)})
			}
			all[i].Count++
			all[i].Error = c.Error
		}
	}
	slices.SortStableFunc(all, func(a, b failedAddress) int { return b.Count - a.Count })
	return all, nil
}

// chosen is the message with an ID, of a plan whose office the viewer's unit is.
func (v *visit) chosen(id string) (ledger.MessageInfo, error) {
	page, err := v.Reader.Messages(v.ctx(), v.asks(), query.MessageFilter{ID: id})
	if err != nil {
		return ledger.MessageInfo{}, err
	}
	for _, m := range page.Messages {
		if m.ID == id && page.Of(m.Plan).People.Office == v.who.Account.Unit {
			return m, nil
		}
	}
	return ledger.MessageInfo{}, ledger.ErrNotFound
}

// resend has the chosen messages that are not sent tried once more, now.
func (v *visit) resend() error {
	var again, settled int
	for _, id := range v.form["message"] {
		m, err := v.chosen(id)
		if err != nil {
			return err
		}
		done, err := v.Acts.Resend(v.ctx(), m, v.who.actor())
		if err != nil {
			return err
		}
		if done {
			again++
		} else {
			settled++
		}
	}
	return v.to(fmt.Sprintf("/messages?resent=%d&settled=%d", again, settled))
}

// dropping is the form that gives a message up.
type dropping struct {
	messageRow
	Reason, Wrong string
}

func (v *visit) dropForm() error { return v.showDrop(http.StatusOK, "") }

func (v *visit) showDrop(status int, wrong string) error {
	m, err := v.chosen(v.r.PathValue("message"))
	if err != nil {
		return err
	}
	page, err := v.Reader.Messages(v.ctx(), v.asks(), query.MessageFilter{ID: m.ID})
	if err != nil {
		return err
	}
	return v.showUnder(status, "drop", v.say.T("portal.title_drop"), dropping{v.messageRow(m, page.Peoples), cmp.Or(v.typed.Get("reason"), v.form.Get("reason")), wrong})
}

// drop ends the tries of a message that is not sent.
func (v *visit) drop() error {
	reason := strings.TrimSpace(v.form.Get("reason"))
	if reason == "" {
		return v.showDrop(http.StatusUnprocessableEntity, v.say.T("portal.needed", words.Data{"Field": v.say.T("act.field_reason")}))
	}
	m, err := v.chosen(v.r.PathValue("message"))
	if err != nil {
		return err
	}
	if _, err := v.Acts.DropMessage(v.ctx(), m, v.who.actor(), reason); err != nil {
		return err
	}
	return v.to("/messages")
}
