package host_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/assessment"
	"duban/internal/calendar"
	"duban/internal/complaint"
	"duban/internal/engine"
	"duban/internal/host"
	"duban/internal/people"
	"duban/internal/query"
	"duban/internal/words"
	"duban/workflows"
)

// planted tells who complained. What is told of the matter names them too.
var planted = complaint.Caller{Name: "赵铁柱qz", Phone: "13903561234", Address: "巴公镇西郜村12号qz"}

const matter = "夜间排污标记"

// kept is a log that is kept, whoever writes to it.
type kept struct {
	sync.Mutex
	bytes.Buffer
}

func (k *kept) Write(p []byte) (int, error) {
	k.Lock()
	defer k.Unlock()
	return k.Buffer.Write(p)
}

// tables is every cell of every table of a SQLite file but those of one table, as text.
func tables(t *testing.T, file, without string) string {
	t.Helper()
	db, err := sqlx.Open("sqlite", "file:"+file+"?mode=ro")
	require.NoError(t, err)
	defer db.Close()
	var names []string
	require.NoError(t, db.Select(&names, `SELECT name FROM sqlite_master WHERE type = 'table'`))
	require.Contains(t, names, without)
	var out strings.Builder
	for _, name := range names {
		if name == without {
			continue
		}
		rows, err := db.Queryx(`SELECT * FROM "` + name + `"`)
		require.NoError(t, err)
		for rows.Next() {
			cells, err := rows.SliceScan()
			require.NoError(t, err)
			for _, c := range cells {
				if b, ok := c.([]byte); ok {
					c = string(b)
				}
				fmt.Fprintln(&out, c)
			}
		}
		require.NoError(t, rows.Err())
		rows.Close()
	}
	return out.String()
}

// files are all files below a folder.
func files(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		all[path] = string(raw)
		return err
	}))
	return all
}

// A complaint in the whole engine, from taking in to its end: returned and sorted anew, answered,
// to be done again, answered, called back, closed, by workflows that ran all the while. Who made
// it is in one table of the ledger, and in no other table, no history of Temporal's, no message,
// no log. When it is erased, it is in no file at all.
func TestWhoComplainedIsNowhereElse(t *testing.T) {
	t.Parallel()
	cfg, log := config(t), &kept{}
	w := openAs(t, cfg, host.Options{Embedded: true, Work: true, Rehearsal: true, Out: log, Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	t.Cleanup(func() {
		for line := range strings.Lines(log.String()) {
			if t.Failed() && strings.Contains(line, "left to the audit") {
				t.Log(line)
			}
		}
	})
	p, _ := smallPlan(t, "river", "2021-04-08", "standard", dated("a", "2021-12-31"))
	p.Directory.Units = append(p.Directory.Units, people.Unit{ID: "jiaotong", Name: "市交通局", Kind: people.CityDepartment, Contacts: []people.Contact{{Role: people.Liaison, Name: "钱芳", Email: "qian@jiaotong.example"}}})
	p.Complaints = &complaint.Rules{Title: "办理规则", Sort: 1, Call: 3, Window: 30, Matters: []string{"污水直排"}, Limits: []complaint.Limit{{ID: "urgent", Title: "紧急", Hours: 24, Policy: "standard"}, {ID: "ordinary", Title: "一般", Workdays: 5, Policy: "standard"}}}
	p.Assessment = &assessment.Table{Title: "考核细则", Base: decimal.NewFromInt(100), Objection: 5, Rules: []assessment.Rule{
		{ID: "answered", Title: "诉求答复", Fact: assessment.ComplaintAnswered, Points: decimal.NewFromInt(1)}, {ID: "again", Title: "诉求重办", Fact: assessment.ComplaintAgain, Points: decimal.NewFromInt(-1)},
		{ID: "satisfied", Title: "回访满意", Fact: assessment.ComplaintSatisfied, Points: decimal.NewFromInt(3)}, {ID: "unsatisfied", Title: "回访不满意", Fact: assessment.ComplaintUnsatisfied, Points: decimal.NewFromInt(-3)},
		{ID: "rate", Title: "满意率", Fact: assessment.SatisfiedRate, Points: decimal.NewFromInt(10), Share: true}}}
	p.Hash = p.Meaning()
	w.launch(p, endingOn(fast(p, 20*time.Millisecond, time.Second), calendar.NewDay(2021, 5, 8)))
	w.eventually("the clock stands", func(ctx context.Context) bool {
		l, err := w.Ledger.Plan(ctx, "river")
		return err == nil && !l.Clock.Plan(time.Now()).Before(l.Clock.End)
	})
	take := func(id string, c complaint.Caller, text string) (int, error) {
		n, err := w.Engine.TakeIn(t.Context(), "river", []engine.Taking{{Caller: c, Act: act.Act{ID: id, Kind: act.TakeIn, By: clerk, Title: matter, Reason: text,
			Complaint: &act.ComplaintFacts{Hotline: "H" + id, Matter: "污水直排", Where: "西郜桥下"}}}})
		if err != nil {
			return 0, err
		}
		return n[0], nil
	}
	number, err := take("t1", planted, "我是赵铁柱qz，电话１３９０３５６１２３４，住巴公镇西郜村12号qz，河水发黑，也可打0356-2061234")
	require.NoError(t, err)
	again, err := take("t1", planted, "我是赵铁柱qz，电话１３９０３５６１２３４，住巴公镇西郜村12号qz，河水发黑，也可打0356-2061234")
	require.NoError(t, err)
	require.Equal(t, number, again)
	other, err := take("t2", complaint.Caller{Name: "李二牛"}, "河水发黑")
	require.NoError(t, err)
	_, err = w.Engine.TakeIn(t.Context(), "river", []engine.Taking{{Caller: planted, Act: act.Act{ID: "t3", Kind: act.TakeIn, By: clerk, Title: matter, Reason: "臭", Complaint: &act.ComplaintFacts{Matter: "污水直排", Where: planted.Address}}}})
	require.Equal(t, "act.refused_complaint_names", refusedBy(t, err), "a place that is an address is refused, and leaves no record")

	does := func(n int, id string, k act.Kind, a act.Act) error {
		a.ID, a.Kind, a.By = id, k, clerk
		return w.Engine.Complain(t.Context(), "river", n, a, words.New("zh"))
	}
	task := act.ComplaintTask(number)
	state := func() act.State {
		row, err := w.Ledger.Task(t.Context(), "river", task)
		require.NoError(t, err)
		return row.Facts.State
	}
	byUnit := func(id string, by act.Actor, k act.Kind, reason string) {
		require.NoError(t, w.Engine.Act(t.Context(), "river", task, act.Act{ID: id, Kind: k, By: by, Reason: reason}))
	}
	require.Equal(t, "act.refused_complaint_names", refusedBy(t, does(number, "s0", act.Sort, act.Act{Unit: "shuiwu", Reason: "请联系赵铁柱qz", Complaint: &act.ComplaintFacts{Limit: "urgent"}})))
	for range 2 {
		require.NoError(t, does(number, "s1", act.Sort, act.Act{Unit: "shuiwu", Complaint: &act.ComplaintFacts{Limit: "urgent"}}))
	}
	require.Equal(t, "act.refused_complaint_sorted", refusedBy(t, does(number, "s2", act.Sort, act.Act{Unit: "jiaotong", Complaint: &act.ComplaintFacts{Limit: "urgent"}})))
	byUnit("u1", liaison, act.Return, "不属我局职责")
	require.NoError(t, does(number, "s3", act.Sort, act.Act{Unit: "jiaotong", Complaint: &act.ComplaintFacts{Limit: "ordinary"}}))
	qian := act.Actor{Account: "qian", Name: "钱芳", Unit: "jiaotong"}
	require.Equal(t, "act.refused_complaint_names", refusedBy(t, w.Engine.Act(t.Context(), "river", task, act.Act{ID: "u0", Kind: act.Complete, By: qian, Reason: "已向赵铁柱qz答复"})))
	require.Equal(t, "act.refused_complaint_unanswered", refusedBy(t, does(number, "c0", act.CallBack, act.Act{Reason: "满意", Complaint: &act.ComplaintFacts{Outcome: act.Satisfied}})))
	byUnit("u2", qian, act.Complete, "已责令停排")
	require.Equal(t, "act.refused_complaint_page", refusedBy(t, w.Engine.Act(t.Context(), "river", task, act.Act{ID: "v", Kind: act.Verify, By: clerk, Reason: "办结"})))
	require.Equal(t, "act.refused_complaint_uncalled", refusedBy(t, does(number, "e0", act.CloseComplaint, act.Act{Reason: "办结"})))
	require.NoError(t, does(number, "c1", act.CallBack, act.Act{Reason: "夜里仍在排", Complaint: &act.ComplaintFacts{Outcome: act.Unsatisfied, Again: true}}))
	require.Equal(t, act.Open, state())
	byUnit("u3", qian, act.Complete, "已封堵排口")
	require.NoError(t, does(number, "c2", act.CallBack, act.Act{Reason: "已不排", Complaint: &act.ComplaintFacts{Outcome: act.Satisfied}}))
	require.NoError(t, does(number, "e1", act.CloseComplaint, act.Act{Reason: "办理完毕"}))
	require.Equal(t, act.Closed, state())
	w.completes("the end of the task", workflows.TaskWorkflowID("river", task))
	require.NoError(t, does(other, "j1", act.CloseComplaint, act.Act{Reason: "重复"}))
	w.agreeAll("river")

	sheet, err := query.New(w.Ledger, query.Options{Now: time.Now, Calendar: func(imported ...calendar.Year) (*calendar.Calendar, error) { return calendar.New(imported...), nil }}).Assess(t.Context(), query.Operator(), "river", "")
	require.NoError(t, err)
	var scores []string
	for _, u := range sheet.Sheet.Units {
		line := u.Unit + " " + u.Score.String()
		for _, l := range u.Lines {
			for _, f := range l.Facts {
				line += fmt.Sprintf(" %s %s %s", l.Rule, f.ID, f.Points)
			}
		}
		scores = append(scores, line)
	}
	require.Contains(t, scores, "jiaotong 113 answered 1 1 again 1 -1 satisfied 1 3 rate  10", "the last call counts for satisfaction, each that gave it back counts against")

	nowhere := func(where, text string) {
		t.Helper()
		for _, secret := range []string{planted.Name, planted.Phone, "１３９０３５６１２３４", planted.Address, "2061234"} {
			require.False(t, strings.Contains(text, secret), "%s has %s", where, secret)
		}
	}
	ledgerFile := filepath.Join(cfg.Dir, "ledger.db")
	rows := tables(t, ledgerFile, "complainants")
	require.Contains(t, rows, matter, "what is looked through has what it should have")
	nowhere("the ledger's other tables", rows)
	seen := map[string]bool{}
	for path, text := range files(t, cfg.Dir) {
		name := filepath.Base(path)
		seen[strings.SplitN(name, ".", 2)[0]] = seen[strings.SplitN(name, ".", 2)[0]] || strings.Contains(text, task)
		if !strings.HasPrefix(name, "ledger.db") {
			nowhere(path, text)
		}
	}
	require.True(t, seen["temporal"], "Temporal's file has the task: %v", seen)
	require.True(t, seen["ledger"])
	log.Lock()
	nowhere("log and output", log.String())
	log.Unlock()

	who, err := w.Ledger.Caller(t.Context(), "river", number)
	require.NoError(t, err)
	require.Equal(t, []string{planted.Name, planted.Phone, planted.Address}, []string{who.Name, who.Phone, who.Address})
	require.Contains(t, who.Words, "１３９０３５６１２３４", "and as it was told")
	require.NoError(t, does(number, "f1", act.Forget, act.Act{Reason: "诉求人要求"}))
	require.Equal(t, "act.refused_complaint_forgotten", refusedBy(t, does(number, "f2", act.Forget, act.Act{Reason: "诉求人要求"})))
	who, err = w.Ledger.Caller(t.Context(), "river", number)
	require.NoError(t, err)
	require.True(t, who.None())
	for path, text := range files(t, cfg.Dir) {
		nowhere(path, text)
	}
	_, err = w.Ledger.Verify(t.Context())
	require.NoError(t, err)
}
