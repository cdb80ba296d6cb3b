// Package intake turns an issued document into draft plan files, with an
// honest list of what a person must decide.
//
// The way of a document: a reader (docx, xlsx, pdf, txt) makes a neutral
// Document of paragraphs and tables; outline.go finds its chapters and items;
// brackets.go finds who is responsible, namelist.go reads lists of units, seats.go
// makes units of their names; commit.go takes each sentence apart into commitments
// with the phrase reader of internal/deadline: readings.go says which times are
// limits, limits.go what a bracket or a heading sets for all below it, dating.go,
// counted.go and rhythm.go give days and rules, owner.go who answers, title.go the
// words. upright.go turns tables that lie on their side, columns.go finds what the
// columns of an annex hold, tables.go reads its
// rows; same.go links what is named twice; account.go says of every expression of
// time what became of it; draft.go holds the result, write.go writes it as
// plan.yaml and units.yaml, report.go shows it beside the document. Whatever
// is not sure becomes a Question with a stable id.
//
// Nothing here reads a clock. Files are touched by run.go, keep.go, contacts.go,
// kindof.go, source.go and tool.go, which runs pdftotext for pdf.go and LibreOffice
// for kindof.go; all else is pure.
package intake

import (
	"strconv"
	"strings"
)

// Place is where words are in a source file. Page and Para are 1-based, and
// 0 where the format has none; Row is the row of a table or sheet, Col the column
// of a table that lies on its side.
type Place struct {
	File  string `json:"file"`
	Page  int    `json:"page,omitempty"`
	Para  int    `json:"para,omitempty"`
	Sheet string `json:"sheet,omitempty"`
	Row   int    `json:"row,omitempty"`
	Col   int    `json:"col,omitempty"`
}

// String is a short Chinese reference: 文件.pdf 第3页第12段.
func (p Place) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	b.WriteByte(' ')
	if p.Sheet != "" {
		b.WriteString("“" + p.Sheet + "”表")
	}
	if p.Page > 0 {
		b.WriteString("第" + strconv.Itoa(p.Page) + "页")
	}
	if p.Para > 0 {
		b.WriteString("第" + strconv.Itoa(p.Para) + "段")
	}
	if p.Row > 0 {
		b.WriteString("第" + strconv.Itoa(p.Row) + "行")
	}
	if p.Col > 0 {
		b.WriteString("第" + strconv.Itoa(p.Col) + "列")
	}
	return strings.TrimSpace(b.String())
}

// Document is the neutral form every reader makes: blocks in reading order.
type Document struct {
	File   string
	Pages  int // 0 when the format has no pages
	Blocks []Block
	Unread []Unread // parts that were not read
}

// Block is one paragraph, or one table when Table is set.
type Block struct {
	Place Place
	Text  string
	Table *Table
}

// Table is rows of cells; merged cells are repeated in every cell they cover
// vertically, so that each row can be read by itself.
type Table struct {
	Rows   []Row
	Turned bool // it lies on its side in the paper: its rows are printed as columns
}

// at is the place of a row of the table that is at p.
func (t *Table) at(p Place, r Row) Place {
	if t.Turned {
		p.Col = r.No
	} else {
		p.Row = r.No
	}
	return p
}

// Row is one row of a table with its 1-based number.
type Row struct {
	No    int
	Cells []string
}

// Text is the whole document as plain text, tables with tabs between cells.
func (d Document) Text() string {
	var b strings.Builder
	for _, blk := range d.Blocks {
		if blk.Table == nil {
			b.WriteString(blk.Text + "\n")
			continue
		}
		for _, r := range blk.Table.Rows {
			b.WriteString(strings.Join(r.Cells, "\t") + "\n")
		}
	}
	return b.String()
}
