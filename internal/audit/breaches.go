// Package audit compares what the ledger has of a plan with what should have been said:
// Breaches finds where a law of package laws is broken, Missing finds stages that were due
// and were not decided. It only reads; the caller decides what is done about a finding.
package audit

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/laws"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// Broken is one breach of a law of package laws, by a word about a task, a duty or a talk,
// by an act on it, or by a word that is missing.
type Broken struct {
	Thing  string    `json:"thing"` // ID of the task, duty or talk
	Title  string    `json:"title"`
	Law    int       `json:"law"`              // number in package laws
	At     time.Time `json:"at"`               // instant of the plan's clock, UTC
	Of     string    `json:"of,omitempty"`     // ID of the word, or kind of the act; "" when a word is missing
	Text   string    `json:"text"`             // what is wrong, in English
	Silent bool      `json:"silent,omitempty"` // a word is missing; a machine that was stopped may still say it
	Told   bool      `json:"told,omitempty"`   // an audit has told the office of this breach
}

// Key is the key of the ledger's event that the office was told of this breach (see
// ledger.AuditLaw). A breach that lasts, because a word is missing or a list shows
// something wrong, has the same key on every day.
func (b Broken) Key(planID string) string {
	key := fmt.Sprintf("audit/%s/law/%s/%d", planID, b.Thing, b.Law)
	if b.Of == "" {
		return key
	}
	sum := sha256.Sum256([]byte(b.At.Format(time.RFC3339) + b.Of + b.Text))
	return key + "/" + hex.EncodeToString(sum[:8])
}

// judgedAtOnce is how many tasks are read from the ledger and judged in one batch.
const judgedAtOnce = 500

// Breaches gives the breaches of the laws of package laws in all that the ledger has of a
// plan until now, an instant of the plan's clock, in order of time. Package laws uses none
// of the functions that decide what is said, so that a fault in these is found. On a
// rehearsal's fast clock a missing word is no breach, because the machine may be slower
// than the clock. beat is called after every judgedAtOnce tasks, as a sign of life; it may
// be nil.
func Breaches(ctx context.Context, store *ledger.Store, planID string, now func() time.Time, beat func()) ([]Broken, error) {
	return BreachesSince(ctx, store, planID, time.Time{}, now, beat)
}

// BreachesSince is Breaches for whoever has judged the plan at audited, an instant of its
// clock, and has told of what was broken by then: messages that should have been one (law
// 10) are looked for from a week before audited on. Everything else is judged as a whole: a
// word can be missing where nothing has changed.
func BreachesSince(ctx context.Context, store *ledger.Store, planID string, audited time.Time, now func() time.Time, beat func()) ([]Broken, error) {
	j, err := readCourt(ctx, store, planID, now())
	if err != nil {
		return nil, err
	}
	found := []Broken{}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(j.tasks)), judgedAtOnce) {
		if beat != nil {
			beat()
		}
		broken, err := j.judge(ctx, some)
		if err != nil {
			return nil, err
		}
		if len(broken) == 0 {
			continue
		}
		// An act may have been recorded between two of the readings and make a breach appear
		// that is none: the tasks concerned are read and judged once more.
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
	copies, err := j.copies(ctx, audited)
	if err != nil {
		return nil, err
	}
	found = append(found, copies...)
	for i, b := range found {
		if found[i].Told, err = store.Recorded(ctx, b.Key(planID)); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(found, func(a, b Broken) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Thing, b.Thing), a.Law-b.Law, strings.Compare(a.Text, b.Text))
	})
	return found, nil
}

// court is what was read of a plan to judge its tasks by.
type court struct {
	store    *ledger.Store
	launched ledger.Launched
	rules    act.Rules
	bases    []laws.Holidays // the calendars that were in force, each from its instant At on
	tasks    map[string]ledger.Task
	talks    map[string][]ledger.Talk // by task
	opened   map[string][]ledger.Task // occurrences, by duty
	until    time.Time                // judged is what was said until then; of the plan's clock
}

func readCourt(ctx context.Context, store *ledger.Store, planID string, until time.Time) (court, error) {
	j := court{store: store, tasks: map[string]ledger.Task{}, talks: map[string][]ledger.Talk{}, opened: map[string][]ledger.Task{}, until: until}
	var err error
	if j.launched, err = store.Plan(ctx, planID); err != nil {
		return j, err
	}
	if j.rules, err = store.Rules(ctx, j.launched); err != nil {
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

// calendars reads the holiday notices in order and sets j.bases: which calendar was in
// force from which instant on.
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

// judge gives the breaches of some tasks and duties and of the talks about them.
func (j court) judge(ctx context.Context, ids []string) (found []Broken, err error) {
	read := slices.Clone(ids)
	for _, id := range ids {
		for _, o := range j.opened[id] { // a duty's occurrences tell when it opened each
			read = append(read, o.ID)
		}
		for _, k := range j.talks[id] {
			if k.Facts == nil {
				continue
			}
			for _, m := range k.Facts.Of() { // the other tasks that the talk is about
				if !slices.Contains(read, m.Task) {
					read = append(read, m.Task)
				}
			}
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
		if l.ahead { // the ledger has lost acts of this task, so nothing can be judged
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

// history gives what the ledger has of a task in the form of package laws, the rules that
// it is judged by, and by talk what was said in the talks that were opened for it.
func (j court) history(t ledger.Task, l *life) (h laws.History, rules laws.Rules, talks map[string][]plan.Stage) {
	c := ledger.CaseOf(t)
	h = laws.History{Lead: cmp.Or(l.was.lead, c.Lead), Office: c.Office, Leadership: c.Leadership, Policy: cmp.Or(l.was.policy, c.Policy),
		Due: t.FirstDue, Begin: c.Begin, Assigned: c.Assigned, Occurs: t.Duty != "", Until: j.until, Acts: l.acts}
	if len(c.Begins) > 0 {
		h.Begin = c.Begins[0]
	}
	if !l.was.assigned.IsZero() {
		h.Assigned = l.was.assigned
	}
	rules = laws.Rules{Calendar: j.rules.Calendar, Policies: j.launched.Plan.Policies, Zone: j.rules.Zone}
	if len(l.policies) > 0 {
		rules.Policies = maps.Clone(rules.Policies)
		maps.Copy(rules.Policies, l.policies)
	}
	var own []ledger.Stage
	talks = map[string][]plan.Stage{}
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
	today := calendar.DayOf(j.until.In(j.rules.Zone))
	h.Facts = j.rules.Facts(t.ID, c, today)
	eve := today.AddDays(-1)
	if !c.Over() && !l.changedSince(today.At(0, 0, j.rules.Zone)) {
		m := j.rules.Measure(c, eve)
		h.Shown = []laws.Shown{{On: eve, Overdue: m.Overdue, Late: m.Late}}
	}
	return h, rules, talks
}

// hold gives the breaches of one task or duty and of the talks that were opened for it.
func (j court) hold(t ledger.Task, l *life, lives map[string]*life) []broken {
	if t.Kind == plan.Duty {
		return of("", laws.Duty(j.duty(t, l, lives)))
	}
	h, rules, talks := j.history(t, l)
	found := of("", laws.Judge(rules, h))
	for _, k := range j.talks[t.ID] {
		if k.State == act.TalkJoined || k.Facts == nil || k.Facts.Opened.IsZero() || k.OpensAt.After(j.until) {
			continue // the talk has joined another or has not begun
		}
		talk := &laws.TalkHistory{Task: t.ID, Policy: k.Facts.Policy, Opened: k.OpensAt, Joined: j.joined(k, lives), Anew: j.joins(t.ID, k)}
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
		judge := laws.Talk
		if k.What == plan.ProposeCircular {
			if k.Facts.From != "" {
				continue // a circular carried from another plan: that plan's ledger rows have what was said of it
			}
			judge = laws.Circular
		}
		found = append(found, of(k.ID, judge(rules, h, talk))...)
	}
	return found
}

// joined gives the tasks that a talk is about beside the one it was opened for, each with
// its history and when it joined.
func (j court) joined(k ledger.Talk, lives map[string]*life) (all []laws.Joined) {
	for _, m := range k.Facts.Of() {
		t, known := j.tasks[m.Task]
		if m.Task == k.Task || !known {
			continue
		}
		l := lives[m.Task]
		if l == nil {
			l = &life{}
		}
		h, _, _ := j.history(t, l)
		at := j.joins(m.Task, k)
		if len(at) == 0 { // the task was carried from another plan together with the talk
			at = []time.Time{k.OpensAt}
		}
		all = append(all, laws.Joined{History: h, Task: m.Task, At: at})
	}
	return all
}

// joins are the instants at which talks that were opened for a task joined the talk into,
// in order of time.
func (j court) joins(task string, into ledger.Talk) (all []time.Time) {
	for _, own := range j.talks[task] {
		if own.Facts == nil || own.Facts.Into != into.ID {
			continue
		}
		at := own.OpensAt
		if at.Before(into.OpensAt) {
			at = into.OpensAt
		}
		all = append(all, at)
	}
	slices.SortFunc(all, time.Time.Compare)
	return all
}

// broken is a breach in a talk, or in the task itself when Talk is "".
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

// duty gives what the ledger has of a duty in the form of package laws.
func (j court) duty(t ledger.Task, l *life, lives map[string]*life) laws.DutyHistory {
	rule := cmp.Or(l.was.rule, t.Facts.Rule)
	h := laws.DutyHistory{From: calendar.DayOf(t.Assigned.In(j.rules.Zone)), Acts: l.all}
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

// An audit looks for messages that should have been one message (law 10) as far back as
// window, or as overlap before the audit that judged the plan last.
const (
	window  = 31 * 24 * time.Hour
	overlap = 7 * 24 * time.Hour
)

// stamped is how far apart, on the plan's clock, the times of two events must be for the
// earlier to have been written first: an event gets its time before it waits for its turn
// to be written, two real seconds at the most.
func (j court) stamped() time.Duration {
	return time.Duration(float64(2*time.Second) * cmp.Or(j.launched.Clock.Rate, 1))
}

// copies gives the breaches of law 10 (one person gets one message a morning) in the
// messages that were sent. It goes no further back than the last change of who sits in
// which seat, because who sat there before is not known. audited is as in BreachesSince.
func (j court) copies(ctx context.Context, audited time.Time) (found []Broken, err error) {
	directory, err := j.store.Units(ctx)
	if err != nil {
		return nil, err
	}
	person, seats := map[people.Recipient]string{}, map[string]int{}
	for _, u := range append(slices.Clone(j.launched.Plan.Directory.Units), directory...) {
		for _, c := range u.Contacts {
			r, email := people.Recipient{Unit: u.ID, Role: c.Role}, c.Key()
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
	for _, back := range []time.Time{j.until.Add(-window), audited.Add(-overlap)} {
		if back.After(since) {
			since = back
		}
	}
	said, err := j.store.SaidSince(ctx, since)
	if err != nil {
		return nil, err
	}
	all = nil
	for _, s := range said {
		if to := person[people.Recipient{Unit: s.Unit, Role: s.Role}]; to != "" {
			all = append(all, laws.Delivery{Thing: cmp.Or(s.Talk, s.Task), Word: s.Stage, Channel: s.Channel, To: to, Message: s.Message, At: s.SpeakAt, Decided: s.Decided.Add(j.stamped()), Left: s.Gathered})
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
