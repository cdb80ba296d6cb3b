package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// column is what a table's column holds.
type column int

const (
	colOther column = iota
	colNo
	colTask    // 工作任务, 项目名称
	colContent // 主要内容, 工作措施: what is to be done, in words
	colUnit    // 责任单位
	colLead    // 牵头单位
	colAssist  // 配合单位
	colLimit   // 完成时限
	colRemark  // 备注
	colPerson  // 牵头领导, 责任人: persons are not chased
	colCounty  // 县（市、区）
	colSection // 断面名称
	colTarget  // 目标水质
	colLevel   // 断面级别
	colGroup   // 类别, 领域
	colYear    // 年度
	colPast    // 目前进展, 交办时间: what has been, and no limit
)

// pastColumn names columns that tell what was done, when it was handed over, or
// of what sort it is: none of them lays down a time or a task.
var pastColumn = regexp.MustCompile(`进展|(?:完成|落实|整改|办理|推进|销号|验收|实施)(?:情况|状态|结果|类型|进度$)|^(?:目前|当前|现阶段|截至)|^(?:工作|任务|项目|进度)?状态$|(?:发现|交办|反馈|填报|下达|受理|检查|督查|督察|移交|登记|签订|来文|收文|报告|建成|入库|更新)(?:时间|日期)|是否|(?:整改|问题|任务|项目|工作)?(?:类型|性质|来源)$|^(?:户数|栋数|面积|投资|总投资|数量|单位数)`)

// looseTask and looseUnit are heads that name the work or who does it where no other
// column does better: 物资名称, 储备单位.
var (
	looseTask = regexp.MustCompile(`^[\p{Han}]{1,6}名称$`)
	looseUnit = regexp.MustCompile(`^[\p{Han}]{1,6}(?:单位|主体|部门)$`)
)

// lookedAtUnit is a head over those whom something is found at: they answer for it where no
// other column says who does.
var lookedAtUnit = regexp.MustCompile(`^(?:受检|被检|被检查|受查|受检查|被查|隐患|隐患所在|违规|存在问题的?|问题|问题所在|涉事|涉案|被督办|挂牌督办|重点|监管|被监管)(?:单位|企业|场所|部位)(?:\(场所\)|\(企业\)|\(部位\))?(?:名称)?$`)

// objectOf is a head that names what something is done to, which no other column says so
// well: 检查对象 beside 检查内容.
var objectOf = regexp.MustCompile(`^(检查|抽查|督查|巡查|排查|监测|抽检|整治|执法检查|监督检查)的?对象$`)

var columnWords = []struct {
	re *regexp.Regexp
	as column
}{
	{regexp.MustCompile(`^下一?步(?:工作)?(?:节点|计划|打算|安排|措施)$`), colContent},
	{regexp.MustCompile(`^(序号|编号|序|项次|号|No\.?|NO\.?|no\.?|任务编号|项目编号|序列)$`), colNo},
	{regexp.MustCompile(`断面(名称|点位)?$|^(监测|考核)(断面|点位)|点位名称|水体名称$`), colSection},
	{regexp.MustCompile(`目标水质|水质目标|水质类别|目标类别|考核目标水质|水质要求|^(\d{4}年)?(水质)?(考核)?目标$`), colTarget},
	{regexp.MustCompile(`断面(级别|类别|属性|性质)|考核级别|^级别$`), colLevel},
	{regexp.MustCompile(`^(?:责任|牵头|承办|整改|落实)?(?:责任)?(?:单位|部门)(?:及|和|与|、|/)(?:主要)?(?:责任人|负责人|联系人)$`), colUnit},
	{lookedAtUnit, colUnit},
	{regexp.MustCompile(`领导|责任人|联系人|负责人|电话|联络员|河长|专员|责任县长|责任市长`), colPerson},
	{regexp.MustCompile(`备注|说明$|^注$`), colRemark},
	{regexp.MustCompile(`里程碑(?:名称|事件|节点)?$|节点(?:名称|事项|任务|内容)$`), colTask},
	{regexp.MustCompile(`^(?:计划|预计|拟|应|要求)(?:完成|办结|建成|完工|竣工|投用|开工)$`), colLimit},
	{regexp.MustCompile(`^(?:实施|计划|建设|完成)?(?:年度|年份)$`), colYear},
	{regexp.MustCompile(`(?:时间|日期)(?:安排|计划|要求)$`), colLimit},
	{pastColumn, colPast},
	{regexp.MustCompile(`时限|时间|时期$|节点|进度|日期|期限|截止|年度计划|完成期|^(?:月份|月度|季度|时段)$`), colLimit},
	{regexp.MustCompile(`配合|协办|协作|参与|协同|协助|参加|联动|^(?:监管|监督|督导|督办|验收|指导|包联|联系|审核)(?:单位|部门)$`), colAssist},
	{regexp.MustCompile(`牵头|主办|主责|主要责任|第一责任|^发起`), colLead},
	{regexp.MustCompile(`责任(单位|主体|部门|科室|处室|股室|县区)|承办|实施(单位|主体)|落实单位|负责(单位|部门)|建设单位|项目单位|^[\p{Han}]{0,4}(?:单位|银行|企业|学校|医院|部门|街道|乡镇)名称$|^单位(名称)?$|^部门$|责任分工|组织单位|业主|^责任$|项目法人|落实部门|任务分工|分工$|责任方|责任清单`), colUnit},
	{regexp.MustCompile(`^(县|区|市)?(\(市、区\)|\(市\)|\(区\)|区县|县区|市区|市、区)$|县\([市区、]+\)|县区|区县|^(所在地|所属地区|地区|属地|行政区|县市区|所在县|辖区|城市|行政区划)`), colCounty},
	{regexp.MustCompile(`^(类别|领域|分类|类型|问题类别|问题|存在问题|问题描述|问题表现|反馈问题|板块|方面|项目类别|任务类别|任务类型|行动名称|工程类别|专项|重点领域|所属领域|大类|(?:工作|建设|实施)?阶段|环节)$`), colGroup},
	{regexp.MustCompile(`项目名称|工程名称|任务名称|项目$|^名称$|事项(名称)?$|^工作任务$|^任务$|^重点任务$|^重点工作$|^主要任务$|^目标任务$|^工作事项$|^工作项目$|指标名称|^(?:标段|合同段)(?:名称|号|划分)?$|^工作要点$|实事|清单名称|改革事项|目标与任务`), colTask},
	{regexp.MustCompile(`^(?:检查|抽查|执法|组织|整改|治理|办理|主管|落实|执行|具体)?(?:单位|部门|科室|处室|股室)$`), colUnit},
	{objectOf, colTask},
	{looseTask, colTask},
	{regexp.MustCompile(`^计量单位$`), colOther},
	{looseUnit, colUnit},
	{regexp.MustCompile(`内容|措施|举措|整改|目标|任务|工作|要求|标准|成果|事项|规模|指标`), colContent},
}

// columnOf says what a header cell names.
func columnOf(head string) column {
	h := tight(fold(head))
	if h == "" || utf8.RuneCountInString(h) > 16 {
		return colOther
	}
	for _, c := range columnWords {
		if c.re.MatchString(h) {
			return c.as
		}
	}
	return colOther
}

// headed is a table with its columns known.
type headedTable struct {
	tableAt
	head  int            // index of the header row
	cols  map[column]int // first column of each kind
	more  []int          // further columns of content
	two   bool           // the header takes two rows
	tally []int          // columns of numbers, where no column names the work
	when  []timeColumn   // columns of time, where there are several
}

// readHeader finds the header among the first rows, in any order of columns; a
// header of two rows, as merged cells make it, is read as one.
func readHeader(t tableAt) (headedTable, bool) {
	h := headedTable{tableAt: t}
	best := 0
	for i, r := range t.Rows[:min(len(t.Rows), 20)] {
		cols, more, score := columnsOf(r.Cells)
		if score > best {
			best, h.head, h.cols, h.more = score, i, cols, more
		}
	}
	if best < 2 {
		return guessHeader(t)
	}
	if h.head+1 < len(t.Rows) { // a second header row fills what is missing
		joined := joinHeads(t.Rows[h.head].Cells, t.Rows[h.head+1].Cells)
		cols, more, score := columnsOf(joined)
		below, _, s2 := columnsOf(t.Rows[h.head+1].Cells)
		if score > best && s2 >= 1 && len(below) > 0 && !slices.ContainsFunc(t.Rows[h.head+1].Cells, wordy) && !isRowNumber(first(t.Rows[h.head+1].Cells)) {
			h.head, h.cols, h.more, h.two = h.head+1, cols, more, true
		}
	}
	h.findLimit()
	h.findTimes()
	h.findTally()
	return h, true
}

var (
	howOftenHead = regexp.MustCompile(`(?:频次|频率|频度)$`)

	whenDone = regexp.MustCompile(`(?:检查|督查|督察|抽查|验收|实施|建成)(?:时间|日期)$`)
	toCome   = regexp.MustCompile(`(?:底|日|月)之?前$|^每|季度|[上下]半年|年内`)
	planned  = regexp.MustCompile(`计划|安排`)
)

// findLimit takes a column that may tell when something was done for the limit, where no
// other column sets one and its cells or the table's title speak of what is to come:
// 检查时间 over 5月底前 and 每季度一次, or in a 检查计划表; 检查频次 over 每季度1次.
func (h *headedTable) findLimit() {
	if _, ok := h.cols[colLimit]; ok || len(periodColumns(h.heads())) > 1 {
		return
	}
	for i, cell := range h.heads() {
		often := howOftenHead.MatchString(tight(fold(cell)))
		if !often && (columnOf(cell) != colPast || !whenDone.MatchString(tight(fold(cell)))) {
			continue
		}
		full, ahead := 0, 0
		for _, r := range h.Rows[h.head+1:] {
			if i < len(r.Cells) && strings.TrimSpace(r.Cells[i]) != "" {
				full++
				if toCome.MatchString(tight(fold(r.Cells[i]))) {
					ahead++
				}
			}
		}
		title := h.title
		for _, r := range h.Rows[:h.head] {
			title += first(nonEmpty(r.Cells))
		}
		if full > 0 && (ahead*3 >= full || !often && planned.MatchString(title)) {
			h.cols[colLimit] = i
			if h.cols[colPast] == i {
				delete(h.cols, colPast)
			}
			return
		}
	}
}

// partOfYear is a period that is no whole year: 2023年目标 beside 完成时限 is the work itself.
var partOfYear = regexp.MustCompile(`月|季度|半年`)

// wordy is true of a cell that says more than a head does.
func wordy(cell string) bool { return utf8.RuneCountInString(tight(cell)) > 24 }

// findTally finds the columns of numbers of a table that says how much of what each
// unit does: 单位, 人工造林（亩）, 义务植树（万株）, 完成时间.
func (h *headedTable) findTally() {
	_, task := h.cols[colTask]
	_, section := h.cols[colSection]
	_, limit := h.cols[colLimit]
	_, unit := h.cols[colUnit]
	_, county := h.cols[colCounty]
	if task || section || !limit || !unit && !county {
		return
	}
	for i, cell := range h.heads() {
		if columnOf(cell) == colOther && hanIn(cell) >= 2 {
			h.tally = append(h.tally, i)
		}
	}
}

// guessHeader finds the columns of a table without a header by what their cells
// are: limits, units, and the words of the task.
func guessHeader(t tableAt) (headedTable, bool) {
	h := headedTable{tableAt: t, head: -1, cols: map[column]int{}}
	if len(t.Rows) < 2 {
		return h, false
	}
	width := 0
	for _, r := range t.Rows {
		width = max(width, len(r.Cells))
	}
	words, longest, twice := -1, 0, false
	for i := range min(width, 30) {
		full, limits, units, numbers, long := 0, 0, 0, 0, 0
		for _, r := range t.Rows[:min(len(t.Rows), 60)] {
			if i >= len(r.Cells) || strings.TrimSpace(r.Cells[i]) == "" {
				continue
			}
			c := oneLine(r.Cells[i])
			full++
			long += hanIn(c)
			switch f := fold(c); {
			case isRowNumber(c):
				numbers++
			case hanIn(c) <= 24 && limitLike.MatchString(f) && timeWord.MatchString(f) || numberDay.MatchString(tight(f)):
				limits++
			case looksUnit(f) || len(splitList(f)) > 1 && looksUnit(splitList(f)[0]):
				units++
			}
		}
		_, limit := h.cols[colLimit]
		_, unit := h.cols[colUnit]
		switch {
		case full == 0:
		case numbers*10 >= full*7:
			h.cols[colNo] = i
		case limits*10 >= full*6 && !limit:
			h.cols[colLimit] = i
		case limits*10 >= full*6:
			twice = true // which of them is the limit is asked
		case units*10 >= full*6 && !unit:
			h.cols[colUnit] = i
		case long > longest:
			words, longest = i, long
		}
	}
	_, limit := h.cols[colLimit]
	_, unit := h.cols[colUnit]
	if words < 0 || !limit || !unit || twice {
		return h, false
	}
	c := t.Rows[0].Cells
	if due, who := fold(nthCell(c, h.cols[colLimit])), fold(nthCell(c, h.cols[colUnit])); headsOnly(c) && len(due) > 0 && len(who) > 0 && !limitLike.MatchString(due) && !looksUnit(who) && len(distinct(nonEmpty(c))) > 2 {
		h.head = 0 // heads that say nothing: 甲, 乙, 丙
	}
	h.cols[colTask] = words
	return h, true
}

// numberDay is a day or month in figures: 2024/9/30, 2024.06.
var numberDay = regexp.MustCompile(`^20\d\d[./-](?:0?[1-9]|1[0-2])(?:[./-]\d{1,2})?$`)

func first(cells []string) string {
	if len(cells) == 0 {
		return ""
	}
	return cells[0]
}

// findTimes finds the columns of time when there are several.
func (h *headedTable) findTimes() {
	heads := h.heads()
	if h.when = periodColumns(heads); len(h.when) > 1 {
		for i, cell := range heads { // 开工时限 and 竣工时限 beside 6月底 and 9月底
			if columnOf(cell) == colLimit && periodOf(cell) == "" && stepOf(tight(fold(cell))) != "" {
				h.when = append(h.when, timeColumn{at: i, head: tight(fold(cell))})
			}
		}
		return
	}
	one := h.when
	h.when = nil
	for i, cell := range heads {
		switch p := periodOf(cell); {
		case len(one) == 1 && one[0].at == i && partOfYear.MatchString(p): // 6月底前进度 beside 完成时限
			h.when = append(h.when, one[0])
		case columnOf(cell) == colLimit:
			h.when = append(h.when, timeColumn{at: i, head: tight(fold(cell))})
		}
	}
	if len(h.when) < 2 {
		h.when = h.stepColumns()
	}
}

// stepHead is a head that names a step of the work and no time.
var stepHead = regexp.MustCompile(`(?:批复|立项|招标|开工|完工|竣工|验收|投产|投用|投运|交付|启动|封顶|建成|通车|设计|审批|移交|公示)[\p{Han}]{0,3}$`)

// aDay is a cell that is a day or a month and no more, or says that the step is done.
var aDay = regexp.MustCompile(`^(?:(?:19|20)\d\d年)?\d{1,2}月(?:\d{1,2}日|[上中下]旬|底|末|初)?(?:之?前)?$|^(?:19|20)\d\d年(?:底|末|年底)(?:之?前)?$|^20\d\d[./-]\d{1,2}(?:[./-]\d{1,2})?$|^(?:已|全部)?(?:批复|完成|开工|招标|完工|竣工|验收)$|^已[\p{Han}]{2,6}$|^[-—/\\无]?$`)

// stepColumns are two or more columns whose heads name steps of the work and whose cells
// are days: 初步设计批复, 招标完成, 开工建设. The table has no other column of a limit.
func (h headedTable) stepColumns() []timeColumn {
	if _, limit := h.cols[colLimit]; limit {
		return nil
	}
	var out []timeColumn
	for i, cell := range h.heads() {
		if !stepHead.MatchString(tight(fold(cell))) {
			continue
		}
		days, rest := 0, false
		for _, r := range h.Rows[h.head+1:] {
			if i >= len(r.Cells) {
				continue
			}
			t := tight(fold(r.Cells[i]))
			if !aDay.MatchString(t) {
				rest = true
				break
			}
			if strings.ContainsAny(t, "0123456789") {
				days++
			}
		}
		if days > 0 && !rest {
			out = append(out, timeColumn{at: i, head: tight(fold(cell))})
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

func joinHeads(a, b []string) []string {
	out := make([]string, max(len(a), len(b)))
	for i := range out {
		if i < len(b) && strings.TrimSpace(b[i]) != "" {
			out[i] = b[i]
		} else if i < len(a) {
			out[i] = a[i]
		}
	}
	return out
}

// bareUnitHead is a head that names a unit of a measure as well as a body.
var bareUnitHead = regexp.MustCompile(`^(?:计量)?单位$|名称$`)

// weakUnit is such a head, or one that only may name who is responsible.
func weakUnit(head string) bool {
	h := tight(fold(head))
	if bareUnitHead.MatchString(h) {
		return true
	}
	for _, c := range columnWords {
		if c.re.MatchString(h) {
			return c.re == looseUnit || c.re == lookedAtUnit
		}
	}
	return false
}

func columnsOf(cells []string) (cols map[column]int, more []int, score int) {
	cols = map[column]int{}
	stages := periodColumns(cells)
	if len(stages) > 1 {
		score++
	}
	for i, cell := range cells {
		c := columnOf(cell)
		if len(stages) > 1 && periodOf(cell) != "" {
			c = colOther
		}
		if c == colOther {
			continue
		}
		if at, taken := cols[c]; taken {
			if c == colUnit && weakUnit(cells[at]) && !weakUnit(cell) {
				cols[c] = i // 单位 beside 责任单位 is that of a measure
			}
			if c == colContent || c == colTask {
				more = append(more, i)
			}
			continue
		}
		cols[c] = i
		if c != colPerson && c != colGroup && c != colPast && c != colYear {
			score++
		}
	}
	if _, ok := cols[colTask]; !ok {
		if i, ok := cols[colContent]; ok { // the only column of words is the task
			cols[colTask] = i
			delete(cols, colContent)
			if len(more) > 0 {
				cols[colContent], more = more[0], more[1:]
			}
		} else if i, ok := cols[colGroup]; ok {
			cols[colTask] = i
		}
	}
	return cols, more, score
}
