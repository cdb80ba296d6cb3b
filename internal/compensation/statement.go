package compensation

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"duban/internal/water"
)

// rewards are what a section's month earns. months are its lines of the months' water
// tables, the last of which is the month itself.
func (t Table) rewards(months []water.Row, of water.Month) (all []Entry) {
	row := months[len(months)-1]
	if row.Month.Outcome != water.Met {
		return nil
	}
	id := row.Section.ID
	for _, r := range t.Rewards {
		e := Entry{Section: id, Why: Why(r.Kind), Amount: r.Amount.Neg()}
		switch r.Kind {
		case MetRunning:
			if n := running(months); r.Months > 0 && n%r.Months == 0 {
				e.Months = n
				all = append(all, e)
			}
		case MetYear:
			year := months[max(0, len(months)-of.Month):]
			if of.Month == 12 && len(year) == 12 && running(year) == 12 {
				all = append(all, e)
			}
		case Passing:
			if missed(row) {
				all = append(all, e)
			}
		case Risen:
			if up, ok := water.Steps(row.Month.Class, row.LastYear.Class); ok && up > 0 && !missed(row) {
				e.Classes, e.Amount = up, e.Amount.Mul(decimal.NewFromInt(int64(up)))
				all = append(all, e)
			}
		}
	}
	return all
}

// missed tells that the section was over this year's target a year before.
func missed(row water.Row) bool {
	return row.LastYear.Class != water.NoClass && row.Target.Known() && row.LastYear.Class > row.Target.Class
}

// running is how many months at the end met their target, one after the other.
func running(months []water.Row) (n int) {
	for i := len(months) - 1; i >= 0 && months[i].Month.Outcome == water.Met; i-- {
		n++
	}
	return n
}

// Months are a register's statements of a month by the readings given, by county in
// the order of the register. A month in which the table is not valid has none.
func (t Table) Months(reg *water.Register, readings []water.Reading, month water.Month) (all []Statement) {
	if reg == nil || !t.In(month) {
		return nil
	}
	var tables [][]water.Row // from the table's first month on, at most two years back
	first := t.From
	if earliest := month.Add(-23); first.Before(earliest) {
		first = earliest
	}
	for m := first; !month.Before(m); m = m.Add(1) {
		tables = append(tables, water.Table(reg, readings, m))
	}
	for i, s := range reg.Sections {
		if !t.About(s) {
			continue
		}
		var months []water.Row
		for _, rows := range tables {
			months = append(months, rows[i])
		}
		at := slices.IndexFunc(all, func(st Statement) bool { return st.County == s.County })
		if at < 0 {
			at, all = len(all), append(all, Statement{County: s.County, Month: month})
		}
		all[at].add(append(t.Month(months[len(months)-1]), t.rewards(months, month)...)...)
	}
	return all
}

// add adds entries, and their sum to Sum.
func (s *Statement) add(all ...Entry) {
	for _, e := range all {
		s.Entries = append(s.Entries, e)
		if e.Amount.IsPositive() || e.Why == Capped {
			s.Charged = s.Charged.Add(e.Amount)
		} else {
			s.Earned = s.Earned.Sub(e.Amount)
		}
		s.Sum = s.Sum.Add(e.Amount)
	}
}

// Came is a reading of a section that came in, and when.
type Came struct {
	At      time.Time
	Reading water.Reading
}

// SettledAt is the instant at which a month is settled: readings that come in later correct
// it.
func (t Table) SettledAt(m water.Month, zone *time.Location) time.Time {
	next := m.Add(1)
	return time.Date(next.Year, time.Month(next.Month), t.Settled+1, 0, 0, 0, 0, zone)
}

// known are the readings that had come in before an instant, each with its corrections
// until then. came is in the order in which they came in.
func known(came []Came, at time.Time) []water.Reading {
	type slot struct {
		section string
		month   water.Month
		span    water.Span
	}
	var all []water.Reading
	where := map[slot]int{}
	for _, c := range came {
		if !c.At.Before(at) {
			continue
		}
		r := c.Reading
		key := slot{r.Section, r.Month, r.Span}
		i, had := where[key]
		if !had {
			i, all = len(all), append(all, water.Reading{Section: r.Section, Month: r.Month, Span: r.Span})
			where[key] = i
		}
		all[i], _, _ = all[i].With(r)
	}
	return all
}

// Statements are the statements of a month, by county in the order of the register: the
// charges and rewards by the readings that were known when the month was settled, or are
// known at now where it is not settled yet; and, as entries of their own, corrections of
// earlier months by readings that came in since the month before was settled. A settled
// statement itself never changes.
func (t Table) Statements(reg *water.Register, came []Came, month water.Month, now time.Time, zone *time.Location) []Statement {
	until := earlier(t.SettledAt(month, zone), now)
	is := known(came, until)
	all := t.Months(reg, is, month)
	since := t.SettledAt(month.Add(-1), zone)
	if !slices.ContainsFunc(came, func(c Came) bool { return !c.At.Before(since) && c.At.Before(until) && c.Reading.Month.Before(month) }) {
		return all
	}
	was := known(came, since)
	for m := t.From; m.Before(month); m = m.Add(1) {
		before := t.Months(reg, was, m)
		for i, s := range t.Months(reg, is, m) {
			at := slices.IndexFunc(all, func(one Statement) bool { return one.County == s.County })
			if at < 0 { // the table is not valid in this month, and a correction is owed all the same
				at, all = len(all), append(all, Statement{County: s.County, Month: month})
			}
			all[at].add(corrected(before[i], s)...)
		}
	}
	return all
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// corrected are the entries that turn the statement was into the statement is: one for each
// section whose sum differs.
func corrected(was, is Statement) (all []Entry) {
	sums, order := map[string]decimal.Decimal{}, []string{}
	add := func(entries []Entry, sign int64) {
		for _, e := range entries {
			if _, ok := sums[e.Section]; !ok {
				order = append(order, e.Section)
			}
			sums[e.Section] = sums[e.Section].Add(e.Amount.Mul(decimal.NewFromInt(sign)))
		}
	}
	add(is.Entries, 1)
	add(was.Entries, -1)
	for _, id := range order {
		if d := sums[id]; !d.IsZero() {
			all = append(all, Entry{Section: id, Why: Correction, Of: is.Month, Amount: d})
		}
	}
	return all
}

// Balance is the sum of a county's statements of a year.
type Balance struct {
	County  string            `json:"county"`
	Months  []decimal.Decimal `json:"months"` // the sums of January to December
	Charged decimal.Decimal   `json:"charged"`
	Earned  decimal.Decimal   `json:"earned"`
	Sum     decimal.Decimal   `json:"sum"`
}

// Balances are the balances of a year, by county in the order of the statements.
func Balances(year int, statements []Statement) (all []Balance) {
	for _, s := range statements {
		if s.Month.Year != year {
			continue
		}
		i := slices.IndexFunc(all, func(b Balance) bool { return b.County == s.County })
		if i < 0 {
			i, all = len(all), append(all, Balance{County: s.County, Months: make([]decimal.Decimal, 12)})
		}
		b := &all[i]
		b.Months[s.Month.Month-1] = b.Months[s.Month.Month-1].Add(s.Sum)
		b.Charged, b.Earned, b.Sum = b.Charged.Add(s.Charged), b.Earned.Add(s.Earned), b.Sum.Add(s.Sum)
	}
	return all
}
