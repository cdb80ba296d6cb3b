package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// ActedOnTalk is one act on a talk or a circular, with all it leads to.
type ActedOnTalk struct {
	Plan, Talk string
	Act        act.Act
	Before     *act.TalkCourse // what the act was judged by; nil: it is written whatever the ledger's course
	Course     act.TalkCourse  // after the act
	Told       []plan.Stage
	Channels   map[people.Recipient][]string // of everybody told
}

// actedOnTalk is what an act on a talk left.
type actedOnTalk struct {
	course  act.TalkCourse
	digests []Digest
}

// ActOnTalk records an act on a talk: its event act.KIND under its task, with
// the talk's ID in the data, the talk as it stands after it, the stages expected
// from now on, and what is told at once. It gives the course as recorded and the
// digests to start. The same act again changes nothing and gives what the first
// gave. On a talk that is void, because its task ended, nothing is recorded and
// the course given is void and nothing else. Whether Before is the ledger's course
// is judged as in Act.
func (s *Store) ActOnTalk(ctx context.Context, a ActedOnTalk, when When) (act.TalkCourse, []Digest, error) {
	got, err := write(ctx, s, func(t *tx) (actedOnTalk, error) { return t.actOnTalk(a, when) })
	return got.course, got.digests, err
}

func (t *tx) actOnTalk(a ActedOnTalk, when When) (actedOnTalk, error) {
	key := ActKey(a.Plan, a.Talk, a.Act.ID)
	talk, _, err := t.talkAndTask(a.Plan, a.Talk)
	if err != nil {
		return actedOnTalk{}, err
	}
	if there, err := t.recorded(key); err != nil {
		return actedOnTalk{}, err
	} else if there {
		return t.actedOnTalkBefore(a, talk)
	}
	if talk.State == TalkVoid {
		return actedOnTalk{course: act.TalkCourse{TalkCase: act.TalkCase{State: act.TalkVoid}}}, nil
	}
	if a.Before != nil {
		switch standingOf(a.Before.Place(), talk.place(), !goesOn(talk.State)) {
		case behind:
			return actedOnTalk{}, ErrBehind
		case ahead:
			if err := t.catchUpTalk(&talk, *a.Before, when); err != nil {
				return actedOnTalk{}, err
			}
		}
	}
	if !goesOn(talk.State) {
		return actedOnTalk{}, fmt.Errorf("talk %s of %s is %s: %w", a.Talk, a.Plan, talk.State, ErrNotOpen)
	}
	if err := t.putTalk(talk, a.Course, a.Act); err != nil {
		return actedOnTalk{}, err
	}
	if err := t.expect(a.Plan, talk.Task, a.Talk, a.Course.Revision, a.Course.Ladder, nil); err != nil {
		return actedOnTalk{}, err
	}
	out := actedOnTalk{course: a.Course}
	var notices []said
	for _, told := range a.Told {
		digests, sent, err := t.tellOfTalk(a, talk.Task, told, when)
		if err != nil {
			return actedOnTalk{}, err
		}
		out.digests, notices = append(out.digests, unstarted(digests)...), append(notices, sent...)
	}
	e := Event{Key: key, Plan: a.Plan, Task: talk.Task, Kind: ActKind(a.Act.Kind), Actor: a.Act.By.Account}
	return out, t.append(e, when, map[string]any{"talk": a.Talk, "act": a.Act, "state": a.Course.State,
		"revision": a.Course.Revision, "round": a.Course.Round, "notices": notices})
}

// actedOnTalkBefore is what the act gave when it was recorded.
func (t *tx) actedOnTalkBefore(a ActedOnTalk, talk Talk) (actedOnTalk, error) {
	if talk.Course == nil {
		return actedOnTalk{}, fmt.Errorf("ledger: act %s on %s has no course", a.Act.ID, a.Talk)
	}
	out := actedOnTalk{course: *talk.Course}
	for _, told := range a.Told {
		d := Decision{Plan: a.Plan, Task: talk.Task, Talk: a.Talk, Revision: a.Course.Revision, Stage: told}
		before, err := t.decidedBefore(d, "")
		if err != nil {
			return actedOnTalk{}, err
		}
		out.digests = append(out.digests, before.digests...)
	}
	return out, nil
}

// putTalk writes a talk's row as it stands after an act.
func (t *tx) putTalk(talk Talk, c act.TalkCourse, a act.Act) error {
	course, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("ledger: course of %s: %w", talk.ID, err)
	}
	opens := talk.OpensAt
	if a.Kind == act.Approve {
		opens = instant(a.At) // its limits count from the approval
	}
	_, err = t.exec(`UPDATE talks SET state = ?, approver = ?, opens_at = ?, taken = ?, course = ? WHERE plan = ? AND id = ?`,
		string(c.State), storable(c.Approver), opens, asJSON(c.Taken), string(course), talk.Plan, talk.ID)
	return err
}

// tellOfTalk writes a stage that is told at once, with its notices.
func (t *tx) tellOfTalk(a ActedOnTalk, task string, told plan.Stage, when When) ([]Digest, []said, error) {
	d := Decision{Plan: a.Plan, Task: task, Talk: a.Talk, Revision: a.Course.Revision, Stage: told, Channels: map[people.Recipient][]string{}}
	for _, r := range told.To {
		d.Channels[r] = a.Channels[r]
	}
	err := t.insert("stages", stageColumns, [][]any{stageValues(a.Plan, task, d.Revision, a.Talk, told, Decided, when.Plan)})
	if err != nil {
		return nil, nil, err
	}
	return t.notices(d, d.Key())
}

// Proposed is a talk or circular that an act proposes about a task.
type Proposed struct {
	Plan, Task string
	Act        act.Act
	Proposal   *act.Proposal // what a rule counted; nil when a person proposes
	// Course gives the course of the talk that gets this number among its task's.
	Course func(number int) (act.TalkCourse, *act.Refusal)
}

// proposed is a talk, or why there is none.
type proposed struct {
	talk    Talk
	refused *act.Refusal
}

// ProposeTalk writes a talk in state proposed with its stages, the word of it at
// once among them, as event act.propose, whose data are a Proposal's when a rule
// made it. The same act again changes nothing and gives the talk it made.
func (s *Store) ProposeTalk(ctx context.Context, p Proposed, when When) (Talk, *act.Refusal, error) {
	got, err := write(ctx, s, func(t *tx) (proposed, error) { return t.propose(p, when) })
	return got.talk, got.refused, err
}

func (t *tx) propose(p Proposed, when When) (proposed, error) {
	key := ActKey(p.Plan, p.Task, p.Act.ID)
	if there, err := t.recorded(key); err != nil {
		return proposed{}, err
	} else if there {
		var row talkRow
		if err := t.one(&row, `SELECT `+talkColumns+` FROM talks WHERE plan = ? AND task = ? AND opened_by = ?`, p.Plan, p.Task, key); err != nil {
			return proposed{}, fmt.Errorf("talk of %s: %w", key, err)
		}
		talk, err := row.talk()
		return proposed{talk: talk}, err
	}
	task, err := t.task(p.Plan, p.Task)
	if err != nil {
		return proposed{}, err
	}
	if task.State == Cancelled {
		return proposed{}, fmt.Errorf("task %s of %s is %s: %w", p.Task, p.Plan, task.State, ErrNotOpen)
	}
	var before int
	if err := t.one(&before, `SELECT COUNT(*) FROM talks WHERE plan = ? AND task = ?`, p.Plan, p.Task); err != nil {
		return proposed{}, err
	}
	c, refused := p.Course(before + 1)
	if refused == nil && p.Proposal == nil {
		refused, err = t.proposedTwice(p.Plan, p.Task, c.What)
	}
	if refused != nil || err != nil {
		return proposed{refused: refused}, err
	}
	talk := Talk{ID: fmt.Sprintf("%s#%d", p.Task, c.Number), Plan: p.Plan, Task: p.Task, Revision: c.Revision, Number: c.Number,
		Lead: c.Lead, State: string(c.State), OpensAt: instant(p.Act.At), What: c.What, Origin: c.Origin, Course: &c}
	if err := t.insertTalk(talk, key); err != nil {
		return proposed{}, err
	}
	if err := t.expect(p.Plan, p.Task, talk.ID, c.Revision, c.Ladder, nil); err != nil {
		return proposed{}, err
	}
	data := map[string]any{}
	if p.Proposal != nil {
		if data, err = fields(p.Proposal); err != nil {
			return proposed{}, err
		}
	}
	data["talk"], data["act"], data["state"], data["revision"], data["origin"] = talk.ID, p.Act, c.State, c.Revision, c.Origin
	e := Event{Key: key, Plan: p.Plan, Task: p.Task, Kind: ActKind(act.Propose), Actor: p.Act.By.Account}
	return proposed{talk: talk}, t.append(e, when, data)
}

// proposedTwice refuses another talk, or another circular, by hand while one about
// the task waits or goes on.
func (t *tx) proposedTwice(planID, task, what string) (*act.Refusal, error) {
	var there []talkRow
	err := t.all(&there, `SELECT `+talkColumns+` FROM talks WHERE plan = ? AND task = ? AND what = ? AND state IN ('pending', 'proposed', 'open') ORDER BY number`,
		planID, task, what)
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
	course := ""
	if talk.Course != nil {
		course = asJSON(talk.Course)
	}
	_, err := t.exec(`INSERT INTO talks (plan, id, task, revision, number, lead, state, opens_at, taken, approver, opened_by, what, origin, course) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'null', '', ?, ?, ?, ?)`,
		talk.Plan, talk.ID, talk.Task, talk.Revision, talk.Number, talk.Lead, talk.State, talk.OpensAt, key, talk.What, talk.Origin, course)
	return err
}

// ExpectTalk makes the stages a talk still has to speak those of its course, where
// that is the ledger's, as in Act.
func (s *Store) ExpectTalk(ctx context.Context, planID, id string, c act.TalkCourse, when When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		talk, _, err := t.talkAndTask(planID, id)
		if err != nil {
			return none, err
		}
		switch standingOf(c.Place(), talk.place(), !goesOn(talk.State)) {
		case behind:
			return none, ErrBehind
		case ahead:
			return none, t.catchUpTalk(&talk, c, when)
		}
		return none, t.expect(planID, talk.Task, id, c.Revision, c.Ladder, nil)
	})
	return err
}

// endTalks makes the talks of a task that has ended void (event talk.void): all
// that go on when it was cancelled; when it was closed, only proposals that its
// own ladder made, for a talk that is open goes on though the task was done late.
func (t *tx) endTalks(planID, task, state string, when When) error {
	var rows []talkRow
	if err := t.all(&rows, `SELECT `+talkColumns+` FROM talks WHERE plan = ? AND task = ? AND state IN ('pending', 'proposed', 'open') ORDER BY number`, planID, task); err != nil {
		return err
	}
	for _, r := range rows {
		if state != Cancelled && (r.State != TalkProposed || r.Origin != act.OriginStage) {
			continue
		}
		talk, err := r.talk()
		if err != nil {
			return err
		}
		if _, err := t.exec(`UPDATE stages SET state = 'void' WHERE plan = ? AND task = ? AND talk = ? AND state IN ('expected', 'held')`, planID, task, talk.ID); err != nil {
			return err
		}
		talk.State = TalkVoid
		if err := t.moveTalk(talk, TalkVoided, talk.Approver, Engine, "", nil, when); err != nil {
			return err
		}
	}
	return nil
}

// TalkCaseOf is what acts know about a talk as the ledger has it. t is the task
// it hangs on.
func TalkCaseOf(p *plan.Plan, t Task, k Talk) act.TalkCase {
	if k.Course != nil {
		c := k.Course.TalkCase
		c.State = act.TalkState(k.State)
		return c
	}
	c := act.TalkCase{
		Task: k.Task, What: k.What, State: act.TalkState(k.State), Number: k.Number, Lead: k.Lead,
		Office: p.Directory.Office, Leadership: p.Directory.Leadership, Policy: TalkPolicy(p, t),
		Origin: k.Origin, Revision: k.Revision, Taken: k.Taken, Approver: k.Approver,
	}
	day := calendar.DayOf(k.OpensAt.In(zoneOf(p)))
	switch k.State {
	case TalkProposed:
		c.Asked = day
	case TalkOpen, TalkClosed:
		c.Opened, c.Since, c.Round = day, day, 1
	}
	return c
}

// TalkPolicy is the policy whose limits a talk about a task has: the task's own,
// or the plan's when the task's has no talks.
func TalkPolicy(p *plan.Plan, t Task) string {
	if p.Policies[t.Policy].Talk == nil && p.Policies[p.Policy].Talk != nil {
		return p.Policy
	}
	return t.Policy
}

func zoneOf(p *plan.Plan) *time.Location {
	if l, err := plan.NewLadderer(p, nil); err == nil {
		return l.Zone
	}
	return calendar.Beijing
}
