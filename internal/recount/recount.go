// Package recount works out anew what a plan's book says on a day, from the plan's
// events alone. It is an independent second implementation: it shares no code with the book,
// the ledger or the rules by which tasks are supervised, and imports nothing of this project,
// so that it does not repeat their faults. Tests compare the two.
package recount

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Event is one line of the archive that `ledger export --format events` writes, as far
// as it is read here. A line that holds a document, or is put for another plan's
// event, has no kind.
type Event struct {
	Seq      int64           `json:"seq"`
	Plan     string          `json:"plan"`
	Task     string          `json:"task"`
	Kind     string          `json:"kind"`
	Actor    string          `json:"actor"`
	Real     time.Time       `json:"real_at"`
	PlanAt   time.Time       `json:"plan_at"`
	Data     json.RawMessage `json:"data"`
	Changes  json.RawMessage `json:"changes"`
	Document string          `json:"document"` // SHA-256 of Text
	Text     string          `json:"text"`
}

// Archive is what an archive holds.
type Archive struct {
	Events    []Event // in the order of the chain
	documents map[string]string
}

// Read reads an archive.
func Read(r io.Reader) (Archive, error) {
	a := Archive{documents: map[string]string{}}
	in := json.NewDecoder(bufio.NewReaderSize(r, 1<<20))
	for {
		var e Event
		err := in.Decode(&e)
		switch {
		case err == io.EOF:
			return a, nil
		case err != nil:
			return a, fmt.Errorf("recount: after event %d: %w", len(a.Events), err)
		case e.Document != "":
			a.documents[e.Document] = e.Text
		case e.Kind != "":
			a.Events = append(a.Events, e)
		}
	}
}

// Until are the events of an archive up to the end of a day in a zone, on the plan's
// clock. What comes after the first later event is left out; an event of no plan that
// knows only the machine's clock stays where it came.
func (a Archive) Until(day string, zone *time.Location) Archive {
	end, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		return a
	}
	end = end.AddDate(0, 0, 1)
	for i, e := range a.Events {
		if ours := e.Plan != "" || !e.PlanAt.Equal(e.Real); ours && !e.PlanAt.Before(end) {
			return Archive{a.Events[:i:i], a.documents}
		}
	}
	return a
}

// text is the text of a document, or the value itself where it is one.
func (a Archive) text(raw json.RawMessage) []byte {
	var name struct {
		SHA256 string `json:"sha256"`
	}
	if json.Unmarshal(raw, &name) == nil && name.SHA256 != "" {
		return []byte(a.documents[name.SHA256])
	}
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return []byte(s)
	}
	return raw
}

// row is a change of a table's row that an event tells of.
type row struct {
	In  string                     `json:"in"`
	Key []any                      `json:"key"`
	Set map[string]json.RawMessage `json:"set"`
}

// rows are the rows that an event changed. They are read for what the event's own
// words leave out: the plan's document, and the instant at which a task was given.
func (a Archive) rows(e Event) (all []row) {
	_ = json.Unmarshal(a.text(e.Changes), &all) // nil for an event without changes
	return all
}
