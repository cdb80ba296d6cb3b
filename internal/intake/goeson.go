package intake

import (
	"regexp"
	"slices"
	"strings"

	"duban/internal/deadline"
)

// goesOn is who did all that a paragraph says before a sentence without a subject:
// 市住建局6月底前完成检测。7月底前复查一遍.
func (k *committer) goesOn(c *clause, e *entry, text string) ([]string, bool) {
	if len(c.entries) == 0 || c.role == roleGoals {
		return nil, false
	}
	all := starts(text, e)
	for _, t := range all[len(all)-1:] {
		t = strings.TrimLeft(linkHead.ReplaceAllString(t, ""), ",、:前")
		if ownBodyHead.MatchString(t) { // 联合执法办公室每半月召开碰头会: another body acts
			continue
		}
		if !zeroSubject.MatchString(t) && !actsVerb.MatchString(t) && !c.nextMatter(e) {
			continue
		}
		from := strings.LastIndexByte(c.text[:min(e.span.from, len(c.text))], '\n') + 1
		var said *entry
		for _, p := range c.entries {
			if p.span.to > e.span.from || p.span.to <= from || p.span.to == 0 {
				continue
			}
			if p.Lead == "" && len(p.Each) == 0 || p.Lead == k.reg.officeName && len(p.Each) == 0 || said != nil && (said.Lead != p.Lead || !slices.Equal(said.Each, p.Each)) {
				return nil, false
			}
			said = p
		}
		if said == nil {
			return nil, false
		}
		if len(said.Each) > 0 {
			return said.Each, true
		}
		return []string{said.Lead}, isCollective(said.Lead) && strings.HasPrefix(said.Lead, "各")
	}
	return nil, false
}

// ownBodyHead is a name like a body's at the beginning of a sentence, before what it does.
var ownBodyHead = regexp.MustCompile(`^[\p{Han}“”]{2,16}(?:办公室|领导小组|指挥部|专班|委员会|工作组|中心|公司|支队|大队|局)(?:要|应|须|将|于|在|每|\d|负责|定期)`)

// nextMatter tells that an entry follows a semicolon and begins with what is done
// and no one who could do it: …逐一核查；其他欠薪案件须于1月20日前办结.
func (c *clause) nextMatter(e *entry) bool {
	before := strings.TrimRight(c.text[:min(e.span.from, len(c.text))], " \n")
	last := c.entries[len(c.entries)-1]
	same := e.sentence.to > 0 && last.sentence == e.sentence
	if !same && !strings.HasSuffix(before, "；") && !strings.HasSuffix(before, ";") || e.phrase.from <= e.span.from {
		return false
	}
	what := tight(fold(c.text[e.span.from:e.phrase.from]))
	bare := mustBy.ReplaceAllString(what, "")
	return (same || bare != what) && hanIn(bare) >= 3 && !strings.Contains(bare, ",") && !looseEnd.MatchString(bare) && !organEnd.MatchString(bare) && !placeEnd.MatchString(bare) && !isCollective(bare)
}

var (
	linkHead    = regexp.MustCompile(`^(?:并|再|随后|然后|此后|以后|之后|其后|另外|此外|同时|到|于|在)+`)
	zeroSubject = regexp.MustCompile(`^(?:为|力争|确保|要|须|应|对|把|将|按|继续|全部|全面|基本)`)
)

var (
	guidesOnly = regexp.MustCompile(`^(?:负责)?(?:指导|督导|监督|监管|督促|协调|验收)(?:推进|落实|实施)?$`)
	doesWhat   = regexp.MustCompile(`^([\p{Han}（）()、]{2,20}?)(?:具体)?(?:负责)?(?:落实|实施|承办|组织实施|具体负责|负责|推进|办理|牵头)(?:推进|落实|实施|办理)?$`)
)

// doesIt is who does the work where a comma part says that the first named only guides
// it and the next who does it; "" where they do not.
func (k *committer) doesIt(c *clause, e *entry, names []string) string {
	if len(names) != 1 || e.span.to <= e.span.from {
		return ""
	}
	parts := commaSpans(c.text, span{min(max(0, e.sentence.from), e.span.from), e.span.to})
	for i := 0; i+1 < len(parts) && i < 6; i++ {
		head := tight(fold(c.text[parts[i].from:parts[i].to]))
		rest, ok := strings.CutPrefix(head, tight(fold(names[0])))
		if !ok || !guidesOnly.MatchString(rest) {
			continue
		}
		if m := doesWhat.FindStringSubmatch(tight(fold(c.text[parts[i+1].from:parts[i+1].to]))); m != nil && (looksUnit(m[1]) || isPlace(m[1])) && !notActor.MatchString(m[1]) {
			k.reg.resolve(m[1], c.place)
			return k.printed(m[1])
		}
	}
	return ""
}

// yourBody is how a letter calls the body that it addresses.
var yourBody = regexp.MustCompile(`^[你贵](?:们|单位|局|委|办|厅|部|处|中心|公司|集团|企业|学校|校|院|街道|街道办事处|镇|乡|县|区|市|州|地区?|村|社区)?$`)

// politely begins what a paper asks of those whom it addresses: 请于4月10日前将名单报送….
var politely = regexp.MustCompile(`(?:^|[,;。])(?:请|望|希|务请|敬请|烦请)(?:[你贵](?:们|单位|局|委|办|厅|县|区|市|州|镇|乡|街道|公司|集团|校|院|中心|部门))?(?:于|在|将|务必|按|认真|尽快|及时|抓紧|\d)`)

// addressee gives an entry to those whom the paper addresses.
func (k *committer) addressee(c *clause, e *entry) {
	var each []string
	for _, n := range k.facts.To {
		name := k.printed(n.name)
		k.reg.resolve(name, c.place)
		each = append(each, name)
	}
	if len(each) == 1 {
		if members, several := k.reg.resolve(each[0], c.place); !several || len(members) == 1 && members[0].dummy {
			e.Lead = each[0]
			return
		}
	}
	e.Each = each
}

// afterwards is before a rhythm that begins after what was said before it: 此后每年6月底前.
var afterwards = regexp.MustCompile(`(?:以后|此后|之后|其后|今后)[,，]?$`)

// fromThen begins such rhythms the day after the limit before them in the sentence.
func fromThen(text string, rs []deadline.Reading) {
	for i := 1; i < len(rs); i++ {
		before := rs[i-1]
		if rs[i].Kind != deadline.Recurring || !rs[i].Start.IsZero() || before.Due.IsZero() || strings.ContainsAny(text[min(before.End, rs[i].Begin):rs[i].Begin], "。\n") || !afterwards.MatchString(text[max(0, rs[i].Begin-12):rs[i].Begin]) {
			continue
		}
		rs[i].Start = before.Due.AddDays(1)
	}
}
