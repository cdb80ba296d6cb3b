#!/bin/sh
# mounts.sh COMMAND…: runs the tests. Those of full and read-only disks mount small file systems, as root only can; where
# that cannot be they are left out, and this says so.
set -eu
dir=$(mktemp -d)
if mount -t tmpfs -o size=64k duban-test "$dir" 2>/dev/null; then
	umount "$dir"
elif [ -z "${DUBAN_WITHOUT_ROOT:-}" ]; then
	echo "LEFT OUT: the tests of full and read-only disks and of other users: no file system can be mounted here (root can)" >&2
	DUBAN_WITHOUT_ROOT=1
	export DUBAN_WITHOUT_ROOT
fi
rmdir "$dir"

# Temporary files are kept in memory where there is plenty: the tests make and delete hundreds of thousands of small files
# (every database of PostgreSQL is hundreds), for which ext4 takes more processor time than the tests themselves. What go
# builds stays on disk.
room=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 {print $4}')
memory=$(awk '$1 == "MemAvailable:" {print $2}' /proc/meminfo 2>/dev/null || true)
if [ -z "${TMPDIR:-}" ] && [ "${room:-0}" -ge 4000000 ] && [ "${memory:-0}" -ge 8000000 ]; then
	shm=$(mktemp -d /dev/shm/duban-test.XXXXXX)
	trap 'rm -rf "$shm"' EXIT
	trap 'exit 130' INT TERM
	chmod 1777 "$shm" # PostgreSQL runs as a user of its own
	printf '#!/bin/sh\n' >"$shm/try" && chmod +x "$shm/try"
	if "$shm/try" 2>/dev/null; then # some containers let no program be started there
		GOTMPDIR=${GOTMPDIR:-/tmp} TMPDIR=$shm "$@"
		exit
	fi
fi
"$@"
