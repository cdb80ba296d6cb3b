package report

import (
	"encoding/json"
	"slices"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
)

// WithoutTalks are the records without the talks for which sees is false: without the
// stages, notices, events and waits about them, so that nothing that is computed from the
// records shows these talks.
func (r Records) WithoutTalks(sees func(ledger.Talk) bool) Records {
	seen := map[string]bool{}
	for _, k := range r.Talks {
		seen[k.ID] = sees(k)
	}
	for _, k := range r.Talks { // a talk that has joined another is seen by those who see the other
		if _, there := seen[k.Host]; there {
			seen[k.ID] = seen[k.Host]
		}
	}
	hidden := func(talk string) bool { return talk != "" && !seen[talk] }
	opens := map[string]bool{} // stages that open a hidden talk: by task and stage ID
	quiet := map[string]bool{} // by ID: messages that are about hidden talks only
	r.Talks = slices.DeleteFunc(slices.Clone(r.Talks), func(k ledger.Talk) bool { return !seen[k.ID] })
	for _, e := range r.Events {
		var stage plan.Stage
		if p := partsOf(e); hidden(p.Opens) && json.Unmarshal(p.Stage, &stage) == nil {
			opens[e.Task+"\x00"+stage.ID] = true
		}
	}
	r.Stages = slices.DeleteFunc(slices.Clone(r.Stages), func(s ledger.Stage) bool {
		return hidden(s.Talk) || s.Talk == "" && opens[s.Task+"\x00"+s.ID]
	})
	secret := func(n ledger.Notice) bool { return hidden(n.Talk) || n.Talk == "" && opens[n.Task+"\x00"+n.Stage] }
	keys := map[string]bool{}
	for _, n := range r.Notices {
		if secret(n) {
			keys[n.Key()] = true
			quiet[n.Message] = true
		}
	}
	r.Notices = slices.DeleteFunc(slices.Clone(r.Notices), secret)
	for _, n := range r.Notices {
		delete(quiet, n.Message)
	}
	r.Events = slices.DeleteFunc(slices.Clone(r.Events), func(e ledger.Event) bool {
		p := partsOf(e)
		did := p.act()
		proposes := did != nil && did.Kind == act.Propose || e.Kind == ledger.ActKind(act.Propose)
		return hidden(p.Talk) || hidden(p.Opens) || proposes && !seen[p.Talk] || keys[p.Notice] || p.Message != "" && quiet[p.Message]
	})
	r.Stuck = slices.DeleteFunc(slices.Clone(r.Stuck), func(w ledger.Wait) bool {
		return w.Thing != r.Task.ID && !slices.ContainsFunc(r.Occurrences, func(o ledger.Task) bool { return o.ID == w.Thing }) && !seen[w.Thing]
	})
	return r
}

// OnlyTalk is a talk's case file without the facts of its task, for those who may see the
// talk and not the task: a unit that was called and no longer leads the task.
func (c Case) OnlyTalk() Case {
	c.Course, c.Waits, c.Pauses, c.Ladder, c.Occurrences, c.Upcoming = act.Case{}, []Wait{}, []Interval{}, []StageRow{}, []Row{}, nil
	c.Task = Row{ID: c.Task.ID, Key: c.Task.Key, Kind: c.Task.Kind, Clause: c.Task.Clause, Title: c.Task.Title, Assist: []string{}, Talks: []Called{}}
	c.Facts = Facts{Rules: []plan.Rule{}, Also: []plan.Mention{}}
	return c
}
