package intake

import "strings"

// tabRows makes a table of the paragraphs that tabs divide into cells, as typists draw
// one in Word: those that follow one another with as many cells, at least three of
// them, under a header or each with a time and a unit.
func tabRows(blocks []Block, raw []string) []Block {
	var out []Block
	for i := 0; i < len(blocks); {
		n := i
		want := len(tabCells(raw[i]))
		for n < len(blocks) && want >= 3 && blocks[n].Table == nil && len(tabCells(raw[n])) == want {
			n++
		}
		t := &Table{}
		for k := i; k < n; k++ {
			t.Rows = append(t.Rows, Row{No: k - i + 1, Cells: tabCells(raw[k])})
		}
		if n-i < 2 || !divided(t) {
			out = append(out, blocks[i])
			i++
			continue
		}
		out = append(out, Block{Table: t, Place: blocks[i].Place})
		i = n
	}
	return out
}

func tabCells(raw string) []string {
	if !strings.Contains(raw, "\t") {
		return nil
	}
	var out []string
	for _, c := range strings.Split(strings.TrimSpace(raw), "\t") {
		if c = clean(c); c != "" {
			out = append(out, c)
		}
	}
	return out
}

// divided tells that rows are those of a table of tasks.
func divided(t *Table) bool {
	if _, _, score := columnsOf(t.Rows[0].Cells); score >= 2 {
		return true
	}
	for _, r := range t.Rows {
		if !timeAndUnit(r.Cells) {
			return false
		}
	}
	return true
}

// timeAndUnit tells that of the cells of a row one is a time and another a unit.
func timeAndUnit(cells []string) bool {
	times, who := 0, 0
	for _, c := range cells {
		f := fold(c)
		if len(f) < 60 && limitLike.MatchString(f) && timeWord.MatchString(f) {
			times++
		} else if names := splitList(f); len(names) > 0 && looksUnit(names[0]) {
			who++
		}
	}
	return times == 1 && who > 0
}
