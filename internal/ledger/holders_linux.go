package ledger

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// writeLock is the byte of the shared-memory file that SQLite locks to write.
const writeLock = 120

// holders are the processes of this machine that hold SQLite's write lock. The
// list of the kernel is read and never the file itself: closing it would drop
// this process's own locks.
func holders(shm string) (list []string, err error) {
	info, err := os.Stat(shm)
	if err != nil {
		return nil, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil, nil
	}
	f, err := os.Open("/proc/locks")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	inode := ":" + strconv.FormatUint(st.Ino, 10)
	// 1: POSIX  ADVISORY  WRITE 4711 08:01:1234 120 120
	for in := bufio.NewScanner(f); in.Scan(); {
		w := strings.Fields(in.Text())
		if len(w) < 8 || w[1] == "->" || w[3] != "WRITE" || !strings.HasSuffix(w[5], inode) {
			continue
		}
		from, err1 := strconv.Atoi(w[6])
		to, err2 := strconv.Atoi(w[7])
		if err1 != nil || err2 != nil || from > writeLock || to < writeLock {
			continue
		}
		list = append(list, process(w[4]))
	}
	return list, nil
}

// process is a process's name and state, as far as this one may see it.
func process(pid string) string {
	text := "pid " + pid
	raw, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return text
	}
	// 4711 (worker) T …
	_, rest, _ := strings.Cut(string(raw), "(")
	name, rest, _ := strings.Cut(rest, ") ")
	state := "running"
	if strings.HasPrefix(rest, "T") {
		state = "stopped"
	}
	return fmt.Sprintf("%s %s, %s", name, text, state)
}
