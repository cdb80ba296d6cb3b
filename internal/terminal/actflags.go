package terminal

import (
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
func kindOf(f act.Field) string {
	switch f.Row().Takes {
	case act.TakesPercent:
		return "int"
	case act.TakesFiles, act.TakesURLs: // a comma is part of the name
		return "stringArray"
	case act.TakesNames, act.TakesUnits:
		return "stringSlice"
	case act.TakesSwitch:
		return "bool"
	}
	return "string"
}

// ActFlags gives a command the flags of its act: what they say goes into said, the names
// of files as values of "file".
func ActFlags(w *words.Words, c *cobra.Command, row act.Row, said *form.Said) {
	text := func(f act.Field) string {
		if key := "cli.flag_" + f.Key() + "_" + string(row.Kind); w.T(key) != key {
			return w.T(key)
		}
		return w.T("cli.say_" + f.Key())
	}
	for _, f := range row.Fields() {
		name, kind := string(f), kindOf(f)
		var value pflag.Value = field{said, name, kind}
		if f.Row().Takes.Several() {
			value = list{field{said, name, kind}}
		}
		flag := c.Flags().VarPF(value, name, map[act.Field]string{act.FieldReason: "m"}[f], text(f))
		if kind == "bool" {
			flag.NoOptDefVal = "true"
		}
		if f == act.FieldFile {
			_ = c.MarkFlagFilename(name) // the flag is there
		}
	}
}

// ActHelp is what an act does in a line, and its help: who may do it, when, and which
// flags it needs, from the table of acts itself.
func ActHelp(w *words.Words, row act.Row) (short, long string) {
	short = w.T("cli.act_" + string(row.Kind))
	if key := "cli." + string(row.On) + "_" + string(row.Kind); w.T(key) != key {
		short = w.T(key)
	}
	var seats, states, needs []string
	for _, s := range row.By {
		if s != act.Engine {
			seats = append(seats, w.T("act.seat_"+string(s)))
		}
	}
	for _, s := range row.From {
		if s != act.Unborn {
			states = append(states, w.T(row.StateKey(s)))
		}
	}
	for _, f := range row.Asks() {
		needs = append(needs, "--"+string(f))
	}
	comma := w.T("cli.list_comma")
	return short, w.T("cli.deed_long", words.Data{"Short": short, "Seats": strings.Join(seats, comma), "States": strings.Join(states, comma),
		"Needs": strings.Join(needs, " "), "Any": len(needs) > 0})
}
