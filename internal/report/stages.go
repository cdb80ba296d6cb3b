package report

import (
	"cmp"
	"slices"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// StageRow is one stage of a task's or talk's ladder: expected, decided or void. The
// title, unit, due date, rungs and names of an expected stage are those of the task now;
// those of a decided one are of the task as it was then.
type StageRow struct {
	Task      string         `json:"task"`
	Title     string         `json:"title"`
	Revision  int            `json:"revision"`
	Talk      string         `json:"talk,omitempty"` // ID of the talk to whose step the stage belongs
	Unit      string         `json:"unit"`           // name of the accountable unit, or for a talk's stage of the unit called
	UnitID    string         `json:"unit_id"`
	Due       calendar.Day   `json:"due"`
	Stage     string         `json:"stage"`
	Kind      plan.StageKind `json:"kind"`
	At        time.Time      `json:"at"`         // when the stage speaks, plan clock, in the plan's zone
	MovedFrom calendar.Day   `json:"moved_from"` // the day that the rung gives, when the stage is on another; see MovedBy
	// MovedBy says why the stage is not on MovedFrom, in a case file only: rest (a rest
	// day), due (after the due date) or late (before the task was assigned).
	MovedBy string `json:"moved_by,omitempty"`
	// Provisional tells that an expected stage may still move: the year has no holiday notice yet.
	Provisional bool               `json:"provisional,omitempty"`
	Why         *Why               `json:"why,omitempty"` // why the stage is on its day; in a case file only
	To          []people.Recipient `json:"to"`            // unit/role, as in "shuiwu/liaison"
	Light       plan.Light         `json:"light"`
	Merged      []string           `json:"merged"` // milder stages of the same day that became this one
	State       ledger.StageState  `json:"state"`
	DecidedAt   time.Time          `json:"decided_at,omitzero"`
	// Matter is what the stage is about when it is not the task's own due date. In
	// JSON: topic, words, by, limit, new, paper, those that are set.
	plan.Matter
	Unless   string    `json:"unless,omitempty"` // acknowledged: not spoken once the unit has acknowledged
	Messages []Message `json:"messages"`         // one for each recipient and channel; empty until the stage is decided
	// Rules are the policy's rungs of the stage and of those in Merged, as they were
	// when the stage was decided; empty for an expected stage.
	Rules []plan.Rule `json:"rules,omitempty"`
}

// rule is the rung with this ID among Rules; nil when there is none.
func (r StageRow) rule(id string) *plan.Rule {
	if i := slices.IndexFunc(r.Rules, func(u plan.Rule) bool { return u.ID == id }); i >= 0 {
		return &r.Rules[i]
	}
	return nil
}

// Message is what became of one stage's notice to one recipient over one channel.
type Message struct {
	To        people.Recipient   `json:"to"`
	Name      string             `json:"name"` // of the unit
	Channel   string             `json:"channel"`
	State     ledger.NoticeState `json:"state"`
	MessageID string             `json:"message_id,omitempty"` // of the digest that carried it
	SentAt    time.Time          `json:"sent_at,omitzero"`     // real clock: the receipt
	SentPlan  time.Time          `json:"sent_plan,omitzero"`   // plan clock of the receipt; in a case file only
	Error     string             `json:"error,omitempty"`
	Twice     bool               `json:"twice,omitempty"` // sent after an earlier try of unknown fate: the message may have arrived twice
}

// stageKey names one decided stage.
type stageKey struct {
	task, talk, stage string
	revision          int
}

// stageRows are the rows of all stages by instant, then in the order of tasks.
func (b *binder) stageRows(tasks []ledger.Task, stages []ledger.Stage, notices []ledger.Notice) []StageRow {
	said := map[stageKey][]Message{}
	for _, n := range notices {
		key := stageKey{n.Task, n.Talk, n.Stage, n.Revision}
		said[key] = append(said[key], Message{
			To: n.Recipient, Channel: n.Channel, State: n.State,
			MessageID: n.Message, SentAt: b.local(n.SentAt), Error: n.Error, Twice: n.Twice,
		})
	}
	of, place := map[string]ledger.Task{}, map[string]int{}
	for i, t := range tasks {
		of[t.ID], place[t.Shown()] = t, i
	}
	rows := make([]StageRow, len(stages))
	for i, s := range stages {
		scene, t := s.Scene, of[s.Task]
		if scene.IsZero() {
			scene = ledger.Scene{Title: t.Title, Unit: t.Lead, Due: t.Due}
		}
		rows[i] = StageRow{
			Task: nameNow(t, s.Task), Title: scene.Title, Revision: s.Revision, Talk: t.ShownTalk(s.Talk), Unit: b.named(scene, scene.Unit), UnitID: scene.Unit, Due: scene.Due, Rules: scene.Rules,
			Stage: s.ID, Kind: s.Kind, At: b.local(s.At), MovedFrom: s.MovedFrom, To: full(s.To), Light: s.Light,
			Merged: full(s.Merged), State: s.State, DecidedAt: b.local(s.DecidedAt), Matter: s.Matter, Unless: s.Unless,
			Messages: b.ordered(s.To, said[stageKey{s.Task, s.Talk, s.ID, s.Revision}]),
		}
		rows[i].Provisional = s.State == ledger.Expected && b.ladderer.Provisional(s.Stage, scene.Due)
		for j, m := range rows[i].Messages {
			rows[i].Messages[j].Name = b.named(scene, m.To.Unit)
		}
	}
	slices.SortStableFunc(rows, func(a, b StageRow) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(place[a.Task], place[b.Task]))
	})
	return rows
}

// named is the name that a unit had in a stage's scene, or else has now.
func (b *binder) named(s ledger.Scene, unit string) string {
	return cmp.Or(s.Names[unit], b.people.Name(unit))
}

// ordered sorts a stage's messages in the order of its recipients to, then by channel.
func (b *binder) ordered(to []people.Recipient, said []Message) []Message {
	slices.SortStableFunc(said, func(x, y Message) int {
		return cmp.Or(cmp.Compare(slices.Index(to, x.To), slices.Index(to, y.To)), cmp.Compare(x.Channel, y.Channel))
	})
	return full(said)
}

// full is s, never nil: JSON then shows an empty array.
func full[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
