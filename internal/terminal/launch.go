package terminal

import (
	"fmt"
	"time"

	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/plan"
	"duban/internal/words"
)

// Launched shows what a launch has done from started to ended.
func (sc *Screen) Launched(p plan.Plan, report engine.LaunchReport, started, ended time.Time) {
	key := "cli.launched"
	if report.Resumed {
		key = "cli.launched_again"
	}
	fmt.Fprintln(sc.Out, sc.W.T(key, words.Data{"Title": p.Title, "Plan": p.ID, "Tasks": report.Tasks, "Armed": report.Armed,
		"Standing": report.Standing, "Seconds": fmt.Sprintf("%.1f", ended.Sub(started).Seconds())}))
	if len(report.Seats) > 0 {
		sc.Say("office.seats_for_all")
		sc.Lines(sc.Out, plan.SeatLines(sc.W, report.Seats, p.Directory, p.Directory))
	}
	if len(report.Over) > 0 {
		fmt.Fprintln(sc.Out, sc.W.T("follow.over", words.Data{"N": len(report.Over), "Tasks": Some(report.Over, 8)}))
	}
	if n := Overdue(&p, calendar.DayOf(started.In(p.Location()))); n > 0 && report.Armed > 0 {
		fmt.Fprintln(sc.Out, sc.W.T("help.overdue_already", words.Data{"N": n}))
	}
}

// mostDifferences is how many differences between a plan's files and the ledger are shown;
// `plan amend` shows all.
const mostDifferences = 12

// Differs names the differences between the files of a launched plan and the ledger, whose
// plan is in force.
func (sc *Screen) Differs(p plan.Plan, c *plan.Changes, files *plan.Plan) {
	lines := c.Lines(sc.W, &p, files)
	sc.W.Say(sc.Err, "cli.launch_differs", words.Data{"Title": p.Title, "Plan": p.ID, "N": len(lines)})
	sc.Lines(sc.Err, lines[:min(len(lines), mostDifferences)])
}

// Overdue counts the tasks whose due date has passed: last year's plan launched
// today starts with urging, and whoever launches it should hear that.
func Overdue(p *plan.Plan, today calendar.Day) int {
	n := 0
	for _, t := range p.Tasks {
		if t.Kind == plan.Dated && t.Due.Before(today) {
			n++
		}
	}
	return n
}
