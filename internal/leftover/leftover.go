// Package leftover clears away files that were being written under a passing name
// when their process was killed.
package leftover

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Clear removes the files of a folder whose names are prefix and a number, as
// os.CreateTemp makes them of prefix and a star, and that nobody has written for an
// hour. A file that cannot be removed is left for the next call.
func Clear(dir, prefix string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		number, ok := strings.CutPrefix(e.Name(), prefix)
		if !ok || number == "" || strings.Trim(number, "0123456789") != "" || !e.Type().IsRegular() {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
