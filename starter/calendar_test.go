package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/terminal"
	"duban/internal/whatif"
	"duban/seeds"
)

// noticeWith is a file with the notice for 2021 and more days of rest.
func noticeWith(t *testing.T, rests ...string) string {
	t.Helper()
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	y := cal.Years()[0]
	require.Equal(t, 2021, y.Year)
	y.Papers = []string{"国办发明电〔2021〕7号"}
	for _, text := range rests {
		d, err := calendar.ParseDay(text)
		require.NoError(t, err)
		y.Days = append(y.Days, calendar.Holiday{Name: "抗洪", Date: d, IsOffDay: true})
	}
	raw, err := json.Marshal(y)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "2021.json")
	require.NoError(t, os.WriteFile(file, raw, 0o600))
	return file
}

// shown is the moves of an import, a line each.
func shown(im terminal.NoticesOutcome) (lines []string) {
	for _, m := range im.Moves {
		lines = append(lines, strings.TrimSpace(strings.Join([]string{m.Task, m.Talk, m.Stage, terminal.Clock(m.From), terminal.Clock(m.To)}, " ")))
	}
	return lines
}

// On 14 June 2021 both tasks fall due on the next day, and two days after it the
// office does not work.
func TestCalendarImportShowsWhichStagesMove(t *testing.T) {
	t.Parallel()
	f := newFiled(t, at(6, 14, 10), time.Time{}, calendar.Clock{})
	for _, id := range []string{"catch-up", "study-1", "unacknowledged-3", "remind-7", "remind-1"} {
		for _, task := range []string{"over", "late"} {
			all := f.rules.Ahead(f.tasks[task].Facts)
			if i := slices.IndexFunc(all, hasID(id)); i >= 0 {
				f.decide(task, "", all[i])
			}
		}
	}
	file := noticeWith(t, "2021-06-16", "2021-06-17")
	var im terminal.NoticesOutcome
	require.NoError(t, json.Unmarshal([]byte(f.say("calendar", "import", file, "-o", "json")), &im))
	require.False(t, im.Applied)
	require.Equal(t, []string{
		"over  urge 2021-06-16 09:00 2021-06-18 09:00",
		"late  late-5 2021-06-22 09:00 2021-06-24 09:00",
		"over  warn 2021-06-22 09:00 2021-06-24 09:00",
		"over  talk 2021-06-29 09:00 2021-07-01 09:00",
	}, shown(im))
	require.Equal(t, whatif.NoticeChange{File: file, Year: 2021, Papers: append(im.Years[0].WasPapers[:1:1], "国办发明电〔2021〕7号"), WasPapers: im.Years[0].WasPapers, Changes: []calendar.Change{
		{Date: calendar.NewDay(2021, 6, 16), Is: &calendar.Holiday{Name: "抗洪", Date: calendar.NewDay(2021, 6, 16), IsOffDay: true}},
		{Date: calendar.NewDay(2021, 6, 17), Is: &calendar.Holiday{Name: "抗洪", Date: calendar.NewDay(2021, 6, 17), IsOffDay: true}},
	}}, im.Years[0])
	require.Contains(t, f.say("calendar", "import", file), "共 2 项任务的 4 次督办改期。")
	years, err := f.store.Calendar(t.Context())
	require.NoError(t, err)
	require.Empty(t, years, "only shown")
}

// On 5 July the duty's occurrence left no trace of any stage until then: what comes
// before its limit would be said at once, the rest from the next office morning on. Nothing changes while no engine runs.
func TestCalendarImportNeedsTheEngineForWhatRuns(t *testing.T) {
	t.Parallel()
	f := newFiled(t, at(7, 5, 10), time.Time{}, calendar.Clock{}).lives()
	f.hands(peopleAtWork)
	file := noticeWith(t, "2021-07-09", "2021-08-09")
	var im terminal.NoticesOutcome
	require.NoError(t, json.Unmarshal([]byte(f.say("calendar", "import", file, "-o", "json")), &im))
	require.False(t, im.Applied)
	require.Equal(t, []string{
		"watch.2021Q2  study-1 2021-06-02 09:00 2021-07-06 09:00",
		"watch.2021Q2  unacknowledged-3 2021-06-04 09:00 2021-07-08 09:00",
		"watch.2021Q2  remind-15 2021-06-15 09:00 2021-07-05 10:00",
		"watch.2021Q2  remind-7 2021-06-23 09:00 2021-07-05 10:00",
		"watch.2021Q2  remind-3 2021-06-25 09:00 2021-07-05 10:00",
		"watch.2021Q2  remind-1 2021-06-29 09:00 2021-07-05 10:00",
		"watch.2021Q2  due 2021-06-30 09:00 2021-07-05 10:00",
		"watch.2021Q2  urge 2021-07-01 09:00 2021-07-06 09:00",
		"watch.2021Q2  warn 2021-07-07 09:00 2021-07-13 09:00",
		"watch.2021Q2  talk 2021-07-14 09:00 2021-07-20 09:00",
	}, slices.DeleteFunc(shown(im), func(line string) bool { return strings.HasPrefix(line, "over") }))
	_, err := f.says("calendar", "import", file, "--yes", "--as", "office.zhao")
	require.ErrorContains(t, err, "没有作任何改动")
	years, err := f.store.Calendar(t.Context())
	require.NoError(t, err)
	require.Empty(t, years)

	// brought in, and interrupted before anything was moved: it is not over
	notices, err := calendar.ReadYears([]string{file})
	require.NoError(t, err)
	when := ledger.When{Real: at(7, 5, 10), Plan: at(7, 5, 10)}
	require.NoError(t, f.store.PutCalendar(t.Context(), notices[0], "wang", when))
	_, err = f.says("calendar", "import", file, "--yes", "--as", "office.zhao")
	require.ErrorContains(t, err, "没有作任何改动")
	require.NoError(t, f.store.MarkMoved(t.Context(), 2021, 1, "wang", when))
	im = terminal.NoticesOutcome{}
	require.NoError(t, json.Unmarshal([]byte(f.say("calendar", "import", file, "-o", "json", "--yes")), &im))
	require.Equal(t, []any{false, 0, 0}, []any{im.Applied, len(im.Moves), len(im.Years[0].Changes)})
}

// On 5 July the task of an open talk is done: what becomes of the talk is a
// leader's to say, and the notice moves the word that asks for it. The task is
// over, the talk alone is reason enough.
func TestCalendarImportMovesTheWordsOfATalk(t *testing.T) {
	t.Parallel()
	f := newFiled(t, at(7, 5, 10), time.Time{}, calendar.Clock{}).lives()
	f.closed(t, "water", "over", "验收合格", f.when(at(7, 5, 9)))
	var im terminal.NoticesOutcome
	require.NoError(t, json.Unmarshal([]byte(f.say("calendar", "import", noticeWith(t, "2021-07-09", "2021-08-09"), "-o", "json")), &im))
	require.Equal(t, []string{"over over#1 talk-kept-missed 2021-07-09 09:00 2021-07-12 09:00"},
		slices.DeleteFunc(shown(im), func(line string) bool { return !strings.HasPrefix(line, "over") }))
	require.Equal(t, "建成污水处理厂", im.Moves[slices.IndexFunc(im.Moves, func(m query.MovedStage) bool { return m.Talk != "" })].Title)
}

// While a plan runs only its office brings notices in, under its own account;
// others are told so, and the ledger has it.
func TestWhoBringsANoticeIn(t *testing.T) {
	t.Parallel()
	f := newFiled(t, at(6, 14, 10), time.Time{}, calendar.Clock{})
	f.hands(peopleAtWork + "  - {id: away.sun, name: 外市孙某, unit: gaopin}\n")
	file := noticeWith(t, "2021-06-16")
	importing := func(as ...string) string {
		f.as = ""
		_, err := f.says(append([]string{"calendar", "import", file, "--yes"}, as...)...)
		return f.sentence(err)
	}
	require.Contains(t, importing(), "以谁的名义办理")
	require.Contains(t, importing("--as", "wang"), "没有“wang”这个账号")
	require.Contains(t, importing("--as", "shuiwu.wang"), "这项办理只能由协调办进行")
	require.Contains(t, importing("--as", "away.sun"), "账号 away.sun 的单位“gaopin”不在本计划的单位表里，是否指 gaoping")
	require.Contains(t, importing("--as", "office.zhao"), "没有作任何改动", "the engine does not run")
	events, err := f.store.Events(t.Context(), ledger.EventFilter{Plan: "water"})
	require.NoError(t, err)
	last := events[len(events)-1]
	require.Equal(t, []string{ledger.ActRefused, "shuiwu.wang"}, []string{last.Kind, last.Actor})
	years, err := f.store.Calendar(t.Context())
	require.NoError(t, err)
	require.Empty(t, years)

	// A second plan of another office in the same ledger bars neither.
	l, err := f.store.Plan(t.Context(), "water")
	require.NoError(t, err)
	p := l.Plan
	p.ID, p.Hash, p.Directory.Office, p.Tasks = "air", "air", "huanbao", slices.Clone(p.Tasks[:1])
	p.Directory.Units = append(slices.Clone(p.Directory.Units), people.Unit{ID: "huanbao", Name: "环保办", Kind: "office"})
	rows := []ledger.Task{ledger.TaskOf(&p, p.Tasks[0], at(6, 1, 0))}
	_, err = f.store.AddPlan(t.Context(), ledger.Launched{Plan: p, At: at(6, 1, 0)}, rows, f.when(at(6, 1, 0)))
	require.NoError(t, err)
	f.hands(peopleAtWork + "  - {id: air.qian, name: 钱某, unit: huanbao}\n")
	for _, as := range []string{"office.zhao", "air.qian"} {
		require.Contains(t, importing("--as", as), "没有作任何改动", "%s may: only the engine does not run", as)
	}
	require.Contains(t, importing("--as", "shuiwu.wang"), "这项办理只能由协调办进行")
}

// A file for another year, or of a few days only for a year of which nothing is known,
// is asked about; one of two days changes two days.
func TestANoticeThatIsNotTheYears(t *testing.T) {
	t.Parallel()
	f := newFiled(t, at(6, 14, 10), time.Time{}, calendar.Clock{})
	cal, err := calendar.Load(seeds.Calendar())
	require.NoError(t, err)
	for _, y := range cal.Years()[:2] {
		require.NoError(t, f.store.PutCalendar(t.Context(), y, "engine", f.when(at(1, 1, 0))))
	}
	file := func(y calendar.Year) string {
		raw, err := json.Marshal(y)
		require.NoError(t, err)
		path := filepath.Join(t.TempDir(), "notice.json")
		require.NoError(t, os.WriteFile(path, raw, 0o600))
		return path
	}
	last := cal.Notice(2021)
	next := calendar.Year{Year: 2027, Papers: last.Papers}
	for _, h := range last.Days {
		h.Date.Year = 2027
		next.Days = append(next.Days, h)
	}
	_, err = f.says("calendar", "import", file(next))
	require.ErrorContains(t, err, "2027 年法定节日有上班的：2027-02-05 春节、2027-02-07 春节、2027-02-08 春节、2027-06-09 端午节、2027-09-15 中秋节")
	require.Contains(t, f.say("calendar", "import", file(next), "--meant"), "2027 年：此前没有通知（暂按法定节日）")
	two := calendar.Year{Year: 2021, Papers: []string{"〔2021〕5号"}, Days: []calendar.Holiday{
		{Name: "防汛", Date: calendar.NewDay(2021, 6, 16), IsOffDay: true}, {Name: "防汛", Date: calendar.NewDay(2021, 6, 20)}}}
	var im terminal.NoticesOutcome
	require.NoError(t, json.Unmarshal([]byte(f.say("calendar", "import", file(two), "-o", "json")), &im))
	require.Len(t, im.Years[0].Changes, 2)
	require.Equal(t, append(last.Papers[:1:1], "〔2021〕5号"), im.Years[0].Papers, "both papers are kept")
}

// An account of a unit that the plan does not know can do nothing: it reads why.
func TestActingForAUnitThatThePlanDoesNotKnow(t *testing.T) {
	t.Parallel()
	f := peopled(t)
	f.hands(peopleAtWork + "  - {id: away.sun, name: 外市孙某, unit: gaopin}\n")
	require.Contains(t, f.types(2, 9, "task ack over --as away.sun"), "账号 away.sun 的单位“gaopin”不在本计划的单位表里，是否指 gaoping")
}

func TestImportAsks(t *testing.T) {
	t.Parallel()
	d := newDesk(t, at(6, 1, 0))
	for answer, want := range map[string]bool{"y\n": true, "YES\n": true, " 是 \n": true, "n\n": false, "\n": false, "": false, "yellow\n": false} {
		require.Equal(t, want, d.show().Ask("calendar", strings.NewReader(answer)), "%q", answer)
	}
}

func hasID(id string) func(plan.Stage) bool { return func(s plan.Stage) bool { return s.ID == id } }

// TestPreviewKnowsImportedNotices: a notice that was imported into the ledger moves what the
// preview of a file shows, as it will move what is launched.
func TestPreviewKnowsImportedNotices(t *testing.T) {
	t.Parallel()
	f := newFiled(t, at(6, 14, 10), time.Time{}, calendar.Clock{})
	file := amendedWater(t)
	stages := func() map[string]string {
		var rows []terminal.StageRow
		require.NoError(t, json.Unmarshal([]byte(f.say("plan", "preview", file, "-o", "json")), &rows))
		at := map[string]string{}
		for _, r := range rows {
			at[r.Stage] = r.At
		}
		return at
	}
	require.Equal(t, "2021-12-29T09:00:00+08:00", stages()["remind-1"])
	notices, err := calendar.ReadYears([]string{noticeWith(t, "2021-12-29")})
	require.NoError(t, err)
	require.NoError(t, f.store.PutCalendar(t.Context(), notices[0], "operator", f.when(at(6, 14, 9))))
	require.Equal(t, "2021-12-28T09:00:00+08:00", stages()["remind-1"])
	require.NotContains(t, f.say("plan", "preview", file), "暂定")
	require.NoError(t, f.store.PutCalendar(t.Context(), calendar.Year{Year: 2021}, "operator", f.when(at(6, 14, 9))))
	require.Contains(t, f.say("plan", "preview", file, "-o", "json"), `"provisional": true`)
	table := f.say("plan", "preview", file)
	require.Contains(t, table, "2021-12-30 09:00（暂定）")
	require.Contains(t, table, "次的日期为暂定：当年的放假安排尚未公布")
}
