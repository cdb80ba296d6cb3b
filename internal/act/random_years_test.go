package act_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// Random years: people act in any order at any instant, and plans are amended. DUBAN_LONG=1
// plays 200,000 acts (make laws), DUBAN_SEED=n plays one year alone.
const (
	shortActs = 6_000
	longActs  = 200_000
)

// year is a task with its acts, in order of time: enough to play it again.
type year struct {
	policy     string
	due, begin calendar.Day
	acts       []step
}

// step is an act on the task, or on one of its talks.
type step struct {
	act.Act
	talk   int // index of the talk acted on; -1: the task
	show   bool
	notice []calendar.Holiday // set: a holiday notice instead of an act
}

// invent makes a year up from a seed while it is played.
func invent(b act.Rules, seed uint64) (year, *player) {
	r := rand.New(rand.NewPCG(seed, 7))
	start := calendar.NewDay(2021, 4, 8)
	y := year{policy: []string{"standard", "standard", "standard", "13710", "soft"}[r.IntN(5)], due: start.AddDays(5 + r.IntN(150))}
	if r.IntN(5) == 0 {
		y.begin = start.AddDays(r.IntN(y.due.Sub(start)))
	}
	p := y.player(b)
	at := p.assigned.Add(9 * time.Hour)
	for n := 3 + r.IntN(25); n > 0; n-- {
		at = soon(r, p, at)
		s := step{Act: actNow(r, p, at, len(y.acts)), talk: -1, show: r.IntN(2) == 0}
		p.before(at) // a talk may open
		if r.IntN(20) == 0 {
			for _, a := range amendment(r, p, at, len(y.acts)) {
				s := step{Act: a, talk: -1}
				y.acts = append(y.acts, s)
				p.step(s)
			}
			continue
		}
		if r.IntN(40) == 0 {
			s.notice = anyNotice(r, s.On)
		} else if len(p.courses) > 0 && r.IntN(3) == 0 {
			s.talk = r.IntN(len(p.courses))
			s.Act = talkNow(r, p, s.talk, at, len(y.acts))
		}
		y.acts = append(y.acts, s)
		p.step(s)
	}
	p.to(at.AddDate(0, 2, 0))
	return y, p
}

func (y year) player(b act.Rules) *player {
	c := begin(b, y.policy, y.due, calendar.NewDay(2021, 4, 8).At(0, 0, calendar.Beijing).UTC())
	c.Begin = y.begin
	return newPlayer(b, b.Course(c.Case))
}

// play is the year played again.
func (y year) play(b act.Rules) *player {
	p := y.player(b)
	at := p.assigned
	for _, s := range y.acts {
		at = s.At
		p.step(s)
	}
	p.to(at.AddDate(0, 2, 0))
	return p
}

func (p *player) step(s step) {
	p.before(s.At)
	if s.notice != nil {
		p.announce(s.At, withDays(p.Calendar, s.notice))
	} else if s.talk < 0 {
		p.on(s.Act)
	} else if s.talk < len(p.courses) {
		p.onTalk(s.talk, s.Act)
	}
	if p.evening = (calendar.Day{}); s.show {
		p.evening = s.On
	}
}

// before lets the time until an instant pass, and keeps what a list says on the
// evening before, where that is asked for.
func (p *player) before(at time.Time) {
	if end := p.evening.AddDays(1).At(0, 0, calendar.Beijing); !p.evening.IsZero() && !at.Before(end) {
		p.to(end)
		p.show(p.evening)
		p.evening = calendar.Day{}
	}
	p.to(at.Add(1))
}

// soon is a random instant not before another: the same one, or minutes, hours or weeks later,
// at night, on a rest day, or close to the due date.
func soon(r *rand.Rand, p *player, at time.Time) time.Time {
	switch r.IntN(12) {
	case 0:
		return at
	case 1:
		return at.Add(time.Duration(1+r.IntN(59)) * time.Second)
	case 2:
		return at.Add(time.Duration(r.IntN(600)) * time.Minute)
	case 3, 4: // around the date, at the hours at which something may happen
		d := p.Due.AddDays(r.IntN(4) - 1)
		if next := d.At([]int{0, 8, 9, 9, 23}[r.IntN(5)], []int{0, 0, 0, 1, 59}[r.IntN(5)], calendar.Beijing).UTC(); next.After(at) {
			return next
		}
		fallthrough
	case 5, 6:
		return dayOf(at).AddDays(1+r.IntN(4)).At(9, 0, calendar.Beijing).UTC()
	case 7: // midnight
		return dayOf(at).AddDays(1+r.IntN(10)).At(0, 0, calendar.Beijing).UTC()
	case 8:
		return at.Add(time.Duration(r.IntN(40*24*60)) * time.Minute)
	default:
		return at.Add(time.Duration(r.IntN(8*24*60)) * time.Minute)
	}
}

// likely are the acts on a task, the frequent ones more than once.
var likely = []act.Kind{act.Acknowledge, act.Acknowledge, act.Return, act.Uphold, act.Uphold, act.Progress, act.Progress, act.AskPart, act.GivePart, act.Complete, act.Complete,
	act.Verify, act.Reject, act.Reject, act.Extend, act.Extend, act.Grant, act.Grant, act.Refuse, act.Chase, act.Suspend, act.Suspend, act.Resume, act.Resume,
	act.Reassign, act.Assist, act.SetPolicy, act.Correct, act.Correct, act.Reword, act.Cancel, act.Instruct, act.Answer}

var people5 = []act.Actor{unitOf, clerkOf, mayorOf, helpOf, {Account: "other", Name: "孙工", Unit: "zezhou"}}

// actNow is an act on the task at an instant, mostly one that is possible.
func actNow(r *rand.Rand, p *player, at time.Time, n int) (a act.Act) {
	for try := 0; try < 6; try++ {
		a = anyAct(r, p, at, n)
		if (a.Kind == act.Cancel || a.Kind == act.Verify) && r.IntN(4) > 0 {
			continue
		}
		if p.Check(a) == nil {
			return a
		}
	}
	return a
}

func anyAct(r *rand.Rand, p *player, at time.Time, n int) act.Act {
	a := act.Act{ID: fmt.Sprint("a", n), Kind: likely[r.IntN(len(likely))], At: at, On: dayOf(at), Reason: "理由", Paper: "一号", Percent: r.IntN(101), Title: fmt.Sprint("题", n)}
	row, _ := act.Of(act.OnTask, a.Kind)
	switch row.By[r.IntN(len(row.By))] {
	case act.Lead:
		a.By = unitOf
		a.By.Unit = p.Lead
	case act.Office, act.Engine:
		a.By = clerkOf
	case act.Leadership:
		a.By = mayorOf
	case act.Assisting:
		a.By = helpOf
	}
	if r.IntN(12) == 0 {
		a.By = people5[r.IntN(len(people5))]
	}
	other := []string{"gaoping", "zezhou", "zhujian", "shuiwu"}[r.IntN(4)]
	switch a.Kind {
	case act.AskPart:
		a.Unit, a.Due = "shuiwu", a.On.AddDays(1+r.IntN(30))
	case act.Instruct:
		if r.IntN(4) > 0 {
			a.Due = a.On.AddDays(1 + r.IntN(30))
		}
	case act.GivePart, act.Answer:
		a.Ref = fmt.Sprint(1 + r.IntN(3))
	case act.Extend:
		a.Due = p.Due.AddDays(1 + r.IntN(60))
	case act.Grant:
		if r.IntN(2) == 0 {
			a.Due = a.On.AddDays(r.IntN(60))
		}
	case act.Suspend:
		if a.Moves = r.IntN(2) == 0; r.IntN(2) == 0 {
			a.Until = a.On.AddDays(1 + r.IntN(40))
		}
	case act.Reassign:
		if a.Unit = other; r.IntN(2) == 0 {
			a.Due = a.On.AddDays(1 + r.IntN(60))
		}
	case act.Assist:
		a.Units = []string{"shuiwu", other}
	case act.SetPolicy:
		a.Policy = []string{"standard", "13710", "soft"}[r.IntN(3)]
		if _, ok := p.Policies["standard@3"]; ok && r.IntN(4) == 0 {
			a.Policy = "standard@3"
		}
	case act.Correct:
		switch r.IntN(4) {
		case 0: // a date it had before
			a.Due = p.due
		case 1:
			a.Due = a.On.AddDays(-r.IntN(40))
		default:
			a.Due = a.On.AddDays(r.IntN(60))
		}
	}
	return a
}

// amendment are the acts by which an amended plan changes the task: several at one instant, some
// of which may be refused for now.
func amendment(r *rand.Rand, p *player, at time.Time, n int) (all []act.Act) {
	old := plan.Task{ID: "b", Kind: plan.Dated, Title: p.Title, Lead: p.Lead, Assist: p.Assist, Due: p.Due, Policy: p.Case.Policy}
	now := old
	now.Title, now.Lead, now.Due = fmt.Sprint("改题", n), []string{"gaoping", "zezhou", "zhujian"}[r.IntN(3)], dayOf(at).AddDays(r.IntN(80)-20)
	now.Assist, now.Policy = [][]string{nil, {"shuiwu"}, {"zhujian", "shuiwu"}}[r.IntN(3)], []string{"standard", "standard@3", "soft"}[r.IntN(3)]
	c := plan.TaskChange{ID: "b", What: plan.Changed, Old: &old, New: &now}
	if r.IntN(12) == 0 {
		c.What = plan.Removed
	}
	for _, f := range []string{plan.FieldTitle, plan.FieldLead, plan.FieldAssist, plan.FieldDue, plan.FieldPolicy} {
		if r.IntN(3) == 0 {
			c.Fields = append(c.Fields, plan.FieldChange{Field: f})
		}
	}
	for _, a := range act.ActsOf(c, false) {
		a.ID, a.By, a.At, a.On, a.Reason, a.Paper = fmt.Sprintf("amend-%d-%s", n, a.Kind), clerkOf, at, dayOf(at), "年中调整", "二号"
		all = append(all, a)
	}
	return all
}

// amended are the rules of a plan after an amendment that brought another version of its policy,
// standard@3, which warns and talks sooner.
func amended(b act.Rules) act.Rules {
	b.Policies = maps.Clone(b.Policies)
	next := b.Policies["standard"]
	next.Version, next.Stages = 3, slices.Clone(next.Stages)
	for i, s := range next.Stages {
		switch s.ID {
		case "warn":
			next.Stages[i].After = &plan.Offset{N: 3, Work: true}
		case "talk":
			next.Stages[i].After = &plan.Offset{N: 7, Work: true}
		}
	}
	b.Policies["standard@3"] = next
	return b
}

// many is how many random years a test plays: more in the long form.
func many(n uint64) uint64 {
	if os.Getenv("DUBAN_LONG") != "" {
		return n * 24
	}
	if testing.Short() {
		return max(1, n/4)
	}
	return n
}

// enough requires that a test has found more than n cases, or with -short, which plays fewer
// years, at least one.
func enough(t *testing.T, n, found int, why ...any) {
	t.Helper()
	if testing.Short() {
		n = 0
	}
	require.Greater(t, found, n, why...)
}

// anyNotice are the days that a random holiday notice changes, some of them still to come.
func anyNotice(r *rand.Rand, on calendar.Day) (days []calendar.Holiday) {
	for n := 1 + r.IntN(8); n > 0; n-- {
		d := on.AddDays(1 + r.IntN(50))
		days = append(days, calendar.Holiday{Name: "假", Date: d, IsOffDay: r.IntN(3) > 0})
	}
	return days
}

func withDays(cal *calendar.Calendar, days []calendar.Holiday) *calendar.Calendar {
	for _, y := range cal.Years() {
		for _, d := range days {
			if d.Date.Year == y.Year {
				y.Days = append(slices.Clone(y.Days), d)
			}
		}
		cal = cal.With(y)
	}
	return cal
}

func talkNow(r *rand.Rand, p *player, i int, at time.Time, n int) (a act.Act) {
	rows := act.On(act.OnTalk)
	for try := 0; try < 4; try++ {
		row := rows[1+r.IntN(len(rows)-1)]
		a = act.Act{ID: fmt.Sprint("a", n), Kind: row.Kind, At: at, On: dayOf(at), Reason: "理由", By: clerkOf}
		if row.By[0] == act.Leadership {
			a.By = mayorOf
		}
		if a.Kind == act.Serve {
			a.Talk = &act.TalkFacts{Number: "一号", Time: at.Add(20 * time.Hour), Place: "会议室", Called: []string{"局长"}}
		}
		if p.courses[i].Check(a) == nil {
			return a
		}
	}
	return a
}

// smallest is the year with only those acts without which the same breach does not happen.
func smallest(b act.Rules, y year, law int) year {
	breaks := func(y year) bool {
		for _, f := range judge(b, y.play(b).history) {
			if f.Law == law {
				return true
			}
		}
		return false
	}
	for again := true; again; {
		again = false
		for i := len(y.acts) - 1; i >= 0; i-- {
			less := y
			less.acts = append(append([]step{}, y.acts[:i]...), y.acts[i+1:]...)
			if breaks(less) {
				y, again = less, true
			}
		}
	}
	return y
}

func (y year) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "policy %s, due %s, begins %s\n", y.policy, y.due, y.begin)
	for _, a := range y.acts {
		line := acted([]done{{Act: a.Act}})
		if a.notice != nil {
			line = fmt.Sprintf("  %s notice %v\n", beijing(a.At), a.notice)
		}
		if a.talk >= 0 {
			line = fmt.Sprintf("  talk %d%s", a.talk, line)
		}
		s.WriteString(line)
	}
	return s.String()
}

// kinds are the acts of a year by kind alone.
func (y year) kinds() (all []act.Kind) {
	for _, a := range y.acts {
		if a.notice != nil {
			a.Kind = "notice"
		}
		all = append(all, a.Kind)
	}
	return all
}

func TestRandomYears(t *testing.T) {
	t.Parallel()
	b := amended(newRules(t))
	most, first, last := shortActs, uint64(1), ^uint64(0)
	if os.Getenv("DUBAN_LONG") != "" {
		most = longActs
	}
	if seed := os.Getenv("DUBAN_SEED"); seed != "" {
		_, err := fmt.Sscan(seed, &first)
		require.NoError(t, err)
		last = first
	}
	acts, refused, words, talks := 0, 0, 0, 0
	years, stories := map[int]int{}, map[string]bool{}
	for seed := first; seed <= last && acts < most; seed++ {
		y, p := invent(b, seed)
		acts += len(y.acts)
		for _, a := range p.acts {
			if a.Refused != "" {
				refused++
			}
		}
		words += len(p.said)
		talks += len(p.talks)
		require.Empty(t, p.renamed, "DUBAN_SEED=%d: %s", seed, y)
		broken := map[int]bool{}
		for _, f := range judge(b, p.history) {
			if broken[f.Law] {
				continue
			}
			broken[f.Law] = true
			if years[f.Law]++; years[f.Law] > 10 {
				continue // it takes long to find the smallest story
			}
			small := smallest(b, y, f.Law)
			if key := fmt.Sprint(f.Law, small.kinds()); !stories[key] {
				stories[key] = true
				played := small.play(b)
				t.Errorf("DUBAN_SEED=%d: %s\nthe smallest story of it: %s%s\n%s", seed, f, small, verdict(judge(b, played.history)), stageLines(played.said))
			}
		}
	}
	t.Logf("%d acts (%d refused), %d words, %d talks", acts, refused, words, talks)
	for law, n := range years {
		t.Errorf("law %d: broken in %d years", law, n)
	}
}
