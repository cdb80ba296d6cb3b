package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
)

// world is a small plan in a ledger of its own.
type world struct {
	*ledger.Store
	t       *testing.T
	ctx     context.Context
	address string
	plan    ledger.Launched
	forged  bool // the test has changed tables or events by hand
}

// The people and moments of the world. The office speaks at 09:00 in Beijing.
var (
	liaison = people.Recipient{Unit: "shuiwu", Role: people.Liaison}
	head    = people.Recipient{Unit: "shuiwu", Role: people.Head}
	office  = people.Recipient{Unit: "shuizhiban", Role: people.Office}

	launch  = calendar.NewDay(2021, 4, 8).At(8, 0, calendar.Beijing).UTC()
	due     = calendar.NewDay(2021, 4, 30)
	dueAt   = due.At(9, 0, calendar.Beijing).UTC()
	urgeAt  = calendar.NewDay(2021, 5, 6).At(9, 0, calendar.Beijing).UTC()
	talkAt  = calendar.NewDay(2021, 5, 17).At(9, 0, calendar.Beijing).UTC()
	before  = ledger.When{Real: launch.Add(123456 * time.Microsecond), Plan: launch}
	evening = ledger.When{Real: launch.Add(time.Hour), Plan: dueAt.Add(-2 * time.Hour)}
	speaks  = ledger.When{Real: launch.Add(2 * time.Hour), Plan: dueAt}
)

// beijing are rules that know nothing but their zone.
var beijing = act.Rules{Ladderer: plan.Ladderer{Zone: calendar.Beijing}}

var (
	dueStage = plan.Stage{ID: "due", Kind: plan.DueDay, At: dueAt, To: []people.Recipient{liaison}, Light: plan.Yellow}
	urge     = plan.Stage{ID: "urge", Kind: plan.Urge, At: urgeAt, MovedFrom: calendar.NewDay(2021, 5, 1), To: []people.Recipient{liaison, head}, Light: plan.Red, Merged: []string{"old"}}
	talk     = plan.Stage{ID: "talk", Kind: plan.Talk, At: talkAt, To: []people.Recipient{head, office}, Light: plan.Red}
	ladder   = []plan.Stage{dueStage, urge, talk}
	served   = plan.Stage{ID: "talk-served-missed", Kind: plan.Escalate, At: talkAt.AddDate(0, 0, 2), To: []people.Recipient{office}, Light: plan.Red}
)

func samplePlan() plan.Plan {
	week := plan.Offset{N: 7}
	five := plan.Offset{N: 5, Work: true}
	return plan.Plan{
		ID: "jincheng", Title: "晋城市2021年水生态环境保护行动计划", Number: "晋市政办〔2021〕9号", Issuer: "晋城市人民政府办公室",
		Issued: calendar.NewDay(2021, 4, 8), Year: 2021, Zone: "Asia/Shanghai", Policy: "standard", Hash: "abc",
		Clauses: []plan.Clause{{ID: "2.4", Chapter: "三、重点任务", Text: "深化黑臭水体整治。", Brackets: [][]string{{"市水务局"}}}},
		Tasks:   []plan.Task{{ID: "t0", Kind: plan.Dated, Lead: "shuiwu", Due: due, Source: "4月底前", Recur: &plan.Recurrence{Every: "month", From: due}}},
		Directory: people.Directory{Office: "shuizhiban", Leadership: "lingdao", Units: []people.Unit{
			{ID: "shuiwu", Name: "市水务局", Kind: people.CityDepartment, Contacts: []people.Contact{{Role: people.Liaison, Name: "联络员", Email: "l@shuiwu.example"}}},
		}},
		Policies: map[string]plan.Policy{"standard": {Name: "standard", Version: 1, Blue: week, Yellow: five,
			Stages: []plan.Rule{{ID: "due", Kind: plan.DueDay, Before: &plan.Offset{}, To: []people.Role{people.Liaison}, Light: plan.Yellow}},
			Talk:   &plan.Talks{Open: plan.TalkAtOnce, Missed: five, Steps: []plan.TalkStep{{ID: "served", After: "opened", Limit: five}}}}},
	}
}

// sampleTask is an open task.
func sampleTask(id string) ledger.Task {
	t := ledger.Task{ID: id, Kind: plan.Dated, Title: "黑臭水体整治 " + id, Clause: "三（二）4", Lead: "shuiwu",
		Assist: []string{"zhujian", "huanjing"}, Due: due, Policy: "standard", Soft: true, Priority: true, Assigned: launch, Origin: act.Origin{Kind: act.OriginPlan}}
	t.Facts = factsOf(t)
	return t
}

// factsOf are what acts know of a task that begins.
func factsOf(t ledger.Task) act.Case {
	return act.Case{Kind: t.Kind, State: act.Open, Title: t.Title, Lead: t.Lead, Assist: t.Assist, Office: "shuizhiban", Leadership: "lingdao",
		Policy: t.Policy, Due: t.Due, Number: 1, Assigned: t.Assigned}
}

// standing is sampleTask right after the launch.
func standing(id string) ledger.Task {
	t := sampleTask(id)
	t.Plan, t.FirstDue, t.State, t.Light, t.Version = "jincheng", due, ledger.TaskOpen, plan.Green, 1
	return t
}

func newWorld(t *testing.T, address string, tasks int) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), address: address}
	w.Store = w.open()
	w.plan = ledger.Launched{Plan: samplePlan(), At: launch, Version: 1,
		Clock: calendar.Clock{Epoch: launch.Add(time.Minute), Start: launch, Rate: 345600}}
	var all []ledger.Task
	for i := range tasks {
		all = append(all, sampleTask(fmt.Sprintf("t%d", i)))
	}
	all = append(all, ledger.Task{ID: "d", Kind: plan.Duty, Lead: "shuiwu", Policy: "standard", Assigned: launch},
		ledger.Task{ID: "s", Kind: plan.Standing, Lead: "shuiwu", Policy: "standard", Assigned: launch})
	added, err := w.AddPlan(w.ctx, w.plan, all, before)
	w.ok(err)
	if !added {
		t.Fatal("the plan was in an empty ledger")
	}
	t.Cleanup(w.proven)
	return w
}

// proven makes the tables once more from the chain alone: at its end every test
// sees that they are the same.
func (w *world) proven() {
	if w.forged || w.t.Failed() {
		return
	}
	s, err := ledger.OpenWith(context.Background(), w.address, ledger.Options{ReadOnly: true})
	w.ok(err)
	defer s.Close()
	p, err := s.Prove(context.Background(), ledger.Check{Full: true})
	if err != nil || p.Found > 0 {
		w.t.Errorf("the chain does not make the tables as they are: %v %+v", err, p.Differences)
	}
}

// open opens the world's ledger once more, as another process would.
func (w *world) open() *ledger.Store {
	w.t.Helper()
	s, err := ledger.Open(context.Background(), w.address)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			w.t.Errorf("close: %v", err)
		}
	})
	return s
}

// raw opens the tables without the ledger.
func (w *world) raw() *sqlx.DB { return raw(w.t, w.address) }

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// is compares whole records.
func (w *world) is(what string, got, want any) {
	w.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// holds verifies the chain and gives the number of events.
func (w *world) holds() int64 {
	w.t.Helper()
	n, err := w.Verify(w.ctx)
	w.ok(err)
	return n
}

// last are the kinds of the newest n events, oldest first.
func (w *world) last(n int64) []string {
	w.t.Helper()
	events, err := w.Events(w.ctx, ledger.EventFilter{AfterSeq: w.holds() - n})
	w.ok(err)
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// decide decides a stage of a task over channel mail for everyone it is to.
func (w *world) decide(task string, s plan.Stage) ([]ledger.Digest, *ledger.Talk) {
	w.t.Helper()
	digests, opens, err := Decide(w.ctx, w.Store, decision(task, s, "mail"), evening)
	w.ok(err)
	return digests, opens
}

// Decide decides a stage of a task or a talk by the facts that the ledger has,
// however many others write them meanwhile.
func Decide(ctx context.Context, s *ledger.Store, d ledger.Decision, when ledger.When) ([]ledger.Digest, *ledger.Talk, error) {
	for {
		row, err := s.Task(ctx, d.Plan, d.Task)
		if err != nil {
			return nil, nil, err
		}
		if d.Talk != "" {
			k, err := s.Talk(ctx, d.Plan, d.Talk)
			if err != nil {
				return nil, nil, err
			}
			_, rules, err := rulesOf(ctx, s, d.Plan)
			if err != nil {
				return nil, nil, err
			}
			d.Version, d.TalkFacts = k.Version, rules.SayOfTalk(*k.Facts, d.Stage)
			return s.DecideStage(ctx, d, when)
		}
		d.Version, d.Facts = row.Version, beijing.Say(row.Facts, d.Stage)
		digests, opens, err := s.DecideStage(ctx, d, when)
		if row.State != ledger.TaskOpen || !errors.Is(err, ledger.ErrBehind) {
			return digests, opens, err
		}
	}
}

// decideOfTalk decides a stage of a talk by the facts that the ledger has.
func (w *world) decideOfTalk(talk string, s plan.Stage) []ledger.Digest {
	w.t.Helper()
	d := decision(strings.Split(talk, "#")[0], s, "mail")
	d.Talk = talk
	digests, _, err := Decide(w.ctx, w.Store, d, evening)
	w.ok(err)
	return digests
}

// opens opens the talk that a stage called for, or proposes it.
func (w *world) opens(talk string, state act.TalkState) ledger.Talk {
	w.t.Helper()
	k, err := w.Talk(w.ctx, "jincheng", talk)
	w.ok(err)
	row, err := w.Task(w.ctx, "jincheng", k.Task)
	w.ok(err)
	c := ledger.TalkCaseOf(&w.plan.Plan, row, k)
	c.State, c.Opened, c.Since = state, calendar.DayOf(talkAt), calendar.DayOf(talkAt)
	if state == act.TalkProposed {
		c.Opened, c.Since, c.Asked = calendar.Day{}, calendar.Day{}, calendar.DayOf(talkAt)
	}
	got, err := w.OpenTalk(w.ctx, ledger.Opening{Plan: "jincheng", Talk: talk, Open: func(ledger.Task, ledger.Talk) act.TalkCase { return c }}, speaks)
	w.ok(err)
	return got
}

func decision(task string, s plan.Stage, channels ...string) ledger.Decision {
	d := ledger.Decision{Plan: "jincheng", Task: task, Stage: s, Channels: map[people.Recipient][]string{}, OpensTalk: s.Kind == plan.Talk}
	for _, r := range s.To {
		d.Channels[r] = channels
	}
	return d
}

func digestOf(r people.Recipient, at time.Time, number int) ledger.Digest {
	return ledger.Digest{Key: fmt.Sprintf("jincheng|%s|%s|%d", r, at.Format(time.RFC3339), number), Plan: "jincheng", Recipient: r, SpeakAt: at, Number: number,
		Morning: fmt.Sprintf("jincheng|%s|1", at.Format(time.RFC3339))}
}

// states counts the notices of a digest by state.
func (w *world) states(digest string) map[ledger.NoticeState]int {
	w.t.Helper()
	notices, err := w.Notices(w.ctx, ledger.NoticeFilter{Digest: digest})
	w.ok(err)
	n := map[ledger.NoticeState]int{}
	for _, notice := range notices {
		n[notice.State]++
	}
	return n
}

func never(string, []ledger.Item) bool  { return false }
func always(string, []ledger.Item) bool { return true }
