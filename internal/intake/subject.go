package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// subject reads who acts at the beginning of a sentence, also after its time.
func (k *committer) subject(text string, e *entry) (names []string, several bool) {
	for _, t := range starts(text, e) {
		if n, many := k.subjectAt(t); len(n) > 0 {
			return n, many
		}
	}
	return nil, false
}

// starts are the ends of a text that may begin with the subject: from the beginning,
// and from behind a time at the beginning.
func starts(text string, e *entry) []string {
	f := tight(fold(text))
	f = strings.TrimPrefix(strings.TrimPrefix(f, "并"), "同时,")
	if m := aboveHead.FindString(f); m != "" {
		f = f[len(m):]
	}
	f = f[len(noteHead.FindString(f)):]
	f = f[len(saidHead.FindString(f)):]
	if m := sinceHead.FindString(f); m != "" {
		f = f[len(m):]
	}
	f = strings.TrimLeft(f, "●■◆▲★·•◇○□▪➢-")
	f = f[len(matterDash.FindString(f)):]
	out := []string{f}
	if m := matterLabel.FindString(f); m != "" && (!looksUnit(strings.TrimSuffix(m, ":")) || strings.HasPrefix(f[len(m):], "由")) { // 督查：市河长办每季度暗访一次
		f = f[len(m):]
		out = []string{f}
	}
	if m := timesListed.FindString(f); m != "" { // 5月中旬和7月下旬，县种子站各巡查一次
		out = append(out, f[len(m):])
	}
	if e.words == "" {
		return out
	}
	w := tight(fold(e.words))
	if !strings.Contains(f, w) {
		w = w[len(sinceHead.FindString(w)):] // 自2023年起，每年3月底前
	}
	if w == "" {
		return out
	}
	if i := strings.Index(f, w); i >= 0 && i < 60 && utf8.RuneCountInString(f[:i]) <= 3 {
		rest := strings.TrimLeft(f[i+len(w):], ")前,、:")
		out = append(out, rest[len(dayPart.FindString(rest)):])
	}
	return out
}

// timesListed is a list of times at the beginning of a sentence.
var timesListed = regexp.MustCompile(`^(?:每年)?(?:(?:(?:19|20)\d\d年)?\d{1,2}月(?:\d{1,2}日|[上中下]旬|底|末|初)?(?:之?前)?[、和及,]){1,5}(?:(?:19|20)\d\d年)?(?:\d{1,2}月)?(?:\d{1,2}日|[上中下]旬|底|末|初)?(?:之?前)?[,、]?`)

// dayPart is the part of the day behind a date.
var dayPart = regexp.MustCompile(`^(?:上午|下午|夜间|晚间|晚上|凌晨|全天|当天|当日|白天|早上)(?:\d{1,2}[时点:](?:\d{2}|半)?分?)?[,、]?`)

// matterLabel is a short name of the matter before who acts.
var matterLabel = regexp.MustCompile(`^[\p{Han}“”]{2,8}:`)

// matterDash is the same with a dash behind it: 站前广场项目——由建设公司6月12日前….
var matterDash = regexp.MustCompile(`^[\p{Han}A-Za-z\d“”()]{2,20}--`)

// aboveHead speaks of the work above before who does it: 以上由市水务局6月底前拆除.
var aboveHead = regexp.MustCompile(`^(?:以上|上述|以下|下列)[\p{Han}]{0,6}?(?:均|都|全部|统一)?由`)

// noteHead begins a note below a table or a plan.
var noteHead = regexp.MustCompile(`^\(?(?:备?注|说明)\d?[:.、]`)

// saidHead is how minutes begin a sentence: 会议同意，由市财政局….
var saidHead = regexp.MustCompile(`^(?:会议|大会|专题会|常务会议?)?(?:研究)?(?:同意|明确|要求|强调|决定|指出|议定|认为|提出|确定|原则同意)[,，]`)

// sinceHead is a beginning in time before who acts: 从2023年第二季度起，各牵头单位要…, 汛期县
// 防办每周….
var sinceHead = regexp.MustCompile(`^\d{1,4}[年月](?:\d{1,2}[月日])?(?:\d{1,2}日)?(?:起|开始),?|^[自从](?:\d|今|本|即)[^,。;]{1,16}(?:起|开始|后),?|^[\p{Han}]{2,8}期间,?|^(?:主|非|[入出])?汛(?:期(?:之?前|后|内)?|[前后]),?|^(?:[采供]暖|供热|防火|禁[烧渔]|灌溉)[期季](?:内|节)?,?|^(?:三[夏秋]|双抢|春耕)(?:时节|季节)?,?|^[\p{Han}]{2,10}(?:结束|完成|通过|到位)后,`)

// bodyPart is an office within a body whose name goes before it: 市政府|督查室.
var bodyPart = regexp.MustCompile(`^(?:督查室|督导室|研究室|政研室|督查局|督查办|法制办|外事办|办公室|办公厅|目标办|考核办|信访办)`)

// partOfBody is a part of a body behind the body's name.
var partOfBody = regexp.MustCompile(`^[\p{Han}]{1,6}(?:室|科|股|处|办|中心|站|所|部|组)$`)

// eachShort are the shortest names of all of a kind: 各地每周报送, 各校9月10日前演练.
var eachShort = regexp.MustCompile(`^(?:其余|其他|其它)?各(?:地|校|村|园|局|办|科|站|所|厂|矿|院|企|班)$`)

// leaderOf is a leader of a body of a level.
var leaderOf = regexp.MustCompile(`^((?:省|市|县|区|州|旗|镇|乡)(?:委|政府))(?:分管|主要|有关|包联)(?:负责)?(?:领导|同志)(?:[要须应将]|\d|每|于|在|负责|牵头|定期)`)

// isParty tells that a name is that of a party of the agreement.
func (k *committer) isParty(name string) bool {
	for _, p := range k.facts.Parties {
		if p == name {
			return true
		}
	}
	return false
}

// partyRe is how an agreement calls those who made it.
var partyRe = regexp.MustCompile(`^[甲乙丙]方`)

// weRe is how a paper calls the body that signs it.
var weRe = regexp.MustCompile(`^由?[我本](?:局|委|办|厅|部|院|校|处|中心|公司|单位)`)

// weWill is behind 我局 where it says what it is going to do: 我局将争取…, 我局还将每季度….
var weWill = regexp.MustCompile(`^(?:还|也|下一步)?(?:将|计划|拟|争取|力争)`)

// eachHead are those at the head of all bodies of a kind.
var eachHead = regexp.MustCompile(`^(各(?:中心校|教学点|招标人|投标人|采购人|承租人|出租人|经营者|经营户|养殖户|用水户|取水户|申报人)|各(?:所属|直属|下属)[\p{Han}]{1,6}?(?:机场|公司|单位|部门|场|站|院|校|企业|队|中心)|各[\p{Han}]{2,10}?(?:[院校局所站馆园镇乡村河林路田湖段]长|书记|主任|负责人|负责同志))`)

// shortHead is such a name at the beginning of a sentence.
var shortHead = regexp.MustCompile(`^(?:其余|其他|其它)?各(?:地|校|村|园|局|办|科|站|所|厂|矿|院|企|班)`)

// eachOf is the collective that a sentence begins with, nil when it is only the
// beginning of a place or of another name. 各县（市、区）、市直… loses the 市 of the next.
func eachOf(f string) []string {
	m := eachSubject.FindStringSubmatch(f)
	if m == nil {
		return nil
	}
	if !notSubject.MatchString(f[len(m[0]):]) {
		return m
	}
	i := strings.LastIndex(m[0], "、")
	if i <= 0 || m[0] != m[1] || !strings.HasPrefix(f[len(m[0]):], "直") && !strings.HasPrefix(f[len(m[0]):], "级") && !strings.HasPrefix(f[len(m[0]):], "属") {
		return nil
	}
	return []string{m[0][:i], m[0][:i]}
}

// theirOwn is what each place has of the body that acts, behind the places' collective name and
// before what it does: 各乡镇|中心校于6月28日前…, 各区（市）|县每月…; "" where they act themselves.
func theirOwn(rest string) string {
	if actsNow.MatchString(rest) || actsVerb.MatchString(rest) || afterName.MatchString(rest) {
		return ""
	}
	for at, n := 0, 0; n < 8; n++ {
		r, size := utf8.DecodeRuneInString(rest[at:])
		if !unicode.Is(unicode.Han, r) {
			return ""
		}
		at += size
		own, after := rest[:at], strings.TrimPrefix(rest[at:], "请")
		if ownEnd.MatchString(own) && !paperOf.MatchString(own) && (actsNow.MatchString(after) || n > 0 && actsVerb.MatchString(after)) {
			return own
		}
	}
	return ""
}

// longerName is behind a collective name that may go on: 各市|场监管所挨家发放.
var longerName = regexp.MustCompile(`^\p{Han}{1,6}(?:[校局所站院办队馆会处科室]|中心)`)

// ownEnd ends the name of a body that every place has one of, and paperOf is of what a place hands in.
var (
	ownEnd  = regexp.MustCompile(`[校局所站院办队县市区厂馆会处科股室园点]$|中心$|部$|[^校]长$`)
	paperOf = regexp.MustCompile(`情况|总结|报告|材料|方案|名单|台账|结果|数据|清单|工作|任务|信息|^[的范围境内之间以]`)
)

func (k *committer) subjectAt(f string) ([]string, bool) {
	f = strings.TrimPrefix(f, "请")
	for _, w := range []string{"限", "责成", "责令", "交由", "要求", "安排"} {
		if of, ok := strings.CutPrefix(f, w); ok && levelOf(of) != "" { // 限市财政局5日内拨付
			f = of
			break
		}
	}
	if m := askedOf.FindStringSubmatch(f); m != nil && levelOf(m[1]) != "" { // 资金请市财政局5日内拨付
		if n := k.plainSubject(m[1]); n != "" {
			return []string{k.printed(n)}, false
		}
	}
	plain := k.plainSubject(f)
	if n, each := plain, strings.TrimPrefix(eachSubject.FindString(f), "由"); (strings.HasPrefix(n, "各") || each != "" && strings.HasPrefix(n, each)) && len(n) > len(each) && len(n) > len(manySubject.FindString(f)) { // 各县水务局, not 各县
		return append([]string{k.printed(n)}, k.listed(strings.TrimPrefix(strings.TrimPrefix(f, "由"), n))...), true
	}
	if m := eachOf(f); m != nil {
		name, rest := m[1], f[len(m[0]):]
		if own := theirOwn(rest); own != "" {
			name, rest = name+own, rest[len(own):]
		} else if more := longerName.FindString(rest); more != "" && !actsNow.MatchString(rest) && !actsVerb.MatchString(rest) && !afterName.MatchString(rest) && !paperOf.MatchString(more) {
			k.cutShort = k.printed(name)
		}
		names := []string{k.printed(name)}
		for {
			more := strings.TrimLeft(rest, "、和及")
			if len(more) == len(rest) {
				break
			}
			n := k.reg.prefixName(more)
			if n == "" {
				break
			}
			names = append(names, n)
			rest = more[len(fold(tight(n))):]
		}
		return append(names, k.listed(rest)...), true
	}
	if m := theOthers.FindStringSubmatch(f); m != nil && (actsNow.MatchString(f[len(m[1]):]) || actsVerb.MatchString(f[len(m[1]):])) {
		return []string{k.printed(m[1])}, true // 黄河流域各省水利厅于…，其他省（区、市）水利厅于…
	}
	if m := ofTheir.FindStringSubmatch(f); m != nil {
		return []string{k.printed(m[1])}, true
	}
	if m := manySubject.FindStringSubmatch(f); m != nil && (utf8.RuneCountInString(m[1]) >= 3 || eachShort.MatchString(m[1])) {
		return append([]string{k.printed(m[1])}, k.listed(strings.TrimPrefix(strings.TrimPrefix(f, "由"), m[1]))...), true
	}
	if m := leaderOf.FindStringSubmatch(f); m != nil { // 区政府分管领导每周三现场调度
		return []string{m[1]}, false
	}
	if m := partyRe.FindString(f); m != "" && k.facts.Parties[m] != "" { // 乙方8月底前建设基站
		return []string{k.facts.Parties[m]}, false
	}
	if m := weRe.FindString(f); m != "" && k.facts.We != "" && (actsNow.MatchString(f[len(m):]) || k.facts.ByTitle && actsVerb.MatchString(f[len(m):]) || weWill.MatchString(f[len(m):])) && !strings.HasPrefix(f[len(m):], "已") { // 我局将于10月20日前召开会议
		return []string{k.facts.We}, false
	}
	if m := eachHead.FindStringSubmatch(f); m != nil && (actsNow.MatchString(f[len(m[0]):]) || actsVerb.MatchString(f[len(m[0]):])) { // 各基层法院院长要亲自部署
		return []string{k.printed(m[1])}, true
	}
	if m := shortHead.FindString(f); m != "" && (actsNow.MatchString(f[len(m):]) || actsVerb.MatchString(f[len(m):])) { // 各校审核材料
		return []string{k.printed(m)}, true
	}
	if n := k.reg.prefixName(strings.TrimPrefix(f, "由")); n != "" {
		rest := strings.TrimPrefix(f, "由")[len(fold(tight(n))):]
		if m := bodyPart.FindString(rest); m != "" { // 市政府督查室, not 市政府
			n += m
			rest = rest[len(m):]
		} else if p := k.plainSubject(f); len(p) > len(fold(tight(n))) && strings.HasPrefix(p, fold(tight(n))) && partOfBody.MatchString(p[len(fold(tight(n))):]) { // 区教育局|督导室
			rest = strings.TrimPrefix(strings.TrimPrefix(f, "由"), p)
			n = k.printed(p)
		}
		if (afterName.MatchString(rest) && !isBuilt(n, rest)) || strings.HasPrefix(rest, "、") || strings.HasPrefix(rest, "等") {
			return append([]string{n}, k.listed(rest)...), isCollective(n)
		}
	}
	if m := bodyUnit.FindStringSubmatch(f); m != nil && looksUnit(m[1]) && (!notActor.MatchString(m[1]) || likeVerb.MatchString(m[1])) && !verbThenUnit(m[1]) && !twoBodies.MatchString(m[1]) && !strings.Contains(m[1], "由") {
		return append([]string{m[1]}, k.listed(strings.TrimPrefix(strings.TrimPrefix(f, "由"), m[1]))...), false
	}
	if m := headUnit.FindStringSubmatch(f); m != nil && looksUnit(m[1]) && !twoBodies.MatchString(m[1]) && !strings.Contains(m[1], "由") {
		rest := strings.TrimPrefix(strings.TrimPrefix(f, "由"), m[1])
		return append([]string{m[1]}, k.listed(rest)...), false
	}
	if n := plain; n != "" {
		rest := strings.TrimPrefix(strings.TrimPrefix(f, "由"), fold(tight(n)))
		return append([]string{k.printed(n)}, k.listed(rest)...), isCollective(n) && strings.HasPrefix(n, "各")
	}
	if m := placesAct.FindStringSubmatch(f); m != nil && (actsNow.MatchString(f[len(m[0]):]) || actsVerb.MatchString(f[len(m[0]):])) { // 新城区、临山县政府于…
		places := strings.Split(m[1], "、")
		if !slices.ContainsFunc(places, func(n string) bool { return notPlace.MatchString(n) || notActor.MatchString(n) }) {
			for i := range places {
				places[i] += m[2]
			}
			return places, true
		}
	}
	if m := listUnit.FindString(f); m != "" && strings.HasPrefix(f[len(m):], "、") && looksUnit(m) && levelOf(m) != "" {
		if more := k.listed(f[len(m):]); len(more) > 0 {
			return append([]string{m}, more...), false
		}
	}
	return nil, false
}

// ofTheir is what several are to hand in: 各有关单位的实施方案，于…报送.
var ofTheir = regexp.MustCompile(`^(各[\p{Han}]{0,8}?(?:单位|部门|地区|县区|乡镇|街道|企业|子公司|分公司|公司|科室|股室|地|局|校|院))(?:的[\p{Han}“”"]{2,24}|[\p{Han}“”"]{0,16}(?:情况|方案|名单|总结|报告|材料|台账|清单|计划|信息|报表|数据))[,，]?(?:请|要|应|须|需|应当|一律)?(?:于|在|\d).{0,30}(?:报送|上报|提交|报|送|交)`)

// bodyUnit is a body that no level's prefix marks: 国网滨江供电公司在….
var bodyUnit = regexp.MustCompile(`^(?:由)?([\p{Han}]{3,16}?(?:公司|集团|银行|医院|大学|学院))(?:要|应当?|须|负责|牵头|会同|具体负责|\d|每[年月季周日半]|[于在按])`)

var listUnit = regexp.MustCompile(`^[\p{Han}]{2,16}?(?:局|委员会|委|办公室|厅|部|办|管委会|政府|中心|公司|院|会)`)

// listed are the further subjects of a sentence: 、市财政局和市审计局要….
func (k *committer) listed(rest string) []string {
	var out []string
	for len(out) < 20 {
		more := rest
		for _, w := range []string{"、", "和", "及", "会同", "联合"} {
			more = strings.TrimPrefix(more, w)
		}
		if len(more) == len(rest) {
			return out
		}
		n := k.reg.prefixName(more)
		if m := eachSubject.FindStringSubmatch(more); m != nil && len(m[1]) > len(fold(tight(n))) {
			n = m[1]
		}
		if m := manySubject.FindStringSubmatch(more); m != nil && utf8.RuneCountInString(m[1]) >= 3 && len(m[1]) > len(fold(tight(n))) { // 各乡镇、各成员单位
			n = m[1]
		}
		if p := k.plainSubject(more); len(p) > len(fold(tight(n))) { // 市总工会财务部, not 市总工会
			n = p
		}
		if n == "" {
			n = listUnit.FindString(more)
		}
		if n == "" || !looksUnit(n) {
			return out
		}
		after := more[len(fold(tight(n))):]
		if after != "" && !afterName.MatchString(after) && !strings.HasPrefix(after, ":") && !strings.HasPrefix(after, "、") && !strings.HasPrefix(after, "和") && !strings.HasPrefix(after, "等") {
			return out
		}
		out, rest = append(out, k.printed(n)), after
	}
	return out
}

// prefixName is the longest known unit or group name that a folded text begins
// with, as the registry writes it.
func (r *registry) prefixName(f string) string {
	best, size := "", 0
	head, _ := utf8.DecodeRuneInString(f)
	try := func(name string) {
		if h, _ := utf8.DecodeRuneInString(name); foldRune(h) != head || len(name) <= size {
			return
		}
		n := tight(fold(name))
		if len(n) > size && len(n) > 6 && strings.HasPrefix(f, n) {
			best, size = name, len(n)
		}
	}
	for _, u := range r.units {
		try(u.Name)
		for _, a := range u.Aliases {
			try(a)
		}
	}
	for _, g := range r.groups {
		try(g.Name)
		for _, a := range g.Aliases {
			try(a)
		}
	}
	return best
}
