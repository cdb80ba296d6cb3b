package rollover_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/rollover"
	"duban/internal/words"
)

var update = flag.Bool("update", false, "write the expected draft anew")

const notices = "../../seeds/calendar"

func day(t require.TestingT, s string) calendar.Day {
	d, err := calendar.ParseDay(s)
	require.NoError(t, err)
	return d
}

func seededCalendar(t require.TestingT) *calendar.Calendar {
	cal, err := calendar.Load(os.DirFS(notices))
	require.NoError(t, err)
	return cal
}

// one is a plan of 2021 with one dated task.
func one(t require.TestingT, source, due, milestone string) *plan.Plan {
	return &plan.Plan{ID: "water-2021", Title: "2021年计划", Year: 2021, Issued: day(t, "2021-01-05"),
		Tasks: []plan.Task{{ID: "a", Kind: plan.Dated, Title: "事项", Lead: "u", Due: day(t, due), Milestone: milestone, Source: source}}}
}

func outcome(i rollover.Item) string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %s %s", i.Do, i.Why, i.Due, strings.Join(i.Doubts, ",")))
}

// The words of the sentence decide whether a task comes again, whatever a
// clerk might hope.
func TestTheSentenceDecides(t *testing.T) {
	t.Parallel()
	cases := []struct{ source, due, milestone, unknown, open, closed string }{
		{"2021年12月底前完成管网建设", "2021-12-31", "完成", "drop once", "redo unfinished 2022-12-31 unfinished", "drop done"},
		{"年底前完成整治", "2021-12-31", "整治", "drop once", "redo unfinished 2022-12-31 unfinished", "drop done"},
		{"每年10月底前完成清淤", "2021-10-31", "完成", "move every_year 2022-10-31", "move every_year 2022-10-31 unfinished_too", "move every_year 2022-10-31"},
		{"年底前完成年度减排任务", "2021-12-31", "完成", "move yearly 2022-12-31", "move yearly 2022-12-31 unfinished_too", "move yearly 2022-12-31"},
		{"2021年底前完成当年目标任务", "2021-12-31", "完成", "move yearly 2022-12-31 year_written", "move yearly 2022-12-31 year_written,unfinished_too", "move yearly 2022-12-31 year_written"},
		{"2021年全市漏损率控制在10%以内", "2021-12-31", "达标", "move indicator 2022-12-31 new_figure", "move indicator 2022-12-31 new_figure,unfinished_too", "move indicator 2022-12-31 new_figure"},
		{"年底前出境断面达到Ⅲ类", "2021-12-31", "达标", "move indicator 2022-12-31 new_figure", "move indicator 2022-12-31 new_figure,unfinished_too", "move indicator 2022-12-31 new_figure"},
		{"2021年10月底前断面达到Ⅲ类", "2021-10-31", "达标", "drop target_once", "redo unfinished 2022-10-31 unfinished", "drop done"},
		{"2021年至2023年每年12月底前上报", "2021-12-31", "上报", "move every_year 2022-12-31", "move every_year 2022-12-31 unfinished_too", "move every_year 2022-12-31"},
		{"每两年12月底前开展一次评估", "2021-12-31", "评估", "move every_year 2022-12-31 every_other_year", "move every_year 2022-12-31 every_other_year,unfinished_too", "move every_year 2022-12-31 every_other_year"},
		{"每年汛前完成清淤", "2021-05-31", "完成", "move every_year 2022-05-31 season", "move every_year 2022-05-31 season,unfinished_too", "move every_year 2022-05-31 season"},
		{"全面完成划定工作", "2021-11-30", "完成", "move unclear 2022-11-30 no_date_in_text", "redo unfinished 2022-11-30 unfinished", "drop done"},
		{"2022年6月底", "2022-06-30", "完成", "carry later 2022-06-30", "carry later 2022-06-30", "drop done"},
		{"按2020年度考核结果，2021年6月底前完成整改", "2021-06-30", "完成", "drop once", "redo unfinished 2022-06-30 unfinished", "drop done"},
	}
	for _, c := range cases {
		p := one(t, c.source, c.due, c.milestone)
		at := day(t, "2022-02-01")
		record := []rollover.Record{{Task: "a", Title: "事项", Kind: plan.Dated, Lead: "u", Due: day(t, c.due), State: rollover.Open, Days: max(0, at.Sub(day(t, c.due)))}}
		require.Equal(t, c.unknown, outcome(rollover.Roll(p, nil, 2022, at).Items[0]), c.source)
		require.Equal(t, c.open, outcome(rollover.Roll(p, record, 2022, at).Items[0]), c.source)
		record[0].State = rollover.Closed
		require.Equal(t, c.closed, outcome(rollover.Roll(p, record, 2022, at).Items[0]), c.source)
		record[0].State = rollover.Cancelled
		require.Equal(t, "drop cancelled", outcome(rollover.Roll(p, record, 2022, at).Items[0]), c.source)
	}
	p := one(t, "2021年至2022年每年12月底前上报", "2021-12-31", "上报")
	require.Equal(t, "drop term_over", outcome(rollover.Roll(p, nil, 2023, day(t, "2022-02-01")).Items[0]))
}

func TestEndsOfMonth(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		year, to int
		source   string
		due      string
		want     string
	}{
		{2021, 2022, "每年2月底前上报", "2021-02-28", "move every_year 2022-02-28"},
		{2023, 2024, "每年2月底前上报", "2023-02-28", "move every_year 2024-02-29"},
		{2023, 2024, "每年2月28日前上报", "2023-02-28", "move every_year 2024-02-28"},
		{2024, 2025, "每年2月底前上报", "2024-02-29", "move every_year 2025-02-28"},
		{2024, 2025, "每年2月29日前上报", "2024-02-29", "move every_year 2025-02-28 no_such_day"},
		{2024, 2028, "每年2月29日前上报", "2024-02-29", "move every_year 2028-02-29"},
		{2021, 2022, "每年4月底前上报", "2021-04-30", "move every_year 2022-04-30"},
	} {
		p := one(t, c.source, c.due, "上报")
		p.Year, p.Issued = c.year, calendar.NewDay(c.year, 1, 1)
		require.Equal(t, c.want, outcome(rollover.Roll(p, nil, c.to, calendar.Day{}).Items[0]), c.source)
	}
}

func TestDutiesAndStanding(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{ID: "water", Title: "水计划", Year: 2021, Issued: day(t, "2021-04-08"), Tasks: []plan.Task{
		{ID: "quarter", Kind: plan.Duty, Recur: &plan.Recurrence{Every: "quarter", From: day(t, "2021-04-08"), Until: day(t, "2021-12-31")}, Source: "按季度监测"},
		{ID: "half", Kind: plan.Duty, Recur: &plan.Recurrence{Every: "month", From: day(t, "2021-04-08"), Until: day(t, "2021-06-30")}, Source: "上半年每月调度"},
		{ID: "long", Kind: plan.Duty, Recur: &plan.Recurrence{Cron: "0 9 5 * *", From: day(t, "2022-03-01"), Until: day(t, "2025-12-31")}, Source: "每月5日前"},
		{ID: "endless", Kind: plan.Duty, Recur: &plan.Recurrence{Every: "year", From: day(t, "2021-04-08")}, Source: "每年"},
		{ID: "ended", Kind: plan.Duty, Recur: &plan.Recurrence{Every: "year"}, Source: "每年"},
		{ID: "report", Kind: plan.Duty, Recur: &plan.Recurrence{Every: "year", Shift: 31, From: day(t, "2021-04-08"), Until: day(t, "2022-01-31")}, Source: "每年1月31日前报上年"},
		{ID: "late quarter", Kind: plan.Duty, Recur: &plan.Recurrence{Every: "quarter", Shift: 20, From: day(t, "2021-04-08"), Until: day(t, "2022-01-20")}, Source: "季后20日内"},
		{ID: "fridays", Kind: plan.Duty, Recur: &plan.Recurrence{Cron: "0 9 * * 5", From: day(t, "2021-04-08"), Until: day(t, "2021-12-31")}, Source: "每周五"},
		{ID: "summer", Kind: plan.Duty, Recur: &plan.Recurrence{Cron: "0 9 * * 5", From: day(t, "2021-06-01"), Until: day(t, "2021-09-30")}, Source: "汛期每周五"},
		{ID: "since", Kind: plan.Standing, Source: "2021年5月起全部纳入考核"},
		{ID: "named", Kind: plan.Standing, Source: "按时完成2020年度评估"},
		{ID: "history", Kind: plan.Standing, Source: "2018年以来持续推进"},
		{ID: "paper", Kind: plan.Standing, Source: "按照《山西省2020年行动计划》执行"},
		{ID: "vision", Kind: plan.Standing, Source: "到2025年基本建成"},
		{ID: "moved", Kind: plan.Standing, Lead: "a", Source: "加强管理"},
	}}
	d := rollover.Roll(p, []rollover.Record{{Task: "ended", State: rollover.Closed}, {Task: "moved", Lead: "b", State: rollover.Open}}, 2022, day(t, "2022-01-10"))
	var got []string
	for _, i := range d.Items {
		rule := ""
		if i.Recur != nil {
			rule = fmt.Sprintf(" from %s until %s", i.Recur.From, i.Recur.Until)
		}
		got = append(got, i.Task.ID+": "+strings.TrimSpace(fmt.Sprintf("%s %s %s", i.Do, i.Why, strings.Join(i.Doubts, ",")))+rule)
	}
	require.Equal(t, []string{
		"quarter: carry duty from  until 2022-12-31",
		"half: carry duty duty_ended_early from  until 2022-06-30",
		"long: carry duty from 2022-03-01 until 2025-12-31",
		"endless: carry duty from  until ",
		"ended: drop ended",
		"report: carry duty from  until 2023-01-31",
		"late quarter: carry duty from  until 2023-01-20",
		"fridays: carry duty from  until 2022-12-31",
		"summer: carry duty duty_ended_early from  until 2022-09-30",
		"since: carry standing",
		"named: carry standing names_year",
		"history: carry standing",
		"paper: carry standing",
		"vision: carry standing",
		"moved: carry standing reassigned",
	}, got)
	require.Equal(t, []string{"water-2022", "水计划"}, []string{d.ID, d.Title})
	require.Empty(t, d.Unfinished)
}

// anyRecords is a ledger in which anything may have happened to the plan's tasks.
func anyRecords(t *rapid.T, p *plan.Plan) []rollover.Record {
	var all []rollover.Record
	for _, k := range p.Tasks {
		r := rollover.Record{Task: k.ID, Title: k.Title, Kind: k.Kind, Lead: k.Lead, Due: k.Due,
			State: rapid.SampledFrom([]string{rollover.Open, rollover.Closed, rollover.Closed, rollover.Cancelled}).Draw(t, k.ID)}
		if k.Kind == plan.Dated && rapid.IntRange(0, 4).Draw(t, "extended") == 0 {
			r.Due = k.Due.AddDays(rapid.IntRange(1, 400).Draw(t, "by"))
		}
		if rapid.IntRange(0, 9).Draw(t, "reassigned") == 0 {
			r.Lead = "huanbao"
		}
		all = append(all, r)
	}
	return all
}

// Whatever the ledger says, the draft of a plan with everything in it checks but for its marks,
// nothing unfinished is lost, every limit lies in the new year or later, and
// what was not carried is not there.
func TestEveryDraftChecksButForItsMarks(t *testing.T) {
	t.Parallel()
	cal := seededCalendar(t)
	p, _ := planfile.Load("testdata/plan.yaml", cal)
	require.NotNil(t, p)
	raw, err := os.ReadFile("testdata/plan.yaml")
	require.NoError(t, err)
	zh := words.New("zh")
	rapid.Check(t, func(rt *rapid.T) {
		year := rapid.IntRange(2022, 2026).Draw(rt, "year")
		d := rollover.Roll(p, anyRecords(rt, p), year, day(rt, "2022-01-10"))
		files, err := d.Files(raw, func(name string) ([]byte, error) { return os.ReadFile(filepath.Join("testdata", name)) }, zh)
		require.NoError(rt, err)
		dir, err := os.MkdirTemp(t.TempDir(), "")
		require.NoError(rt, err)
		require.NoError(rt, rollover.Write(dir, files))
		require.NoError(rt, rollover.Write(dir, files), "a second time")
		_, problems := planfile.Load(filepath.Join(dir, "plan.yaml"), cal)
		marks := 0
		for _, problem := range problems {
			if problem.Key == planfile.TodoKey {
				marks++
				continue
			}
			require.True(rt, problem.Warning, problem.Text(zh))
		}
		require.Equal(rt, strings.Count(strings.SplitN(string(files[0].Raw), "\nid:", 2)[1], ": "+planfile.Todo), marks)
		require.Contains(rt, string(files[len(files)-1].Raw), fmt.Sprintf("## 待定（%d 项", marks))
		next := settled(rt, dir, string(files[0].Raw), cal)
		held := map[string]int{}
		for _, k := range next.Tasks {
			held[k.Title+k.Lead]++
			if k.Kind == plan.Dated {
				require.GreaterOrEqual(rt, k.Due.Year, year)
			}
		}
		carried := 0
		for _, i := range d.Items {
			if i.Do != rollover.Drop {
				carried++
			}
			if i.Late != nil {
				require.NotEqual(rt, rollover.Drop, i.Do, i.Task.ID)
			}
		}
		require.Len(rt, next.Tasks, carried)
	})
}

// settled is the draft after a person took every mark away.
func settled(t require.TestingT, dir, draft string, cal *calendar.Calendar) *plan.Plan {
	path := filepath.Join(dir, "settled.yaml")
	require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(draft, ": "+planfile.Todo, ": ")), 0o644))
	p, problems := planfile.Load(path, cal)
	for _, problem := range problems {
		require.True(t, problem.Warning, problem.Text(words.New("zh")))
	}
	require.NotNil(t, p)
	return p
}

func TestWriteKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "draft")
	files := []rollover.File{{Name: "plan.yaml", Raw: []byte("a")}, {Name: "rollover.md", Raw: []byte("b")}}
	require.NoError(t, rollover.Write(dir, files))
	require.NoError(t, os.Remove(filepath.Join(dir, "plan.yaml")), "as if interrupted")
	require.NoError(t, rollover.Write(dir, files))
	require.NoError(t, os.Remove(filepath.Join(dir, "plan.yaml")))
	files[1].Raw = []byte("changed")
	err := rollover.Write(dir, files)
	var differs *rollover.DiffersError
	require.ErrorAs(t, err, &differs)
	require.Equal(t, filepath.Join(dir, "rollover.md"), differs.Path)
	require.NoFileExists(t, filepath.Join(dir, "plan.yaml"), "nothing is written when anything differs")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1, "no file of the writing is left")
}

// A plan's files keep their names side by side, whatever folders they came from.
func TestFilesOfTheSameName(t *testing.T) {
	t.Parallel()
	p := one(t, "每年10月底前完成清淤", "2021-10-31", "完成")
	p.Directory = people.Directory{}
	raw := []byte("id: water-2021\ntitle: x\nunits: [a/units.yaml, b/units.yaml]\npolicies: ../rollover.md\naccounts: accounts.yaml\nclauses: []\n")
	files, err := rollover.Roll(p, nil, 2022, day(t, "2022-01-01")).Files(raw, func(name string) ([]byte, error) { return []byte("of " + name), nil }, words.New("en"))
	require.NoError(t, err)
	var got []string
	for _, f := range files[1 : len(files)-1] {
		got = append(got, f.Name+" "+string(f.Raw))
	}
	require.Equal(t, []string{"units.yaml of a/units.yaml", "2-units.yaml of b/units.yaml", "2-rollover.md of ../rollover.md", "accounts.yaml of accounts.yaml"}, got)
	require.Contains(t, string(files[0].Raw), "units: [units.yaml, 2-units.yaml]\npolicies: 2-rollover.md\naccounts: accounts.yaml\n")
}

// The whole draft and report of the small plan, half of it done: read them when
// they change.
func TestTheSmallPlanWhole(t *testing.T) {
	t.Parallel()
	cal := seededCalendar(t)
	p, _ := planfile.Load("testdata/plan.yaml", cal)
	require.NotNil(t, p)
	raw, err := os.ReadFile("testdata/plan.yaml")
	require.NoError(t, err)
	state := map[string]string{"survey.gaoping": rollover.Open, "survey.zezhou": rollover.Closed, "summary.gaoping": rollover.Open,
		"scheme": rollover.Open, "manage.zezhou": rollover.Cancelled, "p01": rollover.Closed, "s02": rollover.Closed}
	due := map[string]string{"survey.gaoping": "2021-08-31", "survey.qinshui": "2022-03-31", "monitor.2021Q4": "2021-12-31"}
	records := []rollover.Record{}
	for _, k := range p.Tasks {
		r := rollover.Record{Task: k.ID, Title: k.Title, Kind: k.Kind, Lead: k.Lead, Due: k.Due, State: state[k.ID]}
		if r.State == "" {
			r.State = rollover.Open
		}
		if due[k.ID] != "" {
			r.Due = day(t, due[k.ID])
		}
		if k.ID == "leakage" || k.ID == "s01" {
			r.Lead = "zezhou"
		}
		at := day(t, "2022-01-10")
		if r.Phase = r.State; r.State == rollover.Open && !r.Due.IsZero() && at.After(r.Due) {
			r.Days, r.Workdays = at.Sub(r.Due), cal.Workdays(r.Due, at)
		}
		switch k.ID {
		case "scheme": // handed in in time, and waits for the office
			r.Phase, r.Days, r.Workdays = "reported", 0, 0
		case "leakage":
			r.Title, r.Assist, r.Talks = k.Title+"（含新建小区）", []string{"qinshui"}, []string{"leakage#1"}
		}
		records = append(records, r)
		if k.ID == "monitor" {
			records = append(records, rollover.Record{Days: 10, Workdays: 5, Phase: "open", Task: "monitor.2021Q4", Duty: "monitor", Title: k.Title, Kind: plan.Dated, Lead: k.Lead, Due: day(t, due["monitor.2021Q4"]), State: rollover.Open})
		}
	}
	files, err := rollover.Roll(p, records, 2022, day(t, "2022-01-10")).Files(raw, func(name string) ([]byte, error) { return os.ReadFile(filepath.Join("testdata", name)) }, words.New("zh"))
	require.NoError(t, err)
	require.Equal(t, []string{"plan.yaml", "units.yaml", "rollover.md"}, []string{files[0].Name, files[1].Name, files[2].Name})
	for _, f := range []rollover.File{files[0], files[2]} {
		golden := filepath.Join("testdata", "2022."+f.Name)
		if *update {
			require.NoError(t, os.WriteFile(golden, f.Raw, 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), string(f.Raw))
	}
}

// The seed with its water parts: next year's plan has every section with a target of its year,
// and of a section's scheme the measures that are unfinished, which go on from this year's; what
// is finished is not there. Once a person has decided what is marked, it checks.
func TestSectionsAndMeasuresGoOn(t *testing.T) {
	t.Parallel()
	cal := seededCalendar(t)
	dir := t.TempDir()
	out, err := exec.Command("sh", "../../seeds/jincheng-2021-water/made/switch.sh", dir).CombinedOutput()
	require.NoError(t, err, string(out))
	file := filepath.Join(dir, "jincheng-2021-water", "plan.yaml")
	p, _ := planfile.Load(file, cal)
	require.NotNil(t, p)
	require.Equal(t, []string{"p01", "s01-outfalls", "s01-overflow", "s01-flow"}, p.Water.Schemes[0].Measures)
	draft := func(name string, open ...string) (next *plan.Plan, files map[string]string) {
		records := []rollover.Record{}
		for _, k := range p.Tasks {
			r := rollover.Record{Task: k.ID, Title: k.Title, Kind: k.Kind, Lead: k.Lead, Due: k.Due, Policy: k.Policy, State: rollover.Closed}
			if k.Kind != plan.Dated || slices.Contains(open, k.ID) {
				r.State = rollover.Open
			}
			if r.State == rollover.Open && k.Kind == plan.Dated {
				r.Days = day(t, "2022-01-10").Sub(k.Due)
			}
			records = append(records, r)
		}
		all, err := rollover.Roll(p, records, 2022, day(t, "2022-01-10")).FilesOf(file, words.New("zh"))
		require.NoError(t, err)
		to := filepath.Join(dir, name)
		require.NoError(t, rollover.Write(to, all))
		files = map[string]string{}
		for _, f := range all {
			files[f.Name] = string(f.Raw)
			if f.Name != "rollover.md" {
				decided := strings.ReplaceAll(string(f.Raw), ": "+planfile.Todo, ": ")
				require.NoError(t, os.WriteFile(filepath.Join(to, f.Name), []byte(decided), 0o644))
			}
		}
		next, problems := planfile.Load(filepath.Join(to, "plan.yaml"), cal)
		for _, problem := range problems {
			require.True(t, problem.Warning, problem.Text(words.New("zh")))
		}
		require.NotNil(t, next)
		return next, files
	}
	next, files := draft("left", "s01-overflow", "p01")
	require.Len(t, next.Water.Sections, 22)
	for i, s := range next.Water.Sections {
		require.Equal(t, p.Water.Sections[i].Target(2021), s.Target(2022), s.Name)
		require.Equal(t, s.Target(2021), s.Target(2022), s.Name)
	}
	require.Contains(t, files["sections.yaml"], "个断面的2022年目标暂按2021年的写")
	require.Len(t, next.Water.Rules, len(p.Water.Rules))
	require.Equal(t, []string{"p01", "s01-overflow"}, next.Water.Schemes[0].Measures)
	tasks := map[string]plan.Task{}
	for _, k := range next.Tasks {
		tasks[k.ID] = k
	}
	require.NotContains(t, tasks, "s01-outfalls", "it is finished")
	went := tasks["s01-overflow"]
	require.Equal(t, []string{"2022-09-30", p.ID + "/s01-overflow", "2021年未办结"}, []string{went.Due.String(), went.Carries, string([]rune(went.Note)[:8])})
	require.Contains(t, files["scheme.yaml"], "due: "+planfile.Todo+"2022-09-30", "a person decides the new limit")
	require.Contains(t, files["rollover.md"], "s01-overflow")

	next, files = draft("done")
	require.Empty(t, next.Water.Schemes, "next year's scheme is for the county to draw")
	require.NotContains(t, files["plan.yaml"], "schemes:")
	require.Len(t, next.Water.Sections, 22)
}

// Duties that the plan's parts name go on from those of the old plan, each unit's from its own; where the
// ledger knows nothing of them they begin anew, and where they have ended they are left out.
func TestDutiesOfThePartsGoOn(t *testing.T) {
	t.Parallel()
	cal := seededCalendar(t)
	dir := t.TempDir()
	out, err := exec.Command("sh", "../../seeds/jincheng-2021-water/made/switch.sh", dir).CombinedOutput()
	require.NoError(t, err, string(out))
	file := filepath.Join(dir, "jincheng-2021-water", "plan.yaml")
	zones := filepath.Join(dir, "jincheng-2021-water", "zones.yaml")
	raw, err := os.ReadFile(zones)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(zones, []byte(strings.Replace(string(raw), "# bulletin: {id: zone-bulletin,", "bulletin: {id: zone-bulletin, was: zones-old,", 1)), 0o644))
	p, problems := planfile.Load(file, cal)
	require.NotNil(t, p, "%v", problems)
	drafted := func(name string, known bool, ended ...string) (carries map[string]string, files map[string]string) {
		t.Helper()
		var records []rollover.Record
		if known {
			records = []rollover.Record{}
			for _, k := range p.Tasks {
				r := rollover.Record{Task: k.ID, Title: k.Title, Kind: k.Kind, Lead: k.Lead, Due: k.Due, Policy: k.Policy, State: rollover.Open}
				if k.Kind == plan.Dated {
					r.State = rollover.Closed
				}
				if slices.Contains(ended, k.ID) {
					r.State = rollover.Cancelled
				}
				records = append(records, r)
			}
		}
		all, err := rollover.Roll(p, records, 2022, day(t, "2022-01-10")).FilesOf(file, words.New("zh"))
		require.NoError(t, err)
		to := filepath.Join(dir, name)
		require.NoError(t, rollover.Write(to, all))
		files = map[string]string{}
		for _, f := range all {
			files[f.Name] = string(f.Raw)
			if f.Name != "rollover.md" {
				require.NoError(t, os.WriteFile(filepath.Join(to, f.Name), []byte(strings.ReplaceAll(string(f.Raw), ": "+planfile.Todo, ": ")), 0o644))
			}
		}
		next, problems := planfile.Load(filepath.Join(to, "plan.yaml"), cal)
		for _, problem := range problems {
			require.True(t, problem.Warning, problem.Text(words.New("zh")))
		}
		require.NotNil(t, next)
		carries = map[string]string{}
		for _, k := range next.Tasks {
			if k.Kind == plan.Duty && (strings.HasPrefix(k.ID, "readings.") || strings.HasPrefix(k.ID, "outlets.") || k.ID == "zone-bulletin") {
				require.Empty(t, k.Was)
				carries[k.ID] = k.Carries
			}
		}
		return carries, files
	}
	carries, files := drafted("known", true)
	require.Equal(t, map[string]string{"readings.jiance": p.ID + "/readings.jiance", "outlets.jiance": p.ID + "/outlets.jiance", "zone-bulletin": p.ID + "/zone-bulletin"}, carries)
	require.Contains(t, files["sections.yaml"], "个断面的2022年目标暂按2021年的写")
	carries, _ = drafted("unknown", false)
	require.Equal(t, map[string]string{"readings.jiance": "", "outlets.jiance": "", "zone-bulletin": ""}, carries)
	carries, files = drafted("ended", true, "outlets.jiance")
	require.NotContains(t, carries, "outlets.jiance")
	require.Contains(t, carries, "readings.jiance")
	require.Contains(t, files["incidents.yaml"], "outlets:")
}
