package intake

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// labelled are the units that a paragraph, or its heading, begins with as its
// label: 市财政局：负责…；年底前…. What no bracket covers is theirs.
func (k *committer) labelled(c *clause, e *entry) []string {
	from := 0
	for _, s := range c.starts {
		if s <= e.span.from {
			from = s
		}
	}
	line := c.text[from:min(len(c.text), from+300)]
	if i := strings.IndexByte(line, '\n'); i >= 0 {
		line = line[:i]
	}
	for _, head := range []string{line, c.title, c.heading, c.chapter} {
		if names := labelUnits(head); len(names) > 0 {
			return names
		}
	}
	return nil
}

// labelUnits are the units before the colon or stop that a text begins with.
func labelUnits(line string) []string {
	if len(line) > 300 {
		line = line[:300]
	}
	head := []rune(fold(line))
	if m, ok := readMark(line); ok {
		head = head[min(m.length, len(head)):]
	}
	s := string(head[:min(len(head), 80)])
	i := strings.IndexAny(s, ":。")
	if i < 0 && len(head) < 80 {
		i = len(s)
	}
	if i <= 0 {
		return nil
	}
	bare := i == len(s)
	if m := leadsWhat.FindStringSubmatch(s[:i]); bare && m != nil { // （一）市水务局牵头任务
		s = m[1]
		i = len(s)
	}
	if (bare || s[i] != ':') && strings.Contains(s[:i], ",") && timeWord.MatchString(s[:i]) {
		return nil // 演练由市防办牵头，市消防支队、河东区政府参加，于6月18日前举行: a sentence
	}
	names, _, _ := readUnits(itemsCounted.ReplaceAllString(s[:i], ""), seatOwner)
	var out []string
	for _, n := range order(names) {
		if f := tight(fold(n.name)); (bare || s[i] != ':') && (utf8.RuneCountInString(f) > 18 || strings.Contains(f, "由") || strings.ContainsAny(f, "0123456789") || notActor.MatchString(f) || utf8.RuneCountInString(f) > 6 && (actsNow.MatchString(f) || actsVerb.MatchString(f)) || levelWord.MatchString(f) || verbThenUnit(f)) {
			return nil // a sentence that ends like a name: 汇总情况报区消安委
		}
		if !looksUnit(n.name) || levelOf(tight(fold(n.name))) == "" && !orgTail.MatchString(n.name) && (bare || s[i] != ':' || !partLabel.MatchString(n.name) || noPart.MatchString(n.name)) && !eachTail.MatchString(n.name) && !(bare && ownPart(tight(fold(n.name)))) && (bare || s[i] != ':' || !isPlace(n.name)) {
			return nil
		}
		out = append(out, n.name)
	}
	return out
}

// ownPart tells that a folded name is of a part of one body, which a heading may be alone: 人力资源部.
func ownPart(f string) bool {
	return ownOffice.MatchString(f) && !noOffice.MatchString(f) && !actsVerb.MatchString(f) && !notActor.MatchString(f) && !noPart.MatchString(f)
}

// isPlace tells that a name is a county's, a zone's or a town's: 东河县, 高新区.
func isPlace(name string) bool {
	f := tight(fold(name))
	return (placeEnd.MatchString(f) || zoneEnd.MatchString(f)) && !noPlace.MatchString(f) && !notActor.MatchString(f)
}

// noPlace is a kind of ground and no place of a name.
var noPlace = regexp.MustCompile(`^(?:全|本|主城|老城|新城|中心城|城市|农村|辖|[城山库灌景小片地郊林牧矿厂校社][区镇]|沿河|流域|重点)|(?:建成|流域|生活|保护|缓冲|核心|功能|居民|试点|禁养|限养)区$`)

var zoneEnd = regexp.MustCompile(`^[\p{Han}]{1,8}(?:新区|高新区|经开区|开发区|园区|示范区|保税区|度假区|风景区|景区|林区|矿区|农场|林场|团场)$|^(?:高新|经开)区$`)

// orgTail are the ends of names that nothing but a body has.
var orgTail = regexp.MustCompile(`(?:局|委员会|委|办公室|政府|管委会|公司|集团|银行|医院|指挥部|领导小组|街道|街道办事处|办|队|科|派出所|工作组|专班)$`)

// partLabel is a part of one body as the label of its line: 采编部：6月底前到馆2万册.
var partLabel = regexp.MustCompile(`^[\p{Han}]{2,8}[部处股]$`)

// noPart ends like the name of a part of a body and is none.
var noPart = regexp.MustCompile(`(?:全|内|外|局|干|细|底|顶|上|下|东|南|西|北|中|腹|根)部$|(?:好|坏|用|害|各|到|他|出|去|妙|停车|充电|之)处$`)

// leadsWhat is a heading of the tasks that a unit leads.
var leadsWhat = regexp.MustCompile(`^([\p{Han}、()]{2,30}?)(?:牵头|负责|承担|主办|承办)(?:的?(?:任务|事项|工作|项目)(?:` + howManyItems + `)?|` + howManyItems + `)$`)

// howManyItems is the count of the items below a heading, and itemsCounted that at its end:
// 县住建局（2项）.
const howManyItems = ` ?\(共?(?:计)?\d+[项件个条](?:任务|工作|事项)?\)`

var itemsCounted = regexp.MustCompile(howManyItems + `$`)

// levelWord is a word for all bodies of a level: 县级公立医院.
var levelWord = regexp.MustCompile(`^[省市县区乡镇州]级`)

// eachTail are the ends of names of all of a kind.
var eachTail = regexp.MustCompile(`^(?:沿[河江湖线海]|其他|其余|有关|相关|涉及)?各[\p{Han}、（）()]{0,10}(?:社区|村|乡镇|镇|乡|街道|单位|部门|企业|学校|医院|科室|处室|县|区|市|[县区市镇乡]{1,2}[（(][县市区街道镇乡、]+[）)])$`)

// printed is a folded name with the brackets that documents print.
func (k *committer) printed(f string) string {
	return wideBrackets.Replace(f)
}
