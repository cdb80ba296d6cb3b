// Package act is what people do to tasks, duties and talks: who may do what and
// when, what it changes, and whom the engine chases next because of it. It is
// pure: no clock, no database, no Temporal. The workflows, the preview of a
// script and the documentation all rest on the same tables.
//
// Who owes what now is worked out from the facts of a task (Case) alone, each in a
// file of its own: owed.go lists what is owed, clock.go says in which days the
// debtor's clock runs, next.go which word comes next, measure.go how late it is and
// which light it shows, ground.go what becomes of a talk whose ground has gone.
// ACTS.md has the table of all that can be owed.
package act

import (
	"time"

	"duban/internal/calendar"
)

// Kind names an act. It is also the name of the Temporal Update that carries it:
// it is written in histories and in the ledger and must not change.
type Kind string

// Acts on a task.
const (
	Acknowledge Kind = "acknowledge" // 签收
	Return      Kind = "return"      // 退回: the lead says that the task is not its own
	Uphold      Kind = "uphold"      // 维持交办: the office's ruling on a return
	Progress    Kind = "progress"    // 进展填报
	AskPart     Kind = "ask_part"    // 配合事项: ask an assisting unit for its part
	GivePart    Kind = "give_part"   // 提交配合事项
	Complete    Kind = "complete"    // 办结申请
	Verify      Kind = "verify"      // 核查销号
	Reject      Kind = "reject"      // 退回办结申请
	Extend      Kind = "extend"      // 申请延期
	Grant       Kind = "grant"       // 同意延期
	Refuse      Kind = "refuse"      // 不同意延期
	Chase       Kind = "chase"       // 人工催办
	Suspend     Kind = "suspend"     // 暂停
	Resume      Kind = "resume"      // 恢复
	Reassign    Kind = "reassign"    // 改派
	Assist      Kind = "assist"      // 调整配合单位
	SetPolicy   Kind = "set_policy"  // 调整督办规则
	Correct     Kind = "correct"     // 更正时限
	Reword      Kind = "reword"      // 更正文字
	Cancel      Kind = "cancel"      // 撤销
	Reinstate   Kind = "reinstate"   // 恢复: of what was cancelled, or of a duty that was ended
	TakeOver    Kind = "take_over"   // 接续: another unit takes the place of one that is dissolved, or has another ID
	Instruct    Kind = "instruct"    // 批示
	Answer      Kind = "answer"      // 批示回复
)

// Acts on a duty, beside Suspend (暂停) and Resume (恢复).
const (
	EndDuty Kind = "end"  // 终止周期性任务
	SetRule Kind = "rule" // 调整周期, from the next occurrence on
)

// Acts on a talk or a circular.
const (
	Propose    Kind = "propose"     // 提出约谈、通报建议 by hand
	Approve    Kind = "approve"     // 批准
	Decline    Kind = "decline"     // 不予批准
	Serve      Kind = "serve"       // 送达约谈通知书
	Held       Kind = "held"        // 已约谈
	Absent     Kind = "absent"      // 未到场
	Minutes    Kind = "minutes"     // 约谈纪要
	GivePlan   Kind = "give_plan"   // 提交整改方案
	ReturnPlan Kind = "return_plan" // 退回整改方案
	GiveReport Kind = "give_report" // 提交整改落实情况报告
	VerifyTalk Kind = "verify_talk" // 核查整改
	CloseTalk  Kind = "close_talk"  // 解除约谈
	Keep       Kind = "keep"        // 继续约谈: a leader lets a talk go on although its ground has gone
	Again      Kind = "again"       // 再次约谈

	AnswerCircular Kind = "answer_circular" // 报送整改情况: what the unit named did about a circular
)

// Acts on a running plan itself. They are recorded, then carried out by acts on
// its tasks.
const (
	Amend       Kind = "amend"        // 修订计划
	ApplyPolicy Kind = "apply_policy" // 换用督办规则的另一版
	Import      Kind = "import"       // 导入放假通知
	Carry       Kind = "carry"        // 结转: a task goes on in another plan
	EndPlan     Kind = "end_plan"     // 结束计划
	ArchivePlan Kind = "archive_plan" // 归档: a plan that has ended leaves the everyday lists
	TakeBack    Kind = "take_back"    // 取消归档
)

// Seat is what a person is to the thing acted on.
type Seat string

const (
	Lead       Seat = "lead"       // 牵头单位
	Assisting  Seat = "assisting"  // 配合单位
	Office     Seat = "office"     // 协调办
	Leadership Seat = "leadership" // 领导小组
	Engine     Seat = "engine"
	Assessed   Seat = "assessed" // 被考核单位: a unit that the preliminary sheet names
)

// Actor is who acts: an account, and where it sits.
type Actor struct {
	Account string `json:"account"` // ID in the accounts file; "engine"
	Name    string `json:"name"`    // as shown to people
	Unit    string `json:"unit"`    // unit ID: the plan's office and leadership are units too
	// StandsFor is the account ID of whoever is away, where Account acts in that person's place
	// 代理; otherwise it is empty. Unit is then the unit of the person who is away, and Name names
	// both people.
	StandsFor string `json:"stands_for,omitempty"`
}

// Act is one act of one person, with everything it says. It crosses the wire as one JSON object.
// Which fields an act needs is in its Row in All; a field with its zero value is not said.
type Act struct {
	ID   string       `json:"id"` // the same ID again is the same act: see Named
	Kind Kind         `json:"kind"`
	By   Actor        `json:"by"`
	At   time.Time    `json:"at"` // plan clock, UTC: when the person acted
	On   calendar.Day `json:"on"` // the day of At in the plan's zone

	// Entered is who of the office entered the act for a unit, which reported it by telephone
	// 代录; nil: the actor did it without the office. By then has the unit and its name, with the
	// account of whoever entered the act.
	Entered *Actor `json:"entered,omitempty"`

	Reason   string       `json:"reason,omitempty"`   // words: reason, text, instruction, minutes
	Paper    string       `json:"paper,omitempty"`    // number of the document it rests on
	Evidence []Evidence   `json:"evidence,omitempty"` // what proves it
	Percent  int          `json:"percent,omitempty"`  // of Progress, 0 to 100
	Due      calendar.Day `json:"due,omitzero"`       // new date, part's date, date to answer by
	// Begin is the day on which the task begins from now on; only a Correct by an amendment sets
	// it, and nil leaves the day as it is. Where the amendment leaves the due date as it is, Due
	// is zero.
	Begin    *calendar.Day  `json:"begin,omitempty"`
	Until    calendar.Day   `json:"until,omitzero"`   // of Suspend: the day on which the task goes on, if known
	Moves    bool           `json:"moves,omitempty"`  // of Suspend: the due date moves by the pause
	Unit     string         `json:"unit,omitempty"`   // unit ID: reassigned to, asked for its part, called to a talk
	Units    []string       `json:"units,omitempty"`  // unit IDs: assisting units from now on
	Policy   string         `json:"policy,omitempty"` // key in Plan.Policies
	Title    string         `json:"title,omitempty"`  // of Reword
	Ref      string         `json:"ref,omitempty"`    // number of the part, instruction, entry or objection meant; of Propose and VerifyTalk: a task's ID; of TakeOver: ID of the unit that goes
	Rule     string         `json:"rule,omitempty"`   // of SetRule: month, quarter, halfyear, year, or a cron expression
	Talk     *TalkFacts     `json:"talk,omitempty"`
	Assess   *AssessFacts   `json:"assess,omitempty"`   // of acts on a plan's assessment
	Incident *IncidentFacts `json:"incident,omitempty"` // of acts on an incident
	Report   *ReportFacts   `json:"report,omitempty"`   // of acts on the report of a plan's year

	Complaint *ComplaintFacts `json:"complaint,omitempty"` // of acts on a complaint
	Text      *TextFacts      `json:"text,omitempty"`      // of acts on a public text
}

// Evidence is a file kept outside the engine, or the address of what was
// published. Exactly one of SHA256 and URL is set.
type Evidence struct {
	Name   string `json:"name"`
	Size   int64  `json:"size,omitempty"`   // bytes
	SHA256 string `json:"sha256,omitempty"` // hex
	URL    string `json:"url,omitempty"`    // http or https
}

// TalkFacts are what the papers of a talk say 约谈通知书、纪要.
type TalkFacts struct {
	What    string    `json:"what,omitempty"` // of Propose: talk or circular
	Number  string    `json:"number,omitempty"`
	Time    time.Time `json:"time,omitzero"` // when it is to be held, or was
	Place   string    `json:"place,omitempty"`
	Chair   string    `json:"chair,omitempty"`
	Called  []string  `json:"called,omitempty"`  // who is called, or came, with posts
	Missing []string  `json:"missing,omitempty"` // who did not come
	Bring   string    `json:"bring,omitempty"`
	Public  bool      `json:"public,omitempty"` // to be made public
}

// Refusal says why an act is not possible now. Key names a sentence in the
// catalogue (act.refused_*), Data its placeholders.
type Refusal struct {
	Key  string            `json:"key"`
	Data map[string]string `json:"data,omitempty"`
}

func (r *Refusal) Error() string { return r.Key }
