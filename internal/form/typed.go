package form

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/words"
)

// Typed is an act as somebody typed it at a command line.
type Typed struct {
	Row   act.Row
	Plan  string // "" where it follows from Thing
	Thing string // ID of the task, duty or talk, as people see it
	ID    string // of the act; "" makes one of what is said and of the day
	Said  Said   // but for the files, whose names are its values of "file"
	By    act.Actor
}

// lacks is a field that the act needs and nobody filled in; "" for none.
func (t Typed) lacks() act.Field {
	for _, field := range t.Row.Asks() {
		if _, given := t.Said.Values[string(field)]; !given {
			return field
		}
	}
	return ""
}

// Order finds the thing that an act is done to and fills in the act's fields. Errors are
// sentences about what was typed. Somebody who may not do the act at all gets none of them:
// the engine refuses the act first.
func (t Typed) Order(ctx context.Context, w *words.Words, r *query.Reader, v query.Viewer) (o Order, err error) {
	o.Row = t.Row
	find := r.Task
	if t.Row.On == act.OnTalk && !t.Row.Opens() {
		find = r.Talk
	}
	if o.Subject, err = find(ctx, v, t.Plan, t.Thing); err != nil {
		return o, err
	}
	if o.Hidden { // a sentence about a field would tell something of a hidden task: the engine refuses, and records the try
		o.Act = act.Act{Kind: t.Row.Kind, By: t.By, Reason: t.Said.Reason()}
		o.Act.ID = cmp.Or(t.ID, o.ID(o.Act, o.today(r)))
		if t.Row.Opens() {
			o.Act.Ref, o.Act.Unit = o.Task.ID, o.Task.Lead
		}
		return o, nil
	}
	switch isDuty := o.Task.Kind == plan.Duty; {
	case t.Row.On == act.OnDuty && !isDuty:
		return o, w.Err("cli.no_duty", words.Data{"Task": o.Task.Shown()})
	case t.Row.On == act.OnTask && isDuty:
		return o, w.Err("cli.is_duty", words.Data{"Task": o.Task.Shown()})
	}
	o.Name = w.T("cli.thing", words.Data{"ID": o.Shown(), "Title": o.Task.Title, "Unit": o.Plan.Plan.Directory.Name(o.Lead())})
	if field := t.lacks(); field != "" && o.Allowed(t.By) {
		return o, w.Err("cli.needs_flag", words.Data{"Field": w.T(field.Label()), "Flag": string(field)})
	}
	if t.Said.Files, err = evidence(w, t.Said.Values["file"]); err != nil {
		return o, err
	}
	o.Act, err = Fill(o.Subject, t.Row, t.Said, t.By)
	var wrong *Fault
	if errors.As(err, &wrong) {
		return o, words.Sentence(wrong.Text(w, "--"+wrong.Field))
	}
	if err != nil {
		return o, err
	}
	o.Act.ID = cmp.Or(t.ID, o.ID(o.Act, o.today(r)))
	o.Done, err = r.Recorded(ctx, v, o.Task.Plan, o.Thing(), o.Act)
	if o.Done && t.ID == "" && o.Undone() {
		o.Act.ID = fmt.Sprintf("%s-%d", o.Act.ID, o.Course().Acts)
		o.Done = false
	}
	return o, err
}

// today is the day of the plan's clock.
func (o Order) today(r *query.Reader) calendar.Day {
	return calendar.DayOf(o.Plan.Clock.Plan(r.Now()).In(o.Plan.Plan.Location()))
}

// evidence are the files of evidence with these names. A file is read and stays where it is.
func evidence(w *words.Words, files []string) (all []act.Evidence, err error) {
	for _, file := range files {
		e, err := ReadEvidence(file)
		if err != nil {
			return nil, w.Err("cli.bad_file", words.Data{"File": file, "Error": FileFault(w, err)})
		}
		all = append(all, e)
	}
	return all, nil
}

// FileFault is what is wrong with a file that cannot be read or made, without its name.
func FileFault(w *words.Words, err error) string {
	for known, key := range map[error]string{os.ErrNotExist: "cli.file_missing", os.ErrPermission: "cli.file_denied", ErrNotFile: "cli.file_none"} {
		if errors.Is(err, known) {
			return w.T(key)
		}
	}
	return err.Error()
}

// Doer does acts of people; engine.Engine has these methods.
type Doer interface {
	Act(ctx context.Context, planID, task string, a act.Act) error
	ActOnTalk(ctx context.Context, planID, talk string, a act.Act) error
	Propose(ctx context.Context, planID string, a act.Act, rule *act.Proposal) (talkID string, err error)
}

// Send sends an act on a subject to the engine. talk is the ID of the talk that a proposal
// opened.
func Send(ctx context.Context, to Doer, on query.Subject, a act.Act) (talk string, err error) {
	switch {
	case on.Talk.ID == "" && opens(a.Kind):
		return to.Propose(ctx, on.Task.Plan, a, nil)
	case on.Talk.ID != "":
		return "", to.ActOnTalk(ctx, on.Task.Plan, on.Talk.ID, a)
	}
	return "", to.Act(ctx, on.Task.Plan, on.Task.ID, a)
}
