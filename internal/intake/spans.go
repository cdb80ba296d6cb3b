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

// againstWhom is behind 对 and a time that say of whom what follows is done.
var againstWhom = regexp.MustCompile(`^[\p{Han}\d%“”（）()、.]{0,24}?的(?:单位|企业|县区|县\([市区、]+\)|乡镇|项目|部门|街道|镇|村|责任人|个人)[\p{Han}、]{0,20}?(?:约谈|通报|问责|曝光|督办|扣分|处罚|追责|取消|挂牌|提醒)`)

// talkedTo is true of such a time.
func talkedTo(text string, r deadline.Reading, s span) bool {
	p := partHolding(text, r, s)
	from, _ := trimSpan(text, p.from, p.to)
	return r.Begin >= from && whomHead.MatchString(tight(fold(text[from:r.Begin]))) && againstWhom.MatchString(tight(fold(text[min(r.End, s.to):s.to])))
}

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
