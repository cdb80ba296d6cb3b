package wire

import (
	"time"

	"duban/internal/act"
	"duban/internal/plan"
)

// LookInput names a task, an occurrence, a duty or a talk.
type LookInput struct {
	Plan  string `json:"plan"`
	Thing string `json:"thing"`
}

// ActInput is one act on a task, an occurrence or a duty, and the course by which its workflow
// judged it.
type ActInput struct {
	Plan   string     `json:"plan"`
	Task   string     `json:"task"`
	Act    act.Act    `json:"act"`
	Course act.Course `json:"course"`
	Heard  time.Time  `json:"heard,omitzero"` // real clock: when the workflow heard of the act; zero: the act is the engine's own
}

// ActResult is the course of a task, an occurrence or a duty after the act. Behind: nothing was
// recorded, because the ledger has acts that ActInput.Course does not know; the act is to be
// judged anew by the course given here.
type ActResult struct {
	act.Course
	Behind bool `json:"behind,omitempty"`
}

// RecordedOfMany is what the activity RecordOfMany gives: its input and its result. A history
// does not keep the input of a local activity, and it is from histories that a ledger restored
// from an older copy gets its acts back.
type RecordedOfMany struct {
	Asked  ActInput  `json:"asked"`
	Result ActResult `json:"result"`
}

// StageInput is a task's course whose next stage is to be decided.
type StageInput struct {
	Plan   string     `json:"plan"`
	Task   string     `json:"task"`
	Course act.Course `json:"course"`
}

// NextOccurrence is a duty's course, and the occurrence that is opened next unless the duty has
// Ended.
type NextOccurrence struct {
	Course     act.Course      `json:"course"`
	Ended      bool            `json:"ended,omitempty"`
	Occurrence plan.Occurrence `json:"occurrence"`
}

// OccurrenceInput is an occurrence whose time has come.
type OccurrenceInput struct {
	Plan       string          `json:"plan"`
	Duty       string          `json:"duty"`
	Occurrence plan.Occurrence `json:"occurrence"`
}

// TalkInput is a talk's course: of a talk that is to be opened at OpensAt (plan clock), or whose
// next stage is to be decided.
type TalkInput struct {
	Plan    string         `json:"plan"`
	Talk    string         `json:"talk"`
	OpensAt time.Time      `json:"opens_at,omitzero"`
	Course  act.TalkCourse `json:"course"`
}

// TalkActInput is one act on a talk, and the course by which its workflow judged it.
type TalkActInput struct {
	Plan   string         `json:"plan"`
	Talk   string         `json:"talk"`
	Act    act.Act        `json:"act"`
	Course act.TalkCourse `json:"course"`
	Heard  time.Time      `json:"heard,omitzero"` // see ActInput
}

// TalkActResult is ActResult of a talk.
type TalkActResult struct {
	act.TalkCourse
	Behind bool `json:"behind,omitempty"`
}

// SpeakInput names the digest to speak.
type SpeakInput struct {
	Digest string `json:"digest"`
}

// SpeakResult is what is left of a digest after a try.
type SpeakResult struct {
	Left int    `json:"left,omitempty"` // messages still to be delivered
	Why  string `json:"why,omitempty"`  // why the last message that was tried failed; "" when none was tried
}

// MorningInput names the morning to speak and its instant, plan clock.
type MorningInput struct {
	Morning string    `json:"morning"`
	At      time.Time `json:"at"`
}

// AuditInput asks about what should have happened before an instant.
type AuditInput struct {
	Plan   string    `json:"plan"`
	At     time.Time `json:"at"`     // plan clock: names the audit
	Last   time.Time `json:"last"`   // plan clock: the last of the audits that were missed while the program was stopped and that this one makes up for, its own day included
	Before time.Time `json:"before"` // plan clock: later stages are not late yet
}

// AuditResult counts what an audit found. Finished: the plan has no open task or duty, no talk
// that goes on, no message on its way and no waiting workflow, and needs no further audit.
type AuditResult struct {
	Missing     int   `json:"missing"`
	Mended      int   `json:"mended,omitempty"` // workflows that were lost, or behind the ledger, and that the audit started again
	Stuck       int   `json:"stuck"`
	Broken      int   `json:"broken,omitempty"`      // breaches of the laws (package laws) of which the office was not told before
	Provisional []int `json:"provisional,omitempty"` // years without a holiday notice that were not told of before
	Finished    bool  `json:"finished"`
}

// WaitKey names a wait: what a workflow could not get done at once.
type WaitKey struct {
	Workflow string `json:"workflow"`
	What     string `json:"what"`
}
