package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"duban/internal/intake"
	"duban/internal/words"
)

// TestQuestionsAreAnsweredAtTheTerminal answers one by one: an empty line leaves a
// question open, a list may be answered at once or item by item, q ends.
func TestQuestionsAreAnsweredAtTheTerminal(t *testing.T) {
	t.Parallel()
	open := []intake.Question{
		{ID: "issued-1", Ask: "哪一天印发？"},
		{ID: "office-1", Ask: "由谁协调？"},
		{ID: "lead-all", Ask: "由谁牵头？", Items: []intake.Item{{ID: "lead-1", Words: "清淤"}, {ID: "lead-2", Words: "绿化"}}},
		{ID: "each-all", Ask: "各自还是共同？", Options: []string{"each", "joint"}, Items: []intake.Item{{ID: "each-1"}, {ID: "each-2"}}},
		{ID: "near-1", Ask: "同一个单位吗？"},
	}
	for typed, want := range map[string]map[string]string{
		"2022-03-01\n\n\n市水务局\n\n共同\n是\n": {"issued-1": "2022-03-01", "lead-1": "市水务局", "each-all": "共同", "near-1": "是"},
		"q\n":               {},
		"":                  {},
		"2022-03-01\n\nq\n": {"issued-1": "2022-03-01"},
	} {
		var out bytes.Buffer
		a := &app{w: words.New("zh"), out: &out}
		got, err := a.show().AskAll(strings.NewReader(typed), open)
		require.NoError(t, err)
		require.Equal(t, want, got, "%q\n%s", typed, out.String())
	}
}

// TestARefusedAnswerIsAskedAgain answers a question with what it cannot take: it is said and
// asked again at once, until it is understood or left open. Nothing that was typed is lost
// between.
func TestARefusedAnswerIsAskedAgain(t *testing.T) {
	t.Parallel()
	text := "清源市2022年河湖治理工作方案\n一、重点任务\n1.清淤。6月底前完成东河清淤3公里。\n"
	for _, c := range []struct {
		name, typed string
		refusals    int
		lead        bool
	}{
		{"understood at last", "待定\n\n\n\n不知道\n市水务局\n", 2, true},
		{"left open", "待定\n\n\n\n\n", 2, false}, // asked again, and said at the end
		{"the input ends", "待定\nq\n", 2, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, "方案.txt")
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			var out bytes.Buffer
			a := &app{w: words.New("zh"), out: &out, err: &out}
			cmd := a.planImport()
			cmd.SetIn(strings.NewReader(c.typed))
			cmd.SetArgs([]string{file, "-o", filepath.Join(dir, "draft"), "--issued", "2022-03-01", "--ask"})
			require.NoError(t, cmd.ExecuteContext(t.Context()), out.String())
			require.Equal(t, c.refusals, strings.Count(out.String(), "看不懂"), out.String())
			plan, err := os.ReadFile(filepath.Join(dir, "draft", "plan.yaml"))
			require.NoError(t, err)
			require.Equal(t, c.lead, strings.Contains(string(plan), "市水务局"), out.String())
		})
	}
}

// TestImportRefusesInTheReadersLanguage holds refusals and lost parts to the
// language that is set.
func TestImportRefusesInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for lang, want := range map[string]string{"zh": "没有这个文件", "en": "there is no such file"} {
		for _, args := range [][]string{{"plan", "import", filepath.Join(dir, "none.docx"), "-o", filepath.Join(dir, lang)},
			{"calendar", "import", filepath.Join(dir, "none.json")}, {"plan", "tasks", filepath.Join(dir, "none.yaml")},
			{"restore", filepath.Join(dir, "office"), "--force"}, {"backup", filepath.Join("/proc", "none")}} {
			var out, errs bytes.Buffer
			code := run(t.Context(), args, []string{"DUBAN_LANG=" + lang, "DUBAN_DIR=" + dir}, &out, &errs)
			require.Equal(t, 1, code, args)
			require.NotContains(t, errs.String(), "no such file or directory", "%s: the machine's own English", args)
			if args[0] != "restore" {
				require.Contains(t, errs.String(), want, args)
				require.False(t, lang == "en" && strings.Contains(errs.String(), "："), "a Chinese colon: %s", errs.String())
			}
		}
	}
}
