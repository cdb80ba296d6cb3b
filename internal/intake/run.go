package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"duban/internal/calendar"
	"duban/internal/deadline"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
	"duban/seeds"
)

// Args are what `starter plan import` is told.
type Args struct {
	Files    []string           // the issued document, then its annexes
	Out      string             // directory of the draft; made when missing
	Issued   calendar.Day       // zero: read from the document
	ID       string             // of the plan; "" makes one
	Units    string             // path of a units file; "" takes Out's own when a person has edited it
	Answers  string             // path of an answers file beside Out's own answers.yaml
	Lang     string             // zh or en: questions, notes and report
	Seasons  deadline.Seasons   // of the region
	Calendar *calendar.Calendar // for festivals; nil takes the program's own
}

// noTitle is the title of a draft whose document has none; a launch refuses it.
const noTitle = "（标题待补录）"

// Summary is what an import did.
type Summary struct {
	Plan     string            `json:"plan"` // id
	Title    string            `json:"title"`
	Issued   calendar.Day      `json:"issued"`
	Dated    int               `json:"dated"`
	Duties   int               `json:"duties"`
	Standing int               `json:"standing"`
	Mentions int               `json:"mentions"` // places that name an annex row's work again
	Sections int               `json:"sections"`
	Units    int               `json:"units"`
	Proposed int               `json:"proposed"` // units that are not in the units file
	Open     []Question        `json:"open"`     // questions without an answer, the gravest first
	Answered int               `json:"answered"`
	Refused  []string          `json:"refused"` // answers that were not understood, with file and line
	Unread   []Unread          `json:"unread"`  // parts of the files that were not read
	Times    Times             `json:"times"`   // the expressions of time and what became of them
	Unused   []string          `json:"unused"`  // ids of answers that no question asked for
	Wrote    map[string]string `json:"wrote"`   // file → path written; plan.yaml.new where a person had edited plan.yaml
	Kept     []string          `json:"kept"`    // files left as a person edited them
}

// Lost tells that a part of a file is damaged or made no text: the draft does not
// hold all that was issued.
func (s Summary) Lost() bool {
	return slices.ContainsFunc(s.Unread, func(u Unread) bool { return u.Lost })
}

// Times counts the expressions of time in the documents: Found is the sum of the
// others.
type Times struct {
	Found  int            `json:"found"`
	Tasks  int            `json:"tasks"`
	Duties int            `json:"duties"`
	Asked  int            `json:"asked"`
	Aside  map[string]int `json:"aside"` // by reason, a key intake.aside_<reason>
}

// Run imports the files and writes into Out: plan.yaml, units.yaml, accounts.yaml,
// answers.yaml, report.html and report.json.
//
// It never overwrites a person's edit. The hashes of what import wrote last are
// kept in import-record.json; a plan.yaml or units.yaml that differs from its
// hash has been edited, is left alone, and the new one is written beside it as
// plan.yaml.new. answers.yaml is only ever added to.
func Run(ctx context.Context, a Args) (Summary, error) {
	var sources []Source
	for _, f := range a.Files {
		s, err := Open(f)
		if err != nil {
			return Summary{}, err
		}
		sources = append(sources, s)
	}
	if len(sources) == 0 {
		return Summary{}, errors.New("no file to import")
	}
	if err := os.MkdirAll(a.Out, 0o755); err != nil {
		return Summary{}, err
	}
	k, err := openKeeper(a.Out)
	if err != nil {
		return Summary{}, err
	}
	if a.Calendar == nil {
		if a.Calendar, err = calendar.Load(seeds.Calendar()); err != nil {
			return Summary{}, err
		}
	}
	opt := Options{ID: a.ID, Issued: a.Issued, Seasons: a.Seasons, Calendar: a.Calendar, Words: words.New(a.Lang)}
	units := a.Units
	if units == "" && k.edited("units.yaml") {
		units = filepath.Join(a.Out, "units.yaml")
	}
	if units != "" {
		if opt.Units, err = readUnitsFile(units); err != nil {
			return Summary{}, err
		}
	}
	own := filepath.Join(a.Out, "answers.yaml")
	given, err := readAnswers(own, a.Answers)
	if err != nil {
		return Summary{}, err
	}
	opt.Answers, opt.AnswerAt = given.said, given.at
	d, err := Import(ctx, sources, opt)
	if errors.Is(err, ErrNothing) {
		if !d.asksOfTimes() {
			return Summary{}, &Refusal{File: sources[0].Name, Key: "refuse_nothing"}
		}
		err = nil // times were seen, and a person may say that they are tasks
	}
	if err != nil {
		return Summary{}, err
	}
	return d.save(k, opt)
}

// asksOfTimes tells that a time of the document is asked about.
func (d *Draft) asksOfTimes() bool {
	return slices.ContainsFunc(d.Expressions, func(e Expression) bool { return e.Became == becameQuestion })
}

func (d *Draft) save(k *keeper, opt Options) (Summary, error) {
	sum := d.Summary(opt.Answers)
	filled, accounts, err := filledContacts(k.dir)
	if err != nil {
		return sum, err
	}
	d.fill(filled)
	for _, f := range []struct {
		name string
		make func() ([]byte, error)
	}{{"plan.yaml", d.PlanYAML}, {"units.yaml", d.UnitsYAML}, {accountsName, func() ([]byte, error) { return d.AccountsYAML(accounts) }}} {
		raw, err := f.make()
		if err != nil {
			return sum, err
		}
		path, kept, err := k.write(f.name, raw)
		if err != nil {
			return sum, err
		}
		sum.Wrote[f.name] = path
		if kept {
			sum.Kept = append(sum.Kept, f.name)
		}
	}
	if len(d.proposed) > 0 && !k.edited(contactsName) { // what a person fills in is left alone
		raw, err := d.ContactsXLSX(opt.Words)
		if err != nil {
			return sum, err
		}
		if sum.Wrote[contactsName], _, err = k.write(contactsName, raw); err != nil {
			return sum, err
		}
	}
	if err := appendQuestions(filepath.Join(k.dir, "answers.yaml"), d.Questions); err != nil {
		return sum, err
	}
	sum.Wrote["answers.yaml"] = filepath.Join(k.dir, "answers.yaml")
	for name, make := range map[string]func() ([]byte, error){
		"report.json": func() ([]byte, error) { return d.ReportJSON(sum) },
		"report.html": func() ([]byte, error) { return d.ReportHTML(sum, opt.Words) },
	} {
		raw, err := make()
		if err != nil {
			return sum, err
		}
		sum.Wrote[name] = filepath.Join(k.dir, name)
		if err := writeFile(sum.Wrote[name], raw); err != nil {
			return sum, err
		}
	}
	return sum, k.save()
}

// Summary counts the draft.
func (d *Draft) Summary(answers map[string]string) Summary {
	n := d.kindCount()
	s := Summary{Plan: d.ID, Title: or(d.Title, noTitle), Issued: d.Issued, Dated: n[plan.Dated], Duties: n[plan.Duty], Standing: n[plan.Standing],
		Sections: len(d.sections), Units: len(d.Directory.Units), Proposed: len(d.proposed), Wrote: map[string]string{}}
	for _, e := range d.Entries() {
		if e.SameAs != "" {
			s.Mentions++
		}
	}
	asked := map[string]bool{}
	for _, q := range d.Questions {
		asked[q.ID] = true
		for _, i := range q.Items {
			asked[i.ID] = true
		}
		for _, id := range q.also {
			asked[id] = true
		}
		if !q.done {
			s.Open = append(s.Open, q)
			if q.Refused != "" {
				s.Refused = append(s.Refused, strings.Split(q.Refused, "\n")...)
			}
		} else {
			s.Answered++
		}
	}
	s.Unread = d.Unread
	s.Times = Times{Found: len(d.Expressions), Aside: map[string]int{}}
	for _, e := range d.Expressions {
		switch e.Became {
		case becameTask:
			s.Times.Tasks++
		case becameDuty:
			s.Times.Duties++
		case becameQuestion:
			s.Times.Asked++
		default:
			s.Times.Aside[e.Of]++
		}
	}
	for id := range answers {
		if !asked[id] {
			s.Unused = append(s.Unused, id)
		}
	}
	slices.Sort(s.Unused)
	return s
}

const smallFile = 8 << 20 // bytes of a units or answers file

func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, smallFile+1))
	if err == nil && len(raw) > smallFile {
		err = fmt.Errorf("%s: %w", path, errTooBig)
	}
	return raw, err
}

// readUnitsFile reads a units.yaml; its faults are for plan check to tell, here
// only what cannot be read at all is an error.
func readUnitsFile(path string) (*people.Directory, error) {
	raw, err := readSmall(path)
	if err != nil {
		return nil, err
	}
	return readUnitsText(raw, path)
}

// readUnitsText reads the text of a units.yaml that is called path.
func readUnitsText(raw []byte, path string) (*people.Directory, error) {
	var f struct {
		Units []struct {
			ID, Name string
			Kind     people.UnitKind
			Aliases  []string
			Contacts []struct {
				Role              people.Role
				Name, Email, Pace string
				Post, Phone       string
				Beside            string `yaml:"-"` // the office says it, no file
			}
		}
		Groups []struct {
			Name    string
			Aliases []string
			Members []string
		}
	}
	root, err := document(raw, path, "refuse_units_file")
	if err != nil {
		return nil, err
	}
	if root != nil {
		if err := root.Decode(&f); err != nil {
			return nil, &Refusal{File: filepath.Base(path), Key: "refuse_units_file", Err: err}
		}
	}
	d := &people.Directory{}
	for _, u := range f.Units {
		p := people.Unit{ID: u.ID, Name: u.Name, Kind: u.Kind, Aliases: u.Aliases}
		for _, c := range u.Contacts {
			p.Contacts = append(p.Contacts, people.Contact(c))
		}
		d.Units = append(d.Units, p)
	}
	for _, g := range f.Groups {
		w := people.Group{Name: g.Name, Aliases: g.Aliases}
		for _, m := range g.Members {
			if ids, _, ok := d.Resolve(m); ok {
				w.Members = append(w.Members, ids...)
			}
		}
		d.Groups = append(d.Groups, w)
	}
	return d, nil
}
