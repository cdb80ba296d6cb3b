package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/terminal"
)

// printsTo runs a command whose output is a file, and gives its exit status and
// what was said of it.
func (d *desk) printsTo(to io.Writer, args ...string) (code int, said string) {
	var errs bytes.Buffer
	printed := terminal.NewOutput(to)
	d.out, d.err, d.format = printed, &errs, "table"
	root := d.root()
	root.SetArgs(args)
	root.SetOut(printed)
	root.SetErr(&errs)
	code = d.status(root.ExecuteContext(d.t.Context()), printed)
	return code, errs.String()
}

// TestAFullDiskIsAnError: nothing that prints ends in success when what it
// printed was not written: every command, as a table and as JSON, and every page
// of help.
func TestAFullDiskIsAnError(t *testing.T) {
	t.Parallel()
	f := peopled(t)
	seed := filepath.Join("..", "seeds", "jincheng-2021-water")
	file, draft := filepath.Join(seed, "plan.yaml"), t.TempDir()
	runs := map[string][]string{ // of every command that is no act: its arguments
		"plan check": {file}, "plan tasks": {file}, "plan preview": {file}, "plan status": {}, "plan import": {filepath.Join(seed, "document.txt"), "-o", draft},
		"plan rollover": {file, "--year", "2022", "-o", filepath.Join(draft, "next")},
		"task list":     {}, "task show": {"over"}, "duty list": {}, "duty show": {"watch"}, "talk list": {},
		"date": {"6月底前", "--issued", "2021-04-08"}, "calendar list": {}, "completion": {"bash"}, "init": {},
		"ledger show": {}, "ledger verify": {}, "ledger export": {"-f", "-", "--format", "csv"},
		"message list": {}, "office show": {}, "office contacts": {}, "account tokens": {}, "account log": {},
		"task ack": {"over", "--as", "shuiwu.wang"}, "todo": {}, "task can": {"over", "--as", "shuiwu.wang"}, "duty can": {"watch", "--as", "gaoping.li"},
	}
	// Those that ask the engine print by the same writer; `starter up` and a
	// rehearsal are processes of their own.
	elsewhere := []string{"plan launch", "plan end", "plan archive", "plan take-back", "plan amend", "plan apply-policy", "calendar import", "calendar back", "rehearse", "try", "up", "ui", "adopt", "engine", "talk show", "talk can", "backup", "restore", "message resend", "message drop", "office set", "office contact", "doctor",
		"portal", "account invite", "account token", "account calendar", "account revoke",
		"water import", "water show", "water export", "assess show", "assess export", "assess check"} // of a plan without sections or rules of assessment there is nothing to print
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	require.NoError(t, err, "the device that refuses every byte: Linux has it")
	defer full.Close()
	fails := func(args ...string) {
		t.Helper()
		code, said := f.printsTo(full, args...)
		require.Equal(t, 1, code, "%v", args)
		require.Contains(t, said, "输出没有写完", "%v", args)
	}
	acts := 0
	var walk func(c *cobra.Command, path []string)
	walk = func(c *cobra.Command, path []string) {
		fails(append(slices.Clone(path), "--help")...)
		for _, sub := range c.Commands() {
			walk(sub, append(slices.Clone(path), sub.Name()))
		}
		name := strings.Join(path, " ")
		args, known := runs[name]
		switch {
		case c.HasSubCommands() || c.Hidden || slices.Contains(elsewhere, name):
		case !known:
			acts++
			group := map[act.Thing]string{act.OnPlan: "assess"}
			require.True(t, slices.ContainsFunc(act.All, func(r act.Row) bool { return cmp.Or(group[r.On], string(r.On))+" "+r.Command == name }), "%s: say here how it is run", name)
		default:
			fails(append(slices.Clone(path), args...)...)
			if c.Flags().Lookup("output") != nil && c.Flags().ShorthandLookup("o") != nil && c.Flags().Lookup("output").DefValue == "table" {
				fails(append(append(slices.Clone(path), args...), "-o", "json")...)
			}
		}
	}
	walk(f.root(), nil)
	require.Greater(t, acts, 20)

	code, said := f.printsTo(io.Discard, "task", "list")
	require.Zero(t, code)
	require.Empty(t, said)
}

// gone is a pipe whose reader has left.
type gone struct{}

func (gone) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}
}

func TestWhoStopsReadingIsToldNothing(t *testing.T) {
	t.Parallel()
	code, said := peopled(t).printsTo(gone{}, "task", "list")
	require.Equal(t, 1, code)
	require.Empty(t, said)
}

// TestWordsDoNotSteerTheTerminal: what somebody typed into a reason, a title or a name is
// read and does nothing, whatever shows it; in JSON it is still what was typed.
func TestWordsDoNotSteerTheTerminal(t *testing.T) {
	t.Parallel()
	f := peopled(t)
	typed := "已收\x1b]0;改名\x07\x1b[2J\u202e倒\u2066\u009b31m\r覆盖"
	_, err := f.says("task", "progress", "over", "--percent", "10", "-m", typed, "--as", "shuiwu.wang")
	require.NoError(t, err)
	_, err = f.says("talk", "propose", "over", "-m", typed, "--as", "office.zhao")
	require.NoError(t, err)
	f.now = func() time.Time { return at(6, 1, 11) }
	for _, line := range []string{
		"task show over", "task show over -o json", "talk list", "talk show over#1", "talk show over#1 -o json", "ledger show", "ledger show -o json",
		"task list", "plan status water", "task show " + typed, "task list --unit " + typed, "__complete talk show over",
	} {
		var out, errs bytes.Buffer
		printed := terminal.NewOutput(&out)
		f.out, f.err, f.format = printed, terminal.Readable(&errs), "table"
		root := f.root()
		root.SetArgs(strings.Split(line, " "))
		root.SetOut(printed)
		root.SetErr(f.err)
		f.status(root.ExecuteContext(t.Context()), printed)
		for _, sign := range []string{"\x1b", "\x07", "\u202e", "\u2066", "\u009b", "\r"} {
			require.NotContains(t, out.String()+errs.String(), sign, "%s", line)
		}
		if strings.HasSuffix(line, "json") && strings.HasPrefix(line, "ledger") {
			var events []ledger.Event
			require.NoError(t, json.Unmarshal(out.Bytes(), &events))
			require.True(t, slices.ContainsFunc(events, func(e ledger.Event) bool {
				var d struct{ Act act.Act }
				return json.Unmarshal(e.Data, &d) == nil && d.Act.Reason == typed
			}), "it is what was typed")
		}
	}
	require.Equal(t, `甲\u001b[31m`+"\t乙\r\n\ufffd\n", string(terminal.Visible([]byte("甲\x1b[31m\t乙\r\n\xff\n"))))
}
