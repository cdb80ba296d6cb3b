package terminal

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"duban/internal/report"
	"duban/internal/words"
)

// Dashed is a flag as it is typed.
func Dashed(name, short string) string {
	if short != "" {
		return "-" + short[:1]
	}
	return "--" + name
}

// Takes is what a flag takes, in a word: a whole number, a time span, text; nothing
// of one that is only set.
func (sc *Screen) Takes(f *pflag.Flag) string {
	if f.Value.Type() == "bool" {
		return ""
	}
	return sc.W.T("help.takes_" + strings.ToLower(f.Value.Type()))
}

// flagLines are the flags of a set, a line each, with what they take.
func (sc *Screen) flagLines(set *pflag.FlagSet) string {
	var left, right []string
	widest := 0
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name := "      --" + f.Name
		if f.Shorthand != "" {
			name = "  -" + f.Shorthand + ", --" + f.Name
		}
		if takes := sc.Takes(f); takes != "" {
			name += " " + takes
		}
		usage := f.Usage
		if d := f.DefValue; d != "" && d != "0" && d != "false" && d != "[]" {
			usage += sc.W.T("help.otherwise", words.Data{"Value": d})
		}
		left, right = append(left, name), append(right, usage)
		widest = max(widest, report.Wide(name))
	})
	var b strings.Builder
	for i := range left {
		sc.entry(&b, left[i], widest+3, right[i])
	}
	return b.String()
}

// leastHelp is how many columns an explanation has at least; on a narrower terminal the
// terminal breaks the lines.
const leastHelp = 16

// entry is what can be typed, and from a column on what it does, folded where the
// terminal ends.
func (sc *Screen) entry(b *strings.Builder, what string, column int, does string) {
	lines := []string{does}
	if width := sc.Columns - column; width >= leastHelp {
		lines = report.Fold(does, width)
	}
	for i, line := range lines {
		if i > 0 {
			what = ""
		}
		fmt.Fprintln(b, what+strings.Repeat(" ", max(1, column-report.Wide(what)))+line)
	}
}

// argumentWords are the words of use lines in place of what is to be typed.
var argumentWords = []string{"TASK", "TALK", "DUTY", "UNIT/SEAT", "UNIT", "FILE|PLAN", "FILE", "PLAN", "YEAR", "DIR", "NAME", "VALUE", "TEXT", "SHELL", "WORKFLOW", "ID", "TOKEN", "SECTION"}

// UseLine is how a command is written, in the reader's words.
func (sc *Screen) UseLine(use string) string {
	fields := strings.Fields(use)
	for i, f := range fields {
		if i == 0 {
			continue
		}
		core := strings.Trim(f, "[]…")
		for _, w := range argumentWords {
			if core == w {
				fields[i] = strings.Replace(f, w, sc.W.T("help.arg_"+strings.ToLower(strings.NewReplacer("|", "_", "/", "_").Replace(w))), 1)
			}
		}
	}
	return strings.Join(fields, " ")
}

// Usage is the end of a help page: how the command is written, what it holds, its
// flags.
func (sc *Screen) Usage(c *cobra.Command) string {
	var b strings.Builder
	line := func(text string) { fmt.Fprintln(&b, text) }
	line(sc.W.T("help.usage"))
	if !c.HasAvailableSubCommands() {
		line("  " + c.UseLine())
	} else {
		line("  " + c.CommandPath() + " " + sc.W.T("help.usage_command"))
		line("")
		line(sc.W.T("help.commands"))
		widest := 0
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				widest = max(widest, len(sub.Name()))
			}
		}
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				sc.entry(&b, "  "+sub.Name(), max(widest, 11)+3, sub.Short)
			}
		}
	}
	line("")
	line(sc.W.T("help.flags"))
	b.WriteString(sc.flagLines(c.LocalFlags()))
	if c.HasAvailableInheritedFlags() {
		b.WriteString(sc.flagLines(c.InheritedFlags()))
	}
	if c.HasAvailableSubCommands() {
		line("")
		line(sc.W.T("help.more") + " " + c.CommandPath() + " " + sc.W.T("help.usage_command") + " --help")
	}
	return b.String()
}
