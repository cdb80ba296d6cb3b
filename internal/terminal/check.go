package terminal

import (
	"strings"

	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
)

type checkResult struct {
	OK       bool           `json:"ok"`
	Counts   map[string]any `json:"counts,omitempty"`
	Problems []problemRow   `json:"problems"`
}

type problemRow struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Field   string `json:"field"`
	Message string `json:"message"`
	Warning bool   `json:"warning"`
}

// Checked shows a check of a plan as JSON; ok is what it says.
func (sc *Screen) Checked(p *plan.Plan, problems []strictyaml.Problem) (ok bool, err error) {
	result := checkResult{OK: true, Problems: []problemRow{}}
	for _, pr := range problems {
		result.OK = result.OK && pr.Warning && len(planfile.Blocking([]strictyaml.Problem{pr})) == 0
		result.Problems = append(result.Problems, problemRow{pr.File, pr.Line, pr.Column, pr.Field, pr.Message(sc.W), pr.Warning})
	}
	if result.OK {
		result.Counts = map[string]any{}
		for k, v := range plan.Counts(p, len(problems)) {
			result.Counts[strings.ToLower(k)] = v
		}
	}
	return result.OK, sc.JSON(result)
}
