package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/people"
	"duban/internal/plan"
)

// Message is what one digest says over one channel. ID is the same for ever
// for the same ledger, digest and channel: the left part of an RFC 5322 Message-ID.
type Message struct {
	ID      string          `json:"id"`
	Digest  Digest          `json:"digest"`
	Channel string          `json:"channel"`
	Attempt int             `json:"attempt"`          // which try this is, from 1
	Doubts  int             `json:"doubts,omitempty"` // earlier tries that may have arrived
	Items   []Item          `json:"items"`            // by due date, task and stage
	Words   json.RawMessage `json:"words,omitempty"`  // what it says instead of items: see Announce
}

// At is the instant of which a message speaks: its speaking time, or the last one of
// those whose words it took with it.
func (m Message) At() time.Time {
	at := m.Digest.SpeakAt
	for _, it := range m.Items {
		if it.Notice.SpeakAt.After(at) {
			at = it.Notice.SpeakAt
		}
	}
	return at
}

// Item is one notice of a message with what its text needs.
type Item struct {
	Notice Notice      `json:"notice"`
	Task   Task        `json:"task"`
	Talk   *Talk       `json:"talk,omitempty"`  // the talk it speaks of, or that its stage called for
	Stage  *plan.Stage `json:"stage,omitempty"` // as it was decided
	Scene  Scene       `json:"scene,omitzero"`  // of Stage
}

// MarkStarted notes that the workflows of these digests, or of their mornings, are
// known to exist.
func (s *Store) MarkStarted(ctx context.Context, digests []string) error {
	if len(digests) == 0 {
		return nil
	}
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		list := t.s.d.list(digests)
		if _, err = t.exec(`UPDATE mornings SET started = ? WHERE NOT started AND key IN (SELECT morning FROM digests WHERE `+t.s.d.among("key")+`)`, true, list); err != nil {
			return none, err
		}
		_, err = t.exec(`UPDATE digests SET started = ? WHERE NOT started AND (`+t.s.d.among("key")+` OR morning <> '' AND morning IN (SELECT d.morning FROM digests d WHERE `+t.s.d.among("d.key")+`))`,
			true, list, list)
		return none, err
	})
	return err
}

// Gather closes a digest to new notices and gives what it has to say now, one
// message a channel, each with its intent in the chain (message.intent). Notices
// no longer true are dropped (notice.dropped), and so are those that waited for the
// weekly page while the same person was told something as grave about the same thing.
// What other digests of the same instant, or of one that has passed, have to say to the
// same person, on whatever seat and of whatever plan, it takes with it and closes those
// too, and what earlier messages could not deliver: one person gets one message a
// morning, and one after an outage.
//
// Called again it gives a message once more when it has certainly not left, and
// then asks anew what is true. Of one that may have left (see Leaving) it says so
// (message.unknown) and gives it again, with all it said, when again allows that
// for its channel and items and any of them is still true; otherwise the message
// stays unknown.
func (s *Store) Gather(ctx context.Context, digest string, when When, again func(channel string, items []Item) bool) ([]Message, error) {
	to, err := addressee(digest)
	if err != nil {
		return nil, err
	}
	seats, err := s.together(ctx, to)
	if err != nil {
		return nil, err
	}
	return write(ctx, s, func(t *tx) ([]Message, error) {
		var row digestRow
		if err := t.one(&row, `SELECT `+digestColumns+` FROM digests WHERE key = ?`, digest); err != nil {
			return nil, fmt.Errorf("digest %s: %w", digest, err)
		}
		t.hold("digests", row, digest)
		var taken []string
		if !row.Gathered.Valid {
			if _, err := t.change("digests", `gathered_at = ?`, []any{instant(when.Plan)}, `key = ?`, digest); err != nil {
				return nil, err
			}
			if taken, err = t.takeWith(row, seats, when); err != nil {
				return nil, err
			}
			if row.Words == "" {
				more, err := t.takeUndelivered(row, seats)
				if err != nil {
					return nil, err
				}
				taken = append(taken, more...)
				if err := t.takeRiding(row, seats); err != nil {
					return nil, err
				}
			}
		}
		g := gathering{t: t, digest: row.digest(), when: when, words: row.Words}
		if err := g.read(row.Channels); err != nil {
			return nil, err
		}
		out, err := g.messages(again)
		if err != nil {
			return nil, err
		}
		if changed, err := t.changed(); err != nil || !changed {
			return out, err
		}
		e := Event{Key: fmt.Sprintf("%s/gathered/%d", digest, t.head.Seq+1), Plan: row.Plan, Kind: DigestGathered}
		data := map[string]any{"digest": digest}
		if len(taken) > 0 {
			data["with"] = taken
		}
		return out, t.append(e, when, data)
	})
}

// takeWith moves into a digest what others of its instant, or of one that has passed,
// have to say on these seats that are one person's, as far as nobody has gathered them,
// and gives their keys. A plan whose clock is another's has other mornings.
func (t *tx) takeWith(g digestRow, seats []people.Recipient, when When) (taken []string, err error) {
	units := make([]string, len(seats))
	for i, r := range seats {
		units[i] = r.Unit
	}
	until := when.Plan
	if until.Before(g.SpeakAt) {
		until = g.SpeakAt
	}
	var rows []digestRow
	err = t.all(&rows, `SELECT `+digestColumns+` FROM digests WHERE speak_at <= ? AND `+t.s.d.among("unit")+` AND gathered_at IS NULL AND words = '' AND key <> ?
		AND (plan = ? OR EXISTS (SELECT 1 FROM plans a JOIN plans b ON a.clock = b.clock WHERE a.id = digests.plan AND b.id = ?)) ORDER BY key`,
		instant(until), t.s.d.list(units), g.Key, g.Plan, g.Plan)
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

// takeUndelivered moves into a digest what earlier messages to these seats of one person
// say that are known not to have left, and gives their IDs: the tries of those end.
func (t *tx) takeUndelivered(g digestRow, seats []people.Recipient) (taken []string, err error) {
	units := make([]string, len(seats))
	for i, r := range seats {
		units[i] = r.Unit
	}
	var rows []struct {
		messageRow
		Unit string      `db:"unit"`
		Role people.Role `db:"role"`
	}
	err = t.all(&rows, `SELECT m.id, m.plan, m.digest, m.channel, m.state, m.attempt, m.error, m.doubts, m.via, d.unit, d.role FROM messages m JOIN digests d ON d.key = m.digest
		WHERE m.state = 'undelivered' AND m.doubts = 0 AND d.words = '' AND `+t.s.d.among("d.unit")+` AND d.key <> ?
		AND (m.plan = ? OR EXISTS (SELECT 1 FROM plans a JOIN plans b ON a.clock = b.clock WHERE a.id = m.plan AND b.id = ?)) ORDER BY m.id`,
		t.s.d.list(units), g.Key, g.Plan, g.Plan)
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

// takeRiding adds to a digest that has something to say what is never said alone to
// these seats of one person.
func (t *tx) takeRiding(g digestRow, seats []people.Recipient) error {
	var waits int
	if err := t.one(&waits, `SELECT COUNT(*) FROM notices WHERE digest = ? AND state = 'pending'`, g.Key); err != nil || waits == 0 {
		return err
	}
	for _, r := range seats {
		_, err := t.change("notices", `digest = ?, state = ?`, []any{g.Key, Pending}, `plan = ? AND state = 'rides' AND unit = ? AND role = ? AND speak_at <= ?`, g.Plan, r.Unit, r.Role, instant(g.SpeakAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// Part gives what a digest has not said yet on seats where another person sits by now
// to digests of those seats, and gives these; the caller starts them. What may have
// left stays. It is no write where nobody has moved.
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

// gathering is one call of Gather.
type gathering struct {
	t      *tx
	digest Digest
	when   When
	words  string            // of an announcement
	waits  map[string][]Item // by channel: notices pending, sending or unknown; of an announcement none
	sent   map[string]messageRow
}

func (g *gathering) read(channels string) error {
	var rows []noticeRow
	err := g.t.all(&rows, `SELECT `+noticeColumns+` FROM notices WHERE digest = ? AND state IN ('pending', 'sending', 'unknown')`, g.digest.Key)
	if err != nil || len(rows) == 0 && g.words == "" {
		return err
	}
	var old []messageRow
	if err := g.t.all(&old, `SELECT `+messageColumns+` FROM messages WHERE digest = ?`, g.digest.Key); err != nil {
		return err
	}
	g.sent = map[string]messageRow{}
	for _, m := range old {
		g.sent[m.Channel] = m
	}
	g.waits = map[string][]Item{}
	if g.words != "" {
		var names []string
		if err := json.Unmarshal([]byte(channels), &names); err != nil {
			return fmt.Errorf("ledger: channels of %s: %w", g.digest.Key, err)
		}
		for _, name := range names {
			g.waits[name] = nil
		}
		return nil
	}
	tasks := map[string][]string{} // by plan
	var first, last time.Time
	for _, r := range rows {
		tasks[r.Plan] = append(tasks[r.Plan], r.Task)
		if first.IsZero() || r.SpeakAt.Before(first) {
			first = r.SpeakAt
		}
		if r.SpeakAt.After(last) {
			last = r.SpeakAt
		}
	}
	around := map[string]surroundings{}
	for _, planID := range sortedKeys(tasks) {
		slices.Sort(tasks[planID])
		if around[planID], err = g.t.around(planID, slices.Compact(tasks[planID]), first, last); err != nil {
			return err
		}
	}
	for _, r := range rows {
		g.waits[r.Channel] = append(g.waits[r.Channel], around[r.Plan].item(r.notice()))
	}
	for _, items := range g.waits {
		slices.SortFunc(items, func(a, b Item) int {
			return cmp.Or(a.Task.Due.Compare(b.Task.Due), cmp.Compare(a.Task.Plan, b.Task.Plan), cmp.Compare(a.Task.ID, b.Task.ID), a.Notice.SpeakAt.Compare(b.Notice.SpeakAt), cmp.Compare(a.Notice.Key(), b.Notice.Key()))
		})
	}
	return nil
}

func (g *gathering) messages(again func(string, []Item) bool) ([]Message, error) {
	var out []Message
	for _, channel := range sortedKeys(g.waits) {
		m, goes, err := g.message(channel, g.waits[channel], g.sent[channel], again)
		if err != nil {
			return nil, err
		}
		if goes {
			out = append(out, m)
		}
	}
	return out, nil
}

// message is what goes over one channel now, if anything does. m is the row of an
// earlier attempt, or empty.
func (g *gathering) message(channel string, items []Item, m messageRow, again func(string, []Item) bool) (none Message, goes bool, err error) {
	switch m.State {
	case "", Sending, undelivered:
		if items, err = g.stillTrue(items); err != nil {
			return none, false, err
		}
		if len(items) == 0 && g.words == "" {
			return none, false, g.forget(m)
		}
	case leaving, Unknown:
		goes := again(channel, items) && (g.words != "" || slices.ContainsFunc(items, Item.stands))
		if m.State == leaving {
			told, err := g.t.recorded(m.unknown())
			if err == nil && (!told || !goes) {
				err = g.t.doubt(m, Unknown, m.Error, g.when)
			}
			if err != nil {
				return none, false, err
			}
		}
		if !goes {
			return none, false, nil
		}
		m.Doubts++
	default:
		return none, false, nil
	}
	id := messageID(g.t.s.id, g.digest.Key, channel)
	if err := g.intend(id, channel, m, items); err != nil {
		return none, false, err
	}
	for i := range items {
		items[i].Notice.State, items[i].Notice.Message = Sending, id
	}
	out := Message{ID: id, Digest: g.digest, Channel: channel, Attempt: m.Attempt + 1, Doubts: m.Doubts, Items: items}
	if g.words != "" {
		out.Words = json.RawMessage(g.words)
	}
	return out, true, nil
}

// stillTrue keeps the items that may still be said and drops the others.
func (g *gathering) stillTrue(items []Item) (kept []Item, err error) {
	since, err := g.saidSince(items)
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		key := it.Notice.Key()
		if it.stands() && since[key] == "" {
			kept = append(kept, it)
			continue
		}
		if _, err := g.t.change("notices", `state = ?`, []any{Dropped}, `key = ?`, key); err != nil {
			return nil, err
		}
		e := Event{Key: key + "/dropped", Plan: it.Notice.Plan, Task: it.Task.ID, Kind: NoticeDropped}
		data := map[string]any{"notice": key, "digest": g.digest.Key, "task_state": it.Task.State, "task_revision": it.Task.Revision}
		if it.Notice.Talk != "" && it.Talk != nil {
			data["talk_state"] = it.Talk.State
		}
		if since[key] != "" {
			data["since"] = since[key]
		}
		if err := g.t.append(e, g.when, data); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// saidSince gives, by the key of each of the items that waited for its message, the key
// of a word that the same seat was told meanwhile about the same thing, as grave, or is
// told in the same message.
func (g *gathering) saidSince(items []Item) (since map[string]string, err error) {
	last := Message{Digest: g.digest, Items: items}.At()
	since = map[string]string{}
	for _, it := range items {
		n := it.Notice
		if n.Kind == plan.Told || it.Stage == nil || !n.SpeakAt.Before(last) {
			continue
		}
		var later []noticeRow
		err := g.t.all(&later, `SELECT `+noticeColumns+` FROM notices WHERE plan = ? AND task = ? AND talk = ? AND unit = ? AND role = ? AND channel = ? AND speak_at > ?
			AND kind <> 'told' AND (digest = ? OR state IN ('sending', 'sent', 'unknown')) AND state <> 'dropped' ORDER BY speak_at, key`,
			n.Plan, n.Task, n.Talk, n.Recipient.Unit, n.Recipient.Role, n.Channel, instant(n.SpeakAt), g.digest.Key)
		if err != nil {
			return nil, err
		}
		for _, r := range later {
			told, err := g.t.stageOf(r)
			if err != nil {
				return nil, err
			}
			here := slices.ContainsFunc(items, func(other Item) bool { return other.Notice.Key() == r.Key && other.stands() })
			if r.Kind.Gravity() >= n.Kind.Gravity() && act.SameMatter(told, *it.Stage) && (here || r.Digest != g.digest.Key) {
				since[n.Key()] = r.Key
				break
			}
		}
	}
	return since, nil
}

// stageOf is the stage of a notice.
func (t *tx) stageOf(n noticeRow) (plan.Stage, error) {
	var row stageRow
	err := t.one(&row, `SELECT `+stageList+` FROM stages WHERE plan = ? AND task = ? AND revision = ? AND talk = ? AND id = ?`, n.Plan, n.Task, n.Revision, n.Talk, n.Stage)
	if err != nil {
		return plan.Stage{}, err
	}
	s, err := row.stage()
	return s.Stage, err
}

// stands tells whether a notice is still true: no act has come between that takes
// back what it says.
func (it Item) stands() bool {
	switch {
	case it.Notice.Kind == plan.Told:
		return true // it has happened
	case it.Stage == nil:
		return false
	case it.Notice.Talk != "":
		return it.Talk != nil && it.Talk.GoesOn() && it.Talk.Facts != nil && it.Talk.Facts.Speaks(*it.Stage)
	}
	return it.Task.State == TaskOpen && it.Task.Facts.Speaks(*it.Stage)
}

// forget ends a message whose notices have all been dropped.
func (g *gathering) forget(m messageRow) error {
	if m.ID == "" {
		return nil
	}
	_, err := g.t.change("messages", `state = ?`, []any{Dropped}, `id = ?`, m.ID)
	return err
}

// intend writes what is about to be tried. m is the message's row from an earlier
// attempt, with its doubts counted, or empty.
func (g *gathering) intend(id, channel string, m messageRow, items []Item) error {
	err := g.t.make("messages", `INSERT INTO messages (id, plan, digest, channel, state, attempt, error, doubts) VALUES (?, ?, ?, ?, 'sending', 1, '', 0)
		ON CONFLICT (id) DO UPDATE SET state = 'sending', attempt = messages.attempt + 1, doubts = ?`, id, g.digest.Plan, g.digest.Key, channel, m.Doubts)
	if err != nil {
		return err
	}
	_, err = g.t.change("notices", `state = ?, message = ?`, []any{Sending, id}, `digest = ? AND channel = ? AND state IN ('pending', 'sending', 'unknown')`, g.digest.Key, channel)
	if err != nil {
		return err
	}
	keys := make([]string, len(items))
	for i, it := range items {
		keys[i] = it.Notice.Key()
	}
	e := Event{Key: fmt.Sprintf("%s/intent/%d", id, m.Attempt+1), Plan: g.digest.Plan, Kind: MessageIntent}
	data := map[string]any{
		"message": id, "digest": g.digest.Key, "recipient": g.digest.Recipient, "channel": channel, "attempt": m.Attempt + 1, "notices": keys,
	}
	if m.Doubts > 0 {
		data["doubts"] = m.Doubts
	}
	return g.t.append(e, g.when, data)
}
