package water

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Item is one of the 24 basic items of GB 3838-2002 table 1, or one that is measured of discharges
// alone, by its ASCII name.
type Item string

// The basic items in the order of the table.
const (
	Temperature Item = "WT"
	PH          Item = "pH"
	DO          Item = "DO"
	CODMn       Item = "CODMn"
	COD         Item = "COD"
	BOD5        Item = "BOD5"
	NH3N        Item = "NH3-N"
	TP          Item = "TP"
	TN          Item = "TN"
	Copper      Item = "Cu"
	Zinc        Item = "Zn"
	Fluoride    Item = "F"
	Selenium    Item = "Se"
	Arsenic     Item = "As"
	Mercury     Item = "Hg"
	Cadmium     Item = "Cd"
	Chromium6   Item = "Cr6"
	Lead        Item = "Pb"
	Cyanide     Item = "CN"
	Phenol      Item = "phenol"
	Oil         Item = "oil"
	LAS         Item = "LAS"
	Sulfide     Item = "S"
	Coliform    Item = "coliform"
)

// Items that are measured of discharges alone.
const (
	Solids Item = "SS"
	Colour Item = "colour" // a number of dilutions
	Fats   Item = "fats"
)

// row is an item's line of the table: its limits from Ⅰ to Ⅴ in mg/L (coliform: a litre),
// those of lakes where they differ, and what it is called besides its printed name.
type row struct {
	item    Item
	name    string
	limits  string
	lake    string
	aliases []string
}

var table = []row{
	{Temperature, "水温", "", "", []string{"WT", "温度"}},
	{PH, "pH", "", "", []string{"pH值", "ph"}},
	{DO, "溶解氧", "7.5 6 5 3 2", "", []string{"DO"}},
	{CODMn, "高锰酸盐指数", "2 4 6 10 15", "", []string{"CODMn", "IMn", "高锰酸钾指数"}},
	{COD, "化学需氧量", "15 15 20 30 40", "", []string{"COD", "CODcr", "化学需氧量(CODcr)", "化学需氧量(COD)"}},
	{BOD5, "五日生化需氧量", "3 3 4 6 10", "", []string{"BOD5", "BOD", "生化需氧量", "五日生化需氧量(BOD5)"}},
	{NH3N, "氨氮", "0.15 0.5 1.0 1.5 2.0", "", []string{"NH3-N", "NH3N", "NH4-N", "氨氮(NH3-N)"}},
	{TP, "总磷", "0.02 0.1 0.2 0.3 0.4", "0.01 0.025 0.05 0.1 0.2", []string{"TP", "总磷(以P计)"}},
	{TN, "总氮", "0.2 0.5 1.0 1.5 2.0", "", []string{"TN", "总氮(湖、库,以N计)", "总氮(以N计)"}},
	{Copper, "铜", "0.01 1.0 1.0 1.0 1.0", "", []string{"Cu"}},
	{Zinc, "锌", "0.05 1.0 1.0 2.0 2.0", "", []string{"Zn"}},
	{Fluoride, "氟化物", "1.0 1.0 1.0 1.5 1.5", "", []string{"F-", "F", "氟化物(以F-计)"}},
	{Selenium, "硒", "0.01 0.01 0.01 0.02 0.02", "", []string{"Se"}},
	{Arsenic, "砷", "0.05 0.05 0.05 0.1 0.1", "", []string{"As"}},
	{Mercury, "汞", "0.00005 0.00005 0.0001 0.001 0.001", "", []string{"Hg"}},
	{Cadmium, "镉", "0.001 0.005 0.005 0.005 0.01", "", []string{"Cd"}},
	{Chromium6, "铬(六价)", "0.01 0.05 0.05 0.05 0.1", "", []string{"六价铬", "Cr6+", "Cr6", "铬"}},
	{Lead, "铅", "0.01 0.01 0.05 0.05 0.1", "", []string{"Pb"}},
	{Cyanide, "氰化物", "0.005 0.05 0.2 0.2 0.2", "", []string{"CN", "CN-", "总氰化物"}},
	{Phenol, "挥发酚", "0.002 0.002 0.005 0.01 0.1", "", []string{"挥发性酚", "phenol"}},
	{Oil, "石油类", "0.05 0.05 0.05 0.5 1.0", "", []string{"oil", "油类"}},
	{LAS, "阴离子表面活性剂", "0.2 0.2 0.2 0.3 0.3", "", []string{"LAS"}},
	{Sulfide, "硫化物", "0.05 0.1 0.2 0.5 1.0", "", []string{"S", "S2-"}},
	{Coliform, "粪大肠菌群", "200 2000 10000 20000 40000", "", []string{"粪大肠菌群数", "粪大肠菌群(个/L)", "coliform", "FC"}},
}

// discharged are the items that are measured of discharges alone: sections have no limits of them.
var discharged = []row{
	{Solids, "悬浮物", "", "", []string{"SS", "悬浮物(SS)"}},
	{Colour, "色度", "", "", []string{"色度(倍)", "色度(稀释倍数)"}},
	{Fats, "动植物油", "", "", []string{"动植物油类"}},
}

// bounds are the limits of an item from Ⅰ to Ⅴ, at 0 to 4.
type bounds []decimal.Decimal

func boundsOf(text string) (b bounds) {
	for _, word := range strings.Fields(text) {
		b = append(b, decimal.RequireFromString(word))
	}
	return b
}

var (
	phLow, phHigh = decimal.NewFromInt(6), decimal.NewFromInt(9)
	rivers, lakes = map[Item]bounds{}, map[Item]bounds{}
	byName        = map[string]Item{} // of sections
	ofDischarge   = map[string]Item{} // of discharges alone
	places        = map[Item]int{}
)

func init() {
	for i, r := range table {
		rivers[r.item], lakes[r.item], places[r.item] = boundsOf(r.limits), boundsOf(r.limits), i
		if r.lake != "" {
			lakes[r.item] = boundsOf(r.lake)
		}
		for _, name := range append(r.aliases, r.name, string(r.item)) {
			byName[strings.ToLower(fold(name))] = r.item
		}
	}
	for i, r := range discharged {
		places[r.item] = len(table) + i
		for _, name := range append(r.aliases, r.name, string(r.item)) {
			ofDischarge[strings.ToLower(fold(name))] = r.item
		}
	}
}

// Items are the 24 basic items in the order of the table.
func Items() []Item {
	var all []Item
	for _, r := range table {
		all = append(all, r.item)
	}
	return all
}

// Name is the item's printed Chinese name: 氨氮.
func (i Item) Name() string {
	at, ok := places[i]
	switch {
	case !ok:
		return string(i)
	case at < len(table):
		return table[at].name
	}
	return discharged[at-len(table)].name
}

// Discharged are all items that are measured of discharges: the 24 and then the others.
func Discharged() []Item {
	all := Items()
	for _, r := range discharged {
		all = append(all, r.item)
	}
	return all
}

// Limit is the item's limit of a class; ok is false where it has none: water temperature,
// pH (6 to 9 in every class), and total nitrogen of rivers.
func (i Item) Limit(body Body, c Class) (limit decimal.Decimal, ok bool) {
	b := rivers[i]
	if body == Lake {
		b = lakes[i]
	}
	if c < I || c > V || len(b) == 0 || i == TN && body != Lake {
		return limit, false
	}
	return b[c-I], true
}

// Least tells that the item's limits are the least that there must be, not the most.
func (i Item) Least() bool { return i == DO }

// within tells that a value keeps a limit.
func (i Item) within(v, limit decimal.Decimal) bool {
	if i.Least() {
		return v.GreaterThanOrEqual(limit)
	}
	return v.LessThanOrEqual(limit)
}

// Class is the class of a value of the item; where classes share a limit, the better
// one. ok is false for an item that has no classes. pH outside 6 to 9 is worse than Ⅴ.
// The saturation of 90 % that the table allows for oxygen of class Ⅰ is not known from
// a concentration alone, and is not judged.
func (i Item) Class(body Body, v Value) (c Class, ok bool) {
	if i == PH {
		if v.Less(phLow) || phHigh.LessThan(v.Number()) {
			return Worse, true
		}
		return I, true
	}
	for c := I; c <= V; c++ {
		limit, ok := i.Limit(body, c)
		if !ok {
			return NoClass, false
		}
		if i.within(v.Number(), limit) {
			return c, true
		}
	}
	return Worse, true
}

// HasMultiple tells that how far the item is over can be said as a multiple: not of
// temperature, pH and dissolved oxygen.
func (i Item) HasMultiple() bool { return i != Temperature && i != PH && i != DO }

// Multiple is the exceedance multiple 超标倍数 of a value over a limit: v/limit − 1.
func Multiple(v Value, limit decimal.Decimal) decimal.Decimal {
	return v.Number().DivRound(limit, 12).Sub(decimal.NewFromInt(1))
}

// Basic21 are the items judged up to 2020: table 1 without water temperature, total
// nitrogen and faecal coliforms.
func Basic21() []Item {
	return slices.DeleteFunc(Items(), func(i Item) bool { return i == Temperature || i == TN || i == Coliform })
}

// Five are the items that every section is judged by since 2021.
func Five() []Item { return []Item{PH, DO, CODMn, NH3N, TP} }

// Judged are the items that a section is judged by in a year: up to 2020 the 21, since
// 2021 "5+X", of which x are the section's own (环办监测函〔2020〕714号).
func Judged(year int, x []Item) []Item {
	if year <= 2020 {
		return Basic21()
	}
	all := Five()
	for _, i := range x {
		if !slices.Contains(all, i) {
			all = append(all, i)
		}
	}
	slices.SortFunc(all, func(a, b Item) int { return places[a] - places[b] })
	return all
}
