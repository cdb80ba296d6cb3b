package water

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

var classTexts = map[string]Class{
	"Ⅰ": I, "Ⅱ": II, "Ⅲ": III, "Ⅳ": IV, "Ⅴ": V,
	"i": I, "ii": II, "iii": III, "iv": IV, "v": V,
	"1": I, "2": II, "3": III, "4": IV, "5": V,
	"一": I, "二": II, "三": III, "四": IV, "五": V,
}

// romans are the small Roman numerals, which folding to lower case makes of the great ones.
var romans = strings.NewReplacer("ⅰ", "Ⅰ", "ⅱ", "Ⅱ", "ⅲ", "Ⅲ", "ⅳ", "Ⅳ", "ⅴ", "Ⅴ")

// ReadClass reads a class as offices write it: Ⅱ, II, 2类, 二类, Ⅱ类水质, 劣Ⅴ, 劣V类, ＞Ⅴ类.
func ReadClass(text string) (Class, error) {
	s := romans.Replace(strings.ToLower(fold(text)))
	for _, word := range []string{"水质", "标准", "类"} {
		s = strings.TrimSuffix(s, word)
	}
	worse := false
	for _, mark := range []string{"劣于", "劣", ">"} {
		if rest, ok := strings.CutPrefix(s, mark); ok {
			s, worse = rest, true
			break
		}
	}
	c, ok := classTexts[s]
	switch {
	case ok && worse && c == V:
		return Worse, nil
	case ok && !worse:
		return c, nil
	}
	return NoClass, fmt.Errorf("water: class %q: %w", text, ErrNotRead)
}

// ReadState reads what is written in place of a class or a value: 断流, 结冰未监测, 停测.
func ReadState(text string) (State, error) {
	s := fold(text)
	for _, said := range []struct {
		word  string
		state State
	}{
		{"断流", Dry}, {"无水", Dry}, {"干涸", Dry}, {"枯水", Dry}, {"结冰", Frozen}, {"冰封", Frozen}, {"封冻", Frozen},
		{"未排放", Dry}, {"无排放", Dry}, {"不排放", Dry}, {"停产", Dry}, {"停测", Suspended}, {"停止监测", Suspended}, {"暂停监测", Suspended},
		{"未监测", Unmonitored}, {"未采样", Unmonitored}, {"未测", Unmonitored}, {"无数据", Unmonitored}, {"缺测", Unmonitored},
	} {
		if strings.Contains(s, said.word) && len([]rune(s)) <= 16 {
			return said.state, nil
		}
	}
	return Observed, fmt.Errorf("water: state %q: %w", text, ErrNotRead)
}

// units are what a heading says after an item's name.
var units = regexp.MustCompile(`(?i)[\(/,]?(单位:?)?(mg/l|毫克/升|无量纲|个/l|mpn/l|℃|°c)\)?$`)

// ReadItem reads an item's name as a heading has it: 氨氮（mg/L）, NH₃-N, pH(无量纲), CODMn.
func ReadItem(text string) (Item, error) {
	s := strings.ToLower(fold(text))
	for _, form := range []string{s, units.ReplaceAllString(s, ""), strings.TrimSuffix(units.ReplaceAllString(s, ""), "浓度")} {
		if i, ok := byName[form]; ok {
			return i, nil
		}
	}
	return "", fmt.Errorf("water: item %q: %w", text, ErrNotRead)
}

// ReadDischarged reads an item of a discharge: what ReadItem reads, and 悬浮物, 色度, 动植物油.
func ReadDischarged(text string) (Item, error) {
	s := strings.ToLower(fold(text))
	for _, form := range []string{s, units.ReplaceAllString(s, "")} {
		if i, ok := ofDischarge[form]; ok {
			return i, nil
		}
	}
	return ReadItem(text)
}

var (
	nothing   = map[string]bool{"": true, "/": true, "-": true, "--": true, "—": true, "——": true, "无": true, "达标": true}
	overParts = regexp.MustCompile(`[、,;。\n]+`)
	// overForm is 氨氮/1.3, 总磷(0.6), 氨氮超标1.3倍, 氨氮1.3倍, 氨氮（超0.5倍）, 溶解氧.
	overForm = regexp.MustCompile(`^(.+?)(/|\(?超标|\(?超|\()?(\d{1,6}(?:\.\d{1,12})?)倍?\)?$`)
)

// Nothing tells that a cell says that there is nothing: empty, /, —, 无.
func Nothing(text string) bool { return nothing[fold(text)] }

// ReadOver reads a list of what is over: "氨氮/1.3、总磷(0.6)", "氨氮超标1.12倍", "溶解氧".
func ReadOver(text string) (over []Over, err error) {
	if Nothing(text) {
		return nil, nil
	}
	for _, part := range overParts.Split(strings.TrimSpace(wide(text)), -1) {
		part = fold(part)
		if part == "" {
			continue
		}
		o, err := readOver(part)
		twice := slices.ContainsFunc(over, func(have Over) bool { return have.Item == o.Item })
		if err != nil || twice {
			return nil, fmt.Errorf("water: %q: %w", part, ErrNotRead)
		}
		over = append(over, o)
	}
	return over, nil
}

// wide makes the narrow signs that part a list of the wide ones.
func wide(s string) string { return strings.NewReplacer("，", ",", "；", ";").Replace(s) }

func readOver(part string) (o Over, err error) {
	if o.Item, err = ReadItem(part); err == nil {
		return o, nil
	}
	m := overForm.FindStringSubmatch(part)
	if m == nil {
		o.Item, err = ReadItem(strings.TrimSuffix(part, "超标"))
		return o, err
	}
	if o.Item, err = ReadItem(m[1]); err != nil {
		return o, err
	}
	if last := m[1][len(m[1])-1]; m[2] == "" && last < 0x80 && last != ')' { // COD0.2, BOD50.2: where does the name end?
		return o, ErrNotRead
	}
	times, err := decimal.NewFromString(m[3])
	o.Times = &times
	return o, err
}
