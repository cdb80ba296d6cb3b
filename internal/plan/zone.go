package plan

import (
	"time"

	"duban/internal/calendar"
)

// Location is the zone in which the plan's days begin.
func (p *Plan) Location() *time.Location { return calendar.Zone(p.Zone) }
