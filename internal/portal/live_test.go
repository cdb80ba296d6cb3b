package portal_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/portal"
)

// news opens the stream of news and gives its lines; told is the number of the event that
// the browser was told of last, "" on its first visit.
func (b *browser) news(t *testing.T, told string) <-chan string {
	t.Helper()
	r := b.request(http.MethodGet, "/live?since=0", nil)
	if told != "" {
		r.Header.Set("Last-Event-ID", told)
	}
	res, err := b.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { _ = res.Body.Close() })
	require.Equal(t, http.StatusOK, res.StatusCode)
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for in := bufio.NewScanner(res.Body); in.Scan(); {
			lines <- in.Text()
		}
	}()
	return lines
}

// data is the number of the next event that the stream tells.
func data(t *testing.T, lines <-chan string) int64 {
	t.Helper()
	for {
		select {
		case line, open := <-lines:
			require.True(t, open, "the stream has ended")
			if text, ok := strings.CutPrefix(line, "data: "); ok {
				n, err := strconv.ParseInt(text, 10, 64)
				require.NoError(t, err)
				return n
			}
		case <-time.After(hang):
			require.Fail(t, "nothing came")
		}
	}
}

// TestNewsComeForLongerThanAPageIsWaitedFor: where the ledger hangs a page is given up after
// Options.Patience, while a stream of news goes on; a browser that comes again is told only
// events later than the last it was told.
func TestNewsComeForLongerThanAPageIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	const patience = 10 * time.Second
	b := w.open(t).as("gaoping") // only the news come from the portal that gives pages up so soon
	hasty := w.open(t, func(o *portal.Options) { o.Patience = patience }).browser()
	here, _ := url.Parse(hasty.site.URL)
	from, _ := url.Parse(b.site.URL)
	hasty.Jar.SetCookies(here, b.Jar.Cookies(from))
	lines := hasty.news(t, "")
	begun := time.Now()
	last := data(t, lines) // what has happened since event 0
	for time.Since(begun) < patience+time.Second {
		select {
		case line, open := <-lines: // of other tests
			require.True(t, open, "the stream has ended with the patience of a page")
			if text, ok := strings.CutPrefix(line, "data: "); ok {
				last, _ = strconv.ParseInt(text, 10, 64)
			}
		case <-time.After(100 * time.Millisecond):
		}
	}
	again := hasty.news(t, strconv.FormatInt(last, 10))
	form := b.form("/plans/water/tasks/g2/do/progress")
	form.Set("percent", "7")
	form.Set("reason", "已开工")
	require.Equal(t, http.StatusSeeOther, b.post("/plans/water/tasks/g2/do/progress", form).status)
	require.Greater(t, data(t, lines), last)
	require.Greater(t, data(t, again), last)
}

// TestServingEndsWhenWhatIsUnderWayIsAnswered: an open stream of news does not delay the end.
func TestServingEndsWhenWhatIsUnderWayIsAnswered(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	pages, err := portal.New(w.options())
	require.NoError(t, err)
	asked, answer := make(chan struct{}), make(chan struct{})
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.HandleFunc("GET /slow", func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-answer
		_, _ = io.WriteString(w, "answered")
	})
	ctx, end := context.WithCancel(context.Background())
	t.Cleanup(end)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served, err := portal.Serve(ctx, l, portal.Listening{}, mux)
	require.NoError(t, err)
	s := w.open(t)
	b := s.as("gaoping")
	here, _ := url.Parse(served.URL)
	from, _ := url.Parse(s.URL)
	b.Jar.SetCookies(here, b.Jar.Cookies(from))
	s.URL = served.URL
	lines := b.news(t, "")
	data(t, lines)
	body := make(chan string, 1)
	go func() {
		res, err := http.Get(served.URL + "/slow")
		if err != nil {
			body <- err.Error()
			return
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		body <- string(text)
	}()
	<-asked
	end()
	for range lines { // it ends, though what is slow is not answered yet
	}
	var late atomic.Bool // so that Wait has something to wait for
	time.AfterFunc(300*time.Millisecond, func() { late.Store(true); close(answer) })
	require.NoError(t, served.Wait())
	require.True(t, late.Load(), "serving had ended while somebody waited for an answer")
	require.Equal(t, "answered", <-body)
}
