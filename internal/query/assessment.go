package query

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/water"
	"duban/internal/words"
)

// ErrNoRules: no plan that the viewer knows has rules of assessment.
var ErrNoRules = errors.New("query: no plan has rules of assessment")

// Assessment is the assessment 考核 of a plan's units in a period, by the plan's rules.
type Assessment struct {
	Plan   string            `json:"plan"`
	Title  string            `json:"title"` // of the plan
	Period assessment.Period `json:"period"`
	// Sheet has the units' scores: of the sheet that was issued or sent, or computed from
	// the ledger as it is now.
	Sheet assessment.Sheet `json:"sheet"`
	// Status is how far the assessment of the period has come: its limits, and the objections
	// that the viewer may see. Its state is "" when no sheet was sent.
	Status  act.Assessing `json:"status"`
	Entries []act.Entry   `json:"entries"` // entered by the office, with the struck ones: all, or those about the viewer's unit
	Example bool          `json:"example,omitempty"`
	Year    int           `json:"-"` // of the plan
	// Own tells that the viewer is a unit, which sees only its own: see Assess.
	Own    bool             `json:"own,omitempty"`
	People people.Directory `json:"-"`
}

// Assess is the assessment of a plan's units in a period ("": the plan's year): the sheet
// that was issued or sent, and before one was sent a sheet computed from the ledger as it is
// now, which is not kept. Whoever may see the whole plan sees all units. A unit sees itself,
// without its rank, and on an issued sheet the scores and ranks of all units but only its
// own lines. ErrNoRules, ErrNotYours, *WhichPlanError.
func (r *Reader) Assess(ctx context.Context, v Viewer, planID string, p assessment.Period) (a Assessment, err error) {
	in, err := r.as(v)
	if err != nil {
		return a, err
	}
	id, err := in.assessedPlan(ctx, planID)
	if err != nil {
		return a, err
	}
	l, _, err := in.frame(ctx, id)
	if err != nil {
		return a, err
	}
	if p == "" {
		p = assessment.Period(fmt.Sprintf("%04d", l.Plan.Year))
	}
	today, err := in.today(ctx, l)
	if err != nil {
		return a, err
	}
	whole, err := r.as(Operator()) // the sheet of all units; a.own below leaves what the viewer's unit may see
	if err != nil {
		return a, err
	}
	a = Assessment{Plan: id, Title: l.Plan.Title, Period: p, People: l.Plan.Directory, Example: l.Plan.Assessment.Example, Year: l.Plan.Year}
	kept, err := r.store.Assessment(ctx, id, p)
	if err != nil {
		return a, err
	}
	if a.Entries, err = r.store.Entries(ctx, id); err != nil {
		return a, err
	}
	a.Status = kept.Assessing
	if doc := cmp.Or(kept.Result, kept.Sheet); doc != "" {
		if a.Sheet, err = r.sheets.of(id+" "+string(p), doc); err != nil {
			return a, fmt.Errorf("query: the sheet of %s %s: %w", id, p, err)
		}
	} else {
		a.Sheet, err = remembered(ctx, r, "assessment "+id+" "+string(p), today, func(ctx context.Context) (assessment.Sheet, error) { return whole.sheet(ctx, id, p, nil) })
	}
	if err != nil || v.oversees(l.Plan.Directory) {
		return a, err
	}
	if _, scored := a.Sheet.Of(v.by.Unit); !scored {
		return a, ErrNotYours
	}
	a.own(v.by.Unit)
	return a, nil
}

// sheets are those of assessments as they were last decoded, by plan and period, each with the
// document that it was decoded from, which goes out once and is not written anew.
type sheets struct {
	mu  sync.Mutex
	all map[string]decoded
}

type decoded struct {
	doc   string
	sheet assessment.Sheet
}

// of is the sheet of a document. It is the caller's to read, not to change.
func (s *sheets) of(key, doc string) (assessment.Sheet, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.all[key]; ok && known.doc == doc {
		return known.sheet, nil
	}
	fresh := decoded{doc: doc}
	if err := json.Unmarshal([]byte(doc), &fresh.sheet); err != nil {
		return fresh.sheet, err
	}
	if s.all == nil || len(s.all) >= mostMemos {
		s.all = map[string]decoded{}
	}
	s.all[key] = fresh
	return fresh.sheet, nil
}

// own removes what the unit may not see: see Assess.
func (a *Assessment) own(unit string) {
	a.Own = true
	a.Entries = slices.DeleteFunc(slices.Clone(a.Entries), func(e act.Entry) bool { return e.Unit != unit })
	a.Status.Objections = slices.DeleteFunc(slices.Clone(a.Status.Objections), func(o act.Objection) bool { return o.Unit != unit })
	if a.Status.State != act.SheetIssued {
		a.Sheet = a.Sheet.Only(unit)
		a.Sheet.Units[0].Rank, a.Sheet.Units[0].Was = 0, 0
		return
	}
	a.Sheet.Units = slices.Clone(a.Sheet.Units)
	for i := range a.Sheet.Units {
		if a.Sheet.Units[i].Unit != unit {
			a.Sheet.Units[i].Lines = []assessment.Line{}
		}
	}
}

// Preliminary is the sheet of a period that can be sent now, computed from the ledger as it
// was at the end of yesterday, so that it can be computed again at any later time. It is for
// those who may see all of the plan: ErrNotWhole.
func (r *Reader) Preliminary(ctx context.Context, v Viewer, planID string, p assessment.Period) (s assessment.Sheet, err error) {
	in, err := r.as(v)
	if err != nil {
		return s, err
	}
	l, err := in.whole(ctx, planID)
	if err != nil {
		return s, err
	}
	today, err := in.today(ctx, l)
	if err != nil {
		return s, err
	}
	return r.sheetAsOf(ctx, v, planID, p, today.AddDays(-1), nil)
}

// Result is the sheet of a period with the decisions about objections, computed from the
// ledger as it was for the preliminary sheet that was sent. It is for those who may see all
// of the plan. ErrNotWhole, ErrNoSheet.
func (r *Reader) Result(ctx context.Context, v Viewer, planID string, p assessment.Period) (s assessment.Sheet, err error) {
	_, s, err = r.anew(ctx, v, planID, p)
	return s, err
}

// ErrNoSheet: no preliminary sheet of the period was sent.
var ErrNoSheet = errors.New("query: no sheet of the period was sent")

// anew computes again the preliminary sheet that was sent, and the result.
func (r *Reader) anew(ctx context.Context, v Viewer, planID string, p assessment.Period) (sheet, result assessment.Sheet, err error) {
	in, err := r.as(v)
	if err != nil {
		return sheet, result, err
	}
	if _, err := in.whole(ctx, planID); err != nil {
		return sheet, result, err
	}
	kept, err := r.store.Assessment(ctx, planID, p)
	if err != nil {
		return sheet, result, err
	}
	if kept.Sheet == "" {
		return sheet, result, ErrNoSheet
	}
	day, err := calendar.ParseDay(kept.AsOf)
	if err != nil {
		return sheet, result, err
	}
	if sheet, err = r.sheetAsOf(ctx, v, planID, p, day, nil); err != nil {
		return sheet, result, err
	}
	result, err = r.sheetAsOf(ctx, v, planID, p, day, kept.Adjustments())
	return sheet, result, err
}

func (r *Reader) sheetAsOf(ctx context.Context, v Viewer, planID string, p assessment.Period, day calendar.Day, decided []assessment.Adjustment) (s assessment.Sheet, err error) {
	was, done, err := r.past(ctx, v, day, 0, false)
	if err != nil {
		return s, err
	}
	defer done()
	in, err := was.as(v)
	if err != nil {
		return s, err
	}
	return in.sheet(ctx, planID, p, decided)
}

// Rechecked compares the sheets of a period that were sent or issued with sheets computed
// again from the ledger.
type Rechecked struct {
	Plan   string            `json:"plan"`
	Period assessment.Period `json:"period"`
	AsOf   string            `json:"as_of"`
	Sheets []RecheckedSheet  `json:"sheets"` // the preliminary one, and the one issued
}

// RecheckedSheet has three SHA-256 of a sheet: the one in the chain (Hash), that of the kept
// sheet (Kept), and that of the sheet computed again (Anew).
type RecheckedSheet struct {
	Issued bool   `json:"issued"`
	Hash   string `json:"hash"`
	Kept   string `json:"kept"`
	Anew   string `json:"anew"`
}

// Same tells whether all three are equal.
func (c RecheckedSheet) Same() bool { return c.Hash == c.Kept && c.Kept == c.Anew }

// Recheck computes the sheets of a period again and compares them. ErrNotWhole, ErrNoSheet.
func (r *Reader) Recheck(ctx context.Context, v Viewer, planID string, p assessment.Period) (c Rechecked, err error) {
	sheet, result, err := r.anew(ctx, v, planID, p)
	if err != nil {
		return c, err
	}
	kept, err := r.store.Assessment(ctx, planID, p)
	if err != nil {
		return c, err
	}
	_, anew := sheet.Document()
	c = Rechecked{planID, p, kept.AsOf, []RecheckedSheet{{false, kept.Hash, hashOf(kept.Sheet), anew}}}
	if kept.Issued != nil {
		_, anew := result.Document()
		c.Sheets = append(c.Sheets, RecheckedSheet{true, kept.Issued.Hash, hashOf(kept.Result), anew})
	}
	return c, nil
}

func hashOf(doc string) string {
	sum := sha256.Sum256([]byte(doc))
	return hex.EncodeToString(sum[:])
}

// AssessedPlan is the plan that was named, or the only one with rules of assessment that
// concerns the viewer, without its tasks. ErrNoRules, *WhichPlanError.
func (r *Reader) AssessedPlan(ctx context.Context, v Viewer, planID string) (ledger.Launched, error) {
	in, err := r.as(v)
	if err != nil {
		return ledger.Launched{}, err
	}
	return in.planWith(ctx, planID, func(p *plan.Plan) bool { return p.Assessment != nil }, ErrNoRules)
}

// assessedPlan is the ID of the plan that was named, or of the only one with rules of
// assessment that concerns the viewer; among several plans of one office it is the last.
func (r reading) assessedPlan(ctx context.Context, named string) (string, error) {
	l, err := r.planWith(ctx, named, func(p *plan.Plan) bool { return p.Assessment != nil }, ErrNoRules)
	return l.Plan.ID, err
}

// sheet computes the units' scores from the ledger, with the decisions about objections.
func (r reading) sheet(ctx context.Context, planID string, p assessment.Period, decided []assessment.Adjustment) (s assessment.Sheet, err error) {
	l, err := r.store.Plan(ctx, planID)
	if err != nil {
		return s, err
	}
	if l.Plan.Assessment == nil {
		return s, ErrNoRules
	}
	tasks, err := r.store.Tasks(ctx, ledger.TaskFilter{Plan: planID})
	if err != nil {
		return s, err
	}
	book, err := r.book(ctx, l, tasks, false)
	if err != nil {
		return s, err
	}
	events, err := r.store.Events(ctx, ledger.EventFilter{Plan: planID, Kinds: report.Judged})
	if err != nil {
		return s, err
	}
	facts := report.Assessed(book, &l.Plan, tasks, events, p)
	reached, err := r.reached(ctx, &l.Plan, p, book.AsOf)
	if err != nil {
		return s, err
	}
	facts = append(facts, reached...)
	complained, err := r.complained(ctx, l)
	if err != nil {
		return s, err
	}
	facts = append(facts, complained...)
	entries, err := r.store.Entries(ctx, planID)
	if err != nil {
		return s, err
	}
	for _, e := range entries {
		if f, counts := e.AsFact(); counts {
			facts = append(facts, f)
		}
	}
	before, err := r.ranksBefore(ctx, planID, p)
	if err != nil {
		return s, err
	}
	return assessment.Work(planID, *l.Plan.Assessment, p, book.AsOf.String(), l.Plan.ScoredUnits(), facts, decided, before), nil
}

// ranksBefore are the units' ranks in the last result of an earlier period of the same sort.
func (r reading) ranksBefore(ctx context.Context, planID string, p assessment.Period) (map[string]int, error) {
	all, err := r.store.Assessments(ctx, planID)
	if err != nil {
		return nil, err
	}
	ranks, last := map[string]int{}, assessment.Period("")
	for _, a := range all {
		if a.Result == "" || !a.Period.Before(p) || last != "" && !last.Before(a.Period) {
			continue
		}
		var s assessment.Sheet
		if err := json.Unmarshal([]byte(a.Result), &s); err != nil {
			return nil, fmt.Errorf("query: the sheet of %s %s: %w", planID, a.Period, err)
		}
		ranks, last = map[string]int{}, a.Period
		for _, u := range s.Units {
			ranks[u.Unit] = u.Rank
		}
	}
	return ranks, nil
}

// reached gives a fact for each section of a plan's register that met or missed its target, by
// the results of the year so far in the period's last month with readings; none when the period
// has no such month.
func (r reading) reached(ctx context.Context, p *plan.Plan, period assessment.Period, today calendar.Day) (facts []assessment.Fact, err error) {
	if p.Water == nil {
		return nil, nil
	}
	all, err := r.store.Readings(ctx, p.Directory.Office, ledger.ReadingFilter{})
	if err != nil {
		return nil, err
	}
	for _, month := range monthsOf(p.Water, all) { // the last first
		end := calendar.NewDay(month.Year, time.Month(month.Month), 1).MonthEnd()
		if !period.Has(end.String()) || end.After(today) {
			continue
		}
		for _, row := range water.Table(p.Water, all, month) {
			f := assessment.Fact{Unit: row.Section.County, Where: assessment.ToSection, ID: row.Section.ID, Title: row.Section.Name, On: end.String(), Note: month.String()}
			switch row.Year.Outcome {
			case water.Met:
				f.Kind = assessment.SectionMet
			case water.Missed:
				f.Kind = assessment.SectionMissed
			default:
				continue
			}
			facts = append(facts, f)
		}
		return facts, nil
	}
	return nil, nil
}

// complained gives the facts of a plan's complaints: who answered, what those said who were called
// back, and what was to be done again. A complaint that joined another one gives none.
func (r reading) complained(ctx context.Context, l ledger.Launched) (facts []assessment.Fact, err error) {
	if l.Plan.Complaints == nil {
		return nil, nil
	}
	all, err := r.store.JudgedComplaints(ctx, l)
	if err != nil {
		return nil, err
	}
	answers, err := r.store.LastActs(ctx, l.Plan.ID, act.Complete, complaintTasks(all))
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		line, _ := lineOf(c.Complaint, answers, time.Time{}, l.Plan.Location())
		if c.State == act.ComplaintJoined || line.Unit == "" {
			continue
		}
		about := func(kind assessment.Kind, on calendar.Day, n int) {
			facts = append(facts, assessment.Fact{Kind: kind, Unit: line.Unit, Where: assessment.ToComplaint, ID: strconv.Itoa(c.Number), N: n, Title: c.Title, On: on.String()})
		}
		if !line.Answered.IsZero() {
			about(assessment.ComplaintAnswered, calendar.DayOf(line.Answered.In(l.Plan.Location())), 0)
		}
		var said act.Call // the last call in which somebody was reached
		for n, call := range c.Calls {
			if call.Outcome != act.Unreached {
				said = call
			}
			if call.Again {
				about(assessment.ComplaintAgain, call.On, n+1)
			}
		}
		switch said.Outcome {
		case act.Satisfied:
			about(assessment.ComplaintSatisfied, said.On, 0)
		case act.Unsatisfied:
			about(assessment.ComplaintUnsatisfied, said.On, 0)
		}
	}
	return facts, nil
}

// Periods are the year, its halves, quarters and months, and a.Period if it is another one.
func (a Assessment) Periods(year int) (all []assessment.Period) {
	all = append(all, assessment.Period(fmt.Sprintf("%04d", year)))
	for _, part := range []struct {
		form string
		n    int
	}{{"%04dH%d", 2}, {"%04dQ%d", 4}, {"%04d-%02d", 12}} {
		for n := range part.n {
			all = append(all, assessment.Period(fmt.Sprintf(part.form, year, n+1)))
		}
	}
	if !slices.Contains(all, a.Period) {
		all = append(all, a.Period)
	}
	return all
}

// Write writes the sheet as an Excel workbook in the language of in.
func (a Assessment) Write(to io.Writer, in *words.Words) error {
	say := report.Speak(in)
	return say.WriteAssessment(to, a.People, report.AssessmentSheet{Title: a.Title, Status: say.AssessmentStatus(a.Status, a.Sheet, a.Example), Sheet: a.Sheet, Ranked: !a.Own || a.Status.State == act.SheetIssued})
}
