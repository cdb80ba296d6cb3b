// Package docket is the one place where what is chased begins and changes: tasks,
// occurrences, talks and proposals are opened here, each with its origin, acts on them
// are recorded, and the words about them are decided. It knows the ledger and what acts
// decide; what must run because of it is started by a Starter.
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

// Starter runs what is opened. Starting what runs or ran already is no error.
type Starter interface {
	// StartDigest starts what speaks a digest: its morning, or a workflow of its own.
	StartDigest(ctx context.Context, l ledger.Launched, d ledger.Digest) error
	StartTask(ctx context.Context, l ledger.Launched, t ledger.Task) error
	StartTalk(ctx context.Context, l ledger.Launched, t ledger.Talk) error
	// UnusedTalk is the first number from the given one on that no talk of a task ever had in Temporal,
	// but for one that a stage called for at opensAt; zero of a talk that is proposed.
	UnusedTalk(ctx context.Context, planID, task string, from int, opensAt time.Time) (int, error)
	// ReviveTalk starts the workflow of a talk again that was void, and had ended.
	ReviveTalk(ctx context.Context, planID, talk string) error
	LookTalk(ctx context.Context, planID, talk string) error // tells a talk's workflow to look at the ledger; one that has ended is no error
	// Recover gives the ledger the acts of a task, a duty or a talk that stand in its workflow's histories and that it lacks.
	Recover(ctx context.Context, planID, thing string) error
}

// Docket opens things and records acts in one ledger. Every call may be made twice and
// changes nothing the second time. An act that is refused is an error: *act.Refusal.
type Docket struct {
	Ledger   *ledger.Store
	Starter  Starter
	Accounts *Accounts        // nil: nobody is held against an account
	Now      func() time.Time // the wall clock
	Own      []string         // channels of this program, where the office has decided on none
}

// outbox is the channel of an office without a mail server.
const outbox = "outbox"

// Channels are the names of the channels over which everybody hears: those that the
// office has decided on, the preferred first, or else this program's own.
func (d Docket) Channels(ctx context.Context) ([]string, error) {
	decided, err := d.Ledger.Office(ctx)
	return d.ChannelsOf(decided), err
}

// ChannelsOf is Channels by what the office has decided.
func (d Docket) ChannelsOf(decided map[string]string) []string {
	if names := ledger.Channels(decided[ledger.OfficeChannels]); len(names) > 0 {
		return names
	}
	if len(d.Own) > 0 {
		return d.Own
	}
	return []string{outbox} // a command, which sends nothing
}

// when is this moment on both clocks.
func (d Docket) when(clock calendar.Clock) ledger.When {
	now := d.Now()
	return ledger.When{Real: now, Plan: clock.Plan(now)}
}

// Plan is a launched plan and the book that works out its courses by the calendar
// in force.
func (d Docket) Plan(ctx context.Context, id string) (ledger.Launched, act.Book, error) {
	l, err := d.Ledger.Plan(ctx, id)
	if err != nil {
		return l, act.Book{}, fmt.Errorf("plan %s: %w", id, err)
	}
	book, err := d.Ledger.Book(ctx, l)
	return l, book, err
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

// StartDigests starts what speaks digests, one workflow for each morning, and notes
// which are started, also when a later one cannot be: each try gets further on a
// slow machine.
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

// noting is how long a note of what has been done may take after its caller's own time
// is over.
const noting = 5 * time.Second

// placing puts the words of stages into messages by the rhythm of a policy. limit is the
// day by which what they are about is to be done.
func placing(book act.Book, thing, policy string, limit calendar.Day) ledger.Placing {
	return func(s plan.Stage, r people.Recipient, heard []plan.Heard) plan.Placed {
		w := act.WordTo(thing, s, r, limit)
		w.Own = book.OwnPace(r)
		return book.Place(book.Policies[policy], w, heard)
	}
}
