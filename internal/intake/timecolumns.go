package intake

import (
	"regexp"
	"slices"
	"strings"

	"duban/internal/deadline"
	"duban/internal/plan"
	"duban/internal/words"
)

// timeColumn is one of several columns of time: a period whose cells say what
// is done in it (一季度, 2024年目标), or a limit of one kind (开工时间, 竣工时间).
type timeColumn struct {
	at     int
	head   string // folded and without spaces
	period bool
}

// timeCell is such a column's cell in one row.
type timeCell struct {
	timeColumn
	text string
}

var periodColumn = regexp.MustCompile(`^((?:(?:19|20)\d\d年?度?)?(?:第?[一二三四1-4]季度|[上下]半年|全年|(?:\d{1,2}|[一二三四五六七八九十]{1,2})月份?(?:\d{1,2}日)?(?:底前?|末|前)?|1-\d{1,2}月)?)(?:底前?|末)?(?:形象|阶段|节点|推进|工作|目标|任务|计划|进度|安排|要求|内容|重点|完成|累计|达到|应|数|量|值|额|率|比例|序时)*(?:\([\p{Han}%]{1,4}\))?$`)

// periodColumns are the columns whose heads are periods.
func periodColumns(heads []string) []timeColumn {
	var out []timeColumn
	for i, cell := range heads {
		if p := periodOf(cell); p != "" {
			out = append(out, timeColumn{i, p, true})
		}
	}
	return out
}

// periodOf is the period that a heading names, "" for none.
func periodOf(head string) string {
	if m := periodColumn.FindStringSubmatch(tight(fold(head))); m != nil {
		return m[1]
	}
	return ""
}

// heads is the header as one row.
func (h headedTable) heads() []string {
	if h.two {
		return joinHeads(h.Rows[h.head-1].Cells, h.Rows[h.head].Cells)
	}
	return h.Rows[h.head].Cells
}

// times are the row's cells in the columns of time that say anything.
func (h headedTable) times(r Row) []timeCell {
	var out []timeCell
	for _, c := range h.when {
		if c.at >= len(r.Cells) {
			continue
		}
		if text := oneLine(r.Cells[c.at]); strings.Trim(tight(fold(text)), "-—/\\无") != "" {
			out = append(out, timeCell{c, text})
		}
	}
	return out
}

// stageEntries makes an entry of each cell of a row's columns of time.
func (k *committer) stageEntries(place string, r *row) []*entry {
	var out []*entry
	for _, cell := range r.when {
		if cell.period {
			out = append(out, k.periodEntries(place, r, cell)...)
			continue
		}
		ctx := k.ctx
		ctx.ColumnCell = true
		c := &clause{place: place, role: roleTasks, text: cell.text, at: r.place}
		for _, rd := range deadline.Read(cell.text, ctx) {
			if !k.counts(c, rd, span{0, len(cell.text)}, true) {
				continue
			}
			e := k.dated(c, rd, span{0, len(cell.text)}, -1)
			if e == nil || e.Kind == plan.Dated && slices.ContainsFunc(out, func(o *entry) bool { return o.Due == e.Due }) {
				continue // the end of the last period
			}
			e.Source, e.Title = r.raw, r.title
			if step := stepOf(cell.head); step != "" || columnOf(cell.head) != colLimit {
				e.Title = shorten(r.title, 40) + "：" + step
				if columnOf(cell.head) != colLimit { // the head is the step: 初步设计批复
					e.Title = shorten(r.title, 40) + "：" + k.printed(cell.head)
				}
				if e.Kind == plan.Dated {
					e.Milestone = milestoneOf(step)
				}
			}
			out = append(out, e)
			break
		}
	}
	return out
}

// periodEntries date a cell by its column's head, or by a time at its beginning;
// a time further on in the cell dates a step.
func (k *committer) periodEntries(place string, r *row, cell timeCell) []*entry {
	ctx := k.ctx
	ctx.ColumnCell = true
	heads := deadline.Read(cell.head, ctx)
	if len(heads) == 0 || heads[0].Due.IsZero() {
		return nil
	}
	head := heads[0]
	e := &entry{Kind: plan.Dated, Bracket: -1, Source: r.raw, Milestone: "完成", words: cell.head, reading: head, rule: head.Rule, sure: head.Sure}
	if !k.timed(place, e, head) {
		return nil
	}
	e.Begin = calendarZero
	e.Title = shorten(r.title, 40) + "：" + shorten(tidyTitle(cell.text), 40)
	var out []*entry
	own := k.ctx
	own.Inherit = head.Due.Year
	for _, rd := range deadline.Read(cell.text, own) {
		if rd.Kind != deadline.Due || rd.Due.IsZero() || rd.Due == e.Due || e.Kind != plan.Dated {
			continue
		}
		if i := strings.LastIndexAny(cell.text[:rd.Begin], "，,；;。"); i >= 0 && rd.Due.Before(e.Due) && rd.Due.Year == e.Due.Year {
			step := *e
			step.Due, step.words, step.rule = rd.Due, rd.Words, rd.Rule
			step.Title = shorten(r.title, 40) + "：" + shorten(tidyTitle(cell.text[i:]), 40)
			out = append(out, &step)
			continue
		}
		if !rd.Due.After(e.Due) && rd.Due.Year == e.Due.Year && int(e.Due.Month)-int(rd.Due.Month) < 3 {
			e.Due = rd.Due
			continue
		}
		answer := k.asker.ask("which_date", weightDate, place, cell.head+" "+cell.text, rd.Due.String(),
			[]string{rd.Due.String(), e.Due.String(), "none"}, words.Data{"Phrase": cell.head + "：" + rd.Words, "Why": ""})
		e.Due = rd.Due
		switch d, ok := parseAnswerDay(answer); {
		case ok:
			e.Due = d
		case answer == "none":
			e.Kind, e.Due, e.Milestone = plan.Standing, calendarZero, ""
		}
	}
	return append(out, e)
}

var stepWord = regexp.MustCompile(`开工|启动|完工|竣工|投产|投用|投运|验收|交付|完成|通车|摘牌|立项|招标|建成|入住|销号|整改`)

func stepOf(head string) string { return stepWord.FindString(head) }

func milestoneOf(step string) string {
	switch step {
	case "完工", "竣工", "建成", "通车", "交付", "入住":
		return "完成"
	case "投产", "投用":
		return "投运"
	}
	return step
}
