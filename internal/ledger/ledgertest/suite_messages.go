package ledgertest

import (
	"errors"
	"testing"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// receipt records what a try of a message came to.
func (w *world) receipt(id string, attempt int, fate ledger.Fate, failure string) error {
	return w.Receipt(w.ctx, ledger.Outcome{Message: id, Attempt: attempt, Fate: fate, Error: failure}, speaks)
}

// gather gathers the liaison's digest of the due day.
func (w *world) gather(again func(string, []ledger.Item) bool) []ledger.Message {
	w.t.Helper()
	messages, err := w.Gather(w.ctx, digestOf(liaison, dueAt, 1).Key, speaks, again)
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
	row, err := w.Task(w.ctx, "jincheng", "t1")
	w.ok(err)
	extended := row.Facts
	extended.Due, extended.Said = due.AddDays(30), nil
	grant := act.Act{ID: "g", Kind: act.Grant, By: act.Actor{Account: "wang", Unit: "shuizhiban"}, At: evening.Plan}
	_, _, err = w.Act(w.ctx, ledger.Acted{Plan: "jincheng", Task: "t1", Act: grant, Version: row.Version, Facts: extended}, evening)
	w.ok(err)
	messages := w.gather(never)
	w.is("messages", len(messages), 1)
	w.is("items", len(messages[0].Items), 1)
	w.is("task", messages[0].Items[0].Task.ID, "t2")
	w.is("states", w.states(digestOf(liaison, dueAt, 1).Key), map[ledger.NoticeState]int{ledger.Dropped: 2, ledger.Sending: 1})
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
	_, _, err := Decide(w.ctx, w.Store, decision("t0", dueStage, "mail", "term"), evening)
	w.ok(err)
	messages := w.gather(never)
	w.is("channels", []string{messages[0].Channel, messages[1].Channel}, []string{"mail", "term"})
	w.is("digest", messages[0].Digest, digestOf(liaison, dueAt, 1))
	if messages[0].ID == messages[1].ID {
		t.Error("two channels, one Message-ID")
	}
	for range 2 {
		w.ok(w.receipt(messages[0].ID, 1, ledger.Delivered, ""))
	}
	w.ok(w.receipt(messages[0].ID, 1, ledger.Refused, "too late"))
	w.is("events", w.last(4), []string{ledger.StageDecided, ledger.MessageIntent, ledger.MessageIntent, ledger.MessageSent})
	want := ledger.Notice{Effect: ledger.Effect{Task: "t0", Stage: "due", Recipient: liaison, Channel: "mail"}, Plan: "jincheng",
		Kind: dueStage.Kind, Light: dueStage.Light, SpeakAt: dueAt, Digest: digestOf(liaison, dueAt, 1).Key, State: ledger.Sent, Message: messages[0].ID, SentAt: speaks.Real}
	notices, err := w.Notices(w.ctx, ledger.NoticeFilter{Digest: want.Digest})
	w.ok(err)
	w.is("sent", notices[0], want)
	want.Channel, want.State, want.Message, want.SentAt = "term", ledger.Sending, messages[1].ID, notices[1].SentAt
	w.is("still sending", notices[1], want)

	again := w.gather(always)
	messages[1].Attempt = 2
	w.is("given again", again, messages[1:])
	w.ok(w.receipt(again[0].ID, 2, ledger.Delivered, ""))
	w.is("nothing more", len(w.gather(always)), 0)
	if err := w.receipt("none", 1, ledger.Delivered, ""); !errors.Is(err, ledger.ErrNotFound) {
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
		w.ok(w.receipt(m.ID, 1, ledger.Refused, "550 no\x00 such user"))
	}
	w.ok(w.receipt(m.ID, 1, ledger.Delivered, ""))
	w.is("messages", len(w.gather(always)), 0)
	w.is("states", w.states(m.Digest.Key), map[ledger.NoticeState]int{ledger.Failed: 2})
	w.is("events", w.last(2), []string{ledger.MessageIntent, ledger.MessageFailed})
}

func putOff(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	w.decide("t0", dueStage)
	w.decide("t1", dueStage)
	first := w.gather(never)[0]
	for range 2 {
		w.ok(w.receipt(first.ID, 1, ledger.PutOff, "connection refused"))
	}
	w.is("states", w.states(first.Digest.Key), map[ledger.NoticeState]int{ledger.Sending: 2})
	w.ok(Verify(w.ctx, w.Store, "jincheng", "t0", "wang", "", "close", speaks))
	second := w.gather(never)
	w.is("messages", len(second), 1)
	w.is("same message", second[0].ID, first.ID)
	w.is("less to say", len(second[0].Items), 1)
	w.ok(w.receipt(first.ID, 2, ledger.PutOff, "connection refused"))
	w.ok(Verify(w.ctx, w.Store, "jincheng", "t1", "wang", "", "close", speaks))
	w.is("nothing to say", len(w.gather(never)), 0)
	w.is("states at last", w.states(first.Digest.Key), map[ledger.NoticeState]int{ledger.Dropped: 2})
	w.is("events", w.last(9), []string{ledger.MessageIntent, ledger.MessageDeferred, ledger.ActKind(act.Verify),
		ledger.NoticeDropped, ledger.MessageIntent, ledger.MessageDeferred, ledger.ActKind(act.Verify), ledger.NoticeDropped, ledger.DigestGathered})
}

func unknown(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	w.decide("t0", dueStage)
	m := w.gather(never)[0]
	w.ok(w.Leaving(w.ctx, m.ID, 1, speaks))
	for range 2 { // the process that was to send it is gone
		w.is("messages", len(w.gather(never)), 0)
	}
	w.is("states", w.states(m.Digest.Key), map[ledger.NoticeState]int{ledger.Unknown: 1})
	w.is("events", w.last(3), []string{ledger.MessageIntent, ledger.MessageLeaving, ledger.MessageUnknown})
	w.ok(w.receipt(m.ID, 1, ledger.PutOff, "connection refused"))
	w.is("it stays unknown", w.states(m.Digest.Key), map[ledger.NoticeState]int{ledger.Unknown: 1})
	w.ok(w.receipt(m.ID, 1, ledger.Delivered, ""))
	w.is("it was sent after all", w.states(m.Digest.Key), map[ledger.NoticeState]int{ledger.Sent: 1})
	w.holds()
}

// A try that ended before its last byte leaves no doubt: the message is given again, as if
// it had not been tried.
func notLeft(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	w.decide("t0", dueStage)
	first := w.gather(never)[0]
	again := w.gather(never)[0]
	w.is("the same message", []any{again.ID, again.Attempt, again.Doubts}, []any{first.ID, 2, 0})
	if err := w.Leaving(w.ctx, first.ID, 1, speaks); !errors.Is(err, ledger.ErrOvertaken) {
		t.Errorf("the first try may still send: %v", err)
	}
	w.ok(w.Leaving(w.ctx, again.ID, 2, speaks))
	if err := w.Leaving(w.ctx, again.ID, 2, speaks); !errors.Is(err, ledger.ErrOvertaken) {
		t.Errorf("one try leaves twice: %v", err)
	}
	w.ok(w.receipt(first.ID, 1, ledger.PutOff, "cut off"))
	w.is("an overtaken try's word counts for nothing", w.states(first.Digest.Key), map[ledger.NoticeState]int{ledger.Sending: 1})
	w.ok(w.receipt(again.ID, 2, ledger.Delivered, ""))
	w.is("states", w.states(first.Digest.Key), map[ledger.NoticeState]int{ledger.Sent: 1})
	w.is("events", w.last(4), []string{ledger.MessageIntent, ledger.MessageIntent, ledger.MessageLeaving, ledger.MessageSent})
	w.holds()
}

// A try of unknown fate is followed by another, and the notices say that they may have
// arrived twice.
func doubtful(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	w.decide("t0", dueStage)
	w.decide("t1", dueStage)
	first := w.gather(never)[0]
	w.ok(w.Leaving(w.ctx, first.ID, 1, speaks))
	for range 2 {
		w.ok(w.Receipt(w.ctx, ledger.Outcome{Message: first.ID, Attempt: 1, Fate: ledger.Doubtful, Error: "cut off", Again: true}, speaks))
	}
	w.is("not given up", w.states(first.Digest.Key), map[ledger.NoticeState]int{ledger.Sending: 2})
	waits, err := w.DigestWaits(w.ctx, first.Digest.Key)
	w.ok(err)
	w.is("it has something to say still", waits, true)
	w.ok(Verify(w.ctx, w.Store, "jincheng", "t0", "wang", "", "close", speaks))
	again := w.gather(always)[0]
	w.is("again, with all it said", []any{again.ID, again.Attempt, again.Doubts, len(again.Items)}, []any{first.ID, 2, 1, 2})
	w.ok(w.Leaving(w.ctx, again.ID, 2, speaks))
	w.ok(w.receipt(again.ID, 2, ledger.Delivered, ""))
	notices, err := w.Notices(w.ctx, ledger.NoticeFilter{Digest: first.Digest.Key})
	w.ok(err)
	w.is("it may have arrived twice", []any{notices[0].State, notices[0].Twice, notices[1].Twice}, []any{ledger.Sent, true, true})
	all, err := w.Messages(w.ctx, ledger.MessageFilter{Plan: "jincheng"})
	w.ok(err)
	w.is("list", all, []ledger.MessageInfo{{ID: first.ID, Plan: "jincheng", Digest: first.Digest.Key, Recipient: liaison, SpeakAt: dueAt,
		Channel: "mail", State: ledger.Sent, Attempt: 2, Doubts: 1, Notices: 2}})

	w.decide("t1", urge)
	gone, err := w.Gather(w.ctx, digestOf(head, urgeAt, 1).Key, speaks, always)
	w.ok(err)
	w.ok(w.Leaving(w.ctx, gone[0].ID, 1, speaks))
	w.ok(Verify(w.ctx, w.Store, "jincheng", "t1", "wang", "", "close", speaks))
	none, err := w.Gather(w.ctx, digestOf(head, urgeAt, 1).Key, speaks, always)
	w.ok(err)
	w.is("what is no longer true is not said again", len(none), 0)
	w.is("nor dropped: it may have been said", w.states(digestOf(head, urgeAt, 1).Key), map[ledger.NoticeState]int{ledger.Unknown: 1})
	w.holds()
}

// The office sends a refused message again, and ends one that cannot be sent.
func byHand(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	w.decide("t0", dueStage)
	m := w.gather(never)[0]
	w.ok(w.receipt(m.ID, 1, ledger.Refused, "550 5.1.1"))
	for range 2 {
		digest, resent, err := w.Resend(w.ctx, m.ID, "wang", speaks)
		w.ok(err)
		w.is("resent", []any{digest, resent}, []any{m.Digest.Key, true})
	}
	again := w.gather(never)[0]
	w.is("again", []any{again.ID, again.Attempt, again.Doubts}, []any{m.ID, 2, 0})
	w.ok(w.receipt(m.ID, 2, ledger.Refused, "550 5.1.1"))
	for i := range 2 {
		dropped, err := w.DropMessage(w.ctx, m.ID, "wang", "离任", speaks)
		w.ok(err)
		w.is("dropped", dropped, i == 0)
	}
	_, resent, err := w.Resend(w.ctx, m.ID, "wang", speaks)
	w.ok(err)
	w.is("what is ended stays so", resent, false)
	w.is("states", w.states(m.Digest.Key), map[ledger.NoticeState]int{ledger.Dropped: 1})
	w.is("events", w.last(5), []string{ledger.MessageResent, ledger.MessageIntent, ledger.MessageFailed, ledger.NoticeDropped, ledger.MessageDropped})
	events, err := w.MessageEvents(w.ctx, []string{m.ID})
	w.ok(err)
	w.is("all of them are the message's", len(events), 6)
	w.is("by whom", events[5].Actor, "wang")
	for name, f := range map[string]ledger.MessageFilter{
		"by the beginning of its ID": {ID: m.ID[:8]}, "by its morning": {From: dueAt, Before: dueAt.Add(time.Hour)}, "by its state": {States: []ledger.NoticeState{ledger.Dropped}},
	} {
		found, err := w.Messages(w.ctx, f)
		w.ok(err)
		w.is(name, len(found), 1)
	}
	for name, f := range map[string]ledger.MessageFilter{
		"no such ID": {ID: "nothing"}, "another morning": {From: dueAt.Add(time.Hour)}, "before it": {Before: dueAt}, "unsettled": {States: ledger.Unsettled}, "of another plan": {Plan: "other"},
	} {
		found, err := w.Messages(w.ctx, f)
		w.ok(err)
		w.is(name, len(found), 0)
	}
	w.holds()
}

// An announcement is a digest of its own beside the notices of that instant.
func announcement(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	w.decide("t0", dueStage)
	a := ledger.Announcement{Name: "alarm", Plan: "jincheng", Recipient: liaison, SpeakAt: dueAt, Channels: []string{"mail"}, Words: []byte(`{"say":"something"}`)}
	var key string
	for range 2 {
		d, err := w.Announce(w.ctx, a, evening)
		w.ok(err)
		w.is("number", d.Number, 2)
		key = d.Key
	}
	at, err := ledger.SpeakingTime(key)
	w.ok(err)
	w.is("speaks", at, dueAt)
	messages, err := w.Gather(w.ctx, key, speaks, never)
	w.ok(err)
	w.is("messages", []any{len(messages), string(messages[0].Words), messages[0].Channel}, []any{1, `{"say":"something"}`, "mail"})
	w.ok(w.receipt(messages[0].ID, 1, ledger.PutOff, "451"))
	messages, err = w.Gather(w.ctx, key, speaks, never)
	w.ok(err)
	w.ok(w.receipt(messages[0].ID, 2, ledger.Delivered, ""))
	messages, err = w.Gather(w.ctx, key, speaks, never)
	w.ok(err)
	w.is("said", len(messages), 0)
	w.is("the notices of that instant", len(w.gather(never)[0].Items), 1)
	late, _ := w.decide("t0", dueStage)
	w.is("their digest", late[0].Number, 1)

	a.Name = "other"
	d, err := w.Announce(w.ctx, a, evening)
	w.ok(err)
	messages, err = w.Gather(w.ctx, d.Key, speaks, never)
	w.ok(err)
	w.ok(w.receipt(messages[0].ID, 1, ledger.PutOff, "451"))
	waits, err := w.DigestWaits(w.ctx, d.Key)
	w.ok(err)
	w.is("it waits for its next try", waits, true)
	for range 2 {
		w.ok(w.Unsay(w.ctx, d.Key, speaks))
	}
	waits, err = w.DigestWaits(w.ctx, d.Key)
	w.ok(err)
	w.is("what is not true any more waits for nothing", waits, false)
	messages, err = w.Gather(w.ctx, d.Key, speaks, never)
	w.ok(err)
	w.is("nor is it said", len(messages), 0)
	w.holds()
}

// What the first worker is set to applies until a person decides otherwise.
func officeDecides(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	decided := func() map[string]string {
		got, err := w.Office(w.ctx)
		w.ok(err)
		return got
	}
	w.is("nothing yet", len(decided()), 0)
	before := w.holds() + 1
	w.ok(w.ProposeOffice(w.ctx, ledger.OfficeChannels, "smtp", evening))
	w.ok(w.ProposeOffice(w.ctx, ledger.OfficeChannels, "outbox", evening))
	w.is("the first", decided(), map[string]string{ledger.OfficeChannels: "smtp"})
	w.is("once", w.holds(), before)
	for range 2 {
		was, err := w.SetOffice(w.ctx, ledger.OfficeChannels, "outbox", "wang", evening)
		w.ok(err)
		w.is("what was decided", was == "smtp" || was == "outbox", true)
	}
	w.is("decided", decided(), map[string]string{ledger.OfficeChannels: "outbox"})
	w.is("once", w.holds(), before+1)
	w.is("events", w.last(1), []string{ledger.OfficeSet})
	if _, err := w.SetOffice(w.ctx, "colour", "red", "wang", evening); err == nil {
		t.Error("the office decides no colour")
	}
}

func itemsAround(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	soon := sampleTask("a-soon")
	soon.Plan, soon.Duty, soon.Due = "jincheng", "d", due.AddDays(-1)
	_, err := w.OpenTask(w.ctx, soon, evening)
	w.ok(err)
	for _, id := range []string{"t1", "t0", "a-soon"} {
		w.decide(id, dueStage)
	}
	items := w.gather(never)[0].Items
	w.is("order", []string{items[0].Task.ID, items[1].Task.ID, items[2].Task.ID}, []string{"a-soon", "t0", "t1"})
	w.is("what speaks", *items[1].Stage, dueStage)
	want := standing("t0")
	want.Light, want.LastStage, want.Version = dueStage.Light, "due", 2
	want.Facts = beijing.Say(want.Facts, dueStage)
	w.is("task", items[1].Task, want)

	_, opens := w.decide("t0", talk)
	messages, err := w.Gather(w.ctx, digestOf(head, talkAt, 1).Key, speaks, never)
	w.ok(err)
	w.is("the talk its stage called for", messages[0].Items[0].Talk, opens)
}

func messageEvents(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	w.decide("t0", dueStage)
	id := w.gather(never)[0].ID
	w.ok(w.receipt(id, 1, ledger.PutOff, "451 later"))
	w.is("again", len(w.gather(never)), 1)
	w.ok(w.receipt(id, 2, ledger.Delivered, ""))
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

// The office changes its channel from outbox to smtp: a recipient of notices that were
// decided for the outbox gets one mail with these and with what was decided since.
func channelsOfBefore(t *testing.T, address string) {
	w := newWorld(t, address, 5)
	by := func(task string, s plan.Stage, channels ...string) {
		_, _, err := Decide(w.ctx, w.Store, decision(task, s, channels...), evening)
		w.ok(err)
	}
	by("t0", dueStage, "outbox")
	by("t3", urge, "outbox", "file")
	_, err := w.SetOffice(w.ctx, ledger.OfficeChannels, "smtp,second", "wang", evening)
	w.ok(err)
	by("t1", dueStage, "smtp")
	by("t2", dueStage, "outbox", "smtp")
	by("t4", dueStage, "second")
	told := func(m ledger.Message) (all []string) {
		for _, it := range m.Items {
			all = append(all, it.Task.ID+" "+it.Notice.Channel)
		}
		return all
	}
	key := digestOf(liaison, dueAt, 1).Key
	for attempt := 1; attempt <= 2; attempt++ {
		messages := w.gather(never)
		w.is("one for each channel of now", []any{len(messages), messages[0].Channel, messages[1].Channel}, []any{2, "second", "smtp"})
		w.is("all by mail", told(messages[1]), []string{"t0 outbox", "t1 smtp", "t2 outbox"})
		w.is("again where it has not left", messages[1].Attempt, attempt)
	}
	w.is("the same word is said once", w.states(key), map[ledger.NoticeState]int{ledger.Sending: 4, ledger.Dropped: 1})
	messages := w.gather(never)
	w.ok(w.Leaving(w.ctx, messages[1].ID, 3, speaks))
	w.ok(w.receipt(messages[1].ID, 3, ledger.Delivered, ""))
	w.is("sent", w.states(key), map[ledger.NoticeState]int{ledger.Sent: 3, ledger.Dropped: 1, ledger.Sending: 1})
	listed, err := w.Messages(w.ctx, ledger.MessageFilter{ID: messages[1].ID})
	w.ok(err)
	w.is("with what it said", listed[0].Notices, 3)
	none := w.gather(never)
	w.is("it is not said again", []any{len(none), none[0].Channel}, []any{1, "second"})

	both := digestOf(head, urgeAt, 1).Key
	messages, err = w.Gather(w.ctx, both, speaks, never)
	w.ok(err)
	w.is("of two channels that have gone one mail", []any{len(messages), told(messages[0])}, []any{1, []string{"t3 file"}})
	w.holds()
}
