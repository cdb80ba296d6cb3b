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
	"duban/internal/plan"
)

// Chain says where in the ledger's chain, by sequence number, the acts, decisions,
// intents and drops of one plan are: Compare asks it in which order they came. The
// zero Chain excuses nothing.
type Chain struct {
	acts   map[string]done  // by thing and act ID with a slash between
	intent map[string]int64 // notice key → sequence number of the intent of the first message with the notice

	carriers map[string][]string  // notice key → ID of every message that was to carry the notice
	longest  time.Duration        // longest plan time from an act's instant to its event in the chain
	dropped  map[string]int64     // notice key → sequence number of the event that dropped the notice
	since    map[string]bool      // notice key → whether it was dropped because the same was said at least as gravely while it waited
	decided  map[string]int64     // Decision.Key of a stage → sequence number
	behind   time.Duration        // longest plan time from a stage's instant to its decision
	amended  time.Time            // plan clock: when the last amendment's new tasks were assigned; without any, when it was recorded
	noticed  time.Time            // plan clock: when the last holiday notice was put in force
	besides  map[string]done      // by act ID: acts on complaints, incidents and the assessment
	measured time.Time            // plan clock: when the last reading of a section came in
	ordered  map[string]time.Time // by task: the instant at which its unit was given it first
}

// done is an act in the chain.
type done struct {
	at   time.Time // plan clock: the act's own instant
	seq  int64
	task string
	kind act.Kind
	own  bool // the engine did it by itself
}

// keep reads from the ledger's events what Chain holds for the plan. Events without
// a plan, such as a holiday notice, are read too.
func keep(ctx context.Context, store *ledger.Store, planID string) (Chain, error) {
	k := Chain{acts: map[string]done{}, besides: map[string]done{}, ordered: map[string]time.Time{}, intent: map[string]int64{}, dropped: map[string]int64{}, since: map[string]bool{}, decided: map[string]int64{}, carriers: map[string][]string{}}
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
		Notices json.RawMessage // of an intent: an array of notice keys
		Notice  string
		Since   string
		Message string
		Stage   plan.Stage
		Added   []struct {
			Assigned time.Time `json:"assigned_at"`
		}
	}
	id, isAct := strings.CutPrefix(e.Key, "act/"+planID+"/")
	switch {
	case isAct, e.Kind == ledger.StageDecided, e.Kind == ledger.MessageIntent, e.Kind == ledger.NoticeDropped, e.Kind == ledger.PlanAmended, e.Kind == ledger.TaskOrdered:
		if err := json.Unmarshal(e.Data, &data); err != nil {
			return err
		}
	}
	switch {
	case isAct:
		k.acts[id] = done{data.Act.At, e.Seq, e.Task, data.Act.Kind, data.Act.By == act.EngineActor}
		if e.Task == "" {
			k.besides[data.Act.ID] = k.acts[id]
		}
		if !data.Act.At.IsZero() {
			k.longest = max(k.longest, e.PlanAt.Sub(data.Act.At))
		}
	case e.Kind == ledger.StageDecided:
		k.decided[e.Key] = e.Seq
		k.behind = max(k.behind, e.PlanAt.Sub(data.Stage.At))
	case e.Kind == ledger.NoticeDropped:
		k.dropped[data.Notice] = e.Seq
		k.since[data.Notice] = data.Since != ""
	case e.Kind == ledger.PlanAmended:
		k.amended = e.PlanAt
		for _, a := range data.Added {
			k.amended = a.Assigned
		}
	case e.Kind == ledger.TaskOrdered:
		if _, before := k.ordered[e.Task]; !before {
			k.ordered[e.Task] = data.Stage.At
		}
	case e.Kind == ledger.WaterRead:
		k.measured = e.PlanAt
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

// overtaken tells that a notice about the task for the instant at was rightly left
// unsaid though it is foretold: an act on the task, of that instant or a later one,
// is in the chain before dropped, the sequence number at which the notice was dropped.
func (k Chain) overtaken(task string, at time.Time, dropped int64) bool {
	for _, a := range k.acts {
		if a.task == task && !a.at.Before(at) && a.seq < dropped {
			return true
		}
	}
	return false
}

// outrun tells that a notice or a stage of the task at the instant at was rightly said
// or decided though it is not foretold: an act on the task that bears an earlier
// instant came into the chain only after said, the sequence number of the saying or
// the decision.
func (k Chain) outrun(task string, at time.Time, said int64) bool {
	for _, a := range k.acts {
		if a.task == task && a.at.Before(at) && said < a.seq {
			return true
		}
	}
	return false
}

// foregone tells that a stage of the task at the instant at was rightly never decided though
// it is foretold: the engine itself did an act on the task when the stage was already due, as
// the daily audit does of what is left to it, and was then no further behind than it was with
// some stage that it did decide. Acts of people excuse nothing: the rehearsal holds them back
// until what is due is said (settled).
func (k Chain) foregone(task string, at time.Time) bool {
	for _, a := range k.acts {
		if a.own && a.task == task && !a.at.Before(at) && a.at.Sub(at) <= k.behind {
			return true
		}
	}
	return false
}
