package activities

import (
	"go.temporal.io/sdk/activity"

	"duban/internal/wire"
)

// ByName gives all activities by their names on the wire.
func (a *Activities) ByName() map[string]any {
	return map[string]any{
		wire.AuditName:           a.Audit,
		wire.CourseName:          a.Course,
		wire.DecideStageName:     a.DecideStage,
		wire.DecideTalkStageName: a.DecideTalkStage,
		wire.DeliverName:         a.Deliver,
		wire.DeliverMorningName:  a.DeliverMorning,
		wire.EndDutyName:         a.EndDuty,
		wire.ForgetWaitName:      a.ForgetWait,
		wire.NextOccurrenceName:  a.NextOccurrence,
		wire.NoteWaitName:        a.NoteWait,
		wire.OpenOccurrenceName:  a.OpenOccurrence,
		wire.OpenTalkName:        a.OpenTalk,
		wire.RecordActName:       a.RecordAct,
		wire.RecordOfManyName:    a.RecordOfMany,
		wire.RecordTalkActName:   a.RecordTalkAct,
		wire.SpeakName:           a.Speak,
		wire.SpeakMorningName:    a.SpeakMorning,
		wire.TalkCourseName:      a.TalkCourse,
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
