package portal

import (
	"errors"

	"duban/internal/act"
	"duban/internal/calendar"
	"duban/internal/plan"
	"duban/internal/query"
	"duban/internal/report"
	"duban/internal/words"
)

// leadPage is a leader's page: the state of each plan, and what waits for a decision.
type leadPage struct {
	Plans   []leadPlan
	Decide  []decision
	More    int // decisions beside those shown
	Talks   []weekTalk
	Late    int // talks with a step that was due before this week
	Several bool
}

// leadPlan is the state of one plan: its lights, its worst lines, its ranks.
type leadPlan struct {
	ID, Title, Path, Day, Since, SincePath string
	Total                                  int
	Rate                                   string
	Lights                                 []lightCount
	Worst                                  []worst
	Units                                  []unitLine
	Floor                                  int  // from how many due on a unit is ranked
	Working                                bool // the comparison with the week before is still being worked out
}

// worst is one of the ten worst lines.
type worst struct {
	taskRow
	Instruct string // where a 批示 on it is written
}

// decision is one thing that waits for a leader and is decided on the page itself.
type decision struct {
	owed
	ID    string // the act's ID, whichever act is chosen
	Facts []report.Fact
}

// weekTalk is a talk with a step in this week.
type weekTalk struct{ Path, What, Unit, Title, Step string }

// mostWorst is how many lines a leader is shown first.
const mostWorst = 10

// mostDecisions are shown on the leader's page; the rest is in the list of what waits.
const mostDecisions = 8

// lead is the leader's page.
func (v *visit) lead() error {
	page := leadPage{}
	plans, _, err := v.Reader.Plans(v.ctx(), v.asks(), false)
	if err != nil {
		return err
	}
	page.Several = len(plans) > 1
	for _, row := range plans {
		p, err := v.leadPlan(row)
		if err != nil {
			return err
		}
		page.Plans = append(page.Plans, p)
		talks, late, err := v.talksOfWeek(row)
		if err != nil {
			return err
		}
		page.Talks, page.Late = append(page.Talks, talks...), page.Late+late
	}
	waits, err := v.Reader.Obligations(v.ctx(), v.asks(), query.ObligationFilter{Limit: mostDecisions})
	if err != nil {
		return err
	}
	page.More = waits.Total - len(waits.Lines)
	talks := map[string][]string{}
	for _, o := range waits.Lines {
		if o.Talk != "" {
			talks[o.Plan] = append(talks[o.Plan], o.Talk)
		}
	}
	rests := map[string]report.Case{} // by plan and talk
	for plan, ids := range talks {
		cases, err := v.Reader.TalkFacts(v.ctx(), v.asks(), plan, ids...)
		if err != nil {
			return err
		}
		for i, c := range cases {
			rests[plan+"/"+ids[i]] = c
		}
	}
	for _, o := range waits.Lines {
		d := decision{owed: v.owed(o), ID: newActID()}
		if d.Facts, err = v.facts(o, rests[o.Plan+"/"+o.Talk]); err != nil {
			return err
		}
		page.Decide = append(page.Decide, d)
	}
	return v.show("lead", v.say.T("page.title_lead"), page)
}

func (v *visit) leadPlan(row query.PlanRow) (p leadPlan, err error) {
	p = leadPlan{ID: row.ID, Title: row.Title, Path: planPath(row.ID), Day: v.speak().Day(row.AsOf)}
	o, err := v.Reader.Overview(v.ctx(), v.asks(), row.ID)
	if err != nil {
		return p, err
	}
	last, _, err := v.Reader.LastWorkday(v.ctx(), v.asks(), row.ID)
	if err != nil {
		return p, err
	}
	v.since(o.Head)
	p.Total, p.Rate, p.Since, p.SincePath = o.Counts.Total, v.speak().Rate(o.Counts.OnTimeRate), v.speak().Day(last), p.Path+"/since?day="+last.String()
	p.Floor = o.Counts.RankFloor
	was := map[string]int{}
	switch c, err := v.Reader.SinceAtOnce(v.ctx(), v.asks(), row.ID, last); {
	case errors.Is(err, query.ErrWorking): // the page is shown without the comparison
		p.Working, was = true, nil
		p.Lights = v.changes(row.ID, report.Change{Before: o.Counts.Tally, Now: o.Counts.Tally})
	case err != nil:
		return p, err
	default:
		v.since(c.Head)
		p.Lights = v.changes(row.ID, c)
		for _, m := range c.Ranks {
			was[m.UnitID] = m.Was
		}
		if c.Before.Total == 0 {
			was = nil // the plan is new: nobody had a rank
		}
	}
	for _, u := range v.unitLines(o.Counts.ByUnit, was, row.ID) {
		if u.Struck > 0 {
			p.Units = append(p.Units, u)
		}
	}
	reds, err := v.Reader.Tasks(v.ctx(), v.asks(), query.TaskFilter{Plan: row.ID, Lights: []plan.Light{plan.Red}, Limit: mostWorst})
	if err != nil {
		return p, err
	}
	for _, l := range reds.Lines {
		w := worst{taskRow: v.taskRow(l), Instruct: taskPath(l.Plan, l.ID) + "/do/" + string(act.Instruct)}
		if l.Next != nil {
			w.NextStep = l.Next.At.Format(minutes) + " " + v.speak().Stage(*l.Next)
		}
		p.Worst = append(p.Worst, w)
	}
	return p, nil
}

// talksOfWeek are the talks with a step that is due in this week; late is how many talks
// have a step that was due before this week and is not taken.
func (v *visit) talksOfWeek(row query.PlanRow) (all []weekTalk, late int, err error) {
	page, err := v.Reader.Talks(v.ctx(), v.asks(), query.TalkFilter{Plan: row.ID, State: act.TalkOpen, What: plan.ProposeTalk})
	if err != nil {
		return nil, 0, err
	}
	monday := row.AsOf.AddDays(-(int(row.AsOf.Weekday()) + 6) % 7)
	for _, l := range page.Lines {
		for _, s := range l.Steps {
			if !s.Taken.IsZero() || s.Limit.IsZero() {
				continue
			}
			switch {
			case s.Limit.Before(monday):
				late++
			case !s.Limit.After(monday.AddDays(6)):
				all = append(all, weekTalk{talkPath(l.Plan, l.ID), v.speak().TalkWhat(l.TalkRow), l.Unit, v.speak().TalkAbout(l.TalkRow),
					v.say.T("page.step_by", words.Data{"Step": v.say.T("report.step_" + s.ID), "Day": s.Limit.String(), "Late": s.Limit.Before(row.AsOf)})})
			}
			break // the step whose turn it is
		}
	}
	return all, late, nil
}

// facts are the facts that a decision rests on, from the case file of its task, or from of where it is
// about a talk.
func (v *visit) facts(o query.Obligation, of report.Case) (facts []report.Fact, err error) {
	add := func(key, text string) {
		if text != "" {
			facts = append(facts, report.Fact{Label: v.say.T(key), Text: text})
		}
	}
	if o.Talk != "" {
		for _, f := range v.speak().TalkFacts(of) {
			for _, wanted := range []string{"called_unit", "grounds", "proposed", "doubt"} {
				if f.Label == v.say.T("case.label_"+wanted) {
					facts = append(facts, f)
				}
			}
		}
		return facts, nil
	}
	c, err := v.Reader.Case(v.ctx(), v.asks(), o.Plan, o.Task)
	if err != nil {
		return nil, err
	}
	add("portal.lead", c.Task.Lead)
	add("portal.due", c.Task.Due.String())
	add("portal.light", v.speak().Light(c.Task))
	add("page.left", v.speak().Left(c.Task))
	add("case.label_progress", v.speak().Progress(c.Task))
	if o.New != (calendar.Day{}) {
		add("portal.field_due_extend", o.New.String())
	}
	return facts, nil
}
