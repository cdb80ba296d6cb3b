package ledgertest

import (
	"errors"
	"testing"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// gather gathers the liaison's digest of the due day.
func (w *world) gather(resend func(string) bool) []ledger.Message {
	w.t.Helper()
	messages, err := w.Gather(w.ctx, digestOf(liaison, dueAt, 1).Key, speaks, resend)
	w.ok(err)
	return messages
}

func lateNotice(t *testing.T, address string) {
	w := newWorld(t, address, 3)
	w.decide("t0", dueStage)
	w.is("messages", len(w.gather(never)), 1)
	late, _ := w.decide("t1", dueStage)
	w.is("the late digest", late, []ledger.Digest{digestOf(liaison, dueAt, 2)})
	later, _ := w.decide("t2", dueStage)
	w.is("the later one", later, late)
	again, _ := w.decide("t0", dueStage)
	w.is("the first one again", again, []ledger.Digest{digestOf(liaison, dueAt, 1)})
	messages, err := w.Gather(w.ctx, late[0].Key, speaks, never)
	w.ok(err)
	w.is("items", len(messages[0].Items), 2)
}

func closedBetween(t *testing.T, address string) {
	w := newWorld(t, address, 4)
	for _, id := range []string{"t0", "t1", "t2"} {
		w.decide(id, dueStage)
	}
	w.ok(Verify(w.ctx, w.Store, "jincheng", "t0", "wang", "", "close", evening))
	if _, err := w.raw().Exec(`UPDATE tasks SET revision = 2 WHERE id = 't1'`); err != nil { // an extension was granted
		t.Fatal(err)
	}
	messages := w.gather(never)
	w.is("messages", len(messages), 1)
	w.is("items", len(messages[0].Items), 1)
	w.is("task", messages[0].Items[0].Task.ID, "t2")
	w.is("states", w.states(digestOf(liaison, dueAt, 1).Key), map[string]int{ledger.Dropped: 2, ledger.Sending: 1})
	w.is("events", w.last(3), []string{ledger.NoticeDropped, ledger.NoticeDropped, ledger.MessageIntent})

	w.decide("t3", urge)
	w.ok(Verify(w.ctx, w.Store, "jincheng", "t3", "wang", "", "close", evening))
	for range 2 {
		none, err := w.Gather(w.ctx, digestOf(head, urgeAt, 1).Key, speaks, always)
		w.ok(err)
		w.is("nothing left to say", len(none), 0)
	}
	if _, err := w.Gather(w.ctx, "none", speaks, never); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("no digest: %v", err)
	}
	w.holds()
}

func receipts(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	_, _, err := w.DecideStage(w.ctx, decision("t0", dueStage, "mail", "term"), evening)
	w.ok(err)
	messages := w.gather(never)
	w.is("channels", []string{messages[0].Channel, messages[1].Channel}, []string{"mail", "term"})
	w.is("digest", messages[0].Digest, digestOf(liaison, dueAt, 1))
	if messages[0].ID == messages[1].ID {
		t.Error("two channels, one Message-ID")
	}
	for range 2 {
		w.ok(w.Receipt(w.ctx, messages[0].ID, "", false, speaks))
	}
	w.ok(w.Receipt(w.ctx, messages[0].ID, "too late", true, speaks))
	w.is("events", w.last(4), []string{ledger.StageDecided, ledger.MessageIntent, ledger.MessageIntent, ledger.MessageSent})
	want := ledger.Notice{Effect: ledger.Effect{Task: "t0", Revision: 1, Stage: "due", Recipient: liaison, Channel: "mail"}, Plan: "jincheng",
		Kind: dueStage.Kind, Light: dueStage.Light, SpeakAt: dueAt, Digest: digestOf(liaison, dueAt, 1).Key, State: ledger.Sent, Message: messages[0].ID, SentAt: speaks.Real}
	notices, err := w.Notices(w.ctx, ledger.NoticeFilter{Digest: want.Digest})
	w.ok(err)
	w.is("sent", notices[0], want)
	want.Channel, want.State, want.Message, want.SentAt = "term", ledger.Sending, messages[1].ID, notices[1].SentAt
	w.is("still sending", notices[1], want)

	again := w.gather(always)
	w.is("given again", again, messages[1:])
	w.ok(w.Receipt(w.ctx, again[0].ID, "", false, speaks))
	w.is("nothing more", len(w.gather(always)), 0)
	if err := w.Receipt(w.ctx, "none", "", false, speaks); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a receipt for no message: %v", err)
	}
	w.holds()
}

func refusal(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	w.decide("t0", dueStage)
	w.decide("t1", dueStage)
	m := w.gather(never)[0]
	for range 2 {
		w.ok(w.Receipt(w.ctx, m.ID, "550 no\x00 such user", true, speaks))
	}
	w.ok(w.Receipt(w.ctx, m.ID, "", false, speaks))
	w.is("messages", len(w.gather(always)), 0)
	w.is("states", w.states(m.Digest.Key), map[string]int{ledger.Failed: 2})
	w.is("events", w.last(2), []string{ledger.MessageIntent, ledger.MessageFailed})
}

func putOff(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	w.decide("t0", dueStage)
	w.decide("t1", dueStage)
	first := w.gather(never)[0]
	for range 2 {
		w.ok(w.Receipt(w.ctx, first.ID, "connection refused", false, speaks))
	}
	w.is("states", w.states(first.Digest.Key), map[string]int{ledger.Sending: 2})
	w.ok(Verify(w.ctx, w.Store, "jincheng", "t0", "wang", "", "close", speaks))
	second := w.gather(never)
	w.is("messages", len(second), 1)
	w.is("same message", second[0].ID, first.ID)
	w.is("less to say", len(second[0].Items), 1)
	w.ok(w.Receipt(w.ctx, first.ID, "connection refused", false, speaks))
	w.ok(Verify(w.ctx, w.Store, "jincheng", "t1", "wang", "", "close", speaks))
	w.is("nothing to say", len(w.gather(never)), 0)
	w.is("states at last", w.states(first.Digest.Key), map[string]int{ledger.Dropped: 2})
	w.is("events", w.last(8), []string{ledger.MessageIntent, ledger.MessageDeferred, ledger.ActKind(act.Verify),
		ledger.NoticeDropped, ledger.MessageIntent, ledger.MessageDeferred, ledger.ActKind(act.Verify), ledger.NoticeDropped})
}

func unknown(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	w.decide("t0", dueStage)
	m := w.gather(never)[0]
	for range 2 { // the process that was to send it is gone
		w.is("messages", len(w.gather(never)), 0)
	}
	w.is("states", w.states(m.Digest.Key), map[string]int{ledger.Unknown: 1})
	w.is("events", w.last(2), []string{ledger.MessageIntent, ledger.MessageUnknown})
	w.ok(w.Receipt(w.ctx, m.ID, "connection refused", false, speaks))
	w.is("it stays unknown", w.states(m.Digest.Key), map[string]int{ledger.Unknown: 1})
	w.ok(w.Receipt(w.ctx, m.ID, "", false, speaks))
	w.is("it was sent after all", w.states(m.Digest.Key), map[string]int{ledger.Sent: 1})
	w.holds()
}

func itemsAround(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	soon := sampleTask("a-soon")
	soon.Plan, soon.Duty, soon.Due, soon.Stages = "jincheng", "d", due.AddDays(-1), []plan.Stage{dueStage, {ID: "same-instant", Kind: plan.Remind, At: dueAt}}
	_, err := w.AddOccurrence(w.ctx, soon, evening)
	w.ok(err)
	for _, id := range []string{"t1", "t0", "a-soon"} {
		w.decide(id, dueStage)
	}
	w.decide("t1", urge) // a digest that comes late still tells the stage that comes next
	items := w.gather(never)[0].Items
	w.is("next, decided already", items[2].Next, &urge)
	w.is("order", []string{items[0].Task.ID, items[1].Task.ID, items[2].Task.ID}, []string{"a-soon", "t0", "t1"})
	w.is("next", items[1].Next, &urge)
	if items[0].Next != nil {
		t.Errorf("next of a task at its ladder's end: %v", items[0].Next)
	}
	want := standing("t0")
	want.Light, want.LastStage = dueStage.Light, "due"
	w.is("task", items[1].Task, want)

	_, opens := w.decide("t0", talk)
	messages, err := w.Gather(w.ctx, digestOf(head, talkAt, 1).Key, speaks, never)
	w.ok(err)
	w.is("the talk its stage called for", messages[0].Items[0].Talk, opens)
	if messages[0].Items[0].Next != nil {
		t.Errorf("next after the last stage: %v", messages[0].Items[0].Next)
	}
}

func messageEvents(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	w.decide("t0", dueStage)
	id := w.gather(never)[0].ID
	w.ok(w.Receipt(w.ctx, id, "451 later", false, speaks))
	w.is("again", len(w.gather(never)), 1)
	w.ok(w.Receipt(w.ctx, id, "", false, speaks))
	w.decide("t1", urge) // another message's events are not among them
	events, err := w.MessageEvents(w.ctx, []string{id, "nothing"})
	w.ok(err)
	var kinds []string
	for i, e := range events {
		kinds = append(kinds, e.Kind)
		if i > 0 && e.Seq <= events[i-1].Seq {
			t.Errorf("event %d after %d", e.Seq, events[i-1].Seq)
		}
	}
	w.is("kinds", kinds, []string{ledger.MessageIntent, ledger.MessageDeferred, ledger.MessageIntent, ledger.MessageSent})
	none, err := w.MessageEvents(w.ctx, nil)
	w.ok(err)
	w.is("of no message", len(none), 0)
}
