package act

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// ActsOf are the acts that bring a running task or duty to what the amended plan says of it. An
// open occurrence of a duty keeps the title, the dates and the rule with which it was opened.
func ActsOf(c plan.TaskChange, occurrence bool) []Act {
	if c.What == plan.Removed {
		if c.Old.Kind == plan.Duty && !occurrence {
			return []Act{{Kind: EndDuty}}
		}
		return []Act{{Kind: Cancel}}
	}
	var all []Act
	if c.What == plan.Restored { // every field gets its act; whoever does them leaves out those that would change nothing
		all = append(all, Act{Kind: Reinstate})
		for _, field := range []string{plan.FieldTitle, plan.FieldLead, plan.FieldAssist, plan.FieldDue, plan.FieldPolicy, plan.FieldRecur} {
			c.Fields = append(c.Fields, plan.FieldChange{Field: field})
		}
	}
	for _, f := range c.Fields {
		switch f.Field {
		case plan.FieldTitle:
			if !occurrence { // an occurrence keeps the title it was opened with
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

// Kept is the part of an amendment's act that the task takes: a due date earlier than the one
// that an extension has given it is left out, because an amendment takes a granted date back
// only where it names the task for that. ok is false when nothing of the act is left.
func (c Case) Kept(a Act) (kept Act, ok bool) {
	if a.Kind != Correct || !c.KeepsDate(a.Due) {
		return a, true
	}
	a.Due = calendar.Day{}
	return a, a.Begin != nil
}

// KeepsDate tells that the due date of an amendment is earlier than the one that an extension
// has given the task. It is false of a task that is over.
func (c Case) KeepsDate(due calendar.Day) bool {
	return c.Granted > 0 && !c.Over() && !due.IsZero() && due.Before(c.Due)
}

// fieldOf names the field of a plan's task that an act of an amendment changes.
var fieldOf = map[Kind]string{
	Reword: plan.FieldTitle, Reassign: plan.FieldLead, Assist: plan.FieldAssist, Correct: plan.FieldDue, SetPolicy: plan.FieldPolicy, SetRule: plan.FieldRecur,
}

// StillOwed is the act of kind k that an amendment has still to do on a task, a duty or an open
// occurrence of one, made from the plan as it is now. planned is the task or duty in that plan,
// and kind its kind. planned is nil when the plan no longer has it: the act is then EndDuty or
// Cancel, whatever k is. ok is false when the plan no longer asks for such an act.
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

// MergePolicies is the amended plan new with the policies of the running plan old kept. A policy
// that comes in another version gets the key name@version (PolicyKey), which only new tasks
// follow; running tasks keep the version they follow until an act moves them.
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
