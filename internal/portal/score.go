package portal

import (
	"errors"

	"duban/internal/query"
	"duban/internal/words"
)

// scorePage is the rank of a unit in each plan.
type scorePage struct {
	Unit     string
	Assessed string // where the unit's assessment is shown; "" where no plan has rules of it
	Scores   []scoreBlock
}

type scoreBlock struct {
	query.Score
	Path, Rate string
	Missed     int
	Against    []scoreRow // tasks that count against the unit
	Others     []scoreRow // tasks that count for the unit, or not at all
	Called     []link
}

type scoreRow struct {
	query.ScoreRow
	Path, WhyWord string
}

// score shows the rank of a unit and the tasks that it rests on: a unit sees its own,
// whoever may see a whole plan sees any.
func (v *visit) score() error {
	unit := v.r.URL.Query().Get("unit")
	if unit == "" || !v.who.is(Office|Leader) {
		unit = v.who.Account.Unit
	}
	all, err := v.Reader.Scores(v.ctx(), v.asks(), unit)
	if errors.Is(err, query.ErrNotWhole) {
		err = query.ErrNotYours
	}
	if err != nil {
		return err
	}
	out := scorePage{Unit: v.unitName(unit)}
	if l, err := v.Reader.AssessedPlan(v.ctx(), v.asks(), ""); err == nil {
		out.Assessed = v.at("/assessment", "plan", l.Plan.ID, "unit", unit)
	}
	for _, s := range all {
		b := scoreBlock{Score: s, Path: v.at("/tasks", "plan", s.Plan, "lead", unit), Rate: v.speak().Rate(s.Tally.OnTimeRate), Missed: s.Tally.Missed()}
		for _, r := range s.Rows {
			row := scoreRow{r, taskPath(s.Plan, r.ID), v.say.T("portal.score_"+r.Why, words.Data{"N": r.Workdays, "Day": r.DoneOn})}
			if r.Why == "on_time" || r.Why == "inherited" {
				b.Others = append(b.Others, row)
			} else {
				b.Against = append(b.Against, row)
			}
		}
		for _, k := range s.Talks {
			b.Called = append(b.Called, link{talkPath(s.Plan, k.ID), k.Task})
		}
		out.Scores = append(out.Scores, b)
	}
	return v.show("score", v.say.T("portal.title_score", words.Data{"Unit": out.Unit}), out)
}
