package planfile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/words"
)

// provisionals are the warnings of a small plan after some changes.
func provisionals(t *testing.T, changes ...[3]string) string {
	_, problems := fault{changes: changes}.spoil(t)
	var all strings.Builder
	for _, p := range problems {
		if p.Key == "plan.provisional" {
			require.True(t, p.Warning)
			fmt.Fprintf(&all, "%s:%d %s\n", p.File, p.Line, strings.TrimPrefix(p.Message(words.New("zh")), "没有 "))
		}
	}
	return all.String()
}

func TestThePlanCheckNamesEachProvisionalYearOnce(t *testing.T) {
	t.Parallel()
	require.Empty(t, provisionals(t))
	require.Equal(t, "plan.yaml:32 2027 年的放假安排，1 项任务的督办日期要算到这一年，暂按周末和法定节日休息推算，日期为暂定；通知发布后请用 calendar import 导入\n",
		provisionals(t, [3]string{"plan.yaml", "due: 2021-06-30", "due: 2026-12-31"}))
}

func TestADutyRestsOnEveryYearItRecursIn(t *testing.T) {
	t.Parallel()
	sentence := func(year, tasks int) string {
		return fmt.Sprintf("plan.yaml:41 %d 年的放假安排，%d 项任务的督办日期要算到这一年，暂按周末和法定节日休息推算，日期为暂定；通知发布后请用 calendar import 导入\n", year, tasks)
	}
	until := [3]string{"plan.yaml", "until: 2021-12-31", "until: 2029-02-28"} // the last quarter is 2028's fourth
	require.Equal(t, sentence(2027, 1)+sentence(2028, 1)+sentence(2029, 1), provisionals(t, until))
	require.Empty(t, provisionals(t, [3]string{"plan.yaml", "until: 2021-12-31", "until: 2026-06-30"}))
	require.Empty(t, provisionals(t, [3]string{"plan.yaml", ", until: 2021-12-31", ""}), "without an end, the plan's year")
}
