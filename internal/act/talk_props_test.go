package act_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// talkLife is one talk in a random year of acts and of time, decided ahead of
// the instants at which its stages speak, as its workflow does it.
type talkLife struct {
	*rapid.T
	b       act.Book
	c       act.TalkCourse
	window  time.Duration
	decided []decidedAhead
	said    []plan.Stage
	rows    map[string]bool // revision and ID of what was decided
}

// decidedAhead is a stage decided for an instant still to come.
type decidedAhead struct {
	plan.Stage
	revision int
}

// pass lets stages be decided in their window and speak at their instants, until
// at, inclusive: what an act has overtaken by then is not said.
func (l *talkLife) pass(at time.Time) {
	for {
		if c, ok := l.b.Renew(l.c); ok {
			l.c = c
		}
		if len(l.c.Ladder) == 0 || l.c.Ladder[0].At.Add(-l.window).After(at) {
			break
		}
		l.speak(l.c.Ladder[0].At.Add(-l.window))
		s := l.c.Decide()
		row := fmt.Sprintf("%d/%s", l.c.Revision, s.ID)
		if !l.rows[row] { // the ledger knows it by revision and ID, and decides it once
			l.rows[row] = true
			l.decided = append(l.decided, decidedAhead{s, l.c.Revision})
		}
	}
	l.speak(at)
}

func (l *talkLife) speak(at time.Time) {
	slices.SortStableFunc(l.decided, func(a, b decidedAhead) int { return a.At.Compare(b.At) })
	for len(l.decided) > 0 && !l.decided[0].At.After(at) {
		if s := l.decided[0]; l.c.Stands(s.Stage, s.revision) {
			require.False(l, l.c.Over(), "%s is said of a talk that is %s", s.ID, l.c.State)
			l.said = append(l.said, s.Stage)
		}
		l.decided = l.decided[1:]
	}
}

func talkText(t require.TestingT, v any) string {
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

// do acts, and looks at what an act may never do.
func (l *talkLife) do(a act.Act) {
	was := talkText(l, l.c)
	after, told, refused := l.b.ActOnTalk(l.c, a)
	require.Equal(l, was, talkText(l, l.c), "an act changes the course it was given")
	if refused != nil {
		require.Equal(l, was, talkText(l, after))
		require.Empty(l, told)
		return
	}
	again, retold, refused := l.b.ActOnTalk(after, a)
	require.Nil(l, refused)
	require.Empty(l, retold)
	require.Equal(l, talkText(l, after), talkText(l, again), "the same act twice changes nothing")
	if l.c.State == act.TalkProposed && a.Kind != act.Recalendar {
		require.Equal(l, "副市长", after.Approver, "only a named leader decides")
	}
	l.c = act.TalkCourse{}
	require.NoError(l, json.Unmarshal([]byte(talkText(l, after)), &l.c)) // as it crosses the wire
	l.said = append(l.said, told...)
}

// notice puts another calendar in force at now: some days rest that worked, or
// work that rested, days gone by among them. Only what waits moves, to working
// days to come.
func (l *talkLife) notice(now time.Time) act.Act {
	changed := map[calendar.Day]bool{}
	for range rapid.IntRange(1, 6).Draw(l.T, "changed days") {
		changed[calendar.DayOf(now.In(calendar.Beijing)).AddDays(rapid.IntRange(-3, 20).Draw(l.T, "which day"))] = true
	}
	years := l.b.Calendar.Years()
	for i := range years {
		years[i].Days = slices.DeleteFunc(slices.Clone(years[i].Days), func(h calendar.Holiday) bool { return changed[h.Date] })
		for d := range changed {
			if d.Year == years[i].Year {
				years[i].Days = append(years[i].Days, calendar.Holiday{Date: d, IsOffDay: l.b.Calendar.IsWorkday(d)})
			}
		}
	}
	l.b.Calendar = calendar.New(years...)
	waited := map[string]bool{}
	for _, s := range append(slices.Clone(l.c.Ladder), l.c.Ahead...) {
		waited[s.ID] = waited[s.ID] || s.At.After(now)
	}
	a := talkAct(now, act.EngineActor, act.Recalendar)
	over := l.c.Over()
	l.do(a)
	for _, s := range l.c.Ladder {
		require.True(l, !over && waited[s.ID], "%s was said before", s.ID)
		require.True(l, !s.At.Before(now) && l.b.Calendar.IsWorkday(calendar.DayOf(s.At.In(calendar.Beijing))), "%s at %s", s.ID, s.At)
		delete(waited, s.ID)
	}
	for id, waits := range waited {
		require.False(l, !over && waits && l.c.State == act.TalkOpen && !strings.Contains(id, "remind"), "%s is lost", id)
	}
	return a
}

// sound looks at what must be true at any time.
func (l *talkLife) sound(now time.Time) {
	if l.c.Over() {
		require.Empty(l, l.c.Ladder)
		for _, by := range []act.Actor{mayor, keeper, called} {
			for _, row := range act.Talks {
				a := talkAct(now, by, row.Kind)
				a.ID = "another"
				require.NotNil(l, l.c.Check(a), "%s on a talk that is %s", row.Kind, l.c.State)
			}
		}
		return
	}
	out := map[act.TalkState]act.Kind{act.TalkProposed: act.Decline, act.TalkOpen: act.CloseTalk}[l.c.State]
	a := talkAct(now, mayor, out)
	a.ID = "another"
	require.Nil(l, l.c.Check(a), "there is a way out of %s", l.c.State)
	if l.c.State != act.TalkOpen {
		return
	}
	p := l.b.Policies[l.c.Policy]
	for _, s := range l.b.TalkLadder(p, l.c.Lead, l.c.Since, l.c.Taken) {
		if s.Kind != plan.Escalate {
			continue
		}
		id := s.ID
		if l.c.Round > 1 {
			id = fmt.Sprintf("%s.%d", id, l.c.Round)
		}
		waits := slices.ContainsFunc(l.c.Ladder, func(u plan.Stage) bool { return u.ID == id && !u.At.Before(s.At) })
		spoken := slices.ContainsFunc(l.c.Spoken, func(u act.Spoken) bool { return u.ID == id && !u.At.Before(s.At) })
		require.True(l, waits || spoken, "the limit of %s is neither taken nor spoken of", id)
	}
}

func TestTalksInAnyOrderOfActsAndTime(t *testing.T) {
	t.Parallel()
	books := map[string]act.Book{plan.TalkAtOnce: talkBook(t, plan.TalkAtOnce), plan.TalkOnApproval: talkBook(t, plan.TalkOnApproval)}
	rapid.Check(t, func(r *rapid.T) {
		b := books[rapid.SampledFrom([]string{plan.TalkAtOnce, plan.TalkOnApproval}).Draw(r, "open")]
		now := calendar.NewDay(2021, 3, 1).AddDays(rapid.IntRange(0, 90).Draw(r, "day")).At(9, 0, calendar.Beijing)
		now = b.At(b.Policies["standard"], b.Calendar.OnOrAfter(calendar.DayOf(now)))
		start := b.OpenTalk(calledTalk(), now)
		if rapid.Bool().Draw(r, "by hand") {
			a := talkAct(now, keeper, act.Propose)
			a.Unit, a.Talk = "shuiwu", &act.TalkFacts{What: rapid.SampledFrom([]string{plan.ProposeTalk, plan.ProposeCircular}).Draw(r, "what")}
			c := calledTalk()
			c.State, c.Origin = "", act.OriginHand
			var refused *act.Refusal
			start, refused = b.Propose(c, a)
			require.Nil(r, refused)
		}
		l := &talkLife{T: r, b: b, c: start, rows: map[string]bool{}, window: time.Duration(rapid.SampledFrom([]int{0, 2, 20}).Draw(r, "window")) * time.Hour}
		eras := []era{{b: b}}
		changes := rapid.Bool().Draw(r, "holiday notices")
		for range rapid.IntRange(0, 25).Draw(r, "acts") {
			if changes && rapid.IntRange(0, 5).Draw(r, "notice") == 0 {
				now = now.Add(time.Minute)
				l.pass(now)
				a := l.notice(now)
				eras = append(eras, era{l.b, []act.Act{a}})
				l.sound(now)
				continue
			}
			now = now.Truncate(time.Hour).Add(time.Duration(rapid.SampledFrom([]int{1, 2, 22, 23, 25, 70, 71, 238, 700}).Draw(r, "hours"))*time.Hour + time.Minute)
			if n := len(l.c.Ladder); n > 0 && rapid.Bool().Draw(r, "before a stage") {
				early := l.c.Ladder[rapid.IntRange(0, n-1).Draw(r, "which")].At.Add(-2 * time.Hour)
				if early.After(now) && early.Before(now.AddDate(0, 0, 40)) {
					now = early
				}
			}
			kind := rapid.SampledFrom(act.Talks).Draw(r, "kind").Kind
			by := rapid.SampledFrom([]act.Actor{keeper, keeper, mayor, called, passing, act.EngineActor}).Draw(r, "by")
			switch rapid.IntRange(0, 3).Draw(r, "in order") {
			case 0, 1:
				kind, by = l.nextStep(), keeper
			case 2:
				kind, by = rapid.SampledFrom([]act.Kind{act.Absent, act.ReturnPlan, act.Again}).Draw(r, "back"), keeper
			}
			if l.c.State == act.TalkProposed && by == keeper {
				by = mayor
			}
			a := talkAct(now, by, kind)
			eras[len(eras)-1].acts = append(eras[len(eras)-1].acts, a)
			l.pass(now)
			l.do(a)
			l.sound(now)
		}
		end := now.AddDate(0, 0, 200)
		l.pass(end)
		l.sound(end)

		foretold, after := []plan.Stage(nil), start
		for i, e := range eras {
			until := end.Add(1)
			if i+1 < len(eras) {
				until = eras[i+1].acts[0].At.Add(1) // what speaks at that instant has spoken
			}
			var said []plan.Stage
			said, after, _ = e.b.PlayTalk(after, e.acts, until)
			foretold = append(foretold, said...)
		}
		require.Equal(r, talkLines(foretold), talkLines(l.said), "what is decided ahead is what was foretold")
		require.Equal(r, after.State, l.c.State)
		once := map[string]bool{}
		for _, line := range talkLines(l.said) {
			require.False(r, once[line], "%s is said twice", line)
			once[line] = true
		}
	})
}

// era is a time under one calendar. All but the first begin with the engine's act.
type era struct {
	b    act.Book
	acts []act.Act
}

// nextStep is the act that takes the talk on.
func (l *talkLife) nextStep() act.Kind {
	if l.c.State == act.TalkProposed {
		return act.Approve
	}
	for _, row := range act.Talks {
		if row.Step == "" {
			continue
		}
		if _, taken := l.c.Taken[row.Step]; !taken {
			return row.Kind
		}
	}
	return act.CloseTalk
}

func TestTableOfTalks(t *testing.T) {
	t.Parallel()
	steps := map[string]bool{"": true}
	reached := map[act.TalkState]bool{act.TalkPending: true, act.TalkVoid: true}
	for _, row := range act.Talks {
		steps[row.Step] = true
	}
	for _, row := range act.Talks {
		require.True(t, steps[row.After], "%s waits for %s, which no act takes", row.Kind, row.After)
		require.NotEmpty(t, row.By)
		require.Equal(t, row.Kind == act.Approve || row.Kind == act.Decline, row.Named)
		if row.To != "" {
			reached[row.To] = true
		}
	}
	for _, s := range act.TalkStates {
		require.True(t, reached[s], "nothing leads to %s", s)
	}
	step, round := act.StageStep("talk-held-missed.2")
	require.Equal(t, []any{"held", 2}, []any{step, round})
	step, round = act.StageStep("remind-7")
	require.Equal(t, []any{"", 0}, []any{step, round})
}
