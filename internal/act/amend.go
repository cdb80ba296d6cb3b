package act

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// ActsOf are the acts that make a running task what the amended plan says: of
// a duty's open occurrence only what it takes from its duty.
func ActsOf(c plan.TaskChange, occurrence bool) []Act {
	if c.What == plan.Removed {
		if c.Old.Kind == plan.Duty && !occurrence {
			return []Act{{Kind: EndDuty}}
		}
		return []Act{{Kind: Cancel}}
	}
	var all []Act
	if c.What == plan.Restored { // what it is already is left out when they are done
		all = append(all, Act{Kind: Reinstate})
		for _, field := range []string{plan.FieldTitle, plan.FieldLead, plan.FieldAssist, plan.FieldDue, plan.FieldPolicy, plan.FieldRecur} {
			c.Fields = append(c.Fields, plan.FieldChange{Field: field})
		}
	}
	for _, f := range c.Fields {
		switch f.Field {
		case plan.FieldTitle:
			if !occurrence { // it keeps the words it was opened with
				all = append(all, Act{Kind: Reword, Title: c.New.Title})
			}
		case plan.FieldLead:
			all = append(all, Act{Kind: Reassign, Unit: c.New.Lead})
		case plan.FieldAssist:
			all = append(all, Act{Kind: Assist, Units: c.New.Assist})
		case plan.FieldDue:
			if !occurrence && c.New.Kind == plan.Dated {
				all = append(all, Act{Kind: Correct, Due: c.New.Due})
			}
		case plan.FieldBegin:
			if occurrence || c.New.Kind != plan.Dated {
				continue
			}
			begin := c.New.Begin
			if i := slices.IndexFunc(all, func(a Act) bool { return a.Kind == Correct }); i >= 0 {
				all[i].Begin = &begin
			} else {
				all = append(all, Act{Kind: Correct, Begin: &begin})
			}
		case plan.FieldPolicy:
			all = append(all, Act{Kind: SetPolicy, Policy: c.New.Policy})
		case plan.FieldRecur:
			if !occurrence && c.New.Recur != nil {
				all = append(all, Act{Kind: SetRule, Rule: RuleText(*c.New.Recur), Due: c.New.Recur.From})
			}
		}
	}
	return all
}

// Kept is what of an amendment's act a task takes: a date that is earlier than the one
// an extension has given it is left out, for only a word for that very task takes that
// back. ok is false when nothing is left.
func (c Case) Kept(a Act) (kept Act, ok bool) {
	if a.Kind != Correct || !c.KeepsDate(a.Due) {
		return a, true
	}
	a.Due = calendar.Day{}
	return a, a.Begin != nil
}

// KeepsDate tells that an amended date is earlier than the one that an extension has
// given the task.
func (c Case) KeepsDate(due calendar.Day) bool {
	return c.Granted > 0 && !c.Over() && !due.IsZero() && due.Before(c.Due)
}

// fieldOf is what of a plan's task an act of an amendment changes.
var fieldOf = map[Kind]string{
	Reword: plan.FieldTitle, Reassign: plan.FieldLead, Assist: plan.FieldAssist, Correct: plan.FieldDue, SetPolicy: plan.FieldPolicy, SetRule: plan.FieldRecur,
}

// StillOwed is the act that an amendment owes a task or, of a duty, an open occurrence,
// as the plan has it by now: planned is nil when the plan has it no more. ok is
// false when the plan asks for no such act any more.
func StillOwed(k Kind, kind plan.Kind, planned *plan.Task, occurrence bool) (a Act, ok bool) {
	c := plan.TaskChange{What: plan.Changed, New: planned, Fields: []plan.FieldChange{{Field: fieldOf[k]}}}
	if planned == nil {
		c = plan.TaskChange{What: plan.Removed, Old: &plan.Task{Kind: kind}}
	}
	for _, a := range ActsOf(c, occurrence) {
		if a.Kind == k || planned == nil {
			return a, true
		}
	}
	return Act{}, false
}

// MergePolicies is the new plan with the policies that run kept: a policy that
// comes with another version gets a key of its own, name@version, which only new
// tasks use; running ones keep theirs until they are moved.
func MergePolicies(old, new plan.Plan) plan.Plan {
	policies := maps.Clone(old.Policies)
	key := map[string]string{}
	for name, p := range new.Policies {
		key[name] = name
		if before, ok := old.Policies[name]; ok && before.Version != p.Version {
			key[name] = PolicyKey(p)
		}
		policies[key[name]] = p
	}
	running := map[string]string{}
	for _, t := range old.Tasks {
		running[t.ID] = t.Policy
	}
	new.Tasks = slices.Clone(new.Tasks)
	for i, t := range new.Tasks {
		if now, ok := running[t.ID]; ok && PolicyName(now) == t.Policy {
			new.Tasks[i].Policy = now
		} else {
			new.Tasks[i].Policy = key[t.Policy]
		}
	}
	new.Policies = policies
	return new
}

// PolicyKey is where a later version of a policy is kept: standard@3.
func PolicyKey(p plan.Policy) string { return p.Name + "@" + strconv.Itoa(p.Version) }

// PolicyName is the name in a policy's key.
func PolicyName(key string) string {
	name, _, _ := strings.Cut(key, "@")
	return name
}
