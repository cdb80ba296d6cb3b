package act

import (
	"slices"

	"duban/internal/people"
	"duban/internal/plan"
)

// State of a task, a duty or an occurrence as people see it.
type State string

const (
	Open      State = "open"      // 在办
	Reported  State = "reported"  // 办结待核: a completion report waits for the office
	Suspended State = "suspended" // 暂停
	Closed    State = "closed"    // 销号
	Cancelled State = "cancelled" // 撤销
	Carried   State = "carried"   // 结转: it goes on in another plan
)

// States in the order of a task's life.
var States = []State{Open, Reported, Suspended, Closed, Cancelled, Carried}

// Role is a seat of a unit.
type Role = people.Role

// Thing is the sort of what an act is done to.
type Thing string

const (
	OnTask     Thing = "task"     // a task, or an occurrence of a duty
	OnDuty     Thing = "duty"     // the duty itself; its occurrences are tasks
	OnTalk     Thing = "talk"     // a talk or a circular
	OnPlan     Thing = "plan"     // a running plan as a whole
	OnIncident Thing = "incident" // an incident at a monitored section

	OnComplaint Thing = "complaint" // a complaint of the hotline
	OnText      Thing = "text"      // a text that is made public
)

// Row is one act: who may do it and when, what it says, which state it leads to, what it
// settles, who hears of it, and how people call it. What else the act asks and changes is in
// Effects or TalkEffects, and its words are in the catalogue; an act needs no other place.
type Row struct {
	On      Thing
	Kind    Kind
	Command string // as people do it at the command line, after the thing, except on an incident, a complaint or a public text, for which there are no commands; "": nobody does it by hand
	Press   bool   // one press does it: nothing need be said

	By    []Seat
	Named bool    // by a named person only, never the engine (政府督查工作条例 art. 21)
	From  []State // of a talk its TalkState; Unborn: it makes the thing
	To    State   // "": the state stays
	What  string  // of a talk: plan.ProposeTalk or plan.ProposeCircular, where it is done to that alone
	After string  // of a talk: the step that must have been taken
	Early []Seat  // seats that may do the act before that step is taken
	Step  string  // of a talk: the step that it takes
	Anew  bool    // the step may be taken again

	Must    []Field // fields that the act must say
	Implied []Field // fields that it must say too, and that a form fills in where they are left out, with the only value that can be meant
	May     []Field // fields that it may say
	Longest int     // characters of its reason, where they may be more than of others

	Settles  []string // topics of what is no longer owed after the act (Owed.ID without its number)
	Restarts bool     // whoever owes the task is left the policy's grace after the act, because the clock runs again, or the date, the ladder or the unit is another

	News News
}

// Unborn is the state, before the act, of a thing that the act makes.
const Unborn State = ""

// News is how an act is told to those who hear of it at once. The sentences are in the
// catalogue under the act's name (matter.name_told_…, fact_told_…, ask_…, tell_…).
type News struct {
	To     []Ear
	Words  string // what its reason is called: matter.words_…; "note" when it is ""
	Limit  string // the limit that the message names: matter.limit_…, and where it comes from, see Rules.limitBy
	Owes   string // topic of what is owed because of the act: the message about the act, and the reminders of what is owed, are about one thing
	Asks   []Role // seats that the message itself asks for something, beside the reminders of what is owed
	Rank   Rank   // place of the act among the things that one message tells
	Grave  bool   // the message asks for something at once
	GoesOn bool   // the reader's own limit goes on after it, and the message says what comes next
}

// Rank orders what a message tells: what must be done first, first. Of one rank the table
// of acts has the order.
type Rank int

const (
	RankSummons  Rank = iota // to a talk, or a circular
	RankTalk                 // a proposal, and what becomes of talks
	RankDemand               // something is asked of the reader by name
	RankOrder                // a task is given
	RankPart                 // a part is asked for
	RankRequest              // something waits for a decision
	RankDecision             // of what was asked
	RankChange               // something about a task that was given has changed
	RankNote                 // something was done
)

type (
	seats  = []Seat
	states = []State
	fields = []Field
	ears   = []Ear
	roles  = []Role
	topics = []string
)

var (
	live     = states{Open, Reported, Suspended}
	running  = states{Open, Suspended}
	open     = states{Open}
	byLead   = seats{Lead}
	byOffice = seats{Office}
	byUnit   = seats{Lead, Office} // the unit called, or the office on its behalf
	// What was measured of sections shows that the task of handing in the data is done, or that
	// the ground of a task which a rule has opened is gone: the engine verifies the one and
	// cancels the other (docket.Sections).
	officeOrData = seats{Office, Engine}

	decide  = seats{Office, Leadership}
	reason  = fields{FieldReason}
	proof   = fields{FieldFile, FieldURL, FieldPaper}
	paper   = fields{FieldPaper}
	ofUnit  = roles{people.Liaison, people.Deputy, people.Head}
	ofHeads = roles{people.Office, people.Leader} // 协调办、领导
)

// All is the one table of acts.
var All = slices.Concat(rows(OnTask, tasks), rows(OnDuty, duties), rows(OnTalk, talks), rows(OnPlan, plans), rows(OnPlan, assessments), rows(OnPlan, reports), rows(OnIncident, incidents), rows(OnComplaint, complaints), rows(OnText, publicTexts))

// tasks are the acts on a task or an occurrence.
var tasks = []Row{
	{Kind: Acknowledge, Command: "ack", Press: true, By: byLead, From: live, May: reason, Settles: topics{Receive},
		News: News{Rank: RankNote}},
	{Kind: Return, Command: "return", By: byLead, From: open, Must: reason, May: proof, Settles: topics{Receive},
		News: News{To: ears{HearsOffice}, Words: "reason", Limit: "rule", Owes: TopicReturn, Asks: roles{people.Office}, Rank: RankRequest}},
	{Kind: Progress, Command: "progress", By: byLead, From: running, Must: fields{FieldPercent, FieldReason}, May: fields{FieldFile, FieldURL}, Settles: topics{TopicSilent},
		News: News{Rank: RankNote}},
	{Kind: AskPart, Command: "part ask", By: byLead, From: open, Must: fields{FieldUnit, FieldDue, FieldReason},
		News: News{To: ears{HearsAsked}, Words: "part", Limit: "part", Asks: ofUnit, Rank: RankPart}},
	{Kind: GivePart, Command: "part give", By: seats{Assisting}, From: live, Must: reason, Implied: fields{FieldRef}, May: proof, Settles: topics{TopicPart},
		News: News{To: ears{HearsLiaison}, Words: "given", Rank: RankNote}},
	{Kind: Complete, Command: "complete", By: byLead, From: open, To: Reported, Must: reason, May: proof, Settles: topics{Finish},
		News: News{To: ears{HearsOffice}, Words: "done", Limit: "verify", Owes: TopicReport, Asks: roles{people.Office}, Rank: RankRequest}},
	{Kind: Verify, Command: "verify", By: officeOrData, From: states{Open, Reported}, To: Closed, Must: reason, May: proof, Settles: topics{TopicReport},
		News: News{To: ears{HearsLiaison, HearsWaiting}, Words: "opinion", Rank: RankNote}},
	{Kind: Reject, Command: "reject", By: byOffice, From: states{Reported}, To: Open, Must: reason, May: proof, Settles: topics{TopicReport}, Restarts: true,
		News: News{To: ears{HearsLiaison, HearsDeputy}, Words: "opinion", Rank: RankDecision, GoesOn: true}},
	{Kind: Uphold, Command: "uphold", By: byOffice, From: live, Must: reason, May: paper, Settles: topics{TopicReturn}, Restarts: true,
		News: News{To: ears{HearsLiaison, HearsDeputy}, Words: "opinion", Rank: RankDecision, GoesOn: true}},
	{Kind: Extend, Command: "extend", By: byLead, From: open, Must: fields{FieldDue, FieldReason}, May: fields{FieldPercent, FieldFile, FieldURL, FieldPaper},
		News: News{To: ears{HearsDecider}, Words: "reason", Limit: "decide", Owes: TopicExtension, Asks: ofHeads, Rank: RankRequest}},
	{Kind: Grant, Command: "grant", By: decide, From: running, Must: reason, May: fields{FieldDue, FieldPaper}, Settles: topics{TopicExtension}, Restarts: true,
		News: News{To: ears{HearsLiaison, HearsDeputy}, Words: "opinion", Rank: RankDecision, GoesOn: true}},
	{Kind: Refuse, Command: "refuse", By: decide, From: live, Must: reason, May: paper, Settles: topics{TopicExtension},
		News: News{To: ears{HearsLiaison, HearsDeputy}, Words: "opinion", Rank: RankDecision, GoesOn: true}},
	{Kind: Instruct, Command: "instruct", By: seats{Leadership}, From: live, Must: reason, May: fields{FieldDue, FieldPaper},
		News: News{To: ears{HearsLiaison, HearsHead, HearsOffice}, Words: "instruction", Limit: "answer", Asks: ofUnit, Rank: RankDemand}},
	{Kind: Answer, Command: "answer", By: byLead, From: live, Must: reason, Implied: fields{FieldRef}, May: proof, Settles: topics{TopicInstruction},
		News: News{To: ears{HearsLeader, HearsOffice}, Words: "answer", Rank: RankNote}},
	{Kind: Chase, Command: "chase", By: byOffice, From: open, Must: reason, May: paper,
		News: News{To: ears{HearsLiaison, HearsDeputy}, Words: "chase", Limit: "chase", Asks: ofUnit, Rank: RankDemand, Grave: true, GoesOn: true}},
	{Kind: Correct, Command: "correct", By: byOffice, From: live, Must: fields{FieldDue, FieldReason}, May: paper, Restarts: true,
		News: News{To: ears{HearsLiaison, HearsDeputy}, Words: "cause", Rank: RankChange, GoesOn: true}},
	{Kind: Cancel, Command: "cancel", By: officeOrData, From: live, To: Cancelled, Must: fields{FieldReason, FieldPaper},
		News: News{To: ears{HearsLiaison, HearsDeputy, HearsAssisting, HearsWaiting}, Words: "cause", Rank: RankChange}},
	{Kind: Reinstate, Command: "reinstate", By: byOffice, From: states{Cancelled}, To: Open, Must: fields{FieldReason, FieldPaper}, Restarts: true,
		News: News{To: ears{HearsLiaison, HearsDeputy, HearsAssisting, HearsWaiting}, Words: "cause", Rank: RankChange, GoesOn: true}},
	{Kind: Suspend, Command: "suspend", By: byOffice, From: open, To: Suspended, Must: reason, May: fields{FieldUntil, FieldMoves, FieldPaper},
		News: News{To: ears{HearsLiaison}, Words: "cause", Limit: "until", Rank: RankChange}},
	{Kind: Resume, Command: "resume", By: seats{Office, Engine}, From: states{Suspended}, To: Open, Must: reason, May: paper, Restarts: true,
		News: News{To: ears{HearsLiaison}, Words: "cause", Rank: RankChange, GoesOn: true}},
	{Kind: Reassign, Command: "reassign", By: byOffice, From: running, Must: fields{FieldUnit, FieldReason}, May: fields{FieldDue, FieldPaper}, Settles: topics{TopicReturn}, Restarts: true,
		News: News{To: ears{HearsLiaison, HearsDeputy, HearsFormer, HearsAssisting, HearsParties}, Words: "cause", Asks: ofUnit, Rank: RankOrder, GoesOn: true}},
	{Kind: TakeOver, By: byOffice, From: live, Must: fields{FieldUnit, FieldReason}, Restarts: true,
		News: News{To: ears{HearsSuccessor}, Words: "cause", Asks: ofUnit, Rank: RankOrder, GoesOn: true}},
	{Kind: SetPolicy, Command: "policy", By: byOffice, From: live, Must: fields{FieldPolicy, FieldReason}, May: paper, Restarts: true,
		News: News{To: ears{HearsLiaison}, Words: "cause", Rank: RankChange, GoesOn: true}},
	{Kind: Assist, Command: "assist", By: byOffice, From: live, Must: fields{FieldUnits, FieldReason}, May: paper,
		News: News{To: ears{HearsLiaison, HearsAssisting}, Words: "cause", Rank: RankChange}},
	{Kind: Reword, Command: "reword", By: byOffice, From: live, Must: fields{FieldTitle, FieldReason}, May: paper,
		News: News{To: ears{HearsLiaison}, Words: "cause", Rank: RankChange}},
}

// duties are the acts on a duty itself. The news of an act that is also possible on a task is
// that of the task (newsOf).
var duties = []Row{
	{Kind: Suspend, Command: "pause", By: byOffice, From: open, To: Suspended, Must: reason, May: fields{FieldUntil, FieldPaper}, News: newsOf(Suspend)},
	{Kind: Resume, Command: "resume", By: seats{Office, Engine}, From: states{Suspended}, To: Open, Must: reason, May: paper, Restarts: true, News: newsOf(Resume)},
	{Kind: SetRule, Command: "rule", By: byOffice, From: running, Must: fields{FieldRule, FieldReason}, May: paper, Restarts: true,
		News: News{To: ears{HearsLiaison}, Words: "cause", Rank: RankChange}},
	{Kind: EndDuty, Command: "end", By: byOffice, From: running, To: Closed, Must: reason, May: paper,
		News: News{To: ears{HearsLiaison}, Words: "cause", Rank: RankChange}},
	{Kind: Reinstate, Command: "reinstate", By: byOffice, From: states{Closed}, To: Open, Must: fields{FieldReason, FieldPaper}, Restarts: true, News: newsOf(Reinstate)},
	{Kind: TakeOver, By: byOffice, From: running, Must: fields{FieldUnit, FieldReason}, Restarts: true, News: newsOf(TakeOver)},
	{Kind: Reassign, Command: "reassign", By: byOffice, From: running, Must: fields{FieldUnit, FieldReason}, May: paper, Restarts: true, News: newsOf(Reassign)},
	{Kind: Assist, Command: "assist", By: byOffice, From: running, Must: fields{FieldUnits, FieldReason}, May: paper, News: newsOf(Assist)},
	{Kind: SetPolicy, Command: "policy", By: byOffice, From: running, Must: fields{FieldPolicy, FieldReason}, May: paper, Restarts: true, News: newsOf(SetPolicy)},
	{Kind: Reword, Command: "reword", By: byOffice, From: running, Must: fields{FieldTitle, FieldReason}, May: paper, News: newsOf(Reword)},
}

// talks are the acts on a talk or a circular. A circular is out with its approval, and is
// closed by the answer of the unit it names.
var talks = []Row{
	{Kind: Propose, Command: "propose", By: seats{Office, Leadership, Engine}, From: states{Unborn}, To: State(TalkProposed), Must: reason, Implied: fields{FieldCircular, FieldUnit}, May: paper,
		News: News{To: ears{HearsLeader, HearsOffice}, Words: "facts", Limit: "approve", Asks: roles{people.Leader}, Rank: RankTalk}},
	{Kind: Approve, Command: "approve", By: seats{Leadership}, Named: true, From: talkIn(TalkProposed), To: State(TalkOpen), May: fields{FieldReason, FieldDue, FieldPaper}, Settles: topics{OwedDecision},
		News: News{To: ears{HearsHead, HearsOffice}, Words: "opinion", Asks: ofUnit, Rank: RankNote}},
	{Kind: Decline, Command: "decline", By: seats{Leadership}, Named: true, From: talkIn(TalkProposed), To: State(TalkDeclined), Must: reason, May: paper, Settles: topics{OwedDecision},
		News: News{To: ears{HearsOffice}, Words: "opinion", Rank: RankNote}},
	{Kind: Serve, Command: "serve", What: plan.ProposeTalk, By: byOffice, From: talkIn(TalkOpen), Step: StepServed, Anew: true, Must: fields{FieldNumber, FieldTime, FieldPlace, FieldCalled},
		May:  fields{FieldReason, FieldChair, FieldBring, FieldPublic, FieldFile},
		News: News{To: ears{HearsHead, HearsLiaison}, Words: "grounds", Asks: ofUnit, Rank: RankSummons, Grave: true}},
	{Kind: Held, Command: "held", What: plan.ProposeTalk, By: byOffice, From: talkIn(TalkOpen), After: StepServed, Step: StepHeld,
		May:  fields{FieldReason, FieldTime, FieldPlace, FieldChair, FieldCalled, FieldMissing, FieldFile},
		News: News{Rank: RankNote}},
	{Kind: Absent, Command: "absent", What: plan.ProposeTalk, By: byOffice, From: talkIn(TalkOpen), After: StepServed, Must: reason, May: fields{FieldMissing, FieldFile},
		News: News{To: ears{HearsHead, HearsOffice, HearsLeader}, Words: "facts", Asks: ofUnit, Rank: RankDemand, Grave: true}},
	{Kind: Minutes, Command: "minutes", What: plan.ProposeTalk, By: byOffice, From: talkIn(TalkOpen), After: StepHeld, Step: StepMinutes, Must: reason, May: fields{FieldPaper, FieldPublic, FieldFile, FieldURL}, Longest: 10000,
		News: News{Rank: RankNote}},
	{Kind: GivePlan, Command: "plan", What: plan.ProposeTalk, By: byUnit, From: talkIn(TalkOpen), After: StepHeld, Step: StepPlan, Must: reason, May: fields{FieldFile, FieldPaper},
		News: News{To: ears{HearsOffice}, Rank: RankRequest}},
	{Kind: ReturnPlan, Command: "return-plan", What: plan.ProposeTalk, By: byOffice, From: talkIn(TalkOpen), After: StepPlan, Must: reason, May: fields{FieldFile, FieldPaper},
		News: News{To: ears{HearsLiaison, HearsHead}, Words: "opinion", Limit: "plan", Asks: ofUnit, Rank: RankDemand}},
	{Kind: GiveReport, Command: "report", What: plan.ProposeTalk, By: byUnit, From: talkIn(TalkOpen), After: StepPlan, Step: StepReport, Must: reason, May: proof,
		News: News{To: ears{HearsOffice}, Rank: RankRequest}},
	{Kind: VerifyTalk, Command: "verify", What: plan.ProposeTalk, By: byOffice, From: talkIn(TalkOpen), After: StepReport, Step: StepVerified, Must: reason, May: fields{FieldFile, FieldPaper, FieldRef},
		News: News{Words: "opinion", Rank: RankNote}},
	{Kind: Keep, Command: "keep", What: plan.ProposeTalk, By: seats{Leadership}, Named: true, From: talkIn(TalkOpen), Must: reason, May: paper, Settles: topics{OwedDoubt},
		News: News{To: ears{HearsOffice, HearsHead}, Words: "opinion", Rank: RankNote}},
	{Kind: CloseTalk, Command: "close", What: plan.ProposeTalk, By: decide, From: talkIn(TalkOpen), To: State(TalkClosed), After: StepVerified, Early: seats{Leadership}, Must: reason, May: fields{FieldPaper, FieldPublic}, Settles: topics{OwedDoubt},
		News: News{To: ears{HearsHead, HearsLiaison, HearsOffice, HearsLeader}, Words: "opinion", Rank: RankNote}},
	{Kind: Again, Command: "again", What: plan.ProposeTalk, By: decide, From: talkIn(TalkOpen), Must: reason, May: paper,
		News: News{To: ears{HearsHead, HearsOffice}, Words: "cause", Asks: ofUnit, Rank: RankSummons, Grave: true}},
	{Kind: TakeOver, By: byOffice, From: talkIn(TalkPending, TalkProposed, TalkOpen), Must: reason,
		News: News{To: ears{HearsHead, HearsLiaison, HearsOffice, HearsLeader}, Words: "cause", Rank: RankTalk}},
	{Kind: AnswerCircular, Command: "answer", What: plan.ProposeCircular, By: byUnit, From: talkIn(TalkOpen), To: State(TalkClosed), Step: StepAnswer, Must: reason, May: proof,
		News: News{To: ears{HearsOffice, HearsLeader}, Rank: RankNote}},
}

// plans are the acts on a running plan itself.
var plans = []Row{
	{Kind: Amend, By: byOffice, From: states{Unborn}, Must: fields{FieldPaper, FieldReason}},
	{Kind: ApplyPolicy, By: byOffice, From: states{Unborn}, Must: reason},
	{Kind: Import, By: byOffice, From: states{Unborn}, Must: reason},
	{Kind: Carry, By: byOffice, From: states{Unborn}, Must: reason},
	{Kind: EndPlan, By: byOffice, From: states{Unborn}, Must: reason},
	{Kind: ArchivePlan, By: byOffice, From: states{Unborn}, May: reason},
	{Kind: TakeBack, By: byOffice, From: states{Unborn}, Must: reason},
}

// rows are the rows of a table with their thing filled in.
func rows(on Thing, table []Row) []Row {
	for i := range table {
		table[i].On = on
	}
	return table
}

// talkIn are states of a talk.
func talkIn(all ...TalkState) (from []State) {
	for _, s := range all {
		from = append(from, State(s))
	}
	return from
}

// newsOf is how an act on a task is told.
func newsOf(k Kind) News {
	i := slices.IndexFunc(tasks, func(r Row) bool { return r.Kind == k })
	return tasks[i].News
}

// Of is the row of an act on a thing; false where there is none.
func Of(on Thing, k Kind) (Row, bool) {
	i := slices.IndexFunc(All, func(r Row) bool { return r.On == on && r.Kind == k })
	if i < 0 {
		return Row{}, false
	}
	return All[i], true
}

// Topic is the first row in the table of acts of a kind, whatever they are done to: messages are
// worded by its News. false: no act is called so.
func Topic(k Kind) (Row, bool) {
	i := slices.IndexFunc(All, func(r Row) bool { return r.Kind == k })
	if i < 0 {
		return Row{}, false
	}
	return All[i], true
}

// On are the acts on a thing, in the order of the table.
func On(on Thing) (all []Row) {
	for _, r := range All {
		if r.On == on {
			all = append(all, r)
		}
	}
	return all
}

// ByHand are the acts on a thing that people do, in the order of the table.
func ByHand(on Thing) []Row {
	return slices.DeleteFunc(On(on), func(r Row) bool { return r.Command == "" })
}

// Opens tells that the act makes the talk or circular that it is done to.
func (r Row) Opens() bool { return r.On == OnTalk && slices.Contains(r.From, Unborn) }

// Ends tells that the act ends the task or the duty that it is done to.
func (r Row) Ends() bool {
	return (r.On == OnTask || r.On == OnDuty) && (Case{State: r.To}).Over()
}

// Pauses tells that the act pauses the task or the duty that it is done to.
func (r Row) Pauses() bool { return r.On != OnTalk && r.To == Suspended }

// StateKey is the catalogue's key for what people call a state of what the act is done to.
func (r Row) StateKey(s State) string {
	if r.On == OnTalk {
		return "act.talk_" + string(s)
	}
	return "act.state_" + string(s)
}

// Asks are the fields without which nobody sends the act, in the order of a form.
func (r Row) Asks() []Field { return inOrder(r.Must...) }

// Says are the fields that the act must say, in the order of a form.
func (r Row) Says() []Field {
	return append([]Field{}, inOrder(slices.Concat(r.Must, r.Implied)...)...)
}

// Fields are all fields that may be filled in, in the order of a form.
func (r Row) Fields() []Field { return inOrder(slices.Concat(r.Must, r.Implied, r.May)...) }

// Takes tells that a field may be filled in.
func (r Row) Takes(f Field) bool { return slices.Contains(r.Fields(), f) }

// longest is how many characters the reason of an act may have, where they may be more
// than of others.
func (k Kind) longest() (most int) {
	for _, r := range All {
		if r.Kind == k {
			most = max(most, r.Longest)
		}
	}
	return most
}
