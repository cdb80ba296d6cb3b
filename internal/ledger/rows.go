package ledger

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// taskRow is a task with what the database keeps in another form.
type taskRow struct {
	Task
	Assist   string       `db:"assist"`
	Due      string       `db:"due"`
	FirstDue string       `db:"first_due"`
	ClosedAt sql.NullTime `db:"closed_at"`
	Course   string       `db:"course"`
	Origin   string       `db:"origin"`
}

const taskColumns = `plan, id, duty, period, kind, title, clause, lead, assist, due, first_due, policy, soft, priority, revision, state, light, last_stage, armed, assigned_at, closed_at, publish, course, version, label, origin`

func (r taskRow) task() (t Task, err error) {
	t = r.Task
	t.Assigned, t.ClosedAt = t.Assigned.UTC(), fromNull(r.ClosedAt)
	if err := json.Unmarshal([]byte(r.Assist), &t.Assist); err != nil {
		return t, fmt.Errorf("ledger: task %s: assist: %w", t.ID, err)
	}
	if err := json.Unmarshal([]byte(r.Course), &t.Facts); err != nil {
		return t, fmt.Errorf("ledger: task %s: course: %w", t.ID, err)
	}
	if t.Origin, err = act.ParseOrigin(r.Origin); err != nil {
		return t, fmt.Errorf("ledger: task %s: %w", t.ID, err)
	}
	if t.Due, err = day(r.Due); err == nil {
		t.FirstDue, err = day(r.FirstDue)
	}
	return t, err
}

func tasksOf(rows []taskRow) ([]Task, error) {
	tasks := make([]Task, len(rows))
	for i, r := range rows {
		var err error
		if tasks[i], err = r.task(); err != nil {
			return nil, err
		}
	}
	return tasks, nil
}

func day(text string) (d calendar.Day, err error) {
	err = d.UnmarshalText([]byte(text))
	return d, err
}

// stageRow is a stage as the database keeps it.
type stageRow struct {
	Plan       string         `db:"plan"`
	Task       string         `db:"task"`
	Revision   int            `db:"revision"`
	Talk       string         `db:"talk"`
	ID         string         `db:"id"`
	Kind       plan.StageKind `db:"kind"`
	At         time.Time      `db:"at"`
	MovedFrom  string         `db:"moved_from"`
	Recipients string         `db:"recipients"`
	Light      plan.Light     `db:"light"`
	Merged     string         `db:"merged"`
	State      StageState     `db:"state"`
	DecidedAt  sql.NullTime   `db:"decided_at"`
	Matter     string         `db:"matter"`
	Scene      string         `db:"scene"`
}

var stageColumns = []string{"plan", "task", "revision", "talk", "id", "kind", "at", "moved_from", "recipients", "light", "merged", "state", "decided_at", "matter", "scene"}

var (
	stageList = strings.Join(stageColumns, ", ")
	sceneless = strings.TrimSuffix(stageList, ", scene") // most of a row is its scene
)

func (r stageRow) stage() (s Stage, err error) {
	s = Stage{Plan: r.Plan, Task: r.Task, Revision: r.Revision, Talk: r.Talk, State: r.State, DecidedAt: fromNull(r.DecidedAt),
		Stage: plan.Stage{ID: r.ID, Kind: r.Kind, At: r.At.UTC(), Light: r.Light}}
	if r.Matter != "" {
		m := matter{}
		if err := json.Unmarshal([]byte(r.Matter), &m); err != nil {
			return s, fmt.Errorf("ledger: stage %s of %s: matter: %w", r.ID, r.Task, err)
		}
		s.Unless, s.Matter = m.Unless, m.Matter
	}
	if s.Scene, err = sceneIn(r.Scene); err != nil {
		return s, err
	}
	if s.MovedFrom, err = day(r.MovedFrom); err != nil {
		return s, err
	}
	if err := json.Unmarshal([]byte(r.Recipients), &s.To); err != nil {
		return s, fmt.Errorf("ledger: stage %s of %s: recipients: %w", r.ID, r.Task, err)
	}
	return s, json.Unmarshal([]byte(r.Merged), &s.Merged)
}

func stagesOf(rows []stageRow) ([]Stage, error) {
	stages := make([]Stage, len(rows))
	for i, r := range rows {
		var err error
		if stages[i], err = r.stage(); err != nil {
			return nil, err
		}
	}
	return stages, nil
}

// stageValues are the values of stageColumns.
func stageValues(d Decision, scene Scene, decided time.Time) []any {
	s := d.Stage
	return []any{d.Plan, d.Task, d.Revision, d.Talk, s.ID, s.Kind, instant(s.At), s.MovedFrom.String(), asJSON(s.To), s.Light, asJSON(s.Merged), Decided, nullable(decided), matterOf(s), asJSON(scene)}
}

// matter is what a stage row keeps as one JSON text.
type matter struct {
	Unless string `json:"unless,omitempty"`
	plan.Matter
}

func matterOf(s plan.Stage) string {
	if m := (matter{s.Unless, s.Matter}); m != (matter{}) {
		return asJSON(m)
	}
	return ""
}

// asJSON marshals what cannot fail: texts, and slices and maps of them.
func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// asFacts is canonical of a value that marshals without fail.
func asFacts(v any) string {
	text, err := canonical(v)
	if err != nil {
		panic(err)
	}
	return text
}

// digestRow is a digest as the database keeps it.
type digestRow struct {
	Key      string       `db:"key"`
	Plan     string       `db:"plan"`
	Unit     string       `db:"unit"`
	Role     people.Role  `db:"role"`
	SpeakAt  time.Time    `db:"speak_at"`
	Number   int          `db:"number"`
	Started  bool         `db:"started"`
	Gathered sql.NullTime `db:"gathered_at"`
	Words    string       `db:"words"`
	Channels string       `db:"channels"`
	Morning  string       `db:"morning"`
}

const digestColumns = `key, plan, unit, role, speak_at, number, started, gathered_at, words, channels, morning`

func (r digestRow) digest() Digest {
	return Digest{Key: r.Key, Plan: r.Plan, Recipient: people.Recipient{Unit: r.Unit, Role: r.Role}, SpeakAt: r.SpeakAt.UTC(), Number: r.Number, Started: r.Started, Morning: r.Morning}
}

// noticeRow is a notice as the database keeps it.
type noticeRow struct {
	Key      string         `db:"key"`
	Plan     string         `db:"plan"`
	Task     string         `db:"task"`
	Revision int            `db:"revision"`
	Talk     string         `db:"talk"`
	Stage    string         `db:"stage"`
	Unit     string         `db:"unit"`
	Role     people.Role    `db:"role"`
	Channel  string         `db:"channel"`
	Kind     plan.StageKind `db:"kind"`
	Light    plan.Light     `db:"light"`
	SpeakAt  time.Time      `db:"speak_at"`
	Digest   string         `db:"digest"`
	State    NoticeState    `db:"state"`
	Message  string         `db:"message"`
	Error    string         `db:"error"`
	SentAt   sql.NullTime   `db:"sent_at"`
	Twice    bool           `db:"twice"`
}

const noticeColumns = `key, plan, task, revision, talk, stage, unit, role, channel, kind, light, speak_at, digest, state, message, error, sent_at, twice`

func (r noticeRow) notice() Notice {
	return Notice{
		Effect: Effect{Task: r.Task, Revision: r.Revision, Stage: r.Stage, Recipient: people.Recipient{Unit: r.Unit, Role: r.Role}, Channel: r.Channel},
		Plan:   r.Plan, Talk: r.Talk, Kind: r.Kind, Light: r.Light, SpeakAt: r.SpeakAt.UTC(), Digest: r.Digest,
		State: r.State, Message: r.Message, Error: r.Error, SentAt: fromNull(r.SentAt), Twice: r.Twice,
	}
}

func noticesOf(rows []noticeRow) []Notice {
	notices := make([]Notice, len(rows))
	for i, r := range rows {
		notices[i] = r.notice()
	}
	return notices
}

// talkRow is a talk as the database keeps it.
type talkRow struct {
	ID       string        `db:"id"`
	Plan     string        `db:"plan"`
	Task     string        `db:"task"`
	Revision int           `db:"revision"`
	Number   int           `db:"number"`
	Lead     string        `db:"lead"`
	State    act.TalkState `db:"state"`
	OpensAt  time.Time     `db:"opens_at"`
	Taken    string        `db:"taken"`
	Approver string        `db:"approver"`
	What     string        `db:"what"`
	Origin   string        `db:"origin"`
	Course   string        `db:"course"`
	Version  int           `db:"version"`
	Host     string        `db:"host"`
}

const talkColumns = `id, plan, task, revision, number, lead, state, opens_at, taken, approver, what, origin, course, version, host`

func (r talkRow) talk() (Talk, error) {
	origin, err := act.ParseOrigin(r.Origin)
	if err != nil {
		return Talk{}, fmt.Errorf("ledger: talk %s: %w", r.ID, err)
	}
	t := Talk{ID: r.ID, Plan: r.Plan, Task: r.Task, Revision: r.Revision, Number: r.Number, Lead: r.Lead, State: r.State, OpensAt: r.OpensAt.UTC(), Approver: r.Approver, What: r.What, Origin: origin, Version: r.Version, Host: r.Host}
	if err := json.Unmarshal([]byte(r.Taken), &t.Taken); err != nil {
		return t, fmt.Errorf("ledger: talk %s: %w", t.ID, err)
	}
	if r.Course != "" {
		if err := json.Unmarshal([]byte(r.Course), &t.Facts); err != nil {
			return t, fmt.Errorf("ledger: talk %s: course: %w", t.ID, err)
		}
	}
	return t, nil
}

// insert writes many rows in few statements, so that a plan of ten thousand tasks is
// written within seconds.
func (t *tx) insert(table string, columns []string, rows [][]any) error {
	group := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	most := min(500, t.s.d.parameters()/len(columns))
	for len(rows) > 0 {
		n := min(len(rows), most)
		args := make([]any, 0, n*len(columns))
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		query := `INSERT INTO ` + table + ` (` + strings.Join(columns, ", ") + `) VALUES ` + group + strings.Repeat(", "+group, n-1)
		if _, err := t.exec(query, args...); err != nil {
			return fmt.Errorf("ledger: %s: %w", table, err)
		}
		if of := tableOf(table); of != nil {
			for _, row := range rows[:n] {
				if err := t.fill(of, columns, row); err != nil {
					return err
				}
			}
		}
		rows = rows[n:]
	}
	return nil
}
