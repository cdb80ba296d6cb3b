package complaint

import (
	"errors"
	"log/slog"
	"regexp"
	"slices"
	"strings"
)

// Caller is who complained 诉求人. It is kept in one table that can be erased, and nowhere else:
// it prints and logs as nothing, and is not written as JSON, so that it cannot get into an
// event, a workflow or a message by being part of something else.
type Caller struct {
	Name    string
	Phone   string
	Address string
	Words   string // the complaint as it was told, where Redact took something out of it; "" otherwise
}

// hidden is what a Caller prints as.
const hidden = "(caller)"

func (Caller) String() string       { return hidden }
func (Caller) GoString() string     { return hidden }
func (Caller) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalJSON fails.
func (Caller) MarshalJSON() ([]byte, error) {
	return nil, errors.New("complaint: who complained is not written")
}

// None tells that nothing is known of who complained.
func (c Caller) None() bool { return c == Caller{} }

// out stands in a text for what was taken out of it.
const out = "〔略〕"

// numbers are telephone numbers and identity numbers as people write them.
var numbers = regexp.MustCompile(`\d{17}[\dXx]|(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}|[(（]?0\d{2,3}[)）]?[- ]?\d{7,8}|\d{15}`)

// Redact takes out of a text whatever tells who complained: the caller's name, number and
// address, and any telephone or identity number. more tells that something was taken out.
func (c Caller) Redact(text string) (clean string, more bool) {
	clean = narrow(text)
	plain := clean
	for _, own := range c.own() {
		clean = strings.ReplaceAll(clean, own, out)
	}
	if clean = replaced(clean); clean == plain {
		return text, false
	}
	return clean, true
}

// own is what tells the caller: address, name and number, as a narrow text has them. What is of
// one letter is left out: it would be found everywhere.
func (c Caller) own() (all []string) {
	for _, text := range []string{c.Address, c.Name, c.Phone} {
		if text = strings.TrimSpace(narrow(text)); len([]rune(text)) > 1 {
			all = append(all, text)
		}
	}
	return all
}

// narrow writes digits, letters and the marks of numbers in the width of ASCII, and leaves the
// rest of a text as it is.
func narrow(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ', r == '－', r == '＋':
			return r - '０' + '0'
		}
		return r
	}, text)
}

// replaced is a text without telephone and identity numbers. A longer row of digits, such as a
// document's number, is none.
func replaced(text string) string {
	var b strings.Builder
	last := 0
	for _, at := range numbers.FindAllStringIndex(text, -1) {
		if at[0] > 0 && isDigit(text[at[0]-1]) || at[1] < len(text) && isDigit(text[at[1]]) {
			continue
		}
		b.WriteString(text[last:at[0]])
		b.WriteString(out)
		last = at[1]
	}
	return b.String() + text[last:]
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// In tells that a text names the caller: by name, number or address.
func (c Caller) In(text string) bool {
	text = narrow(text)
	return slices.ContainsFunc(c.own(), func(own string) bool { return strings.Contains(text, own) })
}
