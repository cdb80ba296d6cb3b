package ledgertest

import (
	"errors"
	"fmt"
	"testing"

	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// mornings: digests of one instant share a morning until it has fifty or is closed;
// one that is closed gives what it still has to say, again and again.
func mornings(t *testing.T, address string) {
	w := newWorld(t, address, 3)
	all := dueStage
	all.To = nil
	for i := range 60 {
		all.To = append(all.To, people.Recipient{Unit: fmt.Sprintf("unit%02d", i), Role: people.Liaison})
	}
	digests, _ := w.decide("t0", all)
	of := map[string]int{}
	var keys []string
	for _, d := range digests {
		of[d.Morning]++
		if d.Started {
			t.Errorf("%s counts as started", d.Key)
		}
		if of[d.Morning] == 1 {
			keys = append(keys, d.Morning)
		}
	}
	w.is("mornings", of, map[string]int{keys[0]: 50, keys[1]: 10})

	w.ok(w.MarkStarted(w.ctx, []string{digests[0].Key}))
	more, _ := w.decide("t1", dueStage) // one more recipient joins the second, which is not known to be started
	w.is("the next", more[0].Morning, keys[1])
	w.is("not started", more[0].Started, false)
	w.ok(w.MarkStarted(w.ctx, []string{more[0].Key}))
	again, _ := w.decide("t2", dueStage)
	w.is("started with its morning", len(again), 0)

	// Of a morning that has nothing to say no comparison looks for the workflow, which may be lost:
	// whoever adds something starts it, also when asked again.
	empty := dueStage
	empty.ID, empty.At, empty.To = "empty", dueStage.At.AddDate(0, 0, 1), []people.Recipient{{Unit: "unit00", Role: people.Liaison}}
	said, _ := w.decide("t0", empty)
	w.ok(w.MarkStarted(w.ctx, []string{said[0].Key}))
	messages, err := w.Gather(w.ctx, said[0].Key, speaks, func(string, []ledger.Item) bool { return true })
	w.ok(err)
	w.ok(w.Receipt(w.ctx, ledger.Outcome{Message: messages[0].ID, Attempt: 1, Fate: ledger.Delivered}, speaks))
	empty.To[0].Unit = "unit01"
	for range 2 {
		added, _ := w.decide("t1", empty)
		w.is("added", len(added), 1)
		w.is("to the same morning", added[0].Morning, said[0].Morning)
		w.is("not started", added[0].Started, false)
		said = added
	}
	w.ok(w.MarkStarted(w.ctx, []string{said[0].Key}))
	empty.To[0].Unit = "unit02"
	added, _ := w.decide("t2", empty)
	w.is("started with what waits there", len(added), 0)

	// What only rides has no voice of its own: its morning closes without it, and what is said later of the
	// same instant to the same recipient is another morning's.
	rides := empty
	rides.ID, rides.At, rides.To = "rides", dueStage.At.AddDate(0, 0, 2), []people.Recipient{{Unit: "unit03", Role: people.Liaison}}
	w.is("rides", len(w.placed("t0", rides, func(plan.Stage, people.Recipient, []plan.Heard) plan.Placed {
		return plan.Placed{In: rides.At, Rides: true}
	})), 0)
	other := rides
	other.To = []people.Recipient{{Unit: "unit04", Role: people.Liaison}}
	spoken, _ := w.decide("t1", other)
	w.ok(w.MarkStarted(w.ctx, []string{spoken[0].Key}))
	_, err = w.CloseMorning(w.ctx, spoken[0].Morning, speaks)
	w.ok(err)
	later, _ := w.decide("t2", rides)
	w.is("said later", len(later), 1)
	w.is("in a morning of its own", later[0].Morning == spoken[0].Morning, false)

	left, err := w.CloseMorning(w.ctx, keys[1], speaks)
	w.ok(err)
	w.is("what it says", len(left), 11)
	late := all
	late.ID = "late"
	late.To = []people.Recipient{{Unit: "another", Role: people.Liaison}, liaison}
	digests, _ = w.decide("t0", late)
	for _, d := range digests {
		switch d.Recipient {
		case liaison: // its digest is not gathered yet
			w.is("with the others", d.Morning, keys[1])
		default:
			w.is("the next morning", d.Morning == keys[0] || d.Morning == keys[1], false)
		}
	}
	for _, d := range left[:5] {
		messages, err := w.Gather(w.ctx, d.Key, speaks, func(string, []ledger.Item) bool { return true })
		w.ok(err)
		w.ok(w.Receipt(w.ctx, ledger.Outcome{Message: messages[0].ID, Attempt: 1, Fate: ledger.Delivered}, speaks))
	}
	left, err = w.CloseMorning(w.ctx, keys[1], speaks)
	w.ok(err)
	w.is("what is left", len(left), 6)
	waits, err := w.MorningWaits(w.ctx, keys[1])
	w.ok(err)
	w.is("it waits", waits, true)
	if _, err := w.CloseMorning(w.ctx, "none", speaks); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a morning that is not there: %v", err)
	}
}
