package activities_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// saidTwice are the notices that a seat got again within a week about the same thing, with
// the same kind and light. Stages about one thing have IDs that differ in an ending:
// talk-held-missed and talk-held-remind are both about the step held, remind-7 and remind-3
// both about the due date.
func saidTwice(notices []ledger.Notice) (twice []string) {
	step := regexp.MustCompile(`^talk-([a-z]+)-`)
	matter := regexp.MustCompile(`^((?:part|instruction|return|extension|report)-\d+)-`)
	type key struct {
		to             people.Recipient
		task, talk, of string
		kind           plan.StageKind
		light          plan.Light
	}
	last := map[key]ledger.Notice{}
	for _, n := range notices {
		if n.Kind == plan.Told || n.State != ledger.Sent {
			continue
		}
		k := key{to: n.Recipient, task: n.Task, talk: n.Talk, kind: n.Kind, light: n.Light}
		switch {
		case step.MatchString(n.Stage):
			k.of = step.FindStringSubmatch(n.Stage)[1]
		case matter.MatchString(n.Stage):
			k.of = matter.FindStringSubmatch(n.Stage)[1]
		case strings.HasPrefix(n.Stage, "study"), strings.HasPrefix(n.Stage, "unacknowledged"), strings.HasPrefix(n.Stage, "silent"):
			k.of = n.Stage
		}
		if before, ok := last[k]; ok && n.In().Sub(before.In()) < 7*24*time.Hour && n.In().After(before.In()) {
			twice = append(twice, fmt.Sprintf("%s %s %s: %s on %s, %s on %s", n.Recipient, n.Task, n.Talk, before.Stage, before.In().Format(time.DateOnly), n.Stage, n.In().Format(time.DateOnly)))
		}
		last[k] = n
	}
	return twice
}

// TestTheJudgeOfRepetitionBites: saidTwice finds a repetition where there is one.
func TestTheJudgeOfRepetitionBites(t *testing.T) {
	t.Parallel()
	to := people.Recipient{Unit: "a", Role: people.Liaison}
	at := calendar.NewDay(2021, 6, 1).At(9, 0, calendar.Beijing)
	word := func(stage string, kind plan.StageKind, light plan.Light, day int) ledger.Notice {
		n := ledger.Notice{Plan: "p", State: ledger.Sent, SpeakAt: at.AddDate(0, 0, day)}
		n.Task, n.Stage, n.Kind, n.Light, n.Recipient = "t", stage, kind, light, to
		return n
	}
	first := word("remind-3", plan.Remind, plan.Yellow, 0)
	for name, c := range map[string]struct {
		second ledger.Notice
		twice  bool
	}{
		"the same light three days later": {word("remind-1", plan.Remind, plan.Yellow, 3), true},
		"a week later":                    {word("remind-1", plan.Remind, plan.Yellow, 7), false},
		"graver":                          {word("urge", plan.Urge, plan.Red, 3), false},
		"another light":                   {word("remind-1", plan.Remind, plan.Red, 3), false},
		"another matter":                  {word("part-1-remind", plan.Remind, plan.Yellow, 3), false},
	} {
		require.Equal(t, c.twice, len(saidTwice([]ledger.Notice{first, c.second})) > 0, name)
	}
}
