package act

import (
	"slices"
	"strings"
)

// discharges are the acts by which what is owed about a task is done with.
var discharges = map[string][]Kind{
	Receive: {Acknowledge, Return}, Finish: {Complete}, TopicSilent: {Progress}, TopicPart: {GivePart}, TopicInstruction: {Answer},
	TopicReturn: {Uphold, Reassign}, TopicExtension: {Grant, Refuse}, TopicReport: {Verify, Reject},
}

// About splits the ID of a thing owed (Owed.ID) into what it is about and the number
// of the part, instruction or request: part and 1 of part-1, finish and "".
func About(id string) (topic, ref string) {
	topic, ref, _ = strings.Cut(id, "-")
	return topic, ref
}

// Discharges are the acts by which a thing owed about a task is done with, by its ID.
func Discharges(id string) []Kind {
	topic, _ := About(id)
	return slices.Clone(discharges[topic])
}

// TalkDischarges are the acts by which a thing owed about a talk is done with, by its
// ID: a step, or a leader's decision.
func TalkDischarges(id string) (all []Kind) {
	switch id {
	case OwedDecision:
		return []Kind{Approve, Decline}
	case OwedDoubt:
		return []Kind{Keep, CloseTalk}
	}
	for _, row := range Talks {
		if row.Step == id {
			all = append(all, row.Kind)
		}
	}
	return all
}
