package host_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/converter"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/docket"
	"duban/internal/engine"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/planfile"
	"duban/internal/whatif"
	"duban/seeds"
	"duban/workflows"
)

// entry is the YAML of one task of a plan by twoUnits; 市水务局 leads it where rest names no
// other lead.
func entry(id, rest string) string {
	return fmt.Sprintf("      - {id: %s, title: 任务%s, %s, source: 限期完成}\n", id, id, rest)
}

// twoUnits writes and loads a plan of 市水务局 and 市生态环境局 with these entries. edit, which
// may be nil, gives what is written in place of the text of each file.
func twoUnits(t *testing.T, id string, edit func(file string, text string) string, entries ...string) *plan.Plan {
	t.Helper()
	first := entry("in-place-of", "due: 2021-05-31")
	_, file := smallPlan(t, id, "2021-04-08", "standard", first)
	dir := filepath.Dir(file)
	texts := map[string]string{"policies.yaml": string(seeds.Policies)}
	for _, name := range []string{"plan.yaml", "units.yaml"} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		texts[name] = string(raw)
	}
	texts["plan.yaml"] = strings.Replace(texts["plan.yaml"], "units: units.yaml\n", "units: units.yaml\npolicies: policies.yaml\n", 1)
	texts["plan.yaml"] = strings.Replace(texts["plan.yaml"], first, strings.Join(entries, ""), 1)
	texts["units.yaml"] += "  - id: huanjing\n    name: 市生态环境局\n    kind: city_department\n    contacts:\n"
	for _, role := range []string{"liaison", "deputy", "head"} {
		texts["units.yaml"] += fmt.Sprintf("      - {role: %s, name: 市生态环境局%s, email: %s@huanjing.example}\n", role, role, role)
	}
	for name, text := range texts {
		if edit != nil {
			text = edit(name, text)
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	p, problems := planfile.Load(file, cal)
	for _, pr := range problems {
		require.True(t, pr.Warning, "%+v", pr)
	}
	return saidAtOnce(p)
}

// launchStill launches a plan on a clock that begins at midnight of its issue and runs as
// fast as the real one: occurrences open, and no other stage falls due.
func (w *world) launchStill(p *plan.Plan) {
	w.launch(p, calendar.Clock{Epoch: time.Now(), Start: p.Issued.At(0, 0, calendar.Beijing), Rate: 1})
}

func (w *world) amend(p *plan.Plan) (engine.AmendReport, error) {
	return w.Engine.Amend(context.Background(), p, w.cal, engine.AmendOptions{Paper: "晋市政办〔2021〕30号", Reason: "调整任务", By: clerk, SamePaper: true})
}

// lines gives each task of a plan in the ledger as a line: ID, state, title, lead, assisting
// units, due day, policy.
func (w *world) lines(planID string) (out []string) {
	w.t.Helper()
	tasks, err := w.Ledger.Tasks(w.t.Context(), ledger.TaskFilter{Plan: planID})
	require.NoError(w.t, err)
	for _, t := range tasks {
		out = append(out, strings.Join([]string{t.ID, string(t.State), t.Title, t.Lead, strings.Join(t.Assist, "+"), t.Due.String(), t.Policy}, " "))
	}
	return out
}

// agreeAll is agree for every open task and occurrence of a plan.
func (w *world) agreeAll(planID string) {
	w.t.Helper()
	tasks, err := w.Ledger.Tasks(w.t.Context(), ledger.TaskFilter{Plan: planID, State: ledger.TaskOpen, Kind: plan.Dated})
	require.NoError(w.t, err)
	var ids []string
	for _, t := range tasks {
		ids = append(ids, t.ID)
	}
	w.agree(planID, ids...)
}

// opened waits until an occurrence is in the ledger and its workflow is known to run.
func (w *world) opened(planID, id string) {
	w.t.Helper()
	w.eventually(id+" opens", func(ctx context.Context) bool {
		t, err := w.Ledger.Task(ctx, planID, id)
		return err == nil && t.Armed
	})
}

// allOpened waits until every duty has opened the occurrences that open before an instant
// of the plan's clock, and every open task is known to run.
func (w *world) allOpened(planID string, before time.Time) {
	w.t.Helper()
	w.eventually("all is opened", func(ctx context.Context) bool {
		tasks, err := w.Ledger.Tasks(ctx, ledger.TaskFilter{Plan: planID, State: ledger.TaskOpen})
		require.NoError(w.t, err)
		for _, t := range tasks {
			if !t.Armed && t.Kind != plan.Standing {
				return false
			}
			if t.Kind != plan.Duty {
				continue
			}
			d, err := docket.Docket{Ledger: w.Ledger, Now: time.Now}.Duty(ctx, planID, t.ID)
			require.NoError(w.t, err)
			if o, more := d.Next(d.Row.Facts.OpenedUpTo()); more && o.Opens.Before(before) {
				return false
			}
		}
		return true
	})
}

// audited waits until every audit of a plan that its clock reaches before it stops is done, and
// with them what the plan's rules propose.
func (w *world) audited(planID string, clock calendar.Clock) {
	w.t.Helper()
	w.eventually("the last audit", func(ctx context.Context) bool {
		events := w.Client.GetWorkflowHistory(ctx, workflows.AuditWorkflowID(planID), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		if !events.HasNext() {
			return false
		}
		begun, err := events.Next()
		var run workflows.AuditState
		return err == nil && converter.GetDefaultDataConverter().FromPayloads(begun.GetWorkflowExecutionStartedEventAttributes().GetInput(), &run) == nil && run.Next.After(clock.End)
	})
}

func (w *world) head() int64 {
	w.t.Helper()
	seq, _, err := w.Ledger.Head(w.t.Context())
	require.NoError(w.t, err)
	return seq
}

// events are the ledger's events of a kind whose number is greater than after.
func (w *world) events(after int64, kind string) []ledger.Event {
	w.t.Helper()
	all, err := w.Ledger.Events(w.t.Context(), ledger.EventFilter{AfterSeq: after})
	require.NoError(w.t, err)
	return slices.DeleteFunc(all, func(e ledger.Event) bool { return e.Kind != kind })
}

// still waits until no notice of the plan waits to be sent, and gives the number of the
// ledger's last event.
func (w *world) still(planID string) int64 {
	w.t.Helper()
	w.eventually("all is sent", func(ctx context.Context) bool {
		waiting, err := w.Ledger.Notices(ctx, ledger.NoticeFilter{Plan: planID, States: []ledger.NoticeState{ledger.Pending, ledger.Sending}})
		return err == nil && len(waiting) == 0
	})
	return w.head()
}

func TestAnAmendmentChangesWhatRuns(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	before := twoUnits(t, "amd", nil,
		entry("keep", "due: 2021-05-31"),
		entry("both", "due: 2021-05-31"),
		entry("other", "due: 2021-05-31"),
		entry("gone", "due: 2021-06-30"),
		entry("watch", "kind: duty, recur: {every: month, from: 2021-04-08, until: 2021-12-31}"),
		entry("done", "kind: duty, recur: {every: month, from: 2021-04-08, until: 2021-12-31}"),
		entry("always", "kind: standing"),
		entry("never", "kind: standing"))
	w.launchStill(before)
	w.opened("amd", "watch.2021-04")
	w.opened("amd", "done.2021-04")
	after := twoUnits(t, "amd", func(file, text string) string {
		if file == "policies.yaml" {
			text = strings.Replace(text, "version: 2\n    title: 标准", "version: 3\n    title: 标准", 1)
			text = strings.Replace(text, "{ id: remind-30, kind: remind, before: 30 days", "{ id: remind-22, kind: remind, before: 22 days", 1)
		}
		return text
	},
		entry("first", "due: 2021-07-31"),
		entry("keep", "due: 2021-05-31"),
		strings.Replace(entry("both", "due: 2021-06-30, publish: true"), "任务both", "任务新", 1),
		entry("other", "due: 2021-05-31, policy: '13710', lead: 市生态环境局, assist: [市水务局]"),
		entry("watch", "kind: duty, lead: 市生态环境局, recur: {every: quarter, from: 2021-04-08, until: 2021-12-31}"),
		entry("more", "kind: duty, recur: {every: month, from: 2021-04-08, until: 2021-12-31}"),
		strings.Replace(entry("always", "kind: standing"), "任务always", "任务常", 1))

	changes, err := whatif.New(w.Ledger, time.Now).Amending(t.Context(), after)
	require.NoError(t, err)
	require.Equal(t, []plan.PolicyChange{{Name: "standard", What: plan.Changed, Old: "2", New: "3"}}, changes.Policies)
	was := w.head()
	report, err := w.amend(after)
	require.NoError(t, err)
	require.Equal(t, changes, report.Changes)
	require.Equal(t, []any{1, false, 2, 4, 3, 13, []engine.LeftUndone{}},
		[]any{report.N, report.Resumed, report.Armed, report.Changed, report.Cancelled, report.Acts, report.Left})
	w.opened("amd", "more.2021-04")
	require.Equal(t, []string{
		"first open 任务first shuiwu  2021-07-31 standard@3",
		"keep open 任务keep shuiwu  2021-05-31 standard",
		"both open 任务新 shuiwu  2021-06-30 standard",
		"other open 任务other huanjing shuiwu 2021-05-31 13710",
		"watch open 任务watch huanjing shuiwu  standard",
		"watch.2021-04 open 任务watch huanjing shuiwu 2021-04-30 standard",
		"more open 任务more shuiwu   standard@3",
		"more.2021-04 open 任务more shuiwu  2021-04-30 standard@3",
		"always open 任务常 shuiwu   standard",
		"gone cancelled 任务gone shuiwu  2021-06-30 standard",
		"done closed 任务done shuiwu   standard",
		"done.2021-04 cancelled 任务done shuiwu  2021-04-30 standard",
		"never cancelled 任务never shuiwu   standard",
	}, w.lines("amd"))
	w.agreeAll("amd")
	require.Empty(t, kinds(t, w, "amd", "keep"), "what is not changed is not touched")
	require.ElementsMatch(t, []string{"act.reword office", "act.correct office"}, kinds(t, w, "amd", "both"))
	require.Equal(t, "act.refused_publish_url", refusedBy(t, w.act("amd", "both", liaison, act.Act{Kind: act.Complete})), "what is to be public now must be")
	require.Equal(t, []string{"remind-22", "remind-15"}, stageIDs(w.ahead("amd", "first"))[2:4])
	events := w.events(was, ledger.PlanAmended)
	require.Len(t, events, 1)
	require.Contains(t, string(events[0].Data), "晋市政办〔2021〕30号")

	end := w.still("amd")
	again, err := w.amend(after)
	require.NoError(t, err)
	require.Equal(t, engine.AmendReport{N: 1, Resumed: true, Paper: "晋市政办〔2021〕30号", Reason: "调整任务", Left: []engine.LeftUndone{}, Ended: []string{}, Kept: []string{}}, without(again))
	require.Equal(t, end, w.head(), "nothing more happens")
	w.eventually("the withdrawn task's workflow ends", func(context.Context) bool { return w.running("amd", workflows.DutyType) >= 2 })

}

func without(r engine.AmendReport) engine.AmendReport {
	r.Changes = plan.Changes{}
	return r
}

func stageIDs(stages []plan.Stage) (out []string) {
	for _, s := range stages {
		out = append(out, s.ID)
	}
	return out
}

func TestAnInterruptedAmendmentIsFinished(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	before := twoUnits(t, "cutamd", nil, entry("a", "due: 2021-05-31"), entry("b", "due: 2021-05-31"))
	w.launchStill(before)
	second := twoUnits(t, "cutamd", nil, entry("a", "due: 2021-06-30"), entry("b", "due: 2021-05-31"), entry("c", "due: 2021-08-31"))
	changes, err := whatif.New(w.Ledger, time.Now).Amending(t.Context(), second)
	require.NoError(t, err)
	at := before.Issued.At(0, 0, calendar.Beijing)
	added := ledger.TaskOf(second, second.Tasks[2], at)
	record := func() {
		_, fresh, err := w.Ledger.Amend(t.Context(), ledger.Amendment{
			Plan: *second, Before: before.Hash, Paper: "一号文", Reason: "理由", Actor: "office", Added: []ledger.Task{added}, Changes: changes,
		}, ledger.When{Real: time.Now(), Plan: at})
		require.NoError(t, err)
		require.True(t, fresh)
	}
	record()
	// The interrupted amendment has also recorded its act on a in the ledger, and has not told a's workflow.
	row, err := w.Ledger.Task(t.Context(), "cutamd", "a")
	require.NoError(t, err)
	rules, err := act.NewRules(before, w.cal)
	require.NoError(t, err)
	when := at.Add(10 * time.Hour)
	first := act.Act{ID: act.AmendID(1, act.Correct), Kind: act.Correct, By: clerk, At: when, On: calendar.DayOf(when), Due: calendar.NewDay(2021, 6, 30), Reason: "理由", Paper: "一号文"}
	after, _, refused := rules.Act(rules.Course(ledger.CaseOf(row)), first)
	require.Nil(t, refused)
	_, _, err = w.Ledger.Act(t.Context(), ledger.Acted{Plan: "cutamd", Task: "a", Act: first, Version: row.Version, Facts: after.Case}, ledger.When{Real: time.Now(), Plan: when})
	require.NoError(t, err)
	require.Equal(t, "2021-05-31", w.state("cutamd", "a").Due.String())

	// A second amendment comes before the first was finished: the first is finished first.
	third := twoUnits(t, "cutamd", nil, entry("a", "due: 2021-06-30"), entry("b", "due: 2021-07-31"), entry("c", "due: 2021-08-31"))
	report, err := w.amend(third)
	require.NoError(t, err)
	require.Equal(t, []any{2, false, 0, 1, 1}, []any{report.N, report.Resumed, report.Armed, report.Changed, report.Acts})
	require.Equal(t, []string{
		"a open 任务a shuiwu  2021-06-30 standard",
		"b open 任务b shuiwu  2021-07-31 standard",
		"c open 任务c shuiwu  2021-08-31 standard",
	}, w.lines("cutamd"))
	w.eventually("a's workflow has what the ledger has", func(context.Context) bool { return w.state("cutamd", "a").Due == first.Due })
	w.agreeAll("cutamd")
	events := w.events(0, ledger.ActKind(act.Correct))
	require.Len(t, events, 2)
	require.Equal(t, "a", events[0].Task)
	require.Contains(t, string(events[0].Data), "一号文", "by the document that ordered it")

	_, _, err = w.Ledger.Amend(t.Context(), ledger.Amendment{Plan: *second, Before: before.Hash}, ledger.When{Real: time.Now(), Plan: at})
	require.ErrorIs(t, err, ledger.ErrAmendedMeanwhile)
}

// An amendment compares with Temporal what it changes, and nothing else of the plan: the
// lost workflow of a task that it changes runs again, that of another waits for the audit
// or for the amendment to be asked for again.
func TestAnAmendmentComparesWhatItChanges(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	w.launchStill(twoUnits(t, "few", nil, entry("a", "due: 2021-05-31"), entry("b", "due: 2021-05-31"), entry("c", "due: 2021-05-31")))
	runs := func(task string) bool {
		t.Helper()
		d, err := w.Client.DescribeWorkflowExecution(t.Context(), workflows.TaskWorkflowID("few", task), "")
		require.NoError(t, err)
		return d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING
	}
	for _, task := range []string{"a", "b"} {
		require.NoError(t, w.Client.TerminateWorkflow(t.Context(), workflows.TaskWorkflowID("few", task), "", "by hand"))
	}
	after := twoUnits(t, "few", nil, entry("a", "due: 2021-06-30"), entry("b", "due: 2021-05-31"), entry("c", "due: 2021-07-31"), entry("d", "due: 2021-07-31"))
	report, err := w.amend(after)
	require.NoError(t, err)
	require.Equal(t, []any{1, 2, 2}, []any{report.Armed, report.Changed, report.Acts})
	require.Equal(t, []bool{true, false, true, true}, []bool{runs("a"), runs("b"), runs("c"), runs("d")})
	w.agree("few", "a", "c", "d")
	again, err := w.amend(after)
	require.NoError(t, err)
	require.Equal(t, []any{true, 1, 0}, []any{again.Resumed, again.Armed, again.Acts})
	require.True(t, runs("b"))
	w.agreeAll("few")
}

func TestWhatRefusesAnAmendmentIsNamed(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	before := twoUnits(t, "left", nil, entry("a", "due: 2021-05-31"), entry("b", "due: 2021-05-31"))
	w.launchStill(before)
	after := twoUnits(t, "left", nil, entry("a", "due: 2021-06-30"), strings.Replace(entry("b", "due: 2021-06-30, lead: 市生态环境局"), "任务b", "任务乙", 1))
	end := w.still("left")
	by := engine.AmendOptions{Paper: "一号文", By: liaison}
	for range 2 {
		_, err := w.Engine.Amend(t.Context(), after, w.cal, by)
		require.Equal(t, "act.refused_seat", refusedBy(t, err))
	}
	require.Equal(t, end+1, w.head(), "recorded as refused, once")
	events, err := w.Ledger.Events(t.Context(), ledger.EventFilter{AfterSeq: end})
	require.NoError(t, err)
	require.Equal(t, []string{ledger.ActRefused, "shuiwu", ""}, []string{events[0].Kind, events[0].Actor, events[0].Task})
	_, err = w.Engine.Amend(t.Context(), after, w.cal, engine.AmendOptions{By: clerk})
	require.Equal(t, "act.refused_needs", refusedBy(t, err))

	require.NoError(t, w.act("left", "b", liaison, act.Act{Kind: act.Complete}))
	report, err := w.amend(after)
	require.NoError(t, err)
	want := engine.LeftUndone{Task: "b", Kind: act.Reassign, Refused: act.Refusal{Key: "act.refused_state", Data: map[string]string{"Kind": "reassign", "State": "reported"}}}
	require.Equal(t, []engine.LeftUndone{want}, report.Left)
	require.Equal(t, []any{2, 4}, []any{report.Changed, report.Acts}, "both dates, the words and the assisting unit of b")
	report, err = w.amend(after)
	require.NoError(t, err)
	require.Equal(t, []engine.LeftUndone{want}, report.Left, "it is still so")

	require.NoError(t, w.act("left", "b", clerk, act.Act{Kind: act.Reject}))
	require.NoError(t, w.act("left", "a", clerk, act.Act{Kind: act.Correct, Due: calendar.NewDay(2021, 7, 31), ID: "by-hand"}))
	report, err = w.amend(after)
	require.NoError(t, err)
	require.Equal(t, []any{true, 1, []engine.LeftUndone{}}, []any{report.Resumed, report.Acts, report.Left})
	require.Equal(t, []string{"a open 任务a shuiwu  2021-07-31 standard", "b open 任务乙 huanjing  2021-06-30 standard"}, w.lines("left"),
		"what was left is finished; what people have done since stands")
	w.agreeAll("left")

	for _, c := range []struct {
		old, new string
		want     error
		what     string
	}{
		{"office: duban", "office: huanjing", whatif.ErrFixed, "office"},
		{"leadership: lingdao", "leadership: huanjing", whatif.ErrFixed, "leadership"},
		{"before: 30 days", "before: 29 days", whatif.ErrSamePolicyVersion, "standard"},
		{"id: left", "id: another", ledger.ErrNotFound, ""},
	} {
		_, err := w.amend(twoUnits(t, "left", func(_, text string) string { return strings.Replace(text, c.old, c.new, 1) }, entry("a", "due: 2021-06-30")))
		require.ErrorIs(t, err, c.want)
		var named *whatif.AmendError
		if c.what != "" {
			require.ErrorAs(t, err, &named)
			require.Equal(t, c.what, named.What)
		}
	}
}

func TestAHolidayNoticeMovesOpenStages(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p := twoUnits(t, "cal", nil, entry("a", "due: 2021-04-30"), entry("b", "due: 2021-08-31"), entry("held", "due: 2021-04-30"),
		entry("soon", "kind: duty, recur: {cron: '0 9 6 5 *'}"), entry("late", "kind: duty, recur: {cron: '0 9 1 12 *'}"))
	w.launchStill(p)
	w.opened("cal", "soon.2021-05-06")
	require.NoError(t, w.act("cal", "held", clerk, act.Act{Kind: act.Suspend}))
	years, err := w.Ledger.Calendar(t.Context())
	require.NoError(t, err)
	i := slices.IndexFunc(years, func(y calendar.Year) bool { return y.Year == 2021 })
	notice := years[i]
	notice.Papers = []string{"国办发明电〔2021〕99号"}
	notice.Days = append(slices.Clone(notice.Days), calendar.Holiday{Name: "劳动节", Date: calendar.NewDay(2021, 5, 6), IsOffDay: true})
	moves, err := whatif.New(w.Ledger, time.Now).Moves(t.Context(), "cal", calendar.New(years...).With(notice))
	require.NoError(t, err)
	moved := map[string]bool{}
	for _, m := range moves {
		moved[m.Task] = true
	}
	require.Equal(t, map[string]bool{"a": true, "soon.2021-05-06": true}, moved)

	urged := stageDay(w.ahead("cal", "a"), "urge")
	require.NoError(t, w.Ledger.PutCalendar(t.Context(), notice, "office", ledger.When{Real: time.Now(), Plan: time.Now()}))
	n, err := w.Engine.MoveCalendar(t.Context(), "office")
	require.NoError(t, err)
	require.Equal(t, 2, n)
	for id := range moved {
		w.eventually("it has looked", func(context.Context) bool {
			return asJSON(t, w.state("cal", id)) == asJSON(t, w.rules(t.Context(), "cal").Course(w.course("cal", id)).Keys())
		})
		w.agree("cal", id)
	}
	require.Equal(t, []string{"2021-05-06", "2021-05-07"}, []string{urged, stageDay(w.ahead("cal", "a"), "urge")})
	left, err := whatif.New(w.Ledger, time.Now).Moves(t.Context(), "cal", calendar.New(years...).With(notice))
	require.NoError(t, err)
	require.Empty(t, left)
	w.still("cal")

	end := w.head()
	n, err = w.Engine.MoveCalendar(t.Context(), "office")
	require.NoError(t, err)
	require.Zero(t, n)
	require.Equal(t, end, w.head(), "nothing is done twice")

	// A notice that a worker's program brings at its start moves running workflows too, and
	// taking it back moves them back.
	with := notice
	with.Papers, with.Days = []string{"随新版程序"}, append(slices.Clone(notice.Days), calendar.Holiday{Name: "劳动节", Date: calendar.NewDay(2021, 5, 7), IsOffDay: true})
	now := time.Now()
	in, err := w.Ledger.BringCalendar(t.Context(), with, ledger.When{Real: now, Plan: now})
	require.NoError(t, err)
	require.False(t, in, "an office has brought in the one in force")
	require.NoError(t, w.Ledger.PutCalendar(t.Context(), with, ledger.Engine, ledger.When{Real: now, Plan: now}))
	urges := func(day string) {
		w.eventually("it has looked", func(ctx context.Context) bool {
			return stageDay(w.ahead("cal", "a"), "urge") == day && asJSON(t, w.state("cal", "a")) == asJSON(t, w.rules(ctx, "cal").Course(w.course("cal", "a")).Keys())
		})
	}
	_, err = w.Engine.Reconcile(t.Context(), "cal")
	require.NoError(t, err)
	urges("2021-05-08")
	back, err := w.Ledger.WouldTakeBack(t.Context(), 2021)
	require.NoError(t, err)
	require.NoError(t, w.Ledger.TakeBackCalendar(t.Context(), back, "office", "误导入", ledger.When{Real: now.Add(time.Minute), Plan: now.Add(time.Minute)}))
	_, err = w.Engine.MoveCalendar(t.Context(), "office")
	require.NoError(t, err)
	urges("2021-05-07")

	// When one plan in the ledger cannot be read, a notice moves nothing; workflows that
	// Temporal has lost are mended all the same.
	unread := *p
	unread.ID, unread.Hash, unread.Zone, unread.Tasks = "unread", "unread", "No/Where", nil
	_, err = w.Ledger.AddPlan(t.Context(), ledger.Launched{Plan: unread, At: now}, nil, ledger.When{Real: now, Plan: now})
	require.NoError(t, err)
	with.Papers = []string{"国办发明电〔2021〕100号"}
	require.NoError(t, w.Ledger.PutCalendar(t.Context(), with, "office", ledger.When{Real: now.Add(2 * time.Minute), Plan: now.Add(2 * time.Minute)}))
	require.NoError(t, w.Client.TerminateWorkflow(t.Context(), workflows.TaskWorkflowID("cal", "b"), "", "by hand"))
	mended, err := w.Engine.Reconcile(t.Context(), "cal")
	require.Error(t, err)
	require.Equal(t, 1, mended)
}

func stageDay(stages []plan.Stage, id string) string {
	i := slices.IndexFunc(stages, func(s plan.Stage) bool { return s.ID == id })
	if i < 0 {
		return ""
	}
	return calendar.DayOf(stages[i].At.In(calendar.Beijing)).String()
}

func TestTasksMoveToANewPolicy(t *testing.T) {
	t.Parallel()
	w := open(t, config(t), true)
	p := twoUnits(t, "pol", nil, entry("a", "due: 2021-05-31"), entry("soft", "due: 2021-05-31, policy: soft"), entry("held", "due: 2021-05-31"),
		entry("watch", "kind: duty, recur: {every: month, from: 2021-04-08, until: 2021-12-31}"), entry("always", "kind: standing"))
	w.launchStill(p)
	w.opened("pol", "watch.2021-04")
	require.NoError(t, w.act("pol", "held", clerk, act.Act{Kind: act.Suspend}))
	next := p.Policies["standard"]
	next.Version, next.Stages = 3, slices.Clone(next.Stages)
	for i, r := range next.Stages {
		if r.ID == "remind-15" {
			next.Stages[i].ID, next.Stages[i].Before = "remind-20", &plan.Offset{N: 20}
		}
	}
	rules, err := act.NewRules(p, w.cal)
	require.NoError(t, err)
	rules.Policies = map[string]plan.Policy{"standard": p.Policies["standard"], "standard@3": next}
	want, _, refused := rules.Act(rules.Course(w.course("pol", "a")), act.Act{ID: "x", Kind: act.SetPolicy, By: clerk, At: p.Issued.At(0, 0, calendar.Beijing).UTC(), On: p.Issued, Policy: "standard@3", Reason: "试"})
	require.Nil(t, refused)

	end := w.still("pol")
	moves, err := whatif.New(w.Ledger, time.Now).PolicyMoves(t.Context(), "pol", next)
	require.NoError(t, err)
	var told []string
	for _, m := range moves {
		told = append(told, fmt.Sprintf("%s %d→%d %d %v", m.Task, m.From, m.To, len(m.Stages), m.Refused != nil))
	}
	require.Equal(t, []string{"a 2→3 2 false", "held 2→3 0 false", "watch 2→3 0 false", "watch.2021-04 2→3 3 false"}, told)
	_, _, err = w.Engine.ApplyPolicy(t.Context(), "pol", next, liaison, "调整提醒")
	require.Equal(t, "act.refused_seat", refusedBy(t, err))
	require.Equal(t, end+1, w.head(), "nothing but the refusal is written")

	n, left, err := w.Engine.ApplyPolicy(t.Context(), "pol", next, clerk, "调整提醒")
	require.NoError(t, err)
	require.Equal(t, 4, n)
	require.Empty(t, left, "a pause refuses no policy")
	require.Equal(t, ids(rules.Ahead(want.Case)), ids(w.ahead("pol", "a")), "as the pure function says")
	require.Equal(t, []string{
		"a open 任务a shuiwu  2021-05-31 standard@3", "soft open 任务soft shuiwu  2021-05-31 soft", "held open 任务held shuiwu  2021-05-31 standard@3",
		"watch open 任务watch shuiwu   standard@3", "watch.2021-04 open 任务watch shuiwu  2021-04-30 standard@3", "always open 任务always shuiwu   standard",
	}, w.lines("pol"))
	w.agreeAll("pol")

	end = w.still("pol")
	n, left, err = w.Engine.ApplyPolicy(t.Context(), "pol", next, clerk, "调整提醒")
	require.NoError(t, err)
	require.Equal(t, []any{0, 0}, []any{n, len(left)})
	require.Equal(t, end, w.head(), "nothing is done twice")
	require.NoError(t, w.act("pol", "held", clerk, act.Act{Kind: act.Resume}))
	w.agreeAll("pol")

	next.Title = "另一套"
	_, _, err = w.Engine.ApplyPolicy(t.Context(), "pol", next, clerk, "理由")
	require.ErrorIs(t, err, whatif.ErrSamePolicyVersion)
	next.Name = "nowhere"
	_, _, err = w.Engine.ApplyPolicy(t.Context(), "pol", next, clerk, "理由")
	require.ErrorIs(t, err, whatif.ErrNoSuchPolicy)
}
