package main

import (
	"context"
	"errors"
	"fmt"
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
	"duban/internal/query"
	"duban/internal/script"
	"duban/internal/terminal"
	"duban/internal/words"
)

func (a *app) planCommand() *cobra.Command {
	return a.group(&cobra.Command{Use: "plan", Short: a.w.T("cli.plan")},
		a.planImport(), a.planCheck(), a.planTasks(), a.planPreview(), a.planLaunch(), a.planStatus(), a.planRollover(), a.planEnd(), a.planAmend(), a.planApplyPolicy())
}

func (a *app) planCheck() *cobra.Command {
	return a.listing(&cobra.Command{
		Use: "check FILE", Short: a.w.T("cli.plan_check"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cal, err := a.calendarInForce(cmd.Context())
			if err != nil {
				return err
			}
			p, problems := plan.Load(args[0], cal)
			if p != nil && !plan.Failed(problems) {
				launched, err := a.instant("", p)
				if err != nil {
					return err
				}
				problems = append(problems, act.OverBudget(p, filepath.Base(args[0]), act.Attentions(p, cal, launched, calendar.Day{}))...)
			}
			if a.format == "json" {
				ok, err := a.show().Checked(p, problems)
				if err == nil && !ok {
					err = errSaid
				}
				return err
			}
			if errs := a.tell(problems); errs > 0 {
				fmt.Fprintln(a.err, a.w.T("cli.check_failed", words.Data{"Errors": errs, "Warnings": len(problems) - errs}))
				return errSaid
			}
			fmt.Fprintln(a.out, a.w.T("cli.check_passed", plan.Counts(p, problems)))
			if n := p.Unreachable(); n > 0 {
				fmt.Fprintln(a.out, a.w.T("cli.check_example", words.Data{"Count": n}))
			}
			if held := plan.Blocking(problems); len(held) > 0 {
				fmt.Fprintln(a.err, a.w.T("cli.check_held", words.Data{"Count": len(held)}))
				return errSaid
			}
			return nil
		},
	})
}

// held prints what keeps a plan from being launched: placeholders, and limits that
// contradict their due date.
func (a *app) held(ctx context.Context, file string) error {
	cal, err := a.calendarInForce(ctx)
	if err != nil {
		return err
	}
	_, problems := plan.Load(file, cal)
	held := plan.Blocking(problems)
	if len(held) == 0 {
		return nil
	}
	a.tell(held)
	fmt.Fprintln(a.err, a.w.T("cli.check_held", words.Data{"Count": len(held)}))
	return errSaid
}

// checkNew refuses a plan that the ledger does not know yet where it holds
// placeholders or contradictions, or addresses of .example while mail is sent. One
// that it knows runs from the ledger, whatever its file says.
func (a *app) checkNew(ctx context.Context, store *ledger.Store, p *plan.Plan, file string, agree terminal.Consent) error {
	if _, err := store.Plan(ctx, p.ID); !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	if err := a.held(ctx, file); err != nil {
		return err
	}
	if err := a.checkFollowing(ctx, store, p, agree); err != nil {
		return err
	}
	n := p.Unreachable()
	if n == 0 {
		return nil
	}
	office, err := store.Office(ctx)
	if err != nil {
		return err
	}
	if !host.Reaches(a.cfg, office) {
		return nil // an outbox takes any address
	}
	fmt.Fprintln(a.err, a.w.T("cli.launch_example", words.Data{"Count": n}))
	return errSaid
}

func (a *app) planTasks() *cobra.Command {
	return a.listing(&cobra.Command{
		Use: "tasks FILE", Short: a.w.T("cli.plan_tasks"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, _, err := a.load(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.show().JSON(terminal.TaskRows(p))
			}
			a.show().PlanTasks(p)
			return nil
		},
	})
}

func (a *app) planPreview() *cobra.Command {
	var at, until, acts string
	var messages bool
	c := a.listing(&cobra.Command{
		Use: "preview FILE", Short: a.w.T("cli.plan_preview"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, cal, err := a.load(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			launched, err := a.instant(at, p)
			if err != nil {
				return err
			}
			last, err := a.day("until", until)
			if err != nil {
				return err
			}
			if messages {
				all := act.Attentions(p, cal, launched, last)
				if a.format == "json" {
					return a.show().JSON(terminal.AttentionRows(p, all))
				}
				a.show().Attentions(p, all)
				return nil
			}
			s, err := a.script(acts, p, cal)
			if err != nil {
				return err
			}
			foreseen := script.Foretell(p, cal, launched, last, s, nil)
			a.astray(foreseen, s)
			rows := terminal.StageRows(p, cal, foreseen.Stages)
			if a.format == "json" {
				return a.show().JSON(rows)
			}
			a.show().Preview(p, rows)
			fmt.Fprintln(a.out, a.w.T("cli.preview_messages"))
			return nil
		},
	})
	c.Flags().StringVar(&at, "at", "", a.w.T("cli.flag_at"))
	c.Flags().StringVar(&until, "until", "", a.w.T("cli.flag_until"))
	c.Flags().StringVar(&acts, "script", "", a.w.T("script.flag"))
	c.Flags().BoolVar(&messages, "messages", false, a.w.T("cli.flag_messages"))
	return c
}

// instant reads --at: a day (its midnight), "now", or nothing: the day of issue.
func (a *app) instant(at string, p *plan.Plan) (time.Time, error) {
	lad, err := plan.NewLadderer(p, nil)
	if err != nil {
		return time.Time{}, err
	}
	switch at {
	case "":
		return p.Issued.At(0, 0, lad.Zone), nil
	case "now":
		return a.now(), nil
	}
	d, err := a.day("at", at)
	return d.At(0, 0, lad.Zone), err
}

func (a *app) day(flag, text string) (calendar.Day, error) {
	if text == "" {
		return calendar.Day{}, nil
	}
	d, err := calendar.ReadDay(text)
	if err != nil {
		return d, errors.New(a.w.T("help.bad_day", words.Data{"Flag": flag, "Value": text}))
	}
	return d, nil
}

func (a *app) planLaunch() *cobra.Command {
	var apart bool
	c := &cobra.Command{
		Use: "launch FILE|PLAN", Short: a.w.T("cli.plan_launch"), Long: a.w.T("cli.plan_launch_long"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var p *plan.Plan
			if _, err := os.Stat(args[0]); !errors.Is(err, fs.ErrNotExist) || strings.ContainsAny(args[0], "./\\") {
				if p, _, err = a.load(cmd.Context(), args[0]); err != nil {
					_ = a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error { // the file's fault is the answer
						rows, _, err := r.Plans(cmd.Context(), who)
						a.show().Unfinished(a.err, rows)
						return err
					})
					return err
				}
			}
			h, err := host.Open(cmd.Context(), a.cfg, host.Options{Log: a.log})
			if err != nil {
				return err
			}
			defer h.Close()
			if p == nil {
				return a.finish(cmd.Context(), h, args[0])
			}
			if err := a.checkNew(cmd.Context(), h.Ledger, p, args[0], terminal.Consent{Yes: apart, In: cmd.InOrStdin()}); err != nil {
				return err
			}
			return a.launch(cmd.Context(), h, p)
		},
	}
	c.Flags().BoolVar(&apart, "apart", false, a.w.T("follow.flag_apart"))
	return c
}

// launch launches p on an open host, or finishes the launch of the plan of this
// ID. Files that say otherwise than the ledger are named, and end in errSaid: what
// they say was not done.
func (a *app) launch(ctx context.Context, h *host.Host, p *plan.Plan) error {
	cal, err := a.calendarOf(ctx, h.Ledger)
	if err != nil {
		return err
	}
	known, err := h.Ledger.Plan(ctx, p.ID)
	if err == nil {
		err = a.wholePlan(known) // what the files say otherwise than the ledger is shown
	}
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	running := p
	if !errors.Is(err, ledger.ErrNotFound) {
		running = &known.Plan // which is what goes on
	}
	by, err := a.whoCarries(ctx, h.Ledger, running)
	if err != nil {
		return err
	}
	started := a.now()
	report, err := a.arming(ctx, h.Engine, func(e *engine.Engine, o engine.LaunchOptions) (engine.LaunchReport, error) {
		o.By = by
		return e.Launch(ctx, p, cal, o)
	})
	if err != nil {
		return a.carrySaid(a.otherUnit(err), p)
	}
	l, err := h.Ledger.Plan(ctx, p.ID)
	if err != nil {
		return err
	}
	a.show().Launched(l.Plan, report, started, a.now())
	if len(report.Seats) > 0 {
		fmt.Fprintln(a.out, a.w.T("office.seats_for_all"))
		for _, line := range plan.SeatLines(a.w, report.Seats, l.Plan.Directory, l.Plan.Directory) {
			fmt.Fprintln(a.out, line)
		}
	}
	if report.Differs == nil {
		return nil
	}
	lines := report.Differs.Lines(a.w, &l.Plan, p)
	fmt.Fprintln(a.err, a.w.T("cli.launch_differs", words.Data{"Title": l.Plan.Title, "Plan": p.ID, "N": len(lines)}))
	for _, line := range lines[:min(len(lines), mostDifferences)] {
		fmt.Fprintln(a.err, line)
	}
	return errSaid
}

// mostDifferences are shown of files that say otherwise than the ledger; `plan
// amend` shows all.
const mostDifferences = 12

// finish finishes the launch of a plan of the ledger, without files.
func (a *app) finish(ctx context.Context, h *host.Host, planID string) error {
	l, err := h.Ledger.Plan(ctx, planID)
	if errors.Is(err, ledger.ErrNotFound) {
		return sentenceError(a.w.T("cli.launch_what", words.Data{"Name": planID}))
	}
	if err != nil {
		return err
	}
	if err := a.wholePlan(l); err != nil {
		return err
	}
	by, err := a.whoCarries(ctx, h.Ledger, &l.Plan)
	if err != nil {
		return err
	}
	started := a.now()
	report, err := a.arming(ctx, h.Engine, func(e *engine.Engine, o engine.LaunchOptions) (engine.LaunchReport, error) {
		o.By = by
		return e.Finish(ctx, planID, o)
	})
	if err != nil {
		return a.carrySaid(err, &l.Plan)
	}
	a.show().Launched(l.Plan, report, started, a.now())
	return nil
}

// arming shows a bar while deadlines are set.
func (a *app) arming(ctx context.Context, e *engine.Engine, launch func(*engine.Engine, engine.LaunchOptions) (engine.LaunchReport, error)) (engine.LaunchReport, error) {
	watch, end := a.show().Progress("cli.arming")
	report, err := launch(e.Watched(watch), engine.LaunchOptions{At: a.now(), Grace: engine.AuditGrace})
	end()
	if ctx.Err() != nil {
		return report, ctx.Err() // whoever pressed Ctrl-C need not read what was left undone
	}
	if unarmed, ok := asUnarmed(err); ok {
		return report, &launchError{a.w.T("cli.unarmed", words.Data{"Count": len(unarmed.Tasks), "Tasks": terminal.Some(unarmed.Tasks, 8), "Error": unarmed.First}), err}
	}
	return report, err
}

// launchError is a sentence about a launch that is to be done again.
type launchError struct {
	said string
	err  error
}

func (e *launchError) Error() string { return e.said }
func (e *launchError) Unwrap() error { return e.err }

func asUnarmed(err error) (*engine.UnarmedError, bool) {
	var unarmed *engine.UnarmedError
	return unarmed, errors.As(err, &unarmed)
}
