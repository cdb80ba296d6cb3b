package intake

import (
	"context"
	"slices"
	"strings"
	"testing"

	"duban/internal/calendar"
	"duban/internal/plan"
)

// readTasks imports a file of 1 March 2022 and gives its dated tasks as "day lead: title".
func readTasks(t *testing.T, s Source) (*Draft, []string) {
	t.Helper()
	d, err := Import(context.Background(), []Source{s}, Options{Issued: calendar.NewDay(2022, 3, 1), Calendar: holidays(t)})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range d.entryReports() {
		if e.Kind == plan.Dated {
			out = append(out, e.Due.String()+" "+e.Lead+": "+e.Title)
		}
	}
	return d, out
}

// TestATableOnItsSideIsTurned: heads down the side make the tasks of the columns beside them,
// in every kind of file, and their places name the column.
func TestATableOnItsSideIsTurned(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows []string
		want []string // day, lead and what the title holds
		at   string
	}{
		"side": {[]string{"项目|桑园改造|小蚕共育", "工作内容|改造低产桑园3000亩|建设共育室12间", "责任单位|县农业农村局|县蚕业中心", "完成时间|4月底前|5月10日前"},
			[]string{"2022-04-30 县农业农村局 桑园", "2022-05-10 县蚕业中心 共育室"}, "第2列"},
		"limits first": {[]string{"时限|3月底前|6月底前|9月底前", "工作内容|完成河道勘测|完成清淤|完成护岸", "责任单位|县水利局|县水利局|县住建局"},
			[]string{"2022-03-31 县水利局 勘测", "2022-06-30 县水利局 清淤", "2022-09-30 县住建局 护岸"}, "第2列"},
		"two limits": {[]string{"工程名称|疏散基地|指挥中心", "责任单位|西城区政府|市人防办", "开工时间|2022年5月15日前|2022年4月底前", "竣工时间|2022年10月底前|2022年8月20日前"},
			[]string{"2022-05-15 西城区政府 疏散基地", "2022-10-31 西城区政府 疏散基地", "2022-04-30 市人防办 指挥中心", "2022-08-20 市人防办 指挥中心"}, "第3列"},
		"form": {[]string{"督办事项|东区雨污分流进度滞后问题", "承办单位|县住建局", "办理要求|8月25日前恢复施工", "办结时限|2022年10月20日前"},
			[]string{"2022-08-25 县住建局 恢复施工", "2022-10-20 县住建局 雨污分流"}, "第2列"},
		"form of four": {[]string{"督办事项|东区雨污分流进度滞后问题|承办单位|县住建局", "协办单位|县财政局|办结时限|2022年10月20日前", "办理要求|8月25日前恢复施工|联系人|王强"},
			[]string{"2022-08-25 县住建局 恢复施工", "2022-10-20 县住建局 雨污分流"}, "第2列"},
		"upright": {[]string{"责任单位|工作内容|完成时间", "县水利局|完成清淤|6月底前", "县住建局|完成护岸|9月底前"},
			[]string{"2022-06-30 县水利局 清淤", "2022-09-30 县住建局 护岸"}, "第"},
	} {
		for _, kind := range []string{"docx", "xlsx", "csv", "html", "tabs.txt"} {
			t.Run(name+" "+kind, func(t *testing.T) {
				d, got := readTasks(t, fileOf(t, kind, "清源县2022年重点工作安排表", cellsOf(c.rows)))
				if len(got) != len(c.want) {
					t.Errorf("made %q, wanted %q", got, c.want)
				}
				for _, w := range c.want {
					f := strings.Fields(w)
					if !slices.ContainsFunc(got, func(g string) bool {
						return strings.HasPrefix(g, f[0]+" "+f[1]+": ") && strings.Contains(g, f[2])
					}) {
						t.Errorf("no %s among %q", w, got)
					}
				}
				if !slices.ContainsFunc(d.Expressions, func(e Expression) bool { return e.Became == becameTask && strings.Contains(e.Place.String(), c.at) }) {
					t.Errorf("no task at %s: %v", c.at, d.Expressions)
				}
			})
		}
	}
}

// TestAPeriodBesideTheLimit: the column of one period beside that of the limit is a step.
func TestAPeriodBesideTheLimit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ rows, want []string }{
		"month": {[]string{"项目|责任单位|6月底前进度|完成时限", "环城东路|县住建局|路基完成80%|2022年10月底"}, []string{"2022-06-30", "2022-10-31"}},
		"half":  {[]string{"项目|责任单位|完成时限|上半年目标", "环城东路|县住建局|2022年10月底|路基完成80%"}, []string{"2022-06-30", "2022-10-31"}},
		"year":  {[]string{"项目|责任单位|2022年目标|完成时限", "环城东路|县住建局|路基完成80%|2022年10月底"}, []string{"2022-10-31"}},
		"words": {[]string{"项目|包联领导|责任单位|年度目标|6月底前进度|完成时限", "材料园|李明|县工信局|6月底前主体封顶，12月底前试生产|主体封顶|2022年12月底"}, []string{"2022-06-30", "2022-12-31"}},
		"past":  {[]string{"项目|责任单位|6月底前进展|完成时限", "环城东路|县住建局|路基完成80%|2022年10月底"}, []string{"2022-10-31"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := readTasks(t, fileOf(t, "docx", "清源县2022年重点项目推进表", cellsOf(c.rows)))
			var days []string
			for _, g := range got {
				days = append(days, g[:10])
			}
			if slices.Sort(days); !slices.Equal(days, c.want) {
				t.Errorf("%q, wanted %q", got, c.want)
			}
		})
	}
}

// TestWhoActsAndWhatIsHandedIn: who acts at the times of a sentence, and titles that say what
// is sent where a time's own words name only to whom.
func TestWhoActsAndWhatIsHandedIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"镇环卫所正月十六日前完成碎屑清扫。":                            {"2023-02-06 镇环卫所: 碎屑清扫"},
		"5月中旬和7月下旬，县种子服务站各开展一次制种基地巡查。":                 {"2022-05-20 县种子服务站: 制种基地巡查", "2022-07-31 县种子服务站: 制种基地巡查"},
		"4月、9月，县水利局各组织一次水库检查。":                         {"2022-04-30 县水利局: 水库检查", "2022-09-30 县水利局: 水库检查"},
		"县财政局分两批兑付补贴资金，第一批9月10日前兑付，第二批12月20日前兑付。":      {"2022-09-10 县财政局: 第一批", "2022-12-20 县财政局: 第二批"},
		"县水利局分三期实施河道清淤，一期5月底前完成，二期8月底前完成。":             {"2022-05-31 县水利局: 一期", "2022-08-31 县水利局: 二期"},
		"区委网信办、三大运营商分别在7月10日、7月31日前完成拦截系统升级和高危号卡清理。":   {"2022-07-10 区委网信办: 拦截系统升级", "2022-07-31 三大运营商: 高危号卡清理"},
		"县水利局、灌区各分会分别于6月10日、8月31日前完成渠道清淤。":             {"2022-06-10 县水利局: 渠道清淤", "2022-08-31 灌区各分会: 渠道清淤"},
		"3月10日前，县农业综合执法大队检查种子门店，抽取样品60个，4月5日前送市种子站检验。": {"2022-03-10 县农业综合执法大队: 种子门店", "2022-04-05 县农业综合执法大队: 抽取样品60个"},
		"对超编车辆公开拍卖，收入上缴国库。——县财政局、县机关事务中心，2022年11月20日前": {"2022-11-20 县财政局: 加强管理"},
		"统一喷涂标识。——县公安局，9月底前完成":                         {"2022-09-30 县公安局: 加强管理"},
		"县公安局“五一”前完成渡口检查。":                             {"2022-04-29 县公安局: 渡口检查"},
		"县公安局5月5日前开展巡查，起草长效管理意见，8月10日前报县政府。":           {"2022-05-05 县公安局: 巡查", "2022-08-10 县公安局: 长效管理意见"},
	} {
		t.Run(text, func(t *testing.T) {
			_, got := readTasks(t, Source{Name: "x.txt", Data: []byte("清源县2022年有关工作方案\n一、重点工作\n（一）加强管理。" + text + "\n（二）严格督查。县政府督查室11月底前完成督查。\n")})
			if len(got) != len(want)+1 {
				t.Errorf("made %q, wanted %q", got, want)
			}
			for _, w := range want {
				head, title, _ := strings.Cut(w, ": ")
				if !slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, head+": ") && strings.Contains(g, title) }) {
					t.Errorf("no %s among %q", w, got)
				}
			}
		})
	}
}

// TestWeAreWhoSigns: 我局 is the body that signs at the end; what it has done is no work.
func TestWeAreWhoSigns(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"一、我局将于10月20日前召开企业负责人会议。":     "2022-10-20 市邮政管理局",
		"一、我局负责在10月20日前召开企业负责人会议。":    "2022-10-20 市邮政管理局",
		"一、我局起草了办法，请市商务局10月20日前反馈意见。": "2022-10-20 市商务局",
	} {
		_, got := readTasks(t, Source{Name: "x.txt", Data: []byte("关于商请做好旺季服务保障工作的函\n市商务局：\n有关事项函告如下：\n" + text + "\n二、请市商务局9月底前上线绿色包装选项。\n市邮政管理局\n2022年3月1日\n")})
		if !slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, want+": ") }) {
			t.Errorf("%s: %q", text, got)
		}
	}
}

// TestANoteBehindAListIsItsOwn: a note below a list is none of the last item's words, on a
// line of its own also where that item ends without a mark.
func TestANoteBehindAListIsItsOwn(t *testing.T) {
	t.Parallel()
	for _, head := range []string{"备注：", "注：", "说明："} {
		_, got := readTasks(t, Source{Name: "x.txt", Data: []byte("清源县2022年整治清单\n1.人民路楼顶广告；整改时限：5月20日前；责任单位：县城管局；责任人：宋涛\n2.高速引线立柱广告；整改时限：7月15日前；责任单位：县交通运输局；责任人：胡斌\n" + head + "县住建局7月25日前组织验收。\n")})
		if !slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, "2022-07-25 县住建局: ") }) {
			t.Errorf("%s %q", head, got)
		}
	}
}

// TestATimeThatIsAskedAboutIsNotSetAside: the cell of a day that is over is asked about, and
// its account says so, also beside what was done in a year before.
func TestATimeThatIsAskedAboutIsNotSetAside(t *testing.T) {
	t.Parallel()
	for _, words := range []string{"已于2021年12月底前完成的，再查一遍", "再查一遍"} {
		rows := cellsOf([]string{"工作任务|完成时限|责任单位", words + "|1月15日|县水利局", "修复堤防|6月底前|县水利局"})
		d, _ := readTasks(t, fileOf(t, "docx", "清源县2022年重点工作安排表", rows))
		i := slices.IndexFunc(d.Expressions, func(e Expression) bool { return e.Words == "1月15日" })
		if i < 0 || d.Expressions[i].Became != becameQuestion {
			t.Errorf("%s: %v", words, d.Expressions)
		}
	}
}
