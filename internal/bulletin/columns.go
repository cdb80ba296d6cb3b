package bulletin

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"duban/internal/water"
)

// kind is what a column holds.
type kind int

const (
	kindNone   kind = iota
	kindName        // 断面名称
	kindMonth       // 监测月份
	kindClass       // 水质类别
	kindItem        // a concentration
	kindOver        // 超标项目
	kindTarget      // 水质目标
	kindKnown       // what the register knows: 河流, 县, 级别; and what follows: 达标
	kindNote        // 备注
	kindNo          // 序号
)

// column is one column of a table: what it holds, and the time that it is about.
type column struct {
	kind kind
	item water.Item
	span water.Span
	back int // months before the table's: 12 of last year, 1 of the last month
	upTo int // of the year so far: the month that the heading names; 0: none
	of   int // the month that the heading names: 5月; 0: none
	text string
	at   cell
}

var headings = []struct {
	form *regexp.Regexp
	kind kind
}{
	{regexp.MustCompile(`^(序号|编号|No\.?)$`), kindNo},
	{regexp.MustCompile(`限值|排放标准`), kindKnown},
	{regexp.MustCompile(`超标(项目|因子|指标|污染物|倍数|情况)|主要污染(指标|物|因子)|定类(项目|因子|指标)`), kindOver},
	{regexp.MustCompile(`目标|考核类别|考核标准|功能(区)?类别|控制类别|执行标准|规划类别`), kindTarget},
	{regexp.MustCompile(`达标|是否|变化|环比|同比$|排名|水质状况$|水质评价$`), kindKnown},
	{regexp.MustCompile(`^(监测)?(月份|时间|年月|日期)$|^监测(月份|时间)`), kindMonth},
	{regexp.MustCompile(`类别|^水质现状$|水质等级|监测结果|评价结果|^水质$`), kindClass},
	{regexp.MustCompile(`断面级别|点位级别|断面性质|断面属性|断面类型|断面功能|断面情况|级别$|交接关系`), kindKnown},
	{regexp.MustCompile(`断面|点位|站点名称|站名|水体名称`), kindName},
	{regexp.MustCompile(`河流|水系|流域|水体|县|市|区|城市|责任|单位|级别|省份|考核`), kindKnown},
	{regexp.MustCompile(`备注|说明`), kindNote},
}

// outletName is how the heading of a column with names of outlets is written.
var outletName = regexp.MustCompile(`排污口|排口|排污单位|污水处理厂|企业名称`)

// outletKnown are headings of tables of outlets that say what the registry knows.
var outletKnown = regexp.MustCompile(`类型|性质|类别|编号|编码|位置|地址|经度|纬度|行业|规模|断面`)

// kindOf is what a heading of the table being read says that its column holds. Of outlets a class says
// nothing but a state in its place, and what is over follows from the values.
func (r *reader) kindOf(text string) kind {
	k := kindOf(text)
	if !r.drain || k == kindNo || k == kindMonth {
		return k
	}
	switch s := plain(text); {
	case outletKnown.MatchString(s):
		return kindKnown
	case outletName.MatchString(s):
		return kindName
	case k == kindOver || k == kindTarget:
		return kindKnown
	}
	return k
}

// readItem reads the name of an item that the table being read may have.
func (r *reader) readItem(text string) (water.Item, error) {
	if r.drain {
		return water.ReadDischarged(text)
	}
	return water.ReadItem(text)
}

// plain is a heading without white space and of one width.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), "")
}

// kindOf is what a heading says that its column holds.
func kindOf(text string) kind {
	s := plain(text)
	for _, h := range headings {
		if h.form.MatchString(s) {
			return h.kind
		}
	}
	return kindNone
}

var (
	soFar      = regexp.MustCompile(`累计|今年以来|年均|均值|1月?[-—–~～至到]+(\d{1,2})月|1[-—–~～至到]本月`)
	lastYear   = regexp.MustCompile(`上年|去年|同期|同月`)
	thisMonth  = regexp.MustCompile(`本月|当月|本期`)
	lastMonth  = regexp.MustCompile(`上月|上期`)
	onlyMonth  = regexp.MustCompile(`^(20\d\d年)?\d{1,2}月份?$`)
	namedMonth = regexp.MustCompile(`(?:^|\D)(\d{1,2})月`)
	whens      = regexp.MustCompile(`(20\d\d年)?(累计|今年以来|1月?[-—–~～至到]+\d{1,2}月|1[-—–~～至到]本月|上年|去年|同期|同月|本月|当月|本期|上月|上期|\d{1,2}月(份)?|浓度|均值|年均|监测值)`)
	printed    = regexp.MustCompile(`(20\d\d)年`)
)

// heading finds the rows of a table's heading: one, or two where the first spans columns
// of the second. columns is nil where there is none with a section's name.
func (r *reader) heading(g grid) (top, last int, columns []column) {
	for row := range min(len(g), 12) {
		if !slices.ContainsFunc(g[row], func(c cell) bool { return r.kindOf(c.text) == kindName }) {
			continue
		}
		texts := heads(g, row, 1)
		last = row
		if row+1 < len(g) && r.secondHead(g, row+1) {
			texts, last = heads(g, row, 2), row+1
		}
		columns = r.columns(g, row, texts)
		if useful(columns) {
			return row, last, columns
		}
		columns = nil
	}
	return 0, 0, nil
}

// useful tells that columns have a section's name and at least one value of a section.
func useful(columns []column) bool {
	name, more := false, false
	for _, c := range columns {
		name = name || c.kind == kindName
		more = more || c.kind == kindClass || c.kind == kindItem || c.kind == kindOver
	}
	return name && more
}

// secondHead tells that a row is the second of the heading: it names no section, and says
// what columns hold.
func (r *reader) secondHead(g grid, row int) bool {
	said := 0
	for c := range g[row] {
		text := g[row][c].text
		if _, known := r.of.ByName(text); known && text != "" && r.kindOf(text) != kindName {
			return false
		}
		if text == "" || text == g.at(row-1, c).text { // merged from above
			continue
		}
		_, err := r.readItem(text)
		if err == nil || r.kindOf(text) != kindNone || soFar.MatchString(plain(text)) || lastYear.MatchString(plain(text)) || thisMonth.MatchString(plain(text)) || whens.ReplaceAllString(plain(text), "") == "" {
			said++
			continue
		}
		return false
	}
	return said > 0
}

// heads are the headings of the columns. Of two rows, a heading of the upper one is for the
// columns to its right, too, as long as these have headings of their own below.
func heads(g grid, row, rows int) (texts [][]string) {
	upper := ""
	for c := range g.wide() {
		if text := g.at(row, c).text; text != "" {
			upper = text
		}
		own := g.at(row, c).text
		if rows == 1 {
			texts = append(texts, []string{own})
			continue
		}
		below := g.at(row+1, c).text
		switch {
		case below == "" || below == own:
			texts = append(texts, []string{own})
		default:
			texts = append(texts, []string{upper, below})
		}
	}
	return texts
}

// columns are the columns by their headings: what each holds, and of when.
func (r *reader) columns(g grid, row int, texts [][]string) (all []column) {
	last := column{span: ""} // the last column whose heading names its time
	for i, parts := range texts {
		whole := plain(strings.Join(parts, ""))
		c := column{text: whole, at: g.at(row, i)}
		if c.at.at == "" {
			c.at = g.at(row+1, i)
		}
		c.kind, c.item = r.meaning(parts, whole)
		said := c.when(whole, last)
		if (c.kind == kindClass || c.kind == kindItem || c.kind == kindOver) && said && c.back == 0 {
			last = c
		}
		all = append(all, c)
	}
	return all
}

// meaning is what a heading of one or two parts says that its column holds: an item when
// it names one, else what the last part that says anything says.
func (r *reader) meaning(parts []string, whole string) (kind, water.Item) {
	for i := len(parts) - 1; i >= 0; i-- {
		for _, text := range []string{parts[i], whens.ReplaceAllString(plain(parts[i]), "")} {
			if item, err := r.readItem(text); err == nil {
				return kindItem, item
			}
		}
		if k := r.kindOf(parts[i]); k != kindNone && !(k == kindMonth && len(parts) > 1) {
			return k, ""
		}
	}
	if len(parts) == 1 && (thisMonth.MatchString(whole) || soFar.MatchString(whole) || lastYear.MatchString(whole) || lastMonth.MatchString(whole) || onlyMonth.MatchString(whole)) ||
		len(parts) == 2 && (lastYear.MatchString(plain(parts[1])) || thisMonth.MatchString(plain(parts[1]))) {
		return kindClass, "" // 本月, 上年同月 alone are classes
	}
	return kindNone, ""
}

// when sets the time that a column is about; said is false where the heading names none.
func (c *column) when(text string, last column) (said bool) {
	c.span = water.OfMonth
	if m := soFar.FindStringSubmatch(text); m != nil {
		c.span, said = water.OfYear, true
		c.upTo, _ = strconv.Atoi(m[1])
		text = soFar.ReplaceAllString(text, "")
	}
	if thisMonth.MatchString(text) {
		said = true
	}
	if m := namedMonth.FindStringSubmatch(text); m != nil && c.span == water.OfMonth {
		c.of, _ = strconv.Atoi(m[1])
		said = true
	}
	if lastYear.MatchString(text) {
		c.back = 12
		if !said && strings.Contains(text, "同期") {
			c.span, c.upTo = spanOr(last.span), last.upTo // 同期 is of the column to its left
		}
		return true
	}
	if lastMonth.MatchString(text) {
		c.back, said = 1, true
	}
	if !said && last.span != "" && c.kind == kindOver { // 超标项目 beside a class is of the same time
		c.span, c.upTo, c.of = last.span, last.upTo, last.of
	}
	return said
}

func spanOr(s water.Span) water.Span {
	if s == "" {
		return water.OfMonth
	}
	return s
}
