package ledgertest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
)

// progress is an act on t0 as the activity records it, from the row before.
func (w *world) progress(before ledger.Task, id string) (ledger.Task, error) {
	w.t.Helper()
	a := actAt(3, 10, act.Actor{Account: "shuiwu", Name: "联络员", Unit: "shuiwu"}, act.Progress)
	a.ID = id
	rules := w.talkRules()
	after, told, refused := rules.Act(rules.Course(ledger.CaseOf(before)), a)
	if refused != nil {
		w.t.Fatal(refused)
	}
	if _, _, err := w.Act(w.ctx, ledger.Acted{Plan: "jincheng", Task: "t0", Act: a, Version: before.Version, Facts: after.Case, Told: told}, speaks); err != nil {
		return ledger.Task{}, err
	}
	return w.Task(w.ctx, "jincheng", "t0")
}

// Facts that are older than the ledger's are not written over them, and no stage is
// decided by them.
func courseBehind(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	first, err := w.Task(w.ctx, "jincheng", "t0")
	w.ok(err)
	second, err := w.progress(first, "one")
	w.ok(err)
	third, err := w.progress(second, "two")
	w.ok(err)
	n := w.holds()
	for name, old := range map[string]ledger.Task{"oldest": first, "older": second} {
		_, err := w.progress(old, "late-"+name)
		w.is(name, errors.Is(err, ledger.ErrBehind), true)
		d := decision("t0", dueStage, "mail")
		d.Version, d.Facts = old.Version, beijing.Say(old.Facts, dueStage)
		_, _, err = w.DecideStage(w.ctx, d, speaks)
		w.is(name+": stage", errors.Is(err, ledger.ErrBehind), true)
	}
	w.is("nothing is written", w.holds(), n)
	now, err := w.Task(w.ctx, "jincheng", "t0")
	w.ok(err)
	w.is("the ledger's facts", now.Facts.Place(), third.Facts.Place())
	again, err := w.progress(first, "two")
	w.ok(err)
	w.is("an act done before gives what it gave", again.Facts.Place(), third.Facts.Place())
	other := ledger.Acted{Plan: "jincheng", Task: "t0", Act: act.Act{ID: "two", Kind: act.Complete, By: act.Actor{Account: "li", Unit: "shuiwu"}}, Version: now.Version, Facts: now.Facts}
	_, _, err = w.Act(w.ctx, other, speaks)
	w.is("another act of the same ID", errors.Is(err, ledger.ErrTaken), true)
	_, err = w.ActRecorded(w.ctx, "jincheng", "t0", other.Act)
	w.is("asked about", errors.Is(err, ledger.ErrTaken), true)
	for kind, want := range map[act.Kind]string{act.Progress: "two", act.Complete: ""} {
		last, err := w.LastActs(w.ctx, "jincheng", kind, []string{"none", "t0"})
		w.ok(err)
		w.is("the last act of a kind", last["t0"].ID, want)
	}
	w.decide("t0", dueStage)
}

// Facts that rest on acts the ledger does not have are named, and go on.
func courseAhead(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	row, err := w.Task(w.ctx, "jincheng", "t0")
	w.ok(err)
	lost := actAt(2, 10, act.Actor{Account: "office", Name: "办", Unit: "shuizhiban"}, act.Correct)
	lost.Due = calendar.NewDay(2021, 6, 30)
	rules := w.talkRules()
	c, _, refused := rules.Act(rules.Course(ledger.CaseOf(row)), lost) // told to a ledger that was replaced by an older copy
	if refused != nil {
		t.Fatal(refused)
	}
	for range 2 {
		row, err = w.CatchUp(w.ctx, "jincheng", "t0", c.Case, speaks)
		w.ok(err)
	}
	w.is("events", w.last(1), []string{ledger.CourseAhead})
	w.is("the task", []any{row.Due.String(), row.FirstDue.String(), row.Facts.Place()}, []any{"2021-06-30", "2021-04-30", c.Place()})
	_, err = w.progress(row, "next")
	w.ok(err)
	w.holds()
}

// Facts of a talk that are older than the ledger's are not written over them, and facts that
// rest on acts the ledger does not have are taken over.
func talkPlaces(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	w.onApproval()
	w.decide("t0", talk)
	w.opens("t0#1", act.TalkProposed)
	old, err := w.Talk(w.ctx, "jincheng", "t0#1")
	w.ok(err)
	approved, _ := w.actsOnTalk("t0#1", actAt(18, 10, leader, act.Approve))
	serve := actAt(19, 10, clerk, act.Serve)
	serve.Talk = &act.TalkFacts{Number: "1", Time: talkAt, Place: "会议室", Called: []string{"局长"}}
	rules := w.talkRules()
	served, _, refused := rules.ActOnTalk(rules.TalkCourse(approved), serve)
	if refused != nil {
		t.Fatal(refused)
	}
	n := w.holds()
	_, _, err = w.ActOnTalk(w.ctx, ledger.ActedOnTalk{Plan: "jincheng", Talk: "t0#1", Act: serve, Version: old.Version, Facts: served.TalkCase}, speaks)
	w.is("behind", errors.Is(err, ledger.ErrBehind), true)
	w.is("nothing is written", w.holds(), n)
	for range 2 { // serve is lost to the ledger
		_, err = w.CatchUpTalk(w.ctx, "jincheng", "t0#1", served.TalkCase, speaks)
		w.ok(err)
	}
	w.is("ahead", w.last(1), []string{ledger.CourseAhead})
	now, err := w.Talk(w.ctx, "jincheng", "t0#1")
	w.ok(err)
	w.is("place", now.Facts.Place(), served.Place())
}

// What a workflow cannot get done is noted, and the note is no event.
func waits(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	n := w.holds()
	since := launch.Add(time.Hour)
	put := func(what string, rounds int, why string) {
		w.ok(w.PutWait(w.ctx, ledger.Wait{Workflow: "task:jincheng:t0", What: what, Plan: "jincheng", Thing: "t0",
			Since: since.Add(time.Duration(rounds) * time.Minute), TriedAt: since.Add(time.Duration(rounds) * time.Hour), Rounds: rounds, Error: why}))
	}
	put("stage due", 2, "first")
	put("stage due", 3, strings.Repeat("督", 1000))
	put("act progress x", 9, "another")
	all, err := w.Waits(w.ctx, "")
	w.ok(err)
	w.is("waits", []any{len(all), all[0].What, all[0].Rounds, all[0].Since, all[1].What}, []any{2, "stage due", 3, since.Add(2 * time.Minute), "act progress x"})
	if len(all[0].Error) > 1010 {
		t.Errorf("an error of %d bytes is kept", len(all[0].Error))
	}
	for range 2 {
		w.ok(w.DropWait(w.ctx, "task:jincheng:t0", "stage due"))
	}
	all, err = w.Waits(w.ctx, "another")
	w.ok(err)
	w.is("of another plan", len(all), 0)
	all, err = w.Waits(w.ctx, "jincheng")
	w.ok(err)
	w.is("left", len(all), 1)
	w.is("no event", w.holds(), n)
}
