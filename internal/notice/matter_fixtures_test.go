package notice_test

import (
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
)

var may = day(2021, 5, 18) // the day all matters here are spoken

// works are real commitments of the plan; each matter is about one of them.
var works = []notice.Item{
	{Task: "2.4-survey.gaoping", Title: "完成高平市建成区黑臭水体排查，建立台账和责任清单", Clause: "三（二）4", Lead: "高平市政府", Due: april, Light: plan.Red, Left: notice.Distance{Days: -18, Workdays: -9}},
	{Task: "p01", Title: "高平市天阳污水处理厂提标改造工程", Clause: "附件2第1行", Lead: "高平市政府", Due: june, Light: plan.Green, Left: notice.Distance{Days: 43, Workdays: 30}, Priority: true},
	{Task: "p15", Title: "高平市石末乡、寺庄镇污水处理设施投入运行", Clause: "附件2第15行", Lead: "高平市政府", Due: june, Light: plan.Green, Left: notice.Distance{Days: 43, Workdays: 30}},
	{Task: "p17", Title: "高平市建宁乡污水处理设施投入运行", Clause: "附件2第17行", Lead: "高平市政府", Due: day(2021, 10, 31), Light: plan.Green, Left: notice.Distance{Days: 166, Workdays: 112}},
	{Task: "p25", Title: "山西兴高集团三甲炼焦有限公司脱硫废水处理工程", Clause: "附件2第25行", Lead: "高平市政府", Due: day(2021, 12, 31), Light: plan.Green, Left: notice.Distance{Days: 227, Workdays: 156}},
}

// about is a stage of the i-th work with a matter.
func about(i int, kind plan.StageKind, stage string, m plan.Matter) notice.Item {
	it := works[i%len(works)]
	it.Kind, it.Stage, it.Matter = kind, stage, m
	if !m.Limit.IsZero() {
		days := m.Limit.Sub(may)
		it.LimitLeft = notice.Distance{Days: days, Workdays: map[int]int{-1: -1, 0: 0, 2: 2, 7: 5, 9: 7, 121: 84}[days]}
	}
	return it
}

// told is what an act says of the i-th work.
func told(i int, kind act.Kind, m plan.Matter) notice.Item {
	m.Topic = string(kind)
	return about(i, plan.Told, "act-2-"+m.Topic, m)
}

func with(it notice.Item, change func(*notice.Item)) notice.Item {
	change(&it)
	return it
}

// matterDigests are whole messages, one a topic group and reader.
func matterDigests() map[string]notice.Digest {
	to := may.AddDays
	gaoping := "高平市政府联络员 李雪梅"
	return map[string]notice.Digest{
		"topics-unit": digest("gaoping", "高平市政府", people.Liaison, "联络员", may,
			with(survey(plan.Urge, "urge", plan.Red, -18, -9), func(it *notice.Item) {
				it.Next = &notice.Next{Kind: plan.Urge, Topic: "silent", Day: to(2), To: []people.Role{people.Liaison, people.Deputy}}
			}),
			with(about(1, plan.Remind, "study-1", plan.Matter{Topic: "acknowledge"}), func(it *notice.Item) {
				it.ReturnUntil = day(2021, 5, 21)
				it.Next = &notice.Next{Kind: plan.Urge, Topic: "acknowledge", Day: to(2), To: []people.Role{people.Liaison, people.Deputy}}
			}),
			about(2, plan.Urge, "unacknowledged-3", plan.Matter{Topic: "acknowledge"}),
			about(3, plan.Urge, "silent-2021-04-19", plan.Matter{Topic: "silent", Limit: day(2021, 4, 19)}),
			about(4, plan.Remind, "instruction-1-remind", plan.Matter{Topic: "instruction", By: "常务副市长 王建国", Words: "务必抓实，5月20日前报进展。", Limit: to(2)}),
			about(4, plan.Escalate, "instruction-2-missed", plan.Matter{Topic: "instruction", By: "常务副市长 王建国", Words: "资金缺口怎么解决？", Limit: to(-1)}),
			with(about(1, plan.Escalate, "part-1-missed", plan.Matter{Topic: "part", By: "高平市政府", Words: "提供天阳污水处理厂在线监测数据", Limit: to(-1)}), func(it *notice.Item) { it.Unit = "市生态环境局" }),
			with(about(0, plan.Remind, "part-2-remind", plan.Matter{Topic: "part", By: "市水务局", Words: "提供入河排污口清单", Limit: to(2)}), func(it *notice.Item) {
				it.Task, it.Title, it.Lead, it.Due, it.Light, it.Left = "5.1-outfalls", "开展入河排污口“查、测、溯、治”", "市水务局", june, plan.Green, notice.Distance{Days: 43, Workdays: 30}
			}),
		),
		"topics-deputy": digest("gaoping", "高平市政府", people.Deputy, "分管领导", may, about(2, plan.Urge, "unacknowledged-3", plan.Matter{Topic: "acknowledge"})),
		"topics-office": digest("shuizhiban", office.Name, people.Office, "督办岗", may,
			about(0, plan.Remind, "return-1-remind", plan.Matter{Topic: "return", By: gaoping, Words: "该河段由市水务局管理，不属于本单位职责。", Limit: to(0)}),
			about(1, plan.Escalate, "return-2-missed", plan.Matter{Topic: "return", By: gaoping, Words: "工程由省属企业承建。", Limit: to(-1)}),
			about(1, plan.Remind, "extension-3-remind", plan.Matter{Topic: "extension", By: gaoping, Words: "设备到货推迟。", Limit: to(0), New: day(2021, 7, 31)}),
			about(2, plan.Escalate, "extension-1-missed", plan.Matter{Topic: "extension", By: gaoping, Words: "汛期停工。", Limit: to(-1), New: day(2021, 8, 31)}),
			about(3, plan.Remind, "report-2-remind", plan.Matter{Topic: "report", By: gaoping, Words: "已投入运行，附验收单。", Limit: to(0)}),
			about(4, plan.Escalate, "report-4-missed", plan.Matter{Topic: "report", By: gaoping, Words: "已完工。", Limit: to(-1)}),
			about(4, plan.Escalate, "instruction-1-missed", plan.Matter{Topic: "instruction", By: "常务副市长 王建国", Words: "务必抓实，报进展。", Limit: to(-1)}),
		),
		"topics-leader": digest("lingdao", "市水污染防治工作领导小组", people.Leader, "组长（批示）", may,
			with(about(0, plan.Remind, "proposal-1-remind", plan.Matter{Topic: "proposal", Words: "“完成高平市建成区黑臭水体排查”2021年4月30日到期，已逾期18天（9个工作日），未办结\n“金匠污水处理厂（南线）”2021年4月10日到期，已逾期38天（24个工作日），未办结", Limit: to(0)}),
				func(it *notice.Item) {
					it.Unit, it.Talk = "高平市政府", &notice.Talk{Number: 1, Proposed: true, Facts: act.TalkFacts{What: plan.ProposeTalk}}
				}),
			with(about(1, plan.Escalate, "proposal-2-missed", plan.Matter{Topic: "proposal", Words: "三项任务连续逾期", Limit: to(-1)}),
				func(it *notice.Item) {
					it.Unit, it.Talk = "高平市政府", &notice.Talk{Facts: act.TalkFacts{What: plan.ProposeCircular}}
				}),
			about(2, plan.Remind, "extension-5-remind", plan.Matter{Topic: "extension", By: gaoping, Words: "设备到货再次推迟。", Limit: to(0), New: day(2021, 9, 30)}),
			about(3, plan.Escalate, "return-2-missed", plan.Matter{Topic: "return", By: gaoping, Words: "工程由省属企业承建。", Limit: to(-1)}),
			about(4, plan.Escalate, "instruction-1-missed", plan.Matter{Topic: "instruction", By: "常务副市长 王建国", Words: "务必抓实，报进展。", Limit: to(-1)}),
		),
		"told-unit": digest("gaoping", "高平市政府", people.Liaison, "联络员", may,
			told(0, act.Uphold, plan.Matter{By: office.Name, Words: "职责分工明确，维持原交办。"}),
			told(1, act.Reject, plan.Matter{By: office.Name, Words: "缺少验收报告。"}),
			told(2, act.Grant, plan.Matter{By: office.Name, Words: "同意，抓紧施工。", New: june, Was: april}),
			told(3, act.Refuse, plan.Matter{By: office.Name, Words: "理由不充分。"}),
			told(4, act.Correct, plan.Matter{By: office.Name, Words: "原文为2021年12月底。", New: day(2021, 12, 31), Paper: "晋市水治办〔2021〕12号"}),
			told(4, act.Reword, plan.Matter{By: office.Name, Words: "与附件2一致。"}),
			told(3, act.SetPolicy, plan.Matter{By: office.Name, Words: "列为重点。"}),
			told(0, act.Suspend, plan.Matter{By: office.Name, Words: "汛期停工。", Limit: day(2021, 9, 16), Moves: true}),
			told(2, act.Resume, plan.Matter{By: "engine", Words: "暂停期满", New: june}),
			told(1, act.GivePart, plan.Matter{By: "市生态环境局联络员 张强", Words: "在线监测数据已发送。"}),
			with(told(3, act.Verify, plan.Matter{By: office.Name, Words: "材料齐全，现场核实。"}), func(it *notice.Item) { it.Light = plan.Done }),
			told(4, act.Cancel, plan.Matter{By: office.Name, Words: "项目并入省级工程。", Paper: "晋市政办〔2021〕20号"}),
			with(told(0, act.Assist, plan.Matter{By: office.Name, Words: "工作需要。"}), func(it *notice.Item) { it.Assist = []string{"市水务局", "市城市管理局"} }),
		),
		"told-reassigned": digest("gaoping", "高平市政府", people.Liaison, "联络员", may,
			with(told(1, act.Reassign, plan.Matter{By: office.Name, Words: "属地管理。"}), func(it *notice.Item) { it.Unit, it.ReturnUntil = "市水务局", day(2021, 5, 21) }),
			with(told(2, act.Reassign, plan.Matter{By: office.Name, Words: "由行业主管部门牵头。"}), func(it *notice.Item) { it.Lead, it.Unit = "市生态环境局", "高平市政府" }),
			with(told(3, act.Assist, plan.Matter{By: office.Name, Words: "工作需要。"}), func(it *notice.Item) {
				it.Lead, it.Assist = "市生态环境局", []string{"高平市政府", "市水务局"}
			}),
			with(told(4, act.Assist, plan.Matter{By: office.Name, Words: "已办结。"}), func(it *notice.Item) { it.Lead, it.Assist = "市生态环境局", nil }),
			with(told(0, act.AskPart, plan.Matter{By: "市水务局联络员 赵敏", Words: "提供入河排污口清单", Limit: to(7)}), func(it *notice.Item) { it.Lead = "市水务局" }),
		),
		"told-order": digest("gaoping", "高平市政府", people.Liaison, "联络员", may,
			with(told(0, act.TopicOrder, plan.Matter{}), func(it *notice.Item) { it.Assist = []string{"市水务局", "市城市管理局"} }),
			with(told(1, act.TopicOrder, plan.Matter{}), func(it *notice.Item) { it.ReturnUntil = day(2021, 5, 21) }),
			with(told(2, act.TopicOrder, plan.Matter{}), func(it *notice.Item) {
				it.Task, it.Title, it.Due, it.Light = "2.4-monitor", "按季度监测水质", calendar.Day{}, ""
			}),
			with(told(3, act.TopicOrder, plan.Matter{}), func(it *notice.Item) { it.Lead, it.Assist = "市生态环境局", []string{"高平市政府"} }),
		),
		"told-office": digest("shuizhiban", office.Name, people.Office, "督办岗", may,
			told(0, act.Return, plan.Matter{By: gaoping, Words: "该河段由市水务局管理。", Limit: to(2)}),
			told(1, act.Extend, plan.Matter{By: gaoping, Words: "设备到货推迟，主体已完成80%。", New: day(2021, 7, 31)}),
			told(2, act.Complete, plan.Matter{By: gaoping, Words: "已投入运行，附验收单。"}),
			told(3, act.Instruct, plan.Matter{By: "常务副市长 王建国", Words: "务必抓实，报进展。", Limit: to(9)}),
			told(4, act.Answer, plan.Matter{By: gaoping, Words: "资金已落实。"}),
			with(told(0, act.GivePlan, plan.Matter{By: gaoping, Words: "整改方案"}), func(it *notice.Item) { it.Talk = &notice.Talk{Number: 1} }),
		),
		"told-leader": digest("lingdao", "市水污染防治工作领导小组", people.Leader, "组长（批示）", may,
			with(told(0, act.Propose, plan.Matter{By: office.Name, Words: "逾期两项，一项无进展"}), func(it *notice.Item) {
				it.Unit, it.Talk = "高平市政府", &notice.Talk{Number: 2, Proposed: true, Facts: act.TalkFacts{What: plan.ProposeTalk}}
			}),
			with(told(1, act.Extend, plan.Matter{By: gaoping, Words: "设备到货再次推迟。", New: day(2021, 9, 30), Limit: to(2)}), func(it *notice.Item) { it.Further = true }),
			told(2, act.Answer, plan.Matter{By: gaoping, Words: "资金已落实。"}),
		),
		"told-chase":    digest("gaoping", "高平市政府", people.Deputy, "分管领导", may, told(0, act.Chase, plan.Matter{By: office.Name, Words: "请于本周内完成排查。"})),
		"told-instruct": digest("gaoping", "高平市政府", people.Head, "主要负责人", may, told(0, act.Instruct, plan.Matter{By: "常务副市长 王建国", Words: "高平市要举一反三，限期完成。", Limit: to(9)})),
		"talk-serve": digest("gaoping", "高平市政府", people.Head, "主要负责人", may, with(told(0, act.Serve, plan.Matter{By: office.Name, Words: "黑臭水体排查逾期18天，未说明原因。", Paper: "晋市水治办约〔2021〕1号"}), func(it *notice.Item) {
			it.Talk = &notice.Talk{Number: 1, Step: "held", Limit: to(7), Left: notice.Distance{Days: 7, Workdays: 5}, Facts: act.TalkFacts{
				What: plan.ProposeTalk, Number: "晋市水治办约〔2021〕1号", Time: time.Date(2021, 5, 24, 7, 0, 0, 0, time.UTC), Place: "市政府三楼第二会议室",
				Chair: "常务副市长 王建国", Called: []string{"高平市市长 张明", "高平市副市长 刘芳"}, Bring: "排查台账、进度安排、书面说明", Public: true}}
		})),
		"talk-unit": digest("gaoping", "高平市政府", people.Liaison, "联络员", may,
			with(told(0, act.ReturnPlan, plan.Matter{By: office.Name, Words: "措施不具体，没有完成时间。"}), func(it *notice.Item) {
				it.Talk = &notice.Talk{Number: 1, Step: "plan", Limit: to(10), Left: notice.Distance{Days: 10, Workdays: 8}}
			}),
			with(told(1, act.Absent, plan.Matter{By: office.Name, Words: "在省里开会，事先未说明"}), func(it *notice.Item) {
				it.Talk = &notice.Talk{Number: 2, Facts: act.TalkFacts{Missing: []string{"高平市市长 张明"}}}
			}),
			with(told(2, act.CloseTalk, plan.Matter{By: office.Name, Words: "整改到位。"}), func(it *notice.Item) { it.Talk = &notice.Talk{Number: 1} }),
			with(told(3, act.Again, plan.Matter{By: office.Name, Words: "整改不到位。"}), func(it *notice.Item) { it.Talk = &notice.Talk{Number: 1} }),
			with(told(4, act.Approve, plan.Matter{By: "常务副市长 王建国", Words: "同意约谈。"}), func(it *notice.Item) {
				it.Talk = &notice.Talk{ID: "p25#1", Grounds: "逾期两项，一项无进展", Limit: to(2), Left: notice.Distance{Days: 2, Workdays: 2}}
			}),
			with(told(4, act.Decline, plan.Matter{By: "常务副市长 王建国", Words: "先催办。"}), func(it *notice.Item) {
				it.Talk = &notice.Talk{Facts: act.TalkFacts{What: plan.ProposeCircular}}
			}),
		),
		"circular": digest("gaoping", "高平市政府", people.Head, "主要负责人", may, notice.Item{
			Title: "关于高平市政府两项任务逾期未办结的通报", Kind: plan.Told, Stage: "act-2-circular", Unit: "高平市政府",
			Matter: plan.Matter{Topic: "circular", Limit: calendar.NewDay(2021, 6, 1), By: "常务副市长 王建国", Paper: "晋市水治办通〔2021〕1号", Words: "“完成高平市建成区黑臭水体排查”2021年4月30日到期，已逾期18天（9个工作日），未办结\n“高平市天阳污水处理厂提标改造工程”2021年4月30日到期，已逾期18天（9个工作日），未办结"},
			Talk:   &notice.Talk{Facts: act.TalkFacts{What: plan.ProposeCircular}},
		}),
	}
}
