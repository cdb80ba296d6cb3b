package main

import (
	"duban/internal/plan"
	"duban/internal/whatif"
)

// nowLines say it in words.
func (a *app) nowLines(out amended, p plan.Plan) (lines []string) {
	for _, n := range out.Now {
		lines = append(lines, whatif.NowSaid(a.w, n, p)...)
	}
	return lines
}
