package intake

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// agent is who does it by the words 由…: 闲置资金由县财政局9月底前收回. Beside a bracket
// the words 由… must be in the part that has the time, since 资金由市财政局解决 is not the work.
func (k *committer) agent(c *clause, e *entry, beside bool) string {
	if e.span.to <= e.span.from || e.span.to-e.span.from > 1200 {
		return ""
	}
	for _, p := range commaSpans(c.text, e.span) {
		if beside && (e.phrase.from < p.from || e.phrase.from >= p.to) {
			continue
		}
		f := tight(fold(c.text[p.from:p.to]))
		if m := builderIs.FindStringSubmatch(f); m != nil && !strings.Contains(m[1], "由") && looksUnit(m[1]) && !notActor.MatchString(m[1]) && !isBuilt(m[1], "") {
			return k.printed(m[1])
		}
		if strings.Contains(f, "前者") || strings.Contains(f, "后者") {
			continue
		}
		for from := 0; ; {
			i := strings.Index(f[from:], "由")
			if i < 0 {
				break
			}
			i += from
			from = i + len("由")
			if before, _ := utf8.DecodeLastRuneInString(f[:i]); strings.ContainsRune("理自事缘经不案", before) || strings.HasSuffix(f[:i], "分别") {
				continue
			}
			if n := k.plainSubject(f[from:]); n != "" && !isCollective(n) {
				return k.printed(n)
			}
			if m := byWhom.FindStringSubmatch(f[from:]); m != nil && looksUnit(m[1]) && !isCollective(m[1]) && !notBy.MatchString(m[2]) {
				return k.printed(m[1])
			}
		}
	}
	return ""
}

// byWhom is a body of a level behind 由, and what goes on behind its name; notBy goes on
// with the name itself.
var (
	byWhom = regexp.MustCompile(`^((?:省|市|县|区|州|旗|镇|乡)[\p{Han}]{1,12}?(?:局|委|办公室|中心|办|站|所|公司|集团|支队|大队|总队|指挥部|专班|领导小组|管委会|政府|科|股))(\p{Han}.*)$`)
	notBy  = regexp.MustCompile(`^(?:的|和|与|及|所|下属|直属|机关|系统|网站|平台|局|委|会|长|[\p{Han}]{0,6}(?:局|委|办公室|中心|支队|大队|总队|专班|公司))`)
)

// partByAll is a part that says whose a matter is, before what is done by when.
var partByAll = regexp.MustCompile(`^[\p{Han}“”()、]{2,24}由(各[\p{Han}()、]{1,24}?)(?:组织|具体|统一|自行)?(?:负责|牵头|落实|实施|承办)$`)

// byAll is a comma part that only says that all of a kind are responsible.
var byAll = regexp.MustCompile(`^(?:并|均|统一)?由(各[\p{Han}()、]{2,24}?)(?:组织|具体|统一|自行)?(?:负责|牵头|落实|实施|承办)(?:落实|实施|抓好|组织)?$`)

// builderIs is a comma part that says who builds it: 清源水务集团承建.
var builderIs = regexp.MustCompile(`^(?:项目|工程)?由?([\p{Han}（）()]{2,20}?(?:局|委|办|公司|集团|中心|政府|管委会|院|处|街道|镇|乡|县|区|厅|部))(?:负责)?(?:承建|代建|承办|承担|(?:负责)?(?:组织)?实施|(?:负责)?建设)$`)

var reviews = regexp.MustCompile(`由([\p{Han}]{2,16}?(?:局|委|办公室|厅|部|办|管委会|政府|中心|公司|院|集团|行))(?:按程序|按规定|依法|负责|统一|组织|会同[\p{Han}、]{2,20})*(?:审核|审查|审批|评审|核定|核准|审定|汇总|初审|把关|测算)`)

// reviewer is who looks at what a comma part speaks of, and then goes on: 方案由市资规局
// 审查. "" for nobody.
func (k *committer) reviewer(part string) string {
	m := reviews.FindStringSubmatch(tight(fold(part)))
	if m == nil || !looksUnit(m[1]) || isCollective(m[1]) {
		return ""
	}
	return k.printed(m[1])
}

// allBodies are all who have a part in the paper.
var allBodies = regexp.MustCompile(`^各(?:责任|有关|相关|牵头|成员|承办|实施|配合)(?:单位|部门)$`)

// behindBracket tells that an entry is in a later paragraph than its bracket, where
// all bodies may be spoken to: …（责任单位：市水务局）⏎各有关单位的实施方案，于…报送.
func (c *clause) behindBracket(e *entry) bool {
	if e.Bracket < 0 || e.Bracket >= len(c.found) {
		return false
	}
	to := c.f.rawAt(c.found[e.Bracket].to)
	return e.span.from >= to && strings.Contains(c.text[to:e.span.from], "\n")
}
