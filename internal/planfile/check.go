package planfile

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/strictyaml"
	"duban/internal/words"
)

func (e *entry) checkDates(issued calendar.Day) {
	if !e.Due.IsZero() && e.Due.Before(issued) && e.Carries == "" { // a limit that was missed may stay as it is
		e.Fault("due", "due_before_issued", words.Data{"Due": e.Due, "Issued": issued})
	}
	if !e.Due.IsZero() && e.Begin.After(e.Due) {
		e.Fault("begin", "begin_after_due", words.Data{"Begin": e.Begin, "Due": e.Due})
	}
}

// checkSource notes a problem where the entry's sentence is not in the clause's text.
func (e *entry) checkSource() {
	e.Need("source")
	if e.Source != "" && e.clause.folded != "" && !strings.Contains(e.clause.folded, foldText(e.Source)) {
		e.Fault("source", "source_not_found", words.Data{"Value": e.Source})
	}
}

var everyNames = []string{"month", "quarter", "halfyear", "year"}

// daily is a cron expression that fires once on the days it names.
var daily = regexp.MustCompile(`^\d+\s+\d+\s`)

// recur reads the rule of a duty. From is by default the plan's date of issue; where
// that lies before the plan's year, it is the first day on which a period of that year
// falls due, because the periods before it are the earlier plan's.
func (l *loader) recur(e *entry) {
	if !e.Has("recur") {
		return
	}
	if at := e.Where("recur"); at.IsText() { // 每月25日
		r, ok := saidRule(at.Raw())
		if !ok {
			e.Fault("recur", "bad_rule", words.Data{"Value": at.Raw()})
			return
		}
		r.From = r.BeginsIn(l.plan.Year, l.plan.Issued)
		e.Recur = &r
		return
	}
	o, ok := e.object.object("recur", "recur")
	if !ok {
		return
	}
	r := plan.Recurrence{Every: o.OneOf("every", everyNames...), Shift: o.Number("shift", -366, 366), Cron: o.Text("cron"), From: o.Day("from"), Until: o.Day("until")}
	if !o.Has("from") {
		r.From = l.plan.Issued
	}
	if said, ok := saidRule(r.Cron); ok && !o.Has("every") {
		r.Every, r.Cron = said.Every, said.Cron
	}
	switch {
	case o.Has("every") == o.Has("cron"):
		o.Fault("every", "every_or_cron", nil)
	case o.Has("cron") && o.Has("shift"):
		o.Fault("shift", "shift_cron", nil)
	case o.Has("cron") && r.Cron == "" && r.Every != "":
	case r.Cron != "":
		if _, err := plan.ParseCron(r.Cron); err != nil {
			o.Fault("cron", "bad_cron", words.Data{"Value": r.Cron})
		} else if !daily.MatchString(r.Cron) {
			o.Fault("cron", "cron_often", words.Data{"Value": r.Cron})
		} else if why := plan.Misleading(r.Cron); why != "" && !r.From.IsZero() {
			dates := r.YearOf()
			o.Doubt("cron", "cron_"+why, words.Data{"Value": r.Cron, "Count": len(dates), "Dates": dates})
		}
	}
	if !r.Until.IsZero() && r.Until.Before(r.From) {
		o.Fault("until", "until_before_from", words.Data{"Until": r.Until, "From": r.From})
	} else if due, period, cut := r.CutOff(); cut {
		o.Doubt("until", "until_cuts", words.Data{"Until": r.Until, "Due": due, "Period": period})
	}
	if o.Has("from") && !r.From.IsZero() && r.From.Before(l.plan.Issued) {
		o.Fault("from", "due_before_issued", words.Data{"Due": r.From, "Issued": l.plan.Issued})
	}
	if r.From == l.plan.Issued && l.plan.Year > 0 && (r.Every != "") != (r.Cron != "") {
		r.From = r.BeginsIn(l.plan.Year, r.From)
	}
	e.Recur = &r
}

// settle fills an entry's defaults and holds its fields against each other.
func (l *loader) settle(e *entry) {
	if !e.Has("kind") {
		e.Kind = plan.Standing
		if e.Has("due") {
			e.Kind = plan.Dated
		} else if e.Has("recur") {
			e.Kind = plan.Duty
		}
	}
	switch {
	case e.Has("due") && e.Has("recur"):
		e.Fault("recur", "due_and_recur", nil)
	case e.Kind == plan.Dated && !e.Has("due"):
		e.Fault("due", "dated_without_due", nil)
	case e.Kind == plan.Duty && !e.Has("recur"):
		e.Fault("recur", "duty_without_recur", nil)
	case e.Kind == plan.Standing && e.Has("due"):
		e.Fault("due", "standing_with_date", nil)
	case e.Kind == plan.Standing && e.Has("recur"):
		e.Fault("recur", "standing_with_date", nil)
	case e.Kind == plan.Dated && e.Has("recur"):
		e.Fault("recur", "due_and_recur", nil)
	}
	l.policy(e)
}

// graveKinds may not be in the policy of a soft task: a person decides those.
var graveKinds = []plan.StageKind{plan.Warn, plan.Escalate, plan.Talk}

func (l *loader) policy(e *entry) {
	at := e.Named("policy")
	if e.Policy == "" && e.Soft {
		e.Policy, at = "soft", strictyaml.Text{Text: "soft", Value: e.Where("soft")}
	}
	if e.Policy == "" {
		e.Policy = l.plan.Policy // complained of at the top when unknown
		at = strictyaml.Text{}
	}
	if at.Text != "" && !l.policyKnown(e.Policy, at) || !e.Soft {
		return
	}
	var grave []string
	for _, rule := range l.plan.Policies[e.Policy].Stages {
		if slices.Contains(graveKinds, rule.Kind) {
			grave = append(grave, rule.ID)
		}
	}
	if len(grave) > 0 {
		e.Fault("policy", "soft_policy", words.Data{"Value": e.Policy, "Stages": strings.Join(grave, " ")})
	}
}

func (l *loader) projects(root object) {
	for _, o := range root.objects("projects", "project") {
		l.project(o)
	}
}

// project reads one annex row: its first unit leads, the others assist.
func (l *loader) project(o object) {
	e := l.entry(o, nil)
	o.Need("no")
	no, annex := o.Number("no", 1, 100_000), o.Text("annex")
	e.Project = no
	if annex == "" {
		annex = "附件2"
	}
	if e.Clause == "" {
		e.Clause = fmt.Sprintf("%s第%d行", annex, no)
	}
	if e.Source == "" {
		e.Source = joinCells(e.Title, o.Text("limit"))
	}
	if d, ok := contradicts(o.Text("limit"), e.Due); ok && e.ruling == "" {
		o.Doubt("due", "due_limit", words.Data{"Due": e.Due, "Limit": o.Text("limit"), "Day": d})
	}
	var b bracket
	for i, n := range o.Names("units") {
		a := l.units(n)
		if i == 0 {
			b.first = a
		}
		b.all = addNew(b.all, a.ids...)
		if !a.collective {
			b.single = addNew(b.single, a.ids...)
		}
	}
	e.clause = &paragraph{brackets: []bracket{b}, laid: o.Has("units")}
	e.who(l, b)
	if e.sameAs.Text == "" {
		o.Need("title")
		l.make(e)
	}
}

// joinCells is a row's cells as one sentence.
func joinCells(cells ...string) string {
	return strings.Join(slices.DeleteFunc(cells, func(s string) bool { return s == "" }), "，")
}

var levels = []string{"national", "provincial", "municipal"}

// sections reads the monitored sections; each is a standing task as well.
func (l *loader) sections(root object) {
	for _, o := range root.objects("sections", "section") {
		o.Need("id", "no", "county", "name", "target", "level")
		s := plan.Section{ID: o.Text("id"), No: o.Number("no", 1, 100_000), County: l.oneUnit(o.Named("county")),
			Name: o.Text("name"), Target: o.Text("target"), Level: o.OneOf("level", levels...)}
		annex := o.Text("annex")
		if annex == "" {
			annex = "附件1"
		}
		e := &entry{object: o, Task: plan.Task{
			ID: s.ID, Clause: o.Text("place"), Title: s.Name + "断面水质达到目标（" + s.Target + "）", Kind: plan.Standing,
			Lead: s.County, Policy: o.Text("policy"), Source: joinCells(s.Name, s.Target), Note: o.Text("note"),
		}}
		if e.Clause == "" {
			e.Clause = fmt.Sprintf("%s第%d行", annex, s.No)
		}
		l.policy(e)
		l.claim(e)
		l.put(e, e.Task)
		l.plan.Sections = append(l.plan.Sections, s)
	}
}

// check looks across the whole plan.
func (l *loader) check() {
	l.expandedIDs()
	l.carried()
	l.contacts()
	l.provisional()
}

// period is how the occurrences of a duty end their IDs.
var period = regexp.MustCompile(`^\d{4}(-\d\d(-\d\d)?|Q[1-4]|H[12])?$`)

// expandedIDs finds tasks of `each` entries that meet another entry's ID, and
// tasks called like an occurrence of a duty.
func (l *loader) expandedIDs() {
	first := map[string]*entry{}
	duties := map[string]bool{}
	for _, m := range l.tasks {
		if m.Kind == plan.Duty {
			duties[m.ID] = true
		}
	}
	for _, m := range l.tasks {
		if other, taken := first[m.ID]; taken && m.ID != "" && (m.from.Has("each") || other.Has("each")) && other != m.from {
			m.from.Fault("id", "id_twice", words.Data{"Value": m.ID, "File": other.Name, "Line": other.Where("id").Line()})
		}
		if first[m.ID] == nil {
			first[m.ID] = m.from
		}
		if i := strings.LastIndexByte(m.ID, '.'); i > 0 && duties[m.ID[:i]] && period.MatchString(m.ID[i+1:]) {
			m.from.Fault("id", "occurrence_id", words.Data{"Value": m.ID, "Other": m.ID[:i]})
		}
	}
}

// anotherTask is how `carries` names a task of another plan.
var anotherTask = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._@-]*$`)

// carried checks the entries with `carries`: a task of another plan goes on as one task at
// most, and not as a task that is never chased.
func (l *loader) carried() {
	first := map[string]*entry{}
	for _, m := range l.tasks {
		if m.Carries == "" {
			continue
		}
		of, _, _ := strings.Cut(m.Carries, "/")
		switch other := first[m.Carries]; {
		case !anotherTask.MatchString(m.Carries) || of == l.plan.ID:
			m.from.Fault("carries", "carries_shape", words.Data{"Value": m.from.Carries})
		case m.Kind == plan.Standing:
			m.from.Fault("carries", "carries_standing", words.Data{"Value": m.from.Carries})
		case other != nil:
			m.from.Fault("carries", "carries_twice", words.Data{"Value": m.Carries, "File": other.Name, "Line": other.Where("carries").Line()})
		}
		if first[m.Carries] == nil {
			first[m.Carries] = m.from
		}
	}
}

// contacts warns of seats that a policy speaks to and nobody sits on.
func (l *loader) contacts() {
	roles := map[string][]people.Role{}
	for name, p := range l.plan.Policies {
		roles[name] = rolesOf(p)
	}
	type need struct{ policy, lead string }
	seen := map[need]bool{}
	said := map[people.Recipient]bool{}
	for _, m := range l.tasks {
		n := need{m.Policy, m.Lead}
		if m.Kind == plan.Standing || m.Lead == "" || seen[n] {
			continue
		}
		seen[n] = true
		for _, role := range roles[m.Policy] {
			seat := l.people.Seat(role, m.Lead)
			if _, ok := l.people.Contact(seat); ok || said[seat] || seat.Unit == "" {
				continue
			}
			said[seat] = true
			unit := l.people.at[seat.Unit]
			unit.Doubt("contacts", "no_contact", words.Data{"Value": l.people.Name(seat.Unit), "Role": seat.Role, "Policy": m.Policy})
		}
	}
}

// rolesOf are all that a policy's stages and talks speak to.
func rolesOf(p plan.Policy) []people.Role {
	var all []people.Role
	add := func(roles []people.Role) {
		for _, r := range roles {
			if !slices.Contains(all, r) {
				all = append(all, r)
			}
		}
	}
	for _, rule := range p.Stages {
		add(rule.To)
	}
	if p.Talk != nil {
		add(p.Talk.To)
		add(p.Talk.Upward)
	}
	return all
}

// provisional warns, once a year, of years without a holiday notice in which
// stages are counted, at the first task that has one there.
func (l *loader) provisional() {
	zone, err := time.LoadLocation(l.plan.Zone)
	if err != nil || strictyaml.Failed(l.Problems) || l.plan.Issued.IsZero() {
		return // faults that are to be mended will change the ladders
	}
	lad := plan.Ladderer{Calendar: l.cal, Zone: zone, People: l.people.Directory}
	reach := lad.Reach(l.plan)
	tasks := map[int]int{}
	places := map[int]strictyaml.Value{}
	for _, m := range l.tasks {
		field := "due"
		if m.Kind == plan.Duty {
			field = "recur"
		}
		for _, year := range reach(m.Task) {
			if tasks[year]++; tasks[year] == 1 {
				places[year] = m.from.Where(field)
			}
		}
	}
	for _, year := range slices.Sorted(maps.Keys(tasks)) {
		l.Warn(places[year], "provisional", words.Data{"Year": year, "Tasks": tasks[year]})
	}
}
