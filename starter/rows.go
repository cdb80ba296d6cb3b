package main

import (
	"errors"
	"strings"

	"duban/internal/engine"
	"duban/internal/plan"
)

// The JSON that listings print is documented in README.md and stable: fields
// are only added. An empty date is "".

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

func (a *app) checkJSON(p *plan.Plan, problems []plan.Problem) error {
	result := checkResult{OK: true, Problems: []problemRow{}}
	for _, pr := range problems {
		result.OK = result.OK && pr.Warning && len(plan.Blocking([]plan.Problem{pr})) == 0
		result.Problems = append(result.Problems, problemRow{pr.File, pr.Line, pr.Column, pr.Field, pr.Message(a.w), pr.Warning})
	}
	if result.OK {
		result.Counts = map[string]any{}
		for k, v := range checkCounts(p, problems) {
			result.Counts[strings.ToLower(k)] = v
		}
	}
	if err := a.show().JSON(result); err != nil {
		return err
	}
	if !result.OK {
		return errSaid
	}
	return nil
}

func asUnarmed(err error) (*engine.UnarmedError, bool) {
	var unarmed *engine.UnarmedError
	return unarmed, errors.As(err, &unarmed)
}
