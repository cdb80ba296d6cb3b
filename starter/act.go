package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/engine"
	"duban/internal/form"
	"duban/internal/host"
	"duban/internal/notice"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// doer does what people say: the engine, through its typed client.
type doer interface {
	Act(ctx context.Context, planID, task string, a act.Act) error
	ActOnTalk(ctx context.Context, planID, talk string, a act.Act) error
	Propose(ctx context.Context, planID string, a act.Act, rule *act.Proposal) (talkID string, err error)
}

// reachEngine opens the way to the engine that runs.
func (a *app) reachEngine(ctx context.Context) (doer, io.Closer, error) {
	h, err := host.Open(ctx, a.cfg, host.Options{Log: a.log})
	if err != nil {
		return nil, nil, err
	}
	return h.Engine, h, nil
}

// sentenceError is a whole sentence for a person: nothing is put before it.
type sentenceError string

func (e sentenceError) Error() string { return string(e) }

// deedsOn are the commands of all acts on a thing; those of two words share a
// group of their own.
func (a *app) deedsOn(on form.Thing) (all []*cobra.Command) {
	var parts []*cobra.Command
	for _, d := range form.Deeds {
		if d.On != on {
			continue
		}
		if name, ok := strings.CutPrefix(d.Name, "part "); ok {
			parts = append(parts, a.deedCommand(d, name))
			continue
		}
		all = append(all, a.deedCommand(d, d.Name))
	}
	if len(parts) > 0 {
		all = append(all, a.group(&cobra.Command{Use: "part", Short: a.w.T("cli.part")}, parts...))
	}
	return all
}

// deedCommand is one act as a command.
func (a *app) deedCommand(d form.Deed, name string) *cobra.Command {
	var f actFlags
	what := strings.ToUpper(string(d.On))
	if d.Kind == act.Propose {
		what = "TASK"
	}
	c := &cobra.Command{
		Use: name + " " + what, Short: a.deedShort(d), Long: a.deedLong(d), Args: cobra.ExactArgs(1),
		ValidArgsFunction: a.completeThings(d),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.do(cmd.Context(), d, f, cmd.Flags().Changed, args[0])
		},
	}
	a.declare(c, d, &f)
	return c
}

func (a *app) deedShort(d form.Deed) string {
	if key := "cli." + string(d.On) + "_" + string(d.Kind); a.w.T(key) != key {
		return a.w.T(key)
	}
	return a.w.T("cli.act_" + string(d.Kind))
}

// deedLong says who may do it and when, from the table of acts itself.
func (a *app) deedLong(d form.Deed) string {
	by, from, _ := d.Table()
	var seats, states []string
	for _, s := range by {
		if s != act.Engine {
			seats = append(seats, a.w.T("act.seat_"+string(s)))
		}
	}
	for _, s := range from {
		states = append(states, a.w.T(s))
	}
	comma := a.w.T("cli.list_comma")
	return a.w.T("cli.deed_long", words.Data{"Short": a.deedShort(d), "Seats": strings.Join(seats, comma), "States": strings.Join(states, comma),
		"Needs": "--" + strings.Join(d.Needs(), " --"), "Any": len(d.Needs()) > 0})
}

// do does one act and says what came of it.
func (a *app) do(ctx context.Context, d form.Deed, f actFlags, given func(string) bool, id string) error {
	by, err := a.actor()
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(d.Needs(), func(flag string) bool { return !given(flag) }); i >= 0 {
		f.lacks = d.Needs()[i]
	}
	var o form.Order
	err = a.reads(ctx, func(r *query.Reader, who query.Viewer) error {
		o, err = a.order(ctx, r, who, d, f, by, id)
		return err
	})
	if err != nil {
		return err
	}
	if o.Hidden {
		if err := a.send(ctx, &o); err != nil {
			return a.refusal(o, err)
		}
		return a.hidden() // somebody else did it under this ID
	}
	if !o.Done || o.Deed.Kind == act.Propose { // a proposal that was cut off is finished
		if err := a.send(ctx, &o); err != nil {
			return a.refusal(o, err)
		}
	}
	if o.Done {
		fmt.Fprintln(a.out, a.w.T("cli.done_already", words.Data{"Act": a.w.T("act.kind_" + string(d.Kind)), "Name": o.Name}))
		return a.then(ctx, o)
	}
	fmt.Fprintln(a.out, a.w.T("cli.did", words.Data{"Act": a.w.T("act.kind_" + string(d.Kind)), "Name": o.Name, "By": by.Name}))
	return a.then(ctx, o)
}

// order finds what an act is done to and fills in what it says.
func (a *app) order(ctx context.Context, r *query.Reader, who query.Viewer, d form.Deed, f actFlags, by act.Actor, id string) (o form.Order, err error) {
	o.Deed = d
	find := r.Task
	if d.On == form.Talk && d.Kind != act.Propose {
		find = r.Talk
	}
	s, err := find(ctx, who, f.plan, id)
	if err != nil {
		return o, err
	}
	o.Subject = s
	switch isDuty := o.Task.Kind == plan.Duty; {
	case o.Hidden: // the engine says so, and records it
	case d.On == form.Duty && !isDuty:
		return o, sentenceError(a.w.T("cli.no_duty", words.Data{"Task": o.Task.Shown()}))
	case d.On == form.Task && isDuty:
		return o, sentenceError(a.w.T("cli.is_duty", words.Data{"Task": o.Task.Shown()}))
	}
	o.Name = a.w.T("cli.thing", words.Data{"ID": o.Shown(), "Title": o.Task.Title, "Unit": o.Plan.Plan.Directory.Name(o.Lead())})
	if f.lacks != "" && o.Allowed(by) { // whoever may not is told that first, by the engine
		return o, sentenceError(a.w.T("cli.needs_flag", words.Data{"Field": a.w.T(form.Label(f.lacks)), "Flag": f.lacks}))
	}
	if o.Hidden { // what else is wrong with it would tell of the plan
		o.Act = act.Act{Kind: d.Kind, By: by, Reason: f.said.Reason()}
		o.Act.ID = cmp.Or(f.id, o.ID(o.Act, calendar.DayOf(o.Plan.Clock.Plan(a.now()).In(o.Plan.Plan.Location()))))
		if d.Kind == act.Propose {
			o.Act.Ref, o.Act.Unit = o.Task.ID, o.Task.Lead
		}
		return o, nil
	}
	if o.Act, err = a.fill(o, f, by); err != nil {
		return o, err
	}
	o.Done, err = r.Recorded(ctx, who, o.Task.Plan, o.Thing(), o.Act)
	if o.Done && f.id == "" && o.Undone() {
		o.Act.ID = fmt.Sprintf("%s-%d", o.Act.ID, o.Course().Acts)
		o.Done = false
	}
	return o, err
}

// send carries the act to the engine. A proposal learns the ID of its talk.
func (a *app) send(ctx context.Context, o *form.Order) error {
	reach := a.reach
	if reach == nil {
		reach = a.reachEngine
	}
	do, closer, err := reach(ctx)
	if err != nil {
		return err
	}
	switch {
	case o.Deed.Kind == act.Propose:
		o.Talk.ID, err = do.Propose(ctx, o.Task.Plan, o.Act, nil)
	case o.Deed.On == form.Talk:
		err = do.ActOnTalk(ctx, o.Task.Plan, o.Talk.ID, o.Act)
	default:
		err = do.Act(ctx, o.Task.Plan, o.Task.ID, o.Act)
	}
	return errors.Join(err, closer.Close())
}

// refusal is why an act was not done, as a sentence.
func (a *app) refusal(o form.Order, err error) error {
	var refused *engine.RefusedError
	if !errors.As(err, &refused) {
		return err
	}
	if err := a.stranger(o.Act.By, o.Plan); err != nil {
		return err // clearer than that it is none of theirs
	}
	return sentenceError(notice.Refused(a.w, refused.Refusal, o.Plan.Plan.Directory.Name))
}

// then says what comes next.
func (a *app) then(ctx context.Context, o form.Order) error {
	return a.reads(ctx, func(r *query.Reader, who query.Viewer) error {
		if o.Deed.On == form.Talk {
			return a.thenOfTalk(ctx, r, who, o)
		}
		c, err := r.Case(ctx, who, o.Task.Plan, o.Shown())
		if err != nil {
			return err
		}
		fmt.Fprintln(a.out, report.Speak(a.w).Then(c))
		return nil
	})
}
