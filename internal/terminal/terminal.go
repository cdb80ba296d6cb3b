// Package terminal is what a command shows a person: tables that fit, case files, lists by page, questions and their
// answers, bars, and the rows that listings print as JSON. What is shown is read elsewhere.
package terminal

import (
	"io"

	"duban/internal/words"
)

// Screen is where a command shows what it has to say, and how.
type Screen struct {
	Out, Err io.Writer
	Bar      io.Writer // for a progress bar, which steers a terminal
	W        *words.Words
	Columns  int  // of the terminal; 0 is none
	Wide     bool // tables as wide as they are
	AsJSON   bool // Out is for a program
}
