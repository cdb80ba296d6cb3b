package ledger_test

import (
	"os"
	"path/filepath"
	"testing"

	"duban/internal/ledger/ledgertest"
)

// TestMain is a process that a test has started where holderVar or readerVar is set.
func TestMain(m *testing.M) {
	if address := os.Getenv(holderVar); address != "" {
		os.Exit(hold(address))
	}
	if address := os.Getenv(readerVar); address != "" {
		os.Exit(readOnce(address))
	}
	os.Exit(ledgertest.Main(m))
}

func TestSQLite(t *testing.T) { ledgertest.Run(t, sqliteFile, sqliteFile) }

// TestPostgres is the whole suite as the role of programs, which owns no table; TestPgbouncer
// is the suite as the owner.
func TestPostgres(t *testing.T) { ledgertest.Run(t, ledgertest.Program, ledgertest.Postgres) }

func sqliteFile(t testing.TB) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "a folder", "ledger.db")
}
