package plan

import "duban/internal/calendar"

// Foretold is one stage that will speak when nobody does anything about it.
type Foretold struct {
	Task string       `json:"task"` // a duty's occurrence has an ID of its own: 2.4-monitor.2021Q2
	Unit string       `json:"unit"` // ID of the lead
	Due  calendar.Day `json:"due"`
	Stage
}
