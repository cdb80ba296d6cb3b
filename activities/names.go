package activities

import (
	"go.temporal.io/sdk/activity"
)

// Names of activities on the wire. They stand in histories: one may be added, none
// changed or used again for something else. A renamed one is registered under both
// names until no run that knows the old one is left.
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

// ByName are all activities by their names on the wire.
func (a *Activities) ByName() map[string]any {
	return map[string]any{
		AuditName:           a.Audit,
		CourseName:          a.Course,
		DecideStageName:     a.DecideStage,
		DecideTalkStageName: a.DecideTalkStage,
		DeliverName:         a.Deliver,
		DeliverMorningName:  a.DeliverMorning,
		EndDutyName:         a.EndDuty,
		ForgetWaitName:      a.ForgetWait,
		NextOccurrenceName:  a.NextOccurrence,
		NoteWaitName:        a.NoteWait,
		OpenOccurrenceName:  a.OpenOccurrence,
		OpenTalkName:        a.OpenTalk,
		RecordActName:       a.RecordAct,
		RecordOfManyName:    a.RecordOfMany,
		RecordTalkActName:   a.RecordTalkAct,
		SpeakName:           a.Speak,
		SpeakMorningName:    a.SpeakMorning,
		TalkCourseName:      a.TalkCourse,
	}
}

// Registry takes activities by name: a worker, or the test environment of workflows.
type Registry interface {
	RegisterActivityWithOptions(f any, o activity.RegisterOptions)
}

// Register registers all activities, each under its name on the wire.
func (a *Activities) Register(r Registry) {
	for name, f := range a.ByName() {
		r.RegisterActivityWithOptions(f, activity.RegisterOptions{Name: name})
	}
}
