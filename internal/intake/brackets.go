package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// part of a responsibility: who, as what.
type seat int

const (
	seatOwner  seat = iota // 责任: the first owner leads when nobody else does
	seatLead               // 牵头
	seatAssist             // 配合, 参与, 负责落实 beside a lead
)

// duty 责任 is what one bracket, or one run of labelled lines, says.
type responsibility struct {
	from, to int // byte offsets in the folded text
	names    []named
	limit    string // 完成时限, or a date beside the units
	limitAt  int    // where it begins in the folded text
	also     string // 以下均需…: who joins every later bracket
}

type named struct {
	name string
	seat seat
}

// labelWords are the words that a colon makes a label: listed ones, and who together with by when.
const (
	labelWords = labelJoint + `|` + labelList
	labelJoint = `(?:牵头|责任|负责|实施|主办)(?:单位|部门)(?:及|和|与|、)(?:完成|办结)?(?:时限|时间)`
	labelList  = `牵头负责单位|牵头责任单位|牵头实施单位|主要牵头单位|主体责任单位|监督责任单位|监管责任单位|监督单位|验收单位|任务单位|牵头单位|牵头部门|牵头处室|牵头科室|牵头县直单位|主办单位|主办部门|主办科室|主要责任单位|主责单位|主责部门|第一责任单位|承办单位|承办部门|承办科室|` +
		`责任单位及责任人|责任单位|涉及单位|被审计单位|整改单位|整改责任单位|责任主体|责任部门|责任处室|责任科室|责任股室|负责单位|负责部门|落实单位|实施单位|实施主体|组织单位|建设单位|项目单位|督办单位|监管单位|` +
		`协同责任单位|配合责任单位|配合单位|配合部门|配合科室|配合处室|协办单位|协同单位|协助单位|协助部门|参与单位|参加单位|责任配合单位|指导单位|督导单位|` +
		`完成时限|完成时间|完成节点|完成时点|办结节点|办理时限|整改时限|落实时限|时限要求|时间要求|时间节点|时间安排|推进节点|进度节点|工作节点|关键节点|计划节点|节点安排|节点要求|进度要求|进度安排|进度计划|推进计划|工作时限|时限|` +
		`办结时限|办结期限|完成期限|办理期限|整改期限|整改时间|工作期限|落实期限|截止时间|截止日期|完成日期|办结时间|办理时间|起止时间|实施时间|推进时间|期限|` +
		`实施期限|建设期限|建设工期|计划工期|执行期限|发榜单位|出题单位|需求单位|发布单位|起草单位|起草部门|编制单位|编制部门|制定单位|制定部门|填报单位|申报单位|承担单位|运营单位|管护单位|养护单位|使用单位|管理单位|主管单位|执行单位|采购单位|改造单位|整治单位|治理单位|帮扶单位|结对单位|包保单位|联动单位|协作单位|支持单位|复核单位|审核单位|评估单位|行业主管部门|审核部门|评估部门|联动部门|协作部门|支持部门|起草科室|经办科室|经办部门|经办单位|办理单位|办理部门|主抓单位|分管单位|参与部门|参加部门|落实部门|督办部门|实施部门|组织部门|主管部门|监管部门|协同部门|指导部门|配合责任部门|责任配合部门|牵头责任部门|牵头科室及负责人|牵头机构|责任机构|配合机构|责任地区|实施地区|责任县区|责任乡镇|牵头负责领导|牵头市领导|牵头县领导|牵头区领导|牵头领导|责任领导|分管领导|包抓领导|包联领导|市级领导|县级领导|分管市领导|责任人|负责人|联系人|联络员|目标值|验收标准|主办|协办|承办|牵头|配合|参与|责任`
)

// labelsByEnd are the listed labels by their last character.
var labelsByEnd = func() map[rune][]string {
	by := map[rune][]string{}
	for _, w := range strings.Split(labelList, "|") {
		r, _ := utf8.DecodeLastRuneInString(w)
		by[r] = append(by[r], w)
	}
	return by
}()

// endsInLabel tells that folded words end with a label, behind which is a colon.
func endsInLabel(before string) bool { return labelFrom(before, -1) }

// labelFrom tells that folded words end with a label that begins elsewhere than at a byte.
func labelFrom(before string, but int) bool {
	before = strings.TrimSuffix(before, " ")
	r, _ := utf8.DecodeLastRuneInString(before)
	if slices.ContainsFunc(labelsByEnd[r], func(w string) bool { return strings.HasSuffix(before, w) && len(before)-len(w) != but }) {
		return true
	}
	return (r == '限' || r == '间') && jointEnd.MatchString(before)
}

var jointEnd = regexp.MustCompile(`(?:` + labelJoint + `)$`)

var (
	labelRe   = regexp.MustCompile(`(` + labelWords + `) ?: ?`)
	labelHead = regexp.MustCompile(`^[(\[ ]{0,2}(` + labelWords + `) ?:`)
	labelRun  = regexp.MustCompile(`(?m)(?:^|[。;；,] ?|[^\n。;；,:(\[]{2,40}?)((?:` + labelWords + `) ?:[^\n。]*(?:。 ?(?:` + labelWords + `) ?:[^\n。]*)*)`)
	limitLike = regexp.MustCompile(`\d{1,4} ?年|\d{1,2} ?月|季度|年底|月底|上半年|下半年|长期|持续|立即|每年|每月|全年|半年|年内|年末|月末|本年度|年中|月内|季末`)
	fromHere  = regexp.MustCompile(`以下(?:各项|任务|工作|条款|同)?(?:均|都|皆)(?:需|由|须|要)(.+?)(?:负责)?(?:落实|实施|参与|配合|负责)?,?(?:下同|不再列出|不再一一列出|不再单独列出|不再赘列|不再重复)`)
)

// boxLabel is a label in a bracket of its own at the beginning of a line: 【牵头单位】市林业局.
var boxLabel = regexp.MustCompile(`(?m)^ *[【〔\[［](` + labelWords + `) ?[：:]?[】〕\]］] ?[：:]?`)

// boxMid is another one on the line: 【责任科室】财务科　【完成时间】2022年底前.
var boxMid = regexp.MustCompile(`[ \x{3000}\t]*[【〔\[［](` + labelWords + `) ?[：:]?[】〕\]］] ?[：:]?`)

// isLabel is true of a line that begins with 责任单位： and its kin.
func isLabel(t string) bool {
	if len(t) > 96 {
		t = string([]rune(t)[:min(32, utf8.RuneCountInString(t))])
	}
	return labelHead.MatchString(fold(strings.TrimSpace(t)))
}

var (
	lostOpen  = regexp.MustCompile(`\x{FFFD}((?:` + labelWords + `) ?:)`)
	lostClose = regexp.MustCompile(`([\[(](?:` + labelWords + `) ?:[^\[\]()\n\x{FFFD}]*)\x{FFFD}( *(?:[。;\n]|$))`)
)

// labelIs is a label with 为 for its colon: 责任单位为县自然资源局.
var labelIs = regexp.MustCompile(`((?:责任|牵头|配合|主办|协办|实施|承办|落实|参与)(?:单位|部门|主体))为`)

// labelBare is a label without its colon: ，责任单位市水务局.
var labelBare = regexp.MustCompile(`((?:^|[,;。(\[\n]) ?)(责任|牵头|配合|主办|协办)(?:单位|部门)([省市县区州]\p{Han})`)

// mended puts back a bracket that could not be read around a label and its units;
// every byte keeps its place.
func mended(f string) string {
	f = labelIs.ReplaceAllString(f, "$1:  ")
	f = labelBare.ReplaceAllString(f, "$1$2:     $3")
	if !strings.ContainsRune(f, utf8.RuneError) {
		return f
	}
	f = lostOpen.ReplaceAllString(f, "  [$1")
	return lostClose.ReplaceAllString(f, "$1]  $2")
}

// findBrackets finds every responsibility in a folded text, in order.
func findBrackets(f string) []responsibility {
	f = mended(f)
	var out []responsibility
	type open struct {
		at int
		r  byte
	}
	var stack []open
	for i := 0; i < len(f); i++ {
		switch c := f[i]; c {
		case '(', '[':
			if len(stack) < 32 {
				stack = append(stack, open{i, c})
			}
		case ')', ']':
			want := byte('(')
			if c == ']' {
				want = '['
			}
			k := len(stack) - 1
			for k >= 0 && stack[k].r != want {
				k--
			}
			if k < 0 {
				if len(stack) == 1 { // 〔…）: brackets of two kinds, as typists mix them
					k = 0
				} else {
					continue
				}
			}
			at := stack[k].at
			stack = stack[:k]
			if i-at < 6 || i-at > 3000 {
				continue
			}
			if in := f[at+1 : i]; k == 0 && afterStop(f[:at]) && limitOnly.MatchString(in) {
				out = append(out, responsibility{from: at, to: i + 1, limit: in, limitAt: at + 1})
				continue
			}
			if r, ok := readResponsibility(f[at+1:i], at+1, k == 0 && (endsHere(f[i+1:]) || afterStop(f[:at]) || ofOneTime(f[:at], f[at+1:i], f[i+1:]))); ok {
				r.from, r.to = at, i+1
				for len(out) > 0 && out[len(out)-1].from >= at { // an inner part of this one
					out = out[:len(out)-1]
				}
				out = append(out, r)
			}
		case '\n':
			stack = stack[:0]
		}
	}
	return labelledLines(f, out)
}

// afterStop is true of a bracket that follows a whole sentence.
func afterStop(before string) bool {
	before = strings.TrimRight(before, " ")
	return strings.HasSuffix(before, "。") || strings.HasSuffix(before, ";")
}

var (
	timeWord = regexp.MustCompile(`\d ?月|\d ?日前|年 ?底|月 ?底|季度|[上下]半年`)
	organs   = regexp.MustCompile(`^(?:[^(),、]{2,20}(?:局|委|委员会|办|办公室|厅|政府|管委会|公司|集团|中心|街道|银行|支队|大队)(?:负责|牵头|落实|配合)?(?:[、,]|$))+$`)
)

// ofOneTime is true of a bracket of organs behind one of several times of a
// sentence: 6月底前完成清淤（市水务局），9月底前完成绿化（市林业局）.
func ofOneTime(before, in, after string) bool {
	after = strings.TrimLeft(after, " ")
	if !strings.HasPrefix(after, ",") && !strings.HasPrefix(after, "、") {
		return false
	}
	if i := strings.LastIndex(in, ","); i > 0 && limitOnly.MatchString(strings.TrimSpace(in[i+1:])) && organs.MatchString(strings.TrimSpace(in[:i])) {
		return true // 改造小区20个（市住建局，6月底前），新增停车位500个（市城管局，10月底前）
	}
	if after[0] != ',' || !organs.MatchString(in) {
		return false
	}
	before = before[max(0, len(before)-240):]
	if i := strings.LastIndexAny(before, ",。;\n"); i >= 0 {
		before = before[i:]
	}
	return timeWord.MatchString(before) || builtWord.MatchString(before)
}

func endsHere(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	return rest == "" || strings.HasPrefix(rest, "。") || strings.HasPrefix(rest, "\n") || strings.HasPrefix(rest, ";")
}

// tailRun is a last sentence that only says who is responsible, without a label.
var tailRun = regexp.MustCompile(`(?m)。 ?((?:[^。;:,\n()]{2,20}[、,])*[^。;:,\n()]{2,20}(?:牵头|负责)(?:,(?:[^。;:,\n()]{2,20}、)*[^。;:,\n()]{2,20}(?:参与|配合|协助|按职责分工负责|具体落实|负责落实|组织实施|抓好落实|落实|实施))?)。?$`)

// ofCount begins one of several points, which has who does it for itself.
var ofCount = regexp.MustCompile(`^[一二三四五六七八九十]{1,2}(?:是|要)`)

// dashRun is who is responsible, and by when, behind a dash at a paragraph's end.
var dashRun = regexp.MustCompile(`(?m)[。;] ?[-—―]{1,2} ?((?:(?:[^。;:,\n()]|\([^。;:,\n()]{1,10}\)){2,20}、)*(?:[^。;:,\n()]|\([^。;:,\n()]{1,10}\)){2,20})(,(?:(?:19|20)\d\d ?年)?(?:\d{1,2} ?月(?: ?\d{1,2} ?日|[上中下]旬|底)?|年底)(?:之?前)?(?:完成)?)?。?$`)

// bodyRun is a sentence that says whose the work before it is: 市水务局是责任主体.
var bodyRun = regexp.MustCompile(`(?m)[。;] ?([^。;:,\n()]{2,60})((?:是|为)(?:该|本|此)?(?:项|上述|以上)?(?:各项)?(?:工作|任务|工程|项目|整改)?的?(?:第一|主要)?(?:责任|实施|牵头|建设|落实|整改)(?:主体|单位|部门))(?:,([^。;:\n()]{2,60}(?:配合|协助|参与|监督|指导)))?(?:[。;]|$)`)

// sentenceApart parts a labelled value from the next sentence behind a semicolon, with
// every byte in its place: 责任单位：市水务局；10月底前完成闸门更换，责任单位：市住建局.
func sentenceApart(f string) string {
	if !strings.Contains(f, ";") || !labelRe.MatchString(f) {
		return f
	}
	out := []byte(f)
	for i := range out {
		if out[i] != ';' {
			continue
		}
		next := f[i+1:]
		if k := strings.IndexAny(next, ";。\n"); k >= 0 {
			next = next[:k]
		}
		head := next
		if l := labelRe.FindStringIndex(next); l != nil {
			head = next[:l[0]]
		}
		if head == next && ofLimit(f[:i]) { // 进度安排：3月底前全部开工；8月底前竣工5所
			continue
		}
		if hanIn(head) >= 6 && timeWord.MatchString(head) && builtWord.MatchString(head) {
			out[i] = '\n'
		}
	}
	return string(out)
}

// ofLimit tells that the last label before a place, on its line, is that of a limit.
func ofLimit(before string) bool {
	before = before[strings.LastIndexByte(before, '\n')+1:]
	labels := labelRe.FindAllStringSubmatch(before, -1)
	if len(labels) == 0 {
		return false
	}
	label := labels[len(labels)-1][1]
	return limitLabel.MatchString(label) && !strings.Contains(label, "单位") && !strings.Contains(label, "部门")
}

// labelRuns are the labels of a text with what they say, looked for in the lines that have one outside
// brackets alone, since few have.
func labelRuns(f string) (runs []span) {
	for from := 0; from < len(f); {
		to := lineEnd(f, from)
		if hasLabel(f[from:to]) {
			for _, m := range labelRun.FindAllStringSubmatchIndex(f[from:to], -1) {
				runs = append(runs, span{from + m[2], from + m[3]})
			}
		}
		from = to + 1
	}
	return runs
}

// hasLabel tells that a line has a label that does not begin a bracket.
func hasLabel(line string) bool {
	for i := 0; i < len(line); i++ {
		if line[i] != ':' {
			continue
		}
		bracket := -1
		if open := strings.LastIndexAny(line[:i], "(["); open >= 0 {
			bracket = open + 1
		}
		if labelFrom(line[:i], bracket) {
			return true
		}
	}
	return false
}

// labelledLines adds 责任单位：… without brackets; lines that follow one another
// are one responsibility.
func labelledLines(f string, found []responsibility) []responsibility {
	var lines []responsibility
	f = sentenceApart(f)
	for _, at := range labelRuns(f) {
		from, to := at.from, at.to
		inside := false
		for _, b := range found {
			inside = inside || from >= b.from && from < b.to
		}
		if inside {
			continue
		}
		r, ok := readResponsibility(strings.TrimRight(f[from:to], "。; "), from, true)
		if !ok {
			continue
		}
		r.from, r.to = from, to
		if n := len(lines); n > 0 && strings.Trim(f[lines[n-1].to:from], "\n 。;") == "" {
			last := &lines[n-1]
			last.to = to
			last.names = append(last.names, r.names...)
			if last.limit == "" {
				last.limit, last.limitAt = r.limit, r.limitAt
			}
			continue
		}
		lines = append(lines, r)
	}
	for _, m := range bodyRun.FindAllStringSubmatchIndex(f, -1) { // 。市水务局是责任主体。
		from, to := m[2], m[5]
		names, _, _ := readUnits(f[m[2]:m[3]], seatLead)
		if len(names) == 0 || slices.ContainsFunc(names, func(n named) bool { return !looksUnit(fold(n.name)) || notActor.MatchString(n.name) }) || slices.ContainsFunc(append(found[:len(found):len(found)], lines...), func(b responsibility) bool { return from < b.to && b.from < to }) {
			continue
		}
		if m[6] >= 0 {
			if more, _, ok := readUnits(f[m[6]:m[7]], seatAssist); ok {
				names, to = append(names, more...), m[7]
			}
		}
		lines = append(lines, responsibility{from: from, to: to, names: names})
	}
	for _, m := range dashRun.FindAllStringSubmatchIndex(f, -1) { // ——市商务局、东港海关
		from, to := m[2], m[3]
		names, _, _ := readUnits(f[from:to], seatOwner)
		r := responsibility{from: from, to: to, names: names}
		if m[4] >= 0 { // ——县财政局，11月底前
			to = m[5]
			r.to, r.limit, r.limitAt = to, f[m[4]+1:m[5]], m[4]+1
		}
		if len(names) == 0 || slices.ContainsFunc(names, func(n named) bool { return !looksUnit(fold(n.name)) || notActor.MatchString(n.name) }) || slices.ContainsFunc(append(found[:len(found):len(found)], lines...), func(b responsibility) bool { return from < b.to && b.from < to }) {
			continue
		}
		lines = append(lines, r)
	}
	for _, m := range tailRun.FindAllStringSubmatchIndex(f, -1) { // 区住建局牵头，区城管局参与。
		from, to := m[2], m[3]
		if ofCount.MatchString(f[from:to]) { // 四是全年组织培训4次，由市人社局负责
			continue
		}
		from += len(aboveHead.FindString(f[from:to]))                                                  // 上述任务由市市场监管局负责
		if parts := strings.Split(f[from:to], ","); len(parts) > 1 && timeWord.MatchString(parts[0]) { // 6月15日前办理登记，由县国资中心负责
			for len(parts) > 1 && timeWord.MatchString(strings.Join(parts, ",")) {
				from += len(parts[0]) + 1
				parts = parts[1:]
			}
		}
		if slices.ContainsFunc(append(found[:len(found):len(found)], lines...), func(b responsibility) bool { return from < b.to && b.from < to }) {
			continue
		}
		names, _, roles := readUnits(f[from:to], seatOwner)
		if !roles || len(names) == 0 || slices.ContainsFunc(names, func(n named) bool { return !looksUnit(fold(n.name)) }) {
			continue
		}
		lines = append(lines, responsibility{from: from, to: to, names: names})
	}
	if len(lines) == 0 {
		return found
	}
	var out []responsibility
	for _, b := range found { // 各县（市、区）政府（管委会）: part of a name in a labelled line
		if !slices.ContainsFunc(lines, func(l responsibility) bool { return b.from > l.from && b.to <= l.to }) {
			out = append(out, b)
		}
	}
	out = append(out, lines...)
	for i := 1; i < len(out); i++ {
		for k := i; k > 0 && out[k].from < out[k-1].from; k-- {
			out[k], out[k-1] = out[k-1], out[k]
		}
	}
	return out
}

// readResponsibility reads the inside of a bracket; closing says that the
// bracket ends a sentence, which a bare list of units must.
func readResponsibility(in string, at int, closing bool) (responsibility, bool) {
	r := responsibility{limitAt: -1}
	if strings.Contains(in, "前者") || strings.Contains(in, "后者") {
		return r, false // who of them does which is for a person to say
	}
	if m := fromHere.FindStringSubmatch(in); m != nil {
		r.also = strings.Trim(m[1], " ,由")
		in = strings.Replace(in, m[0], r.also+"负责落实", 1)
	}
	in = strings.TrimRight(in, " 。;,")
	labels := labelRe.FindAllStringSubmatchIndex(in, -1)
	if len(labels) == 0 {
		names, limit, roles := readUnits(in, seatOwner)
		units := 0
		for _, n := range names {
			if looksUnit(n.name) && (!halfName.MatchString(n.name) || in == "办公室" && closing) {
				units++
			}
		}
		if units == 0 || units < len(names) && (!roles && !(closing && plainList(names)) || units*2 < len(names)) || !roles && !closing {
			return r, false
		}
		r.names, r.limit = names, limit
		if limit != "" {
			r.limitAt = at + max(0, strings.Index(in, limit))
		}
		return r, true
	}
	if labels[0][0] > 0 && !strings.Contains(in[:labels[0][0]], ":") {
		if names, _, _ := readUnits(in[:labels[0][0]], seatOwner); len(names) > 0 && looksUnit(names[0].name) {
			r.names = append(r.names, names...)
		}
	}
	for i, l := range labels {
		end := len(in)
		if i+1 < len(labels) {
			end = labels[i+1][0]
		}
		label, value := in[l[2]:l[3]], strings.Trim(in[l[1]:end], " ;,。")
		switch {
		case !strings.Contains(label, "单位") && !strings.Contains(label, "部门") && limitLabel.MatchString(label):
			r.limit, r.limitAt = value, at+l[1]
		case strings.Contains(label, "领导") || strings.HasSuffix(label, "人") || label == "联络员" || label == "目标值" || label == "验收标准":
		default:
			names, limit, _ := readUnits(value, seatOf(label))
			r.names = append(r.names, names...)
			if limit != "" && r.limit == "" {
				r.limit, r.limitAt = limit, at+l[1]+max(0, strings.Index(in[l[1]:end], limit))
			}
		}
	}
	return r, true
}

// limitOnly is a bracket that holds a limit and no more: （2022年6月底前完成）.
var limitOnly = regexp.MustCompile(`^(?:于|在)?(?:(?:19|20)\d\d ?年)?(?:\d{1,2} ?月(?:\d{1,2} ?日|底|初|[上中下]旬)?|年 ?底|年内|[上下]半年|[一二三四1-4] ?季度)(?:之?前|内)?(?:全部|全面)?(?:完成|整改到位|办结|建成|落实|启动)?$`)

var limitLabel = regexp.MustCompile(`时限|时间|进度|期限|日期|节点`)

// plainList is true of a list that begins with a unit and holds nothing that a
// unit's name cannot be: one name of an unknown kind does not unmake it.
func plainList(names []named) bool {
	for _, n := range names {
		if utf8.RuneCountInString(n.name) > 20 || notUnit.MatchString(fold(n.name)) {
			return false
		}
	}
	return looksUnit(names[0].name)
}

// helper is a label of who looks on or lends a hand.
var helper = regexp.MustCompile(`^(?:行业主管|审核|复核|评估|联动|支持|帮扶|结对|包保)`)

func seatOf(label string) seat {
	switch {
	case strings.Contains(label, "配合") || strings.Contains(label, "协") || strings.Contains(label, "参与") || strings.Contains(label, "参加") || strings.Contains(label, "指导") || strings.Contains(label, "督导") || strings.Contains(label, "监督") || strings.Contains(label, "监管") || strings.Contains(label, "督办") || strings.Contains(label, "验收") || helper.MatchString(label):
		return seatAssist
	case strings.Contains(label, "牵头") || strings.Contains(label, "主办") || strings.Contains(label, "主责") || strings.Contains(label, "主体责任") || strings.Contains(label, "主要责任") || strings.Contains(label, "第一责任"):
		return seatLead
	}
	return seatOwner
}
