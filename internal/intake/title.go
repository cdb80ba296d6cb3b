package intake

import (
	"regexp"
	"slices"
	"strings"
)

var (
	modalHead   = regexp.MustCompile(`^(?:要在|要于|应在|应于|须在|须于|须|需|要|应当|应|务必|负责组织|负责|牵头负责|牵头组织|牵头|将|请|分别|于|在|的|:|：|，|,)+`)
	doneTail    = regexp.MustCompile(`[，,、：:](?:并|要|须|应|需|确保|力争|争取|要求|全部|全面|基本|如期|按期|按时|务必|于|在|前)*(?:完成|完工|落实|落实到位|到位|办结|完成任务|完成工作|整改完成|整改到位|完成整改|完成目标|完成建设|执行|实施)?(?:并?(?:长期|持续)(?:坚持|推进))?$`)
	onlyDone    = regexp.MustCompile(`^(?:并|要|须|应|需|确保|力争|争取|要求|全部|全面|基本|如期|按期|按时|务必|于|在|前)*(?:完成|完工|落实|到位|办结|实施|执行|启动|开工|建成|投用|投运|验收|报送|上报|实现)?$`)
	mustVerb    = regexp.MustCompile(`(\p{Han})(?:须|应|要|应当|必须)(验收|完成|建成|开工|启动|投用|投运|办结|报送|到位)$`)
	listTimes   = regexp.MustCompile(`^在[\d年月底、和及，,]*$`)
	labelTail   = regexp.MustCompile(`[（(]?(?:牵头单位|责任单位|主办单位|牵头部门|责任部门|主办|牵头)[：:]?$`)
	whyHead     = regexp.MustCompile(`^(?:为|根据|按照|依据|围绕|结合)[^，,]{2,40}[，,]`)
	noticeWords = regexp.MustCompile(`^(?:现就|现将|特制定|制定本|现通知)|通知如下|有关事项`)
	yearHead    = regexp.MustCompile(`^(?:19|20)\d\d年度?(?:前)?`)
)

// matters makes every title say the matter alone: without who acts, which is the
// lead, without the time, and without a bare “完成” behind it.
func (k *committer) matters(d *Draft) {
	for _, c := range d.clauses {
		for _, e := range c.entries {
			lead := e.Lead
			if br := order(k.bracketOf(c, e)); lead == "" && len(br) > 0 {
				lead = br[0].name
			}
			e.Title = k.matter(e, clauseTopic(c), lead)
			if c.role == roleHead && noticeWords.MatchString(e.Title) && d.Title != "" { // 为…，现就有关事项通知如下
				e.Title = shorten(d.Title, 40)
			}
		}
	}
	for _, p := range d.projects {
		for _, e := range p.entries {
			e.Title = k.matter(e, p.title, e.Lead)
		}
	}
}

func (k *committer) matter(e *entry, topic, lead string) string {
	t := e.Title
	if i := strings.Index(t, "分别"); i > 0 && strings.HasPrefix(t, "在") && listTimes.MatchString(t[:i]) {
		t = t[i+len("分别"):]
	}
	if w := tight(e.words); w != "" && e.Recur == nil && !e.Due.IsZero() && len(w) < len(tight(t)) {
		t = strings.Replace(tight(t), w, "", 1)
	}
	if m := whyHead.FindString(t); m != "" && hanIn(t[len(m):]) >= 4 {
		t = t[len(m):]
	}
	for _, name := range append([]string{lead}, e.Each...) {
		if rest, ok := k.withoutActor(t, name); ok {
			t = rest
			break
		}
	}
	if e.Recur == nil && !e.Due.IsZero() {
		if rest := yearHead.ReplaceAllString(t, ""); hanIn(rest) >= 4 {
			t = rest
		}
	}
	if rest := withoutRoles(t); rest != t {
		if t = rest; hanIn(t) < 4 {
			t = topic
		}
	}
	t = mustVerb.ReplaceAllString(t, "$1$2")
	if rest := doneTail.ReplaceAllString(t, ""); rest != "" && !adverb.MatchString(rest) { // not 对排查出的问题
		t = rest
	}
	t = balanced(t)
	if a, b, ok := strings.Cut(t, "："); ok && a == b {
		t = a
	}
	t = labelTail.ReplaceAllString(t, "")
	t = strings.Trim(t, "，。；：、,;: ")
	if hanIn(t) < 3 || onlyDone.MatchString(t) {
		topic = strings.Trim(yearHead.ReplaceAllString(strings.Replace(tight(topic), tight(e.words), "", 1), ""), "，。；：、,;: ")
		topic = strings.Trim(doneTail.ReplaceAllString(topic, ""), "，。；：、,;: ")
		switch {
		case hanIn(topic) >= 2 && !onlyDone.MatchString(topic):
			t = topic
		case hanIn(t) < 2:
			t = shorten(strings.Replace(tight(e.Source), tight(e.words), "", 1), 40)
		}
	}
	return firstNonEmpty(t, e.Title)
}

// partRole is a comma part that only says who takes part: 区民政局牵头, 各街道配合.
var partRole = regexp.MustCompile(`^(?:由)?[\p{Han}（）()、“”]{2,40}?(?:局|委|办|厅|部|会|政府|单位|部门|街道|乡镇|镇|乡|公司|中心|院|社区|村|处|县|区|市|支队|大队)(?:等部门|等单位)?(?:负责)?(?:牵头|配合|协助|参与|协同)(?:负责|落实|实施)?$`)

// withoutRoles leaves out the comma parts of a title that only say who takes part.
func withoutRoles(t string) string {
	parts := strings.Split(t, "，")
	kept := slices.DeleteFunc(slices.Clone(parts), func(p string) bool { return partRole.MatchString(strings.TrimSpace(p)) })
	if len(kept) == len(parts) {
		return t
	}
	return strings.Join(kept, "，")
}

// balanced cuts what a bracket that was cut in two left over.
func balanced(t string) string {
	open, shut := strings.Count(t, "（"), strings.Count(t, "）")
	switch {
	case open > shut:
		if i := strings.LastIndex(t, "（"); hanIn(t[:i]) >= 3 {
			return t[:i]
		}
	case shut > open:
		return strings.Replace(t, "）", "", 1)
	}
	return t
}

// withoutActor is a title behind the name of who acts, and those named beside it.
func (k *committer) withoutActor(t, name string) (string, bool) {
	if name != "" && strings.HasPrefix(t, "请") {
		t = strings.TrimPrefix(t, "请")
	}
	f, n := fold(t), fold(tight(name))
	if n == "" || !strings.HasPrefix(f, n) {
		return t, false
	}
	rs := []rune(t)
	rest := string(rs[len([]rune(n)):])
	for range 20 {
		more := strings.TrimLeft(rest, "、和及与")
		if len(more) == len(rest) {
			break
		}
		other := k.reg.prefixName(fold(more))
		if other == "" {
			if other = k.plainSubject(fold(more)); other == "" {
				return t, false
			}
		}
		rest = string([]rune(more)[len([]rune(fold(tight(other)))):])
	}
	rest = modalHead.ReplaceAllString(rest, "")
	return rest, hanIn(rest) >= 2
}
