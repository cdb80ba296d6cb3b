package intake

import (
	"context"
	"reflect"
	"testing"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// TestMilestonesNameTheirThing holds that every milestone of a thing that a sentence
// names once is a task, and that its title says of what.
func TestMilestonesNameTheirThing(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"2024年实施3处国保单位安防工程，其中古塔安防工程6月开工、年内完工。":    {"2024-12-31 实施3处国保单位安防工程", "2024-06-30 古塔安防工程开工", "2024-12-31 古塔安防工程完工"},
		"2024年度实施12项重点水利工程，其中水厂项目3月开工、9月通水、年底投运。": {"2024-12-31 实施12项重点水利工程", "2024-03-31 水厂项目开工", "2024-09-30 水厂项目通水", "2024-12-31 水厂项目投运"},
		"古塔安防工程6月开工，力争年底完工。":                      {"2024-06-30 古塔安防工程开工", "2024-12-31 古塔安防工程完工"},
		"2024年提升改造5项民生工程，4月开工，年底前完工。":             {"2024-12-31 提升改造5项民生工程", "2024-04-30 提升改造5项民生工程开工", "2024-12-31 提升改造5项民生工程完工"},
		"3月底前建成城东水厂，6月投运。":                        {"2024-03-31 建成城东水厂", "2024-06-30 城东水厂投运"},
		// who acts is not the thing built, nor is what is written two comma parts before
		"市疾控中心5月底前完成培训、8月底前完成考核。":    {"2024-05-31 完成培训", "2024-08-31 设施：完成考核"},
		"古塔工程6月开工，同步清理周边，成立专班，9月验收。": {"2024-06-30 古塔工程开工，同步清理周边，成立专班", "2024-09-30 设施：验收"},
	} {
		source := Source{Name: "要点.txt", Data: []byte("某市2024年文物保护工作要点\n一、任务\n1.设施。" + text + "（市文物局）\n2.普查。5月底前完成普查。（市文物局）\n")}
		d, err := Import(context.Background(), []Source{source}, Options{Issued: calendar.Day{Year: 2024, Month: 2, Date: 26}, Calendar: holidays(t)})
		if err != nil {
			t.Fatal(text, err)
		}
		var got []string
		for _, e := range d.Entries() {
			if e.Kind == plan.Dated && e.ID != "2-1" {
				got = append(got, e.Due.String()+" "+e.Title)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\n got %q\nwant %q", text, got, want)
		}
	}
}
