package ledger

import (
	"context"
	"maps"
	"slices"
	"time"

	"duban/internal/calendar"
)

// TellingDate is a date as calendar feeds have told it.
type TellingDate struct {
	UID      string    `db:"uid"`
	Day      string    `db:"day"`
	Sequence int       `db:"sequence"` // how often the day has moved
	Changed  time.Time `db:"changed_at"`
}

// TellDates notes the days that calendar feeds tell now, by UID, and gives how often
// each has moved: a calendar program takes over a changed day only with a higher SEQUENCE
// (RFC 5545, 3.8.7.4). When the ledger cannot be written, the result is what was told
// before, with the error (ErrReadOnly and others).
func (s *Store) TellDates(ctx context.Context, days map[string]calendar.Day, at time.Time) (map[string]TellingDate, error) {
	uids := slices.Sorted(maps.Keys(days))
	told, err := s.toldDates(ctx, uids)
	if err != nil {
		return nil, err
	}
	var moved []string
	for _, uid := range uids {
		if told[uid].Day != days[uid].String() {
			moved = append(moved, uid)
		}
	}
	if len(moved) == 0 {
		return told, nil
	}
	_, err = write(ctx, s, func(t *tx) (none struct{}, err error) {
		for _, uid := range moved {
			_, err := t.exec(`INSERT INTO calendar_dates (uid, day, sequence, changed_at) VALUES (?, ?, 0, ?)
				ON CONFLICT (uid) DO UPDATE SET day = excluded.day, sequence = calendar_dates.sequence + 1, changed_at = excluded.changed_at
				WHERE calendar_dates.day <> excluded.day`, uid, days[uid].String(), instant(at))
			if err != nil {
				return none, err
			}
		}
		return none, nil
	})
	if err != nil {
		return told, err
	}
	return s.toldDates(ctx, uids)
}

func (s *Store) toldDates(ctx context.Context, uids []string) (map[string]TellingDate, error) {
	told := map[string]TellingDate{}
	var rows []TellingDate
	err := s.all(ctx, &rows, `SELECT uid, day, sequence, changed_at FROM calendar_dates WHERE `+s.d.among("uid"), s.d.list(uids))
	for _, r := range rows {
		r.Changed = r.Changed.UTC()
		told[r.UID] = r
	}
	return told, err
}
