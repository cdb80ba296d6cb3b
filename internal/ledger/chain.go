package ledger

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"duban/internal/act"
)

// Kinds of events. Names on disk: never change one.
const (
	PlanLaunched     = "plan.launched"
	CalendarPut      = "calendar.put"
	OccurrenceOpened = "occurrence.opened"
	TaskOpened       = "task.opened" // for something that the plan's document does not name: see act.Origin
	TaskArmed        = "task.armed"
	StageDecided     = "stage.decided"
	StageVoid        = "stage.void" // its task was closed or re-laddered before it spoke
	NoticeDropped    = "notice.dropped"
	MessageIntent    = "message.intent"
	MessageLeaving   = "message.leaving" // its last byte is about to go
	MessageSent      = "message.sent"
	MessageFailed    = "message.failed"
	MessageDeferred  = "message.deferred" // known not to have been delivered; will be tried again
	MessageUnknown   = "message.unknown"  // it left and no answer came back
	MessageResent    = "message.resend"   // a person asks for another try
	MessageDropped   = "message.drop"     // a person ends the tries
	TalkOpened       = "talk.opened"
	TalkAsked        = "talk.proposed"
	TalkHasJoined    = "talk.joined"
	TalkVoided       = "talk.void"
	TalkRevived      = "talk.revived"     // a void talk goes on: its task is reinstated, or has the missed date again
	DigestGathered   = "digest.gathered"  // it had nothing to say, or nothing more
	DigestAnnounced  = "digest.announced" // it says words of its own: see Announce
	WorkflowMended   = "workflow.mended"  // Temporal had lost it, ended it or knew less than the ledger
	TalkGivenBack    = "talk.given_back"  // the ledger had lost it, being restored
	WorkflowTaken    = "workflow.taken"   // a person has said whether the ledger or Temporal is right
	AuditAlarm       = "audit.alarm"      // what an audit could not mend and told the office
	// By these it is remembered that the office was told: of a broken law; of a year
	// without a holiday notice, once a plan and year; of a unit that leads open tasks and
	// for which nobody has an account, once a plan and unit.
	AuditLaw         = "audit.law"
	AuditProvisional = "audit.provisional"
	AuditUnattended  = "audit.unattended"
)

// Engine is the actor of what nobody did by hand.
const Engine = "engine"

// stamp is how an instant enters the hash: UTC, up to microseconds without
// trailing zeros, as SQLite stores it: 2021-04-30 01:00:00.25+00:00.
const stamp = "2006-01-02 15:04:05.999999999-07:00"

// link is the hash of one event: SHA-256, in hex, over eleven fields in this
// order, each written as a netstring (length in bytes, colon, bytes, comma):
// prev, seq, key, plan, task, kind, actor, real, plan_at, data, changes. Prev is
// the hash of the event before, empty for the first; instants are stamps.
func link(e Event, real, planAt string) string {
	h := sha256.New()
	for _, field := range []string{e.Prev, strconv.FormatInt(e.Seq, 10), e.Key, e.Plan, e.Task, e.Kind, e.Actor, real, planAt, string(e.Data), string(e.Changes)} {
		fmt.Fprintf(h, "%d:%s,", len(field), field)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// recorded tells whether an event with this key is in the chain.
func (t *tx) recorded(key string) (bool, error) {
	var seq int64
	err := t.one(&seq, `SELECT seq FROM events WHERE key = ?`, key)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// actRecorded tells whether an act is in the chain under its key; ErrTaken when another
// act is. An act of the engine's own (act.OwnID) is the same act whoever has ordered it.
func actRecorded(q interface {
	one(dest any, query string, args ...any) error
}, key string, a act.Act) (bool, error) {
	var e struct{ Kind, Actor string }
	err := q.one(&e, `SELECT kind, actor FROM events WHERE key = ?`, key)
	switch {
	case errors.Is(err, ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	case e.Kind != ActKind(a.Kind) || e.Actor != a.By.Account && !act.OwnID(a.ID):
		return false, fmt.Errorf("%s: %w", key, ErrTaken)
	}
	return true, nil
}

// appendOnce is append for an event whose key may be in the chain: then another one
// is written, under a key of its own, only when the tables have changed.
func (t *tx) appendOnce(e Event, when When, data any) error {
	there, err := t.recorded(e.Key)
	if err != nil {
		return err
	}
	if there {
		if changed, err := t.changed(); err != nil || !changed {
			return err
		}
		e.Key = fmt.Sprintf("%s/%d", e.Key, t.head.Seq+1)
	}
	return t.append(e, when, data)
}

// append writes the next event of the chain, with all that the transaction has
// changed in the tables since the last one. The caller has seen that its key is
// new. Data is any value that marshals to JSON.
func (t *tx) append(e Event, when When, data any) error {
	if e.Key == "" || e.Kind == "" {
		return fmt.Errorf("ledger: an event needs a key and a kind: %q %q", e.Key, e.Kind)
	}
	var err error
	if e.Data, err = json.Marshal(data); err != nil {
		return fmt.Errorf("ledger: %s: %w", e.Key, err)
	}
	if e.Actor == "" {
		e.Actor = Engine
	}
	for _, text := range []*string{&e.Key, &e.Plan, &e.Task, &e.Kind, &e.Actor} {
		*text = storable(*text)
	}
	changes, err := t.changes()
	if err != nil {
		return fmt.Errorf("ledger: event %s: %w", e.Key, err)
	}
	e.Changes = json.RawMessage(changes)
	e.Real, e.PlanAt = instant(when.Real), instant(when.Plan)
	e.Seq, e.Prev = t.head.Seq+1, t.head.Hash
	e.Hash = link(e, e.Real.Format(stamp), e.PlanAt.Format(stamp))
	_, err = t.exec(`INSERT INTO events (seq, key, plan, task, kind, actor, real_at, plan_at, data, changes, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, e.Key, e.Plan, e.Task, e.Kind, e.Actor, e.Real, e.PlanAt, string(e.Data), changes, e.Prev, e.Hash)
	if err != nil {
		return fmt.Errorf("ledger: event %s: %w", e.Key, err)
	}
	if back := t.head.Real.Time.Sub(e.Real); t.head.Real.Valid && back > SkewWarned {
		t.back = append(t.back, step{e.Key, back})
	}
	t.head = head{e.Seq, e.Hash, sql.NullTime{Time: e.Real, Valid: true}}
	return nil
}

// storable drops what PostgreSQL cannot hold in a text.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// eventRow is an event as a database gives it; instants as text or time.
type eventRow struct {
	Seq    int64  `db:"seq"`
	Key    string `db:"key"`
	Plan   string `db:"plan"`
	Task   string `db:"task"`
	Kind   string `db:"kind"`
	Actor  string `db:"actor"`
	Real   any    `db:"real_at"`
	PlanAt any    `db:"plan_at"`
	Data   string `db:"data"`
	Prev   string `db:"prev"`
	Hash   string `db:"hash"`

	Changes string `db:"changes"`
}

func (r eventRow) event() Event {
	return Event{Seq: r.Seq, Key: r.Key, Plan: r.Plan, Task: r.Task, Kind: r.Kind, Actor: r.Actor,
		Real: asTime(r.Real), PlanAt: asTime(r.PlanAt), Data: json.RawMessage(r.Data), Prev: r.Prev, Hash: r.Hash, Changes: changesIn(r.Changes)}
}

func changesIn(text string) json.RawMessage {
	if text == "" {
		return nil
	}
	return json.RawMessage(text)
}

func asTime(v any) time.Time {
	t, _ := v.(time.Time)
	return t.UTC()
}

func asStamp(v any) string {
	switch v := v.(type) {
	case time.Time:
		return v.UTC().Format(stamp)
	case []byte:
		return string(v)
	case string:
		return v
	}
	return fmt.Sprint(v)
}
