package pagetest_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/accounts"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/ledger"
	"duban/internal/planfile"
	"duban/internal/portal"
	"duban/internal/portal/portaltest"
	"duban/seeds"
)

// anotherField is a plan without a word of water.
const anotherField = `id: small
title: 城市绿化工作计划
number: 市政办〔2021〕9号
issuer: 市政府办公室
issued: 2021-04-08
year: 2021
policy: standard
office: shuizhiban
leadership: lingdao
units: units.yaml
clauses:
  - id: "1"
    chapter: 一、重点任务
    heading: （一）绿化
    title: 1.增加绿地
    place: 一（一）1
    brackets:
      - [市住建局]
    text: 1. 增加绿地。2021年4月底前完成绿地普查，12月底前建成十处公园。
    tasks:
      - {id: survey, title: 完成绿地普查, due: 2021-04-30, source: 2021年4月底前完成绿地普查}
      - {id: parks, title: 建成十处公园, due: 2021-12-31, source: 12月底前建成十处公园}
`

// fieldSite is a portal of anotherField with more lines and files, on 10 June at ten.
func fieldSite(t *testing.T, lines string, more map[string][]byte) (site string, p docket.Docket) {
	t.Helper()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	units, err := os.ReadFile("../../planfile/testdata/small/units.yaml")
	require.NoError(t, err)
	files := map[string][]byte{"plan.yaml": []byte(strings.Replace(anotherField, "units: units.yaml\n", "units: units.yaml\n"+lines, 1)), "units.yaml": []byte(strings.ReplaceAll(string(units), "市水质办", "市绿化办"))}
	for name, raw := range more {
		files[name] = raw
	}
	plan, problems := planfile.LoadFiles(files, cal)
	require.NotNil(t, plan, "%v", problems)
	book := &accounts.List{All: []accounts.Account{{ID: "office", Name: "督办岗", Unit: "shuizhiban"}, {ID: "leader", Name: "组长", Unit: "lingdao"}, {ID: "zhujian", Name: "住建局联络员", Unit: "zhujian"}}}
	clock := func() time.Time { return calendar.NewDay(2021, 6, 10).At(10, 0, calendar.Beijing) }
	site, _ = siteOf(t, plan, cal, clock, func(o *portal.Options, store *ledger.Store) {
		p = docket.Docket{Ledger: store, Starter: idle{}, Now: clock}
		o.Acts, o.Accounts = complaining{at: p}, func() (*accounts.List, error) { return book, nil }
		o.Files = &portal.Files{Dir: filepath.Join(t.TempDir(), "evidence"), Most: 1 << 20}
	})
	return site, p
}

// partWords are words by which people would see a part of a plan that it has not.
var partWords = []string{"断面", "水质", "排污口", "功能区", "生态补偿", "应急事件", "补水", "溯源", "考核", "异议", "得分", "12345"}

// chance is what a page has of drawn characters, in which any digits may stand.
var chance = regexp.MustCompile(`name="token" value="[^"]*"|\?v=[0-9a-f]+`)

// A plan of another field sees nothing of water, of complaints, of incidents or of the assessment: not in
// the menu, not on a page, not in the year's report; and a page of a part that somebody asks for by its
// address says that there is none. A plan that has complaints alone sees them, works with them, and nothing
// else.
func TestAPlanOfAnotherField(t *testing.T) {
	t.Parallel()
	rules, err := os.ReadFile(seed + "complaints-example.yaml")
	require.NoError(t, err)
	adopted := []byte(strings.Replace(string(rules), "example: true\n", "", 1))
	for name, c := range map[string]struct {
		lines string
		files map[string][]byte
		may   []string // of partWords
	}{
		"none":       {"", nil, nil},
		"complaints": {"complaints: complaints.yaml\n", map[string][]byte{"complaints.yaml": adopted}, []string{"12345"}},
	} {
		site, parts := fieldSite(t, c.lines, c.files)
		for account, visits := range map[string]string{
			"office":  "/todo /tasks /plans /plans/small /plans/small/year /plans/small/report /plans/small/publicity /plans/small/ahead /plans/small/since /plans/small/messages /plans/small/end /score /directory /search?q=x /messages /ledger /contacts /inbox /policies /sheet /talks /circulars /plans/small/tasks/survey /me",
			"leader":  "/lead /tasks /plans/small /plans/small/report",
			"zhujian": "/todo /tasks /sheet /plans/small/tasks/survey",
		} {
			client := looking(t, site, account)
			read := func(path string) (status int, body string) {
				res, err := client.Get(site + path)
				require.NoError(t, err)
				defer res.Body.Close()
				raw, err := io.ReadAll(res.Body)
				require.NoError(t, err)
				return res.StatusCode, chance.ReplaceAllString(string(raw), "")
			}
			for _, path := range strings.Fields(visits) {
				status, body := read(path)
				require.Equal(t, http.StatusOK, status, "%s: %s at %s", name, account, path)
				for _, word := range partWords {
					if !slices.Contains(c.may, word) {
						require.NotContains(t, body, word, "%s: %s at %s", name, account, path)
					}
				}
				require.Equal(t, name == "complaints", strings.Contains(body, `href="/complaints"`), account)
				for _, part := range []string{"water", "incidents", "assessment"} {
					require.NotContains(t, body, `href="/`+part)
				}
			}
			for _, path := range []string{"/water", "/incidents", "/assessment", "/water/outlets", "/water/zones", "/water/compensation"} {
				status, body := read(path)
				require.Equal(t, http.StatusOK, status, path)
				_, body, _ = strings.Cut(body, "<main")
				for _, tag := range []string{"<table", "<form", "<h2"} {
					require.NotContains(t, body, tag, "%s: %s of a plan without it", account, path)
				}
			}
		}
		require.NoError(t, parts.Sections(t.Context(), "small", nil))
		require.NoError(t, parts.Assessments(t.Context(), "small", nil))
		require.NoError(t, parts.Incidents(t.Context(), "small", nil))
		events, err := parts.Ledger.Events(t.Context(), ledger.EventFilter{Plan: "small"})
		require.NoError(t, err)
		for _, e := range events {
			require.NotEqual(t, ledger.TaskOpened, e.Kind)
		}
		if name == "none" {
			continue
		}
		office := portaltest.Open(t, site+"/signin?key=k", portaltest.Look{Plain: true})
		office.Press(`button[value="office"]`)
		office.Go("/complaints")
		office.Press(`a[href^="/complaints/new"]`)
		require.False(t, office.Has("#f-section"), "there are no sections to choose")
		office.Fill("#f-matter", "其他")
		office.Type("#f-where", "人民公园")
		office.Type("#f-title", "树木枯死")
		office.Type("#f-reason", "市民反映")
		require.Equal(t, http.StatusOK, office.Press("main form button.main"), office.Text("main"))
		require.NotContains(t, office.Text("main"), "断面")
	}
}
