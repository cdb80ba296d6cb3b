package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

// kinds are the kinds of all acts on tasks, duties and talks.
func kinds() (all []act.Kind) {
	for _, r := range append(act.On(act.OnTask), act.On(act.OnDuty)...) {
		all = append(all, r.Kind)
	}
	for _, r := range act.On(act.OnTalk) {
		all = append(all, r.Kind)
	}
	return all
}

// Every kind of act with every field set, done or refused, has words in both languages,
// and every field is among them.
func TestEveryActHasWords(t *testing.T) {
	t.Parallel()
	r := small(t)
	for _, kind := range kinds() {
		a := act.Act{ID: "x", Kind: kind, By: act.Actor{Account: "wang", Name: "王某", Unit: "shuiwu"}, At: nine(day(7, 1)), On: day(7, 1),
			Reason: "理由", Paper: "市办〔2021〕3号", Percent: 40, Due: day(7, 20), Until: day(7, 10), Moves: true, Unit: "gaoping", Units: []string{"chengguan"},
			Policy: "soft", Title: "新名", Ref: "7", Rule: "month",
			Evidence: []act.Evidence{{Name: "a.pdf", Size: 2048, SHA256: strings.Repeat("ab", 32)}, {Name: "https://example.cn", URL: "https://example.cn"}},
			Talk:     &act.TalkFacts{What: plan.ProposeTalk, Number: "约1号", Time: nine(day(7, 8)), Place: "三楼", Chair: "刘", Called: []string{"局长"}, Missing: []string{"副局长"}, Bring: "方案", Public: true}}
		data := map[string]any{"act": a, "due": map[string]string{"from": "2021-06-15", "to": "2021-07-20"}, "lead": map[string]string{"from": "shuiwu", "to": "gaoping"}}
		for _, refused := range []*act.Refusal{nil, {Key: "act.refused_not_yours"}} {
			data["refused"] = refused
			raw, err := json.Marshal(data)
			require.NoError(t, err)
			for _, lang := range []string{"zh", "en"} {
				c := r.file(t, "t1", day(7, 1), ledger.Event{Seq: 1, Kind: ledger.ActKind(kind), Task: "t1", Actor: "wang", Real: nine(day(7, 1)), PlanAt: nine(day(7, 1)), Data: raw})
				require.Equal(t, day(7, 20), c.History[0].DueTo)
				_, _, sections := report.Speak(words.New(lang)).Case(c)
				row := sections[len(sections)-1].Tables[0].Rows[0]
				require.Equal(t, "王某", row[1])
				for _, said := range []string{"理由", "市办〔2021〕3号", "高平市人民政府", "市水务局", "市城市管理局", "soft", "新名", "a.pdf", "2.0 KB", "abababababab", "https://example.cn",
					"约1号", "2021-07-08 09:00", "三楼", "局长", "副局长", "方案"} {
					require.Contains(t, row[2], said, "%s %s", kind, lang)
				}
				require.NotRegexp(t, `case\.|act\.|matter\.|<no value>`, strings.ReplaceAll(row[2], "https://example.cn", ""), "%s %s", kind, lang)
			}
		}
	}
}

// The case lists what is owed, by whom and until when, the earliest first; the limit is
// that of the stage that will remind of the matter.
func TestWhatACaseWaitsFor(t *testing.T) {
	t.Parallel()
	r := small(t)
	rules, err := act.NewRules(&r.launched.Plan, holidays(t))
	require.NoError(t, err)
	task := r.tasks[5] // t6, due Tuesday 6 July; its first day was 1 April
	task.Assist, task.FirstDue = []string{"chengguan"}, day(7, 6)
	task.Facts.Assist = task.Assist
	course := rules.Open(ledger.CaseOf(task))
	said := func(id string, k act.Kind, by string, change func(*act.Act)) {
		a := act.Act{ID: id, Kind: k, By: act.Actor{Account: by, Name: by, Unit: by}, At: nine(day(6, 21)), On: day(6, 21), Reason: "因故"}
		change(&a)
		after, _, refused := rules.Act(course, a)
		require.Nil(t, refused)
		course = after
	}
	said("1", act.AskPart, "gaoping", func(a *act.Act) { a.Unit, a.Due = "chengguan", day(6, 25) })
	said("2", act.Instruct, "lingdao", func(a *act.Act) { a.Due = day(6, 23) })
	said("3", act.Extend, "gaoping", func(a *act.Act) { a.Due = day(7, 20) })
	r.tasks[5] = task
	r.tasks[5].Facts, r.stages = course.Case, nil
	c := r.file(t, "t6", day(6, 21))
	require.Equal(t, []report.Wait{
		{For: "instruction", Seat: act.Lead, Unit: "gaoping", Ref: "1", By: "lingdao", On: day(6, 21), Words: "因故", Limit: day(6, 23)},
		{For: "extension", Seat: act.Office, Unit: "xietiao", By: "gaoping", On: day(6, 21), Words: "因故", New: day(7, 20), Limit: day(6, 24)},
		{For: "part", Seat: act.Assisting, Unit: "chengguan", Ref: "1", By: "高平市人民政府", On: day(6, 21), Words: "因故", Limit: day(6, 25)},
	}, c.Waits)
	require.Equal(t, `等待：lingdao批示（第 1 件）“因故”，由高平市人民政府回复，最迟2021年6月23日。
等待：gaoping于2021年6月21日申请延期至2021年7月20日“因故”，由协调办决定，最迟2021年6月24日；决定前时限照计。
等待：配合事项第 1 项“因故”，由市城市管理局提交，最迟2021年6月25日。
下一步：2021-06-22 09:00 领导批示待回复，对象：联络员、主要负责人。`, report.Speak(words.New("zh")).Then(c))
	require.NotContains(t, report.Speak(words.New("en")).Then(c), "case.")
}
