package planfile

import (
	"duban/internal/strictyaml"
)

// Todo begins a value of a plan's file that a person has still to decide 待定:
// "due: 【待定】2022-12-31" proposes a day. The text after Todo is read like any value, so
// that it is checked too; the plan cannot be launched while a value begins with Todo.
const Todo = "【待定】"

// TodoKey is the Problem.Key of such a value.
const TodoKey = "rollover.todo"

// Largest is how many bytes one file of a plan may have.
const Largest = 4 << 20

// grammar is what a plan's files may say.
var grammar = strictyaml.Grammar{
	Prefix: "plan", Own: []string{"foreign"}, Fields: known, Synonyms: saidWords, Long: []string{"text", "problem"},
	OneLine: map[string]int{"title": 300, "number": 100, "issuer": 100, "name": 200, "chapter": 200, "heading": 200, "place": 100,
		"milestone": 200, "person": 60, "post": 100, "email": 254, "zone": 100, "id": 200},
	Most: 10_000, Largest: Largest, Decided: Todo, Open: TodoKey,
}

// source is one file of a plan being read.
type source struct {
	*strictyaml.Source
	within map[string][]byte // the files there are, by name; nil: those of the machine
}

func newSource(notes *strictyaml.Notes, within map[string][]byte, name string) *source {
	return &source{&strictyaml.Source{Notes: notes, Grammar: &grammar, Name: name}, within}
}

// read is the file's bytes; ok is false, and a problem noted, when it is not a plain file
// of at most 4 MiB.
func (s *source) read() (raw []byte, ok bool) {
	if s.within == nil {
		return s.Read()
	}
	if raw, ok = s.within[s.Name]; !ok {
		s.Missing()
	}
	return raw, ok
}

// parse is the file's one document as an object of the given sort.
func (s *source) parse(raw []byte, sort string) (object, bool) {
	o, ok := s.Parse(raw, sort)
	return object{o}, ok
}

// object is one mapping of a plan's files.
type object struct{ strictyaml.Object }

func (o object) object(name, sort string) (object, bool) {
	of, ok := o.Object.Object(name, sort)
	return object{of}, ok
}

func (o object) objects(name, sort string) (all []object) {
	for _, of := range o.Objects(name, sort) {
		all = append(all, object{of})
	}
	return all
}

// Left is how many of the problems are values that begin with Todo, and which of the others
// are faults.
func Left(problems []strictyaml.Problem) (marks int, wrong []strictyaml.Problem) {
	for _, p := range problems {
		switch {
		case p.Key == TodoKey:
			marks++
		case !p.Warning:
			wrong = append(wrong, p)
		}
	}
	return marks, wrong
}
