package intake

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"duban/internal/words"
)

func importText(t *testing.T, dir, text string) (Summary, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "方案.txt")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return Run(t.Context(), Args{Files: []string{file}, Out: dir})
}

const undated = "清源市2022年河湖治理工作方案\n一、重点任务\n1.清淤。市水务局6月底前完成清淤。\n"

// TestNoDayOfIssueIsAskedNotGuessed holds that a paper without its day is drafted
// with the day left open, and takes the answer.
func TestNoDayOfIssueIsAskedNotGuessed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sum, err := importText(t, dir, undated)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(sum.Open, func(q Question) bool { return q.Kind == "issued" })
	if i < 0 || !strings.Contains(read(t, dir, "plan.yaml"), "issued: 【待定】") || strings.Contains(read(t, dir, "plan.yaml"), "2022-01-01") {
		t.Fatalf("asked %v, plan\n%s", sum.Open, read(t, dir, "plan.yaml"))
	}
	if err := GiveAnswers(dir, map[string]string{sum.Open[i].ID: "2022年3月1日"}); err != nil {
		t.Fatal(err)
	}
	if sum, err = importText(t, dir, undated); err != nil || sum.Issued.String() != "2022-03-01" || sum.Dated != 1 {
		t.Errorf("issued %s, %d dated, %v", sum.Issued, sum.Dated, err)
	}
}

// TestTimesThatAreNoTaskCanBeMadeOne answers that a time that nothing was made of
// is a task.
func TestTimesThatAreNoTaskCanBeMadeOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := "清源市2022年河湖治理情况说明\n2022年3月1日\n一、总体目标\n到2022年底，全市优良水体比例达到90%以上。\n"
	sum, err := importText(t, dir, text)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(sum.Open, func(q Question) bool { return q.Kind == "goal" })
	if sum.Dated != 0 || i < 0 {
		t.Fatalf("%d dated, asked %v", sum.Dated, sum.Open)
	}
	if err := GiveAnswers(dir, map[string]string{sum.Open[i].ID: "是"}); err != nil {
		t.Fatal(err)
	}
	if sum, err = importText(t, dir, text); err != nil || sum.Dated != 1 || sum.Answered != 1 {
		t.Errorf("%d dated, %d answered, %v", sum.Dated, sum.Answered, err)
	}
	_, err = importText(t, t.TempDir(), "通知\n今天下午开会，请准时参加会议，不要迟到。\n2022年3月1日\n")
	no, ok := err.(*Refusal)
	if !ok || no.Key != "refuse_nothing" || strings.Contains(no.Text(words.New("en")), "intake.") {
		t.Errorf("a paper without commitments: %v", err)
	}
}

// TestContactsAreFilledInAsExcel fills in one row and imports again.
func TestContactsAreFilledInAsExcel(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := strings.Replace(undated, "一、", "2022年3月1日\n一、", 1)
	if _, err := importText(t, dir, text); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenFile(filepath.Join(dir, contactsName))
	if err != nil {
		t.Fatal(err)
	}
	sheet := f.GetSheetName(0)
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(rows, func(r []string) bool { return len(r) == 6 && r[4] == "shishuiwuju/liaison" && r[5] == "shishuiwuju" })
	if i < 0 {
		t.Fatalf("no row for the liaison: %v", rows)
	}
	for c, v := range map[string]string{"C": "王敏", "D": "wangmin@qingyuan.gov.cn", "F": "wangmin"} {
		if err := f.SetCellStr(sheet, c+strconv.Itoa(i+1), v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	if _, err := importText(t, dir, text); err != nil {
		t.Fatal(err)
	}
	units := read(t, dir, "units.yaml")
	if !strings.Contains(units, "name: 王敏") || !strings.Contains(units, "wangmin@qingyuan.gov.cn") {
		t.Errorf("the contact is not in units.yaml:\n%s", units)
	}
	if accounts := read(t, dir, accountsName); !strings.Contains(accounts, "- id: wangmin\n    name: 王敏\n    unit: shishuiwuju\n    seat: liaison\n") || !strings.Contains(accounts, "seat: office") || !strings.Contains(accounts, "seat: leader") {
		t.Errorf("accounts.yaml:\n%s", accounts)
	}
	if f, err = excelize.OpenFile(filepath.Join(dir, contactsName)); err != nil {
		t.Fatal(err)
	}
	if v, _ := f.GetCellValue(sheet, "C"+strconv.Itoa(i+1)); v != "王敏" {
		t.Errorf("the sheet that was filled in now says %q", v)
	}
}
