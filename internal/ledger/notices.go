package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
)

// NoticeFilter chooses notices. Empty fields choose all.
type NoticeFilter struct {
	Plan, Task, Digest string
	States             []NoticeState
}

// Notices are the chosen notices, ordered by time, task, talk, stage, recipient and channel.
func (s *Store) Notices(ctx context.Context, f NoticeFilter) ([]Notice, error) {
	w := where{}
	w.equal("plan", f.Plan)
	w.equal("task", f.Task)
	w.equal("digest", f.Digest)
	w.oneOf("state", texts(f.States))
	return s.noticesWhere(ctx, w)
}

// Stuck are the notices of a plan (of all when planID is "") that somebody must
// look at: to be spoken before the instant (plan clock) and still pending or
// sending, as long as they are, or failed or unknown and not reported yet. See
// MarkReported.
func (s *Store) Stuck(ctx context.Context, planID string, before time.Time) ([]Notice, error) {
	w := where{}
	w.equal("plan", planID)
	w.oneOf("state", texts([]NoticeState{Pending, Sending, Failed, Unknown}))
	w.add("(NOT reported OR state IN ('pending', 'sending'))")
	w.add("(state IN ('failed', 'unknown') OR speak_at < ?)", instant(before))
	w.add("NOT (state = 'pending' AND EXISTS (SELECT 1 FROM digests g WHERE g.key = notices.digest AND g.speak_at >= ?))", instant(before)) // it waits for its message
	return s.noticesWhere(ctx, w)
}

// MarkReported notes that the audit has told the office of these notices, so that Stuck no
// longer names those of them that are failed or unknown.
func (s *Store) MarkReported(ctx context.Context, notices []Notice) error {
	keys := make([]string, len(notices))
	for i, n := range notices {
		keys[i] = n.Key()
	}
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		_, err = t.exec(`UPDATE notices SET reported = ? WHERE `+t.s.d.among("key"), true, t.s.d.list(keys))
		return none, err
	})
	return err
}

func (s *Store) noticesWhere(ctx context.Context, w where) ([]Notice, error) {
	var rows []noticeRow
	query := `SELECT ` + noticeColumns + ` FROM notices` + w.String() + ` ORDER BY speak_at, plan, task, talk, stage, unit, role, channel`
	if err := s.all(ctx, &rows, query, w.args...); err != nil {
		return nil, err
	}
	return noticesOf(rows), nil
}

// Key is the effect's name for ever: plan/task/rREV/stage/unit/role/channel.
func (n Notice) Key() string {
	d := Decision{Plan: n.Plan, Task: n.Task, Revision: n.Revision, Talk: n.Talk}
	d.Stage.ID = n.Stage
	return effectKey(d.Key(), n.Recipient, n.Channel)
}

func effectKey(decision string, r people.Recipient, channel string) string {
	return decision + "/" + r.String() + "/" + channel
}

var noticeInsert = []string{"key", "plan", "task", "revision", "talk", "stage", "unit", "role", "channel", "kind", "light", "speak_at", "digest", "state", "message", "error", "reported"}

// said is one notice in a stage's event.
type said struct {
	Recipient people.Recipient `json:"recipient"`
	Channel   string           `json:"channel"`
	Digest    string           `json:"digest"`
}

// notices writes a decision's notices, each into its recipient's digest.
func (t *tx) notices(d Decision, key string) (digests []Digest, all []said, err error) {
	recipients := slices.SortedFunc(maps.Keys(d.Channels), func(a, b people.Recipient) int {
		return strings.Compare(a.String(), b.String())
	})
	at := instant(d.Stage.At)
	for _, r := range recipients {
		channels := d.Channels[r]
		if len(channels) == 0 {
			continue // an empty seat
		}
		placed, err := t.place(d, r)
		if err != nil {
			return nil, nil, err
		}
		in, err := t.withOthers(d, r, instant(placed.In))
		if err != nil {
			return nil, nil, err
		}
		g, err := t.digest(d.Plan, r, in)
		if err != nil {
			return nil, nil, err
		}
		state := Pending
		if placed.Rides {
			state = Rides
		} else {
			digests = append(digests, g)
		}
		for _, c := range slices.Compact(slices.Sorted(slices.Values(channels))) {
			err := t.insert("notices", noticeInsert, [][]any{{effectKey(key, r, c), d.Plan, d.Task, d.Revision, d.Talk, d.Stage.ID, r.Unit, r.Role, c,
				d.Stage.Kind, d.Stage.Light, at, g.Key, state, "", "", false}})
			if err != nil {
				return nil, nil, fmt.Errorf("ledger: notice: %w", err)
			}
			all = append(all, said{r, c, g.Key})
		}
	}
	return digests, all, nil
}

// withOthers is when the message speaks that carries the word of an act: earlier than it
// would by itself where words of other acts to the same seat wait already.
func (t *tx) withOthers(d Decision, r people.Recipient, in time.Time) (time.Time, error) {
	if d.Stage.Kind != plan.Told || !in.After(d.Stage.At) {
		return in, nil
	}
	var first time.Time
	err := t.one(&first, `SELECT speak_at FROM digests WHERE plan = ? AND unit = ? AND role = ? AND gathered_at IS NULL AND words = '' AND speak_at > ? AND speak_at <= ?
		ORDER BY speak_at LIMIT 1`, d.Plan, r.Unit, r.Role, instant(d.Stage.At), in)
	if errors.Is(err, ErrNotFound) {
		return in, nil
	}
	return first.UTC(), err
}

// place is when the message speaks that carries a decision's word for a recipient.
func (t *tx) place(d Decision, r people.Recipient) (plan.Placed, error) {
	if d.Place == nil {
		return plan.Placed{In: d.Stage.At}, nil
	}
	var rows []struct {
		noticeRow
		In     sql.NullTime `db:"spoken"`
		Matter string       `db:"matter"`
	}
	err := t.all(&rows, `SELECT n.stage, n.kind, n.light, n.revision, n.talk, n.task, n.speak_at, d.speak_at AS spoken, s.matter
		FROM notices n JOIN stages s ON s.plan = n.plan AND s.task = n.task AND s.revision = n.revision AND s.talk = n.talk AND s.id = n.stage
		LEFT JOIN digests d ON d.key = n.digest
		WHERE n.plan = ? AND n.task = ? AND n.unit = ? AND n.role = ? AND n.state <> 'dropped' AND s.state = 'decided' ORDER BY n.speak_at, n.key`,
		d.Plan, d.Task, r.Unit, r.Role)
	if err != nil {
		return plan.Placed{}, err
	}
	var heard []plan.Heard
	for _, row := range rows {
		if row.Talk == "" && d.Talk == "" && row.Revision != d.Revision {
			continue // of another date, or before the unit was given the task
		}
		of := plan.Stage{ID: row.Stage, Kind: row.Kind, Light: row.Light, At: row.SpeakAt.UTC()}
		if row.Matter != "" {
			var m matter
			if err := json.Unmarshal([]byte(row.Matter), &m); err != nil {
				return plan.Placed{}, fmt.Errorf("ledger: stage %s of %s: matter: %w", row.Stage, row.Task, err)
			}
			of.Matter = m.Matter
		}
		heard = append(heard, plan.Heard{Word: act.WordTo(cmp.Or(row.Talk, row.Task), of, r, calendar.Day{}), In: fromNull(row.In)})
	}
	return d.Place(d.Stage, r, heard), nil
}

// DigestKey names the number-th digest of a recipient at an instant, for ever.
func DigestKey(planID string, r people.Recipient, at time.Time, number int) string {
	return fmt.Sprintf("%s|%s|%s|%d", planID, r, instant(at).Format(time.RFC3339Nano), number)
}

// SpeakingTime is the instant (plan clock) in a digest's key.
func SpeakingTime(digest string) (time.Time, error) {
	parts := strings.Split(digest, "|")
	if len(parts) < 4 {
		return time.Time{}, fmt.Errorf("ledger: %q is no digest's key", digest)
	}
	return time.Parse(time.RFC3339Nano, parts[len(parts)-2])
}

// addressee is the recipient in a digest's key.
func addressee(digest string) (people.Recipient, error) {
	if parts := strings.Split(digest, "|"); len(parts) >= 4 {
		if r, ok := people.ParseRecipient(parts[1]); ok {
			return r, nil
		}
	}
	return people.Recipient{}, fmt.Errorf("ledger: digest %q: %w", digest, ErrNotFound)
}

// digest is the recipient's digest of that instant that still takes notices: the last one,
// or a new one where that is gathered, or is left over of a closed morning, which has had
// nothing to say to this recipient and does not come back to it.
func (t *tx) digest(planID string, r people.Recipient, at time.Time) (Digest, error) {
	var row struct {
		digestRow
		Left    bool `db:"left_over"` // of a closed morning, without anything to say
		Vouched bool `db:"vouched"`   // see joinMorning; true of what does not count as started
	}
	err := t.one(&row, `SELECT `+digestColumns+`,
			CASE WHEN EXISTS (SELECT 1 FROM mornings m WHERE m.key = digests.morning AND m.closed_at IS NOT NULL)
				THEN NOT EXISTS (SELECT 1 FROM digests d WHERE d.key = digests.key AND `+unspoken+`) ELSE FALSE END AS left_over,
			CASE WHEN started THEN `+vouched("digests.morning")+` ELSE TRUE END AS vouched
		FROM digests WHERE plan = ? AND unit = ? AND role = ? AND speak_at = ? ORDER BY number DESC LIMIT 1`, planID, r.Unit, r.Role, at)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Digest{}, err
	}
	if err == nil && !row.Gathered.Valid && !row.Left {
		g := row.digest()
		if g.Started && g.Morning != "" && !row.Vouched {
			g.Started, err = false, t.distrust(g.Morning)
		}
		return g, err
	}
	g := Digest{Plan: planID, Recipient: r, SpeakAt: at, Number: row.Number + 1}
	g.Key = DigestKey(planID, r, at, g.Number)
	if g.Morning, g.Started, err = t.joinMorning(planID, at); err != nil {
		return Digest{}, err
	}
	err = t.insert("digests", []string{"key", "plan", "unit", "role", "speak_at", "number", "started", "morning"},
		[][]any{{g.Key, planID, r.Unit, r.Role, at, g.Number, g.Started, g.Morning}})
	return g, err
}
