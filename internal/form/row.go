package form

import (
	"duban/internal/act"
	"duban/internal/plan"
	"duban/internal/query"
)

// RowOn is the act of a kind that people do on the talk of a subject, or on its task or
// duty; false where they do no such act on it. A talk is proposed on a task.
func RowOn(on query.Subject, talk bool, kind act.Kind) (act.Row, bool) {
	thing := act.OnTask
	switch {
	case talk:
		thing = act.OnTalk
	case on.Task.Kind == plan.Duty:
		thing = act.OnDuty
	}
	row, ok := act.Of(thing, kind)
	if opens(kind) {
		row, _ = act.Of(act.OnTalk, kind)
		ok = thing == act.OnTask
	}
	return row, ok && row.Command != ""
}

// Judged is what act.Allowed judges an act on a subject by: the case of its task, or the
// units of its talk.
func Judged(on query.Subject, row act.Row) act.Judged {
	c := caseOf(on)
	if row.On != act.OnTalk {
		return c
	}
	lead := on.Talk.Lead
	if on.Talk.ID == "" {
		lead = on.Task.Lead
	}
	dir := on.Plan.Plan.Directory
	return act.TalkCase{Lead: lead, Office: dir.Office, Leadership: dir.Leadership}
}

// opens tells that an act opens a talk.
func opens(k act.Kind) bool {
	row, ok := act.Of(act.OnTalk, k)
	return ok && row.Opens()
}
