package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"duban/internal/calendar"
	"duban/internal/front"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/portal"
	"duban/internal/rehearse"
	"duban/internal/script"
	"duban/internal/terminal"
	"duban/internal/words"
)

func (a *app) rehearseCommand() *cobra.Command {
	var acts, listen string
	var kill bool
	o := rehearse.Options{Spawn: spawn, Window: a.cfg.WakeWindow, Log: a.log}
	var c *cobra.Command
	c = a.ofFile("rehearse FILE", "cli.rehearse", func(ctx context.Context, p *plan.Plan, cal *calendar.Calendar) (err error) {
		o.Plan, o.Calendar = p, cal
		if o.Faults, err = rehearse.Faults(o.Faults, kill); err != nil {
			return err
		}
		if o.Script, err = a.script(acts, p, cal); err != nil {
			return err
		}
		if o.Dir == "" {
			o.Dir = filepath.Join(a.cfg.Dir, "rehearsal-"+p.ID)
		}
		return a.rehearse(ctx, o, portal.Listening{Address: listen, Wish: !c.Flags().Changed("listen")})
	})
	terminal.Take(c, &o.Day, "speed", a.w.T("cli.flag_speed"), a.speed)
	a.show().Day(c, &o.From, "from", "cli.flag_from")
	a.show().Day(c, &o.To, "to", "cli.flag_to")
	c.Flags().BoolVar(&kill, "kill", false, a.w.T("cli.flag_kill"))
	c.Flags().StringSliceVar(&o.Faults, "faults", nil, a.w.T("cli.flag_faults", words.Data{"Names": strings.Join(rehearse.FaultNames(), ", ")}))
	c.Flags().DurationVar(&o.Hold, "hold", time.Minute, a.w.T("cli.flag_hold"))
	c.Flags().DurationVar(&o.Gap, "gap", 8*time.Second, a.w.T("cli.flag_gap"))
	c.Flags().Uint64Var(&o.Seed, "seed", 1, a.w.T("cli.flag_seed"))
	c.Flags().StringVar(&o.Dir, "dir", "", a.w.T("cli.flag_dir"))
	c.Flags().StringVar(&acts, "script", "", a.w.T("script.flag"))
	c.Flags().StringVar(&listen, "listen", front.Wish, a.w.T("account.flag_listen"))
	return c
}

// tryCommand tries a plan out: people act in it by hand, and nothing is sent.
func (a *app) tryCommand() *cobra.Command {
	var listen string
	o := rehearse.Options{Spawn: spawn, Window: a.cfg.WakeWindow, Log: a.log}
	var c *cobra.Command
	c = a.ofFile("try FILE", "cli.try", func(ctx context.Context, p *plan.Plan, cal *calendar.Calendar) (err error) {
		o.Plan, o.Calendar = p, cal
		if o.Dir == "" {
			o.Dir = filepath.Join(a.cfg.Dir, "trial-"+p.ID)
		}
		a.serve()
		a.say("cli.try_start", words.Data{"Title": p.Title, "Dir": o.Dir})
		held, err := front.Try(ctx, a.cfg, o, portal.Listening{Address: listen, Wish: !c.Flags().Changed("listen")})
		if err != nil {
			return err
		}
		a.say("cli.try_pages", words.Data{"URL": held.Address})
		err = errors.Join(held.Wait(ctx), held.Close())
		if err == nil {
			a.say("cli.try_over", words.Data{"Dir": o.Dir})
		}
		return err
	})
	terminal.Take(c, &o.Day, "speed", a.w.T("cli.flag_try_speed"), a.speed)
	a.show().Day(c, &o.From, "from", "cli.flag_try_from")
	c.Flags().StringVar(&o.Dir, "dir", "", a.w.T("cli.flag_try_dir"))
	c.Flags().StringVar(&listen, "listen", front.Wish, a.w.T("account.flag_listen"))
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

func (a *app) rehearse(ctx context.Context, o rehearse.Options, at portal.Listening) error {
	show := a.out
	if a.format == "json" {
		show = a.err
	}
	a.serve()
	v := a.show().Year(show, a.now)
	a.w.Say(show, "cli.rehearse_start", words.Data{"Title": o.Plan.Title, "Dir": o.Dir})
	pages, err := front.Watching(ctx, a.cfg, o.Dir, at, a.log)
	if err != nil {
		return err
	}
	a.w.Say(show, "cli.rehearse_pages", words.Data{"URL": pages.Address})
	o.Watch = func(p rehearse.Progress) { pages.Watch(p); v.Watch(p) }
	result, err := rehearse.Run(ctx, o)
	err = errors.Join(err, pages.Close())
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

// engineCommand is the process a rehearsal starts and kills: `up`, quietly, on
// a folder and a port of its own.
func (a *app) engineCommand() *cobra.Command {
	var e rehearse.Engine
	c := &cobra.Command{
		Use: "engine", Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if e.Dir == "" || e.Port == 0 {
				return errors.New("engine: --dir and --port are required")
			}
			cfg, err := e.Settings(a.cfg)
			if err != nil {
				return err
			}
			a.serve()
			if e.Statements != "" {
				ledger.Trouble(e.Statements)
			}
			h, err := host.Open(cmd.Context(), cfg, host.Options{Embedded: !e.Join, Work: true, Rehearsal: true, Out: a.out, Log: a.log})
			if err != nil {
				return err
			}
			defer h.Close()
			return h.Wait(cmd.Context())
		},
	}
	c.Flags().StringVar(&e.Dir, "dir", "", "")
	c.Flags().IntVar(&e.Port, "port", 0, "")
	c.Flags().BoolVar(&e.Join, "join", false, "")
	c.Flags().StringVar(&e.Mail, "mail", "", "")
	c.Flags().StringVar(&e.Statements, "statements", "", "")
	return c
}

// spawn is this very program as an engine process.
func spawn(e rehearse.Engine) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	return exec.Command(self, e.Args()...)
}
