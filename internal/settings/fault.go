package settings

import "errors"

// Fault is one thing that is wrong with the settings. Error says it in English, for logs; Key and Data are for whoever
// says it in another language: the name of a sentence, and what is in it, Name being the variable.
type Fault struct {
	Key  string
	Data map[string]any
	text string
}

// NewFault is a fault of the variable name that was found elsewhere, with its English text.
func NewFault(key, name, text string) *Fault {
	return &Fault{Key: key, Data: map[string]any{"Name": name}, text: text}
}

func (f *Fault) Error() string { return f.text }

// with adds what is in the sentence.
func (f *Fault) with(name string, value any) *Fault {
	f.Data[name] = value
	return f
}

// Faults are all faults that an error is made of, in order; none when it is about something else.
func Faults(err error) (all []*Fault) {
	if f := (*Fault)(nil); errors.As(err, &f) && err == error(f) {
		return []*Fault{f}
	}
	switch wrapped := err.(type) {
	case interface{ Unwrap() []error }:
		for _, one := range wrapped.Unwrap() {
			all = append(all, Faults(one)...)
		}
	case interface{ Unwrap() error }:
		all = Faults(wrapped.Unwrap())
	}
	return all
}
