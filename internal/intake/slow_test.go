package intake

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"duban/internal/calendar"
	"duban/internal/growth"
)

// TestWorkGrowsWithLength feeds texts made to be slow, up to an eighth of a megabyte:
// eight times the text may be no more than 24 times the work, which by the square of
// the length would be 64 times.
func TestWorkGrowsWithLength(t *testing.T) {
	for _, unit := range []string{
		"（一）", "((((((", "责任单位：市水利局\n", "2021年6月底前，", "一、任务\t", "序号\t任务\t单位\n1\t甲\t", "、市水利局", "，各县（市、区）",
		"1.做好工作。（责任单位：市水利局）\n", "水", "水\n", "〔责任单位：", "①做好6月底前工作；", "市水利局、市财政局6月底前完成。\n", "一、甲\n（一）乙\n1.丙\n（1）丁。\n",
		"序号 | 任务 | 单位 |\n", "序号    任务    责任单位    完成时限\n 1  甲    乙   丙\n", "第一条 各县要在2021年底前完成。",
	} {
		reads := func(size int) func() {
			text := strings.Repeat(unit, size/len(unit))
			if strings.Contains(unit, "市水利局、市财政局") { // many names that differ
				var b strings.Builder
				for i := 0; b.Len() < size; i++ {
					fmt.Fprintf(&b, "%d.市%s局6月底前完成甲%d。（市%s委）\n", i, chinese(i%999), i, chinese(i%500))
				}
				text = b.String()
			}
			return func() {
				_, _ = Import(context.Background(), []Source{{Name: "slow.txt", Data: []byte(text)}}, Options{Issued: calendar.Day{Year: 2021, Month: 4, Date: 8}})
			}
		}
		times := growth.Times(24, reads(8<<10), reads(64<<10))
		if times > 24 {
			t.Errorf("eight times as much of %q is %.0f times the work", unit, times)
		}
		if testing.Verbose() {
			fmt.Printf("8 times %q: %.1f times the work\n", unit, times)
		}
	}
}

// TestTwoHundredPages: the work of a long plan grows with its pages, and what it takes
// of memory, over the whole import, is little.
func TestTwoHundredPages(t *testing.T) {
	forty := fortyPages(t)
	reads := func(times int) *Draft {
		d, err := Import(context.Background(), []Source{{Name: "long.txt", Data: []byte(strings.Repeat(string(forty), times))}}, Options{Issued: calendar.Day{Year: 2021, Month: 4, Date: 8}})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if n := len(reads(1).clauses); n < 100 {
		t.Errorf("only %d clauses", n)
	}
	if times := growth.Times(12, func() { reads(1) }, func() { reads(5) }); times > 12 {
		t.Errorf("five times the pages are %.0f times the work", times)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	reads(5)
	runtime.ReadMemStats(&after)
	if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 500 {
		t.Errorf("200 pages took %d MB", used)
	}
}
