package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"duban/internal/words"
)

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
		return sentenceError(o.w.T("cli.flag_twice", words.Data{"Flag": o.name}))
	}
	o.set = true
	return o.Value.Set(value)
}

// IsBoolFlag tells that the flag may stand without a value.
func (o *once) IsBoolFlag() bool {
	b, ok := o.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// takeOnce lets every flag of a command and of those under it that takes one value
// take only one.
func (a *app) takeOnce(c *cobra.Command) {
	one := func(f *pflag.Flag) {
		if _, several := f.Value.(pflag.SliceValue); several || f.Value.Type() == "count" {
			return
		}
		if _, done := f.Value.(*once); !done {
			f.Value = &once{Value: f.Value, name: f.Name, w: a.w}
		}
	}
	c.Flags().VisitAll(one)
	c.PersistentFlags().VisitAll(one)
	for _, under := range c.Commands() {
		a.takeOnce(under)
	}
}
