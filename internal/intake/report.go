package intake

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"sort"
	"strings"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/words"
)

//go:embed report.html
var reportPage string

// EntryReport is a commitment as report.json shows it.
type EntryReport struct {
	ID        string           `json:"id"`
	Clause    string           `json:"clause"`
	Title     string           `json:"title"`
	Kind      plan.Kind        `json:"kind"`
	Lead      string           `json:"lead"` // name; "" under each
	Assist    []string         `json:"assist"`
	Each      []string         `json:"each"`
	Due       calendar.Day     `json:"due"`
	Begin     calendar.Day     `json:"begin"`
	Recur     *plan.Recurrence `json:"recur,omitempty"`
	Milestone string           `json:"milestone"`
	Soft      bool             `json:"soft"`
	SameAs    string           `json:"same_as"`
	Ruling    string           `json:"ruling"`
	Source    string           `json:"source"`
	Phrase    string           `json:"phrase"` // the words read as a time
	Rule      string           `json:"rule"`   // of internal/deadline
	Sure      string           `json:"sure"`
	Place     Place            `json:"place"`
	Note      string           `json:"note"`
}

type reportFile struct {
	Summary
	Number    string        `json:"number"`
	Issuer    string        `json:"issuer"`
	Year      int           `json:"year"`
	Questions []Question    `json:"questions"`
	Entries   []EntryReport `json:"entries"`
	NewUnits  []string      `json:"new_units"`
	Asides    []Aside       `json:"asides"`
	Times     []Expression  `json:"expressions"`
}

// ReportJSON is the report as data.
func (d *Draft) ReportJSON(sum Summary) ([]byte, error) {
	f := reportFile{Summary: sum, Number: d.Number, Issuer: d.Issuer, Year: d.Year, Questions: d.Questions, Entries: d.entryReports(), Asides: d.Asides, Times: d.Expressions}
	for _, u := range d.proposed {
		f.NewUnits = append(f.NewUnits, u.Name)
	}
	raw, err := json.MarshalIndent(f, "", "  ")
	return append(raw, '\n'), err
}

func (d *Draft) entryReports() []EntryReport {
	var out []EntryReport
	for _, c := range d.clauses {
		for _, e := range c.entries {
			r := e.report(c.place)
			if r.Lead == "" && len(e.Each) == 0 && e.SameAs == "" && e.Bracket >= 0 && e.Bracket < len(c.brackets) && len(c.brackets[e.Bracket]) > 0 {
				r.Lead = c.brackets[e.Bracket][0]
				r.Assist = c.brackets[e.Bracket][1:]
			}
			out = append(out, r)
		}
	}
	for _, p := range d.projects {
		for _, e := range p.entries {
			r := e.report(rowPlace(p.annex, p.no))
			if r.Lead == "" && len(e.Each) == 0 && len(p.names) > 0 {
				r.Lead = p.names[0]
				r.Assist = append(append([]string{}, p.extra...), p.names[1:]...)
			}
			out = append(out, r)
		}
	}
	return out
}

func (e *entry) report(place string) EntryReport {
	return EntryReport{ID: e.ID, Clause: place, Title: e.Title, Kind: e.Kind, Lead: e.Lead, Assist: e.Assist, Each: e.Each, Due: e.Due, Begin: e.Begin,
		Recur: e.Recur, Milestone: e.Milestone, Soft: e.Soft, SameAs: e.SameAs, Ruling: e.Ruling, Source: e.Source, Phrase: e.words, Rule: e.rule,
		Sure: string(e.sure), Place: e.At, Note: strings.Join(e.Notes, "；")}
}

// marker is a stretch of a paragraph shown in colour.
type marker struct {
	from, to int
	class    string
	title    string
}

// Span is a stretch of a paragraph: Class is "date", "unit", "none" or "" unmarked,
// Title why.
type Span struct{ Text, Class, Title string }

// Line is a paragraph, or a row of a table, with what was found in it and what was made
// of it. A row has Cells and no Spans.
type Line struct {
	Place   string
	Spans   []Span
	Cells   []string
	Head    bool
	Entries []EntryReport
	key     paraKey
}

// ReportHTML is the report as a page that prints: the document on the left, what
// was made of it on the right, the questions first.
func (d *Draft) ReportHTML(sum Summary, w *words.Words) ([]byte, error) {
	t, err := template.New("report").Funcs(template.FuncMap{
		"t":     func(key string) string { return w.T("intake.report_" + key) },
		"kind":  func(k plan.Kind) string { return w.T("term." + string(k)) },
		"why":   func(k string) string { return w.T("intake.aside_" + k) },
		"join":  func(s []string) string { return strings.Join(s, "、") },
		"recur": recurText,
		"short": shortPlace,
		"rule":  func(key string) string { return w.T("deadline.rule_" + key) },
		"became": func(e Expression) string {
			text := w.T("intake.report_became_" + e.Became)
			if e.Became == becameAside {
				return text + w.T("notice.colon") + w.T("intake.aside_"+e.Of)
			}
			return text + " " + e.Of
		},
	}).Parse(reportPage)
	if err != nil {
		return nil, err
	}
	view := map[string]any{
		"Lang": w.Lang(), "Draft": d, "Lines": d.Lines(), "Questions": d.Questions,
		"Summary": w.T("intake.report_summary", words.Data{"Entries": sum.Dated + sum.Duties + sum.Standing, "Dated": sum.Dated, "Duties": sum.Duties,
			"Standing": sum.Standing, "Mentions": sum.Mentions, "Sections": sum.Sections, "Units": sum.Units, "Proposed": sum.Proposed}),
		"Times": timesText(sum.Times, w), "Refused": sum.Refused, "Unread": d.unreadTexts(w),
		"Open": w.T("intake.report_questions", words.Data{"Count": len(sum.Open)}),
	}
	var b bytes.Buffer
	if err := t.Execute(&b, view); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func recurText(r *plan.Recurrence) string {
	if r == nil {
		return ""
	}
	text := r.Every
	if r.Cron != "" {
		text = r.Cron
	} else if r.Shift != 0 {
		text += fmt.Sprintf("%+d", r.Shift)
	}
	return text + " " + r.From.String() + "—" + r.Until.String()
}

func (d *Draft) unreadTexts(w *words.Words) []string {
	var out []string
	for _, u := range d.Unread {
		out = append(out, u.Text(w))
	}
	return out
}

func timesText(t Times, w *words.Words) string {
	set := 0
	for _, n := range t.Aside {
		set += n
	}
	return w.T("intake.report_times", words.Data{"Found": t.Found, "Tasks": t.Tasks, "Duties": t.Duties, "Asked": t.Asked, "Aside": set})
}

type paraKey struct {
	file, sheet string
	para        int
	row, col    int
}

func keyOf(p Place) paraKey { return paraKey{p.File, p.Sheet, p.Para, p.Row, p.Col} }

// Lines is the document paragraph by paragraph with its marks and entries.
func (d *Draft) Lines() []Line {
	marks := map[paraKey][]marker{}
	entries := map[paraKey][]EntryReport{}
	byID := map[string]EntryReport{}
	for _, r := range d.entryReports() {
		byID[r.ID] = r
		entries[keyOf(r.Place)] = append(entries[keyOf(r.Place)], r)
	}
	for _, c := range d.clauses {
		c.marks(marks, byID)
	}
	for _, a := range d.Asides {
		if a.c != nil && len(a.c.starts) > 0 {
			a.c.mark(marks, a.at, "none", a.Why)
		}
	}
	var out []Line
	for _, doc := range d.Docs {
		for _, b := range doc.Blocks {
			if b.Table != nil {
				out = append(out, tableLines(b, entries)...)
				continue
			}
			k := keyOf(b.Place)
			_, marked := readMark(b.Text)
			out = append(out, Line{key: k, Place: shortPlace(b.Place), Spans: paint(b.Text, marks[k]), Entries: entries[k], Head: marked && len([]rune(b.Text)) < 40})
		}
	}
	return out
}

func shortPlace(p Place) string {
	p.File = ""
	return p.String()
}

func tableLines(b Block, entries map[paraKey][]EntryReport) []Line {
	var out []Line
	for i, r := range b.Table.Rows {
		p := b.Table.at(b.Place, r)
		l := Line{key: keyOf(p), Place: shortPlace(p), Head: i == 0, Entries: entries[keyOf(p)]}
		for _, c := range r.Cells {
			l.Cells = append(l.Cells, oneLine(c))
		}
		out = append(out, l)
	}
	return out
}

func (c *clause) marks(into map[paraKey][]marker, byID map[string]EntryReport) {
	for _, e := range c.entries {
		if e.phrase.to > e.phrase.from {
			r := byID[e.ID]
			c.mark(into, e.phrase, "date", strings.TrimSpace(r.Due.String()+" "+e.rule))
		}
	}
	for _, f := range c.found {
		c.mark(into, span{c.f.rawAt(f.from), c.f.rawAt(f.to)}, "unit", "")
	}
}

// mark puts a stretch of the clause's text on the paragraphs that hold it.
func (c *clause) mark(into map[paraKey][]marker, s span, class, title string) {
	for i, start := range c.starts {
		end := start + len(c.paras[i].text)
		from, to := max(s.from, start), min(s.to, end)
		if from < to {
			k := keyOf(c.paras[i].place)
			into[k] = append(into[k], marker{from - start, to - start, class, title})
		}
	}
}

// paint cuts a paragraph at its marks; where marks overlap the first stays.
func paint(text string, marks []marker) []Span {
	sort.SliceStable(marks, func(i, k int) bool {
		if marks[i].from != marks[k].from {
			return marks[i].from < marks[k].from
		}
		return marks[i].to > marks[k].to
	})
	var out []Span
	at := 0
	for _, m := range marks {
		if m.from < at || m.to > len(text) {
			continue
		}
		if m.from > at {
			out = append(out, Span{Text: text[at:m.from]})
		}
		out = append(out, Span{text[m.from:m.to], m.class, m.title})
		at = m.to
	}
	if at < len(text) {
		out = append(out, Span{Text: text[at:]})
	}
	return out
}
