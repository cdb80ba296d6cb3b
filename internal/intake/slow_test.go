package intake

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"duban/internal/calendar"
)

// spent is the processor's time that this process has used: the clock would judge
// the machine's other work too.
func spent(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano())
}

// TestTimeIsBoundedByLength feeds texts made to be slow, near the limit of
// what is read.
func TestTimeIsBoundedByLength(t *testing.T) {
	for _, unit := range []string{
		"（一）", "((((((", "责任单位：市水利局\n", "2021年6月底前，", "一、任务\t", "序号\t任务\t单位\n1\t甲\t", "、市水利局", "，各县（市、区）",
		"1.做好工作。（责任单位：市水利局）\n", "水", "水\n", "〔责任单位：", "①做好6月底前工作；", "市水利局、市财政局6月底前完成。\n", "一、甲\n（一）乙\n1.丙\n（1）丁。\n",
		"序号 | 任务 | 单位 |\n", "序号    任务    责任单位    完成时限\n 1  甲    乙   丙\n", "第一条 各县要在2021年底前完成。",
	} {
		for _, size := range []int{32 << 10, 256 << 10} {
			text := strings.Repeat(unit, size/len(unit))
			if strings.Contains(unit, "市水利局、市财政局") { // many names that differ
				var b strings.Builder
				for i := 0; b.Len() < size; i++ {
					fmt.Fprintf(&b, "%d.市%s局6月底前完成甲%d。（市%s委）\n", i, chinese(i%999), i, chinese(i%500))
				}
				text = b.String()
			}
			began := spent(t)
			_, _ = Import(context.Background(), []Source{{Name: "slow.txt", Data: []byte(text)}}, Options{Issued: calendar.Day{Year: 2021, Month: 4, Date: 8}})
			took := spent(t) - began
			if took > time.Duration(size/(32<<10))*2*time.Second {
				t.Errorf("%d KB of %q took %s", size>>10, unit, took)
			}
			if testing.Verbose() {
				fmt.Printf("%4d KB %q %s\n", size>>10, unit, took.Round(time.Millisecond))
			}
		}
	}
}

// TestTwoHundredPages holds the import of a long plan to three seconds of the
// processor and 300 MB of what is in use.
func TestTwoHundredPages(t *testing.T) {
	raw := bytes.Repeat(fortyPages(t), 5)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := spent(t)
	d, err := Import(context.Background(), []Source{{Name: "long.txt", Data: raw}}, Options{Issued: calendar.Day{Year: 2021, Month: 4, Date: 8}})
	if err != nil {
		t.Fatal(err)
	}
	took := spent(t) - began
	runtime.ReadMemStats(&after)
	if took > 3*time.Second {
		t.Errorf("200 pages took %s", took)
	}
	if used := int64(after.HeapSys) - int64(before.HeapSys); used > 300<<20 {
		t.Errorf("200 pages took %d MB", used>>20)
	}
	if testing.Verbose() {
		fmt.Printf("200 pages, %d KB, %d entries: %s, heap from the system %d MB more\n", len(raw)>>10, len(d.Entries()), took.Round(time.Millisecond), (int64(after.HeapSys)-int64(before.HeapSys))>>20)
	}
}
