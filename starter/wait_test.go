package main

import (
	"bytes"
	"context"
	"log/slog"
	"os/exec"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"duban/internal/host"
	"duban/internal/settings"
)

// terminate ends workflows of the engine that runs, as an operator of Temporal can:
// terminate WORKFLOW…
func terminate(ts *testscript.TestScript, neg bool, workflows []string) {
	if neg || len(workflows) == 0 {
		ts.Fatalf("usage: terminate WORKFLOW…")
	}
	cfg, err := settings.Load(map[string]string{"DUBAN_DIR": ts.Getenv("DUBAN_DIR")})
	ts.Check(err)
	h, err := host.Open(context.Background(), cfg, host.Options{Log: slog.New(slog.DiscardHandler)})
	ts.Check(err)
	defer h.Close()
	for _, id := range workflows {
		ts.Check(h.Client.TerminateWorkflow(context.Background(), id, "", "by hand"))
	}
}

// waitFor runs a command again and again until its output contains a text:
// waitfor TEXT COMMAND ARGS…
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: waitfor TEXT COMMAND ARGS…")
	}
	var out []byte
	for deadline := time.Now().Add(hang); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		name, err := exec.LookPath(args[1])
		ts.Check(err)
		cmd := exec.Command(name, args[2:]...)
		cmd.Dir = ts.Getenv("WORK")
		cmd.Env = append(cmd.Environ(), "DUBAN_DIR="+ts.Getenv("DUBAN_DIR"), "DUBAN_LANG="+ts.Getenv("DUBAN_LANG"))
		out, _ = cmd.CombinedOutput()
		if bytes.Contains(out, []byte(args[0])) {
			return
		}
	}
	ts.Fatalf("%q never came; last:\n%s", args[0], out)
}
