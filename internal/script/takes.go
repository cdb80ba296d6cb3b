package script

import (
	"slices"

	"duban/internal/act"
	"duban/internal/words"
)

// written is where a script says a field of an act: under its name in the entry, or, as
// facts of a talk and as evidence, in a mapping of the entry.
func written(f act.Field) string {
	switch f {
	case act.FieldMoves:
		return "moves"
	case act.FieldFile, act.FieldURL:
		return "evidence"
	case act.FieldCircular, act.FieldNumber, act.FieldTime, act.FieldPlace, act.FieldChair, act.FieldCalled, act.FieldMissing, act.FieldBring, act.FieldPublic:
		return "facts"
	}
	return string(f)
}

// rowOf is the row of an entry's act; false of an amendment, a notice, and of an act
// that is not known.
func rowOf(e Entry) (act.Row, bool) {
	on := act.Thing(e.Sort)
	if e.Sort == Propose {
		on = act.OnTalk
	}
	return act.Of(on, e.Act.Kind)
}

// Takes are what an entry may say of an act, as the script names it, each once.
func Takes(row act.Row) (names []string) {
	for _, f := range row.Fields() {
		if name := written(f); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// untaken notes what an entry says that its act does not take: it would be forgotten in
// silence.
func untaken(e Entry, has func(name string) bool, fault func(name, key string, data words.Data)) {
	row, ok := rowOf(e)
	if !ok {
		return
	}
	takes := Takes(row)
	var seen []string
	for _, f := range act.Fields {
		name := written(f.Field)
		if has(name) && !slices.Contains(takes, name) && !slices.Contains(seen, name) {
			seen = append(seen, name)
			fault(name, "not_taken", words.Data{"Value": name, "Kind": string(row.Kind)})
		}
	}
}
