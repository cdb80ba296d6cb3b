package pagetest_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/portal/portaltest"
	"duban/internal/query"
)

// TestTheBoardLives: a change is seen without a reload; where scripts are off, with one.
func TestTheBoardLives(t *testing.T) {
	t.Parallel()
	h, err := build(t.Context())
	t.Cleanup(h.close)
	require.NoError(t, err)
	p := portaltest.Open(t, h.site.URL+"/signin?key=k", portaltest.Look{})
	p.Press(`button[value="shuizhiban"]`)
	p.Go("/plans/" + planID)
	before := p.Texts("[data-live=lights] .count")
	plain := portaltest.Open(t, h.site.URL+"/signin?key=k", portaltest.Look{Plain: true})
	plain.Press(`button[value="shuizhiban"]`)
	plain.Go("/plans/" + planID)
	require.Equal(t, before, plain.Texts("[data-live=lights] .count"))

	reds, err := h.read.Tasks(t.Context(), query.Operator(), query.TaskFilter{Lights: []plan.Light{plan.Red}, Kinds: []string{"dated"}, Limit: 1})
	require.NoError(t, err)
	require.NoError(t, ledgertest.Verify(t.Context(), h.store, planID, reds.Lines[0].ID, "shuizhiban", "已办结", "v1", when(now)))
	require.Eventually(t, func() bool { return p.Texts("[data-live=lights] .count")[0] != before[0] }, 2*time.Minute, 200*time.Millisecond)
	plain.Go("/plans/" + planID)
	require.Equal(t, p.Texts("[data-live=lights] .count"), plain.Texts("[data-live=lights] .count"))
}

// says has the next stage of a task said now, in messages.
func (h *site) says(t *testing.T, task string) {
	t.Helper()
	ctx := t.Context()
	l, err := h.store.Plan(ctx, planID)
	require.NoError(t, err)
	rules, err := h.store.Rules(ctx, l)
	require.NoError(t, err)
	row, err := h.store.Task(ctx, planID, task)
	require.NoError(t, err)
	stage := rules.Next(ledger.CaseOf(row))
	require.NotNil(t, stage)
	channels := map[people.Recipient][]string{}
	for _, to := range stage.To {
		channels[to] = []string{"smtp"}
	}
	digests, _, err := ledgertest.Decide(ctx, h.store, ledger.Decision{Plan: planID, Task: task, Revision: row.Revision, Stage: *stage, Channels: channels}, when(stage.At))
	require.NoError(t, err)
	require.NotEmpty(t, digests)
	for _, g := range digests {
		_, err := h.store.Gather(ctx, g.Key, when(stage.At), func(string, []ledger.Item) bool { return false })
		require.NoError(t, err)
	}
}

// TestMessagesAppear in the log of messages without a reload, also where the first answer to
// the page's question for news was a proxy's that could not reach the portal. A message that
// was chosen to be sent again stays chosen.
func TestMessagesAppear(t *testing.T) {
	t.Parallel()
	h, err := build(t.Context())
	t.Cleanup(h.close)
	require.NoError(t, err)
	site, err := url.Parse(h.site.URL)
	require.NoError(t, err)
	var asked atomic.Int32
	pages := httputil.NewSingleHostReverseProxy(site)
	pages.FlushInterval = -1
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/live" && asked.Add(1) == 1 {
			http.Error(w, "the portal starts", http.StatusBadGateway)
			return
		}
		pages.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	t.Cleanup(proxy.CloseClientConnections)
	p := portaltest.Open(t, proxy.URL+"/signin?key=k", portaltest.Look{})
	p.Press(`button[value="shuizhiban"]`)
	p.Go("/messages?all=1")
	sum := func() string { return p.Text(".pager") }
	before := sum()
	require.NotEmpty(t, before)
	h.says(t, "p14")
	require.Eventually(t, func() bool { return sum() != before }, 2*time.Minute, 200*time.Millisecond)
}
