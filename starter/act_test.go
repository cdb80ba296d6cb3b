package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/form"
	"duban/internal/ledger"
	"duban/internal/ledger/ledgertest"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/terminal"
	"duban/internal/words"
)

const peopleAtWork = `accounts:
  - {id: shuiwu.wang, name: 市水务局王某, unit: shuiwu}
  - {id: gaoping.li, name: 高平市李某, unit: gaoping}
  - {id: office.zhao, name: 协调办赵某, unit: office}
  - {id: leader.liu, name: 刘副市长, unit: leaders}
`

// peopled is the year's plan with people who act in it.
func peopled(t *testing.T) *filed {
	t.Helper()
	f := newFiled(t, at(6, 1, 10), time.Time{}, calendar.Clock{})
	f.hands(peopleAtWork)
	return f
}

// types is one command typed on a day and hour of June 2021, and what is read
// after it; an argument in single quotes may hold blanks.
func (f *filed) types(date, hour int, line string) string {
	f.t.Helper()
	now := at(6, date, hour)
	f.now = func() time.Time { return now }
	var args []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			args = append(args, part)
		} else {
			args = append(args, strings.Fields(part)...)
		}
	}
	out, err := f.says(args...)
	if err != nil {
		return "× " + f.sentence(err) + "\n"
	}
	return out
}

// transcript is what was typed, each line beginning with the day and hour of
// June, and what was read; lines of another beginning are comments.
func (f *filed) transcript(script string) string {
	f.t.Helper()
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSpace(script)) {
		when, typed, _ := strings.Cut(strings.TrimSpace(line), " ")
		typed = strings.TrimSpace(typed)
		var date, hour int
		_, err := fmt.Sscanf(when, "%d-%d", &date, &hour)
		require.NoError(f.t, err, line)
		b.WriteString(when + " $ " + typed + "\n" + f.types(date, hour, typed) + "\n")
	}
	return b.String()
}

// wants compares a text with the file it should be; -update writes the file.
func wants(t *testing.T, file, got string) {
	t.Helper()
	file = filepath.Join("testdata", "case", file)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// The life of a task with everybody in it, acts that are refused among them: each
// command says what was done and what comes next.
func TestTheLifeOfATask(t *testing.T) {
	t.Parallel()
	f := peopled(t)
	proof := filepath.Join(t.TempDir(), "验收单.pdf")
	require.NoError(t, os.WriteFile(proof, []byte("验收"), 0o600))
	said := f.transcript(`
		1-10 task ack over --as shuiwu.wang
		1-11 task ack over --as shuiwu.wang
		2-9  task ack over --as shuiwu.wang
		2-9  task ack over --as gaoping.li
		2-9  task ack late --as shuiwu.wang
		2-9  task return over -m 应由高平市办理 --as shuiwu.wang
		2-10 task uphold over -m 属水务局职责 --as office.zhao
		3-9  task progress over --percent 30 -m 完成土建 --as shuiwu.wang
		3-10 task part ask over --unit 高平市政府 --due 2021-06-08 -m 提供管网资料 --as shuiwu.wang
		4-9  task part give over -m 资料已送 --as gaoping.li
		4-10 task instruct over -m 抓紧 --due 2021-06-10 --as leader.liu
		7-9  task answer over -m 本月投运 --as shuiwu.wang
		7-10 task extend over --due 2021-06-25 -m 设备晚到 --as shuiwu.wang
		7-11 task grant over -m 同意 --as shuiwu.wang
		8-9  task grant over -m 同意 --as office.zhao
		9-9  task chase over -m 请加快 --as office.zhao
		9-15 task chase over -m 请再加快 --as office.zhao`)
	open := f.types(9, 16, "task show over")
	said += f.transcript(`
		16-9 task complete over -m 已投运 --file '` + proof + `' --as shuiwu.wang
		17-8 task list --state 办结待核
		17-9 task reject over -m 缺验收意见 --as office.zhao
		18-9 task suspend over -m 汛期停工 --until 2021-06-21 --moves-due --as office.zhao
		18-9 task list --state suspended --unit 市水务局`)
	held := f.types(18, 10, "task show over")
	said += f.transcript(`
		21-9 task resume over -m 恢复 --as office.zhao
		22-9 task complete over -m 验收意见补齐 --file '` + proof + `' --as shuiwu.wang
		28-9 task verify over -m 验收合格 --as office.zhao
		28-9 task progress over --percent 100 -m 完 --as shuiwu.wang`)
	said = strings.ReplaceAll(said, filepath.Dir(proof)+"/", "")
	wants(t, "life.zh.txt", said)
	wants(t, "life-open.zh.txt", open)
	wants(t, "life-held.zh.txt", held)
	wants(t, "life-done.zh.txt", f.types(28, 10, "task show over"))
	f.w = words.New("en")
	wants(t, "life-done.en.txt", f.types(28, 10, "task show over"))

	var c report.Case
	require.NoError(t, json.Unmarshal([]byte(f.types(28, 10, "task show over -o json")), &c))
	require.Equal(t, []any{act.Closed, calendar.NewDay(2021, 6, 22), calendar.NewDay(2021, 6, 28)}, []any{c.Course.State, c.Task.DoneOn, c.Task.Closed})
	require.Equal(t, []report.Interval{{From: calendar.NewDay(2021, 6, 18), Until: calendar.NewDay(2021, 6, 21), To: calendar.NewDay(2021, 6, 21), Moves: true, Reason: "汛期停工"}}, c.Pauses)
	events, err := f.store.Events(t.Context(), ledger.EventFilter{Plan: "water", Task: "over"})
	require.NoError(t, err)
	kinds := map[string]int{}
	for _, e := range events {
		kinds[e.Kind]++
	}
	require.Equal(t, 5, kinds[ledger.ActRefused], "every refused act but that on another task is here")
	ledgertest.Proven(t, f.store)
}

// A talk from a person's proposal to its closing, with an absence, a second
// round and a plan returned; and a circular.
func TestTheLifeOfATalk(t *testing.T) {
	t.Parallel()
	f := peopled(t)
	said := f.transcript(`
		1-9   talk propose over -m 进度严重滞后 --as shuiwu.wang
		1-9   talk propose over -m 进度严重滞后 --as office.zhao
		1-10  talk propose over -m 进度严重滞后 --as office.zhao
		1-11  talk list
		2-9   talk approve over#1 --as office.zhao
		2-9   talk approve over#1 -m 同意约谈 --as leader.liu
		3-9   talk held over#1 --as office.zhao
		3-9   talk serve over#1 --number 晋治水约〔2021〕1号 --time '2021-06-08 15:00' --place 市政府三楼 --called 局长、分管副局长 --as office.zhao
		9-9   talk absent over#1 -m 未请假缺席 --missing 局长 --as office.zhao
		10-9  talk serve over --number 晋治水约〔2021〕2号 --time '2021-06-11 15:00' --place 市政府三楼 --called 局长 --bring 整改方案 --as office.zhao
		11-17 talk held over#1 --called 局长 --as office.zhao
		16-9  talk minutes over#1 -m 限期整改 --as office.zhao
		17-9  talk plan over#1 -m 三项措施 --as shuiwu.wang
		18-9  talk return-plan over#1 -m 没有时间表 --as office.zhao
		21-9  talk plan over#1 -m 三项措施和时间表 --as shuiwu.wang
		22-9  talk show over#1 --as gaoping.li
		22-9  talk list --as gaoping.li`)
	wants(t, "talk-open.zh.txt", f.types(22, 10, "talk show over#1"))
	said += f.transcript(`
		25-9  talk report over#1 -m 全部落实 --as shuiwu.wang
		28-9  talk verify over#1 -m 属实 --as office.zhao
		29-9  talk close over#1 -m 整改到位 --as office.zhao
		29-10 talk propose late --circular -m 多次逾期 --as leader.liu
		29-11 talk decline late#1 -m 先约谈 --as leader.liu
		29-11 talk propose late --circular -m 再次逾期 --as office.zhao
		29-12 talk approve late#2 --due 2021-06-29 --as leader.liu
		29-12 talk approve late#2 --due 2021-07-15 --as leader.liu
		29-12 talk list
		29-12 talk show late#2
		29-12 todo --as gaoping.li
		29-12 talk serve late#2 --number 1 --time '2021-07-08 15:00' --place 三楼 --called 县长 --as office.zhao
		29-13 talk answer late#2 -m 已整改 --as gaoping.li
		29-13 talk show late#2
		29-13 talk show nothing`)
	wants(t, "talk.zh.txt", said)
	f.w = words.New("en")
	wants(t, "talk-closed.en.txt", f.types(29, 14, "talk show over#1"))
	var c report.Case
	require.NoError(t, json.Unmarshal([]byte(f.types(29, 14, "talk show over#1 -o json")), &c))
	require.Equal(t, []any{act.TalkClosed, 2, "刘副市长"}, []any{c.Talks[0].Course.State, c.Talks[0].Course.Round(), c.Talks[0].Approver})
}

// A duty as a whole: paused, resumed, its rule changed, ended.
func TestTheLifeOfADuty(t *testing.T) {
	t.Parallel()
	f := peopled(t).watches()
	wants(t, "duty.zh.txt", f.transcript(`
		2-9  duty list
		2-10 duty pause watch -m 检修 --until 2021-06-09 --as gaoping.li
		2-10 duty pause watch -m 检修 --until 2021-06-09 --as office.zhao
		3-9  duty list
		9-9  duty resume watch -m 检修完 --as office.zhao
		9-10 duty rule watch --rule month -m 改为按月 --as office.zhao
		9-11 duty rule watch --rule daily -m 改为按日 --as office.zhao
		9-12 duty reassign watch --unit 市水务局 -m 职责调整 --as office.zhao
		10-9 duty show watch
		11-9 duty end watch -m 监测移交 --as office.zhao
		11-9 duty list`))
	var lines []query.DutyLine
	require.NoError(t, json.Unmarshal([]byte(f.types(12, 9, "duty list -o json")), &lines))
	require.Equal(t, []query.DutyLine{{Plan: "water", ID: "watch", Title: "监测断面水质", Lead: "市水务局", LeadID: "shuiwu", Phase: act.Closed,
		Recurs: lines[0].Recurs, Opened: 1, Open: 1}}, lines)
}

// What is wrong is said before anything is sent, in a sentence with what to do.
func TestActsSayWhatIsMissing(t *testing.T) {
	t.Parallel()
	f := peopled(t)
	file := f.cfg.Accounts
	said := f.transcript(`
		1-10 task ack over
		1-10 task ack over --as shuiwu.wnag
		1-10 task extend over --due 2021-07-01 --as shuiwu.wang
		1-10 task progress over -m 有进展 --as shuiwu.wang
		1-10 task progress over -m 有进展 --percent 120 --as shuiwu.wang
		1-10 task extend over --due 明天 -m 晚 --as shuiwu.wang
		1-10 task reassign over --unit 高平市 -m 改派 --as office.zhao
		1-10 task assist over -m 调整 --as office.zhao
		1-10 task policy over --policy strict -m 调整 --as office.zhao
		1-10 task complete over -m 办结 --file 没有这个文件.pdf --as shuiwu.wang
		1-10 task complete over -m 办结 --url www.jcgov.gov.cn --as shuiwu.wang
		1-10 task part give over -m 资料 --as gaoping.li
		1-10 task suspend watch -m 暂停 --as office.zhao
		1-10 duty pause over -m 暂停 --as office.zhao
		1-10 task ack ovr --as shuiwu.wang
		1-10 task show late --as shuiwu.wang
		1-10 task show over --as gaoping.li -o jsn
		1-10 task complete over -m 办结 --file . --as shuiwu.wang
		1-10 task list --as shuiwu.wang
		1-10 talk serve over#1 --as office.zhao`)
	f.cfg.Accounts = filepath.Join(t.TempDir(), "none.yaml")
	said += f.transcript("1-10 task ack over --as shuiwu.wang")
	said = strings.ReplaceAll(strings.ReplaceAll(said, f.cfg.Accounts, "var/accounts.yaml"), file, "var/accounts.yaml")
	wants(t, "wrong.zh.txt", said)
	events, err := f.store.Events(t.Context(), ledger.EventFilter{Plan: "water", Task: "over"})
	require.NoError(t, err)
	var refused []string
	for _, e := range events {
		if e.Kind == ledger.ActRefused {
			refused = append(refused, e.Key)
		}
	}
	require.Len(t, refused, 1, "only what was sent: the progress of 120 percent")
}

// The same command on another day, of another account or about another task is
// another act; whatever it says is in its ID.
func TestWhatMakesTwoCommandsOneAct(t *testing.T) {
	t.Parallel()
	progress, _ := act.Of(act.OnTask, act.Progress)
	o := form.Order{Row: progress, Subject: query.Subject{Task: ledger.Task{Plan: "water", ID: "over"}}}
	first := act.Act{Kind: act.Progress, By: act.Actor{Account: "wang"}, Reason: "土建", Percent: 30}
	day := calendar.NewDay(2021, 6, 3)
	require.Equal(t, o.ID(first, day), o.ID(first, day))
	ids := map[string]bool{o.ID(first, day): true}
	other := first
	other.Percent = 31
	by := first
	by.By.Account = "li"
	elsewhere := o
	elsewhere.Task.ID = "late"
	for _, id := range []string{o.ID(other, day), o.ID(by, day), elsewhere.ID(first, day), o.ID(first, day.AddDays(1))} {
		require.False(t, ids[id])
		ids[id] = true
		require.Regexp(t, "^cli-[0-9a-f]{24}$", id)
	}
}

// Every act of the tables is a command, and nothing else is; each has its words,
// and the flags that it needs.
func TestEveryActIsACommand(t *testing.T) {
	t.Parallel()
	had := map[act.Thing][]act.Kind{}
	for _, on := range []act.Thing{act.OnTask, act.OnDuty, act.OnTalk} {
		for _, c := range act.ByHand(on) {
			had[on] = append(had[on], c.Kind)
		}
	}
	var tasks, duties, talks []act.Kind
	own := func(r act.Row) bool { // what a person types: units hand over by an amendment
		return !slices.Equal(r.By, []act.Seat{act.Engine}) && r.Kind != act.TakeOver
	}
	for _, r := range act.On(act.OnTask) {
		if own(r) {
			tasks = append(tasks, r.Kind)
		}
	}
	for _, r := range act.On(act.OnDuty) {
		if own(r) {
			duties = append(duties, r.Kind)
		}
	}
	for _, r := range act.On(act.OnTalk) {
		if !slices.Equal(r.By, []act.Seat{act.Engine}) && r.Kind != act.TakeOver {
			talks = append(talks, r.Kind)
		}
	}
	require.ElementsMatch(t, tasks, had[act.OnTask])
	require.ElementsMatch(t, duties, had[act.OnDuty])
	require.ElementsMatch(t, talks, had[act.OnTalk])
	for _, lang := range []string{"zh", "en"} {
		a := newDesk(t, at(6, 1, 10)).app
		a.w = words.New(lang)
		for _, on := range []act.Thing{act.OnTask, act.OnDuty, act.OnTalk} {
			for _, c := range a.actsOn(on) {
				require.NotContains(t, c.Short+c.Long, "cli.", c.Name())
				require.NotContains(t, c.Flags().FlagUsages(), "cli.", c.Name())
			}
		}
	}
}

// A shell completes tasks somebody may act on, accounts, plans and talks.
func TestCompletion(t *testing.T) {
	t.Parallel()
	f := peopled(t)
	for typed, want := range map[string][]string{
		"task ack --as shuiwu.wang ":  {"over\t建成污水处理厂"},
		"task ack --as gaoping.li ":   {"late\t完成管网改造", "over\t建成污水处理厂"},
		"task show l":                 {"late\t完成管网改造"},
		"duty end ":                   {"watch\t监测断面水质"},
		"task ack over --as off":      {"office.zhao\t协调办赵某"},
		"task reassign over --unit g": {"gaoping\t高平市人民政府"},
		"task policy over --policy s": {"soft\t柔性督办规则（力争、原则上）", "standard\t标准督办规则"},
		"task list --plan ":           {"water\t治水计划"},
		"task ack over ":              {},
		"completion z":                {"zsh"},
	} {
		f.as = ""
		out := f.say(append([]string{"__complete"}, strings.Split(typed, " ")...)...)
		lines := strings.Split(strings.TrimSpace(out), "\n")
		got := slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, ":") })
		slices.Sort(got)
		require.Equal(t, want, got, typed)
	}
	for _, shell := range terminal.Shells {
		require.Contains(t, f.say("completion", shell), "starter", shell)
	}
}
