package ledger

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jmoiron/sqlx"
)

// TestOlderAndNewerSchema: a program that only reads or commands changes no schema; a
// worker brings an older one up to date, and leaves a newer one alone. The test is not
// parallel: it gives the program one more change of the schema.
func TestOlderAndNewerSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	address := "sqlite:" + path
	s, err := Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Record(t.Context(), Event{Key: "k", Kind: "test", Actor: "x"}); err != nil {
		t.Fatal(err)
	}
	id := s.ID()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	more := fstest.MapFS{"migrations/sqlite/00999_more.sql": {Data: []byte("-- +goose Up\nCREATE TABLE more (x TEXT);\n")}}
	files, err := fs.Glob(embedded, "migrations/sqlite/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := fs.ReadFile(embedded, f)
		if err != nil {
			t.Fatal(err)
		}
		more[f] = &fstest.MapFile{Data: text}
	}
	migrations = more
	t.Cleanup(func() { migrations = embedded })
	unchanged(t, path, ErrSchemaOlder, Options{}, Options{ReadOnly: true}, Options{Create: true})
	s, err = OpenWith(t.Context(), address, Options{Migrate: true})
	if err != nil {
		t.Fatal(err)
	}
	if n, _, err := s.Head(t.Context()); err != nil || n != 1 || s.ID() != id {
		t.Errorf("%d events, %v, the ID is %q", n, err, s.ID())
	}
	if _, err := s.writer.Exec(`INSERT INTO more (x) VALUES ('there')`); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	migrations = embedded
	unchanged(t, path, ErrSchemaNewer, Options{}, Options{ReadOnly: true}, Options{Create: true, Migrate: true})
}

// unchanged sees that none of the options opens the ledger, and that its file stays as it
// is.
func unchanged(t *testing.T, path string, want error, options ...Options) {
	t.Helper()
	was, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range options {
		s, err := OpenWith(t.Context(), "sqlite:"+path, o)
		if !errors.Is(err, want) {
			t.Errorf("%+v: %v, not %v", o, err, want)
		}
		if err == nil {
			s.Close()
		}
	}
	if is, _ := os.ReadFile(path); string(is) != string(was) {
		t.Errorf("the file was changed")
	}
}

// A ledger from before the first release is refused by name, and stays as it is: its
// number is below that of the first schema of a release.
func TestALedgerFromBeforeTheFirstReleaseIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ledger.db")
	s, err := Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	first, _ := numbers()
	if first != 69 {
		t.Errorf("the first schema of a release has number %d: those before it had up to 68", first)
	}
	if _, err := s.writer.Exec(`UPDATE ledger_version SET version_id = ? WHERE version_id > 0`, first-1); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	unchanged(t, path, ErrUnreleased, Options{}, Options{ReadOnly: true}, Options{Create: true, Migrate: true})
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
	s, err := Open(t.Context(), "sqlite:"+empty) // Open may make a ledger in an empty file
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
