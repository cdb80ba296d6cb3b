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
	Unit string // that owes: by ID, name or collective name; the viewer's own when it is ""
	Held bool   // also what is not pressed for now: its clock stands
	// Skip are left out at the beginning, and at most Limit shown; 0: all.
	Skip, Limit int
}

// Obligation is one thing that one unit owes now 待办: about a task, or one of its talks.
type Obligation struct {
	Plan      string `json:"plan"`
	PlanTitle string `json:"plan_title"`
	Task      string `json:"task"`           // as the plan calls it now
	Title     string `json:"title"`          // of the task
	Talk      string `json:"talk,omitempty"` // when it is owed about a talk; as the plan calls the task now
	Key       string `json:"-"`              // of the task or talk, as the ledger calls it for ever
	// For is what is owed: finish, receive, silent (a sign of life), part, instruction,
	// return, extension, report (to decide it); of a talk its step, decided or doubt.
	For    string       `json:"for"`
	Ref    string       `json:"ref,omitempty"` // number of the part or instruction
	Unit   string       `json:"unit"`          // name
	UnitID string       `json:"unit_id"`
	Lead   string       `json:"lead"`            // name of the unit that leads the task, or that the talk is about
	By     string       `json:"by,omitempty"`    // who asked for it
	Words  string       `json:"words,omitempty"` // what they said
	New    calendar.Day `json:"new,omitzero"`    // the due date asked for
	Since  calendar.Day `json:"since"`
	Limit  calendar.Day `json:"limit"` // the last day; "" when it has none of its own
	// WorkdaysLeft counts working days from today to Limit, negative once it has passed
	// (0 when only rest days lie between; of the task itself as act.Measure counts);
	// null without a limit.
	WorkdaysLeft *int `json:"workdays_left"`
	// Passed tells that Limit has passed and no day of it counts as late yet: the task was
	// given after it, or its clock stood.
	Passed bool       `json:"passed"`
	Late   bool       `json:"late"`           // the limit has passed
	Held   bool       `json:"held,omitempty"` // its clock stands: nobody is pressed for it now
	Acts   []act.Kind `json:"acts"`           // that are done with it
	// Then is what is said next, to whom, if it is not done; nil: nothing. It is at the
	// plan's offset. People are the units it names.
	Then   *plan.Stage      `json:"-"`
	People people.Directory `json:"-"`
}

// ObligationPage is a part of what is owed.
type ObligationPage = Page[Obligation]

// Obligations are what the viewer's unit owes in every plan, or in one, the earliest
// limit first: the one list of what is to be done. Who may see all of a plan may ask
// for another unit's, and the operator for everybody's. ErrNotWhole to others who ask
// for another unit; *UnitError.
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

// owing are the plans in which something may be owed, each with the units that are
// asked for.
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

// owingSource is one plan's part of what is owed.
type owingSource struct {
	reading
	plan   *framed
	filter ledger.OwedFilter

	book  act.Book // once look has been called
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
	if s.book, err = ledger.BookOf(s.plan.Launched, s.plan.cal); err != nil {
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
	for _, o := range all {
		if o.Talk == "" {
			continue
		}
		if s.talks[o.Talk], err = s.store.Talk(ctx, s.plan.Plan.ID, o.Talk); err != nil {
			return err
		}
	}
	return nil
}

// line is an obligation with its words; ok is false when it is owed no more.
func (s *owingSource) line(o ledger.Obligation) (line Obligation, ok bool) {
	dir := s.plan.Plan.Directory
	t := s.tasks[o.Task]
	topic, ref := act.About(o.ID)
	line = Obligation{
		Plan: s.plan.Plan.ID, PlanTitle: s.plan.Plan.Title, Task: t.Shown(), Title: t.Title, Talk: t.ShownTalk(o.Talk), Key: cmp.Or(o.Talk, o.Task), For: topic, Unit: dir.Name(o.Unit), UnitID: o.Unit, Lead: dir.Name(t.Lead),
		Since: dayOf(o.Since), Held: !o.Runs, Acts: act.Discharges(o.ID),
	}
	if o.Talk != "" {
		if ahead := s.book.TalkAhead(ledger.TalkCaseOf(&s.plan.Plan, t, s.talks[o.Talk])); len(ahead) > 0 {
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
	} else if line.Then = s.book.NextOf(ledger.CaseOf(t), o.ID); !line.askedIn(ledger.CaseOf(t), dir.Name, topic, ref) {
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
			m := s.book.Measure(ledger.CaseOf(t), s.plan.today)
			left, line.Late = m.Left-m.Late, m.LateDays > 0
		}
		line.WorkdaysLeft, line.Passed = &left, !line.Late && line.Limit.Before(s.plan.today)
	}
	return line, true
}

// askedIn fills in who asked for it and with which words. ok is false when the case
// does not have it any more: it was done between two readings.
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

// workdaysTo counts the working days after a day up to another, and negative those
// after that one when it is past; 0 when only rest days lie between.
func workdaysTo(from, to calendar.Day, cal *calendar.Calendar) int {
	if to.Before(from) {
		return -cal.Workdays(to, from)
	}
	return cal.Workdays(from, to)
}
