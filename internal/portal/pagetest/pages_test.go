// Package pagetest_test looks at the pages that people read, with a real browser, on a
// ledger in the middle of its year, without an engine: acts are tested in the portal's own
// package.
package pagetest_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/draft"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/portal"
	"duban/internal/portal/portaltest"
	"duban/internal/query"
	"duban/seeds"
)

// now is a Monday in the middle of the year.
var now = calendar.NewDay(2021, 7, 5).At(10, 0, calendar.Beijing)

const planID = "jincheng-2021-water"

const seed = "../../../seeds/jincheng-2021-water/"

// site is a portal on a ledger of its own.
type site struct {
	site   *httptest.Server
	store  *ledger.Store
	read   *query.Reader
	drafts *draft.Service
	folder string
	asked  string // the task of which more time was asked for
}

var (
	once   sync.Once
	shared *site
	failed error
)

func TestMain(m *testing.M) {
	code := m.Run()
	portaltest.Close()
	if door != nil {
		door.CloseClientConnections()
		door.Close()
	}
	if shared != nil {
		shared.close()
	}
	os.Exit(code)
}

func (h *site) close() {
	if h.site != nil {
		h.site.CloseClientConnections()
		h.site.Close()
	}
	if h.store != nil {
		_ = h.store.Close()
	}
	_ = os.RemoveAll(h.folder)
}

// open serves the seed's plan as it is at now: units have received tasks and asked for
// extensions, as live has it, and everything that was due was said.
func open(t testing.TB) *site {
	t.Helper()
	once.Do(func() { shared, failed = build(context.Background()) })
	require.NoError(t, failed)
	return shared
}

func when(t time.Time) ledger.When { return ledger.When{Real: t, Plan: t} }

func build(ctx context.Context) (h *site, err error) {
	h = &site{}
	if h.folder, err = os.MkdirTemp("", "pages-*"); err != nil {
		return h, err
	}
	cal, err := calendar.Load(seeds.Calendar())
	if err != nil {
		return h, err
	}
	p, problems := planfile.Load(seed+"plan.yaml", cal)
	for _, pr := range problems {
		if !pr.Warning {
			return h, fmt.Errorf("%+v", pr)
		}
	}
	h.store, err = ledger.Open(ctx, "sqlite:"+filepath.Join(h.folder, "ledger.db"))
	if err != nil {
		return h, err
	}
	begin := p.Issued.At(9, 0, calendar.Beijing)
	var tasks []ledger.Task
	for _, t := range p.Tasks {
		tasks = append(tasks, ledger.TaskOf(p, t, begin))
	}
	if _, err = h.store.AddPlan(ctx, ledger.Launched{Plan: *p, At: begin}, tasks, when(begin)); err != nil {
		return h, err
	}
	rules, err := act.NewRules(p, cal)
	if err != nil {
		return h, err
	}
	for i, t := range tasks {
		if t.Kind != plan.Dated {
			continue
		}
		if err = h.live(ctx, rules, t.ID, i); err != nil {
			return h, err
		}
	}
	if err = h.measure(ctx); err != nil {
		return h, err
	}
	accountList, faults := accounts.Load(seed + "accounts.yaml")
	if len(faults) > 0 {
		return h, fmt.Errorf("%v", faults)
	}
	h.read = query.New(h.store, query.Options{Now: func() time.Time { return now }, Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return cal.With(imported...), nil }})
	if err = h.prepare(ctx); err != nil {
		return h, err
	}
	pages, err := portal.New(portal.Options{Reader: h.read, Acts: portal.LookOnly{}, SignIn: &portal.Looking{}, Drafts: h.drafts, Key: "k", Now: func() time.Time { return now },
		Accounts: func() (*accounts.List, error) { return accountList, nil }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err == nil {
		h.site = httptest.NewServer(pages)
	}
	return h, err
}

// The drafts of the office: of the plan's document, an amendment, another notice of
// holidays, another version of the policies.
const (
	prepared = "d000000000000000001"
	amended  = "d000000000000000002"
	notice   = "d000000000000000003"
	policies = "d000000000000000004"
)

func (h *site) prepare(ctx context.Context) error {
	h.drafts = draft.Open(h.store, func() time.Time { return now })
	for _, d := range []struct {
		id, kind, title string
		files           map[string]string // by the names under which they are brought
	}{
		{prepared, draft.Plan, "明年的行动计划", map[string]string{"行动计划.txt": "document.txt"}},
		{amended, draft.Plan, "年中调整", map[string]string{"plan.yaml": "amended-2021-08.yaml", "units.yaml": "units.yaml", "policies.yaml": "../policies.yaml", "sections.yaml": "sections.yaml"}},
		{notice, draft.Holidays, "中秋国庆放假", map[string]string{"notice.json": "notice-2021-09.json"}},
		{policies, draft.Policy, "督办规则", map[string]string{"policies.yaml": "../policies.yaml"}},
	} {
		var files []ledger.DraftFile
		for name, of := range d.files {
			body, err := os.ReadFile(seed + of)
			if err != nil {
				return err
			}
			f, err := draft.Document(draft.File{Name: name, Body: body})
			if draft.NameOf(name) != "" {
				f, err = draft.Edited(draft.File{Name: name, Body: body})
			}
			if err != nil {
				return err
			}
			files = append(files, f)
		}
		if err := h.drafts.Begin(ctx, ledger.Draft{ID: d.id, Kind: d.kind, Unit: "shuizhiban", Title: d.title, By: "shuizhiban"}, files, nil); err != nil {
			return err
		}
	}
	return nil
}

// live has every stage of a task that was due said, each in a message; the unit of every
// third task has received it, and that of one has asked for more time.
func (h *site) live(ctx context.Context, rules act.Rules, id string, n int) error {
	store := h.store
	row, err := store.Task(ctx, planID, id)
	if err != nil {
		return err
	}
	acts := 0
	does := func(k act.Kind, a act.Act, by string, at time.Time) error {
		acts++
		if row, err = store.Task(ctx, planID, id); err != nil {
			return err
		}
		a.ID, a.Kind, a.By, a.At, a.On = fmt.Sprintf("web-%d-%d", n, acts), k, act.Actor{Account: by, Name: by, Unit: by}, at.UTC(), calendar.DayOf(at)
		after, told, refused := rules.Act(rules.Course(ledger.CaseOf(row)), a)
		if refused != nil {
			return fmt.Errorf("%+v", refused)
		}
		_, _, err := store.Act(ctx, ledger.Acted{Plan: planID, Task: id, Act: a, Version: row.Version, Facts: after.Case, Told: told, Channels: map[people.Recipient][]string{}}, when(at))
		return err
	}
	if n%3 == 0 {
		if err := does(act.Acknowledge, act.Act{}, row.Lead, rules.Ahead(row.Facts)[0].At.Add(-30*time.Minute)); err != nil {
			return err
		}
		if row, err = store.Task(ctx, planID, id); err != nil {
			return err
		}
	}
	for _, s := range rules.Ahead(ledger.CaseOf(row)) {
		if !s.At.Before(now) {
			break
		}
		channels := map[people.Recipient][]string{}
		for _, to := range s.To {
			channels[to] = []string{"smtp"}
		}
		d := ledger.Decision{Plan: planID, Task: id, Revision: 1, Stage: s, Channels: channels, OpensTalk: s.Kind == plan.Talk}
		digests, talk, err := ledgertest.Decide(ctx, store, d, when(s.At.Add(-time.Hour)))
		if err != nil {
			return err
		}
		for _, g := range digests {
			if _, err := store.Gather(ctx, g.Key, when(s.At), func(string, []ledger.Item) bool { return false }); err != nil {
				return err
			}
		}
		if talk == nil {
			continue
		}
		if row, err = store.Task(ctx, planID, id); err != nil {
			return err
		}
		p := rules.OpenTalk(ledger.TalkCaseOf(&plan.Plan{Directory: rules.People, Policies: rules.Policies}, row, *talk), talk.OpensAt)
		if _, err := store.OpenTalk(ctx, ledger.Opening{Plan: planID, Talk: talk.ID, Open: func(ledger.Task, ledger.Talk) act.TalkCase { return p.TalkCase }}, when(talk.OpensAt)); err != nil {
			return err
		}
	}
	if h.asked == "" && row.Due.After(calendar.NewDay(2021, 9, 1)) {
		h.asked = id
		june := now.AddDate(0, 0, -20)
		for i, one := range []struct {
			kind act.Kind
			say  act.Act
			by   string
			at   time.Time
		}{
			{act.Extend, act.Act{Reason: "设备未到", Due: row.Due.AddDays(20)}, row.Lead, june},
			{act.Grant, act.Act{Reason: "同意", Due: row.Due.AddDays(20)}, rules.People.Office, june.Add(time.Hour)},
			{act.Extend, act.Act{Reason: "征地未完成", Due: row.Due.AddDays(50)}, row.Lead, now.Add(-time.Hour)}, // the second is a leader's to decide
		} {
			if err := does(one.kind, one.say, one.by, one.at); err != nil {
				return fmt.Errorf("%d: %w", i, err)
			}
		}
	}
	return nil
}

// as is the page of somebody who looks around as an account.
func as(t testing.TB, account string, look portaltest.Look) *portaltest.Page {
	t.Helper()
	p := portaltest.Open(t, open(t).site.URL+"/signin?key=k", look)
	p.Press(`button[value="` + account + `"]`)
	return p
}

// pages are what each role can look at.
var pages = map[string][]string{
	"fu-shizhang": {"/lead", "/todo", "/tasks", "/talks", "/plans", "/plans/" + planID, "/plans/" + planID + "?down=clause", "/plans/" + planID + "?as_of=2021-06-01", "/plans/" + planID + "/year",
		"/plans/" + planID + "/messages", "/plans/" + planID + "/ahead", "/plans/" + planID + "/since?day=2021-06-30", "/search?q=%E6%B1%A1%E6%B0%B4", "/search?q=xyzzy", "/inbox", "/me", "/plans/" + planID + "/tasks/p14", "/nosuch"},
	"shuizhiban": {"/todo", "/water", "/water?month=2020-05", "/water/sections/s08", "/water/readings", "/water/sections/s08/readings?month=2021-06", "/water/compensation?month=2021-05&table=0", "/messages", "/ledger", "/ledger/proof", "/ledger/proof?check=1&full=1", "/contacts", "/accounts", "/holidays", "/policies", "/me", "/plans/" + planID, "/plans/" + planID + "/tasks/p14?as_of=2021-05-10", "/plans/" + planID + "/tasks/2.4-survey.qinshui/do/chase",
		"/drafts", "/drafts/" + prepared, "/drafts/" + prepared + "/questions", "/drafts/" + prepared + "/document", "/drafts/" + prepared + "/preview", "/drafts/" + prepared + "/rehearsal", "/drafts/" + prepared + "/edit/units.yaml",
		"/drafts/" + amended + "/changes", "/drafts/" + notice + "/changes", "/drafts/" + policies + "/changes"},
	"gaoping": {"/water?month=2021-04", "/plans/" + planID + "/tasks/s01", "/todo", "/tasks", "/inbox", "/plans/" + planID + "/tasks/2.4-survey.gaoping", "/plans/" + planID + "/tasks/2.4-survey.gaoping/do/progress"},
}

// TestEveryPageIsForEverybody: on every page, in both languages, axe-core finds nothing,
// a telephone need not be scrolled sideways, the keyboard alone suffices, no word is
// missing, and nothing is loaded from elsewhere; nor does anything need JavaScript.
func TestEveryPageIsForEverybody(t *testing.T) {
	t.Parallel()
	for _, lang := range looks {
		for account, paths := range pages {
			t.Run(lang+" "+account, func(t *testing.T) {
				t.Parallel()
				p := as(t, account, lookOf(lang))
				for _, path := range paths {
					status := p.Go(path)
					require.Eventually(t, func() bool { // until the page shows the worked-out draft, and not how far the work is
						working := p.Has("#far")
						if working {
							status = p.Go(path)
						}
						return !working
					}, 5*time.Minute, 100*time.Millisecond, path)
					if strings.HasSuffix(path, "/changes") {
						require.True(t, p.Has("main .field, main .changes li"), "%s: %s", path, p.Text("main"))
					}
					require.Contains(t, []int{200, 404}, status, path)
					require.Equal(t, path == "/nosuch", status == 404, path)
					seen(t, p, lang, account+strings.ReplaceAll(path, "/", "-"))
					if lang != plain {
						require.Equal(t, []string{lang}, p.Attributes("html", "lang"), path)
					}
				}
			})
		}
		t.Run(lang+" door", func(t *testing.T) {
			t.Parallel()
			seen(t, portaltest.Open(t, open(t).site.URL+"/signin?key=k", lookOf(lang)), lang, "looking")
		})
	}
}

// TestALeaderSeesHowTheCityDoes: how many of each light and what changed, the worst
// ten with their next step, talks, ranks; on a telephone; each number leads to exactly
// its rows; and the whole page prints on one sheet.
func TestALeaderSeesHowTheCityDoes(t *testing.T) {
	t.Parallel()
	p := as(t, "fu-shizhang", portaltest.Look{Width: 360, Plain: true})
	require.Equal(t, "/lead", p.Path(), "a leader's first page")
	o, err := shared.read.Overview(t.Context(), query.Operator(), planID)
	require.NoError(t, err)
	require.Positive(t, o.Counts.Red)
	require.Contains(t, p.Text(".stand .count"), fmt.Sprint(o.Counts.Red))
	require.Len(t, p.Texts(".late td.left"), min(10, o.Counts.Red), "the worst")
	for _, left := range p.Texts(".late td.left") {
		require.Contains(t, left, "逾期")
	}
	text := p.Text("main")
	require.Contains(t, text, "自2021年7月2日以来", "the last working day before a Monday")
	require.Contains(t, p.Text(".decision"), "征地未完成", "what waits for a decision, with what was said")
	require.Contains(t, p.Text(".decision dl"), "申请延至", "and the facts it rests on")
	require.True(t, p.Has(`.decision button[formaction$="/do/grant"]`))
	require.True(t, p.Has(`.decision button[formaction$="/do/refuse"]`))
	require.True(t, p.Has(`a[href$="/do/instruct"]`))
	require.Equal(t, 1, p.Sheets(), "it is printed on one sheet")

	p.Press(".stand .count")
	require.Contains(t, p.Path(), "light=red")
	require.Contains(t, p.Text(".pager"), fmt.Sprintf("共 %d 项", o.Counts.Red))
}

// TestTheBoardLeadsToItsRows: by pressing numbers of the picture, of this day and of a
// past one.
func TestTheBoardLeadsToItsRows(t *testing.T) {
	t.Parallel()
	p := as(t, "shuizhiban", portaltest.Look{Plain: true})
	number := regexp.MustCompile(`\d+$`)
	for _, address := range []string{"/plans/" + planID, "/plans/" + planID + "?as_of=2021-06-01", "/plans/" + planID + "?down=clause"} {
		p.Go(address)
		links, words := p.Attributes(".board a[href*='light=']", "href"), p.Contents(".beneath a[href*='light=']")
		require.NotEmpty(t, links)
		require.Len(t, words, len(links), "the table shows the same")
		for i, link := range links {
			if i%5 != 0 {
				continue // every fifth shows it
			}
			p.Go(link)
			require.Contains(t, p.Text(".pager"), "共 "+number.FindString(words[i])+" 项", link)
		}
	}
}

// TestATaskTellsItsLifeAndWhy: the words of its order, what was said to whom, what comes
// on which day and why on that day; as of a past day, nothing later than that.
func TestATaskTellsItsLifeAndWhy(t *testing.T) {
	t.Parallel()
	p := as(t, "shuizhiban", portaltest.Look{Plain: true})
	p.Go("/plans/" + planID + "/tasks/" + shared.asked)
	life := p.Text(".life")
	require.Contains(t, p.Texts(".life li")[0], "交办")
	require.Contains(t, life, "原文")
	require.Contains(t, life, "征地未完成")
	require.Contains(t, life, "今天")
	require.NotEmpty(t, p.Texts(".life li.coming"))
	for _, coming := range p.Texts(".life li.coming") {
		require.Contains(t, coming, "对象", coming)
		require.Contains(t, coming, "为什么是这一天", coming)
	}
	p.Go("/plans/" + planID + "/tasks/" + shared.asked + "?as_of=2021-05-10")
	require.Contains(t, p.Text("main"), "截至2021年5月10日")
	require.NotContains(t, p.Text("main"), "征地未完成")
	require.False(t, p.Has(".deeds"), "nobody acts on a day that has passed")
	p.Go("/plans/" + planID + "/tasks/" + shared.asked + "?as_of=2022-05-10")
	require.Contains(t, p.Text("main"), "还没有到")
	p.Go("/plans/" + planID + "/tasks/" + shared.asked + "?as_of=tomorrow")
	require.Contains(t, p.Text("main"), "不是日期")
}

// TestMessagesAreThoseThatWentAndThoseThatWill: by seat and week, the same numbers in the
// table as in the picture.
func TestMessagesAreThoseThatWentAndThoseThatWill(t *testing.T) {
	t.Parallel()
	p := as(t, "fu-shizhang", portaltest.Look{Plain: true})
	o, err := shared.read.Coming(t.Context(), query.Operator(), planID)
	require.NoError(t, err)
	today, past, coming := o.AsOf.Sub(o.Loads.From)/7, 0, 0
	for _, s := range o.Loads.Seats {
		for i, n := range s.Weeks {
			if i < today {
				past += n
			} else {
				coming += n
			}
		}
	}
	require.Positive(t, past)
	require.Positive(t, coming)
	p.Go("/plans/" + planID + "/messages")
	sums := p.Contents(".beneath tbody td:nth-child(2)")
	require.Len(t, sums, len(o.Loads.Seats))
	for i, s := range o.Loads.Seats {
		require.Equal(t, fmt.Sprint(s.Sum), sums[i])
	}
}

// TestSearchAndInboxLeadOn: what is found, and what a message spoke of, can be opened.
func TestSearchAndInboxLeadOn(t *testing.T) {
	t.Parallel()
	p := as(t, "gaoping", portaltest.Look{Plain: true})
	p.Type("#find", "高平 污水")
	p.Press(".find button")
	require.NotEmpty(t, p.Texts("tbody a"))
	require.NotContains(t, p.Text("main"), "泽州县周村镇", "another unit's")
	p.Press("tbody a")
	require.Contains(t, p.Path(), "/tasks/")
	p.Go("/inbox")
	require.Contains(t, p.Text("tbody"), "高平市人民政府")
	require.Contains(t, p.Text("tbody"), "久未报告进展：", "and not 催办: what a word was about")
	require.Equal(t, 200, p.Press("tbody .thing a"))
	require.Contains(t, p.Path(), "/tasks/")
}

// TestTheLedgerIsVerifiedInTheBrowser: the whole ledger, since a head that was noted, and in
// full. A text that is no head, or the head of another ledger, is told so, and stays in the
// field.
func TestTheLedgerIsVerifiedInTheBrowser(t *testing.T) {
	t.Parallel()
	p := as(t, "shuizhiban", portaltest.Look{Plain: true, Width: 360})
	p.Go("/ledger")
	p.Press(`a[href="/ledger/proof"]`)
	require.False(t, p.Has(".note[role=status]"), "it is verified when it is asked for")
	p.Press("main button.main")
	seq, hash, err := shared.store.Head(t.Context())
	require.NoError(t, err)
	head := fmt.Sprintf("%d:%s", seq, hash)
	require.Contains(t, p.Text(".note[role=status]"), head)
	for typed, want := range map[string]string{head: "没有被改写", "12:kkk": "这不是链头", fmt.Sprintf("%d:%032x", seq, 1): "链上没有记下的链头"} {
		p.Go("/ledger/proof")
		p.Type("#since", typed)
		p.Press("main button.main")
		require.Contains(t, p.Text("main"), want)
		require.Equal(t, []string{typed}, p.Values("#since"))
	}
	require.Equal(t, 403, as(t, "gaoping", portaltest.Look{}).Go("/ledger/proof"))
}

// TestWhatWaitsSaysWhatHappensIfItIsNotDone: each line has what will be said next, on which
// day and to whom, the same as on the task's own page.
func TestWhatWaitsSaysWhatHappensIfItIsNotDone(t *testing.T) {
	t.Parallel()
	p := as(t, "gaoping", portaltest.Look{Plain: true, Width: 360})
	p.Go("/todo")
	then := p.Texts(".todo .then-not")
	require.NotEmpty(t, then)
	for _, line := range then {
		require.Regexp(t, `^不办的话：\d{4}-\d\d-\d\d .+，发给.+`, line)
	}
	page, err := shared.read.Obligations(t.Context(), query.As(act.Actor{Account: "gaoping", Name: "高平市", Unit: "gaoping"}), query.ObligationFilter{Limit: 50})
	require.NoError(t, err)
	said := 0
	for _, o := range page.Lines {
		if o.Then == nil {
			continue
		}
		said++
		require.False(t, o.Then.At.Before(now), "%s: what comes is to come", o.Task)
		require.NotEmpty(t, o.Then.To)
	}
	require.Len(t, then, said)
}
