package ledger

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"", "var/ledger.db", "mysql://u:secret@h/d", "sqlite:", "sqlite::memory:", "sqlite:file:x.db", "u:secret@h"} {
		_, err := Open(t.Context(), url)
		if err == nil {
			t.Errorf("%q was taken", url)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("a password got into an error: %v", err)
		}
	}
	for _, url := range []string{"postgres://u:secret@h:port/d", "postgres://u:secret@h/d?connect_timeout=soon", "postgres://u:sec%ret@h/d"} {
		if _, err := Open(t.Context(), url); err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "sec%ret") {
			t.Errorf("%s: %v", url, err)
		}
	}
	_, err := Open(t.Context(), "postgres://u:secret@127.0.0.1:1/d?sslmode=disable")
	if classify(err) != lost || !errors.Is(err, ErrAway) || !Later(err) {
		t.Errorf("nobody answers: %v is %d", err, classify(err))
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("a password got into an error: %v", err)
	}
}

func TestFaultsAreJudgedByCode(t *testing.T) {
	t.Parallel()
	for want, codes := range map[fault][]pqerror.Code{
		transient: {"40001", "40P01", "55P03", "57014", "53300", "53400", "53200", "58000"},
		lost:      {"57P01", "57P02", "57P03", "57P05", "25P03", "25P04", "08006", "08P01", "3D000", "26000", "0A000"},
		readOnly:  {"25006", "42501"},
		full:      {"53100"},
		damaged:   {"58030", "XX001", "XX002", "42P01"},
		other:     {"23505", "42601", "22001"},
	} {
		for _, code := range codes {
			err := fmt.Errorf("wrapped: %w", &pq.Error{Code: code, Message: "deadlock busy locked"})
			if got := classify(err); got != want {
				t.Errorf("%s: %d, want %d", code, got, want)
			}
			if Later(named(err)) != (want != other) {
				t.Errorf("%s is later: %t", code, Later(named(err)))
			}
		}
	}
	for want, codes := range map[fault][]int{
		transient: {5, 5 | 1<<8, 5 | 2<<8, 6, 7, 15},         // BUSY, its RECOVERY and SNAPSHOT, LOCKED, NOMEM, PROTOCOL
		readOnly:  {8, 8 | 1<<8},                             // READONLY and its RECOVERY
		full:      {13, 10 | 19<<8},                          // FULL, IOERR_SHMSIZE
		damaged:   {1, 10, 10 | 3<<8, 11, 14, 26, 4<<8 | 10}, // ERROR, IOERR and its kinds, CORRUPT, CANTOPEN, NOTADB
		other:     {19, 19 | 8<<8},                           // CONSTRAINT
	} {
		for _, code := range codes {
			if got := ofSQLite(code); got != want {
				t.Errorf("%d: %d, want %d", code, got, want)
			}
		}
	}
	for err, want := range map[error]fault{nil: noFault, driver.ErrBadConn: lost, ErrNotFound: other, errors.New("database is locked"): other} {
		if got := classify(err); got != want {
			t.Errorf("%v: %d, want %d", err, got, want)
		}
	}
}

// TestSQLiteConnections looks at the PRAGMAs of the writer's and the reader's connections,
// holds a transaction open in the writer, and sees that a second writer that does not wait
// gets an error whose code classify calls transient.
func TestSQLiteConnections(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "100% 台账?.db")
	s, err := Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the file is somewhere else: %v", err)
	}
	ctx := context.Background()
	if err := s.d.tidy(ctx, s.writer); err != nil { // a running writer tidies where who complained is erased
		t.Fatal(err)
	}
	for name, db := range map[string]interface {
		GetContext(context.Context, any, string, ...any) error
	}{"writer": s.writer, "reader": s.reader} {
		got := map[string]string{}
		for _, pragma := range []string{"journal_mode", "foreign_keys", "synchronous", "busy_timeout", "query_only"} {
			var v string
			if err := db.GetContext(ctx, &v, "PRAGMA "+pragma); err != nil {
				t.Fatal(err)
			}
			got[pragma] = v
		}
		want := map[string]string{"journal_mode": "wal", "foreign_keys": "1", "synchronous": "2", "busy_timeout": map[string]string{"writer": fmt.Sprint(liteTurn.Milliseconds()), "reader": "2000"}[name], "query_only": map[string]string{"writer": "0", "reader": "1"}[name]}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	tx, err := s.writer.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	_, err = s.reader.Exec(`PRAGMA query_only(0); PRAGMA busy_timeout(0); BEGIN IMMEDIATE`)
	if classify(err) != transient {
		t.Errorf("a second writer: %v is %d", err, classify(err))
	}
}

func TestMigrationsAreTheSameInBoth(t *testing.T) {
	t.Parallel()
	names := map[string][]string{}
	for _, folder := range []string{"sqlite", "postgres"} {
		files, err := fs.Glob(migrations, "migrations/"+folder+"/*.sql")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", folder, len(files), err)
		}
		numbers := map[string]bool{}
		for _, f := range files {
			name := filepath.Base(f)
			number, _, _ := strings.Cut(name, "_")
			if n, err := strconv.Atoi(number); err != nil || n < 1 || len(number) != 5 || numbers[number] {
				t.Errorf("%s: %s has no number of its own", folder, name)
			}
			numbers[number] = true
			names[folder] = append(names[folder], name)
		}
	}
	if diff := cmp.Diff(names["sqlite"], names["postgres"]); diff != "" {
		t.Errorf("(-sqlite +postgres):\n%s", diff)
	}
}

// TestLink pins the canonical form: a chain written today must verify for ever.
func TestLink(t *testing.T) {
	t.Parallel()
	e := Event{Seq: 2, Key: "键", Plan: "p", Kind: "k", Actor: Engine, Data: []byte(`{"a":1}`), Changes: []byte(`[{"in":"x"}]`), Prev: "ab"}
	// printf '2:ab,1:2,3:键,1:p,0:,1:k,6:engine,25:2021-04-30 01:00:00+00:00,28:2021-04-30 01:00:00.25+00:00,7:{"a":1},12:[{"in":"x"}],' | sha256sum
	const want = "4364034f76254367b4f1defbd37c6d451b354b5ad97d13df45cdf3220cb36d50"
	if got := link(e, "2021-04-30 01:00:00+00:00", "2021-04-30 01:00:00.25+00:00"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
