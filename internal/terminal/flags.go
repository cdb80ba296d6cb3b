package terminal

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"duban/internal/calendar"
	"duban/internal/form"
	"duban/internal/people"
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

// Number is a flag that takes a whole number.
func Number[N int | int64](c *cobra.Command, to *N, name string, otherwise N, usage string) {
	*to = otherwise
	c.Flags().Var(counted[N]{to}, name, usage)
}

// taken is a flag whose text is read by a function.
type taken[T any] struct {
	to   *T
	text string
	read func(text string) (T, error)
}

func (f *taken[T]) Set(text string) (err error) {
	if f.text = text; text != "" {
		*f.to, err = f.read(text)
	}
	return err
}

func (f *taken[T]) String() string { return f.text }
func (f *taken[T]) Type() string   { return "string" }

// Take is a flag whose text is read by a function; what is wrong with it is a sentence. ""
// says nothing.
func Take[T any](c *cobra.Command, to *T, name, usage string, read func(text string) (T, error)) {
	c.Flags().Var(&taken[T]{to: to, read: read}, name, usage)
}

// Day is a flag that takes a day as people write it.
func (sc *Screen) Day(c *cobra.Command, to *calendar.Day, name, key string) {
	Take(c, to, name, sc.W.T(key), func(text string) (calendar.Day, error) {
		d, err := calendar.ReadDay(text)
		if err != nil {
			err = sc.W.Err("help.bad_day", words.Data{"Flag": name, "Value": text})
		}
		return d, err
	})
}

// flagFault is what is wrong with the flags of a command, in the reader's words.
func (sc *Screen) flagFault(c *cobra.Command, err error) error {
	data := words.Data{"Command": c.CommandPath(), "Error": err.Error(), "Flag": "", "Value": ""}
	key := "help.bad_flag"
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var wrong *pflag.InvalidValueError
	var form *pflag.InvalidSyntaxError
	var said words.Sentence
	switch {
	case errors.As(err, &form):
		data["Error"] = form.GetSpecifiedFlag()
	case errors.As(err, &unknown):
		key = "help.flag_unknown"
		data["Flag"] = Dashed(unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames())
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		data["Near"] = strings.Join(people.Near(fmt.Sprint(data["Flag"]), names), " / ")
	case errors.As(err, &bare):
		key = "help.flag_bare"
		data["Flag"] = Dashed(bare.GetSpecifiedName(), bare.GetSpecifiedShortnames())
	case errors.As(err, &wrong) && errors.As(wrong.Unwrap(), &said):
		return said
	case errors.As(err, &wrong):
		key = "help.flag_wrong"
		data["Flag"], data["Value"] = "--"+wrong.GetFlag().Name, wrong.GetValue()
		data["Want"] = cmp.Or(sc.Takes(wrong.GetFlag()), sc.W.T("help.takes_bool"))
	}
	return sc.W.Err(key, data)
}

// once refuses a second value of a flag that takes one: the first would be forgotten in
// silence.
type once struct {
	pflag.Value
	name string
	set  bool
	w    *words.Words
}

func (o *once) Set(value string) error {
	if o.set && value != o.String() {
		return o.w.Err("cli.flag_twice", words.Data{"Flag": o.name})
	}
	o.set = true
	return o.Value.Set(value)
}

// IsBoolFlag tells that the flag may be given without a value.
func (o *once) IsBoolFlag() bool {
	b, ok := o.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// takeOnce lets every flag of a command and of those under it that takes one value
// take only one.
func takeOnce(w *words.Words, c *cobra.Command) {
	one := func(f *pflag.Flag) {
		if _, several := f.Value.(pflag.SliceValue); several || f.Value.Type() == "count" {
			return
		}
		if _, done := f.Value.(*once); !done {
			f.Value = &once{Value: f.Value, name: f.Name, w: w}
		}
	}
	c.Flags().VisitAll(one)
	c.PersistentFlags().VisitAll(one)
	for _, under := range c.Commands() {
		takeOnce(w, under)
	}
}
