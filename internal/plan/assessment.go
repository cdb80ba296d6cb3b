package plan

import (
	"encoding/json"
	"strconv"
	"strings"

	"duban/internal/assessment"
)

// sameTable compares tables of assessment by their JSON, in which 1.0 point is 1 point.
func sameTable(a, b *assessment.Table) bool { return asText(a) == asText(b) }

func asText(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("plan: " + err.Error()) // texts and numbers can always be written
	}
	return string(raw)
}

// tableText is a table of assessment as text, to be shown beside another one: its title,
// base and bounds, and those of its rules that the other table does not have word for
// word. "" for a table that is nil.
func tableText(t, other *assessment.Table) string {
	if t == nil {
		return ""
	}
	there := map[string]string{}
	if other != nil {
		for _, r := range other.Rules {
			there[r.ID] = asText(r)
		}
	}
	parts := []string{t.Title, t.Base.String()}
	for _, bound := range []*assessment.Bound{t.Least, t.Most} {
		if bound != nil {
			parts = append(parts, bound.String())
		}
	}
	for _, r := range t.Rules {
		if there[r.ID] == asText(r) {
			continue
		}
		text := r.Title + " " + r.Points.String()
		if r.Every > 0 {
			text += " " + r.Step.String() + "/" + strconv.Itoa(r.Every)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "；")
}

// ScoredUnits are the units that the plan's rules of assessment score: those of its groups,
// or, without groups, all but its office and leadership. nil for a plan without rules.
func (p *Plan) ScoredUnits() (units []string) {
	if p.Assessment == nil {
		return nil
	}
	if units = p.Assessment.Scored(); len(units) > 0 {
		return units
	}
	for _, u := range p.Directory.Units {
		if u.ID != p.Directory.Office && u.ID != p.Directory.Leadership && !u.Gone() {
			units = append(units, u.ID)
		}
	}
	return units
}
