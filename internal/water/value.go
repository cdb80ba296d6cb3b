package water

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"
)

// Value is a concentration as it was reported, in mg/L (coliform: number per litre; pH:
// without a unit). Below tells that the concentration is below the detection limit, which is
// then in Reported: half of that limit counts.
type Value struct {
	Reported decimal.Decimal
	Below    bool
}

var two = decimal.NewFromInt(2)

// Number is what counts in means and comparisons.
func (v Value) Number() decimal.Decimal {
	if v.Below {
		return v.Reported.Div(two)
	}
	return v.Reported
}

// Less tells that the value counts less than n.
func (v Value) Less(n decimal.Decimal) bool { return v.Number().LessThan(n) }

// String is the value as laboratories write it: 0.59, 0.01L for "below 0.01".
func (v Value) String() string {
	if v.Below && v.Reported.IsZero() {
		return "ND"
	}
	if v.Below {
		return v.Reported.String() + "L"
	}
	return v.Reported.String()
}

// MarshalText writes a value as String does.
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads what ReadValue reads.
func (v *Value) UnmarshalText(text []byte) (err error) {
	*v, err = ReadValue(string(text))
	return err
}

var (
	plainNumber = regexp.MustCompile(`^\d{1,12}(\.\d{1,20})?$`)
	eNumber     = regexp.MustCompile(`^\d(\.\d{1,12})?[eE][+-]?0?\d$`)
)

// ReadValue reads a concentration: 0.59, .03, 1.2E-4, 0.01L, <0.01, 未检出, ND.
func ReadValue(text string) (v Value, err error) {
	s := fold(text)
	switch strings.ToUpper(s) {
	case "未检出", "未测出", "低于检出限", "ND", "N.D.", "DL", "<DL":
		return Value{Below: true}, nil
	}
	for _, mark := range []string{"<", "≤", "低于"} {
		if rest, ok := strings.CutPrefix(s, mark); ok {
			s, v.Below = rest, true
		}
	}
	for _, mark := range []string{"L", "l", "(L)", "ND", "nd"} {
		if rest, ok := strings.CutSuffix(s, mark); ok {
			s, v.Below = rest, true
		}
	}
	if strings.HasPrefix(s, ".") {
		s = "0" + s
	}
	if !plainNumber.MatchString(s) && !eNumber.MatchString(s) {
		return Value{}, fmt.Errorf("water: value %q: %w", text, ErrNotRead)
	}
	if v.Reported, err = decimal.NewFromString(s); err != nil {
		return Value{}, fmt.Errorf("water: value %q: %w", text, err)
	}
	v.Reported = v.Reported.Round(12) // 0.30000000000000004 of a spreadsheet is 0.3
	return v, nil
}

// Number is a value that was measured as n; for tests and constants.
func Number(n string) Value { return Value{Reported: decimal.RequireFromString(n)} }

// Values are concentrations by item.
type Values map[Item]Value

// Mean is the arithmetic mean of each item over the samples that have it. A mean of one
// sample is that sample, as it was reported.
func Mean(samples ...Values) Values {
	mean := Values{}
	for _, i := range Items() {
		var sum decimal.Decimal
		var only Value
		n := int64(0)
		for _, s := range samples {
			if v, ok := s[i]; ok {
				sum, only, n = sum.Add(v.Number()), v, n+1
			}
		}
		switch {
		case n == 1:
			mean[i] = only
		case n > 1:
			mean[i] = Value{Reported: sum.DivRound(decimal.NewFromInt(n), 12)}
		}
	}
	return mean
}
