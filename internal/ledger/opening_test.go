package ledger

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
)

// TestOlderAndNewerSchema: who only reads or commands changes no schema; what
// works brings an older one up to date, and leaves a newer one alone.
func TestOlderAndNewerSchema(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	address := "sqlite:" + path
	db, err := sqlx.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db.DB, files, goose.WithTableName("ledger_version"), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	unchanged := func(want error, options ...Options) {
		t.Helper()
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range options {
			if _, err := OpenWith(t.Context(), address, o); !errors.Is(err, want) {
				t.Errorf("%+v: %v", o, err)
			}
		}
		if is, _ := os.ReadFile(path); string(is) != string(was) {
			t.Errorf("the file was changed")
		}
	}
	unchanged(ErrSchemaOlder, Options{}, Options{ReadOnly: true}, Options{Create: true})
	s, err := OpenWith(t.Context(), address, Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.ID()) != 32 {
		t.Errorf("the ID is %q", s.ID())
	}
	if _, err := s.writer.Exec(`INSERT INTO ledger_version (version_id, is_applied) VALUES (99999, 1)`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	unchanged(ErrSchemaNewer, Options{}, Options{ReadOnly: true}, Options{Create: true, Migrate: true})
}

// A ledger from before the first release is refused by name, whatever its number, and
// stays as it is; one of a newer program too.
func TestALedgerFromBeforeTheFirstReleaseIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	s, err := Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Record(t.Context(), Event{Key: "k", Kind: "test", Actor: "x"}); err != nil {
		t.Fatal(err)
	}
	refused := func(want error) {
		t.Helper()
		for _, o := range []Options{{}, {ReadOnly: true}, {Create: true, Migrate: true}} {
			if other, err := OpenWith(t.Context(), "sqlite:"+path, o); !errors.Is(err, want) {
				t.Errorf("%+v: %v, not %v", o, err, want)
				if err == nil {
					other.Close()
				}
			}
		}
	}
	do := func(query string) {
		t.Helper()
		if _, err := s.writer.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	do(`UPDATE identity SET made = ''`)
	refused(ErrUnreleased)
	do(`INSERT INTO ledger_version (version_id, is_applied) VALUES (99999, 1)`) // its numbers were others
	refused(ErrUnreleased)
	do(`DELETE FROM ledger_version WHERE version_id > 10`)
	do(`ALTER TABLE identity DROP COLUMN made`)
	refused(ErrUnreleased)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsNoLedger(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"", "nothing/", "nothing.db"} {
		for _, o := range []Options{{}, {ReadOnly: true}, {Migrate: true}} {
			if _, err := OpenWith(t.Context(), "sqlite:"+dir+"/nothing/"+name, o); !errors.Is(err, ErrNoLedger) {
				t.Errorf("%q %+v: %v", name, o, err)
			}
		}
	}
	if left, _ := filepath.Glob(dir + "/*"); len(left) > 0 {
		t.Errorf("made: %v", left)
	}
	foreign := filepath.Join(dir, "foreign.db")
	db, err := sqlx.Open("sqlite", "file:"+foreign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`CREATE TABLE somebody (x)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	was, _ := os.ReadFile(foreign)
	for _, o := range []Options{{}, {ReadOnly: true}, {Create: true, Migrate: true}} {
		if _, err := OpenWith(t.Context(), "sqlite:"+foreign, o); !errors.Is(err, ErrForeign) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if is, _ := os.ReadFile(foreign); string(is) != string(was) {
		t.Errorf("the foreign file was changed")
	}
	empty := filepath.Join(dir, "empty.db")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{}, {ReadOnly: true}, {Migrate: true}} {
		if _, err := OpenWith(t.Context(), "sqlite:"+empty, o); !errors.Is(err, ErrNoLedger) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	s, err := Open(t.Context(), "sqlite:"+empty) // made by who may make it
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Record(context.Background(), Event{Key: "a", Kind: "test", Real: time.Now(), PlanAt: time.Now()}); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestCopy: a copy made by SQLite is a ledger, with the ID of the first, and its
// readers and writer do not wait for one another either.
func TestCopy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := Open(t.Context(), "sqlite:"+filepath.Join(dir, "first.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.writer.Exec(`VACUUM INTO ?`, filepath.Join(dir, "copy.db")); err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{ReadOnly: true}, {}, {Create: true, Migrate: true}} {
		c, err := OpenWith(t.Context(), "sqlite:"+filepath.Join(dir, "copy.db"), o)
		if err != nil {
			t.Fatal(err)
		}
		if c.ID() != s.ID() {
			t.Errorf("%+v: %s is not %s", o, c.ID(), s.ID())
		}
		var mode string
		if err := c.reader.Get(&mode, `PRAGMA journal_mode`); err != nil || o.Migrate && mode != "wal" {
			t.Errorf("%+v: %s %v", o, mode, err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}
