package main

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"duban/internal/act"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/report"
	"duban/internal/words"
)

// attentionRow is how many messages a seat gets, as JSON.
type attentionRow struct {
	To     people.Recipient `json:"to"`
	Unit   string           `json:"unit"`
	Silent int              `json:"silent"` // in the first year, if nobody acts
	Acting int              `json:"acting"` // if everybody does in time
	Budget int              `json:"budget"` // 0: none
	Months []monthRow       `json:"months"`
}

type monthRow struct {
	Month  string `json:"month"` // 2021-04
	Silent int    `json:"silent"`
	Acting int    `json:"acting"`
}

func attentionRows(p *plan.Plan, all []act.Attention) []attentionRow {
	rows := make([]attentionRow, len(all))
	for i, a := range all {
		rows[i] = attentionRow{To: a.To, Unit: p.Directory.Name(a.To.Unit), Silent: a.Silent, Acting: a.Acting, Budget: a.Budget, Months: []monthRow{}}
		for _, m := range a.Months {
			rows[i].Months = append(rows[i].Months, monthRow{fmt.Sprintf("%d-%02d", m.Year, int(m.Month)), m.Silent, m.Acting})
		}
	}
	return rows
}

func (a *app) attentionTable(p *plan.Plan, all []act.Attention) {
	fmt.Fprintln(a.out, a.w.T("cli.attention_head"))
	t := a.table(map[string]int{"to": 26, "months": 44}, "to", "silent", "acting", "budget", "months")
	for _, r := range all {
		var months []string
		for _, m := range r.Months {
			months = append(months, a.w.T("cli.attention_month", words.Data{"Year": m.Year, "Month": int(m.Month), "Silent": m.Silent, "Acting": m.Acting}))
		}
		t.AppendRow(table.Row{report.Speak(a.w).Seats(p.Directory, []people.Recipient{r.To}), r.Silent, r.Acting, orNone(r.Budget), strings.Join(months, a.w.T("cli.attention_comma"))})
	}
	t.Render()
}

func orNone(n int) any {
	if n == 0 {
		return ""
	}
	return n
}
