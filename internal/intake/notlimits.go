package intake

import (
	"regexp"
	"slices"
	"strings"

	"duban/internal/deadline"
)

// validFrom begins a comma part that says how long a paper holds.
var validFrom = regexp.MustCompile(`^(?:本[\p{Han}]{2,5})?(?:的)?(?:有效|保险|合同|协议|质保|租赁|承包|任职|聘用|特许经营|授权)期限?(?:自|从|为|至|到|截至|[\d一二三四五])`)

// partText is the comma part that holds a reading.
func partText(text string, r deadline.Reading, s span) string {
	p := partHolding(text, r, s)
	return text[p.from:p.to]
}

// yearsSum is behind a year in which a duty comes to so and so much in all.
var yearsSum = regexp.MustCompile(`^[\p{Han}]{0,6}(?:不少于|不低于|累计|共计|总计|合计|不得少于)[\p{Han}]{0,4}\d`)

// sumOfDuty is true of a year whose sum is that of the duty said before it in the sentence.
func sumOfDuty(text string, r deadline.Reading, s span, all []deadline.Reading) bool {
	p := partHolding(text, r, s)
	return hanIn(text[p.from:max(p.from, r.Begin)]) == 0 && yearsSum.MatchString(tight(fold(text[min(r.End, p.to):p.to]))) && slices.ContainsFunc(all, func(o deadline.Reading) bool {
		return o.Kind == deadline.Recurring && o.Recurrence != "" && o.Begin >= s.from && o.End <= p.from
	})
}

var (
	// foundThen is behind the time of a look at things that found something: what has been.
	foundThen = regexp.MustCompile(`^(?:[\p{Han}]{0,8}(?:检查|抽查|督查|督察|巡查|巡察|审计|调研|暗访|排查|监测|核查|评估|考核)(?:组)?)(?:中)?(?:发现|反映|显示|表明|指出)(?:,|[^。;]{0,30}(?:存在|问题))`)
	// asFollows is behind a rhythm in which a paper lists its matters.
	asFollows = regexp.MustCompile(`^(?:分别)?(?:安排|分解|排列|列出|明确|细化|公布|通知|汇总)(?:如下|见附[件表])`)
	// yearsThing is a comma part that only names the things of a year.
	yearsThing = regexp.MustCompile(`^(?:度)?(?:计划|拟|新|续|已|待|需)?(?:改造|建设|实施|新建|整治|修复|安排|列入|申报|开工|续建|下达|整修|更新|治理|建|修)的[\d一二三四五六七八九十]*[个座处项条家所]?[\p{Han}]{2,12}$`)
	whoTakes   = regexp.MustCompile(`^(?:承担|负责|列入|纳入|涉及|参与|获得|完成|有|未完成)$`)
	whoseYears = regexp.MustCompile(`^[\p{Han}“”]{2,20}的(?:单位|部门|企业|机构|乡镇|镇村|街道|县区|地区|学校|村|社区|项目)$`)
	byWhomNext = regexp.MustCompile(`^(?:统一|均|分别)?由[\p{Han}]`)
)

// thingOfYear is true of a year that says which things are meant, before who does what with
// them by when: 今年计划改造的14个小区，由县住建局5月底前完成审查.
func thingOfYear(text string, r deadline.Reading, s span) bool {
	parts := commaSpans(text, s)
	p := partOf(parts, r.Begin)
	if p+1 < len(parts) && whoTakes.MatchString(text[parts[p].from:max(parts[p].from, r.Begin)]) && whoseYears.MatchString(tight(fold(text[min(r.End, parts[p].to):parts[p].to]))) { // 承担2022年民生实事的单位，11月25日前报送专报
		return timeWord.MatchString(fold(text[parts[p+1].from:parts[p+1].to]))
	}
	return p+1 < len(parts) && hanIn(text[parts[p].from:max(parts[p].from, r.Begin)]) <= 2 && yearsThing.MatchString(tight(fold(text[min(r.End, parts[p].to):parts[p].to]))) &&
		(byWhomNext.MatchString(tight(fold(text[parts[p+1].from:parts[p+1].to]))) || timeWord.MatchString(fold(text[parts[p+1].from:parts[p+1].to])))
}

// restOf begins what is said of the matters that cannot be done at once.
var restOf = regexp.MustCompile(`^[;,。]?(?:对)?(?:短期|短时间|一时|暂时|暂不|不能|无法|难以|确需|需要|需)[^,。;]{0,20}的,[^。;]*?\d{1,2}月[^。;]*前`)

// restLater is true of 立行立改 behind which the limit for all other matters is said.
func restLater(text string, r deadline.Reading, s span) bool {
	return restOf.MatchString(tight(fold(text[r.End:min(len(text), r.End+240)])))
}

var rewardedRe = regexp.MustCompile(`^(?:之?前|以前|内)?[^,。;]{0,14}?的[\p{Han}]{0,6}?,?(?:给予|予以兑|一次性兑付|优先兑付|兑付|可以|可享受|可申请|享受|予以奖励|予以补助|视为|按)`)

// rewarded is true of the time by which something must be done to be rewarded or treated
// in some way.
func rewarded(text string, r deadline.Reading, s span) bool {
	return r.Kind == deadline.Due && r.End <= s.to && rewardedRe.MatchString(tight(fold(text[r.End:s.to]))) && !strings.Contains(tight(text[s.from:r.Begin]), "对")
}

// movedFrom is true of a time that another takes the place of: 原定6月底前完成的清淤任务，
// 提前至5月底前完成; 由6月底延期至9月底.
func movedFrom(text string, r deadline.Reading, s span) bool {
	if r.Begin < s.from || r.End > s.to {
		return false
	}
	before, after := tight(fold(text[s.from:r.Begin])), tight(fold(text[r.End:s.to]))
	return movedTail.MatchString(after) || movedHead.MatchString(before) && strings.ContainsAny(after, ",;") && regexpMoved.MatchString(after)
}

var regexpMoved = regexp.MustCompile(`(?:延期|推迟|顺延|延长|延后|提前|调整|变更)(?:至|到|为)`)

// ownTerm is true of the day until which the paper itself is in force.
func ownTerm(text string, r deadline.Reading, s span) bool {
	p := partHolding(text, r, s)
	from, _ := trimSpan(text, p.from, p.to)
	return r.Begin > from && ownTermRe.MatchString(tight(fold(text[from:r.Begin]))) || ownTermRe.MatchString(tight(fold(text[from:min(r.End, p.to)]))+"至") || ownTermRe.MatchString(untilDay.ReplaceAllString(tight(fold(text[from:min(r.End, p.to)])), ""))
}

var untilDay = regexp.MustCompile(`(?:19|20)?\d{2}年?\d{1,2}月(?:\d{1,2}日|底)?$`)

// reportPeriod is true of the period that a report is of: 报送上半年、前三季度监控报告.
func reportPeriod(text string, r deadline.Reading, s span) bool {
	if !periodName.MatchString(tight(fold(r.Words))) {
		return false
	}
	p := partHolding(text, r, s)
	if periodMatter.MatchString(tight(fold(text[min(r.End, p.to):p.to]))) { // 将上半年工作总结和下半年工作计划报送…
		return true
	}
	return periodHead.MatchString(tight(fold(text[p.from:max(p.from, r.Begin)]))) && periodTail.MatchString(tight(fold(text[min(r.End, p.to):p.to])))
}
