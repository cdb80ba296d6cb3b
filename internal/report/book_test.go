package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

func local(d calendar.Day, h, m int) time.Time { return d.At(h, m, calendar.Beijing) }

func pointer(n int) *int { return &n }

func TestRowsSayWhatIsTrueOnTheDay(t *testing.T) {
	t.Parallel()
	table := small(t).book(t, day(7, 1))

	require.Equal(t, report.Head{ID: "small", Title: "晋城市2021年水生态环境保护行动计划", Number: "晋市政办〔2021〕9号",
		Issuer: "晋城市人民政府办公室", Issued: day(4, 1), Zone: "Asia/Shanghai", Launched: local(day(4, 1), 9, 0)}, table.Plan)
	require.Equal(t, report.Row{
		No: 1, ID: "t1", Key: "t1", Kind: plan.Dated, Clause: "三（二）4", Title: "建成丹河污水处理厂", Lead: "市水务局", LeadID: "shuiwu",
		Assist: []string{"市城市管理局", "高平市人民政府"}, Due: day(6, 15), FirstDue: day(6, 15), Milestone: "投运", Policy: "standard",
		Priority: true, Note: "以竣工验收为准。", State: ledger.TaskOpen, Phase: act.Open, ProgressLight: plan.Red, PointsBehind: 100, Light: plan.Red, Overdue: true,
		WorkdaysLeft: pointer(-12), DaysLeft: pointer(-16),
		Last:  &report.Step{Stage: "talk", Kind: plan.Talk, At: local(day(6, 30), 9, 0)},
		Next:  &report.Step{Stage: "talk-held-remind", Kind: plan.Remind, At: local(day(7, 2), 9, 0), Talk: "t1#1"},
		Talks: []report.Called{{ID: "t1#1", Number: 1, State: act.TalkOpen, What: plan.ProposeTalk, Unit: "市水务局", UnitID: "shuiwu"}},
	}, table.Tasks[0])
	require.Equal(t, report.Row{
		No: 4, ID: "t4", Key: "t4", Kind: plan.Dated, Clause: "三（二）4", Title: "完成雨污分流", Lead: "市城市管理局", LeadID: "chengguan",
		Assist: []string{}, Due: day(6, 18), FirstDue: day(6, 18), Policy: "standard", State: ledger.TaskClosed, Phase: act.Closed, Light: plan.DoneLate,
		Closed: day(6, 23), DoneOn: day(6, 23), WorkdaysLate: 3, Talks: []report.Called{},
	}, table.Tasks[3])
	require.Equal(t, report.Row{
		No: 9, ID: "s1", Key: "s1", Kind: plan.Standing, Clause: "三（二）4", Title: "持续推进节水", Lead: "市水务局", LeadID: "shuiwu",
		Assist: []string{}, Policy: "standard", State: ledger.TaskOpen, Phase: act.Open, Talks: []report.Called{},
	}, table.Tasks[8])
}

// A task due on a Saturday is overdue on Sunday by one calendar day and no working day,
// on Monday by one working day.
func TestOverdueIsCountedFromTheDueDate(t *testing.T) {
	t.Parallel()
	r := small(t)
	for today, want := range map[calendar.Day][2]int{
		day(6, 25): {0, 1}, day(6, 26): {0, 0}, day(6, 27): {0, -1}, day(6, 28): {-1, -2}, day(7, 1): {-4, -5},
	} {
		row := r.book(t, today).Tasks[1]
		require.Equal(t, want, [2]int{*row.WorkdaysLeft, *row.DaysLeft}, today)
		require.Equal(t, today.After(day(6, 26)), row.Overdue, today)
	}
}

// The light of a closed task is the same on every later day: done or done late.
func TestDoneLateNeverLooksLikeDone(t *testing.T) {
	t.Parallel()
	r := small(t)
	r.tasks[3].Light = "" // not in the ledger: computed
	for _, today := range []calendar.Day{day(6, 23), day(12, 31)} {
		rows := r.book(t, today).Tasks
		require.Equal(t, []plan.Light{plan.Done, plan.DoneLate, ""}, []plan.Light{rows[2].Light, rows[3].Light, rows[4].Light})
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	rate := func(r float64) *float64 { return &r }
	got := small(t).book(t, day(7, 1)).Counts
	require.Equal(t, report.Counts{
		Tally: report.Tally{Total: 6, Done: 2, OnTime: 1, DoneLate: 1, Open: 4, Overdue: 2, Green: 1, Yellow: 1, Red: 2, Cancelled: 1, Talks: 1, Struck: 4, OnTimeRate: rate(0.25)}, RankFloor: 5,
		Duties: 1, Standing: 1,
		ByUnit: []report.UnitTally{
			{Unit: "市城市管理局", UnitID: "chengguan", Tally: report.Tally{Total: 2, Done: 2, OnTime: 1, DoneLate: 1, Struck: 2, OnTimeRate: rate(0.5)}},
			{Unit: "市水务局", UnitID: "shuiwu", Tally: report.Tally{Total: 2, Open: 2, Overdue: 1, Red: 1, Green: 1, Cancelled: 1, Talks: 1, Struck: 1, OnTimeRate: rate(0)}},
			{Unit: "高平市人民政府", UnitID: "gaoping", Tally: report.Tally{Total: 2, Open: 2, Overdue: 1, Red: 1, Yellow: 1, Struck: 1, OnTimeRate: rate(0)}},
		},
		ByKind: []report.KindTally{
			{Kind: report.KindTask, Tally: report.Tally{Total: 5, Done: 2, OnTime: 1, DoneLate: 1, Open: 3, Overdue: 2, Yellow: 1, Red: 2, Cancelled: 1, Talks: 1, Struck: 4, OnTimeRate: rate(0.25)}},
			{Kind: report.KindOccurrence, Tally: report.Tally{Total: 1, Open: 1, Green: 1}},
		},
		ByLight: []report.LightRow{
			{Light: plan.Red, Count: 2, Share: 1.0 / 3}, {Light: plan.Yellow, Count: 1, Share: 1.0 / 6}, {Light: plan.Blue}, {Light: plan.Green, Count: 1, Share: 1.0 / 6},
			{Light: plan.DoneLate, Count: 1, Share: 1.0 / 6}, {Light: plan.Done, Count: 1, Share: 1.0 / 6},
		},
	}, got)
}

func TestTalksShowLimitsAndWhatWasMissed(t *testing.T) {
	t.Parallel()
	r := small(t)
	// Served on Monday 28 June, one day before its limit; held within 7 days of that.
	talks := r.book(t, day(7, 6)).Talks
	course := talks[0].Course
	talks[0].Course = act.TalkCase{}
	require.Equal(t, []any{act.TalkOpen, day(6, 25), 1, "standard"}, []any{course.State, course.Since, course.Round(), course.Policy})
	require.Equal(t, []report.TalkRow{{
		ID: "t1#1", Key: "t1#1", Task: "t1", Title: "建成丹河污水处理厂", Number: 1, Unit: "市水务局", UnitID: "shuiwu", Due: day(6, 15), State: act.TalkOpen, Opened: day(6, 25),
		OpensAt: local(day(6, 25), 9, 0), What: plan.ProposeTalk,
		Steps: []report.TalkStep{
			{ID: "served", Limit: day(6, 29), Taken: day(6, 28)},
			{ID: "held", Limit: day(7, 5), Late: true, WorkdaysLate: 1},
			{ID: "minutes", Limit: day(7, 8)},
			{ID: "plan", Limit: day(8, 2)},
			{ID: "report", Limit: day(9, 1)},
			{ID: "verified", Limit: day(9, 15)},
		},
	}}, talks)

	r.talks[0].State = act.TalkDeclined
	table := r.book(t, day(7, 6))
	require.Empty(t, table.Talks[0].Steps)
	require.Zero(t, table.Counts.Talks)
}

func TestStagesCarryWhatBecameOfTheirMessages(t *testing.T) {
	t.Parallel()
	table := small(t).book(t, day(7, 1))
	var decided []report.StageRow
	for _, s := range table.Stages {
		if s.State == ledger.Decided {
			decided = append(decided, s)
		}
	}
	require.Len(t, decided, 4)
	sent := local(day(6, 22), 9, 0).Add(time.Second)
	require.Equal(t, report.StageRow{
		Task: "t1", Title: "建成丹河污水处理厂", Revision: 1, Unit: "市水务局", UnitID: "shuiwu", Due: day(6, 15), Stage: "warn", Kind: plan.Warn,
		At: local(day(6, 22), 9, 0), To: []people.Recipient{{Unit: "shuiwu", Role: people.Head}, {Unit: "xietiao", Role: people.Office}},
		Light: plan.Red, Merged: []string{}, State: ledger.Decided, DecidedAt: local(day(6, 22), 8, 0),
		Messages: []report.Message{
			{To: people.Recipient{Unit: "shuiwu", Role: people.Head}, Name: "市水务局", Channel: "smtp", State: ledger.Sent, MessageID: "m@duban.local", SentAt: sent},
			{To: people.Recipient{Unit: "xietiao", Role: people.Office}, Name: "市水污染防治协调办", Channel: "smtp", State: ledger.Failed, MessageID: "m@duban.local", SentAt: sent, Error: "550 no such mailbox"},
		},
	}, decided[0])
}

func TestByGravityPutsTheGravestFirst(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, r := range report.ByGravity(small(t).book(t, day(7, 1)).Tasks) {
		ids = append(ids, r.ID)
	}
	require.Equal(t, []string{"t1", "t2", "t6", "d1.2021Q3", "t4", "t3", "d1", "s1", "t5"}, ids)
}

func TestCSVOpensRightInExcel(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, report.WriteCSV(&b, small(t).book(t, day(7, 1)), words.New("zh")))
	text, ok := strings.CutPrefix(b.String(), "\ufeff")
	require.True(t, ok, "no byte order mark")
	require.NotContains(t, strings.ReplaceAll(text, "\r\n", ""), "\n")
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Len(t, records, 10)
	require.Equal(t, []string{"序号", "工作任务", "责任主体", "完成时限", "备注", "配合单位", "类别", "状态", "亮灯", "距时限／逾期", "进展", "最近督办日", "最近督办", "下一步日期", "下一步", "约谈通报", "出处", "编号"}, records[0])
	require.Equal(t, []string{"1", "建成丹河污水处理厂", "市水务局", "2021-06-15", "省级重点；节点：投运；以竣工验收为准", "市城市管理局、高平市人民政府",
		"任务", "在办", "红灯", "逾期12个工作日", "0% 红灯", "2021-06-30", "约谈", "2021-07-02", "召开约谈提醒", "第1次：进行中", "三（二）4", "t1"}, records[1])
	require.Equal(t, []string{"2", "'=公布断面水质", "高平市人民政府", "2021-06-26", "力争完成；结果向社会公开", "",
		"任务", "在办", "红灯", "逾期4个工作日", "0% 红灯", "2021-06-25", "到期", "2021-07-02", "预警", "", "三（二）4", "t2"}, records[2])
	require.Equal(t, []string{"8", "巡查排污口（2021年第三季度）", "市水务局", "2021-09-30", "", "", "周期任务期次", "在办", "绿灯", "剩65个工作日", "0% 红灯", "", "", "2021-08-31", "提醒", "", "三（二）4", "d1.2021Q3"}, records[8])
}

func TestTextsThatLookLikeFormulasStayTexts(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"=1+1": "'=1+1", "+86": "'+86", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)", "＝1": "'＝1", "\t=1": "'\t=1", "　=1": "'　=1",
		"普通": "普通", "a=1": "a=1", "": "",
	} {
		r := small(t)
		r.tasks[2].Title = title
		var b bytes.Buffer
		require.NoError(t, report.WriteCSV(&b, r.book(t, day(7, 1)), words.New("zh")))
		records, err := csv.NewReader(&b).ReadAll()
		require.NoError(t, err)
		require.Equal(t, want, records[3][1])
	}
}

// The names in the book's JSON never change: other programs read them.
func TestJSONShape(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, report.WriteJSON(&b, small(t).book(t, day(7, 1))))
	require.Contains(t, b.String(), `"title": "建成丹河污水处理厂"`)
	var all map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(b.Bytes(), &all))
	require.JSONEq(t, `"2021-07-01"`, string(all["as_of"]))
	require.ElementsMatch(t, []string{"plan", "as_of", "counts", "tasks", "stages", "talks"}, keys(all))
	var tasks []json.RawMessage
	require.NoError(t, json.Unmarshal(all["tasks"], &tasks))
	require.JSONEq(t, `{"no": 3, "id": "t3", "kind": "dated", "clause": "三（二）4", "title": "完成管网改造", "lead": "市城市管理局", "lead_id": "chengguan",
		"assist": [], "due": "2021-06-30", "first_due": "2021-06-30", "milestone": "", "policy": "standard", "soft": false, "priority": false,
		"publish": false, "note": "", "state": "closed", "light": "done", "overdue": false, "closed": "2021-06-30", "done_on": "2021-06-30", "phase": "closed", "acknowledged": "",
		"percent": 0, "progress_light": "", "points_behind": 0, "workdays_left": null,
		"days_left": null, "workdays_late": 0, "last": null, "next": null, "talks": []}`, string(tasks[2]))
	var stages []json.RawMessage
	require.NoError(t, json.Unmarshal(all["stages"], &stages))
	require.JSONEq(t, `{"task": "t2", "title": "=公布断面水质", "revision": 1, "unit": "高平市人民政府", "unit_id": "gaoping", "due": "2021-06-26", "stage": "due", "kind": "due",
		"at": "2021-06-25T09:00:00+08:00", "moved_from": "2021-06-26", "to": ["gaoping/liaison"], "light": "yellow", "merged": [], "state": "decided",
		"decided_at": "2021-06-25T08:00:00+08:00", "messages": [{"to": "gaoping/liaison", "name": "高平市人民政府", "channel": "smtp", "state": "sent",
		"message_id": "m@duban.local", "sent_at": "2021-06-25T09:00:01+08:00"}]}`, string(stages[1]))
}

func keys(m map[string]json.RawMessage) (all []string) {
	for k := range m {
		all = append(all, k)
	}
	return all
}
