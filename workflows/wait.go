package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// sleepUntil waits for an instant of the plan clock, or until changed is true, which
// cancels the timer. For an instant in the past it does not wait, and adds nothing to the
// history. summary is the timer's text in the web UI. The error is the cancellation of
// ctx.
func sleepUntil(ctx workflow.Context, clock calendar.Clock, at time.Time, summary string, changed func() bool) error {
	if changed() {
		return ctx.Err()
	}
	return sleep(ctx, clock.Until(at, workflow.Now(ctx)), summary, changed)
}

// sleep waits for d of real time, or until changed is true.
func sleep(ctx workflow.Context, d time.Duration, summary string, changed func() bool) error {
	timerCtx, cancel := workflow.WithCancel(ctx)
	defer cancel()
	timer := workflow.NewTimerWithOptions(timerCtx, d, workflow.TimerOptions{Summary: summary})
	return workflow.Await(ctx, func() bool { return timer.IsReady() || changed() })
}

// never is passed as changed for a wait that only its timer ends.
func never() bool { return false }

// kindTerm is the word the Temporal web UI shows for a stage.
func kindTerm(k plan.StageKind) string {
	switch k {
	case plan.Remind:
		return "提醒"
	case plan.DueDay:
		return "到期"
	case plan.Urge:
		return "催办"
	case plan.Warn:
		return "预警"
	case plan.Escalate:
		return "上报领导"
	case plan.Talk:
		return "约谈"
	}
	return string(k)
}

// roleTerm is the word for a recipient in the Temporal web UI. A plan has one office and
// one leadership, which are named without a unit.
func roleTerm(r people.Recipient) string {
	switch r.Role {
	case people.Liaison:
		return r.Unit + " 联络员"
	case people.Deputy:
		return r.Unit + " 分管领导"
	case people.Head:
		return r.Unit + " 主要负责人"
	case people.Office:
		return "协调办"
	case people.Leader:
		return "领导小组"
	}
	return r.String()
}

// stageSummary is one line for the web UI:
// 约谈 talk · 2021-05-19 09:00 → shuiwu 主要负责人、协调办、领导小组
func stageSummary(zone Zone, s plan.Stage) string {
	to := make([]string, len(s.To))
	for i, r := range s.To {
		to[i] = roleTerm(r)
	}
	return fmt.Sprintf("%s %s · %s → %s", kindTerm(s.Kind), s.ID, zone.minute(s.At), strings.Join(to, "、"))
}

// courseDetails is what the web UI shows of a task: its state, the stages said, and the
// next one.
func courseDetails(zone Zone, c act.Course) string {
	text := ""
	switch c.State {
	case act.Reported:
		text = "办结待核\n\n"
	case act.Suspended:
		text = "已暂停\n\n"
	case act.Closed:
		return "已销号"
	case act.Cancelled:
		return "已撤销"
	case act.Carried:
		return "已结转"
	}
	return text + saidAndNext(zone, c.Said, c.Next)
}

// saidAndNext lists the stages said of what is owed now, and the next one.
func saidAndNext(zone Zone, said []act.Said, next *plan.Stage) (text string) {
	for _, s := range said {
		text += "● " + kindTerm(s.Kind) + " " + s.ID + " · " + zone.minute(s.At) + "\n\n"
	}
	if next != nil {
		text += "○ " + stageSummary(zone, *next) + "\n\n"
	}
	return text
}

// talkDetails is what the web UI shows of a talk: its state, the stages said, and the next
// one.
func talkDetails(zone Zone, c act.TalkCourse) string {
	text := ""
	switch c.State {
	case act.TalkPending:
		text = "约谈待启动\n\n"
	case act.TalkProposed:
		text = "建议待领导批准\n\n"
	case act.TalkDeclined:
		return "未获批准"
	case act.TalkClosed:
		return "已解除"
	case act.TalkVoid:
		return "已失效"
	case act.TalkCarried:
		return "已结转"
	case act.TalkJoined:
		return "已并入 " + c.Into
	}
	return text + saidAndNext(zone, c.Said, c.Next)
}

// sameStage tells whether two courses have the same next stage.
func sameStage(before, after *plan.Stage) bool {
	return before != nil && after != nil && before.ID == after.ID && before.At.Equal(after.At)
}

// take removes the n signals that had arrived when the ledger was looked at. A signal that
// arrived since stays, and the ledger is looked at again.
func take(c workflow.ReceiveChannel, n int) {
	for range n {
		c.ReceiveAsync(nil)
	}
}
