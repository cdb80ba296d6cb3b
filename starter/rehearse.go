package main

import (
	"context"
	"errors"
	"path/filepath"
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
	var speed, from, to, acts string
	var kill bool
	o := rehearse.Options{Spawn: spawn, Window: a.cfg.WakeWindow, Log: a.log}
	c := a.listing(&cobra.Command{
		Use: "rehearse FILE", Short: a.w.T("cli.rehearse"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.Plan, o.Calendar, err = a.load(cmd.Context(), args[0]); err != nil {
				return err
			}
			if o.Faults, err = rehearse.Faults(o.Faults, kill); err != nil {
				return err
			}
			if o.Day, err = a.speed(speed); err != nil {
				return err
			}
			if o.From, err = a.day("from", from); err != nil {
				return err
			}
			if o.To, err = a.day("to", to); err != nil {
				return err
			}
			if o.Script, err = a.script(acts, o.Plan, o.Calendar); err != nil {
				return err
			}
			if o.Dir == "" {
				o.Dir = filepath.Join(a.cfg.Dir, "rehearsal-"+o.Plan.ID)
			}
			return a.rehearse(cmd.Context(), o)
		},
	})
	c.Flags().StringVar(&speed, "speed", "", a.w.T("cli.flag_speed"))
	c.Flags().StringVar(&from, "from", "", a.w.T("cli.flag_from"))
	c.Flags().StringVar(&to, "to", "", a.w.T("cli.flag_to"))
	c.Flags().BoolVar(&kill, "kill", false, a.w.T("cli.flag_kill"))
	c.Flags().StringSliceVar(&o.Faults, "faults", nil, a.w.T("cli.flag_faults", words.Data{"Names": strings.Join(rehearse.FaultNames(), ", ")}))
	c.Flags().DurationVar(&o.Hold, "hold", time.Minute, a.w.T("cli.flag_hold"))
	c.Flags().DurationVar(&o.Gap, "gap", 8*time.Second, a.w.T("cli.flag_gap"))
	c.Flags().Uint64Var(&o.Seed, "seed", 1, a.w.T("cli.flag_seed"))
	c.Flags().StringVar(&o.Dir, "dir", "", a.w.T("cli.flag_dir"))
	c.Flags().StringVar(&acts, "script", "", a.w.T("script.flag"))
	return c
}

// speed reads "1d=250ms": the real time of one plan day; 0 where nothing is said.
func (a *app) speed(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	text, ok := strings.CutPrefix(s, "1d=")
	d, err := time.ParseDuration(text)
	if !ok || err != nil || d < time.Millisecond || d > 24*time.Hour {
		return 0, a.w.Err("help.bad_speed", words.Data{"Value": s})
	}
	return d, nil
}

func (a *app) rehearse(ctx context.Context, o rehearse.Options) error {
	show := a.out
	if a.format == "json" {
		show = a.err
	}
	a.serves.Store(true)
	v := a.show().Year(show, a.now)
	a.w.Say(show, "cli.rehearse_start", words.Data{"Title": o.Plan.Title, "Dir": o.Dir})
	o.Watch = v.Watch
	result, err := rehearse.Run(ctx, o)
	differs := errors.Is(err, rehearse.ErrDiffers)
	if err != nil && !differs {
		return err
	}
	v.Flush()
	err = a.show().Print(result, func() { a.show().Rehearsed(o, result) })
	if err == nil && differs {
		err = errSaid
	}
	return err
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
