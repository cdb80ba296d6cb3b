package plan

import (
	"sync"
	"time"

	"duban/internal/calendar"
)

var zones sync.Map // of names: loading one reads a file

// Location is the zone in which the plan's days begin. One that this machine does
// not know is Beijing's: a plan's files were checked where it was launched.
func (p *Plan) Location() *time.Location {
	if p.Zone == "" {
		return calendar.Beijing
	}
	if known, ok := zones.Load(p.Zone); ok {
		return known.(*time.Location)
	}
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		return calendar.Beijing
	}
	zones.Store(p.Zone, zone)
	return zone
}
