// Package water judges surface water: the class of an item by table 1 of GB 3838-2002,
// of a section 断面 by its worst item (环办〔2011〕22号), how far it is over its own
// target, the grade of a river, and what has changed since last year or from upstream.
// It is pure: no clock, no database; what was measured is a parameter.
package water

import (
	"errors"
	"fmt"
	"strings"
)

// Class is a class of water quality 水质类别. The zero value is no class.
type Class int

// The classes of GB 3838-2002; Worse is 劣Ⅴ.
const (
	NoClass Class = iota
	I
	II
	III
	IV
	V
	Worse
)

var classNames = []string{"", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"}

// String is the class as it is printed everywhere: Ⅰ to Ⅴ, 劣Ⅴ; "" for none.
func (c Class) String() string {
	if c < NoClass || c > Worse {
		return ""
	}
	return classNames[c]
}

// MarshalText writes a class as String does.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (c *Class) UnmarshalText(text []byte) error {
	for i, name := range classNames {
		if name == string(text) {
			*c = Class(i)
			return nil
		}
	}
	return fmt.Errorf("water: not a class: %q", text)
}

// Grade is what a class, or a river's classes together, are called 水质状况.
type Grade string

// The five grades, the best first.
const (
	NoGrade   Grade = ""
	Excellent Grade = "excellent" // 优
	Good      Grade = "good"      // 良好
	Light     Grade = "light"     // 轻度污染
	Moderate  Grade = "moderate"  // 中度污染
	Heavy     Grade = "heavy"     // 重度污染
)

var grades = []Grade{NoGrade, Excellent, Excellent, Good, Light, Moderate, Heavy}

// Grade is how the class of a section is called.
func (c Class) Grade() Grade {
	if c < NoClass || c > Worse {
		return NoGrade
	}
	return grades[c]
}

// rank orders grades: 1 is the best, 0 none.
func (g Grade) rank() int {
	for i, of := range []Grade{Excellent, Good, Light, Moderate, Heavy} {
		if of == g {
			return i + 1
		}
	}
	return 0
}

// Body says which column of total phosphorus holds: lakes and reservoirs have their own.
type Body string

// The two kinds of water. The zero value is a river.
const (
	River Body = ""
	Lake  Body = "lake" // 湖、库
)

// State is why a section has no class in a period.
type State string

// What may be said in place of a class.
const (
	Observed    State = ""
	Dry         State = "dry"         // 断流、无水
	Frozen      State = "frozen"      // 结冰
	Unmonitored State = "unmonitored" // 未监测
	Suspended   State = "suspended"   // 停测
)

// States are all but Observed.
var States = []State{Dry, Frozen, Unmonitored, Suspended}

// ErrNotRead: a text is not what it was read as.
var ErrNotRead = errors.New("not understood")

// fold brings a text to one width, without white space.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000' || r == '\ufeff' || r == '\u200b':
			return -1
		case r >= '₀' && r <= '₉':
			return r - '₀' + '0'
		case r >= '⁰' && r <= '⁹':
			return r - '⁰' + '0'
		case r == '⁻' || r == '－' || r == '–' || r == '−':
			return '-'
		case r == '⁺':
			return '+'
		case r == '〔' || r == '【' || r == '［':
			return '('
		case r == '〕' || r == '】' || r == '］':
			return ')'
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), "")
}
