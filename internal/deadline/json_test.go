package deadline_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"duban/internal/deadline"
	"duban/internal/words"
)

func printed(t *testing.T, text string) string {
	raw, err := json.Marshal(deadline.JSON(deadline.Read(text, jincheng(t))))
	require.NoError(t, err)
	return string(raw)
}

func TestPrintsOneReading(t *testing.T) {
	t.Parallel()
	require.JSONEq(t, `{"readings":[{"kind":"due","start":"","due":"2021-06-30","recurrence":"","relative":false,"soft":false,
		"milestone":"","rule":"A3","words":"6月底前","begin":0,"end":10,"sure":"likely","ask":""}]}`, printed(t, "6月底前"))
}

func TestPrintsRecurrencesAndOffsets(t *testing.T) {
	t.Parallel()
	require.JSONEq(t, `{"readings":[{"kind":"recurring","start":"","due":"","recurrence":"monthly","relative":false,"soft":false,
		"milestone":"上报","rule":"A8","words":"每月5日前","begin":0,"end":13,"sure":"sure","ask":"",
		"recur":{"every":0,"count":0,"times":0,"months":null,"month_of":0,"day":5,"days":null,"weekday":0,"workday":0,"after":0,"after_wd":false,"next":false,"previous":false,"until":""}}]}`,
		printed(t, "每月5日前上报"))
	require.JSONEq(t, `{"readings":[{"kind":"relative","start":"","due":"","recurrence":"","relative":true,"soft":false,
		"milestone":"","rule":"A17","words":"收到之日起7个工作日内","begin":0,"end":31,"sure":"sure","ask":"","event":"收到",
		"offset":{"n":7,"unit":"workdays","before":false,"next":false,"least":0}}]}`, printed(t, "收到之日起7个工作日内"))
}

// What is no deadline is left out beside real readings, and is none when alone.
func TestPrintsWhatIsNoDeadlineOnlyAlone(t *testing.T) {
	t.Parallel()
	require.Contains(t, printed(t, "办理时间压缩至4个月以内"), `"kind":"none"`)
	both := printed(t, "年底前将办理时间压缩至4个月以内")
	require.Contains(t, both, `"words":"年底前"`)
	require.NotContains(t, both, "4个月")
	require.JSONEq(t, `{"readings":[]}`, printed(t, "加强组织领导"))
}

func TestAPassageInheritsTheYearBeforeIt(t *testing.T) {
	t.Parallel()
	ctx := jincheng(t)
	ctx.Inherit = 2022
	second := deadline.Read("12月底前验收", ctx)
	require.Len(t, second, 1)
	require.Equal(t, "2022-12-31", second[0].Due.String())
	require.Equal(t, "item", second[0].YearFrom)
}

func TestMilestones(t *testing.T) {
	t.Parallel()
	for clause, want := range map[string]string{
		"投入运行": "投运", "完成主体工程": "主体工程", "完成土石方工程": "土石方工程", "启动": "启动", "开工建设60个村庄": "开工", "全面完成整治": "完成",
		"通过省级验收": "验收", "印发实施方案": "印发", "报送总结": "上报", "建成投用": "投用", "建成区面积扩大": "", "完成率": "", "全线通车": "通车",
	} {
		require.Equal(t, want, deadline.Milestone(clause), clause)
	}
}

// Every question that the corpus raises has its words, and every word its question.
func TestEveryQuestionHasWords(t *testing.T) {
	t.Parallel()
	catalogue, err := words.Catalogue("zh")
	require.NoError(t, err)
	asked := map[string]bool{}
	for _, file := range files {
		for _, row := range corpus(t, file) {
			for _, r := range deadline.Read(row.Text, row.context(t)) {
				if r.Ask != "" {
					require.Contains(t, catalogue, r.Ask, row.Text)
					asked[r.Ask] = true
				}
				if r.Rule != "" { // how a report explains it
					require.Contains(t, catalogue, "deadline.rule_"+r.Rule, row.Text)
				}
			}
		}
	}
	for key := range catalogue {
		if strings.HasPrefix(key, "deadline.") && !strings.HasPrefix(key, "deadline.rule_") {
			assert.True(t, asked[key], "%s: no phrase of the corpus asks it", key)
		}
	}
}
