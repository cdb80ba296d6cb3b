package form

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"

	"duban/internal/act"
)

// ErrNotFile: what is named is a folder, or something else that is no file.
var ErrNotFile = errors.New("not a regular file")

// ReadEvidence is what a file proves it by: it is read and stays where it is, and the ledger keeps its name, size and
// SHA-256.
func ReadEvidence(file string) (e act.Evidence, err error) {
	f, err := os.Open(file)
	if err != nil {
		return e, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return e, errors.Join(err, ErrNotFile)
	}
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return act.Evidence{Name: filepath.Base(file), Size: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}
