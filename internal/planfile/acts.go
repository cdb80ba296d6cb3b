package planfile

import (
	"duban/internal/plan"
	"duban/internal/words"
)

const (
	longestLimit  = 366  // days or working days of one limit of Acts
	longestWithin = 3660 // days a consequence may look back
)

// acts are the limits of people's acts; what is not written is DefaultActs'.
func (o object) acts() plan.Acts {
	a := plan.DefaultActs()
	if !o.Has("acts") {
		return a
	}
	at, ok := o.object("acts", "acts")
	if !ok {
		return a
	}
	before := len(o.Problems)
	for _, f := range []struct {
		name  string
		to    *plan.Offset
		least int
	}{
		{"return", &a.Return, 1}, {"rule", &a.Rule, 1}, {"extend", &a.Extend, 0}, {"verify", &a.Verify, 1},
		{"decide", &a.Decide, 1}, {"chase", &a.Chase, 0}, {"grace", &a.Grace, 1}, {"silent", &a.Silent, 1}, {"part", &a.Part, 0},
		{"part_missed", &a.PartMissed, 1}, {"circular", &a.Circular, 1},
	} {
		at.limit(f.name, f.to, f.least, longestLimit)
	}
	for _, f := range []struct {
		name      string
		to        *int
		low, high int
	}{{"extensions", &a.Extensions, 0, 9}, {"yellow", &a.Yellow, 0, 99}, {"red", &a.Red, 1, 100}} {
		if v := at.Number(f.name, f.low, f.high); at.Has(f.name) {
			*f.to = v
		}
	}
	if len(o.Problems) == before {
		at.progressLight(a)
	}
	return a
}

// limit reads a distance into to, when the field is written; a problem where it is not
// between least and most.
func (o object) limit(name string, to *plan.Offset, least, most int) {
	if !o.Has(name) {
		return
	}
	before := len(o.Problems)
	d := o.offset(name)
	switch {
	case len(o.Problems) > before:
		return
	case d.N < least || d.N > most:
		o.Fault(name, "offset_range", words.Data{"Value": d, "Low": least, "High": most})
	}
	*to = d
}

// progressLight notes a problem where red is not further behind than yellow.
func (o object) progressLight(a plan.Acts) {
	if a.Red > a.Yellow {
		return
	}
	field := "red"
	if !o.Has(field) {
		field = "yellow" // one of the two is written, since the defaults are in order
	}
	o.Fault(field, "red_not_behind", words.Data{"Yellow": a.Yellow, "Red": a.Red})
}

// unless checks a stage that is not said once the unit has acknowledged: it must count from
// the assignment, and may not open a talk.
func (o object) unless(r plan.Rule) {
	if r.From != plan.FromAssigned {
		o.Fault("unless", "unless_from", nil)
	}
	if r.Kind == plan.Talk {
		o.Fault("unless", "unless_talk", nil)
	}
}

// consequences are what adds up across the tasks of a unit.
func (o object) consequences() []plan.Consequence {
	var all []plan.Consequence
	first := map[string]int{} // lines
	for _, c := range o.objects("consequences", "consequence") {
		con := c.consequence()
		if line := first[con.ID]; con.ID != "" && line > 0 {
			c.Fault("id", "id_twice", words.Data{"Value": con.ID, "File": o.Name, "Line": line})
		}
		first[con.ID] = c.Where("id").Line()
		all = append(all, con)
	}
	return all
}

func (o object) consequence() plan.Consequence {
	o.Need("id", "title", "count", "at_least", "propose")
	c := plan.Consequence{
		ID: o.Text("id"), Title: o.Text("title"), Count: o.OneOf("count", plan.CountOverdue, plan.CountReds, plan.CountTalks),
		AtLeast: o.Number("at_least", 2, 100), Propose: o.OneOf("propose", plan.ProposeTalk, plan.ProposeCircular),
	}
	if c.ID != "" && !stageID.MatchString(c.ID) {
		o.Fault("id", "bad_stage_id", words.Data{"Value": c.ID})
	}
	switch {
	case c.Count == plan.CountTalks:
		o.Need("within")
	case c.Count != "" && o.Has("within"):
		o.Fault("within", "within_talks", words.Data{"Value": c.Count})
	}
	o.limit("within", &c.Within, 1, longestWithin)
	return c
}
