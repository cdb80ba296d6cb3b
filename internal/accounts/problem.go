package accounts

import (
	"fmt"
	"strings"

	"duban/internal/words"
)

// Problem is one fault in a file of accounts, at the place where it can be
// mended. Its words are in the catalogue under Key.
type Problem struct {
	File   string         `json:"file"`
	Line   int            `json:"line"`   // from 1; 0 when the file could not be read
	Column int            `json:"column"` // from 1, in characters
	Field  string         `json:"field"`  // accounts[3].unit
	Key    string         `json:"key"`    // accounts.unknown_unit
	Data   map[string]any `json:"data,omitempty"`
}

// Text is the problem in one line: "file:line:column: field: what is wrong and
// what to do".
func (p Problem) Text(w *words.Words) string {
	text := oneLine(p.File)
	if p.Line > 0 {
		text += fmt.Sprintf(":%d:%d", p.Line, p.Column)
	}
	if p.Field != "" {
		text += ": " + p.Field
	}
	data := make(words.Data, len(p.Data))
	for name, value := range p.Data {
		data[name] = oneLine(fmt.Sprint(value))
	}
	return text + ": " + w.T(p.Key, data)
}

const longestQuote = 120 // characters of a value shown in a problem

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > longestQuote {
		return string(r[:longestQuote]) + "…"
	}
	return s
}
