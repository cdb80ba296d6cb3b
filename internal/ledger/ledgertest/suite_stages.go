package ledgertest

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

func decideOnce(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	d := decision("t0", talk, "term", "mail", "mail")
	d.Channels[people.Recipient{Unit: "empty", Role: people.Head}] = nil
	wantDigests := []ledger.Digest{digestOf(head, talkAt, 1), digestOf(office, talkAt, 1)}
	wantTalk := &ledger.Talk{ID: "t0#1", Plan: "jincheng", Task: "t0", Number: 1, Version: 1, Lead: "shuiwu", State: act.TalkPending, OpensAt: talkAt, What: plan.ProposeTalk, Origin: act.Origin{Kind: act.OriginStage}}
	for range 3 {
		digests, opens, err := Decide(w.ctx, w.Store, d, evening)
		w.ok(err)
		w.is("digests", digests, wantDigests)
		w.is("talk", opens, wantTalk)
	}
	w.ok(w.MarkStarted(w.ctx, []string{wantDigests[0].Key}))
	digests, opens, err := Decide(w.ctx, w.Store, d, speaks)
	w.ok(err)
	w.is("started with their morning", len(digests), 0)
	w.is("talk", opens, wantTalk)
	digests, _ = w.decide("t1", talk)
	w.is("another task's digests", len(digests), 0)

	notices, err := w.Notices(w.ctx, ledger.NoticeFilter{Plan: "jincheng", Task: "t0", States: []ledger.NoticeState{ledger.Pending, ledger.Sent}})
	w.ok(err)
	var want []ledger.Notice
	for _, g := range wantDigests {
		for _, c := range []string{"mail", "term"} {
			want = append(want, ledger.Notice{Effect: ledger.Effect{Task: "t0", Stage: "talk", Recipient: g.Recipient, Channel: c},
				Plan: "jincheng", Kind: plan.Talk, Light: plan.Red, SpeakAt: talkAt, Digest: g.Key, State: ledger.Pending})
		}
	}
	w.is("notices", notices, want)
	w.is("effect", notices[0].Key(), "jincheng/t0/r0/talk/shuiwu/head/mail")

	task, err := w.Task(w.ctx, "jincheng", "t0")
	w.ok(err)
	wantTask := standing("t0")
	wantTask.Light, wantTask.LastStage, wantTask.Version = plan.Red, "talk", 2
	wantTask.Facts = beijing.Say(wantTask.Facts, talk)
	w.is("task", task, wantTask)
	stages, err := w.Stages(w.ctx, "jincheng", "t0")
	w.ok(err)
	w.is("stages", stages, []ledger.Stage{{Plan: "jincheng", Task: "t0", Stage: talk, State: ledger.Decided, DecidedAt: evening.Plan,
		Scene: ledger.Scene{Title: "黑臭水体整治 t0", Unit: "shuiwu", Due: due}}})
	w.is("events", w.last(3), []string{ledger.PlanLaunched, ledger.StageDecided, ledger.StageDecided})

	events, err := w.Events(w.ctx, ledger.EventFilter{Plan: "jincheng", Task: "t0", Limit: 1})
	w.ok(err)
	e := events[0]
	w.is("event", []any{e.Seq, e.Key, e.Kind, e.Actor, e.Real, e.PlanAt}, []any{int64(2), "jincheng/t0/r0/talk", ledger.StageDecided, ledger.Engine, evening.Real, evening.Plan})
	var data struct {
		Stage plan.Stage
		Opens string
	}
	w.ok(json.Unmarshal(e.Data, &data))
	w.is("event's stage", data.Stage, talk)
	w.is("event's talk", data.Opens, "t0#1")
}

// decideBehind: what follows from other facts than the ledger's is not decided.
func decideBehind(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	w.ok(Verify(w.ctx, w.Store, "jincheng", "t0", "wang", "", "close", evening))
	w.decide("t1", dueStage)
	end := w.holds()
	old := decision("t1", talk, "mail")
	old.Version, old.Facts = 1, standing("t1").Facts
	closed := decision("t0", talk, "mail")
	closed.Version = 2
	bare := decision("t1", talk, "mail") // taken for one made before
	bare.Version = 2
	for _, d := range []ledger.Decision{closed, old, bare} {
		if _, _, err := w.DecideStage(w.ctx, d, evening); !errors.Is(err, ledger.ErrBehind) {
			t.Errorf("a stage of %s: %v", d.Task, err)
		}
	}
	w.is("events", w.holds(), end)
	if _, _, err := w.DecideStage(w.ctx, decision("none", talk, "mail"), evening); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("a stage of no task: %v", err)
	}
}

// unsaid: an act that comes before a decided stage speaks makes the stage void, and the
// talk that the stage called for.
func unsaid(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	_, opens := w.decide("t0", talk)
	row, err := w.Task(w.ctx, "jincheng", "t0")
	w.ok(err)
	c := row.Facts
	c.State, c.Said, c.Revision = act.Reported, nil, 1
	a := act.Act{ID: "c", Kind: act.Complete, By: act.Actor{Account: "li", Unit: "shuiwu"}, At: talkAt.Add(-time.Hour), Reason: "完成"}
	if _, _, err := w.Act(w.ctx, ledger.Acted{Plan: "jincheng", Task: "t0", Act: a, Version: row.Version - 1, Facts: c}, evening); !errors.Is(err, ledger.ErrBehind) {
		t.Errorf("an act judged by older facts: %v", err)
	}
	for range 2 {
		got, _, err := w.Act(w.ctx, ledger.Acted{Plan: "jincheng", Task: "t0", Act: a, Version: row.Version, Facts: c}, evening)
		w.ok(err)
		w.is("facts", got, c)
	}
	stages, err := w.Stages(w.ctx, "jincheng", "t0")
	w.ok(err)
	w.is("stage", stages[0].State, ledger.Void)
	k, err := w.Talk(w.ctx, "jincheng", opens.ID)
	w.ok(err)
	w.is("talk", k.State, act.TalkVoid)
	messages, err := w.Gather(w.ctx, digestOf(head, talkAt, 1).Key, speaks, never)
	w.ok(err)
	w.is("messages", len(messages), 0)
	w.is("events", w.last(4), []string{ledger.StageDecided, ledger.TalkVoided, ledger.ActKind(act.Complete), ledger.NoticeDropped})
}

func silence(t *testing.T, address string) {
	w := newWorld(t, address, 3)
	w.ok(Verify(w.ctx, w.Store, "jincheng", "t1", "wang", "", "close", evening))
	w.ok(w.MarkArmed(w.ctx, "jincheng", []string{"t0"}, evening))
	w.decide("t0", dueStage)
	pending, err := w.Stuck(w.ctx, "jincheng", dueAt)
	w.ok(err)
	w.is("stuck before it is due", pending, []ledger.Notice{})
	pending, err = w.Stuck(w.ctx, "", dueAt.Add(time.Second))
	w.ok(err)
	w.is("stuck", len(pending), 1)
	digest := digestOf(liaison, dueAt, 1).Key
	messages, err := w.Gather(w.ctx, digest, speaks, never)
	w.ok(err)
	w.ok(w.receipt(messages[0].ID, 1, ledger.Refused, "550 no such user"))
	failed, err := w.Stuck(w.ctx, "jincheng", launch)
	w.ok(err)
	w.is("stuck for good", []string{string(failed[0].State), failed[0].Error}, []string{string(ledger.Failed), "550 no such user"})
	w.ok(w.MarkReported(w.ctx, failed))
	failed, err = w.Stuck(w.ctx, "jincheng", urgeAt)
	w.ok(err)
	w.is("reported", failed, []ledger.Notice{})
}
