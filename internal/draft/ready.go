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

// Setting is what a draft is worked out with, beside its own files and fields.
type Setting struct {
	Known    *people.Directory  // units that are known; nil: none
	Calendar *calendar.Calendar // in force
	Lang     string             // of the questions
}

// Ready is a draft as worked out.
type Ready struct {
	// Import is the import of the document; nil where the draft has no document.
	Import *intake.Made
	// Files are the files of the draft's plan by name: those made from the document, each
	// replaced by the one that a person has edited, where there is one.
	Files    map[string][]byte
	Edited   map[string]bool      // names of files that a person has edited
	Plan     *plan.Plan           // nil where it has faults
	Problems []strictyaml.Problem // faults and warnings, also those of seats over their budget of messages
	// Messages is how many messages each seat gets by month, if nobody acts and if everybody does.
	Messages []act.Attention
}

// Failed tells that the plan cannot be put in force: it has faults, or problems that keep a
// plan from its launch (planfile.Blocking).
func (r Ready) Failed() bool { return r.Plan == nil || len(planfile.Blocking(r.Problems)) > 0 }

// UnderWayError: the draft is still being worked out.
type UnderWayError struct{ Percent int }

func (e *UnderWayError) Error() string { return fmt.Sprintf("draft: worked out to %d%%", e.Percent) }

// Ready works a draft out; one version of a draft with one Setting is worked out once.
// Ready waits until ctx ends at most: then *UnderWayError. Other errors: *intake.Refusal,
// and those of the ledger.
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

// keyOf is the key of the Work that works a version of a draft out with a Setting.
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

// issuedAt is the instant from which messages are foretold: midnight of the day of issue, in
// the plan's zone.
func issuedAt(p *plan.Plan) time.Time { return p.Issued.At(0, 0, p.Location()) }

// Fields that every draft of a plan has beside its questions.
const (
	FieldIssued    = "issued"     // day of issue, where the document has none
	FieldOffice    = "office"     // name of the office whose draft it is
	FieldOfficeID  = "office_id"  // its unit in the accounts file
	FieldLeaders   = "leaders"    // name of the leadership
	FieldLeadersID = "leaders_id" // its unit in the accounts file
)

// known are the known units; before the first plan, when none are, the office and the
// leadership, with the names and IDs in the fields of the draft (FieldOffice …).
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
