package act_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// The task of all these tests: assigned on Thursday 8 April 2021 at ten, due on
// Wednesday 30 June, by the standard rules.
const assigned, dueDay = "2021-04-08 10:00", "2021-06-30"

func TestAcknowledged(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	require.Equal(t, `
2021-04-09 09:00 study-1 remind gaoping/liaison about acknowledge
2021-04-12 09:00 unacknowledged-3 urge gaoping/liaison,gaoping/deputy moved from 2021-04-11 about acknowledge
2021-05-31 09:00 remind-30 remind gaoping/liaison
2021-06-15 09:00 remind-15 remind gaoping/liaison
2021-06-23 09:00 remind-7 remind gaoping/liaison
2021-06-25 09:00 remind-3 remind gaoping/liaison moved from 2021-06-27
2021-06-29 09:00 remind-1 remind gaoping/liaison
2021-06-30 09:00 due due gaoping/liaison
2021-07-01 09:00 urge urge gaoping/liaison,gaoping/deputy
2021-07-07 09:00 warn warn gaoping/head,office/office
2021-07-14 09:00 talk talk gaoping/head,office/office,group/leader
`, d.ladder())
	require.Empty(t, d.do("gaoping", "2021-04-09 09:00", act.Acknowledge))
	require.Equal(t, `
2021-04-09 09:00 study-1 remind gaoping/liaison about acknowledge
`, d.spoken(), "what speaks at the instant of an act has spoken")
	require.Equal(t, `
2021-05-10 09:00 silent-2021-04-09 urge gaoping/liaison,gaoping/deputy about silent
2021-05-31 09:00 remind-30 remind gaoping/liaison
2021-06-15 09:00 remind-15 remind gaoping/liaison
2021-06-23 09:00 remind-7 remind gaoping/liaison
2021-06-25 09:00 remind-3 remind gaoping/liaison moved from 2021-06-27
2021-06-29 09:00 remind-1 remind gaoping/liaison
2021-06-30 09:00 due due gaoping/liaison
2021-07-01 09:00 urge urge gaoping/liaison,gaoping/deputy
2021-07-07 09:00 warn warn gaoping/head,office/office
2021-07-14 09:00 talk talk gaoping/head,office/office,group/leader
`, d.ladder())
	require.Equal(t, `acknowledged_already Day=2021-04-09`, d.no("gaoping", "2021-04-09 10:00", act.Acknowledge))
}

// Twenty working days of silence are a stage; each sign of life moves it.
func TestSilence(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	d.do("gaoping", "2021-04-08 15:00", act.Acknowledge)
	require.Equal(t, `
2021-05-08 09:00 silent-2021-04-08 urge gaoping/liaison,gaoping/deputy about silent
2021-05-31 09:00 remind-30 remind gaoping/liaison
2021-06-15 09:00 remind-15 remind gaoping/liaison
2021-06-23 09:00 remind-7 remind gaoping/liaison
2021-06-25 09:00 remind-3 remind gaoping/liaison moved from 2021-06-27
2021-06-29 09:00 remind-1 remind gaoping/liaison
2021-06-30 09:00 due due gaoping/liaison
2021-07-01 09:00 urge urge gaoping/liaison,gaoping/deputy
2021-07-07 09:00 warn warn gaoping/head,office/office
2021-07-14 09:00 talk talk gaoping/head,office/office,group/leader
`, d.ladder())
	d.do("gaoping", "2021-05-06 10:00", act.Progress, percent(20))
	require.Equal(t, "silent-2021-05-06", d.Ahead(d.Case)[1].ID)
	d.do("gaoping", "2021-05-06 11:00", act.Progress, percent(25))
	d.to("2021-06-02 00:00")
	require.Equal(t, "\n2021-05-31 09:00 remind-30 remind gaoping/liaison\n", d.spoken())
	require.Equal(t, `
2021-06-02 09:00 silent-2021-05-06 urge gaoping/liaison,gaoping/deputy about silent
2021-06-15 09:00 remind-15 remind gaoping/liaison
2021-06-23 09:00 remind-7 remind gaoping/liaison
2021-06-25 09:00 remind-3 remind gaoping/liaison moved from 2021-06-27
2021-06-29 09:00 remind-1 remind gaoping/liaison
2021-06-30 09:00 due due gaoping/liaison
2021-07-01 09:00 urge urge gaoping/liaison,gaoping/deputy
2021-07-07 09:00 warn warn gaoping/head,office/office
2021-07-14 09:00 talk talk gaoping/head,office/office,group/leader
`, d.ladder())
	d.to("2021-06-05 00:00")
	require.Equal(t, `
2021-06-02 09:00 silent-2021-05-06 urge gaoping/liaison,gaoping/deputy about silent
`, d.spoken())
	d.do("gaoping", "2021-06-07 10:00", act.Progress, percent(30))
	require.Equal(t, `
2021-06-15 09:00 remind-15 remind gaoping/liaison
2021-06-23 09:00 remind-7 remind gaoping/liaison
2021-06-25 09:00 remind-3 remind gaoping/liaison moved from 2021-06-27
2021-06-29 09:00 remind-1 remind gaoping/liaison
2021-06-30 09:00 due due gaoping/liaison
2021-07-01 09:00 urge urge gaoping/liaison,gaoping/deputy
2021-07-07 09:00 warn warn gaoping/head,office/office
2021-07-14 09:00 talk talk gaoping/head,office/office,group/leader
`, d.ladder(), "the next would come after the due date: its own words are enough")
	require.Equal(t, "percent Percent=101", d.no("gaoping", "2021-06-07 11:00", act.Progress, percent(101)))
	require.Equal(t, "percent Percent=-1", d.no("gaoping", "2021-06-07 11:00", act.Progress, percent(-1)))
	require.Equal(t, "needs Field=reason", d.no("gaoping", "2021-06-07 11:00", act.Progress, reason(" ")))
}

func TestReturnedAndUpheld(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	require.Equal(t, "return_not_pending", d.no("office", "2021-04-08 11:00", act.Uphold))
	require.Equal(t, `
2021-04-15 17:00 act-1-return told office/office limit 2021-04-20 by gaoping人 words 不属本单位职责
`, "\n"+stageLines(d.do("gaoping", "2021-04-15 17:00", act.Return, reason("不属本单位职责"))))
	require.Equal(t, `
2021-04-09 09:00 study-1 remind gaoping/liaison about acknowledge
2021-04-12 09:00 unacknowledged-3 urge gaoping/liaison,gaoping/deputy moved from 2021-04-11 about acknowledge
`, d.spoken())
	require.Equal(t, `
2021-04-20 09:00 return-1-remind remind office/office about return limit 2021-04-20 by gaoping人 words 不属本单位职责
2021-04-21 09:00 return-1-missed escalate office/office,group/leader about return limit 2021-04-20 by gaoping人 words 不属本单位职责
`, d.ladder())
	require.Equal(t, "returned_before", d.no("gaoping", "2021-04-15 18:00", act.Return))
	d.to("2021-04-22 00:00")
	require.Equal(t, `
2021-04-20 09:00 return-1-remind remind office/office about return limit 2021-04-20 by gaoping人 words 不属本单位职责
2021-04-21 09:00 return-1-missed escalate office/office,group/leader about return limit 2021-04-20 by gaoping人 words 不属本单位职责
`, d.spoken())
	require.Equal(t, `
2021-04-22 10:00 act-2-uphold told gaoping/liaison,gaoping/deputy by office人 words 说明
`, "\n"+stageLines(d.do("office", "2021-04-22 10:00", act.Uphold)))
	require.Nil(t, d.Case.Return)
	require.Equal(t, "return_not_pending", d.no("office", "2021-04-22 11:00", act.Uphold))
	require.Equal(t, "returned_before", d.no("gaoping", "2021-04-22 12:00", act.Return))
}

// Five working days from 8 April end on the 15th: the 16th is too late.
func TestReturnedTooLate(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	require.Equal(t, "return_late Until=2021-04-15", d.no("gaoping", "2021-04-16 08:00", act.Return))
}

// The new unit begins with a ladder of its own and may return the task itself.
func TestReassigned(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	d.do("gaoping", "2021-04-09 10:00", act.Return)
	d.do("gaoping", "2021-04-09 11:00", act.Acknowledge)
	require.Equal(t, "same", d.no("office", "2021-04-12 15:00", act.Reassign, unit("gaoping")))
	require.Equal(t, "no_such_unit Unit=nobody", d.no("office", "2021-04-12 15:00", act.Reassign, unit("nobody")))
	require.Equal(t, "needs Field=unit", d.no("office", "2021-04-12 15:00", act.Reassign))
	d.spoken()
	require.Equal(t, `
2021-06-01 15:00 act-3-reassign told shuiwu/liaison,shuiwu/deputy,gaoping/liaison by office人 words 职责调整
`, "\n"+stageLines(d.do("office", "2021-06-01 15:00", act.Reassign, unit("shuiwu"), reason("职责调整"))))
	require.Equal(t, `
2021-06-02 09:00 study-1 remind shuiwu/liaison about acknowledge
2021-06-04 09:00 unacknowledged-3 urge shuiwu/liaison,shuiwu/deputy about acknowledge
2021-06-15 09:00 remind-15 remind shuiwu/liaison
2021-06-23 09:00 remind-7 remind shuiwu/liaison
2021-06-25 09:00 remind-3 remind shuiwu/liaison moved from 2021-06-27
2021-06-29 09:00 remind-1 remind shuiwu/liaison
2021-06-30 09:00 due due shuiwu/liaison
2021-07-01 09:00 urge urge shuiwu/liaison,shuiwu/deputy
2021-07-07 09:00 warn warn shuiwu/head,office/office
2021-07-14 09:00 talk talk shuiwu/head,office/office,group/leader
`, d.ladder())
	require.Equal(t, `open 建成污水处理厂 due 2021-06-30 revision 1 lead shuiwu assist  policy standard return until 2021-06-08 extend until 2021-06-25`, facts(d.Case))
	require.Equal(t, "not_yours", d.no("gaoping", "2021-06-01 16:00", act.Progress))
	d.do("shuiwu", "2021-06-08 10:00", act.Return)
	require.Equal(t, "returned_before", d.no("shuiwu", "2021-06-08 11:00", act.Return))
	d.do("office", "2021-06-09 10:00", act.Reassign, unit("gaoping"))
	require.Equal(t, "returned_before", d.no("gaoping", "2021-06-09 11:00", act.Return), "once, also when it comes back")
}

func TestParts(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	d.do("gaoping", "2021-04-08 11:00", act.Acknowledge)
	require.Equal(t, "part_unit Unit=zhujian", d.no("gaoping", "2021-04-12 10:00", act.AskPart, unit("zhujian"), due("2021-04-30")))
	require.Equal(t, "part_date Due=2021-04-12", d.no("gaoping", "2021-04-12 10:00", act.AskPart, unit("shuiwu"), due("2021-04-12")))
	require.Equal(t, "needs Field=due", d.no("gaoping", "2021-04-12 10:00", act.AskPart, unit("shuiwu")))
	require.Equal(t, "seat Seats=lead", d.no("shuiwu", "2021-04-12 10:00", act.AskPart, unit("shuiwu"), due("2021-04-30")))
	require.Equal(t, `
2021-04-12 10:00 act-2-ask_part told shuiwu/liaison limit 2021-05-02 by gaoping人 words 提供管网图
`, "\n"+stageLines(d.do("gaoping", "2021-04-12 10:00", act.AskPart, unit("shuiwu"), due("2021-05-02"), reason("提供管网图"))))
	require.Equal(t, `
2021-04-12 11:00 act-3-ask_part told shuiwu/liaison limit 2021-04-13 by gaoping人 words 派员踏勘
`, "\n"+stageLines(d.do("gaoping", "2021-04-12 11:00", act.AskPart, unit("shuiwu"), due("2021-04-13"), reason("派员踏勘"))))
	require.Equal(t, `
2021-04-14 09:00 part-2-missed escalate shuiwu/liaison,shuiwu/deputy,gaoping/liaison about part limit 2021-04-13 by gaoping县 words 派员踏勘
2021-04-29 09:00 part-1-remind remind shuiwu/liaison about part limit 2021-05-02 by gaoping县 words 提供管网图
2021-05-06 09:00 part-1-missed escalate shuiwu/liaison,shuiwu/deputy,gaoping/liaison about part limit 2021-05-02 by gaoping县 words 提供管网图
2021-05-11 09:00 silent-2021-04-12 urge gaoping/liaison,gaoping/deputy about silent
2021-05-31 09:00 remind-30 remind gaoping/liaison
2021-06-15 09:00 remind-15 remind gaoping/liaison
2021-06-23 09:00 remind-7 remind gaoping/liaison
2021-06-25 09:00 remind-3 remind gaoping/liaison moved from 2021-06-27
2021-06-29 09:00 remind-1 remind gaoping/liaison
2021-06-30 09:00 due due gaoping/liaison
2021-07-01 09:00 urge urge gaoping/liaison,gaoping/deputy
2021-07-07 09:00 warn warn gaoping/head,office/office
2021-07-14 09:00 talk talk gaoping/head,office/office,group/leader
`, d.ladder())
	require.Equal(t, "part_unknown Ref=3", d.no("shuiwu", "2021-04-12 12:00", act.GivePart, ref("3")))
	require.Equal(t, "seat Seats=assisting", d.no("gaoping", "2021-04-12 12:00", act.GivePart, ref("1")))
	require.Equal(t, `
2021-04-12 16:00 act-4-give_part told gaoping/liaison by shuiwu人 words 已派员
`, "\n"+stageLines(d.do("shuiwu", "2021-04-12 16:00", act.GivePart, ref("2"), reason("已派员"))))
	require.Equal(t, "part_done Day=2021-04-12", d.no("shuiwu", "2021-04-12 17:00", act.GivePart, ref("2")))
	d.do("office", "2021-04-13 10:00", act.Assist, assist("zhujian"))
	d.spoken()
	d.to("2021-05-08 00:00")
	require.Equal(t, "\n", d.spoken(), "who assists no longer owes no part")
	require.Equal(t, "part_dropped Day=2021-04-13", d.no("shuiwu", "2021-05-08 10:00", act.GivePart, ref("1")))
	require.Equal(t, "not_yours", d.no("zezhou", "2021-05-08 11:00", act.GivePart, ref("1")))
	require.Equal(t, "part_unknown Ref=1", d.no("zhujian", "2021-05-08 11:00", act.GivePart, ref("1")))
}

func TestInstructions(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	d.do("gaoping", "2021-04-08 11:00", act.Acknowledge)
	require.Equal(t, "part_date Due=2021-04-12", d.no("group", "2021-04-12 10:00", act.Instruct, due("2021-04-12")))
	require.Equal(t, "seat Seats=leadership", d.no("office", "2021-04-12 10:00", act.Instruct))
	require.Equal(t, `
2021-04-12 10:00 act-2-instruct told gaoping/liaison,gaoping/head,office/office by group人 words 抓紧
`, "\n"+stageLines(d.do("group", "2021-04-12 10:00", act.Instruct, reason("抓紧"))))
	require.Equal(t, `
2021-04-12 11:00 act-3-instruct told gaoping/liaison,gaoping/head,office/office limit 2021-04-16 by group人 words 说明原因
`, "\n"+stageLines(d.do("group", "2021-04-12 11:00", act.Instruct, reason("说明原因"), due("2021-04-16"))))
	require.Equal(t, `
2021-04-15 09:00 instruction-2-remind remind gaoping/liaison,gaoping/head about instruction limit 2021-04-16 by group人 words 说明原因
2021-04-19 09:00 instruction-2-missed escalate gaoping/head,office/office,group/leader about instruction limit 2021-04-16 by group人 words 说明原因
2021-05-08 09:00 silent-2021-04-08 urge gaoping/liaison,gaoping/deputy about silent
2021-05-31 09:00 remind-30 remind gaoping/liaison
2021-06-15 09:00 remind-15 remind gaoping/liaison
2021-06-23 09:00 remind-7 remind gaoping/liaison
2021-06-25 09:00 remind-3 remind gaoping/liaison moved from 2021-06-27
2021-06-29 09:00 remind-1 remind gaoping/liaison
2021-06-30 09:00 due due gaoping/liaison
2021-07-01 09:00 urge urge gaoping/liaison,gaoping/deputy
2021-07-07 09:00 warn warn gaoping/head,office/office
2021-07-14 09:00 talk talk gaoping/head,office/office,group/leader
`, d.ladder(), "only the one with a date is chased")
	require.Equal(t, `
2021-04-15 10:00 act-4-answer told group/leader,office/office by gaoping人 words 因汛期
`, "\n"+stageLines(d.do("gaoping", "2021-04-15 10:00", act.Answer, ref("2"), reason("因汛期"))))
	require.Equal(t, "instruction_answered Day=2021-04-15", d.no("gaoping", "2021-04-15 11:00", act.Answer, ref("2")))
	require.Equal(t, "instruction_unknown Ref=3", d.no("gaoping", "2021-04-15 11:00", act.Answer, ref("3")))
	d.do("gaoping", "2021-04-15 12:00", act.Answer, ref("1"))
	d.to("2021-04-30 00:00")
	require.Equal(t, `
2021-04-15 09:00 instruction-2-remind remind gaoping/liaison,gaoping/head about instruction limit 2021-04-16 by group人 words 说明原因
`, d.spoken())
	d.do("group", "2021-05-06 10:00", act.Instruct, due("2021-05-09"))
	d.to("2021-05-12 00:00")
	require.Equal(t, `
2021-05-08 09:00 instruction-3-remind remind gaoping/liaison,gaoping/head about instruction limit 2021-05-09 by group人 words 说明
2021-05-10 09:00 instruction-3-missed escalate gaoping/head,office/office,group/leader about instruction limit 2021-05-09 by group人 words 说明
`, d.spoken(), "reminded on the working day before, missed on the one after")
}

func TestChasedByHand(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	ladder := d.ladder()
	require.Equal(t, `
2021-04-08 11:00 act-1-chase told gaoping/liaison,gaoping/deputy limit 2021-04-12 by office人 words 请加快
`, "\n"+stageLines(d.do("office", "2021-04-08 11:00", act.Chase, reason("请加快"))))
	require.Equal(t, ladder, d.ladder())
	require.Equal(t, "chase_soon From=2021-04-12", d.no("office", "2021-04-09 11:00", act.Chase))
	require.Equal(t, "seat Seats=office", d.no("group", "2021-04-12 08:00", act.Chase))
	d.do("office", "2021-04-12 08:00", act.Chase)
	d.do("gaoping", "2021-04-12 10:00", act.Complete)
	require.Equal(t, "state Kind=chase State=reported", d.no("office", "2021-04-20 08:00", act.Chase))
}

func TestReportedAndVerified(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	d.Case.Publish = true
	require.Equal(t, "publish_url", d.no("gaoping", "2021-06-25 10:00", act.Complete))
	require.Equal(t, "evidence Name=公告", d.no("gaoping", "2021-06-25 10:00", act.Complete, url("公告栏")))
	require.Equal(t, "evidence Name=公告", d.no("gaoping", "2021-06-25 10:00", act.Complete, url("ftp://example.cn/1")))
	require.Equal(t, "publish_url", d.no("office", "2021-06-25 10:00", act.Verify))
	d.spoken()
	require.Equal(t, `
2021-06-25 10:00 act-1-complete told office/office limit 2021-07-02 by gaoping人 words 已建成
`, "\n"+stageLines(d.do("gaoping", "2021-06-25 10:00", act.Complete, url("https://example.cn/1"), reason("已建成"))))
	require.Equal(t, `
2021-07-02 09:00 report-1-remind remind office/office about report limit 2021-07-02 by gaoping人 words 已建成
2021-07-05 09:00 report-1-missed escalate office/office,group/leader about report limit 2021-07-02 by gaoping人 words 已建成
`, d.ladder())
	require.Equal(t, "state Kind=complete State=reported", d.no("gaoping", "2021-06-25 11:00", act.Complete, url("https://example.cn/1")))
	d.to("2021-07-06 00:00")
	require.Equal(t, `
2021-07-02 09:00 report-1-remind remind office/office about report limit 2021-07-02 by gaoping人 words 已建成
2021-07-05 09:00 report-1-missed escalate office/office,group/leader about report limit 2021-07-02 by gaoping人 words 已建成
`, d.spoken())
	require.Equal(t, `
2021-07-06 10:00 act-2-verify told gaoping/liaison by office人 words 属实
`, "\n"+stageLines(d.do("office", "2021-07-06 10:00", act.Verify, reason("属实"))))
	require.Equal(t, `closed 建成污水处理厂 due 2021-06-30 revision 0 lead gaoping assist shuiwu policy standard acknowledged 2021-06-25 heard 2021-06-25 return until 2021-04-15 extend until 2021-06-25 closed 2021-06-25`, facts(d.Case))
	require.Empty(t, d.Ahead(d.Case))
	require.Equal(t, "state Kind=reword State=closed", d.no("office", "2021-07-06 11:00", act.Reword, title("新")))
}

// Stages whose day passed while the report waited are not said afterwards.
func TestReportedAndSentBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	require.Equal(t, "state Kind=reject State=open", d.no("office", "2021-06-01 10:00", act.Reject))
	d.do("gaoping", "2021-06-25 10:00", act.Complete)
	d.spoken()
	require.Equal(t, `
2021-07-05 10:00 act-2-reject told gaoping/liaison,gaoping/deputy by office人 words 材料不全
`, "\n"+stageLines(d.do("office", "2021-07-05 10:00", act.Reject, reason("材料不全"))))
	require.Equal(t, `
2021-07-06 09:00 passed remind gaoping/liaison
2021-07-07 09:00 urge urge gaoping/liaison,gaoping/deputy moved from 2021-07-06
2021-07-13 09:00 warn warn gaoping/head,office/office moved from 2021-07-12
2021-07-20 09:00 talk talk gaoping/head,office/office,group/leader moved from 2021-07-19
`, d.ladder())
	d.do("gaoping", "2021-07-07 10:00", act.Complete)
	d.do("office", "2021-07-31 10:00", act.Reject)
	require.Equal(t, `
2021-08-05 09:00 warn warn gaoping/head,office/office moved from 2021-08-04
2021-08-12 09:00 talk talk gaoping/head,office/office,group/leader moved from 2021-08-11
`, d.ladder(), "the last rung is not lost")
	d.to("2021-12-31 00:00")
	require.Equal(t, `
2021-07-02 09:00 report-1-remind remind office/office about report limit 2021-07-02 by gaoping人 words 说明
2021-07-05 09:00 report-1-missed escalate office/office,group/leader about report limit 2021-07-02 by gaoping人 words 说明
2021-07-06 09:00 passed remind gaoping/liaison
2021-07-07 09:00 urge urge gaoping/liaison,gaoping/deputy moved from 2021-07-06
2021-07-14 09:00 report-3-remind remind office/office about report limit 2021-07-14 by gaoping人 words 说明
2021-07-15 09:00 report-3-missed escalate office/office,group/leader about report limit 2021-07-14 by gaoping人 words 说明
2021-08-05 09:00 warn warn gaoping/head,office/office moved from 2021-08-04
2021-08-12 09:00 talk talk gaoping/head,office/office,group/leader moved from 2021-08-11
`, d.spoken())
}

func TestExtended(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	require.Equal(t, "extend_none_pending", d.no("office", "2021-06-01 10:00", act.Grant))
	require.Equal(t, "extend_not_later Due=2021-06-30", d.no("gaoping", "2021-06-01 10:00", act.Extend, due("2021-06-30")))
	require.Equal(t, "needs Field=due", d.no("gaoping", "2021-06-01 10:00", act.Extend))
	d.spoken()
	require.Equal(t, "percent Percent=101", d.no("gaoping", "2021-06-01 10:00", act.Extend, due("2021-08-31"), percent(101)))
	require.Equal(t, `
2021-06-25 10:00 act-1-extend told office/office limit 2021-06-30 new 2021-08-31 by gaoping人 words 汛期停工
`, "\n"+stageLines(d.do("gaoping", "2021-06-25 10:00", act.Extend, due("2021-08-31"), reason("汛期停工"))))
	require.Equal(t, `
2021-06-29 09:00 remind-1 remind gaoping/liaison
2021-06-30 09:00 due due gaoping/liaison
2021-06-30 09:00 extension-1-remind remind office/office about extension limit 2021-06-30 new 2021-08-31 by gaoping人 words 汛期停工
2021-07-01 09:00 extension-1-missed escalate office/office,group/leader about extension limit 2021-06-30 new 2021-08-31 by gaoping人 words 汛期停工
2021-07-01 09:00 urge urge gaoping/liaison,gaoping/deputy
2021-07-07 09:00 warn warn gaoping/head,office/office
2021-07-14 09:00 talk talk gaoping/head,office/office,group/leader
`, d.ladder())
	require.Equal(t, "extend_pending Due=2021-08-31", d.no("gaoping", "2021-06-25 11:00", act.Extend, due("2021-09-30")))
	require.Equal(t, "extend_office", d.no("group", "2021-06-28 10:00", act.Grant))
	d.to("2021-07-02 00:00")
	require.Equal(t, `
2021-06-15 09:00 remind-15 remind gaoping/liaison
2021-06-23 09:00 remind-7 remind gaoping/liaison
2021-06-25 09:00 remind-3 remind gaoping/liaison moved from 2021-06-27
2021-06-29 09:00 remind-1 remind gaoping/liaison
2021-06-30 09:00 due due gaoping/liaison
2021-06-30 09:00 extension-1-remind remind office/office about extension limit 2021-06-30 new 2021-08-31 by gaoping人 words 汛期停工
2021-07-01 09:00 extension-1-missed escalate office/office,group/leader about extension limit 2021-06-30 new 2021-08-31 by gaoping人 words 汛期停工
2021-07-01 09:00 urge urge gaoping/liaison,gaoping/deputy
`, d.spoken(), "the clock runs on")
	require.Equal(t, "extend_not_later Due=2021-06-30", d.no("office", "2021-07-02 10:00", act.Grant, due("2021-06-30")))
	require.Equal(t, "part_date Due=2021-07-02", d.no("office", "2021-07-02 10:00", act.Grant, due("2021-07-02")))
	require.Equal(t, `
2021-07-02 10:00 act-2-grant told gaoping/liaison,gaoping/deputy new 2021-07-31 by office人 words 同意
`, "\n"+stageLines(d.do("office", "2021-07-02 10:00", act.Grant, due("2021-07-31"), reason("同意"))))
	require.Equal(t, `
`, d.spoken())
	require.Equal(t, `
2021-07-16 09:00 remind-15 remind gaoping/liaison
2021-07-23 09:00 remind-7 remind gaoping/liaison moved from 2021-07-24
2021-07-28 09:00 remind-3 remind gaoping/liaison
2021-07-30 09:00 due due gaoping/liaison moved from 2021-07-31 merged remind-1
2021-08-02 09:00 urge urge gaoping/liaison,gaoping/deputy
2021-08-06 09:00 warn warn gaoping/head,office/office
2021-08-13 09:00 talk talk gaoping/head,office/office,group/leader
`, d.ladder())
	require.Equal(t, `open 建成污水处理厂 due 2021-07-31 revision 1 lead gaoping assist shuiwu policy standard acknowledged 2021-06-25 heard 2021-06-25 return until 2021-04-15 extend until 2021-07-28`, facts(d.Case))

	d.do("gaoping", "2021-07-12 10:00", act.Extend, due("2021-08-31"))
	require.Equal(t, "extend_leader", d.no("office", "2021-07-12 11:00", act.Grant))
	require.Equal(t, `
2021-07-13 10:00 act-4-refuse told gaoping/liaison,gaoping/deputy by group人 words 不同意
`, "\n"+stageLines(d.do("group", "2021-07-13 10:00", act.Refuse, reason("不同意"))))
	require.Equal(t, `
2021-07-14 10:00 act-5-extend told office/office,group/leader limit 2021-07-19 new 2021-08-31 by gaoping人 words 说明
`, "\n"+stageLines(d.do("gaoping", "2021-07-14 10:00", act.Extend, due("2021-08-31"))))
	d.do("group", "2021-07-15 10:00", act.Grant)
	require.Equal(t, day(t, "2021-08-31"), d.Case.Due)
	require.Equal(t, "extend_no_more Most=2", d.no("gaoping", "2021-07-16 10:00", act.Extend, due("2021-09-30")))
}

// Three working days before Wednesday 30 June are Friday the 25th.
func TestExtensionAskedTooLate(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	require.Equal(t, "extend_late Until=2021-06-25", d.no("gaoping", "2021-06-26 10:00", act.Extend, due("2021-07-31")))
	require.Equal(t, "extend_late Until=2021-06-25", d.no("gaoping", "2021-06-30 10:00", act.Extend, due("2021-07-31")))
	require.Equal(t, "due_passed Due=2021-06-30", d.no("gaoping", "2021-07-01 10:00", act.Extend, due("2021-07-31")))
}

func TestSuspendedAndResumed(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	d.do("gaoping", "2021-04-08 15:00", act.Acknowledge)
	require.Equal(t, "until_past Until=2021-06-01", d.no("office", "2021-06-01 10:00", act.Suspend, until("2021-06-01")))
	d.do("gaoping", "2021-06-01 10:00", act.AskPart, unit("shuiwu"), due("2021-06-25"))
	d.spoken()
	require.Equal(t, `
2021-06-21 10:00 act-3-suspend told gaoping/liaison by office人 words 停工
`, "\n"+stageLines(d.do("office", "2021-06-21 10:00", act.Suspend, reason("停工"))))
	require.Empty(t, d.Ahead(d.Case))
	d.spoken()
	require.Equal(t, "state Kind=complete State=suspended", d.no("gaoping", "2021-06-22 10:00", act.Complete))
	d.to("2021-07-10 00:00")
	require.Equal(t, "\n", d.spoken())
	require.Equal(t, `
2021-07-10 10:00 act-4-resume told gaoping/liaison by office人 words 说明
`, "\n"+stageLines(d.do("office", "2021-07-10 10:00", act.Resume)))
	require.Equal(t, `
2021-07-12 09:00 part-1-remind remind shuiwu/liaison about part limit 2021-07-14 by gaoping县 words 说明
2021-07-12 09:00 passed remind gaoping/liaison
2021-07-13 09:00 urge urge gaoping/liaison,gaoping/deputy moved from 2021-07-12
2021-07-15 09:00 part-1-missed escalate shuiwu/liaison,shuiwu/deputy,gaoping/liaison about part limit 2021-07-14 by gaoping县 words 说明
2021-07-19 09:00 warn warn gaoping/head,office/office moved from 2021-07-16
2021-07-26 09:00 talk talk gaoping/head,office/office,group/leader moved from 2021-07-23
`, d.ladder(), "said once, in order, on Monday morning")
	require.Equal(t, `open 建成污水处理厂 due 2021-06-30 revision 0 lead gaoping assist shuiwu policy standard acknowledged 2021-04-08 heard 2021-06-01 return until 2021-04-15 extend until 2021-06-25 paused 2021-06-21 to 2021-07-10`, facts(d.Case))
	d.do("office", "2021-07-10 11:00", act.Reword, title("新名称"))
	d.to("2021-12-31 00:00")
	require.Equal(t, `
2021-07-12 09:00 part-1-remind remind shuiwu/liaison about part limit 2021-07-14 by gaoping县 words 说明
2021-07-12 09:00 passed remind gaoping/liaison
2021-07-13 09:00 urge urge gaoping/liaison,gaoping/deputy moved from 2021-07-12
2021-07-15 09:00 part-1-missed escalate shuiwu/liaison,shuiwu/deputy,gaoping/liaison about part limit 2021-07-14 by gaoping县 words 说明
2021-07-19 09:00 warn warn gaoping/head,office/office moved from 2021-07-16
2021-07-26 09:00 talk talk gaoping/head,office/office,group/leader moved from 2021-07-23
`, d.spoken())
}

// A pause with a known end that moves the due date ends by itself at midnight.
func TestSuspendedUntil(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	require.Equal(t, `
2021-06-10 10:00 act-1-suspend told gaoping/liaison limit 2021-07-10 by office人 words 说明
`, "\n"+stageLines(d.do("office", "2021-06-10 10:00", act.Suspend, until("2021-07-10"), moves)))
	d.spoken()
	d.to("2021-07-10 00:00")
	require.Equal(t, act.Suspended, d.State)
	d.to("2021-07-10 00:01")
	require.Equal(t, `
2021-07-12 09:00 act-2-resume told gaoping/liaison new 2021-07-30 by engine
`, d.spoken())
	require.Equal(t, `
2021-07-15 09:00 remind-15 remind gaoping/liaison
2021-07-23 09:00 remind-7 remind gaoping/liaison
2021-07-27 09:00 remind-3 remind gaoping/liaison
2021-07-29 09:00 remind-1 remind gaoping/liaison
2021-07-30 09:00 due due gaoping/liaison
2021-08-02 09:00 urge urge gaoping/liaison,gaoping/deputy
2021-08-06 09:00 warn warn gaoping/head,office/office
2021-08-13 09:00 talk talk gaoping/head,office/office,group/leader
`, d.ladder())
	require.Equal(t, `open 建成污水处理厂 due 2021-07-30 revision 1 lead gaoping assist shuiwu policy standard return until 2021-04-15 extend until 2021-07-27 paused 2021-06-10 to 2021-07-10`, facts(d.Case))
}

func TestCorrected(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	d.do("gaoping", "2021-04-08 15:00", act.Acknowledge)
	require.Equal(t, "same", d.no("office", "2021-06-01 10:00", act.Correct, due(dueDay)))
	d.do("gaoping", "2021-06-01 10:00", act.Extend, due("2021-07-31"))
	d.spoken()
	require.Equal(t, `
2021-06-02 10:00 act-3-correct told gaoping/liaison,gaoping/deputy new 2021-06-20 by office人 paper 市办〔2021〕2号 words 说明
`, "\n"+stageLines(d.do("office", "2021-06-02 10:00", act.Correct, due("2021-06-20"), paper("市办〔2021〕2号"))))
	require.Equal(t, `
2021-06-04 09:00 extension-2-remind remind office/office about extension limit 2021-06-04 new 2021-07-31 by gaoping人 words 说明
2021-06-04 09:00 remind-15 remind gaoping/liaison moved from 2021-06-05
2021-06-07 09:00 extension-2-missed escalate office/office,group/leader about extension limit 2021-06-04 new 2021-07-31 by gaoping人 words 说明
2021-06-11 09:00 remind-7 remind gaoping/liaison moved from 2021-06-13
2021-06-17 09:00 remind-3 remind gaoping/liaison
2021-06-18 09:00 due due gaoping/liaison moved from 2021-06-20 merged remind-1
2021-06-21 09:00 urge urge gaoping/liaison,gaoping/deputy
2021-06-25 09:00 warn warn gaoping/head,office/office
2021-07-02 09:00 talk talk gaoping/head,office/office,group/leader
`, d.ladder())
	require.Equal(t, `open 建成污水处理厂 due 2021-06-20 revision 1 lead gaoping assist shuiwu policy standard acknowledged 2021-04-08 heard 2021-06-01 return until 2021-04-15 extend until 2021-06-16`, facts(d.Case))
	d.do("office", "2021-06-03 10:00", act.Correct, due("2021-05-31"))
	require.Equal(t, `
2021-06-04 09:00 extension-2-remind remind office/office about extension limit 2021-06-04 new 2021-07-31 by gaoping人 words 说明
2021-06-04 09:00 urge urge gaoping/liaison,gaoping/deputy
2021-06-07 09:00 extension-2-missed escalate office/office,group/leader about extension limit 2021-06-04 new 2021-07-31 by gaoping人 words 说明
2021-06-10 09:00 warn warn gaoping/head,office/office
2021-06-18 09:00 talk talk gaoping/head,office/office,group/leader
`, d.ladder(), "a due date in the past begins with urging on the next morning")
}

func TestPolicyChanged(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	d.do("gaoping", "2021-04-08 15:00", act.Acknowledge)
	require.Equal(t, "same", d.no("office", "2021-06-01 10:00", act.SetPolicy, policy("standard")))
	require.Equal(t, "no_such_policy Policy=none", d.no("office", "2021-06-01 10:00", act.SetPolicy, policy("none")))
	d.to("2021-07-02 00:00")
	d.spoken()
	require.Equal(t, `
2021-07-06 10:00 act-2-set_policy told gaoping/liaison by office人 words 说明
`, "\n"+stageLines(d.do("office", "2021-07-06 10:00", act.SetPolicy, policy("13710"))))
	require.Equal(t, `
2021-07-07 09:00 warn warn gaoping/liaison,gaoping/head,office/office moved from 2021-07-01
2021-07-09 09:00 escalate escalate gaoping/head,office/office,group/leader moved from 2021-07-05
2021-07-15 09:00 talk talk gaoping/head,office/office,group/leader moved from 2021-07-09
`, d.ladder(), "what the new rules would have said by now is said on the next morning, the gravest of it")
	d.do("office", "2021-07-06 11:00", act.SetPolicy, policy("soft"))
	require.Equal(t, `
2021-07-07 09:00 late-5 remind gaoping/liaison,office/office
`, d.ladder())
	require.Equal(t, `open 建成污水处理厂 due 2021-06-30 revision 0 lead gaoping assist shuiwu policy soft acknowledged 2021-04-08 heard 2021-04-08 return until 2021-04-15 extend until 2021-06-25`, facts(d.Case))
}

func TestAssistingUnitsTitleAndCancelled(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	ladder := d.ladder()
	require.Equal(t, "same", d.no("office", "2021-04-08 10:10", act.Assist, assist("shuiwu")))
	require.Equal(t, "no_such_unit Unit=nobody", d.no("office", "2021-04-08 10:10", act.Assist, assist("nobody")))
	require.Equal(t, `
2021-04-08 10:10 act-1-assist told gaoping/liaison,shuiwu/liaison,zhujian/liaison,zezhou/liaison by office人 words 说明
`, "\n"+stageLines(d.do("office", "2021-04-08 10:10", act.Assist, assist("zhujian", "zezhou"))))
	require.Equal(t, "same", d.no("office", "2021-04-08 10:10", act.Reword, title("建成污水处理厂")))
	require.Equal(t, `
2021-04-08 10:20 act-2-reword told gaoping/liaison by office人 words 说明
`, "\n"+stageLines(d.do("office", "2021-04-08 10:20", act.Reword, title("建成污水处理厂二期"))))
	require.Equal(t, ladder, d.ladder())
	require.Equal(t, "needs Field=paper", d.no("office", "2021-04-08 10:30", act.Cancel))
	require.Equal(t, `
2021-04-08 10:30 act-3-cancel told gaoping/liaison,gaoping/deputy,zhujian/liaison,zezhou/liaison by office人 paper 市办〔2021〕2号 words 并入他项
`, "\n"+stageLines(d.do("office", "2021-04-08 10:30", act.Cancel, paper("市办〔2021〕2号"), reason("并入他项"))))
	require.Equal(t, `cancelled 建成污水处理厂二期 due 2021-06-30 revision 0 lead gaoping assist zhujian,zezhou policy standard return until 2021-04-15 extend until 2021-06-25 closed 2021-04-08`, facts(d.Case))
	require.Empty(t, d.Ahead(d.Case))
}

func TestWhoIsWho(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	require.Equal(t, "not_yours", d.no("zezhou", "2021-04-08 11:00", act.Acknowledge))
	require.Equal(t, "seat Seats=lead", d.no("office", "2021-04-08 11:00", act.Acknowledge))
	require.Equal(t, "seat Seats=office,leadership", d.no("gaoping", "2021-04-08 11:00", act.Grant))
	require.Equal(t, "no_such_act Kind=rule", d.no("office", "2021-04-08 11:00", act.SetRule))
	d.Case.Kind = "standing"
	require.Equal(t, "standing", d.no("office", "2021-04-08 11:00", act.Chase))
}

// A duty has no ladder of its own. Acts on it change its case, and no pause outlasts its end.
func TestDuty(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	d.Course = act.Course{Case: act.Case{Kind: plan.Duty, State: act.Open, Title: "按月公开水质", Lead: "gaoping", Office: "office", Leadership: "group",
		Policy: "standard", Assigned: moment(t, assigned)}}
	require.Equal(t, "rule Rule=fortnight", d.no("office", "2021-05-06 10:00", act.SetRule, rule("fortnight")))
	for _, wrong := range []string{"month+x", "month+", "month++5", "month+-1", "month+367", "quarter+99999999", "year+99999999999999999999", "month+1+1", "day", "TZ=UTC 0 9 1 * *", "0 9 31 2 *"} {
		require.Equal(t, "rule Rule="+wrong, d.no("office", "2021-05-06 10:00", act.SetRule, rule(wrong)))
	}
	require.Equal(t, "seat Seats=office", d.no("gaoping", "2021-05-06 10:00", act.SetRule, rule("quarter+20")))
	require.Equal(t, "no_such_act Kind=complete", d.no("gaoping", "2021-05-06 10:00", act.Complete))
	require.Equal(t, `
2021-05-06 10:00 act-1-rule told gaoping/liaison by office人 words 说明
`, "\n"+stageLines(d.do("office", "2021-05-06 10:00", act.SetRule, rule("quarter+20"))))
	require.Equal(t, &plan.Recurrence{Every: "quarter", Shift: 20, From: day(t, "2021-05-06")}, d.Case.Rule)
	require.Equal(t, "quarter+20", act.RuleText(*d.Case.Rule))
	d.do("office", "2021-05-07 10:00", act.Suspend, until("2021-07-01"))
	d.do("office", "2021-05-08 10:00", act.Reassign, unit("shuiwu"))
	require.Equal(t, `
2021-05-10 10:00 act-4-end told shuiwu/liaison by office人 words 说明
`, "\n"+stageLines(d.do("office", "2021-05-10 10:00", act.EndDuty)))
	d.to("2021-12-31 00:00")
	require.Equal(t, "\n", d.spoken())
	require.Equal(t, `closed 按月公开水质 due  revision 1 lead shuiwu assist  policy standard return until 2021-05-14 closed 2021-05-10`, facts(d.Case))
	require.Nil(t, d.Pause)
}

// In every state but the last two a person can do an act that leads on.
func TestEveryStateHasAWayOut(t *testing.T) {
	t.Parallel()
	for name, table := range map[string][]act.Row{"tasks": act.On(act.OnTask), "duties": act.On(act.OnDuty)} {
		ends := map[act.State]bool{act.Closed: true, act.Cancelled: true}
		for range act.States { // as many steps as there are states
			for _, row := range table {
				if slices.ContainsFunc(row.By, func(s act.Seat) bool { return s != act.Engine }) && ends[row.To] {
					for _, from := range row.From {
						ends[from] = true
					}
				}
			}
		}
		for _, row := range table {
			for _, from := range row.From {
				require.True(t, ends[from], "%s: no way out of %s", name, from)
				require.False(t, row.Kind != act.Reinstate && (from == act.Closed || from == act.Cancelled), "%s: %s is done to what is over", name, row.Kind)
			}
			require.NotEmpty(t, row.By, "%s: nobody may %s", name, row.Kind)
		}
	}
	for _, row := range act.On(act.OnTalk) {
		for _, from := range row.From {
			require.False(t, act.TalkCase{State: act.TalkState(from)}.Over(), "%s is done to a talk that is over", row.Kind)
		}
	}
}

// A milder policy is put in force after the due date: the word of the due day does not replace
// the word that comes after it.
func TestMilderRulesAfterTheDueDate(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	d.do("gaoping", "2021-04-08 15:00", act.Acknowledge)
	d.do("office", "2021-06-30 10:00", act.Suspend)
	d.do("office", "2021-07-20 10:00", act.Resume)
	require.Equal(t, `
2021-07-21 09:00 urge urge gaoping/liaison,gaoping/deputy
2021-07-27 09:00 warn warn gaoping/head,office/office
2021-08-03 09:00 talk talk gaoping/head,office/office,group/leader
`, d.ladder())
	d.do("office", "2021-07-20 11:00", act.SetPolicy, policy("soft"))
	require.Equal(t, `
2021-07-27 09:00 late-5 remind gaoping/liaison,office/office
`, d.ladder())
}

// A pause may move the due date past the date asked for: a grant would set an earlier date, and
// is refused.
func TestAnExtensionOvertakenByAPause(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	d.do("gaoping", "2021-06-01 10:00", act.Extend, due("2021-07-31"))
	d.do("office", "2021-06-02 10:00", act.Suspend, moves)
	d.do("office", "2021-07-20 10:00", act.Resume)
	require.Equal(t, "extend_not_later Due=2021-08-17", d.no("office", "2021-07-20 11:00", act.Grant))
	d.do("office", "2021-07-20 12:00", act.Grant, due("2021-08-31"))
	require.Equal(t, day(t, "2021-08-31"), d.Case.Due)
}

// A holiday notice that makes rest days of 7 and 8 July moves what is still to
// come and says nothing twice.
func TestCalendarChanged(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dueDay, assigned)
	d.do("gaoping", "2021-04-08 15:00", act.Acknowledge)
	d.to("2021-07-02 00:00")
	d.spoken()
	notice := d.Calendar.Years()[0]
	require.Equal(t, 2021, notice.Year)
	notice.Days = slices.Clone(notice.Days)
	for _, d := range []string{"2021-07-07", "2021-07-08"} {
		notice.Days = append(notice.Days, calendar.Holiday{Name: "防汛", Date: day(t, d), IsOffDay: true})
	}
	d.Calendar = d.Calendar.With(notice)
	d.Since = moment(t, "2021-07-02 10:00")
	require.Equal(t, `
2021-07-09 09:00 warn warn gaoping/head,office/office
2021-07-16 09:00 talk talk gaoping/head,office/office,group/leader
`, d.ladder())
}
