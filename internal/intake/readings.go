package intake

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"duban/internal/deadline"
	"duban/internal/words"
)

var (
	publishWord = regexp.MustCompile(`(向社会|对外|社会)?(公开|公布|公示|发布)`)
	visionWord  = regexp.MustCompile(`^(到|至|力争到)`)
	headDated   = regexp.MustCompile(`前|底|末|内|每|按(月|季|周)`)
	bareYear    = regexp.MustCompile(`^(?:19|20)\d\d年度?$|^(?:全年|年度|本年度?|今年)$`)
	notAmount   = regexp.MustCompile(`^(?:度)?(?:的|是|为|以来|市政府|省政府|国务院|政府工作报告|国家|全国|中央|[\p{Han}]{0,12}(?:考核中|考核时|会议精神|工作报告|工作会议))`)
	policyTerm  = regexp.MustCompile(`^(?:期间)?,?(?:免征|免收|免除|减征|减免|减半|缓缴|缓征|享受|给予|有效|对[\p{Han}]{2,16}(?:免征|免收|减征|减免|减半|缓缴|给予))`)
	seasonGiven = regexp.MustCompile(`(?:汛期|(?:采暖|供暖|防火|灌溉|禁渔|休渔|封山|禁烧)[期季]) ?\($|(?:期|时段|季节)[为是](?:每年的?)?$`)
	policyRuns  = regexp.MustCompile(`(?:政策|措施|规定|补贴|补助|标准)[\p{Han}]{0,6}(?:执行|实施|延续|有效)[\p{Han}]{0,4}$`)
	fullDay     = regexp.MustCompile(`^(?:19|20)\d\d年\d{1,2}月\d{1,2}日$`)
	afterAll    = regexp.MustCompile(`(?:确需|需要|申请|经批准|经[\p{Han}]{2,16}(?:同意|批准)|特殊情况|确有).{0,20}(?:最迟|最晚|不得超过|不得晚于|延长至|延长到|延期至|展期至|推迟至|延至|顺延至|延长|延期|顺延).{0,6}$`)
	amount      = regexp.MustCompile(`\d|%|[一二三四五六七八九十百千万两]+(?:个|家|项|条|次|所|处|亩|公里|人|场|批|座)|完成|建成|启动|开工|投入|投用|投运|实现|达到|控制|创建|新增|新建|不低于|不少于|不超过|以上|以内|全部|全覆盖|开展|组织|举办|培育|实施|发展|印发|出台`)
)

// counts says whether a reading makes an entry of its own here; what looks like
// a time and does not is set aside with its reason.
func (k *committer) counts(c *clause, r deadline.Reading, s span, limit bool) bool {
	why := ""
	switch {
	case r.Kind == deadline.Target:
		why = "target"
	case !limit && quoted(c.text, r):
		why = "target"
	case !limit && formula.MatchString(c.text[s.from:s.to]) && !strings.Contains(r.Words, "前"):
		why = "target"
	case !limit && wholeYear.MatchString(tight(fold(r.Words))) && listHead.MatchString(tight(fold(c.text[min(r.End, len(c.text)):min(r.End+90, len(c.text))]))):
		why = "target" // 今年要抓好以下工作：
	case typeOf.MatchString(tight(fold(c.text[min(r.End, len(c.text)):min(r.End+12, len(c.text))]))):
		why = "target" // 立行立改类问题
	case !limit && r.Kind == deadline.Window && termOfWork.MatchString(tight(fold(c.text[max(0, min(s.from, r.Begin)):min(r.Begin, len(c.text))]))):
		why = "stage" // 项目建设期10个月，自2023年7月至2024年4月
	case !limit && ofWhatIsWrong(c.text, r):
		why = "target" // 反馈问题：畜禽养殖污染投诉多发，2023年上半年接到投诉37件
	case !limit && stageAlone(c, r):
		why = "stage" // （二）集中整治（5月至10月）。
	case !limit && eventTime(c.text, r, s):
		why = "stage" // 考试时间：6月7日至8日
	case !limit && comesTo.MatchString(tight(fold(c.text[min(r.End, s.to):s.to]))) && hanIn(c.text[s.from:max(s.from, r.Begin)]) <= 1:
		why = "stage" // 9月2日下午报到
	case !limit && stepEnds(c.text, r, s):
		why = "stage"
	case r.Effect || r.Kind == deadline.Start && ruleStarts.MatchString(tight(fold(partText(c.text, r, s)))):
		why = "effect"
	case !limit && asOf.MatchString(tight(fold(c.text[max(0, min(s.from, r.Begin)):min(r.Begin, len(c.text))]))):
		why = "target"
	case !limit && notDoneOf(c.text, r, s):
		why = "condition"
	case !limit && rewarded(c.text, r, s):
		why = "condition" // 7月31日前签约的给予奖励
	case !limit && movedFrom(c.text, r, s):
		why = "moved"
	case !limit && stagesListed(c.text, r, s):
		why = "stage"
	case !limit && stageNamed(c.text, r, s):
		why = "stage"
	case !limit && ownTerm(c.text, r, s):
		why = "effect"
	case !limit && reportPeriod(c.text, r, s):
		why = "target"
	case !limit && ofWhom(c.text, r, s):
		why = "condition"
	case !limit && talkedTo(c.text, r, s):
		why = "condition" // 对11月底清偿率低于60%的单位由县政府约谈
	case !limit && r.Rule == "A19" && r.YearFrom == "issued" && ofAnyCase.MatchString(tight(fold(c.text[max(0, min(s.from, r.Begin)):min(r.Begin, len(c.text))]))):
		why = "condition" // 对停用超过3年的尾矿库，应当在一年内完成治理
	case !limit && mayBy(c.text, r, s):
		why = "policy"
	case !limit && openTime(c.text, r, s):
		why = "policy" // 汇算办理时间为3月1日至6月30日
	case !limit && c.role != roleGoals && bareYear.MatchString(tight(fold(r.Words))) && stateIs.MatchString(tight(fold(c.text[min(r.End, s.to):s.to]))):
		why = "target" // 2023年我区大学毕业生征集比例为61%
	case !limit && lookedAt(c.text, r, s):
		why = "target" // 检查2020年1月1日至2021年3月31日期间的结算数据
	case !limit && r.Kind == deadline.Recurring && saysWhat(c.text, r, s):
		why = "target" // 出台考核办法，明确教授每学年至少讲授一门课程
	case !limit && bareYear.MatchString(tight(fold(r.Words))) && stageNamed(c.text, r, s):
		why = "stage" // 2024年为内业化验阶段
	case !limit && r.Kind == deadline.Recurring && tight(fold(r.Words)) == "学期" && oneTerm.MatchString(c.text[max(0, min(s.from, r.Begin)):min(r.Begin, len(c.text))]):
		why = "target" // 2022年秋季学期检查发现的隐患
	case !limit && bareYear.MatchString(tight(fold(r.Words))) && (yearOfWhat.MatchString(tight(fold(c.text[max(0, min(s.from, r.Begin)):min(r.Begin, len(c.text))]))) || termOf.MatchString(tight(fold(c.text[min(r.End, s.to):s.to])))):
		why = "target" // 暂停安排2026年新增投资; 2024年春季学期发放的资助
	case !limit && r.Rule == "L1" && restLater(c.text, r, s):
		why = "target" // 立行立改；短期无法整改的，5月31日前完成
	case !limit && foundThen.MatchString(tight(fold(c.text[min(r.End, s.to):s.to]))):
		why = "target" // 年底抽查发现，部分地区仍存在问题
	case !limit && r.Kind == deadline.Recurring && asFollows.MatchString(tight(fold(c.text[min(r.End, s.to):s.to]))):
		why = "target" // 将重点工作按月安排如下
	case !limit && bareYear.MatchString(tight(fold(r.Words))) && thingOfYear(c.text, r, s):
		why = "target" // 今年计划改造的14个小区，由县住建局…
	case !limit && validFrom.MatchString(tight(fold(partText(c.text, r, s)))):
		why = "effect" // 有效期自签订之日起至2023年12月31日
	case !limit && bareYear.MatchString(tight(fold(r.Words))) && sumOfDuty(c.text, r, s, c.readings):
		why = "target" // 每季度举办一期培训班，全年培训不少于600人次
	case !limit && partYear.MatchString(tight(fold(r.Words))) && draftsIt.MatchString(tight(fold(c.text[max(0, min(s.from, r.Begin)):min(r.Begin, len(c.text))]))) && paperOfTime.MatchString(tight(fold(c.text[min(r.End, s.to):s.to]))):
		why = "target" // 拟定二季度招商计划
	case !limit && !r.Due.IsZero() && !k.facts.Issued.IsZero() && r.Due.Before(k.facts.Issued) && doneThen.MatchString(tight(fold(partText(c.text, r, s)))):
		why = "target" // 2.6万亩任务已于今年5月全部完工
	case !limit && k.isPast(r) && wasSo.MatchString(tight(fold(c.text[min(r.End, s.to):s.to]))) && !toBeDone.MatchString(tight(fold(c.text[s.from:s.to]))):
		why = "target" // 7月28日，我县遭遇特大暴雨; 1至8月事故起数同比下降12%
	case !limit && r.Kind == deadline.Recurring && r.Recurrence == "" && fixedThing.MatchString(tight(fold(c.text[min(r.End, len(c.text)):min(r.End+30, len(c.text))]))):
		why = "target" // 对享受定期抚恤的人员
	case !limit && forecast.MatchString(tight(fold(c.text[s.from:s.to]))):
		why = "target" // 预测7月下旬至8月上旬可能出现强降雨
	case !limit && r.Kind == deadline.Recurring && budgeted.MatchString(tight(fold(c.text[min(r.End, s.to):s.to]))):
		why = "target" // 按年度纳入预算
	case !limit && seasonIs.MatchString(tight(fold(r.Words))):
		why = "target" // 法定供热期为11月15日至次年3月15日
	case !limit && r.Kind == deadline.Window && termOften.MatchString(tight(fold(c.text[min(r.End, s.to):s.to]))):
		why = "stage" // 在6月1日至9月30日收购期内每日公示价格
	case !limit && banWindow(c.text, r, s):
		why = "policy"
	case r.Condition:
		why = "condition"
	case !limit && r.Kind == deadline.Window && hanIn(c.text[s.from:s.to])-hanIn(r.Words) < 3:
		why = "stage" // 一、时间安排 2021年5月至12月
	case r.Superior && !k.ownBody(c.text[s.from:s.to]):
		why = "superior"
	case r.Due == k.facts.Issued && r.Kind == deadline.Due && fullDay.MatchString(tight(fold(r.Words))):
		why = "target" // the day of issue itself
	case r.Kind == deadline.Window && seasonGiven.MatchString(fold(c.text[max(0, min(r.Begin, len(c.text))-40):min(r.Begin, len(c.text))])):
		why = "target" // 汛期（5月15日至9月30日）
	case !limit && r.Kind == deadline.Due && policyRuns.MatchString(fold(c.text[max(0, min(r.Begin, len(c.text))-60):min(r.Begin, len(c.text))])) && !strings.Contains(r.Words, "前"):
		why = "target" // 政策执行至2020年底
	case !limit && !strings.Contains(r.Words, "前") && runsTill.MatchString(tight(fold(c.text[max(0, min(s.from, r.Begin)):min(r.Begin, len(c.text))]+untilHead.FindString(r.Words)))):
		why = "target" // 免征污水处理费，执行至2022年12月31日
	case !limit && afterAll.MatchString(tight(fold(c.text[max(0, min(s.from, r.Begin)):min(r.Begin, len(c.text))]))):
		why = "condition"
	case r.BackRef && r.Kind != deadline.Recurring || r.Kind == deadline.None || r.Kind == deadline.Standing || r.Kind == deadline.Relative && r.Due.IsZero():
		return false
	case c.role == roleHead && purposeHead.MatchString(tight(fold(c.text[s.from:s.to]))) && k.saidBefore(c, r):
		why = "purpose"
	case c.role == roleHead && !headDated.MatchString(fold(r.Words)):
		why = "goal"
	case !limit && bareYear.MatchString(tight(fold(r.Words))) && !says(c.text, r):
		why = "target"
	case !limit && r.Kind == deadline.Window && policyTerm.MatchString(tight(fold(c.text[min(r.End, len(c.text)):min(r.End+60, len(c.text))]))):
		why = "target"
	case !limit && r.Kind == deadline.Window && policyWindow(c.text, r, s):
		why = "policy"
	case k.vision(r) && !k.nextGoal(c, r):
		why = "vision"
	case !r.Due.IsZero() && !k.facts.Issued.IsZero() && r.Due.Before(k.facts.Issued) && r.Due.Year < k.facts.Issued.Year && k.facts.Year >= k.facts.Issued.Year:
		why = "past"
	case c.role == roleGoals && !limit && len(c.found) == 0 && !goalTask(c.text, r, s):
		return k.goal(c, r, s)
	}
	if why != "" {
		k.aside = append(k.aside, Aside{Place: c.place, Words: r.Words, Why: why, at: span{r.Begin, r.End}, c: c})
		return false
	}
	return true
}

var (
	ownTermRe    = regexp.MustCompile(`^本(?:通知|办法|方案|意见|措施|规定|细则|政策|计划|公告)[^,。;]{0,24}(?:执行|施行|实施|有效)(?:期限|期|截止日期)?(?:至|到|为|截至)$`)
	periodHead   = regexp.MustCompile(`(?:兑现|发放|拨付|结算|支付|清算|兑付|报送|上报|提交|报告|通报|公布|发布|反馈|汇总|填报|分析|总结|形成|公开)[^,。;]{0,16}$`)
	periodTail   = regexp.MustCompile(`^[、和及\p{Han}\d]{0,16}?(?:奖励|奖金|奖补|补贴|补助|绩效|工资|费用|款项|租金|报告|情况|总结|数据|报表|材料|进展|信息|台账|指标|结果)`)
	periodMatter = regexp.MustCompile(`^的?(?:(?:工作|任务|目标)?(?:完成|落实|执行|履职|推进|整改)情况|(?:思路|打算|目标|重点|谋划|举措|工作思路|思路举措)(?:[^\p{Han}]|和|及|与|举措|任务|$)|(?:重点|主要)?(?:工作|任务|目标|经济|运行|绩效|预算|财政|安全生产)?(?:总结|小结|计划|打算|安排|情况|报告|数据|报表|进展|台账|考核结果|运行分析|形势)|(?:重点|主要)工作(?:实行|由|要|应|按))`)
	periodName   = regexp.MustCompile(`^[本上下当]周$|^(?:下个?月|次月|[下上]个?季度|明年|下一?年度?)$|^(?:(?:19|20)\d\d年)?(?:[上下]半年|前?[一二三四1-4]个?季度|第[一二三四1-4]季度|全年|年度|\d{1,2}(?:-|至)\d{1,2}月)$`)
)

// listHead is behind a year that heads what is counted after it.
var listHead = regexp.MustCompile(`^,?(?:全[省市县区州]|我[省市县区州]|各级各部门)?,?(?:要|须|应|将)?(?:重点|着力|集中|切实|全力)?(?:抓好|做好|办好|完成|开展|推进|实施|落实)(?:以下|下列|如下)[\p{Han}\d]{0,8}?(?:工作|任务|事项|实事|项目|举措)?(?:[:,。]|$)`)

var (
	// forecast is what is expected of the weather, and nobody's work.
	forecast = regexp.MustCompile(`(?:可能|预计)(?:出现|发生|有|偏|迎来)[^,。]{0,12}(?:雨|雪|高温|低温|干旱|台风|洪|寒潮|大风)|(?:降水量?|降雨量?|气温|来水量?)\d[^,。]*(?:毫米|℃|度|立方米)?,?较常年|较常年(?:同期)?偏[多少高低]`)
	// budgeted is behind a rhythm in which money is planned.
	budgeted = regexp.MustCompile(`^(?:足额)?(?:纳入|列入|编入)[\p{Han}]{0,6}预算$`)
	// seasonIs are words that say when a season is.
	seasonIs = regexp.MustCompile(`^[\p{Han}]{2,6}(?:期|季)(?:为|是)`)
)

// oneTerm is before 学期 where it is one of a school's terms and no rhythm.
var oneTerm = regexp.MustCompile(`[春秋季本上下该新末一二期](?:个)?$`)

var (
	// yearOfWhat is before the year of money or a plan that something is done to.
	yearOfWhat = regexp.MustCompile(`(?:暂停|停止|取消|扣减|核减|调减|优先|不再|不得|追减)(?:安排|下达|核定|申报|拨付|新增)?$`)
	// termOf is behind the year of a term of school in which something was so.
	termOf = regexp.MustCompile(`^[春秋]季学期[^,。;]{0,16}的`)
)

// ruleMade ends a comma part in which a rule is made, ruleSays begins what it says.
var (
	ruleMade = regexp.MustCompile(`(?:制定|出台|印发|修订|完善|建立|健全)[^,。;]{0,30}(?:办法|制度|规定|细则|规则|标准|意见|政策|机制)$`)
	ruleSays = regexp.MustCompile(`^(?:明确|规定|要求)`)
)

// saysWhat is true of a rhythm that a rule which is to be made lays down.
func saysWhat(text string, r deadline.Reading, s span) bool {
	parts := commaSpans(text, s)
	p := partOf(parts, r.Begin)
	return p > 0 && p < len(parts) && ruleSays.MatchString(tight(fold(text[parts[p].from:parts[p].to]))) && ruleMade.MatchString(tight(fold(text[parts[p-1].from:parts[p-1].to])))
}

// nextGoal is true of a year beyond the plan that goes on from a goal of the plan's own
// time in the same sentence: 到2022年底，…达到20%；到2025年底，…达到50%.
func (k *committer) nextGoal(c *clause, r deadline.Reading) bool {
	last := max(k.facts.LastYear, k.facts.Issued.Year)
	if r.Due.IsZero() || r.Due.Year > last+5 || r.Begin > len(c.text) || r.Kind == deadline.Window && !r.Start.IsZero() {
		return false
	}
	from := strings.LastIndexAny(c.text[:r.Begin], "。\n") + 1
	for _, o := range c.readings {
		if o.Begin < from || o.End > r.Begin || o.Due.IsZero() || o.Due.Year >= r.Due.Year || k.vision(o) || o.Due.Before(k.facts.Issued) {
			continue
		}
		between := c.text[o.End:r.Begin]
		if i := strings.LastIndexAny(between, "；;"); i >= 0 && hanIn(between[:i]) >= 4 && hanIn(between[i:]) <= 4 {
			return true
		}
	}
	return false
}

// wrongLine is a line that says what is wrong, by its label.
var wrongLine = regexp.MustCompile(`^(?:反馈|存在的?|主要|突出|具体|检查发现的?)?问题(?:表现|描述|事实|情况)?:`)

// ofWhatIsWrong is true of a time in a line that says what is wrong.
func ofWhatIsWrong(text string, r deadline.Reading) bool {
	if r.Begin > len(text) {
		return false
	}
	from := strings.LastIndexByte(text[:r.Begin], '\n') + 1
	return wrongLine.MatchString(tight(fold(unmarked(text[from:min(r.Begin, from+120)]))))
}

// typeOf is behind a word such as 立行立改 that names a kind of problems.
var typeOf = regexp.MustCompile(`^[类型](?:的|问题|任务|事项|项目|整改|,|:|。|;|\(|、|和|及|$)`)

// runsTill is before the day until which a rule or a benefit holds.
var (
	runsTill  = regexp.MustCompile(`(?:执行|延续|有效|施行|享受|适用|实施)(?:的?(?:期限?|时间|日期|截止日期))?(?:统一|均|可|继续|一律|按规定|按政策)*(?:延长|截止|延续|持续)?(?:为)?(?:至|到|截至)$|(?:有效|享受|执行|政策|施行|优惠|减免|免费|补贴|过渡|试行|质保|保修)(?:期限?|截止日期)(?:为|是|:)?(?:至|到|截至|延长至)?$`)
	untilHead = regexp.MustCompile(`^(?:截至|至|到)`)
)

// comesTo is behind the time at which people come or go.
var comesTo = regexp.MustCompile(`^(?:上午|下午|晚上?|全天|\d{1,2}[时点:](?:\d{2})?分?前?)*(?:报到|离会|返程|开课|开考|集合|出发)$`)

// timeHead is how long the date is that a folded text begins with.
func timeHead(f string) int { return len(dateHead.FindString(f)) }

var dateHead = regexp.MustCompile(`^(?:(?:19|20)\d\d ?年)?\d{1,2} ?月 ?\d{1,2} ?日`)

var (
	stepEnd  = regexp.MustCompile(`^(?:之?前|起|开始)?[\p{Han}]{0,6}(?:登记|申报|报名|受理|征集|申请|公示|投票|填报|预约|缴费|征求意见|招募|推荐|投标|收件)(?:工作|阶段)?(?:结束|截止|为止|期满)$|^(?:之?前)?(?:结束|截止)(?:登记|申报|报名|受理|征集|申请)$|^(?:结束|截止|为止)$`)
	stepShut = regexp.MustCompile(`^(?:\d{1,2}[时点:](?:\d{2})?分?)?(?:截止|结束|为止)$`)
	stepKind = regexp.MustCompile(`报名|登记|申报|申请|受理|征集|投票|填报|缴费|招募|公示`)
	stepMade = regexp.MustCompile(`(?:登记|申报|报名|受理|征集|申请|公示|投票|填报|预约|缴费|征求意见|招募|推荐|投标|收件)(?:工作)?(?:时间|截止时间|期限)?(?:至|到|于|截至|截止到|截止至)?$`)
)

// gathers is what is gathered until a day, which is work of its own.
var gathers = regexp.MustCompile(`^(?:征集|收集|汇集|征订|推荐|遴选)[\p{Han}“”]{2,14}于$`)

// sinceWhen ends in when something begins.
var sinceWhen = regexp.MustCompile(`[从自][^,。]*\d[^,。]*(?:开始|起|启动),$`)

// stepEnds is true of a time that says when a step of the work ends, beside the limit
// of the work itself: 5月底前完成救助对象核定，4月30日登记结束.
func stepEnds(text string, r deadline.Reading, s span) bool {
	if r.Kind != deadline.Due || r.Begin < s.from || r.End > s.to || strings.Contains(r.Words, "前") {
		return false
	}
	var from, to int // the piece between commas or brackets
	if i := strings.LastIndexAny(text[s.from:r.Begin], "，,（(；;。"); i >= 0 {
		_, n := utf8.DecodeRuneInString(text[s.from+i:])
		from = s.from + i + n
	} else {
		from = s.from
	}
	if i := strings.IndexAny(text[r.End:s.to], "，,）)；;。"); i >= 0 {
		to = r.End + i
	} else {
		to = s.to
	}
	rest := text[s.from:from] + text[to:s.to]
	if !timeWord.MatchString(fold(rest)) {
		return false
	}
	before, after := tight(fold(text[from:r.Begin])), tight(fold(text[r.End:to]))
	if before == "" && after == "结束" && sinceWhen.MatchString(tight(fold(text[s.from:from]))) {
		return true // 从2023年11月开始，到2026年6月结束
	}
	if strings.HasSuffix(before, "于") && gathers.MatchString(before) && after == "截止" {
		return false // 征集节能案例于4月30日截止
	}
	if stepShut.MatchString(after) && stepKind.MatchString(text[s.from:r.Begin]) {
		return true // 网上报名自12月1日开始，男青年至2月10日18时截止
	}
	if stepEnd.MatchString(after) && (before != "" || hanIn(after) > 2) {
		return before == "" || stepMade.MatchString(before) || hanIn(after) > 2
	}
	return after == "" && stepMade.MatchString(before)
}

// partHolding is the comma part of a sentence that holds a reading.
func partHolding(text string, r deadline.Reading, s span) span {
	for _, p := range commaSpans(text, s) {
		if r.Begin >= p.from && r.Begin < p.to {
			return p
		}
	}
	return s
}

// ruleStarts is from when a rule holds, which is nobody's work: 新的低保标准自2024年1月1日起执行.
var ruleStarts = regexp.MustCompile(`^[^,。;]{0,16}(?:政策|办法|标准|规定|细则|价格|制度|条例|费率|税率)[自从][^,。;]{2,20}起(?:正式|统一)?(?:施行|执行|实施|生效)$`)

// fixedThing is behind 定期 where that is of a thing's name: 定期抚恤, 定期存款.
var fixedThing = regexp.MustCompile(`^(?:抚恤|定量|存款|存单|生活补助|补助|补贴|救助|检验(?:合格|报告|证)|航线|合同|寿险)`)

// doneThen tells that something was done by a time.
var doneThen = regexp.MustCompile(`(?:已经?|均已|现已)(?:于|在)[^,。;]*\d[^,。;]*(?:完成|完工|竣工|建成|印发|出台|实现|投用|启动|开工|结束|通过|关闭|拆除|清零|销号|下达|拨付|到位|发放)`)

// termOften is behind the time in which something is done every day or week.
var termOften = regexp.MustCompile(`^[\p{Han}]{0,6}期?(?:内|间|期间),?每`)

// isPast is true of a time before the paper that is no day by which: 7月28日, but not 2月底前, which may
// be a limit that had passed when the paper was signed, and is asked about.
func (k *committer) isPast(r deadline.Reading) bool {
	return !r.Due.IsZero() && !k.facts.Issued.IsZero() && r.Due.Before(k.facts.Issued) && !strings.Contains(r.Words, "前")
}

// wasSo is said of what was at a time before the paper.
var wasSo = regexp.MustCompile(`遭遇|遭受|突发|同比|环比|较上年|较去年|(?:抽查|检查|排查|巡查|督查|暗访)[^,。;]{0,16}\d+[家个处次户所座]|(?:发现|查出|查处|受理|收到|接到|办结)[^,。;]{0,10}\d|(?:共|累计|已)(?:发生|完成|发现|查处|受理|投入|处置|收到)`)

// draftsIt is before the part of the year of which a paper is, and paperOfTime behind it.
var (
	draftsIt    = regexp.MustCompile(`(?:拟[定订]|草拟|制[定订]|编[制印排]|起草|印发|下达|研究|审议|部署|谋划|安排|形成|提出|确定|明确|细化|分解)$`)
	paperOfTime = regexp.MustCompile(`^(?:的)?[\p{Han}“”]{0,12}?(?:计划|方案|安排|要点|预算|清单|任务|工作|指标|目标)(?:$|[,;。并和及]|报|上报|下达|印发|分解)`)
)

// asOf is before the day that figures are of: 普查标准时点为2023年12月31日.
var asOf = regexp.MustCompile(`(?:时点|基准日|评估基准|数据截止)(?:为|是|:)?$|(?:禁[渔烧放采捕养]|休渔|封[山湖河]|防火|采暖|供暖|供热|灌溉)(?:时间|期限?|期间)(?:为|是|:)$`)

var (
	notDone   = regexp.MustCompile(`(?:未能?|没有|不能|仍未|尚未|逾期未)(?:在|于|按)?$`)
	notDoneIs = regexp.MustCompile(`^前?(?:按期|按时)?[^,。;]{0,14}的`)
	movedHead = regexp.MustCompile(`(?:原定|原计划|原要求|原先|原本|原)(?:应|须|要)?(?:于|在)?$`)
	movedTail = regexp.MustCompile(`^(?:前)?(?:[\p{Han}]{0,4}的[\p{Han}]{1,12},)?(?:延期|推迟|顺延|延长|延后|提前|调整|缩短|变更)(?:至|到|为)`)
)

// notDoneOf is true of the time by which something was not done: 未能在6月底前完成的县区.
func notDoneOf(text string, r deadline.Reading, s span) bool {
	p := partHolding(text, r, s)
	return r.Begin >= p.from && notDone.MatchString(tight(fold(text[p.from:r.Begin]))) && notDoneIs.MatchString(tight(fold(text[min(r.End, p.to):p.to])))
}

// purposeHead begins a letter's sentence that says what the paper is for.
var purposeHead = regexp.MustCompile(`^为(?:了)?.*(?:现就|现将|现制定|特制定|制定本|现通知|提出|结合)`)

// saidBefore tells that an entry of the clause has the day of a reading.
func (k *committer) saidBefore(c *clause, r deadline.Reading) bool {
	return !r.Due.IsZero() && c.dates(r.Due)
}

// formula is how an indicator is worked out or defined: its years limit nothing.
var formula = regexp.MustCompile(`[=＝×÷∑]|计算公式|统计口径|计算方法|是指|指的是|定义为|公式为`)

var (
	policyWords = regexp.MustCompile(`免征|免收|免除|减征|减免|减半|缓缴|缓征|返还|补贴|补助|奖励|优惠|享受|给予|租金|税率|费率|按[^，。]{0,12}(?:计算|执行|标准)|可(?:按|以|申请|享受|延期)|标准`)
	policyDoes  = regexp.MustCompile(`开展|完成|组织|集中|整治|排查|建成|实施方案|部署|检查|清理`)
)

// policyWindow is true of the time for which a policy holds: 4月1日至6月30日，对…租金
// 返还标准可按3个月计算.
func policyWindow(text string, r deadline.Reading, s span) bool {
	rest, _, _ := strings.Cut(text[min(r.End, s.to):s.to], "其中")
	return !r.Start.IsZero() && r.Rule == "W1" && policyWords.MatchString(rest) && !policyDoes.MatchString(rest)
}

// shareWord tells a figure to be reached from work to be done.
var shareWord = regexp.MustCompile(`比例|比重|[\p{Han}]率|%|浓度|优良|水质|质量|水平|满意度|体系|格局|持续改善|明显|显著|更加|稳定|目标|达标|指数`)

var builtWord = regexp.MustCompile(`销号|建成|完成|开工|启动|投运|投用|竣工|新建|改造|建设|出台|印发|制定|整治|拆除|清理|排查|加固|治理|验收|报送|搬迁|关闭|淘汰|培训|实施|开展`)

// goalTask is true of a sentence among the goals that says what is done by when.
func goalTask(text string, r deadline.Reading, s span) bool {
	if r.Kind != deadline.Due && r.Kind != deadline.Recurring || r.Due.IsZero() && r.Recurrence == "" || bareYear.MatchString(tight(fold(r.Words))) || r.Rule == "A15" {
		return false
	}
	said := text[min(r.End, s.to):s.to]
	if hanIn(said) < 3 {
		said = text[s.from:s.to]
	}
	said, _, _ = strings.Cut(said, "；")
	if other := ownTime.FindStringIndex(fold(said)); other != nil { // …，11月底前全部销号: that is the next time's
		said = string([]rune(said)[:utf8.RuneCountInString(fold(said)[:other[0]])])
	}
	for _, part := range strings.FieldsFunc(said, func(r rune) bool { return r == '，' || r == ',' }) {
		if builtWord.MatchString(part) { // what follows says what it is for
			said = part
			break
		}
	}
	return builtWord.MatchString(said) && !shareWord.MatchString(said)
}

// ownTime begins a comma part that has its own time.
var ownTime = regexp.MustCompile(`,(?:力争|确保)?(?:(?:19|20)\d\d ?年)?(?:\d{1,2} ?月|年 ?底)[^,]{0,4}前`)

// goal asks once whether a figure among the goals is chased as a task.
func (k *committer) goal(c *clause, r deadline.Reading, s span) bool {
	said := c.text[s.from:s.to]
	id := questionID("goal", c.place, said)
	switch k.asker.ask("goal", weightSmall+8, c.place, said, "no", []string{"yes", "no"}, words.Data{"Sentence": said}) {
	case "yes":
		return true
	case "no":
		k.aside = append(k.aside, Aside{Place: c.place, Words: r.Words, Why: "goal", at: span{r.Begin, r.End}, c: c})
	default:
		k.asks = append(k.asks, asksOf{c, span{r.Begin, r.End}, id})
	}
	return false
}

// ownBody tells that a sentence in the future names a body of this place as who
// acts: 县政府督查室将于每季度末开展督查.
func (k *committer) ownBody(sentence string) bool {
	names, several := k.subject(sentence, &entry{})
	if len(names) == 0 || several {
		return false
	}
	if names[0] == k.facts.We && weRe.MatchString(tight(fold(sentence))) {
		return true // 我局将于7月底前编制方案
	}
	level := levelOf(tight(fold(names[0])))
	if level == "省" && k.facts.ToCities {
		return true
	}
	return level != "" && level != "省" && !strings.HasPrefix(names[0], "国") && !(level == "市" && strings.Contains("县区旗", k.reg.level) && k.reg.level != "")
}

// says is true of a bare year whose words promise something to count or finish:
// 2021年发展2.1万亩, not 2021年为攻坚年.
func says(text string, r deadline.Reading) bool {
	rest := text[min(r.End, len(text)):]
	if i := strings.IndexAny(rest, "。；;\n"); i >= 0 {
		rest = rest[:i]
	}
	rest = tight(fold(rest))
	return !notAmount.MatchString(rest) && (r.Rule == "A7" || amount.MatchString(rest))
}

// quoted is true of words inside a title 《…》, and of a rhythm that is only the
// name of a mechanism: “周调度、月通报”机制.
func quoted(text string, r deadline.Reading) bool {
	before := text[max(0, r.Begin-240):min(r.Begin, len(text))]
	if strings.LastIndex(before, "《") > strings.LastIndex(before, "》") {
		return true
	}
	return r.Kind == deadline.Recurring && strings.LastIndex(before, "“") > strings.LastIndex(before, "”")
}

// vision is true of a year beyond what the plan covers.
func (k *committer) vision(r deadline.Reading) bool {
	last := max(k.facts.LastYear, k.facts.Issued.Year)
	inOneMonth := r.Start.Year == r.Due.Year && strings.Contains(r.Words, "月") // 2024年10月至11月组织验收 is work
	switch {
	case r.Due.IsZero() || last == 0:
		return false
	case r.Due.Year > last+5:
		return true
	case !k.facts.Titled:
		return r.Kind == deadline.Window && r.Due.Year > last+1 && !inOneMonth
	case r.Due.Year > last+1:
		return visionWord.MatchString(strings.TrimSpace(r.Words)) || strings.Contains(r.Words, "五") || r.Kind == deadline.Window && !inOneMonth
	}
	return r.Kind == deadline.Window && r.Due.Year > last && !r.Start.IsZero() && r.Due.Year-r.Start.Year > 2
}
