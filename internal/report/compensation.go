package report

import (
	"io"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"duban/internal/compensation"
	"duban/internal/people"
	"duban/internal/water"
	"duban/internal/words"
)

// Yuan is an amount in whole yuan; it is negative where a county is paid.
func (s Speaker) Yuan(d decimal.Decimal) string { return d.StringFixed(0) }

// Derivation says how an entry of a statement was computed.
func (s Speaker) Derivation(e compensation.Entry) string {
	data := words.Data{"Steps": e.Steps, "Classes": e.Classes, "Months": e.Months, "Of": e.Of.String(), "Times": "", "Item": "", "State": ""}
	if e.Item != "" {
		data["Item"] = s.Item(e.Item)
	}
	if e.Times != nil {
		data["Times"] = e.Times.Round(4).String()
	}
	if e.State != water.Observed {
		data["State"] = s.w.T("water.state_" + string(e.State))
	}
	return s.w.T("compensation.why_"+string(e.Why), data)
}

// CompensationSheet is what WriteCompensation writes.
type CompensationSheet struct {
	Register   *water.Register
	Table      compensation.Table
	Trial      bool
	Month      water.Month
	Statements []compensation.Statement
	Balances   []compensation.Balance
}

// CompensationTitle is the heading of a month's statements.
func (s Speaker) CompensationTitle(month water.Month) string {
	return s.w.T("compensation.title", words.Data{"Year": month.Year, "Month": month.Month})
}

// CompensationBasis says by which table the statements are computed, and, with trial, that
// they are an example and charge nobody.
func (s Speaker) CompensationBasis(t compensation.Table, trial bool) string {
	return s.w.T("compensation.basis", words.Data{"Title": t.Title, "Authority": t.Authority, "Trial": trial, "Day": t.Settled})
}

// WriteCompensation writes an Excel workbook of two sheets: a month's statements, each entry
// with its Derivation, and the year's balance.
func (s Speaker) WriteCompensation(out io.Writer, dir people.Directory, b CompensationSheet) error {
	f := excelize.NewFile()
	defer f.Close()
	col := func(names ...string) (row []any) {
		for _, n := range names {
			row = append(row, s.w.T("compensation.col_"+n))
		}
		return row
	}
	rows := [][]any{{s.CompensationTitle(b.Month)}, {s.CompensationBasis(b.Table, b.Trial)}, col("county", "section", "why", "amount")}
	for _, st := range b.Statements {
		for _, e := range st.Entries {
			section, _ := b.Register.Section(e.Section)
			rows = append(rows, []any{dir.Name(st.County), section.Name, s.Derivation(e), e.Amount.InexactFloat64()})
		}
		rows = append(rows, []any{dir.Name(st.County), "", s.w.T("compensation.sum"), st.Sum.InexactFloat64()})
	}
	months := []any{s.w.T("compensation.col_county")}
	for m := 1; m <= 12; m++ {
		months = append(months, s.w.T("compensation.month", words.Data{"Month": m}))
	}
	balance := [][]any{{s.w.T("compensation.balance_title", words.Data{"Year": b.Month.Year})}, append(months, col("charged", "earned", "sum")...)}
	for _, one := range b.Balances {
		row := []any{dir.Name(one.County)}
		for _, m := range one.Months {
			row = append(row, m.InexactFloat64())
		}
		balance = append(balance, append(row, one.Charged.InexactFloat64(), one.Earned.InexactFloat64(), one.Sum.InexactFloat64()))
	}
	first, second := s.w.T("compensation.sheet", words.Data{"Month": b.Month.String()}), s.w.T("compensation.sheet_year")
	if err := f.SetSheetName("Sheet1", first); err != nil {
		return err
	}
	if _, err := f.NewSheet(second); err != nil {
		return err
	}
	for sheet, all := range map[string][][]any{first: rows, second: balance} {
		for i, row := range all {
			if err := f.SetSheetRow(sheet, name(1, i+1), &row); err != nil {
				return err
			}
		}
		if err := f.SetColWidth(sheet, "A", "B", 20); err != nil {
			return err
		}
	}
	if err := f.SetColWidth(first, "C", "C", 60); err != nil {
		return err
	}
	return f.Write(out)
}
