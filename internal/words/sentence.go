package words

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Sentence is an error that is a whole sentence for a person: nothing is put before it.
type Sentence string

func (s Sentence) Error() string { return string(s) }

// Err is the text of a key, as T gives it, as an error for a person.
func (w *Words) Err(key string, data ...Data) error { return Sentence(w.T(key, data...)) }

// Say writes the text of a key, as T gives it, on a line of its own.
func (w *Words) Say(to io.Writer, key string, data ...Data) { fmt.Fprintln(to, w.T(key, data...)) }

// A Wording is how a room words the errors that people meet of it; ok is false for others.
type Wording func(w *Words, err error) (text string, ok bool)

// Worded is what the first of several rooms has for an error, or that the error is a
// sentence already; ok is false where none has words for it.
func (w *Words) Worded(err error, rooms ...Wording) (text string, ok bool) {
	if said := Sentence(""); errors.As(err, &said) {
		return string(said), true
	}
	for _, room := range rooms {
		if text, ok := room(w, err); ok {
			return text, true
		}
	}
	return "", false
}

// Subject is the subject of an error, without the English that follows it: "plan
// nosuch" of "plan nosuch: not in the ledger".
func Subject(err, known error) string {
	before, _, _ := strings.Cut(err.Error(), known.Error())
	text := strings.TrimSuffix(before, ": ")
	for _, room := range []string{"rehearse: ", "ledger: ", "web UI: "} {
		text = strings.TrimPrefix(text, room)
	}
	return strings.TrimPrefix(text, "plan ")
}
