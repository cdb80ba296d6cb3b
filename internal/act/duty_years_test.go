package act_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/laws"
	"duban/internal/plan"
)

// dutyHistory is what the judge reads of a duty, and the rule that it began with.
type dutyHistory struct {
	rule string
	laws.DutyHistory
}

var dutyRules = []string{"month", "month+10", "month+20", "month+45", "quarter", "quarter+20", "quarter+100", "halfyear", "halfyear+15", "year", "0 0 25 * *", "0 0 10 * *"}

// dutyPlayer plays a duty as its workflow does, and each of its occurrences too where alive is
// set.
type dutyPlayer struct {
	act.Rules
	*dutyHistory
	duty     plan.Task
	course   act.Course
	launched time.Time
	now      time.Time
	alive    bool
	lives    []*player // of the occurrences, in the order in which they were opened
}

func newDutyPlayer(b act.Rules, h *dutyHistory) *dutyPlayer {
	first, _ := act.RuleOf(h.rule)
	first.From = h.From
	d := &dutyPlayer{Rules: b, dutyHistory: h, launched: h.From.At(0, 0, calendar.Beijing).UTC()}
	d.now = d.launched
	d.duty = plan.Task{ID: "d", Kind: plan.Duty, Title: "公开水质", Lead: "gaoping", Assist: []string{"shuiwu"}, Policy: "standard", Recur: &first}
	d.course = b.Open(act.Case{Kind: plan.Duty, Title: d.duty.Title, Lead: "gaoping", Assist: d.duty.Assist, Office: "office", Leadership: "group",
		Policy: "standard", Assigned: d.launched, Rule: &first})
	return d
}

// do does an act on the duty now.
func (d *dutyPlayer) do(a act.Act) *act.Refusal {
	after, _, refused := d.Act(d.course, a)
	one := done{Act: a}
	if refused != nil {
		one.Refused = refused.Key
	}
	d.Acts = append(d.Acts, one)
	d.course = after
	if a.At.After(d.now) {
		d.now = a.At
	}
	return refused
}

// on does an act when its time has come.
func (d *dutyPlayer) on(a act.Act) *act.Refusal {
	d.open(a.At)
	return d.do(a)
}

// open opens every occurrence whose time comes before an instant.
func (d *dutyPlayer) open(before time.Time) {
	for !d.course.Over() {
		if d.course.Pause != nil {
			resume, ok := d.course.ResumesBy(before)
			if !ok {
				return
			}
			d.do(resume)
			continue
		}
		ruled := act.AsRuled(d.duty, d.course.Case)
		o, ok := d.NextOccurrence(d.Policies[ruled.Policy], ruled, d.course.OpenedUpTo(), d.launched)
		if o.Opens.Before(d.now) {
			o.Opens = d.now
		}
		if !ok || !o.Opens.Before(before) {
			return
		}
		d.course.Case, d.now = d.course.AsOpened(o.Due), o.Opens
		d.Opened = append(d.Opened, laws.Occurrence{At: o.Opens, Rule: act.RuleText(*ruled.Recur), Due: o.Due})
		if d.alive {
			c := begin(d.Rules, ruled.Policy, o.Due, o.Opens)
			c.Title, c.Lead, c.Assist = ruled.Title, ruled.Lead, ruled.Assist
			d.lives = append(d.lives, newPlayer(d.Rules, d.Rules.Course(c.Case)))
		}
	}
}

// to lets the duty and its occurrences run to an instant, exclusive.
func (d *dutyPlayer) to(at time.Time) {
	d.open(at)
	for _, p := range d.lives {
		p.to(at)
	}
}

// playDuty plays a duty without its occurrences.
func playDuty(b act.Rules, h *dutyHistory, acts []act.Act, until time.Time) {
	d := newDutyPlayer(b, h)
	for _, a := range acts {
		d.on(a)
	}
	d.open(until)
}

func dutyActs(r *rand.Rand, start calendar.Day) (acts []act.Act) {
	at := start.At(9, 0, calendar.Beijing).UTC()
	for n := r.IntN(7); n > 0; n-- {
		switch r.IntN(4) {
		case 0: // the day of a limit
			at = dayOf(at).AddDays(1).MonthEnd().At(r.IntN(24), 0, calendar.Beijing).UTC()
		case 1:
			at = at.Add(time.Duration(r.IntN(60)) * time.Minute)
		default:
			at = at.Add(time.Duration(r.IntN(150*24*60)) * time.Minute)
		}
		a := act.Act{ID: fmt.Sprint("a", len(acts)), By: clerkOf, At: at, On: dayOf(at), Reason: "理由"}
		switch r.IntN(5) {
		case 0:
			if a.Kind = act.Suspend; r.IntN(2) == 0 {
				a.Until = a.On.AddDays(1 + r.IntN(120))
			}
		case 1:
			a.Kind = act.Resume
		default:
			a.Kind, a.Rule = act.SetRule, dutyRules[r.IntN(len(dutyRules))]
		}
		acts = append(acts, a)
	}
	return acts
}

func (h dutyHistory) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "rule %s from %s\n", h.rule, h.From)
	for _, a := range h.Acts {
		fmt.Fprintf(&s, "  %s %s %s until=%s %s\n", beijing(a.At), a.Kind, a.Rule, a.Until, a.Refused)
	}
	for i, o := range h.Opened {
		if i == 12 {
			s.WriteString("  …\n")
			break
		}
		fmt.Fprintf(&s, "  %s opens %s by %s\n", beijing(o.At), o.Due, o.Rule)
	}
	return s.String()
}

func TestTheJudgeSeesAPeriodAskedForTwice(t *testing.T) {
	t.Parallel()
	opened := func(at, rule, due string) laws.Occurrence {
		return laws.Occurrence{At: moment(t, at), Rule: rule, Due: day(t, due)}
	}
	h := laws.DutyHistory{From: day(t, "2021-04-08"), Opened: []laws.Occurrence{
		opened("2021-04-08 00:00", "month", "2021-04-30"), opened("2021-04-28 00:00", "month", "2021-05-31"), opened("2021-06-28 00:00", "month+20", "2021-06-20")}}
	require.Contains(t, verdict(laws.Duty(h)), "asks again for 2021-05-01")
	h.Opened[2] = opened("2021-06-28 00:00", "month", "2021-07-31")
	require.Contains(t, verdict(laws.Duty(h)), "nobody asked for 2021-06-01")
}

func TestRandomYearsOfDuties(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	acts, opened, told := 0, 0, 0
	for seed := uint64(1); seed <= 2000; seed++ {
		r := rand.New(rand.NewPCG(seed, 11))
		from := calendar.NewDay(2021, time.Month(1+r.IntN(12)), 1+r.IntN(28))
		play := func(acts []act.Act) dutyHistory {
			h := dutyHistory{dutyRules[seed%uint64(len(dutyRules))], laws.DutyHistory{From: from}}
			playDuty(b, &h, acts, from.AddDays(3*365).At(0, 0, calendar.Beijing).UTC())
			return h
		}
		all := dutyActs(r, from)
		h := play(all)
		acts, opened = acts+len(all), opened+len(h.Opened)
		if len(laws.Duty(h.DutyHistory)) == 0 {
			continue
		}
		if told++; told > 4 {
			continue
		}
		for again := true; again; {
			again = false
			for i := range all {
				less := append(append([]act.Act{}, all[:i]...), all[i+1:]...)
				if len(laws.Duty(play(less).DutyHistory)) > 0 {
					all, again = less, true
					break
				}
			}
		}
		h = play(all)
		t.Errorf("seed %d: %s\n%s", seed, h, verdict(laws.Duty(h.DutyHistory)))
	}
	t.Logf("%d acts, %d occurrences; broken in %d lives", acts, opened, told)
}
