package intake

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// readCSV reads a table saved as text, in UTF-8 or GB18030, parted by commas,
// semicolons or tabs. Lines of one cell before the table are paragraphs.
func readCSV(ctx context.Context, s Source) (Document, error) {
	text, err := decode(s.Data)
	if err != nil {
		return Document{}, &Refusal{File: s.Name, Key: "refuse_encoding", Err: err}
	}
	var bud budget
	if err := bud.text(text); err != nil {
		return Document{}, err
	}
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(unreadable(text))
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = separator(text), true, -1
	var d Document
	t := &Table{}
	for {
		if ctx.Err() != nil {
			return Document{}, ctx.Err()
		}
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := r.FieldPos(0)
		if err != nil {
			d.skipped(Unread{Place: Place{Row: line}, What: "rows", Lost: true})
			break
		}
		if err := bud.cell(len(rec) + 1); err != nil {
			return Document{}, err
		}
		for i := range rec {
			rec[i] = cellText(rec[i])
		}
		switch full := nonEmpty(rec); {
		case len(full) == 0:
		case len(t.Rows) == 0 && len(full) == 1:
			d.Blocks = append(d.Blocks, Block{Text: strings.ReplaceAll(full[0], "\n", ""), Place: Place{Row: line}})
		default:
			t.Rows = append(t.Rows, Row{No: line, Cells: rec})
		}
	}
	if len(t.Rows) > 0 {
		d.Blocks = append(d.Blocks, Block{Table: t})
	}
	return d, nil
}

// separator is what parts the cells of most lines.
func separator(text string) rune {
	best, most := ',', 0
	lines := strings.SplitN(text, "\n", 40)
	for _, c := range []rune{',', '\t', ';', '，'} {
		n := 0
		for _, l := range lines {
			n += min(strings.Count(l, string(c)), 20)
		}
		if n > most {
			best, most = c, n
		}
	}
	return best
}
