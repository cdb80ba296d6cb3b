package planfile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/plan"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

// fault is one way to spoil the small plan and everything said about it: place,
// field, key, and "!" before a warning. An empty old text replaces the file.
type fault struct {
	name    string
	changes [][3]string // file, old, new
	want    string
}

// faults are all of them: the policies' own are in a file of their own.
var faults = slices.Concat(planFaults, policyFaults)

var planFaults = []fault{
	{"no such field", [][3]string{
		{"plan.yaml", "    chapter: 三、重点任务", "    chaptre: 三、重点任务"},
	}, `
plan.yaml:14:5 clauses[0].chaptre unknown_field
`},
	{"a field twice", [][3]string{
		{"plan.yaml", "year: 2021", "year: 2021\nyear: 2022"},
	}, `
plan.yaml:7:1 year field_twice
`},
	{"everything missing", [][3]string{
		{"plan.yaml", "", "id: x\n"},
	}, `
plan.yaml:1:1 title missing
plan.yaml:1:1 issuer missing
plan.yaml:1:1 issued missing
plan.yaml:1:1 year missing
plan.yaml:1:1 policy missing
plan.yaml:1:1 office missing
plan.yaml:1:1 leadership missing
plan.yaml:1:1 units missing
plan.yaml:1:1 clauses no_tasks
`},
	{"empty values are missing", [][3]string{
		{"plan.yaml", "title: 小计划", "title:"},
	}, `
plan.yaml:1:1 title missing
`},
	{"an empty file", [][3]string{
		{"plan.yaml", "", "# nothing\n"},
	}, `
plan.yaml:1:1  empty_file
`},
	{"not YAML", [][3]string{
		{"plan.yaml", "year: 2021", "year: [2021"},
	}, `
plan.yaml:6:1  syntax
`},
	{"two documents", [][3]string{
		{"plan.yaml", "id: small", "---\nid: small\n---"},
	}, `
plan.yaml:3:1  documents
`},
	{"not UTF-8", [][3]string{
		{"plan.yaml", "小计划", "\xd0\xd0"},
	}, `
plan.yaml:2:1  not_utf8
`},
	{"a list for a mapping", [][3]string{
		{"plan.yaml", "", "- id: x\n"},
	}, `
plan.yaml:1:1  not_mapping
`},
	{"a text for a list", [][3]string{
		{"plan.yaml", "    brackets:\n      - [市住建局, 各县（市、区）人民政府]\n      - [各县(市、区)人民政府]", "    brackets: {a: b}"},
	}, `
plan.yaml:18:15 clauses[0].brackets not_list
`},
	{"a bracket that is a text", [][3]string{
		{"plan.yaml", "      - [各县(市、区)人民政府]", "      - 各县(市、区)人民政府"},
	}, `
plan.yaml:20:9 clauses[0].brackets[1] bracket_shape
`},
	{"clauses that are a mapping", [][3]string{
		{"plan.yaml", "projects:\n  - {id: p01", "projects:\n    {id: p01"},
	}, `
plan.yaml:44:18 clauses[0].tasks[4].same_as same_as_unknown
plan.yaml:48:5 projects not_list
`},
	{"a mapping for a text", [][3]string{
		{"plan.yaml", "title: 小计划", "title: {a: b}"},
	}, `
plan.yaml:2:8 title not_text
`},
	{"a truth value for a text", [][3]string{
		{"plan.yaml", "title: 小计划", "title: true"},
	}, `
plan.yaml:2:8 title not_text
`},
	{"words for a number", [][3]string{
		{"plan.yaml", "year: 2021", "year: 二〇二一"},
	}, `
plan.yaml:6:7 year not_number
`},
	{"a number out of range", [][3]string{
		{"plan.yaml", "year: 2021", "year: 21"},
	}, `
plan.yaml:6:7 year number_range
`},
	{"yes for true", [][3]string{
		{"plan.yaml", "soft: true", "soft: yes"},
	}, `
plan.yaml:36:15 clauses[0].tasks[2].soft not_flag
`},
	{"bad IDs", [][3]string{
		{"plan.yaml", "id: small", "id: Small"},
		{"plan.yaml", `id: "2.4"`, "id: 二.四"},
		{"plan.yaml", "id: 2.4-plan", "id: 2.4/plan"},
		{"units.yaml", "id: zhujian", "id: 1zhujian"},
	}, `
plan.yaml:1:5 id bad_plan_id
plan.yaml:13:9 clauses[0].id bad_id
plan.yaml:30:13 clauses[0].tasks[1].id bad_id
units.yaml:2:9 units[0].id bad_unit_id
`},
	{"clause ID twice", [][3]string{
		{"plan.yaml", "projects:", "  - {id: \"2.4\", title: t, text: x}\nprojects:"},
	}, `
plan.yaml:47:10 clauses[1].id id_twice
`},
	{"task ID twice", [][3]string{
		{"plan.yaml", "id: 2.4-finish", "id: 2.4-plan"},
	}, `
plan.yaml:34:13 clauses[0].tasks[2].id id_twice
`},
	{"task ID of an each", [][3]string{
		{"plan.yaml", "id: 2.4-finish", "id: 2.4-survey.gaoping"},
	}, `
plan.yaml:34:13 clauses[0].tasks[2].id id_twice
`},
	{"section and project ID the same", [][3]string{
		{"plan.yaml", "{id: s01", "{id: p01"},
	}, `
plan.yaml:50:10 sections[0].id id_twice
`},
	{"unit ID twice", [][3]string{
		{"units.yaml", "{id: gaoping", "{id: zezhou"},
	}, `
units.yaml:10:10 units[2].id id_twice
units.yaml:22:55 groups[0].members[1] unknown_unit
`},
	{"unit name twice", [][3]string{
		{"units.yaml", "aliases: [泽州县政府]", "aliases: [泽州县政府, 高平市]"},
	}, `
units.yaml:10:25 units[2].name name_twice
`},
	{"group named like a unit", [][3]string{
		{"units.yaml", "aliases: [各县]", "aliases: [泽州县]"},
	}, `
units.yaml:22:34 groups[0].aliases name_twice
`},
	{"ID of an occurrence", [][3]string{
		{"plan.yaml", "id: 2.4-finish", "id: 2.4-monitor.2021Q2"},
	}, `
plan.yaml:34:13 clauses[0].tasks[2].id occurrence_id
`},
	{"impossible dates", [][3]string{
		{"plan.yaml", "due: 2021-06-30", "due: 2021-06-31"},
		{"plan.yaml", "due: 2021-12-31", "due: 2021年底"},
		{"plan.yaml", "issued: 2021-04-08", "issued: 1021-04-08"},
	}, `
plan.yaml:5:9 issued date_range
plan.yaml:32:14 clauses[0].tasks[1].due bad_date
plan.yaml:37:14 clauses[0].tasks[2].due bad_date
`},
	{"due before the date of issue", [][3]string{
		{"plan.yaml", "due: 2021-06-30", "due: 2021-04-07"},
	}, `
plan.yaml:32:14 clauses[0].tasks[1].due due_before_issued
`},
	{"begin after due", [][3]string{
		{"plan.yaml", "due: 2021-06-30", "due: 2021-06-30\n        begin: 2021-07-01"},
	}, `
plan.yaml:33:16 clauses[0].tasks[1].begin begin_after_due
`},
	{"no such zone", [][3]string{
		{"plan.yaml", "year: 2021", "year: 2021\nzone: Asia/Jincheng"},
	}, `
plan.yaml:7:7 zone bad_zone
`},
	{"no such kind, level, every", [][3]string{
		{"plan.yaml", "due: 2021-06-30", "due: 2021-06-30\n        kind: date"},
		{"plan.yaml", "level: national", "level: 国级"},
		{"plan.yaml", "every: quarter", "every: quater"},
	}, `
plan.yaml:33:15 clauses[0].tasks[1].kind not_one_of
plan.yaml:42:24 clauses[0].tasks[3].recur.every not_one_of
plan.yaml:51:68 sections[0].level not_one_of
`},
	{"no such unit", [][3]string{
		{"plan.yaml", "office: shuizhiban", "office: shuizhi"},
		{"plan.yaml", "[市住建局, 各县（市、区）人民政府]", "[市住建, 各县（市、区）人民政府]"},
		{"plan.yaml", "each: [各县（市、区）人民政府]", "each: [各乡镇]"},
		{"units.yaml", "members: [泽州县, gaoping]", "members: [泽州县, 高平县]"},
	}, `
plan.yaml:8:9 office unknown_unit
plan.yaml:19:10 clauses[0].brackets[0][0] unknown_unit
plan.yaml:27:16 clauses[0].tasks[0].each[0] unknown_unit
units.yaml:22:55 groups[0].members[1] unknown_unit
`},
	{"a group where a unit is meant", [][3]string{
		{"plan.yaml", "leadership: lingdao", "leadership: 各县"},
		{"plan.yaml", "county: 高平市", "county: 各县"},
	}, `
plan.yaml:9:13 leadership collective
plan.yaml:50:30 sections[0].county collective
`},
	{"an empty each and group", [][3]string{
		{"plan.yaml", "each: [各县（市、区）人民政府]", "each: []"},
		{"units.yaml", "members: [泽州县, gaoping]", "members: []"},
	}, `
plan.yaml:27:15 clauses[0].tasks[0].each empty
units.yaml:22:49 groups[0].members empty
`},
	{"each and lead", [][3]string{
		{"plan.yaml", "title: 完成排查", "title: 完成排查\n        lead: 高平市"},
	}, `
plan.yaml:27:15 clauses[0].tasks[0].lead each_and_lead
`},
	{"units that take over from each other", [][3]string{
		{"units.yaml", "{id: zezhou,", "{id: zezhou, successor: 高平市,"},
		{"units.yaml", "{id: gaoping,", "{id: gaoping, successor: 泽州县,"},
	}, `
units.yaml:9:29 units[1].successor successor_circle
`},
	{"a unit that is dissolved, and one that has a successor all the same", [][3]string{
		{"units.yaml", "{id: zezhou,", "{id: zezhou, dissolved: true,"},
		{"units.yaml", "{id: gaoping,", "{id: gaoping, dissolved: true, successor: 泽州县,"},
	}, `
plan.yaml:19:16 clauses[0].brackets[0][1] unit_dissolved
plan.yaml:20:10 clauses[0].brackets[1][0] unit_dissolved
plan.yaml:27:16 clauses[0].tasks[0].each[0] unit_dissolved
plan.yaml:48:41 projects[0].units[0] unit_dissolved
plan.yaml:50:30 sections[0].county unit_dissolved
units.yaml:10:30 units[2].dissolved successor_and_dissolved
`},
	{"no lead", [][3]string{
		{"plan.yaml", "    brackets:\n      - [市住建局, 各县（市、区）人民政府]\n      - [各县(市、区)人民政府]\n", ""},
		{"plan.yaml", "units: [泽州县政府, 市住建局], ", ""},
	}, `
plan.yaml:27:9 clauses[0].tasks[1].lead no_lead
plan.yaml:31:9 clauses[0].tasks[2].lead no_lead
plan.yaml:36:9 clauses[0].tasks[3].lead no_lead
plan.yaml:45:5 projects[0].lead no_lead
`},
	{"a collective name first", [][3]string{
		{"plan.yaml", "title: 制定方案", "title: 制定方案\n        bracket: 2"},
		{"plan.yaml", "[泽州县政府, 市住建局]", "[各县]"},
	}, `
plan.yaml:30:9 clauses[0].tasks[1].lead lead_collective
plan.yaml:49:5 projects[0].lead lead_collective
`},
	{"no such bracket", [][3]string{
		{"plan.yaml", "title: 制定方案", "title: 制定方案\n        bracket: 3"},
	}, `
plan.yaml:32:18 clauses[0].tasks[1].bracket no_bracket
`},
	{"no such policy", [][3]string{
		{"plan.yaml", "policy: standard", "policy: strict"},
		{"plan.yaml", "title: 制定方案", "title: 制定方案\n        policy: hard"},
	}, `
plan.yaml:7:9 policy unknown_policy
plan.yaml:32:17 clauses[0].tasks[1].policy unknown_policy
`},
	{"a soft task under a hard policy", [][3]string{
		{"plan.yaml", "soft: true", "soft: true\n        policy: standard"},
	}, `
plan.yaml:37:17 clauses[0].tasks[2].policy soft_policy
`},
	{"kinds and dates that do not fit", [][3]string{
		{"plan.yaml", "        due: 2021-06-30\n", "        kind: dated\n"},
		{"plan.yaml", "due: 2021-12-31", "due: 2021-12-31\n        kind: standing"},
		{"plan.yaml", "due: 2021-04-30", "due: 2021-04-30\n        recur: {every: month}"},
		{"plan.yaml", "title: 南线,", "title: 南线, kind: duty,"},
		{"plan.yaml", "title: 水质监测", "title: 水质监测\n        kind: standing"},
	}, `
plan.yaml:29:16 clauses[0].tasks[0].recur due_and_recur
plan.yaml:31:9 clauses[0].tasks[1].due dated_without_due
plan.yaml:38:14 clauses[0].tasks[2].due standing_with_date
plan.yaml:44:16 clauses[0].tasks[3].recur standing_with_date
plan.yaml:51:5 projects[0].recur duty_without_recur
`},
	{"every and cron", [][3]string{
		{"plan.yaml", "{every: quarter, until: 2021-12-31}", `{every: quarter, cron: "0 9 5 * *"}`},
	}, `
plan.yaml:41:24 clauses[0].tasks[3].recur.every every_or_cron
`},
	{"neither every nor cron", [][3]string{
		{"plan.yaml", "{every: quarter, until: 2021-12-31}", "{until: 2021-12-31}"},
	}, `
plan.yaml:41:16 clauses[0].tasks[3].recur.every every_or_cron
`},
	{"unknown cron", [][3]string{
		{"plan.yaml", "{every: quarter, until: 2021-12-31}", "{cron: CRON_TZ=UTC}"},
	}, `
plan.yaml:41:23 clauses[0].tasks[3].recur.cron bad_cron
`},
	{"a cron that never fires", [][3]string{
		{"plan.yaml", "{every: quarter, until: 2021-12-31}", `{cron: "0 9 31 2 *"}`},
	}, `
plan.yaml:41:23 clauses[0].tasks[3].recur.cron bad_cron
`},
	{"a cron many times a day", [][3]string{
		{"plan.yaml", "{every: quarter, until: 2021-12-31}", `{cron: "*/5 9 5 * *"}`},
	}, `
plan.yaml:41:23 clauses[0].tasks[3].recur.cron cron_often
`},
	{"a cron of days or weekdays", [][3]string{
		{"plan.yaml", "{every: quarter, until: 2021-12-31}", `{cron: "0 9 1-7 * 1"}`},
	}, `
plan.yaml:41:23 clauses[0].tasks[3].recur.cron !cron_either
`},
	{"a cron that begins anew each month", [][3]string{
		{"plan.yaml", "{every: quarter, until: 2021-12-31}", `{cron: "0 9 */14 * *"}`},
	}, `
plan.yaml:41:23 clauses[0].tasks[3].recur.cron !cron_restart
`},
	{"a cron that skips short months", [][3]string{
		{"plan.yaml", "{every: quarter, until: 2021-12-31}", `{cron: "0 9 31 * *"}`},
	}, `
plan.yaml:41:23 clauses[0].tasks[3].recur.cron !cron_short
`},
	{"shift with cron", [][3]string{
		{"plan.yaml", "{every: quarter, until: 2021-12-31}", `{cron: "0 9 5 * *", shift: 3}`},
	}, `
plan.yaml:41:43 clauses[0].tasks[3].recur.shift shift_cron
`},
	{"recurrence from before the plan, until before from", [][3]string{
		{"plan.yaml", "{every: quarter, until: 2021-12-31}", "{every: quarter, from: 2021-04-01, until: 2021-03-31}"},
	}, `
plan.yaml:41:39 clauses[0].tasks[3].recur.from due_before_issued
plan.yaml:41:58 clauses[0].tasks[3].recur.until until_before_from
`},
	{"carried from nowhere, twice, and by a line that nobody chases", [][3]string{
		{"plan.yaml", "        source: 2021年4月底前完成排查工作\n", "        source: 2021年4月底前完成排查工作\n        carries: p14\n"},
		{"plan.yaml", "        source: 6月底前制定整改方案\n", "        source: 6月底前制定整改方案\n        carries: water-2020/p14\n"},
		{"plan.yaml", "        source: 力争年底前完成整治\n", "        source: 力争年底前完成整治\n        carries: water-2020/p14\n"},
		{"plan.yaml", "        recur: {every: quarter, until: 2021-12-31}\n", "        carries: water-2020/monitor\n"},
	}, `
plan.yaml:30:18 clauses[0].tasks[0].carries carries_shape
plan.yaml:41:18 clauses[0].tasks[2].carries carries_twice
plan.yaml:44:18 clauses[0].tasks[3].carries carries_standing
`},
	{"until within a period", [][3]string{
		{"plan.yaml", "{every: quarter, until: 2021-12-31}", "{every: quarter, until: 2021-11-30}"},
	}, `
plan.yaml:41:40 clauses[0].tasks[3].recur.until !until_cuts
`},
	{"source not in the text", [][3]string{
		{"plan.yaml", "source: 6月底前制定整改方案", "source: 7月底前制定整改方案"},
	}, `
plan.yaml:33:17 clauses[0].tasks[1].source source_not_found
`},
	{"no source", [][3]string{
		{"plan.yaml", "        source: 6月底前制定整改方案\n", ""},
	}, `
plan.yaml:30:9 clauses[0].tasks[1].source missing
`},
	{"a text too long", [][3]string{
		{"plan.yaml", "排查工作，6月底前制定整改方案", "排查工作，" + strings.Repeat("长", 22000) + "6月底前制定整改方案"},
	}, `
plan.yaml:21:11 clauses[0].text text_long
`},
	{"same_as unknown", [][3]string{
		{"plan.yaml", "same_as: p01", "same_as: p02"},
	}, `
plan.yaml:44:18 clauses[0].tasks[4].same_as same_as_unknown
`},
	{"same_as itself", [][3]string{
		{"plan.yaml", "same_as: p01", "same_as: 2.4-south"},
	}, `
plan.yaml:44:18 clauses[0].tasks[4].same_as same_as_cycle
`},
	{"same_as in a circle of two, and one outside it", [][3]string{
		{"plan.yaml", "same_as: p01", "same_as: p01"},
		{"plan.yaml", "source: 4月上旬投运南线", "source: 4月上旬投运南线\n      - {id: a, same_as: 2.4-south, source: 投运南线}"},
		{"plan.yaml", "no: 1, title: 南线,", "no: 1, same_as: 2.4-south, title: 南线,"},
	}, `
plan.yaml:44:18 clauses[0].tasks[4].same_as same_as_cycle
`},
	{"same_as an each", [][3]string{
		{"plan.yaml", "same_as: p01", "same_as: 2.4-survey"},
	}, `
plan.yaml:44:18 clauses[0].tasks[4].same_as same_as_each
`},
	{"same_as with fields of a task", [][3]string{
		{"plan.yaml", "same_as: p01", "same_as: p01\n        each: [各县]"},
	}, `
plan.yaml:45:15 clauses[0].tasks[4].each same_as_field
`},
	{"same_as with another date", [][3]string{
		{"plan.yaml", "due: 2021-04-10\n", "due: 2021-04-20\n"},
	}, `
plan.yaml:45:14 clauses[0].tasks[4].due same_as_dates
`},
	{"same_as what has an impossible date", [][3]string{
		{"plan.yaml", "due: 2021-04-10, limit", "due: 2021-02-30, limit"},
	}, `
plan.yaml:48:60 projects[0].due bad_date
`},
	{"same_as with another date and a ruling", [][3]string{
		{"plan.yaml", "due: 2021-04-10\n", "due: 2021-04-20\n        ruling: 以附件为准，清单更具体\n"},
	}, `
plan.yaml:45:14 clauses[0].tasks[4].due !same_as_ruled
`},
	{"same_as on the way to another is a chain", [][3]string{
		{"plan.yaml", "source: 4月上旬投运南线", "source: 4月上旬投运南线\n      - {id: a, same_as: 2.4-south, source: 投运南线, due: 2021-04-11}"},
	}, `
plan.yaml:47:56 clauses[0].tasks[5].due same_as_dates
`},
	{"bad addresses and roles", [][3]string{
		{"units.yaml", "email: office@city.example", "email: office"},
		{"units.yaml", "role: leader", "role: boss"},
		{"units.yaml", "role: deputy", "role: liaison"},
	}, `
units.yaml:5:15 units[1].contacts !no_contact
units.yaml:5:15 units[2].contacts !no_contact
units.yaml:5:15 units[0].contacts !no_contact
units.yaml:7:16 units[0].contacts[1].role role_twice
units.yaml:15:41 units[3].contacts[0].email bad_email
units.yaml:20:7 units[4].contacts !no_contact
units.yaml:20:16 units[4].contacts[0].role not_one_of
`},
	{"addresses that cannot be", [][3]string{
		{"units.yaml", "leader@city.example", `"a\u200bb@city.example"`},
		{"units.yaml", "office@city.example", "ｏffice@city.example"},
		{"units.yaml", "head@city.example", "局长@city.example"},
		{"units.yaml", "deputy@city.example", "deputy@city。example"},
	}, `
units.yaml:7:43 units[0].contacts[1].email email_wide
units.yaml:8:42 units[0].contacts[2].email email_local
units.yaml:15:41 units[3].contacts[0].email email_wide
units.yaml:20:41 units[4].contacts[0].email email_hidden
`},
	{"placeholders and a limit that says another day", [][3]string{
		{"plan.yaml", "title: 完成排查", "title: （标题待补录）"},
		{"plan.yaml", "limit: 2021年4月上旬投运", "limit: 2021年6月底前"},
		{"units.yaml", "name: 市水质办", "name: 市水质办（待定）"},
	}, `
plan.yaml:26:16 clauses[0].tasks[0].title !placeholder
plan.yaml:48:60 projects[0].due !due_limit
units.yaml:12:11 units[3].name !placeholder
`},
	{"a limit without a year that says another day", [][3]string{
		{"plan.yaml", "limit: 2021年4月上旬投运", "limit: 6月30日前"},
	}, `
plan.yaml:48:60 projects[0].due !due_limit
`},
	{"an empty title", [][3]string{
		{"plan.yaml", "title: 完成排查", `title: ""`},
	}, `
plan.yaml:26:16 clauses[0].tasks[0].title missing
`},
	{"a full-width colon", [][3]string{
		{"plan.yaml", "title: 完成排查", "title：完成排查"},
	}, `
plan.yaml:26:14  wide_colon
`},
	{"a workbook", [][3]string{
		{"plan.yaml", "", "PK\x03\x04\x14\x00\xff"},
	}, `
plan.yaml:1:1  foreign
`},
	{"a control character", [][3]string{
		{"plan.yaml", "title: 完成排查", "title: 完成\x07排查"},
	}, `
plan.yaml:26:18  control
`},
	{"a rule in words that nobody understands", [][3]string{
		{"plan.yaml", "{every: quarter, until: 2021-12-31}", "经常"},
	}, `
plan.yaml:41:16 clauses[0].tasks[3].recur bad_rule
`},
	{"nobody on a seat", [][3]string{
		{"units.yaml", "      - {role: leader, name: 组长, email: leader@city.example}", "      - {role: liaison, name: 组长, email: leader@city.example}"},
	}, `
units.yaml:20:7 units[4].contacts !no_contact
`},
	{"a year without a notice", [][3]string{
		{"plan.yaml", "due: 2021-06-30", "due: 2028-06-30"},
	}, `
plan.yaml:32:14 clauses[0].tasks[1].due !provisional
`},
	{"no tasks", [][3]string{
		{"plan.yaml", "", "id: x\ntitle: t\nissuer: i\nissued: 2021-04-08\nyear: 2021\npolicy: standard\noffice: shuizhiban\nleadership: lingdao\nunits: units.yaml\n"},
	}, `
plan.yaml:1:1 clauses no_tasks
`},
	{"syntax errors of the scanner", [][3]string{
		{"plan.yaml", "year: 2021", "year: 2021: 2022"},
	}, `
plan.yaml:6:1  syntax
`},
	{"a tab", [][3]string{
		{"plan.yaml", "    chapter: 三", "\tchapter: 三"},
	}, `
plan.yaml:14:1  syntax
`},
	{"a quote that never ends", [][3]string{
		{"plan.yaml", "title: 小计划", `title: "小计划`},
	}, `
plan.yaml:2:1  syntax
`},
	{"units without an ID, or with a bad name", [][3]string{
		{"units.yaml", "  - {id: gaoping, name", "  - {name"},
		{"units.yaml", "name: 市水质办", "name: [市水质办]"},
	}, `
units.yaml:10:5 units[2].id missing
units.yaml:12:11 units[3].name not_text
units.yaml:22:55 groups[0].members[1] unknown_unit
`},
	{"titles that are no titles", [][3]string{
		{"plan.yaml", "title: 小计划", "title: " + strings.Repeat("很", 1<<19)},
		{"plan.yaml", "title: 制定方案", "title: \"制定\\n方案\""},
		{"units.yaml", "name: 市水质办", "name: " + strings.Repeat("长", 201)},
	}, `
plan.yaml:2:8 title too_long
plan.yaml:31:16 clauses[0].tasks[1].title one_line
units.yaml:12:11 units[3].name too_long
`},
	{"a title that writes to the terminal", [][3]string{
		{"plan.yaml", "title: 小计划", "title: \"\\e]0;标题\\a\""},
	}, `
plan.yaml:2:8  control
`},
	{"a title that reads backwards", [][3]string{
		{"plan.yaml", "title: 小计划", "title: 小\u202e计划"},
	}, `
plan.yaml:2:9  control
`},
	{"brackets without an end", [][3]string{
		{"plan.yaml", "", strings.Repeat("[", 1<<20)},
	}, `
plan.yaml:1:1  crowded
`},
	{"an alias of itself", [][3]string{
		{"plan.yaml", "title: 小计划", "title: &t [*t]"},
	}, `
plan.yaml:2:12  alias
`},
	{"too many files of units", [][3]string{
		{"plan.yaml", "units: units.yaml", "units: [units.yaml" + strings.Repeat(", none.yaml", 20) + "]"},
	}, `
plan.yaml:10:230 units[20] too_many
none.yaml:0:0  no_file
`},
}

func TestEveryFault(t *testing.T) {
	t.Parallel()
	for _, c := range faults {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, problems := c.spoil(t)
			var got strings.Builder
			got.WriteByte('\n')
			for _, problem := range problems {
				mark := ""
				if problem.Warning {
					mark = "!"
				}
				fmt.Fprintf(&got, "%s:%d:%d %s %s%s\n", problem.File, problem.Line, problem.Column, problem.Field, mark, problem.Key[strings.Index(problem.Key, ".")+1:])
				for _, lang := range []string{"zh", "en"} {
					text := problem.Text(words.New(lang))
					require.NotContains(t, text, "<no value>")
					require.NotContains(t, text, problem.Key)
					require.NotContains(t, text, "\n")
					require.NotEqual(t, problem.Key, words.New(lang).T(problem.Key), "the key has words")
				}
			}
			require.Equal(t, strictyaml.Failed(problems), p == nil)
			require.Equal(t, c.want, got.String())
		})
	}
}

func (c fault) spoil(t *testing.T) (*plan.Plan, []strictyaml.Problem) {
	f := smallFiles(t)
	f.change(t, "plan.yaml", "units: units.yaml", "units: units.yaml\npolicies: policies.yaml")
	for _, ch := range c.changes {
		if ch[1] == "" {
			f[ch[0]] = ch[2]
			continue
		}
		f.change(t, ch[0], ch[1], ch[2])
	}
	return f.load(t)
}

// TestEveryWordOfTheCatalogueIsSaid keeps the faults above complete: each
// problem the loader can have is caused by one of them.
func TestEveryWordOfTheCatalogueIsSaid(t *testing.T) {
	t.Parallel()
	catalogue, err := words.Catalogue("zh")
	require.NoError(t, err)
	all := ""
	for _, c := range faults {
		all += c.want
	}
	for _, c := range slices.Concat(registerFaults, rulesFaults, complaintsFaults) {
		all += c.want + "\n"
	}
	for _, c := range chargeFaults {
		all += c.want + "\n"
	}
	for _, c := range ruleFaults {
		all += c.want + "\n"
	}
	for _, c := range addresseeFaults {
		all += c.want + "\n"
	}
	for _, c := range slices.Concat(schemeFaults, zoneFaults, publicityFaults) {
		all += c.want + "\n"
	}
	for _, c := range slices.Concat(outletFaults, measuredFaults) {
		all += c.want + "\n"
	}
	elsewhere := []string{"incidents_sections", "warning", "unreadable", "too_large", "more", "no_file", "denied", "not_file", "readings_nobody"} // in incidents_test.go, load_test.go and strictyaml
	for key := range catalogue {
		file, name, _ := strings.Cut(key, ".")
		if (file == "plan" || file == "file") && !strings.Contains(strings.Join(elsewhere, " "), name) {
			require.Regexp(t, "[ !]"+name+"\n", all, key)
		}
	}
}
