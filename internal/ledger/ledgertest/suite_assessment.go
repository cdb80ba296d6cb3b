package ledgertest

import (
	"errors"
	"strings"
	"testing"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/ledger"
)

// entered is an act that enters a note, with what it makes.
func entered(id string, number string, entries int) ledger.Assessing {
	a := actAt(18, 10, clerk, act.Enter)
	a.ID, a.Unit, a.Title = id, "shuiwu", "省领导肯定"
	a.Assess = &act.AssessFacts{Fact: assessment.Favourable, Day: calendar.NewDay(2021, 5, 17)}
	e := act.Assessing{Entries: make([]act.Entry, entries)}.EntryAfter(a)
	e.ID = number
	return ledger.Assessing{Plan: "jincheng", Act: a, Entry: &e, Entries: entries}
}

// sent is an act that sends a long sheet.
func sent(id string, version int, sheet string) ledger.Assessing {
	a := actAt(18, 11, clerk, act.SendSheet)
	a.ID, a.Assess = id, &act.AssessFacts{Period: "2021-04"}
	after := act.Assessing{}.After(a, act.Sheet{Units: []string{"shuiwu"}, AsOf: "2021-05-17", Hash: "ab", Until: calendar.NewDay(2021, 5, 25)})
	return ledger.Assessing{Plan: "jincheng", Act: a, Version: version, After: after, Sheet: sheet}
}

// assessed: what is entered, sent, objected and issued is kept with its event, once, and not
// over what somebody else has written meanwhile.
func assessed(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	holds := w.holds()
	w.ok(w.Assess(w.ctx, entered("e1", "1", 0), evening))
	w.ok(w.Assess(w.ctx, entered("e1", "1", 0), evening))
	w.is("the same again changes nothing", w.holds(), holds+1)
	w.is("judged by what there was before", errors.Is(w.Assess(w.ctx, entered("e2", "1", 0), evening), ledger.ErrBehind), true)
	w.ok(w.Assess(w.ctx, entered("e2", "2", 1), evening))
	entries, err := w.Entries(w.ctx, "jincheng")
	w.ok(err)
	w.is("in order", []string{entries[0].ID, entries[1].ID, entries[1].Title}, []string{"1", "2", "省领导肯定"})

	struck := entries[0]
	struck.Struck = &act.Decided{By: "王科长", Words: "登记有误"}
	strike := func(id string) ledger.Assessing {
		a := actAt(18, 12, clerk, act.Strike)
		a.ID, a.Ref = id, "1"
		return ledger.Assessing{Plan: "jincheng", Act: a, Entry: &struck, Entries: 2}
	}
	w.ok(w.Assess(w.ctx, strike("s1"), evening))
	w.is("struck by somebody else", errors.Is(w.Assess(w.ctx, strike("s2"), evening), ledger.ErrBehind), true)
	again, err := w.Entries(w.ctx, "jincheng")
	w.ok(err)
	w.is("read anew where one was struck", []any{again[0].Struck != nil && again[0].Struck.Words == "登记有误", again[1]}, []any{true, entries[1]})
	w.is("what was read before stays as it was", entries[0].Struck == nil, true)
	w.ok(w.Assess(w.ctx, entered("e3", "3", 2), evening))
	again, err = w.Entries(w.ctx, "jincheng")
	w.ok(err)
	w.is("and one more", len(again), 3)

	none, err := w.Assessment(w.ctx, "jincheng", "2021-04")
	w.ok(err)
	w.is("nothing yet", []any{none.Version, none.State}, []any{0, act.Unborn})
	sheet := `{"plan":"` + strings.Repeat("长", 2000) + `"}`
	w.ok(w.Assess(w.ctx, sent("p1", 0, sheet), evening))
	w.is("events", w.last(1), []string{ledger.ActKind(act.SendSheet)})
	w.is("sent by another meanwhile", errors.Is(w.Assess(w.ctx, sent("p2", 0, sheet), evening), ledger.ErrBehind), true)
	have, err := w.Assessment(w.ctx, "jincheng", "2021-04")
	w.ok(err)
	w.is("kept whole", []any{have.Sheet, have.Version, have.State, have.Until.String()}, []any{sheet, 1, act.SheetSent, "2021-05-25"})

	a := actAt(20, 9, act.Actor{Account: "li", Name: "李联络员", Unit: "shuiwu"}, act.Object)
	a.Assess = &act.AssessFacts{Period: "2021-04"}
	w.ok(w.Assess(w.ctx, ledger.Assessing{Plan: "jincheng", Act: a, Version: 1, After: have.After(a, act.Sheet{})}, evening))
	all, err := w.Assessments(w.ctx, "jincheng")
	w.ok(err)
	w.is("objected, and the sheet stays", []any{len(all), all[0].Sheet, all[0].Objections[0].Words, all[0].Version}, []any{1, sheet, "说明", 2})
}
