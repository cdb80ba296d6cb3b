package terminal

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/rehearse"
	"duban/internal/words"
)

// Rehearsed shows what a rehearsal found.
func (sc *Screen) Rehearsed(o rehearse.Options, r rehearse.Result) {
	fmt.Fprintln(sc.Out, sc.W.T("cli.rehearse_sum", words.Data{
		"Tasks": r.Tasks, "Stages": r.Stages, "Messages": r.Messages, "Events": r.Events,
		"Took": r.Took.Round(time.Second).String(), "Foretold": r.Foretold,
	}))
	if o.Script != nil {
		fmt.Fprintln(sc.Out, sc.W.T("script.acted", words.Data{"Acts": r.Acts, "Ruled": r.Ruled}))
		if r.Late > 0 {
			fmt.Fprintln(sc.Out, sc.W.T("script.late", words.Data{"Late": r.Late}))
		}
	}
	if len(r.Faults) > 0 {
		t := sc.Table(nil, "fault", "times")
		for _, f := range r.Faults {
			t.AppendRow(table.Row{f.Fault, f.Times})
		}
		t.Render()
		fmt.Fprintln(sc.Out, sc.W.T("cli.rehearse_lost", words.Data{"Lost": r.Lost, "Twice": r.Twice}))
	}
	if len(r.Differences) == 0 {
		fmt.Fprintln(sc.Out, sc.W.T("cli.rehearse_equal", words.Data{"Foretold": r.Foretold}))
	} else {
		t := sc.Table(map[string]int{"detail": 50}, "day", "task", "stage", "to", "difference", "detail")
		for _, d := range r.Differences {
			t.AppendRow(table.Row{d.Day, d.Task, d.Stage, d.Recipient, sc.differs(d.What), d.Detail})
		}
		t.Render()
		fmt.Fprintln(sc.Out, sc.W.T("cli.rehearse_differs", words.Data{"Count": len(r.Differences)}))
	}
	fmt.Fprintln(sc.Out, sc.W.T("cli.rehearse_look", words.Data{"Dir": o.Dir, "Program": os.Args[0]}))
}

// Year shows the months of a rehearsal go by, one line each: a month is
// shown when all that was due in it has come.
type Year struct {
	w   *words.Words
	to  io.Writer
	now func() time.Time

	armed bool
	last  rehearse.Progress
	waits time.Time // when it was last said that the engine is waited for
	shown string    // the last month shown
}

// Watch notes how far the rehearsal's year is.
func (v *Year) Watch(p rehearse.Progress) {
	if p.Again {
		fmt.Fprintln(v.to, v.w.T("cli.rehearse_again", words.Data{"Day": p.Day.String()}))
		v.armed, v.shown = false, ""
	}
	if p.Now.IsZero() {
		return
	}
	if !v.armed {
		v.armed = true
		fmt.Fprintln(v.to, v.w.T("cli.rehearse_armed", words.Data{"Day": p.Day.String()}))
		v.waits = v.now()
	}
	v.last = p
	v.show(false)
	if p.Ended && v.now().Sub(v.waits) > 10*time.Second {
		v.waits = v.now()
		fmt.Fprintln(v.to, v.w.T("cli.rehearse_waits", words.Data{"Day": calendar.DayOf(p.Now.In(p.Zone)), "Behind": p.Behind}))
	}
}

// Flush shows the months not shown yet, whole or not.
func (v *Year) Flush() { v.show(true) }

func (v *Year) show(all bool) {
	foretold := map[string]bool{}
	for _, f := range v.last.Foretold {
		foretold[v.month(f.At)] = true
	}
	counts := map[string]map[plan.StageKind]int{}
	for _, s := range v.last.Stages {
		m := v.month(s.At)
		if counts[m] == nil {
			counts[m] = map[plan.StageKind]int{}
		}
		counts[m][s.Kind]++
	}
	for _, m := range slices.Sorted(maps.Keys(foretold)) {
		if m <= v.shown {
			continue
		}
		if !all && (m >= v.month(v.last.Through)) {
			return
		}
		v.line(m, counts[m])
		v.shown = m
	}
}

func (v *Year) month(at time.Time) string { return at.In(v.last.Zone).Format("2006-01") }

func (v *Year) line(month string, counts map[plan.StageKind]int) {
	text := month
	for _, k := range plan.StageKinds {
		text += fmt.Sprintf("  %s %3d", v.w.T("term."+string(k)), counts[k])
	}
	if v.last.Behind > 1 {
		text += "  " + v.w.T("cli.behind", words.Data{"Days": v.last.Behind})
	}
	if v.last.Faults > 0 {
		text += "  " + v.w.T("cli.faults", words.Data{"Count": v.last.Faults})
	}
	fmt.Fprintln(v.to, text)
}

// Year is one that is shown on to, which is not Out where that is for a program.
func (sc *Screen) Year(to io.Writer, now func() time.Time) *Year {
	return &Year{w: sc.W, to: to, now: now}
}

// differs is the word for a difference.
func (sc *Screen) differs(what string) string {
	if what == rehearse.Answer || what == rehearse.Groundless {
		return sc.W.T("script.differs_" + what)
	}
	return sc.W.T("cli.differs_" + what)
}
