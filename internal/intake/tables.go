package intake

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// row 台账行 is one line of an annex as a project is made of it.
type row struct {
	no       int
	line     int
	title    string
	content  string
	units    []named
	limit    string
	remark   string
	year     int    // of the row, where a column of years says it
	said     string // title and content as printed, a line each
	when     []timeCell
	annex    string
	place    Place
	raw      string // the whole row as printed
	rival    string // who another column names that as well says who is responsible: 建设单位 beside 责任单位
	untitled bool   // it has a unit or a limit and no words: something emptied its cell
}

// section 断面 is one line of a table of monitored sections.
type sectionRow struct {
	no                     int
	county, name           string
	target, level          string
	annex                  string
	place                  Place
	levelGuessed, noTarget bool
}

func (h headedTable) isSections() bool {
	_, name := h.cols[colSection]
	_, target := h.cols[colTarget]
	_, county := h.cols[colCounty]
	_, unit := h.cols[colUnit]
	return name && (target || county || unit)
}

func (h headedTable) isTasks() bool {
	_, task := h.cols[colTask]
	_, unit := h.cols[colUnit]
	_, lead := h.cols[colLead]
	_, limit := h.cols[colLimit]
	_, county := h.cols[colCounty]
	return (task || len(h.tally) > 0 || h.ofTotals()) && (unit || lead || limit || county || len(h.when) > 1)
}

func (h headedTable) cell(r Row, c column) string {
	i, ok := h.cols[c]
	if !ok || i >= len(r.Cells) {
		return ""
	}
	return strings.TrimSpace(r.Cells[i])
}

// ofTotals tells that a table says how much each body is to reach by when, and its title
// of what: 招商引资到位资金任务分解表 over 单位, 3月底累计, 6月底累计.
func (h headedTable) ofTotals() bool {
	_, unit := h.cols[colUnit]
	_, county := h.cols[colCounty]
	return len(h.when) > 1 && h.when[0].period && (unit || county) && h.totalOf() != ""
}

var (
	totalsTail = regexp.MustCompile(`(?:任务|目标|指标|计划|进度|情况)*(?:分解|分配|统计|汇总|一览|明细|安排|计划|进度)*表$`)
	totalsUnit = regexp.MustCompile(`[（(](?:计量)?单位[:：] ?([^（）()]{1,6})[）)]`)
)

// totalOf is what the title of such a table says is reached.
func (h headedTable) totalOf() string {
	t := yearHead.ReplaceAllString(timeInBrackets.ReplaceAllString(totalsUnit.ReplaceAllString(tight(h.title), ""), ""), "")
	t = strings.Trim(totalsTail.ReplaceAllString(t, ""), "（）()，。：:")
	if hanIn(t) < 3 {
		return ""
	}
	name := h.group
	if m := unitOfHead.FindStringSubmatch(fold(name)); m != nil {
		name = m[1]
	}
	if hanIn(name) >= 2 && !totalRe.MatchString(name) { // 首贷户（户） over 上半年 and 全年
		t += "（" + name + "）"
	}
	return shorten(t, 40)
}

// totalUnit is what its numbers count: 亿元, as the title or the head over them says.
func (h headedTable) totalUnit() string {
	if m := totalsUnit.FindStringSubmatch(tight(h.title)); m != nil {
		return m[1]
	}
	if m := unitOfHead.FindStringSubmatch(fold(h.group)); m != nil {
		return m[2]
	}
	return ""
}

// body is the rows below the header that are not the header again, sums or
// notes.
func (h headedTable) body() []Row {
	var out []Row
	head := ""
	if h.head >= 0 {
		head = tight(strings.Join(h.Rows[h.head].Cells, "|"))
	}
	for _, r := range h.Rows[h.head+1:] {
		full := nonEmpty(r.Cells)
		if len(full) == 0 || tight(strings.Join(r.Cells, "|")) == head {
			continue
		}
		f := tight(fold(full[0]))
		if strings.HasPrefix(f, "合计") || strings.HasPrefix(f, "小计") || strings.HasPrefix(f, "总计") || strings.HasPrefix(f, "注:") || strings.HasPrefix(f, "备注:") || strings.HasPrefix(f, "说明:") {
			continue
		}
		if isNote(full) {
			continue
		}
		if len(full) == 1 || len(distinct(full)) == 1 { // a heading across the table
			continue
		}
		out = append(out, r)
	}
	return out
}

func distinct(in []string) map[string]bool {
	m := map[string]bool{}
	for _, s := range in {
		m[s] = true
	}
	return m
}

// firstUnit is the column of who leads where it is the first.
func (h headedTable) firstUnit() (int, bool) {
	for _, c := range []column{colLead, colUnit} {
		if at, ok := h.cols[c]; ok && at == 0 {
			return 0, true
		}
	}
	return 0, false
}

func (h headedTable) rows() []row {
	var out []row
	defer func() { tellApart(out) }()
	month := "" // the time in a column before the work, which is printed once for all its rows
	year := 0   // of a column of years, which may be printed once for all its rows
	above := "" // the body in the first column, which is printed once for all its rows
	for i, r := range h.body() {
		if at, ok := h.firstUnit(); ok && at < len(r.Cells) {
			if strings.TrimSpace(r.Cells[at]) == "" && above != "" {
				r.Cells = slices.Clone(r.Cells)
				r.Cells[at] = above
			}
			above = r.Cells[at]
		}
		if at, ok := h.cols[colLimit]; ok && at < h.cols[colTask] && at < len(r.Cells) && len(h.when) == 0 {
			if strings.TrimSpace(r.Cells[at]) == "" && month != "" {
				r.Cells = slices.Clone(r.Cells)
				r.Cells[at] = month
			}
			month = r.Cells[at]
		}
		title, content := oneLine(h.cell(r, colTask)), h.cell(r, colContent)
		for _, m := range h.more {
			if m < len(r.Cells) && strings.TrimSpace(r.Cells[m]) != "" && r.Cells[m] != content {
				content = strings.TrimSpace(content + "\n" + r.Cells[m])
			}
		}
		if at, ok := h.cols[colTask]; ok && h.head >= 0 && title != "" && title != lostCell && at < len(h.heads()) {
			if m := objectOf.FindStringSubmatch(tight(fold(h.heads()[at]))); m != nil && !strings.HasPrefix(title, m[1]) { // 检查对象 over 加油站
				title = m[1] + title
			}
		}
		if len(h.tally) > 0 {
			title = h.tallied(r)
		}
		if at, ok := h.cols[colTask]; h.ofTotals() && (!ok || isAmount(title) && isTotal(h.heads()[at])) {
			title, content = h.totalOf(), ""
		}
		if title == "" || title == lostCell {
			title, content = oneLine(content), ""
		}
		if title == lostCell {
			title = ""
		}
		if title == "" && oneLine(h.cell(r, colLimit)) == "" && len(h.units(r)) == 0 {
			continue
		}
		untitled := title == ""
		if m, ok := readMark(title); ok && (m.style == styleHan || m.style == styleParen || m.style == styleDigit) {
			title = unmarked(title) // a chapter's heading in a merged cell
		}
		w := row{no: i + 1, line: r.No, title: title, content: content, limit: oneLine(h.cell(r, colLimit)), remark: oneLine(h.cell(r, colRemark)), annex: h.annex, untitled: untitled}
		if n := number(fold(h.cell(r, colNo))); n > 0 && n < 100000 {
			w.no = n
		}
		if m := yearCell.FindStringSubmatch(tight(fold(h.cell(r, colYear)))); m != nil {
			year = number(m[1])
		}
		w.year = year
		w.when, w.said = h.times(r), strings.TrimSpace(title+"\n"+content)
		if of := h.totalUnit(); of != "" && h.ofTotals() {
			for i, c := range w.when {
				if c.period && amountRe.MatchString(tight(fold(c.text))) && hanIn(c.text) == 0 && !strings.HasSuffix(c.text, "%") {
					w.when[i].text += of
				}
			}
		}
		w.units = h.units(r)
		w.rival = h.rival(r)
		w.place = h.at(h.place, r)
		w.raw = rowText(r.Cells)
		if matters := h.matters(w); len(matters) > 1 {
			for _, m := range matters {
				one := w
				one.title, one.said = m, m
				out = append(out, one)
			}
			continue
		}
		out = append(out, w)
	}
	return out
}

// rival is who a second column names that as well may say who is responsible, where no column
// says who leads.
func (h headedTable) rival(r Row) string {
	at, ok := h.cols[colUnit]
	if _, lead := h.cols[colLead]; !ok || lead || h.head < 0 {
		return ""
	}
	heads := h.heads()
	if at >= len(heads) || weakUnit(heads[at]) {
		return ""
	}
	for i, cell := range heads {
		if i != at && i < len(r.Cells) && columnOf(cell) == colUnit && !weakUnit(cell) && tight(cell) != tight(heads[at]) {
			if names, _, _ := readUnits(fold(oneLine(r.Cells[i])), seatOwner); len(names) > 0 {
				return names[0].name
			}
		}
	}
	return ""
}

// matters are the several matters that a cell of a calendar lists: 期中检测；读书节闭幕 beside
// 4月22日—4月28日.
func (h headedTable) matters(w row) []string {
	at, ok := h.cols[colLimit]
	if !ok || h.head < 0 || at >= h.cols[colTask] || len(h.when) > 0 || w.content != "" || timeWord.MatchString(fold(w.title)) {
		return nil
	}
	var out []string
	for _, p := range strings.FieldsFunc(w.title, func(r rune) bool { return r == '；' || r == ';' }) {
		p = strings.Trim(strings.TrimSpace(p), "。")
		if n := hanIn(p); n < 4 || n > 18 || strings.ContainsAny(p, "，,。") {
			return nil
		}
		out = append(out, p)
	}
	return out
}

var (
	amountRe = regexp.MustCompile(`^[\d.,%]+[\p{Han}%]{0,4}$`)
	totalRe  = regexp.MustCompile(`全年|年度|总(?:任务|目标|量|数|计)|目标|任务|指标|合计`)
)

// isAmount is true of a cell that is a number and no words, isTotal of the head of a
// column of such.
func isAmount(cell string) bool { return cell == "" || amountRe.MatchString(tight(fold(cell))) }
func isTotal(head string) bool  { return totalRe.MatchString(head) }

// yearCell is the cell of a column of years.
var yearCell = regexp.MustCompile(`^((?:19|20)\d\d)(?:年度?)?$`)

// tallied is what a row of such a table lays down.
func (h headedTable) tallied(r Row) string {
	heads := h.heads()
	var out []string
	for _, i := range h.tally {
		if i >= len(r.Cells) || i >= len(heads) {
			continue
		}
		v, head, of := oneLine(r.Cells[i]), oneLine(heads[i]), ""
		if v == "" || v == "0" || v == "-" || v == "/" || v == "—" || v == "无" {
			continue
		}
		if m := unitOfHead.FindStringSubmatch(fold(head)); m != nil {
			head, of = strings.TrimSpace(string([]rune(head)[:utf8.RuneCountInString(m[1])])), m[2]
		}
		out = append(out, head+v+of)
	}
	return strings.Join(out, "、")
}

var unitOfHead = regexp.MustCompile(`^([^()]+)\(([\p{Han}]{1,5})\)$`)

// rowText is a row as printed, with its cells apart.
func rowText(cells []string) string {
	var out []string
	for _, c := range nonEmpty(cells) {
		out = append(out, oneLine(c))
	}
	return strings.Join(out, " | ")
}

// tellApart gives rows under one merged title their own words.
func tellApart(rows []row) {
	count := map[string]int{}
	for _, r := range rows {
		count[r.title]++
	}
	for i, r := range rows {
		if count[r.title] > 1 && r.content != "" {
			said := shorten(tidyTitle(unmarked(oneLine(r.content))), 40)
			if rows[i].title = said; !saysDone(said) {
				rows[i].title = r.title + "（" + shorten(said, 30) + "）"
			}
		}
	}
}

// unmarked is a text without the number in front of it.
func unmarked(s string) string {
	if m, ok := readMark(s); ok && m.length < utf8.RuneCountInString(s) {
		return string([]rune(s)[m.length:])
	}
	return s
}

func (h headedTable) units(r Row) []named {
	var out []named
	add := func(c column, s seat) {
		text := fold(h.cell(r, c))
		if text == "" || tight(text) == "-" || tight(text) == "/" || tight(text) == "无" {
			return
		}
		if labels := labelRe.FindAllString(text, -1); len(labels) > 0 {
			if got, ok := readResponsibility(text, 0, true); ok {
				out = append(out, got.names...)
				return
			}
		}
		if c == colUnit && h.head >= 0 && h.cols[c] < len(h.heads()) && strings.Contains(h.heads()[h.cols[c]], "人") {
			text = personRe.ReplaceAllString(text, "")
		}
		names, _, _ := readUnits(rejoinNames(text), s)
		out = append(out, names...)
	}
	add(colLead, seatLead)
	add(colUnit, seatOwner)
	if len(out) == 0 {
		add(colCounty, seatOwner)
	}
	add(colAssist, seatAssist)
	if _, unit := h.cols[colUnit]; !unit && len(out) == 0 {
		if _, lead := h.cols[colLead]; !lead {
			return slices.Clone(h.whose)
		}
	}
	return out
}

// personRe is a person's name in brackets behind the body: 柳河镇(王建国).
var personRe = regexp.MustCompile(`\(\p{Han}{2,4}\)|\n\p{Han}{2,3}$`)

// rejoinNames joins a name that a narrow cell broke: 市城市管理\n局.
func rejoinNames(text string) string {
	lines := strings.Split(text, "\n")
	for i := len(lines) - 1; i > 0; i-- {
		cur, prev := strings.TrimSpace(lines[i]), strings.TrimSpace(lines[i-1])
		if cur != "" && prev != "" && !looksUnit(lastOf(prev)) && !strings.ContainsAny(prev[len(prev)-1:], ",;") && !strings.HasSuffix(prev, "、") {
			lines[i-1] = prev + cur
			lines = append(lines[:i], lines[i+1:]...)
		}
	}
	return strings.Join(lines, "\n")
}

func lastOf(s string) string {
	if i := strings.LastIndexAny(s, "、,; "); i >= 0 {
		_, n := utf8.DecodeRuneInString(s[i:])
		return s[i+n:]
	}
	return s
}

func oneLine(s string) string { return clean(strings.ReplaceAll(s, "\n", "")) }

func (h headedTable) sections() []sectionRow {
	var out []sectionRow
	for i, r := range h.body() {
		s := sectionRow{no: i + 1, name: oneLine(h.cell(r, colSection)), target: oneLine(h.cell(r, colTarget)), annex: h.annex, place: h.place}
		if s.name == "" {
			continue
		}
		if n := number(fold(h.cell(r, colNo))); n > 0 && n < 100000 {
			s.no = n
		}
		s.county = tight(firstNonEmpty(h.cell(r, colCounty), h.cell(r, colUnit), h.cell(r, colLead)))
		level := h.cell(r, colLevel) + h.cell(r, colRemark) + h.title
		s.level = "municipal"
		switch {
		case strings.Contains(level, "国考") || strings.Contains(level, "国控") || strings.Contains(level, "国家"):
			s.level = "national"
		case strings.Contains(level, "省考") || strings.Contains(level, "省控") || strings.Contains(level, "省级"):
			s.level = "provincial"
		case strings.Contains(level, "市考") || strings.Contains(level, "市控") || strings.Contains(level, "市级"):
		default:
			s.levelGuessed = true
		}
		if s.target == "" {
			s.target, s.noTarget = "—", true
		}
		s.place = h.at(s.place, r)
		out = append(out, s)
	}
	return out
}

func firstNonEmpty(in ...string) string {
	for _, s := range in {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}

func rowPlace(annex string, no int) string {
	if annex == "" {
		annex = "附表"
	}
	return annex + "第" + strconv.Itoa(no) + "行"
}
