package host

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// placeOf is what tells a folder from every copy of it, also after it was moved
// or its machine started again: the moment it was made, or, where the file system
// keeps none, its inode. "" where neither lasts.
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
		return "", nil // numbers of the moment
	}
	return fmt.Sprintf("inode %d", x.Ino), nil
}
