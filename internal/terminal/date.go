package terminal

import (
	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/deadline"
	"duban/internal/words"
)

func (sc *Screen) Readings(readings []deadline.Reading) {
	t := sc.Table(map[string]int{"words": 30, "question": 50}, "words", "reading", "begin", "due", "recurs", "soft", "milestone", "rule", "question")
	for _, r := range readings {
		soft := ""
		if r.Soft {
			soft = sc.W.T("cli.yes")
		}
		t.AppendRow(table.Row{r.Words, sc.W.T("cli.reading_" + string(r.Kind)), r.Start, r.Due, r.Recurrence, soft, r.Milestone, r.Rule, sc.question(r)})
	}
	t.Render()
}

// question is what a person must decide about a reading, or "".
func (sc *Screen) question(r deadline.Reading) string {
	if r.Ask == "" {
		return ""
	}
	return sc.W.T(r.Ask, words.Data{"Words": r.Words, "Due": r.Due.String(), "Other": r.Other.String()})
}
