package ledgertest

import (
	"errors"
	"testing"
	"time"

	"duban/internal/calendar"
	"duban/internal/ledger"
)

// besideTheChain: tokens, names at another sign-in service, the dates of calendar feeds
// and the ends of audits. Each is written once, however often it is given; none of it is
// an event.
func besideTheChain(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	end, now := w.holds(), before.Real
	for again := range 2 {
		w.ok(w.AddToken(w.ctx, ledger.Token{ID: "a", Hash: "h", Account: "li", Kind: "api", Scope: "read", Name: "报表", MadeAt: now}, ledger.SignInEntry{}))
		w.ok(w.SeeToken(w.ctx, "a", now.Add(time.Hour-time.Duration(again)*time.Minute)))
		account := []string{"li", "wang"}[again]
		w.ok(w.BindSubject(w.ctx, "https://id.example", "7", account, now))
	}
	all, err := w.Tokens(w.ctx, "li")
	w.ok(err)
	w.is("tokens", len(all), 1)
	w.is("its last use", all[0].SeenAt.Time.UTC(), now.Add(time.Hour))
	is, err := w.Subject(w.ctx, "https://id.example", "7")
	w.ok(err)
	w.is("who it was first", is, "li")
	_, err = w.Subject(w.ctx, "https://other.example", "7")
	w.is("another service's", errors.Is(err, ledger.ErrNotFound), true)
	other, err := w.EndToken(w.ctx, "wang", "a", now, ledger.SignInEntry{})
	w.ok(err)
	w.is("another's token stays", other, false)
	for again := range 2 {
		ended, err := w.EndToken(w.ctx, "li", "a", now.Add(time.Duration(again)*time.Hour), ledger.SignInEntry{})
		w.ok(err)
		w.is("taken back", ended, again == 0)
	}
	one, err := w.Token(w.ctx, "a")
	w.ok(err)
	w.is("since when", one.EndedAt.Time.UTC(), now)

	for i, day := range []calendar.Day{due, due, due.AddDays(3), due.AddDays(3), due} {
		told, err := w.TellDates(w.ctx, map[string]calendar.Day{"uid": day}, now.Add(time.Duration(i)*time.Hour))
		w.ok(err)
		changed := []int{0, 0, 2, 2, 4}[i]
		w.is("told", told["uid"], ledger.TellingDate{UID: "uid", Day: day.String(), Sequence: []int{0, 0, 1, 1, 2}[i], Changed: now.Add(time.Duration(changed) * time.Hour)})
	}

	watched := func() ledger.Watched {
		t.Helper()
		got, err := w.Watch(w.ctx, now.Add(time.Minute))
		w.ok(err)
		w.is("plans", len(got), 1)
		return got[0]
	}
	w.is("no audit yet", []any{watched().AuditedAt, watched().Missing}, []any{time.Time{}, 0})
	for range 2 {
		w.ok(w.NoteAudit(w.ctx, "jincheng", now, 3))
		w.is("the last audit", []any{watched().AuditedAt, watched().Missing}, []any{now, 3})
	}
	w.is("events", w.holds(), end)
}
