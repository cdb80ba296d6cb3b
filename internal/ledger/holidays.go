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

// CalendarMoved is the kind of the event that all that runs has been moved by a
// year's notice.
const CalendarMoved = "calendar.moved"

// Unmoved tells that a year's notice was brought in by a person and not all that
// runs is known to have been moved by it: the import was interrupted.
func (s *Store) Unmoved(ctx context.Context, year int) (bool, error) {
	version, err := s.NoticeVersion(ctx, year)
	if err != nil || version == 0 {
		return false, err
	}
	var actor string
	if err := s.one(ctx, &actor, `SELECT actor FROM events WHERE key = ?`, noticeKey(year, version)); err != nil || actor == Engine {
		return false, err
	}
	moved, err := s.Recorded(ctx, noticeKey(year, version)+"/moved")
	return !moved, err
}

// MarkMoved notes that all that runs has been moved by a year's notice: how many
// tasks were, as event calendar.moved. Again, it changes nothing.
func (s *Store) MarkMoved(ctx context.Context, year, tasks int, actor string, when When) error {
	version, err := s.NoticeVersion(ctx, year)
	if err != nil {
		return err
	}
	_, err = s.Record(ctx, Event{Key: noticeKey(year, version) + "/moved", Kind: CalendarMoved, Actor: actor, Real: when.Real, PlanAt: when.Plan,
		Data: json.RawMessage(fmt.Sprintf(`{"year":%d,"version":%d,"tasks":%d}`, year, version, tasks))})
	return err
}

// noticeKey names a year's n-th notice for ever.
func noticeKey(year, n int) string { return fmt.Sprintf("calendar/%d/v%d", year, n) }
