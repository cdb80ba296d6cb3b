package notice_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/act"
	"duban/internal/notice"
	"duban/internal/plan"
	"duban/internal/words"
)

func TestARefusalIsASentenceForThePerson(t *testing.T) {
	t.Parallel()
	names := func(id string) string { return map[string]string{"shuiwu": "市水务局"}[id] }
	for _, c := range []struct {
		key    string
		data   map[string]string
		zh, en string
	}{
		{"act.refused_not_yours", nil, "您所在单位既不是该任务的牵头单位，也不是配合单位，不能查看或者办理。", "Your unit neither leads this task nor assists in it: you can neither see it nor act on it."},
		{"act.refused_seat", map[string]string{"Seats": "office,leadership"}, "这项办理只能由协调办、领导小组进行。", "Only the office or the leadership group can do this."},
		{"act.refused_state", map[string]string{"Kind": "complete", "State": "suspended"}, "任务目前为“暂停”，不能申请办结。", "Not possible while the task is “suspended”: report completion."},
		{"act.refused_needs", map[string]string{"Field": "reason"}, "没有填写理由或说明。", "Missing: reason or text."},
		{"act.refused_due_passed", map[string]string{"Due": "2021-04-30"}, "时限2021年4月30日已过：延期应当在到期前申请，到期后提出的仍按逾期计算。",
			"The due date 30 April 2021 has passed: an extension is asked for before the due date; after it the task counts as overdue all the same."},
		{"act.refused_part_unit", map[string]string{"Unit": "shuiwu"}, "市水务局不是该任务的配合单位。", "市水务局 is not an assisting unit of this task."},
		{"act.refused_talk_state", map[string]string{"Kind": "serve", "State": "proposed"}, "约谈目前为“待批”，不能送达约谈通知书。", "Not possible while the talk is “awaiting approval”: serve the notice of the talk."},
		{"act.refused_talk_order", map[string]string{"Step": "held"}, "应当先完成“召开约谈”。", "“hold the talk” comes first."},
		{"act.refused_new", nil, "不能办理：act.refused_new", "Not possible: act.refused_new"},
	} {
		require.Equal(t, c.zh, notice.Refused(words.New("zh"), act.Refusal{Key: c.key, Data: c.data}, names))
		require.Equal(t, c.en, notice.Refused(words.New("en"), act.Refusal{Key: c.key, Data: c.data}, names))
	}
}

// TestEveryRowOfTheTableHasWords: who, in which state and what is needed can
// always be said.
func TestEveryRowOfTheTableHasWords(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		texts, err := words.Catalogue(lang)
		require.NoError(t, err)
		for _, row := range append(act.On(act.OnTask), act.On(act.OnDuty)...) {
			require.Contains(t, texts, "act.kind_"+string(row.Kind))
			for _, seat := range row.By {
				require.Contains(t, texts, "act.seat_"+string(seat))
			}
			for _, state := range append(row.From, act.States...) {
				require.Contains(t, texts, "act.state_"+string(state))
			}
			for _, field := range row.Fields() {
				require.Contains(t, texts, field.Label())
			}
		}
		for _, kind := range talkActs {
			require.Contains(t, texts, "act.kind_"+string(kind))
		}
		hole := regexp.MustCompile(`\{\{\.(\w+)\}\}`)
		for key, text := range texts {
			if !strings.HasPrefix(key, "act.refused_") || key == "act.refused_other" {
				continue
			}
			data := map[string]string{}
			for _, m := range hole.FindAllStringSubmatch(text, -1) {
				data[m[1]] = "2021-04-30"
			}
			said := notice.Refused(words.New(lang), act.Refusal{Key: key, Data: data}, nil)
			require.NotContains(t, said, "no value")
			require.NotContains(t, said, "act.")
		}
	}
}

// The facts of a proposal say what was so on the day on which they were counted, in
// the language of whoever reads them, a year later too.
func TestGroundsAreLinesForWhoeverDecides(t *testing.T) {
	t.Parallel()
	grounds := []act.Ground{
		{Count: plan.CountOverdue, Title: "a号任务", Day: april, Days: 18, Workdays: 9, On: may},
		{Count: plan.CountReds, Title: "b号任务", Day: april, Closed: may, Days: 18, Workdays: 9, On: may},
		{Count: plan.CountReds, Title: "制定“一断面一方案”", Day: april, Days: 1, Workdays: 1, On: may},
	}
	before := []act.Ground{{Count: plan.CountTalks, Title: "d号任务", Talk: "d/1", Day: may, On: may}}
	require.Equal(t, []string{
		"“a号任务”2021年4月30日到期，至2021年5月18日逾期18天（9个工作日），当时未办结",
		"“b号任务”2021年4月30日到期，逾期18天（9个工作日），2021年5月18日办结",
		"“制定‘一断面一方案’”2021年4月30日到期，至2021年5月18日逾期1天（1个工作日），当时未办结",
		"2021年5月18日就“d号任务”启动约谈（此前的建议已经列入）",
	}, strings.Split(notice.Grounds(words.New("zh"), grounds, before), "\n"))
	english := notice.Grounds(words.New("en"), grounds, before)
	require.Contains(t, english, "was 18 days overdue (9 working days) and not done")
	require.Contains(t, english, "was 1 day overdue (1 working day) and not done")
	require.NotContains(t, english, " is ")
}
