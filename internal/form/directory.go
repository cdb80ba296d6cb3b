package form

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"duban/internal/accounts"
	"duban/internal/ledger"
	"duban/internal/people"
	"duban/internal/words"
)

// The office's directory as an Excel file: who sits where, how units are called, and the
// accounts of those who sign in, each on a sheet. A hidden column has a mark of a row as it
// was downloaded, so that a row that nobody has touched is left alone, and a change that
// somebody else has made since is not undone.

// directorySheet is one of the sheets: its columns, by their words in the catalogue
// (form.dir_…), how wide they are, and how many of the first are not to be filled in.
type directorySheet struct {
	name    string
	columns []string
	widths  []float64
	given   int
}

var (
	seatSheet    = directorySheet{"seats", []string{"unit", "seat", "person", "post", "phone", "email", "beside", "key"}, []float64{26, 14, 18, 14, 18, 30, 44, 4}, 2}
	unitSheet    = directorySheet{"units", []string{"id", "unit", "aliases", "key"}, []float64{18, 30, 50, 4}, 1}
	accountSheet = directorySheet{"accounts", []string{"account", "holder", "unit", "seat", "key"}, []float64{20, 26, 26, 14, 4}, 1}
)

// Place is where something is in an Excel file. Line is 1-based.
type Place struct {
	Sheet  string
	Line   int
	Column string // its letter; "" for the whole row
}

// CellFault is what is wrong with a cell: a key of the catalogue and its data.
type CellFault struct {
	Place
	Key  string
	Data words.Data
}

// Text names the sheet, the row and the column, and says what is wrong.
func (f CellFault) Text(w *words.Words) string {
	return w.T("form.dir_fault", words.Data{"Sheet": f.Sheet, "Line": f.Line, "Column": f.Column, "What": w.T(f.Key, f.Data)})
}

// mark is the mark of a row's cells.
func mark(cells ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(cells, "\x00")))
	return hex.EncodeToString(sum[:6])
}

func seatCells(c people.Contact) []string {
	return []string{c.Name, c.Post, c.Phone, c.Email, c.Beside}
}

func unitCells(c ledger.Called) []string {
	return append([]string{c.Name}, c.Aliases...)
}

// DirectoryRoles are the seats that a unit of this kind has, empty ones too.
func DirectoryRoles(u people.Unit) []people.Role {
	switch u.Kind {
	case people.OfficeUnit:
		return []people.Role{people.Office}
	case people.LeadershipUnit:
		return []people.Role{people.Leader}
	}
	return []people.Role{people.Liaison, people.Deputy, people.Head}
}

// WriteDirectory is the office's directory as an Excel file. held has the accounts that may
// be changed with it; nil leaves their sheet out.
func WriteDirectory(units []people.Unit, held []accounts.Account, w *words.Words) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	var seats, names, holders [][]string
	called := map[string]string{}
	for _, u := range units {
		called[u.ID] = u.Name
		roles := DirectoryRoles(u)
		for _, role := range people.Roles {
			if c, taken := u.Seat(role); taken || slices.Contains(roles, role) {
				seats = append(seats, slices.Concat([]string{u.Name, w.T("term." + string(role))}, seatCells(c), []string{u.ID + "/" + string(role) + "/" + mark(seatCells(c)...)}))
			}
		}
		names = append(names, []string{u.ID, u.Name, strings.Join(u.Aliases, "、"), mark(unitCells(ledger.CalledNow(u))...)})
	}
	for _, a := range held {
		holders = append(holders, []string{a.ID, a.Name, called[a.Unit], seatWord(a.Seat, w), mark(a.Name, called[a.Unit], seatWord(a.Seat, w))})
	}
	err := errors.Join(f.SetSheetName("Sheet1", w.T("form.dir_sheet_seats")), seatSheet.write(f, seats, w), unitSheet.write(f, names, w))
	if held != nil {
		err = errors.Join(err, accountSheet.write(f, holders, w))
	}
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = f.Write(&out)
	return out.Bytes(), err
}

func seatWord(role people.Role, w *words.Words) string {
	if role == "" {
		return ""
	}
	return w.T("term." + string(role))
}

// write puts a sheet into a file: what is to be filled in is white, the rest grey.
func (s directorySheet) write(f *excelize.File, rows [][]string, w *words.Words) error {
	name := w.T("form.dir_sheet_" + s.name)
	if at, _ := f.GetSheetIndex(name); at < 0 {
		if _, err := f.NewSheet(name); err != nil {
			return err
		}
	}
	put := func(row int, cells []string) {
		for i, c := range cells {
			at, _ := excelize.CoordinatesToCellName(i+1, row)
			_ = f.SetCellStr(name, at, c) // the sheet is there, and text is never a formula
		}
	}
	var head []string
	for _, c := range s.columns {
		head = append(head, w.T("form.dir_"+c))
	}
	put(1, head)
	for i, r := range rows {
		put(i+2, r)
	}
	return s.dress(f, name, len(rows)+1)
}

func (s directorySheet) dress(f *excelize.File, name string, rows int) error {
	wrap := &excelize.Alignment{WrapText: true, Vertical: "top"}
	grey, err := f.NewStyle(&excelize.Style{Alignment: wrap, NumFmt: 49, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EEEEEE"}}})
	if err != nil {
		return err
	}
	open, err := f.NewStyle(&excelize.Style{Alignment: wrap, NumFmt: 49})
	if err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Alignment: wrap, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	key, _ := excelize.ColumnNumberToName(len(s.columns))
	for i, width := range s.widths {
		col, _ := excelize.ColumnNumberToName(i + 1)
		err = errors.Join(err, f.SetColWidth(name, col, col, width), f.SetColStyle(name, col, open))
		if i < s.given && rows > 1 {
			err = errors.Join(err, f.SetCellStyle(name, col+"2", fmt.Sprint(col, rows), grey))
		}
	}
	return errors.Join(err, f.SetCellStyle(name, "A1", key+"1", bold), f.SetColVisible(name, key, false),
		f.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
}

// Directory is what a filled-in file changes.
type Directory struct {
	ledger.DirectoryChange
	Accounts []accounts.Change
	Rows     int // how many rows were read
}

// Empty tells that the file changes nothing.
func (d Directory) Empty() bool { return len(d.Seats)+len(d.Names)+len(d.Accounts) == 0 }

// ReadDirectory reads a filled-in file and compares it with the units and the accounts that
// may be changed with it. All faults are given at once; with any, d changes nothing. The
// error is a *Fault for a file that is no Excel file, or has none of the sheets.
func ReadDirectory(raw []byte, units []people.Unit, held []accounts.Account) (d Directory, faults []CellFault, err error) {
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: mostSheet, UnzipXMLSizeLimit: mostSheet})
	if err != nil {
		return d, nil, &Fault{"file", "form.sheet_broken", nil}
	}
	defer f.Close()
	r := directoryReader{units: units, held: held, seen: map[string]Place{}}
	known := false
	for _, name := range f.GetSheetList() {
		cells, err := f.GetRows(name)
		if err != nil {
			return d, nil, &Fault{"file", "form.sheet_broken", nil}
		}
		for _, kind := range []struct {
			directorySheet
			read func(sheetCells)
		}{{seatSheet, r.seat}, {unitSheet, r.unit}, {accountSheet, r.account}} {
			at, ok := kind.heads(cells)
			if !ok {
				continue
			}
			known = true
			if len(cells) > MostSheetRows*4 {
				return d, nil, &Fault{"file", "form.sheet_long", words.Data{"N": len(cells), "Most": MostSheetRows * 4}}
			}
			for i, c := range cells[1:] {
				row := sheetCells{Place{name, i + 2, ""}, at, c}
				if row.blank() {
					continue
				}
				r.made.Rows++
				kind.read(row)
			}
			break
		}
	}
	if !known {
		return d, nil, &Fault{"file", "form.dir_unknown", nil}
	}
	if len(r.faults) > 0 {
		return d, r.faults, nil
	}
	return r.made, nil, nil
}

// heads finds the columns in the first row, in whichever language and order; ok where they
// are a sheet's.
func (s directorySheet) heads(cells [][]string) (at map[string]int, ok bool) {
	if len(cells) == 0 {
		return nil, false
	}
	at = map[string]int{}
	for k, text := range cells[0] {
		for _, c := range s.columns {
			for _, lang := range []string{"zh", "en"} {
				if _, twice := at[c]; !twice && strings.EqualFold(strings.TrimSpace(text), words.New(lang).T("form.dir_"+c)) {
					at[c] = k
				}
			}
		}
	}
	for _, c := range s.columns[:len(s.columns)-1] {
		if _, there := at[c]; !there && c != "post" && c != "beside" && c != "aliases" {
			return nil, false
		}
	}
	return at, true
}

// sheetCells is a row of a sheet.
type sheetCells struct {
	Place
	at    map[string]int
	cells []string
}

func (c sheetCells) has(column string) bool { _, ok := c.at[column]; return ok }

func (c sheetCells) text(column string) string {
	k, ok := c.at[column]
	if !ok || k >= len(c.cells) {
		return ""
	}
	return strings.TrimSpace(strings.ReplaceAll(c.cells[k], "\r\n", "\n"))
}

func (c sheetCells) blank() bool {
	for column := range c.at {
		if column != "key" && c.text(column) != "" {
			return false
		}
	}
	return true
}

// Names are those of a list that people typed.
func Names(list string) (all []string) {
	for _, name := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune("、,，;；\n", r) }) {
		if name = strings.TrimSpace(name); name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}
