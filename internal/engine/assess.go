package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/ledger"
)

// assessTries is how often an act on an assessment is judged before it is given up, when
// each time somebody else has changed the assessment meanwhile (ledger.ErrBehind).
const assessTries = 5

// Assess does an act on a plan's assessment 考核. sheet is the sheet that was worked out
// for an act that sends or issues one, nil for other acts; cal counts the working days in
// which units may object. Who may not do the act, or not in the assessment's present
// state, gets *RefusedError (act.Assessing's Check). The units are told of a sheet
// (docket.Docket.Assessments): where that cannot be done now, the plan's daily audit does it.
func (e *Engine) Assess(ctx context.Context, planID string, a act.Act, sheet *assessment.Sheet, cal *calendar.Calendar) error {
	l, err := e.ledger.Plan(ctx, planID)
	if err != nil {
		return err
	}
	if err := e.stamp(&l, &a); err != nil {
		return err
	}
	if r := e.accounts.Credible(l, a, e.now()); r != nil {
		return e.answer(ctx, l, "", a, r, nil)
	}
	if err := e.assess(ctx, l, a, sheet, cal); err != nil || sheet == nil {
		return err
	}
	if err := e.within(ctx, func(ctx context.Context) error { return e.docket().Assessments(ctx, planID, nil) }); err != nil {
		e.log.Warn("A sheet of an assessment is out, and the letters about it are left to the audit", "plan", planID, "error", err)
	}
	return nil
}

// Assess is Engine.Assess for a caller that has a ledger and no engine. The account is
// not checked against the accounts file. now is the wall clock.
func Assess(ctx context.Context, store *ledger.Store, now time.Time, l ledger.Launched, a act.Act, sheet *assessment.Sheet, cal *calendar.Calendar) error {
	r := records{store, func() time.Time { return now }}
	if err := r.stamp(&l, &a); err != nil {
		return err
	}
	return r.assess(ctx, l, a, sheet, cal)
}

func (r records) assess(ctx context.Context, l ledger.Launched, a act.Act, sheet *assessment.Sheet, cal *calendar.Calendar) error {
	for range assessTries {
		err := r.assessOnce(ctx, l, a, sheet, cal)
		if !errors.Is(err, ledger.ErrBehind) {
			return err
		}
	}
	return ledger.ErrBehind
}

func (r records) assessOnce(ctx context.Context, l ledger.Launched, a act.Act, sheet *assessment.Sheet, cal *calendar.Calendar) error {
	var period assessment.Period
	if a.Assess != nil {
		period = a.Assess.Period
	}
	have, err := r.ledger.Assessment(ctx, l.Plan.ID, period)
	if err != nil {
		return err
	}
	entries, err := r.ledger.Entries(ctx, l.Plan.ID)
	if err != nil {
		return err
	}
	s := have.Assessing
	s.Office, s.Leadership, s.Entries = l.Plan.Directory.Office, l.Plan.Directory.Leadership, entries
	if t := l.Plan.Assessment; t != nil {
		s.Example, s.Scored = t.Example, l.Plan.ScoredUnits()
	}
	if err := r.answer(ctx, l, "", a, s.Check(a), nil); err != nil {
		return err
	}
	does := ledger.Assessing{Plan: l.Plan.ID, Act: a, Version: have.Version, Entries: len(entries)}
	row, _ := act.Of(act.OnPlan, a.Kind)
	switch {
	case row.Takes(act.FieldPeriod):
		made := act.Sheet{}
		if row.To != "" {
			if made, err = r.sent(l, period, sheet, cal, a.On); err != nil {
				return err
			}
			doc, _ := sheet.Document()
			if row.To == act.SheetSent {
				does.Sheet = doc
			} else {
				does.Result = doc
			}
			facts := *a.Assess
			facts.Hash, does.Act.Assess = made.Hash, &facts
		}
		does.After = s.After(a, made)
	default:
		entry := s.EntryAfter(a)
		does.Entry = &entry
	}
	return r.ledger.Assess(ctx, does, r.when(l.Clock))
}

// sent gives what the assessment keeps of a sheet that is sent to units or issued: its
// units, its hash, and the last day for objections, counted in working days from on. It
// fails when the sheet is of another plan or period, or the plan has no assessment rules.
func (r records) sent(l ledger.Launched, period assessment.Period, sheet *assessment.Sheet, cal *calendar.Calendar, on calendar.Day) (made act.Sheet, err error) {
	if sheet == nil || sheet.Plan != l.Plan.ID || sheet.Period != period || l.Plan.Assessment == nil {
		return made, fmt.Errorf("engine: no sheet of %s %s was worked out", l.Plan.ID, period)
	}
	for _, u := range sheet.Units {
		made.Units = append(made.Units, u.Unit)
	}
	made.AsOf, made.Until = sheet.AsOf, cal.AddWorkdays(on, sheet.Table.Objection)
	_, made.Hash = sheet.Document()
	return made, nil
}
