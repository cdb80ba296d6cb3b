package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// unspoken is a condition on a digest d: it has something to say still.
const unspoken = `(EXISTS (SELECT 1 FROM notices n WHERE n.digest = d.key AND n.state IN ('pending', 'sending'))
	OR d.words <> '' AND d.channels NOT IN ('[]', 'null') AND (NOT EXISTS (SELECT 1 FROM messages m WHERE m.digest = d.key)
	OR EXISTS (SELECT 1 FROM messages m WHERE m.digest = d.key AND m.state IN ('sending', 'leaving', 'undelivered'))))`

// Unspoken are the digests of a plan that have something to say still, the earliest first.
func (s *Store) Unspoken(ctx context.Context, planID string) ([]Digest, error) {
	var rows []digestRow
	err := s.all(ctx, &rows, `SELECT `+digestColumns+` FROM digests d WHERE d.plan = ? AND (d.words <> '' OR d.key IN
		(SELECT digest FROM notices WHERE state IN ('pending', 'sending'))) AND `+unspoken+` ORDER BY d.speak_at, d.key`, planID)
	digests := make([]Digest, len(rows))
	for i, r := range rows {
		digests[i] = r.digest()
	}
	return digests, err
}

// Unstarted are the digests with a word about a task whose workflows are not known to exist.
func (s *Store) Unstarted(ctx context.Context, planID, task string) ([]Digest, error) {
	var rows []digestRow
	err := s.all(ctx, &rows, `SELECT `+digestColumns+` FROM digests WHERE NOT started AND key IN
		(SELECT digest FROM notices WHERE plan = ? AND task = ?) ORDER BY key`, planID, task)
	digests := make([]Digest, len(rows))
	for i, r := range rows {
		digests[i] = r.digest()
	}
	return digests, err
}

// HasDigest tells whether the ledger has a digest, spoken or not.
func (s *Store) HasDigest(ctx context.Context, key string) (bool, error) {
	var n int
	err := s.one(ctx, &n, `SELECT COUNT(*) FROM digests WHERE key = ?`, key)
	return n > 0, err
}

// DigestWaits tells whether a digest has something to say still.
func (s *Store) DigestWaits(ctx context.Context, key string) (bool, error) {
	var n int
	err := s.one(ctx, &n, `SELECT COUNT(*) FROM digests d WHERE d.key = ? AND `+unspoken, key)
	return n > 0, err
}

// Doubt marks what a digest still has to say as unknown (event message.unknown): its
// workflow has spoken, but the ledger, which is older, does not have what became of the
// messages. A person must ask the recipients. A message that a person has resent (see
// Resend) is left as it is: again is true then, and the digest is to be spoken again.
func (s *Store) Doubt(ctx context.Context, digest string, when When) (again bool, err error) {
	return write(ctx, s, func(t *tx) (bool, error) {
		var row digestRow
		if err := t.one(&row, `SELECT `+digestColumns+` FROM digests WHERE key = ?`, digest); err != nil {
			return false, fmt.Errorf("digest %s: %w", digest, err)
		}
		var channels []string
		if row.Words != "" {
			if err := json.Unmarshal([]byte(row.Channels), &channels); err != nil {
				return false, fmt.Errorf("ledger: channels of %s: %w", digest, err)
			}
		} else if err := t.all(&channels, `SELECT DISTINCT channel FROM notices WHERE digest = ? AND state IN ('pending', 'sending') ORDER BY channel`, digest); err != nil {
			return false, err
		}
		office, err := t.channels()
		if err != nil {
			return false, err
		}
		by := map[string][]string{} // by the channel that carries: the channels that notices were decided for
		for _, channel := range channels {
			by[carrier(office, channel)] = append(by[carrier(office, channel)], channel)
		}
		again := false
		for _, channel := range sortedKeys(by) {
			left, err := t.lose(row, channel, by[channel], when)
			if err != nil {
				return false, err
			}
			again = again || left
		}
		return again, nil
	})
}

// lose marks a digest's message over one channel as unknown, with the digest's pending
// notices for the channels decided; left is true, and nothing changes, when a person has
// resent the message.
func (t *tx) lose(g digestRow, channel string, decided []string, when When) (left bool, err error) {
	id := messageID(t.s.id, g.Key, channel)
	m, err := t.message(id)
	switch {
	case errors.Is(err, ErrNotFound):
		m = messageRow{ID: id, Plan: g.Plan, Digest: g.Key, Channel: channel, State: Sending, Attempt: 1}
		err = t.make("messages", `INSERT INTO messages (id, plan, digest, channel, state, attempt, error) VALUES (?, ?, ?, ?, 'sending', 1, '')`, id, g.Plan, g.Key, channel)
		if err != nil {
			return false, err
		}
	case err != nil:
		return false, err
	case m.State == Undelivered:
		if resent, err := t.recorded(fmt.Sprintf("%s/resend/%d", id, m.Attempt)); resent || err != nil {
			return resent, err
		}
	case m.State != Sending && m.State != Leaving:
		return false, nil // it is settled
	}
	if _, err := t.change("digests", `gathered_at = ?`, []any{instant(when.Plan)}, `key = ? AND gathered_at IS NULL`, g.Key); err != nil {
		return false, err
	}
	if _, err := t.change("notices", `state = ?, message = ?`, []any{Sending, id}, `digest = ? AND state = 'pending' AND `+t.s.d.among("channel"), g.Key, t.s.d.list(decided)); err != nil {
		return false, err
	}
	const why = "its workflow has spoken; the ledger is older and does not have what became of it"
	return false, t.doubt(m, Unknown, why, when)
}
