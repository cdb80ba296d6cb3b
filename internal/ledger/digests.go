package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

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

// At is the instant of which a message speaks, by the plan's clock: the speaking time of
// its digest, or the latest of its notices where that is later.
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
	Talk   *Talk       `json:"talk,omitempty"`  // the talk that Notice speaks of or that Stage called for; the host of that talk where it has joined one
	Of     []Task      `json:"of,omitempty"`    // the tasks that the talk is about, where they are several
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

// Gather closes a digest to new notices and gives what it has to say now, one message a
// channel, each with its intent in the chain (message.intent). A notice for a channel that
// is no longer in OfficeChannels goes with the message over the first of these channels.
// Notices no longer true are dropped (notice.dropped), and so are those that waited for a
// later message while the same seat was told something as grave about the same matter.
//
// One person gets one message a morning, and one message after an outage. So the digest
// also takes notices to other seats of the same person (see together), of all plans that go
// by the same clock: those of digests that speak at the same instant or earlier and are not
// gathered, which it closes too; those of earlier messages that could not be delivered;
// and, where it has something else to say, those that are never sent alone (plan.Never).
//
// Called again, Gather gives a message once more when the message has certainly not left,
// without what is no longer true by then. Of a message that may have left (see Leaving) it
// records that its fate is unknown (message.unknown), and gives it again, whole, when the
// function again allows that for its channel and items and any of them is still true;
// otherwise the message stays unknown. ErrNotFound when there is no such digest.
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
			}
		}
		g := gathering{t: t, digest: row.digest(), when: when, words: row.Words}
		if g.office, err = t.channels(); err != nil {
			return nil, err
		}
		if err := g.read(row.Channels); err != nil {
			return nil, err
		}
		if !row.Gathered.Valid && row.Words == "" {
			took, err := g.takeRiding(row, seats)
			if err == nil && took {
				err = g.read(row.Channels)
			}
			if err != nil {
				return nil, err
			}
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

// gathering is one call of Gather.
type gathering struct {
	t      *tx
	digest Digest
	when   When
	words  string            // what an announcement says; "" of a digest with notices
	office []string          // the office's channels, the preferred first
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
			g.waits[g.carries(name, "")] = nil
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
		by := g.carries(r.Channel, r.Message)
		g.waits[by] = append(g.waits[by], around[r.Plan].item(r.notice()))
	}
	for _, items := range g.waits {
		slices.SortFunc(items, func(a, b Item) int {
			return cmp.Or(a.Task.Due.Compare(b.Task.Due), cmp.Compare(a.Task.Plan, b.Task.Plan), cmp.Compare(a.Task.ID, b.Task.ID), a.Notice.SpeakAt.Compare(b.Notice.SpeakAt), cmp.Compare(a.Notice.Key(), b.Notice.Key()))
		})
	}
	return nil
}

// carries is the channel over which a notice goes that was decided for channel and is in
// message, "" none: the channel of that message; or what carrier gives, as long as the
// digest has no message yet over either of the two channels; or channel.
func (g *gathering) carries(channel, message string) string {
	for by, m := range g.sent {
		if m.ID == message {
			return by
		}
	}
	by := carrier(g.office, channel)
	if g.sent[channel].ID != "" || g.sent[by].ID != "" {
		return channel
	}
	return by
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
	case "", Sending, Undelivered:
		if items, err = g.stillTrue(items); err != nil {
			return none, false, err
		}
		if len(items) == 0 && g.words == "" {
			return none, false, g.forget(m)
		}
	case Leaving, Unknown:
		goes := again(channel, items) && (g.words != "" || slices.ContainsFunc(items, Item.holds))
		if m.State == Leaving {
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
	keys := make([]string, len(items))
	for i, it := range items {
		keys[i] = it.Notice.Key()
	}
	_, err = g.t.change("notices", `state = ?, message = ?`, []any{Sending, id}, g.t.s.d.among("key")+` AND state IN ('pending', 'sending', 'unknown')`, g.t.s.d.list(keys))
	if err != nil {
		return err
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
