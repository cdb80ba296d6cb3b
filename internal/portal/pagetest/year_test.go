package pagetest_test

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/draft"
	"duban/internal/ledger"
	"duban/internal/portal/portaltest"
)

// planned is a draft of the files of this year's plan.
const planned = "d00000000000000a0a0"

// withPlanned begins the draft planned.
func withPlanned(t *testing.T, h *site, id string) {
	t.Helper()
	var files []ledger.DraftFile
	for _, name := range []string{"plan.yaml", "units.yaml", "sections.yaml", "../policies.yaml"} {
		body, err := os.ReadFile(seed + name)
		require.NoError(t, err)
		f, err := draft.Edited(draft.File{Name: filepath.Base(name), Body: body})
		require.NoError(t, err)
		files = append(files, f)
	}
	require.NoError(t, h.drafts.Begin(t.Context(), ledger.Draft{ID: id, Kind: draft.Plan, Unit: "shuizhiban", Title: "今年的行动计划", By: "shuizhiban"}, files, nil))
}

// settled waits, by looking again, until a draft is worked out.
func settled(t *testing.T, p *portaltest.Page, path string) {
	t.Helper()
	require.Eventually(t, func() bool { p.Go(path); return !p.Has("progress") }, waits, wait)
}

// TestNextYearsPlanIsDraftedInTheBrowser: with this year's files and the ledger, in a
// draft of its own that can be edited; without JavaScript.
func TestNextYearsPlanIsDraftedInTheBrowser(t *testing.T) {
	t.Parallel()
	h := open(t)
	withPlanned(t, h, planned)
	p := signedIn(t, "shuizhiban", portaltest.Look{Plain: true})
	path := "/drafts/" + planned
	settled(t, p, path)
	require.Equal(t, []string{"2022"}, p.Values("#next-year"), p.Text("main"))
	p.Type("#next-year", "2021")
	require.Equal(t, 422, p.PressAnyway(`form[action$="/next"] button`))
	require.Contains(t, p.Text("main"), "2021")
	settled(t, p, path)
	p.Press(`form[action$="/next"] button`)
	require.NotEqual(t, path, p.Path())
	next := p.Path()
	settled(t, p, next)
	text := p.Text("main")
	require.Contains(t, text, "2022年")
	require.Contains(t, text, "rollover.md", "what became of each task, in words")
	require.True(t, p.Has(`a[href="`+next+`/edit/plan.yaml"]`))
	p.Go(next + "/edit/plan.yaml")
	yaml := strings.Join(p.Values("textarea"), "")
	require.Contains(t, yaml, "year: 2022")
	require.Contains(t, yaml, "carries: "+planID+"/", "what is left undone goes on from this year's")
	require.NotContains(t, p.Text("main"), "不是")
	settled(t, p, path)
	require.Contains(t, p.Text("main"), "今年的行动计划", "this year's draft stays as it is")
}

// TestANoticeIsTypedInAForm: as the notice is worded; what it would change is shown next;
// a slip is named and nothing typed is lost.
func TestANoticeIsTypedInAForm(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "shuizhiban", portaltest.Look{Plain: true})
	p.Go("/holidays")
	p.Press(`a[href="/holidays/new"]`)
	p.Type("#year", "2030")
	p.Type("#paper", "国办发明电〔2029〕16号")
	for name, text := range map[string]string{"from-0": "2029年12月31日", "to-0": "1月2日", "from-6": "9月29日", "to-6": "10月66日", "worked-6": "10月7日、10.8"} {
		p.Type(`[name="`+name+`"]`, text)
	}
	require.Equal(t, 422, p.Press("main form button.main"))
	require.Contains(t, p.Text(".alert"), "国庆节：“10月66日”看不出是哪一天")
	require.Equal(t, []string{"2029年12月31日"}, p.Values(`[name="from-0"]`), "what was typed stays")
	p.Type(`[name="to-6"]`, "9月1日")
	require.Equal(t, 422, p.Press("main form button.main"))
	require.Contains(t, p.Text(".alert"), "结束的日子要在开始以后")
	p.Type(`[name="to-6"]`, "10月6日")
	p.Press("main form button.main")
	require.Contains(t, p.Path(), "/changes")
	settled(t, p, p.Path())
	text := p.Text("main")
	require.Contains(t, text, "2029-12-31")
	require.Contains(t, text, "2030-10-06")
	require.Contains(t, text, "2030-10-07", "a day that is worked")
	require.NotContains(t, text, "2030-10-09")
}

// TestAPlanIsPutAway: the tasks that keep a plan from being ended are listed, and all of the
// plan can be downloaded in one file, whatever its state.
func TestAPlanIsPutAway(t *testing.T) {
	t.Parallel()
	p := signedIn(t, "shuizhiban", portaltest.Look{})
	p.Go("/plans/" + planID + "/end")
	require.Contains(t, p.Text("main"), "还不能结束")
	require.NotEmpty(t, p.Texts("tbody a"))
	require.False(t, p.Has("textarea"), "nothing that goes on can be ended by pressing")
	seen(t, p, "zh-CN", "plan-end")

	file := download(t, door.URL+"/plans/"+planID+"/archive")
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	require.NoError(t, err)
	require.Len(t, z.File, 2)
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		body, err := io.ReadAll(r)
		require.NoError(t, err)
		switch {
		case strings.HasSuffix(f.Name, ".xlsx"):
			require.Equal(t, "PK", string(body[:2]))
		default:
			require.Contains(t, f.Name, ".jsonl")
			require.Contains(t, string(body), "plan.launched")
			require.Contains(t, string(body), "征地未完成")
		}
	}
}

// download is a file that shuizhiban gets.
func download(t *testing.T, address string) []byte {
	t.Helper()
	jar := client(t, "shuizhiban")
	res, err := jar.Get(address)
	require.NoError(t, err)
	defer res.Body.Close()
	require.Equal(t, http.StatusOK, res.StatusCode)
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return body
}
