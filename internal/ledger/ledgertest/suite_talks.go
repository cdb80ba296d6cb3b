package ledgertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
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

var (
	leader = act.Actor{Account: "fushizhang", Name: "副市长", Unit: "lingdao"}
	clerk  = act.Actor{Account: "wang", Name: "王科长", Unit: "shuizhiban"}
)

// talkBook works out courses of the world's talks.
func (w *world) talkBook() act.Book {
	w.t.Helper()
	b, err := act.NewBook(&w.plan.Plan, calendar.New())
	w.ok(err)
	return b
}

// courseOf is a talk's course as its workflow would have it.
func (w *world) courseOf(id string) act.TalkCourse {
	w.t.Helper()
	k, err := w.Talk(w.ctx, "jincheng", id)
	w.ok(err)
	task, err := w.Task(w.ctx, "jincheng", k.Task)
	w.ok(err)
	if k.Course != nil {
		return *k.Course
	}
	c := act.TalkCourse{TalkCase: ledger.TalkCaseOf(&w.plan.Plan, task, k)}
	stages, err := w.Stages(w.ctx, "jincheng", k.Task)
	w.ok(err)
	for _, s := range stages {
		if s.Talk == id && s.State == ledger.Expected {
			c.Ladder = append(c.Ladder, s.Stage)
		}
	}
	return c
}

// actsOnTalk records an act on a talk, as the activity does.
func (w *world) actsOnTalk(talk string, from act.TalkCourse, a act.Act) (act.TalkCourse, []ledger.Digest) {
	w.t.Helper()
	after, told, refused := w.talkBook().ActOnTalk(from, a)
	if refused != nil {
		w.t.Fatal(refused)
	}
	channels := map[people.Recipient][]string{}
	for _, s := range told {
		for _, r := range s.To {
			channels[r] = []string{"mail"}
		}
	}
	got, digests, err := w.ActOnTalk(w.ctx, ledger.ActedOnTalk{Plan: "jincheng", Talk: talk, Act: a, Course: after, Told: told, Channels: channels},
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

// proposes makes the talk a stage called for a proposal.
func (w *world) proposes(task string) act.TalkCourse {
	w.t.Helper()
	_, k := w.decide(task, talk)
	row, err := w.Task(w.ctx, "jincheng", task)
	w.ok(err)
	c := w.talkBook().OpenTalk(ledger.TalkCaseOf(&w.plan.Plan, row, *k), talkAt)
	for range 2 {
		got, ok, err := w.OpenTalk(w.ctx, k.ID, "jincheng", plan.TalkOnApproval, c.Ladder, speaks)
		w.ok(err)
		w.is("talk", []any{got.State, ok}, []any{ledger.TalkProposed, true})
	}
	return c
}

func talkOnApproval(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	w.onApproval()
	yes, no := w.proposes("t0"), w.proposes("t1")
	approve, decline := actAt(18, 10, leader, act.Approve), actAt(18, 11, leader, act.Decline)
	for range 2 { // the answer to the first may be lost
		course, digests := w.actsOnTalk("t0#1", yes, approve)
		w.is("course", []any{course.State, course.Approver, course.Opened, course.Revision}, []any{act.TalkOpen, "副市长", approve.On, 2})
		w.is("told", len(digests), 2)
		got, err := w.Talk(w.ctx, "jincheng", "t0#1")
		w.ok(err)
		w.is("approved", []any{got.State, got.Approver, got.OpensAt, *got.Course}, []any{ledger.TalkOpen, "副市长", approve.At, course})
		course, _ = w.actsOnTalk("t1#1", no, decline)
		w.is("course", course.State, act.TalkDeclined)
	}
	w.is("events", w.last(4), []string{ledger.StageDecided, ledger.TalkAsked, "act.approve", "act.decline"})
	w.is("stages of the approved", w.stagesOf("t0", "t0#1"), []string{
		"r2 act-1-approve decided", "r1 talk-decided-remind void", "r1 talk-decided-missed void", "r2 talk-served-remind expected", "r2 talk-served-missed expected"})
	w.is("stages of the declined", w.stagesOf("t1", "t1#1"), []string{
		"r1 act-1-decline decided", "r1 talk-decided-remind void", "r1 talk-decided-missed void"})
	talks, err := w.Talks(w.ctx, "jincheng", "")
	w.ok(err)
	w.is("talks", []string{talks[0].ID, talks[1].ID}, []string{"t0#1", "t1#1"})
	_, _, err = w.ActOnTalk(w.ctx, ledger.ActedOnTalk{Plan: "jincheng", Talk: "t1#1", Act: approve}, speaks)
	if !errors.Is(err, ledger.ErrNotOpen) {
		t.Errorf("an act on a declined talk: %v", err)
	}
	w.holds()
}

// talkSteps: what acts leave in the tables, and notices that an act overtook.
func talkSteps(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	w.decide("t0", talk)
	row, err := w.Task(w.ctx, "jincheng", "t0")
	w.ok(err)
	k, err := w.Talk(w.ctx, "jincheng", "t0#1")
	w.ok(err)
	c := w.talkBook().OpenTalk(ledger.TalkCaseOf(&w.plan.Plan, row, k), talkAt)
	_, _, err = w.OpenTalk(w.ctx, "t0#1", "jincheng", plan.TalkAtOnce, c.Ladder, speaks)
	w.ok(err)
	remind := c.Decide() // ahead of its instant
	remind.To = []people.Recipient{office}
	d := decision("t0", remind, "mail")
	d.Talk = "t0#1"
	digests, _, err := w.DecideStage(w.ctx, d, speaks)
	w.ok(err)
	if len(digests) == 0 {
		t.Fatal("nobody is reminded")
	}
	serve := actAt(18, 8, clerk, act.Serve)
	serve.Talk = &act.TalkFacts{Number: "晋市环委办〔2021〕3号", Time: talkAt.AddDate(0, 0, 3), Place: "三楼会议室", Called: []string{"局长"}}
	c, _ = w.actsOnTalk("t0#1", c, serve)
	got, err := w.Talk(w.ctx, "jincheng", "t0#1")
	w.ok(err)
	w.is("talk", []any{got.State, got.Taken, got.Course.Notice}, []any{ledger.TalkOpen, map[string]calendar.Day{"served": serve.On}, serve.Talk})
	messages, err := w.Gather(w.ctx, digests[0].Key, speaks, never)
	w.ok(err)
	w.is("the step was taken before the reminder spoke", len(messages), 0)
	absent := actAt(20, 9, clerk, act.Absent)
	c, digests = w.actsOnTalk("t0#1", c, absent)
	w.is("told", len(digests), 3)
	w.is("stages", w.stagesOf("t0", "t0#1")[3:], []string{
		"r2 talk-served-remind.2 expected", "r1 talk-served-missed void", "r2 talk-served-missed.2 expected"})
	c, _ = w.actsOnTalk("t0#1", c, actAt(21, 9, leader, act.CloseTalk))
	w.is("state", []any{c.State, len(c.Ladder)}, []any{act.TalkClosed, 0})
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
			Course: func(number int) (act.TalkCourse, *act.Refusal) {
				return w.talkBook().Propose(act.TalkCase{Task: "t0", Number: number, Lead: "shuiwu", Office: "shuizhiban", Leadership: "lingdao",
					Policy: row.Policy, Origin: act.OriginHand, Revision: row.Revision}, a)
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
	w.is("talks", []any{hand.ID, hand.What, hand.State, rule.ID, rule.What}, []any{"t0#1", "talk", ledger.TalkProposed, "t0#2", "circular"})
	w.is("stages", w.stagesOf("t0", "t0#1"), []string{"r1 act-1-propose expected", "r1 talk-decided-remind expected", "r1 talk-decided-missed expected"})
	events, err := w.Events(w.ctx, ledger.EventFilter{Plan: "jincheng", AfterSeq: w.holds() - 1})
	w.ok(err)
	var fired act.Fired
	w.ok(json.Unmarshal(events[0].Data, &fired))
	w.is("what the rule has named", []any{events[0].Kind, fired}, []any{"act.propose", act.Fired{Rule: "overdue-2", Unit: "shuiwu", Facts: []string{"overdue:t0:2021-04-30"}}})

	c := w.courseOf("t0#2")
	d := decision("t0", c.Decide(), "mail")
	d.Talk = "t0#2"
	_, _, err = w.DecideStage(w.ctx, d, speaks)
	w.ok(err)
	w.holds() // the word of a proposal is decided like a stage
	c, digests := w.actsOnTalk("t0#2", c, actAt(19, 10, leader, act.Approve))
	w.is("a circular is told and closed", []any{c.State, len(digests)}, []any{act.TalkClosed, 4})
	c, _ = w.talkBook().Renew(act.TalkCourse{TalkCase: hand.Course.TalkCase})
	w.ok(w.ExpectTalk(w.ctx, "jincheng", "t0#1", c, speaks))
	w.is("renewed", w.stagesOf("t0", "t0#1"), []string{"r1 act-1-propose void", "r1 talk-decided-remind void", "r1 talk-decided-missed expected"})
	w.holds()
}

// talkVoid: what the end of a task does to its talks.
func talkVoid(t *testing.T, address string) {
	w := newWorld(t, address, 4)
	w.onApproval()
	for _, id := range []string{"t0", "t2", "t3"} {
		w.decide(id, talk)
	}
	asked := w.proposes("t1")
	for _, id := range []string{"t2", "t3"} {
		_, _, err := w.OpenTalk(w.ctx, id+"#1", "jincheng", plan.TalkAtOnce, []plan.Stage{served}, speaks)
		w.ok(err)
	}
	w.decide("t2", served)
	for _, id := range []string{"t0", "t1", "t2"} {
		w.actOnTask(id, act.Verify)
	}
	w.actOnTask("t3", act.Cancel)
	for range 2 {
		got, ok, err := w.OpenTalk(w.ctx, "t0#1", "jincheng", plan.TalkAtOnce, []plan.Stage{served}, speaks)
		w.ok(err)
		w.is("called for, and its task is done", []any{got.State, ok}, []any{ledger.TalkVoid, false})
		c, _ := w.actsOnTalk("t1#1", asked, actAt(18, 10, leader, act.Approve))
		w.is("approved too late", []any{c.State, c.Approver}, []any{act.TalkVoid, ""})
	}
	w.is("the proposal's stages", w.stagesOf("t1", "t1#1"), []string{"r1 talk-decided-remind void", "r1 talk-decided-missed void"})
	w.is("the cancelled task's", w.stagesOf("t3", "t3#1"), []string{"r1 talk-served-missed void"})
	got, err := w.Talk(w.ctx, "jincheng", "t3#1")
	w.ok(err)
	w.is("the cancelled task's talk", got.State, ledger.TalkVoid)
	got, err = w.Talk(w.ctx, "jincheng", "t2#1")
	w.ok(err)
	w.is("an open talk stays", got.State, ledger.TalkOpen)
	messages, err := w.Gather(w.ctx, digestOf(office, served.At, 1).Key, speaks, never)
	w.ok(err)
	w.is("and goes on though the task was done late", len(messages), 1)
	w.holds()
}

// actOnTask records the office's act that ends a task.
func (w *world) actOnTask(id string, k act.Kind) {
	w.t.Helper()
	task, err := w.Task(w.ctx, "jincheng", id)
	w.ok(err)
	a := actAt(17, 8, clerk, k)
	a.Paper = "晋市政办〔2021〕20号"
	after, _, refused := w.talkBook().Act(act.Course{Case: ledger.CaseOf(&w.plan.Plan, task)}, a)
	if refused != nil {
		w.t.Fatal(refused)
	}
	_, _, err = w.Act(w.ctx, ledger.Acted{Plan: "jincheng", Task: id, Act: a, Course: after}, speaks)
	w.ok(err)
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
