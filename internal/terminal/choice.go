package terminal

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

// Choice is a flag that takes some of a few values, or the words for them.
type Choice struct {
	w             *words.Words
	flag          string
	values, words []string
	also          map[string]string // other words that lists say for a value
}

// choice is a flag of values, each with the catalogue's key of its word.
func (sc *Screen) choice(flag string, values []string, key func(value string) string) Choice {
	c := Choice{w: sc.W, flag: flag, values: values}
	for _, v := range values {
		c.words = append(c.words, sc.W.T(key(v)))
	}
	return c
}

// LightChoice are those of tasks.
func (sc *Screen) LightChoice() Choice {
	return sc.choice("light", []string{"red", "yellow", "blue", "green", "done_late", "done"}, func(v string) string { return "term." + v })
}

// StateChoice are those of tasks.
func (sc *Screen) StateChoice() Choice {
	var all []string
	for _, s := range act.States {
		all = append(all, string(s))
	}
	return sc.choice("state", all, func(v string) string { return "report.state_" + v })
}

// TalkStateChoice are those of talks.
func (sc *Screen) TalkStateChoice() Choice {
	var all []string
	for _, s := range []act.TalkState{act.TalkPending, act.TalkProposed, act.TalkOpen, act.TalkDeclined, act.TalkClosed, act.TalkVoid, act.TalkCarried, act.TalkJoined} {
		all = append(all, string(s))
	}
	return sc.choice("state", all, func(v string) string { return "report.talk_" + v })
}

// KindChoice are those of tasks, duties and lines.
func (sc *Screen) KindChoice() Choice {
	keys := map[string]string{string(plan.Dated): "case.kind_dated", report.KindTask: "report.kind_" + report.KindTask, report.KindOccurrence: "case.kind_" + report.KindOccurrence,
		string(plan.Duty): "term.duty", string(plan.Standing): "term.standing"}
	c := sc.choice("kind", []string{string(plan.Dated), report.KindTask, report.KindOccurrence, string(plan.Duty), string(plan.Standing)}, func(v string) string { return keys[v] })
	c.also = map[string]string{sc.W.T("report.kind_" + report.KindOccurrence): report.KindOccurrence}
	return c
}

// Said are the values with their words, for reading.
func (c Choice) Said() string {
	all := make([]string, len(c.values))
	for i, v := range c.values {
		all[i] = v
		if c.words[i] != v {
			all[i] = c.w.T("case.value", words.Data{"Value": v, "Word": c.words[i]})
		}
	}
	return strings.Join(all, c.w.T("cli.list_comma"))
}

// chosen is a flag that takes some of a Choice's values, as pflag.SliceValue has it; "" is
// left out.
type chosen[T ~string] struct {
	Choice
	to *[]T
}

func (c chosen[T]) Set(text string) error {
	for one := range strings.SplitSeq(text, ",") {
		if err := c.Append(one); err != nil {
			return err
		}
	}
	return nil
}

func (c chosen[T]) Append(text string) error {
	value, err := c.read(text)
	if value != "" {
		*c.to = append(*c.to, T(value))
	}
	return err
}

func (c chosen[T]) Replace(all []string) error {
	*c.to = nil
	return c.Set(strings.Join(all, ","))
}

func (c chosen[T]) GetSlice() (all []string) {
	for _, v := range *c.to {
		all = append(all, string(v))
	}
	return all
}

func (c chosen[T]) String() string {
	if c.to == nil {
		return ""
	}
	return strings.Join(c.GetSlice(), ",")
}

func (c chosen[T]) Type() string { return "stringSlice" }

// Choose gives a command the flag of a Choice, with the key of its help; it takes several
// values.
func Choose[T ~string](c *cobra.Command, of Choice, to *[]T, key string) {
	c.Flags().Var(chosen[T]{of, to}, of.flag, of.usage(key))
}

// ChooseOne is Choose of one value.
func ChooseOne[T ~string](c *cobra.Command, of Choice, to *T, key string) {
	Take(c, to, of.flag, of.usage(key), func(text string) (T, error) {
		value, err := of.read(text)
		return T(value), err
	})
}

func (c Choice) usage(key string) string { return c.w.T(key, words.Data{"Values": c.Said()}) }

// read is the value that is meant; "" of none. What is no value is a sentence.
func (c Choice) read(given string) (value string, err error) {
	if given == "" || slices.Contains(c.values, given) {
		return given, nil
	}
	if value, ok := c.also[given]; ok {
		return value, nil
	}
	i := slices.IndexFunc(c.words, func(w string) bool { return w == given || w == strings.TrimSuffix(given, "灯") })
	if i < 0 {
		return "", c.w.Err("case.bad_value", words.Data{"Flag": c.flag, "Value": given, "Values": c.Said()})
	}
	return c.values[i], nil
}
