package query

import (
	"context"
	"slices"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/whatif"
)

// Notices is what holiday notices would change.
type Notices struct {
	Years []whatif.NoticeChange // one for each notice, in the order given
	Moves []MovedStage          // see CalendarMoves; none when there is nothing to do
	// Worked are, for the notices that change something, the days that they make working
	// days although they are public holidays by law.
	Worked []WorkedDays
	ToDo   bool // a notice is new, or was not carried out on all tasks
}

// WorkedDays are days of the holiday notice in a file.
type WorkedDays struct {
	File string
	Year int
	Days []calendar.Holiday
}

// Notices is what the given notices would change in the calendar in force and in the stages
// that the viewer may see. files has the file of each, in the same order.
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

// Running tells whether anything goes on in any plan, and whether anything does in a plan
// that concerns the viewer; units is the directory of the last plan in which anything goes on.
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

// Changed is how many of the notices differ from those in force.
func (n Notices) Changed() (count int) {
	for _, y := range n.Years {
		if !y.Same {
			count++
		}
	}
	return count
}
