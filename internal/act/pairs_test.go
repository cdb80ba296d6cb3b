package act_test

import (
	"flag"
	"fmt"
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

var update = flag.Bool("update", false, "write the table of pairs anew")

// variant is one way to do an act: its name in the table, who does it, what it
// says, and the act that has to come before it.
type variant struct {
	name  string
	kind  act.Kind
	by    act.Actor
	after string // name of the variant; "" none
	says  func(a *act.Act)
}

// variants are all acts on a task; those that can mean opposite things are there
// twice.
var variants = []variant{
	{"acknowledge", act.Acknowledge, unitOf, "", nil},
	{"return", act.Return, unitOf, "", nil},
	{"uphold", act.Uphold, clerkOf, "return", nil},
	{"progress", act.Progress, unitOf, "", percent(40)},
	{"ask for a part", act.AskPart, unitOf, "", func(a *act.Act) { a.Unit, a.Due = "shuiwu", a.On.AddDays(10) }},
	{"give the part", act.GivePart, helpOf, "ask for a part", ref("1")},
	{"complete", act.Complete, unitOf, "", nil},
	{"verify", act.Verify, clerkOf, "", nil},
	{"reject", act.Reject, clerkOf, "complete", nil},
	{"extend", act.Extend, unitOf, "", due("2021-08-31")},
	{"grant", act.Grant, clerkOf, "extend", nil},
	{"refuse", act.Refuse, clerkOf, "extend", nil},
	{"chase", act.Chase, clerkOf, "", nil},
	{"suspend", act.Suspend, clerkOf, "", nil},
	{"suspend for ten days, moving", act.Suspend, clerkOf, "", func(a *act.Act) { a.Moves, a.Until = true, a.On.AddDays(10) }},
	{"resume", act.Resume, clerkOf, "suspend", nil},
	{"reassign", act.Reassign, clerkOf, "", unit("zezhou")},
	{"reassign with a date", act.Reassign, clerkOf, "", func(a *act.Act) { a.Unit, a.Due = "zhujian", a.On.AddDays(40) }},
	{"assist", act.Assist, clerkOf, "", assist("zhujian")},
	{"set the policy", act.SetPolicy, clerkOf, "", policy("13710")},
	{"correct to later", act.Correct, clerkOf, "", due("2021-08-16")},
	{"correct to earlier", act.Correct, clerkOf, "", due("2021-06-18")},
	{"reword", act.Reword, clerkOf, "", title("建成污水处理厂二期")},
	{"cancel", act.Cancel, clerkOf, "", nil},
	{"reinstate", act.Reinstate, clerkOf, "cancel", nil},
	{"take over", act.TakeOver, clerkOf, "", func(a *act.Act) { a.Ref, a.Unit = "gaoping", "zezhou" }},
	{"instruct", act.Instruct, mayorOf, "", func(a *act.Act) { a.Due = a.On.AddDays(12) }},
	{"answer", act.Answer, unitOf, "instruct", ref("1")},
}

// moments at which the first of two acts is done on a task due on 2021-06-30.
var moments = []struct{ name, at string }{
	{"on arrival", "2021-04-12 10:00"}, // not received yet
	{"well before", "2021-05-11 10:00"},
	{"last week", "2021-06-24 10:00"},
	{"on the day", "2021-06-30 10:00"},
	{"overdue", "2021-07-20 10:00"},
}

func variantNamed(name string) variant {
	for _, v := range variants {
		if v.name == name {
			return v
		}
	}
	panic(name)
}

// at is the act at an instant. Whoever leads now acts for the lead.
func (v variant) at(p *player, at time.Time) act.Act {
	a := act.Act{ID: fmt.Sprintf("a%d", len(p.acts)), Kind: v.kind, By: v.by, At: at, On: dayOf(at), Reason: "理由", Paper: "一号"}
	if v.by == unitOf {
		a.By.Unit = p.Lead
	}
	if v.says != nil {
		v.says(&a)
	}
	return a
}

// prepare does the acts that the acts of a pair presuppose, two days before them; an extension
// is asked for while that is still possible.
func prepare(p *player, first, second variant, at time.Time) {
	var all []act.Act
	for _, v := range []variant{first, second} {
		if v.after == "" || v.after == first.name || v.after == first.after && len(all) > 0 {
			continue
		}
		day := at.AddDate(0, 0, -2)
		if last := calendar.NewDay(2021, 6, 24).At(9, 30, calendar.Beijing); v.after == "extend" && day.After(last) {
			day = last
		}
		all = append(all, variantNamed(v.after).at(p, day.UTC()))
	}
	slices.SortStableFunc(all, func(x, y act.Act) int { return x.At.Compare(y.At) })
	for i, a := range all {
		a.ID = fmt.Sprint("before", i)
		p.on(a)
	}
}

// pair plays two acts, two working days apart, until three months after.
func pair(b act.Rules, first, second variant, at time.Time) (p *player, line string, firstRefused bool) {
	due := calendar.NewDay(2021, 6, 30)
	p = newPlayer(b, begin(b, "standard", due, calendar.NewDay(2021, 4, 8).At(0, 0, calendar.Beijing).UTC()))
	if received := calendar.NewDay(2021, 4, 20); received.Before(dayOf(at)) {
		p.on(act.Act{ID: "received", Kind: act.Acknowledge, By: unitOf, At: calendar.NewDay(2021, 4, 9).At(8, 0, calendar.Beijing).UTC(), On: calendar.NewDay(2021, 4, 9), Reason: "收到"})
	}
	prepare(p, first, second, at)
	var words []string
	for i, v := range []variant{first, second} {
		when := at
		if i == 1 {
			when = b.Calendar.AddWorkdays(dayOf(at), 2).At(15, 0, calendar.Beijing).UTC()
		}
		r := p.on(v.at(p, when))
		firstRefused = firstRefused || i == 0 && r != nil
		words = append(words, v.name+refusal(r))
		p.show(dayOf(when))
		at = when
	}
	said := len(p.said)
	for i := 1; i <= 13; i++ {
		p.to(at.AddDate(0, 0, 7*i))
		p.show(dayOf(at.AddDate(0, 0, 7*i)).AddDays(-1))
	}
	return p, strings.Join(words, ", then ") + ": " + next(p.said[said:]), firstRefused
}

// next are the next words, three at most, and the recipients of the first.
func next(said []plan.Stage) string {
	var out []string
	for _, s := range said {
		if s.Kind == plan.Told {
			continue
		}
		line := beijing(s.At)[5:10] + " " + s.ID
		if len(out) == 0 {
			var to []string
			for _, r := range s.To {
				to = append(to, r.String())
			}
			line += " to " + strings.Join(to, ", ")
		}
		if out = append(out, line); len(out) == 3 {
			break
		}
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, "; ")
}

// outcome is the result of two acts.
type outcome struct {
	line  string // of the table: the acts, and after a colon what is said next
	idle  bool   // the first act was refused: the pair has no line in the table
	found []breach
	story string // for whoever looks into a breach
}

// everyPair plays every pair of acts at every moment, judges the result by the laws, and
// compares the table of the results with the one kept in file.
func everyPair[D any](t *testing.T, file, heading string, moments []struct{ name, at string }, all []D, play func(first, second D, at time.Time) outcome) {
	t.Helper()
	var table strings.Builder
	table.WriteString(heading + "\n")
	n, refused := 0, 0
	for _, m := range moments {
		fmt.Fprintf(&table, "\n%s, %s\n", m.name, m.at)
		for _, first := range all {
			for _, second := range all {
				if n++; testing.Short() && n%sampled != 0 {
					continue
				}
				o := play(first, second, moment(t, m.at))
				if len(o.found) > 0 {
					t.Errorf("%s: %s\n%s%s\n", m.name, o.line, o.story, verdict(o.found))
				}
				if strings.Contains(o.line, "refused: ") {
					refused++
				}
				if !o.idle {
					table.WriteString(o.line + "\n")
				}
			}
		}
	}
	t.Logf("%d pairs, %d of them with a refusal", n, refused)
	golden(t, file, table.String())
}

// refusal is what a line of a table says of an act: nothing when it was done.
func refusal(r *act.Refusal) string {
	if r == nil {
		return ""
	}
	return " (refused: " + strings.TrimPrefix(r.Key, "act.refused_") + ")"
}

func TestEveryPairOfActs(t *testing.T) {
	t.Parallel()
	b := newRules(t)
	everyPair(t, "testdata/pairs.txt", "A task due on 2021-06-30, received on 04-09 but where the acts come on arrival; the second act comes two working days after the first.\nAfter the colon: what is said next, and to whom. Where the first act is refused there is no line.",
		moments, variants, func(first, second variant, at time.Time) outcome {
			p, line, idle := pair(b, first, second, at)
			return outcome{line, idle, judge(b, p.history), acted(p.acts)}
		})
}

// sampled: with -short only every sampled-th pair is played, because all of them take long.
const sampled = 11

// golden compares a table with the one kept in a file, line by line; each line of a sampled
// table must be in the file.
func golden(t *testing.T, file, table string) {
	t.Helper()
	if testing.Short() {
		kept, err := os.ReadFile(file)
		require.NoError(t, err)
		for line := range strings.Lines(table) {
			require.Contains(t, "\n"+string(kept), "\n"+line)
		}
		return
	}
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(table), 0o644))
	}
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	got, want := strings.Split(table, "\n"), strings.Split(string(kept), "\n")
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			require.Equal(t, want[i], append(got, "")[min(i, len(got))], "line %d of %s; -update writes it anew", i+1, file)
		}
	}
	require.Len(t, got, len(want), file)
}

// acted are acts as a person would write them down.
func acted(acts []done) string {
	var s strings.Builder
	for _, a := range acts {
		fmt.Fprintf(&s, "  %s %s %s", beijing(a.At), a.By.Unit, a.Kind)
		for _, f := range []struct{ name, text string }{
			{"due", a.Due.String()}, {"until", a.Until.String()}, {"unit", a.Unit}, {"ref", a.Ref}, {"policy", a.Policy}, {"refused", a.Refused},
		} {
			if f.text != "" {
				s.WriteString(" " + f.name + "=" + f.text)
			}
		}
		if a.Moves {
			s.WriteString(" moves")
		}
		s.WriteString("\n")
	}
	return s.String()
}
