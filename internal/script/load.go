package script

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
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

const largestFile = 4 << 20 // bytes

// Load reads a script for a plan. Who acts is looked up in the file of accounts
// that it names, by default accounts.yaml beside it. All problems are returned
// at once, down the page; the script is nil when there is one.
func Load(path string, p *plan.Plan, cal *calendar.Calendar) (*Script, []strictyaml.Problem) {
	r := &reader{source: &source{file: path}, plan: p, cal: cal, script: Script{File: path}, ids: map[string]int{}}
	if raw, fault := strictyaml.File(path, largestFile); fault != nil {
		r.add(nil, "", fault.Key, fault.Data)
	} else {
		r.all(raw)
	}
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b strictyaml.Problem) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return nil, r.problems
	}
	r.script.sort()
	return &r.script, nil
}

type reader struct {
	*source
	plan   *plan.Plan
	cal    *calendar.Calendar
	zone   *time.Location
	people *accounts.Book
	script Script
	ids    map[string]int // act ID → line
}

func (r *reader) all(raw []byte) {
	node, ok := r.document(raw)
	if !ok {
		return
	}
	root, ok := r.object(node, "script", "")
	if !ok {
		return
	}
	root.need("plan", "acts")
	if id := root.text("plan"); id != "" && id != r.plan.ID {
		root.fault("plan", "other_plan", words.Data{"Value": id, "Plan": r.plan.ID})
	}
	lad, err := plan.NewLadderer(r.plan, nil)
	if err != nil {
		root.fault("plan", "syntax", words.Data{"Detail": err.Error()})
		return
	}
	r.zone = lad.Zone
	r.accounts(root)
	r.proposals(root)
	if root.has("acts") && len(root.list("acts")) == 0 {
		root.fault("acts", "empty", nil)
	}
	for i, n := range root.list("acts") {
		if o, ok := r.object(n, "act", fmt.Sprintf("acts[%d]", i)); ok {
			r.entry(o, i)
		}
	}
}

// accounts reads the file of accounts; its own problems are the script's.
func (r *reader) accounts(root object) {
	file := r.beside(cmp.Or(root.text("accounts"), "accounts.yaml"))
	book, problems := accounts.Load(file)
	for _, p := range problems {
		r.problems = append(r.problems, strictyaml.Problem{File: p.File, Line: p.Line, Column: p.Column, Field: p.Field, Key: p.Key, Data: p.Data})
	}
	if book == nil {
		return
	}
	r.people = book
}

// proposals reads how the leadership answers what rules propose.
func (r *reader) proposals(root object) {
	if !root.has("proposals") {
		return
	}
	o, ok := r.object(root.fields["proposals"], "proposals", "proposals")
	if !ok {
		return
	}
	o.need("as", "talk", "circular", "reason")
	e := Entry{}
	r.who(o, &e)
	answer := func(name string) act.Kind {
		k := act.Kind(o.text(name))
		if k != act.Approve && k != act.Decline && k != "" {
			o.fault(name, "not_one_of", words.Data{"Value": k, "Known": joined([]act.Kind{act.Approve, act.Decline})})
		}
		return k
	}
	r.script.Proposals = &Proposals{By: e.Act.By, Talk: answer("talk"), Circular: answer("circular"), Reason: o.text("reason")}
}

func (r *reader) entry(o object, i int) {
	o.need("at", "as")
	e := Entry{Line: o.node.Line, At: o.instant("at", r.zone), Act: act.Act{ID: cmp.Or(o.text("id"), fmt.Sprintf("script-%d", i+1))}}
	if line := r.ids[e.Act.ID]; line > 0 {
		o.fault("id", "id_twice", words.Data{"Value": e.Act.ID, "Line": line})
	} else if act.Named(e.Act) != nil {
		o.fault("id", "bad_id", words.Data{"Value": e.Act.ID})
	}
	r.ids[e.Act.ID] = o.node.Line
	r.who(o, &e)
	r.what(o, &e)
	r.says(o, &e)
	switch text := o.text("expect"); text {
	case "":
	case "refused":
		e.Refused = true
	default:
		o.fault("expect", "not_one_of", words.Data{"Value": text, "Known": "refused"})
	}
	if why := o.text("why"); why != "" {
		e.Why = "act.refused_" + why
		if !e.Refused {
			o.fault("why", "why_alone", nil)
		} else if words.New("zh").T(e.Why) == e.Why {
			o.fault("why", "bad_why", words.Data{"Value": why})
		}
	}
	r.script.Entries = append(r.script.Entries, e)
}

// instant is a day, at half past ten, or a day and a time of day.
func (o object) instant(name string, zone *time.Location) time.Time {
	text := o.text(name)
	if text == "" {
		return time.Time{}
	}
	for layout, add := range map[string]time.Duration{time.DateOnly: 10*time.Hour + 30*time.Minute, "2006-01-02 15:04": 0} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at.Add(add).UTC()
		}
	}
	o.fault(name, "instant", words.Data{"Value": text})
	return time.Time{}
}

func (r *reader) who(o object, e *Entry) {
	id := o.text("as")
	if id == "" || r.people == nil {
		return
	}
	a, ok := r.people.Find(id)
	if !ok {
		o.fault("as", "unknown_account", words.Data{"Value": id, "Near": strings.Join(r.people.Near(id), " ")})
		return
	}
	e.Act.By = act.Actor{Account: a.ID, Name: a.Name, Unit: a.Unit}
}

// what reads which thing the entry is about, and what is done to it.
func (r *reader) what(o object, e *Entry) {
	var named []string
	for _, s := range Sorts {
		if o.has(string(s)) {
			named = append(named, string(s))
			e.Sort, e.Thing = s, o.text(string(s))
		}
	}
	if len(named) != 1 {
		o.fault("do", "one_thing", words.Data{"Known": sortNames()})
		return
	}
	switch e.Sort {
	case Amends, Notice:
		if o.has("do") {
			o.fault("do", "no_do", nil)
		}
		e.Thing = r.beside(e.Thing)
		r.named(o, e)
		return
	case Propose:
		if o.has("do") {
			o.fault("do", "no_do", nil)
		}
		r.thing(o, *e)
		e.Act.Kind = act.Propose
		return
	case OnTask, OnDuty, OnTalk:
		r.thing(o, *e)
	}
	o.need("do")
	e.Act.Kind = act.Kind(o.text("do"))
	if e.Act.Kind != "" && !slices.Contains(kindsOn(e.Sort), e.Act.Kind) {
		o.fault("do", "unknown_kind", words.Data{"Value": e.Act.Kind, "Known": joined(kindsOn(e.Sort))})
	}
}

// beside is a file that the script names: its path is whole, or begins at the script's folder.
func (r *reader) beside(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(r.file), name)
}

// named reads the amended plan or the holiday notice that an entry names.
func (r *reader) named(o object, e *Entry) {
	if e.Sort == Amends {
		amended, problems := planfile.Load(e.Thing, r.cal)
		if strictyaml.Failed(problems) {
			r.problems = append(r.problems, slices.DeleteFunc(problems, func(p strictyaml.Problem) bool { return p.Warning })...)
		} else if amended.ID != r.plan.ID {
			o.fault("amend", "other_plan", words.Data{"Value": amended.ID, "Plan": r.plan.ID})
		}
		e.Plan = amended
		return
	}
	f, err := os.Open(e.Thing)
	if err != nil {
		o.fault("calendar", "no_file", words.Data{"Value": e.Thing})
		return
	}
	defer f.Close()
	y, err := calendar.ReadYear(f)
	if err != nil {
		o.fault("calendar", "bad_notice", words.Data{"Value": e.Thing, "Detail": err.Error()})
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

// thing notes a task, duty or talk that the plan cannot have. What an amendment
// adds is not known here and has to be marked by its file coming first.
func (r *reader) thing(o object, e Entry) {
	id, _, _ := strings.Cut(e.Thing, "#")
	amended := slices.ContainsFunc(r.script.Entries, func(e Entry) bool { return e.Sort == Amends })
	known := slices.ContainsFunc(r.plan.Tasks, func(t plan.Task) bool {
		switch e.Sort {
		case OnDuty:
			return t.Kind == plan.Duty && t.ID == id
		}
		return t.ID == id || t.Kind == plan.Duty && strings.HasPrefix(id, t.ID+".")
	})
	if !known && !amended {
		o.fault(string(e.Sort), "unknown_thing", words.Data{"Value": e.Thing})
	}
}

// says reads all that the act says.
func (r *reader) says(o object, e *Entry) {
	a := &e.Act
	a.Reason, a.Paper, a.Title, a.Ref, a.Rule = o.text("reason"), o.text("paper"), o.text("title"), o.text("ref"), o.text("rule")
	a.Percent, a.Due, a.Until, a.Moves = int(o.number("percent", 1000)), o.day("due"), o.day("until"), o.flag("moves")
	a.Units = o.texts("units")
	if u := o.text("unit"); u != "" {
		a.Unit = u
	}
	for _, u := range append(slices.Clone(a.Units), o.text("unit")) {
		if _, ok := r.plan.Directory.Unit(u); u != "" && !ok && !e.Refused && o.text("expect") == "" {
			o.fault("unit", "unknown_unit", words.Data{"Value": u})
		}
	}
	if a.Policy = o.text("policy"); a.Policy != "" {
		if _, ok := r.plan.Policies[a.Policy]; !ok && o.text("expect") == "" {
			o.fault("policy", "unknown_policy", words.Data{"Value": a.Policy})
		}
	}
	for i, n := range o.list("evidence") {
		if v, ok := r.object(n, "evidence", fmt.Sprintf("%s[%d]", o.at("evidence"), i)); ok {
			a.Evidence = append(a.Evidence, act.Evidence{Name: v.text("name"), Size: v.number("size", 1<<40), SHA256: v.text("sha256"), URL: v.text("url")})
		}
	}
	if o.has("facts") {
		if f, ok := r.object(o.fields["facts"], "facts", o.at("facts")); ok {
			a.Talk = &act.TalkFacts{What: f.text("what"), Number: f.text("number"), Time: f.instant("time", r.zone), Place: f.text("place"),
				Chair: f.text("chair"), Called: f.texts("called"), Missing: f.texts("missing"), Bring: f.text("bring"), Public: f.flag("public")}
		}
	}
}

// kindsOn are the acts that a sort of thing knows.
func kindsOn(s Sort) (kinds []act.Kind) {
	for _, row := range map[Sort][]act.Row{OnTask: act.Tasks, OnDuty: act.Duties}[s] {
		kinds = append(kinds, row.Kind)
	}
	if s == OnTalk {
		for _, row := range act.Talks[1:] { // all but Propose
			kinds = append(kinds, row.Kind)
		}
	}
	return kinds
}
