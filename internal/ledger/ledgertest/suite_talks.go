package ledgertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

func talkAtOnce(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	w.decide("t0", talk)
	for range 2 {
		got := w.opens("t0#1", act.TalkOpen)
		w.is("talk", []any{got.State, got.Facts.Opened, got.Version}, []any{act.TalkOpen, calendar.DayOf(talkAt), 2})
	}
	w.is("events", w.last(2), []string{ledger.StageDecided, ledger.TalkOpened})

	digests := w.decideOfTalk("t0#1", served)
	w.is("digests", digests, []ledger.Digest{digestOf(office, served.At, 1)})
	_, err := w.Gather(w.ctx, digestOf(office, talkAt, 1).Key, speaks, never)
	w.ok(err)
	messages, err := w.Gather(w.ctx, digests[0].Key, speaks, never)
	w.ok(err)
	w.is("the talk it speaks of", messages[0].Items[0].Talk.ID, "t0#1")
	w.is("the notice knows it", messages[0].Items[0].Notice.Talk, "t0#1")
	if _, err := w.OpenTalk(w.ctx, ledger.Opening{Plan: "jincheng", Talk: "none"}, speaks); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("no talk: %v", err)
	}
	w.holds()
}

var (
	leader = act.Actor{Account: "fushizhang", Name: "副市长", Unit: "lingdao"}
	clerk  = act.Actor{Account: "wang", Name: "王科长", Unit: "shuizhiban"}
)

// talkRules work out courses of the world's talks.
func (w *world) talkRules() act.Rules {
	w.t.Helper()
	b, err := act.NewRules(&w.plan.Plan, calendar.New())
	w.ok(err)
	return b
}

// actsOnTalk records an act on a talk, as the activity does.
func (w *world) actsOnTalk(talk string, a act.Act) (act.TalkCase, []ledger.Digest) {
	w.t.Helper()
	k, err := w.Talk(w.ctx, "jincheng", talk)
	w.ok(err)
	row, err := w.Task(w.ctx, "jincheng", k.Task)
	w.ok(err)
	before := w.talkRules().TalkCourse(ledger.TalkCaseOf(&w.plan.Plan, row, k))
	after, told, refused := w.talkRules().ActOnTalk(before, a)
	if refused != nil {
		w.t.Fatal(refused)
	}
	channels := map[people.Recipient][]string{}
	for _, s := range told {
		for _, r := range s.To {
			channels[r] = []string{"mail"}
		}
	}
	got, digests, err := w.ActOnTalk(w.ctx, ledger.ActedOnTalk{Plan: "jincheng", Talk: talk, Act: a, Version: k.Version, Facts: after.TalkCase, Told: told, Channels: channels},
		ledger.When{Real: speaks.Real, Plan: a.At})
	w.ok(err)
	return got, digests
}

// actAt is an act at an hour of a day in May.
func actAt(day, hour int, by act.Actor, k act.Kind) act.Act {
	at := calendar.NewDay(2021, 5, day).At(hour, 0, calendar.Beijing).UTC()
	return act.Act{ID: fmt.Sprintf("%s-%d-%d", k, day, hour), Kind: k, By: by, At: at, On: calendar.NewDay(2021, 5, day), Reason: "说明"}
}

// stagesOf are a talk's stages: revision, ID and state.
func (w *world) stagesOf(task, talk string) (out []string) {
	w.t.Helper()
	stages, err := w.Stages(w.ctx, "jincheng", task)
	w.ok(err)
	for _, s := range stages {
		if s.Talk == talk {
			out = append(out, fmt.Sprintf("r%d %s %s", s.Revision, s.ID, s.State))
		}
	}
	return out
}

func talkOnApproval(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	w.onApproval()
	asks := func(id string) {
		w.decide(id, talk)
		w.opens(id+"#1", act.TalkProposed)
	}
	asks("t0")
	approve, decline := actAt(18, 10, leader, act.Approve), actAt(18, 11, leader, act.Decline)
	for range 2 { // the answer to the first may be lost
		c, digests := w.actsOnTalk("t0#1", approve)
		w.is("facts", []any{c.State, c.Approver, c.Opened}, []any{act.TalkOpen, "副市长", approve.On})
		w.is("told", len(digests) <= 2, true)
		got, err := w.Talk(w.ctx, "jincheng", "t0#1")
		w.ok(err)
		w.is("approved", []any{got.State, got.Approver, got.OpensAt, *got.Facts}, []any{act.TalkOpen, "副市长", approve.At, c})
	}
	asks("t1") // once the first is decided: an undecided one is joined
	for range 2 {
		c, _ := w.actsOnTalk("t1#1", decline)
		w.is("facts", c.State, act.TalkDeclined)
	}
	w.is("events", w.last(4), []string{"act.approve", ledger.StageDecided, ledger.TalkAsked, "act.decline"})
	w.is("stages of the approved", w.stagesOf("t0", "t0#1"), []string{"r0 act-1-approve decided"})
	talks, err := w.Talks(w.ctx, "jincheng", "")
	w.ok(err)
	w.is("talks", []string{talks[0].ID, talks[1].ID}, []string{"t0#1", "t1#1"})
	_, _, err = w.ActOnTalk(w.ctx, ledger.ActedOnTalk{Plan: "jincheng", Talk: "t1#1", Version: talks[1].Version, Act: approve}, speaks)
	if !errors.Is(err, ledger.ErrBehind) {
		t.Errorf("an act on a declined talk: %v", err)
	}
	w.holds()
}

// talkSteps: what acts leave in the tables, and notices that an act overtook.
func talkSteps(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	w.decide("t0", talk)
	w.opens("t0#1", act.TalkOpen)
	digests := w.decideOfTalk("t0#1", served) // ahead of its instant
	serve := actAt(18, 8, clerk, act.Serve)
	serve.Talk = &act.TalkFacts{Number: "晋市环委办〔2021〕3号", Time: talkAt.AddDate(0, 0, 3), Place: "三楼会议室", Called: []string{"局长"}}
	w.actsOnTalk("t0#1", serve)
	got, err := w.Talk(w.ctx, "jincheng", "t0#1")
	w.ok(err)
	w.is("talk", []any{got.State, got.Taken, got.Facts.Notice}, []any{act.TalkOpen, map[string]calendar.Day{"served": serve.On}, serve.Talk})
	_, err = w.Gather(w.ctx, digestOf(office, talkAt, 1).Key, speaks, never)
	w.ok(err)
	messages, err := w.Gather(w.ctx, digests[0].Key, speaks, never)
	w.ok(err)
	w.is("the step was taken before the reminder spoke", len(messages), 0)
	c, _ := w.actsOnTalk("t0#1", actAt(21, 9, leader, act.CloseTalk))
	w.is("state", c.State, act.TalkClosed)
	w.is("stages", w.stagesOf("t0", "t0#1"), []string{"r1 act-1-serve decided", "r0 talk-served-missed void", "r1 act-2-close_talk decided"})
	w.holds()
}

// talkProposedByHand: a talk and a circular that no stage called for.
func talkProposedByHand(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	row, err := w.Task(w.ctx, "jincheng", "t0")
	w.ok(err)
	try := func(id, what string, rule *act.Proposal) (ledger.Talk, *act.Refusal) {
		a := actAt(18, 10, clerk, act.Propose)
		a.ID, a.Unit, a.Talk = id, "shuiwu", &act.TalkFacts{What: what}
		got, refused, err := w.ProposeTalk(w.ctx, ledger.Proposed{Plan: "jincheng", Task: "t0", Act: a, Proposal: rule,
			Facts: func(number int) (act.TalkCase, *act.Refusal) {
				c, refused := w.talkRules().Propose(act.TalkCase{Task: "t0", Number: number, Lead: "shuiwu", Office: "shuizhiban", Leadership: "lingdao",
					Policy: row.Policy, Origin: act.Origin{Kind: act.OriginHand}}, a)
				return c.TalkCase, refused
			}}, speaks)
		w.ok(err)
		return got, refused
	}
	propose := func(id, what string, rule *act.Proposal) ledger.Talk {
		var talk ledger.Talk
		for range 2 {
			got, refused := try(id, what, rule)
			if refused != nil {
				t.Fatal(refused)
			}
			talk = got
		}
		return talk
	}
	hand := propose("a", plan.ProposeTalk, nil)
	rule := propose("b", plan.ProposeCircular, &act.Proposal{Rule: "overdue-2", Unit: "shuiwu", What: plan.ProposeCircular, Facts: []string{"overdue:t0:2021-04-30"}})
	for _, again := range []struct{ what, there string }{{plan.ProposeTalk, "t0#1"}, {plan.ProposeCircular, "t0#2"}} {
		_, refused := try("again-"+again.what, again.what, nil)
		w.is("another of the same sort by hand", refused, &act.Refusal{Key: "act.refused_talk_exists", Data: map[string]string{"Talk": again.there}})
	}
	w.is("talks", []any{hand.ID, hand.What, hand.State, rule.ID, rule.What}, []any{"t0#1", "talk", act.TalkProposed, "t0#2", "circular"})
	events, err := w.Events(w.ctx, ledger.EventFilter{Plan: "jincheng", AfterSeq: w.holds() - 1})
	w.ok(err)
	var fired act.Fired
	w.ok(json.Unmarshal(events[0].Data, &fired))
	w.is("what the rule has named", []any{events[0].Kind, fired}, []any{"act.propose", act.Fired{Rule: "overdue-2", Unit: "shuiwu", Facts: []string{"overdue:t0:2021-04-30"}, What: plan.ProposeCircular}})

	next := w.talkRules().TalkCourse(*rule.Facts).Next
	w.is("it is told first", next.ID, "act-1-propose")
	w.decideOfTalk("t0#2", *next)
	w.holds() // the word of a proposal is decided like a stage
	c, digests := w.actsOnTalk("t0#2", actAt(19, 10, leader, act.Approve))
	w.is("a circular is told, and waits for its answer", []any{c.State, len(digests)}, []any{act.TalkOpen, 5})
	w.holds()
}

// proposalsJoin: one proposal of a measure waits for a leader about a unit; what else is
// found joins it, and what opens is numbered among the unit's own.
func proposalsJoin(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	propose := func(task, id, what, words string) ledger.Talk {
		var talk ledger.Talk
		for range 2 { // a retry is the same
			a := actAt(18, 10, clerk, act.Propose)
			a.ID, a.Unit, a.Reason, a.Talk = id, "shuiwu", words, &act.TalkFacts{What: what}
			got, refused, err := w.ProposeTalk(w.ctx, ledger.Proposed{Plan: "jincheng", Task: task, Act: a,
				Facts: func(number int) (act.TalkCase, *act.Refusal) {
					c, refused := w.talkRules().Propose(act.TalkCase{Task: task, Number: number, Lead: "shuiwu", Office: "shuizhiban", Leadership: "lingdao", Policy: "standard", Origin: act.Origin{Kind: act.OriginHand}}, a)
					return c.TalkCase, refused
				}}, speaks)
			w.ok(err)
			w.is("refused", refused, (*act.Refusal)(nil))
			talk = got
		}
		return talk
	}
	first, circular, joined := propose("t0", "a", plan.ProposeTalk, "一"), propose("t0", "b", plan.ProposeCircular, "二"), propose("t1", "c", plan.ProposeTalk, "三\n一")
	w.is("joined", []any{joined.ID, joined.State, joined.Facts.Into, joined.GoesOn(), joined.Known()}, []any{"t1#1", act.TalkJoined, "t0#1", false, false})
	first, err := w.Talk(w.ctx, "jincheng", first.ID)
	w.ok(err)
	w.is("grounds", []any{first.Facts.Grounds, first.State, first.Known()}, []any{"一\n三", act.TalkProposed, false})
	w.actsOnTalk("t0#1", actAt(19, 10, leader, act.Decline))
	again := propose("t1", "d", plan.ProposeTalk, "四")
	w.is("what was declined is not joined", again.State, act.TalkProposed)
	c, _ := w.actsOnTalk(again.ID, actAt(20, 10, leader, act.Approve))
	w.is("the unit's first talk, and its first circular", []any{c.Nth, circular.Facts.Nth}, []any{1, 1})
	w.decide("t0", talk)
	w.is("the next is its second", w.opens("t0#3", act.TalkOpen).Facts.Nth, 2)
	of := ledger.CalledIn{Plan: "jincheng", Units: []string{"shuiwu"}}
	for known, want := range map[bool]int{false: 4, true: 2} {
		of.Known = known
		_, n, err := w.ListTalks(w.ctx, ledger.TalkFilter{Of: []ledger.CalledIn{of}})
		w.ok(err)
		w.is(fmt.Sprint("listed, only what the unit knows of: ", known), n, want)
		_, n, err = w.ListTalks(w.ctx, ledger.TalkFilter{Of: []ledger.CalledIn{of}, State: act.TalkJoined})
		w.ok(err)
		w.is(fmt.Sprint("that joined another before a leader decided, only what the unit knows of: ", known), n, map[bool]int{false: 1, true: 0}[known])
	}
	w.holds()
}

// opensJointly opens a talk twice, as its workflow does when the answer to the first try
// is lost.
func (w *world) opensJointly(id string) (got ledger.Talk) {
	w.t.Helper()
	for range 2 {
		var err error
		got, err = w.OpenTalk(w.ctx, w.opening(id, nil), speaks)
		w.ok(err)
	}
	return got
}

// opening is how the activity opens a talk; missing are the rungs that are due and not
// recorded.
func (w *world) opening(id string, missing []act.Called) ledger.Opening {
	rules := w.talkRules()
	return ledger.Opening{Plan: "jincheng", Talk: id, Takes: rules.Takes, Zone: calendar.Beijing,
		Open: func(task ledger.Task, called ledger.Talk) act.TalkCase {
			called.Facts = nil
			return rules.OpenTalk(ledger.TalkCaseOf(&w.plan.Plan, task, called), called.OpensAt).TalkCase
		},
		Calls: func(of ledger.Task, until time.Time) []act.Called {
			return slices.DeleteFunc(slices.Clone(missing), func(c act.Called) bool { return c.Task != of.ID || c.At.After(until) })
		}}
}

// firstTalk: of two rungs of one instant the task that comes first has the talk, also
// when a slow machine records it last: until then the others do not open. What comes after
// a talk is not waited for.
func firstTalk(t *testing.T, address string) {
	w := newWorld(t, address, 4)
	nowIs := func(id string) []any {
		k, err := w.Talk(w.ctx, "jincheng", id)
		w.ok(err)
		return []any{k.State, k.Host, k.Facts.Nth}
	}
	waits := func(id string, missing ...act.Called) {
		t.Helper()
		before, err := w.Talk(w.ctx, "jincheng", id)
		w.ok(err)
		_, err = w.OpenTalk(w.ctx, w.opening(id, missing), speaks)
		var first *ledger.NotCalledError
		if !errors.As(err, &first) {
			t.Fatalf("%s: %v", id, err)
		}
		w.is("what is waited for", act.Called(*first), missing[0])
		after, err := w.Talk(w.ctx, "jincheng", id)
		w.ok(err)
		w.is("as before", after, before)
	}
	first, second := act.Called{Task: "t0", At: talkAt}, act.Called{Task: "t1", At: talkAt}
	w.decide("t2", talk)
	waits("t2#1", first, second)
	w.decide("t1", talk)
	waits("t2#1", first)
	waits("t1#1", first)
	w.decide("t0", talk)
	later := []act.Called{{Task: "t3", At: talkAt}, {Task: "t0", At: talkAt.Add(time.Minute)}}
	for range 2 {
		got, err := w.OpenTalk(w.ctx, w.opening("t2#1", later), speaks) // and with it those that come first
		w.ok(err)
		w.is("the third", got.Host, "t0#1")
	}
	w.is("the first of three", nowIs("t0#1"), []any{act.TalkOpen, "", 1})
	for _, id := range []string{"t1#1", "t2#1"} {
		w.opensJointly(id)
		w.is("joins", nowIs(id), []any{act.TalkJoined, "t0#1", 1})
	}
	about, err := w.TalksAbout(w.ctx, "jincheng", "t2")
	w.ok(err)
	var of []string
	for _, m := range about[0].Facts.Of() {
		of = append(of, m.Task)
	}
	w.is("its tasks", []any{about[0].ID, of}, []any{"t0#1", []string{"t0", "t1", "t2"}})
	joined, err := w.JoinedTo(w.ctx, "jincheng", "t0#1")
	w.ok(err)
	w.is("what has joined it", joined, []string{"t1#1", "t2#1"})
	w.holds()
}

// talksJoin: a unit is called to one talk about all it has missed. Of those that open at
// one instant the first by its ID is the talk, whichever is opened first; what opens later
// joins it, and so does what a leader approves.
func talksJoin(t *testing.T, address string) {
	w := newWorld(t, address, 4)
	rules := w.talkRules()
	opens := w.opensJointly
	for _, task := range []string{"t0", "t1", "t2"} {
		w.decide(task, talk)
	}
	w.is("the second joins the first, which is open by then", []any{opens("t1#1").State, opens("t1#1").Facts.Into}, []any{act.TalkJoined, "t0#1"})
	w.is("the first", opens("t0#1").State, act.TalkOpen)
	w.is("the third", []any{opens("t2#1").State, opens("t2#1").Facts.Nth}, []any{act.TalkJoined, 1})
	a := actAt(18, 10, clerk, act.Propose)
	a.ID, a.Unit, a.Talk = "by-hand", "shuiwu", &act.TalkFacts{What: plan.ProposeTalk}
	_, refused, err := w.ProposeTalk(w.ctx, ledger.Proposed{Plan: "jincheng", Task: "t3", Act: a, Facts: func(number int) (act.TalkCase, *act.Refusal) {
		c, refused := rules.Propose(act.TalkCase{Task: "t3", Number: number, Lead: "shuiwu", Office: "shuizhiban", Leadership: "lingdao", Policy: "standard", Origin: act.Origin{Kind: act.OriginHand}}, a)
		return c.TalkCase, refused
	}}, speaks)
	w.ok(err)
	w.is("refused", refused, (*act.Refusal)(nil))
	approve := actAt(19, 10, leader, act.Approve)
	k, err := w.Talk(w.ctx, "jincheng", "t3#1")
	w.ok(err)
	after, told, _ := rules.ActOnTalk(rules.TalkCourse(*k.Facts), approve)
	for range 2 {
		c, _, err := w.ActOnTalk(w.ctx, ledger.ActedOnTalk{Plan: "jincheng", Talk: "t3#1", Act: approve, Version: k.Version, Facts: after.TalkCase, Told: told, Takes: rules.Takes}, speaks)
		w.ok(err)
		w.is("approved", []any{c.State, c.Into}, []any{act.TalkJoined, "t0#1"})
	}
	whole, err := w.Talk(w.ctx, "jincheng", "t0#1")
	w.ok(err)
	var of []string
	for _, m := range whole.Facts.Of() {
		of = append(of, m.Task)
	}
	w.is("it is about all", of, []string{"t0", "t1", "t2", "t3"})
	about, err := w.TalksAbout(w.ctx, "jincheng", "t2")
	w.ok(err)
	w.is("the talk about the third task", []any{len(about), about[0].ID}, []any{1, "t0#1"})
	w.holds()
}

// talkVoid: what an act on a task makes of its talks is written with it.
func talkVoid(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	for range 2 {
		w.decide("t0", talk)
	}
	w.opens("t0#1", act.TalkOpen)
	w.decideOfTalk("t0#1", served)
	row, err := w.Task(w.ctx, "jincheng", "t0")
	w.ok(err)
	k, err := w.Talk(w.ctx, "jincheng", "t0#1")
	w.ok(err)
	void, c := *k.Facts, row.Facts
	void.State, c.State = act.TalkVoid, act.Cancelled
	a := actAt(17, 8, clerk, act.Cancel)
	unit, leaders := people.Recipient{Unit: "shuiwu", Role: people.Liaison}, people.Recipient{Unit: "lingdao", Role: people.Leader}
	tells := func(id string, to people.Recipient) []plan.Stage {
		return []plan.Stage{{ID: id, Kind: plan.Told, At: a.At, To: []people.Recipient{to}}}
	}
	acted := ledger.Acted{Plan: "jincheng", Task: "t0", Act: a, Version: row.Version, Facts: c, Told: tells("act-1-cancel", unit),
		Talks:    []ledger.ActedTalk{{Talk: "t0#1", Version: k.Version - 1, Facts: void, Told: tells("act-1-doubt", leaders)}},
		Channels: map[people.Recipient][]string{unit: {"mail"}, leaders: {"mail"}}}
	if _, _, err := w.Act(w.ctx, acted, speaks); !errors.Is(err, ledger.ErrBehind) {
		t.Errorf("a talk that was written meanwhile: %v", err)
	}
	acted.Talks[0].Version = k.Version
	for range 2 {
		_, _, err := w.Act(w.ctx, acted, speaks)
		w.ok(err)
	}
	got, err := w.Talk(w.ctx, "jincheng", "t0#1")
	w.ok(err)
	w.is("talk", []any{got.State, got.Facts.State}, []any{act.TalkVoid, act.TalkVoid})
	messages, err := w.Gather(w.ctx, digestOf(office, served.At, 1).Key, speaks, never)
	w.ok(err)
	w.is("and says nothing more", len(messages), 0)
	notices, err := w.Notices(w.ctx, ledger.NoticeFilter{Plan: "jincheng", Task: "t0"})
	w.ok(err)
	told := map[string][]string{}
	for _, n := range notices {
		if n.Kind == plan.Told {
			told[n.Stage] = append(told[n.Stage], n.Recipient.String())
		}
	}
	w.is("each is told what is meant for him", told, map[string][]string{"act-1-cancel": {unit.String()}, "act-1-doubt": {leaders.String()}})
	w.holds()
}

// onApproval has the world's talks wait for a leader.
func (w *world) onApproval() {
	p := w.plan.Plan.Policies["standard"]
	talks := *p.Talk
	talks.Open = plan.TalkOnApproval
	p.Talk = &talks
	w.plan.Plan.Policies["standard"] = p
}

func talkTwice(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	second := talk
	second.ID = "talk-again"
	for i, s := range []plan.Stage{talk, second} {
		w.decide("t0", s)
		w.opens(fmt.Sprintf("t0#%d", i+1), act.TalkOpen)
	}
	for _, id := range []string{"t0#1", "t0#2"} {
		for range 2 {
			w.decideOfTalk(id, served)
		}
	}
	notices, err := w.Notices(w.ctx, ledger.NoticeFilter{Digest: digestOf(office, served.At, 1).Key})
	w.ok(err)
	w.is("notices", []string{notices[0].Talk, notices[0].Key(), notices[1].Talk, notices[1].Key()}, []string{
		"t0#1", "jincheng/t0/r0/talk-served-missed/shuizhiban/office/mail",
		"t0#2", "jincheng/t0#2/r0/talk-served-missed/shuizhiban/office/mail"})
	w.is("events", w.holds(), int64(7))
}
