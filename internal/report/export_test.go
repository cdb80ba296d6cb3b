package report

import (
	"duban/internal/words"
)

// Texts are the sheets' names and the text of each sheet's cells, row by row, as the workbook
// is to show them.
func Texts(t Table, in *words.Words) (names []string, texts [][][]string) {
	for _, sh := range (pages{Speaker{w: in}, t}).sheets() {
		rows := [][]string{{sh.title}}
		for _, line := range sh.lines {
			rows = append(rows, []string{line})
		}
		for i, b := range sh.blocks {
			if b.heading != "" {
				if i > 0 {
					rows = append(rows, nil)
				}
				rows = append(rows, []string{b.heading})
			}
			var head []string
			for _, c := range b.columns {
				head = append(head, c.heading)
			}
			rows = append(rows, head)
			for _, row := range b.rows {
				var line []string
				for _, c := range row {
					line = append(line, c.text)
				}
				rows = append(rows, line)
			}
			if len(b.rows) == 0 {
				rows = append(rows, []string{sh.empty})
			}
		}
		names, texts = append(names, sh.name), append(texts, rows)
	}
	return names, texts
}
