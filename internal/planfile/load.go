// Package planfile reads the files of a plan: plan.yaml, and the units, policies and
// sections that it names. Whatever is wrong in them becomes a problem with its file,
// line and field, all of them at once.
package planfile

import (
	slashpath "path"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/strictyaml"
	"duban/internal/words"
	"duban/seeds"
)

// loader reads one plan. Nothing it meets stops it: problems are noted and the
// reading goes on, so that a clerk sees all of them at once.
type loader struct {
	*source // plan.yaml
	cal     *calendar.Calendar
	plan    plan.Plan
	files   []string
	people  *register

	policiesReady bool
	entries       []*entry
	byID          map[string]*entry
	measures      []measure
	tasks         []made
	references    int // units strictyaml.Text by all tasks, to bound what `each` and groups multiply
	full          bool
}

// made is a task with the entry it came from.
type made struct {
	plan.Task
	from *entry
}

const (
	mostTasks      = 200_000
	mostReferences = 4_000_000
)

// Load reads a plan from plan.yaml and the files it names, whose paths are
// relative to it; without policies of its own it uses those embedded in the
// program. All problems are returned at once, sorted by file and place. The
// plan is nil when one of them is more than a warning.
func Load(path string, cal *calendar.Calendar) (*plan.Plan, []strictyaml.Problem) {
	return load(nil, path, cal)
}

// LoadFiles is Load of files that lie in no folder: "plan.yaml" and what it names, by
// the last part of the names. It opens no file of the machine.
func LoadFiles(files map[string][]byte, cal *calendar.Calendar) (*plan.Plan, []strictyaml.Problem) {
	if files == nil {
		files = map[string][]byte{} // a nil one would mean the files of the machine
	}
	return load(files, "plan.yaml", cal)
}

func load(within map[string][]byte, path string, cal *calendar.Calendar) (*plan.Plan, []strictyaml.Problem) {
	l := &loader{
		source: newSource(&strictyaml.Notes{}, within, path), cal: cal, people: newRegister(),
		policiesReady: true, byID: map[string]*entry{},
	}
	l.files = append(l.files, path)
	if raw, ok := l.read(); ok {
		if root, ok := l.parse(raw, "plan"); ok {
			l.all(root)
		}
	}
	l.Problems = strictyaml.InOrder(l.Problems, l.files)
	if strictyaml.Failed(l.Problems) {
		return nil, l.Problems
	}
	return &l.plan, l.Problems
}

func (l *loader) all(root object) {
	l.head(root)
	l.directory(root)
	l.policies(root)
	l.headUnits(root)
	l.clauses(root)
	l.projects(root)
	l.sections(root)
	l.water(root)
	l.schemes(root)
	l.zones(root)
	l.assessment(root)
	l.publicity(root)
	l.incidents(root)
	l.report(root)
	l.complaints(root)
	l.link()
	l.measured()
	l.check()
	l.finish(root)
}

var (
	planID  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	entryID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)
)

func (l *loader) head(o object) {
	o.Need("id", "title", "issuer", "issued", "year", "policy", "office", "leadership", "units")
	l.plan = plan.Plan{
		ID: o.Text("id"), Title: o.Text("title"), Number: o.Text("number"), Issuer: o.Text("issuer"),
		Issued: o.Day("issued"), Year: o.Number("year", 1949, 2100), Zone: o.Text("zone"), Policy: o.Text("policy"),
	}
	o.unfilled("title", l.plan.Title)
	o.unfilled("issuer", l.plan.Issuer)
	if l.plan.ID != "" && !planID.MatchString(l.plan.ID) {
		o.Fault("id", "bad_plan_id", words.Data{"Value": l.plan.ID})
	}
	if l.plan.Zone == "" {
		l.plan.Zone = "Asia/Shanghai"
	} else if _, err := time.LoadLocation(l.plan.Zone); err != nil || l.plan.Zone == "Local" {
		o.Fault("zone", "bad_zone", words.Data{"Value": l.plan.Zone})
	}
}

// open reads a file strictyaml.Text in plan.yaml.
func (l *loader) open(name string) (s *source, raw []byte, ok bool) {
	if l.within != nil {
		name = slashpath.Base(strings.ReplaceAll(name, `\`, "/"))
	} else if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(l.Name), name)
	}
	s = newSource(l.Notes, l.within, name)
	l.files = append(l.files, name)
	raw, ok = s.read()
	return s, raw, ok
}

func (l *loader) directory(root object) {
	var groups []object
	paths := root.Names("units")
	if len(paths) == 0 {
		l.people.ready = false
	}
	for i, name := range paths {
		if i == 20 {
			l.Add(name.Value, "too_many", words.Data{"Limit": 20})
			break
		}
		s, raw, ok := l.open(name.Text)
		if !ok {
			l.people.ready = false
			continue
		}
		groups = append(groups, s.units(raw, l.people)...)
	}
	l.succeed(l.people)
	for _, g := range groups {
		g.group(l.people)
	}
}

func (l *loader) policies(root object) {
	s, raw, ok := newSource(l.Notes, l.within, "policies.yaml"), seeds.Policies, true
	if name := root.Text("policies"); name != "" {
		s, raw, ok = l.open(name)
	} else {
		l.files = append(l.files, s.Name)
	}
	if ok {
		l.plan.Policies, l.plan.Consequences = s.policies(raw)
	}
	l.policiesReady = len(l.plan.Policies) > 0
	l.policyKnown(l.plan.Policy, root.Named("policy"))
}

// policyKnown notes a policy that does not exist.
func (l *loader) policyKnown(name string, at strictyaml.Text) bool {
	_, ok := l.plan.Policies[name]
	if !ok && name != "" && l.policiesReady {
		l.Add(at.Value, "unknown_policy", words.Data{"Value": name, "Known": policyNames(l.plan.Policies)})
	}
	return ok
}

func (l *loader) headUnits(root object) {
	l.people.Office = l.oneUnit(root.Named("office"))
	l.people.Leadership = l.oneUnit(root.Named("leadership"))
}

// units is what a name means; unknown names are noted.
func (l *loader) units(n strictyaml.Text) answer {
	if n.Text == "" {
		return answer{}
	}
	a := l.people.resolve(n.Text)
	if a.gone {
		l.Add(n.Value, "unit_dissolved", words.Data{"Value": n.Text})
	}
	if !a.ok && l.people.ready {
		l.Add(n.Value, "unknown_unit", words.Data{"Value": n.Text, "Near": l.Near(n.Text, l.people.everyName())})
	}
	return a
}

// oneUnit is the ID of the unit a name means; a collective name is a problem.
func (l *loader) oneUnit(n strictyaml.Text) string {
	a := l.units(n)
	if a.collective {
		l.Add(n.Value, "collective", words.Data{"Value": n.Text})
	}
	if a.collective || !a.ok || a.gone {
		return ""
	}
	return a.ids[0]
}

func (l *loader) finish(root object) {
	for _, m := range l.tasks {
		l.plan.Tasks = append(l.plan.Tasks, m.Task)
	}
	if len(l.entries) == 0 && len(l.plan.Sections) == 0 {
		root.Fault("clauses", "no_tasks", nil)
	}
	l.plan.Directory = l.people.Directory
	l.plan.Hash = l.plan.Meaning()
}
