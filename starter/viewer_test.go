package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/seeds"
)

// Two plans of two offices. gaoping assists in 污水处理厂 of the water plan, which
// shuiwu leads and for which a talk is open; it leads 管网改造. huanbao is a unit of
// the air plan only; lvye of neither.
const viewers = `accounts:
  - {id: office, name: 协调办赵某, unit: office}
  - {id: leader, name: 刘副市长, unit: leaders}
  - {id: shuiwu, name: 市水务局王某, unit: shuiwu}
  - {id: gaoping, name: 高平市李某, unit: gaoping}
  - {id: air-office, name: 大气办钱某, unit: airoffice}
  - {id: huanbao, name: 环保局孙某, unit: huanbao}
  - {id: lvye, name: 林业局周某, unit: lvye}
`

// What somebody may read: of each a word that is nowhere else.
const (
	waterOver = "污水处理厂"  // task over, led by shuiwu, gaoping assists
	waterLate = "管网改造"   // task late, led by gaoping
	waterTalk = "over#1" // talk about over
	airTask   = "燃煤锅炉"   // of the air plan
	airTitle  = "治气计划"
)

// theirs is all that an account may ever read of these words.
var theirs = map[string][]string{
	"office": {waterOver, waterLate, waterTalk}, "leader": {waterOver, waterLate, waterTalk},
	"shuiwu": {waterOver, waterTalk}, "gaoping": {waterOver, waterLate},
	"air-office": {airTask, airTitle}, "huanbao": {airTask, airTitle}, "lvye": nil,
}

// ofTheMachine are the commands that show nothing of a plan in the ledger: they read files that
// are named, or are for whoever runs the machine and can open its folder.
var ofTheMachine = []string{
	"account invite", "portal",
	"adopt", "backup", "completion", "date", "engine", "init", "restore", "ui", "up", "calendar list", "office show", "office set", "ledger verify",
	"plan check", "plan import", "plan preview", "plan tasks", "rehearse", "try", "account token", "account calendar", "account tokens", "account revoke", "account log",
}

// watched is the two plans in one ledger.
func watched(t *testing.T) *filed {
	t.Helper()
	f := newFiled(t, at(7, 5, 10), time.Time{}, calendar.Clock{}).lives()
	f.hands(viewers)
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	p := plan.Plan{
		ID: "air", Title: airTitle, Number: "市办〔2021〕2号", Zone: "Asia/Shanghai", Year: 2021, Hash: "air", Policies: policies, Issued: calendar.NewDay(2021, 6, 1),
		Directory: people.Directory{Office: "airoffice", Leadership: "airleaders", Units: []people.Unit{{ID: "huanbao", Name: "市环保局", Contacts: []people.Contact{{Role: people.Head, Name: "局长", Email: "head@huanbao.example"}}}, {ID: "airoffice", Name: "市大气办"}, {ID: "airleaders", Name: "治气小组"}}},
		Tasks:     []plan.Task{{ID: "boiler", Kind: plan.Dated, Title: "关停" + airTask, Lead: "huanbao", Due: calendar.NewDay(2021, 7, 20), Policy: "standard"}},
	}
	_, err := f.store.AddPlan(t.Context(), ledger.Launched{Plan: p, At: at(6, 1, 0)}, []ledger.Task{ledger.TaskOf(&p, p.Tasks[0], at(6, 1, 0))}, f.when(at(6, 1, 0)))
	require.NoError(t, err)
	cal, err := f.calendar()
	require.NoError(t, err)
	b, err := act.NewRules(&p, cal)
	require.NoError(t, err)
	for _, s := range b.Ahead(ledger.CaseOf(ledger.TaskOf(&p, p.Tasks[0], at(6, 1, 0))))[:2] {
		channels := map[people.Recipient][]string{}
		for _, to := range s.To {
			channels[to] = []string{"smtp"}
		}
		_, _, err := ledgertest.Decide(t.Context(), f.store, ledger.Decision{Plan: "air", Task: "boiler", Revision: 1, Stage: s, Channels: channels}, f.when(s.At.Add(-time.Hour)))
		require.NoError(t, err)
	}
	return f
}

// amendedWater is the water plan as a file that leaves all tasks out but one.
func amendedWater(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"policies.yaml": string(seeds.Policies),
		"units.yaml": `units:
  - {id: shuiwu, name: 市水务局, kind: city_department, contacts: [{role: liaison, name: 联络员, email: a@b.example}]}
  - {id: office, name: 市治水办, kind: office, contacts: [{role: office, name: 协调办, email: a@c.example}]}
  - {id: leaders, name: 市治水领导小组, kind: leadership, contacts: [{role: leader, name: 组长, email: a@d.example}]}
`,
		"plan.yaml": `id: water
title: 治水计划
number: 市办〔2021〕1号
issuer: 市政府
issued: 2021-06-01
year: 2021
policy: standard
office: office
leadership: leaders
units: units.yaml
policies: policies.yaml
clauses:
  - id: "1"
    chapter: 一、任务
    heading: （一）
    title: 1.任务
    place: 一（一）1
    brackets:
      - [市水务局]
    text: 限期完成。
    tasks:
      - {id: new, title: 新任务, due: 2021-12-30, source: 限期完成}
`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return filepath.Join(dir, "plan.yaml")
}

// raised is the policies of this program with the next version of the standard one, whose first
// reminder comes three days later.
func raised(t *testing.T) string {
	t.Helper()
	all, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	head, tail, ok := strings.Cut(string(seeds.Policies), "name: standard")
	require.True(t, ok)
	was := fmt.Sprintf("version: %d", all["standard"].Version)
	require.Contains(t, tail, was)
	file := filepath.Join(t.TempDir(), "policies.yaml")
	text := head + "name: standard" + strings.Replace(tail, was, fmt.Sprintf("version: %d", all["standard"].Version+1), 1)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// reads is all that somebody reads of a command, its refusal too.
func (f *filed) reads(line, as string) string {
	f.t.Helper()
	f.as, f.format = "", "table"
	var warned bytes.Buffer
	f.err = &warned
	args := strings.Fields(line)
	if strings.HasSuffix(line, " ") {
		args = append(args, "")
	}
	if as != "" {
		args = slices.Insert(args, len(args)-strings.Count(line[len(line)-1:], " "), "--as", as)
	}
	out, err := f.says(args...)
	if err != nil {
		out += f.sentence(err)
	}
	return out + warned.String()
}

// TestWhatAViewerReads goes through every command and every kind of viewer: nobody reads of what
// is not theirs, in lists, files, previews, hints, refusals or completion; and what is theirs
// they do read, where a word is named for them.
func TestWhatAViewerReads(t *testing.T) {
	t.Parallel()
	f := watched(t)
	water, talk := []string{waterOver, waterLate}, []string{waterOver, waterTalk}
	whole := []string{waterOver, waterLate, waterTalk}
	type sees map[string][]string
	offices := sees{"office": whole, "leader": whole}
	called := sees{"office": talk, "leader": talk, "shuiwu": talk, "": talk}
	file, notice := amendedWater(t), noticeWith(t, "2021-07-06", "2021-07-15", "2021-07-16")
	lines := map[string]sees{
		"plan status":                       {"": {airTitle}, "office": {"治水计划"}, "air-office": {airTitle}, "shuiwu": {"才能查看"}},
		"plan status -o json":               {"air-office": {airTitle, airTask}},
		"plan status water":                 {"office": water, "leader": water, "": water, "air-office": {"才能查看"}, "gaoping": {"才能查看"}},
		"plan status air -o json":           {"air-office": {airTitle, airTask}, "office": {"才能查看"}},
		"plan amend " + file + " --paper 号": {"office": water, "leader": water, "shuiwu": {"才能查看"}, "air-office": {"才能查看"}},
		"plan apply-policy water standard -m 统一 --policies " + raised(t):                 {"office": {waterOver}, "leader": {waterOver}, "gaoping": {"才能查看"}, "air-office": {"才能查看"}},
		"plan apply-policy air standard -m 统一 --policies " + raised(t):                   {"air-office": {airTask}, "huanbao": {"才能查看"}},
		"plan rollover " + file + " --year 2022 -o " + filepath.Join(t.TempDir(), "new"): {"shuiwu": {"才能查看"}, "air-office": {"才能查看"}, "lvye": {"才能查看"}},
		"plan launch nothing":                           {},
		"plan end water -m 年度结束":                        {"office": {waterOver}, "leader": {waterOver}, "shuiwu": {"才能查看"}, "air-office": {"才能查看"}},
		"plan archive water":                            {"shuiwu": {"才能查看"}, "air-office": {"才能查看"}},
		"plan take-back water -m 补材料":                   {"shuiwu": {"才能查看"}, "air-office": {"才能查看"}},
		"calendar import " + notice:                     {"": {airTask}, "air-office": {airTask}, "huanbao": {airTask}},
		"calendar back 2021":                            {},
		"task list":                                     {"": append([]string{airTask}, water...), "office": water, "leader": water, "shuiwu": {waterOver}, "gaoping": water, "air-office": {airTask}, "huanbao": {airTask}},
		"task list -o json":                             {"office": whole, "leader": whole, "shuiwu": talk, "gaoping": water, "air-office": {airTask}, "huanbao": {airTask}},
		"task list --unit 市环保":                          {"air-office": {"市环保局"}, "huanbao": {"市环保局"}},
		"task show over":                                {"office": talk, "leader": talk, "shuiwu": talk, "gaoping": {waterOver}, "huanbao": {"不能查看"}},
		"task show over -o json":                        {"office": talk, "leader": talk, "shuiwu": talk, "gaoping": {waterOver}},
		"task show ove":                                 {"office": {waterOver}, "leader": {waterOver}, "shuiwu": {waterOver}, "gaoping": {waterOver}, "huanbao": {"没有编号"}},
		"task show 管网":                                  {"office": {waterLate}, "gaoping": {waterLate}},
		"task show boiler":                              {"air-office": {airTask, airTitle}, "huanbao": {airTask, airTitle}, "": {airTask, airTitle}, "office": {"不能查看"}},
		"talk list":                                     called,
		"talk list -o json":                             called,
		"talk show over#1":                              called,
		"talk show over#1 -o json":                      called,
		"talk show over#9":                              {"office": {waterTalk}, "leader": {waterTalk}, "shuiwu": {waterTalk}},
		"todo":                                          {"": {waterOver, airTask}, "shuiwu": {waterOver}, "huanbao": {airTask}},
		"todo -o json":                                  {"": {airTitle}, "shuiwu": {waterOver}, "huanbao": {airTitle}},
		"todo --unit 市水务局":                              {"office": {waterOver}, "leader": {waterOver}, "gaoping": {"才能查看"}},
		"task can over":                                 {"shuiwu": {"办结"}, "huanbao": {"不能查看"}},
		"duty can watch":                                {"office": {"暂停"}},
		"talk can over#1":                               {"office": {"送达"}, "gaoping": {"不能查看"}},
		"duty list":                                     {"gaoping": {"监测断面水质"}, "office": {"监测断面水质"}},
		"duty show watch":                               {"gaoping": {"监测断面水质"}},
		"duty show ove":                                 {"shuiwu": {waterOver}},
		"ledger show --limit 5000":                      {"office": {"watch"}, "leader": {"watch"}, "air-office": {"boiler"}, "": {"watch", "boiler"}, "shuiwu": {"才能查看"}},
		"ledger show -o json --limit 5000":              {"office": {waterTalk}, "air-office": {"boiler"}, "gaoping": {"才能查看"}},
		"ledger show --plan air":                        {"office": {"才能查看"}, "air-office": {"boiler"}},
		"ledger show --task over --plan water":          {"air-office": {"才能查看"}},
		"ledger show --task over --limit 5000 -o json":  {"air-office": {"没有"}, "office": {waterTalk}},
		"ledger export --format csv -f -":               {"office": water, "leader": water, "air-office": {airTask}, "huanbao": {"才能查看"}, "": {"--plan"}},
		"ledger export --format json -f - --plan water": offices,
		"ledger export --format events -f - --plan air": {"air-office": {"boiler"}, "office": {"才能查看"}},
		"message list --all -o json":                    {"office": {"shuiwu/liaison"}, "air-office": {"huanbao/liaison"}, "gaoping": {"才能查看"}},
		"message list --all --plan air":                 {"office": {"才能查看"}, "air-office": {"市环保局"}},
		"office contacts":                               {"": {"head@huanbao.example"}, "air-office": {"head@huanbao.example"}, "huanbao": {"head@huanbao.example"}},
		"office contacts 市环保局 -o json":                  {"air-office": {"head@huanbao.example"}, "office": {"没有单位"}, "shuiwu": {"没有单位"}, "lvye": {"没有单位"}},
		"office contact huanbao/deputy --name 甲 --email a@b.example": {"air-office": {"市环保局分管领导：无人 → 甲 <a@b.example>"}, "office": {"只有协调办"}, "huanbao": {"只有协调办"}, "lvye": {"只有协调办"}},
		"water show":                          {"office": {"没有带断面登记表的计划"}, "shuiwu": {"没有带断面登记表的计划"}},
		"water export -f -":                   {"office": {"没有带断面登记表的计划"}},
		"assess show":                         {"office": {"没有带考核细则的计划"}, "shuiwu": {"没有带考核细则的计划"}},
		"assess export -f -":                  {"office": {"没有带考核细则的计划"}},
		"assess check":                        {"office": {"没有带考核细则的计划"}},
		"water import water.go":               {"shuiwu": {"没有带断面登记表的计划"}},
		"doctor -o json":                      {"office": {"才能查看"}, "shuiwu": {"才能查看"}},
		"__complete plan apply-policy ":       {"": {airTitle}, "air-office": {airTitle}, "huanbao": {airTitle}, "shuiwu": {"治水计划"}},
		"__complete plan apply-policy water ": {},
		"__complete task show ":               {"office": water, "shuiwu": {waterOver}, "gaoping": water, "huanbao": {airTask}},
		"__complete talk show ":               {"office": {waterTalk}, "shuiwu": {waterTalk}},
		"message resend n1":                   {}, "message drop n1 -m 甲": {},
		"__complete message resend ":           {},
		"__complete task assist over --units ": {},
	}
	covered := slices.Collect(maps.Keys(lines))
	check := func(line string, want sees, accounts ...string) {
		for _, as := range accounts {
			said := f.reads(line, as)
			for _, word := range want[as] {
				assert.Contains(t, said, word, "%s --as %s", line, as)
			}
			if as == "" {
				continue
			}
			for _, word := range []string{waterOver, waterLate, waterTalk, airTask, airTitle} {
				typed := strings.Contains(line, word) // which they know already
				if !slices.Contains(theirs[as], word) && !typed && strings.Contains(said, word) {
					t.Errorf("%s --as %s shows %s:\n%s", line, as, word, said)
				}
			}
		}
	}
	for line, want := range lines {
		check(line, want, append(slices.Sorted(maps.Keys(theirs)), "")...)
	}
	for _, d := range act.All { // with all that the act needs, and without
		if d.Command == "" || d.On == act.OnIncident { // incidents are acted on in the portal and by programs
			continue
		}
		if d.On == act.OnPlan {
			covered = append(covered, "assess "+d.Command)
			check("assess "+d.Command, sees{"shuiwu": {"没有带考核细则的计划"}}, "shuiwu", "lvye")
			continue
		}
		on := map[act.Thing]string{act.OnTask: "over", act.OnDuty: "watch", act.OnTalk: "over#1"}[d.On]
		if d.Opens() {
			on = "over"
		}
		covered = append(covered, string(d.On)+" "+d.Command)
		for _, id := range []string{on, "late"} {
			line := strings.Join([]string{string(d.On), d.Command, id}, " ")
			want := sees{"shuiwu": {"不能查看"}}
			if d.On == act.OnTalk || id == on {
				want = nil
			}
			check(line, want, "shuiwu", "lvye")
			for _, field := range d.Asks() {
				line += " --" + string(field) + " " + cmp.Or(map[act.Field]string{act.FieldPercent: "10", act.FieldDue: "2021-08-01", act.FieldTime: "2021-08-01T15:00", act.FieldRule: "month"}[field], "甲")
			}
			check(line, want, "shuiwu", "lvye")
		}
	}
	var leaves func(c *cobra.Command)
	leaves = func(c *cobra.Command) {
		path := strings.TrimPrefix(c.CommandPath(), "starter ")
		if !c.HasSubCommands() && !slices.Contains(ofTheMachine, path) {
			require.True(t, slices.ContainsFunc(covered, func(line string) bool {
				return strings.HasPrefix(strings.TrimPrefix(line, "__complete ")+" ", path+" ")
			}), "who may read what of %q?", path)
		}
		for _, sub := range c.Commands() {
			leaves(sub)
		}
	}
	leaves(f.root())
}
