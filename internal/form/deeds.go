package form

import (
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/plan"
	"duban/internal/query"
)

// Thing is what an act is done to.
type Thing string

const (
	Task Thing = "task"
	Duty Thing = "duty"
	Talk Thing = "talk"
)

// Deed is one act as people do it. What it must say comes from the tables of acts
// (act.Tasks, act.Duties, act.Talks); here is how it is called and what more may be said
// with it, fields by their names.
type Deed struct {
	Kind act.Kind
	On   Thing
	Name string   // as the command line calls it
	may  []string // fields beside those it needs
	must []string // fields it needs beside those of the table: their absence would change something
}

// Deeds are all acts that people do.
var Deeds = []Deed{
	{act.Acknowledge, Task, "ack", []string{"reason"}, nil},
	{act.Return, Task, "return", []string{"file", "url", "paper"}, nil},
	{act.Uphold, Task, "uphold", []string{"paper"}, nil},
	{act.Progress, Task, "progress", []string{"file", "url"}, []string{"percent"}},
	{act.Complete, Task, "complete", []string{"file", "url", "paper"}, nil},
	{act.Verify, Task, "verify", []string{"file", "url", "paper"}, nil},
	{act.Reject, Task, "reject", []string{"file", "url", "paper"}, nil},
	{act.Extend, Task, "extend", []string{"percent", "file", "url", "paper"}, nil},
	{act.Grant, Task, "grant", []string{"due", "paper"}, nil},
	{act.Refuse, Task, "refuse", []string{"paper"}, nil},
	{act.Chase, Task, "chase", []string{"paper"}, nil},
	{act.Suspend, Task, "suspend", []string{"until", "moves-due", "paper"}, nil},
	{act.Resume, Task, "resume", []string{"paper"}, nil},
	{act.Reassign, Task, "reassign", []string{"due", "paper"}, nil},
	{act.Assist, Task, "assist", []string{"paper"}, []string{"units"}},
	{act.SetPolicy, Task, "policy", []string{"paper"}, nil},
	{act.Correct, Task, "correct", []string{"paper"}, nil},
	{act.Reword, Task, "reword", []string{"paper"}, nil},
	{act.Cancel, Task, "cancel", nil, nil},
	{act.Reinstate, Task, "reinstate", nil, nil},
	{act.Instruct, Task, "instruct", []string{"due", "paper"}, nil},
	{act.Answer, Task, "answer", []string{"file", "url", "paper"}, nil},
	{act.AskPart, Task, "part ask", nil, nil},
	{act.GivePart, Task, "part give", []string{"file", "url", "paper"}, nil},

	{act.EndDuty, Duty, "end", []string{"paper"}, nil},
	{act.Suspend, Duty, "pause", []string{"until", "paper"}, nil},
	{act.Resume, Duty, "resume", []string{"paper"}, nil},
	{act.SetRule, Duty, "rule", []string{"paper"}, nil},
	{act.Reassign, Duty, "reassign", []string{"paper"}, nil},
	{act.Assist, Duty, "assist", []string{"paper"}, []string{"units"}},
	{act.SetPolicy, Duty, "policy", []string{"paper"}, nil},
	{act.Reword, Duty, "reword", []string{"paper"}, nil},
	{act.Reinstate, Duty, "reinstate", nil, nil},

	{act.Propose, Talk, "propose", []string{"unit", "circular", "paper"}, nil},
	{act.Approve, Talk, "approve", []string{"reason", "due", "paper"}, nil},
	{act.Decline, Talk, "decline", []string{"paper"}, nil},
	{act.Serve, Talk, "serve", []string{"reason", "chair", "bring", "public", "file"}, nil},
	{act.Held, Talk, "held", []string{"reason", "time", "place", "chair", "called", "missing", "file"}, nil},
	{act.Absent, Talk, "absent", []string{"missing", "file"}, nil},
	{act.Minutes, Talk, "minutes", []string{"paper", "public", "file", "url"}, nil},
	{act.GivePlan, Talk, "plan", []string{"file", "paper"}, nil},
	{act.ReturnPlan, Talk, "return-plan", []string{"file", "paper"}, nil},
	{act.GiveReport, Talk, "report", []string{"file", "url", "paper"}, nil},
	{act.VerifyTalk, Talk, "verify", []string{"file", "paper", "ref"}, nil},
	{act.CloseTalk, Talk, "close", []string{"paper", "public"}, nil},
	{act.Keep, Talk, "keep", []string{"paper"}, nil},
	{act.Again, Talk, "again", []string{"paper"}, nil},
	{act.AnswerCircular, Talk, "answer", []string{"file", "url", "paper"}, nil},
}

// Of is the deed of a kind on a thing; false where people do no such act.
func Of(on Thing, kind act.Kind) (Deed, bool) {
	i := slices.IndexFunc(Deeds, func(d Deed) bool { return d.On == on && d.Kind == kind })
	if i < 0 {
		return Deed{}, false
	}
	return Deeds[i], true
}

// DeedOn is the deed of a kind on the talk of a subject, or on its task or duty; false
// where people do no such act on it. A proposal of a talk is made on a task.
func DeedOn(on query.Subject, talk bool, kind act.Kind) (Deed, bool) {
	switch {
	case talk:
		d, ok := Of(Talk, kind)
		return d, ok && kind != act.Propose
	case on.Task.Kind == plan.Duty:
		return Of(Duty, kind)
	case kind == act.Propose:
		return Of(Talk, kind)
	}
	return Of(Task, kind)
}

// fieldOf is the name, as people type it, of a field of the tables of acts.
var fieldOf = map[act.Field]string{
	act.NeedReason: "reason", act.NeedPaper: "paper", act.NeedDue: "due", act.NeedUnit: "unit", act.NeedUnits: "units", act.NeedPolicy: "policy",
	act.NeedTitle: "title", act.NeedRef: "ref", act.NeedRule: "rule", act.NeedEvidence: "file",
	act.NeedNumber: "number", act.NeedTime: "time", act.NeedPlace: "place", act.NeedCalled: "called",
}

// Label is the catalogue's key for what a field is called.
func Label(field string) string {
	for f, name := range fieldOf {
		if name == field {
			return "act.field_" + string(f)
		}
	}
	if slices.Contains(Switches, field) || field == "url" {
		return "form.field_" + strings.ReplaceAll(field, "-", "_")
	}
	return "act.field_" + field
}

// Table is who may do it, in which states (keys of the catalogue), and what it must say.
func (d Deed) Table() (by []act.Seat, from []string, needs []act.Field) {
	if d.On == Talk {
		row, _ := act.OfTalk(d.Kind)
		for _, s := range row.From {
			from = append(from, "act.talk_"+string(s))
		}
		return row.By, from, row.Needs
	}
	table := act.Tasks
	if d.On == Duty {
		table = act.Duties
	}
	row, _ := act.Of(table, d.Kind)
	for _, s := range row.From {
		from = append(from, "act.state_"+string(s))
	}
	return row.By, from, row.Needs
}

// Needs are the fields without which nothing is sent, in the order of their names. Which
// part or instruction is meant is not among them: where there is only one, it is that.
func (d Deed) Needs() []string {
	_, _, fields := d.Table()
	names := slices.Clone(d.must)
	for _, f := range fields {
		name, ok := fieldOf[f]
		if ok && f != act.NeedRef && !(d.Kind == act.Propose && f == act.NeedUnit) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Fields are all fields that may be filled in, in the order of their names.
func (d Deed) Fields() []string {
	all := append(d.Needs(), d.may...)
	if _, _, fields := d.Table(); slices.Contains(fields, act.NeedRef) {
		all = append(all, "ref")
	}
	slices.Sort(all)
	return slices.Compact(all)
}
