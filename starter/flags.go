package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"duban/internal/form"
	"duban/internal/people"
	"duban/internal/terminal"
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
		data["Flag"] = terminal.Dashed(unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames())
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		data["Near"] = strings.Join(people.Near(fmt.Sprint(data["Flag"]), names), " / ")
	case errors.As(err, &bare):
		key = "help.flag_bare"
		data["Flag"] = terminal.Dashed(bare.GetSpecifiedName(), bare.GetSpecifiedShortnames())
	case errors.As(err, &wrong) && errors.As(wrong.Unwrap(), new(sentenceError)):
		return wrong.Unwrap()
	case errors.As(err, &wrong):
		key = "help.flag_wrong"
		data["Flag"], data["Value"] = "--"+wrong.GetFlag().Name, wrong.GetValue()
		data["Want"] = a.show().Takes(wrong.GetFlag())
	}
	return errors.New(a.w.T(key, data))
}
