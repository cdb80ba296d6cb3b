package planfile_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/internal/words"
	"duban/seeds"
)

func day(t require.TestingT, s string) calendar.Day {
	d, err := calendar.ParseDay(s)
	require.NoError(t, err)
	return d
}

func seededCalendar(t require.TestingT) *calendar.Calendar {
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	return cal
}

func seededPolicies(t require.TestingT) map[string]plan.Policy {
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	return policies
}

// files is a folder of a plan's files; change replaces text in them, each of
// which must be there once.
type files map[string]string

func smallFiles(t testing.TB) files {
	all := files{"policies.yaml": string(seeds.Policies)}
	for _, name := range []string{"plan.yaml", "units.yaml"} {
		raw, err := os.ReadFile(filepath.Join("testdata/small", name))
		require.NoError(t, err)
		all[name] = string(raw)
	}
	return all
}

func (f files) change(t testing.TB, name, old, now string) {
	require.Equal(t, 1, strings.Count(f[name], old), "%s in %s", old, name)
	f[name] = strings.Replace(f[name], old, now, 1)
}

func (f files) load(t testing.TB) (*plan.Plan, []strictyaml.Problem) {
	dir := t.TempDir()
	for name, text := range f {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	p, problems := planfile.Load(filepath.Join(dir, "plan.yaml"), seededCalendar(t))
	for i := range problems {
		problems[i].File = strings.TrimPrefix(problems[i].File, dir+"/")
		if first, ok := problems[i].Data["File"].(string); ok {
			problems[i].Data["File"] = strings.TrimPrefix(first, dir+"/")
		}
	}
	return p, problems
}

func TestLoad(t *testing.T) {
	t.Parallel()
	p, problems := smallFiles(t).load(t)
	require.Empty(t, problems)
	got := map[string]string{}
	var order []string
	for _, task := range p.Tasks {
		order = append(order, task.ID)
		got[task.ID] = fmt.Sprintf("%s | %s | %s | lead %s assist %v | %s | %s | %s", task.Clause, task.Title, task.Kind, task.Lead, task.Assist, task.Due, task.Policy, task.Source)
	}
	require.Equal(t, []string{"2.4-survey.zezhou", "2.4-survey.gaoping", "2.4-plan", "2.4-finish", "2.4-monitor", "p01", "s01"}, order)
	require.Equal(t, map[string]string{
		"2.4-survey.zezhou":  "三（二）4 | 完成排查 | dated | lead zezhou assist [zhujian] | 2021-04-30 | standard | 2021年4月底前完成排查工作",
		"2.4-survey.gaoping": "三（二）4 | 完成排查 | dated | lead gaoping assist [zhujian] | 2021-04-30 | standard | 2021年4月底前完成排查工作",
		"2.4-plan":           "三（二）4 | 制定方案 | dated | lead zhujian assist [zezhou gaoping] | 2021-06-30 | standard | 6月底前制定整改方案",
		"2.4-finish":         "三（二）4 | 完成整治 | dated | lead zhujian assist [zezhou gaoping] | 2021-12-31 | soft | 力争年底前完成整治",
		"2.4-monitor":        "三（二）4 | 水质监测 | duty | lead zhujian assist [zezhou gaoping] |  | standard | 按季度实施水质监测(每季1次)",
		"p01":                "附件2第1行 | 南线 | dated | lead zezhou assist [zhujian] | 2021-04-10 | standard | 南线，2021年4月上旬投运",
		"s01":                "附件1第1行 | 赵庄断面水质达到目标（完成省定目标） | standing | lead gaoping assist [] |  | standard | 赵庄，完成省定目标",
	}, got)
	require.Equal(t, &plan.Recurrence{Every: "quarter", From: day(t, "2021-04-08"), Until: day(t, "2021-12-31")}, p.Tasks[4].Recur)
	require.Equal(t, []plan.Mention{{ID: "2.4-south", Clause: "三（二）4", Due: day(t, "2021-04-10"), Source: "4月上旬投运南线"}}, p.Tasks[5].Also)
	require.Equal(t, []plan.Section{{ID: "s01", No: 1, County: "gaoping", Name: "赵庄", Target: "完成省定目标", Level: "national"}}, p.Sections)
	require.Equal(t, [][]string{{"市住建局", "各县（市、区）人民政府"}, {"各县(市、区)人民政府"}}, p.Clauses[0].Brackets)
	require.Equal(t, []string{"shuizhiban", "lingdao", "Asia/Shanghai", "small"}, []string{p.Directory.Office, p.Directory.Leadership, p.Zone, p.ID})
	require.Len(t, p.Hash, 64)

	raw, err := json.Marshal(p)
	require.NoError(t, err)
	var back plan.Plan
	require.NoError(t, json.Unmarshal(raw, &back))
	require.Equal(t, p, &back, "a plan survives being kept as JSON")
}

// TestTheHashIsOfTheMeaning: files with other bytes and the same meaning are the same plan; a
// change of meaning makes another plan, in whichever file it is.
func TestTheHashIsOfTheMeaning(t *testing.T) {
	t.Parallel()
	hash := func(change func(f files)) string {
		f := smallFiles(t)
		f.change(t, "plan.yaml", "units: units.yaml", "units: [units.yaml]\npolicies: policies.yaml")
		change(f)
		p, problems := f.load(t)
		require.Empty(t, problems)
		return p.Hash
	}
	each := func(change func(text string) string) func(files) {
		return func(f files) {
			for name := range f {
				f[name] = change(f[name])
			}
		}
	}
	same := hash(func(files) {})
	for what, change := range map[string]func(files){
		"a comment":         each(func(text string) string { return "# x\n" + text + "# y\n" }),
		"Windows line ends": each(func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }),
		"a byte order mark": each(func(text string) string { return "\ufeff" + text }),
		"quotes": func(f files) {
			f["plan.yaml"] = regexp.MustCompile(`(?m)^title: (.*)$`).ReplaceAllString(f["plan.yaml"], `title: "$1"`)
		},
		"the order of keys": func(f files) { f["plan.yaml"] = firstLineLast(f["plan.yaml"]) },
		"an unused policy": func(f files) {
			f["policies.yaml"] = strings.Replace(f["policies.yaml"], "\npolicies:\n", "\npolicies:\n"+strings.Replace(firstPolicy(f["policies.yaml"]), "name: standard", "name: unused", 1), 1)
		},
		"an empty text": func(f files) { f["plan.yaml"] += "\nzone: \"\"\n" },
	} {
		require.Equal(t, same, hash(change), what)
	}
	seen := map[string]bool{same: true}
	for what, change := range map[string]func(files){
		"a title": func(f files) { f["plan.yaml"] = strings.Replace(f["plan.yaml"], "title: ", "title: 修订", 1) },
		"a name": func(f files) {
			f["units.yaml"] = regexp.MustCompile(`email: .*@`).ReplaceAllString(f["units.yaml"], "email: new@")
		},
		"a policy": func(f files) {
			f["policies.yaml"] = regexp.MustCompile(`version: \d+`).ReplaceAllString(f["policies.yaml"], "version: 99")
		},
	} {
		h := hash(change)
		require.False(t, seen[h], what)
		seen[h] = true
	}
}

// firstLineLast moves the first line of a mapping, one key, behind all others.
func firstLineLast(text string) string {
	first, rest, _ := strings.Cut(strings.TrimLeft(text, "\n"), "\n")
	return strings.TrimRight(rest, "\n") + "\n" + first + "\n"
}

// firstPolicy is the first policy of a file, as it is there.
func firstPolicy(text string) string {
	begin := strings.Index(text, "  - name: ")
	return text[begin : begin+1+strings.Index(text[begin+1:], "\n  - name: ")+1]
}

func TestUnitsInSeveralFiles(t *testing.T) {
	t.Parallel()
	f := smallFiles(t)
	units, groups, _ := strings.Cut(f["units.yaml"], "groups:")
	f["units.yaml"], f["groups.yaml"] = "groups:"+groups+"units: []\n", units
	f.change(t, "plan.yaml", "units: units.yaml", "units: [units.yaml, groups.yaml]")
	p, problems := f.load(t)
	require.Empty(t, problems)
	require.Len(t, p.Directory.Units, 5)
}

func TestOverridesStandAboveDefaults(t *testing.T) {
	t.Parallel()
	f := smallFiles(t)
	f.change(t, "plan.yaml", "        due: 2021-06-30\n", `        due: 2021-06-30
        lead: 泽州县
        assist: [高平市, 泽州县]
        kind: dated
        place: 附则
        begin: 2021-01-01
        policy: "13710"
        milestone: 方案
        publish: true
        note: 一句话
`)
	f.change(t, "plan.yaml", "each: [各县（市、区）人民政府]", "each: [高平市, 各县, zezhou]\n        assist: [各县]\n        bracket: 2")
	p, problems := f.load(t)
	require.Empty(t, problems)
	require.Equal(t, plan.Task{ID: "2.4-plan", Clause: "附则", Title: "制定方案", Kind: plan.Dated, Lead: "zezhou", Assist: []string{"gaoping"},
		Due: day(t, "2021-06-30"), Begin: day(t, "2021-01-01"), Milestone: "方案", Policy: "13710", Publish: true, Source: "6月底前制定整改方案", Note: "一句话"}, p.Tasks[2])
	require.Equal(t, []string{"2.4-survey.gaoping [zezhou]", "2.4-survey.zezhou [gaoping]"},
		[]string{fmt.Sprint(p.Tasks[0].ID, " ", p.Tasks[0].Assist), fmt.Sprint(p.Tasks[1].ID, " ", p.Tasks[1].Assist)})
}

func TestAllProblemsAtOnceInOneLineEach(t *testing.T) {
	t.Parallel()
	f := smallFiles(t)
	f.change(t, "plan.yaml", "issued: 2021-04-08", "issued: 2021-02-30")
	f.change(t, "plan.yaml", "title: 制定方案", "titel: 制定方案")
	f.change(t, "plan.yaml", "  - {id: p01, no: 1", "  - {id: 2.4-plan, no: 1")
	f.change(t, "plan.yaml", "county: 高平市", "county: 高平")
	f.change(t, "units.yaml", "head@city.example", "head@@city.example")
	p, problems := f.load(t)
	require.Nil(t, p)
	require.True(t, strictyaml.Failed(problems))
	lines := map[string][]string{}
	for _, lang := range []string{"zh", "en"} {
		for _, problem := range problems {
			lines[lang] = append(lines[lang], problem.Text(words.New(lang)))
		}
	}
	require.Equal(t, []string{
		`plan.yaml:5:9: issued: “2021-02-30”不是真实存在的日期；请写成 2021-04-30 这样`,
		`plan.yaml:29:9: clauses[0].tasks[1].title: 缺少“title”；请补上`,
		`plan.yaml:30:9: clauses[0].tasks[1].titel: 没有“titel”这个字段，是否想写 title；请改正字段名或删去`,
		`plan.yaml:43:18: clauses[0].tasks[4].same_as: 没有编号为“p01”的任务，是否指 s01；请改正 same_as`,
		`plan.yaml:47:10: projects[0].id: “2.4-plan”重复，plan.yaml 第 29 行已用过；请改其中一个`,
		`plan.yaml:49:30: sections[0].county: 单位表里没有“高平”，是否指 高平市；请改正名称，或在单位表里补上单位或别名`,
		`units.yaml:8:42: units[0].contacts[2].email: “head@@city.example”不是电子邮箱地址；请写成 name@example.gov.cn 这样`,
	}, lines["zh"])
	require.Equal(t, `plan.yaml:49:30: sections[0].county: no unit is called "高平", perhaps 高平市; correct the name, or add the unit or an alias to the units file`, lines["en"][5])
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, problems := planfile.Load(filepath.Join(dir, "plan.yaml"), seededCalendar(t))
	require.Len(t, problems, 1)
	require.Equal(t, dir+"/plan.yaml: 没有这个文件；请核对路径", problems[0].Text(words.New("zh")))
	_, problems = planfile.Load(dir, seededCalendar(t))
	require.Equal(t, dir+": 这里不是文件（是文件夹或设备）；请核对路径", problems[0].Text(words.New("zh")))

	f := smallFiles(t)
	delete(f, "units.yaml")
	_, problems = f.load(t)
	require.Len(t, problems, 1, "unknown units are not held against the plan")
	require.Equal(t, []string{"units.yaml", "file.no_file"}, []string{problems[0].File, problems[0].Key})

	f = smallFiles(t)
	f["plan.yaml"] += strings.Repeat("# fill\n", 8<<20/7)
	_, problems = f.load(t)
	require.Equal(t, "plan.yaml: 文件超过 4 MiB；请拆分，或核对是否拿错了文件", problems[0].Text(words.New("zh")))
}

func TestAFloodOfProblemsEnds(t *testing.T) {
	t.Parallel()
	f := smallFiles(t)
	f["plan.yaml"] += "extra:\n" + strings.Repeat("extra: 1\n", 20_000)
	p, problems := f.load(t)
	require.Nil(t, p)
	require.Equal(t, "file.more", problems[len(problems)-1].Key)
	require.Less(t, len(problems), 10_002)
}

func TestAliasBombsAreRefused(t *testing.T) {
	t.Parallel()
	f := smallFiles(t)
	bomb := "notes:\n  - &a [x, x, x, x, x, x, x, x, x, x]\n"
	for i, name := range strings.Split("bcdefghij", "") {
		bomb += fmt.Sprintf("  - &%s [%s]\n", name, strings.TrimSuffix(strings.Repeat("*"+string("abcdefghi"[i])+", ", 10), ", "))
	}
	f["plan.yaml"] = bomb + f["plan.yaml"]
	_, problems := f.load(t)
	require.Len(t, problems, 1)
	require.Equal(t, []any{"file.alias", true}, []any{problems[0].Key, problems[0].Line > 0})

	f["plan.yaml"] = "clauses: &c [*c]\n"
	_, problems = f.load(t)
	require.Equal(t, "file.alias", problems[0].Key, "an alias of itself")
}

func TestTheSeededPolicies(t *testing.T) {
	t.Parallel()
	policies := seededPolicies(t)
	require.Len(t, policies, 3)
	require.Equal(t, policies["standard"].Talk, policies["13710"].Talk, "one talk for both")
	require.Nil(t, policies["soft"].Talk)
	require.Equal(t, plan.TalkStep{ID: "plan", After: "held", Limit: plan.Offset{N: 20, Work: true}}, policies["standard"].Talk.Steps[3])
	for name, p := range policies {
		require.Equal(t, 2, p.Version, name)
		require.Equal(t, plan.DefaultActs(), p.Acts, "%s: written out in full", name)
	}
	require.Equal(t, plan.Rule{ID: "study-1", Kind: plan.Remind, From: plan.FromAssigned, After: &plan.Offset{N: 1},
		To: []people.Role{people.Liaison}, Light: plan.Green, Unless: plan.UnlessAcknowledged}, policies["soft"].Stages[0])
}

func TestLimitsOfActsAreWhatIsWrittenAndTheDefaultsElse(t *testing.T) {
	t.Parallel()
	f := smallFiles(t)
	f.change(t, "plan.yaml", "units: units.yaml", "units: units.yaml\npolicies: own.yaml")
	f["own.yaml"] = `policies:
  - {name: standard, version: 1, title: 本市规则, blue: 7 days, yellow: 3 days, stages: [{id: due, kind: due, before: 0 days, to: [liaison], light: yellow}],
     acts: {return: 1 day, rule: 2 days, extend: 0 days, extensions: 0, verify: 366 workdays, decide: 4 days, chase: 0 workdays,
            grace: 9 days, silent: 6 days, part: 7 days, part_missed: 8 days, circular: 15 days, yellow: 0, red: 100}}
  - {name: soft, version: 1, title: 柔性规则, blue: 7 days, yellow: 3 days, stages: [{id: due, kind: due, before: 0 days, to: [liaison], light: yellow}],
     acts: {silent: 10 workdays, yellow: }}
  - {name: bare, version: 1, title: 简单规则, blue: 7 days, yellow: 3 days, stages: [{id: due, kind: due, before: 0 days, to: [liaison], light: yellow}]}
`
	p, problems := f.load(t)
	require.Empty(t, problems)
	days := func(n int) plan.Offset { return plan.Offset{N: n} }
	silent := plan.DefaultActs()
	silent.Silent = plan.Offset{N: 10, Work: true}
	got := map[string]plan.Acts{}
	for name, policy := range p.Policies {
		got[name] = policy.Acts
	}
	require.Equal(t, map[string]plan.Acts{
		"standard": {Return: days(1), Rule: days(2), Extend: days(0), Verify: plan.Offset{N: 366, Work: true}, Decide: days(4),
			Chase: plan.Offset{Work: true}, Grace: days(9), Silent: days(6), Part: days(7), PartMissed: days(8), Circular: days(15), Red: 100},
		"soft": silent,
		"bare": plan.DefaultActs(),
	}, got)
	require.Empty(t, p.Consequences, "what adds up belongs to the file of policies")
}

func TestConsequencesComeWithThePolicies(t *testing.T) {
	t.Parallel()
	want := []plan.Consequence{
		{ID: "two-overdue", Title: "两项任务同时逾期", Count: plan.CountOverdue, AtLeast: 2, Propose: plan.ProposeCircular},
		{ID: "three-reds", Title: "连续三项任务未按期办结", Count: plan.CountReds, AtLeast: 3, Propose: plan.ProposeTalk},
		{ID: "second-talk", Title: "一年内第二次约谈", Count: plan.CountTalks, AtLeast: 2, Within: plan.Offset{N: 365}, Propose: plan.ProposeCircular},
	}
	f := smallFiles(t)
	p, problems := f.load(t)
	require.Empty(t, problems)
	require.Equal(t, want, p.Consequences, "of the policies in the program")
	f.change(t, "plan.yaml", "units: units.yaml", "units: units.yaml\npolicies: policies.yaml")
	f.change(t, "policies.yaml", "within: 365 days", "within: 40 workdays")
	want[2].Within = plan.Offset{N: 40, Work: true}
	p, problems = f.load(t)
	require.Empty(t, problems)
	require.Equal(t, want, p.Consequences, "of a file of its own")
}

// A plan that is issued before its year, or after it has begun, asks for the periods
// of its year: December is the old plan's, whatever the day of issue, and wherever the
// rule is written.
func TestADutyBeginsWithItsPlansYear(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ issued, rule, want string }{
		{"2021-12-20", "{every: month}", "2022-01 2022-01-31"},
		{"2021-12-20", "{every: month, from: 2021-12-20, until: 2022-12-31}", "2022-01 2022-01-31"},
		{"2021-12-20", "{every: quarter, shift: 20}", "2022Q1 2022-04-20"},
		{"2021-12-20", "{every: year, shift: 31}", "2022 2023-01-31"},
		{"2021-12-20", `{cron: "0 9 25 * *"}`, "2022-01-25 2022-01-25"},
		{"2021-12-20", "每月25日", "2022-01-25 2022-01-25"},
		{"2021-10-15", "{every: quarter}", "2022Q1 2022-03-31"},
		{"2021-10-15", "{every: month, from: 2021-11-01}", "2021-11 2021-11-30"}, // as a person has written
		{"2022-04-08", "{every: month}", "2022-04 2022-04-30"},
		{"2022-01-10", "{every: quarter, shift: 20}", "2022Q1 2022-04-20"},
		{"2022-01-10", "{every: year, shift: 31}", "2022 2023-01-31"},
	} {
		f := smallFiles(t)
		f.change(t, "plan.yaml", "{every: quarter, until: 2021-12-31}", c.rule)
		f["plan.yaml"] = regexp.MustCompile(`(?m)^year: 2021`).ReplaceAllString(f["plan.yaml"], "year: 2022")
		f["plan.yaml"] = regexp.MustCompile(`(?m)^issued: .*`).ReplaceAllString(f["plan.yaml"], "issued: "+c.issued)
		f["plan.yaml"] = regexp.MustCompile(`due: 2021-`).ReplaceAllString(f["plan.yaml"], "due: 2022-")
		f["plan.yaml"] = regexp.MustCompile(`begin: 2021-`).ReplaceAllString(f["plan.yaml"], "begin: 2022-")
		p, _ := f.load(t)
		require.NotNil(t, p, c.rule)
		i := slices.IndexFunc(p.Tasks, func(t plan.Task) bool { return t.Kind == plan.Duty })
		due, period, ok := p.Tasks[i].Recur.Next(calendar.Day{})
		require.True(t, ok)
		require.Equal(t, c.want, period+" "+due.String(), c.issued+" "+c.rule)
	}
}
