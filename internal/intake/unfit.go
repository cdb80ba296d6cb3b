package intake

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"duban/internal/calendar"
	"duban/internal/deadline"
	"duban/internal/words"
)

// unfitTable is a table with times that fits no known header: what its times become, and
// what its columns seem to hold.
type unfitTable struct {
	fate  fate
	times map[int]bool // columns with cells that are times and no more
	past  map[int]bool // columns whose heads say that they set no limit
}

// headedTables are the document's tables with their columns known. A table with times that
// makes no task is asked about, and read where its cells tell what its columns hold.
func (k *committer) headedTables(o outline) []headedTable {
	var out []headedTable
	for _, t := range o.tables {
		var own []headedTable
		fits := false
		for _, one := range withOneHead(t) {
			h, ok := readHeader(one)
			if !ok {
				continue
			}
			fits = fits || h.isSections() || h.isTasks() && len(h.rows()) > 0
			own = append(own, h)
		}
		if !fits {
			if h, ok := k.byCells(t, own); ok {
				own = []headedTable{h}
			}
		}
		out = append(out, own...)
	}
	return out
}

// byCells asks about such a table; ok tells that h is how it is read.
func (k *committer) byCells(t tableAt, known []headedTable) (h headedTable, ok bool) {
	g := k.guess(t, known)
	if len(g.times) == 0 && len(g.cols) == 0 {
		return h, false
	}
	place := shortPlace(t.place)
	list := g.list()
	proposal, options := "", []string{"none"}
	if _, task := g.cols[colTask]; task && (len(g.when) > 0 || g.hasLimit()) {
		proposal = k.rolesText(g)
	}
	for i := range g.width {
		options = append(options, strings.TrimSpace(strconv.Itoa(i+1)+" "+g.headAt(i)))
	}
	said := k.asker.ask("table", weightDate+3, place, list, proposal, options,
		words.Data{"Title": shorten(tight(t.title), 30), "Rows": len(g.Rows) - g.head - 1, "Read": g.likely})
	u := unfitTable{fate: fate{became: becameQuestion, of: questionID("table", place, list)}, times: g.times, past: g.past}
	if said == "none" {
		u.fate = aside("answered")
	}
	k.unfit[t.Table] = u
	switch {
	case said == "none":
		return h, false
	case said != "":
		u.fate = fate{}
		k.unfit[t.Table] = u
		return g.answered(said)
	}
	return g.headedTable, g.likely
}

// guessed is a table with what its columns hold by their cells.
type guessed struct {
	headedTable
	width  int
	times  map[int]bool
	past   map[int]bool
	likely bool // no column could as well be another
}

func (g guessed) hasLimit() bool { _, ok := g.cols[colLimit]; return ok }

func (g guessed) headAt(i int) string {
	if g.head < 0 || i >= len(g.Rows[g.head].Cells) {
		return ""
	}
	return shorten(oneLine(g.Rows[g.head].Cells[i]), 16)
}

// sample is the first things that a column's cells say.
func (g guessed) sample(i int) string {
	var out []string
	for _, r := range g.Rows[g.head+1:] {
		if i < len(r.Cells) && strings.TrimSpace(r.Cells[i]) != "" && len(out) < 2 {
			out = append(out, shorten(oneLine(r.Cells[i]), 16))
		}
	}
	return strings.Join(out, "、")
}

// list is the table's columns with their heads and first cells, for a person to choose.
func (g guessed) list() string {
	var out []string
	for i := range g.width {
		head, cells := g.headAt(i), g.sample(i)
		if head != "" && cells != "" {
			cells = "（" + cells + "）"
		}
		out = append(out, fmt.Sprintf("%d %s%s", i+1, head, cells))
	}
	return strings.Join(out, "；")
}

const (
	guessRows    = 200 // rows by which columns are judged
	guessColumns = 30
)

// guess tells the columns of a table by what their cells are: one whose cells are times is
// the limit, one of units the lead, the longest words the matter.
func (k *committer) guess(t tableAt, known []headedTable) guessed {
	g := guessed{headedTable: headedTable{tableAt: t, head: -1, cols: map[column]int{}}, times: map[int]bool{}, past: map[int]bool{}}
	for _, r := range t.Rows {
		g.width = min(max(g.width, len(r.Cells)), guessColumns)
	}
	g.head = k.headRow(t, known)
	if g.head >= 0 {
		g.cols, g.more, _ = columnsOf(t.Rows[g.head].Cells)
		if g.when = periodColumns(t.Rows[g.head].Cells); len(g.when) < 2 || !g.worded() {
			g.when = nil
		}
	}
	body := t.Rows[g.head+1:]
	var limits []int
	units, longest, most, weak := -1, -1, 1, false
	for i := range g.width {
		head := ""
		if g.head >= 0 && i < len(t.Rows[g.head].Cells) {
			head = t.Rows[g.head].Cells[i]
		}
		g.past[i] = pastColumn.MatchString(tight(fold(head)))
		full, times, bare, names, numbers, long := 0, 0, 0, 0, 0, 0
		for _, r := range body[:min(len(body), guessRows)] {
			if i >= len(r.Cells) || strings.TrimSpace(r.Cells[i]) == "" || len(distinct(nonEmpty(r.Cells))) < 2 {
				continue
			}
			cell := oneLine(r.Cells[i])
			full++
			f := fold(cell)
			switch day, figures := k.wholeTime(cell); {
			case day && figures:
				bare++
			case day:
				times++
			case isRowNumber(cell) || isAmount(cell):
				numbers++
			case looksUnit(f) || len(splitList(f)) > 1 && looksUnit(splitList(f)[0]):
				names++
			default:
				long += hanIn(cell)
			}
		}
		if full == 0 || g.past[i] || slices.ContainsFunc(g.when, func(w timeColumn) bool { return w.at == i }) {
			continue
		}
		if bare*10 < full*8 || columnOf(head) == colNo || strings.Contains(fold(head), "(") {
			bare = 0 // amounts among others, or of what the head says in brackets
		}
		g.times[i] = times+bare > 0
		switch {
		case (times+bare)*10 >= full*7:
			limits, weak = append(limits, i), weak || bare > times
		case names*10 >= full*6 && units < 0:
			units = i
		case numbers*10 < full*5 && long/full > most:
			longest, most = i, long/full
		}
	}
	for i, is := range g.times {
		if !is {
			delete(g.times, i)
		}
	}
	if len(g.times) == 0 && len(g.when) == 0 {
		g.cols = nil
		return g
	}
	if at, ok := g.cols[colLimit]; ok && !slices.Contains(limits, at) {
		delete(g.cols, colLimit)
	}
	if _, ok := g.cols[colTask]; !ok && longest >= 0 {
		g.cols[colTask] = longest
	}
	if !g.hasUnit() && units >= 0 {
		g.cols[colUnit] = units
	}
	if at, ok := g.cols[colTask]; ok && slices.Contains(limits, at) || at == g.cols[colUnit] && g.hasUnit() {
		delete(g.cols, colTask)
	}
	if !g.hasLimit() && len(limits) > 0 && len(g.when) == 0 {
		g.cols[colLimit] = limits[len(limits)-1]
	}
	_, task := g.cols[colTask]
	g.likely = task && (len(g.when) > 0 && len(limits) == 0 || len(limits) == 1 && !weak) && (g.head >= 0 || len(body) > 1)
	return g
}

func (g guessed) hasUnit() bool {
	_, unit := g.cols[colUnit]
	_, lead := g.cols[colLead]
	return unit || lead
}

// worded tells that the columns of periods hold words: a table of amounts by year is none
// of works.
func (g guessed) worded() bool {
	full, said := 0, 0
	for _, r := range g.Rows[g.head+1:] {
		for _, w := range g.when {
			if w.at < len(r.Cells) && strings.TrimSpace(r.Cells[w.at]) != "" {
				full++
				if hanIn(r.Cells[w.at]) >= 2 {
					said++
				}
			}
		}
	}
	return full > 0 && said*2 >= full
}

// headRow is the row of the heads, -1 for none: the first of several cells, none of them a
// time or an amount, where a column below has what it has not.
func (k *committer) headRow(t tableAt, known []headedTable) int {
	for _, h := range known {
		if h.printed != nil {
			return h.lastHead
		}
		if h.head >= 0 {
			return h.head
		}
	}
	for n, r := range t.Rows[:min(len(t.Rows), 5)] {
		if len(distinct(nonEmpty(r.Cells))) < 2 {
			continue // a title across the table
		}
		if n+1 == len(t.Rows) || !headsOnly(r.Cells) {
			return -1
		}
		for _, c := range r.Cells {
			if day, _ := k.wholeTime(c); day && periodOf(c) == "" {
				return -1
			}
		}
		return n
	}
	return -1
}

var (
	// monthDay is a day in figures without its year: 6/30, 06-30, 6.30.
	monthDay    = regexp.MustCompile(`^(0?[1-9]|1[0-2])(?:[/-](0?[1-9]|[12]\d|3[01])|\.(0[1-9]|[12]\d|3[01]))$`)
	bareFigures = regexp.MustCompile(`^[\d./-]+$`)
)

// figureDay is the day that figures alone may mean: 20220630, 44742 of Excel, 6/30; zero
// for what is far from the issue.
func (k *committer) figureDay(text string) calendar.Day {
	t := tight(fold(text))
	day := calendarZero
	if m := eightDigits.FindStringSubmatch(t); m != nil {
		day, _ = civil(m[1], m[2], m[3])
	} else if m := monthDay.FindStringSubmatch(t); m != nil {
		year := k.ctx.PlanYear
		if year == 0 {
			year = k.facts.Issued.Year
		}
		day, _ = civil(strconv.Itoa(year), two(m[1]), two(firstNonEmpty(m[2], m[3])))
	} else if said, ok := serialDay(t); ok && !strings.Contains(t, ".") {
		day, _ = parseAnswerDay(said)
	}
	if day.IsZero() || k.facts.Issued.Year > 0 && (day.Year < k.facts.Issued.Year-1 || day.Year > k.facts.Issued.Year+15) {
		return calendarZero
	}
	return day
}

// wholeTime tells that a cell is a time that may be a limit, and no more; bare that it is
// figures that may as well be an amount.
func (k *committer) wholeTime(cell string) (is, bare bool) {
	if len(cell) > 90 || strings.TrimSpace(cell) == "" {
		return false, false
	}
	t := tight(fold(cell))
	if bareFigures.MatchString(t) && !numberDay.MatchString(t) && !yearDay.MatchString(t) {
		return !k.figureDay(cell).IsZero(), true
	}
	ctx := k.ctx
	ctx.ColumnCell = true
	rest, at := "", 0
	for _, r := range deadline.Read(cell, ctx) {
		if r.Begin < at {
			continue
		}
		rest, at = rest+cell[at:r.Begin], r.End
		is = is || r.Kind == deadline.Recurring || !r.Due.IsZero() && r.Due.Year >= k.facts.Issued.Year
	}
	rest += cell[at:]
	return is && hanIn(rest) <= 2 && !strings.ContainsAny(fold(rest), "0123456789"), false
}

// yearDay is a day in figures with its year.
var yearDay = regexp.MustCompile(`^20\d\d[./-]\d{1,2}(?:[./-]\d{1,2})?$`)

// tableRoles are the words by which an answer names what a column holds.
var tableRoles = map[column][]string{
	colTask:  {"任务", "事项", "内容", "任务内容", "工作任务", "task", "matter"},
	colLimit: {"时限", "期限", "时间", "完成时限", "limit", "due"},
	colUnit:  {"单位", "责任单位", "牵头单位", "牵头", "unit", "lead"},
}

// rolesText is the likely columns as an answer writes them.
func (k *committer) rolesText(g guessed) string {
	var out []string
	add := func(key string, at ...int) {
		for i := range at {
			at[i]++
		}
		out = append(out, k.asker.words.T("intake.table_"+key)+"="+strings.Trim(strings.ReplaceAll(fmt.Sprint(at), " ", "+"), "[]"))
	}
	add("task", g.cols[colTask])
	if len(g.when) > 0 {
		var at []int
		for _, w := range g.when {
			at = append(at, w.at)
		}
		add("limit", at...)
	} else {
		add("limit", g.cols[colLimit])
	}
	for _, c := range []column{colLead, colUnit} {
		if at, ok := g.cols[c]; ok {
			add("unit", at)
			break
		}
	}
	return strings.Join(out, " ")
}

// tableAnswer reads 任务=1 时限=2 单位=3; a column is its number or its head, several are
// parted by +. columns are the options of the question: 1 甲.
func tableAnswer(raw string, columns []string) (map[column][]int, bool) {
	out := map[column][]int{}
	for _, part := range strings.FieldsFunc(fold(raw), func(r rune) bool { return strings.ContainsRune(" ,;、\n", r) }) {
		name, which, ok := strings.Cut(strings.Replace(part, ":", "=", 1), "=")
		if !ok {
			return nil, false
		}
		role := colOther
		for c, said := range tableRoles {
			if slices.Contains(said, strings.ToLower(tight(name))) {
				role = c
			}
		}
		if role == colOther {
			return nil, false
		}
		for _, w := range strings.Split(which, "+") {
			at := -1
			for _, o := range columns {
				n, head, _ := strings.Cut(o, " ")
				i, err := strconv.Atoi(n)
				if err == nil && (tight(w) == n || head != "" && tight(w) == tight(fold(head))) {
					at = i - 1
					break
				}
			}
			if at < 0 {
				return nil, false
			}
			out[role] = append(out[role], at)
		}
	}
	_, task := out[colTask]
	return out, task && len(out[colTask]) == 1 && len(out[colUnit]) <= 1
}

// answered is the table as a person says that its columns are.
func (g guessed) answered(said string) (headedTable, bool) {
	var columns []string
	for i := range g.width {
		columns = append(columns, strings.TrimSpace(strconv.Itoa(i+1)+" "+g.headAt(i)))
	}
	roles, ok := tableAnswer(said, columns)
	if !ok {
		return headedTable{}, false
	}
	h := g.headedTable
	h.cols, h.more, h.when = map[column]int{colTask: roles[colTask][0]}, nil, nil
	for c, at := range g.cols {
		if c == colNo || c == colRemark {
			h.cols[c] = at
		}
	}
	for _, at := range roles[colUnit] {
		h.cols[colUnit] = at
	}
	limits := roles[colLimit]
	if len(limits) > 0 && (len(limits) == 1 || h.head < 0) {
		h.cols[colLimit] = limits[0]
	}
	if len(limits) > 1 && h.head >= 0 {
		for _, at := range limits {
			head := g.headAt(at)
			w := timeColumn{at: at, head: tight(fold(head))}
			if p := periodOf(head); p != "" {
				w.head, w.period = p, true
			}
			h.when = append(h.when, w)
		}
	}
	return h, true
}
