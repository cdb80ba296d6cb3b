package form

import (
	"cmp"
	"maps"
	"os"
	"slices"
	"strings"

	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/internal/words"
	"duban/seeds"
)

// SameTasks are pairs of tasks as typed, OLD=NEW, where NEW is a task of the plan; "all" and
// "none" are passed over. The error for any other text is a sentence.
func SameTasks(w *words.Words, p *plan.Plan, typed []string) (pairs []plan.Pair, err error) {
	for _, text := range typed {
		was, now, ok := strings.Cut(text, "=")
		switch {
		case text == "none" || text == "all":
		case !ok || was == "" || !slices.ContainsFunc(p.Tasks, func(t plan.Task) bool { return t.ID == now }):
			return nil, w.Err("amend.bad_same", words.Data{"Value": text})
		default:
			pairs = append(pairs, plan.Pair{Was: was, Now: now})
		}
	}
	return pairs, nil
}

// Successors are the IDs of the units that take over, by the unit that goes, as typed
// UNIT=OTHER; "" for nobody. The error for a text that names no unit of the plan is a
// sentence.
func Successors(w *words.Words, p *plan.Plan, typed []string) (of map[string]string, err error) {
	of = map[string]string{}
	for _, text := range typed {
		unit, to, ok := strings.Cut(text, "=")
		to, known := p.Successor(to)
		if !ok || !known {
			return nil, w.Err("amend.bad_successor", words.Data{"Value": text})
		}
		of[unit] = to
	}
	return of, nil
}

// PolicyOf is the policy with a name in a file, or, where no file is named, in the policies
// that the program carries. The error where there is none is a sentence.
func PolicyOf(w *words.Words, file, name string) (p plan.Policy, problems []strictyaml.Problem, err error) {
	raw := seeds.Policies
	if file != "" {
		if raw, err = os.ReadFile(file); err != nil {
			return p, nil, err
		}
	}
	file = cmp.Or(file, "policies.yaml")
	all, problems := planfile.LoadPolicies(file, raw)
	p, ok := all[name]
	if !ok && !strictyaml.Failed(problems) {
		err = w.Err("amend.not_in_file", words.Data{"Name": name, "File": file, "Known": strings.Join(slices.Sorted(maps.Keys(all)), " ")})
	}
	return p, problems, err
}
