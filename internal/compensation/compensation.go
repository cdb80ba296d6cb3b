// Package compensation works out the ecological compensation 生态补偿 of counties by their
// sections' water: the charges and rewards of a month by a rule table, each amount with how
// it came about, a county's statement of a month, corrections of a statement as entries of
// their own, and the year's balance. The package is pure: rules and readings are parameters.
// Amounts are yuan.
package compensation

import (
	"slices"

	"github.com/shopspring/decimal"

	"duban/internal/water"
)

// Table is a rule table 生态补偿规则. Every number in it is an office's.
type Table struct {
	Title     string      `json:"title"`
	Authority string      `json:"authority"`       // the paper it rests on, and how sure that is
	From      water.Month `json:"from"`            // valid from this month on; the zero month: an example, by which nobody is charged
	Until     water.Month `json:"until,omitempty"` // the last month; the zero month: no end
	Settled   int         `json:"settled"`         // the day of the next month after which a month is settled

	Items    []water.Item `json:"items"`              // that are charged; empty: all judged items
	Levels   []string     `json:"levels,omitempty"`   // of sections that it is about: national …; empty: all
	Sections []string     `json:"sections,omitempty"` // IDs; empty: all of those levels
	Sum      string       `json:"sum"`                // how several items over make one charge: SumWorst or SumItems

	Scales []Scale         `json:"scales"`
	Plain  decimal.Decimal `json:"plain,omitzero"` // charge of an item over its limit for which no multiple can be had or was told
	Worse  decimal.Decimal `json:"worse,omitzero"` // additional charge of a month worse than Ⅴ
	Inflow bool            `json:"inflow,omitempty"`

	Rewards []Reward        `json:"rewards,omitempty"`
	Cap     decimal.Decimal `json:"cap,omitzero"` // the most that a section is charged a month; zero: no cap
}

// How the items of a section that are over make its charge.
const (
	SumWorst = "worst" // the dearest alone
	SumItems = "items" // all of them
)

// Scale is what an item costs by how many times it is over: by bands, or by steps.
type Scale struct {
	Items  []water.Item    `json:"items,omitempty"` // empty: every item of the table without a scale of its own
	Bands  []Band          `json:"bands,omitempty"`
	Step   decimal.Decimal `json:"step,omitzero"`   // every step of this width begun costs Amount
	Amount decimal.Decimal `json:"amount,omitzero"` // of a step
}

// Band is the charge of an item that is over its limit by up to To times. The last band may
// have no end.
type Band struct {
	To     *decimal.Decimal `json:"to,omitempty"` // to itself is in it; nil: no end
	Amount decimal.Decimal  `json:"amount"`
}

// Reward is an amount that a section's month earns.
type Reward struct {
	Kind   string          `json:"kind"`
	Months int             `json:"months,omitempty"` // of MetRunning: that many at a time
	Amount decimal.Decimal `json:"amount"`           // of Risen: for each class
}

// Kinds of rewards.
const (
	MetRunning = "met_running" // the target met so many months running, and again after as many
	MetYear    = "met_year"    // in every month of the year that it was to be met; December's
	Passing    = "passing"     // over its target a year before, and within it now
	Risen      = "risen"       // better than a year before, both within the target: for each class
)

// Kinds of rewards, all.
var Kinds = []string{MetRunning, MetYear, Passing, Risen}

// Why says how an entry came about.
type Why string

const (
	ItemOver   Why = "item_over"  // an item was Times over its limit: a band or steps
	ItemPlain  Why = "item_plain" // an item was over its limit by an unknown multiple
	WorseV     Why = "worse_v"    // the class is worse than Ⅴ
	Capped     Why = "capped"     // the part of the charges above Table.Cap
	Exempt     Why = "exempt"     // the water was no worse than the water that flows in
	NotCharged Why = "state"      // dry, frozen, not monitored, suspended
	Unknown    Why = "unknown"    // the class, the target, or what is over is not known
	Correction Why = "correction" // an amount by which an earlier statement was wrong
)

// Entry is one line of a statement: an amount and how it came about. Charges are above
// zero, rewards below.
type Entry struct {
	Section string           `json:"section"`
	Why     Why              `json:"why"` // or the kind of a reward
	Item    water.Item       `json:"item,omitempty"`
	Times   *decimal.Decimal `json:"times,omitempty"` // how many times over
	Steps   int64            `json:"steps,omitempty"` // by steps: how many
	Classes int              `json:"classes,omitempty"`
	Months  int              `json:"months,omitempty"`
	State   water.State      `json:"state,omitempty"`
	Of      water.Month      `json:"of,omitempty"` // of a correction: the month that is corrected
	Amount  decimal.Decimal  `json:"amount"`
}

// Statement is what a county owes, or is owed, for a month.
type Statement struct {
	County  string          `json:"county"`
	Month   water.Month     `json:"month"`
	Entries []Entry         `json:"entries"`
	Charged decimal.Decimal `json:"charged"`
	Earned  decimal.Decimal `json:"earned"`
	Sum     decimal.Decimal `json:"sum"` // charged less earned
}

// About tells that the table is about a section.
func (t Table) About(s water.Section) bool {
	return (len(t.Levels) == 0 || slices.Contains(t.Levels, s.Level)) && (len(t.Sections) == 0 || slices.Contains(t.Sections, s.ID))
}

// InForce tells that the table is more than an example.
func (t Table) InForce() bool { return t.From != water.Month{} }

// In tells that the table is valid in a month.
func (t Table) In(m water.Month) bool {
	return t.InForce() && !m.Before(t.From) && (t.Until == water.Month{} || !t.Until.Before(m))
}

// Overlaps tells that a month may be of both tables.
func (t Table) Overlaps(other Table) bool {
	ends := func(a, b Table) bool { return a.Until != water.Month{} && a.Until.Before(b.From) } // a ends before b begins
	return !ends(t, other) && !ends(other, t)
}

// scale is the Scale by which an item is charged; ok is false where the table does not
// charge the item.
func (t Table) scale(i water.Item) (s Scale, ok bool) {
	if len(t.Items) > 0 && !slices.Contains(t.Items, i) {
		return s, false
	}
	for _, one := range t.Scales {
		if slices.Contains(one.Items, i) {
			return one, true
		}
	}
	for _, one := range t.Scales {
		if len(one.Items) == 0 {
			return one, true
		}
	}
	return s, false
}

// Cost is the charge of an item that is over its limit by so many times, and by how many
// steps it came about, 0 by bands.
func (s Scale) Cost(times decimal.Decimal) (amount decimal.Decimal, steps int64) {
	if !times.IsPositive() {
		return decimal.Zero, 0
	}
	if s.Step.IsPositive() {
		steps = times.DivRound(s.Step, 9).Ceil().IntPart()
		return s.Amount.Mul(decimal.NewFromInt(steps)), steps
	}
	for _, b := range s.Bands {
		if b.To == nil || times.LessThanOrEqual(*b.To) {
			return b.Amount, 0
		}
	}
	if n := len(s.Bands); n > 0 {
		return s.Bands[n-1].Amount, 0
	}
	return decimal.Zero, 0
}

// Month are the charges of a section's month, by its line of the month's water table.
func (t Table) Month(row water.Row) (all []Entry) {
	id := row.Section.ID
	switch {
	case row.Month.State != water.Observed:
		return []Entry{{Section: id, Why: NotCharged, State: row.Month.State}}
	case row.Month.Class == water.NoClass || !row.Target.Known():
		return []Entry{{Section: id, Why: Unknown}}
	}
	for _, o := range row.Month.Over {
		s, ok := t.scale(o.Item)
		if !ok {
			continue
		}
		e := Entry{Section: id, Why: ItemPlain, Item: o.Item, Amount: t.Plain}
		if o.Times != nil {
			e.Why, e.Times = ItemOver, o.Times
			e.Amount, e.Steps = s.Cost(*o.Times)
		}
		if e.Amount.IsPositive() {
			all = append(all, e)
		}
	}
	if t.Inflow && row.NotWorse && len(all) > 0 {
		return []Entry{{Section: id, Why: Exempt}}
	}
	if t.Sum == SumWorst && len(all) > 1 {
		all = []Entry{slices.MaxFunc(all, func(a, b Entry) int { return a.Amount.Cmp(b.Amount) })}
	}
	if row.Month.Outcome == water.Missed && len(row.Month.Over) == 0 {
		all = append(all, Entry{Section: id, Why: Unknown})
	}
	if row.Month.Class == water.Worse && t.Worse.IsPositive() {
		all = append(all, Entry{Section: id, Why: WorseV, Amount: t.Worse})
	}
	if over := Sum(all).Sub(t.Cap); t.Cap.IsPositive() && over.IsPositive() {
		all = append(all, Entry{Section: id, Why: Capped, Amount: over.Neg()})
	}
	return all
}

// Sum is the sum of entries, in yuan.
func Sum(all []Entry) (sum decimal.Decimal) {
	for _, e := range all {
		sum = sum.Add(e.Amount)
	}
	return sum
}
