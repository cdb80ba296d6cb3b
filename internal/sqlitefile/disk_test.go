package sqlitefile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDisksThatMachinesShare(t *testing.T) {
	t.Parallel()
	for kind, want := range map[int64]string{0x6969: "NFS", 0xff534d42: "CIFS", 0xef53: "", 0x01021994: "", 0x65735546: "", 0: ""} {
		require.Equal(t, want, network(kind), "%x", kind)
	}
	here := t.TempDir()
	kind, err := diskKind(here)
	require.NoError(t, err)
	require.Equal(t, kind, kindOf(filepath.Join(here, "still", "to", "be", "made")))
	require.NoError(t, Local(filepath.Join(here, "new")))
}

// The lock folder of a process is on a disk of its own kind: what the kernel says is what is read.
func TestTheKindIsTheKernels(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Fatal("no /proc on this machine: ", err)
	}
	require.Equal(t, int64(0x9fa0), kindOf("/proc/self/none"))
}

func TestPrivate(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "x.db")
	for range 2 {
		require.NoError(t, Private(file))
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		require.NoError(t, os.WriteFile(file, []byte("kept"), 0o600))
	}
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "kept", string(raw))
}
