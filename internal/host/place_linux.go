package host

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// placeOf gives a text that tells a folder from every copy of it and stays the same when
// the folder is moved within its file system or the machine is started again: the
// folder's time of creation or, where the file system keeps none, its inode number. ""
// where the file system keeps neither.
func placeOf(dir string) (string, error) {
	var x unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, dir, 0, unix.STATX_BTIME|unix.STATX_INO, &x); err != nil {
		return "", fmt.Errorf("%s: %w", dir, err)
	}
	if x.Mask&unix.STATX_BTIME != 0 && x.Btime.Sec != 0 {
		return fmt.Sprintf("made %d.%09d", x.Btime.Sec, x.Btime.Nsec), nil
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return "", fmt.Errorf("%s: %w", dir, err)
	}
	switch fs.Type {
	case unix.FUSE_SUPER_MAGIC, unix.OVERLAYFS_SUPER_MAGIC, unix.V9FS_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC:
		return "", nil // these file systems give a folder another inode number after a restart
	}
	return fmt.Sprintf("inode %d", x.Ino), nil
}
