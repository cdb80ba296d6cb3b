package water

import "github.com/shopspring/decimal"

// fullYear is how many of the twelve months a year's class needs.
const fullYear = 8

// YearToDate is the judgement of the months of a year so far.
type YearToDate struct {
	Judgement
	Values Values `json:"values"` // the means of the months' means
	Months int    `json:"months"` // that have values
	Year   bool   `json:"year"`   // enough months for the class of a whole year
}

// SoFar judges the year to date: the mean of the means of the months that have values.
// Months that were dry, frozen or not monitored are left out.
func SoFar(body Body, judged []Item, months []Values) (y YearToDate) {
	var known []Values
	for _, m := range months {
		if len(m) > 0 {
			known = append(known, m)
		}
	}
	y.Values, y.Months, y.Year = Mean(known...), len(known), len(known) >= fullYear
	y.Judgement = Judge(body, judged, y.Values)
	return y
}

// CWQI is the water quality index of 城市地表水环境质量排名技术规定（试行）(2017): the sum of
// each judged item's concentration in multiples of the limit of Ⅲ, of dissolved oxygen
// the limit in multiples of it; lower is better. Of several sections values are the
// means. missing are the items without a value: then there is no index.
func CWQI(body Body, judged []Item, values Values) (index decimal.Decimal, missing []Item) {
	for _, i := range judged {
		v, ok := values[i]
		if !ok || i == DO && v.Number().IsZero() {
			missing = append(missing, i)
			continue
		}
		index = index.Add(part(body, i, v))
	}
	if len(missing) > 0 {
		return decimal.Zero, missing
	}
	return index, nil
}

// part is one item's share of the index.
func part(body Body, i Item, v Value) decimal.Decimal {
	n := v.Number()
	if i == PH {
		neutral := decimal.NewFromInt(7)
		if n.GreaterThan(neutral) {
			return n.Sub(neutral).Div(phHigh.Sub(neutral))
		}
		return neutral.Sub(n).Div(neutral.Sub(phLow))
	}
	limit, ok := i.Limit(body, III)
	switch {
	case !ok:
		return decimal.Zero
	case i.Least():
		return limit.DivRound(n, 12)
	}
	return n.DivRound(limit, 12)
}

// CityCWQI is a city's index: that of its rivers and that of its lakes, each counted by
// how many sections it rests on.
func CityCWQI(rivers decimal.Decimal, sections int, lakes decimal.Decimal, points int) decimal.Decimal {
	if sections+points == 0 {
		return decimal.Zero
	}
	m, n := decimal.NewFromInt(int64(sections)), decimal.NewFromInt(int64(points))
	return rivers.Mul(m).Add(lakes.Mul(n)).DivRound(m.Add(n), 12)
}
