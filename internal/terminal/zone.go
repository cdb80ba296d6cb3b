package terminal

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/internal/report"
	"duban/internal/words"
)

// zone says of which zone the times of a table are, or of which zones where it is of
// several plans.
func (sc *Screen) zone(zones ...*time.Location) {
	var names []string
	for _, z := range zones {
		if name := report.Speak(sc.W).Zone(z.String()); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return
	}
	key := "cli.times"
	if len(names) > 1 {
		key = "cli.times_each"
	}
	slices.Sort(names)
	fmt.Fprintln(sc.Out, sc.W.T(key, words.Data{"Zone": strings.Join(names, sc.W.T("cli.list_comma"))}))
}
