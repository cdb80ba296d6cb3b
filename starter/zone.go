package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/internal/report"
	"duban/internal/words"
)

// sayZone says of which zone the times of a table are, or of which zones where it is of
// several plans.
func (a *app) sayZone(zones ...*time.Location) {
	var names []string
	for _, z := range zones {
		if name := report.Speak(a.w).Zone(z.String()); !slices.Contains(names, name) {
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
	fmt.Fprintln(a.out, a.w.T(key, words.Data{"Zone": strings.Join(names, a.w.T("cli.list_comma"))}))
}
