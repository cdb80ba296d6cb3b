package audit

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

// life is what was read from the ledger's events of one task.
type life struct {
	policies map[string]plan.Policy // of the plans that the task was carried from, each under PLAN/KEY

	acts     []laws.Done            // acts, without the engine's end of a pause, which the laws know by its day
	all      []laws.Done            // all acts
	words    []ledger.Stage         // what was said
	talkActs map[string][]laws.Done // acts on its talks, by talk
	opened   time.Time              // when an occurrence was opened, on the plan's clock
	openedN  int                    // number of the event by which an occurrence was opened; 0: there is none
	ahead    bool                   // a workflow knew acts that the ledger had lost (event kind ledger.CourseAhead)
	was      was
}

// was is how a task was when it was assigned; only fields that acts have changed are set.
type was struct {
	lead, policy string
	assigned     time.Time
	rule         *plan.Recurrence
}

// change is how an act's event records one field that the act changed.
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
	// The end of a pause with a known end is in l.all alone. What the engine closes or cancels because data or an
	// incident's report came in is an act like a person's: the unit is told of it.
	if data.Act.Kind != act.Resume || data.Act.By.Account != act.EngineActor.Account {
		l.acts = append(l.acts, done)
	}
	return nil
}

func (l *life) changedSince(at time.Time) bool {
	return len(l.acts) > 0 && !l.acts[len(l.acts)-1].At.Before(at) || slices.ContainsFunc(l.words, func(s ledger.Stage) bool { return s.Kind == plan.Told && !s.At.Before(at) })
}

// inOrder sorts words by time. Of one instant the word that gives a unit the task comes
// first, and words that acts tell come last, in the order of the acts.
func inOrder(words []ledger.Stage) []ledger.Stage {
	rank := func(s ledger.Stage) int {
		if s.ID == act.OrderID {
			return -1
		}
		if s.Kind != plan.Told {
			return 0
		}
		n, _ := strconv.Atoi(strings.Split(s.ID, "-")[1]) // an ID such as act-3-grant
		if strings.Contains(s.ID, ".") {
			return 2*n + 2 // act-3-instruct.1: an instruction that a unit inherits with the task by act 3
		}
		return 2*n + 1
	}
	slices.SortStableFunc(words, func(a, b ledger.Stage) int { return cmp.Or(a.At.Compare(b.At), rank(a)-rank(b)) })
	return words
}

// before puts the life of a task in the plan that it was carried from before its life in
// this plan, and so on with earlier plans. into is the prefix of the keys of the policies
// in the plan that it was carried to: "" for the plan judged, else PLAN/.
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

// talkBefore adds to l what was done and said about a talk in the plan that the task was
// carried from, when the talk was opened there for another task.
func (j court) talkBefore(ctx context.Context, l *life, k ledger.Talk, from act.Elsewhere) error {
	if k.Facts == nil || k.Host != "" {
		return nil
	}
	planID, talk, _ := strings.Cut(k.Facts.From, "/")
	task, _, _ := strings.Cut(talk, "#")
	if planID != from.Plan || task == from.Task {
		return nil // a talk opened for the task itself is read with that task by before
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

// follows puts the earlier life first before l.
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
