package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"duban/internal/settings"
	"duban/internal/words"
)

// TestEveryWrongFlagIsToldInTheReadersWords gives every flag of every command a value that
// it cannot take, or none, and names that no flag has. Arguments have the reader's words too.
func TestEveryWrongFlagIsToldInTheReadersWords(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	cfg, err := settings.Load(map[string]string{"DUBAN_DIR": t.TempDir(), "DUBAN_LANG": "zh"})
	require.NoError(t, err)
	a := &app{cfg: cfg, w: words.New("zh"), out: &out, err: &out, bar: &out, now: time.Now}
	tried := 0
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			walk(sub)
		}
		if c.Hidden || c.HasSubCommands() {
			return
		}
		wrong := [][]string{{"--nosuchflag"}, {"-y"}, {"--=x"}}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			switch f.Value.Type() {
			case "bool":
				wrong = append(wrong, []string{"--" + f.Name + "=perhaps"})
			case "int":
				wrong = append(wrong, []string{"--" + f.Name, "many"})
			default:
				wrong = append(wrong, []string{"--" + f.Name})
			}
		})
		path := strings.Fields(c.CommandPath())[1:]
		require.NotRegexp(t, `[A-Z]`, c.UseLine(), "an argument without a word")
		for _, args := range wrong {
			root := a.root()
			root.SetArgs(append(append([]string{}, path...), args...))
			err := root.ExecuteContext(t.Context())
			require.Error(t, err, "%v %v", path, args)
			require.NotRegexp(t, `strconv|invalid|unknown|argument|syntax|needs an|help\.|no value`, err.Error(), "%v %v", path, args)
			tried++
		}
	}
	walk(a.root())
	require.Greater(t, tried, 200)
}
