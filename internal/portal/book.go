package portal

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"

	"duban/internal/calendar"
	"duban/internal/ledger"
	"duban/internal/report"
	"duban/internal/words"
)

// eventRow is a line of the ledger.
type eventRow struct {
	Seq                          int64
	At, Task, Event, Actor, Says string
	Path                         string // of the task's page
}

type ledgerPage struct {
	Lines      []eventRow
	Plans      []Option
	Plan, Task string
	On, Start  string // addresses of the next page and of the first
}

// ledger is the chain of events, filtered by plan and task.
func (v *visit) ledger() error {
	q := v.r.URL.Query()
	out := ledgerPage{Plan: q.Get("plan"), Task: q.Get("task")}
	f := ledger.EventFilter{Plan: out.Plan, Task: out.Task, Limit: pageOf + 1}
	f.AfterSeq, _ = strconv.ParseInt(q.Get("after"), 10, 64) // from the beginning
	names, err := v.Reader.Names(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	out.Plans = options(names.Plans, out.Plan)
	if out.Plan == "" && len(v.who.seats.Office)+len(v.who.seats.Leadership) > 0 {
		out.Plan = append(slices.Clone(v.who.seats.Office), v.who.seats.Leadership...)[0]
		f.Plan = out.Plan
		out.Plans = options(names.Plans, out.Plan)
	}
	page, err := v.Reader.Events(v.ctx(), v.asks(), f)
	if err != nil {
		return err
	}
	if len(page.Events) > pageOf {
		page.Events = page.Events[:pageOf]
		q.Set("after", strconv.FormatInt(page.Events[pageOf-1].Seq, 10))
		out.On = "/ledger?" + q.Encode()
	}
	if f.AfterSeq > 0 {
		q.Del("after")
		out.Start = "/ledger?" + q.Encode()
	}
	say := v.speak().Calling(page.Called)
	for _, e := range page.Events {
		of := page.Of(e.Plan)
		row := eventRow{Seq: e.Seq, At: e.PlanAt.In(of.Zone).Format("2006-01-02 15:04"), Task: page.Called(e.Plan, e.Task), Event: say.EventName(e.Kind), Actor: e.Actor, Says: say.Event(of.People, of.Zone, e)}
		if e.Actor == ledger.Engine {
			row.Actor = v.say.T("event.engine")
		}
		if e.Plan != "" && e.Task != "" {
			row.Path = taskPath(e.Plan, e.Task)
		}
		out.Lines = append(out.Lines, row)
	}
	return v.show("ledger", v.say.T("portal.title_ledger"), out)
}

// book gives a plan's book as an Excel file.
func (v *visit) book() error {
	t, err := v.Reader.Book(v.ctx(), v.asks(), v.r.PathValue("plan"))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := report.WriteXLSX(&out, t, v.say); err != nil {
		return err
	}
	name := v.say.T("report.file_name", words.Data{"Plan": t.Plan.ID, "Day": t.AsOf.String()}) + ".xlsx"
	return v.sendXLSX(name, out.Bytes())
}

// holidayYear is a year of holidays as the page shows it.
type holidayYear struct {
	Year        int
	Papers      []string
	Workdays    int
	Provisional bool // no notice is known: weekends and the days of the law rest
	Off, Made   []holidaySpan
}

// holidaySpan are days that follow each other under one name.
type holidaySpan struct {
	Name     string
	From, To calendar.Day
}

// holidays are the notices of holidays in force, the latest year first.
func (v *visit) holidays() error {
	cal, err := v.Reader.Holidays(v.ctx(), v.asks())
	if err != nil {
		return err
	}
	first := v.Now().In(v.zone()).Year() + 1
	last := first
	for _, y := range cal.Years() {
		first, last = min(first, y.Year), max(last, y.Year)
	}
	var all []holidayYear
	for year := last; year >= first; year-- {
		y := cal.InForce(year)
		h := holidayYear{Year: year, Papers: y.Papers, Workdays: cal.WorkdaysIn(year), Provisional: !cal.Governed(year)}
		days := slices.Clone(y.Days)
		slices.SortFunc(days, func(a, b calendar.Holiday) int { return a.Date.Compare(b.Date) })
		for _, d := range days {
			to := &h.Made
			if d.IsOffDay {
				to = &h.Off
			}
			if n := len(*to); n > 0 && (*to)[n-1].Name == d.Name && (*to)[n-1].To.AddDays(1) == d.Date {
				(*to)[n-1].To = d.Date
				continue
			}
			*to = append(*to, holidaySpan{d.Name, d.Date, d.Date})
		}
		all = append(all, h)
	}
	return v.show("holidays", v.say.T("portal.title_holidays"), all)
}

// policyRow is a policy of a plan.
type policyRow struct {
	Plan, Title, Name string
	Version           int
	SpeakAt           string
	Rungs             []rungRow
}

type rungRow struct {
	Name, To  string
	Light     string
	LightWord string
}

// policies are the ladders of the plans that the viewer sees whole, to be read.
func (v *visit) policies() error {
	var all []policyRow
	for _, id := range append(slices.Clone(v.who.seats.Office), v.who.seats.Leadership...) {
		l, err := v.Reader.Plan(v.ctx(), v.asks(), id)
		if err != nil {
			return err
		}
		for _, o := range options(policyTitles(l), "") {
			p := l.Plan.Policies[o.Value]
			row := policyRow{Plan: l.Plan.Title, Title: p.Title, Name: o.Value, Version: p.Version, SpeakAt: cmp.Or(p.SpeakAt, "09:00")}
			for _, r := range p.Stages {
				rung := rungRow{Name: v.speak().Rung(r), Light: string(r.Light), LightWord: v.speak().Light(report.Row{Light: r.Light})}
				for i, role := range r.To {
					if i > 0 {
						rung.To += v.say.T("report.comma")
					}
					rung.To += v.say.T("term." + string(role))
				}
				row.Rungs = append(row.Rungs, rung)
			}
			all = append(all, row)
		}
	}
	return v.show("policies", v.say.T("portal.title_policies"), all)
}

func policyTitles(l ledger.Launched) map[string]string {
	titles := map[string]string{}
	for name, p := range l.Plan.Policies {
		titles[name] = p.Title
	}
	return titles
}
