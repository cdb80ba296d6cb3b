package ledger

import (
	"slices"

	"duban/internal/act"
	"duban/internal/plan"
)

// stillTrue keeps the items that may still be said and drops the others.
func (g *gathering) stillTrue(items []Item) (kept []Item, err error) {
	since, err := g.saidSince(items)
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		key := it.Notice.Key()
		if it.holds() && since[key] == "" {
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

// saidSince gives, by the key of an item's notice, the key of a notice that makes it
// needless: a later one to the same seat about the same matter, at least as grave, that an
// earlier message has told or this message tells; or the same word decided for another
// channel of this message.
func (g *gathering) saidSince(items []Item) (since map[string]string, err error) {
	last := Message{Digest: g.digest, Items: items}.At()
	since = map[string]string{}
	for _, it := range items {
		n := it.Notice
		if i := slices.IndexFunc(items, it.copied); i >= 0 {
			since[n.Key()] = items[i].Notice.Key()
			continue
		}
		if n.Kind == plan.Told || it.Stage == nil || !n.SpeakAt.Before(last) {
			continue
		}
		var later []noticeRow
		err := g.t.all(&later, `SELECT `+noticeColumns+` FROM notices WHERE plan = ? AND task = ? AND talk = ? AND unit = ? AND role = ? AND speak_at > ?
			AND kind <> 'told' AND (digest = ? OR state IN ('sending', 'sent', 'unknown')) AND state <> 'dropped' ORDER BY speak_at, key`,
			n.Plan, n.Task, n.Talk, n.Recipient.Unit, n.Recipient.Role, instant(n.SpeakAt), g.digest.Key)
		if err != nil {
			return nil, err
		}
		for _, r := range later {
			if carrier(g.office, r.Channel) != carrier(g.office, n.Channel) {
				continue
			}
			told, err := g.t.stageOf(r)
			if err != nil {
				return nil, err
			}
			here := slices.ContainsFunc(items, func(other Item) bool { return other.Notice.Key() == r.Key && other.holds() })
			if r.Kind.Gravity() >= n.Kind.Gravity() && act.SameMatter(told, *it.Stage) && (here || r.Digest != g.digest.Key) {
				since[n.Key()] = r.Key
				break
			}
		}
	}
	return since, nil
}

// copied tells whether another item is the same word to the same seat, decided for a channel
// whose name sorts before the channel of this item.
func (it Item) copied(other Item) bool {
	n, o := it.Notice, other.Notice
	if o.Channel >= n.Channel {
		return false
	}
	o.Channel = n.Channel
	return o.Key() == n.Key()
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

// holds tells whether a notice is still true: no act has come between that takes
// back what it says.
func (it Item) holds() bool {
	switch {
	case it.Notice.Kind == plan.Told: // what it tells has happened; a decision that it asks for may be made since
		return it.Stage == nil || !(it.Notice.Talk == "" && it.Task.Facts.Settled(*it.Stage)) && !(it.Notice.Talk != "" && it.Talk != nil && it.Talk.Facts != nil && it.Talk.Facts.Settled(*it.Stage))
	case it.Stage == nil:
		return false
	case it.Notice.Talk != "":
		return it.Talk != nil && it.Talk.GoesOn() && it.Talk.Facts != nil && it.Talk.Facts.Speaks(*it.Stage)
	}
	return it.Task.State == TaskOpen && it.Task.Facts.Speaks(*it.Stage)
}
