package main

import (
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
			p, problems := planfile.Load(args[0], cal)
			if p != nil && !strictyaml.Failed(problems) {
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
			if err := a.verdict(problems); err != nil {
				return err
			}
			a.say("cli.check_passed", plan.Counts(p, len(problems)))
			if n := p.Unreachable(); n > 0 {
				a.say("cli.check_example", words.Data{"Count": n})
			}
			return a.held(problems, false)
		},
	})
}

// checked reads a plan and prints all that is said of it; with an error it says how many
// there are, and returns errSaid.
func (a *app) checked(ctx context.Context, file string) (*plan.Plan, error) {
	cal, err := a.calendarInForce(ctx)
	if err != nil {
		return nil, err
	}
	p, problems := planfile.Load(file, cal)
	return p, a.verdict(problems)
}

// verdict prints problems; of errors it says how many there are, and returns errSaid.
func (a *app) verdict(problems []strictyaml.Problem) error {
	if errs := a.tell(problems); errs > 0 {
		a.complain("cli.check_failed", words.Data{"Errors": errs, "Warnings": len(problems) - errs})
		return errSaid
	}
	return nil
}

// held prints what keeps a plan from being launched: placeholders, and limits that
// contradict their due date.
func (a *app) held(problems []strictyaml.Problem, again bool) error {
	held := planfile.Blocking(problems)
	if len(held) == 0 {
		return nil
	}
	if again {
		a.tell(held)
	}
	a.complain("cli.check_held", words.Data{"Count": len(held)})
	return errSaid
}

// checkNew refuses a plan that the ledger does not know yet where it holds
// placeholders or contradictions, addresses of .example while mail is sent, or other
// contacts of units that are not its office's to seat, and asks about work that seems to
// be open in another plan already: it would be chased twice. One that it knows runs from
// the ledger, whatever its file says.
func (a *app) checkNew(ctx context.Context, store *ledger.Store, p *plan.Plan, file string, agree terminal.Consent) error {
	who, err := a.viewer()
	if err != nil {
		return err
	}
	known, err := a.reader(store).Launching(ctx, who, p)
	if known.Known {
		return nil
	}
	cal, calErr := a.calendarInForce(ctx)
	if calErr != nil {
		return calErr
	}
	if _, problems := planfile.Load(file, cal); a.held(problems, true) != nil {
		return errSaid
	}
	if errors.Is(err, query.ErrNotWhole) {
		return a.w.Err("message.only_office", words.Data{"Office": p.Directory.Name(p.Directory.Office)})
	}
	if err != nil {
		return err
	}
	for _, c := range known.Carries {
		a.say("follow.carries", words.Data{"Task": c.Task.Shown(), "Title": c.Task.Title, "From": c.Task.Carries})
	}
	if a.show().Elsewhere(known.Twins, known.Gaps, known.Hidden) && !a.show().Consents("follow", agree) {
		return errSaid
	}
	if known.Unreachable > 0 {
		a.complain("cli.launch_example", words.Data{"Count": known.Unreachable})
		return errSaid
	}
	if len(known.Foreign) > 0 {
		a.complain("draft.obstacle_foreign", words.Data{"Units": strings.Join(known.Foreign, a.w.T("cli.list_comma"))})
		return errSaid
	}
	return nil
}

func (a *app) planTasks() *cobra.Command {
	return a.listing(&cobra.Command{
		Use: "tasks FILE", Short: a.w.T("cli.plan_tasks"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			p, _, err := a.load(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.show().Print(terminal.TaskRows(p), func() { a.show().PlanTasks(p) })
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
				return a.show().Print(terminal.AttentionRows(p, all), func() { a.show().Attentions(p, all) })
			}
			s, err := a.script(acts, p, cal)
			if err != nil {
				return err
			}
			foreseen := script.Foretell(p, cal, launched, last, s, nil)
			a.show().Lines(a.err, foreseen.AstrayLines(a.w, s))
			stages := foreseen.Stages
			if s == nil || len(s.Entries) == 0 { // a script may decide what rules propose
				stages = act.WithRuled(stages, act.RuledAlone(p, cal, launched, last, stages))
			}
			rows := terminal.StageRows(p, cal, stages)
			return a.show().Print(rows, func() {
				a.show().Preview(p, rows)
				a.say("cli.preview_messages")
			})
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
	switch at {
	case "":
		return p.Issued.At(0, 0, p.Location()), nil
	case "now":
		return a.now(), nil
	}
	d, err := a.day("at", at)
	return d.At(0, 0, p.Location()), err
}

func (a *app) day(flag, text string) (calendar.Day, error) {
	if text == "" {
		return calendar.Day{}, nil
	}
	d, err := calendar.ReadDay(text)
	if err != nil {
		return d, a.w.Err("help.bad_day", words.Data{"Flag": flag, "Value": text})
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
			h, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			if p != nil {
				if err := a.checkNew(cmd.Context(), h.Ledger, p, args[0], terminal.Consent{Yes: apart, In: cmd.InOrStdin()}); err != nil {
					return err
				}
				return a.launch(cmd.Context(), h, p.ID, p)
			}
			return a.launch(cmd.Context(), h, args[0], nil)
		},
	}
	c.Flags().BoolVar(&apart, "apart", false, a.w.T("follow.flag_apart"))
	return c
}

// launch launches a plan on an open host, or finishes the launch of the plan of this ID:
// p is nil without files. Files that say otherwise than the ledger are named, and end in
// errSaid: what they say was not done. A bar shows how many deadlines are set.
func (a *app) launch(ctx context.Context, h *host.Host, id string, p *plan.Plan) error {
	cal, err := a.calendarOf(ctx, h.Ledger)
	if err != nil {
		return err
	}
	switch l, err := h.Ledger.Plan(ctx, id); {
	case errors.Is(err, ledger.ErrNotFound) && p == nil:
		return a.w.Err("cli.launch_what", words.Data{"Name": id})
	case errors.Is(err, ledger.ErrNotFound):
	case err != nil:
		return err
	default:
		if err := a.wholePlan(l); err != nil { // what the files say otherwise than the ledger is shown
			return err
		}
	}
	by, _ := a.actor() // whoever is not named hears it where somebody has to order it
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
	if ctx.Err() != nil {
		return ctx.Err() // whoever pressed Ctrl-C need not read what was left undone
	}
	if err != nil {
		return a.whoCarriesSaid(err)
	}
	l, err := h.Ledger.Plan(ctx, id)
	if err != nil {
		return err
	}
	a.show().Launched(l.Plan, report, started, a.now())
	if report.Differs == nil {
		return nil
	}
	lines := report.Differs.Lines(a.w, &l.Plan, p)
	a.complain("cli.launch_differs", words.Data{"Title": l.Plan.Title, "Plan": id, "N": len(lines)})
	a.show().Lines(a.err, lines[:min(len(lines), mostDifferences)])
	return errSaid
}

// mostDifferences are shown of files that say otherwise than the ledger; `plan
// amend` shows all.
const mostDifferences = 12

// whoCarriesSaid says, where somebody has to order what a plan carries on, that nobody
// is named, or why they cannot be.
func (a *app) whoCarriesSaid(err error) error {
	if !errors.Is(err, engine.ErrWhoCarries) {
		return err
	}
	_, err = a.actor()
	return err
}
