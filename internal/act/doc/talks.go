package doc

import (
	"fmt"
	"slices"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// steps of a talk in the order of its life.
var steps = []string{act.StepServed, act.StepHeld, act.StepMinutes, act.StepPlan, act.StepReport, act.StepVerified}

// talks is the table of acts on talks and its diagram.
func (w *writer) talks() {
	w.head("## ", "talks")
	w.line(w.t("talks_note") + "\n")
	var cells [][]string
	last := ""
	for _, r := range act.On(act.OnTalk) {
		from := w.t("new")
		if !r.Opens() {
			from = named(w, "act.talk_", r.From, w.t("list"))
		}
		after, to := w.t("nothing"), w.t("stays")
		if r.After != "" {
			after = w.step(r.After)
		}
		if r.To != "" {
			to = "**" + w.T("act.talk_"+string(r.To)) + "**"
		}
		cells = append(cells, []string{w.who(r.By, r.Named, &last), w.kind(r.Kind), "`" + string(r.Kind) + "`", from, after, to, w.needs(r), w.hears(r)})
	}
	w.table([]string{"who", "act", "name", "from", "after", "to", "needs", "hears"}, cells)
	w.diagram(w.talkStates())
}

func (w *writer) step(id string) string { return w.T("report.step_" + id) }

// talkStates is the diagram of a talk: its states, and its steps while it is open.
func (w *writer) talkStates() []string {
	var outer edges
	w.opened(&outer)
	for _, r := range act.On(act.OnTalk) {
		if r.Opens() {
			outer.add("[*]", string(r.To), w.kind(r.Kind))
		}
	}
	var lines []string
	for _, s := range act.TalkStates {
		lines = append(lines, fmt.Sprintf("state %q as %s", w.T("act.talk_"+string(s)), s))
	}
	inner := w.round(&outer)
	lines = append(append(append(lines, "state open {"), inner...), "}")
	lines = append(append(lines, "[*] --> "+string(act.TalkPending)), outer.lines(w.t("list"))...)
	for _, s := range act.TalkStates {
		if (act.TalkCase{State: s}).Over() {
			lines = append(lines, string(s)+" --> [*]")
		}
	}
	return lines
}

// opened are the ways of a talk that no act takes: its stage speaks, or its task ends.
func (w *writer) opened(e *edges) {
	rules := w.rules
	for _, way := range []struct{ open, label string }{{plan.TalkAtOnce, "by_policy"}, {plan.TalkOnApproval, "on_approval"}} {
		p := w.policy
		talks := *p.Talk
		talks.Open, p.Talk = way.open, &talks
		rules.Policies = map[string]plan.Policy{"p": p}
		c := rules.OpenTalk(act.TalkCase{State: act.TalkPending, Policy: "p"}, noon)
		e.add(string(act.TalkPending), string(c.State), w.t(way.label))
	}
	void := act.TalkVoid
	e.add(string(act.TalkPending), string(void), w.t("task_over"))
	e.add(string(act.TalkProposed), string(void), w.t("task_cancelled"))
	e.add(string(act.TalkOpen), string(void), w.t("task_cancelled"))
	carried := string(act.TalkCarried)
	for _, s := range []act.TalkState{act.TalkPending, act.TalkProposed, act.TalkOpen} {
		e.add(string(s), carried, w.t("task_carried"))
	}
	e.add("[*]", string(act.TalkJoined), w.t("joins"))
}

var noon = calendar.NewDay(2021, time.June, 1).At(12, 0, calendar.Beijing)

// round draws the steps of an open talk by doing each act to a talk that has
// come so far, and adds to outer what ends or begins a round.
func (w *writer) round(outer *edges) []string {
	var e edges
	lines := []string{fmt.Sprintf("    state %q as called", w.t("called"))}
	for _, s := range steps {
		lines = append(lines, fmt.Sprintf("    state %q as %s", w.step(s), s))
	}
	e.add("[*]", "called", "")
	for _, r := range act.On(act.OnTalk) {
		if r.Kind == act.TakeOver || r.Opens() { // another unit, at whatever step; a talk that is not there yet
			continue
		}
		for _, from := range r.From {
			for _, what := range []string{plan.ProposeTalk, plan.ProposeCircular} {
				if r.What != "" && r.What != what {
					continue
				}
				before := act.TalkCase{State: act.TalkState(from), What: what, Lead: "unit", Office: "office", Leadership: "group", Policy: "standard",
					Since: calendar.NewDay(2021, time.May, 6), Taken: map[string]calendar.Day{}}
				if r.After != "" {
					for _, s := range steps[:slices.Index(steps, r.After)+1] {
						before.Taken[s] = before.Since
					}
				}
				if r.Kind == act.Keep {
					before.Doubt = &act.Mark{On: before.Since}
				}
				w.edge(r, before, &e, outer)
			}
		}
	}
	for _, l := range e.lines(w.t("list")) {
		lines = append(lines, "    "+l)
	}
	lines[len(steps)+1] = "    [*] --> called"
	return lines
}

// edge draws what an act made of a talk.
func (w *writer) edge(r act.Row, before act.TalkCase, inner, outer *edges) {
	after, _, refused := w.rules.ActOnTalk(act.TalkCourse{TalkCase: before}, fullAct(r))
	if refused != nil {
		panic(fmt.Sprintf("%s is refused: %s", r.Kind, refused.Key)) // the table asks for what fullAct does not give
	}
	label := w.kind(r.Kind)
	switch {
	case after.State != before.State && (before.What == plan.ProposeTalk || r.What != ""):
		outer.add(string(before.State), string(after.State), label)
	case before.What == plan.ProposeCircular:
	case r.Step != "":
		from := r.After
		if from == "" {
			from = "called"
		}
		inner.add(from, r.Step, label)
	case r.After == "":
		outer.add(string(before.State), string(after.State), label)
	default:
		inner.add(r.After, furthest(after.Taken), label)
	}
}

// furthest is the last step taken that others count from.
func furthest(taken map[string]calendar.Day) string {
	at := "called"
	for _, s := range steps {
		if _, ok := taken[s]; ok && s != act.StepMinutes {
			at = s
		}
	}
	return at
}

// fullAct says everything an act on a talk can be asked for.
func fullAct(r act.Row) act.Act {
	by := act.Actor{Account: "x", Name: "x", Unit: map[act.Seat]string{act.Lead: "unit", act.Office: "office", act.Leadership: "group"}[r.By[0]]}
	if r.By[0] == act.Engine {
		by = act.EngineActor
	}
	return act.Act{ID: "a", Kind: r.Kind, By: by, At: noon, On: calendar.DayOf(noon), Reason: "x", Unit: "unit",
		Paper: "x",
		Talk:  &act.TalkFacts{What: plan.ProposeTalk, Number: "x", Time: noon, Place: "x", Chair: "x", Called: []string{"x"}, Missing: []string{"x"}, Bring: "x"}}
}
