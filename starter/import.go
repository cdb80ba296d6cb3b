package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"duban/internal/intake"
	"duban/internal/words"
)

// planImport drafts plan files from an issued document.
func (a *app) planImport() *cobra.Command {
	var args intake.Args
	var issued string
	var out []string
	var askThem bool
	c := &cobra.Command{
		Use: "import FILE…", Short: a.w.T("cli.plan_import"), Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) (err error) {
			if args.Issued, err = a.day("issued", issued); err != nil {
				return err
			}
			dir, reports, err := outputs(out)
			if err != nil {
				return err
			}
			switch {
			case dir == "" && len(reports) == 0:
				return a.w.Err("cli.import_where")
			case dir == "":
				dir = filepath.Dir(reports[0])
			}
			args.Files, args.Out, args.Lang = files, dir, a.w.Lang()
			if args.Calendar, err = a.calendar(); err != nil {
				return err
			}
			sum, err := intake.Run(cmd.Context(), args)
			if err == nil && askThem && len(sum.Open) > 0 {
				var given map[string]string
				if given, err = a.show().AskAll(cmd.InOrStdin(), sum.Open); err == nil && len(given) > 0 {
					if err = intake.GiveAnswers(dir, given); err == nil {
						sum, err = intake.Run(cmd.Context(), args)
					}
				}
			}
			var no *intake.Refusal
			if errors.As(err, &no) {
				return words.Sentence(no.Text(a.w))
			}
			if err != nil {
				return err
			}
			for _, r := range reports {
				if err := a.copyReport(dir, r); err != nil {
					return err
				}
			}
			a.show().Imported(sum, dir)
			if sum.Lost() {
				return a.w.Err("cli.import_lost")
			}
			return nil
		},
	}
	c.Flags().StringVar(&issued, "issued", "", a.w.T("cli.flag_issued_import"))
	c.Flags().StringVar(&args.ID, "id", "", a.w.T("cli.flag_id"))
	c.Flags().StringVar(&args.Units, "units", "", a.w.T("cli.flag_units"))
	c.Flags().StringVar(&args.Answers, "answers", "", a.w.T("cli.flag_answers"))
	c.Flags().BoolVar(&askThem, "ask", false, a.w.T("cli.flag_import_ask"))
	c.Flags().StringArrayVarP(&out, "output", "o", nil, a.w.T("cli.flag_import_output"))
	return c
}

// copyReport puts the folder's report where the person asked for it.
func (a *app) copyReport(dir, to string) error {
	raw, err := os.ReadFile(filepath.Join(dir, "report"+filepath.Ext(to)))
	if err != nil {
		return err
	}
	return os.WriteFile(to, raw, 0o644)
}
