package ledger_test

import (
	"os"
	"path/filepath"
	"testing"

	"duban/internal/ledger/ledgertest"
)

func TestMain(m *testing.M) {
	if address := os.Getenv(holderVar); address != "" {
		os.Exit(hold(address))
	}
	if address := os.Getenv(readerVar); address != "" {
		os.Exit(readOnce(address))
	}
	os.Exit(ledgertest.Main(m))
}

func TestSQLite(t *testing.T) { ledgertest.Run(t, sqliteFile) }

// TestPostgres: as a role of programs that owns no table; TestPgbouncer is the owner.
func TestPostgres(t *testing.T) { ledgertest.Run(t, ledgertest.Program) }

func sqliteFile(t testing.TB) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "a folder", "ledger.db")
}
