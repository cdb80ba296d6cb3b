package intake

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"duban/internal/deadline"
)

// marked is a reading with the comma part that holds it.
type marked struct {
	deadline.Reading
	part int
}

func partOf(parts []span, at int) int {
	for i, p := range parts {
		if at < p.to {
			return i
		}
	}
	return max(0, len(parts)-1)
}

// segment is a stretch of a sentence that one time governs, or none.
type segment struct {
	span
	context span // words before it that say what the work is
	reading *deadline.Reading
	who     string // who does it at this rhythm, where several do the same at theirs
	words   string // its title, where a list of times shares one wording
	behind  span   // words before it of the same sentence, for a title that says too little
	thing   string // what is built by this time, named before an earlier one: 古塔工程6月开工、年内完工
}

var (
	thinVerb   = regexp.MustCompile(`^(并|要|应|须|需|将|均|全部|全面|基本|力争|争取|确保|努力|原则上|于|在|前|完成|实现|建成|落实|到位|达到|取得|目标|任务|工作|验收|整改|整治|实施|启动|开工|投运|投用|投产|达产|使用|投入|提前|延期|推迟|顺延|延后|至|到|获批|获评|挂牌|揭牌|上线|试运行|运行|运营|开放|封顶|通车|通水|并网|通过|评审|办结|报送|上报|提交|印发|出台|公布|公示|见底|清零|拨付|发放|兑付|结束|竣工|完工|见效|成效|明显|以)+$`)
	thinReport = regexp.MustCompile(`^(?:并|请|前|于|,)*(?:(?:提交|提请|呈报|呈送|提报)[\p{Han}]{0,14}(?:审议|审定|审批|审核|审查|讨论|研究|决策|常务会议?|党组会议?)|(?:报|上报|报送|送|报请)[\p{Han}]{0,12}(?:备案|审批|审定|审议|批准|审核|审查|政府|局|办|办公室|督查室|指挥部|领导小组|专班|委|管委会|中心校|学校|街道|乡镇|镇|乡|社区|村委会|所|站|科|股|集团|公司|中心|支队|大队|检验|检测|送检|鉴定|评审|化验|存档|归档|入库))$`)
	freshWord  = regexp.MustCompile(`^(并加快|并推进|并积极|同时|鼓励|进一步|加快推进|推进|加强|强化|持续|不断|深入|探索|支持|引导|严格|积极)`)
)

// segments divides a sentence's comma parts among its times. A time at the
// beginning of a sentence governs it up to the next time; one in a later part takes
// the parts before it along when its own part says too little.
func segments(text string, parts []span, marks []marked) []segment {
	if len(parts) == 0 {
		return nil
	}
	whole := span{parts[0].from, parts[len(parts)-1].to}
	if len(marks) == 0 {
		return []segment{{span: whole}}
	}
	var out []segment
	things := thingsOf(text, parts, marks)
	next := 0 // first part not yet given away
	var context span
	for i := range marks {
		m := marks[i]
		from := m.part
		if i > 0 && marks[i-1].part == m.part { // two times in one part: divide it
			from = -1
		}
		end := len(parts) - 1
		if i+1 < len(marks) {
			end = marks[i+1].part - 1
			if marks[i+1].part == m.part {
				end = m.part
			}
			if of := marks[i+1].part - 1; of > m.part && marks[i+1].Kind == deadline.Due && m.Kind == deadline.Due && actsFirst(text, parts[of], parts[of+1], marks[i+1].Begin) {
				end = of - 1
			}
		}
		g := segment{reading: &marks[i].Reading, context: context, thing: things[i]}
		g.from = -1 // not set yet
		if from >= 0 && next < from {
			before := span{parts[next].from, parts[from-1].to}
			if i == 0 && (thin(text, parts[from], m.Reading) || m.Kind != deadline.Recurring && openerOf(text, before)) {
				g.context, context = before, before
				if thin(text, parts[from], m.Reading) {
					g.from = before.from
				}
			} else if i == 0 && from == next+1 && m.Kind == deadline.Due && ofThem.MatchString(tight(fold(text[min(m.End, parts[from].to):parts[from].to]))) {
				g.from, context = before.from, before
			} else if last := parts[from-1]; i == 0 && m.Kind == deadline.Due && byWhomPart.MatchString(tight(fold(text[last.from:last.to]))) {
				g.from = last.from // 耕地开垦由镇农业办负责，10月底前通过验收
			} else if i == 0 && (adverbial(text, parts[next:from]) || rolesOnly(text, parts[next:from]) || m.Kind == deadline.Due && paperAgain(text, before, parts[from], m.Begin)) {
				g.from = before.from
			} else if last := parts[from-1]; i == 0 && doneVerb.MatchString(tight(text[last.from:last.to])) {
				g.from = before.from
			} else if i == 0 {
				out = append(out, segment{span: before})
				context = before
				g.behind = before
			}
		} else if i > 0 && from > 0 && marks[i-1].part == from-1 && marks[i-1].Kind == deadline.Start && thin(text, parts[from], m.Reading) {
			g.behind = span{parts[from-1].from, marks[i-1].Begin} // 春季免疫3月10日开始，5月10日前结束
		}
		switch {
		case from < 0:
			g.from = cutBefore(text, marks[i-1].End, m.Begin)
		case g.from < 0:
			g.from = parts[from].from
			if i > 0 && next == from-1 && marks[i-1].part < from-1 && actsFirst(text, parts[from-1], parts[from], m.Begin) {
				g.from = parts[from-1].from // 各县局4月22日前自查，市局业务科组织交叉检查，4月28日前通报结果
			}
		}
		last := end
		reach := max(m.part, partOf(parts, m.End-1)) // 自12月起，每半月 takes two parts
		if end < reach {                             // the next time is in the next part at once
			last = reach
		}
		oneOff := m.Kind == deadline.Recurring
		if oneOff && reach < last && hanIn(text[min(m.End, parts[reach].to):parts[reach].to]) <= 1 && saysNothing(text[parts[reach].from:max(parts[reach].from, m.Begin)]) {
			reach++ // 各单位要在每季度首月10日前，将落实情况报市政府: what is done follows
		}
		late := g.context != span{} || i == 0 && m.part > 0
		for j := reach + 1; j <= last; j++ {
			if oneOff && !publishWord.MatchString(text[parts[j].from:parts[j].to]) || late && freshWord.MatchString(fold(strings.TrimSpace(text[parts[j].from:parts[j].to]))) {
				last = j - 1
				break
			}
		}
		g.to = parts[last].to
		if i+1 < len(marks) && marks[i+1].part == last && marks[i+1].Begin > g.from {
			g.to = cutBefore(text, m.End, marks[i+1].Begin)
		}
		g.from, g.to = trimSpan(text, g.from, max(g.from, g.to))
		out = append(out, g)
		next = last + 1
		if next <= end && i+1 <= len(marks) { // what a recurring or late time leaves over
			rest := span{parts[next].from, parts[end].to}
			switch {
			case purposeOnly(text, parts[next:end+1]):
				out[len(out)-1].to = rest.to
			case hanIn(text[rest.from:rest.to]) >= 6:
				out = append(out, segment{span: rest})
			}
			next = end + 1
		}
	}
	return out
}

// bodyBegins is a comma part in which another body does something.
var bodyBegins = regexp.MustCompile(`^[省市县区州乡镇局院校][\p{Han}()]{1,12}?(?:局|科|股|室|办|中心|委|处|站|所|队|公司|政府|街道|组)(?:组织|牵头|负责|开展|实施|承担)[\p{Han}]`)

// comesOfIt is what comes of the work before it.
var comesOfIt = regexp.MustCompile(`^(?:前)?(?:并)?(?:完成|形成|通报|公布|报送|提交|反馈)[\p{Han}]{0,14}$`)

// actsFirst tells that a comma part without a time is another body's work, which the day at
// the beginning of the next part ends.
func actsFirst(text string, part, next span, at int) bool {
	return bodyBegins.MatchString(tight(fold(text[part.from:part.to]))) && hanIn(text[next.from:max(next.from, at)]) == 0 && comesOfIt.MatchString(strings.TrimLeft(tight(dayHead.ReplaceAllString(fold(text[next.from:next.to]), "")), ",、"))
}

// dayHead is a day at the beginning of a comma part.
var dayHead = regexp.MustCompile(`^[,、 ]*(?:(?:19|20)\d\d ?年)?\d{1,2} ?月(?: ?\d{1,2} ?日|[上中下]旬|底|末|初)?(?:之?前)?`)

// byWhomPart is a matter and whose it is, before what is done by when.
var byWhomPart = regexp.MustCompile(`^[\p{Han}“”()]{2,20}由[\p{Han}()、]{2,24}(?:负责|牵头|承担|实施|落实|承办)(?:组织|实施|落实)?$`)

// rolesOnly is true of parts that say whose a matter is and who takes part in it: 演练由市防办
// 牵头，市消防支队参加.
func rolesOnly(text string, parts []span) bool {
	for i, p := range parts {
		t := tight(fold(text[p.from:p.to]))
		if i == 0 && !byWhomPart.MatchString(t[timeHeadYear(t):]) || i > 0 && !takesPart.MatchString(t) {
			return false
		}
	}
	return len(parts) > 1
}

var yearHeadOnly = regexp.MustCompile(`^(?:(?:19|20)\d\d年度?|今年|本年度?)`)

func timeHeadYear(t string) int { return len(yearHeadOnly.FindString(t)) }

// paperWord is a paper by its last word alone, which names one that was said of before.
var paperWord = regexp.MustCompile(`^(?:该|此|上述)?(办法|方案|规划|细则|预案|标准|制度|规程|条例|目录|图集)(?:初稿|草案|送审稿|征求意见稿)?(?:要|须|应|请)?(?:于|在)?$`)

// paperAgain tells that a part begins with a paper that the words before it say more of:
// 完善扣减办法，…，办法10月底前征求意见.
func paperAgain(text string, before, part span, at int) bool {
	m := paperWord.FindStringSubmatch(tight(fold(text[part.from:max(part.from, at)])))
	return m != nil && strings.Contains(text[before.from:before.to], m[1])
}

// saysNothing is true of words before a time that say who acts at most.
func saysNothing(before string) bool {
	return !builtWord.MatchString(before) && !strings.Contains(before, "报")
}

// thingEnd ends the name of what is built, and not of who builds it.
var thingEnd = regexp.MustCompile(`(?:工程|项目|[水电热气]厂|处理厂|水库|大桥|隧道|公路|高速|铁路|道路|线路|校区|小区|公园|大厦|楼|管网|管廊|电站|泵站|车站|枢纽)$`)

// builds are verbs before the name of a thing that a later milestone is not of.
var builds = regexp.MustCompile(`^(?:完成|建成|启动|开工建设)`)

// thingsOf names for each time the thing whose milestone it is: the one in its own
// words, else the one in those of the time that it follows at once. "" for none.
func thingsOf(text string, parts []span, marks []marked) []string {
	out := make([]string, len(marks))
	thing := ""
	for i, m := range marks {
		p := parts[m.part]
		from, to := p.from, max(m.End, p.to)
		if i > 0 && marks[i-1].part == m.part {
			from = cutBefore(text, marks[i-1].End, m.Begin)
		}
		if i+1 < len(marks) && marks[i+1].part == m.part {
			to = max(m.End, cutBefore(text, m.End, marks[i+1].Begin))
		}
		own := tidyTitle(danglers.ReplaceAllString(text[min(from, m.Begin):m.Begin], ""))
		done := builds.ReplaceAllString(tidyTitle(text[m.End:to]), "")
		switch {
		case thingEnd.MatchString(own) || isBuilt(own, tight(fold(text[m.Begin:to]))):
			thing = own
		case hanIn(own) <= 2 && thingEnd.MatchString(done) && !partOfWork.MatchString(done):
			thing = done
		case hanIn(own) > 2 || i > 0 && m.part > marks[i-1].part+1:
			thing = ""
		}
		out[i] = thing
	}
	return out
}

// partOfWork is how far the work on a thing has come, and no thing of its own: 完成主体工程.
var partOfWork = regexp.MustCompile(`^(?:全部|基本|剩余)?(?:主体|基础|桩基|土建|装修|装饰|安装|附属|配套|收尾|扫尾|地下|地上|上部|下部|前期|一期|二期|三期|首期)(?:结构|土建|附属)?(?:工程|结构|施工|部分|工作)$`)

// ofThem is how many of the things before it are done by a time: 清掏雨水井，6月5日前完成
// 主干道3200座.
var ofThem = regexp.MustCompile(`^(?:前|要|须|应|力争|确保)*(?:完成|建成|达到|实现|累计)(?:[\p{Han}]{0,6}\d+[\p{Han}%]{1,3}(?:以上|左右)?|一半(?:以上)?|过半|[一二三四五六七八九]成(?:以上)?)$`)

// doneVerb begins words that the time after them dates too: 完成…，6月底前形成报告.
var doneVerb = regexp.MustCompile(`^(全面|基本|抓紧|尽快|加快)?(完成|制定|编制|出台|修订|新建|改建|扩建|建成|梳理|印发|起草|建设|改造|选定|确定|打造|培育|推出|引进|建立|成立|新增|组建)`)

// cutBefore is where the words of a second time in one part begin: after the
// last comma before it, else at the time itself.
func cutBefore(text string, from, at int) int {
	if from < at {
		if i := strings.LastIndexAny(text[from:at], "，,、；;"); i >= 0 {
			_, n := utf8.DecodeRuneInString(text[from+i:])
			return from + i + n
		}
	}
	return at
}

var purposeWord = regexp.MustCompile(`^(严防|确保|防止|掌握|形成|实现|提升|提高|保障|保证|促进|有效|切实|推动形成|为|力求|以便|做到|防范|杜绝|避免|督促)`)

// purposeOnly is true of parts that only say what the work is for.
func purposeOnly(text string, parts []span) bool {
	for _, p := range parts {
		if !purposeWord.MatchString(tight(text[p.from:p.to])) {
			return false
		}
	}
	return true
}

var adverb = regexp.MustCompile(`^(?:对|按照|按|根据|依据|针对|结合|围绕|除|以|将|经|坚持|依托|通过|利用|借助|发挥|聚焦|统筹|为|同时$|关于[^，]*(?:问题|事项|事宜)$|[\p{Han}]{2,16}[类型]问题$|在[^，]*(?:上|下|中|内|时|后)$|[^，]*(?:的|时|后|前提下|基础上)$|[\p{Han}（）()、]{2,20}?(?:按照|根据|依据|对照|参照)[^，]*的(?:标准|要求|原则|比例|方式|部署|规定|步骤|口径|程序)$)`)

// adverbial is true of parts that only say on what, by what or where, also behind who acts
// (县普查机构按照每区1名的标准): what follows them is the work.
func adverbial(text string, parts []span) bool {
	for _, p := range parts {
		if !adverb.MatchString(tight(text[p.from:p.to])) {
			return false
		}
	}
	return true
}

var openVerb = regexp.MustCompile(`^(开展|组织开展|实施|组织实施|推进|推动|持续|抓好|做好|启动|加快|加强|全面开展|深入开展|扎实开展|组织)[^，]*(工作|行动|整治|排查|活动|建设|工程|改造|调查|评估|检查|治理|试点)$`)

// openerOf is true of 开展…工作: the work whose stages the times then name.
func openerOf(text string, s span) bool {
	return openVerb.MatchString(tight(text[s.from:s.to]))
}

// beforeSeason is a season that a date in brackets explains: 主汛期前（6月1日）.
var beforeSeason = regexp.MustCompile(`(?:主?汛期|入?汛|采暖季|供暖季|采暖期|防火期|春节|国庆节?|中秋节?)前?\(\)`)

// howOften is how many times in a period: 每周不少于2次.
var howOften = regexp.MustCompile(`^(?:不少于|不低于|不得少于|至少|开展|组织|进行|各|集中|播出|编发|印发|刊发|推送|更新|召开|举办|出刊|发布)*[\d一二两三四五六]+[次期篇例场轮条](?:以上)?$`)

// closesAt is before the day until which something can be done: 截止时间为.
var closesAt = regexp.MustCompile(`^(?:申报|报名|填报|受理|提交|征集|推荐|上报|报送)?(?:截止|截至)(?:时间|日期)?(?:为|是|:)?$`)

// thin is true of a part that says when but hardly what: 力争年底前完成.
func thin(text string, p span, r deadline.Reading) bool {
	if r.Begin < p.from || r.End > p.to {
		return false
	}
	if closesAt.MatchString(tight(fold(text[p.from:r.Begin]))) && hanIn(text[r.End:p.to]) == 0 {
		return true
	}
	rest := beforeSeason.ReplaceAllString(fold(tight(text[p.from:r.Begin]+text[r.End:p.to])), "")
	if hanIn(rest) <= 16 && thinReport.MatchString(strings.Trim(rest, ",。;、()")) {
		return true
	}
	if r.Kind == deadline.Recurring && howOften.MatchString(strings.Trim(rest, ",。;、()")) {
		return true
	}
	return rest == "" || hanIn(rest) <= 6 && thinVerb.MatchString(strings.Trim(rest, ",。;、()"))
}
