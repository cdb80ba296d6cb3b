package portal_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/draft"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/portal"
	"duban/internal/query"
	"duban/internal/signin"
	"duban/seeds"
)

// TestWhileTemporalIsAwayPagesAreReadAndActsKeepWhatWasTyped: where Temporal refuses
// connections, and where it takes them and says nothing. When Temporal is back, the same
// form acts.
func TestWhileTemporalIsAwayPagesAreReadAndActsKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = deaf.Close() })
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, gone.Close())
	for name, address := range map[string]string{"it refuses": gone.Addr().String(), "it hangs": deaf.Addr().String()} {
		c, err := client.NewLazyClient(client.Options{HostPort: address, ConnectionOptions: client.ConnectionOptions{DialOptions: []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}}})
		require.NoError(t, err)
		away := engine.New(c, w.host.Ledger, 0, time.Now, quiet).Patient(time.Second)
		s := w.open(t, func(o *portal.Options) { o.Acts = away })
		b := s.as("shuiwu")
		require.Equal(t, http.StatusOK, b.get("/todo").status, name)
		path := "/plans/water/tasks/w9/do/progress"
		form := b.form(path)
		form.Set("percent", "15")
		form.Set("reason", "招标完成，"+name)
		a := b.upload(path, form, file{"中标通知书.pdf", "%PDF"})
		require.Equal(t, http.StatusServiceUnavailable, a.status, name)
		require.Contains(t, a.text(), "填写的内容都在", name)
		require.Contains(t, a.body, "招标完成，"+name+"</textarea>")
		require.Contains(t, a.text(), "中标通知书.pdf")
		again := a.fields()
		require.Equal(t, form.Get("id"), again.Get("id"))
		again.Set("reason", form.Get("reason"))

		back := w.open(t) // the same session, with an engine that answers
		here, _ := url.Parse(back.URL)
		from, _ := url.Parse(s.URL)
		other := back.browser()
		other.Jar.SetCookies(here, b.Jar.Cookies(from))
		require.Equal(t, http.StatusSeeOther, other.post(path, again).status, name)
		reports := w.done(t, "w9", act.Progress)
		require.Equal(t, "招标完成，"+name, reports[len(reports)-1].Reason)
		require.Equal(t, "中标通知书.pdf", reports[len(reports)-1].Evidence[0].Name)
		c.Close()
	}
	require.Len(t, w.done(t, "w9", act.Progress), 2)
}

// TestWhileTheLedgerIsAwayThereIsOnePlainPage: PostgreSQL refuses, then hangs, then is
// back; whoever was signed in still is.
func TestWhileTheLedgerIsAwayThereIsOnePlainPage(t *testing.T) {
	t.Parallel()
	address := ledgertest.Postgres(t)
	behind := newProxy(t, address)
	store, err := ledger.Open(t.Context(), behind.url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	list := &accounts.List{All: []accounts.Account{{ID: "clerk", Name: "协调办", Unit: "duban", Seat: "office"}}}
	sign := signin.Open(store, signin.Options{})
	secret, _, err := sign.Invite(t.Context(), "clerk", "")
	require.NoError(t, err)
	_, err = sign.Redeem(t.Context(), secret, password, "127.0.0.1")
	require.NoError(t, err)
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	pages := func(patience time.Duration) *site {
		w := &world{}
		return w.serve(t, portal.Options{
			Reader: query.New(store, query.Options{Now: time.Now, Calendar: func(...calendar.Year) (*calendar.Calendar, error) { return cal, nil }}),
			Acts:   portal.LookOnly{}, SignIn: sign, Accounts: func() (*accounts.List, error) { return list, nil }, Now: time.Now, Log: quiet, Patience: patience, Drafts: draft.Open(store, time.Now),
		})
	}
	s, hasty := pages(time.Minute), pages(500*time.Millisecond)
	b := s.as("clerk")
	impatient := hasty.browser()
	from, _ := url.Parse(s.URL)
	to, _ := url.Parse(hasty.URL)
	impatient.Jar.SetCookies(to, b.Jar.Cookies(from))
	require.Equal(t, http.StatusOK, b.get("/todo").status)
	path := b.begins(file{"行动计划.txt", issued})
	form := b.until(path + "/questions").fields()
	asked := ""
	for name := range form {
		if strings.HasPrefix(name, "a-date-") {
			asked = name
		}
	}
	form.Set(asked, "2027-09-30")
	for _, how := range []int32{refuses, hangs} {
		behind.how.Store(how)
		behind.cut()
		for _, path := range []string{"/todo", "/tasks", "/me"} {
			a := impatient.get(path)
			require.Equal(t, http.StatusServiceUnavailable, a.status, path)
			require.Contains(t, a.text(), "台账暂时打不开")
			require.Equal(t, "10", a.header.Get("Retry-After"))
		}
		require.Equal(t, http.StatusOK, impatient.get("/static/portal.css").status)
		a := impatient.post(path+"/questions", form)
		require.Equal(t, http.StatusServiceUnavailable, a.status)
		kept := a.fieldsOf(path + "/questions")
		require.Equal(t, "2027-09-30", kept.Get(asked), "what was typed can be sent again")
		behind.how.Store(passes)
		behind.cut()
		require.Eventually(t, func() bool { return b.get("/todo").status == http.StatusOK }, 10*time.Minute, 50*time.Millisecond)
		require.Equal(t, path+"/questions?saved=1", b.post(path+"/questions", kept).to())
		require.Equal(t, "2027-09-30", b.until(path+"/questions").fields().Get("was-"+strings.TrimPrefix(asked, "a-")))
		form.Set(asked, "")
		form.Set("was-"+strings.TrimPrefix(asked, "a-"), "2027-09-30")
		require.Equal(t, http.StatusSeeOther, b.post(path+"/questions", form).status)
		form.Set(asked, "2027-09-30")
		form.Set("was-"+strings.TrimPrefix(asked, "a-"), "")
	}
}

const (
	passes int32 = iota
	refuses
	hangs
)

// proxy is a connection to a database that can refuse, hang and be cut.
type proxy struct {
	url   string
	how   atomic.Int32
	conns chan net.Conn
}

func newProxy(t *testing.T, database string) *proxy {
	t.Helper()
	u, err := url.Parse(database)
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{conns: make(chan net.Conn, 1000)}
	behind := filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432")
	p.url = "postgres://duban@" + l.Addr().String() + u.Path + "?sslmode=disable"
	t.Cleanup(func() { _ = l.Close(); p.cut() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.conns <- c
			go p.forward(c, behind)
		}
	}()
	return p
}

func (p *proxy) forward(c net.Conn, behind string) {
	switch p.how.Load() {
	case refuses:
		_ = c.Close()
		return
	case hangs:
		return // until it is cut
	}
	var d net.Dialer
	to, err := d.DialContext(context.Background(), "unix", behind)
	if err != nil {
		_ = c.Close()
		return
	}
	p.conns <- to
	go func() { _, _ = io.Copy(to, c); _ = to.Close() }()
	_, _ = io.Copy(c, to)
	_ = c.Close()
}

// cut ends all connections.
func (p *proxy) cut() {
	for {
		select {
		case c := <-p.conns:
			_ = c.Close()
		default:
			return
		}
	}
}
