package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"duban/internal/intake"
	"duban/internal/words"
)

// questionsShown bounds what the terminal shows; the report has them all.
const questionsShown = 10

// planImport drafts plan files from an issued document.
func (a *app) planImport() *cobra.Command {
	var args intake.Args
	var issued string
	var out []string
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
				return errors.New(a.w.T("cli.import_where"))
			case dir == "":
				dir = filepath.Dir(reports[0])
			}
			args.Files, args.Out, args.Lang = files, dir, a.w.Lang()
			if args.Calendar, err = a.calendar(); err != nil {
				return err
			}
			sum, err := intake.Run(cmd.Context(), args)
			if err != nil {
				return err
			}
			for _, r := range reports {
				if err := a.copyReport(dir, r); err != nil {
					return err
				}
			}
			a.imported(sum, dir)
			if sum.Lost() {
				return errors.New(a.w.T("cli.import_lost"))
			}
			return nil
		},
	}
	c.Flags().StringVar(&issued, "issued", "", a.w.T("cli.flag_issued_import"))
	c.Flags().StringVar(&args.ID, "id", "", a.w.T("cli.flag_id"))
	c.Flags().StringVar(&args.Units, "units", "", a.w.T("cli.flag_units"))
	c.Flags().StringVar(&args.Answers, "answers", "", a.w.T("cli.flag_answers"))
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

func (a *app) imported(s intake.Summary, dir string) {
	fmt.Fprintln(a.out, a.w.T("cli.imported", words.Data{
		"Title": s.Title, "Issued": s.Issued.String(), "Dated": s.Dated, "Duties": s.Duties, "Standing": s.Standing, "Mentions": s.Mentions,
		"Sections": s.Sections, "Units": s.Units, "Proposed": s.Proposed, "Dir": dir, "Answered": s.Answered,
	}))
	aside := 0
	for _, n := range s.Times.Aside {
		aside += n
	}
	fmt.Fprintln(a.out, a.w.T("intake.report_times", words.Data{"Found": s.Times.Found, "Tasks": s.Times.Tasks, "Duties": s.Times.Duties, "Asked": s.Times.Asked, "Aside": aside}))
	for _, u := range s.Unread {
		fmt.Fprintln(a.out, u.Text(a.w))
	}
	for _, r := range s.Refused {
		fmt.Fprintln(a.out, r)
	}
	for name, path := range s.Wrote {
		if filepath.Ext(path) == ".new" {
			fmt.Fprintln(a.out, a.w.T("cli.import_kept", words.Data{"File": name, "New": path}))
		}
	}
	if len(s.Open) == 0 {
		fmt.Fprintln(a.out, a.w.T("cli.import_no_question"))
		return
	}
	fmt.Fprintln(a.out, a.w.T("cli.import_questions", words.Data{"Count": len(s.Open), "Report": filepath.Join(dir, "report.html")}))
	for i, q := range s.Open[:min(questionsShown, len(s.Open))] {
		fmt.Fprintf(a.out, "%3d. %s %s\n", i+1, q.Place, q.Ask)
	}
}
