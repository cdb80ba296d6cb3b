package ledgertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	_ "modernc.org/sqlite" // driver "sqlite"
	"pgregory.net/rapid"

	"duban/internal/ledger"
)

// raw opens the tables without the ledger, as their owner.
func raw(t *testing.T, address string) *sqlx.DB {
	t.Helper()
	driver, source := "postgres", Owner(address)
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		driver, source = "sqlite", "file:"+path+"?_pragma=busy_timeout(10000)"
	}
	db, err := sqlx.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func bareEvents(t *testing.T, address string) {
	w := newWorld(t, address, 0)
	e := ledger.Event{Key: "audit/1", Plan: "jincheng", Task: "t0", Kind: "audit.missing", Actor: "li\x00 \xff", Real: evening.Real, PlanAt: evening.Plan,
		Data: json.RawMessage(`{"说明": "没有 \u0000 <痕迹>"}`)}
	for i, want := range []bool{true, false} {
		fresh, err := w.Record(w.ctx, e)
		w.ok(err)
		w.is(fmt.Sprintf("fresh, call %d", i+1), fresh, want)
	}
	_, err := w.Record(w.ctx, ledger.Event{Key: "audit/2", Kind: "audit.done"})
	w.ok(err)
	if _, err := w.Record(w.ctx, ledger.Event{Kind: "audit.done"}); err == nil {
		t.Error("an event without a key was taken")
	}
	events, err := w.Events(w.ctx, ledger.EventFilter{AfterSeq: 1})
	w.ok(err)
	e.Seq, e.Actor, e.Prev, e.Hash = 2, "li \uFFFD", events[0].Prev, events[0].Hash
	var data map[string]string
	w.ok(json.Unmarshal(events[0].Data, &data))
	w.is("data", data, map[string]string{"说明": "没有 \x00 <痕迹>"})
	e.Data = events[0].Data
	w.is("event", events[0], e)
	w.is("the next", []any{events[1].Seq, events[1].Prev, string(events[1].Data)}, []any{int64(3), e.Hash, "null"})
	seq, hash, err := w.Head(w.ctx)
	w.ok(err)
	w.is("head", []any{seq, hash}, []any{int64(3), events[1].Hash})
	w.is("events", w.holds(), int64(3))
}

func appendOnly(t *testing.T, address string) {
	w := newWorld(t, address, 1)
	for _, forbidden := range []string{`UPDATE events SET actor = 'x'`, `DELETE FROM events`} {
		if _, err := w.raw().Exec(forbidden); err == nil {
			t.Errorf("allowed: %s", forbidden)
		}
	}
	w.holds()
}

// unlock removes the triggers that keep events from being changed, as a forger would.
func (w *world) unlock(db *sqlx.DB) {
	w.t.Helper()
	w.forged = true
	statements := []string{`ALTER TABLE events DISABLE TRIGGER ALL`}
	if db.DriverName() == "sqlite" {
		statements = []string{`DROP TRIGGER events_fixed`, `DROP TRIGGER events_kept`}
	}
	for _, s := range statements {
		_, err := db.Exec(s)
		w.ok(err)
	}
}

// broken expects the chain to break at one of the given events.
func broken(t rapidOrTest, s *ledger.Store, what string, at ...int64) {
	_, err := s.Verify(ctxOf(t))
	var b *ledger.BrokenChainError
	if !errors.As(err, &b) {
		t.Fatalf("%s was not found: %v", what, err)
	}
	for _, seq := range at {
		if b.Seq == seq {
			return
		}
	}
	t.Fatalf("%s: found at %d, not at %v: %v", what, b.Seq, at, err)
}

func tampering(t *testing.T, address string) {
	w := newWorld(t, address, 3)
	for _, id := range []string{"t0", "t1", "t2"} {
		w.decide(id, dueStage)
		w.decide(id, talk)
	}
	n := w.holds()
	db := w.raw()
	w.unlock(db)
	columns := []string{"key", "plan", "task", "kind", "actor", "real_at", "plan_at", "data", "prev", "hash"}
	rapid.Check(t, func(r *rapid.T) {
		seq := rapid.Int64Range(1, n).Draw(r, "seq")
		column := rapid.SampledFrom(columns).Draw(r, "column")
		tx, err := db.Beginx()
		if err != nil {
			r.Fatal(err)
		}
		defer tx.Rollback()
		var old string
		text := `SELECT ` + column + ` || '' FROM events WHERE seq = ?`
		if strings.HasSuffix(column, "_at") && db.DriverName() == "postgres" {
			text = `SELECT to_char(` + column + ` AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US+00:00') FROM events WHERE seq = ?`
		}
		if err := tx.Get(&old, tx.Rebind(text), seq); err != nil {
			r.Fatal(err)
		}
		edited := edit(r, old, strings.HasSuffix(column, "_at"))
		if _, err := tx.Exec(tx.Rebind(`UPDATE events SET `+column+` = ? WHERE seq = ?`), edited, seq); err != nil {
			r.Skip("the database does not take it: ", edited)
		}
		if err := tx.Commit(); err != nil {
			r.Fatal(err)
		}
		// An edited hash or key is found at the edited event itself.
		broken(r, w.Store, fmt.Sprintf("event %d: %s %q made %q", seq, column, old, edited), seq)
		if _, err := db.Exec(db.Rebind(`UPDATE events SET `+column+` = ? WHERE seq = ?`), old, seq); err != nil {
			r.Fatal(err)
		}
	})
	w.is("events after all is put back", w.holds(), n)
	forge(w, db, n)
}

// edit changes one byte of a text, so that it stays a text; of an instant, one
// digit of its time of day.
func edit(r *rapid.T, old string, instant bool) string {
	if instant {
		i := rapid.SampledFrom([]int{12, 15, 18}).Draw(r, "digit")
		return old[:i] + string('0'+(old[i]-'0'+1)%10) + old[i+1:]
	}
	runes := []rune(old)
	if len(runes) == 0 {
		return "x"
	}
	i := rapid.IntRange(0, len(runes)-1).Draw(r, "place")
	switch rapid.IntRange(0, 2).Draw(r, "how") {
	case 0:
		runes = append(runes[:i:i], runes[i+1:]...)
	case 1:
		runes = append(runes[:i:i], append([]rune{'0'}, runes[i:]...)...)
	default:
		if runes[i]++; runes[i] == 0xD800 {
			runes[i] = 'x'
		}
	}
	return string(runes)
}

// forge tries forgeries that change more than one row.
func forge(w *world, db *sqlx.DB, n int64) {
	const columns = `key, plan, task, kind, actor, real_at, plan_at, data, prev, hash`
	for _, f := range []struct {
		what string
		do   []string
		undo []string
		at   int64
	}{
		{"a removed event",
			[]string{`CREATE TABLE aside AS SELECT * FROM events WHERE seq = 3`, `DELETE FROM events WHERE seq = 3`},
			[]string{`INSERT INTO events SELECT * FROM aside`, `DROP TABLE aside`}, 3},
		{"a cut end",
			[]string{fmt.Sprintf(`CREATE TABLE aside AS SELECT * FROM events WHERE seq = %d`, n), fmt.Sprintf(`DELETE FROM events WHERE seq = %d`, n)},
			[]string{`INSERT INTO events SELECT * FROM aside`, `DROP TABLE aside`}, n},
		{"an added event",
			[]string{fmt.Sprintf(`INSERT INTO events (seq, %s) SELECT %d, 'new', plan, task, kind, actor, real_at, plan_at, data, hash, hash FROM events WHERE seq = %d`, columns, n+1, n)},
			[]string{fmt.Sprintf(`DELETE FROM events WHERE seq = %d`, n+1)}, n + 1},
		{"two events in each other's place",
			[]string{`UPDATE events SET seq = -4 WHERE seq = 4`, `UPDATE events SET seq = 4 WHERE seq = 5`, `UPDATE events SET seq = 5 WHERE seq = -4`},
			[]string{`UPDATE events SET seq = -4 WHERE seq = 4`, `UPDATE events SET seq = 4 WHERE seq = 5`, `UPDATE events SET seq = 5 WHERE seq = -4`}, 4},
		{"an event moved out of the way",
			[]string{`UPDATE events SET seq = 0 WHERE seq = 1`}, []string{`UPDATE events SET seq = 1 WHERE seq = 0`}, 1},
		{"another head", []string{`UPDATE chain SET hash = 'x'`}, []string{fmt.Sprintf(`UPDATE chain SET hash = (SELECT hash FROM events WHERE seq = %d)`, n)}, n},
	} {
		for _, s := range f.do {
			_, err := db.Exec(s)
			w.ok(err)
		}
		broken(w.t, w.Store, f.what, f.at)
		for _, s := range f.undo {
			_, err := db.Exec(s)
			w.ok(err)
		}
		w.is("events after "+f.what+" is put back", w.holds(), n)
	}
	_, err := db.Exec(`DELETE FROM chain`)
	w.ok(err)
	broken(w.t, w.Store, "no head", 1)
}

func disagreement(t *testing.T, address string) {
	w := newWorld(t, address, 2)
	w.decide("t0", dueStage)
	w.holds()
	w.forged = true
	_, err := w.raw().Exec(`UPDATE stages SET kind = 'told' WHERE id = 'due' AND task = 't0'`)
	w.ok(err)
	_, err = w.Verify(w.ctx)
	var c *ledger.CountError
	if !errors.As(err, &c) {
		t.Fatalf("a stage decided by hand was not found: %v", err)
	}
	w.is("error", *c, ledger.CountError{What: "decided stages", Rows: 0, FromChain: 1})
}
