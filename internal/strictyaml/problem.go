package strictyaml

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"duban/internal/calendar"
	"duban/internal/words"
)

// Problem is one fault in a plan's files, at the place where a clerk can mend
// it. Its words are in the catalogue under Key: what is wrong and what to do.
type Problem struct {
	File    string         `json:"file"`
	Line    int            `json:"line"`   // from 1; 0 when the file could not be read
	Column  int            `json:"column"` // from 1, in characters
	Field   string         `json:"field"`  // path of the field: clauses[3].tasks[0].due
	Key     string         `json:"key"`    // plan.unknown_unit
	Data    map[string]any `json:"data,omitempty"`
	Warning bool           `json:"warning"` // a person should read it; the plan may be launched all the same
}

// Text is the problem in one line: "file:line:column: field: message"; the
// message of a warning begins with that word.
func (p Problem) Text(w *words.Words) string {
	text := oneLine(p.File)
	if p.Line > 0 {
		text += fmt.Sprintf(":%d:%d", p.Line, p.Column)
	}
	if p.Field != "" {
		text += ": " + p.Field
	}
	if p.Warning {
		return text + ": " + w.T("file.warning") + p.Message(w)
	}
	return text + ": " + p.Message(w)
}

// Message is what is wrong and what to do, without the place, in one line.
func (p Problem) Message(w *words.Words) string {
	data := make(words.Data, len(p.Data))
	for name, value := range p.Data {
		if days, ok := value.([]calendar.Day); ok { // a list of dates is shown whole
			data[name] = dayList(days)
			continue
		}
		data[name] = oneLine(fmt.Sprint(value))
	}
	return w.T(p.Key, data)
}

// Failed tells that at least one problem is more than a warning: the plan must
// not be launched.
func Failed(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return !p.Warning })
}

// Errors are those of problems that are more than a warning.
func Errors(problems []Problem) (all []Problem) {
	for _, p := range problems {
		if !p.Warning {
			all = append(all, p)
		}
	}
	return all
}

// dayList writes days as 2021-04-05、12；05-01~07: the year and the month where they are
// new, and days that follow one another as one.
func dayList(days []calendar.Day) string {
	var b strings.Builder
	for i := 0; i < len(days); {
		d, text := days[i], days[i].String()
		switch {
		case i > 0 && d.Year == days[i-1].Year && d.Month == days[i-1].Month:
			text = "、" + text[len("2006-01-"):]
		case i > 0 && d.Year == days[i-1].Year:
			text = "；" + text[len("2006-"):]
		case i > 0:
			text = "；" + text
		}
		b.WriteString(text)
		last := i
		for last+1 < len(days) && days[last+1].Month == d.Month && days[last+1] == days[last].AddDays(1) {
			last++
		}
		if last > i+1 {
			b.WriteString("~" + days[last].String()[len("2006-01-"):])
			i = last
		}
		i++
	}
	return b.String()
}

const longestQuote = 120 // characters of a value shown in a problem

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > longestQuote {
		return string(r[:longestQuote]) + "…"
	}
	return s
}

// InOrder sorts problems as a reader meets them: file by file in the order in
// which they were opened, then down the page. A problem that an alias (*) repeats is
// listed once.
func InOrder(problems []Problem, files []string) []Problem {
	rank := map[string]int{}
	for i, file := range files {
		if _, ok := rank[file]; !ok {
			rank[file] = i
		}
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(rank[a.File], rank[b.File]), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	said := map[string]bool{}
	return slices.DeleteFunc(problems, func(p Problem) bool {
		what := fmt.Sprintf("%q %d %d %s %v", p.File, p.Line, p.Column, p.Key, p.Data)
		defer func() { said[what] = true }()
		return said[what]
	})
}
