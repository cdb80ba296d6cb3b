package intake

import (
	"encoding/xml"
	"strings"

	"github.com/xuri/excelize/v2"
)

// struckCells knows which cells of a workbook show their words crossed out.
type struckCells struct {
	f      *excelize.File
	styles bool         // a style crosses out
	runs   bool         // words within a cell are
	known  map[int]bool // by style
}

func newStruckCells(f *excelize.File, p parts) (*struckCells, error) {
	s := &struckCells{f: f, known: map[int]bool{}}
	for part, has := range map[string]*bool{"xl/styles.xml": &s.styles, "xl/sharedStrings.xml": &s.runs} {
		if err := eachStart(p, part, func(e xml.StartElement) {
			*has = *has || e.Name.Local == "strike" && attr(e, "val") != "0" && attr(e, "val") != "false"
		}); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// shown is a cell's text without what is crossed out; cut tells that something was.
func (s *struckCells) shown(sheet string, col, row int, value string) (text string, cut bool) {
	if !s.styles && !s.runs || strings.TrimSpace(value) == "" {
		return value, false
	}
	cell, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return value, false
	}
	if s.styles {
		if id, err := s.f.GetCellStyle(sheet, cell); err == nil {
			struck, ok := s.known[id]
			if !ok {
				style, err := s.f.GetStyle(id)
				struck = err == nil && style.Font != nil && style.Font.Strike
				s.known[id] = struck
			}
			if struck {
				return "", true
			}
		}
	}
	if !s.runs {
		return value, false
	}
	runs, err := s.f.GetCellRichText(sheet, cell)
	if err != nil || len(runs) < 2 {
		return value, false
	}
	var b strings.Builder
	for _, r := range runs {
		if r.Font != nil && r.Font.Strike {
			cut = true
			continue
		}
		b.WriteString(r.Text)
	}
	if !cut {
		return value, false
	}
	return b.String(), true
}
