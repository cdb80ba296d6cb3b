package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"duban/internal/words"
)

// WriteCSV writes the sheet 台账, headings first, as UTF-8 with a byte order
// mark, without which Excel shows the Chinese wrongly. A text that a spreadsheet would
// take for a formula gets an apostrophe before it.
func WriteCSV(w io.Writer, t Table, in *words.Words) error {
	b := pages{Speaker{w: in}, t}.book().blocks[0]
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("report: write csv: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	record := make([]string, len(b.columns))
	for i, c := range b.columns {
		record[i] = c.heading
	}
	_ = out.Write(record) // out.Error has the first error
	for _, row := range b.rows {
		for i, c := range row {
			record[i] = harmless(strings.ReplaceAll(c.text, "\n", " "))
		}
		_ = out.Write(record)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("report: write csv: %w", err)
	}
	return nil
}

// harmless keeps a spreadsheet from reading a text as a formula: it puts an apostrophe
// before one that begins with = + - or @, full-width or not, also after blanks.
func harmless(s string) string {
	trimmed := strings.TrimLeft(s, " \t\r\n\u00a0\u3000")
	if trimmed != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(trimmed)[0]) {
		return "'" + s
	}
	return s
}

// Write writes a table as a file of one format: csv, json or else xlsx.
func Write(w io.Writer, format string, t Table, in *words.Words) error {
	switch format {
	case "csv":
		return WriteCSV(w, t, in)
	case "json":
		return WriteJSON(w, t)
	}
	return WriteXLSX(w, t, in)
}

// WriteJSON writes the table as one indented object; see Table for its shape.
func WriteJSON(w io.Writer, t Table) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(t); err != nil {
		return fmt.Errorf("report: write json: %w", err)
	}
	return nil
}
