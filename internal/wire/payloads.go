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

// ActInput is one act on a task, an occurrence or a duty whose course stood like this.
type ActInput struct {
	Plan   string     `json:"plan"`
	Task   string     `json:"task"`
	Act    act.Act    `json:"act"`
	Course act.Course `json:"course"`
	Heard  time.Time  `json:"heard,omitzero"` // real: when the workflow heard of it; zero: it comes from itself
}

// ActResult is the course of a task, an occurrence or a duty from now on. Behind:
// nothing was recorded, because the ledger has acts that the course asked about did
// not rest on; the act is to be judged anew by this one.
type ActResult struct {
	act.Course
	Behind bool `json:"behind,omitempty"`
}

// RecordedOfMany is what RecordOfMany gives: what it was asked and what came of it. A
// history has nothing else of what a local activity was asked, and a ledger that was
// restored from an older copy gets its acts back from there.
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

// NextOccurrence is a duty's course, and the occurrence that is opened next unless
// it has Ended.
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

// TalkInput is a talk's course: to be opened at the plan instant OpensAt, or with
// a next stage to be decided.
type TalkInput struct {
	Plan    string         `json:"plan"`
	Talk    string         `json:"talk"`
	OpensAt time.Time      `json:"opens_at,omitzero"`
	Course  act.TalkCourse `json:"course"`
}

// TalkActInput is one act on a talk whose course stood like this.
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
	Why  string `json:"why,omitempty"`  // the last one's failure; "" when nothing was tried
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
	Before time.Time `json:"before"` // plan clock: later stages are not late yet
}

// AuditResult counts what was found. Finished: the plan has no open task or
// duty left, no talk that goes on, no message on its way, nothing that a workflow
// cannot get done, and nothing is to be audited any more.
type AuditResult struct {
	Missing     int   `json:"missing"`
	Mended      int   `json:"mended,omitempty"` // workflows that were lost or behind, and run again
	Stuck       int   `json:"stuck"`
	Broken      int   `json:"broken,omitempty"`      // laws of who is chased, of which the office was not told before
	Provisional []int `json:"provisional,omitempty"` // years without a holiday notice that were not told of before
	Finished    bool  `json:"finished"`
}

// WaitKey names something that waited.
type WaitKey struct {
	Workflow string `json:"workflow"`
	What     string `json:"what"`
}
