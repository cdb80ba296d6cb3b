package act_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
)

// talkActs are the acts on a talk, each with the acts that must come before it.
var talkActs = []struct {
	kind   act.Kind
	by     act.Actor
	before []act.Kind
}{
	{act.Serve, clerkOf, nil},
	{act.Held, clerkOf, []act.Kind{act.Serve}},
	{act.Absent, clerkOf, []act.Kind{act.Serve}},
	{act.Minutes, clerkOf, []act.Kind{act.Serve, act.Held}},
	{act.GivePlan, unitOf, []act.Kind{act.Serve, act.Held}},
	{act.ReturnPlan, clerkOf, []act.Kind{act.Serve, act.Held, act.GivePlan}},
	{act.GiveReport, unitOf, []act.Kind{act.Serve, act.Held, act.GivePlan}},
	{act.VerifyTalk, clerkOf, []act.Kind{act.Serve, act.Held, act.GivePlan, act.GiveReport}},
	{act.CloseTalk, mayorOf, nil},
	{act.Keep, mayorOf, nil},
	{act.Again, clerkOf, nil},
}

// onTasks are the acts on the task that may change what a talk rests on.
var onTasks = []string{"complete", "verify", "reject", "suspend", "suspend for ten days, moving", "resume", "reassign", "reassign with a date", "set the policy", "correct to later", "correct to earlier", "cancel"}

// talkMoments are days after the task's talk was opened, on 2021-07-14.
var talkMoments = []struct{ name, at string }{
	{"the day after it opened", "2021-07-15 10:00"},
	{"on the day of a limit", "2021-07-16 09:00"},
	{"three weeks later", "2021-08-04 10:00"},
	{"two months later", "2021-09-14 10:00"},
}

// deed is an act on the talk, or on its task.
type deed struct {
	name   string
	before []act.Kind
	do     func(p *player, at time.Time) *act.Refusal
}

func deeds() (all []deed) {
	talk := func(k act.Kind, by act.Actor) func(p *player, at time.Time) *act.Refusal {
		return func(p *player, at time.Time) *act.Refusal {
			a := talkAct(at, by, k)
			a.ID = fmt.Sprint("t", p.n)
			if k == act.Serve {
				a.Talk.Time = at
			}
			return p.onTalk(0, a)
		}
	}
	for _, x := range talkActs {
		all = append(all, deed{string(x.kind), x.before, talk(x.kind, x.by)})
	}
	for _, name := range onTasks {
		v := variantNamed(name)
		all = append(all, deed{"task: " + name, nil, func(p *player, at time.Time) *act.Refusal {
			a := v.at(p, at)
			a.ID = fmt.Sprint("a", p.n)
			if v.kind == act.Correct && name == "correct to later" {
				a.Due = a.On.AddDays(45)
			}
			return p.on(a)
		}})
	}
	return all
}

func TestEveryPairOnATalk(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	all := deeds()
	stepBy := func(k act.Kind) deed {
		return all[slices.IndexFunc(all, func(d deed) bool { return d.name == string(k) })]
	}
	everyPair(t, "testdata/talkpairs.txt", "The talk about a task due on 2021-06-30, opened on 07-14; the second act comes two working days after the first.\nAfter the colon: what is said of the talk next. Where the first act is refused there is no line.",
		talkMoments, all, func(first, second deed, at time.Time) outcome {
			p := newPlayer(b, begin(b, "standard", calendar.NewDay(2021, 6, 30), moment(t, "2021-04-08 00:00")))
			p.to(moment(t, "2021-07-14 09:01"))
			require.Len(t, p.talks, 1)
			before := first.before
			if len(second.before) > len(before) && !slices.Contains(second.before, act.Kind(first.name)) {
				before = second.before
			}
			for i, k := range before {
				require.Nil(t, stepBy(k).do(p, moment(t, "2021-07-14 15:00").Add(time.Duration(i)*time.Minute)))
			}
			idle := first.do(p, at) != nil
			at = b.Calendar.AddWorkdays(dayOf(at), 2).At(15, 0, calendar.Beijing).UTC()
			line := first.name + ", then " + second.name + refusal(second.do(p, at))
			said := len(p.talks[0].said)
			p.to(at.AddDate(0, 3, 0))
			return outcome{line + ": " + next(p.talks[0].said[said:]), idle, judge(b, p.history),
				acted(p.acts) + acted(p.talks[0].acts) + stageLines(p.talks[0].said)}
		})
}
