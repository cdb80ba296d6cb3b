package notice_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/notice"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/words"
)

func TestMattersAndNewsInWholeMessages(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		for name, d := range matterDigests() {
			t.Run(lang+"/"+name, func(t *testing.T) {
				t.Parallel()
				m, err := notice.Compose(words.New(lang), d)
				require.NoError(t, err)
				shown, o := delivered(t, m)
				golden(t, fmt.Sprintf("%s.%s.txt", name, lang), shown)
				if name == "talk-serve" || name == "topics-unit" {
					golden(t, fmt.Sprintf("%s.%s.html", name, lang), o.HTML)
				}
			})
		}
	}
}

var talkActs = []act.Kind{act.Propose, act.Approve, act.Decline, act.Serve, act.Held, act.Absent, act.Minutes, act.GivePlan, act.ReturnPlan,
	act.GiveReport, act.VerifyTalk, act.CloseTalk, act.Again}

// everyMatter is an item of every topic, told and chased.
func everyMatter() []notice.Item {
	var items []notice.Item
	full := plan.Matter{By: "某人", Words: "某些话", Limit: may, New: june, Paper: "某文号"}
	var kinds []act.Kind
	for _, table := range [][]act.Row{act.On(act.OnTask), act.On(act.OnDuty)} {
		for _, row := range table {
			kinds = append(kinds, row.Kind)
		}
	}
	for _, k := range append(kinds, "circular", "unheard-of") {
		items = append(items, told(0, k, full), told(0, k, plan.Matter{}))
	}
	for _, k := range talkActs {
		it := told(0, k, full)
		it.Talk = &notice.Talk{Number: 1}
		items = append(items, it)
	}
	for _, topic := range []string{plan.TopicAcknowledge, act.TopicSilent, act.TopicPart, act.TopicReturn, act.TopicExtension, act.TopicReport, act.TopicInstruction, "proposal", "unheard-of"} {
		for _, kind := range []plan.StageKind{plan.Remind, plan.Urge, plan.Escalate} {
			full.Topic = topic
			items = append(items, about(0, kind, topic+"-1", full), about(0, kind, topic+"-1", plan.Matter{Topic: topic}))
		}
	}
	return items
}

func TestEverySeatHasWordsForEveryMatter(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		w := words.New(lang)
		for _, role := range people.Roles {
			for _, it := range everyMatter() {
				for _, unit := range []string{"高平市政府", "市水务局", "别的单位"} {
					it.Unit = "市水务局"
					it.Next = &notice.Next{Kind: plan.Escalate, Topic: it.Matter.Topic, Day: june, To: people.Roles}
					m, err := notice.Compose(w, digest("gaoping", unit, role, "", may, it))
					require.NoError(t, err)
					for _, text := range []string{m.Subject, m.Line, m.Text, m.HTML} {
						for _, hole := range []string{"notice.", "matter.", "term.", "act.", "no value", "“”", "《》", "[]", "【】"} {
							require.NotContains(t, text, hole, "%s %s %s %s", lang, role, it.Matter.Topic, unit)
						}
					}
					named := false
					for _, reader := range []string{"", "leader_", "former_", "assist_", "duty_", "duty_assist_"} { // a reader may have a name of its own for it
						named = named || strings.Contains(m.Text, w.T("matter.name_"+reader+key(it)))
					}
					require.True(t, named, m.Text)
				}
			}
		}
	}
}

// key is where the words of an item are, known otherwise than by the composer.
func key(it notice.Item) string {
	topic := strings.ReplaceAll(it.Matter.Topic, "unheard-of", "other")
	switch it.Kind {
	case plan.Told:
		return "told_" + topic
	case plan.Remind:
		return topic + "_due"
	}
	return topic + "_missed"
}

func TestEveryActHasAWordOfItsOwnWhenTold(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		texts, err := words.Catalogue(lang)
		require.NoError(t, err)
		seen := map[string]string{}
		for _, it := range everyMatter() {
			if it.Kind != plan.Told || it.Matter.Topic == "unheard-of" {
				continue
			}
			topic := it.Matter.Topic
			require.Contains(t, texts, "matter.fact_told_"+topic)
			if topic != "circular" {
				require.Contains(t, texts, "act.kind_"+topic)
			}
			name := texts["matter.name_told_"+topic]
			require.Contains(t, []string{"", topic}, seen[name], name)
			seen[name] = topic
		}
	}
}

// TestMattersOfOneTaskAreNeverSwallowed: a milder stage of the task's limit may
// become one with a graver one, a matter never does.
func TestMattersOfOneTaskAreNeverSwallowed(t *testing.T) {
	t.Parallel()
	items := []notice.Item{
		survey(plan.Urge, "urge", plan.Red, -18, -9),
		about(0, plan.Remind, "part-1-remind", plan.Matter{Topic: act.TopicPart, Words: "甲"}),
		about(0, plan.Remind, "part-2-remind", plan.Matter{Topic: act.TopicPart, Words: "乙"}),
		told(0, act.Grant, plan.Matter{Words: "丙"}),
	}
	m, err := notice.Compose(words.New("zh"), digest("gaoping", "高平市政府", people.Liaison, "联络员", may, items...))
	require.NoError(t, err)
	require.Equal(t, 4, strings.Count(m.Text, "完成高平市建成区黑臭水体排查"))
	for _, text := range []string{"“甲”", "“乙”", "“丙”", "4个事项"} {
		require.Contains(t, m.Text, text)
	}
	require.Contains(t, m.Subject, "【催办】", "news and matters do not hide what is graver")
}

func TestADistanceThatDoesNotFitTheDayIsNotSaid(t *testing.T) {
	t.Parallel()
	it := about(0, plan.Remind, "return-1-remind", plan.Matter{Topic: act.TopicReturn, Limit: may.AddDays(3)})
	it.LimitLeft = notice.Distance{}
	m, err := notice.Compose(words.New("zh"), digest("shuizhiban", office.Name, people.Office, "督办岗", may, it))
	require.NoError(t, err)
	require.Contains(t, m.Text, "裁定时限：2021年5月21日\n")
	require.NotContains(t, m.Text, "今日到期")
}

func TestWhatPeopleTypedInAnActIsOnlyEverText(t *testing.T) {
	t.Parallel()
	const evil = `<script>alert(1)</script>"><img src=x onerror=alert(2)> {{.Day}} & 'x'` + "\r\nBcc: x@example.com"
	it := told(0, act.Serve, plan.Matter{Words: evil, By: evil, Paper: evil})
	it.Unit, it.Assist, it.Policy = evil, []string{evil}, evil
	it.Talk = &notice.Talk{Number: 1, Facts: act.TalkFacts{Number: evil, Place: evil, Chair: evil, Called: []string{evil}, Missing: []string{evil}, Bring: evil}}
	m, err := notice.Compose(words.New("zh"), digest("gaoping", evil, people.Head, evil, may, it))
	require.NoError(t, err)
	require.NotContains(t, m.HTML, "<script")
	require.NotContains(t, m.HTML, "<img")
	require.NotContains(t, m.Subject+m.Line, "\n")
}

func TestManyMattersStayReadable(t *testing.T) {
	t.Parallel()
	var items []notice.Item
	for i := range 120 {
		it := about(i, plan.Escalate, "instruction-1-missed", plan.Matter{Topic: act.TopicInstruction, By: "常务副市长 王建国", Words: "务必抓实，报进展。", Limit: may.AddDays(-1)})
		if i%2 == 0 {
			it = told(i, act.Cancel, plan.Matter{By: office.Name, Words: "项目并入省级工程。", Paper: "晋市政办〔2021〕20号"})
		}
		it.Task = fmt.Sprintf("t%03d", i)
		items = append(items, it)
	}
	m, err := notice.Compose(words.New("zh"), digest("gaoping", "高平市政府", people.Head, "主要负责人", may, items...))
	require.NoError(t, err)
	require.Contains(t, m.Text, "120. ")
	require.Contains(t, m.Text, "一览：领导批示逾期未回复 60 · 撤销任务 60")
	require.Less(t, len(m.HTML), 102_000, "longer pages are cut by mail programs")
}

// What is told of a talk about several tasks, and what asks for its minutes, the
// rectification plan and the report, lists each with its own date, fifteen at most; a
// reminder of another step says how many they are.
func TestATalkAboutSeveralTasksListsThem(t *testing.T) {
	t.Parallel()
	of := func(n int) (all []notice.Called) {
		for i := range n {
			all = append(all, notice.Called{Task: fmt.Sprintf("t%d", i), Title: fmt.Sprintf("任务%d", i), Due: april.AddDays(i)})
		}
		return all
	}
	step := "served"
	text := func(role people.Role, n int, it notice.Item) string {
		it.Talk, it.Of = &notice.Talk{ID: "t0#1", Number: 1, Step: step, Limit: may.AddDays(2)}, of(n)
		m, err := notice.Compose(words.New("zh"), digest("gaoping", "高平市政府", role, "职务", may, it))
		require.NoError(t, err)
		return strings.Join(strings.Fields(m.Text), "")
	}
	serve := told(0, act.Serve, plan.Matter{Words: "逾期未办结"})
	head := text(people.Head, 2, serve)
	require.Contains(t, head, "约谈所涉任务：2项任务1.“任务0”，2021年4月30日到期2.“任务1”，2021年5月1日到期")
	require.NotContains(t, text(people.Liaison, 2, serve), "t1", "names of commands are the office's")
	require.Contains(t, text(people.Office, 2, serve), "“任务1”（t1），2021年5月1日到期")
	many := text(people.Head, 17, serve)
	require.Contains(t, many, "15.“任务14”，2021年5月14日到期其余2项未逐一列出，可向我办索取清单")
	require.NotContains(t, many, "任务15")
	require.Contains(t, text(people.Office, 17, serve), "其余2项未逐一列出，见startertalkshowt0#1")
	reminder := works[0]
	reminder.Kind, reminder.Stage = plan.Remind, "talk-served-remind"
	office := text(people.Office, 17, reminder)
	require.Contains(t, office, "约谈所涉任务：17项任务")
	require.NotContains(t, office, "任务14")
	for next, role := range map[string]people.Role{act.StepMinutes: people.Office, act.StepPlan: people.Liaison, act.StepReport: people.Head} {
		step, reminder.Stage = next, "talk-"+next+"-remind"
		asked := text(role, 17, reminder)
		require.Contains(t, asked, "“任务0”", next)
		require.Contains(t, asked, "2021年5月14日到期其余2项", next)
	}
}
