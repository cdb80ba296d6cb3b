package sqlitefile

import "golang.org/x/sys/unix"

func diskKind(dir string) (int64, error) {
	var disk unix.Statfs_t
	if err := unix.Statfs(dir, &disk); err != nil {
		return 0, err
	}
	return int64(uint32(disk.Type)), nil // 32 bits, with or without a sign, by the machine
}
