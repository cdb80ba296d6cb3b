package ledgertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"duban/internal/act"
	"duban/internal/complaint"
	"duban/internal/ledger"
)

var caller = complaint.Caller{Name: "赵铁柱", Phone: "13903561234", Address: "巴公镇西郜村12号", Words: "我是赵铁柱，河里有人排污水"}

// takenIn is an act that takes a complaint in, with what it makes.
func takenIn(id, hotline string) ledger.Complaining {
	a := actAt(18, 10, clerk, act.TakeIn)
	a.ID, a.Title, a.Reason = id, "夜间排污水", "河里有人排污水"
	a.Complaint = &act.ComplaintFacts{Hotline: hotline, Matter: "污水直排", Where: "巴公河西郜段"}
	return ledger.Complaining{Plan: "jincheng", Act: a, After: act.Complaint{}.After(a, a.At, a.On), Caller: caller}
}

// forgets is an act that erases who made a complaint.
func (w *world) forgets(id string, number, version int) ledger.Complaining {
	a := actAt(19, 10, clerk, act.Forget)
	a.ID, a.Reason = id, "诉求人要求"
	c, err := w.Complaint(w.ctx, "jincheng", number)
	if err != nil { // one that is judged before there is any
		c.Number, c.State = number, act.ComplaintNew
	}
	return ledger.Complaining{Plan: "jincheng", Act: a, Version: version, After: c.After(a, a.At, a.On)}
}

// complained: complaints come in all or none and once, are not written over what somebody else
// has written, and who made them is in no event, and in no table once it is erased.
func complained(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	holds := w.holds()
	take := func(all ...ledger.Complaining) []int {
		t.Helper()
		n, err := w.TakeIn(w.ctx, all, evening)
		w.ok(err)
		return n
	}
	w.is("numbered", take(takenIn("c1", "20210500001"), takenIn("c2", ""), takenIn("c3", "")), []int{1, 2, 3})
	w.is("the same acts again", take(takenIn("c1", "20210500001"), takenIn("c2", ""), takenIn("c3", "")), []int{1, 2, 3})
	w.is("the same number at the hotline", take(takenIn("other", "20210500001")), []int{1})
	w.is("each once", w.holds(), holds+3)
	other := takenIn("c4", "20210500001")
	other.After.Title = "另一件"
	_, err := w.TakeIn(w.ctx, []ledger.Complaining{takenIn("c5", ""), other}, evening)
	var taken *ledger.HotlineTakenError
	w.is("says otherwise", errors.As(err, &taken) && taken.Number == 1 && taken.Hotline == "20210500001", true)
	all, err := w.Complaints(w.ctx, "jincheng")
	w.ok(err)
	w.is("all or none", []any{len(all), all[2].Number, all[2].State, all[2].Version}, []any{3, 3, act.ComplaintNew, 1})

	who, err := w.Caller(w.ctx, "jincheng", 2)
	w.ok(err)
	w.is("who made it", who == caller, true)
	events, err := w.Events(w.ctx, ledger.EventFilter{Changes: true})
	w.ok(err)
	raw, err := json.Marshal(events)
	w.ok(err)
	for _, secret := range []string{caller.Name, caller.Phone, caller.Address} {
		w.is("in no event", strings.Contains(string(raw), secret), false)
	}

	a := actAt(18, 12, clerk, act.Sort)
	a.ID, a.Unit, a.Complaint = "s1", "shuiwu", &act.ComplaintFacts{Limit: "ordinary"}
	sorts := ledger.Complaining{Plan: "jincheng", Act: a, Version: 1, After: all[1].After(a, a.At, a.On)}
	w.ok(w.Complain(w.ctx, sorts, false, evening))
	w.ok(w.Complain(w.ctx, sorts, false, evening))
	sorts.Act.ID = "s2"
	w.is("written meanwhile", errors.Is(w.Complain(w.ctx, sorts, false, evening), ledger.ErrBehind), true)
	one, err := w.Complaint(w.ctx, "jincheng", 2)
	w.ok(err)
	w.is("as it is", []any{one.State, one.Version, one.Sorted[0].Unit}, []any{act.ComplaintSorted, 2, "shuiwu"})

	w.ok(w.Complain(w.ctx, w.forgets("f2", 2, 2), true, evening))
	again := w.forgets("f2", 2, 3)
	w.ok(w.Complain(w.ctx, again, true, evening))
	who, err = w.Caller(w.ctx, "jincheng", 2)
	w.ok(err)
	w.is("erased", who.None(), true)
	who, err = w.Caller(w.ctx, "jincheng", 3)
	w.ok(err)
	w.is("others stay", who == caller, true)
	_, err = w.Complaint(w.ctx, "jincheng", 9)
	w.is("none", errors.Is(err, ledger.ErrNotFound), true)
	_, err = w.Verify(w.ctx)
	w.ok(err)
	w.is("printed", strings.Contains(fmt.Sprintf("%+v", takenIn("x", "")), caller.Name), false)
}
