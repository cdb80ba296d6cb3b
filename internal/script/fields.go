package script

import (
	"time"

	"duban/internal/calendar"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

// grammar are the fields that a script may have; seeds/schema/script.schema.json lists the
// same ones, a test compares the two.
var grammar = strictyaml.Grammar{
	Prefix: "script", Most: 1000, Largest: 4 << 20,
	Fields: map[string][]string{
		"script":    {"plan", "accounts", "proposals", "acts"},
		"proposals": {"as", "talk", "circular", "reason"},
		"act": {"at", "as", "task", "duty", "talk", "propose", "amend", "calendar", "readings", "complaint", "incident", "assess", "do", "id", "reason", "paper", "evidence", "percent",
			"due", "until", "moves", "unit", "units", "policy", "title", "ref", "rule", "facts", "expect", "why"},
		"evidence": {"name", "size", "sha256", "url"},
		"facts": {"what", "number", "time", "place", "chair", "called", "missing", "bring", "public",
			"section", "item", "source", "ends", "supply", "flow", "orderer", "value", "outlets", "hotline", "matter", "where", "limit", "outcome", "again", "into", "fact", "day"},
	},
}

// instant reads a day and a time of day in a zone; a day alone is half past ten.
func instant(o strictyaml.Object, name string, zone *time.Location) time.Time {
	text := o.Text(name)
	if text == "" {
		return time.Time{}
	}
	day, clock, err := calendar.ReadMoment(text)
	if err != nil {
		o.Fault(name, "instant", words.Data{"Value": text})
		return time.Time{}
	}
	if clock < 0 {
		clock = 10*time.Hour + 30*time.Minute
	}
	return day.At(int(clock/time.Hour), int(clock%time.Hour/time.Minute), zone).Add(clock % time.Minute).UTC()
}
