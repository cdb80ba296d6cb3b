package script

import (
	"slices"

	"duban/internal/act"
	"duban/internal/words"
)

// written is the name in a script's entry under which a field of an act is written: its own,
// or, for facts of a talk and evidence, that of a mapping in the entry.
func written(f act.Field) string {
	switch f {
	case act.FieldMoves:
		return "moves"
	case act.FieldFile, act.FieldURL:
		return "evidence"
	case act.FieldCircular, act.FieldNumber, act.FieldTime, act.FieldPlace, act.FieldChair, act.FieldCalled, act.FieldMissing, act.FieldBring, act.FieldPublic,
		act.FieldSection, act.FieldItem, act.FieldSource, act.FieldEnds, act.FieldSupply, act.FieldFlow, act.FieldOrderer, act.FieldValue, act.FieldOutlets,
		act.FieldHotline, act.FieldMatter, act.FieldWhere, act.FieldLimit, act.FieldOutcome, act.FieldAgain, act.FieldInto, act.FieldFact, act.FieldDay:
		return "facts"
	}
	return string(f)
}

// rowOf is the row of an entry's act; false of an amendment, a notice, and of an act
// that is not known.
func rowOf(e Entry) (act.Row, bool) {
	on := act.Thing(e.Sort)
	switch e.Sort {
	case Propose:
		on = act.OnTalk
	case Assesses:
		on = act.OnPlan
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

// untaken notes fields of an entry that its act does not take, which would be ignored in
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

// unsaid notes facts of an entry that its act does not take.
func unsaid(e Entry, has func(name string) bool, fault func(name, key string, data words.Data)) {
	row, ok := rowOf(e)
	if !ok {
		return
	}
	for _, name := range grammar.Fields["facts"] {
		field := act.Field(name)
		if name == "what" {
			field = act.FieldCircular
		}
		if has(name) && !row.Takes(field) {
			fault(name, "not_taken", words.Data{"Value": name, "Kind": string(row.Kind)})
		}
	}
}
