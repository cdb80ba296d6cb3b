package intake

import (
	"regexp"
	"slices"
	"strings"

	"duban/internal/deadline"
)

// helps are words behind a unit's name that make it assist.
var helps = regexp.MustCompile(`^(?:等)?(?:要|应|须)?(?:积极|主动|密切|做好|按职责|分别)?(?:做好[\p{Han}]{0,6}(?:报道|宣传|记录|保障|后勤|服务)$|配合|协助|协同|参与|参加|协办|按职责分工|按照职责|指导|督导|监督|负责督)`)

// otherActor is who a comma part begins with when it is another unit's work: 县公安局路面
// 执法，县市场监管局检查改装企业. "" when it is nobody, or who helps, which who begins a
// sentence of its own does not.
func (k *committer) otherActor(part, first string, sentence bool) string {
	t := tight(fold(part))
	if names, several := k.subjectAt(alongside.ReplaceAllString(t, "$1")); several && len(names) == 1 && alongside.MatchString(t) && first != "" && !k.sameUnit(names[0], first) {
		return names[0] // 各行业主管部门同步制定分行业方案
	}
	t = alongside.ReplaceAllString(t, "$1")
	if names, several := k.subjectAt(t); sentence && several && first != "" && !k.sameUnit(names[0], first) && !urges.MatchString(t) {
		return names[0] // 各招标人开展自查；市直各监管部门组织抽查. 镇政府成立专班。各村张贴通告
	}
	if names, several := k.subjectAt(t); !sentence && several && len(names) == 1 && first != "" && strings.HasPrefix(names[0], "各") && !k.sameUnit(names[0], first) && eachDoes.MatchString(t[min(len(t), len(fold(tight(names[0])))):]) && !takesPart.MatchString(t) {
		return names[0] // 区数据局比对信息，各小学对未通过的材料组织复核
	}
	if m := eachThere.FindStringSubmatch(t); m != nil && sentence && first != "" && !notActor.MatchString(m[1]) && !k.sameUnit(m[1], first) && (actsVerb.MatchString(m[2]) || actsNow.MatchString(m[2])) && !urges.MatchString(t) {
		return k.printed(m[1]) // 环湖各镇组织召开动员会
	}
	name := k.plainSubject(t)
	inside := levelOf(fold(first)) == "" // the parts of one body have no level: 教务处, 后勤处
	body := organEnd.MatchString(name) || officeEnd.MatchString(name) || inside && (looseEnd.MatchString(name) || ownOffice.MatchString(name) && !noOffice.MatchString(name))
	if name == "" || isCollective(name) || !body || levelOf(name) == "" && !inside || first == "" || k.sameUnit(name, first) {
		return ""
	}
	if !sentence && (helps.MatchString(strings.TrimPrefix(t, name)) || takesPart.MatchString(t)) {
		return ""
	}
	return name
}

// eachThere is all of a kind at a place, and what they do.
var eachThere = regexp.MustCompile(`^(\p{Han}{1,6}各(?:乡镇街道|乡镇|镇街|街道|镇|乡|县区|县|区|市|村|社区))([\p{Han}].*)$`)

// eachDoes is behind all of a kind that do something else than the body before them.
var eachDoes = regexp.MustCompile(`^(?:对|将|把|按|根据|负责|分别)[\p{Han}“”、()\d]{2,30}?(?:组织|开展|进行|完成|制定|落实|实施|复核|核查|整改|报送|登记|公示)`)

// urges is a sentence that only calls upon bodies to be in earnest.
var urges = regexp.MustCompile(`^[\p{Han}()、,]{2,40}?(?:要|应|须|务必)?(?:切实|进一步|务必|要)*(?:高度重视|提高(?:政治站位|认识)|统一思想|加强(?:组织)?领导|强化责任|压实责任|落实责任|精心组织|密切配合|通力协作)`)

// alongside is a body before a word that it does its own along with the one before it.
var alongside = regexp.MustCompile(`^(\p{Han}[\p{Han}()、]{1,20}?[^会])(?:同步|同时|分别|一并|相应|同期)`)

// otherActors makes entries of the sentences and parts below a dated heading that
// another unit is to do: the heading's time is theirs too.
func (k *committer) otherActors(c *clause, e *entry, readings []deadline.Reading) {
	first := e.Lead
	if first == "" {
		if br := order(k.bracketOf(c, e)); len(br) > 0 {
			first = br[0].name
		} else if len(e.Each) > 0 {
			first = e.Each[0]
		}
	}
	for n, s := range c.sentences(readings) {
		if s.from < c.headLen {
			continue
		}
		if dates(s.readings) { // 县住建局组织验收，次年1月10日前公示结果, in a stage until December: only the work has the stage's end
			beyond := !slices.ContainsFunc(s.readings, func(r deadline.Reading) bool {
				return r.Kind == deadline.Recurring || !r.Due.IsZero() && !r.Due.After(e.Due)
			})
			if s.to = c.undatedTo(s); n == 0 || !beyond || dates(readingsIn(s.readings, s.from, s.to)) {
				continue
			}
		}
		parts := commaSpans(c.text, s.span)
		for i, p := range parts {
			if n == 0 && i == 0 || p.from < e.span.to && p.from >= e.span.from && i == 0 {
				continue
			}
			name := k.otherActor(c.text[p.from:p.to], first, i == 0)
			if name == "" && i == 0 && n > 0 {
				name = k.askedActor(c, s, p, first)
			}
			if name == "" {
				continue
			}
			to := p.to
			for j := i + 1; j < len(parts) && k.otherActor(c.text[parts[j].from:parts[j].to], name, false) == ""; j++ {
				to = parts[j].to
			}
			e.Title = withoutParts(c.text, e.Title, []span{{p.from, to}}, nil)
			own := *e
			own.Notes, own.Assist, own.SetAssist, own.Each, own.Lead, own.opening = slices.Clone(e.Notes), nil, false, nil, "", ""
			own.span.from, own.span.to = trimSpan(c.text, p.from, to)
			own.sentence, own.Source = s.span, c.text[own.span.from:own.span.to]
			own.Title, own.who = shorten(tidyTitle(own.Source), 40), name
			k.owner(c, &own, "")
			c.entries = append(c.entries, &own)
			first = name
		}
	}
}

// coveredActor is what a sentence below a dated heading begins with where it may be a body
// that the reader of subjects does not know, and what it does.
var coveredActor = regexp.MustCompile(`^([\p{Han}()“”]{2,14}?(?:局|委|办|厅|科|股|室|中心|站|所|队|院|社|公司|集团|组|专班|协会|商|员|长|校|馆|村|镇|乡|街道|企业|单位|机构|银行|支行|厂|店|市场|政府|台))([\p{Han}]{4,})`)

// askedActor asks who does what a sentence below a dated heading says, where it begins with what
// may be a body and not the heading's. Without an answer it is a part of the heading's work.
func (k *committer) askedActor(c *clause, s sentence, p span, first string) string {
	t := tight(fold(c.text[p.from:p.to]))
	m := coveredActor.FindStringSubmatch(t)
	if m == nil || first == "" || strings.HasPrefix(t, tight(fold(first))) || noActor.MatchString(m[1]) || notActor.MatchString(m[1]) || actsVerb.MatchString(m[1]) && !surelyEnd.MatchString(m[1]) || zeroSubject.MatchString(m[1]) || actsNow.MatchString(m[1]) || sayWhatOf.MatchString(m[2]) || urges.MatchString(t) || isCollective(m[1]) {
		return ""
	}
	if own := k.doubtLead(c.place, c.text[s.from:s.to], first); len(own) > 0 {
		return k.printed(own[0])
	}
	return ""
}

// sayWhatOf goes on with a name, and not with what its bearer does: 市场|监管, 社区|治理.
var sayWhatOf = regexp.MustCompile(`^(?:的|和|与|及|等|内|外|上|下|监管|治理|建设|管理|改造|工作|整治|周边|设施|项目|工程|任务|标准|人员|负责人|名单|情况|数据)`)
