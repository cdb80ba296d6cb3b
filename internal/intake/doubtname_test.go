package intake

import (
	"context"
	"slices"
	"testing"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// TestNamesWithOtherWordsBesideThemAreAsked: what was cut wrongly from a sentence is asked
// about, and no real name is.
func TestNamesWithOtherWordsBesideThemAreAsked(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"市林业局请各县（市、区）", "县水利局负责行业", "航空港区管委会〉", "区成员:区住建局", "市供销社联合市邮政公司", "河长履职情况纳入领导干部", "市水务局（二）植树",
		"▶区城管局", "各责任单位明确1名联络员,于3月15日前将名单报市河长办", "市财政局于9月底", "验收后拨付剩余部分", "市政府三楼会议室", "新建泵站3座",
		"积极争取国家部委", "择优向省组委会", "市政府督促经开区管委会", "市级演练由市防办", "与市水利局", "各产权单位组织", "市水务局与市城管局"} {
		if !doubtfulName(name) {
			t.Errorf("%s is taken for a unit in silence", name)
		}
	}
	for _, name := range []string{"市供销合作联社", "县农村信用合作联社", "市残疾人联合会", "国网清源供电公司", "市委宣传部", "市委对外联络办公室", "市公安局交警支队", "中国人民银行清源市中心支行", "市住房和城乡建设局",
		"各县（市、区）人民政府", "“五城联创”指挥部", "新区党工委、管委会", "市人力资源和社会保障局", "省生态环境厅驻清源监测中心", "县委办为民服务中心", "X305线改造指挥部", "市政务服务和大数据管理局", "各乡（镇）人民政府、街道办事处", "中铁十二局集团有限公司清源项目部", "东港海关", "市红十字会", "区委党校", "团市委各部室", "村级河长", "12345热线", "康源药业", "被评价单位", "三大运营商", "清源二中", "自由贸易试验区管委会", "市委组织部", "组织办", "向阳镇", "和平区政府", "同心县水务局", "加快发展工作领导小组办公室", "村（社区）网格员"} {
		if doubtfulName(name) {
			t.Errorf("%s is asked about", name)
		}
	}
}

// TestANameIsSetRightByItsAnswer: the answer's unit takes the doubtful name's place
// wherever that is written.
func TestANameIsSetRightByItsAnswer(t *testing.T) {
	t.Parallel()
	src := Source{Name: "x.txt", Data: []byte(usualHead + "一、重点任务\n1.清淤。6月底前完成清淤。责任单位：区成员:市水务局\n2.护岸。9月底前完成护岸。责任单位：区成员:市水务局、市财政局\n")}
	opt := Options{Issued: calendar.NewDay(2022, 3, 1), Calendar: holidays(t)}
	d, err := Import(context.Background(), []Source{src}, opt)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(d.Questions, func(q Question) bool { return q.Kind == "name" })
	if i < 0 {
		t.Fatalf("not asked: %v", asksOfDraft(d))
	}
	opt.Answers = map[string]string{d.Questions[i].ID: "市水务局"}
	if d, err = Import(context.Background(), []Source{src}, opt); err != nil {
		t.Fatal(err)
	}
	p := loadDraft(t, d)
	for _, want := range []string{"2022-06-30 | 市水务局 | 清淤", "2022-09-30 | 市水务局 | 护岸"} {
		if !slices.ContainsFunc(p.Tasks, func(k plan.Task) bool { return matchesWant(p, k, want) }) {
			t.Errorf("no task %q", want)
		}
	}
}
