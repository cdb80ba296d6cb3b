package terminal_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"duban/internal/report"
	"duban/internal/terminal"
	"duban/internal/words"
)

// A help page folds what a command and a flag do under where it begins, in either
// language, and loses nothing; what is piped is not folded.
func TestHelpFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, does := range []string{strings.Repeat("以哪个账号办理、查看（账号文件由 DUBAN_ACCOUNTS 指定）。", 3), strings.Repeat("the account that acts or looks, ", 6)} {
		c := &cobra.Command{Use: "duban"}
		c.AddCommand(&cobra.Command{Use: "task", Short: does, Run: func(*cobra.Command, []string) {}})
		c.Flags().String("as", "", does)
		for _, columns := range []int{0, 60, 80} {
			page := (&terminal.Screen{W: words.New("zh"), Columns: columns}).Usage(c)
			for line := range strings.Lines(page) {
				if columns > 0 {
					require.LessOrEqual(t, report.Wide(strings.TrimSuffix(line, "\n")), columns, line)
				}
			}
			bare := regexp.MustCompile(`\s`).ReplaceAllString(page, "")
			require.Equal(t, 2, strings.Count(bare, strings.ReplaceAll(does, " ", "")), page)
			require.Equal(t, columns == 0, strings.Contains(page, strings.TrimSpace(does)+"\n") || strings.Contains(page, does+"\n"))
		}
	}
}
