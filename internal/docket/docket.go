// Package docket is the one place where what is chased begins and changes: it opens tasks,
// occurrences, talks and proposals, each with its origin, records acts on them, and decides
// their stages. It knows the ledger and what package act decides; the workflows that must run
// are started by a Starter.
package docket

import (
	"context"
	"errors"
	"fmt"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// Starter starts the workflows of what is opened. Starting one that runs or ran already is no
// error.
type Starter interface {
	// StartDigest starts the workflow that speaks a digest: that of its morning, or one of the
	// digest's own.
	StartDigest(ctx context.Context, l ledger.Launched, d ledger.Digest) error
	StartTask(ctx context.Context, l ledger.Launched, t ledger.Task) error
	StartTalk(ctx context.Context, l ledger.Launched, t ledger.Talk) error
	// UnusedTalk is the first number, from the given one on, that no talk of the task ever had
	// in Temporal. When a stage called for a talk at opensAt and that talk is in Temporal, it is
	// that talk's number, so that deciding the stage again opens no second talk. opensAt is zero
	// for a talk that is proposed.
	UnusedTalk(ctx context.Context, planID, task string, from int, opensAt time.Time) (int, error)
	// ReviveTalk starts again the workflow of a talk that was void, and whose workflow had
	// ended.
	ReviveTalk(ctx context.Context, planID, talk string) error
	LookTask(ctx context.Context, planID, task string) error // tells a task's workflow to look at the ledger; one that has ended is no error
	LookTalk(ctx context.Context, planID, talk string) error // tells a talk's workflow to look at the ledger; one that has ended is no error
	// Recover writes into the ledger the acts on a task, a duty or a talk that its workflow's
	// histories have and the ledger lacks.
	Recover(ctx context.Context, planID, thing string) error
}

// Docket opens things and records acts in one ledger. Every call may be repeated, and changes
// nothing the second time. A refused act is the error *act.Refusal.
type Docket struct {
	Ledger   *ledger.Store
	Starter  Starter
	Accounts *Accounts        // nil: actors are not checked against accounts
	Now      func() time.Time // the wall clock
	Own      []string         // channels of this program, where the office has decided on none
	// Ask has a task's workflow do an act that follows from a complaint, and returns when the
	// workflow knows of it; a refusal is no error. nil: the act is recorded here, and the
	// workflow told to look.
	Ask func(ctx context.Context, planID, task string, a act.Act) error
}

// outbox is the channel of an office without a mail server.
const outbox = "outbox"

// Channels are the names of the channels over which everybody gets messages, the preferred
// first: those that the office has decided on, or else this program's own.
func (d Docket) Channels(ctx context.Context) ([]string, error) {
	decided, err := d.Ledger.Office(ctx)
	return d.ChannelsOf(decided), err
}

// ChannelsOf is Channels for given settings of the office, without asking the ledger.
func (d Docket) ChannelsOf(decided map[string]string) []string {
	if names := ledger.Channels(decided[ledger.OfficeChannels]); len(names) > 0 {
		return names
	}
	if len(d.Own) > 0 {
		return d.Own
	}
	return []string{outbox} // this program is a command, which sends nothing itself
}

// when is this moment on both clocks.
func (d Docket) when(clock calendar.Clock) ledger.When {
	now := d.Now()
	return ledger.When{Real: now, Plan: clock.Plan(now)}
}

// Plan is a launched plan and the rules that work out its courses by the calendar
// in force.
func (d Docket) Plan(ctx context.Context, id string) (ledger.Launched, act.Rules, error) {
	l, err := d.Ledger.Plan(ctx, id)
	if err != nil {
		return l, act.Rules{}, fmt.Errorf("plan %s: %w", id, err)
	}
	rules, err := d.Ledger.Rules(ctx, l)
	return l, rules, err
}

// toAll are the channels of everybody whom the stages name.
func (d Docket) toAll(ctx context.Context, stages ...plan.Stage) (map[people.Recipient][]string, error) {
	names, err := d.Channels(ctx)
	if err != nil {
		return nil, err
	}
	all := map[people.Recipient][]string{}
	for _, s := range stages {
		for _, r := range s.To {
			all[r] = names
		}
	}
	return all, nil
}

// StartDigests starts the workflows that speak digests, one for each morning, and notes in the
// ledger which digests are started. It notes them also when a later start fails, so that each
// try gets further on a slow machine.
func (d Docket) StartDigests(ctx context.Context, l ledger.Launched, digests []ledger.Digest) (err error) {
	var keys []string
	started := map[string]bool{}
	for _, g := range digests {
		if g.Morning == "" || !started[g.Morning] {
			if err = d.Starter.StartDigest(ctx, l, g); err != nil {
				break
			}
			started[g.Morning] = true
			keys = append(keys, g.Key)
		}
	}
	if len(keys) == 0 {
		return err
	}
	note, cancel := context.WithTimeout(context.WithoutCancel(ctx), noting)
	defer cancel()
	return errors.Join(err, d.Ledger.MarkStarted(note, keys))
}

// noting is how long the note of what was started may take, also when the caller's own time is
// over.
const noting = 5 * time.Second

// placing puts the stages of a thing into messages by the rhythm of a policy. limit is the day
// by which what the stages are about is to be done; zero: none.
func placing(rules act.Rules, thing, policy string, limit calendar.Day) ledger.Placing {
	return func(s plan.Stage, r people.Recipient, heard []plan.Heard) plan.Placed {
		w := act.WordTo(thing, s, r, limit)
		w.Own = rules.OwnPace(r)
		return rules.Place(rules.Policies[policy], w, heard)
	}
}
