package portal_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/draft"
	"duban/internal/engine"
	"duban/internal/plan"
	"duban/internal/portal"
)

// TestAnImportThatHangsLosesNothingThatWasTyped: while two files hang the import, pages
// are read as ever. A form whose answer needs the worked-out draft is answered with a page
// that holds what was typed; sent again when the import goes on, what was typed is kept.
func TestAnImportThatHangsLosesNothingThatWasTyped(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	drafts := draft.Open(w.host.Ledger, time.Now)
	s := w.open(t, func(o *portal.Options) { o.Drafts = drafts })
	office := s.as("airclerk")
	path := office.begins(file{"卡住的导入.txt", issued})
	office.until(path)
	edit, asks, other := office.form(path+"/edit/units.yaml"), office.form(path+"/questions"), office.form(path+"/questions")
	asked := ""
	for name := range asks {
		if strings.HasPrefix(name, "a-cycle-") {
			asked = name
		}
	}
	goOn := make(chan struct{})
	for _, key := range []string{"one file", "another file"} {
		drafts.Do(key, func(context.Context, func(int)) (any, error) { <-goOn; return "read", nil })
	}
	other.Set(asked, "每月")
	require.Equal(t, path+"/questions?saved=1", office.post(path+"/questions", other).to())

	a := office.get(path)
	require.Equal(t, http.StatusOK, a.status)
	require.Equal(t, "1", a.header.Get("Refresh"))
	for _, page := range []string{"/todo", "/drafts", "/tasks"} {
		require.Equal(t, http.StatusOK, office.get(page).status, page)
	}
	edit.Set("text", edit.Get("text")+"# 联系人已核对\n")
	asks.Set(asked, "每季度") // another window has kept another answer
	launch := office.form("/drafts")
	launch.Set("version", "2")
	for _, sent := range []struct {
		to, field string
		form      map[string][]string
	}{{"/edit/units.yaml", "text", edit}, {"/questions", asked, asks}, {"/launch", "version", launch}} {
		a := office.post(path+sent.to, sent.form)
		require.Equal(t, http.StatusServiceUnavailable, a.status, sent.to)
		require.Empty(t, a.header.Get("Refresh"), "nothing takes the page away: %s", sent.to)
		require.Contains(t, a.text(), "还没有办完", sent.to)
		again := a.fieldsOf(path + sent.to)
		require.Equal(t, strings.TrimSpace(sent.form[sent.field][0]), strings.TrimSpace(again.Get(sent.field)), sent.to)
	}
	close(goOn)
	office.until(path)
	a = office.post(path+"/questions", asks)
	require.Equal(t, http.StatusConflict, a.status)
	again := a.fields()
	require.Equal(t, "每季度", again.Get(asked))
	require.Equal(t, path+"/questions?saved=1", office.post(path+"/questions", again).to())
}

// held is an engine whose launches wait until they are let go, and which can lose the
// answer after a launch was done.
type held struct {
	portal.Acts
	launches atomic.Int32
	goOn     chan struct{}
	lost     atomic.Bool
}

func (h *held) Launch(ctx context.Context, p *plan.Plan, cal *calendar.Calendar, o engine.LaunchOptions) (engine.LaunchReport, error) {
	h.launches.Add(1)
	<-h.goOn
	report, err := h.Acts.Launch(ctx, p, cal, o)
	if h.lost.Load() {
		return engine.LaunchReport{}, errors.New("the answer is lost")
	}
	return report, err
}

// TestADraftIsLaunchedOnce: from two windows, and again where the answer of the first launch
// was lost.
func TestADraftIsLaunchedOnce(t *testing.T) {
	t.Parallel()
	w := theWorld(t)
	acts := &held{Acts: w.options().Acts, goOn: make(chan struct{})}
	acts.lost.Store(true)
	s := w.open(t, func(o *portal.Options) { o.Acts = acts })
	one, two := s.as("airclerk"), s.as("airclerk")
	units, text := planFiles("once", "daqi", dustUnits, dust("{id: a1, title: 完成抑尘, due: 2021-09-30, source: 9月底前完成抑尘}"))
	text = strings.Replace(strings.ReplaceAll(text, "2021", "2027"), "issued: 2027-06-07", "issued: 2026-11-02", 1)
	path := one.begins(file{"plan.yaml", text}, file{"units.yaml", units})
	first, second := one.until(path).fieldsOf(path+"/launch"), two.until(path).fieldsOf(path+"/launch")
	first.Set("apart", "on")
	second.Set("apart", "on")
	require.Equal(t, path, one.post(path+"/launch", first).to())
	require.Eventually(t, func() bool { return acts.launches.Load() == 1 }, hang, 10*time.Millisecond)
	require.Contains(t, two.get(path).text(), "正在启动")
	require.Equal(t, path, two.post(path+"/launch", second).to())
	close(acts.goOn)
	page := two.until(path)
	require.Contains(t, page.text(), "启动没有做完")
	require.Contains(t, page.text(), "台账中已有这份计划")
	require.EqualValues(t, 1, acts.launches.Load(), "from two windows once")

	acts.lost.Store(false)
	require.Equal(t, path, two.post(path+"/launch", second).to())
	require.Contains(t, two.until(path).text(), "已启动：1 项任务已设定时限")
	require.Equal(t, path, one.post(path+"/launch", first).to())
	require.EqualValues(t, 2, acts.launches.Load(), "what is in force is not launched again")
	require.Equal(t, "2027-09-30", w.row(t, "once", "a1"))
	require.Contains(t, one.until(path).text(), "已生效")
}
