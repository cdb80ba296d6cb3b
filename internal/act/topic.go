package act

import (
	"slices"
	"strings"
)

// About splits the ID of a thing owed (Owed.ID) into what it is about and the number
// of the part, instruction or request: part and 1 of part-1, finish and "".
func About(id string) (topic, ref string) {
	topic, ref, _ = strings.Cut(id, "-")
	return topic, ref
}

// Discharges are the acts by which a thing owed about a task is done with, by its ID.
func Discharges(id string) []Kind {
	topic, _ := About(id)
	return discharges(OnTask, topic)
}

// TalkDischarges are the acts by which a thing owed about a talk is done with, by its
// ID: a step, or a leader's decision.
func TalkDischarges(id string) []Kind { return discharges(OnTalk, id) }

func discharges(on Thing, topic string) (all []Kind) {
	for _, row := range On(on) {
		if row.Step == topic || slices.Contains(row.Settles, topic) {
			all = append(all, row.Kind)
		}
	}
	return all
}
