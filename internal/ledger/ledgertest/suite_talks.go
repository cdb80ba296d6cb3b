package ledgertest

import (
	"errors"
	"testing"

	"duban/internal/ledger"
	"duban/internal/plan"
)

func talkAtOnce(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	_, want := w.decide("t0", talk)
	want.State = ledger.TalkOpen
	for range 2 {
		got, ok, err := w.OpenTalk(w.ctx, "t0#1", "jincheng", plan.TalkAtOnce, []plan.Stage{served}, speaks)
		w.ok(err)
		w.is("talk", []any{got, ok}, []any{*want, true})
	}
	w.is("events", w.last(2), []string{ledger.StageDecided, ledger.TalkOpened})
	missing, err := w.Missing(w.ctx, "jincheng", served.At.AddDate(0, 0, 1))
	w.ok(err)
	w.is("its step is expected", missing[2], ledger.Stage{Plan: "jincheng", Task: "t0", Revision: 1, Talk: "t0#1", Stage: served, State: ledger.Expected})

	digests, _ := w.decide("t0", served)
	w.is("digests", digests, []ledger.Digest{digestOf(office, served.At, 1)})
	messages, err := w.Gather(w.ctx, digests[0].Key, speaks, never)
	w.ok(err)
	w.is("the talk it speaks of", messages[0].Items[0].Talk, want)
	w.is("the notice knows it", messages[0].Items[0].Notice.Talk, "t0#1")

	got, err := w.Talk(w.ctx, "jincheng", "t0#1")
	w.ok(err)
	w.is("talk", got, *want)
	if _, _, err := w.OpenTalk(w.ctx, "none", "jincheng", plan.TalkAtOnce, nil, speaks); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("no talk: %v", err)
	}
	w.holds()
}

func talkOnApproval(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	for _, id := range []string{"t0", "t1"} {
		w.decide(id, talk)
		for range 2 {
			got, ok, err := w.OpenTalk(w.ctx, id+"#1", "jincheng", plan.TalkOnApproval, []plan.Stage{served}, speaks)
			w.ok(err)
			w.is("talk", []any{got.State, ok}, []any{ledger.TalkProposed, true})
		}
	}
	for range 2 {
		yes, err := w.ApproveTalk(w.ctx, "jincheng", "t0#1", "fushizhang", true, "同意", []plan.Stage{served}, speaks)
		w.ok(err)
		w.is("approved", []any{yes.State, yes.Approver, yes.OpensAt}, []any{ledger.TalkOpen, "fushizhang", speaks.Plan})
		no, err := w.ApproveTalk(w.ctx, "jincheng", "t1#1", "fushizhang", false, "暂缓", []plan.Stage{served}, speaks)
		w.ok(err)
		w.is("declined", []string{no.State, no.Approver}, []string{ledger.TalkDeclined, "fushizhang"})
	}
	w.is("events", w.last(4), []string{ledger.StageDecided, ledger.TalkAsked, ledger.TalkApproved, ledger.TalkRefused})
	stages, err := w.Stages(w.ctx, "jincheng", "t0")
	w.ok(err)
	w.is("stages of the approved", len(stages), 4)
	stages, err = w.Stages(w.ctx, "jincheng", "t1")
	w.ok(err)
	w.is("stages of the declined", len(stages), 3)
	talks, err := w.Talks(w.ctx, "jincheng", "")
	w.ok(err)
	w.is("talks", []string{talks[0].ID, talks[1].ID}, []string{"t0#1", "t1#1"})
}

func talkVoid(t *testing.T, address string) {
	w := newWorld(t, address, 3)
	for _, id := range []string{"t0", "t1", "t2"} {
		w.decide(id, talk)
	}
	_, _, err := w.OpenTalk(w.ctx, "t1#1", "jincheng", plan.TalkOnApproval, nil, speaks)
	w.ok(err)
	_, _, err = w.OpenTalk(w.ctx, "t2#1", "jincheng", plan.TalkAtOnce, []plan.Stage{served}, speaks)
	w.ok(err)
	w.decide("t2", served)
	for _, id := range []string{"t0", "t1", "t2"} {
		w.ok(w.CloseTask(w.ctx, "jincheng", id, "wang", "", "", speaks))
	}
	for range 2 {
		got, ok, err := w.OpenTalk(w.ctx, "t0#1", "jincheng", plan.TalkAtOnce, []plan.Stage{served}, speaks)
		w.ok(err)
		w.is("talk", []any{got.State, ok}, []any{ledger.TalkVoid, false})
		got, err = w.ApproveTalk(w.ctx, "jincheng", "t1#1", "fushizhang", true, "", []plan.Stage{served}, speaks)
		w.ok(err)
		w.is("approved too late", []string{got.State, got.Approver}, []string{ledger.TalkVoid, ""})
	}
	got, err := w.Talk(w.ctx, "jincheng", "t2#1")
	w.ok(err)
	w.is("an open talk stays", got.State, ledger.TalkOpen)
	messages, err := w.Gather(w.ctx, digestOf(office, served.At, 1).Key, speaks, never)
	w.ok(err)
	w.is("and goes on though the task was done late", len(messages), 1)
	w.is("events", w.last(3), []string{ledger.TalkVoided, ledger.TalkVoided, ledger.MessageIntent})
}

func talkTwice(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	second := talk
	second.ID = "talk-again"
	for _, s := range []plan.Stage{talk, second} {
		_, opens := w.decide("t0", s)
		_, _, err := w.OpenTalk(w.ctx, opens.ID, "jincheng", plan.TalkAtOnce, []plan.Stage{served}, speaks)
		w.ok(err)
	}
	for _, id := range []string{"t0#1", "t0#2"} {
		d := decision("t0", served, "mail")
		d.Talk = id
		for range 2 {
			_, _, err := w.DecideStage(w.ctx, d, speaks)
			w.ok(err)
		}
	}
	notices, err := w.Notices(w.ctx, ledger.NoticeFilter{Digest: digestOf(office, served.At, 1).Key})
	w.ok(err)
	w.is("notices", []string{notices[0].Talk, notices[0].Key(), notices[1].Talk, notices[1].Key()}, []string{
		"t0#1", "jincheng/t0/r1/talk-served-missed/shuizhiban/office/mail",
		"t0#2", "jincheng/t0#2/r1/talk-served-missed/shuizhiban/office/mail"})
	w.is("events", w.holds(), int64(7))
}
