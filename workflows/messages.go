package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"

	"duban/internal/act"
	"duban/internal/calendar"
)

// Everything named here stands in histories and must never change its meaning:
// workflow types, task queue, IDs, updates, queries, JSON tags.
const (
	TaskQueue = "duban"
	// SendQueue has what leaves the house: workers that can send poll it.
	SendQueue = "duban-send"

	TaskType   = "duban.Task"
	TalkType   = "duban.Talk"
	DutyType   = "duban.Duty"
	DigestType = "duban.Digest"
	// MorningType speaks the digests of up to fifty recipients.
	MorningType = "duban.Morning"
	AuditType   = "duban.Audit"

	// An act on a Task, Talk or Duty is an Update named after its act.Kind. Payload
	// act.Act, answer nothing; refused with an ApplicationError of type
	// wire.ErrTypeRefused whose details are an act.Refusal.

	// LookSignal tells a Task, Talk or Duty to take its course from the ledger: a
	// holiday notice has come, a talk's task has changed, or the ledger is further
	// on. No payload: one lost is made good by the next look of the audit.
	LookSignal = "look"
	// HandOverSignal tells a Task, Talk or Duty to go on in a new run, by the program of
	// now. No payload: one lost is made good by the next audit.
	HandOverSignal = "hand-over"
	// SpeakNowSignal tells a Digest that waits for its next try to try at once. No payload.
	SpeakNowSignal = "speak-now"
	// StateQuery answers the TaskState, TalkState or DutyState as it stands: for diagnosis.
	StateQuery = "state"
)

// Search attributes, set at the start; what acts change of a task, talk or duty follows
// (search.follow). All are keywords.
var (
	PlanAttribute = temporal.NewSearchAttributeKeyKeyword("PlanId")
	UnitAttribute = temporal.NewSearchAttributeKeyKeyword("UnitId")
	DueAttribute  = temporal.NewSearchAttributeKeyKeyword("DueDate") // 2021-04-30
)

// BuildID is what the worker calls itself to the server. The server lists the
// builds that worked on a workflow in its own search attribute and writes the
// visibility row a second time for it, unless the list it would make is set at
// the start: Builds. Changing it costs that second write, once a workflow.
const BuildID = "duban"

// Builds is the server's own search attribute as it is after the first workflow task.
func Builds() temporal.SearchAttributeUpdate {
	return temporal.NewSearchAttributeKeyKeywordList("BuildIds").ValueSet([]string{"unversioned", "unversioned:" + BuildID})
}

// SearchAttributes are the names the namespace must have registered.
var SearchAttributes = []string{PlanAttribute.GetName(), UnitAttribute.GetName(), DueAttribute.GetName()}

// TaskWorkflowID and its kin name the one workflow that may exist for a thing.
func TaskWorkflowID(planID, task string) string { return "task:" + planID + ":" + task }
func TalkWorkflowID(planID, talk string) string { return "talk:" + planID + ":" + talk }
func DutyWorkflowID(planID, duty string) string { return "duty:" + planID + ":" + duty }
func DigestWorkflowID(key string) string        { return "digest:" + key }
func MorningWorkflowID(key string) string       { return "morning:" + key }
func AuditWorkflowID(planID string) string      { return "audit:" + planID }

// Zone is the name of a plan's zone: what a workflow shows to people is told by its
// clock. A plan keeps its zone while anything of it runs.
type Zone string

func (z Zone) show(at time.Time, layout string) string {
	return at.In(calendar.Zone(string(z))).Format(layout)
}

func (z Zone) minute(at time.Time) string { return z.show(at, "2006-01-02 15:04") }

// TaskState is all a Task knows, and its input: a run begins with the state the
// last one left.
type TaskState struct {
	Plan   string         `json:"plan"`
	Task   string         `json:"task"`
	Zone   Zone           `json:"zone,omitempty"`
	Clock  calendar.Clock `json:"clock,omitzero"`
	Window time.Duration  `json:"window"` // wake window, nanoseconds
	Course act.Course     `json:"course"`
}

// TalkState is all a Talk knows, and its input: a run begins with the state the
// last one left.
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

// DutyState is all a Duty knows.
type DutyState struct {
	Plan  string         `json:"plan"`
	Duty  string         `json:"duty"`
	Zone  Zone           `json:"zone,omitempty"`
	Clock calendar.Clock `json:"clock,omitzero"`
	// Course is the duty's own: its occurrences are tasks.
	Course act.Course `json:"course"`
}

// DigestInput names the digest to speak.
type DigestInput struct {
	Key   string `json:"key"`
	Tries int    `json:"tries,omitempty"` // of delivery, in former runs
}

// MorningInput names the morning to speak, and its instant on the plan's clock.
type MorningInput struct {
	Key   string    `json:"key"`
	At    time.Time `json:"at"`
	Tries int       `json:"tries,omitempty"` // of delivery, in former runs
}

// AuditState is one plan's audit. Grace is how long, on the plan's clock, a
// stage may be late before it counts as missing.
type AuditState struct {
	Plan  string         `json:"plan"`
	Zone  Zone           `json:"zone,omitempty"`
	Clock calendar.Clock `json:"clock,omitzero"`
	Next  time.Time      `json:"next"` // plan clock
	Grace time.Duration  `json:"grace"`
}
