package notice_test

import (
	"fmt"
	"time"

	"duban/internal/calendar"
	"duban/internal/letter"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
)

var (
	water  = notice.PlanRef{ID: "jincheng-2021-water", Title: "晋城市2021年水生态环境保护行动计划", Number: "晋市政办〔2021〕9号"}
	office = letter.Address{Name: "市水污染防治工作领导小组办公室", Email: "office@shuizhiban.jincheng.example"}
	april  = day(2021, 4, 30)
	june   = day(2021, 6, 30)
)

func day(y int, m time.Month, d int) calendar.Day { return calendar.NewDay(y, m, d) }

func morning(d calendar.Day) time.Time { return d.At(9, 0, calendar.Beijing).UTC() }

func digest(unit, name string, role people.Role, seat string, on calendar.Day, items ...notice.Item) notice.Digest {
	to := people.Recipient{Unit: unit, Role: role}
	return notice.Digest{
		ID:   fmt.Sprintf("%s|%s|%s|1", water.ID, to, morning(on).Format(time.RFC3339)),
		Plan: water, Zone: calendar.Beijing, Recipient: to, Unit: name, Office: office, Domain: "duban.jincheng.example",
		Contact: letter.Address{Name: name + seat, Email: string(role) + "@" + unit + ".jincheng.example"},
		At:      morning(on), Date: time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC), Items: items,
	}
}

// survey is one real commitment of the plan; the tests move it through its year.
func survey(kind plan.StageKind, stage string, light plan.Light, days, workdays int) notice.Item {
	return notice.Item{
		Task: "2.4-survey.gaoping", Title: "完成高平市建成区黑臭水体排查，建立台账和责任清单", Clause: "三（二）4",
		Lead: "高平市政府", Due: april, Kind: kind, Stage: stage, Light: light,
		Left: notice.Distance{Days: days, Workdays: workdays},
	}
}

// forEachRole is one digest as each seat would get it.
func forEachRole() map[people.Role]notice.Digest {
	due := survey(plan.DueDay, "due", plan.Yellow, 0, 0)
	due.Merged = 1
	due.Next = &notice.Next{Kind: plan.Urge, Day: day(2021, 5, 6), To: []people.Role{people.Liaison, people.Deputy}}
	village := notice.Item{
		Task: "p14", Title: "周村、犁川、大东沟、金村、南村5个建制镇生活污水处理设施建设项目", Clause: "附件2第14行", Lead: "高平市政府",
		Due: june, Kind: plan.Remind, Stage: "remind-7", Light: plan.Green, Left: notice.Distance{Days: 61, Workdays: 40},
		Priority: true, CatchUp: true, Merged: 2,
		Next: &notice.Next{Kind: plan.Remind, Day: day(2021, 5, 31), To: []people.Role{people.Liaison}},
	}
	zero := notice.Item{
		Task: "2.1-zero", Title: "力争实现城市建成区生活污水“零直排”", Clause: "三（二）1", Lead: "高平市政府", Due: day(2021, 4, 23),
		Kind: plan.Remind, Stage: "late-5", Light: plan.Red, Left: notice.Distance{Days: -7, Workdays: -6}, Soft: true,
	}

	urge := survey(plan.Urge, "urge", plan.Red, -6, -1)
	urge.Next = &notice.Next{Kind: plan.Warn, Day: day(2021, 5, 11), To: []people.Role{people.Head, people.Office}}

	warn := survey(plan.Warn, "warn", plan.Red, -11, -5)
	warn.Next = &notice.Next{Kind: plan.Talk, Day: day(2021, 5, 18), To: []people.Role{people.Head, people.Office, people.Leader}}
	warnCheng := warn
	warnCheng.Task, warnCheng.Lead, warnCheng.Title = "2.4-survey.chengqu", "城区政府", "完成城区建成区黑臭水体排查，建立台账和责任清单"

	talk := survey(plan.Talk, "talk", plan.Red, -18, -10)
	talk.Talk = &notice.Talk{Number: 1, Step: "served", Limit: day(2021, 5, 20), Left: notice.Distance{Days: 2, Workdays: 2}}
	talk.Next = &notice.Next{Kind: plan.Escalate, Step: "served", Day: day(2021, 5, 21), To: []people.Role{people.Head, people.Office, people.Leader}}
	proposed := talk
	proposed.Task, proposed.Lead, proposed.Title = "2.4-survey.qinshui", "沁水县政府", "完成沁水县建成区黑臭水体排查，建立台账和责任清单"
	proposed.Talk = &notice.Talk{Number: 1, Proposed: true}
	proposed.Next = nil

	missed := survey(plan.Escalate, "talk-minutes-missed", plan.Red, -46, -29)
	missed.Talk = &notice.Talk{Number: 1, Step: "minutes", Limit: day(2021, 6, 11), Left: notice.Distance{Days: -4, Workdays: -1}}
	missed.Next = &notice.Next{Kind: plan.Remind, Step: "plan", Day: day(2021, 7, 5), To: []people.Role{people.Liaison, people.Office}}
	planMissed := missed
	planMissed.Stage = "talk-plan-missed"
	planMissed.Talk = &notice.Talk{Number: 1, Step: "plan", Limit: day(2021, 6, 11), Left: notice.Distance{Days: -4, Workdays: -1}}
	warnLater := warnCheng
	warnLater.Left = notice.Distance{Days: -46, Workdays: -29}
	warnLater.Next = nil

	return map[people.Role]notice.Digest{
		people.Liaison: digest("gaoping", "高平市政府", people.Liaison, "联络员", april, village, due, zero),
		people.Deputy:  digest("gaoping", "高平市政府", people.Deputy, "分管领导", day(2021, 5, 6), urge),
		people.Head:    digest("gaoping", "高平市政府", people.Head, "主要负责人", day(2021, 5, 11), warn),
		people.Office:  digest("shuizhiban", office.Name, people.Office, "督办岗", day(2021, 6, 15), warnLater, missed, planMissed),
		people.Leader:  digest("lingdao", "市水污染防治工作领导小组", people.Leader, "组长（批示）", day(2021, 5, 18), talk, proposed),
	}
}

// alarm is one of each trouble.
func alarm() notice.Alarm {
	on := day(2021, 5, 12)
	return notice.Alarm{
		ID: water.ID + "|audit|2021-05-12", Domain: "duban.jincheng.example", Plan: water, Zone: calendar.Beijing, Office: office,
		Recipient: people.Recipient{Unit: "shuizhiban", Role: people.Office}, Contact: office,
		At: morning(on), Date: time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC),
		Silent: []notice.Silent{{Task: "2.4-survey.gaoping", Title: "完成高平市建成区黑臭水体排查，建立台账和责任清单", Lead: "高平市政府",
			Due: april, Kind: plan.Warn, Stage: "warn", At: morning(day(2021, 5, 11))}},
		Troubled: []notice.Trouble{
			{State: notice.StateFailed, Name: "城区政府联络员", Tasks: []string{"2.4-survey.chengqu"}, At: morning(day(2021, 5, 6)), Error: "smtp: recipient: 550 5.1.1 no such user"},
			{State: notice.StateUnknown, Name: "沁水县政府主要负责人", Tasks: []string{"2.4-survey.qinshui", "p31"}, At: morning(day(2021, 5, 11))},
			{State: "odd", Name: "陵川县政府联络员", At: morning(day(2021, 5, 11))},
		},
		Broken: []notice.Broken{{Thing: "p31", Title: "完成城镇污水处理厂提标改造", Law: 4, At: morning(day(2021, 5, 11)), Of: "warn", More: 2}},
	}
}
