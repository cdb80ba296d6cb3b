package intake

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"duban/internal/words"
)

var (
	// strange is a character that no body's name has.
	strange = regexp.MustCompile(`[^\p{Han}\p{L}\p{N}()（）〔〕“”"·.、\-—/ &\x{FFFD}]`)
	// notOfName are words that stand beside a name and are not of it: 市林业局请各县.
	notOfName = regexp.MustCompile(`(?:局|委|办|厅|政府|管委会|公司|集团|中心|社|院|联|队|处)(?:请|于|在|把|将|要|须|应当|按|由|会同|牵头|负责|联合[^会社体]|配合|纳入|报送|上报|对[^外口]|为[^民]|和各|及各|与)|^(?:请|由|并|把|将|对|按照|根据|如下|以下|其中|纳入|列入)|(?:情况|履职|工作)[\p{Han}]{0,6}(?:纳入|列入|报)|(?:情况|履职)[\p{Han}]{0,6}(?:部|处)|[。；：;:]|\d{1,2}(?:月|日)|[(（][一二三四五六七八九十][)）]`)
)

// aroundName are words before, within or behind a name that a sentence left there: 积极争取国家
// 部委, 市级演练由市防办, 与市水利局, 各产权单位组织.
var aroundName = regexp.MustCompile(`[^自]由|督促|争取|择优|^(?:与[省市县区州旗各]|向[省市县区各]|积极|努力|主动|严格|重点查|重点整|会同|组织[省市县区各全])|(?:局|委|办|厅|府|会|公司|集团|中心|院|所|站|队)(?:与|和|向|同|跟)[省市县区州旗各]|(?:单位|部门|企业)(?:组织|负责|牵头)$`)

// doingFirst begins with a verb, which only a body set up for a purpose does: 加快转型升级领导小组.
var (
	doingFirst = regexp.MustCompile(`^(?:力争|确保|加快|加强|推进|推动|完成|开展|通过|利用|围绕|结合|依托)`)
	setUpFor   = regexp.MustCompile(`(?:领导小组|指挥部|专班|委员会|工作组)(?:办公室)?$`)
)

// longName is as many characters as hardly a body's name has, without what is in brackets.
const longName = 24

// doubtfulName tells that a name looks like one with other words beside it.
func doubtfulName(name string) bool {
	f := tight(fold(name))
	return !endsLikeBody(f) || strange.MatchString(f) || notOfName.MatchString(f) || aroundName.MatchString(f) || doingFirst.MatchString(f) && !setUpFor.MatchString(f) && !likeVerb.MatchString(f) || utf8.RuneCountInString(bracketed.ReplaceAllString(f, "")) > longName
}

// otherEnd are further ends of names of bodies, and of persons who answer for something.
var otherEnd = regexp.MustCompile(`(?:海关|海事|党校|会|长|员|书记|主任|组|村|[县市区镇乡州旗]|热线|[厂店行库社场坊矿区港网台]|业|科技|股份|超市|商|方|人|户|专班|电信|移动|联通|铁塔|网通|邮政|石化|石油|督察|督查|财政|公安|消防|武警|部队|处|队|级|[一二三四五六七八九十]中|(?:部|科|处|教研|档案|办公|研究|督查|资料|财务|病案|护理|检验|实验|机要|保密|信息|统计|审计|编辑|调度|值班|化验|阅览|文印)室)$`)

// endsLikeBody tells that a folded name ends as names of bodies do: 验收后拨付剩余部分 does not.
func endsLikeBody(f string) bool {
	f = bracketed.ReplaceAllString(f, "")
	for _, re := range []*regexp.Regexp{organEnd, looseEnd, officeEnd, placeEnd, otherEnd} {
		if re.MatchString(f) {
			return true
		}
	}
	return isCollective(f) || !strings.ContainsFunc(f, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

var bracketed = regexp.MustCompile(`\([^()]*\)`)

// renamed is the unit that a person names in place of a doubtful name, which is asked
// about once for all its places; nil where the name stands, or nobody has answered.
func (r *registry) renamed(name, where string) *unit {
	if !doubtfulName(name) {
		return nil
	}
	answer := r.asker.ask("name", weightUnit+5, where, name, name, nil, words.Data{"Name": name})
	names, _, _ := readUnits(fold(answer), seatOwner)
	if len(names) == 0 || tight(fold(names[0].name)) == tight(fold(name)) || doubtfulName(names[0].name) {
		return nil
	}
	members, several := r.resolve(names[0].name, where)
	if several && !(len(members) == 1 && members[0].dummy) || len(members) == 0 {
		return nil
	}
	r.alias(members[0], name)
	r.claim(name, members[0])
	return members[0]
}
