package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/signin"
)

func TestMain(m *testing.M) { os.Exit(ledgertest.Main(m)) }

// sample is a good request of an operation.
type sample struct {
	as, path string
	body     any
}

// samples are good requests of every operation: the test fails for an operation without one.
var samples = map[string][]sample{
	"me":          {{"wang", "/api/v1/me", nil}},
	"plans":       {{"zhao", "/api/v1/plans", nil}},
	"plan":        {{"liu", "/api/v1/plans/water", nil}},
	"year-report": {{"zhao", "/api/v1/plans/water/report", nil}},
	"tasks":       {{"wang", "/api/v1/tasks", nil}, {"zhao", "/api/v1/tasks?plan=water&unit=gaoping&unit=%E5%B8%82%E6%B0%B4%E5%8A%A1%E5%B1%80&light=red&light=yellow&state=open&limit=1", nil}},
	"task":        {{"wang", "/api/v1/plans/water/tasks/over", nil}, {"li", "/api/v1/plans/water/tasks/watch", nil}},
	"task-can":    {{"wang", "/api/v1/plans/water/tasks/over/acts", nil}, {"li", "/api/v1/plans/water/tasks/watch/acts", nil}},
	"duties":      {{"li", "/api/v1/duties", nil}},
	"todo":        {{"wang", "/api/v1/todo?held=true", nil}, {"zhao", "/api/v1/todo?unit=gaoping", nil}},
	"talks":       {{"zhao", "/api/v1/talks?plan=water", nil}},
	"talk":        {{"zhao", "/api/v1/plans/water/talks/over%231", nil}},
	"talk-can":    {{"liu", "/api/v1/plans/water/talks/over%231/acts", nil}},
	"messages":    {{"zhao", "/api/v1/messages?all=true", nil}},
	"events":      {{"zhao", "/api/v1/events?plan=water&after=1&limit=50", nil}, {"zhao", "/api/v1/events?changes=false&task=over&plan=water", nil}},
	"contacts":    {{"zhao", "/api/v1/contacts", nil}},
	"act-on-task": {
		{"wang", "/api/v1/plans/water/tasks/next/acts/acknowledge", map[string]any{"id": "a1"}},
		{"wang", "/api/v1/plans/water/tasks/next/acts/progress", map[string]any{"id": "a2", "reason": "主体完工", "percent": 60,
			"file": []any{map[string]any{"name": "照片.zip", "size": 12, "sha256": strings.Repeat("ab", 32)}}, "url": []string{"https://shuiwu.example/1"}}},
		{"zhao", "/api/v1/plans/water/tasks/watch/acts/suspend", map[string]any{"id": "d1", "reason": "汛期", "until": "2021-08-31"}},
		{"zhao", "/api/v1/plans/water/tasks/late/acts/propose", map[string]any{"id": "p1", "reason": "进展缓慢"}},
	},
	"water-readings":       {{"wang", "/api/v1/water/readings?plan=water&section=s1&from=2021-01&to=2021-12", nil}, {"liu", "/api/v1/water/readings", nil}},
	"water-outlets":        {{"zhao", "/api/v1/water/outlets?plan=water&month=2021-05", nil}, {"wang", "/api/v1/water/outlets", nil}},
	"water-zones":          {{"wang", "/api/v1/water/zones?plan=water&month=2021-05", nil}, {"liu", "/api/v1/water/zones", nil}},
	"complaints":           {{"zhao", "/api/v1/complaints?plan=water&state=received", nil}, {"wang", "/api/v1/complaints", nil}},
	"take-in-complaints":   {{"zhao", "/api/v1/complaints?plan=water", map[string]any{"complaints": []any{map[string]any{"hotline": "202107050001", "title": "夜间排污", "text": "钱二说河水发黑", "matter": "污水直排", "place": "桥下", "name": "钱二", "phone": "13903561111"}}}}},
	"bring-water-readings": {{"zhao", "/api/v1/water/readings?plan=water", map[string]any{"readings": []any{map[string]any{"section": "润城", "month": "2021-05", "class": "Ⅳ", "values": map[string]any{"氨氮": "1.2"}, "source": "5月月报"}}}}},
	"act-on-complaint":     {{"zhao", "/api/v1/complaints/1/acts/sort?plan=water", map[string]any{"id": "s1", "unit": "市水务局", "limit": "ordinary"}}},
	"incidents":            {{"zhao", "/api/v1/incidents?plan=water", nil}, {"wang", "/api/v1/incidents", nil}},
	"incident":             {{"zhao", "/api/v1/incidents/1?plan=water", nil}},
	"open-incident":        {{"zhao", "/api/v1/incidents?plan=water", map[string]any{"id": "n1", "section": "润城", "item": "氨氮", "source": "station", "time": "2021-07-05 09:00", "title": "氨氮超标"}}},
	"act-on-incident":      {{"zhao", "/api/v1/incidents/1/acts/order_water", map[string]any{"id": "n2", "supply": "张峰水库", "flow": "3.5", "time": "2021-07-05 12:00", "ends": "2021-07-07 12:00", "orderer": "副市长"}}},
	"publicity":            {{"zhao", "/api/v1/plans/water/publicity", nil}, {"liu", "/api/v1/plans/water/publicity", nil}},
	"write-text":           {{"zhao", "/api/v1/plans/water/publicity", map[string]any{"id": "x1", "unit": "市水务局", "title": "正面典型", "text": "提前两个月完成"}}},
	"act-on-text":          {{"liu", "/api/v1/plans/water/publicity/1/acts/approve_text", map[string]any{"id": "x2", "ref": "1"}}},
	"act-on-talk":          {{"liu", "/api/v1/plans/water/talks/over%231/acts/approve", map[string]any{"id": "t1", "reason": "同意"}}},
}

// spec is the OpenAPI description as the interface serves it.
type spec struct {
	raw map[string]any
	c   *jsonschema.Compiler
}

func (w *world) spec() spec {
	w.t.Helper()
	res, raw := w.ask("", http.MethodGet, "/api/v1/openapi.json", nil)
	require.Equal(w.t, http.StatusOK, res.StatusCode)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(w.t, err)
	s := spec{doc.(map[string]any), jsonschema.NewCompiler()}
	s.c.DefaultDraft(jsonschema.Draft2020)
	s.c.AssertFormat()
	require.NoError(w.t, s.c.AddResource("spec.json", doc))
	return s
}

// check holds an answer against the description.
func (s spec) check(t *testing.T, path, method string, res *http.Response, body []byte) {
	t.Helper()
	op := s.raw["paths"].(map[string]any)[path].(map[string]any)[method].(map[string]any)
	answers := op["responses"].(map[string]any)
	code := strconv.Itoa(res.StatusCode)
	require.Contains(t, answers, code, "%s %s may not answer so: %s", method, path, body)
	kind, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	contents := answers[code].(map[string]any)["content"].(map[string]any)
	require.Contains(t, contents, kind, "%s %s %s", method, path, code)
	pointer := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(path)
	schema, err := s.c.Compile("spec.json#/paths/" + pointer + "/" + method + "/responses/" + code + "/content/" + strings.ReplaceAll(strings.ReplaceAll(kind, "/", "~1"), "+", "%2B") + "/schema")
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	require.NoError(t, err, "%s", body)
	require.NoError(t, schema.Validate(value), "%s %s: %s", method, path, body)
}

// operations are all operations of the description: path, method, ID.
func (s spec) operations() (all [][3]string) {
	for path, item := range s.raw["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			all = append(all, [3]string{path, method, op.(map[string]any)["operationId"].(string)})
		}
	}
	slices.SortFunc(all, func(a, b [3]string) int { return strings.Compare(b[1]+a[0], a[1]+b[0]) })
	return all
}

// TestEveryOperationAnswersAsItIsDescribed walks the description: every operation gets a
// good request, one without a token, with a bad token, with a token that may only read, and
// one about a thing that is not there; every answer is one that the description has.
func TestEveryOperationAnswersAsItIsDescribed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.spec()
	require.Equal(t, "3.1.0", s.raw["openapi"])
	all := s.operations()
	_, err := w.Incident(w.ctx, "water", "", act.Act{ID: "n0", Kind: act.OpenIncident, By: who["zhao"], Title: "总磷超标", Incident: &act.IncidentFacts{Section: "s1", Source: "report", Time: w.now}}, nil)
	require.NoError(t, err)
	_, err = w.Publish(w.ctx, "water", 0, act.Act{ID: "x0", Kind: act.WriteText, By: who["zhao"], Unit: "shuiwu", Title: "典型", Text: &act.TextFacts{Text: "提前完成"}})
	require.NoError(t, err)
	require.Len(t, all, len(samples))
	slices.SortStableFunc(all, func(a, b [3]string) int { return strings.Compare(a[1], b[1]) }) // GET before POST
	for _, op := range all {
		path, method, id := op[0], op[1], op[2]
		require.NotEmpty(t, samples[id], "no sample of %s", id)
		for _, one := range samples[id] {
			for _, token := range []string{"", "duban_" + strings.Repeat("0", 60)} {
				res, body := w.ask(token, strings.ToUpper(method), one.path, one.body)
				require.Equal(t, http.StatusUnauthorized, res.StatusCode)
				require.Contains(t, res.Header.Get("WWW-Authenticate"), "Bearer")
				s.check(t, path, method, res, body)
			}
			res, body := w.ask(w.reads[one.as], strings.ToUpper(method), one.path, one.body)
			want := http.StatusOK
			if method == "post" {
				want = http.StatusForbidden
			}
			require.Equal(t, want, res.StatusCode, "%s", body)
			s.check(t, path, method, res, body)
			res, body = w.ask(w.tokens[one.as], strings.ToUpper(method), one.path, one.body)
			require.Equal(t, http.StatusOK, res.StatusCode, "%s: %s", one.path, body)
			require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
			s.check(t, path, method, res, body)
			if strings.Contains(path, "{") {
				for _, none := range []string{strings.Replace(one.path, "/water", "/none", 1), strings.NewReplacer("/next", "/none", "/over", "/none", "/late", "/none", "/watch", "/none").Replace(one.path)} {
					if none == one.path {
						continue
					}
					res, body = w.ask(w.tokens[one.as], strings.ToUpper(method), none, one.body)
					require.Equal(t, http.StatusNotFound, res.StatusCode, "%s: %s", none, body)
					s.check(t, path, method, res, body)
				}
			}
			res, body = w.ask(w.tokens["zhou"], strings.ToUpper(method), one.path, one.body) // of a unit that is in no plan
			s.check(t, path, method, res, body)
			for _, secret := range []string{"污水处理厂", "管网改造", "王敏"} {
				require.NotContains(t, string(body), secret, one.path)
			}
		}
	}
}

// TestRowsAreThoseOfTheReader: the rows are those that the command line prints.
func TestRowsAreThoseOfTheReader(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, read := range map[string]func(query.Viewer) (any, error){
		"/tasks": func(v query.Viewer) (any, error) {
			p, err := w.read.Tasks(w.ctx, v, query.TaskFilter{Numbered: true})
			return p.Lines, err
		},
		"/todo": func(v query.Viewer) (any, error) {
			p, err := w.read.Obligations(w.ctx, v, query.ObligationFilter{})
			return p.Lines, err
		},
		"/duties": func(v query.Viewer) (any, error) {
			p, err := w.read.Duties(w.ctx, v, query.DutyFilter{})
			return p.Lines, err
		},
		"/talks": func(v query.Viewer) (any, error) {
			p, err := w.read.Talks(w.ctx, v, query.TalkFilter{})
			return p.Lines, err
		},
		"/plans/water/tasks/over":      func(v query.Viewer) (any, error) { return w.read.Case(w.ctx, v, "water", "over") },
		"/plans/water/tasks/over/acts": func(v query.Viewer) (any, error) { return w.read.Possible(w.ctx, v, "water", "over") },
	} {
		for account, by := range who {
			want, err := read(query.As(by))
			res, body := w.ask(w.reads[account], http.MethodGet, "/api/v1"+path, nil)
			if err != nil {
				require.Equal(t, http.StatusNotFound, res.StatusCode, "%s as %s: %v", path, account, err)
				continue
			}
			raw, err := json.Marshal(want)
			require.NoError(t, err)
			require.JSONEq(t, string(raw), string(body), "%s as %s", path, account)
		}
	}
}

func TestListsHavePages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var ids []string
	path, pages := "/api/v1/tasks?limit=1&state=open", 0
	for ; path != ""; pages++ {
		res, body := w.ask(w.tokens["zhao"], http.MethodGet, path, nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Equal(t, "4", res.Header.Get("X-Total-Count"))
		var lines []query.TaskLine
		require.NoError(t, json.Unmarshal(body, &lines))
		require.Len(t, lines, 1)
		ids = append(ids, lines[0].ID)
		next, _, _ := strings.Cut(strings.TrimPrefix(res.Header.Get("Link"), "<"), ">")
		path = next
	}
	require.Equal(t, 4, pages)
	slices.Sort(ids)
	require.Equal(t, []string{"late", "next", "over", "watch"}, ids)
	for _, bad := range []string{"limit=0", "limit=1001", "skip=-1", "limit=x", "colour=red", "light=purple"} {
		res, body := w.ask(w.tokens["zhao"], http.MethodGet, "/api/v1/tasks?"+bad, nil)
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode, "%s: %s", bad, body)
		require.Equal(t, "application/problem+json", res.Header.Get("Content-Type"))
	}
}

func TestAnActIsDoneOnceAndRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.spec()
	const on = "/plans/{plan}/tasks/{task}/acts/{kind}"
	act := func(as, task, kind string, body any) (*http.Response, map[string]any) {
		t.Helper()
		res, raw := w.ask(w.tokens[as], http.MethodPost, "/api/v1/plans/water/tasks/"+task+"/acts/"+kind, body)
		s.check(t, "/api/v1"+on, "post", res, raw)
		var out map[string]any
		require.NoError(t, json.Unmarshal(raw, &out))
		return res, out
	}
	for _, again := range []bool{false, true} {
		res, out := act("wang", "next", "progress", map[string]any{"id": "x1", "reason": "开工", "percent": 10})
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Equal(t, again, out["again"])
	}
	events, err := w.store.Events(w.ctx, ledger.EventFilter{Plan: "water", Task: "next"})
	require.NoError(t, err)
	require.Equal(t, []string{"act.progress"}, kinds(events))
	res, out := act("wang", "next", "verify", map[string]any{"id": "x2", "reason": "我自己核查"})
	require.Equal(t, http.StatusConflict, res.StatusCode)
	require.True(t, strings.HasPrefix(out["type"].(string), "urn:duban:act.refused_"), out["type"])
	require.NotEmpty(t, out["detail"])
	for _, bad := range []struct {
		as, kind string
		body     any
		field    string
	}{
		{"wang", "progress", map[string]any{"id": "x3"}, "body.percent"},
		{"wang", "progress", map[string]any{"id": "x3", "percent": 10, "colour": "red"}, "body.colour"},
		{"wang", "progress", map[string]any{"id": "x3", "percent": 10, "reason": "x", "place": "here"}, "body.place"},
		{"wang", "progress", map[string]any{"percent": 10}, "body"},
		{"wang", "progress", map[string]any{"id": "x3", "percent": 500, "reason": "x"}, "body.percent"},
		{"wang", "extend", map[string]any{"id": "x3", "due": "2021-13-45", "reason": "x"}, "body.due"},
		{"zhao", "reassign", map[string]any{"id": "x3", "unit": "某局", "reason": "x", "paper": "x"}, "body.unit"},
	} {
		res, out := act(bad.as, "next", bad.kind, bad.body)
		require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode, "%v", out)
		require.Equal(t, bad.field, out["errors"].([]any)[0].(map[string]any)["location"], "%v", out)
	}
	res, _ = act("wang", "next", "dance", map[string]any{"id": "x4"})
	require.Equal(t, http.StatusNotFound, res.StatusCode)
	res, _ = act("wang", "late", "progress", map[string]any{"id": "x5", "percent": 10, "reason": "x"}) // another unit's
	require.Equal(t, http.StatusNotFound, res.StatusCode)
	for _, raw := range []string{"{", "", `{"id":"x","reason":"` + strings.Repeat("长", 400_000) + `"}`} {
		res, body := w.ask(w.tokens["wang"], http.MethodPost, "/api/v1/plans/water/tasks/next/acts/progress", raw)
		require.Contains(t, []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity}, res.StatusCode, "%s", body)
		require.Equal(t, "application/problem+json", res.Header.Get("Content-Type"))
	}

	// Where the engine does not answer, the response says so, and the same ID can be sent again.
	w.away = &engine.SilentError{Why: engine.EngineAway, Err: errors.New("away")}
	res, out = act("wang", "next", "progress", map[string]any{"id": "x9", "reason": "再报", "percent": 20})
	require.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
	require.Equal(t, "30", res.Header.Get("Retry-After"))
	require.Contains(t, out["detail"], "同一个 id")
	w.away = nil
	res, out = act("wang", "next", "progress", map[string]any{"id": "x9", "reason": "再报", "percent": 20})
	require.Equal(t, http.StatusOK, res.StatusCode, "%v", out)
}

// An act is done to the task that has the ID in the plan now, whichever task had it before.
func TestAnActIsDoneToWhatIsCalledSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.plan
	p.ID, p.Hash = "numbers", "numbers"
	p.Tasks = []plan.Task{w.plan.Tasks[1], w.plan.Tasks[1]}
	p.Tasks[0].ID, p.Tasks[0].Label = "b", "1-1"
	p.Tasks[1].ID, p.Tasks[1].Label = "b@2", "b"
	var tasks []ledger.Task
	for _, task := range p.Tasks {
		tasks = append(tasks, ledger.TaskOf(&p, task, w.now))
	}
	_, err := w.store.AddPlan(w.ctx, ledger.Launched{Plan: p, At: w.now}, tasks, ledger.When{Real: w.now, Plan: w.now})
	require.NoError(t, err)
	for called, id := range map[string]string{"1-1": "b", "b": "b@2", "B": "b@2"} {
		for _, again := range []bool{false, true} {
			res, raw := w.ask(w.tokens["wang"], http.MethodPost, "/api/v1/plans/numbers/tasks/"+called+"/acts/progress", map[string]any{"id": "on-" + called, "reason": "开工", "percent": 10})
			require.Equal(t, http.StatusOK, res.StatusCode, "%s", raw)
			var out map[string]any
			require.NoError(t, json.Unmarshal(raw, &out))
			require.Equal(t, []any{strings.ToLower(called), again}, []any{out["task"], out["again"]})
		}
		events, err := w.store.Events(w.ctx, ledger.EventFilter{Plan: "numbers", Task: id})
		require.NoError(t, err)
		require.Contains(t, events[len(events)-1].Key, "on-"+called)
	}
}

func kinds(events []ledger.Event) (all []string) {
	for _, e := range events {
		all = append(all, e.Kind)
	}
	return all
}

// TestEveryActCanBeSaid: whatever an act takes at the command line, a request can say, and
// the description has each act with the fields that it may and must say, and their limits.
func TestEveryActCanBeSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	schemas := w.spec().raw["components"].(map[string]any)["schemas"].(map[string]any)
	takes := schemas["ApiSaid"].(map[string]any)["properties"].(map[string]any)
	for _, row := range act.All {
		if row.Command == "" {
			continue
		}
		one := schemas["act-"+string(row.On)+"-"+string(row.Kind)].(map[string]any)
		own := one["properties"].(map[string]any)
		require.Len(t, own, len(row.Fields())+1)
		for _, field := range row.Fields() {
			require.Contains(t, takes, field.Key(), string(row.Kind))
			require.Contains(t, own, field.Key(), string(row.Kind))
		}
		must := []any{"id"}
		for _, field := range row.Asks() {
			must = append(must, field.Key())
		}
		require.ElementsMatch(t, must, one["required"])
	}
	minutes := schemas["act-talk-minutes"].(map[string]any)["properties"].(map[string]any)["reason"].(map[string]any)
	require.Equal(t, json.Number("10000"), minutes["maxLength"])
	require.Equal(t, json.Number("2000"), schemas["act-task-progress"].(map[string]any)["properties"].(map[string]any)["reason"].(map[string]any)["maxLength"])
}

// An empty list says that no unit assists; a request without the list says nothing of it.
func TestNoUnitIsAChoiceToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := "/api/v1/plans/water/tasks/over/acts/assist"
	res, raw := w.ask(w.tokens["zhao"], http.MethodPost, path, map[string]any{"id": "u1", "reason": "不再配合"})
	require.Equal(t, http.StatusUnprocessableEntity, res.StatusCode, "%s", raw)
	require.Contains(t, string(raw), "body.units")
	res, raw = w.ask(w.tokens["zhao"], http.MethodPost, path, map[string]any{"id": "u2", "reason": "不再配合", "units": []string{}})
	require.Contains(t, []int{http.StatusOK, http.StatusConflict}, res.StatusCode, "%s", raw)
	require.NotContains(t, string(raw), "body.units")
}

func TestATokenThatWasTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n, secret, err := w.sign.NewToken(w.ctx, ledger.Token{Account: "wang", Kind: signin.API, Scope: signin.ScopeRead, EndsAt: signin.Until(w.now.Add(time.Hour))}, "")
	require.NoError(t, err)
	_, feed, err := w.sign.NewToken(w.ctx, ledger.Token{Account: "wang", Kind: signin.Calendar, Scope: signin.ScopePerson}, "")
	require.NoError(t, err)
	status := func(secret string) int {
		res, _ := w.ask(secret, http.MethodGet, "/api/v1/me", nil)
		return res.StatusCode
	}
	require.Equal(t, http.StatusUnauthorized, status(feed), "a calendar's address is no key")
	require.Equal(t, http.StatusOK, status(secret))
	w.now = w.now.Add(time.Hour)
	require.Equal(t, http.StatusUnauthorized, status(secret), "it has ended")
	w.now = w.now.Add(-30 * time.Minute)
	require.Equal(t, http.StatusOK, status(secret))
	_, err = w.sign.EndToken(context.Background(), "wang", n.ID, "wang")
	require.NoError(t, err)
	require.Equal(t, http.StatusUnauthorized, status(secret))
}

func TestTheLedgerAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.store.Close())
	res, body := w.ask(w.tokens["wang"], http.MethodGet, "/api/v1/me", nil)
	require.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
	require.Equal(t, "60", res.Header.Get("Retry-After"))
	require.Contains(t, string(body), "台账")
}
