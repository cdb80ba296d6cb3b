package intake

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duban/internal/calendar"
	"duban/internal/planfile"
)

func read(t *testing.T, path ...string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func runSeed(t *testing.T, a Args) Summary {
	t.Helper()
	a.Files = []string{filepath.Join(seedDir, "document.txt")}
	sum, err := Run(context.Background(), a)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestRunIsRepeatableAndKeepsAnswersAndEdits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := runSeed(t, Args{Out: dir})
	planYAML, answers := read(t, dir, "plan.yaml"), read(t, dir, "answers.yaml")
	if again := runSeed(t, Args{Out: dir}); len(again.Kept) > 0 || read(t, dir, "plan.yaml") != planYAML || read(t, dir, "answers.yaml") != answers {
		t.Fatal("a second import of the same document changed something")
	}

	// A person answers in the file: the contradiction is ruled, the flood season given.
	var conflict, flood string
	for _, q := range first.Open {
		if q.Kind == "conflict" {
			conflict = q.ID
		}
		if q.Kind == "season" && q.Words == "汛期" {
			flood = q.ID
		}
	}
	if conflict == "" || flood == "" || first.Open[0].ID != conflict {
		t.Fatalf("the contradiction and the flood season are not asked, or not first: %v", first.Open)
	}
	lines := strings.Split(answers, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "- id: "+conflict) {
			for lines[i] != `  answer: ""` {
				i++
			}
			lines[i] = "  answer: body # 已请示"
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "answers.yaml"), []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
	extra := filepath.Join(t.TempDir(), "more.yaml")
	if err := os.WriteFile(extra, []byte(flood+": 06-01至09-30\nlead-00000000: 市水务局\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	second := runSeed(t, Args{Out: dir, Answers: extra})
	if second.Answered != 2 || len(second.Unused) != 1 || len(second.Open) != len(first.Open)-2 {
		t.Errorf("answered %d, unused %v, open %d of %d", second.Answered, second.Unused, len(second.Open), len(first.Open))
	}
	if !strings.Contains(read(t, dir, "answers.yaml"), "body # 已请示") {
		t.Error("the answers file lost a person's words")
	}
	p, problems := planfile.Load(filepath.Join(dir, "plan.yaml"), holidays(t))
	if p == nil {
		t.Fatal(problems)
	}
	for _, k := range p.Tasks {
		if k.ID == "p14" && k.Due.String() != "2021-10-31" {
			t.Errorf("p14 is due %s after the body was ruled to stand", k.Due)
		}
		if strings.Contains(k.Source, "汛前沟渠") && k.Due.String() != "2021-05-31" {
			t.Errorf("汛前 is due %q with a flood season from June 1st", k.Due)
		}
	}

	// A person edits the plan: it is never overwritten.
	edited := strings.Replace(read(t, dir, "plan.yaml"), "title: 白水河南河西湿地", "title: 白水河南河西湿地（一期）", 1)
	if err := os.WriteFile(filepath.Join(dir, "plan.yaml"), []byte(edited), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(extra, []byte(conflict+": annex\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	third := runSeed(t, Args{Out: dir, Answers: extra})
	if read(t, dir, "plan.yaml") != edited {
		t.Error("the person's edit of plan.yaml is lost")
	}
	if len(third.Kept) != 1 || third.Wrote["plan.yaml"] != filepath.Join(dir, "plan.yaml.new") || read(t, dir, "plan.yaml.new") == edited {
		t.Errorf("kept %v, wrote %v", third.Kept, third.Wrote)
	}
}

func TestRunUsesUnitsFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sum := runSeed(t, Args{Out: dir, Units: filepath.Join(seedDir, "units.yaml")})
	if sum.Proposed != 0 {
		t.Errorf("%d units proposed although the file has all", sum.Proposed)
	}
	for _, q := range sum.Open {
		if q.Kind == "near" || q.Kind == "members" || q.Kind == "office" {
			t.Errorf("asked although the file says it: %s", q.Ask)
		}
	}
	got, problems := planfile.Load(filepath.Join(dir, "plan.yaml"), holidays(t))
	if got == nil {
		t.Fatal(problems)
	}
	want := reference(t)
	for _, diff := range compareDated(got, want) {
		t.Error(diff)
	}
	for _, k := range got.Tasks {
		if strings.HasPrefix(k.Lead, "u-") {
			t.Errorf("%s is led by the proposed unit %s", k.ID, got.Directory.Name(k.Lead))
		}
	}
}

func TestReportShowsDocumentAndQuestions(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"zh", "en"} {
		dir := t.TempDir()
		runSeed(t, Args{Out: dir, Lang: lang})
		page := read(t, dir, "report.html")
		for _, want := range []string{`<mark class="date"`, `<mark class="unit"`, "2021年4月上旬", "conflict-", `lang="` + lang + `"`, "@page"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s report lacks %q", lang, want)
			}
		}
		for _, bad := range []string{"<script", "intake.", "<no value>", "ZgotmplZ"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s report holds %q", lang, bad)
			}
		}
		if !bytes.Contains([]byte(read(t, dir, "report.json")), []byte(`"phrase": "2021年4月上旬"`)) {
			t.Errorf("%s report.json lacks the phrase", lang)
		}
	}
}

// TestAFileWithoutATitleSaysSo: a sheet that has rows and no title is told as the draft
// tells it.
func TestAFileWithoutATitleSaysSo(t *testing.T) {
	d, err := Import(context.Background(), []Source{{Name: "a.csv", Data: []byte("序号,任务,责任单位,完成时限\n1,清淤河道,市水务局,2022年6月底前\n2,修复管网,市住建局,2022年8月底前\n")}}, Options{Issued: calendar.NewDay(2022, 3, 1), Calendar: holidays(t)})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Summary(nil).Title; got != "（标题待补录）" {
		t.Errorf("the title is %q", got)
	}
}
