package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"

	"duban/internal/act"
	"duban/internal/calendar"
)

// Everything named here is written in histories and must never change its meaning:
// workflow types, task queue, IDs, updates, queries, JSON tags.
const (
	TaskQueue = "duban"
	// SendQueue is the task queue of messages to be sent: only workers that can send poll it.
	SendQueue = "duban-send"

	TaskType   = "duban.Task"
	TalkType   = "duban.Talk"
	DutyType   = "duban.Duty"
	DigestType = "duban.Digest"
	// MorningType speaks the digests of up to fifty recipients.
	MorningType = "duban.Morning"
	AuditType   = "duban.Audit"

	// An act on a Task, Talk or Duty is an Update named after its act.Kind. Its payload is
	// an act.Act, its result empty; a refusal is an ApplicationError of type
	// wire.ErrTypeRefused whose details are an act.Refusal.

	// LookSignal tells a Task, Talk or Duty to take its course from the ledger: a
	// holiday notice was put in force, a talk's task has changed, or the ledger has acts
	// that the run does not know. No payload. When a signal is lost, the next audit sends
	// another.
	LookSignal = "look"
	// HandOverSignal tells a Task, Talk or Duty to continue in a new run, which begins
	// with the present program. No payload. When a signal is lost, the next audit sends
	// another.
	HandOverSignal = "hand-over"
	// SpeakNowSignal tells a Digest that waits for its next try to try at once. No payload.
	SpeakNowSignal = "speak-now"
	// StateQuery returns the present TaskState, TalkState or DutyState, for diagnosis.
	StateQuery = "state"
)

// Search attributes, all keywords. They are set when a workflow is started, and updated
// when an act changes the unit or the due date (search.follow).
var (
	PlanAttribute = temporal.NewSearchAttributeKeyKeyword("PlanId")
	UnitAttribute = temporal.NewSearchAttributeKeyKeyword("UnitId")
	DueAttribute  = temporal.NewSearchAttributeKeyKeyword("DueDate") // 2021-04-30
)

// BuildID is the build ID that the worker gives the Temporal server. The server lists
// the builds that worked on a workflow in a search attribute of its own, and writes the
// visibility row a second time for this, unless the attribute is set at the start to
// the list that it would make: see Builds. Changing BuildID costs each running workflow
// that second write once.
const BuildID = "duban"

// Builds is the server's search attribute BuildIds as it is after the first workflow task.
func Builds() temporal.SearchAttributeUpdate {
	return temporal.NewSearchAttributeKeyKeywordList("BuildIds").ValueSet([]string{"unversioned", "unversioned:" + BuildID})
}

// SearchAttributes are the names the namespace must have registered.
var SearchAttributes = []string{PlanAttribute.GetName(), UnitAttribute.GetName(), DueAttribute.GetName()}

// TaskWorkflowID and the functions below give the ID of the one workflow that may run for
// a task, talk, duty, digest, morning or plan.
func TaskWorkflowID(planID, task string) string { return "task:" + planID + ":" + task }
func TalkWorkflowID(planID, talk string) string { return "talk:" + planID + ":" + talk }
func DutyWorkflowID(planID, duty string) string { return "duty:" + planID + ":" + duty }
func DigestWorkflowID(key string) string        { return "digest:" + key }
func MorningWorkflowID(key string) string       { return "morning:" + key }
func AuditWorkflowID(planID string) string      { return "audit:" + planID }

// Zone is the name of a plan's time zone, such as Asia/Shanghai, in which a workflow
// shows instants in the web UI. A plan's zone does not change while its workflows run.
type Zone string

func (z Zone) show(at time.Time, layout string) string {
	return at.In(calendar.Zone(string(z))).Format(layout)
}

func (z Zone) minute(at time.Time) string { return z.show(at, "2006-01-02 15:04") }

// TaskState is all that a Task knows, and its input: a run begins with the state at the
// end of the run before.
type TaskState struct {
	Plan   string         `json:"plan"`
	Task   string         `json:"task"`
	Zone   Zone           `json:"zone,omitempty"`
	Clock  calendar.Clock `json:"clock,omitzero"`
	Window time.Duration  `json:"window"` // wake window, nanoseconds
	Course act.Course     `json:"course"`
}

// TalkState is all that a Talk knows, and its input: a run begins with the state at the
// end of the run before.
type TalkState struct {
	Plan    string         `json:"plan"`
	Talk    string         `json:"talk"`
	Task    string         `json:"task"`
	Zone    Zone           `json:"zone,omitempty"`
	Clock   calendar.Clock `json:"clock,omitzero"`
	Window  time.Duration  `json:"window"`
	OpensAt time.Time      `json:"opens_at"` // plan clock: when a pending talk opens
	Course  act.TalkCourse `json:"course"`
}

// DutyState is all that a Duty knows, and its input: a run begins with the state at the
// end of the run before.
type DutyState struct {
	Plan  string         `json:"plan"`
	Duty  string         `json:"duty"`
	Zone  Zone           `json:"zone,omitempty"`
	Clock calendar.Clock `json:"clock,omitzero"`
	// Course is the duty's own; its occurrences are tasks with courses of their own.
	Course act.Course `json:"course"`
}

// DigestInput names the digest to send.
type DigestInput struct {
	Key   string `json:"key"`
	Tries int    `json:"tries,omitempty"` // of delivery, in former runs
}

// MorningInput names the morning to send, and its instant on the plan clock.
type MorningInput struct {
	Key   string    `json:"key"`
	At    time.Time `json:"at"`
	Tries int       `json:"tries,omitempty"` // of delivery, in former runs
}

// AuditState is the input of one plan's Audit. Grace is how long, on the plan clock, a
// stage may be late before it counts as missing.
type AuditState struct {
	Plan  string         `json:"plan"`
	Zone  Zone           `json:"zone,omitempty"`
	Clock calendar.Clock `json:"clock,omitzero"`
	Next  time.Time      `json:"next"` // instant of the next audit, plan clock
	Grace time.Duration  `json:"grace"`
}
