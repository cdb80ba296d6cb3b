package act_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/laws"
	"duban/internal/plan"
)

// onDuties are all acts on a duty; those that can mean opposite things are there twice.
var onDuties = []variant{
	{"suspend", act.Suspend, clerkOf, "", nil},
	{"suspend for ten days", act.Suspend, clerkOf, "", func(a *act.Act) { a.Until = a.On.AddDays(10) }},
	{"suspend over a month's end", act.Suspend, clerkOf, "", func(a *act.Act) { a.Until = a.On.MonthEnd().AddDays(8) }},
	{"resume", act.Resume, clerkOf, "", nil},
	{"rule month+10", act.SetRule, clerkOf, "", rule("month+10")},
	{"rule month+45", act.SetRule, clerkOf, "", rule("month+45")},
	{"rule quarter", act.SetRule, clerkOf, "", rule("quarter")},
	{"rule quarter+20 from July", act.SetRule, clerkOf, "", func(a *act.Act) { a.Rule, a.Due = "quarter+20", calendar.NewDay(2021, 7, 1) }},
	{"rule the 25th", act.SetRule, clerkOf, "", rule("0 0 25 * *")},
	{"rule month", act.SetRule, clerkOf, "", rule("month")},
	{"end", act.EndDuty, clerkOf, "", nil},
	{"reassign", act.Reassign, clerkOf, "", unit("zezhou")},
	{"assist", act.Assist, clerkOf, "", assist("zhujian")},
	{"set the policy", act.SetPolicy, clerkOf, "", policy("13710")},
	{"reword", act.Reword, clerkOf, "", title("公开出厂水水质")},
}

// onOccurrences are the acts on the occurrence of May that may be taken for acts on
// its duty.
var onOccurrences = []string{"acknowledge", "complete", "verify", "return", "extend", "suspend", "suspend for ten days, moving", "reassign", "set the policy", "correct to later", "cancel"}

// dutyMoments are around the month's end of May 2021, a Monday.
var dutyMoments = []struct{ name, at string }{
	{"on the first day", "2021-04-08 10:00"},
	{"well before", "2021-05-11 10:00"},
	{"last week", "2021-05-26 10:00"},
	{"on the day", "2021-05-31 10:00"},
	{"overdue", "2021-06-04 10:00"},
}

// dutyDeed is an act on the duty, or on its occurrence of May.
type dutyDeed struct {
	name string
	do   func(d *dutyPlayer, at time.Time) *act.Refusal
}

func dutyDeeds() (all []dutyDeed) {
	for _, v := range onDuties {
		all = append(all, dutyDeed{v.name, func(d *dutyPlayer, at time.Time) *act.Refusal {
			a := act.Act{ID: fmt.Sprint("d", len(d.Acts)), Kind: v.kind, By: v.by, At: at, On: dayOf(at), Reason: "理由"}
			if v.says != nil {
				v.says(&a)
			}
			return d.on(a)
		}})
	}
	for _, name := range onOccurrences {
		v := variantNamed(name)
		all = append(all, dutyDeed{"May: " + name, func(d *dutyPlayer, at time.Time) *act.Refusal {
			d.to(at.Add(1))
			for _, p := range d.lives {
				if p.due == calendar.NewDay(2021, 5, 31) {
					return p.on(v.at(p, at))
				}
			}
			return &act.Refusal{Key: "act.refused_nothing_yet"}
		}})
	}
	return all
}

// laws holds a duty and its occurrences to the laws: beside those of every task,
// that no occurrence is opened in a pause or after the end, and that each is given
// to the unit that leads the duty then, with the rules then in force.
func (d *dutyPlayer) laws(t *testing.T) (found []breach) {
	found = laws.Duty(d.DutyHistory)
	for i, o := range d.Opened {
		lead, policy, ended := d.duty.Lead, d.duty.Policy, false
		var pause, until calendar.Day
		for _, a := range d.Acts {
			if a.Refused != "" || a.At.After(o.At) || a.At.Equal(o.At) && a.Kind == act.EndDuty {
				continue
			}
			switch a.Kind {
			case act.Reassign:
				lead = a.Unit
			case act.SetPolicy:
				policy = a.Policy
			case act.Suspend:
				pause, until = a.On, a.Until
			case act.Resume:
				pause = calendar.Day{}
			case act.EndDuty:
				ended = true
			}
		}
		c := d.lives[i]
		switch {
		case ended:
			found = append(found, breach{Law: 1, At: o.At, Text: fmt.Sprintf("%s is opened after the duty's end", o.Due)})
		case !pause.IsZero() && (until.IsZero() || dayOf(o.At).Before(until)):
			found = append(found, breach{Law: 1, At: o.At, Text: fmt.Sprintf("%s is opened in a pause", o.Due)})
		case c.history.lead != lead || c.history.policy != policy:
			found = append(found, breach{Law: 1, At: o.At, Text: fmt.Sprintf("%s is given to %s under %s: the duty is %s's under %s", o.Due, c.history.lead, c.history.policy, lead, policy)})
		}
		found = append(found, judge(d.Rules, c.history)...)
	}
	return found
}

// told is what comes next of a duty in words: the occurrence that is opened, and what is said.
func (d *dutyPlayer) told(from time.Time) string {
	var opened []string
	for _, o := range d.Opened {
		if !o.At.Before(from) && len(opened) < 2 {
			opened = append(opened, fmt.Sprintf("%s on %s", o.Due.String()[5:], dayOf(o.At).String()[5:]))
		}
	}
	if len(opened) == 0 {
		opened = []string{"nothing"}
	}
	type line struct {
		plan.Stage
		due calendar.Day
	}
	var all []line
	for _, p := range d.lives {
		for _, s := range p.said {
			if s.Kind != plan.Told && !s.At.Before(from) {
				all = append(all, line{s, p.due})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y line) int { return x.At.Compare(y.At) })
	var said []string
	for _, l := range all[:min(2, len(all))] {
		said = append(said, fmt.Sprintf("%s %s of %s to %s", beijing(l.At)[5:10], l.ID, l.due.String()[5:], l.To[0].Unit))
	}
	if len(said) == 0 {
		said = []string{"nothing"}
	}
	return "opens " + strings.Join(opened, ", ") + "; says " + strings.Join(said, ", ")
}

func TestEveryPairOnADuty(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	everyPair(t, "testdata/dutypairs.txt", "A duty of every month, given on 2021-04-08; the second act comes two working days after the first.\nAfter the colon: which occurrences are opened next, with their days, and what is said next. Where the first act is refused there is no line.",
		dutyMoments, dutyDeeds(), func(first, second dutyDeed, at time.Time) outcome {
			d := newDutyPlayer(b, &dutyHistory{"month", laws.DutyHistory{From: calendar.NewDay(2021, 4, 8)}})
			d.alive = true
			idle := first.do(d, at) != nil
			at = b.Calendar.AddWorkdays(dayOf(at), 2).At(15, 0, calendar.Beijing).UTC()
			line := first.name + ", then " + second.name + refusal(second.do(d, at))
			d.to(at.AddDate(0, 5, 0))
			return outcome{line + ": " + d.told(at.Add(1)), idle, d.laws(t), d.dutyHistory.String()}
		})
}
