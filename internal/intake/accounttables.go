package intake

import (
	"slices"
	"strings"

	"duban/internal/deadline"
)

// table accounts for the times in a table's cells.
func (a *accountant) table(b Block) {
	h, headed := a.tables[b.Table]
	unfit := a.k.unfit[b.Table]
	a.unfit = unfit.fate
	defer func() { a.unfit = fate{} }()
	for n, r := range b.Table.Rows {
		at := b.Table.at(b.Place, r)
		columnAt := func(i int) column {
			col := colOther
			if headed && n > h.head {
				col = h.columnAt(i)
			}
			if col == colOther && unfit.past[i] {
				col = colPast
			}
			return col
		}
		best := map[string]int{} // of cells that say the same the one that may set a limit
		for i, cell := range r.Cells {
			if at, ok := best[cell]; !ok || limitless(columnAt(at)) && !limitless(columnAt(i)) {
				best[cell] = i
			}
		}
		for i, cell := range r.Cells {
			if best[cell] != i {
				continue
			}
			p := para{cell, at}
			a.taken = make([]int, len(cell))
			ctx := a.k.ctx
			col := columnAt(i)
			ctx.ColumnCell = col == colLimit
			for _, rd := range deadline.Read(cell, ctx) {
				a.add(p, span{rd.Begin, rd.End}, rd.Rule, a.orAsk(nil, p, p.text, rd, a.inRow(h, headed, n, col, p, rd)))
			}
			if day := a.k.figureDay(cell); (unfit.times[i] || col == colLimit && n > h.head) && !day.IsZero() && a.at(span{0, len(cell)}) == 0 {
				rd := deadline.Reading{Kind: deadline.Due, Due: day, Words: cell, End: len(cell)}
				a.add(p, span{0, len(cell)}, "", a.inRow(h, headed, n, col, p, rd))
			}
			switch {
			case headed && n <= h.head:
				a.plain(p, "head")
			case headed && h.isSections():
				a.plain(p, "section")
			default:
				a.plain(p, "")
			}
		}
	}
}

// columnAt is what a column holds.
func (h headedTable) columnAt(i int) column {
	for c, at := range h.cols {
		if at == i {
			return c
		}
	}
	if slices.Contains(h.more, i) {
		return colContent
	}
	for _, w := range h.when {
		if w.at == i {
			return colLimit
		}
	}
	return colOther
}

// limitless tells of a column that its head says that it sets no limit.
func limitless(c column) bool {
	switch c {
	case colPast, colRemark, colPerson, colNo, colGroup, colTarget, colLevel:
		return true
	}
	return false
}

// inRow is what became of a reading in a table's cell.
func (a *accountant) inRow(h headedTable, headed bool, n int, col column, p para, r deadline.Reading) fate {
	whole, _ := a.k.wholeTime(p.text) // a time alone is no head and no remark
	switch {
	case headed && n <= h.head && !whole && periodOf(p.text) == "" && (isLabel(p.text) || columnOf(p.text) == colOther) && !pastColumn.MatchString(tight(fold(p.text))):
		return aside("column") // a limit among the heads, which may be none
	case headed && n <= h.head && !(whole && periodOf(p.text) == ""):
		return aside("head")
	case headed && h.isSections():
		if col == colLimit && !r.Due.IsZero() && !r.Due.Before(a.k.facts.Issued) {
			return a.lost(nil, p, p.text, r) // 达标时限: sections are measured, by when they must be good is work
		}
		return aside("section")
	}
	key := keyOf(p.place)
	w := tight(fold(r.Words))
	for _, pr := range a.rows[key] {
		place := rowPlace(pr.annex, pr.no)
		for _, e := range pr.entries {
			if ew := tight(fold(e.words)); ew != "" && (strings.Contains(ew, w) || strings.Contains(w, ew)) || !e.Due.IsZero() && e.Due == r.Due {
				return a.ofEntry(e, place)
			}
		}
		for _, e := range pr.entries {
			if e.Recur != nil && (r.Kind == deadline.Recurring || strings.Contains(tight(fold(pr.limit)), w)) {
				return a.ofEntry(e, place)
			}
		}
		id := questionID("limit", place, pr.title+" "+pr.limit)
		if _, ok := a.k.asker.seen[id]; ok && strings.Contains(tight(fold(pr.limit)), w) {
			return fate{became: becameQuestion, of: id}
		}
		for _, q := range a.k.asks {
			if q.c == nil && q.id != "" && strings.Contains(q.id, "rhythm") && q.at == (span{pr.line, pr.line}) {
				return fate{became: becameQuestion, of: q.id}
			}
		}
	}
	for _, s := range a.rowAsides[key] {
		if sw := tight(fold(s.Words)); strings.Contains(sw, w) || strings.Contains(w, sw) {
			return aside(s.Why)
		}
	}
	if f, ok := a.undated(&clause{}, r); ok {
		return f
	}
	switch {
	case col == colPast || col == colPerson || limitless(col) && !whole:
		return aside("column")
	case a.k.vision(r):
		return aside("vision")
	case !r.Due.IsZero() && r.Due.Year < a.k.facts.Issued.Year && !(r.YearFrom == "item" && saysBy.MatchString(w)): // 2021年已完成的，6月底前再查
		return aside("past")
	case wholeYear.MatchString(w) && len(a.rows[key]) > 0:
		return aside("year")
	case r.Condition:
		return aside("condition")
	}
	for _, c := range a.of[key] { // a note in a table's last row is read as a paragraph
		for _, e := range c.entries {
			if strings.Contains(tight(fold(e.words)), w) {
				return a.ofEntry(e, c.place)
			}
		}
	}
	if a.unfit.became != "" && len(a.rows[key]) == 0 {
		return a.unfit
	}
	return a.lost(nil, p, p.text, r)
}
