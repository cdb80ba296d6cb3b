package terminal

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"duban/internal/intake"
	"duban/internal/words"
)

// Consent is how a person agrees: by --yes, or at a terminal.
type Consent struct {
	Yes   bool
	In    io.Reader
	Meant bool // --meant: a notice by which rest days of the law are worked is meant so
}

// Consents asks whoever sits at the terminal. Without a terminal (a program that reads
// JSON is none) and without --yes nobody has agreed, and Consents says so. Its words are
// under a prefix of the catalogue: ask, only_shown, not_applied.
func (sc *Screen) Consents(prefix string, agree Consent) bool {
	if agree.Yes {
		return true
	}
	if !sc.CanConsent(agree) {
		fmt.Fprintln(sc.Err, sc.W.T(prefix+".only_shown"))
		return false
	}
	return sc.Ask(prefix, agree.In)
}

// CanConsent tells that somebody has agreed or can be asked.
func (sc *Screen) CanConsent(agree Consent) bool {
	f, ok := agree.In.(*os.File)
	return agree.Yes || !sc.AsJSON && ok && term.IsTerminal(int(f.Fd()))
}

// Ask is true for an answer that begins like yes or is 是.
func (sc *Screen) Ask(prefix string, in io.Reader) bool {
	if sc.Answers(prefix+".ask", in) {
		return true
	}
	fmt.Fprintln(sc.Err, sc.W.T(prefix+".not_applied"))
	return false
}

// Answers is true for an answer to a question that begins like yes or is 是.
func (sc *Screen) Answers(question string, in io.Reader) bool {
	fmt.Fprint(sc.Err, sc.W.T(question))
	switch strings.ToLower(strings.TrimSpace(Line(in))) {
	case "y", "yes", "是":
		return true
	}
	return false
}

// Line reads one line and nothing after it: the next question reads on.
func Line(in io.Reader) string {
	line, _ := readLine(in)
	return line
}

// readLine is Line with what ended the input, nil where a line did.
func readLine(in io.Reader) (string, error) {
	var line []byte
	for one := make([]byte, 1); ; {
		n, err := in.Read(one)
		switch {
		case n == 1 && one[0] == '\n':
			return string(line), nil
		case n == 1:
			line = append(line, one[0])
		}
		if err != nil {
			return string(line), err
		}
	}
}

// Progress shows a bar of how many of many steps are done, on a terminal; nothing in a pipe.
// end takes the bar away.
func (sc *Screen) Progress(key string) (watch func(done, total int), end func()) {
	bar := progressbar.NewOptions(1, progressbar.OptionSetWriter(sc.Bar), progressbar.OptionSetDescription(sc.W.T(key)),
		progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetVisibility(IsTerminal(sc.Bar)))
	return func(done, total int) { bar.ChangeMax(total); _ = bar.Set(done) }, func() { _ = bar.Finish() }
}

// Some is the first few of many names.
func Some(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, " ")
	}
	return strings.Join(names[:most], " ") + " …"
}

// questionsShown bounds what the terminal shows; the report has them all.
const questionsShown = 10

// AskAll puts the open questions one by one and returns the answers by id. An empty
// line leaves a question open; a lone q, or the end of the input, leaves the rest.
func (sc *Screen) AskAll(in io.Reader, open []intake.Question) (map[string]string, error) {
	given := map[string]string{}
	var fault error
	ask := func(id string, text ...string) bool {
		for _, t := range text {
			fmt.Fprintln(sc.Out, t)
		}
		fmt.Fprint(sc.Out, "> ")
		line, err := readLine(in) // and nothing behind it: what was refused is asked again
		said := strings.TrimSpace(line)
		if err != nil && err != io.EOF {
			fault = err
		}
		if said == "q" || err != nil && said == "" {
			return false
		}
		if said != "" {
			given[id] = said
		}
		return err == nil
	}
	for i, q := range open {
		if q.Refused != "" {
			fmt.Fprintln(sc.Out, q.Refused)
		}
		head := fmt.Sprintf("%d/%d %s", i+1, len(open), strings.TrimSpace(q.Place+" "+q.Ask))
		if len(q.Options) > 0 {
			head += " [" + strings.Join(q.Options, " / ") + "]"
		}
		if len(q.Items) == 0 {
			if !ask(q.ID, head) {
				return given, fault
			}
			continue
		}
		list := []string{head}
		for n, item := range q.Items {
			list = append(list, fmt.Sprintf("  %d. %s %s %s", n+1, item.Place, item.Words, item.Proposal))
		}
		if !ask(q.ID, append(list, sc.W.T("cli.import_ask_all"))...) {
			return given, fault
		}
		if given[q.ID] != "" {
			continue
		}
		for n, item := range q.Items {
			if !ask(item.ID, fmt.Sprintf("  %d. %s %s", n+1, item.Place, item.Words)) {
				return given, fault
			}
		}
	}
	return given, fault
}

func (sc *Screen) Imported(s intake.Summary, dir string) {
	fmt.Fprintln(sc.Out, sc.W.T("cli.imported", words.Data{
		"Title": s.Title, "Issued": s.Issued.String(), "Dated": s.Dated, "Duties": s.Duties, "Standing": s.Standing, "Mentions": s.Mentions,
		"Sections": s.Sections, "Units": s.Units, "Proposed": s.Proposed, "Dir": dir, "Answered": s.Answered,
	}))
	aside := 0
	for _, n := range s.Times.Aside {
		aside += n
	}
	fmt.Fprintln(sc.Out, sc.W.T("intake.report_times", words.Data{"Found": s.Times.Found, "Tasks": s.Times.Tasks, "Duties": s.Times.Duties, "Asked": s.Times.Asked, "Aside": aside}))
	for _, u := range s.Unread {
		fmt.Fprintln(sc.Out, u.Text(sc.W))
	}
	for _, r := range s.Refused {
		fmt.Fprintln(sc.Out, r)
	}
	for name, path := range s.Wrote {
		if filepath.Ext(path) == ".new" {
			fmt.Fprintln(sc.Out, sc.W.T("cli.import_kept", words.Data{"File": name, "New": path}))
		}
	}
	if len(s.Open) == 0 {
		fmt.Fprintln(sc.Out, sc.W.T("cli.import_no_question"))
		return
	}
	fmt.Fprintln(sc.Out, sc.W.T("cli.import_questions", words.Data{"Count": len(s.Open), "Report": filepath.Join(dir, "report.html")}))
	for i, q := range s.Open[:min(questionsShown, len(s.Open))] {
		fmt.Fprintf(sc.Out, "%3d. %s\n", i+1, strings.TrimSpace(q.Place+" "+q.Ask))
	}
}
