package draft

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/intake"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
)

// Setting is what a draft is worked out with beside what it holds.
type Setting struct {
	Known    *people.Directory  // units that are known; nil: none
	Calendar *calendar.Calendar // in force
	Lang     string             // of the questions
}

// Ready is what a draft comes to.
type Ready struct {
	// Import is what the document came to; nil where the draft has no document.
	Import *intake.Made
	// Files are those that the draft's plan consists of: what was made of the document,
	// and in its place what a person has edited.
	Files    map[string][]byte
	Edited   map[string]bool      // names of files that a person has edited
	Plan     *plan.Plan           // nil where it has faults
	Problems []strictyaml.Problem // faults and warnings, the budget's among them
	// Messages is how many each seat gets by month, if nobody acts and if everybody does.
	Messages []act.Attention
}

// Failed tells that the plan cannot be put in force: it has faults, or what must be
// mended first.
func (r Ready) Failed() bool { return r.Plan == nil || len(planfile.Blocking(r.Problems)) > 0 }

// UnderWayError: it is still worked out.
type UnderWayError struct{ Percent int }

func (e *UnderWayError) Error() string { return fmt.Sprintf("draft: worked out to %d%%", e.Percent) }

// Ready works out what a draft comes to; the same is worked out once. It waits until
// ctx ends at the most, and says *UnderWayError then. Other errors: *intake.Refusal,
// and what the ledger says.
func (s *Service) Ready(ctx context.Context, d ledger.Draft, set Setting) (Ready, error) {
	key, err := keyOf(d, set)
	if err != nil {
		return Ready{}, err
	}
	w := s.Do(key, func(ctx context.Context, watch func(int)) (any, error) { return s.workOut(ctx, d, set, watch) })
	if !w.Ended(ctx) {
		return Ready{}, &UnderWayError{w.Percent()}
	}
	if w.err != nil {
		return Ready{}, w.err
	}
	return w.made.(Ready), nil
}

// keyOf tells two workings-out apart.
func keyOf(d ledger.Draft, set Setting) (string, error) {
	raw, err := json.Marshal([]any{set.Known, set.Calendar.Years(), set.Lang})
	sum := sha256.Sum256(raw)
	return fmt.Sprintf("ready %s %d %s", d.ID, d.Version, hex.EncodeToString(sum[:8])), err
}

func (s *Service) workOut(ctx context.Context, d ledger.Draft, set Setting, watch func(int)) (out Ready, err error) {
	files, err := s.store.DraftFiles(ctx, d.ID, true)
	if err != nil {
		return out, err
	}
	answers, err := s.Fields(ctx, d.ID)
	if err != nil {
		return out, err
	}
	m := intake.Matter{Answers: answers, Known: known(set.Known, answers), Calendar: set.Calendar, Lang: set.Lang, Watch: func(percent int) { watch(percent * 8 / 10) }}
	out.Files, out.Edited = map[string][]byte{}, map[string]bool{}
	for _, f := range files {
		switch {
		case f.Part == ledger.DraftDocument:
			m.Sources = append(m.Sources, intake.Source{Name: f.Name, Data: f.Body})
			continue
		case f.Name == "units.yaml":
			m.Units = f.Body
		case f.Name == "contacts.xlsx":
			m.Contacts = f.Body
		}
		out.Files[f.Name], out.Edited[f.Name] = f.Body, true
	}
	if issued, err := calendar.ReadDay(answers[FieldIssued]); err == nil {
		m.Issued = issued
	}
	if len(m.Sources) > 0 {
		made, err := intake.Make(ctx, m)
		if err != nil {
			return out, err
		}
		out.Import = &made
		for name, body := range made.Files {
			if !out.Edited[name] {
				out.Files[name] = body
			}
		}
	}
	watch(80)
	if _, there := out.Files["plan.yaml"]; !there {
		return out, nil
	}
	out.Plan, out.Problems = planfile.LoadFiles(out.Files, set.Calendar)
	watch(90)
	if out.Plan != nil {
		out.Messages = act.Attentions(out.Plan, set.Calendar, issuedAt(out.Plan), calendar.Day{})
		out.Problems = append(out.Problems, act.OverBudget(out.Plan, "plan.yaml", out.Messages)...)
	}
	watch(100)
	return out, nil
}

// issuedAt is when the plan is taken to begin where nobody says: the day of its issue.
func issuedAt(p *plan.Plan) time.Time { return p.Issued.At(0, 0, p.Location()) }

// Fields that every draft of a plan has beside its questions.
const (
	FieldIssued    = "issued"     // day of issue, where the document has none
	FieldOffice    = "office"     // name of the office whose draft it is
	FieldOfficeID  = "office_id"  // its unit in the accounts file
	FieldLeaders   = "leaders"    // name of the leadership
	FieldLeadersID = "leaders_id" // its unit in the accounts file
)

// known are the units that are known, and before the first plan those two that the
// accounts file names and whoever began the draft has said the names of.
func known(d *people.Directory, said map[string]string) *people.Directory {
	if d != nil && len(d.Units) > 0 {
		return d
	}
	first := people.Directory{}
	for _, u := range []people.Unit{
		{ID: said[FieldOfficeID], Name: said[FieldOffice], Kind: people.OfficeUnit},
		{ID: said[FieldLeadersID], Name: said[FieldLeaders], Kind: people.LeadershipUnit},
	} {
		if u.ID != "" && u.Name != "" {
			first.Units = append(first.Units, u)
		}
	}
	if len(first.Units) == 0 {
		return nil
	}
	return &first
}
