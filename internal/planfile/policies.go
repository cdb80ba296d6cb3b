package planfile

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

// stageID is what a stage or a talk's step may be called.
var stageID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// LoadPolicies reads policies 督办规则 from the bytes of a YAML file; file is the
// name its problems are given. With a problem that is not a warning the
// policies are not fit for use. What a policy leaves out of its acts is
// DefaultActs'. The file's consequences are checked, but only Load keeps them.
func LoadPolicies(file string, raw []byte) (map[string]plan.Policy, []strictyaml.Problem) {
	s := newSource(&strictyaml.Notes{}, nil, file)
	policies, _ := s.policies(raw)
	return policies, strictyaml.InOrder(s.Problems, []string{file})
}

func (s *source) policies(raw []byte) (map[string]plan.Policy, []plan.Consequence) {
	root, ok := s.parse(raw, "policies")
	if !ok {
		return nil, nil
	}
	root.Need("policies")
	all := map[string]plan.Policy{}
	first := map[string]int{} // lines
	for _, o := range root.objects("policies", "policy") {
		p := o.policy()
		switch line, twice := first[p.Name]; {
		case p.Name == "":
		case twice:
			o.Fault("name", "id_twice", words.Data{"Value": p.Name, "File": s.Name, "Line": line})
		default:
			first[p.Name], all[p.Name] = o.Where("name").Line(), p
		}
	}
	if root.Has("policies") && len(all) == 0 {
		root.Empty("policies")
	}
	return all, root.consequences()
}

func (o object) policy() plan.Policy {
	o.Need("name", "version", "title", "blue", "yellow", "stages")
	p := plan.Policy{
		Name: o.Text("name"), Version: o.Number("version", 1, 1_000_000), Title: o.Text("title"),
		SpeakAt: o.Text("speak_at"), Ahead: o.offset("ahead"), Blue: o.offset("blue"), Yellow: o.offset("yellow"),
		Acts: o.acts(), Rhythm: o.rhythm(), Resend: plan.StageKind(o.OneOf("resend", texts(plan.StageKinds)...)),
	}
	if p.SpeakAt == "" {
		p.SpeakAt = "09:00"
	} else if _, err := time.Parse("15:04", p.SpeakAt); err != nil || len(p.SpeakAt) != 5 {
		o.Fault("speak_at", "bad_time", words.Data{"Value": p.SpeakAt})
	}
	stages := o.objects("stages", "stage")
	if o.Has("stages") && len(stages) == 0 {
		o.Empty("stages")
	}
	seen := map[string]int{}
	var talks []object
	for _, so := range stages {
		r := so.rule()
		if line := seen[r.ID]; r.ID != "" && line > 0 {
			so.Fault("id", "id_twice", words.Data{"Value": r.ID, "File": o.Name, "Line": line})
		}
		seen[r.ID] = so.Where("id").Line()
		if r.Kind == plan.Talk {
			talks = append(talks, so)
		}
		p.Stages = append(p.Stages, r)
	}
	o.talks(&p, talks)
	o.milder(p, stages)
	return p
}

// offset is a distance like "5 workdays".
func (o object) offset(name string) plan.Offset {
	text := o.Text(name)
	if text == "" {
		return plan.Offset{}
	}
	var d plan.Offset
	if err := d.UnmarshalText([]byte(text)); err != nil {
		o.Fault(name, "bad_offset", words.Data{"Value": text})
	}
	return d
}

func (o object) rule() plan.Rule {
	o.Need("id", "kind", "to", "light")
	r := plan.Rule{
		ID: o.Text("id"), Kind: plan.StageKind(o.OneOf("kind", texts(plan.StageKinds)...)),
		From: o.OneOf("from", "due", plan.FromAssigned), To: o.roles("to"), Light: plan.Light(o.OneOf("light", texts(plan.Lights)...)),
		Unless: o.OneOf("unless", plan.UnlessAcknowledged),
	}
	o.stageName(r.ID)
	if o.Has("before") {
		d := o.offset("before")
		r.Before = &d
	}
	if o.Has("after") {
		d := o.offset("after")
		r.After = &d
	}
	switch {
	case r.Before != nil && r.After != nil:
		o.Fault("after", "before_or_after", nil)
	case r.Before == nil && r.After == nil:
		o.Fault("before", "before_or_after", nil)
	case r.Before != nil && r.From == plan.FromAssigned:
		o.Fault("before", "before_assigned", nil)
	case r.After != nil && r.From != plan.FromAssigned && *r.After == plan.Offset{Work: r.After.Work}:
		o.Fault("after", "after_zero", nil)
	}
	if r.Unless != "" {
		o.unless(r)
	}
	return r
}

// stageName refuses names that the engine gives to stages of its own.
func (o object) stageName(id string) {
	switch {
	case id == "":
	case !stageID.MatchString(id):
		o.Fault("id", "bad_stage_id", words.Data{"Value": id})
	case plan.OwnStage(id):
		o.Fault("id", "reserved_id", words.Data{"Value": id})
	}
}

func (o object) roles(name string) []people.Role {
	var roles []people.Role
	known := texts(people.Roles)
	for _, n := range o.Names(name) {
		if !slices.Contains(known, n.Text) {
			o.Unknown(n.Value, n.Text, known)
			continue
		}
		roles = append(roles, people.Role(n.Text))
	}
	return roles
}

// talks reads the policy's talk; problems where it does not fit the stages of kind talk.
func (o object) talks(p *plan.Policy, stages []object) {
	for _, so := range stages[min(1, len(stages)):] {
		so.Fault("kind", "talk_twice", words.Data{"Line": stages[0].Line()})
	}
	if !o.Has("talk") {
		for _, so := range stages {
			so.Fault("kind", "talk_missing", words.Data{"Value": p.Name})
		}
		return
	}
	t, ok := o.object("talk", "talk")
	if !ok {
		return
	}
	t.Need("open", "remind", "missed", "to", "upward", "steps")
	p.Talk = &plan.Talks{
		Open: t.OneOf("open", plan.TalkAtOnce, plan.TalkOnApproval), Remind: t.offset("remind"), Missed: t.offset("missed"),
		To: t.roles("to"), Upward: t.roles("upward"),
	}
	if t.Has("later") {
		p.Talk.Later = t.OneOf("later", plan.LaterJoins, plan.LaterOpens)
	}
	if t.Has("missed") && p.Talk.Missed.N == 0 {
		t.Fault("missed", "after_zero", nil)
	}
	lines := map[string]int{}
	earlier := []string{"opened"}
	steps := t.objects("steps", "step")
	for _, so := range steps {
		so.Need("id", "after", "limit")
		step := plan.TalkStep{ID: so.Text("id"), After: so.Text("after"), Limit: so.offset("limit")}
		so.stageName(step.ID)
		if line := lines[step.ID]; line > 0 || step.ID == "opened" {
			so.Fault("id", "id_twice", words.Data{"Value": step.ID, "File": o.Name, "Line": max(line, t.Line())})
		}
		if step.After != "" && !slices.Contains(earlier, step.After) {
			so.Fault("after", "step_after", words.Data{"Value": step.After, "Known": strings.Join(earlier, " ")})
		}
		lines[step.ID] = so.Where("id").Line()
		earlier = append(earlier, step.ID)
		p.Talk.Steps = append(p.Talk.Steps, step)
	}
	if t.Has("steps") && len(steps) == 0 {
		t.Empty("steps")
	}
}

// milder warns of a ladder in which, after the due date, a later stage is milder than an
// earlier one, or has a light other than red.
func (o object) milder(p plan.Policy, stages []object) {
	type late struct {
		rule plan.Rule
		at   object
	}
	var after []late
	for i, r := range p.Stages {
		if r.After != nil && r.From != plan.FromAssigned {
			after = append(after, late{r, stages[i]})
		}
	}
	slices.SortStableFunc(after, func(a, b late) int { return roughly(*a.rule.After) - roughly(*b.rule.After) })
	gravest := plan.Rule{}
	for _, l := range after {
		if l.rule.Light != plan.Red && l.rule.Light != "" {
			l.at.Doubt("light", "light_late", words.Data{"Value": l.rule.Light})
		}
		if l.rule.Kind == "" {
			continue
		}
		if gravest.Kind != "" && l.rule.Kind.Gravity() < gravest.Kind.Gravity() {
			l.at.Doubt("kind", "milder", words.Data{"Value": l.rule.ID, "Other": gravest.ID})
			continue
		}
		gravest = l.rule
	}
}

// roughly is a distance in fifths of a calendar day, a week having five
// working days: enough to order stages.
func roughly(o plan.Offset) int {
	if o.Work {
		return o.N * 7
	}
	return o.N * 5
}

func texts[T ~string](all []T) []string {
	var out []string
	for _, t := range all {
		out = append(out, string(t))
	}
	return out
}

// policyNames is the names of all policies, for reading.
func policyNames(all map[string]plan.Policy) string {
	return strings.Join(slices.Sorted(maps.Keys(all)), " ")
}
