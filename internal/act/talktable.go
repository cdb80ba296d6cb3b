package act

import (
	"slices"
	"strconv"
	"strings"

	"duban/internal/plan"
)

// Steps of a talk, as policies name them.
const (
	StepServed   = "served"   // 送达约谈通知书
	StepHeld     = "held"     // 约谈
	StepMinutes  = "minutes"  // 约谈纪要
	StepPlan     = "plan"     // 整改方案
	StepReport   = "report"   // 整改落实情况报告
	StepVerified = "verified" // 核查整改

	StepAnswer = "answer" // 报送整改情况: the one step of a circular
)

// TalkRow says who may do an act on a talk, in which states, after which step,
// which step it takes, what it needs, and where it leads.
type TalkRow struct {
	Kind  Kind
	By    []Seat
	Named bool // by a named person only, never the engine (政府督查工作条例 art. 21)
	From  []TalkState
	To    TalkState // zero: the state stays
	After string    // the step that must have been taken; "" none
	Step  string    // the step it takes; "" none
	Needs []Field   // what the act must say
	What  string    // plan.ProposeTalk or plan.ProposeCircular: to that alone; "" both
}

// Fields of Act.Talk that an act must fill, beside NeedUnit and NeedReason.
const (
	NeedWhat   Field = "what" // talk or circular
	NeedNumber Field = "number"
	NeedTime   Field = "time"
	NeedPlace  Field = "place"
	NeedCalled Field = "called"
)

func (f TalkFacts) has(field Field) bool {
	switch field {
	case NeedWhat:
		return f.What == plan.ProposeTalk || f.What == plan.ProposeCircular
	case NeedNumber:
		return strings.TrimSpace(f.Number) != ""
	case NeedTime:
		return !f.Time.IsZero()
	case NeedPlace:
		return strings.TrimSpace(f.Place) != ""
	case NeedCalled:
		return len(f.Called) > 0
	}
	return true
}

var (
	talkProposed = []TalkState{TalkProposed}
	talkOpen     = []TalkState{TalkOpen}
	byOffice     = []Seat{Office}
	byUnit       = []Seat{Lead, Office} // the unit called, or the office on its behalf
	needReason   = []Field{NeedReason}
)

// Talks is the one table of who may do what to a talk, and of the states it goes
// through. A circular is out with its approval, and is closed by the answer of the unit
// it names.
var Talks = []TalkRow{
	{Propose, []Seat{Office, Leadership, Engine}, false, nil, TalkProposed, "", "", []Field{NeedWhat, NeedUnit, NeedReason}, ""},
	{Approve, []Seat{Leadership}, true, talkProposed, TalkOpen, "", "", nil, ""},
	{Decline, []Seat{Leadership}, true, talkProposed, TalkDeclined, "", "", needReason, ""},
	{Serve, byOffice, false, talkOpen, "", "", StepServed, []Field{NeedNumber, NeedTime, NeedPlace, NeedCalled}, plan.ProposeTalk},
	{Held, byOffice, false, talkOpen, "", StepServed, StepHeld, nil, plan.ProposeTalk},
	{Absent, byOffice, false, talkOpen, "", StepServed, "", needReason, plan.ProposeTalk},
	{Minutes, byOffice, false, talkOpen, "", StepHeld, StepMinutes, needReason, plan.ProposeTalk},
	{GivePlan, byUnit, false, talkOpen, "", StepHeld, StepPlan, needReason, plan.ProposeTalk},
	{ReturnPlan, byOffice, false, talkOpen, "", StepPlan, "", needReason, plan.ProposeTalk},
	{GiveReport, byUnit, false, talkOpen, "", StepPlan, StepReport, needReason, plan.ProposeTalk},
	{VerifyTalk, byOffice, false, talkOpen, "", StepReport, StepVerified, needReason, plan.ProposeTalk},
	{CloseTalk, []Seat{Office, Leadership}, false, talkOpen, TalkClosed, StepVerified, "", needReason, plan.ProposeTalk},
	{Keep, []Seat{Leadership}, true, talkOpen, "", "", "", needReason, plan.ProposeTalk},
	{Again, []Seat{Office, Leadership}, false, talkOpen, "", "", "", needReason, plan.ProposeTalk},
	{TakeOver, byOffice, false, []TalkState{TalkPending, TalkProposed, TalkOpen}, "", "", "", []Field{NeedReason}, ""},
	{AnswerCircular, byUnit, false, talkOpen, TalkClosed, "", StepAnswer, needReason, plan.ProposeCircular},
}

// OfTalk is the row of an act on a talk.
func OfTalk(k Kind) (TalkRow, bool) {
	i := slices.IndexFunc(Talks, func(r TalkRow) bool { return r.Kind == k })
	if i < 0 {
		return TalkRow{}, false
	}
	return Talks[i], true
}

// StageStep is the step a talk's stage is about and the round it belongs to:
// held and 2 of talk-held-missed.2. It is "" for a stage of something else.
func StageStep(id string) (step string, round int) {
	rest, ok := strings.CutPrefix(id, "talk-")
	if !ok {
		return "", 0
	}
	rest, n, numbered := strings.Cut(rest, ".")
	round = 1
	if numbered {
		round, _ = strconv.Atoi(n)
	}
	return strings.TrimSuffix(strings.TrimSuffix(rest, "-"+stepRemind), "-"+stepMissed), round
}
