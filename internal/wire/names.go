// Package wire is what workflows ask of activities: their names, what they are given and
// what they answer. All of it stands in histories. Workflow types, IDs and updates are in
// workflows/messages.go.
package wire

import (
	"go.temporal.io/sdk/temporal"

	"duban/internal/act"
)

// Names of activities. They stand in histories: one may be added, none changed or used
// again for something else. A renamed one is registered under both names until no run
// that knows the old one is left.
const (
	AuditName           = "duban.Audit"
	CourseName          = "duban.Course"
	DecideStageName     = "duban.DecideStage"
	DecideTalkStageName = "duban.DecideTalkStage"
	DeliverName         = "duban.Deliver"
	DeliverMorningName  = "duban.DeliverMorning"
	EndDutyName         = "duban.EndDuty"
	ForgetWaitName      = "duban.ForgetWait"
	NextOccurrenceName  = "duban.NextOccurrence"
	NoteWaitName        = "duban.NoteWait"
	OpenOccurrenceName  = "duban.OpenOccurrence"
	OpenTalkName        = "duban.OpenTalk"
	RecordActName       = "duban.RecordAct"
	RecordOfManyName    = "duban.RecordOfMany"
	RecordTalkActName   = "duban.RecordTalkAct"
	SpeakName           = "duban.Speak"
	SpeakMorningName    = "duban.SpeakMorning"
	TalkCourseName      = "duban.TalkCourse"
)

// Types of application errors: what a workflow or a caller of an update may ask about.
const (
	ErrTypeRefused  = "refused"   // an act not allowed or not possible; details: act.Refusal
	ErrTypeNotFound = "not_found" // no such plan, task or talk in the ledger
)

// Refused is a refusal as it crosses the wire.
func Refused(r *act.Refusal) error {
	return temporal.NewNonRetryableApplicationError(r.Key, ErrTypeRefused, nil, r)
}
