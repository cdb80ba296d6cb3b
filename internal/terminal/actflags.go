package terminal

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"duban/internal/act"
	"duban/internal/form"
	"duban/internal/words"
)

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

// ActFlags gives a command the flags of its act: what they say goes into said, the names
// of files as values of "file".
func ActFlags(w *words.Words, c *cobra.Command, d form.Deed, said *form.Said) {
	text := func(name string) string {
		name = strings.ReplaceAll(name, "-", "_")
		if key := "cli.flag_" + name + "_" + string(d.Kind); w.T(key) != key {
			return w.T(key)
		}
		return w.T("cli.say_" + name)
	}
	for _, name := range d.Fields() {
		var value pflag.Value = field{said, name, kindOf(name)}
		if slices.Contains(form.Lists, name) {
			value = list{field{said, name, kindOf(name)}}
		}
		flag := c.Flags().VarPF(value, name, map[string]string{"reason": "m"}[name], text(name))
		if kindOf(name) == "bool" {
			flag.NoOptDefVal = "true"
		}
	}
	if slices.Contains(d.Fields(), "file") {
		_ = c.MarkFlagFilename("file") // the flag is there
	}
}

// ActHelp is what an act does in a line, and its help: who may do it, when, and which
// flags it needs, from the table of acts itself.
func ActHelp(w *words.Words, d form.Deed) (short, long string) {
	short = w.T("cli.act_" + string(d.Kind))
	if key := "cli." + string(d.On) + "_" + string(d.Kind); w.T(key) != key {
		short = w.T(key)
	}
	by, from, _ := d.Table()
	var seats, states []string
	for _, s := range by {
		if s != act.Engine {
			seats = append(seats, w.T("act.seat_"+string(s)))
		}
	}
	for _, s := range from {
		states = append(states, w.T(s))
	}
	comma := w.T("cli.list_comma")
	return short, w.T("cli.deed_long", words.Data{"Short": short, "Seats": strings.Join(seats, comma), "States": strings.Join(states, comma),
		"Needs": "--" + strings.Join(d.Needs(), " --"), "Any": len(d.Needs()) > 0})
}
