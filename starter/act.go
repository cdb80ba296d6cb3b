package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/form"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/terminal"
	"duban/internal/words"
)

// actsOn are the commands of all acts on a thing; those of two words share a
// group of their own.
func (a *app) actsOn(on act.Thing) (all []*cobra.Command) {
	var parts []*cobra.Command
	for _, r := range act.ByHand(on) {
		if name, ok := strings.CutPrefix(r.Command, "part "); ok {
			parts = append(parts, a.actCommand(r, name))
			continue
		}
		all = append(all, a.actCommand(r, r.Command))
	}
	if len(parts) > 0 {
		all = append(all, a.group("part", "cli.part", parts...))
	}
	return all
}

// actCommand is one act as a command.
func (a *app) actCommand(row act.Row, name string) *cobra.Command {
	typed := form.Typed{Row: row}
	what := strings.ToUpper(string(row.On))
	if row.Opens() {
		what = "TASK"
	}
	short, long := terminal.ActHelp(a.w, row)
	c := &cobra.Command{
		Use: name + " " + what, Short: short, Long: long, Args: cobra.ExactArgs(1),
		ValidArgsFunction: a.completeThings(row),
		RunE: func(cmd *cobra.Command, args []string) error {
			typed.Thing = args[0]
			return a.do(cmd.Context(), typed)
		},
	}
	terminal.ActFlags(a.w, c, row, &typed.Said)
	a.planFlag(c, &typed.Plan, "cli.say_plan")
	c.Flags().StringVar(&typed.ID, "id", "", a.w.T("cli.say_id"))
	for flag, find := range map[string]terminal.Find{"unit": a.unitNames, "policy": a.policyTitles} {
		if c.Flags().Lookup(flag) != nil {
			terminal.CompleteFlag(c, flag, find)
		}
	}
	return c
}

// do does one act and says what came of it.
func (a *app) do(ctx context.Context, typed form.Typed) (err error) {
	if typed.By, err = a.actor(); err != nil {
		return err
	}
	var o form.Order
	err = a.reads(ctx, func(r *query.Reader, who query.Viewer) error {
		o, err = typed.Order(ctx, a.w, r, who)
		return err
	})
	if err != nil {
		return err
	}
	if !o.Done || o.Row.Opens() { // a proposal that is recorded may still lack its talk: sending it again opens that
		if err := a.send(ctx, &o); err != nil {
			return err
		}
	}
	if o.Hidden {
		return query.ErrNotYours // the ledger has an act of somebody else under this ID
	}
	key := "cli.did"
	if o.Done {
		key = "cli.done_already"
	}
	a.say(key, words.Data{"Act": a.w.T("act.kind_" + string(o.Row.Kind)), "Name": o.Name, "By": typed.By.Name})
	return a.reads(ctx, func(r *query.Reader, who query.Viewer) error { return a.then(ctx, r, who, o) })
}

// send sends the act to the engine. A proposal gets the ID of its talk. An account whose
// unit the plan does not know is told that, which is clearer than that the thing is not its
// own.
func (a *app) send(ctx context.Context, o *form.Order) error {
	reach := a.reach
	if reach == nil {
		reach = a.reachEngine
	}
	do, closer, err := reach(ctx)
	if err != nil {
		return err
	}
	talk, err := form.Send(ctx, do, o.Subject, o.Act)
	if o.Row.Opens() {
		o.Talk.ID = talk
	}
	if errors.As(err, new(*engine.RefusedError)) {
		if strange := a.stranger(o.Act.By, o.Plan.Plan.Directory); strange != nil {
			err = strange
		}
	}
	return errors.Join(err, closer.Close())
}

// reachEngine opens the way to the engine that runs.
func (a *app) reachEngine(ctx context.Context) (form.Doer, io.Closer, error) {
	h, err := a.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	return h.Engine, h, nil
}

// then says what comes next. A proposal that is sent a second time on a day gets no ID of a
// talk: then the task's last talk is meant.
func (a *app) then(ctx context.Context, r *query.Reader, who query.Viewer, o form.Order) error {
	speak := report.Speak(a.w)
	if o.Row.On != act.OnTalk {
		c, err := r.Case(ctx, who, o.Task.Plan, o.Shown())
		if err == nil {
			fmt.Fprintln(a.out, speak.Then(c))
		}
		return err
	}
	c, err := r.TalkCase(ctx, who, o.Task.Plan, o.Shown())
	if err != nil {
		return err
	}
	if o.Row.Opens() {
		a.say("cli.proposed", words.Data{"Talk": c.Talks[0].ID})
	}
	fmt.Fprintln(a.out, speak.ThenOfTalk(c))
	return nil
}
