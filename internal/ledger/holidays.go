package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"duban/internal/calendar"
)

// Kinds of events about a year's notice of holidays.
const (
	CalendarMoved = "calendar.moved" // the workflows that run have been moved by the notice
	CalendarBack  = "calendar.back"  // the notice was taken back: the one before it, or none, is in force again
)

// calendarRow tells since when the notice of a year is in force, and the spans in which
// notices of any year were in force that had been taken back by then.
type calendarRow struct {
	Since  sql.NullTime   `db:"since"`
	Undone sql.NullString `db:"undone"`
}

// on sets a plan's CalendarSince and CalendarUndone from the row, by the plan's clock.
func (r calendarRow) on(l *Launched) error {
	if r.Since.Valid {
		l.CalendarSince = l.Clock.Plan(r.Since.Time.UTC())
	}
	spans, err := spansIn(r.Undone.String)
	for _, s := range spans {
		l.CalendarUndone = append(l.CalendarUndone, calendar.Span{From: l.Clock.Plan(s.From), To: l.Clock.Plan(s.To)})
	}
	return err
}

func spansIn(text string) (spans []calendar.Span, err error) {
	if text == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &spans); err != nil {
		return nil, fmt.Errorf("ledger: notices taken back: %w", err)
	}
	return spans, nil
}

// PutCalendar keeps one year's notice in place of the year's former one, as
// event calendar.put. The same notice again changes nothing.
func (s *Store) PutCalendar(ctx context.Context, y calendar.Year, actor string, when When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		of, err := t.holidaysOf(y.Year)
		if err != nil {
			return none, err
		}
		return none, t.putCalendar(of, y, actor, when)
	})
	return err
}

// BringCalendar is PutCalendar of a notice that comes with the program or with the
// folder that a worker is set to. It replaces no notice that a person has brought in,
// and it brings back no notice that was in force before, so that workers with different
// folders do not change the year in turn. in tells whether the days of the year are now
// those of the notice.
func (s *Store) BringCalendar(ctx context.Context, y calendar.Year, when When) (in bool, err error) {
	return write(ctx, s, func(t *tx) (bool, error) {
		of, err := t.holidaysOf(y.Year)
		if err != nil {
			return false, err
		}
		for i, known := range of.all {
			if len(calendar.Changes(known, y)) == 0 {
				return i == len(of.all)-1 || len(calendar.Changes(of.inForce(), y)) == 0, nil
			}
		}
		if of.version > 0 && of.actor != Engine {
			return false, nil
		}
		return true, t.putCalendar(of, y, Engine, when)
	})
}

// ErrNoNotice: there is no notice to be taken back.
var ErrNoNotice = errors.New("the year has no notice")

// TakingBack is a notice in force that is to be taken back.
type TakingBack struct {
	Year    int
	Version int           // of the notice: see NoticeVersion
	Was, Is calendar.Year // the notice, and what is in force without it: the one before, or no days
}

// WouldTakeBack is what taking back a year's notice in force comes to; ErrNoNotice
// when the year has none.
func (s *Store) WouldTakeBack(ctx context.Context, year int) (TakingBack, error) {
	of, err := holidaysOf(year, func(dest any, query string, args ...any) error { return s.one(ctx, dest, query, args...) })
	if err != nil {
		return TakingBack{}, err
	}
	return of.back()
}

// TakeBackCalendar takes back the notice that WouldTakeBack found in force, as event
// calendar.back. The same again changes nothing; ErrBehind when the year's notice has
// been changed otherwise meanwhile.
func (s *Store) TakeBackCalendar(ctx context.Context, b TakingBack, actor, reason string, when When) error {
	_, err := write(ctx, s, func(t *tx) (none struct{}, err error) {
		of, err := t.holidaysOf(b.Year)
		switch {
		case err != nil:
			return none, err
		case slices.Contains(of.backs, b.Version+1):
			return none, nil
		case of.version != b.Version:
			return none, ErrBehind
		}
		now, err := of.back()
		if err != nil {
			return none, err
		}
		return none, t.takeBack(of, now.Is, actor, reason, when)
	})
	return err
}

// yearNotices is what the ledger has of one year.
type yearNotices struct {
	calendarRow
	year    int
	version int    // of the one in force; 0: none ever was
	doc     string // of the one in force
	actor   string // who put it in force
	all     []calendar.Year
	stack   []calendar.Year // those that came, without those taken back; the last is in force
	backs   []int           // the versions that came by taking one back
}

func (n yearNotices) inForce() calendar.Year {
	if len(n.stack) == 0 {
		return calendar.Year{Year: n.year}
	}
	return n.stack[len(n.stack)-1]
}

// back is what taking back the notice in force comes to, or ErrNoNotice.
func (n yearNotices) back() (TakingBack, error) {
	b := TakingBack{n.year, n.version, n.inForce(), calendar.Year{Year: n.year, Papers: []string{}, Days: []calendar.Holiday{}}}
	if len(b.Was.Days) == 0 {
		return b, ErrNoNotice
	}
	if k := len(n.stack); k > 1 {
		b.Is = n.stack[k-2]
	}
	return b, nil
}

func (t *tx) holidaysOf(year int) (yearNotices, error) { return holidaysOf(year, t.one) }

// holidaysOf reads a year's notices in the order in which they came. one reads a single
// row, in a transaction or outside of any.
func holidaysOf(year int, one func(dest any, query string, args ...any) error) (n yearNotices, err error) {
	n.year = year
	var row struct {
		calendarRow
		Version int    `db:"version"`
		Doc     string `db:"doc"`
	}
	switch err := one(&row, `SELECT version, doc, since, undone FROM calendars WHERE year = ?`, year); {
	case errors.Is(err, ErrNotFound):
		return n, nil
	case err != nil:
		return n, err
	}
	n.calendarRow, n.version, n.doc = row.calendarRow, row.Version, row.Doc
	for v := 1; v <= n.version; v++ {
		var e struct {
			Kind  string `db:"kind"`
			Actor string `db:"actor"`
			Data  string `db:"data"`
		}
		if err := one(&e, `SELECT kind, actor, data FROM events WHERE key = ?`, noticeKey(year, v)); err != nil {
			return n, fmt.Errorf("notice %d of %d: %w", v, year, err)
		}
		n.actor = e.Actor
		if e.Kind == CalendarBack {
			n.stack, n.backs = n.stack[:max(0, len(n.stack)-1)], append(n.backs, v)
			continue
		}
		var y calendar.Year
		if err := json.Unmarshal([]byte(e.Data), &y); err != nil {
			return n, fmt.Errorf("notice %d of %d: %w", v, year, err)
		}
		n.all, n.stack = append(n.all, y), append(n.stack, y)
	}
	return n, nil
}

func (t *tx) putCalendar(of yearNotices, y calendar.Year, actor string, when When) error {
	doc, err := json.Marshal(y)
	if err != nil {
		return fmt.Errorf("ledger: calendar %d: %w", y.Year, err)
	}
	if of.doc == string(doc) {
		return nil
	}
	undone, err := t.undone()
	if err != nil {
		return err
	}
	if err := t.inForce(of, string(doc), undone, when); err != nil {
		return err
	}
	return t.append(Event{Key: noticeKey(y.Year, of.version+1), Kind: CalendarPut, Actor: actor}, when, json.RawMessage(doc))
}

func (t *tx) takeBack(of yearNotices, is calendar.Year, actor, reason string, when When) error {
	doc, err := json.Marshal(is)
	if err != nil {
		return fmt.Errorf("ledger: calendar %d: %w", of.year, err)
	}
	undone, err := t.undone()
	if err != nil {
		return err
	}
	data := map[string]any{"year": of.year, "papers": is.Papers, "days": is.Days, "reason": reason, "taken_back": of.inForce().Papers}
	if of.Since.Valid {
		span := calendar.Span{From: of.Since.Time.UTC(), To: when.Real.UTC()}
		undone, data["since"] = append(undone, span), span.From
	}
	if err := t.inForce(of, string(doc), undone, when); err != nil {
		return err
	}
	return t.append(Event{Key: noticeKey(of.year, of.version+1), Kind: CalendarBack, Actor: actor}, when, data)
}

// undone are the spans, on the real clock, in which notices of any year were in force that
// were taken back: the row of the year whose notice came last has those of all years.
func (t *tx) undone() ([]calendar.Span, error) {
	var text string
	err := t.one(&text, `SELECT undone FROM calendars WHERE since IS NOT NULL ORDER BY since DESC LIMIT 1`)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return spansIn(text)
}

// inForce writes a year's row. A notice that comes before every plan moves nothing: its
// row has no since.
func (t *tx) inForce(of yearNotices, doc string, undone []calendar.Span, when When) error {
	var plans int
	if err := t.one(&plans, `SELECT COUNT(*) FROM plans`); err != nil {
		return err
	}
	since, text := nullable(when.Real), ""
	since.Valid = since.Valid && plans > 0
	if len(undone) > 0 {
		text = asJSON(undone)
	}
	return t.make("calendars", `INSERT INTO calendars (year, version, doc, since, undone) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (year) DO UPDATE SET version = excluded.version, doc = excluded.doc, since = excluded.since, undone = excluded.undone`, of.year, of.version+1, doc, since, text)
}

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

// MovedNotice is the notice of a year that the running workflows go by as long as they have
// not been moved by the present one (see MarkMoved): the notice before it, without days
// where there was none. known is false when they were not moved by that notice either.
func (s *Store) MovedNotice(ctx context.Context, year int) (y calendar.Year, known bool, err error) {
	y.Year = year
	version, err := s.NoticeVersion(ctx, year)
	if err != nil || version < 2 {
		return y, true, err
	}
	key := noticeKey(year, version-1)
	moved, err := s.Recorded(ctx, key+"/moved")
	if err != nil {
		return y, false, err
	}
	if !moved { // what came before every plan needed to move nothing
		var plans int
		err := s.one(ctx, &plans, `SELECT COUNT(*) FROM events WHERE kind = ? AND seq < (SELECT seq FROM events WHERE key = ?)`, PlanLaunched, key)
		if err != nil || plans > 0 {
			return y, false, err
		}
	}
	var data string
	if err := s.one(ctx, &data, `SELECT data FROM events WHERE key = ?`, key); err != nil {
		return y, false, fmt.Errorf("notice %d of %d: %w", version-1, year, err)
	}
	return y, true, json.Unmarshal([]byte(data), &y)
}

// Unmoved are the years whose notice came while there were plans and of which no MarkMoved
// has noted that the running workflows have been moved by it.
func (s *Store) Unmoved(ctx context.Context) (years []int, err error) {
	var rows []struct {
		Year    int `db:"year"`
		Version int `db:"version"`
	}
	if err := s.all(ctx, &rows, `SELECT year, version FROM calendars WHERE since IS NOT NULL ORDER BY year`); err != nil {
		return nil, err
	}
	for _, r := range rows {
		moved, err := s.Recorded(ctx, movedKey(r.Year, r.Version))
		if err != nil {
			return nil, err
		}
		if !moved {
			years = append(years, r.Year)
		}
	}
	return years, nil
}

// MarkMoved notes, as event calendar.moved, that the running workflows have been moved by
// a year's notice in force, and how many tasks were. Again, it changes nothing.
func (s *Store) MarkMoved(ctx context.Context, year, tasks int, actor string, when When) error {
	version, err := s.NoticeVersion(ctx, year)
	if err != nil {
		return err
	}
	_, err = s.Record(ctx, Event{Key: movedKey(year, version), Kind: CalendarMoved, Actor: actor, Real: when.Real, PlanAt: when.Plan,
		Data: json.RawMessage(fmt.Sprintf(`{"year":%d,"version":%d,"tasks":%d}`, year, version, tasks))})
	return err
}

// noticeKey names a year's n-th notice for ever.
func noticeKey(year, n int) string { return fmt.Sprintf("calendar/%d/v%d", year, n) }

// movedKey is the key of the event that MarkMoved writes about a year's n-th notice.
func movedKey(year, n int) string { return noticeKey(year, n) + "/moved" }
