package notice

import (
	"strings"
	"time"

	"duban/internal/words"
)

// Wait is something that a workflow cannot get done at present, as the ledger has it.
type Wait struct {
	Thing  string    // ID of the task, duty or talk; "" of the plan itself
	Title  string    // of the task, duty or talk's task
	What   string    // a word, then what it is about: "stage remind-7"
	Since  time.Time // real
	Tried  time.Time // real: when it was tried last
	Rounds int
	Error  string // of the last try
}

// Words is the wait in a sentence: what, since when in a zone, how often tried, why.
func (x Wait) Words(w *words.Words, zone *time.Location) string {
	sort, about, _ := strings.Cut(x.What, " ")
	if sort == "act" {
		kind, _, _ := strings.Cut(about, " ")
		about = called(w, "act.kind_", kind)
	}
	at := func(t time.Time) string { return t.In(zone).Format("2006-01-02 15:04") }
	return clean(w.T("case.stuck", words.Data{"What": w.T("case.stuck_"+sort, words.Data{"About": about}),
		"Since": at(x.Since), "Rounds": x.Rounds, "Last": at(x.Tried), "Error": short(x.Error, 200)}))
}
