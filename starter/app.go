package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/form"
	"duban/internal/front"
	"duban/internal/host"
	"duban/internal/intake"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/rehearse"
	"duban/internal/rollover"
	"duban/internal/settings"
	"duban/internal/signin"
	"duban/internal/terminal"
	"duban/internal/version"
	"duban/internal/whatif"
	"duban/internal/words"
)

// app is what every command shares.
type app struct {
	cfg      settings.Config
	w        *words.Words
	out, err io.Writer // words that people typed cannot steer a terminal through these
	bar      io.Writer // for a progress bar, which must steer the terminal
	log      *slog.Logger
	now      func() time.Time
	columns  int         // of the terminal; 0 is none
	wide     bool        // --wide: tables as wide as they are
	format   string      // -o: table or json
	as       string      // --as: the account that acts or looks
	warnings []string    // of the settings, for the log of what works
	asOf     string      // --as-of: the moment that is looked back at; "" is now
	serves   atomic.Bool // see serve
	// reach opens the way to the engine that runs; nil means reachEngine.
	reach func(context.Context) (form.Doer, io.Closer, error)
}

// errSaid: the command has said what is wrong; only the exit status is left.
var errSaid = errors.New("said")

// run is the whole program; it returns the exit status.
func run(ctx context.Context, args, environ []string, out, errOut io.Writer) int {
	env := settings.Environ(environ)
	cfg, err := settings.Load(env)
	if err != nil {
		text, ok := host.Settings(words.New(env["DUBAN_LANG"]), err)
		if !ok {
			text = err.Error()
		}
		fmt.Fprintln(errOut, text)
		return 1
	}
	printed := terminal.NewOutput(out)
	a := &app{cfg: cfg, w: words.New(cfg.Lang), out: printed, err: terminal.Readable(errOut), bar: errOut, now: time.Now}
	a.log = host.Logger(cfg, errOut)
	a.warnings = settings.Warnings(env)
	a.columns = terminal.Width(out)
	root := a.root()
	root.SetArgs(args)
	root.SetOut(printed)
	root.SetErr(a.err)
	return a.status(host.Outlive(ctx, a.grace, root.ExecuteContext), printed)
}

// show is the screen that the command prints to.
func (a *app) show() *terminal.Screen {
	return &terminal.Screen{Out: a.out, Err: a.err, Bar: a.bar, W: a.w, Columns: a.columns, Wide: a.wide, AsJSON: a.format == "json"}
}

// needsFlag says that a command needs a flag, which is called as a field of an act.
func (a *app) needsFlag(field string) error {
	return a.w.Err("cli.needs_flag", words.Data{"Field": a.w.T("act.field_" + field), "Flag": field})
}

// say prints the text of a key.
func (a *app) say(key string, data ...words.Data) { a.w.Say(a.out, key, data...) }

// complain prints the text of a key to the error stream.
func (a *app) complain(key string, data ...words.Data) { a.w.Say(a.err, key, data...) }

// open opens the way to the engine that runs, and to its ledger.
func (a *app) open(ctx context.Context) (*host.Host, error) {
	return host.Open(ctx, a.cfg, host.Options{Log: a.log})
}

// acting opens the way to the engine that runs, for the account that acts.
func (a *app) acting(ctx context.Context, do func(*host.Host, act.Actor) error) error {
	by, err := a.actor()
	if err != nil {
		return err
	}
	h, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	return do(h, by)
}

// writes opens the ledger for an account that acts without the engine.
func (a *app) writes(ctx context.Context, do func(*ledger.Store, act.Actor) error) error {
	by, err := a.actor()
	if err != nil {
		return err
	}
	return a.writingLedger(ctx, func(store *ledger.Store) error { return do(store, by) })
}

// status says what went wrong and gives the exit status. An error of printing comes first,
// since it may have caused the command's error.
func (a *app) status(err error, printed *terminal.Output) int {
	fault := printed.Fault()
	switch {
	case fault != nil && terminal.Closed(fault):
	case fault != nil:
		a.complain("cli.not_written", words.Data{"Error": fault})
	case err == nil:
		return 0
	case !errors.Is(err, errSaid):
		fmt.Fprintln(a.err, host.Redact(a.sentence(err)))
	}
	return 1
}

// serve notes that the command works until it is told to stop, and needs longer to stop.
func (a *app) serve() {
	host.CollectRarely()
	a.serves.Store(true)
}

// grace is how long the command may go on once it was told to stop: one that serves first
// finishes the requests that it has begun.
func (a *app) grace() time.Duration {
	if a.serves.Load() {
		return 30 * time.Second
	}
	return 3 * time.Second
}

func (a *app) root() *cobra.Command {
	root := a.group("starter", "cli.root", a.planCommand(), a.todoCommand(), a.taskCommand(), a.dutyCommand(), a.talkCommand(), a.dateCommand(), a.ledgerCommand(), a.calendarCommand(), a.rehearseCommand(), a.tryCommand(), a.initCommand(), a.upCommand(), a.portalCommand(), a.accountCommand(), a.messageCommand(), a.officeCommand(), a.waterCommand(), a.assessCommand(), a.uiCommand(), a.adoptCommand(), a.doctorCommand(), a.backupCommand(), a.restoreCommand(), terminal.Completion(a.w), a.engineCommand())
	root.Version, root.SilenceUsage, root.SilenceErrors = version.String(), true, true
	root.SetVersionTemplate("starter {{.Version}}\n")
	root.Flags().BoolP("version", "v", false, a.w.T("help.flag_version"))
	root.PersistentFlags().BoolVar(&a.wide, "wide", false, a.w.T("help.flag_wide"))
	root.PersistentFlags().StringVar(&a.as, "as", a.cfg.As, a.w.T("cli.flag_as"))
	terminal.CompleteFlag(root, "as", a.accountNames)
	terminal.Speak(root, a.w, a.show)
	return root
}

// group is a command that only holds others; short is the key of what it is.
func (a *app) group(use, short string, commands ...*cobra.Command) *cobra.Command {
	return terminal.Group(a.w, &cobra.Command{Use: use, Short: a.w.T(short)}, commands...)
}

// listing adds the -o flag that every listing has.
func (a *app) listing(c *cobra.Command) *cobra.Command {
	c.Flags().StringVarP(&a.format, "output", "o", "table", a.w.T("cli.flag_output"))
	run := c.RunE
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if a.format != "table" && a.format != "json" {
			return a.w.Err("cli.bad_output", words.Data{"Format": a.format})
		}
		return run(cmd, args)
	}
	return c
}

// sentence is what a person reads of an error.
func (a *app) sentence(err error) string {
	host := func(w *words.Words, err error) (string, bool) { return host.Sentence(w, a.cfg, err) }
	if text, ok := a.w.Worded(err, query.Sentence, engine.Sentence, whatif.Sentence, whatif.FaultSaid, rollover.Sentence, intake.Sentence, rehearse.Sentence, signin.Sentence, host); ok {
		return text
	}
	var deaf *front.ListenError
	switch {
	case errors.As(err, &deaf):
		return a.w.T("settings.listen", words.Data{"Error": deaf.Err})
	case errors.Is(err, context.Canceled):
		return a.w.T("cli.interrupted")
	}
	var file *fs.PathError
	if errors.As(err, &file) {
		return a.w.T("cli.path_fault", words.Data{"File": file.Path, "Error": form.FileFault(a.w, file.Err)})
	}
	return a.w.T("cli.error", words.Data{"Error": err.Error()})
}
