package act

import (
	"strconv"
	"strings"
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

// StageStep is the step a talk's stage is about and the round it belongs to: held and 2 of
// talk-held-missed.2. It is "" and 0 for a stage of something else.
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
