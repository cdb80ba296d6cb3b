// Package ledgertest is what tests need of the ledger: a real PostgreSQL, and
// the one suite that both databases must pass.
package ledgertest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq" // driver "postgres"

	"duban/internal/ledger"
)

// AddressVar names a PostgreSQL to use in place of a throw-away cluster, as
// postgres://USER:PASSWORD@HOST/DB by someone who may create databases.
const AddressVar = "DATABASE_URL_TEST"

// errMissing says what to install.
var errMissing = errors.New("PostgreSQL is not installed: apt-get install postgresql (the Debian package with initdb and postgres under /usr/lib/postgresql), or name a server in " + AddressVar)

// Postgres gives the address of a new, empty database for one test; the database
// is dropped with the test. All databases of a process are in one cluster: the
// server of AddressVar, or a throw-away one started from the installed binaries,
// which ends with the process, however the process ends. Without either the test
// fails.
func Postgres(t testing.TB) string { return quick.database(t, "") }

// Ledger is Postgres with a new ledger in it, as its owner reaches it.
func Ledger(t testing.TB) string {
	t.Helper()
	if os.Getenv(AddressVar) == "" {
		return copied(t)
	}
	address := Postgres(t)
	if err := ledger.Make(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	return address
}

// Program is Ledger as the role of programs reaches it, which owns no table: see ledger.Admit.
func Program(t testing.TB) string {
	t.Helper()
	owner, role := Ledger(t), programs
	u, err := url.Parse(owner)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv(AddressVar) != "" { // roles are the server's, and this server stays
		role = strings.TrimPrefix(u.Path, "/") + "_program"
		if err := run(owner, createRole(role)); err != nil {
			t.Fatalf("create a role: %v", err)
		}
		t.Cleanup(func() {
			if err := run(owner, `DROP OWNED BY `+role+`; DROP ROLE `+role); err != nil {
				t.Errorf("drop the role: %v", err)
			}
		})
		if err := ledger.Admit(t.Context(), owner, role); err != nil {
			t.Fatal(err)
		}
	}
	u.User = url.UserPassword(role, "program")
	owners.Store(u.String(), owner)
	return u.String()
}

// programs is the role of programs on the throw-away cluster, and pattern the database there
// whose copies are new ledgers: copying one takes a fraction of making it, and a suite makes
// hundreds.
const (
	programs = "duban_program"
	pattern  = "duban_pattern"
)

func createRole(name string) string { return `CREATE ROLE ` + name + ` LOGIN PASSWORD 'program'` }

var patterned = sync.OnceValue(func() error {
	ctx := context.Background()
	address, err := named(quick.url, pattern)
	if err != nil {
		return err
	}
	if err := run(quick.url, `CREATE DATABASE `+pattern); err != nil {
		return err
	}
	return errors.Join(run(quick.url, createRole(programs)), ledger.Make(ctx, address), ledger.Admit(ctx, address, programs))
})

// copied is a new ledger on the throw-away cluster, with an identity of its own.
func copied(t testing.TB) string {
	t.Helper()
	quick.begin(t)
	if err := patterned(); err != nil {
		t.Fatalf("make the ledger that tests copy: %v", err)
	}
	address := quick.database(t, ` TEMPLATE `+pattern)
	if err := run(address, `UPDATE identity SET id = '`+ledger.NewID()+`'`); err != nil {
		t.Fatal(err)
	}
	return address
}

// owners leads from the addresses that Program gave to their owners'.
var owners sync.Map

// Owner is the address at which a ledger's tables may be changed without the ledger.
func Owner(address string) string {
	if owner, ok := owners.Load(address); ok {
		return owner.(string)
	}
	return address
}

// Durable is Postgres on a cluster that waits for the disk, for measuring.
func Durable(t testing.TB) string { return durable.database(t, "") }

// A quick cluster does not wait for the disk, and sweeps no database: nobody needs its data
// after the tests.
var (
	quick   = cluster{options: "-c fsync=off -c full_page_writes=off -c autovacuum=off -c jit=off -c shared_buffers=32MB"}
	durable = cluster{}
)

func (c *cluster) begin(t testing.TB) {
	t.Helper()
	c.once.Do(func() { c.url, c.tie, c.err = start(c.options) })
	if c.err != nil {
		t.Fatal(c.err)
	}
}

// database makes a database for one test, after the words that say what it is made from.
func (c *cluster) database(t testing.TB, from string) string {
	t.Helper()
	c.begin(t)
	name := "duban_test_" + strings.ToLower(rand.Text())
	if err := run(c.url, `CREATE DATABASE `+name+from); err != nil {
		t.Fatalf("create a database: %v", err)
	}
	t.Cleanup(func() {
		if err := run(c.url, `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Errorf("drop the database: %v", err)
		}
	})
	address, err := named(c.url, name)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// named is the address of another database on a server.
func named(address, database string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	u.Path = "/" + database
	return u.String(), nil
}

func run(address, statement string) error {
	db, err := sql.Open("postgres", address)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(statement)
	return err
}

type cluster struct {
	options string
	once    sync.Once
	url     string
	err     error
	tie     io.Closer // the keeper's standard input; kept, or the collector would close it
}

// keeper starts the server and waits for its own standard input to end, which
// it does when the test process is gone, killed or not; then it stops the
// server and clears the folder away.
const keeper = `bin=$1 dir=$2; shift 2
"$bin/postgres" -D "$dir/data" -k "$dir" "$@" </dev/null >"$dir/log" 2>&1 & server=$!
cat >/dev/null
kill -QUIT $server; wait $server
cd / && rm -rf "$dir"`

// start makes and starts a throw-away cluster that listens on a socket in its
// own folder only, and gives the address of its maintenance database.
func start(options string) (address string, tie io.Closer, err error) {
	if address := os.Getenv(AddressVar); address != "" {
		return address, nil, nil
	}
	bin, err := binaries()
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "duban-pg-")
	if err != nil {
		return "", nil, err
	}
	as, err := unprivileged(dir)
	if err != nil {
		return "", nil, err
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "duban", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
	initdb.Dir, initdb.SysProcAttr = dir, as
	if out, err := initdb.CombinedOutput(); err != nil {
		return "", nil, errors.Join(fmt.Errorf("initdb: %w\n%s", err, out), os.RemoveAll(dir))
	}
	args := []string{"-c", keeper, "keeper", bin, dir, "-c", "listen_addresses=", "-c", "max_connections=200"}
	server := exec.Command("/bin/sh", append(args, strings.Fields(options)...)...)
	server.Dir, server.SysProcAttr = dir, as
	if tie, err = server.StdinPipe(); err != nil {
		return "", nil, err
	}
	if err := server.Start(); err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(dir))
	}
	address = "postgres://duban@/postgres?sslmode=disable&host=" + url.QueryEscape(dir)
	return address, tie, ready(address, filepath.Join(dir, "log"))
}

// ready waits until the server answers.
func ready(address, log string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	db, err := sql.Open("postgres", address)
	if err != nil {
		return err
	}
	defer db.Close()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			out, _ := os.ReadFile(log)
			return fmt.Errorf("PostgreSQL does not answer: %w\n%s", err, out)
		}
	}
}

// binaries is the folder of the newest PostgreSQL installed as Debian does it,
// or of the one in PATH.
func binaries() (string, error) { return newest("/usr/lib/postgresql/*/bin") }

func newest(pattern string) (string, error) {
	dirs, err := filepath.Glob(pattern)
	if err != nil {
		return "", err
	}
	version := func(dir string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
		return n
	}
	slices.SortFunc(dirs, func(a, b string) int { return version(b) - version(a) })
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	for _, dir := range dirs {
		if executable(filepath.Join(dir, "initdb")) && executable(filepath.Join(dir, "postgres")) {
			return dir, nil
		}
	}
	return "", errMissing
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// unprivileged says as whom to run: initdb refuses root, so root hands the
// folder to the user postgres, or to nobody.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	as := &syscall.SysProcAttr{Setpgid: true} // an interrupt at the terminal stops the tests first
	if os.Geteuid() != 0 {
		return as, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(u.Uid)
		if err != nil {
			continue
		}
		gid, err := strconv.Atoi(u.Gid)
		if err != nil {
			continue
		}
		as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return as, os.Chown(dir, uid, gid)
	}
	return nil, errors.New("running as root, and there is neither a user postgres nor nobody to run PostgreSQL as")
}

// Database starts a throw-away cluster that waits for the disk, for a program that
// measures, and gives the address of an empty database in it. It ends with stop.
func Database() (address string, stop func(), err error) {
	address, tie, err := start("")
	if err != nil {
		return "", nil, err
	}
	stop = func() {
		if tie != nil {
			tie.Close()
		}
	}
	name := "duban_bench_" + strings.ToLower(rand.Text())
	if err := run(address, `CREATE DATABASE `+name); err != nil {
		stop()
		return "", nil, err
	}
	address, err = named(address, name)
	if err != nil {
		stop()
		return "", nil, err
	}
	return address, stop, nil
}
