package terminal

import (
	"encoding/json"
	"fmt"
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
