package sqlitefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrNetwork: a database is to be kept on a disk that several machines share. Neither
// the locks that keep a second engine out nor SQLite's own locks work there.
var ErrNetwork = errors.New("the folder is on a network disk")

// Local refuses a folder, or one still to be made, that is known to be on a network
// disk; the error wraps ErrNetwork and names the kind of disk. A disk whose kind cannot be
// told is taken for local.
func Local(dir string) error {
	if kind := network(kindOf(dir)); kind != "" {
		return fmt.Errorf("%s: %w (%s)", dir, ErrNetwork, kind)
	}
	return nil
}

// network names the kinds of disk that machines share, by the numbers that Linux gives
// them. Folders that a virtual machine or container has from its host (9p, virtiofs,
// FUSE) are not among them: most are the host's own disk.
func network(kind int64) string {
	return map[int64]string{
		0x6969: "NFS", 0x517b: "SMB", 0xfe534d42: "SMB", 0xff534d42: "CIFS", 0x5346414f: "AFS", 0x6b414653: "AFS", 0x00c36400: "Ceph",
		0x0bd00bd0: "Lustre", 0x01161970: "GFS2", 0x7461636f: "OCFS2", 0x73757245: "Coda", 0x564c: "NCP", 0x47504653: "GPFS", 0x19830326: "BeeGFS",
	}[kind]
}

// kindOf is the number of the file system that holds dir, or its nearest parent that is
// there; 0 where it cannot be told.
func kindOf(dir string) int64 {
	for {
		kind, err := diskKind(dir)
		if err == nil {
			return kind
		}
		up := filepath.Dir(dir)
		if !errors.Is(err, fs.ErrNotExist) || up == dir {
			return 0
		}
		dir = up
	}
}

// Private makes an empty file that only its owner can read, for a database; the logs
// that SQLite keeps beside it are as private as it is. One that is there is left as it
// is.
func Private(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}
