package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/form"
	"duban/internal/words"
)

// actFlags are what the flags of an act say, as they were typed.
type actFlags struct {
	plan, id string
	said     form.Said // but for the files, whose names are its values of "file"
	lacks    string    // a flag that is needed and was not given
}

// field is a flag that is a field of an act. Kind is what it takes, for its help.
type field struct {
	said *form.Said
	name string
	kind string
}

func (f field) Type() string { return f.kind }

func (f field) String() string {
	if f.said == nil {
		return ""
	}
	return strings.Join(f.said.Values[f.name], ",")
}

func (f field) Set(text string) error {
	switch f.kind {
	case "int":
		if _, err := form.Whole(text); err != nil {
			return errNoNumber
		}
	case "bool":
		if _, err := strconv.ParseBool(text); err != nil {
			return err
		}
	}
	if f.said.Values == nil {
		f.said.Values = map[string][]string{}
	}
	f.said.Values[f.name] = append(f.said.Values[f.name], text)
	return nil
}

// list is a field that takes several values, as pflag.SliceValue has it.
type list struct{ field }

func (l list) Append(text string) error { return l.Set(text) }

func (l list) GetSlice() []string { return l.said.Values[l.name] }

func (l list) Replace(all []string) error {
	delete(l.said.Values, l.name)
	for _, text := range all {
		if err := l.Set(text); err != nil {
			return err
		}
	}
	return nil
}

// kindOf is what a field of an act takes, as a flag.
func kindOf(name string) string {
	switch {
	case name == "percent":
		return "int"
	case name == "file" || name == "url": // a comma is part of the name
		return "stringArray"
	case slices.Contains(form.Lists, name):
		return "stringSlice"
	case slices.Contains(form.Switches, name):
		return "bool"
	}
	return "string"
}

// declare gives a command the flags of its act.
func (a *app) declare(c *cobra.Command, d form.Deed, f *actFlags) {
	text := func(name string) string {
		if key := "cli.flag_" + strings.ReplaceAll(name, "-", "_") + "_" + string(d.Kind); a.w.T(key) != key {
			return a.w.T(key)
		}
		return a.w.T("cli.say_" + strings.ReplaceAll(name, "-", "_"))
	}
	for _, name := range d.Fields() {
		var value pflag.Value = field{&f.said, name, kindOf(name)}
		if slices.Contains(form.Lists, name) {
			value = list{field{&f.said, name, kindOf(name)}}
		}
		flag := c.Flags().VarPF(value, name, map[string]string{"reason": "m"}[name], text(name))
		if kindOf(name) == "bool" {
			flag.NoOptDefVal = "true"
		}
	}
	c.Flags().StringVar(&f.plan, "plan", "", a.w.T("cli.say_plan"))
	c.Flags().StringVar(&f.id, "id", "", a.w.T("cli.say_id"))
	a.completeFlag(c, "plan", a.planNames)
	for flag, find := range map[string]func(context.Context) (map[string]string, error){"unit": a.unitNames, "policy": a.policyTitles} {
		if slices.Contains(d.Fields(), flag) {
			a.completeFlag(c, flag, find)
		}
	}
	if slices.Contains(d.Fields(), "file") {
		_ = c.MarkFlagFilename("file") // the flag is there
	}
}

// fill makes the act of what was said.
func (a *app) fill(o form.Order, f actFlags, by act.Actor) (said act.Act, err error) {
	if f.said.Files, err = a.evidence(f.said.Values["file"]); err != nil {
		return said, err
	}
	said, err = form.Fill(o.Subject, o.Deed, f.said, by)
	var wrong *form.Fault
	if errors.As(err, &wrong) {
		return said, sentenceError(wrong.Text(a.w, "--"+wrong.Field))
	}
	if said.ID = f.id; said.ID == "" {
		said.ID = o.ID(said, calendar.DayOf(o.Plan.Clock.Plan(a.now()).In(o.Plan.Plan.Location())))
	}
	return said, err
}

// evidence is what the files prove it by. A file is read and stays where it is; the
// ledger keeps its name, size and SHA-256.
func (a *app) evidence(files []string) (all []act.Evidence, err error) {
	for _, file := range files {
		e, err := form.ReadEvidence(file)
		if err != nil {
			return nil, sentenceError(a.w.T("cli.bad_file", words.Data{"File": file, "Error": a.fileError(err)}))
		}
		all = append(all, e)
	}
	return all, nil
}

func (a *app) fileError(err error) string {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return a.w.T("cli.file_missing")
	case errors.Is(err, os.ErrPermission):
		return a.w.T("cli.file_denied")
	case errors.Is(err, form.ErrNotFile):
		return a.w.T("cli.file_none")
	}
	return err.Error()
}
