package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
)

// What is not said of the same person stays as it was; another person on the seat brings
// their own post and telephone, or none.
func TestAContactsPostAndTelephone(t *testing.T) {
	t.Parallel()
	f := newFiled(t, at(6, 14, 10), time.Time{}, calendar.Clock{})
	f.cfg.Accounts = filepath.Join(t.TempDir(), "accounts.yaml")
	require.NoError(t, os.WriteFile(f.cfg.Accounts, []byte("accounts:\n  - {id: clerk, name: 王敏, unit: office}\n"), 0o600))
	seat := func(args ...string) string {
		f.say(append([]string{"office", "contact", "shuiwu/head", "--as", "clerk"}, args...)...)
		return f.say("office", "contacts", "-o", "json")
	}
	got := seat("--name", "王建国", "--email", "w@shuiwu.gov.cn", "--post", "局长", "--phone", "0356-0000000")
	require.Contains(t, got, `"post": "局长"`)
	got = seat("--name", "王建国", "--email", "w@shuiwu.gov.cn", "--phone", "0356-1111111")
	require.Contains(t, got, `"post": "局长"`)
	require.Contains(t, got, `"phone": "0356-1111111"`)
	got = seat("--name", "王建国", "--email", "w@shuiwu.gov.cn", "--post", "")
	require.NotContains(t, got, `"post"`)
	require.Contains(t, got, "0356-1111111")
	require.NotContains(t, seat("--name", "李强", "--email", "l@shuiwu.gov.cn"), "0356-1111111")
}
