package intake

import (
	"regexp"
	"strings"

	"duban/internal/plan"
)

// resultOf is a part that says only by when the outcome of the part before it is handed in.
var resultOf = regexp.MustCompile(`^[\p{Han}]{0,4}(?:结果|情况|名单|清单|台账|报告|材料)(?:报|上报|报送|反馈|通报|送)`)

var (
	// chargedWith is what somebody is charged with, before by when: 市水务局负责泵站改造，8月底前完工.
	chargedWith = regexp.MustCompile(`负责([\p{Han}]{2,16})$`)
	// looksAtSelf is work whose outcome is a paper on it, selfReport that paper.
	looksAtSelf = regexp.MustCompile(`自查|自评|自验|自检|自纠|评估|检测|鉴定|测评|勘察`)
	selfReport  = regexp.MustCompile(`(?:自查|自评|自验|自检|自纠|评估|检测|鉴定|测评|勘察)[\p{Han}]{0,4}(?:报告|材料|情况|结果|总结|表)`)
)

var (
	// goesThrough is work done on each of many, listsThem the list that it ends in.
	goesThrough = regexp.MustCompile(`逐[一案个户件项村处]{1,2}(?:清理|排查|核查|摸排|登记|检查|梳理|甄别|认定)`)
	listsThem   = regexp.MustCompile(`(?:台账|清单|名单|底数)`)
	// mends is work on what is broken, worksAgain that it is in use again.
	mends      = regexp.MustCompile(`维修|修复|抢修|检修|修缮|更换`)
	worksAgain = regexp.MustCompile(`恢复[\p{Han}]{0,4}(?:运行|使用|通行|功能|供[水电气热]|原状)`)
)

// finished says of the work before it that it is done.
var finished = regexp.MustCompile(`^(?:全部|全面|均)[\p{Han}]{0,4}(?:到位|完毕|完成|结束|清零|销号)$|^[\p{Han}]{2}完毕$`)

// held says when what was named before is held.
var held = regexp.MustCompile(`^(?:正式)?(?:比赛|活动|会议|培训|演练|考试|竞赛|展览|演出|决赛|典礼|仪式|测试|评审|体检|大会|开幕式|启动仪式)(?:时间)?(?:定于|于|在|为|定在)?(?:进行|举行|召开|举办|开展|开赛|开幕|结束)?$`)

// saysWhen is true of a limit that says by when the work before it in the sentence is done,
// not of a part of that work (负责拆除违建，8月底前拆除50处): the work has no limit beside it.
func saysWhen(work, limit *entry) bool {
	w, l := tight(fold(work.Source)), tight(fold(limit.Source))
	if looksAtSelf.MatchString(w) && selfReport.MatchString(l) {
		return true // 组织自评，11月20日前形成自评报告
	}
	if goesThrough.MatchString(w) && listsThem.MatchString(l) {
		return true // 对未结案件逐案清理，6月15日前完成分类台账
	}
	if mends.MatchString(w) && worksAgain.MatchString(l) {
		return true // 对故障设施进行维修，7月底前恢复正常运行
	}
	if finished.MatchString(strings.Replace(l[strings.LastIndexByte(l, ',')+1:], tight(fold(limit.words)), "", 1)) {
		return true // 更新公示牌，3月20日前全部更换到位
	}
	if held.MatchString(strings.Replace(l[strings.LastIndexByte(l, ',')+1:], tight(fold(limit.words)), "", 1)) {
		return true // 举办职工篮球赛，比赛于9月23日至24日进行
	}
	m := chargedWith.FindStringSubmatch(w)
	if m == nil {
		return false
	}
	does := []rune(tight(fold(tidyTitle(strings.Replace(limit.Source, limit.words, "", 1)))))
	return len(does) < 3 || !strings.Contains(m[1], string(does[:2])) || !strings.ContainsAny(string(does), "0123456789")
}

// ofWhat puts the work itself before such a title: 对5条河流开展排查，排查结果于8月15日前报县河长办.
func (k *committer) ofWhat(c *clause, e *entry, s sentence) {
	n := len(c.entries)
	if n == 0 || e.Kind != plan.Dated {
		return
	}
	work := c.entries[n-1]
	if work.Kind != plan.Standing || work.span.from < s.from || work.span.to > e.span.from || hanIn(c.text[work.span.to:e.span.from]) > 0 {
		return
	}
	if !resultOf.MatchString(tight(fold(e.Title))) && !saysWhen(work, e) {
		return
	}
	e.Title = shorten(withMatter(tidyTitle(work.Source), e.Title), 60)
	e.Source = c.text[work.span.from:e.span.to]
}

// withMatter puts what is worked on before a title, behind the title's own head, without who is
// charged with it: of 市水务局负责泵站改造 and 完工 it makes 泵站改造，完工. A title that begins with
// the matter says it once.
func withMatter(work, title string) string {
	matter := uncharged(work)
	head, rest := "", title
	if i := strings.Index(title, "："); i >= 0 {
		head, rest = title[:i+len("：")], title[i+len("："):]
	}
	first, then, more := strings.Cut(rest, "，")
	first = uncharged(first)
	if more {
		then = "，" + then
	}
	if strings.Contains(first, matter) || strings.Contains(matter, first) {
		return head + first + then
	}
	return head + matter + "，" + first + then
}

// byWhomDone is a thing, who is charged with it and what is done to it.
var byWhomDone = regexp.MustCompile(`^([^，。：]{2,20})由[\p{Han}（）、]{2,24}?负责([\p{Han}]{2,16})$`)

// uncharged is what somebody is charged with in words that say who is: 负责人 and 负责同志 name a person.
func uncharged(s string) string {
	if m := byWhomDone.FindStringSubmatch(s); m != nil { // 2座危桥由县交建公司负责改造
		return m[1] + m[2]
	}
	_, matter, ok := strings.Cut(s, "负责")
	if !ok || matter == "" || strings.HasPrefix(matter, "人") || strings.HasPrefix(matter, "同志") {
		return s
	}
	return matter
}
