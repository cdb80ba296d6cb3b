package terminal

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"duban/internal/words"
)

// Shells that completion is written for.
var Shells = []string{"bash", "zsh", "fish", "powershell"}

// Completion is the command that writes the script which completes commands, flags,
// tasks, talks, accounts and plans in a shell.
func Completion(w *words.Words) *cobra.Command {
	return &cobra.Command{
		Use: "completion SHELL", Short: w.T("cli.completion"), Long: w.T("cli.completion_long"),
		Args: cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs), ValidArgs: Shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			root, out := cmd.Root(), cmd.OutOrStdout()
			switch args[0] {
			case "zsh":
				return root.GenZshCompletion(out)
			case "fish":
				return root.GenFishCompletion(out, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(out)
			}
			return root.GenBashCompletionV2(out, true)
		},
	}
}

// Completer gives what may be typed for a word, each with a description.
type Completer = func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective)

// Find finds names with their descriptions.
type Find = func(ctx context.Context) (map[string]string, error)

// Named completes from what find finds; a ledger or a file that is not there completes
// nothing.
func Named(find Find) Completer {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(cmd.Context(), 3*time.Second) // people do not wait longer for a completion
		defer cancel()
		names, err := find(ctx)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var all []cobra.Completion
		for name, what := range names {
			if strings.HasPrefix(name, typed) {
				all = append(all, cobra.CompletionWithDesc(name, what))
			}
		}
		return all, cobra.ShellCompDirectiveNoFileComp
	}
}

// CompleteFlag completes a flag that the command has.
func CompleteFlag(c *cobra.Command, flag string, find Find) {
	_ = c.RegisterFlagCompletionFunc(flag, Named(find)) // the flag is there
}
