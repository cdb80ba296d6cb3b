package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/ledger"
	"duban/internal/report"
	"duban/internal/words"
)

// notedHead is a head as `ledger verify` says it: 4697:9f3a…
var notedHead = regexp.MustCompile(`^([0-9]{1,18}):([0-9a-f]{16,64})$`)

func (a *app) ledgerVerify() *cobra.Command {
	var check ledger.Check
	var since string
	c := a.listing(&cobra.Command{
		Use: "verify", Short: a.w.T("proof.cmd"), Long: a.w.T("proof.long"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if since != "" {
				noted := notedHead.FindStringSubmatch(strings.TrimSpace(since))
				if noted == nil {
					return a.w.Err("proof.bad_since", words.Data{"Given": since})
				}
				check.Seq, _ = strconv.ParseInt(noted[1], 10, 64) // at most 18 digits
				check.Hash = noted[2]
			}
			return a.withLedger(cmd.Context(), func(store *ledger.Store) error { return a.verify(cmd.Context(), store, check) })
		},
	})
	c.Flags().BoolVar(&check.Full, "full", false, a.w.T("proof.flag_full"))
	c.Flags().StringVar(&since, "since", "", a.w.T("proof.flag_since"))
	return c
}

func (a *app) verify(ctx context.Context, store *ledger.Store, check ledger.Check) error {
	var err error
	if check.Calendar, err = a.calendarOf(ctx, store); err != nil {
		return err
	}
	p, err := store.Prove(ctx, check)
	if fault := report.Speak(a.w).ProofFault(check, p, err); fault != "" {
		return errors.New(fault)
	}
	if err != nil {
		return err
	}
	if a.format == "json" {
		if err := a.show().JSON(p); err != nil || p.Found == 0 {
			return err
		}
		return errSaid
	}
	if p.Found > 0 {
		return a.show().Differences(p)
	}
	for _, line := range report.Speak(a.w).ProofLines(check, p) {
		fmt.Fprintln(a.out, line)
	}
	return nil
}
