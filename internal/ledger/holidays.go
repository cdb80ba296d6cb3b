package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"duban/internal/calendar"
)

// NoticeVersion is how many notices a year has had, 0 for none: the number of the
// one in force.
func (s *Store) NoticeVersion(ctx context.Context, year int) (int, error) {
	var version int
	err := s.one(ctx, &version, `SELECT version FROM calendars WHERE year = ?`, year)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return version, err
}

// FormerNotice is the notice that a year's present one took the place of; ok is
// false when there was none.
func (s *Store) FormerNotice(ctx context.Context, year int) (y calendar.Year, ok bool, err error) {
	version, err := s.NoticeVersion(ctx, year)
	if err != nil || version < 2 {
		return y, false, err
	}
	var data string
	if err := s.one(ctx, &data, `SELECT data FROM events WHERE key = ?`, noticeKey(year, version-1)); err != nil {
		return y, false, fmt.Errorf("notice %d of %d: %w", version-1, year, err)
	}
	return y, true, json.Unmarshal([]byte(data), &y)
}

// noticeKey names a year's n-th notice for ever.
func noticeKey(year, n int) string { return fmt.Sprintf("calendar/%d/v%d", year, n) }
