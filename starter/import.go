package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

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
				return errors.New(a.w.T("cli.import_where"))
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
				if given, err = a.askAll(cmd.InOrStdin(), sum.Open); err == nil && len(given) > 0 {
					if err = intake.GiveAnswers(dir, given); err == nil {
						sum, err = intake.Run(cmd.Context(), args)
					}
				}
			}
			var no *intake.Refusal
			if errors.As(err, &no) {
				return sentenceError(no.Text(a.w))
			}
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
	c.Flags().BoolVar(&askThem, "ask", false, a.w.T("cli.flag_import_ask"))
	c.Flags().StringArrayVarP(&out, "output", "o", nil, a.w.T("cli.flag_import_output"))
	return c
}

// askAll puts the open questions one by one and returns the answers by id. An empty
// line leaves a question open; a lone q, or the end of the input, leaves the rest.
func (a *app) askAll(in io.Reader, open []intake.Question) (map[string]string, error) {
	given := map[string]string{}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	ask := func(id string, text ...string) bool {
		for _, t := range text {
			fmt.Fprintln(a.out, t)
		}
		fmt.Fprint(a.out, "> ")
		if !lines.Scan() || strings.TrimSpace(lines.Text()) == "q" {
			return false
		}
		if said := strings.TrimSpace(lines.Text()); said != "" {
			given[id] = said
		}
		return true
	}
	for i, q := range open {
		head := fmt.Sprintf("%d/%d %s", i+1, len(open), strings.TrimSpace(q.Place+" "+q.Ask))
		if len(q.Options) > 0 {
			head += " [" + strings.Join(q.Options, " / ") + "]"
		}
		if len(q.Items) == 0 {
			if !ask(q.ID, head) {
				return given, lines.Err()
			}
			continue
		}
		list := []string{head}
		for n, item := range q.Items {
			list = append(list, fmt.Sprintf("  %d. %s %s %s", n+1, item.Place, item.Words, item.Proposal))
		}
		if !ask(q.ID, append(list, a.w.T("cli.import_ask_all"))...) {
			return given, lines.Err()
		}
		if given[q.ID] != "" {
			continue
		}
		for n, item := range q.Items {
			if !ask(item.ID, fmt.Sprintf("  %d. %s %s", n+1, item.Place, item.Words)) {
				return given, lines.Err()
			}
		}
	}
	return given, lines.Err()
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
		fmt.Fprintf(a.out, "%3d. %s\n", i+1, strings.TrimSpace(q.Place+" "+q.Ask))
	}
}
