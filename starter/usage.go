package main

import (
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/words"
)

// group is a command that only holds others. A name it does not know is an
// error with the nearest one, not a page of help and success.
func (a *app) group(c *cobra.Command, commands ...*cobra.Command) *cobra.Command {
	c.Args = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		c.SuggestionsMinimumDistance = 2
		return errors.New(a.w.T("help.unknown_command", words.Data{
			"Name": args[0], "Path": c.CommandPath(), "Near": strings.Join(c.SuggestionsFor(args[0]), " / "),
		}))
	}
	c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	c.AddCommand(commands...)
	return c
}

// speakUsage makes the library's own words ours: help pages, wrong arguments,
// wrong flags.
func (a *app) speakUsage(root *cobra.Command) {
	root.SetUsageFunc(func(c *cobra.Command) error {
		_, err := io.WriteString(c.OutOrStderr(), a.show().Usage(c))
		return err
	})
	root.CompletionOptions.DisableDefaultCmd = true // completionCommand speaks our words
	root.SetHelpCommand(&cobra.Command{Hidden: true})
	root.PersistentFlags().BoolP("help", "h", false, a.w.T("help.flag_help"))
	root.SetFlagErrorFunc(a.flagFault)
	for _, c := range root.Commands() {
		a.speakArgs(c)
	}
}

// speakArgs words what is said when arguments are too few or too many.
func (a *app) speakArgs(c *cobra.Command) {
	c.DisableFlagsInUseLine = true // its English; the flags are listed below
	c.Use = a.show().UseLine(c.Use)
	for _, sub := range c.Commands() {
		a.speakArgs(sub)
	}
	check := c.Args
	if check == nil || c.HasSubCommands() {
		return
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if check(c, args) == nil {
			return nil
		}
		return errors.New(a.w.T("help.bad_args", words.Data{"Use": c.UseLine()}))
	}
}
