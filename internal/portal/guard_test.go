package portal_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/portal"
)

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	s := theWorld(t).open(t)
	b := s.as("shuiwu")
	for _, path := range []string{"/signin", "/todo", "/plans/water/tasks/w1", "/nosuch", "/static/portal.css", "/plans/air/tasks/boiler"} {
		h := b.get(path).header
		csp := h.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			require.Contains(t, csp, part, path)
		}
		require.NotContains(t, csp, "unsafe", path)
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), path)
		if !strings.HasPrefix(path, "/static/") {
			require.Equal(t, "no-store", h.Get("Cache-Control"), path)
		}
	}
	page := b.get("/todo").body
	require.NotRegexp(t, `(?i)<[^>]* (on\w+|style)=`, page, "nothing inline")
	require.NotRegexp(t, `(?i)(src|href|action)="(https?:)?//`, page, "nothing from elsewhere")
	r := b.request(http.MethodGet, "/todo", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	a := b.send(r)
	require.Equal(t, "gzip", a.header.Get("Content-Encoding"))
	require.Less(t, len(a.body), 150<<10)
}

// TestWordsOfPeopleAreWordsOnly: what somebody typed is text in every page, never markup.
func TestWordsOfPeopleAreWordsOnly(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	b := s.as("gaoping")
	evil := `"><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}`
	form := b.form("/plans/water/tasks/g2/do/progress")
	form.Set("percent", "5")
	form.Set("reason", evil)
	require.Equal(t, http.StatusSeeOther, b.upload("/plans/water/tasks/g2/do/progress", form, file{`"><script>.pdf`, "x"}).status)
	for _, a := range []answer{b.get("/plans/water/tasks/g2"), s.as("clerk").get("/plans/water/tasks/g2"), b.get("/tasks?unit=" + url.QueryEscape(evil)), b.get("/nosuch/" + url.PathEscape(evil)), b.get("/plans/water/tasks/g2?did=" + url.QueryEscape(evil))} {
		require.NotContains(t, a.body, "<script>")
		require.NotContains(t, a.body, "<img")
	}
}

// TestFilesThatAreNotTaken: refused for their names, kinds and sizes; no part of them is
// kept.
func TestFilesThatAreNotTaken(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	files := &portal.Files{Dir: filepath.Join(t.TempDir(), "evidence"), Most: 1 << 16}
	b := w.open(t, func(o *portal.Options) { o.Files = files }).as("shuiwu")
	path := "/plans/water/tasks/w6/do/progress"
	fill := func() url.Values {
		f := b.form(path)
		f.Set("percent", "30")
		f.Set("reason", "三成")
		return f
	}
	for name, c := range map[string]struct {
		file file
		said string
	}{
		"a page":       {file{"a.html", "<script>alert(1)</script>"}, "这种文件不收"},
		"a picture of": {file{"a.svg", "<svg onload=alert(1)>"}, "这种文件不收"},
		"a program":    {file{"a.pdf.exe", "MZ"}, "这种文件不收"},
		"no ending":    {file{"Makefile", "all:"}, "这种文件不收"},
		"dots":         {file{"..", "x"}, "文件名不能用"},
		"empty":        {file{"空.pdf", ""}, "是空的"},
		"large":        {file{"大.pdf", strings.Repeat("x", 1<<16+1)}, "太大"},
		"a long kind":  {file{"a." + strings.Repeat("pdf", 90), "x"}, "文件名不能用"},
	} {
		form := fill()
		a := b.upload(path, form, c.file, file{"好.pdf", "%PDF"})
		require.Equal(t, http.StatusUnprocessableEntity, a.status, name)
		require.Contains(t, a.text(), c.said, name)
		require.Contains(t, a.body, "三成</textarea>", name)
	}
	require.Empty(t, w.done(t, "w6", act.Progress))
	for _, name := range []string{"../../../../etc/cron.d/x.pdf", `..\..\x.pdf`, "/etc/x.pdf", "C:x.pdf", ".x.pdf", "x\u202efdp.exe.pdf", "../" + strings.Repeat("长", 300) + ".pdf"} {
		a := b.upload(path, fill(), file{name, "content of " + name})
		require.Equal(t, http.StatusSeeOther, a.status, "%q: %s", name, a.text())
	}
	for _, a := range w.done(t, "w6", act.Progress) {
		name := a.Evidence[0].Name
		require.NotContains(t, name, "..")
		require.NotContains(t, name, "/")
		require.NotContains(t, name, `\`)
		require.NotContains(t, name, "\u202e")
		require.LessOrEqual(t, len([]rune(name)), 150)
	}
	require.NoError(t, filepath.Walk(filepath.Dir(files.Dir), func(at string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			require.Regexp(t, `/evidence/[0-9a-f]{2}/[0-9a-f]{64}$`, at)
			require.EqualValues(t, 0o600, info.Mode().Perm(), at)
		}
		return err
	}))
}

func TestAFileIsGivenOnlyToWhoMaySeeTheActThatNamesIt(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	b := s.as("gaoping")
	form := b.form("/plans/water/tasks/g3/do/progress")
	form.Set("percent", "50")
	form.Set("reason", "一半")
	require.Equal(t, http.StatusSeeOther, b.upload("/plans/water/tasks/g3/do/progress", form, file{"图.pdf", "%PDF-1.7 机密"}).status)
	sum := w.done(t, "g3", act.Progress)[0].Evidence[0].SHA256
	at := "/plans/water/tasks/g3/files/" + sum
	for _, account := range []string{"gaoping", "clerk", "mayor"} {
		require.Equal(t, http.StatusOK, s.as(account).get(at).status, account)
	}
	for _, account := range []string{"shuiwu", "other", "airclerk", "stranger"} {
		a := s.as(account).get(at)
		require.Contains(t, []int{http.StatusNotFound, http.StatusForbidden}, a.status, account)
		require.NotContains(t, a.body, "机密")
	}
	for _, path := range []string{
		"/plans/water/tasks/g1/files/" + sum, // of another task of its own
		"/plans/water/tasks/g3/files/" + strings.ToUpper(sum), "/plans/water/tasks/g3/files/" + sum[:63], "/plans/water/tasks/g3/files/..%2f" + sum,
		"/plans/water/tasks/g3/files/%2e%2e", "/plans/water/tasks/g3/files/..%2f..%2fledger.db", "/plans/water/tasks/g3/files/" + sum + "%00",
	} {
		a := b.get(path)
		require.Equal(t, http.StatusNotFound, a.status, path)
		require.NotContains(t, a.body, "机密")
	}
	r := b.request(http.MethodGet, at, nil)
	r.Header.Set("Range", "bytes=0-3")
	require.Equal(t, "%PDF", b.send(r).body)
	require.NoError(t, os.Remove(filepath.Join(w.files.Dir, sum[:2], sum)))
	require.Contains(t, b.get(at).text(), "没有这个文件")
}

// TestBodiesThatAreTooLarge are answered, and nothing is done.
func TestBodiesThatAreTooLarge(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	b := w.open(t).as("shuiwu")
	path := "/plans/water/tasks/w7/do/progress"
	form := b.form(path)
	form.Set("percent", "30")
	form.Set("reason", strings.Repeat("长", 1<<20))
	require.Equal(t, http.StatusRequestEntityTooLarge, b.post(path, form).status)
	require.Equal(t, http.StatusRequestEntityTooLarge, b.upload(path, form).status)
	form.Set("reason", strings.Repeat("长", 3000)) // more than an act may say
	a := b.post(path, form)
	require.Equal(t, http.StatusConflict, a.status)
	require.Contains(t, a.text(), "最多2000个字")
	require.Equal(t, http.StatusRequestEntityTooLarge, b.post("/signout", form2(strings.Repeat("x", 1<<20))).status)
	for kind, body := range map[string]string{"application/json": `{"a":1}`, "text/plain": "token=1", "": "token=1", "multipart/form-data": "x", "multipart/form-data; boundary=x": "--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n1", "application/x-www-form-urlencoded": "%zz"} {
		r := b.request(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		a := b.send(r)
		require.Contains(t, []int{http.StatusUnsupportedMediaType, http.StatusBadRequest}, a.status, kind)
	}
	r := b.request(http.MethodGet, "/todo", nil)
	r.Header.Set("X-Long", strings.Repeat("x", 2<<20))
	res, err := b.Do(r)
	if err == nil {
		require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, res.StatusCode)
		_ = res.Body.Close()
	}
	require.Empty(t, w.done(t, "w7", act.Progress))
	require.Equal(t, http.StatusOK, b.get("/todo").status)
}

// TestNoRouteTakesAFormBeyondTheLimit: every form of the table of routes, with files and
// without, from somebody whose form is good.
func TestNoRouteTakesAFormBeyondTheLimit(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	s := w.open(t)
	for _, account := range []string{"clerk", "gaoping", "mayor"} {
		b := s.as(account)
		form := url.Values{"token": {b.form("/me").Get("token")}, "reason": {strings.Repeat("x", 600<<10)}}
		for _, rt := range portal.Routes() {
			if rt.Method != http.MethodPost || rt.Who&roleOf[account] == 0 || strings.HasPrefix(rt.Path, "/signin") {
				continue
			}
			path := filled(rt.Path, objects[0])
			require.Equal(t, http.StatusRequestEntityTooLarge, b.post(path, form).status, path)
			want := http.StatusUnsupportedMediaType
			if rt.Files {
				want = http.StatusRequestEntityTooLarge
			}
			require.Equal(t, want, b.upload(path, form, file{"a.pdf", "%PDF-1.7"}).status, path)
		}
	}
}

func form2(x string) url.Values { return url.Values{"x": {x}} }

// TestManyFilesAtOnceStopAtTheLimit: a form over the limit does not fill the disk.
func TestManyFilesAtOnceStopAtTheLimit(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	files := &portal.Files{Dir: filepath.Join(t.TempDir(), "evidence"), Most: 1 << 20}
	s := w.open(t, func(o *portal.Options) { o.Files = files })
	b := s.as("shuiwu")
	path := "/plans/water/tasks/w7/do/progress"
	for name, token := range map[string]string{"with no token": "", "with another's": s.as("gaoping").get("/me").fields().Get("token")} {
		body, kind := endless(t, token, 3)
		r := b.request(http.MethodPost, path, body)
		r.Header.Set("Content-Type", kind)
		require.Equal(t, http.StatusForbidden, b.send(r).status, name)
		require.NoDirExists(t, files.Dir, name)
	}
}

// endless is a form with n files of a mebibyte.
func endless(t *testing.T, token string, n int) (io.Reader, string) {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	require.NoError(t, m.WriteField("token", token))
	for i := range n {
		part, err := m.CreateFormFile("file", fmt.Sprintf("%d.pdf", i))
		require.NoError(t, err)
		_, err = io.CopyN(part, rand.Reader, 1<<20)
		require.NoError(t, err)
	}
	require.NoError(t, m.Close())
	return &body, m.FormDataContentType()
}

// TestSlowBrowsersDoNotHoldThePortal: the connection of a browser that sends its header or
// its form byte by byte is closed, and others are answered meanwhile.
func TestSlowBrowsersDoNotHoldThePortal(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	o := w.options()
	o.Silence = 300 * time.Millisecond
	h, err := portal.New(o)
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served, err := portal.Serve(t.Context(), l, portal.Listening{Header: 300 * time.Millisecond}, h)
	require.NoError(t, err)
	const form = "POST /signin HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nContent-Type: "
	var slow []net.Conn
	for i := range 60 {
		c, err := net.Dial("tcp", l.Addr().String())
		require.NoError(t, err)
		t.Cleanup(func() { _ = c.Close() })
		_, err = io.WriteString(c, []string{"GET /signin HTTP/1.1\r\nHost: x\r\nX-A: ", form + "application/x-www-form-urlencoded\r\n\r\ntoken=", form + "application/x-www-form-urlencoded\r\n\r\n"}[i%3])
		require.NoError(t, err)
		slow = append(slow, c)
	}
	res, err := http.Get(served.URL + "/signin")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode)
	_ = res.Body.Close()
	for _, c := range slow { // each is answered or its connection closed, however long it would go on
		require.NoError(t, c.SetReadDeadline(time.Now().Add(hang)))
		_, err := bufio.NewReader(c).ReadString('\n')
		require.False(t, os.IsTimeout(err), "%v", err)
	}
}
