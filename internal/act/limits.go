package act

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// Limit is the most that a person may write in one field of an act: so much is
// carried by the workflow, whose state Temporal keeps below 2 MiB, and told to
// everybody concerned.
type Limit struct {
	Field Field
	Most  int // characters; of each entry when Entries is set
	// Entries is how many a list may have; 0 when the field is no list.
	Entries int
}

// Limits is the one table of how much an act may say.
var Limits = []Limit{
	{NeedReason, 2000, 0},
	{"minutes", 10000, 0}, // the reason of Minutes
	{NeedPaper, 200, 0},
	{NeedTitle, 500, 0},
	{NeedUnit, 100, 0},
	{NeedUnits, 100, 50},
	{NeedPolicy, 100, 0},
	{NeedRef, 200, 0},
	{NeedRule, 100, 0},
	{NeedEvidence, 500, 20}, // the address; a file's name may have 200
	{NeedNumber, 200, 0},
	{NeedPlace, 200, 0},
	{"chair", 200, 0},
	{NeedCalled, 200, 50},
	{"missing", 200, 50},
	{"bring", 2000, 0},
}

const (
	// mostNames bounds IDs, names and other short texts that are no field of a form.
	mostNames = 200
	// mostOpen is how many parts, and how many instructions, may wait at a time.
	mostOpen = 30
	// mostCase bounds, in bytes of JSON, what a case remembers: all of it travels in
	// one payload, with what is said next.
	mostCase = 300 << 10
)

// text is one text that an act says.
type text struct {
	field Field
	value *string
}

// texts are all the texts of an act, a list's entries each, and the sizes of lists.
func (a *Act) texts() (all []text, lists map[Field]int) {
	reason := NeedReason
	if a.Kind == Minutes {
		reason = "minutes"
	}
	all = []text{{reason, &a.Reason}, {NeedPaper, &a.Paper}, {NeedTitle, &a.Title}, {NeedUnit, &a.Unit},
		{NeedPolicy, &a.Policy}, {NeedRef, &a.Ref}, {NeedRule, &a.Rule},
		{"", &a.ID}, {"", &a.By.Account}, {"", &a.By.Name}, {"", &a.By.Unit}, {"", &a.By.StandsFor}}
	lists = map[Field]int{NeedUnits: len(a.Units), NeedEvidence: len(a.Evidence)}
	if e := a.Entered; e != nil {
		all = append(all, text{"", &e.Account}, text{"", &e.Name}, text{"", &e.Unit}, text{"", &e.StandsFor})
	}
	for i := range a.Units {
		all = append(all, text{NeedUnits, &a.Units[i]})
	}
	for i := range a.Evidence {
		all = append(all, text{NeedEvidence, &a.Evidence[i].URL}, text{"", &a.Evidence[i].Name}, text{"", &a.Evidence[i].SHA256})
	}
	if t := a.Talk; t != nil {
		all = append(all, text{"", &t.What}, text{NeedNumber, &t.Number}, text{NeedPlace, &t.Place}, text{"chair", &t.Chair}, text{"bring", &t.Bring})
		lists[NeedCalled], lists["missing"] = len(t.Called), len(t.Missing)
		for i := range t.Called {
			all = append(all, text{NeedCalled, &t.Called[i]})
		}
		for i := range t.Missing {
			all = append(all, text{"missing", &t.Missing[i]})
		}
	}
	return all, lists
}

func limitOf(f Field) Limit {
	for _, l := range Limits {
		if l.Field == f {
			return l
		}
	}
	return Limit{f, mostNames, 0}
}

// Lengths refuses an act that says more than Limits allow; nil is yes. What the
// engine says itself is not measured.
func Lengths(a Act) *Refusal {
	if a.By.Account == EngineActor.Account {
		return nil
	}
	all, lists := a.texts()
	for _, l := range Limits {
		if n := lists[l.Field]; l.Entries > 0 && n > l.Entries {
			return refuse("many", "Field", string(l.Field), "Most", strconv.Itoa(l.Entries), "Has", strconv.Itoa(n))
		}
	}
	for _, t := range all {
		most := limitOf(t.field).Most
		if n := utf8.RuneCountInString(*t.value); n > most {
			field := t.field
			if field == "" {
				field = "name"
			}
			return refuse("long", "Field", string(field), "Most", strconv.Itoa(most), "Has", strconv.Itoa(n))
		}
	}
	return nil
}

// Cut is the act with no text longer than its limit, as a refused one is kept.
func (a Act) Cut() Act {
	a.Units, a.Evidence = cut(a.Units, limitOf(NeedUnits).Entries), cut(a.Evidence, limitOf(NeedEvidence).Entries)
	if a.Entered != nil {
		e := *a.Entered
		a.Entered = &e
	}
	if a.Talk != nil {
		t := *a.Talk
		t.Called, t.Missing = cut(t.Called, limitOf(NeedCalled).Entries), cut(t.Missing, limitOf("missing").Entries)
		a.Talk = &t
	}
	all, _ := a.texts()
	for _, t := range all {
		if most := limitOf(t.field).Most; utf8.RuneCountInString(*t.value) > most {
			*t.value = string([]rune(*t.value)[:most]) + "…"
		}
	}
	return a
}

// cut is a copy of at most n entries.
func cut[T any](all []T, n int) []T {
	return append([]T(nil), all[:min(n, len(all))]...)
}

// room refuses an act that would make a case remember more than can travel. The same
// case always gives the same JSON, which is what a replay needs.
//
//workflowcheck:ignore
func room(c any, open int, field Field) *Refusal {
	if open >= mostOpen {
		return refuse("many_open", "Field", string(field), "Most", strconv.Itoa(mostOpen))
	}
	if raw, err := json.Marshal(c); err != nil || len(raw) > mostCase {
		return refuse("full")
	}
	return nil
}
