package activities

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/laws"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// Broken is a law that the ledger shows to be broken, by a word about a task, a
// duty or a talk, by an act on it, or by silence.
type Broken struct {
	Thing  string    `json:"thing"` // ID of the task, duty or talk
	Title  string    `json:"title"`
	Law    int       `json:"law"` // see package laws
	At     time.Time `json:"at"`
	Of     string    `json:"of,omitempty"`     // ID of the word, or kind of the act; "" of a silence
	Text   string    `json:"text"`             // English
	Silent bool      `json:"silent,omitempty"` // it was not said; a machine that was stopped may say it yet
	Told   bool      `json:"told,omitempty"`   // the audit has told the office
}

// key names a breach for ever. What lasts, a silence or what a list shows, is one,
// however many days it lasts.
func (b Broken) key(planID string) string {
	key := fmt.Sprintf("audit/%s/law/%s/%d", planID, b.Thing, b.Law)
	if b.Of == "" {
		return key
	}
	sum := sha256.Sum256([]byte(b.At.Format(time.RFC3339) + b.Of + b.Text))
	return key + "/" + hex.EncodeToString(sum[:8])
}

// judgedAtOnce is how many tasks are read and judged at once.
const judgedAtOnce = 500

// Breaches holds all that the ledger has of a plan until now, by the plan's clock,
// to the laws of package laws, which asks nothing of the functions that
// decide. What a fast clock of a rehearsal leaves unsaid for a while is no breach.
func Breaches(ctx context.Context, store *ledger.Store, planID string, now func() time.Time) ([]Broken, error) {
	j, err := readCourt(ctx, store, planID, now())
	if err != nil {
		return nil, err
	}
	found := []Broken{}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(j.tasks)), judgedAtOnce) {
		alive(ctx)
		broken, err := j.judge(ctx, some)
		if err != nil {
			return nil, err
		}
		if len(broken) == 0 {
			continue
		}
		// An act may have come between the readings: what is a breach is one again.
		if j, err = readCourt(ctx, store, planID, now()); err != nil {
			return nil, err
		}
		var things []string
		for _, b := range broken {
			task, _, _ := strings.Cut(b.Thing, "#")
			things = append(things, task)
		}
		slices.Sort(things)
		if broken, err = j.judge(ctx, slices.Compact(things)); err != nil {
			return nil, err
		}
		found = append(found, broken...)
	}
	copies, err := j.copies(ctx)
	if err != nil {
		return nil, err
	}
	found = append(found, copies...)
	for i, b := range found {
		if found[i].Told, err = store.Recorded(ctx, b.key(planID)); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(found, func(a, b Broken) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Thing, b.Thing), a.Law-b.Law, strings.Compare(a.Text, b.Text))
	})
	return found, nil
}

// mostTold is how many breaches one audit tells of; the next tells of others.
const mostTold = 100

// untold are the breaches of which the office has not been told, at most mostTold.
// Of what is missing anyway the silence is left out: it is told every day.
func (a *Activities) untold(ctx context.Context, l ledger.Launched, missing []ledger.Stage) ([]Broken, error) {
	found, err := Breaches(ctx, a.Ledger, l.Plan.ID, func() time.Time { return l.Clock.Plan(a.Now()) })
	silent := map[string]bool{}
	for _, s := range missing {
		silent[cmp.Or(s.Talk, s.Task)] = true
	}
	found = slices.DeleteFunc(found, func(b Broken) bool { return b.Told || b.Silent && silent[b.Thing] })
	return found[:min(mostTold, len(found))], err
}

// toldOfLaws remembers that the office has been told.
func (a *Activities) toldOfLaws(ctx context.Context, planID string, found []Broken, when ledger.When) error {
	for _, b := range found {
		data, err := json.Marshal(b)
		if err != nil {
			return err
		}
		task, _, _ := strings.Cut(b.Thing, "#")
		e := ledger.Event{Key: b.key(planID), Plan: planID, Task: task, Kind: ledger.AuditLaw, Actor: ledger.Engine, Real: when.Real, PlanAt: when.Plan, Data: data}
		if _, err := a.Ledger.Record(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// court is what of a plan tasks are judged by.
type court struct {
	store    *ledger.Store
	launched ledger.Launched
	book     act.Book
	bases    []laws.Holidays // the calendars that were in force, each from its instant on
	tasks    map[string]ledger.Task
	talks    map[string][]ledger.Talk // by task
	opened   map[string][]ledger.Task // occurrences, by duty
	until    time.Time
}

func readCourt(ctx context.Context, store *ledger.Store, planID string, until time.Time) (court, error) {
	j := court{store: store, tasks: map[string]ledger.Task{}, talks: map[string][]ledger.Talk{}, opened: map[string][]ledger.Task{}, until: until}
	var err error
	if j.launched, err = store.Plan(ctx, planID); err != nil {
		return j, err
	}
	if j.book, err = BookOf(ctx, store, j.launched); err != nil {
		return j, err
	}
	tasks, err := store.Tasks(ctx, ledger.TaskFilter{Plan: planID})
	if err != nil {
		return j, err
	}
	for _, t := range tasks {
		if t.Kind != plan.Standing {
			j.tasks[t.ID] = t
		}
		if t.Duty != "" {
			j.opened[t.Duty] = append(j.opened[t.Duty], t)
		}
	}
	talks, err := store.Talks(ctx, planID, "")
	if err != nil {
		return j, err
	}
	for _, k := range talks {
		j.talks[k.Task] = append(j.talks[k.Task], k)
	}
	return j, j.calendars(ctx)
}

// calendars reads which calendar was in force when.
func (j *court) calendars(ctx context.Context) error {
	notices, err := j.store.HolidayNotices(ctx)
	if err != nil {
		return err
	}
	years, since := map[int]calendar.Year{}, map[int]time.Time{}
	for _, e := range notices {
		var y calendar.Year
		if err := json.Unmarshal(e.Data, &y); err != nil {
			return fmt.Errorf("notice %s: %w", e.Key, err)
		}
		years[y.Year] = y
		var undoes time.Time
		if e.Kind == ledger.CalendarBack {
			undoes = since[y.Year]
		}
		since[y.Year] = j.launched.Clock.Plan(e.Real)
		j.bases = append(j.bases, laws.Holidays{Undoes: undoes, At: j.launched.Clock.Plan(e.Real), N: int(e.Seq), Calendar: calendar.New(slices.Collect(maps.Values(years))...)})
	}
	return nil
}

// judge holds some tasks and duties, and the talks about them, to the laws.
func (j court) judge(ctx context.Context, ids []string) (found []Broken, err error) {
	read := slices.Clone(ids)
	for _, id := range ids {
		for _, o := range j.opened[id] { // when a duty opened them
			read = append(read, o.ID)
		}
	}
	acts, words, err := j.store.Lives(ctx, j.launched.Plan.ID, read)
	if err != nil {
		return nil, err
	}
	lives := map[string]*life{}
	of := func(task string) *life {
		if lives[task] == nil {
			lives[task] = &life{talkActs: map[string][]laws.Done{}}
		}
		return lives[task]
	}
	for _, e := range acts {
		if err := of(e.Task).add(e); err != nil {
			return nil, err
		}
	}
	for _, s := range words {
		if !s.At.After(j.until) {
			of(s.Task).words = append(of(s.Task).words, s)
		}
	}
	for _, id := range ids {
		if from := j.tasks[id].Facts.From; from != nil && j.tasks[id].Kind == plan.Dated {
			if err := j.before(ctx, of(id), j.tasks[id].ID, *from, ""); err != nil {
				return nil, err
			}
		}
	}
	for _, id := range ids {
		t, l := j.tasks[id], of(id)
		if l.ahead { // acts are lost to the ledger
			continue
		}
		for _, b := range j.hold(t, l, lives) {
			if b.Silent && j.launched.Clock.Rate != 0 {
				continue
			}
			thing := cmp.Or(b.Talk, id)
			if b.Of == "" && slices.ContainsFunc(found, func(f Broken) bool { return f.Thing == thing && f.Law == b.Law && f.Of == "" }) {
				continue
			}
			found = append(found, Broken{Thing: thing, Title: t.Title, Law: b.Law, At: b.At.UTC(), Of: b.Of, Text: b.Text, Silent: b.Silent})
		}
	}
	return found, nil
}

// before puts what is held of a task in the plan that it was carried from before its
// life in this one. into begins the keys of the policies that it was carried to.
func (j court) before(ctx context.Context, l *life, id string, from act.Elsewhere, into string) error {
	was, err := j.store.Task(ctx, from.Plan, from.Task)
	if err != nil {
		return err
	}
	p, err := j.store.Plan(ctx, from.Plan)
	if err != nil {
		return err
	}
	acts, words, err := j.store.Lives(ctx, from.Plan, []string{from.Task})
	if err != nil {
		return err
	}
	first := life{talkActs: map[string][]laws.Done{}, policies: map[string]plan.Policy{}}
	named := func(policy string) string { return from.Plan + "/" + policy }
	for key, policy := range p.Plan.Policies {
		first.policies[named(key)] = policy
	}
	for _, e := range acts {
		if err := first.add(e); err != nil {
			return err
		}
	}
	first.was.policy = named(cmp.Or(first.was.policy, was.Policy))
	first.was.lead = cmp.Or(first.was.lead, was.Lead)
	if first.was.assigned.IsZero() {
		first.was.assigned = was.Assigned
	}
	for _, done := range [][]laws.Done{first.acts, first.all} {
		for i, a := range done {
			switch a.Kind {
			case act.SetPolicy:
				done[i].Policy = named(a.Policy)
			case act.Carry:
				done[i].GoesOn, done[i].Policy = true, into+a.Policy
			}
		}
	}
	for talk, done := range first.talkActs {
		if _, number, ok := strings.Cut(talk, "#"); ok {
			first.talkActs[id+"#"+number] = done
		}
	}
	for _, s := range words {
		if s.At.After(j.until) {
			continue
		}
		if _, number, ok := strings.Cut(s.Talk, "#"); ok {
			s.Talk = id + "#" + number
		}
		first.words = append(first.words, s)
	}
	if earlier := was.Facts.From; earlier != nil {
		if err := j.before(ctx, &first, id, *earlier, from.Plan+"/"); err != nil {
			return err
		}
	}
	l.follows(first)
	return nil
}

// follows puts an earlier life before this one.
func (l *life) follows(first life) {
	l.acts, l.all, l.words = append(first.acts, l.acts...), append(first.all, l.all...), append(first.words, l.words...)
	for talk, done := range first.talkActs {
		l.talkActs[talk] = append(done, l.talkActs[talk]...)
	}
	if l.policies == nil {
		l.policies = map[string]plan.Policy{}
	}
	maps.Copy(l.policies, first.policies)
	l.ahead, l.was = l.ahead || first.ahead, first.was
}

// life is what was read of one task.
type life struct {
	policies map[string]plan.Policy // of plans that it was carried from, each key with its plan's ID before it

	acts     []laws.Done // of people
	all      []laws.Done // with the engine's own
	words    []ledger.Stage
	talkActs map[string][]laws.Done
	opened   time.Time // of an occurrence
	openedN  int       // in the order of the ledger
	ahead    bool      // a workflow knew of acts that the ledger had lost
	was      was
}

// was is what a task was when it was assigned, as far as acts have changed it.
type was struct {
	lead, policy string
	assigned     time.Time
	rule         *plan.Recurrence
}

// change is what an act's event says of one thing it changed.
type change[T any] struct {
	From T `json:"from"`
}

func (l *life) add(e ledger.Event) error {
	switch e.Kind {
	case ledger.CourseAhead:
		l.ahead = true
		return nil
	case ledger.OccurrenceOpened:
		l.opened, l.openedN = e.PlanAt, int(e.Seq)
		return nil
	case ledger.ActKind(act.Propose):
		return nil
	}
	var data struct {
		Act      act.Act                   `json:"act"`
		Talk     string                    `json:"talk"`
		Lead     *change[string]           `json:"lead"`
		Policy   *change[string]           `json:"policy"`
		Assigned *change[time.Time]        `json:"assigned"`
		Rule     *change[*plan.Recurrence] `json:"rule"`
	}
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return fmt.Errorf("act of event %d: %w", e.Seq, err)
	}
	data.Act.At = data.Act.At.Truncate(time.Microsecond)
	done := laws.Done{Act: data.Act, N: int(e.Seq)}
	if data.Talk != "" {
		l.talkActs[data.Talk] = append(l.talkActs[data.Talk], done)
		return nil
	}
	if data.Lead != nil && l.was.lead == "" {
		l.was.lead = data.Lead.From
	}
	if data.Policy != nil && l.was.policy == "" {
		l.was.policy = data.Policy.From
	}
	if data.Assigned != nil && l.was.assigned.IsZero() {
		l.was.assigned = data.Assigned.From
	}
	if data.Rule != nil && l.was.rule == nil {
		l.was.rule = data.Rule.From
	}
	l.all = append(l.all, done)
	if data.Act.By.Account != act.EngineActor.Account { // a pause that ends by itself is what the engine says of it
		l.acts = append(l.acts, done)
	}
	return nil
}

// hold judges one task or duty.
func (j court) hold(t ledger.Task, l *life, lives map[string]*life) []broken {
	if t.Kind == plan.Duty {
		return of("", laws.Duty(j.duty(t, l, lives)))
	}
	c := ledger.CaseOf(t)
	h := laws.History{Lead: cmp.Or(l.was.lead, c.Lead), Office: c.Office, Leadership: c.Leadership, Policy: cmp.Or(l.was.policy, c.Policy),
		Due: t.FirstDue, Begin: c.Begin, Assigned: c.Assigned, Until: j.until, Acts: l.acts}
	if !l.was.assigned.IsZero() {
		h.Assigned = l.was.assigned
	}
	rules := laws.Rules{Calendar: j.book.Calendar, Policies: j.launched.Plan.Policies, Zone: j.book.Zone}
	if len(l.policies) > 0 {
		rules.Policies = maps.Clone(rules.Policies)
		maps.Copy(rules.Policies, l.policies)
	}
	var own []ledger.Stage
	talks := map[string][]plan.Stage{}
	for _, s := range inOrder(l.words) {
		if s.Talk == "" {
			own = append(own, s)
			h.Said = append(h.Said, s.Stage)
		} else {
			talks[s.Talk] = append(talks[s.Talk], s.Stage)
		}
	}
	for i, n := range j.bases {
		if i == 0 || !n.At.After(h.Assigned) {
			rules.Calendar = n.Calendar
			continue
		}
		for _, s := range own {
			if s.DecidedAt.Before(n.At) {
				n.Said++
			}
		}
		h.Notices = append(h.Notices, n)
	}
	today := calendar.DayOf(j.until.In(j.book.Zone))
	h.Facts = j.book.Facts(t.ID, c, today)
	eve := today.AddDays(-1)
	if !c.Over() && !l.changedSince(today.At(0, 0, j.book.Zone)) {
		m := j.book.Measure(c, eve)
		h.Shown = []laws.Shown{{On: eve, Overdue: m.Overdue, Late: m.Late}}
	}
	found := of("", laws.Judge(rules, h))
	for _, k := range j.talks[t.ID] {
		if k.What == plan.ProposeCircular || k.Facts == nil || k.Facts.Opened.IsZero() || k.OpensAt.After(j.until) {
			continue // it has no steps, or has not begun
		}
		talk := &laws.TalkHistory{Policy: k.Facts.Policy, Opened: k.OpensAt}
		for _, a := range l.talkActs[k.ID] {
			if !a.At.Before(k.OpensAt) && a.Kind != act.Approve {
				talk.Acts = append(talk.Acts, a)
			}
		}
		for _, s := range talks[k.ID] {
			if !s.At.Before(k.OpensAt) {
				talk.Said = append(talk.Said, s)
			}
		}
		found = append(found, of(k.ID, laws.Talk(rules, h, talk))...)
	}
	return found
}

func (l *life) changedSince(at time.Time) bool {
	return len(l.acts) > 0 && !l.acts[len(l.acts)-1].At.Before(at) || slices.ContainsFunc(l.words, func(s ledger.Stage) bool { return s.Kind == plan.Told && !s.At.Before(at) })
}

// broken is a breach by a talk, or by the task itself when Talk is "".
type broken struct {
	laws.Breach
	Talk string
}

func of(talk string, found []laws.Breach) (all []broken) {
	for _, b := range found {
		all = append(all, broken{b, talk})
	}
	return all
}

// inOrder are words in order of time; of one instant what acts tell comes last, in
// the order of the acts.
func inOrder(words []ledger.Stage) []ledger.Stage {
	rank := func(s ledger.Stage) int {
		if s.Kind != plan.Told {
			return 0
		}
		n, _ := strconv.Atoi(strings.Split(s.ID, "-")[1]) // act-3-grant
		return 1 + n
	}
	slices.SortStableFunc(words, func(a, b ledger.Stage) int { return cmp.Or(a.At.Compare(b.At), rank(a)-rank(b)) })
	return words
}

// duty is what the ledger holds of a duty.
func (j court) duty(t ledger.Task, l *life, lives map[string]*life) laws.DutyHistory {
	rule := cmp.Or(l.was.rule, t.Facts.Rule)
	h := laws.DutyHistory{From: calendar.DayOf(t.Assigned.In(j.book.Zone)), Acts: l.all}
	if rule == nil {
		return h
	}
	if rule.From.After(h.From) {
		h.From = rule.From
	}
	opened := slices.DeleteFunc(slices.Clone(j.opened[t.ID]), func(o ledger.Task) bool { return lives[o.ID] == nil || lives[o.ID].openedN == 0 })
	slices.SortFunc(opened, func(a, b ledger.Task) int { return lives[a.ID].openedN - lives[b.ID].openedN })
	for _, o := range opened {
		one := laws.Occurrence{At: lives[o.ID].opened, Rule: act.RuleText(*rule), Due: o.FirstDue}
		for _, a := range l.all {
			if a.Kind == act.SetRule && a.N < lives[o.ID].openedN {
				one.Rule = a.Rule
			}
		}
		h.Opened = append(h.Opened, one)
	}
	return h
}

// window is how far back each audit looks for messages that should have been one.
const window = 31 * 24 * time.Hour

// copies holds the messages that went out to law 10. Who sat where is known since it
// was changed last.
func (j court) copies(ctx context.Context) (found []Broken, err error) {
	directory, err := j.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	person, seats := map[people.Recipient]string{}, map[string]int{}
	for _, u := range append(slices.Clone(j.launched.Plan.Directory.Units), directory...) {
		for _, c := range u.Contacts {
			r, email := people.Recipient{Unit: u.ID, Role: c.Role}, strings.ToLower(strings.TrimSpace(c.Email))
			if person[r] == "" && email != "" {
				person[r] = email
				seats[email]++
			}
		}
	}
	var units []string
	for r, email := range person {
		if seats[email] > 1 {
			units = append(units, r.Unit)
		}
	}
	since, err := j.store.Reseated(ctx)
	if err != nil {
		return nil, err
	}
	var all []laws.Delivery
	if len(units) > 0 {
		sent, err := j.store.SentSince(ctx, j.launched.Plan.ID, units, since)
		if err != nil {
			return nil, err
		}
		for _, n := range sent {
			if to := person[n.Recipient]; seats[to] > 1 {
				all = append(all, laws.Delivery{Thing: cmp.Or(n.Talk, n.Task), Word: fmt.Sprintf("r%d/%s", n.Revision, n.Stage), Channel: n.Channel, To: to, Message: n.Message, At: n.SpeakAt})
			}
		}
	}
	breaches := laws.Copies(all)
	if back := j.until.Add(-window); back.After(since) {
		since = back
	}
	said, err := j.store.SaidSince(ctx, since)
	if err != nil {
		return nil, err
	}
	all = nil
	for _, s := range said {
		if to := person[people.Recipient{Unit: s.Unit, Role: s.Role}]; to != "" {
			all = append(all, laws.Delivery{Thing: cmp.Or(s.Talk, s.Task), Word: s.Stage, Channel: s.Channel, To: to, Message: s.Message, At: s.SpeakAt, Decided: s.Decided, Left: s.Gathered})
		}
	}
	for _, b := range append(breaches, laws.Mornings(all)...) {
		task, _, _ := strings.Cut(b.Thing, "#")
		if t, ours := j.tasks[task]; ours {
			found = append(found, Broken{Thing: b.Thing, Title: t.Title, Law: b.Law, At: b.At.UTC(), Of: b.Of, Text: b.Text})
		}
	}
	return found, nil
}
