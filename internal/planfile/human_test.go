package planfile

import (
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/plan"
)

func TestClerksWordsAreUnderstood(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"2026年12月20日": "2026-12-20", "2026年1月5日": "2026-01-05", "2026/1/5": "2026-01-05", "2026.12.20": "2026-12-20", "20261220": "2026-12-20", "2026-12-20": "2026-12-20", "2026年2月30日": "", "12月20日": ""} {
		d, err := calendar.ReadDay(text)
		if want == "" {
			require.Error(t, err, text)
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, d.String(), text)
	}
	for text, want := range map[string]plan.Recurrence{"每月25日": {Cron: "0 9 25 * *"}, "每月30日前": {Cron: "0 9 30L * *"}, "每月31日": {Every: "month"}, "每季度": {Every: "quarter"}, "每周五": {Cron: "0 9 * * 5"}, "每周日": {Cron: "0 9 * * 0"}, "每月底": {Every: "month"}} {
		got, ok := saidRule(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"经常", "每月32日", "每两周", "每年两次"} {
		_, ok := saidRule(text)
		require.False(t, ok, text)
	}
}

// TestPlaceholders: a placeholder keeps a plan from its launch, so none may be missed, and
// no real title may be taken for one.
func TestPlaceholders(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"待定", "待", "XX", "TBD", "（第3行，任务名称待补录）", "督查协调办公室（待定）", "领导小组(待明确)联络员", "【待确认】张三", "待补充：局长姓名", "责任单位待定", "××市水利局", "某某局", "待填写"} {
		require.True(t, placeholder.MatchString(s), s)
	}
	for _, s := range []string{"修订公务接待定点饭店名录", "出台接待定额标准", "待确认权属的耕地清零", "核查待补充耕地", "市公务接待定点管理中心", "推进招待定点改革", "XX5项目", "市水利局", "等待确认"} {
		require.False(t, placeholder.MatchString(s), s)
	}
}

func TestMailAddressesThatCannotBe(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"a@b.cn": "", "wang.min+x@jincheng.gov.cn": "", "a@\u6c34\u52a1.cn": "", "a\u200b@b.cn": "email_hidden", "a@b.cn\u200b": "email_hidden", " a@b.cn": "email_hidden",
		"\uff41@b.cn": "email_wide", "a\uff20b.cn": "email_wide", "a@b\u3002cn": "email_wide", "王敏@b.cn": "email_local", "a@b": "bad_email", "a.cn": "bad_email", "@b.cn": "bad_email", "a@b..cn": "bad_email", "王敏 <a@b.cn>": "email_hidden",
	} {
		plain, fault := mailFault(s)
		require.Equal(t, want, fault, s)
		if fault == "" {
			require.NotContains(t, plain, "水")
		}
	}
	plain, _ := mailFault("a@水务.cn")
	require.Regexp(t, `^a@xn--[a-z0-9]+\.cn$`, plain)
}
