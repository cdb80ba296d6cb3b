package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/engine"
	"duban/internal/form"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// hand does acts on the ledger itself, by the same tables, course and record as
// the engine, without a Temporal between them.
type hand struct {
	*desk
	at func() time.Time
}

// Close does nothing: the ledger is the desk's.
func (h hand) Close() error { return nil }

// hands lets the desk's commands act, at the instant of its clock.
func (d *desk) hands(accounts string) {
	d.t.Helper()
	d.cfg.Accounts = filepath.Join(d.t.TempDir(), "accounts.yaml")
	require.NoError(d.t, os.WriteFile(d.cfg.Accounts, []byte(accounts), 0o600))
	d.reach = func(context.Context) (form.Doer, io.Closer, error) {
		h := hand{d, func() time.Time { return d.now() }}
		return h, h, nil
	}
}

func (h hand) rules(ctx context.Context, planID string) (ledger.Launched, act.Rules, error) {
	l, err := h.store.Plan(ctx, planID)
	if err != nil {
		return l, act.Rules{}, err
	}
	cal, err := h.calendar()
	if err != nil {
		return l, act.Rules{}, err
	}
	b, err := act.NewRules(&l.Plan, cal)
	return l, b, err
}

// acted is what an act does to a task and its talks, over the channels given.
func (h hand) acted(ctx context.Context, l ledger.Launched, b act.Rules, task string, a act.Act) (ledger.Acted, *act.Refusal, error) {
	row, err := h.store.Task(ctx, l.Plan.ID, task)
	if err != nil {
		return ledger.Acted{}, nil, err
	}
	before := b.Course(ledger.CaseOf(row))
	after, told, refused := b.Act(before, a)
	acted := ledger.Acted{Plan: l.Plan.ID, Task: task, Act: a, Version: row.Version, Facts: after.Case, Told: told}
	talks, err := h.store.Talks(ctx, l.Plan.ID, task)
	for _, k := range talks {
		if c, also, ok := b.AffectedBy(b.TalkCourse(ledger.TalkCaseOf(&l.Plan, row, k)), row.ID, before.Case, after.Case, a); ok && refused == nil {
			acted.Talks = append(acted.Talks, ledger.ActedTalk{Talk: k.ID, Version: k.Version, Facts: c.TalkCase, Told: also})
			told = append(told, also...)
		}
	}
	acted.Channels = mailed(told)
	return acted, refused, err
}

func (h hand) stamp(a *act.Act) {
	a.At = h.at().UTC()
	a.On = calendar.DayOf(a.At.In(calendar.Beijing))
}

func (h hand) when() ledger.When { return ledger.When{Real: h.at(), Plan: h.at()} }

func mailed(told []plan.Stage) map[people.Recipient][]string {
	channels := map[people.Recipient][]string{}
	for _, s := range told {
		for _, to := range s.To {
			channels[to] = []string{"smtp"}
		}
	}
	return channels
}

func (h hand) Act(ctx context.Context, planID, task string, a act.Act) error {
	l, b, err := h.rules(ctx, planID)
	if err != nil {
		return err
	}
	h.stamp(&a)
	acted, refused, err := h.acted(ctx, l, b, task, a)
	if err != nil {
		return err
	}
	if refused != nil {
		return h.refuse(ctx, planID, task, a, refused)
	}
	_, _, err = h.store.Act(ctx, acted, h.when())
	return err
}

func (h hand) refuse(ctx context.Context, planID, task string, a act.Act, refused *act.Refusal) error {
	data, err := json.Marshal(map[string]any{"act": a, "refused": refused})
	if err != nil {
		return err
	}
	_, err = h.store.Record(ctx, ledger.Event{Key: "refused/" + planID + "/" + task + "/" + a.ID + "/" + refused.Key, Plan: planID, Task: task,
		Kind: ledger.ActRefused, Actor: a.By.Account, Real: h.at(), PlanAt: h.at(), Data: data})
	if err != nil {
		return err
	}
	return &engine.RefusedError{Refusal: *refused}
}

func (h hand) ActOnTalk(ctx context.Context, planID, talkID string, a act.Act) error {
	l, b, err := h.rules(ctx, planID)
	if err != nil {
		return err
	}
	h.stamp(&a)
	talk, err := h.store.Talk(ctx, planID, talkID)
	if err != nil {
		return err
	}
	task, err := h.store.Task(ctx, planID, talk.Task)
	if err != nil {
		return err
	}
	after, told, refused := b.ActOnTalk(b.TalkCourse(ledger.TalkCaseOf(&l.Plan, task, talk)), a)
	if refused != nil {
		return h.refuse(ctx, planID, talk.Task, a, refused)
	}
	_, _, err = h.store.ActOnTalk(ctx, ledger.ActedOnTalk{Plan: planID, Talk: talkID, Act: a, Version: talk.Version, Facts: after.TalkCase, Told: told, Channels: mailed(told)}, h.when())
	return err
}

func (h hand) Propose(ctx context.Context, planID string, a act.Act, rule *act.Proposal) (string, error) {
	l, b, err := h.rules(ctx, planID)
	if err != nil {
		return "", err
	}
	h.stamp(&a)
	task, err := h.store.Task(ctx, planID, a.Ref)
	if err != nil {
		return "", err
	}
	facts := func(number int) (act.TalkCase, *act.Refusal) {
		c := docket.TalkToPropose(&l.Plan, task, a, rule)
		c.Number = number
		course, refused := b.Propose(c, a)
		return course.TalkCase, refused
	}
	talk, refused, err := h.store.ProposeTalk(ctx, ledger.Proposed{Plan: planID, Task: task.ID, Act: a, Proposal: rule, Facts: facts}, h.when())
	if err == nil && refused != nil {
		err = h.refuse(ctx, planID, task.ID, a, refused)
	}
	return talk.ID, err
}

// closed has the office verify a task at an instant of the plan's clock.
func (d *desk) closed(t *testing.T, planID, task, reason string, when ledger.When) {
	t.Helper()
	h := hand{d, func() time.Time { return when.Plan }}
	l, b, err := h.rules(t.Context(), planID)
	require.NoError(t, err)
	a := act.Act{ID: "verify", Kind: act.Verify, By: act.Actor{Account: "office", Name: "协调办王某", Unit: l.Plan.Directory.Office}, Reason: reason}
	h.stamp(&a)
	acted, refused, err := h.acted(t.Context(), l, b, task, a)
	require.NoError(t, err)
	require.Nil(t, refused)
	acted.Channels = nil
	_, _, err = d.store.Act(t.Context(), acted, when)
	require.NoError(t, err)
}
