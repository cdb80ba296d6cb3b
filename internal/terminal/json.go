package terminal

import (
	"encoding/json"
	"fmt"
	"io"

	"duban/internal/words"
)

// JSON prints v for programs: indented, Chinese as it is.
func (sc *Screen) JSON(v any) error {
	enc := json.NewEncoder(sc.Out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// Print prints v where Out is for a program, and otherwise shows it.
func (sc *Screen) Print(v any, show func()) error {
	if sc.AsJSON {
		return sc.JSON(v)
	}
	show()
	return nil
}

// Say says the text of a key, where Out is for a person.
func (sc *Screen) Say(key string, data ...words.Data) {
	if !sc.AsJSON {
		sc.W.Say(sc.Out, key, data...)
	}
}

// Lines writes lines.
func (sc *Screen) Lines(to io.Writer, lines []string) {
	for _, line := range lines {
		fmt.Fprintln(to, line)
	}
}
