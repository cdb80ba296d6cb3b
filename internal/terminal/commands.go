package terminal

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/words"
)

// Group is a command that only holds others. A name it does not know is an
// error with the nearest one, not a page of help and success.
func Group(w *words.Words, c *cobra.Command, commands ...*cobra.Command) *cobra.Command {
	c.Args = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		c.SuggestionsMinimumDistance = 2
		return w.Err("help.unknown_command", words.Data{
			"Name": args[0], "Path": c.CommandPath(), "Near": strings.Join(c.SuggestionsFor(args[0]), " / "),
		})
	}
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	c.AddCommand(commands...)
	return c
}

// Speak makes the library's own words the reader's, for a program and all its
// commands: help pages, wrong arguments, wrong flags. Every flag of one value takes only
// one. screen is asked when something is shown.
func Speak(root *cobra.Command, w *words.Words, screen func() *Screen) {
	root.SetUsageFunc(func(c *cobra.Command) error {
		_, err := io.WriteString(c.OutOrStderr(), screen().Usage(c))
		return err
	})
	root.CompletionOptions.DisableDefaultCmd = true // Completion speaks the reader's words
	root.SetHelpCommand(&cobra.Command{Hidden: true})
	root.PersistentFlags().BoolP("help", "h", false, w.T("help.flag_help"))
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return screen().flagFault(c, err) })
	for _, c := range root.Commands() {
		screen().speakArgs(c)
	}
	takeOnce(w, root)
}

// speakArgs words what is said when arguments are too few or too many.
func (sc *Screen) speakArgs(c *cobra.Command) {
	c.DisableFlagsInUseLine = true // its English; the flags are listed below
	c.Use = sc.UseLine(c.Use)
	for _, sub := range c.Commands() {
		sc.speakArgs(sub)
	}
	check := c.Args
	if check == nil || c.HasSubCommands() {
		return
	}
	w := sc.W
	c.Args = func(c *cobra.Command, args []string) error {
		if check(c, args) == nil {
			return nil
		}
		return w.Err("help.bad_args", words.Data{"Use": c.UseLine()})
	}
}
