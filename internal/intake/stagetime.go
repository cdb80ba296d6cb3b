package intake

import (
	"duban/internal/deadline"
	"regexp"
	"strings"
)

var eventHead = regexp.MustCompile(`^(?:考试|活动|会议|检查|督查|督导|督察|举办|比赛|竞赛|培训|演练|报到|展览|展示|展演|演出|放假|值班|开放|参观|调研|宣传|巡查|测试|面试|笔试|行动|普查|调查|开幕|集中办公)(?:的)?(?:时间|日期)(?:安排)?(?:为|是|定于)?[:。]?$|^(?:禁[渔烧放采捕养猎]|休渔|封[山湖河]|防火|采暖|供暖|供热|灌溉)(?:时间|期限?)[:。]?$`)

// termOfWork is before the time that a work takes as a whole.
var termOfWork = regexp.MustCompile(`(?:周期|工期|建设期|实施期|施工期|服务期|合同期)(?:限)?(?:为|是|共|约|:)?(?:\d+个?(?:月|年|天|日))?[,，]?(?:自|从)?$`)

// stepsHead is a heading over the stages of the work.
var stepsHead = regexp.MustCompile(`时间安排|步骤|阶段|进度安排`)

// stageAlone is true of the time of a stage of which nothing is said but its name.
func stageAlone(c *clause, r deadline.Reading) bool {
	return r.Kind == deadline.Window && c.parent != nil && stepsHead.MatchString(c.parent.title) && len(c.found) == 0 &&
		timeInBrackets.MatchString(fold(c.text)) && hanIn(c.text)-hanIn(r.Words) <= 10
}

// eventTime is true of the time at which something takes place, as the label of it and
// no more: 考试时间：6月7日至8日.
func eventTime(text string, r deadline.Reading, s span) bool {
	from := strings.LastIndexByte(text[:r.Begin], '\n') + 1
	if p := partHolding(text, r, s); p.from > from && r.Kind == deadline.Window && hanIn(text[min(r.End, p.to):p.to]) == 0 { // 主题为“…”，活动时间为6月1日至6月30日
		from = p.from
	}
	return r.Begin-from < 120 && eventHead.MatchString(tight(fold(unmarked(text[from:r.Begin])))) && !builtWord.MatchString(text[r.End:max(r.End, s.to)])
}

// stageShort is a stage with its time in brackets.
var stageShort = regexp.MustCompile(`[\p{Han}“”]{2,12}(?:阶段|时期)[（(][^（）()]*[\d０-９][^（）()]*[）)]`)

// stagesListed is true of the time of one of several stages that a sentence only names:
// 部署发动阶段（11月15日前）、排查整治阶段（11月16日至2月29日）.
func stagesListed(text string, r deadline.Reading, s span) bool {
	all := stageShort.FindAllStringIndex(text[s.from:s.to], -1)
	if len(all) < 2 {
		return false
	}
	for i, m := range all {
		if i > 0 && hanIn(text[s.from+all[i-1][1]:s.from+m[0]]) > 0 {
			return false
		}
	}
	return r.Begin >= s.from+all[0][0] && r.End <= s.from+all[len(all)-1][1]
}

var stageIs = regexp.MustCompile(`^\)?,?(?:为|是)(?:我[省市县区]|全[省市县区]|[省市县区]级?|本[省市县区])?(?:[\p{Han}“”]{2,10}阶段|[\p{Han}“”]{1,10}(?:期|活动月|宣传月|宣传周|活动周|活动日|宣传日|生产月|节水周|安全月|安全周))$`)

// stageNamed is true of the time of a stage or season that is only named: 3月21日至9月30日
// 为排查整治阶段, 10月1日至次年5月31日为森林防火期.
func stageNamed(text string, r deadline.Reading, s span) bool {
	p := partHolding(text, r, s)
	_, to := trimSpan(text, p.from, p.to)
	return r.End <= to && stageIs.MatchString(tight(fold(text[r.End:to])))
}
