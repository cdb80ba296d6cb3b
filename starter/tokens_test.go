package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/accounts"
	"duban/internal/portal/api"
	"duban/internal/signin"
	"duban/internal/terminal"
)

// TestTokensOfAccounts: a token is made, shown once, listed without its secret, and
// taken back; a program that shows it gets the rows that the command line prints.
func TestTokensOfAccounts(t *testing.T) {
	t.Parallel()
	f := watched(t)
	said := f.reads("account token shuiwu --name 数据平台 --until 2021-12-31", "")
	secret := regexp.MustCompile(`duban_[0-9a-f]{60}`).FindString(said)
	require.NotEmpty(t, secret, said)
	require.Contains(t, said, "只能查看")
	listed := f.reads("account tokens", "")
	require.Contains(t, listed, "数据平台")
	require.NotContains(t, listed, secret[18:])
	require.Contains(t, f.reads("account token gaoping", "shuiwu"), "只能办理自己的")
	require.Contains(t, f.reads("account token nobody", ""), "nobody")
	require.Contains(t, f.reads("account token shuiwu --until 2020-01-01", ""), "期限已经过去")
	require.NotContains(t, f.reads("account tokens", "gaoping"), "数据平台")
	require.Contains(t, f.reads("account log", "shuiwu"), "新令牌")
	require.Contains(t, f.reads("account calendar shuiwu --unit gaoping", "shuiwu"), "本单位")
	require.Regexp(t, `/calendar/duban_[0-9a-f]{60}\.ics`, f.reads("account calendar shuiwu", "shuiwu"))

	list, err := accounts.Open(f.w, f.cfg.Accounts)
	require.NoError(t, err)
	handler := api.New(api.Options{
		Reader:   f.reader(f.store),
		SignIn:   signin.Open(f.store, signin.Options{Now: f.now}),
		Accounts: func() (*accounts.List, error) { return list, nil }, Now: f.now,
	})
	get := func(path string) (int, string) {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/api/v1"+path, nil)
		r.Header.Set("Authorization", "Bearer "+secret)
		handler.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	for path, line := range map[string]string{"/tasks": "task list", "/todo": "todo", "/talks": "talk list", "/duties": "duty list",
		"/plans/water/tasks/over": "task show over --plan water", "/plans/water/tasks/over/acts": "task can over --plan water"} {
		status, body := get(path)
		require.Equal(t, http.StatusOK, status, body)
		require.JSONEq(t, f.reads(line+" -o json", "shuiwu"), body, path)
	}
	var rows []terminal.TokenRow
	require.NoError(t, json.Unmarshal([]byte(f.reads("account tokens shuiwu -o json", "")), &rows))
	i := 0
	for rows[i].Name != "数据平台" {
		i++
	}
	require.False(t, rows[i].UsedAt.IsZero())
	require.Equal(t, time.Date(2022, 1, 1, 0, 0, 0, 0, time.Local).Unix(), rows[i].EndsAt.Unix())
	require.Contains(t, f.reads("account revoke gaoping "+rows[i].ID, ""), "没有编号")
	require.Contains(t, f.reads("account revoke shuiwu "+rows[i].ID, "shuiwu"), "已作废")
	status, body := get("/tasks")
	require.Equal(t, http.StatusUnauthorized, status)
	require.True(t, strings.Contains(body, "令牌"))
}
