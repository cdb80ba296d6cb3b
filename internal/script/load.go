package script

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

// Load reads a script for a plan. Who acts is looked up in the file of accounts
// that it names, by default accounts.yaml beside it. All problems are returned
// at once, down the page; the script is nil when there is one.
func Load(path string, p *plan.Plan, cal *calendar.Calendar) (*Script, []strictyaml.Problem) {
	r := &reader{Source: &strictyaml.Source{Notes: &strictyaml.Notes{}, Grammar: &grammar, Name: path},
		plan: p, cal: cal, script: Script{File: path}, ids: map[string]int{}}
	if raw, ok := r.Read(); ok {
		r.all(raw)
	}
	if len(r.Problems) > 0 {
		return nil, strictyaml.InOrder(r.Problems, []string{path})
	}
	r.script.sort()
	return &r.script, nil
}

type reader struct {
	*strictyaml.Source
	plan   *plan.Plan
	cal    *calendar.Calendar
	zone   *time.Location
	people *accounts.List
	script Script
	ids    map[string]int // act ID → line
}

func (r *reader) all(raw []byte) {
	root, ok := r.Parse(raw, "script")
	if !ok {
		return
	}
	root.Need("plan", "acts")
	if id := root.Text("plan"); id != "" && id != r.plan.ID {
		root.Fault("plan", "other_plan", words.Data{"Value": id, "Plan": r.plan.ID})
	}
	lad, err := plan.NewLadderer(r.plan, nil)
	if err != nil {
		root.Fault("plan", "bad_zone", words.Data{"Value": r.plan.Zone})
		return
	}
	r.zone = lad.Zone
	r.accounts(root)
	r.proposals(root)
	acts := root.Where("acts").Items()
	if root.Has("acts") && len(acts) == 0 {
		root.Empty("acts")
	}
	for i, v := range acts {
		if o, ok := r.Mapping(v, "act"); ok {
			r.entry(o, i)
		}
	}
}

// accounts reads the file of accounts; its own problems are the script's.
func (r *reader) accounts(root strictyaml.Object) {
	file := r.beside(cmp.Or(root.Text("accounts"), "accounts.yaml"))
	list, problems := accounts.Load(file)
	r.Problems = append(r.Problems, problems...)
	if list == nil {
		return
	}
	r.people = list
}

// proposals reads how the leadership answers what rules propose.
func (r *reader) proposals(root strictyaml.Object) {
	o, ok := root.Object("proposals", "proposals")
	if !ok {
		return
	}
	o.Need("as", "talk", "circular", "reason")
	e := Entry{}
	r.who(o, &e)
	answer := func(name string) act.Kind {
		k := act.Kind(o.Text(name))
		if k != act.Approve && k != act.Decline && k != "" {
			o.Unknown(o.Where(name), string(k), []string{string(act.Approve), string(act.Decline)})
		}
		return k
	}
	r.script.Proposals = &Proposals{By: e.Act.By, Talk: answer("talk"), Circular: answer("circular"), Reason: o.Text("reason")}
}

func (r *reader) entry(o strictyaml.Object, i int) {
	o.Need("at", "as")
	e := Entry{Line: o.Line(), At: instant(o, "at", r.zone), Act: act.Act{ID: cmp.Or(o.Text("id"), fmt.Sprintf("script-%d", i+1))}}
	if line := r.ids[e.Act.ID]; line > 0 {
		o.Fault("id", "id_twice", words.Data{"Value": e.Act.ID, "Line": line})
	} else if act.Named(e.Act) != nil {
		o.Fault("id", "bad_id", words.Data{"Value": e.Act.ID})
	}
	r.ids[e.Act.ID] = o.Line()
	r.who(o, &e)
	r.what(o, &e)
	r.says(o, &e)
	switch text := o.Text("expect"); text {
	case "":
	case "refused":
		e.Refused = true
	default:
		o.Unknown(o.Where("expect"), text, []string{"refused"})
	}
	if why := o.Text("why"); why != "" {
		e.Why = "act.refused_" + why
		if !e.Refused {
			o.Fault("why", "why_alone", nil)
		} else if words.New("zh").T(e.Why) == e.Why {
			o.Fault("why", "bad_why", words.Data{"Value": why})
		}
	}
	r.script.Entries = append(r.script.Entries, e)
}

func (r *reader) who(o strictyaml.Object, e *Entry) {
	id := o.Text("as")
	if id == "" || r.people == nil {
		return
	}
	a, ok := r.people.Find(id)
	if !ok {
		o.Fault("as", "unknown_account", words.Data{"Value": id, "Near": strings.Join(r.people.Near(id), " ")})
		return
	}
	e.Act.By = act.Actor{Account: a.ID, Name: a.Name, Unit: a.Unit}
}

// what reads which thing the entry is about, and what is done to it.
func (r *reader) what(o strictyaml.Object, e *Entry) {
	var named []string
	for _, s := range Sorts {
		if o.Has(string(s)) {
			named = append(named, string(s))
			e.Sort, e.Thing = s, o.Text(string(s))
		}
	}
	if len(named) != 1 {
		o.Fault("do", "one_thing", words.Data{"Known": sortNames()})
		return
	}
	switch e.Sort {
	case Amends, Notice:
		if o.Has("do") {
			o.Fault("do", "no_do", nil)
		}
		e.Thing = r.beside(e.Thing)
		r.named(o, e)
		return
	case Propose:
		if o.Has("do") {
			o.Fault("do", "no_do", nil)
		}
		r.thing(o, *e)
		e.Act.Kind = act.Propose
		return
	case Measured:
		if o.Has("do") {
			o.Fault("do", "no_do", nil)
		}
		e.Thing = r.beside(e.Thing)
		r.measured(o, e)
		return
	case OnComplaint, OnIncident:
		if n, err := strconv.Atoi(e.Thing); err != nil || n < 1 {
			o.Fault(string(e.Sort), "bad_number", words.Data{"Value": e.Thing})
		}
	case Assesses:
		e.Act.Unit = e.Thing
		if _, ok := r.plan.Directory.Unit(e.Thing); !ok {
			o.Fault(string(e.Sort), "unknown_unit", words.Data{"Value": e.Thing})
		}
	case OnTask, OnDuty, OnTalk:
		r.thing(o, *e)
	}
	o.Need("do")
	e.Act.Kind = act.Kind(o.Text("do"))
	if e.Act.Kind != "" && !slices.Contains(kindsOn(e.Sort), e.Act.Kind) {
		o.Fault("do", "unknown_kind", words.Data{"Value": e.Act.Kind, "Known": joined(kindsOn(e.Sort))})
	}
}

// beside is a file that the script names: its path is whole, or begins at the script's folder.
func (r *reader) beside(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(r.Name), name)
}

// named reads the amended plan or the holiday notice that an entry names.
func (r *reader) named(o strictyaml.Object, e *Entry) {
	if e.Sort == Amends {
		amended, problems := planfile.Load(e.Thing, r.cal)
		if strictyaml.Failed(problems) {
			r.Problems = append(r.Problems, slices.DeleteFunc(problems, func(p strictyaml.Problem) bool { return p.Warning })...)
		} else if amended.ID != r.plan.ID {
			o.Fault("amend", "other_plan", words.Data{"Value": amended.ID, "Plan": r.plan.ID})
		}
		e.Plan = amended
		return
	}
	f, err := os.Open(e.Thing)
	if err != nil {
		o.Fault("calendar", "no_file", words.Data{"Value": e.Thing})
		return
	}
	defer f.Close()
	y, err := calendar.ReadYear(f)
	if err != nil {
		o.Fault("calendar", "bad_notice", words.Data{"Value": e.Thing, "Detail": err.Error()})
	}
	e.Year = &y
}

func sortNames() string { return joined(Sorts) }

func joined[T ~string](all []T) string {
	var names []string
	for _, s := range all {
		names = append(names, string(s))
	}
	return strings.Join(names, " ")
}

// thing notes a task, duty or talk that the plan cannot have. After an entry that amends the
// plan none is noted, since the tasks that an amendment adds are not known here.
func (r *reader) thing(o strictyaml.Object, e Entry) {
	id, _, _ := strings.Cut(e.Thing, "#")
	amended := slices.ContainsFunc(r.script.Entries, func(e Entry) bool { return e.Sort == Amends })
	known := slices.ContainsFunc(r.plan.Tasks, func(t plan.Task) bool {
		switch e.Sort {
		case OnDuty:
			return t.Kind == plan.Duty && t.ID == id
		}
		return t.ID == id || t.Kind == plan.Duty && strings.HasPrefix(id, t.ID+".")
	})
	if !known && !amended && !r.later(id) {
		o.Fault(string(e.Sort), "unknown_thing", words.Data{"Value": e.Thing})
	}
}

// says reads the fields of the entry's act.
func (r *reader) says(o strictyaml.Object, e *Entry) {
	untaken(*e, o.Has, o.Fault)
	a := &e.Act
	a.Reason, a.Paper, a.Title, a.Ref, a.Rule = o.Text("reason"), o.Text("paper"), o.Text("title"), o.Text("ref"), o.Text("rule")
	a.Percent, a.Due, a.Until, a.Moves = o.Percent("percent", 1000), o.Day("due"), o.Day("until"), o.Flag("moves")
	a.Units = strictyaml.Plain(o.Texts(o.List("units")))
	if u := o.Text("unit"); u != "" {
		a.Unit = u
	}
	for _, u := range append(slices.Clone(a.Units), o.Text("unit")) {
		if _, ok := r.plan.Directory.Unit(u); u != "" && !ok && !e.Refused && o.Text("expect") == "" {
			o.Fault("unit", "unknown_unit", words.Data{"Value": u})
		}
	}
	if a.Policy = o.Text("policy"); a.Policy != "" {
		if _, ok := r.plan.Policies[a.Policy]; !ok && o.Text("expect") == "" {
			o.Fault("policy", "unknown_policy", words.Data{"Value": a.Policy})
		}
	}
	for _, n := range o.List("evidence") {
		if v, ok := r.Mapping(n, "evidence"); ok {
			a.Evidence = append(a.Evidence, act.Evidence{Name: v.Text("name"), Size: int64(v.Number("size", 0, 1<<40)), SHA256: v.Text("sha256"), URL: v.Text("url")})
		}
	}
	if f, ok := o.Object("facts", "facts"); ok {
		unsaid(*e, f.Has, f.Fault)
		r.facts(f, e)
	}
}

// kindsOn are the acts that a sort of thing knows.
func kindsOn(s Sort) (kinds []act.Kind) {
	for _, row := range Acts(s) {
		if !row.Opens() {
			kinds = append(kinds, row.Kind)
		}
	}
	return kinds
}

// Acts are the acts that a script may do on a sort of thing. Of an assessment they are what
// the office enters: sheets are worked out from the whole ledger.
func Acts(s Sort) []act.Row {
	switch s {
	case OnComplaint:
		return act.On(act.OnComplaint)
	case Assesses:
		return slices.DeleteFunc(act.On(act.OnPlan), func(r act.Row) bool { return r.Kind != act.Enter && r.Kind != act.Strike })
	}
	return act.ByHand(act.Thing(s))
}
