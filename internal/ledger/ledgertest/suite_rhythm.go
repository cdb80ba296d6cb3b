package ledgertest

import (
	"slices"
	"testing"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// monday is when the weekly page speaks that follows the due date.
var monday = calendar.NewDay(2021, 5, 10).At(9, 0, calendar.Beijing).UTC()

// placed decides a stage of a task whose words go where placing says.
func (w *world) placed(task string, s plan.Stage, placing ledger.Placing) []ledger.Digest {
	w.t.Helper()
	d := decision(task, s, "mail")
	d.Place = placing
	digests, _, err := Decide(w.ctx, w.Store, d, evening)
	w.ok(err)
	return digests
}

func paged(plan.Stage, people.Recipient, []plan.Heard) plan.Placed { return plan.Placed{In: monday} }

// waitsForThePage: a word that is said on a weekday and goes out with the page of
// Monday keeps its own instant; when a word is placed, it is known what its seat has
// heard before.
func waitsForThePage(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	w.is("no word before", w.placed("t0", dueStage, func(_ plan.Stage, _ people.Recipient, heard []plan.Heard) plan.Placed {
		w.is("heard", len(heard), 0)
		return plan.Placed{In: monday}
	}), []ledger.Digest{digestOf(liaison, monday, 1)})
	w.placed("t0", urge, func(s plan.Stage, r people.Recipient, heard []plan.Heard) plan.Placed {
		if r == liaison {
			w.is("heard", len(heard), 1)
			w.is("what, and when its message speaks", []any{heard[0].Kind, heard[0].At, heard[0].In}, []any{plan.DueDay, dueAt, monday})
		}
		return plan.Placed{In: monday}
	})
	w.decide("t1", dueStage)
	w.is("at once", len(w.gather(never)[0].Items), 1)
	stuck, err := w.Stuck(w.ctx, "jincheng", monday)
	w.ok(err)
	w.is("what waits for its page is not stuck", len(stuck), 1)
	stuck, err = w.Stuck(w.ctx, "jincheng", monday.Add(time.Minute))
	w.ok(err)
	w.is("until the page should have spoken", len(stuck), 4)
	untried, err := w.Untried(w.ctx, "jincheng", urgeAt, time.Time{}, time.Time{})
	w.ok(err)
	w.is("nor is it late", len(untried), 0)

	messages, err := w.Gather(w.ctx, digestOf(liaison, monday, 1).Key, ledger.When{Real: speaks.Real, Plan: monday}, never)
	w.ok(err)
	w.is("one message, and a thing once", []int{len(messages), len(messages[0].Items)}, []int{1, 1})
	w.is("with its stage, of its own day", []any{messages[0].Items[0].Stage.ID, messages[0].Items[0].Notice.SpeakAt, messages[0].At()}, []any{"urge", urgeAt, monday})
	w.holds()
}

// saidMeanwhile: what waited is left out when the same seat heard something as grave
// about the same thing meanwhile; what is milder leaves it in.
func saidMeanwhile(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	w.placed("t0", dueStage, paged)
	w.placed("t1", plan.Stage{ID: "warn", Kind: plan.Warn, At: dueAt, To: []people.Recipient{liaison}, Light: plan.Red}, paged)
	w.decide("t0", urge)
	w.decide("t1", urge)
	messages, err := w.Gather(w.ctx, digestOf(liaison, urgeAt, 1).Key, ledger.When{Real: speaks.Real, Plan: urgeAt}, never)
	w.ok(err)
	w.is("at once", len(messages[0].Items), 2)
	w.ok(w.receipt(messages[0].ID, 1, ledger.Delivered, ""))
	page, err := w.Gather(w.ctx, digestOf(liaison, monday, 1).Key, ledger.When{Real: speaks.Real, Plan: monday}, never)
	w.ok(err)
	w.is("the graver one", []string{page[0].Items[0].Task.ID, page[0].Items[0].Stage.ID}, []string{"t1", "warn"})
	w.is("alone", len(page[0].Items), 1)
	w.is("states", w.states(digestOf(liaison, monday, 1).Key), map[ledger.NoticeState]int{ledger.Dropped: 1, ledger.Sending: 1})
	w.holds()
}

// afterAnOutage: mornings on which nothing ran, and messages that could not leave, are
// one message of what is still true.
func afterAnOutage(t *testing.T, address string) {
	w := newWorld(t, address, 3)
	w.decide("t0", dueStage)
	late := w.gather(never)[0]
	w.ok(w.Leaving(w.ctx, late.ID, 1, speaks))
	w.ok(w.receipt(late.ID, 1, ledger.PutOff, "connection refused"))
	next := plan.Stage{ID: "next", Kind: plan.Remind, At: dueAt.AddDate(0, 0, 1), To: []people.Recipient{liaison}, Light: plan.Yellow}
	after := plan.Stage{ID: "after", Kind: plan.Remind, At: dueAt.AddDate(0, 0, 3), To: []people.Recipient{liaison}, Light: plan.Yellow}
	w.decide("t1", next)
	w.decide("t2", urge)
	w.decide("t1", after)
	w.placed("t1", dueStage, paged)
	back := ledger.When{Real: speaks.Real, Plan: urgeAt.Add(5 * time.Hour)}
	w.ok(Verify(w.ctx, w.Store, "jincheng", "t2", "wang", "", "close", back))
	messages, err := w.Gather(w.ctx, digestOf(liaison, next.At, 1).Key, back, never)
	w.ok(err)
	var said []string
	for _, it := range messages[0].Items {
		said = append(said, it.Task.ID+" "+it.Stage.ID)
	}
	w.is("what is still true, in one message, and once", said, []string{"t0 due", "t1 after"})
	w.is("of the last of those mornings that speaks still", messages[0].At(), after.At)
	again, err := w.Gather(w.ctx, digestOf(liaison, next.At, 1).Key, back, never)
	w.ok(err)
	w.is("given twice it is the same", []any{again[0].ID, again[0].Attempt, len(again[0].Items), again[0].At()}, []any{messages[0].ID, 2, 2, after.At})
	for _, d := range []ledger.Digest{late.Digest, digestOf(liaison, after.At, 1), digestOf(liaison, urgeAt, 1)} {
		none, err := w.Gather(w.ctx, d.Key, back, always)
		w.ok(err)
		w.is("nothing is left of "+d.Key, len(none), 0)
		waits, err := w.DigestWaits(w.ctx, d.Key)
		w.ok(err)
		w.is("and nothing waits", waits, false)
	}
	w.is("the page is still to come", w.states(digestOf(liaison, monday, 1).Key), map[ledger.NoticeState]int{ledger.Pending: 1})
	w.ok(w.receipt(messages[0].ID, 2, ledger.Delivered, ""))
	loads, err := w.Loads(w.ctx, "jincheng")
	w.ok(err)
	w.is("one message counts", loads, []ledger.Load{{Recipient: liaison, SpeakAt: next.At, N: 1}})
	w.holds()
}

// neverAlone: what is never said alone goes with the next message that says something.
func neverAlone(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	rides := func(plan.Stage, people.Recipient, []plan.Heard) plan.Placed {
		return plan.Placed{In: monday, Rides: true}
	}
	w.is("no message of its own", len(w.placed("t0", dueStage, rides)), 0)
	w.is("it rides", w.states(digestOf(liaison, monday, 1).Key), map[ledger.NoticeState]int{ledger.Rides: 1})
	stuck, err := w.Stuck(w.ctx, "jincheng", monday)
	w.ok(err)
	w.is("nothing is stuck", len(stuck), 0)
	w.decide("t1", plan.Stage{ID: "other", Kind: plan.Remind, At: urgeAt, To: []people.Recipient{liaison}, Light: plan.Blue})
	messages, err := w.Gather(w.ctx, digestOf(liaison, urgeAt, 1).Key, ledger.When{Real: speaks.Real, Plan: urgeAt}, never)
	w.ok(err)
	w.is("with the next one", []int{len(messages), len(messages[0].Items)}, []int{1, 2})
	w.holds()
}

// neverAloneAfterAll: a message of which nothing is true any more takes nothing along
// that is never said alone, nor does a channel that has nothing to say.
func neverAloneAfterAll(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	d := decision("t0", dueStage, "mail", "term")
	d.Place = func(plan.Stage, people.Recipient, []plan.Heard) plan.Placed {
		return plan.Placed{In: monday, Rides: true}
	}
	_, _, err := Decide(w.ctx, w.Store, d, evening)
	w.ok(err)
	waiting := digestOf(liaison, monday, 1).Key
	w.decide("t1", urge)
	w.ok(Verify(w.ctx, w.Store, "jincheng", "t1", "wang", "", "close", evening))
	messages, err := w.Gather(w.ctx, digestOf(liaison, urgeAt, 1).Key, ledger.When{Real: speaks.Real, Plan: urgeAt}, never)
	w.ok(err)
	w.is("messages", len(messages), 0)
	w.is("both ride on", w.states(waiting), map[ledger.NoticeState]int{ledger.Rides: 2})

	w.decide("t0", plan.Stage{ID: "other", Kind: plan.Remind, At: urgeAt, To: []people.Recipient{liaison}, Light: plan.Blue})
	for _, attempt := range []int{1, 2} { // given twice
		messages, err = w.Gather(w.ctx, digestOf(liaison, urgeAt, 2).Key, ledger.When{Real: speaks.Real, Plan: urgeAt}, never)
		w.ok(err)
		w.is("by mail", []any{len(messages), messages[0].Channel, messages[0].Attempt, len(messages[0].Items)}, []any{1, "mail", attempt, 2})
	}
	w.is("the other channel's rides on", w.states(waiting), map[ledger.NoticeState]int{ledger.Rides: 1})
	w.holds()
}

// neverAloneInAnotherPlan: one person's message of two plans takes along what is never
// said alone of both; a plan on another clock has messages of its own.
func neverAloneInAnotherPlan(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	w.ok(w.launches("air", w.plan.Clock, unit("huanbao", "市环保局", sits(people.Liaison, "l@shuiwu.example"))))
	w.ok(w.launches("fast", calendar.Clock{Epoch: launch, Start: launch, Rate: 7}, unit("late", "市林业局", sits(people.Liaison, "l@shuiwu.example"))))
	for planID, r := range map[string]people.Recipient{"air": seat("huanbao/liaison"), "fast": seat("late/liaison")} {
		s := dueStage
		s.To = []people.Recipient{r}
		d := decision("t0", s, "mail")
		d.Plan, d.Place = planID, func(plan.Stage, people.Recipient, []plan.Heard) plan.Placed {
			return plan.Placed{In: monday, Rides: true}
		}
		_, _, err := Decide(w.ctx, w.Store, d, evening)
		w.ok(err)
	}
	w.decide("t0", urge)
	messages, err := w.Gather(w.ctx, digestOf(liaison, urgeAt, 1).Key, ledger.When{Real: speaks.Real, Plan: urgeAt}, never)
	w.ok(err)
	var said []string
	for _, it := range messages[0].Items {
		said = append(said, it.Notice.Plan+" "+it.Stage.ID)
	}
	slices.Sort(said)
	w.is("what it says", said, []string{"air due", "jincheng urge"})
	w.holds()
}

// severalActs: what several acts tell a seat within a few minutes is one message.
func severalActs(t *testing.T, address string) {
	w := newWorld(t, address, 3)
	var digests []ledger.Digest
	for i, task := range []string{"t0", "t1", "t2"} {
		row, err := w.Task(w.ctx, "jincheng", task)
		w.ok(err)
		at := dueAt.Add(time.Duration(i) * time.Minute)
		told := plan.Stage{ID: "act-1-suspend", Kind: plan.Told, At: at, To: []people.Recipient{liaison}}
		_, more, err := w.Act(w.ctx, ledger.Acted{Plan: "jincheng", Task: task, Version: row.Version, Facts: row.Facts, Told: []plan.Stage{told},
			Act:      act.Act{ID: "a", Kind: act.Suspend, By: act.Actor{Account: "wang", Unit: "shuizhiban"}, At: at},
			Channels: map[people.Recipient][]string{liaison: {"mail"}},
			Place: func(s plan.Stage, _ people.Recipient, _ []plan.Heard) plan.Placed {
				return plan.Placed{In: s.At.Add(3 * time.Minute)}
			}}, ledger.When{Real: speaks.Real, Plan: at})
		w.ok(err)
		digests = append(digests, more...)
	}
	first := digestOf(liaison, dueAt.Add(3*time.Minute), 1)
	w.is("one digest", digests, []ledger.Digest{first, first, first})
	messages, err := w.Gather(w.ctx, first.Key, ledger.When{Real: speaks.Real, Plan: first.SpeakAt}, never)
	w.ok(err)
	w.is("one message", []int{len(messages), len(messages[0].Items)}, []int{1, 3})
	w.holds()
}

// ownChoice: the pace that somebody has chosen for themselves applies until they choose
// otherwise, and does not pass to whoever sits there next.
func ownChoice(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	pace := func() string {
		units, err := w.Units(w.ctx)
		w.ok(err)
		for _, u := range units {
			if c, ok := u.Seat(liaison.Role); ok && u.ID == liaison.Unit {
				return c.Pace
			}
		}
		return "nobody"
	}
	set := func(email, pace string) {
		_, err := w.SetContact(w.ctx, liaison, people.Contact{Name: "王敏", Email: email, Pace: pace}, "wang", before)
		w.ok(err)
	}
	set("wang@x.example", "weekly")
	w.is("chosen", pace(), "weekly")
	set("wang@x.example", "")
	w.is("it stands", pace(), "weekly")
	set("wang@x.example", ledger.UsualPace)
	w.is("taken back", pace(), "")
	set("wang@x.example", "never")
	set("li@x.example", "")
	w.is("another person", pace(), "")
	w.holds()
}
