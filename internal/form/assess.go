package form

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/query"
	"duban/internal/words"
)

// assess fills in the fields of acts on a plan's assessment.
func assess(_ query.Subject, row act.Row, s Said, said *act.Act) (err error) {
	if !row.Kind.OfAssessment() {
		return nil
	}
	facts := act.AssessFacts{Points: strings.TrimSpace(s.one("points")), Fact: assessment.Kind(s.one("fact"))}
	if text := s.one("period"); text != "" {
		if facts.Period, err = assessment.ReadPeriod(text); err != nil {
			return &Fault{"period", "assess.bad_period", words.Data{"Value": text}}
		}
	}
	if text := s.one("day"); text != "" {
		if facts.Day, err = calendar.ReadDay(text); err != nil {
			return &Fault{"day", "form.bad_day", words.Data{"Value": text}}
		}
	}
	if _, err := assessment.ReadPoints(facts.Points); err != nil {
		return &Fault{"points", "assess.bad_points", words.Data{"Value": facts.Points}}
	}
	said.Assess = &facts
	return nil
}

// Sheet is the sheet that an act on an assessment sends or issues; nil for others.
func Sheet(ctx context.Context, r *query.Reader, v query.Viewer, planID string, a act.Act) (*assessment.Sheet, error) {
	row, _ := act.Of(act.OnPlan, a.Kind)
	work := r.Preliminary
	switch row.To {
	case act.SheetSent:
	case act.SheetIssued:
		work = r.Result
	default:
		return nil, nil
	}
	s, err := work(ctx, v, planID, a.Assess.Period)
	return &s, err
}

// AssessID is the ID of an act on a plan's assessment that is typed at the command line: the
// same words of one day are the same act.
func AssessID(planID string, said act.Act, today calendar.Day) string {
	raw, err := json.Marshal([]any{planID, said, today})
	if err != nil {
		panic(err) // unreachable: texts, numbers and lists of them can always be written
	}
	sum := sha256.Sum256(raw)
	return "cli-" + hex.EncodeToString(sum[:12])
}
