package act_test

import (
	"cmp"
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

// year is one task in a random year of acts and of time, with what was said.
type year struct {
	*rapid.T
	b     act.Book
	c     act.Course
	start act.Course
	now   time.Time
	n     int
	early []plan.Stage // decided, their instant still to come
	said  []plan.Stage
	acts  []act.Act // that were done or refused
	ids   map[string]bool
	rungs map[string]bool // said since the last new ladder
	since []plan.Stage    // rungs said since the last new ladder

	changing, noticed bool // the calendar may change; it has
}

func anyYear(t *rapid.T, b act.Book) *year {
	due := calendar.NewDay(2021, 4, 1).AddDays(rapid.IntRange(0, 300).Draw(t, "due"))
	assigned := due.AddDays(rapid.SampledFrom([]int{-120, -60, -40, -31, -8, -1, 0, 1, 40}).Draw(t, "assigned")).At(rapid.SampledFrom([]int{8, 9, 16}).Draw(t, "hour"), 0, calendar.Beijing).UTC()
	name := rapid.SampledFrom([]string{"standard", "soft", "13710"}).Draw(t, "policy")
	c := begin(b, name, due, assigned)
	c.Publish = rapid.Bool().Draw(t, "publish")
	slices.SortStableFunc(c.Ladder, func(x, y plan.Stage) int { // acts order stages of one instant by ID
		return cmp.Or(x.At.Compare(y.At), strings.Compare(x.ID, y.ID))
	})
	return &year{T: t, b: b, c: c, start: c, now: assigned, ids: map[string]bool{}, rungs: map[string]bool{}}
}

// written is a course as it crosses the wire; no ladder and an empty one are the same.
func written(t require.TestingT, v any) string {
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return strings.ReplaceAll(string(text), `"ladder":null`, `"ladder":[]`)
}

// handed is a course as the next run of its workflow gets it.
func handed(t require.TestingT, c act.Course) (next act.Course) {
	require.NoError(t, json.Unmarshal([]byte(written(t, c)), &next))
	return next
}

// say is a stage that speaks: it must be one that may.
func (y *year) say(s plan.Stage) {
	require.True(y, y.c.Speaks(s), "%s speaks although %s", s.ID, y.c.State)
	require.False(y, s.At.Before(y.now), "%s speaks in the past", stageLine(s))
	y.now = s.At
	y.heard(s)
	if s.Topic != "" && s.Unless == "" {
		return
	}
	for _, id := range append(slices.Clone(s.Merged), s.ID) {
		require.False(y, y.rungs[id], "%s is said twice: %s", id, stageLine(s))
		y.rungs[id] = true
	}
	y.since = append(y.since, s)
}

func (y *year) heard(s plan.Stage) {
	id := fmt.Sprintf("%d/%s", y.c.Revision, s.ID)
	require.False(y, y.ids[id], "%s is said twice", id)
	y.ids[id] = true
	y.said = append(y.said, s)
}

// pass lets time go by until at, inclusive.
func (y *year) pass(at time.Time) {
	for {
		resume, wakes := y.c.ResumesBy(at.Add(1))
		switch {
		case len(y.early) > 0 && !y.early[0].At.After(at):
			y.say(y.early[0])
			y.early = y.early[1:]
		case len(y.early) == 0 && len(y.c.Ladder) > 0 && !y.c.Ladder[0].At.After(at):
			require.True(y, y.c.State == act.Open || y.c.State == act.Reported)
			s := y.c.Decide()
			y.say(s)
		case wakes:
			y.now = resume.At
			y.do(resume)
		default:
			y.now = at
			return
		}
		y.check()
	}
}

// ahead decides what speaks within two hours, as the workflow does.
func (y *year) ahead() {
	for len(y.c.Ladder) > 0 && !y.c.Ladder[0].At.After(y.now.Add(2*time.Hour)) {
		y.early = append(y.early, y.c.Decide())
	}
}

// newLadder tells the acts that let a ladder begin anew.
func newLadder(before act.Course, a act.Act) bool {
	return a.Kind == act.Reassign || a.Kind == act.Grant || a.Kind == act.Correct || a.Kind == act.Resume && before.Pause.Moves
}

func (y *year) do(a act.Act) {
	was := written(y, y.c)
	before := handed(y, y.c)
	after, told, refused := y.b.Act(y.c, a)
	require.Equal(y, was, written(y, y.c), "an act changes the course it was given")
	if refused != nil {
		require.Equal(y, was, written(y, after), "a refused act changes nothing")
		require.Empty(y, told)
		return
	}
	again, retold, refused := y.b.Act(after, a)
	require.Nil(y, refused)
	require.Empty(y, retold)
	require.Equal(y, written(y, after), written(y, again), "the same act twice changes nothing")

	require.Equal(y, before.FirstDue, after.FirstDue)
	if after.Due != before.Due {
		moved := a.Kind == act.Grant && after.Due.After(before.Due) || a.Kind == act.Correct ||
			a.Kind == act.Resume && before.Pause.Moves && after.Due == before.Due.AddDays(a.On.Sub(before.Pause.From))
		require.True(y, moved, "%s moves %s to %s", a.Kind, before.Due, after.Due)
	}
	require.GreaterOrEqual(y, after.Revision, before.Revision)
	if newLadder(before, a) {
		require.Greater(y, after.Revision, before.Revision)
		y.since = nil
		for id := range y.rungs {
			if a.Kind == act.Reassign || !fromAssignment(y.b.Policies[after.Policy], id) {
				delete(y.rungs, id)
			}
		}
	}
	y.early = slices.DeleteFunc(y.early, func(s plan.Stage) bool { return s.At.After(a.At) })
	y.c = handed(y, after)
	require.Equal(y, written(y, after), written(y, y.c), "a course is handed over whole")
	for _, s := range told {
		require.True(y, s.Kind == plan.Told && s.Topic == string(a.Kind) && s.At.Equal(a.At) && len(s.To) > 0 && y.c.Speaks(s), stageLine(s))
		y.heard(s)
	}
}

func fromAssignment(p plan.Policy, id string) bool {
	return slices.ContainsFunc(p.Stages, func(r plan.Rule) bool { return r.ID == id && r.From == plan.FromAssigned })
}

func ofLimit(s plan.Stage) bool { return s.Topic == "" && s.Unless == "" }

// check is what must be true at any time.
func (y *year) check() {
	c := y.c
	seen := map[string]bool{}
	for i, s := range append(slices.Clone(c.Ladder), c.Held...) {
		require.False(y, seen[s.ID], "%s is on the ladder twice", s.ID)
		seen[s.ID] = true
		if i < len(c.Ladder) {
			require.False(y, s.At.Before(y.now), "%s is in the past", stageLine(s))
			require.True(y, c.Speaks(s), "%s is on the ladder and has nothing to say", s.ID)
		}
	}
	require.True(y, slices.IsSortedFunc(c.Ladder, func(a, b plan.Stage) int { return a.At.Compare(b.At) }))
	for _, s := range c.Held {
		require.False(y, c.Speaks(s), "%s is on hold and would speak", s.ID)
	}
	require.Equal(y, c.State == act.Suspended, c.Pause != nil)
	require.Equal(y, c.State == act.Reported, c.Report != nil)
	switch c.State {
	case act.Open:
		require.Empty(y, c.Held)
		y.keepsItsDeadline()
	case act.Reported:
		for _, s := range c.Ladder {
			require.Equal(y, act.TopicReport, s.Topic)
		}
	case act.Suspended:
		require.Empty(y, c.Ladder)
	default:
		require.Empty(y, append(c.Held, c.Ladder...))
	}
}

// keepsItsDeadline: a task under way has a word on its limit still to come, or
// the limit has passed and no rung after it is graver than what was said since.
func (y *year) keepsItsDeadline() {
	if slices.ContainsFunc(append(slices.Clone(y.c.Ladder), y.early...), ofLimit) {
		return
	}
	gravest, last := -1, -1
	for _, s := range y.since {
		if dayOf(s.At).After(y.c.Due) {
			gravest = max(gravest, s.Kind.Gravity())
		}
	}
	for _, r := range y.b.Policies[y.c.Policy].Stages {
		if r.After != nil && r.From != plan.FromAssigned {
			last = max(last, r.Kind.Gravity())
		}
	}
	require.GreaterOrEqual(y, gravest, last, "the deadline %s is lost", y.c.Due)
}

// sameCalendar: the same calendar put in force once more changes nothing but counters.
func (y *year) sameCalendar() {
	a := act.Act{ID: "same", Kind: act.Recalendar, By: act.EngineActor, At: y.now, On: dayOf(y.now), Reason: "放假通知"}
	if y.c.Over() || len(y.early) > 0 {
		return
	}
	after, told, refused := y.b.Act(y.c, a)
	require.Nil(y, refused)
	require.Empty(y, told)
	after.Acts, after.Known = y.c.Acts, y.c.Known
	require.Equal(y, stageLines(y.c.Ladder), stageLines(after.Ladder))
	require.Equal(y, stageLines(y.c.Held), stageLines(after.Held))
	require.Equal(y, written(y, y.c), written(y, after))
}

var taskKinds = func() (all []act.Kind) {
	for _, row := range act.Tasks {
		all = append(all, row.Kind)
	}
	return append(all, act.SetRule)
}()

// anyAct is an act that somebody might try now: often possible, often not.
func (y *year) anyAct() act.Act {
	kind := rapid.SampledFrom(taskKinds).Draw(y.T, "kind")
	if k := y.c.State; y.nearly("to the point") {
		var fit []act.Kind
		for _, row := range act.Tasks {
			if slices.Contains(row.From, k) && row.To != act.Cancelled && row.Kind != act.Verify {
				fit = append(fit, row.Kind)
			}
		}
		if y.c.Extension != nil {
			fit = append(fit, act.Grant, act.Grant, act.Suspend, act.Suspend)
		} else {
			fit = append(fit, act.Extend, act.Extend)
		}
		if len(fit) > 0 {
			kind = rapid.SampledFrom(fit).Draw(y.T, "fitting kind")
		}
	}
	row, _ := act.Of(act.Tasks, kind)
	y.n++
	a := act.Act{ID: fmt.Sprintf("a%d", y.n), Kind: kind, At: y.now, On: dayOf(y.now), Reason: "说明", By: y.actor(row)}
	after := func(d calendar.Day) calendar.Day {
		return d.AddDays(rapid.SampledFrom([]int{30, 60, 90, 7, 1, 0, -1, -20}).Draw(y.T, "days after"))
	}
	switch kind {
	case act.Extend, act.Correct:
		a.Due = after(y.c.Due)
	case act.Grant:
		if rapid.Bool().Draw(y.T, "another date") {
			a.Due = after(a.On)
		}
	case act.AskPart, act.Instruct:
		if kind == act.AskPart || rapid.Bool().Draw(y.T, "with a date") {
			a.Due = after(a.On)
		}
		a.Unit = rapid.SampledFrom(units).Draw(y.T, "unit")
	case act.Suspend:
		a.Moves = rapid.Bool().Draw(y.T, "moves")
		if rapid.Bool().Draw(y.T, "end known") {
			a.Until = after(a.On)
		}
	case act.Reassign:
		a.Unit = rapid.SampledFrom(append(units, "nobody")).Draw(y.T, "unit")
	case act.Assist:
		a.Units = rapid.SliceOfNDistinct(rapid.SampledFrom(units), 0, 3, rapid.ID[string]).Draw(y.T, "units")
	case act.SetPolicy:
		a.Policy = rapid.SampledFrom([]string{"standard", "soft", "13710", "none"}).Draw(y.T, "policy")
	case act.Progress:
		a.Percent = rapid.IntRange(-1, 101).Draw(y.T, "percent")
	case act.Reword:
		a.Title = rapid.SampledFrom([]string{"", "甲", "乙"}).Draw(y.T, "title")
	case act.GivePart, act.Answer:
		a.Ref = rapid.SampledFrom([]string{"1", "2", "3"}).Draw(y.T, "ref")
	case act.Complete, act.Verify:
		if y.mostly("published") {
			a.Evidence = []act.Evidence{{Name: "公告", URL: "https://example.cn/1"}}
		}
	case act.Cancel:
		a.Paper = "市办〔2021〕2号"
	}
	if !y.nearly("says something") {
		a.Reason = " "
	}
	return a
}

// mostly is true three times of four, nearly fifteen of sixteen.
func (y *year) mostly(label string) bool { return rapid.IntRange(0, 3).Draw(y.T, label) > 0 }
func (y *year) nearly(label string) bool { return rapid.IntRange(0, 15).Draw(y.T, label) > 0 }

// actor is mostly one who may do it.
func (y *year) actor(row act.Row) act.Actor {
	unit := rapid.SampledFrom(units).Draw(y.T, "by unit")
	if len(row.By) > 0 && y.mostly("the right one") {
		switch rapid.SampledFrom(row.By).Draw(y.T, "seat") {
		case act.Lead:
			unit = y.c.Lead
		case act.Assisting:
			if len(y.c.Parts) > 0 {
				unit = y.c.Parts[len(y.c.Parts)-1].Unit
			}
		case act.Office:
			unit = y.c.Office
		case act.Leadership:
			unit = y.c.Leadership
		case act.Engine:
			return act.EngineActor
		}
	}
	return act.Actor{Account: unit + ".1", Name: unit + "人", Unit: unit}
}

// later is an instant from now on: often just before, at, or after a speaking time.
func (y *year) later() time.Time {
	days := rapid.SampledFrom([]int{0, 0, 1, 1, 2, 5, 12, 40}).Draw(y.T, "days on")
	clock := rapid.SampledFrom([][2]int{{0, 0}, {7, 30}, {8, 59}, {9, 0}, {9, 1}, {15, 30}}).Draw(y.T, "clock")
	at := dayOf(y.now).AddDays(days).At(clock[0], clock[1], calendar.Beijing).UTC()
	if at.Before(y.now) {
		return y.now
	}
	return at
}

// notice puts another calendar in force: some days to come rest that worked, or
// work that rested.
func (y *year) notice() {
	if y.c.Over() {
		return
	}
	changed := map[calendar.Day]bool{}
	for range rapid.IntRange(1, 4).Draw(y.T, "days changed") {
		changed[dayOf(y.now).AddDays(rapid.IntRange(-2, 40).Draw(y.T, "day"))] = true
	}
	years := y.b.Calendar.Years()
	for i := range years {
		years[i].Days = slices.DeleteFunc(slices.Clone(years[i].Days), func(h calendar.Holiday) bool { return changed[h.Date] })
		for d := range changed {
			if d.Year == years[i].Year {
				years[i].Days = append(years[i].Days, calendar.Holiday{Date: d, IsOffDay: y.b.Calendar.IsWorkday(d)})
			}
		}
	}
	y.b.Calendar, y.noticed = calendar.New(years...), true
	y.n++
	y.do(act.Act{ID: fmt.Sprintf("a%d", y.n), Kind: act.Recalendar, By: act.EngineActor, At: y.now, On: dayOf(y.now), Reason: "放假通知"})
}

func (y *year) live() {
	for range rapid.IntRange(15, 60).Draw(y.T, "steps") {
		switch rapid.SampledFrom([]int{4, 3, 0, 1, 2, 5}).Draw(y.T, "step") {
		case 0, 1:
			y.pass(y.later())
		case 2:
			y.ahead()
		case 5:
			if y.changing {
				y.notice()
			}
		default:
			a := y.anyAct()
			y.pass(a.At)
			y.acts = append(y.acts, a)
			y.do(a)
		}
		y.check()
		y.sameCalendar()
	}
}

// TestAnyYearOfActs: whatever people do, and whenever, no deadline is lost,
// nothing is said that may not be or twice, no due date moves by itself, and the
// course is handed over whole. What Play foretells of the same acts is what was said.
func TestAnyYearOfActs(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	rapid.Check(t, func(t *rapid.T) {
		y := anyYear(t, b)
		y.changing = rapid.Bool().Draw(t, "holiday notices")
		y.check()
		y.live()
		end := y.now.AddDate(2, 0, 0)
		y.pass(end)
		if y.noticed {
			return // Play knows one calendar
		}
		foretold, after, _ := b.Play(y.start, y.acts, end.Add(1))
		require.Equal(t, strings.Split(stageLines(foretold), "\n"), strings.Split(stageLines(y.said), "\n"))
		after.Ahead, y.c.Ahead = nil, nil
		require.Equal(t, written(t, after), written(t, y.c))
	})
}
