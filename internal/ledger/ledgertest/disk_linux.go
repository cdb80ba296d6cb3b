package ledgertest

import (
	"os"
	"syscall"
	"testing"
)

// AsRoot goes on as root only, since only root can mount a file system or run a
// process as another user; else see leftOut.
func AsRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		leftOut(t, "this test runs as root only")
	}
}

// leftOut fails a test that cannot run here, or skips it where DUBAN_WITHOUT_ROOT is
// set: no test is skipped unless somebody has asked for that.
func leftOut(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("DUBAN_WITHOUT_ROOT") == "" {
		t.Fatal(why + "; with DUBAN_WITHOUT_ROOT=1 in the environment it is left out")
	}
	t.Skip(why)
}

// SmallDisk mounts a file system of its own size on an empty folder, until the test
// ends.
func SmallDisk(t *testing.T, dir, size string) {
	t.Helper()
	AsRoot(t)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		leftOut(t, "no file system can be mounted here: "+err.Error())
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
}
