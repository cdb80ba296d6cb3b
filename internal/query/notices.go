package query

import (
	"context"
	"slices"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/whatif"
)

// Notices are what notices of holidays would change.
type Notices struct {
	Years []whatif.NoticeChange // one a notice, in the order given
	Moves []MovedStage          // see CalendarMoves; none where nothing is to be done
	// Worked are, of those that change something, the days that would be worked on which
	// the law has everybody rest.
	Worked []WorkedDays
	ToDo   bool // a notice says something new, or was not carried out
}

// WorkedDays are days of a notice of holidays, by the file it is from.
type WorkedDays struct {
	File string
	Year int
	Days []calendar.Holiday
}

// Notices are what notices, each of a file, would change of what is in force.
func (r *Reader) Notices(ctx context.Context, v Viewer, files []string, given []calendar.Year) (out Notices, err error) {
	now, err := r.Holidays(ctx, v)
	if err != nil {
		return out, err
	}
	out.Years, out.Moves = whatif.NoticeChanges(now, files, given), []MovedStage{}
	for _, y := range out.Years {
		if y.Same {
			continue
		}
		out.ToDo, now = true, now.With(y.Notice)
		if days := now.Worked(y.Year); len(days) > 0 {
			out.Worked = append(out.Worked, WorkedDays{y.File, y.Year, days})
		}
	}
	unmoved, err := r.store.Unmoved(ctx)
	if err != nil {
		return out, err
	}
	out.ToDo = out.ToDo || slices.ContainsFunc(given, func(y calendar.Year) bool { return slices.Contains(unmoved, y.Year) })
	if out.ToDo {
		out.Moves, err = r.CalendarMoves(ctx, v, now)
	}
	return out, err
}

// Running tells whether something goes on in any plan, and whether the viewer's unit is
// named by one in which something does; units are those of the last one.
func (r *Reader) Running(ctx context.Context, v Viewer) (running, known bool, units people.Directory, err error) {
	if _, err := r.as(v); err != nil {
		return false, false, units, err
	}
	plans, err := whatif.New(r.store, r.Now).Running(ctx)
	for _, l := range plans {
		known, units = known || v.knows(l.Plan.Directory), l.Plan.Directory
	}
	return len(plans) > 0, known, units, err
}

// Changed is how many of the notices say something new.
func (n Notices) Changed() (count int) {
	for _, y := range n.Years {
		if !y.Same {
			count++
		}
	}
	return count
}
