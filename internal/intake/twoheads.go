package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

var (
	// headCell can be a cell of a header, dataCell is one of the rows below it.
	headCell = regexp.MustCompile(`^[^。,;]{0,16}$`)
	dataCell = regexp.MustCompile(`^[\d.,%-]+$|\d ?月 ?\d{1,2} ?日|\d ?(?:月|年) ?底|^年 ?底|\d+(?:个|座|处|公里|万|亩|户|人|项|次|家)$|^(?:19|20)\d\d[.-]`)
	// countHead is a part that only says that it counts: 数量（座） under 新建水闸.
	countHead = regexp.MustCompile(`^(?:目标|计划|任务)?(?:数量|个数|任务数|总数|数|任务量|工程量|指标|长度|面积|规模)(\([\p{Han}]{1,5}\))?$`)
	yearOf    = regexp.MustCompile(`(?:19|20)\d\d年`)
)

// withOneHead makes tables with a header of one row of a table whose header takes two,
// with merged cells above and their parts below. Where several of the merged cells have
// the same parts (each quarter its work and its unit, each matter its number and its
// limit), each of them becomes a table, beside the columns that they share.
func withOneHead(t tableAt) []tableAt {
	t = foldThird(t)
	at := -1
	for i := 0; i+2 < min(len(t.Rows), 8); i++ {
		if twoRows(asWide(t.Rows[i].Cells, t.Rows[i+1].Cells)) {
			at = i
			break
		}
	}
	if at < 0 {
		return []tableAt{t}
	}
	upper, lower := asWide(t.Rows[at].Cells, t.Rows[at+1].Cells)
	upper = spreadRight(upper, lower)
	heads := make([]string, len(lower))
	for i := range lower {
		heads[i] = jointHead(nthCell(upper, i), lower[i])
	}
	groups := partsOf(upper, lower)
	repeated := repeatedGroups(groups, lower)
	if len(repeated) < 2 {
		return []tableAt{t.under(at, heads, nil, "")}
	}
	var out []tableAt
	for _, g := range repeated {
		var cols []int
		for i := range heads {
			if i >= g[0] && i < g[1] || !slices.ContainsFunc(repeated, func(o [2]int) bool { return i >= o[0] && i < o[1] }) {
				cols = append(cols, i)
			}
		}
		own := slices.Clone(heads)
		for i := g[0]; i < g[1]; i++ {
			if m := countHead.FindStringSubmatch(tight(fold(lower[i]))); m != nil && !yearOf.MatchString(fold(upper[i])) {
				own[i] = upper[i] + m[1]
			} else if periodOf(lower[i]) != "" {
				own[i] = jointHead(upper[i], lower[i])
			} else if columnOf(lower[i]) != colOther || yearOf.MatchString(fold(upper[i])) {
				own[i] = lower[i]
			}
		}
		when := ""
		if p := periodOf(upper[g[0]]); p != "" {
			when = p
		} else if y := yearOf.FindString(fold(upper[g[0]])); y != "" {
			when = y
		}
		if slices.ContainsFunc(lower[g[0]:g[1]], func(l string) bool { return periodOf(l) != "" }) {
			when = "" // each of its columns has its own
		}
		one := t.under(at, own, cols, when)
		if periodOf(upper[g[0]]) == "" {
			one.group = oneLine(upper[g[0]])
		}
		out = append(out, one)
	}
	return out
}

// asWide are two rows of one width: a sheet leaves out the empty cells at a row's end.
func asWide(a, b []string) ([]string, []string) {
	n := max(len(a), len(b))
	return slices.Concat(a, make([]string, n-len(a))), slices.Concat(b, make([]string, n-len(b)))
}

// foldThird makes a header of two rows of one of three, whose upper two become one.
func foldThird(t tableAt) tableAt {
	for i := 0; i+3 < min(len(t.Rows), 8); i++ {
		first, second := asWide(t.Rows[i].Cells, t.Rows[i+1].Cells)
		first, third := asWide(first, t.Rows[i+2].Cells)
		second, _ = asWide(second, third)
		below := make([]string, len(third))
		for j := range third { // what is under the first row
			below[j] = firstNonEmpty(second[j], third[j])
		}
		top, middle := spreadRight(first, below), spreadRight(second, third)
		upper := make([]string, len(top))
		for j := range top {
			if upper[j] = firstNonEmpty(middle[j], top[j]); countHead.MatchString(tight(fold(middle[j]))) {
				upper[j] = jointHead(top[j], middle[j]) // 年度任务 over 新建泵站 says nothing of it, 新建泵站 over 数量 does
			}
		}
		if !headsOnly(second) || !headsOnly(third) || !twoRows(top, middle) || !twoRows(upper, third) || !mostlyHeads(upper, third) {
			continue
		}
		rows := slices.Clone(t.Rows[:i])
		rows = append(rows, Row{No: t.Rows[i+1].No, Cells: upper})
		rows = append(rows, t.Rows[i+2:]...)
		t.printed, t.lastHead = t.Table, i+2
		t.Table = &Table{Rows: rows, Turned: t.Turned}
		return t
	}
	return t
}

// headsOnly is true of a row that holds nothing but what heads may say.
func headsOnly(cells []string) bool {
	return !isRowNumber(first(cells)) && !slices.ContainsFunc(cells, func(c string) bool {
		f := tight(fold(c))
		return !headCell.MatchString(f) || dataCell.MatchString(f)
	})
}

// mostlyHeads tells that half of the cells of a row that are not those above it say what
// a column holds.
func mostlyHeads(above, cells []string) bool {
	own, known := 0, 0
	for i, c := range cells {
		if t := tight(c); t == "" || t == tight(above[i]) {
			continue
		}
		own++
		if columnOf(c) != colOther || periodOf(c) != "" || yearOf.MatchString(fold(c)) {
			known++
		}
	}
	return known >= 2 && known*2 >= own
}

// under is the table with one row of heads in place of its two, with the columns cols
// alone where there are any. when is the period of a group of columns, which limits
// what has no limit of its own and gives its year to what has one.
func (t tableAt) under(at int, heads []string, cols []int, when string) tableAt {
	pick := func(cells []string) []string {
		if cols == nil {
			return cells
		}
		var out []string
		for _, i := range cols {
			out = append(out, nthCell(cells, i))
		}
		return out
	}
	head := pick(heads)
	limit := slices.IndexFunc(head, func(h string) bool { return columnOf(h) == colLimit })
	if when != "" && limit < 0 {
		head = append(slices.Clone(head), "完成时限")
	}
	rows := slices.Clone(t.Rows[:at])
	rows = append(rows, Row{No: t.Rows[at+1].No, Cells: head})
	for _, r := range t.Rows[at+2:] {
		cells := slices.Clone(pick(r.Cells))
		full := len(nonEmpty(cells))
		switch {
		case when == "" || full < 2 || len(distinct(nonEmpty(cells))) < 2:
		case limit < 0:
			for len(cells) < len(head)-1 {
				cells = append(cells, "")
			}
			cells = append(cells, when)
		case limit < len(cells) && strings.HasSuffix(when, "年") && hanIn(cells[limit]) > 0 && !yearOf.MatchString(fold(cells[limit])):
			cells[limit] = when + cells[limit]
		}
		rows = append(rows, Row{No: r.No, Cells: cells})
	}
	if t.columns = cols; t.printed == nil {
		t.printed, t.lastHead = t.Table, at+1
	}
	t.Table = &Table{Rows: rows, Turned: t.Turned}
	return t
}

// onlyPeriods is true of a row that holds several periods and no more: 4月底, 8月底, 11月底
// under 形象进度.
func onlyPeriods(cells []string) bool {
	n := 0
	for _, c := range nonEmpty(cells) {
		if periodOf(c) == "" {
			return false
		}
		n++
	}
	return n > 1 && len(distinct(nonEmpty(cells))) == n
}

// twoRows tells that two rows are a header of merged cells and the parts of those.
func twoRows(upper, lower []string) bool {
	if len(upper) < 3 || len(lower) < 3 || len(distinct(nonEmpty(upper))) < 2 || isRowNumber(first(lower)) {
		return false
	}
	merged, parts, known := false, 0, 0
	days := onlyPeriods(lower)
	for i := range lower {
		u, l := tight(fold(nthCell(upper, i))), tight(fold(lower[i]))
		if !headCell.MatchString(u) || !headCell.MatchString(l) || dataCell.MatchString(l) && !days || dataCell.MatchString(u) {
			return false
		}
		if u != "" && columnOf(u) != colOther || periodOf(u) != "" || yearOf.MatchString(u) {
			known++
		}
		if l == "" || l == u {
			continue
		}
		parts++
		before := tight(fold(nthCell(upper, i-1)))
		merged = merged || u == "" && i > 0 || u != "" && u == before
		if looksUnit(l) && columnOf(l) == colOther && levelOf(l) != "" {
			return false
		}
		if columnOf(l) == colOther && periodOf(l) == "" && unitOfHead.FindString(l) == "" && utf8.RuneCountInString(l) > 8 {
			return false
		}
		if columnOf(l) != colOther || periodOf(l) != "" || unitOfHead.MatchString(l) {
			known++
		}
	}
	return merged && parts >= 2 && known >= 2
}

// spreadRight repeats a merged cell over the columns of its parts.
func spreadRight(upper, lower []string) []string {
	out := make([]string, len(lower))
	for i := range lower {
		out[i] = nthCell(upper, i)
		if strings.TrimSpace(out[i]) == "" && i > 0 && strings.TrimSpace(lower[i]) != "" {
			out[i] = out[i-1]
		}
	}
	return out
}

// jointHead is the head of a column of which upper is the merged cell and lower the part.
func jointHead(upper, lower string) string {
	u, l := strings.TrimSpace(upper), strings.TrimSpace(lower)
	switch {
	case l == "" || tight(u) == tight(l):
		return u
	case periodOf(l) != "" && yearOf.MatchString(fold(u)) && !yearOf.MatchString(fold(l)): // 2023年 over 上半年
		return yearOf.FindString(fold(u)) + l
	case unitOfHead.MatchString(tight(fold(l))): // 造林（亩）
		return l
	case u == "" || columnOf(l) != colOther && columnOf(l) != colGroup || periodOf(l) != "":
		return l
	case columnOf(u) == colLimit || columnOf(l) == colOther: // 完成时限 over 上半年
		return u + l
	}
	return l
}

// partsOf are the runs of columns under one merged cell.
func partsOf(upper, lower []string) [][2]int {
	var out [][2]int
	for i := 0; i < len(lower); {
		j := i + 1
		for j < len(lower) && tight(upper[j]) == tight(upper[i]) && tight(upper[i]) != "" {
			j++
		}
		if j > i+1 {
			out = append(out, [2]int{i, j})
		}
		i = j
	}
	return out
}

// repeatedGroups are the groups that each have a limit, a unit or work of their own,
// as another has too.
func repeatedGroups(groups [][2]int, lower []string) [][2]int {
	var out [][2]int
	for _, g := range groups {
		if slices.ContainsFunc(groups, func(o [2]int) bool {
			if o == g {
				return false
			}
			for i := g[0]; i < g[1]; i++ {
				for j := o[0]; j < o[1]; j++ {
					a, b := columnOf(lower[i]), columnOf(lower[j])
					if a == b && (a == colLimit || a == colUnit || a == colLead || a == colTask || a == colContent) || tight(lower[i]) == tight(lower[j]) && tight(lower[i]) != "" {
						return true
					}
				}
			}
			return false
		}) {
			out = append(out, g)
		}
	}
	return out
}

func nthCell(cells []string, i int) string {
	if i < 0 || i >= len(cells) {
		return ""
	}
	return cells[i]
}

// asPrinted is a table of one head with its columns where they are printed, together
// with what before has of the same printed table.
func (h headedTable) asPrinted(before headedTable) headedTable {
	place := func(i int) int {
		if h.columns == nil || i >= len(h.columns) {
			return i
		}
		return h.columns[i]
	}
	out := h
	out.Table, out.head, out.cols = h.printed, h.lastHead, map[column]int{}
	out.more, out.when = slices.Clone(before.more), slices.Clone(before.when)
	for c, i := range h.cols {
		out.cols[c] = place(i)
	}
	for _, i := range h.more {
		out.more = append(out.more, place(i))
	}
	for _, w := range h.when {
		w.at = place(w.at)
		out.when = append(out.when, w)
	}
	for c, i := range before.cols {
		switch at, ok := out.cols[c]; {
		case !ok:
			out.cols[c] = i
		case at == i:
		case c == colLimit:
			out.when = append(out.when, timeColumn{at: i})
		default:
			out.more = append(out.more, i)
		}
	}
	return out
}
