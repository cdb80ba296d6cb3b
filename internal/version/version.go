// Package version says which release a program is.
package version

import (
	"runtime/debug"
	"time"
)

// Release is the newest release in CHANGELOG.md, as "0.2.0", or the next one with
// "-dev" while the changelog begins with what is not released; a test compares them.
const Release = "0.3.0-dev"

// String is the release with what the program was built from, as the go command
// recorded it: "0.2.0 (1a2b3c4d5e6f, 2027-01-08, go1.26.8)". A program built
// outside a git work tree says the release and Go's version alone; "modified"
// follows the commit when the work tree had changes.
func String() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return Release
	}
	return text(info)
}

func text(info *debug.BuildInfo) string {
	var commit, day, modified string
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value[:min(len(s.Value), 12)]
		case "vcs.time":
			if t, err := time.Parse(time.RFC3339, s.Value); err == nil {
				day = t.UTC().Format(time.DateOnly)
			}
		case "vcs.modified":
			if s.Value == "true" {
				modified = " modified"
			}
		}
	}
	if commit == "" {
		return Release + " (" + info.GoVersion + ")"
	}
	return Release + " (" + commit + modified + ", " + day + ", " + info.GoVersion + ")"
}
