package ledger

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"duban/internal/plan"
)

// Message is what one digest says over one channel. ID is the same for ever
// for the same digest and channel: the left part of an RFC 5322 Message-ID.
type Message struct {
	ID      string `json:"id"`
	Digest  Digest `json:"digest"`
	Channel string `json:"channel"`
	Items   []Item `json:"items"` // by due date, task and stage
}

// Item is one notice of a message with what its text needs.
type Item struct {
	Notice Notice      `json:"notice"`
	Task   Task        `json:"task"`
	Talk   *Talk       `json:"talk,omitempty"`  // the talk it speaks of, or that its stage called for
	Stage  *plan.Stage `json:"stage,omitempty"` // as it was decided
	Next   *plan.Stage `json:"next,omitempty"`  // what comes next for the task if nothing is done; nil: nothing
}

// messageRow is a message as the database keeps it.
type messageRow struct {
	ID      string `db:"id"`
	Plan    string `db:"plan"`
	Digest  string `db:"digest"`
	Channel string `db:"channel"`
	State   string `db:"state"`
	Attempt int    `db:"attempt"`
	Error   string `db:"error"`
}

// undelivered is the state of a message that is known not to have gone out
// and may be tried again. The others are called like a notice's.
const undelivered = "undelivered"

// messageID is made from what the message is, so that every attempt bears it.
func messageID(digest, channel string) string {
	sum := sha256.Sum256([]byte(digest + "\n" + channel))
	return "n" + hex.EncodeToString(sum[:16])
}

// MarkStarted notes that the workflows of these digests are known to exist.
func (s *Store) MarkStarted(ctx context.Context, digests []string) error {
	if len(digests) == 0 {
		return nil
	}
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		_, err = t.exec(`UPDATE digests SET started = ? WHERE `+t.s.d.among("key"), true, t.s.d.list(digests))
		return none, err
	})
	return err
}

// Gather closes a digest to new notices and gives what it has to say now, one
// message a channel, each with its intent in the chain (message.intent) before
// it is given. Notices no longer true are dropped (notice.dropped).
//
// Called again it gives a message once more when its delivery is known to have
// failed for a while, and then asks anew what is true; and when there is no
// receipt for it and resend says that the channel may be used again for the
// same message. Otherwise the message is marked unknown (message.unknown).
func (s *Store) Gather(ctx context.Context, digest string, when When, resend func(channel string) bool) ([]Message, error) {
	return write(ctx, s, func(t *tx) ([]Message, error) {
		var row digestRow
		if err := t.one(&row, `SELECT `+digestColumns+` FROM digests WHERE key = ?`, digest); err != nil {
			return nil, fmt.Errorf("digest %s: %w", digest, err)
		}
		if !row.Gathered.Valid {
			if _, err := t.exec(`UPDATE digests SET gathered_at = ? WHERE key = ?`, instant(when.Plan), digest); err != nil {
				return nil, err
			}
		}
		g := gathering{t: t, digest: row.digest(), when: when}
		if err := g.read(); err != nil {
			return nil, err
		}
		return g.messages(resend)
	})
}

// gathering is one call of Gather.
type gathering struct {
	t      *tx
	digest Digest
	when   When
	waits  map[string][]Item // by channel: notices pending or sending
	sent   map[string]messageRow
}

func (g *gathering) read() error {
	var rows []noticeRow
	err := g.t.all(&rows, `SELECT `+noticeColumns+` FROM notices WHERE digest = ? AND state IN ('pending', 'sending')`, g.digest.Key)
	if err != nil || len(rows) == 0 {
		return err
	}
	var old []messageRow
	if err := g.t.all(&old, `SELECT id, plan, digest, channel, state, attempt, error FROM messages WHERE digest = ?`, g.digest.Key); err != nil {
		return err
	}
	g.sent = map[string]messageRow{}
	for _, m := range old {
		g.sent[m.Channel] = m
	}
	var tasks []string
	for _, r := range rows {
		tasks = append(tasks, r.Task)
	}
	slices.Sort(tasks)
	around, err := g.t.around(g.digest, slices.Compact(tasks))
	if err != nil {
		return err
	}
	g.waits = map[string][]Item{}
	for _, r := range rows {
		g.waits[r.Channel] = append(g.waits[r.Channel], around.item(r.notice()))
	}
	for _, items := range g.waits {
		slices.SortFunc(items, func(a, b Item) int {
			return cmp.Or(a.Task.Due.Compare(b.Task.Due), cmp.Compare(a.Task.ID, b.Task.ID), a.Notice.SpeakAt.Compare(b.Notice.SpeakAt), cmp.Compare(a.Notice.Key(), b.Notice.Key()))
		})
	}
	return nil
}

func (g *gathering) messages(resend func(string) bool) ([]Message, error) {
	var out []Message
	for _, channel := range sortedKeys(g.waits) {
		items, m := g.waits[channel], g.sent[channel]
		var err error
		switch m.State {
		case "", undelivered:
			if items, err = g.stillTrue(items); err == nil {
				err = g.intend(channel, m, items)
			}
		case Sending:
			if resend(channel) {
				err = g.intend(channel, m, items)
			} else {
				items, err = nil, g.lose(m)
			}
		default:
			items = nil
		}
		if err != nil {
			return nil, err
		}
		if len(items) > 0 {
			id := messageID(g.digest.Key, channel)
			for i := range items {
				items[i].Notice.State, items[i].Notice.Message = Sending, id
			}
			out = append(out, Message{ID: id, Digest: g.digest, Channel: channel, Items: items})
		}
	}
	return out, nil
}

// stillTrue keeps the items that may still be said and drops the others.
func (g *gathering) stillTrue(items []Item) (kept []Item, err error) {
	for _, it := range items {
		if it.stands() {
			kept = append(kept, it)
			continue
		}
		key := it.Notice.Key()
		if _, err := g.t.exec(`UPDATE notices SET state = 'dropped' WHERE key = ?`, key); err != nil {
			return nil, err
		}
		e := Event{Key: key + "/dropped", Plan: g.digest.Plan, Task: it.Task.ID, Kind: NoticeDropped}
		data := map[string]any{"notice": key, "digest": g.digest.Key, "task_state": it.Task.State, "task_revision": it.Task.Revision}
		if it.Notice.Talk != "" && it.Talk != nil {
			data["talk_state"] = it.Talk.State
		}
		if err := g.t.append(e, g.when, data); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// stands tells whether a notice is still true: see tx.stands.
func (it Item) stands() bool {
	switch {
	case it.Notice.Kind == plan.Told:
		return true // it has happened
	case it.Notice.Talk != "":
		return it.Task.State != Cancelled && it.Talk != nil && goesOn(it.Talk.State) &&
			(it.Talk.Course == nil || it.Stage == nil || it.Talk.Course.Stands(*it.Stage, it.Notice.Revision))
	case it.Task.State != TaskOpen || it.Task.Revision != it.Notice.Revision:
		return false
	}
	return it.Task.Course == nil || it.Stage == nil || it.Task.Course.Speaks(*it.Stage)
}

// intend writes the intent to send items over a channel, before anything is
// sent. m is the message's row from an earlier attempt, or empty.
func (g *gathering) intend(channel string, m messageRow, items []Item) error {
	if len(items) == 0 {
		if m.ID == "" {
			return nil
		}
		_, err := g.t.exec(`UPDATE messages SET state = 'dropped' WHERE id = ?`, m.ID)
		return err
	}
	id := messageID(g.digest.Key, channel)
	_, err := g.t.exec(`INSERT INTO messages (id, plan, digest, channel, state, attempt, error) VALUES (?, ?, ?, ?, 'sending', 1, '')
		ON CONFLICT (id) DO UPDATE SET state = 'sending', attempt = messages.attempt + 1`, id, g.digest.Plan, g.digest.Key, channel)
	if err != nil {
		return err
	}
	_, err = g.t.exec(`UPDATE notices SET state = 'sending', message = ? WHERE digest = ? AND channel = ? AND state IN ('pending', 'sending')`, id, g.digest.Key, channel)
	if err != nil {
		return err
	}
	keys := make([]string, len(items))
	for i, it := range items {
		keys[i] = it.Notice.Key()
	}
	e := Event{Key: fmt.Sprintf("%s/intent/%d", id, m.Attempt+1), Plan: g.digest.Plan, Kind: MessageIntent}
	return g.t.append(e, g.when, map[string]any{
		"message": id, "digest": g.digest.Key, "recipient": g.digest.Recipient, "channel": channel, "attempt": m.Attempt + 1, "notices": keys,
	})
}

// lose marks a message of which nobody knows whether it went out.
func (g *gathering) lose(m messageRow) error {
	if err := g.t.messageState(m.ID, Unknown, "", nil); err != nil {
		return err
	}
	return g.t.append(Event{Key: m.ID + "/unknown", Plan: m.Plan, Kind: MessageUnknown}, g.when, map[string]any{
		"message": m.ID, "digest": m.Digest, "channel": m.Channel, "attempt": m.Attempt,
	})
}

// messageState moves a message and the notices it carries.
func (t *tx) messageState(id, state, failure string, sentAt any) error {
	if _, err := t.exec(`UPDATE messages SET state = ?, error = ? WHERE id = ?`, state, failure, id); err != nil {
		return err
	}
	if state == undelivered {
		state = Sending
	}
	_, err := t.exec(`UPDATE notices SET state = ?, error = ?, sent_at = ?, reported = ? WHERE state IN ('sending', 'unknown') AND message = ? AND digest = (SELECT digest FROM messages WHERE id = ?)`,
		state, failure, sentAt, false, id, id)
	return err
}

// Receipt records what became of a message: failure "" is sent
// (message.sent); permanent, it was refused for good (message.failed);
// otherwise delivery is known not to have happened and the next Gather gives
// the message again (message.deferred). Sent and failed are final: a later
// receipt changes nothing. ErrNotFound when there is no such message.
func (s *Store) Receipt(ctx context.Context, message, failure string, permanent bool, when When) error {
	failure = storable(failure)
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		var m messageRow
		if err := t.one(&m, `SELECT id, plan, digest, channel, state, attempt, error FROM messages WHERE id = ?`, message); err != nil {
			return none, fmt.Errorf("message %s: %w", message, err)
		}
		state, kind, key := Sent, MessageSent, m.ID+"/sent"
		var sentAt any = instant(when.Real)
		switch {
		case failure != "" && permanent:
			state, kind, key, sentAt = Failed, MessageFailed, m.ID+"/failed", nil
		case failure != "":
			state, kind, key, sentAt = undelivered, MessageDeferred, fmt.Sprintf("%s/deferred/%d", m.ID, m.Attempt), nil
		}
		if m.State != Sending && (state == undelivered || m.State != Unknown && m.State != undelivered) {
			return none, nil
		}
		if err := t.messageState(m.ID, state, failure, sentAt); err != nil {
			return none, err
		}
		data := map[string]any{"message": m.ID, "digest": m.Digest, "channel": m.Channel, "attempt": m.Attempt}
		if failure != "" {
			data["error"] = failure
		}
		return none, t.append(Event{Key: key, Plan: m.Plan, Kind: kind}, when, data)
	})
	return err
}
