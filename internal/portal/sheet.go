package portal

import (
	"cmp"
	"slices"

	"duban/internal/calendar"
	"duban/internal/people"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/words"
)

// mostSheet is how many lines one sheet has.
const mostSheet = 100

// sheetPage are the tasks of units, each with the progress last reported, to be printed.
type sheetPage struct {
	Plans, Units, Months []Option
	Who                  string // whose sheet this is, for its head
	Day                  string
	Blocks               []sheetBlock
	Total                int
	pager
}

// sheetBlock are the tasks that one unit leads.
type sheetBlock struct {
	Unit string
	Rows []sheetRow
}

type sheetRow struct {
	query.ReportedLine
	Path, Name, LightWord, StateWord, Left string
	Percent, Said                          string
	Charge                                 string // who answers for it
}

// counties is the value for all units of counties in the choice of units.
const counties = "counties"

// sheet shows the tasks that units lead, by month, each with the progress last reported: a
// unit sees its own; whoever may see a whole plan chooses one unit, the counties or all.
func (v *visit) sheet() error {
	q := v.r.URL.Query()
	f := query.TaskFilter{Plan: q.Get("plan"), Kinds: []string{string(plan.Dated)}, Skip: v.skip(), Limit: mostSheet}
	out := sheetPage{Day: v.clock(v.Now())[:10]}
	names, err := v.Reader.Names(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	out.Plans = options(names.Plans, f.Plan)
	chosen := q.Get("unit")
	units, err := v.Reader.Contacts(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	charged := map[string]people.Charge{} // by plan and task
	for _, u := range units {
		for _, c := range u.Charges {
			charged[u.Name+" "+c.Plan+"/"+c.Task] = c
		}
	}
	if v.who.is(Office | Leader) {
		kinds := map[string]people.UnitKind{}
		for _, u := range units {
			kinds[u.ID] = u.Kind
		}
		for _, o := range options(names.Units, chosen) {
			k := kinds[o.Value]
			if k != people.OfficeUnit && k != people.LeadershipUnit {
				out.Units = append(out.Units, o)
			}
			if k == people.CountyGovernment {
				f.Leads = append(f.Leads, o.Value)
			}
		}
		if len(f.Leads) > 0 {
			out.Units = slices.Insert(out.Units, 0, Option{counties, v.say.T("portal.sheet_counties"), chosen == counties})
		} else if chosen == counties {
			chosen = "" // no unit is a county: all units are shown, and the choice says so
		}
		switch chosen {
		case counties:
		case "":
			f.Leads = nil
		default:
			f.Leads = []string{chosen}
		}
	} else {
		f.Leads, chosen = []string{v.who.Account.Unit}, v.who.Account.Unit
	}
	month, monthErr := calendar.ParseDay(q.Get("month") + "-01")
	if monthErr == nil {
		f.From, f.Until = month, month.MonthEnd()
	}
	today := calendar.DayOf(v.Now().In(v.zone()))
	for i := -6; i <= 12; i++ {
		m := calendar.DayOf(today.MonthEnd().At(12, 0, v.zone()).AddDate(0, 0, -20).AddDate(0, i, 0)).String()[:7]
		out.Months = append(out.Months, Option{m, m, m == q.Get("month")})
	}
	lines, total, err := v.Reader.Reported(v.ctx(), v.asks(), f)
	if err != nil {
		return err
	}
	out.Total, out.pager = total, v.pagerBy(mostSheet, f.Skip, len(lines), total)
	slices.SortStableFunc(lines, func(a, b query.ReportedLine) int {
		return cmp.Or(cmp.Compare(a.Lead, b.Lead), cmp.Compare(a.Due.String(), b.Due.String()))
	})
	for _, l := range lines {
		t := v.taskRow(l.TaskLine)
		row := sheetRow{ReportedLine: l, Path: t.Path, Name: t.Name, LightWord: t.LightWord, StateWord: t.StateWord, Left: t.Left}
		row.Charge = chargeText(charged[l.Lead+" "+l.Plan+"/"+l.Key])
		if l.Report != nil {
			row.Percent = v.say.T("portal.sheet_percent", words.Data{"N": l.Report.Percent})
			row.Said = v.say.T("portal.sheet_said", words.Data{"Day": l.Report.On, "By": l.Report.By.Name, "Words": l.Report.Reason})
		}
		if n := len(out.Blocks); n == 0 || out.Blocks[n-1].Unit != l.Lead {
			out.Blocks = append(out.Blocks, sheetBlock{Unit: l.Lead})
		}
		b := &out.Blocks[len(out.Blocks)-1]
		b.Rows = append(b.Rows, row)
	}
	out.Who = cmp.Or(names.Units[chosen], v.say.T("portal.sheet_all"))
	if chosen == counties {
		out.Who = v.say.T("portal.sheet_counties")
	}
	return v.show("sheet", v.say.T("portal.title_sheet", words.Data{"Unit": out.Who, "Month": q.Get("month")}), out)
}
