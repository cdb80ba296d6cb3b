package ledgertest

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

func seat(text string) people.Recipient {
	r, _ := people.ParseRecipient(text)
	return r
}

func unit(id, name string, contacts ...people.Contact) people.Unit {
	return people.Unit{ID: id, Name: name, Kind: people.CityDepartment, Contacts: contacts}
}

func sits(role people.Role, email string) people.Contact {
	return people.Contact{Role: role, Name: "王敏", Email: email}
}

// launches adds a second plan of the same tasks and units of its own.
func (w *world) launches(id string, clock calendar.Clock, units ...people.Unit) error {
	w.t.Helper()
	p := samplePlan()
	p.ID, p.Hash, p.Directory.Units = id, id, units
	_, err := w.AddPlan(w.ctx, ledger.Launched{Plan: p, At: launch, Version: 1, Clock: clock}, []ledger.Task{sampleTask("t0")}, before)
	return err
}

// decideIn decides a stage of t0 in any plan and gives its digests.
func (w *world) decideIn(planID string, s plan.Stage) (keys []string) {
	w.t.Helper()
	d := decision("t0", s, "mail")
	d.Plan = planID
	digests, _, err := Decide(w.ctx, w.Store, d, evening)
	w.ok(err)
	for _, g := range digests {
		keys = append(keys, g.Key)
	}
	return keys
}

// onePerson: somebody who sits on two seats, of two units, in two plans, under one e-mail
// address, in upper or lower case, gets one message a morning for all of them; a plan on
// another clock has mornings of its own.
func onePerson(t *testing.T, address string) {
	w := newWorld(t, address, 2) // shuiwu's liaison is l@shuiwu.example
	w.ok(w.launches("air", w.plan.Clock, unit("huanbao", "市环保局", sits(people.Liaison, " L@Shuiwu.Example"), sits(people.Head, "l@SHUIWU.example"), sits(people.Deputy, "other@shuiwu.example")),
		unit("empty", "市档案局", people.Contact{Role: people.Liaison, Name: "空"}), unit("void", "市史志办", people.Contact{Role: people.Liaison, Name: "空"})))
	w.ok(w.launches("fast", calendar.Clock{Epoch: launch, Start: launch, Rate: 7}, unit("late", "市林业局", sits(people.Liaison, "l@shuiwu.example"))))
	to := func(seats ...people.Recipient) plan.Stage { s := dueStage; s.To = seats; return s }
	first := w.decideIn("jincheng", to(liaison))
	w.decide("t1", dueStage)
	others := w.decideIn("air", to(seat("huanbao/liaison"), seat("huanbao/head")))
	own := dueStage
	own.ID, own.To = "own", []people.Recipient{seat("huanbao/deputy"), seat("empty/liaison"), seat("void/liaison")}
	apart := w.decideIn("air", own)
	fast := w.decideIn("fast", to(seat("late/liaison")))

	got, err := w.Gather(w.ctx, others[0], speaks, always)
	w.ok(err)
	w.is("messages", len(got), 1)
	var said []string
	for _, it := range got[0].Items {
		said = append(said, it.Notice.Plan+" "+it.Task.Plan+"/"+it.Task.ID+" "+it.Notice.Recipient.String())
	}
	slices.Sort(said)
	w.is("what it says", said, []string{"air air/t0 huanbao/head", "air air/t0 huanbao/liaison", "jincheng jincheng/t0 shuiwu/liaison", "jincheng jincheng/t1 shuiwu/liaison"})
	for _, key := range append(others[1:], first...) {
		none, err := w.Gather(w.ctx, key, speaks, always)
		w.ok(err)
		w.is("nothing is left to "+key, len(none), 0)
	}
	again, err := w.Gather(w.ctx, others[0], speaks, always)
	w.ok(err)
	w.is("tried again it is the same", []any{again[0].ID, len(again[0].Items)}, []any{got[0].ID, 4})
	w.ok(w.receipt(got[0].ID, 2, ledger.Delivered, ""))
	w.is("all is sent", w.states(others[0]), map[ledger.NoticeState]int{ledger.Sent: 4})
	for _, planID := range []string{"jincheng", "air"} {
		list, err := w.Messages(w.ctx, ledger.MessageFilter{Plan: planID})
		w.ok(err)
		w.is("the message is "+planID+"'s too", len(list), 1)
	}
	for _, key := range append(apart, fast...) {
		messages, err := w.Gather(w.ctx, key, speaks, always)
		w.ok(err)
		w.is("apart "+key, len(messages), 1)
		w.is("items of "+key, len(messages[0].Items), 1)
	}

	// What comes late comes in one message too.
	late := dueStage
	late.ID = "late"
	one := w.decideIn("jincheng", late)
	late.To = []people.Recipient{seat("huanbao/head")}
	w.decideIn("air", late)
	got, err = w.Gather(w.ctx, one[0], speaks, always)
	w.ok(err)
	w.is("late words", len(got[0].Items), 2)

	// The message does not get through, and another person is put on one of the seats: the notices to that seat go to a digest of the seat.
	w.ok(w.receipt(got[0].ID, 1, ledger.PutOff, "mailbox full"))
	none, err := w.Part(w.ctx, one[0], speaks)
	w.ok(err)
	w.is("nobody has moved", len(none), 0)
	_, err = w.SetContact(w.ctx, seat("huanbao/head"), people.Contact{Name: "李强", Email: "li@huanbao.example"}, "wang", speaks)
	w.ok(err)
	for _, n := range []int{1, 0} { // asked twice
		parted, err := w.Part(w.ctx, one[0], speaks)
		w.ok(err)
		w.is("parted", len(parted), n)
		if n == 0 {
			break
		}
		w.is("for whom", parted[0].Recipient, seat("huanbao/head"))
		own, err := w.Gather(w.ctx, parted[0].Key, speaks, always)
		w.ok(err)
		w.is("the seat's own", []any{len(own[0].Items), own[0].Items[0].Notice.Plan}, []any{1, "air"})
	}
	got, err = w.Gather(w.ctx, one[0], speaks, always)
	w.ok(err)
	w.is("the rest", []any{len(got[0].Items), got[0].Items[0].Notice.Plan}, []any{1, "jincheng"})
}

// oneDirectory: who sits where is stated once; a change by one plan's papers or by
// the office is every plan's.
func oneDirectory(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	at := func(planID string, r people.Recipient) string {
		t.Helper()
		l, err := w.Plan(w.ctx, planID)
		w.ok(err)
		c, _ := l.Plan.Directory.Contact(r)
		return c.Email
	}
	deputy := seat("shuiwu/deputy")

	// A second plan that seats another liaison, and a deputy of whom the first says nothing.
	w.ok(w.launches("air", w.plan.Clock, unit("shuiwu", "市 水务局", sits(people.Liaison, "new@shuiwu.example"), sits(people.Deputy, "d@shuiwu.example")), unit("huanbao", "市环保局")))
	for _, planID := range []string{"jincheng", "air"} {
		w.is(planID, []string{at(planID, liaison), at(planID, deputy)}, []string{"new@shuiwu.example", "d@shuiwu.example"})
	}
	// A third that calls another unit by the ID is refused by name, and leaves nothing.
	var other *ledger.OtherUnitError
	if err := w.launches("odd", w.plan.Clock, unit("shuiwu", "市水利局")); !errors.As(err, &other) {
		t.Fatalf("another unit of the ID: %v", err)
	}
	w.is("named", *other, ledger.OtherUnitError{ID: "shuiwu", Have: "市 水务局", Want: "市水利局"})
	if _, err := w.Plan(w.ctx, "odd"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("the refused plan: %v", err)
	}

	// The office seats somebody; the same again changes nothing.
	for range 2 {
		_, err := w.SetContact(w.ctx, liaison, people.Contact{Name: "李强", Email: "li@shuiwu.example"}, "wang", evening)
		w.ok(err)
	}
	w.is("events", w.last(1), []string{ledger.ContactSet})
	w.is("in force", at("air", liaison)+" "+at("jincheng", liaison), "li@shuiwu.example li@shuiwu.example")
	_, err := w.SetContact(w.ctx, seat("nobody/head"), people.Contact{Email: "a@b.example"}, "wang", evening)
	w.is("no such unit", errors.Is(err, ledger.ErrNotFound), true)

	// Papers of the first plan that still say what they said change nobody; what they say otherwise is in force.
	amend := func(hash string, units ...people.Unit) {
		t.Helper()
		stated, err := w.Stated(w.ctx, "jincheng")
		w.ok(err)
		was, err := w.Plan(w.ctx, "jincheng")
		w.ok(err)
		p := was.Plan
		p.Hash, p.Title, p.Directory.Units = hash, hash, units
		w.is("what the papers said before", len(stated) > 0 && stated[0].ID == "shuiwu", true)
		_, _, err = w.Amend(w.ctx, ledger.Amendment{Plan: p, Before: was.Plan.Hash, Paper: hash, Actor: "wang", Changes: plan.Changes{}}, evening)
		w.ok(err)
	}
	amend("same", unit("shuiwu", "市水务局", people.Contact{Role: people.Liaison, Name: "联络员", Email: "l@shuiwu.example"}))
	w.is("stale papers", at("air", liaison), "li@shuiwu.example")
	amend("moved", unit("shuiwu", "市水务局", people.Contact{Role: people.Liaison, Name: "联络员", Email: "third@shuiwu.example"}))
	w.is("new papers", []string{at("air", liaison), at("jincheng", liaison), at("jincheng", deputy)}, []string{"third@shuiwu.example", "third@shuiwu.example", "d@shuiwu.example"})
	amend("renamed", unit("shuiwu", "市水利局", people.Contact{Role: people.Liaison, Name: "联络员", Email: "third@shuiwu.example"}))
	l, err := w.Plan(w.ctx, "air")
	w.ok(err)
	w.is("its name", l.Plan.Directory.Name("shuiwu"), "市水利局")

	// The seat is left empty.
	_, err = w.SetContact(w.ctx, liaison, people.Contact{}, "wang", evening)
	w.ok(err)
	w.is("nobody", at("air", liaison), "")
	units, err := w.Units(w.ctx)
	w.ok(err)
	ids := map[string]bool{}
	for _, u := range units {
		ids[u.ID] = true
	}
	w.is("units", slices.Sorted(maps.Keys(ids)), []string{"huanbao", "shuiwu"})
}

// manyAtOnce: what the office changes of its directory is done all at once or not at all,
// with an event each, once however often it is asked for, and never over what somebody else
// has changed meanwhile.
func manyAtOnce(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	w.ok(w.launches("air", w.plan.Clock, unit("huanbao", "市环保局", sits(people.Liaison, "h@huanbao.example"))))
	is := func(r people.Recipient) people.Contact {
		t.Helper()
		units, err := w.Units(w.ctx)
		w.ok(err)
		c, _ := people.Directory{Units: units}.Contact(r)
		return c
	}
	li := people.Contact{Name: "李强", Email: "li@shuiwu.example", Phone: "0356-1", Beside: "赵六 zhao@shuiwu.example"}
	was := is(liaison)
	all := ledger.DirectoryChange{
		Seats: []ledger.Seating{{Seat: liaison, Was: was, Now: li}, {Seat: seat("huanbao/head"), Now: people.Contact{Name: "孙", Email: "s@huanbao.example"}}},
		Names: []ledger.Calling{{Unit: "huanbao", Was: ledger.Called{Name: "市环保局"}, Now: ledger.Called{Name: "市生态环境局", Aliases: []string{"市环保局"}}}},
	}
	for _, want := range []int{3, 0} {
		n, err := w.SetDirectory(w.ctx, all, "wang", evening)
		w.ok(err)
		w.is("things changed", n, want)
	}
	w.is("events", w.last(3), []string{ledger.UnitSet, ledger.ContactSet, ledger.ContactSet})
	now := is(liaison)
	now.Role = ""
	w.is("seated", now, li)
	l, err := w.Plan(w.ctx, "air")
	w.ok(err)
	w.is("called", l.Plan.Directory.Name("huanbao"), "市生态环境局")

	// A change that cannot be done whole changes nothing.
	other := ledger.Seating{Seat: seat("huanbao/head"), Was: is(seat("huanbao/head"))}
	var meanwhile *ledger.MeanwhileError
	var taken *ledger.TakenError
	for name, bad := range map[string]ledger.DirectoryChange{
		"meanwhile":     {Seats: []ledger.Seating{other, {Seat: liaison, Was: was, Now: people.Contact{Name: "王", Email: "w@x.example"}}}},
		"no such unit":  {Seats: []ledger.Seating{other, {Seat: seat("nobody/head"), Now: li}}},
		"name taken":    {Seats: []ledger.Seating{other}, Names: []ledger.Calling{{Unit: "shuiwu", Was: ledger.Called{Name: "市水务局"}, Now: ledger.Called{Name: "市水务局", Aliases: []string{"市 环保局"}}}}},
		"called before": {Seats: []ledger.Seating{other}, Names: []ledger.Calling{{Unit: "huanbao", Was: ledger.Called{Name: "市环保局"}, Now: ledger.Called{Name: "环保"}}}},
	} {
		_, err := w.SetDirectory(w.ctx, bad, "wang", evening)
		if !errors.As(err, &meanwhile) && !errors.As(err, &taken) && !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		w.is("events after "+name, w.last(3), []string{ledger.UnitSet, ledger.ContactSet, ledger.ContactSet})
		w.is("nobody has lost the seat: "+name, is(seat("huanbao/head")).Name, "孙")
	}
	w.is("both were met", meanwhile != nil && taken != nil, true)
}
