// Package doc writes the page of acts (ACTS.md, ACTS.zh-CN.md) from the tables
// that the engine works by, so that it cannot lie: who may do what, where it
// leads, who owes what, how the lights change. `go generate ./internal/act/doc` writes it anew.
package doc

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/internal/words"
	"duban/seeds"
)

//go:generate go test . -run TestThePageIsWhatTheTablesSay -update

// writer puts one page together in one language.
type writer struct {
	*words.Words
	strings.Builder
	policy plan.Policy
	rules  act.Rules
}

// Page is the whole page in a language, Markdown with mermaid diagrams.
func Page(lang string) (string, error) {
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	if strictyaml.Failed(problems) {
		return "", fmt.Errorf("policies: %v", problems)
	}
	cal, err := calendar.Load(seeds.Calendar())
	if err != nil {
		return "", err
	}
	rules, err := act.NewRules(&plan.Plan{Policies: policies, Directory: people.Directory{Office: "office", Leadership: "group",
		Units: []people.Unit{{ID: "unit"}, {ID: "help"}, {ID: "other"}, {ID: "office"}, {ID: "group"}}}}, cal)
	if err != nil {
		return "", err
	}
	w := &writer{Words: words.New(lang), policy: policies["standard"], rules: rules}
	w.head("# ", "title")
	w.line(w.t("intro") + "\n\n" + w.t("other") + "\n")
	w.tasks("tasks", act.On(act.OnTask))
	w.limits()
	w.obligations()
	w.lights()
	w.tasks("duties", act.On(act.OnDuty))
	w.talks()
	w.onPlan("plans", act.On(act.OnPlan))
	w.onPlan("incidents", act.On(act.OnIncident))
	w.onPlan("complaints", act.On(act.OnComplaint))
	w.onPlan("texts", act.On(act.OnText))
	w.lengths()
	return strings.TrimRight(w.String(), "\n") + "\n", nil
}

// t is a text of the page's own file of the catalogue.
func (w *writer) t(name string, data ...words.Data) string { return w.T("actdoc."+name, data...) }

func (w *writer) line(s string) { w.WriteString(s + "\n") }

func (w *writer) head(mark, name string) { w.line(mark + w.t(name) + "\n") }

// table writes rows of cells under the named columns.
func (w *writer) table(columns []string, rows [][]string) {
	var names []string
	for _, c := range columns {
		names = append(names, w.t("col_"+c))
	}
	w.line("| " + strings.Join(names, " | ") + " |")
	w.line("|" + strings.Repeat("---|", len(names)))
	for _, r := range rows {
		w.line("| " + strings.Join(r, " | ") + " |")
	}
	w.line("")
}

func (w *writer) diagram(lines []string) {
	w.line("```mermaid\nstateDiagram-v2")
	for _, l := range lines {
		w.line("    " + l)
	}
	w.line("```\n")
}

// named joins the words for several things; none is a dash.
func named[T ~string](w *writer, prefix string, all []T, joint string) string {
	var names []string
	for _, v := range all {
		names = append(names, w.T(prefix+string(v)))
	}
	if len(names) == 0 {
		return w.t("nothing")
	}
	return strings.Join(names, joint)
}

// tasks is a table of acts grouped by who may do them first, and its diagram.
func (w *writer) tasks(name string, rows []act.Row) {
	w.head("## ", name)
	w.line(w.t(name+"_note") + "\n")
	all := slices.Clone(rows)
	slices.SortStableFunc(all, func(a, b act.Row) int { return cmp.Or(rank(a.By)-rank(b.By), len(a.By)-len(b.By)) })
	var cells [][]string
	last := ""
	for _, r := range all {
		who := w.who(r.By, false, &last)
		to := w.t("stays")
		if r.To != "" {
			to = "**" + w.T("act.state_"+string(r.To)) + "**"
		}
		cells = append(cells, []string{who, w.kind(r.Kind), "`" + string(r.Kind) + "`", w.from(r.From), to, w.needs(r), w.hears(r)})
	}
	w.table([]string{"who", "act", "name", "from", "to", "needs", "hears"}, cells)
	w.diagram(w.states(rows))
}

// onPlan is a table of acts without states: those on a running plan itself, on an incident, a complaint or a public text.
func (w *writer) onPlan(name string, rows []act.Row) {
	w.head("## ", name)
	w.line(w.t(name+"_note") + "\n")
	var cells [][]string
	last := ""
	for _, r := range rows {
		cells = append(cells, []string{w.who(r.By, false, &last), w.kind(r.Kind), "`" + string(r.Kind) + "`", w.needs(r)})
	}
	w.table([]string{"who", "act", "name", "needs"}, cells)
}

// lengths is the table of how much an act may say.
func (w *writer) lengths() {
	w.head("## ", "lengths")
	w.line(w.t("lengths_note") + "\n")
	var cells [][]string
	for _, f := range act.Fields {
		if f.Most == 0 {
			continue
		}
		most := w.t("characters", words.Data{"N": f.Most})
		if f.Entries > 0 {
			most = w.t("entries", words.Data{"N": f.Entries, "Most": most})
		}
		cells = append(cells, []string{w.T(f.Field.Label()), most})
	}
	for _, r := range act.All {
		if r.Longest > 0 {
			cells = append(cells, []string{w.kind(r.Kind), w.t("characters", words.Data{"N": r.Longest})})
		}
	}
	w.table([]string{"field", "most"}, cells)
}

// rank orders rows by the seat that acts first.
func rank(by []act.Seat) int {
	return slices.Index([]act.Seat{act.Lead, act.Assisting, act.Office, act.Leadership, act.Engine}, by[0])
}

// who names the seats once for rows of the same seats in a row.
func (w *writer) who(by []act.Seat, person bool, last *string) string {
	who := named(w, "act.seat_", by, w.t("or"))
	if person {
		who += w.t("named")
	}
	if who == *last {
		return ""
	}
	*last = who
	return who
}

// needs are the fields an act must fill beside its reason, which nearly all need.
func (w *writer) needs(r act.Row) string {
	var others []string
	reason := false
	for _, f := range r.Says() {
		if f == act.FieldReason {
			reason = true
			continue
		}
		others = append(others, f.Key())
	}
	switch {
	case reason:
		return named(w, "act.field_", others, w.t("list"))
	case len(others) == 0:
		return w.t("no_reason")
	}
	return named(w, "act.field_", others, w.t("list")) + w.t("without_reason")
}

// hears are those who are told of the act at once.
func (w *writer) hears(r act.Row) string {
	return named(w, "actdoc.hears_", r.News.To, w.t("list"))
}

func (w *writer) kind(k act.Kind) string { return w.T("act.kind_" + string(k)) }

func (w *writer) from(states []act.State) string {
	if slices.Equal(states, []act.State{act.Open, act.Reported, act.Suspended}) {
		return w.t("running")
	}
	return named(w, "act.state_", states, w.t("list"))
}

// edges gather the labels of one arrow, in the order they come.
type edges struct {
	order  []string
	labels map[string][]string
}

func (e *edges) add(from, to, label string) {
	arrow := from + " --> " + to
	if e.labels == nil {
		e.labels = map[string][]string{}
	}
	if _, ok := e.labels[arrow]; !ok {
		e.order = append(e.order, arrow)
	}
	if !slices.Contains(e.labels[arrow], label) {
		e.labels[arrow] = append(e.labels[arrow], label)
	}
}

func (e *edges) lines(joint string) (all []string) {
	for _, arrow := range e.order {
		all = append(all, arrow+": "+strings.Join(e.labels[arrow], joint))
	}
	return all
}

// states is the diagram of a table of acts: every act that changes the state.
func (w *writer) states(rows []act.Row) []string {
	var e edges
	used := map[act.State]bool{act.Open: true}
	for _, r := range rows {
		if r.To == "" {
			continue
		}
		used[r.To] = true
		for _, from := range r.From {
			used[from] = true
			e.add(string(from), string(r.To), w.kind(r.Kind))
		}
	}
	lines := []string{"direction LR"}
	for _, s := range act.States {
		if used[s] {
			lines = append(lines, fmt.Sprintf("state %q as %s", w.T("act.state_"+string(s)), s))
		}
	}
	lines = append(append(lines, "[*] --> "+string(act.Open)), e.lines(w.t("list"))...)
	for _, s := range act.States {
		if used[s] && (act.Case{State: s}).Over() {
			lines = append(lines, string(s)+" --> [*]")
		}
	}
	return lines
}

// limits are what the standard policy says about people's acts.
func (w *writer) limits() {
	a := w.policy.Acts
	w.head("### ", "limits")
	w.line(w.t("limits_note") + "\n")
	w.table([]string{"limit", "value"}, [][]string{
		{w.t("limit_return"), w.offset(a.Return)}, {w.t("limit_rule"), w.offset(a.Rule)}, {w.t("limit_extend"), w.offset(a.Extend)},
		{w.t("limit_extensions"), w.t("times", words.Data{"N": a.Extensions})}, {w.t("limit_verify"), w.offset(a.Verify)},
		{w.t("limit_chase"), w.offset(a.Chase)}, {w.t("limit_silent"), w.offset(a.Silent)}, {w.t("limit_grace"), w.offset(a.Grace)}, {w.t("limit_part"), w.offset(a.Part)},
		{w.t("limit_part_missed"), w.offset(a.PartMissed)}, {w.t("limit_circular"), w.offset(a.Circular)}, {w.t("limit_decide"), w.offset(a.Decide)},
	})
}

func (w *writer) offset(o plan.Offset) string {
	name := "day"
	if o.Work {
		name = "workday"
	}
	if o.N != 1 {
		name += "s"
	}
	return w.t(name, words.Data{"N": o.N})
}

// lights is the diagram of what a task shows, found by walking over its days.
func (w *writer) lights() {
	w.head("## ", "lights")
	w.line(w.t("lights_note", words.Data{"Yellow": w.policy.Acts.Yellow, "Red": w.policy.Acts.Red}) + "\n")
	due := calendar.NewDay(2021, 6, 30)
	label := map[plan.Light]string{
		plan.Blue:   w.t("before", words.Data{"Offset": w.offset(w.policy.Blue)}),
		plan.Yellow: w.t("before", words.Data{"Offset": w.offset(w.policy.Yellow)}),
		plan.Red:    w.t("passed"),
	}
	var open, done edges
	used := []plan.Light{}
	last := plan.Light("")
	c := act.Case{Kind: plan.Dated, State: act.Open, Policy: "standard", Due: due, Assigned: due.AddDays(-90).At(8, 0, calendar.Beijing)}
	for d := due.AddDays(-60); !d.After(due.AddDays(10)); d = d.AddDays(1) {
		light := w.rules.Measure(c, d).Light
		if light != last && last != "" {
			open.add(string(last), string(light), label[light])
		}
		over := c
		over.State, over.ClosedOn = act.Closed, d
		closed := w.rules.Measure(over, d).Light
		text := w.t("in_time")
		if closed == plan.DoneLate {
			text = w.t("too_late")
		}
		done.add(string(light), string(closed), text)
		for _, l := range []plan.Light{light, closed} {
			if !slices.Contains(used, l) {
				used = append(used, l)
			}
		}
		last = light
	}
	lines := []string{"direction LR"}
	for _, l := range append(slices.Clone(plan.Lights), plan.Done, plan.DoneLate) {
		if slices.Contains(used, l) {
			lines = append(lines, fmt.Sprintf("state %q as %s", w.T("term."+string(l)), l))
		}
	}
	lines = append(append(lines, "[*] --> "+string(plan.Green)), open.lines(w.t("list"))...)
	w.diagram(append(lines, done.lines(w.t("list"))...))
}
