package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"duban/internal/people"
)

// takeWith moves into a digest the notices of other digests to seats, which are one
// person's, that speak at the same instant or one that has passed and are not gathered; it
// closes these digests and gives their keys. Digests of a plan that goes by another clock
// are left out, since their mornings are others.
func (t *tx) takeWith(g digestRow, seats []people.Recipient, when When) (taken []string, err error) {
	until := when.Plan
	if until.Before(g.SpeakAt) {
		until = g.SpeakAt
	}
	var rows []digestRow
	err = t.all(&rows, `SELECT `+digestColumns+` FROM digests WHERE speak_at <= ? AND `+t.s.d.among("unit")+` AND gathered_at IS NULL AND words = '' AND key <> ?
		AND `+oneClock("digests.plan")+` ORDER BY key`,
		instant(until), t.s.d.list(unitsAt(seats)), g.Key, g.Plan, g.Plan)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if !slices.Contains(seats, row.digest().Recipient) {
			continue
		}
		if _, err := t.change("digests", `gathered_at = ?`, []any{instant(when.Plan)}, `key = ?`, row.Key); err != nil {
			return nil, err
		}
		if _, err := t.change("notices", `digest = ?`, []any{g.Key}, `digest = ? AND state = 'pending'`, row.Key); err != nil {
			return nil, err
		}
		taken = append(taken, row.Key)
	}
	return taken, nil
}

// takeUndelivered moves into a digest the notices of earlier messages to seats, which are one
// person's, that are known not to have left; it drops these messages and gives their IDs.
func (t *tx) takeUndelivered(g digestRow, seats []people.Recipient) (taken []string, err error) {
	var rows []struct {
		messageRow
		Unit string      `db:"unit"`
		Role people.Role `db:"role"`
	}
	err = t.all(&rows, `SELECT m.id, m.plan, m.digest, m.channel, m.state, m.attempt, m.error, m.doubts, m.via, m.missed, d.unit, d.role FROM messages m JOIN digests d ON d.key = m.digest
		WHERE m.state = 'undelivered' AND m.doubts = 0 AND d.words = '' AND `+t.s.d.among("d.unit")+` AND d.key <> ?
		AND `+oneClock("m.plan")+` ORDER BY m.id`,
		t.s.d.list(unitsAt(seats)), g.Key, g.Plan, g.Plan)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if !slices.Contains(seats, people.Recipient{Unit: row.Unit, Role: row.Role}) {
			continue
		}
		t.hold("messages", row.messageRow, row.ID)
		if _, err := t.change("messages", `state = ?`, []any{Dropped}, `id = ?`, row.ID); err != nil {
			return nil, err
		}
		if _, err := t.change("notices", `digest = ?, state = ?, message = ?`, []any{g.Key, Pending, ""}, `message = ? AND digest = ? AND state = 'sending'`, row.ID, row.Digest); err != nil {
			return nil, err
		}
		taken = append(taken, row.ID)
	}
	return taken, nil
}

// takeRiding adds to each channel's message of a digest the notices in state Rides to seats,
// which are one person's, where the message says something else that is true. took tells
// whether it added any.
func (g *gathering) takeRiding(row digestRow, seats []people.Recipient) (took bool, err error) {
	var riding []noticeRow
	err = g.t.all(&riding, `SELECT `+noticeColumns+` FROM notices WHERE state = 'rides' AND `+g.t.s.d.among("unit")+` AND speak_at <= ? AND `+oneClock("notices.plan")+` ORDER BY key`,
		g.t.s.d.list(unitsAt(seats)), instant(row.SpeakAt), row.Plan, row.Plan)
	if err != nil || len(riding) == 0 {
		return false, err
	}
	says := map[string]bool{} // by the channel that carries it
	for channel, items := range g.waits {
		since, err := g.saidSince(items)
		if err != nil {
			return false, err
		}
		says[channel] = slices.ContainsFunc(items, func(it Item) bool { return it.holds() && since[it.Notice.Key()] == "" })
	}
	for _, r := range riding {
		if !says[g.carries(r.Channel, "")] || !slices.Contains(seats, people.Recipient{Unit: r.Unit, Role: r.Role}) {
			continue
		}
		if _, err := g.t.change("notices", `digest = ?, state = ?`, []any{row.Key, Pending}, `key = ?`, r.Key); err != nil {
			return false, err
		}
		took = true
	}
	return took, nil
}

// unitsAt are the units of some seats.
func unitsAt(seats []people.Recipient) []string {
	units := make([]string, len(seats))
	for i, r := range seats {
		units[i] = r.Unit
	}
	return units
}

// oneClock is the condition that the plan whose ID a column has is a given one, or goes
// by that one's clock. The given ID is bound twice.
func oneClock(column string) string {
	return `(` + column + ` = ? OR EXISTS (SELECT 1 FROM plans a JOIN plans b ON a.clock = b.clock WHERE a.id = ` + column + ` AND b.id = ?))`
}

// Part moves the notices of a digest that are not said yet, to seats where another person
// than the digest's recipient sits by now, into digests of those seats, as event
// digest.gathered, and gives these digests; the caller starts them. Notices in a message
// that may have left stay. Where nobody has moved, Part writes nothing.
func (s *Store) Part(ctx context.Context, digest string, when When) ([]Digest, error) {
	to, err := addressee(digest)
	if err != nil {
		return nil, err
	}
	var there []struct {
		Unit string      `db:"unit"`
		Role people.Role `db:"role"`
	}
	if err := s.all(ctx, &there, `SELECT DISTINCT unit, role FROM notices WHERE digest = ? AND state IN ('pending', 'sending')`, digest); err != nil {
		return nil, err
	}
	seats, err := s.together(ctx, to)
	if err != nil {
		return nil, err
	}
	moved := map[people.Recipient]bool{}
	for _, r := range there {
		if seat := (people.Recipient{Unit: r.Unit, Role: r.Role}); !slices.Contains(seats, seat) {
			moved[seat] = true
		}
	}
	if len(moved) == 0 {
		return nil, nil
	}
	return write(ctx, s, func(t *tx) (digests []Digest, err error) {
		var rows []noticeRow
		err = t.all(&rows, `SELECT `+noticeColumns+` FROM notices n WHERE digest = ? AND state IN ('pending', 'sending')
			AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.id = n.message AND m.state IN ('leaving', 'unknown')) ORDER BY key`, digest)
		if err != nil {
			return nil, err
		}
		var keys []string
		for _, r := range rows {
			n := r.notice()
			if !moved[n.Recipient] {
				continue
			}
			g, err := t.digest(n.Plan, n.Recipient, instant(n.In()))
			if err != nil {
				return nil, err
			}
			if _, err := t.change("notices", `digest = ?, state = ?, message = ?`, []any{g.Key, Pending, ""}, `key = ?`, r.Key); err != nil {
				return nil, err
			}
			if keys = append(keys, r.Key); !slices.ContainsFunc(digests, func(d Digest) bool { return d.Key == g.Key }) {
				digests = append(digests, g)
			}
		}
		if len(keys) == 0 {
			return nil, nil
		}
		planID, _, _ := strings.Cut(digest, "|")
		e := Event{Key: fmt.Sprintf("%s/parted/%d", digest, t.head.Seq+1), Plan: planID, Kind: DigestGathered}
		return digests, t.append(e, when, map[string]any{"digest": digest, "parted": keys})
	})
}
