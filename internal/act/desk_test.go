package act_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/seeds"
)

// Units of the tasks acted on here. The office and the leadership are units too.
var units = []string{"gaoping", "shuiwu", "zhujian", "zezhou", "office", "group"}

// newRules are the policies and the calendar that come with the program.
func newRules(t require.TestingT) act.Rules {
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	p := plan.Plan{ID: "water", Policies: policies, Directory: people.Directory{Office: "office", Leadership: "group"}}
	for _, u := range units {
		p.Directory.Units = append(p.Directory.Units, people.Unit{ID: u, Name: u + "县"})
	}
	b, err := act.NewRules(&p, cal)
	require.NoError(t, err)
	return b
}

// moment reads a Beijing time like "2021-04-08 10:00", as UTC.
func moment(t require.TestingT, s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Beijing)
	require.NoError(t, err)
	return at.UTC()
}

func beijing(at time.Time) string { return at.In(calendar.Beijing).Format("2006-01-02 15:04") }

func dayOf(at time.Time) calendar.Day { return calendar.DayOf(at.In(calendar.Beijing)) }

// begin is a task of 高平 with one assisting unit, due on a day, assigned at an instant.
func begin(b act.Rules, policy string, due calendar.Day, assigned time.Time) act.Course {
	return b.Open(act.Case{
		Kind: plan.Dated, Title: "建成污水处理厂", Lead: "gaoping", Assist: []string{"shuiwu"}, Office: "office", Leadership: "group",
		Policy: policy, Due: due, Assigned: assigned,
	})
}

// stageLine is a stage in one line: time in Beijing, ID, kind, recipients, the day it was moved
// from, the stages merged into it, its matter.
func stageLine(s plan.Stage) string {
	var to []string
	for _, r := range s.To {
		to = append(to, r.String())
	}
	line := fmt.Sprintf("%s %s %s %s", beijing(s.At), s.ID, s.Kind, strings.Join(to, ","))
	if !s.MovedFrom.IsZero() {
		line += " moved from " + s.MovedFrom.String()
	}
	if len(s.Merged) > 0 {
		line += " merged " + strings.Join(s.Merged, ",")
	}
	m := s.Matter
	for _, part := range []struct{ name, text string }{
		{"about", m.Topic}, {"limit", m.Limit.String()}, {"new", m.New.String()}, {"by", m.By}, {"paper", m.Paper}, {"words", m.Words},
	} {
		if part.text != "" && part.text != string(s.Kind) && !strings.HasSuffix(s.ID, "-"+part.text) {
			line += " " + part.name + " " + part.text
		}
	}
	return line
}

func stageLines(stages []plan.Stage) string {
	var b strings.Builder
	for _, s := range stages {
		b.WriteString(stageLine(s) + "\n")
	}
	return b.String()
}

// desk plays one task, act by act, as its workflow does.
type desk struct {
	t *testing.T
	act.Rules
	act.Course
	n    int
	said []plan.Stage // since it was last looked at
}

func newDesk(t *testing.T, due, assigned string) *desk {
	t.Helper()
	d, err := calendar.ParseDay(due)
	require.NoError(t, err)
	b := newRules(t)
	return &desk{t: t, Rules: b, Course: begin(b, "standard", d, moment(t, assigned))}
}

func day(t require.TestingT, s string) calendar.Day {
	d, err := calendar.ParseDay(s)
	require.NoError(t, err)
	return d
}

// by is the act of a unit at an instant, in words of its own.
func (d *desk) by(unit, at string, kind act.Kind, more ...func(*act.Act)) act.Act {
	d.n++
	a := act.Act{ID: fmt.Sprintf("a%d", d.n), Kind: kind, At: moment(d.t, at), Reason: "说明"}
	a.By = act.Actor{Account: unit + ".1", Name: unit + "人", Unit: unit}
	a.On = dayOf(a.At)
	for _, m := range more {
		m(&a)
	}
	return a
}

func due(s string) func(*act.Act)    { return func(a *act.Act) { a.Due, _ = calendar.ParseDay(s) } }
func until(s string) func(*act.Act)  { return func(a *act.Act) { a.Until, _ = calendar.ParseDay(s) } }
func unit(s string) func(*act.Act)   { return func(a *act.Act) { a.Unit = s } }
func ref(s string) func(*act.Act)    { return func(a *act.Act) { a.Ref = s } }
func policy(s string) func(*act.Act) { return func(a *act.Act) { a.Policy = s } }
func title(s string) func(*act.Act)  { return func(a *act.Act) { a.Title = s } }
func paper(s string) func(*act.Act)  { return func(a *act.Act) { a.Paper = s } }
func reason(s string) func(*act.Act) { return func(a *act.Act) { a.Reason = s } }
func percent(n int) func(*act.Act)   { return func(a *act.Act) { a.Percent = n } }
func rule(s string) func(*act.Act)   { return func(a *act.Act) { a.Rule = s } }
func moves(a *act.Act)               { a.Moves = true }
func assist(units ...string) func(*act.Act) {
	return func(a *act.Act) { a.Units = units }
}
func url(s string) func(*act.Act) {
	return func(a *act.Act) { a.Evidence = append(a.Evidence, act.Evidence{Name: "公告", URL: s}) }
}

// to lets the course run to an instant, exclusive.
func (d *desk) to(at string) {
	said, after, _ := d.Play(d.Course, nil, moment(d.t, at))
	d.said, d.Course = append(d.said, said...), after
}

// do does an act that must be possible, after the stages before it have spoken.
func (d *desk) do(unit, at string, kind act.Kind, more ...func(*act.Act)) []plan.Stage {
	d.t.Helper()
	told, refused := d.try(d.by(unit, at, kind, more...))
	require.Nil(d.t, refused, "%+v", refused)
	return told
}

func (d *desk) try(a act.Act) ([]plan.Stage, *act.Refusal) {
	said, after, _ := d.Play(d.Course, nil, a.At.Add(1))
	d.said, d.Course = append(d.said, said...), after
	next, told, refused := d.Rules.Act(d.Course, a)
	d.Course = next
	return told, refused
}

// no is why an act is refused.
func (d *desk) no(unit, at string, kind act.Kind, more ...func(*act.Act)) string {
	d.t.Helper()
	_, refused := d.try(d.by(unit, at, kind, more...))
	require.NotNil(d.t, refused, "not refused: %s", kind)
	text := strings.TrimPrefix(refused.Key, "act.refused_")
	for _, k := range slices.SortedFunc(keys(refused.Data), cmp.Compare) {
		text += " " + k + "=" + refused.Data[k]
	}
	return text
}

func keys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// spoken are the stages said since spoken was last called.
func (d *desk) spoken() string {
	s := stageLines(d.said)
	d.said = nil
	return "\n" + s
}

func (d *desk) ladder() string { return "\n" + stageLines(d.Ahead(d.Case)) }

// facts are the state of a task in one line.
func facts(c act.Case) string {
	line := fmt.Sprintf("%s %s due %s revision %d lead %s assist %s policy %s", c.State, c.Title, c.Due, c.Revision, c.Lead, strings.Join(c.Assist, ","), c.Policy)
	for _, d := range []struct {
		name string
		day  calendar.Day
	}{{"acknowledged", c.Acknowledged}, {"heard", c.Heard}, {"return until", c.ReturnUntil}, {"extend until", c.ExtendUntil}, {"closed", c.ClosedOn}} {
		if !d.day.IsZero() {
			line += fmt.Sprintf(" %s %s", d.name, d.day)
		}
	}
	for _, p := range c.Pauses {
		line += fmt.Sprintf(" paused %s to %s", p.From, p.Until)
	}
	return line
}
