// Package ledger is the record of what the office and the engine have done: an
// append-only chain of events and the tables worked out from them, on SQLite or
// PostgreSQL with the same behaviour.
//
// Every write is one transaction that changes the tables and appends the events that
// hold the changes; only what is Unproven changes without an event. An event's Key is
// unique: writing the same key again changes nothing and is no error, so a retried
// activity, a second worker or a restarted server is harmless. All instants are bound
// and returned in UTC.
//
// Every call ends: one that hangs is given up after the time that Limits says, or
// when the caller's context ends, with an error of which Later is true. A failure that
// may pass is tried again until then.
package ledger

import (
	"encoding/json"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// When is one moment on both clocks. In production they are the same.
type When struct {
	Real time.Time // the wall clock
	Plan time.Time // the plan's clock: runs fast in a rehearsal
}

// Event is one line of the chain. Hash is the hex SHA-256 of Prev and the other
// fields in the order that docs/ledger.md gives; Seq counts from 1 without gaps.
type Event struct {
	Seq    int64           `db:"seq" json:"seq"`
	Key    string          `db:"key" json:"key"`
	Plan   string          `db:"plan" json:"plan"`
	Task   string          `db:"task" json:"task"` // "" for events of the plan itself
	Kind   string          `db:"kind" json:"kind"`
	Actor  string          `db:"actor" json:"actor"` // "engine", or the account that acted
	Real   time.Time       `db:"real_at" json:"real_at"`
	PlanAt time.Time       `db:"plan_at" json:"plan_at"`
	Data   json.RawMessage `db:"data" json:"data"`
	Prev   string          `db:"prev" json:"prev"`
	Hash   string          `db:"hash" json:"hash"`

	// Changes are the rows of tables that the event changed, or the hash of a
	// document that holds them; empty when there are none, or they were not asked
	// for. They are hashed like Data. See docs/ledger.md.
	Changes json.RawMessage `db:"changes" json:"changes,omitempty"`
}

// Launched is a plan under supervision.
type Launched struct {
	Plan  plan.Plan      // as launched, with directory and policies
	Clock calendar.Clock // frozen at launch
	At    time.Time      // launch, plan clock
	// CalendarSince is when the holiday notice that came last came into force, plan
	// clock; zero when none has come since the ledger was made.
	CalendarSince time.Time
	// CalendarUndone are the times, plan clock, in which notices were in force that
	// were taken back.
	CalendarUndone []calendar.Span
	Grace          time.Duration // plan clock: how late a stage may be before the audit tells the office; 0: the plan does not say
	Version        int           // grows with each amendment and each policy added, and when the plan is ended, archived or taken back
	Ended          time.Time     // when its year was ended, plan clock; zero while it goes on
	Archived       time.Time     // when it was archived after that, plan clock; zero otherwise
	RankFloor      int           // how many tasks of a unit must have fallen due before it is ranked: see OfficeRankFloor; 0: not decided
}

// TaskState is the state in the row of a task, a duty or a standing line. What acts know is
// finer: act.State.
type TaskState string

// TaskEnded is the state of a duty that has run its course: it falls due no more, until an
// amended plan gives it more occurrences and it is open again. The standing lines of a plan
// that has ended have this state too.
const (
	TaskOpen      TaskState = "open"      // 在办
	TaskClosed    TaskState = "closed"    // 销号
	TaskCancelled TaskState = "cancelled" // 撤销
	TaskCarried   TaskState = "carried"   // 结转: it goes on in another plan
	TaskEnded     TaskState = "ended"
)

// Task is one chased task (or occurrence of a duty), a duty, or a standing
// line, as it is now.
type Task struct {
	Plan      string       `db:"plan" json:"plan"`
	ID        string       `db:"id" json:"id"`
	Label     string       `db:"label" json:"label,omitempty"` // what its plan calls it by now, where that is not ID
	Duty      string       `db:"duty" json:"duty,omitempty"`   // of an occurrence: its duty's ID
	Period    string       `db:"period" json:"period,omitempty"`
	Kind      plan.Kind    `db:"kind" json:"kind"`
	Title     string       `db:"title" json:"title"`
	Clause    string       `db:"clause" json:"clause"`
	Lead      string       `db:"lead" json:"lead"` // unit ID
	Assist    []string     `db:"-" json:"assist"`
	Due       calendar.Day `db:"-" json:"due"`
	FirstDue  calendar.Day `db:"-" json:"first_due"` // before any extension; never changes
	Policy    string       `db:"policy" json:"policy"`
	Soft      bool         `db:"soft" json:"soft"`
	Priority  bool         `db:"priority" json:"priority"`
	Revision  int          `db:"revision" json:"revision"` // grows with each new ladder
	State     TaskState    `db:"state" json:"state"`
	Light     plan.Light   `db:"light" json:"light"`               // as last recorded; a reader works out today's with plan.Policy.LightOn
	LastStage string       `db:"last_stage" json:"last_stage"`     // ID of the last stage decided
	Armed     bool         `db:"armed" json:"armed"`               // its workflow is known to run
	Origin    act.Origin   `db:"-" json:"origin"`                  // what it was opened for; never changes
	Publish   bool         `db:"publish" json:"publish,omitempty"` // what it brings is to be made public
	Facts     act.Case     `db:"-" json:"-"`                       // all that acts know of it; see CaseOf
	Version   int          `db:"version" json:"-"`                 // grows with every write of Facts
	Assigned  time.Time    `db:"assigned_at" json:"assigned_at"`
	ClosedAt  time.Time    `db:"-" json:"closed_at,omitzero"` // plan clock
	Order     *Order       `db:"-" json:"-"`                  // of a new row: the word that tells its units of the task; nil in a task that is read
}

// Stage is one word about a task or a talk. A word that was decided has a row in the
// ledger; a word to come has none and is worked out by act.Rules.Ahead.
type Stage struct {
	Plan     string `json:"plan"`
	Task     string `json:"task"`
	Revision int    `json:"revision"`
	Talk     string `json:"talk,omitempty"` // ID of the talk whose step it belongs to; "" for the task's own ladder
	plan.Stage
	State     StageState `json:"state"`
	DecidedAt time.Time  `json:"decided_at,omitzero"`
	Scene     Scene      `json:"scene,omitzero"`
}

// StageState is how far one word is.
type StageState string

const (
	Expected StageState = "expected" // worked out: no row has it
	Held     StageState = "held"     // worked out, of a task that is reported or suspended
	Decided  StageState = "decided"
	Void     StageState = "void" // an act came before it was to speak
)

// Effect names one thing said to one recipient over one channel, for ever.
type Effect struct {
	Task      string           `json:"task"`
	Revision  int              `json:"revision"`
	Stage     string           `json:"stage"`
	Recipient people.Recipient `json:"recipient"`
	Channel   string           `json:"channel"`
}

// Notice is an Effect and what became of it 提醒、催办单.
type Notice struct {
	Effect
	Plan    string         `json:"plan"`
	Talk    string         `json:"talk,omitempty"` // ID of the talk whose step it speaks of
	Kind    plan.StageKind `json:"kind"`
	Light   plan.Light     `json:"light"`
	SpeakAt time.Time      `json:"speak_at"` // plan clock
	Digest  string         `json:"digest"`   // key of the digest that says it
	State   NoticeState    `json:"state"`
	Message string         `json:"message"` // Message-ID once it is being sent
	Error   string         `json:"error,omitempty"`
	SentAt  time.Time      `json:"sent_at,omitzero"` // real clock, the receipt
	Twice   bool           `json:"twice,omitempty"`  // sent after a try whose fate is unknown: it may have arrived twice
}

// NoticeState is how far a notice is, and the message that carries it: pending → sending
// (the intent, and as long as it is tried) → sent (the receipt), failed (refused for good)
// or unknown (it left and no answer came back: sent again, unless twice is worse than
// never); or dropped (no longer true when it was to be spoken, or ended by a person).
type NoticeState string

// Leaving and Undelivered are states of messages alone. A message is sending from its intent
// on: it has certainly not left. It is leaving from the moment its last byte may go: from
// then on nobody but the reader knows whether it arrived, until there is a receipt. An
// undelivered message is known not to have gone out, and is to be tried again.
const (
	Pending     NoticeState = "pending"
	Sending     NoticeState = "sending"
	Leaving     NoticeState = "leaving"
	Undelivered NoticeState = "undelivered"
	Sent        NoticeState = "sent"
	Failed      NoticeState = "failed"
	Unknown     NoticeState = "unknown"
	Dropped     NoticeState = "dropped"
	Rides       NoticeState = "rides" // it goes with the next message that its recipient gets: see plan.Never
)

// In is when the message speaks that carries the notice, plan clock: not before
// SpeakAt, unless the message was put together late with others.
func (n Notice) In() time.Time {
	if at, err := SpeakingTime(n.Digest); err == nil {
		return at
	}
	return n.SpeakAt
}

// Digest is one recipient's one message of one morning. Number counts from 1:
// a notice that comes after the digest was gathered opens the next one.
type Digest struct {
	Key       string           `json:"key"` // plan|unit/role|2021-04-30T01:00:00Z|1
	Plan      string           `json:"plan"`
	Recipient people.Recipient `json:"recipient"`
	SpeakAt   time.Time        `json:"speak_at"`
	Number    int              `json:"number"`
	Started   bool             `json:"started"` // its workflow is known to exist
	Morning   string           `json:"morning"` // key of the Morning that speaks it; "": a workflow of its own does
}

// Talk is a warning talk 约谈 and its steps, or a circular 通报.
type Talk struct {
	ID       string                  `json:"id"` // task#1
	Plan     string                  `json:"plan"`
	Task     string                  `json:"task"`
	Revision int                     `json:"revision"`
	Number   int                     `json:"number"`
	Lead     string                  `json:"lead"`
	State    act.TalkState           `json:"state"`
	OpensAt  time.Time               `json:"opens_at"` // plan clock; of an approved talk, the approval
	Taken    map[string]calendar.Day `json:"taken"`    // steps taken, with their days
	Approver string                  `json:"approver,omitempty"`
	What     string                  `json:"what"`           // plan.ProposeTalk or plan.ProposeCircular
	Host     string                  `json:"host,omitempty"` // ID of the talk that it goes on as part of, in act.TalkJoined
	Origin   act.Origin              `json:"origin"`
	Facts    *act.TalkCase           `json:"-"` // all that acts know of it; nil until it opens or is proposed
	Version  int                     `json:"-"` // grows with every write of Facts
}
