package feed_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/require"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/portal/feed"
	"duban/internal/query"
	"duban/internal/signin"
	"duban/seeds"
)

func TestMain(m *testing.M) { os.Exit(ledgertest.Main(m)) }

// world is a plan in which shuiwu leads over and next, and gaoping leads late, on
// Monday 5 July 2021.
type world struct {
	t       *testing.T
	ctx     context.Context
	store   *ledger.Store
	cal     *calendar.Calendar
	rules   act.Rules
	now     time.Time
	sign    *signin.Service
	options feed.Options
	people  *accounts.List
}

func both(t *testing.T, test func(*testing.T, *world)) {
	for name, address := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "ledger.db") },
		"postgres": func(t *testing.T) string { return ledgertest.Program(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newWorld(t, address(t)))
		})
	}
}

func newWorld(t *testing.T, address string) *world {
	store, err := ledger.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { store.Close() })
	w := &world{t: t, ctx: t.Context(), store: store, now: calendar.NewDay(2021, 7, 5).At(10, 0, calendar.Beijing), people: &accounts.List{All: []accounts.Account{
		{ID: "wang", Name: "水务局联络员", Unit: "shuiwu"}, {ID: "li", Name: "高平联络员", Unit: "gaoping"}, {ID: "zhao", Name: "督办岗", Unit: "office"}}}}
	w.cal, err = calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	p := plan.Plan{ID: "water", Title: "治水计划", Zone: "Asia/Shanghai", Year: 2021, Hash: "water", Policies: policies, Issued: calendar.NewDay(2021, 6, 1),
		Directory: people.Directory{Office: "office", Leadership: "leaders", Units: []people.Unit{{ID: "shuiwu", Name: "市水务局"}, {ID: "gaoping", Name: "高平市人民政府"}, {ID: "office", Name: "治水办"}, {ID: "leaders", Name: "领导小组"}}},
		Tasks: []plan.Task{
			{ID: "next", Kind: plan.Dated, Title: "建成污水处理厂, 一期；投运", Lead: "shuiwu", Due: calendar.NewDay(2021, 9, 30), Policy: "standard"},
			{ID: "late", Kind: plan.Dated, Title: "完成管网改造", Lead: "gaoping", Due: calendar.NewDay(2021, 7, 12), Policy: "standard"},
		}}
	start := calendar.NewDay(2021, 7, 5).At(8, 0, calendar.Beijing)
	var tasks []ledger.Task
	for _, task := range p.Tasks {
		tasks = append(tasks, ledger.TaskOf(&p, task, start))
	}
	_, err = store.AddPlan(w.ctx, ledger.Launched{Plan: p, At: start}, tasks, ledger.When{Real: start, Plan: start})
	require.NoError(t, err)
	w.rules, err = act.NewRules(&p, w.cal)
	require.NoError(t, err)
	clock := func() time.Time { return w.now }
	w.sign = signin.Open(store, signin.Options{Now: clock, Known: func(id string) bool { _, ok := w.people.Find(id); return ok }})
	w.options = feed.Options{SignIn: w.sign, Dates: store.TellDates, Now: clock, URL: "https://duban.example/", Accounts: func() (*accounts.List, error) { return w.people, nil },
		Reader: query.New(store, query.Options{Now: clock, Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return w.cal.With(imported...), nil }})}
	return w
}

// acts records an act, as a worker does.
func (w *world) acts(task string, a act.Act) {
	w.t.Helper()
	row, err := w.store.Task(w.ctx, "water", task)
	require.NoError(w.t, err)
	a.At, a.On = w.now.UTC(), calendar.DayOf(w.now)
	after, _, refused := w.rules.Act(w.rules.Course(ledger.CaseOf(row)), a)
	require.Nil(w.t, refused)
	_, _, err = w.store.Act(w.ctx, ledger.Acted{Plan: "water", Task: task, Act: a, Version: row.Version, Facts: after.Case}, ledger.When{Real: w.now, Plan: w.now})
	require.NoError(w.t, err)
}

func (w *world) token(account, scope, unit string) (ledger.Token, string) {
	w.t.Helper()
	token, secret, err := w.sign.NewToken(w.ctx, ledger.Token{Account: account, Kind: signin.Calendar, Scope: scope, Unit: unit}, account)
	require.NoError(w.t, err)
	return token, secret
}

func (w *world) serve() *httptest.Server {
	mux := http.NewServeMux()
	mux.Handle(feed.Pattern, feed.New(w.options))
	s := httptest.NewServer(mux)
	w.t.Cleanup(s.Close)
	return s
}

// get gives the status, the body and, of a calendar, its events as another library
// reads them.
func (w *world) get(s *httptest.Server, secret string) (int, string, map[string]*ics.VEvent) {
	w.t.Helper()
	res, err := http.Get(s.URL + feed.Address(secret))
	require.NoError(w.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	events := map[string]*ics.VEvent{}
	if res.StatusCode == http.StatusOK {
		require.Equal(w.t, "text/calendar; charset=utf-8", res.Header.Get("Content-Type"))
		for line := range strings.SplitSeq(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
			require.NotContains(w.t, line, "\n")
			require.LessOrEqual(w.t, len(line), 75)
		}
		cal, err := ics.ParseCalendar(bytes.NewReader(raw))
		require.NoError(w.t, err)
		for _, e := range cal.Events() {
			require.Nil(w.t, events[e.Id()], "a UID came twice")
			events[e.Id()] = e
		}
	}
	return res.StatusCode, string(raw), events
}

// other is another hex digit.
func other(digit byte) string {
	if digit == '0' {
		return "1"
	}
	return "0"
}

func value(e *ics.VEvent, p ics.ComponentProperty) string {
	return ics.FromText(e.GetProperty(p).Value)
}

func TestAFeedTellsWhatIsOwed(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		s := w.serve()
		_, mine := w.token("wang", signin.ScopePerson, "")
		status, _, events := w.get(s, mine)
		require.Equal(t, http.StatusOK, status)
		const due = "finish.next.water@duban"
		e := events[due]
		require.NotNil(t, e, "%v", events)
		require.NotNil(t, events["receive.next.water@duban"])
		require.Equal(t, []string{"20210930", "20211001", "0", "办结任务：建成污水处理厂, 一期；投运", "https://duban.example/plans/water/tasks/next"},
			[]string{value(e, ics.ComponentPropertyDtStart), value(e, ics.ComponentPropertyDtEnd), value(e, ics.ComponentPropertySequence), value(e, ics.ComponentPropertySummary), value(e, ics.ComponentPropertyUrl)})
		require.Equal(t, "治水计划\n市水务局，next，最迟 2021-09-30", value(e, ics.ComponentPropertyDescription))
		for uid := range events {
			require.NotContains(t, uid, "late", "another unit's")
		}

		// A date that moves is told under the same UID with a higher SEQUENCE, once.
		office := act.Actor{Account: "zhao", Name: "督办岗", Unit: "office"}
		for i, day := range []calendar.Day{calendar.NewDay(2021, 10, 29), calendar.NewDay(2021, 9, 15)} {
			w.now = w.now.Add(time.Hour)
			w.acts("next", act.Act{ID: "c" + day.String(), Kind: act.Correct, By: office, Due: day, Reason: "更正", Paper: "〔2021〕5号"})
			for range 2 {
				_, _, events = w.get(s, mine)
				require.Equal(t, []string{day.At(0, 0, time.UTC).Format("20060102"), []string{"1", "2"}[i], w.now.UTC().Format("20060102T150405Z")},
					[]string{value(events[due], ics.ComponentPropertyDtStart), value(events[due], ics.ComponentPropertySequence), value(events[due], ics.ComponentPropertyDtstamp)})
			}
		}
		// New words for a task change no sequence; an obligation that is met leaves the feed.
		w.acts("next", act.Act{ID: "w", Kind: act.Reword, By: office, Title: "投运污水处理厂", Reason: "更正", Paper: "〔2021〕6号"})
		w.acts("next", act.Act{ID: "a", Kind: act.Acknowledge, By: act.Actor{Account: "wang", Name: "水务局联络员", Unit: "shuiwu"}})
		_, _, events = w.get(s, mine)
		require.Equal(t, []string{"2", "办结任务：投运污水处理厂"}, []string{value(events[due], ics.ComponentPropertySequence), value(events[due], ics.ComponentPropertySummary)})
		require.Nil(t, events["receive.next.water@duban"])
	})
}

func TestWhoHasTheAddressReads(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		s := w.serve()
		own, mine := w.token("wang", signin.ScopePerson, "")
		_, units := w.token("zhao", signin.ScopeUnit, "gaoping")
		status, body, events := w.get(s, units)
		require.Equal(t, http.StatusOK, status)
		require.NotNil(t, events["finish.late.water@duban"])
		require.Contains(t, body, "X-WR-CALNAME:督办 · 高平市人民政府")
		_, api, err := w.sign.NewToken(w.ctx, ledger.Token{Account: "wang", Kind: signin.API, Scope: signin.ScopeRead}, "")
		require.NoError(t, err)
		for _, bad := range []string{"", "x", api, mine[:len(mine)-1] + other(mine[len(mine)-1]), mine + "0", strings.ToUpper(mine), "duban_" + strings.Repeat("z", 60), "..%2f..%2fetc", units[:18] + mine[18:]} {
			status, body, _ = w.get(s, bad)
			require.Equal(t, http.StatusNotFound, status, bad)
			require.NotContains(t, body, "BEGIN")
		}

		// An address that is taken back leads nowhere; nobody can take back another's.
		ended, err := w.sign.EndToken(w.ctx, "li", own.ID, "li")
		require.NoError(t, err)
		require.False(t, ended)
		all, err := w.sign.Tokens(w.ctx, "wang")
		require.NoError(t, err)
		require.Len(t, all, 2)
		i := slices.IndexFunc(all, func(n ledger.Token) bool { return n.ID == own.ID })
		require.False(t, all[i].SeenAt.Valid, "nobody used it yet")
		_, _, _ = w.get(s, mine)
		all, err = w.sign.Tokens(w.ctx, "wang")
		require.NoError(t, err)
		i = slices.IndexFunc(all, func(n ledger.Token) bool { return n.ID == own.ID })
		require.True(t, all[i].SeenAt.Time.Equal(w.now))
		ended, err = w.sign.EndToken(w.ctx, "wang", own.ID, "wang")
		require.NoError(t, err)
		require.True(t, ended)
		status, _, _ = w.get(s, mine)
		require.Equal(t, http.StatusNotFound, status)

		// Whoever has left the accounts file reads no more; the feed of the unit goes on.
		_, again := w.token("wang", signin.ScopePerson, "")
		w.people = &accounts.List{All: w.people.All[1:2]}
		status, _, _ = w.get(s, again)
		require.Equal(t, http.StatusNotFound, status)
		status, _, _ = w.get(s, units)
		require.Equal(t, http.StatusOK, status)
	})
}

// TestALedgerThatCannotBeWrittenIsRead: a feed can be read where its days cannot be noted,
// and says plainly when the ledger cannot be read.
func TestALedgerThatCannotBeWrittenIsRead(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		_, mine := w.token("wang", signin.ScopePerson, "")
		tell := w.options.Dates
		w.options.Dates = func(ctx context.Context, days map[string]calendar.Day, at time.Time) (map[string]ledger.TellingDate, error) {
			return map[string]ledger.TellingDate{}, ledger.ErrReadOnly
		}
		_, _, events := w.get(w.serve(), mine)
		require.Equal(t, "20210705T000000Z", value(events["finish.next.water@duban"], ics.ComponentPropertyDtstamp))
		w.options.Dates = tell
		s := w.serve()
		require.NoError(t, w.store.Close())
		res, err := http.Get(s.URL + feed.Address(mine))
		require.NoError(t, err)
		defer res.Body.Close()
		require.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
		require.Equal(t, "300", res.Header.Get("Retry-After"))
		_, err = tell(w.ctx, nil, w.now)
		require.True(t, errors.Is(err, ledger.ErrShut))
	})
}

func TestWhatIsAsItWasIsNotSentAgain(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, w *world) {
		s := w.serve()
		_, mine := w.token("wang", signin.ScopePerson, "")
		res, err := http.Get(s.URL + feed.Address(mine))
		require.NoError(t, err)
		res.Body.Close()
		req, err := http.NewRequest(http.MethodGet, s.URL+feed.Address(mine), nil)
		require.NoError(t, err)
		req.Header.Set("If-None-Match", res.Header.Get("ETag"))
		again, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		again.Body.Close()
		require.Equal(t, http.StatusNotModified, again.StatusCode)
	})
}
