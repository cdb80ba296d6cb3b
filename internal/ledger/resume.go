package ledger

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
)

// Resumed is the course a task's workflow has, or would have if it ran: the one
// after the last act, or else open's of the ladder given out first, less what has
// been decided since. stages are the task's.
func Resumed(p *plan.Plan, t Task, stages []Stage, open func(act.Case, []plan.Stage) act.Course) act.Course {
	of := map[string]Stage{}
	var ladder []plan.Stage
	for _, s := range stages {
		if s.Talk != "" || s.Revision != t.Revision || s.Kind == plan.Told {
			continue
		}
		of[s.ID] = s
		ladder = append(ladder, s.Stage)
	}
	var c act.Course
	if t.Course != nil {
		c = *t.Course
		c.Case = CaseOf(p, t)
	} else {
		c = open(CaseOf(p, t), ladder)
	}
	for len(c.Ladder) > 0 && of[c.Ladder[0].ID].State == Decided {
		c.Decide()
	}
	return c
}

// ResumedTalk is the course a talk's workflow has, or would have if it ran. stages
// are its task's. One that has not opened has an empty ladder.
func ResumedTalk(p *plan.Plan, t Task, k Talk, stages []Stage) act.TalkCourse {
	c := act.TalkCourse{}
	if k.Course != nil {
		c = *k.Course
	}
	c.TalkCase = TalkCaseOf(p, t, k)
	of := map[string]Stage{}
	for _, s := range stages {
		if s.Talk != k.ID || s.Revision != c.Revision {
			continue
		}
		of[s.ID] = s
		if s.State != Void && s.Kind != plan.Told && !known(c, s.Stage) { // put on its ladder by itself: as it opened, or to be said again
			c.Ladder = append(c.Ladder, s.Stage)
		}
	}
	slices.SortStableFunc(c.Ladder, func(x, y plan.Stage) int {
		return cmp.Or(x.At.Compare(y.At), strings.Compare(x.ID, y.ID))
	})
	for len(c.Ladder) > 0 && of[c.Ladder[0].ID].State == Decided {
		c.Decide()
	}
	return c
}

// known tells that a course has a stage on its ladder, or has said it.
func known(c act.TalkCourse, s plan.Stage) bool {
	return slices.ContainsFunc(c.Ladder, func(u plan.Stage) bool { return u.ID == s.ID }) ||
		slices.ContainsFunc(c.Spoken, func(k act.Spoken) bool { return k.ID == s.ID && !s.At.After(k.At) })
}

// OpenedUpTo is the due date up to which a duty's occurrences are opened, or left
// out by a pause, given that of the last one opened: the next one falls due after it.
func (t Task) OpenedUpTo(last calendar.Day) calendar.Day {
	if t.Course == nil {
		return last
	}
	for _, p := range t.Course.Pauses {
		if eve := p.Until.AddDays(-1); eve.After(last) {
			last = eve
		}
	}
	return last
}

// LastOccurrence is the due date of the last occurrence of a duty that was opened,
// as it was then; zero without one.
func (s *Store) LastOccurrence(ctx context.Context, planID, duty string) (calendar.Day, error) {
	var last string
	if err := s.one(ctx, &last, `SELECT COALESCE(MAX(first_due), '') FROM tasks WHERE plan = ? AND duty = ?`, planID, duty); err != nil {
		return calendar.Day{}, err
	}
	return day(last)
}

// Unspoken are the digests of a plan that have notices to say still, the earliest first.
func (s *Store) Unspoken(ctx context.Context, planID string) ([]Digest, error) {
	var rows []digestRow
	err := s.all(ctx, &rows, `SELECT `+digestColumns+` FROM digests WHERE key IN
		(SELECT digest FROM notices WHERE plan = ? AND state IN ('pending', 'sending')) ORDER BY speak_at, key`, planID)
	digests := make([]Digest, len(rows))
	for i, r := range rows {
		digests[i] = r.digest()
	}
	return digests, err
}

// DigestWaits tells whether a digest has notices to say still.
func (s *Store) DigestWaits(ctx context.Context, key string) (bool, error) {
	var n int
	err := s.one(ctx, &n, `SELECT COUNT(*) FROM notices WHERE digest = ? AND state IN ('pending', 'sending')`, key)
	return n > 0, err
}

// Doubt marks what a digest had to say as unknown (event message.unknown): its
// workflow has spoken, but the ledger does not have what became of it, being older.
// A person must ask. What is known not to have gone out is left: again is true then,
// and the digest is to be spoken again.
func (s *Store) Doubt(ctx context.Context, digest string, when When) (again bool, err error) {
	return write(ctx, s, func(t *tx) (bool, error) {
		var row digestRow
		if err := t.one(&row, `SELECT `+digestColumns+` FROM digests WHERE key = ?`, digest); err != nil {
			return false, err
		}
		var channels []string
		if err := t.all(&channels, `SELECT DISTINCT channel FROM notices WHERE digest = ? AND state IN ('pending', 'sending') ORDER BY channel`, digest); err != nil {
			return false, err
		}
		again := false
		for _, channel := range channels {
			left, err := t.doubt(row.digest(), channel, when)
			if err != nil {
				return false, err
			}
			again = again || left
		}
		return again, nil
	})
}

func (t *tx) doubt(g Digest, channel string, when When) (again bool, err error) {
	id := messageID(g.Key, channel)
	var state string
	switch err := t.one(&state, `SELECT state FROM messages WHERE id = ?`, id); {
	case errors.Is(err, ErrNotFound):
		_, err := t.exec(`INSERT INTO messages (id, plan, digest, channel, state, attempt, error) VALUES (?, ?, ?, ?, 'unknown', 0, '')`, id, g.Plan, g.Key, channel)
		if err != nil {
			return false, err
		}
	case err != nil:
		return false, err
	case state == undelivered:
		return true, nil
	}
	if _, err := t.exec(`UPDATE digests SET gathered_at = ? WHERE key = ? AND gathered_at IS NULL`, instant(when.Plan), g.Key); err != nil {
		return false, err
	}
	if _, err := t.exec(`UPDATE messages SET state = 'unknown' WHERE id = ?`, id); err != nil {
		return false, err
	}
	if _, err := t.exec(`UPDATE notices SET state = 'unknown', message = ?, reported = ? WHERE digest = ? AND channel = ? AND state IN ('pending', 'sending')`, id, false, g.Key, channel); err != nil {
		return false, err
	}
	if there, err := t.recorded(id + "/unknown"); there || err != nil {
		return false, err
	}
	return false, t.append(Event{Key: id + "/unknown", Plan: g.Plan, Kind: MessageUnknown}, when, map[string]any{
		"message": id, "digest": g.Key, "channel": channel, "why": "its workflow has spoken; the ledger is older and does not have what became of it",
	})
}
