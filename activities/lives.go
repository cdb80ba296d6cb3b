package activities

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/laws"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// life is what was read of one task.
type life struct {
	policies map[string]plan.Policy // of plans that it was carried from, each key with its plan's ID before it

	acts     []laws.Done // of people
	all      []laws.Done // with the engine's own
	words    []ledger.Stage
	talkActs map[string][]laws.Done
	opened   time.Time // of an occurrence
	openedN  int       // in the order of the ledger
	ahead    bool      // a workflow knew of acts that the ledger had lost
	was      was
}

// was is what a task was when it was assigned, as far as acts have changed it.
type was struct {
	lead, policy string
	assigned     time.Time
	rule         *plan.Recurrence
}

// change is what an act's event says of one thing it changed.
type change[T any] struct {
	From T `json:"from"`
}

func (l *life) add(e ledger.Event) error {
	switch e.Kind {
	case ledger.CourseAhead:
		l.ahead = true
		return nil
	case ledger.OccurrenceOpened:
		l.opened, l.openedN = e.PlanAt, int(e.Seq)
		return nil
	case ledger.ActKind(act.Propose):
		return nil
	}
	var data struct {
		Act      act.Act                   `json:"act"`
		Talk     string                    `json:"talk"`
		Lead     *change[string]           `json:"lead"`
		Policy   *change[string]           `json:"policy"`
		Assigned *change[time.Time]        `json:"assigned"`
		Rule     *change[*plan.Recurrence] `json:"rule"`
	}
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return fmt.Errorf("act of event %d: %w", e.Seq, err)
	}
	data.Act.At = data.Act.At.Truncate(time.Microsecond)
	done := laws.Done{Act: data.Act, N: int(e.Seq)}
	if data.Talk != "" {
		l.talkActs[data.Talk] = append(l.talkActs[data.Talk], done)
		return nil
	}
	if data.Lead != nil && l.was.lead == "" {
		l.was.lead = data.Lead.From
	}
	if data.Policy != nil && l.was.policy == "" {
		l.was.policy = data.Policy.From
	}
	if data.Assigned != nil && l.was.assigned.IsZero() {
		l.was.assigned = data.Assigned.From
	}
	if data.Rule != nil && l.was.rule == nil {
		l.was.rule = data.Rule.From
	}
	l.all = append(l.all, done)
	if data.Act.By.Account != act.EngineActor.Account { // a pause that ends by itself is what the engine says of it
		l.acts = append(l.acts, done)
	}
	return nil
}

func (l *life) changedSince(at time.Time) bool {
	return len(l.acts) > 0 && !l.acts[len(l.acts)-1].At.Before(at) || slices.ContainsFunc(l.words, func(s ledger.Stage) bool { return s.Kind == plan.Told && !s.At.Before(at) })
}

// inOrder are words in order of time; of one instant the one that gives the task comes
// first, and what acts tell last, in the order of the acts.
func inOrder(words []ledger.Stage) []ledger.Stage {
	rank := func(s ledger.Stage) int {
		if s.ID == act.OrderID {
			return -1
		}
		if s.Kind != plan.Told {
			return 0
		}
		n, _ := strconv.Atoi(strings.Split(s.ID, "-")[1]) // act-3-grant
		if strings.Contains(s.ID, ".") {
			return 2*n + 2 // act-3-instruct.1: what another unit inherits by it
		}
		return 2*n + 1
	}
	slices.SortStableFunc(words, func(a, b ledger.Stage) int { return cmp.Or(a.At.Compare(b.At), rank(a)-rank(b)) })
	return words
}

// before puts what is held of a task in the plan that it was carried from before its
// life in this one. into begins the keys of the policies that it was carried to.
func (j court) before(ctx context.Context, l *life, id string, from act.Elsewhere, into string) error {
	was, err := j.store.Task(ctx, from.Plan, from.Task)
	if err != nil {
		return err
	}
	p, err := j.store.Plan(ctx, from.Plan)
	if err != nil {
		return err
	}
	acts, words, err := j.store.Lives(ctx, from.Plan, []string{from.Task})
	if err != nil {
		return err
	}
	first := life{talkActs: map[string][]laws.Done{}, policies: map[string]plan.Policy{}}
	named := func(policy string) string { return from.Plan + "/" + policy }
	for key, policy := range p.Plan.Policies {
		first.policies[named(key)] = policy
	}
	for _, e := range acts {
		if err := first.add(e); err != nil {
			return err
		}
	}
	first.was.policy = named(cmp.Or(first.was.policy, was.Policy))
	first.was.lead = cmp.Or(first.was.lead, was.Lead)
	if first.was.assigned.IsZero() {
		first.was.assigned = was.Assigned
	}
	for _, done := range [][]laws.Done{first.acts, first.all} {
		for i, a := range done {
			switch a.Kind {
			case act.SetPolicy:
				done[i].Policy = named(a.Policy)
			case act.Carry:
				done[i].GoesOn, done[i].Policy = true, into+a.Policy
			}
		}
	}
	for talk, done := range first.talkActs {
		if _, number, ok := strings.Cut(talk, "#"); ok {
			first.talkActs[id+"#"+number] = done
		}
	}
	for _, s := range words {
		if s.At.After(j.until) {
			continue
		}
		if _, number, ok := strings.Cut(s.Talk, "#"); ok {
			s.Talk = id + "#" + number
		}
		first.words = append(first.words, s)
	}
	for _, k := range j.talks[id] {
		if err := j.talkBefore(ctx, &first, k, from); err != nil {
			return err
		}
	}
	if earlier := was.Facts.From; earlier != nil {
		if err := j.before(ctx, &first, id, *earlier, from.Plan+"/"); err != nil {
			return err
		}
	}
	l.follows(first)
	return nil
}

// talkBefore adds what was done and said of a talk that hung on another task in the plan
// that this one was carried from.
func (j court) talkBefore(ctx context.Context, l *life, k ledger.Talk, from act.Elsewhere) error {
	if k.Facts == nil || k.Host != "" {
		return nil
	}
	planID, talk, _ := strings.Cut(k.Facts.From, "/")
	task, _, _ := strings.Cut(talk, "#")
	if planID != from.Plan || task == from.Task {
		return nil // what hangs on the task itself is read with it
	}
	acts, words, err := j.store.Lives(ctx, planID, []string{task})
	if err != nil {
		return err
	}
	other := life{talkActs: map[string][]laws.Done{}}
	for _, e := range acts {
		if err := other.add(e); err != nil {
			return err
		}
	}
	l.talkActs[k.ID] = append(l.talkActs[k.ID], other.talkActs[talk]...)
	for _, s := range words {
		if s.Talk == talk && !s.At.After(j.until) {
			s.Talk = k.ID
			l.words = append(l.words, s)
		}
	}
	return nil
}

// follows puts an earlier life before this one.
func (l *life) follows(first life) {
	l.acts, l.all, l.words = append(first.acts, l.acts...), append(first.all, l.all...), append(first.words, l.words...)
	for talk, done := range first.talkActs {
		l.talkActs[talk] = append(done, l.talkActs[talk]...)
	}
	if l.policies == nil {
		l.policies = map[string]plan.Policy{}
	}
	maps.Copy(l.policies, first.policies)
	l.ahead, l.was = l.ahead || first.ahead, first.was
}
