package main

import (
	"errors"
	"os"
	"os/exec"
	"strconv"

	"github.com/spf13/cobra"

	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/rehearse"
)

// engineCommand is the process a rehearsal starts and kills: `up`, quietly, on
// a folder and a port of its own.
func (a *app) engineCommand() *cobra.Command {
	var e rehearse.Engine
	c := &cobra.Command{
		Use: "engine", Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if e.Dir == "" || e.Port == 0 {
				return errors.New("engine: --dir and --port are required")
			}
			cfg, err := e.Settings(a.cfg)
			if err != nil {
				return err
			}
			a.serves.Store(true)
			if e.Statements != "" {
				ledger.Trouble(e.Statements)
			}
			h, err := host.Open(cmd.Context(), cfg, host.Options{Embedded: !e.Join, Work: true, Rehearsal: true, Out: a.out, Log: a.log})
			if err != nil {
				return err
			}
			defer h.Close()
			return h.Wait(cmd.Context())
		},
	}
	c.Flags().StringVar(&e.Dir, "dir", "", "")
	c.Flags().IntVar(&e.Port, "port", 0, "")
	c.Flags().BoolVar(&e.Join, "join", false, "")
	c.Flags().StringVar(&e.Mail, "mail", "", "")
	c.Flags().StringVar(&e.Statements, "statements", "", "")
	return c
}

// spawn is this very program as an engine process.
func spawn(e rehearse.Engine) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	return exec.Command(self, "engine", "--dir", e.Dir, "--port", strconv.Itoa(e.Port), "--join="+strconv.FormatBool(e.Join), "--mail", e.Mail, "--statements", e.Statements)
}
