package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"duban/internal/calendar"
	"duban/internal/words"
)

// What is wrong with a flag is said in the reader's language, and so is what a flag
// takes and an argument is.
func TestFlagsAreToldInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	f := newFiled(t, at(7, 5, 10), time.Time{}, calendar.Clock{})
	for args, want := range map[string]string{
		"task list --nosuch":              "没有 --nosuch 这个选项；可用的选项见 starter task list --help",
		"task list -x":                    "没有 -x 这个选项；可用的选项见 starter task list --help",
		"task list --unit":                "--unit 后面要写内容；见 starter task list --help",
		"task list --limit many":          "--limit 不能是“many”：请给整数",
		"task list --wide=perhaps":        "--wide 不能是“perhaps”：请给 true 或 false，或者什么都不写",
		"task progress over --percent 三成": "--percent 不能是“三成”：请给整数",
		"task show":                       "写法不对，应为：starter task show 任务编号",
		"talk held":                       "写法不对，应为：starter talk held 约谈编号",
	} {
		_, err := f.says(strings.Fields(args)...)
		require.EqualError(t, err, want, args)
	}
	for _, path := range []string{"", "task list", "task progress", "plan launch", "rehearse", "ledger export", "talk serve", "doctor"} {
		page := f.say(append(strings.Fields(path), "--help")...)
		require.NotRegexp(t, `stringArray|strings\b| int\b| string\b|duration|default|help\.[a-z]|<no value>|\b(TASK|TALK|DUTY|FILE|PLAN|DIR|UNIT|NAME|VALUE)\b`, page, path)
	}
	f.w = words.New("en")
	_, err := f.says("task", "list", "--limit", "many")
	require.EqualError(t, err, "--limit cannot be “many”: give a whole number")
}

// Days and numbers are taken as people write them.
func TestDaysAndNumbersAreTakenAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	f := peopled(t)
	for i, said := range []string{"30", "30%", "３０％"} {
		out, err := f.says("task", "progress", "over", "--percent", said, "-m", "完成土建", "--id", []string{"a", "b", "c"}[i], "--as", "shuiwu.wang")
		require.NoError(t, err, said)
		require.Contains(t, out, "over", said)
	}
	row, err := f.store.Task(t.Context(), "water", "over")
	require.NoError(t, err)
	require.Equal(t, 30, row.Facts.Percent)
	for i, said := range []string{"2021-06-08", "2021/6/8", "2021年6月8日", "２０２１．６．８"} {
		_, err := f.says("task", "part", "ask", "over", "--unit", "高平市政府", "--due", said, "-m", "提供资料", "--id", []string{"p", "q", "r", "s"}[i], "--as", "shuiwu.wang")
		require.NoError(t, err, said)
	}
	row, err = f.store.Task(t.Context(), "water", "over")
	require.NoError(t, err)
	require.Len(t, row.Facts.Parts, 4)
	for _, p := range row.Facts.Parts {
		require.Equal(t, calendar.NewDay(2021, 6, 8), p.Due)
	}
	for _, id := range []string{"OVER", "Over", "ｏｖｅｒ"} {
		require.Contains(t, f.say("task", "show", id), "建成污水处理厂", id)
	}
}
