package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"

	"duban/internal/people"
	"duban/internal/words"
)

// unit is a responsible unit, from the units file or proposed.
type unit struct {
	people.Unit
	known bool   // from the units file
	where string // where it was first named
	dummy bool   // stands for a collective whose members nobody named
}

// registry holds every unit of the import. Names are matched by key: forms of
// one name that differ only in the city's name, 人民政府 for 政府, 管理委员会 for
// 管委会, or widths are one; anything else is another unit until a person says so.
type registry struct {
	asker      *asker
	city       string // 晋城市
	level      string // 市: the prefix of the city's own departments
	units      []*unit
	byKey      map[string]*unit
	keys       map[string]string // name → key, once worked out
	groups     []people.Group
	byName     map[string]int // folded group name → index of groups
	seats      people.Directory
	full       bool   // more units were named than a plan can have
	officeName string // who takes what nobody is named for
}

var (
	collective  = regexp.MustCompile(`^(各|全体|全市各|全县各|全区各|有关|相关|市直|县直|区直|省直|省级|市级|县级|区级|市有关|市相关|县有关|县相关|区有关|区相关|省有关|其他|所有|辖区|属地|地方|驻市|沿河|沿江|涉及)|(各级|有关|相关|各)(部门|单位|企业|市直|政府|县|区|镇|乡|街道|科室|处室|地)|(成员单位|责任单位|有关部门|相关部门|各部门|直属单位|市直部门|职能部门|主管部门)$|^(县|市|区)\(|^县(市|级)?、?区`)
	oneOwner    = regexp.MustCompile(`^(各)?[\p{Han}]+(领导小组|指挥部|专班)(办公室)?$|^有关各?方`)
	countyWords = regexp.MustCompile(`县|区|设区市|市州|旗|市\(`)
	townWords   = regexp.MustCompile(`镇|乡|街道|街办`)
	zoneTail    = regexp.MustCompile(`(开发区|高新区|经开区|示范区|新区|园区|度假区|保税区|工业园|产业园|合作区|试验区|先行区)(管委会|管理委员会)?$`)
	prefixed    = regexp.MustCompile(`^(省|市|县|区|州|旗|盟|国家|中央|全国|团|驻|国网|人民银行|人行|[\p{Han}]{1,8}(省|市|县|区|州|旗|盟))`)
	deptTail    = regexp.MustCompile(`(局|委|办|办公室|厅|室|中心|支队|大队|总队|会|院)$`)
	countyName  = regexp.MustCompile(`^[\p{Han}]{1,7}(县|区|市|旗)$`)
)

const mostUnits = 900 // the plan's loader takes 1000

func newRegistry(a *asker, given *people.Directory, city string) *registry {
	r := &registry{asker: a, city: city, keys: map[string]string{}, byKey: map[string]*unit{}, byName: map[string]int{}}
	if rs := []rune(city); len(rs) > 1 {
		r.level = string(rs[len(rs)-1])
	}
	if given == nil {
		return r
	}
	r.seats = *given
	for _, u := range given.Units {
		k := &unit{Unit: u, known: true}
		r.units = append(r.units, k)
		for _, name := range append([]string{u.Name}, u.Aliases...) {
			r.claim(name, k)
		}
	}
	for _, g := range given.Groups {
		r.addGroup(g)
	}
	return r
}

func (r *registry) claim(name string, u *unit) {
	if k := r.key(name); r.byKey[k] == nil {
		r.byKey[k] = u
	}
}

func (r *registry) addGroup(g people.Group) {
	r.groups = append(r.groups, g)
	for _, n := range append([]string{g.Name}, g.Aliases...) {
		r.byName[groupKey(n)] = len(r.groups) - 1
	}
}

var organWords = strings.NewReplacer("人民政府", "政府", "管理委员会", "管委会", "党工委管委会", "管委会", "党工委、管委会", "管委会")

// key is what two forms of one name share.
func (r *registry) key(name string) string {
	k, ok := r.keys[name]
	if !ok {
		k = r.makeKey(name)
		r.keys[name] = k
	}
	return k
}

func (r *registry) makeKey(name string) string {
	k := strings.TrimSuffix(tight(fold(name)), "等")
	k = organWords.Replace(k)
	if r.city != "" && strings.HasPrefix(k, r.city) && k != r.city && k != r.city+"政府" {
		rest := strings.TrimPrefix(k, r.city)
		if !countyName.MatchString(strings.TrimSuffix(rest, "政府")) && !zoneTail.MatchString(rest) {
			k = r.level + rest
		} else {
			k = rest
		}
	}
	if isCounty(k) && !zoneTail.MatchString(k) {
		k += "政府"
	}
	if zoneTail.MatchString(k) && !strings.HasSuffix(k, "管委会") {
		k += "管委会"
	}
	return k
}

// isCounty tells that a folded name is a county's, a city's or a district's, and not of several, as
// 试点地区, or of no government, as 库区.
func isCounty(name string) bool { return countyName.MatchString(name) && !noCounty.MatchString(name) }

var noCounty = regexp.MustCompile(`^(?:试点|示范|项目|创建|有关|相关|其他|其余|各)|^(?:灾|库|山|林|矿|厂|辖|景|片|社)区$|地区$`)

func groupKey(name string) string {
	k := tight(fold(name))
	return strings.TrimPrefix(noGovernment.Replace(noMarks.Replace(k)), "各")
}

var (
	noMarks      = strings.NewReplacer("(", "", ")", "", "、", "", ",", "")
	noGovernment = strings.NewReplacer("人民政府", "", "政府", "")
)

// isCollective says whether a name means several units that it does not name.
func isCollective(name string) bool {
	n := tight(fold(name))
	if oneOwner.MatchString(n) && !strings.HasPrefix(n, "各") {
		return false
	}
	return collective.MatchString(n)
}

// resolve finds or proposes what a name means. several is true of a collective.
func (r *registry) resolve(name, where string) (members []*unit, several bool) {
	name = tight(name)
	if i, ok := r.byName[groupKey(name)]; ok && (isCollective(name) || people.Fold(r.groups[i].Name) == people.Fold(name)) {
		g := &r.groups[i]
		r.aliasGroup(g, name)
		for _, id := range g.Members {
			if u := r.byID(id); u != nil {
				members = append(members, u)
			}
		}
		return members, true
	}
	if u := r.byKey[r.key(name)]; u != nil {
		r.alias(u, name)
		return []*unit{u}, u.dummy
	}
	if isCollective(name) {
		return r.collect(name, where)
	}
	return []*unit{r.propose(name, where)}, false
}

func (r *registry) byID(id string) *unit {
	i := slices.IndexFunc(r.units, func(u *unit) bool { return u.ID == id })
	if i < 0 {
		return nil
	}
	return r.units[i]
}

// alias remembers another written form of a unit's name, so that the plan's
// own loader finds it too.
func (r *registry) alias(u *unit, name string) {
	f := people.Fold(name)
	if f == people.Fold(u.Name) || slices.ContainsFunc(u.Aliases, func(a string) bool { return people.Fold(a) == f }) {
		return
	}
	u.Aliases = append(u.Aliases, name)
}

func (r *registry) aliasGroup(g *people.Group, name string) {
	f := people.Fold(name)
	if f == people.Fold(g.Name) || slices.ContainsFunc(g.Aliases, func(a string) bool { return people.Fold(a) == f }) {
		return
	}
	g.Aliases = append(g.Aliases, name)
}

func (r *registry) propose(name, where string) *unit {
	if len(r.units) >= mostUnits { // no plan has so many: what is read here is no list of units
		r.full = true
		return r.units[0]
	}
	if u := r.renamed(name, where); u != nil {
		return u
	}
	u := &unit{Unit: people.Unit{ID: r.newID(name), Name: name, Kind: unitKind(name)}, where: where}
	if full := fullName(name); full != name {
		u.Name, u.Aliases = full, []string{name}
	}
	if old := r.near(name); old != nil {
		answer := r.asker.ask("near", weightUnit, where, old.Name+" / "+name, "different", []string{"same", "different"},
			words.Data{"Name": name, "Other": old.Name})
		if answer == "same" {
			r.alias(old, name)
			r.claim(name, old)
			return old
		}
	}
	r.units = append(r.units, u)
	r.claim(name, u)
	return u
}

// fullName is the organ that a bare place name stands for in a list of units.
func fullName(name string) string {
	f := tight(fold(name))
	switch {
	case zoneTail.MatchString(f) && !strings.HasSuffix(f, "管委会") && !strings.HasSuffix(f, "管理委员会"):
		return name + "管委会"
	case isCounty(f):
		return name + "人民政府"
	}
	return name
}

const longID = 24 // letters of a unit's id

// newID is a readable id: the name in pinyin, of a long name its first letters, with
// a number where two names sound alike, and a sum where nothing can be spelled.
func (r *registry) newID(name string) string {
	key := r.key(name)
	var b, short strings.Builder
	for _, c := range key {
		switch {
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'z':
			b.WriteRune(c)
		case c >= 'A' && c <= 'Z':
			b.WriteRune(c + 'a' - 'A')
		default:
			if said := pinyin.SinglePinyin(c, pinyin.NewArgs()); len(said) > 0 {
				b.WriteString(said[0])
				short.WriteByte(said[0][0])
			}
		}
	}
	id := b.String()
	if len(id) > longID {
		id = short.String()
	}
	if sum := sha256.Sum256([]byte(key)); len(id) < 2 || len(id) > longID || id[0] < 'a' {
		id = "u-" + hex.EncodeToString(sum[:3])
	}
	for n, try := 1, id; ; n++ {
		if r.byID(try) == nil {
			return try
		}
		try = fmt.Sprintf("%s-%d", id, n+1)
	}
}

// near finds a unit whose name may be another form of this one: an abbreviation
// (工信 in 工业和信息化) or one character apart.
func (r *registry) near(name string) *unit {
	key := r.key(name)
	k := []rune(coreName(key))
	if len(k) < 2 {
		return nil
	}
	head, _ := utf8.DecodeRuneInString(key)
	for _, u := range r.units {
		if u.dummy {
			continue
		}
		for _, other := range append([]string{u.Name}, u.Aliases...) {
			o := r.key(other)
			if h, _ := utf8.DecodeRuneInString(o); h == head && nearNames(key, o) {
				return u
			}
		}
	}
	return nil
}

func nearNames(a, b string) bool {
	if a == b {
		return true
	}
	ra, rb := []rune(a), []rune(b)
	if ra[0] != rb[0] || ra[len(ra)-1] != rb[len(rb)-1] && !(strings.HasSuffix(a, "委") && strings.HasSuffix(b, "委员会") || strings.HasSuffix(b, "委") && strings.HasSuffix(a, "委员会")) {
		return false
	}
	ca, cb := []rune(coreName(a)), []rune(coreName(b))
	if len(ca) > len(cb) {
		ca, cb = cb, ca
	}
	if len(ca) < 2 {
		return false
	}
	if len(ca) < len(cb) {
		return subsequence(ca, cb) && ca[0] == cb[0]
	}
	diff := 0
	for i := range ca {
		if ca[i] != cb[i] {
			diff++
		}
	}
	return diff == 1 && len(ca) >= 4
}

// coreName is a name without its place and its last word: 市工信局 → 工信.
func coreName(s string) string {
	for _, t := range []string{"委员会", "管委会", "局", "委", "办公室", "办", "厅", "部", "政府", "中心", "公司", "集团"} {
		if c := strings.TrimSuffix(s, t); c != s {
			s = c
			break
		}
	}
	for _, p := range []string{"省", "市", "县", "区", "州"} {
		s = strings.TrimPrefix(s, p)
	}
	return s
}

func subsequence(short, long []rune) bool {
	i := 0
	for _, r := range long {
		if i < len(short) && short[i] == r {
			i++
		}
	}
	return i == len(short)
}

func unitKind(name string) people.UnitKind {
	n := tight(fold(name))
	switch {
	case strings.HasSuffix(n, "领导小组") || strings.HasSuffix(n, "指挥部"):
		return people.LeadershipUnit
	case zoneTail.MatchString(n) || strings.HasSuffix(n, "管委会"):
		return people.ZoneCommittee
	case strings.HasSuffix(n, "政府") || countyName.MatchString(n) || townWords.MatchString(n) && utf8.RuneCountInString(n) < 10 && regexp.MustCompile(`(镇|乡|街道|办事处)$`).MatchString(n):
		return people.CountyGovernment
	case regexp.MustCompile(`(公司|集团|企业|厂|银行|支行|分行|电信|移动|联通|铁塔|供电)$`).MatchString(n):
		return people.Enterprise
	case regexp.MustCompile(`(中心|院|所|学校|中学|小学|大学|学院|医院|馆|站|台|社|协会|联合会|总队|支队|大队)$`).MatchString(n):
		return people.Institution
	}
	return people.CityDepartment
}
