package intake

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	roleTail = regexp.MustCompile(`(等(?:有关单位|相关单位|有关部门|相关部门|各?部门|各?单位)?)?(?:按照?|根据|依)?(?:各自)?(?:职责|职能|责任)?(?:分工|权限)?(?:共同|分别|具体|联合)?(牵头(?:负责|组织|抓好|具体)?(?:落实|实施|办理|推进|抓总|协调|开展)?|牵头负责|牵头组织|负责牵头|主办|配合实施|配合落实|配合|协助|协同|参与|参加|负责落实|负责实施|组织落实|组织实施|抓好落实|落实|实施|负责|承办|监督指导|督促指导|督促落实|督促|监督|监管|指导|督导|为主|协办)$`)
	unitTail = regexp.MustCompile(`(局|委|办|厅|部|院|会|社|署|处|科|股|室|司|队|所|站|馆|中心|公司|集团|银行|支行|分行|学校|中心校|党校|分校|驾校|技校|中学|小学|大学|学院|医院|政府|街道|办事处|镇|乡|县|区|市|州|旗|盟|法院|检察院|联|团委|工会|海关|电视台|报社|企业|单位|部门|专班|指挥部|小组|协会|开发区|园区|新区|高新区|经开区|示范区|景区|管理处|大队|支队|总队|机构|供电公司|农商行|商行|农行|工行|建行|电信|移动|联通|铁塔|高校|各地|商会|妇联|残联|文联|科协|气象台|水厂|场|村|社区|基地|人行|税务|党校|编办|党组|[察导查作]组|领导小组|科室|处室|党委|工委|党工委|总站|交警|监狱|供销社|公安|应急|住建|交通|环保)$`)
	halfName = regexp.MustCompile(`^(?:管委会|管理委员会|党工委|街道|街道办|办事处|办公室|委员会|政府|企业|单位|部门|园区|市|县|区|镇|乡)$`)
	notUnit  = regexp.MustCompile(`[的了]|完成|推进|加强|以上|以下|以内|包括|含|例如|比如|即|详见|见附件|不少于|不低于|\d{3,}`)
)

// readUnits reads a list of units with the roles that follow them; limit is a
// piece that is a time, roles tells that a role was named.
func readUnits(in string, as seat) (names []named, limit string, roles bool) {
	in = strings.TrimPrefix(strings.TrimSpace(in), "由")
	if parts := strings.Split(in, ";"); len(parts) > 1 && !limitLike.MatchString(in) && !strings.ContainsAny(in, "()[]") { // 各区政府；市水务局督促指导
		led := false
		for _, p := range parts {
			more, _, said := readUnits(p, as)
			for _, n := range more {
				if led && n.seat == seatOwner {
					n.seat = seatAssist
				}
				names = append(names, n)
			}
			for _, n := range more {
				led = led || n.seat == seatLead
			}
			roles = roles || said
		}
		return names, "", roles
	}
	var group []string
	give := func(s seat) {
		for _, n := range group {
			names = append(names, named{n, s})
		}
		group = nil
	}
	for _, t := range splitList(in) {
		if limitLike.MatchString(t) && !looksUnit(t) {
			if limit == "" {
				limit = t
			} else if i, k := strings.Index(in, limit), strings.LastIndex(in, t); i >= 0 && k > i {
				limit = in[i : k+len(t)]
			}
			continue
		}
		t = strings.TrimPrefix(strings.TrimPrefix(t, "由"), "并")
		if m := ownSeat.FindStringSubmatch(t); m != nil && unitName(m[1]) != "" {
			give(as)
			names = append(names, named{unitName(m[1]), seatOf(m[2])})
			roles = true
			continue
		}
		if a, b, ok := strings.Cut(t, "会同"); ok {
			if n := unitName(a); n != "" { // ，会同市住建局
				group = append(group, n)
			}
			give(seatLead)
			roles, as = true, seatAssist
			t = b
		}
		tail := roleTail.FindStringSubmatchIndex(t)
		if tail == nil || tail[0] == 0 && len(group) == 0 {
			if n := unitName(t); n != "" && tail == nil {
				group = append(group, n)
			}
			continue
		}
		if n := unitName(t[:tail[0]]); n != "" {
			group = append(group, n)
		}
		roles = true
		switch verb := t[tail[4]:tail[5]]; {
		case strings.Contains(verb, "牵头") || verb == "主办" || verb == "为主":
			give(seatLead)
		case strings.Contains(verb, "配合") || strings.HasPrefix(verb, "协") || strings.HasPrefix(verb, "参") || strings.HasSuffix(verb, "导") || strings.HasPrefix(verb, "监督") || strings.HasPrefix(verb, "督促"): // as seatOf has it of labels
			give(seatAssist)
		default:
			s := as
			for _, n := range names {
				if n.seat == seatLead && as == seatOwner {
					s = seatAssist
				}
			}
			give(s)
		}
	}
	give(as)
	return names, limit, roles
}

// ownSeat is a unit with its own part behind it: 市住建局(牵头).
var ownSeat = regexp.MustCompile(`^(.{2,24}?)\((牵头|主办|主责|配合|协办|参与)(?:单位|部门)?\)$`)

// countyList is a collective name that lists its kinds: 各县、市、区.
var countyList = regexp.MustCompile(`各(?:[市县区州旗]|县市|市县|区县|县区)(?:、(?:[市县区州旗]{1,2}))+(?:人民政府|政府|党委)|各(?:乡|镇|街道|乡镇|镇街)(?:、(?:乡|镇|街道|办事处|场))+`)

// splitList cuts a list at 、，； and line ends outside brackets.
func splitList(in string) []string {
	in = countyList.ReplaceAllStringFunc(in, func(s string) string { return strings.ReplaceAll(s, "、", "\x01") })
	var out []string
	depth, from := 0, 0
	cut := func(to int) {
		if t := strings.TrimSpace(in[from:to]); t != "" {
			out = append(out, t)
		}
	}
	for i, r := range in {
		switch r {
		case '(', '[':
			depth++
		case ')', ']':
			depth = max(0, depth-1)
		case '、', ',', ';', '\n', '/', '。', '|', ' ':
			if depth == 0 {
				cut(i)
				from = i + utf8.RuneLen(r)
			}
		}
	}
	cut(len(in))
	for i := range out {
		out[i] = strings.ReplaceAll(out[i], "\x01", "、")
	}
	return splitAnd(out)
}

var andUnits = regexp.MustCompile(`^(.{2,}?(?:委员会|局|委|办|厅|部|政府|管委会|公司|集团|中心|院))(?:和|及|与|以及|并)(.{2,}(?:委员会|局|委|办|厅|部|政府|管委会|公司|集团|中心|院|单位|部门|企业))(.{0,12})$`)

func splitAnd(in []string) []string {
	var out []string
	for _, t := range in {
		if m := andUnits.FindStringSubmatch(t); m != nil {
			out = append(out, m[1], m[2]+m[3])
			continue
		}
		out = append(out, t)
	}
	return out
}

var partyTail = regexp.MustCompile(`^\((?:以下简称)?[“"]?[甲乙丙]方[”"]?\)$`)

// wideBrackets writes folded brackets as Chinese ones.
var wideBrackets = strings.NewReplacer("(", "（", ")", "）")

func unitName(t string) string {
	t = strings.Trim(t, " ,、;:。")
	if t == "等" || t == "各" || t == lostCell {
		return ""
	}
	t = itemsCounted.ReplaceAllString(strings.TrimSuffix(t, "等"), "")
	if i := strings.LastIndexByte(t, '('); i > 0 && partyTail.MatchString(t[i:]) { // 县数据局(甲方)
		t = t[:i]
	}
	for _, tail := range []string{"等部门", "等单位", "等有关部门", "等相关部门", "等有关单位", "等相关单位"} {
		t = strings.TrimSuffix(t, tail)
	}
	return wideBrackets.Replace(strings.TrimSpace(t))
}

// howMany is a count and no body: 3处, 12所.
var howMany = regexp.MustCompile(`^\d+\p{Han}{1,2}$`)

// looksUnit is true of a text that has the shape of a unit's name.
func looksUnit(t string) bool {
	n := utf8.RuneCountInString(t)
	if n < 2 || n > 32 || notUnit.MatchString(t) || howMany.MatchString(t) {
		return false
	}
	t = strings.TrimSuffix(fold(t), "等")
	if i := strings.LastIndexByte(t, '('); i > 0 && strings.HasSuffix(t, ")") && (unitTail.MatchString(t[:i])) {
		return true
	}
	return unitTail.MatchString(t)
}
