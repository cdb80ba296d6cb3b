package acttest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/act/acttest"
	"duban/internal/act/doc"
	"duban/internal/calendar"
	"duban/internal/form"
	"duban/internal/ledger"
	"duban/internal/letter"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/query"
	"duban/internal/script"
	"duban/internal/strictyaml"
	"duban/internal/terminal"
	"duban/internal/words"
	"duban/seeds"
)

var (
	today = calendar.NewDay(2021, time.June, 1)
	clerk = act.Actor{Account: "clerk", Name: "经办 赵敏", Unit: "office"}
	unit  = act.Actor{Account: "wang", Name: "王某", Unit: "gaoping"}
)

func rules(t *testing.T) act.Rules {
	t.Helper()
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	b, err := act.NewRules(&plan.Plan{ID: "water", Policies: policies, Directory: people.Directory{Office: "office", Leadership: "group",
		Units: []people.Unit{{ID: "gaoping"}, {ID: "office"}, {ID: "group"}}}}, cal)
	require.NoError(t, err)
	return b
}

func begun(b act.Rules) act.Course {
	return b.Open(act.Case{Kind: plan.Dated, Title: "建成污水处理厂", Lead: "gaoping", Office: "office", Leadership: "group", Policy: "standard",
		Due: today.AddDays(90), Assigned: today.AddDays(-5).At(8, 0, calendar.Beijing)})
}

func inspection(change ...func(*act.Act)) act.Act {
	a := act.Act{ID: "a1", Kind: acttest.Inspect, By: clerk, At: today.At(10, 0, calendar.Beijing), On: today, Reason: "污水直排", Due: today.AddDays(9),
		Talk: &act.TalkFacts{Place: "天阳污水处理厂"}}
	for _, c := range change {
		c(&a)
	}
	return a
}

// An act that has its row and its effect is judged: who, in which state, what it must
// say and how much, and what its effect asks; and it changes what its effect changes.
func TestAnAddedActIsJudged(t *testing.T) {
	acttest.Add(t)
	b := rules(t)
	c := begun(b)
	for want, a := range map[string]act.Act{
		"seat": inspection(func(a *act.Act) { a.By = unit }), "needs": inspection(func(a *act.Act) { a.Talk = nil }),
		"long": inspection(func(a *act.Act) { a.Reason = strings.Repeat("督", 3001) }), "part_date": inspection(func(a *act.Act) { a.Due = today }),
		"id_engine": inspection(func(a *act.Act) { a.ID = "engine:inspect" }),
	} {
		_, told, refused := b.Act(c, a)
		require.Equal(t, "act.refused_"+want, refused.Key)
		require.Empty(t, told)
	}
	after, told, refused := b.Act(c, inspection(func(a *act.Act) { a.Reason = strings.Repeat("督", 3000) }))
	require.Nil(t, refused, "its reason may be longer than others")
	require.Equal(t, today, after.Heard)
	require.Equal(t, inspection().At, after.Restarted)
	require.Nil(t, c.Could(acttest.Inspect, clerk, today))
	closed := c
	closed.State = act.Closed
	require.Equal(t, "act.refused_state", closed.Could(acttest.Inspect, clerk, today).Key)

	require.Len(t, told, 1)
	require.Equal(t, []people.Recipient{{Unit: "gaoping", Role: people.Liaison}, {Unit: "gaoping", Role: people.Head}}, told[0].To)
	require.Equal(t, today.AddDays(9), told[0].Limit, "the limit that its row names")
}

// It is a command with its flags and its help, and what is typed becomes the act.
func TestAnAddedActIsACommand(t *testing.T) {
	acttest.Add(t)
	for lang, says := range map[string][]string{"zh": {"记录现场督查", "协调办", "在办", "--place --due --reason"}, "en": {"Record an inspection", "office", "open", "--place --due --reason"}} {
		w := words.New(lang)
		short, long := terminal.ActHelp(w, acttest.Row)
		for _, text := range says {
			require.Contains(t, short+long, text, lang)
		}
		c, said := &cobra.Command{Use: "inspect"}, form.Said{}
		terminal.ActFlags(w, c, acttest.Row, &said)
		require.NotContains(t, c.Flags().FlagUsages(), "cli.", lang)
		require.NoError(t, c.ParseFlags([]string{"--place", "厂区", "--due", "2021年6月10日", "-m", "污水直排"}))
		a, err := form.Fill(subject(), acttest.Row, said, clerk)
		require.NoError(t, err)
		require.Equal(t, act.Act{Kind: acttest.Inspect, By: clerk, Reason: "污水直排", Due: calendar.NewDay(2021, 6, 10), Talk: &act.TalkFacts{Place: "厂区"}}, a)
	}
	row, ok := form.RowOn(subject(), false, acttest.Inspect)
	require.True(t, ok)
	require.Equal(t, act.OnTask, row.On)
}

func subject() query.Subject {
	return query.Subject{Plan: ledger.Launched{Plan: plan.Plan{ID: "water", Directory: people.Directory{Office: "office", Leadership: "group"}}},
		Task: ledger.Task{Plan: "water", ID: "b", Lead: "gaoping", Facts: act.Case{Office: "office", Lead: "gaoping"}}}
}

// It has its line in the page of acts, with who hears of it.
func TestAnAddedActIsOnThePageOfActs(t *testing.T) {
	acttest.Add(t)
	for lang, want := range map[string]string{
		"zh": "| 现场督查 | `inspect` | 在办、办结待核 | – | 约谈地点、日期 | 联络员、主要负责人 |",
		"en": "| inspect the place | `inspect` | open, reported done | – | place of the talk, date | liaison, head |",
	} {
		page, err := doc.Page(lang)
		require.NoError(t, err)
		require.Contains(t, page, want)
	}
}

// It is told in its own words, and asks for something at once.
func TestAnAddedActIsTold(t *testing.T) {
	acttest.Add(t)
	b := rules(t)
	_, told, _ := b.Act(begun(b), inspection())
	for lang, says := range map[string][]string{"zh": {"现场督查", "进行了现场督查", "意见：“污水直排”", "6月10日"}, "en": {"Inspection", "inspected the place", "污水直排", "10 June"}} {
		to := told[0].To[0]
		m, err := notice.Compose(words.New(lang), notice.Digest{ID: "x|1", Plan: notice.PlanRef{ID: "water", Title: "治水计划"}, Recipient: to, Unit: "高平市政府", Zone: calendar.Beijing,
			Office: letter.Address{Name: "办公室"}, At: inspection().At, Date: inspection().At, Items: []notice.Item{{
				Task: "b", Title: "建成污水处理厂", Lead: "高平市政府", Due: today.AddDays(90), Kind: plan.Told, Stage: told[0].ID, Matter: told[0].Matter, LimitLeft: notice.Distance{Days: 9},
			}}})
		require.NoError(t, err)
		for _, text := range says {
			require.Contains(t, m.Text, text, lang)
		}
		require.Contains(t, m.HTML, "#a8071a", "it is grave")
	}
}

// A script does it, and says of it what its row lets it say.
func TestAnAddedActIsDoneByAScript(t *testing.T) {
	acttest.Add(t)
	const seed = "../../../seeds/jincheng-2021-water"
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	p, problems := planfile.Load(filepath.Join(seed, "plan.yaml"), cal)
	require.False(t, strictyaml.Failed(problems))
	folder, err := filepath.Abs(seed)
	require.NoError(t, err)
	load := func(say string) (*script.Script, []strictyaml.Problem) {
		file := filepath.Join(t.TempDir(), "script.yaml")
		require.NoError(t, os.WriteFile(file, []byte("plan: jincheng-2021-water\naccounts: "+filepath.Join(folder, "accounts.yaml")+"\nacts:\n  - {at: 2021-06-01, as: shuizhiban, task: p14, do: inspect, reason: 污水直排, "+say+"}\n"), 0o600))
		return script.Load(file, p, cal)
	}
	s, problems := load("due: 2021-06-10, facts: {place: 厂区}")
	require.Empty(t, problems)
	require.Equal(t, acttest.Inspect, s.Entries[0].Act.Kind)
	require.Equal(t, "厂区", s.Entries[0].Act.Talk.Place)
	_, problems = load("due: 2021-06-10, percent: 60")
	require.Len(t, problems, 1)
	require.Equal(t, "script.not_taken", problems[0].Key)
}
