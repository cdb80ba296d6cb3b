package ledgertest

import (
	"errors"
	"testing"
)

// TestMissingPostgres: without binaries the error says what to install.
func TestMissingPostgres(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := newest(t.TempDir() + "/*/bin"); !errors.Is(err, errMissing) {
		t.Errorf("no binaries: %v", err)
	}
	if dir, err := binaries(); err != nil || !executable(dir+"/initdb") {
		t.Errorf("installed binaries: %q %v", dir, err)
	}
}

func TestNamedServerIsUsed(t *testing.T) {
	t.Setenv(AddressVar, "postgres://somebody@db.example/x")
	if got, tie, err := start(""); got != "postgres://somebody@db.example/x" || tie != nil || err != nil {
		t.Errorf("start gave %q %v %v", got, tie, err)
	}
}
