package plan

import (
	"duban/internal/words"
)

// Counts are the numbers of a plan that was read, by the names that words have for them.
func Counts(p *Plan, warnings int) words.Data {
	kinds := map[Kind]int{}
	for _, t := range p.Tasks {
		kinds[t.Kind]++
	}
	brackets, projects := 0, 0
	for _, c := range p.Clauses {
		brackets += len(c.Brackets)
	}
	for _, t := range p.Tasks {
		if t.Project > 0 {
			projects++
		}
	}
	return words.Data{
		"Title": p.Title, "Clauses": len(p.Clauses), "Brackets": brackets, "Projects": projects, "Sections": len(p.Sections),
		"Units": len(p.Directory.Units), "Dated": kinds[Dated], "Duties": kinds[Duty], "Standing": kinds[Standing], "Warnings": warnings,
	}
}
