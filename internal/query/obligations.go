package query

import (
	"cmp"
	"context"
	"slices"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// ObligationFilter chooses what somebody owes; empty fields choose all.
type ObligationFilter struct {
	Plan string
	Unit string // the unit that owes, by ID, name or collective name; "": the viewer's own
	Held bool   // also obligations whose clock is halted
	// Skip obligations are left out at the beginning, and at most Limit shown; 0: all.
	Skip, Limit int
}

// Obligation is one thing that one unit owes now 待办: about a task, or one of its talks.
type Obligation struct {
	Plan      string `json:"plan"`
	PlanTitle string `json:"plan_title"`
	Task      string `json:"task"`           // ID that people use now
	Title     string `json:"title"`          // of the task
	Talk      string `json:"talk,omitempty"` // ID that people use now; "" when it is not owed about a talk
	Key       string `json:"-"`              // ID of the task or talk in the ledger, which never changes
	// For is what is owed: finish, receive, silent (a report, after a long silence), part,
	// instruction; a decision about a return, extension or report; for a talk its step,
	// decided or doubt.
	For    string       `json:"for"`
	Ref    string       `json:"ref,omitempty"` // number of the part or instruction
	Unit   string       `json:"unit"`          // name
	UnitID string       `json:"unit_id"`
	Lead   string       `json:"lead"`            // name of the unit that leads the task, or that is called to the talk
	By     string       `json:"by,omitempty"`    // who asked for it
	Words  string       `json:"words,omitempty"` // the words of whoever asked
	New    calendar.Day `json:"new,omitzero"`    // the due date that an extension asks for
	Since  calendar.Day `json:"since"`
	Limit  calendar.Day `json:"limit"` // the last day; "" when there is none
	// WorkdaysLeft counts working days from today to Limit, negative once Limit has passed
	// (0 when there are only rest days between); for the task itself as act.Measure counts;
	// null without a limit.
	WorkdaysLeft *int `json:"workdays_left"`
	// Passed tells that Limit has passed, but no day since counts as late: the task was
	// given to the unit after Limit, or its clock was halted.
	Passed bool       `json:"passed"`
	Late   bool       `json:"late"`           // the limit has passed
	Held   bool       `json:"held,omitempty"` // the clock is halted: nobody is chased for it now
	Acts   []act.Kind `json:"acts"`           // kinds of acts by which it is done
	// Then is the next stage, in the plan's zone, if it is not done; nil without one. People
	// has the units that Then names.
	Then   *plan.Stage      `json:"-"`
	People people.Directory `json:"-"`
}

// ObligationPage is a part of what is owed.
type ObligationPage = Page[Obligation]

// Obligations are what the viewer's unit owes in every plan, or in one, the earliest
// limit first: the list 待办. Whoever may see all of a plan may ask for another unit's, and
// the operator for everybody's. ErrNotWhole: another viewer asked for another unit.
// *UnitError: no plan has the unit.
func (r *Reader) Obligations(ctx context.Context, v Viewer, f ObligationFilter) (page ObligationPage, err error) {
	in, err := r.as(v)
	if err != nil {
		return page, err
	}
	sources, only, err := in.owing(ctx, f)
	if err != nil {
		return page, err
	}
	page = ObligationPage{Lines: []Obligation{}, For: only}
	most := 0
	if f.Limit > 0 {
		most = f.Skip + f.Limit
	}
	type owed struct {
		ledger.Obligation
		source int
	}
	var all []owed
	for i, s := range sources {
		some, total, err := s.owed(ctx, most)
		if err != nil {
			return page, err
		}
		page.Total += total
		for _, o := range some {
			all = append(all, owed{o, i})
		}
	}
	slices.SortStableFunc(all, func(a, b owed) int { return cmp.Or(cmp.Compare(a.Due, b.Due), a.source-b.source) })
	all = all[min(f.Skip, len(all)):]
	if f.Limit > 0 {
		all = all[:min(f.Limit, len(all))]
	}
	for i, s := range sources {
		var of []ledger.Obligation
		for _, o := range all {
			if o.source == i {
				of = append(of, o.Obligation)
			}
		}
		if err := s.look(ctx, of); err != nil {
			return page, err
		}
	}
	for _, o := range all {
		if line, ok := sources[o.source].line(o.Obligation); ok {
			page.Lines = append(page.Lines, line)
		}
	}
	return page, nil
}

// owing gives a source for each plan in which the units asked for may owe something, and
// the name of the unit to which the list is narrowed.
func (r reading) owing(ctx context.Context, f ObligationFilter) (sources []*owingSource, only string, err error) {
	plans, err := r.planIDs(ctx, f.Plan)
	if err != nil {
		return nil, "", err
	}
	named := naming{name: f.Unit}
	refused := false
	for _, id := range plans {
		p, err := r.framed(ctx, id)
		if err != nil {
			return nil, "", err
		}
		dir := p.Plan.Directory
		if !r.who.knows(dir) {
			continue
		}
		units := named.in(dir)
		switch {
		case f.Unit != "" && len(units) == 0:
			continue
		case f.Unit == "" && r.who.named():
			units = []string{r.who.by.Unit}
		case !r.who.oversees(dir) && !slices.Equal(units, []string{r.who.by.Unit}):
			refused = true
			continue
		}
		if len(units) == 1 {
			only = dir.Name(units[0])
		}
		sources = append(sources, &owingSource{reading: r, plan: p, filter: ledger.OwedFilter{Units: units, Held: f.Held}})
	}
	if err := named.fault(); err != nil {
		return nil, "", err
	}
	if refused && len(sources) == 0 {
		return nil, "", ErrNotWhole
	}
	return sources, only, nil
}

// owingSource reads one plan's obligations.
type owingSource struct {
	reading
	plan   *framed
	filter ledger.OwedFilter

	rules act.Rules // set by look, as tasks and talks are
	tasks map[string]ledger.Task
	talks map[string]ledger.Talk
}

func (s *owingSource) owed(ctx context.Context, most int) ([]ledger.Obligation, int, error) {
	if s.plan.basis != "" {
		all, total, ok, err := s.store.Owed(ctx, &s.plan.Launched, s.plan.basis, s.plan.cal, s.filter, most)
		if ok || err != nil {
			return all, total, err
		}
	}
	l, err := s.store.Plan(ctx, s.plan.Plan.ID)
	if err != nil {
		return nil, 0, err
	}
	all, err := s.store.OwedOfAll(ctx, l, s.plan.cal, s.filter)
	if total := len(all); most > 0 && total > most {
		return all[:most], total, err
	}
	return all, len(all), err
}

// look reads the tasks and talks about which something is owed.
func (s *owingSource) look(ctx context.Context, all []ledger.Obligation) (err error) {
	s.tasks, s.talks = map[string]ledger.Task{}, map[string]ledger.Talk{}
	if len(all) == 0 {
		return nil
	}
	if s.rules, err = ledger.RulesOf(s.plan.Launched, s.plan.cal); err != nil {
		return err
	}
	var ids []string
	for _, o := range all {
		ids = append(ids, o.Task)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	tasks, err := s.store.Tasks(ctx, ledger.TaskFilter{Plan: s.plan.Plan.ID, IDs: ids})
	if err != nil {
		return err
	}
	for _, t := range tasks {
		s.tasks[t.ID] = t
	}
	ids = nil
	for _, o := range all {
		if o.Talk != "" {
			ids = append(ids, o.Talk)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	talks, err := s.store.TalksBy(ctx, s.plan.Plan.ID, ids)
	for _, k := range talks {
		s.talks[k.ID] = k
	}
	return err
}

// line is an obligation with what its task or talk says of it; ok is false when it is no
// longer owed.
func (s *owingSource) line(o ledger.Obligation) (line Obligation, ok bool) {
	dir := s.plan.Plan.Directory
	t := s.tasks[o.Task]
	topic, ref := act.About(o.ID)
	line = Obligation{
		Plan: s.plan.Plan.ID, PlanTitle: s.plan.Plan.Title, Task: t.Shown(), Title: t.Title, Talk: t.ShownTalk(o.Talk), Key: cmp.Or(o.Talk, o.Task), For: topic, Unit: dir.Name(o.Unit), UnitID: o.Unit, Lead: dir.Name(t.Lead),
		Since: dayOf(o.Since), Held: !o.Runs, Acts: act.Discharges(o.ID),
	}
	if o.Talk != "" {
		if ahead := s.rules.TalkAhead(ledger.TalkCaseOf(&s.plan.Plan, t, s.talks[o.Talk])); len(ahead) > 0 {
			line.Then = &ahead[0]
		}
		line.Acts, line.Lead = act.TalkDischarges(o.ID), dir.Name(s.talks[o.Talk].Lead)
		c := ledger.TalkCaseOf(&s.plan.Plan, t, s.talks[o.Talk])
		switch {
		case c.Doubt != nil && o.ID == act.OwedDoubt:
			line.By, line.Words = c.Doubt.By, c.Doubt.Words
		case o.ID == act.OwedDecision:
			line.By, line.Words = c.By, c.Grounds
		}
	} else if line.Then = s.rules.NextOf(ledger.CaseOf(t), o.ID); !line.askedIn(ledger.CaseOf(t), dir.Name, topic, ref) {
		return line, false
	}
	if line.People = dir; line.Then != nil {
		line.Then.At = line.Then.At.In(s.plan.Plan.Location())
	}
	if o.Due != ledger.NeverDue {
		line.Limit = dayOf(o.Due)
		left := workdaysTo(s.plan.today, line.Limit, s.plan.cal)
		line.Late = line.Limit.Before(s.plan.today)
		if o.Talk == "" && (topic == act.Finish || topic == act.Receive) {
			m := s.rules.Measure(ledger.CaseOf(t), s.plan.today)
			left, line.Late = m.Left-m.Late, m.LateDays > 0
		}
		line.WorkdaysLeft, line.Passed = &left, !line.Late && line.Limit.Before(s.plan.today)
	}
	return line, true
}

// askedIn fills in who asked for the obligation and with which words, and tells whether the
// case still has it: it may have been done between two readings of the ledger.
func (o *Obligation) askedIn(c act.Case, name func(string) string, topic, ref string) bool {
	requests := map[string]*act.Pending{act.TopicReturn: c.Return, act.TopicReport: c.Report, act.TopicExtension: c.Extension}
	switch topic {
	case act.TopicReturn, act.TopicReport, act.TopicExtension:
		q := requests[topic]
		if q == nil {
			return false
		}
		o.By, o.Words, o.New = q.By, q.Words, q.Due
	case act.TopicPart:
		i := slices.IndexFunc(c.Parts, func(p act.Part) bool { return p.ID == ref })
		if i < 0 {
			return false
		}
		o.Ref, o.By, o.Words = ref, name(c.Lead), c.Parts[i].Words
	case act.TopicInstruction:
		i := slices.IndexFunc(c.Instructions, func(n act.Instruction) bool { return n.ID == ref })
		if i < 0 {
			return false
		}
		o.Ref, o.By, o.Words = ref, c.Instructions[i].By, c.Instructions[i].Words
	}
	return !c.Over() && c.Kind == plan.Dated
}

// workdaysTo counts the working days after from up to and with to; when to is before from,
// those after to, as a negative number; 0 when there are only rest days between.
func workdaysTo(from, to calendar.Day, cal *calendar.Calendar) int {
	if to.Before(from) {
		return -cal.Workdays(to, from)
	}
	return cal.Workdays(from, to)
}
