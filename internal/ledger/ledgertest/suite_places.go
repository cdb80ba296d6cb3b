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

// progress is an act on t0 as the activity records it, from the course before.
func (w *world) progress(before act.Course, id string) (act.Course, error) {
	w.t.Helper()
	a := actAt(3, 10, act.Actor{Account: "shuiwu", Name: "联络员", Unit: "shuiwu"}, act.Progress)
	a.ID = id
	after, told, refused := w.talkBook().Act(before, a)
	if refused != nil {
		w.t.Fatal(refused)
	}
	got, _, err := w.Act(w.ctx, ledger.Acted{Plan: "jincheng", Task: "t0", Act: a, Before: &before, Course: after, Told: told}, speaks)
	return got, err
}

// A course that is older than the ledger's is not written over it, and no stage is
// decided by it.
func courseBehind(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	first, err := w.Course(w.ctx, w.plan, "t0")
	w.ok(err)
	second, err := w.progress(first, "one")
	w.ok(err)
	third, err := w.progress(second, "two")
	w.ok(err)
	n := w.holds()
	for name, old := range map[string]act.Course{"older": first, "other": other(second)} {
		_, err := w.progress(old, "late-"+name)
		w.is(name, errors.Is(err, ledger.ErrBehind), true)
		d := decision("t0", dueStage, "mail")
		d.Course = &old
		_, _, err = w.DecideStage(w.ctx, d, speaks)
		w.is(name+": stage", errors.Is(err, ledger.ErrBehind), true)
	}
	w.is("nothing is written", w.holds(), n)
	now, err := w.Course(w.ctx, w.plan, "t0")
	w.ok(err)
	w.is("the ledger's course", now.Place(), third.Place())
	again, err := w.progress(first, "two")
	w.ok(err)
	w.is("an act done before gives what it gave", again.Place(), third.Place())
	d := decision("t0", dueStage, "mail")
	d.Course = &third
	_, _, err = w.DecideStage(w.ctx, d, speaks)
	w.ok(err)
}

// other is a course as long as c whose last act is another.
func other(c act.Course) act.Course {
	c.Acts, c.Known = 2, []string{"one", "else"}
	return c
}

// A course that rests on acts the ledger does not have is named, and goes on.
func courseAhead(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	c, err := w.Course(w.ctx, w.plan, "t0")
	w.ok(err)
	lost := actAt(2, 10, act.Actor{Account: "office", Name: "办", Unit: "shuizhiban"}, act.Correct)
	lost.Due = calendar.NewDay(2021, 6, 30)
	c, _, refused := w.talkBook().Act(c, lost) // told to a ledger that was replaced by an older copy
	if refused != nil {
		t.Fatal(refused)
	}
	stage := c.Ladder[0]
	d := decision("t0", stage, "mail")
	d.Revision, d.Course = c.Revision, &c
	for range 2 {
		_, _, err = w.DecideStage(w.ctx, d, speaks)
		w.ok(err)
	}
	w.is("events", w.last(2), []string{ledger.CourseAhead, ledger.StageDecided})
	task, err := w.Task(w.ctx, "jincheng", "t0")
	w.ok(err)
	w.is("the task", []any{task.Due.String(), task.Revision, task.FirstDue.String()}, []any{"2021-06-30", 2, "2021-04-30"})
	c.Decide()
	_, err = w.progress(c, "next")
	w.ok(err)
	w.holds()
	for _, s := range w.stagesOf("t0", "") {
		if strings.HasPrefix(s, "r1 ") && !strings.HasSuffix(s, " void") {
			t.Errorf("a stage of the old ladder still speaks: %s", s)
		}
	}
}

// The same of talks.
func talkPlaces(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	w.onApproval()
	c := w.proposes("t0")
	approve := actAt(18, 10, leader, act.Approve)
	approved, _ := w.actsOnTalk("t0#1", c, approve)
	serve := actAt(19, 10, clerk, act.Serve)
	serve.Talk = &act.TalkFacts{Number: "1", Time: talkAt, Place: "会议室", Called: []string{"局长"}}
	absent := actAt(20, 10, clerk, act.Absent)
	served, _, refused := w.talkBook().ActOnTalk(approved, serve)
	if refused != nil {
		t.Fatal(refused)
	}
	after, _, refused := w.talkBook().ActOnTalk(served, absent)
	if refused != nil {
		t.Fatal(refused)
	}
	old := c
	n := w.holds()
	_, _, err := w.ActOnTalk(w.ctx, ledger.ActedOnTalk{Plan: "jincheng", Talk: "t0#1", Act: serve, Before: &old, Course: served}, speaks)
	w.is("behind", errors.Is(err, ledger.ErrBehind), true)
	w.is("behind: nothing to say anew", errors.Is(w.ExpectTalk(w.ctx, "jincheng", "t0#1", old, speaks), ledger.ErrBehind), true)
	w.is("nothing is written", w.holds(), n)
	_, _, err = w.ActOnTalk(w.ctx, ledger.ActedOnTalk{Plan: "jincheng", Talk: "t0#1", Act: absent, Before: &served, Course: after}, speaks) // serve is lost
	w.ok(err)
	w.is("ahead", w.last(2), []string{ledger.CourseAhead, ledger.ActKind(act.Absent)})
	w.is("place", w.courseOf("t0#1").Place(), after.Place())
}

// What a workflow cannot get done is noted, and no event.
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
