package portal

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"

	"duban/internal/query"
	"duban/internal/water"
	"duban/internal/words"
)

// moneyPage is a month's compensation.
type moneyPage struct {
	None, Empty bool
	Plan, ID    string
	Months      []Option
	Tables      []Option
	Head, Basis string
	Trial       bool
	Open        bool // not settled yet
	Sheet       string
	Counties    []moneyCounty
	Year        string
	Heads       []string // of its months
	Balances    []moneyBalance
}

// moneyCounty is a county's statement; moneyBalance is its line of the year.
type (
	moneyCounty struct {
		Name, Charged, Earned, Sum string
		Lines                      []moneyLine
	}
	moneyLine    struct{ Section, Path, Why, Amount string }
	moneyBalance struct {
		Name                 string
		Months               []string
		Charged, Earned, Sum string
	}
)

// tableAsked is the table of the address; below zero: the one in force.
func (v *visit) tableAsked() int {
	n, err := strconv.Atoi(v.r.URL.Query().Get("table"))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// compensation shows what counties are charged and earn for a month's water.
func (v *visit) compensation() error {
	month, ok := v.monthAsked()
	if !ok {
		v.note = v.say.T("water.bad_month", words.Data{"Value": v.r.URL.Query().Get("month")})
	}
	return v.then(func(r *query.Reader) error {
		c, err := r.Compensation(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), month, v.tableAsked())
		if errors.Is(err, query.ErrNoSections) {
			return v.show("compensation", v.say.T("compensation.page"), moneyPage{None: true})
		}
		if err != nil {
			return err
		}
		say := v.speak()
		p := moneyPage{Plan: c.Title, ID: c.Plan, Empty: c.Month == (water.Month{}), Trial: c.Trial, Open: !c.Settled}
		for i, t := range c.Tables {
			p.Tables = append(p.Tables, Option{strconv.Itoa(i), t, i == c.Chosen})
		}
		for _, m := range c.Months {
			p.Months = append(p.Months, Option{m.String(), v.monthName(m), m == c.Month})
		}
		if p.Empty {
			return v.show("compensation", v.say.T("compensation.page"), p)
		}
		p.Head, p.Basis = say.CompensationTitle(c.Month), say.CompensationBasis(c.Table, c.Trial)
		p.Sheet = v.at("/water/compensation/sheet", "plan", c.Plan, "month", c.Month.String(), "table", strconv.Itoa(c.Chosen))
		for _, s := range c.Statements {
			county := moneyCounty{Name: c.People.Name(s.County), Charged: say.Yuan(s.Charged), Earned: say.Yuan(s.Earned), Sum: say.Yuan(s.Sum)}
			for _, e := range s.Entries {
				section, _ := c.Register.Section(e.Section)
				county.Lines = append(county.Lines, moneyLine{section.Name, v.sectionPath(c.Plan, e.Section), say.Derivation(e), say.Yuan(e.Amount)})
			}
			p.Counties = append(p.Counties, county)
		}
		p.Year = v.say.T("compensation.balance_title", words.Data{"Year": c.Month.Year})
		for m := 1; m <= c.Month.Month; m++ {
			p.Heads = append(p.Heads, v.say.T("compensation.month", words.Data{"Month": m}))
		}
		for _, b := range c.Balances {
			line := moneyBalance{Name: c.People.Name(b.County), Charged: say.Yuan(b.Charged), Earned: say.Yuan(b.Earned), Sum: say.Yuan(b.Sum)}
			for _, m := range b.Months[:c.Month.Month] {
				line.Months = append(line.Months, say.Yuan(m))
			}
			p.Balances = append(p.Balances, line)
		}
		return v.show("compensation", v.say.T("compensation.page"), p)
	})
}

// compensationSheet is a month's compensation as an Excel file.
func (v *visit) compensationSheet() error {
	month, _ := v.monthAsked()
	c, err := v.Reader.Compensation(v.ctx(), v.asks(), v.r.URL.Query().Get("plan"), month, v.tableAsked())
	if errors.Is(err, query.ErrNoSections) || err == nil && c.Month == (water.Month{}) {
		http.Redirect(v.w, v.r, "/water/compensation", http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := c.Write(&out, v.say); err != nil {
		return err
	}
	return v.sendXLSX(v.say.T("compensation.file_name", words.Data{"Month": c.Month.String()})+".xlsx", out.Bytes())
}
