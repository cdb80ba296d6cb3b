package portal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"

	"duban/internal/accounts"
	"duban/internal/calendar"
	"duban/internal/draft"
	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/planfile"
	"duban/internal/portal"
	"duban/internal/portal/portaltest"
	"duban/internal/query"
	"duban/internal/settings"
	"duban/internal/signin"
	"duban/internal/words"
	"duban/seeds"
)

// world is one real engine for all tests of the package, with two plans of two offices,
// on Monday 7 June 2021 at ten, by a clock as fast as the wall's. Of the water plan
// shuiwu leads w1 … w12 and t1 … t3, in which gaoping assists, and d1 … d4 alone, gaoping leads g1 … g8, nongye e1, linye f1; of the air
// plan huanbao leads boiler. Each test takes tasks of its own.
type world struct {
	host   *host.Host
	dir    string
	cal    *calendar.Calendar
	list   *accounts.List
	sign   *signin.Service
	read   *query.Reader
	files  *portal.Files
	drafts *draft.Service
	check  func(ctx context.Context, who query.Viewer, w *words.Words) (lines []string, well bool, err error)
}

// password is everybody's.
const password = "清漳河畔-第十号断面"

// staff are the accounts, each named after its role in the water plan.
const staff = `accounts:
  - {id: clerk, name: 协调办经办, unit: duban, seat: office}
  - {id: vice, name: 协调办副主任, unit: duban, seat: office}
  - {id: mayor, name: 王市长, unit: lingdao, seat: leader}
  - {id: shuiwu, name: 市水务局联络员, unit: shuiwu, seat: liaison}
  - {id: gaoping, name: 高平市联络员, unit: gaoping, seat: liaison}
  - {id: nongye, name: 市农业局联络员, unit: nongye, seat: liaison}
  - {id: linye, name: 市林业局联络员, unit: linye, seat: liaison}
  - {id: other, name: 市环保局联络员, unit: huanbao, seat: liaison}
  - {id: airclerk, name: 大气办经办, unit: daqi, seat: office}
  - {id: forestclerk, name: 林长办经办, unit: linzhang, seat: office}
  - {id: stranger, name: 市绿化局联络员, unit: lvye}
`

var (
	made    sync.Once
	shared  *world
	failure error
)

func TestMain(m *testing.M) {
	code := m.Run()
	portaltest.Close()
	if shared != nil {
		_ = shared.host.Close()
		_ = os.RemoveAll(shared.dir)
	}
	os.Exit(code)
}

// forest launches a plan of a third office, with one task for each of some units.
func (w *world) forest(t *testing.T) {
	t.Helper()
	clauses := "clauses:\n  - id: \"1\"\n    chapter: 一、任务\n    heading: （一）\n    title: 1.任务\n    place: 一（一）1\n    brackets:\n      - [市园林局]\n    text: 9月底前完成。\n    tasks:\n      - {id: trees, title: 植树一百亩, due: 2021-09-30, source: 9月底前完成}\n"
	clock := calendar.Clock{Epoch: time.Now(), Start: calendar.NewDay(2021, 6, 7).At(10, 0, calendar.Beijing), Rate: 1}
	require.NoError(t, w.launch("forest", "linzhang", "yuanlin 市园林局 city_department,linzhang 林长办 office,linzu 林长 leadership", clauses, clock))
}

// theWorld is made by the first test that asks.
func theWorld(t *testing.T) *world {
	t.Helper()
	made.Do(func() { shared, failure = makeWorld(staff) })
	require.NoError(t, failure)
	return shared
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func makeWorld(staff string) (*world, error) {
	dir, err := os.MkdirTemp("", "portal-*")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, "accounts.yaml"), []byte(staff), 0o600); err != nil {
		return nil, err
	}
	cfg, err := settings.Load(map[string]string{"DUBAN_DIR": dir, "DUBAN_TEMPORAL_PORT": "0", "DUBAN_UI": "false"})
	if err != nil {
		return nil, err
	}
	w := &world{dir: dir, files: &portal.Files{Dir: filepath.Join(dir, "evidence"), Most: 1 << 20}}
	if w.cal, err = calendar.Load(seeds.Calendar()); err != nil {
		return nil, err
	}
	if w.host, err = host.Open(context.Background(), cfg, host.Options{Embedded: true, Work: true, Out: io.Discard, Log: quiet, Patience: hang}); err != nil {
		return nil, err
	}
	w.check = w.host.Checkup(cfg, quiet)
	list, problems := accounts.Load(cfg.Accounts)
	if len(problems) > 0 {
		return nil, fmt.Errorf("%v", problems)
	}
	w.list = list
	clock := calendar.Clock{Epoch: time.Now(), Start: calendar.NewDay(2021, 6, 7).At(10, 0, calendar.Beijing), Rate: 1}
	water := "clauses:\n"
	for i, unit := range []string{"市水务局、高平市人民政府", "高平市人民政府", "市水务局、高平市人民政府", "市水务局", "市农业局", "市林业局"} {
		letter := []string{"w", "g", "t", "d", "e", "f"}[i]
		tasks := ""
		for n := 1; n <= []int{12, 8, 3, 4, 1, 1}[i]; n++ {
			tasks += fmt.Sprintf("      - {id: %s%d, title: %s第%d项, due: 2021-09-30, source: 9月底前完成}\n", letter, n, []string{"水务任务", "管网改造", "水务专项", "河道整治", "农村污水", "退耕还林"}[i], n)
		}
		water += fmt.Sprintf("  - id: \"%d\"\n    chapter: 一、任务\n    heading: （一）\n    title: %d.任务\n    place: 一（一）%d\n    brackets:\n      - [%s]\n    text: 9月底前完成。\n    tasks:\n%s", i+1, i+1, i+1, strings.ReplaceAll(unit, "、", ", "), tasks)
	}
	air := "clauses:\n  - id: \"1\"\n    chapter: 一、任务\n    heading: （一）\n    title: 1.任务\n    place: 一（一）1\n    brackets:\n      - [市环保局]\n    text: 9月底前完成。\n    tasks:\n      - {id: boiler, title: 关停燃煤锅炉, due: 2021-09-30, source: 9月底前完成}\n"
	for _, p := range []struct{ id, office, units, clauses string }{
		{"water", "duban", "shuiwu 市水务局 city_department,nongye 市农业局 city_department,linye 市林业局 city_department,gaoping 高平市人民政府 county_government,duban 协调办 office,lingdao 领导小组 leadership", water},
		{"air", "daqi", "huanbao 市环保局 city_department,daqi 大气办 office,qizhang 治气小组 leadership", air},
	} {
		if err := w.launch(p.id, p.office, p.units, p.clauses, clock); err != nil {
			return nil, err
		}
	}
	w.drafts = draft.Open(w.host.Ledger, time.Now)
	w.sign = signin.Open(w.host.Ledger, signin.Options{Now: time.Now})
	w.read = query.New(w.host.Ledger, query.Options{Now: time.Now, Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return host.Calendar(cfg, imported...) }})
	for _, a := range list.All {
		if strings.HasPrefix(a.ID, crowd) {
			continue // they make their passwords themselves
		}
		secret, _, err := w.sign.Invite(context.Background(), a.ID, "")
		if err == nil {
			_, err = w.sign.Redeem(context.Background(), secret, password, "127.0.0.1")
		}
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

// launch writes and launches a plan.
func (w *world) launch(id, office, units, clauses string, clock calendar.Clock) error {
	dir, err := os.MkdirTemp(w.dir, "plan-*")
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "plan.yaml")
	text, whole := planFiles(id, office, units, clauses)
	for name, body := range map[string]string{"units.yaml": text, "plan.yaml": whole} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			return err
		}
	}
	p, problems := planfile.Load(file, w.cal)
	for _, pr := range problems {
		if !pr.Warning {
			return fmt.Errorf("%+v", pr)
		}
	}
	for ends := time.Now().Add(hang); ; {
		_, err = w.host.Engine.Launch(context.Background(), p, w.cal, engine.LaunchOptions{At: clock.Start, Clock: clock, Grace: 100 * 24 * time.Hour, ArmWait: hang})
		var unarmed *engine.UnarmedError
		late := errors.Is(err, context.DeadlineExceeded) || errors.As(err, new(*serviceerror.DeadlineExceeded))
		if !errors.As(err, &unarmed) || !late || time.Now().After(ends) {
			return err
		} // the machine was too busy to answer a start: it is launched again, as people do
	}
}

// planFiles are the texts of units.yaml and plan.yaml.
func planFiles(id, office, units, clauses string) (text, whole string) {
	text, leadership := "units:\n", ""
	for _, u := range strings.Split(units, ",") {
		f := strings.Fields(u)
		text += fmt.Sprintf("  - id: %s\n    name: %s\n    kind: %s\n    contacts:\n", f[0], f[1], f[2])
		for _, role := range []string{"liaison", "deputy", "head", "office", "leader"} {
			text += fmt.Sprintf("      - {role: %s, name: %s%s, email: %s@%s.example}\n", role, f[1], role, role, f[0])
		}
		if f[2] == "leadership" {
			leadership = f[0]
		}
	}
	head := fmt.Sprintf("id: %s\ntitle: %s计划\nnumber: 〔2021〕1号\nissuer: 市政府\nissued: 2021-06-07\nyear: 2021\npolicy: standard\noffice: %s\nleadership: %s\nunits: units.yaml\n", id, id, office, leadership)
	return text, head + clauses
}

// hang is how long a test waits for an answer: long enough for a slow and busy machine.
const hang = 10 * time.Minute

// options are those of a portal on the shared engine.
func (w *world) options() portal.Options {
	return portal.Options{Reader: w.read, Acts: w.host.Engine.Patient(hang), Patience: hang, SignIn: w.sign, Accounts: func() (*accounts.List, error) { return w.list, nil },
		Now: time.Now, Files: w.files, Drafts: w.drafts, Checkup: w.check, Log: quiet}
}

// site is a portal that is served.
type site struct {
	*httptest.Server
	t *testing.T
}

// open serves a portal on the shared engine; change may change what it is made of.
func (w *world) open(t *testing.T, change ...func(*portal.Options)) *site {
	t.Helper()
	o := w.options()
	for _, c := range change {
		c(&o)
	}
	return w.serve(t, o)
}

func (*world) serve(t *testing.T, o portal.Options) *site {
	t.Helper()
	h, err := portal.New(o)
	require.NoError(t, err)
	s := &site{httptest.NewServer(h), t}
	t.Cleanup(s.Close)
	return s
}

// browser is somebody's browser: it keeps cookies and follows no redirect by itself.
type browser struct {
	*http.Client
	site *site
	t    *testing.T
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(s.t, err)
	return &browser{&http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, s, s.t}
}

// as is the browser of somebody who has signed in.
func (s *site) as(account string) *browser {
	s.t.Helper()
	b := s.browser()
	b.signIn(account)
	return b
}

func (b *browser) signIn(account string) {
	b.t.Helper()
	form := b.get("/signin").fields()
	form.Set("account", account)
	form.Set("password", password)
	require.Equal(b.t, http.StatusSeeOther, b.post("/signin", form).status, "%s signs in", account)
}

// answer is what came back.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   string
}

func (b *browser) send(r *http.Request) answer {
	b.t.Helper()
	res, err := b.Do(r)
	require.NoError(b.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(b.t, err)
	return answer{b.t, res.StatusCode, res.Header, string(body)}
}

func (b *browser) request(method, path string, body io.Reader) *http.Request {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.site.URL+path, body)
	require.NoError(b.t, err)
	return r
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.send(b.request(http.MethodGet, path, nil))
}

// begin is get of an answer that may go on for ever: only its beginning is read.
func (b *browser) begin(path string) answer {
	b.t.Helper()
	if path != "/live" {
		return b.get(path)
	}
	ctx, end := context.WithCancel(b.t.Context())
	defer end()
	res, err := b.Do(b.request(http.MethodGet, path, nil).WithContext(ctx))
	require.NoError(b.t, err)
	defer res.Body.Close()
	return answer{b.t, res.StatusCode, res.Header, ""}
}

func (b *browser) post(path string, form url.Values) answer {
	b.t.Helper()
	r := b.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

// file is one file of a form.
type file struct{ name, content string }

// upload posts a form with files after its fields, as browsers do where the form has
// them last.
func (b *browser) upload(path string, form url.Values, files ...file) answer {
	b.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, values := range form {
		for _, value := range values {
			require.NoError(b.t, m.WriteField(name, value))
		}
	}
	for _, f := range files {
		part, err := m.CreateFormFile("file", f.name)
		require.NoError(b.t, err)
		_, err = io.WriteString(part, f.content)
		require.NoError(b.t, err)
	}
	require.NoError(b.t, m.Close())
	r := b.request(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return b.send(r)
}

var (
	inputTag = regexp.MustCompile(`<input[^>]*>`)
	nameAttr = regexp.MustCompile(`\bname="([^"]*)"`)
	valAttr  = regexp.MustCompile(`\bvalue="([^"]*)"`)
)

// fields are the fields of the last form in the page's main part that the server filled in.
func (a answer) fields() url.Values {
	a.t.Helper()
	_, page, _ := strings.Cut(a.body, "<main")
	last := strings.LastIndex(page, "<form")
	require.GreaterOrEqual(a.t, last, 0, "a form in: %s", a.body)
	return filledIn(page[last:])
}

// fieldsOf are the fields of the form that is posted to an address, as the server filled
// them in.
func (a answer) fieldsOf(action string) url.Values {
	a.t.Helper()
	_, form, ok := strings.Cut(a.body, `action="`+action+`"`)
	require.True(a.t, ok, "a form for %s in: %s", action, a.text())
	form, _, _ = strings.Cut(form, "</form>")
	return filledIn(form)
}

var areaTag = regexp.MustCompile(`(?s)<textarea[^>]*\bname="([^"]*)"[^>]*>\n?(.*?)</textarea>`)

var (
	selectTag   = regexp.MustCompile(`(?s)<select[^>]*\bname="([^"]*)"[^>]*>(.*?)</select>`)
	selectedTag = regexp.MustCompile(`<option value="([^"]*)" selected>`)
)

func filledIn(page string) url.Values {
	form := url.Values{}
	for _, choice := range selectTag.FindAllStringSubmatch(page, -1) {
		if chosen := selectedTag.FindStringSubmatch(choice[2]); chosen != nil {
			form.Add(choice[1], html.UnescapeString(chosen[1]))
		}
	}
	for _, area := range areaTag.FindAllStringSubmatch(page, -1) {
		form.Add(area[1], html.UnescapeString(area[2]))
	}
	for _, tag := range inputTag.FindAllString(page, -1) {
		name, value := nameAttr.FindStringSubmatch(tag), valAttr.FindStringSubmatch(tag)
		if name == nil || value == nil || strings.Contains(tag, `type="checkbox"`) && !strings.Contains(tag, " checked") {
			continue
		}
		form.Add(name[1], html.UnescapeString(value[1]))
	}
	return form
}

// form opens a form and gives its fields.
func (b *browser) form(path string) url.Values {
	b.t.Helper()
	a := b.get(path)
	require.Equal(b.t, http.StatusOK, a.status, "%s: %s", path, a.text())
	return a.fields()
}

// text is what a person reads of a page's main part.
func (a answer) text() string {
	_, page, _ := strings.Cut(a.body, "<main")
	page, _, _ = strings.Cut(page, "</main>")
	return strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, " ")), " ")
}

// to is where the browser is sent.
func (a answer) to() string { return a.header.Get("Location") }
