package plan_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

// tasksOf makes dated tasks of lines "id", "id<was,was", "id!<was" (the heir),
// "id:kind".
func tasksOf(lines ...string) (all []plan.Task) {
	for _, l := range lines {
		id, was, _ := strings.Cut(l, "<")
		t := plan.Task{Kind: plan.Dated, Lead: "shuiwu"}
		if was != "" {
			t.Was = strings.Split(was, ",")
		}
		if id, t.Heir = strings.CutSuffix(id, "!"); t.Heir {
			t.Heir = true
		}
		if name, kind, ok := strings.Cut(id, ":"); ok {
			id, t.Kind = name, plan.Kind(kind)
		}
		t.ID, t.Title = id, "任务"+id
		all = append(all, t)
	}
	return all
}

// identified amends a plan of the ledger, and gives its tasks as "label=id".
func identified(t require.TestingT, old *plan.Plan, gone []plan.Task, lines ...string) (plan.Plan, plan.Changes, string, error) {
	taken := map[string]bool{}
	for _, all := range [][]plan.Task{old.Tasks, gone} {
		for _, k := range all {
			taken[k.ID] = true
		}
	}
	next, identity, err := plan.Identify(old, &plan.Plan{Tasks: tasksOf(lines...), Directory: old.Directory}, gone, func(id string) bool { return taken[id] })
	if err != nil {
		return next, plan.Changes{}, "", err
	}
	var out, seen []string
	for _, k := range next.Tasks {
		out = append(out, k.Shown()+"="+k.ID)
		require.NotContains(t, seen, k.ID, "no two tasks are one")
		seen = append(seen, k.ID)
	}
	changes := plan.Diff(old, &next)
	identity.Note(&changes)
	return next, changes, strings.Join(out, " "), nil
}

func whats(c plan.Changes) string {
	var out []string
	for _, t := range c.Tasks {
		line := t.What + " " + t.ID
		if t.From != "" {
			line += " from " + t.From
		}
		if t.Into != "" {
			line += " into " + t.Into
		}
		out = append(out, line)
	}
	return strings.Join(out, "; ")
}

func TestATaskIsTheSameUnderAnotherNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		old       []string
		gone      string
		new       []string
		is, whats string
	}{
		{"as it was", []string{"a", "b"}, "", []string{"b", "a"}, "b=b a=a", ""},
		{"another number", []string{"b"}, "", []string{"1-1<b"}, "1-1=b", "changed b"},
		{"nothing said", []string{"b"}, "", []string{"1-1"}, "1-1=1-1", "added 1-1; removed b"},
		{"one put before", []string{"a", "b"}, "", []string{"a", "b<a", "c<b"}, "a=a@2 b=a c=b", "added a@2; changed a; changed b"},
		{"one taken away", []string{"a", "b", "c"}, "", []string{"a<b", "b<c"}, "a=b b=c", "changed b; changed c; removed a"},
		{"two change places", []string{"a", "b"}, "", []string{"a<b", "b<a"}, "a=b b=a", "changed b; changed a"},
		{"each becomes entries", []string{"s.gaoping", "s.zezhou"}, "", []string{"s1<s.gaoping", "s2<s.zezhou"}, "s1=s.gaoping s2=s.zezhou", "changed s.gaoping; changed s.zezhou"},
		{"split, one keeps the number", []string{"b"}, "", []string{"b<b", "b2<b"}, "b=b b2=b2", "added b2 from b"},
		{"split, one is named", []string{"b"}, "", []string{"b1<b", "b2!<b"}, "b1=b1 b2=b", "added b1 from b; changed b"},
		{"merged", []string{"a", "b", "c"}, "", []string{"ab<a,b", "c"}, "ab=a c=c", "changed a; removed b into a"},
		{"merged under the number of one", []string{"a", "b"}, "", []string{"b<b,a"}, "b=b", "removed a into b"},
		{"another kind", []string{"b:standing"}, "", []string{"b"}, "b=b@2", "added b@2 from b; removed b into b@2"},
		{"another kind and number", []string{"b"}, "", []string{"w:duty<b"}, "w=w", "added w from b; removed b into w"},
		{"back again", []string{"a"}, "b", []string{"a", "b"}, "a=a b=b", "restored b"},
		{"back again under another number", []string{"a"}, "b", []string{"a", "1-2<b"}, "a=a 1-2=b", "restored b"},
		{"back as another kind", []string{"a"}, "b", []string{"a", "b:standing"}, "a=a b=b@2", "added b@2 from b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			old := &plan.Plan{Tasks: tasksOf(c.old...)}
			var gone []plan.Task
			if c.gone != "" {
				gone = tasksOf(c.gone)
			}
			next, changes, is, err := identified(t, old, gone, c.new...)
			require.NoError(t, err)
			require.Equal(t, c.is, is)
			got := plan.Changes{}
			for _, k := range changes.Tasks { // the titles change with the numbers: see whether anything else does
				if k.What != plan.Changed || k.Old.Title != k.New.Title || k.Old.Shown() != k.New.Shown() {
					got.Tasks = append(got.Tasks, k)
				}
			}
			require.Equal(t, c.whats, whats(got))
			_, again, is, err := identified(t, &next, gone, c.new...)
			require.NoError(t, err)
			require.Equal(t, c.is, is, "`was` may stay in the files")
			require.Empty(t, again.Tasks)
		})
	}
}

// A unit whose ID changes takes the tasks with it that `each` names after it.
func TestAUnitWhoseIDChanges(t *testing.T) {
	t.Parallel()
	old := &plan.Plan{Tasks: tasksOf("s.gaoping", "t.gaoping")}
	old.Directory.Units = []people.Unit{{ID: "gp", Name: "高平市", Was: "gaoping"}}
	new := &plan.Plan{Tasks: tasksOf("s.gp", "u.gp<t.gp"), Directory: old.Directory}
	for i := range new.Tasks {
		new.Tasks[i].Lead = "gp"
	}
	next, _, err := plan.Identify(old, new, nil, func(string) bool { return false })
	require.NoError(t, err)
	require.Equal(t, []string{"s.gaoping", "t.gaoping"}, []string{next.Tasks[0].ID, next.Tasks[1].ID})
	require.Equal(t, []string{"s.gp", "u.gp"}, []string{next.Tasks[0].Shown(), next.Tasks[1].Shown()})
}

func TestAWasThatCannotBeFollowed(t *testing.T) {
	t.Parallel()
	old := &plan.Plan{Tasks: tasksOf("a", "b")}
	for name, c := range map[string]struct {
		lines []string
		why   plan.Mistaken
		about string
	}{
		"never there":   {[]string{"a", "1-1<x"}, plan.NoSuchTask, "1-1 x []"},
		"no heir":       {[]string{"b1<b", "b2<b"}, plan.NoHeir, "b1 b [b1 b2]"},
		"several heirs": {[]string{"b1!<b", "b2!<b"}, plan.NoHeir, "b1 b [b1 b2]"},
	} {
		_, _, _, err := identified(t, old, nil, c.lines...)
		var mistaken *plan.IdentityError
		require.True(t, errors.As(err, &mistaken), name)
		require.Equal(t, []any{c.why, c.about}, []any{mistaken.Why, fmt.Sprint(mistaken.Task, " ", mistaken.Was, " ", mistaken.All)}, name)
	}
}

// Whatever the numbers become: each task of the ledger is one task at most, every
// task has one label, and the files in force change nothing.
func TestIdentityIsKeptOverManyAmendments(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now, gone := plan.Plan{Tasks: tasksOf("a", "b", "c")}, []plan.Task(nil)
		for range rapid.IntRange(1, 5).Draw(t, "amendments") {
			labels := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"}), 1, 5, rapid.ID[string]).Draw(t, "labels")
			var lines []string
			claimed := map[string]bool{}
			for _, l := range labels {
				var free []string
				for _, k := range now.Tasks {
					if !claimed[k.Shown()] {
						free = append(free, k.Shown())
					}
				}
				if len(free) > 0 && rapid.Bool().Draw(t, "says was") {
					was := rapid.SampledFrom(free).Draw(t, "was")
					claimed[was] = true
					l += "<" + was
				}
				lines = append(lines, l)
			}
			next, changes, is, err := identified(t, &now, gone, lines...)
			require.NoError(t, err, lines)
			_, again, same, err := identified(t, &next, gone, lines...)
			require.NoError(t, err, lines)
			require.Equal(t, is, same)
			require.Empty(t, again.Tasks, "%v of %v", lines, is)
			for _, c := range changes.Tasks {
				if c.What == plan.Removed {
					gone = append(gone, plan.Task{ID: c.ID, Label: c.ID + "@gone", Kind: plan.Dated})
				}
			}
			now = next
		}
	})
}

func TestLikelyPairs(t *testing.T) {
	t.Parallel()
	task := func(id, title, lead, clause, source string) plan.Task {
		return plan.Task{ID: id, Kind: plan.Dated, Title: title, Lead: lead, Clause: clause, Source: source}
	}
	old := &plan.Plan{Tasks: []plan.Task{
		task("b", "完成排查", "gaoping", "三（二）4", "5月底前完成排查"), task("c", "完成排查", "zezhou", "三（二）4", "5月底前完成排查"),
		task("d", "建成泵站", "shuiwu", "三（三）1", "年底前建成泵站"), task("e", "印发方案", "shuiwu", "四", "印发方案")}}
	new := &plan.Plan{Tasks: []plan.Task{
		task("1-2", "完成排查", "zezhou", "三（二）1", "5月底前完成排查"), task("1-1", "完成排查", "gaoping", "三（二）1", "5月底前完成排查"),
		task("2", "建成泵站并投运", "shuiwu", "三（三）1", "年底前建成泵站"), task("9", "治理河道", "shuiwu", "四", "治理河道")}}
	changes := plan.Diff(old, new)
	likely := changes.Likely()
	slices.SortFunc(likely, func(a, b plan.Pair) int { return strings.Compare(a.Was, b.Was) })
	require.Equal(t, []plan.Pair{{Was: "b", Now: "1-1"}, {Was: "c", Now: "1-2"}, {Was: "d", Now: "2"}}, likely, "the lead tells two of the same words apart; what has only the lead in common is another")
	same := new.Same(likely)
	next, identity, err := plan.Identify(old, &same, nil, func(string) bool { return false })
	require.NoError(t, err)
	changes = plan.Diff(old, &next)
	identity.Note(&changes)
	require.Empty(t, changes.Likely())
	require.Equal(t, "编号：b → 1-1", strings.TrimSpace(changes.Lines(words.New("zh"), old, &next)[4]))
}

// One line is put before the others, or cut, and every number behind it moves: nobody has
// written which was which. A task that is only reworded under its number is itself.
func TestNumbersThatMoveAreAskedAbout(t *testing.T) {
	t.Parallel()
	of := func(titles ...string) *plan.Plan { // "id title", with one sentence for all
		p := &plan.Plan{}
		for _, one := range titles {
			id, title, _ := strings.Cut(one, " ")
			p.Tasks = append(p.Tasks, plan.Task{ID: id, Kind: plan.Dated, Title: title, Lead: "shuiwu", Clause: "一", Source: "限期完成"})
		}
		return p
	}
	for _, c := range []struct {
		name, want string
		old, next  *plan.Plan
	}{
		{"one before the others", "1→2 2→3", of("1 建厂", "2 排查"), of("1 新任务", "2 建厂", "3 排查")},
		{"the first is cut", "2→1 3→2", of("1 建厂", "2 排查", "3 清淤"), of("1 排查", "2 清淤")},
		{"two change places", "1→2 2→1", of("1 建厂", "2 排查"), of("1 排查", "2 建厂")},
		{"renumbered, and the next reworded in its place", "a→1-1 b→a", of("a 建厂", "b 划定保护区"), of("1-1 建厂", "a 划定饮用水水源保护区")},
		{"reworded only", "", of("1 建厂", "2 排查"), of("1 建成厂", "2 全面排查")},
		{"reworded, and another added", "", of("1 建厂"), of("1 建成厂", "2 排查")},
	} {
		changes := plan.Diff(c.old, c.next)
		var pairs []string
		likely := changes.Likely()
		for _, p := range likely {
			pairs = append(pairs, p.Was+"→"+p.Now)
		}
		slices.Sort(pairs)
		require.Equal(t, c.want, strings.Join(pairs, " "), c.name)
		same := c.next.Same(likely)
		next, identity, err := plan.Identify(c.old, &same, nil, func(id string) bool {
			return slices.ContainsFunc(c.old.Tasks, func(t plan.Task) bool { return t.ID == id })
		})
		require.NoError(t, err, c.name)
		changes = plan.Diff(c.old, &next)
		identity.Note(&changes)
		require.Empty(t, changes.Likely(), "%s: said once, it is asked no more", c.name)
	}
}

// A task that is to carry on one of another plan is a new task in place of the one that had
// its ID, as a task of another kind is; a task that carries one on already stays what it is,
// also where it had left the plan.
func TestATaskThatIsCarriedOnMakesWay(t *testing.T) {
	t.Parallel()
	carried := func(id, from string) plan.Task { return plan.Task{ID: id, Kind: plan.Dated, Title: id, Carries: from} }
	old := &plan.Plan{Tasks: []plan.Task{carried("a", ""), carried("b", "y1/b"), carried("c", "")}}
	next := &plan.Plan{Tasks: []plan.Task{carried("a", "y1/a"), carried("b", "y1/b"), carried("c", ""), carried("d", "y1/d")}}
	for _, again := range []string{"y1/d", "y1/other"} { // what the other plan calls it may have changed
		taken := func(id string) bool { return strings.Contains(" a b c d ", " "+id+" ") }
		p, i, err := plan.Identify(old, next, []plan.Task{carried("d", again)}, taken)
		require.NoError(t, err)
		var ids []string
		for _, task := range p.Tasks {
			ids = append(ids, task.Shown()+"="+task.ID)
		}
		require.Equal(t, "a=a@2 b=b c=c d=d", strings.Join(ids, " "))
		require.Equal(t, []any{map[string]string{"a@2": "a"}, map[string]bool{"d": true}}, []any{i.Anew, i.Again})
		changes := plan.Diff(old, &p)
		i.Note(&changes)
		lines := strings.Join(changes.Lines(words.New("zh"), old, next), "\n")
		require.Contains(t, lines, "  接续 y1/a\n", "where it comes from")
		require.NotContains(t, lines, "a@2")
		_, i, err = plan.Identify(&p, next, nil, taken)
		require.NoError(t, err)
		require.Empty(t, i.Anew, "said once more it changes nothing")
	}
}
