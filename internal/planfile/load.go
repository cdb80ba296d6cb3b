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
	tasks         []made
	references    int // units named by all tasks, to bound what `each` and groups multiply
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
	return load(&book{}, path, cal)
}

// LoadFiles is Load of files that lie in no folder: "plan.yaml" and what it names, by
// the last part of the names. It opens no file of the machine.
func LoadFiles(files map[string][]byte, cal *calendar.Calendar) (*plan.Plan, []strictyaml.Problem) {
	if files == nil {
		files = map[string][]byte{} // a nil one would mean the files of the machine
	}
	return load(&book{within: files}, "plan.yaml", cal)
}

func load(b *book, path string, cal *calendar.Calendar) (*plan.Plan, []strictyaml.Problem) {
	l := &loader{
		source: &source{b, path}, cal: cal, people: newRegister(),
		policiesReady: true, byID: map[string]*entry{},
	}
	l.files = append(l.files, path)
	if raw, ok := l.read(); ok {
		if root, ok := l.parse(raw, "plan"); ok {
			l.all(root)
		}
	}
	l.problems = strictyaml.InOrder(l.problems, l.files)
	if strictyaml.Failed(l.problems) {
		return nil, l.problems
	}
	return &l.plan, l.problems
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
	l.link()
	l.check()
	l.finish(root)
}

var (
	planID  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	entryID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)
)

func (l *loader) head(o object) {
	o.need("id", "title", "issuer", "issued", "year", "policy", "office", "leadership", "units")
	l.plan = plan.Plan{
		ID: o.text("id"), Title: o.text("title"), Number: o.text("number"), Issuer: o.text("issuer"),
		Issued: o.day("issued"), Year: o.number("year", 1949, 2100), Zone: o.text("zone"), Policy: o.text("policy"),
	}
	o.unfilled("title", l.plan.Title)
	o.unfilled("issuer", l.plan.Issuer)
	if l.plan.ID != "" && !planID.MatchString(l.plan.ID) {
		o.fault("id", "bad_plan_id", words.Data{"Value": l.plan.ID})
	}
	if l.plan.Zone == "" {
		l.plan.Zone = "Asia/Shanghai"
	} else if _, err := time.LoadLocation(l.plan.Zone); err != nil || l.plan.Zone == "Local" {
		o.fault("zone", "bad_zone", words.Data{"Value": l.plan.Zone})
	}
}

// open reads a file named in plan.yaml.
func (l *loader) open(name string) (s *source, raw []byte, ok bool) {
	if l.within != nil {
		name = slashpath.Base(strings.ReplaceAll(name, `\`, "/"))
	} else if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(l.file), name)
	}
	s = &source{l.book, name}
	l.files = append(l.files, name)
	raw, ok = s.read()
	return s, raw, ok
}

func (l *loader) directory(root object) {
	var groups []object
	paths := root.names("units")
	if len(paths) == 0 {
		l.people.ready = false
	}
	for i, name := range paths {
		if i == 20 {
			l.add(name.node, name.path, "too_many", words.Data{"Limit": 20})
			break
		}
		s, raw, ok := l.open(name.text)
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
	s, raw, ok := &source{l.book, "policies.yaml"}, seeds.Policies, true
	if name := root.text("policies"); name != "" {
		s, raw, ok = l.open(name)
	} else {
		l.files = append(l.files, s.file)
	}
	if ok {
		l.plan.Policies, l.plan.Consequences = s.policies(raw)
	}
	l.policiesReady = len(l.plan.Policies) > 0
	l.policyKnown(l.plan.Policy, root.named("policy"))
}

// policyKnown notes a policy that does not exist.
func (l *loader) policyKnown(name string, at named) bool {
	_, ok := l.plan.Policies[name]
	if !ok && name != "" && l.policiesReady {
		l.add(at.node, at.path, "unknown_policy", words.Data{"Value": name, "Known": policyNames(l.plan.Policies)})
	}
	return ok
}

func (l *loader) headUnits(root object) {
	l.people.Office = l.oneUnit(root.named("office"))
	l.people.Leadership = l.oneUnit(root.named("leadership"))
}

// units is what a name means; unknown names are noted.
func (l *loader) units(n named) answer {
	if n.text == "" {
		return answer{}
	}
	a := l.people.resolve(n.text)
	if a.gone {
		l.add(n.node, n.path, "unit_dissolved", words.Data{"Value": n.text})
	}
	if !a.ok && l.people.ready {
		l.add(n.node, n.path, "unknown_unit", words.Data{"Value": n.text, "Near": l.near(n.text, l.people.everyName())})
	}
	return a
}

// oneUnit is the ID of the unit a name means; a collective name is a problem.
func (l *loader) oneUnit(n named) string {
	a := l.units(n)
	if a.collective {
		l.add(n.node, n.path, "collective", words.Data{"Value": n.text})
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
		root.fault("clauses", "no_tasks", nil)
	}
	l.plan.Directory = l.people.Directory
	l.plan.Hash = l.plan.Meaning()
}
