package report

import (
	"cmp"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// Loads is how many messages each seat gets by week.
type Loads struct {
	From  calendar.Day `json:"from"` // Monday of the first week
	Weeks int          `json:"weeks"`
	Seats []SeatLoad   `json:"seats"` // in seatOrder, then the most messages first, then by the unit's name
}

// SeatLoad is one seat's messages, by week.
type SeatLoad struct {
	To    people.Recipient `json:"to"`
	Unit  string           `json:"unit"` // name
	Weeks []int            `json:"weeks"`
	Sum   int              `json:"sum"`
}

// Foreloads are the messages in which the foretold stages of a plan will reach its seats,
// put together by the rhythm of its policies (act.Rules.Mailings). A message to a seat that
// has one at the same instant in already is left out.
func Foreloads(b act.Rules, p *plan.Plan, foretold []plan.Foretold, already []ledger.Load) (all []ledger.Load) {
	type message struct {
		to people.Recipient
		at int64
	}
	sent := map[message]bool{}
	for _, l := range already {
		sent[message{l.Recipient, l.SpeakAt.UnixNano()}] = true
	}
	for _, m := range b.Mailings(p, foretold) {
		if !sent[message{m.To, m.At.UnixNano()}] {
			all = append(all, ledger.Load{Recipient: m.To, SpeakAt: m.At, N: 1})
		}
	}
	return all
}

// seatOrder has the seats from the highest to the lowest.
var seatOrder = []people.Role{people.Leader, people.Office, people.Head, people.Deputy, people.Liaison}

// LoadsOf gathers messages by seat and week. Weeks begin on Monday, in zone; name gives a
// unit's name.
func LoadsOf(loads []ledger.Load, zone *time.Location, name func(unit string) string) Loads {
	out := Loads{Seats: []SeatLoad{}}
	day := func(l ledger.Load) calendar.Day { return calendar.DayOf(l.SpeakAt.In(zone)) }
	var last calendar.Day
	for _, l := range loads {
		d := day(l)
		if out.From.IsZero() || d.Before(out.From) {
			out.From = d
		}
		if d.After(last) {
			last = d
		}
	}
	if out.From.IsZero() {
		return out
	}
	out.From = out.From.AddDays(-(int(out.From.Weekday()) + 6) % 7)
	out.Weeks = last.Sub(out.From)/7 + 1
	at := map[people.Recipient]int{}
	for _, l := range loads {
		i, ok := at[l.Recipient]
		if !ok {
			i = len(out.Seats)
			at[l.Recipient] = i
			out.Seats = append(out.Seats, SeatLoad{To: l.Recipient, Unit: name(l.Recipient.Unit), Weeks: make([]int, out.Weeks)})
		}
		out.Seats[i].Weeks[day(l).Sub(out.From)/7] += l.N
		out.Seats[i].Sum += l.N
	}
	slices.SortStableFunc(out.Seats, func(a, b SeatLoad) int {
		return cmp.Or(cmp.Compare(slices.Index(seatOrder, a.To.Role), slices.Index(seatOrder, b.To.Role)), b.Sum-a.Sum, cmp.Compare(a.Unit, b.Unit))
	})
	return out
}
