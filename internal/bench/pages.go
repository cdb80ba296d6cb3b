package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"duban/internal/accounts"
	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/draft"
	"duban/internal/host"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/portal"
	"duban/internal/query"
	"duban/internal/signin"
	"duban/internal/words"
)

// heaviest is how much a page may weigh on the wire, in bytes.
const heaviest = 150_000

// site is a portal on a big ledger, with the IDs that its addresses can have.
type site struct {
	*httptest.Server
	list   *accounts.List
	accept func(account string) (*http.Client, error)
	about  map[string]func() string // by placeholder of the table of routes, or path and placeholder
}

// roles are the roles that look at the pages, each as an account of the same name.
var roles = []struct {
	account string
	is      portal.Role
	unit    string
}{{"unit", portal.Unit, "unit007"}, {"office", portal.Office, "office"}, {"leader", portal.Leader, "leaders"}}

// noPage are rows of the table that give no page, each with why it is not measured.
var noPage = map[string]string{
	"/live":                                   "goes on for ever",
	"/signin/oidc":                            "leads elsewhere",
	"/signin/oidc/back":                       "comes from elsewhere",
	"/plans/{plan}/book":                      "an Excel file of the whole plan",
	"/plans/{plan}/archive":                   "a file of the whole plan",
	"/plans/{plan}/report/sheet":              "an Excel file of the whole plan",
	"/plans/{plan}/publicity/file":            "a file",
	"/directory/sheet":                        "an Excel file",
	"/water/sheet":                            "an Excel file",
	"/water/outlets":                          "the bench's plan has no measured outlets",
	"/water/outlets/sheet":                    "an Excel file",
	"/water/zones/sheet":                      "an Excel file",
	"/water/compensation/sheet":               "an Excel file",
	"/assessment/sheet":                       "an Excel file",
	"/incidents/sheet/{incident}":             "an Excel file",
	"/assessment/files/{hash}":                "a file",
	"/letters":                                "there is none but where a plan is tried out",
	"/letters/{letter}":                       "there is none but where a plan is tried out",
	"/incidents/{incident}/files/{hash}":      "a file",
	"/drafts/{draft}/files/{name}":            "a file",
	"/plans/{plan}/tasks/{task}/files/{hash}": "a file",
	"/plans/{plan}/talks/{talk}/files/{hash}": "a file",
}

// more are addresses of the same pages that ask for more than the bare path does.
var more = []string{
	"/tasks?light=red", "/tasks?skip={half}", "/tasks?unit=unit007", "/tasks?lead=unit007&month=2021-07", "/tasks?state=suspended", "/tasks?clause=%E4%B8%89%EF%BC%88%E4%BA%8C%EF%BC%894",
	"/plans/{plan}?down=clause", "/plans/{plan}/year?skip={half}", "/search?q=%E9%BB%91%E8%87%AD", "/search?q=xyzzy", "/water?month=2020-05", "/water/compensation?month=2021-05", "/water/compensation?month=2021-05&table=0", "/assessment?unit=unit007", "/assessment?period=2021-06", "/assessment/do/enter", "/search?q=t000123", "/assessment?period=2021-05", "/assessment?period=2021-05&unit=unit007", "/complaints?state=closed&skip=100", "/incidents/do/open_incident", "/plans/{plan}/publicity?text={number}", "/plans/{plan}/publicity/do/write_text?text={number}", "/ledger?task={task}", "/ledger?skip={half}", "/messages?skip=50", "/todo?skip=50", "/inbox?skip=50",
}

// pages measures every page of the portal over HTTP, as a browser of each role gets it.
func (b *bench) pages(ctx context.Context, name string, store *ledger.Store, p *plan.Plan, reader *query.Reader) error {
	host.CollectRarely() // as every process that serves pages
	s, err := b.serve(ctx, store, p, reader)
	if err != nil {
		return err
	}
	defer s.Close()
	wanted, err := regexp.Compile(b.read.pages)
	if err != nil {
		return err
	}
	var slow, dearest, heavy figure
	measured := 0
	for _, role := range roles {
		client, err := s.accept(role.account)
		if err != nil {
			return err
		}
		for _, path := range addresses(role.is) {
			if !wanted.MatchString(path) {
				continue
			}
			took, cpu, size, err := b.page(ctx, s, client, path)
			if errors.Is(err, errNotTheirs) {
				continue
			}
			for again := 1; err == nil && again < rounds && ms(ranked(took)) > quick; again++ {
				var more []time.Duration
				if more, _, _, err = b.page(ctx, s, client, path); err == nil && ranked(more) < ranked(took) {
					took = more
				}
			}
			if err != nil {
				return fmt.Errorf("%s as %s: %w", path, role.account, err)
			}
			measured++
			p99, p50 := ranked(took), took[len(took)/2]
			b.note("%s: %-6s %-50s p50 %6.1f p99 %6.1f ms, processor %5.1f ms, %7d bytes", name, role.account, path, ms(p50), ms(p99), ms(cpu), size)
			if ms(p99) >= slow.Value {
				slow = figure{Value: ms(p99), Note: fmt.Sprintf("%s as %s, p50 %.1f ms", path, role.account, ms(p50))}
			}
			if ms(cpu) >= dearest.Value {
				dearest = figure{Value: ms(cpu), Note: fmt.Sprintf("%s as %s", path, role.account)}
			}
			if float64(size) >= heavy.Value {
				heavy = figure{Value: float64(size), Note: fmt.Sprintf("%s as %s", path, role.account)}
			}
		}
	}
	slow.Name, slow.Unit = name+": the slowest page, p99", "ms"
	dearest.Name, dearest.Unit = name+": the page that takes most processor time, browser's too, p50", "ms"
	heavy.Name, heavy.Unit = name+": the heaviest page on the wire", "bytes"
	b.emit(figure{Name: name + ": pages measured, by role", Value: float64(measured), Unit: "pages"})
	b.emit(slow.atMost(quick))
	b.emit(dearest)
	b.emit(heavy.atMost(heaviest))
	return nil
}

// quick is what the 99th percentile of a page's time on the server may be, in milliseconds. A page that
// takes longer is measured in up to rounds rounds, and the best is given: what else the machine does only
// adds to a time.
const (
	quick  = 50
	rounds = 3
)

// ranked is the 99th percentile of durations, the shortest first: the shortest that 99 of a
// hundred do not exceed.
func ranked(took []time.Duration) time.Duration { return took[(len(took)*99+99)/100-1] }

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// open are addresses outside the table of routes, which anybody may look at.
var open = []string{"/public", "/public/{plan}/{number}"}

// addresses are those of the table of routes that a role may look at, and more of them.
func addresses(role portal.Role) (all []string) {
	may := map[string]bool{}
	for _, rt := range portal.Routes() {
		if rt.Method != http.MethodGet || noPage[rt.Path] != "" || rt.Who&(role|portal.Anybody) == 0 {
			continue
		}
		path := strings.TrimSuffix(rt.Path, "{$}")
		may[path] = true
		all = append(all, path)
	}
	for _, path := range more {
		if at, _, _ := strings.Cut(path, "?"); may[at] {
			all = append(all, path)
		}
	}
	return append(all, open...)
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

// errNotTheirs is that an address leads to no page of whoever asks.
var errNotTheirs = errors.New("bench: there is no such page for them")

// page asks for an address many times, each time with another ID where the address has one.
// It gives the durations, the shortest first, the median processor time and the size of the
// largest answer in bytes. The first answer is not counted, nor those before it that ask the
// browser to wait or say that something is being worked out: what is worked out once after a
// start or once a day is worked out then.
func (b *bench) page(ctx context.Context, s *site, client *http.Client, path string) (took []time.Duration, cpu time.Duration, size int, err error) {
	var used []time.Duration
	at, err := s.fill(path)
	if err != nil {
		return nil, 0, 0, err
	}
	if err := worked(ctx, client, s.URL+at); err != nil {
		return nil, 0, 0, err
	}
	for first := true; len(took) < b.size(100, 1); {
		if at, err = s.fill(path); err != nil {
			return nil, 0, 0, err
		}
		busy, began := processor(), time.Now()
		status, n, err := get(ctx, client, s.URL+at)
		if err != nil {
			return nil, 0, 0, err
		}
		switch {
		case status == http.StatusSeeOther, status == http.StatusForbidden, status == http.StatusNotFound, status == http.StatusGone:
			return nil, 0, 0, errNotTheirs
		case status != http.StatusOK:
			return nil, 0, 0, fmt.Errorf("%s answered %d", at, status)
		}
		if !first {
			took, used = append(took, time.Since(began)), append(used, processor()-busy)
		}
		first, size = false, max(size, n)
	}
	slices.Sort(took)
	slices.Sort(used)
	return took, used[len(used)/2], size, nil
}

// fill puts IDs in place of an address's placeholders.
func (s *site) fill(path string) (at string, err error) {
	at = placeholder.ReplaceAllStringFunc(path, func(p string) string {
		of := s.about[path+" "+p]
		if of == nil {
			of = s.about[p]
		}
		if of == nil {
			err = fmt.Errorf("bench: what does %s of the table of routes stand for?", p)
			return ""
		}
		return of()
	})
	return at, err
}

// worked waits until a page neither asks the browser to wait nor says that something is being worked out.
func worked(ctx context.Context, client *http.Client, address string) error {
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		res, err := client.Do(r)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(res.Body)
		if err = errors.Join(err, res.Body.Close()); err != nil {
			return err
		}
		if res.StatusCode != http.StatusServiceUnavailable && !strings.Contains(string(body), words.New("zh").T("page.working_changes")) {
			return nil
		}
		if err := sleep(ctx, time.Second); err != nil {
			return err
		}
	}
}

// get reads an answer as it is on the wire, compressed.
func get(ctx context.Context, client *http.Client, address string) (status, size int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, 0, err
	}
	r.Header.Set("Accept-Encoding", "gzip")
	res, err := client.Do(r)
	if err != nil {
		return 0, 0, err
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	return res.StatusCode, int(n), err
}

// password is everybody's.
const password = "清漳河畔-第十号断面"

// serve opens the portal on a ledger, with the accounts of the roles.
func (b *bench) serve(ctx context.Context, store *ledger.Store, p *plan.Plan, reader *query.Reader) (*site, error) {
	now := calendar.NewDay(2021, time.July, 1).At(10, 0, calendar.Beijing)
	s := &site{list: &accounts.List{}}
	for _, r := range roles {
		s.list.All = append(s.list.All, accounts.Account{ID: r.account, Name: r.account, Unit: r.unit})
	}
	for i := range b.city().accounts { // they never sign in
		s.list.All = append(s.list.All, accounts.Account{ID: fmt.Sprintf("u%04d", i), Name: fmt.Sprintf("第%d责任单位联络员", i%100+1), Unit: p.Directory.Units[i%(len(p.Directory.Units)-2)].ID, Seat: people.Liaison})
	}
	sign := signin.Open(store, signin.Options{Now: time.Now})
	for _, r := range roles {
		if err := choosePassword(ctx, sign, r.account); err != nil {
			return nil, err
		}
	}
	drafts := draft.Open(store, time.Now)
	prepared, err := b.prepare(ctx, drafts)
	if err != nil {
		return nil, err
	}
	h, err := portal.New(portal.Options{Reader: reader, Acts: portal.LookOnly{}, SignIn: sign, Drafts: drafts, Now: func() time.Time { return now }, Patience: time.Minute,
		Accounts: func() (*accounts.List, error) { return s.list, nil }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		return nil, err
	}
	s.Server = httptest.NewUnstartedServer(h)
	s.Config.BaseContext = func(net.Listener) context.Context { return ctx }
	s.Start()
	s.accept = func(account string) (*http.Client, error) { return signedIn(ctx, s.URL, account) }
	return s, s.know(ctx, store, p, prepared, b.city())
}

// know learns what the addresses can be about.
func (s *site) know(ctx context.Context, store *ledger.Store, p *plan.Plan, prepared string, size city) error {
	talks, err := store.Talks(ctx, p.ID, "")
	if err != nil {
		return err
	}
	messages, err := store.Messages(ctx, ledger.MessageFilter{Plan: p.ID, Limit: 50})
	if err != nil {
		return err
	}
	if len(talks) == 0 || len(messages) == 0 {
		return errors.New("bench: nothing was said in this ledger")
	}
	r := rand.New(rand.NewPCG(3, 4))
	units := len(p.Directory.Units) - 2 // without the office and the leadership
	num := func(n int) func() string { return func() string { return fmt.Sprint(1 + r.IntN(n)) } }
	one := func(text string) func() string { return func() string { return text } }
	s.about = map[string]func() string{
		"{plan}": one(p.ID), "{unit}": one("unit007"), "{seat}": one("liaison"), "{kind}": one("instruct"), "{deed}": one("write_report"), "{publish}": one("write_text"), "{draft}": one(prepared), "{name}": one("units.yaml"), "{hash}": one(strings.Repeat("0", 64)), "{secret}": one("x"), "{account}": one("unit"),
		"/complaints/{number}/do/{kind} {kind}": one("sort"), "/complaints/{number}/do/{kind} {number}": num(size.complaints),
		"/complaints/{number} {number}": num(size.complaints), "/assessment/do/{kind} {kind}": one("enter"), "/incidents/do/{kind} {kind}": one("open_incident"),
		"{number}": num(size.texts / 2), "{incident}": num(size.incidents),
		"{section}": func() string { return p.Water.Sections[r.IntN(len(p.Water.Sections))].ID },
		"{half}":    one(fmt.Sprint(len(p.Tasks) / 2)),
		"{task}":    func() string { return p.Tasks[7+units*r.IntN(len(p.Tasks)/units)].ID },
		"{talk}":    func() string { return url.PathEscape(talks[r.IntN(len(talks))].ID) },
		"{message}": func() string { return url.PathEscape(messages[r.IntN(len(messages))].ID) },
	}
	return nil
}

// choosePassword lets an account sign in.
func choosePassword(ctx context.Context, people *signin.Service, account string) error {
	secret, _, err := people.Invite(ctx, account, "")
	if err == nil {
		_, err = people.Redeem(ctx, secret, password, "127.0.0.1")
	}
	return err
}

// prepare begins a draft with the document of the 2021 plan.
func (b *bench) prepare(ctx context.Context, drafts *draft.Service) (string, error) {
	const id = "d000000000000000001"
	body, err := os.ReadFile(filepath.Join(filepath.Dir(b.plan), "document.txt"))
	if err != nil {
		return "", err
	}
	f, err := draft.Document(draft.File{Name: "行动计划.txt", Body: body})
	if err != nil {
		return "", err
	}
	return id, drafts.Begin(ctx, ledger.Draft{ID: id, Kind: draft.Plan, Unit: "office", Title: "明年的行动计划", By: "office"}, []ledger.DraftFile{f}, nil)
}

// signedIn is the browser of somebody who has signed in.
func signedIn(ctx context.Context, site, account string) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	form, err := fields(ctx, client, site+"/signin", "/signin")
	if err != nil {
		return nil, err
	}
	form.Set("account", account)
	form.Set("password", password)
	return client, post(ctx, client, site+"/signin", form)
}

var (
	inputTag = regexp.MustCompile(`<input[^>]*>`)
	nameAttr = regexp.MustCompile(`\bname="([^"]*)"`)
	valAttr  = regexp.MustCompile(`\bvalue="([^"]*)"`)
)

// fields are the fields of the form with this action in a page, as the server filled them in.
func fields(ctx context.Context, client *http.Client, page, action string) (url.Values, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return nil, err
	}
	res, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	_, form, ok := bytes.Cut(body, []byte(`action="`+action+`"`))
	if !ok {
		return nil, fmt.Errorf("bench: %s answered %d, without a form for %s", page, res.StatusCode, action)
	}
	form, _, _ = bytes.Cut(form, []byte("</form>"))
	values := url.Values{}
	for _, tag := range inputTag.FindAll(form, -1) {
		name, value := nameAttr.FindSubmatch(tag), valAttr.FindSubmatch(tag)
		if name != nil && value != nil {
			values.Add(string(name[1]), string(value[1]))
		}
	}
	return values, nil
}

// post sends a form. The answer must be a redirect, which tells that the form did its work.
func post(ctx context.Context, client *http.Client, address string, form url.Values) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusSeeOther {
		err = fmt.Errorf("bench: %s answered %d: %.300s", address, res.StatusCode, body)
	}
	return err
}

// speakOf has the first stages of some tasks decided and said, and opens talks about a tenth
// of these tasks.
func (b *bench) speakOf(ctx context.Context, store *ledger.Store, p *plan.Plan, cal *calendar.Calendar) error {
	rules, err := act.NewRules(p, cal)
	if err != nil {
		return err
	}
	n := min(b.size(3000, 30), len(p.Tasks))
	for i := range n {
		row, err := store.Task(ctx, p.ID, p.Tasks[i*(len(p.Tasks)/n)].ID)
		if err != nil {
			return err
		}
		_, stage := rules.Decide(rules.Course(ledger.CaseOf(row)))
		channels := map[people.Recipient][]string{}
		for _, to := range stage.To {
			channels[to] = []string{"smtp"}
		}
		when := ledger.When{Real: stage.At, Plan: stage.At}
		digests, _, err := ledgertest.Decide(ctx, store, ledger.Decision{Plan: p.ID, Task: row.ID, Revision: row.Revision, Stage: stage, Channels: channels, OpensTalk: i%10 == 0}, when)
		if err != nil {
			return err
		}
		for _, g := range digests {
			if _, err := store.Gather(ctx, g.Key, when, func(string, []ledger.Item) bool { return false }); err != nil {
				return err
			}
		}
	}
	return nil
}
