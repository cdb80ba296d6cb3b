package act

import (
	"duban/internal/plan"
	"duban/internal/strictyaml"
)

// OverBudget warns, as problems of the plan's file, of each seat that gets more messages
// in a year than its policy's budget, whether people act or not.
func OverBudget(p *plan.Plan, file string, all []Attention) (problems []strictyaml.Problem) {
	for _, a := range all {
		if n := max(a.Silent, a.Acting); a.Budget > 0 && n > a.Budget {
			problems = append(problems, strictyaml.Problem{File: file, Key: "cli.budget_over", Warning: true,
				Data: map[string]any{"Seat": a.To.String(), "Unit": p.Directory.Name(a.To.Unit), "N": n, "Budget": a.Budget, "Policy": p.Policy}})
		}
	}
	return problems
}
