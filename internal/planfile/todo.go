package planfile

import (
	"strings"

	"gopkg.in/yaml.v3"

	"duban/internal/strictyaml"
	"duban/internal/words"
)

// Todo begins a value of a plan's file that a person has still to decide 待定:
// "due: 【待定】2022-12-31" proposes a day. What follows it is read like any value,
// so that all else is checked too; the plan cannot be launched before every one
// is gone.
const Todo = "【待定】"

// TodoKey is the strictyaml.Problem.Key of such a value.
const TodoKey = "rollover.todo"

// decided is a text without the mark, which is noted; ok is false when nothing
// follows it.
func (s *source) decided(n *yaml.Node, path, text string) (rest string, ok bool) {
	rest, marked := strings.CutPrefix(text, Todo)
	if !marked {
		return text, true
	}
	rest = strings.TrimSpace(rest)
	if len(s.problems) < mostProblems {
		s.problems = append(s.problems, strictyaml.Problem{File: s.file, Line: max(n.Line, 1), Column: max(n.Column, 1), Field: path, Key: TodoKey, Data: words.Data{"Value": rest}})
	}
	return rest, rest != ""
}
