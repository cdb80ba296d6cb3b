package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/complaint"
	"duban/internal/docket"
	"duban/internal/engine"
	"duban/internal/incident"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/portal/api"
	"duban/internal/query"
	"duban/internal/signin"
	"duban/internal/water"
	"duban/internal/words"
	"duban/seeds"
)

// world is the water plan on Monday 5 July 2021: shuiwu leads over and next, in which
// gaoping assists; gaoping leads late and the duty watch. The office has proposed a talk
// about over.
type world struct {
	t     *testing.T
	ctx   context.Context
	store *ledger.Store
	cal   *calendar.Calendar
	plan  plan.Plan
	rules act.Rules
	now   time.Time
	sign  *signin.Service
	read  *query.Reader
	away  error // the answer of every act, where it is set
	*httptest.Server
	tokens map[string]string // by account, that may act
	reads  map[string]string // by account, that may read
}

var who = map[string]act.Actor{
	"wang": {Account: "wang", Name: "水务局联络员", Unit: "shuiwu"}, "li": {Account: "li", Name: "高平联络员", Unit: "gaoping"},
	"zhao": {Account: "zhao", Name: "督办岗", Unit: "office"}, "liu": {Account: "liu", Name: "刘市长", Unit: "leaders"},
	"zhou": {Account: "zhou", Name: "绿化局联络员", Unit: "lvye"},
}

func newWorld(t *testing.T) *world {
	t.Helper()
	store, err := ledger.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "ledger.db"))
	require.NoError(t, err)
	t.Cleanup(func() { store.Close() })
	w := &world{t: t, ctx: t.Context(), store: store, now: calendar.NewDay(2021, 7, 5).At(10, 0, calendar.Beijing), tokens: map[string]string{}, reads: map[string]string{}}
	w.cal, err = calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	policies, problems := planfile.LoadPolicies("policies.yaml", seeds.Policies)
	require.Empty(t, problems)
	w.plan = plan.Plan{ID: "water", Title: "治水计划", Number: "市办〔2021〕1号", Zone: "Asia/Shanghai", Year: 2021, Hash: "water", Policies: policies, Issued: calendar.NewDay(2021, 6, 1),
		Directory: people.Directory{Office: "office", Leadership: "leaders", Units: []people.Unit{
			{ID: "shuiwu", Name: "市水务局", Contacts: []people.Contact{{Role: people.Liaison, Name: "王敏", Email: "wang@shuiwu.example"}}},
			{ID: "gaoping", Name: "高平市人民政府"}, {ID: "office", Name: "治水办"}, {ID: "leaders", Name: "领导小组"}}},
		Tasks: []plan.Task{
			{ID: "over", Clause: "三（二）1", Kind: plan.Dated, Title: "建成污水处理厂", Lead: "shuiwu", Assist: []string{"gaoping"}, Due: calendar.NewDay(2021, 6, 15), Policy: "standard", Source: "6月15日前"},
			{ID: "next", Clause: "三（二）2", Kind: plan.Dated, Title: "投运污水处理厂", Lead: "shuiwu", Assist: []string{"gaoping"}, Due: calendar.NewDay(2021, 9, 30), Policy: "standard", Source: "9月底前"},
			{ID: "late", Clause: "三（二）3", Kind: plan.Dated, Title: "完成管网改造", Lead: "gaoping", Due: calendar.NewDay(2021, 7, 12), Policy: "standard", Source: "7月12日前"},
			{ID: "watch", Clause: "三（三）1", Kind: plan.Duty, Title: "监测断面水质", Lead: "gaoping", Policy: "standard", Recur: &plan.Recurrence{Every: "quarter", From: calendar.NewDay(2021, 6, 1), Until: calendar.NewDay(2021, 12, 31)}},
		},
		Complaints: &complaint.Rules{Title: "办理规则", Sort: 1, Window: 30, Matters: []string{"污水直排"}, Limits: []complaint.Limit{{ID: "ordinary", Title: "一般", Workdays: 5, Policy: "standard"}}},
		Water: &water.Register{Sections: []water.Section{{ID: "s1", Name: "润城", County: "gaoping", Data: "shuiwu"}, {ID: "s2", Name: "牛村", County: "gaoping", Data: "gaoping"}},
			Zones: []water.Zone{{ID: "z1", Name: "沁河一区", Basin: "沁河流域", Sections: []string{"s1", "s2"}, Target: water.III}}}}
	w.plan.Incidents = &incident.Registry{Replenish: &incident.Replenish{Unit: "shuiwu", Begin: 6, Policy: "standard"}, Trace: &incident.Trace{Within: "2 days", Policy: "standard"},
		Outlets: []incident.Outlet{{ID: "o1", Name: "一号排污口", Kind: incident.Drain, Section: "s1", Unit: "gaoping", Data: "shuiwu", Limits: []water.Limit{{Item: water.COD, Value: decimal.NewFromInt(50)}, {Item: water.Solids, Value: decimal.NewFromInt(10)}}}}}
	start := calendar.NewDay(2021, 6, 1).At(8, 0, calendar.Beijing)
	var tasks []ledger.Task
	for _, task := range w.plan.Tasks {
		tasks = append(tasks, ledger.TaskOf(&w.plan, task, start))
	}
	_, err = store.AddPlan(w.ctx, ledger.Launched{Plan: w.plan, At: start}, tasks, ledger.When{Real: start, Plan: start})
	require.NoError(t, err)
	w.rules, err = act.NewRules(&w.plan, w.cal)
	require.NoError(t, err)
	w.speak("over")
	list := &accounts.List{}
	for _, a := range who {
		list.All = append(list.All, accounts.Account{ID: a.Account, Name: a.Name, Unit: a.Unit})
	}
	clock := w.clock
	w.sign = signin.Open(store, signin.Options{Now: clock})
	w.read = query.New(store, query.Options{Now: clock, Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return w.cal.With(imported...), nil }})
	handler := api.New(api.Options{Reader: w.read, Acts: w, SignIn: w.sign, Accounts: func() (*accounts.List, error) { return list, nil }, Now: clock})
	mux := http.NewServeMux()
	mux.Handle(api.Pattern, handler)
	w.Server = httptest.NewServer(mux)
	t.Cleanup(w.Server.Close)
	for account := range who {
		for scope, to := range map[string]map[string]string{signin.ScopeAct: w.tokens, signin.ScopeRead: w.reads} {
			_, secret, err := w.sign.NewToken(w.ctx, ledger.Token{Account: account, Kind: signin.API, Scope: scope}, "")
			require.NoError(t, err)
			to[account] = secret
		}
	}
	talk, err := w.Propose(w.ctx, "water", act.Act{ID: "talk-over", Kind: act.Propose, By: who["zhao"], Ref: "over", Reason: "多次催办未见进展", Talk: &act.TalkFacts{What: plan.ProposeTalk}}, nil)
	require.NoError(t, err)
	require.Equal(t, "over#1", talk)
	return w
}

func (w *world) clock() time.Time { return w.now }

// speak decides the stages of a task that are due by now and gathers their messages.
func (w *world) speak(task string) {
	w.t.Helper()
	row, err := w.store.Task(w.ctx, "water", task)
	require.NoError(w.t, err)
	for _, s := range w.rules.Ahead(row.Facts)[:1] {
		channels := map[people.Recipient][]string{}
		for _, to := range s.To {
			channels[to] = []string{"smtp"}
		}
		at := ledger.When{Real: s.At, Plan: s.At}
		digests, _, err := ledgertest.Decide(w.ctx, w.store, ledger.Decision{Plan: "water", Task: task, Revision: 1, Stage: s, Channels: channels}, at)
		require.NoError(w.t, err)
		for _, g := range digests {
			_, err := w.store.Gather(w.ctx, g.Key, at, func(string, []ledger.Item) bool { return false })
			require.NoError(w.t, err)
		}
	}
}

// nothing starts no workflows.
type nothing struct{ docket.Starter }

func (nothing) UnusedTalk(_ context.Context, _, _ string, from int, _ time.Time) (int, error) {
	return from, nil
}
func (nothing) StartTalk(context.Context, ledger.Launched, ledger.Talk) error { return nil }

// Act, ActOnTalk and Propose do acts as a worker does, by the rules of package act on
// the ledger, without Temporal between.
func (w *world) Act(ctx context.Context, planID, task string, a act.Act) error {
	if w.away != nil {
		return w.away
	}
	row, err := w.store.Task(ctx, planID, task)
	if err != nil {
		return err
	}
	a.At, a.On = w.now.UTC(), calendar.DayOf(w.now)
	c := ledger.CaseOf(row)
	refused := act.Allowed(c, a.By, a.Kind)
	if refused == nil {
		refused = act.Sayable(a)
	}
	var after act.Course
	if refused == nil {
		after, _, refused = w.rules.Act(w.rules.Course(c), a)
	}
	if refused != nil {
		return &engine.RefusedError{Refusal: *refused}
	}
	_, _, err = w.store.Act(ctx, ledger.Acted{Plan: planID, Task: task, Act: a, Version: row.Version, Facts: after.Case}, ledger.When{Real: w.now, Plan: w.now})
	return err
}

func (w *world) ActOnTalk(ctx context.Context, planID, talk string, a act.Act) error {
	if w.away != nil {
		return w.away
	}
	k, err := w.store.Talk(ctx, planID, talk)
	if err != nil {
		return err
	}
	row, err := w.store.Task(ctx, planID, k.Task)
	if err != nil {
		return err
	}
	a.At, a.On = w.now.UTC(), calendar.DayOf(w.now)
	after, _, refused := w.rules.ActOnTalk(w.rules.TalkCourse(ledger.TalkCaseOf(&w.plan, row, k)), a)
	if refused != nil {
		return &engine.RefusedError{Refusal: *refused}
	}
	_, _, err = w.store.ActOnTalk(ctx, ledger.ActedOnTalk{Plan: planID, Talk: talk, Act: a, Version: k.Version, Facts: after.TalkCase}, ledger.When{Real: w.now, Plan: w.now})
	return err
}

func (w *world) Incident(ctx context.Context, planID, id string, a act.Act, _ *words.Words) (string, error) {
	if w.away != nil {
		return "", w.away
	}
	l, err := w.store.Plan(ctx, planID)
	if err != nil {
		return "", err
	}
	return engine.Incident(ctx, w.store, w.now, l, id, a)
}

func (w *world) Publish(ctx context.Context, planID string, number int, a act.Act) (int, error) {
	return engine.Publish(ctx, w.store, w.now, planID, number, a)
}

func (w *world) TakeIn(ctx context.Context, planID string, all []engine.Taking) ([]int, error) {
	return engine.TakeIn(ctx, w.store, w.now, planID, all)
}

func (w *world) Complain(ctx context.Context, planID string, number int, a act.Act, _ *words.Words) error {
	return engine.Complain(ctx, w.store, w.now, planID, number, a)
}

func (w *world) BringReadings(ctx context.Context, planID string, all []water.Reading, correct bool, reason string, by act.Actor, _ *words.Words) ([]ledger.ReadingChange, error) {
	if w.away != nil {
		return nil, w.away
	}
	l, err := w.store.Plan(ctx, planID)
	if err != nil {
		return nil, err
	}
	return engine.BringReadings(ctx, w.store, w.now, l, all, correct, reason, by)
}

func (w *world) Propose(ctx context.Context, planID string, a act.Act, rule *act.Proposal) (string, error) {
	if w.away != nil {
		return "", w.away
	}
	l, err := w.store.Plan(ctx, planID)
	if err != nil {
		return "", err
	}
	a.At, a.On = w.now.UTC(), calendar.DayOf(w.now)
	id, err := docket.Docket{Ledger: w.store, Starter: nothing{}, Now: func() time.Time { return w.now }}.Propose(ctx, l, a, rule)
	var refused *act.Refusal
	if errors.As(err, &refused) {
		return "", &engine.RefusedError{Refusal: *refused}
	}
	return id, err
}

// ask sends a request. Without a body where body is nil; a string is sent as it is,
// anything else as JSON.
func (w *world) ask(token, method, path string, body any) (*http.Response, []byte) {
	w.t.Helper()
	var reader io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		reader = bytes.NewReader([]byte(body))
	default:
		raw, err := json.Marshal(body)
		require.NoError(w.t, err)
		reader = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(w.ctx, method, w.URL+path, reader)
	require.NoError(w.t, err)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(w.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	return res, raw
}
