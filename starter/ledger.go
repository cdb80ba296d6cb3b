package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/terminal"
	"duban/internal/words"
)

func (a *app) ledgerCommand() *cobra.Command {
	return a.group("ledger", "cli.ledger", a.ledgerShow(), a.ledgerVerify(), a.ledgerExport())
}

func (a *app) ledgerShow() *cobra.Command {
	var f ledger.EventFilter
	c := shows(a, &cobra.Command{Use: "show", Short: a.w.T("cli.ledger_show"), Args: cobra.NoArgs},
		func(r *query.Reader, ctx context.Context, who query.Viewer, _ []string) (query.EventPage, error) {
			f.Changes = a.format == "json"
			return r.Events(ctx, who, f)
		}, (*terminal.Screen).Events)
	c.Flags().StringVar(&f.Plan, "plan", "", a.w.T("cli.flag_plan"))
	c.Flags().StringVar(&f.Task, "task", "", a.w.T("cli.flag_task"))
	terminal.Number(c, &f.AfterSeq, "after", 0, a.w.T("cli.flag_after"))
	terminal.Number(c, &f.Limit, "limit", 200, a.w.T("cli.flag_limit"))
	return c
}

func (a *app) ledgerVerify() *cobra.Command {
	var check ledger.Check
	c := a.listing(&cobra.Command{
		Use: "verify", Short: a.w.T("proof.cmd"), Long: a.w.T("proof.long"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withLedger(cmd.Context(), func(store *ledger.Store) error { return a.verify(cmd.Context(), store, check) })
		},
	})
	c.Flags().BoolVar(&check.Full, "full", false, a.w.T("proof.flag_full"))
	terminal.Take(c, &check, "since", a.w.T("proof.flag_since"), func(text string) (ledger.Check, error) {
		noted, ok := check, false
		if noted.Seq, noted.Hash, ok = report.ReadHead(text); !ok {
			return check, a.w.Err("proof.bad_since", words.Data{"Given": text})
		}
		return noted, nil
	})
	return c
}

func (a *app) verify(ctx context.Context, store *ledger.Store, check ledger.Check) error {
	p, err := a.reader(store).Prove(ctx, query.Operator(), check) // whoever has the file may prove it
	if fault := report.Speak(a.w).ProofFault(check, p, err); fault != "" {
		return words.Sentence(fault)
	}
	if err != nil {
		return err
	}
	err = a.show().Print(p, func() { a.show().Proof(check, p) })
	switch {
	case err != nil || p.Found == 0:
		return err
	case a.format == "json":
		return errSaid
	}
	return a.w.Err("proof.differ", words.Data{"N": p.Found, "Shown": len(p.Differences)})
}

// exportFormats are what `ledger export` writes. The JSON is report.Table; an
// events file has one ledger.Event a line, as it is in the chain.
var exportFormats = []string{"xlsx", "csv", "json", "events"}

// ledgerExport writes one plan's book, or its events, to a file or to the output.
func (a *app) ledgerExport() *cobra.Command {
	var plan, format, file, output string
	c := a.looksBack(&cobra.Command{
		Use: "export", Short: a.w.T("report.cmd_export"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case output != "" && output != "json":
				return a.w.Err("report.bad_export_output", words.Data{"Format": output})
			case output == "json" && cmd.Flags().Changed("format") && format != "json":
				return a.w.Err("report.format_twice", words.Data{"Output": output, "Format": format})
			case output == "json":
				format = "json"
				if file == "" {
					file = "-"
				}
			case !slices.Contains(exportFormats, format):
				return a.w.Err("report.bad_format", words.Data{"Format": format})
			}
			a.format = format // no table, above which anything could be printed
			return a.reads(cmd.Context(), func(r *query.Reader, who query.Viewer) error {
				if format == "events" {
					events, err := r.EventFile(cmd.Context(), who, plan)
					if err != nil {
						return err
					}
					return a.show().ExportEvents(cmd.Context(), events, file)
				}
				book, err := r.Book(cmd.Context(), who, plan)
				if err != nil {
					return err
				}
				return a.show().ExportBook(book, format, file)
			})
		},
	})
	c.Flags().StringVar(&plan, "plan", "", a.w.T("report.flag_export_plan"))
	c.Flags().StringVar(&format, "format", "xlsx", a.w.T("report.flag_format"))
	c.Flags().StringVarP(&file, "file", "f", "", a.w.T("report.flag_file"))
	c.Flags().StringVarP(&output, "output", "o", "", a.w.T("report.flag_export_output"))
	return c
}
