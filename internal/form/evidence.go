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

// ErrNotFile: the name is that of a folder, or of something else that is no regular file.
var ErrNotFile = errors.New("not a regular file")

// ReadEvidence is the name, size and SHA-256 of a file of evidence, which the ledger keeps. The file itself is read and
// stays where it is.
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
