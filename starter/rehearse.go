package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/rehearse"
	"duban/internal/script"
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
		return 0, a.w.Err("help.bad_speed", words.Data{"Value": s})
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
			return nil, a.w.Err("cli.bad_fault", words.Data{"Name": name, "Names": strings.Join(known, ", ")})
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
	v := a.show().Year(show, a.now)
	fmt.Fprintln(show, a.w.T("cli.rehearse_start", words.Data{"Title": o.Plan.Title, "Dir": o.Dir}))
	o.Watch = v.Watch
	result, err := rehearse.Run(ctx, o)
	if err != nil && !errors.Is(err, rehearse.ErrDiffers) {
		return err
	}
	v.Flush()
	if a.format == "json" {
		if jsonErr := a.show().JSON(result); jsonErr != nil {
			return jsonErr
		}
	} else {
		a.show().Rehearsed(o, result)
	}
	if err != nil {
		return errSaid
	}
	return nil
}

// script reads the file of --script; without one there is none.
func (a *app) script(file string, p *plan.Plan, cal *calendar.Calendar) (*script.Script, error) {
	if file == "" {
		return nil, nil
	}
	s, problems := script.Load(file, p, cal)
	if a.tell(problems) > 0 {
		return nil, errSaid
	}
	return s, nil
}
