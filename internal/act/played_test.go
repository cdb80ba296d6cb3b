package act_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/plan"
)

// played are ordinary situations of which users of such systems complain, in a small plan,
// written by hand from the point of view of a unit's liaison and of the office's clerk. An act
// without a name is done by the unit that leads then.
var played = []struct {
	name, due, begin string
	acts             []string
}{
	{"a moving pause over the year's end", "2021-12-31", "", []string{"2021-12-20 10:00 clerk suspend until=2022-01-10 moves"}},
	{"resumed on a rest day, after the date", "2021-09-30", "", []string{"2021-09-28 10:00 clerk suspend", "2021-10-03 10:00 clerk resume"}},
	{"an extension granted shorter than asked for", "2021-09-30", "", []string{"2021-09-20 10:00 lead extend due=2021-11-30", "2021-09-22 10:00 clerk grant due=2021-10-15"}},
	{"an extension granted backwards", "2021-09-30", "", []string{"2021-09-20 10:00 lead extend due=2021-11-30", "2021-09-22 10:00 clerk grant due=2021-09-25"}},
	{"an extension decided after its own date", "2021-09-30", "", []string{"2021-09-20 10:00 lead extend due=2021-10-08", "2021-10-20 10:00 clerk grant"}},
	{"given to another during a pause", "2021-09-30", "", []string{"2021-05-10 10:00 clerk suspend", "2021-05-20 10:00 clerk reassign unit=zezhou", "2021-06-01 10:00 clerk resume"}},
	{"rejected, given to another, rejected again", "2021-09-30", "", []string{"2021-09-20 10:00 lead complete", "2021-09-22 10:00 clerk reject", "2021-09-23 10:00 clerk reassign unit=zezhou", "2021-09-29 10:00 lead complete", "2021-10-12 10:00 clerk reject"}},
	{"a part given a month late", "2021-09-30", "", []string{"2021-05-06 10:00 lead ask_part unit=shuiwu due=2021-05-20", "2021-06-20 10:00 help give_part ref=1"}},
	{"corrected twice, overdue", "2021-09-30", "", []string{"2021-10-15 10:00 clerk correct due=2021-09-28", "2021-10-18 10:00 clerk correct due=2021-09-29"}},
	{"refused, asked for again, granted", "2021-09-30", "", []string{"2021-09-13 10:00 lead extend due=2021-10-30", "2021-09-14 10:00 clerk refuse", "2021-09-15 10:00 lead extend due=2021-10-20", "2021-09-27 10:00 clerk grant"}},
	{"reported before it begins", "2021-09-30", "2021-07-08", []string{"2021-06-01 10:00 lead complete", "2021-06-03 10:00 clerk reject"}},
	{"cancelled in the hour after its talk opened", "2021-09-30", "", []string{"2021-10-20 10:00 clerk cancel"}},
	{"reported and rejected in the minute of the urge", "2021-09-30", "", []string{"2021-10-08 09:00 lead complete", "2021-10-08 09:00 clerk reject"}},
	{"reported at night, rejected at night", "2021-09-30", "", []string{"2021-10-07 23:59 lead complete", "2021-10-13 23:00 clerk reject"}},
	{"an extension refused long after the date", "2021-09-30", "", []string{"2021-09-27 10:00 lead extend due=2021-11-30", "2021-10-25 10:00 clerk refuse"}},
	{"an extension granted after the talk opened", "2021-09-30", "", []string{"2021-09-27 10:00 lead extend due=2021-11-30", "2021-10-28 10:00 clerk grant"}},
	{"reported while an extension waits, rejected after the date", "2021-09-30", "", []string{"2021-09-27 10:00 lead extend due=2021-11-30", "2021-09-28 10:00 lead complete", "2021-10-11 10:00 clerk reject"}},
	{"handed from one to the other and back", "2021-09-30", "", []string{"2021-04-13 10:00 clerk reassign unit=zezhou", "2021-04-14 10:00 lead return", "2021-04-20 10:00 clerk reassign unit=gaoping", "2021-04-21 10:00 lead return"}},
	{"a return that waits through a pause", "2021-09-30", "", []string{"2021-04-13 10:00 lead return", "2021-04-14 10:00 clerk suspend", "2021-05-06 10:00 clerk resume"}},
	{"an instruction whose day lies in a pause", "2021-09-30", "", []string{"2021-05-10 10:00 mayor instruct due=2021-05-20", "2021-05-12 10:00 clerk suspend until=2021-06-01"}},
	{"an instruction answered late, while a report waits", "2021-09-30", "", []string{"2021-05-10 10:00 mayor instruct due=2021-05-20", "2021-05-13 10:00 lead complete", "2021-05-25 10:00 lead answer ref=1", "2021-05-26 10:00 clerk reject"}},
	{"a part due after the task's own new date", "2021-09-30", "", []string{"2021-05-06 10:00 lead ask_part unit=shuiwu due=2021-09-20", "2021-05-10 10:00 clerk correct due=2021-06-30"}},
	{"the unit asked for a part leads for two days", "2021-09-30", "", []string{"2021-05-06 10:00 lead ask_part unit=shuiwu due=2021-05-20", "2021-05-10 10:00 clerk reassign unit=shuiwu", "2021-05-12 10:00 clerk reassign unit=gaoping"}},
	{"a long pause between urge and warning", "2021-09-30", "", []string{"2021-10-09 10:00 clerk suspend", "2021-11-20 10:00 clerk resume"}},
	{"a pause right after the talk opened", "2021-09-30", "", []string{"2021-10-21 10:00 clerk suspend until=2021-11-08"}},
	{"verified before the talk was held", "2021-09-30", "", []string{"2021-10-22 10:00 lead complete", "2021-10-25 10:00 clerk verify"}},
	{"given to another after the talk opened", "2021-09-30", "", []string{"2021-10-22 10:00 clerk reassign unit=zezhou"}},
	{"another policy between urge and warning", "2021-09-30", "", []string{"2021-10-09 10:00 clerk set_policy policy=13710"}},
	{"granted, and set back when the old date has passed", "2021-09-30", "", []string{"2021-08-02 10:00 lead extend due=2021-10-30", "2021-08-03 10:00 clerk grant", "2021-10-12 10:00 clerk correct due=2021-09-30"}},
	{"paused three times for a day", "2021-09-30", "", []string{"2021-10-07 10:00 clerk suspend until=2021-10-08", "2021-10-08 08:00 clerk suspend until=2021-10-09", "2021-10-09 08:00 clerk suspend until=2021-10-11"}},
	{"reported and rejected three times in a row", "2021-09-30", "", []string{"2021-10-09 10:00 lead complete", "2021-10-09 16:00 clerk reject", "2021-10-11 10:00 lead complete", "2021-10-11 16:00 clerk reject", "2021-10-12 10:00 lead complete", "2021-10-12 16:00 clerk reject"}},
	{"reported in the last minute, rejected a month later", "2021-09-30", "", []string{"2021-09-30 23:59 lead complete", "2021-10-30 10:00 clerk reject"}},
	{"reported a minute before the urge", "2021-09-30", "", []string{"2021-10-08 08:59 lead complete", "2021-10-13 10:00 clerk verify"}},
	{"corrected forwards and back within the hour", "2021-09-30", "", []string{"2021-10-09 10:00 clerk correct due=2021-12-31", "2021-10-09 11:00 clerk correct due=2021-09-30"}},
	{"a date that moves past the one asked for", "2021-09-30", "", []string{"2021-08-02 10:00 lead extend due=2021-10-30", "2021-08-03 10:00 clerk suspend until=2021-10-20 moves", "2021-10-21 10:00 clerk grant"}},
	{"1: paused from the day after it was received, without an end, resumed by hand", "2021-09-30", "", []string{"2021-04-13 10:00 clerk suspend", "2021-08-30 10:00 clerk resume"}},
	{"1: two pauses that leave ten days of silence each", "2021-12-31", "", []string{"2021-04-26 10:00 clerk suspend until=2021-06-01", "2021-06-15 10:00 clerk suspend until=2021-07-01 moves"}},
	{"2: a slip to a date to come, found the next day, after the warning", "2021-04-30", "", []string{"2021-05-13 10:00 clerk correct due=2021-09-30", "2021-05-14 10:00 clerk correct due=2021-04-30"}},
	{"2: corrected to another day gone by, after the talk opened", "2021-04-30", "", []string{"2021-06-15 10:00 clerk correct due=2021-05-07", "2021-06-16 10:00 clerk correct due=2021-04-29"}},
	{"3: the date moves to the future while the talk waits for its notice, and is missed again", "2021-04-30", "", []string{"2021-05-19 10:00 clerk correct due=2021-06-30"}},
	{"3: granted in the hour before the talk opens", "2021-04-30", "", []string{"2021-04-26 10:00 lead extend due=2021-08-31", "2021-05-17 08:30 clerk grant"}},
	{"4: a pause over the date that does not move it, resumed two weeks after", "2021-04-30", "", []string{"2021-04-28 10:00 clerk suspend", "2021-05-17 10:00 clerk resume"}},
	{"4: reported on the last day, rejected in the evening before a rest day", "2021-04-30", "", []string{"2021-04-30 23:00 lead complete", "2021-05-21 20:00 clerk reject"}},
	{"5: paused after the warning, for three weeks", "2021-04-30", "", []string{"2021-05-12 10:00 clerk suspend until=2021-06-02"}},
	{"6: given to another with a new date after the warning", "2021-04-30", "", []string{"2021-05-13 10:00 clerk reassign unit=zezhou due=2021-06-30"}},
	{"6: given to another and back, both overdue", "2021-04-30", "", []string{"2021-05-13 10:00 clerk reassign unit=zezhou", "2021-05-20 10:00 clerk reassign unit=gaoping"}},
	{"7: handed back on the last day for it, upheld on the morning of the limit for receiving", "2021-09-30", "", []string{"2021-04-15 17:00 lead return", "2021-04-20 08:00 clerk uphold"}},
	{"9: begins in autumn, and is reported on in summer", "2021-12-31", "2021-09-01", []string{"2021-07-01 10:00 lead progress"}},
	{"9: begins after a pause that ends on that day", "2021-12-31", "2021-09-01", []string{"2021-08-01 10:00 clerk suspend until=2021-09-01"}},
	{"10: an extension asked for, then the date corrected past what was asked", "2021-09-30", "", []string{"2021-09-13 10:00 lead extend due=2021-10-30", "2021-09-14 10:00 clerk correct due=2021-11-30"}},
	{"10: an extension asked for, then the date corrected, but short of it", "2021-09-30", "", []string{"2021-09-13 10:00 lead extend due=2021-12-30", "2021-09-14 10:00 clerk correct due=2021-10-29"}},
	{"10: an extension and a return at once, the task given to another", "2021-09-30", "", []string{"2021-04-13 10:00 lead extend due=2021-12-30", "2021-04-14 10:00 lead return", "2021-04-16 10:00 clerk reassign unit=zezhou"}},
	{"a date granted, set back to one that has passed", "2021-04-30", "", []string{"2021-04-20 10:00 lead extend due=2021-12-31", "2021-04-21 10:00 clerk grant", "2021-06-10 10:00 clerk correct due=2021-04-30"}},
	{"verified a minute before the talk opens", "2021-04-30", "", []string{"2021-05-14 10:00 lead complete", "2021-05-17 08:59 clerk verify"}},
	{"a policy of another pace on the day of the limit", "2021-04-30", "", []string{"2021-04-30 09:00 clerk set_policy policy=13710"}},
	{"corrected in a pause that would move the date", "2021-06-30", "", []string{"2021-06-01 10:00 clerk suspend until=2021-06-20 moves", "2021-06-11 10:00 clerk correct due=2021-08-10"}},
	{"corrected while a report waits, which is rejected", "2021-06-30", "", []string{"2021-06-10 10:00 lead complete", "2021-06-11 10:00 clerk correct due=2021-08-10", "2021-06-15 10:00 clerk reject"}},
	{"asked for, paused, and granted in the pause", "2021-06-30", "", []string{"2021-06-21 10:00 lead extend due=2021-08-20", "2021-06-22 10:00 clerk suspend until=2021-07-20 moves", "2021-06-25 10:00 clerk grant"}},
	{"reported in the last minute, rejected before the morning", "2021-06-30", "", []string{"2021-06-30 23:59 lead complete", "2021-07-01 08:00 clerk reject"}},
	{"reported in time, rejected on the last day", "2021-06-30", "", []string{"2021-06-24 10:00 lead complete", "2021-06-30 10:00 clerk reject"}},
	{"cancelled, and reinstated when the date has passed", "2021-06-30", "", []string{"2021-06-20 10:00 clerk cancel", "2021-07-05 10:00 clerk reinstate"}},
	{"paused at night on the last day, resumed the next morning", "2021-06-30", "", []string{"2021-06-30 23:50 clerk suspend", "2021-07-01 08:00 clerk resume"}},
	{"another policy in a pause", "2021-06-30", "", []string{"2021-06-01 10:00 clerk suspend until=2021-07-10", "2021-06-02 10:00 clerk set_policy policy=13710"}},
	{"an instruction and a part due on the day on which the task is given to another", "2021-09-30", "", []string{"2021-05-06 10:00 mayor instruct due=2021-05-20", "2021-05-06 11:00 lead ask_part unit=shuiwu due=2021-05-20", "2021-05-20 10:00 clerk reassign unit=zezhou"}},
}

// TestStoriesPlayedByHand judges each story by the laws, and keeps what is said in it, and to
// whom.
func TestStoriesPlayedByHand(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	out.WriteString("Each task was given on 2021-04-08 and received on 04-12; what is told at once is left out.\n")
	for _, story := range played {
		b := newRules(t)
		c := begin(b, "standard", day(t, story.due), moment(t, "2021-04-08 00:00"))
		if story.begin != "" {
			c.Begin = day(t, story.begin)
			c = b.Course(c.Case)
		}
		p := newPlayer(b, c)
		fmt.Fprintf(&out, "\n%s; due %s\n", story.name, story.due)
		first := ""
		for _, line := range append([]string{"2021-04-12 10:00 lead acknowledge"}, story.acts...) {
			a := written(t, line)
			if strings.Contains(line, " lead ") {
				a.By = act.Actor{Account: "unit", Name: "王敏", Unit: p.Lead}
			}
			line += refusal(p.on(a))
			if a.Kind != act.Acknowledge {
				out.WriteString("  > " + line + "\n")
				if first == "" {
					first = line[:16]
				}
			}
		}
		p.to(moment(t, "2022-02-28 00:00"))
		require.Empty(t, verdict(judge(b, p.history)), story.name)
		all := slices.Clone(p.said)
		for _, k := range p.talks {
			all = append(all, k.said...)
		}
		slices.SortStableFunc(all, func(x, y plan.Stage) int { return x.At.Compare(y.At) })
		for _, s := range all {
			if s.Kind != plan.Told && beijing(s.At) >= first {
				out.WriteString("  " + stageLine(s) + "\n")
			}
		}
	}
	golden(t, "testdata/stories.txt", out.String())
}
