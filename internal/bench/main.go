// Command bench measures how fast duban is on this machine and prints figures
// and ratios with their aims. It always ends with 0 unless something breaks: a
// missed aim is a line to read, not a failure. Machines are noisy: the ratios, which
// compare runs side by side, are more reliable than the figures.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
	_ "time/tzdata"
)

// section is one subject, measured in a process of its own so that no other's
// memory and processor time is counted in it.
type section struct {
	name    string
	measure func(context.Context, *bench) error
}

var sections = []section{
	{"preview", preview},
	{"launch", launch},
	{"year", year},
	{"peak", smallPeaks},
	{"peak10k", bigPeak},
	{"peak1000", widePeak},
	{"memory", memory},
	{"acts", bulkActs},
	{"reading", reading},
	{"growth", growth},
}

// bench is what a section is given.
type bench struct {
	quick bool
	scale float64
	plan  string // file of the 2021 plan
	dir   string // of this section, removed after it
	read  chosen
	log   *slog.Logger
	emit  func(figure)
	note  func(format string, args ...any) // progress, to standard error
}

// size is n times -scale, or few with -quick.
func (b *bench) size(n, few int) int {
	if b.quick {
		return few
	}
	return max(few, int(float64(n)*b.scale))
}

// span is d, or short with -quick.
func (b *bench) span(d, short time.Duration) time.Duration {
	if b.quick {
		return short
	}
	return d
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

type flags struct {
	quick, here   bool
	scale         float64
	only, plan    string
	profile, temp string
	read          chosen
}

func run(ctx context.Context, args []string, out, errOut io.Writer) error {
	var f flags
	set := flag.NewFlagSet("bench", flag.ContinueOnError)
	set.SetOutput(errOut)
	set.BoolVar(&f.quick, "quick", false, "small sizes: tests the bench, measures nothing")
	set.Float64Var(&f.scale, "scale", 1, "what sizes are multiplied by, on a machine that has little time")
	set.StringVar(&f.only, "only", "", "sections to run, with commas: "+strings.Join(names(), ", "))
	set.StringVar(&f.plan, "plan", "seeds/jincheng-2021-water/plan.yaml", "the 2021 plan")
	set.StringVar(&f.profile, "profile", "", "folder for processor profiles, one a section")
	set.StringVar(&f.temp, "dir", "", "folder for the databases of the run; the system's temporary one when empty")
	set.StringVar(&f.read.database, "database", "", "reading on one database only: sqlite or postgres")
	set.StringVar(&f.read.pages, "pages", "", "reading only the portal's pages whose address, as the table of routes has it, matches this regular expression, and no lists")
	set.StringVar(&f.read.keep, "keep", "", "folder in which reading's filled SQLite ledger stays: it is filled once a size and copied to -dir for each run; remove it when the bench or the acts change")
	set.StringVar(&f.read.address, "address", "", "reading only the ledger at this address, as the command line takes it: an empty one is filled and stays, to one that is full nothing is added but what the pages need: passwords, sessions, a draft")
	set.BoolVar(&f.here, "here", false, "measure one section in this process and print its figures as JSON (what the bench starts itself with)")
	if err := set.Parse(args); err != nil {
		return err
	}
	chosen := names()
	if f.only != "" {
		chosen = strings.Split(f.only, ",")
	}
	for _, name := range chosen {
		if !slices.Contains(names(), name) {
			return fmt.Errorf("no section %q: there are %s", name, strings.Join(names(), ", "))
		}
	}
	if _, err := regexp.Compile(f.read.pages); err != nil {
		return err
	}
	if !slices.Contains([]string{"", "sqlite", "postgres"}, f.read.database) {
		return fmt.Errorf("no database %q: there are sqlite and postgres", f.read.database)
	}
	if f.here {
		return measureHere(ctx, f, out, errOut)
	}
	fmt.Fprintf(out, "duban bench · %s · %d cores · %s\n", runtime.Version(), runtime.NumCPU(), loadNow())
	var all []figure
	for _, name := range chosen {
		figures, err := measureApart(ctx, f, name, errOut)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, figures...)
	}
	return printTable(out, all)
}

func names() []string {
	var out []string
	for _, s := range sections {
		out = append(out, s.name)
	}
	return out
}

// measureApart runs one section in a process of its own.
func measureApart(ctx context.Context, f flags, name string, errOut io.Writer) ([]figure, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{"-here", "-only", name, "-plan", f.plan, "-profile", f.profile, "-dir", f.temp, "-scale", fmt.Sprint(f.scale),
		"-database", f.read.database, "-pages", f.read.pages, "-keep", f.read.keep, "-address", f.read.address}
	if f.quick {
		args = append(args, "-quick")
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 30 * time.Second
	cmd.Stderr = errOut
	raw, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var figures []figure
	lines := bufio.NewScanner(strings.NewReader(string(raw)))
	for lines.Scan() {
		var fig figure
		if err := json.Unmarshal(lines.Bytes(), &fig); err != nil {
			return nil, err
		}
		figures = append(figures, fig)
	}
	return figures, lines.Err()
}

func measureHere(ctx context.Context, f flags, out, errOut io.Writer) (err error) {
	i := slices.IndexFunc(sections, func(s section) bool { return s.name == f.only })
	if i < 0 {
		return errors.New("-here takes one section")
	}
	dir, err := os.MkdirTemp(f.temp, "duban-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if f.profile != "" {
		stop, err := profile(filepath.Join(f.profile, f.only+".pprof"))
		if err != nil {
			return err
		}
		defer stop()
	}
	enc := json.NewEncoder(out)
	b := &bench{
		quick: f.quick, scale: f.scale, plan: f.plan, dir: dir, read: f.read,
		log: slog.New(slog.NewTextHandler(errOut, &slog.HandlerOptions{Level: slog.LevelError})),
		emit: func(fig figure) {
			fig.Section = f.only
			_ = enc.Encode(fig) // where the pipe is closed, the parent process has ended the run
		},
		note: func(format string, args ...any) { fmt.Fprintf(errOut, f.only+": "+format+"\n", args...) },
	}
	return sections[i].measure(ctx, b)
}

func profile(file string) (stop func(), err error) {
	out, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(out); err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); out.Close() }, nil
}
