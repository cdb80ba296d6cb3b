package ledger_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
)

// disk is a small file system of its own.
func disk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	ledgertest.SmallDisk(t, dir, size)
	return dir
}

// TestFullDisk: writes say why they fail, nothing is damaged, and all goes on
// when there is space again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := disk(t, "2m")
	s, _ := open(t, "sqlite:"+filepath.Join(dir, "ledger.db"))
	well(t, s, "before")
	filler := filepath.Join(dir, "filler")
	f, err := os.Create(filler)
	must(t, err)
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	must(t, f.Close())
	text := strings.Repeat("x", 20_000)
	var failed error
	for i := range 100 { // the file's free pages may still take some
		_, failed = s.Record(t.Context(), ledger.Event{Key: fmt.Sprint("full", i), Kind: "test", Plan: text, Real: morning, PlanAt: morning})
		if failed != nil {
			break
		}
	}
	if !errors.Is(failed, ledger.ErrFull) || !ledger.Later(failed) {
		t.Errorf("a write on a full disk: %v", failed)
	}
	if _, err := count(t.Context(), s); err != nil {
		t.Errorf("a read: %v", err)
	}
	if _, err := s.Verify(t.Context()); err != nil {
		t.Errorf("verify: %v", err)
	}
	must(t, os.Remove(filler))
	well(t, s, "after")
	must(t, s.Close())
}

// TestAProofOnAFullDisk: where there is no space to make the tables again, a proof and
// a look back say so, accuse nobody of breaking the chain, and leave nothing behind.
func TestAProofOnAFullDisk(t *testing.T) {
	s, _ := open(t, sqliteFile(t))
	for _, name := range ledger.OfficeSettings {
		_, err := s.SetOffice(t.Context(), name, strings.Repeat("x", 2_000_000), "wang", ledger.When{Real: morning, Plan: morning})
		must(t, err)
	}
	if p, err := s.Prove(t.Context(), ledger.Check{Full: true}); err != nil || p.Found > 0 {
		t.Fatalf("with space: %+v, %v", p, err)
	}
	for _, size := range []string{"16k", "256k", "700k"} { // full before the first table, among the tables, and at the rows
		temp := disk(t, size)
		t.Setenv("TMPDIR", temp)
		var broken *ledger.BrokenChainError
		if _, err := s.Prove(t.Context(), ledger.Check{Full: true}); !errors.Is(err, ledger.ErrNoSpace) || errors.As(err, &broken) {
			t.Errorf("a proof with %s: %v", size, err)
		}
		if _, err := s.AsOf(t.Context(), func(*time.Location) time.Time { return time.Now() }); !errors.Is(err, ledger.ErrNoSpace) {
			t.Errorf("a look back with %s: %v", size, err)
		}
		left, err := os.ReadDir(temp)
		must(t, err)
		if len(left) > 0 {
			t.Errorf("%s is left", left[0].Name())
		}
	}
}

// TestReadOnlyDisk: reading works, also after a worker was killed, and writing
// says why it does not.
func TestReadOnlyDisk(t *testing.T) {
	t.Parallel()
	dir := disk(t, "4m")
	address := "sqlite:" + filepath.Join(dir, "ledger.db")
	s, _ := open(t, address)
	well(t, s, "before")
	must(t, s.Close())
	must(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=4m"))
	reading, err := ledger.OpenWith(t.Context(), address, ledger.Options{ReadOnly: true, Limits: brief})
	must(t, err)
	if n, err := count(t.Context(), reading); n != 1 || err != nil {
		t.Errorf("%d events, %v", n, err)
	}
	if n, err := reading.Verify(t.Context()); n != 1 || err != nil {
		t.Errorf("%d events, %v", n, err)
	}
	if err := record(t.Context(), reading, "no"); !errors.Is(err, ledger.ErrReadOnly) {
		t.Errorf("a write: %v", err)
	}
	must(t, reading.Close())
	for _, o := range []ledger.Options{{}, {Create: true, Migrate: true}} {
		if _, err := ledger.OpenWith(t.Context(), address, o); !errors.Is(err, ledger.ErrReadOnly) || !ledger.Later(err) {
			t.Errorf("opened for writing with %+v: %v", o, err)
		}
	}
}

// TestReadOnlyDiskAfterKill: what a killed worker left in its log is read too,
// though nothing can be written beside it.
func TestReadOnlyDiskAfterKill(t *testing.T) {
	t.Parallel()
	dir := disk(t, "8m")
	live := sqliteFile(t)
	s, _ := open(t, live)
	well(t, s, "one")
	for _, end := range []string{"", "-wal", "-shm"} { // the files as a worker that is killed now leaves them
		out, err := exec.Command("cp", pathOf(live)+end, filepath.Join(dir, "ledger.db"+end)).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if info, err := os.Stat(filepath.Join(dir, "ledger.db-wal")); err != nil || info.Size() == 0 {
		t.Fatalf("no log: %v %v", info, err)
	}
	must(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=8m"))
	reading, err := ledger.OpenWith(t.Context(), "sqlite:"+filepath.Join(dir, "ledger.db"), ledger.Options{ReadOnly: true, Limits: brief})
	must(t, err)
	if n, err := reading.Verify(t.Context()); n != 1 || err != nil {
		t.Errorf("%d events, %v", n, err)
	}
	must(t, reading.Close())
}

// TestReaderOfAnotherUser: who may read the files and not write them reads a
// ledger that a worker is writing to.
func TestReaderOfAnotherUser(t *testing.T) {
	t.Parallel()
	ledgertest.AsRoot(t)
	dir, err := os.MkdirTemp("/tmp", "duban-reader-") // t.TempDir is closed to others
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	address := "sqlite:" + filepath.Join(dir, "ledger.db")
	s, _ := open(t, address)
	well(t, s, "one")
	for _, end := range []string{"", "-wal", "-shm"} {
		must(t, os.Chmod(filepath.Join(dir, "ledger.db"+end), 0o644))
	}
	self, err := os.ReadFile("/proc/self/exe")
	must(t, err)
	program := filepath.Join(dir, "reader")
	must(t, os.WriteFile(program, self, 0o755))
	child := exec.Command(program)
	child.Dir = "/"
	child.Env = append(os.Environ(), readerVar+"="+address)
	child.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := child.CombinedOutput()
	if err != nil || string(out) != "1 events\n" {
		t.Errorf("%v: %s", err, out)
	}
	well(t, s, "two")
}

// TestReadOnlyRole: an account that may only read is enough for reading.
func TestReadOnlyRole(t *testing.T) {
	t.Parallel()
	address := ledgertest.Postgres(t)
	s, _ := open(t, address)
	well(t, s, "before")
	db, err := sqlx.Open("postgres", address)
	must(t, err)
	defer db.Close()
	var name string
	must(t, db.Get(&name, `SELECT current_database()`))
	role := name + "_reader"
	for _, q := range []string{`CREATE ROLE ` + role + ` LOGIN PASSWORD 'p'`, `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ` + role} {
		_, err := db.Exec(q)
		must(t, err)
	}
	t.Cleanup(func() {
		db, err := sqlx.Open("postgres", address)
		must(t, err)
		defer db.Close()
		_, err = db.Exec(`DROP OWNED BY ` + role + `; DROP ROLE ` + role)
		must(t, err)
	})
	as := strings.Replace(address, "postgres://duban@", "postgres://"+role+":p@", 1)
	reading, err := ledger.OpenWith(t.Context(), as, ledger.Options{ReadOnly: true, Limits: brief})
	must(t, err)
	defer reading.Close()
	if n, err := reading.Verify(t.Context()); n != 1 || err != nil {
		t.Errorf("%d events, %v", n, err)
	}
	working, err := ledger.OpenWith(t.Context(), as, ledger.Options{Limits: brief})
	must(t, err)
	defer working.Close()
	if err := record(t.Context(), working, "no"); !errors.Is(err, ledger.ErrReadOnly) {
		t.Errorf("a write: %v", err)
	}
}
