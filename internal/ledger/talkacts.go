package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"duban/internal/act"
	"duban/internal/people"
	"duban/internal/plan"
)

// ActedOnTalk is one act on a talk or a circular, with all it leads to.
type ActedOnTalk struct {
	Plan, Talk string
	Act        act.Act
	Version    int          // Talk.Version that the act was judged by
	Facts      act.TalkCase // after the act
	Told       []plan.Stage
	From       *plan.Plan                    // plan that the act was judged by: Scene takes names and rungs from it
	Channels   map[people.Recipient][]string // of every recipient of Told
	Place      Placing                       // see Decision
	// Takes, of an approval, tells whether an open talk of the unit takes others: then the
	// approved talk joins that talk.
	Takes func(act.TalkCase) bool
}

// actedOnTalk is what ActOnTalk gives: the talk's facts as recorded, and the digests to start.
type actedOnTalk struct {
	facts   act.TalkCase
	digests []Digest
}

// ActOnTalk records an act on a talk: its event act.KIND under its task, with
// the talk's ID in the data, the talk as it is after it, and what is told at
// once. It gives the facts as recorded and the digests to start. The same act
// again changes nothing and gives what the first gave. An act is written only over
// the facts it was judged by: ErrBehind when the talk has been written since, or
// has ended.
func (s *Store) ActOnTalk(ctx context.Context, a ActedOnTalk, when When) (act.TalkCase, []Digest, error) {
	got, err := write(ctx, s, func(t *tx) (actedOnTalk, error) { return t.actOnTalk(a, when) })
	return got.facts, got.digests, err
}

func (t *tx) actOnTalk(a ActedOnTalk, when When) (actedOnTalk, error) {
	key := ActKey(a.Plan, a.Talk, a.Act.ID)
	talk, task, err := t.talkAndTask(a.Plan, a.Talk)
	if err != nil {
		return actedOnTalk{}, err
	}
	if there, err := actRecorded(t, key, a.Act); err != nil {
		return actedOnTalk{}, err
	} else if there {
		return t.actedOnTalkBefore(a, talk)
	}
	if talk.Version != a.Version || !talk.GoesOn() {
		return actedOnTalk{}, ErrBehind
	}
	if a.Act.Kind == act.Approve {
		talk.OpensAt = instant(a.Act.At) // its limits count from the approval
		if a.Facts.Nth, err = t.nth(a.Plan, a.Talk, a.Facts); err != nil {
			return actedOnTalk{}, err
		}
		host, err := t.taking(a.Plan, talk, a.Takes)
		if err == nil && host != nil && a.Facts.What == plan.ProposeTalk {
			if a.Facts, err = t.join(*host, a.Facts, a.Act.On, a.Act.At); err == nil {
				err = t.follow(talk, host.ID)
			}
		}
		if err != nil {
			return actedOnTalk{}, err
		}
	}
	if err := t.putTalk(talk, a.Facts); err != nil {
		return actedOnTalk{}, err
	}
	if err := t.unsay(a.Plan, talk.Task, a.Talk, a.Act.At, a.Facts.Speaks, when); err != nil {
		return actedOnTalk{}, err
	}
	out := actedOnTalk{facts: a.Facts}
	var notices []said
	for _, told := range a.Told {
		d := Decision{Plan: a.Plan, Task: talk.Task, Talk: a.Talk, Revision: a.Facts.Revision, Stage: told, Channels: a.Channels, Place: a.Place}
		digests, sent, err := t.tell(d, sceneOf(a.From, CaseOf(task), talk.Lead, told), when)
		if err != nil {
			return actedOnTalk{}, err
		}
		out.digests, notices = append(out.digests, unstarted(digests)...), append(notices, sent...)
	}
	if a.Facts.State == act.TalkVoid { // its unit is dissolved, and nobody has taken over
		void := Event{Key: a.Plan + "/" + a.Talk + "/" + TalkVoided + "/end", Plan: a.Plan, Task: talk.Task, Kind: TalkVoided, Actor: a.Act.By.Account}
		if err := t.append(void, when, map[string]any{"talk": a.Talk, "opens_at": talk.OpensAt}); err != nil {
			return actedOnTalk{}, err
		}
	}
	e := Event{Key: key, Plan: a.Plan, Task: talk.Task, Kind: ActKind(a.Act.Kind), Actor: a.Act.By.Account}
	data := map[string]any{"talk": a.Talk, "act": a.Act, "state": a.Facts.State,
		"revision": a.Facts.Revision, "round": a.Facts.Round(), "notices": notices}
	if a.Facts.Into != "" {
		data["into"] = a.Facts.Into
	}
	return out, t.append(e, when, data)
}

// actedOnTalkBefore is what ActOnTalk gives for an act that is recorded already: the talk's
// present facts, and the digests with its words that are not known to be started.
func (t *tx) actedOnTalkBefore(a ActedOnTalk, talk Talk) (actedOnTalk, error) {
	if talk.Facts == nil {
		return actedOnTalk{}, fmt.Errorf("ledger: act %s on %s has no facts", a.Act.ID, a.Talk)
	}
	out := actedOnTalk{facts: *talk.Facts}
	for _, told := range a.Told {
		d := Decision{Plan: a.Plan, Task: talk.Task, Talk: a.Talk, Revision: a.Facts.Revision, Stage: told}
		before, err := t.decidedBefore(d, "")
		if err != nil {
			return actedOnTalk{}, err
		}
		out.digests = append(out.digests, before.digests...)
	}
	return out, nil
}

// putTalk writes a talk's facts (column course), and the columns that repeat them for
// queries.
func (t *tx) putTalk(talk Talk, c act.TalkCase) error {
	facts, err := canonical(c)
	if err != nil {
		return fmt.Errorf("ledger: facts of %s: %w", talk.ID, err)
	}
	_, err = t.change("talks", `lead = ?, state = ?, approver = ?, opens_at = ?, taken = ?, revision = ?, course = ?, host = ?, version = version + 1`,
		[]any{c.Lead, c.State, storable(c.Approver), instant(talk.OpensAt), asJSON(c.Taken), c.Revision, facts, hostOf(c)}, `plan = ? AND id = ?`, talk.Plan, talk.ID)
	return err
}

// affect writes what an act on a task makes of a talk about it. A talk that the act makes
// void has its event talk.void, and one that goes on again its event talk.revived.
func (t *tx) affect(a Acted, k ActedTalk, when When) error {
	talk, _, err := t.talkAndTask(a.Plan, k.Talk)
	if err != nil {
		return err
	}
	if k.Facts.State == act.TalkVoid && !talk.GoesOn() {
		return nil // the act has taken back the stage that called for it
	}
	if talk.Version != k.Version {
		return ErrBehind
	}
	if k.Facts.State == act.TalkVoid {
		talk.Facts = &k.Facts
		return t.voidTalk(talk, when)
	}
	if !talk.GoesOn() { // its task is reinstated, or has the date again that was missed
		if k.Facts.State == act.TalkProposed { // it joins what was proposed meanwhile, if anything
			joined, err := t.joinProposed(a.Plan, k.Facts)
			if err != nil || joined.State == act.TalkJoined {
				return err
			}
		}
		talk.State, talk.Facts = k.Facts.State, &k.Facts
		return t.moveTalk(talk, TalkRevived, when)
	}
	if err := t.putTalk(talk, k.Facts); err != nil {
		return err
	}
	return t.unsay(a.Plan, talk.Task, k.Talk, a.Act.At, k.Facts.Speaks, when)
}

// voidTalk makes a talk void, as event talk.void; a talk that does not go on stays as it is.
func (t *tx) voidTalk(talk Talk, when When) error {
	if !talk.GoesOn() {
		return nil
	}
	talk.State = act.TalkVoid
	if talk.Facts != nil {
		talk.Facts.State = act.TalkVoid
	}
	return t.moveTalk(talk, TalkVoided, when)
}

// Proposed is a talk or circular that an act proposes about a task.
type Proposed struct {
	Plan, Task string
	Act        act.Act
	Number     int                                           // the least number that the talk may get
	Proposal   *act.Proposal                                 // what a rule counted; nil when a person proposes
	Facts      func(number int) (act.TalkCase, *act.Refusal) // of the talk that gets this number among its task's
}

// proposed is a talk, or why there is none.
type proposed struct {
	talk    Talk
	refused *act.Refusal
}

// ProposeTalk writes a talk in state proposed, as event act.propose, whose data has the
// fields of the act.Proposal when a rule proposes it. Where the same measure against the
// unit is proposed and not decided yet, the new proposal joins that one: the grounds are
// added to those of the earlier one. The same act again changes nothing and gives the talk
// it made. ErrNotOpen when the task counts no longer or its plan has ended.
func (s *Store) ProposeTalk(ctx context.Context, p Proposed, when When) (Talk, *act.Refusal, error) {
	got, err := write(ctx, s, func(t *tx) (proposed, error) { return t.propose(p, when) })
	return got.talk, got.refused, err
}

func (t *tx) propose(p Proposed, when When) (proposed, error) {
	key := ActKey(p.Plan, p.Task, p.Act.ID)
	there, err := actRecorded(t, key, p.Act)
	switch {
	case errors.Is(err, ErrTaken): // by another act, or by a talk given back, of whose act the ledger has the proposer's name alone
		talk, err := t.talkBy(p.Plan, p.Task, key)
		switch {
		case err == nil && talk.Facts != nil && talk.Facts.By == p.Act.By.Name:
			return proposed{talk: talk}, nil
		case err == nil || errors.Is(err, ErrNotFound):
			return proposed{refused: act.Taken(p.Act)}, nil
		}
		return proposed{}, err
	case err != nil:
		return proposed{}, err
	case there:
		talk, err := t.talkBy(p.Plan, p.Task, key)
		return proposed{talk: talk}, err
	}
	task, err := t.task(p.Plan, p.Task)
	if err != nil {
		return proposed{}, err
	}
	var ended int
	if err := t.one(&ended, `SELECT COUNT(*) FROM plans WHERE id = ? AND ended_at IS NOT NULL`, p.Plan); err != nil {
		return proposed{}, err
	}
	if task.Facts.Uncounted() || ended > 0 { // since whoever proposes read the task and the plan
		return proposed{}, fmt.Errorf("task %s of %s is %s: %w", p.Task, p.Plan, task.State, ErrNotOpen)
	}
	var before int
	if err := t.one(&before, `SELECT COALESCE(MAX(number), 0) FROM talks WHERE plan = ? AND task = ?`, p.Plan, p.Task); err != nil {
		return proposed{}, err
	}
	c, refused := p.Facts(max(before+1, p.Number))
	if refused == nil && p.Proposal == nil {
		refused, err = t.proposedTwice(p.Plan, p.Task, c.What)
	}
	if refused != nil || err != nil {
		return proposed{refused: refused}, err
	}
	id := fmt.Sprintf("%s#%d", p.Task, c.Number)
	if c.Nth, err = t.nth(p.Plan, id, c); err != nil {
		return proposed{}, err
	}
	if c, err = t.joinProposed(p.Plan, c); err != nil {
		return proposed{}, err
	}
	talk := Talk{ID: id, Plan: p.Plan, Task: p.Task, Revision: c.Revision, Number: c.Number,
		Lead: c.Lead, State: c.State, OpensAt: instant(p.Act.At), What: c.What, Origin: c.Origin, Facts: &c}
	if err := t.insertTalk(talk, key); err != nil {
		return proposed{}, err
	}
	data := map[string]any{}
	if p.Proposal != nil {
		if data, err = fields(p.Proposal); err != nil {
			return proposed{}, err
		}
	}
	data["talk"], data["act"], data["state"], data["revision"], data["origin"] = talk.ID, p.Act, c.State, c.Revision, c.Origin
	if c.Into != "" {
		data["into"] = c.Into
	}
	e := Event{Key: key, Plan: p.Plan, Task: p.Task, Kind: ActKind(act.Propose), Actor: p.Act.By.Account}
	return proposed{talk: talk}, t.append(e, when, data)
}

// joinProposed lets a proposal join the one of the same measure against its unit that waits
// for a leader, whose grounds it adds to, and gives the proposal's facts afterwards; they are
// unchanged where no such proposal waits.
func (t *tx) joinProposed(planID string, c act.TalkCase) (act.TalkCase, error) {
	host, err := t.waiting(planID, c)
	if host == nil || err != nil {
		return c, err
	}
	c.State, c.Into = act.TalkJoined, host.ID
	return c, t.putTalk(*host, host.Facts.With(c, c.Asked, c.AskedAt))
}

// waiting is the proposal of a measure against a unit that nobody has decided yet; nil
// without one.
func (t *tx) waiting(planID string, c act.TalkCase) (*Talk, error) {
	var rows []talkRow
	err := t.all(&rows, `SELECT `+talkColumns+` FROM talks WHERE plan = ? AND lead = ? AND what = ? AND state = 'proposed' ORDER BY opens_at, id LIMIT 1`, planID, c.Lead, c.What)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	host, _, err := t.talkAndTask(planID, rows[0].ID)
	if err != nil || host.Facts == nil {
		return nil, err
	}
	return &host, nil
}

// nth is how many talks, or circulars, of a unit have opened in a plan, with this one.
func (t *tx) nth(planID, id string, c act.TalkCase) (int, error) {
	var rows []talkRow
	err := t.all(&rows, `SELECT `+talkColumns+` FROM talks WHERE plan = ? AND lead = ? AND what = ? AND id <> ? AND state <> 'joined'`, planID, c.Lead, c.What, id)
	if err != nil {
		return 0, err
	}
	last := 0
	for _, r := range rows {
		talk, err := r.talk()
		if err != nil {
			return 0, err
		}
		if talk.Facts != nil && !talk.Facts.Opened.IsZero() {
			last = max(last, talk.Facts.Nth)
		}
	}
	return last + 1, nil
}

// GiveBackTalk writes a proposed talk again that the ledger has lost, being restored
// from an older copy, as it was right after it was proposed: event talk.given_back.
// The act that proposed it counts as done. A talk that is there is given as it is.
// ErrNotFound without its task.
func (s *Store) GiveBackTalk(ctx context.Context, planID, id string, opensAt time.Time, c act.TalkCase, when When) (Talk, error) {
	return write(ctx, s, func(t *tx) (Talk, error) {
		if there, _, err := t.talkAndTask(planID, id); !errors.Is(err, ErrNotFound) {
			return there, err // it is there already, or cannot be read
		}
		if _, err := t.task(planID, c.Task); err != nil {
			return Talk{}, err
		}
		talk := Talk{ID: id, Plan: planID, Task: c.Task, Revision: c.Revision, Number: c.Number, Lead: c.Lead, State: c.State,
			OpensAt: instant(opensAt), What: c.What, Origin: c.Origin, Facts: &c}
		key := ActKey(planID, c.Task, c.Known[0])
		if err := t.insertTalk(talk, key); err != nil {
			return Talk{}, err
		}
		e := Event{Key: key, Plan: planID, Task: c.Task, Kind: TalkGivenBack, Actor: Engine}
		return talk, t.append(e, when, map[string]any{"talk": id, "state": c.State, "by": c.By, "grounds": c.Grounds, "origin": c.Origin})
	})
}

// proposedTwice refuses another talk, or another circular, by hand while one about
// the task waits or goes on.
func (t *tx) proposedTwice(planID, task, what string) (*act.Refusal, error) {
	var there []talkRow
	err := t.all(&there, `SELECT `+talkColumns+` FROM talks WHERE plan = ? AND what = ? AND state IN ('pending', 'proposed', 'open')
		AND (task = ? OR id IN (SELECT host FROM talks WHERE plan = ? AND task = ? AND host <> '')) ORDER BY number`, planID, what, task, planID, task)
	if err != nil || len(there) == 0 {
		return nil, err
	}
	return &act.Refusal{Key: "act.refused_talk_exists", Data: map[string]string{"Talk": there[0].ID}}, nil
}

// fields are a record's JSON fields.
func fields(v any) (map[string]any, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	out := map[string]any{}
	return out, json.Unmarshal(data, &out)
}

func (t *tx) insertTalk(talk Talk, key string) error {
	course, err := talk.course()
	if err != nil {
		return err
	}
	return t.make("talks", `INSERT INTO talks (plan, id, task, revision, number, lead, state, opens_at, taken, approver, opened_by, what, origin, course, host) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'null', '', ?, ?, ?, ?, ?)`,
		talk.Plan, talk.ID, talk.Task, talk.Revision, talk.Number, talk.Lead, talk.State, talk.OpensAt, key, talk.What, talk.Origin.String(), course, talk.host())
}

// course is the text that the tables keep of what is known of a talk.
func (t Talk) course() (string, error) {
	if t.Facts == nil {
		return "", nil
	}
	return canonical(t.Facts)
}

// TalkCaseOf is what acts know about a talk as the ledger has it. t is the task that
// the talk was opened for.
func TalkCaseOf(p *plan.Plan, t Task, k Talk) act.TalkCase {
	if k.Facts != nil {
		c := *k.Facts
		c.State = k.State
		return c
	}
	return act.TalkCase{
		Members: []act.Member{{Task: k.Task, About: t.Facts.Number, Due: t.Facts.Due}},
		Task:    k.Task, What: k.What, State: k.State, Number: k.Number, Lead: k.Lead,
		Office: p.Directory.Office, Leadership: p.Directory.Leadership, Policy: act.TalkPolicy(p, t.Policy),
		Origin: k.Origin, About: t.Facts.Number,
	}
}
