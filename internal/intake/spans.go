package intake

import (
	"regexp"
	"strings"

	"duban/internal/deadline"
)

var (
	whomHead = regexp.MustCompile(`^(?:并|同时)?(?:对于?|凡|凡是|针对|在)$`)
	whomTail = regexp.MustCompile(`^[\p{Han}\d“”（）()、]{0,24}?的(?:[\p{Han}]{0,10})$`)
	banWord  = regexp.MustCompile(`^[\p{Han}\d、“”]{0,16}?(?:禁止|严禁|不得|不再|不予|停止|限制|暂停|禁行|限行)`)
)

// ofWhom is true of a time that says whom or what a rule is for: 对3月31日前购买新能源
// 汽车的消费者，每辆补贴3000元.
func ofWhom(text string, r deadline.Reading, s span) bool {
	from, to := s.from, s.to
	for _, p := range commaSpans(text, s) {
		if r.Begin >= p.from && r.Begin < p.to {
			from, to = trimSpan(text, p.from, p.to)
		}
	}
	if r.Begin < from || r.End > to {
		return false
	}
	return whomHead.MatchString(fold(text[from:r.Begin])) && whomTail.MatchString(tight(fold(text[r.End:to]))) && to < s.to
}

var (
	// whomSaid ends the words between who acts and whom: 省财政厅对|2023年底前建成的….
	whomSaid = regexp.MustCompile(`^(?:[\p{Han}（）()]{2,16}?)?(?:并|同时)?(?:对于?|凡|凡是|针对)$`)
	// againstWhom is behind 对 and a time that say of whom what follows is done.
	againstWhom = regexp.MustCompile(`^[\p{Han}\d%“”（）()、.]{0,24}?的(?:[\p{Han}]{1,8}|县\([市区、]+\))[\p{Han}、,]{0,20}?(?:约谈|通报|问责|曝光|督办|扣分|处罚|追责|取消|挂牌|提醒|追回|追缴|清退|扣减|暂停|注销|关停|停业)`)
	// givenWhom is behind 对 and a time that say of whom or what money is given for.
	givenWhom = regexp.MustCompile(`^[\p{Han}\d%“”（）()、.]{0,24}?的[^。;]{0,24}?(?:给予|予以|享受|发放|安排|按)[^,。;]{0,20}?(?:补贴|补助|奖励|奖补|支持|减免|优惠|贴息|表彰|倾斜|资金)`)
	// shareOfWhom is behind a time at which somebody has too little, of whom something is done then.
	shareOfWhom = regexp.MustCompile(`^前?[\p{Han}]{0,16}?(?:低于|高于|不足|达不到|少于|未达到?|超过)[^,。;]{0,14}?的(?:[\p{Han}]{0,8}|县\([市区、]+\)),?(?:由|一律|予以|将|进行|给予|不予|取消|扣|约谈|通报|[\p{Han}]{2,16}(?:约谈|通报))`)
)

// noLess is behind a time by which so much is done: 12月上旬按不低于5%的比例抽查.
var noLess = regexp.MustCompile(`^前?[\p{Han}]{0,16}?不(?:得|能|应)?(?:低于|高于|少于|超过)`)

// talkedTo is true of such a time.
func talkedTo(text string, r deadline.Reading, s span) bool {
	p := partHolding(text, r, s)
	from, _ := trimSpan(text, p.from, p.to)
	after := tight(fold(text[min(r.End, s.to):s.to]))
	if r.Begin < from || r.Kind == deadline.Recurring {
		return false
	}
	return whomSaid.MatchString(tight(fold(text[from:r.Begin]))) && (againstWhom.MatchString(after) || givenWhom.MatchString(after)) || shareOfWhom.MatchString(after) && !noLess.MatchString(after)
}

var (
	mayHead = regexp.MustCompile(`可(?:以|自行|自愿)?(?:在|于)?$`)
	mayTail = regexp.MustCompile(`^(?:之?前|以前|内|期间)?[^,。;]{0,20}?(?:办理|领取|申请|报名|登录|查询|预约|缴费|提出|选择|申报|享受|补办|前往|咨询|参加|查看|下载|使用|退|换|认领)`)
)

// mayBy is true of the time in which people may do something: 可于5月31日前到大厅办理.
func mayBy(text string, r deadline.Reading, s span) bool {
	p := partHolding(text, r, s)
	return r.Begin >= p.from && mayHead.MatchString(tight(fold(text[p.from:r.Begin]))) && mayTail.MatchString(tight(fold(text[min(r.End, p.to):p.to])))
}

// ofAnyCase is before a term that runs for each of whom a rule is: 对停用3年以上的矿井，应当在一年内关闭.
var ofAnyCase = regexp.MustCompile(`(?:^|,)(?:对于?|凡是?|针对)[^,。;]{0,30}的[^,。;]{0,12},?(?:应当?|须|要|必须|均|一律)*(?:在|于)?$`)

var (
	looksAt     = regexp.MustCompile(`(?:检查|核查|排查|审计|抽查|倒查|核实|复核|梳理|清理|清查|统计|调取|比对|摸排|评查|对|将)$`)
	reportsOf   = regexp.MustCompile(`(?:报送|上报|提交|提供|填报|移交|汇总|统计|收集|整理|公布|通报|归集)$`)
	isLookedAt  = regexp.MustCompile(`^(?:期间|以来|之间)?(?:的|[\p{Han}]{1,8}的|(?:新|已|所)[\p{Han}]{1,6})`)
	notLookedAt = regexp.MustCompile(`^(?:期间)?的?(?:集中|专项|全面)[\p{Han}]{0,4}(?:整治|行动|检查|排查|治理)`)
)

// lookedAt is true of a stretch of time that says what is looked at, and not until when:
// 核查2021年7月至2022年3月发放的补贴.
func lookedAt(text string, r deadline.Reading, s span) bool {
	if r.Kind != deadline.Window || r.Start.IsZero() || r.Begin < s.from || r.End > s.to {
		return false
	}
	p := partHolding(text, r, s)
	after := tight(fold(text[min(r.End, p.to):p.to]))
	if strings.HasSuffix(r.Words, "的") {
		after = "的" + after
	}
	if r.Begin >= p.from && reportsOf.MatchString(tight(fold(text[p.from:r.Begin]))) && hanIn(after) >= 2 && !policyDoes.MatchString(after) {
		return true // 汇总4月至6月执法数据
	}
	return r.Begin >= p.from && looksAt.MatchString(tight(fold(text[p.from:r.Begin]))) && isLookedAt.MatchString(after) && !notLookedAt.MatchString(after)
}

// banWindow is true of the time in which something is forbidden: 11月1日至3月31日，主城区
// 禁止…; 年内不再新批.
func banWindow(text string, r deadline.Reading, s span) bool {
	if r.Kind != deadline.Window && !wholeYear.MatchString(tight(fold(r.Words))) {
		return false
	}
	return banWord.MatchString(strings.TrimLeft(tight(fold(text[min(r.End, s.to):s.to])), ","))
}

// openHead is before the time in which people may come to do something.
var openHead = regexp.MustCompile(`(?:办理|申报|报名|缴费|受理|申请|汇算|缴存|征收|开放|预约|营业|集中缴费|参保缴费|补贴申领|退费)(?:办理|缴费)?(?:时间|时段|期限?|起止时间)(?:统一)?(?:为|是|:)(?:每年的?)?$`)

// openTime is true of such a time.
func openTime(text string, r deadline.Reading, s span) bool {
	p := partHolding(text, r, s)
	return r.Kind == deadline.Window && r.Begin >= p.from && openHead.MatchString(tight(fold(text[p.from:r.Begin]))) && hanIn(text[min(r.End, p.to):p.to]) <= 2
}

// stateIs is behind a year that says what was or is so, and not what is to be reached.
var stateIs = regexp.MustCompile(`^(?:度)?,?[\p{Han}()]{2,30}?(?:率|比例|占比|比重|数量?|范围|标准|总量|浓度|余额|收入|人口|面积|总额)(?:约|均|仍)?为[^,。;]{0,16}?\d[^,。;]*$`)
