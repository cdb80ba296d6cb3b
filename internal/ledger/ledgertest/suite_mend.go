package ledgertest

import (
	"testing"

	"duban/internal/calendar"
	"duban/internal/ledger"
)

// dutyEnds: a duty ends and opens again, each once; the counts of Verify agree.
func dutyEnds(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	for range 2 {
		w.ok(w.EndDuty(w.ctx, "jincheng", "d", speaks))
	}
	duty, err := w.Task(w.ctx, "jincheng", "d")
	w.ok(err)
	w.is("state", duty.State, ledger.TaskEnded)
	w.ok(w.EndDuty(w.ctx, "jincheng", "t0", speaks))
	for range 2 {
		w.ok(w.ReopenDuty(w.ctx, "jincheng", "d", speaks))
	}
	w.ok(w.EndDuty(w.ctx, "jincheng", "d", speaks))
	w.is("events", w.last(3), []string{ledger.DutyEnded, ledger.DutyReopened, ledger.DutyEnded})
	task, err := w.Task(w.ctx, "jincheng", "t0")
	w.ok(err)
	w.is("a task is not ended", task.State, ledger.TaskOpen)
	w.is("no occurrence", duty.Facts.Opened, calendar.Day{})
	_, err = w.Verify(w.ctx)
	w.ok(err)
}

// unspokenDoubted: what a digest has to say is known until it is said, and can be
// marked as unknown when its workflow has spoken.
func unspokenDoubted(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	w.decide("t0", dueStage)
	w.decide("t1", dueStage)
	key := digestOf(liaison, dueAt, 1).Key
	digests, err := w.Unspoken(w.ctx, "jincheng")
	w.ok(err)
	w.is("unspoken", digests, []ledger.Digest{digestOf(liaison, dueAt, 1)})
	for range 2 {
		again, err := w.Doubt(w.ctx, key, speaks)
		w.ok(err)
		w.is("nothing is to be said again", again, false)
	}
	waits, err := w.DigestWaits(w.ctx, key)
	w.ok(err)
	w.is("it waits no more", waits, false)
	notices, err := w.Notices(w.ctx, ledger.NoticeFilter{Plan: "jincheng", States: []ledger.NoticeState{ledger.Unknown}})
	w.ok(err)
	w.is("unknown notices", len(notices), 2)
	messages, err := w.Messages(w.ctx, ledger.MessageFilter{Plan: "jincheng"})
	w.ok(err)
	w.is("one message", len(messages), 1)
	w.is("its events", w.last(1), []string{ledger.MessageUnknown})
	_, resent, err := w.Resend(w.ctx, messages[0].ID, "wang", speaks)
	w.ok(err)
	w.is("a person lets it go", resent, true)
	again, err := w.Doubt(w.ctx, key, speaks)
	w.ok(err)
	w.is("it is to be said again", again, true)
	_, err = w.Verify(w.ctx)
	w.ok(err)
}

// graceKept: how late a stage may be before the audit tells the office comes back with the
// plan.
func graceKept(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	l := w.plan
	l.Plan.ID, l.Grace = "other", 123456789
	_, err := w.AddPlan(w.ctx, l, nil, before)
	w.ok(err)
	got, err := w.Plan(w.ctx, "other")
	w.ok(err)
	w.is("grace", got.Grace, l.Grace)
}
