package front

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/portal"
	"duban/internal/rehearse"
	"duban/internal/settings"
	"duban/internal/strictyaml"
	"duban/seeds"
)

// TestMain is the engine of a trial where it is started as one: see spawnHere.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "engine" {
		if err := engineHere(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func engineHere(asJSON string) error {
	var e rehearse.Engine
	if err := json.Unmarshal([]byte(asJSON), &e); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	cfg, err := settings.Load(map[string]string{"SMTP_HOST": "127.0.0.1", "SMTP_PORT": os.Getenv("TRIAL_MAIL"), "SMTP_TLS": "none", "SMTP_FROM": "督办 <duban@office.example>"})
	if err != nil {
		return err
	}
	if cfg, err = e.Settings(cfg); err != nil {
		return err
	}
	h, err := host.Open(ctx, cfg, host.Options{Embedded: true, Work: true, Rehearsal: true, Out: io.Discard, Log: slog.Default()})
	if err != nil {
		return err
	}
	defer h.Close()
	return h.Wait(ctx)
}

// spawnHere is this test's program as an engine whose settings name a mail server.
func spawnHere(mail string) rehearse.Spawn {
	return func(e rehearse.Engine) *exec.Cmd {
		asJSON, err := json.Marshal(e)
		if err != nil {
			panic(err)
		}
		c := exec.Command(os.Args[0], "engine", string(asJSON))
		c.Env = append(os.Environ(), "TRIAL_MAIL="+mail)
		return c
	}
}

// seed is the plan of 2021 with so many of its dated tasks.
func seed(t *testing.T, tasks int) (*plan.Plan, *calendar.Calendar) {
	t.Helper()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	p, problems := planfile.Load("../../seeds/jincheng-2021-water/plan.yaml", cal)
	require.False(t, strictyaml.Failed(problems))
	p.Tasks = slices.DeleteFunc(p.Tasks, func(k plan.Task) bool { return k.Kind != plan.Dated })[:tasks]
	return p, cal
}

// A draft's plan is tried out in a browser: a person acts as a unit and reads the letters that were
// kept. The mail server of the settings hears nothing, nobody comes in without the key, one trial
// runs at a time, and it ends when it is ended.
func TestAPlanIsTriedOut(t *testing.T) {
	t.Parallel()
	mail, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer mail.Close()
	var calls atomic.Int64
	go func() {
		for {
			c, err := mail.Accept()
			if err != nil {
				return
			}
			calls.Add(1)
			c.Close()
		}
	}()
	p, cal := seed(t, 2)
	_, port, err := net.SplitHostPort(mail.Addr().String())
	require.NoError(t, err)
	tried := newTrials(t.Context(), settings.Config{Dir: t.TempDir(), Lang: "zh", Listen: "127.0.0.1:1", WakeWindow: time.Hour}, spawnHere(port), slog.New(slog.DiscardHandler))
	require.NoError(t, tried.Begin("d", p, cal, time.Second))
	require.ErrorIs(t, tried.Begin("e", p, cal, time.Second), portal.ErrTrying)
	_, ok := tried.Of("e")
	require.False(t, ok)
	now := func() portal.Tried {
		made, ok := tried.Of("d")
		require.True(t, ok)
		return made
	}
	require.Eventually(t, func() bool { return now().Port != "" || now().Failed != "" }, 10*time.Minute, 50*time.Millisecond)
	require.Empty(t, now().Failed)
	site := "http://127.0.0.1:" + now().Port

	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar}
	read := func(res *http.Response, err error) string {
		t.Helper()
		require.NoError(t, err)
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, res.StatusCode, string(body))
		return string(body)
	}
	hidden := func(page string) url.Values {
		form := url.Values{}
		for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			form.Set(m[1], html.UnescapeString(m[2]))
		}
		return form
	}
	door := read(browser.Get(site + "/signin?key=" + now().Key))
	require.Contains(t, door, "以谁的身份试用")
	res, err := http.Get(site + "/letters")
	require.NoError(t, err)
	require.Contains(t, res.Request.URL.Path, "/signin")
	require.Equal(t, http.StatusForbidden, res.StatusCode, "without the key")
	require.NoError(t, res.Body.Close())

	task := p.Tasks[0]
	form := hidden(door)
	form.Set("account", task.Lead)
	read(browser.PostForm(site+"/signin", form))
	path := "/plans/" + p.ID + "/tasks/" + url.PathEscape(task.ID)
	page := read(browser.Get(site + path + "/do/acknowledge"))
	require.Contains(t, page, "什么也不会发出去")
	form = hidden(page)
	form.Set("reason", "收到")
	read(browser.PostForm(site+path+"/do/acknowledge", form))
	store, err := ledger.OpenWith(t.Context(), "sqlite:"+filepath.Join(now().Dir, "ledger.db"), ledger.Options{})
	require.NoError(t, err)
	defer store.Close()
	events, err := store.Events(t.Context(), ledger.EventFilter{Plan: p.ID, Kinds: []string{"act.acknowledge"}})
	require.NoError(t, err)
	require.Len(t, events, 1)

	link := regexp.MustCompile(`href="(/letters/[^"]+)">([^<]*)<`)
	var letters [][]string
	require.Eventually(t, func() bool {
		letters = link.FindAllStringSubmatch(read(browser.Get(site+"/letters")), -1)
		return len(letters) > 0
	}, 10*time.Minute, 100*time.Millisecond)
	letter := read(browser.Get(site + letters[0][1]))
	require.Contains(t, letter, letters[0][2], "its subject")
	require.Contains(t, letter, p.Title)
	require.Zero(t, calls.Load(), "the mail server is not asked")

	tried.End("e") // not under way
	require.True(t, now().Under)
	tried.End("d")
	tried.under.Wait()
	require.False(t, now().Under)
	require.Empty(t, now().Failed)
	_, err = browser.Get(site)
	require.Error(t, err)
	require.NotEmpty(t, strings.TrimSpace(now().Dir))
}

// A trial whose engine dies at once says so, and another can be begun in its place.
func TestATrialWhoseEngineDies(t *testing.T) {
	t.Parallel()
	p, cal := seed(t, 1)
	tried := newTrials(t.Context(), settings.Config{Dir: t.TempDir(), Lang: "zh"}, func(rehearse.Engine) *exec.Cmd { return exec.Command("false") }, slog.New(slog.DiscardHandler))
	for range 2 {
		require.NoError(t, tried.Begin("d", p, cal, time.Second))
		tried.under.Wait()
		made, ok := tried.Of("d")
		require.True(t, ok)
		require.False(t, made.Under)
		require.NotEmpty(t, made.Failed)
	}
}

// A trial whose engine hangs and says nothing ends when it is ended, and when the program does: nothing
// of the engine is left.
func TestATrialWhoseEngineHangs(t *testing.T) {
	t.Parallel()
	p, cal := seed(t, 1)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	engines := make(chan *exec.Cmd, 2)
	tried := newTrials(ctx, settings.Config{Dir: t.TempDir(), Lang: "zh"}, func(rehearse.Engine) *exec.Cmd {
		c := exec.Command("sleep", "600")
		engines <- c
		return c
	}, slog.New(slog.DiscardHandler))
	for _, end := range []func(){func() { tried.End("d") }, leave} {
		require.NoError(t, tried.Begin("d", p, cal, time.Second))
		c := <-engines
		require.Eventually(t, func() bool { made, _ := tried.Of("d"); return made.Under }, 10*time.Minute, 10*time.Millisecond)
		end()
		tried.under.Wait()
		made, ok := tried.Of("d")
		require.True(t, ok)
		require.False(t, made.Under)
		require.Empty(t, made.Failed, "it was ended")
		if c.Process != nil {
			require.ErrorIs(t, c.Process.Signal(syscall.Signal(0)), os.ErrProcessDone)
		}
	}
}
