package water

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"
)

// Judgement is the class of a section in a period by its worst item 单因子评价.
type Judgement struct {
	Class   Class       `json:"class"`
	Items   []ItemClass `json:"items"`             // of the judged items that are known, in the order of the table
	Missing []Item      `json:"missing,omitempty"` // judged items without a value
}

// ItemClass is one item's value with its class.
type ItemClass struct {
	Item  Item  `json:"item"`
	Value Value `json:"value"`
	Class Class `json:"class"`
}

// Judge finds the class of a section from the means of its items, of which judged are
// those that count. Without any of them there is no class.
func Judge(body Body, judged []Item, values Values) (j Judgement) {
	for _, i := range judged {
		v, ok := values[i]
		if !ok {
			j.Missing = append(j.Missing, i)
			continue
		}
		c, ok := i.Class(body, v)
		if !ok {
			continue
		}
		j.Items = append(j.Items, ItemClass{i, v, c})
		j.Class = max(j.Class, c)
	}
	return j
}

// Worst are the items that decide the class.
func (j Judgement) Worst() (worst []Item) {
	for _, i := range j.Items {
		if i.Class == j.Class {
			worst = append(worst, i.Item)
		}
	}
	return worst
}

// Target is what a section is to reach 目标: a class, and the items for which another
// limit was set than that of the class. The zero value is a target that is not known yet,
// as where the province sets it 完成省定目标.
type Target struct {
	Class  Class                    `json:"class"`
	Limits map[Item]decimal.Decimal `json:"limits,omitempty"`
}

// Known tells that the target has been set.
func (t Target) Known() bool { return t.Class != NoClass }

// limit is what the target asks of an item; pH has two.
func (t Target) limit(i Item, body Body) (limit decimal.Decimal, ok bool) {
	if limit, ok := t.Limits[i]; ok {
		return limit, true
	}
	return i.Limit(body, t.Class)
}

// Over is an item that is over its limit 超标: by how many times where that can be said.
type Over struct {
	Item  Item             `json:"item"`
	Times *decimal.Decimal `json:"times,omitempty"` // 超标倍数; nil of pH, dissolved oxygen, and where it was not told
}

// Exceeds are the judged items that are over the target, the one that is furthest over
// first, those without a multiple last. An unknown target is never exceeded.
func Exceeds(body Body, judged []Item, values Values, t Target) (over []Over) {
	if !t.Known() {
		return nil
	}
	for _, i := range judged {
		v, ok := values[i]
		if !ok {
			continue
		}
		limit, ok := t.limit(i, body)
		switch {
		case i == PH:
			if c, _ := PH.Class(body, v); c == Worse {
				over = append(over, Over{Item: i})
			}
		case !ok || i.within(v.Number(), limit):
		case !i.HasMultiple():
			over = append(over, Over{Item: i})
		default:
			times := Multiple(v, limit)
			over = append(over, Over{i, &times})
		}
	}
	slices.SortStableFunc(over, further)
	return over
}

// Beyond are the items of a discharge that are over its limits 超过排放限值, in the order of Exceeds.
// pH has two limits, 6 and 9.
func Beyond(limits []Limit, values Values) (over []Over) {
	for _, l := range limits {
		v, ok := values[l.Item]
		switch {
		case !ok:
		case l.Item == PH:
			if c, _ := PH.Class(River, v); c == Worse {
				over = append(over, Over{Item: PH})
			}
		case l.Item.within(v.Number(), l.Value):
		case !l.Item.HasMultiple():
			over = append(over, Over{Item: l.Item})
		default:
			times := Multiple(v, l.Value)
			over = append(over, Over{l.Item, &times})
		}
	}
	slices.SortStableFunc(over, further)
	return over
}

// further orders items over their limits: more times over first, without a multiple last.
func further(a, b Over) int {
	switch {
	case a.Times == nil && b.Times == nil:
		return cmp.Compare(places[a.Item], places[b.Item])
	case a.Times == nil:
		return 1
	case b.Times == nil:
		return -1
	}
	return b.Times.Cmp(*a.Times)
}

// first are pollutants named before all others once they are over.
var first = []Item{Cyanide, Lead, Chromium6, Cadmium, Mercury, Arsenic}

// Main are the main pollutants 主要污染指标 of a section that is worse than Ⅲ: at most
// three of the items beyond Ⅲ, cyanide and heavy metals before the others, then by class,
// then by how many times they are over the limit of Ⅲ.
func (j Judgement) Main(body Body) []Over {
	type candidate struct {
		Over
		class Class
		metal bool
	}
	var all []candidate
	for _, i := range j.Items {
		if i.Class <= III {
			continue
		}
		c := candidate{Over{Item: i.Item}, i.Class, slices.Contains(first, i.Item)}
		if limit, ok := i.Item.Limit(body, III); ok && i.Item.HasMultiple() {
			times := Multiple(i.Value, limit)
			c.Times = &times
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		if a.metal != b.metal {
			if a.metal {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.class, a.class), further(a.Over, b.Over))
	})
	var main []Over
	for _, c := range all[:min(3, len(all))] {
		main = append(main, c.Over)
	}
	return main
}

// NotWorseThan tells that none of the items over their limits is worse than in the water
// that flows in; ok is false where the inflow has no value for one of them.
func NotWorseThan(inflow, own Values, over []Over) (not, ok bool) {
	for _, o := range over {
		in, known := inflow[o.Item]
		v, mine := own[o.Item]
		if !known || !mine {
			return false, false
		}
		if o.Item == PH {
			if away(v).GreaterThan(away(in)) {
				return false, true
			}
			continue
		}
		if !o.Item.within(v.Number(), in.Number()) {
			return false, true
		}
	}
	return true, true
}

// away is how far a pH is from neutral.
func away(v Value) decimal.Decimal { return v.Number().Sub(decimal.NewFromInt(7)).Abs() }
