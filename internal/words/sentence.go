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

// A Wording is how a package words the errors that people meet of it; ok is false for others.
type Wording func(w *Words, err error) (text string, ok bool)

// Worded is the text for an error of the first of several packages that has one, or the
// error itself where it is a Sentence already; ok is false where none has words for it.
func (w *Words) Worded(err error, wordings ...Wording) (text string, ok bool) {
	if said := Sentence(""); errors.As(err, &said) {
		return string(said), true
	}
	for _, wording := range wordings {
		if text, ok := wording(w, err); ok {
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
	for _, prefix := range []string{"rehearse: ", "ledger: ", "web UI: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return strings.TrimPrefix(text, "plan ")
}
