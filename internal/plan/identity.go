package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Identity is which task of an amended plan is which task of the ledger. In the ledger a
// task keeps its first ID for ever; the ID that its plan gives it now is its label
// (docs/decisions/16-one-task-many-numbers.md).
type Identity struct {
	Split  map[string]string // a task that is new → the one it was split off, which goes on as another
	Merged map[string]string // a task that ends → the one it is part of by now
	Again  map[string]bool   // had left the plan, and is in it again
	Anew   map[string]string // a task that is new → the one it replaces, which was of another kind, or did not carry on a task of another plan
}

// IdentityError is a `was` that cannot be followed.
type IdentityError struct {
	Why  Mistaken
	Task string   // the ID in the file
	Was  string   // what it was, as written
	All  []string // of NoHeir: the tasks that were one, in the order of the plan
}

// Mistaken says what is wrong with a `was`.
type Mistaken string

const (
	NoSuchTask Mistaken = "was_unknown" // the plan never had it
	NoHeir     Mistaken = "was_no_heir" // several tasks were it, and none, or more than one, is named heir
)

func (e *IdentityError) Error() string {
	return fmt.Sprintf("task %s: was %s: %s %v", e.Task, e.Was, e.Why, e.All)
}

// Identify gives the tasks of an amended plan the IDs by which the ledger knows
// them: old is the plan in force, gone are tasks that left it earlier, taken is
// every ID that the ledger has. The ID in the files becomes the task's label where it
// differs from the ledger's. A `was` that has been followed may stay in the files and
// changes nothing more. Errors: *IdentityError.
func Identify(old, new *Plan, gone []Task, taken func(id string) bool) (Plan, Identity, error) {
	i := identifying{byLabel: map[string]*Task{}, gone: map[string]*Task{}, claims: map[string][]int{}, taken: taken, used: map[string]bool{},
		Identity: Identity{map[string]string{}, map[string]string{}, map[string]bool{}, map[string]string{}}}
	for k := range old.Tasks {
		i.byLabel[old.Tasks[k].Shown()] = &old.Tasks[k]
	}
	for k := range gone {
		i.gone[gone[k].Shown()] = &gone[k]
	}
	next := *new
	next.Tasks = slices.Clone(new.Tasks)
	i.tasks = next.Tasks
	i.renamed(next)
	if err := i.claim(); err != nil {
		return next, i.Identity, err
	}
	return next, i.Identity, i.name()
}

type identifying struct {
	Identity
	tasks   []Task
	byLabel map[string]*Task // of the plan in force
	gone    map[string]*Task
	taken   func(string) bool
	used    map[string]bool // IDs given to tasks of the new plan

	was    [][]*Task        // of each task: what it was, nil when nothing is said
	claims map[string][]int // by ID of the ledger: the tasks that were it
}

// renamed fills in Was for tasks whose ID ends with that of their unit, as `each` makes
// them, where the unit got another ID: they were the tasks with its former ID.
func (i *identifying) renamed(p Plan) {
	former := map[string]string{}
	for _, u := range p.Directory.Units {
		if u.Was != "" {
			former[u.ID] = u.Was
		}
	}
	for k, t := range i.tasks {
		before, ok := former[t.Lead]
		base, each := strings.CutSuffix(t.ID, "."+t.Lead)
		if !ok || !each || i.byLabel[t.ID] != nil {
			continue
		}
		if len(t.Was) == 0 && i.byLabel[base+"."+before] != nil {
			i.tasks[k].Was = []string{base + "." + before}
			continue
		}
		i.tasks[k].Was = slices.Clone(t.Was)
		for n, w := range t.Was { // was: an entry with each, whose tasks bear the unit's former ID
			if left, ok := strings.CutSuffix(w, "."+t.Lead); ok && i.byLabel[w] == nil && i.byLabel[left+"."+before] != nil {
				i.tasks[k].Was[n] = left + "." + before
			}
		}
	}
}

// claim finds the tasks that each task was, by its `was`; an IdentityError for NoSuchTask.
func (i *identifying) claim() error {
	i.was = make([][]*Task, len(i.tasks))
	for k, t := range i.tasks {
		if len(t.Was) == 0 {
			continue
		}
		if holder := i.byLabel[t.ID]; holder != nil && settled(holder, t) {
			if slices.Contains(t.Was, t.ID) { // several tasks were the one with this ID, and t keeps it
				i.was[k], i.claims[holder.ID] = []*Task{holder}, append(i.claims[holder.ID], k)
			}
			continue
		}
		for _, w := range t.Was {
			before := i.byLabel[w]
			if before == nil {
				before = i.gone[w]
			}
			if before == nil {
				before = i.formerly(w)
			}
			if before == nil {
				return &IdentityError{Why: NoSuchTask, Task: t.ID, Was: w}
			}
			if !slices.Contains(i.was[k], before) {
				i.was[k] = append(i.was[k], before)
				i.claims[before.ID] = append(i.claims[before.ID], k)
			}
		}
	}
	return nil
}

// settled tells that what `was` says has been done: the task has had those IDs.
func settled(holder *Task, t Task) bool {
	for _, w := range t.Was {
		if w != t.ID && !slices.Contains(holder.Former, w) && !slices.Contains(holder.Was, w) {
			return false
		}
	}
	return true
}

// formerly is the task of the plan in force that once had an ID.
func (i *identifying) formerly(label string) *Task {
	for _, id := range slices.Sorted(maps.Keys(i.byLabel)) {
		if t := i.byLabel[id]; t.ID == label || slices.Contains(t.Former, label) {
			return t
		}
	}
	return nil
}

// heir is the index of the one of claims, all of which were the task before, that goes on
// as that task: the only one, the one named heir, or, where none is named, the one that
// kept its ID. An IdentityError for NoHeir.
func (i *identifying) heir(before *Task, claims []int) (int, error) {
	if len(claims) == 1 {
		return claims[0], nil
	}
	heir, n := -1, 0
	var all []string
	for _, k := range claims {
		all = append(all, i.tasks[k].ID)
		if i.tasks[k].Heir {
			heir, n = k, n+1
		}
	}
	if n == 0 {
		for _, k := range claims { // one has kept the ID
			if i.tasks[k].ID == before.Shown() {
				return k, nil
			}
		}
	}
	if n != 1 {
		return 0, &IdentityError{Why: NoHeir, Task: all[0], Was: before.Shown(), All: all}
	}
	return heir, nil
}

// name gives every task its ID of the ledger.
func (i *identifying) name() error {
	heirs := map[string]int{}
	for _, id := range slices.Sorted(maps.Keys(i.claims)) {
		heir, err := i.heir(i.known(id), i.claims[id])
		if err != nil {
			return err
		}
		heirs[id] = heir
	}
	fresh := []int{}
	splits, anew := map[int]*Task{}, map[int]bool{}
	for k := range i.tasks {
		var one *Task
		for _, before := range i.was[k] {
			switch {
			case heirs[before.ID] != k:
				splits[k] = before
			case one == nil:
				one = before
			default:
				i.Merged[before.ID] = one.ID
			}
		}
		if one == nil && len(i.was[k]) == 0 {
			one = i.same(i.tasks[k])
		}
		if one == nil {
			fresh = append(fresh, k)
			continue
		}
		if t := i.tasks[k]; one.Kind != t.Kind || t.Carries != "" && one.Carries == "" {
			fresh = append(fresh, k)
			splits[k], anew[k] = one, true
			continue
		}
		i.give(k, one)
	}
	for _, k := range fresh {
		t := &i.tasks[k]
		label := t.ID
		for n := 2; i.taken(t.ID) || i.used[t.ID]; n++ {
			t.ID = fmt.Sprintf("%s@%d", label, n)
		}
		if t.ID != label {
			t.Label = label
		}
		i.used[t.ID] = true
		switch before := splits[k]; {
		case before == nil:
		case anew[k] || before.Kind != t.Kind:
			i.Anew[t.ID] = before.ID
		default:
			i.Split[t.ID] = before.ID
		}
	}
	return nil
}

func (i *identifying) known(id string) *Task {
	for _, all := range []map[string]*Task{i.byLabel, i.gone} {
		for _, t := range all {
			if t.ID == id {
				return t
			}
		}
	}
	return nil
}

// same is the task with t's ID in the plan in force, else among those that left it; nil
// where there is none, or where a `was` says that it has another ID by now.
func (i *identifying) same(t Task) *Task {
	for _, all := range []map[string]*Task{i.byLabel, i.gone} {
		if before := all[t.ID]; before != nil && len(i.claims[before.ID]) == 0 {
			return before
		}
	}
	return nil
}

// give makes a task of the new plan one that the ledger has.
func (i *identifying) give(k int, one *Task) {
	t := &i.tasks[k]
	label := t.ID
	t.ID, t.Label, t.Former = one.ID, "", one.Former
	if label != one.ID {
		t.Label = label
	}
	if was := one.Shown(); was != label {
		t.Former = append(slices.Clone(one.Former), was)
	}
	i.used[one.ID] = true
	if i.gone[one.Shown()] == one {
		i.Again[one.ID] = true
	}
}

// Note adds to changes which tasks are restored, which task a new one comes from and
// which task a removed one goes into.
func (i Identity) Note(c *Changes) {
	for k := range c.Tasks {
		t := &c.Tasks[k]
		switch t.What {
		case Added:
			if i.Again[t.ID] {
				t.What = Restored
			}
			t.From = i.Split[t.ID]
			if t.From == "" {
				t.From = i.Anew[t.ID]
			}
		case Removed:
			t.Into = i.Merged[t.ID]
		}
	}
	for anew, before := range i.Anew {
		for k := range c.Tasks {
			if t := &c.Tasks[k]; t.ID == before && t.What == Removed {
				t.Into = anew
			}
		}
	}
}

// Pair is a task that an amendment takes away and one that it adds, by the IDs
// that people see.
type Pair struct {
	Was string `json:"was"`
	Now string `json:"now"`
}

// Likely are the tasks of changes that may be the same under another ID: of the
// same kind, with the same words, title, lead or place. Each is in one pair at most.
// Where numbers have moved, as when a task was put before the others, a task is paired with
// the number that has its title by now, even though its old number is still in the plan.
// A person says whether the two of a pair are the same.
func (c Changes) Likely() []Pair {
	type match struct{ was, now, points int }
	var all []match
	for o, old := range c.Tasks {
		for n, now := range c.Tasks {
			if o == n || !old.leaves() || !now.comes() {
				continue
			}
			if p := likeness(*old.Old, *now.New); p > 0 {
				all = append(all, match{o, n, p})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b match) int { return b.points - a.points })
	left, come := map[int]bool{}, map[int]bool{} // that are in a pair
	// stays tells that the k-th task is in both plans under one number, and in no pair.
	stays := func(k int) bool { return c.Tasks[k].What == Changed && !left[k] && !come[k] }
	var pairs []Pair
	for again := true; again; {
		again = false
		for _, m := range all {
			titled := squeezed(c.Tasks[m.was].Old.Title) == squeezed(c.Tasks[m.now].New.Title)
			if left[m.was] || come[m.now] || !titled && (stays(m.was) || stays(m.now)) {
				continue
			}
			left[m.was], come[m.now], again = true, true, true
			pairs = append(pairs, Pair{c.Tasks[m.was].Old.Shown(), c.Tasks[m.now].New.Shown()})
		}
	}
	return pairs
}

// leaves tells that the task as it was may be under another number now.
func (c TaskChange) leaves() bool {
	return c.What == Removed && c.Into == "" || c.What == Changed && c.retitled()
}

// comes tells that the task as it is now may have had another number.
func (c TaskChange) comes() bool {
	return c.What == Added && c.From == "" || c.What == Changed && c.retitled()
}

// retitled tells that a number is in both plans and its title is another.
func (c TaskChange) retitled() bool {
	return c.Old.Shown() == c.New.Shown() && squeezed(c.Old.Title) != squeezed(c.New.Title)
}

// likeness is how much two tasks have in common, in points; 0 when they are hardly the
// same: neither the title nor the sentence is alike, lead and clause both differ, or they
// are standing tasks of different leads.
func likeness(a, b Task) (points int) {
	if a.Kind == Standing && b.Kind == Standing && a.Lead != b.Lead {
		return 0
	}
	same := func(is bool, n int) {
		if is {
			points += n
		}
	}
	title, source := squeezed(a.Title) == squeezed(b.Title), a.Source != "" && squeezed(a.Source) == squeezed(b.Source)
	same(title, 4)
	same(source, 4)
	same(a.Lead == b.Lead, 3)
	same(a.Clause == b.Clause, 1)
	same(a.Kind == b.Kind, 1)
	same(a.Kind == Dated && b.Kind == Dated && a.Due == b.Due, 1)
	if !title && !source || a.Lead != b.Lead && a.Clause != b.Clause {
		return 0
	}
	return points
}

func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

// Same is the plan with the old ID of each pair added to the `was` of its new task.
func (p Plan) Same(pairs []Pair) Plan {
	p.Tasks = slices.Clone(p.Tasks)
	for k, t := range p.Tasks {
		for _, pair := range pairs {
			if pair.Now == t.ID && !slices.Contains(t.Was, pair.Was) {
				p.Tasks[k].Was = append(slices.Clone(p.Tasks[k].Was), pair.Was)
			}
		}
	}
	return p
}
