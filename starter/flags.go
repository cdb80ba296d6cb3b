package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"duban/internal/form"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

// counted is a whole number as people write it: 60, 60%, ６０.
type counted[N int | int64] struct{ to *N }

// errNoNumber: what was given is no whole number.
var errNoNumber = errors.New("not a whole number")

func (n counted[N]) Set(text string) error {
	v, err := form.Whole(text)
	if err != nil {
		return errNoNumber
	}
	*n.to = N(v)
	return nil
}

func (n counted[N]) String() string {
	if n.to == nil {
		return "0"
	}
	return fmt.Sprint(*n.to)
}

func (n counted[N]) Type() string { return "int" }

// number is a flag that takes a whole number.
func number[N int | int64](c *cobra.Command, to *N, name string, otherwise N, usage string) {
	*to = otherwise
	c.Flags().Var(counted[N]{to}, name, usage)
}

// flagFault is what is wrong with the flags of a command, in the reader's words.
func (a *app) flagFault(c *cobra.Command, err error) error {
	data := words.Data{"Command": c.CommandPath(), "Error": err.Error(), "Flag": "", "Value": ""}
	key := "help.bad_flag"
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	var form *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &form):
		data["Error"] = form.GetSpecifiedFlag()
	case errors.As(err, &unknown):
		key = "help.flag_unknown"
		data["Flag"] = dashed(unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames())
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		data["Near"] = strings.Join(plan.Near(fmt.Sprint(data["Flag"]), names), " / ")
	case errors.As(err, &bare):
		key = "help.flag_bare"
		data["Flag"] = dashed(bare.GetSpecifiedName(), bare.GetSpecifiedShortnames())
	case errors.As(err, &wrong) && errors.As(wrong.Unwrap(), new(sentenceError)):
		return wrong.Unwrap()
	case errors.As(err, &wrong):
		key = "help.flag_wrong"
		data["Flag"], data["Value"] = "--"+wrong.GetFlag().Name, wrong.GetValue()
		data["Want"] = a.flagTakes(wrong.GetFlag())
	}
	return errors.New(a.w.T(key, data))
}

func dashed(name, short string) string {
	if short != "" {
		return "-" + short[:1]
	}
	return "--" + name
}

// flagTakes is what a flag takes, in a word: a whole number, a time span, text; nothing
// of one that is only set.
func (a *app) flagTakes(f *pflag.Flag) string {
	if f.Value.Type() == "bool" {
		return ""
	}
	return a.w.T("help.takes_" + strings.ToLower(f.Value.Type()))
}

// flagLines are the flags of a set, a line each, with what they take.
func (a *app) flagLines(set *pflag.FlagSet) string {
	var left, right []string
	widest := 0
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		name := "      --" + f.Name
		if f.Shorthand != "" {
			name = "  -" + f.Shorthand + ", --" + f.Name
		}
		if takes := a.flagTakes(f); takes != "" {
			name += " " + takes
		}
		usage := f.Usage
		if d := f.DefValue; d != "" && d != "0" && d != "false" && d != "[]" {
			usage += a.w.T("help.otherwise", words.Data{"Value": d})
		}
		left, right = append(left, name), append(right, usage)
		widest = max(widest, report.Wide(name))
	})
	var b strings.Builder
	for i := range left {
		fmt.Fprintln(&b, left[i]+strings.Repeat(" ", widest-report.Wide(left[i])+3)+right[i])
	}
	return b.String()
}

// argumentWords are the words of use lines that stand for what is to be typed.
var argumentWords = []string{"TASK", "TALK", "DUTY", "UNIT/SEAT", "UNIT", "FILE|PLAN", "FILE", "PLAN", "YEAR", "DIR", "NAME", "VALUE", "TEXT", "SHELL", "WORKFLOW", "ID", "TOKEN"}

// useLine is how a command is written, in the reader's words.
func (a *app) useLine(use string) string {
	fields := strings.Fields(use)
	for i, f := range fields {
		if i == 0 {
			continue
		}
		core := strings.Trim(f, "[]…")
		for _, w := range argumentWords {
			if core == w {
				fields[i] = strings.Replace(f, w, a.w.T("help.arg_"+strings.ToLower(strings.NewReplacer("|", "_", "/", "_").Replace(w))), 1)
			}
		}
	}
	return strings.Join(fields, " ")
}
