package portal

import (
	"errors"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"duban/internal/calendar"
	"duban/internal/picture"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

func planPath(planID string) string { return "/plans/" + url.PathEscape(planID) }

// planLine is a line of the list of plans.
type planLine struct {
	query.PlanRow
	Path, Next string
	Lights     []lightCount
}

// lightCount is how many lines show a light, and where they are.
type lightCount struct {
	Light   plan.Light
	Word    string
	N       int
	Path    string
	Changed string // by how many since the day compared with: +2, -1, or ""
}

// planList are the plans of which the viewer may see all.
func (v *visit) planList() error {
	return v.then(func(r *query.Reader) error {
		archived := v.r.URL.Query().Get("archived") != ""
		rows, _, err := r.Plans(v.ctx(), v.asks(), archived)
		if err != nil {
			return err
		}
		var lines []planLine
		for _, row := range rows {
			v.since(row.Head)
			l := planLine{PlanRow: row, Path: v.at(planPath(row.ID))}
			for light, n := range map[plan.Light]int{plan.Red: row.Red, plan.Yellow: row.Yellow, plan.Blue: row.Blue, plan.Green: row.Green} {
				l.Lights = append(l.Lights, v.lightCount(row.ID, light, n))
			}
			slices.SortFunc(l.Lights, func(a, b lightCount) int {
				return slices.Index(report.Gravity, a.Light) - slices.Index(report.Gravity, b.Light)
			})
			if n := row.Next; n != nil {
				l.Next = n.At.Format(minutes) + " " + n.Title + " " + v.speak().Stage(report.Step{Stage: n.Stage, Kind: n.Kind, Talk: n.Talk, Topic: n.Topic})
			}
			lines = append(lines, l)
		}
		ended := slices.DeleteFunc(slices.Clone(lines), func(l planLine) bool { return l.Ended.IsZero() })
		lines = slices.DeleteFunc(lines, func(l planLine) bool { return !l.Ended.IsZero() })
		return v.show("plans", v.say.T("page.title_plans"), struct {
			Lines, Ended []planLine
			Archived     bool
			Tabs         []Option
		}{lines, ended, archived, []Option{{v.at("/plans"), v.say.T("portal.plans_everyday"), !archived}, {v.at("/plans", "archived", "1"), v.say.T("portal.plans_archived"), archived}}})
	})
}

// minutes is the layout of an instant in tables.
const minutes = "2006-01-02 15:04"

func (v *visit) lightCount(planID string, light plan.Light, n int) lightCount {
	return lightCount{Light: light, Word: v.speak().Light(report.Row{Light: light}), N: n, Path: v.at("/tasks", "plan", planID, "light", string(light))}
}

// planPage is one plan on one page.
type planPage struct {
	query.Overview
	Path      string
	Day       string // the day as of which the page is, in words
	AsOf      string // the past day that was asked for
	Lights    []lightCount
	Rate      string
	Drawn     template.HTML
	Table     template.HTML
	Clauses   bool
	Tabs      []Option
	Units     []unitLine
	Floor     int    // from how many due on a unit is ranked
	Water     string // address of its sections; "" where it has none
	Assess    string // address of its assessment; "" where it has no rules of one
	Incidents string // address of the incidents; "" for a plan without a registry of outlets
	Hotline   string // address of its complaints; "" where it handles none
}

// unitLine is a unit with its rank.
type unitLine struct {
	report.UnitTally
	RankWord, Rate, Path, Moved string
}

func (v *visit) plan() error {
	id := v.r.PathValue("plan")
	return v.then(func(r *query.Reader) error {
		o, err := r.Overview(v.ctx(), v.asks(), id)
		if err != nil {
			return err
		}
		v.since(o.Head)
		p := planPage{Overview: o, Path: planPath(id), Day: v.speak().Day(o.AsOf), Clauses: v.r.URL.Query().Get("down") == "clause", Rate: v.speak().Rate(o.Counts.OnTimeRate)}
		if !v.past.IsZero() {
			p.AsOf = v.past.String()
		}
		for _, l := range o.Counts.ByLight {
			p.Lights = append(p.Lights, v.lightCount(id, l.Light, l.Count))
		}
		drawn := v.drawnBoard(o, p.Clauses)
		p.Drawn, p.Table = drawn.picture, drawn.table
		p.Tabs = []Option{{v.at(p.Path), v.say.T("page.by_month"), !p.Clauses}, {v.at(p.Path, "down", "clause"), v.say.T("page.by_clause"), p.Clauses}}
		p.Units, p.Floor = v.unitLines(o.Counts.ByUnit, nil, id), o.Counts.RankFloor
		switch _, err := r.AssessedPlan(v.ctx(), v.asks(), id); {
		case err == nil:
			p.Assess = v.at("/assessment", "plan", id)
		case !errors.Is(err, query.ErrNoRules):
			return err
		}
		switch err := r.IncidentsPlan(v.ctx(), v.asks(), id); {
		case err == nil:
			p.Incidents = v.at("/incidents", "plan", id)
		case !errors.Is(err, query.ErrNoIncidents):
			return err
		}
		switch _, err := r.ComplaintsPlan(v.ctx(), v.asks(), id); {
		case err == nil:
			p.Hotline = v.at("/complaints", "plan", id)
		case !errors.Is(err, query.ErrNoComplaints):
			return err
		}
		switch _, err := r.WaterPlan(v.ctx(), v.asks(), id); {
		case err == nil:
			p.Water = v.at("/water", "plan", id)
		case !errors.Is(err, query.ErrNoSections):
			return err
		}
		return v.show("plan", o.Plan.Title, p)
	})
}

// unitLines are units by rank. was are their ranks before, by unit ID; nil where ranks are
// not compared.
func (v *visit) unitLines(all []report.UnitTally, was map[string]int, planID string) (lines []unitLine) {
	for _, u := range all {
		l := unitLine{UnitTally: u, Rate: v.speak().Rate(u.OnTimeRate), Path: v.at("/tasks", "plan", planID, "lead", u.UnitID), RankWord: "—"}
		if u.Rank > 0 {
			l.RankWord = strconv.Itoa(u.Rank)
		}
		switch before, ok := was[u.UnitID]; {
		case !ok, before == u.Rank:
		case before == 0:
			l.Moved = v.say.T("page.rank_new")
		case u.Rank == 0:
			l.Moved = v.say.T("page.rank_none")
		case u.Rank < before:
			l.Moved = v.say.T("page.rank_up", words.Data{"N": before - u.Rank})
		default:
			l.Moved = v.say.T("page.rank_down", words.Data{"N": u.Rank - before})
		}
		lines = append(lines, l)
	}
	return lines
}

// pictures are pictures of whole plans as last drawn: one with a line for each of a hundred units
// takes longer to draw than to read.
type pictures struct {
	mu    sync.Mutex
	drawn map[pictureOf]drawnPicture
}

// pictureOf is all that a picture follows from: what is read of a plan is that of the ledger after
// an event, on a day.
type pictureOf struct {
	shows      string // board, clauses or loads
	plan, lang string
	head       int64
	day, past  calendar.Day
}

type drawnPicture struct{ picture, table template.HTML }

// mostPictures is how many pictures are kept. When one more comes, all are forgotten.
const mostPictures = 8

// of gives the picture of of and its table, which draw makes unless they are kept.
func (p *pictures) of(of pictureOf, draw func() drawnPicture) drawnPicture {
	p.mu.Lock()
	d, known := p.drawn[of]
	p.mu.Unlock()
	if known {
		return d
	}
	d = draw()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn == nil || len(p.drawn) >= mostPictures {
		p.drawn = map[pictureOf]drawnPicture{}
	}
	p.drawn[of] = d
	return d
}

func (v *visit) drawnBoard(o query.Overview, clauses bool) drawnPicture {
	of := pictureOf{shows: "board", plan: o.Plan.ID, lang: v.say.Lang(), head: o.Head, day: o.AsOf, past: v.past}
	if clauses {
		of.shows = "clauses"
	}
	return v.pictures.of(of, func() drawnPicture {
		b := v.board(o, clauses)
		return drawnPicture{b.SVG(), b.Table()}
	})
}

// board is the light board of a plan, by month or by clause.
func (v *visit) board(o query.Overview, clauses bool) picture.Board {
	of, corner, key := o.Months, v.say.T("page.month"), "month"
	if clauses {
		of, corner, key = o.Clauses, v.say.T("page.clause"), "clause"
	}
	b := picture.Board{Words: picture.Words{ID: "board", Title: v.say.T("page.board"), Desc: v.say.T("page.board_desc", words.Data{"Units": len(of.Units), "Down": len(of.Groups), "Total": o.Counts.Total, "Red": o.Counts.Red})}, Corner: corner}
	for _, u := range of.Units {
		b.Across = append(b.Across, picture.Head{Name: u.Name, Href: v.at("/tasks", "plan", o.Plan.ID, "lead", u.ID)})
	}
	for i, g := range of.Groups {
		name := g
		if day, err := calendar.ParseDay(g + "-01"); !clauses && err == nil {
			name = v.say.T("page.month_of", words.Data{"Year": day.Year, "Month": int(day.Month)})
		}
		b.Down = append(b.Down, picture.Head{Name: name, Href: v.at("/tasks", "plan", o.Plan.ID, key, g)})
		var row []picture.Field
		for j, u := range of.Units {
			field := picture.Field{}
			for _, n := range of.Fields[i][j] {
				word := v.speak().Light(report.Row{Light: n.Light})
				field = append(field, picture.Count{Light: string(n.Light), Word: word, N: n.N, Href: v.at("/tasks", "plan", o.Plan.ID, "lead", u.ID, key, g, "light", string(n.Light)),
					Label: v.say.T("page.board_label", words.Data{"Unit": u.Name, "Group": name, "Light": word, "N": n.N})})
			}
			row = append(row, field)
		}
		b.Fields = append(b.Fields, row)
	}
	return b
}

// yearPage is the year as a picture.
type yearPage struct {
	Path        string
	Plan        string
	Drawn       template.HTML
	Table       template.HTML
	Provisional bool // the year has no notice of holidays yet
	pager
}

// planYear draws the ladders of a plan's lines, fifty at a time.
func (v *visit) planYear() error {
	id := v.r.PathValue("plan")
	return v.then(func(r *query.Reader) error {
		o, err := r.Overview(v.ctx(), v.asks(), id) // an error for whoever may not see the whole plan
		if err != nil {
			return err
		}
		l, err := r.Ladders(v.ctx(), v.asks(), query.TaskFilter{Plan: id, Kinds: []string{string(plan.Dated)}, Skip: v.skip(), Limit: pageOf})
		if err != nil {
			return err
		}
		y := v.year(o, l)
		return v.show("year", v.say.T("page.title_year"), yearPage{v.at(planPath(id)), o.Plan.Title, y.SVG(), y.Table(), l.Provisional, v.pager(v.skip(), len(l.Lines), l.Total)})
	})
}

func (v *visit) year(o query.Overview, l query.Ladders) picture.Year {
	y := picture.Year{Words: picture.Words{ID: "year", Title: v.say.T("page.year_of", words.Data{"Year": l.Year}), Desc: v.say.T("page.year_desc", words.Data{"N": len(l.Lines)})},
		From: calendar.NewDay(l.Year, 1, 1), Until: calendar.NewDay(l.Year, 12, 31), Today: l.Today, TodayWord: v.say.T("page.today", words.Data{"Day": v.speak().Day(l.Today)}),
		Rests:   func(d calendar.Day) bool { return l.Rests[d] },
		Columns: [4]string{v.say.T("page.task"), v.say.T("page.given"), v.say.T("portal.due"), v.say.T("page.supervision")}}
	if d := o.Plan.Issued; d.Year == l.Year { // no month before the plan's issue has anything to show
		y.From = calendar.NewDay(d.Year, d.Month, 1)
	}
	for m := time.January; m <= time.December; m++ {
		y.Months = append(y.Months, v.say.T("page.month_short", words.Data{"Month": int(m)}))
	}
	for _, line := range l.Lines {
		given := o.Plan.Issued
		one := picture.Ladder{Name: v.speak().Title(line.Row), Href: v.at(taskPath(line.Plan, line.ID)), Light: string(line.Light), Due: line.Due, DueWord: line.Due.String()}
		stages := l.Stages[line.ID]
		if len(stages) > 0 && calendar.DayOf(stages[0].At).Before(given) {
			given = calendar.DayOf(stages[0].At)
		}
		one.Given, one.GivenWord = given, given.String()
		one.Description = v.say.T("page.ladder", words.Data{"Title": one.Name, "Lead": line.Lead, "Due": one.DueWord, "Light": v.speak().Light(line.Row)})
		for _, s := range stages {
			day := calendar.DayOf(s.At)
			said := s.State != "expected"
			if !said && day.Before(l.Today) {
				continue // expected for a past day and not said: only the case file shows that
			}
			label := day.String() + " " + v.speak().Stage(report.Step{Stage: s.Stage, Kind: s.Kind, Talk: s.Talk, Topic: s.Topic})
			if s.Provisional {
				label += v.say.T("cli.preview_mark")
			}
			if !said {
				label = v.say.T("page.to_come", words.Data{"What": label})
			}
			one.Marks = append(one.Marks, picture.Mark{Day: day, Kind: markOf(s.Kind), Said: said, Label: label})
		}
		if !line.DoneOn.IsZero() {
			one.Marks = append(one.Marks, picture.Mark{Day: line.DoneOn, Kind: "done", Said: true, Label: line.DoneOn.String() + " " + v.speak().State(line.Row)})
		}
		y.Ladders = append(y.Ladders, one)
	}
	return y
}

// markOf is a stage's mark in the picture of the year.
func markOf(k plan.StageKind) string {
	if k == plan.Escalate {
		return string(plan.Talk)
	}
	return string(k)
}

// loadsPage is how many messages each seat gets.
type loadsPage struct {
	Path, Plan, From string
	Drawn, Table     template.HTML
}

// planMessages are the messages of a plan by seat and week.
func (v *visit) planMessages() error {
	id := v.r.PathValue("plan")
	return v.then(func(r *query.Reader) error {
		o, err := r.Coming(v.ctx(), v.asks(), id)
		if err != nil {
			return err
		}
		drawn := v.pictures.of(pictureOf{shows: "loads", plan: id, lang: v.say.Lang(), head: o.Head, day: o.AsOf, past: v.past}, func() drawnPicture {
			b := v.bars(o.Loads)
			return drawnPicture{b.SVG(), b.Table()}
		})
		return v.show("loads", v.say.T("page.title_loads"), loadsPage{v.at(planPath(id)), o.Plan.Title, v.speak().Day(o.AsOf), drawn.picture, drawn.table})
	})
}

// bars are the messages of seats by week, as a picture.
func (v *visit) bars(l report.Loads) picture.Bars {
	b := picture.Bars{Words: picture.Words{ID: "loads", Title: v.say.T("page.title_loads"), Desc: v.say.T("page.loads_desc", words.Data{"Seats": len(l.Seats), "Weeks": l.Weeks})},
		Corner: v.say.T("page.seat"), Total: v.say.T("page.sum")}
	for i := range l.Weeks {
		monday := l.From.AddDays(7 * i)
		b.Spans = append(b.Spans, picture.Span{Name: v.say.T("page.week_of", words.Data{"Day": monday.String()}), Group: v.say.T("page.month_of", words.Data{"Year": monday.Year, "Month": int(monday.Month)}), Short: v.say.T("page.month_short", words.Data{"Month": int(monday.Month)})})
	}
	for _, s := range l.Seats {
		b.Rows = append(b.Rows, picture.Row{Name: v.speak().Seat(s.Unit, s.To.Role), Values: s.Weeks, Unit: v.say.T("page.letters")})
	}
	return b
}

// comingPage is what will be said in the next four weeks if nobody acts.
type comingPage struct {
	Path, Plan, Until string
	Lines             []comingLine
	More              int
}

type comingLine struct {
	At, What, To, Title, Lead, Path string
	Light                           plan.Light
	LightWord                       string
}

func (v *visit) planAhead() error {
	id := v.r.PathValue("plan")
	return v.then(func(r *query.Reader) error {
		o, err := r.Coming(v.ctx(), v.asks(), id)
		if err != nil {
			return err
		}
		names, err := r.Names(v.ctx(), v.asks())
		if err != nil {
			return err
		}
		p := comingPage{Path: v.at(planPath(id)), Plan: o.Plan.Title, Until: v.speak().Day(o.AsOf.AddDays(query.Ahead)), More: o.N - len(o.Ahead)}
		for _, s := range o.Ahead {
			p.Lines = append(p.Lines, v.coming(s, id, names))
		}
		return v.show("ahead", v.say.T("page.title_ahead"), p)
	})
}

func (v *visit) coming(s report.StageRow, planID string, names query.Names) comingLine {
	l := comingLine{At: s.At.Format(minutes), What: v.speak().Stage(report.Step{Stage: s.Stage, Kind: s.Kind, Talk: s.Talk, Topic: s.Topic}), Title: s.Title, Lead: s.Unit,
		Path: v.at(taskPath(planID, s.Task)), Light: s.Light, LightWord: v.speak().Light(report.Row{Light: s.Light})}
	if s.Provisional {
		l.At += v.say.T("cli.preview_mark")
	}
	if s.Talk != "" {
		l.Path = v.at(talkPath(planID, s.Talk))
	}
	for i, to := range s.To {
		if i > 0 {
			l.To += v.say.T("report.comma")
		}
		name := names.Units[to.Unit]
		if name == "" {
			name = to.Unit
		}
		l.To += v.speak().Seat(name, to.Role)
	}
	return l
}

// sincePage is what has changed since a day.
type sincePage struct {
	Path, Plan, Day, Given string
	Lights                 []lightCount
	Lines                  []changedLine
	More                   int
	Talks                  []link
}

type changedLine struct {
	report.Changed
	Path, WasWord, IsWord string
}

// mostChanged is how many changed lines a page names.
const mostChanged = 200

func (v *visit) planSince() error {
	id := v.r.PathValue("plan")
	o, err := v.Reader.Overview(v.ctx(), v.asks(), id)
	if err != nil {
		return err
	}
	day, _, err := v.Reader.LastWorkday(v.ctx(), v.asks(), id)
	if err != nil {
		return err
	}
	if given := v.r.URL.Query().Get("day"); given != "" {
		if d, err := calendar.ReadDay(given); err == nil {
			day = d
		} else {
			v.note = v.say.T("page.bad_day", words.Data{"Value": given})
		}
	}
	c, err := v.Reader.Since(v.ctx(), v.asks(), id, day)
	if err != nil {
		return err
	}
	p := sincePage{Path: planPath(id), Plan: o.Plan.Title, Day: v.speak().Day(day), Given: day.String(), Lights: v.changes(id, c)}
	lines := c.Lines
	if p.More = max(0, len(lines)-mostChanged); p.More > 0 {
		lines = lines[:mostChanged]
	}
	for _, l := range lines {
		p.Lines = append(p.Lines, changedLine{l, taskPath(id, l.Task), v.lightOr(l.Was, "page.was_none"), v.lightOr(l.Is, "page.is_none")})
	}
	for _, k := range c.Talks {
		p.Talks = append(p.Talks, link{talkPath(id, k.ID), v.say.T("page.talk_since", words.Data{"What": v.speak().TalkWhat(k), "Unit": k.Unit, "Title": k.Title, "State": v.speak().TalkState(k)})})
	}
	return v.show("since", v.say.T("page.title_since"), p)
}

func (v *visit) lightOr(l plan.Light, none string) string {
	if l == "" {
		return v.say.T(none)
	}
	return v.speak().Light(report.Row{Light: l})
}

// changes are the numbers of a plan's lights, each with its change.
func (v *visit) changes(planID string, c report.Change) (all []lightCount) {
	for _, n := range []struct {
		light    plan.Light
		was, now int
	}{{plan.Red, c.Before.Red, c.Now.Red}, {plan.Yellow, c.Before.Yellow, c.Now.Yellow}, {plan.Blue, c.Before.Blue, c.Now.Blue}, {plan.Green, c.Before.Green, c.Now.Green},
		{plan.DoneLate, c.Before.DoneLate, c.Now.DoneLate}, {plan.Done, c.Before.OnTime, c.Now.OnTime}} {
		one := v.lightCount(planID, n.light, n.now)
		if d := n.now - n.was; d > 0 {
			one.Changed = "+" + strconv.Itoa(d)
		} else if d < 0 {
			one.Changed = strconv.Itoa(d)
		}
		all = append(all, one)
	}
	return all
}
