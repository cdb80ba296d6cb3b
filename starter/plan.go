package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/query"
	"duban/internal/script"
	"duban/internal/strictyaml"
	"duban/internal/terminal"
	"duban/internal/words"
)

func (a *app) planCommand() *cobra.Command {
	return a.group("plan", "cli.plan",
		a.planImport(), a.planCheck(), a.planTasks(), a.planPreview(), a.planLaunch(), a.planStatus(), a.planRollover(), a.planEnd(), a.planArchive(), a.planTakeBack(), a.planAmend(), a.planApplyPolicy())
}

// read reads a plan under the holiday notices in force, those that were imported into the
// ledger among them.
func (a *app) read(ctx context.Context, file string) (*plan.Plan, []strictyaml.Problem, *calendar.Calendar, error) {
	cal, err := a.calendarInForce(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	p, problems := planfile.Load(file, cal)
	return p, problems, cal, nil
}

// load reads a plan and prints its errors; with one it returns errSaid. Warnings are for
// `plan check` and `plan launch`.
func (a *app) load(ctx context.Context, file string) (*plan.Plan, *calendar.Calendar, error) {
	p, problems, cal, err := a.read(ctx, file)
	if err == nil && a.tell(strictyaml.Errors(problems)) > 0 {
		err = errSaid
	}
	return p, cal, err
}

// tell prints problems to the error stream and counts those that are errors.
func (a *app) tell(problems []strictyaml.Problem) (errs int) {
	for _, p := range problems {
		if !p.Warning {
			errs++
		}
		a.show().Lines(a.err, []string{p.Text(a.w)})
	}
	return errs
}

// verdict prints problems; of errors it says how many there are, and returns errSaid.
func (a *app) verdict(problems []strictyaml.Problem) error {
	if errs := a.tell(problems); errs > 0 {
		a.complain("cli.check_failed", words.Data{"Errors": errs, "Warnings": len(problems) - errs})
		return errSaid
	}
	return nil
}

// held says that placeholders, and limits that contradict their due date, keep a plan from
// being launched.
func (a *app) held(held []strictyaml.Problem) error {
	if len(held) == 0 {
		return nil
	}
	a.complain("cli.check_held", words.Data{"Count": len(held)})
	return errSaid
}

func (a *app) planCheck() *cobra.Command {
	return a.listing(&cobra.Command{
		Use: "check FILE", Short: a.w.T("cli.plan_check"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, problems, cal, err := a.read(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if p != nil && !strictyaml.Failed(problems) {
				problems = append(problems, act.OverBudget(p, filepath.Base(args[0]), act.Attentions(p, cal, issued(p), calendar.Day{}))...)
			}
			if a.format == "json" {
				ok, err := a.show().Checked(p, problems)
				if err == nil && !ok {
					err = errSaid
				}
				return err
			}
			if err := a.verdict(problems); err != nil {
				return err
			}
			a.say("cli.check_passed", plan.Counts(p, len(problems)))
			if n := p.Unreachable(); n > 0 {
				a.say("cli.check_example", words.Data{"Count": n})
			}
			return a.held(planfile.Blocking(problems))
		},
	})
}

// ofFile is a command about the plan of a file, without errors.
func (a *app) ofFile(use, short string, do func(ctx context.Context, p *plan.Plan, cal *calendar.Calendar) error) *cobra.Command {
	return a.listing(&cobra.Command{
		Use: use, Short: a.w.T(short), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, cal, err := a.load(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return do(cmd.Context(), p, cal)
		},
	})
}

func (a *app) planTasks() *cobra.Command {
	return a.ofFile("tasks FILE", "cli.plan_tasks", func(_ context.Context, p *plan.Plan, _ *calendar.Calendar) error {
		return a.show().Print(terminal.TaskRows(p), func() { a.show().PlanTasks(p) })
	})
}

func (a *app) planPreview() *cobra.Command {
	var acts string
	var until calendar.Day
	var messages bool
	at := issued
	c := a.ofFile("preview FILE", "cli.plan_preview", func(_ context.Context, p *plan.Plan, cal *calendar.Calendar) error {
		if messages {
			all := act.Attentions(p, cal, at(p), until)
			return a.show().Print(terminal.AttentionRows(p, all), func() { a.show().Attentions(p, all) })
		}
		s, err := a.script(acts, p, cal)
		if err != nil {
			return err
		}
		foreseen := script.Foretell(p, cal, at(p), until, s, nil)
		a.show().Lines(a.err, foreseen.AstrayLines(a.w, s))
		stages := foreseen.Stages
		if s == nil || len(s.Entries) == 0 { // a script may decide what rules propose
			stages = act.WithRuled(stages, act.RuledAlone(p, cal, at(p), until, stages))
		}
		rows := terminal.StageRows(p, cal, stages)
		return a.show().Print(rows, func() { a.show().Preview(p, rows) })
	})
	terminal.Take(c, &at, "at", a.w.T("cli.flag_at"), a.instant)
	a.show().Day(c, &until, "until", "cli.flag_until")
	c.Flags().StringVar(&acts, "script", "", a.w.T("script.flag"))
	c.Flags().BoolVar(&messages, "messages", false, a.w.T("cli.flag_messages"))
	return c
}

// issued is the instant at which a plan begins when the command gives none: midnight of the
// day of issue, in the plan's zone.
func issued(p *plan.Plan) time.Time { return p.Issued.At(0, 0, p.Location()) }

// instant reads --at: "now", or a day (its midnight).
func (a *app) instant(text string) (func(*plan.Plan) time.Time, error) {
	if text == "now" {
		return func(*plan.Plan) time.Time { return a.now() }, nil
	}
	d, err := calendar.ReadDay(text)
	if err != nil {
		err = a.w.Err("help.bad_day", words.Data{"Flag": "at", "Value": text})
	}
	return func(p *plan.Plan) time.Time { return d.At(0, 0, p.Location()) }, err
}

func (a *app) planLaunch() *cobra.Command {
	var agree terminal.Consent
	c := &cobra.Command{
		Use: "launch FILE|PLAN", Short: a.w.T("cli.plan_launch"), Long: a.w.T("cli.plan_launch_long"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			agree.In = cmd.InOrStdin()
			var p *plan.Plan
			if _, err := os.Stat(args[0]); !errors.Is(err, fs.ErrNotExist) || strings.ContainsAny(args[0], "./\\") {
				if p, _, err = a.load(cmd.Context(), args[0]); err != nil {
					_ = a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error { // the file's fault is the answer
						rows, _, err := r.Plans(cmd.Context(), who, false)
						a.show().Unfinished(a.err, rows)
						return err
					})
					return err
				}
			}
			h, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			if p == nil {
				return a.launch(cmd.Context(), h, args[0], nil)
			}
			return a.launchFile(cmd.Context(), h, p, args[0], agree)
		},
	}
	c.Flags().BoolVar(&agree.Yes, "apart", false, a.w.T("follow.flag_apart"))
	return c
}

// launchFile launches the plan of a file on an open host, or finishes its launch.
func (a *app) launchFile(ctx context.Context, h *host.Host, p *plan.Plan, file string, agree terminal.Consent) error {
	if err := a.checkNew(ctx, h.Ledger, p, file, agree); err != nil {
		return err
	}
	return a.launch(ctx, h, p.ID, p)
}

// checkNew refuses a plan that the ledger does not know yet where it holds placeholders or
// contradictions, addresses of .example while mail is sent, or other contacts of units that
// are not its office's to name; and it asks about work that seems to be open in another plan
// already, which would be chased twice. A plan that the ledger knows is not checked: it runs
// from the ledger, whatever its file says.
func (a *app) checkNew(ctx context.Context, store *ledger.Store, p *plan.Plan, file string, agree terminal.Consent) error {
	who, err := a.viewer()
	if err != nil {
		return err
	}
	known, err := a.reader(store).Launching(ctx, who, p)
	if known.Known {
		return nil
	}
	_, problems, _, readErr := a.read(ctx, file)
	if readErr != nil {
		return readErr
	}
	if held := planfile.Blocking(problems); len(held) > 0 {
		a.tell(held)
		return a.held(held)
	}
	if errors.Is(err, query.ErrNotWhole) {
		return a.w.Err("message.only_office", words.Data{"Office": p.Directory.Name(p.Directory.Office)})
	}
	if err != nil {
		return err
	}
	a.show().Lines(a.out, known.CarryLines(a.w))
	if a.show().Elsewhere(known.Twins, known.Gaps, known.Hidden) && !a.show().Consents("follow", agree) {
		return errSaid
	}
	if obstacles := known.Obstacles(a.w); len(obstacles) > 0 {
		a.show().Lines(a.err, obstacles)
		return errSaid
	}
	return nil
}

// launch launches a plan on an open host, or finishes the launch of the plan with this ID;
// p is nil without files. Where the files differ from the ledger's plan, the differences are
// named and errSaid is returned, since they were not put in force. A bar shows how many
// deadlines are set.
func (a *app) launch(ctx context.Context, h *host.Host, id string, p *plan.Plan) error {
	cal, err := a.calendarOf(ctx, h.Ledger)
	if err != nil {
		return err
	}
	who, err := a.viewer()
	if err != nil {
		return err
	}
	switch _, err := a.reader(h.Ledger).Plan(ctx, who, id); { // differences of its files are shown to whoever may see the plan
	case errors.Is(err, ledger.ErrNotFound) && p == nil:
		return a.w.Err("cli.launch_what", words.Data{"Name": id})
	case err != nil && !errors.Is(err, ledger.ErrNotFound):
		return err
	}
	by, unnamed := a.actor() // without an account, the error is told where one is needed to order the launch
	started := a.now()
	watch, end := a.show().Progress("cli.arming")
	o := engine.LaunchOptions{At: started, Grace: engine.AuditGrace, By: by, Watch: watch}
	var report engine.LaunchReport
	if p == nil {
		report, err = h.Engine.Watched(watch).Finish(ctx, id, o)
	} else {
		report, err = h.Engine.Launch(ctx, p, cal, o)
	}
	end()
	switch {
	case ctx.Err() != nil:
		return ctx.Err() // whoever pressed Ctrl-C need not read what was left undone
	case errors.Is(err, engine.ErrWhoCarries):
		return unnamed
	case err != nil:
		return err
	}
	l, err := h.Ledger.Plan(ctx, id)
	if err != nil {
		return err
	}
	a.show().Launched(l.Plan, report, started, a.now())
	if report.Differs == nil {
		return nil
	}
	a.show().Differs(l.Plan, report.Differs, p)
	return errSaid
}

// planStatus is every launched plan, or one plan's tasks by light.
func (a *app) planStatus() *cobra.Command {
	var archived bool
	c := a.looksBack(a.listing(&cobra.Command{
		Use: "status [PLAN]", Short: a.w.T("cli.plan_status"), Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				if len(args) == 1 {
					t, err := r.Status(cmd.Context(), who, args[0])
					if err != nil {
						return err
					}
					return a.show().Print(t.Rows(), func() { a.show().Status(t) })
				}
				rows, whole, err := r.Plans(cmd.Context(), who, archived)
				if err != nil {
					return err
				}
				return a.show().Print(rows, func() {
					a.show().Plans(rows)
					if !whole {
						a.say("cli.only_plans", words.Data{"Account": a.as})
					}
				})
			})
		},
	}))
	c.Flags().BoolVar(&archived, "archived", false, a.w.T("follow.flag_archived"))
	return c
}

// planArchive archives a plan that has ended.
func (a *app) planArchive() *cobra.Command {
	return a.archiving("archive PLAN", "follow.archive", "follow.archived", "follow.flag_why", false, (*engine.Engine).ArchivePlan)
}

// planTakeBack takes an archived plan back into the everyday lists.
func (a *app) planTakeBack() *cobra.Command {
	return a.archiving("take-back PLAN", "follow.take_back", "follow.taken_back", "follow.flag_why_back", true, (*engine.Engine).TakeBackPlan)
}

func (a *app) archiving(use, short, done, flag string, why bool, do func(e *engine.Engine, ctx context.Context, planID string, by act.Actor, reason string) error) *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: use, Short: a.w.T(short), Long: a.w.T(short + "_long"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if why && strings.TrimSpace(reason) == "" {
				return a.needsFlag("reason")
			}
			ctx := cmd.Context()
			var title string
			err := a.reads(ctx, func(r *query.Reader, who query.Viewer) error {
				l, err := r.Plan(ctx, who, args[0])
				title = l.Plan.Title
				return err
			})
			if err == nil {
				err = a.acting(ctx, func(h *host.Host, by act.Actor) error {
					return do(h.Engine, ctx, args[0], by, strings.TrimSpace(reason))
				})
			}
			switch {
			case errors.Is(err, ledger.ErrNotFound):
				return a.w.Err("cli.launch_what", words.Data{"Name": args[0]})
			case errors.Is(err, ledger.ErrNotEnded):
				return a.w.Err("follow.not_ended", words.Data{"Title": title, "Plan": args[0]})
			case err != nil:
				return err
			}
			a.say(done, words.Data{"Title": title})
			return nil
		},
	}
	c.Flags().StringVarP(&reason, "reason", "m", "", a.w.T(flag))
	return c
}

// planEnd ends a plan whose tasks are all settled, or names those that go on.
func (a *app) planEnd() *cobra.Command {
	var reason, paper string
	c := a.listing(&cobra.Command{
		Use: "end PLAN", Short: a.w.T("follow.cmd"), Long: a.w.T("follow.cmd_long"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := a.actor(); err != nil {
				return err
			}
			return a.endPlan(cmd.Context(), args[0], cmp.Or(strings.TrimSpace(reason), paper), paper)
		},
	})
	c.Flags().StringVarP(&reason, "reason", "m", "", a.w.T("follow.flag_reason"))
	c.Flags().StringVar(&paper, "paper", "", a.w.T("follow.flag_paper"))
	return c
}

func (a *app) endPlan(ctx context.Context, id, reason, paper string) error {
	var out query.Ended
	var l ledger.Launched
	err := a.reads(ctx, func(r *query.Reader, who query.Viewer) (err error) {
		out, l, err = r.Undecided(ctx, who, id)
		return err
	})
	if errors.Is(err, ledger.ErrNotFound) {
		return a.w.Err("cli.launch_what", words.Data{"Name": id})
	}
	if err != nil {
		return err
	}
	if out.Ended = !l.Ended.IsZero(); !out.Ended && len(out.Undecided)+len(out.Talks) == 0 {
		if strings.TrimSpace(reason) == "" {
			return a.needsFlag("reason")
		}
		if err := a.acting(ctx, func(h *host.Host, by act.Actor) error { return h.Engine.EndPlan(ctx, id, by, reason, paper) }); err != nil {
			return err
		}
		out.Ended = true
	}
	err = a.show().Print(out, func() { a.show().Ended(l.Plan, out) })
	if err == nil && !out.Ended {
		return errSaid
	}
	return err
}
