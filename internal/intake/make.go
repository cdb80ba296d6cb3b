package intake

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/words"
)

// Matter is what a draft is made of where nothing lies in a folder: the documents, and
// what people have said and filled in since.
type Matter struct {
	Sources  []Source
	Answers  map[string]string  // question ID → answer
	Units    []byte             // a units.yaml that a person has edited; nil: none has
	Known    *people.Directory  // units that are known where nobody has edited them; nil: all are proposed
	Contacts []byte             // a contacts.xlsx that was filled in; nil: none was
	Calendar *calendar.Calendar // for festivals
	Issued   calendar.Day       // zero: read from the document
	Lang     string             // of questions and notes
	Watch    func(percent int)  // hears how far it is; nil: nobody does
}

// Made is a draft and its files, as Run writes them into a folder: plan.yaml,
// units.yaml, accounts.yaml and, where units were proposed, contacts.xlsx.
type Made struct {
	*Draft
	Summary
	Files map[string][]byte

	all      []Line // of the document
	passages map[string][]Line
}

// Make imports what Run would, in memory. Its errors are *Refusal or ctx's.
func Make(ctx context.Context, m Matter) (Made, error) {
	if len(m.Sources) == 0 {
		return Made{}, errors.New("no file to import")
	}
	opt := Options{Units: m.Known, Answers: m.Answers, Issued: m.Issued, Calendar: m.Calendar, Words: words.New(m.Lang), Watch: m.Watch}
	var err error
	if m.Units != nil {
		if opt.Units, err = readUnitsText(m.Units, "units.yaml"); err != nil {
			return Made{}, err
		}
	}
	d, err := Import(ctx, m.Sources, opt)
	if errors.Is(err, ErrNothing) {
		if !d.asksOfTimes() {
			return Made{}, &Refusal{File: m.Sources[0].Name, Key: "refuse_nothing"}
		}
		err = nil
	}
	if err != nil {
		return Made{}, err
	}
	made := Made{Draft: d, Summary: d.Summary(m.Answers), Files: map[string][]byte{}}
	made.all = d.Lines()
	made.passages = d.byPlace(made.all)
	filled, accounts := map[string]people.Contact{}, map[string]string{}
	if m.Contacts != nil {
		if filled, accounts, err = readContacts(m.Contacts); err != nil {
			return Made{}, err
		}
	}
	d.fill(filled)
	for name, write := range map[string]func() ([]byte, error){
		"plan.yaml": d.PlanYAML, "units.yaml": d.UnitsYAML,
		accountsName: func() ([]byte, error) { return d.AccountsYAML(accounts) },
		contactsName: func() ([]byte, error) { return d.ContactsXLSX(opt.Words) },
	} {
		if name == contactsName && len(d.proposed) == 0 {
			continue
		}
		if made.Files[name], err = write(); err != nil {
			return Made{}, err
		}
	}
	return made, nil
}

// Beside is the passage of the document that a question is about: the lines of the
// clause or the row that its place means, and of these those that have its words where
// any has. Without such a place it is the line that has the words. None where nothing is meant.
func (m Made) Beside(place, words string) []Line {
	lines := m.passages[place]
	among := lines
	if len(lines) == 0 {
		among = m.all
	}
	words = tight(fold(words))
	if utf8.RuneCountInString(words) < 2 {
		return lines
	}
	var with []Line
	for _, l := range among {
		if strings.Contains(tight(fold(l.text())), words) {
			with = append(with, l)
		}
	}
	switch {
	case len(lines) == 0:
		return with[:min(len(with), 1)]
	case len(with) > 0 && len(lines) > fewLines:
		return with
	}
	return lines
}

// fewLines of a passage are shown whole.
const fewLines = 4

func (l Line) text() string {
	text := strings.Join(l.Cells, " ")
	for _, s := range l.Spans {
		text += s.Text
	}
	return text
}

// byPlace are the lines of each clause and each row that a place can mean.
func (d *Draft) byPlace(lines []Line) map[string][]Line {
	at := map[paraKey][]string{}
	for _, c := range d.clauses {
		for _, p := range c.paras {
			at[keyOf(p.place)] = append(at[keyOf(p.place)], c.place)
		}
	}
	for _, p := range d.projects {
		for _, e := range p.entries {
			at[keyOf(e.At)] = append(at[keyOf(e.At)], rowPlace(p.annex, p.no))
		}
	}
	of := map[string][]Line{}
	for _, l := range lines {
		places := at[l.key]
		for i, place := range places {
			if i == 0 || place != places[i-1] { // several entries of a row are at one place
				of[place] = append(of[place], l)
			}
		}
	}
	return of
}

// Lines is the document paragraph by paragraph with its marks and entries.
func (m Made) Lines() []Line { return m.all }
