package intake

import (
	"context"
	"slices"
	"strings"
	"testing"

	"duban/internal/calendar"
	"duban/internal/plan"
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

// makes compares tasks as readTasks gives them with days and bodies, in any order.
func makes(t *testing.T, name string, got, want []string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: made %q, wanted %q", name, got, want)
	}
	for _, w := range want {
		if !slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, w+": ") }) {
			t.Errorf("%s: no %s among %q", name, w, got)
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
			makes(t, name+" "+kind, got, c.want)
		}
	}
}

// TestRowsOfCalendarsAndQuarters: the day of a remark beside a part of the year, a duty's whole
// year, several matters in a cell, and notes of several sentences in a row.
func TestRowsOfCalendarsAndQuarters(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ rows, want []string }{
		"a remark's day": {[]string{"时间|工作任务|责任单位|备注", "二季度|召开推进会|市创建办|4月20日前召开", "二季度|完成市场改造|市商务局|5月底前开业3个", "三季度|安装路灯620盏|市住建局|8月底前", "全年|每月开展一次清洁日|团市委|"},
			[]string{"2022-04-20 市创建办", "2022-05-31 市商务局", "2022-06-30 市商务局", "2022-08-31 市住建局"}},
		"a duty's stretch": {[]string{"活动名称|主要内容|时间|承办单位", "周末小剧场|每周六晚举办演出一场。|3月—12月|市剧团", "送戏下乡|组织演出96场，每村不少于1场。|11月底前|市剧团", "义诊|建成点位3处，每月开展一次。|全年|市医院"},
			[]string{"2022-11-30 市剧团", "2022-12-31 市医院"}},
		"matters in a cell": {[]string{"周次|日期|主要工作|责任部门", "9|4月22日—4月28日|期中检测；校园读书节闭幕|教务处", "10|5月6日—5月12日|期中总结会，表彰先进|德育处", "注|各备课组每周备课一次；保卫科于6月1日前组织演练。||"},
			[]string{"2022-04-28 教务处", "2022-04-28 教务处", "2022-05-12 德育处", "2022-06-01 保卫科"}},
		"two rows of one number": {[]string{"序号|项目名称|年度目标|责任单位", "1|水库加固|5月底前完成主体，10月底前完成验收。|市水库中心", "1|泵站改造|8月底前全部开工，年底前完成投资。|市排水中心"},
			[]string{"2022-05-31 市水库中心", "2022-10-31 市水库中心", "2022-08-31 市排水中心", "2022-12-31 市排水中心"}},
	} {
		_, got := readTasks(t, fileOf(t, "xlsx", "清源市2022年重点工作安排表", cellsOf(c.rows)))
		makes(t, name, got, c.want)
	}
}

// TestAnotherBodyBelowAStageIsAskedAbout: a sentence below a dated heading that begins with what
// may be a body, and does what no verb known says, is not a part of the heading's work in silence.
func TestAnotherBodyBelowAStageIsAskedAbout(t *testing.T) {
	t.Parallel()
	for sentence, asked := range map[string]bool{
		"市测绘院勾绘图斑。":        true,
		"评委专家组遴评全部作品。":     true,
		"清淤队昼夜清淤。":         true,
		"对发现的问题限期整改。":      false,
		"市场周边环境同步美化。":      false,
		"各单位要高度重视，密切配合。":   false,
		"同步宣传治水成效，营造良好氛围。": false,
		"建立健全长效机制。":        false,
	} {
		text := usualHead + "一、步骤\n（一）整改阶段（4月—6月）。市水务局全面清理河道垃圾。" + sentence + "\n（二）总结阶段（7月）。市水务局总结经验。\n"
		d := everyTimeAccounted(t, Source{Name: "x.txt", Data: []byte(text)}, "2022-03-01")
		got := slices.ContainsFunc(d.Questions, func(q Question) bool {
			words := strings.TrimRight(sentence, "。")
			return q.Kind == "lead" && (strings.Contains(q.Words, words) || slices.ContainsFunc(q.Items, func(i Item) bool { return strings.Contains(i.Words, words) }))
		})
		if got != asked {
			t.Errorf("%s: asked %v, want %v", sentence, got, asked)
		}
	}
}

// TestABracketInALaterItemIsAskedAboutAbove: who stands in the words of the last item alone may
// not be for those above it; a line of its own behind them all is.
func TestABracketInALaterItemIsAskedAboutAbove(t *testing.T) {
	t.Parallel()
	for end, asked := range map[string]bool{
		"6月底前完成护岸5公里。（责任单位：市水务局）":             true,
		"6月底前完成护岸5公里。\n责任单位：市水务局":             false,
		"6月底前完成护岸5公里。以上工作由市水务局负责。（责任单位：市水务局）": false,
	} {
		text := usualHead + "一、重点任务\n（一）河道清理\n1.4月底前完成垃圾清理。\n2.5月底前完成清淤20公里。\n3." + end + "\n（二）宣传\n市教育局5月底前开展宣传。\n"
		d := everyTimeAccounted(t, Source{Name: "x.txt", Data: []byte(text)}, "2022-03-01")
		p := loadDraft(t, d)
		for _, want := range []string{"2022-04-30 | 市水务局 | 垃圾清理", "2022-05-31 | 市水务局 | 清淤", "2022-06-30 | 市水务局 | 护岸"} {
			if !slices.ContainsFunc(p.Tasks, func(k plan.Task) bool { return matchesWant(p, k, want) }) {
				t.Errorf("%s: no task %q", end, want)
			}
		}
		if got := slices.Contains(asksOfDraft(d), "lead"); got != asked {
			t.Errorf("%s: asked %v, want %v", end, got, asked)
		}
	}
}

// TestTwoColumnsOfWhoIsResponsibleAreAskedAbout: of two columns that as well say who answers the
// first leads, and is asked about where they name others.
func TestTwoColumnsOfWhoIsResponsibleAreAskedAbout(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows  []string
		asked bool
	}{
		"two":              {[]string{"项目名称|建设单位|责任单位|完成时限", "东闸改造|清源水务集团|市水务局|6月底前", "西闸改造|清源城投集团|市住建局|9月底前"}, true},
		"the same in both": {[]string{"项目名称|建设单位|责任单位|完成时限", "东闸改造|市水务局|市水务局|6月底前", "西闸改造|市住建局|市住建局|9月底前"}, false},
		"one leads":        {[]string{"项目名称|建设单位|牵头单位|完成时限", "东闸改造|清源水务集团|市水务局|6月底前", "西闸改造|清源城投集团|市住建局|9月底前"}, false},
		"one takes part":   {[]string{"项目名称|责任单位|配合单位|完成时限", "东闸改造|清源水务集团|市水务局|6月底前", "西闸改造|清源城投集团|市住建局|9月底前"}, false},
		"a measure's unit": {[]string{"项目名称|单位|责任单位|完成时限", "东闸改造|座|市水务局|6月底前", "西闸改造|座|市住建局|9月底前"}, false},
		"where it is":      {[]string{"隐患单位|整改要求|责任单位|完成时限", "东门市场|恢复消火栓供水|市商务局|6月底前", "南苑小区|清理消防通道|城关街道|9月底前"}, false},
	} {
		d, _ := readTasks(t, fileOf(t, "xlsx", "清源市2022年重点项目安排表", cellsOf(c.rows)))
		if got := slices.Contains(asksOfDraft(d), "lead"); got != c.asked {
			t.Errorf("%s: asked %v, want %v", name, got, c.asked)
		}
	}
}

// TestADoubtOfWhoLeadsSaysWhatTheDraftHas: the question does not say that nobody is named, shows whom
// the draft has, takes yes for all of them, and of an answer with two units the first leads and the
// other assists, wherever the doubt comes from.
func TestADoubtOfWhoLeadsSaysWhatTheDraftHas(t *testing.T) {
	t.Parallel()
	spread := usualHead + "一、重点任务\n（一）河道清理\n1.4月底前完成垃圾清理。\n2.6月底前完成护岸5公里。（责任单位：市水务局）\n（二）宣传\n市教育局5月底前开展宣传。\n"
	for name, c := range map[string]struct {
		src   Source
		words string
		lead  string // as the draft has it
	}{
		"two columns":    {fileOf(t, "xlsx", "清源市2022年重点项目安排表", cellsOf([]string{"项目名称|建设单位|责任单位|完成时限", "东闸改造|清源水务集团|市水务局|6月底前", "西闸改造|清源城投集团|市住建局|9月底前"})), "东闸改造", "清源水务集团"},
		"a later item":   {Source{Name: "x.txt", Data: []byte(spread)}, "垃圾清理", "市水务局"},
		"goes on or not": {Source{Name: "x.txt", Data: []byte(usualHead + "一、任务\n1.检测。市水务局5月底前完成检测，承建商6月底前返工完毕。\n2.护岸。市水务局9月底前完成护岸。\n")}, "返工", "市水务局"},
	} {
		read := func(answers map[string]string) (*Draft, Question) {
			d, err := Import(t.Context(), []Source{c.src}, Options{Issued: calendar.NewDay(2022, 3, 1), Calendar: holidays(t), Answers: answers})
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(d.Questions, func(q Question) bool {
				return q.Kind == "lead" && (strings.Contains(q.Words, c.words) || slices.ContainsFunc(q.Items, func(i Item) bool { return strings.Contains(i.Words, c.words) }))
			})
			if i < 0 {
				t.Fatalf("%s: nothing is asked about %s", name, c.words)
			}
			return d, d.Questions[i]
		}
		led := func(d *Draft) string {
			p := loadDraft(t, d)
			i := slices.IndexFunc(p.Tasks, func(k plan.Task) bool {
				return strings.Contains(k.Source+k.Title, c.words) && k.Kind == plan.Dated && (c.words != "返工" || k.Due.Month == 6)
			})
			out := p.Directory.Name(p.Tasks[i].Lead)
			for _, u := range p.Tasks[i].Assist {
				out += " " + p.Directory.Name(u)
			}
			return out
		}
		d, q := read(nil)
		if strings.Contains(q.Ask, "没有写明") || strings.Contains(q.Ask, "“”") {
			t.Errorf("%s: %s", name, q.Ask)
		}
		if q.Proposal == "" && !slices.ContainsFunc(q.Items, func(i Item) bool { return i.Proposal == c.lead }) || q.Proposal != "" && q.Proposal != c.lead {
			t.Errorf("%s: whom the draft has is not said: %+v", name, q)
		}
		before := led(d)
		if d, q := read(map[string]string{q.ID: "是"}); !q.done || led(d) != before {
			t.Errorf("%s: yes: %s, done %v", name, led(d), q.done)
		}
		at := q.ID
		for _, i := range q.Items {
			if strings.Contains(i.Words, c.words) {
				at = i.ID
			}
		}
		if d, _ := read(map[string]string{at: "市林业局、市民政局"}); !strings.HasPrefix(led(d), "市林业局 ") || !strings.Contains(led(d), "市民政局") {
			t.Errorf("%s: another: %s", name, led(d))
		}
	}
}
