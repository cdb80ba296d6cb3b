package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/internal/people"
)

// MessageInfo is one message and what has become of it, for a list.
type MessageInfo struct {
	ID        string           `json:"id"`
	Plan      string           `json:"plan"`
	Digest    string           `json:"digest"`
	Recipient people.Recipient `json:"recipient"`
	SpeakAt   time.Time        `json:"speak_at"` // plan clock
	Channel   string           `json:"channel"`
	Via       string           `json:"via,omitempty"`    // what carried it, when that is another channel
	State     NoticeState      `json:"state"`            // sending, Leaving, Undelivered, sent, failed, unknown or dropped
	Attempt   int              `json:"attempt"`          // tries so far
	Doubts    int              `json:"doubts,omitempty"` // earlier tries that may have arrived
	Error     string           `json:"error,omitempty"`
	Notices   int              `json:"notices"`
	Missed    []MissedCopy     `json:"missed,omitempty"` // copies that were not taken
}

// MessageFilter chooses messages. Empty fields choose all.
type MessageFilter struct {
	Plan   string   // messages of this plan, and those of other plans that carry words of this one
	Plans  []string // likewise; nil chooses all
	ID     string   // the beginning of one
	States []NoticeState
	Missed bool      // copies of them were not taken
	Unit   string    // to a seat of it
	From   time.Time // spoken at it or later, plan clock
	Before time.Time
	Spans  []Span // spoken in one of them
	Latest bool   // the latest first

	Skip, Limit int // Limit 0: all from the first
}

// Span is a time of the plan clock, From counting and Before not, for some plans: the same
// day begins at another instant where a plan's zone is another.
type Span struct {
	Plans        []string
	From, Before time.Time
}

// where is the choice, of messages m and their digests d.
func (f MessageFilter) where(d dialect) (w where) {
	if f.Plan != "" {
		w.add("(m.plan = ? OR EXISTS (SELECT 1 FROM notices o WHERE o.digest = m.digest AND o.plan = ?))", f.Plan, f.Plan)
	}
	if f.Plans != nil {
		w.add("("+d.among("m.plan")+" OR EXISTS (SELECT 1 FROM notices o WHERE o.digest = m.digest AND "+d.among("o.plan")+"))", d.list(f.Plans), d.list(f.Plans))
	}
	w.oneOf("m.state", texts(f.States))
	w.equal("d.unit", f.Unit)
	if f.Missed {
		w.add("m.missed <> ''")
	}
	if f.ID != "" {
		w.add("substr(m.id, 1, ?) = ?", len(f.ID), f.ID)
	}
	if !f.From.IsZero() {
		w.add("d.speak_at >= ?", instant(f.From))
	}
	if !f.Before.IsZero() {
		w.add("d.speak_at < ?", instant(f.Before))
	}
	var spans []string
	var args []any
	for _, s := range f.Spans {
		spans = append(spans, "("+d.among("m.plan")+" AND d.speak_at >= ? AND d.speak_at < ?)")
		args = append(args, d.list(s.Plans), instant(s.From), instant(s.Before))
	}
	if len(spans) > 0 {
		w.add("("+strings.Join(spans, " OR ")+")", args...)
	}
	return w
}

// CountMessages is how many messages are chosen, on whatever page.
func (s *Store) CountMessages(ctx context.Context, f MessageFilter) (n int, err error) {
	w := f.where(s.d)
	from := `messages m`
	if f.Unit != "" || !f.From.IsZero() || !f.Before.IsZero() || len(f.Spans) > 0 { // only these ask the digests, of which each message has one
		from += ` JOIN digests d ON d.key = m.digest`
	}
	err = s.one(ctx, &n, `SELECT COUNT(*) FROM `+from+w.String(), w.args...)
	return n, err
}

// Untried are the pending notices of a plan that should have been spoken at last or before,
// plan clock, as one message without an ID for each digest, recipient and channel. Where
// from and before are set, they speak at from or later and earlier than before. By speaking
// time and recipient.
func (s *Store) Untried(ctx context.Context, planID string, last, from, before time.Time) ([]MessageInfo, error) {
	w := where{}
	w.add("d.speak_at <= ?", instant(last))
	if !from.IsZero() {
		w.add("d.speak_at >= ?", instant(from))
	}
	if !before.IsZero() {
		w.add("d.speak_at < ?", instant(before))
	}
	var rows []struct {
		Digest  string      `db:"digest"`
		Unit    string      `db:"unit"`
		Role    people.Role `db:"role"`
		Channel string      `db:"channel"`
		SpeakAt time.Time   `db:"speak_at"`
		Notices int         `db:"notices"`
	}
	// An index has the pending notices in this order; a digest is looked up once for all its notices.
	err := s.all(ctx, &rows, `SELECT n.digest, n.unit, n.role, n.channel, d.speak_at, n.notices FROM (SELECT digest, unit, role, channel, COUNT(*) AS notices FROM notices
		WHERE plan = ? AND state = 'pending' GROUP BY digest, unit, role, channel) n JOIN digests d ON d.key = n.digest`+w.String()+`
		ORDER BY d.speak_at, n.unit, n.role, n.channel`, append([]any{planID}, w.args...)...)
	if err != nil {
		return nil, err
	}
	out := make([]MessageInfo, len(rows))
	for i, r := range rows {
		out[i] = MessageInfo{Plan: planID, Digest: r.Digest, Recipient: people.Recipient{Unit: r.Unit, Role: r.Role}, SpeakAt: r.SpeakAt.UTC(),
			Channel: r.Channel, State: Pending, Notices: r.Notices}
	}
	return out, nil
}

// Unsettled are the states of messages that somebody may want to send again or to
// end: all but sent and dropped.
var Unsettled = []NoticeState{Sending, Leaving, Undelivered, Failed, Unknown}

// Messages are the chosen messages, by speaking time and recipient.
func (s *Store) Messages(ctx context.Context, f MessageFilter) ([]MessageInfo, error) {
	w := f.where(s.d)
	order := "d.speak_at"
	if f.Latest {
		order = "d.speak_at DESC"
	}
	var rows []struct {
		messageRow
		Unit    string      `db:"unit"`
		Role    people.Role `db:"role"`
		SpeakAt time.Time   `db:"speak_at"`
		Notices int         `db:"notices"`
	}
	// The notices of those alone are counted that the page shows.
	by := order + `, d.unit, d.role, m.channel, m.id`
	err := s.all(ctx, &rows, `SELECT m.id, m.plan, m.digest, m.channel, m.state, m.attempt, m.error, m.doubts, m.via, m.missed, d.unit, d.role, d.speak_at,
		(SELECT COUNT(*) FROM notices n WHERE n.digest = m.digest AND (n.message = m.id OR n.message = '' AND n.state <> 'dropped' AND n.channel = m.channel)) AS notices
		FROM (SELECT m.id FROM messages m JOIN digests d ON d.key = m.digest`+w.String()+` ORDER BY `+by+page(f.Skip, f.Limit)+`) chosen
		JOIN messages m ON m.id = chosen.id JOIN digests d ON d.key = m.digest ORDER BY `+by, w.args...)
	if err != nil {
		return nil, err
	}
	out := make([]MessageInfo, len(rows))
	for i, r := range rows {
		missed, err := missedCopies(r.Missed)
		if err != nil {
			return nil, err
		}
		out[i] = MessageInfo{
			Missed: missed,
			ID:     r.ID, Plan: r.Plan, Digest: r.Digest, Recipient: people.Recipient{Unit: r.Unit, Role: r.Role}, SpeakAt: r.SpeakAt.UTC(),
			Channel: r.Channel, Via: r.Via, State: r.State, Attempt: r.Attempt, Doubts: r.Doubts, Error: r.Error, Notices: r.Notices,
		}
	}
	return out, nil
}

// Resend lets a message that was refused, or of which nobody knows whether it arrived, be
// tried once more, as event message.resend by actor. resent is false, and nothing changes,
// when the message is sent or dropped; the state of one that is still tried stays. The
// caller starts the digest. ErrNotFound when there is no such message.
func (s *Store) Resend(ctx context.Context, message, actor string, when When) (digest string, resent bool, err error) {
	type answer struct {
		digest string
		resent bool
	}
	got, err := write(ctx, s, func(t *tx) (answer, error) {
		m, err := t.message(message)
		if err != nil {
			return answer{}, err
		}
		if m.State == Sent || m.State == Dropped {
			return answer{m.Digest, false}, nil
		}
		if m.State == Failed || m.State == Unknown || m.State == Leaving {
			if m.State != Failed { // it may have arrived
				m.Doubts++
			}
			if err := t.messageState(m.ID, Undelivered, m.Error, nil); err != nil {
				return answer{}, err
			}
			if _, err := t.change("messages", `doubts = ?`, []any{m.Doubts}, `id = ?`, m.ID); err != nil {
				return answer{}, err
			}
		}
		key := fmt.Sprintf("%s/resend/%d", m.ID, m.Attempt)
		return answer{m.Digest, true}, t.appendOnce(Event{Key: key, Plan: m.Plan, Kind: MessageResent, Actor: actor}, when, m.facts(""))
	})
	return got.digest, got.resent, err
}

// DropMessage ends the tries of a message that is not sent, as event message.drop
// by actor, with the reason. dropped is false, and nothing changes, when it is sent
// or dropped already.
func (s *Store) DropMessage(ctx context.Context, message, actor, reason string, when When) (dropped bool, err error) {
	return write(ctx, s, func(t *tx) (bool, error) {
		m, err := t.message(message)
		if err != nil {
			return false, err
		}
		if m.State == Sent || m.State == Dropped {
			return false, nil
		}
		var notices []noticeRow
		if err := t.all(&notices, `SELECT `+noticeColumns+` FROM notices WHERE message = ? AND digest = ? AND state IN ('sending', 'unknown', 'failed')`, m.ID, m.Digest); err != nil {
			return false, err
		}
		for _, n := range notices {
			e := Event{Key: n.Key + "/dropped", Plan: n.Plan, Task: n.Task, Kind: NoticeDropped, Actor: actor}
			if err := t.append(e, when, map[string]any{"notice": n.Key, "digest": n.Digest, "message": m.ID}); err != nil {
				return false, err
			}
		}
		if err := t.messageState(m.ID, Dropped, m.Error, nil); err != nil {
			return false, err
		}
		data := m.facts(m.Error)
		data["reason"] = storable(reason)
		return true, t.append(Event{Key: m.ID + "/drop", Plan: m.Plan, Kind: MessageDropped, Actor: actor}, when, data)
	})
}

// Announcement is something to be said that is no stage's notice: the audit's
// alarm. Name tells it from others of that recipient and instant.
type Announcement struct {
	Name      string // letters, digits and hyphens
	Plan      string
	Recipient people.Recipient
	SpeakAt   time.Time // plan clock
	Channels  []string
	Words     json.RawMessage // what it says; the ledger does not look into it
}

// Announce opens a digest that says an announcement, and nothing else. Again, it
// gives the same digest and changes nothing: its first words are kept. It is event
// digest.announced. The caller starts it and marks it started.
func (s *Store) Announce(ctx context.Context, a Announcement, when When) (Digest, error) {
	at := instant(a.SpeakAt)
	key := fmt.Sprintf("%s|%s|%s|%s", a.Plan, a.Recipient, at.Format(time.RFC3339Nano), a.Name)
	return write(ctx, s, func(t *tx) (Digest, error) {
		var row digestRow
		err := t.one(&row, `SELECT `+digestColumns+` FROM digests WHERE key = ?`, key)
		if err == nil || !errors.Is(err, ErrNotFound) {
			return row.digest(), err
		}
		var last int
		if err := t.one(&last, `SELECT COALESCE(MAX(number), 0) FROM digests WHERE plan = ? AND unit = ? AND role = ? AND speak_at = ?`,
			a.Plan, a.Recipient.Unit, a.Recipient.Role, at); err != nil {
			return Digest{}, err
		}
		g := Digest{Key: key, Plan: a.Plan, Recipient: a.Recipient, SpeakAt: at, Number: last + 1}
		// Gathered from the start: it takes no notices.
		err = t.make("digests", `INSERT INTO digests (key, plan, unit, role, speak_at, number, started, gathered_at, words, channels) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			g.Key, g.Plan, a.Recipient.Unit, a.Recipient.Role, at, g.Number, false, at, string(a.Words), asJSON(slices.Clone(a.Channels)))
		if err != nil {
			return Digest{}, err
		}
		return g, t.append(Event{Key: g.Key + "/announced", Plan: g.Plan, Kind: DigestAnnounced}, when, map[string]any{"digest": g.Key, "channels": a.Channels})
	})
}

// Unsay takes back an announcement that is not true any more, before or between the tries of its
// messages: nothing more is said of it. It is event digest.gathered. A message that may have
// arrived stays as it is.
func (s *Store) Unsay(ctx context.Context, digest string, when When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		var row digestRow
		if err := t.one(&row, `SELECT `+digestColumns+` FROM digests WHERE key = ?`, digest); err != nil {
			return none, fmt.Errorf("digest %s: %w", digest, err)
		}
		if row.Words == "" || row.Channels == "[]" {
			return none, nil
		}
		if _, err := t.change("messages", `state = ?`, []any{Dropped}, `digest = ? AND state IN ('sending', 'undelivered')`, digest); err != nil {
			return none, err
		}
		if _, err := t.change("digests", `channels = ?`, []any{"[]"}, `key = ?`, digest); err != nil {
			return none, err
		}
		e := Event{Key: fmt.Sprintf("%s/gathered/%d", digest, t.head.Seq+1), Plan: row.Plan, Kind: DigestGathered}
		return none, t.append(e, when, map[string]any{"digest": digest})
	})
	return err
}

// Speaks tells whether a message with a word of the plan speaks, or spoke, to a seat at from
// or later and earlier than before, plan clock.
func (s *Store) Speaks(ctx context.Context, planID string, to people.Recipient, from, before time.Time) (bool, error) {
	var n int
	err := s.one(ctx, &n, `SELECT COUNT(*) FROM notices n JOIN digests d ON d.key = n.digest WHERE n.plan = ? AND n.unit = ? AND n.role = ? AND n.state <> 'dropped' AND d.speak_at >= ? AND d.speak_at < ?`,
		planID, to.Unit, to.Role, instant(from), instant(before))
	return n > 0, err
}

// MessageEvents are the events of the named messages (intents, receipts and
// what came between), in the order of the chain.
func (s *Store) MessageEvents(ctx context.Context, ids []string) ([]Event, error) {
	var messages []struct {
		ID      string `db:"id"`
		Attempt int    `db:"attempt"`
	}
	if err := s.all(ctx, &messages, `SELECT id, attempt FROM messages WHERE `+s.d.among("id"), s.d.list(ids)); err != nil {
		return nil, err
	}
	var keys []string
	for _, m := range messages {
		keys = append(keys, m.ID+"/sent", m.ID+"/drop")
		for n := range m.Attempt {
			for _, kind := range []string{"intent", "leaving", "deferred", "failed", "unknown", "resend"} {
				keys = append(keys, fmt.Sprintf("%s/%s/%d", m.ID, kind, n+1))
			}
		}
	}
	var rows []eventRow
	query := `SELECT seq, key, plan, task, kind, actor, real_at, plan_at, data, prev, hash FROM events WHERE ` + s.d.among("key") + ` ORDER BY seq`
	if err := s.all(ctx, &rows, query, s.d.list(keys)); err != nil {
		return nil, err
	}
	events := make([]Event, len(rows))
	for i, r := range rows {
		events[i] = r.event()
	}
	return events, nil
}
