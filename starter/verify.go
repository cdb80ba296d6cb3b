package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"duban/internal/ledger"
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
					return errors.New(a.w.T("proof.bad_since", words.Data{"Given": since}))
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
	var broken *ledger.BrokenChainError
	var count *ledger.CountError
	switch {
	case errors.As(err, &broken):
		return errors.New(a.w.T("cli.ledger_broken", words.Data{"Seq": broken.Seq, "Error": broken.Error()}))
	case errors.As(err, &count):
		return errors.New(a.w.T("proof.count", words.Data{"What": count.What, "Rows": count.Rows, "Chain": count.FromChain}))
	case errors.Is(err, ledger.ErrOtherHead):
		return errors.New(a.w.T("proof.other_head", words.Data{"Head": fmt.Sprintf("%d:%s", check.Seq, check.Hash), "Now": headOf(p)}))
	case err != nil:
		return err
	case p.Seq == 0 && p.Found == 0:
		return errors.New(a.w.T("proof.empty"))
	}
	if a.format == "json" {
		if err := a.json(p); err != nil || p.Found == 0 {
			return err
		}
		return errSaid
	}
	if p.Found > 0 {
		return a.differences(p)
	}
	fmt.Fprintln(a.out, a.w.T("cli.ledger_whole", words.Data{"Events": p.Seq}))
	if check.Seq > 0 {
		fmt.Fprintln(a.out, a.w.T("proof.since", words.Data{"Seq": check.Seq}))
	}
	if check.Full {
		var proven, unproven []string
		for _, t := range p.Tables {
			proven = append(proven, fmt.Sprintf("%s %d", a.w.T("proof.table_"+t.Table), t.Rows))
		}
		for _, u := range ledger.Unproven {
			unproven = append(unproven, a.w.T("proof.unproven_"+strings.ReplaceAll(u, ".", "_")))
		}
		fmt.Fprintln(a.out, a.w.T("proof.full", words.Data{"Tables": strings.Join(proven, a.w.T("cli.list_comma")), "Unproven": strings.Join(unproven, a.w.T("cli.list_comma"))}))
	}
	fmt.Fprintln(a.out, a.w.T("proof.head", words.Data{"Head": headOf(p)}))
	return nil
}

// headOf is a head as it is noted outside and given to --since.
func headOf(p ledger.Proof) string { return fmt.Sprintf("%d:%s", p.Seq, p.Hash) }

// differences names what the tables hold and the chain does not say.
func (a *app) differences(p ledger.Proof) error {
	t := a.table(map[string]int{"holds": 40, "chain": 40}, "table", "key", "column", "holds", "chain")
	for _, d := range p.Differences {
		key := make([]string, len(d.Key))
		for i, k := range d.Key {
			key[i] = fmt.Sprint(k)
		}
		have, want := a.cell(d.Have), a.cell(d.Want)
		if d.Column == "" {
			have, want = a.there(d.Have), a.there(d.Want)
		}
		t.AppendRow(table.Row{d.Table, strings.Join(key, " "), d.Column, have, want})
	}
	t.Render()
	return errors.New(a.w.T("proof.differ", words.Data{"N": p.Found, "Shown": len(p.Differences)}))
}

// cell is a table's cell for reading.
func (a *app) cell(v any) string {
	if v == nil {
		return "—"
	}
	return clip(fmt.Sprint(v), 200)
}

func (a *app) there(v any) string {
	if v == nil {
		return a.w.T("proof.no_row")
	}
	return a.w.T("proof.row")
}
