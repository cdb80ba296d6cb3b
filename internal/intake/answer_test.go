package intake

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"duban/internal/calendar"
	"duban/internal/deadline"
	"duban/internal/words"
)

// TestAnswersAreUnderstoodOrRefused gives answers in the words people use, and
// answers that answer nothing.
func TestAnswersAreUnderstoodOrRefused(t *testing.T) {
	t.Parallel()
	a := newAsker(words.New("zh"), nil)
	a.ctx = deadline.Context{Issued: calendar.Day{Year: 2021, Month: 3, Date: 1}, PlanYear: 2021}
	for _, c := range []struct{ kind, proposal, options, raw, want string }{
		{"date", "", "", "6月底前", "2021-06-30"},
		{"date", "", "", "20210630", "2021-06-30"},
		{"date", "", "", "２０２１年６月３０日", "2021-06-30"},
		{"date", "", "", "2021年三季度末", "2021-09-30"},
		{"date", "", "", "2021-06-31", ""},
		{"date", "", "", "6月31日", ""},
		{"date", "", "", "20210631", ""},
		{"date", "", "", "待定", ""},
		{"date", "", "", "不知道", ""},
		{"date", "", "", "否", ""},
		{"date", "", "", "尽快", ""},
		{"date", "", "", "6月底前或9月底前", ""},
		{"limit", "", "", "2021.12.1", "2021-12-01"},
		{"which_date", "2021-06-30", "2021-06-30 2021-05-31 none", "是", "2021-06-30"},
		{"which_date", "2021-06-30", "2021-06-30 2021-05-31 none", "none", "none"},
		{"which_date", "2021-06-30", "2021-06-30 2021-05-31 none", "不设时限", "none"},
		{"which_date", "2021-06-30", "2021-06-30 2021-05-31 none", "否", ""},
		{"near", "different", "same different", "是", "same"},
		{"near", "different", "same different", "yes", "same"},
		{"near", "different", "same different", "SAME", "same"},
		{"near", "different", "same different", "同一个单位", "same"},
		{"near", "different", "same different", "不是", "different"},
		{"near", "different", "same different", "也许", ""},
		{"each", "each", "each joint", "共同完成", "joint"},
		{"each", "each", "each joint", "Each", "each"},
		{"each", "each", "each joint", "是", ""},
		{"conflict", "annex", "annex body", "以正文为准", "body"},
		{"cycle", "", "month quarter halfyear year none", "每季度", "quarter"},
		{"cycle", "", "month quarter halfyear year none", "经常", ""},
		{"lead", "督查协调办公室", "", "市水务局、市财政局", "市水务局、市财政局"},
		{"table", "任务=1 时限=2", "none 1 2 3", "是", "任务=1 时限=2"},
		{"table", "", "none 1 2 3", "任务：1，时限：2+3", "任务：1，时限：2+3"},
		{"table", "", "none 1 2 3", "task=1 limit=2 unit=3", "task=1 limit=2 unit=3"},
		{"table", "任务=1 时限=2", "none 1 2 3", "不是任务", ""},
		{"table", "任务=1 时限=2", "none 1 2 3", "无", "none"},
		{"table", "", "none 1 2 3", "任务=1 时限=4", ""},
		{"table", "", "none 1 2 3", "时限=2", ""},
		{"table", "", "none 1 2 3", "是", ""},
		{"lead", "督查协调办公室", "", "待定", ""},
		{"lead", "督查协调办公室", "", "否", ""},
		{"members", "", "", "不知道", ""},
		{"season", "", "", "6月1日至9月30日", "6月1日至9月30日"},
		{"season", "", "", "夏天", ""},
		{"rhythm", "", "month quarter halfyear year none", "每天", "每天"},
		{"rhythm", "", "month quarter halfyear year none", "常常", ""},
		{"goal", "no", "yes no", "要", "yes"},
		{"aside", "2021-06-30", "none", "是", "2021-06-30"},
		{"aside", "2021-06-30", "none", "否", "none"},
		{"unread", "2021-06-30", "none", "不用", "none"},
		{"contacts", "", "", "已补齐", "已补齐"},
		{"contacts", "", "", "6月底前", ""},
	} {
		got, ok := a.understand(c.kind, c.proposal, strings.Fields(c.options), c.raw)
		if !ok {
			got = ""
		}
		if got != c.want {
			t.Errorf("%s answered %q is %q, want %q", c.kind, c.raw, got, c.want)
		}
	}
}

// TestAnswerNotUnderstoodIsAskedAgain holds that such an answer is named with its
// line and settles nothing.
func TestAnswerNotUnderstoodIsAskedAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := runSeed(t, Args{Out: dir})
	i := slices.IndexFunc(first.Open, func(q Question) bool { return q.Kind == "conflict" })
	path := filepath.Join(dir, "answers.yaml")
	lines := strings.Split(read(t, dir, "answers.yaml"), "\n")
	at := 0
	for n, l := range lines {
		if l == "- id: "+first.Open[i].ID {
			for at = n; lines[at] != `  answer: ""`; at++ {
			}
			lines[at] = "  answer: 不知道"
		}
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"zh", "en"} {
		sum := runSeed(t, Args{Out: dir, Lang: lang})
		if len(sum.Refused) != 1 || !strings.Contains(sum.Refused[0], "answers.yaml:"+strconv.Itoa(at+1)) || !strings.Contains(sum.Refused[0], "不知道") || sum.Answered != 0 || len(sum.Open) != len(first.Open) {
			t.Errorf("%s: refused %q, answered %d, open %d of %d", lang, sum.Refused, sum.Answered, len(sum.Open), len(first.Open))
		}
	}
}

// TestQuestionsOfOneKindAreOne answers a list at once and then one of its items.
func TestQuestionsOfOneKindAreOne(t *testing.T) {
	t.Parallel()
	text := "清源市2022年河湖治理工作方案\n一、重点任务\n1.清淤。6月底前完成清淤。\n2.绿化。9月底前完成绿化。\n3.护岸。10月底前完成护岸。\n"
	lead := func(answers map[string]string) (q Question, leads []string) {
		d, err := Import(t.Context(), []Source{{Name: "x.txt", Data: []byte(text)}}, Options{Issued: calendar.Day{Year: 2022, Month: 3, Date: 1}, Answers: answers})
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range loadDraft(t, d).Tasks {
			leads = append(leads, d.Directory.Name(k.Lead))
		}
		i := slices.IndexFunc(d.Questions, func(q Question) bool { return q.Kind == "lead" })
		return d.Questions[i], leads
	}
	q, _ := lead(nil)
	if len(q.Items) != 3 {
		t.Fatalf("asked as %+v", q)
	}
	q, leads := lead(map[string]string{q.ID: "市水务局", q.Items[1].ID: "市林业局"})
	if want := []string{"市水务局", "市林业局", "市水务局"}; !slices.Equal(leads, want) || !q.Done() {
		t.Errorf("led by %v, want %v; done %v", leads, want, q.Done())
	}
}
