package form

import (
	"strings"

	"duban/internal/act"
	"duban/internal/query"
)

// publish fills in the text of acts on a public text.
func publish(_ query.Subject, row act.Row, s Said, said *act.Act) error {
	if row.On == act.OnText && row.Takes(act.FieldText) {
		said.Text = &act.TextFacts{Text: strings.TrimSpace(s.one("text"))}
	}
	return nil
}
