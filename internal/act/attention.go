package act

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// Mailing is one foretold message to one person: its instant, and the things it is about. To is
// that one of the person's seats that comes first in people.Roles.
type Mailing struct {
	To     people.Recipient
	At     time.Time
	Things []plan.Foretold // one word of each thing: the gravest
}

// Mailings are the messages that carry what is foretold of a plan, in order of time and
// recipient; which word goes into which message is decided by the rhythm of the task's policy. A
// word that waits for its message is left out when a later word of the same thing, as grave or
// graver, is sent before that message, and a message without words is left out too.
func (r Rules) Mailings(p *plan.Plan, foretold []plan.Foretold) []Mailing {
	policy := policyOf(p)
	type seat struct {
		task string
		to   people.Recipient
	}
	type message struct {
		person string
		at     time.Time
	}
	heard := map[seat][]plan.Heard{}
	carried := map[message][]plan.Foretold{}
	to := map[message]people.Recipient{}
	for _, f := range foretold {
		by := policy(f.Task)
		for _, seated := range f.To {
			if _, sits := r.People.Contact(seated); !sits {
				continue
			}
			w := WordTo(thingOf(f), f.Stage, seated, r.foretoldLimit(by, f))
			k := seat{f.Task, seated}
			w.Own = r.OwnPace(seated)
			placed := r.Place(by, w, heard[k])
			one := f
			one.To = []people.Recipient{seated}
			if placed.Rides {
				continue // the word goes along with any later message to the seat and makes none of its own
			}
			in := placed.In.UTC() // a key of the map below
			heard[k] = append(heard[k], plan.Heard{Word: w, In: in})
			m := message{r.People.Person(seated), in}
			carried[m] = append(carried[m], one)
			if first, ok := to[m]; !ok || slices.Index(people.Roles, seated.Role) < slices.Index(people.Roles, first.Role) {
				to[m] = seated
			}
		}
	}
	var all []Mailing
	for m, said := range carried {
		one := Mailing{To: to[m], At: m.at}
		at := map[string]int{}
		for _, f := range said {
			if f.At.Before(m.at) && slices.ContainsFunc(heard[seat{f.Task, f.To[0]}], func(h plan.Heard) bool {
				return h.At.After(f.At) && h.In.Before(m.at) && h.Kind != plan.Told && h.Kind.Gravity() >= f.Kind.Gravity() && h.Of == WordTo(thingOf(f), f.Stage, f.To[0], calendar.Day{}).Of
			}) {
				continue
			}
			of := WordTo(thingOf(f), f.Stage, f.To[0], calendar.Day{}).Of
			switch i, there := at[of]; {
			case !there:
				at[of] = len(one.Things)
				one.Things = append(one.Things, f)
			case f.Kind.Gravity() > one.Things[i].Kind.Gravity():
				one.Things[i] = f
			}
		}
		if len(one.Things) > 0 {
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(x, y Mailing) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.To.String(), y.To.String()))
	})
	return all
}

// policyOf gives the policy of a task of a plan, or of an occurrence of one of its duties.
func policyOf(p *plan.Plan) func(task string) plan.Policy {
	names := make(map[string]string, len(p.Tasks))
	for _, t := range p.Tasks {
		names[t.ID] = t.Policy
	}
	return func(task string) plan.Policy {
		name, ok := names[task]
		for ; !ok && strings.Contains(task, "."); name, ok = names[task] {
			task = task[:strings.LastIndex(task, ".")]
		}
		return p.Policies[cmp.Or(name, p.Policy)]
	}
}

// thingOf names the thing that a foretold stage is about: a task, or its talk.
func thingOf(f plan.Foretold) string {
	if _, round := StageStep(f.ID); round > 0 {
		return f.Task + "#"
	}
	return f.Task
}

// foretoldLimit is the day by which what is foretold is to be done.
func (r Rules) foretoldLimit(p plan.Policy, f plan.Foretold) calendar.Day {
	if _, round := StageStep(f.ID); round > 0 && p.Talk != nil && f.Kind == plan.Remind {
		return p.Talk.Remind.After(r.day(f.At), r.Calendar)
	}
	return r.limitOf(f.Stage, f.Due)
}
