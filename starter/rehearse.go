package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/rehearse"
	"duban/internal/words"
)

func (a *app) rehearseCommand() *cobra.Command {
	var speed, from, to, dir, acts string
	var kill bool
	var faults []string
	var o rehearse.Options
	c := a.listing(&cobra.Command{
		Use: "rehearse FILE", Short: a.w.T("cli.rehearse"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, cal, err := a.load(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			o.Plan, o.Calendar, o.Window, o.Spawn, o.Log, o.Dir = p, cal, a.cfg.WakeWindow, spawn, a.log, dir
			if o.Faults, err = a.faults(faults, kill); err != nil {
				return err
			}
			if speed != "" {
				if o.Day, err = a.speed(speed); err != nil {
					return err
				}
			}
			if o.From, err = a.day("from", from); err != nil {
				return err
			}
			if o.To, err = a.day("to", to); err != nil {
				return err
			}
			if o.Script, err = a.script(acts, p, cal); err != nil {
				return err
			}
			if o.Dir == "" {
				o.Dir = filepath.Join(a.cfg.Dir, "rehearsal-"+p.ID)
			}
			return a.rehearse(cmd.Context(), o)
		},
	})
	c.Flags().StringVar(&speed, "speed", "", a.w.T("cli.flag_speed"))
	c.Flags().StringVar(&from, "from", "", a.w.T("cli.flag_from"))
	c.Flags().StringVar(&to, "to", "", a.w.T("cli.flag_to"))
	c.Flags().BoolVar(&kill, "kill", false, a.w.T("cli.flag_kill"))
	c.Flags().StringSliceVar(&faults, "faults", nil, a.w.T("cli.flag_faults", words.Data{"Names": strings.Join(rehearse.FaultNames(), ", ")}))
	c.Flags().DurationVar(&o.Hold, "hold", time.Minute, a.w.T("cli.flag_hold"))
	c.Flags().DurationVar(&o.Gap, "gap", 8*time.Second, a.w.T("cli.flag_gap"))
	c.Flags().Uint64Var(&o.Seed, "seed", 1, a.w.T("cli.flag_seed"))
	c.Flags().StringVar(&dir, "dir", "", a.w.T("cli.flag_dir"))
	c.Flags().StringVar(&acts, "script", "", a.w.T("script.flag"))
	return c
}

// speed reads "1d=250ms": the real time of one plan day.
func (a *app) speed(s string) (time.Duration, error) {
	text, ok := strings.CutPrefix(s, "1d=")
	d, err := time.ParseDuration(text)
	if !ok || err != nil || d < time.Millisecond || d > 24*time.Hour {
		return 0, errors.New(a.w.T("help.bad_speed", words.Data{"Value": s}))
	}
	return d, nil
}

// faults are those that are wanted; "all" are all there are.
func (a *app) faults(wanted []string, kill bool) ([]string, error) {
	known := rehearse.FaultNames()
	if slices.Equal(wanted, []string{"all"}) {
		return known, nil
	}
	for _, name := range wanted {
		if !slices.Contains(known, name) {
			return nil, errors.New(a.w.T("cli.bad_fault", words.Data{"Name": name, "Names": strings.Join(known, ", ")}))
		}
	}
	if kill && !slices.Contains(wanted, "kill") {
		wanted = append(wanted, "kill")
	}
	return wanted, nil
}

func (a *app) rehearse(ctx context.Context, o rehearse.Options) error {
	show := a.out
	if a.format == "json" {
		show = a.err
	}
	a.serves.Store(true)
	v := &yearView{app: a, out: show}
	fmt.Fprintln(show, a.w.T("cli.rehearse_start", words.Data{"Title": o.Plan.Title, "Dir": o.Dir}))
	o.Watch = v.watch
	result, err := rehearse.Run(ctx, o)
	if err != nil && !errors.Is(err, rehearse.ErrDiffers) {
		return err
	}
	v.flush()
	if a.format == "json" {
		if jsonErr := a.show().JSON(result); jsonErr != nil {
			return jsonErr
		}
	} else {
		a.rehearsed(o, result)
	}
	if err != nil {
		return errSaid
	}
	return nil
}

func (a *app) rehearsed(o rehearse.Options, r rehearse.Result) {
	fmt.Fprintln(a.out, a.w.T("cli.rehearse_sum", words.Data{
		"Tasks": r.Tasks, "Stages": r.Stages, "Messages": r.Messages, "Events": r.Events,
		"Took": r.Took.Round(time.Second).String(), "Foretold": r.Foretold,
	}))
	if o.Script != nil {
		fmt.Fprintln(a.out, a.w.T("script.acted", words.Data{"Acts": r.Acts, "Ruled": r.Ruled}))
	}
	if len(r.Faults) > 0 {
		t := a.show().Table(nil, "fault", "times")
		for _, f := range r.Faults {
			t.AppendRow(table.Row{f.Fault, f.Times})
		}
		t.Render()
		fmt.Fprintln(a.out, a.w.T("cli.rehearse_lost", words.Data{"Lost": r.Lost, "Twice": r.Twice}))
	}
	if len(r.Differences) == 0 {
		fmt.Fprintln(a.out, a.w.T("cli.rehearse_equal", words.Data{"Foretold": r.Foretold}))
	} else {
		t := a.show().Table(map[string]int{"detail": 50}, "day", "task", "stage", "to", "difference", "detail")
		for _, d := range r.Differences {
			t.AppendRow(table.Row{d.Day, d.Task, d.Stage, d.Recipient, a.differs(d.What), d.Detail})
		}
		t.Render()
		fmt.Fprintln(a.out, a.w.T("cli.rehearse_differs", words.Data{"Count": len(r.Differences)}))
	}
	fmt.Fprintln(a.out, a.w.T("cli.rehearse_look", words.Data{"Dir": o.Dir}))
}

// yearView shows the months of a rehearsal go by, one line each: a month is
// shown when all that was due in it has come.
type yearView struct {
	*app
	out io.Writer

	armed bool
	last  rehearse.Progress
	waits time.Time // when it was last said that the engine is waited for
	shown string    // the last month shown
}

func (v *yearView) watch(p rehearse.Progress) {
	if p.Again {
		fmt.Fprintln(v.out, v.w.T("cli.rehearse_again", words.Data{"Day": p.Day.String()}))
		v.armed, v.shown = false, ""
	}
	if p.Now.IsZero() {
		return
	}
	if !v.armed {
		v.armed = true
		fmt.Fprintln(v.out, v.w.T("cli.rehearse_armed", words.Data{"Day": p.Day.String()}))
		v.waits = v.now()
	}
	v.last = p
	v.show(false)
	if p.Ended && v.now().Sub(v.waits) > 10*time.Second {
		v.waits = v.now()
		fmt.Fprintln(v.out, v.w.T("cli.rehearse_waits", words.Data{"Day": calendar.DayOf(p.Now.In(calendar.Beijing)), "Behind": p.Behind}))
	}
}

// flush shows the months not shown yet, whole or not.
func (v *yearView) flush() { v.show(true) }

func (v *yearView) show(all bool) {
	foretold := map[string]bool{}
	for _, f := range v.last.Foretold {
		foretold[month(f.At)] = true
	}
	counts := map[string]map[plan.StageKind]int{}
	for _, s := range v.last.Stages {
		m := month(s.At)
		if counts[m] == nil {
			counts[m] = map[plan.StageKind]int{}
		}
		counts[m][s.Kind]++
	}
	for _, m := range slices.Sorted(maps.Keys(foretold)) {
		if m <= v.shown {
			continue
		}
		if !all && (m >= month(v.last.Through)) {
			return
		}
		v.line(m, counts[m])
		v.shown = m
	}
}

func month(at time.Time) string { return at.In(calendar.Beijing).Format("2006-01") }

func (v *yearView) line(month string, counts map[plan.StageKind]int) {
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
	fmt.Fprintln(v.out, text)
}
