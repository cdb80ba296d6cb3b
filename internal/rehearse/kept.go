package rehearse

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/ledger"
)

// Chain is the order in which the ledger's chain has what the comparison asks
// about. The zero Chain has nothing.
type Chain struct {
	acts   map[string]done  // by thing and act ID with a slash between
	intent map[string]int64 // notice key → the first message that was to carry it

	carriers map[string][]string // notice key → every message that was to carry it
	longest  time.Duration       // plan time that an act took from its instant into the chain, at the most
	dropped  map[string]int64    // notice key
	since    map[string]bool     // notice key: dropped, because the same was said as gravely while it waited
	decided  map[string]int64    // Decision.Key of a stage
	amended  time.Time           // plan clock: what the last amendment's new tasks were assigned at
	noticed  time.Time           // plan clock: when the last holiday notice was put in force
}

// done is an act in the chain.
type done struct {
	at   time.Time // plan clock: the act's own instant
	seq  int64
	task string
	kind act.Kind
}

// keep reads the chain.
func keep(ctx context.Context, store *ledger.Store, planID string) (Chain, error) {
	k := Chain{acts: map[string]done{}, intent: map[string]int64{}, dropped: map[string]int64{}, since: map[string]bool{}, decided: map[string]int64{}, carriers: map[string][]string{}}
	events, err := store.Events(ctx, ledger.EventFilter{})
	if err != nil {
		return k, fmt.Errorf("rehearse: read the ledger: %w", err)
	}
	for _, e := range events {
		if e.Plan != planID && e.Plan != "" {
			continue
		}
		if err := k.take(e, planID); err != nil {
			return k, fmt.Errorf("rehearse: event %d: %w", e.Seq, err)
		}
	}
	return k, nil
}

func (k *Chain) take(e ledger.Event, planID string) error {
	var data struct {
		Act     act.Act
		Notices json.RawMessage // of an intent their keys
		Notice  string
		Since   string
		Message string
		Added   []struct {
			Assigned time.Time `json:"assigned_at"`
		}
	}
	id, isAct := strings.CutPrefix(e.Key, "act/"+planID+"/")
	switch {
	case isAct, e.Kind == ledger.MessageIntent, e.Kind == ledger.NoticeDropped, e.Kind == ledger.PlanAmended:
		if err := json.Unmarshal(e.Data, &data); err != nil {
			return err
		}
	}
	switch {
	case isAct:
		k.acts[id] = done{data.Act.At, e.Seq, e.Task, data.Act.Kind}
		if !data.Act.At.IsZero() {
			k.longest = max(k.longest, e.PlanAt.Sub(data.Act.At))
		}
	case e.Kind == ledger.StageDecided:
		k.decided[e.Key] = e.Seq
	case e.Kind == ledger.NoticeDropped:
		k.dropped[data.Notice] = e.Seq
		k.since[data.Notice] = data.Since != ""
	case e.Kind == ledger.PlanAmended:
		k.amended = e.PlanAt
		for _, a := range data.Added {
			k.amended = a.Assigned
		}
	case e.Kind == ledger.CalendarPut:
		k.noticed = e.PlanAt
	case e.Kind == ledger.MessageIntent:
		var keys []string
		if err := json.Unmarshal(data.Notices, &keys); err != nil {
			return err
		}
		for _, key := range keys {
			if !slices.Contains(k.carriers[key], data.Message) {
				k.carriers[key] = append(k.carriers[key], data.Message)
			}
			if _, before := k.intent[key]; !before {
				k.intent[key] = e.Seq
			}
		}
	}
	return nil
}

// overtaken tells that something about a task at an instant was left unsaid
// rightly though it is foretold: an act of that instant or later came into the
// chain first, and only then was it dropped.
func (k Chain) overtaken(task string, at time.Time, dropped int64) bool {
	for _, a := range k.acts {
		if a.task == task && !a.at.Before(at) && a.seq < dropped {
			return true
		}
	}
	return false
}

// outrun tells that something about a task at an instant was said, or decided,
// rightly though it is not foretold: an act that bears an earlier instant came
// into the chain only after it.
func (k Chain) outrun(task string, at time.Time, said int64) bool {
	for _, a := range k.acts {
		if a.task == task && a.at.Before(at) && said < a.seq {
			return true
		}
	}
	return false
}
