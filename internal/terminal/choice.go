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
	given         []string
}

// choice is a flag of values, each with the catalogue's key of its word.
func (sc *Screen) choice(flag string, values []string, key func(value string) string) *Choice {
	c := &Choice{w: sc.W, flag: flag, values: values}
	for _, v := range values {
		c.words = append(c.words, sc.W.T(key(v)))
	}
	return c
}

// LightChoice are those of tasks.
func (sc *Screen) LightChoice() *Choice {
	return sc.choice("light", []string{"red", "yellow", "blue", "green", "done_late", "done"}, func(v string) string { return "term." + v })
}

// StateChoice are those of tasks.
func (sc *Screen) StateChoice() *Choice {
	var all []string
	for _, s := range act.States {
		all = append(all, string(s))
	}
	return sc.choice("state", all, func(v string) string { return "report.state_" + v })
}

// TalkStateChoice are those of talks.
func (sc *Screen) TalkStateChoice() *Choice {
	var all []string
	for _, s := range []act.TalkState{act.TalkPending, act.TalkProposed, act.TalkOpen, act.TalkDeclined, act.TalkClosed, act.TalkVoid, act.TalkCarried, act.TalkJoined} {
		all = append(all, string(s))
	}
	return sc.choice("state", all, func(v string) string { return "report.talk_" + v })
}

// KindChoice are those of tasks, duties and lines.
func (sc *Screen) KindChoice() *Choice {
	keys := map[string]string{string(plan.Dated): "case.kind_dated", report.KindTask: "report.kind_" + report.KindTask, report.KindOccurrence: "case.kind_" + report.KindOccurrence,
		string(plan.Duty): "term.duty", string(plan.Standing): "term.standing"}
	c := sc.choice("kind", []string{string(plan.Dated), report.KindTask, report.KindOccurrence, string(plan.Duty), string(plan.Standing)}, func(v string) string { return keys[v] })
	c.also = map[string]string{sc.W.T("report.kind_" + report.KindOccurrence): report.KindOccurrence}
	return c
}

// Said are the values with their words, for reading.
func (c *Choice) Said() string {
	all := make([]string, len(c.values))
	for i, v := range c.values {
		all[i] = v
		if c.words[i] != v {
			all[i] = c.w.T("case.value", words.Data{"Value": v, "Word": c.words[i]})
		}
	}
	return strings.Join(all, c.w.T("cli.list_comma"))
}

// Flag gives a command the flag, with the key of its help; several: it takes several
// values.
func (c *Choice) Flag(to *cobra.Command, key string, several bool) {
	usage := c.w.T(key, words.Data{"Values": c.Said()})
	if several {
		to.Flags().StringSliceVar(&c.given, c.flag, nil, usage)
		return
	}
	to.Flags().Var((*oneOf)(c), c.flag, usage)
}

// oneOf is a Choice of one value.
type oneOf Choice

func (c *oneOf) Type() string          { return "string" }
func (c *oneOf) String() string        { return strings.Join(c.given, "") }
func (c *oneOf) Set(text string) error { c.given = []string{text}; return nil }

// Given are the values that were given, "" left out; what is none of them is a sentence.
func (c *Choice) Given() (values []string, err error) {
	for _, given := range c.given {
		value, ok := c.read(given)
		switch {
		case given == "":
		case !ok:
			return nil, c.w.Err("case.bad_value", words.Data{"Flag": c.flag, "Value": given, "Values": c.Said()})
		default:
			values = append(values, value)
		}
	}
	return values, nil
}

// read brings what was given to the value it means.
func (c *Choice) read(given string) (value string, ok bool) {
	if slices.Contains(c.values, given) {
		return given, true
	}
	if value, ok := c.also[given]; ok {
		return value, true
	}
	i := slices.IndexFunc(c.words, func(w string) bool { return w == given || w == strings.TrimSuffix(given, "灯") })
	if i < 0 {
		return "", false
	}
	return c.values[i], true
}
