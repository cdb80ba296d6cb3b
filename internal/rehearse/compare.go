package rehearse

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/script"
)

// Difference is one stage and recipient for which the preview and the ledger are not
// equal, one act whose answer is not the script's, or one finding of the audit.
type Difference struct {
	What      string       `json:"what"` // missing, unexpected, moved, kind, unsaid, twice, answer, groundless, alarm
	Task      string       `json:"task"`
	Stage     string       `json:"stage"` // or the act's ID
	Recipient string       `json:"recipient,omitempty"`
	Day       calendar.Day `json:"day"`
	Detail    string       `json:"detail,omitempty"`
}

// place is a Difference without its day and detail: two rehearsals that differ in one
// place differ in the same sort of thing for the same stage and recipient.
type place struct {
	what, task, stage, recipient string
}

func (d Difference) place() place { return place{d.What, d.Task, d.Stage, d.Recipient} }

// What a Difference says.
const (
	Missing    = "missing"    // foretold, not in the ledger
	Unexpected = "unexpected" // in the ledger, not foretold
	Moved      = "moved"      // at another instant
	Kind       = "kind"       // of another kind
	Unsaid     = "unsaid"     // decided, but the message did not go out
	Twice      = "twice"      // one recipient was told twice over one channel
	Answer     = "answer"     // an act was answered otherwise than the script expects
	Alarm      = "alarm"      // the next audit would report it
	Groundless = "groundless" // a rule proposed something on facts that the ledger does not hold
)

// said names a stage and its recipient, by which foretold and recorded notices are matched.
type said struct {
	task, stage, recipient string
}

type fact struct {
	at   time.Time
	kind plan.StageKind
}

func recipients(foretold []plan.Foretold) int {
	n := 0
	for _, f := range foretold {
		n += len(f.To)
	}
	return n
}

// compare fills the Result: what the ledger, the mail server and the audit say about
// the period. The error wraps ErrDiffers when there is a difference.
func (y *year) compare(ctx context.Context) (Result, error) {
	h, err := y.held(ctx)
	if err != nil {
		return Result{}, err
	}
	result := Result{Differences: h.differences, Took: y.took, Foretold: recipients(h.foretold), Acts: len(y.answers()), Late: h.late, Ruled: h.ruled}
	messages := map[string]bool{}
	for _, n := range h.notices {
		if n.SpeakAt.Before(y.to) && n.State == ledger.Sent {
			messages[n.Message] = true
		}
	}
	result.Messages = len(messages)
	for _, s := range h.stages {
		if s.State == ledger.Decided && s.At.Before(y.to) {
			result.Stages++
		}
	}
	proof, err := y.store.Prove(ctx, ledger.Check{Full: true})
	if err == nil {
		err = proof.Err()
	}
	if err != nil {
		return result, err
	}
	result.Events = proof.Seq
	if err := y.arrived(ctx, h.notices, &result); err != nil {
		return result, err
	}
	if n := len(result.Differences); n > 0 {
		return result, fmt.Errorf("%w in %d places", ErrDiffers, n)
	}
	return result, nil
}

// held is what the ledger holds about the plan, with what is foretold for it and the
// differences between the two.
type held struct {
	foretold    []plan.Foretold
	stages      []ledger.Stage  // without those of talks that rules of consequences proposed
	notices     []ledger.Notice // without those of talks that rules of consequences proposed
	ruled       int             // talks and circulars that rules proposed
	late        int             // acts answered otherwise than the script expects, as acts came late
	differences []Difference
}

func (y *year) held(ctx context.Context) (h held, err error) {
	if h.notices, err = y.store.Notices(ctx, ledger.NoticeFilter{Plan: y.Plan.ID}); err != nil {
		return h, err
	}
	if h.stages, err = y.store.Stages(ctx, y.Plan.ID, ""); err != nil {
		return h, err
	}
	chain, err := keep(ctx, y.store, y.Plan.ID)
	if err != nil {
		return h, err
	}
	ruled, groundless, err := y.ruled(ctx)
	if err != nil {
		return h, err
	}
	h.ruled = len(ruled)
	h.stages = slices.DeleteFunc(h.stages, func(s ledger.Stage) bool { return ruled[s.Talk] })
	h.notices = slices.DeleteFunc(h.notices, func(n ledger.Notice) bool { return ruled[n.Talk] })
	maps.DeleteFunc(chain.acts, func(key string, _ done) bool { return ruled[strings.Split(key, "/")[0]] })
	if chain.acts, err = y.asScripted(ctx, chain.acts); err != nil {
		return h, err
	}
	foretold, late, diffs := y.asActed(chain)
	h.foretold, h.late = foretold, late
	h.differences = append(append(append([]Difference{}, diffs...), groundless...), Compare(foretold, h.stages, h.notices, y.to, chain)...)
	h.differences = slices.DeleteFunc(h.differences, y.byOtherRules)
	return h, nil
}

// byOtherRules tells that a difference is to be left out because an earlier program,
// with other rules, decided that day before the rehearsal was left: see Options.GoOn.
// That each notice arrives, and only once, is asked of those days too.
func (y *year) byOtherRules(d Difference) bool {
	return y.GoOn && !d.Day.After(y.left) && slices.Contains([]string{Missing, Unexpected, Moved, Kind}, d.What)
}

// asScripted gives the acts with the ID of a talk replaced by the name that a script
// uses for it, TASK#N: the Nth talk about the task, not counting the talks that rules of
// consequences proposed.
func (y *year) asScripted(ctx context.Context, acts map[string]done) (map[string]done, error) {
	talks, err := y.store.Talks(ctx, y.Plan.ID, "")
	if err != nil {
		return nil, err
	}
	names, n := map[string]string{}, map[string]int{}
	for _, t := range slices.DeleteFunc(talks, byRule) {
		n[t.Task]++
		names[t.ID] = fmt.Sprintf("%s#%d", t.Task, n[t.Task])
	}
	named := map[string]done{}
	for key, a := range acts {
		thing, id, _ := strings.Cut(key, "/")
		named[cmp.Or(names[thing], thing)+"/"+id] = a
	}
	return named, nil
}

// asActed gives the stages foretold for the instants at which the script's acts were
// really done, and a Difference for each act that was answered otherwise than the
// preview foretells for these instants, or than the script expects. The script expects
// answers at its own instants: where an act came a day late or more, a limit may have
// passed meanwhile, for that act and for those that build on it. Then the preview alone
// judges, and late counts the acts that were answered otherwise than the script expects.
func (y *year) asActed(chain Chain) (foretold []plan.Foretold, late int, diffs []Difference) {
	if y.Script == nil {
		return y.foretold, 0, nil
	}
	when := script.When{}
	for key, a := range chain.acts {
		when[key] = a.at
	}
	for task, at := range chain.ordered {
		when[script.Opened(task)] = at
	}
	answers := y.answers()
	for key, a := range answers {
		if a.err == nil {
			when[key] = a.at
		}
	}
	f := script.Foretell(y.Plan, y.Calendar, y.from, y.horizon, y.Script, when)
	inTime := !slices.ContainsFunc(y.Script.Entries, func(e script.Entry) bool { return answers[e.Key()].at.Sub(e.At) >= 24*time.Hour })
	for _, e := range y.Script.Entries {
		a, has := answers[e.Key()]
		add := func(detail string) { diffs = append(diffs, answered(e, y.lad.Zone, detail)) }
		switch {
		case !has:
			add("no answer")
		case a.err != nil:
			add(a.err.Error())
		case f.Refused[e.Key()] != a.refused:
			add(string(e.Act.Kind) + ": " + cmp.Or(a.refused, "accepted") + ", foretold " + cmp.Or(f.Refused[e.Key()], "accepted"))
		case !e.Expects(a.refused) && inTime:
			add(string(e.Act.Kind) + ": " + cmp.Or(a.refused, "accepted"))
		case !e.Expects(a.refused):
			late++
		}
	}
	return before(f.Stages, y.to), late, diffs
}

// answered is the difference of an act whose answer is not the script's.
func answered(e script.Entry, zone *time.Location, detail string) Difference {
	return Difference{Answer, e.Thing, e.Act.ID, e.Act.By.Account, calendar.DayOf(e.At.In(zone)), detail}
}

func before(all []plan.Foretold, to time.Time) (some []plan.Foretold) {
	for _, f := range all {
		if f.At.Before(to) {
			some = append(some, f)
		}
	}
	return some
}

// ruled gives the IDs of the talks and circulars that the plan's rules of consequences
// proposed: they rest on what the ledger counts and are not foretold. Each must name
// facts about tasks or talks that the ledger holds; for one that does not there is a
// Difference.
func (y *year) ruled(ctx context.Context) (ids map[string]bool, diffs []Difference, err error) {
	talks, err := y.store.Talks(ctx, y.Plan.ID, "")
	if err != nil {
		return nil, nil, err
	}
	tasks, err := y.store.Tasks(ctx, ledger.TaskFilter{Plan: y.Plan.ID})
	if err != nil {
		return nil, nil, err
	}
	known := map[string]bool{}
	for _, t := range tasks {
		known[t.ID] = true
	}
	for _, t := range talks {
		known[t.ID] = true
	}
	if y.Plan.Water != nil {
		for _, s := range y.Plan.Water.Sections {
			known[s.ID] = true
		}
	}
	ids = map[string]bool{}
	for _, t := range talks {
		if !byRule(t) {
			continue
		}
		ids[t.ID] = true
		var facts []string
		if t.Facts != nil {
			facts = t.Facts.Facts
		}
		wrong := slices.DeleteFunc(slices.Clone(facts), func(f string) bool {
			parts := strings.Split(f, ":")
			return len(parts) > 1 && (known[parts[1]] || strings.Contains(parts[1], "/")) // with a slash: a fact of another plan
		})
		if len(facts) == 0 || len(wrong) > 0 {
			diffs = append(diffs, Difference{Groundless, t.Task, t.ID, "", calendar.DayOf(t.OpensAt.In(y.lad.Zone)), t.Origin.String() + " " + strings.Join(wrong, " ")})
		}
	}
	return ids, diffs, nil
}

// byRule tells whether a talk was proposed by a rule of consequences.
func byRule(t ledger.Talk) bool {
	return t.Origin.Kind == act.OriginRule
}

// Compare gives the differences between the preview and the ledger's stages and
// notices, for those that speak before to, sorted by day, task, stage, recipient and
// sort. Days are those of to's time zone. An act and a notice may have come into the
// ledger in another order than that of their instants: what follows from the order in
// chain is not a difference, see Chain.
func Compare(foretold []plan.Foretold, stages []ledger.Stage, notices []ledger.Notice, to time.Time, chain Chain) []Difference {
	c := comparison{chain: chain, to: to, expected: map[said][]fact{}, spoken: map[[2]string]bool{}, carried: map[effect]bool{}}
	for _, f := range foretold {
		c.spoken[[2]string{f.Task, f.Stage.ID}] = true
		for _, r := range f.To {
			s := said{f.Task, f.Stage.ID, r.String()}
			c.expected[s] = append(c.expected[s], fact{f.At.UTC(), f.Kind})
		}
	}
	// Sent notices are matched before the others: when a ladder is replaced, the same stage may
	// be dropped under the old ladder and sent under the new one, and is then foretold once.
	notices = slices.Clone(notices)
	slices.SortStableFunc(notices, func(a, b ledger.Notice) int { return cmp.Compare(unsent(a), unsent(b)) })
	var left []ledger.Notice
	for _, n := range notices {
		if n.SpeakAt.Before(to) && !c.asForetold(n) {
			left = append(left, n)
		}
	}
	for _, n := range left {
		c.otherwise(n)
	}
	for s, wants := range c.expected {
		for _, want := range wants {
			if !c.chain.foregone(s.task, want.at) {
				c.add(Missing, s, want.at, "")
			}
		}
	}
	for _, st := range stages {
		if st.State == ledger.Decided && st.At.Before(to) && !c.spoken[[2]string{st.Task, st.ID}] && !c.ahead(st) {
			c.add(Unexpected, said{st.Task, st.ID, ""}, st.At, "stage")
		}
	}
	slices.SortFunc(c.diffs, func(a, b Difference) int {
		return cmp.Or(a.Day.Compare(b.Day), cmp.Compare(a.Task, b.Task), cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.Recipient, b.Recipient), cmp.Compare(a.What, b.What))
	})
	return c.diffs
}

func unsent(n ledger.Notice) int {
	if n.State == ledger.Sent {
		return 0
	}
	return 1
}

// effect is what is said once to one recipient over one channel; talk is the ID of the
// talk it is about, "" for a task.
type effect struct {
	ledger.Effect
	talk string
}

type comparison struct {
	chain    Chain
	to       time.Time
	expected map[said][]fact    // foretold, and no notice for it found yet
	spoken   map[[2]string]bool // task and stage ID of every foretold stage
	carried  map[effect]bool    // a foretold notice was found for it
	diffs    []Difference
}

func (c *comparison) add(what string, s said, at time.Time, detail string) {
	c.diffs = append(c.diffs, Difference{what, s.task, s.stage, s.recipient, calendar.DayOf(at.In(c.to.Location())), detail})
}

func saidOf(n ledger.Notice) said { return said{n.Task, n.Stage, n.Recipient.String()} }

// asForetold tells whether a notice is foretold, with this instant and kind, and takes
// it out of what is expected. It adds the difference Twice when the same was found
// before, and Unsaid when the notice is foretold and was not sent, unless it still waits
// or an act in the chain excuses that.
func (c *comparison) asForetold(n ledger.Notice) bool {
	s, e := saidOf(n), effect{n.Effect, n.Talk}
	if c.carried[e] {
		c.add(Twice, s, n.SpeakAt, n.Channel)
		return true
	}
	i := slices.IndexFunc(c.expected[s], func(want fact) bool { return want.at.Equal(n.SpeakAt) && want.kind == n.Kind })
	if i < 0 {
		return false
	}
	c.carried[e] = true
	c.expected[s] = slices.Delete(slices.Clone(c.expected[s]), i, i+1)
	if n.State != ledger.Sent && !c.waits(n) && !(n.State == ledger.Dropped && (c.chain.since[n.Key()] || c.chain.overtaken(n.Task, n.SpeakAt, c.chain.dropped[n.Key()]))) {
		c.add(Unsaid, s, n.SpeakAt, string(n.State)+" "+n.Error)
	}
	return true
}

// waits tells whether a notice is rightly not sent before the end of the period: its
// message speaks only after that, or the notice goes with the next message.
func (c *comparison) waits(n ledger.Notice) bool {
	return n.State == ledger.Rides || n.State == ledger.Pending && !n.In().Before(c.to)
}

// otherwise adds the difference of a notice that asForetold has not taken. A dropped
// notice is none, for it was not said; nor is one that the chain excuses.
func (c *comparison) otherwise(n ledger.Notice) {
	s := saidOf(n)
	switch wants := c.expected[s]; {
	case n.State == ledger.Dropped:
	case c.chain.outrun(n.Task, n.SpeakAt, c.chain.intent[n.Key()]):
	case len(wants) == 0:
		c.add(Unexpected, s, n.SpeakAt, "")
	default:
		want := wants[0]
		c.expected[s] = wants[1:]
		if want.at.Equal(n.SpeakAt) {
			c.add(Kind, s, want.at, string(n.Kind))
		} else {
			c.add(Moved, s, want.at, n.SpeakAt.In(c.to.Location()).Format(time.DateTime))
		}
	}
}

// ahead tells that a stage which is not foretold was rightly decided: the act that
// makes it untrue bears an earlier instant, but came into the chain after the decision.
func (c *comparison) ahead(st ledger.Stage) bool {
	d := ledger.Decision{Plan: st.Plan, Task: st.Task, Revision: st.Revision, Talk: st.Talk, Stage: st.Stage}
	return c.chain.outrun(st.Task, st.At, c.chain.decided[d.Key()])
}
