package portal

import (
	"errors"
	"strconv"

	"duban/internal/act"
	"duban/internal/ledger"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// pageOf is how many lines a list shows at a time.
const pageOf = 50

// pager is which lines of a list a page shows, counted from 1, and where the others are.
type pager struct {
	From, To, Total int
	Back, On        string // addresses of the pages before and after; "" without one
}

// skip is how many lines of a list the address leaves out before the page; 0 where it names
// no number.
func (v *visit) skip() int {
	n, err := strconv.Atoi(v.r.URL.Query().Get("skip"))
	if err != nil || n < 0 || n > 1e7 {
		return 0
	}
	return n
}

// pager is the pager of a list's page that shows so many lines, after skip, of total.
func (v *visit) pager(skip, shown, total int) pager { return v.pagerBy(pageOf, skip, shown, total) }

// pagerBy is pager for pages of size lines.
func (v *visit) pagerBy(size, skip, shown, total int) pager {
	at := func(skip int) string {
		q := v.r.URL.Query()
		q.Del("did")
		q.Del("saved")
		q.Set("skip", strconv.Itoa(skip))
		if skip == 0 {
			q.Del("skip")
		}
		if len(q) == 0 {
			return v.r.URL.Path
		}
		return v.r.URL.Path + "?" + q.Encode()
	}
	p := pager{From: skip + 1, To: skip + shown, Total: total}
	if skip > 0 {
		p.Back = at(max(0, skip-size))
	}
	if skip+shown < total {
		p.On = at(skip + shown)
	}
	return p
}

// home leads to the first page of whoever is signed in, by their role.
func (v *visit) home() error {
	if v.who.is(Leader) {
		return v.to("/lead")
	}
	if v.who.is(Working) {
		return v.to("/todo")
	}
	return v.to("/me")
}

// owed is a line of what waits for somebody.
type owed struct {
	query.Obligation
	What  string // what is owed, in words
	Left  string // the time left, in words
	Path  string // of the task or the talk
	Grave string // late, soon or ""
	Said  string // who asked for it, in which words
	Then  string // what happens if it is not done
	Acts  []actLine
}

type todoPage struct {
	Lines []owed
	Plans bool // the lines are of several plans
	Leads bool // the lines are about several units
	// Unsent is how many messages are not sent, for the office that sees to it.
	Unsent  int
	Hotline string // how many complaints wait for the office; "" where there are none
	Waiting string // address of the list of complaints
	// Doubts are what the audit has found, for the office.
	Doubts []doubtLine
	// Incidents are what waits in incidents.
	Incidents []doubtLine
	// Assessed is what waits about assessments and public texts.
	Assessed []doubtLine
	// Standing are those for whom the viewer may act now, with what waits for them.
	Standing []standingRow
	pager
}

// todo is what waits for the viewer's unit, the earliest limit first.
func (v *visit) todo() error {
	skip := v.skip()
	page, err := v.Reader.Obligations(v.ctx(), v.asks(), query.ObligationFilter{Skip: skip, Limit: pageOf})
	if err != nil {
		return err
	}
	out := todoPage{pager: v.pager(skip, len(page.Lines), page.Total)}
	for _, o := range page.Lines {
		out.Plans = out.Plans || o.Plan != page.Lines[0].Plan
		out.Leads = out.Leads || o.Lead != page.Lines[0].Lead
		out.Lines = append(out.Lines, v.owed(o))
	}
	if v.who.is(Office) && skip == 0 {
		unsent, err := v.Reader.Messages(v.ctx(), v.asks(), query.MessageFilter{States: ledger.Unsettled, Counted: true})
		if err != nil && !errors.Is(err, query.ErrNotWhole) { // an office before its first plan oversees no plan
			return err
		}
		out.Unsent = unsent.Total + len(unsent.Untried)
		if out.Doubts, err = v.doubts(); err != nil {
			return err
		}
		plan, fresh, answered, err := v.Reader.ComplaintsWaiting(v.ctx(), v.asks())
		if err != nil {
			return err
		}
		if fresh+answered > 0 {
			out.Hotline, out.Waiting = v.say.T("complain.todo", words.Data{"New": fresh, "Answered": answered}), v.at("/complaints", "plan", plan)
		}
	}
	if skip == 0 {
		if out.Incidents, err = v.incidentLines(); err != nil {
			return err
		}
	}
	if skip == 0 {
		if out.Assessed, err = v.assessmentsDue(); err != nil {
			return err
		}
		texts, err := v.Reader.TextsDue(v.ctx(), v.asks())
		if err != nil {
			return err
		}
		for _, d := range texts {
			path := publicityPath(d.Plan)
			if d.N == 1 {
				path = textPath(d.Plan, d.First)
			}
			out.Assessed = append(out.Assessed, doubtLine{v.say.T("public.due_"+string(d.For), words.Data{"Plan": d.Title, "N": d.N}), path})
		}
	}
	if v.who.away.Account == "" && skip == 0 {
		if out.Standing, err = v.standings(true); err != nil {
			return err
		}
	}
	return v.show("todo", v.say.T("portal.title_todo"), out)
}

// doubtLine is what the audit of a plan has found, in words.
type doubtLine struct{ Says, Path string }

// doubts are what the audits of the viewer's plans have found.
func (v *visit) doubts() (lines []doubtLine, err error) {
	all, err := v.Reader.Doubts(v.ctx(), v.asks())
	if errors.Is(err, query.ErrNotWhole) { // an office before its first plan oversees no plan
		return nil, nil
	}
	for _, d := range all {
		lines = append(lines, doubtLine{v.say.T("portal.doubt", words.Data{"Plan": d.Title, "At": v.clock(d.AuditedAt), "Missing": d.Missing, "Late": d.Late, "Waiting": d.Waiting}), "/health"})
	}
	return lines, err
}

// assessmentsDue is what waits for the viewer about assessments, in words.
func (v *visit) assessmentsDue() (lines []doubtLine, err error) {
	all, err := v.Reader.AssessmentsDue(v.ctx(), v.asks())
	for _, d := range all {
		text := v.say.T("assess.due_"+d.For, words.Data{"Plan": d.Title, "Period": v.speak().Period(string(d.Period)), "Until": v.speak().Day(d.Until), "N": d.N})
		lines = append(lines, doubtLine{text, v.at("/assessment", "plan", d.Plan, "period", string(d.Period))})
	}
	return lines, err
}

func (v *visit) owed(o query.Obligation) owed {
	line := owed{Obligation: o, What: o.Said(v.say), Path: taskPath(o.Plan, o.Task)}
	if o.Talk != "" {
		line.Path = talkPath(o.Plan, o.Talk)
	}
	if o.Words != "" {
		line.Said = o.Words
		if o.By != "" {
			line.Said = v.say.T("todo.asked", words.Data{"By": o.By, "Words": o.Words})
		}
	}
	switch left := o.WorkdaysLeft; {
	case left == nil:
	case o.Late && *left == 0:
		line.Left, line.Grave = v.say.T("todo.late_rest"), "late"
	case o.Passed:
		line.Left, line.Grave = v.say.T("todo.passed"), "soon"
	case o.Late:
		line.Left, line.Grave = v.say.T("portal.workdays_late", words.Data{"N": -*left}), "late"
	default:
		line.Left = v.say.T("portal.workdays_left", words.Data{"N": *left})
		if *left <= 3 {
			line.Grave = "soon"
		}
	}
	if s := o.Then; s != nil {
		line.Then = v.say.T("portal.if_not", words.Data{"Day": s.At.Format("2006-01-02"), "Stage": v.speak().Stage(report.Step{Stage: s.ID, Kind: s.Kind, At: s.At, Talk: o.Talk, Topic: s.Topic}), "To": v.speak().Seats(o.People, s.To)})
	}
	for _, k := range o.Acts {
		row, _ := act.Topic(k)
		line.Acts = append(line.Acts, actLine{Kind: string(k), Name: v.say.T("act.kind_" + string(k)), Path: line.Path + "/do/" + string(k), Once: row.Press})
	}
	return line
}
