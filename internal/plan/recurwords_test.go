package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/plan"
	"duban/internal/words"
)

// The days of a cron expression are told as a clerk says them; one that few can say is
// shown as it is.
func TestACronExpressionIsToldInWords(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string][2]string{
		"0 9 25 * *":          {"每月25日为限", "due on day 25 of every month"},
		"0 9 L * *":           {"每月最后一天为限", "due on the last day of every month"},
		"0 9 30L * *":         {"每月30日（没有这一天的月份为最后一天）为限", "due on day 30 (the last day where there is none) of every month"},
		"0 9 10,20,L * *":     {"每月10日、20日、最后一天为限", "due on day 10, day 20, the last day of every month"},
		"0 9 15 1,4,7,10 *":   {"每年1月、4月、7月、10月的15日为限", "due on day 15 of January, April, July, October"},
		"0 9 * * 5":           {"每星期五为限", "due every Friday"},
		"0 9 * * 1,7":         {"每星期一、星期日为限", "due every Monday, Sunday"},
		"0 9 * * 1#1":         {"每月第一个星期一为限", "due on the first Monday of every month"},
		"0 9 * 6 5L":          {"每年6月的最后一个星期五为限", "due on the last Friday of June"},
		"0 9 */10 * *":        {"按 cron 表达式 0 9 */10 * * 逢日为限", "due on the days of the cron expression 0 9 */10 * *"},
		"0 9 1 * 1":           {"按 cron 表达式 0 9 1 * 1 逢日为限", "due on the days of the cron expression 0 9 1 * 1"},
		"0 9 * 6 5":           {"按 cron 表达式 0 9 * 6 5 逢日为限", "due on the days of the cron expression 0 9 * 6 5"},
		"0 9 * * 1-5":         {"按 cron 表达式 0 9 * * 1-5 逢日为限", "due on the days of the cron expression 0 9 * * 1-5"},
		"0 9 5 JAN *":         {"按 cron 表达式 0 9 5 JAN * 逢日为限", "due on the days of the cron expression 0 9 5 JAN *"},
		"0 9 * * *":           {"按 cron 表达式 0 9 * * * 逢日为限", "due on the days of the cron expression 0 9 * * *"},
		"CRON_TZ=UTC 9 * * *": {"按 cron 表达式 CRON_TZ=UTC 9 * * * 逢日为限", "due on the days of the cron expression CRON_TZ=UTC 9 * * *"},
	} {
		for i, lang := range []string{"zh", "en"} {
			require.Equal(t, want[i], plan.Recurrence{Cron: expr}.Rhythm(words.New(lang)), expr)
		}
	}
}
