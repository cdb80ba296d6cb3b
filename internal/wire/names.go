// Package wire is what workflows ask of activities: their names, what they are given and
// what they answer. All of it is written in histories. Workflow types, IDs and updates are in
// workflows/messages.go.
package wire

import (
	"go.temporal.io/sdk/temporal"

	"duban/internal/act"
)

// Names of activities. They are written in histories: a name may be added, but none may be
// changed or used again for something else. A renamed activity is registered under both names
// until no run is left that knows the old one.
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

// Types of application errors, by which a workflow or the caller of an update tells them apart.
const (
	ErrTypeRefused  = "refused"   // an act not allowed or not possible; details: act.Refusal
	ErrTypeNotFound = "not_found" // no such plan, task or talk in the ledger
)

// Refused is a refusal as it crosses the wire.
func Refused(r *act.Refusal) error {
	return temporal.NewNonRetryableApplicationError(r.Key, ErrTypeRefused, nil, r)
}
