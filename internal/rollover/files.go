package rollover

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"duban/internal/leftover"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/words"
)

// File is one file of a draft.
type File struct {
	Name string // without a folder
	Raw  []byte
}

// Files are the draft's files in the order in which they are written: plan.yaml,
// the plan's parts and accounts, of which the register of sections has targets of the new
// year and duties go on from those of the old one, the sections' schemes with what was left of their measures, and rollover.md, the
// report. read gives the bytes of a file that this year's plan.yaml names; raw is that plan.yaml.
func (d Draft) Files(raw []byte, read func(name string) ([]byte, error), w *words.Words) ([]File, error) {
	root, err := d.root(raw)
	if err != nil {
		return nil, err
	}
	names, taken := map[string]string{}, map[string]bool{planName: true, reportName: true}
	beside := func(of string) string { // the name in the draft
		name := filepath.Base(of)
		for i := 2; taken[name]; i++ {
			name = fmt.Sprintf("%d-%s", i, filepath.Base(of))
		}
		names[of], taken[name] = name, true
		return name
	}
	var others []File
	var beyond []mark // places of other files that a person decides
	for _, field := range besides() {
		n := value(root, field)
		if n == nil {
			continue
		}
		for _, leaf := range leaves(n) {
			if names[leaf.Value] != "" {
				continue
			}
			copied, err := read(leaf.Value)
			if err != nil {
				return nil, err
			}
			if field == "water" {
				copied = d.register(copied, w)
			}
			copied, more, err := d.partsDuty(copied, dutyIn[field], w)
			if err != nil {
				return nil, err
			}
			beyond = append(beyond, more...)
			others = append(others, File{beside(leaf.Value), copied})
		}
	}
	schemes := func(of string) (name string, raw []byte, err error) {
		raw, err = read(of)
		return beside(of), raw, err
	}
	draft, left, marks, err := d.planYAML(raw, w, names, schemes)
	if err != nil {
		return nil, err
	}
	return append(append(append([]File{{planName, draft}}, others...), left...), File{reportName, d.report(w, append(marks, beyond...))}), nil
}

// FilesOf are Files of a plan.yaml on the disk.
func (d Draft) FilesOf(file string, w *words.Words) ([]File, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return d.Files(raw, func(name string) ([]byte, error) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(file), name)
		}
		return os.ReadFile(name)
	}, w)
}

const (
	planName   = "plan.yaml"
	reportName = "rollover.md"
)

// DiffersError: a file of this name is there already, with other content.
type DiffersError struct{ Path string }

func (e *DiffersError) Error() string { return e.Path + ": is there already and differs" }

// lastYear is the last year that a plan may be for.
const lastYear = 2100

// YearError: a draft was asked for a year that does not come after its plan's, or is too late.
type YearError struct{ Year, Old int }

func (e *YearError) Error() string { return fmt.Sprintf("rollover: %d after %d", e.Year, e.Old) }

// CheckYear is a *YearError where no draft can be made of a plan for a year.
func CheckYear(p *plan.Plan, year int) error {
	if year <= p.Year || year > lastYear {
		return &YearError{year, p.Year}
	}
	return nil
}

// Sentence is why a draft was not made, for an error of this package; ok is false for others.
func Sentence(w *words.Words, err error) (text string, ok bool) {
	var year *YearError
	var differs *DiffersError
	switch {
	case errors.As(err, &year):
		return w.T("rollover.bad_year", words.Data{"Year": year.Year, "Old": year.Old}), true
	case errors.As(err, &differs):
		return w.T("rollover.exists", words.Data{"Path": differs.Path}), true
	}
	return "", false
}

// Write puts the files into dir, which it makes. Files that are there are never changed:
// identical ones are left alone, and where one differs, *DiffersError before anything is
// written. Calling Write again finishes one that was interrupted.
func Write(dir string, files []File) error {
	var missing []File
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		have, err := os.ReadFile(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			missing = append(missing, f)
		case err != nil:
			return err
		case !bytes.Equal(have, f.Raw):
			return &DiffersError{path}
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range missing {
		if err := writeNew(filepath.Join(dir, f.Name), f.Raw); err != nil {
			return err
		}
	}
	return nil
}

// writeNew makes a file in one step: whole, or not at all. Somebody else's file
// of that name is left alone.
func writeNew(path string, raw []byte) (err error) {
	const passing = ".rollover-"
	leftover.Clear(filepath.Dir(path), passing)
	tmp, err := os.CreateTemp(filepath.Dir(path), passing+"*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(raw)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); errors.Is(err, fs.ErrExist) {
		return &DiffersError{path}
	} else if err != nil {
		return os.Rename(tmp.Name(), path) // a file system without links
	}
	return nil
}

// besides are the fields of plan.yaml that name files which next year's plan keeps.
func besides() (fields []string) {
	for _, part := range planfile.Parts {
		fields = append(fields, part.Field)
	}
	return append(fields, "accounts")
}
