package intake

import (
	"context"
	"slices"
	"strings"
	"testing"

	"duban/internal/calendar"
)

// askedAbout are the kinds of the questions about a paper of one sentence that hold the words.
func askedAbout(t *testing.T, sentence, words string) []string {
	t.Helper()
	src := Source{Name: "x.txt", Data: []byte(usualHead + "一、重点任务\n1.清淤。" + sentence + "\n2.护岸。市水务局9月底前完成护岸。\n")}
	d, err := Import(context.Background(), []Source{src}, Options{Issued: calendar.NewDay(2022, 3, 1), Calendar: holidays(t)})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, q := range d.Questions {
		if strings.Contains(q.Words, words) || slices.ContainsFunc(q.Items, func(i Item) bool { return strings.Contains(i.Words, words) }) {
			kinds = append(kinds, q.Kind)
		}
	}
	return kinds
}

// TestWhatIsDoneThenIsNotSetAsideInSilence: words around a time that make it none are too weak
// where the sentence says what somebody does then; where it does not they stand.
func TestWhatIsDoneThenIsNotSetAsideInSilence(t *testing.T) {
	t.Parallel()
	for sentence, asked := range map[string]bool{
		"省厅将于9月中旬组织复查。":                       true,
		"省厅将于9月25日对我市开展评估。":                   true,
		"3月1日至3月20日为动员阶段，市水务局5月底前完成清淤。":       false,
		"普查标准时点为2022年12月31日，市水务局5月底前完成清淤。":    false,
		"实行“周调度、月通报”，市水务局5月底前完成清淤。":           false,
		"市水务局5月底前完成清淤，逾期未完成的通报批评。":            false,
		"2022年10月1日至2023年5月31日为防火期，市水务局加强巡护。": false,
	} {
		if got := slices.Contains(askedAbout(t, sentence, strings.TrimRight(sentence, "。")[:12]), "aside"); got != asked {
			t.Errorf("%s: asked %v, want %v", sentence, got, asked)
		}
	}
}

// TestWhoWasNamedBeforeIsAskedWhereAnotherMayAct: a part of a sentence that begins with what
// may be a body nobody knows is not its neighbour's in silence.
func TestWhoWasNamedBeforeIsAskedWhereAnotherMayAct(t *testing.T) {
	t.Parallel()
	for sentence, asked := range map[string]bool{
		"市水务局5月底前完成检测，承建商6月底前返工完毕。":     true,
		"市水务局5月底前完成检测，养护队每月冲洗管道两次。":     true,
		"市水务局5月底前完成检测，6月底前全线贯通。":        false,
		"市水务局5月底前完成检测，并于6月底前报市政府。":      false,
		"市水务局5月底前完成检测，补助资金于6月底前兑付到户。":   false,
		"市水务局5月底前完成检测，年底前与施工单位签订养护协议。":  false,
		"市水务局5月底前完成检测，同步编制方案，7月10日前印发。": false,
	} {
		part := strings.TrimRight(sentence[strings.LastIndex(sentence[:len(sentence)-9], "，")+3:], "。")
		if got := slices.Contains(askedAbout(t, sentence, part), "lead"); got != asked {
			t.Errorf("%s: asked %v, want %v (%s)", sentence, got, asked, part)
		}
	}
}

// TestThePlaceOfAProblemIsNotWhoMends: beside a column of who is responsible, one of where
// the problem is leads nothing; alone it does.
func TestThePlaceOfAProblemIsNotWhoMends(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ rows, want []string }{
		"beside who mends": {[]string{"序号|隐患单位|主要隐患|整改要求|整改责任主体|督办单位|整改期限", "1|鑫源商贸城|喷淋系统瘫痪|修复喷淋系统|鑫源商业管理有限公司|东山区人民政府|2022年7月10日", "2|金鼎大厦|楼梯间封堵|拆除封堵设施|金鼎大厦业主委员会|市住建局|2022年6月30日"},
			[]string{"2022-07-10 鑫源商业管理有限公司", "2022-06-30 金鼎大厦业主委员会"}},
		"before who is responsible": {[]string{"问题单位（场所）|存在问题|整改措施|责任单位|完成时限", "东门市场|消火栓无水|恢复供水|市商务局|5月底前", "南苑小区|通道堵塞|清理通道|城关街道|4月底前"},
			[]string{"2022-05-31 市商务局", "2022-04-30 城关街道"}},
		"alone": {[]string{"序号|受检单位|存在问题|整改期限", "1|市第一医院|危废台账不全|5月底前", "2|市自来水公司|加氯间无警示|6月底前"},
			[]string{"2022-05-31 市第一医院", "2022-06-30 市自来水公司"}},
	} {
		for _, kind := range []string{"xlsx", "docx"} {
			_, got := readTasks(t, fileOf(t, kind, "清源市2022年挂牌督办隐患整改表", cellsOf(c.rows)))
			if len(got) != len(c.want) {
				t.Errorf("%s %s: made %q, wanted %q", name, kind, got, c.want)
			}
			for _, w := range c.want {
				if !slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, w+": ") }) {
					t.Errorf("%s %s: no %s among %q", name, kind, w, got)
				}
			}
		}
	}
}
