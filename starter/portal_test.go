//go:build !noembed

package main

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// surfer is a browser that follows where it is sent.
type surfer struct {
	http.Client
	t *testing.T
}

func newSurfer(t *testing.T) *surfer {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &surfer{http.Client{Jar: jar}, t}
}

func (s *surfer) page(res *http.Response, err error) (path, body string) {
	s.t.Helper()
	require.NoError(s.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	return res.Request.URL.Path, string(raw)
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// fill is the last form of a page with what is typed into it.
func fill(page string, typed url.Values) url.Values {
	for _, m := range hidden.FindAllStringSubmatch(page[strings.LastIndex(page, "<form"):], -1) {
		typed.Set(m[1], html.UnescapeString(m[2]))
	}
	return typed
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+[^\s]*`)

// TestAnOfficeBeginsInTheBrowser: up serves the portal, its first link makes the office's
// password, and afterwards the folder can be looked at without an engine.
func TestAnOfficeBeginsInTheBrowser(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "accounts.yaml"), []byte("accounts:\n  - {id: shuiwu, name: 市水务局联络员, unit: shuiwu, seat: liaison}\n  - {id: duban, name: 督查室经办, unit: duban, seat: office}\n"), 0o600))
	env := []string{"DUBAN_DIR=" + dir, "DUBAN_UI=false"}
	up := runs(t, env, "up", "--new")
	up.says("/invitation/")
	up.says("督查室经办（账号 duban）")
	link := regexp.MustCompile(`http://\S+/invitation/\S+`).FindString(up.text())
	b := newSurfer(t)
	_, page := b.page(b.Get(link))
	require.Contains(t, page, "督查室经办")
	path, page := b.page(b.PostForm(link, fill(page, url.Values{"password": {"沁河岸边-第九号断面"}, "repeated": {"沁河岸边-第九号断面"}})))
	require.Equal(t, "/todo", path)
	require.Contains(t, page, "没有待办的事")

	invite := runs(t, append(env, "DUBAN_URL=https://duban.example.gov.cn"), "account", "invite", "shuiwu")
	require.Zero(t, invite.ends(), invite.text())
	require.Contains(t, invite.text(), "https://duban.example.gov.cn/invitation/")
	require.NotZero(t, runs(t, env, "account", "invite", "nobody").ends())

	require.NoError(t, up.Process.Signal(syscall.SIGTERM))
	require.Zero(t, up.ends(), up.text())

	again := runs(t, env, "portal", "--dir", dir)
	again.says("?key=")
	at := address.FindString(again.text())
	onlooker := newSurfer(t)
	_, page = onlooker.page(onlooker.Get(strings.Split(at, "?")[0]))
	require.Contains(t, page, "请用启动时给出的完整地址打开")
	_, page = onlooker.page(onlooker.Get(at))
	require.Contains(t, page, "市水务局联络员")
	here, err := url.Parse(at)
	require.NoError(t, err)
	path, page = onlooker.page(onlooker.PostForm("http://"+here.Host+"/signin", fill(page, url.Values{"account": {"duban"}})))
	require.Equal(t, "/todo", path)
	require.Contains(t, page, "这里只能查看台账")
	require.NoError(t, again.Process.Signal(syscall.SIGINT))
	require.Zero(t, again.ends(), again.text())
}
