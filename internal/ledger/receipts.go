package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// messageRow is a message as the database keeps it.
type messageRow struct {
	ID      string      `db:"id"`
	Plan    string      `db:"plan"`
	Digest  string      `db:"digest"`
	Channel string      `db:"channel"`
	State   NoticeState `db:"state"`
	Attempt int         `db:"attempt"`
	Error   string      `db:"error"`
	Doubts  int         `db:"doubts"`
	Via     string      `db:"via"`
	Missed  string      `db:"missed"`
}

const messageColumns = `id, plan, digest, channel, state, attempt, error, doubts, via, missed`

// messageID is made from the digest and the channel, so that every attempt of a message has
// the same ID, and from the ledger's ID, so that no message of another ledger has it.
func messageID(ledger, digest, channel string) string {
	sum := sha256.Sum256([]byte(ledger + "\n" + digest + "\n" + channel))
	return "n" + hex.EncodeToString(sum[:16])
}

func (t *tx) message(id string) (m messageRow, err error) {
	if err := t.one(&m, `SELECT `+messageColumns+` FROM messages WHERE id = ?`, id); err != nil {
		return m, fmt.Errorf("message %s: %w", id, err)
	}
	t.hold("messages", m, id)
	return m, nil
}

// messageState moves a message and the notices it carries.
func (t *tx) messageState(id string, state NoticeState, failure string, sentAt any) error {
	if _, err := t.change("messages", `state = ?, error = ?`, []any{state, failure}, `id = ?`, id); err != nil {
		return err
	}
	if state == Undelivered || state == Leaving {
		state = Sending
	}
	_, err := t.change("notices", `state = ?, error = ?, sent_at = ?, reported = ?, twice = ? AND (SELECT doubts FROM messages WHERE id = ?) > 0`,
		[]any{state, failure, sentAt, false, state == Sent, id},
		`state IN ('sending', 'unknown', 'failed') AND message = ? AND digest = (SELECT digest FROM messages WHERE id = ?)`, id, id)
	return err
}

// doubt records that nobody knows whether a message arrived, once a try, and what
// it is from then on: unknown, or leaving when it is to be sent once more.
func (t *tx) doubt(m messageRow, state NoticeState, failure string, when When) error {
	if err := t.messageState(m.ID, state, failure, nil); err != nil {
		return err
	}
	e := Event{Key: m.unknown(), Plan: m.Plan, Kind: MessageUnknown}
	return t.appendOnce(e, when, m.facts(failure))
}

// unknown is the key of the event that says that the fate of a message's last try is not known.
func (m messageRow) unknown() string { return fmt.Sprintf("%s/unknown/%d", m.ID, m.Attempt) }

// facts are what every event of a message says of it.
func (m messageRow) facts(failure string) map[string]any {
	data := map[string]any{"message": m.ID, "digest": m.Digest, "channel": m.Channel, "attempt": m.Attempt}
	if failure != "" {
		data["error"] = failure
	}
	if m.Doubts > 0 {
		data["doubts"] = m.Doubts
	}
	if m.Via != "" {
		data["via"] = m.Via
	}
	return data
}

// Leaving writes, as event message.leaving, that the last byte of a message is about to
// go: from then on the message may arrive without the ledger's hearing of it. ErrOvertaken
// when the try is no longer the message's last or the message is settled: then the message
// must not be sent.
func (s *Store) Leaving(ctx context.Context, message string, attempt int, when When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		m, err := t.message(message)
		if err != nil {
			return none, err
		}
		if m.Attempt != attempt || m.State != Sending {
			return none, fmt.Errorf("message %s, try %d: %w", message, attempt, ErrOvertaken)
		}
		if _, err := t.change("messages", `state = ?, error = ?`, []any{Leaving, ""}, `id = ?`, m.ID); err != nil {
			return none, err
		}
		return none, t.append(Event{Key: fmt.Sprintf("%s/leaving/%d", m.ID, attempt), Plan: m.Plan, Kind: MessageLeaving}, when, m.facts(""))
	})
	return err
}

// Fate is what a try to deliver a message came to.
type Fate string

const (
	Delivered Fate = "delivered" // the channel took it
	PutOff    Fate = "put off"   // it did not leave; to be tried again
	Refused   Fate = "refused"   // it did not leave, and never will to this address
	Doubtful  Fate = "doubtful"  // it may have left
)

// Outcome is what one try to deliver a message came to.
type Outcome struct {
	Message string
	Attempt int // Message.Attempt
	Fate    Fate
	Error   string // the channel's last word; "" when it was delivered
	Via     string // the channel that carried it, when that is not the message's own
	Again   bool   // doubtful, and to be sent once more: it is not unknown yet
	Missed  []MissedCopy
}

// MissedCopy is a copy of a message that was not taken, though the message was. Nobody is
// sent the message again for it.
type MissedCopy struct {
	Name  string `json:"name"` // who sits beside the reader
	Email string `json:"email"`
	Error string `json:"error"`
}

// missedCopies are those that a row of messages tells of.
func missedCopies(doc string) (all []MissedCopy, err error) {
	if doc == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(doc), &all); err != nil {
		return nil, fmt.Errorf("ledger: copies of a message: %w", err)
	}
	return all, nil
}

// Receipt records what became of a try: message.sent, message.deferred,
// message.failed or message.unknown. Sent, failed and dropped are final: a later
// receipt changes nothing; nor does the receipt of a try that another one has
// overtaken, unless it was delivered. ErrNotFound when there is no such message.
func (s *Store) Receipt(ctx context.Context, o Outcome, when When) error {
	failure := storable(o.Error)
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		m, err := t.message(o.Message)
		if err != nil {
			return none, err
		}
		goes := (m.State == Sending || m.State == Leaving) && m.Attempt == o.Attempt
		if o.Fate == Delivered {
			goes = m.State != Sent && m.State != Failed
		}
		if !goes {
			return none, nil
		}
		if m.Via = o.Via; o.Via != "" {
			if _, err := t.change("messages", `via = ?`, []any{o.Via}, `id = ?`, m.ID); err != nil {
				return none, err
			}
		}
		switch o.Fate {
		case Delivered:
			if err := t.messageState(m.ID, Sent, "", instant(when.Real)); err != nil {
				return none, err
			}
			facts := m.facts("")
			if len(o.Missed) > 0 {
				if _, err := t.change("messages", `missed = ?`, []any{storable(asJSON(o.Missed))}, `id = ?`, m.ID); err != nil {
					return none, err
				}
				facts["missed"] = len(o.Missed)
			}
			return none, t.append(Event{Key: m.ID + "/sent", Plan: m.Plan, Kind: MessageSent}, when, facts)
		case Refused:
			if err := t.messageState(m.ID, Failed, failure, nil); err != nil {
				return none, err
			}
			return none, t.append(Event{Key: fmt.Sprintf("%s/failed/%d", m.ID, m.Attempt), Plan: m.Plan, Kind: MessageFailed}, when, m.facts(failure))
		case Doubtful:
			state := Unknown
			if o.Again {
				state = Leaving
			}
			return none, t.doubt(m, state, failure, when)
		}
		if err := t.messageState(m.ID, Undelivered, failure, nil); err != nil {
			return none, err
		}
		return none, t.append(Event{Key: fmt.Sprintf("%s/deferred/%d", m.ID, m.Attempt), Plan: m.Plan, Kind: MessageDeferred}, when, m.facts(failure))
	})
	return err
}
